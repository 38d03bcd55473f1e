"""How every text is made: translated, filled, escaped, with dates, times and numbers in the reader's way.

What the texts say stands in the file of each feature; here is only the voice that says it.
"""

from __future__ import annotations

import gettext
import math
import re
import unicodedata
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, get_timezone_gmt, get_timezone_location
from babel.lists import format_list
from babel.numbers import format_decimal
from babel.units import format_unit

from messages.errors import MessagesError
from messages.words import DEFAULT_WORDS, Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

CATALOGUES = Path(__file__).parent / "locale"
DOMAIN = "messages"
PSEUDO_LONG = "qps"
PSEUDO_SHORT = "qps-short"

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_SLACK_ID = re.compile(r"[A-Z][A-Z0-9]{1,30}")
_LINK_SCHEMES = ("https://", "http://", "mailto:", "slack://")
_OTHER_BREAKS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
# Joiners shape Persian, Indic scripts and emoji, so they stay between two letters outside ASCII and go elsewhere,
# where they only make two different names look the same.
_IDLE_JOINER = re.compile("(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])")
_WHOLE = re.compile(r"&(?:amp|lt|gt);|<[^<>\n]*>|.", re.DOTALL)


class WordingError(MessagesError):
    """A text that cannot be made: a placeholder without a value, a link or id that is none, an empty message."""


class Markup(str):
    """Text that is safe as Slack mrkdwn: values in it are escaped already, tokens in it are ours.

    Everything else that meets `say` is taken for what a person typed and is escaped. Adding strings to a Markup
    gives a plain `str`; put texts together with `say` or `lines`.
    """

    __slots__ = ()


Value = str | int | float


def clean(text: str) -> str:
    """A text without what cannot be seen: control, direction and zero-width characters, NUL, lone surrogates.

    Line breaks of every kind become a plain newline, a tab becomes a space.
    """
    text = _OTHER_BREAKS.sub("\n", text).replace("\t", " ")
    kept = (
        character
        for character in text
        if character == "\n"
        or character in "\u200c\u200d"
        or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Cn"}
    )
    return _IDLE_JOINER.sub("", "".join(kept))


