"""The Web API methods the bot uses: what each takes, does, answers and refuses.

How a call arrives and who may make it is decided in `sandbox.web_api`.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from messages import validator
from messages.validator import FaultCode
from sandbox import payloads
from sandbox.errors import RefusedError
from sandbox.workspace import MAX_GROUP

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.elements import Json
    from sandbox.rates import Rates
    from sandbox.workspace import Conversation, FileObject, Message, Workspace

LONGEST_TEXT = 4_000
"""Characters of text that chat.update and chat.postEphemeral take."""
WHOLE_LIST = 1_000
"""People up to which users.list may be called without a limit."""


class Args:
    """The arguments of one call, whichever way they came: query, form or JSON."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.given = {name: value for name, value in given.items() if value is not None}

    def text(self, name: str) -> str:
        """Return an argument as text, empty when absent."""
        value = self.given.get(name, "")
        if isinstance(value, bool | int | float):
            return str(value)
        if not isinstance(value, str):
            raise invalid(f"must provide a string [json-pointer:/{name}]")
        return value

    def required(self, name: str) -> str:
        """Return an argument that may not be missing."""
        value = self.text(name)
        if not value:
            raise invalid(f"missing required field: {name}")
        return value

    def flag(self, name: str) -> bool:
        """Return a yes or no; forms say 1 and true, 0 and false."""
        return self.given.get(name) in {True, "1", "true", "True"}

    def number(self, name: str, otherwise: int) -> int:
        """Return a whole number."""
        value = self.text(name)
        if not value:
            return otherwise
        if not value.lstrip("-").isdecimal():
            raise invalid(f"must provide an integer [json-pointer:/{name}]")
        return int(value)

    def names(self, name: str) -> list[str]:
        """Return a list that was joined by commas or came as JSON."""
        value = self.given.get(name, "")
        if isinstance(value, list):
            return [str(one) for one in value]
        return [one.strip() for one in str(value).split(",") if one.strip()]

    def json(self, name: str) -> Any:
        """Return an argument that is JSON, or a string with JSON in it."""
        value = self.given.get(name)
        if isinstance(value, str):
            try:
                return json.loads(value)
            except ValueError:
                return value
        return value


@dataclass(frozen=True, slots=True)
class Site:
    """What methods work on."""

    workspace: Workspace
    rates: Rates
    open_socket: Callable[[], str]
    """Returns the address of a new socket."""


@dataclass(frozen=True, slots=True)
class Method:
    """One row of the table of methods.

    `scopes`: one of them is needed. `caller`: the kind of token that may call it.
    `takes_json`: whether a JSON body is read.
    """

    name: str
    run: Callable[[Site, Args], Json]
    scopes: tuple[str, ...]
    caller: Literal["bot", "app"]
    takes_json: bool


METHODS: dict[str, Method] = {}


def _method(
    name: str, *scopes: str, caller: Literal["bot", "app"] = "bot", takes_json: bool = True
) -> Callable[[Callable[[Site, Args], Json]], Callable[[Site, Args], Json]]:
    def register(run: Callable[[Site, Args], Json]) -> Callable[[Site, Args], Json]:
        METHODS[name] = Method(name, run, scopes, caller, takes_json)
        return run

    return register


def invalid(*messages: str) -> RefusedError:
    """Return the refusal of malformed arguments in Slack's form."""
    return RefusedError(
        "invalid_arguments",
        response_metadata={"messages": [f"[ERROR] {message}" for message in messages]},
    )


def missing_scope(workspace: Workspace, *needed: str) -> RefusedError:
    """Return the refusal of a call whose scope was not granted."""
    return RefusedError(
        "missing_scope", needed=",".join(needed), provided=",".join(workspace.installation.scopes)
    )


def _refusal(body: Json) -> RefusedError:
    return RefusedError(body["error"], **{key: body[key] for key in body if key not in {"ok", "error"}})


# Tokens and sockets.


