"""Decides how a filled modal is sent: each field checked as Discord's client checks it, defaults kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.wire.discord import component_rules as kinds
from tests.wire.discord import payload as read
from tests.wire.discord.client import ClientRefused, Values, check_listed, resolve
from tests.wire.discord.interactions import Modal
from tests.wire.discord.model import Channel, Guild, Role, User
from tests.wire.discord.payload import Payload


def fill_modal(modal: Modal, values: Mapping[str, Values], guild: Guild | None) -> Payload:
    for custom_id in values:
        if custom_id not in modal.fields:
            raise ClientRefused(f"The form {modal.title!r} has no field {custom_id!r}; it has {list(modal.fields)}.")
    resolved: Payload = {}
    data: Payload = {
        "custom_id": modal.custom_id,
        "components": [_fill_top(top, values, resolved, guild) for top in modal.components],
    }
    if resolved:
        data["resolved"] = resolved
    return data


def _fill_top(top: Payload, values: Mapping[str, Values], resolved: Payload, guild: Guild | None) -> Payload:
    kind, number = top.get("type"), top.get("id", 0)
    if kind == kinds.TEXT:
        return {"type": kind, "id": number}
    if kind == kinds.LABEL:
        inner = _fill_field(read.object_of(top, "component"), values, resolved, guild)
        return {"type": kind, "id": number, "component": inner}
    fields = [_fill_field(one, values, resolved, guild) for one in read.objects_of(top, "components")]
    return {"type": kind, "id": number, "components": fields}


def _fill_field(field: Payload, values: Mapping[str, Values], resolved: Payload, guild: Guild | None) -> Payload:
    custom_id = read.text_of(field, "custom_id")
    filled: Payload = {"type": field["type"], "id": field.get("id", 0), "custom_id": custom_id}
    given = values.get(custom_id)
    kind = read.integer_of(field, "type")
    if kind == kinds.TEXT_INPUT:
        filled["value"] = _fit_text(field, given)
    elif kind == kinds.CHECKBOX:
        filled["value"] = given if isinstance(given, bool) else read.truth_of(field, "default")
    elif kind == kinds.RADIO_GROUP:
        picked = _fit_picks(field, given, resolved, guild, high=1)
        filled["value"] = picked[0] if picked else None
    else:
        high = read.integer_of(field, "max_values", 1 if kind in kinds.SELECTS else kinds.OPTIONS)
        filled["values"] = _fit_picks(field, given, resolved, guild, high=high)
    return filled


def _is_required(field: Payload) -> bool:
    return field.get("required") is not False


def _fit_text(field: Payload, given: Values) -> str:
    name = field.get("custom_id")
    text = read.text_of(field, "value") if given is None else given
    if not isinstance(text, str):
        raise ClientRefused(f"{name!r} takes text, not {given!r}.")
    low, high = read.integer_of(field, "min_length"), read.integer_of(field, "max_length", kinds.TEXT_CHARACTERS)
    if not text and not _is_required(field):
        return text
    if not max(low, int(_is_required(field))) <= len(text) <= high:
        raise ClientRefused(f"{name!r} must have {max(low, 1)} to {high} characters, not {len(text)}.")
    return text


def _fit_picks(field: Payload, given: Values, resolved: Payload, guild: Guild | None, *, high: int) -> list[str]:
    name = field.get("custom_id")
    if isinstance(given, bool):
        raise ClientRefused(f"{name!r} takes picks, not {given!r}.")
    picks = _defaults(field) if given is None else [given] if isinstance(given, str) else list(given)
    ids = pick_ids(picks, resolved, guild)
    if not ids and not _is_required(field):
        return ids
    low = max(read.integer_of(field, "min_values", 1), int(_is_required(field)))
    if not low <= len(ids) <= high:
        raise ClientRefused(f"{name!r} takes {low} to {high} values, not {ids}.")
    check_listed(field, ids)
    return ids


def _defaults(field: Payload) -> list[str | User | Role | Channel]:
    chosen = [read.text_of(one, "value") for one in read.objects_of(field, "options") if read.truth_of(one, "default")]
    return [*chosen, *(str(one.get("id")) for one in read.objects_of(field, "default_values"))]


def pick_ids(picks: Sequence[str | User | Role | Channel], resolved: Payload, guild: Guild | None) -> list[str]:
    ids = []
    for pick in picks:
        if isinstance(pick, str):
            ids.append(pick)
        else:
            resolve(pick, resolved, guild)
            ids.append(str(pick.id))
    return ids
