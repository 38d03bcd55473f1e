"""A small bot for the tests of the page: real Bolt listeners, and texts and controls of every kind the page draws."""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from messages import blocks as b
from sandbox.clock import MovableClock
from sandbox.page import Due, Page
from sandbox.server import StandIn
from tests.sandbox.kit import app_of, client_of, manifest

if TYPE_CHECKING:
    from slack_bolt.app.async_app import AsyncApp

START = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
ANYTHING = re.compile(".*")
WHY = "_Why this_ · _Fewer_ · _Help in confidence_"
TOPICS = {
    "Online presence": ("Short video", "Posts worth reading", "A profile that sounds like you"),
    "AI in daily work": ("First useful tasks for AI", "Asking AI well", "Checking what AI says"),
    "Business and strategy": (
        "How budgets are decided", "How strategy is made", "Weighing risk", "How our industry works",
    ),
    "Ways of working": ("Written-first work", "Sketch before building", "Working in short cycles"),
}  # fmt: skip
ICS = {
    "Online presence": ("Short video", "Posts worth reading", "A profile that sounds like you"),
    "AI in daily work": ("First useful tasks for AI", "Asking AI well", "Checking what AI says"),
    "Business and strategy": (
        "How budgets are decided", "How strategy is made", "Weighing risk", "How our industry works",
    ),
    "Ways of working": ("Written-first work", "Sketch before building", "Working in short cycles"),
}  # fmt: skip
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001"
    "a5f645400000000049454e44ae426082"
)
ICS = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nSUMMARY:First chat\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


def chart() -> bytes:
    """Return a picture of four bars as PNG, made without a library."""
    width, height = 360, 150
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            bar, inside = divmod(x, 90)
            full = 15 < inside < 75 and height - y < (130, 110, 74, 62)[bar] and height - y > 12
            rows += bytes((31, 92, 107)) if full else bytes((255, 255, 255))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(rows)))
        + chunk(b"IEND", b"")
    )


def options(*words: str) -> list[dict[str, Any]]:
    return [b.option(word, word.lower().replace(" ", "_")) for word in words]


def topics() -> list[dict[str, Any]]:
    return [b.option_group(group, options(*names)) for group, names in TOPICS.items()]


def proposal(state: str = "") -> list[dict[str, Any]]:
    answer = (
        b.actions(
            b.button("Meet Mara", "meet", style="primary"),
            b.button("Not this one", "pass"),
            b.overflow("more", options("Ask me next week", "Pause the program")),
            block_id="answer",
        )
        if not state
        else b.section(state, accessory=b.button("Change my answer", "undo"), block_id="answered")
    )
    return [
        b.section("*A possible learning partner: Mara Lind*, Product Operations, Stockholm."),
        b.section(
            "*Why you two:* you want to learn _short video_; Mara offers it and wants to learn "
            "_how budgets are decided_.\nYour working hours overlap from 9 to 12.\n\n"
            "A yes means one 25-minute chat within 14 days; either of you can stop after it without giving a "
            "reason. If you pass, Mara hears only that this one did not come about."
        ),
        answer,
        b.context(f"Please answer by {moment(START + timedelta(days=3))}.", WHY),
    ]


def moment(at: datetime) -> str:
    return f"<!date^{int(at.timestamp())}^{{date_long}}, {{time}}|{at:%A %d %B}>"


def home(name: str) -> dict[str, Any]:
    return b.home(
        [
            b.header("What you can do now"),
            b.section(
                "*A proposal is waiting for you.* It names one colleague, and why the two of you.",
                accessory=b.button("Open the proposal", "open", style="primary"),
                block_id="now",
            ),
            b.divider(),
            b.header("Your pair"),
            b.fields("*Partner*\nMara Lind", "*Next session*\n" + moment(START + timedelta(days=14)),
                     "*Held*\n2 of 6", "*Topic*\nShort video"),
            b.actions(
                b.static_select("pause", options("For 2 weeks", "For 1 month", "Until a date"),
                                placeholder="Pause the program"),
                b.button("Leave the program", "leave", style="danger", confirm=b.confirm(
                    "Leave the program?", f"Your place ends today, {name}. You can join again at any time.",
                    confirm="Leave the program", deny="Stay", style="danger")),
                b.button("My data", "data"),
                block_id="life",
            ),
            b.divider(),
            b.section("*How it works.* Six sessions, one every four weeks; what is said stays with you two."),
            b.context(WHY),
        ]
    )  # fmt: skip