@_method("auth.test")
def auth_test(site: Site, _args: Args) -> Json:
    """Say whose token this is."""
    workspace = site.workspace
    return {
        "ok": True,
        "url": f"https://{workspace.domain}.slack.com/",
        "team": workspace.name,
        "user": workspace.bot.name,
        "team_id": workspace.team_id,
        "user_id": workspace.bot.id,
        "bot_id": workspace.bot.bot_id,
        "is_enterprise_install": False,
    }


@_method("apps.connections.open", caller="app")
def apps_connections_open(site: Site, _args: Args) -> Json:
    """Give the address of a new socket."""
    return {"ok": True, "url": site.open_socket()}


# Messages.


@_method("chat.postMessage", "chat:write")
def chat_post_message(site: Site, args: Args) -> Json:
    """Post a message into a conversation, or into the DM with a person."""
    workspace = site.workspace
    if any(args.given.get(name) for name in ("username", "icon_emoji", "icon_url")):
        _need(workspace, "chat:write.customize")
    where = _place_to_post(workspace, args.required("channel"))
    _check_message(args)
    thread_ts = args.text("thread_ts")
    if thread_ts and thread_ts not in where.messages:
        raise RefusedError("cannot_reply_to_message")
    wait = site.rates.admit_post(where.id)
    if wait is not None:
        raise RefusedError("ratelimited", status=429, headers={"Retry-After": str(wait)})
    metadata, warning = _metadata(args)
    posted = workspace.post(
        where,
        workspace.bot.id,
        _text(args),
        _blocks(args),
        thread_ts=thread_ts,
        metadata=metadata,
    )
    return {
        "ok": True,
        "channel": where.id,
        "ts": posted.ts,
        "message": payloads.message(workspace, posted),
        **warning,
    }


@_method("chat.postEphemeral", "chat:write")
def chat_post_ephemeral(site: Site, args: Args) -> Json:
    """Show a message to one member only; somebody who is not there now never sees it."""
    workspace = site.workspace
    where = _place_to_post(workspace, args.required("channel"))
    person = workspace.people.get(args.required("user"))
    if person is None or person.id not in where.members:
        raise RefusedError("user_not_in_channel")
    _check_message(args, longest=LONGEST_TEXT)
    if not person.is_active or person.is_deleted:
        return {"ok": True, "message_ts": workspace.next_ts()}
    posted = workspace.post(where, workspace.bot.id, _text(args), _blocks(args), only_for=person.id)
    return {"ok": True, "message_ts": posted.ts}


@_method("chat.update", "chat:write")
def chat_update(site: Site, args: Args) -> Json:
    """Replace a message of the bot's own."""
    workspace = site.workspace
    where = _known(workspace, args.required("channel"))
    found = _own_message(workspace, where, args.required("ts"), "cant_update_message")
    clears = args.json("blocks") == [] and "text" not in args.given
    if not clears and not _keeps_blocks(args):
        _check_message(args, longest=LONGEST_TEXT, updating=True)
    metadata, warning = _metadata(args)
    workspace.rewrite(
        found,
        text=_text(args) if "text" in args.given or "markdown_text" in args.given else None,
        blocks=_blocks(args) if "blocks" in args.given else None,
        metadata=metadata,
    )
    return {
        "ok": True,
        "channel": where.id,
        "ts": found.ts,
        "text": found.text,
        "message": payloads.message(workspace, found),
        **warning,
    }


@_method("chat.delete", "chat:write")
def chat_delete(site: Site, args: Args) -> Json:
    """Take a message of the bot's own away."""
    workspace = site.workspace
    where = _known(workspace, args.required("channel"))
    found = _own_message(workspace, where, args.required("ts"), "cant_delete_message")
    workspace.remove(found)
    return {"ok": True, "channel": where.id, "ts": found.ts}


