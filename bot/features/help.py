"""What can be done here, by task, in six lines; and one command in full."""

from __future__ import annotations

from collections.abc import Iterable

from bot.core import text, typed, views
from bot.core.actions import Action
from bot.core.errors import NotYet, StudyError
from bot.core.record import Record
from bot.features import commands, ways
from bot.features.request import Request, handles

TASKS = (
    views.HelpTopic("Read", "/next brings the next lesson, /lesson opens any, /themes shows what there is."),
    views.HelpTopic("Record", "“Done – next” beneath a lesson, or /done. Every completion can be taken back."),
    views.HelpTopic("Practise", "/quiz asks on a lesson or a theme; /review asks again what you are about to forget."),
    views.HelpTopic("Find", "/find searches every lesson; /saved holds what you kept for later."),
    views.HelpTopic(
        "Look back", "/progress shows what you have done, by theme and by week; /team how far your team is."
    ),
    views.HelpTopic(
        "Decide",
        "/settings for your reminders and timezone; /snooze rests reminders and reviews; /privacy for your data.",
    ),
)
RUN = views.HelpTopic(
    "Run", "/study-admin setup begins a weekly lesson; /study-admin settings leads to all that can be looked after."
)
"""Told to those who may."""


REVIEWS = (
    views.HelpTopic("Begin", "/review asks what you are about to forget, of lessons done and of quizzes."),
    views.HelpTopic("Answer", "One press. “I guessed” takes a lucky hit back: the question comes again sooner."),
    views.HelpTopic("Pace", "/settings says how many a day; /snooze lets them wait, and none of it piles up."),
    views.HelpTopic("Take it along", "/privacy has the whole log: as a file for FSRS, and as notes for Anki."),
)
WEEKLY_QUESTION = (
    views.HelpTopic("Answer", "Press a letter beneath it. You alone see whether it was right, and why."),
    views.HelpTopic("It counts", "The first press is your answer, also for your reviews. /review asks it again."),
    views.HelpTopic("Its end", "After two days it says what was right, and how the answers fell. Nobody is named."),
)
TEAM = (
    views.HelpTopic("Numbers", "/team says how many have done each lesson of a theme, from five people up."),
    views.HelpTopic("The board", "If the workspace allows one: whoever says yes, with their weeks. One press leaves."),
    views.HelpTopic("Weeks kept", "One lesson or review keeps a week; a snoozed one is neutral. /progress shows 26."),
    views.HelpTopic("Certificate", "If the workspace wants them: /next offers it at a theme’s end, with a check code."),
)
TWO_CHATS = (
    views.HelpTopic(
        "Link", "Where the operator allows it: /link shows a code, for the same command in the other chat."
    ),
    views.HelpTopic("Confirm", "Within ten minutes, there first, then here; both show the same number of four digits."),
    views.HelpTopic("What counts", "Lessons, reviews and a snooze hold for both. Neither workspace sees the other."),
    views.HelpTopic("Unlink", "/link unlink: each side keeps what it had, and what was learned meanwhile."),
)
REMINDERS = (
    views.HelpTopic("Begin", "/settings has a form: by direct message or by a mention, on which days, at what time."),
    views.HelpTopic("Rest", "/snooze friday, or 2 weeks: no reminders until then. One press resumes them."),
    views.HelpTopic("End", "Every reminder has a button that ends them. Three without an answer end by themselves."),
)
SCHEDULE = (
    views.HelpTopic("Begin", "/study-admin setup asks for a channel, a theme, a day and a time."),
    views.HelpTopic("Add", "/study-admin schedule add opens a form; all that it does not ask can be typed behind it."),
    views.HelpTopic("Look", "/study-admin schedule list has the next dates, and how the last went."),
    views.HelpTopic("Change", "/study-admin schedule edit, pause, resume, skip or remove, with its id."),
    views.HelpTopic("See it first", "/study-admin preview shows the exact post, to you alone."),
)
RUNNING_IT = (
    RUN,
    views.HelpTopic("Suggest", "/study-admin assign suggests a theme to one person, or to everybody with a role."),
    views.HelpTopic("Look", "/study-admin report has numbers; /study-admin inbox the mistakes that people reported."),
    views.HelpTopic("Mend", "/study-admin doctor says what does not work; /study-admin audit who changed what."),
    views.HelpTopic("Undo", "/study-admin member takes somebody’s completions back, or brings them back."),
)


class Topic(Record):
    """Help on a task of several commands, under every word that people ask for it by."""

    title: str
    said: tuple[str, ...]
    topics: tuple[views.HelpTopic, ...]
    actions: tuple[Action, ...]
    managing: bool = False
    about: str = ""
    """A command whose own help leads here."""


