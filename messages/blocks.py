"""Builders for Block Kit: each returns the plain JSON that Slack reads, and leaves out whatever is None.

No limit is checked here and no text is worded or escaped: limits are the validator's, words are the voice's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from messages.message import Block, View

Text = str | dict[str, Any]
"""A string, or a finished text object where another kind than the place's usual one is wanted."""


def _object(type_: str | None = None, /, **properties: Any) -> Block:
    built = {"type": type_} if type_ is not None else {}
    built.update((name, value) for name, value in properties.items() if value is not None)
    return built


# Texts


def plain(text: str, *, emoji: bool | None = None) -> Block:
    """Return text that Slack shows as it stands; `emoji=False` also leaves `:names:` in colons alone."""
    return _object("plain_text", text=text, emoji=emoji)


def mrkdwn(text: str, *, verbatim: bool = True) -> Block:
    """Return formatted text; channel names and bare links in it stay plain unless `verbatim=False`."""
    return _object("mrkdwn", text=text, verbatim=verbatim)


def _plain(text: Text | None) -> Block | None:
    return plain(text) if isinstance(text, str) else text


def _mrkdwn(text: Text | None) -> Block | None:
    return mrkdwn(text) if isinstance(text, str) else text


# Blocks


def section(
    text: Text | None = None,
    *,
    fields: Iterable[Text] | None = None,
    accessory: Block | None = None,
    expand: bool | None = None,
    block_id: str | None = None,
) -> Block:
    """Return a paragraph of mrkdwn (up to 3,000 characters), perhaps with one element beside it."""
    return _object(
        "section",
        block_id=block_id,
        text=_mrkdwn(text),
        fields=None if fields is None else [_mrkdwn(field) for field in fields],
        accessory=accessory,
        expand=expand,
    )


def fields(*texts: Text, block_id: str | None = None) -> Block:
    """Return short texts in two columns, 1 to 10 of up to 2,000 characters."""
    return section(fields=texts, block_id=block_id)


def header(text: Text, *, block_id: str | None = None) -> Block:
    """Return a heading of up to 150 plain characters."""
    return _object("header", block_id=block_id, text=_plain(text))


def context(*elements: Text, block_id: str | None = None) -> Block:
    """Return small print: 1 to 10 texts or images."""
    return _object("context", block_id=block_id, elements=[_mrkdwn(element) for element in elements])


def divider(*, block_id: str | None = None) -> Block:
    """Return a line across."""
    return _object("divider", block_id=block_id)


def actions(*elements: Block, block_id: str | None = None) -> Block:
    """Return a row of 1 to 25 buttons, menus or pickers that answer at once."""
    return _object("actions", block_id=block_id, elements=list(elements))


def input_(
    label: Text,
    element: Block,
    *,
    block_id: str | None = None,
    hint: Text | None = None,
    optional: bool | None = None,
    dispatch_action: bool | None = None,
) -> Block:
    """Return a labelled input, to be filled in unless `optional`; only `dispatch_action` answers at once."""
    return _object(
        "input",
        block_id=block_id,
        label=_plain(label),
        element=element,
        hint=_plain(hint),
        optional=optional,
        dispatch_action=dispatch_action,
    )


def image(
    *,
    alt_text: str,
    image_url: str | None = None,
    slack_file_id: str | None = None,
    title: Text | None = None,
    block_id: str | None = None,
) -> Block:
    """Return a picture, as a block or as an element of a section or context.

    One of `image_url` and `slack_file_id`; `title` and `block_id` only as a block.
    """
    return _object(
        "image",
        block_id=block_id,
        image_url=image_url,
        slack_file=None if slack_file_id is None else {"id": slack_file_id},
        alt_text=alt_text,
        title=_plain(title),
    )


def rich_text(*elements: Block, block_id: str | None = None) -> Block:
    """Return rich text, the one way to a real list: made of `rich_text_section` and `rich_text_list`."""
    return _object("rich_text", block_id=block_id, elements=list(elements))


def rich_text_section(*parts: Text) -> Block:
    """Return one run of rich text; strings become plain parts, which need no escaping."""
    return _object(
        "rich_text_section",
        elements=[rich_text_part(part) if isinstance(part, str) else part for part in parts],
    )


def rich_text_list(
    *items: Text | Block, style: Literal["bullet", "ordered"] = "bullet", indent: int | None = None
) -> Block:
    """Return a list; an item is a string, a part or a whole `rich_text_section`."""
    sections = [
        item
        if isinstance(item, dict) and item.get("type") == "rich_text_section"
        else rich_text_section(item)
        for item in items
    ]
    return _object("rich_text_list", style=style, indent=indent, elements=sections)


