"""The parts that several views share: headings, bars, cards, buttons, selects."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from adapters.web.markup import Child, element, join, link, people
from bot.api import actions, commands, text, views


def heading(title: Child, eyebrow: Child = None) -> Markup:
    """The one heading of an answer, with what it belongs to above it."""
    return element(
        "header", element("p", eyebrow, class_="eyebrow") if eyebrow else None, element("h2", title), class_="head"
    )


def sign(emoji: str, reader: views.Reader) -> Markup | None:
    """A theme's sign, which its title beside it says in words."""
    if reader.plain or not emoji:
        return None
    return element("span", emoji, class_="sign", aria_hidden="true")


def theme_name(emoji: str, title: str, reader: views.Reader) -> Markup:
    return join([sign(emoji, reader), people(title)], " ")


def eyebrow(
    emoji: str, theme: str, number: int, total: int, reader: views.Reader, *, minutes: int | None = None
) -> Markup:
    """Where a lesson stands: its theme, its number, how long it takes."""
    return join(
        [
            theme_name(emoji, theme, reader),
            element("span", f"Lesson {number} of {total}"),
            element("span", text.count(minutes, "minute")) if minutes is not None else None,
        ],
        " · ",
    )


def bar(done: int, total: int, reader: views.Reader) -> Markup:
    """How far somebody is: always in figures, and as a bar for those who like one."""
    figures = element("span", f"{done} / {total}", class_="figures")
    if reader.plain:
        return element("span", figures, " lessons done", class_="bar")
    drawn = element("progress", f"{done} / {total}", value=done, max=max(total, 1), aria_label="Lessons done")
    return element("span", drawn, figures, class_="bar")


def token(command: commands.Command) -> str:
    return actions.token(command)


def button(label: Child, command: commands.Command, kind: str = "") -> Markup:
    return element("button", label, type="button", class_=f"button {kind}".strip(), data_token=token(command))


def offers(given: Iterable[actions.Offer]) -> Markup | None:
    """Buttons in one row, selects below them."""
    everything = tuple(given)
    drawn = [part for part in (buttons(everything), choices(everything)) if part]
    return element("div", *drawn, class_="offers") if drawn else None


def buttons(given: Iterable[actions.Offer]) -> Markup | None:
    pressed = [action(each) for each in given if isinstance(each, actions.Action)]
    return element("div", *pressed, class_="row") if pressed else None


def choices(given: Iterable[actions.Offer]) -> Markup | None:
    chosen = [_choice(each) for each in given if isinstance(each, actions.Choice) and each.options]
    return join(chosen) if chosen else None


def action(offer: actions.Action, *, about: str = "") -> Markup:
    """A button; where many say the same, each also tells those who listen what it is about, and none stands out."""
    asked = offer.confirm
    return element(
        "button",
        people(offer.label),
        element("span", ": ", people(about), class_="unseen") if about else None,
        type="button",
        class_="button primary" if offer.primary and not about else "button",
        data_token=token(offer.command),
        data_confirm=asked.text if asked else None,
        data_confirm_title=asked.title if asked else None,
        data_confirm_yes=asked.yes if asked else None,
    )


def _choice(choice: actions.Choice) -> Markup:
    options = [
        element(
            "option",
            f"{option.label} – {option.description}" if option.description else option.label,
            value=token(option.command),
            data_label=option.label,
        )
        for option in choice.options
    ]
    return element(
        "form",
        element(
            "label",
            element("span", choice.prompt, class_="quiet"),
            element("select", *options, name="token"),
        ),
        element("button", "Open", type="submit", class_="button", aria_label=f"Open: {choice.prompt}"),
        class_="choice",
        data_choice=True,
    )


def theme_row(card: views.ThemeCard, reader: views.Reader) -> Markup:
    """A theme as one line that opens it."""
    name = element("span", people(card.title), class_="name")
    followed = element("span", "Following", class_="tag") if card.followed else None
    return element(
        "button",
        sign(card.emoji, reader),
        element(
            "span",
            element("span", name, followed, class_="top"),
            element("span", people(card.line), class_="line") if card.line else None,
            class_="words",
        ),
        bar(card.done, card.total, reader),
        type="button",
        class_="item",
        data_token=token(commands.OpenTheme(name=card.id)),
        data_label=card.title,
    )


def lesson_row(card: views.LessonCard, reader: views.Reader, detail: Child = None) -> Markup:
    """A lesson as one line that opens it; what is done is said in words."""
    return element(
        "button",
        element("span", str(card.number), class_="number"),
        element(
            "span",
            element("span", element("span", people(card.title), class_="name"), state(card, reader), class_="top"),
            element("span", detail if detail else people(card.summary), class_="line"),
            class_="words",
        ),
        type="button",
        class_="item done" if card.done else "item",
        data_token=token(commands.OpenLesson(theme=card.theme, lesson=card.id)),
        data_label=card.title,
    )


def state(card: views.LessonCard, reader: views.Reader) -> Markup | None:
    if not card.done:
        return None
    tick = None if reader.plain else element("span", "✓ ", aria_hidden="true")
    done = element("span", tick, "Done", class_="tag done")
    return join([done, element("span", "Updated since you read it", class_="tag")]) if card.updated else done


def rows(items: Iterable[Markup], *, numbered: bool = False) -> Markup:
    return element("ol" if numbered else "ul", *(element("li", item) for item in items), class_="items")


def next_up(card: views.LessonCard | None, title: str = "Next up") -> Markup | None:
    """What comes next, as every lesson ends: the title and the summary."""
    if card is None:
        return None
    return element(
        "aside",
        element("h3", title),
        element("p", element("span", people(card.title), class_="name"), class_="title"),
        element("p", people(card.summary), class_="quiet"),
        class_="next",
    )


def source(one: views.SourceLink) -> Markup:
    return link(people(one.title), one.url)


def grounded(listed: Iterable[views.SourceLink]) -> Markup | None:
    """What a lesson or an answer rests on."""
    links = [source(each) for each in listed]
    return element("p", element("strong", "Grounded on"), " ", join(links, "; "), class_="sources") if links else None


def pairs(listed: Iterable[views.Pair]) -> Markup:
    """Names and what they stand at."""
    return element(
        "dl",
        *(element("div", element("dt", people(each.name)), element("dd", people(each.value))) for each in listed),
        class_="pairs",
    )
