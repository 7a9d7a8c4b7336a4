"""Block Kit's elements and composition objects, with the limits of Slack's reference pages."""

import contextlib
import ipaddress
from collections.abc import Callable
from typing import TypeAlias
from urllib.parse import urlsplit

from tests.wire.slack.findings import (
    Findings,
    Rule,
    at_least_one,
    boolean,
    by_type,
    choice,
    exactly_one,
    integer,
    items,
    shape,
    string,
)

Table: TypeAlias = dict[str, Rule]

ID = string(most=255)
URL = string(most=3000, pattern=r"[a-zA-Z][a-zA-Z0-9+.\-]*:\S+")


def plain(most: int, *, least: int = 1) -> Rule:
    """A text object that must be plain text."""
    return shape({"type": choice("plain_text"), "text": string(most=most, least=least)}, {"emoji": boolean})


def mrkdwn(most: int) -> Rule:
    return shape({"type": choice("mrkdwn"), "text": string(most=most)}, {"verbatim": boolean})


def text(most: int) -> Rule:
    """A text object of either kind."""
    return by_type({"plain_text": plain(most), "mrkdwn": mrkdwn(most)})


CONFIRM = shape(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": choice("primary", "danger")},
)
PLACEHOLDER = plain(150)


def _option(kind: Callable[[int], Rule], **more: Rule) -> Rule:
    return shape({"text": kind(75), "value": string(most=150)}, {"description": kind(75), **more})


