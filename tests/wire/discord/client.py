"""Decides what Discord's own client lets a person send: commands that exist, options that fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tests.wire.discord import command_rules as kinds
from tests.wire.discord import drawing
from tests.wire.discord import payload as read
from tests.wire.discord.model import Attachment, Channel, Guild, Message, Role, User
from tests.wire.discord.payload import Payload

Value: TypeAlias = "str | int | float | bool | User | Role | Channel | Attachment"
Values: TypeAlias = "str | bool | Sequence[str | User | Role | Channel] | None"


class ClientRefused(AssertionError):
    """Discord's client would not let the person do this; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Filled:
    """The options as the client sends them, with the things they point to."""

    options: list[Payload]
    resolved: Payload


def find_leaf(command: Payload, words: Sequence[str]) -> tuple[list[Payload], Payload]:
    """The sub-command groups on the way, and the command that is run in the end."""
    way: list[Payload] = []
    here = command
    for word in words:
        inner = next((one for one in read.objects_of(here, "options") if one.get("name") == word), None)
        if inner is None or inner.get("type") not in (kinds.SUB_COMMAND, kinds.GROUP):
            raise ClientRefused(f"/{command['name']} has no sub-command {word!r}.")
        way.append(inner)
        here = inner
    if any(one.get("type") in (kinds.SUB_COMMAND, kinds.GROUP) for one in read.objects_of(here, "options")):
        raise ClientRefused(f"/{' '.join([str(command['name']), *words])} cannot be run itself: it has sub-commands.")
    return way, here


def nest(way: list[Payload], options: list[Payload]) -> list[Payload]:
    for step in reversed(way):
        options = [{"name": step["name"], "type": step["type"], "options": options}]
    return options


def fill_options(leaf: Payload, given: Mapping[str, Value], *, focused: str | None = None) -> Filled:
    known = {read.text_of(one, "name"): one for one in read.objects_of(leaf, "options")}
    for name in given:
        if name not in known:
            raise ClientRefused(f"/{leaf['name']} has no option {name!r}; it has {', '.join(known) or 'none'}.")
    resolved: Payload = {}
    options: list[Payload] = []
    for name, option in known.items():
        if name not in given:
            if option.get("required") and focused is None:
                raise ClientRefused(f"/{leaf['name']}: {name!r} is required.")
            continue
        entry: Payload = {"name": name, "type": option["type"]}
        entry["value"] = given[name] if name == focused else fit_value(option, given[name], resolved)
        if name == focused:
            entry["focused"] = True
        options.append(entry)
    return Filled(options, resolved)


def fit_value(option: Payload, value: Value, resolved: Payload) -> object:
    kind = read.integer_of(option, "type")
    name = option["name"]
    if isinstance(value, User | Role | Channel | Attachment):
        if kind not in _fitting_kinds(value):
            raise ClientRefused(f"{name!r} does not take a {type(value).__name__.lower()}.")
        types = read.list_of(option, "channel_types")
        if isinstance(value, Channel) and types and int(value.type) not in types:
            raise ClientRefused(f"{name!r} does not take a channel of type {value.type.name}.")
        resolve(value, resolved, None)
        return str(value.id)
    if choices := read.objects_of(option, "choices"):
        return _fit_choice(name, choices, value)
    return _fit_plain(option, kind, value)


def _fitting_kinds(value: User | Role | Channel | Attachment) -> tuple[int, ...]:
    match value:
        case User():
            return (kinds.USER, kinds.MENTIONABLE)
        case Role():
            return (kinds.ROLE, kinds.MENTIONABLE)
        case Channel():
            return (kinds.CHANNEL,)
        case Attachment():
            return (kinds.ATTACHMENT,)


def _fit_choice(name: object, choices: list[Payload], value: Value) -> object:
    for choice in choices:
        if value in (choice.get("value"), choice.get("name")):
            return choice.get("value")
    listed = ", ".join(str(choice.get("name")) for choice in choices)
    raise ClientRefused(f"{name!r}: {value!r} is not on the list ({listed}).")


def _fit_plain(option: Payload, kind: int, value: Value) -> object:
    name = option["name"]
    allowed: dict[int, tuple[type, ...]] = {
        kinds.STRING: (str,),
        kinds.INTEGER: (int,),
        kinds.NUMBER: (int, float),
        kinds.BOOLEAN: (bool,),
    }
    if not isinstance(value, allowed.get(kind, ())) or (isinstance(value, bool) and kind != kinds.BOOLEAN):
        raise ClientRefused(f"{name!r} does not take {value!r}.")
    if isinstance(value, str):
        low, high = read.integer_of(option, "min_length"), read.integer_of(option, "max_length", 6000)
        if not max(low, int(bool(option.get("required")))) <= len(value) <= high:
            raise ClientRefused(f"{name!r} must have {low} to {high} characters, not {len(value)}.")
    elif isinstance(value, int | float) and kind != kinds.BOOLEAN:
        bounds = (option.get("min_value"), option.get("max_value"))
        if isinstance(bounds[0], int | float) and value < bounds[0]:
            raise ClientRefused(f"{name!r} must be at least {bounds[0]}, not {value}.")
        if isinstance(bounds[1], int | float) and value > bounds[1]:
            raise ClientRefused(f"{name!r} must be at most {bounds[1]}, not {value}.")
    return value


def resolve(thing: User | Role | Channel | Attachment | Message, resolved: Payload, guild: Guild | None) -> None:
    """Puts the whole of a thing beside the id that stands for it."""

    def put(kind: str, data: Payload) -> None:
        shelf = resolved.setdefault(kind, {})
        assert isinstance(shelf, dict)
        shelf[str(thing.id)] = data

    match thing:
        case User():
            put("users", drawing.draw_user(thing))
            if guild is not None and thing.id in guild.members:
                member = guild.members[thing.id]
                part = drawing.draw_member(member, permissions=member.permissions())
                del part["user"]
                put("members", part)
        case Role():
            put("roles", drawing.draw_role(thing))
        case Channel():
            put("channels", drawing.draw_channel(thing) | {"permissions": "0"})
        case Attachment():
            put("attachments", drawing.draw_attachment(thing, ephemeral=True))
        case Message():
            put("messages", drawing.draw_message(thing))


def check_picks(component: Payload, values: Sequence[str]) -> None:
    """What a select lets a person pick."""
    if component.get("disabled"):
        raise ClientRefused(f"{component.get('custom_id')!r} is disabled.")
    low, high = read.integer_of(component, "min_values", 1), read.integer_of(component, "max_values", 1)
    if not low <= len(values) <= high or len(set(values)) != len(values):
        raise ClientRefused(f"{component.get('custom_id')!r} takes {low} to {high} values, not {list(values)}.")
    check_listed(component, values)


def check_listed(component: Payload, values: Sequence[str]) -> None:
    options = [read.text_of(one, "value") for one in read.objects_of(component, "options")]
    for value in values:
        if options and value not in options:
            raise ClientRefused(f"{component.get('custom_id')!r} has no option {value!r}; it has {options}.")
