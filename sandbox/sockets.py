"""Carries what Slack sends to the bot: over Socket Mode, over signed HTTP, or in this very process.

Repeats, lost answers and the three seconds are kept here; what the payloads say is made in `sandbox.payloads`.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal, Protocol
from urllib.parse import urlencode

import aiohttp
from aiohttp import web
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from sandbox import payloads
from sandbox.faults import DeliveryFault

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from slack_bolt.app.async_app import AsyncApp
    from slack_sdk.socket_mode.response import SocketModeResponse

    from sandbox.elements import Json
    from sandbox.faults import Faults
    from sandbox.journal import Journal
    from sandbox.workspace import Workspace

MAX_SOCKETS = 10
ACK_SECONDS = 3.0
SESSION = timedelta(hours=1)
WARNING_BEFORE = timedelta(seconds=10)
RETRIES_AFTER = (timedelta(0), timedelta(minutes=1), timedelta(minutes=5))
"""When an event that was not answered is sent again; after the last it is dropped."""

EnvelopeType = Literal["events_api", "interactive", "slash_commands"]


@dataclass(frozen=True, slots=True)
class Envelope:
    """One delivery; a repeat of the same payload travels in an envelope of its own."""

    envelope_id: str
    type: EnvelopeType
    payload: Json
    retry_attempt: int = 0

    @property
    def what(self) -> str:
        """Return what it is about: the type of the event or interaction, or the command's word."""
        if self.type == "slash_commands":
            return str(self.payload["command"])
        inner = self.payload["event"] if self.type == "events_api" else self.payload
        return str(inner["type"])

    def frame(self) -> Json:
        """Return the envelope as Socket Mode words it."""
        made: Json = {
            "envelope_id": self.envelope_id,
            "type": self.type,
            "payload": self.payload,
            "accepts_response_payload": self.type != "events_api",
        }
        if self.type == "events_api":
            made |= {
                "retry_attempt": self.retry_attempt,
                "retry_reason": "timeout" if self.retry_attempt else "",
            }
        return made


@dataclass(frozen=True, slots=True)
class Ack:
    """The bot's answer to an envelope; `payload` is what it said, or None for a bare yes."""

    payload: Any = None
    is_final_no: bool = False
    """Whether it was refused over HTTP and is not to be sent again."""


class Line(Protocol):
    """A way to the bot."""

    @property
    def is_open(self) -> bool:
        """Whether something can be sent now."""
        ...

    async def send(self, envelope: Envelope) -> Ack | None:
        """Send an envelope and return the answer, or None when none came in time."""
        ...


class NoLine:
    """Nobody listens."""

    is_open = False

    async def send(self, envelope: Envelope) -> Ack | None:
        """Return nothing: there is nobody to answer."""
        del envelope
        return None


# In this process.


class InProcessLine:
    """Hands envelopes to a callable: the same content as over a socket, one act in flight, no waiting.

    The callable gets the frame as a dict and returns `{"envelope_id", "payload"?}`, or None for no answer.
    """

    is_open = True

    def __init__(self, handler: Callable[[Json], Awaitable[Json | None]]) -> None:
        self._handler = handler

    async def send(self, envelope: Envelope) -> Ack | None:
        """Hand over a copy of the envelope and return the answer."""
        answer = await self._handler(json.loads(json.dumps(envelope.frame())))
        return None if answer is None else Ack(answer.get("payload"))


class _AnswerCatcher(AsyncBaseSocketModeClient):
    """Stands where Bolt's adapter expects its socket, and keeps the frame that would go out."""

    def __init__(self) -> None:
        self.logger = logging.getLogger(__name__)
        self.answer: Json | None = None

    async def send_socket_mode_response(self, response: Json | SocketModeResponse) -> None:
        """Keep the answer."""
        self.answer = response if isinstance(response, dict) else response.to_dict()


def bolt_handler(app: AsyncApp) -> Callable[[Json], Awaitable[Json | None]]:
    """Return a callable for InProcessLine that passes frames to a Bolt app as its Socket Mode handler does."""

    async def handle(frame: Json) -> Json | None:
        request = SocketModeRequest.from_dict(frame)
        if request is None:
            raise ValueError(f"not an envelope: {sorted(frame)}")
        catcher = _AnswerCatcher()
        response = await run_async_bolt_app(app, request)
        await send_async_response(catcher, request, response, 0.0)
        return catcher.answer

    return handle


# Over WebSockets.


@dataclass(slots=True, eq=False)
class _Socket:
    connection: web.WebSocketResponse
    request: web.Request
    until: datetime
    is_leaving: bool = False
    is_warned: bool = False
    waiting: dict[str, asyncio.Future[Ack | None]] = field(default_factory=dict)


