"""Learning: reading, recording, practising, finding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from bot.commands.definition import Arg, Command, Hidden, LessonName, Suggest, ThemeName, command


@command("home", "Where you are: continue, what you follow, the way to everything", path="study")
@dataclass(frozen=True, slots=True, kw_only=True)
class Home(Command):
    pass


@command("themes", "Every theme on the shelf, and how far you are")
@dataclass(frozen=True, slots=True, kw_only=True)
class Themes(Command):
    pass


@command("theme", "One theme: its lessons and your progress")
@dataclass(frozen=True, slots=True, kw_only=True)
class Theme(Command):
    name: ThemeName = ""


@command("lesson", "Read a lesson; without words, where you were")
@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson(Command):
    theme: ThemeName = ""
    lesson: LessonName = ""
    share: Annotated[bool, Arg("Post it for the whole channel")] = False

    @property
    def for_everyone(self) -> bool:
        return self.share


@command("next", "The next lesson you have not done")
@dataclass(frozen=True, slots=True, kw_only=True)
class Next(Command):
    theme: ThemeName = ""


@command("done", "Record that you have done a lesson")
@dataclass(frozen=True, slots=True, kw_only=True)
class Done(Command):
    lesson: LessonName = ""


@command("undo", "Take a completion back", path="")
@dataclass(frozen=True, slots=True, kw_only=True)
class Undo(Command):
    theme: Hidden
    lesson: Hidden


@command("follow", "Follow a theme", path="")
@dataclass(frozen=True, slots=True, kw_only=True)
class Follow(Command):
    theme: Hidden


@command("unfollow", "Stop following a theme", path="")
@dataclass(frozen=True, slots=True, kw_only=True)
class Unfollow(Command):
    theme: Hidden


@command("quiz", "Questions, one at a time, each with the reason why")
@dataclass(frozen=True, slots=True, kw_only=True)
class Quiz(Command):
    theme: ThemeName = ""
    lesson: LessonName = ""
    count: Annotated[int, Arg("How many questions", low=1, high=10)] = 5


@command("ask", "Show a question of a quiz", path="")
@dataclass(frozen=True, slots=True, kw_only=True)
class Ask(Command):
    quiz: Hidden
    position: Annotated[int, Arg("Which question", low=0, high=9, typed=False)] = 0


@command("answer", "Answer a question of a quiz", path="")
@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Command):
    quiz: Hidden
    position: Annotated[int, Arg("Which question", low=0, high=9, typed=False)]
    choice: Annotated[int, Arg("Which option", low=0, high=9, typed=False)]
    question: Hidden
    """The question's fingerprint, so that an answer never lands on a question that has changed since."""


@command("redo", "Ask again what was missed", path="")
@dataclass(frozen=True, slots=True, kw_only=True)
class Redo(Command):
    quiz: Hidden


@command("try", "A question that is not recorded", path="")
@dataclass(frozen=True, slots=True, kw_only=True)
class Try(Command):
    """A quiz for somebody who paused recording: everything it needs travels in the button."""

    theme: Hidden
    lesson: Hidden = ""
    seed: Annotated[int, Arg("Which shuffle", low=0, high=999, typed=False)] = 0
    count: Annotated[int, Arg("How many questions", low=1, high=10, typed=False)] = 5
    position: Annotated[int, Arg("Which question", low=0, high=10, typed=False)] = 0
    choice: Annotated[int, Arg("Which option, counted from 1", low=0, high=10, typed=False)] = 0


@command("progress", "What you have done, and how it goes on")
@dataclass(frozen=True, slots=True, kw_only=True)
class Progress(Command):
    theme: ThemeName = ""
    public: Annotated[bool, Arg("Show it to the whole channel")] = False

    @property
    def for_everyone(self) -> bool:
        return self.public


@command("find", "Search every lesson")
@dataclass(frozen=True, slots=True, kw_only=True)
class Find(Command):
    words: Annotated[str, Arg("Words to look for", longest=200)]


@command("saved", "What you saved for later")
@dataclass(frozen=True, slots=True, kw_only=True)
class Saved(Command):
    pass


@command("save", "Save a lesson for later", path="")
@dataclass(frozen=True, slots=True, kw_only=True)
class Save(Command):
    theme: Hidden
    lesson: Hidden


@command("unsave", "Take a lesson off the saved ones", path="")
@dataclass(frozen=True, slots=True, kw_only=True)
class Unsave(Command):
    theme: Hidden
    lesson: Hidden


@command("mistake", "Say what is wrong in a lesson", path="", opens_form=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake(Command):
    theme: Hidden
    lesson: Hidden


@command("report-mistake", "Send a report on a lesson", path="")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReportMistake(Command):
    theme: Hidden
    lesson: Hidden
    what: Annotated[str, Arg("What is wrong", longest=1000, lines=True, typed=False)]


@command("help", "What you can do here")
@dataclass(frozen=True, slots=True, kw_only=True)
class Help(Command):
    topic: Annotated[str, Arg("A command or a task", suggest=Suggest.TOPICS, longest=60)] = ""
