"""Listens to one's own profile: the forms of the intake again, and wishes and limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.answers import Answer, Errors, Open, Reply, Show
from handlers.forms import answers_in, digit, one
from handlers.joining import about_errors, more_errors, read_about, read_more, starting_answers, topics_of
from handlers.rules import participant
from mentoring.participants import MAX_PAIRS, IntakeFault, Offer, Side, offer_faults, possible_roles
from messages import intake, notices
from messages.content import load_content
from usecases.cards import program_card
from usecases.joining import (
    Wishes,
    change_about,
    change_more,
    change_wishes,
    do_not_pair_of,
    intake_limits,
    off_limits_of,
    offer_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from handlers.guard import Door
    from handlers.visit import Visit
    from messages.message import View
    from usecases.unit import Participant, Program, Skill

TITLE = "My profile"


def register(door: Door) -> None:
    door.command("profile", who=participant, help="see and change what you said", opens=TITLE)(on_profile)
    door.action("profile.open.v1", who=participant, opens=TITLE)(on_profile)
    door.action("profile.about.v1", who=participant)(on_about)
    door.action("profile.more.v1", who=participant)(on_more)
    door.action("profile.wishes.v1", who=participant)(on_wishes)
    door.submission("profile.about.v1", who=participant)(on_about_saved)
    door.submission("profile.more.v1", who=participant)(on_more_saved)
    door.submission("profile.wishes.v1", who=participant)(on_wishes_saved)


class _Own:
    """One's own part in the program, with its skills."""

    def __init__(self, program: Program, part: Participant, skills: Sequence[Skill]) -> None:
        self.program = program
        self.part = part
        self.skills = skills

    def topics(self, side: Side) -> tuple[str, ...]:
        return tuple(skill.topic_id for skill in self.skills if skill.side is side)


async def _own(visit: Visit) -> _Own | None:
    part = await visit.participant()
    if part is None or visit.program is None:
        return None
    return _Own(visit.program, part, await visit.uow.skills.list_for([part.id]))


async def on_profile(visit: Visit) -> Answer:
    own = await _own(visit)
    return Reply(notices.not_here(visit.voice)) if own is None else Open(_overview(visit, own))


def _overview(visit: Visit, own: _Own, *, saved: bool = False) -> View:
    return intake.profile_view(
        visit.voice,
        load_content(visit.voice.locale),
        program_card(own.program),
        shares=own.topics(Side.SHARE),
        learns=own.topics(Side.LEARN),
        offer=offer_of(own.part),
        saved=saved,
    )


async def _saved(visit: Visit) -> Answer:
    own = await _own(visit)
    return Reply(notices.not_here(visit.voice)) if own is None else Show(_overview(visit, own, saved=True))


async def on_about(visit: Visit) -> Answer:
    """Topics and work, filled in with what stands."""
    own = await _own(visit)
    if own is None:
        return Reply(notices.not_here(visit.voice))
    part, program = own.part, own.program
    manager = await visit.uow.people.find(part.manager_person_id) if part.manager_person_id else None
    departments = {str(name) for name in program.departments}
    held = {
        "share": own.topics(Side.SHARE),
        "learn": own.topics(Side.LEARN),
        "level": (str(part.level),),
        "department": (part.department if part.department in departments else intake.OTHER_DEPARTMENT,),
        "manager": (manager.slack_user_id,) if manager is not None else (),
        "nobody": (intake.NOBODY,) if manager is None and part.chain_known else (),
    }
    return Show(
        intake.about_view(
            visit.voice,
            load_content(visit.voice.locale),
            program_card(program),
            held,
            hidden=[str(topic) for topic in program.hidden_topics],
            joining=False,
        )
    )


async def on_about_saved(visit: Visit) -> Answer:
    own = await _own(visit)
    if own is None:
        return Reply(notices.not_here(visit.voice))
    answers = answers_in(visit.press)
    faults = about_errors(
        visit, own.program, answers, off_limits=off_limits_of(visit.uow, own.part), joining=False
    )
    if faults:
        return Errors(faults)
    about = read_about(own.program, answers)
    await change_about(visit.uow, own.program, visit.person, own.part, about, visit.now)
    return await _saved(visit)


