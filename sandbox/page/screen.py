"""What stands on the page: who is shown, what each of them sees, what is unread, what is due. No HTML and no HTTP."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from sandbox.page import mrkdwn
from sandbox.page.mrkdwn import Reader
from sandbox.page.render import Scene, blocks, initials

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from markupsafe import Markup

    from sandbox.elements import Json, Spot
    from sandbox.workspace import Conversation, FileObject, Message, ModalView, Person, Workspace

MOST_SHOWN = 6
SHOWN_AT_FIRST = 3
HOME = "home"
APP = "app"
"""The DM with the bot, which is there to open before it exists."""

MOST_KEPT = 5_000
"""Drawn messages that are kept."""

LATEST = 60
"""Messages of a conversation that are drawn: a long program must not make the page slow."""

FILES = "/page/files"
"""Where the page hands out files."""

_PICTURES = frozenset({"png", "jpg", "jpeg", "gif", "webp"})
_READABLE = frozenset({"ics", "csv", "txt", "md", "json"})


@dataclass(frozen=True)
class Selection:
    """Who is shown and which place of each is open; `at` is the one that a narrow screen shows."""

    columns: tuple[tuple[str, str], ...]
    at: str

    @classmethod
    def read(cls, asked: Sequence[str], at: str, workspace: Workspace) -> Selection:
        """Read `person.place` pairs; what does not exist (any more) is left out, nothing asked means the first few."""
        columns: dict[str, str] = {}
        for pair in asked:
            person_id, _, place = pair.partition(".")
            person = workspace.people.get(person_id)
            if person is not None and person in workspace.humans() and len(columns) < MOST_SHOWN:
                columns[person_id] = place if _is_open_to(place, person, workspace) else HOME
        if not columns:
            at_work = [person for person in workspace.humans() if not person.is_deleted]
            columns = {person.id: HOME for person in at_work[:SHOWN_AT_FIRST]}
        return cls(tuple(columns.items()), at if at in columns else next(iter(columns), ""))

    @property
    def query(self) -> str:
        """Return the part of the address that says all this."""
        return urlencode([*(("p", f"{person}.{place}") for person, place in self.columns), ("at", self.at)])

    @property
    def people(self) -> list[str]:
        return [person_id for person_id, _ in self.columns]

    def opened(self, person_id: str, place: str) -> Selection:
        """Return the same with another place open for one person, who becomes the one a narrow screen shows."""
        columns = tuple((one, place if one == person_id else before) for one, before in self.columns)
        return Selection(columns, person_id)

    def looking_at(self, person_id: str) -> Selection:
        """Return the same with a narrow screen showing this person."""
        return Selection(self.columns, person_id)

    def without(self, person_id: str) -> Selection:
        """Return the same without one person, unless nobody would be left."""
        left = tuple(column for column in self.columns if column[0] != person_id)
        return Selection(left, left[0][0] if self.at == person_id else self.at) if left else self


@dataclass(frozen=True)
class Due:
    """Something the bot will do: when, what in a few words, and for whom."""

    at: datetime
    what: str
    whom: str = ""


@dataclass(frozen=True)
class PlaceLink:
    """A place in a person's list."""

    key: str
    label: str
    sign: str
    unread: int
    href: str
    is_open: bool


@dataclass(frozen=True)
class Attachment:
    """A file under a message."""

    id: str
    name: str
    title: str
    size: str
    alt_text: str
    address: str
    is_picture: bool
    is_readable: bool


@dataclass(frozen=True)
class Line:
    """One thing in a conversation: a message, or a line from Slack itself when `author` is empty."""

    id: str
    ts: str
    day: str
    time: str
    moment: str
    author: str
    author_id: str
    initials: str
    is_bot: bool
    is_own: bool
    is_ephemeral: bool
    is_edited: bool
    is_reply: bool
    text: str
    body: Markup
    has_controls: bool
    files: Sequence[Attachment] = ()
    reactions: Sequence[tuple[str, int]] = ()


@dataclass(frozen=True)
class Sheet:
    """The modal on top of a stack."""

    id: str
    view_id: str
    title: str
    submit: str
    close: str
    body: Markup
    depth: int
    beneath: str
    notice: str
    error_count: int


@dataclass(frozen=True)
class Alert:
    """What a notification says: the top-level text of a message, and where it came."""

    time: str
    place: str
    text: str
    href: str


