"""The Message value and the Messenger protocol that carries it; the carrier itself lives with the wiring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Block = dict[str, Any]
"""One object of Block Kit (a block, an element, an option, a text) as the plain JSON that Slack reads."""

View = dict[str, Any]
"""A modal or a Home tab as plain JSON."""


@dataclass(frozen=True)
class Attachment:
    """A file that goes out in place of a message; `alt_text` states the finding, not the kind of file."""

    filename: str
    content: bytes
    title: str
    alt_text: str


@dataclass(frozen=True)
class Message:
    """A text and the blocks shown with it.

    `text` is never empty: it is all that a notification and a screen reader get, so it holds all they need.
    """

    text: str
    blocks: tuple[Block, ...] = ()
    attachment: Attachment | None = None

    def payload(self) -> dict[str, Any]:
        """Return the arguments of chat.postMessage and chat.update that this message fills.

        `blocks` is always there: on an update it decides, an empty list clearing what stood there before.
        """
        return {"text": self.text, "blocks": list(self.blocks)}


@dataclass(frozen=True)
class Posted:
    """Where a message stands: both are needed to change it later."""

    channel: str
    ts: str


@dataclass(frozen=True)
class ShownView:
    """A view as Slack keeps it: `hash` changes with each update and guards the next one."""

    view_id: str
    hash: str


class Messenger(Protocol):
    """Carries messages and views to Slack: one call each, no retry inside.

    Every method raises RefusedError, RateLimitedError, NotReachedError or OutcomeUnknownError, and
    InvalidPayloadError before any call when the validator finds a fault.
    """

    async def probe(self) -> None:
        """Ask whether Slack is there and accepts our token; changes nothing."""
        ...

    async def post(
        self, channel: str, message: Message, *, metadata: Mapping[str, Any] | None = None
    ) -> Posted:
        """Post a new message; `metadata` is an `event_type` and a flat `event_payload` of ids only."""
        ...

    async def update(self, channel: str, ts: str, message: Message) -> None:
        """Replace a message of ours; `channel` is the id that `post` returned, never a person's."""
        ...

    async def ephemeral(self, channel: str, slack_user_id: str, message: Message) -> None:
        """Show a message to one person only; delivery is not guaranteed and it can never be changed."""
        ...

    async def open_conversation(self, slack_user_ids: Sequence[str]) -> str:
        """Return the id of the DM with one person or the group DM with 2 to 8; same people, same id."""
        ...

    async def open_view(self, trigger_id: str, view: View) -> ShownView:
        """Open a modal; a trigger lives 3 seconds and works once."""
        ...

    async def push_view(self, trigger_id: str, view: View) -> ShownView:
        """Put a modal on top of the one that is open; at most three lie on each other."""
        ...

    async def update_view(self, view_id: str, view: View, *, hash: str | None = None) -> ShownView:  # noqa: A002 - Slack's own word for it
        """Replace a modal; with `hash`, only if nothing changed it since (`hash_conflict` otherwise)."""
        ...

    async def publish_home(self, slack_user_id: str, view: View) -> ShownView:
        """Replace a person's Home tab whole; may be repeated freely, the last one wins."""
        ...

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
        """Share a file in a conversation and return Slack's id of it; `alt_text` states the finding."""
        ...

    async def delete_file(self, file_id: str) -> None:
        """Remove a file of ours from Slack, as exports are after a day."""
        ...
