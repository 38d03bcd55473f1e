from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import aiohttp
import pytest

from sandbox.page import Due
from tests.sandbox.kit import client_of, events
from tests.sandbox.page.bot import START, play
from tests.sandbox.page.html import find, read, words

if TYPE_CHECKING:
    from tests.sandbox.page.bot import Played


def group_of(played: Played) -> str:
    return next(one.id for one in played.slack.workspace.conversations.values() if one.kind == "mpim")


def query(played: Played, **places: str) -> str:
    return urlencode([("p", f"{played.id(name)}.{place}") for name, place in places.items()])


async def post(http: aiohttp.ClientSession, act: str, data: Any, at: str = "") -> dict[str, Any]:
    async with http.post(f"/page/{act}?{at}", data=data) as response:
        assert response.status == 200, await response.text()
        return await response.json()


async def get(http: aiohttp.ClientSession, path: str) -> str:
    async with http.get(path) as response:
        assert response.status == 200
        return await response.text()


# Who may post


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://127.0.0.1:1"},
        {},
    ],
)
async def test_a_form_from_elsewhere_is_refused(played: Played, headers: dict[str, str]) -> None:
    tom = played.id("tom")
    async with aiohttp.ClientSession(played.url, headers=headers) as http:
        for act in ("press", "submit", "close", "say", "look", "dismiss", "clock", "temperament", "suggest"):
            async with http.post(
                f"/page/{act}", data={"person": tom, "place": "home", "line": "/mentoring"}
            ) as answer:
                assert answer.status == 403
    assert events(played.slack, "/mentoring") == []
    assert played.slack.workspace.person("tom").taps == 0


async def test_a_form_with_the_right_origin_and_the_wrong_site_is_refused(played: Played) -> None:
    headers = {"Origin": played.url, "Sec-Fetch-Site": "cross-site"}
    async with (
        aiohttp.ClientSession(played.url, headers=headers) as http,
        http.post("/page/look", data={}) as answer,
    ):
        assert answer.status == 403


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}])
async def test_the_page_itself_may_post(played: Played, headers: dict[str, str]) -> None:
    port = played.url.rpartition(":")[2]
    if "Origin" in headers:
        headers = {"Origin": f"http://localhost:{port}", "Host": f"localhost:{port}"}
    async with (
        aiohttp.ClientSession(played.url, headers=headers) as http,
        http.post("/page/look", data={}) as answer,
    ):
        assert answer.status == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:80", "evil.example:8000"])
@pytest.mark.parametrize("path", ["/", "/page/events", "/page/page.js", "/page/files/F1"])
async def test_a_rebound_name_reads_nothing(played: Played, host: str, path: str) -> None:
    async with aiohttp.ClientSession(played.url) as http, http.get(path, headers={"Host": host}) as answer:
        assert answer.status == 403


async def test_the_page_asks_no_other_host_and_runs_nothing_inline(
    played: Played, http: aiohttp.ClientSession
) -> None:
    async with http.get(f"/?{query(played, tom='app', mara='app')}") as answer:
        policy = answer.headers["Content-Security-Policy"]
        html = await answer.text()
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    for element in read(html).elements:
        assert not [name for name in element.attributes if name.startswith("on") or name == "style"]
        assert not (element.attributes.get("src") or "").startswith("http")
        assert element.tag != "style"
    assert [each.attributes["src"] for each in read(html).elements if each.tag == "script"] == [
        "/page/page.js"
    ]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("page.css", "text/css"), ("page.js", "text/javascript"), ("icon.svg", "image/svg+xml")],
)
async def test_what_the_page_needs_comes_from_here(http: aiohttp.ClientSession, name: str, kind: str) -> None:
    async with http.get(f"/page/{name}") as answer:
        assert (answer.status, answer.content_type) == (200, kind)
        text = await answer.text()
        assert "http://" not in text.replace("http://www.w3.org", "")
        assert "https://" not in text


async def test_the_script_stays_small(http: aiohttp.ClientSession) -> None:
    assert len((await get(http, "/page/page.js")).splitlines()) < 300


# What is shown


