"""The facts every delivery shares: who reads it, for which program, at which moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentoring.facts import Facts, Reader
from usecases.cards import program_card, reader_of

if TYPE_CHECKING:
    from datetime import datetime

    from usecases.unit import Delivery, UnitOfWork


async def base_facts(uow: UnitOfWork, delivery: Delivery, now: datetime) -> Facts:
    """What is known before the subject itself is loaded.

    A channel's reader has the program's zone and language; a group DM's the first person's zone, with both shown
    where they differ.
    """
    program = await uow.programs.find(delivery.program_id) if delivery.program_id else None
    card = program_card(program) if program is not None else None
    reader = Reader(locale="en", timezone=program.timezone if program is not None else "UTC")
    if delivery.recipient.startswith("person:"):
        reader = reader_of(await uow.people.get(delivery.recipient.removeprefix("person:")))
    return Facts(
        delivery_id=delivery.id,
        kind=delivery.kind,
        now=now,
        reader=reader,
        program=card,
        refs=dict(delivery.refs),
        maybe_second_copy=delivery.copies > 0 and delivery.slack_ts is None,
    )
