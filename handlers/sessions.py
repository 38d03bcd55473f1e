"""Listens to what a pair does about a session's time: suggest, confirm, move, cancel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.answers import Answer, Close, Errors, Nothing, Open, Reply
from handlers.rules import pair_member
from messages import notices, sessions
from usecases.cards import person_card
from usecases.pair_life import options_for
from usecases.sessions import cancel_session, confirm_time, find_session, may_plan, moment_from, suggest_time

if TYPE_CHECKING:
    from datetime import datetime

    from handlers.guard import Door
    from handlers.visit import Visit
    from messages.message import View
    from usecases.pair_life import Own
    from usecases.unit import Session


def register(door: Door) -> None:
    for number in (1, 2, 3):
        door.action(f"session.pick_{number}.v1", who=pair_member)(on_pick)
    door.action("session.other.v1", who=pair_member, opens="Suggest a time")(on_other)
    door.action("session.more.v1", who=pair_member, opens="This session")(on_more)
    door.action("session.confirm.v1", who=pair_member)(on_confirm)
    door.action("session.cancel.v1", who=pair_member)(on_cancel)
    door.submission("session.time.v1", who=pair_member)(on_time)
    door.submission("session.cancel.v1", who=pair_member)(on_cancel_form)


async def _at_hand(visit: Visit) -> tuple[Own, Session] | None:
    """The pair and session pressed about, if both are the person's own."""
    own = await visit.own_pair()
    if own is None:
        return None
    session = await find_session(visit.uow, own, visit.ref("session"))
    return (own, session) if session is not None else None


def _moment(visit: Visit) -> datetime | None:
    """The moment that a button carries; whether it fits is looked at when it is used."""
    parts = dict(part.partition(":")[::2] for part in visit.press.value.split(" "))
    return moment_from(parts.get("at", ""))


async def on_pick(visit: Visit) -> Answer:
    """One press suggests a time; the partner is asked to confirm it."""
    found, start = await _at_hand(visit), _moment(visit)
    if found is None or start is None:
        return Reply(notices.not_here(visit.voice))
    refused = await suggest_time(visit.uow, *found, start, visit.now)
    if refused is not None:
        return Reply(sessions.answer(sessions.refused(visit.voice, refused.reason)))
    return Nothing()


async def on_confirm(visit: Visit) -> Answer:
    """The other side's one press makes the time stand."""
    found, start = await _at_hand(visit), _moment(visit)
    if found is None or start is None:
        return Reply(notices.not_here(visit.voice))
    if not await confirm_time(visit.uow, *found, start, visit.now):
        return Reply(sessions.not_yours_to_confirm(visit.voice))
    return Nothing()


async def on_other(visit: Visit) -> Answer:
    """The form for any other time, and for moving an agreed one."""
    found = await _at_hand(visit)
    if found is None:
        return Reply(notices.not_here(visit.voice))
    if not may_plan(*found):
        return Reply(sessions.answer(sessions.refused(visit.voice, None)))
    return Open(await _time_view(visit, *found))


async def on_more(visit: Visit) -> Answer:
    """The menu of an agreed session: move it or cancel it."""
    found = await _at_hand(visit)
    if found is None:
        return Reply(notices.not_here(visit.voice))
    own, session = found
    if "choice:cancel" not in visit.press.value.split(" "):
        return await on_other(visit)
    if session.starts_at is None:
        return Reply(sessions.answer(sessions.refused(visit.voice, None)))
    return Open(
        sessions.cancel_view(
            visit.voice,
            reference=_reference(own, session),
            number=session.number,
            partner=person_card(own.partner.person, own.partner.participant, ()),
            starts_at=session.starts_at,
        )
    )


async def on_cancel(visit: Visit) -> Answer:
    """Called off; the group chat hears it."""
    found = await _at_hand(visit)
    if found is None:
        return Reply(notices.not_here(visit.voice))
    if not await cancel_session(visit.uow, *found, visit.now):
        return Reply(sessions.answer(sessions.refused(visit.voice, None)))
    return Nothing()


async def on_cancel_form(visit: Visit) -> Answer:
    answer = await on_cancel(visit)
    return Close() if isinstance(answer, Nothing) else answer


async def on_time(visit: Visit) -> Answer:
    """Any other time: looked at against both people's hours; a time that does not fit leaves the form open."""
    found, start = await _at_hand(visit), moment_from(visit.press.chosen("moment"))
    if found is None:
        return Reply(notices.not_here(visit.voice))
    if start is None:
        return Errors({"moment": visit.voice.plain("Please choose a date and a time.")})
    refused = await suggest_time(visit.uow, *found, start, visit.now)
    if refused is not None:
        return Errors({"moment": sessions.refused(visit.voice, refused.reason)})
    return Close()


def _reference(own: Own, session: Session) -> str:
    return f"pair:{own.pair.id} session:{session.id}"


async def _time_view(visit: Visit, own: Own, session: Session) -> View:
    options = await options_for(
        visit.uow,
        own.pair,
        own.program,
        {own.me.role: own.me, own.partner.role: own.partner},
        session.minutes,
        visit.now,
    )
    partner = own.partner
    return sessions.time_view(
        visit.voice,
        reference=_reference(own, session),
        number=session.number,
        partner=person_card(partner.person, partner.participant, ()),
        partner_hours=(partner.person.work_start, partner.person.work_end),
        initial=options[0] if options else None,
    )
