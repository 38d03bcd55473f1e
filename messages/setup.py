"""Words of the set-up: its screens, the checklist on a coordinator's Home, and the post that greets the channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mentoring.participants import NamedRole
from mentoring.program import Direction, ProgramState
from mentoring.setup import (
    LONGEST_LINE,
    MAX_SECONDARY_GOALS,
    ChannelState,
    DateFault,
    Figure,
    ListFault,
    Measure,
    Need,
    Size,
    figures_possible,
)
from messages import blocks, roles
from messages.message import Message
from messages.topics import topic_groups
from messages.voice import lines, mark

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mentoring.content import Content
    from mentoring.facts import Facts, HomeFacts, ProgramCard, SetupDesk
    from messages.message import Block, View
    from messages.voice import Voice

LONGEST_NAME = 60
LONGEST_GOAL = 500
LONGEST_LIST = 3000

STARTING_LINES: dict[str, str] = {
    "name": mark("Learning from each other"),
    "goal": mark("Colleagues share what they know best, and learn in return how decisions are made."),
    "skills": mark(
        "Digital tools, AI in daily work and customers on one side; strategy and decisions on the other."
    ),
    "culture": mark(
        "People from different departments and with different paths into work understand each other."
    ),
    "metric": mark("How many of those who took part are still here after twelve months."),
}
"""Every line of the charter starts with words that a coordinator may keep."""

STARTING_MEASURES = (Measure.TOPIC_RATINGS, Measure.STANDING_ITEMS, Measure.SESSIONS_HELD)

MEASURES: dict[Measure, str] = {
    Measure.TOPIC_RATINGS: mark("Ratings on the same topics, before and after"),
    Measure.STANDING_ITEMS: mark("Three fixed questions after 0, 6 and 12 months"),
    Measure.SESSIONS_HELD: mark("Sessions that took place"),
    Measure.WAITING_GROUP: mark("People who took part beside people who wait"),
}

DIRECTIONS: dict[Direction, tuple[str, str]] = {
    Direction.REVERSE: (
        mark("Reverse"),
        mark("Who decides less guides who decides more"),
    ),
    Direction.TRADITIONAL: (mark("Traditional"), mark("Who decides more guides who decides less")),
    Direction.PEER: (mark("Peer"), mark("Both stand at about the same level")),
}

SIZES: dict[Size, str] = {
    Size.SMALL: mark("Up to 14 people"),
    Size.MIDDLE: mark("15 to 59 people"),
    Size.LARGE: mark("60 people or more"),
}

FIGURES: dict[Figure, str] = {
    Figure.WHOLE: mark("everyone"),
    Figure.ROLE: mark("roles"),
    Figure.TOPIC_GROUP: mark("topics"),
    Figure.DEPARTMENT: mark("departments"),
}

_MISSING: dict[Need, str] = {
    Need.GOAL: mark("Goal: say in a sentence what the {program_noun} is for."),
    Need.DATES: mark("Dates: the last day of sign-up and the start have to lie ahead."),
    Need.SKILLS: mark("Charter: which skills should grow."),
    Need.CULTURE: mark("Charter: which effect on working together you expect."),
    Need.METRIC: mark("Charter: which figure of the business should move."),
    Need.MEASURES: mark("Charter: how the outcome is measured."),
    Need.CONTACT: mark("Concern contact: somebody has to accept this role."),
    Need.DEPUTY: mark("Deputy: somebody has to accept this role."),
}

_CHANNEL: dict[ChannelState, str] = {
    ChannelState.NONE: mark("Channel: choose the channel of the {program_noun}."),
    ChannelState.CHECKING: mark("Channel: my first post is on its way to {channel}."),
    ChannelState.NOT_IN: mark(
        "Channel: I am not in {channel} yet. Type `/invite @turnabout` there, then check the channel again."
    ),
    ChannelState.IN_DOUBT: mark(
        "Channel: Slack gave no clear answer. Please look whether my post stands in {channel}."
    ),
}

_DATE_FAULTS: dict[DateFault, str] = {
    DateFault.MISSING: mark("Please choose a day."),
    DateFault.PAST: mark("This day is over. Please choose today or a later day."),
    DateFault.BEFORE_SIGN_UP: mark(
        "The start lies before the last day of sign-up. Please choose a later day."
    ),
    DateFault.FAR: mark("This day is over a year away. Please choose an earlier one."),
}


# -- the post in the channel


def channel_home(facts: Facts, voice: Voice) -> Message:
    """The greeting of the program's channel; that it arrives shows that the app is in there."""
    name = program_name(facts.program, voice)
    first = voice.say("*This channel is the home of {program}.*", program=name)
    then = voice.say(
        "News of the {program_noun} will appear here. Nobody is enrolled without asking, and nobody gets a "
        "private message from me before joining."
    )
    return Message(
        text=voice.plain(
            "This channel is the home of {program}. News will appear here. Nothing to press.", program=name
        ),
        blocks=(blocks.section(lines(first, then)),),
    )


