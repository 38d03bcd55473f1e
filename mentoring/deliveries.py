"""Deliveries: one message owed to one conversation, the table of their kinds, and what may happen to one.

The table says per kind what to do when Slack's answer is unknown, when the message is too old to be useful, whether it
counts against a person's budget, and why it exists. Putting a kind into words is the job of `messages`.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta


class DeliveryState(enum.StrEnum):
    """Where a delivery stands; each change is guarded by (id, fence, state)."""

    PLANNED = "planned"  # owed, not before a moment in the future
    DUE = "due"  # may go out as soon as the sender gets to it
    CLAIMED = "claimed"  # a sender holds it; the call has not begun
    SENDING = "sending"  # the call may have begun
    SENT = "sent"  # a copy stands in Slack
    UNKNOWN = "unknown"  # Slack may or may not have accepted it
    PARKED = "parked"  # a person has to decide
    DEAD = "dead"  # cannot be delivered; kept for the operator
    SKIPPED = "skipped"  # not sent, with a reason
    CANCELLED = "cancelled"  # withdrawn before it went out
    MOOT = "moot"  # answered elsewhere before it was confirmed


TERMINAL = frozenset(
    {
        DeliveryState.SENT,
        DeliveryState.PARKED,
        DeliveryState.DEAD,
        DeliveryState.SKIPPED,
        DeliveryState.CANCELLED,
        DeliveryState.MOOT,
    }
)
OPEN = frozenset(DeliveryState) - TERMINAL


class Policy(enum.StrEnum):
    """What to do when nobody can tell whether Slack accepted a message."""

    SURE = "sure"  # must arrive: wait for evidence, then one repeat that says it may be a second copy
    UNTIL_OPENED = "until_opened"  # like sure, and repeated each working day until it is opened
    ONCE = "once"  # may be missed without harm: never repeated
    ASK = "ask"  # a person looks in the channel and decides


class Lane(enum.IntEnum):
    """The order in which due deliveries leave."""

    ANSWER = 0  # somebody just pressed something and waits
    DUE = 1  # a step of the cadence that is due today
    BULK = 2  # a round, an announcement


class Cause(enum.StrEnum):
    """Why an outcome is unknown."""

    TIMEOUT = "timeout"
    DROPPED = "dropped"
    CUT = "cut"  # the reply was cut or was not JSON
    SERVER = "server"  # 5xx or an error by which Slack says the fault was its own
    DIED = "died"  # our process ended between asking and writing it down


@dataclass(frozen=True, slots=True)
class DeliveryKind:
    """One row of the table of kinds.

    Attributes:
        name: stored with each delivery; never changes.
        policy: what an unknown outcome means.
        stale_after: age after its due moment at which it is no longer useful; None if it never goes stale.
        budgeted: whether it counts as an unsolicited message (at most one per person per week).
        in_hours: whether it waits for the reader's working hours; replies to a press and channel posts do not.
        purpose: one sentence for "Why this".
        lane: where it queues.
        while_paused: whether it may reach a person who is paused or away.
        series_latest_only: of several due ones of a series only the newest is still useful.
        ends: tells two people that something they shared no longer stands; it goes out although one of them left.
        outlasts_pauses: a pause prolongs it, so that it is told when the pause is over, however long that is.
        facts: the shape of the facts it is rendered from.
    """

    name: str
    policy: Policy
    purpose: str
    stale_after: timedelta | None
    budgeted: bool = False
    in_hours: bool = True
    lane: Lane = Lane.DUE
    while_paused: bool = False
    series_latest_only: bool = True
    ends: bool = False
    outlasts_pauses: bool = False
    facts: str = "person"


_DAY = timedelta(days=1)
_TWO_WEEKS = timedelta(days=14)

_KINDS = (
    DeliveryKind(
        "participation.joined",
        Policy.ONCE,
        "You joined the program and this is the receipt.",
        stale_after=timedelta(days=2),
        in_hours=False,
        lane=Lane.ANSWER,
    ),
    DeliveryKind(
        "privacy.export",
        Policy.SURE,
        "You asked for a copy of your data.",
        stale_after=timedelta(days=2),
        in_hours=False,
        lane=Lane.ANSWER,
        while_paused=True,
        facts="export",
    ),
    DeliveryKind(
        "pause.over",
        Policy.ONCE,
        "You asked for a pause, and it has ended.",
        stale_after=timedelta(days=5),
    ),
    # Rounds and proposals. A proposal's own window says how long it is useful; the loader looks.
    DeliveryKind(
        "round.card",
        Policy.ONCE,
        "You asked for the round of the program that you coordinate.",
        stale_after=timedelta(days=1),
        in_hours=False,
        lane=Lane.ANSWER,
        while_paused=True,
        facts="round",
    ),
    DeliveryKind(
        "proposal.question",
        Policy.SURE,
        "You take part, and there is a possible pair for you.",
        stale_after=None,
        lane=Lane.BULK,
        facts="proposal",
    ),
    DeliveryKind(
        "proposal.reminder",
        Policy.ONCE,
        "A possible pair waits for your answer; you are reminded once.",
        stale_after=timedelta(days=2),
        facts="proposal",
    ),
    DeliveryKind(
        "proposal.closed",
        Policy.SURE,
        "You said yes to a possible pair, and you should not be left without a word.",
        stale_after=_TWO_WEEKS,
        facts="proposal",
        outlasts_pauses=True,
    ),
    DeliveryKind(
        "setup.channel_home",
        Policy.ASK,
        "This channel is the home of the program.",
        stale_after=timedelta(days=1),
        lane=Lane.ANSWER,
        facts="program",
    ),
    # A pair's life.
    DeliveryKind(
        "introduction",
        Policy.SURE,
        "You both said yes to meeting each other.",
        stale_after=_TWO_WEEKS,
        facts="session",
    ),
    DeliveryKind(
        "trial.nudge",
        Policy.ONCE,
        "Your first chat has no date yet.",
        stale_after=timedelta(days=2),
        facts="session",
    ),
    DeliveryKind(
        "trial.question",
        Policy.SURE,
        "After the trial, each of you is asked alone whether to go on.",
        stale_after=_TWO_WEEKS,
        facts="pair",
    ),
    DeliveryKind(
        "trial.agreed",
        Policy.SURE,
        "You both said that you want to go on.",
        stale_after=_TWO_WEEKS,
        facts="session",
    ),
    DeliveryKind(
        "session.time",
        Policy.ONCE,
        "It is time to find a date for your next session.",
        stale_after=timedelta(days=4),
        facts="session",
    ),
    DeliveryKind(
        "session.nudge",
        Policy.ONCE,
        "Your next session has no date yet.",
        stale_after=timedelta(days=2),
        facts="session",
    ),
    DeliveryKind(
        "session.confirm",
        Policy.SURE,
        "One of you suggested a time, and the other confirms it.",
        stale_after=timedelta(days=7),
        facts="session",
    ),
    DeliveryKind(
        "session.cancelled",
        Policy.SURE,
        "A time that you both knew no longer stands.",
        stale_after=timedelta(days=7),
        facts="session",
        ends=True,
    ),
    DeliveryKind(
        "session.calendar_file",
        Policy.ONCE,
        "You agreed on a time, and this file puts it into a calendar.",
        stale_after=timedelta(days=2),
        facts="session",
    ),
    DeliveryKind(
        "session.agenda",
        Policy.ONCE,
        "It prepares you for your next session.",
        stale_after=None,
        facts="session",
    ),
    DeliveryKind(
        "session.reminder",
        Policy.ONCE,
        "Your next session is near.",
        stale_after=None,
        facts="session",
    ),
    DeliveryKind(
        "check_in.question",
        Policy.ONCE,
        "Each of you is asked alone, after each planned session, how it went.",
        stale_after=timedelta(days=10),
        facts="session",
    ),
    DeliveryKind(
        "check_in.thanks",
        Policy.ONCE,
        "Somebody wants to thank you.",
        stale_after=timedelta(days=10),
        budgeted=True,
        series_latest_only=False,
        facts="session",
    ),
    DeliveryKind(
        "pair.quiet",
        Policy.ONCE,
        "Nothing was planned or answered in your pair for a while.",
        stale_after=timedelta(days=10),
        budgeted=True,
        facts="pair",
    ),
    DeliveryKind(
        "pair.ended",
        Policy.SURE,
        "Your pair has come to an end.",
        stale_after=_TWO_WEEKS,
        facts="pair",
        outlasts_pauses=True,
    ),
    DeliveryKind(
        "pair.closed",
        Policy.SURE,
        "Your time as a pair is complete.",
        stale_after=_TWO_WEEKS,
        facts="pair",
        outlasts_pauses=True,
    ),
    # Concerns. One is owed until it is opened, and never goes stale.
    DeliveryKind(
        "concern.waiting",
        Policy.UNTIL_OPENED,
        "You accepted to take messages in confidence.",
        stale_after=None,
        while_paused=True,
        facts="concern",
    ),
    # Announcements.
    DeliveryKind(
        "announcement.preview",
        Policy.ONCE,
        "You wrote an announcement and see it first; its report stands here too.",
        stale_after=_DAY,
        in_hours=False,
        lane=Lane.ANSWER,
        while_paused=True,
        facts="announcement",
    ),
    DeliveryKind(
        "announcement.post",
        Policy.ASK,
        "A coordinator announced something to everybody in this channel.",
        stale_after=_DAY,
        in_hours=False,
        facts="announcement",
    ),
    DeliveryKind(
        "announcement.message",
        Policy.ONCE,
        "You take part, and a coordinator announced something.",
        # The weekly budget may hold one for seven days; after that it is news no more.
        stale_after=timedelta(days=8),
        budgeted=True,
        lane=Lane.BULK,
        facts="announcement",
    ),
)

KINDS: dict[str, DeliveryKind] = {kind.name: kind for kind in _KINDS}


def kind_named(name: str) -> DeliveryKind | None:
    """The row for a stored kind, or None when a newer release wrote it."""
    return KINDS.get(name)


FIRST_RETRY = timedelta(seconds=30)
LONGEST_RETRY = timedelta(hours=1)
MAX_ATTEMPTS = 12
CLAIM_LEASE = timedelta(seconds=60)
EVIDENCE_WAIT = timedelta(minutes=10)
EVIDENCE_WAIT_DIED = timedelta(hours=24)
MAX_RENDER_FAILURES = 3


def retry_at(now: datetime, attempt: int, *, jitter: float) -> datetime | None:
    """When to try again after the `attempt`-th failure (1 = first) that surely sent nothing; None to give up.

    min(30 s * 2^n, 1 h), spread by up to 20 % either way.

    Args:
        now: the moment of the failure.
        attempt: failures so far, this one included.
        jitter: a number in 0..1 that the caller draws.
    """
    if attempt >= MAX_ATTEMPTS:
        return None
    wait: timedelta = min(FIRST_RETRY * 2 ** (attempt - 1), LONGEST_RETRY)
    return now + wait * (0.8 + 0.4 * jitter)


@dataclass(frozen=True, slots=True)
class Resend:
    """Send it once more, with a line that it may be a second copy."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Leave it unknown until a moment; evidence may still come."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Park:
    """A person decides."""

    reason: str


@dataclass(frozen=True, slots=True)
class Skip:
    """Never repeated; counted as unconfirmed."""

    reason: str


UnknownVerdict = Resend | Wait | Park | Skip


def after_unknown(
    policy: Policy, cause: Cause, *, unknown_since: datetime, copies: int, now: datetime
) -> UnknownVerdict:
    """What follows when Slack may or may not have accepted a message.

    Args:
        policy: the kind's.
        cause: why the outcome is unknown.
        unknown_since: when it became unknown.
        copies: calls whose outcome is unknown, this one included (1 or 2).
        now: the present moment.
    """
    if policy is Policy.ONCE:
        return Skip("unconfirmed")
    if policy is Policy.ASK:
        return Park("look in the channel: it is there, or send it again")
    wait = EVIDENCE_WAIT_DIED if cause is Cause.DIED else EVIDENCE_WAIT
    if now < unknown_since + wait:
        return Wait(unknown_since + wait)
    if copies >= 2 and policy is Policy.SURE:
        return Park("two calls without a clear answer")
    return Resend()


def is_stale(expires_at: datetime | None, *, now: datetime) -> bool:
    """A message past its moment of use is dropped rather than sent late."""
    return expires_at is not None and now >= expires_at
