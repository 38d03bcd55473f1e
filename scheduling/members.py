"""The member sync: what Slack says of the people we know, on their first press and once an hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

import structlog

from mentoring.calendar import guess_country, is_zone
from messages.errors import MessengerError
from usecases import members
from usecases.visits import Profile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scheduling.dispatch import Clock
    from usecases.unit import Storage

log = structlog.get_logger("turnabout.members")

EVERY = timedelta(hours=1)


class Directory(Protocol):
    """Looks people up in Slack."""

    async def person(self, slack_user_id: str) -> Mapping[str, Any]:
        """Slack's user object."""
        ...

    async def everyone(self) -> list[Mapping[str, Any]]:
        """Slack's user objects of the whole workspace."""
        ...


@dataclass
class Members:
    """Keeps our view of people in step with Slack's."""

    storage: Storage
    clock: Clock
    directory: Directory
    workspace_id: str
    team_id: str
    _next_at: datetime | None = None

    async def meet(self, workspace_id: str, slack_user_id: str) -> None:
        """Take over one person's name and zone on their first press; without them we go on and the sync follows."""
        try:
            user = await self.directory.person(slack_user_id)
        except MessengerError as error:
            log.warning("person_not_looked_up", reason=error.reason)
            return
        profile = profile_of(user, self.team_id)
        await members.take_over(
            self.storage,
            workspace_id,
            [profile],
            self.clock.now(),
            country_of=guess_country,
            add_missing=True,
        )

    async def turn(self) -> datetime | None:
        now = self.clock.now()
        if self._next_at is not None and now < self._next_at:
            return None
        try:
            users = await self.directory.everyone()
        except MessengerError as error:
            # Slack is away or busy; nothing hangs on this hour's look, and the next turn takes another.
            log.warning("members_not_read", reason=error.reason)
            return None
        profiles = [profile_of(user, self.team_id) for user in users]
        changed = await members.take_over(
            self.storage, self.workspace_id, profiles, now, country_of=guess_country, add_missing=False
        )
        self._next_at = now + EVERY
        if changed:
            log.info("members_synced", changed=changed)
        return None


def profile_of(user: Mapping[str, Any], team_id: str) -> Profile:
    """Slack's user object in our words; any field of it may be missing or null."""
    details = user.get("profile") or {}
    zone = str(user.get("tz") or "UTC")
    name = (
        user.get("real_name") or details.get("real_name") or details.get("display_name") or user.get("name")
    )
    return Profile(
        slack_user_id=str(user["id"]),
        name=str(name or ""),
        timezone=zone if is_zone(zone) else "UTC",
        locale=str(user.get("locale") or "en"),
        email=details.get("email") or None,
        is_deactivated=bool(user.get("deleted")),
        is_bot=bool(user.get("is_bot")) or user.get("id") == "USLACKBOT",
        is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        is_external=bool(user.get("is_stranger")) or (user.get("team_id") or team_id) != team_id,
    )
