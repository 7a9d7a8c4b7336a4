"""Views made from the domain: cards, pages and the offers that stand beneath them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from bot.core import text, views
from bot.core.actions import LONGEST_LABEL, Action, Choice, ChoiceOption, Offer
from bot.core.commands import Command
from bot.core.errors import NotYet, StudyError
from bot.core.i18n import mark, say, say_many
from bot.core.record import Record, replace
from bot.domain import when
from bot.domain.course import Lesson, Section, Shelf, Theme
from bot.domain.learner import LearnerState
from bot.domain.lookup import Near
from bot.features import commands, inputs, ways

NOBODY = LearnerState()
MOST_NEAR = 3
MOST_OPTIONS = 25
"""The narrowest platform's select."""


def other_theme() -> Action:
    return Action(say("Another theme"), commands.PickTheme())


def theme_card(theme: Theme, standing: LearnerState) -> views.ThemeCard:
    return views.ThemeCard(
        id=theme.id,
        emoji=theme.emoji,
        title=theme.title,
        line=theme.line,
        done=standing.done(theme),
        total=len(theme.lessons),
        followed=standing.follows_theme(theme),
    )


def suggestion_facts(theme: Theme, standing: LearnerState) -> tuple[views.Fact, ...]:
    """Who suggested the theme to the reader, until when, and whether they may leave it."""
    ids = {theme.id, *theme.aliases}
    facts: list[views.Fact] = []
    for each in (each for each in (*standing.follows, *standing.offered) if each.theme in ids):
        if each.suggested_by:
            facts.append(views.Fact(say("Suggested by"), (views.Someone(each.suggested_by),)))
        if each.by_date:
            facts.append(views.Fact(say("To be done by"), (when.say_date(each.by_date),)))
        if each.required:
            facts.append(views.Fact(say("Required"), (say("yes"),)))
    return tuple(facts[: views.MOST_FACTS])


def lesson_card(theme: Theme, lesson: Lesson, standing: LearnerState) -> views.LessonCard:
    done = standing.completion(theme, lesson)
    return views.LessonCard(
        theme=theme.id,
        id=lesson.id,
        number=lesson.number,
        title=lesson.title,
        summary=lesson.summary,
        done=done is not None,
        updated=done is not None and done.digest != lesson.digest,
    )


def lesson_page(
    theme: Theme, lesson: Lesson, standing: LearnerState = NOBODY, *, shared: bool = False
) -> views.LessonPage:
    """A lesson as it is read. Shared with a channel, it speaks of nobody's progress."""
    known = NOBODY if shared else standing
    done, after = known.completion(theme, lesson), theme.after(lesson)
    return views.LessonPage(
        emoji=theme.emoji,
        theme=theme.title,
        number=lesson.number,
        total=len(theme.lessons),
        title=lesson.title,
        summary=lesson.summary,
        minutes=lesson.minutes,
        sections=tuple(_section(lesson, section) for section in lesson.sections),
        sources=source_links(lesson),
        following=lesson_card(theme, after, known) if after else None,
        done_on=done.at if done else None,
        updated=done is not None and done.digest != lesson.digest,
        untranslated=_untranslated(inputs.language_name(theme.wanted), theme) if theme.lacks(lesson) else "",
        shared=shared,
        actions=lesson_offers(theme, lesson, known),
    )


def _untranslated(wanted: str, theme: Theme) -> str:
    return say(
        "This lesson is not translated to {wanted} yet; it is in {original}.",
        wanted=wanted,
        original=inputs.language_name(theme.language),
    )


def _section(lesson: Lesson, section: Section) -> views.LessonSection:
    drawn = lesson.diagram if lesson.diagram and lesson.diagram.after == section.label else None
    diagram = views.SectionDiagram(drawn.svg, drawn.alt) if drawn else None
    return views.LessonSection(section.label, section.text, diagram)


