"""How far a team is: counts by lesson, and the board. Nobody is ranked, and nobody is listed who did not say yes.

Of a theme that fewer than five have begun nothing is told; below five a count is only said to be below five.
"""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.core import i18n, views
from bot.core.actions import Action, Offer
from bot.core.errors import NotYet
from bot.core.i18n import mark, say, say_many
from bot.core.record import Record
from bot.domain.course import Theme
from bot.features import commands, ways
from bot.features.learning import finding, pages, weeks
from bot.features.learning.weeks import Activity
from bot.features.request import Request, handles
from bot.store.cold import boards, reports
from bot.store.cold.boards import BoardMember
from bot.store.cold.reports import Scope, ThemeFigures

LEAST = 5
"""People of whom a number is told."""
MOST_LISTED = 20
"""Of the board; the rest are counted."""
WHAT_IT_SHOWS = mark("Others here see your name and how many weeks you kept, in no order of merit.")
OTHER = pages.Wish(mark("Choose one to see how far your team is."), lambda theme: commands.OpenTeam(theme=theme.id))
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def joining() -> Action:
    return Action(say("Put me on the board"), commands.JoinBoard())


def leaving() -> Action:
    return Action(say("Leave the board"), commands.LeaveBoard())


def to_team() -> Action:
    return Action(say("My team"), commands.OpenTeam())


@handles(commands.OpenTeam)
async def team(command: commands.OpenTeam, request: Request) -> views.View:
    chosen = await (finding.theme(request, command.theme, wish=OTHER) if command.theme else finding.going_on(request))
    people, lessons = await _lessons(chosen, request)
    board = await board_of(request)
    others = [each for each in request.shelf.themes if each.id != chosen.id]
    offers: list[Offer] = [ways.progress(), *board.offers]
    if others:
        offers.append(
            pages.open_theme_choice(others, plain=request.reader.plain, prompt=say("Another theme"), wish=OTHER.command)
        )
    return views.TeamPage(
        emoji=chosen.emoji,
        theme=chosen.title,
        people=people,
        lessons=lessons,
        has_board=board.allowed,
        board=board.rows,
        more=board.more,
        actions=tuple(offers),
    )


async def _lessons(theme: Theme, request: Request) -> tuple[str, tuple[views.TeamLesson, ...]]:
    """How many have begun the theme, in words, and how many have done each lesson of it."""
    scope = Scope(request.actor.workspace, _BEGINNING, (theme,))
    async with request.store.reading() as connection:
        people = (await reports.by_theme(connection, scope)).get(theme.id, ThemeFigures()).begun
        done = await reports.by_lesson(connection, scope)
    if people < LEAST:
        return say("Numbers are told from five people up; fewer have begun it so far."), ()
    return say_many(people, "{n} person has begun it.", "{n} people have begun it."), tuple(
        views.TeamLesson(each.number, each.title, count_done(done.get(each.key, 0), of=people))
        for each in theme.lessons
    )


def count_done(number: int, *, of: int) -> str:
    """How many of a group that is large enough to be told of."""
    if number <= 0:
        return say("nobody yet")
    if number >= of:
        return say("all {group}", group=i18n.figure(of))
    if number < LEAST:
        return say("fewer than five of {group}", group=i18n.figure(of))
    return say("{number} of {group}", number=i18n.figure(number), group=i18n.figure(of))


# The board ------------------------------------------------------------------------------------------------------------


class Board(Record):
    """As the asker sees it; empty where the workspace does not allow it."""

    allowed: bool = False
    listed: bool = False
    rows: tuple[views.BoardRow, ...] = ()
    more: int = 0

    @property
    def offers(self) -> tuple[Action, ...]:
        return ((leaving() if self.listed else joining()),) if self.allowed else ()


async def board_of(request: Request) -> Board:
    home = await request.workspace()
    if not home.board:
        return Board()
    since = request.now - weeks.WEEK * weeks.SHOWN
    async with request.store.reading() as connection:
        listed = await boards.is_listed(connection, request.seat)
        size = await boards.size(connection, request.actor.workspace)
        found = await boards.members(connection, request.actor.workspace, since=since, most=MOST_LISTED)
    fallback = ZoneInfo(home.timezone or request.server_timezone)
    rows = tuple(_row(each, request.now, fallback) for each in found)
    return Board(allowed=True, listed=listed, rows=rows, more=max(0, size - len(rows)))


def _row(member: BoardMember, now: datetime, fallback: ZoneInfo) -> views.BoardRow:
    """Weeks in their own zone, as they see them."""
    try:
        zone = ZoneInfo(member.zone) if member.zone else fallback
    except (ValueError, ZoneInfoNotFoundError):
        zone = fallback
    shown = weeks.recent(Activity(member.moments), now, zone=zone)
    return views.BoardRow(views.Someone(member.person), sum(week.kept for week in shown))


async def is_listed(request: Request) -> bool | None:
    """Whether the asker is on the board; None where there is none."""
    if not (await request.workspace()).board:
        return None
    async with request.store.reading() as connection:
        return await boards.is_listed(connection, request.seat)


@handles(commands.JoinBoard)
async def join(_: commands.JoinBoard, request: Request) -> views.View:
    if not (await request.workspace()).board:
        raise NotYet(
            say("There is no board here."),
            say("Those who run this workspace have switched it off."),
            actions=(to_team(),),
        )
    async with request.store.transaction() as connection:
        await boards.join(connection, request.seat, request.now)
    return views.Notice(
        say("You are on the board."), say(WHAT_IT_SHOWS), tone=views.Tone.DONE, actions=(to_team(), leaving())
    )


@handles(commands.LeaveBoard)
async def leave(_: commands.LeaveBoard, request: Request) -> views.View:
    async with request.store.transaction() as connection:
        was_listed = await boards.leave(connection, request.seat)
    return views.Notice(
        say("You are off the board.") if was_listed else say("You are not on the board."),
        say("Nobody is told; your progress stays as it is."),
        tone=views.Tone.DONE,
        actions=(to_team(),),
    )