async def test_a_script_in_a_name_stays_a_name(played: Played, http: aiohttp.ClientSession) -> None:
    evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    person = played.slack.people.add("evil", evil, display_name=evil, title=evil)
    await played.slack.interactions.say(played.id("mara"), group_of(played), evil)
    await client_of(played.slack).chat_postMessage(channel=person.id, text=f"Hello <@{person.id}>")
    html = await get(http, f"/?p={person.id}.app&{query(played, mara=group_of(played))}")
    assert [each.tag for each in read(html).elements].count("script") == 1
    assert not find(html, onerror="alert(1)")
    assert evil in "".join(read(html).words)


async def test_commands_are_suggested_from_the_manifest(http: aiohttp.ClientSession) -> None:
    html = await get(http, "/")
    offered = [each.attributes["value"] for each in read(html).elements if each.tag == "option"]
    assert offered[:4] == ["/mentoring", "/mentoring help", "/mentoring join", "/mentoring status"]


async def test_fragments_come_alone_when_asked_for(played: Played, http: aiohttp.ClientSession) -> None:
    tom, mara = played.id("tom"), played.id("mara")
    async with http.get(f"/?p={mara}.app&p={tom}.home", headers={"Accept": "application/json"}) as response:
        answer = await response.json()
    assert answer["columns"] == [mara, tom]
    assert list(answer["fragments"]) == ["bar", "switcher", mara, tom]
    assert answer["query"] == f"p={mara}.app&p={tom}.home&at={mara}"


# Acting


async def test_home_is_opened_and_published(played: Played, http: aiohttp.ClientSession) -> None:
    tom = played.id("tom")
    answer = await post(http, "look", {"opened": f"{tom}.home"}, query(played, tom="home"))
    assert played.heard.opened == [f"{tom}.home"]
    assert "A proposal is waiting for you." in words(answer["fragments"][tom])


async def test_what_was_seen_is_no_longer_unread(played: Played, http: aiohttp.ClientSession) -> None:
    tom, group = played.id("tom"), group_of(played)
    place = query(played, tom=group)
    before = await get(http, f"/?{place}")
    assert "Mara 3 unread" in words(before)
    answer = await post(http, "look", {"seen": f"{tom}.{group}"}, place)
    assert "Mara 3 unread" not in words(answer["fragments"][tom])
    assert "Mara 2 unread" not in words(answer["fragments"][tom])


async def test_a_press_reaches_the_bot_and_redraws(played: Played, http: aiohttp.ClientSession) -> None:
    tom = played.id("tom")
    [message] = played.slack.workspace.app_dm(tom).messages.values()
    form = {"person": tom, "place": "app", "ts": message.ts, "press": "answer/meet"}
    answer = await post(http, "press", form, query(played, tom="app"))
    assert [body["actions"][0]["action_id"] for body in played.heard.actions] == ["meet"]
    assert "You said yes. Mara is asked next." in words(answer["fragments"][tom])


async def test_a_press_on_what_is_gone_is_told_and_redrawn(
    played: Played, http: aiohttp.ClientSession
) -> None:
    tom = played.id("tom")
    [message] = played.slack.workspace.app_dm(tom).messages.values()
    form = {"person": tom, "place": "app", "ts": message.ts, "press": "answer/gone"}
    answer = await post(http, "press", form, query(played, tom="app"))
    assert answer["trouble"] == "This part of the screen has changed meanwhile. Please look again."
    assert tom in answer["fragments"]


async def test_an_entry_of_an_overflow_menu_is_pressed(played: Played, http: aiohttp.ClientSession) -> None:
    tom = played.id("tom")
    [message] = played.slack.workspace.app_dm(tom).messages.values()
    form = {"person": tom, "place": "app", "ts": message.ts, "press": "answer/more#pause_the_program"}
    await post(http, "press", form)
    [body] = played.heard.actions
    assert body["actions"][0]["selected_option"]["text"]["text"] == "Pause the program"


async def test_a_choice_on_home_carries_what_else_was_chosen(
    played: Played, http: aiohttp.ClientSession
) -> None:
    tom = played.id("tom")
    await post(http, "look", {"opened": f"{tom}.home"})
    form = {"person": tom, "home": "1", "life/pause": "for_1_month", "press": "life/pause"}
    await post(http, "press", form)
    [body] = played.heard.actions
    assert body["actions"][0]["selected_option"]["value"] == "for_1_month"
    assert body["view"]["state"]["values"]["life"]["pause"]["selected_option"]["value"] == "for_1_month"


