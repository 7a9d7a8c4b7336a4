"""The exact post, for the eyes of whoever asked: of a schedule's next date, or of any lesson."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TypeVar

from bot.core import i18n, text, views
from bot.core.actions import Action, Choice, ChoiceOption
from bot.core.errors import NotYet, StudyError
from bot.core.i18n import say
from bot.core.record import replace
from bot.domain import lookup, outbox, weekly_question
from bot.domain.course import Lesson, Theme
from bot.domain.outbox import Entry
from bot.domain.posts import Carries, PlanEnded, Rests, Stop
from bot.domain.recurrence import Occurrence, local_date
from bot.domain.schedule import Schedule, ScheduleState
from bot.features import commands, ways
from bot.features.learning import finding
from bot.features.request import Request, handles
from bot.features.schedules import editing, matching, posting, question_posts
from bot.features.schedules.overview import ScheduleStatus
from bot.features.schedules.posting import Course
from bot.features.schedules.question_posts import PostedQuestion
from bot.store.cold import schedules

MOST_OPTIONS = 25
Post = TypeVar("Post", bound=views.LessonPost | views.ClosingPost | views.QuestionPost)


@handles(commands.Preview)
async def preview(command: commands.Preview, request: Request) -> views.View:
    if command.schedule:
        return await _of_schedule(request, await editing.seen(request, command.schedule), question=command.question)
    if command.theme or command.lesson:
        theme, lesson = await _named(request, command.theme, command.lesson)
        with i18n.speaking(request.language):
            if command.question:
                return _question(request, "", theme, lesson, (), due=request.now, back=ways.hub())
            return _as_preview(_of_lesson(theme, lesson), str(lesson.key), back=ways.hub())
    async with request.store.reading() as connection:
        known = await schedules.of_workspace(connection, request.actor.workspace)
    if not known:
        raise matching.none_yet()
    sound = [each for each in known if isinstance(each, Schedule) and each.state is ScheduleState.ACTIVE]
    if len(sound) == 1:
        return await _of_schedule(request, await editing.seen(request, sound[0].id), question=command.question)
    if not sound:
        raise NotYet(say("Every schedule has ended."), actions=(ways.all_schedules(),))
    options = tuple(
        ChoiceOption(text.shorten(matching.label(each, request.shelf), 100), replace(command, schedule=each.id))
        for each in sound[:MOST_OPTIONS]
    )
    return views.Notice(say("Which schedule's next post?"), actions=(Choice(say("Choose a schedule"), options),))


@handles(commands.PressPreview)
async def press(command: commands.PressPreview, request: Request) -> views.View:
    """Nothing happens, and it is said so; the post's own buttons do what they say."""
    theme, slash, lesson = command.of.partition("/")
    shown = commands.Preview(theme=theme, lesson=lesson) if slash else commands.Preview(schedule=command.of)
    back = ways.hub() if slash else _back_to(command.of)
    return views.Notice(
        say("This is a preview: its buttons record nothing."),
        say("In the post they work, for everybody who presses them."),
        actions=(Action(say("Back to the preview"), shown), back),
    )


def _back_to(schedule: str) -> Action:
    return Action(say("Back to {id}", id=schedule), commands.ScheduleShow(id=schedule))


def _as_preview(post: Post, of: str, *, back: Action, more: tuple[Action, ...] = ()) -> Post:
    """The same post, marked, with buttons that do nothing, and the way back."""
    tried = tuple(
        Action(say("{label} (preview)", label=each.label), commands.PressPreview(of=of, button=number))
        for number, each in enumerate(post.actions)
        if isinstance(each, Action)
    )
    return replace(post, preview=True, actions=(*tried, *more, back))


async def _of_schedule(request: Request, seen: ScheduleStatus, *, question: bool) -> views.View:
    schedule, course = seen.schedule, course_of(request, seen)
    if schedule.state is ScheduleState.ENDED:
        raise ended(schedule)
    found = await posting.off_loop(schedule, lambda: _next(request, course))
    if found is None:
        raise ended(schedule)
    with i18n.speaking(request.language):
        return await _drawn(request, seen, course, found, question=question)


