"""The hourly look at the workspace's members: what Slack does not answer is looked at again, and stops nothing."""

from __future__ import annotations

from mentoring.deliveries import Cause
from messages.errors import OutcomeUnknownError
from sandbox.clock import MovableClock
from scheduling.members import Members
from usecases.visits import ensure_workspace


class AwayOnce:
    """A directory whose first answer is lost."""

    def __init__(self):
        self.asked = 0

    async def everyone(self):
        self.asked += 1
        if self.asked == 1:
            raise OutcomeUnknownError("users.list", Cause.SERVER, "status 503")
        return []


async def test_a_lost_answer_is_no_failure_and_is_asked_for_again_at_the_next_turn(storage):
    clock = MovableClock()
    workspace_id = await ensure_workspace(
        storage, slack_team_id="T1", name="Acme", bot_user_id="U1", now=clock.now()
    )
    directory = AwayOnce()
    members = Members(storage, clock, directory, workspace_id, "T1")
    for _ in range(3):
        assert await members.turn() is None
    assert directory.asked == 2, "the second answer holds for the hour"
