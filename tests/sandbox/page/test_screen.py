from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from markupsafe import Markup

from sandbox.page import screen as screen_module
from sandbox.page.screen import APP, HOME, MOST_SHOWN, Screen, Selection, zone_words
from tests.sandbox.kit import client_of
from tests.sandbox.page.bot import START
from tests.sandbox.page.html import words

if TYPE_CHECKING:
    import pytest

    from sandbox.page.screen import Column
    from tests.sandbox.page.bot import Played


def screen_of(played: Played) -> Screen:
    return Screen(played.slack.workspace, "Turnabout")


def group_of(played: Played) -> str:
    workspace = played.slack.workspace
    return next(one.id for one in workspace.conversations.values() if one.kind == "mpim")


def column(screen: Screen, person_id: str, place: str) -> Column:
    return screen.column(person_id, place, Selection(((person_id, place),), person_id))


def test_the_first_people_are_shown_at_first(played: Played) -> None:
    tom, mara, aisha = (played.id(name) for name in ("tom", "mara", "aisha"))
    shown = Selection.read([], "", played.slack.workspace)
    assert shown == Selection(((tom, HOME), (mara, HOME), (aisha, HOME)), tom)


def test_an_address_says_who_is_shown_and_what_is_open(played: Played) -> None:
    tom, mara = played.id("tom"), played.id("mara")
    shown = Selection.read([f"{mara}.app", f"{tom}.home"], tom, played.slack.workspace)
    assert shown == Selection(((mara, APP), (tom, HOME)), tom)
    assert shown.query == f"p={mara}.app&p={tom}.home&at={tom}"


def test_what_is_not_there_is_left_out_of_an_address(played: Played) -> None:
    tom, jonas = played.id("tom"), played.id("jonas")
    bot = played.slack.workspace.bot.id
    asked = [
        f"{tom}.{group_of(played)}",
        f"{jonas}.{group_of(played)}",
        "U9.home",
        f"{bot}.home",
        "x",
        f"{tom}.C9",
    ]
    shown = Selection.read(asked, "U9", played.slack.workspace)
    assert shown == Selection(((tom, HOME), (jonas, HOME)), tom)


def test_at_most_six_are_shown(played: Played) -> None:
    for number in range(8):
        played.slack.people.add(f"p{number}", f"Person {number}")
    asked = [f"{one.id}.home" for one in played.slack.workspace.humans()]
    assert len(Selection.read(asked, "", played.slack.workspace).columns) == MOST_SHOWN


def test_hiding_moves_a_narrow_screen_to_somebody_shown() -> None:
    both = Selection((("U1", HOME), ("U2", APP)), "U1")
    assert both.without("U1") == Selection((("U2", APP),), "U2")
    assert both.without("U2") == Selection((("U1", HOME),), "U1")
    assert both.without("U1").without("U2") == Selection((("U2", APP),), "U2")


def test_places_are_home_the_bot_groups_and_channels(played: Played) -> None:
    shown = column(screen_of(played), played.id("tom"), HOME)
    assert [(each.label, each.sign) for each in shown.places] == [
        ("Home", "home"),
        ("Turnabout", "app"),
        ("Mara", "people"),
        ("upward-mentoring", "channel"),
        ("leadership", "lock"),
    ]


def test_unread_is_what_others_wrote_since(played: Played) -> None:
    screen = screen_of(played)
    tom, mara, group = (
        played.id("tom"),
        played.id("mara"),
        played.slack.workspace.conversations[group_of(played)],
    )
    assert [screen.seen.unread(tom, group), screen.seen.unread(mara, group)] == [3, 2]
    assert screen.seen.mark(tom, group) is True
    assert screen.seen.mark(tom, group) is False
    assert [screen.seen.unread(tom, group), screen.seen.unread(mara, group)] == [0, 2]


async def test_each_reads_times_in_their_own_zone_and_language(played: Played) -> None:
    screen = screen_of(played)
    times = {name: column(screen, played.id(name), HOME) for name in ("tom", "aisha", "jonas")}
    assert [(each.local_time, each.zone, each.language) for each in times.values()] == [
        ("Tue 24 Nov, 08:00", "London", "en"),
        ("Tue, Nov 24, 3:00\u202fAM", "New York", "en"),
        ("Di., 24. Nov., 09:00", "Berlin", "de"),
    ]