def rich_text_part(
    text: str, *, bold: bool | None = None, italic: bool | None = None, url: str | None = None
) -> Block:
    """Return a piece of rich text, a link where `url` is given."""
    style = _object(bold=bold, italic=italic) or None
    if url is not None:
        return _object("link", url=url, text=text, style=style)
    return _object("text", text=text, style=style)


# Objects inside elements


def option(text: Text, value: str, *, description: Text | None = None, url: str | None = None) -> Block:
    """Return one choice: text, value, description up to 75 characters each; `url` only in an overflow."""
    return _object(text=_plain(text), value=value, description=_plain(description), url=url)


def option_group(label: Text, options: Iterable[Block]) -> Block:
    """Return up to 100 options under a label of up to 75 characters."""
    return _object(label=_plain(label), options=list(options))


def confirm(
    title: Text,
    text: Text,
    *,
    confirm: Text,
    deny: Text,
    style: Literal["primary", "danger"] | None = None,
) -> Block:
    """Return the question asked before an element acts: title up to 100 characters, text 300, answers 30."""
    return _object(
        title=_plain(title),
        text=_plain(text),
        confirm=_plain(confirm),
        deny=_plain(deny),
        style=style,
    )


# Elements


def button(
    text: Text,
    action_id: str,
    *,
    value: str | None = None,
    url: str | None = None,
    style: Literal["primary", "danger"] | None = None,
    confirm: Block | None = None,
    accessibility_label: str | None = None,
) -> Block:
    """Return a button of up to 75 characters, of which about 30 are shown.

    With `url` it opens a page and still sends a press, which must be acknowledged.
    `accessibility_label` is read out instead of the text: give it where the text is a mere digit.
    """
    return _object(
        "button",
        action_id=action_id,
        text=_plain(text),
        value=value,
        url=url,
        style=style,
        confirm=confirm,
        accessibility_label=accessibility_label,
    )


def static_select(
    action_id: str,
    options: Iterable[Block] | None = None,
    *,
    option_groups: Iterable[Block] | None = None,
    initial: str | None = None,
    placeholder: Text | None = None,
    confirm: Block | None = None,
    focus_on_load: bool | None = None,
) -> Block:
    """Return a menu of 1 to 100 options, or of up to 100 groups of them.

    `initial` is the value of the option chosen at first; a value that is no longer offered is left out,
    as Slack refuses the whole view otherwise.
    """
    choices = _choices(options, option_groups)
    return _object(
        "static_select",
        action_id=action_id,
        placeholder=_plain(placeholder),
        **choices,
        initial_option=_first(_chosen(choices, [] if initial is None else [initial])),
        confirm=confirm,
        focus_on_load=focus_on_load,
    )


def multi_static_select(
    action_id: str,
    options: Iterable[Block] | None = None,
    *,
    option_groups: Iterable[Block] | None = None,
    initial: Iterable[str] = (),
    max_selected_items: int | None = None,
    placeholder: Text | None = None,
    confirm: Block | None = None,
    focus_on_load: bool | None = None,
) -> Block:
    """Return a menu for several choices, in a section or input only; `initial` as in `static_select`."""
    choices = _choices(options, option_groups)
    return _object(
        "multi_static_select",
        action_id=action_id,
        placeholder=_plain(placeholder),
        **choices,
        initial_options=_chosen(choices, initial) or None,
        max_selected_items=max_selected_items,
        confirm=confirm,
        focus_on_load=focus_on_load,
    )


def external_select(
    action_id: str,
    *,
    initial: Block | None = None,
    min_query_length: int | None = None,
    placeholder: Text | None = None,
    confirm: Block | None = None,
    focus_on_load: bool | None = None,
) -> Block:
    """Return a menu whose options the bot is asked for while a person types; `initial` is a whole option."""
    return _object(
        "external_select",
        action_id=action_id,
        placeholder=_plain(placeholder),
        initial_option=initial,
        min_query_length=min_query_length,
        confirm=confirm,
        focus_on_load=focus_on_load,
    )


def multi_external_select(
    action_id: str,
    *,
    initial: Sequence[Block] = (),
    min_query_length: int | None = None,
    max_selected_items: int | None = None,
    placeholder: Text | None = None,
    confirm: Block | None = None,
    focus_on_load: bool | None = None,
) -> Block:
    """Return the `external_select` where several may be chosen; in a section or an input only."""
    return _object(
        "multi_external_select",
        action_id=action_id,
        placeholder=_plain(placeholder),
        initial_options=list(initial) or None,
        min_query_length=min_query_length,
        max_selected_items=max_selected_items,
        confirm=confirm,
        focus_on_load=focus_on_load,
    )


def users_select(
    action_id: str,
    *,
    initial_user: str | None = None,
    placeholder: Text | None = None,
    confirm: Block | None = None,
    focus_on_load: bool | None = None,
) -> Block:
    """Return a menu of the workspace's people."""
    return _object(
        "users_select",
        action_id=action_id,
        placeholder=_plain(placeholder),
        initial_user=initial_user,
        confirm=confirm,
        focus_on_load=focus_on_load,
    )


