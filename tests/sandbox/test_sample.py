"""Who is in a fresh sandbox: invented people, or one's own from a file, all of them or none."""

from __future__ import annotations

import pytest

from bot.errors import BotError
from sandbox.sample import CHANNEL, PEOPLE, fill, fill_from_file
from sandbox.server import StandIn

HEAD = "id,name,level,can_share,wants_to_learn,timezone,email\n"


@pytest.fixture
def workspace():
    return StandIn().workspace


def test_invented_people_are_all_in_the_channel(workspace):
    fill(workspace)
    channel = next(one for one in workspace.conversations.values() if one.name == CHANNEL)
    assert len(workspace.humans()) == len(PEOPLE)
    assert {person.id for person in workspace.humans()} < set(channel.members)


def test_own_people_come_with_their_zone_and_address(workspace, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text(HEAD + "a1,Ada Stern,1,online.short_video:4,,America/New_York,ada@example.com\n")
    fill_from_file(workspace, file)
    ada = workspace.person("a1")
    assert (ada.real_name, ada.tz, ada.email) == ("Ada Stern", "America/New_York", "ada@example.com")


def test_faulty_file_names_every_line_and_adds_nobody(workspace, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text(HEAD + "a1,Ada,9,x:4,,Nowhere/Land,\na1,Bo,1,online.short_video:4,,,\n")
    with pytest.raises(BotError) as caught:
        fill_from_file(workspace, file)
    assert "line 2" in str(caught.value)
    assert "line 3" in str(caught.value)
    assert workspace.humans() == []


def test_missing_file_is_named(workspace, tmp_path):
    with pytest.raises(BotError, match="cannot be read"):
        fill_from_file(workspace, tmp_path / "nobody.csv")
