"""Makes modals of forms, and reads the answers that were filled in.

A modal holds five fields. A longer form comes in parts. Between two of them a private message shows what was filled in
so far and carries it in a disabled select, so nothing is stored anywhere else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from adapters.discord import components, limits, markdown
from adapters.discord.addresses import Destination, read_place
from adapters.discord.components import Drawing, Style, aside, rows, shown, small_button
from adapters.discord.limits import Component
from adapters.discord.markdown import plain, words
from adapters.shared import phrases
from bot.api import actions, commands, i18n, replace, text, views

KEPT = "kept"
"""The custom id of the select that carries earlier parts."""
_VALUE = "="
"""The prefix of every option's value, because Discord takes no empty one."""
RADIOS = 5
"""Most options of a radio group; more of them become a select, so that the form stays short."""
CHANNEL_TYPES = (0, 5, 10, 11)
"""Text and announcement channels, and the public threads in them."""

READY = i18n.mark(
    "This took longer than Discord waits, so it did not open by itself. It is ready now: press the button."
)
"""Said of a form that came too late to open."""

Answers = Mapping[str, str]


def parts_of(form: actions.Form) -> list[tuple[actions.Field, ...]]:
    most = limits.MODAL_PARTS
    return [form.fields[at : at + most] for at in range(0, len(form.fields), most)]


def excess(view: views.FormPage) -> list[str]:
    """Why the form could not be filled in here."""
    parts = parts_of(view.form)
    found = []
    if len(parts) > components.MOST_PARTS:
        found.append(f"The form “{view.title}” has {len(view.form.fields)} fields; {components.MOST_PARTS * 5} fit.")
    if len(parts) > 1:
        found += [
            f"“{field.label}” takes {field.longest} characters; in a form of several parts {_carries(field)} fit."
            for field in view.form.fields
            if field.kind is actions.FieldKind.LINES
        ]
    if len(view.form.token) > limits.CUSTOM_ID:
        found.append(f"The form “{view.title}” carries {len(view.form.token)} characters; Discord takes 100.")
    return found


def _carries(field: actions.Field) -> int:
    return limits.OPTION - len(field.name) - len(_VALUE)


# The modal -----------------------------------------------------------------------------------------------------------


def modal(view: views.FormPage, opener: commands.Command | None = None, part: int = 0) -> Component:
    """The payload of the form's modal, or of one part of it."""
    parts = parts_of(view.form)
    whole = len(parts) == 1
    fields = parts[min(part, len(parts) - 1)]
    title = (
        view.title
        if whole
        else i18n.say(
            "{title} ({part} of {parts})", title=text.shorten(view.title, 35), part=part + 1, parts=len(parts)
        )
    )
    intro = [shown(words(view.intro))] if view.intro and whole and len(fields) < limits.MODAL_PARTS else []
    custom_id = view.form.token if whole or opener is None else components.part_of_form(opener, part)
    return {
        "title": text.shorten(plain(title), limits.MODAL_TITLE) or i18n.say("Form"),
        "custom_id": custom_id,
        "components": [*intro, *(_label(field) for field in fields)],
    }


def _label(field: actions.Field) -> Component:
    made: Component = {
        "type": limits.LABEL,
        "label": text.shorten(plain(field.label), limits.MODAL_LABEL) or field.name,
        "component": _control(field),
    }
    if told := text.shorten(plain(field.help), limits.MODAL_HELP):
        made["description"] = told
    return made


def _control(field: actions.Field) -> Component:
    match field.kind:
        case actions.FieldKind.TOGGLE:
            return {"type": limits.CHECKBOX, "custom_id": field.name, "default": commands.is_yes(field.value)}
        case actions.FieldKind.ONE_OF if 0 < len(field.options) <= limits.OPTIONS:
            radio = 2 <= len(field.options) <= RADIOS
            return _among(field, limits.RADIO_GROUP if radio else limits.SELECT, {field.value})
        case actions.FieldKind.SOME_OF if 0 < len(field.options) <= limits.OPTIONS:
            few = len(field.options) <= limits.GROUP_OPTIONS
            made = _among(field, limits.CHECKBOX_GROUP if few else limits.SELECT, set(field.value.split(",")))
            return made | {"min_values": int(field.required), "max_values": len(field.options)}
        case actions.FieldKind.CHANNEL:
            return _picker(field, limits.CHANNEL_SELECT, "channel") | {"channel_types": list(CHANNEL_TYPES)}
        case actions.FieldKind.ROLE:
            return _picker(field, limits.ROLE_SELECT, "role")
        case actions.FieldKind.PERSON:
            return _picker(field, limits.USER_SELECT, "user")
        case _:
            return _input(field)


def _among(field: actions.Field, kind: int, chosen: set[str]) -> Component:
    options = [
        {"label": text.shorten(plain(label), limits.OPTION) or "–", "value": _VALUE + value, "default": value in chosen}
        for value, label in field.options
    ]
    made: Component = {"type": kind, "custom_id": field.name, "options": options, "required": field.required}
    if kind == limits.SELECT and not field.required:
        made["min_values"] = 0
    return made