ALL = Action("All help", commands.Help())
TOPICS = (
    Topic(
        "Reviews",
        ("reviews", "reviewing", "repetition", "spaced repetition", "fsrs", "anki"),
        REVIEWS,
        (Action("Review", commands.Review()), ALL),
        about="review",
    ),
    Topic(
        "Question of the week",
        ("question of the week", "weekly question", "question", "questions"),
        WEEKLY_QUESTION,
        (Action("Review", commands.Review()), ALL),
    ),
    Topic(
        "My team",
        ("my team", "board", "the board", "weeks", "weeks kept", "certificate", "certificates"),
        TEAM,
        (Action("My team", commands.OpenTeam()), Action("My progress", commands.Progress()), ALL),
        about="team",
    ),
    Topic(
        "Two chats",
        ("two chats", "linking", "unlink", "two accounts", "another chat"),
        TWO_CHATS,
        (Action("Link another chat", commands.Link()), ALL),
        about="link",
    ),
    Topic(
        "Reminders",
        ("reminders", "reminder", "remind me", "nudges", "snooze reminders", "notifications"),
        REMINDERS,
        (Action("Change reminders", commands.EditReminders()), ALL),
    ),
    Topic(
        "Schedule",
        ("schedule", "schedules", "weekly lesson", "weekly lessons", "posts", "posting"),
        SCHEDULE,
        (Action("Set up", commands.Setup()), Action("All schedules", commands.ScheduleList()), ALL),
        managing=True,
    ),
    Topic(
        "Running it",
        (typed.RUNNING, "running", "admin", "study-admin", "managing"),
        RUNNING_IT,
        (ways.HUB, ALL),
        managing=True,
    ),
)


@handles(commands.Help)
async def help_page(command: commands.Help, request: Request) -> views.View:
    wanted = command.topic.strip().lower().lstrip("/")
    manages = await request.is_shown_managing()
    if not wanted:
        return _everything(manages=manages)
    if topic := next((each for each in TOPICS if wanted in each.said), None):
        if topic.managing and not manages:
            said = f"“{topic.title}” is for those who manage this workspace."
            raise NotYet(said, "Ask one of them.", actions=(ALL,))
        return views.HelpPage(title=topic.title, topics=topic.topics, actions=topic.actions)
    tasks = (*TASKS, RUN) if manages else TASKS
    if task := [topic for topic in tasks if topic.name.lower() == wanted]:
        return views.HelpPage(title=task[0].name, topics=tuple(task), actions=(ALL,))
    spec = _command(wanted, offered(manages))
    if spec is None:
        named = [*(topic.name for topic in tasks), *(each.title for each in TOPICS if manages or not each.managing)]
        shown = text.shorten(command.topic, 40)
        raise StudyError(
            f"There is no help on “{shown}”.", f"These are the topics: {', '.join(named)}.", actions=(ALL,)
        )
    topics = [views.HelpTopic(f"/{spec.name}", f"{spec.help}. {commands.usage(spec)}")]
    topics += [views.HelpTopic(option.name, _describe(option)) for option in spec.options]
    more = (
        Action(f"Help: {each.title}", commands.Help(topic=each.said[0])) for each in TOPICS if each.about == spec.name
    )
    return views.HelpPage(title=f"/{spec.name}", topics=tuple(topics), actions=(*more, ALL))


def _everything(*, manages: bool) -> views.HelpPage:
    return views.HelpPage(
        title="What you can do here",
        topics=(*TASKS, RUN) if manages else TASKS,
        actions=(
            Action("Go on learning", commands.Home()),
            Action("All themes", commands.Themes()),
            Action("My progress", commands.Progress()),
            Action("My data", commands.Privacy()),
            *((Action("Run it", commands.OpenWorkspace()),) if manages else ()),
        ),
    )


def _command(wanted: str, there: Iterable[commands.Spec]) -> commands.Spec | None:
    """A command by its whole name, or by what stands after the root of those who manage."""
    named = {spec.name: spec for spec in there}
    return named.get(wanted) or named.get(f"{commands.ADMIN_ROOT} {wanted}")


def _describe(option: commands.Parameter) -> str:
    words = [option.help]
    if option.choices:
        words.append(f"one of {', '.join(option.choices)}")
    if option.low is not None and option.high is not None:
        words.append(f"{option.low} to {option.high}")
    return "; ".join(words) + "."


def offered(manages: object) -> list[commands.Spec]:
    """The commands that a person can type."""
    return [spec for spec in commands.all_specs() if spec.typed and (manages or spec.who is commands.Who.EVERYONE)]


def topics(manages: object) -> list[str]:
    tasks = (*TASKS, RUN) if manages else TASKS
    wider = [each.said[0].capitalize() for each in TOPICS if manages or not each.managing]
    return [*(topic.name for topic in tasks), *wider, *(spec.name for spec in offered(manages))]
