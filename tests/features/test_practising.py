"""Questions: the first answer counts, misses come again, and an attempt outlives a restart."""

from __future__ import annotations

import asyncio

from bot.core import views
from bot.core.ports import Actor
from bot.domain.course import Shelf
from bot.domain.questions import Question
from bot.engine import StudyEngine
from bot.features import commands
from bot.packs.library import Library
from bot.store.database import Database
from bot.store.store import Store, opened
from tests.conftest import Learner
from tests.hand_clock import HandClock

LESSON = "backend-architectures/concurrency"


def question_of(shelf: Shelf, view: views.View) -> Question:
    assert isinstance(view, views.QuestionPage)
    return next(
        question for lesson in shelf.lessons for question in lesson.questions if question.ask.source == view.ask.source
    )


def choice(shelf: Shelf, view: views.View, *, right: bool) -> commands.Command:
    """The option to press to be right, or wrong."""
    assert isinstance(view, views.QuestionPage)
    answer = question_of(shelf, view).rights[0]
    return view.options[answer if right else (answer + 1) % len(view.options)].command


async def test_a_quiz_asks_as_many_as_wanted_and_ends_with_a_score(ada: Learner, shelf: Shelf) -> None:
    view = await ada.types(f"quiz lesson:{LESSON} count:3")
    for position in range(3):
        assert isinstance(view, views.QuestionPage)
        assert (view.position, view.total) == (position + 1, 3)
        verdict = await ada.does(choice(shelf, view, right=position != 1))
        assert isinstance(verdict, views.Verdict)
        assert verdict.right is (position != 1)
        view = await ada.presses(verdict, "Next question" if position < 2 else "How it went")
    assert isinstance(view, views.Score)
    assert (view.right, view.total, len(view.missed)) == (2, 3, 1)


async def test_a_verdict_gives_both_reasons_the_section_and_a_source(ada: Learner, shelf: Shelf) -> None:
    view = await ada.types(f"quiz lesson:{LESSON}")
    asked = question_of(shelf, view)
    verdict = await ada.does(choice(shelf, view, right=False))
    assert isinstance(verdict, views.Verdict)
    wrong = asked.options[(asked.rights[0] + 1) % len(asked.options)]
    right = asked.options[asked.rights[0]]
    assert [answer.why for answer in verdict.answers] == [wrong.why, right.why]
    assert verdict.section == asked.section


async def test_a_verdict_cites_the_first_source_of_its_questions_section(ada: Learner, shelf: Shelf) -> None:
    lesson = next(each for each in shelf.lessons if str(each.key) == LESSON)
    cited = set()
    view = await ada.types(f"quiz lesson:{LESSON} count:{len(lesson.questions)}")
    for position in range(len(lesson.questions)):
        asked = question_of(shelf, view)
        section = next(each for each in lesson.sections if each.label == asked.section)
        source = next(each for each in lesson.sources if each.id == section.sources[0])
        verdict = await ada.does(choice(shelf, view, right=True))
        assert isinstance(verdict, views.Verdict)
        assert verdict.source == views.SourceLink(source.title, source.url)
        cited.add(source.id)
        view = await ada.presses(verdict, "Next question" if position + 1 < len(lesson.questions) else "How it went")
    assert len(cited) > 1, "one source for all would hide which one is cited"


async def test_the_first_answer_counts(ada: Learner, shelf: Shelf) -> None:
    view = await ada.types(f"quiz lesson:{LESSON}")
    await ada.does(choice(shelf, view, right=False))
    again = await ada.does(choice(shelf, view, right=True))
    assert isinstance(again, views.Verdict)
    assert (again.right, again.note) == (False, "You answered this before; the first answer counts.")


async def test_of_two_answers_at_once_one_counts(ada: Learner, shelf: Shelf) -> None:
    view = await ada.types(f"quiz lesson:{LESSON}")
    both = await asyncio.gather(ada.does(choice(shelf, view, right=True)), ada.does(choice(shelf, view, right=False)))
    verdicts = {verdict.right for verdict in both if isinstance(verdict, views.Verdict)}
    assert len(verdicts) == 1


