"""The builders: plain JSON with nothing superfluous in it, and first choices that Slack cannot refuse."""

from __future__ import annotations

import inspect
import json

import pytest

from messages import blocks as b
from messages.message import Message
from messages.validator import check_message, check_view

OPTIONS = [
    b.option("Budgets", "business.budgets"),
    b.option("Strategy", "business.strategy", description="Choices"),
]


def test_section_holds_mrkdwn_in_which_nothing_is_linked_by_itself():
    assert b.section("Hello *Mara*") == {
        "type": "section",
        "text": {"type": "mrkdwn", "text": "Hello *Mara*", "verbatim": True},
    }


def test_finished_text_object_is_taken_as_it_is():
    assert b.section(b.plain("Hello", emoji=False))["text"] == {
        "type": "plain_text",
        "text": "Hello",
        "emoji": False,
    }
    assert b.mrkdwn("<https://x.example>", verbatim=False)["verbatim"] is False


def test_fields_are_a_section_without_text():
    assert b.fields("a", b.plain("b")) == {
        "type": "section",
        "fields": [{"type": "mrkdwn", "text": "a", "verbatim": True}, {"type": "plain_text", "text": "b"}],
    }


def test_button_carries_all_that_slack_knows():
    question = b.confirm(
        "Leave?", "Your pair ends.", confirm="Leave the program", deny="Stay", style="danger"
    )
    built = b.button(
        "Leave the program",
        "participant.leave.v1",
        value="17",
        url="https://x.example",
        style="danger",
        confirm=question,
        accessibility_label="Leave the mentoring program",
    )

    assert built == {
        "type": "button",
        "action_id": "participant.leave.v1",
        "text": {"type": "plain_text", "text": "Leave the program"},
        "value": "17",
        "url": "https://x.example",
        "style": "danger",
        "confirm": {
            "title": {"type": "plain_text", "text": "Leave?"},
            "text": {"type": "plain_text", "text": "Your pair ends."},
            "confirm": {"type": "plain_text", "text": "Leave the program"},
            "deny": {"type": "plain_text", "text": "Stay"},
            "style": "danger",
        },
        "accessibility_label": "Leave the mentoring program",
    }


def test_what_is_not_given_is_left_out():
    assert b.button("Stay", "stay") == {
        "type": "button",
        "action_id": "stay",
        "text": {"type": "plain_text", "text": "Stay"},
    }
    assert b.divider() == {"type": "divider"}
    assert b.modal("Join", []) == {
        "type": "modal",
        "title": {"type": "plain_text", "text": "Join"},
        "blocks": [],
    }
    assert b.home([]) == {"type": "home", "blocks": []}


def test_false_is_kept_where_it_says_something():
    assert b.number_input("n")["is_decimal_allowed"] is False
    assert b.input_("Note", b.plain_text_input("x"), optional=False)["optional"] is False


def test_first_choice_is_the_whole_option_that_was_offered():
    assert b.static_select("x", OPTIONS, initial="business.strategy")["initial_option"] == OPTIONS[1]
    assert b.radio_buttons("x", OPTIONS, initial="business.budgets")["initial_option"] == OPTIONS[0]


def test_first_choice_is_found_inside_groups():
    groups = [b.option_group("Tools", [b.option("Chat", "tools.chat")]), b.option_group("Business", OPTIONS)]

    assert (
        b.static_select("x", option_groups=groups, initial="business.strategy")["initial_option"]
        == OPTIONS[1]
    )
    assert b.multi_static_select("x", option_groups=groups, initial=["business.budgets", "tools.chat"])[
        "initial_options"
    ] == [OPTIONS[0], groups[0]["options"][0]]


@pytest.mark.parametrize("build", [b.static_select, b.radio_buttons])
def test_first_choice_that_is_no_longer_offered_is_left_out(build):
    assert "initial_option" not in build("x", OPTIONS, initial="gone")
    assert "initial_option" not in build("x", OPTIONS)


@pytest.mark.parametrize("build", [b.multi_static_select, b.checkboxes])
def test_first_choices_keep_their_order_and_lose_what_is_gone_or_doubled(build):
    chosen = ["business.strategy", "gone", "business.budgets", "business.strategy"]

    assert build("x", OPTIONS, initial=chosen)["initial_options"] == [OPTIONS[1], OPTIONS[0]]
    assert "initial_options" not in build("x", OPTIONS, initial=["gone"])


def test_empty_text_is_no_initial_value():
    assert "initial_value" not in b.plain_text_input("x", initial_value="")
    assert "initial_value" not in b.email_input("x", initial_value="")
    assert "initial_value" not in b.url_input("x", initial_value="")


def test_numbers_travel_as_strings():
    built = b.number_input("n", is_decimal_allowed=True, initial_value=8.5, min_value=0, max_value="10")

    assert (built["initial_value"], built["min_value"], built["max_value"]) == ("8.5", "0", "10")


