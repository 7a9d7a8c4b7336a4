"""What a learner decides about themselves: settings, and the data that is kept on them."""

from __future__ import annotations

import json

from bot.core import actions, i18n, views
from bot.core.actions import Action
from bot.core.errors import StudyError
from bot.core.i18n import mark, say, say_as, say_many
from bot.core.record import replace
from bot.domain import languages, when
from bot.domain.learner import LearnerState
from bot.domain.memory import Deck
from bot.domain.outbox import DeliveryKind, platform_of
from bot.features import commands, inputs, ways
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
    "You are linked with your side on {platform}: what you learn counts on both, and each keeps its own rows. What "
    "stands there is shown, taken and erased there; nobody who runs one workspace sees anything of the other."
)
ERASES_LINK = mark(
    "Your link with {platform} ends, and what you learned there no longer counts here; it stays there. To keep what "
    "you learned while linked on both sides, unlink first."
)
ERASED = mark(
    "Progress, answers, saved lessons, reports, reminders and settings are erased for good. If you were named to run "
    "Dualo here, or to be told of failures, that ends too."
)
LISTED = mark(
    "You are on the board: others here see your weeks kept on /team, until you leave it there or in /settings."
)
WORD = "erase"
"""Understood in every language, besides the reader's own word."""
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
    look = await reminders.look_at(request)
    listed = await team.is_listed(request)
    reviews = await due.deck(request)
    waits = reviews.plan.frozen(reviews.today)
    linked = standing.linked
    values = [
        views.Pair(say("Timezone"), _zone(request, standing)),
        views.Pair(say("Language"), _language(request, standing)),
        views.Pair(say("Reviews"), _reviews(reviews)),
    ]
    if listed is not None:
        on_it = say("you are on it") if listed else say("you are not on it")
        values.append(views.Pair(say("Board of /team"), on_it))
    values.append(views.Pair(say("Plain mode"), say("on") if chosen.plain else say("off")))
    values.append(views.Pair(say("Recording"), say("paused") if chosen.paused else say("on")))
    if linked:
        side = say("your side on {platform}; /link unlink splits them", platform=platform_of(linked))
        values.append(views.Pair(say("Linked with"), side))
    values += [views.Pair(name, value) for name, value in reminders.summary(look, request)]
    return views.SettingsPage(
        title=say("Your settings"),
        values=tuple(values),
        contract=say(form.CONTRACT),
        actions=(
            *reminders.offers(look, request, rests=waits),
            Action(say("Change the rest"), commands.EditSettings()),
            *((team.leaving(),) if listed else ()),
            Action(say("My data"), commands.Privacy()),
            *_linking(request, linked=bool(linked)),
        ),
    )


def _zone(request: Request, standing: LearnerState) -> str:
    zone, local = request.reader.timezone, when.say_time(request.now.astimezone(request.zone).time())
    if standing.preferences.timezone:
        return say("{zone}, where it is {local}", zone=zone, local=local)
    return say("{zone}, where it is {local} (not chosen by you)", zone=zone, local=local)


def _language(request: Request, standing: LearnerState) -> str:
    if chosen := standing.preferences.language:
        return inputs.language_name(chosen)
    found = languages.closest(request.language, inputs.known_languages(request.shelf)) or i18n.ENGLISH
    return say("{language} (not chosen by you)", language=inputs.language_name(found))


def _reviews(found: Deck) -> str:
    cap = found.plan.cap
    if found.plan.frozen(found.today) and found.plan.frozen_until:
        return say_many(
            cap,
            "up to {n} question a day, from {date} on; until then they wait",
            "up to {n} questions a day, from {date} on; until then they wait",
            date=when.say_date(found.plan.frozen_until),
        )
    return say_many(cap, "up to {n} question a day", "up to {n} questions a day")


def _linking(request: Request, *, linked: bool) -> tuple[Action, ...]:
    if linked:
        return (Action(say("My other chat"), commands.Link()),)
    return (Action(say("Link another chat"), commands.Link()),) if request.house.links else ()


@handles(commands.EditSettings)
async def edit_settings(command: commands.EditSettings, request: Request) -> views.View:
    if not command.asks:
        return await _save(command, request)
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
    await request.standing()
    with i18n.speaking(request.language):  # in the one that was chosen just now
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
    names = ROWS | OWN_ROWS
    return tuple(views.Pair(say(names.get(each.table, each.table)), i18n.figure(each.rows)) for each in counted)


