"""From a claimed row to its end: compose, send, mark.

The try is on the disk before anything is sent, and no transaction is open while the platform is waited for. What the
platform did not answer is in doubt: it is never just sent again, but first looked for. What cannot be sent at all is
told once to whoever can fix it, and that is stored before the row is ended.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.core import i18n, reference, tracing
from bot.core.errors import StoreUnavailable
from bot.core.i18n import mark, say
from bot.core.metrics import Metrics
from bot.core.ports import Adapter, Clock, Delivered, Outcome, Reach, Seeker
from bot.core.record import replace
from bot.delivery import endings
from bot.delivery.leases import SEND_WITHIN, SETTLES, TOO_LATE, Leases, back_off
from bot.delivery.message import Cancelled, Compose, Message
from bot.domain.learner import Seat
from bot.domain.outbox import DeliveryKind, Entry
from bot.domain.posts import DeliveryState
from bot.store.cold import workspaces
from bot.store.outbox import alerts, nudges, question_posts
from bot.store.outbox.alerts import Alert
from bot.store.outbox.worker import Checkpoint, Doubt, RateLimited, go_on
from bot.store.store import Store

log = structlog.get_logger(__name__)

LOOKED_FOR = timedelta(hours=1)
"""How long beyond its time a doubtful try is still looked for."""
NOT_KNOWN = mark("Whether it was posted is not known: Dualo was stopped or cut off while posting, and could not look.")
NO_ANSWER = mark("No answer came in time.")


class Sender:
    """Sends one row at a time; many may be under way."""

    def __init__(
        self,
        leases: Leases,
        adapters: Mapping[str, Adapter],
        compose: Compose,
        *,
        store: Store,
        clock: Clock,
        metrics: Metrics | None = None,
        checkpoint: Checkpoint = go_on,
    ) -> None:
        self._leases = leases
        self._adapters = adapters
        self._compose = compose
        self._store = store
        self._clock = clock
        self._metrics = metrics or Metrics()
        self._checkpoint = checkpoint
        self.stopping = False
        """Begin nothing more."""

    async def carry(self, entry: Entry) -> None:
        """Send a claimed row and mark it; what is not marked goes back when its lease is over."""
        try:
            with tracing.span(f"delivery {entry.name.kind}", front=entry.front, attempt=entry.attempt):
                await self._deliver(entry)
        except StoreUnavailable as error:
            log.warning(
                "A post waits for the database.", action="delivery.store", key=entry.name.key, reason=str(error)
            )
        except Exception:
            _log_broken(entry, "Marking a post broke.")

    async def _deliver(self, entry: Entry) -> None:
        if entry.expires <= self._clock.now():
            await self._give_up(entry, TOO_LATE)
            return
        match await self._composed(entry):
            case Delivered() as broken:
                await self._conclude(entry, broken)
            case Cancelled(reason):
                await self._give_up(entry, reason)
            case Message() as message:
                if await self._may_send(entry, message):
                    self._checkpoint("settled")
                    entry = replace(entry, payload=message.payload or entry.payload)
                    delivered = await self._send(entry, message)
                    self._checkpoint("sent")
                    await self._conclude(entry, delivered)

    async def _may_send(self, entry: Entry, message: Message) -> bool:
        """Whether the content is stored, and the lease still held for long enough."""
        decided = message.payload
        new = decided is not None and dict(decided) != dict(entry.payload)
        if decided is not None and new and not await self._leases.settle(entry, decided):
            return False
        if self.stopping or not self._leases.may_begin(entry):
            await self._leases.release(entry)
            return False
        return True

    async def _composed(self, entry: Entry) -> Message | Cancelled | Delivered:
        try:
            with tracing.step("compose"):
                return await self._compose(entry)
        except StoreUnavailable:
            raise
        except Exception:
            return Delivered(Outcome.LATER, reason=_log_broken(entry, "Composing a post broke."))

    async def _send(self, entry: Entry, message: Message) -> Delivered:
        adapter = self._adapters[entry.front]
        try:
            with tracing.step("send", front=entry.front), i18n.speaking(message.reader.language):
                async with asyncio.timeout(SEND_WITHIN.total_seconds()):
                    return await self._hand_over(adapter, entry, message)
        except TimeoutError:
            return Delivered(Outcome.UNKNOWN, reason=NO_ANSWER)
        except Exception:
            return Delivered(Outcome.UNKNOWN, reason=_log_broken(entry, "A front end broke while posting."))

    async def _hand_over(self, adapter: Adapter, entry: Entry, message: Message) -> Delivered:
        if message.edits:
            return await adapter.edit(message.view, message.edits, reader=message.reader)
        return await adapter.deliver(
            message.view, entry.address, entry.name.key, reader=message.reader, first_try=entry.doubt
        )

    # What became of it ------------------------------------------------------------------------------------------

    async def _conclude(self, entry: Entry, delivered: Delivered, *, at: datetime | None = None) -> None:
        self._count(entry, delivered, at or self._clock.now())
        match delivered.outcome:
            case Outcome.SENT:
                await self._sent(entry, delivered, at or self._clock.now())
            case Outcome.LATER:
                await self._later(entry, delivered)
            case Outcome.UNKNOWN:
                await self._in_doubt(entry, delivered)
            case Outcome.GONE | Outcome.REFUSED:
                await self._fail(entry, delivered.outcome, partial(say, delivered.reason))

    def _count(self, entry: Entry, delivered: Delivered, at: datetime) -> None:
        tracing.add(outcome=delivered.outcome)
        self._metrics.delivered(entry.front, delivered.outcome)
        if delivered.outcome is Outcome.SENT:
            self._metrics.sent(entry.front, entry.name.kind, (at - entry.due).total_seconds())
        if delivered.wait > 0:
            self._metrics.waited(entry.front, "platform", delivered.wait)

    async def _sent(self, entry: Entry, delivered: Delivered, at: datetime) -> None:
        """What follows from it is written before its row is marked: after a crash in between, both are done again."""
        if endings.closes(entry):
            await self._end_schedule(entry)
        if entry.name.kind is DeliveryKind.QUESTION:
            async with self._store.transaction() as connection:
                await question_posts.sent(connection, entry, at)
            self._checkpoint("result.planned")
        if entry.name.kind is DeliveryKind.ANSWERS:
            async with self._store.transaction() as connection:
                await question_posts.end_count(connection, entry, now=self._clock.now(), message=delivered.message)
            return
        state = entry.sent_state(at)
        if await self._leases.end(entry, state, message=delivered.message, reason=delivered.reason):
            await self._clear(entry, lacking=delivered.lacking)

    async def _end_schedule(self, entry: Entry) -> None:
        adapter = self._adapters[entry.front]
        async with self._store.transaction() as connection:
            await endings.end(connection, entry, self._clock.now(), direct=adapter.direct)

    async def _later(self, entry: Entry, delivered: Delivered) -> None:
        """It was not sent, and may be after a while; if there is time for that."""
        now, wait = self._clock.now(), back_off(entry.attempt, told=delivered.wait)
        pause = _pause(entry, delivered, now)
        if now + wait < entry.expires or (entry.doubt and now < entry.expires + LOOKED_FOR):
            await self._leases.again(entry, wait, reason=delivered.reason, doubt=Doubt.AS_BEFORE, pause=pause)
        elif entry.doubt:
            await self._fail(entry, Outcome.UNKNOWN, partial(_not_known, delivered.reason))
        else:
            await self._fail(entry, Outcome.LATER, partial(_worn_out, delivered.reason, entry.attempt))

    async def _in_doubt(self, entry: Entry, delivered: Delivered) -> None:
        """It may have got through. It is looked for, even beyond its time, before anything else is done."""
        wait = max(SETTLES, back_off(entry.attempt))
        if self._clock.now() + wait < entry.expires + LOOKED_FOR:
            await self._leases.again(entry, wait, reason=delivered.reason, doubt=Doubt.STAYS)
        else:
            await self._fail(entry, Outcome.UNKNOWN, partial(_not_known, delivered.reason))

    async def _give_up(self, entry: Entry, reason: str) -> None:
        """Nothing is to be sent any more. If an earlier try may have got through, that is found out first."""
        if entry.doubt is None and entry.attempt > 1 and reason == TOO_LATE:
            await self._fail(entry, Outcome.LATER, partial(_worn_out, entry.reason, entry.attempt - 1))
            return
        if entry.doubt is None or entry.name.kind.edits:
            await self._leases.end(entry, DeliveryState.SKIPPED, reason=reason)
            return
        adapter = self._adapters[entry.front]
        if not isinstance(adapter, Seeker):
            await self._fail(entry, Outcome.UNKNOWN, partial(say, NOT_KNOWN))
            return
        found = await self._sought(adapter, entry, entry.doubt)
        if found is None:
            await self._leases.end(entry, DeliveryState.SKIPPED, reason=reason)
        else:
            await self._conclude(entry, found, at=entry.doubt)

    async def _sought(self, adapter: Seeker, entry: Entry, since: datetime) -> Delivered | None:
        try:
            async with asyncio.timeout(SEND_WITHIN.total_seconds()):
                return await adapter.seek(entry.address, entry.name.key, since=since)
        except TimeoutError:
            return Delivered(Outcome.UNKNOWN, reason=NO_ANSWER)
        except Exception:
            return Delivered(Outcome.UNKNOWN, reason=_log_broken(entry, "A front end broke while looking for a post."))

    async def _fail(self, entry: Entry, outcome: Outcome, told: Callable[[], str]) -> None:
        """It cannot be sent: whoever can fix it is told, once for one cause, in the workspace's language."""
        name = entry.name
        async with self._store.reading() as connection:
            home = await workspaces.find(connection, name.workspace)
        with i18n.speaking(home.language):
            reason = told()
        if name.kind.is_public or name.kind is DeliveryKind.NUDGE:
            alert = Alert(name.workspace, _causes(entry)[outcome], reason, subject=name.schedule)
            async with self._store.transaction() as connection:
                await alerts.raised(connection, alert, self._clock.now())
                if name.person and outcome is Outcome.GONE:
                    seat = Seat(name.workspace, name.person)
                    await nudges.stop(connection, seat, name.kind, reason=reason)
        if name.kind == DeliveryKind.ALERT and outcome in {Outcome.GONE, Outcome.REFUSED}:
            alert = Alert(name.workspace, alerts.contact_closed(entry.address), reason)
            async with self._store.transaction() as connection:
                await alerts.kept(connection, alert, self._clock.now())
        await self._leases.end(entry, DeliveryState.FAILED, reason=reason)
        log.warning(f"A post failed: {told()}", action="delivery.failed", key=name.key, outcome=outcome)

    async def _clear(self, entry: Entry, *, lacking: str) -> None:
        """What was wrong with its place is not any more; what the post went without is told in its turn."""
        name, workspace = entry.name, entry.name.workspace
        match name.kind:
            case DeliveryKind.POST:
                causes = {*_causes(entry).values(), alerts.theme_gone(name.schedule)}
            case DeliveryKind.QUESTION:
                causes = set(_causes(entry).values())
            case DeliveryKind.ALERT:
                causes = {alerts.contact_closed(entry.address)}
            case _:
                return
        if lacking and name.kind == DeliveryKind.POST:
            alert = Alert(workspace, alerts.went_without(name.schedule), lacking, subject=name.schedule)
            async with self._store.transaction() as connection:
                await alerts.raised(connection, alert, self._clock.now())
        elif name.kind != DeliveryKind.QUESTION:  # it mentions nobody, so it does not know
            causes.add(alerts.went_without(name.schedule))
        async with self._store.reading() as connection:
            known = {alert.cause for alert in await alerts.of_workspace(connection, workspace)}
        if gone := sorted(known & causes):
            async with self._store.transaction() as connection:
                await alerts.cleared(connection, workspace, gone)


