"""The door to Slack: one client factory for everything, and the Messenger that tells a no from a perhaps."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from mentoring.deliveries import Cause
from messages.errors import (
    InvalidPayloadError,
    NotReachedError,
    OutcomeUnknownError,
    RateLimitedError,
    RefusedError,
)
from messages.message import Posted, ShownView
from messages.validator import check_message, check_view

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from slack_sdk.web.async_slack_response import AsyncSlackResponse

    from messages.message import Message, View

CALL_TIMEOUT_SECONDS = 10  # the library's own default of 30 would outlive the lease of a delivery

# By these words Slack says that the fault was its own; the action may still have happened.
_SLACKS_OWN_FAULT = frozenset({"fatal_error", "internal_error", "service_unavailable", "request_timeout"})
_TOO_MANY = frozenset({"ratelimited", "rate_limited"})


def make_client(
    token: str, *, api_url: str, session: aiohttp.ClientSession, proxy: str | None
) -> AsyncWebClient:
    """The one place where a Slack client is made. Retries are ours alone: the library's would post twice."""
    return AsyncWebClient(
        token=token,
        base_url=api_url,
        timeout=CALL_TIMEOUT_SECONDS,
        session=session,
        proxy=proxy,
        retry_handlers=[],
    )


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot token says we are."""

    team_id: str
    team: str
    user_id: str
    bot_id: str
    scopes: frozenset[str]


class SlackMessenger:
    """Carries messages and views to Slack over the official client: one call each, no retry inside."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def probe(self) -> None:
        await self._call("auth.test", self._client.auth_test)

    async def identify(self) -> Identity:
        """Which workspace the bot token belongs to, and who we are there."""
        headers: dict[str, str] = {}

        async def ask() -> AsyncSlackResponse:
            response = await self._client.auth_test()
            headers.update({name.lower(): value for name, value in response.headers.items()})
            return response

        answer = await self._call("auth.test", ask)
        scopes = frozenset(scope.strip() for scope in headers.get("x-oauth-scopes", "").split(","))
        return Identity(answer["team_id"], answer["team"], answer["user_id"], answer["bot_id"], scopes)

    async def person(self, slack_user_id: str) -> Mapping[str, Any]:
        answer = await self._call(
            "users.info", lambda: self._client.users_info(user=slack_user_id, include_locale=True)
        )
        user: Mapping[str, Any] = answer["user"]
        return user

    async def everyone(self) -> list[Mapping[str, Any]]:
        people: list[Mapping[str, Any]] = []
        cursor = ""
        while True:
            page = await self._call("users.list", partial(self._page_of_people, cursor))
            people += page["members"]
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return people

    def _page_of_people(self, cursor: str) -> Awaitable[Any]:
        return self._client.users_list(limit=200, cursor=cursor or None, include_locale=True)

    async def post(
        self, channel: str, message: Message, *, metadata: Mapping[str, Any] | None = None
    ) -> Posted:
        payload = message.payload()
        _refuse_invalid("message", check_message(payload))
        extra: dict[str, Any] = {"metadata": dict(metadata)} if metadata else {}
        answer = await self._call(
            "chat.postMessage",
            lambda: self._client.chat_postMessage(
                channel=channel, unfurl_links=False, unfurl_media=False, **payload, **extra
            ),
        )
        return Posted(answer["channel"], answer["ts"])

    async def update(self, channel: str, ts: str, message: Message) -> None:
        payload = message.payload()
        _refuse_invalid("message", check_message(payload))
        await self._call("chat.update", lambda: self._client.chat_update(channel=channel, ts=ts, **payload))

    async def ephemeral(self, channel: str, slack_user_id: str, message: Message) -> None:
        payload = message.payload()
        _refuse_invalid("message", check_message(payload))
        await self._call(
            "chat.postEphemeral",
            lambda: self._client.chat_postEphemeral(channel=channel, user=slack_user_id, **payload),
        )

    async def open_conversation(self, slack_user_ids: Sequence[str]) -> str:
        answer = await self._call(
            "conversations.open", lambda: self._client.conversations_open(users=list(slack_user_ids))
        )
        channel: str = answer["channel"]["id"]
        return channel

    async def open_view(self, trigger_id: str, view: View) -> ShownView:
        _refuse_invalid("modal", check_view(view, "modal"))
        return _shown(
            await self._call("views.open", lambda: self._client.views_open(trigger_id=trigger_id, view=view))
        )

    async def push_view(self, trigger_id: str, view: View) -> ShownView:
        _refuse_invalid("modal", check_view(view, "modal"))
        return _shown(
            await self._call("views.push", lambda: self._client.views_push(trigger_id=trigger_id, view=view))
        )

    async def update_view(self, view_id: str, view: View, *, hash: str | None = None) -> ShownView:  # noqa: A002 - Slack's own word
        _refuse_invalid("modal", check_view(view, "modal"))
        return _shown(
            await self._call(
                "views.update", lambda: self._client.views_update(view_id=view_id, view=view, hash=hash)
            )
        )

    async def publish_home(self, slack_user_id: str, view: View) -> ShownView:
        _refuse_invalid("home", check_view(view, "home"))
        return _shown(
            await self._call(
                "views.publish", lambda: self._client.views_publish(user_id=slack_user_id, view=view)
            )
        )

    async def upload_file(
        self,
        channel: str,
        filename: str,
        content: bytes,
        *,
        title: str,
        alt_text: str,
        initial_comment: str | None = None,
    ) -> str:
        place = await self._call(
            "files.getUploadURLExternal",
            lambda: self._client.files_getUploadURLExternal(
                filename=filename, length=len(content), alt_txt=alt_text
            ),
        )
        await self._send_bytes(place["upload_url"], content)
        done = await self._call(
            "files.completeUploadExternal",
            lambda: self._client.files_completeUploadExternal(
                files=[{"id": place["file_id"], "title": title}],
                channel_id=channel,
                initial_comment=initial_comment,
            ),
        )
        file_id: str = done["files"][0]["id"]
        return file_id

    async def delete_file(self, file_id: str) -> None:
        await self._call("files.delete", lambda: self._client.files_delete(file=file_id))

    async def _send_bytes(self, url: str, content: bytes) -> None:
        # Sending the bytes is repeatable: nothing is visible before the upload is completed.
        session = self._client.session
        if session is None:
            raise NotReachedError("file upload", "the client has no session")
        try:
            async with session.post(url, data=content, proxy=self._client.proxy) as response:
                if response.status != 200:
                    raise NotReachedError("file upload", f"status {response.status}")
        except (aiohttp.ClientError, TimeoutError) as error:
            raise NotReachedError("file upload", type(error).__name__) from error

    async def _call(self, method: str, send: Callable[[], Awaitable[Any]]) -> Mapping[str, Any]:
        """Make one call and name its outcome.

        Raises:
            RefusedError, RateLimitedError, NotReachedError: nothing happened.
            OutcomeUnknownError: it may have happened.
        """
        try:
            async with asyncio.timeout(CALL_TIMEOUT_SECONDS):
                answer = await send()
        except SlackApiError as error:
            raise _named(method, error) from error
        except aiohttp.ClientConnectorError as error:
            # No connection was made (refused, no such host, TLS): surely nothing was sent.
            raise NotReachedError(method, type(error).__name__) from error
        except TimeoutError as error:
            raise OutcomeUnknownError(method, Cause.TIMEOUT, "no answer in time") from error
        except aiohttp.ClientPayloadError as error:
            raise OutcomeUnknownError(method, Cause.CUT, "the answer was cut") from error
        except aiohttp.ClientError as error:
            raise OutcomeUnknownError(method, Cause.DROPPED, type(error).__name__) from error
        except (json.JSONDecodeError, UnicodeDecodeError, AttributeError) as error:
            # The library trips over a body that is not what it expects; Slack may have acted all the same.
            raise OutcomeUnknownError(method, Cause.CUT, "the answer could not be read") from error
        data: Mapping[str, Any] = answer.data
        return data


