"""Links and files for people's calendars."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from messages.calendar_links import (
    URL_LIMIT,
    CalendarEntry,
    google_link,
    ics_file,
    ics_name,
    outlook_com_link,
    outlook_link,
)
from messages.voice import WordingError

START = datetime(2026, 12, 8, 9, 0, tzinfo=UTC)
STAMP = datetime(2026, 12, 1, 8, 30, 15, 999, tzinfo=UTC)

text = st.text(st.characters(codec=None), max_size=300) | st.sampled_from(
    [
        "\\n",
        "\\\\n;,",
        "a\r\nATTENDEE:mailto:x@example.org",
        "BEGIN:VALARM",
        "ü" * 200,
        "👩‍👩‍👧" * 60,
        '"',
        "%0D%0A",
        "\ud800",
    ]
)


def entry(**changes: object) -> CalendarEntry:
    facts = {
        "uid": "session.12@turnabout",
        "title": "Session 2 with Mara",
        "start": START,
        "end": START + timedelta(minutes=50),
        "description": "Topic: short video\nBring: a first clip",
        "location": "https://meet.example.org/abc?x=1&y=2",
    }
    return CalendarEntry(**{**facts, **changes})


def fields(link: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(link).query, strict_parsing=True).items()}


def test_google_link_carries_every_field() -> None:
    assert google_link(entry()).startswith("https://calendar.google.com/calendar/render?action=TEMPLATE&")
    assert fields(google_link(entry())) == {
        "action": "TEMPLATE",
        "text": "Session 2 with Mara",
        "dates": "20261208T090000Z/20261208T095000Z",
        "details": "Topic: short video\nBring: a first clip",
        "location": "https://meet.example.org/abc?x=1&y=2",
    }


@pytest.mark.parametrize(
    ("link", "host"), [(outlook_link, "outlook.office.com"), (outlook_com_link, "outlook.live.com")]
)
def test_outlook_links_carry_every_field(link, host: str) -> None:
    address = link(entry())

    assert urlsplit(address).netloc == host
    assert urlsplit(address).path == "/calendar/0/deeplink/compose"
    assert "+" not in address
    assert fields(address) == {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": "Session 2 with Mara",
        "startdt": "2026-12-08T09:00:00Z",
        "enddt": "2026-12-08T09:50:00Z",
        "body": "Topic: short video\nBring: a first clip",
        "location": "https://meet.example.org/abc?x=1&y=2",
    }


def test_empty_fields_are_left_out() -> None:
    assert set(fields(google_link(entry(description="", location="")))) == {"action", "text", "dates"}


def test_long_description_is_cut_before_the_place() -> None:
    found = fields(google_link(entry(description="wort " * 2000)))

    assert found["location"] == "https://meet.example.org/abc?x=1&y=2"
    assert found["details"].startswith("wort wort")
    assert found["details"].endswith("…")
    assert len(google_link(entry(description="wort " * 2000))) > URL_LIMIT - 40


@settings(max_examples=60)
@given(text, text, text)
def test_links_hold_what_fits_and_stay_within_the_limit(title: str, description: str, location: str) -> None:
    given_entry = entry(title=title, description=description * 5, location=location)

    for link in (google_link, outlook_link, outlook_com_link):
        address = link(given_entry)
        assert len(address) <= URL_LIMIT
        assert address.isascii()
        assert not set(address) & set("<>|\"' \r\n")
        found = fields(address)
        assert (found.get("text") or found.get("subject") or "") == given_entry.title


def test_file_is_published_in_utc_without_people_and_alarms() -> None:
    file = ics_file(entry(start=START.astimezone(ZoneInfo("Europe/Berlin"))), STAMP)

    assert file.decode() == (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Turnabout//Turnabout//EN\r\nMETHOD:PUBLISH\r\n"
        "BEGIN:VEVENT\r\nSUMMARY:Session 2 with Mara\r\nDTSTART:20261208T090000Z\r\nDTEND:20261208T095000Z\r\n"
        "DTSTAMP:20261201T083015Z\r\nUID:session.12@turnabout\r\nSEQUENCE:0\r\n"
        "DESCRIPTION:Topic: short video\\nBring: a first clip\r\n"
        "LOCATION:https://meet.example.org/abc?x=1&y=2\r\nSTATUS:CONFIRMED\r\nTRANSP:OPAQUE\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    )


def test_moved_entry_keeps_its_uid_and_counts_up() -> None:
    event = Calendar.from_ical(ics_file(entry(sequence=3), STAMP)).walk("VEVENT")[0]

    assert (str(event["uid"]), event["sequence"]) == ("session.12@turnabout", 3)


@settings(max_examples=150)
@given(text, text, text)
def test_file_parses_back_to_the_same_fields_whatever_they_hold(
    title: str, description: str, location: str
) -> None:
    given_entry = entry(title=title, description=description, location=location)

    file = ics_file(given_entry, STAMP)

    assert b"\n" not in file.replace(b"\r\n", b"")
    assert b"\r" not in file.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in file.split(b"\r\n"))
    calendar = Calendar.from_ical(file)
    assert [part.name for part in calendar.walk()] == ["VCALENDAR", "VEVENT"]
    event = calendar.walk("VEVENT")[0]
    allowed = "SUMMARY DTSTART DTEND DTSTAMP UID SEQUENCE DESCRIPTION LOCATION STATUS TRANSP".split()  # noqa: SIM905 -- reads as the list it is
    assert set(event) <= set(allowed)
    assert str(event["summary"]) == given_entry.title
    assert str(event.get("description", "")) == given_entry.description
    assert str(event.get("location", "")) == given_entry.location
    assert (event["dtstart"].dt, event["dtend"].dt) == (given_entry.start, given_entry.end)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"uid": "a\r\nATTENDEE:x"}, "an uid must be"),
        ({"uid": ""}, "an uid must be"),
        ({"end": START}, "must end after it starts"),
        ({"start": datetime(2026, 12, 8, 9)}, "must be aware"),  # noqa: DTZ001 -- naive, on purpose
        ({"sequence": -1}, "sequence must be 0 or more, got -1"),
    ],
)
def test_impossible_entry_is_refused(wrong: dict, message: str) -> None:
    with pytest.raises(WordingError, match=message):
        entry(**wrong)


def test_naive_stamp_is_refused() -> None:
    with pytest.raises(WordingError, match="a stamp must be aware"):
        ics_file(entry(), STAMP.replace(tzinfo=None))


def test_file_name_is_plain() -> None:
    assert ics_name(entry()) == "Session-2-with-Mara.ics"
    assert ics_name(entry(title="Prvi pogovor: Živa in Łukasz")) == "Prvi-pogovor-Ziva-in-ukasz.ics"
    assert ics_name(entry(title="最初の会話")) == "session-12-turnabout.ics"
