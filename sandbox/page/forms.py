"""What a browser posts, read back into what a person typed and chose.

The shapes come from `sandbox.elements`, the checks of a form from `sandbox.interactions`; nothing here knows HTTP.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from sandbox import elements

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sandbox.elements import Json, Placed, Spot

    Form = Mapping[str, Sequence[str]]


class FormError(ValueError):
    """The form does not belong to what is on the screen now; the text tells the person what to do."""


def field_name(spot: Spot) -> str:
    """Return the name of an element's control in a form; any characters are allowed in either id."""
    return "/".join(quoted(part) for part in spot)


def quoted(part: str) -> str:
    """Return text with everything but letters, digits and `_.-~` escaped, safe in names, ids and headers."""
    return quote(part, safe="")


def typed(places: Iterable[Placed], form: Form, zone: str) -> dict[Spot, Any]:
    """Return what the form holds, as `ModalView.chosen` keeps it: None or [] where a control was emptied.

    Args:
        places: the elements on the screen
        form: each control's name with everything posted under it; an absent control is left out of the answer
        zone: the person's zone, in which a date with a time is meant

    Raises:
        FormError: a value that was not on offer
    """
    read: dict[Spot, Any] = {}
    for one in places:
        posted = form.get(field_name(one.spot))
        if posted is not None and elements.holds_a_value(one.element):
            read[one.spot] = _read(one.element, [each for each in posted if each], zone)
    return read


def pressed(places: Iterable[Placed], press: str) -> tuple[Placed, str]:
    """Return the element that was pressed, and the value chosen in it, which only an overflow menu says here.

    Raises:
        FormError: it is not on the screen any more
    """
    name, _, chosen = press.partition("#")
    for one in places:
        if field_name(one.spot) == name:
            return one, chosen
    raise FormError("This part of the screen has changed meanwhile. Please look again.")


def offered(element: Json, value: str) -> Json:
    """Return the whole option of that value, as Slack sends it back; raises FormError."""
    if element["type"].endswith("external_select"):
        return _suggested(value)
    for option in elements.options_of(element):
        if option.get("value") == value:
            return option
    raise FormError("That choice is not on offer any more. Please choose again.")


def local_moment(seconds: int, zone: str) -> str:
    """Return an instant as a `datetime-local` control shows it to a person in that zone."""
    return datetime.fromtimestamp(seconds, tz=ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")


def moment(posted: str, zone: str) -> int:
    """Return the unix seconds of a `datetime-local` control; of a doubled hour the first counts."""
    return int(datetime.fromisoformat(posted).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).timestamp())


def _read(element: Json, posted: Sequence[str], zone: str) -> Any:
    kind = element["type"]
    if elements.holds_a_list(element):
        with_options = kind == "checkboxes" or kind.endswith(("static_select", "external_select"))
        return [offered(element, each) for each in posted] if with_options else list(posted)
    if not posted:
        return None
    first = posted[0].replace("\r\n", "\n")
    if kind == "rich_text_input":
        section = {"type": "rich_text_section", "elements": [{"type": "text", "text": first}]}
        return {"type": "rich_text", "elements": [section]}
    if elements.held_under(element) == "selected_option":
        return offered(element, first)
    if kind in {"datepicker", "timepicker", "datetimepicker"}:
        return _when(kind, first, zone)
    return first


def _when(kind: str, posted: str, zone: str) -> str | int:
    try:
        if kind == "datepicker":
            return date.fromisoformat(posted).isoformat()
        if kind == "timepicker":
            return time.fromisoformat(posted).strftime("%H:%M")
        return moment(posted, zone)
    except ValueError as error:
        raise FormError(f"{posted} is not a date or time. Please choose again.") from error


def _suggested(value: str) -> Json:
    """Return an option that came from the app's own search: the form carries it whole."""
    try:
        option = json.loads(value)
        words = str(option["text"]["text"])
        return {
            "text": {"type": "plain_text", "text": words, "emoji": True},
            "value": str(option["value"]),
        }
    except (ValueError, TypeError, KeyError) as error:
        raise FormError("That choice could not be read. Please search again.") from error
