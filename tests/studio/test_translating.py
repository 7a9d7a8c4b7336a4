"""A translation is written beside its original, follows it, and is published with it or waits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.core.errors import StudyError
from bot.packs import load, rewriting
from bot.packs.library import Library
from bot.studio import translating
from bot.studio.studio import Studio
from tests.studio.conftest import THEME, sound
from tests.studio.test_studio import LESSON, change, publish

GERMAN = f"{LESSON}.de"
OTHER = "questions-that-teach"
DIAGRAM = "01-form-of-a-lesson.de.yaml"


def said(file: Path) -> dict[str, Any]:
    found = rewriting.read(file.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return dict(found)


def in_full(form: dict[str, Any], original: dict[str, Any]) -> dict[str, Any]:
    """The form with something in every field that is still empty."""
    return translating.filled(original, form)


async def begun(studio: Studio, lesson: str = OTHER, language: str = "fr") -> str:
    return await studio.begin_translation(THEME, lesson, language, author="ada")


async def write(studio: Studio, key: str, **fields: Any) -> None:
    opened = await studio.open(THEME, key)
    await studio.save(THEME, key, {**opened.data, **fields}, seen=opened.revision, author="ada")


async def write_in_full(studio: Studio, key: str, **fields: Any) -> None:
    opened = await studio.open(THEME, key)
    assert opened.translation
    await write(studio, key, **{**in_full(opened.data, opened.translation.original), **fields})


async def test_a_translation_is_begun_written_and_published_with_the_rest(
    studio: Studio, library: Library, folder: Path
) -> None:
    key = await begun(studio)
    assert key == f"{OTHER}.fr"
    await write_in_full(studio, key, title="Des questions qui apprennent")
    said_of_it = await publish(studio, THEME)
    read = library.edition.read_in("fr").shelf.lesson(THEME, OTHER)
    assert read
    assert read.title == "Des questions qui apprennent"
    (only,) = said_of_it
    assert only.startswith("New: “")
    assert only.endswith("in Français.")
    assert sound(folder)


async def test_what_both_have_in_common_is_the_originals_whatever_is_sent(studio: Studio, folder: Path) -> None:
    key = await begun(studio)
    opened = await studio.open(THEME, key)
    assert opened.translation
    form = in_full(opened.data, opened.translation.original)
    form["questions"][0]["options"][0]["right"] = "false"
    form["questions"].append({"id": "made-up", "ask": "Is this one here?"})
    await write(studio, key, **form)
    await publish(studio, THEME)
    written = said(folder / THEME / "02-questions-that-teach.fr.yaml")
    original = said(folder / THEME / "02-questions-that-teach.yaml")
    rights = [[one["right"] for one in each.get("options", [])] for each in written["questions"]]
    assert rights == [[one["right"] for one in each.get("options", [])] for each in original["questions"]]
    assert [each["id"] for each in written["questions"]] == [each["id"] for each in original["questions"]]
    labels = {each["label"] for each in written["sections"]}
    assert {each["section"] for each in written["questions"]} <= labels


async def test_what_is_missing_is_marked_in_its_field_and_the_original_is_shown_there(studio: Studio) -> None:
    key = await begun(studio)
    opened = await studio.open(THEME, key)
    looked = await studio.look(THEME, key, {**opened.data, "title": "Des questions qui apprennent"})
    places = {each.at for each in looked.findings}
    assert ("summary",) in places
    assert ("sections", 0, "label") in places
    assert "Des questions qui apprennent" in looked.drawings["Page"]
    assert "is not translated to" not in looked.drawings["Page"]


async def test_a_finding_about_a_question_stands_at_that_question_though_others_are_missing(studio: Studio) -> None:
    key = await begun(studio)
    opened = await studio.open(THEME, key)
    assert opened.translation
    form = in_full(opened.data, opened.translation.original)
    for each in form["questions"][:2]:
        each["ask"], each["options"] = "", []
    form["questions"][2]["ask"] = "x" * 300
    looked = await studio.look(THEME, key, form)
    assert ("questions", 2, "ask") in {each.at for each in looked.findings}


async def test_the_lesson_is_seen_as_a_reader_of_any_language_sees_it(studio: Studio) -> None:
    opened = await studio.open(THEME, LESSON)
    looked = await studio.look(THEME, LESSON, opened.data, language="de")
    assert "Die Form einer Lektion" in looked.drawings["Discord"]
    assert [code for code, _ in looked.languages] == ["en", "de"]
    other = await studio.look(THEME, OTHER, (await studio.open(THEME, OTHER)).data, language="de")
    title = (await studio.open(THEME, OTHER)).data["title"]
    assert title in other.drawings["Slack"]
    assert "Als Nächstes" in other.drawings["Page"]


async def test_a_section_that_moves_takes_its_translation_along(studio: Studio, library: Library, folder: Path) -> None:
    before = said(folder / THEME / DIAGRAM)
    opened = await studio.open(THEME, LESSON)
    first, *rest = opened.data["sections"]
    await change(studio, sections=[*rest, first])
    await publish(studio, THEME)
    after = said(folder / THEME / DIAGRAM)
    labels = [each["label"] for each in before["sections"]]
    assert [each["label"] for each in after["sections"]] == [*labels[1:], labels[0]]
    read = library.edition.read_in("de").shelf.lesson(THEME, LESSON)
    assert read
    assert read.original


async def test_a_question_whose_right_option_moved_is_right_in_the_translation_too(
    studio: Studio, folder: Path
) -> None:
    opened = await studio.open(THEME, LESSON)
    questions = [{**each, "options": each["options"][::-1]} for each in opened.data["questions"]]
    await change(studio, questions=questions)
    await publish(studio, THEME)
    german, english = said(folder / THEME / DIAGRAM), said(folder / THEME / "01-form-of-a-lesson.yaml")
    assert [[one["id"] for one in each["options"]] for each in german["questions"]] == [
        [one["id"] for one in each["options"]] for each in english["questions"]
    ]


async def test_a_translation_that_no_longer_fits_waits_as_a_draft_and_nothing_of_it_is_lost(
    studio: Studio, library: Library, folder: Path
) -> None:
    opened = await studio.open(THEME, LESSON)
    new = {"label": "Added", "text": "A new part. " * 12, "sources": opened.data["sections"][0]["sources"]}
    question = {**opened.data["questions"][0], "id": "added", "section": "Added", "ask": "What was added just now?"}
    await change(studio, sections=[new, *opened.data["sections"]], questions=[*opened.data["questions"], question])
    told = await publish(studio, THEME)
    assert any(each.startswith("Waits as a draft: “") and "in Deutsch" in each for each in told)
    assert not (folder / THEME / DIAGRAM).exists()
    german = library.edition.read_in("de").shelf.lesson(THEME, LESSON)
    assert german
    assert german.original is None
    kept = await studio.open(THEME, GERMAN)
    assert kept.state == "new"
    assert [bool(each["label"]) for each in kept.data["sections"]] == [False, *[True] * len(opened.data["sections"])]


async def test_a_half_translated_draft_keeps_no_theme_from_being_published_and_stays(
    studio: Studio, library: Library
) -> None:
    key = await begun(studio)
    await write(studio, key, title="Des questions")
    await change(studio, title="Another title")
    told = await publish(studio, THEME)
    assert any(each.startswith("Waits as a draft: “") and "in Français" in each for each in told)
    assert library.edition.shelf.lesson(THEME, LESSON).title == "Another title"  # type: ignore[union-attr]
    assert (await studio.open(THEME, key)).data["title"] == "Des questions"


async def test_a_translation_alone_that_is_not_whole_is_told_and_not_published(studio: Studio) -> None:
    await begun(studio)
    told = await studio.publishing.consequences(THEME)
    assert told.errors
    with pytest.raises(StudyError, match="nothing was published"):
        await studio.publishing.publish(THEME, digest=told.digest, author="ada")


async def test_what_changed_in_the_original_since_is_told_field_by_field(studio: Studio) -> None:
    opened = await studio.open(THEME, LESSON)
    summary = opened.data["summary"]
    await change(studio, summary="Every lesson has its parts in one order, and each of them has a job of its own.")
    german = await studio.open(THEME, GERMAN)
    assert german.translation
    assert german.translation.changed == {"summary": " ".join(summary.split())}
    assert german.translation.now != german.data["of"]
    assert any("has changed since" in each.message for each in (await studio.look(THEME, GERMAN, german.data)).findings)
    told = await publish(studio, THEME)
    assert [each.partition(" ")[0] for each in told] == ["Only", "Behind:"]
    again = await studio.open(THEME, GERMAN)
    assert again.translation
    assert again.translation.changed == german.translation.changed  # found in the version that was kept
    assert [each.behind for entry in (await studio.themes())[0].lessons for each in entry.translations] == [True]
    await write(studio, GERMAN, of=again.translation.now)
    await publish(studio, THEME)
    assert [each.behind for entry in (await studio.themes())[0].lessons for each in entry.translations] == [False]


async def test_a_translation_written_by_hand_stays_as_it_is_where_nothing_changed(studio: Studio, folder: Path) -> None:
    file = folder / THEME / DIAGRAM
    before = f"# Kept.\n{file.read_text(encoding='utf-8')}"
    file.write_text(before, encoding="utf-8")
    await write(studio, GERMAN, title="Anders")
    await publish(studio, THEME)
    pairs = zip(before.split("\n"), file.read_text(encoding="utf-8").split("\n"), strict=True)
    assert [new for old, new in pairs if old != new] == ["title: Anders"]


async def test_what_the_original_has_no_place_for_is_told(studio: Studio) -> None:
    opened = await studio.open(THEME, LESSON)
    *rest, last = opened.data["sections"]
    await change(studio, sections=rest)
    german = await studio.open(THEME, GERMAN)
    assert german.translation
    assert len(german.translation.left_over) == 1
    assert len(german.data["sections"]) == len(rest)
    assert last["label"] not in [each["beside"] for each in german.data["sections"]]


async def test_a_translation_is_taken_away_and_can_be_taken_back(studio: Studio, folder: Path) -> None:
    await studio.take_away(THEME, GERMAN, author="ada")
    assert (await studio.open(THEME, GERMAN)).state == "gone"
    told = await publish(studio, THEME)
    assert any(each.startswith("Gone: “") and "in Deutsch" in each for each in told)
    assert not (folder / THEME / DIAGRAM).exists()
    (version,) = await studio.publishing.versions(THEME)
    await studio.publishing.take_back(THEME, version.name, author="ada")
    assert (folder / THEME / DIAGRAM).exists()


async def test_a_lesson_that_goes_takes_its_translations_along(studio: Studio, folder: Path) -> None:
    await studio.take_away(THEME, LESSON, author="ada")
    await publish(studio, THEME, drop=True)
    assert not list((folder / THEME).glob("01-*"))
    new = await studio.begin_lesson(THEME, "Never live", author="ada")
    key = await begun(studio, new, "de")
    await studio.discard(THEME, new)
    assert key not in studio._drafts.of_theme(THEME)


@pytest.mark.parametrize(("language", "why"), [("en", "itself is in"), ("de", "already"), ("../de", "no language")])
async def test_a_language_that_cannot_be_added_is_refused_with_a_reason(
    studio: Studio, language: str, why: str
) -> None:
    with pytest.raises(StudyError, match=why):
        await begun(studio, LESSON, language)


async def test_a_themes_own_words_are_marked_once_they_changed_since_they_were_translated(
    studio: Studio, folder: Path
) -> None:
    opened = await studio.open(THEME)
    now = (await studio.look(THEME, "", opened.data)).now
    titles = {"de": {**opened.data["translations"]["de"], "of": now}, "fr": {"title": "", "description": ""}}
    looked = await studio.look(THEME, "", {**opened.data, "translations": titles})
    assert not looked.findings
    looked = await studio.look(THEME, "", {**opened.data, "title": "Teach well", "translations": titles})
    assert [(each.at, each.severity) for each in looked.findings] == [(("translations", "de", "of"), "warning")]
    await studio.save(THEME, "", {**opened.data, "translations": titles}, seen=0, author="ada")
    await publish(studio, THEME)
    assert "fr" not in said(folder / THEME / "theme.yaml")["translations"]
    assert load.load([folder]).whole


@pytest.mark.parametrize(
    "sent",
    [
        {"sections": "none", "questions": {"a": 1}, "sources": [1, None], "diagram": "x.svg"},
        {"sections": [{"label": ["x"], "text": {"y": "z"}}], "questions": [{"id": 7, "options": "no"}]},
        {"of": {"a": "b"}, "title": ["t"], "questions": [{"id": "x", "answer": "typed"}], "diagram": {"svg": 3}},
    ],
)
async def test_whatever_is_sent_for_a_translation_is_told_and_breaks_nothing(
    studio: Studio, library: Library, sent: dict[str, Any]
) -> None:
    before = library.edition
    looked = await studio.look(THEME, GERMAN, sent)
    assert looked.findings
    await studio.save(THEME, GERMAN, sent, seen=0, author="ada")
    assert (await studio.open(THEME, GERMAN)).translation
    assert (await studio.publishing.consequences(THEME)).errors
    assert library.edition is before
