"""`turnabout doctor`: looks, changes nothing at Slack, and says of each red line what, why and the exact fix.

The report holds no token, no key and no person's name, so that it can be shown to whoever helps.
"""

from __future__ import annotations

import asyncio
import importlib.metadata
import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.backup import open_storage
from bot.errors import BotError, SettingsFaultyError
from bot.keys import key_file, load_keys
from bot.manifest import missing_scopes, required_scopes
from bot.settings import load_settings
from bot.setup_code import setup_code
from bot.slack import make_client
from storage import migrate
from storage.copies import database_file
from storage.errors import StorageError
from usecases.operating import look

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from bot.settings import Settings
    from usecases.operating import Standing

GREEN, YELLOW, RED = "green", "yellow", "red"
_ASK_SECONDS = 4
_CLOCK_OFF = timedelta(
    seconds=60
)  # Slack refuses signatures older than five minutes; reminders suffer earlier
_OLD = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report.

    Attributes:
        check: what was looked at.
        state: green, yellow (works, with a reservation) or red (does not work).
        found: what was found, and why it matters.
        fix: what to do, empty where nothing is.
    """

    check: str
    state: str
    found: str
    fix: str = ""


async def run_doctor(*, mode: str, as_json: bool) -> tuple[str, int]:
    """The report, and the exit code: 1 where a line is red."""
    try:
        settings = load_settings(mode=mode)
    except SettingsFaultyError as error:
        findings = [
            Finding("settings", RED, fault, "correct it in the environment or in .env")
            for fault in error.faults
        ]
        return _report(findings, "", as_json=as_json), 1
    findings = [Finding("settings", GREEN, "complete; each token is of its kind")]
    (slack, team_id), here = await asyncio.gather(_look_at_slack(settings, mode), _look_here(settings))
    findings += [*slack, *here]
    code = ""
    if team_id and not any(finding.check == "data key" and finding.state == RED for finding in here):
        code = setup_code(load_keys(settings)[0], team_id, datetime.now(UTC).date())
    is_red = any(finding.state == RED for finding in findings)
    return _report(findings, code, as_json=as_json, command=settings.command), int(is_red)


# ------------------------------------------------------------------ Slack


async def _look_at_slack(settings: Settings, mode: str) -> tuple[list[Finding], str]:
    async with aiohttp.ClientSession() as session:
        client = make_client(
            settings.bot_token, api_url=settings.api_url, session=session, proxy=settings.proxy or None
        )
        fix = "reinstall the app at api.slack.com/apps and copy its bot token into SLACK_BOT_TOKEN"
        try:
            async with asyncio.timeout(_ASK_SECONDS):
                answer = await client.auth_test()
        except SlackApiError as error:
            return [Finding("bot token", RED, f"Slack does not accept it ({_code(error)})", fix)], ""
        except (aiohttp.ClientError, OSError) as error:
            return [
                Finding(
                    "network",
                    RED,
                    f"Slack cannot be reached at {settings.api_url} ({type(error).__name__})",
                    "allow outbound https to the hosts in the README, or set TURNABOUT_PROXY",
                )
            ], ""
        headers = {name.lower(): value for name, value in answer.headers.items()}
        findings = [
            Finding("bot token", GREEN, "Slack accepts it"),
            _scopes(headers),
            _clock(headers),
        ]
        if mode == "socket":
            findings.append(await _socket(client, settings))
        return findings, str(answer.get("team_id") or "")


def _scopes(headers: Mapping[str, str]) -> Finding:
    granted = {scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",")}
    missing = missing_scopes(granted)
    if missing:
        return Finding(
            "scopes",
            RED,
            f"missing: {', '.join(missing)}",
            "paste the output of `turnabout manifest` into the app's manifest, then reinstall it",
        )
    required, optional = required_scopes()
    surplus = sorted(granted - {*required, *optional, ""})
    if surplus:
        return Finding(
            "scopes",
            YELLOW,
            f"more than the bot needs: {', '.join(surplus)}",
            "remove them from the app's manifest and reinstall it",
        )
    return Finding("scopes", GREEN, "as in the manifest")


def _clock(headers: Mapping[str, str]) -> Finding:
    if "date" not in headers:
        return Finding("clock", YELLOW, "Slack told no time to compare with")
    off = abs(datetime.now(UTC) - parsedate_to_datetime(headers["date"]))
    if off > _CLOCK_OFF:
        return Finding(
            "clock",
            RED,
            f"{round(off.total_seconds())} seconds away from Slack's; messages would go out at wrong times",
            "switch on time synchronisation (NTP) on this machine",
        )
    return Finding("clock", GREEN, "agrees with Slack's")


async def _socket(client: Any, settings: Settings) -> Finding:
    """Asks for an address and does not connect: a second connection would take events away from a running bot."""
    try:
        async with asyncio.timeout(_ASK_SECONDS):
            await client.apps_connections_open(app_token=settings.app_token)
    except SlackApiError as error:
        return Finding(
            "socket",
            RED,
            f"Slack does not accept SLACK_APP_TOKEN ({_code(error)})",
            "copy an app-level token with connections:write from Basic Information; switch Socket Mode on",
        )
    except (aiohttp.ClientError, OSError) as error:
        return Finding("socket", RED, f"no answer ({type(error).__name__})", "check network and proxy")
    return Finding("socket", GREEN, "Slack would open one")


def _code(error: SlackApiError) -> str:
    return str(error.response.get("error") or "no answer that could be read")


# ------------------------------------------------------------------ this machine


async def _look_here(settings: Settings) -> list[Finding]:
    file = database_file(settings.database_url)
    findings = [] if file is None else [_folder(file)]
    if not any(finding.state == RED for finding in findings):
        findings += [_key(settings, file), *(await _database(settings, file))]
    return [*findings, _zones()]


def _folder(file: Path) -> Finding:
    folder = next(path for path in file.parents if path.exists())
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        return Finding(
            "volume",
            RED,
            f"{folder} cannot be written",
            "mount a writable volume there or change TURNABOUT_DATABASE_URL",
        )
    return Finding("volume", GREEN, f"{folder} can be written")


def _key(settings: Settings, file: Path | None) -> Finding:
    try:
        load_keys(settings)
    except BotError as error:
        return Finding("data key", RED, str(error), "see the line itself")
    if settings.data_keys or file is None:
        return Finding("data key", GREEN, "given by you")
    place = key_file(settings.database_url)
    data = next(path for path in file.parents if path.exists())
    if place.stat().st_dev == data.stat().st_dev:
        return Finding(
            "data key",
            YELLOW,
            f"{place} lies on the same volume as the data: who takes the volume can read private text",
            "put the key into TURNABOUT_DATA_KEYS (or TURNABOUT_DATA_KEYS_FILE) from a secret store",
        )
    return Finding("data key", GREEN, f"{place}, on another volume than the data")


async def _database(settings: Settings, file: Path | None) -> list[Finding]:
    if file is not None and not file.exists():  # noqa: ASYNC240 - one look, before anything else runs
        return [Finding("database", GREEN, "none yet; it is made at the first start")]
    try:
        storage = open_storage(settings)
    except BotError as error:
        return [Finding("database", RED, str(error), "see the line itself")]
    try:
        async with asyncio.timeout(_ASK_SECONDS + 2):
            await migrate.check(storage.engine)
            await migrate.check_writable(storage.engine)
            standing = await look(storage, datetime.now(UTC))
    except StorageError as error:
        return [Finding("database", RED, str(error), "`turnabout db upgrade`, or see TURNABOUT_DATABASE_URL")]
    except TimeoutError:
        return [Finding("database", RED, "does not answer", "check TURNABOUT_DATABASE_URL and the server")]
    finally:
        await storage.close()
    return [
        Finding("database", GREEN, f"stands at {migrate.newest_revision()}, as this release needs"),
        *_deliveries(standing),
        _processes(standing, is_shared=file is None),
    ]


def _deliveries(standing: Standing) -> Iterator[Finding]:
    if standing.is_held:
        yield Finding(
            "sending",
            YELLOW,
            "held: this is a restored copy",
            "look at `turnabout outbox`, then `turnabout db confirm`",
        )
    waits = datetime.now(UTC) - standing.next_due_at if standing.next_due_at is not None else timedelta(0)
    if waits > _OLD:
        yield Finding(
            "deliveries",
            YELLOW,
            f"the oldest has been due for {round(waits.total_seconds() / 60)} minutes",
            "start the bot, or see its log for what Slack answered",
        )
    asking = {state: standing.counts.get(state, 0) for state in ("parked", "dead")}
    if any(asking.values()):
        yield Finding(
            "deliveries",
            YELLOW,
            f"{asking['parked']} parked, {asking['dead']} dead",
            "see `turnabout outbox`; `turnabout outbox retry ID` sends one after all",
        )
    elif waits <= _OLD:
        yield Finding("deliveries", GREEN, "nothing waits for you")


def _processes(standing: Standing, *, is_shared: bool) -> Finding:
    number = len(standing.processes)
    if number > 1 and not is_shared:
        return Finding(
            "copies",
            YELLOW,
            f"{number} bots run on this SQLite file",
            "stop all but one, or move to PostgreSQL",
        )
    return Finding("copies", GREEN, "no bot runs now" if number == 0 else f"{number} running")


def _zones() -> Finding:
    try:
        ZoneInfo("America/Argentina/Buenos_Aires")
    except ZoneInfoNotFoundError:
        return Finding("zone data", RED, "there is none", "install the package tzdata, as the lock file does")
    return Finding("zone data", GREEN, f"tzdata {importlib.metadata.version('tzdata')}")


# ------------------------------------------------------------------ report


def _report(findings: list[Finding], code: str, *, as_json: bool, command: str = "/mentoring") -> str:
    required, optional = required_scopes()
    if as_json:
        return json.dumps(
            {
                "ok": all(finding.state != RED for finding in findings),
                "checks": [asdict(finding) for finding in findings],
                "scopes": {"required": required, "optional": optional},
                "setup_code": code,
            }
        )
    lines = []
    for finding in findings:
        lines.append(f"{finding.state.upper():<6}  {finding.check}: {finding.found}")
        if finding.fix:
            lines.append(f"        Fix: {finding.fix}")
    if code:
        lines += ["", *_card(code, command, required, optional)]
    return "\n".join(lines)


def _card(code: str, command: str, required: list[str], optional: list[str]) -> list[str]:
    return [
        "--- For the person who will coordinate the program; hand it over in private ---",
        "The mentoring bot is installed in our Slack. To become its coordinator, type this in any conversation:",
        f"{command} setup {code}",
        f"Set-up code: {code}",
        "The code is good for today and tomorrow (UTC), and useless once there is a coordinator.",
        "",
        "For a channel, if you like:",
        f"A mentoring program is coming. Nobody is enrolled: type {command} join when you want to take part.",
        "The bot reads no conversation. It writes to you only after you opted in.",
        "",
        f"Scopes: {', '.join(required)}; optional: {', '.join(optional)}.",
    ]
