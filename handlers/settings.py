"""Listens to the settings screen: its pages, and what is saved on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.answers import Answer, Errors, Open, Reply, Show
from handlers.forms import answers_in, program_of
from handlers.rules import coordinator
from mentoring.program import SettingGroup
from messages import notices, settings
from usecases.cards import settings_of
from usecases.setup import change_settings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from handlers.guard import Door
    from handlers.visit import Visit


def register(door: Door) -> None:
    door.action("settings.menu.v1", who=coordinator)(on_menu)
    door.action("settings.open.v1", who=coordinator, opens="Settings")(on_open)
    for group in SettingGroup:
        door.action(f"settings.{group}.v1", who=coordinator)(_page(group))
    door.submission("settings.save.v1", who=coordinator)(on_save)


async def on_open(visit: Visit) -> Answer:
    """The pages of settings, from Home."""
    answer = await on_menu(visit)
    return Open(answer.view) if isinstance(answer, Show) else answer


async def on_menu(visit: Visit) -> Answer:
    """The pages of settings."""
    program = await program_of(visit)
    if program is None:
        return Reply(notices.not_here(visit.voice))
    return Show(settings.menu_view(visit.voice, reference=f"program:{program.id}"))


def _page(group: SettingGroup) -> Callable[[Visit], Awaitable[Answer]]:
    async def on_page(visit: Visit) -> Answer:
        """One page, filled in with what stands."""
        program = await program_of(visit)
        if program is None:
            return Reply(notices.not_here(visit.voice))
        reference = f"program:{program.id}"
        return Show(settings.page_view(visit.voice, settings_of(program), group, reference=reference))

    return on_page


async def on_save(visit: Visit) -> Answer:
    """A page was sent: every fault under its field, or saved."""
    program = await program_of(visit)
    name = visit.ref("group")
    if program is None or name not in set(SettingGroup):
        return Reply(notices.not_here(visit.voice))
    group = SettingGroup(name)
    values = _values(answers_in(visit.press), group)
    faults = await change_settings(visit.uow, program, visit.person, values, visit.now)
    if faults:
        return Errors(
            {
                settings.fault_field(fault, group): settings.fault_line(visit.voice, fault)
                for fault in reversed(faults)
            }
        )
    return Show(settings.menu_view(visit.voice, reference=f"program:{program.id}", saved=group))


def _values(answers: Mapping[str, Sequence[str]], group: SettingGroup) -> dict[str, Any]:
    """The page as values; an empty switch is off, an empty list of days none."""
    values: dict[str, Any] = {}
    for setting in settings.on_page(group):
        chosen = answers.get(setting.name) or ()
        if setting.kind == "bool":
            values[setting.name] = settings.ON in chosen
        else:
            values[setting.name] = chosen[0] if chosen else ""
    return values
