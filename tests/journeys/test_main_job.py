"""The main job, end to end: from an empty workspace to a pair that met and said so, by the words on the screen."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.kit import played

GOAL = "Leaders and newcomers decide together about the tools of the next five years."


async def set_up(world):
    """The coordinator sets the program up and opens sign-up; the contact and the deputy accept their roles."""
    priya = world.person("priya")
    await priya.types(f"/mentoring setup {world.bot.setup_code()}")
    await priya.writes("Name of the program", "Upward")
    await priya.writes("The one goal", GOAL)
    await priya.picks("Channel of the program", "mentoring")
    await priya.picks("Last day of sign-up", (world.now + timedelta(days=10)).date())
    await priya.picks("Start", (world.now + timedelta(days=20)).date())
    await priya.submits()
    await world.bot.door.settled()
    await priya.submits()
    await world.bot.door.settled()
    await priya.picks("Concern contact", "grace")
    await priya.picks("Deputy of the concern contact", "hanna")
    await priya.submits()
    await world.bot.door.settled()
    await priya.closes(whole=True)
    for name in ("grace", "hanna"):
        holder = world.person(name)
        await holder.opens_home()
        await world.settle()
        await holder.presses("Accept", within="home")
    await world.advance(minutes=2)
    await priya.opens_home()
    await world.settle()
    await priya.presses("Open sign-up", within="home")
    assert priya.sees("Sign-up is open", within="modal")
    await priya.closes(whole=True)
    await world.settle()


async def join(world, name, *, shares=(), learns=(), level):
    """One person joins on two screens."""
    person = world.person(name)
    person.counts_anew()
    await person.types("/mentoring join")
    for topic in shares:
        await person.picks("Topics you can share", [topic])
    for topic in learns:
        await person.picks("Topics you want to learn", [topic])
    await person.picks("How far do the decisions in your present work reach?", level)
    await person.picks("Or", ["I report to nobody here"])
    await person.picks("Your agreement", ["I want to take part and agree to this"])
    await person.submits()
    await world.bot.door.settled()
    await person.submits()
    await world.settle()
    assert (person.taps, person.screens) <= (20, 2)
    return person


@pytest.fixture
async def world(database_url):
    async with played(database_url) as one:
        for handle, name in (
            ("priya", "Priya Nair"),
            ("grace", "Grace Adeyemi"),
            ("hanna", "Hanna Koch"),
            ("mara", "Mara Lind"),
            ("tom", "Tom Okafor"),
        ):
            one.slack.people.add(handle, name)
        workspace = one.slack.workspace
        workspace.add_channel("mentoring", [person.id for person in workspace.humans()])
        yield one


@pytest.mark.practice("P20", "P29", "P41")
async def test_from_an_empty_workspace_to_a_pair_that_met_and_said_so(world):
    await set_up(world)
    mara = await join(world, "mara", shares=["Short video"], level="Own work")
    tom = await join(world, "tom", learns=["Short video"], level="Several groups")
    assert mara.dms(), "the receipt came"

    priya = world.person("priya")
    await priya.types("/mentoring round")
    await world.advance(minutes=1)
    await priya.presses("Publish round 1")
    await world.advance(minutes=30)

    assert tom.sees_not("Meet Mara Lind")
    await mara.presses("Meet Tom Okafor")
    await world.advance(hours=1)
    await tom.presses("Meet Mara Lind")
    await world.advance(hours=1)

    assert mara.group_dms(), "the two are introduced in a group message"
    await tom.presses("Option 1")
    await world.advance(minutes=2)
    await mara.presses("Works for me")
    await world.advance(minutes=2)
    assert tom.sees("Add to Google")

    await world.advance(days=14)
    await mara.presses("Go on together")
    await tom.presses("Go on together")
    await world.advance(days=2)
    await world.advance(weeks=5)
    assert mara.sees("Did session 1 with Tom Okafor take place?")
    mara.counts_anew()
    await mara.presses("Yes, we met")
    await world.advance(minutes=2)
    await mara.presses("4", within="How useful was session 1")
    assert mara.taps == 2
    await world.advance(minutes=2)
    assert mara.sees("Saved")
