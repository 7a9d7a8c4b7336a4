"""Reports: numbers of groups and of nobody alone, under today's names, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import random
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import actions, views
from bot.core.record import replace
from bot.domain.course import Shelf
from bot.domain.learner import Assignment
from bot.engine import StudyEngine
from bot.features import commands
from bot.features.commands import Role
from bot.features.managing import chart, figures
from bot.packs import svg
from bot.packs.library import Edition, Library
from bot.store import tables
from bot.store.cold import assignments, groups, reports
from bot.store.cold.reports import Scope
from bot.store.store import Store
from tests.conftest import Learner, pressed
from tests.features.house import THEME, bearer, boss, fact, listing, notice
from tests.hand_clock import HandClock


async def complete(store: Store, *, people: int, at: Any, lesson: str = "layers", theme: str = THEME) -> None:
    """That many people did a lesson at that moment."""
    async with store.transaction() as connection:
        await connection.execute(
            tables.completion.insert(),
            [
                {
                    "workspace": "web",
                    "person": f"p{number}",
                    "theme": theme,
                    "lesson": lesson,
                    "at": at,
                    "how": "learner",
                    "digest": "d",
                }
                for number in range(people)
            ],
        )


async def answered(store: Store, question: str, choices: list[tuple[str, bool]], *, at: Any, quiz: str = "q1") -> None:
    """Each person's choice on a question of the first lesson, and whether it was right."""
    async with store.transaction() as connection:
        await connection.execute(
            tables.answer.insert(),
            [
                {
                    "workspace": "web",
                    "person": f"p{number}",
                    "quiz": quiz,
                    "position": 0,
                    "theme": THEME,
                    "lesson": "layers",
                    "question": question,
                    "given": choice,
                    "correct": right,
                    "at": at,
                }
                for number, (choice, right) in enumerate(choices)
            ],
        )


def of(view: views.View, title: str) -> views.Item:
    return next(item for item in listing(view).items if title in item.title)


def read(view: views.View) -> list[dict[str, str]]:
    assert isinstance(view, views.Download), view
    return list(csv.DictReader(io.StringIO(view.content.decode("utf-8-sig"))))


async def test_a_theme_is_told_in_people_lessons_and_who_finished(
    engine: StudyEngine, store: Store, clock: HandClock, shelf: Shelf
) -> None:
    theme = shelf.theme(THEME)
    assert theme
    for lesson in theme.lessons:
        await complete(store, people=6 if lesson.id != "layers" else 7, at=clock.now(), lesson=lesson.id)
    item = of(await boss(engine).types("study-admin report"), theme.title)
    told = {each.name: each.values[0] for each in item.facts}
    assert told == {"Begun by": "5", "Lessons done": str(len(theme.lessons) * 5), "Finished by": "5"}


async def test_a_group_under_five_is_not_told(engine: StudyEngine, store: Store, clock: HandClock) -> None:
    await complete(store, people=4, at=clock.now())
    await complete(store, people=5, at=clock.now(), lesson="concurrency")
    page = await boss(engine).types(f"study-admin report {THEME}")
    done = {item.title[:2]: fact(item, "Done by") for item in listing(page).items}
    assert done["1."] == ("fewer than 5",)
    assert ("5",) in done.values()
    assert "4" not in str([item.facts for item in listing(page).items])


async def test_a_period_counts_what_was_done_in_it_and_all_counts_everything(
    engine: StudyEngine, store: Store, clock: HandClock
) -> None:
    await complete(store, people=5, at=clock.now() - timedelta(days=60))
    await complete(store, people=5, at=clock.now() - timedelta(days=6), lesson="concurrency")
    expected = {"": "5", "1 week": "5", "3 days": "", "90 days": "10", "all": "10"}
    for period, lessons in expected.items():
        item = of(await boss(engine).does(commands.OpenReport(period=period)), "Backend")
        told = {each.name: each.values[0] for each in item.facts}
        assert told.get("Lessons done", "") == lessons, period
        assert told["Begun by"] == ("5" if period in {"90 days", "all"} else "fewer than 5"), period


