"""What people can do in Slack's client, what the bot is told of it, and what they see of the bot's answer.

The page and the person-level verbs of the tests both act through here; one tap counts the same in both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from messages import validator
from sandbox import elements, payloads
from sandbox.errors import CannotDoError, RefusedError
from sandbox.workspace import TROUBLE, HomeView, ModalView

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.elements import Json, Placed, Spot
    from sandbox.journal import Journal
    from sandbox.sockets import Ack, Deliveries
    from sandbox.workspace import Conversation, Message, Person, Workspace

MAX_ACK_VIEW_BYTES = 4_000
"""A view inside an ack fails silently long before the limit of the API; no figure is published, so be strict."""

NO_ANSWER = "The app did not respond. Try again in a moment."
NOT_INTERACTIVE = "This app is not set up to handle interactive responses."
REQUIRED = "Please complete this required field."
NO_OPTIONS = "Options could not be loaded."


@dataclass(frozen=True, slots=True)
class Place:
    """Where an element stands: in a message, in a modal or on Home."""

    kind: Literal["message", "modal", "home"]
    conversation_id: str = ""
    ts: str = ""
    view_id: str = ""

    @classmethod
    def in_message(cls, message: Message) -> Place:
        """Return the place of a message."""
        return cls("message", message.conversation_id, message.ts)

    @classmethod
    def in_modal(cls, modal: ModalView) -> Place:
        """Return the place of a modal."""
        return cls("modal", view_id=modal.id)

    @classmethod
    def on_home(cls) -> Place:
        """Return the place of the person's own Home tab."""
        return cls("home")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an act.

    `was_sent` is false when Slack's client kept it to itself (a missing field, a question answered no).
    `trouble` is the line the person sees when the bot did not answer well; `url` opens beside a press.
    """

    was_sent: bool = True
    trouble: str = ""
    url: str = ""
    answer: Any = None

    @property
    def is_fine(self) -> bool:
        """Whether it was sent and answered in time and form."""
        return self.was_sent and not self.trouble


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What an external menu offers for what was typed; `trouble` when it stays empty for want of an answer."""

    options: tuple[Json, ...]
    trouble: str = ""


