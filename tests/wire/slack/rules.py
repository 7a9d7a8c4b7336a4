"""Decides what Slack would refuse in a message, a view, metadata or an options answer; the limits live beside it."""

import json
import marshal
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Literal, TypeAlias

from tests.wire.slack.blocks import IN_MESSAGE, IN_VIEW, require_submit_beside_inputs
from tests.wire.slack.elements import OPTION, OPTION_GROUPS, plain
from tests.wire.slack.findings import Findings, Rule, boolean, by_type, choice, exactly_one, items, shape, string
from tests.wire.slack.model import Ids, Json, Refusal

BLOCKS_IN_MESSAGE = 50
BLOCKS_IN_VIEW = 100
TEXT_CHARACTERS = 40_000
# Nowhere documented: bolt-js#2509 met it a little above 13,000 characters over all the blocks.
BLOCK_TEXT_CHARACTERS = 13_000
METADATA_BYTES = 16_384
ATTACHMENTS = 100

# Slack asks for action ids that are unique within their block; most apps keep them unique within the message.
Uniqueness: TypeAlias = Literal["block", "surface"]

_MESSAGE_BLOCKS = items(IN_MESSAGE, most=BLOCKS_IN_MESSAGE)
_VIEW_KEYS: dict[str, Rule] = {
    "callback_id": string(most=255, least=0),
    "private_metadata": string(most=3000, least=0),
    "external_id": string(most=255, least=0),
}
_VIEW_BLOCKS = items(IN_VIEW, most=BLOCKS_IN_VIEW)
_MODAL = shape(
    {"type": choice("modal"), "title": plain(24), "blocks": _VIEW_BLOCKS},
    {**_VIEW_KEYS, "submit": plain(24), "close": plain(24), "clear_on_close": boolean, "notify_on_close": boolean},
    require_submit_beside_inputs,
)
_HOME = shape({"type": choice("home"), "blocks": _VIEW_BLOCKS}, _VIEW_KEYS)
_SURFACES = {"modal": by_type({"modal": _MODAL}), "home": by_type({"home": _HOME})}
_SUGGESTIONS = shape(
    {}, {"options": items(OPTION, most=100), "option_groups": OPTION_GROUPS}, exactly_one("options", "option_groups")
)


def check_blocks(blocks: object, *, unique: Uniqueness = "surface", path: str = "/blocks") -> list[str]:
    """Slack's complaints about a message's blocks; none means that it takes them."""
    found = Findings()
    _MESSAGE_BLOCKS(found, blocks, path)
    if not found.messages:
        assert isinstance(blocks, list)
        _check_ids(found, blocks, path, unique)
    return found.messages


def check_view(view: object, surface: Literal["modal", "home"], *, unique: Uniqueness = "surface") -> list[str]:
    found = Findings()
    _SURFACES[surface](found, view, "/view")
    if not found.messages:
        assert isinstance(view, dict)
        _check_ids(found, view["blocks"], "/view/blocks", unique)
    return found.messages


def check_suggestions(answer: object) -> list[str]:
    """What an external select may be told: options or groups of them, an empty list when nothing fits."""
    found = Findings()
    _SUGGESTIONS(found, answer, "")
    return found.messages


def require_pictures(blocks: object, shown: Callable[[str], bool], *, path: str = "/blocks", error: str) -> None:
    """Slack looks each file up that a block shows: it must be a picture that the app may see."""
    if not isinstance(blocks, list):
        return
    named = [(place, block["slack_file"]) for place, block in enumerate(blocks) if "slack_file" in block]
    complaints = [
        f"invalid slack file [json-pointer:{path}/{place}/slack_file]"
        for place, file in named
        if not shown(str(file.get("id")))
    ]
    if complaints:
        raise Refusal(error, messages=complaints)


