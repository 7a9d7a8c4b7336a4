"""Questions with several right options and with typed answers: asked, answered, judged, and reported."""

from __future__ import annotations

import pytest

from bot.core import views
from bot.core.actions import Action
from bot.core.record import replace
from bot.core.text import parse
from bot.domain.course import Lesson, Shelf
from bot.domain.questions import Option, Question, TypedAnswer
from bot.features import commands
from bot.packs.library import Edition, Library
from bot.store.store import Store
from tests.conftest import Learner
from tests.features.test_content_changes import with_lesson

LESSON = "backend-architectures/layers"


@pytest.fixture
def lesson(shelf: Shelf) -> Lesson:
    found = shelf.lesson(*LESSON.split("/"))
    assert found
    return found


def only(library: Library, lesson: Lesson, question: Question) -> None:
    """A shelf whose lesson asks nothing else."""
    library.swap(Edition(with_lesson(library.edition.shelf, replace(lesson, questions=(question,)))))


def several(lesson: Lesson) -> Question:
    options = tuple(
        Option(id, parse(id.capitalize()), right=right, why=parse(f"Because of {id}."))
        for id, right in (("one", True), ("two", False), ("three", True))
    )
    return Question("both", parse("Which two?"), lesson.sections[0].label, options)


def typed(lesson: Lesson) -> Question:
    answer = TypedAnswer(("SKIP LOCKED",), parse("It passes locked rows by."))
    return Question("words", parse("Which two words?"), lesson.sections[0].label, typed=answer)


async def asked(ada: Learner) -> views.QuestionPage:
    view = await ada.types(f"quiz lesson:{LESSON}")
    assert isinstance(view, views.QuestionPage)
    return view


async def pick(ada: Learner, page: views.View, letters: str) -> views.QuestionPage:
    for letter in letters:
        assert isinstance(page, views.QuestionPage)
        page = await ada.does(next(each.command for each in page.options if each.letter == letter))
    assert isinstance(page, views.QuestionPage)
    return page


async def checked(ada: Learner, page: views.QuestionPage) -> views.Verdict:
    verdict = await ada.presses(page, "Check my answer")
    assert isinstance(verdict, views.Verdict)
    return verdict


async def typing(ada: Learner, page: views.View, words: str) -> views.Verdict:
    form = await ada.presses(page, "Type the answer")
    assert isinstance(form, views.FormPage)
    verdict = await ada.does(commands.fill(commands.by_verb(form.form.verb), {**form.form.given, "given": words}))  # type: ignore[arg-type]
    assert isinstance(verdict, views.Verdict)
    return verdict


@pytest.mark.parametrize("paused", [False, True], ids=["recorded", "paused"])
@pytest.mark.parametrize(
    ("letters", "right"), [("AC", True), ("CA", True), ("A", False), ("ABC", False), ("ABBC", True)]
)
async def test_of_several_right_options_all_and_no_other_make_it_right(
    ada: Learner, library: Library, lesson: Lesson, letters: str, *, right: bool, paused: bool
) -> None:
    only(library, lesson, several(lesson))
    if paused:
        await ada.types("privacy pause")
    verdict = await checked(ada, await pick(ada, await asked(ada), letters))
    assert verdict.right is right
    told = {answer.text.plain for answer in verdict.answers}
    assert told >= {"One", "Three"}, "what is right is told, whether it was chosen or left out"


async def test_nothing_is_recorded_before_the_check(ada: Learner, library: Library, lesson: Lesson) -> None:
    only(library, lesson, several(lesson))
    page = await pick(ada, await asked(ada), "AB")
    assert [option.mark for option in page.options] == ["✓ A", "✓ B", "C"]
    assert [each.label for each in (await asked(ada)).actions if isinstance(each, Action)] == []
    kept = await ada.types("privacy")
    assert isinstance(kept, views.PrivacyPage)
    assert "Answers given" not in {row.name for row in kept.rows}


@pytest.mark.parametrize("paused", [False, True], ids=["recorded", "paused"])
@pytest.mark.parametrize(("words", "right"), [("skip  Locked", True), ("nowait", False)])
async def test_a_typed_answer_is_judged_kindly(
    ada: Learner, library: Library, lesson: Lesson, words: str, *, right: bool, paused: bool
) -> None:
    only(library, lesson, typed(lesson))
    if paused:
        await ada.types("privacy pause")
    verdict = await typing(ada, await asked(ada), words)
    assert verdict.right is right
    assert any(answer.text.plain == "SKIP LOCKED" for answer in verdict.answers) is not right


async def test_what_a_person_typed_is_shown_as_typed_and_is_no_markup(
    ada: Learner, library: Library, lesson: Lesson
) -> None:
    only(library, lesson, typed(lesson))
    verdict = await typing(ada, await asked(ada), "**@everyone** `x` [y](https://example.com)")
    (span,) = verdict.answers[0].text.blocks[0].spans  # type: ignore[union-attr]
    assert (span.code, span.text) == (True, "**@everyone** 'x' [y](https://example.com)")


async def test_the_first_typed_answer_counts(ada: Learner, library: Library, lesson: Lesson) -> None:
    only(library, lesson, typed(lesson))
    page = await asked(ada)
    await typing(ada, page, "nowait")
    again = await ada.presses(page, "Type the answer")
    assert isinstance(again, views.Verdict)
    assert (again.right, again.note) == (False, "You answered this before; the first answer counts.")


async def test_an_answer_from_before_options_had_ids_tells_only_whether_it_was_right(
    ada: Learner, library: Library, lesson: Lesson, store: Store
) -> None:
    from sqlalchemy import update

    from bot.store import tables

    only(library, lesson, several(lesson))
    page = await pick(ada, await asked(ada), "B")
    await checked(ada, page)
    async with store.transaction() as connection:
        await connection.execute(update(tables.answer).values(given=""))
    verdict = await checked(ada, page)
    assert [answer.given for answer in verdict.answers] == [False, False]
