"""Words of the settings screen: every program setting, in pages, read from the table of settings itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mentoring.program import SETTINGS, SettingGroup
from messages import blocks
from messages.voice import mark

if TYPE_CHECKING:
    from datetime import date

    from mentoring.errors import Fault
    from mentoring.program import ProgramSettings, Setting
    from messages.message import Block, View
    from messages.voice import Voice

PAGES: dict[SettingGroup, str] = {
    SettingGroup.FIRST: mark("Dates and gap"),
    SettingGroup.CADENCE: mark("Cadence"),
    SettingGroup.MATCHING: mark("Matching"),
    SettingGroup.PEOPLE: mark("Who takes part"),
    SettingGroup.COORDINATORS: mark("Coordinators"),
    SettingGroup.EXTRAS: mark("Extras"),
    SettingGroup.WEIGHTS: mark("Weights"),
    SettingGroup.WORDS: mark("Words people see"),
}

ON = "true"


def on_page(group: SettingGroup) -> list[Setting]:
    """The settings of a page, in the order of the table."""
    return [setting for setting in SETTINGS.values() if setting.group is group]


def menu_view(voice: Voice, *, reference: str, saved: SettingGroup | None = None) -> View:
    """The way to each page."""
    parts: list[Block] = []
    if saved is not None:
        parts.append(blocks.section(voice.say("*Saved: {page}.*", page=voice.plain(PAGES[saved]))))
    parts += [
        blocks.section(voice.say("Every setting has a default that fits most programs.")),
        blocks.actions(
            *(
                blocks.button(voice.plain(name), f"settings.{group}.v1", value=reference)
                for group, name in PAGES.items()
            ),
            block_id="pages",
        ),
    ]
    return blocks.modal(
        voice.plain("Settings"), parts, close=voice.plain("Close"), callback_id="settings.menu.v1"
    )


def page_view(voice: Voice, settings: ProgramSettings, group: SettingGroup, *, reference: str) -> View:
    """One page of settings, each with its help and what it may be."""
    return blocks.modal(
        voice.plain(PAGES[group]),
        [_field(voice, setting, settings) for setting in on_page(group)],
        callback_id="settings.save.v1",
        submit=voice.plain("Save"),
        close=voice.plain("Close"),
        private_metadata=f"{reference} group:{group}",
    )


def _field(voice: Voice, setting: Setting, settings: ProgramSettings) -> Block:
    value = getattr(settings, setting.name)
    optional = setting.kind in {"bool", "date"}
    return blocks.input_(
        label(voice, setting),
        _element(voice, setting, value),
        block_id=setting.name,
        optional=optional or None,
        hint=_hint(voice, setting),
    )


def label(voice: Voice, setting: Setting) -> str:
    """A setting's name as words."""
    return voice.plain(_words(setting.name).capitalize())


def _words(name: str) -> str:
    return name.replace("_", " ")


def _hint(voice: Voice, setting: Setting) -> str:
    help_line = voice.plain(setting.help)
    if setting.kind in {"bool", "choice"}:
        return help_line
    return voice.plain("{help} Allowed: {allowed}.", help=help_line, allowed=setting.allowed)


def _element(voice: Voice, setting: Setting, value: object) -> Block:
    match setting.kind:
        case "int":
            return blocks.number_input(
                setting.name, initial_value=str(value), min_value=setting.low, max_value=setting.high
            )
        case "bool":
            option = blocks.option(voice.plain("Switched on"), ON)
            return blocks.checkboxes(setting.name, [option], initial=[ON] if value else [])
        case "choice":
            options = [
                blocks.option(voice.plain(_words(choice).capitalize()), choice) for choice in setting.choices
            ]
            return blocks.static_select(setting.name, options, initial=str(value))
        case "time":
            return blocks.timepicker(setting.name, initial_time=f"{value:%H:%M}")
        case "date":
            return blocks.plain_text_input(setting.name, multiline=True, initial_value=_spans(value))
        case _:
            return blocks.plain_text_input(setting.name, initial_value=str(value), max_length=setting.high)


def _spans(days: object) -> str:
    """Days as they are typed: one a line, neighbours as a span."""
    spans: list[list[date]] = []
    for day in days if isinstance(days, tuple) else ():
        if spans and (day - spans[-1][-1]).days == 1:
            spans[-1].append(day)
        else:
            spans.append([day])
    return "\n".join(
        span[0].isoformat() if len(span) == 1 else f"{span[0].isoformat()} to {span[-1].isoformat()}"
        for span in spans
    )


def fault_line(voice: Voice, fault: Fault) -> str:
    """A fault as it stands under its field, with the names of settings as their labels have them."""
    return voice.plain("{fault}. Nothing was changed.", fault=_words(fault.text))


def fault_field(fault: Fault, group: SettingGroup) -> str:
    """The field of a page under which a fault stands: its own, one it speaks of, or the first of the page."""
    names = [setting.name for setting in on_page(group)]
    spoken_of = [name for name in names if re.search(rf"\b{name}\b", fault.text)]
    return fault.setting if fault.setting in names else (spoken_of or names)[0]