async def test_what_a_small_group_did_is_missing_in_no_sum(engine: StudyEngine, store: Store, clock: HandClock) -> None:
    await complete(store, people=7, at=clock.now())
    await complete(store, people=2, at=clock.now(), lesson="concurrency")
    item = of(await boss(engine).types("study-admin report"), "Backend")
    assert fact(item, "Lessons done") == ("5",)


async def test_the_report_on_all_but_a_few_is_the_report_on_everybody(
    engine: StudyEngine, store: Store, clock: HandClock
) -> None:
    await complete(store, people=9, at=clock.now())
    await boss(engine).does(commands.Assign(theme=THEME, role=Role("most")))
    for number in range(8):
        await bearer(engine, f"p{number}", "most").types("themes")
    everybody = of(await boss(engine).does(commands.OpenReport()), "Backend")
    assert of(await boss(engine).does(commands.OpenReport(role=Role("most"))), "Backend").facts == everybody.facts


@pytest.mark.parametrize("seed", range(6))
async def test_every_report_is_made_of_the_same_whole_groups(
    store: Store, clock: HandClock, shelf: Shelf, seed: int
) -> None:
    """So whatever two reports differ by, in period or role, is whole groups of five."""
    theme, chance = shelf.theme(THEME), random.Random(seed)
    assert theme
    begun, key = clock.now() - timedelta(days=61), theme.lessons[0].key
    people = [(chance.randrange(60), chance.random() < 0.6, chance.random() < 0.5) for _ in range(40)]
    async with store.transaction() as connection:
        await assignments.keep(connection, "web", Assignment("r1", THEME, begun, role="backend"))
        for number, (day, bears, right) in enumerate(people):
            who = {"workspace": "web", "person": f"p{number:02}", "at": begun + timedelta(days=day)}
            row = {"quiz": "q", "position": 0, "theme": THEME, "lesson": "layers", "question": "x", "given": "a"}
            await connection.execute(tables.answer.insert().values(**who, **row, correct=right))
            if bears:
                await connection.execute(tables.assigned.insert().values(**who, assignment="r1"))
    blocks = []
    for bearing in (True, False):
        mine = sorted((day, number, right) for number, (day, bears, right) in enumerate(people) if bears is bearing)
        blocks += [(bearing, mine[at : at + 5]) for at in range(0, len(mine) - 4, 5)]
    async with store.reading() as connection:
        told = await groups.roles(connection, "web", least=5)
        for since in (0, 20, 45):
            for role in ("", "backend"):
                scope = Scope("web", begun + timedelta(days=since), (theme,), role, told, people=5, answers=5)
                found = (await reports.by_answers(connection, scope)).get(key, reports.Tries()).first
                whole = [block for bearing, block in blocks if block[-1][0] >= since and (bearing or not role)]
                expected = sum(len(block) for block in whole), sum(right for block in whole for *_, right in block)
                assert (found.answers, found.right) == expected, (since, role)


async def test_one_more_answer_changes_no_share(
    engine: StudyEngine, store: Store, clock: HandClock, shelf: Shelf
) -> None:
    lesson = shelf.lesson(THEME, "layers")
    assert lesson
    question = lesson.questions[0]
    right = question.options[question.rights[0]].id
    wrong = next(option.id for option in question.options if not option.right)
    choices = [(right, True)] * 5 + [(wrong, False)] * 5
    seen = []
    for number, choice in enumerate(choices):
        async with store.transaction() as connection:
            row = {"workspace": "web", "person": f"p{number}", "quiz": "q", "position": 0, "theme": THEME}
            row |= {"lesson": "layers", "question": question.id, "given": choice[0], "correct": choice[1]}
            await connection.execute(tables.answer.insert().values(**row, at=clock.now() + timedelta(seconds=number)))
        item = of(await boss(engine).does(commands.OpenReport(theme=THEME)), "1. ")
        seen.append({each.name: each.values[0] for each in item.facts}.get("First try right", ""))
    assert seen == [""] * 4 + ["100 %"] * 5 + ["50 %"]


