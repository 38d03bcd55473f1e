"""Drafts: what somebody chose in a form they have not sent. Sealed, theirs alone, dropped when sent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from usecases.unit import Draft

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from usecases.unit import Person, UnitOfWork

Answers = dict[str, tuple[str, ...]]
"""What a form holds: by field, the values chosen or typed."""


async def save_draft(
    uow: UnitOfWork, person: Person, form: str, answers: Mapping[str, Sequence[str]], now: datetime
) -> None:
    """Keep what a form holds; fields of another screen of the same form stay as they are."""
    kept = {**await load_draft(uow, person, form), **answers}
    sealed = uow.vault.seal(json.dumps({field: list(values) for field, values in kept.items()}))
    draft = await uow.drafts.find_one(person.id, form)
    if draft is None:
        uow.drafts.add(Draft(id=uow.ids.new(), person_id=person.id, form=form, sealed=sealed, updated_at=now))
        await uow.flush()
    else:
        draft.sealed, draft.updated_at = sealed, now


async def load_draft(uow: UnitOfWork, person: Person, form: str) -> Answers:
    """What was kept; empty when there is no draft."""
    draft = await uow.drafts.find_one(person.id, form)
    if draft is None:
        return {}
    stored: dict[str, list[str]] = json.loads(uow.vault.open(draft.sealed))
    return {field: tuple(values) for field, values in stored.items()}


async def drop_draft(uow: UnitOfWork, person: Person, form: str) -> None:
    draft = await uow.drafts.find_one(person.id, form)
    if draft is not None:
        await uow.drafts.remove(draft)