@dataclass(frozen=True)
class Column:
    """Everything in one person's column."""

    person: Person
    local_time: str
    zone: str
    language: str
    place: str
    place_label: str
    places: Sequence[PlaceLink]
    lines: Sequence[Line]
    home: Markup | None
    alerts: Sequence[Alert]
    sheet: Sheet | None
    can_write: bool
    hide_href: str
    is_current: bool

    @property
    def days(self) -> list[tuple[str, list[Line]]]:
        """Return the lines by day, oldest first."""
        return [(day, list(lines)) for day, lines in groupby(self.lines, key=attrgetter("day"))]


@dataclass
class Seen:
    """What each person has looked at: the newest ts per conversation, kept for every browser alike."""

    _newest: dict[tuple[str, str], str] = field(default_factory=dict)

    def mark(self, person_id: str, conversation: Conversation) -> bool:
        """Note that everything there was seen; returns whether that changed anything."""
        newest = max((message.ts for message in conversation.seen_by(person_id)), default="")
        key = (person_id, conversation.id)
        if newest <= self._newest.get(key, ""):
            return False
        self._newest[key] = newest
        return True

    def unread(self, person_id: str, conversation: Conversation) -> int:
        """Return how many messages of others came since."""
        since = self._newest.get((person_id, conversation.id), "")
        return sum(
            message.ts > since and message.author_id != person_id
            for message in conversation.seen_by(person_id)
        )