@_method("chat.getPermalink", takes_json=False)
def chat_get_permalink(site: Site, args: Args) -> Json:
    """Give the link to a message that is still there."""
    workspace = site.workspace
    where = _known(workspace, args.required("channel"))
    ts = args.required("message_ts")
    if ts not in where.messages:
        raise RefusedError("message_not_found")
    return {
        "ok": True,
        "channel": where.id,
        "permalink": f"https://{workspace.domain}.slack.com/archives/{where.id}/p{ts.replace('.', '')}",
    }


@_method("reactions.add", "reactions:write")
def reactions_add(site: Site, args: Args) -> Json:
    """Put a reaction under a message."""
    workspace = site.workspace
    where = _known(workspace, args.required("channel"))
    name = args.required("name").strip(":")
    found = where.messages.get(args.required("timestamp"))
    if found is None:
        raise RefusedError("message_not_found")
    if not re.fullmatch(r"[a-z0-9_+'-]+", name):
        raise RefusedError("invalid_name")
    if workspace.bot.id in found.reactions.get(name, ()):
        raise RefusedError("already_reacted")
    found.reactions.setdefault(name, []).append(workspace.bot.id)
    workspace.tell("message", where.members, where.id, found.ts)
    return {"ok": True}


def _known(workspace: Workspace, conversation_id: str) -> Conversation:
    """Return a conversation the bot can know of: its own ones and public channels, never by a person's id."""
    found = workspace.conversations.get(conversation_id)
    if found is None or (found.kind != "channel" and workspace.bot.id not in found.members):
        raise RefusedError("channel_not_found")
    return found


def _place_to_post(workspace: Workspace, channel: str) -> Conversation:
    """Return where a message is to go; a person's id means the DM with them."""
    person = workspace.people.get(channel)
    if person is not None:
        if person.is_bot:
            raise RefusedError("cannot_dm_bot")
        dm, _ = _app_dm(workspace, person.id)
        return _open_to_posts(workspace, dm)
    return _open_to_posts(workspace, _known(workspace, channel))


def _app_dm(workspace: Workspace, person_id: str) -> tuple[Conversation, bool]:
    """Return the DM of a person with the bot; a leaver's is not opened any more, but stays if it was there."""
    person = workspace.people[person_id]
    dm = workspace.find_direct(workspace.bot.id, person_id)
    if dm is None and (person.is_deleted or person_id == "USLACKBOT"):
        raise RefusedError("channel_not_found")
    return workspace.open_direct(workspace.bot.id, person_id)


def _open_to_posts(workspace: Workspace, where: Conversation) -> Conversation:
    if where.is_archived:
        raise RefusedError("is_archived")
    if where.kind == "im" and not workspace.installation.has_messages:
        raise RefusedError("messages_tab_disabled")
    if workspace.bot.id not in where.members and not workspace.installation.grants("chat:write.public"):
        raise RefusedError("not_in_channel")
    return where


def _own_message(workspace: Workspace, where: Conversation, ts: str, code: str) -> Message:
    found = where.messages.get(ts)
    if found is None:
        raise RefusedError("message_not_found")
    if found.author_id != workspace.bot.id:
        raise RefusedError(code)
    return found


def _keeps_blocks(args: Args) -> bool:
    return not any(name in args.given for name in ("text", "blocks", "markdown_text", "attachments"))


def _check_message(args: Args, *, longest: int | None = None, updating: bool = False) -> None:
    """Refuse what Slack refuses about text and blocks; rules of our own house are none of Slack's."""
    if args.given.get("markdown_text"):
        if args.given.get("text") or args.given.get("blocks"):
            raise RefusedError("markdown_text_conflict")
        return
    faults = validator.check_message({**args.given, "metadata": None})
    body = validator.slack_error_for_message(faults, updating=updating)
    if body is not None:
        raise _refusal(body)
    if longest is not None and len(args.text("text")) > longest:
        raise RefusedError("msg_too_long")


def _text(args: Args) -> str:
    return args.text("text") or args.text("markdown_text")


def _blocks(args: Args) -> list[Json]:
    blocks = args.json("blocks")
    return blocks if isinstance(blocks, list) else []


