"""The invented people of a fresh sandbox: one company, four sites, from first job to board."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
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


def fill(workspace: Workspace) -> None:
    """Add the people, and a channel that all of them and the app are in."""
    added = [workspace.add_person(handle, name, title=title, tz=zone) for handle, name, title, zone in PEOPLE]
    workspace.add_channel(CHANNEL, [person.id for person in added])
