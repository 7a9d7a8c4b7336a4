"""What authors write is kept, shown, checked and published, and never half of it."""

from __future__ import annotations

import asyncio
import errno
import io
import os
import re
import shutil
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.errors import StudyError
from bot.packs import load, parcel
from bot.packs.library import Library
from bot.studio.drafts import Changed
from bot.studio.studio import Studio
from tests.hand_clock import HandClock
from tests.studio.conftest import THEME, sound

LESSON = "form-of-a-lesson"


def questions() -> list[dict[str, Any]]:
    """Three questions in the right form."""
    return [
        {
            "id": f"q{number}",
            "ask": f"What does part {number} say of a pool?",
            "section": label,
            "options": [
                {"id": "a", "text": f"It keeps {number} connections", "right": number == 1, "why": "So it says."},
                {"id": "b", "text": f"It opens {number} connections", "right": number == 2, "why": "So it is."},
                {"id": "c", "text": f"It drops {number} connections", "right": number == 3, "why": "That it does."},
            ],
        }
        for number, label in enumerate(("One", "Two", "Three"), 1)
    ]


def lesson() -> dict[str, Any]:
    """A lesson's fields in the right form."""
    words = "A pool keeps a number of connections open and hands them out one after another. " * 8
    return {
        "title": "How a pool works",
        "summary": "A pool keeps connections open, so that a request does not have to wait for one.",
        "sections": [{"label": label, "text": words, "sources": ["pg"]} for label in ("One", "Two", "Three")],
        "sources": [{"id": "pg", "title": "PostgreSQL manual", "url": "https://www.postgresql.org/docs/current/"}],
        "questions": questions(),
    }


async def written(studio: Studio, *, title: str = "How a pool works") -> str:
    """A new theme with one lesson, not yet published; its id."""
    theme = await studio.begin_theme("Databases in Practice", author="ada")
    opened = await studio.open(theme)
    said = {**opened.data, "description": "What a team should know about databases, for all who use one."}
    await studio.save(theme, "", said, seen=opened.revision, author="ada")
    id = await studio.begin_lesson(theme, title, author="ada")
    await studio.save(theme, id, {**lesson(), "title": title}, seen=1, author="ada")
    return theme


async def publish(studio: Studio, theme: str, **more: Any) -> Any:
    told = await studio.publishing.consequences(theme)
    assert not told.errors, told.errors
    return await studio.publishing.publish(theme, digest=told.digest, author="ada", **more)


async def change(studio: Studio, id: str = LESSON, **fields: Any) -> None:
    opened = await studio.open(THEME, id)
    await studio.save(THEME, id, {**opened.data, **fields}, seen=opened.revision, author="ada")


async def test_a_theme_is_written_checked_and_published_without_a_file_being_seen(
    studio: Studio, library: Library, folder: Path
) -> None:
    theme = await written(studio)
    assert library.edition.shelf.theme(theme) is None
    said = await publish(studio, theme)
    found = library.edition.shelf.theme(theme)
    assert found is not None
    assert ([each.id for each in found.lessons], said[0]) == (["how-a-pool-works"], "The theme appears on the shelf.")
    assert sound(folder)
    assert {entry.state for entry in await studio.themes()} == {"live"}


async def test_an_id_is_made_of_the_title_once_and_stays(studio: Studio, library: Library) -> None:
    theme = await written(studio, title="Über Größe & Maß!")
    assert [each.id for each in (await studio.themes())[-1].lessons] == ["uber-grosse-mass"]
    again = await studio.begin_lesson(theme, "Über Größe, Maß", author="ada")
    none = await studio.begin_lesson(theme, "東京", author="ada")
    assert (again, none) == ("uber-grosse-mass-2", "lesson")
    await studio.discard(theme, again)
    await studio.discard(theme, none)
    opened = await studio.open(theme, "uber-grosse-mass")
    await studio.save(
        theme, "uber-grosse-mass", {**opened.data, "title": "Renamed"}, seen=opened.revision, author="ada"
    )
    await publish(studio, theme)
    assert library.edition.shelf.lesson(theme, "uber-grosse-mass").title == "Renamed"  # type: ignore[union-attr]


async def test_a_file_becomes_a_draft_with_what_is_missing_marked(studio: Studio) -> None:
    id, notes = await studio.take_file(
        THEME, "pools.md", b"# Pools\n\n## What it costs\n\nA process each.\n", author="ada"
    )
    opened = await studio.open(THEME, id)
    assert (id, opened.data["title"], opened.state) == ("pools", "Pools", "new")
    assert notes
    assert "PLACEHOLDER" in repr(opened.data)
    assert (await studio.publishing.consequences(THEME)).errors
    with pytest.raises(StudyError, match="is none of the files"):
        await studio.take_file(THEME, "pools.exe", b"MZ", author="ada")