async def _show(request: Request) -> views.View:
    paused = (await request.standing()).preferences.paused
    pause = Action(say("Pause recording"), commands.Privacy(action=PrivacyVerb.PAUSE))
    return views.PrivacyPage(
        rows=tuple(row for row in await _rows(request) if row.value != "0"),
        paused=paused,
        promise=" ".join((say(PROMISE), *await _caveats(request))),
        actions=(
            Action(say("Take it with me"), commands.Privacy(action=PrivacyVerb.EXPORT)),
            ways.record_again() if paused else pause,
            Action(say("Erase all of it"), commands.Privacy(action=PrivacyVerb.DELETE)),
        ),
    )


async def _caveats(request: Request) -> tuple[str, ...]:
    """Who else may read of them, by name; and what becomes of it if they stay away."""
    chosen = await request.workspace()
    told = [say(NAMED)] if chosen.personal else []
    if await team.is_listed(request):
        told.append(say(LISTED))
    if linked := (await request.standing()).linked:
        told.append(say(LINKED, platform=platform_of(linked)))
    if chosen.away_days:
        told.append(say("If you do nothing here for {days} days, what you learned is erased.", days=chosen.away_days))
    return tuple(told)


async def _export(request: Request) -> views.View:
    linked = (await request.standing()).linked
    async with request.store.reading() as connection:
        rows = await privacy.export(connection, request.seat)
    document = {"product": "Dualo", "exported_at": request.now.isoformat(timespec="seconds"), "rows": rows}
    told = [say("Everything that is kept on you, for you alone.")]
    if linked:
        told.append(say("What you did on {platform} is exported there.", platform=platform_of(linked)))
    return views.Download(
        text=" ".join(told),
        name=f"dualo-my-data-{request.now:%Y-%m-%d}.json",
        mime="application/json",
        content=json.dumps(document, ensure_ascii=False, indent=2).encode(),
        actions=exports.offers() if rows["review"] or rows["memory"] else (),
    )


async def _before_erasing(request: Request) -> views.View:
    rows = [row for row in await _rows(request) if row.value != "0"]
    if not rows:
        return views.Notice(say("Nothing is kept on you."), say("There is nothing to erase."))
    named = "; ".join(f"{_within(row.name)}: {row.value}" for row in rows)
    return views.Notice(
        say("This would erase everything that is kept on you here."),
        await _with_link(
            say("That is: {named}. This cannot be undone; you can take a copy first.", named=named), request
        ),
        actions=(
            Action(say("Take a copy"), commands.Privacy(action=PrivacyVerb.EXPORT)),
            Action(say("Erase…"), commands.Erase()),
        ),
    )


def _within(name: str) -> str:
    """As it stands within a sentence; other languages than English may begin words with a capital there."""
    return name.lower() if i18n.spoken() == i18n.ENGLISH else name


async def _with_link(said: str, request: Request) -> str:
    """What is said, and what becomes of a link."""
    linked = (await request.standing()).linked
    return f"{said} {say(ERASES_LINK, platform=platform_of(linked))}" if linked else said


@handles(commands.Erase)
async def erase(command: commands.Erase, request: Request) -> views.View:
    if command.asks:
        return views.FormPage(
            say("Erase everything"),
            await _with_link(say(ERASED), request),
            actions.form(command, submit=say("Erase")),
        )
    own = say_as("typed", "erase")
    if command.word.strip().lower().strip("“”„\"'") not in {WORD, own}:
        raise StudyError(
            say("Nothing was erased: the word was not “{word}”.", word=own),
            actions=(Action(say("Try again"), commands.Erase()),),
        )
    async with request.store.transaction() as connection:
        gone = await privacy.erase(connection, request.seat, at=request.now)
    request.forget()
    request.decided = True
    return views.Notice(
        say_many(
            gone,
            "Erased: {n} row. Nothing is kept on you any more.",
            "Erased: {n} rows. Nothing is kept on you any more.",
        ),
        say("Earlier backups keep it until they expire. You are welcome to begin anew whenever you like."),
        tone=views.Tone.DONE,
        actions=(ways.home(),),
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
            actions=(ways.record_again(),),
        )
    return views.Notice(
        say("Recording is on again."),
        say("What you did in between was not kept."),
        tone=views.Tone.DONE,
        actions=(Action(say("Go on"), commands.Home()),),
    )
