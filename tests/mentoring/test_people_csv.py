"""The people file: what is read from the spreadsheets of this world, and every fault by its line."""

from __future__ import annotations

import csv
import io
from datetime import date, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentoring.matching.model import MatchingSettings
from mentoring.participants import Role
from mentoring.people_csv import COLUMNS, REQUIRED, candidates_of, decode, read_people, safe_cell
from mentoring.program import Direction

HEAD = "id,name,level,can_share,wants_to_learn"
MAY = date(2026, 5, 6)
STRANGER = (
    "is nobody's id or e-mail address in this file; "
    "add their line with the role none, or leave the cell empty if it is nobody"
)


def table(*lines, head=HEAD):
    return "\n".join([head, *lines]) + "\n"


def faults(text, **given):
    read = read_people(text, **given)
    assert not read.people or not read.faults
    return [str(fault) for fault in read.faults]


def one(extra_head, extra_cells, **given):
    """The single person of a file with further columns."""
    read = read_people(table(f"p1,Ann,2,a:4,b,{extra_cells}", head=f"{HEAD},{extra_head}"), **given)
    assert [str(fault) for fault in read.faults] == []
    return read.people[0]


@pytest.mark.practice(15)
def test_a_whole_line_is_read():
    head = ",".join(COLUMNS)
    line = (
        'p1,Ann Ada,ann@example.com,Sales,Oslo,2,Europe/Oslo,08:30,16:30,"en;NO",mentor,'
        '"tools.channels:4;ai.first_uses","growth.negotiating:1",2,p2,p2'
    )
    read = read_people(f"{head}\n{line}\np2,Bo,,,,5,,,,,none,,,,,\n")

    assert read.faults == ()
    ann, bo = read.people
    assert (ann.id, ann.name, ann.level, ann.line) == ("p1", "Ann Ada", 2, 2)
    assert (ann.email, ann.department, ann.site) == ("ann@example.com", "Sales", "Oslo")
    assert (ann.timezone, ann.work_start, ann.work_end) == ("Europe/Oslo", time(8, 30), time(16, 30))
    assert (ann.languages, ann.roles) == (frozenset({"en", "no"}), frozenset({Role.MENTOR}))
    assert ann.can_share == {"tools.channels": 4, "ai.first_uses": None}
    assert ann.wants_to_learn == {"growth.negotiating": 1}
    assert (ann.pairs, ann.do_not_pair, ann.manager_id) == (2, frozenset({"p2"}), "p2")
    assert (bo.roles, bo.can_share, bo.manager_id) == (frozenset(), {}, None)
    assert read.is_org_known


def test_the_required_columns_are_enough_and_what_was_taken_for_granted_is_said():
    read = read_people(table("p1,Ann,2,a,b", "p2,,5,b,a;c"))

    assert [person.name for person in read.people] == ["Ann", "p2"]
    assert read.notes == (
        "no column timezone: everybody counts as living in UTC",
        "no column languages: everybody counts as speaking en",
        "no column department: nobody's department is known",
        "the role of 2 people follows from their level",
        "wanted, but shared by nobody: c",
    )
    assert not read.is_org_known


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8 with a mark"),
        ("cp1252", "Windows-1252"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16 without a mark"),
        ("utf-16-be", "UTF-16 without a mark"),
    ],
)
def test_delimiter_and_encoding_are_guessed_and_told(delimiter, encoding, name):
    text = table('p1,Zoë Łukasz,2,"a;b:3",c'.replace("Ł", "L"), "p2,Bo,5,c,a").replace(",", delimiter)

    read = read_people(text.encode(encoding))

    assert [person.name for person in read.people] == ["Zoë Lukasz", "Bo"]
    assert read.encoding == name
    assert read.delimiter == {",": "comma", ";": "semicolon", "\t": "tab"}[delimiter]


def test_a_separator_line_blank_lines_and_windows_line_ends_are_no_trouble():
    text = "sep=;\r\n\r\n" + table("p1;Ann;2;a;b", ";;;;", "p2;Bo;9;b;a", head=HEAD.replace(",", ";"))

    assert faults(text.replace("\n", "\r\n").replace("\r\r", "\r")) == [
        "line 6: level must be 1 to 5, got '9'"
    ]


def test_headings_are_recognised_leniently_and_shown():
    head = "Employee ID,Full Name,Level,Can share,Wants to learn,Shoe size,Reports-to,E-Mail"
    read = read_people(table("p1,Ann,2,a,b,39,p2,a@x.org", "p2,Bo,5,b,a,43,,b@x.org", head=head))

    assert read.columns == {
        "id": "Employee ID",
        "name": "Full Name",
        "level": "Level",
        "can_share": "Can share",
        "wants_to_learn": "Wants to learn",
        "manager": "Reports-to",
        "email": "E-Mail",
    }
    assert read.unread == ("Shoe size",)


