"""What a question of the week looks like in its channel: while it is open, and at its end. Previews show the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

from bot.core import views
from bot.core.actions import Action
from bot.core.commands import Command
from bot.core.i18n import say
from bot.core.record import Record
from bot.domain import memory, outbox, posts
from bot.domain.course import Lesson, Shelf, Theme
from bot.domain.outbox import Entry
from bot.domain.questions import Question, QuestionKind
from bot.domain.quiz import Asked
from bot.domain.weekly_question import AnswerTally
from bot.features import commands
from bot.features.learning import pages
from bot.features.quiz import asking

NOBODY_YET = AnswerTally()


class PostedQuestion(Record):
    """A question of the week: of which schedule and date, and what it asks."""

    schedule: str
    local_date: date
    theme: Theme
    lesson: Lesson
    question: Question
    posted: str = ""
    """The date of the post that it follows."""

    @property
    def name(self) -> str:
        """The question, as its buttons carry it."""
        return memory.fingerprint(Asked(self.lesson.theme, self.lesson.id, self.question.id))


def asked_of(lesson: Lesson, lines: Iterable[Entry], shelf: Shelf) -> Iterator[Question]:
    """Which of a lesson's questions those rows have asked, or may have; whatever their names were then."""
    for each in lines:
        payload = each.payload
        if outbox.QUESTION in payload and (not each.state.over or each.state in outbox.OUT):
            name = Asked(payload[outbox.THEME], payload[outbox.LESSON], payload[outbox.QUESTION])
            if (found := name.on(shelf)) and found[0].key == lesson.key:
                yield found[1]


def asked(found: PostedQuestion, *, until: datetime, tally: AnswerTally = NOBODY_YET) -> views.QuestionPost:
    """While it is open: how many have answered, and from five how many of them rightly."""
    typing = (Action(asking.TYPE, _type(found)),) if found.question.kind is QuestionKind.TYPED else ()
    return _post(found, until, tally, options=_options(found), actions=(*typing, _read(found)))


def ended(found: PostedQuestion, *, until: datetime, tally: AnswerTally) -> views.QuestionPost:
    """At its end: what is right and why; from five answers how they fell."""
    question = found.question
    source = next(iter(found.lesson.sources_of(question.section)), None)
    result = views.QuestionResult(
        answers=tuple(asking.judged(question, "", correct=False)),
        shares=_shares(question, tally.chosen) if posts.is_counted(tally.answered) else (),
        section=question.section,
        source=views.SourceLink(source.title, source.url) if source else None,
    )
    return _post(found, until, tally, result=result, actions=(_read(found),))


def _post(
    found: PostedQuestion,
    until: datetime,
    tally: AnswerTally,
    *,
    options: tuple[views.AnswerOption, ...] = (),
    result: views.QuestionResult | None = None,
    actions: tuple[Action, ...],
) -> views.QuestionPost:
    theme, lesson = found.theme, found.lesson
    return views.QuestionPost(
        emoji=theme.emoji,
        theme=theme.title,
        number=lesson.number,
        total=len(theme.lessons),
        title=lesson.title,
        ask=found.question.ask,
        until=until,
        options=options,
        several=found.question.kind is QuestionKind.SEVERAL,
        answered=tally.answered,
        right=tally.right if posts.is_counted(tally.answered) else None,
        result=result,
        actions=actions,
    )


def _read(found: PostedQuestion) -> Action:
    return pages.read_action(found.lesson, say("Read the lesson"))


def _options(found: PostedQuestion) -> tuple[views.AnswerOption, ...]:
    """One press answers; where several are right, it opens the question in private with that one chosen."""
    question, day = found.question, found.local_date.isoformat()
    presses: Sequence[Command]
    if question.kind is QuestionKind.SEVERAL:
        presses = [
            commands.AskWeekly(schedule=found.schedule, date=day, name=found.name, picked=str(at))
            for at in range(len(question.options))
        ]
    else:
        presses = [
            commands.AnswerWeekly(
                schedule=found.schedule, date=day, name=found.name, question=question.digest, choice=at
            )
            for at in range(len(question.options))
        ]
    return asking.options(question, presses)


def _type(found: PostedQuestion) -> Command:
    return commands.TypeWeekly(
        schedule=found.schedule,
        date=found.local_date.isoformat(),
        name=found.name,
        question=found.question.digest,
    )


def _shares(question: Question, chosen: Mapping[str, int]) -> tuple[views.OptionShare, ...]:
    return tuple(
        views.OptionShare(letter, option.text, chosen.get(option.id, 0), right=option.right)
        for letter, option in zip(asking.LETTERS, question.options, strict=False)
    )
