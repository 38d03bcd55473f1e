"""The guard, through a real Bolt app against the stand-in: it always answers, acts once, and lets nothing escape."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from handlers.answers import Errors, Nothing, Open, Reply
from handlers.rules import colleague, coordinator
from messages import blocks
from messages.message import Message
from storage.tables import Workspace
from tests.kit import played


@pytest.fixture
async def world(database_url):
    async with played(database_url) as one:
        one.slack.people.add("ada", "Ada Stern")
        yield one


def said(outcome) -> str:
    return outcome.answer["text"]


def _form(**more):
    return blocks.modal(
        "Form",
        [blocks.input_("Words", blocks.plain_text_input("words"), block_id="words")],
        submit="Send",
        callback_id="proof.form.v1",
        **more,
    )


async def test_unknown_word_answers_with_the_help_card(world):
    outcome = await world.person("ada").types("/mentoring frobnicate")
    assert "frobnicate" in outcome.answer["blocks"][0]["text"]["text"]
    assert "What you can do now" in said(outcome)


async def test_refusal_reads_like_something_that_does_not_exist(world):
    door = world.bot.door

    @door.command("secret", who=coordinator, help="for coordinators")
    async def on_secret(_visit):
        raise AssertionError("nobody without the rule gets here")

    @door.command("nothing", who=colleague, help="nothing is there")
    async def on_nothing(visit):
        from messages import notices

        return Reply(notices.not_here(visit.voice))

    ada = world.person("ada")
    assert said(await ada.types("/mentoring secret")) == said(await ada.types("/mentoring nothing"))


async def test_exception_answers_kindly_with_a_reference_and_changes_nothing(world):
    door = world.bot.door

    @door.command("breaks", who=colleague, help="breaks")
    async def on_breaks(visit):
        workspace = await visit.uow.workspaces.get(visit.workspace_id)
        workspace.name = "half done"
        raise RuntimeError("private words")

    outcome = await world.person("ada").types("/mentoring breaks")
    assert outcome.is_fine
    assert "Nothing was changed" in said(outcome)
    assert "private words" not in said(outcome)
    async with world.bot.storage.read() as uow:
        assert (await uow.workspaces.get(world.bot.workspace_id)).name != "half done"


async def test_same_press_twice_acts_once(world):
    door, acts = world.bot.door, []

    @door.command("count", who=colleague, help="counts")
    async def on_count(visit):
        acts.append(visit.press.key)
        return Nothing()

    world.slack.deliveries.copies = 3
    await world.person("ada").types("/mentoring count")
    assert len(acts) == 1


async def test_press_that_comes_twice_opens_one_form_and_no_apology(world, capsys):
    @world.bot.door.command("form", who=colleague, help="opens a form", opens="Form")
    async def on_form(_visit):
        return Open(_form())

    ada = world.person("ada")
    world.slack.deliveries.copies = 2
    await ada.types("/mentoring form")
    assert ada.modal is not None
    assert ada.sees_not("Something went wrong")
    assert "press_failed" not in capsys.readouterr().out


async def test_form_that_fails_stays_open_with_the_text_in_it(world):
    door = world.bot.door

    @door.command("form", who=colleague, help="opens a form", opens="Form")
    async def on_form(_visit):
        return Open(_form())

    @door.submission("proof.form.v1", who=colleague)
    async def on_submission(visit):
        if visit.press.typed("words") == "wrong":
            return Errors({"words": "Please use another word."})
        raise RuntimeError("broken")

    ada = world.person("ada")
    await ada.types("/mentoring form")
    await ada.writes("Words", "wrong")
    await ada.submits()
    assert ada.sees("Please use another word.")
    await ada.writes("Words", "right")
    await ada.submits()
    assert ada.modal is not None
    assert ada.sees("what you typed is still here")


async def test_form_may_be_corrected_after_errors(world):
    door, kept = world.bot.door, []

    @door.command("form", who=colleague, help="opens a form", opens="Form")
    async def on_form(_visit):
        return Open(_form())

    @door.submission("proof.form.v1", who=colleague)
    async def on_submission(visit):
        if visit.press.typed("words") == "wrong":
            return Errors({"words": "Please use another word."})
        kept.append(visit.press.typed("words"))
        return Nothing()

    ada = world.person("ada")
    await ada.types("/mentoring form")
    await ada.writes("Words", "wrong")
    await ada.submits()
    await ada.writes("Words", "right")
    await ada.submits()
    assert kept == ["right"]
    assert ada.modal is None


async def test_listener_without_a_rule_cannot_be_registered(world):
    with pytest.raises(TypeError):
        world.bot.door.command("open", help="anybody")
    with pytest.raises(TypeError, match="needs a rule"):
        world.bot.door.command("open", who=None, help="anybody")(lambda _visit: None)


async def test_name_registered_twice_is_refused(world):
    world.bot.door.action("proof.v1", who=colleague)(lambda _visit: None)
    with pytest.raises(ValueError, match=r"proof\.v1 is registered already"):
        world.bot.door.action("proof.v1", who=colleague)(lambda _visit: None)


async def test_handled_presses_keep_no_text(world):
    door = world.bot.door

    @door.command("tell", who=colleague, help="tells")
    async def on_tell(_visit):
        return Reply(Message(text="canary words"))

    await world.person("ada").types("/mentoring tell")
    async with world.bot.storage.engine.connect() as connection:
        rows = (await connection.execute(text("SELECT key, answer FROM handled"))).all()
    assert rows
    assert "canary" not in str(rows)


async def test_workspace_is_known_after_the_start(world):
    async with world.bot.storage.read() as uow:
        found = await uow.workspaces.list_all()
    assert [type(one) for one in found] == [Workspace]
