"""What people do in Slack's client and what the bot is told: complete state, stacks of modals, answers to forms."""

from __future__ import annotations

import pytest

from sandbox import elements
from sandbox.clock import MovableClock
from sandbox.errors import CannotDoError
from sandbox.interactions import REQUIRED, Place, missing_in
from sandbox.server import StandIn
from tests.sandbox.kit import (
    START,
    Recorder,
    actions,
    button,
    client_of,
    field,
    goal_modal,
    home,
    manifest,
    modal,
    option,
    populate,
    section,
    text,
)

ONE, TWO = option("One", "1"), option("Two", "2")
KINDS = [
    ({"type": "plain_text_input"}, {"value": None}),
    ({"type": "email_text_input"}, {"value": None}),
    ({"type": "url_text_input"}, {"value": None}),
    ({"type": "number_input", "is_decimal_allowed": True}, {"value": None}),
    ({"type": "rich_text_input"}, {"rich_text_value": None}),
    ({"type": "static_select", "options": [ONE]}, {"selected_option": None}),
    ({"type": "multi_static_select", "options": [ONE]}, {"selected_options": []}),
    ({"type": "external_select"}, {"selected_option": None}),
    ({"type": "multi_external_select"}, {"selected_options": []}),
    ({"type": "users_select"}, {"selected_user": None}),
    ({"type": "multi_users_select"}, {"selected_users": []}),
    ({"type": "conversations_select"}, {"selected_conversation": None}),
    ({"type": "multi_conversations_select"}, {"selected_conversations": []}),
    ({"type": "channels_select"}, {"selected_channel": None}),
    ({"type": "multi_channels_select"}, {"selected_channels": []}),
    ({"type": "radio_buttons", "options": [ONE]}, {"selected_option": None}),
    ({"type": "checkboxes", "options": [ONE]}, {"selected_options": []}),
    ({"type": "datepicker"}, {"selected_date": None}),
    (
        {"type": "timepicker", "timezone": "Europe/Berlin"},
        {"selected_time": None, "timezone": "Europe/Berlin"},
    ),
    ({"type": "datetimepicker"}, {"selected_date_time": None}),
]


def shown(slack, view, name="ada"):
    """Open a modal on somebody's screen."""
    person = slack.person(name)
    slack.workspace.open_modal(slack.workspace.new_trigger(person.id).id, view)
    return person


async def test_state_of_a_form_is_complete_with_nulls(slack):
    recorder = Recorder(slack)
    blocks = [
        field(f"Field {number}", {**element, "action_id": "a"}, f"b{number}", optional=True)
        for number, (element, _) in enumerate(KINDS)
    ]
    blocks.append(section("With a menu", block_id="s", accessory={"type": "users_select", "action_id": "u"}))
    blocks.append(actions(button("Go", "go"), {"type": "datepicker", "action_id": "d"}))
    ada = shown(slack, modal(*blocks))
    await ada.submits()
    values = recorder.last["view"]["state"]["values"]
    expected = {
        f"b{number}": {"a": {"type": element["type"], **nothing}}
        for number, (element, nothing) in enumerate(KINDS)
    }
    expected["s"] = {"u": {"type": "users_select", "selected_user": None}}
    expected["row"] = {"d": {"type": "datepicker", "selected_date": None}}
    assert values == expected


async def test_state_starts_with_initial_values_and_keeps_what_was_done(slack):
    recorder = Recorder(slack)
    pick = {
        "type": "multi_static_select",
        "action_id": "a",
        "options": [ONE, TWO],
        "initial_options": [ONE],
    }
    write = {"type": "plain_text_input", "action_id": "a", "initial_value": "before"}
    ada = shown(slack, modal(field("Pick", pick, "pick"), field("Write", write, "write", optional=True)))
    await ada.submits()
    values = recorder.last["view"]["state"]["values"]
    assert [one["value"] for one in values["pick"]["a"]["selected_options"]] == ["1"]
    assert values["write"]["a"]["value"] == "before"
    shown(slack, modal(field("Pick", pick, "pick"), field("Write", write, "write", optional=True)))
    await ada.picks("Pick", ["Two"])
    await ada.writes("Write", "")
    await ada.submits()
    values = recorder.last["view"]["state"]["values"]
    assert [one["value"] for one in values["pick"]["a"]["selected_options"]] == ["2"]
    assert values["write"]["a"]["value"] is None


