"""`turnabout outbox`: what is due, sent, unknown, parked, dead and skipped, and why. Ids only: no name and no text."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.backup import opened
from bot.errors import SettingsFaultyError
from mentoring.deliveries import DeliveryState
from usecases import delivering
from usecases.operating import list_lines, look

if TYPE_CHECKING:
    from bot.settings import Settings

# What an operator may have to do something about; the rest is counted.
_NOTEWORTHY = (
    DeliveryState.DUE,
    DeliveryState.CLAIMED,
    DeliveryState.SENDING,
    DeliveryState.UNKNOWN,
    DeliveryState.PARKED,
    DeliveryState.DEAD,
    DeliveryState.SKIPPED,
)


async def show_outbox(settings: Settings, *, state: str, limit: int, as_json: bool) -> str:
    """Counts by state, then the deliveries that somebody may have to look at, oldest first."""
    states = _NOTEWORTHY if not state else (_state(state),)
    async with opened(settings) as storage:
        standing = await look(storage, datetime.now(UTC))
        lines = await list_lines(storage, states, limit)
    if as_json:
        return json.dumps(
            {
                "counts": standing.counts,
                "held": standing.is_held,
                "deliveries": [{**asdict(line), "moment": line.moment.isoformat()} for line in lines],
            }
        )
    counts = ", ".join(f"{count} {name}" for name, count in standing.counts.items()) or "nothing yet"
    head = [f"On record: {counts}."]
    if standing.is_held:
        head.append("Held: this is a restored copy; `turnabout db confirm` lets it send.")
    rows = [
        f"{line.moment:%Y-%m-%d %H:%M}Z  {line.state:<9}  {line.kind:<24}  {line.recipient:<34}  {line.id}"
        + (f"  {line.reason}" if line.reason else "")
        for line in lines
    ]
    return "\n".join([*head, *rows])


async def retry_delivery(settings: Settings, delivery_id: str) -> str:
    """Send a dead, parked or skipped delivery after all.

    Raises:
        SettingsFaultyError: when there is no such delivery in one of these states.
    """
    async with opened(settings) as storage:
        if not await delivering.retry(storage, delivery_id, datetime.now(UTC)):
            raise SettingsFaultyError(
                [f"no dead, parked or skipped delivery has the id {delivery_id}; see `turnabout outbox`"]
            )
    return f"Delivery {delivery_id} is due again."


def _state(word: str) -> DeliveryState:
    try:
        return DeliveryState(word)
    except ValueError:
        known = ", ".join(DeliveryState)
        raise SettingsFaultyError([f"--state must be one of {known}, got {word}"]) from None
