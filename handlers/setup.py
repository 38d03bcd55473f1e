"""Listens to the set-up: the one-time code, the screens, the channel, and opening sign-up."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from handlers.answers import Answer, Errors, Nothing, Open, Reply, Show
from handlers.forms import answers_in, one, program_of
from handlers.rules import anybody, coordinator
from mentoring.participants import NamedRole
from mentoring.program import Direction
from mentoring.setup import (
    LONGEST_LINE,
    MAX_SECONDARY_GOALS,
    Charter,
    ListFault,
    Measure,
    Size,
    date_faults,
    first_dates,
    read_departments,
)
from messages import notices, roles, setup
from messages.content import load_content
from messages.voice import clean
from usecases.cards import program_card, settings_of
from usecases.drafts import drop_draft, load_draft, save_draft
from usecases.roles import name_people, standing_roles
from usecases.setup import (
    Basics,
    charter_of,
    check_channel_again,
    claim_program,
    confirm_channel,
    has_coordinator,
    may_try_code,
    note_wrong_code,
    open_sign_up,
    remember_app,
    save_basics,
    save_charter,
    save_lists,
    setup_desk,
    today_in,
)
from usecases.visits import get_or_add_person

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from datetime import datetime

    from handlers.guard import Door
    from handlers.visit import Visit
    from messages.message import View
    from messages.voice import Voice
    from usecases.unit import Program

TITLE = "Set-up"
LAST_SCREEN = 3
_KEPT = (
    "direction",
    "channel",
    "signup_closes_on",
    "starts_on",
    "measures",
    "size",
    "later",
    "hidden_topics",
    *NamedRole,
)


def register(door: Door) -> None:
    async def on_setup(visit: Visit) -> Answer:
        """With the right code, before anybody coordinates: the first coordinator. Else the way back into the set-up."""
        await remember_app(visit.uow, visit.workspace_id, visit.press.app_id)
        if await coordinator(visit):
            return await on_continue(visit)
        return await _with_code(visit, door.setup_codes)

    door.command(
        "setup", who=anybody, help="set up the program and change it", opens=TITLE, listed_for=coordinator
    )(on_setup)
    door.action("setup.continue.v1", who=coordinator, opens=TITLE)(on_continue)
    for number, part in enumerate(("basics", "charter", "lists"), start=1):
        door.action(f"setup.{part}_again.v1", who=coordinator)(_showing(number))
    for field in _KEPT:
        door.action(f"setup.{field}.v1", who=coordinator)(on_kept)
    door.submission("setup.basics.v1", who=coordinator)(on_basics)
    door.submission("setup.charter.v1", who=coordinator)(on_charter)
    door.submission("setup.lists.v1", who=coordinator)(on_lists)
    door.action("setup.channel_again.v1", who=coordinator)(on_channel_again)
    door.action("setup.channel_seen.v1", who=coordinator)(on_channel_seen)
    door.action("setup.open_sign_up.v1", who=coordinator)(on_open_sign_up)


async def _with_code(visit: Visit, is_code: Callable[[str, datetime], bool]) -> Answer:
    """Whether the code was wrong, too often tried or too late cannot be told from the answer."""
    nothing = Reply(notices.not_here(visit.voice))
    typed = visit.press.text.strip()
    if not typed or visit.person.is_bot or visit.person.is_external or visit.person.is_guest:
        return nothing
    if await has_coordinator(visit.uow, visit.workspace_id):
        return nothing
    if not await may_try_code(visit.uow, visit.workspace_id, visit.person, visit.now):
        return nothing
    if not is_code(typed, visit.now):
        note_wrong_code(visit.uow, visit.workspace_id, visit.person, visit.now)
        return nothing
    program = await claim_program(visit.uow, visit.workspace_id, visit.person, visit.now)
    return Open(await _screen(visit, program, 1))


# -- the screens


def _form(program: Program) -> str:
    return f"setup:{program.id}"


async def on_continue(visit: Visit) -> Answer:
    """The screen at which the set-up was left; once all were saved, the list of its parts."""
    program = await program_of(visit)
    if program is None:
        return Reply(notices.not_here(visit.voice))
    await remember_app(visit.uow, visit.workspace_id, visit.press.app_id)
    saved = charter_of(program).screen
    if saved >= LAST_SCREEN:
        return Open(await _done(visit, program))
    return Open(await _screen(visit, program, saved + 1))


def _showing(number: int) -> Callable[[Visit], Awaitable[Answer]]:
    async def on_part(visit: Visit) -> Answer:
        """One screen of the set-up, filled in with what stands."""
        program = await program_of(visit)
        if program is None:
            return Reply(notices.not_here(visit.voice))
        return Show(await _screen(visit, program, number))

    return on_part


async def _screen(visit: Visit, program: Program, number: int) -> View:
    """One screen: what stands, and over it what was chosen and not sent yet."""
    draft = await load_draft(visit.uow, visit.person, _form(program))
    reference = f"program:{program.id}"
    match number:
        case 1:
            held = {**_held_basics(visit, program), **draft}
            return setup.basics_view(visit.voice, held, reference=reference)
        case 2:
            held = {**_held_charter(visit.voice, program), **draft}
            minimum = settings_of(program).minimum_group
            return setup.charter_view(visit.voice, held, minimum_group=minimum, reference=reference)
        case _:
            held = {**await _held_lists(visit, program), **draft}
            content = load_content(visit.voice.locale)
            return setup.lists_view(visit.voice, content, held, reference=reference)


def _held_basics(visit: Visit, program: Program) -> dict[str, tuple[str, ...]]:
    closes, starts = first_dates(today_in(program, visit.now))
    start = setup.STARTING_LINES
    return {
        "name": (program.name or visit.voice.plain(start["name"]),),
        "goal": (program.goal or visit.voice.plain(start["goal"]),),
        "direction": (charter_of(program).direction.value,),
        "channel": (program.channel_id,) if program.channel_id else (),
        "signup_closes_on": ((program.signup_closes_on or closes).isoformat(),),
        "starts_on": ((program.starts_on or starts).isoformat(),),
    }


def _held_charter(voice: Voice, program: Program) -> dict[str, tuple[str, ...]]:
    """Before the screen was ever saved every line holds words to start from."""
    charter = charter_of(program)
    if charter.screen < 2:
        texts = {name: (voice.plain(setup.STARTING_LINES[name]),) for name in ("skills", "culture", "metric")}
        measures: tuple[Measure, ...] = setup.STARTING_MEASURES
    else:
        texts = {name: (getattr(charter, name),) for name in ("skills", "culture", "metric")}
        measures = charter.measures
    return {
        **texts,
        "secondary": ("\n".join(charter.secondary),),
        "measures": tuple(measure.value for measure in measures),
        "size": (charter.size.value,),
        "later": ("later",) if charter.later else (),
    }


async def _held_lists(visit: Visit, program: Program) -> dict[str, tuple[str, ...]]:
    held: dict[str, tuple[str, ...]] = {
        "departments": ("\n".join(str(name) for name in program.departments),),
        "hidden_topics": tuple(str(topic) for topic in program.hidden_topics),
    }
    for holder in await standing_roles(visit.uow, program):
        if holder.role is not NamedRole.COORDINATOR:
            held[holder.role.value] = ((await visit.uow.people.get(holder.person_id)).slack_user_id,)
    return held


async def on_kept(visit: Visit) -> Answer:
    """A choice was made: the screen is kept as a draft."""
    program = await program_of(visit)
    if program is not None:
        await save_draft(visit.uow, visit.person, _form(program), answers_in(visit.press), visit.now)
    return Nothing()


async def _next(visit: Visit, program: Program, number: int) -> Answer:
    """After a screen was saved: the next one, or the list of parts once all were."""
    await drop_draft(visit.uow, visit.person, _form(program))
    await visit.uow.flush()
    if number >= LAST_SCREEN or charter_of(program).screen >= LAST_SCREEN:
        return Show(await _done(visit, program, saved=True))
    return Show(await _screen(visit, program, number + 1))


async def _done(visit: Visit, program: Program, *, saved: bool = False) -> View:
    desk = await setup_desk(visit.uow, program, visit.now)
    return setup.done_view(visit.voice, desk, program_card(program), saved=saved)


async def on_basics(visit: Visit) -> Answer:
    """Name, goal, direction, channel and dates."""
    program = await program_of(visit)
    if program is None:
        return Reply(notices.not_here(visit.voice))
    answers = answers_in(visit.press)
    closes, starts = (_day(answers, name) for name in ("signup_closes_on", "starts_on"))
    name, goal = (clean(one(answers, field)).strip() for field in ("name", "goal"))
    faults = {
        field: setup.needed(visit.voice) for field, text in (("name", name), ("goal", goal)) if not text
    }
    for field, fault in date_faults(closes, starts, today=today_in(program, visit.now)).items():
        faults[field] = setup.date_fault(visit.voice, fault)
    if faults or closes is None or starts is None:
        return Errors(faults)
    basics = Basics(
        name=" ".join(name.split()),
        goal=goal,
        direction=Direction(one(answers, "direction")),
        channel_id=one(answers, "channel") or None,
        signup_closes_on=closes,
        starts_on=starts,
    )
    await save_basics(visit.uow, program, visit.person, basics, visit.now)
    return await _next(visit, program, 1)


def _day(answers: Mapping[str, Sequence[str]], name: str) -> date | None:
    value = one(answers, name)
    return date.fromisoformat(value) if value else None


async def on_charter(visit: Visit) -> Answer:
    """What should move, and how that will be seen; every line may be empty for now."""
    program = await program_of(visit)
    if program is None:
        return Reply(notices.not_here(visit.voice))
    answers = answers_in(visit.press)
    secondary = tuple(line.strip() for line in one(answers, "secondary").splitlines() if line.strip())
    if len(secondary) > MAX_SECONDARY_GOALS or any(len(line) > LONGEST_LINE for line in secondary):
        return Errors({"secondary": setup.too_many_goals(visit.voice)})
    charter = Charter(
        secondary=secondary,
        skills=one(answers, "skills"),
        culture=one(answers, "culture"),
        metric=one(answers, "metric"),
        measures=tuple(Measure(value) for value in answers.get("measures", ())),
        size=Size(one(answers, "size")),
        later=bool(answers.get("later")),
    )
    await save_charter(visit.uow, program, visit.person, charter, visit.now)
    return await _next(visit, program, 2)


async def on_lists(visit: Visit) -> Answer:
    """Who is named, the departments, and topics left out."""
    program = await program_of(visit)
    if program is None:
        return Reply(notices.not_here(visit.voice))
    answers = answers_in(visit.press)
    departments = read_departments(clean(one(answers, "departments")))
    if isinstance(departments, ListFault):
        return Errors({"departments": setup.departments_fault(visit.voice, departments)})
    faults = await _naming_faults(visit, program, answers)
    if faults:
        return Errors(faults)
    await save_lists(
        visit.uow,
        program,
        visit.person,
        departments=departments,
        hidden_topics=answers.get("hidden_topics", ()),
        now=visit.now,
    )
    return await _next(visit, program, 3)


async def _naming_faults(
    visit: Visit, program: Program, answers: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """Name everybody who was chosen; if one of them cannot be named, nobody is, and the field says why."""
    wanted = {
        role: await get_or_add_person(visit.uow, visit.workspace_id, one(answers, role), visit.now)
        for role in NamedRole
        if one(answers, role)
    }
    refusals = await name_people(visit.uow, program, visit.person, wanted, visit.now)
    return {role.value: roles.refused(visit.voice, refusal) for role, refusal in refusals.items()}


# -- channel and opening


async def on_channel_again(visit: Visit) -> Answer:
    """Somebody invited the app: the greeting is sent once more."""
    program = await program_of(visit)
    if program is None or not await check_channel_again(visit.uow, program, visit.now):
        return Reply(notices.not_here(visit.voice))
    return Reply(setup.channel_checked(visit.voice))


async def on_channel_seen(visit: Visit) -> Answer:
    """A coordinator looked, and the greeting stands in the channel."""
    program = await program_of(visit)
    if program is None or not await confirm_channel(visit.uow, program, visit.person, visit.now):
        return Reply(notices.not_here(visit.voice))
    return Nothing()


async def on_open_sign_up(visit: Visit) -> Answer:
    """Open sign-up, or say exactly what is missing."""
    program = await program_of(visit)
    if program is None:
        return Reply(notices.not_here(visit.voice))
    if not await open_sign_up(visit.uow, program, visit.person, visit.now):
        return Reply(setup.opened(visit.voice))
    desk = await setup_desk(visit.uow, program, visit.now)
    return Reply(setup.not_yet(visit.voice, desk, program_card(program)))
