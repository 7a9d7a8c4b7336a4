"""The lessons on disk as a chat sees them, and the mistakes that people report in them."""

from __future__ import annotations

import asyncio
import io
import shutil
import threading
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.core import actions, views
from bot.core.metrics import Metrics
from bot.core.ports import Services
from bot.domain.learner import Seat
from bot.domain.outbox import DeliveryKind
from bot.engine import StudyEngine
from bot.features import commands
from bot.packs.library import Library
from bot.process.reload import Reloader, WatchedContents
from bot.process.sources import ContentSources
from bot.store import tables
from bot.store.cold import lessons
from bot.store.outbox import nudges
from bot.store.store import Store
from tests.conftest import CONTENT, Learner, pressed
from tests.features.house import THEME, Front, boss, fact, listing, notice, settle
from tests.hand_clock import HandClock


@pytest.fixture
def folder(tmp_path: Path, engine: StudyEngine, library: Library, store: Store, clock: HandClock) -> Path:
    """A copy of the bundled themes, watched by nobody but those who ask."""
    shutil.copytree(CONTENT, tmp_path / "content")
    reloader = Reloader(ContentSources([tmp_path / "content"]), library, store, clock=clock, metrics=Metrics())
    engine.settle(Services(contents=WatchedContents(reloader)))
    return tmp_path / "content"


