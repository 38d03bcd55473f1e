"""Rows turned into what the matching sees: candidates, and whether one pair may still be made."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from mentoring.calendar import local_date, week_mask
from mentoring.matching.model import Candidate, Inactivity, MatchingSettings, reporting_chain
from mentoring.matching.rules import ReasonCode, broken_rules
from mentoring.participants import Eligibility, ParticipantState, Side, is_paused, may_join
from mentoring.program import Direction
from mentoring.proposals import OVER
from mentoring.trials import PairState
from usecases.cards import settings_of, working_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from usecases.unit import Pair, Participant, Person, Program, Proposal, Skill, UnitOfWork

DAYS_IN_A_MONTH = 30.44
_GOING = frozenset({PairState.TRIAL, PairState.AGREED, PairState.ENDING})

FIREWALL = frozenset(
    {
        ReasonCode.SAME_PERSON,
        ReasonCode.NOT_ACTIVE,
        ReasonCode.REPORTING_LINE,
        ReasonCode.CHAIN_UNKNOWN,
        ReasonCode.NOT_AVAILABLE,
    }
)
"""What is looked at again at the last moment; topics and hours of people who were asked already stand as they were."""


@dataclass(frozen=True, slots=True)
class _Ties:
    """What the people of a page are bound to: skills, pairs, proposals, and who reports to whom."""

    skills: Mapping[str, Sequence[Skill]]
    pairs: Sequence[Pair]
    proposals: Sequence[Proposal]
    person_of: Mapping[str, str]
    manager_of: Mapping[str, str | None]


def matching_settings(program: Program) -> MatchingSettings:
    """The settings of a run, as the program's coordinators chose them."""
    return MatchingSettings.of_program(settings_of(program), direction_of(program))


def direction_of(program: Program) -> Direction:
    """Who guides whom in this program."""
    return Direction(str(program.charter.get("direction") or Direction.REVERSE))


async def load_candidates(
    uow: UnitOfWork,
    program: Program,
    people: Sequence[tuple[Participant, Person]],
    now: datetime,
    *,
    freed_by: Iterable[str] = (),
) -> dict[str, Candidate]:
    """These participants as the matching sees them, by participant id; a candidate's own id is the person's.

    Args:
        uow: the transaction.
        program: theirs.
        people: up to a few hundred; everybody else they have to do with is looked up.
        now: the present moment.
        freed_by: ids of proposals whose places count as free, because they are what is being looked at.
    """
    ties = await _ties(uow, program, [participant for participant, _ in people])
    freed = frozenset(freed_by)
    return {
        participant.id: _candidate(uow, program, participant, person, ties, freed, now)
        for participant, person in people
    }


async def _ties(uow: UnitOfWork, program: Program, participants: Sequence[Participant]) -> _Ties:
    ids = [participant.id for participant in participants]
    skills: dict[str, list[Skill]] = {}
    for skill in await uow.skills.list_for(ids):
        skills.setdefault(skill.participant_id, []).append(skill)
    pairs = await uow.pairs.list_for_participants(ids)
    proposals = await uow.proposals.list_for_participants(ids)
    partners = {side for pair in pairs for side in (pair.mentor_id, pair.mentee_id)}
    found = await uow.participants.list_by_ids(sorted(partners))
    return _Ties(
        skills=skills,
        pairs=pairs,
        proposals=proposals,
        person_of={participant.id: person.id for participant, person in found},
        manager_of=await _managers(uow, program, participants),
    )


async def _managers(
    uow: UnitOfWork, program: Program, participants: Sequence[Participant]
) -> dict[str, str | None]:
    """Who reports to whom, from what people said, followed upwards as far as the program asks.

    A manager who has no part in the program has said nothing: the line is known up to them. One who takes part and
    did not answer leaves it unknown.
    """
    manager_of: dict[str, str | None] = {}
    looked_up: set[str] = set()
    step: Sequence[Participant] = participants
    for _ in range(settings_of(program).chain_depth):
        manager_of |= {person.person_id: person.manager_person_id for person in step if person.chain_known}
        above = {manager for manager in manager_of.values() if manager} - manager_of.keys() - looked_up
        if not above:
            break
        looked_up |= above
        step = await uow.participants.list_of_people(program.id, sorted(above))
        manager_of |= dict.fromkeys(above - {person.person_id for person in step}, None)
    return manager_of


