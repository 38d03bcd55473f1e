"""The invented people of a fresh sandbox: one company, four sites, from first job to board."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import BotError
from mentoring.people_csv import read_people

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.workspace import Workspace

PEOPLE = (
    ("aisha", "Aisha Bello", "Chief Operating Officer", "Europe/London"),
    ("priya", "Priya Nair", "People Programs", "Europe/Berlin"),
    ("mara", "Mara Lind", "Product Operations", "Europe/Stockholm"),
    ("tom", "Tom Okafor", "Finance Director", "Europe/Berlin"),
    ("jonas", "Jonas Weber", "Customer Support", "Europe/Berlin"),
    ("elena", "Elena Rossi", "Sales Director", "Europe/Rome"),
    ("kenji", "Kenji Mori", "Data Analyst", "Europe/Lisbon"),
    ("sofia", "Sofia Duarte", "Head of Operations", "Europe/Lisbon"),
    ("nils", "Nils Holm", "Apprentice, Workshop", "Europe/Stockholm"),
    ("grace", "Grace Adeyemi", "General Counsel", "Europe/London"),
    ("leo", "Leo Martin", "Developer", "Europe/Paris"),
    ("hanna", "Hanna Koch", "Head of Production", "Europe/Berlin"),
)
CHANNEL = "mentoring"


def fill_from_file(workspace: Workspace, path: Path) -> None:
    """Add one's own people from a CSV file, all of them or, with every fault named by line, none.

    Raises:
        BotError: when the file cannot be read or holds a fault.
    """
    try:
        read = read_people(path.read_bytes(), is_org_needed=False)
    except OSError as error:
        raise BotError(f"--people: {path} cannot be read: {error.strerror}") from error
    if read.faults or not read.people:
        lines = [str(fault) for fault in read.faults] or ["the file holds nobody"]
        raise BotError("\n".join(f"--people: {line}" for line in lines))
    added = []
    for row in read.people:
        about = {"title": row.department, **({"email": row.email} if row.email else {})}
        zone = {"tz": row.timezone} if row.timezone else {}
        added.append(workspace.add_person(row.id, row.name, **about, **zone))
    workspace.add_channel(CHANNEL, [person.id for person in added])


def fill(workspace: Workspace) -> None:
    """Add the people, and a channel that all of them and the app are in."""
    added = [workspace.add_person(handle, name, title=title, tz=zone) for handle, name, title, zone in PEOPLE]
    workspace.add_channel(CHANNEL, [person.id for person in added])
