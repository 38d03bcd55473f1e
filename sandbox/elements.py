"""Block Kit as Slack's client reads it: where elements stand, what they hold, which words are on the screen.

Pure functions over plain JSON. Whether a payload is allowed at all is decided by `messages.validator`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

Json = dict[str, Any]
Spot = tuple[str, str]
"""block_id and action_id: together they name one element of a message or view."""

Standing = Literal["input", "accessory", "action"]

_HELD: dict[str, tuple[str, bool]] = {  # type: the key that holds its value, and whether that is a list
    "plain_text_input": ("value", False),
    "email_text_input": ("value", False),
    "url_text_input": ("value", False),
    "number_input": ("value", False),
    "rich_text_input": ("rich_text_value", False),
    "static_select": ("selected_option", False),
    "external_select": ("selected_option", False),
    "radio_buttons": ("selected_option", False),
    "multi_static_select": ("selected_options", True),
    "multi_external_select": ("selected_options", True),
    "checkboxes": ("selected_options", True),
    "users_select": ("selected_user", False),
    "multi_users_select": ("selected_users", True),
    "conversations_select": ("selected_conversation", False),
    "multi_conversations_select": ("selected_conversations", True),
    "channels_select": ("selected_channel", False),
    "multi_channels_select": ("selected_channels", True),
    "datepicker": ("selected_date", False),
    "timepicker": ("selected_time", False),
    "datetimepicker": ("selected_date_time", False),
    "file_input": ("files", True),
}
_INITIAL: dict[str, str] = {
    "value": "initial_value",
    "rich_text_value": "initial_value",
    "selected_option": "initial_option",
    "selected_options": "initial_options",
    "selected_user": "initial_user",
    "selected_users": "initial_users",
    "selected_conversation": "initial_conversation",
    "selected_conversations": "initial_conversations",
    "selected_channel": "initial_channel",
    "selected_channels": "initial_channels",
    "selected_date": "initial_date",
    "selected_time": "initial_time",
    "selected_date_time": "initial_date_time",
}
TYPED = frozenset(
    {"plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input"}
)
MENUS = frozenset(kind for kind in _HELD if kind.endswith("select")) | {"overflow"}
OPENED_FIRST = MENUS | {"datepicker", "timepicker", "datetimepicker"}
"""Elements that take one tap to open before anything in them can be chosen."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An element, the block it stands in and how it stands there."""

    block: Json
    element: Json
    standing: Standing

    @property
    def spot(self) -> Spot:
        """Return block_id and action_id."""
        return self.block.get("block_id", ""), self.element.get("action_id", "")

    @property
    def kind(self) -> str:
        """Return the element's type."""
        return str(self.element["type"])

    @property
    def is_optional(self) -> bool:
        """Whether a form may be sent without it."""
        return self.standing != "input" or bool(self.block.get("optional", False))

    @property
    def acts_at_once(self) -> bool:
        """Whether a choice is sent to the bot at once, rather than with the form."""
        return self.standing != "input" or bool(self.block.get("dispatch_action", False))


def placed(blocks: Iterable[Json]) -> Iterator[Placed]:
    """Yield the interactive elements of blocks in the order of the screen."""
    for block in blocks:
        if block.get("type") == "input":
            yield Placed(block, block["element"], "input")
        elif block.get("type") == "actions":
            for element in block["elements"]:
                yield Placed(block, element, "action")
        elif block.get("accessory", {}).get("type", "image") != "image":
            yield Placed(block, block["accessory"], "accessory")


def find(blocks: Iterable[Json], spot: Spot) -> Placed | None:
    """Return the element at a spot, or None when there is none (any more)."""
    return next((one for one in placed(blocks) if one.spot == spot), None)


def holds_a_value(element: Json) -> bool:
    """Whether the element appears in `state.values`: buttons and overflow menus do not."""
    return element["type"] in _HELD


def held_under(element: Json) -> str:
    """Return the key that holds the element's value, such as `selected_option`."""
    return _HELD[element["type"]][0]


def holds_a_list(element: Json) -> bool:
    """Whether several things can be chosen."""
    return _HELD[element["type"]][1]


def entry(element: Json, value: Any) -> Json:
    """Return the entry of `state.values` for a value; None means nothing chosen."""
    key, is_list = _HELD[element["type"]]
    made = {"type": element["type"], key: [] if is_list and value is None else value}
    if element["type"] == "timepicker" and "timezone" in element:
        made["timezone"] = element["timezone"]
    return made


