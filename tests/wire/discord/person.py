"""Decides how a person acts: types commands, presses, chooses, fills forms – only what their client would let them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from tests.wire.discord import client, drawing, forms
from tests.wire.discord import payload as read
from tests.wire.discord.account_routes import Commands
from tests.wire.discord.client import ClientRefused, Value, Values
from tests.wire.discord.clock import Unmet
from tests.wire.discord.interactions import Answer, Choice, Interactions, InteractionType, Modal, context_of
from tests.wire.discord.model import Attachment, Channel, ChannelType, Guild, Message, User
from tests.wire.discord.payload import Payload
from tests.wire.discord.permissions import Permission
from tests.wire.discord.world import World

SELECT_TYPES = (3, 5, 6, 7, 8)
Given: TypeAlias = "Value | Person"


class Person:
    """Every act returns an `Answer` at once; awaiting it waits for the bot."""

    def __init__(self, user: User, interactions: Interactions, commands: Commands) -> None:
        self.user = user
        self.interactions = interactions
        self.commands = commands
        self.world: World = interactions.world

    @property
    def id(self) -> int:
        return self.user.id

    @property
    def mention(self) -> str:
        return f"<@{self.user.id}>"

    @property
    def dm(self) -> Channel:
        return self.world.dm_with(self.user)

    # Commands

    def slash(
        self,
        line: str,
        options: Mapping[str, Given] | None = None,
        *,
        channel: Channel | None = None,
        guild: Guild | None = None,
    ) -> Answer:
        """`line` is the command's name with its sub-commands: `"study-admin schedule add"`."""
        place = self._place(channel, guild)
        command, integrations, words = self._find_command(1, line, place)
        way, leaf = client.find_leaf(command, words)
        filled = client.fill_options(leaf, _plain(options))
        self._complete(filled.resolved, options, place)
        data = self._draw_command(command, client.nest(way, filled.options), filled.resolved)
        return self._deliver(InteractionType.COMMAND, data, place, f"/{line}", integrations)

    async def autocomplete(
        self,
        line: str,
        options: Mapping[str, Given],
        *,
        focused: str,
        channel: Channel | None = None,
        guild: Guild | None = None,
    ) -> list[Choice]:
        """The suggestions for what stands in the `focused` option so far."""
        place = self._place(channel, guild)
        command, integrations, words = self._find_command(1, line, place)
        way, leaf = client.find_leaf(command, words)
        option = next((one for one in read.objects_of(leaf, "options") if one.get("name") == focused), {})
        if not option.get("autocomplete"):
            raise ClientRefused(f"/{line}: {focused!r} has no autocomplete.")
        filled = client.fill_options(leaf, _plain(options), focused=focused)
        data = self._draw_command(command, client.nest(way, filled.options), filled.resolved)
        what = f"the autocompletion of /{line} {focused}"
        answer = self._deliver(InteractionType.AUTOCOMPLETE, data, place, what, integrations)
        answer.option_type = read.integer_of(option, "type")
        return (await answer).choices

    def message_command(self, name: str, message: Message) -> Answer:
        """A command from a message's menu, under Apps."""
        self._check_sees(message)
        command, integrations, _ = self._find_command(3, name, message.channel)
        data = self._draw_command(command, [], {"messages": {str(message.id): drawing.draw_message(message)}})
        data["target_id"] = str(message.id)
        return self._deliver(InteractionType.COMMAND, data, message.channel, f"{name!r} on a message", integrations)

    def upload(self, filename: str, data: bytes) -> Attachment:
        """A file to be given to an attachment option."""
        number = self.world.clock.new_id()
        attachment = Attachment(number, filename, data, f"{self.world.gateway.url}/attachments/0/{number}/{filename}")
        self.world.attachments[number] = attachment
        return attachment

    # Components

    def press(self, message: Message | Answer, which: str) -> Answer:
        """Presses the button with this `custom_id` or label."""
        shown = self._shown(message)
        found = [one for one in shown.all_components() if one.get("type") == 2]
        button = next((one for one in found if which in (one.get("custom_id"), one.get("label"))), None)
        if button is None:
            labels = [one.get("label") or one.get("custom_id") for one in found]
            raise ClientRefused(f"There is no button {which!r} on this message; it has {labels}.")
        if button.get("disabled") or not button.get("custom_id"):
            raise ClientRefused(f"The button {which!r} is disabled or a link.")
        data: Payload = {"component_type": 2, "custom_id": button["custom_id"], "id": button["id"]}
        return self._deliver_component(data, shown, f"the button {which!r}")

    def choose(self, message: Message | Answer, custom_id: str, values: Sequence[str | Person | Channel]) -> Answer:
        """Picks values in the select with this `custom_id`."""
        shown = self._shown(message)
        found = [one for one in shown.all_components() if one.get("type") in SELECT_TYPES]
        select = next((one for one in found if one.get("custom_id") == custom_id), None)
        if select is None:
            listed = [one.get("custom_id") for one in found]
            raise ClientRefused(f"There is no select {custom_id!r} on this message; it has {listed}.")
        resolved: Payload = {}
        picks = [one.user if isinstance(one, Person) else one for one in values]
        ids = forms.pick_ids(picks, resolved, shown.channel.guild)
        client.check_picks(select, ids)
        data: Payload = {
            "component_type": select["type"],
            "custom_id": custom_id,
            "id": select["id"],
            "values": ids,
        }
        if resolved:
            data["resolved"] = resolved
        return self._deliver_component(data, shown, f"the select {custom_id!r}")

    def submit(self, modal: Modal | Answer, values: Mapping[str, Values]) -> Answer:
        """Sends the form; a field that is not named keeps what stood in it."""
        form = modal.modal if isinstance(modal, Answer) else modal
        if form is None:
            raise ClientRefused("No form is open.")
        if form.answer.user is not self.user:
            raise ClientRefused("This form is on somebody else's screen.")
        place = form.answer.channel
        data = forms.fill_modal(form, values, place.guild)
        source = form.answer.source
        owners = read.as_payload(form.answer.payload["authorizing_integration_owners"])
        return self.interactions.deliver(
            InteractionType.MODAL_SUBMIT,
            data,
            user=self.user,
            channel=place,
            what=f"the form {form.title!r}",
            integrations=frozenset(map(int, owners)),
            source=source,
        )

    # Messages

    def say(self, text: str, channel: Channel) -> Message:
        """Writes an ordinary message."""
        if Permission.SEND_MESSAGES not in channel.permissions_of(self.user):
            raise ClientRefused(f"{self.user.name} may not write in #{channel.name}.")
        now = self.world.clock.now()
        message = Message(self.world.clock.new_id(), channel, self.user, now, content=text)
        self.world.post(message)
        return message

    def sees(self, message: Message) -> bool:
        if message.deleted or message.channel.id not in self.world.channels:
            return False
        if message.seen_by is not None:
            return message.seen_by is self.user
        return Permission.VIEW_CHANNEL in message.channel.permissions_of(self.user)

    # How it is sent

    def _place(self, channel: Channel | None, guild: Guild | None) -> Channel:
        if channel is not None:
            return channel
        if guild is None:
            return self.dm
        for found in guild.channels.values():
            if found.type is ChannelType.TEXT and Permission.VIEW_CHANNEL in found.permissions_of(self.user):
                return found
        raise ClientRefused(f"{self.user.name} sees no text channel in {guild.name}.")

    def _find_command(self, kind: int, line: str, place: Channel) -> tuple[Payload, frozenset[int], list[str]]:
        words = line.split() if kind == 1 else [line]
        command = self.commands.find(place.guild, kind, words[0])
        if command is None:
            raise ClientRefused(f"No command {words[0]!r} is registered here.")
        context = context_of(place, self.world.bot)
        contexts = read.list_of(command, "contexts")
        if contexts and context not in contexts:
            raise ClientRefused(f"{words[0]!r} is not offered in this place (context {context}).")
        integrations = self._integrations(command, place)
        if not integrations:
            raise ClientRefused(f"{words[0]!r} is installed neither here nor for {self.user.name}.")
        self._check_may_run(command, place)
        return command, integrations, words[1:]

    def _integrations(self, command: Payload, place: Channel) -> frozenset[int]:
        allowed = read.list_of(command, "integration_types") or [0]
        guild = place.guild
        by_guild = guild.bot_present and guild.offers_commands if guild else context_of(place, self.world.bot) == 1
        owners = {0: by_guild, 1: self.user.installed}
        return frozenset(one for one, holds in owners.items() if holds and one in allowed)

    def _check_may_run(self, command: Payload, place: Channel) -> None:
        guild = place.guild
        if guild is None:
            return
        mine = place.permissions_of(self.user)
        if Permission.USE_APPLICATION_COMMANDS not in mine:
            raise ClientRefused(f"{self.user.name} may not use commands in #{place.name}.")
        granted = guild.granted_commands.get(read.text_of(command, "name"))
        if granted is not None:
            member = guild.members[self.user.id]
            if not granted & {self.user.id, *(role.id for role in member.roles)} and (
                Permission.ADMINISTRATOR not in mine
            ):
                raise ClientRefused(f"{command['name']!r} is not granted to {self.user.name}.")
            return
        needed = command.get("default_member_permissions")
        bits = Permission(int(str(needed))) if needed is not None else Permission.NONE
        if needed is not None and Permission.ADMINISTRATOR not in mine and (not bits or bits & ~mine):
            raise ClientRefused(f"{command['name']!r} is hidden from {self.user.name}: it needs {bits!r}.")

    def _draw_command(self, command: Payload, options: list[Payload], resolved: Payload) -> Payload:
        data: Payload = {"id": command["id"], "name": command["name"], "type": command["type"]}
        if options:
            data["options"] = options
        if resolved:
            data["resolved"] = resolved
        if "guild_id" in command:
            data["guild_id"] = command["guild_id"]
        return data

    def _complete(self, resolved: Payload, given: Mapping[str, Given] | None, place: Channel) -> None:
        """A person named in a server comes with their membership."""
        for value in (given or {}).values():
            if isinstance(value, Person):
                client.resolve(value.user, resolved, place.guild)

    def _shown(self, message: Message | Answer) -> Message:
        shown = message.message if isinstance(message, Answer) else message
        if shown is None:
            raise Unmet("There is no message to act on.")
        self._check_sees(shown)
        return shown

    def _check_sees(self, message: Message) -> None:
        if not self.sees(message):
            raise ClientRefused(f"{self.user.name} does not see this message.")

    def _deliver(
        self, kind: InteractionType, data: Payload, place: Channel, what: str, integrations: frozenset[int]
    ) -> Answer:
        return self.interactions.deliver(
            kind, data, user=self.user, channel=place, what=what, integrations=integrations
        )

    def _deliver_component(self, data: Payload, shown: Message, what: str) -> Answer:
        metadata = shown.interaction or {}
        owners = read.object_of(metadata, "authorizing_integration_owners")
        integrations = frozenset(map(int, owners)) or frozenset({0})
        return self.interactions.deliver(
            InteractionType.COMPONENT,
            data,
            user=self.user,
            channel=shown.channel,
            what=what,
            integrations=integrations,
            source=shown,
        )


def _plain(options: Mapping[str, Given] | None) -> dict[str, Value]:
    given = options or {}
    return {name: value.user if isinstance(value, Person) else value for name, value in given.items()}
