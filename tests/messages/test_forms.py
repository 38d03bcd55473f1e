"""The forms of set-up, roles, settings, intake and profile: valid in every language at their fullest, well worded."""

from __future__ import annotations

import ast
import json
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from mentoring.errors import Fault
from mentoring.facts import HomeFacts, Invitation, ProgramCard, Reader, RoleOffer, SetupDesk
from mentoring.participants import (
    IntakeFault,
    JoinRefusal,
    NamedRole,
    NamedRoleState,
    NamingRefusal,
    Offer,
    ParticipantState,
    Role,
)
from mentoring.program import SETTINGS, ProgramSettings, ProgramState, SettingGroup
from mentoring.setup import ChannelState, Charter, DateFault, Figure, ListFault, Measure, Need, Size
from messages import intake, roles, settings, setup
from messages.content import load_content
from messages.home import render_home
from messages.places import countries, language_of, languages
from messages.validator import check_message, check_view, json_size
from messages.voice import Voice
from messages.voices import Voices

NOW = datetime(2026, 9, 7, tzinfo=UTC)
LOCALES = ("en-GB", "de-DE", "ja", "zh-CN", "ko", "ar", "qps", "qps-short")
NAME = "N" * setup.LONGEST_NAME
PROGRAM = ProgramCard(
    id="p" * 16,
    name=NAME,
    goal="<!channel> & goal " * 20,
    settings=ProgramSettings(),
    timezone="Europe/Berlin",
    channel_id="C0123456789",
    signup_closes_on=date(2026, 12, 24),
    starts_on=date(2027, 1, 4),
    departments=tuple(f"{number} {'D' * 70}" for number in range(98)),
)
NAMED = tuple(
    Invitation(f"{role}{state}", role, state, "Ada <b> Berg", "U0123456789")
    for role in NamedRole
    for state in (NamedRoleState.NAMED, NamedRoleState.ACCEPTED)
)
CONTENT = load_content()
TOPICS = [topic.id for topic in CONTENT.topics]
REFERENCE = "program:" + "p" * 16


def desk(state=ProgramState.DRAFT, channel=ChannelState.NOT_IN, missing=tuple(Need)) -> SetupDesk:
    return SetupDesk(
        program_id="p" * 16,
        state=state,
        charter=Charter(),
        missing=missing,
        channel=channel,
        named=NAMED,
        signed_up=10_000,
        home_link="slack://app?team=T0123456789&id=A0123456789&tab=home",
    )


def views(locale: str) -> dict[str, dict]:
    """Every form at its fullest."""
    voice = Voice(locale=locale, timezone="America/Argentina/ComodRivadavia")
    content = load_content(locale)
    rated = [(Role.MENTOR, topic) for topic in TOPICS[:10]] + [
        (Role.MENTEE, topic) for topic in TOPICS[10:20]
    ]
    held = {
        "name": (NAME,), "goal": ("g" * setup.LONGEST_GOAL,), "direction": ("peer",), "channel": ("C0123456789",),
        "signup_closes_on": ("2026-12-24",), "starts_on": ("2027-01-04",), "skills": ("s" * 300,),
        "measures": tuple(Measure), "size": ("large",), "later": ("later",), "secondary": ("x" * 900,),
        "departments": ("D" * 3000,), "hidden_topics": tuple(TOPICS), "concern_contact": ("U1",),
        "share": tuple(TOPICS[:5]), "learn": tuple(TOPICS[5:8]), "level": ("5",), "department": ("other",),
        "manager": ("U1",), "agree": ("agreed",), "languages": ("en", "de"), "work_start": ("09:00",),
        "work_end": ("17:00",), "work_days": tuple("0123456"), "country": ("GB",), "booker": ("U1",),
        "offer": ("both",), "pairs": ("3",), "goals": tuple(intake.GOALS)[:3], "off_limits": tuple(TOPICS),
        "do_not_pair": ("U1", "U2"),
    }  # fmt: skip
    made = {
        "basics": setup.basics_view(voice, held, reference=REFERENCE),
        "charter": setup.charter_view(voice, held, minimum_group=5, reference=REFERENCE),
        "lists": setup.lists_view(voice, content, held, reference=REFERENCE),
        "done": setup.done_view(voice, desk(), PROGRAM, saved=True),
        "roles": roles.roles_view(voice, desk(), PROGRAM),
        "text": roles.text_view(voice, NAMED[0], desk(), PROGRAM),
        "menu": settings.menu_view(voice, reference=REFERENCE, saved=SettingGroup.WORDS),
        "join": intake.about_view(voice, content, PROGRAM, held, hidden=(), joining=True),
        "join_more": intake.more_view(
            voice, content, PROGRAM, held, topics=rated, joining=True, decides_much=True
        ),
        "profile": intake.profile_view(
            voice, content, PROGRAM, shares=TOPICS[:10], learns=TOPICS[10:20], offer=Offer.BOTH, saved=True
        ),
        "about": intake.about_view(voice, content, PROGRAM, held, hidden=TOPICS[:5], joining=False),
        "more": intake.more_view(voice, content, PROGRAM, {}, topics=rated, joining=False),
        "wishes": intake.wishes_view(voice, content, PROGRAM, held, offers=list(Offer), hidden=()),
    }
    for group in SettingGroup:
        made[f"settings_{group}"] = settings.page_view(voice, ProgramSettings(), group, reference=REFERENCE)
    return made