def _candidate(
    uow: UnitOfWork,
    program: Program,
    participant: Participant,
    person: Person,
    ties: _Ties,
    freed: frozenset[str],
    now: datetime,
) -> Candidate:
    settings = settings_of(program)
    skills = ties.skills.get(participant.id, ())
    chain, known = reporting_chain(person.id, ties.manager_of, settings.chain_depth)
    works = working_time(person, program)
    today = local_date(now, works.zone)
    as_mentor, as_mentee = _places_taken(participant.id, ties, freed)
    return Candidate(
        id=person.id,
        level=participant.level,
        name=person.name,
        department=participant.department,
        site=participant.site,
        can_share={skill.topic_id: skill.rating or None for skill in skills if skill.side is Side.SHARE},
        wants_to_learn={skill.topic_id: skill.rating or None for skill in skills if skill.side is Side.LEARN},
        mentor_capacity=max(participant.mentor_capacity - as_mentor, 0),
        mentee_capacity=max(participant.mentee_capacity - as_mentee, 0),
        languages=frozenset(str(code) for code in participant.languages),
        hours=week_mask(works, today - timedelta(days=today.weekday())),
        off_limits=_unsealed(uow, participant.off_limits_sealed),
        do_not_pair=_unsealed(uow, participant.do_not_pair_sealed),
        chain=chain,
        chain_known=known,
        recent_partners=_recent_partners(participant.id, ties, settings.cooldown_months, now),
        goals=frozenset(str(goal) for goal in participant.goals),
        interests=frozenset(str(interest) for interest in participant.interests),
        work_style=(participant.work_style,) if participant.work_style else (),
        waiting_rounds=participant.waiting_rounds,
        inactive_because=_inactivity(program, participant, person, today),
    )


def _unsealed(uow: UnitOfWork, sealed: str | None) -> frozenset[str]:
    """A sealed list of ids."""
    return frozenset(str(one) for one in json.loads(uow.vault.open(sealed))) if sealed else frozenset()


def _places_taken(participant_id: str, ties: _Ties, freed: frozenset[str]) -> tuple[int, int]:
    """Places as (mentor, mentee) that pairs going on and open proposals hold."""
    holding: list[Pair | Proposal] = [pair for pair in ties.pairs if pair.state in _GOING]
    holding += [row for row in ties.proposals if row.state not in OVER and row.id not in freed]
    return (
        sum(row.mentor_id == participant_id for row in holding),
        sum(row.mentee_id == participant_id for row in holding),
    )


def _recent_partners(participant_id: str, ties: _Ties, months: int, now: datetime) -> frozenset[str]:
    """People this one is or was paired with, within the cooldown."""
    since = cooldown_since(months, now)
    partners = set()
    for pair in ties.pairs:
        if participant_id not in {pair.mentor_id, pair.mentee_id} or (
            pair.state not in _GOING and (pair.ended_at or pair.introduced_at) < since
        ):
            continue
        partners.add(pair.mentee_id if pair.mentor_id == participant_id else pair.mentor_id)
    return frozenset(ties.person_of[partner] for partner in partners if partner in ties.person_of)


def cooldown_since(months: int, now: datetime) -> datetime:
    """The moment from which on a former partner counts as recent."""
    return now - timedelta(days=round(months * DAYS_IN_A_MONTH))


def _inactivity(program: Program, participant: Participant, person: Person, today: date) -> Inactivity | None:
    if participant.state is ParticipantState.LEFT or person.is_deactivated or person.erased_at is not None:
        return Inactivity.LEAVING
    if person.is_external or person.is_bot:
        return Inactivity.EXTERNAL
    guest = Eligibility(is_guest=person.is_guest)
    if not may_join(guest, guests_allowed=settings_of(program).allow_guests):
        return Inactivity.GUEST
    start = max(today, program.starts_on) if program.starts_on is not None else today
    if is_paused(participant.state, participant.paused_until, today=start):
        return Inactivity.PAUSED
    return None


async def is_still_allowed(uow: UnitOfWork, program: Program, proposal: Proposal, now: datetime) -> bool:
    """Whether the firewall lets these two be brought together at this very moment (P26).

    Reporting lines, private wishes and who takes part may have changed since the round.
    """
    people = await uow.participants.list_by_ids([proposal.mentor_id, proposal.mentee_id])
    candidates = await load_candidates(uow, program, people, now, freed_by=[proposal.id])
    if len(candidates) < 2:
        return False
    broken = broken_rules(
        candidates[proposal.mentor_id], candidates[proposal.mentee_id], matching_settings(program)
    )
    return not any(rule.code in FIREWALL for rule in broken)
