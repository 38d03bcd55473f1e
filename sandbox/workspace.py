"""The state of the invented workspace: people, conversations, messages, views, files, triggers and response URLs.

Plain memory and the rules that hang on it. HTTP, sockets and the payloads of interactions live elsewhere.
"""

from __future__ import annotations

import json
import random
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from sandbox import elements
from sandbox.errors import RefusedError, UnknownPersonError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sandbox.clock import Clock
    from sandbox.elements import Json, Spot
    from sandbox.installation import Installation

MAX_STACK = 3
MAX_GROUP = 8
"""People in a group DM beside the bot."""
TRIGGER_LIFE = timedelta(seconds=3)
RESPONSE_URL_LIFE = timedelta(minutes=30)
RESPONSE_URL_USES = 5
LONGEST_TEXT = 40_000

TROUBLE = "We had some trouble connecting. Try again?"

What = Literal["person", "home", "modal", "message", "conversation", "notice"]
Kind = Literal["channel", "private", "im", "mpim"]


@dataclass(frozen=True, slots=True)
class Change:
    """Something on the screen of `person_id` is no longer as it was."""

    what: What
    person_id: str
    conversation_id: str | None = None
    ts: str | None = None


@dataclass(slots=True)
class Person:
    """Somebody with an account. `name` is the short handle tests and pages use; Slack's own ids are opaque."""

    id: str
    team_id: str
    name: str
    real_name: str
    display_name: str
    title: str = ""
    email: str = ""
    tz: str | None = "Europe/Berlin"
    locale: str = "en-GB"
    is_bot: bool = False
    is_guest: bool = False
    is_single_channel_guest: bool = False
    is_stranger: bool = False
    is_invited: bool = False
    is_admin: bool = False
    is_deleted: bool = False
    is_active: bool = True
    updated: int = 0
    status_text: str = ""
    status_emoji: str = ""
    bot_id: str = ""
    taps: int = 0
    screens: int = 0


@dataclass(slots=True)
class Message:
    """A message, or an ephemeral one when `only_for` names the one person who sees it."""

    ts: str
    conversation_id: str
    author_id: str
    text: str
    blocks_json: str = "[]"
    bot_id: str = ""
    only_for: str = ""
    thread_ts: str = ""
    metadata: Json | None = None
    edited_ts: str = ""
    edited_by: str = ""
    file_ids: list[str] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)

    @property
    def blocks(self) -> list[Json]:
        """Return a fresh copy of the blocks as Slack keeps them."""
        blocks: list[Json] = json.loads(self.blocks_json)
        return blocks

    @property
    def is_ephemeral(self) -> bool:
        """Whether only one person sees it, until they reload."""
        return bool(self.only_for)


@dataclass(slots=True)
class Conversation:
    """A channel, a DM or a group DM; `members` in the order they came, `messages` by ts, oldest first."""

    id: str
    kind: Kind
    name: str
    members: list[str]
    creator: str
    created: int
    is_archived: bool = False
    messages: dict[str, Message] = field(default_factory=dict)
    ephemerals: list[Message] = field(default_factory=list)

    @property
    def is_direct(self) -> bool:
        """Whether it is a DM or a group DM."""
        return self.kind in {"im", "mpim"}

    def seen_by(self, person_id: str) -> list[Message]:
        """Return what one member sees, oldest first, ephemerals included."""
        own = [message for message in self.ephemerals if message.only_for == person_id]
        if not own:
            return list(self.messages.values())
        return sorted((*self.messages.values(), *own), key=lambda message: message.ts)


