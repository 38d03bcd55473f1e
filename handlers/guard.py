"""The guard: the one way in. It acknowledges, drops repeats, authorises, acts in one transaction, catches and answers.

A listener gets a `Visit` and returns an `Answer`; it cannot forget to acknowledge, cannot run without a rule that says
who may, and nothing it raises escapes, because an exception after the acknowledgement would be shown as a failure of
Slack itself.
"""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import structlog

from handlers.answers import Answer, Choices, Close, Errors, Nothing, Open, Reply, Show
from handlers.press import (
    Press,
    PressKind,
    Surface,
    from_action,
    from_command,
    from_event,
    from_options,
    from_view,
)
from handlers.rules import Rule, colleague
from handlers.visit import Visit
from messages import notices
from messages.errors import MessengerError, RefusedError
from usecases.cards import program_card, reader_of
from usecases.delivering import take_evidence
from usecases.unit import Person, Storage, UnitOfWork
from usecases.visits import find_handled, get_or_add_person, knows_person, program_at_hand, remember_handled

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from slack_bolt.app.async_app import AsyncApp

    from messages.message import Messenger, View
    from messages.voice import Voice

log = structlog.get_logger("turnabout.guard")

# A view inside an acknowledgement fails silently far below Slack's limit for a view; larger ones go by views.update.
LARGEST_VIEW_IN_ACK = 4_000

_TRIGGER_GONE = frozenset({"expired_trigger_id", "exchanged_trigger_id"})
_ANY = re.compile(".*", re.DOTALL)


class Clock(Protocol):
    """Tells the present moment."""

    def now(self) -> datetime:
        """The present moment, in UTC."""
        ...


class Voices(Protocol):
    """Makes the voice in which a person is spoken to."""

    def for_reader(self, reader: Any, program: Any) -> Voice:
        """The voice for this reader, in this program's words."""
        ...


@dataclass(frozen=True, slots=True)
class Listening:
    """One registered listener and the rule that says who may."""

    name: str
    who: Rule
    act: Callable[[Visit], Awaitable[Answer]]
    opens: str | None = None
    help: str = ""
    listed_for: Rule | None = None


