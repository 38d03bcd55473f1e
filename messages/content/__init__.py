"""The default content of a program, read from the TOML files beside this one, one folder per language."""

from __future__ import annotations

import tomllib
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mentoring.content import (
    Content,
    GroundRule,
    Lesson,
    Level,
    Rating,
    SessionPlan,
    StandingItem,
    Topic,
    TopicGroup,
)
from mentoring.participants import Role
from messages.errors import MessagesError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

FOLDER = Path(__file__).parent
FALLBACK = "en"

OPTION_LIMIT = 75  # Slack: text and description of an option, and a button
GROUPS = 10
TOPICS = 52
SCALE = [1, 2, 3, 4, 5]
SESSIONS = [0, 1, 2, 3, 4, 5, 6]
LESSONS_PER_ROLE = 3
POINTS_PER_LESSON = 3
RULES = 4
ITEMS = ["collaboration", "satisfaction", "understanding"]


class ContentError(MessagesError):
    """Content files that do not fit together; carries every fault, each with its file."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(self.faults))


def load_content(locale: str = FALLBACK) -> Content:
    """The content in a reader's language: that of the region, then of the language, then English.

    Read and checked once per language.

    Raises:
        ContentError: naming everything that is wrong with the files.
    """
    parts = locale.replace("-", "_").split("_")
    for length in range(len(parts), 0, -1):
        folder = FOLDER / "_".join(parts[:length])
        # A locale comes from outside: only letters make a folder's name.
        if all(part.isalnum() for part in parts[:length]) and (folder / "topics.toml").is_file():
            return read_content(folder)
    return read_content(FOLDER / FALLBACK)


@lru_cache(maxsize=32)
def read_content(folder: Path) -> Content:
    """The content of one folder, checked.

    Raises:
        ContentError: naming everything that is wrong with the files.
    """
    try:
        content = _built(folder)
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise ContentError([f"{folder.name}: {type(error).__name__}: {error}"]) from error
    faults = [f"{folder.name}/{fault}" for fault in _faults(content)]
    if faults:
        raise ContentError(faults)
    return content


def _read(folder: Path, name: str) -> dict[str, Any]:
    return tomllib.loads((folder / name).read_text(encoding="utf-8"))


def _built(folder: Path) -> Content:
    levels, items = _read(folder, "levels.toml"), _read(folder, "items.toml")
    return Content(
        groups=tuple(_group(row) for row in _read(folder, "topics.toml")["group"]),
        level_question=levels["question"],
        levels=tuple(Level(**row) for row in levels["level"]),
        ratings=tuple(Rating(**row) for row in _read(folder, "ratings.toml")["rating"]),
        sessions=tuple(SessionPlan(**row) for row in _read(folder, "sessions.toml")["session"]),
        lessons=tuple(_lesson(row) for row in _read(folder, "lessons.toml")["lesson"]),
        rules=tuple(GroundRule(**row) for row in _read(folder, "rules.toml")["rule"]),
        items=tuple(StandingItem(**row) for row in items["item"]),
        item_ends=(items["low"], items["high"]),
    )


def _group(row: dict[str, Any]) -> TopicGroup:
    topics = tuple(Topic(group_id=row["id"], **topic) for topic in row["topic"])
    return TopicGroup(id=row["id"], name=row["name"], topics=topics)


def _lesson(row: dict[str, Any]) -> Lesson:
    return Lesson(Role(row["role"]), row["number"], row["title"], tuple(row["points"]))


def _faults(content: Content) -> Iterator[str]:
    topics = content.topics
    yield from _counted("topics.toml: groups", len(content.groups), GROUPS)
    yield from _counted("topics.toml: topics", len(topics), TOPICS)
    yield from _doubled(
        "topics.toml", [group.id for group in content.groups] + [topic.id for topic in topics]
    )
    for topic in topics:
        if not topic.id.startswith(f"{topic.group_id}."):
            yield f"topics.toml: the id {topic.id} must start with its group, {topic.group_id}."
    yield from _ordered("levels.toml: values", [level.value for level in content.levels], SCALE)
    yield from _ordered("ratings.toml: values", [rating.value for rating in content.ratings], SCALE)
    yield from _ordered("sessions.toml: numbers", [plan.number for plan in content.sessions], SESSIONS)
    for role in Role:
        lessons = content.lessons_for(role)
        wanted = list(range(1, LESSONS_PER_ROLE + 1))
        yield from _ordered(f"lessons.toml: numbers of the {role}", [one.number for one in lessons], wanted)
    for lesson in content.lessons:
        yield from _counted(
            f"lessons.toml: points of {lesson.title!r}", len(lesson.points), POINTS_PER_LESSON
        )
    yield from _counted("rules.toml: rules", len(content.rules), RULES)
    yield from _doubled("rules.toml", [rule.id for rule in content.rules])
    yield from _ordered("items.toml: ids", [item.id for item in content.items], ITEMS)
    for where, text in _option_texts(content):
        if not text.strip():
            yield f"{where}: a text must not be empty"
        elif len(text.encode("utf-16-le")) // 2 > OPTION_LIMIT:
            yield f"{where}: at most {OPTION_LIMIT} characters fit an option, got {len(text)}: {text!r}"
    for where, text in _texts(content):
        if not text.strip():
            yield f"{where}: a text must not be empty"


def _option_texts(content: Content) -> Iterator[tuple[str, str]]:
    for group in content.groups:
        yield "topics.toml", group.name
        for topic in group.topics:
            yield "topics.toml", topic.name
            yield "topics.toml", topic.hint
    for level in content.levels:
        yield "levels.toml", level.name
        yield "levels.toml", level.meaning
    for rating in content.ratings:
        yield "ratings.toml", rating.name
        yield "ratings.toml", rating.anchor
    for plan in content.sessions:
        yield "sessions.toml", plan.title
    for lesson in content.lessons:
        yield "lessons.toml", lesson.title
    for end in content.item_ends:
        yield "items.toml", end


def _texts(content: Content) -> Iterator[tuple[str, str]]:
    yield "levels.toml", content.level_question
    for plan in content.sessions:
        for text in (plan.aim, plan.mentor, plan.mentee):
            yield f"sessions.toml: session {plan.number}", text
    for lesson in content.lessons:
        for point in lesson.points:
            yield f"lessons.toml: {lesson.title!r}", point
    for rule in content.rules:
        yield "rules.toml", rule.text
    for item in content.items:
        yield "items.toml", item.text


def _counted(what: str, got: int, wanted: int) -> Iterator[str]:
    if got != wanted:
        yield f"{what} must be {wanted}, got {got}"


def _ordered(what: str, got: Sequence[object], wanted: Sequence[object]) -> Iterator[str]:
    if list(got) != list(wanted):
        yield f"{what} must be {list(wanted)}, got {list(got)}"


def _doubled(where: str, ids: Sequence[str]) -> Iterator[str]:
    for one, count in Counter(ids).items():
        if count > 1:
            yield f"{where}: the id {one} must be there once, got {count}"