def program_name(program: ProgramCard | None, voice: Voice) -> str:
    """The program's name, or what it is while nobody has named it."""
    return program.name if program is not None and program.name else voice.plain("{program_noun}")


# -- the screens


def basics_view(voice: Voice, held: Mapping[str, Sequence[str]], *, reference: str) -> View:
    """The first screen: name, goal, direction, channel and the two dates; all but the channel is filled in."""
    return blocks.modal(
        voice.plain("Set up: 1 of 3"),
        [
            blocks.section(voice.say("Every field can be changed later. Nobody hears of anything yet.")),
            blocks.input_(
                voice.plain("Name of the program"),
                blocks.plain_text_input("name", initial_value=_one(held, "name"), max_length=LONGEST_NAME),
                block_id="name",
            ),
            blocks.input_(
                voice.plain("The one goal"),
                blocks.plain_text_input(
                    "goal", multiline=True, initial_value=_one(held, "goal"), max_length=LONGEST_GOAL
                ),
                block_id="goal",
                hint=voice.plain("People read it before they join."),
            ),
            blocks.input_(
                voice.plain("Direction"),
                blocks.radio_buttons(
                    "setup.direction.v1",
                    [
                        blocks.option(voice.plain(name), direction.value, description=voice.plain(meaning))
                        for direction, (name, meaning) in DIRECTIONS.items()
                    ],
                    initial=_one(held, "direction"),
                ),
                block_id="direction",
                dispatch_action=True,
            ),
            blocks.input_(
                voice.plain("Channel of the program"),
                blocks.conversations_select(
                    "setup.channel.v1",
                    include=["public", "private"],
                    exclude_bot_users=True,
                    exclude_external_shared_channels=True,
                    initial_conversation=_one(held, "channel"),
                ),
                block_id="channel",
                optional=True,
                dispatch_action=True,
                hint=voice.plain("I post one short greeting there, to see whether I am in the channel."),
            ),
            _date(voice.plain("Last day of sign-up"), "signup_closes_on", held),
            _date(voice.plain("Start"), "starts_on", held),
        ],
        callback_id="setup.basics.v1",
        submit=voice.plain("Save and go on"),
        close=voice.plain("Finish later"),
        private_metadata=reference,
    )


def _date(label: str, name: str, held: Mapping[str, Sequence[str]]) -> Block:
    return blocks.input_(
        label,
        blocks.datepicker(f"setup.{name}.v1", initial_date=_one(held, name)),
        block_id=name,
        dispatch_action=True,
    )


