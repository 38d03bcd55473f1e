"""Slack's limits and cross rules for messages, modals and Home tabs, checked over raw JSON before anything is sent.

One validator for the sender, the tests and the stand-in for Slack. Three layers: kinds of checks, tables that say
what each block, element and object may hold, and the few rules that look across properties.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Literal

from messages.errors import InvalidPayloadError

MAX_MESSAGE_BLOCKS = 50
MAX_VIEW_BLOCKS = 100
MAX_BLOCKS_BYTES = 12_000  # undocumented: messages of 13,200 bytes and more have been refused
MAX_VIEW_BYTES = 250_000
MAX_TEXT = 4_000  # chat.update refuses more; a post would be cut at 40,000
MAX_METADATA_BYTES = 2_000  # Slack names no figure; ids need far less
MAX_OPTION_VALUE = 75  # Slack's own papers say both 75 and 150

Surface = Literal["message", "modal", "home"]


class FaultCode(StrEnum):
    """Slack's own error code for a fault, or the name of a rule of this house that Slack does not know."""

    INVALID_ARGUMENTS = "invalid_arguments"  # a view, or an argument beside the blocks, breaks the schema
    INVALID_BLOCKS = "invalid_blocks"  # a block of a message breaks the schema
    INVALID_BLOCKS_FORMAT = "invalid_blocks_format"  # the blocks are no list at all
    NO_TEXT = "no_text"  # a message with nothing in it
    MSG_BLOCKS_TOO_LONG = "msg_blocks_too_long"  # each block is fine, all together are too big
    VIEW_TOO_LARGE = "view_too_large"  # the same for a view

    BROADCAST = "broadcast"  # the text would ring everybody's bell
    LONG_TEXT = "long_text"  # a text that could be posted, but never updated
    METADATA = "metadata"  # Slack would post the message and silently drop its metadata
    MISSING_TEXT = "missing_text"  # blocks without a text: notifications and screen readers get nothing
    OPTION_VALUE = "option_value"  # a value that only one of Slack's two papers allows
    RAW_ANGLE = "raw_angle"  # a `<` that starts no link, mention or date: somebody's words were not escaped
    RAW_DATE = "raw_date"  # a date that Slack would show as raw characters


