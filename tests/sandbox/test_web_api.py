"""What the Web API answers when all is well, and the rules behind single methods."""

from __future__ import annotations

import json

import aiohttp
import pytest

from sandbox.clock import MovableClock
from sandbox.rates import Rates
from sandbox.server import MANIFEST, StandIn
from tests.sandbox.kit import (
    START,
    actions,
    button,
    client_of,
    code_of,
    goal_modal,
    home,
    manifest,
    populate,
    refused,
    section,
)


async def test_product_manifest_grants_what_it_asks_for():
    async with StandIn(clock=MovableClock(START), manifest=MANIFEST) as slack:
        reply = await client_of(slack).auth_test()
        assert reply["user"] == "turnabout"
        granted = reply.headers["X-OAuth-Scopes"].split(",")
        assert {"chat:write", "im:write", "mpim:write", "users:read", "users:read.email"} <= set(granted)


async def test_arguments_come_by_query_form_or_json(slack):
    ada = slack.person("ada").id
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    url = f"{slack.api_url}chat.postMessage"
    async with aiohttp.ClientSession(headers=headers) as http:
        for how in (
            {"params": {"channel": ada, "text": "query"}},
            {"data": {"channel": ada, "text": "form", "blocks": json.dumps([section("form")])}},
            {"json": {"channel": ada, "text": "json", "thread_ts": None}},
        ):
            async with http.post(url, **how) as reply:
                assert (await reply.json())["ok"], how
    assert [message.text for message in slack.person("ada").dms()] == ["query", "form", "json"]
    assert slack.person("ada").dms()[1].blocks[0]["text"]["text"] == "form"


async def test_blocks_come_back_as_slack_rewrote_them(slack, client):
    sent = [section("hi"), actions(button("Go", "go"))]
    reply = await client.chat_postMessage(channel=slack.person("ada").id, text="hi", blocks=sent)
    first, second = reply["message"]["blocks"]
    assert first == {**sent[0], "block_id": first["block_id"], "text": {**sent[0]["text"], "verbatim": False}}
    assert len(first["block_id"]) == 5
    assert second["elements"][0]["text"] == {"type": "plain_text", "text": "Go", "emoji": True}


async def test_metadata_is_kept_and_malformed_metadata_is_dropped_with_a_warning(slack, client):
    ada = slack.person("ada").id
    good = {"event_type": "delivery", "event_payload": {"id": "D1"}}
    reply = await client.chat_postMessage(channel=ada, text="x", metadata=good)
    assert reply["message"]["metadata"] == good
    bad = {"event_type": "delivery.sent", "event_payload": {"id": "D1"}}
    reply = await client.chat_postMessage(channel=ada, text="x", metadata=bad)
    assert "metadata" not in reply["message"]
    assert reply["warning"] == "invalid_metadata_schema"
    big = {"event_type": "delivery", "event_payload": {"id": "x" * 2000}}
    assert await code_of(client.chat_postMessage(channel=ada, text="x", metadata=big)) == "metadata_too_large"


async def test_client_msg_id_does_not_make_a_post_unique(slack, client):
    for _ in range(2):
        await client.chat_postMessage(channel=slack.person("ada").id, text="x", client_msg_id="same")
    assert len(slack.person("ada").dms()) == 2


async def test_texts_over_forty_thousand_characters_are_cut(slack, client):
    reply = await client.chat_postMessage(channel=slack.person("ada").id, text="x" * 40_001)
    assert len(reply["message"]["text"]) == 40_000


async def test_update_with_text_alone_removes_the_blocks_and_marks_an_edit(slack, client):
    posted = await client.chat_postMessage(
        channel=slack.person("ada").id, text="x", blocks=[section("blocks")]
    )
    where = {"channel": posted["channel"], "ts": posted["ts"]}
    reply = await client.chat_update(**where, text="y", blocks=[section("newer")])
    assert "edited" not in reply["message"]
    reply = await client.chat_update(**where, text="z")
    assert "blocks" not in reply["message"]
    assert reply["message"]["edited"]["user"] == slack.workspace.bot.id
    assert reply["text"] == "z"


