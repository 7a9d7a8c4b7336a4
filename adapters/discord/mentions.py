"""Names of commands in our own sentences, made into what can be pressed: `</next:id>` fills the command in.

What authors and people wrote stays as they wrote it: only what the layout marks as a sentence of ours is changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct

from adapters.discord import limits
from adapters.discord.components import Drawing
from adapters.discord.limits import Component
from adapters.discord.markdown import words
from adapters.discord.registration import Ids
from adapters.shared.mentions import mentioned
from bot.api import blocks, layout, replace, views


def pressable(drawing: Drawing, view: views.View, reader: views.Reader, ids: Ids) -> Drawing:
    """The drawing with the commands that our sentences name as mentions; as it is where that would be too long."""
    if not ids or "/" not in drawing.json:
        return drawing
    instead = {each: _mentioning(each, ids) for each in _naming(layout.page(view, reader))}
    if not instead:
        return drawing
    found = replace(drawing, components=[_rewritten(each, instead) for each in drawing.components])
    return drawing if limits.excess(found.components, found.contents) else found


@lru_cache(maxsize=256)
def _naming(page: blocks.Page) -> frozenset[str]:
    """Our sentences on the page that name a command, as they are painted."""
    return frozenset(filter(None, (words(each) for each in _sentences(page) if mentioned().search(each))))


def _sentences(part: object) -> Iterator[str]:
    match part:
        case blocks.Sentence(said):
            yield said
        case tuple() | list():
            for each in part:
                yield from _sentences(each)
        case Struct():
            for name in part.__struct_fields__:
                yield from _sentences(getattr(part, name))
        case _:
            return


def _mentioning(said: str, ids: Ids) -> str:
    def mention(found: re.Match[str]) -> str:
        known = ids.get(found["name"].split()[0])
        return f"</{found['name']}:{known}>" if known else found.group()

    return mentioned().sub(mention, said)


def _rewritten(component: Component, instead: dict[str, str]) -> Component:
    made = dict(component)
    content = made.get("content")
    if isinstance(content, str):
        for said, mention in instead.items():
            content = content.replace(said, mention)
        made["content"] = content
    inner = made.get("components")
    if isinstance(inner, list):
        made["components"] = [_rewritten(each, instead) for each in inner]
    return made