OPTION = _option(plain)
OVERFLOW_OPTION = _option(plain, url=URL)
# Checkboxes and radio buttons alone may be written in mrkdwn.
RICH_OPTION = _option(text)
OPTIONS = items(OPTION, least=1, most=100)
OPTION_GROUPS = items(shape({"label": plain(75), "options": OPTIONS}), least=1, most=100)
DISPATCH = shape(
    {"trigger_actions_on": items(choice("on_enter_pressed", "on_character_entered"), least=1, most=2)},
)
FILTER = shape(
    {},
    {
        "include": items(choice("im", "mpim", "private", "public"), least=1, most=4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
    at_least_one("include", "exclude_external_shared_channels", "exclude_bot_users"),
)
NUMBER = string(most=40, pattern=r"-?\d+(\.\d+)?")


def _public_https(found: Findings, value: object, path: str) -> None:
    """Slack fetches the picture itself: an address only this machine knows is a picture nobody sees."""
    string(most=3000)(found, value, path)
    if not isinstance(value, str):
        return
    address = urlsplit(value)
    host = address.hostname or ""
    hidden = "." not in host or host.endswith((".local", ".internal", ".localhost"))
    with contextlib.suppress(ValueError):
        hidden = not ipaddress.ip_address(host).is_global
    if address.scheme != "https" or hidden:
        found.add(path, "downloading image failed")


SLACK_FILE = shape({}, {"id": ID, "url": URL}, exactly_one("id", "url"))
PICTURE: Table = {"alt_text": string(most=2000)}
PICTURE_SOURCE: Table = {"image_url": _public_https, "slack_file": SLACK_FILE}
IMAGE = shape({"type": choice("image"), **PICTURE}, PICTURE_SOURCE, exactly_one("image_url", "slack_file"))


def _initial_among_options(found: Findings, value: object, path: str) -> None:
    """A preset that the list does not hold is refused: it must equal one of the options, description and all."""
    if not isinstance(value, dict):
        return
    listed = [*value.get("options", []), *(o for group in value.get("option_groups", []) for o in group["options"])]
    presets = [value["initial_option"]] if "initial_option" in value else value.get("initial_options", [])
    if any(preset not in listed for preset in presets):
        found.add(path, "initial option does not match any of the options")


def _length_range(found: Findings, value: object, path: str) -> None:
    if isinstance(value, dict) and value.get("min_length", 0) > value.get("max_length", 3000):
        found.add(path, "min_length must not be greater than max_length")


def _element(kind: str, required: Table, optional: Table, *more: Rule, confirm: bool = True) -> Rule:
    shared: Table = {"action_id": ID}
    if confirm:
        shared["confirm"] = CONFIRM
    return shape({"type": choice(kind), **required}, {**shared, **optional}, *more)


def _menu(kind: str, optional: Table, *more: Rule) -> Rule:
    base: Table = {"placeholder": PLACEHOLDER, "focus_on_load": boolean}
    if kind.startswith("multi_"):
        base["max_selected_items"] = integer(least=1, most=100)
    return _element(kind, {}, {**base, **optional}, *more)


def _field(kind: str, required: Table, optional: Table, *more: Rule) -> Rule:
    """Something one types into."""
    base: Table = {"placeholder": PLACEHOLDER, "focus_on_load": boolean, "dispatch_action_config": DISPATCH}
    return _element(kind, required, {**base, **optional}, *more, confirm=False)


_LISTED: Table = {"options": OPTIONS, "option_groups": OPTION_GROUPS}
_ONE_LIST = exactly_one("options", "option_groups")
_IDS = items(ID, most=100)
_LOOKUP: Table = {"min_query_length": integer(least=0, most=150)}
_CONVERSATIONS: Table = {"default_to_current_conversation": boolean, "filter": FILTER}
_ANSWERABLE: Table = {"response_url_enabled": boolean}

MENUS: Table = {
    "static_select": _menu("static_select", {**_LISTED, "initial_option": OPTION}, _ONE_LIST, _initial_among_options),
    "external_select": _menu("external_select", {**_LOOKUP, "initial_option": OPTION}),
    "users_select": _menu("users_select", {"initial_user": ID}),
    "conversations_select": _menu(
        "conversations_select", {**_CONVERSATIONS, **_ANSWERABLE, "initial_conversation": ID}
    ),
    "channels_select": _menu("channels_select", {**_ANSWERABLE, "initial_channel": ID}),
    "multi_static_select": _menu(
        "multi_static_select",
        {**_LISTED, "initial_options": items(OPTION, least=1, most=100)},
        _ONE_LIST,
        _initial_among_options,
    ),
    "multi_external_select": _menu("multi_external_select", {**_LOOKUP, "initial_options": OPTIONS}),
    "multi_users_select": _menu("multi_users_select", {"initial_users": _IDS}),
    "multi_conversations_select": _menu(
        "multi_conversations_select", {**_CONVERSATIONS, "initial_conversations": _IDS}
    ),
    "multi_channels_select": _menu("multi_channels_select", {"initial_channels": _IDS}),
}

BUTTON = _element(
    "button",
    {"text": plain(75)},
    {
        "value": string(most=2000, least=0),
        "url": URL,
        "style": choice("primary", "danger"),
        "accessibility_label": string(most=75),
    },
)
PICKERS: Table = {
    "datepicker": _element(
        "datepicker",
        {},
        {
            "placeholder": PLACEHOLDER,
            "focus_on_load": boolean,
            "initial_date": string(most=10, pattern=r"\d{4}-\d\d-\d\d"),
        },
    ),
    "timepicker": _element(
        "timepicker",
        {},
        {
            "placeholder": PLACEHOLDER,
            "focus_on_load": boolean,
            "initial_time": string(most=5, pattern=r"([01]\d|2[0-3]):[0-5]\d"),
            "timezone": string(most=255),
        },
    ),
    "datetimepicker": _element(
        "datetimepicker",
        {},
        {"focus_on_load": boolean, "initial_date_time": integer(least=1_000_000_000, most=9_999_999_999)},
    ),
}
CHOICES: Table = {
    "checkboxes": _element(
        "checkboxes",
        {"options": items(RICH_OPTION, least=1, most=10)},
        {"focus_on_load": boolean, "initial_options": items(RICH_OPTION, least=1, most=10)},
        _initial_among_options,
    ),
    "radio_buttons": _element(
        "radio_buttons",
        {"options": items(RICH_OPTION, least=1, most=10)},
        {"focus_on_load": boolean, "initial_option": RICH_OPTION},
        _initial_among_options,
    ),
}
OVERFLOW = _element("overflow", {"options": items(OVERFLOW_OPTION, least=1, most=5)}, {})
FIELDS: Table = {
    "plain_text_input": _field(
        "plain_text_input",
        {},
        {
            "initial_value": string(most=3000, least=0),
            "multiline": boolean,
            "min_length": integer(least=0, most=3000),
            "max_length": integer(least=1, most=3000),
        },
        _length_range,
    ),
    "number_input": _field(
        "number_input",
        {"is_decimal_allowed": boolean},
        {"initial_value": NUMBER, "min_value": NUMBER, "max_value": NUMBER},
    ),
    "email_text_input": _field("email_text_input", {}, {"initial_value": string(most=3000)}),
    "url_text_input": _field("url_text_input", {}, {"initial_value": string(most=3000)}),
    "file_input": _element(
        "file_input",
        {},
        {"filetypes": items(string(most=20), most=50), "max_files": integer(least=1, most=10)},
        confirm=False,
    ),
}

IN_ACTIONS = by_type({"button": BUTTON, "overflow": OVERFLOW, **MENUS, **PICKERS, **CHOICES})
IN_SECTION = by_type({"button": BUTTON, "overflow": OVERFLOW, "image": IMAGE, **MENUS, **PICKERS, **CHOICES})
IN_INPUT = by_type({**MENUS, **PICKERS, **CHOICES, **FIELDS})
IN_CONTEXT = by_type({"plain_text": plain(3000), "mrkdwn": mrkdwn(3000), "image": IMAGE})
