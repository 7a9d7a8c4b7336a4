"""How far the learner is: by theme, by week, and the last completions, each with its undo."""

from __future__ import annotations

from bot.core import views
from bot.core.actions import Action, Offer
from bot.core.errors import NotYet
from bot.domain.course import Lesson, Theme
from bot.domain.learner import Completion, LearnerState
from bot.features import commands
from bot.features.learning import finding, pages, weeks
from bot.features.request import Request, handles
from bot.features.review import due

LAST = 5


@handles(commands.Progress)
async def progress(command: commands.Progress, request: Request) -> views.View:
    standing = await request.standing()
    if command.theme:
        themes = [await finding.theme(request, command.theme)]
    else:
        themes = [each for each in request.shelf.themes if standing.done(each) or standing.follows_theme(each)]
    done = [
        (theme, lesson, completion)
        for theme in themes
        for lesson in theme.lessons
        if (completion := standing.completion(theme, lesson))
    ]
    if not done and not themes:
        raise NotYet(
            "Nothing is recorded yet.",
            "Read a lesson and press “Done – next”; it shows here.",
            actions=(Action("All themes", commands.Themes()),),
        )
    reviews = None if command.public else await due.deck(request)
    moments = [completion.at for _, _, completion in done]
    return views.ProgressPage(
        themes=tuple(pages.theme_card(theme, standing) for theme in themes),
        weeks_kept=weeks.kept(moments, zone=request.zone),
        weeks=tuple(
            views.Week(each.start, each.lessons) for each in weeks.recent(moments, request.now, zone=request.zone)
        ),
        recent=() if command.public else _recent(done, standing),
        shared=command.public,
        reviews=reviews.left if reviews else 0,
        actions=() if reviews is None else (*due.way(reviews), *_offers(request, themes, standing)),
    )


def _recent(done: list[tuple[Theme, Lesson, Completion]], standing: LearnerState) -> tuple[views.RecentCompletion, ...]:
    newest = sorted(done, key=lambda each: each[2].at, reverse=True)[:LAST]
    return tuple(
        views.RecentCompletion(
            pages.lesson_card(theme, lesson, standing),
            theme.title,
            completion.at,
            commands.Undo(theme=theme.id, lesson=lesson.id),
        )
        for theme, lesson, completion in newest
    )


def _offers(request: Request, themes: list[Theme], standing: LearnerState) -> tuple[Offer, ...]:
    current = themes[0] if len(themes) == 1 else standing.current(request.shelf)
    following = standing.following(current) if current else None
    offers: list[Offer] = [pages.read_action(following, "Continue")] if following else []
    return (*offers, Action("All themes", commands.Themes()))
