"""Reads the people of a program from the text of a CSV file: values, and every fault by line. No file is opened here.

Spreadsheets differ in encoding, delimiter and headings; what was guessed is part of the answer, so that it can be
shown. A file with one fault gives no people at all.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import time, timedelta
from typing import TYPE_CHECKING, TypeVar

from mentoring.calendar import WorkingTime, named_zone, week_mask
from mentoring.errors import CalendarError
from mentoring.matching.model import Candidate, reporting_chain
from mentoring.participants import Role, capacities, starting_roles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from mentoring.matching.model import MatchingSettings, Rating

T = TypeVar("T")

REQUIRED = ("id", "name", "level", "can_share", "wants_to_learn")
HIGHEST_LEVEL = 5
HIGHEST_RATING = 5
MOST_PAIRS = 3
LONGEST_CELL = 200

# What people call the columns, beside our own names; compared in small letters, words joined by "_".
_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "id": ("person_id", "employee_id", "user_id", "staff_id", "personnel_number"),
    "name": ("full_name", "display_name", "person", "employee"),
    "email": ("e_mail", "mail", "email_address", "e_mail_address", "work_email"),
    "department": ("dept", "team", "division", "function", "business_unit"),
    "site": ("location", "office", "city", "place"),
    "level": ("reach", "decision_level"),
    "timezone": ("time_zone", "tz", "zone"),
    "work_start": ("start", "starts", "workday_start", "working_from", "from"),
    "work_end": ("end", "ends", "workday_end", "working_until", "until"),
    "languages": ("language", "speaks"),
    "role": ("roles", "takes_part_as"),
    "can_share": ("shares", "share", "offers", "topics_to_share", "can_teach"),
    "wants_to_learn": ("wants", "learn", "learns", "topics_to_learn", "wishes"),
    "pairs": ("number_of_pairs", "max_pairs", "capacity"),
    "do_not_pair": ("not_with", "do_not_pair_with"),
    "manager": ("manager_id", "reports_to", "line_manager", "supervisor", "boss"),
}
_FIELD_OF = {heading: name for name, others in _HEADINGS.items() for heading in (name, *others)}
COLUMNS = tuple(_HEADINGS)
"""Every column that is read, in the order of a written file."""

_PLACES = {name: place for place, name in enumerate(COLUMNS)}

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
_ROLES = {
    "mentor": frozenset({Role.MENTOR}),
    "mentee": frozenset({Role.MENTEE}),
    "both": frozenset(Role),
    "mentor;mentee": frozenset(Role),
    "mentee;mentor": frozenset(Role),
    "none": frozenset[Role](),
    "-": frozenset[Role](),
}
_ENGLISH = frozenset({"en"})
_NO_NAMES: frozenset[str] = frozenset()
_NOBODY = frozenset({"none", "nobody", "-"})
_CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?(?::00)?\s*(am|pm)?", re.IGNORECASE)
_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # noqa: RUF001 -- wide signs start a formula as well


@dataclass(frozen=True, slots=True)
class LineFault:
    """One thing wrong in one line: where, and a sentence with the value got and what is allowed. Line 1 is first."""

    line: int
    column: str
    text: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.text}"


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One line of the file, read. An empty cell has the value of somebody about whom nothing is known."""

    line: int
    id: str
    name: str
    level: int
    email: str = ""
    department: str = ""
    site: str = ""
    timezone: str = "UTC"
    work_start: time = time(9)
    work_end: time = time(17)
    languages: frozenset[str] = frozenset({"en"})
    roles: frozenset[Role] | None = None
    """None where the file leaves it to level and topics; empty for somebody who is there for the reporting lines."""
    can_share: Mapping[str, Rating] = field(default_factory=dict)
    wants_to_learn: Mapping[str, Rating] = field(default_factory=dict)
    pairs: int = 1
    do_not_pair: frozenset[str] = frozenset()
    manager_id: str | None = None


