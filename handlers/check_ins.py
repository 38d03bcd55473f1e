"""Listens to check-ins, feedback and cards of thanks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.answers import Answer, Close, Errors, Nothing, Open, Reply
from handlers.rules import pair_member
from mentoring.check_ins import USEFULNESS, Readers, readers_missing
from mentoring.sessions import Met
from messages import check_ins, feedback, notices
from messages.sessions import answer as short_answer
from usecases.check_ins import answer_met, answer_usefulness, ask_for_help, change_answers, find_check_in
from usecases.feedback import read_feedback, thank_partner, write_feedback

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from handlers.guard import Door
    from handlers.visit import Visit
    from usecases.pair_life import Own
    from usecases.unit import CheckIn


def register(door: Door) -> None:
    for met in Met:
        door.action(f"check_in.met_{met}.v1", who=pair_member)(_saying(met))
    for rating in USEFULNESS:
        door.action(f"check_in.useful_{rating}.v1", who=pair_member)(_rating(rating))
    door.action("check_in.help.v1", who=pair_member)(on_help)
    door.action("check_in.change.v1", who=pair_member)(on_change)
    door.action("check_in.more.v1", who=pair_member, opens="Thank my partner")(on_thank)
    door.action("feedback.open.v1", who=pair_member, opens="Tell us more")(on_feedback)
    door.submission("feedback.save.v1", who=pair_member)(on_feedback_saved)
    door.submission("thanks.send.v1", who=pair_member)(on_thanks)


async def _at_hand(visit: Visit) -> tuple[Own, CheckIn] | None:
    """The pair and the check-in pressed about, if both are the person's own."""
    own = await visit.own_pair()
    if own is None:
        return None
    check_in = await find_check_in(visit.uow, own, visit.ref("check_in"))
    return (own, check_in) if check_in is not None else None


def _saying(met: Met) -> Callable[[Visit], Awaitable[Answer]]:
    async def on_met(visit: Visit) -> Answer:
        """Whether they met; saved at once."""
        found = await _at_hand(visit)
        if found is None:
            return Reply(notices.not_here(visit.voice))
        return _saved(visit, done=await answer_met(visit.uow, *found, met, visit.now))

    return on_met


def _rating(usefulness: int) -> Callable[[Visit], Awaitable[Answer]]:
    async def on_useful(visit: Visit) -> Answer:
        """How useful it was; saved at once, and never shown again."""
        found = await _at_hand(visit)
        if found is None:
            return Reply(notices.not_here(visit.voice))
        return _saved(visit, done=await answer_usefulness(visit.uow, *found, usefulness, visit.now))

    return on_useful


def _saved(visit: Visit, *, done: bool) -> Answer:
    return Nothing() if done else Reply(short_answer(check_ins.closed_already(visit.voice)))


async def on_change(visit: Visit) -> Answer:
    """Both questions anew, until the next session."""
    found = await _at_hand(visit)
    if found is None:
        return Reply(notices.not_here(visit.voice))
    return _saved(visit, done=await change_answers(visit.uow, *found, visit.now))


async def on_help(visit: Visit) -> Answer:
    """A task for the coordinators, with a due date."""
    found = await _at_hand(visit)
    if found is None:
        return Reply(notices.not_here(visit.voice))
    await ask_for_help(visit.uow, *found, visit.now)
    return Nothing()


def _reference(own: Own, check_in: CheckIn) -> str:
    return f"pair:{own.pair.id} check_in:{check_in.id} session:{check_in.session_id}"


async def on_feedback(visit: Visit) -> Answer:
    """The form, with what this very person wrote before."""
    found = await _at_hand(visit)
    if found is None:
        return Reply(notices.not_here(visit.voice))
    own, check_in = found
    session = await visit.uow.sessions.get(check_in.session_id)
    written, readers = await read_feedback(visit.uow, own, session)
    return Open(
        feedback.feedback_view(
            visit.voice,
            number=session.number,
            reference=_reference(own, check_in),
            written=written,
            readers=readers,
        )
    )


async def on_feedback_saved(visit: Visit) -> Answer:
    """Kept sealed; who may read it is needed only when something was typed."""
    found = await _at_hand(visit)
    if found is None:
        return Reply(notices.not_here(visit.voice))
    own, check_in = found
    learned, taught, tried = (visit.press.typed(name) for name in ("learned", "taught", "tried"))
    chosen = visit.press.chosen("readers")
    readers = Readers(chosen) if chosen in set(Readers) else None
    if readers_missing((learned, taught, tried), readers):
        return Errors({"readers": feedback.readers_missing(visit.voice)})
    session = await visit.uow.sessions.get(check_in.session_id)
    await write_feedback(
        visit.uow, own, session, learned=learned, taught=taught, tried=tried, readers=readers, now=visit.now
    )
    return Close()


async def on_thank(visit: Visit) -> Answer:
    """Choosing a line of thanks, apart from the private answers."""
    found = await _at_hand(visit)
    if found is None:
        return Reply(notices.not_here(visit.voice))
    own, check_in = found
    return Open(
        feedback.thanks_view(
            visit.voice, partner=own.partner.person.name, reference=_reference(own, check_in)
        )
    )


async def on_thanks(visit: Visit) -> Answer:
    found = await _at_hand(visit)
    if found is None:
        return Reply(notices.not_here(visit.voice))
    own, check_in = found
    session = await visit.uow.sessions.get(check_in.session_id)
    if not await thank_partner(visit.uow, own, session, visit.press.chosen("line"), visit.now):
        return Reply(notices.not_here(visit.voice))
    return Close()
