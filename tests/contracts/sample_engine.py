"""A small engine of its own: it answers every command with a sample view and remembers what it was asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.core import views
from bot.core.actions import Filled
from bot.core.ports import Actor, Suggestion
from bot.features import commands
from bot.features.commands import Command, Parameter
from tests.contracts import samples


class SampleEngine:
    """Answers from samples, by the kind of command; a search for a sample's name answers with that sample."""

    def __init__(
        self,
        answers: Mapping[type[Command], views.View] | None = None,
        *,
        named: Mapping[str, views.View] | None = None,
    ) -> None:
        self.named = named or {}
        shown = samples.plain()
        answered: dict[type[Command], views.View] = {
            commands.Home: shown["home of a newcomer"],
            commands.Themes: shown["catalogue"],
            commands.OpenTheme: shown["theme"],
            commands.OpenLesson: shown["lesson"],
            commands.Next: shown["lesson"],
            commands.Done: shown["recorded"],
            commands.Quiz: shown["question"],
            commands.AskQuestion: shown["score"],
            commands.AnswerQuestion: shown["wrong"],
            commands.Progress: shown["progress"],
            commands.Find: shown["found"],
            commands.Saved: shown["saved"],
            commands.Save: shown["notice"],
            commands.ReportMistake: shown["report form"],
            commands.OpenSettings: shown["settings"],
            commands.EditSettings: shown["settings form"],
            commands.Privacy: shown["privacy"],
            commands.Erase: shown["erase form"],
            commands.Help: shown["help"],
            commands.Setup: shown["setup form"],
            commands.EditContacts: shown["contacts form"],
            commands.EditRetention: shown["retention form"],
            commands.ScheduleList: shown["schedules"],
            commands.Preview: shown["post"],
        }
        self.answers = answered | dict(answers or {})
        self.filled: dict[type[Command], views.View] = dict.fromkeys(
            (kind for kind, view in answered.items() if isinstance(view, views.FormPage)), shown["notice"]
        )
        """What a form's command answers once it is filled in."""
        self.asked: list[tuple[Command, Actor]] = []

    async def handle(self, command: Command, actor: Actor) -> views.Reply:
        self.asked.append((command, actor))
        view = self.answers.get(type(command), samples.plain()["notice"])
        if not command.asks:
            view = self.filled.get(type(command), view)
        if isinstance(command, commands.Find):
            view = self.named.get(command.words, view)
        return views.Reply(view, views.Reader(timezone=actor.timezone or "UTC"), for_everyone=command.for_everyone)

    async def suggest(
        self, parameter: Parameter, typed: str, actor: Actor, *, given: Mapping[str, str] | None = None
    ) -> Sequence[Suggestion]:
        values = ("backend-architectures", "Frameworks under pressure", *samples.HOSTILE)
        return [Suggestion(value, value) for value in values if typed.lower() in value.lower()]

    async def belongs(self, actor: Actor) -> bool:
        return True

    def answered(self, reply: views.Reply, filled: Filled, actor: Actor) -> views.Reply:
        return reply

    async def manages(self, actor: Actor) -> bool:
        return actor.manages

    async def joined(self, workspace: str) -> None:
        """A page is nobody's workspace to join."""

    async def left(self, workspace: str) -> None:
        """Nor to leave."""
