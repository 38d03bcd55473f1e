"""Taking over what Slack says of people: new names and zones, and those who went away or became guests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from usecases.visits import Profile, apply_profile, get_or_add_person

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from usecases.unit import Storage


async def take_over(
    storage: Storage,
    workspace_id: str,
    profiles: Sequence[Profile],
    now: datetime,
    *,
    country_of: Callable[[str], str | None],
    add_missing: bool,
) -> int:
    """Bring the people we know up to date.

    Args:
        storage: where they are kept.
        workspace_id: ours.
        profiles: what Slack says.
        now: the present moment.
        country_of: guesses a country from a zone; the person may correct it.
        add_missing: whether to make rows for people we did not know (only someone who pressed something).

    Returns:
        How many changed.
    """
    changed = 0
    async with storage.write() as uow:
        known = {person.slack_user_id: person for person in await uow.people.list_known(workspace_id)}
        for profile in profiles:
            person = known.get(profile.slack_user_id)
            if person is None and add_missing:
                person = await get_or_add_person(uow, workspace_id, profile.slack_user_id, now)
            if person is None:
                continue
            if apply_profile(person, profile, now, country=country_of(profile.timezone)):
                changed += 1
                await uow.homes.mark(person.id)
    return changed