def _named(method: str, error: SlackApiError) -> RefusedError | RateLimitedError | OutcomeUnknownError:
    response = error.response
    # The library hands over its own response, or aiohttp's where the body could not be read.
    status = int(getattr(response, "status_code", None) or getattr(response, "status", None) or 0)
    body = getattr(response, "data", None)
    data: Mapping[str, Any] = body if isinstance(body, dict) else {}
    code = str(data.get("error", ""))
    headers = getattr(response, "headers", {}) or {}
    if status == 429 or code in _TOO_MANY:
        return RateLimitedError(method, _seconds(headers))
    if status >= 500:
        return OutcomeUnknownError(method, Cause.SERVER, f"status {status}")
    if code in _SLACKS_OWN_FAULT:
        return OutcomeUnknownError(method, Cause.SERVER, code)
    if not code:
        return OutcomeUnknownError(method, Cause.CUT, f"status {status} without a readable answer")
    return RefusedError(method, code, _details(data))


def _seconds(headers: Mapping[str, Any]) -> float:
    raw = headers.get("Retry-After") or headers.get("retry-after") or "30"
    try:
        return max(float(raw), 1.0)
    except ValueError:
        return 30.0


def _details(data: Mapping[str, Any]) -> list[str]:
    lines = [f"{key}={data[key]}" for key in ("needed", "provided") if data.get(key)]
    metadata = data.get("response_metadata")
    if isinstance(metadata, dict):
        lines += [str(line) for line in metadata.get("messages", [])]
    return lines


def _refuse_invalid(what: str, faults: Sequence[Any]) -> None:
    if faults:
        raise InvalidPayloadError(what, [f"{fault.message} at {fault.pointer}" for fault in faults])


def _shown(answer: Mapping[str, Any]) -> ShownView:
    view = answer["view"]
    return ShownView(view["id"], view["hash"])