@dataclass(frozen=True, slots=True)
class PeopleFile:
    """What a file holds, or what is wrong with it, and how it was read.

    Attributes:
        people: In the order of the file; empty if there is any fault.
        faults: Everything wrong, in the order of the lines.
        notes: What a reader should know though it is no fault.
        encoding: As guessed, in the words of a person.
        delimiter: `comma`, `semicolon` or `tab`, as guessed.
        columns: Our name to the heading in the file.
        unread: Headings that mean nothing to us.
        is_org_known: Every reporting line is in the file.
    """

    people: tuple[PersonRow, ...]
    faults: tuple[LineFault, ...]
    notes: tuple[str, ...]
    encoding: str
    delimiter: str
    columns: Mapping[str, str]
    unread: tuple[str, ...]
    is_org_known: bool


def read_people(data: bytes | str, *, is_org_needed: bool = True) -> PeopleFile:
    """The people of a CSV file, or every fault by line.

    Args:
        data: The file as it is, or its text.
        is_org_needed: A manager who is not in the file is a fault; else it is a note.
    """
    text, encoding = (data, "text") if isinstance(data, str) else decode(data)
    if text is None:
        fault = LineFault(1, "", "this is no text file; save it as CSV (UTF-8)")
        return PeopleFile((), (fault,), (), encoding, "", {}, (), is_org_known=False)
    return _Reader(text, encoding, is_org_needed=is_org_needed).read()