def multi_users_select(
    action_id: str,
    *,
    initial_users: Sequence[str] = (),
    max_selected_items: int | None = None,
    placeholder: Text | None = None,
    confirm: Block | None = None,
    focus_on_load: bool | None = None,
) -> Block:
    """Return a menu of the workspace's people where several may be chosen; in a section or an input only."""
    return _object(
        "multi_users_select",
        action_id=action_id,
        placeholder=_plain(placeholder),
        initial_users=list(initial_users) or None,
        max_selected_items=max_selected_items,
        confirm=confirm,
        focus_on_load=focus_on_load,
    )


def channels_select(
    action_id: str,
    *,
    initial_channel: str | None = None,
    placeholder: Text | None = None,
    confirm: Block | None = None,
    focus_on_load: bool | None = None,
) -> Block:
    """Return a menu of public channels; it needs no scope."""
    return _object(
        "channels_select",
        action_id=action_id,
        placeholder=_plain(placeholder),
        initial_channel=initial_channel,
        confirm=confirm,
        focus_on_load=focus_on_load,
    )


def conversations_select(
    action_id: str,
    *,
    initial_conversation: str | None = None,
    default_to_current_conversation: bool | None = None,
    include: Sequence[Literal["im", "mpim", "private", "public"]] | None = None,
    exclude_bot_users: bool | None = None,
    exclude_external_shared_channels: bool | None = None,
    placeholder: Text | None = None,
    confirm: Block | None = None,
    focus_on_load: bool | None = None,
) -> Block:
    """Return a menu of the conversations a person can see; `include` and both `exclude_…` narrow it."""
    narrowed = _object(
        include=None if include is None else list(include),
        exclude_bot_users=exclude_bot_users,
        exclude_external_shared_channels=exclude_external_shared_channels,
    )
    return _object(
        "conversations_select",
        action_id=action_id,
        placeholder=_plain(placeholder),
        initial_conversation=initial_conversation,
        default_to_current_conversation=default_to_current_conversation,
        filter=narrowed or None,
        confirm=confirm,
        focus_on_load=focus_on_load,
    )


def radio_buttons(
    action_id: str,
    options: Iterable[Block],
    *,
    initial: str | None = None,
    confirm: Block | None = None,
    focus_on_load: bool | None = None,
) -> Block:
    """Return 1 to 10 options for one choice; texts may be mrkdwn, `initial` as in `static_select`."""
    choices = _choices(options, None)
    return _object(
        "radio_buttons",
        action_id=action_id,
        **choices,
        initial_option=_first(_chosen(choices, [] if initial is None else [initial])),
        confirm=confirm,
        focus_on_load=focus_on_load,
    )


def checkboxes(
    action_id: str,
    options: Iterable[Block],
    *,
    initial: Iterable[str] = (),
    confirm: Block | None = None,
    focus_on_load: bool | None = None,
) -> Block:
    """Return 1 to 10 options to tick; texts may be mrkdwn, `initial` as in `static_select`."""
    choices = _choices(options, None)
    return _object(
        "checkboxes",
        action_id=action_id,
        **choices,
        initial_options=_chosen(choices, initial) or None,
        confirm=confirm,
        focus_on_load=focus_on_load,
    )


def overflow(action_id: str, options: Iterable[Block], *, confirm: Block | None = None) -> Block:
    """Return the menu behind three dots, 1 to 5 options."""
    return _object("overflow", action_id=action_id, options=list(options), confirm=confirm)


def datepicker(
    action_id: str,
    *,
    initial_date: str | None = None,
    placeholder: Text | None = None,
    confirm: Block | None = None,
    focus_on_load: bool | None = None,
) -> Block:
    """Return a calendar; `initial_date` as `YYYY-MM-DD`."""
    return _object(
        "datepicker",
        action_id=action_id,
        placeholder=_plain(placeholder),
        initial_date=initial_date,
        confirm=confirm,
        focus_on_load=focus_on_load,
    )


def timepicker(
    action_id: str,
    *,
    initial_time: str | None = None,
    timezone: str | None = None,
    placeholder: Text | None = None,
    confirm: Block | None = None,
    focus_on_load: bool | None = None,
) -> Block:
    """Return a picker of a local time; `initial_time` as 24-hour `HH:mm`, `timezone` an IANA name."""
    return _object(
        "timepicker",
        action_id=action_id,
        placeholder=_plain(placeholder),
        initial_time=initial_time,
        timezone=timezone,
        confirm=confirm,
        focus_on_load=focus_on_load,
    )


