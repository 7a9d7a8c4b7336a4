"""Questions, one at a time. An attempt lives in the database, so it outlives a restart; the first answer counts.

Somebody who paused recording gets a quiz that travels in its own buttons and leaves no trace.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import NoReturn

from bot.core import views
from bot.core.actions import Action, Offer
from bot.core.errors import StudyError
from bot.core.i18n import mark, say, say_many
from bot.core.record import replace
from bot.domain import quiz as practice
from bot.domain.course import Lesson, Theme
from bot.domain.learner import LearnerState
from bot.domain.memory import How
from bot.domain.questions import Question
from bot.domain.quiz import Answered, Asked, QuizAttempt, StoredQuiz
from bot.features import commands, ways
from bot.features.learning import finding, pages
from bot.features.quiz import asking
from bot.features.request import Request, handles
from bot.features.review import recording
from bot.store.cold import learners
from bot.store.hot.operations import GiveAnswer

CHANGED = mark("This question was changed since you saw it. Here is the new one.")
GONE = mark("That question is not taught any more; here is the next one.")
FIRST_COUNTS = mark("You answered this before; the first answer counts.")


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
    if touched := (await request.standing()).touched(request.shelf):
        return touched, command.count
    wish = pages.Wish(mark("Choose one, and the first question comes."), lambda theme: replace(command, theme=theme.id))
    return await finding.theme(request, "", wish=wish), command.count


async def _begin(request: Request, theme: str, lesson: str, asked: tuple[Asked, ...]) -> views.View:
    sheet = StoredQuiz.write(secrets.token_hex(4), theme, lesson, asked)
    async with request.store.transaction() as connection:
        await learners.begin_quiz(connection, request.seat, sheet, request.now)
    return _question_or_score(request, sheet.with_answers(()))


@handles(commands.AskQuestion)
async def ask(command: commands.AskQuestion, request: Request) -> views.View:
    paper = await _paper(request, command.quiz)
    if command.picked and command.position == paper.open_position(request.shelf):
        return _question(request, paper, command.position, picked=command.picked)
    return _question_or_score(request, paper)


async def _paper(request: Request, quiz_id: str) -> QuizAttempt:
    paper = await request.store.paper(request.seat, quiz_id)
    if paper is None:
        raise StudyError(
            say("This quiz is not kept any more."),
            say("A new one takes a moment."),
            actions=(Action(say("Quiz me"), commands.Quiz()), ways.home()),
        )
    return paper


def _question_or_score(request: Request, paper: QuizAttempt, note: str = "") -> views.View:
    position = paper.open_position(request.shelf)
    return _score(request, paper) if position is None else _question(request, paper, position, note)


def _question(request: Request, paper: QuizAttempt, position: int, note: str = "", picked: str = "") -> views.View:
    found = paper.questions[position].on(request.shelf)
    if found is None:
        return _question_or_score(request, paper, note)
    lesson, question = found
    ask = commands.AskQuestion(quiz=paper.id, position=position, picked=picked)
    answer = commands.AnswerQuestion(quiz=paper.id, position=position, question=question.digest)
    page = views.QuestionPage(
        title=lesson.title, position=position + 1, total=len(paper.questions), ask=question.ask, note=say(note)
    )
    typing = commands.TypeAnswer(quiz=paper.id, position=position, question=question.digest)
    return asking.answerable(page, question, ask=ask, answer=answer, typing=typing)


@handles(commands.AnswerQuestion)
async def answer(command: commands.AnswerQuestion, request: Request) -> views.View:
    paper, found = await _asked(request, command)
    if found is None:
        return _question_or_score(request, paper, GONE if command.position < len(paper.questions) else "")
    _, question = found
    given = question.given(command.picked or str(command.choice))
    if paper.answer(command.position) is None and (command.question != question.digest or not given):
        return _question(request, paper, command.position, CHANGED)
    return await _answered(request, paper, command.position, found, given)


@handles(commands.TypeAnswer)
async def type_answer(command: commands.TypeAnswer, request: Request) -> views.View:
    paper, found = await _asked(request, command)
    if found is None:
        return _question_or_score(request, paper, GONE if command.position < len(paper.questions) else "")
    _, question = found
    if command.asks and paper.answer(command.position) is None:
        return asking.typing(question, command)
    if paper.answer(command.position) is None and (command.question != question.digest or not question.typed):
        return _question(request, paper, command.position, CHANGED)
    return await _answered(request, paper, command.position, found, " ".join(command.given.split()))


async def _asked(
    request: Request, command: commands.AnswerQuestion | commands.TypeAnswer
) -> tuple[QuizAttempt, tuple[Lesson, Question] | None]:
    paper = await _paper(request, command.quiz)
    known = command.position < len(paper.questions)
    return paper, paper.questions[command.position].on(request.shelf) if known else None


async def _answered(
    request: Request, paper: QuizAttempt, position: int, found: tuple[Lesson, Question], given: str
) -> views.View:
    lesson, question = found
    taken = paper.answer(position)
    if taken is None:
        paper, taken = await _take(request, paper, position, found, given)
    return asking.verdict(
        lesson,
        question,
        taken.given,
        correct=taken.correct,
        offers=_after_answer(request, paper),
        position=position,
        total=len(paper.questions),
        note=say(FIRST_COUNTS) if taken.given != given else "",
    )


async def _take(
    request: Request, paper: QuizAttempt, position: int, found: tuple[Lesson, Question], given: str
) -> tuple[QuizAttempt, Answered]:
    """Record the answer, unless another press was first; then that one counts."""
    lesson, question = found
    correct = question.judge(given)
    if not (await request.standing()).preferences.paused:
        # Before the answer: if the process ends between the two, the next press answers and counts no second time.
        await recording.record(request, lesson, question, given, how=How.QUIZ)
    press = GiveAnswer(
        request.seat,
        paper.id,
        position,
        key=lesson.key,
        question=question.id,
        given=given,
        correct=correct,
        at=request.now,
    )
    after = (await request.write(press)).paper or paper
    return after, after.answer(position) or Answered(position, given, correct=correct)


def _after_answer(request: Request, paper: QuizAttempt) -> tuple[Offer, ...]:
    label = say("How it went") if paper.open_position(request.shelf) is None else say("Next question")
    return (Action(label, commands.AskQuestion(quiz=paper.id)),)


def _onward(request: Request, theme: Theme | None, lesson: Lesson | None) -> tuple[Offer, ...]:
    """The way on from a quiz: its lesson is marked done; if it is, or the quiz was on a theme, the next one is read."""
    standing = request.standing_in_hand or LearnerState()
    if theme is None:
        return ()
    if lesson and not standing.completion(theme, lesson):
        return (pages.done_action(theme, lesson),)
    following = pages.going_on_after(theme, lesson, standing) if lesson else standing.following(theme)
    return (pages.read_action(following, say("Next: lesson {number}", number=following.number)),) if following else ()


def _score(request: Request, paper: QuizAttempt) -> views.Score:
    missed = [found for asked in paper.missed if (found := asked.on(request.shelf))]
    theme = request.shelf.theme(paper.theme)
    lesson = theme.lesson(paper.lesson) if theme else None
    offers: list[Offer] = []
    if missed:
        offers.append(Action(say("Redo my misses"), commands.Redo(quiz=paper.id)))
    offers += _onward(request, theme, lesson)
    if lesson:
        offers.append(pages.read_action(lesson, say("Read lesson {number} again", number=lesson.number)))
    offers.append(ways.home())
    return views.Score(
        title=lesson.title if lesson else theme.title if theme else say("Quiz"),
        right=paper.right,
        total=len(paper.answers),
        missed=tuple(
            views.MissedQuestion(question.ask, question.right_words, owner.title) for owner, question in missed
        ),
        actions=tuple(offers),
    )


@handles(commands.Redo)
async def redo(command: commands.Redo, request: Request) -> views.View:
    paper = await _paper(request, command.quiz)
    if not paper.missed:
        return _question_or_score(request, paper)
    return await _begin(request, paper.theme, paper.lesson, paper.missed)


@handles(commands.Try)
async def try_out(command: commands.Try, request: Request) -> views.View:
    """A quiz without a trace: which questions come is decided by the seed in the button."""
    asked, found = _tried(request, command)
    if command.position >= len(asked):
        return _tried_all(command, request, len(asked))
    owner, question = found or _left_the_shelf()
    if not command.choice:
        return _trial(command, owner, question, len(asked))
    given = question.given(command.picked or str(command.choice - 1))
    return _trial_verdict(command, owner, question, given, len(asked))


@handles(commands.TypeTry)
async def type_trial(command: commands.TypeTry, request: Request) -> views.View:
    attempt = commands.Try(
        theme=command.theme, lesson=command.lesson, seed=command.seed, count=command.count, position=command.position
    )
    asked, found = _tried(request, attempt)
    owner, question = found or _left_the_shelf()
    if command.asks:
        return asking.typing(question, command)
    return _trial_verdict(attempt, owner, question, " ".join(command.given.split()), len(asked))


def _tried(request: Request, command: commands.Try) -> tuple[Sequence[Asked], tuple[Lesson, Question] | None]:
    theme = request.shelf.theme(command.theme)
    lesson = theme.lesson(command.lesson) if theme and command.lesson else None
    if theme is None or (command.lesson and lesson is None):
        raise StudyError(say("This quiz is about something that is not taught any more."), say("Pick another."))
    asked = practice.pick([lesson] if lesson else theme.lessons, command.count, command.seed)
    return asked, asked[command.position].on(request.shelf) if command.position < len(asked) else None


def _left_the_shelf() -> NoReturn:
    raise StudyError(say("This question is not taught any more."), say("Start another quiz."))


def _tried_all(command: commands.Try, request: Request, total: int) -> views.Notice:
    theme = request.shelf.theme(command.theme)
    onward = _onward(request, theme, theme.lesson(command.lesson) if theme else None)
    again = commands.Quiz(lesson=f"{command.theme}/{command.lesson}" if command.lesson else "", theme=command.theme)
    return views.Notice(
        say_many(total, "That was the last of {n} question.", "That was the last of {n} questions."),
        say("Nothing was recorded, as you asked."),
        tone=views.Tone.DONE,
        actions=(
            *onward,
            Action(say("Ask me others"), replace(again, theme="") if command.lesson else again),
            ways.home(),
        ),
    )


def _trial(command: commands.Try, owner: Lesson, question: Question, total: int) -> views.QuestionPage:
    page = views.QuestionPage(title=owner.title, position=command.position + 1, total=total, ask=question.ask)
    names = ("theme", "lesson", "seed", "count", "position")
    typing = commands.TypeTry(**{name: getattr(command, name) for name in names})
    return asking.answerable(page, question, ask=command, answer=command, typing=typing, first=1)


def _trial_verdict(command: commands.Try, owner: Lesson, question: Question, given: str, total: int) -> views.Verdict:
    label = say("Finish") if command.position + 1 == total else say("Next question")
    onward = Action(label, replace(command, position=command.position + 1, choice=0, picked=""))
    return asking.verdict(
        owner,
        question,
        given,
        correct=question.judge(given),
        position=command.position,
        total=total,
        offers=(onward,),
        note="",
    )