def test_missing_and_doubled_headings_are_named():
    assert faults("id,name,level\np1,Ann,2\n") == [
        "line 1: no column for can_share, wants_to_learn; the headings are 'id', 'name', 'level'"
    ]
    assert faults(table("p1,Ann,2,a,b,x", head=HEAD + ",Full name")) == [
        "line 1: 'name' and 'Full name' both mean name; keep one of them"
    ]


def test_every_fault_is_named_by_its_line_and_nothing_is_half_read():
    head = HEAD + ",timezone,work_start,work_end,role,pairs,email,do_not_pair,manager"
    text = table(
        "p1,Ann,2,a,b,Europe/Atlantis,25:00,17:00,boss,4,nowhere,p9,p8",
        "p1,Bo,high,a:7;a,a:2;a,,17:00,17:00,,,,,p1",
        ",Cy,,a:,b,,,,,,,,",
        "p4,Di,3,a,b,,,,,,,,,surplus",
        head=head,
    )

    assert faults(text) == [
        "line 2: email must be an address such as name@example.com, got 'nowhere'",
        "line 2: unknown time zone 'Europe/Atlantis'; use a name such as Europe/Berlin",
        "line 2: work_start must be a time of day such as 09:00, got '25:00'",
        "line 2: role must be mentor, mentee, both, none or empty, got 'boss'",
        "line 2: pairs must be 1 to 3, got '4'",
        "line 2: do_not_pair names 'p9', who is not in this file",
        f"line 2: manager 'p8' {STRANGER}",
        "line 3: id 'p1' stands on line 2 already",
        "line 3: level must be 1 to 5, got 'high'",
        "line 3: work_end must differ from work_start, got 17:00 for both",
        "line 3: can_share must rate a 1 to 5 or not at all, got '7'",
        "line 3: wants_to_learn must name each topic once, got a twice",
        "line 3: manager 'p1' is the person themselves",
        "line 4: id is empty",
        "line 4: level is empty",
        "line 4: can_share must have a rating after the colon, got 'a:'",
        "line 5: 14 cells under 13 headings; put a cell that holds the delimiter in quotes",
    ]


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        ("9", time(9)),
        ("09:00", time(9)),
        ("9.30", time(9, 30)),
        ("8h45", time(8, 45)),
        ("09:00:00", time(9)),
        ("9 am", time(9)),
        ("12 am", time(0)),
        ("5:30 PM", time(17, 30)),
        ("24:00", time(0)),
    ],
)
def test_times_of_day_are_read_as_people_write_them(raw, meant):
    assert one("work_start", raw).work_start == meant


@pytest.mark.parametrize("raw", ["9:60", "13 pm", "0 am", "noon", "-9", "9:5"])
def test_times_of_day_that_cannot_be_are_faults(raw):
    assert faults(table(f"p1,Ann,2,a,b,{raw}", head=HEAD + ",work_start")) == [
        f"line 2: work_start must be a time of day such as 09:00, got {raw!r}"
    ]


@pytest.mark.parametrize(
    ("raw", "roles"),
    [
        ("Mentor", {Role.MENTOR}),
        ("mentee", {Role.MENTEE}),
        ("both", {Role.MENTOR, Role.MENTEE}),
        ("mentor & mentee", {Role.MENTOR, Role.MENTEE}),
        ("mentee/mentor", {Role.MENTOR, Role.MENTEE}),
        ("none", set()),
    ],
)
def test_roles_are_read_as_people_write_them(raw, roles):
    assert one("role", raw).roles == roles


@pytest.mark.practice(26)
def test_managers_are_found_by_id_or_by_mail():
    head = HEAD + ",manager,email"
    text = table("p1,Ann,2,a,b,BO@x.org,", "p2,Bo,5,b,a,none,bo@x.org", "p3,Cy,2,a,b,p2,", head=head)

    read = read_people(text)

    assert [person.manager_id for person in read.people] == ["p2", None, "p2"]
    assert read.is_org_known


def test_an_address_that_two_people_share_names_no_manager():
    head = HEAD + ",manager,email"
    text = table("p1,Ann,2,a,b,x@x.org,", "p2,Bo,5,b,a,,x@x.org", "p3,Cy,2,a,b,,x@x.org", head=head)

    assert faults(text) == ["line 2: manager 'x@x.org' is the e-mail address of 2 people; use an id"]


