"""The one awaitable: a command and who asks go in, a view comes out. It never raises.

User errors and bugs part ways here: a `StudyError` becomes a hint; anything else is logged under a reference id, and
the person is told that id and nothing more.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import structlog

from bot import commands, ports, suggestions, views
from bot.actions import Action
from bot.errors import NotAllowed, StoreUnavailable, StudyError
from bot.handlers import account, collect, learn, practise, progress
from bot.handlers import help as helping
from bot.handlers.request import Request
from bot.library import Library
from bot.metrics import Metrics
from bot.store import workspaces
from bot.store.store import Store

log = structlog.get_logger(__name__)

RETENTION = timedelta(days=30)
"""How long the data of a workspace is kept after it took the bot away, in case it comes back."""

Handler = Callable[[Any, Request], Awaitable[views.View]]

HANDLERS: Mapping[type[commands.Command], Handler] = {
    commands.Home: learn.home,
    commands.Themes: learn.themes,
    commands.Theme: learn.theme,
    commands.Lesson: learn.lesson,
    commands.Next: learn.next_lesson,
    commands.Done: learn.done,
    commands.Undo: learn.undo,
    commands.Follow: learn.follow,
    commands.Unfollow: learn.unfollow,
    commands.Quiz: practise.quiz,
    commands.Ask: practise.ask,
    commands.Answer: practise.answer,
    commands.Redo: practise.redo,
    commands.Try: practise.try_out,
    commands.Progress: progress.progress,
    commands.Find: collect.find,
    commands.Saved: collect.saved,
    commands.Save: collect.save,
    commands.Unsave: collect.unsave,
    commands.Mistake: collect.mistake,
    commands.ReportMistake: collect.report_mistake,
    commands.Help: helping.help_page,
    commands.Settings: account.settings,
    commands.EditSettings: account.edit_settings,
    commands.SaveSettings: account.save_settings,
    commands.Privacy: account.privacy_page,
    commands.Erase: account.erase,
    commands.ConfirmErase: account.confirm_erase,
}


class StudyEngine:
    """Answers commands over one store and one library."""

    def __init__(
        self,
        store: Store,
        library: Library,
        clock: ports.Clock,
        *,
        timezone: str = "UTC",
        metrics: Metrics | None = None,
    ) -> None:
        self._store = store
        self._library = library
        self._clock = clock
        self._timezone = timezone
        self._metrics = metrics or Metrics()

    async def handle(self, command: commands.Command, actor: ports.Actor) -> views.Reply:
        began = time.perf_counter()
        reply, outcome = await self._answer(command, self._request(actor))
        self._metrics.commands.labels(command.spec.verb, outcome).inc()
        self._metrics.seconds.observe(time.perf_counter() - began)
        return reply

    async def _answer(self, command: commands.Command, request: Request) -> tuple[views.Reply, str]:
        try:
            _authorise(command, request.actor)
            view = await HANDLERS[type(command)](command, request)
        except StudyError as error:
            return views.Reply(views.sorry(error), request.reader), "hint"
        except StoreUnavailable as error:
            log.error("The database could not serve a command.", action="store.unavailable", reason=str(error))
            return views.Reply(_unavailable(command), request.reader), "unavailable"
        except Exception:
            return views.Reply(_broken(command), request.reader), "broken"
        return views.Reply(view, request.reader, for_everyone=command.for_everyone), "answered"

    async def suggest(
        self,
        parameter: commands.Parameter,
        typed: str,
        actor: ports.Actor,
        *,
        given: Mapping[str, str] | None = None,
    ) -> Sequence[ports.Suggestion]:
        """Values for a parameter while it is typed. Suggestions are a help: without a database there are fewer."""
        try:
            return await suggestions.suggest(self._request(actor), parameter, typed, given or {})
        except StoreUnavailable:
            return ()

    async def joined(self, workspace: str) -> None:
        async with self._store.transaction() as connection:
            await workspaces.joined(connection, workspace, self._clock.now())

    async def left(self, workspace: str) -> None:
        async with self._store.transaction() as connection:
            await workspaces.left(connection, workspace, self._clock.now())

    async def erase_departed(self, after: timedelta = RETENTION) -> int:
        """Erase workspaces that have been gone for the retention time; says how many."""
        async with self._store.reading() as connection:
            gone = await workspaces.gone_since(connection, self._clock.now() - after)
        for workspace in gone:
            async with self._store.transaction() as connection:
                await workspaces.erase(connection, workspace)
            log.info("A workspace that left was erased.", action="workspace.erased", workspace=workspace)
        return len(gone)

    def _request(self, actor: ports.Actor) -> Request:
        return Request(
            actor,
            self._clock.now(),
            edition=self._library.edition,
            store=self._store,
            timezone=self._timezone,
        )


def _authorise(command: commands.Command, actor: ports.Actor) -> None:
    if command.spec.who is commands.Who.MANAGERS and not actor.manages:
        raise NotAllowed("Only those who manage this workspace can do that.", "Ask one of them.")


def _unavailable(command: commands.Command) -> views.Notice:
    return views.Notice(
        "The database does not answer just now, so nothing was recorded.",
        "What you did before is safe. Please try again in a minute.",
        tone=views.Tone.SORRY,
        actions=() if command.spec.opens_form else (Action("Try again", command),),
    )


def _broken(command: commands.Command) -> views.Notice:
    """Say a reference id to the person, and everything else to the log."""
    reference = "".join(secrets.choice("23456789ABCDEFGHJKMNPQRSTVWXYZ") for _ in range(4))
    log.exception("A command failed.", action="command.failed", command=command.spec.verb, reference=reference)
    return views.Notice(
        f"Something broke on our side. Reference {reference}.",
        "Whoever runs Dualo here can find it in the log by that reference.",
        tone=views.Tone.SORRY,
        actions=(Action("Home", commands.Home()),),
    )
