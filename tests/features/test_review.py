"""Reviews: each answer counts once, a few a day, and nothing is kept of whoever paused."""

from __future__ import annotations

import asyncio
import json
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event

from bot.core import actions, text, views
from bot.core.ports import Actor
from bot.core.record import replace
from bot.delivery import reminders
from bot.domain.course import Lesson, Shelf
from bot.domain.learner import Seat
from bot.domain.memory import Grade
from bot.domain.nudging import Consent, Past, Way
from bot.domain.questions import Question
from bot.engine import StudyEngine
from bot.features import commands
from bot.features.reminders import status
from bot.features.review import due
from bot.packs.library import Library
from bot.store.cold import consents, memories
from bot.store.cold.consents import Agreement
from bot.store.cold.memories import Reviewed
from bot.store.database import Database
from bot.store.store import Store, opened
from tests.conftest import Learner, pressed
from tests.features.test_practising import choice, question_of
from tests.hand_clock import HandClock

LESSON = "backend-architectures/concurrency"
ADA = Seat("web", "ada")


async def log_of(store: Store) -> list[Reviewed]:
    async with store.reading() as connection:
        return await memories.log_of(connection, ADA)


async def due_tomorrow(ada: Learner, clock: HandClock) -> views.View:
    """A lesson is done, a day passes, the review begins."""
    await ada.types(f"done lesson:{LESSON}")
    clock.at += timedelta(days=1)
    return await ada.types("review")


def labels(view: views.View) -> list[str]:
    return [each.label for each in view.actions if isinstance(each, actions.Action)]


async def test_nothing_is_due_before_a_lesson_is_done_and_nothing_on_that_day(ada: Learner) -> None:
    view = await ada.types("review")
    assert isinstance(view, views.Notice)
    assert "nothing to review yet" in view.text
    await ada.types(f"done lesson:{LESSON}")
    view = await ada.types("review")
    assert isinstance(view, views.Notice)
    assert view.text == "Nothing is due today."
    assert "Next: 5 on Tue 6 Jan 2026" in view.hint


async def test_a_day_holds_as_many_as_the_cap_and_then_says_what_comes(
    ada: Learner, shelf: Shelf, clock: HandClock, store: Store
) -> None:
    await ada.types("done lesson:backend-architectures/layers")
    view = await due_tomorrow(ada, clock)
    await ada.does(commands.EditSettings(reviews=3))
    view = await ada.types("review")
    for position in range(3):
        assert isinstance(view, views.QuestionPage)
        assert (view.position, view.total) == (position + 1, 3)
        verdict = await ada.does(choice(shelf, view, right=position != 1))
        assert isinstance(verdict, views.Verdict)
        assert ("I guessed" in labels(verdict)) is (position != 1)
        view = await ada.does(pressed(verdict, "Next question" if position < 2 else "How it goes on"))
    assert isinstance(view, views.Notice)
    assert view.text == "That is all for today."
    assert "of 3 questions in three months" in view.hint
    assert [each.grade for each in await log_of(store)] == [Grade.GOOD, Grade.AGAIN, Grade.GOOD]


async def test_two_presses_two_replicas_and_a_restart_make_one_review(
    ada: Learner, shelf: Shelf, clock: HandClock, store: Store, database_url: str, library: Library
) -> None:
    view = await due_tomorrow(ada, clock)
    right, wrong = (choice(shelf, view, right=each) for each in (True, False))
    async with opened(Database(database_url)) as other:
        there = Learner(StudyEngine(other, library, clock), ada.actor)
        answers = await asyncio.gather(*(who.does(each) for who in (ada, there) for each in (right, wrong, right)))
    assert len({each.right for each in answers if isinstance(each, views.Verdict)}) == 1, answers
    assert len(await log_of(store)) == 1
    async with opened(Database(database_url)) as restarted:
        await Learner(StudyEngine(restarted, library, clock), ada.actor).does(wrong)
    assert len(await log_of(store)) == 1


