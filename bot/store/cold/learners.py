"""A learner's own rows: settings, themes followed, lessons saved, mistakes reported, quizzes begun.

Completions that a manager removes move to a table of their own, so that they can be restored.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import asdict
from sqlalchemy import ColumnElement, Table, and_, delete, exists, func, literal, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.course import Key
from bot.domain.learner import Preferences, Seat
from bot.domain.quiz import StoredQuiz
from bot.store import tables
from bot.store.columns import Instant
from bot.store.rows import insert, mine, on_either, put, read

QUIZZES_KEPT = 20
"""Finished or not: older ones of a learner are deleted when a new one begins."""


async def set_preferences(connection: AsyncConnection, seat: Seat, chosen: Preferences, at: datetime) -> None:
    await put(connection, tables.learner, {**seat._asdict(), **asdict(chosen), "chosen_at": at})


async def preferences(connection: AsyncConnection, seat: Seat) -> Preferences:
    table = tables.learner
    names = ("timezone", "language", "plain", "paused")
    row = (await connection.execute(select(*(table.c[name] for name in names)).where(mine(table, seat)))).one_or_none()
    return read(Preferences, row) if row else Preferences()


async def note_locale(connection: AsyncConnection, seat: Seat, locale: str) -> None:
    """The platform speaks another language to them by now."""
    await put(connection, tables.learner, {**seat._asdict(), "locale": locale})


async def follow(connection: AsyncConnection, seat: Seat, theme: str, at: datetime) -> None:
    """Follow a theme; if it is followed already, it becomes the newest."""
    await put(connection, tables.follow, {**seat._asdict(), "theme": theme, "since": at})


async def unfollow(connection: AsyncConnection, seat: Seat, themes: Sequence[str]) -> bool:
    """Stop following; required themes stay. Returns whether anything was followed."""
    gone = await connection.execute(
        delete(tables.follow).where(
            mine(tables.follow, seat), tables.follow.c.theme.in_(themes), tables.follow.c.required.is_(False)
        )
    )
    return gone.rowcount > 0


async def save(connection: AsyncConnection, seat: Seat, key: Key, at: datetime) -> bool:
    """Save a lesson for later; returns whether it was new."""
    made = insert(connection, tables.saved).values({**seat._asdict(), **asdict(key), "at": at})
    return (await connection.execute(made.on_conflict_do_nothing())).rowcount > 0


async def unsave(connection: AsyncConnection, seat: Seat, keys: Sequence[Key], *, linked: Seat | None = None) -> None:
    """Take a lesson off, under any id it ever had, on both sides of a link."""
    table = tables.saved
    for side in (seat, linked) if linked else (seat,):
        for key in keys:
            await connection.execute(
                delete(table).where(mine(table, side), table.c.theme == key.theme, table.c.lesson == key.lesson)
            )


async def saved(connection: AsyncConnection, seat: Seat, *, linked: Seat | None = None) -> list[tuple[Key, datetime]]:
    """Saved lessons, newest first; of somebody who is linked, on both sides."""
    table = tables.saved
    of = on_either(table, seat, linked)
    rows = await connection.execute(
        select(table.c.theme, table.c.lesson, table.c.at).where(of).order_by(table.c.at.desc())
    )
    return [(Key(theme, lesson), at) for theme, lesson, at in rows]


async def begin_quiz(connection: AsyncConnection, seat: Seat, quiz: StoredQuiz, at: datetime) -> None:
    """Keep a quiz that begins, and delete the oldest ones; their answers stay."""
    table = tables.quiz
    await connection.execute(table.insert().values({**seat._asdict(), **asdict(quiz), "at": at}))
    newest = select(table.c.id).where(mine(table, seat)).order_by(table.c.at.desc()).limit(QUIZZES_KEPT)
    await connection.execute(delete(table).where(mine(table, seat), table.c.id.not_in(newest)))


async def open_reports(connection: AsyncConnection, seat: Seat) -> int:
    """How many of the person's reports are open."""
    table = tables.mistake
    counted = select(func.count()).select_from(table).where(mine(table, seat), table.c.closed_at.is_(None))
    return (await connection.execute(counted)).scalar_one()


async def report_mistake(
    connection: AsyncConnection, seat: Seat, key: Key, *, identity: str, digest: str, what: str, at: datetime
) -> None:
    values = {**seat._asdict(), **asdict(key), "id": identity, "digest": digest, "what": what, "at": at}
    await connection.execute(tables.mistake.insert().values(values))


_KEY = ("workspace", "person", "theme", "lesson")
_FACTS = ("at", "how", "digest")


async def done(connection: AsyncConnection, seat: Seat, *, themes: Sequence[str], lessons: Sequence[str]) -> int:
    """How many completions there are of these themes and lessons; without any named, of all."""
    return await _count(connection, tables.completion, _those(tables.completion, seat, themes, lessons))


async def removed(connection: AsyncConnection, seat: Seat, *, themes: Sequence[str], lessons: Sequence[str]) -> int:
    """How many were removed and can be restored."""
    return await _count(connection, tables.removed, _those(tables.removed, seat, themes, lessons))


async def reset(
    connection: AsyncConnection, seat: Seat, at: datetime, *, themes: Sequence[str], lessons: Sequence[str]
) -> int:
    """Remove completions; returns how many."""
    table = tables.completion
    those = _those(table, seat, themes, lessons)
    taken = select(*(table.c[name] for name in (*_KEY, *_FACTS)), literal(at, Instant)).where(those)
    await _copy(connection, tables.removed, (*_KEY, *_FACTS, "removed_at"), taken)
    return await _drop(connection, table, those, kept_in=tables.removed)


async def restore(connection: AsyncConnection, seat: Seat, *, themes: Sequence[str], lessons: Sequence[str]) -> int:
    """Restore what was removed; where it was done again meanwhile, the earliest counts. Returns how many."""
    table = tables.removed
    those = _those(table, seat, themes, lessons)
    taken = select(*(table.c[name] for name in (*_KEY, *_FACTS))).where(those)
    await _copy(connection, tables.completion, (*_KEY, *_FACTS), taken)
    return await _drop(connection, table, those, kept_in=tables.completion)


async def _drop(connection: AsyncConnection, table: Table, those: ColumnElement[bool], *, kept_in: Table) -> int:
    """Delete what was copied, and nothing that was recorded since."""
    same = and_(*(kept_in.c[name] == table.c[name] for name in _KEY), kept_in.c.at <= table.c.at)
    gone = delete(table).where(those, exists(select(kept_in.c.person).where(same)))
    return (await connection.execute(gone)).rowcount


async def _copy(connection: AsyncConnection, into: Table, names: Sequence[str], taken: object) -> None:
    made = insert(connection, into).from_select(list(names), taken)  # type: ignore[arg-type]
    await connection.execute(
        made.on_conflict_do_update(
            index_elements=list(_KEY),
            set_={name: made.excluded[name] for name in _FACTS},
            where=made.excluded.at < into.c.at,
        )
    )


def _those(table: Table, seat: Seat, themes: Sequence[str], lessons: Sequence[str]) -> ColumnElement[bool]:
    return and_(
        mine(table, seat),
        table.c.theme.in_(themes) if themes else true(),
        table.c.lesson.in_(lessons) if lessons else true(),
    )


async def _count(connection: AsyncConnection, table: Table, those: ColumnElement[bool]) -> int:
    return (await connection.execute(select(func.count()).select_from(table).where(those))).scalar_one()