def _not_known(reason: str) -> str:
    return " ".join(filter(None, (say(NOT_KNOWN), say(reason))))


def _worn_out(reason: str, times: int) -> str:
    tried = say("Tried {times} times, until it was too late.", times=times)
    return " ".join(filter(None, (say(reason), tried)))


def _causes(entry: Entry) -> Mapping[Outcome, str]:
    """The cause of each failure, for its alert. Closed direct messages are one cause for a whole workspace."""
    if entry.name.person:
        return {outcome: f"nudges {outcome}" for outcome in Outcome}
    causes = {outcome: f"{outcome} {entry.address}" for outcome in Outcome}
    return {**causes, Outcome.REFUSED: f"{Outcome.REFUSED} {entry.name.schedule}"}


def _pause(entry: Entry, delivered: Delivered, now: datetime) -> RateLimited | None:
    """Which lane has to rest, and until when. A person's place needs none: nothing else goes there."""
    if delivered.wait <= 0:
        return None
    until, workspace = now + timedelta(seconds=delivered.wait), entry.name.workspace
    match delivered.reach:
        case Reach.EVERYWHERE:
            return RateLimited(entry.front, until)
        case Reach.WORKSPACE:
            return RateLimited(entry.front, until, workspace)
        case Reach.PLACE:
            named = not entry.name.person and entry.address
            return RateLimited(entry.front, until, workspace, entry.address) if named else None


def _log_broken(entry: Entry, sentence: str) -> str:
    """Log the exception under a reference id; the sentence with that id is the reason that the row keeps."""
    made = reference.new()
    log.exception(sentence, action="delivery.broken", key=entry.name.key, reference=made)
    return reference.sentence(made)
