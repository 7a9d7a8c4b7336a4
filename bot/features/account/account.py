"""What a learner decides about themselves: settings, and the data that is kept on them."""

from __future__ import annotations

import json

from bot.core import actions, text, views
from bot.core.actions import Action
from bot.core.errors import StudyError
from bot.core.i18n import mark, say
from bot.core.record import replace
from bot.domain import when
from bot.domain.learner import LearnerState
from bot.domain.memory import Deck
from bot.domain.outbox import DeliveryKind, platform_of
from bot.features import commands, inputs
from bot.features.commands import PrivacyVerb
from bot.features.reminders import form, reminders
from bot.features.request import Request, handles
from bot.features.review import due, exports
from bot.features.team import team
from bot.store.cold import boards, learners, memories, privacy
from bot.store.outbox import nudges

PROMISE = mark("All of it lies in this installation's own database and goes nowhere else.")
NAMED = mark("Reports to those who run this workspace may name you and the lessons you did.")
LINKED = mark(
    "You are linked with your side on {0}: what you learn counts on both, and each keeps its own rows. What stands "
    "there is shown, taken and erased there; nobody who runs one workspace sees anything of the other."
)
ERASES_LINK = mark(
    " Your link with {0} ends, and what you learned there no longer counts here; it stays there. To keep what you "
    "learned while linked on both sides, unlink first."
)
LISTED = mark(
    "You are on the board: others here see your weeks kept on /team, until you leave it there or in /settings."
)
WORD = "erase"
ROWS = {
    "learner": mark("Your settings, and the lesson last opened"),
    "follow": mark("Themes you follow"),
    "consent": mark("What you agreed to about reminders"),
    "assigned": mark("Suggestions that reached you"),
    "completion": mark("Lessons done"),
    "removed": mark("Lessons done that somebody who manages took back"),
    "saved": mark("Lessons saved for later"),
    "quiz": mark("Quizzes begun"),
    "answer": mark("Answers given"),
    "memory": mark("Questions you remember, and when each comes again"),
    "review": mark("Answers that counted as reviews"),
    "review_plan": mark("What you decided on reviews"),
    "snooze": mark("Times of rest you asked for"),
    "board": mark("That you said yes to the board"),
    "certificate": mark("Certificates made out to you"),
    "mistake": mark("Mistakes reported"),
    "assignment": mark("Themes suggested to you by name"),
    "link": mark("A link to your side in another chat"),
    "link_code": mark("A code that you asked for, to link another chat"),
    "link_guess": mark("Codes typed that were none"),
    "joint": mark("Questions that you remember from both chats"),
    "carried": mark("Lessons done in another chat while you were linked"),
    "carried_review": mark("Reviews answered in another chat while you were linked"),
    "visit": mark("Links to your own page, and browsers in which it is open"),
    "nudge": mark("When you are reminded next"),
    "delivery": mark("Messages planned and sent to you"),
    "audit": mark("Lines of the audit that name you (they stay, without your name)"),
}
OWN_ROWS = {
    "workspace": mark("How your own space is set up"),
    "schedule": mark("Weekly posts to yourself"),
    "alert": mark("What has to be mended in your own space"),
    "lane": mark("How fast you were written to"),
}
"""In direct messages on Discord, besides."""


@handles(commands.OpenSettings)
async def settings(_: commands.OpenSettings, request: Request) -> views.View:
    standing = await request.standing()
    chosen = standing.preferences
    zone = request.reader.timezone
    local = request.now.astimezone(request.zone).strftime("%H:%M")
    look = await reminders.look_at(request)
    listed = await team.is_listed(request)
    reviews = await due.deck(request)
    waits = reviews.plan.frozen(reviews.today)
    linked = (
        say("your side on {platform_of}; /link unlink splits them", platform_of=platform_of(standing.linked))
        if standing.linked
        else ""
    )
    return views.SettingsPage(
        title=say("Your settings"),
        values=(
            views.Pair(
                say("Timezone"),
                say(
                    "{zone}, where it is {local}{value}",
                    zone=zone,
                    local=local,
                    value="" if chosen.timezone else " (not chosen by you)",
                ),
            ),
            views.Pair(say("Language of lessons"), inputs.LANGUAGES.get(chosen.language, chosen.language) or "any"),
            views.Pair(say("Reviews"), _reviews(reviews)),
            *(
                []
                if listed is None
                else [views.Pair(say("Board of /team"), say("you are {value}on it", value="" if listed else "not "))]
            ),
            views.Pair(say("Plain mode"), "on" if chosen.plain else "off"),
            views.Pair(say("Recording"), "paused" if chosen.paused else "on"),
            *((views.Pair(say("Linked with"), linked),) if linked else ()),
            *(views.Pair(name, value) for name, value in reminders.summary(look, request)),
        ),
        contract=form.CONTRACT,
        actions=(
            *reminders.offers(look, request, rests=waits),
            Action(say("Change the rest"), commands.EditSettings()),
            *((team.LEAVE,) if listed else ()),
            Action(say("My data"), commands.Privacy()),
            *_linking(request, linked=bool(linked)),
        ),
    )


