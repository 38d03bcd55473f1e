"""The nouns people see: what a company calls its program and the two of a pair, and the word of the command."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mentoring.program import ProgramSettings


@dataclass(frozen=True)
class Words:
    """One company's nouns, each in the forms that sentences need, and the command as people type it.

    Every field is at hand in each message as a placeholder of the same name: `{partner_noun}`, `{command}`.
    Sentences are built so that a noun stands as it is, never inflected and never first.
    The default names neither rank nor age, and not the direction.
    """

    program_noun: str = "mentoring program"
    mentor_noun: str = "mentor"
    mentors_noun: str = "mentors"
    mentee_noun: str = "mentee"
    mentees_noun: str = "mentees"
    partner_noun: str = "learning partner"
    partners_noun: str = "learning partners"
    command: str = "/mentoring"

    @classmethod
    def of(cls, settings: ProgramSettings, command: str = "/mentoring") -> Words:
        """The nouns of a program's settings; the command is the operator's."""
        nouns = {
            field.name: getattr(settings, field.name) for field in fields(cls) if field.name != "command"
        }
        return cls(command=command, **nouns)


DEFAULT_WORDS = Words()
