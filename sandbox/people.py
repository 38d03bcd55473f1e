"""Verbs of a person in front of Slack: types, presses, picks, writes, sees. Tests and `simulate` read like a script.

Things are found by the words on the screen, as a person finds them; ids of blocks and actions stay out of it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sandbox import elements
from sandbox.errors import AmbiguousError, CannotDoError, NotOnScreenError
from sandbox.interactions import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sandbox.elements import Json, Placed
    from sandbox.interactions import Interactions, Outcome
    from sandbox.workspace import Conversation, HomeView, Message, ModalView, Notice, Person, Workspace

_CAPTIONS = frozenset({"section", "header", "context", "rich_text", "image"})


@dataclass(frozen=True, slots=True)
class _Surface:
    """Something with blocks that a person can look at, and what it is called in an error."""

    name: str
    place: Place
    blocks: list[Json]
    chosen: Mapping[elements.Spot, Any]


@dataclass(frozen=True, slots=True)
class _Thing:
    """An element on a surface; `option` when it is one line of an overflow menu. `caption` is the text above."""

    surface: _Surface
    one: Placed
    labels: tuple[str, ...]
    caption: str
    option: Json | None = None

    @property
    def label(self) -> str:
        return self.labels[0]


class People:
    """Everybody by handle or id: `people["ada"]`."""

    def __init__(self, workspace: Workspace, interactions: Interactions) -> None:
        self._workspace = workspace
        self._interactions = interactions

    def __getitem__(self, name: str) -> Someone:
        """Return somebody to act for; raises UnknownPersonError."""
        return Someone(self._workspace, self._interactions, self._workspace.person(name).id)

    def __iter__(self) -> Iterator[Someone]:
        """Go through the people, bots left out, in the order they came."""
        for person in self._workspace.humans():
            yield Someone(self._workspace, self._interactions, person.id)

    def add(self, name: str, real_name: str, **about: Any) -> Someone:
        """Add somebody (see Person for the fields) and return them to act for."""
        return self[self._workspace.add_person(name, real_name, **about).id]


class Someone:
    """One person at their screen.

    `within` narrows where a label is looked for: `"home"`, `"modal"`, the name of a channel, or words that stand
    in the message or right above the element.
    """

    def __init__(self, workspace: Workspace, interactions: Interactions, person_id: str) -> None:
        self._workspace = workspace
        self._interactions = interactions
        self.id = person_id

    def __repr__(self) -> str:
        """Return the handle."""
        return f"<{self.record.name}>"

    # Who and what is there.

    @property
    def record(self) -> Person:
        """Return the account."""
        return self._workspace.people[self.id]

    @property
    def taps(self) -> int:
        """Return the presses and choices so far; opening a menu counts, typing does not."""
        return self.record.taps

    @property
    def screens(self) -> int:
        """Return the modals so far that came up or took another's place after a press."""
        return self.record.screens

    def counts_anew(self) -> None:
        """Start taps and screens at nought."""
        self.record.taps = self.record.screens = 0

    @property
    def modal(self) -> ModalView | None:
        """Return the modal on top, if one is open."""
        stack = self._workspace.stack(self.id)
        return stack[-1] if stack else None

    @property
    def home(self) -> HomeView | None:
        """Return what the bot published on this person's Home tab."""
        return self._workspace.homes.get(self.id)

    @property
    def notices(self) -> list[Notice]:
        """Return the lines that Slack itself showed."""
        return self._workspace.notices.get(self.id, [])

    def dms(self) -> list[Message]:
        """Return the messages in the DM with the bot, oldest first, ephemeral ones included."""
        dm = self._workspace.find_direct(self._workspace.bot.id, self.id)
        return [] if dm is None else dm.seen_by(self.id)

    def group_dms(self) -> list[Conversation]:
        """Return the group DMs this person is in, in the order they began."""
        return [one for one in self._workspace.conversations_of(self.id) if one.kind == "mpim"]

    def messages(self, channel: str) -> list[Message]:
        """Return what this person sees in a conversation, by name or id, oldest first."""
        return self._conversation(channel).seen_by(self.id)

    # Doing.

    async def types(self, line: str, *, channel: str = "") -> Outcome:
        """Type a slash command, in the DM with the bot unless a channel is named; other text is posted there."""
        conversation_id = self._conversation(channel).id if channel else ""
        if line.startswith("/"):
            return await self._interactions.command(self.id, line, conversation_id)
        where = conversation_id or self._workspace.app_dm(self.id).id
        return await self._interactions.say(self.id, where, line)

    async def opens_home(self) -> Outcome:
        """Open the Home tab of the bot."""
        return await self._interactions.open_home(self.id)

    async def opens_messages(self) -> Outcome:
        """Open the Messages tab of the bot."""
        return await self._interactions.open_messages(self.id)

    async def presses(self, label: str, *, within: str = "", confirms: bool = True) -> Outcome:
        """Press a button or a line of an overflow menu, by its words; the modal's own buttons are found too.

        Looks in the modal if one is open; else in the newest message that has it, then on Home.
        A question asked first is answered with yes, or with no when `confirms` is false: another tap either way.
        """
        modal = self.modal
        if modal is not None and not within:
            if label == _words(modal.view.get("submit")):
                return await self.submits()
            if label == (_words(modal.view.get("close")) or "Cancel"):
                return await self.closes()
        thing = self._find(label, self._pressable(), within)
        return await self._interactions.press(
            self.id, thing.surface.place, thing.one.spot, option=thing.option, confirms=confirms
        )

    async def picks(
        self, label: str, what: Any, *, within: str = "", confirms: bool = True, typing: str = ""
    ) -> Outcome:
        """Choose in a menu, radio buttons, checkboxes or a picker, found by its label.

        `what` is the text of an option or a list of them, a person's or channel's name, a date, a time
        (`"14:30"`) or a moment; None or an empty list takes the choice back. `typing` is what is searched for
        in a menu that asks the bot; the first option's text unless given.
        """
        thing = self._find(label, self._choosable(), within)
        value = await self._value(thing, what, typing)
        return await self._interactions.choose(
            self.id, thing.surface.place, thing.one.spot, value, confirms=confirms
        )

    async def writes(self, label: str, text: str, *, within: str = "") -> Outcome:
        """Write into a field found by its label; an empty text empties it."""
        writable = (one for one in self._choosable() if one.one.kind in elements.TYPED)
        thing = self._find(label, writable, within)
        value: Any = text or None
        if thing.one.kind == "rich_text_input" and text:
            piece = {"type": "text", "text": text}
            section = {"type": "rich_text_section", "elements": [piece]}
            value = {"type": "rich_text", "elements": [section]}
        return await self._interactions.choose(self.id, thing.surface.place, thing.one.spot, value)

    async def submits(self) -> Outcome:
        """Send the modal on top."""
        return await self._interactions.submit(self.id)

    async def closes(self, *, whole: bool = False) -> Outcome:
        """Cancel the modal on top, or close all of them by the X."""
        return await self._interactions.close(self.id, whole=whole)

    # Seeing.

    def screen(self, within: str = "") -> str:
        """Return all words this person can see: modals, Home, messages with their notification text, notices."""
        return "\n".join(words for _, words in self._visible(within))

    def sees(self, text: str, *, within: str = "") -> bool:
        """Assert that the words are on the screen; marks and line breaks do not matter."""
        if _flat(self._plain(text)) not in _flat(self.screen(within)):
            raise NotOnScreenError(
                f"{self.record.name} does not see {text!r}; on the screen:\n{self.screen(within)}"
            )
        return True

    def sees_not(self, text: str, *, within: str = "") -> bool:
        """Assert that the words are nowhere on the screen."""
        wanted = _flat(self._plain(text))
        for name, words in self._visible(within):
            if wanted in _flat(words):
                raise NotOnScreenError(f"{self.record.name} sees {text!r} in {name}:\n{words}")
        return True

    async def eventually_sees(self, text: str, *, within: str = "", seconds: float = 5.0) -> bool:
        """Wait until the words are there, for a bot that goes on after its answer; then assert it."""
        wanted = _flat(self._plain(text))
        async with asyncio.timeout(seconds) as limit:
            while wanted not in _flat(self.screen(within)):
                when = limit.when()
                if when is not None and asyncio.get_running_loop().time() + 0.02 >= when:
                    break
                await asyncio.sleep(0.01)
        return self.sees(text, within=within)

    def options(self, label: str, *, within: str = "") -> list[str]:
        """Return the options that a menu, radio buttons or checkboxes offer."""
        thing = self._find(label, self._choosable(), within)
        return [str(option["text"]["text"]) for option in elements.options_of(thing.one.element)]

    def buttons(self, within: str = "") -> list[str]:
        """Return the words of the buttons and overflow lines that could be pressed now."""
        groups = groupby(self._pressable(), key=lambda thing: thing.surface.place)
        return [thing.label for _, group in groups for thing in _narrowed(list(group), within, self._plain)]

    # Where things are.

    def _conversation(self, name: str) -> Conversation:
        for one in self._workspace.conversations_of(self.id):
            if name in {one.id, one.name, f"#{one.name}"}:
                return one
        own = [one.name for one in self._workspace.conversations_of(self.id)]
        raise NotOnScreenError(f"{self.record.name} is in no conversation {name!r}, only in {own}")

    def _surfaces(self) -> Iterator[_Surface]:
        """Yield what can be acted on: the modal alone while one is open, else messages, newest first, then Home."""
        modal = self.modal
        if modal is not None:
            yield _Surface(f"modal {modal.title!r}", Place.in_modal(modal), modal.blocks, modal.chosen)
            return
        seen = [
            (message, where)
            for where in self._workspace.conversations_of(self.id)
            for message in where.seen_by(self.id)
            if message.blocks_json != "[]"
        ]
        for message, where in sorted(seen, key=lambda one: one[0].ts, reverse=True):
            yield self._message_surface(message, where)
        home = self.home
        if home is not None:
            yield _Surface("home", Place.on_home(), home.blocks, home.chosen)

    def _message_surface(self, message: Message, where: Conversation) -> _Surface:
        return _Surface(
            f"{where.name} {message.ts}",
            Place.in_message(message),
            message.blocks,
            self._workspace.chosen_in(self.id, message),
        )

    def _pressable(self) -> Iterator[_Thing]:
        for surface in self._surfaces():
            for one, caption in _captioned(surface.blocks, self._workspace.names()):
                if one.kind == "button":
                    words = str(one.element["text"]["text"])
                    yield _Thing(surface, one, (words, one.element.get("accessibility_label", "")), caption)
                elif one.kind == "overflow":
                    for option in elements.options_of(one.element):
                        yield _Thing(surface, one, (str(option["text"]["text"]),), caption, option)

    def _choosable(self) -> Iterator[_Thing]:
        names = self._workspace.names()
        for surface in self._surfaces():
            for one, caption in _captioned(surface.blocks, names):
                if elements.holds_a_value(one.element):
                    labels = (
                        elements.label_of(one, names) or caption,
                        _words(one.element.get("placeholder")),
                        one.element.get("accessibility_label", ""),
                        caption,
                        one.element.get("action_id", ""),
                    )
                    yield _Thing(surface, one, labels, caption)

    def _find(self, label: str, things: Iterable[_Thing], within: str) -> _Thing:
        there: list[list[_Thing]] = []
        for _, group in groupby(things, key=lambda thing: thing.surface.place):
            there.append(_narrowed(list(group), within, self._plain))
            found = [one for one in there[-1] if label in one.labels]
            if found:
                return self._only(label, found)
        for surface in there:
            found = [one for one in surface if label in one.label]
            if found:
                return self._only(label, found)
        raise NotOnScreenError(self._not_there(label, within, [one for surface in there for one in surface]))

    def _only(self, label: str, found: list[_Thing]) -> _Thing:
        if len(found) > 1:
            captions = [one.caption for one in found]
            name = found[0].surface.name
            raise AmbiguousError(f"{label!r} is {len(found)} times in {name}; say within= one of {captions}")
        return found[0]

    def _not_there(self, label: str, within: str, there: Sequence[_Thing]) -> str:
        lines = [f"{self.record.name} finds no {label!r}{f' within {within!r}' if within else ''}; there is:"]
        for name in dict.fromkeys(thing.surface.name for thing in there):
            labels = [thing.label for thing in there if thing.surface.name == name]
            lines.append(f"  in {name}: {labels}")
        if not there:
            lines.append("  nothing of the kind")
        if self.modal is not None:
            lines.append("  (a modal is open; what is behind it cannot be reached)")
        return "\n".join(lines)

    def _visible(self, within: str) -> Iterator[tuple[str, str]]:
        """Yield name and words of everything on the screen, narrowed to where `within` says."""
        for name, words in self._everything():
            if not within or within in name.split(" ") or _flat(self._plain(within)) in _flat(words):
                yield name, words

    def _everything(self) -> Iterator[tuple[str, str]]:
        for modal in self._workspace.stack(self.id):
            words = [modal.title, *self._words_in(modal.blocks, modal.chosen), *modal.errors.values()]
            words += [modal.notice, _words(modal.view.get("submit")), _words(modal.view.get("close"))]
            yield "modal", "\n".join(filter(None, words))
        for where in self._workspace.conversations_of(self.id):
            for message in where.seen_by(self.id):
                chosen = self._workspace.chosen_in(self.id, message)
                words = [self._plain(message.text), *self._words_in(message.blocks, chosen)]
                words += [self._workspace.files[one].title for one in message.file_ids]
                yield f"message {where.name} {where.id} {message.ts}", "\n".join(filter(None, words))
        if self.home is not None:
            yield "home", "\n".join(self._words_in(self.home.blocks, self.home.chosen))
        for notice in self.notices:
            yield "notice", notice.text

    def _words_in(self, blocks: list[Json], chosen: Mapping[elements.Spot, Any]) -> list[str]:
        words = elements.words_of(blocks, self._workspace.names())
        for one in elements.placed(blocks):
            if elements.holds_a_value(one.element):
                held = chosen.get(one.spot, elements.initial(one.element))
                words += [_shown(value) for value in (held if isinstance(held, list) else [held]) if value]
        return words

    def _plain(self, text: str) -> str:
        return elements.plain_words(text, self._workspace.names())

    # Values.

    async def _value(self, thing: _Thing, what: Any, typing: str) -> Any:
        element = thing.one.element
        wanted = what if isinstance(what, list | tuple | set | frozenset) else [what]
        wanted = [one for one in wanted if one is not None]
        if "external" in element["type"] and wanted:
            found = await self._searched(thing, wanted, typing)
        else:
            found = [self._one_value(thing, one) for one in wanted]
        if elements.holds_a_list(element):
            return found
        if len(found) > 1:
            raise CannotDoError(f"{thing.label!r} takes one choice, got {len(found)}")
        return found[0] if found else None

    def _one_value(self, thing: _Thing, wanted: Any) -> Any:
        kind = thing.one.kind
        offered = elements.options_of(thing.one.element)
        if offered:
            return _option(thing.label, offered, str(wanted), self._plain)
        if "users_select" in kind:
            return self._workspace.person(str(wanted)).id
        if "conversations_select" in kind or "channels_select" in kind:
            return self._named_channel(str(wanted))
        if isinstance(wanted, datetime) and kind == "datetimepicker":
            return int(wanted.timestamp())
        return wanted.isoformat() if isinstance(wanted, date) else wanted

    async def _searched(self, thing: _Thing, wanted: Sequence[Any], typing: str) -> list[Json]:
        found = []
        for one in wanted:
            suggested = await self._interactions.suggest(
                self.id, thing.surface.place, thing.one.spot, typing or str(one)
            )
            found.append(_option(thing.label, list(suggested.options), str(one), self._plain))
        return found

    def _named_channel(self, name: str) -> str:
        for one in self._workspace.conversations.values():
            if name in {one.id, one.name, f"#{one.name}"} and (
                one.kind == "channel" or self.id in one.members
            ):
                return one.id
        raise NotOnScreenError(f"{self.record.name} knows no channel {name!r}")