async def test_a_form_is_complained_about_then_sent_whole(
    played: Played, http: aiohttp.ClientSession
) -> None:
    tom, at = played.id("tom"), query(played, tom="app")
    await post(http, "say", {"person": tom, "place": "app", "line": "/mentoring join"}, at)
    [modal] = played.slack.workspace.stack(tom)
    form: dict[str, Any] = {"person": tom, "view": modal.id, "goal/goal": "Why?"}
    answer = await post(http, "submit", form, at)
    assert words(answer["fragments"][tom]).count("Please complete this required field.") == 5
    assert played.heard.submissions == []
    form |= {
        "share/topics": ["short_video", "asking_ai_well"],
        "learn/topic": "weighing_risk",
        "level/level": "2",
    }
    form |= {"manager/person": played.id("aisha"), "agree/agree": "yes"}
    answer = await post(http, "submit", list(flat(form)), at)
    assert "Please write it as a statement." in words(answer["fragments"][tom])
    form["goal/goal"] = "To learn"
    answer = await post(http, "submit", list(flat(form)), at)
    assert "Join the program" not in words(answer["fragments"][tom])
    values = played.heard.submissions[-1]["view"]["state"]["values"]
    assert [each["value"] for each in values["share"]["topics"]["selected_options"]] == [
        "short_video",
        "asking_ai_well",
    ]
    assert values["goal"]["goal"]["value"] == "To learn"
    assert values["manager"]["person"]["selected_user"] == played.id("aisha")


def flat(form: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (key, each) for key, value in form.items() for each in (value if isinstance(value, list) else [value])
    ]


async def test_more_than_fits_is_told_and_nothing_is_sent(
    played: Played, http: aiohttp.ClientSession
) -> None:
    tom = played.id("tom")
    await post(http, "say", {"person": tom, "place": "app", "line": "/mentoring join"})
    [modal] = played.slack.workspace.stack(tom)
    chosen = [
        ("share/topics", each)
        for each in ("short_video", "asking_ai_well", "weighing_risk", "checking_what_ai_says")
    ]
    answer = await post(http, "submit", [("person", tom), ("view", modal.id), *chosen])
    assert answer["trouble"] == "At most 3 can be chosen, got 4."
    assert played.heard.submissions == []


async def test_windows_close_one_by_one_or_all_at_once(played: Played, http: aiohttp.ClientSession) -> None:
    tom = played.id("tom")
    await post(http, "say", {"person": tom, "place": "app", "line": "/mentoring join"})
    for block in ("more/rules", "more/rules"):
        top = played.slack.workspace.stack(tom)[-1]
        await post(http, "press", {"person": tom, "view": top.id, "press": block})
    stack = list(played.slack.workspace.stack(tom))
    assert [modal.title for modal in stack] == ["Join the program", "Ground rules", "Confidentiality"]
    await post(http, "close", {"person": tom, "view": stack[2].id})
    await post(http, "close", {"person": tom, "view": stack[2].id})
    assert [modal.title for modal in played.slack.workspace.stack(tom)] == [
        "Join the program",
        "Ground rules",
    ]
    await post(http, "close", {"person": tom, "view": stack[1].id, "whole": "1"})
    assert played.slack.workspace.stack(tom) == []


async def test_a_window_below_another_is_not_sent(played: Played, http: aiohttp.ClientSession) -> None:
    tom = played.id("tom")
    await post(http, "say", {"person": tom, "place": "app", "line": "/mentoring join"})
    [modal] = played.slack.workspace.stack(tom)
    await post(http, "press", {"person": tom, "view": modal.id, "press": "more/rules"})
    answer = await post(http, "submit", {"person": tom, "view": modal.id})
    assert answer["trouble"] == "This window is closed meanwhile, or another one lies on top of it."


async def test_an_element_that_tells_at_once_is_told_once(
    played: Played, http: aiohttp.ClientSession
) -> None:
    tom = played.id("tom")
    await post(http, "say", {"person": tom, "place": "app", "line": "/mentoring fields"})
    [modal] = played.slack.workspace.stack(tom)
    await post(http, "press", {"person": tom, "view": modal.id, "kept/v": "draft", "press": "kept/v"})
    await post(http, "submit", {"person": tom, "view": modal.id, "kept/v": "draft", "words/v": "some"})
    assert [body["actions"][0]["selected_option"]["value"] for body in played.heard.actions] == ["draft"]
    assert modal.values["words"]["v"]["value"] == "some"