@dataclass
class Door:
    """Where features register their listeners.

    Attributes:
        storage: opened once.
        clock: the one the process was handed.
        messenger: carries views and replies.
        voices: how people are spoken to.
        meet: makes a person's zone and name known on their first press.
        wake: asks the sender for a turn soon, after something was owed.
        setup_codes: whether a typed code is the one the operator hands over, at a moment; no code is, unless wired.
    """

    storage: Storage
    clock: Clock
    messenger: Messenger
    voices: Voices
    meet: Callable[[str, str], Awaitable[None]]
    wake: Callable[[], None]
    workspace_id: str = ""
    setup_codes: Callable[[str, datetime], bool] = lambda _typed, _now: False
    commands: dict[str, Listening] = field(default_factory=dict)
    actions: dict[str, Listening] = field(default_factory=dict)
    submissions: dict[str, Listening] = field(default_factory=dict)
    closings: dict[str, Listening] = field(default_factory=dict)
    options: dict[str, Listening] = field(default_factory=dict)
    events: dict[str, Listening] = field(default_factory=dict)
    _afterwards: set[asyncio.Task[None]] = field(default_factory=set)

    def command(
        self,
        name: str,
        *,
        who: Rule,
        help: str,  # noqa: A002 - the word people type
        opens: str | None = None,
        listed_for: Rule | None = None,
    ) -> Callable[[Callable[[Visit], Awaitable[Answer]]], Callable[[Visit], Awaitable[Answer]]]:
        """Register a subcommand; `help` is its line in the help card, shown to whom `listed_for` (else `who`) lets."""
        return self._register(self.commands, name, who=who, opens=opens, help=help, listed_for=listed_for)

    def action(
        self, action_id: str, *, who: Rule, opens: str | None = None
    ) -> Callable[[Callable[[Visit], Awaitable[Answer]]], Callable[[Visit], Awaitable[Answer]]]:
        """Register what a button or select does. Action ids carry a version and are kept for ever."""
        return self._register(self.actions, action_id, who=who, opens=opens)

    def submission(
        self, callback_id: str, *, who: Rule
    ) -> Callable[[Callable[[Visit], Awaitable[Answer]]], Callable[[Visit], Awaitable[Answer]]]:
        return self._register(self.submissions, callback_id, who=who)

    def closing(
        self, callback_id: str, *, who: Rule
    ) -> Callable[[Callable[[Visit], Awaitable[Answer]]], Callable[[Visit], Awaitable[Answer]]]:
        return self._register(self.closings, callback_id, who=who)

    def option_source(
        self, action_id: str, *, who: Rule
    ) -> Callable[[Callable[[Visit], Awaitable[Answer]]], Callable[[Visit], Awaitable[Answer]]]:
        return self._register(self.options, action_id, who=who)

    def event(
        self, event_type: str, *, who: Rule
    ) -> Callable[[Callable[[Visit], Awaitable[Answer]]], Callable[[Visit], Awaitable[Answer]]]:
        return self._register(self.events, event_type, who=who)

    @staticmethod
    def _register(
        table: dict[str, Listening], name: str, *, who: Rule, **rest: Any
    ) -> Callable[[Callable[[Visit], Awaitable[Answer]]], Callable[[Visit], Awaitable[Answer]]]:
        def keep(act: Callable[[Visit], Awaitable[Answer]]) -> Callable[[Visit], Awaitable[Answer]]:
            if name in table:
                raise ValueError(f"{name} is registered already; only the first listener would ever run")
            if not callable(who):
                raise TypeError(f"{name} needs a rule that says who may, got {who!r}")
            table[name] = Listening(name, who, act, **rest)
            return act

        return keep

    async def settled(self) -> None:
        """Wait for what follows acknowledgements (views too large for one); tests and shutdown use it."""
        while self._afterwards:
            await asyncio.gather(*list(self._afterwards))

    # ------------------------------------------------------------------ Bolt's side

    def attach(self, app: AsyncApp, command_word: str) -> None:
        """Make the app hand every payload to this door: one listener per payload shape, ours do the rest."""
        app.command(command_word)(self._on_command)
        app.action(_ANY)(self._on_action)
        app.view(_ANY)(self._on_submission)
        app.view_closed(_ANY)(self._on_closing)
        app.options(_ANY)(self._on_options)
        for event_type in self.events:
            app.event(event_type)(self._on_event)

    async def _on_command(self, body: dict[str, Any], ack: Any, respond: Any) -> None:
        press = from_command(body)
        listening = self.commands.get(press.name) or self.commands["help"]
        await self._answer(press, listening, ack, respond)

    async def _on_action(self, body: dict[str, Any], ack: Any, respond: Any) -> None:
        press = from_action(body)
        listening = self.actions.get(press.name)
        if listening is None and press.name.startswith("link."):
            await ack()  # a link button still sends a payload; the browser did the work
            return
        await self._answer(press, listening or _outdated(press.name), ack, respond)

    async def _on_submission(self, body: dict[str, Any], ack: Any, respond: Any) -> None:
        press = from_view(body, PressKind.SUBMISSION)
        await self._answer(press, self.submissions.get(press.name) or _outdated(press.name), ack, respond)

    async def _on_closing(self, body: dict[str, Any], ack: Any, respond: Any) -> None:
        press = from_view(body, PressKind.CLOSING)
        listening = self.closings.get(press.name)
        if listening is None:
            await ack()
            return
        await self._answer(press, listening, ack, respond)

    async def _on_options(self, body: dict[str, Any], ack: Any, respond: Any) -> None:
        press = from_options(body)
        await self._answer(press, self.options.get(press.name) or _outdated(press.name), ack, respond)

    async def _on_event(self, body: dict[str, Any], ack: Any, respond: Any) -> None:
        press = from_event(body)
        await self._answer(press, self.events[press.name], ack, respond)

    # ------------------------------------------------------------------ one press, start to end

    async def _answer(self, press: Press, listening: Listening, ack: Any, respond: Any) -> None:
        """Carry one press through; acknowledges exactly once, whatever happens."""
        carrier = _Carrier(self, press, ack, respond)
        try:
            answer = await self._open_and_act(carrier, press, listening)
        except Exception:
            # Nothing may escape: the person gets a sentence, the operator a reference and the traceback.
            reference = press.key[-8:]
            log.exception("press_failed", listener=listening.name, reference=reference)
            answer = carrier.apology(reference)
        await carrier.carry_out(answer)
        self.wake()

    async def _open_and_act(self, carrier: _Carrier, press: Press, listening: Listening) -> Answer:
        try:
            await carrier.show_first_view(listening.opens)
        except RefusedError as error:
            if error.code not in _TRIGGER_GONE:
                raise
            # Exchanged: the same press came before and has its form. Expired: Slack or we were too slow.
            log.info("form_not_opened", listener=listening.name, code=error.code)
            if error.code == "exchanged_trigger_id":
                return Nothing()
            return Reply(notices.press_again(self.voices.for_reader(None, None)))
        return await self._act(press, listening)

    async def _act(self, press: Press, listening: Listening) -> Answer:
        if press.kind is not PressKind.EVENT and not await knows_person(
            self.storage, self.workspace_id, press.user_id
        ):
            await self.meet(self.workspace_id, press.user_id)
        now = self.clock.now()
        async with self.storage.write() as uow:
            if press.key and await find_handled(uow, press.key) is not None:
                log.info("press_repeated", listener=listening.name)
                return Nothing()
            visit = await self._visit(uow, press, now)
            if visit is None or not await listening.who(visit):
                log.info("press_refused", listener=listening.name)
                return self._refusal(press, visit)
            answer = await listening.act(visit)
            if press.key and not isinstance(answer, Errors):
                # A corrected form may come again under the same key, so an answer of errors is not kept.
                remember_handled(uow, press.key, type(answer).__name__, now)
            return answer

    async def _visit(self, uow: UnitOfWork, press: Press, now: datetime) -> Visit | None:
        if not press.user_id and press.kind is not PressKind.EVENT:
            return None
        person = (
            await get_or_add_person(uow, self.workspace_id, press.user_id, now)
            if press.user_id
            else Person(id="", slack_user_id="", timezone="UTC", locale="en", name="")
        )
        delivery_id = _part(press.value, "delivery") or _part(press.reference, "delivery")
        delivery = await uow.outbox.find(delivery_id, lock=True) if delivery_id else None
        if delivery is not None and press.surface is Surface.MESSAGE and press.message_ts:
            take_evidence(delivery, press.channel_id, press.message_ts, now)
        program = await program_at_hand(uow, self.workspace_id, delivery)
        voice = self.voices.for_reader(
            reader_of(person), program_card(program) if program is not None else None
        )
        return Visit(press, uow, now, self.workspace_id, person, program, voice, delivery)

    def _refusal(self, press: Press, visit: Visit | None) -> Answer:
        voice = visit.voice if visit is not None else self.voices.for_reader(None, None)
        match press.kind:
            case PressKind.OPTIONS:
                return Choices(())
            case PressKind.EVENT | PressKind.CLOSING:
                return Nothing()
            case PressKind.SUBMISSION:
                return Show(notices.as_view(notices.not_here(voice), voice))
            case _:
                return Reply(notices.not_here(voice))


