from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from messages import blocks as b
from sandbox import elements
from sandbox.page.mrkdwn import Reader
from sandbox.page.render import TINTS, Scene, blocks, environment, initials, tint
from tests.sandbox.page.bot import fields, gallery, home, intake, options, proposal, topics
from tests.sandbox.page.html import find, read, tags, words

EVIL = "\"><script>alert('1')</script>&<b onclick=x>"


def scene(**more: Any) -> Scene:
    return Scene(**{"reader": Reader(zone="Europe/Stockholm", locale="en-GB"), "prefix": "x", **more})


def drawn(*these: dict[str, Any], **more: Any) -> str:
    return str(blocks(elements.as_kept(these, lambda: "made"), scene(**more)))


def everywhere(value: Any, text: str) -> Any:
    """Put a text into every place where a person's words could stand."""
    if isinstance(value, dict):
        return {key: everywhere(inner, text) if key not in {"type", "image_url", "block_id", "action_id", "style",
                "initial_date", "initial_time"} else inner for key, inner in value.items()}  # fmt: skip
    if isinstance(value, list):
        return [everywhere(inner, text) for inner in value]
    return text if isinstance(value, str) else value


SURFACES = [gallery(), proposal(), home("Tom")["blocks"], intake()["blocks"], fields()["blocks"]]
KNOWN = set().union(*(tags(drawn(*surface)) for surface in SURFACES))


@pytest.mark.parametrize("surface", SURFACES)
def test_no_text_of_any_block_becomes_markup(surface: list[dict[str, Any]]) -> None:
    html = drawn(*everywhere(surface, EVIL))
    assert "script" not in tags(html)
    assert not [each for each in read(html).elements if "onclick" in each.attributes]


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="<>\"'&/= ab{}%", min_size=1, max_size=25))
def test_nothing_a_person_writes_adds_a_tag(text: str) -> None:
    for surface in SURFACES:
        assert tags(drawn(*everywhere(surface, text))) <= KNOWN


def test_names_and_ids_may_hold_anything() -> None:
    html = drawn(b.actions(b.button("Press", EVIL), block_id=EVIL), b.section("x"), prefix="U1")
    [button] = find(html, name="press")
    assert "<" not in (button.attributes["value"] or "")
    assert " " not in (button.attributes["id"] or "")


def test_a_section_shows_text_fields_and_accessory() -> None:
    html = drawn(b.section("*Hello*", fields=["one", "two"], accessory=b.button("Press", "p")))
    assert words(html) == "Hello one two Press"
    assert find(html, class_="b-fields")


def test_buttons_carry_style_label_and_name() -> None:
    html = drawn(
        b.actions(b.button("3", "rate", style="primary", accessibility_label="3 of 5"), block_id="row")
    )
    [button] = find(html, name="press", value="row/rate")
    assert button.attributes["class"] == "button primary"
    assert button.attributes["aria-label"] == "3 of 5"


def test_a_link_button_opens_and_is_pressed() -> None:
    html = drawn(b.actions(b.button("Open", "open", url="https://example.com"), block_id="row"))
    [link] = find(html, data_press="row/open")
    assert (link.tag, link.attributes["href"], link.attributes["target"]) == (
        "a",
        "https://example.com",
        "_blank",
    )


def test_a_link_button_to_no_browser_address_leads_nowhere() -> None:
    html = drawn(b.actions(b.button("Open", "open", url="javascript:alert(1)"), block_id="row"))
    assert find(html, data_press="row/open")[0].attributes["href"] == "#"


def test_a_question_comes_before_the_press() -> None:
    question = b.confirm(
        "Leave?", "Your place ends.", confirm="Leave the program", deny="Stay", style="danger"
    )
    html = drawn(b.actions(b.button("Leave", "leave", confirm=question), block_id="row"))
    [opener] = find(html, data_open="x-row/leave-asks")
    assert "name" not in opener.attributes
    [dialog] = find(html, id="x-row/leave-asks")
    assert dialog.tag == "dialog"
    [agree] = find(html, name="press", value="row/leave")
    assert (agree.text, agree.attributes["class"]) == ("Leave the program", "button danger")