async def test_a_review_counts_and_a_lucky_guess_does_not(
    engine: StudyEngine, store: Store, clock: HandClock, shelf: Shelf
) -> None:
    lesson = shelf.lesson(THEME, "layers")
    assert lesson
    question = lesson.questions[0]
    right = question.options[question.rights[0]].id
    begun = clock.now() - timedelta(days=20)
    await answered(store, question.id, [(right, True)] * 5, at=begun)
    async with store.transaction() as connection:
        for number in range(5):
            row = {"workspace": "web", "person": f"p{number}", "theme": THEME, "lesson": "layers", "number": 1}
            row |= {"question": question.id, "how": "review", "given": right, "correct": True, "guessed": number < 2}
            at = begun + timedelta(days=9)
            await connection.execute(tables.review.insert().values(**row, at=at, grade=3, desired=90))
            twice = row | {"number": 2, "how": "quiz", "correct": False, "guessed": False}
            at -= timedelta(days=1)
            await connection.execute(tables.review.insert().values(**twice, at=at, grade=1, desired=90))
    item = of(await boss(engine).does(commands.OpenReport(theme=THEME)), "1. ")
    assert (fact(item, "First try right"), fact(item, "Right after 7 days")) == (("100 %",), ("60 %",))


async def test_mistakes_are_counted_by_lesson_and_not_by_role(
    engine: StudyEngine, store: Store, clock: HandClock, ada: Learner
) -> None:
    await ada.does(commands.ReportMistake(theme=THEME, lesson="layers", what="The second line says ten."))
    view = await boss(engine).does(commands.OpenReport(theme=THEME))
    assert fact(of(view, "1. "), "Mistakes reported") == ("1",)
    rows = read(await boss(engine).does(commands.OpenReport(theme=THEME, form=commands.ReportForm.CSV)))
    assert [row["Mistakes reported"] for row in rows[:2]] == ["1", "0"]
    await boss(engine).does(commands.Assign(theme=THEME, role=Role("backend")))
    for number in range(5):
        await bearer(engine, f"p{number}", "backend").types("themes")
    by_role = of(await boss(engine).does(commands.OpenReport(theme=THEME, role=Role("backend"))), "1. ")
    assert "Mistakes reported" not in [each.name for each in by_role.facts]


async def test_the_chart_says_in_words_what_it_shows_and_names_the_weakest(
    engine: StudyEngine, store: Store, clock: HandClock, shelf: Shelf
) -> None:
    lesson = shelf.lesson(THEME, "layers")
    assert lesson
    bare = listing(await boss(engine).does(commands.OpenReport(theme=THEME)))
    assert bare.diagram is None
    await answered(store, lesson.questions[0].id, [("a", True)] * 2 + [("b", False)] * 3, at=clock.now())
    view = listing(await boss(engine).does(commands.OpenReport(theme=THEME)))
    assert view.diagram
    assert f"1. {lesson.title}: 40 % at first" in view.diagram.alt
    assert "Look first at lesson 1: 40 % right at first." in view.intro
    strict = svg.read(view.diagram.svg.document)  # as those of authors are read
    assert (strict.width, strict.height, strict.smallest) == (640, 100, 15)


def test_a_chart_of_a_long_theme_keeps_the_lessons_that_stuck_least() -> None:
    lessons = [chart.Charted(number, f"Lesson <{number}>", (number, None, None)) for number in range(1, 31)]
    made = chart.drawn(list(reversed(lessons)))
    assert made
    assert "20. Lesson <20>: 20 % at first." in made[1]
    assert "21." not in made[1]
    assert chart.weakest(lessons) == (lessons[0], "at first", 1)


