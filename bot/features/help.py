"""What can be done here, by task, in six lines; and one command in full."""

from __future__ import annotations

from collections.abc import Iterable

from bot.core import text, typed, views
from bot.core.actions import Action
from bot.core.errors import NotYet, StudyError
from bot.core.i18n import mark, say
from bot.core.record import Record, replace
from bot.features import commands, ways
from bot.features.request import Request, handles

TASKS = (
    views.HelpTopic(
        mark("Read"), mark("/next brings the next lesson, /lesson opens any, /themes shows what there is.")
    ),
    views.HelpTopic(
        mark("Record"), mark("“Done – next” beneath a lesson, or /done. Every completion can be taken back.")
    ),
    views.HelpTopic(
        mark("Practise"), mark("/quiz asks on a lesson or a theme; /review asks again what you are about to forget.")
    ),
    views.HelpTopic(mark("Find"), mark("/find searches every lesson; /saved holds what you kept for later.")),
    views.HelpTopic(
        mark("Look back"), mark("/progress shows what you have done, by theme and by week; /team how far your team is.")
    ),
    views.HelpTopic(
        mark("Decide"),
        mark("/settings for your reminders and timezone; /snooze rests reminders and reviews; /privacy for your data."),
    ),
)
RUN = views.HelpTopic(
    mark("Run"),
    mark("/study-admin setup begins a weekly lesson; /study-admin settings leads to all that can be looked after."),
)
"""Told to those who may."""


