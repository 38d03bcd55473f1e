"""Housekeeping: a file that cannot be removed now is tried again, and one that is gone is done with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from mentoring.deliveries import DeliveryState
from messages.errors import NotReachedError, RateLimitedError, RefusedError
from sandbox.clock import MovableClock
from scheduling.housekeeping import Housekeeping
from storage.tables import Handled, Person, Workspace

NOW = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass
class Files:
    """Stands where the messenger stands, and refuses as it is told."""

    refusals: list[Exception] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)

    async def delete_file(self, file_id: str) -> None:
        if self.refusals:
            raise self.refusals.pop(0)
        self.removed.append(file_id)


@pytest.fixture
async def sent(storage):
    """A file that was sent a day ago."""
    async with storage.write() as uow:
        uow.workspaces.add(Workspace(id="w", slack_team_id="T1", created_at=NOW))
        await uow.flush()
        uow.people.add(Person(id="p", workspace_id="w", slack_user_id="U1", created_at=NOW))
        await uow.flush()
        await uow.outbox.owe(
            "privacy.export",
            new_id="d",
            workspace_id="w",
            person_id="p",
            recipient="person:p",
            series="export:p",
            now=NOW,
        )
        row = await uow.outbox.get("d")
        row.state, row.sent_at, row.slack_ts = DeliveryState.SENT, NOW, "F1"
        uow.handled.add(Handled(key="old", answer={}, handled_at=NOW - 8 * DAY))
    return storage


def housekeeping(storage, files, at=NOW + DAY):
    return Housekeeping(storage, MovableClock(at), files)


async def test_a_file_goes_when_its_day_is_over_and_says_so_before(sent):
    files = Files()
    assert await housekeeping(sent, files, NOW).turn() == NOW + DAY
    assert files.removed == []
    assert await housekeeping(sent, files).turn() is None
    assert await housekeeping(sent, files).turn() is None
    assert files.removed == ["F1"]


@pytest.mark.parametrize(
    "refusal",
    [
        NotReachedError("files.delete", "refused"),
        RateLimitedError("files.delete", 30),
        RefusedError("files.delete", "missing_scope"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_a_file_that_cannot_be_removed_now_is_tried_again(sent, refusal):
    files = Files([refusal])
    keeper = housekeeping(sent, files)
    await keeper.turn()
    assert files.removed == []
    await keeper.turn()
    assert files.removed == ["F1"]


async def test_a_file_that_somebody_removed_already_is_done_with(sent):
    files = Files([RefusedError("files.delete", "file_not_found")])
    keeper = housekeeping(sent, files)
    await keeper.turn()
    await keeper.turn()
    assert files.removed == []


async def test_presses_that_were_dealt_with_a_week_ago_are_forgotten(sent):
    await housekeeping(sent, Files()).turn()
    async with sent.read() as uow:
        assert await uow.handled.find("old") is None
