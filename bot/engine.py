"""The one awaitable: a command and who asks go in, a view comes out. It never raises.

User errors and bugs part ways here: a `StudyError` becomes a hint; anything else is logged under a reference id, and
the person is told that id and nothing more.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import structlog
from cachetools import LRUCache

from bot import features
from bot.core import i18n, ports, reference, tracing, views
from bot.core.actions import Action, Filled
from bot.core.errors import NotAllowed, StoreUnavailable, StudyError
from bot.core.i18n import say
from bot.core.metrics import Metrics
from bot.core.record import replace
from bot.domain.outbox import front_of
from bot.features import commands, refused, suggestions, ways
from bot.features.account import profile, visiting
from bot.features.managing import retention
from bot.features.managing.role_rules import MOST_WORKSPACES, Rules
from bot.features.request import Known, Request, handler_of
from bot.packs.library import Library
from bot.store.cold import workspaces
from bot.store.store import Store

log = structlog.get_logger(__name__)

MOST_ELSEWHERE = 3
"""Other workspaces that an answer leads to."""

features.load()


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
        self._house = ports.Services()
        self._rules = Rules()
        self._known: Known = LRUCache(MOST_WORKSPACES)
        self._refused = refused.RefusedForms()
        self._belonging = visiting.Belonging(store)

    def settle(self, house: ports.Services) -> None:
        """What stands around it: known only when the front ends are built, and they are built with the engine."""
        self._house = house

    async def handle(self, command: commands.Command, actor: ports.Actor) -> views.Reply:
        began = time.perf_counter()
        with tracing.span(f"command {command.spec.verb}", front=front_of(actor.workspace)):
            with i18n.speaking(actor.locale):  # until it is known what they chose
                reply, outcome = await self._answer(command, self._request(actor))
            if actor.roams:
                reply = replace(reply, elsewhere=await self._elsewhere(actor))
            tracing.add(outcome=outcome)
        self._metrics.answered(command.spec.verb, outcome, time.perf_counter() - began)
        return reply

    async def _answer(self, command: commands.Command, request: Request) -> tuple[views.Reply, str]:
        request.for_room = command.for_room
        try:
            await request.standing()  # the reader is known before anything is said
            with i18n.speaking(request.language if command.for_everyone else request.own_language):
                view = await self._viewed(command, request)
            if isinstance(view, views.Notice):  # said to the person, whatever it is about
                request.for_room = command.for_everyone
            return views.Reply(view, request.reader, for_everyone=command.for_everyone), "answered"
        except Exception as error:
            request.for_room = False
            with i18n.speaking(request.own_language):
                view, outcome = _failed(command, error)
            return views.Reply(view, request.reader), outcome

    async def _viewed(self, command: commands.Command, request: Request) -> views.View:
        await request.check_allowed(command)
        await self._rules.apply(request)
        with tracing.step(f"handler {command.spec.verb}"):
            view = await handler_of(command)(command, request)
        await profile.note(request)
        if request.decided:
            self._rules.reconsider(request.seat)
        if command.spec.who is commands.Who.MANAGERS:  # who manages may just have changed them
            self._rules.forget(request.actor.workspace)
            self._known.pop(request.actor.workspace, None)
        return view

    def answered(self, reply: views.Reply, filled: Filled, actor: ports.Actor) -> views.Reply:
        with i18n.speaking(reply.reader.language):
            return refused.answered(reply, filled, actor, refused=self._refused)

    async def _elsewhere(self, actor: ports.Actor) -> tuple[str, ...]:
        """Where else the person learns. It is a help: an answer is given without it."""
        front = front_of(actor.workspace)
        try:
            async with self._store.reading() as connection:
                found = await workspaces.of_learner(
                    connection, actor.person, front=front, but=actor.workspace, most=MOST_ELSEWHERE
                )
        except Exception:
            log.exception("Where else somebody learns could not be told.", action="elsewhere.failed")
            return ()
        return tuple(found)

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
            request = self._request(actor)
            await request.know_reader(words=parameter.suggest in suggestions.IN_WORDS)
            with i18n.speaking(request.language):
                return await suggestions.suggest(request, parameter, typed, given or {})
        except StoreUnavailable:
            return ()

    async def manages(self, actor: ports.Actor) -> bool:
        try:
            return await self._request(actor).manages()
        except StoreUnavailable:
            return actor.manages

    async def belongs(self, actor: ports.Actor) -> bool:
        try:
            return await self._belonging.holds(actor, self._house, now=self._clock.now())
        except StoreUnavailable:
            return True

    async def joined(self, workspace: str) -> None:
        async with self._store.transaction() as connection:
            await workspaces.joined(connection, workspace, self._clock.now())

    async def left(self, workspace: str) -> None:
        async with self._store.transaction() as connection:
            await workspaces.left(connection, workspace, self._clock.now())

    async def keep_house(self) -> int:
        """Erase what is over: workspaces that left, people who stayed away, old lines of the audit. Says how many
        workspaces went."""
        return await retention.keep_house(self._store, self._clock.now())

    def _request(self, actor: ports.Actor) -> Request:
        return Request(
            actor,
            self._clock.now(),
            edition=self._library.seen_from(actor.workspace),
            store=self._store,
            timezone=self._timezone,
            house=self._house,
            known=self._known,
            refused=self._refused,
        )


def _failed(command: commands.Command, error: Exception) -> tuple[views.Notice, str]:
    """What is said of an error, and what is counted."""
    match error:
        case StudyError():
            return _with_way_back(error, command), "hint"
        case StoreUnavailable():
            log.error("The database could not serve a command.", action="store.unavailable", reason=str(error))
            return _unavailable(command), "unavailable"
        case _:
            return _broken(command), "broken"


def _with_way_back(error: StudyError, command: commands.Command) -> views.Notice:
    """No refusal is a dead end: one that offers nothing leads back to where its command belongs."""
    said = views.sorry(error)
    managing = command.spec.who is commands.Who.MANAGERS and not isinstance(error, NotAllowed)
    return said if said.actions else replace(said, actions=(ways.hub() if managing else ways.home(),))


def _unavailable(command: commands.Command) -> views.Notice:
    return views.Notice(
        say("The database does not answer just now, so nothing was recorded."),
        say("What you did before is safe. Please try again in a minute."),
        tone=views.Tone.SORRY,
        actions=() if command.asks else (Action(say("Try again"), command),),
    )


def _broken(command: commands.Command) -> views.Notice:
    """Say a reference id to the person, and everything else to the log."""
    made = reference.new()
    log.exception("A command failed.", action="command.failed", command=command.spec.verb, reference=made)
    return reference.notice(made, actions=(ways.home(),))
