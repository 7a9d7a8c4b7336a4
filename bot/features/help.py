"""What can be done here, by task, in six lines; and one command in full."""

from __future__ import annotations

from bot.core import views
from bot.core.actions import Action
from bot.core.errors import StudyError
from bot.domain.course import Shelf
from bot.features import commands
from bot.features.request import Request, handles

TASKS = (
    views.HelpTopic("Read", "/next brings the next lesson, /lesson opens any, /themes shows what there is."),
    views.HelpTopic("Record", "“Done – next” beneath a lesson, or /done. Every completion can be taken back."),
    views.HelpTopic("Practise", "/quiz asks about a lesson or a theme and says why each answer is right or wrong."),
    views.HelpTopic("Find", "/find searches every lesson; /saved holds what you kept for later."),
    views.HelpTopic("Look back", "/progress shows what you have done, by theme and by week."),
    views.HelpTopic(
        "Decide", "/settings for your reminders and timezone; /snooze rests reminders; /privacy for your data."
    ),
)
RUN = views.HelpTopic(
    "Run", "/study-admin setup begins a weekly lesson; /study-admin settings leads to all that can be looked after."
)
"""Told to those who may."""


@handles(commands.Help)
async def help_page(command: commands.Help, request: Request) -> views.View:
    wanted = command.topic.strip().lower().lstrip("/")
    manages = await request.is_shown_managing()
    tasks = (*TASKS, RUN) if manages else TASKS
    if not wanted:
        return views.HelpPage(
            title="What you can do here",
            topics=tasks,
            actions=(
                Action("Go on learning", commands.Home()),
                Action("All themes", commands.Themes()),
                Action("My progress", commands.Progress()),
                Action("My data", commands.Privacy()),
                *((Action("Run it", commands.OpenWorkspace()),) if manages else ()),
            ),
        )
    found = [spec for spec in offered(manages) if spec.name == wanted]
    task = [topic for topic in tasks if topic.name.lower() == wanted]
    if task:
        return views.HelpPage(title=task[0].name, topics=tuple(task), actions=(Action("All help", commands.Help()),))
    if not found:
        raise StudyError(
            f"There is no help on “{command.topic}”.",
            "These are the topics: " + ", ".join(topic.name for topic in tasks) + ".",
            actions=(Action("All help", commands.Help()),),
        )
    spec = found[0]
    topics = [views.HelpTopic(f"/{spec.name}", f"{spec.help}. {commands.usage(spec)}")]
    topics += [views.HelpTopic(option.name, _describe(option)) for option in spec.options]
    return views.HelpPage(title=f"/{spec.name}", topics=tuple(topics), actions=(Action("All help", commands.Help()),))


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


def topics(manages: object, shelf: Shelf) -> list[str]:
    tasks = (*TASKS, RUN) if manages else TASKS
    return [*(topic.name for topic in tasks), *(spec.name for spec in offered(manages))]