async def test_the_wrong_answer_to_a_question_that_few_met_is_not_told(
    engine: StudyEngine, store: Store, clock: HandClock, shelf: Shelf
) -> None:
    lesson = shelf.lesson(THEME, "layers")
    assert lesson
    known, other = lesson.questions[:2]
    wrong = next(option for option in other.options if not option.right)
    await answered(store, known.id, [("a", True)] * 6, at=clock.now())
    await answered(store, other.id, [(wrong.id, False)], at=clock.now(), quiz="q2")
    item = of(await boss(engine).does(commands.OpenReport(theme=THEME)), "1. ")
    assert "Most chosen wrong answer" not in [each.name for each in item.facts]


async def test_a_report_of_an_empty_shelf_is_empty(engine: StudyEngine, library: Library) -> None:
    library.swap(Edition(Shelf(())))
    assert read(await boss(engine).types("study-admin report form:csv")) == []


async def test_what_was_done_under_a_former_id_counts_and_what_vanished_does_not(
    engine: StudyEngine, store: Store, clock: HandClock, library: Library, shelf: Shelf
) -> None:
    await complete(store, people=5, at=clock.now(), lesson="old-layers")
    await complete(store, people=5, at=clock.now(), lesson="never-heard-of")
    theme = shelf.theme(THEME)
    assert theme
    first = replace(theme.lessons[0], aliases=("old-layers",))
    library.swap(Edition(Shelf((replace(theme, lessons=(first, *theme.lessons[1:])),))))
    item = of(await boss(engine).types("study-admin report"), "Backend")
    assert fact(item, "Lessons done") == ("5",)


async def test_what_did_not_stick_is_told_by_first_tries_and_by_a_week_and_a_month_later(
    engine: StudyEngine, store: Store, clock: HandClock, shelf: Shelf
) -> None:
    lesson = shelf.lesson(THEME, "layers")
    assert lesson
    question = lesson.questions[0]
    wrong = next(option for option in question.options if not option.right)
    begun = clock.now() - timedelta(days=40)
    await answered(
        store, question.id, [(wrong.id, False)] * 6 + [(question.options[question.rights[0]].id, True)] * 2, at=begun
    )
    redone = begun + timedelta(minutes=1)  # straight after: it does not count
    await answered(store, question.id, [(question.options[question.rights[0]].id, True)] * 8, at=redone, quiz="q2")
    await answered(
        store,
        question.id,
        [(question.options[question.rights[0]].id, True)] * 8,
        at=begun + timedelta(days=8),
        quiz="q3",
    )
    await answered(
        store,
        question.id,
        [(question.options[question.rights[0]].id, True)] * 4,
        at=begun + timedelta(days=31),
        quiz="q4",
    )
    item = of(await boss(engine).does(commands.OpenReport(theme=THEME, period="all")), "1. ")
    assert [(each.name, each.values[0]) for each in item.facts[:3]] == [
        ("Done by", "fewer than 5"),
        ("First try right", "0 %"),
        ("Right after 7 days", "100 %"),
    ]
    said = str(fact(item, "Most chosen wrong answer")[0])
    assert " ".join(wrong.text.plain.split())[:30] in said
    assert said.endswith("(5 of 5)")


async def test_a_report_by_role_counts_those_to_whom_it_was_applied(
    engine: StudyEngine, store: Store, clock: HandClock
) -> None:
    await complete(store, people=10, at=clock.now())
    assert "role" in notice(await boss(engine).does(commands.OpenReport(role=Role("backend")))).text
    await boss(engine).does(commands.Assign(theme=THEME, role=Role("backend")))
    for number in range(5):
        await bearer(engine, f"p{number}", "backend").types("themes")
    item = of(await boss(engine).does(commands.OpenReport(role=Role("backend"))), "Backend")
    assert fact(item, "Begun by") == ("5",)


