"""`turnabout run` as a process: what keeps it from starting is one clear line; what it shows while it runs is true."""

from __future__ import annotations

import asyncio
import signal
import socket
import sqlite3

import aiohttp
import pytest

from sandbox.server import MANIFEST, StandIn


async def wait_until_ready(address: str) -> None:
    async with aiohttp.ClientSession() as session, asyncio.timeout(30):
        while True:
            try:
                async with session.get(f"http://{address}/ready") as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientConnectorError:
                pass
            await asyncio.sleep(0.1)


async def get(address: str, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(f"http://{address}{path}") as response:
        return response.status, await response.text()


async def ended(process) -> tuple[int, str]:
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(20):
        _, err = await process.communicate()
    return process.returncode, err.decode()


async def refused(command, *, env=None, words=("run",)) -> str:
    """The command ends by itself, non-zero, with lines for an operator and no traceback; these lines."""
    code, out, err = await command.run(*words, env=env)
    told = "\n".join(line for line in err.splitlines() if line.startswith("turnabout: "))
    assert code == 1, err
    assert "Traceback" not in out + err
    assert told, err
    return told


async def test_started_bot_is_ready_shows_figures_and_stops_in_order(turnabout, slack):
    address = turnabout.environment["TURNABOUT_HTTP"]
    process = await turnabout.start("run")
    try:
        await wait_until_ready(address)
        live, ready = await get(address, "/live"), await get(address, "/ready")
        _, metrics = await get(address, "/metrics")
    finally:
        code, err = await ended(process)

    assert live == (200, '{"alive": true}')
    assert ready == (200, '{"ready": true, "reasons": []}')
    assert "turnabout_ready 1.0" in metrics
    assert 'turnabout_tick_age_seconds{tick="sender"}' in metrics
    assert "turnabout_loop_lag_seconds" in metrics
    assert code == 0
    assert "Traceback" not in err, err[-3000:]


async def test_readiness_turns_red_when_the_socket_is_gone(turnabout, slack):
    address = turnabout.environment["TURNABOUT_HTTP"]
    process = await turnabout.start("run")
    try:
        await wait_until_ready(address)
        await slack.refuse_connections()
        async with asyncio.timeout(30):
            status, body = 200, ""
            while status == 200:
                status, body = await get(address, "/ready")
    finally:
        process.kill()
        await process.communicate()

    assert "the socket to Slack is not connected" in body


WATCHED = """
import asyncio, sys
from bot.errors import BotError
from bot.service import Watch, run_service
try:
    asyncio.run(run_service(mode="socket", sends=True, watch=Watch(0.2, 1, 4, 30)))
except BotError as error:
    sys.exit(f"turnabout: {error}")
"""


async def test_socket_that_stays_dead_ends_the_process(turnabout, slack):
    process = await turnabout.start("-c", WATCHED, module=False)
    await wait_until_ready(turnabout.environment["TURNABOUT_HTTP"])
    await slack.refuse_connections()
    async with asyncio.timeout(60):
        _, err = await process.communicate()

    assert process.returncode == 1
    assert "socket_renewed" in err.decode()
    assert "the socket to Slack is dead for" in err.decode().splitlines()[-1]


async def test_http_mode_needs_no_app_token_and_refuses_what_is_not_signed(turnabout, slack):
    address = turnabout.environment["TURNABOUT_HTTP"]
    slack.people.add("ada", "Ada Example")
    process = await turnabout.start("run", "--mode", "http", env={"SLACK_APP_TOKEN": None})
    try:
        await wait_until_ready(address)
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"http://{address}/slack/events", data={"command": "/mentoring"}) as response,
        ):
            unsigned = response.status
        slack.post_to(f"http://{address}/slack/events")
        await slack.person("ada").types("/mentoring help")
        answered = await slack.person("ada").eventually_sees("help")
    finally:
        code, _ = await ended(process)

    assert unsigned == 401
    assert answered
    assert code == 0


async def test_swapped_tokens_are_named(turnabout, slack):
    swapped = {"SLACK_BOT_TOKEN": slack.app_token, "SLACK_APP_TOKEN": slack.bot_token}

    told = await refused(turnabout, env=swapped)

    assert told.count("swapped") == 2
    assert slack.app_token not in told
    assert slack.bot_token not in told


