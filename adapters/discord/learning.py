"""How the views of reading are drawn: shelves, themes, lessons, and what follows a finished one."""

from __future__ import annotations

from adapters.discord import names
from adapters.discord.limits import Component
from adapters.discord.markdown import block_text, link, moment, subtext, words
from adapters.discord.pieces import (
    Body,
    Colour,
    Pen,
    bar,
    lesson_row,
    lesson_state,
    link_button,
    listed,
    next_up,
    offers,
    rows,
    rule,
    shown,
    theme_name,
    theme_row,
)
from bot.api import text, views


def catalogue(view: views.Catalogue, pen: Pen) -> Body:
    themes = listed((theme_row(card, pen) for card in view.themes), pen, more="more, all of them below")
    return Body(
        [shown("## Themes"), *(themes or [shown("No theme stands on the shelf yet.")]), *offers(view.actions, pen)]
    )


def theme_page(view: views.ThemePage, pen: Pen) -> Body:
    card = view.card
    head = shown(
        subtext(f"Theme{', followed' if card.followed else ''}"),
        f"## {theme_name(card.emoji, card.title, pen)}",
        words(view.description),
        bar(card.done, card.total, pen),
        *names.facts(view.facts),
    )
    lessons = listed((lesson_row(each, pen) for each in view.lessons), pen, more="more, all of them below")
    return Body([head, rule(), *lessons, *offers(view.actions, pen)])


def lesson_page(view: views.LessonPage, pen: Pen) -> Body:
    """At ease the sources are links in the text; a lesson that fills the message has them as buttons."""
    place = f"{theme_name(view.emoji, view.theme, pen)} · Lesson {view.number} of {view.total}"
    head = shown(
        subtext(f"{place} · {text.count(view.minutes, 'minute')}"),
        f"## {words(view.title)}",
        words(view.summary),
        _standing(view, pen),
    )
    foot = [*grounded(view.sources, pen), *([shown(next_up(view.following, pen))] if view.following else [])]
    return Body(
        [
            head,
            rule(),
            shown("\n\n".join(map(_section, view.sections))),
            *([rule(), *foot] if foot else []),
            *offers(view.actions, pen),
        ]
    )


def _section(section: views.LessonSection) -> str:
    """The label leads into prose; a list or code begins beneath it."""
    prose = isinstance(next(iter(section.text.blocks), None), text.Paragraph)
    return f"**{words(section.label.rstrip('.'))}.**{' ' if prose else chr(10)}{block_text(section.text)}"


def grounded(given: tuple[views.SourceLink, ...], pen: Pen) -> list[Component]:
    """What a lesson rests on: links in the text, or buttons where the text has no room for addresses."""
    if not given:
        return []
    if not pen.tight:
        return [shown("**Grounded on** " + " · ".join(link(words(each.title), each.url) for each in given))]
    return [shown("**Grounded on**"), *rows([link_button(each.title, each.url) for each in given])]


def _standing(view: views.LessonPage, pen: Pen) -> str:
    """What the reader has done of this lesson, if anything."""
    if view.done_on is None or view.shared:
        return ""
    updated = " · updated since you read it" if view.updated else ""
    return subtext(f"{pen.sign('✓')}Done on {moment(view.done_on)}{updated}")


def recorded(view: views.Recorded, pen: Pen) -> Body:
    title = words(view.lesson.title)
    if view.again:
        said, why = f"Done before: {title}", "Nothing changed; it was recorded already."
    elif view.kept:
        said, why = f"{pen.sign('✓')}Recorded: {title}", ""
    else:
        said, why = f"Read, not recorded: {title}", "Recording is paused, so this was not written down."
    head = shown(
        subtext(f"{theme_name(view.theme.emoji, view.theme.title, pen)} · Lesson {view.lesson.number}"),
        f"### {said}",
        why,
        bar(view.theme.done, view.theme.total, pen),
    )
    after = [rule(), shown(next_up(view.following, pen))] if view.following else []
    return Body([head, *after, *offers(view.actions, pen)], Colour.GOOD if view.kept else None)


def ending(view: views.Ending, pen: Pen) -> Body:
    card = view.theme
    done = f"All {text.count(card.total, 'lesson')} are done." if card.done >= card.total else ""
    due = f"{text.count(view.reviews_due, 'question')} due for review." if view.reviews_due else ""
    parts = [
        shown(
            subtext(theme_name(card.emoji, card.title, pen)),
            f"### {pen.sign('🎓')}You have finished {words(card.title)}",
            done,
            bar(card.done, card.total, pen),
            due,
        )
    ]
    if view.suggestion:
        head, line = theme_row(view.suggestion, pen)
        parts += [rule(), shown("**Where to go from here**", head, subtext(line) if line else "")]
    return Body([*parts, *offers(view.actions, pen)], Colour.GOOD)


def found(view: views.SearchPage, pen: Pen) -> Body:
    said = text.count(len(view.hits), "lesson") if view.hits else "Nothing found"
    hits = listed((_hit(hit, pen) for hit in view.hits), pen)
    return Body([shown(f"### {said} for “{words(view.words)}”"), *hits, *offers(view.actions, pen)])


def _hit(hit: views.Hit, pen: Pen) -> tuple[str, str]:
    title = f"**{words(hit.lesson.title)}**{lesson_state(hit.lesson, pen)}"
    place = f"{words(hit.theme)}, lesson {hit.lesson.number}: {words(hit.section.rstrip('.'))}"
    return f"{title}\n{place}" if pen.tight < 2 else title, words(hit.excerpt)


def saved(view: views.SavedList, pen: Pen) -> Body:
    items = listed((_saved(item, pen) for item in view.items), pen)
    return Body(
        [shown("## Saved for later"), *(items or [shown("Nothing is saved for later.")]), *offers(view.actions, pen)]
    )


def _saved(item: views.SavedItem, pen: Pen) -> tuple[str, str]:
    card = item.lesson
    title = f"**{words(card.title)}**{lesson_state(card, pen)}"
    place = f"{words(item.theme)}, lesson {card.number} · saved {moment(item.saved_on, 'D')}"
    return f"{title}\n{place}" if pen.tight < 2 else title, words(card.summary)
