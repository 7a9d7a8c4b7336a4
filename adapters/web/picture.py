"""Drawings: a lesson's diagram, and pictures of the reader's own."""

from __future__ import annotations

from markupsafe import Markup

from adapters.web.markup import element
from bot.api import blocks


def figure(block: blocks.Diagram | blocks.Picture) -> Markup:
    """On a white sheet of its own, as it was drawn for, and never wider than it was drawn twice."""
    inside = Markup(block.svg.body.decode())  # noqa: S704 -- written by us, from elements that we know
    size = f"0 0 {block.svg.width:g} {block.svg.height:g}"
    drawn = element("svg", inside, viewBox=size, role="img", aria_label=block.alt, font_family="sans-serif")
    kind = "diagram" if isinstance(block, blocks.Diagram) else "diagram picture"
    return element("figure", drawn, class_=kind)