def test_a_manager_outside_the_file_is_a_fault_unless_the_org_is_not_needed():
    text = table("p1,Ann,2,a,b,boss", "p2,Bo,5,b,a,", head=HEAD + ",manager")

    assert len(faults(text)) == 1
    read = read_people(text, is_org_needed=False)
    assert "1 person with a manager who is not in this file" in read.notes
    assert not read.is_org_known


def test_reporting_lines_in_a_circle_are_a_fault():
    text = table(
        "p0,Ed,1,a,b,p1", "p1,Ann,2,a,b,p2", "p2,Bo,5,b,a,p3", "p3,Cy,2,a,b,p1", head=HEAD + ",manager"
    )

    assert faults(text) == ["line 2: the reporting line runs in a circle: p1 > p2 > p3 > p1"]


def test_an_empty_file_only_headings_and_no_text_are_faults():
    assert faults("") == [f"line 1: the file is empty; its first line must name {', '.join(REQUIRED)}"]
    assert faults(HEAD + "\n") == ["line 1: the file holds no people, only headings"]
    assert faults(b"PK\x03\x04\x00\x01\x02") == ["line 1: this is no text file; save it as CSV (UTF-8)"]
    assert decode(b"\x81\x8d") == (None, "unknown")


def test_a_stray_quote_is_a_fault_of_its_line():
    (fault,) = faults(table('p1,"Ann,2,a,b', "p2,Bo,5,b,a"))

    assert fault.startswith("line 2: this line and those after it cannot be read")


def test_control_characters_and_endless_cells_are_faults():
    assert faults(table('"p\n1",Ann,2,a,b')) == [
        "line 2: id must be one line of at most 200 characters, got 'p\\n1'"
    ]
    assert faults(table(f"{'p' * 201},Ann,2,a,b")) == [
        "line 2: id must be one line of at most 200 characters, got 201 characters"
    ]


@pytest.mark.parametrize("evil", ["=1+1", "+49", "-2", "@SUM(A1)", " =A1", "\t=A1", "＝1"])  # noqa: RUF001 -- wide sign
def test_no_written_cell_starts_a_formula_and_reading_gives_it_back(evil):
    safe = safe_cell(evil)
    text = io.StringIO()
    csv.writer(text).writerows([HEAD.split(","), ["p1", safe, "2", "a", "b"]])

    assert safe.startswith("'")
    assert read_people(text.getvalue()).people[0].name == evil.strip()
    assert safe_cell("a=b") == "a=b"


@pytest.mark.prove
def test_ten_thousand_people_are_read():
    lines = [f"p{n},Person {n},{n % 5 + 1},a:4;b:2,c:1;d,{f'p{n // 8}' if n else ''}" for n in range(10_000)]

    read = read_people(table(*lines, head=HEAD + ",manager").encode())

    assert len(read.people) == 10_000
    assert read.faults == ()


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=60), st.binary(max_size=60))
def test_no_file_whatever_breaks_the_reader(text, data):
    for read in (read_people(data), read_people(text), read_people(f"{HEAD}\n{text}\n")):
        assert bool(read.people) != bool(read.faults)


def test_candidates_have_hours_chains_and_the_role_of_their_level():
    head = HEAD + ",manager,timezone,pairs,role"
    text = table(
        "p1,Ann,2,a,b,p2,Europe/Berlin,2,",
        "p2,Bo,3,b,a,p3,,,",
        "p3,Cy,5,b,a,,,1,both",
        "p4,Di,5,,a,p3,,,none",
        "p5,Ed,1,,a,,,,",
        head=head,
    )
    read = read_people(text)

    people = candidates_of(read, MatchingSettings(), week_of=MAY, is_org_checked=True)

    assert [(one.mentor_capacity, one.mentee_capacity) for one in people] == [
        (2, 0),
        (1, 0),
        (1, 1),
        (0, 0),
        (0, 0),
    ]
    assert [one.chain for one in people] == [("p2", "p3"), ("p3",), (), ("p3",), ()]
    assert all(one.chain_known for one in people)
    assert people[0].hours & (1 << 14)  # 09:00 in Berlin is 07:00 UTC in May
    assert not people[1].hours & (1 << 14)
    assert people[0].hours.bit_count() == 80


def test_directions_give_the_roles_that_fit_them():
    read = read_people(table("p1,Ann,1,a,b", "p2,Bo,5,b,a"))

    def roles(direction):
        rules = MatchingSettings(direction=direction)
        people = candidates_of(read, rules, week_of=MAY, is_org_checked=False)
        return [one.roles for one in people]

    assert roles(Direction.REVERSE) == [(Role.MENTOR,), (Role.MENTEE,)]
    assert roles(Direction.TRADITIONAL) == [(Role.MENTEE,), (Role.MENTOR,)]
    assert roles(Direction.PEER) == [(Role.MENTOR, Role.MENTEE)] * 2
