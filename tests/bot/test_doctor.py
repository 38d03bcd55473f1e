"""`turnabout doctor` as a process: green where all is well, red with the exact fix where not, and no secret shown."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import yaml

from bot.setup_code import is_setup_code
from sandbox.server import MANIFEST, StandIn
from tests.bot.conftest import KEY


async def examine(command, *words, env=None):
    code, out, _ = await command.run("doctor", "--json", *words, env=env)
    return code, json.loads(out)


def red(report) -> dict[str, str]:
    return {row["check"]: row["fix"] for row in report["checks"] if row["state"] == "red"}


async def test_sound_installation_is_green_and_gives_the_set_up_code(turnabout, slack):
    await turnabout.run("db", "upgrade")
    code, report = await examine(turnabout)

    assert (code, report["ok"]) == (0, True)
    assert {row["state"] for row in report["checks"]} == {"green"}, report
    assert [row["check"] for row in report["checks"]] == [
        "settings",
        "bot token",
        "scopes",
        "clock",
        "socket",
        "volume",
        "data key",
        "database",
        "deliveries",
        "copies",
        "zone data",
    ]
    assert is_setup_code(report["setup_code"], KEY, slack.workspace.team_id, datetime.now(UTC))
    text = json.dumps(report)
    assert [secret for secret in (*slack.environment.values(), KEY) if secret in text] == []
    assert slack.workspace.name not in text


async def test_card_can_be_handed_over(turnabout, slack):
    code, out, _ = await turnabout.run("doctor")

    assert code == 0
    (line,) = [line for line in out.splitlines() if line.startswith("Set-up code: ")]
    assert f"/mentoring setup {line.removeprefix('Set-up code: ')}" in out
    assert "Scopes: commands, chat:write" in out
    assert slack.bot_token not in out


async def test_key_beside_the_data_is_yellow_and_not_a_failure(turnabout):
    url = f"sqlite:///{turnabout.folder}/a/data/turnabout.db"
    code, report = await examine(turnabout, env={"TURNABOUT_DATA_KEYS": None, "TURNABOUT_DATABASE_URL": url})

    (row,) = [row for row in report["checks"] if row["check"] == "data key"]
    assert (code, row["state"]) == (0, "yellow")
    assert "TURNABOUT_DATA_KEYS" in row["fix"]


async def test_swapped_tokens_are_red_before_anything_is_asked(turnabout, slack):
    code, report = await examine(
        turnabout, env={"SLACK_BOT_TOKEN": slack.app_token, "SLACK_APP_TOKEN": slack.bot_token}
    )

    assert code == 1
    assert [row["found"].count("swapped") for row in report["checks"]] == [1, 1]
    assert report["setup_code"] == ""


async def test_refused_tokens_are_red(turnabout):
    first = await examine(turnabout, env={"SLACK_BOT_TOKEN": "xoxb-wrong"})
    second = await examine(turnabout, env={"SLACK_APP_TOKEN": "xapp-wrong"})

    assert (first[0], list(red(first[1]))) == (1, ["bot token"])
    assert (second[0], list(red(second[1]))) == (1, ["socket"])


async def test_missing_scope_is_red(turnabout):
    manifest = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    manifest["oauth_config"]["scopes"]["bot"].remove("im:write")
    async with StandIn(manifest=manifest) as other:
        code, report = await examine(turnabout, env=other.environment)

    assert code == 1
    assert "turnabout manifest" in red(report)["scopes"]


async def test_no_network_is_red(turnabout, slack):
    await slack.refuse_connections()
    code, report = await examine(turnabout)

    assert (code, list(red(report))) == (1, ["network"])


async def test_older_database_is_red_with_the_command_that_helps(turnabout):
    (turnabout.folder / "data").mkdir()
    (turnabout.folder / "data" / "turnabout.db").touch()
    code, report = await examine(turnabout)

    assert code == 1
    assert "turnabout db upgrade" in red(report)["database"]


async def test_held_copy_is_yellow(turnabout):
    await turnabout.run("db", "upgrade")
    await turnabout.run("db", "hold")
    code, report = await examine(turnabout)

    (row,) = [row for row in report["checks"] if row["check"] == "sending"]
    assert (code, row["state"]) == (0, "yellow")
    assert "turnabout db confirm" in row["fix"]