def test_the_strip_says_what_a_notification_says(played: Played) -> None:
    shown = column(screen_of(played), played.id("tom"), HOME)
    proposed = "A possible learning partner: Mara Lind. Please answer by Friday 27 November."
    opened = "Upward Mentoring opens today. From Aisha Bello, COO. Sign-up closes on Friday 27 November."
    assert [(alert.place, alert.text) for alert in shown.alerts][-2:] == [
        ("Turnabout", proposed),
        ("upward-mentoring", opened),
    ]


async def test_what_only_one_sees_is_marked_and_only_theirs(played: Played) -> None:
    screen, group = screen_of(played), group_of(played)
    await client_of(played.slack).chat_postEphemeral(channel=group, user=played.id("tom"), text="Only *you*")
    last = column(screen, played.id("tom"), group).lines[-1]
    assert (last.is_ephemeral, words(str(last.body))) == (True, "Only you")
    assert "Only" not in str(column(screen, played.id("mara"), group).lines[-1].body)


async def test_lines_stand_under_their_day(played: Played) -> None:
    screen, tom, group = screen_of(played), played.id("tom"), group_of(played)
    played.slack.clock.advance(timedelta(days=1))
    await played.slack.interactions.say(tom, group, "Good morning")
    days = column(screen, tom, group).days
    assert [(day, len(lines)) for day, lines in days] == [
        ("Tuesday 24 November", 3),
        ("Wednesday 25 November", 1),
    ]


async def test_a_line_of_trouble_comes_after_what_was_pressed(played: Played) -> None:
    screen, tom = screen_of(played), played.id("tom")
    await played.slack.interactions.command(tom, "/mentoring silent")
    last = column(screen, tom, APP).lines[-1]
    assert (last.author, last.text) == ("", '/mentoring failed with the error "operation_timeout"')


def test_a_message_is_drawn_once_until_it_changes(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    screen, workspace, tom = screen_of(played), played.slack.workspace, played.id("tom")
    drawn: list[str] = []
    monkeypatch.setattr(
        screen_module, "blocks", lambda _, scene: drawn.append(scene.prefix) or Markup("drawn")
    )
    for _ in range(2):
        column(screen, tom, APP)
    assert len(drawn) == 1
    [message] = workspace.app_dm(tom).messages.values()
    for change in (
        lambda: workspace.chosen_in(tom, message).update({("answer", "x"): "y"}),
        lambda: workspace.rewrite(message, blocks=message.blocks[:1]),
        lambda: workspace.change_person(tom, tz="Asia/Tokyo"),
        lambda: workspace.change_person(played.id("mara"), display_name="Mara L."),
        lambda: played.slack.clock.advance(timedelta(days=1)),
    ):
        change()
        column(screen, tom, APP)
        column(screen, tom, APP)
    assert len(drawn) == 6


def test_files_say_what_they_are(played: Played) -> None:
    screen = screen_of(played)
    [ics] = [each for line in column(screen, played.id("tom"), group_of(played)).lines for each in line.files]
    [png] = [each for line in column(screen, played.id("mara"), APP).lines for each in line.files]
    assert (ics.name, ics.is_readable, ics.is_picture) == ("first-chat.ics", True, False)
    assert (png.alt_text, png.is_readable, png.is_picture) == ("12 pairs met, 3 did not", False, True)


async def test_the_modal_on_top_knows_what_lies_beneath(played: Played) -> None:
    screen, slack, tom = screen_of(played), played.slack, played.id("tom")
    await slack.interactions.command(tom, "/mentoring join")
    await slack.person("tom").presses("Read the ground rules")
    sheet = column(screen, tom, HOME).sheet
    assert sheet is not None
    assert (sheet.title, sheet.depth, sheet.beneath, sheet.submit, sheet.close) == (
        "Ground rules", 2, "Join the program", "", "Back"
    )  # fmt: skip


def test_nothing_can_be_written_where_nobody_reads(played: Played) -> None:
    screen, tom = screen_of(played), played.id("tom")
    assert [column(screen, tom, place).can_write for place in (HOME, APP, group_of(played))] == [
        False,
        False,
        True,
    ]
    played.slack.workspace.change_person(tom, is_deleted=True)
    assert column(screen, tom, group_of(played)).can_write is False


def test_a_zone_is_named_after_its_place() -> None:
    assert [zone_words(zone) for zone in ("America/New_York", "UTC")] == ["New York", "UTC"]


def test_time_stands_still_until_moved(played: Played) -> None:
    assert played.slack.clock.now() == START
