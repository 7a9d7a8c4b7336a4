"""Block Kit's blocks, and on which surface each may stand."""

from tests.wire.slack.elements import (
    ID,
    IN_ACTIONS,
    IN_CONTEXT,
    IN_INPUT,
    IN_SECTION,
    PICTURE,
    PICTURE_SOURCE,
    URL,
    Table,
    plain,
    text,
)
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

# No documented limit: only a guard against a runaway list.
MANY = 1000

_STYLE = shape({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline"), boolean))


def _span(kind: str, required: Table, optional: Table | None = None) -> Rule:
    return shape({"type": choice(kind), **required}, {"style": _STYLE, **(optional or {})})


_TEXT_SPAN = _span("text", {"text": string(most=12_000)})
_LINK_SPAN = _span("link", {"url": URL}, {"text": string(most=12_000), "unsafe": boolean})
_SPANS: Table = {
    "text": _TEXT_SPAN,
    "link": _LINK_SPAN,
    "user": _span("user", {"user_id": ID}),
    "usergroup": _span("usergroup", {"usergroup_id": ID}),
    "channel": _span("channel", {"channel_id": ID}),
    "team": _span("team", {"team_id": ID}),
    "emoji": _span("emoji", {"name": string(most=255)}, {"unicode": string(most=255), "url": URL}),
    "color": _span("color", {"value": string(most=20)}),
    "broadcast": _span("broadcast", {"range": choice("here", "channel", "everyone")}),
    "date": _span(
        "date",
        {"timestamp": integer(least=0, most=99_999_999_999), "format": string(most=255)},
        {"url": URL, "fallback": string(most=255)},
    ),
}
_BORDER: Table = {"border": choice(0, 1)}
_ANY_SPAN = by_type(_SPANS)
_RICH_SECTION = shape({"type": choice("rich_text_section"), "elements": items(_ANY_SPAN, most=MANY)})
_RICH: Table = {
    "rich_text_section": _RICH_SECTION,
    "rich_text_list": shape(
        {
            "type": choice("rich_text_list"),
            "style": choice("bullet", "ordered"),
            "elements": items(by_type({"rich_text_section": _RICH_SECTION}), least=1, most=MANY),
        },
        {"indent": integer(least=0, most=8), "offset": integer(least=0, most=MANY), **_BORDER},
    ),
    "rich_text_quote": shape(
        {"type": choice("rich_text_quote"), "elements": items(_ANY_SPAN, least=1, most=MANY)}, _BORDER
    ),
    "rich_text_preformatted": shape(
        {
            "type": choice("rich_text_preformatted"),
            "elements": items(by_type({"text": _TEXT_SPAN, "link": _LINK_SPAN}), least=1, most=MANY),
        },
        _BORDER,
    ),
}
_RICH_TEXT = shape(
    {"type": choice("rich_text"), "elements": items(by_type(_RICH), least=1, most=MANY)}, {"block_id": ID}
)


def _block(kind: str, required: Table, optional: Table | None = None, *more: Rule) -> Rule:
    return shape({"type": choice(kind), **required}, {"block_id": ID, **(optional or {})}, *more)


_CELL = by_type({"rich_text": _RICH_TEXT, "raw_text": shape({"type": choice("raw_text"), "text": string(most=3000)})})

_EVERYWHERE: Table = {
    "section": _block(
        "section",
        {},
        {
            "text": text(3000),
            "fields": items(text(2000), least=1, most=10),
            "accessory": IN_SECTION,
            "expand": boolean,
        },
        at_least_one("text", "fields"),
    ),
    "header": _block("header", {"text": plain(150)}),
    "context": _block("context", {"elements": items(IN_CONTEXT, least=1, most=10)}),
    "divider": _block("divider", {}),
    "actions": _block("actions", {"elements": items(IN_ACTIONS, least=1, most=25)}),
    "image": _block("image", PICTURE, {"title": plain(2000), **PICTURE_SOURCE}, exactly_one("image_url", "slack_file")),
    "input": _block(
        "input",
        {"label": plain(2000), "element": IN_INPUT},
        {"hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "rich_text": _RICH_TEXT,
}
_MESSAGE_ONLY: Table = {
    "markdown": shape({"type": choice("markdown"), "text": string(most=12_000)}, {"block_id": ID}),
    "table": _block(
        "table",
        {"rows": items(items(_CELL, least=1, most=20), least=1, most=100)},
        {
            "column_settings": items(
                shape({}, {"align": choice("left", "center", "right"), "is_wrapped": boolean}), most=20
            )
        },
    ),
}

IN_MESSAGE = by_type({**_EVERYWHERE, **_MESSAGE_ONLY})
IN_VIEW = by_type(_EVERYWHERE)


def require_submit_beside_inputs(found: Findings, value: object, path: str) -> None:
    """A modal that asks for something must have a button to send it."""
    if isinstance(value, dict) and "submit" not in value and any(b["type"] == "input" for b in value["blocks"]):
        found.add(path, "missing required field: submit")
