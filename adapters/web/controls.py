"""What can be pressed, chosen or filled in on the page: buttons, selects with a button beside them, forms."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from markupsafe import Markup

from adapters.web.markup import Child, element, join, people
from adapters.web.places import ROOM
from bot.api import actions, commands, i18n


def offers(given: Iterable[actions.Offer]) -> Markup | None:
    """Buttons in one row, selects below them."""
    everything = tuple(given)
    drawn = [part for part in (buttons(everything), choices(everything)) if part]
    return element("div", *drawn, class_="offers") if drawn else None


def buttons(given: Iterable[actions.Offer]) -> Markup | None:
    pressed = [button(each) for each in given if isinstance(each, actions.Action)]
    return element("div", *pressed, class_="row") if pressed else None


def choices(given: Iterable[actions.Offer]) -> Markup | None:
    chosen = [_choice(each) for each in given if isinstance(each, actions.Choice) and each.options]
    return join(chosen) if chosen else None


def button(action: actions.Action, *, about: str = "") -> Markup:
    """A button; where many say the same, each also tells those who listen what it is about, and none stands out."""
    asked = action.confirm
    return element(
        "button",
        people(action.label),
        element("span", ": ", people(about), class_="unseen") if about else None,
        type="button",
        class_="button primary" if action.primary and not about else "button",
        data_token=actions.token(action.command),
        data_confirm=asked.text if asked else None,
        data_confirm_title=asked.title if asked else None,
        data_confirm_yes=asked.yes if asked else None,
    )


def _choice(choice: actions.Choice) -> Markup:
    options = (
        element(
            "option",
            f"{option.label} – {option.description}" if option.description else option.label,
            value=actions.token(option.command),
            data_label=option.label,
        )
        for option in choice.options
    )
    return element(
        "form",
        element(
            "label",
            element("span", choice.prompt, class_="quiet"),
            element("select", *options, name="token"),
        ),
        element(
            "button",
            i18n.say("Open"),
            type="submit",
            class_="button",
            aria_label=i18n.say("Open: {prompt}", prompt=choice.prompt),
        ),
        class_="choice",
        data_choice=True,
    )


# Forms ----------------------------------------------------------------------------------------------------------------


def form(form: actions.Form) -> Markup:
    return element(
        "form",
        *(_field(each) for each in form.fields),
        element("div", element("button", people(form.submit), type="submit", class_="button primary"), class_="row"),
        class_="form",
        data_form=form.token,
        data_verb=form.verb,
    )


def _field(field: actions.Field) -> Markup:
    told = element("span", people(field.help), class_="quiet") if field.help else None
    may_stay_empty = not field.required and field.kind is not actions.FieldKind.TOGGLE
    optional = element("span", i18n.say(" (optional)"), class_="quiet") if may_stay_empty else None
    label = element("span", people(field.label), optional)
    match field.kind:
        case actions.FieldKind.TOGGLE:
            on = commands.is_yes(field.value)
            box = element("input", type="checkbox", name=field.name, value="yes", checked=on)
            return element("label", box, element("span", label, told, class_="words"), class_="field switch")
        case actions.FieldKind.SOME_OF:
            boxes = [_box(field, value, name) for value, name in field.options]
            return element("fieldset", element("legend", label), told, *boxes, class_="field", data_several=field.name)
        case _:
            return element("label", label, told, _control(field), class_="field")


def _box(field: actions.Field, value: str, name: str) -> Markup:
    chosen = value in field.value.split(",")
    return element(
        "label",
        element("input", type="checkbox", name=field.name, value=value, checked=chosen),
        people(name),
        class_="switch",
    )


def _control(field: actions.Field) -> Markup:
    match field.kind:
        case actions.FieldKind.LINES:
            return element(
                "textarea", field.value, name=field.name, rows=4, maxlength=field.longest, required=field.required
            )
        case actions.FieldKind.ONE_OF:
            return _select(field, field.options)
        case actions.FieldKind.CHANNEL:
            return _select(field, ((ROOM, i18n.say("The room: everybody on this page")),))
        case actions.FieldKind.NUMBER:
            return element(
                "input",
                type="number",
                name=field.name,
                value=field.value,
                min=field.low,
                max=field.high,
                required=field.required,
            )
        case _:
            return _line(field)


def _select(field: actions.Field, options: tuple[tuple[str, str], ...]) -> Markup:
    says_so = any(value == "" for value, _ in options)
    empty: Child = None if field.required or says_so else element("option", "–", value="")
    drawn = (element("option", name, value=value, selected=value == field.value) for value, name in options)
    return element("select", empty, *drawn, name=field.name, required=field.required)


def _line(field: actions.Field) -> Markup:
    """One line; where live suggestions exist the page fills its list while the person types."""
    listed = f"list-{secrets.token_hex(4)}" if field.suggest else None
    box = element(
        "input",
        type="text",
        name=field.name,
        value=field.value,
        maxlength=field.longest,
        required=field.required,
        autocomplete="off",
        list=listed,
        data_suggest=bool(listed),
    )
    return join([box, element("datalist", id=listed)]) if listed else box