def initial(element: Json) -> Any:
    """Return the value the element starts with, or None."""
    key = held_under(element)
    return element.get(_INITIAL.get(key, ""))


def is_empty(value: Any) -> bool:
    """Whether a value counts as nothing chosen or written; Slack sends an emptied text field as null."""
    return value is None or value in ("", [])


def state_values(blocks: Iterable[Json], chosen: Mapping[Spot, Any]) -> dict[str, dict[str, Json]]:
    """Return `state.values`: each element that can hold a value, with null or [] where nothing is chosen."""
    values: dict[str, dict[str, Json]] = {}
    for one in placed(blocks):
        if holds_a_value(one.element):
            block_id, action_id = one.spot
            value = chosen[one.spot] if one.spot in chosen else initial(one.element)
            values.setdefault(block_id, {})[action_id] = entry(one.element, value)
    return values


def options_of(element: Json) -> list[Json]:
    """Return the options an element offers itself, those of its groups included."""
    return [
        *element.get("options", ()),
        *(option for group in element.get("option_groups", ()) for option in group["options"]),
    ]


def as_kept(blocks: Iterable[Json], token: Callable[[], str]) -> list[Json]:
    """Return blocks as Slack keeps and echoes them: ids made up where missing, defaults of texts filled in."""
    kept = [with_text_defaults(block) for block in blocks]
    for block in kept:
        block.setdefault("block_id", token())
    for one in placed(kept):
        one.element.setdefault("action_id", token())
    return kept


def with_text_defaults(value: Any) -> Any:
    """Return a copy in which each text object carries the defaults that Slack fills in."""
    if isinstance(value, dict):
        copy = {key: with_text_defaults(inner) for key, inner in value.items()}
        if copy.get("type") == "plain_text":
            copy.setdefault("emoji", True)
        elif copy.get("type") == "mrkdwn":
            copy.setdefault("verbatim", False)
        return copy
    if isinstance(value, list):
        return [with_text_defaults(inner) for inner in value]
    return value


# The words on the screen.

_DATE = re.compile(r"<!date\^[^|>]*\|([^>]*)>")
_LABELLED = re.compile(r"<(?:https?:|mailto:|slack:)[^|>]*\|([^>]*)>")
_BARE = re.compile(r"<((?:https?:|mailto:|slack:)[^|>]*)>")
_MENTION = re.compile(r"<[@#]([A-Z0-9]+)(?:\|[^>]*)?>")
_STYLE = re.compile(r"(?<!\w)([*_~`])(\S(?:.*?\S)?)\1(?!\w)")


def plain_words(mrkdwn: str, names: Mapping[str, str]) -> str:
    """Return mrkdwn as a reader sees it: links by their label, mentions by name, no marks, nothing escaped."""
    words = _DATE.sub(r"\1", mrkdwn)
    words = _LABELLED.sub(r"\1", words)
    words = _BARE.sub(r"\1", words)
    words = _MENTION.sub(lambda found: "@" + names.get(found[1], found[1]), words)
    for _ in range(2):  # a bold word inside an italic line
        words = _STYLE.sub(r"\2", words)
    return words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def words_of(value: Any, names: Mapping[str, str]) -> list[str]:
    """Return every text that blocks, a view or any part of them puts on the screen, top to bottom."""
    if isinstance(value, list):
        return [words for inner in value for words in words_of(inner, names)]
    if not isinstance(value, dict):
        return []
    kind = value.get("type")
    if kind in {"mrkdwn", "markdown"}:
        return [plain_words(value["text"], names)]
    if kind in {"plain_text", "text", "link", "raw_text"}:  # the last three stand inside rich text and tables
        return [str(value.get("text", value.get("url", "")))]
    if kind == "image":
        return [*words_of(value.get("title"), names), str(value.get("alt_text", ""))]
    hidden = {"confirm", "options", "option_groups"} if kind in MENUS else {"confirm"}
    return [words for key, inner in value.items() if key not in hidden for words in words_of(inner, names)]


def label_of(one: Placed, names: Mapping[str, str]) -> str:
    """Return what an element is called on the screen: its own words, its label, or the text beside it."""
    if one.kind == "button":
        return str(one.element["text"]["text"])
    if one.standing == "input":
        return str(one.block["label"]["text"])
    if one.standing == "accessory":
        return " ".join(words_of(one.block.get("text"), names)) or " ".join(
            words_of(one.block.get("fields"), names)
        )
    return str(one.element.get("placeholder", {}).get("text", one.element.get("accessibility_label", "")))
