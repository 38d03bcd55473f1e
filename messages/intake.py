"""Words of joining and of one's own profile: what is asked, what is kept, who sees it, and why somebody cannot join."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentoring.participants import (
    MAX_PAIRS,
    IntakeFault,
    JoinRefusal,
    Offer,
    Role,
)
from messages import blocks
from messages.message import Message
from messages.places import countries, languages
from messages.topics import topic_groups, topic_name
from messages.voice import clip, lines, mark

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from mentoring.content import Content
    from mentoring.facts import ProgramCard
    from messages.message import Block, View
    from messages.voice import Voice

OTHER_DEPARTMENT = "other"
NOBODY = "nobody"
AGREED = "agreed"
LABEL = 75

RATING = "rating."

GOALS: dict[str, str] = {
    "decide_better": mark("Decide better"),
    "new_tools": mark("Work with new tools"),
    "know_customers": mark("Know customers better"),
    "be_heard": mark("Be heard with my ideas"),
    "lead_change": mark("Lead a change"),
    "see_the_whole": mark("See the whole company"),
    "next_step": mark("Find my next step"),
    "wider_network": mark("Know more people here"),
}

INTERESTS: dict[str, str] = {
    "books": mark("Books"),
    "music": mark("Music"),
    "sport": mark("Sport"),
    "games": mark("Games"),
    "cooking": mark("Cooking"),
    "nature": mark("Being outdoors"),
    "travel": mark("Travel"),
    "making": mark("Making things"),
    "science": mark("Science"),
    "volunteering": mark("Volunteering"),
    "photography": mark("Photography"),
    "languages": mark("Languages"),
}

WORK_STYLES = (
    mark("Plan first, always"),
    mark("Rather plan first"),
    mark("Some of both"),
    mark("Rather try first"),
    mark("Try first, always"),
)

HOURS_A_MONTH = (1, 2, 3, 4, 6, 8)

WEEKDAYS = (
    mark("Monday"),
    mark("Tuesday"),
    mark("Wednesday"),
    mark("Thursday"),
    mark("Friday"),
    mark("Saturday"),
    mark("Sunday"),
)

_FAULTS: dict[IntakeFault, str] = {
    IntakeFault.NO_TOPIC: mark("Please choose at least one topic, to share or to learn."),
    IntakeFault.SHARE_NEEDED: mark(
        "With this answer on decisions you share something. Please choose a topic."
    ),
    IntakeFault.LEARN_NEEDED: mark(
        "With this answer on decisions you learn something. Please choose a topic."
    ),
    IntakeFault.TOO_MANY: mark("These are too many topics. Please take some out."),
    IntakeFault.ON_BOTH_SIDES: mark("A topic stands on both sides. Please keep it on one."),
    IntakeFault.OFF_LIMITS: mark(
        "You ruled one of these topics out for yourself. Please take it out here or there."
    ),
    IntakeFault.CHOSEN_TOPIC: mark(
        "You share or want to learn one of these. Please take it out here or there."
    ),
    IntakeFault.LEVEL_NEEDED: mark("Please choose the answer that fits best."),
    IntakeFault.DEPARTMENT_NEEDED: mark("Please choose a department; “Other” is one."),
    IntakeFault.MANAGER_NEEDED: mark("Please choose a person, or tick that it is nobody here."),
    IntakeFault.MANAGER_TWICE: mark("You chose a person and ticked that it is nobody here. Please keep one."),
    IntakeFault.MANAGER_IS_SELF: mark("This is you. Please choose the person you report to."),
    IntakeFault.AGREEMENT_NEEDED: mark("Without your agreement nothing is kept. Please tick it to go on."),
    IntakeFault.HOURS_REVERSED: mark("The day ends before it starts. Please choose a later time."),
    IntakeFault.NO_WORKING_DAY: mark("Please choose at least one day."),
    IntakeFault.LINK_NOT_SECURE: mark("Please give a link that starts with https://."),
    IntakeFault.NOT_AT_THIS_LEVEL: mark("Nobody can be found in this role with your answer on decisions."),
}

_REFUSALS: dict[JoinRefusal, str] = {
    JoinRefusal.NO_PROGRAM: mark("Sign-up is not open yet. Nothing was kept; the opening is announced."),
    JoinRefusal.CLOSED: mark(
        "Sign-up is closed for now. Nothing was kept. Your coordinators know when it opens again."
    ),
    JoinRefusal.GUEST: mark("This {program_noun} is for people of the company. Nothing was kept."),
    JoinRefusal.NOT_OURS: mark("This {program_noun} is for people of the company. Nothing was kept."),
    JoinRefusal.ALREADY_IN: mark("You take part already. “Change my profile” on Home changes what you said."),
}


def refusal(voice: Voice, why: JoinRefusal) -> Message:
    """Why somebody cannot join now, in kind words."""
    text = voice.say(_REFUSALS[why])
    return Message(text=text, blocks=(blocks.section(text),))


def fault(voice: Voice, what: IntakeFault) -> str:
    return voice.plain(_FAULTS[what])


# -- the first screen


def about_view(
    voice: Voice,
    content: Content,
    program: ProgramCard,
    held: Mapping[str, Sequence[str]],
    *,
    hidden: Collection[str],
    joining: bool,
) -> View:
    """Topics, level, department, manager; when joining, what is kept and the agreement too.

    Args:
        voice: the person's.
        content: topics and levels in their language.
        program: the one they join.
        held: what they chose so far, by field.
        hidden: topics the program leaves out.
        joining: False where somebody changes their profile.
    """
    settings = program.settings
    parts: list[Block] = []
    if joining:
        parts += _what_it_is(voice, program)
    parts += [
        _topics(
            voice.plain("Topics you can share"),
            "share",
            topic_groups(content, hidden=hidden),
            held,
            settings.share_topics_max,
            hint=voice.plain_plural(
                "Up to {n}. You need not be an expert; one step ahead is enough.",
                "Up to {n}. You need not be an expert; one step ahead is enough.",
                settings.share_topics_max,
            ),
        ),
        _topics(
            voice.plain("Topics you want to learn"),
            "learn",
            topic_groups(content, hidden=hidden),
            held,
            settings.learn_topics_max,
            hint=voice.plain_plural(
                "Up to {n}, the most wanted first.",
                "Up to {n}, the most wanted first.",
                settings.learn_topics_max,
            ),
        ),
        blocks.input_(
            content.level_question,
            blocks.radio_buttons(
                "intake.level.v1",
                [
                    blocks.option(level.name, str(level.value), description=level.meaning)
                    for level in content.levels
                ],
                initial=_one(held, "level"),
            ),
            block_id="level",
            dispatch_action=True,
            hint=voice.plain("It finds you somebody with another view. No partner sees it."),
        ),
        *_department(voice, program, held),
        blocks.input_(
            voice.plain("Who do you report to?"),
            blocks.users_select("intake.manager.v1", initial_user=_one(held, "manager")),
            block_id="manager",
            optional=True,
            dispatch_action=True,
            hint=voice.plain("You are never paired along this line. They hear nothing of it."),
        ),
        blocks.input_(
            voice.plain("Or"),
            blocks.checkboxes(
                "intake.nobody.v1",
                [blocks.option(voice.plain("I report to nobody here"), NOBODY)],
                initial=held.get("nobody", ()),
            ),
            block_id="nobody",
            optional=True,
            dispatch_action=True,
        ),
    ]
    if joining:
        parts += _agreement(voice, held)
    return blocks.modal(
        voice.plain("Join the program") if joining else voice.plain("Topics and work"),
        parts,
        callback_id="join.about.v1" if joining else "profile.about.v1",
        submit=voice.plain("Go on") if joining else voice.plain("Save"),
        close=voice.plain("Not now") if joining else voice.plain("Close"),
        private_metadata=f"program:{program.id}",
    )


def _what_it_is(voice: Voice, program: ProgramCard) -> list[Block]:
    """What joining means, and what it does not. Source: P6."""
    settings = program.settings
    return [
        blocks.section(
            lines(
                voice.say(
                    "*{program}: one hour every {n} weeks, in working time.*",
                    program=program.name,
                    n=settings.session_every_weeks,
                ),
                voice.say(
                    "What you know counts, not your age: nobody is asked for it. Sharing needs no title, and "
                    "wanting to learn is no weakness. Both of you give and get."
                ),
                voice.say("What you choose is kept as a draft until you send it. Two screens."),
            )
        )
    ]


def _topics(
    label: str,
    name: str,
    groups: Sequence[Block],
    held: Mapping[str, Sequence[str]],
    most: int,
    *,
    hint: str,
) -> Block:
    return blocks.input_(
        label,
        blocks.multi_static_select(
            f"intake.{name}.v1", option_groups=groups, initial=held.get(name, ()), max_selected_items=most
        ),
        block_id=name,
        optional=True,
        dispatch_action=True,
        hint=hint,
    )


def _department(voice: Voice, program: ProgramCard, held: Mapping[str, Sequence[str]]) -> list[Block]:
    """Asked only where the program has a list; no typed text on the first screen."""
    if not program.departments:
        return []
    options = [blocks.option(name, name) for name in program.departments]
    return [
        blocks.input_(
            voice.plain("Your department"),
            blocks.static_select(
                "intake.department.v1",
                [*options, blocks.option(voice.plain("Other"), OTHER_DEPARTMENT)],
                initial=_one(held, "department"),
            ),
            block_id="department",
            dispatch_action=True,
        )
    ]


def _agreement(voice: Voice, held: Mapping[str, Sequence[str]]) -> list[Block]:
    """What is stored, who sees it, and what the bot cannot protect from."""
    return [
        blocks.divider(),
        blocks.section(
            lines(
                voice.say("*What is kept, and who sees it*"),
                voice.say(
                    "• A {partner_noun} sees your name, department, topics, languages and working hours."
                ),
                voice.say(
                    "• The program team also sees your level, your manager and whether you are matched."
                ),
                voice.say(
                    "• Ratings are seen by nobody. They count only in groups, and order who suits you."
                ),
                voice.say("• I read no conversation between people, and I ask each of you in private."),
                voice.say("*What I cannot protect you from*"),
                voice.say("• When a pair ends, a partner may guess who wished it."),
                voice.say(
                    "• Whoever owns this Slack workspace or the machine I run on may be able to read what I hold."
                ),
                voice.say("You can see, export and delete it on any day: `{command} privacy`."),
            )
        ),
        blocks.input_(
            voice.plain("Your agreement"),
            blocks.checkboxes(
                "intake.agree.v1",
                [blocks.option(voice.plain("I want to take part and agree to this"), AGREED)],
                initial=held.get("agree", ()),
            ),
            block_id="agree",
            dispatch_action=True,
        ),
        blocks.actions(
            blocks.button(voice.plain("Not now, keep nothing"), "join.not_now.v1"), block_id="not_now"
        ),
    ]


def nothing_kept(voice: Voice) -> Message:
    text = voice.say(
        "Nothing was kept, and nobody hears of it. You can join on any day while sign-up is open."
    )
    return Message(text=text, blocks=(blocks.section(text),))


# -- the second screen


def more_view(
    voice: Voice,
    content: Content,
    program: ProgramCard,
    held: Mapping[str, Sequence[str]],
    *,
    topics: Sequence[tuple[Role, str]],
    joining: bool,
    decides_much: bool = False,
) -> View:
    """Ratings, languages, hours, booking; all optional or filled in.

    Args:
        voice: the person's; its zone is the one the hours are in.
        content: topics and ratings in their language.
        program: the one they take part in.
        held: what they chose so far, by field.
        topics: what they share (as a mentor) and learn (as a mentee).
        joining: False where somebody changes their profile.
        decides_much: they decide across groups, and get a word of their own before they join (P11).
    """
    first = (
        voice.say("All of this may stay as it is. Send it, and you are in.")
        if joining
        else voice.say("Change what does not fit.")
    )
    parts = [blocks.section(first)]
    if joining and decides_much:
        parts.append(_for_those_who_decide(voice))
    parts += [_rating(voice, content, held, role, topic) for role, topic in topics]
    parts += [
        blocks.input_(
            voice.plain("Languages you can talk in"),
            blocks.multi_static_select(
                "intake.languages.v1", languages(voice.locale), initial=held.get("languages", ())
            ),
            block_id="languages",
            optional=True,
            dispatch_action=joining or None,
        ),
        _clock(
            voice,
            "work_start",
            voice.plain("Your day starts ({zone})", zone=voice.zone_name()),
            held,
            joining,
        ),
        _clock(
            voice, "work_end", voice.plain("Your day ends ({zone})", zone=voice.zone_name()), held, joining
        ),
        blocks.input_(
            voice.plain("Days you work"),
            blocks.checkboxes(
                "intake.work_days.v1",
                [blocks.option(voice.plain(name), str(day)) for day, name in enumerate(WEEKDAYS)],
                initial=held.get("work_days", ()),
            ),
            block_id="work_days",
            optional=True,
            dispatch_action=joining or None,
        ),
        blocks.input_(
            voice.plain("Country, for public holidays"),
            blocks.static_select(
                "intake.country.v1", option_groups=countries(voice.locale), initial=_one(held, "country")
            ),
            block_id="country",
            optional=True,
            dispatch_action=joining or None,
        ),
        blocks.input_(
            voice.plain("A page where people book time with you"),
            blocks.url_input("intake.booking_link.v1", initial_value=_one(held, "booking_link")),
            block_id="booking_link",
            optional=True,
        ),
        blocks.input_(
            voice.plain("Who books for you?"),
            blocks.users_select("intake.booker.v1", initial_user=_one(held, "booker")),
            block_id="booker",
            optional=True,
            dispatch_action=joining or None,
            hint=voice.plain("I do not write to them. Your partner sees the name."),
        ),
    ]
    return blocks.modal(
        voice.plain("Join the program") if joining else voice.plain("Hours, contact"),
        parts,
        callback_id="join.more.v1" if joining else "profile.more.v1",
        submit=voice.plain("Join") if joining else voice.plain("Save"),
        close=voice.plain("Not now") if joining else voice.plain("Close"),
        private_metadata=f"program:{program.id}",
    )


def _for_those_who_decide(voice: Voice) -> Block:
    """What it asks of people with little time, said before they join; closing the form tells nobody. Source: P11."""
    return blocks.section(
        lines(
            voice.say("*What it asks of you*"),
            voice.say("• Bring one real task of your own; doing it yourself teaches more than watching."),
            voice.say("• Listen first. In return, tell how a decision came about."),
            voice.say("• You guard the date. Somebody else may book it: choose them at the end."),
            voice.say("If this is not the moment, close the form. Nobody hears of it."),
        )
    )


def rating_field(role: Role, topic_id: str) -> str:
    """The field of a rating: the side as a role, and the topic."""
    return f"{RATING}{role}.{topic_id}"


def _rating(
    voice: Voice, content: Content, held: Mapping[str, Sequence[str]], role: Role, topic_id: str
) -> Block:
    name = rating_field(role, topic_id)
    topic = topic_name(content, topic_id)
    label = (
        voice.plain("You share “{topic}”: where do you stand?", topic=topic)
        if role is Role.MENTOR
        else voice.plain("You learn “{topic}”: where do you stand?", topic=topic)
    )
    return blocks.input_(
        clip(label, 150),
        blocks.static_select(
            "intake.rating.v1",
            [
                blocks.option(
                    voice.plain("{value} {name}", value=step.value, name=step.name),
                    str(step.value),
                    description=step.anchor,
                )
                for step in content.ratings
            ],
            initial=_one(held, name),
        ),
        block_id=name,
        optional=True,
    )


def _clock(voice: Voice, name: str, label: str, held: Mapping[str, Sequence[str]], joining: bool) -> Block:
    return blocks.input_(
        label,
        blocks.timepicker(f"intake.{name}.v1", initial_time=_one(held, name), timezone=voice.timezone),
        block_id=name,
        dispatch_action=joining or None,
    )


def _one(held: Mapping[str, Sequence[str]], name: str) -> str | None:
    values = held.get(name) or ()
    return values[0] if values else None


# -- the profile


def profile_view(
    voice: Voice,
    content: Content,
    program: ProgramCard,
    *,
    shares: Sequence[str],
    learns: Sequence[str],
    offer: Offer | None,
    saved: bool = False,
) -> View:
    """One's own profile: what a partner sees of it, and the way to each part."""
    none = voice.plain("nothing yet")
    about = [
        voice.say("*You share:* {topics}", topics=_named(voice, content, shares) or none),
        voice.say("*You want to learn:* {topics}", topics=_named(voice, content, learns) or none),
    ]
    if offer is not None:
        about.append(voice.say("*Your role:* {role}", role=offer_name(voice, offer)))
    parts: list[Block] = []
    if saved:
        parts.append(blocks.section(voice.say("*Saved.*")))
    value = f"program:{program.id}"
    parts += [
        blocks.section(lines(*about)),
        blocks.actions(
            blocks.button(voice.plain("Change topics and work"), "profile.about.v1", value=value),
            blocks.button(voice.plain("Change hours and contact"), "profile.more.v1", value=value),
            blocks.button(voice.plain("Change wishes and limits"), "profile.wishes.v1", value=value),
            block_id="profile",
        ),
        blocks.context(
            voice.say("A change counts from the next round on. Pairs and proposals that stand are kept.")
        ),
    ]
    return blocks.modal(
        voice.plain("My profile"), parts, close=voice.plain("Close"), callback_id="profile.v1"
    )


