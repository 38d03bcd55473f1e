"""Slack's text formats put into HTML: mrkdwn, plain text, rich text and date tokens, read by one person in their zone.

Everything a workspace says passes through `markupsafe.escape` here; no other file of the page makes markup from text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time, format_timedelta
from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_ATOM = re.compile(
    r"```(?P<block>.+?)```"
    r"|`(?P<code>[^`\n]+)`"
    r"|<(?P<angle>[^<>\n]+)>"
    r"|(?P<bare>https?://[^\s<>`|]+[^\s<>`|.,;:!?)'\"])",
    re.DOTALL,
)
_STYLES = (
    (re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]*[^\s*])\*(?![\w*])"), "strong"),
    (re.compile(r"(?<![\w_])_(?=[^\s_])([^_\n]*[^\s_])_(?![\w_])"), "em"),
    (re.compile(r"(?<![\w~])~(?=[^\s~])([^~\n]*[^\s~])~(?![\w~])"), "s"),
)
_STAND_INS = re.compile(
    "[\ue000\ue001]"
)  # private-use marks that hold an atom's place while styles are found
_HELD = re.compile("\ue000(\\d+)\ue001")
_COLONS = re.compile(r":([a-z0-9_+-]+):")
_DATE_TOKEN = re.compile(r"\{([a-z_]+)\}")
_OPENABLE = ("http://", "https://", "mailto:")
_HALF_A_YEAR = timedelta(days=183)

EMOJI: Mapping[str, str] = {
    "+1": "👍", "-1": "👎", "arrow_right": "➡️", "bell": "🔔", "blush": "😊", "books": "📚", "bulb": "💡",
    "calendar": "📅", "chart_with_upwards_trend": "📈", "clap": "👏", "coffee": "☕", "email": "📧", "eyes": "👀",
    "handshake": "🤝", "heart": "❤️", "heavy_check_mark": "✔️", "hourglass": "⌛",
    "lock": "🔒", "mag": "🔍", "memo": "📝", "mega": "📣", "pushpin": "📌", "raised_hands": "🙌", "rocket": "🚀",
    "seedling": "🌱", "slightly_smiling_face": "🙂", "smile": "😄", "sparkles": "✨", "speech_balloon": "💬",
    "spiral_calendar_pad": "🗓️", "star": "⭐", "tada": "🎉", "thumbsup": "👍", "warning": "⚠️", "wave": "👋",
    "white_check_mark": "✅", "x": "❌",
}  # fmt: skip


def _no_link(url: str) -> str | None:  # noqa: ARG001 -- the default of a hook, which takes what the hook takes
    return None


@dataclass(frozen=True)
class Reader:
    """Who reads: zone and locale decide how moments look, the names decide what a mention says."""

    zone: str = "UTC"
    locale: str = "en-US"
    now: datetime = datetime(2000, 1, 1, tzinfo=UTC)
    people: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    deep_link: Callable[[str], str | None] = _no_link
    """Turns a `slack://` address into one of the page's own, or None where the page has nothing of the kind."""

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def language(self) -> Locale:
        """The reader's locale as Babel knows it; English where it does not."""
        try:
            return Locale.parse(self.locale.replace("-", "_"))
        except (UnknownLocaleError, ValueError):
            return Locale.parse("en_US")


def safe(html: str) -> Markup:
    """Mark what one of our own templates made as HTML, to be put into another."""
    return Markup(html)  # noqa: S704 -- templates escape everything they are given


def plain(text: str, *, emoji: bool = True) -> Markup:
    """Plain text: nothing but line breaks and, unless switched off, `:emoji:` is read into it."""
    shown = _with_emoji(_unescape(text)) if emoji else _unescape(text)
    return Markup("<br>").join(escape(line) for line in shown.split("\n"))


def mrkdwn(text: str, reader: Reader, *, verbatim: bool = False) -> Markup:
    """Mrkdwn as paragraphs, quotes and code blocks. `verbatim` leaves bare addresses alone, as Slack does."""
    lines, held = _lines(text, reader, verbatim=verbatim)
    parts = [
        Markup("<blockquote>{}</blockquote>").format(_paragraphs(line for _, line in run))
        if quoted
        else _paragraphs(line for _, line in run)
        for quoted, run in groupby(lines, key=itemgetter(0))
    ]
    return _release(Markup("").join(parts), held)


