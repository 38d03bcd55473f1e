"""What a listener may answer; the guard carries it out in the way the place of the press asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from messages.message import Block, Message, View


@dataclass(frozen=True, slots=True)
class Nothing:
    """Acknowledged; what changed shows where it stands."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A word to the one who pressed, seen by nobody else: under a command, in the conversation, or as a small modal."""

    message: Message


@dataclass(frozen=True, slots=True)
class Open:
    """A modal; on a press inside one it lies on top of it."""

    view: View


@dataclass(frozen=True, slots=True)
class Show:
    """The modal that was pressed or submitted shows this instead."""

    view: View


@dataclass(frozen=True, slots=True)
class Errors:
    """The submitted modal stays as it is, with a sentence under each field named; nothing typed is lost."""

    by_block: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Close:
    """The submitted modal closes; with `all`, those below it too."""

    all: bool = False


@dataclass(frozen=True, slots=True)
class Choices:
    """Options for a select that asked."""

    options: Sequence[Block]


Answer = Nothing | Reply | Open | Show | Errors | Close | Choices
