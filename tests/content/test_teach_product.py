"""What *Teach with Dualo* says of the commands is what a learner meets who types them."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.core import actions, i18n, text, views
from bot.core.layout import parts
from bot.core.record import replace
from bot.domain import memory
from bot.domain.course import Shelf
from tests.conftest import Learner
from tests.content import lessons
from tests.hand_clock import HandClock

THEME = "teach-with-dualo"


async def test_a_quiz_on_a_theme_asks_about_the_lessons_that_were_done(ada: Learner) -> None:
    await ada.types(f"done {THEME}/questions-that-teach")
    view = await ada.types(f"quiz {THEME}")
    assert isinstance(view, views.QuestionPage)
    assert view.title == lessons.lesson(THEME, "questions-that-teach")["title"]


async def test_a_review_asks_from_the_day_after_five_a_day(ada: Learner, clock: HandClock) -> None:
    for lesson in ("form-of-a-lesson", "questions-that-teach"):
        await ada.types(f"done {THEME}/{lesson}")
    assert isinstance(await ada.types("review"), views.Notice)
    clock.at += timedelta(days=1)
    view = await ada.types("review")
    assert not isinstance(view, views.Notice)
    assert memory.CAP == 5
    said = lessons.said(THEME, "running-a-theme")
    assert "From the day after a lesson `/review` asks its questions" in said
    assert "by default five a day" in said


async def test_a_summary_stands_on_the_theme_page_and_under_next_up(ada: Learner) -> None:
    summary = lessons.lesson(THEME, "questions-that-teach")["summary"]
    page = await ada.types(f"theme {THEME}")
    assert isinstance(page, views.ThemePage)
    assert page.lessons[1].summary == summary
    lesson = await ada.types(f"lesson {THEME}/form-of-a-lesson")
    assert isinstance(lesson, views.LessonPage)
    assert lesson.following is not None
    assert lesson.following.summary == summary


def test_the_german_lesson_names_the_parts_as_the_bot_does_in_german() -> None:
    lesson = (lessons.CONTENT / THEME / "01-form-of-a-lesson.de.yaml").read_text(encoding="utf-8")
    with i18n.speaking("de"):
        names = [i18n.say(parts.GROUNDED), i18n.say(parts.NEXT_UP)]
    assert names != [parts.GROUNDED, parts.NEXT_UP]
    for name in names:
        assert f"- *{name}*: " in lesson


async def test_find_shows_the_section_that_matches(ada: Learner) -> None:
    found = await ada.types("find scarce signal")
    assert "Bold is a scarce signal" in repr(found)


async def test_a_lesson_brings_at_least_three_questions_and_a_way_to_report_a_mistake(ada: Learner) -> None:
    view = await ada.types(f"lesson {THEME}/form-of-a-lesson")
    labels = [offer.label for offer in view.actions if isinstance(offer, actions.Action)]
    assert "Report a mistake" in labels
    for theme in (THEME, "backend-architectures"):
        for each in lessons.written(theme):
            questions = each["questions"]
            assert isinstance(questions, list)
            assert len(questions) >= 3


def test_another_right_option_begins_its_reviews_anew_and_other_words_do_not() -> None:
    asked = lessons.asked(THEME, "from-notes-to-theme", "rename")
    reworded = replace(asked, options=tuple(replace(each, text=text.parse("other words")) for each in asked.options))
    turned = replace(asked, options=tuple(replace(each, right=not each.right) for each in asked.options))
    assert memory.right_key(reworded) == memory.right_key(asked) != memory.right_key(turned)
    told = "another right option in a question: the question begins anew for everybody"
    assert told in lessons.said(THEME, "from-notes-to-theme")
    right = lessons.question(THEME, "from-notes-to-theme", "other-right-option").right
    assert right == "25 completions stay; the question comes to all of them anew"


def test_the_hash_of_a_report_is_of_the_sections_and_not_of_the_questions(shelf: Shelf) -> None:
    lesson = shelf.lesson(THEME, "running-a-theme")
    assert lesson is not None
    first, *others = lesson.sections
    assert replace(lesson, questions=lesson.questions[1:]).digest == lesson.digest
    assert replace(lesson, title="Another", sources=lesson.sources[1:]).digest == lesson.digest
    assert replace(lesson, sections=(replace(first, label="Another"), *others)).digest != lesson.digest
    right = lessons.question(THEME, "running-a-theme", "same-by-hash").right
    assert right == "No, as the hash tells of the sections and not of the questions"


def test_the_rows_of_the_sample_report_do_what_the_lesson_says_of_them() -> None:
    figures = {
        row.split()[0]: [int(each) for each in re.findall(r"(\d+) %", row)]
        for row in lessons.sample(THEME, "running-a-theme", "text").splitlines()[1:]
    }
    low, fading, rising = figures["Pools"], figures["Retries"], figures["Timeouts"]
    assert max(low) < 50 < fading[0]
    assert fading == sorted(fading, reverse=True)
    assert rising == sorted(rising)
    asked = lessons.question(THEME, "running-a-theme", "rising-row")
    row = [int(each) for each in re.findall(r"(\d+) %|after 30", asked.ask) if each]
    assert row == sorted(row)
    assert asked.right.startswith("To leave it alone")
