"""Trigger ids and response URLs: what a person's action entitles the app to, how often and for how long."""

from dataclasses import dataclass

from tests.wire.slack.model import Clock, Ids, Message, Refusal

TRIGGER_SECONDS = 3.0
RESPONSE_USES = 5
RESPONSE_SECONDS = 30 * 60


@dataclass(slots=True)
class Trigger:
    """The right to open one modal, at once."""

    id: str
    team_id: str
    user_id: str
    turn_id: str
    issued: float
    spent: bool = False


@dataclass(slots=True)
class ResponseHook:
    """The right to say something where the person acted, and to replace what they acted on."""

    id: str
    team_id: str
    channel_id: str
    user_id: str
    turn_id: str
    issued: float
    origin: Message | None
    thread_ts: str | None = None
    uses: int = 0


class Tickets:
    """Issues both, and takes them back."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids
        self.triggers: dict[str, Trigger] = {}
        self.hooks: dict[str, ResponseHook] = {}

    def issue_trigger(self, team_id: str, user_id: str, turn_id: str) -> str:
        trigger = Trigger(self._ids.make("t") + ".1", team_id, user_id, turn_id, self._clock.now())
        self.triggers[trigger.id] = trigger
        return trigger.id

    def redeem_trigger(self, trigger_id: str) -> Trigger:
        """Spend a trigger; Slack's three errors are: never heard of, too late, already used."""
        trigger = self.triggers.get(trigger_id)
        if trigger is None:
            raise Refusal("invalid_trigger_id")
        if trigger.spent:
            raise Refusal("exchanged_trigger_id")
        if self._clock.now() - trigger.issued > TRIGGER_SECONDS:
            raise Refusal("expired_trigger_id")
        trigger.spent = True
        return trigger

    def issue_hook(
        self, team_id: str, channel_id: str, *, user_id: str, turn_id: str, origin: Message | None
    ) -> ResponseHook:
        hook = ResponseHook(self._ids.make("h"), team_id, channel_id, user_id, turn_id, self._clock.now(), origin)
        if origin is not None:
            hook.thread_ts = origin.thread_ts
        self.hooks[hook.id] = hook
        return hook

    def redeem_hook(self, hook_id: str) -> ResponseHook:
        hook = self.hooks.get(hook_id)
        if hook is None:
            raise Refusal("no_such_hook")
        if self._clock.now() - hook.issued > RESPONSE_SECONDS:
            raise Refusal("expired_url")
        if hook.uses >= RESPONSE_USES:
            raise Refusal("used_url")
        hook.uses += 1
        return hook

    def forget(self) -> None:
        """Drop every ticket, so that a long benchmark does not keep them."""
        self.triggers.clear()
        self.hooks.clear()
