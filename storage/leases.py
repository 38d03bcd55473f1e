"""Roles that one process holds at a time, the pace of Slack's methods, and the heartbeats of the ticks."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import case, or_, select, update

from storage.rows import Rows
from storage.tables import Heartbeat, Lease, Pace
from storage.upsert import insert_or_ignore

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

ROLE_TTL = timedelta(seconds=30)


class Leases(Rows[Lease]):
    table = Lease

    async def take(
        self, name: str, holder: str, *, database_now: datetime, ttl: timedelta = ROLE_TTL
    ) -> int | None:
        """Take the role or renew it; the epoch when it is ours, None while another process holds it.

        The epoch grows whenever the holder changes, so that work begun under an older one can be told apart.
        """
        await insert_or_ignore(
            self._session,
            Lease,
            {"name": name, "holder": "", "until": database_now - timedelta(seconds=1), "epoch": 0},
        )
        # `until` has passed, or it is ours already: one conditional update decides, whichever process comes first.
        changed = await self._session.execute(
            update(Lease)
            .where(Lease.name == name, or_(Lease.until < database_now, Lease.holder == holder))
            .values(
                epoch=Lease.epoch + case((Lease.holder == holder, 0), else_=1),
                holder=holder,
                until=database_now + ttl,
            )
            .returning(Lease.epoch)
            .execution_options(synchronize_session=False)
        )
        return changed.scalar_one_or_none()

    async def give_back(self, name: str, holder: str, *, database_now: datetime) -> None:
        """End our hold at once, so that the next process need not wait for the lease to run out."""
        await self._session.execute(
            update(Lease)
            .where(Lease.name == name, Lease.holder == holder)
            .values(until=database_now - timedelta(seconds=1))
            .execution_options(synchronize_session=False)
        )


class Paces(Rows[Pace]):
    table = Pace

    async def list_all(self) -> Sequence[Pace]:
        return await self._list(select(Pace).order_by(Pace.method))


class Heartbeats(Rows[Heartbeat]):
    table = Heartbeat

    async def list_all(self) -> Sequence[Heartbeat]:
        return await self._list(select(Heartbeat).order_by(Heartbeat.tick))

    async def beat(self, tick: str, now: datetime, outcome: str) -> None:
        row = await self.find(tick)
        if row is None:
            self.add(Heartbeat(tick=tick, beat_at=now, outcome=outcome))
        else:
            row.beat_at, row.outcome = now, outcome