def source_links(lesson: Lesson) -> tuple[views.SourceLink, ...]:
    return tuple(views.SourceLink(source.title, source.url) for source in lesson.sources)


def lesson_offers(theme: Theme, lesson: Lesson, standing: LearnerState) -> tuple[Offer, ...]:
    after = theme.after(lesson)
    first = done_action(theme, lesson)
    if standing.completion(theme, lesson) and after:
        first = read_action(after, say("Next lesson"))
    elif standing.completion(theme, lesson):
        first = Action(say("What next?"), commands.Next(theme=theme.id))
    return (
        first,
        Action(say("Quiz me"), commands.Quiz(lesson=str(lesson.key))),
        Action(say("Save for later"), commands.Save(theme=theme.id, lesson=lesson.id)),
        Action(say("Report a mistake"), commands.ReportMistake(theme=theme.id, lesson=lesson.id)),
    )


def fullest_lesson_page(theme: Theme, lesson: Lesson) -> views.LessonPage:
    """A lesson with everything that may ever stand beneath it: what has to fit a message."""
    page = lesson_page(theme, lesson)
    if theme.translations:  # whoever reads in a language that only another theme has
        page = replace(page, untranslated=_untranslated("Português", theme))
    return replace(page, actions=(*page.actions, other_theme()))


def going_on_after(theme: Theme, lesson: Lesson, standing: LearnerState) -> Lesson | None:
    """What to read once a lesson is done: the first one open. While nothing is recorded it would be the same for ever,
    so then it is the one after the lesson in hand."""
    return theme.after(lesson) if standing.preferences.paused else standing.following(theme)


def done_action(theme: Theme, lesson: Lesson) -> Action:
    """The one button that records a completion, and says so."""
    label = say("Done – next") if theme.after(lesson) else say("Done – finish the theme")
    return Action(label, commands.Done(lesson=str(lesson.key)), primary=True)


def read_action(lesson: Lesson, label: str = "") -> Action:
    return Action(label or say("Read lesson {number}", number=lesson.number), open_lesson(lesson))


def ending_offers(theme: Theme, suggestion: Theme | None) -> tuple[Offer, ...]:
    """Where to go from the end of a theme."""
    opening = (
        (
            Action(
                text.shorten(say("Open {title}", title=suggestion.title), LONGEST_LABEL),
                commands.OpenTheme(name=suggestion.id),
            ),
        )
        if suggestion
        else ()
    )
    quiz = Action(say("Quiz me on this theme"), commands.Quiz(theme=theme.id))
    return (*opening, quiz, ways.all_themes())


def open_theme(theme: Theme) -> Command:
    return commands.OpenTheme(name=theme.id)


def open_lesson(lesson: Lesson) -> Command:
    return commands.OpenLesson(theme=lesson.theme, lesson=lesson.id)


def open_theme_choice(
    themes: Iterable[Theme],
    *,
    plain: bool,
    prompt: str = "",
    wish: Callable[[Theme], Command] = open_theme,
) -> Choice:
    """Themes to choose from; choosing one goes on with what was wished."""
    return Choice(
        prompt or say("Open a theme"),
        tuple(
            ChoiceOption(
                theme.title if plain else f"{theme.emoji} {theme.title}",
                wish(theme),
                text.shorten(theme.line, 100),
            )
            for theme in themes
        ),
    )


def open_lesson_choice(
    lessons: Iterable[Lesson], prompt: str = "", *, wish: Callable[[Lesson], Command] = open_lesson
) -> Choice:
    return Choice(
        prompt or say("Open a lesson"),
        tuple(
            ChoiceOption(
                text.shorten(f"{lesson.number}. {lesson.title}", 100),
                wish(lesson),
                text.shorten(lesson.summary, 100),
            )
            for lesson in lessons
        ),
    )