async def _drawn(
    request: Request, seen: ScheduleStatus, course: Course, found: Stop, *, question: bool
) -> views.LessonPost | views.ClosingPost | views.QuestionPost:
    """As the room will read it, in the room's language."""
    schedule = seen.schedule
    back = _back_to(schedule.id)
    if question and (of := _asked_next(request, seen, course, found)):
        theme, lesson, posted = of
        after = schedule.question_after
        due = after.after(posted, schedule.rule).due if after else request.now
        return _question(request, schedule.id, theme, lesson, seen.questions, due=due, back=back)
    today = found.occurrence.local_date
    view = await posting.off_loop(schedule, lambda: posting.drawn(request.shelf, course, found, today=today))
    if view is None:
        raise ended(schedule)
    asks = schedule.question_after is not None and isinstance(found.content, Carries)
    more = (Action(say("Its question"), commands.Preview(schedule=schedule.id, question=True)),) if asks else ()
    return _as_preview(view, schedule.id, back=back, more=more)


def _asked_next(
    request: Request, seen: ScheduleStatus, course: Course, comes: Stop
) -> tuple[Theme, Lesson, date] | None:
    """The lesson of the question that comes next, and the date of its post: one that is out already, or the next."""
    schedule, shelf = seen.schedule, request.shelf
    after = schedule.question_after
    for line in reversed(seen.lines):
        theme = shelf.theme(line.payload.get(outbox.THEME, ""))
        lesson = theme.lesson(line.payload.get(outbox.LESSON, "")) if theme else None
        waits = after is not None and after.after(line.name.local_date, schedule.rule).due > request.now
        if waits and line.state in outbox.OUT and theme and lesson:
            return theme, lesson, line.name.local_date
    if not isinstance(comes.content, Carries):
        return None
    return course.theme, comes.content.lesson, comes.occurrence.local_date


def _question(
    request: Request,
    schedule: str,
    theme: Theme,
    lesson: Lesson,
    asked: Sequence[Entry],
    *,
    due: datetime,
    back: Action,
) -> views.QuestionPost:
    """The question on a lesson as it will stand in the channel; its letters do nothing but say so."""
    asked_before = question_posts.asked_of(lesson, asked, request.shelf)
    chosen = weekly_question.pick(lesson, asked_before)
    found = PostedQuestion(schedule, request.now.date(), theme, lesson, chosen)
    view = question_posts.asked(found, until=weekly_question.ends(due))
    of = schedule or str(lesson.key)
    shown = _as_preview(view, of, back=back)
    options = tuple(
        replace(each, command=commands.PressPreview(of=of, button=number)) for number, each in enumerate(view.options)
    )
    return replace(shown, options=options)


def _next(request: Request, course: Course) -> Stop | None:
    """The next post; of a schedule that rests for good, what would come if it went on today."""
    schedule = course.schedule
    if not schedule.paused:
        return next(iter(course.upcoming(request.now, 1)), None)
    content = course.whatever_the_day()
    if isinstance(content, (PlanEnded, Rests)):
        return None
    return Stop(Occurrence(local_date(request.now, schedule.rule.zone), request.now), content)


def course_of(request: Request, seen: ScheduleStatus) -> Course:
    course = seen.course(request)
    if course is None:
        raise StudyError(
            say("The theme of {id} is not taught any more.", id=seen.schedule.id),
            say("Bring it back, or choose another one."),
            actions=(ways.change_schedule(seen.schedule.id),),
        )
    return course


def ended(schedule: Schedule) -> NotYet:
    return NotYet(
        say("{id} has ended: nothing comes any more.", id=schedule.id),
        say("Give it another theme or a later end to go on."),
        actions=(
            ways.change_schedule(schedule.id),
            ways.all_schedules(),
        ),
    )


async def _named(request: Request, theme: str, lesson: str) -> tuple[Theme, Lesson]:
    if not lesson:
        found = lookup.theme(request.shelf, theme)
        if isinstance(found, Theme):
            return found, found.lessons[0]
    named = await finding.lesson(request, theme, lesson)
    return finding.theme_of(request, named), named


def _of_lesson(theme: Theme, lesson: Lesson) -> views.LessonPost:
    """As it would stand in a channel, without a schedule's date and mention."""
    after = theme.after(lesson)
    following = views.Following(say("Next time"), after.title, after.summary) if after else None
    return posting.post(theme, lesson, following=following)
