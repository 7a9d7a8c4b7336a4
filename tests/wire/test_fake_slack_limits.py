"""Every limit of Block Kit on both of its sides, and what is taken held against the published types."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import jsonschema
import pytest

from tests.wire.slack.model import Json
from tests.wire.slack.rules import (
    check_blocks,
)
from tests.wire.slack.samples import (
    PICTURE,
    actions,
    button,
    confirm,
    field,
    menu,
    option,
    plain,
    rich,
    spans,
    text_block,
    text_input,
)

Make: TypeAlias = Callable[[int], list[Json]]

# What is counted, how many of it Slack takes, how to make so many, and where the complaint points to.
LIMITS: list[tuple[str, int, Make, str]] = [
    ("blocks", 50, lambda n: [{"type": "divider"}] * n, "/blocks"),
    ("section text", 3000, lambda n: [text_block("x" * n)], "/blocks/0/text/text"),
    ("fields", 10, lambda n: [{"type": "section", "fields": [plain("f")] * n}], "/blocks/0/fields"),
    ("field text", 2000, lambda n: [{"type": "section", "fields": [plain("x" * n)]}], "/blocks/0/fields/0/text"),
    ("block_id", 255, lambda n: [{"type": "divider", "block_id": "x" * n}], "/blocks/0/block_id"),
    ("header", 150, lambda n: [{"type": "header", "text": plain("x" * n)}], "/blocks/0/text/text"),
    ("context", 10, lambda n: [{"type": "context", "elements": [plain("c")] * n}], "/blocks/0/elements"),
    ("actions", 25, lambda n: [actions(*(button("b", f"a{i}") for i in range(n)))], "/blocks/0/elements"),
    ("button text", 75, lambda n: [actions(button("x" * n, "a"))], "/blocks/0/elements/0/text/text"),
    ("button value", 2000, lambda n: [actions(button("b", "a", value="x" * n))], "/blocks/0/elements/0/value"),
    ("action_id", 255, lambda n: [actions(button("b", "x" * n))], "/blocks/0/elements/0/action_id"),
    (
        "button url",
        3000,
        lambda n: [actions(button("b", "a", url="https://" + "x" * (n - 8)))],
        "/blocks/0/elements/0/url",
    ),
    (
        "accessibility label",
        75,
        lambda n: [actions(button("b", "a", accessibility_label="x" * n))],
        "/blocks/0/elements/0/accessibility_label",
    ),
    *(
        (
            f"confirm {part}",
            most,
            lambda n, part=part: [actions(button("b", "a", confirm=confirm(**{part: plain("x" * n)})))],
            f"/blocks/0/elements/0/confirm/{part}/text",
        )
        for part, most in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30))
    ),
    (
        "options",
        100,
        lambda n: [actions(menu(options=[option("o", str(i)) for i in range(n)]))],
        "/blocks/0/elements/0/options",
    ),
    (
        "option text",
        75,
        lambda n: [actions(menu(options=[option("x" * n, "1")]))],
        "/blocks/0/elements/0/options/0/text/text",
    ),
    (
        "option value",
        150,
        lambda n: [actions(menu(options=[option("o", "x" * n)]))],
        "/blocks/0/elements/0/options/0/value",
    ),
    (
        "option description",
        75,
        lambda n: [actions(menu(options=[{**option("o", "1"), "description": plain("x" * n)}]))],
        "/blocks/0/elements/0/options/0/description/text",
    ),
    (
        "option groups",
        100,
        lambda n: [
            actions(
                {
                    "type": "static_select",
                    "action_id": "m",
                    "option_groups": [{"label": plain("g"), "options": [option("o", "1")]}] * n,
                }
            )
        ],
        "/blocks/0/elements/0/option_groups",
    ),
    (
        "group label",
        75,
        lambda n: [
            actions(
                {
                    "type": "static_select",
                    "action_id": "m",
                    "option_groups": [{"label": plain("x" * n), "options": [option("o", "1")]}],
                }
            )
        ],
        "/blocks/0/elements/0/option_groups/0/label/text",
    ),
    (
        "placeholder",
        150,
        lambda n: [actions(menu(placeholder=plain("x" * n)))],
        "/blocks/0/elements/0/placeholder/text",
    ),
    (
        "overflow",
        5,
        lambda n: [
            text_block(
                "t",
                accessory={"type": "overflow", "action_id": "o", "options": [option("o", str(i)) for i in range(n)]},
            )
        ],
        "/blocks/0/accessory/options",
    ),
    (
        "checkboxes",
        10,
        lambda n: [
            actions({"type": "checkboxes", "action_id": "c", "options": [option("o", str(i)) for i in range(n)]})
        ],
        "/blocks/0/elements/0/options",
    ),
    (
        "radio buttons",
        10,
        lambda n: [
            actions({"type": "radio_buttons", "action_id": "c", "options": [option("o", str(i)) for i in range(n)]})
        ],
        "/blocks/0/elements/0/options",
    ),
    ("label", 2000, lambda n: [{**field()[0], "label": plain("x" * n)}], "/blocks/0/label/text"),
    ("hint", 2000, lambda n: [{**field()[0], "hint": plain("x" * n)}], "/blocks/0/hint/text"),
    ("input placeholder", 150, lambda n: field(placeholder=plain("x" * n)), "/blocks/0/element/placeholder/text"),
    ("max_length", 3000, lambda n: field(max_length=n), "/blocks/0/element/max_length"),
    ("min_length", 3000, lambda n: field(min_length=n), "/blocks/0/element/min_length"),
    ("initial value", 3000, lambda n: field(initial_value="x" * n), "/blocks/0/element/initial_value"),
    (
        "image url",
        3000,
        lambda n: [{**PICTURE, "image_url": "https://example.com/" + "x" * (n - 20)}],
        "/blocks/0/image_url",
    ),
    ("alt text", 2000, lambda n: [{**PICTURE, "alt_text": "x" * n}], "/blocks/0/alt_text"),
    ("image title", 2000, lambda n: [{**PICTURE, "title": plain("x" * n)}], "/blocks/0/title/text"),
    ("markdown", 12_000, lambda n: [{"type": "markdown", "text": "x" * n}], "/blocks/0/text"),
    (
        "table rows",
        100,
        lambda n: [{"type": "table", "rows": [[{"type": "raw_text", "text": "c"}]] * n}],
        "/blocks/0/rows",
    ),
    (
        "list indent",
        8,
        lambda n: rich(
            {
                "type": "rich_text_list",
                "style": "bullet",
                "indent": n,
                "elements": [spans({"type": "text", "text": "x"})],
            }
        ),
        "/blocks/0/elements/0/indent",
    ),
    (
        "table columns",
        20,
        lambda n: [{"type": "table", "rows": [[{"type": "raw_text", "text": "c"}] * n]}],
        "/blocks/0/rows/0",
    ),
]


@pytest.mark.parametrize(("most", "make", "pointer"), [case[1:] for case in LIMITS], ids=[case[0] for case in LIMITS])
def test_a_limit_is_kept_to_the_last_one_and_refused_beyond(most: int, make: Make, pointer: str) -> None:
    assert check_blocks(make(most)) == []
    (complaint,) = check_blocks(make(most + 1))
    assert complaint.endswith(f"[json-pointer:{pointer}]")


EVERYTHING: list[Json] = [
    {"type": "header", "text": plain("Lesson 3")},
    text_block("*Locks*", expand=True, accessory={**PICTURE}),
    {"type": "context", "elements": [plain("5 min"), PICTURE]},
    actions(
        button("Done", "done", style="primary", confirm=confirm(style="danger")),
        menu(initial_option=option("One", "1")),
        {"type": "external_select", "action_id": "e", "min_query_length": 0},
        {"type": "multi_users_select", "action_id": "u", "max_selected_items": 3},
        {"type": "conversations_select", "action_id": "k", "filter": {"include": ["public"]}},
        {"type": "datepicker", "action_id": "d", "initial_date": "2027-01-01"},
        {"type": "timepicker", "action_id": "t", "initial_time": "09:30"},
    ),
    text_input("name", "b", hint=plain("As you like")),
    {**PICTURE, "title": plain("A cat")},
    {"type": "divider"},
    *rich(
        spans({"type": "text", "text": "x", "style": {"bold": True}}, {"type": "user", "user_id": "U1"}),
        {"type": "rich_text_list", "style": "ordered", "elements": [spans({"type": "text", "text": "x"})]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "code"}]},
        {"type": "rich_text_quote", "elements": [{"type": "link", "url": "https://example.com"}]},
    ),
]


def test_a_message_with_everything_is_taken() -> None:
    assert check_blocks(EVERYTHING) == []


def _published_schema() -> Json:
    folder = os.environ.get("DUALO_SPECS")
    if not folder:
        pytest.skip("DUALO_SPECS names no folder with slack_blockkit.schema.json")
    held: Json = json.loads((Path(folder) / "slack_blockkit.schema.json").read_text())
    return held


def test_what_is_taken_here_is_valid_by_the_published_types() -> None:
    schema = _published_schema()
    taken = [*EVERYTHING, *(block for _, most, make, _ in LIMITS for block in make(most)[:1])]
    names = {block["type"]: f"{block['type'].title().replace('_', '')}Block" for block in taken}
    rules = {
        kind: jsonschema.Draft7Validator({"$ref": f"#/definitions/{name}", "definitions": schema["definitions"]})
        for kind, name in names.items()
    }
    invalid = [block for block in taken if not rules[block["type"]].is_valid(block)]
    assert invalid == []
