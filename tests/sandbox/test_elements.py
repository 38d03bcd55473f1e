"""Reading Block Kit as a client does: the words on the screen, where elements stand, what Slack fills in."""

from __future__ import annotations

import pytest

from sandbox import elements
from tests.sandbox.kit import actions, button, field, home, option, section, text

NAMES = {"U1": "Ada", "C1": "general"}


@pytest.mark.parametrize(
    ("mrkdwn", "words"),
    [
        ("*bold* _italic_ ~gone~ `code`", "bold italic gone code"),
        ("_*both* of them_", "both of them"),
        ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
        ("<https://example.com|label> <https://example.com>", "label https://example.com"),
        ("<mailto:ada@example.com|write>", "write"),
        ("<@U1> in <#C1|x>, <@U2>", "@Ada in @general, @U2"),
        ("<!date^1^{date}^https://example.com|Friday>", "Friday"),
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("&amp;lt;", "&lt;"),
    ],
)
def test_mrkdwn_is_read_as_people_read_it(mrkdwn, words):
    assert elements.plain_words(mrkdwn, NAMES) == words


def test_all_words_of_a_view_come_top_to_bottom_without_what_menus_hide():
    menu = {
        "type": "static_select",
        "action_id": "m",
        "placeholder": text("Pick"),
        "options": [option("Hidden", "1")],
    }
    boxes = {"type": "checkboxes", "action_id": "c", "options": [option("Shown", "1")]}
    asks = {"title": text("Sure?"), "text": text("x"), "confirm": text("Yes"), "deny": text("No")}
    view = home(
        {"type": "header", "text": text("Title")},
        section("*One*", fields=[text("Two")]),
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "Three"}]},
        {
            "type": "image",
            "image_url": "https://example.com/x.png",
            "alt_text": "A chart",
            "title": text("Chart"),
        },
        actions(button("Go", "go", confirm=asks), menu),
        field("Boxes", boxes, "b", hint=text("Hint")),
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "text", "text": "Rich"},
                        {"type": "link", "url": "https://x.example"},
                    ],
                }
            ],
        },
    )
    shown = elements.words_of(view, NAMES)
    assert shown[:6] == ["Title", "One", "Two", "Three", "Chart", "A chart"]
    assert shown[6:8] == ["Go", "Pick"]
    assert set(shown[8:]) == {"Boxes", "Shown", "Hint", "Rich", "https://x.example"}


def test_elements_are_found_in_their_places():
    blocks = [
        section("x", block_id="s", accessory=button("A", "a")),
        section("y", accessory={"type": "image", "image_url": "https://example.com/x.png", "alt_text": "y"}),
        actions(button("B", "b")),
        field("C", {"type": "plain_text_input", "action_id": "c"}, "i", optional=True, dispatch_action=True),
    ]
    found = list(elements.placed(blocks))
    assert [(one.spot, one.standing) for one in found] == [
        (("s", "a"), "accessory"),
        (("row", "b"), "action"),
        (("i", "c"), "input"),
    ]
    assert [(one.is_optional, one.acts_at_once) for one in found] == [(True, True)] * 3
    assert elements.find(blocks, ("row", "b")) == found[1]
    assert elements.find(blocks, ("row", "c")) is None
    assert [elements.label_of(one, NAMES) for one in found] == ["A", "B", "C"]


def test_what_is_kept_has_ids_and_defaults_and_leaves_what_was_sent_alone():
    sent = [section("x"), {"type": "actions", "elements": [{"type": "button", "text": text("Go")}]}]
    tokens = iter("abc")
    kept = elements.as_kept(sent, lambda: next(tokens))
    assert [block["block_id"] for block in kept] == ["a", "b"]
    assert kept[1]["elements"][0]["action_id"] == "c"
    assert kept[0]["text"]["verbatim"] is False
    assert kept[1]["elements"][0]["text"]["emoji"] is True
    assert "block_id" not in sent[0]
    assert "emoji" not in sent[1]["elements"][0]["text"]