async def test_update_without_text_and_blocks_keeps_both(slack, client):
    given = {"event_type": "delivery", "event_payload": {"id": "D1"}}
    posted = await client.chat_postMessage(
        channel=slack.person("ada").id, text="x", blocks=[section("blocks")], metadata=given
    )
    where = {"channel": posted["channel"], "ts": posted["ts"]}
    reply = await client.api_call("chat.update", json=where)
    assert (reply["message"]["text"], len(reply["message"]["blocks"])) == ("x", 1)
    assert reply["message"]["metadata"] == given
    reply = await client.api_call("chat.update", json={**where, "metadata": {}})
    assert "metadata" not in reply["message"]
    reply = await client.api_call("chat.update", json={**where, "blocks": []})
    assert "blocks" not in reply["message"]


async def test_delete_takes_a_message_away(slack, client):
    posted = await client.chat_postMessage(channel=slack.person("ada").id, text="x")
    permalink = await client.chat_getPermalink(channel=posted["channel"], message_ts=posted["ts"])
    assert permalink["permalink"].endswith(f"/archives/{posted['channel']}/p{posted['ts'].replace('.', '')}")
    await client.chat_delete(channel=posted["channel"], ts=posted["ts"])
    assert slack.person("ada").dms() == []
    call = client.chat_getPermalink(channel=posted["channel"], message_ts=posted["ts"])
    assert await code_of(call) == "message_not_found"


async def test_thread_needs_its_root(slack, client):
    ada = slack.person("ada").id
    root = await client.chat_postMessage(channel=ada, text="root")
    reply = await client.chat_postMessage(channel=ada, text="reply", thread_ts=root["ts"])
    assert reply["message"]["thread_ts"] == root["ts"]
    call = client.chat_postMessage(channel=ada, text="reply", thread_ts="1.1")
    assert await code_of(call) == "cannot_reply_to_message"


async def test_ephemeral_is_seen_by_one_person_until_they_reload(slack, client):
    ada, mara = slack.person("ada"), slack.person("mara")
    general = slack.workspace.conversations_of(ada.id)[0]
    await client.chat_postEphemeral(channel=general.id, user=ada.id, text="only you")
    ada.sees("only you")
    mara.sees_not("only you")
    slack.workspace.reload(ada.id)
    ada.sees_not("only you")


async def test_ephemeral_to_somebody_who_is_away_is_taken_and_never_seen(slack, client):
    ada = slack.person("ada")
    general = slack.workspace.conversations_of(ada.id)[0]
    slack.workspace.change_person(ada.id, is_active=False)
    reply = await client.chat_postEphemeral(channel=general.id, user=ada.id, text="only you")
    assert reply["message_ts"]
    ada.sees_not("only you")


async def test_same_people_always_get_the_same_conversation(slack, client):
    ada, mara = slack.person("ada").id, slack.person("mara").id
    first = await client.conversations_open(users=[ada, mara])
    again = await client.conversations_open(users=[mara, ada], return_im=True)
    assert first.data == {"ok": True, "channel": {"id": again["channel"]["id"]}}
    assert (again["no_op"], again["already_open"], again["channel"]["is_mpim"]) == (True, True, True)
    assert slack.workspace.conversations[first["channel"]["id"]].members == [
        slack.workspace.bot.id,
        ada,
        mara,
    ]
    by_channel = await client.conversations_open(channel=first["channel"]["id"])
    assert by_channel["channel"]["id"] == first["channel"]["id"]


async def test_conversation_can_be_looked_for_without_being_made(slack, client):
    ada = slack.person("ada").id
    reply = await client.conversations_open(users=[ada], prevent_creation=True)
    assert "channel" not in reply.data
    assert slack.workspace.find_direct(slack.workspace.bot.id, ada) is None