async def on_more(visit: Visit) -> Answer:
    """Ratings, hours and contact, filled in with what stands."""
    own = await _own(visit)
    if own is None:
        return Reply(notices.not_here(visit.voice))
    topics = topics_of(own.topics(Side.SHARE), own.topics(Side.LEARN))
    ratings = {
        intake.rating_field(role, topic): (str(skill.rating),)
        for role, topic in topics
        for skill in own.skills
        if skill.topic_id == topic and skill.rating
    }
    held = {
        **starting_answers(visit.person),
        **ratings,
        "languages": tuple(str(code) for code in own.part.languages),
        "booking_link": (own.part.booking_link,) if own.part.booking_link else (),
        "booker": (own.part.booker,) if own.part.booker else (),
    }
    content = load_content(visit.voice.locale)
    return Show(
        intake.more_view(visit.voice, content, program_card(own.program), held, topics=topics, joining=False)
    )


async def on_more_saved(visit: Visit) -> Answer:
    own = await _own(visit)
    if own is None:
        return Reply(notices.not_here(visit.voice))
    answers = answers_in(visit.press)
    faults = more_errors(visit, answers)
    if faults:
        return Errors(faults)
    topics = topics_of(own.topics(Side.SHARE), own.topics(Side.LEARN))
    await change_more(visit.uow, visit.person, own.part, read_more(answers, topics))
    return await _saved(visit)


async def on_wishes(visit: Visit) -> Answer:
    """The role, wishes and limits, filled in with what stands; seen in this form only."""
    own = await _own(visit)
    if own is None:
        return Reply(notices.not_here(visit.voice))
    part = own.part
    offer = offer_of(part)
    held = {
        "offer": (offer.value,) if offer is not None else (),
        "pairs": (str(max(part.mentor_capacity, part.mentee_capacity, 1)),),
        "goals": tuple(str(goal) for goal in part.goals),
        "interests": tuple(str(interest) for interest in part.interests),
        "work_style": (str(part.work_style),) if part.work_style else (),
        "hours_a_month": (str(part.hours_a_month),) if part.hours_a_month else (),
        "do_not_pair": await do_not_pair_of(visit.uow, part),
        "off_limits": off_limits_of(visit.uow, part),
    }
    return Show(
        intake.wishes_view(
            visit.voice,
            load_content(visit.voice.locale),
            program_card(own.program),
            held,
            offers=_offers(own),
            hidden=[str(topic) for topic in own.program.hidden_topics],
        )
    )


def _offers(own: _Own) -> list[Offer]:
    """The roles somebody at this level can offer at all; what they offer now is always among them."""
    limits = intake_limits(own.program)
    possible = possible_roles(own.part.level, limits.direction, limits.gap)
    return [offer for offer in Offer if offer.roles <= possible or offer is offer_of(own.part)]


async def on_wishes_saved(visit: Visit) -> Answer:
    own = await _own(visit)
    if own is None:
        return Reply(notices.not_here(visit.voice))
    answers = answers_in(visit.press)
    wishes = _read_wishes(answers)
    faults = dict(
        offer_faults(
            wishes.offer,
            own.part.level,
            intake_limits(own.program),
            shares=bool(own.topics(Side.SHARE)),
            learns=bool(own.topics(Side.LEARN)),
        )
    )
    if set(wishes.off_limits) & {*own.topics(Side.SHARE), *own.topics(Side.LEARN)}:
        faults["off_limits"] = IntakeFault.CHOSEN_TOPIC
    if faults:
        return Errors({field: intake.fault(visit.voice, fault) for field, fault in faults.items()})
    await change_wishes(visit.uow, own.program, visit.person, own.part, wishes, visit.now)
    return await _saved(visit)


def _read_wishes(answers: Mapping[str, Sequence[str]]) -> Wishes:
    """The form as values; anything that is not on offer is passed over."""
    topics = {topic.id for topic in load_content().topics}
    style = digit(answers, "work_style")
    hours = digit(answers, "hours_a_month")
    return Wishes(
        offer=Offer(one(answers, "offer")),
        pairs=min(max(digit(answers, "pairs") or 1, 1), MAX_PAIRS),
        goals=[goal for goal in answers.get("goals", ()) if goal in intake.GOALS],
        interests=[interest for interest in answers.get("interests", ()) if interest in intake.INTERESTS],
        work_style=style if style in range(1, len(intake.WORK_STYLES) + 1) else None,
        hours_a_month=hours if hours in intake.HOURS_A_MONTH else None,
        do_not_pair=tuple(answers.get("do_not_pair", ())),
        off_limits=[topic for topic in answers.get("off_limits", ()) if topic in topics],
    )
