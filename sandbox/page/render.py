"""Blocks, views and whole fragments put into HTML, for one reader. What is to be seen is decided in `screen.py`."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any
from zlib import crc32

from jinja2 import Environment, PackageLoader, StrictUndefined

from sandbox import elements
from sandbox.page.forms import field_name, local_moment
from sandbox.page.mrkdwn import Reader, address, rich_text, text_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from markupsafe import Markup

    from sandbox.elements import Json, Placed, Spot

TINTS = 8
"""How many colours the circles with initials have; each carries white text at 4.5:1 or better."""

_TYPES = {
    "email_text_input": "email",
    "url_text_input": "url",
    "number_input": "text",
    "datepicker": "date",
    "timepicker": "time",
    "datetimepicker": "datetime-local",
}
_CALLED = {
    "datepicker": "Date",
    "timepicker": "Time",
    "datetimepicker": "Date and time",
    "checkboxes": "Choose any",
    "radio_buttons": "Choose one",
    "overflow": "More actions",
    "users_select": "Choose a person",
    "multi_users_select": "Choose people",
}
_ONE_LINE = 60


@dataclass(frozen=True)
class Choice:
    """One entry of a menu or of a group of boxes."""

    value: str
    text: Markup
    words: str
    description: Markup
    is_chosen: bool
    url: str = ""


@dataclass(frozen=True)
class Group:
    """Entries under a heading; the heading is empty where there is none."""

    label: str
    choices: Sequence[Choice]


@dataclass(frozen=True)
class Scene:
    """Where blocks are drawn: for whom, under which prefix of element ids, with what chosen and complained about.

    `people` and `channels` are what their select menus offer, id to name. `picture` returns an address on this page
    for an image, or None where showing it would ask another host.
    """

    reader: Reader
    prefix: str
    chosen: Mapping[Spot, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    picture: Callable[[Mapping[str, Any]], str | None] = lambda _: None
    heading: int = 4
    """The level of a header block: one below the title of the place."""

    def text(self, obj: Mapping[str, Any] | None) -> Markup:
        """Return a text object with its paragraphs."""
        return text_object(obj, self.reader)

    def line(self, obj: Mapping[str, Any] | None) -> Markup:
        """Return a text object as running text, for labels."""
        return text_object(obj, self.reader, line=True)

    def rich(self, block: Mapping[str, Any]) -> Markup:
        """Return a rich_text block."""
        return rich_text(block, self.reader)

    def leads_to(self, url: str) -> tuple[str, bool]:
        """Return the address of a link button and whether it stays on this page; nowhere for kinds not opened."""
        return address(url, self.reader) or ("#", True)

    def control(self, block: Json, element: Json, standing: elements.Standing) -> Control:
        """Return what the templates need to draw one element."""
        return Control(self, elements.Placed(block, element, standing))


@dataclass(frozen=True)
class Control:
    """An element as a form control: its name, id, what it holds and what it offers."""

    scene: Scene
    placed: Placed

    @property
    def element(self) -> Json:
        return self.placed.element

    @property
    def kind(self) -> str:
        return self.placed.kind

    @property
    def name(self) -> str:
        return field_name(self.placed.spot)

    @property
    def id(self) -> str:
        return f"{self.scene.prefix}-{self.name}"

    @property
    def sends(self) -> bool:
        """Whether a choice goes to the bot at once."""
        return self.placed.acts_at_once

    @property
    def on_enter(self) -> bool:
        """Whether a text field is sent with the Enter key, which is Slack's default for one that sends at once."""
        asked = self.element.get("dispatch_action_config", {}).get("trigger_actions_on")
        return self.sends and (not asked or "on_enter_pressed" in asked)

    @property
    def on_typing(self) -> bool:
        """Whether a text field is sent while it is being typed in."""
        return self.sends and "on_character_entered" in self.element.get("dispatch_action_config", {}).get(
            "trigger_actions_on", ()
        )

    @property
    def is_group(self) -> bool:
        """Whether it is several controls under one legend rather than one with a label."""
        return self.kind in {"radio_buttons", "checkboxes"} or self.is_many

    @property
    def is_many(self) -> bool:
        """Whether it is a menu of which several entries can be chosen."""
        return self.kind.startswith("multi_")

    @property
    def is_external(self) -> bool:
        """Whether the bot is asked for the entries while one types."""
        return self.kind.endswith("external_select")

    @property
    def is_menu(self) -> bool:
        return self.kind.endswith("_select") and not self.is_many

    @property
    def input_type(self) -> str:
        return _TYPES.get(self.kind, "text")

    @property
    def called(self) -> str:
        """What it is called where no label stands beside it: its own words, the text beside it, its kind."""
        if self.placed.standing == "input":
            return str(self.placed.block["label"]["text"])
        named = self.element.get("accessibility_label") or self.element.get("placeholder", {}).get("text")
        beside = " ".join(elements.words_of(self.placed.block.get("text"), self.scene.reader.people))
        return str(named or _CALLED.get(self.kind) or beside[:_ONE_LINE] or "Choose")

    @property
    def error(self) -> str:
        return self.scene.errors.get(self.placed.spot[0], "")

    @property
    def described_by(self) -> str:
        """The ids of hint and error under an input, or nothing."""
        if self.placed.standing != "input":
            return ""
        parts = [f"{self.id}-hint"] if self.placed.block.get("hint") else []
        return " ".join([*parts, f"{self.id}-error"] if self.error else parts)

    @cached_property
    def held(self) -> Any:
        """What was typed or chosen, else what the element began with."""
        spot = self.placed.spot
        return self.scene.chosen[spot] if spot in self.scene.chosen else elements.initial(self.element)

    @property
    def value(self) -> str:
        """The value of a text, date or time control."""
        if self.held is None:
            return ""
        if self.kind == "datetimepicker":
            return local_moment(int(self.held), self.scene.reader.zone)
        if self.kind == "rich_text_input":
            return "\n".join(elements.words_of(self.held, {}))
        return str(self.held)

    @property
    def groups(self) -> list[Group]:
        """What a menu or a group of boxes offers, the chosen entries marked."""
        if self.is_external:
            return [Group("", [self._choice(option, is_chosen=True) for option in self._held_options()])]
        if "users_select" in self.kind:
            return [Group("", self._named(self.scene.people))]
        if "channels_select" in self.kind or "conversations_select" in self.kind:
            return [Group("", self._named(self.scene.channels))]
        values = {option.get("value") for option in self._held_options()}

        def drawn(options: Iterable[Json]) -> list[Choice]:
            return [self._choice(option, is_chosen=option.get("value") in values) for option in options]

        made = [Group("", drawn(self.element["options"]))] if "options" in self.element else []
        return made + [
            Group(str(group["label"]["text"]), drawn(group["options"]))
            for group in self.element.get("option_groups", ())
        ]

    @property
    def chosen_words(self) -> list[str]:
        """The words of the chosen entries, for the line that stands for a closed menu."""
        return [choice.words for group in self.groups for choice in group.choices if choice.is_chosen]

    @property
    def offered_count(self) -> int:
        return sum(len(group.choices) for group in self.groups)

    def _held_options(self) -> list[Json]:
        if self.kind == "overflow" or self.held is None:
            return []
        return self.held if isinstance(self.held, list) else [self.held]

    def _choice(self, option: Json, *, is_chosen: bool) -> Choice:
        return Choice(
            value=json.dumps(option) if self.is_external else str(option.get("value", "")),
            text=self.scene.line(option["text"]),
            words=" ".join(elements.words_of(option["text"], self.scene.reader.people)),
            description=self.scene.line(option.get("description")),
            is_chosen=is_chosen,
            url=str(option.get("url", "")),
        )

    def _named(self, names: Mapping[str, str]) -> list[Choice]:
        held = self.held if isinstance(self.held, list) else [self.held]
        return [
            Choice(
                key, self.scene.line({"type": "plain_text", "text": name, "emoji": False}), name, self.scene.line(None),
                is_chosen=key in held,
            )
            for key, name in names.items()
        ]  # fmt: skip


def blocks(these: Sequence[Json], scene: Scene) -> Markup:
    """Return blocks as HTML. Every text passes an escape; the templates add none of their own making."""
    drawn: Markup = environment().get_template("blocks.html").module.blocks(these, scene)  # type: ignore[attr-defined]  # macros are made at load
    return drawn


def fragment(template: str, **values: Any) -> str:
    """Return one template with its values filled in, without white space around it."""
    return environment().get_template(template).render(**values).strip()


def initials(name: str) -> str:
    """Return one or two letters for the circle that stands in for a picture."""
    words = [word for word in name.replace("-", " ").split() if word[0].isalnum()]
    letters = [word[0].upper() for word in words]
    return "".join(letters[:1] + letters[-1:]) if len(letters) > 1 else "".join(letters) or "?"


def tint(key: str) -> int:
    """Return which of the colours belongs to an id: always the same one."""
    return crc32(key.encode()) % TINTS


@cache
def environment() -> Environment:
    """Return the templates, loaded once; an undefined name is an error, and everything is escaped."""
    made = Environment(
        loader=PackageLoader("sandbox.page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(initials=initials, tint=tint)
    return made