def _named(voice: Voice, content: Content, topics: Sequence[str]) -> str:
    return voice.listed([topic_name(content, topic) for topic in topics]) if topics else ""


def offer_name(voice: Voice, offer: Offer) -> str:
    match offer:
        case Offer.MENTOR:
            return voice.plain("{mentor_noun}: you share")
        case Offer.MENTEE:
            return voice.plain("{mentee_noun}: you learn")
        case _:
            return voice.plain("both, in different pairs")


def wishes_view(
    voice: Voice,
    content: Content,
    program: ProgramCard,
    held: Mapping[str, Sequence[str]],
    *,
    offers: Sequence[Offer],
    hidden: Collection[str],
) -> View:
    """Role, number of pairs, goals, interests, ways of working, and the two private lists."""
    pairs = [
        blocks.option(voice.plain_plural("{n} pair", "{n} pairs", n), str(n)) for n in range(1, MAX_PAIRS + 1)
    ]
    hours = [blocks.option(voice.plain_plural("{n} hour", "{n} hours", n), str(n)) for n in HOURS_A_MONTH]
    return blocks.modal(
        voice.plain("Wishes, limits"),
        [
            blocks.input_(
                voice.plain("Your role"),
                blocks.radio_buttons(
                    "offer",
                    [blocks.option(offer_name(voice, offer), offer.value) for offer in offers],
                    initial=_one(held, "offer"),
                ),
                block_id="offer",
            ),
            blocks.input_(
                voice.plain("Pairs at the same time"),
                blocks.radio_buttons("pairs", pairs, initial=_one(held, "pairs")),
                block_id="pairs",
            ),
            _several(voice.plain("Goals"), "goals", GOALS, held, voice),
            _several(voice.plain("Interests"), "interests", INTERESTS, held, voice),
            _single(
                voice.plain("How do you like to work?"),
                "work_style",
                [
                    blocks.option(voice.plain(text), str(value))
                    for value, text in enumerate(WORK_STYLES, start=1)
                ],
                held,
            ),
            _single(voice.plain("Hours a month you can give"), "hours_a_month", hours, held),
            blocks.input_(
                voice.plain("People you would rather not be paired with"),
                blocks.multi_users_select("do_not_pair", initial_users=held.get("do_not_pair", ())),
                block_id="do_not_pair",
                optional=True,
                hint=voice.plain("Kept encrypted. No person sees it, only the matching."),
            ),
            blocks.input_(
                voice.plain("Topics you would rather not talk about"),
                blocks.multi_static_select(
                    "off_limits",
                    option_groups=topic_groups(content, hints=False, hidden=hidden),
                    initial=held.get("off_limits", ()),
                ),
                block_id="off_limits",
                optional=True,
                hint=voice.plain("Kept encrypted. No person sees it, only the matching."),
            ),
        ],
        callback_id="profile.wishes.v1",
        submit=voice.plain("Save"),
        close=voice.plain("Close"),
        private_metadata=f"program:{program.id}",
    )


def _several(
    label: str, name: str, choices: Mapping[str, str], held: Mapping[str, Sequence[str]], voice: Voice
) -> Block:
    return blocks.input_(
        label,
        blocks.multi_static_select(
            name,
            [blocks.option(voice.plain(text), value) for value, text in choices.items()],
            initial=held.get(name, ()),
            max_selected_items=3,
        ),
        block_id=name,
        optional=True,
    )


def _single(label: str, name: str, options: Sequence[Block], held: Mapping[str, Sequence[str]]) -> Block:
    return blocks.input_(
        label, blocks.static_select(name, options, initial=_one(held, name)), block_id=name, optional=True
    )
