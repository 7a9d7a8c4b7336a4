"""Somebody at the keyboard: types commands, presses buttons, fills in forms; sees what Slack would show them."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from tests.wire.slack import payloads
from tests.wire.slack.answers import refuse_payload, take_command_ack, take_submission_ack, take_suggestions
from tests.wire.slack.book import PATIENCE
from tests.wire.slack.delivery import Courier, Delivery, EnvelopeKind
from tests.wire.slack.model import Channel, Json, Message, Refusal, Team, User, View
from tests.wire.slack.screen import (
    CannotDo,
    Found,
    Value,
    find,
    pick_option,
    require_filled,
    state_of,
)
from tests.wire.slack.stage import close_view, compose
from tests.wire.slack.turn import Turn
from tests.wire.slack.world import World

Screen: TypeAlias = Message | View


class Person:
    """One user and their hands. Every act returns a `Turn`."""

    def __init__(self, world: World, courier: Courier, team: Team, user: User) -> None:
        self._world = world
        self._courier = courier
        self.team = team
        self.user = user

    @property
    def id(self) -> str:
        return self.user.id

    @property
    def dm(self) -> Channel:
        """Their conversation with the bot."""
        return self._world.direct_channel(self.team, [self.user.id])

    @property
    def home(self) -> View | None:
        return self.team.homes.get(self.user.id)

    @property
    def view(self) -> View | None:
        stack = self.team.stacks.get(self.user.id, [])
        return stack[-1] if stack else None

    # -- acts ----------------------------------------------------------------------------------------------------------

    async def command(
        self, command: str, text: str = "", *, channel: Channel | None = None, thread_ts: str | None = None
    ) -> Turn:
        """Type a slash command. In a thread Slack refuses (bolt-python#873), so nothing reaches the app."""
        if thread_ts is not None:
            raise CannotDo(f"{command} is not supported in threads. Sorry!")
        place = channel or next(iter(self.team.channels.values()))
        turn = self.start_turn()
        payload = payloads.slash_command(
            self._world, self.team, self.user, channel=place, command=command, text=text,
            trigger=self._trigger(turn), hook_url=self._hook_url(turn, place, None),
        )  # fmt: skip
        ack = await self._deliver(turn, EnvelopeKind.COMMAND, payload)
        try:
            take_command_ack(self._world, self.team, ack, channel_id=place.id, user_id=self.user.id, turn_id=turn.id)
        except Refusal as refusal:
            self._refuse(turn, f"ack of {command}", refusal)
        return turn

    async def press(self, screen: Screen, wanted: str) -> Turn:
        """Press a button, named by its action id or by what is written on it."""
        found = self._find(screen, wanted)
        if found.type != "button":
            raise CannotDo(f"{wanted!r} is a {found.type}, not a button")
        return await self._act(screen, found, {})

    async def choose(self, screen: Screen, wanted: str, value: Value, *, query: str = "") -> Turn:
        """Pick in a select, checkboxes, a picker; in an external select after typing `query`.

        Inside an input block nothing is sent unless the block says so.
        """
        found = self._find(screen, wanted)
        if found.type == "overflow":
            return await self._act(screen, found, {"selected_option": pick_option(found, str(value))})
        state = await self._put(screen, found, value, query=query)
        if found.block["type"] == "input" and not found.block.get("dispatch_action"):
            return self.start_turn()
        return await self._act(screen, found, {key: held for key, held in state.items() if key != "type"})

    async def options(self, screen: Screen, wanted: str, query: str = "") -> Turn:
        """Type into an external select and look at what it offers; too few letters ask nobody."""
        found = self._find(screen, wanted)
        least = found.element.get("min_query_length", 3)
        if len(query) < least:
            raise CannotDo(f"{wanted!r} asks the app from {least} letters on, not for {query!r}")
        turn = self.start_turn()
        payload = payloads.block_suggestion(self._world, self.team, self.user, screen=screen, found=found, query=query)
        ack = await self._deliver(turn, EnvelopeKind.INTERACTIVE, payload)
        try:
            turn.options = take_suggestions(ack)
        except Refusal as refusal:
            self._refuse(turn, f"options for {wanted}", refusal)
        return turn

    async def submit(self, view: View, values: Mapping[str, Value] | None = None) -> Turn:
        """Fill in fields (named by block id, action id or label) and send the form."""
        if "submit" not in view.described:
            raise CannotDo(f"the modal {view.title!r} has no button to send it")
        for wanted, value in (values or {}).items():
            await self._put(view, self._find(view, wanted), value)
        require_filled(view.blocks, view.values)
        turn = self.start_turn()
        payload = payloads.view_submission(self._world, self.team, self.user, view=view, trigger=self._trigger(turn))
        ack = await self._deliver(turn, EnvelopeKind.INTERACTIVE, payload)
        if turn.ack is None or turn.ack.error:
            return turn
        try:
            turn.errors = take_submission_ack(self._world, self.team, view, ack, turn_id=turn.id)
        except Refusal as refusal:
            self._refuse(turn, f"submission of {view.callback_id or view.title}", refusal)
        return turn

    async def close(self, view: View, *, everything: bool = False) -> Turn:
        """Close a modal with its button, or the whole stack with the cross. The app hears of it if it asked to."""
        turn = self.start_turn()
        asked = bool(view.described.get("notify_on_close"))
        cleared = everything or bool(view.described.get("clear_on_close"))
        payload = payloads.view_closed(self._world, self.team, self.user, view=view, cleared=cleared)
        close_view(self._world, self.team, view, turn_id=turn.id, everything=cleared)
        if asked:
            refuse_payload(self._world, "view_closed", await self._deliver(turn, EnvelopeKind.INTERACTIVE, payload))
        return turn

    async def shortcut(self, callback_id: str) -> Turn:
        turn = self.start_turn()
        payload = payloads.shortcut(
            self._world, self.team, self.user, callback_id=callback_id, trigger=self._trigger(turn)
        )
        refuse_payload(self._world, "shortcut", await self._deliver(turn, EnvelopeKind.INTERACTIVE, payload))
        return turn

    async def message_shortcut(self, callback_id: str, message: Message) -> Turn:
        """From a message's menu; a message for one person's eyes has none."""
        if message.only_for is not None or message.gone:
            raise CannotDo("this message has no menu of shortcuts")
        turn = self.start_turn()
        place = self.team.channels[message.channel_id]
        payload = payloads.message_shortcut(
            self._world, self.team, self.user, callback_id=callback_id, message=message,
            trigger=self._trigger(turn), hook_url=self._hook_url(turn, place, message),
        )  # fmt: skip
        refuse_payload(self._world, "message_action", await self._deliver(turn, EnvelopeKind.INTERACTIVE, payload))
        return turn

    async def open_home(
        self, *, expect: Literal["published", "present"] = "published", within: float = PATIENCE
    ) -> View:
        """Open the app's Home: the view published because of it, or (`present`) whatever stands there afterwards."""
        turn = self.start_turn()
        event: Json = {
            "type": "app_home_opened",
            "user": self.user.id,
            "channel": self.dm.id,
            "tab": "home",
            "event_ts": self._world.clock.stamp(),
        }
        if self.home is not None:
            event["view"] = self.home.to_json()
        payload = payloads.event_callback(self._world, self.team, event)
        await self._deliver(turn, EnvelopeKind.EVENT, payload)
        if expect == "present" and self.home is not None:
            return self.home
        return await turn.home(within=within)

    async def say(self, text: str, *, channel: Channel | None = None, thread_ts: str | None = None) -> Turn:
        """Write a message as oneself; the app hears of it as a `message` event."""
        place = channel or self.dm
        turn = self.start_turn()
        content = {"text": text, "thread_ts": thread_ts}
        message = compose(self._world, place, content, author=self.user.id)
        place.messages[message.ts] = message
        kind = {"public_channel": "channel", "private_channel": "group"}.get(place.kind.value, place.kind.value)
        event = message.to_json() | {"channel": place.id, "channel_type": kind, "event_ts": message.ts}
        await self._deliver(turn, EnvelopeKind.EVENT, payloads.event_callback(self._world, self.team, event))
        return turn

    async def mention(self, text: str, channel: Channel, *, thread_ts: str | None = None) -> Turn:
        """Name the bot in a channel. The app hears of it where its bot is a member and may read mentions."""
        bot = self.team.bot
        grant = next((each for each in self._world.grants.values() if self.team.id in each.team_ids), None)
        if grant is None or "app_mentions:read" not in grant.scopes or bot.id not in channel.members:
            raise CannotDo("Slack tells the app of no mention here")
        turn = self.start_turn()
        content = {"text": f"<@{bot.id}> {text}", "thread_ts": thread_ts}
        message = compose(self._world, channel, content, author=self.user.id)
        channel.messages[message.ts] = message
        event = message.to_json() | {"type": "app_mention", "channel": channel.id, "event_ts": message.ts}
        await self._deliver(turn, EnvelopeKind.EVENT, payloads.event_callback(self._world, self.team, event))
        return turn

    # -- how it is done ------------------------------------------------------------------------------------------------

    def start_turn(self) -> Turn:
        return Turn(self._world, self.team, self.user, self._world.ids.make("turn"), len(self._world.book.sights))

    async def _act(self, screen: Screen, found: Found, state: Json) -> Turn:
        turn = self.start_turn()
        hook_url = None
        if isinstance(screen, Message):
            hook_url = self._hook_url(turn, self.team.channels[screen.channel_id], screen)
        payload = payloads.block_action(
            self._world, self.team, self.user, screen=screen, found=found, state=state, trigger=self._trigger(turn),
            hook_url=hook_url,
        )  # fmt: skip
        refuse_payload(self._world, "block_actions", await self._deliver(turn, EnvelopeKind.INTERACTIVE, payload))
        return turn

    async def _put(self, screen: Screen, found: Found, value: Value, *, query: str = "") -> Json:
        """Set an element's state; what an external select offers has to be asked for first."""
        suggested = None
        if found.type in ("external_select", "multi_external_select"):
            suggested = (await self.options(screen, found.element["action_id"], query)).options
        state = state_of(found, value, suggested=suggested)
        holder = screen.picked.setdefault(self.user.id, {}) if isinstance(screen, Message) else screen.values
        holder.setdefault(found.block["block_id"], {})[found.element["action_id"]] = state
        return state

    async def _deliver(self, turn: Turn, kind: EnvelopeKind, payload: Json) -> Json | None:
        turn.delivery = Delivery(self._world.ids.make("envelope-"), kind, payload)
        turn.ack = await self._courier.deliver(turn.delivery)
        return turn.ack.payload

    def _find(self, screen: Screen, wanted: str) -> Found:
        if isinstance(screen, Message) and (screen.gone or screen.only_for not in (None, self.user.id)):
            raise CannotDo(f"{self.user.name} does not see this message")
        if isinstance(screen, View) and (screen.id not in self.team.views or screen.user_id != self.user.id):
            raise CannotDo(f"{self.user.name} does not see this view")
        return find(screen.blocks, wanted)

    def _trigger(self, turn: Turn) -> str:
        return self._world.tickets.issue_trigger(self.team.id, self.user.id, turn.id)

    def _hook_url(self, turn: Turn, place: Channel, origin: Message | None) -> str:
        hook = self._world.tickets.issue_hook(
            self.team.id, place.id, user_id=self.user.id, turn_id=turn.id, origin=origin
        )
        return f"{self._world.base_url}/actions/{hook.id}"

    def _refuse(self, turn: Turn, what: str, refusal: Refusal) -> None:
        turn.refused = refusal.error
        self._world.book.reject(what, refusal.to_json())