def require_message(content: Json, *, unique: Uniqueness = "surface") -> None:
    """Raise the refusal that Slack answers to a message with these arguments."""
    text, blocks, attachments = content.get("text") or "", content.get("blocks") or [], content.get("attachments") or []
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise Refusal("invalid_blocks_format")
    if not text and not blocks and not attachments:
        raise Refusal("no_text")
    if len(text) > TEXT_CHARACTERS:
        raise Refusal("msg_too_long")
    if not isinstance(attachments, list) or len(attachments) > ATTACHMENTS:
        raise Refusal("too_many_attachments")
    verdict, characters = _judge(marshal.dumps(blocks), unique)
    complaints = list(verdict)
    for place, attachment in enumerate(attachments):
        inner = attachment.get("blocks", [])
        complaints += check_blocks(inner, unique=unique, path=f"/attachments/{place}/blocks")
    if complaints:
        raise Refusal("invalid_blocks", messages=complaints)
    if characters > BLOCK_TEXT_CHARACTERS:
        raise Refusal("msg_blocks_too_long")
    if content.get("metadata"):
        require_metadata(content["metadata"])


@lru_cache(maxsize=64)
def _judge(written: bytes, unique: Uniqueness) -> tuple[tuple[str, ...], int]:
    """The complaints and the characters; the same blocks get the same verdict, so a storm of them is judged once."""
    blocks = marshal.loads(written)
    return tuple(check_blocks(blocks, unique=unique)), count_text(blocks)


def require_view(view: object, surface: Literal["modal", "home"], *, unique: Uniqueness = "surface") -> Json:
    """The view as sent; Slack calls a bad one `invalid_arguments`, with the same messages as for blocks."""
    complaints = check_view(view, surface, unique=unique)
    if complaints:
        raise Refusal("invalid_arguments", messages=complaints)
    assert isinstance(view, dict)
    return view


def require_metadata(metadata: object) -> None:
    if not isinstance(metadata, dict) or set(metadata) - {"event_type", "event_payload", "entities"}:
        raise Refusal("invalid_metadata_format")
    kind, payload = metadata.get("event_type"), metadata.get("event_payload")
    if not isinstance(kind, str) or not re.fullmatch(r"\w[\w.\-]{0,254}", kind) or not isinstance(payload, dict):
        raise Refusal("invalid_metadata_schema")
    if len(json.dumps(metadata).encode()) > METADATA_BYTES:
        raise Refusal("metadata_too_large")


def complete_blocks(blocks: list[Json], ids: Ids) -> list[Json]:
    """The blocks with the ids that Slack gives where the app gave none; what was sent stays as it was sent."""
    return [_complete_block(block, ids) for block in blocks]


def _complete_block(block: Json, ids: Ids) -> Json:
    done = block if "block_id" in block else {**block, "block_id": ids.make("b")}
    if block["type"] == "actions":
        return {**done, "elements": [_complete_element(element, ids) for element in block["elements"]]}
    key = {"section": "accessory", "input": "element"}.get(block["type"])
    return {**done, key: _complete_element(block[key], ids)} if key is not None and key in block else done


def _complete_element(element: Json, ids: Ids) -> Json:
    if "action_id" in element or element["type"] == "image":
        return element
    return {**element, "action_id": ids.make("a")}


def elements_of(block: Json) -> list[Json]:
    """The elements of a block that a person can act on, or look at."""
    if block["type"] in {"actions", "context"}:
        return list(block["elements"])
    return [block[key] for key in ("accessory", "element") if key in block]


def count_text(blocks: list[Json]) -> int:
    """The characters that a reader sees in these blocks."""
    count, left = 0, list[object](blocks)
    while left:
        value = left.pop()
        if isinstance(value, list):
            left += value
        elif isinstance(value, dict):
            for key, held in value.items():
                if not isinstance(held, str):
                    left.append(held)
                elif key == "text":
                    count += len(held)
    return count


def _check_ids(found: Findings, blocks: list[Json], path: str, unique: Uniqueness) -> None:
    """Twice the same id: Slack could not say what was pressed. Only one element may take the focus."""
    seen_blocks: set[str] = set()
    seen_actions: set[str] = set()
    focused = 0
    for place, block in enumerate(blocks):
        block_id = block.get("block_id")
        if block_id in seen_blocks:
            found.add(f"{path}/{place}/block_id", f"`block_id` must be unique: {block_id}")
        elif block_id:
            seen_blocks.add(block_id)
        if unique == "block":
            seen_actions.clear()
        for element in elements_of(block):
            action_id = element.get("action_id")
            focused += bool(element.get("focus_on_load"))
            if action_id in seen_actions:
                found.add(f"{path}/{place}", f"`action_id` must be unique: {action_id}")
            elif action_id:
                seen_actions.add(action_id)
    if focused > 1:
        found.add(path, "only one element may have focus_on_load")
