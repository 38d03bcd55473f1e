"""The content a program starts with."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from mentoring.participants import Role
from messages.content import FOLDER, OPTION_LIMIT, ContentError, load_content, read_content

if TYPE_CHECKING:
    from pathlib import Path

# Age, rank and titles have no place in the texts; "senior" and the like put people off.
BARRED = re.compile(
    r"\b(junior|senior|reverse|young\w*|old(er)?|age|aged|generation\w*|rank|native|boss|executive|intern|trainee)\b",
    re.IGNORECASE,
)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return shutil.copytree(FOLDER / "en", tmp_path / "en")


def broken(folder: Path, file: str, old: str, new: str) -> tuple[str, ...]:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentError) as refused:
        read_content(folder)
    return refused.value.faults


def all_texts() -> list[str]:
    content = load_content()
    return [
        *(text for group in content.groups for text in (group.name,)),
        *(text for topic in content.topics for text in (topic.name, topic.hint)),
        *(text for level in content.levels for text in (level.name, level.meaning)),
        *(text for rating in content.ratings for text in (rating.name, rating.anchor)),
        *(
            text
            for plan in content.sessions
            for text in (plan.title, plan.aim, plan.mentor, plan.mentee, plan.gift, plan.together)
        ),
        *(text for lesson in content.lessons for text in (lesson.title, *lesson.points)),
        *(rule.text for rule in content.rules),
        *(item.text for item in content.items),
        content.level_question,
        *content.item_ends,
    ]


def test_catalogue_has_ten_groups_and_52_topics() -> None:
    content = load_content()

    assert [(group.id, len(group.topics)) for group in content.groups] == [
        ("tools", 5),
        ("ai", 5),
        ("online", 5),
        ("customers", 5),
        ("data", 5),
        ("safety", 5),
        ("ways", 6),
        ("culture", 5),
        ("business", 6),
        ("growth", 5),
    ]
    assert len({topic.id for topic in content.topics}) == 52


def test_most_topics_lie_beyond_technology() -> None:
    technology = {"tools", "ai", "online", "data", "safety"}

    beyond = [topic for topic in load_content().topics if topic.group_id not in technology]

    assert len(beyond) == 27


def test_everything_in_a_choice_fits_an_option() -> None:
    content = load_content()
    options = [
        *(text for topic in content.topics for text in (topic.name, topic.hint)),
        *(text for level in content.levels for text in (level.name, level.meaning)),
        *(text for rating in content.ratings for text in (rating.name, rating.anchor)),
    ]

    assert all(1 <= len(text) <= OPTION_LIMIT for text in options)


def test_no_text_names_an_age_a_rank_or_a_title() -> None:
    assert [text for text in all_texts() if BARRED.search(text)] == []


def test_topics_and_plans_are_found_by_what_rows_store() -> None:
    content = load_content()

    topic = content.topic("online.short_video")
    assert topic is not None
    assert (topic.name, topic.group_id) == ("Short video", "online")
    assert content.topic("online.fax") is None
    plan = content.session(4)
    assert plan is not None
    assert plan.title == "A live case"
    assert content.session(7) is None


def test_arc_has_a_first_chat_and_six_sessions_each_with_a_return_gift() -> None:
    first, *sessions = load_content().sessions

    assert (first.number, first.gift) == (0, "")
    assert [plan.number for plan in sessions] == [1, 2, 3, 4, 5, 6]
    assert all(plan.gift for plan in sessions)


def test_each_role_has_three_lessons_of_three_points_that_take_three_minutes() -> None:
    content = load_content()

    for role in Role:
        lessons = content.lessons_for(role)
        assert [lesson.number for lesson in lessons] == [1, 2, 3]
        for lesson in lessons:
            assert len(lesson.points) == 3
            assert sum(len(point.split()) for point in lesson.points) <= 3 * 200


def test_standing_items_ask_for_collaboration_satisfaction_and_understanding() -> None:
    content = load_content()

    assert [item.id for item in content.items] == ["collaboration", "satisfaction", "understanding"]
    assert content.item_ends == ("not at all", "fully")


@pytest.mark.parametrize("locale", ["en", "en-US", "xx", "", "qps", "../en", "..", "/etc", "en/../en"])
def test_unknown_language_gets_english(locale: str) -> None:
    assert load_content(locale) is load_content("en")


def test_content_is_read_once() -> None:
    assert read_content(FOLDER / "en") is load_content("en-GB")


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        (
            "topics.toml",
            'id = "ai.checking"',
            'id = "ai.first_uses"',
            "en/topics.toml: the id ai.first_uses must be there once, got 2",
        ),
        (
            "topics.toml",
            'id = "ai.checking"',
            'id = "tools.checking"',
            "en/topics.toml: the id tools.checking must start with its group, ai.",
        ),
        ("topics.toml", 'name = "Short video"', 'name = " "', "en/topics.toml: a text must not be empty"),
        (
            "topics.toml",
            'name = "Short video"',
            f'name = "{"x" * 76}"',
            f"en/topics.toml: at most 75 characters fit an option, got 76: '{'x' * 76}'",
        ),
        (
            "levels.toml",
            "value = 3",
            "value = 2",
            "en/levels.toml: values must be [1, 2, 3, 4, 5], got [1, 2, 2, 4, 5]",
        ),
        (
            "ratings.toml",
            "value = 5",
            "value = 6",
            "en/ratings.toml: values must be [1, 2, 3, 4, 5], got [1, 2, 3, 4, 6]",
        ),
        (
            "sessions.toml",
            "number = 6",
            "number = 7",
            "en/sessions.toml: numbers must be [0, 1, 2, 3, 4, 5, 6], got [0, 1, 2, 3, 4, 5, 7]",
        ),
        (
            "lessons.toml",
            'role = "mentor"\nnumber = 1',
            'role = "mentor"\nnumber = 4',
            "en/lessons.toml: numbers of the mentor must be [1, 2, 3], got [4, 2, 3]",
        ),
        (
            "rules.toml",
            'id = "leaving"',
            'id = "outside"',
            "en/rules.toml: the id outside must be there once, got 2",
        ),
        ("levels.toml", "question =", "questions =", "en: KeyError: 'question'"),
        ("lessons.toml", 'role = "mentor"', 'role = "guest"', "en: ValueError: 'guest' is not a valid Role"),
    ],
)
def test_wrong_file_is_refused_by_name(copy: Path, file: str, old: str, new: str, fault: str) -> None:
    assert broken(copy, file, old, new) == (fault,)


def test_missing_group_is_refused_with_every_count(copy: Path) -> None:
    text = (copy / "topics.toml").read_text(encoding="utf-8")
    group = text[text.index("[[group]]") : text.index("[[group]]", text.index("[[group]]") + 1)]

    assert broken(copy, "topics.toml", group, "") == (
        "en/topics.toml: groups must be 10, got 9",
        "en/topics.toml: topics must be 52, got 47",
    )


def test_file_that_is_no_toml_is_refused(copy: Path) -> None:
    (copy / "items.toml").write_text("low =", encoding="utf-8")

    with pytest.raises(ContentError, match="en: TOMLDecodeError"):
        read_content(copy)
