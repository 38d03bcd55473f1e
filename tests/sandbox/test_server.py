"""The official libraries, unchanged, against the stand-in: command, modal, button, Home, over a real socket."""

from __future__ import annotations

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.app.async_server import AsyncSlackAppServer

from sandbox.clock import RealClock
from sandbox.server import StandIn
from tests.sandbox.kit import actions, app_of, button, goal_modal, home, manifest, populate, section


async def test_bolt_app_over_socket_mode_plays_command_modal_button_and_home(app, slack):
    @app.command("/mentoring")
    async def on_command(ack, body, client):
        await client.views_open(trigger_id=body["trigger_id"], view=goal_modal())
        await ack()

    @app.view("join")
    async def on_submit(ack, body, client):
        goal = body["view"]["state"]["values"]["goal"]["goal"]["value"]
        await client.chat_postMessage(
            channel=body["user"]["id"],
            text=f"Your goal: {goal}",
            blocks=[section(f"Your goal: *{goal}*"), actions(button("Keep it", "keep.v1", value="1"))],
        )
        await ack()

    @app.action("keep.v1")
    async def on_keep(ack, body, client):
        channel, ts = body["channel"]["id"], body["message"]["ts"]
        await client.chat_update(channel=channel, ts=ts, text="Kept.", blocks=[section("Kept.")])
        await ack()

    @app.event("app_home_opened")
    async def on_home(event, client):
        await client.views_publish(user_id=event["user"], view=home(section("Welcome")))

    ada = slack.person("ada")
    await ada.types("/mentoring join")
    assert ada.modal.title == "Join"
    await ada.writes("Goal", "short video")
    await ada.submits()
    assert ada.modal is None
    ada.sees("Your goal: short video")
    await ada.presses("Keep it")
    ada.sees("Kept.")
    ada.sees_not("Your goal")
    await ada.opens_home()
    ada.sees("Welcome", within="home")
    assert (ada.taps, ada.screens) == (2, 1)


async def test_bolt_app_behind_signed_http(clock):
    async with StandIn(clock=clock, limits_clock=RealClock(), manifest=manifest()) as slack:
        populate(slack)
        bolt = app_of(slack, signing_secret=slack.signing_secret)

        @bolt.command("/mentoring")
        async def on_command(ack, body, client):
            await client.views_open(trigger_id=body["trigger_id"], view=goal_modal())
            await ack()

        @bolt.view("join")
        async def on_submit(ack):
            await ack(response_action="errors", errors={"goal": "Say a little more."})

        runner = web.AppRunner(AsyncSlackAppServer(0, "/slack/events", bolt).web_app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        slack.post_to(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
        assert await slack.deliveries.line.verify()
        ada = slack.person("ada")
        await ada.types("/mentoring join")
        await ada.writes("Goal", "x")
        await ada.submits()
        ada.sees("Say a little more.")
        slack.signing_secret = "another"
        slack.post_to(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
        ada.sees_not("operation_timeout")
        await ada.types("/mentoring join")
        ada.sees("operation_timeout")
        await runner.cleanup()


async def test_page_may_add_its_own_addresses_before_the_start(clock):
    slack = StandIn(clock=clock, manifest=manifest())

    async def hello(_request):
        return web.Response(text="hello")

    slack.app.router.add_get("/", hello)
    async with slack, aiohttp.ClientSession() as http, http.get(slack.url) as reply:
        assert await reply.text() == "hello"


async def test_bot_gets_all_it_needs_from_the_environment(slack):
    given = slack.environment
    assert given["SLACK_API_URL"] == slack.api_url == f"{slack.url}/api/"
    assert given["SLACK_BOT_TOKEN"].startswith("xoxb-")
    assert given["SLACK_APP_TOKEN"].startswith("xapp-")
    assert slack.url.startswith("http://127.0.0.1:")


async def test_same_seed_gives_the_same_tokens_and_ids(clock):
    one, same, other = (StandIn(clock=clock, manifest=manifest(), seed=seed) for seed in (1, 1, 2))
    assert one.environment["SLACK_BOT_TOKEN"] == same.environment["SLACK_BOT_TOKEN"]
    assert one.environment["SLACK_BOT_TOKEN"] != other.environment["SLACK_BOT_TOKEN"]


async def test_port_stays_the_same_over_an_interruption(slack, client):
    before = slack.url
    await slack.refuse_connections()
    await slack.accept_connections()
    await slack.accept_connections()
    assert slack.url == before
    assert (await client.auth_test())["ok"]


async def test_it_does_not_listen_before_it_was_started(clock):
    slack = StandIn(clock=clock, manifest=manifest())
    with pytest.raises(RuntimeError, match="start"):
        await slack.accept_connections()
