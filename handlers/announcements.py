"""Listens to coordinators who announce something: the form, the preview's buttons, the report's."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from handlers.answers import Answer, Errors, Nothing, Open, Reply, Show
from handlers.rules import coordinator
from mentoring.announcements import CHANGEABLE, Audience, CannotSend
from messages import announcements as words
from messages import notices
from messages.voice import clean
from usecases.announcements import (
    Wording,
    card_of,
    change_announcement,
    find_announcement,
    send_announcement,
    settle_post,
    sponsor_name,
    stop_announcement,
    write_announcement,
)
from usecases.cards import program_card

if TYPE_CHECKING:
    from handlers.guard import Door
    from handlers.visit import Visit
    from usecases.unit import Announcement


def register(door: Door) -> None:
    door.command("announce", who=coordinator, opens="Announcement", help="write an announcement")(on_announce)
    door.action("announcement.new.v1", who=coordinator, opens="Announcement")(on_announce)
    door.submission("announcement.save.v1", who=coordinator)(on_saved)
    door.action("announcement.send.v1", who=coordinator)(on_send)
    door.action("announcement.change.v1", who=coordinator, opens="Announcement")(on_change)
    door.action("announcement.stop.v1", who=coordinator)(on_stop)
    door.action("announcement.there.v1", who=coordinator)(on_there)
    door.action("announcement.again.v1", who=coordinator)(on_again)


async def _at_hand(visit: Visit) -> Announcement | None:
    if visit.program is None:
        return None
    return await find_announcement(visit.uow, visit.program, visit.ref("announcement"), lock=True)


async def on_announce(visit: Visit) -> Answer:
    """The empty form; what was typed after the command is not taken."""
    if visit.program is None:
        return Reply(notices.not_here(visit.voice))
    return Open(
        words.form(
            visit.voice, program_card(visit.program), sponsor=await sponsor_name(visit.uow, visit.program)
        )
    )


async def on_saved(visit: Visit) -> Answer:
    """Keep what was written and show it to its author as others will see it."""
    if visit.program is None:
        return Reply(notices.not_here(visit.voice))
    faults, wording = _wording(visit)
    if wording is None:
        return Errors(faults)
    if not visit.ref("announcement"):
        await write_announcement(visit.uow, visit.program, visit.person, wording, visit.now)
        return Reply(words.preview_comes(visit.voice))
    announcement = await _at_hand(visit)
    if announcement is None:
        return Reply(notices.not_here(visit.voice))
    if not await change_announcement(visit.uow, announcement, wording):
        return Reply(words.refused(visit.voice, CannotSend.OVER))
    return Reply(words.preview_comes(visit.voice))


def _wording(visit: Visit) -> tuple[dict[str, str], Wording | None]:
    """What the form holds, or a sentence under each field that has to change."""
    press = visit.press
    title, text, name = (clean(press.typed(field)).strip() for field in ("title", "text", "name"))
    faults = {
        field: words.needed(visit.voice) for field, typed in (("title", title), ("text", text)) if not typed
    }
    chosen = press.chosen("audience")
    offered = set(Audience)
    if visit.program is None or visit.program.channel_id is None:
        offered.discard(Audience.CHANNEL)
    if chosen not in offered:
        faults["audience"] = words.needed(visit.voice)
    seconds = press.chosen("send_at")
    send_at = datetime.fromtimestamp(int(seconds), UTC) if seconds.isdigit() else None
    if send_at is not None and send_at <= visit.now:
        faults["send_at"] = words.in_the_past(visit.voice)
    if faults:
        return faults, None
    return {}, Wording(title, text, name, Audience(chosen), send_at)


async def on_send(visit: Visit) -> Answer:
    """Only the version that stood in the preview goes out."""
    announcement = await _at_hand(visit)
    if announcement is None:
        return Reply(notices.not_here(visit.voice))
    version = visit.ref("version")
    refused = await send_announcement(
        visit.uow,
        announcement,
        previewed_version=int(version) if version.isdigit() else 0,
        now=visit.now,
    )
    return Nothing() if refused is None else Reply(words.refused(visit.voice, refused))


async def on_change(visit: Visit) -> Answer:
    announcement = await _at_hand(visit)
    if announcement is None or visit.program is None:
        return Reply(notices.not_here(visit.voice))
    if announcement.state not in CHANGEABLE:
        return Reply(words.refused(visit.voice, CannotSend.OVER))
    return Show(
        words.form(
            visit.voice,
            program_card(visit.program),
            card=card_of(announcement),
            reference=f"announcement:{announcement.id}",
        )
    )


async def on_stop(visit: Visit) -> Answer:
    """Nothing more goes out; what did stays."""
    announcement = await _at_hand(visit)
    if announcement is None:
        return Reply(notices.not_here(visit.voice))
    if not await stop_announcement(visit.uow, announcement):
        return Reply(words.refused(visit.voice, CannotSend.OVER))
    return Nothing()


async def on_there(visit: Visit) -> Answer:
    """The coordinator looked in the channel and found the post."""
    return await _settle(visit, arrived=True)


async def on_again(visit: Visit) -> Answer:
    """The coordinator looked in the channel and found nothing."""
    return await _settle(visit, arrived=False)


async def _settle(visit: Visit, *, arrived: bool) -> Answer:
    announcement = await _at_hand(visit)
    if announcement is None:
        return Reply(notices.not_here(visit.voice))
    if not await settle_post(visit.uow, announcement, arrived=arrived, now=visit.now):
        return Reply(words.refused(visit.voice, CannotSend.OVER))
    return Nothing()
