"""Topics as choices in a form, grouped, with or without the line that explains each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from messages import blocks

if TYPE_CHECKING:
    from collections.abc import Collection

    from mentoring.content import Content
    from messages.message import Block


def topic_groups(content: Content, *, hints: bool = True, hidden: Collection[str] = ()) -> list[Block]:
    """Every topic that a program offers, under its group; a group without any is left out."""
    groups = []
    for group in content.groups:
        options = [
            blocks.option(topic.name, topic.id, description=topic.hint if hints else None)
            for topic in group.topics
            if topic.id not in hidden
        ]
        if options:
            groups.append(blocks.option_group(group.name, options))
    return groups


def topic_name(content: Content, topic_id: str) -> str:
    """The name of a topic; its id where a coordinator took it out."""
    topic = content.topic(topic_id)
    return topic.name if topic is not None else topic_id