@dataclass(slots=True)
class ModalView:
    """An open modal. `view` is what the bot sent, as Slack keeps it; `chosen` what the person did in it.

    `errors` stand under the blocks they name; `notice` is Slack's own line of trouble, if any.
    """

    id: str
    person_id: str
    view: Json
    hash: str
    root_id: str
    previous_id: str | None
    chosen: dict[Spot, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    notice: str = ""

    @property
    def blocks(self) -> list[Json]:
        """Return the blocks on the screen."""
        blocks: list[Json] = self.view["blocks"]
        return blocks

    @property
    def title(self) -> str:
        """Return the words on top."""
        return str(self.view["title"]["text"])

    @property
    def values(self) -> dict[str, dict[str, Json]]:
        """Return `state.values`, complete with nulls."""
        return elements.state_values(self.blocks, self.chosen)

    @property
    def required(self) -> list[elements.Placed]:
        """Return the inputs that Slack wants filled before it sends the form."""
        return [one for one in elements.placed(self.blocks) if not one.is_optional]


@dataclass(slots=True)
class HomeView:
    """What the bot last published on one person's Home tab."""

    id: str
    person_id: str
    view: Json
    hash: str
    chosen: dict[Spot, Any] = field(default_factory=dict)

    @property
    def blocks(self) -> list[Json]:
        """Return the blocks on the screen."""
        blocks: list[Json] = self.view["blocks"]
        return blocks

    @property
    def values(self) -> dict[str, dict[str, Json]]:
        """Return `state.values`, complete with nulls."""
        return elements.state_values(self.blocks, self.chosen)


@dataclass(slots=True)
class FileObject:
    """A file: private to the bot until completed, and shared where `shared_in` says."""

    id: str
    name: str
    length: int
    alt_text: str
    created: int
    upload_key: str
    title: str = ""
    content: bytes | None = None
    is_complete: bool = False
    shared_in: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Trigger:
    """The permission to open one view; `view_id` names the modal it was born in."""

    id: str
    person_id: str
    issued_at: datetime
    view_id: str | None = None
    is_used: bool = False


@dataclass(slots=True)
class ResponseUrl:
    """The permission to answer in a conversation a few times; `message_ts` is the message it came from."""

    key: str
    person_id: str
    conversation_id: str
    issued_at: datetime
    message_ts: str = ""
    uses: int = 0


@dataclass(frozen=True, slots=True)
class Notice:
    """A line that Slack itself shows a person when the bot did not answer, or not well."""

    text: str
    at: datetime
    conversation_id: str | None = None


class Ids:
    """Makes every id, key and hash from a seed and counters: the same run gives the same ones."""

    _ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    _LOWER = "0123456789abcdefghijklmnopqrstuvwxyz"

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._counts: dict[str, int] = {}

    def next(self, letter: str) -> str:
        """Return the next id of a kind, such as `U00000001`."""
        count = self._counts[letter] = self._counts.get(letter, 0) + 1
        digits = ""
        while count:
            count, rest = divmod(count, 36)
            digits = self._ALPHABET[rest] + digits
        return letter + digits.rjust(8, "0")

    def token(self, length: int) -> str:
        """Return a word of lower-case letters and digits that nobody guesses by counting."""
        return "".join(self._random.choices(self._LOWER, k=length))

    def number(self) -> int:
        """Return a number of thirteen digits, as found in Slack's own ids."""
        return self._random.randrange(10**12, 10**13)

    def uuid(self) -> str:
        """Return a random UUID."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))


class Workspace:
    """Everything Slack would remember, and the rules that decide what may happen to it.

    Args:
        clock: the time people and the bot live in; message ts follow it
        limits_clock: the time trigger ids, response URLs and rates follow; the same clock unless given
        installation: what the app's manifest grants
        seed: of every id and key
        base_url: address under which response URLs and uploads are reached, without a slash at the end
    """

    def __init__(
        self,
        clock: Clock,
        installation: Installation,
        *,
        limits_clock: Clock | None = None,
        seed: int = 0,
        name: str = "Acme",
        domain: str = "acme",
        base_url: str = "http://127.0.0.1",
    ) -> None:
        self.clock = clock
        self.limits_clock = limits_clock or clock
        self.installation = installation
        self.name = name
        self.domain = domain
        self.base_url = base_url
        self.ids = Ids(seed)
        self.team_id = self.ids.next("T")
        self.app_id = self.ids.next("A")
        self.verification_token = self.ids.token(24)
        self.people: dict[str, Person] = {}
        self.conversations: dict[str, Conversation] = {}
        self._stacks: dict[str, list[ModalView]] = {}
        self._modals: dict[str, ModalView] = {}
        self.homes: dict[str, HomeView] = {}
        self.files: dict[str, FileObject] = {}
        self.notices: dict[str, list[Notice]] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.suspended: str = ""
        """Why the bot token no longer works (`token_revoked`, `account_inactive`), or nothing."""
        self._names: dict[str, str] | None = None
        self._chosen: dict[tuple[str, str, str], dict[Spot, Any]] = {}
        self._by_name: dict[str, str] = {}
        self._direct: dict[frozenset[str], str] = {}
        self._of_person: dict[str, list[str]] = {}
        self._listeners: list[Callable[[Change], None]] = []
        self._last_second = 0
        self._last_count = 0
        self._add(
            Person("USLACKBOT", self.team_id, "slackbot", "Slackbot", "Slackbot", tz=None, updated=0),
        )
        self.bot = self._add(
            Person(
                self.ids.next("U"),
                self.team_id,
                installation.name,
                installation.name,
                installation.name,
                is_bot=True,
                bot_id=self.ids.next("B"),
                updated=self.seconds(),
            )
        )

    # Listening.

    def listen(self, callback: Callable[[Change], None]) -> None:
        """Call `callback` with each Change, once per person whose screen it touches."""
        self._listeners.append(callback)

    def tell(
        self, what: What, people: Iterable[str], conversation_id: str | None = None, ts: str = ""
    ) -> None:
        """Tell listeners that the screens of `people` changed."""
        if not self._listeners:
            return
        for person_id in people:
            change = Change(what, person_id, conversation_id, ts or None)
            for listener in self._listeners:
                listener(change)

    # Time.

    def seconds(self) -> int:
        """Return the moment in unix seconds."""
        return int(self.clock.now().timestamp())

    def next_ts(self) -> str:
        """Return a ts that is later than every one before, even when the clock stands still or goes back."""
        second = self.seconds()
        if second > self._last_second:
            self._last_second, self._last_count = second, 100
        else:
            self._last_count += 1
            if self._last_count > 999_999:
                self._last_second, self._last_count = self._last_second + 1, 100
        return f"{self._last_second}.{self._last_count:06d}"

    # People.

    def add_person(self, name: str, real_name: str, **about: Any) -> Person:
        """Add somebody; `about` fills the other fields of Person. `name` must be free."""
        if name in self._by_name:
            raise UnknownPersonError(name, [f"{name} already, pick another name"])
        about.setdefault("display_name", real_name.partition(" ")[0])
        about.setdefault("email", f"{name}@example.com")
        about.setdefault("team_id", self.team_id)
        return self._add(
            Person(self.ids.next("U"), name=name, real_name=real_name, updated=self.seconds(), **about)
        )

    def _add(self, person: Person) -> Person:
        self.people[person.id] = person
        self._names = None
        self._by_name[person.name] = person.id
        self.tell("person", [person.id])
        return person

    def person(self, name_or_id: str) -> Person:
        """Return somebody by handle or id; raises UnknownPersonError."""
        found = self.people.get(self._by_name.get(name_or_id, name_or_id))
        if found is None:
            raise UnknownPersonError(name_or_id, self._by_name)
        return found

    def change_person(self, person_id: str, **about: Any) -> Person:
        """Change fields of Person, as a profile edit, a deactivation or a move to another zone does."""
        person = self.people[person_id]
        for key, value in about.items():
            setattr(person, key, value)
        person.updated = self.seconds()
        self._names = None
        self.tell("person", [person_id])
        return person

    def humans(self) -> list[Person]:
        """Return the people a column of the page is for: no bots, no Slackbot."""
        return [person for person in self.people.values() if not person.is_bot and person.id != "USLACKBOT"]

    def names(self) -> Mapping[str, str]:
        """Return what people and channels are called, by id, to show mentions."""
        if self._names is None:
            people = {one.id: one.display_name or one.real_name for one in self.people.values()}
            channels = {one.id: one.name for one in self.conversations.values() if not one.is_direct}
            self._names = {**people, **channels}
        return self._names

    # Conversations.

    def add_channel(
        self, name: str, members: Iterable[str] = (), *, is_private: bool = False, with_bot: bool = True
    ) -> Conversation:
        """Add a channel with these people (ids) in it."""
        everyone = [*members, *([self.bot.id] if with_bot else [])]
        return self._converse("private" if is_private else "channel", name, everyone, everyone[0])

    def open_direct(self, *person_ids: str) -> tuple[Conversation, bool]:
        """Return the DM or group DM of these people, and whether it existed; the same people, the same one."""
        known = self.find_direct(*person_ids)
        if known is not None:
            return known, True
        if len(person_ids) == 2:
            made = self._converse("im", "directmessage", person_ids, person_ids[0])
        else:
            handles = "--".join(self.people[one].name for one in person_ids)
            made = self._converse("mpim", f"mpdm-{handles}-1", person_ids, person_ids[0])
        self._direct[frozenset(person_ids)] = made.id
        return made, False

    def find_direct(self, *person_ids: str) -> Conversation | None:
        """Return the DM or group DM of these people if it exists."""
        known = self._direct.get(frozenset(person_ids))
        return None if known is None else self.conversations[known]

    def app_dm(self, person_id: str) -> Conversation:
        """Return the DM of a person with the bot, opening it if need be."""
        return self.open_direct(self.bot.id, person_id)[0]

    def _converse(self, kind: Kind, name: str, members: Iterable[str], creator: str) -> Conversation:
        made = Conversation(
            self.ids.next("D" if kind == "im" else "C"), kind, name, list(members), creator, self.seconds()
        )
        self.conversations[made.id] = made
        if not made.is_direct:
            self._names = None
        for person_id in made.members:
            self._of_person.setdefault(person_id, []).append(made.id)
        self.tell("conversation", made.members, made.id)
        return made

    def conversations_of(self, person_id: str) -> list[Conversation]:
        """Return the conversations a person is in, in the order they began."""
        return [self.conversations[one] for one in self._of_person.get(person_id, ())]

    def join(self, conversation_id: str, person_id: str) -> None:
        """Put somebody into a channel."""
        conversation = self.conversations[conversation_id]
        if person_id not in conversation.members:
            conversation.members.append(person_id)
            self._of_person.setdefault(person_id, []).append(conversation_id)
            self.tell("conversation", conversation.members, conversation_id)

    def leave(self, conversation_id: str, person_id: str) -> None:
        """Take somebody out of a channel."""
        conversation = self.conversations[conversation_id]
        if person_id in conversation.members:
            conversation.members.remove(person_id)
            self._of_person[person_id].remove(conversation_id)
            self.tell("conversation", [*conversation.members, person_id], conversation_id)

    # Messages.

    def post(
        self,
        conversation: Conversation,
        author_id: str,
        text: str,
        blocks: Sequence[Json] = (),
        *,
        only_for: str = "",
        thread_ts: str = "",
        metadata: Json | None = None,
        file_ids: Iterable[str] = (),
    ) -> Message:
        """Put a message into a conversation, or before one person's eyes only."""
        author = self.people[author_id]
        message = Message(
            self.next_ts(),
            conversation.id,
            author_id,
            text[:LONGEST_TEXT],
            self._kept(blocks),
            bot_id=author.bot_id,
            only_for=only_for,
            thread_ts=thread_ts,
            metadata=metadata,
            file_ids=list(file_ids),
        )
        if only_for:
            conversation.ephemerals.append(message)
            self.tell("message", [only_for], conversation.id, message.ts)
        else:
            conversation.messages[message.ts] = message
            self.tell("message", conversation.members, conversation.id, message.ts)
        return message

    def rewrite(
        self,
        message: Message,
        *,
        text: str | None = None,
        blocks: Sequence[Json] | None = None,
        metadata: Json | None = None,
    ) -> None:
        """Change a message: blocks stay only if neither blocks nor text is given, and text alone removes them."""
        if text is not None:
            message.text = text
        if blocks is not None:
            message.blocks_json = self._kept(blocks)
        elif text is not None:
            message.blocks_json = "[]"
        if metadata is not None:
            message.metadata = metadata or None
        if text is not None and not blocks:
            message.edited_ts, message.edited_by = self.next_ts(), message.author_id
        self._tell_message(message)

    def remove(self, message: Message) -> None:
        """Take a message away."""
        conversation = self.conversations[message.conversation_id]
        if message.is_ephemeral:
            conversation.ephemerals.remove(message)
        else:
            del conversation.messages[message.ts]
        self._tell_message(message)

    def find_message(self, conversation_id: str, ts: str, person_id: str = "") -> Message | None:
        """Return a message by ts; an ephemeral one only with the person who sees it."""
        conversation = self.conversations[conversation_id]
        found = conversation.messages.get(ts)
        if found is None and person_id:
            own = (one for one in conversation.ephemerals if one.only_for == person_id and one.ts == ts)
            found = next(own, None)
        return found

    def reload(self, person_id: str) -> None:
        """Reload a person's client: ephemeral messages and Slack's own lines are gone."""
        for conversation in self.conversations_of(person_id):
            conversation.ephemerals = [one for one in conversation.ephemerals if one.only_for != person_id]
        self.notices.pop(person_id, None)
        self.tell("person", [person_id])

    def chosen_in(self, person_id: str, message: Message) -> dict[Spot, Any]:
        """Return what one person chose in the elements of a message, to read or change."""
        return self._chosen.setdefault((person_id, message.conversation_id, message.ts), {})

    def notice(self, person_id: str, text: str, conversation_id: str | None = None) -> None:
        """Show a person a line that comes from Slack itself."""
        self.notices.setdefault(person_id, []).append(Notice(text, self.clock.now(), conversation_id))
        self.tell("notice", [person_id], conversation_id)

    def _kept(self, blocks: Sequence[Json]) -> str:
        if not blocks:
            return "[]"
        return json.dumps(elements.as_kept(blocks, lambda: self.ids.token(5)), separators=(",", ":"))

    def _tell_message(self, message: Message) -> None:
        conversation = self.conversations[message.conversation_id]
        seen_by = [message.only_for] if message.is_ephemeral else conversation.members
        self.tell("message", seen_by, conversation.id, message.ts)

    # Triggers and response URLs.

    def new_trigger(self, person_id: str, view_id: str | None = None) -> Trigger:
        """Make a trigger for something a person just did."""
        now = self.limits_clock.now()
        made = Trigger(
            f"{int(now.timestamp() * 1000)}.{self.ids.number()}.{self.ids.token(32)}", person_id, now, view_id
        )
        self.triggers[made.id] = made
        _keep_newest(self.triggers)
        return made

    def use_trigger(self, trigger_id: str) -> Trigger:
        """Spend a trigger: known, at most 3 seconds old, and once; raises RefusedError."""
        trigger = self.triggers.get(trigger_id)
        if trigger is None:
            known_form = len(trigger_id.split(".")) == 3
            raise RefusedError("expired_trigger_id" if known_form else "invalid_trigger_id")
        if trigger.is_used:
            raise RefusedError("exchanged_trigger_id")
        if self.limits_clock.now() - trigger.issued_at > TRIGGER_LIFE:
            raise RefusedError("expired_trigger_id")
        trigger.is_used = True
        return trigger

    def new_response_url(self, person_id: str, conversation_id: str, message_ts: str = "") -> str:
        """Return an address to which the bot may answer 5 times within 30 minutes."""
        key = self.ids.token(24)
        self.response_urls[key] = ResponseUrl(
            key, person_id, conversation_id, self.limits_clock.now(), message_ts
        )
        _keep_newest(self.response_urls)
        kind = "actions" if message_ts else "commands"
        return f"{self.base_url}/{kind}/{self.team_id}/{self.ids.number()}/{key}"

    def use_response_url(self, key: str) -> ResponseUrl:
        """Spend one use of a response URL; raises RefusedError with Slack's status."""
        found = self.response_urls.get(key)
        if found is None or self.limits_clock.now() - found.issued_at > RESPONSE_URL_LIFE:
            raise RefusedError("expired_url", status=404)
        if found.uses >= RESPONSE_URL_USES:
            raise RefusedError("used_url", status=404)
        found.uses += 1
        return found

    # Views.

    def stack(self, person_id: str) -> list[ModalView]:
        """Return the modals of a person, the one on top last."""
        return self._stacks.get(person_id, [])

    def find_modal(self, view_id: str) -> ModalView | None:
        """Return an open modal by id, in whatever place of a stack."""
        return self._modals.get(view_id)

    def open_modal(self, trigger_id: str, view: Json) -> ModalView:
        """Open a modal, on top of whatever is open; raises RefusedError."""
        trigger = self.use_trigger(trigger_id)
        return self.push_modal(trigger.person_id, view)

    def push_on_modal(self, trigger_id: str, view: Json) -> ModalView:
        """Put a modal on the one whose element was pressed; raises RefusedError."""
        trigger = self.use_trigger(trigger_id)
        if trigger.view_id is None or self.find_modal(trigger.view_id) is None:
            raise RefusedError("not_found")
        return self.push_modal(trigger.person_id, view)

    def push_modal(self, person_id: str, view: Json) -> ModalView:
        """Put a modal on a person's stack; raises RefusedError when three lie there."""
        stack = self._stacks.setdefault(person_id, [])
        if len(stack) >= MAX_STACK:
            raise RefusedError("push_limit_reached")
        self._check_external_id(view)
        view_id = self.ids.next("V")
        made = ModalView(
            view_id,
            person_id,
            self._kept_view(view),
            self._new_hash(),
            root_id=stack[0].id if stack else view_id,
            previous_id=stack[-1].id if stack else None,
        )
        stack.append(made)
        self._modals[made.id] = made
        self.people[person_id].screens += 1
        self.tell("modal", [person_id])
        return made

    def update_modal(
        self, view: Json, *, view_id: str = "", external_id: str = "", hash_seen: str = ""
    ) -> ModalView:
        """Replace a modal; the same ids of block and element keep what was typed. Raises RefusedError."""
        modal = self.find_modal(view_id) if view_id else self._by_external_id(external_id)
        if modal is None:
            raise RefusedError("not_found")
        if hash_seen and hash_seen != modal.hash:
            raise RefusedError("hash_conflict")
        self.redraw_modal(modal, view)
        return modal

    def redraw_modal(self, modal: ModalView, view: Json) -> None:
        """Put another view in the place of a modal's."""
        self._check_external_id(view, modal)
        before = {one.spot: one.kind for one in elements.placed(modal.blocks)}
        modal.view = self._kept_view(view)
        modal.chosen = _carried_over(modal.chosen, before, modal.blocks)
        modal.hash = self._new_hash()
        modal.errors, modal.notice = {}, ""
        self.tell("modal", [modal.person_id])

    def close_modal(self, modal: ModalView) -> None:
        """Take one modal from the stack."""
        self._stacks[modal.person_id].remove(modal)
        del self._modals[modal.id]
        self.tell("modal", [modal.person_id])

    def clear_modals(self, person_id: str) -> None:
        """Take all modals of a person away."""
        gone = self._stacks.pop(person_id, [])
        for modal in gone:
            del self._modals[modal.id]
        if gone:
            self.tell("modal", [person_id])

    def publish_home(self, person_id: str, view: Json, *, hash_seen: str = "") -> HomeView:
        """Replace somebody's Home tab whole; raises RefusedError."""
        if not self.installation.has_home:
            raise RefusedError("not_enabled")
        home = self.homes.get(person_id)
        if hash_seen and (home is None or home.hash != hash_seen):
            raise RefusedError("hash_conflict")
        if home is None:
            home = HomeView(self.ids.next("V"), person_id, self._kept_view(view), self._new_hash())
            self.homes[person_id] = home
        else:
            before = {one.spot: one.kind for one in elements.placed(home.blocks)}
            home.view = self._kept_view(view)
            home.chosen = _carried_over(home.chosen, before, home.blocks)
            home.hash = self._new_hash()
        self.tell("home", [person_id])
        return home

    def _kept_view(self, view: Json) -> Json:
        kept: Json = elements.with_text_defaults(view)
        kept["blocks"] = elements.as_kept(view["blocks"], lambda: self.ids.token(5))
        return kept

    def _new_hash(self) -> str:
        return f"{self.seconds()}.{self.ids.token(8)}"

    def _by_external_id(self, external_id: str) -> ModalView | None:
        return next(
            (
                one
                for one in self._modals.values()
                if external_id and one.view.get("external_id") == external_id
            ),
            None,
        )

    def _check_external_id(self, view: Json, own: ModalView | None = None) -> None:
        holder = self._by_external_id(view.get("external_id", ""))
        if holder is not None and holder is not own:
            raise RefusedError("duplicate_external_id")

    # Files.

    def new_file(self, name: str, length: int, alt_text: str) -> FileObject:
        """Promise room for a file; it is there once its bytes came and the upload was completed."""
        made = FileObject(
            self.ids.next("F"), name, length, alt_text, self.seconds(), self.ids.token(32), title=name
        )
        self.files[made.id] = made
        return made

    def remove_file(self, file_id: str) -> None:
        """Remove a file everywhere it was shared; a message that held nothing else goes with it."""
        file = self.files.pop(file_id)
        for conversation_id in file.shared_in:
            for message in list(self.conversations[conversation_id].messages.values()):
                if file_id in message.file_ids:
                    message.file_ids.remove(file_id)
                    if not message.file_ids and not message.text and message.blocks_json == "[]":
                        self.remove(message)
                    else:
                        self._tell_message(message)


def _carried_over(
    chosen: dict[Spot, Any], before: dict[Spot, str], blocks: Iterable[Json]
) -> dict[Spot, Any]:
    """Return what survives an update: the same block_id, action_id and type keep what was typed or chosen."""
    after = {one.spot: one.kind for one in elements.placed(blocks)}
    return {spot: value for spot, value in chosen.items() if after.get(spot) == before[spot]}


def _keep_newest(kept: dict[str, Any], most: int = 5_000) -> None:
    """Forget the oldest: a long simulation makes millions, and all but the newest are long expired."""
    while len(kept) > most:
        del kept[next(iter(kept))]


def zone_offset(tz: str, at: datetime) -> tuple[str, int]:
    """Return a zone's short name and its seconds from UTC at a moment."""
    local = at.astimezone(ZoneInfo(tz))
    offset = local.utcoffset()
    return local.tzname() or tz, int(offset.total_seconds()) if offset else 0