async def test_conversations_info_tells_of_channels_and_dms():
    scopes = ("channels:read", "im:read", "mpim:read")
    async with StandIn(clock=MovableClock(START), manifest=manifest(*scopes)) as slack:
        populate(slack)
        client = client_of(slack)
        ada, mara = slack.person("ada").id, slack.person("mara").id
        general = slack.workspace.conversations_of(ada)[0]
        info = (await client.conversations_info(channel=general.id, include_num_members=True))["channel"]
        assert (info["name"], info["num_members"], info["is_member"]) == ("general", 4, True)
        dm = (await client.conversations_open(users=[ada]))["channel"]["id"]
        assert (await client.conversations_info(channel=dm))["channel"]["user"] == ada
        group = (await client.conversations_open(users=[ada, mara]))["channel"]["id"]
        info = (await client.conversations_info(channel=group))["channel"]
        assert (info["name"], info["is_mpim"]) == ("mpdm-turnabout--ada--mara-1", True)


async def test_people_are_described_with_zone_and_locale(slack, client):
    user = (await client.users_info(user=slack.person("ada").id, include_locale=True))["user"]
    assert (user["real_name"], user["profile"]["title"], user["locale"]) == ("Ada Berg", "Engineer", "de-DE")
    assert (user["tz"], user["tz_label"], user["tz_offset"]) == ("Europe/Berlin", "CET", 3600)
    user = (await client.users_info(user=slack.person("ada").id))["user"]
    assert "locale" not in user


async def test_deactivated_people_lack_most_fields(slack, client):
    slack.workspace.change_person(slack.person("ada").id, is_deleted=True)
    user = (await client.users_info(user=slack.person("ada").id))["user"]
    assert user["deleted"] is True
    assert "tz" not in user
    assert "real_name" not in user


async def test_unknown_person_is_named_by_code(slack, client):
    assert await code_of(client.users_info(user="U0NOBODY")) == "user_not_found"


async def test_list_of_people_comes_in_pages_with_bots_leavers_and_slackbot(slack, client):
    slack.people.add("gone", "Gone Person", is_deleted=True)
    members, cursor, pages = [], "", 0
    while True:
        page = await client.users_list(limit=2, cursor=cursor)
        members += page["members"]
        cursor, pages = page["response_metadata"]["next_cursor"], pages + 1
        if not cursor:
            break
    assert [one["name"] for one in members] == ["slackbot", "turnabout", "ada", "mara", "tom", "gone"]
    assert pages == 3
    assert members[0]["tz"] is None
    assert members[0]["is_bot"] is False
    assert await code_of(client.users_list(cursor="nonsense")) == "invalid_cursor"


async def test_big_workspace_asks_for_pages(client, slack):
    for number in range(1000):
        slack.people.add(f"p{number}", f"Person {number}")
    assert await code_of(client.users_list()) == "limit_required"
    assert len((await client.users_list(limit=200))["members"]) == 200


async def test_people_are_found_by_address():
    async with StandIn(clock=MovableClock(START), manifest=manifest("users:read.email")) as slack:
        populate(slack)
        client = client_of(slack)
        found = await client.users_lookupByEmail(email="Ada@example.com")
        assert found["user"]["id"] == slack.person("ada").id
        assert found["user"]["profile"]["email"] == "ada@example.com"
        slack.workspace.change_person(slack.person("ada").id, is_deleted=True)
        assert await code_of(client.users_lookupByEmail(email="ada@example.com")) == "users_not_found"


async def test_profile_needs_its_scope_and_then_answers():
    async with StandIn(clock=MovableClock(START), manifest=manifest("users.profile:read")) as slack:
        populate(slack)
        reply = await client_of(slack).users_profile_get(user=slack.person("ada").id)
        assert reply["profile"]["title"] == "Engineer"