async def test_a_draft_survives_a_restart_and_nothing_of_it_is_live(
    studio: Studio, make_studio: Callable[..., Studio], library: Library
) -> None:
    before = library.edition.shelf.lesson(THEME, LESSON)
    await change(studio, title="Another title")
    opened = await make_studio().open(THEME, LESSON)
    assert (opened.data["title"], opened.state, opened.author) == ("Another title", "changed", "ada")
    assert library.edition.shelf.lesson(THEME, LESSON) is before


async def test_two_authors_on_one_lesson_are_told_and_nothing_is_overwritten(studio: Studio) -> None:
    first, second = await studio.open(THEME, LESSON), await studio.open(THEME, LESSON)
    await studio.save(THEME, LESSON, {**first.data, "title": "Hers"}, seen=first.revision, author="ada")
    with pytest.raises(Changed, match="ada saved this at"):
        await studio.save(THEME, LESSON, {**second.data, "title": "His"}, seen=second.revision, author="bo")
    assert (await studio.open(THEME, LESSON)).data["title"] == "Hers"


async def test_two_saves_at_once_leave_one_and_tell_the_other(studio: Studio) -> None:
    opened = await studio.open(THEME, LESSON)
    saves = (studio.save(THEME, LESSON, opened.data, seen=opened.revision, author=name) for name in ("ada", "bo", "cy"))
    done = await asyncio.gather(*saves, return_exceptions=True)
    assert sorted(type(each).__name__ for each in done) == ["Changed", "Changed", "int"]


async def test_a_file_that_changed_meanwhile_is_told(studio: Studio, folder: Path) -> None:
    await change(studio, title="Another title")
    file = folder / THEME / "01-form-of-a-lesson.yaml"
    file.write_text(file.read_text() + "\n# Looked through.\n")
    assert "The file has changed" in (await studio.open(THEME, LESSON)).conflict
    assert any(
        said.startswith("Written over: form-of-a-lesson")
        for said in (await studio.publishing.consequences(THEME)).sentences
    )


async def test_what_is_published_changes_its_own_lines_alone(studio: Studio, folder: Path) -> None:
    file = folder / THEME / "01-form-of-a-lesson.yaml"
    before = f"# Kept.\n{file.read_text()}"
    file.write_text(before)
    await change(studio, title="Another title")
    await publish(studio, THEME)
    changed = [
        pair for pair in zip(before.split("\n"), file.read_text().split("\n"), strict=True) if pair[0] != pair[1]
    ]
    assert len(changed) == 1
    assert changed[0][1] == "title: Another title"


async def test_an_error_keeps_a_theme_from_being_published_and_stands_in_its_field(
    studio: Studio, library: Library
) -> None:
    opened = await studio.open(THEME, LESSON)
    label = opened.data["sections"][1]["label"]
    sections = [{**each, "label": "x" * 60} if at == 1 else each for at, each in enumerate(opened.data["sections"])]
    questions = [
        {**each, "section": "x" * 60} if each["section"] == label else each for each in opened.data["questions"]
    ]
    long = await studio.look(THEME, LESSON, {**opened.data, "sections": sections, "questions": questions})
    assert ("sections", 1, "label") in {each.at for each in long.findings}
    data = {**opened.data, "summary": ""}
    assert ("summary",) in {each.at for each in (await studio.look(THEME, LESSON, data)).findings}
    await studio.save(THEME, LESSON, data, seen=opened.revision, author="ada")
    told = await studio.publishing.consequences(THEME)
    assert told.errors
    with pytest.raises(StudyError, match="nothing was published"):
        await studio.publishing.publish(THEME, digest=told.digest, author="ada")
    assert library.edition.shelf.lesson(THEME, LESSON)


async def test_a_look_shows_the_lesson_as_each_front_end_draws_it(studio: Studio) -> None:
    opened = await studio.open(THEME, LESSON)
    looked = await studio.look(THEME, LESSON, {**opened.data, "title": "Seen as it is typed"})
    assert {name for name, drawn in looked.drawings.items() if "Seen as it is typed" in drawn} == {
        "Page",
        "Discord",
        "Slack",
    }
    assert looked.least <= looked.characters <= looked.most
    assert looked.minutes >= 1