async def test_a_lucky_hit_is_taken_back_once(ada: Learner, shelf: Shelf, clock: HandClock, store: Store) -> None:
    view = await due_tomorrow(ada, clock)
    verdict = await ada.does(choice(shelf, view, right=True))
    async with store.reading() as connection:
        (lucky,), _, _ = await memories.look(connection, ADA, clock.now())
    await ada.presses(verdict, "I guessed")
    again = await ada.presses(verdict, "I guessed")
    assert "stays as it is" in str(again)
    async with store.reading() as connection:
        (honest,), _, _ = await memories.look(connection, ADA, clock.now())
    assert honest.strength.stability < lucky.strength.stability
    assert honest.due <= lucky.due
    (row,) = await log_of(store)
    assert (row.grade, row.correct, row.guessed) == (Grade.AGAIN, True, True)


async def test_a_quiz_enters_a_question_and_counts_again_only_once_it_is_due(
    ada: Learner, shelf: Shelf, clock: HandClock, store: Store
) -> None:
    for _ in range(2):
        view = await ada.types(f"quiz lesson:{LESSON} count:10")
        while isinstance(view, views.QuestionPage):
            verdict = await ada.does(choice(shelf, view, right=True))
            view = await ada.does(verdict.actions[0].command)  # type: ignore[union-attr]
    first = await log_of(store)
    assert {each.number for each in first} == {0}
    clock.at += timedelta(days=30)
    view = await ada.types(f"quiz lesson:{LESSON} count:1")
    await ada.does(choice(shelf, view, right=True))
    assert [each.number for each in (await log_of(store))[len(first) :]] == [1]


async def test_pausing_asks_the_same_and_keeps_nothing(
    ada: Learner, shelf: Shelf, clock: HandClock, store: Store
) -> None:
    await due_tomorrow(ada, clock)
    await ada.does(commands.Privacy(action=commands.PrivacyVerb.PAUSE))
    view = await ada.types("review")
    asked = []
    while isinstance(view, views.QuestionPage):
        asked.append(view.ask)
        verdict = await ada.does(choice(shelf, view, right=True))
        assert "I guessed" not in labels(verdict)
        view = await ada.does(verdict.actions[0].command)  # type: ignore[union-attr]
    assert len(asked) == len(set(asked)) > 1
    assert await log_of(store) == []


async def test_a_snooze_freezes_due_dates_and_an_early_end_thaws_them(
    ada: Learner, shelf: Shelf, clock: HandClock, store: Store
) -> None:
    view = await due_tomorrow(ada, clock)
    await ada.does(choice(shelf, view, right=True))
    async with store.reading() as connection:
        (before,), _, _ = await memories.look(connection, ADA, clock.now())
    await ada.types("snooze 2 weeks")
    view = await ada.types("review")
    assert isinstance(view, views.Notice)
    assert "Reviews wait until Tue 20 Jan 2026" in view.text
    async with store.reading() as connection:
        (frozen,), plan, _ = await memories.look(connection, ADA, clock.now())
    assert (frozen.due, plan.frozen_until) == (before.due + timedelta(days=14), date(2026, 1, 20))
    await ada.presses(view, "Resume now")
    async with store.reading() as connection:
        (after,), plan, _ = await memories.look(connection, ADA, clock.now())
    assert (after.due, plan.frozen_until) == (before.due, None)


async def test_settings_say_until_when_reviews_wait_and_end_it(ada: Learner, clock: HandClock) -> None:
    await due_tomorrow(ada, clock)
    assert views.Pair("Reviews", "up to 5 questions a day") in (await settings_of(ada)).values
    await ada.types("snooze 2 weeks")
    page = await settings_of(ada)
    assert (
        views.Pair("Reviews", "up to 5 questions a day, from Tue 20 Jan 2026 on; until then they wait") in page.values
    )
    await ada.presses(page, "Resume now")
    page = await settings_of(ada)
    assert (views.Pair("Reviews", "up to 5 questions a day") in page.values, "Resume now" in labels(page)) == (
        True,
        False,
    )


async def settings_of(learner: Learner) -> views.SettingsPage:
    page = await learner.types("settings")
    assert isinstance(page, views.SettingsPage)
    return page


