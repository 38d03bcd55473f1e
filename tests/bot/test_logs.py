"""Logs name what happened and carry nothing that people wrote, not even where a library would."""

from __future__ import annotations

import json
import subprocess
import sys

PLAYED = """
import logging, structlog
from bot.logs import set_up_logs
set_up_logs("debug json")
for name in ("slack_bolt.RequestVerification", "slack_sdk.web", "sqlalchemy.engine"):
    talkative = logging.getLogger(name)
    talkative.setLevel(logging.DEBUG)
    talkative.info("body: text=canary")
    talkative.warning("gone")
structlog.get_logger("turnabout.test").info("delivery_sent", delivery="d1")
"""


def test_lines_are_json_and_libraries_are_not_heard_below_warning():
    played = subprocess.run(  # noqa: S603 - our own line
        [sys.executable, "-c", PLAYED], capture_output=True, text=True, check=True
    )
    *libraries, ours = [json.loads(line) for line in played.stderr.splitlines()]

    assert [line["event"] for line in libraries] == ["gone"] * 3
    assert (ours["event"], ours["delivery"], ours["level"]) == ("delivery_sent", "d1", "info")
    assert ours["timestamp"].endswith("Z")