async def test_redo_asks_exactly_what_was_missed(ada: Learner, shelf: Shelf) -> None:
    view = await ada.types(f"quiz lesson:{LESSON} count:3")
    missed = []
    for position in range(3):
        right = position == 0
        if not right:
            missed.append(question_of(shelf, view).id)
        verdict = await ada.does(choice(shelf, view, right=right))
        view = await ada.presses(verdict, "Next question" if position < 2 else "How it went")
    view = await ada.presses(view, "Redo my misses")
    again = []
    for position in range(2):
        again.append(question_of(shelf, view).id)
        verdict = await ada.does(choice(shelf, view, right=True))
        view = await ada.presses(verdict, "Next question" if position < 1 else "How it went")
    assert missed == again
    assert isinstance(view, views.Score)
    assert (view.right, view.missed) == (2, ())


async def test_an_attempt_outlives_a_restart(
    database_url: str, library: Library, clock: HandClock, shelf: Shelf
) -> None:
    async with opened(Database(database_url)) as store:
        ada = Learner(StudyEngine(store, library, clock), Actor(workspace="web", person="ada"))
        view = await ada.types(f"quiz lesson:{LESSON} count:3")
        await ada.does(choice(shelf, view, right=True))
    async with opened(Database(database_url)) as store:
        ada = Learner(StudyEngine(store, library, clock), Actor(workspace="web", person="ada"))
        assert isinstance(view, views.QuestionPage)
        answered = view.options[0].command
        assert isinstance(answered, commands.AnswerQuestion)
        view = await ada.does(commands.AskQuestion(quiz=answered.quiz))
    assert isinstance(view, views.QuestionPage)
    assert view.position == 2


async def test_nobody_answers_anothers_quiz(ada: Learner, bob: Learner) -> None:
    view = await ada.types(f"quiz lesson:{LESSON}")
    assert isinstance(view, views.QuestionPage)
    theirs = await bob.does(view.options[0].command)
    assert isinstance(theirs, views.Notice)
    assert theirs.tone is views.Tone.SORRY


async def test_an_answer_to_a_question_that_changed_asks_it_anew(ada: Learner) -> None:
    view = await ada.types(f"quiz lesson:{LESSON}")
    assert isinstance(view, views.QuestionPage)
    old = view.options[0].command
    assert isinstance(old, commands.AnswerQuestion)
    stale = commands.AnswerQuestion(quiz=old.quiz, position=old.position, choice=old.choice, question="0123456789ab")
    again = await ada.does(stale)
    assert isinstance(again, views.QuestionPage)
    assert "changed" in again.note


async def test_paused_a_quiz_leaves_no_trace(ada: Learner, store: Store) -> None:
    await ada.types("privacy pause")
    view = await ada.types(f"quiz lesson:{LESSON} count:2")
    for _ in range(2):
        assert isinstance(view, views.QuestionPage)
        verdict = await ada.does(view.options[0].command)
        assert isinstance(verdict, views.Verdict)
        view = await ada.does(verdict.actions[0].command)  # type: ignore[union-attr]
    assert isinstance(view, views.Notice)
    page = await ada.types("privacy")
    assert isinstance(page, views.PrivacyPage)
    kept = {row.name: row.value for row in page.rows}
    assert not {"Quizzes begun", "Answers given"} & set(kept)


async def test_words_of_a_lesson_and_a_number_mean_that_many_questions(ada: Learner) -> None:
    view = await ada.types("quiz concurrency 3")
    assert isinstance(view, views.QuestionPage)
    assert (view.title, view.total) == ("Concurrency models — threads, events, goroutines", 3)


async def test_a_quiz_on_a_theme_asks_about_what_was_done(ada: Learner) -> None:
    await ada.types("done backend-architectures/layers")
    view = await ada.types("quiz backend-architectures")
    assert isinstance(view, views.QuestionPage)
    assert view.title == "What 'backend architecture' really means"
