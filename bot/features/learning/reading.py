"""Reading: the catalogue, a theme, a lesson, what is next, what is done. Nothing is recorded by looking."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.core import views
from bot.core.actions import Action, Offer
from bot.core.errors import StoreUnavailable, StudyError
from bot.core.i18n import mark, say, say_many
from bot.core.record import replace
from bot.domain import lookup
from bot.domain.course import Key, Lesson, Theme
from bot.domain.learner import LearnerState
from bot.domain.lookup import Near
from bot.domain.outbox import DeliveryKind
from bot.features import commands, ways
from bot.features.account import visiting
from bot.features.commands import PickedFor
from bot.features.learning import finding, pages, saved
from bot.features.request import Request, handles
from bot.features.review import due
from bot.features.schedules import overview
from bot.features.team import certificates
from bot.store.cold import assignments, consents, learners, lessons
from bot.store.hot.operations import Bookmark, Complete, TakeBack
from bot.store.outbox import nudges

BY_LEARNER = "learner"
"""How a completion came to be: the learner said so."""
MOST_SUGGESTED = 3
"""Themes that rules offer on Home."""
TO_READ = pages.Wish(mark("Choose one, then the lesson to read."), lambda theme: commands.PickLesson(theme=theme.id))
TO_RECORD = pages.Wish(
    mark("Choose the theme of the lesson that you have done."),
    lambda theme: commands.PickLesson(theme=theme.id, purpose=PickedFor.RECORDING),
)
REMEMBERED = timedelta(hours=1)
"""So long, and on that date, a lesson that is opened again is not written down again."""


@handles(commands.Home)
async def home(_: commands.Home, request: Request) -> views.View:
    standing = await request.standing()
    shelf = request.shelf
    begun = standing.current(shelf)
    current = await finding.going_on(request) if shelf.themes else None
    following = standing.following(current) if current else None
    coming = await overview.soonest(request)
    reviews = await due.deck(request)
    offers: list[Offer] = []
    if following:
        offers.append(
            pages.read_action(following, say("Continue") if standing.completions else say("Read the first lesson"))
        )
    offers += due.offer(reviews)
    if coming is None and await overview.lacking(request):
        offers.append(Action(say("Set up a weekly lesson"), commands.Setup()))
    if reports := await _reports(request):
        offers.append(Action(say_many(reports, "Inbox: {n} report", "Inbox: {n} reports"), commands.Inbox()))
    offers += [ways.all_themes(), ways.progress()]
    offers += [Action(say("Saved"), commands.Saved()), Action(say("Settings"), commands.OpenSettings())]
    offers += [*visiting.offer(request), Action(say("Help"), commands.Help())]
    return views.HomePage(
        greeting=_greeting(standing, begun),
        current=pages.theme_card(current, standing) if current else None,
        following=pages.lesson_card(current, following, standing) if current and following else None,
        followed=tuple(pages.theme_card(theme, standing) for theme in standing.followed(shelf)),
        suggested=tuple(
            views.SuggestedTheme(pages.theme_card(theme, standing), commands.FollowTheme(theme=theme.id))
            for theme in standing.suggested(shelf)[:MOST_SUGGESTED]
        ),
        saved=len(await saved.shelved(request)),
        coming=coming,
        reviews=reviews.left,
        actions=tuple(offers),
    )


async def _reports(request: Request) -> int:
    """Mistakes that wait for those who run a workspace; only for them is the database asked."""
    if request.actor.private or not await request.is_shown_managing():
        return 0
    async with request.store.reading() as connection:
        return await lessons.count_mistakes(connection, request.actor.workspace)


def _greeting(standing: LearnerState, current: Theme | None) -> str:
    if standing.completions:
        return say("Welcome back. Go on where you were.")
    if current:
        return say("You have begun. Mark a lesson done when you have read it, and the next one follows.")
    return say(
        "Short lessons with sources and questions, a few minutes each. Read one, mark it done, see what is next."
    )


@handles(commands.Themes)
async def themes(_: commands.Themes, request: Request) -> views.View:
    if not request.shelf.themes:
        raise pages.empty_shelf()
    standing = await request.standing()
    wanted = standing.preferences.language
    ordered = sorted(request.shelf.themes, key=lambda theme: bool(wanted) and not theme.is_in(wanted))
    return views.Catalogue(
        themes=tuple(pages.theme_card(theme, standing) for theme in ordered),
        actions=(pages.open_theme_choice(ordered, plain=request.reader.plain),),
    )


@handles(commands.OpenTheme)
async def theme(command: commands.OpenTheme, request: Request) -> views.View:
    return theme_page(await finding.theme(request, command.name), await request.standing())


def theme_page(found: Theme, standing: LearnerState) -> views.ThemePage:
    following = standing.following(found)
    follows = standing.follows_theme(found)
    offers: list[Offer] = []
    if following:
        offers.append(
            pages.read_action(following, say("Continue") if standing.done(found) else say("Read the first lesson"))
        )
    else:
        offers.append(Action(say("Quiz me"), commands.Quiz(theme=found.id)))
    if follows:
        offers.append(Action(say("Stop following"), commands.UnfollowTheme(theme=found.id)))
    else:
        offers.append(Action(say("Follow this theme"), commands.FollowTheme(theme=found.id), primary=True))
    return views.ThemePage(
        card=pages.theme_card(found, standing),
        description=found.description,
        lessons=tuple(pages.lesson_card(found, each, standing) for each in found.lessons),
        facts=pages.suggestion_facts(found, standing),
        actions=(*offers, pages.open_lesson_choice(found.lessons)),
    )


@handles(commands.OpenLesson)
async def lesson(command: commands.OpenLesson, request: Request) -> views.View:
    if search := lookup.wanted_search(f"{command.theme} {command.lesson}".strip()) or lookup.wanted_search(
        command.lesson
    ):
        return await saved.find(commands.Find(words=search), request)
    found = await finding.lesson(request, command.theme, command.lesson, wish=TO_READ)
    return await _read(request, found, shared=command.share)


@handles(commands.PickLesson)
async def pick_lesson(command: commands.PickLesson, request: Request) -> views.View:
    """The lessons of a theme, to be read or to be recorded, whichever was wished."""
    found = _on_shelf(request, command.theme)
    if command.purpose is PickedFor.READING:
        choice = pages.open_lesson_choice(found.lessons, say("Choose a lesson"))
        return views.Notice(say("Which lesson of “{title}” do you want to read?", title=found.title), actions=(choice,))
    choice = pages.open_lesson_choice(
        found.lessons, say("Choose the lesson you have done"), wish=lambda lesson: commands.Done(lesson=str(lesson.key))
    )
    return views.Notice(
        say("Which lesson of “{title}” have you done?", title=found.title),
        say("It is recorded as done."),
        actions=(choice,),
    )


async def _read(request: Request, found: Lesson, *, shared: bool = False) -> views.LessonPage:
    """Show a lesson and remember which one was open, which is no progress."""
    owner = finding.theme_of(request, found)
    if shared:
        return pages.lesson_page(owner, found, shared=True)
    standing = await request.standing()
    known = standing.bookmark == found.key and standing.touched(request.shelf) is found
    if not standing.preferences.paused and (not known or _faded(standing.bookmark_at, request)):
        await _bookmark(request, found.key)
    return pages.lesson_page(owner, found, standing)


def _faded(opened: datetime | None, request: Request) -> bool:
    """Whether opening it once more is news: it answers a reminder, and none comes on the date of the last answer."""
    if opened is None or request.now - opened > REMEMBERED:
        return True
    return opened.astimezone(request.zone).date() != request.now.astimezone(request.zone).date()


async def _bookmark(request: Request, key: Key) -> None:
    """A database that takes no writes must not keep anybody from reading."""
    try:
        await request.store.write(Bookmark(request.seat, key, request.now))
    except StoreUnavailable:
        return


@handles(commands.Next)
async def next_lesson(command: commands.Next, request: Request) -> views.View:
    """Always a lesson, or the end of its theme; what else there is stands beneath it."""
    found = await finding.theme(request, command.theme) if command.theme else await finding.going_on(request)
    standing = await request.standing()
    following = standing.following(found)
    if following is None:
        return await _ending(request, found, standing)
    page = await _read(request, following)
    others = len(request.shelf.themes) > 1
    return replace(page, actions=(*page.actions, pages.other_theme())) if others else page


@handles(commands.PickTheme)
async def pick_theme(_: commands.PickTheme, request: Request) -> views.View:
    """Themes to go on with: what was begun first, what is finished last."""
    standing = await request.standing()
    going = await finding.going_on(request)
    ordered = sorted(
        (theme for theme in request.shelf.themes if theme.id != going.id),
        key=lambda theme: (
            not standing.following(theme),
            not standing.follows_theme(theme),
            not standing.done(theme),
        ),
    )
    choice = pages.open_theme_choice(
        ordered or request.shelf.themes,
        plain=request.reader.plain,
        prompt=say("Choose a theme"),
        wish=lambda theme: commands.Next(theme=theme.id),
    )
    return views.Notice(
        say("Which theme do you want to go on with?"),
        say(
            "Its next lesson opens. “/next” without a name brings “{title}” as long as you follow it.",
            title=going.title,
        )
        if standing.follows_theme(going)
        else say("Its next lesson opens, and “/next” goes on there."),
        actions=(choice, ways.all_themes()),
    )


async def _ending(request: Request, found: Theme, standing: LearnerState) -> views.Ending:
    """What was done, what is due for review, and which theme could follow."""
    others = [other for other in request.shelf.themes if other.id != found.id and standing.following(other)]
    begun = [other for other in others if standing.follows_theme(other) or standing.done(other)]
    suggestion = next(iter(begun or others), None)
    reviews = await due.deck(request)
    return views.Ending(
        theme=pages.theme_card(found, standing),
        suggestion=pages.theme_card(suggestion, standing) if suggestion else None,
        actions=(
            *await certificates.offer(found, standing, request),
            *due.way(reviews),
            *pages.ending_offers(found, suggestion),
        ),
        reviews=reviews.left,
    )


@handles(commands.Done)
async def done(command: commands.Done, request: Request) -> views.View:
    found = await finding.lesson(request, "", command.lesson, wish=TO_RECORD)
    owner = finding.theme_of(request, found)
    fresh = await _complete(request, owner, found)
    standing = await request.standing()
    kept = not standing.preferences.paused
    following = pages.going_on_after(owner, found, standing)
    offers: list[Offer] = [*due.offer(await due.deck(request))]
    if following:
        offers.append(pages.read_action(following))
    elif kept:
        offers.append(Action(say("What could follow"), commands.Next(theme=owner.id)))
    else:
        offers.append(ways.all_themes())
    quiz = commands.Quiz(lesson=str(found.key))
    offers.append(Action(say("Quiz me on lesson {number}", number=found.number), quiz))
    if kept and fresh:
        offers.append(Action(say("Undo"), commands.Undo(theme=owner.id, lesson=found.id)))
    return views.Recorded(
        theme=pages.theme_card(owner, standing),
        lesson=pages.lesson_card(owner, found, standing),
        again=kept and not fresh,
        kept=kept,
        following=pages.lesson_card(owner, following, standing) if following else None,
        actions=tuple(offers),
    )


async def _complete(request: Request, owner: Theme, found: Lesson) -> bool:
    """Record it once; a lesson done under a name it had before is done. Its theme is begun with that. One that was done
    on the other side of a link is recorded here as well, and is no news."""
    standing = await request.standing()
    known = standing.completion(owner, found) if standing.brought else None
    if (owner.aliases or found.aliases) and standing.completion(owner, found) and not known:
        await _bookmark(request, found.key)
        request.forget()
        return False
    completion = Complete(
        request.seat,
        found.key,
        request.now,
        digest=found.digest,
        how=BY_LEARNER,
        begins=standing.bookmark != found.key,
    )
    return (await request.write(completion)).changed and not known


@handles(commands.Undo)
async def undo(command: commands.Undo, request: Request) -> views.View:
    owner, found = finding.shelved(request, command.theme, command.lesson)
    standing = await request.standing()
    taken = await request.write(
        TakeBack(request.seat, finding.names(owner, found), standing.linked, carried=standing.brought)
    )
    progress = say(
        "{done} / {total} of “{title}” done.",
        done=(await request.standing()).done(owner),
        total=len(owner.lessons),
        title=owner.title,
    )
    message = (
        say("“{title}” is open again.", title=found.title)
        if taken.changed
        else say("“{title}” was not marked done.", title=found.title)
    )
    return views.Notice(
        message,
        progress,
        tone=views.Tone.DONE if taken.changed else views.Tone.INFO,
        actions=(pages.read_action(found, say("Read it")), ways.progress()),
    )


@handles(commands.FollowTheme)
async def follow(command: commands.FollowTheme, request: Request) -> views.View:
    found = _on_shelf(request, command.theme)
    if (await request.standing()).preferences.paused:
        raise StudyError(
            say("Recording is paused, so following a theme cannot be kept."),
            say("You can read everything all the same."),
            actions=(ways.record_again(),),
        )
    ids = {found.id, *found.aliases}
    offered = [each for each in request.offered if each.theme in ids]
    async with request.store.transaction() as connection:
        await learners.follow(connection, request.seat, found.id, request.now)
        await assignments.accept(connection, request.seat, offered, request.now)
        await consents.alive(connection, request.seat, request.now)
        await nudges.rearm(connection, request.seat, DeliveryKind.NUDGE, now=request.now)
    request.forget()
    request.decided = bool(offered)
    standing = await request.standing()
    following = standing.following(found)
    offers: list[Offer] = [pages.read_action(following, say("Read the next lesson"))] if following else []
    return views.Notice(
        say("You follow “{title}”.", title=found.title),
        say("/next brings its next lesson from now on."),
        tone=views.Tone.DONE,
        actions=(*offers, Action(say("Stop following"), commands.UnfollowTheme(theme=found.id))),
    )


@handles(commands.UnfollowTheme)
async def unfollow(command: commands.UnfollowTheme, request: Request) -> views.View:
    found = _on_shelf(request, command.theme)
    standing = await request.standing()
    ids = {found.id, *found.aliases}
    if any(each.required and each.theme in ids for each in standing.follows):
        raise StudyError(
            say("“{title}” is required here, so it stays among the themes you follow.", title=found.title),
            say("Whoever suggested it can take that off. Reminders are yours to switch off all the same."),
            actions=(Action(say("Open the theme"), commands.OpenTheme(name=found.id)),),
        )
    async with request.store.transaction() as connection:
        gone = await learners.unfollow(connection, request.seat, (found.id, *found.aliases))
    request.forget()
    return views.Notice(
        say("You no longer follow “{title}”.", title=found.title)
        if gone
        else say("You did not follow “{title}”.", title=found.title),
        say("What you have done stays recorded."),
        tone=views.Tone.DONE,
        actions=(ways.all_themes(),),
    )


def _on_shelf(request: Request, theme_id: str) -> Theme:
    found = request.shelf.theme(theme_id)
    if found is None:
        raise pages.no_theme(theme_id, Near(themes=request.shelf.themes[:3]))
    return found