async def test_update_keeps_what_was_typed_under_the_same_ids(slack, client):
    Recorder(slack)
    ada = shown(slack, goal_modal())
    await ada.writes("Goal", "short video")
    await client.views_update(view_id=ada.modal.id, view=goal_modal(title="Newer"))
    assert ada.modal.values["goal"]["goal"]["value"] == "short video"
    other = modal(field("Goal", {"type": "plain_text_input", "action_id": "goal.v2"}, "goal"))
    await client.views_update(view_id=ada.modal.id, view=other)
    assert ada.modal.values["goal"]["goal.v2"]["value"] is None


async def test_form_with_a_gap_stays_on_the_screen_and_tells_the_bot_nothing(slack):
    recorder = Recorder(slack)
    ada = shown(slack, goal_modal())
    outcome = await ada.submits()
    assert (outcome.was_sent, ada.modal.errors, recorder.frames) == (False, {"goal": REQUIRED}, [])
    ada.sees(REQUIRED)
    await ada.writes("Goal", "x")
    assert (await ada.submits()).is_fine
    assert ada.modal is None


@pytest.mark.parametrize(
    ("element", "bad", "good"),
    [
        ({"type": "plain_text_input", "min_length": 3}, "ab", "abc"),
        ({"type": "plain_text_input", "max_length": 3}, "abcd", "abc"),
        ({"type": "email_text_input"}, "ada", "ada@example.com"),
        ({"type": "url_text_input"}, "example", "https://example.com/x"),
        ({"type": "number_input", "is_decimal_allowed": False}, "8.5", "8"),
        ({"type": "number_input", "is_decimal_allowed": True, "min_value": "2"}, "1.5", "2.5"),
        ({"type": "number_input", "is_decimal_allowed": True, "max_value": "2"}, "2.5", "-1"),
    ],
)
async def test_client_checks_what_is_written(slack, element, bad, good):
    Recorder(slack)
    ada = shown(slack, modal(field("Write", {**element, "action_id": "a"}, "b")))
    await ada.writes("Write", bad)
    assert (await ada.submits()).was_sent is False
    assert missing_in(ada.modal)
    await ada.writes("Write", good)
    assert (await ada.submits()).was_sent


async def test_errors_stand_under_their_fields_and_go_with_the_next_try(slack):
    recorder = Recorder(slack)
    ada = shown(slack, goal_modal())
    await ada.writes("Goal", "x")
    recorder.answers["view_submission"] = {
        "response_action": "errors",
        "errors": {"goal": "Say a little more."},
    }
    outcome = await ada.submits()
    assert (outcome.is_fine, ada.modal.errors) == (True, {"goal": "Say a little more."})
    ada.sees("Say a little more.")
    recorder.answers.clear()
    await ada.submits()
    assert ada.modal is None


async def test_answers_push_update_and_clear_the_stack(slack):
    recorder = Recorder(slack)
    ada = shown(slack, goal_modal())
    await ada.writes("Goal", "x")
    recorder.answers["view_submission"] = {
        "response_action": "push",
        "view": modal(section("Second"), title="Second"),
    }
    await ada.submits()
    first, second = slack.workspace.stack(ada.id)
    assert (second.title, second.root_id, second.previous_id) == ("Second", first.id, first.id)
    recorder.answers["view_submission"] = {
        "response_action": "update",
        "view": modal(section("Third"), title="Third"),
    }
    await ada.submits()
    assert [one.title for one in slack.workspace.stack(ada.id)] == ["Join", "Third"]
    assert slack.workspace.stack(ada.id)[1].id == second.id
    assert ada.screens == 3
    recorder.answers["view_submission"] = {"response_action": "clear"}
    await ada.submits()
    assert slack.workspace.stack(ada.id) == []


async def test_empty_answer_closes_the_view_on_top_alone(slack):
    Recorder(slack)
    ada = shown(slack, modal(section("First"), title="First"))
    shown(slack, modal(section("Second"), title="Second"))
    await ada.submits()
    assert ada.modal.title == "First"


async def test_push_over_the_third_view_shows_trouble(slack):
    recorder = Recorder(slack)
    for _ in range(3):
        ada = shown(slack, modal(section("x")))
    recorder.answers["view_submission"] = {"response_action": "push", "view": modal(section("y"))}
    assert (await ada.submits()).trouble
    assert len(slack.workspace.stack(ada.id)) == 3


async def test_modal_without_a_send_button_cannot_be_sent(slack):
    view = modal(section("Read this"))
    del view["submit"]
    ada = shown(slack, view)
    with pytest.raises(CannotDoError, match="no button"):
        await ada.submits()