REVIEWS = (
    views.HelpTopic(mark("Begin"), mark("/review asks what you are about to forget, of lessons done and of quizzes.")),
    views.HelpTopic(
        mark("Answer"), mark("One press. “I guessed” takes a lucky hit back: the question comes again sooner.")
    ),
    views.HelpTopic(
        mark("Pace"), mark("/settings says how many a day; /snooze lets them wait, and none of it piles up.")
    ),
    views.HelpTopic(
        mark("Take it along"), mark("/privacy has the whole log: as a file for FSRS, and as notes for Anki.")
    ),
)
WEEKLY_QUESTION = (
    views.HelpTopic(mark("Answer"), mark("Press a letter beneath it. You alone see whether it was right, and why.")),
    views.HelpTopic(
        mark("It counts"), mark("The first press is your answer, also for your reviews. /review asks it again.")
    ),
    views.HelpTopic(
        mark("Its end"), mark("After two days it says what was right, and how the answers fell. Nobody is named.")
    ),
)
TEAM = (
    views.HelpTopic(
        mark("Numbers"), mark("/team says how many have done each lesson of a theme, from five people up.")
    ),
    views.HelpTopic(
        mark("The board"), mark("If the workspace allows one: whoever says yes, with their weeks. One press leaves.")
    ),
    views.HelpTopic(
        mark("Weeks kept"), mark("One lesson or review keeps a week; a snoozed one is neutral. /progress shows 26.")
    ),
    views.HelpTopic(
        mark("Certificate"), mark("If the workspace wants them: /next offers it at a theme’s end, with a check code.")
    ),
)
TWO_CHATS = (
    views.HelpTopic(
        mark("Link"), mark("Where the operator allows it: /link shows a code, for the same command in the other chat.")
    ),
    views.HelpTopic(
        mark("Confirm"), mark("Within ten minutes, there first, then here; both show the same number of four digits.")
    ),
    views.HelpTopic(
        mark("What counts"), mark("Lessons, reviews and a snooze hold for both. Neither workspace sees the other.")
    ),
    views.HelpTopic(mark("Unlink"), mark("/link unlink: each side keeps what it had, and what was learned meanwhile.")),
)
REMINDERS = (
    views.HelpTopic(
        mark("Begin"), mark("/settings has a form: by direct message or by a mention, on which days, at what time.")
    ),
    views.HelpTopic(mark("Rest"), mark("/snooze friday, or 2 weeks: no reminders until then. One press resumes them.")),
    views.HelpTopic(
        mark("End"), mark("Every reminder has a button that ends them. Three without an answer end by themselves.")
    ),
)
SCHEDULE = (
    views.HelpTopic(mark("Begin"), mark("/study-admin setup asks for a channel, a theme, a day and a time.")),
    views.HelpTopic(
        mark("Add"), mark("/study-admin schedule add opens a form; all that it does not ask can be typed behind it.")
    ),
    views.HelpTopic(mark("Look"), mark("/study-admin schedule list has the next dates, and how the last went.")),
    views.HelpTopic(mark("Change"), mark("/study-admin schedule edit, pause, resume, skip or remove, with its id.")),
    views.HelpTopic(mark("See it first"), mark("/study-admin preview shows the exact post, to you alone.")),
)
RUNNING_IT = (
    RUN,
    views.HelpTopic(
        mark("Suggest"), mark("/study-admin assign suggests a theme to one person, or to everybody with a role.")
    ),
    views.HelpTopic(
        mark("Look"), mark("/study-admin report has numbers; /study-admin inbox the mistakes that people reported.")
    ),
    views.HelpTopic(
        mark("Mend"), mark("/study-admin doctor says what does not work; /study-admin audit who changed what.")
    ),
    views.HelpTopic(mark("Undo"), mark("/study-admin member takes somebody’s completions back, or brings them back.")),
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


ALL = Action(mark("All help"), commands.Help())
TOPICS = (
    Topic(
        mark("Reviews"),
        ("reviews", "reviewing", "repetition", "spaced repetition", "fsrs", "anki"),
        REVIEWS,
        (Action(mark("Review"), commands.Review()), ALL),
        about="review",
    ),
    Topic(
        mark("Question of the week"),
        ("question of the week", "weekly question", "question", "questions"),
        WEEKLY_QUESTION,
        (Action(mark("Review"), commands.Review()), ALL),
    ),
    Topic(
        mark("My team"),
        ("my team", "board", "the board", "weeks", "weeks kept", "certificate", "certificates"),
        TEAM,
        (Action(mark("My team"), commands.OpenTeam()), Action(mark("My progress"), commands.Progress()), ALL),
        about="team",
    ),
    Topic(
        mark("Two chats"),
        ("two chats", "linking", "unlink", "two accounts", "another chat"),
        TWO_CHATS,
        (Action(mark("Link another chat"), commands.Link()), ALL),
        about="link",
    ),
    Topic(
        mark("Reminders"),
        ("reminders", "reminder", "remind me", "nudges", "snooze reminders", "notifications"),
        REMINDERS,
        (Action(mark("Change reminders"), commands.EditReminders()), ALL),
    ),
    Topic(
        mark("Schedule"),
        ("schedule", "schedules", "weekly lesson", "weekly lessons", "posts", "posting"),
        SCHEDULE,
        (Action(mark("Set up"), commands.Setup()), Action(mark("All schedules"), commands.ScheduleList()), ALL),
        managing=True,
    ),
    Topic(
        mark("Running it"),
        (typed.RUNNING, "running", "admin", "study-admin", "managing"),
        RUNNING_IT,
        (ways.hub(), ALL),
        managing=True,
    ),
)


@handles(commands.Help)
async def help_page(command: commands.Help, request: Request) -> views.View:
    wanted = command.topic.strip().lower().lstrip("/")
    manages = await request.is_shown_managing()
    if not wanted:
        return _everything(manages=manages)
    if topic := next((each for each in TOPICS if wanted in (*each.said, say(each.title).lower())), None):
        if topic.managing and not manages:
            said = say("“{title}” is for those who manage this workspace.", title=say(topic.title))
            raise NotYet(said, say("Ask one of them."), actions=_offered(ALL))
        return views.HelpPage(say(topic.title), _told(topic.topics), _offered(*topic.actions))
    if task := [topic for topic in _tasks(manages) if wanted in {topic.name.lower(), say(topic.name).lower()}]:
        return views.HelpPage(say(task[0].name), _told(task), _offered(ALL))
    spec = _command(wanted, offered(manages))
    if spec is None:
        shown = text.shorten(command.topic, 40)
        raise StudyError(
            say("There is no help on “{shown}”.", shown=shown),
            say("These are the topics: {named}.", named=", ".join(_titles(manages))),
            actions=_offered(ALL),
        )
    topics = [views.HelpTopic(f"/{spec.name}", f"{spec.told}. {commands.usage(spec)}")]
    topics += [views.HelpTopic(option.name, _describe(option)) for option in spec.options]
    more = (
        Action(say("Help: {title}", title=say(each.title)), commands.Help(topic=each.said[0]))
        for each in TOPICS
        if each.about == spec.name
    )
    return views.HelpPage(title=f"/{spec.name}", topics=tuple(topics), actions=(*more, *_offered(ALL)))


def _told(topics: Iterable[views.HelpTopic]) -> tuple[views.HelpTopic, ...]:
    """Out of a table, as they are said."""
    return tuple(views.HelpTopic(say(each.name), say(each.text)) for each in topics)


def _offered(*actions: Action) -> tuple[Action, ...]:
    return tuple(replace(each, label=say(each.label)) for each in actions)


def _everything(*, manages: bool) -> views.HelpPage:
    return views.HelpPage(
        title=say("What you can do here"),
        topics=_told(_tasks(manages)),
        actions=(
            Action(say("Go on learning"), commands.Home()),
            ways.all_themes(),
            ways.progress(),
            Action(say("My data"), commands.Privacy()),
            *((Action(say("Run it"), commands.OpenWorkspace()),) if manages else ()),
        ),
    )


def _command(wanted: str, there: Iterable[commands.Spec]) -> commands.Spec | None:
    """A command by its whole name, or by what stands after the root of those who manage."""
    named = {spec.name: spec for spec in there}
    return named.get(wanted) or named.get(f"{commands.ADMIN_ROOT} {wanted}")


def _describe(option: commands.Parameter) -> str:
    words = [option.told]
    if option.choices:
        words.append(say("one of {choices}", choices=", ".join(option.choices)))
    if option.low is not None and option.high is not None:
        words.append(say("{low} to {high}", low=option.low, high=option.high))
    return "; ".join(words) + "."


def offered(manages: object) -> list[commands.Spec]:
    """The commands that a person can type."""
    return [spec for spec in commands.all_specs() if spec.typed and (manages or spec.who is commands.Who.EVERYONE)]


def topics(manages: object) -> list[str]:
    return [*_titles(manages), *(spec.name for spec in offered(manages))]


def _titles(manages: object) -> list[str]:
    wider = (each.title for each in TOPICS if manages or not each.managing)
    return [say(each) for each in (*(task.name for task in _tasks(manages)), *wider)]


def _tasks(manages: object) -> tuple[views.HelpTopic, ...]:
    return (*TASKS, RUN) if manages else TASKS