def decode(data: bytes) -> tuple[str | None, str]:
    """The text of a file and the name of its encoding: by its mark, else by what fits; None if nothing does."""
    marks = (
        (codecs.BOM_UTF8, "utf-8-sig", "UTF-8 with a mark"),
        (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
        (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
    )
    tries = [(codec, name) for mark, codec, name in marks if data.startswith(mark)]
    if not tries:
        # Every other byte of plain UTF-16 is zero, and no other text holds zeros.
        start = data[:200]
        if start[1::2].count(0) * 4 > len(start):
            tries = [("utf-16-le", "UTF-16 without a mark")]
        elif start[::2].count(0) * 4 > len(start):
            tries = [("utf-16-be", "UTF-16 without a mark")]
        else:
            tries = [("utf-8", "UTF-8"), ("cp1252", "Windows-1252")]
    for codec, name in tries:
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, name
    return None, "unknown"


def safe_cell(value: str) -> str:
    """The value with a quote before it if a spreadsheet would run it as a formula; reading takes the quote off."""
    bare = value.lstrip()
    return f"'{value}" if bare.startswith(_FORMULA_STARTS) or value[:1] in {"\t", "\r", "\n"} else value


def _plain_cell(value: str) -> str:
    """A cell's value: without blanks around it and without the quote of `safe_cell`."""
    cell = value.strip()
    bare = cell[1:].lstrip()
    return bare if cell.startswith("'") and bare.startswith(_FORMULA_STARTS) else cell


class _Reader:
    """One reading of one text."""

    def __init__(self, text: str, encoding: str, *, is_org_needed: bool) -> None:
        self.encoding, self.is_org_needed = encoding, is_org_needed
        self.faults: list[LineFault] = []
        self.notes: list[str] = []
        self.skipped, self.text = _without_separator_line(text)
        self.delimiter = _guess_delimiter(self.text)

    def read(self) -> PeopleFile:
        columns: dict[str, str] = {}
        unread: tuple[str, ...] = ()
        rows: list[PersonRow] = []
        is_org_known = False
        lines = self._lines()
        first = next(lines, None)
        if first is None:
            if not self.faults:
                self._fault(1, "", f"the file is empty; its first line must name {', '.join(REQUIRED)}")
        else:
            places, columns, unread = self._headings(*first)
            if all(name in places for name in REQUIRED):
                rows = [self._row(line, cells, places, len(first[1])) for line, cells in lines]
                self._check_ids(rows)
                rows, is_org_known = self._refer(rows, places)
                self._note(rows, places)
                if not rows and not self.faults:
                    self._fault(first[0], "", "the file holds no people, only headings")
        self.faults.sort(key=lambda fault: (fault.line, _PLACES.get(fault.column, -1)))
        return PeopleFile(
            people=() if self.faults else tuple(rows),
            faults=tuple(self.faults),
            notes=tuple(self.notes),
            encoding=self.encoding,
            delimiter=_DELIMITERS[self.delimiter],
            columns=columns,
            unread=unread,
            is_org_known=is_org_known and not self.faults,
        )

    def _fault(self, line: int, column: str, text: str) -> None:
        self.faults.append(LineFault(line, column, text))

    def _lines(self) -> Iterator[tuple[int, list[str]]]:
        """Lines that hold anything, with the number of the line each starts on."""
        reader = csv.reader(io.StringIO(self.text, newline=""), delimiter=self.delimiter, strict=True)
        while True:
            line = reader.line_num + 1 + self.skipped
            try:
                cells = next(reader, None)
            except csv.Error as error:
                self._fault(
                    line, "", f"this line and those after it cannot be read ({error}); look for a stray quote"
                )
                return
            if cells is None:
                return
            if any(cell.strip() for cell in cells):
                yield line, [_plain_cell(cell) for cell in cells]

    def _headings(
        self, line: int, cells: Sequence[str]
    ) -> tuple[dict[str, int], dict[str, str], tuple[str, ...]]:
        """Where each column stands, what it is called there, and headings that mean nothing to us."""
        places: dict[str, int] = {}
        columns: dict[str, str] = {}
        unread: list[str] = []
        for place, heading in enumerate(cells):
            name = _FIELD_OF.get(_normal(heading))
            if name is None:
                unread += [heading] if heading else []
            elif name in places:
                self._fault(
                    line, name, f"{columns[name]!r} and {heading!r} both mean {name}; keep one of them"
                )
            else:
                places[name], columns[name] = place, heading
        missing = [name for name in REQUIRED if name not in places]
        if missing:
            found = ", ".join(repr(heading) for heading in cells if heading)
            self._fault(line, "", f"no column for {', '.join(missing)}; the headings are {found}")
        return places, columns, tuple(unread)

    def _row(self, line: int, cells: Sequence[str], places: Mapping[str, int], width: int) -> PersonRow:
        if any(cells[width:]):
            text = f"{len(cells)} cells under {width} headings; put a cell that holds the delimiter in quotes"
            self._fault(line, "", text)
        cell = {name: cells[place] if place < len(cells) else "" for name, place in places.items()}

        def read(name: str, reader: Callable[[str], T], empty: T) -> T:
            """A cell's value; for a fault, which is noted, and for an empty cell the empty value."""
            raw = cell.get(name, "")
            if not raw:
                return empty
            try:
                return reader(raw)
            except CalendarError as error:
                self._fault(line, name, str(error))
            except ValueError as error:
                self._fault(line, name, f"{name} {error}")
            return empty

        for name in ("id", "level"):
            if not cell[name]:
                self._fault(line, name, f"{name} is empty")
        start, end = read("work_start", _read_clock, time(9)), read("work_end", _read_clock, time(17))
        if start == end:
            self._fault(line, "work_end", f"work_end must differ from work_start, got {end:%H:%M} for both")
        return PersonRow(
            line=line,
            id=read("id", _read_text, ""),
            name=read("name", _read_text, cell["id"]),
            level=read("level", _read_level, 0),
            email=read("email", _read_email, ""),
            department=read("department", _read_text, ""),
            site=read("site", _read_text, ""),
            timezone=read("timezone", _read_zone, "UTC"),
            work_start=start,
            work_end=end,
            languages=read("languages", _read_languages, _ENGLISH),
            roles=read("role", _read_role, None),
            can_share=read("can_share", _read_topics, {}),
            wants_to_learn=read("wants_to_learn", _read_topics, {}),
            pairs=read("pairs", _read_pairs, 1),
            do_not_pair=read("do_not_pair", _read_names, _NO_NAMES),
            manager_id=read("manager", _read_text, "") or None,
        )

    def _check_ids(self, rows: Sequence[PersonRow]) -> None:
        first: dict[str, int] = {}
        for row in rows:
            if row.id in first:
                self._fault(row.line, "id", f"id {row.id!r} stands on line {first[row.id]} already")
            if row.id:
                first.setdefault(row.id, row.line)

    def _refer(self, rows: Sequence[PersonRow], places: Mapping[str, int]) -> tuple[list[PersonRow], bool]:
        """Rows whose managers and private lists are ids of this file, and whether every reporting line is known."""
        ids = {row.id for row in rows if row.id}
        by_mail: dict[str, list[str]] = {}
        for row in rows:
            if row.email:
                by_mail.setdefault(row.email.casefold(), []).append(row.id)
        referred = []
        strangers = 0
        for row in rows:
            for other in sorted(row.do_not_pair - ids):
                self._fault(row.line, "do_not_pair", f"do_not_pair names {other!r}, who is not in this file")
            manager = row.manager_id
            if manager is not None and manager not in ids and manager.casefold() not in _NOBODY:
                named = by_mail.get(manager.casefold(), [])
                if len(named) != 1:
                    strangers += 1
                    if self.is_org_needed:
                        self._fault(row.line, "manager", _stranger(manager, len(named)))
                manager = named[0] if len(named) == 1 else None
            if manager == row.id:
                self._fault(row.line, "manager", f"manager {manager!r} is the person themselves")
            manager = manager if manager in ids else None
            referred.append(replace(row, manager_id=manager, do_not_pair=row.do_not_pair - {row.id}))
        self._check_circles(referred)
        if strangers and not self.is_org_needed:
            self.notes.append(f"{_people(strangers)} with a manager who is not in this file")
        return referred, "manager" in places and not strangers

    def _check_circles(self, rows: Sequence[PersonRow]) -> None:
        manager_of = {row.id: row.manager_id for row in rows}
        seen: set[str] = set()
        for row in rows:
            path: dict[str, None] = {}  # in the order walked
            step: str | None = row.id
            while step is not None and step not in seen and step not in path:
                path[step] = None
                step = manager_of.get(step)
            if step in path:
                walked = list(path)
                circle = [*walked[walked.index(step) :], step]
                if len(circle) > 2:
                    text = " > ".join(circle)
                    self._fault(row.line, "manager", f"the reporting line runs in a circle: {text}")
            seen.update(path)

    def _note(self, rows: Sequence[PersonRow], places: Mapping[str, int]) -> None:
        """What was taken for granted."""
        usual = {
            "timezone": "everybody counts as living in UTC",
            "languages": "everybody counts as speaking en",
            "department": "nobody's department is known",
        }
        self.notes += [f"no column {name}: {text}" for name, text in usual.items() if name not in places]
        if "manager" in places:
            alone = sum(row.manager_id is None for row in rows)
            if alone > 1:
                self.notes.append(f"{_people(alone)} without a manager count as reporting to nobody here")
        open_roles = sum(row.roles is None for row in rows)
        if open_roles:
            self.notes.append(f"the role of {_people(open_roles)} follows from their level")
        shared = {topic for row in rows for topic in row.can_share}
        asked = Counter(topic for row in rows for topic in row.wants_to_learn if topic not in shared)
        if asked:
            most = ", ".join(topic for topic, _ in asked.most_common(5))
            self.notes.append(f"wanted, but shared by nobody: {most}" + (", ..." if len(asked) > 5 else ""))


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"


def _stranger(manager: str, named: int) -> str:
    if named:
        return f"manager {manager!r} is the e-mail address of {named} people; use an id"
    return (
        f"manager {manager!r} is nobody's id or e-mail address in this file; "
        "add their line with the role none, or leave the cell empty if it is nobody"
    )


def _normal(heading: str) -> str:
    return re.sub(r"[\W_]+", "_", heading.casefold()).strip("_")


def _without_separator_line(text: str) -> tuple[int, str]:
    """Lines skipped, and the text without the `sep=;` line that some spreadsheets put first."""
    first, end, rest = text.partition("\n")
    return (1, rest) if end and re.fullmatch(r"sep=.\r?", first) else (0, text)


def _guess_delimiter(text: str) -> str:
    """The delimiter that finds most of our columns in the first line that holds anything."""
    first = next((line for line in text.splitlines() if line.strip()), "")

    def found(delimiter: str) -> int:
        cells = next(csv.reader([first], delimiter=delimiter), [])
        return sum(_normal(cell) in _FIELD_OF for cell in cells)

    return max(_DELIMITERS, key=found)


def _read_text(raw: str) -> str:
    if not raw.isprintable() or len(raw) > LONGEST_CELL:
        got = repr(raw) if len(raw) <= LONGEST_CELL else f"{len(raw)} characters"
        raise ValueError(f"must be one line of at most {LONGEST_CELL} characters, got {got}")
    return raw


def _read_level(raw: str) -> int:
    if not re.fullmatch(r"[1-5](\.0+)?", raw):
        raise ValueError(f"must be 1 to {HIGHEST_LEVEL}, got {raw!r}")
    return int(raw[0])


def _read_pairs(raw: str) -> int:
    if not re.fullmatch(r"[1-3](\.0+)?", raw):
        raise ValueError(f"must be 1 to {MOST_PAIRS}, got {raw!r}")
    return int(raw[0])


def _read_email(raw: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", raw):
        raise ValueError(f"must be an address such as name@example.com, got {raw!r}")
    return raw


def _read_zone(raw: str) -> str:
    named_zone(raw)
    return raw


def _read_clock(raw: str) -> time:
    found = _CLOCK.fullmatch(raw)
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (99, 0)
    if found and found[3]:
        hour = hour % 12 + 12 * (found[3].lower() == "pm") if 1 <= hour <= 12 else 99
    if (hour, minute) == (24, 0):
        hour = 0
    if hour > 23 or minute > 59:
        raise ValueError(f"must be a time of day such as 09:00, got {raw!r}")
    return time(hour, minute)


def _read_role(raw: str) -> frozenset[Role]:
    roles = _ROLES.get(re.sub(r"\s*(?:[;,/+&]|\band\b)\s*", ";", raw.casefold()))
    if roles is None:
        raise ValueError(f"must be mentor, mentee, both, none or empty, got {raw!r}")
    return roles


def _items(raw: str) -> list[str]:
    return [item.strip() for item in re.split(r"[;,|\n]", raw) if item.strip()]


def _read_names(raw: str) -> frozenset[str]:
    return frozenset(_items(raw))


def _read_languages(raw: str) -> frozenset[str]:
    return frozenset(item.casefold() for item in _items(raw)) or _ENGLISH


def _read_topics(raw: str) -> dict[str, Rating]:
    topics: dict[str, Rating] = {}
    for item in _items(raw):
        topic, colon, rating = (part.strip() for part in item.partition(":"))
        if not topic or not topic.isprintable() or len(topic) > LONGEST_CELL:
            raise ValueError(f"must list topics as topic_id:rating;topic_id, got {item!r}")
        if rating and not re.fullmatch(r"[1-5]", rating):
            raise ValueError(f"must rate {topic} 1 to {HIGHEST_RATING} or not at all, got {rating!r}")
        if colon and not rating:
            raise ValueError(f"must have a rating after the colon, got {item!r}")
        if topic in topics:
            raise ValueError(f"must name each topic once, got {topic} twice")
        topics[topic] = int(rating) if rating else None
    return topics


def candidates_of(
    people: PeopleFile, settings: MatchingSettings, *, week_of: date, is_org_checked: bool
) -> list[Candidate]:
    """The people of a file as the matching sees them: nine to five where no hours are given, Monday to Friday.

    Somebody whose role the file leaves open joins with the one that their level and their topics suggest.

    Args:
        people: As read, without a fault.
        settings: Of the run: direction, depth of reporting lines.
        week_of: Any day of the ordinary week whose offsets from UTC count.
        is_org_checked: Bar reporting lines; if not, every line counts as known, and as far as known is barred.
    """
    monday = week_of - timedelta(days=week_of.weekday())
    manager_of = {row.id: row.manager_id for row in people.people}
    found = []
    for row in people.people:
        mentor, mentee = capacities(_roles(row, settings), row.pairs)
        chain, is_known = reporting_chain(row.id, manager_of, settings.chain_depth)
        works = WorkingTime(row.timezone, row.work_start, row.work_end)
        found.append(
            Candidate(
                id=row.id,
                level=row.level,
                name=row.name,
                department=row.department,
                site=row.site,
                can_share=row.can_share,
                wants_to_learn=row.wants_to_learn,
                mentor_capacity=mentor,
                mentee_capacity=mentee,
                languages=row.languages,
                hours=week_mask(works, monday),
                do_not_pair=row.do_not_pair,
                chain=chain,
                chain_known=is_known or not is_org_checked,
            )
        )
    return found


def _roles(row: PersonRow, settings: MatchingSettings) -> frozenset[Role]:
    if row.roles is not None:
        return row.roles
    return starting_roles(
        row.level,
        settings.direction,
        settings.level_gap,
        shares=bool(row.can_share),
        learns=bool(row.wants_to_learn),
    )
