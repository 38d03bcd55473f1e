"""The validator against a corpus of payloads that Slack takes and refuses, and against what the builders make."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from messages import blocks as b
from messages.errors import InvalidPayloadError
from messages.validator import (
    HOUSE_RULES,
    Fault,
    FaultCode,
    check_message,
    check_options,
    check_view,
    check_view_response,
    json_size,
    require_message,
    require_view,
    slack_error_for_message,
    slack_error_for_view,
)

PAYLOADS = Path(__file__).parent / "payloads"


def unfolded(value, number=0):
    """Return a payload of the corpus written out.

    `{"$repeat": [text, n]}` and `{"$join": [texts]}` stand for long strings, an item `{"$times": [item, n]}` of a list
    for n items, with `{n}` in their strings counted up.
    """
    match value:
        case str():
            return value.replace("{n}", str(number))
        case list():
            return [item for folded in value for item in unfolded_items(folded, number)]
        case {"$repeat": [text, times]}:
            return text * times
        case {"$join": parts}:
            return "".join(unfolded(parts))
        case dict():
            return {key: unfolded(inner, number) for key, inner in value.items()}
    return value


def unfolded_items(folded, number):
    match folded:
        case {"$times": [item, times]}:
            return [unfolded(item, count) for count in range(times)]
    return [unfolded(folded, number)]


def corpus(name):
    cases = json.loads((PAYLOADS / name).read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["name"]) for case in cases]


def expected(case, default):
    return [
        Fault(FaultCode(fault.get("code", default)), fault["message"], fault["pointer"])
        for fault in case["faults"]
    ]


# The corpus


def test_corpus_is_as_large_as_promised():
    faulty = corpus("faulty_messages.json") + corpus("faulty_views.json")
    good = corpus("good_messages.json") + corpus("good_views.json")

    assert len(faulty) >= 120
    assert len(good) >= 40


@pytest.mark.parametrize("case", corpus("good_messages.json"))
def test_message_within_every_limit_is_accepted(case):
    assert check_message(unfolded(case["payload"])) == []


@pytest.mark.parametrize("case", corpus("good_views.json"))
def test_view_within_every_limit_is_accepted(case):
    assert check_view(unfolded(case["view"]), case["surface"]) == []


@pytest.mark.parametrize("case", corpus("faulty_messages.json"))
def test_faulty_message_is_refused_at_the_right_place(case):
    assert check_message(unfolded(case["payload"])) == expected(case, "invalid_blocks")


@pytest.mark.parametrize("case", corpus("faulty_views.json"))
def test_faulty_view_is_refused_at_the_right_place(case):
    assert check_view(unfolded(case["view"]), case["surface"]) == expected(case, "invalid_arguments")


def test_no_fault_repeats_what_a_person_wrote():
    words = "canary words of a person"
    payload = {
        "text": words + "<",
        "blocks": [
            b.section(words + "<!here>" + "x" * 3000),
            b.actions(b.static_select("x", [b.option(words * 9, "v", description=words * 9)])),
            b.input_(words * 99, b.plain_text_input("y", initial_value=words * 200)),
        ],
    }
    faults = check_message(payload)

    assert len(faults) == 7
    assert [str(fault) for fault in faults if "canary" in str(fault)] == []


def test_oversized_lists_are_refused_without_looking_at_each_item():
    options = [{"text": None, "value": None}] * 10_000
    payload = {"text": "x", "blocks": [b.actions(b.overflow("more", options))]}

    pointers = {fault.pointer for fault in check_message(payload)}

    assert "/blocks/0/elements/0/options/4/value" in pointers
    assert "/blocks/0/elements/0/options/5/value" not in pointers


# Slack's envelopes


def test_refused_blocks_are_worded_as_slack_words_them():
    faults = check_message({"text": "x", "blocks": [b.section("x" * 3001)]})

    assert slack_error_for_message(faults) == {
        "ok": False,
        "error": "invalid_blocks",
        "errors": ["must be less than 3001 characters [json-pointer:/blocks/0/text/text]"],
        "response_metadata": {
            "messages": ["[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"]
        },
    }


def test_refused_view_is_worded_as_slack_words_it():
    faults = check_view(b.modal("x", [], private_metadata="x" * 3001), "modal")

    assert slack_error_for_view(faults) == {
        "ok": False,
        "error": "invalid_arguments",
        "response_metadata": {
            "messages": [
                "[ERROR] failed to match all allowed schemas [json-pointer:/view]",
                "[ERROR] must be less than 3001 characters [json-pointer:/view/private_metadata]",
            ]
        },
    }


@pytest.mark.parametrize(
    ("payload", "error"),
    [
        ({}, "no_text"),
        ({"blocks": "[{"}, "invalid_blocks_format"),
        ({"text": "x", "blocks": {}}, "invalid_blocks_format"),
        (
            {"text": "x", "blocks": [b.section("x" * 2500, block_id=str(n)) for n in range(5)]},
            "msg_blocks_too_long",
        ),
        ({"text": 1, "blocks": [None]}, "invalid_arguments"),
        ({"text": "", "blocks": []}, "no_text"),
    ],
)
def test_other_refusals_of_a_message_carry_slacks_code(payload, error):
    answer = slack_error_for_message(check_message(payload))

    assert answer is not None
    assert (answer["ok"], answer["error"]) == (False, error)


def test_view_too_large_has_a_code_of_its_own():
    faults = check_view(b.home([b.section("x" * 2600) for _ in range(100)]), "home")

    assert slack_error_for_view(faults) == {"ok": False, "error": "view_too_large"}


def test_house_rules_stop_us_and_not_slack():
    message = {"text": "<!here> " + "x" * 4000, "blocks": [b.section("a < b <!date^1^{date}>")]}
    view = b.modal("x", [b.section("<!everyone>")])

    assert {fault.code for fault in check_message(message)} == {
        FaultCode.BROADCAST,
        FaultCode.LONG_TEXT,
        FaultCode.RAW_ANGLE,
        FaultCode.RAW_DATE,
    }
    assert all(fault.is_house_rule for fault in check_message(message))
    assert slack_error_for_message(check_message(message)) is None
    assert slack_error_for_view(check_view(view, "modal")) is None


def test_every_code_is_either_slacks_or_ours():
    slacks = {code for code in FaultCode if "invalid" in code or "too_l" in code or code is FaultCode.NO_TEXT}

    assert slacks | HOUSE_RULES == set(FaultCode)
    assert slacks & HOUSE_RULES == set()


def test_an_update_refuses_a_text_that_a_post_takes():
    faults = check_message({"text": "x" * 4001})

    assert slack_error_for_message(faults) is None
    assert slack_error_for_message(faults, updating=True) == {"ok": False, "error": "msg_too_long"}


def test_no_fault_gives_no_error():
    assert slack_error_for_message([]) is None
    assert slack_error_for_view([]) is None


def test_sender_is_told_every_fault_at_once():
    with pytest.raises(InvalidPayloadError) as raised:
        require_message({"text": " ", "blocks": [b.header("x" * 151), b.fields()]})

    assert raised.value.reasons == (
        "a message needs a text beside its blocks [json-pointer:/text]",
        "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
        "no fewer than 1 items allowed [json-pointer:/blocks/1/fields]",
    )


def test_sender_is_let_through_when_nothing_is_wrong():
    require_message({"text": "x"})
    require_view(b.home([]), "home")


def test_view_that_breaks_a_limit_is_not_sent():
    with pytest.raises(InvalidPayloadError, match="modal would be refused"):
        require_view(b.modal("x" * 25, []), "modal")


# Answers to a submitted view

NOTE = b.input_("Note", b.plain_text_input("note"), block_id="note/1")
SUBMITTED = b.modal("Join", [b.section("x", block_id="intro"), NOTE], submit="Save")


@pytest.mark.parametrize(
    "response",
    [
        {},
        {"response_action": "clear"},
        {"response_action": "errors", "errors": {"note/1": "Please write a few words."}},
        {"response_action": "update", "view": b.modal("Done", [])},
        {"response_action": "push", "view": b.modal("More", [])},
    ],
)
def test_answer_to_a_submitted_view_is_accepted(response):
    assert check_view_response(response, SUBMITTED) == []


@pytest.mark.parametrize(
    ("response", "faults"),
    [
        (None, ["must provide an object [json-pointer:]"]),
        (
            {"response_action": "close"},
            ["must be one of: clear, update, push, errors [json-pointer:/response_action]"],
        ),
        ({"errors": {}}, ["must be one of: clear, update, push, errors [json-pointer:/response_action]"]),
        (
            {"response_action": "errors", "errors": {}},
            ["must provide an object with at least one error [json-pointer:/errors]"],
        ),
        (
            {"response_action": "errors", "errors": {"note": "x", "intro": "x"}},
            [
                "must be the `block_id` of an input block [json-pointer:/errors/note]",
                "must be the `block_id` of an input block [json-pointer:/errors/intro]",
            ],
        ),
        (
            {"response_action": "errors", "errors": {"note/1": ""}},
            ["must be more than 0 characters [json-pointer:/errors/note~11]"],
        ),
        ({"response_action": "update"}, ["missing required field: view [json-pointer:]"]),
        (
            {"response_action": "push", "view": b.modal("x" * 25, [])},
            ["must be less than 25 characters [json-pointer:/view/title/text]"],
        ),
        (
            {"response_action": "update", "view": b.home([])},
            ["unsupported type: home [json-pointer:/view/type]"],
        ),
    ],
)
def test_faulty_answer_to_a_submitted_view_is_noticed(response, faults):
    assert [str(fault) for fault in check_view_response(response, SUBMITTED)] == faults


def test_options_answer_takes_a_hundred_and_no_more():
    def options(count):
        return {"options": [b.option(str(n), str(n)) for n in range(count)]}

    assert check_options(options(0)) == []
    assert check_options(options(100)) == []
    assert check_options({"option_groups": [b.option_group("a", options(2)["options"])]}) == []
    assert [str(fault) for fault in check_options(options(101))] == [
        "no more than 100 items allowed [json-pointer:/options]"
    ]
    assert [str(fault) for fault in check_options({})] == [
        "must define either `options` or `option_groups` [json-pointer:]"
    ]


def test_size_is_counted_in_bytes_of_compact_json():
    assert json_size({"a": ["ü", 1]}) == len(b'{"a":["\xc3\xbc",1]}')


# Whatever the builders make within the limits passes

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="<"), min_size=1, max_size=12)
IDS = st.text("abcdefghijklmnopqrstuvwxyz._1", min_size=1, max_size=20)


def unique_options(draw, most, *, text=WORDS):
    values = draw(st.lists(IDS, min_size=1, max_size=most, unique=True))
    return [b.option(draw(text), value, description=draw(st.none() | WORDS)) for value in values]


def confirms():
    return st.none() | st.builds(
        b.confirm, WORDS, WORDS, confirm=WORDS, deny=WORDS, style=st.none() | st.just("danger")
    )


@st.composite
def menus(draw):
    options = unique_options(draw, 5)
    chosen = [option["value"] for option in options[:2]]
    shared = {"placeholder": draw(st.none() | WORDS), "confirm": draw(confirms())}
    return draw(
        st.sampled_from(
            [
                b.static_select("x", options, initial=chosen[0], **shared),
                b.static_select("x", option_groups=[b.option_group(draw(WORDS), options)], **shared),
                b.external_select("x", initial=options[0], min_query_length=1, **shared),
                b.users_select("x", initial_user="U01", **shared),
                b.channels_select("x", initial_channel="C01", **shared),
                b.conversations_select("x", include=["public", "private"], exclude_bot_users=True, **shared),
                b.radio_buttons("x", options, initial=chosen[-1], confirm=shared["confirm"]),
                b.checkboxes("x", options, initial=chosen, confirm=shared["confirm"]),
                b.datepicker("x", initial_date=draw(st.dates()).isoformat(), **shared),
                b.timepicker("x", initial_time="09:30", timezone="Europe/Berlin", **shared),
            ]
        )
    )


@st.composite
def several_menus(draw):
    options = unique_options(draw, 5)
    chosen = [option["value"] for option in options[:2]]
    return draw(
        st.sampled_from(
            [
                b.multi_static_select("x", options, initial=chosen, max_selected_items=3),
                b.multi_external_select("x", initial=options),
                b.multi_users_select("x", initial_users=["U01"]),
            ]
        )
    )


@st.composite
def pressed(draw):
    if draw(st.booleans()):
        return b.overflow("x", unique_options(draw, 5), confirm=draw(confirms()))
    return b.button(
        draw(WORDS),
        "x",
        value=draw(st.none() | IDS),
        url=draw(st.sampled_from([None, "https://x.example/a"])),
        style=draw(st.sampled_from([None, "primary", "danger"])),
        confirm=draw(confirms()),
        accessibility_label=draw(st.none() | WORDS),
    )


def moments():
    return st.builds(
        b.datetimepicker, st.just("x"), initial_date_time=st.none() | st.integers(10**9, 10**10 - 1)
    )


def typed(surface):
    anywhere = st.builds(
        b.plain_text_input,
        st.just("x"),
        initial_value=st.none() | WORDS,
        multiline=st.none() | st.booleans(),
        min_length=st.none() | st.integers(0, 100),
        max_length=st.none() | st.integers(100, 3000),
        placeholder=st.none() | WORDS,
        dispatch_on=st.none() | st.just(["on_enter_pressed"]),
    )
    if surface != "modal":
        return anywhere
    numbers = st.none() | st.integers(-99, 99) | st.decimals(0, 9, places=2)
    return st.one_of(
        anywhere,
        st.builds(b.email_input, st.just("x"), initial_value=st.sampled_from([None, "", "a@x.example"])),
        st.builds(b.url_input, st.just("x"), placeholder=st.none() | WORDS),
        st.builds(b.number_input, st.just("x"), is_decimal_allowed=st.booleans(), initial_value=numbers),
    )


def images():
    return st.builds(b.image, alt_text=WORDS, image_url=st.just("https://x.example/a.png"))


def rich_texts():
    parts = WORDS | st.builds(
        b.rich_text_part, WORDS, bold=st.none() | st.booleans(), url=st.none() | st.just("https://x.example")
    )
    sections = st.lists(parts, max_size=3).map(lambda found: b.rich_text_section(*found))
    lists = st.lists(parts | sections, min_size=1, max_size=3).map(
        lambda found: b.rich_text_list(*found, style="ordered")
    )
    return st.lists(sections | lists, min_size=1, max_size=3).map(lambda found: b.rich_text(*found))


def any_block(surface):
    asked = st.one_of(typed(surface), menus(), several_menus(), *([] if surface == "home" else [moments()]))
    acted = st.one_of(pressed(), menus(), *([] if surface == "home" else [moments()]))
    return st.one_of(
        st.builds(b.section, WORDS, accessory=st.none() | pressed() | menus() | several_menus() | images()),
        st.lists(WORDS, min_size=1, max_size=10).map(lambda found: b.fields(*found)),
        acted.map(b.actions),
        st.lists(WORDS | images(), min_size=1, max_size=10).map(lambda found: b.context(*found)),
        st.builds(b.header, WORDS),
        st.builds(b.divider),
        st.builds(b.image, alt_text=WORDS, slack_file_id=st.just("F01"), title=st.none() | WORDS),
        st.builds(b.input_, WORDS, asked, hint=st.none() | WORDS, optional=st.none() | st.booleans()),
        rich_texts(),
    )


def built(surface):
    """Return payloads as the builders make them, with block ids where an input would need one."""
    found = st.lists(any_block(surface), max_size=6).map(
        lambda blocks: [{**block, "block_id": f"block.{index}"} for index, block in enumerate(blocks)]
    )
    if surface == "message":
        return st.fixed_dictionaries({"text": WORDS.filter(str.strip), "blocks": found})
    if surface == "home":
        return st.builds(b.home, found, callback_id=st.none() | IDS)
    return st.builds(
        b.modal, WORDS, found, submit=WORDS, close=st.none() | WORDS, private_metadata=st.none() | IDS
    )


def check(surface, payload):
    return check_message(payload) if surface == "message" else check_view(payload, surface)


@pytest.mark.parametrize("surface", ["message", "modal", "home"])
def test_everything_built_within_the_limits_passes(surface):
    @settings(max_examples=40, deadline=None)
    @given(built(surface))
    def passes(payload):
        assert [str(fault) for fault in check(surface, payload)] == []
        assert json.loads(json.dumps(payload)) == payload

    passes()


# A payload that is spoilt in one place fails

REQUIRED = {
    "modal": {"title", "blocks"},
    "home": {"blocks"},
    "header": {"text"},
    "actions": {"elements"},
    "context": {"elements"},
    "input": {"label", "element"},
    "image": {"alt_text"},
    "rich_text": {"elements"},
    "rich_text_section": {"elements"},
    "rich_text_list": {"style", "elements"},
    "text": {"text"},
    "link": {"url"},
    "plain_text": {"text"},
    "mrkdwn": {"text"},
    "button": {"text"},
    "overflow": {"options"},
    "radio_buttons": {"options"},
    "checkboxes": {"options"},
    "number_input": {"is_decimal_allowed"},
}
REQUIRED_WITHOUT_TYPE = [{"text", "value"}, {"label", "options"}, {"title", "text", "confirm", "deny"}]


def places(value, path=()):
    """Yield the path to everything inside a payload."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        yield (*path, key)
        yield from places(inner, (*path, key))


