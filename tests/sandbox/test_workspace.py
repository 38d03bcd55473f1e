"""The state behind it all: ids and ts that never repeat, and a page that is told what changed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sandbox.clock import MovableClock
from sandbox.installation import Installation
from sandbox.workspace import Change, Ids, Workspace
from tests.sandbox.kit import START, goal_modal, home, manifest, section


@pytest.fixture
def clock():
    return MovableClock(START)


@pytest.fixture
def workspace(clock):
    made = Workspace(clock, Installation.of(manifest()), seed=7)
    made.add_person("ada", "Ada Berg")
    made.add_person("mara", "Mara Lind")
    return made


def test_ts_always_grows_whatever_the_clock_does(workspace, clock):
    stamps = [workspace.next_ts(), workspace.next_ts()]
    clock.advance(timedelta(seconds=1))
    stamps.append(workspace.next_ts())
    clock.jump_to(START - timedelta(days=1), backwards=True)
    stamps.append(workspace.next_ts())
    seconds = int(START.timestamp())
    assert stamps == [
        f"{seconds}.000100",
        f"{seconds}.000101",
        f"{seconds + 1}.000100",
        f"{seconds + 1}.000101",
    ]


def test_ts_carries_over_into_the_next_second(workspace):
    workspace.next_ts()
    workspace._last_count = 999_999
    assert workspace.next_ts() == f"{int(START.timestamp()) + 1}.000100"


def test_ids_are_counted_by_kind_and_the_rest_is_drawn_from_the_seed():
    ids, again, other = Ids(1), Ids(1), Ids(2)
    assert [ids.next("U"), ids.next("U"), ids.next("C")] == ["U00000001", "U00000002", "C00000001"]
    assert [ids.next("Z") for _ in range(36)][-1] == "Z00000010"
    assert (ids.uuid(), ids.token(8), ids.number()) == (again.uuid(), again.token(8), again.number())
    assert ids.uuid() != other.uuid()


def test_page_is_told_whose_screen_changed(workspace):
    told: list[Change] = []
    ada, mara = workspace.person("ada").id, workspace.person("mara").id
    workspace.listen(told.append)
    group, _ = workspace.open_direct(workspace.bot.id, ada, mara)
    message = workspace.post(group, workspace.bot.id, "hello")
    workspace.rewrite(message, text="newer")
    workspace.remove(message)
    assert {change.person_id for change in told if change.what == "conversation"} == {
        workspace.bot.id,
        ada,
        mara,
    }
    about_ada = [change for change in told if change.person_id == ada and change.what == "message"]
    assert about_ada == [Change("message", ada, group.id, message.ts)] * 3
    told.clear()
    workspace.post(group, workspace.bot.id, "psst", only_for=ada)
    workspace.publish_home(ada, home(section("x")))
    workspace.open_modal(workspace.new_trigger(ada).id, goal_modal())
    workspace.clear_modals(ada)
    workspace.notice(ada, "trouble")
    workspace.change_person(ada, title="Lead")
    workspace.reload(ada)
    assert {change.person_id for change in told} == {ada}
    assert [change.what for change in told] == [
        "message",
        "home",
        "modal",
        "modal",
        "notice",
        "person",
        "person",
    ]


def test_channels_are_joined_and_left(workspace):
    ada, mara = workspace.person("ada").id, workspace.person("mara").id
    team = workspace.add_channel("team", [ada])
    workspace.join(team.id, mara)
    workspace.join(team.id, mara)
    assert team.members == [ada, workspace.bot.id, mara]
    assert workspace.conversations_of(mara) == [team]
    workspace.leave(team.id, mara)
    workspace.leave(team.id, mara)
    assert workspace.conversations_of(mara) == []


def test_old_triggers_are_forgotten_and_count_as_expired(workspace):
    ada = workspace.person("ada").id
    first = workspace.new_trigger(ada)
    for _ in range(5_000):
        workspace.new_trigger(ada)
    assert first.id not in workspace.triggers
    with pytest.raises(Exception, match="expired_trigger_id"):
        workspace.use_trigger(first.id)


def test_removed_file_takes_its_empty_message_along(workspace):
    dm = workspace.app_dm(workspace.person("ada").id)
    kept, lost = workspace.new_file("a.txt", 1, ""), workspace.new_file("b.txt", 1, "")
    for file, words in ((kept, "with words"), (lost, "")):
        file.shared_in.append(dm.id)
        workspace.post(dm, workspace.bot.id, words, file_ids=[file.id])
    workspace.remove_file(kept.id)
    workspace.remove_file(lost.id)
    assert [(message.text, message.file_ids) for message in dm.messages.values()] == [("with words", [])]


def test_required_inputs_of_a_modal_are_counted(workspace):
    modal = workspace.open_modal(workspace.new_trigger(workspace.person("ada").id).id, goal_modal())
    assert [one.block["block_id"] for one in modal.required] == ["goal"]