def theme_options(shelf: Shelf, chosen: object) -> dict[str, Sequence[tuple[str, str]]]:
    """The themes that a form offers; by name, where there are too many or what is chosen has left the shelf."""
    if len(shelf.themes) > MOST_OPTIONS or (chosen and shelf.theme(str(chosen)) is None):
        return {}
    return {"theme": tuple((each.id, text.shorten(f"{each.emoji} {each.title}", 100)) for each in shelf.themes)}


def no_theme(words: str, near: Near) -> StudyError:
    """Never a bare "not found": the closest matches, as buttons."""
    offers = [_named_theme(theme) for theme in near.themes]
    return StudyError(
        say("There is no theme called “{words}”.", words=text.shorten(words, 60)),
        _did_you_mean(offers),
        actions=[*offers, ways.all_themes()],
    )


def neither(words: str, themes: Near, lessons: Near) -> StudyError:
    """A word alone stands for a theme first of all, and may be a lesson as well."""
    offers = [*map(_named_lesson, lessons.lessons), *map(_named_theme, themes.themes)][:MOST_NEAR]
    said = say("There is no theme called “{words}” and no lesson either.", words=text.shorten(words, 60))
    return StudyError(said, _did_you_mean(offers), actions=[*offers, *search_action(words), ways.all_themes()])


def _named_theme(theme: Theme) -> Offer:
    return Action(text.shorten(theme.title, LONGEST_LABEL), commands.OpenTheme(name=theme.id))


def _named_lesson(lesson: Lesson) -> Offer:
    label = text.shorten(f"{lesson.number}. {lesson.title}", LONGEST_LABEL)
    return Action(label, commands.OpenLesson(theme=lesson.theme, lesson=lesson.id))


def choose_among(words: str, lessons: Iterable[Lesson]) -> StudyError:
    """A search was chosen where a single lesson is needed."""
    found = tuple(lessons)
    if not found:
        return no_lesson(words, Near())
    said = say_many(
        len(found),
        "{n} lesson speaks of “{words}”.",
        "{n} lessons speak of “{words}”.",
        words=text.shorten(words, 60),
    )
    return NotYet(said, say("Choose the one you mean."), actions=(open_lesson_choice(found), *search_action(words)))


def search_action(words: str) -> tuple[Action, ...]:
    label = text.shorten(say("Search the lessons for “{words}”", words=text.shorten(words, 40)), LONGEST_LABEL)
    return inputs.offered(label, commands.Find(words=words)) if words.strip() else ()


def no_lesson(words: str, near: Near) -> StudyError:
    offers = [_named_lesson(lesson) for lesson in near.lessons]
    message = say("There is no lesson called “{words}”.", words=text.shorten(words, 60))
    if near.themes and words.strip().isdigit():
        message = say_many(
            len(near.themes[0].lessons),
            "“{title}” has {n} lesson, none numbered {words}.",
            "“{title}” has {n} lessons, none numbered {words}.",
            title=near.themes[0].title,
            words=words,
        )
    search = () if words.strip().isdigit() else search_action(words)
    return StudyError(message, _did_you_mean(offers), actions=[*offers, *search, ways.all_themes()])


def empty_shelf() -> StudyError:
    return StudyError(say("There are no themes yet."), say("Whoever runs Dualo can add themes."))


class Wish(Record):
    """What was asked for without naming a theme: how it goes on once one is chosen, in words and as a command."""

    hint: str
    """A marked message."""
    command: Callable[[Theme], Command]


TO_OPEN = Wish(mark("Choose one to begin."), open_theme)


def no_choice_yet(shelf: Shelf, *, plain: bool, wish: Wish = TO_OPEN) -> StudyError:
    """Nothing followed, nothing begun, nothing named."""
    if not shelf.themes:
        return empty_shelf()
    choice = open_theme_choice(shelf.themes, plain=plain, prompt=say("Choose a theme"), wish=wish.command)
    return NotYet(say("You have not begun a theme yet."), say(wish.hint), actions=(choice,))


def _did_you_mean(offers: list[Offer]) -> str:
    return say("Did you mean one of these?") if offers else say("“All themes” lists everything there is.")
