"""A session for people's calendars: links that open a filled-in entry, and an .ics file to download.

Neither is an invitation: nobody is asked to answer, and nothing can be withdrawn. Invitations go by e-mail.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from messages.voice import WordingError, clean, clip

TITLE_LIMIT = 150
URL_LIMIT = 3000  # Slack: address of a button
PRODUCT_ID = "-//Turnabout//Turnabout//EN"

_GOOGLE = "https://calendar.google.com/calendar/render"
_OUTLOOK = "https://outlook.office.com/calendar/0/deeplink/compose"
_OUTLOOK_COM = "https://outlook.live.com/calendar/0/deeplink/compose"
_UID = re.compile(r"[A-Za-z0-9._@-]{1,200}")


@dataclass(frozen=True)
class CalendarEntry:
    """One session as a calendar shows it.

    Attributes:
        uid: Ours, the same for every version of this entry; letters, digits and `._@-`.
        title: One line; clipped to 150 characters, so that it fits into any link.
        start: Aware instant.
        end: Aware instant, after `start`.
        description: Several lines are fine.
        location: A room or a link to a call; may be empty.
        sequence: 0, and one more for each version that moves the entry.

    Raises:
        WordingError: for a naive or reversed time, or an uid that could break out of its line.
    """

    uid: str
    title: str
    start: datetime
    end: datetime
    description: str = ""
    location: str = ""
    sequence: int = 0

    def __post_init__(self) -> None:
        if not _UID.fullmatch(self.uid):
            raise WordingError("an uid must be 1 to 200 letters, digits and ._@-")
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise WordingError("an entry's times must be aware")
        if self.end <= self.start:
            raise WordingError(f"an entry must end after it starts, got {self.start} to {self.end}")
        if self.sequence < 0:
            raise WordingError(f"sequence must be 0 or more, got {self.sequence}")
        object.__setattr__(self, "title", clip(" ".join(clean(self.title).split()), TITLE_LIMIT))
        object.__setattr__(self, "location", " ".join(clean(self.location).split()))
        object.__setattr__(self, "description", clean(self.description).strip())


def google_link(entry: CalendarEntry) -> str:
    """A link that opens a filled-in entry in Google Calendar, at most 3000 characters long."""
    fields = {
        "action": "TEMPLATE",
        "text": entry.title,
        "dates": f"{_compact(entry.start)}/{_compact(entry.end)}",
    }
    return _fitting(_GOOGLE, fields, {"details": entry.description, "location": entry.location})


def outlook_link(entry: CalendarEntry) -> str:
    """A link that opens a filled-in entry in Outlook of a work account, at most 3000 characters long."""
    return _outlook(_OUTLOOK, entry)


def outlook_com_link(entry: CalendarEntry) -> str:
    """A link that opens a filled-in entry in a private Outlook.com account, at most 3000 characters long."""
    return _outlook(_OUTLOOK_COM, entry)


def ics_file(entry: CalendarEntry, stamp: datetime) -> bytes:
    """An .ics file with this one entry, to be opened from a download.

    Published, not requested: without organizer and attendees, because a calendar must not offer to answer. Times
    are in UTC, which spares readers a wrong zone table. No alarm: people have their own.

    Args:
        entry: The session.
        stamp: When this version was made; not read from a clock, so that the same facts give the same file.

    Source: RFC 5545; RFC 5546, section 3.2.1.
    """
    # Loaded late: only a press on the button needs it.
    from icalendar import Calendar, Event  # noqa: PLC0415 -- see above

    if stamp.tzinfo is None:
        raise WordingError("a stamp must be aware")
    calendar = Calendar()
    calendar.add("prodid", PRODUCT_ID)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", _second(stamp))
    event.add("dtstart", _second(entry.start))
    event.add("dtend", _second(entry.end))
    event.add("summary", entry.title)
    if entry.description:
        event.add("description", entry.description)
    if entry.location:
        event.add("location", entry.location)
    event.add("status", "CONFIRMED")
    event.add("transp", "OPAQUE")
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def ics_name(entry: CalendarEntry) -> str:
    """A file name that every system takes and a person knows again: the title in plain letters, else the uid's."""
    plain = unicodedata.normalize("NFKD", entry.title).encode("ascii", "ignore").decode()
    for text in (plain, entry.uid):
        name = re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")[:60].rstrip("-")
        if name:
            return name + ".ics"
    return "session.ics"


def _outlook(base: str, entry: CalendarEntry) -> str:
    fields = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": entry.title,
        "startdt": f"{_second(entry.start):%Y-%m-%dT%H:%M:%SZ}",
        "enddt": f"{_second(entry.end):%Y-%m-%dT%H:%M:%SZ}",
    }
    return _fitting(base, fields, {"body": entry.description, "location": entry.location})


def _fitting(base: str, fields: dict[str, str], cuttable: dict[str, str]) -> str:
    """The address with as much of the cuttable fields, the first one first to go, as the limit leaves room for."""
    address = _address(base, fields | cuttable)
    for name, text in cuttable.items():
        kept = text
        while len(address) > URL_LIMIT and kept:
            # A character takes at most twelve in an address; cutting by that many keeps the rounds few.
            kept = kept[: -max(1, (len(address) - URL_LIMIT) // 12)].rstrip()
            cuttable = cuttable | {name: f"{kept}…" if kept else ""}
            address = _address(base, fields | cuttable)
    return address


def _address(base: str, fields: dict[str, str]) -> str:
    # `quote`, not `quote_plus`: Outlook shows a plus where a space was meant.
    given = {name: value for name, value in fields.items() if value}
    return f"{base}?{urlencode(given, quote_via=quote, safe='')}"


def _compact(instant: datetime) -> str:
    return f"{_second(instant):%Y%m%dT%H%M%SZ}"


def _second(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(microsecond=0)
