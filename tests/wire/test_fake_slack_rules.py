"""Every shape of Block Kit, view or message that Slack refuses, and the name it has for the refusal."""

import json

import pytest

from tests.wire.slack.model import Ids, Json, Refusal
from tests.wire.slack.rules import (
    check_blocks,
    check_suggestions,
    check_view,
    complete_blocks,
    require_message,
    require_metadata,
    require_pictures,
)
from tests.wire.slack.samples import (
    PICTURE,
    actions,
    button,
    field,
    menu,
    modal,
    option,
    plain,
    rich,
    spans,
    text_block,
)

REFUSED: list[tuple[str, list[Json], str]] = [
    ("empty text", [text_block("")], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    ("no text at all", [{"type": "section"}], "must provide at least one of: text, fields"),
    ("header in mrkdwn", [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}], "must be a valid enum value"),
    ("unknown block", [{"type": "poll"}], "unsupported type: poll"),
    ("block without a type", [{"text": plain("x")}], "missing required field: type"),
    ("unknown key", [{"type": "divider", "color": "red"}], "invalid additional property: color"),
    ("emoji on mrkdwn", [{"type": "section", "text": {"type": "mrkdwn", "text": "x", "emoji": True}}], "emoji"),
    ("text as a string", [{"type": "section", "text": "x"}], "must provide an object"),
    ("number as a text", [text_block(3)], "must provide a string"),  # type: ignore[arg-type]
    ("flag as a text", [text_block("x", expand="yes")], "must provide a boolean"),
    ("empty actions", [actions()], "no fewer than 1 items required"),
    ("elements that are no list", [{"type": "context", "elements": {}}], "must provide an array"),
    ("button style", [actions(button("b", "a", style="default"))], "must be a valid enum value"),
    (
        "confirm without deny",
        [actions(button("b", "a", confirm={"title": plain("t")}))],
        "missing required field: deny",
    ),
    ("a field among actions", [actions({"type": "plain_text_input", "action_id": "a"})], "unsupported type"),
    ("a button in an input", [{**field()[0], "element": button("b", "a")}], "unsupported type: button"),
    ("no options", [actions({"type": "static_select", "action_id": "m"})], "exactly one of: options, option_groups"),
    ("a preset not listed", [actions(menu(initial_option=option("Two", "2")))], "does not match any of the options"),
    ("a date that is none", [actions({"type": "datepicker", "initial_date": "3.4.2027"})], "required pattern"),
    ("a time that is none", [actions({"type": "timepicker", "initial_time": "25:00"})], "required pattern"),
    ("a moment in milliseconds", [actions({"type": "datetimepicker", "initial_date_time": 10**12})], "must be between"),
    ("min over max", field(min_length=5, max_length=2), "min_length must not be greater"),
    (
        "picture without words",
        [{"type": "image", "image_url": PICTURE["image_url"]}],
        "missing required field: alt_text",
    ),
    ("picture from nowhere", [{"type": "image", "alt_text": "x"}], "exactly one of: image_url, slack_file"),
    ("picture over http", [{**PICTURE, "image_url": "http://example.com/cat.png"}], "downloading image failed"),
    ("picture at home", [{**PICTURE, "image_url": "https://127.0.0.1/cat.png"}], "downloading image failed"),
    ("picture in the cellar", [{**PICTURE, "image_url": "https://cellar/cat.png"}], "downloading image failed"),
    ("same block twice", [{"type": "divider", "block_id": "d"}] * 2, "`block_id` must be unique: d"),
    ("same action twice", [actions(button("b", "a"), button("c", "a"))], "`action_id` must be unique: a"),
    ("two with the focus", [*field(focus_on_load=True), *field(focus_on_load=True, action_id="g")], "focus_on_load"),
    ("empty rich text", rich(), "no fewer than 1 items required"),
    ("unknown span", rich(spans({"type": "blink", "text": "x"})), "unsupported type: blink"),
    ("empty span", rich(spans({"type": "text", "text": ""})), "must be more than 0 characters"),
    (
        "list of spans",
        rich({"type": "rich_text_list", "style": "bullet", "elements": [{"type": "text"}]}),
        "unsupported",
    ),
    ("span style", rich(spans({"type": "text", "text": "x", "style": {"big": True}})), "additional property: big"),
    (
        "user in code",
        rich({"type": "rich_text_preformatted", "elements": [{"type": "user"}]}),
        "unsupported type: user",
    ),
]