def _part(text: str, kind: str) -> str:
    """The id behind `kind:` in a value such as `delivery:ab12 pick:2`."""
    for part in text.split(" "):
        name, _, row_id = part.partition(":")
        if name == kind:
            return row_id
    return ""


def _fits_in_ack(view: View) -> bool:
    return len(json.dumps(view)) <= LARGEST_VIEW_IN_ACK


def _outdated(name: str) -> Listening:
    """An action id nobody listens to any more: a kind answer instead of Slack's warning sign."""

    async def say_so(visit: Visit) -> Answer:
        if visit.press.kind is PressKind.OPTIONS:
            return Choices(())
        return Reply(notices.out_of_date(visit.voice))

    return Listening(name, colleague, say_so)


class _Carrier:
    """Carries one answer to the place the press came from."""

    def __init__(self, door: Door, press: Press, ack: Any, respond: Any) -> None:
        self._door = door
        self._press = press
        self._ack = ack
        self._respond = respond
        self._opened_view: str | None = None
        self._trigger_used = False

    @property
    def _plain_voice(self) -> Voice:
        return self._door.voices.for_reader(None, None)

    async def show_first_view(self, title: str | None) -> None:
        """A trigger lives three seconds: the modal stands before any query, and is filled afterwards."""
        if title is None or not self._press.trigger_id:
            return
        view = notices.loading_view(title, self._plain_voice)
        self._trigger_used = True
        messenger = self._door.messenger
        opened = (
            await messenger.push_view(self._press.trigger_id, view)
            if self._press.surface is Surface.MODAL
            else await messenger.open_view(self._press.trigger_id, view)
        )
        self._opened_view = opened.view_id

    def apology(self, reference: str) -> Answer:
        if self._press.kind is PressKind.SUBMISSION:
            block_id = next(
                (block["block_id"] for block in self._press.blocks if block.get("type") == "input"), None
            )
            if block_id is not None:
                return Errors({str(block_id): notices.try_again_line(self._plain_voice, reference)})
        if self._press.kind is PressKind.OPTIONS:
            return Choices(())
        if self._press.kind in {PressKind.EVENT, PressKind.CLOSING}:
            return Nothing()
        return Reply(notices.went_wrong(self._plain_voice, reference))

    async def carry_out(self, answer: Answer) -> None:
        try:
            if self._press.kind is PressKind.SUBMISSION:
                await self._after_submission(answer)
            elif self._press.kind is PressKind.OPTIONS:
                await self._ack(options=list(answer.options) if isinstance(answer, Choices) else [])
            elif (
                self._press.kind is PressKind.COMMAND
                and isinstance(answer, Reply)
                and self._opened_view is None
            ):
                await self._ack(
                    text=answer.message.text, blocks=list(answer.message.blocks), response_type="ephemeral"
                )
            else:
                await self._ack()
                await self._after_ack(answer)
        except MessengerError as error:
            # Somebody closed the modal, or the trigger ran out: direct answers get one try, the person presses again.
            log.info("answer_not_shown", method=error.method, reason=error.reason)
            await self._say_it_instead(error)

    async def _after_submission(self, answer: Answer) -> None:
        match answer:
            case Errors(by_block=by_block):
                await self._ack(response_action="errors", errors=dict(by_block))
            case Show(view=view) | Open(view=view):
                if _fits_in_ack(view):
                    await self._ack(response_action="update", view=view)
                else:
                    await self._ack(
                        response_action="update",
                        view=notices.loading_view(str(view["title"]["text"]), self._plain_voice),
                    )
                    self._later(self._fill(self._press.view_id, view))
            case Reply(message=message):
                await self._ack(response_action="update", view=notices.as_view(message, self._plain_voice))
            case Close(all=True):
                await self._ack(response_action="clear")
            case _:
                await self._ack()

    async def _after_ack(self, answer: Answer) -> None:
        messenger, press = self._door.messenger, self._press
        match answer:
            case Open(view=view) if self._opened_view is not None:
                await messenger.update_view(self._opened_view, view)
            case Open(view=view):
                await self._open(view)
            case Show(view=view):
                await messenger.update_view(self._opened_view or press.view_id, view)
            case Reply(message=message) if self._opened_view is not None:
                await messenger.update_view(self._opened_view, notices.as_view(message, self._plain_voice))
            case Reply(message=message) if press.surface in {Surface.HOME, Surface.MODAL}:
                await self._open(notices.as_view(message, self._plain_voice))
            case Reply(message=message):
                await self._respond(
                    text=message.text,
                    blocks=list(message.blocks),
                    response_type="ephemeral",
                    replace_original=False,
                )
            case _:
                pass

    async def _open(self, view: View) -> None:
        self._trigger_used = True
        if self._press.surface is Surface.MODAL:
            await self._door.messenger.push_view(self._press.trigger_id, view)
        else:
            await self._door.messenger.open_view(self._press.trigger_id, view)

    async def _fill(self, view_id: str, view: View) -> None:
        try:
            await self._door.messenger.update_view(view_id, view)
        except MessengerError as error:
            log.warning("view_not_filled", method=error.method, reason=error.reason)

    async def _say_it_instead(self, error: MessengerError) -> None:
        """A modal that could not be shown is announced where there still is a way to say so."""
        expired = isinstance(error, RefusedError) and error.code in _TRIGGER_GONE
        if self._press.surface not in {Surface.MESSAGE, Surface.COMMAND} or not expired:
            return
        message = notices.press_again(self._plain_voice)
        await self._respond(text=message.text, response_type="ephemeral", replace_original=False)

    def _later(self, work: Any) -> None:
        # The loop keeps only weak references to tasks; the set keeps this one alive until it is done.
        task = asyncio.get_running_loop().create_task(work)
        self._door._afterwards.add(task)  # noqa: SLF001 - the carrier is the door's own other half
        task.add_done_callback(self._door._afterwards.discard)  # noqa: SLF001
