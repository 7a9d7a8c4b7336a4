"""Pages and forms as modals: how fields are asked for, and how what was filled in becomes answers.

A modal changes in place: a page becomes the next one, a form becomes its result.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from msgspec.structs import asdict

from adapters.shared.options import pages
from adapters.slack import rich
from adapters.slack.painter import Drawn
from adapters.slack.payload import CommandNames, Json, items, table, text
from adapters.slack.sheet import BLOCKS_IN_VIEW, OPTIONS, SECTION, Sheet, option, plain
from bot.api import Record, actions, commands, i18n, views
from bot.api import text as words

BLOCK = "f."
"""What the block id of a field begins with; its name follows."""
SUGGEST = "suggest."
"""Action id of a select whose options the engine suggests while somebody types."""
ROLE = "role."
"""Action id of a select whose options are the workspace's user groups."""
PERSON = "person."
TOGGLE = "toggle."
"""Action id of a single box, whose emptiness is an answer too."""
NOTHING = "∅"
"""Stands for an empty value: Slack wants a character at least."""

MODAL_TITLE = 24
"""Characters of a modal's title and of its two buttons."""
INPUT = 3000
"""Characters that a plain text input takes at most."""
_FEW = 10
"""Checkboxes that one element holds."""


def of_spec(spec: commands.Spec) -> actions.Form:
    """A form that asks for whatever the command takes by hand."""
    return actions.Form(spec.verb, {}, tuple(_field(parameter) for parameter in spec.options), submit=i18n.say("Go"))


_KINDS = {
    commands.ParameterKind.TEXT: actions.FieldKind.LINE,
    commands.ParameterKind.NUMBER: actions.FieldKind.NUMBER,
    commands.ParameterKind.TOGGLE: actions.FieldKind.TOGGLE,
    commands.ParameterKind.CHOICE: actions.FieldKind.ONE_OF,
    commands.ParameterKind.CHOICES: actions.FieldKind.SOME_OF,
    commands.ParameterKind.CHANNEL: actions.FieldKind.CHANNEL,
    commands.ParameterKind.ROLE: actions.FieldKind.ROLE,
    commands.ParameterKind.PERSON: actions.FieldKind.PERSON,
}
_UNDECIDED = (("", i18n.mark("As it is")), ("yes", i18n.mark("Yes")), ("no", i18n.mark("No")))
"""A yes or no that may also be left out: a box could not say so."""


def _field(parameter: commands.Parameter) -> actions.Field:
    toggle = parameter.kind is commands.ParameterKind.TOGGLE
    undecided = toggle and not parameter.required and parameter.default is None
    choices = tuple((choice, i18n.say_as("choice", choice)) for choice in parameter.choices)
    kind = actions.FieldKind.LINES if parameter.lines else _KINDS[parameter.kind]
    return actions.Field(
        parameter.name,
        parameter.title,
        actions.FieldKind.ONE_OF if undecided else kind,
        value=_written(parameter.default),
        help=parameter.told,
        options=tuple((value, i18n.say(label)) for value, label in _UNDECIDED) if undecided else choices,
        required=parameter.required,
        longest=parameter.longest,
        low=parameter.low,
        high=parameter.high,
        suggest=parameter.suggest,
    )


