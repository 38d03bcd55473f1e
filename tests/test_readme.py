"""What the README says is what the code does: settings, scopes, commands, and each line of the approver's table."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer.main

from bot.__main__ import app
from bot.manifest import required_scopes
from bot.settings import SLACK_API_URL, settings_table
from storage.tables import Base

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def row(question: str) -> str:
    (found,) = [line for line in README.splitlines() if line.startswith(f"| {question} |")]
    return found


def test_settings_table_is_the_one_of_the_code():
    assert settings_table() in README


def test_scopes_are_those_of_the_manifest():
    required, optional = required_scopes()
    before, after = row("Which scopes?").split("; optional ")

    assert re.findall(r"`(.+?)`", before) == required
    assert re.findall(r"`(.+?)`", after) == optional


def test_hosts_are_slacks_own():
    named = re.findall(r"`([a-z.]+\.[a-z]+)`", row("Which hosts does it connect to?"))

    assert named == ["slack.com", "slack.com", "files.slack.com"]
    assert SLACK_API_URL == "https://slack.com/api/"
    sources = [
        path
        for folder in ("bot", "handlers", "mentoring", "messages", "scheduling", "storage", "usecases")
        for path in (ROOT / folder).rglob("*.py")
    ]
    hosts = {
        host
        for path in sources
        for host in re.findall(
            r"^(?!\s*#).*https://([\w.-]+)/", path.read_text(encoding="utf-8"), re.MULTILINE
        )
        if not host.endswith(("slack.com", "example.com", "example.org"))
    }
    # Links that people follow from a message; the bot itself never calls them.
    assert hosts <= {"calendar.google.com", "outlook.office.com", "outlook.live.com"}


def test_deliveries_hold_no_text():
    columns = {column.name for column in Base.metadata.tables["delivery"].columns}

    assert columns & {"text", "body", "blocks", "message", "payload"} == set()


def test_private_text_is_stored_sealed():
    sealed = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith("_sealed")
    }

    assert {name.partition(".")[0] for name in sealed} >= {"feedback", "concern", "participant"}


def test_image_runs_as_an_ordinary_user_and_keeps_one_volume():
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    compose = (ROOT / "compose.yml").read_text(encoding="utf-8")

    assert "USER 10001" in dockerfile
    assert re.findall(r"^VOLUME (.+)$", dockerfile, re.MULTILINE) == ["/data"]
    assert "read_only: true" in compose
    assert not re.search(r"^COPY (\.|sandbox|tests|bench)", dockerfile, re.MULTILINE)


def console_commands(command=None, before="turnabout") -> set[str]:
    command = command or typer.main.get_command(app)
    found = set()
    for name, inner in getattr(command, "commands", {}).items():
        found |= {f"{before} {name}"} | console_commands(inner, f"{before} {name}")
    return found


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_every_console_command_in_a_document_exists(path):
    known = console_commands()
    groups = {name for name in known if any(other.startswith(f"{name} ") for other in known)}
    unknown = []
    for said in re.findall(r"`(?:\.venv/bin/)?(turnabout [^`]*)`", path.read_text(encoding="utf-8")):
        words = said.split()
        named = " ".join(words[:2])
        if named in groups and len(words) > 2 and words[2].islower():
            named = " ".join(words[:3])
        if named not in known:
            unknown.append(said)

    assert unknown == []


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_every_slash_command_in_a_document_exists(path):
    source = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "handlers").glob("*.py"))
    known = set(re.findall(r'door\.command\(\s*"(\w+)"', source))
    said = set(re.findall(r"`/mentoring (\w+)", path.read_text(encoding="utf-8")))

    assert said - known == set()


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_every_make_target_in_a_document_exists(path):
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

    assert set(re.findall(r"`make (\w+)", path.read_text(encoding="utf-8"))) <= targets


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_every_link_in_a_document_leads_somewhere(path):
    links = re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8"))

    assert [link for link in links if "://" not in link and not (path.parent / link).exists()] == []