async def test_a_menu_that_asks_the_bot_offers_what_it_answers(
    played: Played, http: aiohttp.ClientSession
) -> None:
    tom = played.id("tom")
    await post(http, "say", {"person": tom, "place": "app", "line": "/mentoring fields"})
    [modal] = played.slack.workspace.stack(tom)
    form = {"person": tom, "view": modal.id, "field": "search/v", "typed": "ada"}
    answer = await post(http, "suggest", form)
    offered = [each.text for each in read(answer["html"]).elements if each.tag == "option"]
    assert (answer["found"], offered) == ("2 found", ["Ada One", "Ada Two"])
    chosen = find(answer["html"])[1].attributes["value"]
    await post(http, "submit", {"person": tom, "view": modal.id, "search/v": chosen or ""})
    assert modal.values["search"]["v"]["selected_option"]["value"] == "ada_two"


async def test_a_command_on_home_goes_where_its_answer_is(
    played: Played, http: aiohttp.ClientSession
) -> None:
    tom = played.id("tom")
    answer = await post(
        http, "say", {"person": tom, "place": "home", "line": "/mentoring help"}, query(played, tom="home")
    )
    assert answer["go"] == f"/?p={tom}.app&at={tom}"
    answer = await post(
        http, "say", {"person": tom, "place": "home", "line": "/mentoring join"}, query(played, tom="home")
    )
    assert answer["go"] == ""


@pytest.mark.parametrize(
    ("place", "line", "trouble"),
    [
        ("home", "hello", "Nobody reads what is typed here. Type a command such as /mentoring."),
        ("app", "hello", "Sending messages to this app has been turned off."),
        ("app", "/nonsense", "/nonsense is not a valid command."),
    ],
)
async def test_what_slack_would_not_take_is_told(
    played: Played, http: aiohttp.ClientSession, place: str, line: str, trouble: str
) -> None:
    answer = await post(http, "say", {"person": played.id("tom"), "place": place, "line": line})
    assert answer["trouble"] == trouble


async def test_people_write_to_each_other(played: Played, http: aiohttp.ClientSession) -> None:
    group = group_of(played)
    await post(http, "say", {"person": played.id("tom"), "place": group, "line": "Hello *Mara*"})
    assert [*played.slack.workspace.conversations[group].messages.values()][-1].text == "Hello *Mara*"


async def test_what_only_one_sees_is_dismissed_by_them_alone(
    played: Played, http: aiohttp.ClientSession
) -> None:
    tom, mara, group = played.id("tom"), played.id("mara"), group_of(played)
    await client_of(played.slack).chat_postEphemeral(channel=group, user=tom, text="Only you")
    [only] = played.slack.workspace.conversations[group].ephemerals
    await post(http, "dismiss", {"person": mara, "place": group, "ts": only.ts})
    assert played.slack.workspace.conversations[group].ephemerals == [only]
    await post(http, "dismiss", {"person": tom, "place": group, "ts": only.ts})
    assert played.slack.workspace.conversations[group].ephemerals == []


@pytest.mark.parametrize("form", [{}, {"person": "U9", "view": "V1"}, {"person": "U9", "place": "home"}])
async def test_a_form_that_lacks_something_is_no_crash(
    http: aiohttp.ClientSession, form: dict[str, str]
) -> None:
    async with http.post("/page/press", data=form) as answer:
        assert answer.status == 400


async def test_who_left_can_do_nothing(played: Played, http: aiohttp.ClientSession) -> None:
    tom = played.id("tom")
    played.slack.workspace.change_person(tom, is_deleted=True)
    answer = await post(
        http, "say", {"person": tom, "place": "app", "line": "/mentoring"}, query(played, tom="app")
    )
    assert answer["trouble"] == "Tom is deactivated and can do nothing."
    assert "Tom Okoro has left the workspace." in words(answer["fragments"][tom])


# Files


