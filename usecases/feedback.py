"""Feedback after a session: what was learned, taught and tried, sealed; and a card of thanks, apart from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentoring.check_ins import Readers
from usecases.check_ins import check_in_series
from usecases.pair_life import owe_member
from usecases.unit import Feedback

if TYPE_CHECKING:
    from datetime import datetime

    from usecases.pair_life import Own
    from usecases.unit import Session, UnitOfWork

THANKS = ("patience", "openness", "idea", "time")
"""What somebody may be thanked for; the words stand in `messages`."""


async def write_feedback(
    uow: UnitOfWork,
    own: Own,
    session: Session,
    *,
    learned: str,
    taught: str,
    tried: str,
    readers: Readers | None,
    now: datetime,
) -> None:
    """Keep what one side wrote about a session, sealed; writing again replaces it. Source: P42, P56."""
    row = await uow.feedbacks.find_one(session.id, own.me.participant.id)
    if row is None:
        row = uow.feedbacks.add(
            Feedback(
                id=uow.ids.new(),
                session_id=session.id,
                participant_id=own.me.participant.id,
                written_at=now,
            )
        )
    seal = uow.vault.seal
    row.learned_sealed = seal(learned) if learned else None
    row.taught_sealed = seal(taught) if taught else None
    row.tried_sealed = seal(tried) if tried else None
    row.readers = (readers or Readers.NOBODY).value
    row.written_at = now
    await uow.outbox.mark_redraw(series=check_in_series(session.id, own.me.participant.id))


async def read_feedback(uow: UnitOfWork, own: Own, session: Session) -> tuple[dict[str, str], Readers | None]:
    """What this side itself wrote about a session, opened for its own form; and whom it let read that."""
    row = await uow.feedbacks.find_one(session.id, own.me.participant.id)
    if row is None:
        return {}, None
    sealed = {"learned": row.learned_sealed, "taught": row.taught_sealed, "tried": row.tried_sealed}
    written = {name: uow.vault.open(text) for name, text in sealed.items() if text is not None}
    return written, Readers(row.readers)


async def thank_partner(uow: UnitOfWork, own: Own, session: Session, line: str, now: datetime) -> bool:
    """Send the partner a card of thanks; it holds nothing of the private answers. Once per session. Source: P44.

    Returns:
        Whether there is such a line.
    """
    if line not in THANKS:
        return False
    await owe_member(
        uow,
        own.program,
        own.pair,
        own.partner,
        "check_in.thanks",
        series=f"thanks:{session.id}:{own.partner.participant.id}",
        refs={"session": session.id, "line": line},
        now=now,
    )
    return True
