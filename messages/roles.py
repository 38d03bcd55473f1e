"""Words for named roles: being asked, accepting, declining, stepping down, and the text a coordinator sends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentoring.participants import NamedRole, NamedRoleState, NamingRefusal
from messages import blocks
from messages.message import Message
from messages.voice import lines, mark

if TYPE_CHECKING:
    from mentoring.facts import HomeFacts, Invitation, ProgramCard, SetupDesk
    from messages.message import Block, View
    from messages.voice import Voice

NAMES: dict[NamedRole, str] = {
    NamedRole.COORDINATOR: mark("coordinator"),
    NamedRole.SPONSOR: mark("sponsor"),
    NamedRole.CONCERN_CONTACT: mark("concern contact"),
    NamedRole.DEPUTY: mark("deputy"),
}

MEANINGS: dict[NamedRole, str] = {
    NamedRole.COORDINATOR: mark("You set the program up, review each round and see who needs help."),
    NamedRole.SPONSOR: mark("You approve announcements that go out in your name."),
    NamedRole.CONCERN_CONTACT: mark("People can turn to you in confidence. Coordinators do not see it."),
    NamedRole.DEPUTY: mark("You step in for the concern contact, in the same confidence."),
}

_REFUSALS: dict[NamingRefusal, str] = {
    NamingRefusal.SELF: mark("Nobody names themselves for a role. Please choose somebody else."),
    NamingRefusal.NOT_OURS: mark("Only people of the company can have a role. Please choose somebody else."),
    NamingRefusal.COORDINATES: mark(
        "Concerns never reach coordinators, so one person cannot have both roles. Please choose somebody else."
    ),
    NamingRefusal.SAME_PERSON: mark(
        "The contact and the deputy stand in for each other. Please choose two people."
    ),
    NamingRefusal.HAS_IT: mark("This person has the role or was asked already."),
}


def role_name(voice: Voice, role: NamedRole) -> str:
    return voice.plain(NAMES[role])


def refused(voice: Voice, refusal: NamingRefusal) -> str:
    """Why somebody cannot be named, under the field."""
    return voice.plain(_REFUSALS[refusal])


# -- what the named person sees


def home_parts(facts: HomeFacts, voice: Voice) -> list[Block]:
    """Roles the reader was asked to take; nobody is written to before they accept."""
    parts: list[Block] = []
    name = facts.program.name if facts.program is not None else ""
    for number, offer in enumerate(facts.role_offers):
        role = role_name(voice, offer.role)
        value = f"holder:{offer.holder_id}"
        first = voice.say("*You were asked to be the {role} of {program}.*", role=role, program=name)
        by = voice.say("Asked by {name}.", name=offer.named_by) if offer.named_by else ""
        rest = voice.say("I write to you only after you accept. You can step down on any day.")
        parts += [
            blocks.section(lines(first, voice.say(MEANINGS[offer.role]), by, rest)),
            blocks.actions(
                blocks.button(
                    voice.plain("Accept as {role}", role=role), "role.accept.v1", value=value, style="primary"
                ),
                blocks.button(voice.plain("Decline as {role}", role=role), "role.decline.v1", value=value),
                block_id=f"role_{number}",
            ),
        ]
    return parts


def home_roles(facts: HomeFacts, voice: Voice) -> list[Block]:
    """Roles the reader has, each with the way out."""
    return [
        blocks.section(
            voice.say(
                "You are the {role} of {program}.", role=role_name(voice, role), program=facts.program.name
            ),
            accessory=blocks.button(
                voice.plain("Step down as {role}", role=role_name(voice, role)),
                "role.step_down.v1",
                value=f"role:{role}",
                confirm=blocks.confirm(
                    voice.plain("Step down as {role}?", role=role_name(voice, role)),
                    voice.plain("Coordinators see it and can name somebody else."),
                    confirm=voice.plain("Step down"),
                    deny=voice.plain("Keep the role"),
                ),
            ),
            block_id=f"has_{role}",
        )
        for role in facts.roles
        if facts.program is not None
    ]


def last_coordinator(voice: Voice) -> Message:
    text = voice.say("A program keeps at least one coordinator. Name another one first; nothing was changed.")
    return Message(text=text, blocks=(blocks.section(text),))


def stepped_down(voice: Voice, role: NamedRole) -> Message:
    text = voice.say("You are no longer the {role}. Coordinators see it.", role=role_name(voice, role))
    return Message(text=text, blocks=(blocks.section(text),))


def answered(voice: Voice, role: NamedRole, *, accepted: bool) -> Message:
    if accepted:
        text = voice.say(
            "You are now the {role}. Home shows what there is to do.", role=role_name(voice, role)
        )
    else:
        text = voice.say("You declined. Nobody writes to you about it.")
    return Message(text=text, blocks=(blocks.section(text),))


# -- what coordinators see


def waiting_for(voice: Voice, desk: SetupDesk) -> list[Block]:
    """Who was named and has not answered, each with the text to send."""
    return [
        blocks.section(
            voice.say(
                "{person} was named as {role} and has not answered.",
                person=voice.mention(one.slack_user_id),
                role=role_name(voice, one.role),
            ),
            accessory=blocks.button(
                voice.plain("Text for the {role}", role=role_name(voice, one.role)),
                "role.text.v1",
                value=f"holder:{one.holder_id}",
            ),
            block_id=f"waiting_{one.holder_id}",
        )
        for one in desk.named
        if one.state is NamedRoleState.NAMED
    ]


def texts_to_send(voice: Voice, desk: SetupDesk, program: ProgramCard) -> list[Block]:
    """For everybody who was named and has not answered: a text that the coordinator copies and sends."""
    parts: list[Block] = []
    for one in desk.named:
        if one.state is NamedRoleState.NAMED:
            parts += [blocks.divider(), *text_to_send(voice, one, desk, program)]
    return parts


def text_to_send(voice: Voice, one: Invitation, desk: SetupDesk, program: ProgramCard) -> list[Block]:
    """One text, as plain words between marks, so that it can be copied with its link."""
    role = role_name(voice, one.role)
    text = lines(
        voice.say("Hello, would you be the {role} of {program}?", role=role, program=program.name),
        voice.say(MEANINGS[one.role]),
        voice.say(
            "This opens the Home tab of the app, where you accept or decline: {link}", link=desk.home_link
        ),
    )
    first = voice.say(
        "*Copy this and send it to {person}.* I do not write to them.",
        person=voice.mention(one.slack_user_id),
    )
    return [blocks.section(lines(first, voice.say("```{text}```", text=text)))]


def text_view(voice: Voice, one: Invitation, desk: SetupDesk, program: ProgramCard) -> View:
    return blocks.modal(
        voice.plain("A text to send"),
        text_to_send(voice, one, desk, program),
        close=voice.plain("Close"),
        callback_id="role.text.v1",
    )


def roles_view(voice: Voice, desk: SetupDesk, program: ProgramCard) -> View:
    """Everybody who has a role or was named, and a form to name somebody."""
    parts: list[Block] = [_holder(voice, one) for one in desk.named]
    parts += texts_to_send(voice, desk, program)
    parts += [
        blocks.divider(),
        blocks.input_(
            voice.plain("Name somebody"),
            blocks.users_select("person"),
            block_id="person",
            hint=voice.plain("They get no message. You get a text to send them."),
        ),
        blocks.input_(
            voice.plain("Role"),
            blocks.static_select(
                "role", [blocks.option(voice.plain(name), role.value) for role, name in NAMES.items()]
            ),
            block_id="role",
        ),
    ]
    return blocks.modal(
        voice.plain("Named roles"),
        parts,
        callback_id="roles.name.v1",
        submit=voice.plain("Name this person"),
        close=voice.plain("Close"),
        private_metadata=f"program:{desk.program_id}",
    )


def _holder(voice: Voice, one: Invitation) -> Block:
    """One role and the way to end it; people are mentioned, as those who never came here have no name yet."""
    role, person = role_name(voice, one.role), voice.mention(one.slack_user_id)
    if one.state is NamedRoleState.ACCEPTED:
        text = voice.say("{person} · {role}", person=person, role=role)
    else:
        text = voice.say("{person} · {role}, has not answered", person=person, role=role)
    return blocks.section(
        text,
        accessory=blocks.button(
            voice.plain("End: {role}", role=role),
            "roles.end.v1",
            value=f"holder:{one.holder_id}",
            style="danger",
            confirm=blocks.confirm(
                voice.plain("End the role of {role}?", role=role),
                voice.plain("They get no message. Somebody else can be named at once."),
                confirm=voice.plain("End the role"),
                deny=voice.plain("Keep the role"),
                style="danger",
            ),
        ),
        block_id=f"holder_{one.holder_id}",
    )