def charter_view(
    voice: Voice, held: Mapping[str, Sequence[str]], *, minimum_group: int, reference: str
) -> View:
    """The second screen: what should move, and how that will be seen. Source: P1, P2, P3."""
    return blocks.modal(
        voice.plain("Set up: 2 of 3"),
        [
            blocks.section(
                voice.say("Agree on this before sign-up opens. Change what does not fit, or finish it later.")
            ),
            _line(voice.plain("Skills that should grow"), "skills", held),
            _line(voice.plain("Effect on working together"), "culture", held),
            _line(voice.plain("Figure of the business that should move"), "metric", held),
            blocks.input_(
                voice.plain("Further goals"),
                blocks.plain_text_input(
                    "secondary",
                    multiline=True,
                    initial_value=_one(held, "secondary"),
                    max_length=LONGEST_LINE * MAX_SECONDARY_GOALS,
                ),
                block_id="secondary",
                optional=True,
                hint=voice.plain("Up to three, one a line."),
            ),
            blocks.input_(
                voice.plain("How the outcome is measured"),
                blocks.checkboxes(
                    "setup.measures.v1",
                    [blocks.option(voice.plain(text), measure.value) for measure, text in MEASURES.items()],
                    initial=held.get("measures", ()),
                ),
                block_id="measures",
                optional=True,
                dispatch_action=True,
            ),
            blocks.input_(
                voice.plain("How many people do you expect?"),
                blocks.radio_buttons(
                    "setup.size.v1",
                    [
                        blocks.option(
                            voice.plain(text),
                            size.value,
                            description=possible_figures(voice, size, minimum_group),
                        )
                        for size, text in SIZES.items()
                    ],
                    initial=_one(held, "size"),
                ),
                block_id="size",
                dispatch_action=True,
                hint=voice.plain_plural(
                    "No figure is shown for fewer than {n} person.",
                    "No figure is shown for fewer than {n} people.",
                    minimum_group,
                ),
            ),
            blocks.input_(
                voice.plain("Not sure yet?"),
                blocks.checkboxes(
                    "setup.later.v1",
                    [blocks.option(voice.plain("Finish these lines later"), "later")],
                    initial=held.get("later", ()),
                ),
                block_id="later",
                optional=True,
                dispatch_action=True,
                hint=voice.plain("They are kept, and sign-up stays closed until they stand."),
            ),
        ],
        callback_id="setup.charter.v1",
        submit=voice.plain("Save and go on"),
        close=voice.plain("Finish later"),
        private_metadata=reference,
    )


def _line(label: str, name: str, held: Mapping[str, Sequence[str]]) -> Block:
    return blocks.input_(
        label,
        blocks.plain_text_input(
            name, multiline=True, initial_value=_one(held, name), max_length=LONGEST_LINE
        ),
        block_id=name,
        optional=True,
    )


def possible_figures(voice: Voice, size: Size, minimum_group: int) -> str:
    """Which figures a program of this size can show at all, in a few words."""
    figures = figures_possible(size.at_least, minimum_group)
    if not figures:
        return voice.plain("Too few people for any figure")
    return voice.plain(
        "Figures on {list}", list=voice.listed([voice.plain(FIGURES[figure]) for figure in figures])
    )


