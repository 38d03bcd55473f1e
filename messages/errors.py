"""What can go wrong between a message and its place in Slack, named so that callers need no Slack library."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mentoring.deliveries import Cause


class MessagesError(Exception):
    """Root of everything this package and a Messenger raise."""


class InvalidPayloadError(MessagesError):
    """A message or view breaks a limit or a cross rule of Slack; it was not sent.

    `reasons` holds one line per fault, each with its JSON pointer and none with text that a person typed.
    """

    def __init__(self, what: str, reasons: Iterable[str]) -> None:
        self.what = what
        self.reasons = tuple(reasons)
        super().__init__(f"{what} would be refused by Slack: {'; '.join(self.reasons)}")


class MessengerError(MessagesError):
    """A call to Slack did not end in a plain yes. `method` is the Web API method that was called."""

    def __init__(self, method: str, reason: str) -> None:
        self.method = method
        self.reason = reason
        super().__init__(f"{method}: {reason}")


class RefusedError(MessengerError):
    """Slack answered and said no: nothing happened.

    `code` is Slack's error code, such as `channel_not_found`; `details` are its own lines about the fault
    (pointers into blocks, scopes that are missing).
    """

    def __init__(self, method: str, code: str, details: Sequence[str] = ()) -> None:
        self.code = code
        self.details = tuple(details)
        super().__init__(method, code)


class RateLimitedError(MessengerError):
    """Slack asked for a pause of `retry_after_seconds` for this method: nothing happened."""

    def __init__(self, method: str, retry_after_seconds: float) -> None:
        self.retry_after_seconds = retry_after_seconds
        super().__init__(method, f"rate limited for {retry_after_seconds:g} s")


class NotReachedError(MessengerError):
    """The request surely never arrived (refused connection, no such host, TLS): nothing happened."""


class OutcomeUnknownError(MessengerError):
    """Slack may or may not have done it: a timeout, a cut reply, a server fault. Never blindly repeated."""

    def __init__(self, method: str, cause: Cause, reason: str) -> None:
        self.cause = cause
        super().__init__(method, reason)