async def test_cancel_and_x_tell_the_bot_when_it_asked(slack):
    recorder = Recorder(slack)
    view = goal_modal(notify_on_close=True)
    ada = shown(slack, goal_modal())
    await ada.closes()
    assert recorder.frames == []
    ada = shown(slack, view | {"callback_id": "root"})
    shown(slack, view)
    await ada.closes()
    assert (recorder.last["is_cleared"], recorder.last["view"]["callback_id"]) == (False, "join")
    shown(slack, view)
    await ada.closes(whole=True)
    assert (recorder.last["is_cleared"], recorder.last["view"]["callback_id"]) == (True, "root")
    assert ada.modal is None


async def test_cancel_of_a_view_that_clears_empties_the_stack(slack):
    Recorder(slack)
    ada = shown(slack, goal_modal())
    shown(slack, goal_modal(clear_on_close=True))
    await ada.closes()
    assert slack.workspace.stack(ada.id) == []


async def test_press_in_a_modal_brings_the_typed_values_and_a_trigger_to_push(slack, client):
    recorder = Recorder(slack)
    ada = shown(slack, modal(goal_modal()["blocks"][0], actions(button("More", "more", value="v"))))
    await ada.writes("Goal", "short video")
    await ada.presses("More")
    payload = recorder.last
    assert payload["container"] == {"type": "view", "view_id": ada.modal.id}
    assert payload["view"]["state"]["values"]["goal"]["goal"]["value"] == "short video"
    assert payload["view"]["hash"] == ada.modal.hash
    pushed = await client.views_push(trigger_id=payload["trigger_id"], view=goal_modal(title="More"))
    assert pushed["view"]["previous_view_id"] == payload["view"]["id"]
    assert ada.modal.title == "More"


async def test_press_in_a_message_brings_the_message_and_its_state(slack, client):
    recorder = Recorder(slack)
    ada, mara = slack.person("ada"), slack.person("mara")
    general = slack.workspace.conversations_of(ada.id)[0]
    menu = {"type": "static_select", "action_id": "pick", "placeholder": text("Pick"), "options": [ONE, TWO]}
    sent = await client.chat_postMessage(
        channel=general.id, text="x", blocks=[actions(button("Go", "go"), menu)]
    )
    await ada.picks("Pick", "Two")
    assert recorder.last["actions"][0]["selected_option"]["value"] == "2"
    await ada.presses("Go")
    payload = recorder.last
    assert payload["container"] == {
        "type": "message",
        "message_ts": sent["ts"],
        "channel_id": general.id,
        "is_ephemeral": False,
    }
    assert payload["channel"] == {"id": general.id, "name": "general"}
    assert payload["message"]["ts"] == sent["ts"]
    assert payload["state"]["values"]["row"]["pick"]["selected_option"]["value"] == "2"
    await mara.presses("Go")
    assert recorder.last["state"]["values"]["row"]["pick"]["selected_option"] is None


async def test_press_in_an_ephemeral_brings_no_message_but_a_response_url(slack, client):
    recorder = Recorder(slack)
    ada = slack.person("ada")
    general = slack.workspace.conversations_of(ada.id)[0]
    await client.chat_postEphemeral(
        channel=general.id, user=ada.id, text="x", blocks=[actions(button("Go", "go"))]
    )
    await ada.presses("Go")
    assert recorder.last["container"]["is_ephemeral"] is True
    assert "message" not in recorder.last
    assert "/actions/" in recorder.last["response_url"]


async def test_each_press_has_a_moment_of_its_own_while_the_clock_stands(slack, client):
    recorder = Recorder(slack)
    ada = slack.person("ada")
    await client.chat_postMessage(channel=ada.id, text="x", blocks=[actions(button("Go", "go"))])
    for _ in range(2):
        await ada.presses("Go")
    first, second = (frame["payload"]["actions"][0]["action_ts"] for frame in recorder.frames)
    assert first < second


async def test_question_before_a_press_takes_a_tap_and_may_be_answered_no(slack, client):
    recorder = Recorder(slack)
    ada = slack.person("ada")
    asks = {
        "title": text("Leave?"),
        "text": text("You can come back."),
        "confirm": text("Leave"),
        "deny": text("Stay"),
    }
    row = actions(button("Leave the program", "leave", confirm=asks))
    await client.chat_postMessage(channel=ada.id, text="x", blocks=[row])
    outcome = await ada.presses("Leave the program", confirms=False)
    assert (outcome.was_sent, recorder.frames, ada.taps) == (False, [], 2)
    await ada.presses("Leave the program")
    assert (len(recorder.frames), ada.taps) == (1, 4)


