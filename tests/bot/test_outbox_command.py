"""`turnabout outbox` shows ids and reasons, and gives a second try to what a person decides about."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from bot.errors import SettingsFaultyError
from bot.outbox import retry_delivery, show_outbox
from bot.settings import load_settings
from mentoring.deliveries import DeliveryState
from storage.tables import Workspace

NOW = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)


@pytest.fixture
async def settings(storage, database_url):
    from tests.kit import KEY

    async with storage.write() as uow:
        uow.workspaces.add(Workspace(id="w1", slack_team_id="T1", name="Acme Secret", created_at=NOW))
        for number, state in enumerate((DeliveryState.DEAD, DeliveryState.SENT), start=1):
            await uow.outbox.owe(
                "participation.joined",
                new_id=f"d{number}",
                workspace_id="w1",
                recipient=f"person:p{number}",
                series=f"joined:{number}",
                now=NOW,
            )
            row = await uow.outbox.get(f"d{number}")
            row.state, row.reason = state, "msg_too_long" if state is DeliveryState.DEAD else ""
    return load_settings({"TURNABOUT_DATABASE_URL": database_url, "TURNABOUT_DATA_KEYS": KEY}, tokens=False)


async def test_outbox_lists_what_somebody_may_have_to_look_at(settings):
    text = await show_outbox(settings, state="", limit=10, as_json=False)

    assert "1 dead, 1 sent" in text
    assert "d1  msg_too_long" in text
    assert "d2" not in text
    assert "Acme" not in text


async def test_outbox_as_json_by_state(settings):
    shown = json.loads(await show_outbox(settings, state="sent", limit=10, as_json=True))

    assert [row["id"] for row in shown["deliveries"]] == ["d2"]
    assert shown["counts"] == {"dead": 1, "sent": 1}
    assert shown["held"] is False


async def test_retry_makes_a_dead_delivery_due_and_no_other(settings, storage):
    await retry_delivery(settings, "d1")
    with pytest.raises(SettingsFaultyError, match="d2"):
        await retry_delivery(settings, "d2")

    async with storage.read() as uow:
        assert (await uow.outbox.get("d1")).state is DeliveryState.DUE


async def test_unknown_state_is_refused_with_the_known_ones(settings):
    with pytest.raises(SettingsFaultyError, match=r"--state must be one of planned, due"):
        await show_outbox(settings, state="lost", limit=10, as_json=False)
