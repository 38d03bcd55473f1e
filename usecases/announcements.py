"""Announcements: written, seen by their author as others will see them, sent at their moment, and counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from mentoring.announcements import (
    CHANGEABLE,
    STOPPABLE,
    AnnouncementState,
    Audience,
    CannotSend,
    gets_it,
    look_again_at,
    report_of,
    why_not_send,
)
from mentoring.deliveries import KINDS, DeliveryState
from mentoring.facts import AnnouncementCard, AnnouncementFacts, Facts, NotNeeded
from mentoring.participants import NamedRole, NamedRoleState
from usecases.unit import Announcement

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from usecases.unit import Delivery, Participant, Person, Program, Storage, UnitOfWork

log = structlog.get_logger("turnabout.announcements")

PAGE = 200
LIST_LIMIT = 50
_RETRIED = frozenset({DeliveryState.PARKED, DeliveryState.DEAD, DeliveryState.SKIPPED})


@dataclass(frozen=True, slots=True)
class Wording:
    """What a coordinator filled in."""

    title: str
    text: str
    in_the_name_of: str
    audience: Audience
    send_at: datetime | None


def preview_series(announcement_id: str) -> str:
    return f"announcement:preview:{announcement_id}"


def announcement_series(announcement_id: str) -> str:
    return f"announcement:{announcement_id}"


async def sponsor_name(uow: UnitOfWork, program: Program) -> str:
    """The name of the sponsor who accepted the role; empty when there is none. Source: P7."""
    for holder in await uow.role_holders.list_for_program(program.id, NamedRole.SPONSOR):
        if holder.state is NamedRoleState.ACCEPTED:
            return (await uow.people.get(holder.person_id)).name
    return ""


async def find_announcement(
    uow: UnitOfWork, program: Program, announcement_id: str, *, lock: bool = False
) -> Announcement | None:
    """An announcement of this program; None also for that of another."""
    found = await uow.announcements.find(announcement_id, lock=lock) if announcement_id else None
    return found if found is not None and found.program_id == program.id else None


async def write_announcement(
    uow: UnitOfWork, program: Program, author: Person, wording: Wording, now: datetime
) -> Announcement:
    """Keep a draft and owe its author the preview; nobody else gets anything. Source: P12."""
    announcement = uow.announcements.add(
        Announcement(
            id=uow.ids.new(),
            program_id=program.id,
            author_id=author.id,
            audience=wording.audience,
            state=AnnouncementState.DRAFT,
            version=1,
            created_at=now,
        )
    )
    _take_over(announcement, wording)
    await uow.flush()
    await uow.outbox.owe(
        "announcement.preview",
        new_id=uow.ids.new(),
        workspace_id=program.workspace_id,
        program_id=program.id,
        person_id=author.id,
        recipient=f"person:{author.id}",
        series=preview_series(announcement.id),
        refs={"announcement": announcement.id},
        now=now,
    )
    return announcement


async def change_announcement(uow: UnitOfWork, announcement: Announcement, wording: Wording) -> bool:
    """Take over another wording, which has to be seen anew before it may be sent; whether it could be changed."""
    if announcement.state not in CHANGEABLE:
        return False
    _take_over(announcement, wording)
    announcement.version += 1
    announcement.state, announcement.due_at = AnnouncementState.DRAFT, None
    await _redraw(uow, announcement)
    return True


def _take_over(announcement: Announcement, wording: Wording) -> None:
    announcement.title, announcement.body = wording.title, wording.text
    announcement.in_the_name_of = wording.in_the_name_of
    announcement.audience, announcement.send_at = wording.audience, wording.send_at


async def send_announcement(
    uow: UnitOfWork, announcement: Announcement, *, previewed_version: int, now: datetime
) -> CannotSend | None:
    """Let it go out now or at its moment; the button that was pressed says which version its author saw.

    Returns:
        Why it is not sent; None when it is.
    """
    refused = why_not_send(
        announcement.state, version=announcement.version, previewed_version=previewed_version
    )
    if refused is not None:
        return refused
    announcement.previewed_version = previewed_version
    announcement.send_at = max(announcement.send_at or now, now)
    announcement.state, announcement.due_at = AnnouncementState.SCHEDULED, announcement.send_at
    await _redraw(uow, announcement)
    return None


async def stop_announcement(uow: UnitOfWork, announcement: Announcement) -> bool:
    """Withdraw what has not gone out; whether there was anything to stop."""
    if announcement.state not in STOPPABLE:
        return False
    await uow.outbox.cancel_series(announcement_series(announcement.id), reason="stopped")
    announcement.state, announcement.due_at = AnnouncementState.STOPPED, None
    await _redraw(uow, announcement)
    return True


async def settle_post(uow: UnitOfWork, announcement: Announcement, *, arrived: bool, now: datetime) -> bool:
    """Somebody looked in the channel: the post is there, or it is sent once more. Whether a post was in doubt."""
    posts = [
        row for row in await uow.outbox.list_series(announcement_series(announcement.id)) if _is_post(row)
    ]
    if announcement.state is not AnnouncementState.SENT or not posts or posts[0].state not in _RETRIED:
        return False
    post = posts[0]
    post.fence += 1
    post.reason = ""
    if arrived:
        post.state, post.sent_at = DeliveryState.SENT, post.sent_at or now
    else:
        post.state, post.not_before = DeliveryState.DUE, now
        post.attempts = post.render_failures = post.copies = 0
        stale_after = KINDS[post.kind].stale_after
        post.expires_at = now + stale_after if stale_after is not None else None
        announcement.state = AnnouncementState.SENDING
        announcement.due_at = look_again_at(now, is_complete=False, now=now)
    await _redraw(uow, announcement)
    return True


def _is_post(delivery: Delivery) -> bool:
    return delivery.kind == "announcement.post"


async def _redraw(uow: UnitOfWork, announcement: Announcement) -> None:
    await uow.outbox.mark_redraw(series=preview_series(announcement.id))


# ------------------------------------------------------------------ the planner's part


async def plan_announcements(storage: Storage, now: datetime) -> datetime | None:
    """Write down what is due to go out and draw reports anew; when an announcement is due next."""
    async with storage.read() as uow:
        due = [row.id for row in await uow.announcements.list_due(now, LIST_LIMIT)]
    for announcement_id in due:
        after: str | None = ""
        while after is not None:
            async with storage.write() as uow:
                after = await _owe_page(uow, announcement_id, after, now)
        async with storage.write() as uow:
            await _draw_report(uow, await uow.announcements.get(announcement_id, lock=True), now)
    async with storage.read() as uow:
        return await uow.announcements.next_due_at()


async def _owe_page(uow: UnitOfWork, announcement_id: str, after: str, now: datetime) -> str | None:
    """Owe the next page of an announcement that is due; the id it ended with, None when all stand.

    Owing the same page again changes nothing, so a process that dies on the way begins anew.
    """
    announcement = await uow.announcements.get(announcement_id, lock=True)
    if announcement.state is not AnnouncementState.SCHEDULED:
        return None
    program = await uow.programs.get(announcement.program_id)
    if announcement.audience is Audience.CHANNEL:
        if program.channel_id is not None:
            await _owe(uow, program, announcement, f"channel:{program.channel_id}", None, now)
        announcement.state = AnnouncementState.SENDING
        return None
    page = await uow.participants.page_with_people(program.id, after=after, limit=PAGE)
    paired = await _paired(uow, [participant for participant, _ in page])
    for participant, person in page:
        if gets_it(
            announcement.audience,
            mentor_capacity=participant.mentor_capacity,
            mentee_capacity=participant.mentee_capacity,
            has_pair=participant.id in paired,
        ):
            await _owe(uow, program, announcement, f"person:{person.id}", person.id, now)
    if len(page) < PAGE:
        announcement.state = AnnouncementState.SENDING
        return None
    return page[-1][0].id


async def _paired(uow: UnitOfWork, participants: Iterable[Participant]) -> set[str]:
    ids = [participant.id for participant in participants]
    pairs = await uow.pairs.list_for_participants(ids, going_only=True)
    return {one for pair in pairs for one in (pair.mentor_id, pair.mentee_id)}


async def _owe(
    uow: UnitOfWork,
    program: Program,
    announcement: Announcement,
    recipient: str,
    person_id: str | None,
    now: datetime,
) -> None:
    await uow.outbox.owe(
        "announcement.post" if person_id is None else "announcement.message",
        new_id=uow.ids.new(),
        workspace_id=program.workspace_id,
        program_id=program.id,
        person_id=person_id,
        recipient=recipient,
        series=announcement_series(announcement.id),
        refs={"announcement": announcement.id},
        now=now,
    )


async def _draw_report(uow: UnitOfWork, announcement: Announcement, now: datetime) -> None:
    if announcement.state is not AnnouncementState.SENDING:
        return
    series = announcement_series(announcement.id)
    report = report_of(await uow.outbox.count_series(series))
    announcement.due_at = look_again_at(
        await uow.outbox.next_of_series_at(series), is_complete=report.is_complete, now=now
    )
    if report.is_complete:
        announcement.state = AnnouncementState.SENT
    await _redraw(uow, announcement)


# ------------------------------------------------------------------ facts


async def load_announcement_facts(uow: UnitOfWork, delivery: Delivery, base: Facts) -> Facts | NotNeeded:
    """The announcement as it stands; its report only for the author."""
    announcement = await uow.announcements.find(str(delivery.refs.get("announcement", "")))
    if announcement is None:
        return NotNeeded("no such announcement")
    is_preview = delivery.kind == "announcement.preview"
    if not is_preview and announcement.state is AnnouncementState.STOPPED and delivery.slack_ts is None:
        return NotNeeded("stopped")
    return AnnouncementFacts(
        delivery_id=base.delivery_id,
        kind=base.kind,
        now=base.now,
        reader=base.reader,
        program=base.program,
        refs=base.refs,
        maybe_second_copy=base.maybe_second_copy,
        announcement=card_of(announcement),
        report=report_of(await uow.outbox.count_series(announcement_series(announcement.id)))
        if is_preview
        else None,
    )


def card_of(announcement: Announcement) -> AnnouncementCard:
    return AnnouncementCard(
        id=announcement.id,
        version=announcement.version,
        state=announcement.state,
        audience=announcement.audience,
        title=announcement.title,
        text=announcement.body,
        in_the_name_of=announcement.in_the_name_of,
        send_at=announcement.send_at,
    )
