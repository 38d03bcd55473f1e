"""Verbs of a person: things are found by their words, what is not there is said with what is, taps are counted."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from sandbox.errors import AmbiguousError, CannotDoError, NotOnScreenError, UnknownPersonError
from tests.sandbox.kit import (
    Recorder,
    actions,
    button,
    field,
    home,
    modal,
    option,
    section,
    text,
)

TOPICS = [option("Short video", "1"), option("Reading dashboards", "2"), option("Customer calls", "3")]


@pytest.fixture
def recorder(slack):
    return Recorder(slack)


@pytest.fixture
def ada(slack, recorder):
    return slack.person("ada")


def shown(slack, *blocks, **more):
    ada = slack.person("ada")
    slack.workspace.open_modal(slack.workspace.new_trigger(ada.id).id, modal(*blocks, **more))
    return ada


def pressed(recorder):
    return recorder.last["actions"][0]["action_id"]


async def test_button_is_found_in_the_newest_message_first(slack, client, ada, recorder):
    for action_id in ("old", "new"):
        await client.chat_postMessage(channel=ada.id, text="x", blocks=[actions(button("Go", action_id))])
    await client.views_publish(user_id=ada.id, view=home(actions(button("Go", "home"))))
    await ada.presses("Go")
    assert pressed(recorder) == "new"
    await ada.presses("Go", within="home")
    assert pressed(recorder) == "home"


async def test_modal_hides_what_is_behind_it(slack, client, ada, recorder):
    await client.chat_postMessage(channel=ada.id, text="x", blocks=[actions(button("Go", "message"))])
    shown(slack, actions(button("More", "more")))
    assert ada.buttons() == ["More"]
    with pytest.raises(NotOnScreenError, match="a modal is open"):
        await ada.presses("Go")
    await ada.presses("Save")
    assert ada.modal is None
    await ada.presses("Go")
    assert pressed(recorder) == "message"


async def test_own_buttons_of_a_modal_are_pressed_by_their_words(slack, ada, recorder):
    shown(slack, section("x"), submit=text("Send it"), close=text("Not now"))
    await ada.presses("Send it")
    assert recorder.last["type"] == "view_submission"
    shown(slack, section("x"))
    await ada.presses("Cancel")
    assert ada.modal is None


async def test_same_words_twice_are_told_apart_by_what_stands_above(slack, client, ada, recorder):
    blocks = [
        section("*Mara Lind*, Stockholm"),
        actions(button("Meet", "mara"), block_id="1"),
        section("Tom Okoro, London", accessory=button("Meet", "tom")),
    ]
    await client.chat_postMessage(channel=ada.id, text="x", blocks=blocks)
    with pytest.raises(AmbiguousError, match="within="):
        await ada.presses("Meet")
    await ada.presses("Meet", within="Tom Okoro")
    assert pressed(recorder) == "tom"
    await ada.presses("Meet", within="Mara Lind, Stockholm")
    assert pressed(recorder) == "mara"


async def test_words_of_a_message_tell_it_from_newer_ones(client, ada, recorder):
    for name in ("first", "second"):
        blocks = [section(f"The {name} one"), {"type": "divider"}, actions(button("Go", name))]
        await client.chat_postMessage(channel=ada.id, text="x", blocks=blocks)
    await ada.presses("Go", within="The first one")
    assert pressed(recorder) == "first"


async def test_unknown_label_lists_what_is_on_the_screen(slack, client, ada):
    await client.chat_postMessage(channel=ada.id, text="x", blocks=[actions(button("Meet Mara", "a"))])
    await client.views_publish(user_id=ada.id, view=home(actions(button("Pause", "b"), button("Leave", "c"))))
    with pytest.raises(NotOnScreenError) as caught:
        await ada.presses("Resume")
    said = str(caught.value)
    assert "ada finds no 'Resume'" in said
    assert "['Meet Mara']" in said
    assert "in home: ['Pause', 'Leave']" in said


async def test_nothing_to_press_is_said_too(slack, ada):
    with pytest.raises(NotOnScreenError, match="nothing of the kind"):
        await ada.presses("Go")


async def test_choices_are_made_by_label_and_words(slack, ada):
    shown(
        slack,
        field(
            "Topics to share", {"type": "multi_static_select", "action_id": "a", "options": TOPICS}, "share"
        ),
        field("Level", {"type": "radio_buttons", "action_id": "a", "options": TOPICS}, "level"),
        field("Who do you report to?", {"type": "users_select", "action_id": "a"}, "boss"),
        field("First day", {"type": "datepicker", "action_id": "a"}, "day"),
        field("From", {"type": "timepicker", "action_id": "a"}, "from"),
        field("When", {"type": "datetimepicker", "action_id": "a"}, "when"),
        field("Channel", {"type": "channels_select", "action_id": "a"}, "channel"),
    )
    await ada.picks("Topics to share", ["Short video", "Customer calls"])
    await ada.picks("Level", "Reading dashboards")
    await ada.picks("Who do you report to?", "tom")
    await ada.picks("First day", date(2026, 12, 1))
    await ada.picks("From", "09:30")
    await ada.picks("When", datetime(2026, 12, 8, 10, tzinfo=UTC))
    await ada.picks("Channel", "#general")
    values = {block: held["a"] for block, held in ada.modal.values.items()}
    assert [one["value"] for one in values["share"]["selected_options"]] == ["1", "3"]
    assert values["level"]["selected_option"]["value"] == "2"
    assert values["boss"]["selected_user"] == slack.person("tom").id
    assert values["day"]["selected_date"] == "2026-12-01"
    assert values["from"]["selected_time"] == "09:30"
    assert values["when"]["selected_date_time"] == 1796724000
    assert values["channel"]["selected_channel"] == slack.workspace.conversations_of(ada.id)[0].id
    ada.sees("Reading dashboards")
    # menus: one to open, one for each choice; radio buttons: one; pickers: one to open, one to choose
    assert ada.taps == (1 + 2) + 1 + 2 + 2 + 2 + 2 + 2


async def test_choices_can_be_changed_and_taken_back(slack, ada):
    menu = {"type": "multi_static_select", "action_id": "a", "options": TOPICS}
    shown(slack, field("Topics", menu, "b"))
    await ada.picks("Topics", ["Short video", "Customer calls"])
    ada.counts_anew()
    await ada.picks("Topics", ["Short video", "Reading dashboards"])
    assert ada.taps == 1 + 2
    await ada.picks("Topics", [])
    assert ada.modal.values["b"]["a"]["selected_options"] == []


async def test_wrong_choices_say_what_is_offered(slack, ada):
    shown(slack, field("Topic", {"type": "static_select", "action_id": "a", "options": TOPICS[:2]}, "b"))
    assert ada.options("Topic") == ["Short video", "Reading dashboards"]
    with pytest.raises(NotOnScreenError, match="only \\['Short video', 'Reading dashboards'\\]"):
        await ada.picks("Topic", "Knitting")
    with pytest.raises(CannotDoError, match="takes one choice"):
        await ada.picks("Topic", ["Short video", "Reading dashboards"])
    with pytest.raises(NotOnScreenError, match="there is"):
        await ada.picks("Topics to learn", "Short video")
    with pytest.raises(NotOnScreenError, match="there is"):
        await ada.writes("Topic", "Short video")


async def test_menus_that_ask_are_searched(slack, ada, recorder):
    async def suggest(payload):
        return {
            "options": [option(one, one) for one in ("Mara Lind", "Tom Okoro") if payload["value"] in one]
        }

    recorder.answers["block_suggestion"] = suggest
    shown(slack, field("Who", {"type": "multi_external_select", "action_id": "a"}, "b"))
    await ada.picks("Who", ["Mara Lind", "Tom Okoro"])
    assert [one["value"] for one in ada.modal.values["b"]["a"]["selected_options"]] == [
        "Mara Lind",
        "Tom Okoro",
    ]
    with pytest.raises(NotOnScreenError, match="does not offer 'Nobody'"):
        await ada.picks("Who", "Nobody", typing="Tom")


async def test_fields_are_written_and_emptied(slack, ada):
    shown(
        slack,
        field("Goal", {"type": "plain_text_input", "action_id": "a"}, "goal", optional=True),
        field("Story", {"type": "rich_text_input", "action_id": "a"}, "story", optional=True),
    )
    await ada.writes("Goal", "short video")
    await ada.writes("Story", "Once")
    ada.sees("short video")
    ada.sees("Once")
    assert ada.modal.values["story"]["a"]["rich_text_value"]["elements"][0]["elements"][0]["text"] == "Once"
    await ada.writes("Goal", "")
    assert ada.modal.values["goal"]["a"]["value"] is None
    assert ada.taps == 0


async def test_menus_outside_of_forms_are_found_by_placeholder_and_text_above(client, ada, recorder):
    menu = {"type": "static_select", "action_id": "slot", "options": TOPICS, "placeholder": text("Pick one")}
    plain = {"type": "static_select", "action_id": "other", "options": TOPICS}
    blocks = [actions(menu, block_id="1"), section("Another time"), actions(plain, block_id="2")]
    await client.chat_postMessage(channel=ada.id, text="x", blocks=blocks)
    await ada.picks("Pick one", "Short video")
    assert pressed(recorder) == "slot"
    await ada.picks("Another time", "Short video")
    assert pressed(recorder) == "other"


async def test_screen_reads_as_people_read_it(slack, client, ada):
    mara = slack.person("mara")
    words = f"*A possible partner: <@{mara.id}>* &amp; _a chat_ <https://example.com|by link>"
    date_words = "<!date^1796724000^{date} at {time}|Tuesday 8 December, 10:00>"
    await client.chat_postMessage(
        channel=ada.id, text="notification", blocks=[section(words), section(date_words)]
    )
    ada.sees("A possible partner: @Mara & a chat by link")
    ada.sees("*A possible partner:*")
    ada.sees("Tuesday 8 December, 10:00")
    ada.sees("notification")
    ada.sees("a chat", within="directmessage")
    mara.sees_not("A possible partner")
    with pytest.raises(NotOnScreenError, match="ada does not see 'Tom'"):
        ada.sees("Tom")
    with pytest.raises(NotOnScreenError, match="ada sees 'by link' in message directmessage"):
        ada.sees_not("by link")


async def test_words_that_come_later_can_be_waited_for(slack, client, ada):
    await client.chat_postMessage(channel=ada.id, text="here")
    assert await ada.eventually_sees("here")
    with pytest.raises(NotOnScreenError):
        await ada.eventually_sees("never", seconds=0.1)


async def test_messages_are_read_by_conversation(slack, client, ada):
    mara = slack.person("mara")
    await client.chat_postMessage(channel=ada.id, text="private")
    group = (await client.conversations_open(users=[ada.id, mara.id]))["channel"]["id"]
    await client.chat_postMessage(channel=group, text="to both")
    await ada.types("hello all", channel="general")
    assert [message.text for message in ada.dms()] == ["private"]
    assert [one.id for one in mara.group_dms()] == [group]
    assert [message.text for message in mara.messages(group)] == ["to both"]
    assert [message.text for message in mara.messages("#general")] == ["hello all"]
    with pytest.raises(NotOnScreenError, match="in no conversation 'board'"):
        ada.messages("board")


async def test_people_are_found_by_handle_or_id(slack, ada):
    assert slack.people[ada.id].record.name == "ada"
    assert [one.record.name for one in slack.people] == ["ada", "mara", "tom"]
    assert repr(ada) == "<ada>"
    with pytest.raises(UnknownPersonError, match="nobody is called 'zoe'"):
        slack.person("zoe")
    with pytest.raises(UnknownPersonError):
        slack.people.add("ada", "Another Ada")
