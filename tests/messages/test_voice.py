"""How texts are made: filled, escaped, cut, translated, with dates in the reader's way."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from itertools import product
from zoneinfo import available_timezones

import pytest
from babel.localedata import locale_identifiers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from messages import voice as module
from messages.voice import (
    PSEUDO_LONG,
    PSEUDO_SHORT,
    Markup,
    Voice,
    WordingError,
    clean,
    clip,
    escape,
    lines,
    mark,
    translations,
    units,
)
from messages.words import Words

NINE = datetime(2026, 12, 8, 9, 0, tzinfo=UTC)
ENGLISH = Voice()
BERLIN = Voice("en-GB", "Europe/Berlin")

typed = st.text(st.characters(codec=None), max_size=60) | st.sampled_from(
    [
        "<!channel>",
        "<@U0123>",
        "<!date^1^{date}|x>",
        "<https://evil.example|Home>",
        "&lt;!here&gt;",
        "{partner_noun} {0} {x.__class__} %s %(a)s",
        "Robert'); DROP TABLE people;--",
        "\x00\u202eevil\u202c\u200b",
        "\ud800\udfff",
        "👩‍👩‍👧‍👦🏳️‍🌈👍🏽",
        "x" * 3001,
    ]
)


# -- what people typed


@given(typed)
def test_escaped_text_holds_no_token_and_nothing_unseen(text: str) -> None:
    escaped = escape(text)

    assert not set(escaped) & set("<>")
    assert re.sub(r"&(amp|lt|gt);", "", escaped).count("&") == 0
    assert not re.search(
        "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]",
        escaped,
    )
    escaped.encode()
    assert escape(escaped) is escaped


def test_escaping_is_slacks_and_nothing_else() -> None:
    assert escape('<!here> & "it\'s" *bold*') == '&lt;!here&gt; &amp; "it\'s" *bold*'
    assert escape("&lt;") == "&amp;lt;"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\x00b\x1bc\x7fd", "abcd"),
        ("ad\u200bmin \u202egnp\u202c", "admin gnp"),
        ("ad\u200dmin\u200c", "admin"),
        ("one\r\ntwo\rthree\u2028four\tfive", "one\ntwo\nthree\nfour five"),
        ("\ud83d lone", " lone"),
        ("soft\u00adhyphen\ufeff", "softhyphen"),
        ("\u0645\u06cc\u200c\u062e\u0648", "\u0645\u06cc\u200c\u062e\u0648"),
        ("👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"),
        ("José Ñandú 田中 O'Neil", "José Ñandú 田中 O'Neil"),
        ("tag\U000e0041\U000e007f", "tag"),
    ],
)
def test_cleaning_takes_what_cannot_be_seen_and_leaves_names(text: str, expected: str) -> None:
    assert clean(text) == expected


@given(typed, typed)
def test_value_stays_one_escaped_line_inside_the_sentence(name: str, topic: str) -> None:
    said = ENGLISH.say("Meet {partner} for {topic}.", partner=name, topic=topic)

    assert said.startswith("Meet ")
    assert said.endswith(".")
    assert "\n" not in said
    assert not set(said) & set("<>")


@given(typed)
def test_plain_text_is_cleaned_and_not_escaped(name: str) -> None:
    assert ENGLISH.plain("Meet {partner}", partner=name) == "Meet " + " ".join(clean(name).split("\n"))


def test_braces_in_a_value_are_no_placeholders() -> None:
    said = ENGLISH.say("{a} and {b}", a="{b}", b="{a} {command} {b.__class__}")

    assert said == "{b} and {a} {command} {b.__class__}"


def test_markup_goes_in_as_it_is() -> None:
    link = ENGLISH.link("https://example.org", "Home")

    assert ENGLISH.say("Open {link}", link=link) == "Open <https://example.org|Home>"
    assert ENGLISH.say("{whole}!", whole=ENGLISH.say("{x}", x="a & b")) == "a &amp; b!"


def test_markup_is_refused_where_it_would_be_shown_as_it_is() -> None:
    with pytest.raises(WordingError, match="takes no Markup"):
        ENGLISH.plain("Meet {partner}", partner=escape("Mara & Tom"))


def test_missing_value_and_empty_message_are_errors() -> None:
    with pytest.raises(WordingError, match=r"no value for \{partner\} in 'Meet \{partner\}'"):
        ENGLISH.say("Meet {partner}", topic="video")
    with pytest.raises(WordingError, match="must not be empty"):
        ENGLISH.say("")


def test_nouns_and_command_are_always_at_hand() -> None:
    voice = Voice(words=Words(partner_noun="buddy & friend", command="/upward"))

    assert voice.say("Your {partner_noun}: {command} help") == "Your buddy &amp; friend: /upward help"
    assert voice.plain("Your {partner_noun}") == "Your buddy & friend"
    assert voice.plain("Your {partner_noun}", partner_noun="Mara") == "Your Mara"


def test_lines_stand_one_under_another() -> None:
    assert lines("a & b", "", Markup("<@U01>")) == "a &amp; b\n<@U01>"
    assert isinstance(lines("a"), Markup)


# -- cutting


@given(typed, st.integers(0, 50))
def test_clipped_text_fits_and_is_a_beginning(text: str, limit: int) -> None:
    clipped = clip(text, limit)

    assert units(clipped) <= limit
    assert clipped == text or text.startswith(clipped.removesuffix("…"))


@given(typed, st.integers(1, 60))
def test_clipped_markup_holds_whole_entities_and_tokens(text: str, limit: int) -> None:
    clipped = clip(ENGLISH.say("{x} <@U0123456> {x}", x=text), limit)

    assert units(clipped) <= limit
    assert isinstance(clipped, Markup)
    assert "&" not in re.sub(r"&(amp|lt|gt);", "", clipped)
    assert not set(clipped.replace("<@U0123456>", "")) & set("<>")


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("short", 5, "short"),
        ("longer", 5, "long…"),
        ("two words", 5, "two…"),
        ("😀😀😀", 5, "😀😀…"),
        ("😀😀😀", 4, "😀…"),
        ("ne\u0301e\u0301x", 4, "ne\u0301…"),
        ("ab👍🏽c", 5, "ab…"),
        ("a👩‍👩‍👧b", 6, "a…"),
        ("a👩‍👩‍👧bc", 10, "a👩‍👩‍👧…"),
        ("a🇩🇪🇫🇷", 6, "a🇩🇪…"),
        ("a🇩🇪🇫🇷", 5, "a…"),
        ("abc", 1, "…"),
        ("abc", 0, ""),
    ],
)
def test_clip_parts_nothing_that_belongs_together(text: str, limit: int, expected: str) -> None:
    assert clip(text, limit) == expected


# -- numbers, lists, plurals


@pytest.mark.parametrize(
    ("n", "expected"), [(0, "0 pairs"), (1, "1 pair"), (2, "2 pairs"), (10834, "10,834 pairs")]
)
def test_plural_follows_the_number(n: int, expected: str) -> None:
    assert ENGLISH.plural("{n} pair", "{n} pairs", n) == expected
    assert ENGLISH.plain_plural("{n} pair", "{n} pairs", n) == expected


def test_plural_escapes_its_values() -> None:
    assert (
        ENGLISH.plural("{n} card for {who}", "{n} cards for {who}", 2, who="<A>") == "2 cards for &lt;A&gt;"
    )
    assert ENGLISH.plain_plural("{n} for {who}", "{n} for {who}", 2, who="<A>") == "2 for <A>"


def test_numbers_are_written_as_the_locale_has_them() -> None:
    assert Voice("de").plain("{share}", share=1234.5) == "1.234,5"
    assert ENGLISH.plain("{share}", share=1234.5) == "1,234.5"


def test_lists_are_joined_by_the_language() -> None:
    assert BERLIN.listed(["a", "b", "c"]) == "a, b and c"
    assert Voice("de").any_of(["a", "b"]) == "a oder b"
    assert BERLIN.say("{who}", who=BERLIN.listed(["<a>", "b"])) == "&lt;a&gt; and b"
    assert (
        BERLIN.say("{who}", who=BERLIN.listed([BERLIN.mention("U01"), BERLIN.mention("U02")]))
        == "<@U01> and <@U02>"
    )
    assert BERLIN.listed([]) == ""


# -- days and times


@pytest.mark.parametrize(
    ("locale", "day", "moment"),
    [
        ("en-GB", "Friday 4 December", "Tuesday 8 December, 10:00 (Berlin time)"),
        ("en-US", "Friday, December 4", "Tuesday, December 8, 10:00 AM (Berlin time)"),
        ("de-DE", "Freitag, 4. Dezember", "Dienstag, 8. Dezember, 10:00 (Berlin time)"),
        ("fr-FR", "vendredi 4 décembre", "mardi 8 décembre, 10:00 (Berlin time)"),
        ("es-ES", "viernes, 4 de diciembre", "martes, 8 de diciembre, 10:00 (Berlín time)"),
        ("ja-JP", "12月4日(金曜日)", "12月8日(火曜日), 10:00 (ベルリン time)"),
        ("pl", "piątek, 4 grudnia", "wtorek, 8 grudnia, 10:00 (Berlin time)"),
    ],
)
def test_day_and_moment_are_in_words_and_in_the_readers_clock(locale: str, day: str, moment: str) -> None:
    voice = Voice(locale, "Europe/Berlin")

    assert voice.day(date(2026, 12, 4)) == day
    assert voice.moment(NINE) == moment


def test_zone_and_year_are_named_when_asked() -> None:
    assert BERLIN.time(NINE) == "10:00"
    assert BERLIN.time(NINE, zone=True) == "10:00 (Berlin time)"
    assert BERLIN.moment(NINE, zone=False) == "Tuesday 8 December, 10:00"
    assert BERLIN.day(date(2026, 12, 4), year=True) == "Friday, 4 December 2026"
    assert (
        BERLIN.span(NINE, NINE + timedelta(minutes=50)) == "Tuesday 8 December, 10:00 to 10:50 (Berlin time)"
    )


def test_date_is_that_of_the_readers_zone() -> None:
    late = datetime(2026, 12, 8, 23, 30, tzinfo=UTC)

    assert BERLIN.local_day(late) == "Wednesday 9 December"
    assert Voice("en-GB", "America/New_York").moment(late) == "Tuesday 8 December, 18:30 (New York time)"


@pytest.mark.parametrize(
    ("timezone", "name"),
    [
        ("UTC", "UTC"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires time"),
        ("Asia/Calcutta", "Kolkata time"),
        ("Etc/GMT+5", "GMT-05:00"),
        ("CET", "GMT+01:00"),
    ],
)
def test_zone_is_named_by_its_city(timezone: str, name: str) -> None:
    assert Voice("en", timezone).zone_name() == name


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(0, "0 minutes"), (1, "1 minute"), (25, "25 minutes"), (60, "1 hour"), (90, "1 hour and 30 minutes")],
)
def test_duration_is_in_words(minutes: int, expected: str) -> None:
    assert ENGLISH.duration(minutes) == expected


def test_duration_falls_back_to_the_short_form_where_a_locale_has_no_long_one() -> None:
    assert Voice("ja").duration(25) == "25 分"


def test_naive_moments_and_instants_for_days_are_refused() -> None:
    with pytest.raises(WordingError, match="must be aware"):
        BERLIN.moment(NINE.replace(tzinfo=None))
    with pytest.raises(WordingError, match="wants a local date"):
        BERLIN.day(NINE)


def test_every_locale_of_the_data_can_say_when() -> None:
    for locale in locale_identifiers():
        voice = Voice(locale, "Europe/Berlin")
        said = (
            voice.moment(NINE),
            voice.duration(90),
            voice.number(1234.5),
            voice.listed("abcd"),
            voice.any_of("abcd"),
        )
        assert all(said), locale


def test_every_zone_has_a_name_without_codes() -> None:
    names = {name: Voice("en", name).zone_name() for name in available_timezones() - {"localtime"}}

    assert {zone: name for zone, name in names.items() if re.search(r"[/_]|nknown", name)} == {}


# -- Slack tokens


def test_date_token_carries_a_moment_as_its_fallback() -> None:
    assert BERLIN.date_token(NINE) == (
        "<!date^1796720400^{date_long_pretty} at {time}|Tuesday 8 December, 10:00 (Berlin time)>"
    )
    assert BERLIN.date_token(NINE, "{date_num}").startswith("<!date^1796720400^{date_num}|")


@given(typed)
def test_label_of_a_link_cannot_leave_it(label: str) -> None:
    link = ENGLISH.link("https://example.org/a?b=1&c=<d>|e f", label)

    assert link.startswith("<https://example.org/a?b=1&amp;c=%3Cd%3E%7Ce%20f|")
    assert (link.count("<"), link.count(">"), link.count("|"), link.count("\n")) == (1, 1, 1, 0)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "example.org", "", "data:text/html,x", "java\nscript:x", "!here"]
)
def test_link_without_a_known_scheme_is_refused(url: str) -> None:
    with pytest.raises(WordingError, match="a link must start with"):
        ENGLISH.link(url, "Home")


def test_mentions_take_ids_only() -> None:
    assert ENGLISH.mention("U0123ABC") == "<@U0123ABC>"
    assert ENGLISH.channel("C0123ABC") == "<#C0123ABC>"
    for wrong in ("", "here", "U1> <!channel", "!channel"):
        with pytest.raises(WordingError, match="capital letters and digits"):
            ENGLISH.mention(wrong)


# -- languages


SAMPLES = [
    "Meet {partner}",
    "Leave the {program_noun}",
    "*{a}* and {b}: <https://example.org/x|see> &amp; type /mentoring help\nor not",
    "Yes",
    "A",
    "{only}",
]


@pytest.mark.parametrize("message", SAMPLES)
def test_pseudo_languages_keep_what_is_no_text(message: str) -> None:
    kept = re.compile(r"\{[a-z_]+\}|<[^>]*>|&amp;|/mentoring|\n|\*")

    for locale in (PSEUDO_LONG, PSEUDO_SHORT):
        assert kept.findall(translations(locale).gettext(message)) == kept.findall(message)


@given(st.text("abcdefghijklmnopqrstuvwxyz ", min_size=1, max_size=80).map(str.strip).filter(bool))
def test_long_pseudo_language_is_half_as_long_again(message: str) -> None:
    assert len(translations(PSEUDO_LONG).gettext(message)) == len(message) + -(-len(message) // 2)


def test_short_pseudo_language_is_about_half_as_long() -> None:
    message = "Everything that people read comes from here and nothing else"

    assert 0.4 <= len(translations(PSEUDO_SHORT).gettext(message)) / len(message) <= 0.6


def test_pseudo_language_reaches_nouns_left_as_they_are_but_not_a_companys_own() -> None:
    voice = Voice(PSEUDO_LONG, words=Words(mentor_noun="guide"))

    said = voice.plain("{partner_noun} {mentor_noun} {command}")

    assert "guide" in said
    assert "/mentoring" in said
    assert "learning" not in said
    assert "léárñíñg" in said


def test_plural_of_a_pseudo_language_follows_the_number() -> None:
    assert Voice(PSEUDO_SHORT).plural("{n} person", "{n} colleagues", 1) == "1 pér"
    assert Voice(PSEUDO_SHORT).plural("{n} person", "{n} colleagues", 5) == "5 çóllé"


CATALOGUE = """
msgid ""
msgstr "Language: {locale}\\nPlural-Forms: {plural}\\nContent-Type: text/plain; charset=utf-8\\n"