async def test_a_csv_has_a_row_for_each_lesson_and_names_nobody(
    engine: StudyEngine, store: Store, clock: HandClock, shelf: Shelf
) -> None:
    await complete(store, people=5, at=clock.now())
    rows = read(await boss(engine).types(f"study-admin report {THEME} form:csv"))
    theme = shelf.theme(THEME)
    assert theme
    assert [row["lesson"] for row in rows] == [lesson.id for lesson in theme.lessons]
    assert (rows[0]["people"], rows[1]["people"], "person" in rows[0]) == ("5", "fewer than 5", False)


async def test_people_are_named_only_where_the_workspace_switched_it_on_and_they_are_told(
    engine: StudyEngine, store: Store, clock: HandClock, ada: Learner
) -> None:
    await complete(store, people=2, at=clock.now())
    before = await ada.types("privacy")
    await boss(engine).does(commands.EditWorkspace(personal=True))
    after = await ada.types("privacy")
    assert isinstance(before, views.PrivacyPage)
    assert isinstance(after, views.PrivacyPage)
    assert ("may name you" in before.promise, "may name you" in after.promise) == (False, True)
    rows = read(await boss(engine).types(f"study-admin report {THEME} form:csv"))
    assert [row["person"] for row in rows if row["person"]] == ["p0", "p1"]
    audit = listing(await boss(engine).does(commands.Audit()))
    assert f"Took a report that names people: {THEME}" in {item.title for item in audit.items}
    elsewhere = read(await boss(engine, "web:elsewhere").types(f"study-admin report {THEME} form:csv"))
    assert {row["people"] for row in elsewhere} == {"fewer than 5"}


async def test_every_button_of_a_report_can_be_carried_and_leads_on(
    engine: StudyEngine, store: Store, clock: HandClock
) -> None:
    await boss(engine).does(commands.Assign(theme=THEME, role=Role("4" * 19)))
    page = await boss(engine).does(commands.OpenReport(theme=THEME, role=Role("4" * 19), period="90 days"))
    for offer in page.actions:
        for each in offer.options if isinstance(offer, actions.Choice) else (offer,):
            assert actions.read(actions.token(each.command)) == each.command
    more = listing(await boss(engine).does(pressed(page, "More")))
    assert more.items[0].title.startswith("7. ")


@pytest.mark.parametrize("period", ["soon", "0 days", "-3 weeks", "4 fortnights"])
async def test_a_period_that_is_not_understood_is_said(engine: StudyEngine, period: str) -> None:
    assert "no period" in notice(await boss(engine).does(commands.OpenReport(period=period))).text


@pytest.mark.parametrize(
    ("words", "days"),
    [("4 weeks", 28), ("90 days", 90), ("a month", 30), ("last week", 7), ("2w", 14), ("", 28), ("1 year", 365)],
)
def test_a_period_is_understood_as_it_is_typed(words: str, days: int) -> None:
    found = figures.period(words)
    assert found == timedelta(days=days)
    assert figures.period(figures.say_period(found)) == found


@pytest.mark.parametrize("said", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"])
def test_no_cell_of_a_csv_is_taken_for_a_formula(said: str) -> None:
    ((cell,),) = csv.reader(io.StringIO(figures.sheet([[said]]).decode("utf-8-sig"), newline=""))
    assert cell == f"'{said}"


def test_a_spreadsheet_that_parts_at_semicolons_finds_no_formula_either() -> None:
    written = figures.sheet([["a;=1+1"]]).decode("utf-8-sig")
    ((cell,),) = csv.reader(io.StringIO(written, newline=""), delimiter=";")
    assert cell == "a;=1+1"


@given(st.lists(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20), min_size=1))
def test_a_sheet_gives_back_what_was_put_in(row: list[str]) -> None:
    (found,) = csv.reader(io.StringIO(figures.sheet([["first", *row]]).decode("utf-8-sig"), newline=""))
    assert found[1:] == [figures.cell(value) for value in row]