class Interactions:
    """The acts of people, by id. Who may not act (gone, not there) raises CannotDoError."""

    def __init__(self, workspace: Workspace, deliveries: Deliveries, journal: Journal) -> None:
        self._workspace = workspace
        self._deliveries = deliveries
        self._journal = journal

    # Words.

    async def command(self, person_id: str, line: str, conversation_id: str = "") -> Outcome:
        """Type a slash command, in the DM with the bot unless another conversation is named."""
        person = self._acting(person_id)
        where = self._conversation(person, conversation_id)
        word, _, text = line.strip().partition(" ")
        command = self._workspace.installation.command(word)
        if command is None:
            raise CannotDoError(f"{word} is not a valid command")
        if command.escapes:
            text = payloads.escaped(self._workspace, text)
        self._click(person, "types", {"line": line, "channel": where.id})
        trigger = self._workspace.new_trigger(person.id)
        payload = payloads.slash_command(self._workspace, person, where, word, text.strip(), trigger.id)
        is_open = self._deliveries.line.is_open
        ack = await self._deliveries.command(payload, person.id)
        if ack is None:
            return self._command_failed(
                person, where, word, "operation_timeout" if is_open else "dispatch_failed"
            )
        return self._answer_command(person, where, word, ack)

    async def say(self, person_id: str, conversation_id: str, text: str) -> Outcome:
        """Type a message that is no command; the Messages tab of the bot may be read-only."""
        person = self._acting(person_id)
        where = self._conversation(person, conversation_id)
        is_bots_dm = where.kind == "im" and self._workspace.bot.id in where.members
        if is_bots_dm and self._workspace.installation.messages_read_only:
            raise CannotDoError("sending messages to this app has been turned off")
        self._click(person, "says", {"text": text, "channel": where.id})
        message = self._workspace.post(where, person.id, text)
        event = {
            **payloads.message(self._workspace, message),
            "client_msg_id": self._workspace.ids.uuid(),
            "channel": where.id,
            "event_ts": message.ts,
            "channel_type": {"private": "group"}.get(where.kind, where.kind),
        }
        if self._workspace.bot.id in where.members:
            plural = {"channel": "channels", "private": "groups"}.get(where.kind, where.kind)
            await self._deliveries.event(event, person_id=person.id, name=f"message.{plural}")
        return Outcome(answer=message.ts)

    def _command_failed(self, person: Person, where: Conversation, word: str, code: str) -> Outcome:
        trouble = f'{word} failed with the error "{code}"'
        self._workspace.notice(person.id, trouble, where.id)
        return Outcome(trouble=trouble)

    def _answer_command(self, person: Person, where: Conversation, word: str, ack: Ack) -> Outcome:
        said = ack.payload
        if said in (None, {}, {"text": ""}):
            return Outcome(answer=said)
        if not isinstance(said, dict) or validator.slack_error_for_message(
            validator.check_message({**said, "metadata": None})
        ):
            return self._command_failed(person, where, word, "invalid_command_response")
        seen_by_all = said.get("response_type") == "in_channel"
        self._workspace.post(
            where,
            self._workspace.bot.id,
            said.get("text", ""),
            said.get("blocks") or (),
            only_for="" if seen_by_all else person.id,
        )
        return Outcome(answer=said)

    # Looking.

    async def open_home(self, person_id: str) -> Outcome:
        """Open the Home tab of the bot."""
        person = self._acting(person_id)
        if not self._workspace.installation.has_home:
            raise CannotDoError("this app has no Home tab")
        return await self._open_tab(person, "home")

    async def open_messages(self, person_id: str) -> Outcome:
        """Open the Messages tab of the bot."""
        return await self._open_tab(self._acting(person_id), "messages")

    async def _open_tab(self, person: Person, tab: str) -> Outcome:
        self._click(person, "opens", {"tab": tab})
        event: Json = {
            "type": "app_home_opened",
            "user": person.id,
            "channel": self._workspace.app_dm(person.id).id,
            "tab": tab,
            "event_ts": self._workspace.next_ts(),
        }
        home = self._workspace.homes.get(person.id)
        if tab == "home" and home is not None:
            event["view"] = payloads.view(self._workspace, home)
        return Outcome(was_sent=await self._deliveries.event(event, person_id=person.id))

    # Pressing and choosing.

    async def press(
        self, person_id: str, place: Place, spot: Spot, *, option: Json | None = None, confirms: bool = True
    ) -> Outcome:
        """Press a button, or an overflow menu and then one of its options.

        A question asked before (`confirm`) takes another tap; `confirms=False` answers it with no.
        """
        person = self._acting(person_id)
        one = self._element(person, place, spot)
        if one.kind not in {"button", "overflow"}:
            raise CannotDoError(f"a {one.kind} is not pressed; choose something in it")
        if one.kind == "overflow" and option not in elements.options_of(one.element):
            raise CannotDoError(f"the menu does not offer {option}")
        person.taps += 2 if one.kind == "overflow" else 1
        held = {"selected_option": option} if one.kind == "overflow" else {}
        url = (option or one.element).get("url", "")
        return await self._act(person, place, one, held, confirms=confirms, url=url)

    async def choose(
        self, person_id: str, place: Place, spot: Spot, value: Any, *, confirms: bool = True
    ) -> Outcome:
        """Put a value into an element: text, an option, a list of options, a date, an id.

        It is kept in the form; elements outside of inputs, and those that dispatch, tell the bot at once.
        """
        person = self._acting(person_id)
        one = self._element(person, place, spot)
        if not elements.holds_a_value(one.element):
            raise CannotDoError(f"nothing can be chosen in a {one.kind}")
        self._check_offered(one, value)
        before = self._chosen(person, place).get(spot, elements.initial(one.element))
        person.taps += _taps_to_choose(one.element, before, value)
        if elements.is_empty(value):
            value = [] if elements.holds_a_list(one.element) else None
        if not one.acts_at_once:
            self._chosen(person, place)[spot] = value
            self._click(person, "fills", {"block": spot[0], "action": spot[1], "value": value})
            return Outcome(was_sent=False)
        held = elements.entry(one.element, value)
        del held["type"]
        return await self._act(person, place, one, held, confirms=confirms, keep=value)

    async def suggest(self, person_id: str, place: Place, spot: Spot, typed: str) -> Suggestions:
        """Type into an external menu and return what it offers."""
        person = self._acting(person_id)
        one = self._element(person, place, spot)
        if len(typed) < one.element.get("min_query_length", 3):
            return Suggestions(())
        self._click(person, "searches", {"block": spot[0], "action": spot[1], "typed": typed})
        payload = {
            **payloads.interaction(self._workspace, "block_suggestion", person),
            **self._where(person, place),
            "action_id": spot[1],
            "block_id": spot[0],
            "value": typed,
        }
        ack = await self._deliveries.interaction(payload, person.id)
        answer = None if ack is None else ack.payload
        faults = validator.check_options(answer)
        if not isinstance(answer, dict) or any(not fault.is_house_rule for fault in faults):
            return Suggestions((), NO_OPTIONS)
        return Suggestions(tuple(elements.with_text_defaults(elements.options_of(answer))))

    async def _act(
        self,
        person: Person,
        place: Place,
        one: Placed,
        held: Mapping[str, Any],
        *,
        confirms: bool,
        keep: Any = None,
        url: str = "",
    ) -> Outcome:
        block_id, action_id = one.spot
        self._click(
            person, "presses", {"block": block_id, "action": action_id, **held, "place": _named(place)}
        )
        if "confirm" in one.element:
            person.taps += 1
            if not confirms:
                return Outcome(was_sent=False)
        if elements.holds_a_value(one.element):
            self._chosen(person, place)[one.spot] = keep
        if not self._workspace.installation.is_interactive:
            return self._show_trouble(person, place, NOT_INTERACTIVE, was_sent=False)
        payload = {
            **payloads.interaction(self._workspace, "block_actions", person),
            **self._where(person, place),
            "trigger_id": self._workspace.new_trigger(person.id, place.view_id or None).id,
            "actions": [payloads.action(one, held, self._workspace.next_ts())],
        }
        if place.kind == "message":
            payload["response_url"] = self._workspace.new_response_url(
                person.id, place.conversation_id, place.ts
            )
        ack = await self._deliveries.interaction(payload, person.id)
        if ack is None:
            return self._show_trouble(person, place, TROUBLE if place.kind == "modal" else NO_ANSWER)
        return Outcome(url=url, answer=ack.payload)

    def _show_trouble(self, person: Person, place: Place, words: str, *, was_sent: bool = True) -> Outcome:
        modal = self._workspace.find_modal(place.view_id) if place.kind == "modal" else None
        if modal is not None:
            modal.notice = words
            self._workspace.tell("modal", [person.id])
        else:
            self._workspace.notice(person.id, words, place.conversation_id or None)
        return Outcome(was_sent=was_sent, trouble=words)

    # Forms.

    async def submit(self, person_id: str) -> Outcome:
        """Send the modal on top; what the client itself asks for first is shown under the fields."""
        person = self._acting(person_id)
        modal = self._top(person)
        if not modal.view.get("submit"):
            raise CannotDoError(f"{modal.title!r} has no button to send it")
        person.taps += 1
        self._click(person, "submits", {"view": modal.id, "title": modal.title})
        modal.notice = ""
        modal.errors = missing_in(modal)
        if modal.errors:
            self._workspace.tell("modal", [person.id])
            return Outcome(was_sent=False)
        payload = {
            **payloads.interaction(self._workspace, "view_submission", person),
            "trigger_id": self._workspace.new_trigger(person.id, modal.id).id,
            "view": payloads.view(self._workspace, modal, modal.values),
            "response_urls": self._response_urls(person, modal),
        }
        ack = await self._deliveries.interaction(payload, person.id)
        place = Place.in_modal(modal)
        if ack is None:
            return self._show_trouble(person, place, TROUBLE)
        try:
            self._follow(person, modal, ack.payload or {})
        except RefusedError:
            return self._show_trouble(person, place, TROUBLE)
        return Outcome(answer=ack.payload)

    def _response_urls(self, person: Person, modal: ModalView) -> list[Json]:
        """Return an address for each conversation chosen in a menu that asks for one."""
        values = modal.values
        made = []
        for one in elements.placed(modal.blocks):
            block_id, action_id = one.spot
            if one.element.get("response_url_enabled"):
                where = values[block_id][action_id][elements.held_under(one.element)]
                if where is not None:
                    address = self._workspace.new_response_url(person.id, where)
                    names = {"block_id": block_id, "action_id": action_id}
                    made.append({**names, "channel_id": where, "response_url": address})
        return made

    def _follow(self, person: Person, modal: ModalView, said: Any) -> None:
        """Do what an ack of a submission says; raises RefusedError where Slack shows trouble."""
        faults = validator.check_view_response(said, modal.view)
        if any(not fault.is_house_rule for fault in faults):
            raise RefusedError("invalid_arguments")
        view = said.get("view")
        if view is not None and validator.json_size(view) > MAX_ACK_VIEW_BYTES:
            raise RefusedError("view_too_large")
        match said.get("response_action"):
            case "errors":
                modal.errors = dict(said["errors"])
                self._workspace.tell("modal", [person.id])
            case "clear":
                self._workspace.clear_modals(person.id)
            case "push":
                self._workspace.push_modal(person.id, view)
            case "update":
                self._workspace.redraw_modal(modal, view)
                person.screens += 1
            case _ if modal in self._workspace.stack(person.id):
                self._workspace.close_modal(modal)

    async def close(self, person_id: str, *, whole: bool = False) -> Outcome:
        """Cancel the modal on top, or close the whole stack by the X."""
        person = self._acting(person_id)
        stack = list(self._workspace.stack(person.id))
        modal = self._top(person)
        person.taps += 1
        self._click(person, "closes", {"view": modal.id, "title": modal.title, "whole": whole})
        clears = whole or bool(modal.view.get("clear_on_close"))
        told = stack[0] if whole else modal
        if clears:
            self._workspace.clear_modals(person.id)
        else:
            self._workspace.close_modal(modal)
        if not told.view.get("notify_on_close"):
            return Outcome(was_sent=False)
        payload = {
            **payloads.interaction(self._workspace, "view_closed", person),
            "view": payloads.view(self._workspace, told),
            "is_cleared": clears,
        }
        return Outcome(was_sent=await self._deliveries.interaction(payload, person.id) is not None)

    # Coming, changing, going.

    async def arrive(self, person_id: str) -> bool:
        """Tell the bot of somebody new."""
        return await self._deliveries.event(
            {"type": "team_join", "user": self._user(person_id)}, person_id=person_id
        )

    async def change(self, person_id: str, **about: Any) -> bool:
        """Change fields of Person and tell the bot."""
        self._workspace.change_person(person_id, **about)
        event = {
            "type": "user_change",
            "user": self._user(person_id),
            "cache_ts": self._workspace.seconds(),
            "event_ts": self._workspace.next_ts(),
        }
        return await self._deliveries.event(event, person_id=person_id)

    async def join(self, person_id: str, conversation_id: str) -> bool:
        """Come into a channel; the bot hears of it if it subscribed and may."""
        self._workspace.join(conversation_id, person_id)
        return await self._moved("member_joined_channel", person_id, conversation_id)

    async def leave(self, person_id: str, conversation_id: str) -> bool:
        """Leave a channel; the bot hears of it if it subscribed and may."""
        self._workspace.leave(conversation_id, person_id)
        return await self._moved("member_left_channel", person_id, conversation_id)

    async def _moved(self, kind: str, person_id: str, conversation_id: str) -> bool:
        event = {
            "type": kind,
            "user": person_id,
            "channel": conversation_id,
            "channel_type": "C",
            "team": self._workspace.team_id,
            "event_ts": self._workspace.next_ts(),
        }
        return await self._deliveries.event(event, person_id=person_id)

    async def revoke(self, why: Literal["token_revoked", "account_inactive"] = "account_inactive") -> None:
        """Take the app out of the workspace: the token is dead, and the app is told where it listens."""
        bots = [self._workspace.bot.id]
        await self._deliveries.event({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": bots}})
        await self._deliveries.event({"type": "app_uninstalled"})
        self._workspace.suspended = why

    def _user(self, person_id: str) -> Json:
        workspace = self._workspace
        email = workspace.installation.grants("users:read.email")
        return payloads.person(workspace, workspace.people[person_id], email=email, locale=True)

    # What stands where.

    def elements_at(self, person_id: str, place: Place) -> list[Placed]:
        """Return the interactive elements of a place, top to bottom."""
        return list(elements.placed(self._blocks(self._workspace.people[person_id], place)))

    def _acting(self, person_id: str) -> Person:
        person = self._workspace.people[person_id]
        if person.is_deleted:
            raise CannotDoError(f"{person.name} is deactivated and can do nothing")
        return person

    def _conversation(self, person: Person, conversation_id: str) -> Conversation:
        if not conversation_id:
            return self._workspace.app_dm(person.id)
        where = self._workspace.conversations[conversation_id]
        if person.id not in where.members:
            raise CannotDoError(f"{person.name} is not in {where.name}")
        return where

    def _top(self, person: Person) -> ModalView:
        stack = self._workspace.stack(person.id)
        if not stack:
            raise CannotDoError(f"no modal is open for {person.name}")
        return stack[-1]

    def _view(self, person: Person, place: Place) -> ModalView | HomeView:
        if place.kind == "home":
            home = self._workspace.homes.get(person.id)
            if home is None:
                raise CannotDoError(f"nothing was published on the Home tab of {person.name}")
            return home
        modal = self._workspace.find_modal(place.view_id)
        if modal is None or modal.person_id != person.id:
            raise CannotDoError(f"{person.name} has no such modal open (any more)")
        return modal

    def _message(self, person: Person, place: Place) -> Message:
        message = self._workspace.find_message(place.conversation_id, place.ts, person.id)
        if message is None or person.id not in self._workspace.conversations[place.conversation_id].members:
            raise CannotDoError(f"{person.name} does not see that message (any more)")
        return message

    def _blocks(self, person: Person, place: Place) -> list[Json]:
        if place.kind == "message":
            return self._message(person, place).blocks
        return self._view(person, place).blocks

    def _element(self, person: Person, place: Place, spot: Spot) -> Placed:
        found = elements.find(self._blocks(person, place), spot)
        if found is None:
            raise CannotDoError(f"nothing stands at block {spot[0]!r}, action {spot[1]!r} (any more)")
        return found

    def _chosen(self, person: Person, place: Place) -> dict[Spot, Any]:
        if place.kind == "message":
            return self._workspace.chosen_in(person.id, self._message(person, place))
        return self._view(person, place).chosen

    def _where(self, person: Person, place: Place) -> Json:
        if place.kind != "message":
            return payloads.in_view(self._workspace, self._view(person, place))
        message = self._message(person, place)
        where = self._workspace.conversations[place.conversation_id]
        values = elements.state_values(message.blocks, self._chosen(person, place))
        return {**payloads.in_message(self._workspace, where, message), "state": {"values": values}}

    def _check_offered(self, one: Placed, value: Any) -> None:
        """Refuse options that the element does not offer, and more than it takes."""
        several = value if isinstance(value, list) else [value]
        most = one.element.get("max_selected_items")
        if most is not None and isinstance(value, list) and len(value) > most:
            raise CannotDoError(f"at most {most} can be chosen, got {len(value)}")
        offered = elements.options_of(one.element)
        if offered and not all(option in offered or option is None for option in several):
            raise CannotDoError(f"that is not among the options of block {one.spot[0]!r}")

    def _click(self, person: Person, verb: str, args: Json) -> None:
        self._journal.write("click", verb, args, person=person.id)


def _named(place: Place) -> str:
    return place.ts or place.view_id or place.kind


def _taps_to_choose(element: Json, before: Any, after: Any) -> int:
    """Return the taps it takes: one to open a menu or picker, one for each thing chosen or taken back."""
    if element["type"] in elements.TYPED:
        return 0
    opening = 1 if element["type"] in elements.OPENED_FIRST else 0
    if elements.holds_a_list(element):
        had, has = before or [], after or []
        changed = [one for one in had if one not in has] + [one for one in has if one not in had]
        return opening + len(changed)
    return opening + 1


_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_LINK = re.compile(r"https?://\S+")


def missing_in(modal: ModalView) -> dict[str, str]:
    """Return what Slack's client asks for before it sends a form, by block_id."""
    values = modal.values
    asked: dict[str, str] = {}
    for one in elements.placed(modal.blocks):
        if one.standing == "input":
            block_id, action_id = one.spot
            held = values[block_id][action_id][elements.held_under(one.element)]
            words = _objection(one, held)
            if words:
                asked[block_id] = words
    return asked


def _objection(one: Placed, held: Any) -> str:
    if elements.is_empty(held):
        return "" if one.is_optional else REQUIRED
    match one.kind:
        case "plain_text_input":
            return _length_objection(one.element, held)
        case "email_text_input":
            return "" if _ADDRESS.fullmatch(held) else "Please enter a valid email address."
        case "url_text_input":
            return "" if _LINK.fullmatch(held) else "Please enter a valid URL."
        case "number_input":
            return _number_objection(one.element, held)
    return ""


def _length_objection(element: Json, held: str) -> str:
    least, most = element.get("min_length", 0), element.get("max_length", 3_000)
    if len(held) < least:
        return f"Please enter at least {least} characters."
    return f"Please enter at most {most} characters." if len(held) > most else ""


def _number_objection(element: Json, held: str) -> str:
    form = r"-?\d+(\.\d+)?" if element["is_decimal_allowed"] else r"-?\d+"
    if not re.fullmatch(form, held):
        return "Please enter a valid number."
    least, most = element.get("min_value"), element.get("max_value")
    if least is not None and float(held) < float(least):
        return f"Please enter a number of at least {least}."
    return (
        f"Please enter a number of at most {most}." if most is not None and float(held) > float(most) else ""
    )
