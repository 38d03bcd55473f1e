"""Rows turned into the plain cards that rules and messages work with."""

from __future__ import annotations

import json
from datetime import date, time
from functools import lru_cache
from typing import TYPE_CHECKING

from mentoring.calendar import WorkingTime
from mentoring.facts import PersonCard, ProgramCard, Reader
from mentoring.participants import Side
from mentoring.program import ProgramSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from usecases.unit import Participant, Person, Program, Skill


def settings_of(program: Program) -> ProgramSettings:
    """The program's settings, defaults filled in."""
    return _settings(json.dumps(program.settings, sort_keys=True))


@lru_cache(maxsize=64)
def _settings(stored: str) -> ProgramSettings:
    # Every message and every candidate asks for them, and checking fifty fields costs more than a statement.
    return ProgramSettings.from_json(json.loads(stored))


def program_card(program: Program) -> ProgramCard:
    return ProgramCard(
        id=program.id,
        name=program.name,
        goal=program.goal,
        settings=settings_of(program),
        timezone=program.timezone,
        channel_id=program.channel_id,
        signup_closes_on=program.signup_closes_on,
        starts_on=program.starts_on,
        departments=tuple(str(name) for name in program.departments),
        state=program.state,
    )


def reader_of(person: Person) -> Reader:
    return Reader(
        locale=person.locale,
        timezone=person.timezone,
        person_id=person.id,
        slack_user_id=person.slack_user_id,
        name=person.name,
    )


def person_card(person: Person, participant: Participant, skills: Sequence[Skill]) -> PersonCard:
    """What a partner may know of this person; `skills` may hold those of others too."""
    mine = [skill for skill in skills if skill.participant_id == participant.id]
    return PersonCard(
        person_id=person.id,
        participant_id=participant.id,
        slack_user_id=person.slack_user_id,
        name=person.name,
        department=participant.department,
        timezone=person.timezone,
        shares=tuple(skill.topic_id for skill in mine if skill.side is Side.SHARE),
        learns=tuple(skill.topic_id for skill in mine if skill.side is Side.LEARN),
        booking_link=participant.booking_link,
        languages=tuple(str(code) for code in participant.languages),
    )


def working_time(person: Person, program: Program | None) -> WorkingTime:
    """When this person works: their own hours, zone, country and absence, and the program's days of rest."""
    away: tuple[tuple[date, date], ...] = ()
    if person.away_from is not None and person.away_until is not None:
        away = ((person.away_from, person.away_until),)
    return WorkingTime(
        timezone=person.timezone,
        start=time.fromisoformat(person.work_start),
        end=time.fromisoformat(person.work_end),
        days=frozenset(int(day) for day in person.work_days),
        country=person.country,
        subdivision=person.subdivision,
        absences=away,
        blackout=frozenset(settings_of(program).blackout_dates) if program is not None else frozenset(),
    )