class Screen:
    """Reads the workspace for a selection."""

    def __init__(self, workspace: Workspace, app_name: str) -> None:
        self.workspace = workspace
        self.app_name = app_name
        self.seen = Seen()
        self._bodies: dict[str, tuple[tuple[object, ...], Markup]] = {}

    def reader(self, person: Person, selection: Selection | None = None) -> Reader:
        """Return how one person reads: zone, language, names, and where links into the app lead."""

        def deep_link(url: str) -> str | None:
            if selection is None or not url.startswith("slack://app"):
                return None
            place = APP if "tab=messages" in url else HOME
            return f"/?{selection.opened(person.id, place).query}"

        return Reader(
            zone=person.tz or "UTC",
            locale=person.locale,
            now=self.workspace.clock.now(),
            people={one.id: one.display_name or one.real_name for one in self.workspace.people.values()},
            channels={one.id: one.name for one in self.workspace.conversations.values() if not one.is_direct},
            deep_link=deep_link,
        )

    def column(self, person_id: str, place: str, selection: Selection) -> Column:
        """Return one person's column."""
        person = self.workspace.people[person_id]
        reader = self.reader(person, selection)
        now = self.workspace.clock.now()
        where = self.conversation(person_id, place)
        return Column(
            person=person,
            local_time=f"{mrkdwn.day_in_short(now, reader)}, {mrkdwn.time_in_words(now, reader)}",
            zone=zone_words(reader.zone),
            language=reader.language.language,
            place=place,
            place_label=self.place_label(person_id, place),
            places=list(self._places(person, place, selection)),
            lines=self._lines(person, where, reader),
            home=self._home(person, reader) if place == HOME else None,
            alerts=self._alerts(person, reader, selection),
            sheet=self._sheet(person, reader),
            can_write=self._can_write(person, where, place),
            hide_href=f"/?{selection.without(person_id).query}" if len(selection.columns) > 1 else "",
            is_current=person_id == selection.at,
        )

    def conversation(self, person_id: str, place: str) -> Conversation | None:
        """Return the conversation of a place; None for Home, and for the bot's DM before anything was said."""
        if place == APP:
            return next(
                (
                    one
                    for one in self.workspace.conversations_of(person_id)
                    if one.kind == "im" and self.workspace.bot.id in one.members
                ),
                None,
            )
        return None if place == HOME else self.workspace.conversations[place]

    def place_of(self, conversation: Conversation) -> str:
        """Return the place under which a conversation is listed."""
        is_bots = conversation.kind == "im" and self.workspace.bot.id in conversation.members
        return APP if is_bots else conversation.id

    def place_label(self, person_id: str, place: str) -> str:
        """Return what a place is called for this person."""
        if place == HOME:
            return "Home"
        if place == APP:
            return self.app_name
        conversation = self.workspace.conversations[place]
        if not conversation.is_direct:
            return conversation.name
        others = [
            self.workspace.people[one].display_name or self.workspace.people[one].real_name
            for one in conversation.members
            if one not in {person_id, self.workspace.bot.id}
        ]
        return ", ".join(others) or "Just you"

    def unread_of(self, person_id: str) -> int:
        """Return how much one person has not seen yet, over all conversations."""
        return sum(
            self.seen.unread(person_id, one)
            for one in self.workspace.conversations_of(person_id)
            if not one.is_archived
        )

    def words(self, person_id: str, message: Message) -> str:
        """Return what a screen reader or a notification says of a message."""
        return mrkdwn.plain_words(message.text, self.reader(self.workspace.people[person_id]))

    def scene(
        self,
        reader: Reader,
        prefix: str,
        chosen: Mapping[Spot, Any],
        errors: Mapping[str, str] | None = None,
        heading: int = 4,
    ) -> Scene:
        """Return where blocks are drawn, with the people and channels that menus offer."""
        return Scene(
            reader=reader,
            prefix=prefix,
            chosen=chosen,
            errors=errors or {},
            people={one.id: one.real_name for one in self.workspace.humans() if not one.is_deleted},
            channels={
                one.id: f"#{one.name}"
                for one in self.workspace.conversations.values()
                if not one.is_direct and not one.is_archived
            },
            picture=self._picture,
            heading=heading,
        )

    def _places(self, person: Person, place: str, selection: Selection) -> Iterator[PlaceLink]:
        def link(key: str, sign: str, conversation: Conversation | None) -> PlaceLink:
            return PlaceLink(
                key=key,
                label=self.place_label(person.id, key),
                sign=sign,
                unread=self.seen.unread(person.id, conversation) if conversation else 0,
                href=f"/?{selection.opened(person.id, key).query}",
                is_open=key == place,
            )

        if self.workspace.installation.has_home:
            yield link(HOME, "home", None)
        yield link(APP, "app", self.conversation(person.id, APP))
        own = [one for one in self.workspace.conversations_of(person.id) if not one.is_archived]
        for conversation in own:
            if conversation.is_direct and self.place_of(conversation) != APP:
                yield link(conversation.id, "people", conversation)
        for conversation in own:
            if not conversation.is_direct:
                yield link(
                    conversation.id, "channel" if conversation.kind == "channel" else "lock", conversation
                )

    def _lines(self, person: Person, where: Conversation | None, reader: Reader) -> list[Line]:
        if where is None:
            return []
        told = [
            (int(note.at.timestamp()), 1, self._slack_line(person, note.text, note.at, index, reader))
            for index, note in enumerate(self.workspace.notices.get(person.id, ()))
            if note.conversation_id == where.id
        ]
        said = [
            (int(float(message.ts)), 0, self._line(person, message, reader))
            for message in where.seen_by(person.id)[-LATEST:]
        ]
        return [line for *_, line in sorted([*said, *told], key=lambda each: each[:2])]

    def _slack_line(self, person: Person, text: str, at: datetime, index: int, reader: Reader) -> Line:
        return Line(
            id=f"{person.id}-notice-{index}", ts="", day=mrkdwn.day_in_words(at, reader),
            time=mrkdwn.time_in_words(at, reader), moment=at.isoformat(), author="", author_id="", initials="",
            is_bot=False, is_own=False, is_ephemeral=True, is_edited=False, is_reply=False, text=text,
            body=mrkdwn.plain(text, emoji=False), has_controls=False,
        )  # fmt: skip

    def _line(self, person: Person, message: Message, reader: Reader) -> Line:
        at = datetime.fromtimestamp(int(message.ts.partition(".")[0]), tz=UTC)
        author = self.workspace.people[message.author_id]
        prefix = f"{person.id}-{message.conversation_id}-{message.ts}"
        these = message.blocks
        chosen = self.workspace.chosen_in(person.id, message) if these else {}
        return Line(
            id=prefix,
            ts=message.ts,
            day=mrkdwn.day_in_words(at, reader),
            time=mrkdwn.time_in_words(at, reader),
            moment=at.isoformat(),
            author=self.app_name if author.is_bot else author.display_name or author.real_name,
            author_id=author.id,
            initials=initials(author.real_name),
            is_bot=author.is_bot,
            is_own=author.id == person.id,
            is_ephemeral=message.is_ephemeral,
            is_edited=bool(message.edited_ts),
            is_reply=bool(message.thread_ts and message.thread_ts != message.ts),
            text=mrkdwn.plain_words(message.text, reader),
            body=self._body(prefix, message, these, chosen, reader),
            has_controls=bool(these),
            files=[
                _attachment(self.workspace.files[one])
                for one in message.file_ids
                if one in self.workspace.files
            ],
            reactions=[
                (mrkdwn.EMOJI.get(name, f":{name}:"), len(users)) for name, users in message.reactions.items()
            ],
        )

    def _body(
        self,
        prefix: str,
        message: Message,
        these: list[Json],
        chosen: Mapping[Spot, Any],
        reader: Reader,
    ) -> Markup:
        """Return a message drawn; kept until anything changes that can be seen in it, for drawing takes its time."""
        told = message.blocks_json + message.text
        is_moving = any(sign in told for sign in ("{ago}", "slack://", '"type":"image"'))
        state = (
            message.blocks_json,
            message.text,
            repr(chosen),
            reader.zone,
            reader.locale,
            reader.now.astimezone(reader.tz).date(),
            tuple(reader.people.values()),
            tuple(reader.channels.values()),
        )
        known = self._bodies.get(prefix)
        if known is not None and known[0] == state and not is_moving:
            return known[1]
        scene = self.scene(reader, prefix, chosen)
        body = blocks(these, scene) if these else mrkdwn.mrkdwn(message.text, reader)
        if len(self._bodies) >= MOST_KEPT:
            self._bodies.clear()
        self._bodies[prefix] = (state, body)
        return body

    def _home(self, person: Person, reader: Reader) -> Markup | None:
        home = self.workspace.homes.get(person.id)
        if home is None:
            return None
        return blocks(home.blocks, self.scene(reader, f"{person.id}-home", home.chosen))

    def _sheet(self, person: Person, reader: Reader) -> Sheet | None:
        stack = self.workspace.stack(person.id)
        if not stack:
            return None
        modal: ModalView = stack[-1]
        prefix = f"{person.id}-{modal.id}"
        return Sheet(
            id=prefix,
            view_id=modal.id,
            title=modal.title,
            submit=_words(modal.view.get("submit")),
            close=_words(modal.view.get("close")) or "Cancel",
            body=blocks(modal.blocks, self.scene(reader, prefix, modal.chosen, modal.errors, heading=3)),
            depth=len(stack),
            beneath=stack[-2].title if len(stack) > 1 else "",
            notice=modal.notice,
            error_count=len(modal.errors),
        )

    def _alerts(self, person: Person, reader: Reader, selection: Selection) -> list[Alert]:
        """Return what the newest messages say, the newest first."""
        newest = sorted(
            (
                (message.ts, conversation, message)
                for conversation in self.workspace.conversations_of(person.id)
                for message in conversation.seen_by(person.id)[-5:]
                if message.author_id != person.id
            ),
            key=lambda each: each[0],
            reverse=True,
        )[:5]
        return [
            Alert(
                time=mrkdwn.time_in_words(datetime.fromtimestamp(int(float(ts)), tz=UTC), reader),
                place=self.place_label(person.id, self.place_of(conversation)),
                text=mrkdwn.plain_words(message.text, reader),
                href=f"/?{selection.opened(person.id, self.place_of(conversation)).query}",
            )
            for ts, conversation, message in newest
        ]

    def _can_write(self, person: Person, where: Conversation | None, place: str) -> bool:
        if person.is_deleted or place == HOME or (where is not None and where.is_archived):
            return False
        return not (place == APP and self.workspace.installation.messages_read_only)

    def _picture(self, block: Mapping[str, Any]) -> str | None:
        """Return an address on this page for an image block; a picture on another host is not asked for."""
        slack_file: Json = block.get("slack_file") or {}
        file_id = slack_file.get("id") or slack_file.get("url", "").rpartition("/files/")[2].partition("/")[0]
        if not file_id and block.get("image_url", "").startswith(f"{self.workspace.base_url}/files/"):
            file_id = block["image_url"].removeprefix(f"{self.workspace.base_url}/files/").partition("/")[0]
        file = self.workspace.files.get(file_id)
        return None if file is None else f"{FILES}/{file.id}"


def zone_words(zone: str) -> str:
    """Return the place a zone is named after: `Stockholm` for `Europe/Stockholm`."""
    return zone.rpartition("/")[2].replace("_", " ")


def _is_open_to(place: str, person: Person, workspace: Workspace) -> bool:
    if place in {HOME, APP}:
        return True
    conversation = workspace.conversations.get(place)
    return conversation is not None and person.id in conversation.members


def _attachment(file: FileObject) -> Attachment:
    kind = file.name.rpartition(".")[2].lower()
    return Attachment(
        id=file.id,
        name=file.name,
        title=file.title or file.name,
        size=_size(file.length),
        alt_text=file.alt_text,
        address=f"{FILES}/{file.id}",
        is_picture=kind in _PICTURES,
        is_readable=kind in _READABLE,
    )


def _words(obj: Mapping[str, Any] | None) -> str:
    return str(obj["text"]) if obj else ""


def _size(length: int) -> str:
    return f"{length} bytes" if length < 1000 else f"{length / 1000:,.0f} kB"