def mrkdwn_line(text: str, reader: Reader, *, verbatim: bool = False) -> Markup:
    """Mrkdwn where only running text fits, such as the label of a choice: no paragraphs, no quotes."""
    lines, held = _lines(text, reader, verbatim=verbatim)
    return _release(Markup("<br>").join(line for _, line in lines), held)


def text_object(obj: Mapping[str, Any] | None, reader: Reader, *, line: bool = False) -> Markup:
    """A Block Kit text object as HTML; nothing for None."""
    if obj is None:
        return Markup()
    text = str(obj.get("text", ""))
    if obj.get("type") == "mrkdwn":
        render = mrkdwn_line if line else mrkdwn
        return render(text, reader, verbatim=bool(obj.get("verbatim")))
    return plain(text, emoji=obj.get("emoji", True) is not False)


def plain_words(text: str, reader: Reader) -> str:
    """What a push notification or a screen reader gets from top-level text: mentions named, no signs of style."""

    def spoken(match: re.Match[str]) -> str:
        if match["angle"] is not None:
            return _angle_words(match["angle"], reader)
        return match["block"] or match["code"] or match["bare"]

    words = _ATOM.sub(spoken, text)
    for pattern, _ in _STYLES:
        words = pattern.sub(r"\1", words)
    return _with_emoji(_unescape(words))


def rich_text(block: Mapping[str, Any], reader: Reader) -> Markup:
    """A rich_text block: sections, lists, quotes and preformatted text with their styles."""
    return Markup("").join(_rich_part(part, reader) for part in block.get("elements", ()))


def moment(seconds: int, pattern: str, reader: Reader) -> str:
    """A date token such as `{date_short_pretty} at {time}` in the reader's zone and language.

    Source: Slack's formatting page; the year is left out within six months, `_pretty` names the days next to today.
    """
    at = datetime.fromtimestamp(seconds, tz=reader.tz)
    return _DATE_TOKEN.sub(lambda match: _date_piece(match[1], match[0], at, reader), pattern)


def _date_piece(name: str, as_written: str, at: datetime, reader: Reader) -> str:
    tz, language = reader.tz, reader.language
    fixed: dict[str, Callable[[], str]] = {
        "time": lambda: str(format_time(at, "short", tzinfo=tz, locale=language)),
        "time_secs": lambda: str(format_time(at, "medium", tzinfo=tz, locale=language)),
        "ago": lambda: format_timedelta(at - reader.now, add_direction=True, locale=language),
        "date_num": lambda: at.date().isoformat(),
    }
    if name in fixed:
        return fixed[name]()
    base = name.removesuffix("_pretty")
    if base not in {"date", "date_short", "date_long"}:
        return as_written
    if base != name and language.language == "en":
        day = {0: "today", 1: "tomorrow", -1: "yesterday"}.get(
            (at.date() - reader.now.astimezone(tz).date()).days
        )
        if day is not None:
            return day
    return _calendar_day(base, at, reader)


def day_in_words(at: datetime, reader: Reader, *, with_year: bool = False) -> str:
    """Return weekday, day and month in the reader's zone and language."""
    local = at.astimezone(reader.tz)
    if with_year:
        day = format_date(local, "long", locale=reader.language)
    else:
        day = str(format_skeleton("MMMMd", local, tzinfo=reader.tz, locale=reader.language))
    weekday = format_date(local, "EEEE", locale=reader.language)
    return f"{weekday} {day}" if day[0].isdigit() else f"{weekday}, {day}"


def day_in_short(at: datetime, reader: Reader) -> str:
    """Return the same with weekday and month cut short, where there is little room."""
    return str(format_skeleton("MMMEd", at.astimezone(reader.tz), tzinfo=reader.tz, locale=reader.language))


def time_in_words(at: datetime, reader: Reader) -> str:
    """Return hours and minutes in the reader's zone, by the clock of their locale."""
    return str(format_time(at, "short", tzinfo=reader.tz, locale=reader.language))