def intake(**error: str) -> dict[str, Any]:
    return b.modal(
        "Join the program",
        [
            b.section("About an hour every four weeks, for six months. You can leave on any day."),
            b.input_(
                "Topics to share",
                b.multi_static_select("topics", option_groups=topics(), max_selected_items=3,
                                      placeholder="Choose up to 3"),
                block_id="share", hint="What colleagues come to you for.",
            ),
            b.input_("Topic to learn", b.static_select("topic", option_groups=topics(), placeholder="Choose one"),
                     block_id="learn"),
            b.input_("How far do your decisions reach?", b.radio_buttons("level", [
                b.option("My own work", "1"), b.option("A team", "2", description="Its plans and its people"),
                b.option("Several teams", "3")]), block_id="level"),
            b.input_("Who do you report to?", b.users_select("person", placeholder="Choose a person"),
                     block_id="manager"),
            b.input_("What would make it worth your time?", b.plain_text_input("goal", multiline=True),
                     block_id="goal", optional=True),
            b.input_("Agreement", b.checkboxes("agree", [b.option("I agree to the ground rules", "yes")]),
                     block_id="agree"),
            b.actions(b.button("Read the ground rules", "rules"), block_id="more"),
        ],
        callback_id="intake", submit="Join", close="Not now",
    )  # fmt: skip


def rules(depth: int) -> dict[str, Any]:
    return b.modal(
        "Ground rules" if depth == 2 else "Confidentiality",
        [b.section("*What is said stays with you two.* Pay, appraisals and named colleagues stay out."),
         *([b.actions(b.button("More about confidentiality", "rules"), block_id="more")] if depth == 2 else [])],
        callback_id="rules", close="Back",
    )  # fmt: skip


def gallery() -> list[dict[str, Any]]:
    """Return one message with everything a message may hold."""
    at = int((START + timedelta(days=2)).timestamp())
    return [
        b.header("Everything at once"),
        b.section("*Bold*, _italic_, ~gone~, `code`, <https://example.com|a link>, <@{person}>, <#{channel}>\n"
                  "> A quoted line\n```a block\n  of code```"),
        b.rich_text(
            b.rich_text_section(b.rich_text_part("Rich ", bold=True), "text"),
            b.rich_text_list(b.rich_text_section("first"), b.rich_text_section("second")),
        ),
        b.section("A section with a menu", accessory=b.static_select("menu", option_groups=topics()),
                  block_id="a"),
        b.section("A section with boxes", accessory=b.checkboxes("boxes", options("One", "Two")), block_id="b"),
        b.section("And people", accessory=b.multi_users_select("people", max_selected_items=2), block_id="d"),
        b.actions(
            b.datepicker("date", initial_date="2026-11-26"),
            b.timepicker("time", initial_time="10:30"),
            b.datetimepicker("when", initial_date_time=at),
            b.radio_buttons("radio", options("This", "That"), initial="this"),
            b.channels_select("channel"),
            b.conversations_select("conversation"),
            block_id="c",
        ),
        b.image(alt_text="Bars: 12 pairs met, 3 did not", image_url="https://example.com/chart.png", title="Pairs"),
    ]  # fmt: skip


def fields() -> dict[str, Any]:
    """Return a modal with every kind of input."""
    return b.modal(
        "Every input",
        [
            b.input_("Words", b.plain_text_input("v", min_length=3), block_id="words"),
            b.input_("Mail", b.email_input("v", placeholder="name@example.com"), block_id="mail"),
            b.input_("Address", b.url_input("v"), block_id="url"),
            b.input_("Hours", b.number_input("v", min_value=1, max_value=8), block_id="number"),
            b.input_("Day", b.datepicker("v"), block_id="day"),
            b.input_("Time", b.timepicker("v"), block_id="time"),
            b.input_("Moment", b.datetimepicker("v"), block_id="moment"),
            b.input_("One", b.radio_buttons("v", options("Left", "Right")), block_id="radio"),
            b.input_("Any", b.checkboxes("v", options("Red", "Blue")), block_id="boxes"),
            b.input_("Search", b.external_select("v", min_query_length=2), block_id="search"),
            b.input_("Channel", b.channels_select("v"), block_id="channel"),
            b.input_("People", b.multi_users_select("v", max_selected_items=2), block_id="people"),
            b.input_("Kept at once", b.static_select("v", options("Draft", "Done")), block_id="kept",
                     dispatch_action=True),
        ],
        callback_id="fields", submit="Send",
    )  # fmt: skip