async def test_a_question_under_a_former_name_keeps_its_memory(
    ada: Learner, shelf: Shelf, clock: HandClock, store: Store
) -> None:
    view = await due_tomorrow(ada, clock)
    await ada.does(choice(shelf, view, right=True))
    asked = (await log_of(store))[0].asked
    theme = shelf.theme(asked.theme)
    assert theme
    lesson = shelf.lesson(asked.theme, asked.lesson)
    assert lesson
    named = replace(lesson, id="renamed", aliases=(lesson.id,))
    moved = replace(theme, lessons=tuple(named if each == lesson else each for each in theme.lessons))
    clock.at += timedelta(days=100)
    there = Learner(StudyEngine(store, Library(Shelf((moved,))), clock), ada.actor)
    await there.does(commands.EditSettings(reviews=50))
    view = await there.types("review")
    while isinstance(view, views.QuestionPage):
        verdict = await there.does(choice(Shelf((moved,)), view, right=True))
        view = await there.does(verdict.actions[0].command)  # type: ignore[union-attr]
    second = [each for each in await log_of(store) if each.number == 1]
    assert [(each.asked, each.elapsed) for each in second] == [(asked, 100)]


async def test_privacy_shows_exports_and_erases_the_log(
    ada: Learner, shelf: Shelf, clock: HandClock, store: Store
) -> None:
    view = await due_tomorrow(ada, clock)
    await ada.does(choice(shelf, view, right=False))
    shown = await ada.types("privacy")
    assert isinstance(shown, views.PrivacyPage)
    assert views.Pair("Answers that counted as reviews", "1") in shown.rows
    file = await ada.presses(shown, "Take it with me")
    assert isinstance(file, views.Download)
    (row,) = json.loads(file.content)["rows"]["review"]
    assert (row["grade"], row["elapsed"], row["correct"]) == (1, None, False)
    log = await ada.presses(file, "Reviews as CSV")
    assert isinstance(log, views.Download)
    head, line = log.content.decode().splitlines()
    assert head == "card_id,review_time,review_rating,review_state,review_duration"
    assert line == f"1,{int(clock.now().timestamp() * 1000)},1,0,"
    cards = await ada.presses(file, "Questions for Anki")
    assert isinstance(cards, views.Download)
    settings = [each for each in cards.content.decode().splitlines() if each.startswith("#")]
    notes = [each for each in cards.content.decode().splitlines() if not each.startswith("#")]
    assert "#separator:tab" in settings
    assert notes
    assert {len(each.split("\t")) for each in notes} == {4}
    await ada.does(commands.Erase(word="erase"))
    assert await log_of(store) == []


async def test_home_and_progress_show_how_many_are_asked_today(ada: Learner, clock: HandClock) -> None:
    await due_tomorrow(ada, clock)
    for line in ("study", "progress"):
        page = await ada.types(line)
        assert isinstance(page, views.HomePage | views.ProgressPage)
        assert page.reviews
        assert isinstance(await ada.presses(page, f"Review ({page.reviews} today)"), views.QuestionPage)


@pytest.mark.parametrize("recall", [80, 97])
async def test_a_workspace_decides_how_much_is_to_be_known(
    ada: Learner, shelf: Shelf, clock: HandClock, store: Store, engine: StudyEngine, recall: int
) -> None:
    manager = Learner(engine, Actor(workspace="web", person="max", manages=True))
    await manager.does(commands.EditWorkspace(recall=recall))
    view = await due_tomorrow(ada, clock)
    await ada.does(choice(shelf, view, right=True))
    async with store.reading() as connection:
        (kept,), _, _ = await memories.look(connection, ADA, clock.now())
    days = (kept.due - clock.now()).days
    assert days == {80: 8, 97: 1}[recall]


async def test_another_right_option_starts_anew_and_other_words_do_not(
    ada: Learner, shelf: Shelf, clock: HandClock, store: Store
) -> None:
    view = await due_tomorrow(ada, clock)
    await ada.does(choice(shelf, view, right=True))
    asked = question_of(shelf, view)
    clock.at += timedelta(days=100)
    for at, changed in enumerate((reworded(asked), turned(asked)), 1):
        library = Library(with_question(shelf, changed))
        there = Learner(StudyEngine(store, library, clock), ada.actor)
        await there.does(commands.EditSettings(reviews=50))
        view = await there.types("review")
        while isinstance(view, views.QuestionPage):
            verdict = await there.does(choice(library.edition.shelf, view, right=True))
            view = await there.does(verdict.actions[0].command)  # type: ignore[union-attr]
        (row,) = [each for each in await log_of(store) if each.asked.question == asked.id and each.number == at]
        assert row.elapsed == (100 if at == 1 else None)
        clock.at += timedelta(days=100)