async def test_those_in_the_middle_of_a_theme_are_counted_before_it_is_published(studio: Studio, ada: Any) -> None:
    await ada.types(f"done {THEME}/{LESSON}")
    opened = await studio.open(THEME, LESSON)
    sections = [{**opened.data["sections"][0], "text": "Said otherwise."}, *opened.data["sections"][1:]]
    await studio.save(THEME, LESSON, {**opened.data, "sections": sections}, seen=0, author="ada")
    told = await studio.publishing.consequences(THEME)
    assert any("1 person did it and will see that it changed" in said for said in told.sentences)


async def test_a_lesson_that_would_vanish_needs_a_word_and_can_be_taken_back(studio: Studio, library: Library) -> None:
    await studio.take_away(THEME, LESSON, author="ada")
    told = await studio.publishing.consequences(THEME)
    assert told.gone == (LESSON,)
    if told.errors:
        pytest.fail(str(told.errors))
    with pytest.raises(StudyError, match="would vanish"):
        await studio.publishing.publish(THEME, digest=told.digest, author="ada")
    await studio.publishing.publish(THEME, digest=told.digest, author="ada", drop=True)
    assert library.edition.shelf.lesson(THEME, LESSON) is None
    (version,) = await studio.publishing.versions(THEME)
    await studio.publishing.take_back(THEME, version.name, author="bo")
    assert library.edition.shelf.lesson(THEME, LESSON)
    assert [each.author for each in await studio.publishing.versions(THEME)] == ["bo", "ada"]


async def test_every_publishing_keeps_what_stood_there(studio: Studio, clock: HandClock, library: Library) -> None:
    for title in ("First", "Second"):
        await change(studio, title=title)
        await publish(studio, THEME)
        clock.at += timedelta(hours=1)
    oldest = (await studio.publishing.versions(THEME))[-1]
    await studio.publishing.take_back(THEME, oldest.name, author="ada")
    found = library.edition.shelf.lesson(THEME, LESSON)
    assert found
    assert found.title not in {"First", "Second"}


async def test_what_changed_since_the_look_is_not_published(studio: Studio) -> None:
    await change(studio, title="Seen")
    told = await studio.publishing.consequences(THEME)
    await change(studio, title="Not seen")
    with pytest.raises(StudyError, match="changed since you looked"):
        await studio.publishing.publish(THEME, digest=told.digest, author="ada")


async def test_two_who_publish_at_once_publish_once(studio: Studio) -> None:
    await change(studio, title="Once")
    told = await studio.publishing.consequences(THEME)
    both = (studio.publishing.publish(THEME, digest=told.digest, author=name) for name in ("ada", "bo"))
    done = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(isinstance(each, StudyError) for each in done) == [False, True]
    assert len(await studio.publishing.versions(THEME)) == 1


