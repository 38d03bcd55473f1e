"""The rules of taking part: who may join, in which role, with what; and who may be named for what."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentoring.matching.model import Candidate, MatchingSettings
from mentoring.matching.rules import ReasonCode, broken_rules
from mentoring.participants import (
    About,
    Eligibility,
    IntakeFault,
    IntakeLimits,
    JoinRefusal,
    NamedRole,
    NamingRefusal,
    Offer,
    ParticipantState,
    Role,
    about_faults,
    capacities,
    hours_fault,
    join_refusal,
    may_end_role,
    naming_refusal,
    natural_role,
    offer_faults,
    possible_roles,
    starting_roles,
)
from mentoring.program import Direction, ProgramState

LEVELS = st.integers(1, 5)
DIRECTIONS = st.sampled_from(Direction)
GAPS = st.integers(0, 4)
LIMITS = IntakeLimits(Direction.REVERSE, 2)
ABOUT = About(
    shares=("a.one",), learns=("b.two",), level=2, department="Product", manager="U2", nobody_here=False
)


@pytest.mark.parametrize(
    ("person", "program", "part", "refusal"),
    [
        (Eligibility(), ProgramState.OPEN, None, None),
        (Eligibility(), ProgramState.OPEN, ParticipantState.LEFT, None),
        (Eligibility(), ProgramState.OPEN, ParticipantState.ACTIVE, JoinRefusal.ALREADY_IN),
        (Eligibility(), ProgramState.RUNNING, ParticipantState.PAUSED, JoinRefusal.ALREADY_IN),
        (Eligibility(), ProgramState.RUNNING, None, JoinRefusal.CLOSED),
        (Eligibility(), ProgramState.DRAFT, None, JoinRefusal.NO_PROGRAM),
        (Eligibility(), None, None, JoinRefusal.NO_PROGRAM),
        (Eligibility(is_guest=True), ProgramState.OPEN, None, JoinRefusal.GUEST),
        (Eligibility(is_external=True), ProgramState.OPEN, None, JoinRefusal.NOT_OURS),
        (Eligibility(is_bot=True), ProgramState.OPEN, None, JoinRefusal.NOT_OURS),
        (Eligibility(is_deactivated=True), ProgramState.OPEN, None, JoinRefusal.NOT_OURS),
    ],
)
def test_who_may_join_when(person, program, part, refusal):
    assert join_refusal(person, program=program, guests_allowed=False, part=part) is refusal


def test_guests_join_only_where_the_program_lets_them_in_and_strangers_never():
    guest, stranger = Eligibility(is_guest=True), Eligibility(is_guest=True, is_external=True)
    assert join_refusal(guest, program=ProgramState.OPEN, guests_allowed=True, part=None) is None
    refusal = join_refusal(stranger, program=ProgramState.OPEN, guests_allowed=True, part=None)
    assert refusal is JoinRefusal.NOT_OURS


def test_in_the_reverse_direction_levels_1_and_2_mentor_4_and_5_are_mentored_and_3_chooses():
    both = frozenset(Role)
    mentor, mentee = frozenset({Role.MENTOR}), frozenset({Role.MENTEE})
    found = [possible_roles(level, Direction.REVERSE, 2) for level in range(1, 6)]
    assert found == [mentor, mentor, both, mentee, mentee]
    mirrored = [possible_roles(level, Direction.TRADITIONAL, 2) for level in range(1, 6)]
    assert mirrored == [mentee, mentee, both, mentor, mentor]
    assert possible_roles(1, Direction.PEER, 1) == both


@given(LEVELS, DIRECTIONS, GAPS, st.booleans(), st.booleans())
def test_nobody_starts_in_a_role_without_its_topics_or_in_two_unless_among_peers(
    level, direction, gap, shares, learns
):
    roles = starting_roles(level, direction, gap, shares=shares, learns=learns)
    assert roles <= possible_roles(level, direction, gap)
    assert Role.MENTOR not in roles or shares
    assert Role.MENTEE not in roles or learns
    assert len(roles) < 2 or direction is Direction.PEER


@given(LEVELS, DIRECTIONS, GAPS)
def test_a_role_is_possible_exactly_where_the_matching_finds_a_level_to_meet(level, direction, gap):
    settings = MatchingSettings(direction=direction, level_gap=gap)

    def fits(mentor, mentee):
        broken = broken_rules(Candidate("mentor", mentor), Candidate("mentee", mentee), settings)
        return ReasonCode.LEVEL_GAP not in {rule.code for rule in broken}

    found = {Role.MENTOR} if any(fits(level, other) for other in range(1, 6)) else set()
    found |= {Role.MENTEE} if any(fits(other, level) for other in range(1, 6)) else set()
    assert possible_roles(level, direction, gap) == (found or {natural_role(level, direction)})


def test_the_first_screen_passes_when_it_is_whole():
    assert about_faults(ABOUT, LIMITS, own_slack_id="U1") == {}
    assert about_faults(replace(ABOUT, manager="", nobody_here=True), LIMITS, own_slack_id="U1") == {}
    assert about_faults(replace(ABOUT, department=None), LIMITS, own_slack_id="U1") == {}


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({"shares": (), "learns": ()}, {"share": IntakeFault.NO_TOPIC}),
        ({"shares": ()}, {"share": IntakeFault.SHARE_NEEDED}),
        ({"level": 4, "learns": ()}, {"learn": IntakeFault.LEARN_NEEDED}),
        ({"level": None}, {"level": IntakeFault.LEVEL_NEEDED}),
        ({"department": ""}, {"department": IntakeFault.DEPARTMENT_NEEDED}),
        ({"manager": ""}, {"manager": IntakeFault.MANAGER_NEEDED}),
        ({"nobody_here": True}, {"manager": IntakeFault.MANAGER_TWICE}),
        ({"manager": "U1"}, {"manager": IntakeFault.MANAGER_IS_SELF}),
        ({"learns": ("a.one",)}, {"learn": IntakeFault.ON_BOTH_SIDES}),
        ({"shares": tuple("abcdef")}, {"share": IntakeFault.TOO_MANY}),
        ({"learns": tuple("abcd")}, {"learn": IntakeFault.TOO_MANY}),
    ],
)
@pytest.mark.practice("P13", "P14")
def test_each_fault_of_the_first_screen_stands_under_its_field(change, faults):
    assert about_faults(replace(ABOUT, **change), LIMITS, own_slack_id="U1") == faults


def test_all_faults_of_the_first_screen_come_at_once():
    empty = About(shares=(), learns=(), level=None, department="", manager="", nobody_here=False)
    assert set(about_faults(empty, LIMITS, own_slack_id="U1")) == {"share", "level", "department", "manager"}


@pytest.mark.parametrize("side", ["shares", "learns"])
@pytest.mark.practice("P38")
def test_a_topic_that_was_ruled_out_cannot_be_chosen(side):
    faults = about_faults(
        replace(ABOUT, **{side: ("x.secret",)}),
        replace(LIMITS, direction=Direction.PEER),
        own_slack_id="U1",
        off_limits=frozenset({"x.secret"}),
    )
    assert list(faults.values()) == [IntakeFault.OFF_LIMITS]


@given(
    st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=7),
    st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=5),
    st.none() | LEVELS,
    DIRECTIONS,
    GAPS,
)
def test_whoever_passes_the_first_screen_has_a_role_with_topics(shares, learns, level, direction, gap):
    about = replace(ABOUT, shares=shares, learns=learns, level=level)
    if not about_faults(about, IntakeLimits(direction, gap), own_slack_id="U1"):
        assert starting_roles(level, direction, gap, shares=bool(shares), learns=bool(learns))


@pytest.mark.practice("P6")
def test_nothing_that_is_asked_is_an_age():
    asked = [field.name for kind in (About, Candidate) for field in fields(kind)]
    assert not [
        name for name in asked if {"age", "birth", "born", "gender", "seniority"} & set(name.split("_"))
    ]


def test_a_working_day_ends_after_it_starts_and_a_week_has_one():
    assert hours_fault(time(9), time(17), [0]) is None
    assert hours_fault(time(17), time(9), [0]) == ("work_end", IntakeFault.HOURS_REVERSED)
    assert hours_fault(time(9), time(9), [0]) == ("work_end", IntakeFault.HOURS_REVERSED)
    assert hours_fault(time(9), time(17), []) == ("work_days", IntakeFault.NO_WORKING_DAY)


def test_a_role_is_offered_only_with_its_topics_and_where_somebody_can_be_met():
    def faults(offer, level, shares=True, learns=True):
        return dict(offer_faults(offer, level, LIMITS, shares=shares, learns=learns))

    assert faults(Offer.MENTOR, 2) == {}
    assert faults(Offer.MENTEE, 2) == {"offer": IntakeFault.NOT_AT_THIS_LEVEL}
    assert faults(Offer.BOTH, 3) == {}
    assert faults(Offer.BOTH, 3, learns=False) == {"offer": IntakeFault.LEARN_NEEDED}
    assert faults(Offer.MENTOR, 3, shares=False) == {"offer": IntakeFault.SHARE_NEEDED}


@pytest.mark.parametrize("offer", Offer)
def test_an_offer_and_its_roles_mean_the_same(offer):
    assert Offer.of(offer.roles) is offer
    mentor, mentee = capacities(offer.roles, 2)
    assert {role for role, places in ((Role.MENTOR, mentor), (Role.MENTEE, mentee)) if places} == offer.roles
    assert {mentor, mentee} <= {0, 2}


def test_no_role_is_no_offer():
    assert Offer.of(frozenset()) is None


@pytest.mark.parametrize(
    ("role", "holds", "refusal"),
    [
        (NamedRole.COORDINATOR, set(), None),
        (NamedRole.SPONSOR, {NamedRole.COORDINATOR}, None),
        (NamedRole.CONCERN_CONTACT, {NamedRole.COORDINATOR}, NamingRefusal.COORDINATES),
        (NamedRole.COORDINATOR, {NamedRole.DEPUTY}, NamingRefusal.COORDINATES),
        (NamedRole.DEPUTY, {NamedRole.CONCERN_CONTACT}, NamingRefusal.SAME_PERSON),
        (NamedRole.DEPUTY, {NamedRole.DEPUTY}, NamingRefusal.HAS_IT),
        (NamedRole.DEPUTY, {NamedRole.SPONSOR}, None),
    ],
)
@pytest.mark.practice("P37")
def test_who_may_be_named_for_what(role, holds, refusal):
    assert naming_refusal(Eligibility(), role, is_actor=False, holds=holds) is refusal


@pytest.mark.parametrize("role", NamedRole)
def test_nobody_names_themselves_and_no_guest_is_named(role):
    assert naming_refusal(Eligibility(), role, is_actor=True, holds=set()) is NamingRefusal.SELF
    for person in (Eligibility(is_guest=True), Eligibility(is_bot=True), Eligibility(is_external=True)):
        assert naming_refusal(person, role, is_actor=False, holds=set()) is NamingRefusal.NOT_OURS


def test_a_program_keeps_its_last_coordinator():
    assert not may_end_role(NamedRole.COORDINATOR, coordinators=1)
    assert may_end_role(NamedRole.COORDINATOR, coordinators=2)
    assert may_end_role(NamedRole.DEPUTY, coordinators=1)
