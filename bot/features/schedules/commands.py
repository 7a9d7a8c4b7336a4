"""Standing orders: what is posted where, when, and on which dates not. For those who run the workspace."""

from __future__ import annotations

from typing import Annotated

from bot.core.commands import (
    NO_CHANNEL,
    NO_ROLE,
    Arg,
    Channel,
    Command,
    Hidden,
    LessonName,
    Role,
    Suggest,
    ThemeName,
    Who,
    ZoneField,
    command,
)

ScheduleId = Annotated[str, Arg("A schedule, by its id", suggest=Suggest.SCHEDULES, longest=40)]
Days = Annotated[str, Arg("mon, mon,thu, weekdays or daily", suggest=Suggest.WEEKDAYS, longest=80, label="Days")]
Time = Annotated[str, Arg("Wall time, like 09:00", suggest=Suggest.TIMES, longest=20, label="Time")]
Zone = Annotated[str, Arg("Timezone; the workspace's if left out", suggest=Suggest.TIMEZONES, longest=60)]
EveryWeeks = Annotated[int, Arg("Every how many weeks", low=1, high=52)]
StartAt = Annotated[str, Arg("The lesson to begin with", suggest=Suggest.LESSONS, longest=150)]
Mention = Annotated[Role, Arg("A role to mention in each post", longest=60)]
Holidays = Annotated[str, Arg("Nothing on its public holidays: FR, DE-BY", suggest=Suggest.REGIONS, longest=80)]
LateWindow = Annotated[int, Arg("How many hours late a post may still come", low=1, high=72)]
QuestionAfter = Annotated[
    str, Arg("A question on the lesson follows: 2 days, wed 09:00, off", suggest=Suggest.DELAYS, longest=40)
]
Until = Annotated[str, Arg("The last date with a post", suggest=Suggest.UNTIL, longest=40)]
Confirmed = Annotated[bool, Arg("Yes, do it")]


@command("setup", "The first weekly lesson, in one form", path="study-admin setup", who=Who.MANAGERS, once="save-setup")
class Setup(Command, kw_only=True):
    channel: Annotated[Channel, Arg("Where the lessons are posted", longest=120, typed=False, label="Channel")] = (
        NO_CHANNEL
    )
    theme: Annotated[str, Arg("By name", suggest=Suggest.THEMES, longest=100, typed=False, label="First theme")] = ""
    weekday: Annotated[str, Arg("On which day", longest=80, typed=False, label="Day")] = ""
    hour: Annotated[str, Arg("Wall time, like 09:00", suggest=Suggest.TIMES, longest=20, typed=False, label="Time")] = (
        ""
    )
    timezone: ZoneField = ""


@command("schedule-add", "Post a theme, lesson by lesson", path="study-admin schedule add", who=Who.MANAGERS)
class ScheduleAdd(Command, kw_only=True):
    """What is missing is asked for in a form."""

    theme: Annotated[str, Arg("A theme, by name", suggest=Suggest.THEMES, longest=100, label="Theme")] = ""
    channel: Annotated[Channel, Arg("Where it is posted", longest=120, label="Channel")] = NO_CHANNEL
    weekdays: Days = ""
    time: Time = ""
    timezone: Annotated[
        str,
        Arg(
            "Timezone; the workspace's if left out",
            suggest=Suggest.TIMEZONES,
            longest=60,
            label="Timezone",
            optional=True,
        ),
    ] = ""
    every_weeks: EveryWeeks = 1
    start_at: StartAt = ""
    mention: Mention = NO_ROLE
    thread: Annotated[bool, Arg("Open a thread beneath each post, to talk about it")] = False
    holidays: Holidays = ""
    late_window: LateWindow = 6
    until: Until = ""
    question_after: QuestionAfter = ""

    @property
    def asks(self) -> bool:
        return not (self.filled or (self.theme and self.channel and self.weekdays and self.time))


@command("schedule-list", "What is posted when, and how it went", path="study-admin schedule list", who=Who.MANAGERS)
class ScheduleList(Command, kw_only=True):
    channel: Annotated[Channel, Arg("Only what is posted there", longest=120)] = NO_CHANNEL
    page: Annotated[int, Arg("Which page", low=0, high=999, typed=False)] = 0


