"""Pages and forms as modals. A modal changes in place: a page becomes the next one, a form becomes its result."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from msgspec.structs import asdict

from adapters.slack import inputs, limits
from adapters.slack.command_names import CommandNames
from adapters.slack.painter import Drawn
from adapters.slack.payload import Json, items, table, text
from adapters.slack.sheet import Sheet, plain
from bot.api import Record, views
from bot.api import text as words

PAGE, FORM = "page", "form"
"""Callback ids."""
_ERROR = "error"


class FormState(Record):
    """What a form keeps while somebody fills it in: its command so far, and where to answer."""

    token: str
    answer_at: str = ""
    """The response URL of the message that it was opened from; empty when its result stays in the modal."""
    replace: bool = False
    """Whether that message gives way to the result."""

    def written(self) -> str:
        return json.dumps({key: value for key, value in asdict(self).items() if value})


def kept(view: Mapping[str, object]) -> FormState:
    """What the form kept, read back from the payload."""
    try:
        held = json.loads(text(view, "private_metadata") or "{}")
    except ValueError:
        held = {}
    return FormState(text(held, "token"), text(held, "answer_at"), table(held).get("replace") is True)


def page(drawn: Drawn) -> Json:
    return {
        "type": "modal",
        "callback_id": PAGE,
        "title": _title(drawn.title),
        "close": plain("Close"),
        "blocks": list(drawn.blocks[: limits.BLOCKS_IN_VIEW]),
    }


def _title(said: str) -> Json:
    return plain(words.shorten(said, limits.MODAL_TITLE))


def waiting() -> Json:
    """What stands there while the engine is slow; a modal has to be opened within three seconds of the press."""
    said = {"type": "section", "text": plain("One moment…")}
    return {"type": "modal", "callback_id": PAGE, "title": _title("Dualo"), "close": plain("Close"), "blocks": [said]}


def form(
    view: views.FormPage,
    names: CommandNames,
    *,
    answer_at: str = "",
    replace: bool = False,
) -> Json:
    """A form to fill in."""
    kept_here = FormState(view.form.token, answer_at, replace)
    blocks: list[Json] = []
    if view.intro:
        blocks.append({"type": "section", "text": plain(words.shorten(names.here(view.intro), limits.SECTION))})
    blocks += inputs.of_form(view.form)
    beneath = Sheet("Form")
    beneath.offer(view.actions)
    blocks += beneath.blocks
    return {
        "type": "modal",
        "callback_id": FORM,
        "title": _title(view.title),
        "submit": _title(view.form.submit),
        "close": plain("Cancel"),
        "private_metadata": kept_here.written(),
        "blocks": blocks[: limits.BLOCKS_IN_VIEW],
    }


def refused(view: Mapping[str, object], notice: views.Notice, names: CommandNames) -> Json:
    """A form that cannot be taken: the reason beside its field, or above them all. Nothing that was typed is lost."""
    said = names.here(" ".join(filter(None, (notice.text, notice.hint))))
    blocks = [table(block) for block in items(view, "blocks")]
    form_fields = [text(block, "block_id") for block in blocks if block.get("type") == "input"]
    fields = [block_id.removeprefix(inputs.BLOCK) for block_id in form_fields]
    if block := inputs.blame(said, fields, inputs.answers(view, place="")):
        return {"response_action": "errors", "errors": {block: words.shorten(said, limits.INPUT // 2)}}
    return {"response_action": "update", "view": _with_error(view, blocks, said)}


def _with_error(view: Mapping[str, object], blocks: Sequence[Mapping[str, object]], said: str) -> Json:
    error = {"type": "section", "block_id": _ERROR, "text": plain(words.shorten(f"✕ {said}", limits.SECTION))}
    rest = [dict(block) for block in blocks if block.get("block_id") != _ERROR]
    same = {key: view[key] for key in ("type", "callback_id", "title", "submit", "close", "private_metadata")}
    return {**same, "blocks": [error, *rest]}
