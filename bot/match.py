"""`turnabout match`: a dry run of the matching from a CSV file, without Slack and without a database."""

from __future__ import annotations

import csv
import io
import json
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from mentoring.matching.explain import left_over_lines, pair_lines, pair_reasons
from mentoring.matching.model import MatchingSettings, MatchingTask
from mentoring.matching.rules import broken_rules
from mentoring.people_csv import candidates_of, read_people, safe_cell
from mentoring.program import Direction, default_settings

if TYPE_CHECKING:
    from pathlib import Path

    from mentoring.matching.model import Candidate, MatchResult
    from mentoring.people_csv import PeopleFile

UNREADABLE, REFUSED = 1, 2
"""Exit codes: the file has faults, or it lacks what a match needs."""

_ROWS_SHOWN = 20
_FAULTS_SHOWN = 50
_UNCHECKED = "Reporting lines were NOT checked: a pair may work in one reporting line."


def run_match(
    people: Path, *, org_unchecked: bool = False, out: Path | None = None, as_json: bool = False
) -> int:
    """Read people, find their pairs and print them; nothing leaves this machine.

    Args:
        people: The CSV file.
        org_unchecked: Go on though reporting lines are missing; the output says so.
        out: Where all pairs are written as CSV.
        as_json: Print one line of JSON instead of tables; everything else then goes to the error stream.

    Returns:
        The exit code: 0, 1 if the file has faults, 2 if it cannot be opened or lacks the managers.
    """
    messages = Console(stderr=True, highlight=False)
    started = time.perf_counter()
    try:
        data = people.read_bytes()
    except OSError as error:
        _say(messages, f"Cannot read {people}: {error.strerror}.")
        return REFUSED
    read = read_people(data, is_org_needed=not org_unchecked)
    _say_how_it_was_read(messages, people, read)
    if read.faults:
        _say_faults(messages, people, read)
        return UNREADABLE
    if "manager" not in read.columns and not org_unchecked:
        text = (
            f"{people} has no column for managers, so nobody can tell who works in whose reporting line. "
            "Add a column manager with the id of each one's manager, or run again with --org-unchecked."
        )
        _say(messages, text)
        return REFUSED
    program = default_settings(Direction.REVERSE)
    settings = MatchingSettings.of_program(program, Direction.REVERSE)
    candidates = candidates_of(
        read, settings, week_of=datetime.now(UTC).date(), is_org_checked=read.is_org_known
    )
    idle = sum(row.roles is None and not one.roles for row, one in zip(read.people, candidates, strict=True))
    if idle:
        _say(messages, f"Note: {idle} without a topic for the role of their level take no part.")
    with messages.status(f"Matching {len(candidates)} people"):
        result = _solve(MatchingTask(tuple(candidates), settings))
    seconds = time.perf_counter() - started
    by_id = {person.id: person for person in candidates}
    if out is not None:
        try:
            out.write_text(pairs_csv(result, by_id, is_org_checked=read.is_org_known), encoding="utf-8-sig")
        except OSError as error:
            _say(messages, f"Cannot write {out}: {error.strerror}.")
            return REFUSED
    answer = summary(result, by_id, settings, is_org_checked=read.is_org_known, seconds=seconds)
    if as_json:
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
        if not read.is_org_known:
            _say(messages, _UNCHECKED)
    else:
        _show(Console(highlight=False), result, by_id, answer, out)
    return 0


def _solve(task: MatchingTask) -> MatchResult:
    from mentoring.matching.solve import solve  # noqa: PLC0415 -- numpy and OR-Tools load for this command only

    return solve(task)


def summary(
    result: MatchResult,
    people: dict[str, Candidate],
    settings: MatchingSettings,
    *,
    is_org_checked: bool,
    seconds: float,
) -> dict[str, Any]:
    """What `match --json` prints. Violations are counted anew, rule by rule and capacity by capacity."""
    broken = sum(
        len(broken_rules(people[pair.mentor_id], people[pair.mentee_id], settings)) for pair in result.pairs
    )
    mentors = Counter(pair.mentor_id for pair in result.pairs)
    mentees = Counter(pair.mentee_id for pair in result.pairs)
    broken += sum(count > people[person].mentor_capacity for person, count in mentors.items())
    broken += sum(count > people[person].mentee_capacity for person, count in mentees.items())
    return {
        "people": result.people,
        "mentors": result.mentors,
        "mentees": result.mentees,
        "pairs": len(result.pairs),
        "covered": result.covered,
        "coverable": result.coverable,
        "total_score": result.total_score,
        "proved_optimal": result.proved_optimal,
        "violations": broken,
        "unmatched": [{"id": person.id, "reasons": dict(person.reasons)} for person in result.unmatched],
        "org_checked": is_org_checked,
        "seconds": round(seconds, 3),
    }


