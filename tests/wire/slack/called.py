"""Whom a message calls: the elements by which Slack notifies people, and what it would read as one in plain text."""

import re
from collections.abc import Iterator

from tests.wire.slack.model import Message, View

_KEYS = {"user": "user_id", "usergroup": "usergroup_id", "broadcast": "range"}
_WRITTEN = re.compile(r"<[@!][^>]*>|@(?:here|channel|everyone)\b")


def called(screen: Message | View) -> list[str]:
    """Ids and ranges, in the order in which they stand there."""
    found = list(_elements(screen.blocks))
    if isinstance(screen, Message):
        found += _WRITTEN.findall(screen.text)
        found += [hit for said in _parsed(screen.blocks) for hit in _WRITTEN.findall(said)]
    return found


def _elements(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if value.get("type") in _KEYS:
            yield str(value[_KEYS[value["type"]]])
        for held in value.values():
            yield from _elements(held)
    elif isinstance(value, list):
        for held in value:
            yield from _elements(held)


def _parsed(value: object) -> Iterator[str]:
    """Text that Slack reads for markup."""
    if isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            yield str(value["text"])
        for held in value.values():
            yield from _parsed(held)
    elif isinstance(value, list):
        for held in value:
            yield from _parsed(held)
