"""One new thing, one place: each register is complete, and what is missing is named."""

from __future__ import annotations

import importlib
import pkgutil
from types import SimpleNamespace

import handlers
from handlers import FEATURES, register_all
from handlers.guard import Door
from mentoring.deliveries import KINDS
from messages.renderers import RENDERERS
from usecases.facts import LOADERS

HOUSE = {"answers", "forms", "guard", "press", "rules", "visit"}


def _door() -> Door:
    anything = SimpleNamespace()
    door = Door(anything, anything, anything, anything, anything, lambda: None)
    register_all(door)
    return door


def test_every_delivery_kind_is_put_into_words():
    assert sorted(KINDS) == sorted(RENDERERS)


def test_every_delivery_kind_names_facts_that_are_loaded():
    assert {kind.name for kind in KINDS.values() if kind.facts not in LOADERS} == set()


def test_every_delivery_kind_says_why_it_exists():
    assert {kind.name for kind in KINDS.values() if not kind.purpose.endswith(".")} == set()


def test_every_feature_file_is_registered():
    found = {module.name for module in pkgutil.iter_modules(handlers.__path__)} - HOUSE
    assert found == {feature.__name__.removeprefix("handlers.") for feature in FEATURES}
    for name in found:
        assert callable(importlib.import_module(f"handlers.{name}").register)


def test_every_listener_has_a_rule_that_says_who_may():
    door = _door()
    tables = (door.commands, door.actions, door.submissions, door.closings, door.options, door.events)
    without = [one.name for table in tables for one in table.values() if not callable(one.who)]
    assert without == []
    assert len(door.actions) > 10


def test_action_and_callback_ids_carry_a_version():
    door = _door()
    ids = [*door.actions, *door.submissions, *door.closings, *door.options]
    assert [name for name in ids if not name.rpartition(".v")[2].isdigit()] == []


def test_every_command_has_a_line_of_help():
    assert [one.name for one in _door().commands.values() if not one.help] == []
