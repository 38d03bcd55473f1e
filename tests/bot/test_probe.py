"""The health check of a container: it asks the process on this machine, wherever that listens."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web

from bot.probe import ask_health
from bot.settings import load_settings


def _settings(http: str):
    return load_settings({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "TURNABOUT_HTTP": http})


@pytest.fixture
async def server():
    async def live(_request):
        return web.Response(text="alive")

    async def ready(_request):
        return web.Response(text="the socket is dead", status=503)

    app = web.Application()
    app.router.add_get("/live", live)
    app.router.add_get("/ready", ready)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield runner.addresses[0][1]
    await runner.cleanup()


async def test_a_running_process_is_well_though_it_listens_on_every_address(server):
    well, said = await asyncio.to_thread(ask_health, _settings(f"0.0.0.0:{server}"))
    assert (well, said) == (True, "alive")


async def test_what_is_wrong_is_passed_on(server):
    well, said = await asyncio.to_thread(ask_health, _settings(f"127.0.0.1:{server}"), path="/ready")
    assert (well, said) == (False, "the socket is dead")


def test_no_process_is_named_with_the_address():
    well, said = ask_health(_settings("127.0.0.1:1"))
    assert not well
    assert "127.0.0.1:1" in said
