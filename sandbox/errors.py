"""What can go wrong inside the stand-in: refusals that the bot gets to read, and faults of whoever drives it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


class SandboxError(Exception):
    """Root of everything the stand-in raises."""


class RefusedError(SandboxError):
    """Slack would answer no: `code` is its error code, `more` what the reply carries beside it.

    `status` and `headers` differ from 200 and none only where Slack's do (429, 5xx).
    """

    def __init__(
        self, code: str, *, status: int = 200, headers: dict[str, str] | None = None, **more: Any
    ) -> None:
        self.code = code
        self.status = status
        self.headers = headers or {}
        self.more = more
        super().__init__(code)

    def body(self) -> dict[str, Any]:
        """Return the reply that the caller of the Web API reads."""
        return {"ok": False, "error": self.code, **self.more}


class CannotDoError(SandboxError):
    """Slack's own client would not let the person do this: nothing was sent to the bot."""


class UnknownPersonError(SandboxError):
    """Nobody of that name or id is in the workspace."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(f"nobody is called {name!r} here; there are: {', '.join(known) or 'no people yet'}")


class ClockError(SandboxError):
    """The clock was asked to go backwards without saying so, or given a moment without a zone."""


class NotOnScreenError(SandboxError, AssertionError):
    """What a person was to press, choose or read is not there; the text lists what is."""


class AmbiguousError(SandboxError, AssertionError):
    """Several things on the screen bear that label; `within=` says which one is meant."""