async def test_wrong_bot_token_is_named(turnabout):
    told = await refused(turnabout, env={"SLACK_BOT_TOKEN": "xoxb-1-2-wrong"})

    assert "SLACK_BOT_TOKEN (invalid_auth)" in told
    assert "reinstall" in told


async def test_wrong_app_token_is_named(turnabout):
    told = await refused(turnabout, env={"SLACK_APP_TOKEN": "xapp-1-A-wrong"})

    assert "SLACK_APP_TOKEN (invalid_auth)" in told
    assert "connections:write" in told


@pytest.mark.parametrize(("mode", "name"), [("socket", "SLACK_APP_TOKEN"), ("http", "SLACK_SIGNING_SECRET")])
async def test_what_a_mode_needs_is_asked_for(turnabout, mode, name):
    told = await refused(turnabout, words=("run", "--mode", mode), env={name: None})

    assert f"{name}: is not set, and mode {mode} needs it" in told


async def test_every_faulty_setting_is_named_at_once(turnabout):
    told = await refused(
        turnabout, env={"SLACK_BOT_TOKEN": None, "TURNABOUT_HTTP": "8080", "TURNABOUT_COMMAND": "upward"}
    )

    assert [line.split(":")[1].strip() for line in told.splitlines()] == [
        "SLACK_BOT_TOKEN",
        "TURNABOUT_HTTP",
        "TURNABOUT_COMMAND",
    ]


async def test_malformed_env_file_is_named_by_line_and_shows_no_value(turnabout):
    (turnabout.folder / ".env").write_text("# tokens\nSLACK_BOT_TOKEN xoxb-1\nTURNABOUT_LOG='info\n")

    told = await refused(turnabout)

    assert ".env line 2: is not NAME=value" in told
    assert ".env line 3: TURNABOUT_LOG has an opening quote and no closing one" in told
    assert "xoxb-1" not in told


async def test_missing_scope_is_named_with_the_way_out(turnabout, slack):
    import yaml

    manifest = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    manifest["oauth_config"]["scopes"]["bot"].remove("im:write")
    async with StandIn(manifest=manifest) as other:
        told = await refused(turnabout, env=other.environment)

    assert "lacks the scopes im:write" in told
    assert "turnabout manifest" in told


async def test_no_network_is_named(turnabout, slack):
    await slack.refuse_connections()

    told = await refused(turnabout)

    assert "Slack cannot be reached" in told
    assert "proxy" in told


async def test_taken_port_is_named(turnabout):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        address = f"127.0.0.1:{other.getsockname()[1]}"
        told = await refused(turnabout, env={"TURNABOUT_HTTP": address})

    assert f"cannot listen on {address}" in told


async def test_folder_that_cannot_be_written_is_named(turnabout):
    (turnabout.folder / "file").write_text("not a folder")
    url = f"sqlite:///{turnabout.folder}/file/turnabout.db"

    told = await refused(turnabout, env={"TURNABOUT_DATABASE_URL": url})

    assert "the folder of the database cannot be made" in told
    assert "writable volume" in told


async def test_locked_database_is_named(turnabout):
    assert (await turnabout.run("db", "upgrade"))[0] == 0
    with sqlite3.connect(turnabout.folder / "data" / "turnabout.db") as other:
        other.execute("BEGIN IMMEDIATE")
        told = await refused(turnabout)
        other.rollback()
    other.close()

    assert "database is locked" in told


async def test_newer_database_is_named_and_left_alone(turnabout):
    assert (await turnabout.run("db", "upgrade"))[0] == 0
    with sqlite3.connect(turnabout.folder / "data" / "turnabout.db") as other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")
        other.commit()
    other.close()

    assert "made by a later release" in await refused(turnabout)


async def test_logs_carry_no_token(turnabout, slack):
    process = await turnabout.start("run", env={"TURNABOUT_LOG": "debug json"})
    await wait_until_ready(turnabout.environment["TURNABOUT_HTTP"])
    _, err = await ended(process)

    assert '"event": "started"' in err
    assert slack.bot_token not in err
    assert slack.app_token not in err