def _picker(field: actions.Field, kind: int, what: str) -> Component:
    place = read_place(field.value)
    chosen = str(place.id) if place else field.value
    made: Component = {
        "type": kind,
        "custom_id": field.name,
        "required": field.required,
        "min_values": int(field.required),
        "max_values": 1,
    }
    if chosen.isdigit():
        made["default_values"] = [{"id": chosen, "type": what}]
    return made


def _input(field: actions.Field) -> Component:
    made: Component = {
        "type": limits.TEXT_INPUT,
        "custom_id": field.name,
        "style": 2 if field.kind is actions.FieldKind.LINES else 1,
        "required": field.required,
        "max_length": min(max(field.longest, 1), limits.DISPLAYED),
    }
    if field.value:
        made["value"] = field.value[: field.longest]
    if field.low is not None and field.high is not None:
        made["placeholder"] = i18n.say("{low} to {high}", low=field.low, high=field.high)
    return made


# What came back ------------------------------------------------------------------------------------------------------


def answers(components: Sequence[Component]) -> dict[str, str]:
    """What a submitted modal holds, by field."""
    return {name: value for component in limits.walk(components) for name, value in _answer(component)}


def _answer(component: Component) -> Iterator[tuple[str, str]]:
    name, value, values = component.get("custom_id"), component.get("value"), component.get("values")
    if not isinstance(name, str):
        return
    if isinstance(values, list):
        yield name, ",".join(_plain_value(component, str(each)) for each in values)
    elif isinstance(value, bool):
        yield name, str(int(value))
    elif value is not None:
        yield name, _plain_value(component, str(value))


def _plain_value(component: Component, value: str) -> str:
    match component.get("type"):
        case limits.CHANNEL_SELECT:
            return Destination(int(value)).address
        case limits.RADIO_GROUP | limits.CHECKBOX_GROUP | limits.SELECT:
            return value.removeprefix(_VALUE)
        case _:
            return value


# Between two parts, and where no modal can be shown -------------------------------------------------------------------


def between(view: views.FormPage, opener: commands.Command, part: int, filled: Answers, *, note: str = "") -> Drawing:
    """After a part was sent: what was filled in so far, and the button for the next part."""
    labels = {field.name: field.label for field in view.form.fields}
    told = [_told(field, filled[field.name]) for field in view.form.fields if field.name in filled]
    kept: Component = {
        "type": limits.SELECT,
        "custom_id": KEPT,
        "placeholder": i18n.say("Filled in so far"),
        "disabled": True,
        "options": [_kept(name, labels.get(name, name), value) for name, value in filled.items()],
    }
    onward = small_button(
        i18n.say("Go on to part {number}", number=part + 2),
        components.part_of_form(opener, part + 1),
        style=Style.PRIMARY,
    )
    return aside(
        [
            shown(
                f"### {words(view.title)}",
                i18n.say(
                    "Part {number} of {total}. Nothing is saved yet.", number=part + 1, total=len(parts_of(view.form))
                ),
            ),
            shown(*told),
            {"type": limits.ROW, "components": [kept]},
            *([shown(note)] if note else []),
            *rows([onward]),
        ]
    )


def _told(field: actions.Field, value: str) -> str:
    """What was filled in, as a person reads it."""
    match field.kind:
        case actions.FieldKind.CHANNEL:
            said = markdown.place(value)
        case actions.FieldKind.ROLE:
            said = markdown.role(value)
        case actions.FieldKind.PERSON:
            said = markdown.person(value)
        case actions.FieldKind.TOGGLE:
            said = i18n.say("yes") if commands.is_yes(value) else i18n.say("no")
        case _:
            chosen = [label for given, label in field.options if given in value.split(",")]
            said = words(", ".join(chosen) or value)
    return f"**{words(field.label)}** {said or '–'}"


def _kept(name: str, label: str, value: str) -> Component:
    return {
        "label": text.shorten(plain(f"{label}: {value or '–'}"), limits.OPTION),
        "value": f"{name}{_VALUE}{value}"[: limits.OPTION],
    }


def carried(components: Sequence[Component]) -> dict[str, str]:
    """What the message between two parts carries."""
    for component in limits.walk(components):
        options = component.get("options")
        if component.get("custom_id") == KEPT and isinstance(options, list):
            pairs = (str(option["value"]).partition(_VALUE) for option in options)
            return {name: value for name, _, value in pairs}
    return {}


def too_long_to_carry(view: views.FormPage, filled: Answers) -> str:
    """The first field whose words would not reach the next part; empty if all do."""
    for field in view.form.fields:
        if len(filled.get(field.name, "")) > _carries(field):
            return i18n.say(
                "“{label}” may be {longest} characters long here.", label=field.label, longest=_carries(field)
            )
    return ""


def offered_again(view: views.FormPage, opener: commands.Command) -> views.FormPage:
    """The form with a button that opens it, for where it cannot open by itself. Without one if the command is not the
    one that asks for it, or is too long for a button."""
    if not opener.asks:
        return view
    try:
        actions.token(opener)
    except ValueError:
        return view
    return replace(view, actions=(actions.Action(i18n.say(phrases.OPEN_FORM), opener), *view.actions))
