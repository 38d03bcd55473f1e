"""Trouble on demand: each fault shows to the official client as it would on a bad day, with or without effect."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from sandbox.faults import CallFault, DeliveryFault, Faults
from tests.sandbox.kit import Recorder, refused

BROKEN = (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError)


async def post(slack, client):
    return await client.chat_postMessage(channel=slack.person("ada").id, text="hello")


@pytest.mark.parametrize(
    ("fault", "copies"),
    [(CallFault.DROPPED_BEFORE, 0), (CallFault.DROPPED_AFTER, 1), (CallFault.CUT_BODY, 1)],
)
async def test_broken_connections_leave_the_caller_in_doubt(slack, client, fault, copies):
    slack.faults.next(fault, "chat.postMessage")
    with pytest.raises(BROKEN):
        await post(slack, client)
    assert len(slack.person("ada").dms()) == copies
    await post(slack, client)
    assert len(slack.person("ada").dms()) == copies + 1


@pytest.mark.parametrize(
    ("fault", "status", "code", "copies"),
    [
        (CallFault.SERVER_ERROR_BEFORE, 503, "service_unavailable", 0),
        (CallFault.SERVER_ERROR_AFTER, 500, "internal_error", 1),
        (CallFault.FATAL_ERROR_BEFORE, 200, "fatal_error", 0),
        (CallFault.FATAL_ERROR_AFTER, 200, "fatal_error", 1),
    ],
)
async def test_server_faults_come_with_and_without_effect(slack, client, fault, status, code, copies):
    slack.faults.next(fault)
    reply = await refused(post(slack, client))
    assert (reply.status_code, reply["error"]) == (status, code)
    assert len(slack.person("ada").dms()) == copies


@pytest.mark.parametrize(("fault", "copies"), [(CallFault.HTML_BEFORE, 0), (CallFault.HTML_AFTER, 1)])
async def test_pages_of_a_proxy_are_no_json(slack, client, fault, copies):
    slack.faults.next(fault)
    with pytest.raises(SlackApiError) as caught:
        await post(slack, client)
    assert caught.value.response.status_code == 502
    assert len(slack.person("ada").dms()) == copies


async def test_early_429_blocks_the_method_until_it_said(slack, client, clock):
    slack.faults.next(CallFault.RATE_LIMITED, "chat.postMessage")
    reply = await refused(post(slack, client))
    assert (reply.status_code, reply.headers["Retry-After"]) == (429, "30")
    await refused(post(slack, client))
    assert slack.rates.calls_while_blocked == {"chat.postMessage": 1}
    assert slack.person("ada").dms() == []
    clock.advance(timedelta(seconds=30))
    assert (await post(slack, client))["ok"]


async def test_slow_reply_takes_effect_at_once(slack, client):
    slack.faults.slow_s = 0.2
    slack.faults.next(CallFault.SLOW)
    call = asyncio.create_task(post(slack, client))
    await asyncio.sleep(0.1)
    assert (len(slack.person("ada").dms()), call.done()) == (1, False)
    assert (await call)["ok"]


async def test_refused_connections_can_be_told_from_lost_replies(slack, client):
    await slack.refuse_connections()
    with pytest.raises(aiohttp.ClientConnectorError):
        await post(slack, client)
    await slack.accept_connections()
    assert (await post(slack, client))["ok"]


async def test_outage_takes_everything_down_and_events_come_again_after_it(slack, client, clock):
    recorder = Recorder(slack)
    slack.faults.is_out = True
    with pytest.raises(BROKEN):
        await client.auth_test()
    outcome = await slack.person("ada").types("/mentoring help")
    assert outcome.trouble.endswith('"operation_timeout"')
    await slack.person("ada").opens_home()
    assert recorder.frames == []
    slack.faults.clear()
    clock.jump_to(slack.deliveries.next_due_at())
    await slack.turn()
    assert [frame["payload"]["type"] for frame in recorder.frames] == ["event_callback"]
    assert recorder.frames[0]["retry_attempt"] == 2


async def test_faults_follow_their_script(slack, client):
    slack.faults.next(CallFault.FATAL_ERROR_BEFORE, "auth.test", skip=1, times=2)
    outcomes = []
    for _ in range(4):
        try:
            outcomes.append((await client.auth_test())["ok"])
        except SlackApiError as error:
            outcomes.append(error.response["error"])
    assert outcomes == [True, "fatal_error", "fatal_error", True]
    assert slack.faults.happened == {"fatal_error_before": 2}


def test_chances_are_the_same_for_the_same_seed():
    def drawn(seed):
        faults = Faults(seed)
        faults.by_chance(0.3, methods=["chat.postMessage"])
        return [faults.of_call("chat.postMessage") for _ in range(200)]

    assert drawn(1) == drawn(1) != drawn(2)
    assert 30 < sum(one is not None for one in drawn(1)) < 90
    faults = Faults(1)
    faults.by_chance(1, CallFault.CUT_BODY, methods=["chat.postMessage"])
    assert faults.of_call("auth.test") is None
    assert faults.of_delivery("block_actions") is None
    with pytest.raises(ValueError, match="0 to 1"):
        faults.by_chance(1.5)


async def test_uploads_and_response_urls_break_too(slack, client):
    dm = slack.workspace.app_dm(slack.person("ada").id)
    url = slack.workspace.new_response_url(slack.person("ada").id, dm.id)
    promised = await client.files_getUploadURLExternal(filename="a.txt", length=1)
    async with aiohttp.ClientSession() as http:
        slack.faults.next(CallFault.DROPPED_AFTER, "response_url")
        with pytest.raises(BROKEN):
            await http.post(url, json={"text": "seen"})
        slack.person("ada").sees("seen")
        slack.faults.next(CallFault.RATE_LIMITED, "response_url")
        async with http.post(url, json={"text": "not seen"}) as reply:
            assert reply.status == 429
        slack.person("ada").sees_not("not seen")
        slack.faults.next(CallFault.DROPPED_BEFORE, "files.upload")
        with pytest.raises(BROKEN):
            await http.post(promised["upload_url"], data=b"x")
        assert slack.workspace.files[promised["file_id"]].content is None
        slack.faults.next(CallFault.RATE_LIMITED, "files.upload")
        async with http.post(promised["upload_url"], data=b"x") as reply:
            assert reply.status == 429


# Deliveries.


@pytest.mark.parametrize("fault", [DeliveryFault.DOUBLED, DeliveryFault.TOGETHER])
async def test_deliveries_come_twice_with_the_same_payload(slack, fault):
    recorder = Recorder(slack)
    slack.faults.next(fault, "/mentoring")
    slack.faults.next(fault, "app_home_opened")
    await slack.person("ada").types("/mentoring help")
    await slack.person("ada").opens_home()
    first, second, event, again = recorder.frames
    assert first["payload"] == second["payload"]
    assert event["payload"] == again["payload"]
    assert len({frame["envelope_id"] for frame in recorder.frames}) == 4
    assert (event["retry_attempt"], again["retry_attempt"]) == (0, 1)


async def test_deliveries_come_together_in_as_many_copies_as_wanted(slack):
    recorder = Recorder(slack)
    slack.deliveries.copies = 20
    slack.faults.next(DeliveryFault.TOGETHER, "/mentoring")
    await slack.person("ada").types("/mentoring help")
    assert len(recorder.frames) == 20


async def test_events_come_out_of_order(slack):
    recorder = Recorder(slack)
    slack.faults.next(DeliveryFault.LATER, "app_home_opened")
    await slack.person("ada").opens_home()
    assert recorder.frames == []
    assert slack.deliveries.next_due_at() == slack.clock.now()
    await slack.person("mara").opens_home()
    who = [frame["payload"]["event"]["user"] for frame in recorder.frames]
    assert who == [slack.person("mara").id, slack.person("ada").id]
    slack.faults.next(DeliveryFault.LATER, "app_home_opened")
    await slack.person("tom").opens_home()
    await slack.turn()
    assert recorder.frames[-1]["payload"]["event"]["user"] == slack.person("tom").id


async def test_lost_answer_shows_trouble_although_the_bot_did_it(slack):
    recorder = Recorder(slack)
    slack.faults.next(DeliveryFault.LOST_ACK, "/mentoring")
    slack.faults.next(DeliveryFault.LOST_ACK, "app_home_opened")
    outcome = await slack.person("ada").types("/mentoring help")
    assert outcome.trouble.endswith('"operation_timeout"')
    assert len(recorder.frames) == 1
    await slack.person("ada").opens_home()
    assert [frame["retry_attempt"] for frame in recorder.frames[1:]] == [0, 1]


async def test_lost_interaction_never_reaches_the_bot(slack):
    recorder = Recorder(slack)
    slack.faults.next(DeliveryFault.LOST, "/mentoring")
    assert not (await slack.person("ada").types("/mentoring help")).is_fine
    assert recorder.frames == []
