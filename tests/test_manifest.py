"""The app manifest: valid for Slack, and asking for exactly what the program promises, never for more."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft7Validator

ROOT = Path(__file__).parent.parent
SCHEMAS = json.loads((ROOT / "tests/data/manifest.schema.json").read_text(encoding="utf-8"))["definitions"]

REQUIRED_SCOPES = ["commands", "chat:write", "im:write", "mpim:write", "users:read"]
OPTIONAL_SCOPES = ["files:write", "users:read.email"]

# The scope without which Slack would not send the event; None where it needs none.
EVENT_NEEDS = {
    "app_home_opened": None,
    "team_join": "users:read",
    "user_change": "users:read",
    "app_uninstalled": None,
    "tokens_revoked": None,
}


@pytest.fixture(scope="module")
def manifest():
    return yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("version", ["manifest_1_0_0", "manifest_2_0_0"])
def test_manifest_is_valid_in_every_version_of_slacks_schema(manifest, version):
    faults = [
        f"{fault.json_path}: {fault.message}"
        for fault in Draft7Validator(SCHEMAS[version]).iter_errors(manifest)
    ]

    assert faults == []


def test_schema_would_notice_an_unknown_key(manifest):
    changed = {**manifest, "settings": {**manifest["settings"], "socket_mode": True}}

    assert not Draft7Validator(SCHEMAS["manifest_2_0_0"]).is_valid(changed)


@pytest.mark.practice(36)
def test_scopes_are_the_fixed_list(manifest):
    scopes = manifest["oauth_config"]["scopes"]

    assert scopes == {"bot": REQUIRED_SCOPES, "bot_optional": OPTIONAL_SCOPES}


@pytest.mark.practice(36)
def test_no_scope_reads_what_people_write(manifest):
    asked = [scope for scopes in manifest["oauth_config"]["scopes"].values() for scope in scopes]
    heard = manifest["settings"]["event_subscriptions"]["bot_events"]

    assert [scope for scope in asked if scope.endswith(":history")] == []
    assert [
        event for event in heard if event == "message" or event.startswith(("message.", "message_"))
    ] == []
    assert "app_mention" not in heard


def test_events_need_no_further_scope(manifest):
    heard = manifest["settings"]["event_subscriptions"]["bot_events"]

    assert heard == list(EVENT_NEEDS)
    assert {EVENT_NEEDS[event] for event in heard} <= {None, *REQUIRED_SCOPES}


def test_everything_arrives_over_socket_mode_and_no_address_is_needed(manifest):
    text = json.dumps(manifest)

    assert manifest["settings"]["socket_mode_enabled"] is True
    assert manifest["settings"]["interactivity"] == {"is_enabled": True}
    assert "request_url" not in text
    assert "url" not in manifest["features"]["slash_commands"][0]


def test_home_is_open_and_nobody_can_type_into_the_void(manifest):
    assert manifest["features"]["app_home"] == {
        "home_tab_enabled": True,
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": True,
    }


def test_command_hands_over_what_was_typed_unchanged(manifest):
    (command,) = manifest["features"]["slash_commands"]

    assert command["command"] == "/mentoring"
    assert command["should_escape"] is False


def test_names_follow_what_slack_asks_beyond_its_schema(manifest):
    name = manifest["features"]["bot_user"]["display_name"]

    assert manifest["display_information"]["name"] == "Turnabout"
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_.")


def test_description_uses_no_word_of_rank_or_age(manifest):
    about = json.dumps(manifest["display_information"]).lower()

    assert [word for word in ("junior", "senior", "reverse", "young", "older") if word in about] == []