def _reviews(found: Deck) -> str:
    often = say("up to {cap} a day", cap=text.count(found.plan.cap, "question"))
    if found.plan.frozen(found.today) and found.plan.frozen_until:
        return say(
            "{often}, from {frozen_until} on; until then they wait",
            often=often,
            frozen_until=when.say_date(found.plan.frozen_until),
        )
    return often


def _linking(request: Request, *, linked: bool) -> tuple[Action, ...]:
    if linked:
        return (Action(say("My other chat"), commands.Link()),)
    return (Action(say("Link another chat"), commands.Link()),) if request.house.links else ()


@handles(commands.EditSettings)
async def edit_settings(command: commands.EditSettings, request: Request) -> views.View:
    return await _form(command, request) if command.asks else await _save(command, request)


async def _form(command: commands.EditSettings, request: Request) -> views.View:
    standing = await request.standing()
    chosen = standing.preferences
    listed = await team.is_listed(request)
    form = actions.form(
        command,
        {
            "board": listed,
            "timezone": chosen.timezone,
            "language": chosen.language,
            "plain": chosen.plain,
            "reviews": (await due.deck(request)).plan.cap,
        },
        options={"language": inputs.languages(request.shelf, chosen.language)},
        hints={"timezone": _zone_hint(request, standing)},
        without=("board",) if listed is None else (),
    )
    return views.FormPage(say("Your settings"), say("Reminders have a form of their own."), form)


def _zone_hint(request: Request, standing: LearnerState) -> str:
    """Which zone stays if nothing is said, and by which word another takes its place."""
    chosen = standing.preferences.timezone
    otherwise = request.actor.timezone or standing.workspace_timezone or request.server_timezone
    if not chosen:
        return say("Like Europe/Paris. Empty: it stays {otherwise}.", otherwise=otherwise)
    return say("Empty: it stays {chosen}. “default”: {otherwise}.", chosen=chosen, otherwise=otherwise)


async def _save(command: commands.EditSettings, request: Request) -> views.View:
    standing = await request.standing()
    zone = inputs.kept_zone(
        command.timezone, standing.preferences.timezone, again=lambda name: replace(command, timezone=name)
    )
    language = inputs.language(request.shelf, command.language)
    listed = await team.is_listed(request)
    chosen = replace(standing.preferences, timezone=zone, language=language, plain=command.plain)
    async with request.store.transaction() as connection:
        await learners.set_preferences(connection, request.seat, chosen, request.now)
        if listed and not command.board:
            await boards.leave(connection, request.seat)
        if listed is False and command.board:
            await boards.join(connection, request.seat, request.now)
        if command.reviews != (await memories.plan_of(connection, request.seat)).cap:
            await memories.set_cap(connection, request.seat, command.reviews)
        if zone != standing.preferences.timezone:
            await nudges.rearm(connection, request.seat, DeliveryKind.NUDGE, now=request.now)
    request.forget()
    return await settings(commands.OpenSettings(), request)


@handles(commands.Privacy)
async def privacy_page(command: commands.Privacy, request: Request) -> views.View:
    match command.action:
        case PrivacyVerb.SHOW:
            return await _show(request)
        case PrivacyVerb.EXPORT:
            return await _export(request)
        case PrivacyVerb.REVIEWS:
            return await exports.reviews(request)
        case PrivacyVerb.CARDS:
            return await exports.cards(request)
        case PrivacyVerb.DELETE:
            return await _before_erasing(request)
        case PrivacyVerb.PAUSE | PrivacyVerb.RESUME:
            return await _record(request, paused=command.action is PrivacyVerb.PAUSE)


async def _rows(request: Request) -> tuple[views.Pair, ...]:
    async with request.store.reading() as connection:
        counted = await privacy.counts(connection, request.seat)
    return tuple(views.Pair((ROWS | OWN_ROWS).get(each.table, each.table), f"{each.rows:,}") for each in counted)


