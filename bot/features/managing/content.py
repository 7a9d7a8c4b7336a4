"""The lessons and what people say is wrong in them.

Content belongs to the operator and is shared by every workspace of an installation, but for themes that are for some of
them alone: of these, others are told nothing. From a chat it can be looked at; what the operator has put on disk can be
made live; nothing new comes in. Taking lessons away from people, and taking the files along, is for an installation
with one workspace alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core import actions, i18n, text, views
from bot.core.actions import Action, Offer
from bot.core.errors import NotAllowed, StudyError
from bot.core.i18n import mark, say, say_many
from bot.core.ports import Compared, Contents, Examined
from bot.domain import outbox
from bot.domain.course import Lesson
from bot.domain.learner import Seat
from bot.features import commands, paging, ways
from bot.features.commands import ContentVerb
from bot.features.learning import pages
from bot.features.request import Request, handles
from bot.store.cold import lessons, workspaces
from bot.store.cold.lessons import Mistake
from bot.store.outbox import entries, nudges

_CHANGED, _NEW, _VANISHED = mark("Changed: {n}"), mark("New: {n}"), mark("Vanished: {n}")
SHOWN = 5
"""Problems and lessons that are named; the rest are counted."""
LONGEST_NOTE = 400
LARGEST_FILE = 8 * 1024 * 1024
"""Bytes that every chat takes."""
HEARD = mark("Whoever sent it is told, if they can be written to, and finds your note in their own data.")
"""The same for every report: who sent it is not shown, and neither is anything about them."""


@handles(commands.Content)
async def content(command: commands.Content, request: Request) -> views.View:
    if command.action is ContentVerb.IMPORT:
        return _how_to_import()
    contents = _contents(request)
    match command.action:
        case ContentVerb.CHECK:
            return await _check(contents, request)
        case ContentVerb.DIFF:
            return _compared(await contents.compare(request.actor.workspace), apply=False)
        case ContentVerb.RELOAD:
            return _compared(await contents.compare(request.actor.workspace), apply=True)
        case ContentVerb.EXPORT:
            return await _export(contents, request)


def _contents(request: Request) -> Contents:
    if request.house.contents is None:
        raise StudyError(
            say("The lessons cannot be looked at from here."), say("“dualo content check” does it on the server.")
        )
    return request.house.contents


def _on_disk(found: Examined) -> str:
    return say(
        "On disk: {lessons} in {themes}, {errors}, {warnings}.",
        lessons=say_many(found.lessons, "{n} lesson", "{n} lessons"),
        themes=say_many(found.themes, "{n} theme", "{n} themes"),
        errors=say_many(found.errors, "{n} error", "{n} errors") if found.errors else say("no errors"),
        warnings=say_many(found.warnings, "{n} warning", "{n} warnings") if found.warnings else say("no warnings"),
    )


async def _check(contents: Contents, request: Request) -> views.View:
    found = await contents.check(request.actor.workspace)
    tone = views.Tone.SORRY if found.errors else views.Tone.DONE
    items = [views.Item(*_titled(each), tone=views.Tone.SORRY) for each in found.problems[:SHOWN]]
    rest = len(found.problems) - SHOWN
    more = say("{n} more: “dualo content check” lists all of them.", n=i18n.figure(rest)) if rest > 0 else ""
    there = (_on_disk(found), more, *found.sources)
    return views.Listing(
        say("Check of the lessons"),
        tuple(items) or (views.Item(say("Nothing is wrong"), tone=tone),),
        " ".join(filter(None, there)),
        (Action(say("Compare with what is taught"), commands.Content(action=ContentVerb.DIFF)), ways.hub()),
    )


def _titled(problem: str) -> tuple[str, tuple[views.Fact, ...], str]:
    """A problem as an item: where it stands, and what is wrong with the mend."""
    place, _, said = problem.partition(": ")
    return text.shorten(place, 80), (), text.shorten(said, LONGEST_NOTE)


def _compared(found: Compared, *, apply: bool) -> views.View:
    if found.same:
        return views.Notice(
            say("The lessons on disk are the ones that are taught."),
            " ".join(
                (
                    say_many(found.lessons, "{n} lesson, nothing to apply.", "{n} lessons, nothing to apply."),
                    *found.sources,
                )
            ),
            actions=(ways.hub(),),
        )
    kinds = ((_CHANGED, found.changed), (_NEW, found.new), (_VANISHED, found.vanished))
    items = [views.Item(say(name, n=i18n.figure(len(keys))), note=_some(keys)) for name, keys in kinds if keys]
    if found.errors:
        items.insert(
            0,
            views.Item(
                say("Errors: {n}", n=i18n.figure(len(found.errors))),
                note=_some(found.errors),
                tone=views.Tone.SORRY,
            ),
        )
    if found.elsewhere:
        note = say_many(
            found.elsewhere,
            "{n} thing to mend there first; “dualo content check” names them.",
            "{n} things to mend there first; “dualo content check” names them.",
        )
        items.insert(0, views.Item(say("Themes of other workspaces"), note=note, tone=views.Tone.SORRY))
    stuck = bool(found.errors or found.elsewhere)
    offers: list[Offer] = []
    if apply and not stuck and found.digest:
        offers.append(Action(say("Apply"), commands.ApplyContent(digest=found.digest)))
    elif not stuck:
        offers.append(Action(say("Apply…"), commands.Content(action=ContentVerb.RELOAD)))
    offers += [Action(say("Check"), commands.Content(action=ContentVerb.CHECK)), ways.hub()]
    return views.Listing(
        say("On disk against what is taught"), tuple(items), " ".join((_advice(found), *found.sources)), tuple(offers)
    )


def _advice(found: Compared) -> str:
    if found.errors or found.elsewhere:
        return say("With errors nothing of it is taught; the last good lessons stay.")
    if found.vanished:
        return say("People may have done what vanished. An alias in the lesson that took its place carries that on.")
    return say("Sound changes are taught by themselves within seconds; “Apply” does it now.")


def _some(names: Sequence[str]) -> str:
    shown = "; ".join(text.shorten(each, 120) for each in names[:SHOWN])
    rest = len(names) - SHOWN
    listed = text.shorten(shown, LONGEST_NOTE - 40)
    return say("{listed}; and {n} more", listed=listed, n=i18n.figure(rest)) if rest > 0 else listed


@handles(commands.ApplyContent)
async def apply_content(command: commands.ApplyContent, request: Request) -> views.View:
    contents = _contents(request)
    workspace = request.actor.workspace
    async with request.store.reading() as connection:
        alone = await workspaces.alone(connection, workspace)
    found = await contents.apply(command.digest, workspace, drop=alone)
    again = Action(say("Look again"), commands.Content(action=ContentVerb.RELOAD))
    if found is None:
        raise StudyError(say("The files have changed since you looked, so nothing was applied."), actions=(again,))
    if found.errors:
        raise StudyError(say("There are errors, so nothing was applied."), found.errors[0], actions=(again,))
    if found.elsewhere:
        raise StudyError(
            say("Themes of other workspaces stand in the way, so nothing was applied."),
            say("Whoever runs this server finds them with “dualo content check”."),
            actions=(again,),
        )
    if found.vanished and not alone:
        raise NotAllowed(
            say_many(
                len(found.vanished),
                "{n} lesson would vanish for others too, so nothing was applied.",
                "{n} lessons would vanish for others too, so nothing was applied.",
            ),
            say("Whoever runs this server can list them under “aliases”, or let them go with “dualo content drop”."),
        )
    changed, new, vanished = (len(each) for each in (found.changed, found.new, found.vanished))
    what = f"applied content: {changed} changed, {new} new, {vanished} vanished"
    async with request.store.transaction() as connection:
        await request.note(connection, "content", what)
    return views.Notice(
        say_many(found.lessons, "Applied: {n} lesson in all.", "Applied: {n} lessons in all."),
        say(
            "Applied content: {changed} changed, {new} new, {vanished} vanished.",
            changed=changed,
            new=new,
            vanished=vanished,
        ),
        tone=views.Tone.DONE,
        actions=(ways.all_themes(), ways.hub()),
    )


async def _export(contents: Contents, request: Request) -> views.View:
    async with request.store.reading() as connection:
        alone = await workspaces.alone(connection, request.actor.workspace)
    if not alone:
        raise NotAllowed(
            say("This server teaches several workspaces, so its files are not handed out in any of them."),
            say("Whoever runs it finds them in its content folder."),
        )
    packed = await contents.export(request.actor.workspace)
    if len(packed) > LARGEST_FILE:
        raise StudyError(
            say("The files are too large for a chat."), say("They are in the content folder on the server.")
        )
    async with request.store.transaction() as connection:
        await request.note(connection, "content", "took a copy of the lessons")
    return views.Download(
        text=say("Every theme with its files. Answers to the questions are in them."),
        name=f"dualo-content-{request.now:%Y-%m-%d}.zip",
        mime="application/zip",
        content=packed,
        actions=(ways.hub(),),
    )


def _how_to_import() -> views.View:
    return views.Notice(
        say("Lessons come in as files on the server, never through a chat."),
        say(
            "There, “dualo content import lessons.zip” checks an archive and puts it into the first folder of "
            "DUALO_CONTENT. Sound changes are taught within seconds; “/study-admin content” says what is different."
        ),
        actions=(Action(say("What is different"), commands.Content(action=ContentVerb.RELOAD)), ways.hub()),
    )


@handles(commands.Inbox)
async def inbox(command: commands.Inbox, request: Request) -> views.View:
    async with request.store.reading() as connection:
        number = await lessons.count_mistakes(connection, request.actor.workspace)
        found = await lessons.open_mistakes(
            connection, request.actor.workspace, skip=paging.begin(command.page), most=paging.ASKED
        )
    if not found:
        return views.Notice(
            say("Nothing is waiting in the inbox."),
            say("People report from beneath each lesson."),
            actions=(ways.hub(),),
        )
    return views.Listing(
        say("Inbox"),
        tuple(_report(each, request) for each in found[: views.MOST_ITEMS]),
        say_many(
            number,
            "{n} report of mistakes, oldest first. Who sent one is not shown.",
            "{n} reports of mistakes, oldest first. Who sent one is not shown.",
        ),
        (*paging.more(commands.Inbox(page=command.page + 1), there=len(found) > views.MOST_ITEMS), ways.hub()),
    )


def _report(each: Mistake, request: Request) -> views.Item:
    lesson = request.shelf.lesson(each.key.theme, each.key.lesson)
    facts = (
        views.Fact(say("Lesson"), (str(each.key),)),
        views.Fact(say("Reported"), (each.at,)),
        views.Fact(say("Since then"), (_since(each, lesson),)),
    )
    offers = [Action(say("Close…"), commands.CloseMistake(id=each.id))]
    if lesson:
        offers.append(pages.read_action(lesson, say("Open lesson")))
    title = f"{lesson.number}. {lesson.title}" if lesson else str(each.key)
    return views.Item(text.shorten(title, 80), facts, text.shorten(each.what, 300), actions=tuple(offers))


def _since(each: Mistake, lesson: Lesson | None) -> str:
    if lesson is None:
        return say("the lesson is not taught any more")
    if lesson.digest == each.digest:
        return say("the lesson is the same ({digest})", digest=each.digest)
    return say("the lesson has changed ({before} is now {after})", before=each.digest, after=lesson.digest)


@handles(commands.CloseMistake)
async def close_mistake(command: commands.CloseMistake, request: Request) -> views.View:
    found, workspace = await _waiting(command.id, request), request.actor.workspace
    if command.asks:
        form = actions.form(command, given={"id": found.id}, submit=say("Close it"))
        return views.FormPage(say("Close a report"), text.shorten(found.what, 900), form)
    async with request.store.transaction() as connection:
        reporter = await lessons.close_mistake(connection, workspace, found.id, note=command.note, at=request.now)
        if reporter:
            await _tell(connection, reporter, found, request)
            what = f"closed a report on {found.key}" + (f": {text.shorten(command.note, 200)}" if command.note else "")
            await request.note(connection, "inbox", what)
    if not reporter:
        raise _closed()
    return views.Notice(say("The report is closed."), say(HEARD), tone=views.Tone.DONE, actions=(_inbox(), ways.hub()))


async def _tell(connection: AsyncConnection, reporter: Seat, report: Mistake, request: Request) -> None:
    """Plan a message to whoever reported it, unless they closed it themselves or take no messages."""
    if request.front is None or reporter == request.seat:
        return
    address = request.front.direct(reporter.workspace, reporter.person)
    if not await nudges.is_closed(connection, reporter, address=address):
        await entries.plan(connection, [outbox.reply(reporter, report.id, address=address, now=request.now)])


async def _waiting(identity: str, request: Request) -> Mistake:
    async with request.store.reading() as connection:
        found = await lessons.find_mistake(connection, request.actor.workspace, identity)
    if found is None:
        raise _closed()
    return found


def _closed() -> StudyError:
    return StudyError(say("Somebody closed that report before, or it was erased."), actions=(_inbox(),))


def _inbox() -> Action:
    return Action(say("Inbox"), commands.Inbox())