def datetimepicker(
    action_id: str,
    *,
    initial_date_time: int | None = None,
    confirm: Block | None = None,
    focus_on_load: bool | None = None,
) -> Block:
    """Return a picker of a moment; `initial_date_time` in Unix seconds. Not for a Home tab."""
    return _object(
        "datetimepicker",
        action_id=action_id,
        initial_date_time=initial_date_time,
        confirm=confirm,
        focus_on_load=focus_on_load,
    )


def plain_text_input(
    action_id: str,
    *,
    initial_value: str | None = None,
    multiline: bool | None = None,
    min_length: int | None = None,
    max_length: int | None = None,
    placeholder: Text | None = None,
    dispatch_on: Sequence[Literal["on_enter_pressed", "on_character_entered"]] | None = None,
    focus_on_load: bool | None = None,
) -> Block:
    """Return a text input of up to 3,000 characters; `dispatch_on` says when it answers before submission.

    An empty `initial_value` is left out, as Slack refuses it.
    """
    return _object(
        "plain_text_input",
        action_id=action_id,
        placeholder=_plain(placeholder),
        initial_value=initial_value or None,
        multiline=multiline,
        min_length=min_length,
        max_length=max_length,
        dispatch_action_config=None if dispatch_on is None else {"trigger_actions_on": list(dispatch_on)},
        focus_on_load=focus_on_load,
    )


def email_input(
    action_id: str,
    *,
    initial_value: str | None = None,
    placeholder: Text | None = None,
    focus_on_load: bool | None = None,
) -> Block:
    """Return an input that takes one e-mail address; modals only."""
    return _object(
        "email_text_input",
        action_id=action_id,
        placeholder=_plain(placeholder),
        initial_value=initial_value or None,
        focus_on_load=focus_on_load,
    )


def url_input(
    action_id: str,
    *,
    initial_value: str | None = None,
    placeholder: Text | None = None,
    focus_on_load: bool | None = None,
) -> Block:
    """Return an input that takes one link; modals only."""
    return _object(
        "url_text_input",
        action_id=action_id,
        placeholder=_plain(placeholder),
        initial_value=initial_value or None,
        focus_on_load=focus_on_load,
    )


def number_input(
    action_id: str,
    *,
    is_decimal_allowed: bool = False,
    initial_value: float | str | None = None,
    min_value: float | str | None = None,
    max_value: float | str | None = None,
    placeholder: Text | None = None,
    focus_on_load: bool | None = None,
) -> Block:
    """Return an input for a number, modals only; Slack takes and gives numbers as strings."""
    return _object(
        "number_input",
        action_id=action_id,
        is_decimal_allowed=is_decimal_allowed,
        placeholder=_plain(placeholder),
        initial_value=None if initial_value is None else str(initial_value),
        min_value=None if min_value is None else str(min_value),
        max_value=None if max_value is None else str(max_value),
        focus_on_load=focus_on_load,
    )


# Views


def modal(
    title: Text,
    blocks: Iterable[Block],
    *,
    callback_id: str | None = None,
    submit: Text | None = None,
    close: Text | None = None,
    private_metadata: str | None = None,
    external_id: str | None = None,
    clear_on_close: bool | None = None,
    notify_on_close: bool | None = None,
) -> View:
    """Return a modal of up to 100 blocks; title, submit and close up to 24 characters each.

    `submit` is needed as soon as one block is an input. `private_metadata` is shown to nobody and grants
    nothing: an id of ours, checked against the person who acts.
    """
    return _object(
        "modal",
        callback_id=callback_id,
        title=_plain(title),
        submit=_plain(submit),
        close=_plain(close),
        blocks=list(blocks),
        private_metadata=private_metadata,
        external_id=external_id,
        clear_on_close=clear_on_close,
        notify_on_close=notify_on_close,
    )


def home(
    blocks: Iterable[Block],
    *,
    callback_id: str | None = None,
    private_metadata: str | None = None,
    external_id: str | None = None,
) -> View:
    """Return a Home tab of up to 100 blocks."""
    return _object(
        "home",
        callback_id=callback_id,
        blocks=list(blocks),
        private_metadata=private_metadata,
        external_id=external_id,
    )


# Choices


def _choices(
    options: Iterable[Block] | None, option_groups: Iterable[Block] | None
) -> dict[str, list[Block]]:
    offered = {}
    if options is not None:
        offered["options"] = list(options)
    if option_groups is not None:
        offered["option_groups"] = list(option_groups)
    return offered


def _chosen(choices: dict[str, list[Block]], values: Iterable[str]) -> list[Block]:
    """Return the offered options with these values, whole and in the order of `values`."""
    grouped = (option for group in choices.get("option_groups", ()) for option in group["options"])
    offered = {option["value"]: option for option in (*choices.get("options", ()), *grouped)}
    return [offered[value] for value in dict.fromkeys(values) if value in offered]


def _first(options: list[Block]) -> Block | None:
    return options[0] if options else None