class SocketLine:
    """Socket Mode: up to ten connections, each envelope to one of them, answers in any order."""

    def __init__(self, workspace: Workspace, journal: Journal, *, ack_seconds: float = ACK_SECONDS) -> None:
        self._workspace = workspace
        self._journal = journal
        self._ack_seconds = ack_seconds
        self._tickets: set[str] = set()
        self._sockets: list[_Socket] = []
        self._turn = 0
        self._connected = asyncio.Event()

    @property
    def is_open(self) -> bool:
        """Whether a connection is there."""
        return bool(self._sockets)

    @property
    def connections(self) -> int:
        """Return the number of open connections."""
        return len(self._sockets)

    def new_address(self) -> str:
        """Return the address of a new connection, good for one use."""
        ticket = self._workspace.ids.uuid()
        self._tickets.add(ticket)
        base = self._workspace.base_url.replace("http", "ws", 1)
        return f"{base}/link?ticket={ticket}&app_id={self._workspace.app_id}"

    def add_routes(self, app: web.Application) -> None:
        """Add the address that sockets connect to."""
        app.router.add_get("/link", self._on_link)

    async def connected(self, seconds: float = 5.0) -> None:
        """Wait until the bot has a connection that is not about to be replaced; raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while all(socket.is_leaving for socket in self._sockets):
                self._connected.clear()
                await self._connected.wait()

    async def send(self, envelope: Envelope) -> Ack | None:
        """Send an envelope over one of the connections and wait for the answer, 3 seconds at most."""
        socket = self._next_socket()
        if socket is None:
            return None
        answer: asyncio.Future[Ack | None] = asyncio.get_running_loop().create_future()
        socket.waiting[envelope.envelope_id] = answer
        try:
            await _say(socket, envelope.frame())
            async with asyncio.timeout(self._ack_seconds):
                return await answer
        except (TimeoutError, ConnectionError):
            return None
        finally:
            socket.waiting.pop(envelope.envelope_id, None)

    async def refresh(
        self, reason: Literal["warning", "refresh_requested", "link_disabled"] = "refresh_requested"
    ) -> None:
        """Ask every connection to be replaced; a warning leaves them open a while."""
        for socket in list(self._sockets):
            await self._disconnect(socket, reason)

    def drop(self) -> None:
        """Break all connections without a word."""
        for socket in list(self._sockets):
            self._break(socket)

    def drop_next(self) -> None:
        """Break the connection that the next envelope would take."""
        socket = self._next_socket()
        if socket is not None:
            self._break(socket)

    async def turn(self) -> None:
        """Warn and replace the connections whose session is over."""
        now = self._workspace.limits_clock.now()
        for socket in list(self._sockets):
            if now >= socket.until:
                await self._disconnect(socket, "refresh_requested")
            elif now >= socket.until - WARNING_BEFORE and not socket.is_warned:
                socket.is_warned = True
                await self._disconnect(socket, "warning")

    async def close(self) -> None:
        """Close all connections politely."""
        for socket in list(self._sockets):
            await socket.connection.close()

    def _next_socket(self) -> _Socket | None:
        ready = [socket for socket in self._sockets if not socket.is_leaving] or self._sockets
        if not ready:
            return None
        self._turn += 1
        return ready[self._turn % len(ready)]

    async def _disconnect(self, socket: _Socket, reason: str) -> None:
        await _say(socket, {"type": "disconnect", "reason": reason, "debug_info": {"host": "wss-1"}})
        if reason != "warning":
            socket.is_leaving = True

    def _break(self, socket: _Socket) -> None:
        self._forget(socket)
        if socket.request.transport is not None:
            socket.request.transport.abort()

    def _forget(self, socket: _Socket) -> None:
        if socket in self._sockets:
            self._sockets.remove(socket)
        for waiting in socket.waiting.values():
            if not waiting.done():
                waiting.set_result(None)

    async def _on_link(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=HTTPStatus.FORBIDDEN, text="invalid ticket")
        self._tickets.discard(ticket)
        connection = web.WebSocketResponse(timeout=1.0)
        await connection.prepare(request)
        now = self._workspace.limits_clock.now()
        lasts = timedelta(seconds=360) if request.query.get("debug_reconnects") == "true" else SESSION
        socket = _Socket(connection, request, now + lasts)
        refused = self._refused()
        if refused:
            await self._disconnect(socket, refused)
            await connection.close()
            return connection
        self._sockets.append(socket)
        await _say(socket, self._hello(lasts))
        self._connected.set()
        try:
            async for message in connection:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._on_frame(socket, message.data)
        finally:
            self._forget(socket)
        return connection

    def _refused(self) -> str:
        """Return why no further connection is taken, or nothing."""
        if not self._workspace.installation.has_socket:
            return "link_disabled"
        return "too_many_websockets" if len(self._sockets) >= MAX_SOCKETS else ""

    def _hello(self, lasts: timedelta) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._sockets),
            "debug_info": {
                "host": "applink-1",
                "build_number": 1,
                "approximate_connection_time": int(lasts.total_seconds()),
            },
            "connection_info": {"app_id": self._workspace.app_id},
        }

    def _on_frame(self, socket: _Socket, text: str) -> None:
        """Take an answer; one without an envelope id, or for nothing that waits, is ignored."""
        try:
            frame = json.loads(text)
        except ValueError:
            frame = None
        envelope_id = frame.get("envelope_id") if isinstance(frame, dict) else None
        waiting = socket.waiting.get(envelope_id) if isinstance(envelope_id, str) else None
        if waiting is None or waiting.done():
            self._journal.write("ack", "ignored", frame)
            return
        waiting.set_result(Ack(frame.get("payload")))


async def _say(socket: _Socket, frame: Json) -> None:
    if not socket.connection.closed:
        await socket.connection.send_str(json.dumps(frame))


# Over signed HTTP.


class HttpLine:
    """Posts to the bot's request URL: events as JSON, the rest as forms, each signed.

    Args:
        session: opened by the stand-in and closed with it
        url: where all deliveries go
    """

    is_open = True

    def __init__(
        self,
        workspace: Workspace,
        session: aiohttp.ClientSession,
        url: str,
        signing_secret: str,
        *,
        ack_seconds: float = ACK_SECONDS,
    ) -> None:
        self._workspace = workspace
        self._session = session
        self._url = url
        self._secret = signing_secret
        self._ack_seconds = ack_seconds

    async def send(self, envelope: Envelope) -> Ack | None:
        """Post a payload; anything but 200 within 3 seconds counts as no answer."""
        body, headers = self.signed(envelope)
        try:
            async with self._session.post(
                self._url,
                data=body,
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=self._ack_seconds),
            ) as reply:
                if reply.status == HTTPStatus.OK:
                    return _http_ack(await reply.text(), reply.content_type)
                stops = reply.headers.get("X-Slack-No-Retry") == "1"
                return Ack(is_final_no=True) if stops else None
        except (aiohttp.ClientError, TimeoutError):
            return None

    async def verify(self) -> bool:
        """Ask the request URL to echo a challenge, as Slack does before it takes the address."""
        challenge = self._workspace.ids.token(48)
        asked = {"type": "url_verification", "token": "", "challenge": challenge}
        ack = await self.send(Envelope(self._workspace.ids.uuid(), "events_api", asked))
        said = None if ack is None else ack.payload
        return isinstance(said, dict) and challenge in said.values()

    def signed(self, envelope: Envelope) -> tuple[bytes, dict[str, str]]:
        """Return the body and headers of a delivery."""
        if envelope.type == "events_api":
            body, kind = json.dumps(envelope.payload).encode(), "application/json"
        else:
            fields = (
                envelope.payload
                if envelope.type == "slash_commands"
                else {"payload": json.dumps(envelope.payload)}
            )
            body, kind = urlencode(fields).encode(), "application/x-www-form-urlencoded"
        stamp = str(int(self._workspace.limits_clock.now().timestamp()))
        headers = {
            "Content-Type": kind,
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature(self._secret, stamp, body),
        }
        if envelope.retry_attempt:
            headers |= {
                "X-Slack-Retry-Num": str(envelope.retry_attempt),
                "X-Slack-Retry-Reason": "http_timeout",
            }
        return body, headers


def signature(secret: str, stamp: str, body: bytes) -> str:
    """Return the value of X-Slack-Signature for a body sent at a unix time."""
    digest = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return f"v0={digest}"


def _http_ack(text: str, content_type: str) -> Ack:
    if not text:
        return Ack()
    if content_type == "application/json":
        return Ack(json.loads(text))
    return Ack({"text": text})


# What is sent when.


@dataclass(slots=True)
class _Again:
    """An event that was not answered and is due once more."""

    due_at: datetime
    payload: Json
    attempt: int
    person: str | None


class Deliveries:
    """Sends events, commands and interactions over whatever line there is, and keeps trying where Slack does."""

    def __init__(self, workspace: Workspace, journal: Journal, faults: Faults) -> None:
        self._workspace = workspace
        self._journal = journal
        self._faults = faults
        self._again: list[_Again] = []
        self._held: list[tuple[Json, str | None]] = []
        self.line: Line = NoLine()
        self.copies = 2
        """How often a payload is delivered when the faults say so."""

    async def command(self, payload: Json, person_id: str) -> Ack | None:
        """Send a slash command and return the answer that came in time."""
        return await self._once("slash_commands", payload, person_id)

    async def interaction(self, payload: Json, person_id: str) -> Ack | None:
        """Send an interaction and return the answer that came in time; it is never sent again by itself."""
        return await self._once("interactive", payload, person_id)

    async def event(self, inner: Json, *, person_id: str | None = None, name: str = "") -> bool:
        """Send an event if the app hears of it; returns whether it was taken. An unanswered one comes again."""
        if not self._workspace.installation.hears(name or inner["type"]):
            return False
        payload = payloads.event(self._workspace, inner)
        fault = self._faults.of_delivery(inner["type"])
        if fault is DeliveryFault.LATER and not self._held:
            self._held.append((payload, person_id))
            return False
        held, self._held = self._held, []
        taken = await self._deliver_event(payload, person_id, 0, fault)
        for late, whose in held:
            await self._deliver_again(late, whose, 0)
        return taken

    async def turn(self) -> None:
        """Send again what is due, and what was held back."""
        now = self._workspace.clock.now()
        due = [one for one in self._again if one.due_at <= now]
        self._again = [one for one in self._again if one.due_at > now]
        held, self._held = self._held, []
        for payload, person_id in held:
            await self._deliver_again(payload, person_id, 0)
        for one in due:
            await self._deliver_again(one.payload, one.person, one.attempt)

    def next_due_at(self) -> datetime | None:
        """Return when an event is due again, or None."""
        if self._held:
            return self._workspace.clock.now()
        return min((one.due_at for one in self._again), default=None)

    async def _deliver_event(
        self, payload: Json, person_id: str | None, attempt: int, fault: DeliveryFault | None
    ) -> bool:
        if await self._send("events_api", payload, person_id, fault, attempt) is not None:
            return True
        if attempt == len(RETRIES_AFTER):
            return False
        wait = RETRIES_AFTER[attempt]
        if not wait:
            return await self._deliver_again(payload, person_id, attempt + 1)
        due_at = self._workspace.clock.now() + wait
        self._again.append(_Again(due_at, payload, attempt + 1, person_id))
        return False

    async def _deliver_again(self, payload: Json, person_id: str | None, attempt: int) -> bool:
        fault = self._faults.of_delivery(payload["event"]["type"])
        return await self._deliver_event(payload, person_id, attempt, fault)

    async def _once(self, kind: EnvelopeType, payload: Json, person_id: str) -> Ack | None:
        what = payload["command"] if kind == "slash_commands" else payload["type"]
        ack = await self._send(kind, payload, person_id, self._faults.of_delivery(what))
        return None if ack is not None and ack.is_final_no else ack

    async def _send(
        self,
        kind: EnvelopeType,
        payload: Json,
        person_id: str | None,
        fault: DeliveryFault | None,
        attempt: int = 0,
    ) -> Ack | None:
        envelope = Envelope(self._workspace.ids.uuid(), kind, payload, attempt)
        if fault in {DeliveryFault.LOST, DeliveryFault.DROPPED_SOCKET}:
            self._journal.write("envelope", envelope.what, {"fault": fault}, person=person_id)
            if fault is DeliveryFault.DROPPED_SOCKET and isinstance(self.line, SocketLine):
                self.line.drop_next()
            return None
        if fault is DeliveryFault.TOGETHER:
            copies = [self._copy(envelope, number) for number in range(self.copies)]
            answers = await asyncio.gather(*(self._pass(copy, person_id) for copy in copies))
            return next((answer for answer in answers if answer is not None), None)
        ack = await self._pass(envelope, person_id)
        if fault is DeliveryFault.DOUBLED:
            for number in range(1, self.copies):
                await self._pass(self._copy(envelope, number), person_id)
        return None if fault is DeliveryFault.LOST_ACK else ack

    def _copy(self, envelope: Envelope, number: int) -> Envelope:
        if not number:
            return envelope
        attempt = number if envelope.type == "events_api" else 0
        return Envelope(self._workspace.ids.uuid(), envelope.type, envelope.payload, attempt)

    async def _pass(self, envelope: Envelope, person_id: str | None) -> Ack | None:
        self._journal.write("envelope", envelope.what, envelope.frame(), person=person_id)
        ack = await self.line.send(envelope)
        self._journal.write(
            "ack", envelope.what, None, None if ack is None else {"payload": ack.payload}, person=person_id
        )
        return ack