def _written(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(int(value))
        case tuple():
            return ",".join(map(str, value))
        case _:
            return str(value)


def _block(field: actions.Field) -> Json:
    """An input block with the element that suits the field."""
    toggle = field.kind is actions.FieldKind.TOGGLE
    made: Json = {
        "type": "input",
        "block_id": BLOCK + field.name,
        "label": plain(words.shorten(field.label, INPUT // 2)),
        "element": _element(field),
        "optional": toggle or not field.required,
    }
    if field.help and not toggle:
        made["hint"] = plain(words.shorten(field.help, INPUT // 2))
    return made


def _element(field: actions.Field) -> Json:
    match field.kind:
        case actions.FieldKind.LINE if field.suggest:
            return _looked_up(field)
        case actions.FieldKind.LINE | actions.FieldKind.LINES:
            return _line(field)
        case actions.FieldKind.NUMBER:
            return _number(field)
        case actions.FieldKind.TOGGLE:
            on = {"1"} if commands.is_yes(field.value) else set()
            box = _checkboxes(field, [("1", field.help or i18n.say("Yes"))], on=on)
            return {**box, "action_id": TOGGLE + field.name}
        case actions.FieldKind.ONE_OF:
            return _one_of(field)
        case actions.FieldKind.SOME_OF:
            return _some_of(field)
        case actions.FieldKind.CHANNEL:
            return _channel(field)
        case actions.FieldKind.ROLE:
            return _suggested(field, ROLE)
        case actions.FieldKind.PERSON:
            chosen = field.value if rich.is_person(field.value) else ""
            return _picker("users_select", PERSON + field.name, i18n.say("Choose somebody"), initial_user=chosen)


def _picker(kind: str, action_id: str, prompt: str, **more: object) -> Json:
    """An element that something is chosen from; of `more`, what is empty stays away."""
    made: Json = {"type": kind, "action_id": action_id, "placeholder": plain(prompt)}
    return made | {key: value for key, value in more.items() if value not in ("", [], None)}


def _looked_up(field: actions.Field) -> Json:
    """In Slack's own picker where there is one that can show what stands there; else in a list."""
    match field.suggest:
        case commands.Suggest.TIMES if _TIME.fullmatch(field.value):
            said = i18n.say("Choose a time")
            return _picker("timepicker", BLOCK + field.name, said, initial_time=field.value)
        case commands.Suggest.UNTIL if _can_be_dated(field):
            said = i18n.say("Choose a date")
            return _picker("datepicker", BLOCK + field.name, said, initial_date=field.value)
        case commands.Suggest.WEEKDAYS if (days := _days(field.value)) is not None:
            return _checkboxes(field, [(each, i18n.weekday(at)) for at, each in enumerate(_WEEK)], on=days)
        case _:
            return _suggested(field, SUGGEST)


_TIME = re.compile(r"(?:(?:[01]\d|2[0-3]):[0-5]\d)?")
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_GROUPS = {i18n.mark("daily"): set(_WEEK), i18n.mark("weekdays"): set(_WEEK[:5])}


def _can_be_dated(field: actions.Field) -> bool:
    """Slack's picker cannot be emptied: a date that may be taken out again is looked up in a list that has “None”."""
    return not field.value or (field.required and _on(field.value) is not None)


def _on(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _days(value: str) -> set[str] | None:
    """The days that are ticked, written as forms are filled in for this reader; None for what boxes cannot show."""
    groups = _GROUPS | {i18n.say(name): days for name, days in _GROUPS.items()}
    if value in groups:
        return groups[value]
    named = {i18n.weekday(at, short=True).rstrip(".").lower(): each for at, each in enumerate(_WEEK)}
    said = [each.strip() for each in value.split(",") if each.strip()]
    found = {named.get(each, each) for each in said}
    return found if found <= _GROUPS["daily"] else None


def _line(field: actions.Field) -> Json:
    most = min(field.longest, INPUT)
    made: Json = {
        "type": "plain_text_input",
        "action_id": BLOCK + field.name,
        "multiline": field.kind is actions.FieldKind.LINES,
        "max_length": most,
    }
    return {**made, "initial_value": field.value[:most]} if field.value else made


def _number(field: actions.Field) -> Json:
    bounds = {"min_value": field.low, "max_value": field.high}
    made: Json = {"type": "number_input", "action_id": BLOCK + field.name, "is_decimal_allowed": False}
    made |= {key: str(bound) for key, bound in bounds.items() if bound is not None}
    return {**made, "initial_value": field.value} if _is_within(field) else made


def _is_within(field: actions.Field) -> bool:
    """Slack takes no number to begin with that it would not take in the end."""
    if not field.value.isdecimal():
        return False
    number = int(field.value)
    return (field.low is None or number >= field.low) and (field.high is None or number <= field.high)


def _suggested(field: actions.Field, kind: str) -> Json:
    label = dict(field.options).get(field.value, field.value)
    if field.suggest is commands.Suggest.UNTIL and (day := _on(field.value)):
        label = i18n.day(day, i18n.say("EEE d MMM y"))
    chosen = option(field.value, label) if field.value else None
    said = i18n.say("Type to look it up")
    return _picker("external_select", kind + field.name, said, min_query_length=0, initial_option=chosen)


def _one_of(field: actions.Field) -> Json:
    options = [option(value or NOTHING, label) for value, label in field.options]
    present = [each for each in options if each["value"] == (field.value or NOTHING)]
    made = _picker(
        "static_select", BLOCK + field.name, i18n.say("Choose"), initial_option=present[0] if present else None
    )
    if len(options) > OPTIONS:
        made["option_groups"] = [
            {"label": plain(span), "options": list(page)} for span, page in pages(options, OPTIONS)
        ]
    else:
        made["options"] = options or [option(NOTHING, i18n.say("Nothing to choose from"))]
    return made


def _some_of(field: actions.Field) -> Json:
    on = set(field.value.split(","))
    if len(field.options) <= _FEW:
        return _checkboxes(field, field.options, on=on)
    options = [option(value, label) for value, label in field.options[:OPTIONS]]
    present = [each for each in options if each["value"] in on]
    said = i18n.say("Choose")
    return _picker("multi_static_select", BLOCK + field.name, said, options=options, initial_options=present)


def _checkboxes(field: actions.Field, options: Iterable[tuple[str, str]], *, on: set[str]) -> Json:
    boxes = [option(value, label) for value, label in options]
    made: Json = {"type": "checkboxes", "action_id": BLOCK + field.name, "options": boxes}
    ticked = [box for box in boxes if box["value"] in on]
    return {**made, "initial_options": ticked} if ticked else made


def _channel(field: actions.Field) -> Json:
    kinds = {"include": ["public", "private"], "exclude_bot_users": True}
    made = _picker("conversations_select", BLOCK + field.name, i18n.say("Choose a channel"), filter=kinds)
    if rich.is_channel(channel := rich.channel_of(field.value)):
        return {**made, "initial_conversation": channel}
    # Where nothing has to be chosen, nothing is chosen for somebody.
    return {**made, "default_to_current_conversation": True} if field.required else made


# What was filled in ---------------------------------------------------------------------------------------------------


def answers(view: Mapping[str, object], *, place: str) -> dict[str, str]:
    """The fields of a submitted form by name; `place` is put before a channel's id to make it an address."""
    found = {}
    for block_id, held in table(view, "state", "values").items():
        if block_id.startswith(BLOCK):
            for action_id, state in table(held).items():
                value = _value(table(state), place)
                found[block_id.removeprefix(BLOCK)] = value or ("0" if action_id.startswith(TOGGLE) else "")
    return found


def _value(state: Mapping[str, object], place: str) -> str:
    match state.get("type"):
        case "static_select" | "external_select" | "radio_buttons":
            return _meant(text(state, "selected_option", "value"))
        case "checkboxes" | "multi_static_select":
            return ",".join(_meant(text(each, "value")) for each in items(state, "selected_options"))
        case "conversations_select":
            channel = text(state, "selected_conversation")
            return place + channel if channel else ""
        case "timepicker":
            return text(state, "selected_time")
        case "datepicker":
            return text(state, "selected_date")
        case "users_select":
            return text(state, "selected_user")
        case _:
            return text(state, "value")


def _meant(value: str) -> str:
    return "" if value == NOTHING else value


def blame(message: str, form: Sequence[str], filled: Mapping[str, str]) -> str:
    """The block beside which a refusal belongs, if it can be told: the only field, one it names, or one it quotes."""
    if len(form) == 1:
        return BLOCK + form[0]
    named = [name for name in form if f"“{name}”" in message]
    quoted = [name for name in form if len(filled.get(name, "")) > 1 and f"“{filled[name]}”" in message]
    for found in (named, quoted):
        if len(found) == 1:
            return BLOCK + found[0]
    return ""


# Modals ---------------------------------------------------------------------------------------------------------------

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
    return _page(drawn.title, drawn.blocks[:BLOCKS_IN_VIEW])


def _page(title: str, blocks: Sequence[Json]) -> Json:
    close = plain(i18n.say("Close"))
    return {"type": "modal", "callback_id": PAGE, "title": _title(title), "close": close, "blocks": list(blocks)}


def _title(said: str) -> Json:
    return plain(words.shorten(said, MODAL_TITLE))


def waiting() -> Json:
    """What stands there while the engine is slow; a modal has to be opened within three seconds of the press."""
    return _page("Dualo", [{"type": "section", "text": plain(i18n.say("One moment…"))}])


def form(view: views.FormPage, names: CommandNames, *, answer_at: str = "", replace: bool = False) -> Json:
    """A form to fill in."""
    blocks: list[Json] = []
    if view.intro:
        blocks.append({"type": "section", "text": plain(words.shorten(names.here(view.intro), SECTION))})
    blocks += map(_block, view.form.fields)
    beneath = Sheet("Form")
    beneath.offer(view.actions)
    blocks += beneath.blocks
    return {
        "type": "modal",
        "callback_id": FORM,
        "title": _title(view.title),
        "submit": _title(view.form.submit),
        "close": plain(i18n.say("Cancel")),
        "private_metadata": FormState(view.form.token, answer_at, replace).written(),
        "blocks": blocks[:BLOCKS_IN_VIEW],
    }


def refused(view: Mapping[str, object], notice: views.Notice, names: CommandNames) -> Json:
    """A form that cannot be taken: the reason beside its field, or above them all. Nothing that was typed is lost."""
    said = names.here(" ".join(filter(None, (notice.text, notice.hint))))
    blocks = [table(block) for block in items(view, "blocks")]
    form_fields = [text(block, "block_id") for block in blocks if block.get("type") == "input"]
    fields = [block_id.removeprefix(BLOCK) for block_id in form_fields]
    known = notice.field in fields
    if block := BLOCK + notice.field if known else blame(said, fields, answers(view, place="")):
        return {"response_action": "errors", "errors": {block: words.shorten(said, INPUT // 2)}}
    return {"response_action": "update", "view": _with_error(view, blocks, said)}


def _with_error(view: Mapping[str, object], blocks: Sequence[Mapping[str, object]], said: str) -> Json:
    error = {"type": "section", "block_id": _ERROR, "text": plain(words.shorten(f"✕ {said}", SECTION))}
    rest = [dict(block) for block in blocks if block.get("block_id") != _ERROR]
    same = {key: view[key] for key in ("type", "callback_id", "title", "submit", "close", "private_metadata")}
    return {**same, "blocks": [error, *rest]}
