"""How far the learner is: by theme, by week, and the last completions, each with its undo."""

from __future__ import annotations

from bot.core import i18n, views
from bot.core.actions import Action, Offer
from bot.core.errors import NotYet
from bot.core.i18n import say
from bot.core.layout import weeks as drawn
from bot.domain.course import Lesson, Theme
from bot.domain.learner import Completion, LearnerState
from bot.features import commands, ways
from bot.features.account import visiting
from bot.features.learning import finding, pages, weeks
from bot.features.learning.weeks import Activity, Snoozed
from bot.features.request import Request, handles
from bot.features.review import due
from bot.store.cold import weeks as store

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
            say("Nothing is recorded yet."),
            say("Read a lesson and press “Done – next”; it shows here."),
            actions=(ways.all_themes(),),
        )
    reviews = None if command.public else await due.deck(request)
    weeks_done = await activity(request)
    return views.ProgressPage(
        themes=tuple(pages.theme_card(theme, standing) for theme in themes),
        weeks_kept=weeks.kept(weeks_done, zone=request.zone),
        weeks=weeks.recent(weeks_done, request.now, zone=request.zone),
        recent=() if command.public else _recent(done, standing),
        shared=command.public,
        reviews=reviews.left if reviews else 0,
        actions=() if reviews is None else (*due.way(reviews), *_offers(request, themes, standing)),
    )


async def activity(request: Request) -> Activity:
    """What the asker did, of every theme, also of those that are not taught any more: a week stays kept."""
    standing = await request.standing()
    async with request.store.reading() as connection:
        reviews = await store.reviews(connection, request.seat, linked=standing.linked)
        snoozes = await store.snoozes(connection, request.seat)
    lessons = [each.at for each in standing.completions.values()]
    return Activity(lessons, reviews, [Snoozed(first, until) for first, until in snoozes])


@handles(commands.KeepWeeks)
async def keep_weeks(_: commands.KeepWeeks, request: Request) -> views.View:
    """The picture as a file, for a chat that shows none, and to take along."""
    shown = weeks.recent(await activity(request), request.now, zone=request.zone)
    content = await request.draw(drawn.drawing(shown, i18n.spoken()))
    if content is None:
        raise NotYet(
            say("The picture cannot be drawn here just now."), say("The same is told in words by your progress.")
        )
    return views.Download(
        text=say("The weeks that you kept, as a picture."),
        name=f"dualo-weeks-{request.now:%Y-%m-%d}.png",
        mime="image/png",
        content=content,
        actions=(ways.progress(),),
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
    offers: list[Offer] = [pages.read_action(following, say("Continue"))] if following else []
    pictures = () if request.reader.plain else (Action(say("Weeks as a picture"), commands.KeepWeeks()),)
    return (
        *offers,
        Action(say("My team"), commands.OpenTeam()),
        *pictures,
        *visiting.offer(request),
        ways.all_themes(),
    )
