"""One learner over two chats. A code is asked for on one side and typed on the other; both sides confirm, the one that
typed first. Every step is found again by `/link`, so nothing depends on a message that has to arrive.

Neither side is told a name of the other's: only on which platform it is.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core import views
from bot.core.actions import Action
from bot.core.errors import NotYet, StudyError
from bot.core.i18n import mark, say
from bot.domain import linking, when
from bot.domain.learner import Seat
from bot.domain.outbox import front_of, platform_of
from bot.features import commands, ways
from bot.features.linking import codes
from bot.features.request import Request, handles
from bot.store.cold import learners, links, memories
from bot.store.cold.links import CodeState, LinkCode

VALID_FOR = timedelta(minutes=10)
UNLINK = "unlink"
KEEPS = mark(
    "Each side keeps what it had, and gets what you learned on the other one since you linked them. "
    "Nothing is lost; what comes later counts on its own side alone."
)


def _look_again() -> Action:
    return Action(say("Look again"), commands.Link())


@handles(commands.Link)
async def link(command: commands.Link, request: Request) -> views.View:
    linked = (await request.standing()).linked
    if command.code.strip().lower() == UNLINK:
        return await _before_unlinking(request)
    if linked:
        return await _are_linked(request)
    await _check_possible(request)
    if command.code.strip():
        return await _type(codes.read(command.code), request)
    async with request.store.reading() as connection:
        code = await links.under_way(connection, request.seat, request.now)
    return _under_way(code, request) if code else await _new_code(request)


@handles(commands.NewLinkCode)
async def new_code(_: commands.NewLinkCode, request: Request) -> views.View:
    if (await request.standing()).linked:
        return await _are_linked(request)
    await _check_possible(request)
    return await _new_code(request)


async def _check_possible(request: Request) -> None:
    if not request.house.links:
        raise NotYet(
            say("Linking two chats is not switched on here."),
            say("Whoever runs this installation can allow it, with DUALO_LINK=on."),
        )
    if (await request.standing()).preferences.paused:
        raise StudyError(
            say("Recording is paused, so a link cannot be kept."),
            actions=(ways.record_again(),),
        )


async def _new_code(request: Request) -> views.View:
    made = codes.new(request.seat)
    expires_at = request.now + VALID_FOR
    async with request.store.transaction() as connection:
        await links.give_out(
            connection,
            request.seat,
            name=made.name,
            selector=made.selector,
            digest=made.digest,
            expires_at=expires_at,
        )
    return views.Notice(
        say("Your code: {shown}", shown=made.shown),
        say(
            "In your other chat, give it to Dualo’s command “link” within ten minutes, and confirm there; then press "
            "“Go on” here, or type /link again. It is shown once, to you alone; do not pass it on. "
            "What you learn then counts in both chats, and neither workspace learns anything of the other."
        ),
        actions=(Action(say("Go on"), commands.Link()),),
    )


def _under_way(code: LinkCode, request: Request) -> views.View:
    """How far it is, as this side sees it."""
    asks = code.asker == request.seat
    until = when.say_moment(code.expires_at, request.reader.timezone)
    if code.other is None:
        return views.Notice(
            say("Your code was not typed in the other chat yet."),
            say(
                "It holds until {until}. If you no longer have it, ask for another; that one then is over.", until=until
            ),
            actions=(_look_again(), Action(say("Another code"), commands.NewLinkCode())),
        )
    if asks and code.state is CodeState.TYPED:
        return views.Notice(
            say(
                "Your code was typed on {platform}, and not confirmed there yet.",
                platform=platform_of(code.other),
            ),
            say(
                "If that was you, confirm there first; the number shown there is {number}.",
                number=codes.check_number(code),
            ),
            actions=(_look_again(), _refuse(code)),
        )
    if asks:
        return _confirm_page(code, code.other, last=True)
    if code.state is CodeState.TYPED:
        return _confirm_page(code, code.asker, last=False)
    return _agreed(code)


def _confirm_page(code: LinkCode, other: Seat, *, last: bool) -> views.View:
    platform = platform_of(other)
    asked, where = (
        (
            say("Are you the one who typed this code on {platform}?", platform=platform),
            say("It was typed on {platform}.", platform=platform),
        )
        if last
        else (
            say("Are you the one who asked for this code on {platform}?", platform=platform),
            say("It was made on {platform}.", platform=platform),
        )
    )
    why = say(
        "The number {number} is shown there as well. Confirm only if you see it there yourself: whoever is linked sees "
        "what you learned, and learns in your name.",
        number=codes.check_number(code),
    )
    return views.Notice(
        asked,
        f"{where} {why}",
        actions=(
            Action(
                say("Yes, link both") if last else say("Yes, that is me"),
                commands.ConfirmLink(name=code.name),
                primary=True,
            ),
            _refuse(code),
        ),
    )


def _refuse(code: LinkCode) -> Action:
    return Action(say("No, that was not me"), commands.RefuseLink(name=code.name))


def _agreed(code: LinkCode) -> views.View:
    return views.Notice(
        say(
            "Confirmed here. Now go back to {platform} and press “Go on” there, or call “link” again.",
            platform=platform_of(code.asker),
        ),
        say(
            "The number shown there should be {number}. Only then are both linked.",
            number=codes.check_number(code),
        ),
        tone=views.Tone.DONE,
        actions=(_look_again(), _refuse(code)),
    )


# A code is typed ------------------------------------------------------------------------------------------------------


async def _type(code: str, request: Request) -> views.View:
    async with request.store.transaction() as connection:  # a refusal is no fault: what was counted is kept
        found = await _claim(connection, code, request)
    if isinstance(found, StudyError):
        raise found
    return _under_way(found, request)


async def _claim(connection: AsyncConnection, code: str, request: Request) -> LinkCode | StudyError:
    """The code, claimed; or why it leads nowhere."""
    seat = request.seat
    if not await links.count_guess(connection, seat, request.now):
        return StudyError(say("Too many wrong codes were typed."), say("Codes can be typed again in an hour."))
    begin = say("Ask for a new one in the other chat.")
    begun = await links.beginning(connection, codes.selector(code))
    found = [each for each in begun if codes.opens(code, each)]
    if not found:
        checked = say("Check what was typed: three groups of four.")
        return StudyError(say("There is no such code."), f"{checked} {begin}")
    await links.guessed_right(connection, seat)
    kept = found[0]
    if kept.asker == seat:
        return StudyError(say("This code is for your other chat."), say("Type it there, as whoever you are there."))
    if front_of(kept.asker.workspace) == front_of(seat.workspace):
        return StudyError(
            say("This code comes from the same platform."),
            say("A link joins two platforms, such as Discord and Slack."),
        )
    if kept.state is CodeState.USED or kept.other not in {None, seat}:
        return StudyError(say("This code was used already."), begin)
    if kept.expires_at <= request.now:
        return StudyError(say("This code has expired; it held for ten minutes."), begin)
    if kept.state is CodeState.OPEN:
        await links.move(connection, kept, CodeState.TYPED, other=seat)
        return LinkCode(kept.asker, kept.name, kept.digest, kept.expires_at, CodeState.TYPED, seat)
    return kept


# Both sides confirm ---------------------------------------------------------------------------------------------------


@handles(commands.ConfirmLink)
async def confirm(command: commands.ConfirmLink, request: Request) -> views.View:
    if (await request.standing()).linked:
        return await _are_linked(request)
    await _check_possible(request)
    async with request.store.transaction() as connection:
        code = await _mine(connection, command.name, request)
        if code.state is CodeState.OPEN or code.other is None:
            return _under_way(code, request)
        if code.other == request.seat and code.state is not CodeState.USED:
            await links.move(connection, code, CodeState.AGREED)
            return _agreed(code)
        if code.state is CodeState.TYPED:
            return _under_way(code, request)
        if code.state is CodeState.AGREED:
            await _join(connection, code, code.other, request)
    request.forget()
    if code.state is CodeState.USED:  # by another press of this very button
        return await _are_linked(request)
    return views.Notice(
        say("Linked: you here and you on {platform} are one learner now.", platform=platform_of(code.other)),
        say(
            "What you did in both chats counts in both, and so does what you do from now on. Reminders come where you "
            "chose them last."
        ),
        tone=views.Tone.DONE,
        actions=(ways.progress(), ways.home()),
    )


async def _mine(connection: AsyncConnection, name: str, request: Request) -> LinkCode:
    """The code of that name, held, if this person has a part in it and it has not expired."""
    code = await links.called(connection, name)
    if code is None or code.expires_at <= request.now or request.seat not in {code.asker, code.other}:
        raise NotYet(say("This code is over."), say("Nothing was linked by it just now."), actions=(_look_again(),))
    return code


async def _join(connection: AsyncConnection, code: LinkCode, other: Seat, request: Request) -> None:
    here = request.seat
    if (await learners.preferences(connection, other)).paused:
        raise NotYet(
            say("Recording is paused on {platform}.", platform=platform_of(other)),
            say("Let it record again there first."),
            actions=(_look_again(),),
        )
    if not await links.make(connection, here, other, request.now):
        raise NotYet(
            say("One of the two is linked with somebody else already."),
            say("Unlink there first."),
            actions=(_look_again(),),
        )
    await links.move(connection, code, CodeState.USED)
    mine, my_log = await memories.all_of(connection, here)
    theirs, their_log = await memories.all_of(connection, other)
    both = linking.join(mine, theirs, (my_log, their_log), shelf=request.shelf, zone=request.zone)
    await links.keep_joint(connection, (here, other), both)


@handles(commands.RefuseLink)
async def refuse(command: commands.RefuseLink, request: Request) -> views.View:
    async with request.store.transaction() as connection:
        code = await _mine(connection, command.name, request)
        if code.state is not CodeState.USED:
            await links.drop(connection, code)
    return views.Notice(
        say("The code is over."),
        say("Nothing is linked by it. If you did not ask for it, somebody else tried; they learned nothing of you."),
        tone=views.Tone.DONE,
        actions=(ways.home(),),
    )


# Linked, and split again ----------------------------------------------------------------------------------------------


async def _are_linked(request: Request) -> views.View:
    async with request.store.reading() as connection:
        found = await links.find(connection, request.seat)
    if found is None:
        return _not_linked()
    since = when.say_moment(found.since, request.reader.timezone)
    return views.Notice(
        say(
            "You are linked with your side on {platform}, since {since}.",
            platform=platform_of(found.other),
            since=since,
        ),
        say("What you do in one chat counts in the other. “/link unlink” splits them without loss."),
        actions=(Action(say("Unlink…"), commands.Link(code=UNLINK)), ways.home()),
    )


async def _before_unlinking(request: Request) -> views.View:
    linked = (await request.standing()).linked
    if linked is None:
        return _not_linked()
    return views.Notice(
        say("Unlink this chat from {platform}?", platform=platform_of(linked)),
        say(KEEPS),
        actions=(Action(say("Unlink"), commands.Unlink(), primary=True), ways.home()),
    )


@handles(commands.Unlink)
async def unlink(_: commands.Unlink, request: Request) -> views.View:
    async with request.store.transaction() as connection:
        other = await links.end(connection, request.seat)
    request.forget()
    if other is None:
        return _not_linked()
    return views.Notice(
        say("Unlinked from {platform}.", platform=platform_of(other)),
        say(KEEPS),
        tone=views.Tone.DONE,
        actions=(ways.progress(), ways.home()),
    )


def _not_linked() -> views.View:
    return views.Notice(say("You are not linked with another chat."), say("/link begins it."), actions=(ways.home(),))