def _metadata(args: Args) -> tuple[Json | None, Json]:
    """Return the metadata to keep, and the warning with which malformed metadata is dropped."""
    given = args.json("metadata")
    if given is None:
        return None, {}
    if not isinstance(given, dict):
        raise RefusedError("invalid_metadata_format")
    if given and validator.json_size(given) > validator.MAX_METADATA_BYTES:
        raise RefusedError("metadata_too_large")
    faults = validator.check_message({"text": "x", "metadata": given})
    if any(fault.code is FaultCode.METADATA for fault in faults):
        warning = "invalid_metadata_schema"
        return None, {"warning": warning, "response_metadata": {"warnings": [warning]}}
    return given, {}


# Conversations.


@_method("conversations.open")
def conversations_open(site: Site, args: Args) -> Json:
    """Open the DM with one person or the group DM with up to eight."""
    workspace = site.workspace
    if args.text("channel"):
        where = _known(workspace, args.text("channel"))
        if not where.is_direct:
            raise RefusedError("method_not_supported_for_channel_type")
        return _opened(workspace, where, existed=True, whole=args.flag("return_im"))
    people = list(dict.fromkeys(args.names("users")))
    if not people:
        raise RefusedError("users_list_not_supplied")
    if len(people) > 1:
        _need(workspace, "mpim:write")
    else:
        _need(workspace, "im:write")
    _check_company(workspace, people)
    if args.flag("prevent_creation") and workspace.find_direct(workspace.bot.id, *people) is None:
        return {"ok": True, "no_op": True}
    where, existed = workspace.open_direct(workspace.bot.id, *people)
    return _opened(workspace, where, existed=existed, whole=args.flag("return_im"))


def _check_company(workspace: Workspace, people: list[str]) -> None:
    if len(people) > MAX_GROUP:
        raise RefusedError("too_many_users")
    if any(one not in workspace.people or one == "USLACKBOT" for one in people):
        raise RefusedError("user_not_found")
    if workspace.bot.id in people and len(people) > 1:
        raise RefusedError("invalid_user_combination")
    if any(workspace.people[one].is_bot for one in people):
        raise RefusedError("cannot_dm_bot")
    if any(workspace.people[one].is_deleted for one in people):
        raise RefusedError("user_disabled")
    if any(workspace.people[one].is_stranger for one in people):
        raise RefusedError("user_not_visible")


def _opened(workspace: Workspace, where: Conversation, *, existed: bool, whole: bool) -> Json:
    channel = payloads.conversation(workspace, where) if whole else {"id": where.id}
    known = {"no_op": True, "already_open": True} if existed else {}
    return {"ok": True, **known, "channel": channel}


@_method("conversations.info", takes_json=False)
def conversations_info(site: Site, args: Args) -> Json:
    """Describe a conversation."""
    workspace = site.workspace
    where = _known(workspace, args.required("channel"))
    scope = {"channel": "channels", "private": "groups"}.get(where.kind, where.kind)
    _need(workspace, f"{scope}:read")
    channel = payloads.conversation(workspace, where)
    if args.flag("include_num_members"):
        channel["num_members"] = len(where.members)
    return {"ok": True, "channel": channel}


# People.


@_method("users.info", "users:read", takes_json=False)
def users_info(site: Site, args: Args) -> Json:
    """Describe one person."""
    workspace = site.workspace
    person = workspace.people.get(args.required("user"))
    if person is None:
        raise RefusedError("user_not_found")
    return {"ok": True, "user": _user(workspace, person.id, locale=args.flag("include_locale"))}


@_method("users.list", "users:read", takes_json=False)
def users_list(site: Site, args: Args) -> Json:
    """List everybody: invited, deactivated, bots and Slackbot included; a page at a time."""
    workspace = site.workspace
    everybody = list(workspace.people)
    limit = args.number("limit", 0)
    if not limit and len(everybody) > WHOLE_LIST:
        raise RefusedError("limit_required")
    begin = _begin(everybody, args.text("cursor"))
    page = everybody[begin : begin + min(limit, 1_000)] if limit > 0 else everybody[begin:]
    rest = everybody[begin + len(page) :]
    return {
        "ok": True,
        "members": [_user(workspace, one, locale=args.flag("include_locale")) for one in page],
        "cache_ts": workspace.seconds(),
        "response_metadata": {"next_cursor": _cursor(rest[0]) if rest else ""},
    }