async def test_a_full_disk_in_the_middle_leaves_the_shelf_and_the_drafts_as_they_were(
    studio: Studio, folder: Path, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    await change(studio, title="Never live")
    before = {file.name: file.read_bytes() for file in (folder / THEME).iterdir()}
    rename = Path.rename

    def full(self: Path, target: Path) -> Path:
        if self.parent.name.startswith(".studio-") and not self.name.startswith("."):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return rename(self, target)

    told = await studio.publishing.consequences(THEME)
    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(StudyError):
        await studio.publishing.publish(THEME, digest=told.digest, author="ada")
    monkeypatch.undo()
    assert {file.name: file.read_bytes() for file in (folder / THEME).iterdir()} == before
    assert (await studio.open(THEME, LESSON)).data["title"] == "Never live"
    assert not list(folder.glob(".studio-*"))
    assert load.load([folder]).whole


async def test_a_disk_that_is_full_before_the_change_is_told_in_one_sentence(
    studio: Studio, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await change(studio, title="Never live")
    told = await studio.publishing.consequences(THEME)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("bot.studio.staging.shutil.copyfile", full)
    with pytest.raises(StudyError, match="No space left"):
        await studio.publishing.publish(THEME, digest=told.digest, author="ada")


def test_a_theme_moved_aside_when_the_power_failed_is_put_back(folder: Path) -> None:
    stage = folder / ".studio-x"
    stage.mkdir()
    (folder / THEME).rename(stage / f".before-{THEME}")
    parcel.recover(folder)
    assert sound(folder)


async def test_what_is_saved_while_a_theme_is_published_stays_a_draft(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    await change(studio, title="Published")
    told = await studio.publishing.consequences(THEME)
    place, saved = studio._files.shelves.place, []

    def between(pack: load.Pack) -> Any:
        """A save that comes after the publishing began, and before it holds the lock."""
        monkeypatch.setattr(studio._files.shelves, "place", place)
        opened = asyncio.run(studio.open(THEME, LESSON))
        later = studio.save(THEME, LESSON, {**opened.data, "title": "Typed later"}, seen=opened.revision, author="bo")
        saved.append(asyncio.run(later))
        return place(pack)

    monkeypatch.setattr(studio._files.shelves, "place", between)
    with pytest.raises(StudyError, match="changed since you looked"):
        await studio.publishing.publish(THEME, digest=told.digest, author="ada")
    assert saved
    assert (await studio.open(THEME, LESSON)).data["title"] == "Typed later"


async def test_a_theme_without_a_name_reaches_no_file(studio: Studio) -> None:
    for call in (
        studio.open(""),
        studio.save("", LESSON, {}, seen=0, author="ada"),
        studio.publishing.consequences(""),
    ):
        with pytest.raises(StudyError, match="There is no"):
            await call


@pytest.mark.parametrize("id", ["../up", "a/b", ".", "A", "x" * 41, "\x00", "theme."])
async def test_an_id_that_is_no_id_reaches_no_file(studio: Studio, id: str) -> None:
    for call in (studio.open(id), studio.open(THEME, id), studio.save(THEME, id, {}, seen=0, author="ada")):
        with pytest.raises(StudyError, match="There is no"):
            await call


async def test_themes_that_come_along_or_from_git_can_be_read_and_not_written(
    make_studio: Callable[..., Studio], tmp_path: Path
) -> None:
    elsewhere = tmp_path / "git" / "0abc"
    theme = load.bundled() / "backend-architectures"
    (elsewhere / "ours").mkdir(parents=True)
    for file in theme.iterdir():
        text = file.read_text(encoding="utf-8")
        (elsewhere / "ours" / file.name).write_text(re.sub(r"^id: backend-architectures", "id: ours", text))
    studio = make_studio(load.bundled())
    studio._files.folders = lambda: [load.bundled(), elsewhere]
    entries = {entry.id: entry for entry in await studio.themes()}
    assert "comes with Dualo" in entries["backend-architectures"].why
    assert "comes from Git" in entries["ours"].why
    for id in ("backend-architectures", "ours"):
        with pytest.raises(StudyError, match="cannot be changed here"):
            await studio.save(id, "layers", {}, seen=0, author="ada")


async def test_publishing_keeps_for_whom_a_theme_is_and_says_when_that_changes(studio: Studio, folder: Path) -> None:
    file = folder / THEME / "theme.yaml"
    own = "workspaces: [web]  # ours\n"
    file.write_text(file.read_text(encoding="utf-8").replace("licence:", own + "licence:", 1), encoding="utf-8")
    opened = await studio.open(THEME)
    await studio.save(THEME, "", {**opened.data, "title": "Another"}, seen=0, author="ada")
    assert not any("from now on" in said for said in (await studio.publishing.consequences(THEME)).sentences)
    await publish(studio, THEME)
    assert own in file.read_text(encoding="utf-8")
    fields = {key: value for key, value in (await studio.open(THEME)).data.items() if key != "workspaces"}
    await studio.save(THEME, "", fields, seen=0, author="ada")
    assert "The theme is for every workspace from now on." in (await studio.publishing.consequences(THEME)).sentences


async def test_new_lessons_files_are_numbered_as_they_are_read_and_have_the_order_of_the_guide(
    studio: Studio, folder: Path
) -> None:
    theme = await written(studio, title="What comes first")
    later = await studio.begin_lesson(theme, "A title that sorts before it", author="ada")
    backwards = dict(reversed({**lesson(), "title": "A title that sorts before it"}.items()))
    await studio.save(theme, later, backwards, seen=1, author="ada")
    await publish(studio, theme)
    files = sorted(file.name for file in (folder / theme).glob("*.yaml"))
    assert files == ["01-what-comes-first.yaml", "02-a-title-that-sorts-before-it.yaml", "theme.yaml"]
    keys = re.findall(r"^(\w+):", (folder / theme / files[1]).read_text(encoding="utf-8"), re.MULTILINE)
    assert keys == ["id", "title", "summary", "sections", "sources", "questions"]
    named = re.findall(r"^(\w+):", (folder / theme / files[2]).read_text(encoding="utf-8"), re.MULTILINE)
    assert named == ["id", "emoji", "title", "description", "language", "licence", "lessons"]


async def test_a_lesson_is_measured_once_and_what_it_lacks_is_asked_for_in_the_words_of_the_form(
    studio: Studio,
) -> None:
    sections = [{**each, "text": "Too **short**."} for each in lesson()["sections"]]
    theme, id = await written(studio), "how-a-pool-works"
    short = await studio.look(theme, id, {**lesson(), "id": id, "sections": sections})
    assert f"The lesson has {short.characters:,} characters in all" in {each.message for each in short.findings}
    begun = await studio.look(theme, id, {"id": id, "title": "How a pool works"})
    assert {each.at: each.message for each in begun.findings if len(each.at) == 1} == {
        ("summary",): "“summary” is empty",
        ("sections",): "There is no section yet",
        ("sources",): "There is no source yet",
        ("questions",): "There is no question yet",
    }
    assert not [each for each in begun.findings if "key" in each.mend]


async def test_hostile_files_beside_the_lessons_are_told_of_and_hold_nothing_up(studio: Studio, folder: Path) -> None:
    opened = await studio.open(THEME, LESSON)
    for name, content in {
        "90-itself.yaml": "id: &a [*a]\n",
        "91-gigabytes.yaml": "".join(
            f"a{n}: &a{n} [{', '.join([f'*a{n - 1}' if n else 'x'] * 10)}]\n" for n in range(30)
        ),
        "92-huge.yaml": "id: huge\ntext: " + "x " * 1_000_000,
    }.items():
        (folder / THEME / name).write_text(content, encoding="utf-8")
    looked = await studio.look(THEME, LESSON, opened.data)
    assert not [each for each in looked.findings if each.severity == "error"]
    assert {each.id for entry in await studio.themes() for each in entry.lessons} >= {LESSON}
    (told,) = {
        each.message for each in (await studio.publishing.consequences(THEME)).errors if "256 KiB" in each.message
    }
    assert told == "This file is larger than 256 KiB"


async def test_a_theme_behind_a_link_is_read_and_changed_where_it_is(
    studio: Studio, library: Library, folder: Path, tmp_path: Path
) -> None:
    (folder / THEME).rename(tmp_path / "elsewhere")
    (folder / THEME).symlink_to(tmp_path / "elsewhere")
    (entry,) = await studio.themes()
    assert (entry.writable, entry.why) == (False, "Its folder is a link: change it where that leads.")
    opened = await studio.open(THEME, LESSON)
    with pytest.raises(StudyError, match="cannot be changed here"):
        await studio.save(THEME, LESSON, opened.data, seen=opened.revision, author="ada")
    assert (folder / THEME).is_symlink()


async def test_an_archive_of_another_dualo_becomes_drafts_and_is_published_as_it_was(
    studio: Studio, library: Library, folder: Path
) -> None:
    archive = parcel.pack([folder])
    before = load.load([folder]).shelf
    with pytest.raises(StudyError, match="is here already, so nothing was taken"):
        await studio.take_archive(archive, author="ada")
    shutil.rmtree(folder / THEME)
    theme, told = await studio.take_archive(archive, author="ada")
    assert (theme, [each for each in told if "Left out" in each and "words.txt" not in each]) == (THEME, [])
    assert not (folder / THEME).exists()
    assert library.edition.shelf.lesson(THEME, LESSON)
    await publish(studio, theme)
    assert load.load([folder]).shelf == before


async def test_a_drawing_of_an_archive_that_cannot_be_taken_is_told(studio: Studio, folder: Path) -> None:
    lesson = folder / THEME / "02-questions-that-teach.yaml"
    words = f"{lesson.read_text(encoding='utf-8')}diagram: {{file: a.b.svg, alt: Boxes, after: Recall}}\n"
    lesson.write_text(words, encoding="utf-8")
    (lesson.parent / "a.b.svg").write_text("<svg/>", encoding="utf-8")
    archive = parcel.pack([folder])
    shutil.rmtree(folder / THEME)
    _, told = await studio.take_archive(archive, author="ada")
    assert [each for each in told if "a.b.svg" in each and "Left out" in each]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("../out.yaml", "id: x", "has no place in an archive"),
        ("a/theme.yaml", "title: x", "has no theme.yaml with an id"),
        ("a/theme.yaml", "id: &a [*a]", "has no theme.yaml with an id"),
        ("a/theme.yaml", "id: ../../x", "has no theme.yaml with an id"),
    ],
)
async def test_a_hostile_archive_is_refused_and_leaves_no_draft(
    studio: Studio, name: str, content: str, said: str
) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, content)
    for sent in (file.getvalue(), b"no archive", b""):
        with pytest.raises(StudyError, match=said if sent == file.getvalue() else "could not be read"):
            await studio.take_archive(sent, author="ada")
    assert {entry.state for entry in await studio.themes()} == {"live"}
