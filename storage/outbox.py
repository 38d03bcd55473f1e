"""The outbox: every message we owe, claimed by one sender at a time, with each change guarded by (id, fence, state)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, func, or_, select, update

from mentoring.deliveries import CLAIM_LEASE, KINDS, Cause, DeliveryState
from storage.rows import Rows
from storage.tables import Conversation, Delivery, Handled
from storage.upsert import insert_all_or_ignore, insert_or_ignore

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

_WAITING = (DeliveryState.PLANNED, DeliveryState.DUE)


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that this sender holds, and the fence under which it may change it."""

    delivery: Delivery
    fence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One message that is to be written down; its identity is (series, recipient, occurrence)."""

    kind: str
    new_id: str
    workspace_id: str
    recipient: str
    series: str
    occurrence: str = ""
    not_before: datetime | None = None
    expires_at: datetime | None = None
    person_id: str | None = None
    program_id: str | None = None
    refs: Mapping[str, Any] = field(default_factory=dict)
    budgeted: bool | None = None

    def values(self, now: datetime) -> dict[str, Any]:
        """The row, with what the table of kinds says of its kind."""
        row = KINDS[self.kind]
        due = self.not_before or now
        expires_at = self.expires_at
        if expires_at is None and row.stale_after is not None:
            expires_at = due + row.stale_after
        return {
            "id": self.new_id,
            "workspace_id": self.workspace_id,
            "program_id": self.program_id,
            "kind": self.kind,
            "series": self.series,
            "occurrence": self.occurrence,
            "recipient": self.recipient,
            "person_id": self.person_id,
            "refs": dict(self.refs),
            "state": DeliveryState.DUE if due <= now else DeliveryState.PLANNED,
            "lane": int(row.lane),
            "not_before": due,
            "expires_at": expires_at,
            "budgeted": row.budgeted if self.budgeted is None else self.budgeted,
            "created_at": now,
        }


class Outbox(Rows[Delivery]):
    table = Delivery

    async def owe(
        self,
        kind: str,
        *,
        new_id: str,
        workspace_id: str,
        recipient: str,
        series: str,
        now: datetime,
        occurrence: str = "",
        not_before: datetime | None = None,
        expires_at: datetime | None = None,
        person_id: str | None = None,
        program_id: str | None = None,
        refs: Mapping[str, Any] | None = None,
        budgeted: bool | None = None,
    ) -> bool:
        """Write down one message we owe; owing it a second time changes nothing.

        Identity is (series, recipient, occurrence). Returns whether the row is new.
        """
        owed = Owed(
            kind=kind,
            new_id=new_id,
            workspace_id=workspace_id,
            recipient=recipient,
            series=series,
            occurrence=occurrence,
            not_before=not_before,
            expires_at=expires_at,
            person_id=person_id,
            program_id=program_id,
            refs=refs or {},
            budgeted=budgeted,
        )
        return await insert_or_ignore(self._session, Delivery, owed.values(now))

    async def owe_all(self, owed: Sequence[Owed], now: datetime) -> None:
        """Write down many messages in one go, as a round does; otherwise as `owe`."""
        await insert_all_or_ignore(self._session, Delivery, [one.values(now) for one in owed])

    async def claim(
        self, owner: str, *, now: datetime, database_now: datetime, limit: int = 20
    ) -> Sequence[Claim]:
        """Take up to `limit` due deliveries, most urgent lane first; nobody else can take the same ones."""
        chosen = (
            select(Delivery.id)
            .where(Delivery.state.in_(_WAITING), Delivery.not_before <= now)
            .order_by(Delivery.lane, Delivery.not_before, Delivery.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        result = await self._session.execute(
            update(Delivery)
            .where(Delivery.id.in_(chosen.scalar_subquery()), Delivery.state.in_(_WAITING))
            .values(
                state=DeliveryState.CLAIMED,
                owner=owner,
                lease_until=database_now + CLAIM_LEASE,
                fence=Delivery.fence + 1,
            )
            .returning(Delivery)
            .execution_options(synchronize_session=False, populate_existing=True)
        )
        claimed = sorted(result.scalars().all(), key=lambda row: (row.lane, row.not_before, row.id))
        return [Claim(row, row.fence) for row in claimed]

    async def change(
        self, delivery_id: str, fence: int, *, expected: Sequence[DeliveryState], **values: Any
    ) -> bool:
        """Change a delivery only if it still stands as expected under this fence; whether it did."""
        result = await self._session.execute(
            update(Delivery)
            .where(Delivery.id == delivery_id, Delivery.fence == fence, Delivery.state.in_(list(expected)))
            .values(**values)
            .execution_options(synchronize_session=False)
        )
        return bool(result.rowcount)  # type: ignore[attr-defined] # a DML result is a CursorResult

    async def rescue(self, *, now: datetime, database_now: datetime) -> tuple[int, int]:
        """Free what a dead sender held: claimed rows become due again, rows in the call become unknown.

        Returns:
            How many of each.
        """
        over = Delivery.lease_until < database_now
        freed = await self._session.execute(
            update(Delivery)
            .where(Delivery.state == DeliveryState.CLAIMED, over)
            .values(state=DeliveryState.DUE, owner=None, lease_until=None, fence=Delivery.fence + 1)
            .execution_options(synchronize_session=False)
        )
        doubted = await self._session.execute(
            update(Delivery)
            .where(Delivery.state == DeliveryState.SENDING, over)
            .values(
                state=DeliveryState.UNKNOWN,
                cause=Cause.DIED,
                unknown_since=now,
                owner=None,
                lease_until=None,
            )
            .execution_options(synchronize_session=False)
        )
        return freed.rowcount, doubted.rowcount  # type: ignore[attr-defined] # DML results are CursorResults

    async def list_unknown(self, limit: int = 200) -> Sequence[Delivery]:
        return await self._list(
            select(Delivery)
            .where(Delivery.state == DeliveryState.UNKNOWN)
            .order_by(Delivery.unknown_since, Delivery.id)
            .limit(limit)
        )

    async def list_to_redraw(self, limit: int = 50) -> Sequence[Delivery]:
        return await self._list(
            select(Delivery)
            .where(Delivery.redraw.is_(True), Delivery.slack_ts.is_not(None))
            .order_by(Delivery.lane, Delivery.id)
            .limit(limit)
        )

    async def newest_of_series(self, delivery: Delivery, *, now: datetime) -> Delivery | None:
        """The newest row of the same series to the same recipient that is due or gone out, this one included."""
        query = (
            select(Delivery)
            .where(
                Delivery.series == delivery.series,
                Delivery.recipient == delivery.recipient,
                Delivery.kind == delivery.kind,
                Delivery.not_before <= now,
                Delivery.state.not_in([DeliveryState.CANCELLED, DeliveryState.SKIPPED]),
            )
            .order_by(Delivery.not_before.desc(), Delivery.created_at.desc(), Delivery.id)
            .limit(1)
        )
        return await self._one(query)

    async def has_doubt_in_series(self, delivery: Delivery) -> bool:
        """Whether an earlier row of the same series and recipient may or may not have arrived."""
        query = select(func.count()).where(
            Delivery.series == delivery.series,
            Delivery.recipient == delivery.recipient,
            Delivery.id != delivery.id,
            Delivery.state.in_([DeliveryState.UNKNOWN, DeliveryState.SENDING]),
        )
        return bool((await self._session.execute(query)).scalar_one())

    async def last_budgeted_at(
        self, person_id: str, *, since: datetime, except_id: str
    ) -> Sequence[datetime]:
        """When unsolicited messages went to this person since a moment, doubtful ones counted as gone out."""
        moment = func.coalesce(Delivery.sent_at, Delivery.sending_at)
        query = (
            select(moment)
            .where(
                Delivery.person_id == person_id,
                Delivery.budgeted.is_(True),
                Delivery.id != except_id,
                or_(
                    and_(Delivery.state == DeliveryState.SENT, Delivery.sent_at > since),
                    and_(
                        Delivery.state.in_(
                            [DeliveryState.SENDING, DeliveryState.UNKNOWN, DeliveryState.SKIPPED]
                        ),
                        Delivery.sending_at > since,
                    ),
                ),
            )
            .order_by(moment)
        )
        return [row for (row,) in (await self._session.execute(query)).all()]

    async def next_due_at(self) -> datetime | None:
        """When the next delivery is due, past moments included; None when nothing waits."""
        query = select(func.min(Delivery.not_before)).where(Delivery.state.in_(_WAITING))
        found: datetime | None = (await self._session.execute(query)).scalar_one()
        return found

    async def list_waiting(self, limit: int = 100) -> Sequence[Delivery]:
        """What is owed next, soonest first."""
        return await self._list(
            select(Delivery)
            .where(Delivery.state.in_(_WAITING))
            .order_by(Delivery.not_before, Delivery.lane, Delivery.id)
            .limit(limit)
        )

    async def list_in_states(self, states: Sequence[DeliveryState], limit: int = 500) -> Sequence[Delivery]:
        return await self._list(
            select(Delivery)
            .where(Delivery.state.in_(list(states)))
            .order_by(Delivery.not_before, Delivery.id)
            .limit(limit)
        )

    async def list_series(self, series: str) -> Sequence[Delivery]:
        return await self._list(
            select(Delivery).where(Delivery.series == series).order_by(Delivery.not_before, Delivery.id)
        )

    async def count_by_state(self) -> dict[str, int]:
        query = select(Delivery.state, func.count()).group_by(Delivery.state).order_by(Delivery.state)
        return {state.value: count for state, count in (await self._session.execute(query)).all()}

    async def count_series(self, series: str) -> Sequence[tuple[DeliveryState, str, int]]:
        """How many messages of a series stand in each state, by reason."""
        query = (
            select(Delivery.state, Delivery.reason, func.count())
            .where(Delivery.series == series)
            .group_by(Delivery.state, Delivery.reason)
            .order_by(Delivery.state, Delivery.reason)
        )
        return [(state, reason, count) for state, reason, count in (await self._session.execute(query)).all()]

    async def next_of_series_at(self, series: str) -> datetime | None:
        """When the next waiting message of a series is due; None when none waits."""
        query = select(func.min(Delivery.not_before)).where(
            Delivery.series == series, Delivery.state.in_(_WAITING)
        )
        found: datetime | None = (await self._session.execute(query)).scalar_one()
        return found

    async def list_waiting_for(self, person_id: str) -> Sequence[Delivery]:
        """What is owed to one person in private and has not gone out."""
        return await self._list(
            select(Delivery)
            .where(Delivery.person_id == person_id, Delivery.state.in_(_WAITING))
            .order_by(Delivery.not_before, Delivery.id)
        )

    async def list_files(self, kind: str) -> Sequence[Delivery]:
        """The files of one kind that stand in Slack, oldest first."""
        return await self._list(
            select(Delivery)
            .where(
                Delivery.kind == kind, Delivery.state == DeliveryState.SENT, Delivery.slack_ts.is_not(None)
            )
            .order_by(Delivery.sent_at, Delivery.id)
        )

    async def release(self, recipients: Sequence[str], *, reason: str, now: datetime) -> None:
        """What was held back from these recipients for a reason is due now, and judged anew."""
        await self._session.execute(
            update(Delivery)
            .where(
                Delivery.recipient.in_(list(recipients)),
                Delivery.state == DeliveryState.DUE,
                Delivery.reason == reason,
                Delivery.not_before > now,
            )
            .values(not_before=now)
            .execution_options(synchronize_session=False)
        )

    async def cancel_series(self, series: str, *, reason: str, recipient: str | None = None) -> None:
        """Withdraw what has not gone out of a series."""
        query = update(Delivery).where(Delivery.series == series, Delivery.state.in_(_WAITING))
        if recipient is not None:
            query = query.where(Delivery.recipient == recipient)
        await self._session.execute(
            query.values(state=DeliveryState.CANCELLED, reason=reason).execution_options(
                synchronize_session=False
            )
        )

    async def mark_redraw(self, *, series: str, recipient: str | None = None) -> None:
        """What stands in Slack for this series no longer shows the present state; it is updated in place soon."""
        query = update(Delivery).where(
            Delivery.series == series, Delivery.state.in_([DeliveryState.SENT, DeliveryState.UNKNOWN])
        )
        if recipient is not None:
            query = query.where(Delivery.recipient == recipient)
        await self._session.execute(query.values(redraw=True).execution_options(synchronize_session=False))


class Conversations(Rows[Conversation]):
    table = Conversation

    async def remember(self, recipient: str, workspace_id: str, slack_channel_id: str, now: datetime) -> None:
        row = await self.find(recipient)
        if row is None:
            self.add(
                Conversation(
                    recipient=recipient,
                    workspace_id=workspace_id,
                    slack_channel_id=slack_channel_id,
                    opened_at=now,
                )
            )
        else:
            row.slack_channel_id, row.opened_at = slack_channel_id, now

    async def forget(self, recipient: str) -> None:
        row = await self.find(recipient)
        if row is not None:
            await self.remove(row)


class HandledPresses(Rows[Handled]):
    table = Handled

    async def purge(self, before: datetime) -> None:
        await self._session.execute(delete(Handled).where(Handled.handled_at < before))
