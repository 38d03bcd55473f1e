from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from messages import blocks as b
from sandbox import elements
from sandbox.page import forms
from sandbox.page.mrkdwn import Reader
from sandbox.page.render import Scene, blocks
from tests.sandbox.page.bot import options
from tests.sandbox.page.html import posted

ZONE = "Europe/Stockholm"
ONE, TWO, THREE = elements.with_text_defaults(options("One", "Two", "Three"))
FOUND = {"text": {"type": "plain_text", "text": 'Ada <b> & "co"', "emoji": True}, "value": "U1"}
PEOPLE = {"U1": "Ada", "U2": "Mara", "U3": "Tom"}
CHANNELS = {"C1": "#general", "C2": "#other"}


def rich(text: str) -> dict[str, Any]:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}


KINDS = [
    (b.plain_text_input("v"), ["two words", None, "<b> & \"x\" 'y'", "  spaced "]),
    (b.plain_text_input("v", multiline=True), ["one\ntwo", "\n\nthree\n", None]),
    ({"type": "rich_text_input", "action_id": "v"}, [rich("one\ntwo <b>"), None]),
    (b.email_input("v"), ["name@example.com", None]),
    (b.url_input("v"), ["https://example.com/?a=1&b=2", None]),
    (b.number_input("v", is_decimal_allowed=True), ["8.5", None]),
    (b.static_select("v", [ONE, TWO, THREE]), [TWO, None]),
    (b.static_select("v", option_groups=[b.option_group("G", [ONE]), b.option_group("H", [TWO])]), [TWO, None]),
    (b.radio_buttons("v", [ONE, TWO]), [ONE, None]),
    (b.checkboxes("v", [ONE, TWO, THREE]), [[ONE, THREE], []]),
    (b.multi_static_select("v", [ONE, TWO, THREE]), [[ONE, TWO], []]),
    (b.external_select("v"), [FOUND, None]),
    (b.multi_external_select("v"), [[FOUND], []]),
    (b.users_select("v"), ["U2", None]),
    (b.multi_users_select("v"), [["U1", "U3"], []]),
    (b.channels_select("v"), ["C2", None]),
    (b.conversations_select("v"), ["C1", None]),
    ({"type": "multi_channels_select", "action_id": "v"}, [["C1"], []]),
    ({"type": "multi_conversations_select", "action_id": "v"}, [["C1", "C2"], []]),
    (b.datepicker("v"), ["2026-12-08", None]),
    (b.timepicker("v"), ["09:30", None]),
    (b.datetimepicker("v"), [1_796_724_000, None]),
]  # fmt: skip
CASES = [
    pytest.param(element, value, id=f"{element['type']}-{index}")
    for element, values in KINDS
    for index, value in enumerate(values)
]


def through_a_browser(block: dict[str, Any], value: Any) -> dict[elements.Spot, Any]:
    """Draw an element that holds a value, post the form as a browser would, and read it back."""
    kept = elements.as_kept([block], lambda: "made")
    [one] = elements.placed(kept)
    scene = Scene(
        reader=Reader(zone=ZONE), prefix="x", chosen={one.spot: value}, people=PEOPLE, channels=CHANNELS
    )
    return forms.typed([one], posted(str(blocks(kept, scene))), ZONE)


@pytest.mark.parametrize(("element", "value"), CASES)
def test_what_an_input_shows_is_what_comes_back(element: dict[str, Any], value: Any) -> None:
    assert through_a_browser(b.input_("Label", element, block_id="b"), value) == {("b", "v"): value}


@pytest.mark.parametrize(("element", "value"), CASES)
def test_ids_of_any_characters_come_back(element: dict[str, Any], value: Any) -> None:
    wild = {**element, "action_id": 'a/b c#d"<é>'}
    assert through_a_browser(b.input_("Label", wild, block_id="x/y %2F#"), value) == {
        ("x/y %2F#", 'a/b c#d"<é>'): value
    }


def test_every_kind_that_holds_a_value_is_covered() -> None:
    assert {element["type"] for element, _ in KINDS} == elements._HELD.keys() - {"file_input"}


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60))
def test_any_words_come_back_letter_by_letter(text: str) -> None:
    assert through_a_browser(b.input_("L", b.plain_text_input("v"), block_id="b"), text) == {("b", "v"): text}


def test_a_control_that_was_not_posted_is_left_out() -> None:
    places = list(elements.placed([b.input_("L", b.plain_text_input("v"), block_id="b")]))
    assert forms.typed(places, {}, ZONE) == {}


def test_browsers_end_lines_their_own_way() -> None:
    places = list(elements.placed([b.input_("L", b.plain_text_input("v"), block_id="b")]))
    assert forms.typed(places, {"b/v": ["one\r\ntwo"]}, ZONE) == {("b", "v"): "one\ntwo"}


def test_a_moment_is_meant_in_the_persons_zone() -> None:
    places = list(elements.placed([b.input_("L", b.datetimepicker("v"), block_id="b")]))
    form = {"b/v": ["2026-12-08T11:00"]}
    assert forms.typed(places, form, "Europe/Stockholm") == {("b", "v"): 1_796_724_000}
    assert forms.typed(places, form, "America/New_York") == {("b", "v"): 1_796_724_000 + 6 * 3600}


@pytest.mark.parametrize(
    ("posted_at", "utc_hour"),
    [("2026-03-29T02:30", 1.5), ("2026-10-25T02:30", 0.5)],
    ids=["skipped", "doubled"],
)
def test_an_hour_that_is_skipped_or_doubled_still_has_one_meaning(posted_at: str, utc_hour: float) -> None:
    midnight = forms.moment(f"{posted_at[:10]}T00:00", "UTC")
    assert forms.moment(posted_at, ZONE) - midnight == utc_hour * 3600


@pytest.mark.parametrize(
    ("element", "value"),
    [
        (b.static_select("v", [ONE]), "four"),
        (b.checkboxes("v", [ONE]), "four"),
        (b.external_select("v"), "not json"),
        (b.external_select("v"), '{"text": "x"}'),
        (b.datepicker("v"), "soon"),
        (b.timepicker("v"), "25:00"),
        (b.datetimepicker("v"), "2026-12-08"[:7]),
    ],
)
def test_what_was_not_on_offer_is_refused_in_words(element: dict[str, Any], value: str) -> None:
    places = list(elements.placed([b.input_("L", element, block_id="b")]))
    with pytest.raises(forms.FormError, match="Please"):
        forms.typed(places, {"b/v": [value]}, ZONE)


def test_a_press_finds_its_element_and_the_entry_of_a_menu() -> None:
    places = list(elements.placed([b.actions(b.button("A", "a"), b.overflow("m", [ONE, TWO]), block_id="b")]))
    assert forms.pressed(places, "b/a")[0].element["text"]["text"] == "A"
    one, chosen = forms.pressed(places, "b/m#two")
    assert forms.offered(one.element, chosen) == TWO


def test_a_press_on_what_is_gone_says_so() -> None:
    with pytest.raises(forms.FormError, match="has changed"):
        forms.pressed([], "b/a")
