"""Listens to joining: the two screens of the intake, and the draft that is kept on each choice."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING

from handlers.answers import Answer, Close, Errors, Nothing, Open, Reply, Show
from handlers.forms import answers_in, digit, one, program_of
from handlers.rules import anybody
from mentoring.participants import (
    MIDDLE_LEVEL,
    About,
    IntakeFault,
    Role,
    about_faults,
    hours_fault,
)
from messages import intake, notices
from messages.content import load_content
from messages.places import LANGUAGES, language_of
from usecases.cards import program_card
from usecases.drafts import drop_draft, load_draft, save_draft
from usecases.joining import More, intake_form, intake_limits, join_program, why_not_join

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from handlers.guard import Door
    from handlers.visit import Visit
    from messages.message import View
    from usecases.unit import Person, Program

_KEPT_ABOUT = ("share", "learn", "level", "department", "manager", "nobody", "agree")
_KEPT_MORE = ("languages", "work_start", "work_end", "work_days", "country", "booker")
HIGHEST_RATING = 5


def register(door: Door) -> None:
    door.command(
        "join", who=anybody, help="join the program", opens="Join the program", listed_for=_may_join
    )(on_join)
    door.action("join.open.v1", who=anybody, opens="Join the program")(on_join)
    for field in (*_KEPT_ABOUT, *_KEPT_MORE):
        door.action(f"intake.{field}.v1", who=anybody)(on_kept)
    door.action("join.not_now.v1", who=anybody)(on_not_now)
    door.submission("join.about.v1", who=anybody)(on_about)
    door.submission("join.more.v1", who=anybody)(on_more)


async def _may_join(visit: Visit) -> bool:
    return await why_not_join(visit.uow, visit.program, visit.person) is None


async def _joinable(visit: Visit) -> Program | Reply:
    """The program this person can join now, or the kind answer."""
    program = await program_of(visit)
    why = await why_not_join(visit.uow, program, visit.person)
    if why is not None:
        return Reply(intake.refusal(visit.voice, why))
    return program if program is not None else Reply(notices.not_here(visit.voice))


async def on_join(visit: Visit) -> Answer:
    """The first screen, as it was left. Nothing is kept before a choice is made."""
    program = await _joinable(visit)
    if isinstance(program, Reply):
        return program
    return Open(await _about_screen(visit, program))


async def _about_screen(visit: Visit, program: Program) -> View:
    held = await load_draft(visit.uow, visit.person, intake_form(program))
    return intake.about_view(
        visit.voice,
        load_content(visit.voice.locale),
        program_card(program),
        held,
        hidden=[str(topic) for topic in program.hidden_topics],
        joining=True,
    )


async def on_kept(visit: Visit) -> Answer:
    """A choice was made: the whole screen is kept as a draft, sealed, for this person alone."""
    program = await _joinable(visit)
    if not isinstance(program, Reply):
        await save_draft(visit.uow, visit.person, intake_form(program), answers_in(visit.press), visit.now)
    return Nothing()


async def on_not_now(visit: Visit) -> Answer:
    """Not now leaves no trace: the draft goes too. Source: P11."""
    program = await program_of(visit)
    if program is not None:
        await drop_draft(visit.uow, visit.person, intake_form(program))
    return Show(notices.as_view(intake.nothing_kept(visit.voice), visit.voice))


async def on_about(visit: Visit) -> Answer:
    """The first screen was sent: every fault under its field, or the second screen."""
    program = await _joinable(visit)
    if isinstance(program, Reply):
        return program
    answers = answers_in(visit.press)
    faults = about_errors(visit, program, answers)
    if faults:
        return Errors(faults)
    form = intake_form(program)
    await save_draft(visit.uow, visit.person, form, answers, visit.now)
    return Show(await _more_screen(visit, program))


async def _more_screen(visit: Visit, program: Program) -> View:
    held = await load_draft(visit.uow, visit.person, intake_form(program))
    about = read_about(program, held)
    return intake.more_view(
        visit.voice,
        load_content(visit.voice.locale),
        program_card(program),
        {**starting_answers(visit.person), **held},
        topics=topics_of(about.shares, about.learns),
        joining=True,
        decides_much=about.level is not None and about.level > MIDDLE_LEVEL,
    )


async def on_more(visit: Visit) -> Answer:
    """The second screen was sent: the person is in."""
    program = await _joinable(visit)
    if isinstance(program, Reply):
        return program
    held = await load_draft(visit.uow, visit.person, intake_form(program))
    if about_errors(visit, program, held):
        # The draft was dropped or changed elsewhere in the meantime: back to the first screen, nothing is guessed.
        return Show(await _about_screen(visit, program))
    about = read_about(program, held)
    answers = answers_in(visit.press)
    faults = more_errors(visit, answers)
    if faults:
        return Errors(faults)
    more = read_more(answers, topics_of(about.shares, about.learns))
    await join_program(visit.uow, program, visit.person, about, more, visit.now)
    return Close(all=True)


# -- reading the two screens; the profile reads them too


def read_about(program: Program, answers: Mapping[str, Sequence[str]]) -> About:
    """The first screen as values; topics that the program does not offer are passed over."""
    content = load_content()
    hidden = {str(topic) for topic in program.hidden_topics}
    offered = [topic.id for topic in content.topics if topic.id not in hidden]
    department = one(answers, "department")
    level = digit(answers, "level")
    return About(
        shares=[topic for topic in answers.get("share", ()) if topic in offered],
        learns=[topic for topic in answers.get("learn", ()) if topic in offered],
        level=level if level in {step.value for step in content.levels} else None,
        department=department if program.departments else None,
        manager=one(answers, "manager"),
        nobody_here=bool(answers.get("nobody")),
    )


def about_errors(
    visit: Visit,
    program: Program,
    answers: Mapping[str, Sequence[str]],
    *,
    off_limits: Sequence[str] = (),
    joining: bool = True,
) -> dict[str, str]:
    """What is wrong with the first screen, in words, by field."""
    faults = dict(
        about_faults(
            read_about(program, answers),
            intake_limits(program),
            own_slack_id=visit.person.slack_user_id,
            off_limits=frozenset(off_limits),
        )
    )
    if joining and not answers.get("agree"):
        faults["agree"] = IntakeFault.AGREEMENT_NEEDED
    return {field: intake.fault(visit.voice, fault) for field, fault in faults.items()}


def topics_of(shares: Sequence[str], learns: Sequence[str]) -> list[tuple[Role, str]]:
    """What is rated on the second screen."""
    return [(Role.MENTOR, topic) for topic in shares] + [(Role.MENTEE, topic) for topic in learns]


def starting_answers(person: Person) -> dict[str, tuple[str, ...]]:
    """The second screen before anything was said: what Slack says, and ordinary working hours."""
    return {
        "languages": (language_of(person.locale),),
        "work_start": (person.work_start,),
        "work_end": (person.work_end,),
        "work_days": tuple(person.work_days),
        "country": (person.country,) if person.country else (),
    }


def read_more(answers: Mapping[str, Sequence[str]], topics: Sequence[tuple[Role, str]]) -> More:
    """The second screen as values."""
    ratings = {
        (role, topic): rating
        for role, topic in topics
        if (rating := digit(answers, intake.rating_field(role, topic))) and rating <= HIGHEST_RATING
    }
    country = one(answers, "country")
    return More(
        ratings=ratings,
        languages=[code for code in answers.get("languages", ()) if code in LANGUAGES] or ["en"],
        work_start=one(answers, "work_start"),
        work_end=one(answers, "work_end"),
        work_days=_days(answers),
        country=country or None,
        booking_link=one(answers, "booking_link"),
        booker=one(answers, "booker"),
    )


def _days(answers: Mapping[str, Sequence[str]]) -> list[int]:
    return [int(day) for day in answers.get("work_days", ()) if day in tuple("0123456")]


def more_errors(visit: Visit, answers: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """What is wrong with the second screen, in words, by field."""
    faults: dict[str, IntakeFault] = {}
    wrong = hours_fault(
        time.fromisoformat(one(answers, "work_start")),
        time.fromisoformat(one(answers, "work_end")),
        _days(answers),
    )
    if wrong is not None:
        faults.update([wrong])
    link = one(answers, "booking_link")
    if link and not link.lower().startswith("https://"):
        faults["booking_link"] = IntakeFault.LINK_NOT_SECURE
    return {field: intake.fault(visit.voice, fault) for field, fault in faults.items()}
