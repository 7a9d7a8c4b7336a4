"""Questions, one at a time. An attempt lives in the database, so it outlives a restart; the first answer counts.

Somebody who paused recording gets a quiz that travels in its own buttons and leaves no trace.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from bot.core import text, views
from bot.core.actions import Action, Offer
from bot.core.errors import StudyError
from bot.core.record import replace
from bot.domain import quiz as practice
from bot.domain.course import Lesson, Question, Theme
from bot.domain.learner import LearnerState
from bot.domain.quiz import Answered, Asked, QuizAttempt, StoredQuiz
from bot.features import commands
from bot.features.learning import finding, pages
from bot.features.request import Request, handles
from bot.store.cold import learners
from bot.store.hot.operations import GiveAnswer

LETTERS = "ABCDEFGHIJ"
CHANGED = "This question was changed since you saw it. Here it is as it stands."
FIRST_COUNTS = "You answered this before; the first answer counts."


@handles(commands.Quiz)
async def quiz(command: commands.Quiz, request: Request) -> views.View:
    about, count = await _about(request, command)
    standing = await request.standing()
    theme_id, lesson_id = (about.theme, about.id) if isinstance(about, Lesson) else (about.id, "")
    if standing.preferences.paused:
        seed = secrets.randbelow(1000)
        return await try_out(commands.Try(theme=theme_id, lesson=lesson_id, seed=seed, count=count), request)
    lessons = [about] if isinstance(about, Lesson) else _read_so_far(about, standing)
    return await _begin(request, theme_id, lesson_id, practice.pick(lessons, count, secrets.randbelow(2**31)))


def _read_so_far(about: Theme, standing: LearnerState) -> Sequence[Lesson]:
    """Of a theme, what the learner has done; before that, all of it."""
    return [lesson for lesson in about.lessons if standing.completion(about, lesson)] or about.lessons


async def _about(request: Request, command: commands.Quiz) -> tuple[Theme | Lesson, int]:
    """What the quiz is about; `/quiz concurrency 3` means three questions, not lesson three."""
    words, extra = command.theme, command.lesson
    if words and extra.isdigit() and 1 <= int(extra) <= 10:
        about = await finding.target(request, words, "")
        if isinstance(about, Lesson):
            return about, int(extra)
    if words or extra:
        return await finding.target(request, words, extra), command.count
    if touched := await finding.last_touched(request):
        return touched, command.count
    wish = pages.Wish("Choose one, and the first question comes.", lambda theme: replace(command, theme=theme.id))
    return await finding.theme(request, "", wish=wish), command.count


async def _begin(request: Request, theme: str, lesson: str, asked: tuple[Asked, ...]) -> views.View:
    sheet = StoredQuiz.write(secrets.token_hex(4), theme, lesson, asked)
    async with request.store.transaction() as connection:
        await learners.begin_quiz(connection, request.seat, sheet, request.now)
    return await _question_or_score(request, sheet.with_answers(()))


@handles(commands.AskQuestion)
async def ask(command: commands.AskQuestion, request: Request) -> views.View:
    return await _question_or_score(request, await _paper(request, command.quiz))


async def _paper(request: Request, quiz_id: str) -> QuizAttempt:
    paper = await request.store.paper(request.seat, quiz_id)
    if paper is None:
        raise StudyError(
            "This quiz is not kept any more.",
            "A new one takes a moment.",
            actions=(Action("Quiz me", commands.Quiz()), Action("Home", commands.Home())),
        )
    return paper


async def _question_or_score(request: Request, paper: QuizAttempt, note: str = "") -> views.View:
    position = paper.open_position(request.shelf)
    return await _score(request, paper) if position is None else await _question(request, paper, position, note)


async def _question(request: Request, paper: QuizAttempt, position: int, note: str = "") -> views.View:
    found = paper.questions[position].on(request.shelf)
    if found is None:
        return await _question_or_score(request, paper, note)
    lesson, question = found
    options = [
        (
            option.text,
            commands.AnswerQuestion(quiz=paper.id, position=position, choice=number, question=question.digest),
        )
        for number, option in enumerate(question.options)
    ]
    return _draw_question(lesson, question, options, position=position, total=len(paper.questions), note=note)


def _draw_question(
    lesson: Lesson,
    question: Question,
    options: Sequence[tuple[text.Text, commands.Command]],
    *,
    position: int,
    total: int,
    note: str = "",
) -> views.QuestionPage:
    return views.QuestionPage(
        title=lesson.title,
        position=position + 1,
        total=total,
        ask=question.ask,
        options=tuple(
            views.AnswerOption(letter, shown, command)
            for letter, (shown, command) in zip(LETTERS, options, strict=False)
        ),
        note=note,
    )


@handles(commands.AnswerQuestion)
async def answer(command: commands.AnswerQuestion, request: Request) -> views.View:
    paper = await _paper(request, command.quiz)
    if command.position >= len(paper.questions):
        return await _question_or_score(request, paper)
    found = paper.questions[command.position].on(request.shelf)
    if found is None:
        return await _question_or_score(request, paper, "That question has left the shelf; here is the next one.")
    lesson, question = found
    taken = paper.answer(command.position)
    if taken is None and (command.question != question.digest or command.choice >= len(question.options)):
        return await _question(request, paper, command.position, CHANGED)
    if taken is None:
        paper, taken = await _take(request, paper, command, found)
    note = FIRST_COUNTS if taken.choice != command.choice else ""
    offers = _after_answer(request, paper)
    return _verdict(
        lesson,
        question,
        min(taken.choice, len(question.options) - 1),
        offers=offers,
        position=command.position,
        total=len(paper.questions),
        note=note,
    )


async def _take(
    request: Request, paper: QuizAttempt, command: commands.AnswerQuestion, found: tuple[Lesson, Question]
) -> tuple[QuizAttempt, Answered]:
    """Record the answer, unless another press was first; then that one counts."""
    lesson, question = found
    given = GiveAnswer(
        request.seat,
        paper.id,
        command.position,
        key=lesson.key,
        question=question.id,
        choice=command.choice,
        correct=question.options[command.choice].right,
        at=request.now,
    )
    after = (await request.write(given)).paper or paper
    fallback = Answered(command.position, command.choice, correct=given.correct)
    return after, after.answer(command.position) or fallback


def _after_answer(request: Request, paper: QuizAttempt) -> tuple[Offer, ...]:
    label = "How it went" if paper.open_position(request.shelf) is None else "Next question"
    return (Action(label, commands.AskQuestion(quiz=paper.id)),)


def _verdict(
    lesson: Lesson, question: Question, choice: int, *, position: int, total: int, offers: tuple[Offer, ...], note: str
) -> views.Verdict:
    chosen, right = question.options[choice], question.options[question.right]
    source = next(iter(lesson.sources_of(question.section)), None)
    return views.Verdict(
        title=lesson.title,
        position=position + 1,
        total=total,
        ask=question.ask,
        right=chosen.right,
        chosen=chosen.text,
        chosen_why=chosen.why,
        answer=right.text,
        answer_why=right.why,
        section=question.section,
        source=views.SourceLink(source.title, source.url) if source else None,
        note=note,
        actions=(*offers, pages.read_action(lesson, "Read the lesson")),
    )


def _onward(standing: LearnerState, theme: Theme | None, lesson: Lesson | None) -> tuple[Offer, ...]:
    """The way on from a quiz: its lesson is marked done; if it is, or the quiz was on a theme, the next one is read."""
    if theme is None:
        return ()
    if lesson and not standing.completion(theme, lesson):
        return (pages.done_action(theme, lesson),)
    following = pages.going_on_after(theme, lesson, standing) if lesson else standing.following(theme)
    return (pages.read_action(following, f"Next: lesson {following.number}"),) if following else ()


async def _score(request: Request, paper: QuizAttempt) -> views.Score:
    missed = [found for asked in paper.missed if (found := asked.on(request.shelf))]
    theme = request.shelf.theme(paper.theme)
    lesson = theme.lesson(paper.lesson) if theme else None
    offers: list[Offer] = []
    if missed:
        offers.append(Action("Redo my misses", commands.Redo(quiz=paper.id)))
    offers += _onward(await request.standing(), theme, lesson)
    if lesson:
        offers.append(pages.read_action(lesson, f"Read lesson {lesson.number} again"))
    offers.append(Action("Home", commands.Home()))
    return views.Score(
        title=lesson.title if lesson else theme.title if theme else "Quiz",
        right=paper.right,
        total=len(paper.answers),
        missed=tuple(
            views.MissedQuestion(question.ask, question.options[question.right].text, owner.title)
            for owner, question in missed
        ),
        actions=tuple(offers),
    )


@handles(commands.Redo)
async def redo(command: commands.Redo, request: Request) -> views.View:
    paper = await _paper(request, command.quiz)
    if not paper.missed:
        return await _question_or_score(request, paper)
    return await _begin(request, paper.theme, paper.lesson, paper.missed)


@handles(commands.Try)
async def try_out(command: commands.Try, request: Request) -> views.View:
    """A quiz without a trace: which questions come is decided by the seed in the button."""
    theme = request.shelf.theme(command.theme)
    lesson = theme.lesson(command.lesson) if theme and command.lesson else None
    if theme is None or (command.lesson and lesson is None):
        raise StudyError("This quiz is about something that has left the shelf.", "Pick another.")
    asked = practice.pick([lesson] if lesson else theme.lessons, command.count, command.seed)
    if command.position >= len(asked):
        return views.Notice(
            f"That was the last of {text.count(len(asked), 'question')}.",
            "Nothing was recorded, as you asked.",
            tone=views.Tone.DONE,
            actions=(
                *_onward(await request.standing(), theme, lesson),
                Action(
                    "Ask me others", commands.Quiz(lesson=str(lesson.key)) if lesson else commands.Quiz(theme=theme.id)
                ),
                Action("Home", commands.Home()),
            ),
        )
    found = asked[command.position].on(request.shelf)
    if found is None:
        raise StudyError("This question has left the shelf.", "Start another quiz.")
    owner, question = found
    at, total = command.position, len(asked)
    if not 1 <= command.choice <= len(question.options):
        options = [(option.text, replace(command, choice=number + 1)) for number, option in enumerate(question.options)]
        return _draw_question(owner, question, options, position=at, total=total)
    label = "Finish" if at + 1 == total else "Next question"
    onward = Action(label, replace(command, position=at + 1, choice=0))
    return _verdict(owner, question, command.choice - 1, position=at, total=total, offers=(onward,), note="")
