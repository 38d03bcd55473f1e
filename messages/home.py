"""The Home tab: what this person can do now, then their pairs, then everything else. Features add their parts here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentoring.participants import ParticipantState
from mentoring.program import ProgramState
from messages import blocks, concerns, introduction, pausing, privacy, proposals, roles, rounds, setup, tasks
from messages.voice import lines

if TYPE_CHECKING:
    from mentoring.facts import HomeFacts, ProgramCard
    from messages.message import Block, View
    from messages.voice import Voice
    from messages.voices import Voices


def render_home(facts: HomeFacts, voices: Voices) -> View:
    """A person's Home as it stands now; the most important comes first, with at most three buttons above the fold."""
    voice = voices.for_reader(facts.reader, facts.program)
    facts = privacy.with_names(facts, voice)
    parts: list[Block] = [
        *roles.home_parts(facts, voice),
        *_now(facts, voice),
        *concerns.home_parts(facts, voice),
        *proposals.home_parts(facts, voice),
        *introduction.home_parts(facts, voice),
        *setup.home_parts(facts, voice),
        *rounds.home_parts(facts, voice),
        *tasks.home_parts(facts, voice),
        *pausing.home_parts(facts, voice),
        *concerns.way_in(facts, voice),
        *roles.home_roles(facts, voice),
        *_how_it_works(facts, voice),
    ]
    return blocks.home(parts, callback_id="home.v1")


def _now(facts: HomeFacts, voice: Voice) -> list[Block]:
    """The one card of what this person can do now."""
    if facts.program is None:
        return [
            blocks.header(voice.plain("No program yet")),
            blocks.section(
                voice.say(
                    "Nobody has set up a {program_noun} in this workspace yet. Whoever runs it types "
                    "`{command} setup` and the code that the operator handed over."
                )
            ),
        ]
    if facts.state in {None, ParticipantState.LEFT}:
        return _outside(facts.program, voice)
    if facts.state is ParticipantState.PAUSED:
        return [blocks.header(facts.program.name), *pausing.home_now(facts, voice)]
    return [
        blocks.header(facts.program.name),
        blocks.section(
            lines(
                voice.say("*You take part.*"),
                voice.say("You hear from me when there is a possible {partner_noun} for you."),
            )
        ),
        blocks.actions(blocks.button(voice.plain("Change my profile"), "profile.open.v1"), block_id="now"),
    ]


def _outside(program: ProgramCard, voice: Voice) -> list[Block]:
    """What somebody sees who takes no part: the way in while sign-up is open, else when it may be."""
    name = setup.program_name(program, voice)
    about = (
        [blocks.header(name), blocks.section(voice.say("{goal}", goal=program.goal))]
        if program.goal
        else [blocks.header(name)]
    )
    if program.state.accepts_sign_ups:
        button = blocks.button(
            voice.plain("See how it works and join"),
            "join.open.v1",
            value=f"program:{program.id}",
            style="primary",
        )
        return [*about, blocks.actions(button, block_id="now")]
    if program.state is ProgramState.DRAFT:
        return [*about, blocks.section(voice.say("It is being prepared. Sign-up is not open yet."))]
    return [*about, blocks.section(voice.say("Sign-up is closed for now."))]


def _how_it_works(facts: HomeFacts, voice: Voice) -> list[Block]:
    if facts.program is None:
        return []
    return [
        blocks.divider(),
        blocks.section(
            lines(
                voice.say("*How it works*"),
                voice.say(
                    "I match people on topics and propose a {partner_noun}. Both of you say yes or pass."
                ),
                voice.say(
                    "You meet in working time. I read no conversation between you and ask each of you in private."
                ),
                voice.say(
                    "You can pause, swap or leave on any day without giving a reason. `{command} help` lists all."
                ),
            )
        ),
    ]