def pairs_csv(result: MatchResult, people: dict[str, Candidate], *, is_org_checked: bool) -> str:
    """All pairs as the text of a CSV file, in which no cell can start a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    headings = (
        "mentor",
        "mentor_id",
        "mentee",
        "mentee_id",
        "score",
        "shares",
        "gives_back",
        "why",
        "org_checked",
    )
    writer.writerow(headings)
    for pair in result.pairs:
        mentor, mentee = people[pair.mentor_id], people[pair.mentee_id]
        cells = (
            mentor.name,
            mentor.id,
            mentee.name,
            mentee.id,
            str(pair.score),
            ";".join(pair.topics),
            ";".join(pair.return_topics),
            "; ".join(pair_lines(pair_reasons(pair, mentor, mentee))),
            "yes" if is_org_checked else "no",
        )
        writer.writerow([safe_cell(cell) for cell in cells])
    return text.getvalue()


def _say_how_it_was_read(messages: Console, path: Path, read: PeopleFile) -> None:
    if not read.columns:
        return
    renamed = [f"{heading} as {name}" for name, heading in read.columns.items() if heading != name]
    lines = [f"{path}: {read.encoding}, {read.delimiter} between cells."]
    lines += [f"Headings read: {', '.join(renamed)}."] if renamed else []
    lines += [f"Headings passed over: {', '.join(read.unread)}."] if read.unread else []
    lines += [f"Note: {note}." for note in read.notes]
    _say(messages, "\n".join(lines))


def _say_faults(messages: Console, path: Path, read: PeopleFile) -> None:
    shown = [str(fault) for fault in read.faults[:_FAULTS_SHOWN]]
    more = len(read.faults) - len(shown)
    count = "1 fault" if len(read.faults) == 1 else f"{len(read.faults)} faults"
    _say(messages, "\n".join([f"{count} in {path}; nothing was read:", *shown]))
    if more:
        _say(messages, f"... and {more} more")


def _show(
    console: Console,
    result: MatchResult,
    people: dict[str, Candidate],
    answer: dict[str, Any],
    out: Path | None,
) -> None:
    def name_of(person_id: str) -> str:
        return people[person_id].name or person_id

    if result.pairs:
        pairs = Table("Mentor", "Mentee", "Score", "Why", title="Pairs", title_justify="left")
        for pair in result.pairs[:_ROWS_SHOWN]:
            mentor, mentee = people[pair.mentor_id], people[pair.mentee_id]
            why = "; ".join(pair_lines(pair_reasons(pair, mentor, mentee))[:3])
            pairs.add_row(*_texts(name_of(mentor.id), name_of(mentee.id), f"{pair.score:,}", why))
        console.print(pairs)
        _say_rest(console, len(result.pairs), out)
    if result.unmatched:
        alone = Table("Left over", "As", "Why", title="Without a partner", title_justify="left")
        for person in result.unmatched[:_ROWS_SHOWN]:
            lines = "\n".join(left_over_lines(person, name_of))
            alone.add_row(*_texts(name_of(person.id), person.role.value, lines))
        console.print(alone)
        _say_rest(console, len(result.unmatched), None)
    _say(
        console,
        f"{answer['people']:,} people: {answer['mentors']:,} mentors and {answer['mentees']:,} mentees, "
        f"{answer['pairs']:,} pairs. {answer['covered']:,} of "
        f"{answer['mentors'] + answer['mentees']:,} have a partner; "
        f"no choice could give one to more than {answer['coverable']:,}.\n"
        f"Total score {answer['total_score']:,}, "
        f"{'proved the best' if answer['proved_optimal'] else 'not proved the best'}; "
        f"{answer['violations']} rules broken; {answer['seconds']} seconds.",
    )
    _say(console, "Reporting lines were checked." if answer["org_checked"] else _UNCHECKED)


def _say_rest(console: Console, count: int, out: Path | None) -> None:
    if count > _ROWS_SHOWN:
        where = f"all are in {out}" if out else "--out FILE and --json give all"
        _say(console, f"... and {count - _ROWS_SHOWN:,} more; {where}")


def _say(console: Console, text: str) -> None:
    """Text as it is: no markup read out of names, no lines broken where they are read by a program."""
    console.print(Text(text), soft_wrap=True)


def _texts(*cells: str) -> list[Text]:
    return [Text(cell) for cell in cells]
