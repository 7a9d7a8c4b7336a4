"""Reading, recording, finding and saving lessons; help."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from bot.core.commands import Arg, Command, Hidden, LessonName, Suggest, ThemeName, command


@command("home", "Where you are: continue, what you follow, the way to everything", path="study")
class Home(Command, kw_only=True):
    pass


@command("themes", "Every theme, and how far you are")
class Themes(Command, kw_only=True):
    pass


@command("theme", "One theme: its lessons and your progress")
class OpenTheme(Command, kw_only=True):
    name: ThemeName = ""


@command("lesson", "Read a lesson; without words, where you were")
class OpenLesson(Command, kw_only=True):
    theme: ThemeName = ""
    lesson: LessonName = ""
    share: Annotated[bool, Arg("Post it for the whole channel")] = False

    @property
    def for_everyone(self) -> bool:
        return self.share


@command("next", "The next lesson you have not done")
class Next(Command, kw_only=True):
    theme: ThemeName = ""


@command("pick", "Go on with another theme", path="")
class PickTheme(Command, kw_only=True):
    pass


class PickedFor(StrEnum):
    """What a lesson is picked for."""

    READING = "read"
    RECORDING = "done"


@command("pick-lesson", "Pick a lesson of a theme", path="")
class PickLesson(Command, kw_only=True):
    theme: Hidden
    purpose: Annotated[PickedFor, Arg("What to do with it", typed=False)] = PickedFor.READING


@command("done", "Record that you have done a lesson")
class Done(Command, kw_only=True):
    lesson: LessonName = ""


@command("undo", "Take a completion back", path="")
class Undo(Command, kw_only=True):
    theme: Hidden
    lesson: Hidden


@command("follow", "Follow a theme", path="")
class FollowTheme(Command, kw_only=True):
    theme: Hidden


@command("unfollow", "Stop following a theme", path="")
class UnfollowTheme(Command, kw_only=True):
    theme: Hidden


@command("progress", "What you have done, and how it goes on")
class Progress(Command, kw_only=True):
    theme: ThemeName = ""
    public: Annotated[bool, Arg("Show it to the whole channel")] = False

    @property
    def for_everyone(self) -> bool:
        return self.public


@command("keep-weeks", "The picture of your weeks, as a file", path="")
class KeepWeeks(Command, kw_only=True):
    pass


@command("find", "Search every lesson")
class Find(Command, kw_only=True):
    words: Annotated[str, Arg("Words to look for", longest=200)]


@command("saved", "What you saved for later")
class Saved(Command, kw_only=True):
    pass


@command("save", "Save a lesson for later", path="")
class Save(Command, kw_only=True):
    theme: Hidden
    lesson: Hidden


@command("unsave", "Take a lesson off the saved ones", path="")
class Unsave(Command, kw_only=True):
    theme: Hidden
    lesson: Hidden


@command("mistake", "Say what is wrong in a lesson", path="", once="report-mistake")
class ReportMistake(Command, kw_only=True):
    theme: Hidden
    lesson: Hidden
    what: Annotated[
        str, Arg("Quote the words if you can", longest=1000, lines=True, typed=False, label="What is wrong")
    ] = ""


@command("try-again", "Open a form again as you filled it in", path="")
class TryAgain(Command, kw_only=True):
    form: Hidden
    opener: Hidden = ""
    """The command that opens it empty, for when what was filled in is gone."""

    @property
    def asks(self) -> bool:
        return True


@command("help", "What you can do here")
class Help(Command, kw_only=True):
    topic: Annotated[str, Arg("A command or a task", suggest=Suggest.TOPICS, longest=60)] = ""
