"""How a person finds something on a screen, and what Slack makes of what they pick or type there."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from tests.wire.slack.model import Json
from tests.wire.slack.rules import elements_of

Value: TypeAlias = str | bool | list[str] | None

# Element type -> the key of its state, and the key that presets it.
_STATE: dict[str, tuple[str, str]] = {
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
}


class CannotDo(AssertionError):
    """A person could not do this: it is not on the screen, or Slack's own window does not let them."""


@dataclass(frozen=True, slots=True)
class Found:
    """An element and the block it stands in."""

    block: Json
    element: Json

    @property
    def type(self) -> str:
        return str(self.element["type"])


def find(blocks: list[Json], wanted: str) -> Found:
    """The element with this action id, label or (in a form) block id; failing that, the text names what there is."""
    offered = []
    for found in interactive(blocks):
        names = [found.element["action_id"], label_of(found)]
        if found.block["type"] == "input":
            names.append(found.block["block_id"])
        if wanted in names:
            return found
        offered.append(" = ".join(map(repr, names)))
    raise CannotDo(f"{wanted!r} is not on this screen, which offers: {'; '.join(offered) or 'nothing'}")


def interactive(blocks: list[Json]) -> Iterator[Found]:
    for block in blocks:
        for element in elements_of(block):
            if "action_id" in element:
                yield Found(block, element)


def label_of(found: Found) -> str:
    for holder, key in ((found.element, "text"), (found.block, "label"), (found.element, "placeholder")):
        if key in holder and isinstance(holder[key], dict):
            return str(holder[key]["text"])
    return ""


def state_values(blocks: list[Json], before: Mapping[str, Mapping[str, Json]]) -> dict[str, Json]:
    """`state.values`: everything that can hold a value, with what was picked before or is preset."""
    values: dict[str, Json] = {}
    for found in interactive(blocks):
        if found.type not in _STATE:
            continue
        block_id, action_id = found.block["block_id"], found.element["action_id"]
        kept = before.get(block_id, {}).get(action_id)
        state = kept if kept is not None and kept["type"] == found.type else _preset(found.element)
        values.setdefault(block_id, {})[action_id] = state
    return values


def _preset(element: Json) -> Json:
    key, initial = _STATE[element["type"]]
    empty: object = [] if key.endswith("s") else None
    return {"type": element["type"], key: element.get(initial, empty)}


_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
_CALENDAR = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")


def state_of(found: Found, value: Value, *, suggested: list[Json] | None = None) -> Json:
    """What the state says after a person put `value` into this element."""
    kind = found.type
    if kind not in _STATE:
        raise CannotDo(f"nothing can be put into a {kind}")
    key, _ = _STATE[kind]
    if key in ("selected_option", "selected_options"):
        return {"type": kind, key: _picked(found, value, several=key == "selected_options", suggested=suggested)}
    if key.endswith("s"):
        return {"type": kind, key: [value] if isinstance(value, str) else list(_listed(value))}
    if kind == "timepicker" and not _CLOCK.fullmatch(str(value)):
        raise CannotDo(f"a timepicker has no {value!r}")
    if kind == "datepicker" and value is not None and not _CALENDAR.fullmatch(str(value)):
        raise CannotDo(f"a datepicker has no {value!r}")
    if kind == "datepicker" and value is None:
        raise CannotDo("what was picked in a datepicker cannot be taken out again")
    if kind == "datetimepicker":
        return {"type": kind, key: int(str(value))}
    if kind.endswith("_input"):
        return {"type": kind, key: _typed(found, value)}
    return {"type": kind, key: value}


def _picked(found: Found, value: Value, *, several: bool, suggested: list[Json] | None) -> object:
    offered = options_of(found.element) if suggested is None else suggested
    wanted = _listed(value)
    chosen = [_option(offered, one) for one in wanted]
    if several:
        limit = found.element.get("max_selected_items")
        if limit is not None and len(chosen) > limit:
            raise CannotDo(f"no more than {limit} may be picked here")
        return chosen
    return chosen[0] if chosen else None


def options_of(element: Json) -> list[Json]:
    grouped = [option for group in element.get("option_groups", []) for option in group["options"]]
    return [*element.get("options", []), *grouped]


def _option(offered: list[Json], wanted: str) -> Json:
    for option in offered:
        if wanted in (option["value"], option["text"]["text"]):
            return option
    listed = [option["text"]["text"] for option in offered]
    raise CannotDo(f"{wanted!r} is not among the options {listed}")


def pick_option(found: Found, wanted: str) -> Json:
    """One option of a menu without a state of its own (overflow)."""
    return _option(options_of(found.element), wanted)


def _listed(value: Value) -> list[str]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [str(value)]


def _typed(found: Found, value: Value) -> str | None:
    if value is None or value == "":
        return None
    text = str(value)
    most = found.element.get("max_length", 3000)
    if len(text) > most:
        raise CannotDo(f"{label_of(found)!r} takes no more than {most} characters")
    if len(text) < found.element.get("min_length", 0):
        raise CannotDo(f"{label_of(found)!r} wants at least {found.element['min_length']} characters")
    return text


def is_empty(state: Json) -> bool:
    return all(value in (None, [], "") for key, value in state.items() if key != "type")


def require_filled(blocks: list[Json], values: Mapping[str, Mapping[str, Json]]) -> None:
    """Slack's own window does not send a form whose required field is empty."""
    for found in interactive(blocks):
        if found.block["type"] == "input" and not found.block.get("optional", False):
            state = values.get(found.block["block_id"], {}).get(found.element["action_id"])
            if state is not None and is_empty(state):
                raise CannotDo(f"the form cannot be sent: {label_of(found)!r} is empty")
