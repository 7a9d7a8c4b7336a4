"""Finding, saving for later, and saying what is wrong in a lesson."""

from __future__ import annotations

import secrets
from datetime import datetime

from bot.core import actions, text, views
from bot.core.actions import Action
from bot.core.errors import StudyError
from bot.core.i18n import say
from bot.domain.course import Key, Lesson
from bot.features import commands, ways
from bot.features.learning import finding, pages
from bot.features.request import Request, handles
from bot.store.cold import learners

OPEN_REPORTS = 20
"""Reports of one person that may wait for an answer at once."""


@handles(commands.Find)
async def find(command: commands.Find, request: Request) -> views.View:
    matches = request.index.search(command.words)
    if not matches:
        raise StudyError(
            say("No lesson mentions “{words}”.", words=text.shorten(command.words, 60)),
            say("Try fewer or other words."),
            actions=(ways.all_themes(),),
        )
    standing = await request.standing()
    hits = []
    for match in matches:
        owner = finding.theme_of(request, match.lesson)
        card = pages.lesson_card(owner, match.lesson, standing)
        hits.append(views.Hit(card, owner.title, match.section, match.excerpt))
    return views.SearchPage(
        words=text.shorten(command.words, 100),
        hits=tuple(hits),
        actions=(pages.open_lesson_choice(match.lesson for match in matches),),
    )


async def shelved(request: Request) -> list[tuple[Lesson, datetime]]:
    """What the learner saved and is on the shelf, newest first."""
    linked = (await request.standing()).linked
    async with request.store.reading() as connection:
        rows = await learners.saved(connection, request.seat, linked=linked)
    found: dict[Key, tuple[Lesson, datetime]] = {}
    for key, at in rows:
        if lesson := request.shelf.lesson(key.theme, key.lesson):
            found.setdefault(lesson.key, (lesson, at))
    return list(found.values())


@handles(commands.Saved)
async def saved(_: commands.Saved, request: Request) -> views.View:
    standing = await request.standing()
    items, lessons = [], []
    for found, at in await shelved(request):
        owner = finding.theme_of(request, found)
        items.append(views.SavedItem(pages.lesson_card(owner, found, standing), owner.title, at))
        lessons.append(found)
    if not items:
        return views.Notice(
            say("Nothing is saved yet."),
            say("Press “Save for later” beneath a lesson, and it waits here."),
            actions=(ways.all_themes(),),
        )
    return views.SavedList(tuple(items), actions=(pages.open_lesson_choice(lessons, say("Open a saved lesson")),))


@handles(commands.Save)
async def save(command: commands.Save, request: Request) -> views.View:
    _, found = finding.shelved(request, command.theme, command.lesson)
    if (await request.standing()).preferences.paused:
        raise StudyError(
            say("Recording is paused, so nothing can be saved."), say("“/privacy resume” switches it on again.")
        )
    async with request.store.transaction() as connection:
        fresh = await learners.save(connection, request.seat, found.key, request.now)
    return views.Notice(
        say("“{title}” is saved for later.", title=found.title)
        if fresh
        else say("“{title}” was saved already.", title=found.title),
        say("“/saved” lists what you saved."),
        tone=views.Tone.DONE,
        actions=(
            Action(say("Show what I saved"), commands.Saved()),
            Action(say("Take it off"), commands.Unsave(theme=found.theme, lesson=found.id)),
        ),
    )


@handles(commands.Unsave)
async def unsave(command: commands.Unsave, request: Request) -> views.View:
    owner, found = finding.shelved(request, command.theme, command.lesson)
    linked = (await request.standing()).linked
    async with request.store.transaction() as connection:
        await learners.unsave(connection, request.seat, finding.names(owner, found), linked=linked)
    return views.Notice(
        say("“{title}” is off your saved lessons.", title=found.title),
        tone=views.Tone.DONE,
        actions=(Action(say("Show what I saved"), commands.Saved()),),
    )


@handles(commands.ReportMistake)
async def report_mistake(command: commands.ReportMistake, request: Request) -> views.View:
    _, found = finding.shelved(request, command.theme, command.lesson)
    if command.asks:
        return views.FormPage(
            say("Report a mistake"),
            say("What is wrong in “{title}”? The people who run Dualo here read it.", title=found.title),
            actions.form(command, given={"theme": found.theme, "lesson": found.id}, submit=say("Send")),
        )
    async with request.store.transaction() as connection:
        if await learners.open_reports(connection, request.seat) >= OPEN_REPORTS:
            raise StudyError(
                say("{reports} of your reports still wait to be read.", reports=OPEN_REPORTS),
                say("Please try again later."),
            )
        await learners.report_mistake(
            connection,
            request.seat,
            found.key,
            identity=secrets.token_hex(6),
            digest=found.digest,
            what=command.what,
            at=request.now,
        )
    return views.Notice(
        say("Thank you. Your report is kept with the lesson as it is today."),
        tone=views.Tone.DONE,
        actions=(pages.read_action(found, say("Back to the lesson")),),
    )
