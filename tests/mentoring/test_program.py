"""Settings of a program: their table, their checks, their way to a row and back."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentoring.errors import Fault, SettingsError
from mentoring.program import (
    SETTINGS,
    Direction,
    ProgramSettings,
    ProgramState,
    ProposalMode,
    Setting,
    SettingGroup,
    Weekday,
    WorkStyle,
    can_change,
    default_settings,
    parse_dates,
    validate,
)


def texts(faults: list[Fault]) -> list[str]:
    return [fault.text for fault in faults]


def allowed_values(entry: Setting) -> st.SearchStrategy:
    match entry.kind:
        case "int":
            return st.integers(entry.low, entry.high)
        case "bool":
            return st.booleans()
        case "choice":
            return st.sampled_from(entry.choices)
        case "time":
            return st.times(entry.low, entry.high).map(lambda clock: clock.replace(second=0, microsecond=0))
        case "date":
            return st.lists(st.dates(), max_size=5).map(lambda days: tuple(sorted(set(days))))
        case _:
            return st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=entry.high)


TYPED = st.text("0123456789:- abertu\n", max_size=12)  # what forms send, right and wrong
ALLOWED = st.fixed_dictionaries({name: allowed_values(entry) for name, entry in SETTINGS.items()})


def test_cadence_starts_as_the_product_promises() -> None:
    start = ProgramSettings()

    assert {
        name: getattr(start, name)
        for name in SETTINGS
        if SETTINGS[name].group in {SettingGroup.FIRST, SettingGroup.CADENCE}
    } == {
        "proposal_days": 3,
        "trial_days": 14,
        "session_every_weeks": 4,
        "midpoint_months": 3,
        "closing_months": 6,
        "common_date_every_weeks": 2,
        "level_gap": 2,
        "proposal_mode": ProposalMode.IN_TURN,
        "proposal_reminder_days": 2,
        "publish_hold_minutes": 10,
        "first_chat_minutes": 25,
        "trial_nudge_days": 7,
        "trial_coordinator_days": 21,
        "session_count": 6,
        "session_minutes": 50,
        "session_nudge_day": 10,
        "agenda_working_days_before": 2,
        "reminder_working_days_before": 1,
        "check_in_working_days_after": 2,
        "not_held_before_guard": 2,
        "guard_days": 7,
        "pulse_day": 30,
        "follow_up_months": 12,
        "silence_notice_days": 45,
        "silence_conclude_days": 60,
        "concern_deputy_working_days": 2,
        "circle_every_months": 3,
        "weekly_budget": 1,
        "blackout_dates": (),
    }
    assert (start.coordinator_weekday, start.coordinator_at) == (Weekday.MONDAY, time(9))
    assert start.minimum_group == 5
    assert start.allow_guests is False


def test_extras_are_off_until_switched_on() -> None:
    extras = [name for name, entry in SETTINGS.items() if entry.group is SettingGroup.EXTRAS]

    assert extras == [
        "coffee_lane",
        "topic_tables",
        "workshop_polls",
        "lesson_gate",
        "public_thanks",
        "manager_note",
    ]
    assert not any(getattr(ProgramSettings(), name) for name in extras)


def test_weights_sum_to_100_with_60_on_the_side_of_the_mentee() -> None:
    weights = ProgramSettings().weights

    assert weights == {
        "topics": 36,
        "goals": 8,
        "work_style": 8,
        "hours_mentee": 8,
        "gift": 16,
        "interests": 8,
        "hours_mentor": 8,
        "department": 4,
        "site": 4,
    }
    assert sum(weights.values()) == 100


def test_defaults_have_no_fault() -> None:
    assert validate({}) == []
    assert ProgramSettings().faults() == []
    assert all(default_settings(direction).faults() == [] for direction in Direction)


def test_peers_start_with_a_gap_of_one() -> None:
    assert {direction: default_settings(direction).level_gap for direction in Direction} == {
        Direction.REVERSE: 2,
        Direction.TRADITIONAL: 2,
        Direction.PEER: 1,
    }


def test_screen_shows_six_dates_and_the_gap_first_weights_next_to_last_words_last() -> None:
    groups = [entry.group for entry in SETTINGS.values()]

    assert groups == sorted(groups, key=list(SettingGroup).index)
    assert groups.count(SettingGroup.FIRST) == 7
    assert list(SettingGroup)[-2:] == [SettingGroup.WEIGHTS, SettingGroup.WORDS]


def test_every_field_stands_in_the_table_with_range_and_help() -> None:
    assert list(SETTINGS) == [field.name for field in fields(ProgramSettings)]
    for entry in SETTINGS.values():
        assert entry.help.endswith("."), entry.name
        assert len(entry.help) <= 150, entry.name  # fits the hint of an input
        assert entry.kind == "bool" or entry.choices or entry.high is not None, entry.name
        assert entry.default == getattr(ProgramSettings(), entry.name)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"trial_days": 0}, ["trial_days must be 1 to 60, got 0"]),
        ({"trial_days": "0"}, ["trial_days must be 1 to 60, got '0'"]),
        ({"trial_days": "soon"}, ["trial_days must be 1 to 60, got 'soon'"]),
        ({"trial_days": 14.5}, ["trial_days must be 1 to 60, got 14.5"]),
        ({"trial_days": True}, ["trial_days must be 1 to 60, got True"]),
        ({"trial_days": None}, ["trial_days must be 1 to 60, got None"]),
        ({"minimum_group": 2}, ["minimum_group must be 3 to 50, got 2"]),
        ({"proposal_mode": "later"}, ["proposal_mode must be in_turn or together, got 'later'"]),
        ({"allow_guests": "maybe"}, ["allow_guests must be true or false, got 'maybe'"]),
        ({"allow_guests": 1}, ["allow_guests must be true or false, got 1"]),
        ({"coordinator_at": "21:00"}, ["coordinator_at must be 05:00 to 20:59, got '21:00'"]),
        ({"coordinator_at": time(4, 59)}, ["coordinator_at must be 05:00 to 20:59, got 04:59"]),
        ({"coordinator_at": "24:00"}, ["coordinator_at must be 05:00 to 20:59, got '24:00'"]),
        ({"coordinator_at": "9:00"}, ["coordinator_at must be 05:00 to 20:59, got '9:00'"]),
        ({"mentor_noun": "  "}, ["mentor_noun must be one line of 1 to 40 characters, got '  '"]),
        ({"mentor_noun": "a\nb"}, ["mentor_noun must be one line of 1 to 40 characters, got 'a\\nb'"]),
        (
            {"blackout_dates": "24.12.2026"},
            [f"blackout_dates must be {SETTINGS['blackout_dates'].allowed}, got '24.12.2026'"],
        ),
        ({"speed": 3}, ["unknown setting 'speed'"]),
        ({"trial_days": 7}, ["trial_nudge_days must be below trial_days (7), got 7"]),
        ({"trial_days": 21}, ["trial_days must be below trial_coordinator_days (21), got 21"]),
        ({"proposal_days": 2}, ["proposal_reminder_days must be below proposal_days (2), got 2"]),
        ({"midpoint_months": 6}, ["midpoint_months must be below closing_months (6), got 6"]),
        ({"follow_up_months": 6}, ["closing_months must be below follow_up_months (6), got 6"]),
        (
            {"silence_conclude_days": 45},
            ["silence_notice_days must be below silence_conclude_days (45), got 45"],
        ),
        ({"session_minutes": 20}, ["first_chat_minutes must be at most session_minutes (20), got 25"]),
        (
            {"session_every_weeks": 1},
            ["session_nudge_day must be below the days between sessions (7), got 10"],
        ),
        (
            {"session_count": 12},
            ["session_count times session_every_weeks must fit into 6 closing_months, got 48 weeks"],
        ),
        (
            {"weight_topics": 30},
            [
                (
                    "the weights must sum to 100, got 94: topics 30, goals 8, work_style 8, hours_mentee 8, "
                    "gift 16, interests 8, hours_mentor 8, department 4, site 4"
                )
            ],
        ),
    ],
)
def test_wrong_value_is_named_with_what_is_allowed(values: dict, expected: list[str]) -> None:
    assert texts(validate(values)) == expected


def test_all_faults_of_a_form_come_at_once() -> None:
    faults = validate({"trial_days": 0, "weekly_budget": 9, "nonsense": 1, "partner_noun": ""})

    assert [fault.setting for fault in faults] == ["trial_days", "weekly_budget", "nonsense", "partner_noun"]


def test_all_contradictions_come_at_once() -> None:
    assert [
        fault.setting for fault in validate({"trial_days": 5, "weight_gift": 0, "midpoint_months": 9})
    ] == [
        "trial_nudge_days",
        "midpoint_months",
        "weight_topics",
    ]


def test_form_is_checked_against_the_settings_it_changes() -> None:
    long = ProgramSettings(trial_days=40, trial_coordinator_days=50)

    assert validate({"trial_nudge_days": 30}, long) == []
    assert texts(validate({"trial_nudge_days": 30})) == [
        "trial_nudge_days must be below trial_days (14), got 30"
    ]


def test_changed_reads_what_a_form_sends() -> None:
    changed = ProgramSettings().changed(
        {
            "trial_days": " 15 ",
            "proposal_mode": "together",
            "work_style": "different",
            "allow_guests": "true",
            "coordinator_weekday": "friday",
            "coordinator_at": "08:30",
            "blackout_dates": "2027-05-14\n2026-12-30 to 2027-01-01",
            "program_noun": " Upward Mentoring ",
        }
    )

    assert changed == ProgramSettings(
        trial_days=15,
        proposal_mode=ProposalMode.TOGETHER,
        work_style=WorkStyle.DIFFERENT,
        allow_guests=True,
        coordinator_weekday=Weekday.FRIDAY,
        coordinator_at=time(8, 30),
        blackout_dates=(date(2026, 12, 30), date(2026, 12, 31), date(2027, 1, 1), date(2027, 5, 14)),
        program_noun="Upward Mentoring",
    )


def test_changed_refuses_with_every_fault() -> None:
    with pytest.raises(SettingsError) as refused:
        ProgramSettings().changed({"trial_days": 0, "guard_days": 1})

    assert str(refused.value) == "trial_days must be 1 to 60, got 0; guard_days must be 2 to 30, got 1"
    assert [fault.setting for fault in refused.value.faults] == ["trial_days", "guard_days"]


def test_settings_out_of_range_cannot_exist() -> None:
    with pytest.raises(SettingsError, match="weekly_budget must be 1 to 3, got 4"):
        ProgramSettings(weekly_budget=4)


def test_row_of_another_release_loads() -> None:
    loaded = ProgramSettings.from_json({"trial_days": 20, "a_setting_of_next_year": [1]})

    assert loaded == ProgramSettings(trial_days=20)


def test_row_that_contradicts_a_newer_rule_still_loads() -> None:
    assert ProgramSettings.from_json({"trial_days": 60}).trial_days == 60


def test_row_with_a_value_out_of_range_is_refused_and_not_bent() -> None:
    with pytest.raises(SettingsError, match="trial_days must be 1 to 60, got 61; pulse_day must be 7 to 120"):
        ProgramSettings.from_json({"trial_days": 61, "pulse_day": 1})


@settings(max_examples=25)
@given(ALLOWED)
def test_json_gives_back_equal_settings(values: dict) -> None:
    made = ProgramSettings(**values)
    stored = made.to_json()

    assert ProgramSettings.from_json(stored) == made
    assert list(stored) == list(SETTINGS)
    assert {type(value) for value in stored.values()} <= {int, bool, str, list}


@settings(max_examples=25)
@given(st.dictionaries(st.sampled_from(list(SETTINGS)), st.integers() | TYPED | st.none() | st.lists(TYPED)))
def test_any_form_gives_faults_or_settings_without_fault(values: dict) -> None:
    if faults := validate(values):
        assert all(fault.text for fault in faults)
    else:
        assert ProgramSettings().changed(values).faults() == []


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("", ()),
        ("2026-12-24", (date(2026, 12, 24),)),
        ("2026-12-25, 2026-12-24;2026-12-24\n", (date(2026, 12, 24), date(2026, 12, 25))),
        ("2026-12-31 to 2027-01-01", (date(2026, 12, 31), date(2027, 1, 1))),
    ],
)
def test_written_days_are_read(text: str, days: tuple[date, ...]) -> None:
    assert parse_dates(text) == days


@pytest.mark.parametrize(
    "text", ["2027-01-01 to 2026-12-31", "2026-01-01 to 2030-01-01", "tomorrow", "2026-02-30"]
)
def test_days_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_dates(text)


def test_weekdays_count_from_monday() -> None:
    assert [day.number for day in Weekday] == [0, 1, 2, 3, 4, 5, 6]


def test_program_opens_runs_and_closes() -> None:
    allowed = {
        (before, after) for before in ProgramState for after in ProgramState if can_change(before, after)
    }

    assert allowed == {
        (ProgramState.DRAFT, ProgramState.OPEN),
        (ProgramState.OPEN, ProgramState.RUNNING),
        (ProgramState.OPEN, ProgramState.CLOSED),
        (ProgramState.RUNNING, ProgramState.OPEN),
        (ProgramState.RUNNING, ProgramState.CLOSED),
        (ProgramState.CLOSED, ProgramState.OPEN),
    }


def test_only_an_open_program_lets_people_in_and_only_a_live_one_sends() -> None:
    assert [state for state in ProgramState if state.accepts_sign_ups] == [ProgramState.OPEN]
    assert [state for state in ProgramState if state.is_live] == [ProgramState.OPEN, ProgramState.RUNNING]