async def test_home_keeps_its_id_and_changes_its_hash(slack, client):
    ada = slack.person("ada").id
    first = (await client.views_publish(user_id=ada, view=home(section("1"))))["view"]
    second = (await client.views_publish(user_id=ada, view=home(section("2"))))["view"]
    assert (first["id"], first["hash"] != second["hash"]) == (second["id"], True)
    assert "title" not in second


@pytest.mark.parametrize("person", ["U0NOBODY", "bot"])
async def test_home_is_published_to_people_only(slack, client, person):
    user_id = slack.workspace.bot.id if person == "bot" else person
    reply = await refused(client.views_publish(user_id=user_id, view=home(section("x"))))
    assert reply["error"] == "invalid_arguments"
    assert reply["response_metadata"]["messages"] == ["[ERROR] invalid `user_id`"]


async def test_missing_arguments_are_named(slack, client):
    reply = await refused(client.api_call("views.open", json={"view": goal_modal()}))
    assert reply["response_metadata"]["messages"] == ["[ERROR] missing required field: trigger_id"]
    reply = await refused(client.api_call("chat.postMessage", json={"text": "x"}))
    assert reply["response_metadata"]["messages"] == ["[ERROR] missing required field: channel"]
    reply = await refused(client.api_call("users.list", params={"limit": "many"}))
    assert reply["response_metadata"]["messages"] == ["[ERROR] must provide an integer [json-pointer:/limit]"]


async def test_modal_is_found_by_external_id(slack, client):
    trigger = slack.workspace.new_trigger(slack.person("ada").id)
    await client.views_open(trigger_id=trigger.id, view=goal_modal(external_id="mine"))
    reply = await client.views_update(
        external_id="mine", view=goal_modal(title="Newer") | {"external_id": "mine"}
    )
    assert reply["view"]["title"]["text"] == "Newer"
    assert await code_of(client.views_update(external_id="other", view=goal_modal())) == "not_found"


# Files.


async def test_file_is_private_until_completed_and_then_shared(slack, client):
    ada, tom = slack.person("ada"), slack.person("tom")
    promised = await client.files_getUploadURLExternal(filename="invite.ics", length=5, alt_txt="A session")
    file_id = promised["file_id"]
    async with aiohttp.ClientSession() as http:
        kind = {"Content-Type": "application/octet-stream"}
        async with http.post(promised["upload_url"], data=b"BEGIN", headers=kind) as reply:
            assert (reply.status, reply.content_type) == (200, "text/plain")
        file = slack.workspace.files[file_id]
        address = f"{slack.url}/files/{file_id}/invite.ics"
        async with http.get(address, params={"reader": ada.id}) as reply:
            assert reply.status == 404
        done = await client.files_completeUploadExternal(
            files=[{"id": file_id, "title": "Invitation"}], channel_id=ada.id, initial_comment="Save this."
        )
        assert done.data == {"ok": True, "files": [{"id": file_id, "title": "Invitation"}]}
        async with http.get(address, params={"reader": ada.id}) as reply:
            assert await reply.read() == b"BEGIN"
        async with http.get(address, params={"reader": tom.id}) as reply:
            assert reply.status == 404
    assert file.alt_text == "A session"
    message = ada.dms()[0]
    assert (message.text, message.file_ids) == ("Save this.", [file_id])
    ada.sees("Invitation")
    await client.files_delete(file=file_id)
    assert ada.dms()[0].file_ids == []
    assert await code_of(client.files_delete(file=file_id)) == "file_not_found"


async def test_official_upload_in_one_call(slack, client):
    general = slack.workspace.conversations_of(slack.person("ada").id)[0]
    await client.files_upload_v2(
        channel=general.id, content="a,b", filename="report.csv", title="Report", alt_txt="Two figures"
    )
    file = next(iter(slack.workspace.files.values()))
    assert (file.content, file.title, file.shared_in) == (b"a,b", "Report", [general.id])