@pytest.mark.parametrize("locale", LOCALES)
def test_every_form_is_valid_at_its_fullest(locale):
    for name, view in views(locale).items():
        faults = check_view(view, "modal")
        assert not faults, (name, [str(fault) for fault in faults])
        assert json_size(view) < 120_000, name


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("state", ProgramState)
@pytest.mark.parametrize("channel", ChannelState)
def test_home_is_valid_for_a_coordinator_and_whoever_is_named(locale, state, channel):
    missing = tuple(need for need in Need if channel is not ChannelState.REACHED or need is not Need.CHANNEL)
    facts = HomeFacts(
        now=NOW,
        reader=Reader(locale, "Europe/Berlin", "person", "U1", "Ada"),
        program=PROGRAM,
        state=ParticipantState.ACTIVE,
        roles=tuple(NamedRole),
        role_offers=tuple(RoleOffer(f"holder{role}", role, "Bo & Lee") for role in NamedRole),
        setup=desk(state, channel, missing),
    )
    faults = check_view(render_home(facts, Voices()), "home")
    assert not faults, [str(fault) for fault in faults]


@pytest.mark.parametrize("locale", LOCALES)
def test_every_fault_and_answer_has_words(locale):
    voice = Voice(locale=locale)
    lines = [intake.fault(voice, fault) for fault in IntakeFault]
    lines += [setup.date_fault(voice, fault) for fault in DateFault]
    lines += [setup.departments_fault(voice, fault) for fault in ListFault]
    lines += [roles.refused(voice, refusal) for refusal in NamingRefusal]
    lines += [settings.fault_line(voice, Fault("trial_days", "trial_days must be 1 to 60, got 0"))]
    lines += [setup.possible_figures(voice, size, minimum) for size in Size for minimum in (3, 5, 50)]
    assert all(lines)
    messages = [intake.refusal(voice, why) for why in JoinRefusal]
    messages += [setup.not_yet(voice, desk(), PROGRAM), setup.opened(voice), setup.channel_checked(voice)]
    messages += [
        roles.answered(voice, role, accepted=accepted) for role in NamedRole for accepted in (True, False)
    ]
    messages += [roles.last_coordinator(voice), intake.nothing_kept(voice)]
    for message in messages:
        assert not check_message(message.payload())


def test_buttons_are_short_and_tell_themselves_apart():
    for name, view in views("en-GB").items():
        labels = [element["text"]["text"] for element in _elements(view) if element["type"] == "button"]
        assert all(len(label) <= 30 for label in labels), (name, labels)
        if name != "roles":  # there the line beside it names the person
            assert len(labels) == len(set(labels)), (name, labels)


def test_danger_asks_first_and_names_what_ends():
    for view in views("en-GB").values():
        for element in _elements(view):
            if element.get("style") == "danger":
                assert "role of" in element["confirm"]["title"]["text"]


def _elements(view):
    for block in view["blocks"]:
        yield from block.get("elements", ())
        yield from [block[key] for key in ("accessory", "element") if key in block]


def test_what_people_typed_is_shown_as_typed():
    text = json.dumps(render_home(_outsider(), Voices()))
    assert "<!channel>" not in text
    assert "&lt;!channel&gt;" in text


def _outsider() -> HomeFacts:
    reader = Reader("en-GB", "Europe/Berlin", "person", "U1", "Tom")
    return HomeFacts(now=NOW, reader=reader, program=PROGRAM)


def test_every_setting_stands_on_one_page():
    on_pages = [setting.name for group in SettingGroup for setting in settings.on_page(group)]
    assert sorted(on_pages) == sorted(SETTINGS)


def test_a_fault_between_fields_stands_on_the_page_that_was_sent():
    fault = Fault("trial_nudge_days", "trial_nudge_days must be below trial_days (7), got 7")
    assert settings.fault_field(fault, SettingGroup.CADENCE) == "trial_nudge_days"
    assert settings.fault_field(fault, SettingGroup.FIRST) == "trial_days"
    assert settings.fault_field(fault, SettingGroup.PEOPLE) == settings.on_page(SettingGroup.PEOPLE)[0].name
    assert settings.fault_line(Voice(), fault) == (
        "trial nudge days must be below trial days (7), got 7. Nothing was changed."
    )


def test_what_a_size_can_show_is_said_in_a_few_words():
    voice = Voice(locale="en-GB")
    assert (
        setup.possible_figures(voice, Size.LARGE, 5) == "Figures on everyone, roles, topics and departments"
    )
    assert setup.possible_figures(voice, Size.SMALL, 50) == "Too few people for any figure"
    assert set(setup.FIGURES) == set(Figure)


@pytest.mark.parametrize("locale", LOCALES)
def test_places_and_languages_fit_a_menu_in_every_script(locale):
    groups = countries(locale)
    assert len(groups) <= 100
    codes = [option["value"] for group in groups for option in group["options"]]
    assert len(codes) == len(set(codes)) > 200
    assert {"DE", "IN", "BR"} <= set(codes)
    assert len(languages(locale)) <= 100


def test_a_locale_names_a_language_on_offer():
    assert [language_of(locale) for locale in ("de-AT", "pt-BR", "xx", "en-US")] == ["de", "pt", "en", "en"]


FILES = ("setup.py", "roles.py", "settings.py", "intake.py")
BANNED = re.compile(r"!|\b(junior|senior|young|digital native|old)\b", re.IGNORECASE)


@pytest.mark.parametrize("name", FILES)
def test_sentences_are_short_plain_and_name_no_rank_or_age(name):
    source = (Path(setup.__file__).parent / name).read_text(encoding="utf-8")
    texts = [
        argument.value
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call)
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
        if getattr(call.func, "attr", getattr(call.func, "id", ""))
        in {"say", "plain", "plural", "plain_plural", "mark"}
    ]
    assert len(texts) > 5
    for text in texts:
        assert not BANNED.search(text), text
        for sentence in re.split(r"[.?:;]\s|\n", text):
            assert len(sentence.split()) <= 25, sentence