msgid "Meet {{partner}}"
msgstr "{meet}"

msgid "learning partner"
msgstr "{noun}"

msgid "{{n}} pair"
msgid_plural "{{n}} pairs"
{forms}
"""


@pytest.fixture
def catalogues(tmp_path, monkeypatch):
    """Catalogues with two forms (de), three (pl) and one (ja), and a region of its own (de_AT)."""
    plurals = {
        "de": ("nplurals=2; plural=(n != 1);", ["{n} Paar", "{n} Paare"]),
        "de_AT": ("nplurals=2; plural=(n != 1);", ["{n} Paar", "{n} Paare"]),
        "ja": ("nplurals=1; plural=0;", ["{n}組"]),
        "pl": (
            "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);",
            ["{n} para", "{n} pary", "{n} par"],
        ),
    }
    meets = {
        "de": "Lernen Sie {partner} kennen",
        "de_AT": "Servus, {partner}",
        "ja": "{partner}さん",
        "pl": "Oto {partner}",
    }
    for locale, (plural, forms) in plurals.items():
        text = CATALOGUE.format(
            locale=locale,
            plural=plural,
            meet=meets[locale],
            noun=f"Partner ({locale})",
            forms="\n".join(f'msgstr[{at}] "{form}"' for at, form in enumerate(forms)),
        )
        folder = tmp_path / locale / "LC_MESSAGES"
        folder.mkdir(parents=True)
        source = tmp_path / f"{locale}.po"
        source.write_text(text, encoding="utf-8")
        with source.open("rb") as po, (folder / "messages.mo").open("wb") as mo:
            write_mo(mo, read_po(po, locale=locale))
    monkeypatch.setattr(module, "CATALOGUES", tmp_path)
    translations.cache_clear()
    yield
    translations.cache_clear()


@pytest.mark.usefixtures("catalogues")
@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("de-AT", "Servus, Mara"),
        ("de_CH", "Lernen Sie Mara kennen"),
        ("de", "Lernen Sie Mara kennen"),
        ("fr-FR", "Meet Mara"),
        ("en-US", "Meet Mara"),
    ],
)
def test_text_falls_back_from_region_to_language_to_english(locale: str, said: str) -> None:
    assert Voice(locale).say("Meet {partner}", partner="Mara") == said


@pytest.mark.usefixtures("catalogues")
@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("de", ["1 Paar", "2 Paare", "5 Paare"]),
        ("pl", ["1 para", "2 pary", "5 par"]),
        ("ja", ["1組", "2組", "5組"]),
        ("en", ["1 pair", "2 pairs", "5 pairs"]),
    ],
)
def test_plural_takes_the_form_of_the_language(locale: str, expected: list[str]) -> None:
    assert [Voice(locale).plural("{n} pair", "{n} pairs", n) for n in (1, 2, 5)] == expected


@pytest.mark.usefixtures("catalogues")
def test_nouns_left_as_they_are_come_in_the_readers_language() -> None:
    assert Voice("de").plain("{partner_noun}") == "Partner (de)"
    assert Voice("de", words=Words(partner_noun="Tandem")).plain("{partner_noun}") == "Tandem"


def test_marked_text_is_the_text_itself() -> None:
    assert mark("Meet {partner}") == "Meet {partner}"


def test_same_facts_give_the_same_text() -> None:
    for locale, timezone in product(("en", "de-DE", PSEUDO_LONG), ("UTC", "Asia/Tokyo")):
        assert Voice(locale, timezone).moment(NINE) == Voice(locale, timezone).moment(NINE)
