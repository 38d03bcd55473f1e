"""The unit of work: everything one use case reads and writes, committed together or not at all."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from storage.leases import Heartbeats, Leases, Paces
from storage.notices import Announcements, AuditTrail, Concerns, Tasks
from storage.outbox import Conversations, HandledPresses, Outbox
from storage.pairs import CheckIns, Feedbacks, Pairs, Ratings, Sessions
from storage.people import Drafts, HomeViews, People, RoleHolders, Workspaces
from storage.personal_data import PersonalData
from storage.programs import Participants, Programs, Skills
from storage.rounds import Candidates, Proposals, Rounds

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.ids import Ids
    from storage.vault import Vault


class UnitOfWork:
    """One transaction and the queries over every aggregate in it."""

    def __init__(
        self, session: AsyncSession, *, vault: Vault, ids: Ids, lease_clock: Callable[[], datetime] | None
    ) -> None:
        self._session = session
        self._lease_clock = lease_clock
        self.vault = vault
        self.ids = ids
        self.workspaces = Workspaces(session)
        self.people = People(session)
        self.role_holders = RoleHolders(session)
        self.drafts = Drafts(session)
        self.homes = HomeViews(session)
        self.programs = Programs(session)
        self.participants = Participants(session)
        self.skills = Skills(session)
        self.rounds = Rounds(session)
        self.candidates = Candidates(session)
        self.proposals = Proposals(session)
        self.pairs = Pairs(session)
        self.sessions = Sessions(session)
        self.check_ins = CheckIns(session)
        self.feedbacks = Feedbacks(session)
        self.ratings = Ratings(session)
        self.announcements = Announcements(session)
        self.tasks = Tasks(session)
        self.concerns = Concerns(session)
        self.audit = AuditTrail(session)
        self.outbox = Outbox(session)
        self.conversations = Conversations(session)
        self.handled = HandledPresses(session)
        self.leases = Leases(session)
        self.paces = Paces(session)
        self.heartbeats = Heartbeats(session)
        self.personal_data = PersonalData(session, vault)

    async def flush(self) -> None:
        """Send what was added so far to the database, still inside this transaction."""
        await self._session.flush()

    async def commit(self) -> None:
        """Make what was done so far stand now; the unit goes on in a new transaction."""
        await self._session.commit()

    async def database_now(self) -> datetime:
        """The clock that leases run on: the database's own, so that replicas whose clocks differ agree.

        On SQLite all processes share one machine and so one clock. Where time is played, the played clock.
        """
        if self._lease_clock is not None:
            return self._lease_clock()
        if self._session.get_bind().dialect.name == "postgresql":
            stamp: datetime = (await self._session.execute(select(func.clock_timestamp()))).scalar_one()
            return stamp.astimezone(UTC)
        return datetime.now(UTC)
