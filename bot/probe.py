"""`turnabout health`: asks the running process on this machine whether it is alive, for a container's health check."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from bot.settings import Settings

_ASK_SECONDS = 4.0
_ANY_ADDRESS = frozenset({"0.0.0.0", "::", "[::]"})  # noqa: S104 - compared with, never bound to


def ask_health(settings: Settings, *, path: str = "/live") -> tuple[bool, str]:
    """Whether the process that listens at TURNABOUT_HTTP says it is well, and what it said.

    No proxy is asked: the process runs on this machine.
    """
    host = "127.0.0.1" if settings.health_host in _ANY_ADDRESS else settings.health_host
    address = f"http://{host}:{settings.health_port}{path}"
    try:
        answer = httpx.get(address, timeout=_ASK_SECONDS, trust_env=False)
    except httpx.HTTPError as error:
        return False, f"no answer at {address} ({type(error).__name__}); is the bot running here?"
    return answer.is_success, answer.text.strip()
