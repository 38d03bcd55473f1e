"""A visit: one press by one known person, inside the one transaction in which it is authorised and takes effect."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from usecases.pair_life import find_own

if TYPE_CHECKING:
    from datetime import datetime

    from handlers.press import Press
    from messages.voice import Voice
    from usecases.pair_life import Own
    from usecases.unit import Delivery, Participant, Person, Program, UnitOfWork


@dataclass
class Visit:
    """What a listener works with.

    Attributes:
        press: what was done.
        uow: the transaction; committed by the guard after the listener returns.
        now: the moment of the press.
        workspace_id: ours.
        person: who pressed.
        program: the program it is about, or the one going on; None before set-up.
        voice: how this person is spoken to.
        delivery: the message that was pressed, when the press was on one of ours.
    """

    press: Press
    uow: UnitOfWork
    now: datetime
    workspace_id: str
    person: Person
    program: Program | None
    voice: Voice
    delivery: Delivery | None = None
    _participant: Participant | None = field(default=None, repr=False)
    _own: Own | None = field(default=None, repr=False)

    async def participant(self) -> Participant | None:
        """The person's part in this program, looked up once; None when there is none."""
        if self._participant is None and self.program is not None:
            self._participant = await self.uow.participants.find_one(self.program.id, self.person.id)
        return self._participant

    async def own_pair(self) -> Own | None:
        """The person's own pair that was pressed about, looked up once; None when it is not theirs."""
        if self._own is None:
            self._own = await find_own(self.uow, self.person, self.ref("pair"))
        return self._own

    def ref(self, what: str) -> str:
        """The id of what was pressed about: from the message's delivery, else from a value such as `pair:ID`.

        Empty when there is none. An id grants nothing: use cases look whether it is the person's own.
        """
        if self.delivery is not None and what in self.delivery.refs:
            return str(self.delivery.refs[what])
        for source in (self.press.value, self.press.reference):
            for part in source.split(" "):
                kind, _, row_id = part.partition(":")
                if kind == what and row_id:
                    return row_id
        return ""