HOUSE_RULES = frozenset(
    {
        FaultCode.BROADCAST,
        FaultCode.LONG_TEXT,
        FaultCode.METADATA,
        FaultCode.MISSING_TEXT,
        FaultCode.OPTION_VALUE,
        FaultCode.RAW_ANGLE,
        FaultCode.RAW_DATE,
    }
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and the JSON pointer to it. Never holds text that a person wrote."""

    code: FaultCode
    message: str
    pointer: str

    def __str__(self) -> str:
        """Return the fault in the form in which Slack words its own."""
        return f"{self.message} [json-pointer:{self.pointer}]"

    @property
    def is_house_rule(self) -> bool:
        """Whether only we mind, and Slack would accept it: the stand-in for Slack lets it pass."""
        return self.code in HOUSE_RULES


# Kinds of checks. Each is called with a value, the pointer to it, and the run that collects the faults.


@dataclass(slots=True)
class _Run:
    """One payload under check."""

    surface: Surface
    faults: list[Fault] = field(default_factory=list)
    focused: bool = False

    def refuse(self, message: str, at: str) -> None:
        code = FaultCode.INVALID_BLOCKS if self.surface == "message" else FaultCode.INVALID_ARGUMENTS
        self.faults.append(Fault(code, message, at))

    def object_to(self, rule: FaultCode, message: str, at: str) -> None:
        self.faults.append(Fault(rule, message, at))


_Check = Callable[[Any, str, _Run], None]
_Properties = Mapping[str, _Check]

_UNPAIRED_SURROGATE = re.compile("[\ud800-\udfff]")


def _is_longer(text: str, limit: int) -> bool:
    """Whether text exceeds the limit in code points or, as nobody knows how Slack counts, in UTF-16 units."""
    if len(text) > limit:
        return True
    if 2 * len(text) <= limit or text.isascii():
        return False
    return len(text.encode("utf-16-le", "surrogatepass")) // 2 > limit


def _check_length(text: str, least: int, most: int, at: str, run: _Run) -> None:
    if len(text) < least:
        run.refuse(f"must be more than {least - 1} characters", at)
    elif _is_longer(text, most):
        run.refuse(f"must be less than {most + 1} characters", at)
    if not text.isascii() and _UNPAIRED_SURROGATE.search(text):
        run.refuse("must be valid unicode", at)


@dataclass(frozen=True, slots=True)
class _String:
    least: int = 1
    most: int = 3000  # where Slack names no limit of its own, that of any text object
    matches: Callable[[str], object] | None = None
    otherwise: str = "invalid format"

    def __call__(self, value: Any, at: str, run: _Run) -> None:
        if not isinstance(value, str):
            run.refuse("must provide a string", at)
            return
        _check_length(value, self.least, self.most, at, run)
        if self.matches is not None and not self.matches(value):
            run.refuse(self.otherwise, at)


def _one_of(*words: str) -> _String:
    return _String(matches=frozenset(words).__contains__, otherwise=f"must be one of: {', '.join(words)}")


@dataclass(frozen=True, slots=True)
class _Integer:
    least: int | None = None
    most: int | None = None

    def __call__(self, value: Any, at: str, run: _Run) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            run.refuse("must provide an integer", at)
        elif self.least is not None and value < self.least:
            run.refuse(f"must be greater than {self.least - 1}", at)
        elif self.most is not None and value > self.most:
            run.refuse(f"must be less than {self.most + 1}", at)


def _boolean(value: Any, at: str, run: _Run) -> None:
    if not isinstance(value, bool):
        run.refuse("must provide a boolean", at)


def _focus(value: Any, at: str, run: _Run) -> None:
    """Check a `focus_on_load`: a view can put the cursor into one place only."""
    _boolean(value, at, run)
    if value is True and run.surface != "message":
        if run.focused:
            run.refuse("only one element may have `focus_on_load` set to true", at)
        run.focused = True


def _type_is_known(_value: Any, _at: str, _run: _Run) -> None:
    """Accept `type`: by it the table was chosen."""


@dataclass(frozen=True, slots=True)
class _List:
    item: _Check
    least: int = 0
    most: int | None = None

    def __call__(self, value: Any, at: str, run: _Run) -> None:
        if not isinstance(value, list | tuple):
            run.refuse("must provide an array", at)
            return
        if len(value) < self.least:
            run.refuse(f"no fewer than {self.least} items allowed", at)
        if self.most is not None and len(value) > self.most:
            run.refuse(f"no more than {self.most} items allowed", at)
        for index, item in enumerate(value[: self.most]):
            self.item(item, f"{at}/{index}", run)


@dataclass(frozen=True, slots=True)
class _Object:
    """An object with these properties and no others; its rules are asked once it is well formed."""

    required: _Properties
    optional: _Properties = field(default_factory=dict)
    rules: tuple[_Check, ...] = ()

    def __call__(self, value: Any, at: str, run: _Run) -> None:
        if not isinstance(value, dict):
            run.refuse("must provide an object", at)
            return
        faults_before = len(run.faults)
        for name in self.required:
            if name not in value:
                run.refuse(f"missing required field: {name}", at)
        for name, inner in value.items():
            check = self.required.get(name) or self.optional.get(name)
            if check is None:
                run.refuse(f"invalid additional property: {name}", at)
            else:
                check(inner, f"{at}/{name}", run)
        if len(run.faults) == faults_before:
            for rule in self.rules:
                rule(value, at, run)

    def without(self, names: Iterable[str]) -> _Object:
        """Return the same object, minus the optional properties that do not work in every place."""
        dropped = frozenset(names)
        kept = {name: check for name, check in self.optional.items() if name not in dropped}
        return _Object(self.required, kept, self.rules)


def _typed(required: _Properties, optional: _Properties | None = None, *rules: _Check) -> _Object:
    return _Object({"type": _type_is_known, **required}, optional or {}, rules)


def _check_by_type(table: _Properties, value: Any, at: str, run: _Run) -> None:
    if not isinstance(value, dict):
        run.refuse("must provide an object", at)
    elif "type" not in value:
        run.refuse("missing required field: type", at)
    elif not isinstance(value["type"], str):
        run.refuse("must provide a string", f"{at}/type")
    elif value["type"] not in table:
        run.refuse(f"unsupported type: {value['type']}", f"{at}/type")
    else:
        table[value["type"]](value, at, run)


@dataclass(frozen=True, slots=True)
class _ByType:
    """One of several objects, told apart by `type`."""

    table: _Properties

    def __call__(self, value: Any, at: str, run: _Run) -> None:
        _check_by_type(self.table, value, at, run)


@dataclass(frozen=True, slots=True)
class _Placed:
    """An interactive element: which ones are allowed depends on the block around it and on the surface."""

    place: Literal["section", "actions", "input"]

    def __call__(self, value: Any, at: str, run: _Run) -> None:
        _check_by_type(_ELEMENTS_BY_PLACE[run.surface, self.place], value, at, run)


# Formatted text

_ANGLE = re.compile(r"<([^<>]*)(>?)")
_LINK_OR_MENTION = re.compile(
    r"(?:https?|slack)://\S.*|(?:mailto|tel):\S.*|@[UW][A-Z0-9]+(?:\|.*)?|#[CG][A-Z0-9]+(?:\|.*)?|!subteam\^S[A-Z0-9]+(?:\|.*)?",
    re.DOTALL,
)
_BROADCAST = re.compile(r"!(?:everyone|here|channel|group)(?:\|.*)?", re.DOTALL | re.IGNORECASE)
_DATE = re.compile(
    r"!date\^\d{1,10}\^(?:[^{}^|]|\{(?:date(?:_num|(?:_short|_long)?(?:_pretty)?)|time(?:_secs)?|ago)\})+(?:\^https?://[^\s|^]+)?\|[^|]+"
)

_MAX_SCANNED = 40_000  # longer texts are refused or cut anyway; a flood of `<` must not take long
_BROADCAST_REFUSED = "must not notify everyone"
_ANGLE_FAULTS = {
    FaultCode.BROADCAST: _BROADCAST_REFUSED,
    FaultCode.RAW_DATE: "a date must have known tokens and a fallback",
    FaultCode.RAW_ANGLE: "`<` must be written `&lt;` unless it starts a link or a mention",
}


def _angle_fault(body: str, *, closed: bool) -> FaultCode | None:
    if closed and _BROADCAST.fullmatch(body):
        return FaultCode.BROADCAST
    if closed and body.startswith("!date^"):
        return None if _DATE.fullmatch(body) else FaultCode.RAW_DATE
    return None if closed and _LINK_OR_MENTION.fullmatch(body) else FaultCode.RAW_ANGLE


def _check_mrkdwn(text: str, at: str, run: _Run) -> None:
    """Look at every `<`: it starts a link, a mention of one, or a date with a fallback. One fault of a kind."""
    if "<" not in text:
        return
    found = {
        _angle_fault(body, closed=bool(closing)) for body, closing in _ANGLE.findall(text[:_MAX_SCANNED])
    }
    for rule, message in _ANGLE_FAULTS.items():
        if rule in found:
            run.object_to(rule, message, at)


@dataclass(frozen=True, slots=True)
class _Text:
    """A text object; `mrkdwn` says whether formatted text is allowed beside plain text."""

    most: int
    mrkdwn: bool = False

    def __call__(self, value: Any, at: str, run: _Run) -> None:
        _check_by_type(_TEXT_KINDS if self.mrkdwn else _PLAIN_ONLY, value, at, run)
        if isinstance(value, dict) and isinstance(text := value.get("text"), str):
            _check_length(text, 1, self.most, f"{at}/text", run)
            if self.mrkdwn and value.get("type") == "mrkdwn":
                _check_mrkdwn(text, f"{at}/text", run)


def _markdown(value: Any, at: str, run: _Run) -> None:
    """Check the text of a markdown block, where a bare `<` is nothing special."""
    _String(most=12_000)(value, at, run)
    if isinstance(value, str) and any(
        _BROADCAST.fullmatch(body) for body, _ in _ANGLE.findall(value[:_MAX_SCANNED])
    ):
        run.object_to(FaultCode.BROADCAST, _BROADCAST_REFUSED, at)


def _bare_string(value: Any, at: str, run: _Run) -> None:
    """Check the kind only: the text object around it knows the limit and looks at the words."""
    if not isinstance(value, str):
        run.refuse("must provide a string", at)


_PLAIN_ONLY = {"plain_text": _typed({"text": _bare_string}, {"emoji": _boolean})}
_TEXT_KINDS = {**_PLAIN_ONLY, "mrkdwn": _typed({"text": _bare_string}, {"verbatim": _boolean})}


def _plain(most: int) -> _Text:
    return _Text(most)


def _formatted(most: int) -> _Text:
    return _Text(most, mrkdwn=True)


# Cross rules: each is asked of an object that is well formed by itself.


def _exactly_one(first: str, second: str) -> _Check:
    def rule(value: dict[str, Any], at: str, run: _Run) -> None:
        if first not in value and second not in value:
            run.refuse(f"must define either `{first}` or `{second}`", at)
        elif first in value and second in value:
            run.refuse(f"must not define both `{first}` and `{second}`", at)

    return rule


def _text_or_fields(value: dict[str, Any], at: str, run: _Run) -> None:
    if "text" not in value and "fields" not in value:
        run.refuse("must define either `text` or `fields`", at)


def _image_source(value: dict[str, Any], at: str, run: _Run) -> None:
    if "image_url" not in value and "slack_file" not in value:
        run.refuse("missing required field: image_url", at)
    elif "image_url" in value and "slack_file" in value:
        run.refuse("must not define both `image_url` and `slack_file`", at)


def _some_property(value: dict[str, Any], at: str, run: _Run) -> None:
    if not value:
        run.refuse("must have at least one property", at)


def _unique_action_ids(value: dict[str, Any], at: str, run: _Run) -> None:
    seen = set()
    for index, element in enumerate(value["elements"]):
        action_id = element.get("action_id")
        if action_id in seen:
            run.refuse(f'`action_id` "{action_id}" already exists', f"{at}/elements/{index}/action_id")
        elif action_id is not None:
            seen.add(action_id)


def _offered(value: dict[str, Any], at: str) -> list[tuple[str, dict[str, Any]]]:
    """Return every option of an element, with the pointer to it."""
    lists = [(f"{at}/options", value.get("options", ()))]
    for index, group in enumerate(value.get("option_groups", ())):
        lists.append((f"{at}/option_groups/{index}/options", group["options"]))
    return [(f"{where}/{index}", option) for where, options in lists for index, option in enumerate(options)]


def _unique_values(value: dict[str, Any], at: str, run: _Run) -> None:
    seen = set()
    for where, option in _offered(value, at):
        if option["value"] in seen:
            run.refuse(f'`value` "{option["value"]}" already exists', f"{where}/value")
        seen.add(option["value"])


def _initial_is_offered(value: dict[str, Any], at: str, run: _Run) -> None:
    """Check that what is chosen at first equals one of the options to the letter, description included."""
    chosen = [(f"{at}/initial_option", value["initial_option"])] if "initial_option" in value else []
    for index, option in enumerate(value.get("initial_options", ())):
        chosen.append((f"{at}/initial_options/{index}", option))
    if not chosen:
        return
    offered = {option["value"]: option for _, option in _offered(value, at)}
    for where, option in chosen:
        if offered.get(option["value"]) != option:
            run.refuse("must match one of the options", where)


def _length_range(value: dict[str, Any], at: str, run: _Run) -> None:
    if value.get("min_length", 0) > value.get("max_length", 3000):
        run.refuse("`min_length` must not be greater than `max_length`", f"{at}/min_length")


def _number_range(value: dict[str, Any], at: str, run: _Run) -> None:
    if (
        "min_value" in value
        and "max_value" in value
        and float(value["min_value"]) > float(value["max_value"])
    ):
        run.refuse("`min_value` must not be greater than `max_value`", f"{at}/min_value")


def _no_dispatch_of_files(value: dict[str, Any], at: str, run: _Run) -> None:
    if value.get("dispatch_action") and value["element"]["type"] == "file_input":
        run.refuse("`file_input` does not support `dispatch_action`", f"{at}/dispatch_action")


def _option_value_length(value: dict[str, Any], at: str, run: _Run) -> None:
    if _is_longer(value["value"], MAX_OPTION_VALUE):
        message = f"must be less than {MAX_OPTION_VALUE + 1} characters"
        run.object_to(FaultCode.OPTION_VALUE, message, f"{at}/value")


# Composition objects and formats


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


_ID = _String(most=255)
_SLACK_ID = _String(most=255, matches=re.compile(r"[A-Z0-9]+").fullmatch, otherwise="invalid id")
_LINK = _String(
    most=3000, matches=re.compile(r"(?:https?|slack)://\S+|mailto:\S+").fullmatch, otherwise="invalid url"
)
_PICTURE = _String(most=3000, matches=re.compile(r"https?://\S+").fullmatch, otherwise="invalid url")
_NUMBER = _String(
    most=50, matches=re.compile(r"-?\d+(?:\.\d+)?").fullmatch, otherwise="must be a number in a string"
)
_STYLE = _one_of("primary", "danger")
_TIME = _String(
    matches=re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d").fullmatch, otherwise="must be a time as HH:mm"
)
_DAY = _String(matches=_is_date, otherwise="must be a date as YYYY-MM-DD")
_ZONE = _String(
    matches=re.compile(r"[A-Za-z0-9_+\-]+(?:/[A-Za-z0-9_+\-]+)*").fullmatch, otherwise="invalid timezone"
)

_CONFIRM = _Object(
    {"title": _plain(100), "text": _plain(300), "confirm": _plain(30), "deny": _plain(30)},
    {"style": _STYLE},
)
_DISPATCH_CONFIG = _Object(
    {"trigger_actions_on": _List(_one_of("on_enter_pressed", "on_character_entered"), 1, 2)}
)
_CONVERSATION_FILTER = _Object(
    {},
    {
        "include": _List(_one_of("im", "mpim", "private", "public"), 1, 4),
        "exclude_bot_users": _boolean,
        "exclude_external_shared_channels": _boolean,
    },
    (_some_property,),
)
_SLACK_FILE = _Object({}, {"id": _SLACK_ID, "url": _PICTURE}, (_exactly_one("id", "url"),))


def _option(text: _Text, **more: _Check) -> _Object:
    return _Object(
        {"text": text, "value": _String(most=150)}, {"description": text, **more}, (_option_value_length,)
    )


_MENU_OPTION = _option(_plain(75))
_LISTED_OPTION = _option(_formatted(75))  # radio buttons and checkboxes may use bold and links
_OVERFLOW_OPTION = _option(_plain(75), url=_LINK)
_OPTION_GROUP = _Object({"label": _plain(75), "options": _List(_MENU_OPTION, 1, 100)})

# Rich text

_RICH_STYLE = _Object({}, {"bold": _boolean, "italic": _boolean, "strike": _boolean, "code": _boolean})


def _rich_part(optional: _Properties | None = None, /, **required: _Check) -> _Object:
    return _typed(required, {"style": _RICH_STYLE, **(optional or {})})


def _rich_broadcast(_value: Any, at: str, run: _Run) -> None:
    run.object_to(FaultCode.BROADCAST, _BROADCAST_REFUSED, at)


_RICH_PARTS = _ByType(
    {
        "text": _rich_part(text=_String()),
        "link": _rich_part({"text": _String(), "unsafe": _boolean}, url=_LINK),
        "emoji": _rich_part({"skin_tone": _Integer(1, 6), "unicode": _String()}, name=_String()),
        "user": _rich_part(user_id=_SLACK_ID),
        "channel": _rich_part(channel_id=_SLACK_ID),
        "usergroup": _rich_part(usergroup_id=_SLACK_ID),
        "date": _rich_part({"url": _LINK, "fallback": _String()}, timestamp=_Integer(0), format=_String()),
        "color": _rich_part(value=_String()),
        "broadcast": _typed({"range": _one_of("here", "channel", "everyone")}, {}, _rich_broadcast),
    }
)
_RICH_SECTION = _typed({"elements": _List(_RICH_PARTS)})
_RICH_BORDER = {"border": _Integer(0, 1)}
_RICH_TEXT_ELEMENTS = _ByType(
    {
        "rich_text_section": _RICH_SECTION,
        "rich_text_list": _typed(
            {
                "style": _one_of("bullet", "ordered"),
                "elements": _List(_ByType({"rich_text_section": _RICH_SECTION}), 1),
            },
            {"indent": _Integer(0, 8), "offset": _Integer(0), **_RICH_BORDER},
        ),
        "rich_text_quote": _typed({"elements": _List(_RICH_PARTS)}, _RICH_BORDER),
        "rich_text_preformatted": _typed({"elements": _List(_RICH_PARTS)}, _RICH_BORDER),
    }
)
_RICH_TEXT = _typed({"elements": _List(_RICH_TEXT_ELEMENTS, 1)}, {"block_id": _ID})

# Elements: on which surfaces, in which blocks, with what in them


@dataclass(frozen=True, slots=True)
class _Element:
    surfaces: str
    places: str
    shape: _Object


def _element(
    surfaces: str, places: str, required: _Properties, optional: _Properties, *rules: _Check
) -> _Element:
    return _Element(surfaces, places, _typed(required, {"action_id": _ID, **optional}, *rules))


_EVERYWHERE = "message modal home"
_CONFIRMED: _Properties = {"confirm": _CONFIRM}
_FOCUSED: _Properties = {"focus_on_load": _focus}
_WRITTEN: _Properties = {"placeholder": _plain(150), **_FOCUSED}
_MENU: _Properties = {**_CONFIRMED, **_WRITTEN}
_SEVERAL: _Properties = {**_MENU, "max_selected_items": _Integer(1)}
_TYPED_IN: _Properties = {**_WRITTEN, "dispatch_action_config": _DISPATCH_CONFIG}
_BUTTON: _Properties = {"style": _STYLE, "accessibility_label": _String(most=75)}
_OPTIONS: _Properties = {
    "options": _List(_MENU_OPTION, 1, 100),
    "option_groups": _List(_OPTION_GROUP, 1, 100),
}
_OPTION_RULES = (_exactly_one("options", "option_groups"), _unique_values, _initial_is_offered)
_TEN_OPTIONS: _Properties = {"options": _List(_LISTED_OPTION, 1, 10)}
_ASKED: _Properties = {"min_query_length": _Integer(0)}
_CONVERSATIONS: _Properties = {"filter": _CONVERSATION_FILTER, "default_to_current_conversation": _boolean}
_RESPONSE_URL: _Properties = {"response_url_enabled": _boolean}
_WORKFLOW = _Object(
    {
        "trigger": _Object(
            {"url": _LINK},
            {"customizable_input_parameters": _List(_Object({"name": _String(), "value": _String()}))},
        )
    }
)

_ELEMENTS = {
    # pressed
    "button": _element(
        _EVERYWHERE,
        "section actions",
        {"text": _plain(75)},
        {"value": _String(most=2000), "url": _LINK, **_BUTTON, **_CONFIRMED},
    ),
    "workflow_button": _element(
        "message", "section actions", {"text": _plain(75), "workflow": _WORKFLOW}, _BUTTON
    ),
    "overflow": _element(
        _EVERYWHERE,
        "section actions",
        {"options": _List(_OVERFLOW_OPTION, 1, 5)},
        _CONFIRMED,
        _unique_values,
    ),
    # chosen among options
    "static_select": _element(
        _EVERYWHERE,
        "section actions input",
        {},
        {**_OPTIONS, "initial_option": _MENU_OPTION, **_MENU},
        *_OPTION_RULES,
    ),
    "multi_static_select": _element(
        _EVERYWHERE,
        "section input",
        {},
        {**_OPTIONS, "initial_options": _List(_MENU_OPTION, 1, 100), **_SEVERAL},
        *_OPTION_RULES,
    ),
    "external_select": _element(
        _EVERYWHERE, "section actions input", {}, {"initial_option": _MENU_OPTION, **_ASKED, **_MENU}
    ),
    "multi_external_select": _element(
        _EVERYWHERE,
        "section input",
        {},
        {"initial_options": _List(_MENU_OPTION, 1, 100), **_ASKED, **_SEVERAL},
    ),
    "radio_buttons": _element(
        _EVERYWHERE,
        "section actions input",
        _TEN_OPTIONS,
        {"initial_option": _LISTED_OPTION, **_CONFIRMED, **_FOCUSED},
        _unique_values,
        _initial_is_offered,
    ),
    "checkboxes": _element(
        _EVERYWHERE,
        "section actions input",
        _TEN_OPTIONS,
        {"initial_options": _List(_LISTED_OPTION, 1, 10), **_CONFIRMED, **_FOCUSED},
        _unique_values,
        _initial_is_offered,
    ),
    # chosen among people and conversations
    "users_select": _element(_EVERYWHERE, "section actions input", {}, {"initial_user": _SLACK_ID, **_MENU}),
    "multi_users_select": _element(
        _EVERYWHERE, "section input", {}, {"initial_users": _List(_SLACK_ID, 1), **_SEVERAL}
    ),
    "conversations_select": _element(
        _EVERYWHERE,
        "section actions input",
        {},
        {"initial_conversation": _SLACK_ID, **_CONVERSATIONS, **_RESPONSE_URL, **_MENU},
    ),
    "multi_conversations_select": _element(
        _EVERYWHERE,
        "section input",
        {},
        {"initial_conversations": _List(_SLACK_ID, 1), **_CONVERSATIONS, **_SEVERAL},
    ),
    "channels_select": _element(
        _EVERYWHERE,
        "section actions input",
        {},
        {"initial_channel": _SLACK_ID, **_RESPONSE_URL, **_MENU},
    ),
    "multi_channels_select": _element(
        _EVERYWHERE, "section input", {}, {"initial_channels": _List(_SLACK_ID, 1), **_SEVERAL}
    ),
    # picked from a calendar or a clock
    "datepicker": _element(_EVERYWHERE, "section actions input", {}, {"initial_date": _DAY, **_MENU}),
    "timepicker": _element(
        _EVERYWHERE, "section actions input", {}, {"initial_time": _TIME, "timezone": _ZONE, **_MENU}
    ),
    "datetimepicker": _element(
        "message modal",
        "actions input",
        {},
        {"initial_date_time": _Integer(1_000_000_000, 9_999_999_999), **_CONFIRMED, **_FOCUSED},
    ),
    # typed
    "plain_text_input": _element(
        _EVERYWHERE,
        "input",
        {},
        {
            "initial_value": _String(),
            "multiline": _boolean,
            "min_length": _Integer(0, 3000),
            "max_length": _Integer(1, 3000),
            **_TYPED_IN,
        },
        _length_range,
    ),
    "email_text_input": _element("modal", "input", {}, {"initial_value": _String(), **_TYPED_IN}),
    "url_text_input": _element("modal", "input", {}, {"initial_value": _String(), **_TYPED_IN}),
    "number_input": _element(
        "modal",
        "input",
        {"is_decimal_allowed": _boolean},
        {"initial_value": _NUMBER, "min_value": _NUMBER, "max_value": _NUMBER, **_TYPED_IN},
        _number_range,
    ),
    "rich_text_input": _element(
        "modal home",
        "actions input",
        {"action_id": _ID},
        {"initial_value": _ByType({"rich_text": _RICH_TEXT}), **_TYPED_IN},
    ),
    "file_input": _element(
        "modal", "input", {}, {"filetypes": _List(_String(), 1), "max_files": _Integer(1, 10)}
    ),
}

_PICTURE_SOURCE: _Properties = {"image_url": _PICTURE, "slack_file": _SLACK_FILE}
_IMAGE_ELEMENT = _typed({"alt_text": _String(most=2000)}, _PICTURE_SOURCE, _image_source)


def _elements_in(surface: Surface, place: str) -> _Properties:
    allowed = {
        name: element.shape
        for name, element in _ELEMENTS.items()
        if surface in element.surfaces.split() and place in element.places.split()
    }
    if (surface, place) != ("modal", "input"):
        # only a modal that is submitted can be told where to answer
        allowed = {name: shape.without(_RESPONSE_URL) for name, shape in allowed.items()}
    return {**allowed, "image": _IMAGE_ELEMENT} if place == "section" else allowed


_SURFACES: tuple[Surface, ...] = ("message", "modal", "home")
_ELEMENTS_BY_PLACE = {
    (surface, place): _elements_in(surface, place)
    for surface in _SURFACES
    for place in ("section", "actions", "input")
}

# Blocks: on which surfaces, with what in them. Whatever is not here is refused, Slack's additions of 2026 included.


@dataclass(frozen=True, slots=True)
class _Block:
    surfaces: str
    shape: _Object


def _block(surfaces: str, required: _Properties, optional: _Properties, *rules: _Check) -> _Block:
    return _Block(surfaces, _typed(required, {"block_id": _ID, **optional}, *rules))


_CELL = _ByType({"raw_text": _typed({"text": _String()}), "rich_text": _RICH_TEXT})
_COLUMN = _Object({}, {"align": _one_of("left", "center", "right"), "is_wrapped": _boolean})

_BLOCKS = {
    "section": _block(
        _EVERYWHERE,
        {},
        {
            "text": _formatted(3000),
            "fields": _List(_formatted(2000), 1, 10),
            "accessory": _Placed("section"),
            "expand": _boolean,
        },
        _text_or_fields,
    ),
    "actions": _block(_EVERYWHERE, {"elements": _List(_Placed("actions"), 1, 25)}, {}, _unique_action_ids),
    "context": _block(
        _EVERYWHERE,
        {
            "elements": _List(
                _ByType(
                    {
                        "image": _IMAGE_ELEMENT,
                        "plain_text": _plain(3000),
                        "mrkdwn": _formatted(3000),
                    }
                ),
                1,
                10,
            )
        },
        {},
    ),
    "header": _block(_EVERYWHERE, {"text": _plain(150)}, {}),
    "divider": _block(_EVERYWHERE, {}, {}),
    "image": _block(
        _EVERYWHERE,
        {"alt_text": _String(most=2000)},
        {"title": _plain(2000), **_PICTURE_SOURCE},
        _image_source,
    ),
    "input": _block(
        _EVERYWHERE,
        {"label": _plain(2000), "element": _Placed("input")},
        {"hint": _plain(2000), "optional": _boolean, "dispatch_action": _boolean},
        _no_dispatch_of_files,
    ),
    "rich_text": _Block(_EVERYWHERE, _RICH_TEXT),
    "markdown": _block("message", {"text": _markdown}, {}),
    "table": _block(
        "message home",
        {"rows": _List(_List(_CELL, 1, 20), 1, 100)},
        {"column_settings": _List(_COLUMN, 0, 20)},
    ),
}
_BLOCKS_BY_SURFACE = {
    surface: {name: block.shape for name, block in _BLOCKS.items() if surface in block.surfaces.split()}
    for surface in _SURFACES
}


def _check_blocks(blocks: Any, at: str, run: _Run) -> None:
    most = MAX_MESSAGE_BLOCKS if run.surface == "message" else MAX_VIEW_BLOCKS
    _List(_ByType(_BLOCKS_BY_SURFACE[run.surface]), 0, most)(blocks, at, run)
    seen: set[str] = set()
    for index, block in enumerate(_objects(blocks)):
        block_id = block.get("block_id")
        if isinstance(block_id, str) and block_id in seen:
            run.refuse(f'`block_id` "{block_id}" already exists', f"{at}/{index}/block_id")
        elif isinstance(block_id, str):
            seen.add(block_id)


def _objects(values: Any) -> list[dict[str, Any]]:
    """Return the list with an empty object for whatever is none, so that positions stay true."""
    if not isinstance(values, list | tuple):
        return []
    return [value if isinstance(value, dict) else {} for value in values]


# Whole payloads


def json_size(payload: Any) -> int:
    """Return how many bytes a payload takes as compact JSON in UTF-8."""
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    return len(text.encode("utf-8", "surrogatepass"))


def check_message(payload: Mapping[str, Any]) -> list[Fault]:
    """Return every fault of a message: `text`, `blocks` and `metadata` of a chat.* call or a response.

    Other arguments are not looked at. `blocks` may be a list or, as in a form, a list in JSON. As in the Web API
    an argument that is None counts as absent. Size is judged once the blocks are well formed.
    """
    run = _Run("message")
    text, blocks = payload.get("text"), payload.get("blocks")
    if isinstance(blocks, str):
        blocks = _parsed(blocks)
    _check_top_text(text, has_blocks=bool(blocks) or bool(payload.get("attachments")), run=run)
    if isinstance(blocks, list | tuple):
        _check_blocks(blocks, "/blocks", run)
        if not any(fault.code is FaultCode.INVALID_BLOCKS for fault in run.faults):
            _check_blocks_size(blocks, run)
    elif blocks is not None:
        run.object_to(FaultCode.INVALID_BLOCKS_FORMAT, "must provide an array", "/blocks")
    if payload.get("metadata") is not None:
        _check_metadata(payload["metadata"], run)
    return run.faults


def check_view(view: Any, surface: Literal["modal", "home"]) -> list[Fault]:
    """Return every fault of a view that is to be opened, pushed, updated, published or returned in an ack.

    Size is judged once the view is well formed.
    """
    run = _Run(surface)
    _check_view_at(view, "/view", run)
    return run.faults


def check_view_response(response: Any, submitted: Mapping[str, Any]) -> list[Fault]:
    """Return every fault of what an ack of a view_submission says; `submitted` is the view that was sent.

    Slack answers nothing to a faulty one: the person sees that there was trouble, and the modal stays open.
    """
    run = _Run("modal")
    answers: dict[str, _Properties] = {
        "clear": {},
        "update": {"view": _check_view_at},
        "push": {"view": _check_view_at},
        "errors": {"errors": _errors_of(_input_block_ids(submitted))},
    }
    if not isinstance(response, dict):
        run.refuse("must provide an object", "")
    elif response:  # an empty one closes the view
        action = response.get("response_action")
        if not isinstance(action, str) or action not in answers:
            run.refuse(f"must be one of: {', '.join(answers)}", "/response_action")
        else:
            _Object({"response_action": _type_is_known, **answers[action]})(response, "", run)
    return run.faults


def check_options(answer: Any) -> list[Fault]:
    """Return every fault of the answer to a block_suggestion: up to 100 options, or up to 100 groups of them."""
    run = _Run("modal")
    _Object(
        {},
        {"options": _List(_MENU_OPTION, 0, 100), "option_groups": _List(_OPTION_GROUP, 0, 100)},
        (_exactly_one("options", "option_groups"), _unique_values),
    )(answer, "", run)
    return run.faults


def require_message(payload: Mapping[str, Any]) -> None:
    """Raise InvalidPayloadError unless the message is free of faults, ours included."""
    if faults := check_message(payload):
        raise InvalidPayloadError("message", map(str, faults))


def require_view(view: Any, surface: Literal["modal", "home"]) -> None:
    """Raise InvalidPayloadError unless the view is free of faults, ours included."""
    if faults := check_view(view, surface):
        raise InvalidPayloadError(surface, map(str, faults))


def slack_error_for_message(faults: Iterable[Fault], *, updating: bool = False) -> dict[str, Any] | None:
    """Return the body with which a chat.* call refuses these faults, None where Slack would accept the message.

    An update (`updating`) refuses long texts, which a post takes.
    """
    by_code: dict[FaultCode, list[Fault]] = {}
    for fault in faults:
        by_code.setdefault(fault.code, []).append(fault)
    for code in (FaultCode.INVALID_ARGUMENTS, FaultCode.INVALID_BLOCKS_FORMAT, FaultCode.NO_TEXT):
        if code in by_code:
            return _refusal(code, by_code[code] if code is FaultCode.INVALID_ARGUMENTS else [])
    if updating and FaultCode.LONG_TEXT in by_code:
        return {"ok": False, "error": "msg_too_long"}
    if FaultCode.INVALID_BLOCKS in by_code:
        lines = [str(fault) for fault in by_code[FaultCode.INVALID_BLOCKS]]
        return {**_refusal(FaultCode.INVALID_BLOCKS, by_code[FaultCode.INVALID_BLOCKS]), "errors": lines}
    if FaultCode.MSG_BLOCKS_TOO_LONG in by_code:
        return _refusal(FaultCode.MSG_BLOCKS_TOO_LONG, [])
    return None


def slack_error_for_view(faults: Iterable[Fault]) -> dict[str, Any] | None:
    """Return the body with which a views.* call refuses these faults, None where Slack would accept the view."""
    refused = [fault for fault in faults if not fault.is_house_rule]
    if not refused:
        return None
    if any(fault.code is FaultCode.VIEW_TOO_LARGE for fault in refused):
        return _refusal(FaultCode.VIEW_TOO_LARGE, [])
    no_match = Fault(FaultCode.INVALID_ARGUMENTS, "failed to match all allowed schemas", "/view")
    return _refusal(FaultCode.INVALID_ARGUMENTS, [no_match, *refused])


def _refusal(code: FaultCode, faults: list[Fault]) -> dict[str, Any]:
    body: dict[str, Any] = {"ok": False, "error": code.value}
    if faults:
        body["response_metadata"] = {"messages": [f"[ERROR] {fault}" for fault in faults]}
    return body


# Messages


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _check_top_text(text: Any, *, has_blocks: bool, run: _Run) -> None:
    if text is not None and not isinstance(text, str):
        run.object_to(FaultCode.INVALID_ARGUMENTS, "must provide a string", "/text")
    elif not text or text.isspace():
        if has_blocks:
            run.object_to(FaultCode.MISSING_TEXT, "a message needs a text beside its blocks", "/text")
        else:
            run.object_to(FaultCode.NO_TEXT, "a message needs a text", "/text")
    else:
        if _is_longer(text, MAX_TEXT):
            run.object_to(FaultCode.LONG_TEXT, f"must be less than {MAX_TEXT + 1} characters", "/text")
        if not text.isascii() and _UNPAIRED_SURROGATE.search(text):
            run.object_to(FaultCode.INVALID_ARGUMENTS, "must be valid unicode", "/text")
        _check_mrkdwn(text, "/text", run)


def _check_blocks_size(blocks: Any, run: _Run) -> None:
    size = json_size(blocks)
    if size > MAX_BLOCKS_BYTES:
        message = f"blocks must take at most {MAX_BLOCKS_BYTES} bytes, these take {size}"
        run.object_to(FaultCode.MSG_BLOCKS_TOO_LONG, message, "/blocks")


_EVENT_TYPE = re.compile(r"[A-Za-z0-9_-]{1,50}")
_PAYLOAD_KEY = re.compile(r"[a-z][a-z0-9_]*")


def _check_metadata(metadata: Any, run: _Run) -> None:
    """Refuse what Slack would drop with a mere warning: evidence of a delivery would be lost with it."""

    def object_to(message: str, at: str) -> None:
        run.object_to(FaultCode.METADATA, message, at)

    if metadata == {}:  # on an update this clears it
        return
    if not isinstance(metadata, dict) or set(metadata) != {"event_type", "event_payload"}:
        object_to("must hold `event_type` and `event_payload`, and nothing else", "/metadata")
        return
    event_type, event_payload = metadata["event_type"], metadata["event_payload"]
    if not isinstance(event_type, str) or not _EVENT_TYPE.fullmatch(event_type):
        object_to("must be 1 to 50 letters, digits, `_` or `-`", "/metadata/event_type")
    if not isinstance(event_payload, dict):
        object_to("must provide an object", "/metadata/event_payload")
        return
    for key, value in event_payload.items():
        if not isinstance(key, str) or not _PAYLOAD_KEY.fullmatch(key):
            object_to("keys must be lower-case letters, digits and `_`", "/metadata/event_payload")
        objects = value if isinstance(value, list) else [value]
        if not _is_plain(value) and not all(map(_is_flat_object, objects)):
            object_to(
                "must be a plain value, a flat object or a list of them", f"/metadata/event_payload/{key}"
            )
            return
    if json_size(metadata) > MAX_METADATA_BYTES:
        object_to(f"must take at most {MAX_METADATA_BYTES} bytes", "/metadata")


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float)


def _is_flat_object(value: Any) -> bool:
    return isinstance(value, dict) and all(_is_plain(inner) for inner in value.values())


# Views

_VIEW_PROPERTIES: _Properties = {
    "callback_id": _ID,
    "private_metadata": _String(least=0),
    "external_id": _ID,
}
_VIEWS = {
    "modal": _typed(
        {"title": _plain(24), "blocks": _check_blocks},
        {
            "submit": _plain(24),
            "close": _plain(24),
            "clear_on_close": _boolean,
            "notify_on_close": _boolean,
            **_VIEW_PROPERTIES,
        },
    ),
    "home": _typed({"blocks": _check_blocks}, _VIEW_PROPERTIES),
}


def _check_view_at(view: Any, at: str, run: _Run) -> None:
    _check_by_type({run.surface: _VIEWS[run.surface]}, view, at, run)
    if run.surface == "modal" and isinstance(view, dict) and "submit" not in view:
        for index, block in enumerate(_objects(view.get("blocks"))):
            if block.get("type") == "input":
                where = f"{at}/blocks/{index}/input"
                run.refuse("must define `submit` to use an `input` block in modals", where)
    if not any(fault.code is FaultCode.INVALID_ARGUMENTS for fault in run.faults):
        size = json_size(view)
        if size > MAX_VIEW_BYTES:
            message = f"a view must take at most {MAX_VIEW_BYTES} bytes, this one takes {size}"
            run.object_to(FaultCode.VIEW_TOO_LARGE, message, at)


def _errors_of(input_block_ids: frozenset[str]) -> _Check:
    """Return the check of the errors shown under inputs: their keys are ids of blocks, never of actions."""

    def check(errors: Any, at: str, run: _Run) -> None:
        if not isinstance(errors, dict) or not errors:
            run.refuse("must provide an object with at least one error", at)
            return
        for block_id, message in errors.items():
            where = f"{at}/{str(block_id).replace('~', '~0').replace('/', '~1')}"
            if block_id not in input_block_ids:
                run.refuse("must be the `block_id` of an input block", where)
            _String()(message, where, run)

    return check


def _input_block_ids(view: Mapping[str, Any]) -> frozenset[str]:
    blocks = _objects(view.get("blocks"))
    return frozenset(
        block["block_id"] for block in blocks if block.get("type") == "input" and "block_id" in block
    )
