"""How a form's fields are asked for in a modal, and how what was filled in becomes a command's answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from adapters.shared.options import pages
from adapters.slack import limits, mentions
from adapters.slack.payload import Json, items, table, text
from adapters.slack.sheet import option, plain
from bot.api import actions, commands
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

_FEW = 10
"""Checkboxes that one element holds."""


def of_spec(spec: commands.Spec) -> actions.Form:
    """A form that asks for whatever the command takes by hand."""
    return actions.Form(spec.verb, {}, tuple(_field(parameter) for parameter in spec.options), submit="Go")


def of_form(form: actions.Form) -> list[Json]:
    """The input blocks of a form."""
    return [_block(field) for field in form.fields]


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
_UNDECIDED = (("", "As it is"), ("yes", "Yes"), ("no", "No"))
"""A yes or no that may also be left out: a box could not say so."""


def _field(parameter: commands.Parameter) -> actions.Field:
    toggle = parameter.kind is commands.ParameterKind.TOGGLE
    undecided = toggle and not parameter.required and parameter.default is None
    choices = tuple((choice, choice) for choice in parameter.choices)
    kind = actions.FieldKind.LINES if parameter.lines else _KINDS[parameter.kind]
    return actions.Field(
        parameter.name,
        parameter.title,
        actions.FieldKind.ONE_OF if undecided else kind,
        value=_written(parameter.default),
        help=parameter.help,
        options=_UNDECIDED if undecided else choices,
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
        "label": plain(words.shorten(field.label, limits.INPUT // 2)),
        "element": _element(field),
        "optional": toggle or not field.required,
    }
    if field.help and not toggle:
        made["hint"] = plain(words.shorten(field.help, limits.INPUT // 2))
    return made


def _person(field: actions.Field) -> Json:
    made: Json = {"type": "users_select", "action_id": PERSON + field.name, "placeholder": plain("Choose somebody")}
    return {**made, "initial_user": field.value} if mentions.is_person(field.value) else made


def _element(field: actions.Field) -> Json:
    match field.kind:
        case actions.FieldKind.LINE if field.suggest:
            return _suggested(field, SUGGEST)
        case actions.FieldKind.LINE | actions.FieldKind.LINES:
            return _line(field)
        case actions.FieldKind.NUMBER:
            return _number(field)
        case actions.FieldKind.TOGGLE:
            on = {"1"} if commands.is_yes(field.value) else set()
            box = _checkboxes(field, [("1", field.help or "Yes")], on=on)
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
            return _person(field)


def _line(field: actions.Field) -> Json:
    most = min(field.longest, limits.INPUT)
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
    return {**made, "initial_value": field.value} if field.value else made


def _suggested(field: actions.Field, kind: str) -> Json:
    made: Json = {
        "type": "external_select",
        "action_id": kind + field.name,
        "min_query_length": 0,
        "placeholder": plain("Type to look it up"),
    }
    label = dict(field.options).get(field.value, field.value)
    return {**made, "initial_option": option(field.value, label)} if field.value else made


def _one_of(field: actions.Field) -> Json:
    options = [option(value or NOTHING, label) for value, label in field.options]
    made: Json = {"type": "static_select", "action_id": BLOCK + field.name, "placeholder": plain("Choose")}
    if len(options) > limits.OPTIONS:
        made["option_groups"] = [
            {"label": plain(span), "options": list(page)} for span, page in pages(options, limits.OPTIONS)
        ]
    else:
        made["options"] = options or [option(NOTHING, "Nothing to choose from")]
    present = [each for each in options if each["value"] == (field.value or NOTHING)]
    return {**made, "initial_option": present[0]} if present else made


def _some_of(field: actions.Field) -> Json:
    on = set(field.value.split(","))
    if len(field.options) <= _FEW:
        return _checkboxes(field, field.options, on=on)
    options = [option(value, label) for value, label in field.options[: limits.OPTIONS]]
    made: Json = {
        "type": "multi_static_select",
        "action_id": BLOCK + field.name,
        "placeholder": plain("Choose"),
        "options": options,
    }
    present = [each for each in options if each["value"] in on]
    return {**made, "initial_options": present} if present else made


def _checkboxes(field: actions.Field, options: Iterable[tuple[str, str]], *, on: set[str]) -> Json:
    boxes = [option(value, label) for value, label in options]
    made: Json = {"type": "checkboxes", "action_id": BLOCK + field.name, "options": boxes}
    ticked = [box for box in boxes if box["value"] in on]
    return {**made, "initial_options": ticked} if ticked else made


def _channel(field: actions.Field) -> Json:
    made: Json = {
        "type": "conversations_select",
        "action_id": BLOCK + field.name,
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
        "placeholder": plain("Choose a channel"),
    }
    if mentions.is_channel(channel := mentions.channel_of(field.value)):
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