def _calendar_day(base: str, at: datetime, reader: Reader) -> str:
    near = abs(at - reader.now) < _HALF_A_YEAR
    month = "MMM" if base == "date_short" else "MMMM"
    if near:
        day = str(format_skeleton(f"{month}d", at, tzinfo=reader.tz, locale=reader.language))
    else:
        day = format_date(at, "medium" if base == "date_short" else "long", locale=reader.language)
    return f"{format_date(at, 'EEEE', locale=reader.language)}, {day}" if base == "date_long" else day


def _unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _with_emoji(text: str) -> str:
    return _COLONS.sub(lambda match: EMOJI.get(match[1], match[0]), text)


def _lines(text: str, reader: Reader, *, verbatim: bool) -> tuple[list[tuple[bool, Markup]], list[Markup]]:
    """Each line as (quoted, escaped text with styles), and the links, mentions and code that stand aside as marks."""
    held: list[Markup] = []

    def hold(match: re.Match[str]) -> str:
        if match["bare"] is not None and verbatim:
            return match[0]
        held.append(_atom(match, reader))
        return f"\ue000{len(held) - 1}\ue001"

    marked = _ATOM.sub(hold, _STAND_INS.sub("", text.replace("\r\n", "\n")))
    lines: list[tuple[bool, Markup]] = []
    for line in marked.split("\n"):
        quoted = line.startswith(">")
        body = line[1:].removeprefix(" ") if quoted else line
        lines.append((quoted, _styled(escape(_with_emoji(_unescape(body))))))
    return lines, held


def _styled(escaped: Markup) -> Markup:
    html = str(escaped)
    for pattern, tag in _STYLES:
        html = pattern.sub(rf"<{tag}>\1</{tag}>", html)
    return Markup(html)  # noqa: S704 -- escaped above, only fixed tags were added


def _paragraphs(lines: Iterable[Markup]) -> Markup:
    """Lines as paragraphs, parted by empty lines."""
    paragraphs: list[list[Markup]] = [[]]
    for line in lines:
        if line.strip():
            paragraphs[-1].append(line)
        elif paragraphs[-1]:
            paragraphs.append([])
    return Markup("").join(
        Markup("<p>{}</p>").format(Markup("<br>").join(part)) for part in paragraphs if part
    )


def _release(styled: Markup, held: list[Markup]) -> Markup:
    return Markup(_HELD.sub(lambda match: str(held[int(match[1])]), str(styled)))  # noqa: S704 -- both halves are escaped


def _atom(match: re.Match[str], reader: Reader) -> Markup:
    if match["block"] is not None:
        return Markup("<code class=block>{}</code>").format(_unescape(match["block"].strip("\n")))
    if match["code"] is not None:
        return Markup("<code>{}</code>").format(_unescape(match["code"]))
    if match["bare"] is not None:
        found = _unescape(match["bare"])
        return link(found, found, reader)
    return _angle(match["angle"], reader)


def _angle(inner: str, reader: Reader) -> Markup:
    if inner.startswith("!date^"):
        return _date(inner, reader)
    if inner[0] in "@#!":
        kind = "mention loud" if inner in {"!here", "!channel", "!everyone"} else "mention"
        return Markup("<span class='{}'>{}</span>").format(kind, _angle_words(inner, reader))
    target, _, label = inner.partition("|")
    return link(_unescape(target), _unescape(label or target.removeprefix("mailto:")), reader)


def _angle_words(inner: str, reader: Reader) -> str:
    target, _, label = inner.partition("|")
    label = _unescape(label)
    if inner.startswith("!date^"):
        return _date_words(inner, reader)
    if target.startswith("@"):
        return "@" + (reader.people.get(target[1:]) or label or "unknown person")
    if target.startswith("#"):
        return "#" + (reader.channels.get(target[1:]) or label or "private channel")
    if target.startswith("!subteam^"):
        return "@" + (
            reader.groups.get(target.removeprefix("!subteam^")) or label.removeprefix("@") or "group"
        )
    if target.startswith("!"):
        return "@" + target[1:]
    return label or _unescape(target)