def lists_view(voice: Voice, content: Content, held: Mapping[str, Sequence[str]], *, reference: str) -> View:
    """The third screen: who is there for concerns, and what people choose from."""
    return blocks.modal(
        voice.plain("Set up: 3 of 3"),
        [
            blocks.section(
                voice.say(
                    "Everybody you name has to accept. I do not write to them; you get a text to send them."
                )
            ),
            _someone(
                voice.plain("Concern contact"),
                NamedRole.CONCERN_CONTACT,
                held,
                hint=voice.plain("Hears concerns in confidence. Not a coordinator."),
            ),
            _someone(
                voice.plain("Deputy of the concern contact"),
                NamedRole.DEPUTY,
                held,
                hint=voice.plain("Steps in when the contact is away or concerned."),
            ),
            _someone(voice.plain("Another coordinator"), NamedRole.COORDINATOR, held),
            _someone(voice.plain("Sponsor"), NamedRole.SPONSOR, held),
            blocks.input_(
                voice.plain("Departments"),
                blocks.plain_text_input(
                    "departments",
                    multiline=True,
                    initial_value=_one(held, "departments"),
                    max_length=LONGEST_LIST,
                ),
                block_id="departments",
                optional=True,
                hint=voice.plain("One a line. People choose from this list, or “Other”."),
            ),
            blocks.input_(
                voice.plain("Topics to leave out"),
                blocks.multi_static_select(
                    "setup.hidden_topics.v1",
                    option_groups=topic_groups(content, hints=False),
                    initial=held.get("hidden_topics", ()),
                ),
                block_id="hidden_topics",
                optional=True,
                dispatch_action=True,
            ),
        ],
        callback_id="setup.lists.v1",
        submit=voice.plain("Save and finish"),
        close=voice.plain("Finish later"),
        private_metadata=reference,
    )


def _someone(
    label: str, role: NamedRole, held: Mapping[str, Sequence[str]], *, hint: str | None = None
) -> Block:
    return blocks.input_(
        label,
        blocks.users_select(f"setup.{role}.v1", initial_user=_one(held, role.value)),
        block_id=role.value,
        optional=True,
        dispatch_action=True,
        hint=hint,
    )


def _one(held: Mapping[str, Sequence[str]], name: str) -> str | None:
    values = held.get(name) or ()
    return values[0] if values else None


def date_fault(voice: Voice, fault: DateFault) -> str:
    return voice.plain(_DATE_FAULTS[fault])


def departments_fault(voice: Voice, fault: ListFault) -> str:
    if fault is ListFault.TOO_MANY:
        return voice.plain("A menu holds 98 departments and “Other”. Please shorten the list.")
    return voice.plain("A department may have at most 75 characters. Please shorten the longest.")


def too_many_goals(voice: Voice) -> str:
    return voice.plain("Please keep to three further goals, one a line.")


def needed(voice: Voice) -> str:
    return voice.plain("Please fill in this field.")


# -- after the screens


def done_view(voice: Voice, desk: SetupDesk, program: ProgramCard, *, saved: bool = False) -> View:
    """What was set up, what is still missing, the texts to send, and the way to each part."""
    parts: list[Block] = []
    if saved:
        parts.append(blocks.section(voice.say("*Saved.*")))
    parts += checklist(voice, desk, program)
    parts += roles.texts_to_send(voice, desk, program)
    reference = f"program:{desk.program_id}"
    names = (
        (voice.plain("Name, channel, dates"), "setup.basics_again.v1"),
        (voice.plain("Charter"), "setup.charter_again.v1"),
        (voice.plain("People and topics"), "setup.lists_again.v1"),
        (voice.plain("Settings"), "settings.menu.v1"),
        (voice.plain("Named roles"), "roles.list.v1"),
    )
    parts += [
        blocks.divider(),
        blocks.section(voice.say("Change a part:")),
        blocks.actions(
            *(blocks.button(label, action_id, value=reference) for label, action_id in names),
            block_id="parts",
        ),
    ]
    return blocks.modal(voice.plain("Set-up"), parts, close=voice.plain("Close"), callback_id="setup.done.v1")


def checklist(voice: Voice, desk: SetupDesk, program: ProgramCard) -> list[Block]:
    """What keeps sign-up from opening, or that nothing does."""
    if desk.state is not ProgramState.DRAFT:
        return [blocks.section(lines(*standing(voice, desk, program)))]
    if not desk.missing:
        return [
            blocks.section(voice.say("Everything stands. Sign-up opens when you press the button on Home."))
        ]
    first = voice.plural(
        "*{n} thing is missing before sign-up can open:*",
        "*{n} things are missing before sign-up can open:*",
        len(desk.missing),
    )
    return [blocks.section(lines(first, *missing_lines(voice, desk, program)))]


