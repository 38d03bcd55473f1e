"""What live regions read out: new and changed messages, told once to every browser that shows the person."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.page.screen import Screen
    from sandbox.workspace import Change

KEPT = 400
TOO_MANY_TO_READ_OUT = 4
"""More news at once than this are counted instead of read out."""


@dataclass(frozen=True)
class Said:
    """One thing to read out to whoever watches this person."""

    number: int
    person_id: str
    who: str
    text: str


class News:
    """Remembers what each message said, to tell a new one from a changed one and from one that only moved."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._workspace = screen.workspace
        self._texts: dict[tuple[str, str, str], str] = {}
        self._said: deque[Said] = deque(maxlen=KEPT)
        self.count = 0
        """How much was said so far; `since` counts from here."""

    def note(self, change: Change) -> None:
        """Note a change of the workspace, if it is one to be told of."""
        if change.what == "message" and change.conversation_id and change.ts:
            self._note_message(change.person_id, change.conversation_id, change.ts)
        elif change.what == "notice":
            notes = self._workspace.notices.get(change.person_id, ())
            if notes:
                self._say(change.person_id, "Slack", notes[-1].text)

    def since(self, number: int, shown: Sequence[str]) -> list[str]:
        """Return the sentences for a browser that shows these people and heard everything up to `number`."""
        news = [said for said in self._said if said.number > number and said.person_id in shown]
        names = {one: self._workspace.people[one].real_name for one in shown}
        if len(news) <= TOO_MANY_TO_READ_OUT:
            return [f"For {names[said.person_id]}, from {said.who}: {said.text}" for said in news]
        counts = {one: sum(said.person_id == one for said in news) for one in shown}
        told = ", ".join(f"{count} for {names[one]}" for one, count in counts.items() if count)
        return [f"New messages: {told}"]

    def _note_message(self, person_id: str, conversation_id: str, ts: str) -> None:
        message = self._workspace.find_message(conversation_id, ts, person_id)
        key = (person_id, conversation_id, ts)
        if message is None:
            self._texts.pop(key, None)
            return
        before = self._texts.get(key)
        self._texts[key] = message.text
        if message.author_id == person_id or before == message.text:
            return
        author = self._workspace.people[message.author_id]
        who = self._screen.app_name if author.is_bot else author.real_name
        self._say(
            person_id, who if before is None else f"{who}, changed", self._screen.words(person_id, message)
        )

    def _say(self, person_id: str, who: str, text: str) -> None:
        self.count += 1
        self._said.append(Said(self.count, person_id, who, text))
