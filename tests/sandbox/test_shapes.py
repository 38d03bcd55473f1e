"""What the stand-in sends and answers, field by field against names observed on the real service.

Every exception is listed with its reason: nothing else may be sent that was never seen.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sandbox.clock import MovableClock
from sandbox.server import StandIn
from tests.sandbox.kit import (
    START,
    Recorder,
    actions,
    button,
    client_of,
    field,
    goal_modal,
    home,
    manifest,
    modal,
    option,
    populate,
    refused,
    section,
)

SAMPLES = Path(__file__).parent.parent / "data" / "slack-samples"

# Documented by Slack, though absent from the samples.
NOT_IN_SAMPLES = {
    "conversations.info": {
        "channel.user",  # a DM names its other side
        "channel.is_user_deleted",  # the same
    },
    "users.list": {
        "members.is_invited_user",  # only while the invitation is open; the samples of users.info have it
    },
    "message": {
        "app_id",  # documented for chat.postMessage; the sample of block_actions has it
    },
    "app_home_opened": {
        "event.view.blocks",  # content, blanked out of the samples
        "event.view.state.values",
    },
    "user_change": {
        "event.event_ts",  # documented for every event
    },
    "block_actions": {
        "view.blocks",  # content, blanked out of the samples
        "view.state.values",
        "state.values",
        "message.blocks",
    },
    "view_submission": {
        "view.blocks",
        "view.state.values",
        "response_urls",  # documented: empty unless a menu asks for one
    },
    "view_closed": {
        "view.blocks",
        "view.state.values",
    },
    "reply": {
        "errors",  # documented for chat.*: the lines of response_metadata without their level
    },
}
CONTENT = {"blocks", "values", "metadata"}


def sample(folder: str, name: str) -> dict:
    return json.loads((SAMPLES / folder / f"{name}.json").read_text(encoding="utf-8"))


def strange(sent, known, at="") -> set[str]:
    """Return the paths of fields that were sent but never seen; below unknown or blanked content nothing counts."""
    if isinstance(sent, list):
        if not isinstance(known, list) or not known:
            return set()
        return {path for one in sent for path in strange(one, known[0], at)}
    if not isinstance(sent, dict):
        return set()
    if not isinstance(known, dict):
        return set()
    found = set()
    for key, value in sent.items():
        path = f"{at}.{key}".lstrip(".")
        if key not in known:
            found.add(path)
        elif key not in CONTENT:
            found |= strange(value, known[key], path)
    return found


def absent(sent: dict, needed: set[str]) -> set[str]:
    return needed - set(sent)


@pytest.fixture
async def granted():
    scopes = (
        "reactions:write",
        "users:read.email",
        "users.profile:read",
        "channels:read",
        "im:read",
        "mpim:read",
    )
    async with StandIn(clock=MovableClock(START), manifest=manifest(*scopes), seed=7) as slack:
        populate(slack)
        slack.people.add("gone", "Gone Person", is_deleted=True)
        slack.people.add("guest", "Guest Person", is_guest=True, is_invited=True)
        slack.people.add("robot", "Robot", is_bot=True, bot_id="B0ROBOT")
        yield slack


async def every_reply(slack: StandIn) -> list[tuple[str, dict]]:
    client = client_of(slack)
    ada, mara = slack.person("ada").id, slack.person("mara").id
    general = slack.workspace.conversations_of(ada)[0].id
    posted = await client.chat_postMessage(channel=ada, text="x", blocks=[section("x")])
    where = {"channel": posted["channel"], "ts": posted["ts"]}
    promised = await client.files_getUploadURLExternal(filename="a.txt", length=1)
    slack.workspace.files[promised["file_id"]].content = b"x"
    replies = [
        ("auth.test", await client.auth_test()),
        ("apps.connections.open", await client.apps_connections_open(app_token=slack.app_token)),
        ("chat.postEphemeral", await client.chat_postEphemeral(channel=general, user=ada, text="x")),
        (
            "chat.getPermalink",
            await client.chat_getPermalink(channel=where["channel"], message_ts=where["ts"]),
        ),
        (
            "reactions.add",
            await client.reactions_add(channel=where["channel"], timestamp=where["ts"], name="wave"),
        ),
        ("chat.delete", await client.chat_delete(**where)),
        ("conversations.info", await client.conversations_info(channel=general)),
        ("conversations.info", await client.conversations_info(channel=where["channel"])),
        (
            "conversations.info",
            await client.conversations_info(
                channel=(await client.conversations_open(users=[ada, mara]))["channel"]["id"],
                include_num_members=True,
            ),
        ),
        ("users.list", await client.users_list(include_locale=True)),
        ("users.lookupByEmail", await client.users_lookupByEmail(email="ada@example.com")),
        ("users.profile.get", await client.users_profile_get(user=ada)),
        ("files.getUploadURLExternal", promised),
        (
            "files.completeUploadExternal",
            await client.files_completeUploadExternal(
                files=[{"id": promised["file_id"], "title": "a"}], channel_id=ada
            ),
        ),
    ]
    replies += [
        ("users.info", await client.users_info(user=person, include_locale=True))
        for person in slack.workspace.people
    ]
    return [(name, reply.data) for name, reply in replies]


async def test_replies_carry_only_fields_seen_on_the_real_service(granted):
    found: dict[str, set[str]] = {}
    for name, reply in await every_reply(granted):
        found.setdefault(name, set()).update(strange(reply, sample("api", name)))
    found = {name: paths for name, paths in found.items() if paths}
    assert found == {name: NOT_IN_SAMPLES[name] for name in ("conversations.info", "users.list")}


async def test_refusals_carry_only_fields_seen_on_the_real_service(slack, client):
    seen = sample("api", "users.info") | sample("api", "apps.connections.open")
    replies = [
        await refused(client.users_info(user="U0NOBODY")),
        await refused(client.reactions_add(channel="C", timestamp="1.1", name="x")),
        await refused(
            client.chat_postMessage(channel=slack.person("ada").id, text="x", blocks=[section("")])
        ),
        await refused(client.views_publish(user_id="U0NOBODY", view=home(section("x")))),
    ]
    found = {path for reply in replies for path in strange(reply.data, seen)}
    assert found == NOT_IN_SAMPLES["reply"]


async def test_message_carries_only_fields_seen_on_the_real_service(granted):
    client = client_of(granted)
    known = sample("events", "Message")["event"]
    ada = granted.person("ada").id
    promised = await client.files_getUploadURLExternal(filename="a.txt", length=1, alt_txt="An A")
    granted.workspace.files[promised["file_id"]].content = b"x"
    await client.files_completeUploadExternal(
        files=[{"id": promised["file_id"], "title": "a"}], channel_id=ada
    )
    posted = await client.chat_postMessage(
        channel=ada,
        text="x",
        blocks=[section("x")],
        metadata={"event_type": "delivery", "event_payload": {"id": "D1"}},
    )
    where = {"channel": posted["channel"], "ts": posted["ts"]}
    await client.reactions_add(channel=where["channel"], timestamp=where["ts"], name="wave")
    updated = await client.chat_update(**where, text="y")
    assert strange(posted["message"], known) == NOT_IN_SAMPLES["message"]
    assert strange(updated["message"], known) == {*NOT_IN_SAMPLES["message"], "reactions"}
    needed = {"type", "user", "bot_id", "app_id", "team", "text", "ts", "bot_profile"}
    assert absent(posted["message"], needed) == set()


async def test_events_carry_only_fields_seen_on_the_real_service(granted):
    recorder = Recorder(granted)
    ada = granted.person("ada")
    await ada.opens_home()
    await client_of(granted).views_publish(user_id=ada.id, view=home(section("x")))
    await ada.opens_home()
    await ada.opens_messages()
    await granted.interactions.arrive(granted.people.add("new", "New Person").id)
    await granted.interactions.change(ada.id, title="Lead")
    names = {"app_home_opened": "AppHomeOpened", "team_join": "TeamJoin", "user_change": "UserChange"}
    found: dict[str, set[str]] = {}
    for frame in recorder.frames:
        kind = frame["payload"]["event"]["type"]
        found.setdefault(kind, set()).update(strange(frame["payload"], sample("events", names[kind])))
    assert found == {
        "app_home_opened": NOT_IN_SAMPLES["app_home_opened"],
        "team_join": set(),
        "user_change": NOT_IN_SAMPLES["user_change"],
    }
    first = recorder.frames[0]["payload"]
    needed = {
        "token",
        "team_id",
        "api_app_id",
        "type",
        "event_id",
        "event_time",
        "authorizations",
        "event",
    }
    assert absent(first, needed) == set()
    assert "view" not in first["event"]
    assert recorder.frames[1]["payload"]["event"]["view"]["type"] == "home"
    assert "view" not in recorder.frames[2]["payload"]["event"]


async def test_going_is_told_with_fields_seen_on_the_real_service():
    clock = MovableClock(START)
    given = manifest(events=("app_uninstalled", "tokens_revoked"))
    async with StandIn(clock=clock, manifest=given) as slack:
        recorder = Recorder(slack)
        await slack.interactions.revoke()
        for frame, name in zip(recorder.frames, ("TokensRevoked", "AppUninstalled"), strict=True):
            assert strange(frame["payload"], sample("events", name)) == set()


async def test_joining_a_channel_and_words_in_a_dm_are_told_with_seen_fields():
    clock = MovableClock(START)
    given = manifest(
        "im:history",
        "channels:read",
        events=("message.im", "member_joined_channel", "member_left_channel"),
        app_home={"messages_tab_read_only_enabled": False},
    )
    async with StandIn(clock=clock, manifest=given) as slack:
        populate(slack)
        recorder = Recorder(slack)
        await slack.person("ada").types("hello")
        where = slack.workspace.add_channel("team", [slack.person("ada").id])
        await slack.interactions.join(slack.person("mara").id, where.id)
        await slack.interactions.leave(slack.person("mara").id, where.id)
        names = ("Message", "MemberJoinedChannel", "MemberLeftChannel")
        assert len(recorder.frames) == 3
        for frame, name in zip(recorder.frames, names, strict=True):
            assert strange(frame["payload"], sample("events", name)) == set()


async def test_slash_command_carries_exactly_the_fields_seen(slack):
    recorder = Recorder(slack)
    await slack.person("ada").types("/mentoring pause  until May", channel="general")
    seen = set(sample("interactive", "slash_command"))
    assert set(recorder.last) == seen - {"enterprise_id", "enterprise_name"}
    assert (recorder.last["command"], recorder.last["text"]) == ("/mentoring", "pause  until May")
    assert recorder.last["channel_name"] == "general"
    assert recorder.last["is_enterprise_install"] == "false"


async def test_presses_carry_only_fields_seen_on_the_real_service(slack, client):
    recorder = Recorder(slack)
    ada = slack.person("ada")
    menu = {
        "type": "static_select",
        "action_id": "pick",
        "placeholder": {"type": "plain_text", "text": "Pick"},
        "options": [option("One", "1")],
    }
    row = actions(button("Go", "go", value="1", style="primary"), menu)
    await client.chat_postMessage(channel=ada.id, text="x", blocks=[row])
    await client.views_publish(user_id=ada.id, view=home(row | {"block_id": "home"}))
    await ada.presses("Go", within="directmessage")
    await ada.picks("Pick", "One", within="directmessage")
    await ada.presses("Go", within="home")
    known = sample("interactive", "block_actions")
    for frame in recorder.frames:
        assert strange(frame["payload"], known) <= NOT_IN_SAMPLES["block_actions"]
    in_message, on_home = recorder.frames[0]["payload"], recorder.frames[2]["payload"]
    shared = {"type", "user", "team", "api_app_id", "token", "container", "trigger_id", "actions"}
    assert absent(in_message, shared | {"channel", "message", "response_url", "state"}) == set()
    assert absent(on_home, shared | {"view"}) == set()
    assert {"channel", "response_url", "message"} & set(on_home) == set()
    assert set(in_message["actions"][0]) == {
        "type",
        "action_id",
        "block_id",
        "text",
        "value",
        "style",
        "action_ts",
    }


async def test_forms_carry_only_fields_seen_on_the_real_service(slack):
    recorder = Recorder(slack)
    ada = slack.person("ada")
    for _ in range(2):
        trigger = slack.workspace.new_trigger(ada.id)
        slack.workspace.open_modal(trigger.id, goal_modal(notify_on_close=True))
    await ada.writes("Goal", "grüße")
    await ada.submits()
    await ada.closes()
    submitted, closed = (frame["payload"] for frame in recorder.frames)
    assert strange(submitted, sample("interactive", "view_submission")) == NOT_IN_SAMPLES["view_submission"]
    assert strange(closed, sample("interactive", "view_closed")) == NOT_IN_SAMPLES["view_closed"]
    assert submitted["view"]["state"]["values"] == {
        "goal": {"goal": {"type": "plain_text_input", "value": "grüße"}}
    }
    assert closed["view"]["state"]["values"] == {}
    assert absent(submitted, {"type", "team", "user", "api_app_id", "token", "trigger_id", "view"}) == set()


async def test_menu_that_asks_carries_what_is_documented(slack):
    recorder = Recorder(slack)
    recorder.answers["block_suggestion"] = {"options": [option("Mara", "1")]}
    ada = slack.person("ada")
    trigger = slack.workspace.new_trigger(ada.id)
    menu = {"type": "external_select", "action_id": "who", "min_query_length": 2}
    slack.workspace.open_modal(trigger.id, modal(field("Who", menu, "who")))
    await ada.picks("Who", "Mara")
    documented = {
        "type",
        "user",
        "team",
        "container",
        "api_app_id",
        "token",
        "action_id",
        "block_id",
        "value",
        "view",
        "enterprise",
        "is_enterprise_install",
    }
    assert set(recorder.last) == documented
    assert recorder.last["value"] == "Mara"