def missing_lines(voice: Voice, desk: SetupDesk, program: ProgramCard) -> list[str]:
    """One line for each thing that is missing, with what to do about it."""
    found: list[str] = []
    for need in desk.missing:
        if need is Need.CHANNEL:
            channel = voice.channel(program.channel_id) if program.channel_id else ""
            found.append(voice.say("• {line}", line=voice.say(_CHANNEL[desk.channel], channel=channel)))
        else:
            found.append(voice.say("• {line}", line=voice.say(_MISSING[need])))
    return found


def standing(voice: Voice, desk: SetupDesk, program: ProgramCard) -> list[str]:
    """Where a program stands that has been opened."""
    joined = voice.plural("{n} person takes part.", "{n} people take part.", desk.signed_up)
    if desk.state is ProgramState.OPEN and program.signup_closes_on is not None:
        first = voice.say("*Sign-up is open through {day}.*", day=voice.day(program.signup_closes_on))
    elif desk.state is ProgramState.OPEN:
        first = voice.say("*Sign-up is open.*")
    else:
        first = voice.say("*Sign-up is closed.* A later last day opens it again.")
    return [first, joined]


def not_yet(voice: Voice, desk: SetupDesk, program: ProgramCard) -> Message:
    """Sign-up was to be opened, and something is missing: exactly what."""
    first = voice.say("*Sign-up stays closed.* Nothing was changed. What is missing:")
    return Message(
        text=voice.plural(
            "Sign-up stays closed: {n} thing is missing.",
            "Sign-up stays closed: {n} things are missing.",
            len(desk.missing),
        ),
        blocks=(blocks.section(lines(first, *missing_lines(voice, desk, program))),),
    )


def opened(voice: Voice) -> Message:
    first = voice.say("*Sign-up is open.*")
    then = voice.say("Nothing was posted. `{command} announce` writes the post with the button to join.")
    return Message(text=voice.plain("Sign-up is open."), blocks=(blocks.section(lines(first, then)),))


def channel_checked(voice: Voice) -> Message:
    text = voice.say("I post to the channel again. Home shows in a moment whether it arrived.")
    return Message(text=text, blocks=(blocks.section(text),))


# -- Home


def home_parts(facts: HomeFacts, voice: Voice) -> list[Block]:
    """The coordinator's part of Home that belongs to the set-up."""
    desk, program = facts.setup, facts.program
    if desk is None or program is None:
        return []
    value = f"program:{desk.program_id}"
    buttons = []
    if desk.state is ProgramState.DRAFT:
        buttons.append(
            blocks.button(
                voice.plain("Open sign-up"),
                "setup.open_sign_up.v1",
                value=value,
                style=None if desk.missing else "primary",
                confirm=blocks.confirm(
                    voice.plain("Open sign-up?"),
                    voice.plain("From then on people can join. Nothing is posted by itself."),
                    confirm=voice.plain("Open sign-up"),
                    deny=voice.plain("Not yet"),
                ),
            )
        )
    buttons.append(blocks.button(voice.plain("Change the set-up"), "setup.continue.v1", value=value))
    if desk.channel is ChannelState.NOT_IN:
        buttons.append(
            blocks.button(voice.plain("Check the channel again"), "setup.channel_again.v1", value=value)
        )
    if desk.channel is ChannelState.IN_DOUBT:
        buttons += [
            blocks.button(voice.plain("The post is there"), "setup.channel_seen.v1", value=value),
            blocks.button(voice.plain("Send the post again"), "setup.channel_again.v1", value=value),
        ]
    return [
        blocks.divider(),
        blocks.section(voice.say("*Your desk as a coordinator*")),
        *checklist(voice, desk, program),
        blocks.actions(*buttons, block_id="setup"),
        *roles.waiting_for(voice, desk),
    ]


RENDERERS: dict[str, Callable[[Any, Voice], Message]] = {"setup.channel_home": channel_home}
