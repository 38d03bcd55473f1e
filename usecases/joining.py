"""Joining a program, and changing what one said: topics, work, hours, wishes and limits."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mentoring.participants import (
    IntakeLimits,
    JoinRefusal,
    Offer,
    ParticipantState,
    Role,
    Side,
    capacities,
    join_refusal,
    possible_roles,
    starting_roles,
)
from usecases.cards import settings_of
from usecases.drafts import drop_draft
from usecases.setup import charter_of
from usecases.unit import Participant, Skill
from usecases.visits import eligibility, get_or_add_person

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from mentoring.participants import About
    from usecases.unit import Person, Program, UnitOfWork

UNRATED = 0
"""Stands for a topic that was chosen and not rated; the matching assumes a middling rating then."""


def intake_form(program: Program) -> str:
    """The name of the draft that holds a person's unfinished intake."""
    return f"intake:{program.id}"


@dataclass(frozen=True, slots=True)
class More:
    """What a person says on the second screen, all of it optional or filled in.

    Attributes:
        ratings: by (role, topic id): 1-5 on what they share (as a mentor) and learn (as a mentee).
        work_start, work_end: `HH:MM` in their own zone.
        work_days: Monday is 0.
        country: two letters; None for no public holidays.
        booker: Slack's id of who books for them.
    """

    ratings: Mapping[tuple[Role, str], int]
    languages: Sequence[str]
    work_start: str
    work_end: str
    work_days: Sequence[int]
    country: str | None
    booking_link: str
    booker: str


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person may add later: the role they offer, wishes and limits; the last two lists are secret."""

    offer: Offer
    pairs: int
    goals: Sequence[str]
    interests: Sequence[str]
    work_style: int | None
    hours_a_month: int | None
    do_not_pair: Sequence[str]
    off_limits: Sequence[str]


def intake_limits(program: Program) -> IntakeLimits:
    """What this program asks for."""
    settings = settings_of(program)
    return IntakeLimits(
        direction=charter_of(program).direction,
        gap=settings.level_gap,
        share_max=settings.share_topics_max,
        learn_max=settings.learn_topics_max,
    )


async def why_not_join(uow: UnitOfWork, program: Program | None, person: Person) -> JoinRefusal | None:
    """Why this person cannot join now, or None."""
    part = await uow.participants.find_one(program.id, person.id) if program is not None else None
    return join_refusal(
        eligibility(person),
        program=program.state if program is not None else None,
        guests_allowed=settings_of(program).allow_guests if program is not None else False,
        part=part.state if part is not None else None,
    )


async def join_program(
    uow: UnitOfWork, program: Program, person: Person, about: About, more: More, now: datetime
) -> Participant:
    """Take a person in; somebody who left comes back under the same row. The draft is dropped. Source: P13, P14."""
    participant = await uow.participants.find_one(program.id, person.id)
    if participant is None:
        participant = uow.participants.add(
            Participant(
                id=uow.ids.new(),
                program_id=program.id,
                person_id=person.id,
                state=ParticipantState.ACTIVE,
                level=about.level or 1,
                consented_at=now,
                joined_at=now,
            )
        )
    else:
        participant.state, participant.joined_at, participant.consented_at = ParticipantState.ACTIVE, now, now
        participant.left_at = participant.paused_until = None
    await uow.flush()
    await change_about(uow, program, person, participant, about, now)
    await change_more(uow, person, participant, more)
    await drop_draft(uow, person, intake_form(program))
    await uow.outbox.owe(
        "participation.joined",
        new_id=uow.ids.new(),
        workspace_id=program.workspace_id,
        program_id=program.id,
        person_id=person.id,
        recipient=f"person:{person.id}",
        series=f"joined:{participant.id}",
        occurrence=participant.joined_at.isoformat(),
        refs={"participant": participant.id},
        now=now,
    )
    return participant


async def change_about(
    uow: UnitOfWork, program: Program, person: Person, participant: Participant, about: About, now: datetime
) -> None:
    """Take over topics, level, department and manager; ratings of topics that stay are kept.

    The role somebody offers stays as long as level and topics allow it; else it is the one they would start with.
    """
    level = about.level or participant.level
    participant.level = level
    if about.department is not None:
        participant.department = about.department
    participant.manager_person_id = None
    if about.manager:
        manager = await get_or_add_person(uow, program.workspace_id, about.manager, now)
        participant.manager_person_id = manager.id
    participant.chain_known = bool(about.manager) or about.nobody_here
    limits = intake_limits(program)
    start = starting_roles(
        level, limits.direction, limits.gap, shares=bool(about.shares), learns=bool(about.learns)
    )
    offered = offered_roles(participant)
    needs = {role for role, chosen in ((Role.MENTOR, about.shares), (Role.MENTEE, about.learns)) if chosen}
    kept = offered & possible_roles(level, limits.direction, limits.gap) & needs
    pairs = max(participant.mentor_capacity or 0, participant.mentee_capacity or 0, 1)
    participant.mentor_capacity, participant.mentee_capacity = capacities(kept or start, pairs)
    before = {
        (skill.side, skill.topic_id): skill.rating for skill in await uow.skills.list_for([participant.id])
    }
    for side, topics in ((Side.SHARE, about.shares), (Side.LEARN, about.learns)):
        await replace_skills(
            uow, participant, side, {topic: before.get((side, topic), UNRATED) for topic in topics}
        )
    participant.last_active_at = now
    await uow.homes.mark(person.id)


async def change_more(uow: UnitOfWork, person: Person, participant: Participant, more: More) -> None:
    """Take over ratings, languages, hours, country and booking."""
    sides = {Side.SHARE: Role.MENTOR, Side.LEARN: Role.MENTEE}
    for skill in await uow.skills.list_for([participant.id]):
        skill.rating = more.ratings.get((sides[skill.side], skill.topic_id), skill.rating)
    participant.languages = list(more.languages)
    participant.booking_link, participant.booker = more.booking_link, more.booker
    person.work_start, person.work_end = more.work_start, more.work_end
    person.work_days = "".join(str(day) for day in sorted(set(more.work_days)))
    if more.country != person.country:
        person.country, person.subdivision = more.country, None
    await uow.flush()
    await uow.homes.mark(person.id)


async def change_wishes(
    uow: UnitOfWork, program: Program, person: Person, participant: Participant, wishes: Wishes, now: datetime
) -> None:
    """Take over the role offered, wishes and limits; the two private lists are sealed. Source: P17-P19, P38."""
    participant.mentor_capacity, participant.mentee_capacity = capacities(wishes.offer.roles, wishes.pairs)
    participant.goals, participant.interests = list(wishes.goals), list(wishes.interests)
    participant.work_style, participant.hours_a_month = wishes.work_style, wishes.hours_a_month
    barred = [
        (await get_or_add_person(uow, program.workspace_id, slack_user_id, now)).id
        for slack_user_id in dict.fromkeys(wishes.do_not_pair)
        if slack_user_id != person.slack_user_id
    ]
    participant.do_not_pair_sealed = _sealed(uow, barred)
    participant.off_limits_sealed = _sealed(uow, wishes.off_limits)
    participant.last_active_at = now
    await uow.flush()
    await uow.homes.mark(person.id)


def _sealed(uow: UnitOfWork, ids: Sequence[str]) -> str | None:
    return uow.vault.seal(json.dumps(list(ids))) if ids else None


def _unsealed(uow: UnitOfWork, sealed: str | None) -> tuple[str, ...]:
    return tuple(str(one) for one in json.loads(uow.vault.open(sealed))) if sealed else ()


async def do_not_pair_of(uow: UnitOfWork, participant: Participant) -> tuple[str, ...]:
    """Slack's ids of the people this one would rather not be paired with; for themselves only."""
    ids = _unsealed(uow, participant.do_not_pair_sealed)
    people = {person.id: person for person in await uow.people.list_by_ids(ids)}
    return tuple(people[one].slack_user_id for one in ids if one in people)


def off_limits_of(uow: UnitOfWork, participant: Participant) -> tuple[str, ...]:
    """Topics this one would rather not talk about; for themselves only."""
    return _unsealed(uow, participant.off_limits_sealed)


def offered_roles(participant: Participant) -> frozenset[Role]:
    """The roles a participant offers."""
    return frozenset(
        role
        for role, places in (
            (Role.MENTOR, participant.mentor_capacity),
            (Role.MENTEE, participant.mentee_capacity),
        )
        if places
    )


def offer_of(participant: Participant) -> Offer | None:
    return Offer.of(offered_roles(participant))


async def replace_skills(
    uow: UnitOfWork, participant: Participant, side: Side, ratings: Mapping[str, int]
) -> None:
    """Make these the participant's skills on one side, in this order."""
    for skill in await uow.skills.list_for([participant.id]):
        if skill.side is side:
            await uow.skills.remove(skill)
    await uow.flush()
    for position, (topic_id, rating) in enumerate(ratings.items()):
        uow.skills.add(
            Skill(
                id=uow.ids.new(),
                participant_id=participant.id,
                side=side,
                topic_id=topic_id,
                rating=rating,
                position=position,
            )
        )
    await uow.flush()
