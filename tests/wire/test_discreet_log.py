"""What people are called and what they write is in no line of the log, at the level that a process runs with."""

from __future__ import annotations

import json

import sqlalchemy

from bot.core.ports import Actor
from bot.engine import StudyEngine
from bot.features import commands
from bot.packs.library import Library
from bot.process.settings import LogFormat
from bot.store.store import Store
from tests.hand_clock import HandClock
from tests.log_lines import Log, logged, reference_in
from tests.wire import no_content, slack_bot
from tests.wire.discord_stage import Scene, running, text_of

NAME, WORDS = "Adalbert-Finsterwalder", "Der blaue Wal singt nachts"
THEME = "backend-architectures"


def tells_nobody(log: Log) -> bool:
    """Neither the name nor the words, nor a part of them that could be anybody else's."""
    written = log.written.getvalue()
    return not any(part in written for part in ("Adalbert", "Finsterwalder", "blaue", "Wal singt"))


async def test_on_discord_no_line_tells_a_name_or_a_text(quiet_classroom: Scene, store: Store) -> None:
    scene = quiet_classroom
    with logged(LogFormat.JSON) as log:
        async with running(scene.adapter):
            person = scene.discord.person(NAME)
            scene.discord.join(person, scene.guild)
            lesson = await person.slash("lesson", {"theme": THEME, "lesson": "1"}, channel=scene.channel)
            form = await person.press(lesson, "Report a mistake")
            assert "Thank you" in text_of(await person.submit(form, {"what": WORDS}))
            await person.slash("find", {"words": WORDS}, channel=scene.channel)
            await person.slash("lesson", {"theme": WORDS}, channel=scene.channel)
            scene.engine.engine = no_content.broken(store)
            broken = text_of(await person.slash("find", {"words": WORDS}, channel=scene.channel))
    assert log.told_under(reference_in(broken)) == ["command.failed"]
    assert [json.loads(line)["level"] for line in log.lines].count("error") == 1
    assert tells_nobody(log)


async def test_in_slack_no_line_tells_a_name_or_a_text(rough_office: slack_bot.Scene) -> None:
    office, person = rough_office, rough_office.workspace.person(NAME)
    with logged(LogFormat.JSON) as log:
        await office.asks("/find", WORDS, by=person)
        await office.asks("/lesson", WORDS, by=person)
        office.engine.engine = no_content.broken(office.store)
        broken = slack_bot.words(await office.asks("/find", WORDS, by=person))
    assert log.told_under(reference_in(broken)) == ["command.failed"]
    assert tells_nobody(log)


async def test_a_statement_that_fails_is_logged_without_what_was_bound_to_it(store: Store, library: Library) -> None:
    engine, actor = StudyEngine(store, library, HandClock()), Actor(workspace="web", person=NAME)
    async with store.transaction() as connection:
        await connection.execute(sqlalchemy.text("ALTER TABLE mistake RENAME TO gone"))
    with logged(LogFormat.JSON) as log:
        await engine.handle(commands.ReportMistake(theme=THEME, lesson="layers", what=WORDS), actor)
    assert log.lines
    assert tells_nobody(log)
