"""The lessons and what people say is wrong in them.

Content belongs to the operator and is shared by every workspace of an installation, but for themes that are for some of
them alone: of these, others are told nothing. From a chat it can be looked at; what the operator has put on disk can be
made live; nothing new comes in. Taking lessons away from people, and taking the files along, is for an installation
with one workspace alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core import actions, text, views
from bot.core.actions import Action, Offer
from bot.core.errors import NotAllowed, StudyError
from bot.core.i18n import mark, say
from bot.core.ports import Compared, Contents
from bot.domain import outbox
from bot.domain.course import Lesson
from bot.domain.learner import Seat
from bot.features import commands, paging, ways
from bot.features.commands import ContentVerb
from bot.features.learning import pages
from bot.features.request import Request, handles
from bot.store.cold import audits, lessons, workspaces
from bot.store.cold.lessons import Mistake
from bot.store.outbox import entries, nudges

SHOWN = 5
"""Problems and lessons that are named; the rest are counted."""
LONGEST_NOTE = 400
LARGEST_FILE = 8 * 1024 * 1024
"""Bytes that every chat takes."""
INBOX = Action(mark("Inbox"), commands.Inbox())
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


async def _check(contents: Contents, request: Request) -> views.View:
    found = await contents.check(request.actor.workspace)
    tone = views.Tone.SORRY if found.errors else views.Tone.DONE
    items = [views.Item(*_titled(each), tone=views.Tone.SORRY) for each in found.problems[:SHOWN]]
    rest = len(found.problems) - SHOWN
    more = say(" {rest} more: “dualo content check” lists all of them.", rest=i18n.figure(rest)) if rest > 0 else ""
    return views.Listing(
        say("Check of the lessons"),
        tuple(items) or (views.Item(say("Nothing is wrong"), tone=tone),),
        " ".join((say("On disk: {summary}.{more}", summary=found.summary, more=more), *found.sources)),
        (Action(say("Compare with what is taught"), commands.Content(action=ContentVerb.DIFF)), ways.HUB),
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
                (say("{lessons}, nothing to apply.", lessons=text.count(found.lessons, "lesson")), *found.sources)
            ),
            actions=(ways.HUB,),
        )
    kinds = {"Changed": found.changed, "New": found.new, "Vanished": found.vanished}
    items = [views.Item(f"{name}: {len(keys):,}", note=_some(keys)) for name, keys in kinds.items() if keys]
    if found.errors:
        items.insert(
            0,
            views.Item(
                say("Errors: {errors}", errors=i18n.figure(len(found.errors))),
                note=_some(found.errors),
                tone=views.Tone.SORRY,
            ),
        )
    if found.elsewhere:
        note = say(
            "{elsewhere} to mend there first; “dualo content check” names them.",
            elsewhere=text.count(found.elsewhere, "thing"),
        )
        items.insert(0, views.Item(say("Themes of other workspaces"), note=note, tone=views.Tone.SORRY))
    stuck = bool(found.errors or found.elsewhere)
    offers: list[Offer] = []
    if apply and not stuck and found.digest:
        offers.append(Action(say("Apply"), commands.ApplyContent(digest=found.digest)))
    elif not stuck:
        offers.append(Action(say("Apply…"), commands.Content(action=ContentVerb.RELOAD)))
    offers += [Action(say("Check"), commands.Content(action=ContentVerb.CHECK)), ways.HUB]
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
    return text.shorten(shown, LONGEST_NOTE - 40) + (
        say("; and {rest} more", rest=i18n.figure(rest)) if rest > 0 else ""
    )


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
            say(
                "{vanished} would vanish for others too, so nothing was applied.",
                vanished=text.count(len(found.vanished), "lesson"),
            ),
            say("Whoever runs this server can list them under “aliases”, or let them go with “dualo content drop”."),
        )
    what = say(
        "applied content: {changed} changed, {new} new, {vanished} vanished",
        changed=len(found.changed),
        new=len(found.new),
        vanished=len(found.vanished),
    )
    async with request.store.transaction() as connection:
        await audits.note(connection, workspace, audits.AuditEntry(request.now, request.actor.person, "content", what))
    return views.Notice(
        say("Applied: {lessons} in all.", lessons=text.count(found.lessons, "lesson")),
        what.capitalize() + ".",
        tone=views.Tone.DONE,
        actions=(Action(say("All themes"), commands.Themes()), ways.HUB),
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
    line = audits.AuditEntry(request.now, request.actor.person, "content", say("took a copy of the lessons"))
    async with request.store.transaction() as connection:
        await audits.note(connection, request.actor.workspace, line)
    return views.Download(
        text=say("Every theme with its files. Answers to the questions are in them."),
        name=say("dualo-content-{now}.zip", now=format(request.now, "%Y-%m-%d")),
        mime="application/zip",
        content=packed,
        actions=(ways.HUB,),
    )


def _how_to_import() -> views.View:
    return views.Notice(
        say("Lessons come in as files on the server, never through a chat."),
        say(
            "There, “dualo content import lessons.zip” checks an archive and puts it into the first folder of "
            "DUALO_CONTENT. Sound changes are taught within seconds; “/study-admin content” says what is different."
        ),
        actions=(Action(say("What is different"), commands.Content(action=ContentVerb.RELOAD)), ways.HUB),
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
            say("Nothing is waiting in the inbox."), say("People report from beneath each lesson."), actions=(ways.HUB,)
        )
    return views.Listing(
        say("Inbox"),
        tuple(_report(each, request) for each in found[: views.MOST_ITEMS]),
        say("{number} of mistakes, oldest first. Who sent one is not shown.", number=text.count(number, "report")),
        (*paging.more(commands.Inbox(page=command.page + 1), there=len(found) > views.MOST_ITEMS), ways.HUB),
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
    same = say("the lesson is the same ({digest})", digest=each.digest)
    return (
        same
        if lesson.digest == each.digest
        else say("the lesson has changed ({digest} is now {digest2})", digest=each.digest, digest2=lesson.digest)
    )


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
            what = say("closed a report on {key}", key=found.key) + (
                f": {text.shorten(command.note, 200)}" if command.note else ""
            )
            line = audits.AuditEntry(request.now, request.actor.person, "inbox", what)
            await audits.note(connection, workspace, line)
    if not reporter:
        raise _closed()
    return views.Notice(say("The report is closed."), HEARD, tone=views.Tone.DONE, actions=(INBOX, ways.HUB))


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
    return StudyError(say("Somebody closed that report before, or it was erased."), actions=(INBOX,))
