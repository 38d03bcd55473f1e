"""The journal: one line per happening, the same bytes for the same run."""

from __future__ import annotations

import contextlib
import hashlib
import json
from datetime import timedelta

import aiohttp
from slack_sdk.errors import SlackApiError

from sandbox.clock import MovableClock
from sandbox.journal import Journal
from sandbox.server import StandIn
from tests.sandbox.kit import START, actions, app_of, button, goal_modal, home, manifest, populate, section


async def play(seed: int, path=None) -> Journal:
    """A short run over HTTP on a new port each time, with a bot in this process."""
    clock = MovableClock(START)
    journal = Journal(clock, path=path)
    async with StandIn(clock=clock, manifest=manifest(), seed=seed, journal=journal) as slack:
        populate(slack)
        bolt = app_of(slack)
        slack.hand_over_to(bolt)

        @bolt.command("/mentoring")
        async def on_command(ack, body, client):
            await client.views_open(trigger_id=body["trigger_id"], view=goal_modal())
            await ack()

        @bolt.view("join")
        async def on_submit(ack, body, client, respond):
            row = actions(button("Keep", "keep"))
            await client.chat_postMessage(channel=body["user"]["id"], text="x", blocks=[section("x"), row])
            promised = await client.files_getUploadURLExternal(filename="a.txt", length=1)
            assert promised["upload_url"].startswith(slack.url)
            await ack()

        @bolt.action("keep")
        async def on_keep(ack, respond):
            await respond(text="Kept.", replace_original=True)
            await ack()

        ada = slack.person("ada")
        await ada.types("/mentoring join")
        await ada.writes("Goal", "short video")
        await ada.submits()
        clock.jump_to(START.replace(hour=10))
        await ada.presses("Keep")
        ada.sees("Kept.")
    return journal


async def test_same_seed_gives_the_same_journal_byte_for_byte():
    first, again, other = await play(1), await play(1), await play(2)
    assert first.lines() == again.lines()
    assert first.sha256() == again.sha256() != other.sha256()


async def test_journal_names_each_happening(tmp_path):
    path = tmp_path / "journal.jsonl"
    journal = await play(1, path)
    assert [(entry.kind, entry.method) for entry in journal.entries() if entry.method != "auth.test"] == [
        ("click", "types"),
        ("envelope", "/mentoring"),
        ("call", "views.open"),
        ("ack", "/mentoring"),
        ("click", "fills"),
        ("click", "submits"),
        ("envelope", "view_submission"),
        ("call", "chat.postMessage"),
        ("call", "files.getUploadURLExternal"),
        ("ack", "view_submission"),
        ("clock", "jump"),
        ("click", "presses"),
        ("envelope", "block_actions"),
        ("call", "response_url"),
        ("ack", "block_actions"),
    ]
    assert path.read_text(encoding="utf-8").splitlines() == list(journal.lines())
    assert hashlib.sha256(path.read_bytes()).hexdigest() == journal.sha256()
    assert set(json.loads(journal.lines()[0])) == {"at", "person", "kind", "method", "args", "answer"}
    assert "127.0.0.1" not in path.read_text(encoding="utf-8")


async def test_each_line_says_whom_it_concerns():
    journal = await play(1)
    people = {entry.method: entry.person for entry in journal.entries()}
    ada = people["types"]
    assert ada is not None
    assert [people[name] for name in ("views.open", "chat.postMessage", "response_url", "/mentoring")] == [
        ada
    ] * 4
    assert len(journal.calls("chat.postMessage")) == 1
    assert len(journal.entries(person=ada)) > 8


def test_long_runs_keep_the_hash_alone():
    kept, dropped = (
        Journal(MovableClock(START), keep=True),
        Journal(MovableClock(START), keep=False),
    )
    for journal in (kept, dropped):
        journal.write("click", "presses", {"a": 1}, person="U1")
    assert kept.sha256() == dropped.sha256()
    assert (kept.count, dropped.count, dropped.lines()) == (1, 1, ())


def test_lines_do_not_change_with_what_was_written():
    journal, args = Journal(MovableClock(START)), {"a": [1]}
    journal.write("call", "x", args)
    args["a"].append(2)
    assert journal.entries()[0].args == {"a": [1]}


async def test_same_seed_gives_the_same_journal_with_every_fault_by_chance():
    async def trouble(seed: int) -> str:
        clock = MovableClock(START)
        async with StandIn(clock=clock, manifest=manifest(), seed=seed) as slack:
            populate(slack)
            bolt = app_of(slack)
            slack.hand_over_to(bolt)

            @bolt.event("app_home_opened")
            async def on_home(event, client):
                with contextlib.suppress(SlackApiError, aiohttp.ClientError):
                    await client.views_publish(user_id=event["user"], view=home(section("x")))

            await bolt.client.auth_test()
            slack.faults.by_chance(0.4)
            for _ in range(20):
                for person in slack.people:
                    await person.opens_home()
                clock.jump_to(clock.now() + timedelta(minutes=1))
                await slack.turn()
            assert len(slack.faults.happened) > 8
            return slack.journal.sha256()

    assert await trouble(1) == await trouble(1) != await trouble(2)