def _date_words(inner: str, reader: Reader) -> str:
    body, _, fallback = inner.partition("|")
    pieces = body.split("^")
    try:
        return moment(int(pieces[1]), _unescape(pieces[2]), reader)
    except (IndexError, ValueError, OverflowError, OSError):
        return _unescape(fallback)  # Slack shows the fallback wherever it cannot read the token


def _date(inner: str, reader: Reader) -> Markup:
    words = _date_words(inner, reader)
    pieces = inner.partition("|")[0].split("^")
    if len(pieces) > 3:
        return link(_unescape(pieces[3]), words, reader)
    return Markup("<time>{}</time>").format(words)


def address(url: str, reader: Reader) -> tuple[str, bool] | None:
    """Return where an address leads and whether that is on this page; None where no browser should open it."""
    own = reader.deep_link(url) if url.startswith("slack://") else None
    if own is not None:
        return own, True
    return (url, False) if url.lower().startswith(_OPENABLE) else None


def link(url: str, label: str, reader: Reader) -> Markup:
    """Return an address to follow, or only its label where it is of no kind a browser should open from here."""
    leads_to = address(url, reader)
    if leads_to is None:
        return Markup("<span class=mention>{}</span>").format(label)
    href, is_own = leads_to
    if is_own:
        return Markup("<a href='{}' data-go>{}</a>").format(href, label)
    return Markup("<a href='{}' target=_blank rel='noopener noreferrer'>{}</a>").format(href, label)


def _rich_part(part: Mapping[str, Any], reader: Reader) -> Markup:
    kind = part.get("type")
    if kind == "rich_text_list":
        tag = "ol" if part.get("style") == "ordered" else "ul"
        items = Markup("").join(
            Markup("<li>{}</li>").format(_rich_inline(item, reader)) for item in part.get("elements", ())
        )
        indent = min(int(part.get("indent", 0)), 5)
        start = int(part.get("offset", 0)) + 1
        opening = Markup("<ol class=indent-{} start={}>").format(indent, start) if tag == "ol" else None
        return Markup("{}{}</{}>").format(
            opening or Markup("<ul class=indent-{}>").format(indent),
            items,
            tag,
        )
    inside = _rich_inline(part, reader)
    if kind == "rich_text_quote":
        return Markup("<blockquote><p>{}</p></blockquote>").format(inside)
    if kind == "rich_text_preformatted":
        return Markup("<p><code class=block>{}</code></p>").format(inside)
    return Markup("<p>{}</p>").format(inside)


def _rich_inline(part: Mapping[str, Any], reader: Reader) -> Markup:
    return Markup("").join(_rich_element(element, reader) for element in part.get("elements", ()))


def _rich_element(element: Mapping[str, Any], reader: Reader) -> Markup:
    kind = element.get("type")
    if kind == "link":
        target = str(element.get("url", ""))
        inside = link(target, str(element.get("text") or target), reader)
    elif kind == "date":
        inside = Markup("<time>{}</time>").format(_rich_date(element, reader))
    elif kind in {"user", "channel", "usergroup", "broadcast"}:
        key = {
            "user": f"@{element.get('user_id')}",
            "channel": f"#{element.get('channel_id')}",
            "usergroup": f"!subteam^{element.get('usergroup_id')}",
            "broadcast": f"!{element.get('range')}",
        }[str(kind)]
        inside = Markup("<span class=mention>{}</span>").format(_angle_words(key, reader))
    elif kind == "emoji":
        name = str(element.get("name", ""))
        inside = escape(EMOJI.get(name, f":{name}:"))
    else:
        inside = Markup("<br>").join(escape(line) for line in str(element.get("text", "")).split("\n"))
    style = element.get("style") or {}
    for key, tag in (("code", "code"), ("strike", "s"), ("italic", "em"), ("bold", "strong")):
        if style.get(key):
            inside = Markup("<{0}>{1}</{0}>").format(Markup(tag), inside)  # noqa: S704 -- one of four fixed words
    return inside


def _rich_date(element: Mapping[str, Any], reader: Reader) -> str:
    try:
        return moment(int(element.get("timestamp", "")), str(element.get("format", "")), reader)
    except (ValueError, OverflowError, OSError):
        return str(element.get("fallback", ""))