def escape(text: str) -> Markup:
    """What a person typed, safe as mrkdwn: cleaned, and `&`, `<`, `>` escaped. A Markup stays as it is.

    Source: Slack, "Formatting text for app surfaces": exactly these three, in this order.
    """
    if isinstance(text, Markup):
        return text
    return Markup(clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def units(text: str) -> int:
    """Length in UTF-16 units: how Slack counts is not documented, and this is the larger of the two counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clip(text: str, limit: int) -> str:
    """The text, cut to at most `limit` UTF-16 units with an ellipsis as the last if something had to go.

    No character is split, no accent parted from its letter, and in a Markup no entity or token cut open.
    """
    if units(text) <= limit:
        return text
    kept: list[str] = []
    room = limit - 1
    for piece in _whole(_WHOLE.findall(text) if isinstance(text, Markup) else text):
        room -= units(piece)
        if room < 0:
            break
        kept.append(piece)
    while kept and kept[-1].isspace():
        kept.pop()
    cut = "".join(kept) + ("…" if limit > 0 else "")
    return Markup(cut) if isinstance(text, Markup) else cut


def _whole(pieces: Iterable[str]) -> list[str]:
    """Characters with what changes them: accents, variation selectors, skin tones, joined emoji, flags."""
    whole: list[str] = []
    for piece in pieces:
        before = whole[-1] if whole else ""
        if before and len(piece) == 1 and _belongs_to(before, piece):
            whole[-1] += piece
        else:
            whole.append(piece)
    return whole


def _belongs_to(before: str, character: str) -> bool:
    if _is_flag_half(character):
        return len(before) == 1 and _is_flag_half(before)
    return before.endswith("\u200d") or _changes_what_is_before(character)


def _changes_what_is_before(character: str) -> bool:
    if unicodedata.category(character) in {"Mn", "Me", "Mc"} or character == "\u200d":
        return True
    return "\U0001f3fb" <= character <= "\U0001f3ff"


def _is_flag_half(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def lines(*parts: str) -> Markup:
    """Texts one under another, each escaped unless it is a Markup; an empty text leaves no line."""
    return Markup("\n".join(escape(part) for part in parts if part))


class _Pseudo(gettext.NullTranslations):
    """A language made up at run time: shows what is not translated, and what breaks when texts grow or shrink."""

    def __init__(self, change: Callable[[str], str]) -> None:
        super().__init__()
        self._change = change

    def gettext(self, message: str) -> str:
        return self._change(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self._change(msgid1 if n == 1 else msgid2)


_ACCENTS = str.maketrans(
    "aceinosuyzACEINOSUYZ",
    "áçéíñóšúýžÁÇÉÍÑÓŠÚÝŽ",
)
# Kept by a pseudo-language: placeholders, Slack tokens and entities, command words, addresses, line breaks.
_KEPT = re.compile(r"(\{[a-z][a-z0-9_]*\}|<[^<>\n]*>|&(?:amp|lt|gt);|https?://\S+|/[a-z]+|\n)")


def _stretched(message: str) -> str:
    """Accented, and longer by half (rounded up), with the padding at the end where a cut shows."""
    parts = _KEPT.split(message)
    length = sum(len(part) for part in parts[::2])
    text = "".join(part if at % 2 else part.translate(_ACCENTS) for at, part in enumerate(parts))
    more = math.ceil(length / 2)
    return text + (" " + "ôé " * more)[:more].rstrip().ljust(more, "ô") if more else text


def _shrunk(message: str) -> str:
    """Accented, and shorter by half: of each word the first half stays."""

    def half(word: re.Match[str]) -> str:
        return word[0][: max(1, len(word[0]) // 2)]

    parts = _KEPT.split(message)
    return "".join(
        part if at % 2 else re.sub(r"\w+", half, part).translate(_ACCENTS) for at, part in enumerate(parts)
    )


def _fallbacks(locale: str) -> list[str]:
    """Catalogue names from the nearest to the widest: `de_AT`, `de`."""
    parts = locale.replace("-", "_").split("_")
    return ["_".join(parts[:length]) for length in range(len(parts), 0, -1)]


@lru_cache(maxsize=64)
def translations(locale: str) -> gettext.NullTranslations:
    """The catalogue of a locale: region, then language, then English, the language the texts are written in.

    `qps` and `qps-short` are pseudo-languages computed from the English: longer and shorter by half.
    """
    if locale == PSEUDO_LONG:
        return _Pseudo(_stretched)
    if locale == PSEUDO_SHORT:
        return _Pseudo(_shrunk)
    return gettext.translation(DOMAIN, CATALOGUES, _fallbacks(locale), fallback=True)


@lru_cache(maxsize=64)
def babel_locale(locale: str) -> Locale:
    """How a locale writes dates and numbers; its language, then English, where the region is not known."""
    for name in _fallbacks(locale):
        try:
            return Locale.parse(name)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


@lru_cache(maxsize=64)
def _day_pattern(locale: Locale) -> str:
    """Weekday, day and month without the year, the first and the month in full, in the order of the locale."""
    skeletons = locale.datetime_skeletons
    known = next(name for name in ("MMMMEEEEd", "MMMMEd", "MMMEd") if name in skeletons)
    pattern = skeletons[known].pattern
    pieces = re.split(r"('[^']*')", pattern)
    pieces[::2] = [
        re.sub("L{3,}", "LLLL", re.sub("M{3,}", "MMMM", re.sub("E+|c{3,}", "EEEE", piece)))
        for piece in pieces[::2]
    ]
    return "".join(pieces)


@dataclass(frozen=True)
class Voice:
    """One reader's voice: their language, their zone, their company's nouns.

    Texts are written in English where they are used, with named placeholders, as whole sentences:
    `voice.say("Meet {partner}", partner=name)`. Values are taken for what a person typed, so `say` escapes them
    and keeps them on one line; a Markup (what `say`, `link`, `mention`, `date_token` return) goes in as it is.
    """

    locale: str = "en"
    timezone: str = "UTC"
    words: Words = field(default=DEFAULT_WORDS)

    # -- sentences

    def say(self, message: str, /, **values: Value) -> Markup:
        """A text in the reader's language as mrkdwn; the words' placeholders are always at hand.

        Raises:
            WordingError: if a placeholder has no value or the message is empty.
        """
        return Markup(self._fill(self._translate(message), values, self._escaped))

    def plain(self, message: str, /, **values: Value) -> str:
        """The same for a `plain_text` object, where nothing is escaped: buttons, titles, options, labels."""
        return self._fill(self._translate(message), values, self._unescaped)

    def plural(self, singular: str, plural: str, n: int, /, **values: Value) -> Markup:
        """The form that the language wants for `n`, as mrkdwn; `{n}` is at hand."""
        message = self._translate_plural(singular, plural, n)
        return Markup(self._fill(message, {"n": n, **values}, self._escaped))

    def plain_plural(self, singular: str, plural: str, n: int, /, **values: Value) -> str:
        """The same for a `plain_text` object."""
        message = self._translate_plural(singular, plural, n)
        return self._fill(message, {"n": n, **values}, self._unescaped)

    def listed(self, items: Iterable[str]) -> str:
        """`A, B and C`, as the language joins them; a Markup if all items are, so escape none or all."""
        parts = list(items)
        joined = format_list(parts, locale=self._babel)
        return Markup(joined) if parts and all(isinstance(part, Markup) for part in parts) else joined

    def any_of(self, items: Iterable[str]) -> str:
        """`A, B or C`."""
        parts = list(items)
        joined = format_list(parts, style="or", locale=self._babel)
        return Markup(joined) if parts and all(isinstance(part, Markup) for part in parts) else joined

    # -- days, times, numbers

    def day(self, day: date, *, year: bool = False) -> str:
        """A local date with weekday and month in words: `Friday 4 December`; never in digits alone."""
        if isinstance(day, datetime):
            raise WordingError(f"day wants a local date, got the instant {day.isoformat()}; use moment")
        return _spaces(format_date(day, "full" if year else _day_pattern(self._babel), locale=self._babel))

    def local_day(self, instant: datetime, *, year: bool = False) -> str:
        """The reader's date at an instant."""
        return self.day(self._local(instant).date(), year=year)

    def time(self, instant: datetime, *, zone: bool = False) -> str:
        """The reader's clock at an instant, in 12 or 24 hours as the locale has it; the zone when asked."""
        text = _spaces(
            format_datetime(
                self._local(instant), self._babel.time_formats["short"].pattern, locale=self._babel
            )
        )
        return self._in_zone(text) if zone else text

    def moment(self, instant: datetime, *, zone: bool = True) -> str:
        """Weekday, day, month, clock and zone: `Tuesday 8 December, 10:00 (Berlin time)`."""
        return self.plain("{day}, {time}", day=self.local_day(instant), time=self.time(instant, zone=zone))

    def span(self, start: datetime, end: datetime, *, zone: bool = True) -> str:
        """A moment with its end: `Tuesday 8 December, 10:00 to 10:50 (Berlin time)`."""
        return self.plain(
            "{day}, {start} to {end}",
            day=self.local_day(start),
            start=self.time(start),
            end=self.time(end, zone=zone),
        )

    def duration(self, minutes: int) -> str:
        """A number of minutes in words: `25 minutes`, `1 hour and 30 minutes`."""
        hours, rest = divmod(minutes, 60)
        parts = [self._unit(hours, "duration-hour")] if hours else []
        if rest or not hours:
            parts.append(self._unit(rest, "duration-minute"))
        return self.listed(parts)  # the style for units lacks patterns in some locales

    def number(self, number: float) -> str:
        """A number as the locale writes it."""
        return _spaces(format_decimal(number, locale=self._babel))

    def zone_name(self) -> str:
        """The reader's zone by its city, which more people know than its abbreviation."""
        if self.timezone in {"UTC", "Etc/UTC", "GMT", "Etc/GMT"}:
            return "UTC"
        if self.timezone.startswith("Etc/") or "/" not in self.timezone:
            return _spaces(get_timezone_gmt(datetime(2026, 1, 1, tzinfo=self._zone), locale=self._babel))
        return self.plain("{city} time", city=_city(self.timezone, self._babel))

    # -- Slack tokens

    def date_token(self, instant: datetime, form: str = "") -> Markup:
        """A date that Slack shows in the zone of the reader's device, with this voice's moment where it cannot.

        Only for mrkdwn; buttons, modal labels and notification texts take `moment`.

        Args:
            instant: the moment.
            form: Slack's own placeholders; else weekday or day, month and time.
        """
        _utc(instant)
        shown = form or translations(self.locale).gettext("{date_long_pretty} at {time}")
        fallback = re.sub(r"[|^]", " ", self.moment(instant))
        return Markup(f"<!date^{int(instant.timestamp())}^{shown}|{escape(fallback)}>")

    def link(self, url: str, label: str) -> Markup:
        """A link with a label, safe whatever either holds.

        Raises:
            WordingError: if the address is not http, https, mailto or slack.
        """
        url = clean(url).replace("\n", "").strip()
        if not url.lower().startswith(_LINK_SCHEMES):
            raise WordingError("a link must start with https, http, mailto or slack")
        for raw, quoted in (("&", "&amp;"), ("<", "%3C"), (">", "%3E"), ("|", "%7C"), (" ", "%20")):
            url = url.replace(raw, quoted)
        return Markup(f"<{url}|{escape(_one_line(label)).replace('|', '/')}>")

    def mention(self, slack_user_id: str) -> Markup:
        """A person, by the id Slack gave them; it notifies."""
        return Markup(f"<@{_slack_id(slack_user_id)}>")

    def channel(self, slack_channel_id: str) -> Markup:
        """A channel, by the id Slack gave it."""
        return Markup(f"<#{_slack_id(slack_channel_id)}>")

    # -- inside

    @property
    def _babel(self) -> Locale:
        return babel_locale(self.locale)

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def _local(self, instant: datetime) -> datetime:
        return _utc(instant).astimezone(self._zone)

    def _in_zone(self, time: str) -> str:
        return self.plain("{time} ({zone})", time=time, zone=self.zone_name())

    def _unit(self, n: int, unit: str) -> str:
        text = format_unit(n, unit, locale=self._babel)
        # Some locales have no long pattern in Babel's data; then it answers with the unit's id.
        return _spaces(format_unit(n, unit, length="short", locale=self._babel) if unit in text else text)

    def _translate(self, message: str) -> str:
        if not message:
            raise WordingError(
                "a message must not be empty"
            )  # gettext would answer with the catalogue's header
        return translations(self.locale).gettext(message)

    def _translate_plural(self, singular: str, plural: str, n: int) -> str:
        return translations(self.locale).ngettext(singular, plural, n)

    def _fill(self, message: str, values: dict[str, Value], written: Callable[[Value], str]) -> str:
        """Placeholders replaced once: braces inside a value stay what they are."""

        def value(found: re.Match[str]) -> str:
            name = found[1]
            if name in values:
                return written(values[name])
            noun = self._nouns().get(name)
            if noun is None:
                raise WordingError(f"no value for {{{name}}} in {message!r}")
            return written(noun)

        return _PLACEHOLDER.sub(value, message)

    def _nouns(self) -> dict[str, str]:
        """The words; those a company left as they are come in the reader's language."""
        nouns = asdict(self.words)
        catalogue = translations(self.locale)
        for name, default in asdict(DEFAULT_WORDS).items():
            if nouns[name] == default and name != "command":
                nouns[name] = catalogue.gettext(default)
        return nouns

    def _escaped(self, value: Value) -> str:
        if isinstance(value, Markup):
            return value
        return escape(self._unescaped(value))

    def _unescaped(self, value: Value) -> str:
        if isinstance(value, Markup):
            raise WordingError(
                "a plain text takes no Markup: its entities and tokens would be shown as they are"
            )
        if isinstance(value, str):
            return _one_line(value)
        return self.number(value)


def mark(message: str) -> str:
    """Mark a text that is translated later, by a `say` that gets it from a table."""
    return message


def _one_line(text: str) -> str:
    """A value never begins a line of its own, where it could pass for our words."""
    return " ".join(clean(text).split("\n"))


@lru_cache(maxsize=1024)
def _city(timezone: str, locale: Locale) -> str:
    # A few small locales lack the names Babel builds on; their readers get the English one.
    known = locale if "ZZ" in locale.territories else Locale("en")
    return get_timezone_location(ZoneInfo(timezone), locale=known, return_city=True).rsplit("/", 1)[-1]


def _spaces(text: str) -> str:
    """CLDR's narrow and no-break spaces as plain ones: some fonts show a box for them."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def _slack_id(identifier: str) -> str:
    if not _SLACK_ID.fullmatch(identifier):
        raise WordingError("a Slack id is capital letters and digits")
    return identifier


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise WordingError(f"an instant must be aware, got {instant.isoformat()}")
    return instant.astimezone(UTC)