def at(payload, path):
    for key in path:
        payload = payload[key]
    return payload


def is_required(payload, path):
    """Whether Slack refuses the object at this place without this property."""
    holder, name = at(payload, path[:-1]), path[-1]
    if not isinstance(holder, dict):
        return False
    if "type" in holder:
        return name in {"type", *REQUIRED.get(holder["type"], ())}
    return any(name in names <= set(holder) for names in REQUIRED_WITHOUT_TYPE)


@pytest.mark.parametrize("surface", ["message", "modal", "home"])
def test_a_required_property_that_is_missing_is_noticed(surface):
    @settings(max_examples=40, deadline=None)
    @given(built(surface), st.data())
    def fails(payload, data):
        candidates = [path for path in places(payload) if is_required(payload, path)]
        if candidates:
            path = data.draw(st.sampled_from(candidates))
            spoilt = copy.deepcopy(payload)
            del at(spoilt, path[:-1])[path[-1]]
            assert check(surface, spoilt) != [], path

    fails()


@pytest.mark.parametrize("surface", ["message", "modal", "home"])
@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda _: None, id="null"),
        pytest.param(lambda _: {"unknown": 1}, id="an unknown object"),
        pytest.param(
            lambda value: value * 12_001 if isinstance(value, str) else [value] * 101, id="overlong"
        ),
    ],
)
def test_a_spoilt_value_is_noticed(surface, spoil):
    @settings(max_examples=40, deadline=None)
    @given(built(surface), st.data())
    def fails(payload, data):
        candidates = [path for path in places(payload) if path[0] == "blocks" and len(path) > 1]
        if candidates:
            path = data.draw(st.sampled_from(candidates))
            spoilt = copy.deepcopy(payload)
            at(spoilt, path[:-1])[path[-1]] = spoil(at(spoilt, path))
            assert check(surface, spoilt) != [], path

    fails()
