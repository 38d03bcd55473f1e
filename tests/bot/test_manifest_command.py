"""The manifest command prints what stands in the repository, with the chosen word and nothing else changed."""

from __future__ import annotations

import pytest
import yaml

from bot.errors import SettingsFaultyError
from bot.manifest import MANIFEST, manifest_text, required_scopes


def test_manifest_is_printed_as_it_stands():
    assert manifest_text() == MANIFEST.read_text(encoding="utf-8")


def test_another_word_changes_the_command_and_nothing_else():
    ours = yaml.safe_load(manifest_text())
    theirs = yaml.safe_load(manifest_text("/upward"))

    assert theirs["features"]["slash_commands"][0].pop("command") == "/upward"
    ours["features"]["slash_commands"][0].pop("command")
    assert theirs == ours


@pytest.mark.parametrize("word", ["upward", "/", "/up ward", "/Upward", "/" + "w" * 32])
def test_word_that_slack_refuses_is_refused_here(word):
    with pytest.raises(SettingsFaultyError, match="--command"):
        manifest_text(word)


def test_scopes_are_read_from_the_manifest():
    required, optional = required_scopes()

    assert "chat:write" in required
    assert optional == ["files:write", "users:read.email"]