FEW = "no fewer than 1 items required"
CHATS: Json = {"type": "conversations_select", "action_id": "k"}
NUMBER: Json = {"type": "number_input", "action_id": "n", "is_decimal_allowed": False}
REFUSED += [
    ("no options in the list", [actions(menu(options=[]))], FEW),
    ("no groups in the list", [actions({"type": "static_select", "action_id": "m", "option_groups": []})], FEW),
    ("no boxes", [actions({"type": "checkboxes", "action_id": "c", "options": []})], FEW),
    ("no radio buttons", [actions({"type": "radio_buttons", "action_id": "c", "options": []})], FEW),
    ("nothing in the overflow", [actions({"type": "overflow", "action_id": "c", "options": []})], FEW),
    ("no fields", [{"type": "section", "fields": []}], FEW),
    ("empty context", [{"type": "context", "elements": []}], FEW),
    ("table without rows", [{"type": "table", "rows": []}], FEW),
    ("row without cells", [{"type": "table", "rows": [[]]}], FEW),
    ("empty list", rich({"type": "rich_text_list", "style": "bullet", "elements": []}), FEW),
    ("empty quote", rich({"type": "rich_text_quote", "elements": []}), FEW),
    ("empty code", rich({"type": "rich_text_preformatted", "elements": []}), FEW),
    ("a field that never tells", field(dispatch_action_config={"trigger_actions_on": []}), FEW),
    ("a filter for nothing", [actions({**CHATS, "filter": {"include": []}})], FEW),
    ("a filter that says nothing", [actions({**CHATS, "filter": {}})], "must provide at least one of: include"),
    ("none to be picked", [actions({"type": "multi_users_select", "max_selected_items": 0})], "must be between"),
    ("no letter allowed", field(max_length=0), "must be between 1 and 3000"),
    ("length as a text", field(max_length="5"), "must provide an integer"),
    ("number without its kind", [{**field()[0], "element": {"type": "number_input"}}], "field: is_decimal_allowed"),
    ("number in words", [{**field()[0], "element": {**NUMBER, "min_value": "two"}}], "required pattern"),
    ("elements that are no objects", [{"type": "context", "elements": ["x"]}], "must provide an object"),
]


