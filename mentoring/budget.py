"""May a message go out now? Consent, pause, working hours, holidays, staleness and the weekly budget, in that order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mentoring.calendar import WorkingTime, may_go_out_at
from mentoring.deliveries import is_stale

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from mentoring.deliveries import DeliveryKind

BUDGET_WINDOW = timedelta(days=7)
FEWER_WINDOW = timedelta(days=14)
"""Whoever asked for fewer gets at most one unsolicited message in this time."""
PAUSED = "paused"
"""The reason of what a pause holds back; it is let go when the pause ends early."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person a message would reach.

    Attributes:
        works: when they work; holidays and absence included.
        agreed: they opted in, accepted a named role, or just pressed something.
        reachable: active in Slack, not erased, not gone from the workspace.
        paused_until: last day of their pause, in their own zone; None when not paused.
        unsolicited_at: when unsolicited messages reached them in the last two weeks.
        fewer: they asked for fewer.
    """

    works: WorkingTime
    agreed: bool
    reachable: bool
    paused_until: date | None = None
    unsolicited_at: Sequence[datetime] = ()
    fewer: bool = False


@dataclass(frozen=True, slots=True)
class Go:
    """It may go out now."""


@dataclass(frozen=True, slots=True)
class Snooze:
    """Not now; it may go out at a later moment."""

    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Drop:
    """Never: it would be unwelcome or useless."""

    reason: str


Verdict = Go | Snooze | Drop


def may_go(
    kind: DeliveryKind,
    recipients: Sequence[Recipient],
    *,
    expires_at: datetime | None,
    budgeted: bool,
    weekly_budget: int,
    now: datetime,
) -> Verdict:
    """Whether a message of this kind may go out now, and if not, when or why never.

    A channel post has no recipients: it goes out when it is due. A group DM waits for the hours its people share.
    """
    if is_stale(expires_at, now=now):
        return Drop("stale")
    if kind.ends:
        # Somebody who left or is gone is no longer waited for, and must not keep the other from hearing of it.
        recipients = [one for one in recipients if one.reachable and one.agreed] or recipients
    if any(not person.reachable for person in recipients):
        return Drop("unreachable")
    if any(not person.agreed for person in recipients):
        return Drop("without consent")
    until = _not_before(kind, recipients, budgeted=budgeted, weekly_budget=weekly_budget, now=now)
    if until is None:
        return Go()
    # A pause may be ended early, so what it holds back is judged when it is over.
    if until[1] != PAUSED and is_stale(expires_at, now=until[0]):
        return Drop(f"stale before it could go out ({until[1]})")
    return Snooze(*until)


def _not_before(
    kind: DeliveryKind, recipients: Sequence[Recipient], *, budgeted: bool, weekly_budget: int, now: datetime
) -> tuple[datetime, str] | None:
    if not kind.while_paused:
        for person in recipients:
            over = _pause_over(person, now)
            if over is not None:
                return over, PAUSED
    if kind.in_hours and recipients:
        calendars = [person.works for person in recipients]
        opens = may_go_out_at(now, calendars)
        if opens > now:
            return opens, "outside hours"
    if budgeted:
        for person in recipients:
            most, window = (1, FEWER_WINDOW) if person.fewer else (weekly_budget, BUDGET_WINDOW)
            recent = sorted(moment for moment in person.unsolicited_at if moment > now - window)
            if len(recent) >= most:
                return recent[-most] + window, "budget"
    return None


def _pause_over(person: Recipient, now: datetime) -> datetime | None:
    if person.paused_until is None:
        return None
    zone = person.works.zone
    if now.astimezone(zone).date() > person.paused_until:
        return None
    day_after = datetime.combine(person.paused_until + timedelta(days=1), datetime.min.time(), tzinfo=zone)
    return max(day_after.astimezone(now.tzinfo), now + timedelta(minutes=1))
