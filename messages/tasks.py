"""Words for coordinators' tasks and for the list of people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentoring.participants import NamedRole
from mentoring.tasks import TASKS_SHOWN, Standing, TaskOutcome
from messages import blocks
from messages.voice import clip, lines, mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mentoring.facts import HomeFacts
    from mentoring.tasks import PeoplePage, PersonLine, TaskCard
    from messages.message import Block, View
    from messages.voice import Voice

_ABOUT = {
    "help": mark("{names} would like help"),
    "trial_without_chat": mark("{names} have had no first chat yet"),
}
_OUTCOMES = {
    TaskOutcome.TALKED: mark("We spoke, and they go on"),
    TaskOutcome.CHANGED: mark("We changed something for them"),
    TaskOutcome.PASSED_ON: mark("Somebody else looks after it"),
    TaskOutcome.NOT_NEEDED: mark("It had settled already"),
}


def home_parts(facts: HomeFacts, voice: Voice) -> list[Block]:
    """The ways from a coordinator's Home to tasks, people and announcements."""
    if NamedRole.COORDINATOR not in facts.roles:
        return []
    return [
        blocks.actions(
            blocks.button(voice.plain("See open tasks"), "task.list.v1"),
            blocks.button(voice.plain("See who takes part"), "people.list.v1"),
            blocks.button(voice.plain("Write an announcement"), "announcement.new.v1"),
            block_id="desk",
        )
    ]


def task_list(voice: Voice, tasks: Sequence[TaskCard]) -> View:
    """Open tasks, soonest due first, each with its one button."""
    if not tasks:
        return _view(
            voice, voice.plain("Tasks"), [blocks.section(voice.say("No task is open. Nothing needs you."))]
        )
    shown: list[Block] = []
    for task in tasks[:TASKS_SHOWN]:
        shown += [_line(voice, task), blocks.divider()]
    rest = len(tasks) - TASKS_SHOWN
    if rest > 0:
        shown.append(blocks.context(voice.plural("{n} more is due later.", "{n} more are due later.", rest)))
    return _view(voice, voice.plain("Tasks"), shown)


def _line(voice: Voice, task: TaskCard) -> Block:
    day = voice.day(task.due_on)
    due = (
        voice.say("It was due on {day}.", day=day) if task.is_overdue else voice.say("Due on {day}.", day=day)
    )
    return blocks.section(
        lines(voice.say("*{what}*", what=_what(voice, task)), due),
        accessory=blocks.button(
            voice.plain("Mark as done"),
            "task.done.v1",
            value=f"task:{task.id}",
            accessibility_label=clip(voice.plain("Mark as done: {what}", what=_what(voice, task)), 75),
        ),
        block_id=f"task_{task.id}",
    )


def _what(voice: Voice, task: TaskCard) -> str:
    names = voice.listed(list(task.names)) if task.names else voice.plain("Somebody")
    return voice.plain(_ABOUT.get(task.kind, mark("{names}: please have a look")), names=names)


def outcome_form(voice: Voice, task: TaskCard) -> View:
    """How did it end: a choice, nothing is typed."""
    return blocks.modal(
        voice.plain("Tasks"),
        [
            blocks.section(voice.say("*{what}*", what=_what(voice, task))),
            blocks.input_(
                voice.plain("How did it end"),
                blocks.radio_buttons(
                    "outcome",
                    [
                        blocks.option(blocks.plain(voice.plain(words)), outcome.value)
                        for outcome, words in _OUTCOMES.items()
                    ],
                ),
                block_id="outcome",
            ),
        ],
        callback_id="task.save.v1",
        submit=voice.plain("Mark as done"),
        close=voice.plain("Close"),
        private_metadata=f"task:{task.id}",
    )


def outcome_needed(voice: Voice) -> str:
    """Under the choice."""
    return voice.plain("Please choose how it ended.")


def people_list(voice: Voice, page: PeoplePage) -> View:
    """Names, roles and where they stand; a page at a time."""
    title = voice.plain("People")
    if not page.people:
        return _view(voice, title, [blocks.section(voice.say("Nobody takes part yet."))])
    count = voice.plural("*{n} person takes part.*", "*{n} people take part.*", page.people)
    shown = [
        blocks.section(count),
        blocks.section(lines(*(_person(voice, line) for line in page.lines))),
    ]
    if page.pages > 1:
        shown.append(
            blocks.context(voice.say("Page {page} of {pages}, by name", page=page.page, pages=page.pages))
        )
        shown.append(blocks.actions(*_paging(voice, page), block_id="paging"))
    return _view(voice, title, shown)


def _paging(voice: Voice, page: PeoplePage) -> list[Block]:
    buttons = []
    if page.page > 1:
        buttons.append(
            blocks.button(
                voice.plain("Show earlier names"), "people.earlier.v1", value=f"pick:{page.page - 1}"
            )
        )
    if page.page < page.pages:
        buttons.append(
            blocks.button(voice.plain("Show later names"), "people.later.v1", value=f"pick:{page.page + 1}")
        )
    return buttons


def _person(voice: Voice, line: PersonLine) -> str:
    return voice.say(
        "*{name}*: {roles}, {standing}",
        name=line.name,
        roles=_roles(voice, line),
        standing=_standing(voice, line),
    )


def _roles(voice: Voice, line: PersonLine) -> str:
    if line.mentors and line.is_mentored:
        return voice.plain("{mentor_noun} and {mentee_noun}")
    if line.mentors:
        return voice.plain("{mentor_noun}")
    return voice.plain("{mentee_noun}") if line.is_mentored else voice.plain("no role yet")


def _standing(voice: Voice, line: PersonLine) -> str:
    match line.standing:
        case Standing.PAIRED:
            return voice.plain("in a pair")
        case Standing.WAITING:
            return voice.plain("waits for a {partner_noun}")
        case Standing.PAUSED if line.paused_until is not None:
            return voice.plain("pauses until {day}", day=voice.day(line.paused_until))
        case Standing.PAUSED:
            return voice.plain("pauses")


def _view(voice: Voice, title: str, shown: list[Block]) -> View:
    return blocks.modal(title, shown, close=voice.plain("Close"), callback_id="desk.v1")