def test_a_question_of_a_menu_is_asked_by_the_script() -> None:
    question = b.confirm("Sure?", "It ends.", confirm="Yes, end it", deny="Keep it")
    html = drawn(b.actions(b.static_select("s", options("One"), confirm=question), block_id="row"))
    [select] = find(html, name="row/s")
    assert select.attributes["data-asks"] == "x-row/s-asks"
    assert find(html, id="x-row/s-asks")[0].tag == "dialog"
    assert not find(html, name="press")


def test_an_overflow_menu_names_each_entry() -> None:
    entries = [*options("Ask later"), b.option("Help", "h", url="https://h.example")]
    html = drawn(b.actions(b.overflow("more", entries), block_id="row"))
    assert find(html, name="press", value="row/more#ask_later")[0].text == "Ask later"
    assert find(html, data_press="row/more#h")[0].attributes["href"] == "https://h.example"
    assert [each.attributes["aria-label"] for each in read(html).elements if each.tag == "summary"] == [
        "More actions"
    ]


def test_groups_of_a_menu_are_kept() -> None:
    html = drawn(b.actions(b.static_select("topic", option_groups=topics()), block_id="row"))
    assert [each.attributes["label"] for each in read(html).elements if each.tag == "optgroup"] == [
        "Online presence", "AI in daily work", "Business and strategy", "Ways of working"
    ]  # fmt: skip


def test_a_menu_for_several_names_its_limit_and_can_be_narrowed() -> None:
    menu = b.multi_static_select("t", option_groups=topics(), max_selected_items=3)
    html = drawn(b.input_("Topics", menu, block_id="b"))
    [details] = [each for each in read(html).elements if each.tag == "details"]
    assert details.attributes["data-most"] == "3"
    assert find(html, class_="count")[0].text == "0 of 3"
    assert find(html, data_filter=None)
    assert len(find(html, type="checkbox", name="b/t")) == 13


def test_hint_and_error_describe_their_field() -> None:
    html = drawn(
        b.input_("Goal", b.plain_text_input("g"), block_id="b", hint="In one line."),
        errors={"b": "Too long."},
    )
    [field] = find(html, name="b/g")
    assert field.attributes["aria-describedby"] == "x-b/g-hint x-b/g-error"
    assert field.attributes["aria-invalid"] == "true"
    assert find(html, id="x-b/g-hint")[0].text == "In one line."
    assert find(html, id="x-b/g-error")[0].text == "Too long."
    assert find(html, for_="x-b/g")[0].text == "Goal"


def test_only_optional_fields_say_so() -> None:
    html = drawn(
        b.input_("Name", b.plain_text_input("v"), block_id="a"),
        b.input_("Nickname", b.plain_text_input("v"), block_id="b", optional=True),
    )
    assert words(html) == "Name Nickname optional"
    assert "required" in find(html, name="a/v")[0].attributes
    assert "required" not in find(html, name="b/v")[0].attributes


def test_groups_of_boxes_have_a_legend() -> None:
    html = drawn(b.input_("Level", b.radio_buttons("v", options("One", "Two"), initial="two"), block_id="b"))
    assert [each.text.strip() for each in read(html).elements if each.tag == "legend"] == ["Level"]
    assert [each.attributes["value"] for each in read(html).elements if "checked" in each.attributes] == [
        "two"
    ]


def test_what_was_chosen_comes_before_what_the_block_began_with() -> None:
    these = elements.as_kept(
        [b.input_("Goal", b.plain_text_input("g", initial_value="old"), block_id="b")], str
    )
    assert 'value="old"' in str(blocks(these, scene()))
    assert 'value="new"' in str(blocks(these, scene(chosen={("b", "g"): "new"})))
    assert 'value=""' in str(blocks(these, scene(chosen={("b", "g"): None})))