def _captioned(blocks: Iterable[Json], names: Mapping[str, str]) -> Iterator[tuple[Placed, str]]:
    """Yield elements with the text that stands above them, since the last heading, line or row of elements."""
    above: list[str] = []
    for block in blocks:
        kind = block.get("type")
        if kind in {"divider", "header"}:
            above = []
        if kind in _CAPTIONS:
            own = {key: value for key, value in block.items() if key != "accessory"}
            above += elements.words_of(own, names)
        if kind == "input":
            above = [str(block["label"]["text"])]
        within = list(elements.placed([block]))
        for one in within:
            yield one, "\n".join(above)
        if within and kind in {"actions", "input"}:
            above = []


def _narrowed(things: list[_Thing], within: str, plain: Callable[[str], str]) -> list[_Thing]:
    """Return what `within` leaves of the things on one surface."""
    if not within or within in things[0].surface.name.split(" "):
        return things
    wanted = _flat(plain(within))
    by_caption = [one for one in things if wanted in _flat(one.caption)]
    if by_caption:
        return by_caption
    return things if wanted in _flat("\n".join(elements.words_of(things[0].surface.blocks, {}))) else []


def _option(label: str, offered: list[Json], text: str, plain: Callable[[str], str]) -> Json:
    for option in offered:
        if text in {option["text"]["text"], plain(option["text"]["text"])}:
            return option
    texts = [option["text"]["text"] for option in offered]
    raise NotOnScreenError(f"{label!r} does not offer {text!r}, only {texts}")


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return str(value["text"]["text"]) if "text" in value else " ".join(elements.words_of(value, {}))
    return str(value)


def _words(text: Any) -> str:
    return str(text["text"]) if isinstance(text, dict) else ""


def _flat(words: str) -> str:
    return " ".join(words.split())