async def test_overflow_menu_takes_two_taps_and_brings_the_option(slack, client):
    recorder = Recorder(slack)
    ada = slack.person("ada")
    menu = {"type": "overflow", "action_id": "more", "options": [ONE, TWO]}
    await client.chat_postMessage(channel=ada.id, text="x", blocks=[section("A pair", accessory=menu)])
    await ada.presses("Two")
    assert recorder.last["actions"][0]["selected_option"]["value"] == "2"
    assert (ada.taps, recorder.last["state"]) == (2, {"values": {}})
    message = ada.dms()[0]
    spot = next(elements.placed(message.blocks)).spot
    with pytest.raises(CannotDoError, match="does not offer"):
        await slack.interactions.press(ada.id, Place.in_message(message), spot, option=option("Three", "3"))


async def test_link_buttons_still_tell_the_bot(slack, client):
    recorder = Recorder(slack)
    ada = slack.person("ada")
    row = actions(button("Open", "open", url="https://example.com/x"))
    await client.chat_postMessage(channel=ada.id, text="x", blocks=[row])
    outcome = await ada.presses("Open")
    assert outcome.url == "https://example.com/x"
    assert recorder.last["actions"][0]["url"] == "https://example.com/x"


async def test_inputs_dispatch_only_when_asked_to(slack):
    recorder = Recorder(slack)
    pick = {"type": "static_select", "action_id": "a", "options": [ONE, TWO]}
    ada = shown(
        slack, modal(field("Quiet", pick, "quiet"), field("Loud", pick, "loud", dispatch_action=True))
    )
    await ada.picks("Quiet", "One")
    assert recorder.frames == []
    await ada.picks("Loud", "Two")
    assert recorder.last["actions"][0]["selected_option"]["value"] == "2"
    assert recorder.last["view"]["state"]["values"]["quiet"]["a"]["selected_option"]["value"] == "1"
    await ada.picks("Loud", None)
    assert recorder.last["actions"][0]["selected_option"] is None


async def test_menu_limits_are_kept_by_the_client(slack):
    Recorder(slack)
    pick = {"type": "multi_static_select", "action_id": "a", "options": [ONE, TWO], "max_selected_items": 1}
    ada = shown(slack, modal(field("Pick", pick, "b")))
    with pytest.raises(CannotDoError, match="at most 1"):
        await ada.picks("Pick", ["One", "Two"])
    with pytest.raises(CannotDoError, match="not among"):
        await slack.interactions.choose(ada.id, Place.in_modal(ada.modal), ("b", "a"), [option("No", "9")])
    with pytest.raises(CannotDoError, match="any more"):
        await slack.interactions.choose(ada.id, Place.in_modal(ada.modal), ("gone", "a"), None)
    with pytest.raises(CannotDoError, match="not pressed"):
        await slack.interactions.press(ada.id, Place.in_modal(ada.modal), ("b", "a"))


async def test_conversation_menu_with_response_url_gives_an_address(slack):
    recorder = Recorder(slack)
    menu = {"type": "conversations_select", "action_id": "a", "response_url_enabled": True}
    ada = shown(slack, modal(field("Where", menu, "b")))
    await ada.picks("Where", "general")
    await ada.submits()
    general = slack.workspace.conversations_of(ada.id)[0]
    (entry,) = recorder.last["response_urls"]
    assert (entry["block_id"], entry["action_id"], entry["channel_id"]) == ("b", "a", general.id)
    assert entry["response_url"].startswith(slack.url)


async def test_short_searches_are_not_sent_and_long_ones_are(slack):
    recorder = Recorder(slack)
    recorder.answers["block_suggestion"] = {
        "option_groups": [{"label": text("People"), "options": [option("Mara Lind", "1")]}]
    }
    ada = shown(slack, modal(field("Who", {"type": "external_select", "action_id": "a"}, "b")))
    place = Place.in_modal(ada.modal)
    assert (await slack.interactions.suggest(ada.id, place, ("b", "a"), "ma")).options == ()
    assert recorder.frames == []
    found = await slack.interactions.suggest(ada.id, place, ("b", "a"), "mar")
    assert [one["text"]["text"] for one in found.options] == ["Mara Lind"]
    await slack.interactions.choose(ada.id, place, ("b", "a"), found.options[0])
    assert ada.modal.values["b"]["a"]["selected_option"]["value"] == "1"


