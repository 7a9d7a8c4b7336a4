"""What a learner decides about themselves: settings, and the data that is kept on them."""

from __future__ import annotations

import json

from bot.core import actions, text, views
from bot.core.actions import Action
from bot.core.errors import StudyError
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

PROMISE = "All of it lies in this installation's own database and goes nowhere else."
NAMED = "Reports to those who run this workspace may name you and the lessons you did."
LINKED = (
    "You are linked with your side on {0}: what you learn counts on both, and each keeps its own rows. What stands "
    "there is shown, taken and erased there; nobody who runs one workspace sees anything of the other."
)
ERASES_LINK = (
    " Your link with {0} ends, and what you learned there no longer counts here; it stays there. To keep what you "
    "learned while linked on both sides, unlink first."
)
LISTED = "You are on the board: others here see your weeks kept on /team, until you leave it there or in /settings."
WORD = "erase"
ROWS = {
    "learner": "Your settings, and the lesson last opened",
    "follow": "Themes you follow",
    "consent": "What you agreed to about reminders",
    "assigned": "Suggestions that reached you",
    "completion": "Lessons done",
    "removed": "Lessons done that somebody who manages took back",
    "saved": "Lessons saved for later",
    "quiz": "Quizzes begun",
    "answer": "Answers given",
    "memory": "Questions you remember, and when each comes again",
    "review": "Answers that counted as reviews",
    "review_plan": "What you decided on reviews",
    "snooze": "Times of rest you asked for",
    "board": "That you said yes to the board",
    "certificate": "Certificates made out to you",
    "mistake": "Mistakes reported",
    "assignment": "Themes suggested to you by name",
    "link": "A link to your side in another chat",
    "link_code": "A code that you asked for, to link another chat",
    "link_guess": "Codes typed that were none",
    "joint": "Questions that you remember from both chats",
    "carried": "Lessons done in another chat while you were linked",
    "carried_review": "Reviews answered in another chat while you were linked",
    "visit": "Links to your own page, and browsers in which it is open",
    "nudge": "When you are reminded next",
    "delivery": "Messages planned and sent to you",
    "audit": "Lines of the audit that name you (they stay, without your name)",
}
OWN_ROWS = {
    "workspace": "How your own space is set up",
    "schedule": "Weekly posts to yourself",
    "alert": "What has to be mended in your own space",
    "lane": "How fast you were written to",
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
    linked = f"your side on {platform_of(standing.linked)}; /link unlink splits them" if standing.linked else ""
    return views.SettingsPage(
        title="Your settings",
        values=(
            views.Pair("Timezone", f"{zone}, where it is {local}{'' if chosen.timezone else ' (not chosen by you)'}"),
            views.Pair("Language of lessons", inputs.LANGUAGES.get(chosen.language, chosen.language) or "any"),
            views.Pair("Reviews", _reviews(reviews)),
            *([] if listed is None else [views.Pair("Board of /team", f"you are {'' if listed else 'not '}on it")]),
            views.Pair("Plain mode", "on" if chosen.plain else "off"),
            views.Pair("Recording", "paused" if chosen.paused else "on"),
            *((views.Pair("Linked with", linked),) if linked else ()),
            *(views.Pair(name, value) for name, value in reminders.summary(look, request)),
        ),
        contract=form.CONTRACT,
        actions=(
            *reminders.offers(look, request, rests=waits),
            Action("Change the rest", commands.EditSettings()),
            *((team.LEAVE,) if listed else ()),
            Action("My data", commands.Privacy()),
            *_linking(request, linked=bool(linked)),
        ),
    )


def _reviews(found: Deck) -> str:
    often = f"up to {text.count(found.plan.cap, 'question')} a day"
    if found.plan.frozen(found.today) and found.plan.frozen_until:
        return f"{often}, from {when.say_date(found.plan.frozen_until)} on; until then they wait"
    return often


def _linking(request: Request, *, linked: bool) -> tuple[Action, ...]:
    if linked:
        return (Action("My other chat", commands.Link()),)
    return (Action("Link another chat", commands.Link()),) if request.house.links else ()


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
    return views.FormPage("Your settings", "Reminders have a form of their own.", form)


def _zone_hint(request: Request, standing: LearnerState) -> str:
    """Which zone stays if nothing is said, and by which word another takes its place."""
    chosen = standing.preferences.timezone
    otherwise = request.actor.timezone or standing.workspace_timezone or request.server_timezone
    if not chosen:
        return f"Like Europe/Paris. Empty: it stays {otherwise}."
    return f"Empty: it stays {chosen}. “default”: {otherwise}."


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
        Action("Record again", commands.Privacy(action=PrivacyVerb.RESUME))
        if paused
        else Action("Pause recording", commands.Privacy(action=PrivacyVerb.PAUSE))
    )
    return views.PrivacyPage(
        rows=tuple(row for row in await _rows(request) if row.value != "0"),
        paused=paused,
        promise=" ".join((PROMISE, *await _caveats(request))),
        actions=(
            Action("Take it with me", commands.Privacy(action=PrivacyVerb.EXPORT)),
            pause,
            Action("Erase all of it", commands.Privacy(action=PrivacyVerb.DELETE)),
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
        told.append(f"If you do nothing here for {chosen.away_days} days, what you learned is erased.")
    return tuple(told)


async def _export(request: Request) -> views.View:
    linked = (await request.standing()).linked
    async with request.store.reading() as connection:
        rows = await privacy.export(connection, request.seat)
    document = {"product": "Dualo", "exported_at": request.now.isoformat(timespec="seconds"), "rows": rows}
    return views.Download(
        text="Everything that is kept on you, for you alone."
        + (f" What you did on {platform_of(linked)} is exported there." if linked else ""),
        name=f"dualo-my-data-{request.now:%Y-%m-%d}.json",
        mime="application/json",
        content=json.dumps(document, ensure_ascii=False, indent=2).encode(),
        actions=exports.OFFERS if rows["review"] or rows["memory"] else (),
    )


async def _before_erasing(request: Request) -> views.View:
    rows = [row for row in await _rows(request) if row.value != "0"]
    if not rows:
        return views.Notice("Nothing is kept on you.", "There is nothing to erase.")
    named = "; ".join(f"{row.name.lower()}: {row.value}" for row in rows)
    return views.Notice(
        "This would erase everything that is kept on you here.",
        f"That is: {named}. This cannot be undone; you can take a copy first.{await _ends_link(request)}",
        actions=(
            Action("Take a copy", commands.Privacy(action=PrivacyVerb.EXPORT)),
            Action("Erase…", commands.Erase()),
        ),
    )


async def _ends_link(request: Request) -> str:
    linked = (await request.standing()).linked
    return ERASES_LINK.format(platform_of(linked)) if linked else ""


@handles(commands.Erase)
async def erase(command: commands.Erase, request: Request) -> views.View:
    if command.asks:
        return views.FormPage(
            "Erase everything",
            "Progress, answers, saved lessons, reports, reminders and settings are erased for good. "
            "If you were named to run Dualo here, or to be told of failures, that ends too."
            f"{await _ends_link(request)}",
            actions.form(command, submit="Erase"),
        )
    if command.word.strip().lower().strip("“”\"'") != WORD:
        raise StudyError(
            f"Nothing was erased: the word was not “{WORD}”.", actions=(Action("Try again", commands.Erase()),)
        )
    async with request.store.transaction() as connection:
        gone = await privacy.erase(connection, request.seat, at=request.now)
    request.forget()
    request.decided = True
    return views.Notice(
        f"Erased: {text.count(gone, 'row')}. Nothing is kept on you any more.",
        "Earlier backups keep it until they expire. You are welcome to begin anew whenever you like.",
        tone=views.Tone.DONE,
        actions=(Action("Home", commands.Home()),),
    )


async def _record(request: Request, *, paused: bool) -> views.View:
    chosen = replace((await request.standing()).preferences, paused=paused)
    async with request.store.transaction() as connection:
        await learners.set_preferences(connection, request.seat, chosen, request.now)
        await nudges.rearm(connection, request.seat, DeliveryKind.NUDGE, now=request.now)
    request.forget()
    if paused:
        return views.Notice(
            "Recording is paused. Go on learning; nothing you do is written down.",
            "What was recorded before stays as it is; reminders rest until you record again.",
            tone=views.Tone.DONE,
            actions=(Action("Record again", commands.Privacy(action=PrivacyVerb.RESUME)),),
        )
    return views.Notice(
        "Recording is on again.",
        "What you did in between was not kept.",
        tone=views.Tone.DONE,
        actions=(Action("Go on", commands.Home()),),
    )