@_method("users.lookupByEmail", "users:read.email", takes_json=False)
def users_lookup_by_email(site: Site, args: Args) -> Json:
    """Find an active person by address."""
    workspace = site.workspace
    wanted = args.required("email").lower()
    for person in workspace.people.values():
        if person.email.lower() == wanted and not person.is_deleted and not person.is_stranger:
            return {"ok": True, "user": _user(workspace, person.id, locale=False)}
    raise RefusedError("users_not_found")


@_method("users.profile.get", "users.profile:read", takes_json=False)
def users_profile_get(site: Site, args: Args) -> Json:
    """Give somebody's profile, the bot's own when nobody is named."""
    workspace = site.workspace
    person_id = args.text("user") or workspace.bot.id
    if person_id not in workspace.people:
        raise RefusedError("user_not_found")
    profile = _user(workspace, person_id, locale=False)["profile"]
    return {"ok": True, "profile": {key: value for key, value in profile.items() if key != "team"}}


def _user(workspace: Workspace, person_id: str, *, locale: bool) -> Json:
    return payloads.person(
        workspace,
        workspace.people[person_id],
        email=workspace.installation.grants("users:read.email"),
        locale=locale,
    )


def _cursor(person_id: str) -> str:
    return base64.b64encode(f"user:{person_id}".encode()).decode()