@pytest.mark.parametrize(("name", "kind"), [("first-chat.ics", "text/plain"), ("pairs.png", "image/png")])
async def test_files_open_without_running(
    played: Played, http: aiohttp.ClientSession, name: str, kind: str
) -> None:
    file = next(one for one in played.slack.workspace.files.values() if one.name == name)
    async with http.get(f"/page/files/{file.id}") as answer:
        assert answer.content_type == kind
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert await answer.read() == file.content
    async with http.get(f"/page/files/{file.id}?save=1") as answer:
        assert answer.headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{name}"


async def test_a_file_that_is_gone_says_so(http: aiohttp.ClientSession) -> None:
    async with http.get("/page/files/F404") as answer:
        assert (answer.status, await answer.text()) == (404, "This file is not here (any more).")


# Time


@pytest.mark.parametrize(
    ("form", "to"),
    [
        ({"step": "hour"}, timedelta(hours=1)),
        ({"step": "day"}, timedelta(days=1)),
        ({"step": "week"}, timedelta(weeks=1)),
        ({"step": "next"}, timedelta(hours=1, minutes=30)),
        ({"step": "date", "until": "2026-11-25T10:15"}, timedelta(days=1, hours=2, minutes=15)),
    ],
)
async def test_time_is_moved_by_whoever_plays_the_bot(
    played: Played, http: aiohttp.ClientSession, form: dict[str, str], to: timedelta
) -> None:
    answer = await post(http, "clock", form)
    assert played.moved == [START + to]
    assert (START + to).strftime("%H:%M") in words(answer["fragments"]["bar"])


@pytest.mark.parametrize(
    ("form", "trouble"),
    [
        ({"step": "date", "until": ""}, "Please choose a date and a time to go to."),
        (
            {"step": "date", "until": "2026-11-01T10:00"},
            "Time goes forward only. Please choose a later moment.",
        ),
    ],
)
async def test_time_does_not_go_back(
    played: Played, http: aiohttp.ClientSession, form: dict[str, str], trouble: str
) -> None:
    assert (await post(http, "clock", form))["trouble"] == trouble
    assert played.moved == []


async def test_what_is_due_is_listed_with_whom_it_is_for(played: Played, http: aiohttp.ClientSession) -> None:
    said = words(await get(http, "/"))
    assert "Next Session reminder for Tom Okoro and Mara Lind in 90 minutes" in said
    assert "Thursday 26 November 09:00 Check-in after session 2 Mara Lind" in said
    played.dues.clear()
    played.slack.clock.advance(timedelta(minutes=1))
    assert "Nothing is due." in words(await get(http, "/"))
    assert (await post(http, "clock", {"step": "next"}))[
        "trouble"
    ] == "Nothing is due, so there is nothing to go to."


async def test_a_kind_of_delivery_is_said_in_words(played: Played, http: aiohttp.ClientSession) -> None:
    played.dues[0] = Due(START + timedelta(hours=1), "check_in.question", "Tom Okoro")
    played.slack.clock.advance(timedelta(0))
    assert "Next Check in: question for Tom Okoro in 60 minutes" in words(await get(http, "/"))


async def test_two_moves_at_once_are_one(played: Played, http: aiohttp.ClientSession) -> None:
    gate = asyncio.Event()

    async def slowly(_: Any) -> None:
        await gate.wait()

    played.page._advance = slowly
    first = asyncio.create_task(post(http, "clock", {"step": "hour"}))
    await asyncio.sleep(0.05)
    second = await post(http, "clock", {"step": "hour"})
    assert second["trouble"] == "Time is passing already. Please wait a moment."
    assert "Time is passing." in words(second["fragments"]["bar"])
    gate.set()
    assert "Time is passing." not in words((await first)["fragments"]["bar"])


async def test_without_a_bot_the_clock_says_so() -> None:
    played = play(hooks=False)
    async with played.slack, aiohttp.ClientSession(played.url, headers={"Origin": played.url}) as http:
        said = words(await get(http, "/"))
        assert "The clock cannot be moved: no bot is connected to it." in said
        assert "What is due is not known: no bot is connected." in said
        assert (await post(http, "clock", {"step": "hour"}))["trouble"].startswith(
            "The clock cannot be moved"
        )


# Who answers by themselves


