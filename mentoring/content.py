"""The shape of what a program starts with: topics, levels, ratings, the session arc, lessons, rules, items.

The words themselves are data in `messages/content`; a coordinator's own versions are rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mentoring.participants import Role


@dataclass(frozen=True, slots=True)
class Topic:
    """Something a person can share or want to learn.

    Attributes:
        id: Stored, never changed: the group's id, a point, the topic's own word.
        name: Shown everywhere, at most 75 characters.
        hint: Shown under the name in a choice, at most 75 characters.
        group_id: The group it belongs to.
    """

    id: str
    name: str
    hint: str
    group_id: str


@dataclass(frozen=True, slots=True)
class TopicGroup:
    """Topics that stand together in a choice, and into which small groups are rolled up in reports."""

    id: str
    name: str
    topics: tuple[Topic, ...]


@dataclass(frozen=True, slots=True)
class Level:
    """How far the decisions in one's work reach, from 1 to 5; never shown to a partner."""

    value: int
    name: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Rating:
    """One step of the scale from 1 to 5 on which people rate themselves on a topic."""

    value: int
    name: str
    anchor: str


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """What one session is for.

    Attributes:
        number: 0 for the first chat, then 1 onwards.
        title: A few words.
        aim: One sentence.
        mentor: What the mentor does.
        mentee: What the mentee does.
        gift: What the mentee gives in return; empty in the first chat.
        together: What both do; mostly empty.
    """

    number: int
    title: str
    aim: str
    mentor: str
    mentee: str
    gift: str = ""
    together: str = ""


@dataclass(frozen=True, slots=True)
class Lesson:
    """Three points for one role before one of its first meetings; `number` 1 to 3."""

    role: Role
    number: int
    title: str
    points: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroundRule:
    """A sentence that holds for every pair alike."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class StandingItem:
    """A survey item asked at the start, after half a year and after a year, in the same words."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Content:
    """All that a program starts with, in one language.

    Attributes:
        groups: Topic groups, in the order of the choice.
        level_question: The question that the levels answer.
        levels: From 1 to 5.
        ratings: From 1 to 5.
        sessions: The first chat, then the six sessions.
        lessons: Three per role.
        rules: Shown to all pairs, in this order.
        items: The standing items.
        item_ends: Words for the lowest and the highest answer to an item.
    """

    groups: tuple[TopicGroup, ...]
    level_question: str
    levels: tuple[Level, ...]
    ratings: tuple[Rating, ...]
    sessions: tuple[SessionPlan, ...]
    lessons: tuple[Lesson, ...]
    rules: tuple[GroundRule, ...]
    items: tuple[StandingItem, ...]
    item_ends: tuple[str, str]

    @property
    def topics(self) -> tuple[Topic, ...]:
        """All topics, in the order of their groups."""
        return tuple(topic for group in self.groups for topic in group.topics)

    def topic(self, topic_id: str) -> Topic | None:
        """The topic of an id, or None: a coordinator may have taken it out, or added it as a row."""
        return next((topic for topic in self.topics if topic.id == topic_id), None)

    def session(self, number: int) -> SessionPlan | None:
        """The plan of a session, or None for a session beyond the arc."""
        return next((plan for plan in self.sessions if plan.number == number), None)

    def lessons_for(self, role: Role) -> tuple[Lesson, ...]:
        """The lessons of a role, in order."""
        return tuple(lesson for lesson in self.lessons if lesson.role is role)
