"""What people would read and press in Slack, read back out of the Block Kit that is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adapters.slack import forms, painter
from adapters.slack.payload import CommandNames
from adapters.slack.registration import manifest
from bot.core import actions, views
from bot.core import typed as lines
from bot.features import commands
from bot.features.commands import Command
from tests.wire.slack.rules import check_blocks, check_view

READER = views.Reader(timezone="Europe/Paris")
_OURS = frozenset({"text", "link", "date"})
"""The elements of rich text that we make; a mention would be one of the others."""


def blocks(view: views.View) -> list[dict[str, Any]]:
    """A form's modal, and any other view's message."""
    if isinstance(view, views.FormPage):
        made: Any = forms.form(view, painter.PLAIN_NAMES)["blocks"]
        return [dict(block) for block in made]
    return [dict(block) for block in painter.draw(view, READER).blocks]


def every(value: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, dict):
        yield value
        for held in value.values():
            yield from every(held)
    elif isinstance(value, list):
        for held in value:
            yield from every(held)


def found(view: views.View) -> Sequence[Command]:
    """What its buttons and selects come back as."""
    pressed = [each for each in every(blocks(view)) if each.get("type") in {"button", "static_select"}]
    values = [each.get("value") for each in pressed if each["type"] == "button"]
    values += [
        option["value"]
        for each in pressed
        if each["type"] == "static_select" and not str(each["action_id"]).startswith("f.")
        for option in each["options"]
    ]
    return [actions.read(value) for value in values if value]


def primary(view: views.View) -> int:
    return sum(each.get("style") == "primary" and each.get("type") == "button" for each in every(blocks(view)))


def fields(view: views.View) -> Mapping[str, Sequence[str]]:
    if not isinstance(view, views.FormPage):
        return {}
    made = forms.form(view, painter.PLAIN_NAMES)
    asked = [each["block_id"].removeprefix("f.") for each in blocks(view) if each["type"] == "input"]
    return {forms.kept(made).token: asked}


def words(view: views.View) -> str:
    return "\n".join(each["text"] for each in every(blocks(view)) if isinstance(each.get("text"), str))


def foreign(view: views.View) -> Sequence[str]:
    """What Slack would refuse, what it would parse, and what it would make more of than words."""
    made = blocks(view)
    if isinstance(view, views.FormPage):
        wrong = check_view(forms.form(view, painter.PLAIN_NAMES), "modal")
    else:
        wrong = check_blocks(made)
    wrong += [f"parsed: {each['text']}" for each in every(made) if each.get("type") == "mrkdwn"]
    for each in every(made):
        if str(each.get("type")) in {"rich_text_section", "rich_text_preformatted", "rich_text_quote"}:
            wrong += [f"rich: {inner['type']}" for inner in each["elements"] if inner["type"] not in _OURS]
        if each.get("type") == "link" and not each["url"].startswith(("http://", "https://")):
            wrong.append(f"link: {each['url']}")
    return wrong


def typed() -> set[str]:
    """The verbs that can be typed in Slack: what the manifest lists, and what stands under its roots."""
    names = CommandNames()
    features: Any = manifest()["features"]
    listed = {each["command"] for each in features["slash_commands"]}
    reached = set()
    for spec in commands.all_specs():
        if spec.typed and names.typed(spec).split()[0] in listed:
            command, _, rest = names.typed(spec).partition(" ")
            found_spec, _ = lines.find(names.line(command, rest))
            reached |= {spec.verb} & {found_spec.verb if found_spec else ""}
    return reached