def test_conversation_filter_is_left_out_when_nothing_narrows():
    assert "filter" not in b.conversations_select("x")
    assert b.conversations_select("x", include=["public"], exclude_bot_users=True)["filter"] == {
        "include": ["public"],
        "exclude_bot_users": True,
    }


def test_picture_of_a_file_names_the_file():
    assert b.image(alt_text="31 of 40 sessions held", slack_file_id="F01") == {
        "type": "image",
        "slack_file": {"id": "F01"},
        "alt_text": "31 of 40 sessions held",
    }


def test_list_items_are_strings_parts_or_sections():
    section = b.rich_text_section("three ", b.rich_text_part("parts", bold=True))
    built = b.rich_text_list(
        "one", b.rich_text_part("two", url="https://x.example"), section, style="ordered"
    )

    assert built == {
        "type": "rich_text_list",
        "style": "ordered",
        "elements": [
            {"type": "rich_text_section", "elements": [{"type": "text", "text": "one"}]},
            {
                "type": "rich_text_section",
                "elements": [{"type": "link", "url": "https://x.example", "text": "two"}],
            },
            {
                "type": "rich_text_section",
                "elements": [
                    {"type": "text", "text": "three "},
                    {"type": "text", "text": "parts", "style": {"bold": True}},
                ],
            },
        ],
    }


def test_dispatch_is_spelled_out():
    built = b.plain_text_input("x", dispatch_on=["on_enter_pressed"])

    assert built["dispatch_action_config"] == {"trigger_actions_on": ["on_enter_pressed"]}


def test_generators_are_taken_as_well_as_lists():
    built = b.modal("Join", (b.section(text) for text in ("a", "b")))

    assert [block["text"]["text"] for block in built["blocks"]] == ["a", "b"]
    assert b.overflow("x", (option for option in OPTIONS))["options"] == OPTIONS


def test_message_gives_the_arguments_of_a_call():
    message = Message("Hello", (b.section("Hello"),))

    assert message.payload() == {"text": "Hello", "blocks": [b.section("Hello")]}
    assert Message("Hello").payload() == {"text": "Hello", "blocks": []}
    assert check_message(message.payload()) == []


ELEMENTS = {
    "static_select": b.static_select("x", OPTIONS, placeholder="Choose", focus_on_load=True),
    "multi_static_select": b.multi_static_select("x", OPTIONS, max_selected_items=2),
    "external_select": b.external_select("x", initial=OPTIONS[0], min_query_length=1),
    "multi_external_select": b.multi_external_select("x", initial=OPTIONS),
    "users_select": b.users_select("x", initial_user="U01"),
    "multi_users_select": b.multi_users_select("x", initial_users=["U01"]),
    "channels_select": b.channels_select("x", initial_channel="C01"),
    "conversations_select": b.conversations_select("x", default_to_current_conversation=True),
    "radio_buttons": b.radio_buttons("x", OPTIONS),
    "checkboxes": b.checkboxes("x", OPTIONS),
    "datepicker": b.datepicker("x", initial_date="2026-12-08"),
    "timepicker": b.timepicker("x", initial_time="09:30", timezone="Europe/Berlin"),
    "datetimepicker": b.datetimepicker("x", initial_date_time=1_790_000_000),
    "plain_text_input": b.plain_text_input("x", multiline=True, max_length=300),
    "email_text_input": b.email_input("x", initial_value="a@x.example"),
    "url_text_input": b.url_input("x", initial_value="https://x.example"),
    "number_input": b.number_input("x", initial_value=3),
}


@pytest.mark.parametrize("kind", ELEMENTS)
def test_every_input_a_builder_makes_is_accepted_in_a_modal(kind):
    view = b.modal("Join", [b.input_("Label", ELEMENTS[kind], hint="Hint", optional=True)], submit="Save")

    assert ELEMENTS[kind]["type"] == kind
    assert check_view(view, "modal") == []


def test_no_builder_puts_none_into_what_it_makes():
    made = [
        *ELEMENTS.values(),
        *(
            b.section("x"),
            b.fields("x"),
            b.header("x"),
            b.context("x"),
            b.divider(),
            b.actions(),
            b.rich_text(),
        ),
        *(
            b.input_("x", ELEMENTS["checkboxes"]),
            b.image(alt_text="x"),
            b.rich_text_section("x"),
            b.rich_text_list("x"),
        ),
        *(
            b.rich_text_part("x"),
            b.option("x", "x"),
            b.option_group("x", OPTIONS),
            b.button("x", "x"),
            b.plain("x"),
        ),
        *(b.confirm("x", "x", confirm="x", deny="x"), b.overflow("x", OPTIONS), b.mrkdwn("x")),
        *(b.modal("x", []), b.home([])),
    ]
    builders = [
        name for name, made_by in inspect.getmembers(b, inspect.isfunction) if not name.startswith("_")
    ]

    assert len(made) == len(builders)
    assert "null" not in json.dumps(made)
