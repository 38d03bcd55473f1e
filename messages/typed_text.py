"""What somebody typed, shown as it stands: plain text, in which nothing can call, link or format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from messages import blocks
from messages.voice import clean, units

if TYPE_CHECKING:
    from messages.message import Block

# A section takes 3,000 units; a character outside the basic plane is two of them.
_WHOLE = 3_000
_PART = 1_500


def typed_sections(text: str) -> list[Block]:
    """The text in as many paragraphs as Slack's limit asks for; one wherever it fits."""
    text = clean(text)
    parts = [text] if units(text) <= _WHOLE else [text[at : at + _PART] for at in range(0, len(text), _PART)]
    return [blocks.section(blocks.plain(part, emoji=False)) for part in parts if part.strip()]
