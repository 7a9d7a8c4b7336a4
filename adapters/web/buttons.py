"""What can be pressed or chosen on the page: buttons, and selects with a button beside them."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from adapters.web.markup import element, join, people
from bot.api import actions, i18n


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