def _begin(everybody: list[str], cursor: str) -> int:
    if not cursor:
        return 0
    try:
        kind, _, person_id = base64.b64decode(cursor, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise RefusedError("invalid_cursor") from error
    if kind != "user" or person_id not in everybody:
        raise RefusedError("invalid_cursor")
    return everybody.index(person_id)


# Views.


@_method("views.open")
def views_open(site: Site, args: Args) -> Json:
    """Open a modal."""
    view, trigger_id = _view(args, "modal"), _trigger_id(args)
    modal = site.workspace.open_modal(trigger_id, view)
    return {"ok": True, "view": payloads.view(site.workspace, modal)}


@_method("views.push")
def views_push(site: Site, args: Args) -> Json:
    """Put a modal on the one that is open."""
    view, trigger_id = _view(args, "modal"), _trigger_id(args)
    modal = site.workspace.push_on_modal(trigger_id, view)
    return {"ok": True, "view": payloads.view(site.workspace, modal)}


@_method("views.update")
def views_update(site: Site, args: Args) -> Json:
    """Replace a modal."""
    if not args.text("view_id") and not args.text("external_id"):
        raise invalid("missing required field: view_id")
    modal = site.workspace.update_modal(
        _view(args, "modal"),
        view_id=args.text("view_id"),
        external_id=args.text("external_id"),
        hash_seen=args.text("hash"),
    )
    return {"ok": True, "view": payloads.view(site.workspace, modal)}


@_method("views.publish")
def views_publish(site: Site, args: Args) -> Json:
    """Replace a person's Home tab."""
    person = site.workspace.people.get(args.required("user_id"))
    view = _view(args, "home")
    if person is None or person.is_bot:
        raise invalid("invalid `user_id`")
    home = site.workspace.publish_home(person.id, view, hash_seen=args.text("hash"))
    return {"ok": True, "view": payloads.view(site.workspace, home)}


def _view(args: Args, surface: Literal["modal", "home"]) -> Json:
    view = args.json("view")
    if view is None:
        raise invalid("missing required field: view")
    body = validator.slack_error_for_view(validator.check_view(view, surface))
    if body is not None:
        raise _refusal(body)
    checked: Json = view
    return checked


def _trigger_id(args: Args) -> str:
    trigger_id = args.text("trigger_id")
    if not trigger_id:
        raise invalid("missing required field: trigger_id")
    return trigger_id


# Files.


@_method("files.getUploadURLExternal", "files:write", takes_json=False)
def files_get_upload_url(site: Site, args: Args) -> Json:
    """Promise room for a file, private until it is completed."""
    length = args.number("length", 0)
    if not args.text("filename") or length < 1:
        raise RefusedError("missing_argument")
    alt_text = args.text("alt_txt")
    if len(alt_text) > 1_000:
        raise invalid("must be less than 1001 characters [json-pointer:/alt_txt]")
    made = site.workspace.new_file(args.text("filename"), length, alt_text)
    return {
        "ok": True,
        "upload_url": f"{site.workspace.base_url}/upload/v1/{made.id}/{made.upload_key}",
        "file_id": made.id,
    }


@_method("files.completeUploadExternal", "files:write")
def files_complete_upload(site: Site, args: Args) -> Json:
    """Finish uploads and share the files; without a conversation they stay private to the bot."""
    workspace = site.workspace
    files = _uploaded(workspace, args.json("files"))
    places = [args.text("channel_id")] if args.text("channel_id") else args.names("channels")
    if len(places) > 100:
        raise RefusedError("channels_limit_exceeded")
    targets = [_place_to_post(workspace, place) for place in places]
    for file, title in files:
        file.title, file.is_complete = title or file.name, True
    for where in targets:
        blocks = [] if args.text("initial_comment") else _blocks(args)
        workspace.post(
            where,
            workspace.bot.id,
            args.text("initial_comment"),
            blocks,
            thread_ts=args.text("thread_ts"),
            file_ids=[file.id for file, _ in files],
        )
        for file, _ in files:
            file.shared_in.append(where.id)
    return {"ok": True, "files": [{"id": file.id, "title": file.title} for file, _ in files]}


@_method("files.delete", "files:write")
def files_delete(site: Site, args: Args) -> Json:
    """Remove a file everywhere."""
    file_id = args.required("file")
    if file_id not in site.workspace.files:
        raise RefusedError("file_not_found")
    site.workspace.remove_file(file_id)
    return {"ok": True}


def _uploaded(workspace: Workspace, given: Any) -> list[tuple[FileObject, str]]:
    if not isinstance(given, list) or not given:
        raise invalid("missing required field: files")
    found = []
    for one in given:
        file = workspace.files.get(one.get("id", "")) if isinstance(one, dict) else None
        if file is None or file.content is None or file.is_complete:
            raise RefusedError("file_not_found")
        found.append((file, str(one.get("title", ""))))
    return found


# Checking blocks.


@_method("blocks.validate")
def blocks_validate(_site: Site, args: Args) -> Json:
    """Check blocks, a view or a message without using them."""
    given = [name for name in ("blocks", "view", "message") if name in args.given]
    if len(given) != 1:
        raise invalid("exactly one of `blocks`, `view` and `message` must be provided")
    value = args.json(given[0])
    if given[0] == "view":
        surface: Literal["modal", "home"] = "home" if _type_of(value) == "home" else "modal"
        faults, cut = validator.check_view(value, surface), "/view"
    else:
        message = {"text": "x", "blocks": value} if given[0] == "blocks" else value
        faults = validator.check_message(message if isinstance(message, dict) else {})
        cut = "/blocks" if given[0] == "blocks" else ""
    refused = [fault for fault in faults if not fault.is_house_rule]
    if refused:
        raise RefusedError(
            f"invalid_{given[0]}",
            errors=[
                {
                    "code": "failed_constraint",
                    "message": fault.message,
                    "pointer": fault.pointer.removeprefix(cut),
                    "constraint": {"type": "schema", "expected": fault.message},
                }
                for fault in refused
            ],
        )
    return {"ok": True}


def _type_of(value: Any) -> Any:
    return value.get("type") if isinstance(value, dict) else None


def _need(workspace: Workspace, scope: str) -> None:
    if not workspace.installation.grants(scope):
        raise missing_scope(workspace, scope)
