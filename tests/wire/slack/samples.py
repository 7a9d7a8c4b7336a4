"""Pieces of Block Kit for tests, in the few words that a test wants to spend on them."""

from tests.wire.slack.model import Json

PICTURE = {"type": "image", "alt_text": "A cat", "image_url": "https://example.com/cat.png"}


def text_block(text: str, **more: object) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def button(text: str, action_id: str, **more: object) -> Json:
    return {"type": "button", "text": plain(text), "action_id": action_id, **more}


def actions(*elements: Json, block_id: str = "acts") -> Json:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def option(text: str, value: str) -> Json:
    return {"text": plain(text), "value": value}


def modal(*blocks: Json, **more: object) -> Json:
    return {"type": "modal", "callback_id": "form", "title": plain("Form"), "submit": plain("Send"),
            "blocks": list(blocks), **more}  # fmt: skip


def text_input(action_id: str, block_id: str, **more: object) -> Json:
    element = {"type": "plain_text_input", "action_id": action_id}
    return {"type": "input", "block_id": block_id, "label": plain(f"Your {action_id}"), "element": element, **more}


def confirm(**parts: object) -> Json:
    words = {"title": plain("Sure?"), "text": plain("It is lost."), "confirm": plain("Yes"), "deny": plain("No")}
    return {**words, **parts}


def menu(**more: object) -> Json:
    return {"type": "static_select", "action_id": "m", "options": [option("One", "1")], **more}


def field(**more: object) -> list[Json]:
    return [
        {"type": "input", "label": plain("Name"), "element": {"type": "plain_text_input", "action_id": "f", **more}}
    ]


def rich(*elements: Json) -> list[Json]:
    return [{"type": "rich_text", "elements": list(elements)}]


def spans(*elements: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(elements)}