async def test_file_without_a_conversation_stays_private(slack, client):
    promised = await client.files_getUploadURLExternal(filename="a.txt", length=1)
    async with aiohttp.ClientSession() as http, http.post(promised["upload_url"], data=b"x") as reply:
        assert reply.status == 200
    await client.files_completeUploadExternal(files=[{"id": promised["file_id"], "title": "a"}])
    assert slack.workspace.files[promised["file_id"]].shared_in == []


async def test_uploads_that_do_not_fit_their_promise(slack, client):
    assert await code_of(client.files_getUploadURLExternal(filename="a.txt", length=0)) == "missing_argument"
    promised = await client.files_getUploadURLExternal(filename="a.txt", length=2)
    async with aiohttp.ClientSession() as http, http.post(promised["upload_url"], data=b"xyz") as reply:
        assert reply.status == 400
    files = [{"id": promised["file_id"], "title": "a"}]
    assert await code_of(client.files_completeUploadExternal(files=files)) == "file_not_found"


# Response URLs.


async def test_response_url_replaces_and_deletes_the_message_pressed(slack, client):
    ada = slack.person("ada")
    general = slack.workspace.conversations_of(ada.id)[0]
    await client.chat_postEphemeral(channel=general.id, user=ada.id, text="one")
    ephemeral = ada.messages("general")[-1]
    url = slack.workspace.new_response_url(ada.id, general.id, ephemeral.ts)
    async with aiohttp.ClientSession() as http:
        async with http.post(url, json={"text": "two", "replace_original": True}) as reply:
            assert reply.status == 200
        assert [message.text for message in ada.messages("general")] == ["two"]
        async with http.post(url, json={"text": "three", "response_type": "in_channel"}) as reply:
            assert reply.status == 200
        slack.person("mara").sees("three")
        async with http.post(url, json={"delete_original": True}) as reply:
            assert reply.status == 200
        assert [message.text for message in ada.messages("general")] == ["three"]
        async with http.post(url, json={"blocks": [{"type": "marquee"}]}) as reply:
            assert (reply.status, await reply.text()) == (400, "invalid_blocks")
        async with http.post(url, data=b"{") as reply:
            assert (reply.status, await reply.text()) == (400, "invalid_json")


# Others.


async def test_reactions_with_their_scope():
    async with StandIn(clock=MovableClock(START), manifest=manifest("reactions:write")) as slack:
        populate(slack)
        client = client_of(slack)
        posted = await client.chat_postMessage(channel=slack.person("ada").id, text="x")
        where = {"channel": posted["channel"], "timestamp": posted["ts"]}
        assert (await client.reactions_add(**where, name="wave"))["ok"]
        assert await code_of(client.reactions_add(**where, name="wave")) == "already_reacted"
        assert await code_of(client.reactions_add(**where, name="Wave!")) == "invalid_name"
        where["timestamp"] = "1.1"
        assert await code_of(client.reactions_add(**where, name="wave")) == "message_not_found"


async def test_blocks_validate_points_at_the_fault(slack, client):
    assert (await client.api_call("blocks.validate", params={"blocks": json.dumps([section("x")])}))["ok"]
    reply = await refused(client.api_call("blocks.validate", params={"blocks": json.dumps([section("")])}))
    assert reply["error"] == "invalid_blocks"
    assert reply["errors"][0]["pointer"] == "/0/text/text"
    reply = await refused(
        client.api_call("blocks.validate", params={"view": json.dumps(home(section("x"), title="y"))})
    )
    assert reply["error"] == "invalid_view"
    assert await code_of(client.api_call("blocks.validate")) == "invalid_arguments"


async def test_sandbox_can_be_told_to_limit_nothing():
    clock = MovableClock(START)
    async with StandIn(clock=clock, manifest=manifest(), rates=Rates.unlimited(clock)) as slack:
        populate(slack)
        for _ in range(70):
            await client_of(slack).chat_postMessage(channel=slack.person("ada").id, text="x")
        assert len(slack.person("ada").dms()) == 70
