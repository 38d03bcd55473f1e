"""What must never happen in a played program, counted from what the stand-in saw and what the bot wrote down.

Hours and holidays are reckoned anew here, by the invented people's own calendars, not by the bot's rows.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from mentoring.calendar import WorkingTime, is_working, local_date
from mentoring.deliveries import OPEN, Lane, Policy, kind_named
from sandbox.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from pathlib import Path

    from bot.played import Record
    from sandbox.clock import Clock
    from sandbox.journal import Kind

NAMES = (
    "duplicate",
    "lost",
    "outside_hours",
    "over_budget",
    "without_consent",
    "while_paused",
    "invalid_payload",
    "late_ack",
    "unhandled_error",
    "stale",
)
LATEST_ACK_SECONDS = 3.0
_BUDGET_WINDOW = timedelta(days=7)
_INVALID = frozenset({"msg_too_long", "no_text", "too_many_attachments", "view_too_large", "block_mismatch"})
_DELIVERY = re.compile(r"delivery:([a-z0-9]+)")


@dataclass(frozen=True, slots=True)
class Post:
    """A message that the bot posted and that stands in the workspace, whatever the bot was told of it."""

    at: datetime
    conversation_id: str
    delivery_id: str


@dataclass(slots=True)
class Reader:
    """What is known of one person from what they did, not from the bot's rows.

    Attributes:
        works: when they work.
        acted_at: when they first turned to the bot.
        joined_at: when they joined; None for those who never did.
        left_at: when they left.
        has_role: whether they coordinate or hold a named role.
        pauses: from when until which day, included, they paused.
    """

    works: WorkingTime
    acted_at: datetime | None = None
    joined_at: datetime | None = None
    left_at: datetime | None = None
    has_role: bool = False
    pauses: list[tuple[datetime, date]] = field(default_factory=list)

    def agrees(self, at: datetime) -> bool:
        """Whether they take part, hold a role, or at least turned to the bot themselves and did not leave."""
        if self.has_role:
            return True
        if self.left_at is not None and at > self.left_at:
            return False
        return self.acted_at is not None

    def is_paused(self, at: datetime) -> bool:
        """Whether they paused at that moment."""
        today = local_date(at, self.works.zone)
        return any(since < at and today <= until for since, until in self.pauses)


class WatchedJournal(Journal):
    """A journal that notes posts, refused payloads and late answers as they pass, and hashes what both engines share.

    Args:
        clock: gives each line its moment
        path: a file that is written anew, line by line
    """

    def __init__(self, clock: Clock, *, path: Path | None = None) -> None:
        super().__init__(clock, path=path, keep=False)
        self._watched_clock = clock
        self._log = hashlib.sha256()
        self._waiting: list[float] = []
        self.posts: list[Post] = []
        self.invalid_payload = 0
        self.late_ack = 0
        self.on_change: Callable[[str], None] = lambda _: None
        """Called with the conversation in which something was posted or redrawn."""

    def write(
        self,
        kind: Kind,
        method: str,
        args: Any,
        answer: Any = None,
        *,
        person: str | None = None,
        at: datetime | None = None,
    ) -> None:
        """Add one line, and look at it."""
        super().write(kind, method, args, answer, person=person, at=at)
        now = at or self._watched_clock.now()
        line = json.dumps([person, now.isoformat(), kind, method, args], sort_keys=True)
        self._log.update((line.replace(self._address, "") if self._address else line).encode())
        if kind == "call":
            self._look_at_call(method, args, answer, now)
        elif kind == "envelope" and "fault" not in args:
            self._waiting.append(time.perf_counter())
        elif kind == "ack" and self._waiting:
            late = time.perf_counter() - self._waiting.pop(0) > LATEST_ACK_SECONDS
            self.late_ack += late or answer is None

    def log_sha256(self) -> str:
        """Return the hash over person, moment, kind, method and arguments of all lines so far."""
        return self._log.hexdigest()

    def _look_at_call(self, method: str, args: Any, answer: Any, now: datetime) -> None:
        body = answer.get("body") if isinstance(answer, dict) and "fault" in answer else answer
        if not isinstance(body, dict):
            return
        if not body.get("ok"):
            code = str(body.get("error", ""))
            self.invalid_payload += code in _INVALID or (
                code.startswith("invalid") and code != "invalid_auth"
            )
            return
        if method not in {"chat.postMessage", "chat.update"}:
            return
        channel = str(args["channel"])
        if method == "chat.postMessage":
            found = _DELIVERY.search(json.dumps(args))
            self.posts.append(Post(now, str(body.get("channel", channel)), found[1] if found else ""))
        self.on_change(str(body.get("channel", channel)))


def count(
    record: Record,
    journal: WatchedJournal,
    readers: Mapping[str, Reader],
    alone: Mapping[str, str],
    unhandled: int,
    now: datetime,
) -> dict[str, int]:
    """Return the breaches of each invariant.

    Args:
        record: what the bot wrote down
        journal: what the stand-in saw
        readers: everybody, by Slack id
        alone: the reader of each conversation that is a DM
        unhandled: errors that nobody handled, from the logs
        now: the end
    """
    found = dict.fromkeys(NAMES, 0)
    found["invalid_payload"], found["late_ack"] = journal.invalid_payload, journal.late_ack
    found["unhandled_error"] = unhandled
    rows = {row.id: row for row in record.deliveries}
    found["lost"] = sum(row.state in OPEN and row.not_before <= now for row in record.deliveries)
    found["stale"] = sum(
        row.sent_at is not None and row.expires_at is not None and row.sent_at >= row.expires_at
        for row in record.deliveries
    )
    unsolicited: dict[str, datetime] = {}
    copies: Counter[str] = Counter()
    for post in journal.posts:
        row = rows.get(post.delivery_id)
        kind = kind_named(row.kind) if row is not None else None
        if row is None or kind is None:
            continue
        copies[row.id] += 1
        most = {Policy.SURE: 2, Policy.UNTIL_OPENED: None}.get(kind.policy, 1)
        found["duplicate"] += most is not None and copies[row.id] > most
        reader = readers.get(alone.get(post.conversation_id, ""))
        if reader is None:
            continue
        found["outside_hours"] += kind.in_hours and not is_working(reader.works, post.at)
        found["without_consent"] += not reader.agrees(post.at) and kind.lane is not Lane.ANSWER
        found["while_paused"] += not kind.while_paused and reader.is_paused(post.at)
        if row.is_budgeted:
            before = unsolicited.get(post.conversation_id)
            found["over_budget"] += before is not None and post.at - before < _BUDGET_WINDOW
            unsolicited[post.conversation_id] = post.at
    return found
