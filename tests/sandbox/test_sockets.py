"""Socket Mode with the official client: refreshes, drops, several connections, repeats."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler

from sandbox.clock import MovableClock
from sandbox.faults import DeliveryFault
from sandbox.server import StandIn
from sandbox.sockets import bolt_handler
from tests.sandbox.kit import START, Recorder, app_of, events, manifest, populate


def answering(bolt, word):
    @bolt.command("/mentoring")
    async def on_command(ack):
        await ack(word)


async def frames(link):
    return json.loads((await link.receive()).data)


@pytest.fixture
async def links(slack, client):
    """Dials by hand and returns the raw connections."""
    async with aiohttp.ClientSession() as http:

        async def dial(query=""):
            url = (await client.apps_connections_open(app_token=slack.app_token))["url"]
            link = await http.ws_connect(url + query)
            return link, await frames(link)

        yield dial


async def test_hello_tells_of_the_connection(slack, links):
    _, hello = await links()
    assert hello == {
        "type": "hello",
        "num_connections": 1,
        "debug_info": {"host": "applink-1", "build_number": 1, "approximate_connection_time": 3600},
        "connection_info": {"app_id": slack.workspace.app_id},
    }
    _, hello = await links("&debug_reconnects=true")
    assert (hello["num_connections"], hello["debug_info"]["approximate_connection_time"]) == (2, 360)


async def test_bot_comes_back_after_a_refresh(app, slack):
    answering(app, "here")
    await slack.sockets.refresh()
    await slack.sockets.connected()
    await slack.person("ada").types("/mentoring help")
    slack.person("ada").sees("here")


async def test_bot_comes_back_after_its_connection_broke(slack):
    bolt = app_of(slack)
    answering(bolt, "here")
    handler = AsyncSocketModeHandler(bolt, slack.app_token, ping_interval=0.2)
    await handler.connect_async()
    await slack.sockets.connected()
    slack.faults.next(DeliveryFault.DROPPED_SOCKET)
    ada = slack.person("ada")
    await ada.types("/mentoring help")
    ada.sees('failed with the error "operation_timeout"')
    await slack.sockets.connected()
    await ada.types("/mentoring help")
    ada.sees("here")
    await handler.close_async()


async def test_each_envelope_goes_to_one_of_the_connections(slack, links):
    answered = []

    async def answer(number, link):
        async for message in link:
            frame = json.loads(message.data)
            answered.append(number)
            await link.send_str(json.dumps({"envelope_id": frame["envelope_id"]}))

    dialled = [(await links())[0] for _ in range(3)]
    tasks = [asyncio.create_task(answer(number, link)) for number, link in enumerate(dialled)]
    for _ in range(6):
        assert (await slack.person("ada").types("/mentoring help")).is_fine
    assert sorted(answered) == [0, 0, 1, 1, 2, 2]
    for link, task in zip(dialled, tasks, strict=True):
        await link.close()
        await task


async def test_answers_may_come_in_any_order(slack, links):
    link, _ = await links()
    ada, mara = slack.person("ada"), slack.person("mara")
    typing = [asyncio.create_task(one.types("/mentoring help")) for one in (ada, mara)]
    got = [await frames(link), await frames(link)]
    for frame in reversed(got):
        answer = {"text": f"for {frame['payload']['user_name']}"}
        await link.send_str(json.dumps({"envelope_id": frame["envelope_id"], "payload": answer}))
    await asyncio.gather(*typing)
    ada.sees("for ada")
    mara.sees("for mara")


async def test_events_take_no_answer_and_interactions_do(slack, links):
    link, _ = await links()
    typing = asyncio.create_task(slack.person("ada").types("/mentoring help"))
    command = await frames(link)
    opening = asyncio.create_task(slack.person("ada").opens_home())
    event = await frames(link)
    assert (command["type"], command["accepts_response_payload"]) == ("slash_commands", True)
    assert "retry_attempt" not in command
    assert (event["type"], event["accepts_response_payload"]) == ("events_api", False)
    assert (event["retry_attempt"], event["retry_reason"]) == (0, "")
    for frame in (command, event):
        await link.send_str(json.dumps({"envelope_id": frame["envelope_id"]}))
    assert (await typing).is_fine
    assert (await opening).is_fine


async def test_sessions_are_warned_and_replaced(slack, links, clock):
    link, _ = await links()
    await slack.turn()
    clock.advance(timedelta(minutes=59, seconds=50))
    await slack.turn()
    await slack.turn()
    assert (await frames(link))["reason"] == "warning"
    clock.advance(timedelta(seconds=10))
    await slack.turn()
    told = await frames(link)
    assert told == {"type": "disconnect", "reason": "refresh_requested", "debug_info": {"host": "wss-1"}}


async def test_pings_are_answered_with_their_own_words(slack, links, client):
    async with aiohttp.ClientSession() as http:
        url = (await client.apps_connections_open(app_token=slack.app_token))["url"]
        link = await http.ws_connect(url, autoping=False)
        await link.receive()
        await link.ping(b"sdk-ping-pong:1")
        answer = await link.receive()
        assert (answer.type, bytes(answer.data)) == (aiohttp.WSMsgType.PONG, b"sdk-ping-pong:1")


async def test_same_envelopes_in_process_as_over_the_socket(slack, links):
    link, _ = await links()
    typing = asyncio.create_task(slack.person("ada").types("/mentoring help"))
    over_socket = await frames(link)
    await link.send_str(json.dumps({"envelope_id": over_socket["envelope_id"]}))
    await typing
    recorder = Recorder(slack)
    await slack.person("ada").types("/mentoring help")
    in_process = recorder.frames[0]
    assert set(in_process) == set(over_socket)
    assert set(in_process["payload"]) == set(over_socket["payload"])


async def test_bolt_answers_in_process_as_its_socket_handler_would(slack):
    bolt = app_of(slack)
    answering(bolt, "here")
    slack.hand_over_to(bolt)
    ada = slack.person("ada")
    await ada.types("/mentoring help")
    ada.sees("here")
    assert (await ada.opens_home()).was_sent is False
    with pytest.raises(ValueError, match="not an envelope"):
        await bolt_handler(bolt)({"type": "hello"})


async def test_running_stand_in_turns_by_itself():
    clock = MovableClock(START, running=True)
    async with StandIn(clock=clock, manifest=manifest(), ack_seconds=0.2) as slack:
        populate(slack)
        recorder = Recorder(slack)
        recorder.answers["event_callback"] = None
        await slack.person("ada").opens_home()
        came_again = asyncio.Event()

        async def answer(_payload):
            came_again.set()
            return {}

        recorder.answers["event_callback"] = answer
        clock.advance(timedelta(minutes=1))
        async with asyncio.timeout(3):
            await came_again.wait()
        assert len(events(slack, "app_home_opened")) == 3