def test_only_what_tells_the_bot_at_once_is_sent_at_once() -> None:
    element = b.static_select("s", options("One"))
    assert "data-send" not in drawn(b.input_("A", element, block_id="a"))
    assert "data-send" in drawn(b.input_("A", element, block_id="a", dispatch_action=True))
    assert "data-send" in drawn(b.actions(element))


@pytest.mark.parametrize(("when", "sign"), [(None, "data-enter"), (["on_character_entered"], "data-typing")])
def test_text_tells_the_bot_when_it_asked_to_be_told(when: list[Any] | None, sign: str) -> None:
    html = drawn(b.input_("A", b.plain_text_input("t", dispatch_on=when), block_id="a", dispatch_action=True))
    assert {each for each in ("data-enter", "data-typing") if each in html} == {sign}


def test_people_and_channels_are_offered_by_name() -> None:
    html = drawn(
        b.actions(b.users_select("u"), b.channels_select("c")),
        people={"U1": EVIL},
        channels={"C1": "#general"},
    )
    assert [(each.attributes["value"], each.text) for each in read(html).elements if each.tag == "option"] == [
        ("", "Choose"), ("U1", EVIL), ("", "Choose"), ("C1", "#general"),
    ]  # fmt: skip


def test_a_moment_is_shown_in_the_readers_zone() -> None:
    html = drawn(b.actions(b.datetimepicker("d", initial_date_time=1_796_724_000), block_id="row"))
    assert find(html, name="row/d")[0].attributes["value"] == "2026-12-08T11:00"
    assert find(html, class_="zone")[0].text == "Europe/Stockholm"


def test_a_picture_of_another_host_is_told_and_not_loaded() -> None:
    html = drawn(b.image(alt_text="Bars: 12 met", image_url="https://example.com/c.png"))
    assert "example.com" not in html
    assert find(html, role="img")[0].attributes["aria-label"] == "Bars: 12 met"


def test_a_picture_of_the_workspace_is_shown_with_its_words() -> None:
    html = drawn(b.image(alt_text="Bars", slack_file_id="F1"), picture=lambda _: "/page/files/F1")
    [picture] = [each for each in read(html).elements if each.tag == "img"]
    assert picture.attributes == {"src": "/page/files/F1", "alt": "Bars"}


ABSENT = {"type": "image", "alt_text": "b", "image_url": "https://x"}
ROW = [{"type": "raw_text", "text": "<a>"}, {"type": "raw_text", "text": "b"}]


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ({"type": "carousel"}, "A block of the kind “carousel”, which this page does not draw."),
        ({"type": "markdown", "text": "# <x>"}, "# <x>"),
        ({"type": "table", "rows": [ROW]}, "<a> b"),
        ({"type": "context", "elements": [ABSENT, b.mrkdwn("*a*")]}, "Picture, not loaded here: b a"),
    ],
)
def test_other_blocks_are_drawn_plainly_or_named(block: dict[str, Any], said: str) -> None:
    assert words(drawn(block)) == said


def test_every_id_of_a_surface_is_there_once() -> None:
    for surface in SURFACES:
        ids = [each.attributes["id"] for each in read(drawn(*surface)).elements if "id" in each.attributes]
        assert len(ids) == len(set(ids))


def test_whoever_is_described_is_there() -> None:
    for surface in SURFACES:
        html = drawn(*surface, errors={"goal": "x", "words": "y", "share": "z"})
        ids = {each.attributes.get("id") for each in read(html).elements}
        for each in read(html).elements:
            for name in ("aria-describedby", "aria-labelledby", "for"):
                assert set((each.attributes.get(name) or "").split()) <= ids


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Mara Lind", "ML"),
        ("Ann-Marie van Dijk", "AD"),
        ("Cher", "C"),
        ("", "?"),
        ("(x) 李", "李"),
        ("<b>", "?"),
    ],
)
def test_initials_stand_for_a_picture(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_the_colours_of_people_stay_and_are_few() -> None:
    assert tint("U00000003") == tint("U00000003")
    assert {tint(f"U{number}") for number in range(200)} == set(range(TINTS))


def test_templates_escape_by_themselves() -> None:
    assert environment().autoescape is True
