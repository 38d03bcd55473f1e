"""Slack's Web API over HTTP: how a call arrives, who may make it, what may go wrong on the way back.

What the methods do is in `sandbox.methods`; response URLs and uploads, which are no methods, are answered here.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

from messages import validator
from sandbox.errors import RefusedError
from sandbox.faults import CallFault
from sandbox.methods import METHODS, Args, Site, missing_scope

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.elements import Json
    from sandbox.faults import Faults
    from sandbox.journal import Journal
    from sandbox.methods import Method
    from sandbox.rates import Rates
    from sandbox.workspace import ResponseUrl, Workspace

_JSON = "application/json"
_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
_PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
_SERVER_FAULTS = {
    CallFault.SERVER_ERROR_BEFORE: (503, "service_unavailable"),
    CallFault.SERVER_ERROR_AFTER: (500, "internal_error"),
    CallFault.FATAL_ERROR_BEFORE: (200, "fatal_error"),
    CallFault.FATAL_ERROR_AFTER: (200, "fatal_error"),
}


class WebApi:
    """The HTTP side of the stand-in that the bot calls.

    Args:
        open_socket: returns the address of a new socket for apps.connections.open
    """

    def __init__(
        self,
        workspace: Workspace,
        journal: Journal,
        rates: Rates,
        faults: Faults,
        open_socket: Callable[[], str],
        *,
        bot_token: str,
        app_token: str,
    ) -> None:
        self._workspace = workspace
        self._journal = journal
        self._rates = rates
        self._faults = faults
        self._site = Site(workspace, rates, open_socket)
        self._bot_token = bot_token
        self._app_token = app_token

    def add_routes(self, app: web.Application) -> None:
        """Add the addresses the bot may call."""
        app.router.add_route("*", "/api/{method}", self._on_call)
        app.router.add_post("/upload/v1/{file_id}/{key}", self._on_upload)
        app.router.add_get("/files/{file_id}/{name}", self._on_download)
        app.router.add_post(r"/{kind:commands|actions}/{team}/{number}/{key}", self._on_response_url)

    # Methods.

    async def _on_call(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        fault = self._faults.of_call(name)
        given: dict[str, Any] = {}
        try:
            given, token = await _arguments(request)
            if fault is not None and not fault.takes_effect:
                answer = self._failing(fault, name)
            else:
                answer = _Answer(self._call(name, request, given, token))
        except RefusedError as refusal:
            answer = _Answer(refusal.body(), refusal.status, refusal.headers)
        self._record(name, given, answer, fault)
        return await self._reply(request, answer, fault)

    def _call(self, name: str, request: web.Request, given: Json, token: str | None) -> Json:
        method = METHODS.get(name)
        if method is None:
            raise RefusedError("unknown_method", req_method=name)
        self._check_token(method, token)
        if request.content_type == _JSON and request.method == "POST" and not method.takes_json:
            raise RefusedError("invalid_post_type")
        if name == "apps.connections.open" and request.method != "POST":
            raise RefusedError("insecure_request")
        if not self._workspace.installation.grants(*method.scopes):
            raise missing_scope(self._workspace, *method.scopes)
        wait = self._rates.admit(name)
        if wait is not None:
            raise _rate_limited(wait)
        return method.run(self._site, Args(given))

    def _check_token(self, method: Method, token: str | None) -> None:
        if not token:
            raise RefusedError("not_authed")
        if token not in {self._bot_token, self._app_token}:
            raise RefusedError("invalid_auth")
        if token != (self._bot_token if method.caller == "bot" else self._app_token):
            raise RefusedError("not_allowed_token_type")
        if self._workspace.suspended:
            raise RefusedError(self._workspace.suspended)

    def _failing(self, fault: CallFault, name: str) -> _Answer:
        if fault is CallFault.RATE_LIMITED:
            self._rates.block(name, self._faults.retry_after_s)
            refusal = _rate_limited(self._faults.retry_after_s)
            return _Answer(refusal.body(), refusal.status, refusal.headers)
        return _Answer(None)

    def _record(self, name: str, given: Json, answer: _Answer, fault: CallFault | None) -> None:
        shown: Any = answer.body
        if fault is not None:
            shown = {"fault": fault.value, "body": answer.body}
        self._journal.write("call", name, given, shown, person=self._whom(given))

    async def _reply(
        self, request: web.Request, answer: _Answer, fault: CallFault | None
    ) -> web.StreamResponse:
        if fault in {CallFault.DROPPED_BEFORE, CallFault.DROPPED_AFTER}:
            return _broken(request)
        if fault is CallFault.CUT_BODY:
            return await _cut(request, json.dumps(answer.body).encode())
        if fault in {CallFault.HTML_BEFORE, CallFault.HTML_AFTER}:
            return web.Response(text=_PAGE, status=502, content_type="text/html")
        if fault in _SERVER_FAULTS:
            status, code = _SERVER_FAULTS[fault]
            return web.json_response({"ok": False, "error": code}, status=status)
        if fault is CallFault.SLOW:
            await asyncio.sleep(self._faults.slow_s)
        headers = {**answer.headers, "X-OAuth-Scopes": ",".join(self._workspace.installation.scopes)}
        return web.json_response(answer.body, status=answer.status, headers=headers)

    def _whom(self, given: Mapping[str, Any]) -> str | None:
        """Return the one person a call concerns, if it is one."""
        for name in ("user", "user_id", "users", "channel", "channel_id"):
            value = given.get(name)
            if not isinstance(value, str):
                continue
            if value in self._workspace.people:
                return value
            where = self._workspace.conversations.get(value)
            if where is not None and where.kind == "im":
                return next(member for member in where.members if member != self._workspace.bot.id)
        return self._whose_view(given)

    def _whose_view(self, given: Mapping[str, Any]) -> str | None:
        trigger = self._workspace.triggers.get(str(given.get("trigger_id", "")))
        if trigger is not None:
            return trigger.person_id
        modal = self._workspace.find_modal(str(given.get("view_id", "")))
        return None if modal is None else modal.person_id

    # Uploads.

    async def _on_upload(self, request: web.Request) -> web.StreamResponse:
        file = self._workspace.files.get(request.match_info["file_id"])
        fault = self._faults.of_call("files.upload")
        content = await _content(request)
        right = file is not None and file.upload_key == request.match_info["key"]
        status = 200 if right and file is not None and len(content) == file.length else 400
        if (fault is None or fault.takes_effect) and file is not None and status == 200:
            file.content = content
        args = {
            "file": request.match_info["file_id"],
            "length": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        self._journal.write(
            "call", "files.upload", args, {"status": status, **({"fault": fault.value} if fault else {})}
        )
        if fault is not None and fault.is_unclear:
            return _broken(request)
        if fault is CallFault.RATE_LIMITED:
            return web.Response(status=429, headers={"Retry-After": str(self._faults.retry_after_s)})
        return web.Response(text=f"OK - {len(content)}" if status == 200 else "invalid upload", status=status)

    async def _on_download(self, request: web.Request) -> web.StreamResponse:
        """Hand out a file to the bot, or to the page for somebody who is where it was shared."""
        file = self._workspace.files.get(request.match_info["file_id"])
        reader = request.query.get("reader", "")
        may_read = _bearer(request) == self._bot_token or (
            file is not None
            and any(reader in self._workspace.conversations[one].members for one in file.shared_in)
        )
        if file is None or file.content is None or not may_read:
            return web.Response(status=404, text="file_not_found")
        return web.Response(
            body=file.content,
            content_type="application/octet-stream",
            headers={"Content-Disposition": f'attachment; filename="{file.id}"'},
        )

    # Response URLs.

    async def _on_response_url(self, request: web.Request) -> web.StreamResponse:
        fault = self._faults.of_call("response_url")
        body: Json = {}
        person = None
        answer, status = "ok", 200
        try:
            body = await _json_object(request)
            if fault is None or fault.takes_effect:
                spent = self._workspace.use_response_url(request.match_info["key"])
                person = spent.person_id
                self.respond(spent, body)
        except RefusedError as refusal:
            answer, status = refusal.code, refusal.status if refusal.status != 200 else 400
        shown: Json = {"status": status, "body": answer}
        if fault is not None:
            shown["fault"] = fault.value
        self._journal.write("call", "response_url", body, shown, person=person)
        if fault is not None and fault.is_unclear:
            return _broken(request)
        if fault is CallFault.RATE_LIMITED:
            return web.Response(status=429, headers={"Retry-After": str(self._faults.retry_after_s)})
        return web.Response(text=answer, status=status)

    def respond(self, spent: ResponseUrl, body: Json) -> None:
        """Do what was sent to a response URL; raises RefusedError."""
        workspace = self._workspace
        where = workspace.conversations[spent.conversation_id]
        original = (
            workspace.find_message(where.id, spent.message_ts, spent.person_id) if spent.message_ts else None
        )
        if body.get("delete_original"):
            if original is not None:
                workspace.remove(original)
            return
        refused = validator.slack_error_for_message(validator.check_message({**body, "metadata": None}))
        if refused is not None:
            raise RefusedError(refused["error"], status=400)
        if body.get("replace_original") and original is not None:
            workspace.rewrite(original, text=body.get("text", ""), blocks=_list(body.get("blocks")))
            return
        seen_by_all = body.get("response_type") == "in_channel"
        posted = workspace.post(
            where,
            workspace.bot.id,
            body.get("text", ""),
            _list(body.get("blocks")),
            only_for="" if seen_by_all else spent.person_id,
            thread_ts=body.get("thread_ts", "") if seen_by_all else "",
        )
        spent.message_ts = spent.message_ts or posted.ts


class _Answer:
    """What a call is answered with, before anything goes wrong on the way."""

    def __init__(
        self, body: Json | None, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        self.body = body
        self.status = status
        self.headers = dict(headers or {})


def _rate_limited(wait: int) -> RefusedError:
    return RefusedError("ratelimited", status=429, headers={"Retry-After": str(wait)})


def _list(value: Any) -> list[Json]:
    if isinstance(value, str):
        value = json.loads(value)
    return value if isinstance(value, list) else []


def _bearer(request: web.Request) -> str:
    header = request.headers.get("Authorization", "")
    return header.removeprefix("Bearer ").strip() if header.startswith("Bearer ") else ""


async def _arguments(request: web.Request) -> tuple[Json, str | None]:
    """Return the arguments and the token of a call; a token in the query does not count."""
    given: Json = {name: value for name, value in request.query.items() if name != "token"}
    token: str | None = _bearer(request)
    if request.method == "POST" and request.can_read_body:
        if request.charset is not None and request.charset.lower() not in {"utf-8", "utf8", "iso-8859-1"}:
            raise RefusedError("invalid_charset")
        if request.content_type == _JSON:
            given |= await _json_object(request)
            given.pop("token", None)
        elif request.content_type in _FORMS:
            form = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
            token = token or form.pop("token", None)
            given |= form
        elif "Content-Type" in request.headers:
            raise RefusedError("invalid_post_type")
        else:
            raise RefusedError("missing_post_type")
    return {name: value for name, value in given.items() if value is not None}, token


async def _json_object(request: web.Request) -> Json:
    try:
        value = json.loads(await request.text())
    except ValueError as error:
        raise RefusedError("invalid_json") from error
    if not isinstance(value, dict):
        raise RefusedError("json_not_object")
    return value


async def _content(request: web.Request) -> bytes:
    """Return the bytes of an upload, raw or as the first file of a form."""
    if request.content_type == "multipart/form-data":
        for part in (await request.post()).values():
            if isinstance(part, web.FileField):
                return part.file.read()
    return await request.read()


def _broken(request: web.Request) -> web.StreamResponse:
    """Break the connection instead of answering."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _cut(request: web.Request, body: bytes) -> web.StreamResponse:
    """Send half of a reply and break the connection."""
    reply = web.StreamResponse(headers={"Content-Type": _JSON, "Content-Length": str(len(body))})
    await reply.prepare(request)
    await reply.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return reply
