"""What a form in a modal holds, and the program it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from handlers.press import Press
    from handlers.visit import Visit
    from usecases.unit import Program


def answers_in(press: Press) -> dict[str, tuple[str, ...]]:
    """By field, the values chosen or typed; a field that holds nothing is there and empty."""
    return {name: press.chosen_all(name) for name in press.state}


def one(answers: Mapping[str, Sequence[str]], name: str) -> str:
    """The single value of a field, without surrounding blanks; empty when there is none."""
    values = answers.get(name) or ()
    return values[0].strip() if values else ""


def digit(answers: Mapping[str, Sequence[str]], name: str) -> int | None:
    """The number chosen in a field, or None."""
    value = one(answers, name)
    return int(value) if value.isascii() and value.isdecimal() else None


async def program_of(visit: Visit) -> Program | None:
    """The program a form or button names, if it is of this workspace; else the one at hand."""
    program_id = visit.ref("program")
    if not program_id:
        return visit.program
    program = await visit.uow.programs.find(program_id)
    return program if program is not None and program.workspace_id == visit.workspace_id else None
