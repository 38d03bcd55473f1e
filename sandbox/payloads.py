"""The workspace as Slack words it in JSON: people, messages, views, files, events and interactions.

Field names are those observed on the real service; nothing is decided here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sandbox.workspace import HomeView, ModalView, zone_offset

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.elements import Json, Placed
    from sandbox.workspace import Conversation, FileObject, Message, Person, Workspace

_PICTURE_SIZES = (24, 32, 48, 72, 192, 512)


# What the Web API answers with.


def person(workspace: Workspace, one: Person, *, email: bool, locale: bool) -> Json:
    """Return a user object; deactivated accounts lack the fields that Slack leaves out of them."""
    made: Json = {
        "id": one.id,
        "team_id": one.team_id,
        "name": one.name,
        "deleted": one.is_deleted,
        "profile": _profile(workspace, one, email=email),
        "is_bot": one.is_bot,
        "is_app_user": False,
        "updated": one.updated,
    }
    if one.is_deleted:
        return made
    label, offset = zone_offset(one.tz, workspace.clock.now()) if one.tz else ("", 0)
    made |= {
        "color": "9f69e7",
        "real_name": one.real_name,
        "tz": one.tz,
        "tz_label": label,
        "tz_offset": offset,
        "is_admin": one.is_admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": one.is_guest or one.is_single_channel_guest,
        "is_ultra_restricted": one.is_single_channel_guest,
        "is_email_confirmed": not one.is_invited,
        "who_can_share_contact_card": "EVERYONE",
    }
    if one.is_stranger:
        made["is_stranger"] = True
    if one.is_invited:
        made["is_invited_user"] = True
    if locale:
        made["locale"] = one.locale
    return made


def _profile(workspace: Workspace, one: Person, *, email: bool) -> Json:
    first, _, last = one.real_name.partition(" ")
    made: Json = {
        "title": one.title,
        "phone": "",
        "skype": "",
        "real_name": one.real_name,
        "real_name_normalized": one.real_name,
        "display_name": one.display_name,
        "display_name_normalized": one.display_name,
        "status_text": one.status_text,
        "status_emoji": one.status_emoji,
        "status_expiration": 0,
        "avatar_hash": f"g{one.id.lower()}",
        **{f"image_{size}": f"{workspace.base_url}/avatars/{one.id}_{size}.png" for size in _PICTURE_SIZES},
        "first_name": first,
        "last_name": last,
        "team": one.team_id,
    }
    if one.is_bot:
        made |= {"api_app_id": workspace.app_id, "bot_id": one.bot_id, "always_active": False}
    elif email and one.email and not one.is_stranger:
        made["email"] = one.email
    return made


def bot_profile(workspace: Workspace) -> Json:
    """Return the card of the bot that its messages carry."""
    return {
        "id": workspace.bot.bot_id,
        "deleted": False,
        "name": workspace.bot.name,
        "updated": workspace.bot.updated,
        "app_id": workspace.app_id,
        "icons": {f"image_{size}": f"{workspace.base_url}/avatars/app_{size}.png" for size in (36, 48, 72)},
        "team_id": workspace.team_id,
    }


def message(workspace: Workspace, one: Message) -> Json:
    """Return a message as Slack echoes it and as it stands in the payload of a press."""
    made: Json = {"user": one.author_id, "type": "message", "ts": one.ts}
    if one.bot_id:
        made |= {
            "bot_id": one.bot_id,
            "app_id": workspace.app_id,
            "bot_profile": bot_profile(workspace),
        }
    made |= {"text": one.text, "team": workspace.team_id}
    if one.blocks_json != "[]":
        made["blocks"] = one.blocks
    if one.thread_ts:
        made["thread_ts"] = one.thread_ts
    if one.metadata:
        made["metadata"] = one.metadata
    if one.edited_ts:
        made["edited"] = {"user": one.edited_by, "ts": one.edited_ts}
    if one.file_ids:
        made["files"] = [file(workspace, workspace.files[file_id]) for file_id in one.file_ids]
        made["upload"] = True
    if one.reactions:
        made["reactions"] = [
            {"name": name, "users": users, "count": len(users)} for name, users in one.reactions.items()
        ]
    return made


def conversation(workspace: Workspace, one: Conversation) -> Json:
    """Return a conversation as conversations.info describes it."""
    if one.kind == "im":
        other = next(member for member in one.members if member != workspace.bot.id)
        return {
            "id": one.id,
            "created": one.created,
            "is_archived": False,
            "is_im": True,
            "is_org_shared": False,
            "context_team_id": workspace.team_id,
            "updated": one.created * 1000,
            "user": other,
            "is_user_deleted": workspace.people[other].is_deleted,
        }
    nothing = {"value": "", "creator": "", "last_set": 0}
    return {
        "id": one.id,
        "name": one.name,
        "is_channel": one.kind == "channel",
        "is_group": one.kind != "channel",
        "is_im": False,
        "is_mpim": one.kind == "mpim",
        "is_private": one.kind != "channel",
        "created": one.created,
        "is_archived": one.is_archived,
        "is_general": False,
        "unlinked": 0,
        "name_normalized": one.name,
        "is_shared": False,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "pending_shared": [],
        "context_team_id": workspace.team_id,
        "updated": one.created * 1000,
        "creator": one.creator,
        "is_ext_shared": False,
        "shared_team_ids": [workspace.team_id],
        "pending_connected_team_ids": [],
        "is_member": workspace.bot.id in one.members,
        "topic": nothing,
        "purpose": nothing,
        "previous_names": [],
    }


def view(workspace: Workspace, one: ModalView | HomeView, values: Json | None = None) -> Json:
    """Return a view; `values` is its complete state where Slack sends it, and nothing in replies."""
    sent = one.view
    made: Json = {
        "id": one.id,
        "team_id": workspace.team_id,
        "type": sent["type"],
        "blocks": sent["blocks"],
        "private_metadata": sent.get("private_metadata", ""),
        "callback_id": sent.get("callback_id", ""),
        "state": {"values": values or {}},
        "hash": one.hash,
        "clear_on_close": sent.get("clear_on_close", False),
        "notify_on_close": sent.get("notify_on_close", False),
        "close": sent.get("close"),
        "submit": sent.get("submit"),
        "previous_view_id": None,
        "root_view_id": one.id,
        "app_id": workspace.app_id,
        "external_id": sent.get("external_id", ""),
        "app_installed_team_id": workspace.team_id,
        "bot_id": workspace.bot.bot_id,
    }
    if isinstance(one, ModalView):
        made |= {
            "title": sent["title"],
            "previous_view_id": one.previous_id,
            "root_view_id": one.root_id,
            "submit_disabled": False,
        }
    return made


def file(workspace: Workspace, one: FileObject) -> Json:
    """Return a file as its messages carry it."""
    kind = one.name.rpartition(".")[2].lower()
    address = f"{workspace.base_url}/files/{one.id}/{one.name}"
    made: Json = {
        "id": one.id,
        "created": one.created,
        "timestamp": one.created,
        "name": one.name,
        "title": one.title,
        "mimetype": "application/octet-stream",
        "filetype": kind,
        "pretty_type": kind.upper(),
        "user": workspace.bot.id,
        "user_team": workspace.team_id,
        "editable": False,
        "size": one.length,
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": False,
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": address,
        "url_private_download": f"{address}?download=1",
        "permalink": f"https://{workspace.domain}.slack.com/files/{workspace.bot.id}/{one.id}/{one.name}",
        "file_access": "visible",
    }
    if one.alt_text:
        made["alt_txt"] = one.alt_text
    return made


# What Slack sends.


def event(workspace: Workspace, inner: Json) -> Json:
    """Return the envelope of one event; `event_id` is the key by which a repeat is known."""
    return {
        "token": workspace.verification_token,
        "team_id": workspace.team_id,
        "api_app_id": workspace.app_id,
        "event": inner,
        "type": "event_callback",
        "event_id": workspace.ids.next("Ev"),
        "event_time": workspace.seconds(),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": workspace.team_id,
                "user_id": workspace.bot.id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": f"4-{workspace.ids.token(32)}",
    }


def slash_command(
    workspace: Workspace, one: Person, where: Conversation, word: str, text: str, trigger_id: str
) -> Json:
    """Return the fields of a slash command."""
    names = {"im": "directmessage", "mpim": "privategroup", "private": "privategroup"}
    return {
        "token": workspace.verification_token,
        "team_id": workspace.team_id,
        "team_domain": workspace.domain,
        "channel_id": where.id,
        "channel_name": names.get(where.kind, where.name),
        "user_id": one.id,
        "user_name": one.name,
        "command": word,
        "text": text,
        "api_app_id": workspace.app_id,
        "is_enterprise_install": "false",
        "response_url": workspace.new_response_url(one.id, where.id),
        "trigger_id": trigger_id,
    }


def interaction(workspace: Workspace, kind: str, one: Person) -> Json:
    """Return the fields all interactions share."""
    return {
        "type": kind,
        "user": {"id": one.id, "username": one.name, "name": one.name, "team_id": one.team_id},
        "api_app_id": workspace.app_id,
        "token": workspace.verification_token,
        "team": {"id": workspace.team_id, "domain": workspace.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def in_message(workspace: Workspace, where: Conversation, one: Message) -> Json:
    """Return where a press on a message happened; an ephemeral message itself is not repeated."""
    made: Json = {
        "container": {
            "type": "message",
            "message_ts": one.ts,
            "channel_id": where.id,
            "is_ephemeral": one.is_ephemeral,
        },
        "channel": {"id": where.id, "name": _channel_name(where)},
    }
    if one.thread_ts:
        made["container"]["thread_ts"] = one.thread_ts
    if not one.is_ephemeral:
        made["message"] = message(workspace, one)
    return made


def in_view(workspace: Workspace, one: ModalView | HomeView) -> Json:
    """Return where a press in a modal or on Home happened, with the complete state of the view."""
    return {
        "container": {"type": "view", "view_id": one.id},
        "view": view(workspace, one, one.values),
    }


def action(one: Placed, held: Mapping[str, Any], action_ts: str) -> Json:
    """Return the entry of `actions` for one press or choice; `held` is what it now holds."""
    block_id, action_id = one.spot
    made: Json = {"type": one.kind, "action_id": action_id, "block_id": block_id}
    made |= {
        key: one.element[key]
        for key in ("text", "value", "style", "url", "placeholder", "confirm")
        if key in one.element
    }
    return {**made, **held, "action_ts": action_ts}


def _channel_name(where: Conversation) -> str:
    return {"im": "directmessage", "mpim": where.name, "private": "privategroup"}.get(where.kind, where.name)


_NAMED_PERSON = re.compile(r"(?<![\w<])@([\w.-]+)")
_NAMED_CHANNEL = re.compile(r"(?<![\w<])#([\w-]+)")


def escaped(workspace: Workspace, text: str) -> str:
    """Return command text in which Slack turned mentions into ids, as `should_escape` asks for."""
    people = {one.name: one for one in workspace.people.values()}
    channels = {one.name: one for one in workspace.conversations.values() if not one.is_direct}

    def mention(found: re.Match[str]) -> str:
        one = people.get(found[1])
        return f"<@{one.id}>" if one else found[0]

    def channel(found: re.Match[str]) -> str:
        one = channels.get(found[1])
        if one is None:
            return found[0]
        return f"<#{one.id}|{one.name if one.kind == 'channel' else ''}>"

    return _NAMED_CHANNEL.sub(channel, _NAMED_PERSON.sub(mention, text))