class Moods:
    choices = (("manual", "Only when I press"), ("prompt", "At once"), ("silent", "Never"))

    def __init__(self) -> None:
        self.moods: dict[str, str] = {}

    def of(self, person_id: str) -> str:
        return self.moods.get(person_id, "manual")

    async def set(self, person_id: str, value: str) -> None:
        self.moods[person_id] = value


async def test_the_switch_is_there_only_with_its_hook(http: aiohttp.ClientSession) -> None:
    assert "Answers by itself" not in await get(http, "/")


async def test_the_switch_changes_how_somebody_answers() -> None:
    played = play(hooks=False)
    moods = Moods()
    played.page._temperaments = moods
    async with played.slack, aiohttp.ClientSession(played.url, headers={"Origin": played.url}) as http:
        tom = played.id("tom")
        answer = await post(
            http, "temperament", {"person": tom, "temperament": "prompt"}, query(played, tom="home")
        )
        assert moods.moods == {tom: "prompt"}
        chosen = [
            each.text for each in read(answer["fragments"][tom]).elements if "selected" in each.attributes
        ]
        assert chosen == ["At once"]


# Two browsers


class Stream:
    """Reads server-sent events as they come."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def next(self) -> dict[str, Any]:
        while True:
            line = await asyncio.wait_for(self._response.content.readline(), 5)
            if line.startswith(b"data: "):
                return json.loads(line.removeprefix(b"data: "))


async def test_every_browser_hears_of_what_changed_and_only_that(
    played: Played, http: aiohttp.ClientSession
) -> None:
    tom, mara, group = played.id("tom"), played.id("mara"), group_of(played)
    async with http.get(f"/page/events?{query(played, tom=group, mara=group)}") as response:
        stream = Stream(response)
        first = await stream.next()
        assert list(first["fragments"]) == ["bar", "switcher", tom, mara]
        await post(http, "say", {"person": mara, "place": group, "line": "See you *then*"})
        news = await stream.next()
        assert news["say"] == ["For Tom Okoro, from Mara Lind: See you then"]
        assert news["revision"] > first["revision"]
        assert set(news["fragments"]) == {"switcher", tom, mara}
        assert "See you then" in words(news["fragments"][tom])


async def test_a_changed_message_is_read_out_as_changed(played: Played, http: aiohttp.ClientSession) -> None:
    tom = played.id("tom")
    async with http.get(f"/page/events?{query(played, tom='app')}") as response:
        stream = Stream(response)
        await stream.next()
        [message] = played.slack.workspace.app_dm(tom).messages.values()
        await post(http, "press", {"person": tom, "place": "app", "ts": message.ts, "press": "answer/meet"})
        assert (await stream.next())["say"] == [
            "For Tom Okoro, from Turnabout, changed: You said yes to Mara Lind"
        ]


async def test_much_news_at_once_is_counted(played: Played, http: aiohttp.ClientSession) -> None:
    async with http.get(f"/page/events?{query(played, tom='app', mara='app')}") as response:
        stream = Stream(response)
        await stream.next()
        for number in range(5):
            played.slack.workspace.post(
                played.slack.workspace.app_dm(played.id("tom")),
                played.slack.workspace.bot.id,
                f"News {number}",
            )
        assert (await stream.next())["say"] == ["New messages: 5 for Tom Okoro"]


async def test_streams_end_with_the_stand_in(played: Played, http: aiohttp.ClientSession) -> None:
    async with http.get("/page/events") as response:
        await Stream(response).next()
        started = asyncio.get_running_loop().time()
        await played.slack.stop()
        assert asyncio.get_running_loop().time() - started < 0.9


async def test_a_fragment_is_drawn_again_only_when_its_person_changed(
    played: Played, http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    column = type(played.page._screen).column

    def counted(self: Any, person_id: str, *rest: Any) -> Any:
        drawn.append(person_id)
        return column(self, person_id, *rest)

    monkeypatch.setattr(type(played.page._screen), "column", counted)
    at = query(played, tom="app", aisha="app")
    await get(http, f"/?{at}")
    played.slack.workspace.post(
        played.slack.workspace.app_dm(played.id("tom")), played.slack.workspace.bot.id, "News"
    )
    await get(http, f"/?{at}")
    assert drawn == [played.id("tom"), played.id("aisha"), played.id("tom")]