async def test_a_question_that_vanished_is_asked_no_more_and_its_log_stays(
    ada: Learner, shelf: Shelf, clock: HandClock, store: Store
) -> None:
    view = await due_tomorrow(ada, clock)
    asked = question_of(shelf, view)
    await ada.does(choice(shelf, view, right=False))
    old = choice(shelf, await ada.types("review"), right=True)
    without = Shelf(
        tuple(replace(theme, lessons=tuple(_shortened(each) for each in theme.lessons)) for theme in shelf.themes)
    )
    there = Learner(StudyEngine(store, Library(without), clock), ada.actor)
    clock.at += timedelta(days=1)
    view = await there.types("review")
    assert isinstance(view, views.QuestionPage)
    assert view.total == 1
    verdict = await there.does(choice(without, view, right=True))
    assert "That is all for today." in str(await there.presses(verdict, "How it goes on"))
    told = await there.does(old)
    assert "This question is not taught any more." in str(told)
    assert "That is all for today." in str(await there.presses(told, "Go on"))
    assert asked.id in {each.asked.question for each in await log_of(store)}


def _shortened(lesson: Lesson) -> Lesson:
    """With its last question alone."""
    return replace(lesson, questions=lesson.questions[-1:])


def reworded(question: Question) -> Question:
    return replace(question, ask=text.parse("Asked in other words?"))


def turned(question: Question) -> Question:
    return replace(question, options=tuple(replace(each, right=not each.right) for each in question.options[:2]))


def with_question(shelf: Shelf, changed: Question) -> Shelf:
    return Shelf(
        tuple(
            replace(theme, lessons=tuple(_with_question(lesson, changed) for lesson in theme.lessons))
            for theme in shelf.themes
        )
    )


def _with_question(lesson: Lesson, changed: Question) -> Lesson:
    swapped = tuple(changed if each.id == changed.id else each for each in lesson.questions)
    return replace(lesson, questions=swapped)


async def test_a_reminder_holds_the_next_lesson_and_the_reviews_of_the_day(
    ada: Learner, shelf: Shelf, clock: HandClock, store: Store, library: Library
) -> None:
    await due_tomorrow(ada, clock)
    standing = await store.standing(ADA)
    found, _ = await due.deck_of(store, ADA, standing=standing, shelf=shelf, now=clock.now(), zone=ZoneInfo("UTC"))
    theme = next(each for each in shelf.themes if each.id == "backend-architectures")
    look = status.make(Agreement(Consent(clock.now()), Past()), standing, shelf=shelf, server_zone="UTC")
    look = replace(look, waiting=((theme, theme.lessons[0]),))
    said = reminders.in_private(look, found, introduces=False, last=False)
    assert said.items[0].title == theme.lessons[0].title
    assert f"{found.left} questions to review today." in said.note
    assert f"Review ({found.left} today)" in labels(said)
    alone = reminders.in_private(replace(look, waiting=()), found, introduces=False, last=False)
    assert (alone.text, alone.items, labels(alone)[0]) == ("Your reviews are here.", (), f"Review ({found.left} today)")


async def test_a_review_is_a_sign_of_life_and_what_is_due_again_keeps_reminders_going(
    ada: Learner, shelf: Shelf, clock: HandClock, store: Store
) -> None:
    async with store.transaction() as connection:
        await consents.save(connection, ADA, Consent(clock.now(), Way.DM), zone="", now=clock.now())
    view = await due_tomorrow(ada, clock)
    await ada.does(choice(shelf, view, right=False))
    for days, due_again in ((0, 0), (1, 1)):
        async with store.reading() as connection:
            agreed = await consents.find(connection, ADA, clock.now() + timedelta(days=days))
        assert agreed
        assert (agreed.past.alive, agreed.reviews) == (clock.now(), due_again)


async def test_what_is_due_is_one_statement_by_key(ada: Learner, clock: HandClock, store: Store) -> None:
    await due_tomorrow(ada, clock)
    said: list[str] = []
    event.listen(store.dialect, "do_execute", lambda *seen: said.append(seen[1]))
    async with store.reading() as connection:
        await memories.look(connection, ADA, clock.now())
    assert len([each for each in said if each.lstrip().upper().startswith("SELECT")]) == 1, said