def change(folder: Path, old: str, new: str) -> None:
    file = next(file for file in sorted((folder / THEME).glob("*.yaml")) if old in file.read_text(encoding="utf-8"))
    file.write_text(file.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")


def take_away(folder: Path, lesson: str) -> None:
    """The lesson's file and its line in the theme go."""
    next(file for file in (folder / THEME).glob("*.yaml") if file.stem.endswith(lesson)).unlink()
    change(folder, f"  - {lesson}\n", "")


async def test_a_check_names_the_first_problems_with_file_and_line_and_no_path_of_the_machine(
    engine: StudyEngine, folder: Path
) -> None:
    change(folder, "id: layers", "id: Lay ers")
    page = listing(await boss(engine).types("study-admin content check"))
    assert "error" in page.intro
    assert page.items[0].title.startswith(f"{THEME}/")
    assert str(folder.parent) not in repr(page)


async def test_sound_content_that_is_taught_has_nothing_to_apply(engine: StudyEngine, folder: Path) -> None:
    assert "nothing to apply" in notice(await boss(engine).types("study-admin content reload")).hint
    page = listing(await boss(engine).types("study-admin content check"))
    assert "no errors" in page.intro


async def test_only_what_was_shown_is_applied(engine: StudyEngine, folder: Path, ada: Learner) -> None:
    await ada.types(f"done {THEME}/layers")
    text = (await ada.types(f"lesson {THEME}/layers")).sections[0].text.source.split()[0]  # type: ignore[union-attr]
    change(folder, f" {text} ", f" Now {text} ")
    shown = await boss(engine).types("study-admin content reload")
    apply = pressed(shown, "Apply")
    change(folder, f" Now {text} ", f" Later {text} ")
    assert "changed since you looked" in notice(await boss(engine).does(apply)).text
    shown = await boss(engine).types("study-admin content reload")
    assert [item.title for item in listing(shown).items] == ["Changed: 1"]
    done = notice(await boss(engine).does(pressed(shown, "Apply")))
    assert done.tone is views.Tone.DONE
    after = await ada.types(f"lesson {THEME}/layers")
    assert isinstance(after, views.LessonPage)
    assert (after.updated, "Later" in after.sections[0].text.source) == (True, True)


async def test_content_with_errors_is_not_applied(engine: StudyEngine, folder: Path, library: Library) -> None:
    before = library.edition
    change(folder, "id: layers", "id: Lay ers")
    shown = listing(await boss(engine).types("study-admin content reload"))
    assert not [offer for offer in shown.actions if isinstance(offer, actions.Action) and "Apply" in offer.label]
    assert library.edition is before


@pytest.mark.parametrize("alone", [True, False], ids=["alone", "among others"])
async def test_lessons_vanish_from_a_chat_only_where_no_other_workspace_is_taught(
    engine: StudyEngine, folder: Path, library: Library, store: Store, clock: HandClock, *, alone: bool
) -> None:
    async with store.transaction() as connection:
        await lessons.remember(connection, library.edition.shelf, clock.now())
    if not alone:
        await engine.joined("web:elsewhere")
    take_away(folder, "layers")
    shown = await boss(engine).types("study-admin content reload")
    assert [item.title for item in listing(shown).items][-1] == "Vanished: 1"
    done = notice(await boss(engine).does(pressed(shown, "Apply")))
    assert (done.tone is views.Tone.DONE) == alone
    assert (library.edition.shelf.lesson(THEME, "layers") is None) == alone


async def test_an_export_holds_every_file_of_every_theme(engine: StudyEngine, folder: Path) -> None:
    (folder / THEME / ".hidden.yaml").write_text("secret: 1", encoding="utf-8")
    (folder / THEME / "notes.txt").write_text("not content", encoding="utf-8")
    done = await boss(engine).types("study-admin content export")
    assert isinstance(done, views.Download)
    names = set(zipfile.ZipFile(io.BytesIO(done.content)).namelist())
    files = [file for file in CONTENT.rglob("*/*") if file.suffix in {".yaml", ".svg"} or file.name == "words.txt"]
    assert names == {f"{file.parent.name}/{file.name}" for file in files}
    await engine.joined("web:elsewhere")
    assert notice(await boss(engine).types("study-admin content export")).tone is views.Tone.SORRY


async def test_an_import_says_how(engine: StudyEngine) -> None:
    assert "dualo content import" in notice(await boss(engine).types("study-admin content import")).hint


async def test_without_a_process_around_it_the_content_cannot_be_looked_at(engine: StudyEngine) -> None:
    assert notice(await boss(engine).types("study-admin content check")).tone is views.Tone.SORRY


async def test_the_inbox_shows_what_was_said_and_not_who_said_it(engine: StudyEngine, ada: Learner) -> None:
    await ada.does(commands.ReportMistake(theme=THEME, lesson="layers", what="It says three."))
    page = listing(await boss(engine).types("study-admin inbox"))
    assert (page.items[0].note, "'ada'" in repr(page)) == ("It says three.", False)
    assert "same" in str(fact(page.items[0], "Since then"))
    assert notice(await boss(engine, "web:elsewhere").types("study-admin inbox")).text.startswith("Nothing")


async def test_a_report_says_whether_the_lesson_has_changed_since(
    engine: StudyEngine, folder: Path, ada: Learner
) -> None:
    await ada.does(commands.ReportMistake(theme=THEME, lesson="layers", what="It says three."))
    text = (await ada.types(f"lesson {THEME}/layers")).sections[0].text.source.split()[0]  # type: ignore[union-attr]
    change(folder, f" {text} ", f" Now {text} ")
    await boss(engine).does(pressed(await boss(engine).types("study-admin content reload"), "Apply"))
    page = listing(await boss(engine).types("study-admin inbox"))
    assert "has changed" in str(fact(page.items[0], "Since then"))


async def test_a_report_is_closed_once_with_a_note_that_its_sender_finds(
    engine: StudyEngine, store: Store, ada: Learner
) -> None:
    await ada.does(commands.ReportMistake(theme=THEME, lesson="layers", what="It says three."))
    item = listing(await boss(engine).types("study-admin inbox")).items[0]
    form = await boss(engine).does(item.actions[0].command)
    assert isinstance(form, views.FormPage)
    assert form.intro == "It says three."
    close = actions.fill(form.form.token, {"note": "It does; mended."})
    assert notice(await boss(engine).does(close)).tone is views.Tone.DONE
    assert "before" in notice(await boss(engine).does(close)).text
    async with store.reading() as connection:
        row = (await connection.execute(select(tables.mistake))).one()
    assert (row.note, row.closed_at is not None) == ("It does; mended.", True)
    assert "It does; mended." in str((await ada.types("privacy export")).content)  # type: ignore[union-attr]
    assert notice(await boss(engine).types("study-admin inbox")).text.startswith("Nothing")


async def replies(store: Store) -> list[tuple[str, str]]:
    """Who is to be told that a report of theirs is closed, and where."""
    table = tables.delivery
    async with store.reading() as connection:
        found = await connection.execute(select(table.c.person, table.c.address).where(table.c.kind == "reply"))
        return [(person, address) for person, address in found]


async def close_all(engine: StudyEngine, by: Learner) -> None:
    for item in listing(await by.types("study-admin inbox")).items:
        form = await by.does(item.actions[0].command)
        assert isinstance(form, views.FormPage)
        assert "is told it" in form.form.fields[0].help
        await by.does(actions.fill(form.form.token, {"note": "Mended."}))


async def test_whoever_reported_a_mistake_is_to_be_told_once_for_each_report(
    engine: StudyEngine, store: Store, ada: Learner
) -> None:
    settle(engine, Front())
    for what in ("It says three.", "It says four."):
        await ada.does(commands.ReportMistake(theme=THEME, lesson="layers", what=what))
    await close_all(engine, boss(engine))
    assert await replies(store) == [("ada", "@ada")] * 2


async def test_who_closes_their_own_report_is_not_told_of_it(engine: StudyEngine, store: Store) -> None:
    settle(engine, Front())
    await boss(engine).does(commands.ReportMistake(theme=THEME, lesson="layers", what="It says three."))
    await close_all(engine, boss(engine))
    assert await replies(store) == []


async def test_nobody_is_written_to_whose_direct_messages_are_known_to_be_closed(
    engine: StudyEngine, store: Store, ada: Learner
) -> None:
    settle(engine, Front())
    await ada.does(commands.ReportMistake(theme=THEME, lesson="layers", what="It says three."))
    seat = Seat("web", "ada")
    async with store.transaction() as connection:
        await nudges.put(connection, seat, DeliveryKind.NUDGE, address="@ada", following=None)
        await nudges.stop(connection, seat, DeliveryKind.NUDGE, reason="Ada takes no direct messages.")
    await close_all(engine, boss(engine))
    assert await replies(store) == []


async def test_a_report_of_another_workspace_is_out_of_reach(engine: StudyEngine, ada: Learner) -> None:
    await ada.does(commands.ReportMistake(theme=THEME, lesson="layers", what="It says three."))
    form = listing(await boss(engine).types("study-admin inbox")).items[0].actions[0].command
    assert notice(await boss(engine, "web:elsewhere").does(form)).tone is views.Tone.SORRY


async def test_the_disk_is_looked_at_for_one_manager_at_a_time(
    tmp_path: Path, library: Library, store: Store, clock: HandClock
) -> None:
    shutil.copytree(CONTENT / THEME, tmp_path / "content" / THEME)
    together, met = threading.Barrier(2), []

    def fits(_: views.View) -> list[str]:
        with suppress(threading.BrokenBarrierError):
            met.append(together.wait(timeout=0.5))
        return []

    sources = ContentSources([tmp_path / "content"])
    contents = WatchedContents(Reloader(sources, library, store, clock=clock, metrics=Metrics(), fits=[fits]))
    await asyncio.gather(contents.check("web"), contents.check("discord:1"), contents.compare("web"))
    assert together.broken
    assert met == []