async def _show(request: Request) -> views.View:
    paused = (await request.standing()).preferences.paused
    pause = (
        Action(say("Record again"), commands.Privacy(action=PrivacyVerb.RESUME))
        if paused
        else Action(say("Pause recording"), commands.Privacy(action=PrivacyVerb.PAUSE))
    )
    return views.PrivacyPage(
        rows=tuple(row for row in await _rows(request) if row.value != "0"),
        paused=paused,
        promise=" ".join((PROMISE, *await _caveats(request))),
        actions=(
            Action(say("Take it with me"), commands.Privacy(action=PrivacyVerb.EXPORT)),
            pause,
            Action(say("Erase all of it"), commands.Privacy(action=PrivacyVerb.DELETE)),
        ),
    )


async def _caveats(request: Request) -> tuple[str, ...]:
    """Who else may read of them, by name; and what becomes of it if they stay away."""
    chosen = await request.workspace()
    told = [NAMED] if chosen.personal else []
    if await team.is_listed(request):
        told.append(LISTED)
    if linked := (await request.standing()).linked:
        told.append(LINKED.format(platform_of(linked)))
    if chosen.away_days:
        told.append(
            say("If you do nothing here for {away_days} days, what you learned is erased.", away_days=chosen.away_days)
        )
    return tuple(told)


async def _export(request: Request) -> views.View:
    linked = (await request.standing()).linked
    async with request.store.reading() as connection:
        rows = await privacy.export(connection, request.seat)
    document = {"product": say("Dualo"), "exported_at": request.now.isoformat(timespec="seconds"), "rows": rows}
    return views.Download(
        text=say("Everything that is kept on you, for you alone.")
        + (say(" What you did on {platform_of} is exported there.", platform_of=platform_of(linked)) if linked else ""),
        name=say("dualo-my-data-{now}.json", now=format(request.now, "%Y-%m-%d")),
        mime="application/json",
        content=json.dumps(document, ensure_ascii=False, indent=2).encode(),
        actions=exports.OFFERS if rows["review"] or rows["memory"] else (),
    )


async def _before_erasing(request: Request) -> views.View:
    rows = [row for row in await _rows(request) if row.value != "0"]
    if not rows:
        return views.Notice(say("Nothing is kept on you."), say("There is nothing to erase."))
    named = "; ".join(f"{row.name.lower()}: {row.value}" for row in rows)
    return views.Notice(
        say("This would erase everything that is kept on you here."),
        say(
            "That is: {named}. This cannot be undone; you can take a copy first.{value}",
            named=named,
            value=await _ends_link(request),
        ),
        actions=(
            Action(say("Take a copy"), commands.Privacy(action=PrivacyVerb.EXPORT)),
            Action(say("Erase…"), commands.Erase()),
        ),
    )


async def _ends_link(request: Request) -> str:
    linked = (await request.standing()).linked
    return ERASES_LINK.format(platform_of(linked)) if linked else ""


@handles(commands.Erase)
async def erase(command: commands.Erase, request: Request) -> views.View:
    if command.asks:
        return views.FormPage(
            say("Erase everything"),
            say(
                "Progress, answers, saved lessons, reports, reminders and settings are erased for good. If you were named to run Dualo here, or to be told of failures, that ends too.{value}",
                value=await _ends_link(request),
            ),
            actions.form(command, submit=say("Erase")),
        )
    if command.word.strip().lower().strip("“”\"'") != WORD:
        raise StudyError(
            say("Nothing was erased: the word was not “{word}”.", word=WORD),
            actions=(Action(say("Try again"), commands.Erase()),),
        )
    async with request.store.transaction() as connection:
        gone = await privacy.erase(connection, request.seat, at=request.now)
    request.forget()
    request.decided = True
    return views.Notice(
        say("Erased: {gone}. Nothing is kept on you any more.", gone=text.count(gone, "row")),
        say("Earlier backups keep it until they expire. You are welcome to begin anew whenever you like."),
        tone=views.Tone.DONE,
        actions=(Action(say("Home"), commands.Home()),),
    )


async def _record(request: Request, *, paused: bool) -> views.View:
    chosen = replace((await request.standing()).preferences, paused=paused)
    async with request.store.transaction() as connection:
        await learners.set_preferences(connection, request.seat, chosen, request.now)
        await nudges.rearm(connection, request.seat, DeliveryKind.NUDGE, now=request.now)
    request.forget()
    if paused:
        return views.Notice(
            say("Recording is paused. Go on learning; nothing you do is written down."),
            say("What was recorded before stays as it is; reminders rest until you record again."),
            tone=views.Tone.DONE,
            actions=(Action(say("Record again"), commands.Privacy(action=PrivacyVerb.RESUME)),),
        )
    return views.Notice(
        say("Recording is on again."),
        say("What you did in between was not kept."),
        tone=views.Tone.DONE,
        actions=(Action(say("Go on"), commands.Home()),),
    )