@pytest.mark.parametrize(("blocks", "complaint"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_what_slack_does_not_take_is_named(blocks: list[Json], complaint: str) -> None:
    complaints = check_blocks(blocks)
    assert any(complaint in one for one in complaints), complaints


def test_ids_are_given_without_touching_what_was_sent() -> None:
    sent: list[Json] = [{"type": "divider"}, {"type": "actions", "elements": [{"type": "button", "text": plain("b")}]}]
    before = json.dumps(sent)
    done = complete_blocks(sent, Ids())
    assert json.dumps(sent) == before
    assert all(block["block_id"] for block in done)
    assert done[1]["elements"][0]["action_id"]


def test_one_action_may_stand_in_two_blocks_where_slack_s_own_rule_is_asked_for() -> None:
    twice = [actions(button("b", "a"), block_id=name) for name in ("one", "two")]
    assert check_blocks(twice, unique="block") == []
    assert len(check_blocks(twice, unique="surface")) == 1


VIEWS: list[tuple[str, Json, str]] = [
    ("title", modal(title=plain("x" * 25)), "/view/title/text"),
    ("submit", modal(submit=plain("x" * 25)), "/view/submit/text"),
    ("close", modal(close=plain("x" * 25)), "/view/close/text"),
    ("private_metadata", modal(private_metadata="x" * 3001), "/view/private_metadata"),
    ("callback_id", modal(callback_id="x" * 256), "/view/callback_id"),
    ("external_id", modal(external_id="x" * 256), "/view/external_id"),
    ("blocks", modal(*({"type": "divider"},) * 101), "/view/blocks"),
    ("unknown key", modal(color="red"), "/view"),
    ("message blocks", modal({"type": "markdown", "text": "x"}), "/view/blocks/0"),
    ("inputs without submit", {k: v for k, v in modal(*field()).items() if k != "submit"}, "/view"),
    ("a home", {"type": "home", "blocks": []}, "/view"),
]


@pytest.mark.parametrize(("view", "pointer"), [case[1:] for case in VIEWS], ids=[case[0] for case in VIEWS])
def test_a_modal_outside_its_limits_is_refused(view: Json, pointer: str) -> None:
    (complaint,) = check_view(view, "modal")
    assert complaint.endswith(f"[json-pointer:{pointer}]")


def test_a_view_at_its_limits_is_taken() -> None:
    at_most = modal(*({"type": "divider"},) * 100, title=plain("x" * 24), private_metadata="x" * 3000)
    assert check_view(at_most, "modal") == []
    assert check_view({"type": "home", "blocks": [text_block("x")]}, "home") == []


MESSAGES: list[tuple[str, Json]] = [
    ("no_text", {"text": ""}),
    ("msg_too_long", {"text": "x" * 40_001}),
    ("msg_blocks_too_long", {"text": "x", "blocks": [text_block("x" * 2600)] * 5 + [text_block("x")]}),
    ("invalid_blocks_format", {"text": "x", "blocks": ["divider"]}),
    ("too_many_attachments", {"text": "x", "attachments": [{"text": "x"}] * 101}),
    ("invalid_blocks", {"text": "x", "attachments": [{"blocks": [{"type": "poll"}]}]}),
    ("invalid_metadata_format", {"text": "x", "metadata": {"kind": "x"}}),
]


@pytest.mark.parametrize(("error", "content"), MESSAGES, ids=[case[0] for case in MESSAGES])
def test_a_message_is_refused_by_the_name_of_its_fault(error: str, content: Json) -> None:
    with pytest.raises(Refusal) as refused:
        require_message(content)
    assert error == refused.value.error


def test_a_message_at_its_limits_is_taken() -> None:
    require_message({"text": "x" * 40_000, "blocks": [text_block("x" * 2600)] * 5})


@pytest.mark.parametrize(
    ("error", "metadata"),
    [
        ("invalid_metadata_format", "post"),
        ("invalid_metadata_schema", {"event_type": "post"}),
        ("invalid_metadata_schema", {"event_type": "a post", "event_payload": {}}),
        ("metadata_too_large", {"event_type": "post", "event_payload": {"k": "x" * 17_000}}),
    ],
)
def test_metadata_needs_a_type_and_a_payload(error: str, metadata: object) -> None:
    with pytest.raises(Refusal) as refused:
        require_metadata(metadata)
    assert error == refused.value.error
    require_metadata({"event_type": "lesson_post", "event_payload": {"key": "a"}})


def test_suggestions_may_be_none_but_not_missing() -> None:
    assert check_suggestions({"options": []}) == []
    assert len(check_suggestions({})) == 1
    assert len(check_suggestions({"options": [option("o", str(i)) for i in range(101)]})) == 1


def test_a_block_shows_files_of_the_app_alone() -> None:
    shown: list[Json] = [{"type": "divider"}, {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "A cat"}]
    assert check_blocks(shown) == []
    require_pictures(shown, lambda file: file == "F1", error="invalid_blocks")
    with pytest.raises(Refusal) as refused:
        require_pictures(shown, lambda _: False, error="invalid_blocks")
    assert refused.value.to_json()["response_metadata"]["messages"] == [
        "[ERROR] invalid slack file [json-pointer:/blocks/1/slack_file]"
    ]