@dataclass
class Heard:
    """What reached the bot."""

    actions: list[dict[str, Any]] = field(default_factory=list)
    submissions: list[dict[str, Any]] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)


def listen(app: AsyncApp) -> Heard:
    """Add the bot's listeners."""
    heard = Heard()

    @app.event("app_home_opened")
    async def on_opened(event: dict[str, Any], client: Any) -> None:
        heard.opened.append(f"{event['user']}.{event['tab']}")
        if event["tab"] == "home":
            await client.views_publish(user_id=event["user"], view=home("Tom"))

    @app.command("/mentoring")
    async def on_command(ack: Any, command: dict[str, Any], client: Any, respond: Any) -> None:
        match command["text"]:
            case "join":
                await ack()
                await client.views_open(trigger_id=command["trigger_id"], view=intake())
            case "fields":
                await ack()
                await client.views_open(trigger_id=command["trigger_id"], view=fields())
            case "gallery":
                await ack()
                await client.chat_postMessage(
                    channel=command["user_id"], text="Everything", blocks=filled(gallery(), command)
                )
            case "silent":
                return
            case _:
                await ack(text="You can: `join`, `status`, `pause`, `leave`.")

    @app.action({"action_id": "rules"})
    async def on_rules(ack: Any, body: dict[str, Any], client: Any) -> None:
        await ack()
        depth = 2 if body["view"]["callback_id"] == "intake" else 3
        await client.views_push(trigger_id=body["trigger_id"], view=rules(depth))

    @app.action("meet")
    async def on_meet(ack: Any, body: dict[str, Any], client: Any) -> None:
        await ack()
        heard.actions.append(body)
        await client.chat_update(
            channel=body["channel"]["id"], ts=body["message"]["ts"],
            text="You said yes to Mara Lind", blocks=proposal("*You said yes.* Mara is asked next."),
        )  # fmt: skip

    @app.action("silent")
    async def on_silence() -> None:
        return

    @app.action("v")
    @app.action({"block_id": "kept", "action_id": "v"})
    async def on_kept(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        heard.actions.append(body)

    @app.options("v")
    async def on_search(ack: Any, body: dict[str, Any]) -> None:
        await ack(options=options(*(f"{body['value'].title()} {word}" for word in ("One", "Two"))))

    @app.view("intake")
    async def on_intake(ack: Any, body: dict[str, Any]) -> None:
        heard.submissions.append(body)
        goal = body["view"]["state"]["values"]["goal"]["goal"]["value"] or ""
        if "?" in goal:
            await ack(response_action="errors", errors={"goal": "Please write it as a statement."})
        else:
            await ack()

    @app.view("fields")
    async def on_fields(ack: Any, body: dict[str, Any]) -> None:
        heard.submissions.append(body)
        await ack()

    @app.action(ANYTHING)
    async def on_anything(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        heard.actions.append(body)

    return heard


def filled(these: list[dict[str, Any]], command: dict[str, Any]) -> list[dict[str, Any]]:
    """Put the ids of this workspace into the mentions."""
    text = these[1]["text"]
    text["text"] = (
        text["text"].replace("{person}", command["user_id"]).replace("{channel}", command["channel_id"])
    )
    return these


@dataclass
class Played:
    """A stand-in with the bot, its page, and what the bot heard."""

    slack: StandIn
    page: Page
    heard: Heard
    dues: list[Due]
    moved: list[datetime]

    @property
    def url(self) -> str:
        return self.slack.url

    def id(self, name: str) -> str:
        return self.slack.workspace.person(name).id


def play(*, hooks: bool = True) -> Played:
    """Return a stand-in that is not started yet, with people, the bot in process, and its page."""
    clock = MovableClock(START)
    made = manifest("files:write")
    made["features"]["slash_commands"][0] |= {
        "description": "See where you stand, and what you can do now",
        "usage_hint": "help, join, status, pause, leave",
    }
    slack = StandIn(clock=clock, manifest=made, seed=3, ack_seconds=0.4)
    dues = [
        Due(START + timedelta(hours=1, minutes=30), "Session reminder", "Tom Okoro and Mara Lind"),
        Due(START + timedelta(days=2, hours=1), "Check-in after session 2", "Mara Lind"),
        Due(START + timedelta(days=2, hours=1), "Check-in after session 2", "Tom Okoro"),
        Due(START + timedelta(days=6), "Weekly overview", "Aisha Bello"),
    ]
    moved: list[datetime] = []

    async def advance(to: datetime) -> None:
        moved.append(to)
        clock.jump_to(to)

    async def due() -> list[Due]:
        return [row for row in dues if row.at > clock.now()]

    page = Page(slack, advance=advance, due=due) if hooks else Page(slack)
    page.add_to(slack.app)
    people = slack.people
    people.add("tom", "Tom Okoro", title="Finance Director", tz="Europe/London", locale="en-GB")
    people.add("mara", "Mara Lind", title="Product Operations", tz="Europe/Stockholm", locale="en-GB")
    people.add("aisha", "Aisha Bello", title="Chief Operating Officer", tz="America/New_York", locale="en-US")
    people.add("jonas", "Jonas Weber", title="Werkstudent", tz="Europe/Berlin", locale="de-DE")
    everyone = [one.id for one in slack.workspace.humans()]
    slack.workspace.add_channel("upward-mentoring", everyone)
    slack.workspace.add_channel("leadership", everyone[:2], is_private=True)
    return Played(slack, page, Heard(), dues, moved)


async def fill(played: Played) -> None:
    """Hand over to the bot, and let it write what a program writes in its first weeks."""
    slack = played.slack
    app = app_of(slack)
    played.heard = listen(app)
    slack.hand_over_to(app)
    client = client_of(slack)
    tom, mara = played.id("tom"), played.id("mara")
    channel = next(one for one in slack.workspace.conversations.values() if one.name == "upward-mentoring")
    await client.chat_postMessage(
        channel=channel.id,
        text="Upward Mentoring opens today. From Aisha Bello, COO. Sign-up closes on Friday 27 November.",
        blocks=[
            b.header("Upward Mentoring opens today"),
            b.section("From Aisha Bello, COO.\n\nColleagues share what they know best with an experienced leader "
                      "and learn how decisions are made in return. About one hour every four weeks for six months."),
            b.actions(b.button("See how it works and join", "join", style="primary"), block_id="join"),
        ],
    )  # fmt: skip
    await client.chat_postMessage(
        channel=tom,
        text="A possible learning partner: Mara Lind. Please answer by Friday 27 November.",
        blocks=proposal(),
    )
    group = (await client.conversations_open(users=[tom, mara]))["channel"]["id"]
    await client.chat_postMessage(
        channel=group,
        text="Mara, meet Tom. Tom, meet Mara. You both said yes.",
        blocks=[
            b.section("*Mara, meet Tom. Tom, meet Mara.* You both said yes."),
            b.section("Mara shares short video and wants to learn how budgets are decided. Tom shares how budgets "
                      "are decided and wants to learn short video.\n\nFirst, one chat of 25 minutes, in working time."),
            b.actions(*(b.button(f"Option {n}", f"slot.{n}") for n in (1, 2, 3)), b.button("Another time", "other"),
                      block_id="slots"),
            b.context(WHY),
        ],
    )  # fmt: skip
    await slack.interactions.say(mara, group, "Hi Tom, option 2 works well for me.")
    await client.files_upload_v2(
        channel=group, title="First chat", filename="first-chat.ics", content=ICS,
        initial_comment="The first chat, for your calendar.",
    )  # fmt: skip
    await client.files_upload_v2(
        channel=mara, title="Pairs that met", filename="pairs.png", content=chart(),
        alt_txt="12 pairs met, 3 did not", initial_comment="Where pairs stand.",
    )  # fmt: skip
