"""What Slack refuses, the stand-in refuses: row by row, with Slack's codes and wording."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_sdk.signature import SignatureVerifier

from sandbox.clock import MovableClock
from sandbox.errors import CannotDoError
from sandbox.interactions import NO_ANSWER, NO_OPTIONS, NOT_INTERACTIVE, Place
from sandbox.server import StandIn
from sandbox.sockets import signature
from sandbox.workspace import TROUBLE
from tests.sandbox.kit import (
    START,
    Recorder,
    actions,
    app_of,
    button,
    client_of,
    code_of,
    events,
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

TEXT_INPUT = {"type": "plain_text_input", "action_id": "goal"}


@pytest.fixture
async def http():
    async with aiohttp.ClientSession() as session:
        yield session


def granted(**changed):
    return StandIn(clock=MovableClock(START), manifest=manifest(**changed), seed=7, ack_seconds=0.2)


# 1. Tokens.


async def test_row_1_no_token_is_not_authed(slack, http):
    async with http.post(f"{slack.api_url}auth.test") as reply:
        assert await reply.json() == {"ok": False, "error": "not_authed"}


async def test_row_1_token_in_the_query_is_ignored(slack, http):
    async with http.post(f"{slack.api_url}auth.test", params={"token": slack.bot_token}) as reply:
        assert (await reply.json())["error"] == "not_authed"


async def test_row_1_token_in_a_json_body_is_ignored(slack, http):
    async with http.post(f"{slack.api_url}auth.test", json={"token": slack.bot_token}) as reply:
        assert (await reply.json())["error"] == "not_authed"


async def test_row_1_token_in_a_form_counts(slack, http):
    async with http.post(f"{slack.api_url}auth.test", data={"token": slack.bot_token}) as reply:
        assert (await reply.json())["ok"] is True


async def test_row_1_word_before_the_token_is_case_sensitive(slack, http):
    headers = {"Authorization": f"bearer {slack.bot_token}"}
    async with http.post(f"{slack.api_url}auth.test", headers=headers) as reply:
        assert (await reply.json())["error"] == "not_authed"


async def test_row_1_unknown_token_is_invalid_auth(slack):
    assert await code_of(client_of(slack, "xoxb-no-such-token").auth_test()) == "invalid_auth"


async def test_row_1_wrong_kind_of_token_is_named(slack, client):
    assert await code_of(client.apps_connections_open(app_token=slack.bot_token)) == "not_allowed_token_type"
    assert await code_of(client_of(slack, slack.app_token).auth_test()) == "not_allowed_token_type"


@pytest.mark.parametrize("why", ["token_revoked", "account_inactive"])
async def test_row_1_token_of_a_removed_app_is_dead(slack, client, why):
    await slack.interactions.revoke(why)
    assert await code_of(client.auth_test()) == why


# 2. Scopes.


async def test_row_2_scope_that_was_not_granted_is_named(slack, client):
    reply = await refused(client.reactions_add(channel="C1", timestamp="1.1", name="wave"))
    assert reply.data == {
        "ok": False,
        "error": "missing_scope",
        "needed": "reactions:write",
        "provided": "commands,chat:write,im:write,mpim:write,users:read,files:write",
    }


async def test_row_2_direct_and_group_messages_need_scopes_of_their_own():
    async with granted(without="im:write") as slack:
        populate(slack)
        client = client_of(slack)
        ada, mara = slack.person("ada").id, slack.person("mara").id
        assert (await refused(client.conversations_open(users=[ada])))["needed"] == "im:write"
        assert (await client.conversations_open(users=[ada, mara]))["ok"]
    async with granted(without="mpim:write") as slack:
        populate(slack)
        client = client_of(slack)
        ada, mara = slack.person("ada").id, slack.person("mara").id
        assert (await refused(client.conversations_open(users=[ada, mara])))["needed"] == "mpim:write"


async def test_row_2_conversations_info_needs_the_scope_of_the_kind(slack, client):
    dm = slack.workspace.app_dm(slack.person("ada").id)
    general = slack.workspace.conversations_of(slack.person("ada").id)[0]
    assert (await refused(client.conversations_info(channel=dm.id)))["needed"] == "im:read"
    assert (await refused(client.conversations_info(channel=general.id)))["needed"] == "channels:read"


async def test_row_2_address_needs_the_email_scope(slack, client):
    user = (await client.users_info(user=slack.person("ada").id))["user"]
    assert "email" not in user["profile"]
    assert await code_of(client.users_lookupByEmail(email="ada@example.com")) == "missing_scope"


async def test_row_2_customised_name_needs_its_scope(slack, client):
    ada = slack.person("ada").id
    reply = await refused(client.chat_postMessage(channel=ada, text="x", username="Somebody"))
    assert reply["needed"] == "chat:write.customize"


# 3. Methods and bodies.


async def test_row_3_unknown_method(slack, client):
    assert await code_of(client.api_call("chat.shout")) == "unknown_method"


async def test_row_3_reading_what_people_write_is_no_method_of_the_bot(slack, client):
    assert await code_of(client.conversations_history(channel="C1")) == "unknown_method"


async def test_row_3_json_to_a_form_only_method(slack, client):
    assert await code_of(client.api_call("users.info", json={"user": "U1"})) == "invalid_post_type"


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        ("{", "application/json", "invalid_json"),
        ("[]", "application/json", "json_not_object"),
        ("text", "text/plain", "invalid_post_type"),
        ("{}", "application/json; charset=utf-16", "invalid_charset"),
    ],
)
async def test_row_3_malformed_bodies(slack, http, body, kind, code):
    headers = {"Authorization": f"Bearer {slack.bot_token}", "Content-Type": kind}
    async with http.post(f"{slack.api_url}chat.postMessage", data=body.encode(), headers=headers) as reply:
        assert (await reply.json())["error"] == code


async def test_row_3_sockets_are_opened_by_post_only(slack, http):
    headers = {"Authorization": f"Bearer {slack.app_token}"}
    async with http.get(f"{slack.api_url}apps.connections.open", headers=headers) as reply:
        assert (await reply.json())["error"] == "insecure_request"


# 4. Block Kit.


async def test_row_4_blocks_are_refused_in_slacks_words(slack, client):
    reply = await refused(
        client.chat_postMessage(channel=slack.person("ada").id, text="x", blocks=[section("y" * 3001)])
    )
    line = "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    assert reply.data == {
        "ok": False,
        "error": "invalid_blocks",
        "errors": [line],
        "response_metadata": {"messages": [f"[ERROR] {line}"]},
    }


async def test_row_4_views_are_refused_in_slacks_words(slack, client):
    trigger = slack.workspace.new_trigger(slack.person("ada").id)
    view = goal_modal()
    del view["submit"]
    reply = await refused(client.views_open(trigger_id=trigger.id, view=view))
    assert reply["error"] == "invalid_arguments"
    assert reply["response_metadata"]["messages"] == [
        "[ERROR] failed to match all allowed schemas [json-pointer:/view]",
        "[ERROR] must define `submit` to use an `input` block in modals [json-pointer:/view/blocks/0/input]",
    ]


@pytest.mark.parametrize(
    "blocks",
    [
        [section("x")] * 51,
        [section("x", block_id="same"), section("y", block_id="same")],
        [actions(button("A", "same"), button("B", "same"))],
        [section("x", accessory=None)],
        [section("x", accessory={"type": "plain_text_input", "action_id": "a"})],
        [{"type": "section"}],
        [{"type": "marquee"}],
    ],
    ids=["51 blocks", "block_id twice", "action_id twice", "null", "wrong place", "empty", "unknown"],
)
async def test_row_4_blocks_beyond_the_limits(slack, client, blocks):
    ada = slack.person("ada").id
    assert await code_of(client.chat_postMessage(channel=ada, text="x", blocks=blocks)) == "invalid_blocks"


async def test_row_4_blocks_that_are_no_list(slack, client):
    ada = slack.person("ada").id
    assert (
        await code_of(client.chat_postMessage(channel=ada, text="x", blocks="hello"))
        == "invalid_blocks_format"
    )


async def test_row_4_a_refused_view_does_not_spend_the_trigger(slack, client):
    trigger = slack.workspace.new_trigger(slack.person("ada").id)
    await refused(client.views_open(trigger_id=trigger.id, view={"type": "modal"}))
    assert (await client.views_open(trigger_id=trigger.id, view=goal_modal()))["ok"]


# 5. Empty and oversized messages.


async def test_row_5_message_with_nothing_in_it(slack, client):
    for nothing in ({}, {"text": ""}, {"text": None, "blocks": None}, {"blocks": []}):
        message = {"channel": slack.person("ada").id, **nothing}
        assert await code_of(client.api_call("chat.postMessage", json=message)) == "no_text"


async def test_row_5_blocks_too_big_together(slack, client):
    blocks = [section("y" * 2000) for _ in range(8)]
    ada = slack.person("ada").id
    assert (
        await code_of(client.chat_postMessage(channel=ada, text="x", blocks=blocks)) == "msg_blocks_too_long"
    )


# 6. Where the bot is not.


async def test_row_6_public_channel_without_the_bot(slack, client):
    where = slack.workspace.add_channel("random", [slack.person("ada").id], with_bot=False)
    assert await code_of(client.chat_postMessage(channel=where.id, text="x")) == "not_in_channel"


async def test_row_6_public_channel_with_the_public_scope():
    async with StandIn(clock=MovableClock(START), manifest=manifest("chat:write.public")) as slack:
        populate(slack)
        where = slack.workspace.add_channel("random", [slack.person("ada").id], with_bot=False)
        assert (await client_of(slack).chat_postMessage(channel=where.id, text="x"))["ok"]


async def test_row_6_private_channel_and_foreign_dm_are_not_found(slack, client):
    ada, mara = slack.person("ada").id, slack.person("mara").id
    private = slack.workspace.add_channel("board", [ada], is_private=True, with_bot=False)
    foreign, _ = slack.workspace.open_direct(ada, mara)
    for where in (private, foreign):
        assert await code_of(client.chat_postMessage(channel=where.id, text="x")) == "channel_not_found"


async def test_row_6_archived_channel(slack, client):
    general = slack.workspace.conversations_of(slack.person("ada").id)[0]
    general.is_archived = True
    assert await code_of(client.chat_postMessage(channel=general.id, text="x")) == "is_archived"


async def test_row_6_ephemeral_to_somebody_who_is_not_there(slack, client):
    where = slack.workspace.add_channel("team", [slack.person("ada").id])
    call = client.chat_postEphemeral(channel=where.id, user=slack.person("tom").id, text="x")
    assert await code_of(call) == "user_not_in_channel"


# 7. Messages of others.


async def test_row_7_messages_of_others_cannot_be_changed_or_deleted(slack, client):
    general = slack.workspace.conversations_of(slack.person("ada").id)[0]
    theirs = slack.workspace.post(general, slack.person("ada").id, "hello")
    update = client.chat_update(channel=general.id, ts=theirs.ts, text="x")
    assert await code_of(update) == "cant_update_message"
    assert await code_of(client.chat_delete(channel=general.id, ts=theirs.ts)) == "cant_delete_message"


async def test_row_7_ephemerals_and_unknown_ts_are_not_found(slack, client):
    ada = slack.person("ada")
    dm = slack.workspace.app_dm(ada.id)
    ts = (await client.chat_postEphemeral(channel=dm.id, user=ada.id, text="psst"))["message_ts"]
    assert await code_of(client.chat_update(channel=dm.id, ts=ts, text="x")) == "message_not_found"
    assert await code_of(client.chat_update(channel=dm.id, ts="1.1", text="x")) == "message_not_found"


async def test_row_7_update_takes_no_id_of_a_person(slack, client):
    ada = slack.person("ada").id
    posted = await client.chat_postMessage(channel=ada, text="x")
    assert await code_of(client.chat_update(channel=ada, ts=posted["ts"], text="y")) == "channel_not_found"


async def test_row_7_update_refuses_long_texts(slack, client):
    posted = await client.chat_postMessage(channel=slack.person("ada").id, text="x" * 4001)
    update = client.chat_update(channel=posted["channel"], ts=posted["ts"], text="y" * 4001)
    assert await code_of(update) == "msg_too_long"


# 8. Triggers, stacks, hashes.


async def test_row_8_trigger_works_once(slack, client):
    trigger = slack.workspace.new_trigger(slack.person("ada").id)
    await client.views_open(trigger_id=trigger.id, view=goal_modal())
    call = client.views_open(trigger_id=trigger.id, view=goal_modal())
    assert await code_of(call) == "exchanged_trigger_id"


async def test_row_8_trigger_lives_three_seconds(slack, client, clock):
    person = slack.person("ada").id
    last, late = slack.workspace.new_trigger(person), slack.workspace.new_trigger(person)
    clock.advance(timedelta(seconds=3))
    assert (await client.views_open(trigger_id=last.id, view=goal_modal()))["ok"]
    clock.advance(timedelta(milliseconds=1))
    assert await code_of(client.views_open(trigger_id=late.id, view=goal_modal())) == "expired_trigger_id"


async def test_row_8_malformed_trigger(slack, client):
    assert await code_of(client.views_open(trigger_id="nonsense", view=goal_modal())) == "invalid_trigger_id"


async def test_row_8_triggers_follow_the_clock_of_the_limits():
    limits = MovableClock(START)
    clock = MovableClock(START)
    async with StandIn(clock=clock, limits_clock=limits, manifest=manifest()) as slack:
        populate(slack)
        trigger = slack.workspace.new_trigger(slack.person("ada").id)
        clock.advance(timedelta(days=7))
        assert (await client_of(slack).views_open(trigger_id=trigger.id, view=goal_modal()))["ok"]


async def test_row_8_fourth_view_on_the_stack(slack, client):
    ada = slack.person("ada").id
    for _ in range(3):
        trigger = slack.workspace.new_trigger(ada)
        opened = await client.views_open(trigger_id=trigger.id, view=goal_modal())
    trigger = slack.workspace.new_trigger(ada, opened["view"]["id"])
    call = client.views_push(trigger_id=trigger.id, view=goal_modal())
    assert await code_of(call) == "push_limit_reached"


async def test_row_8_push_needs_a_press_inside_a_modal(slack, client):
    trigger = slack.workspace.new_trigger(slack.person("ada").id)
    assert await code_of(client.views_push(trigger_id=trigger.id, view=goal_modal())) == "not_found"


async def test_row_8_stale_hash_and_closed_view(slack, client):
    ada = slack.person("ada")
    trigger = slack.workspace.new_trigger(ada.id)
    opened = (await client.views_open(trigger_id=trigger.id, view=goal_modal()))["view"]
    newer = (await client.views_update(view_id=opened["id"], view=goal_modal(), hash=opened["hash"]))["view"]
    assert newer["hash"] != opened["hash"]
    stale = client.views_update(view_id=opened["id"], view=goal_modal(), hash=opened["hash"])
    assert await code_of(stale) == "hash_conflict"
    Recorder(slack)
    await ada.closes()
    assert await code_of(client.views_update(view_id=opened["id"], view=goal_modal())) == "not_found"


async def test_row_8_stale_hash_of_a_home(slack, client):
    ada = slack.person("ada").id
    first = (await client.views_publish(user_id=ada, view=home(section("1"))))["view"]
    await client.views_publish(user_id=ada, view=home(section("2")), hash=first["hash"])
    stale = client.views_publish(user_id=ada, view=home(section("3")), hash=first["hash"])
    assert await code_of(stale) == "hash_conflict"


async def test_row_8_external_id_is_unique(slack, client):
    for name in ("ada", "mara"):
        trigger = slack.workspace.new_trigger(slack.person(name).id)
        call = client.views_open(trigger_id=trigger.id, view=goal_modal(external_id="one"))
        if name == "ada":
            await call
        else:
            assert await code_of(call) == "duplicate_external_id"


# 9. Acks.


async def opened_modal(slack, view=None):
    trigger = slack.workspace.new_trigger(slack.person("ada").id)
    await client_of(slack).views_open(trigger_id=trigger.id, view=view or goal_modal())
    ada = slack.person("ada")
    await ada.writes("Goal", "short video")
    return ada


async def test_row_9_late_ack_of_a_command_shows_operation_timeout(app, slack):
    @app.command("/mentoring")
    async def on_command(ack):
        await asyncio.sleep(0.4)
        await ack("too late")

    ada = slack.person("ada")
    await ada.types("/mentoring help")
    assert [notice.text for notice in ada.notices] == ['/mentoring failed with the error "operation_timeout"']
    await asyncio.sleep(0.2)
    ada.sees_not("too late")
    assert slack.journal.entries("ack", "ignored")


async def test_row_9_command_without_anybody_listening_shows_dispatch_failed(slack):
    ada = slack.person("ada")
    await ada.types("/mentoring help")
    ada.sees('/mentoring failed with the error "dispatch_failed"')


async def test_row_9_malformed_answer_to_a_command(slack):
    Recorder(slack).answers["command"] = {"blocks": [{"type": "marquee"}]}
    ada = slack.person("ada")
    await ada.types("/mentoring help")
    ada.sees("invalid_command_response")


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {"response_action": "errors", "errors": {"goal_action": "Say more"}},
        {"response_action": "errors", "errors": {"elsewhere": "Say more"}},
        {"response_action": "update", "view": {"type": "modal", "blocks": []}},
        {"response_action": "update", "view": goal_modal(private_metadata="x" * 2900 + "é" * 300)},
        {"response_action": "dance"},
        {"response_action": "update", "view": modal(*[section("x" * 1000) for _ in range(5)])},
        {"response_action": "push", "view": goal_modal(external_id="taken")},
    ],
    ids=["none", "action id", "unknown block", "no title", "long", "unknown", "big", "external id"],
)
async def test_row_9_bad_answer_to_a_form_shows_trouble_and_keeps_the_modal(slack, answer):
    recorder = Recorder(slack)
    mara = slack.workspace.new_trigger(slack.person("mara").id)
    slack.workspace.open_modal(mara.id, goal_modal(external_id="taken"))
    ada = await opened_modal(slack)
    recorder.answers["view_submission"] = answer
    outcome = await ada.submits()
    assert outcome.trouble == TROUBLE
    assert ada.modal.notice == TROUBLE
    assert ada.modal.values["goal"]["goal"]["value"] == "short video"
    recorder.answers["view_submission"] = {}
    assert (await ada.submits()).is_fine
    assert ada.modal is None


async def test_row_9_unanswered_press_shows_that_the_app_did_not_respond(slack, client):
    recorder = Recorder(slack)
    recorder.answers["block_actions"] = None
    ada = slack.person("ada")
    await client.chat_postMessage(channel=ada.id, text="x", blocks=[actions(button("Go", "go"))])
    outcome = await ada.presses("Go")
    assert outcome.trouble == NO_ANSWER
    ada.sees(NO_ANSWER)
    assert len(recorder.frames) == 1


async def test_row_9_only_events_come_again(slack, clock):
    recorder = Recorder(slack)
    recorder.answers["event_callback"] = None
    ada = slack.person("ada")
    await ada.opens_home()
    assert [frame["retry_attempt"] for frame in recorder.frames] == [0, 1]
    assert slack.deliveries.next_due_at() == START + timedelta(minutes=1)
    clock.advance(timedelta(minutes=1))
    assert await slack.turn() == START + timedelta(minutes=6)
    clock.advance(timedelta(minutes=5))
    assert await slack.turn() is None
    assert [frame["retry_attempt"] for frame in recorder.frames] == [0, 1, 2, 3]
    assert [frame["retry_reason"] for frame in recorder.frames] == ["", "timeout", "timeout", "timeout"]
    assert len({frame["payload"]["event_id"] for frame in recorder.frames}) == 1
    assert len({frame["envelope_id"] for frame in recorder.frames}) == 4


# 10. Company in conversations.


async def test_row_10_more_than_eight_people(slack, client):
    people = [slack.people.add(f"p{number}", f"Person {number}").id for number in range(9)]
    assert await code_of(client.conversations_open(users=people)) == "too_many_users"
    assert (await client.conversations_open(users=people[:8]))["ok"]


async def test_row_10_people_who_cannot_be_written_to(slack, client):
    gone = slack.people.add("gone", "Gone Person", is_deleted=True).id
    robot = slack.people.add("robot", "Robot", is_bot=True).id
    stranger = slack.people.add("else", "From Elsewhere", is_stranger=True, team_id="T0ELSE").id
    codes = {
        "user_disabled": gone,
        "cannot_dm_bot": robot,
        "user_not_visible": stranger,
        "user_not_found": "U0NOBODY",
    }
    for code, person in codes.items():
        assert await code_of(client.conversations_open(users=[person])) == code


async def test_row_10_nobody_and_the_bot_itself(slack, client):
    ada = slack.person("ada").id
    assert await code_of(client.conversations_open(users="")) == "users_list_not_supplied"
    call = client.conversations_open(users=[ada, slack.workspace.bot.id])
    assert await code_of(call) == "invalid_user_combination"


async def test_row_10_posting_to_a_leavers_dm_succeeds_but_opening_it_does_not(slack, client):
    ada = slack.person("ada")
    dm = (await client.conversations_open(users=[ada.id]))["channel"]["id"]
    slack.workspace.change_person(ada.id, is_deleted=True)
    assert (await client.chat_postMessage(channel=dm, text="x"))["ok"]
    assert await code_of(client.conversations_open(users=[ada.id])) == "user_disabled"


# 11. Response URLs.


async def test_row_11_response_url_takes_five_answers(slack, http):
    dm = slack.workspace.app_dm(slack.person("ada").id)
    url = slack.workspace.new_response_url(slack.person("ada").id, dm.id)
    for number in range(5):
        async with http.post(url, json={"text": f"answer {number}"}) as reply:
            assert (reply.status, await reply.text()) == (200, "ok")
    async with http.post(url, json={"text": "answer 5"}) as reply:
        assert (reply.status, await reply.text()) == (404, "used_url")
    slack.person("ada").sees("answer 4")
    slack.person("ada").sees_not("answer 5")


async def test_row_11_response_url_lives_thirty_minutes(slack, http, clock):
    dm = slack.workspace.app_dm(slack.person("ada").id)
    url = slack.workspace.new_response_url(slack.person("ada").id, dm.id)
    clock.advance(timedelta(minutes=30))
    async with http.post(url, json={"text": "just in time"}) as reply:
        assert reply.status == 200
    clock.advance(timedelta(seconds=1))
    async with http.post(url, json={"text": "late"}) as reply:
        assert (reply.status, await reply.text()) == (404, "expired_url")


# 12. Rates.


async def test_row_12_rates_answer_429_with_the_seconds_to_wait(slack, client, clock):
    for _ in range(50):
        await client.conversations_open(users=[slack.person("ada").id])
    clock.advance(timedelta(seconds=20))
    reply = await refused(client.conversations_open(users=[slack.person("ada").id]))
    assert reply.status_code == 429
    assert reply.headers["Retry-After"] == "40"
    assert reply.data == {"ok": False, "error": "ratelimited"}
    assert (await client.users_info(user=slack.person("ada").id))["ok"]
    clock.advance(timedelta(seconds=39))
    await refused(client.conversations_open(users=[slack.person("ada").id]))
    assert slack.rates.calls_while_blocked == {"conversations.open": 1}
    clock.advance(timedelta(seconds=1))
    assert (await client.conversations_open(users=[slack.person("ada").id]))["ok"]


async def test_row_12_posts_are_counted_by_conversation(slack, client):
    for _ in range(60):
        await client.chat_postMessage(channel=slack.person("ada").id, text="x")
    reply = await refused(client.chat_postMessage(channel=slack.person("ada").id, text="x"))
    assert (reply.status_code, reply.headers["Retry-After"]) == (429, "60")
    assert (await client.chat_postMessage(channel=slack.person("mara").id, text="x"))["ok"]


# 13. Sockets.


async def test_row_13_eleventh_socket_is_turned_away(slack, client, http):
    links = []
    for _ in range(11):
        url = (await client.apps_connections_open(app_token=slack.app_token))["url"]
        links.append(await http.ws_connect(url))
    first = [json.loads((await link.receive()).data) for link in links]
    assert [frame["type"] for frame in first] == ["hello"] * 10 + ["disconnect"]
    assert first[9]["num_connections"] == 10
    assert first[10]["reason"] == "too_many_websockets"
    assert (await links[10].receive()).type is aiohttp.WSMsgType.CLOSE


async def test_row_13_ticket_works_once(slack, client, http):
    url = (await client.apps_connections_open(app_token=slack.app_token))["url"]
    await http.ws_connect(url)
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await http.ws_connect(url)


async def test_row_13_answers_without_envelope_id_are_ignored(slack, client, http):
    url = (await client.apps_connections_open(app_token=slack.app_token))["url"]
    async with http.ws_connect(url) as link:
        await link.receive()
        typing = asyncio.create_task(slack.person("ada").types("/mentoring help"))
        frame = json.loads((await link.receive()).data)
        await link.send_str("not json")
        await link.send_str(json.dumps({"payload": {"text": "to nothing"}}))
        await link.send_str(json.dumps({"envelope_id": "no-such", "payload": {"text": "to nothing"}}))
        await link.send_str(
            json.dumps({"envelope_id": frame["envelope_id"], "payload": {"text": "the answer"}})
        )
        await typing
    slack.person("ada").sees("the answer")
    slack.person("ada").sees_not("to nothing")
    assert len(slack.journal.entries("ack", "ignored")) == 3


# 14. Events.


async def test_row_14_events_without_subscription_or_scope_are_not_sent():
    async with granted(events=("message.im", "member_joined_channel")) as slack:
        populate(slack)
        recorder = Recorder(slack)
        await slack.person("ada").opens_home()
        await slack.interactions.arrive(slack.people.add("new", "New Person").id)
        assert [frame["payload"]["event"]["type"] for frame in recorder.frames] == [
            "app_home_opened",
            "team_join",
        ]
        await slack.person("ada").types("hello all", channel="general")
        assert len(recorder.frames) == 2


async def test_row_14_messages_come_with_subscription_and_scope():
    async with StandIn(
        clock=MovableClock(START),
        manifest=manifest(
            "im:history", events=("message.im",), app_home={"messages_tab_read_only_enabled": False}
        ),
    ) as slack:
        populate(slack)
        Recorder(slack)
        await slack.person("ada").types("hello bot")
        event = events(slack, "message")[0]
        assert (event["text"], event["channel_type"], event["user"]) == (
            "hello bot",
            "im",
            slack.person("ada").id,
        )


async def test_row_14_user_change_needs_the_users_scope():
    async with granted(without="users:read") as slack:
        populate(slack)
        recorder = Recorder(slack)
        await slack.interactions.change(slack.person("ada").id, title="Lead")
        assert recorder.frames == []


# 15. HTTP deliveries.


class RequestUrl:
    """A request URL that keeps what it gets and answers as told."""

    def __init__(self):
        self.got = []
        self.answer = web.Response()

    async def take(self, request):
        self.got.append((dict(request.headers), await request.text()))
        if isinstance(self.answer, web.Response):
            return web.Response(
                body=self.answer.body,
                status=self.answer.status,
                headers={
                    name: value
                    for name, value in self.answer.headers.items()
                    if name in {"Content-Type", "X-Slack-No-Retry"}
                },
            )
        return await self.answer(request)


@pytest.fixture
async def request_url(slack, aiohttp_server_on):
    target = RequestUrl()
    slack.post_to(await aiohttp_server_on(target.take))
    return target


@pytest.fixture
async def aiohttp_server_on():
    runners = []

    async def start(handler):
        app = web.Application()
        app.router.add_post("/slack/events", handler)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        runners.append(runner)
        return f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"

    yield start
    for runner in runners:
        await runner.cleanup()


def test_row_15_signature_of_the_published_example():
    body = (
        "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        "&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        "&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        "&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    assert (
        signature("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", body.encode())
        == "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    )


async def test_row_15_deliveries_are_signed(slack, request_url, clock):
    await slack.person("ada").types("/mentoring help")
    headers, body = request_url.got[0]
    assert "command=%2Fmentoring&text=help" in body
    expected = signature(slack.signing_secret, str(int(START.timestamp())), body.encode())
    assert headers["X-Slack-Signature"] == expected
    verifier = SignatureVerifier(slack.signing_secret)
    verifier.clock = type("At", (), {"now": lambda _: START.timestamp()})()
    assert verifier.is_valid_request(body, headers)


async def test_row_15_unanswered_events_come_again_with_retry_headers(slack, request_url, clock):
    request_url.answer = web.Response(status=500)
    await slack.person("ada").opens_home()
    clock.advance(timedelta(minutes=1))
    await slack.turn()
    assert [headers.get("X-Slack-Retry-Num") for headers, _ in request_url.got] == [None, "1", "2"]
    assert request_url.got[1][0]["X-Slack-Retry-Reason"] == "http_timeout"
    assert request_url.got[0][1] == request_url.got[1][1]


async def test_row_15_a_refusal_that_asks_for_no_retry_is_final(slack, request_url, clock):
    request_url.answer = web.Response(status=500, headers={"X-Slack-No-Retry": "1"})
    await slack.person("ada").opens_home()
    assert len(request_url.got) == 1
    assert slack.deliveries.next_due_at() is None


async def test_row_15_url_verification_wants_its_challenge_back(slack, request_url):
    async def echo(request):
        return web.json_response({"challenge": (await request.json())["challenge"]})

    assert not await slack.deliveries.line.verify()
    request_url.answer = echo
    assert await slack.deliveries.line.verify()


# 16. What the manifest switches off.


async def test_row_16_home_tab_switched_off():
    async with granted(app_home={"home_tab_enabled": False}) as slack:
        populate(slack)
        call = client_of(slack).views_publish(user_id=slack.person("ada").id, view=home(section("x")))
        assert await code_of(call) == "not_enabled"
        with pytest.raises(CannotDoError):
            await slack.person("ada").opens_home()


async def test_row_16_messages_tab_switched_off():
    async with granted(app_home={"messages_tab_enabled": False}) as slack:
        populate(slack)
        call = client_of(slack).chat_postMessage(channel=slack.person("ada").id, text="x")
        assert await code_of(call) == "messages_tab_disabled"


async def test_row_16_messages_tab_read_only(slack):
    with pytest.raises(CannotDoError):
        await slack.person("ada").types("hello bot")


async def test_row_16_interactivity_switched_off():
    async with granted(interactivity={"is_enabled": False}) as slack:
        populate(slack)
        recorder = Recorder(slack)
        ada = slack.person("ada")
        await client_of(slack).chat_postMessage(
            channel=ada.id, text="x", blocks=[actions(button("Go", "go"))]
        )
        outcome = await ada.presses("Go")
        assert (outcome.was_sent, outcome.trouble) == (False, NOT_INTERACTIVE)
        assert recorder.frames == []


async def test_row_16_socket_mode_switched_off(http):
    async with granted(socket_mode_enabled=False) as slack:
        url = (await client_of(slack).apps_connections_open(app_token=slack.app_token))["url"]
        link = await http.ws_connect(url)
        assert json.loads((await link.receive()).data)["reason"] == "link_disabled"


# 17. Menus that ask the bot.

MENU = {"type": "external_select", "action_id": "who", "min_query_length": 1}


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {},
        {"options": [option(str(number), str(number)) for number in range(101)]},
        {"options": [{"text": "plain"}]},
    ],
    ids=["none in time", "empty", "101 options", "malformed"],
)
async def test_row_17_menu_without_a_good_answer_stays_empty_with_an_error(slack, answer):
    recorder = Recorder(slack)
    recorder.answers["block_suggestion"] = answer
    ada = slack.person("ada")
    trigger = slack.workspace.new_trigger(ada.id)
    view = modal(field("Who", MENU, "who"))
    opened = slack.workspace.open_modal(trigger.id, view)
    found = await slack.interactions.suggest(ada.id, Place.in_modal(opened), ("who", "who"), "m")
    assert (found.options, found.trouble) == ((), NO_OPTIONS)


async def test_row_17_options_over_a_hundred_are_refused_in_a_view(slack, client):
    menu = {
        "type": "static_select",
        "action_id": "a",
        "options": [option(str(n), str(n)) for n in range(101)],
    }
    trigger = slack.workspace.new_trigger(slack.person("ada").id)
    reply = await refused(client.views_open(trigger_id=trigger.id, view=modal(field("Pick", menu, "b"))))
    assert (
        "no more than 100 items allowed [json-pointer:/view/blocks/0/element/options]"
        in reply["response_metadata"]["messages"][1]
    )


async def test_unhandled_requests_of_bolt_show_as_trouble(slack):
    bolt = app_of(slack)
    handler = AsyncSocketModeHandler(bolt, slack.app_token)
    await handler.connect_async()
    await slack.sockets.connected()
    outcome = await slack.person("ada").types("/mentoring help")
    assert outcome.trouble == '/mentoring failed with the error "operation_timeout"'
    await handler.close_async()