async def test_commands_are_answered_to_one_person_or_the_channel(slack):
    recorder = Recorder(slack)
    ada, mara = slack.person("ada"), slack.person("mara")
    recorder.answers["command"] = {"text": "only you"}
    await ada.types("/mentoring help", channel="general")
    recorder.answers["command"] = {"response_type": "in_channel", "text": "all of you"}
    await ada.types("/mentoring help", channel="general")
    ada.sees("only you")
    mara.sees_not("only you")
    mara.sees("all of you")


async def test_mentions_are_turned_into_ids_where_the_manifest_asks(slack):
    recorder = Recorder(slack)
    await slack.person("ada").types("/pair @mara with @nobody in #general")
    general = slack.workspace.conversations_of(slack.person("ada").id)[0].id
    assert recorder.last["text"] == f"<@{slack.person('mara').id}> with @nobody in <#{general}|general>"
    await slack.person("ada").types("/mentoring pair @mara")
    assert recorder.last["text"] == "pair @mara"


async def test_impossible_acts_say_why(slack, client):
    ada = slack.person("ada")
    with pytest.raises(CannotDoError, match="not a valid command"):
        await ada.types("/nonsense")
    with pytest.raises(CannotDoError, match="no modal"):
        await ada.submits()
    with pytest.raises(CannotDoError, match="Home tab"):
        await slack.interactions.press(ada.id, Place.on_home(), ("a", "b"))
    await client.chat_postMessage(channel=ada.id, text="x", blocks=[actions(button("Go", "go"))])
    place = Place.in_message(ada.dms()[0])
    with pytest.raises(CannotDoError, match="does not see"):
        await slack.interactions.press(slack.person("mara").id, place, ("row", "go"))
    with pytest.raises(CannotDoError, match="nothing can be chosen"):
        await slack.interactions.choose(ada.id, place, ("row", "go"), "x")
    slack.workspace.change_person(ada.id, is_deleted=True)
    with pytest.raises(CannotDoError, match="deactivated"):
        await ada.opens_home()


async def test_modals_of_others_cannot_be_touched(slack):
    ada = shown(slack, modal(actions(button("Go", "go"))))
    with pytest.raises(CannotDoError, match="no such modal"):
        await slack.interactions.press(slack.person("mara").id, Place.in_modal(ada.modal), ("row", "go"))


async def test_home_brings_its_view_only_once_one_was_published(slack, client):
    recorder = Recorder(slack)
    ada = slack.person("ada")
    await ada.opens_home()
    assert "view" not in recorder.last["event"]
    assert recorder.last["event"]["channel"] == slack.workspace.app_dm(ada.id).id
    await client.views_publish(user_id=ada.id, view=home(section("x"), private_metadata="m"))
    await ada.opens_home()
    assert recorder.last["event"]["view"]["private_metadata"] == "m"


async def test_choices_on_home_are_told_at_once(slack, client):
    recorder = Recorder(slack)
    ada = slack.person("ada")
    pick = {"type": "checkboxes", "action_id": "a", "options": [ONE, TWO]}
    await client.views_publish(user_id=ada.id, view=home(section("Pick some", accessory=pick)))
    await ada.picks("Pick some", ["One", "Two"])
    assert recorder.last["container"]["view_id"] == ada.home.id
    assert ada.taps == 2
    assert [one["value"] for one in recorder.last["actions"][0]["selected_options"]] == ["1", "2"]
    (values,) = recorder.last["view"]["state"]["values"].values()
    assert len(values["a"]["selected_options"]) == 2


async def test_people_who_come_and_change_are_told_of_in_full():
    given = manifest("users:read.email")
    async with StandIn(clock=MovableClock(START), manifest=given) as slack:
        populate(slack)
        recorder = Recorder(slack)
        new = slack.people.add("new", "New Person")
        assert await slack.interactions.arrive(new.id)
        await slack.interactions.change(new.id, is_deleted=True)
        joined, changed = (frame["payload"]["event"] for frame in recorder.frames)
        assert (joined["user"]["id"], joined["user"]["profile"]["email"]) == (new.id, "new@example.com")
        assert (changed["type"], changed["user"]["deleted"]) == ("user_change", True)


async def test_unknown_answers_to_presses_change_nothing(slack, client):
    recorder = Recorder(slack)
    recorder.answers["block_actions"] = {"text": "ignored"}
    ada = slack.person("ada")
    await client_of(slack).chat_postMessage(channel=ada.id, text="x", blocks=[actions(button("Go", "go"))])
    assert (await ada.presses("Go")).is_fine
    ada.sees_not("ignored")