@command("schedule-show", "One schedule, whole", path="", who=Who.MANAGERS)
class ScheduleShow(Command, kw_only=True):
    id: Hidden


@command("schedule-edit", "Change a schedule", path="study-admin schedule edit", who=Who.MANAGERS, once="schedule-form")
class ScheduleEdit(Command, kw_only=True):
    """What is left out stays as it is; `-` empties a text."""

    id: ScheduleId
    theme: Annotated[str, Arg("A theme, by name", suggest=Suggest.THEMES, longest=100, label="Theme")] = ""
    channel: Annotated[Channel, Arg("Where it is posted", longest=120, label="Channel")] = NO_CHANNEL
    weekdays: Days = ""
    time: Time = ""
    timezone: Zone = ""
    every_weeks: Annotated[int | None, Arg("Every how many weeks", low=1, high=52)] = None
    start_at: StartAt = ""
    mention: Mention = NO_ROLE
    thread: Annotated[bool | None, Arg("Open a thread beneath each post, to talk about it")] = None
    holidays: Holidays = ""
    late_window: Annotated[int | None, Arg("How many hours late a post may still come", low=1, high=72)] = None
    until: Annotated[
        str, Arg("The last date with a post", suggest=Suggest.UNTIL, longest=40, label="Last date", optional=True)
    ] = ""
    version: Annotated[
        int | None, Arg("As it stood when the form was opened", low=0, high=999_999_999, typed=False)
    ] = None
    question_after: QuestionAfter = ""


@command("schedule-question", "The question of the week of a schedule", path="", who=Who.MANAGERS)
class ScheduleQuestion(Command, kw_only=True):
    """A window of its own: that of a change has no room for another field."""

    id: Hidden
    after: Annotated[
        str,
        Arg(
            "2 days, or wed 09:00; “off” for none",
            suggest=Suggest.DELAYS,
            longest=40,
            typed=False,
            label="How long after each post",
        ),
    ] = ""


@command("schedule-pause", "Post nothing for a while", path="study-admin schedule pause", who=Who.MANAGERS)
class SchedulePause(Command, kw_only=True):
    id: ScheduleId
    until: Annotated[str, Arg("The first date with a post again", suggest=Suggest.UNTIL, longest=40)] = ""


@command("schedule-resume", "Post again", path="study-admin schedule resume", who=Who.MANAGERS)
class ScheduleResume(Command, kw_only=True):
    id: ScheduleId


@command("schedule-skip", "Leave one date out", path="study-admin schedule skip", who=Who.MANAGERS)
class ScheduleSkip(Command, kw_only=True):
    id: ScheduleId
    date: Annotated[str, Arg("Which date; the next if left out", suggest=Suggest.UNTIL, longest=40)] = ""


@command("schedule-unskip", "Post on a date that was left out after all", path="", who=Who.MANAGERS)
class ScheduleUnskip(Command, kw_only=True):
    id: Hidden
    date: Annotated[str, Arg("Which date", longest=40, typed=False)]


@command("schedule-remove", "Remove a schedule", path="study-admin schedule remove", who=Who.MANAGERS)
class ScheduleRemove(Command, kw_only=True):
    id: ScheduleId
    confirm: Confirmed = False


@command("schedule-run-now", "Post the next lesson now", path="study-admin schedule run-now", who=Who.MANAGERS)
class ScheduleRunNow(Command, kw_only=True):
    id: ScheduleId
    confirm: Confirmed = False


@command("preview", "The exact post, for your eyes alone", path="study-admin preview", who=Who.MANAGERS)
class Preview(Command, kw_only=True):
    schedule: Annotated[str, Arg("A schedule, by its id", suggest=Suggest.SCHEDULES, longest=40)] = ""
    theme: ThemeName = ""
    lesson: LessonName = ""
    question: Annotated[bool, Arg("The question of the week in place of the post")] = False

    @property
    def for_room(self) -> bool:
        return True


@command("tried", "A button of a preview, which does nothing", path="", who=Who.MANAGERS)
class PressPreview(Command, kw_only=True):
    of: Annotated[str, Arg("The schedule, or the lesson with its theme", longest=100, typed=False)]
    button: Annotated[int, Arg("Which button", low=0, high=9, typed=False)] = 0
