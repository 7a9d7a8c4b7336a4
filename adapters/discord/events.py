"""Handles interactions: each is read into a command, and the engine's view is shown.

Commands, buttons, selects, forms and suggestions all end here. The engine decides; this file only translates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import discord
import structlog
from cachetools import LRUCache

from adapters.discord import actors, addresses, components, forms, limits, mentions, painter, registration
from adapters.discord.actors import ServerOrigin
from adapters.discord.components import Colour, Drawing, Intent, Kind, Style, aside, rows, shown, small_button
from adapters.discord.errors import ALREADY_ANSWERED, CUT_OFF
from adapters.discord.limits import Component
from adapters.discord.markdown import plain, words
from adapters.discord.responder import Callbacks, DiscordResponder
from adapters.shared import phrases
from adapters.shared.dedupe import Seen
from bot.api import (
    Actor,
    Clock,
    Engine,
    StudyError,
    actions,
    blocks,
    commands,
    i18n,
    layout,
    pictures,
    reference,
    text,
    views,
)

log = structlog.get_logger(__name__)

PATIENCE = 1.5
"""Seconds that an answer may take before Discord is told that it will come; after 3 it takes none."""
FORM_PATIENCE = 2.3
"""The same for a form, which cannot open once that is told. It is waited for as long as the telling leaves room for."""
UNKNOWN, TOKEN_EXPIRED = 10062, 50027
REMEMBERED = 4_096
"""Interactions remembered, so that one delivered twice is answered once."""
CONFIRMS = 2_000
"""Questions remembered that are asked before something is lost."""
_LEADING = frozenset({blocks.Purpose.PAGE, blocks.Purpose.READING, blocks.Purpose.NOTE, blocks.Purpose.REFUSAL})
"""Of answers in somebody's own space: which of them lead to the servers where the person learns as well."""
NO = "no"
"""The custom id of “leave it as it is”."""


class Conversation:
    """Answers every interaction, once."""

    def __init__(
        self, engine: Engine, clock: Clock, *, patience: float = PATIENCE, draw: pictures.Draw = pictures.here
    ) -> None:
        self._draw = draw
        self._engine = engine
        self._members = actors.Members(clock)
        self._patience = patience
        self._confirms: LRUCache[tuple[str, str], actions.Confirm] = LRUCache(CONFIRMS)
        """What is asked before something is lost, by who was shown the button. A button has no room for its question;
        after a restart the same is asked in general words, and the button works all the same."""
        self._seen: Seen[int, object] = Seen(object, limit=REMEMBERED)
        self.ids: registration.Ids = {}
        """Of the registered commands: with them, the names of commands in our sentences are pressable."""

    async def interaction(self, interaction: discord.Interaction, callbacks: Callbacks) -> None:
        _, again = self._seen.take(interaction.id)
        if again:
            log.info("An interaction came twice; it is answered once.", action="discord.twice")
        else:
            with i18n.speaking(str(interaction.locale)):  # until the engine knows what they chose
                await self._serve(DiscordResponder(interaction, callbacks))

    # Errors ----------------------------------------------------------------------------------------------------------

    async def _serve(self, turn: DiscordResponder) -> None:
        try:
            await self._answer(turn)
        except StudyError as error:
            await self._guarded(turn, views.sorry(error))
        except discord.HTTPException as error:
            await self._refused(turn, error)
        except CUT_OFF as error:
            log.warning("Discord could not be reached with an answer.", action="discord.cut", reason=repr(error))
        except Exception:
            await self._broken(turn)

    async def _answer(self, turn: DiscordResponder) -> None:
        interaction = turn.interaction
        data: Mapping[str, Any] = interaction.data or {}
        turn.origin = _origin(interaction, _components(interaction)) if interaction.message else None
        match interaction.type:
            case discord.InteractionType.autocomplete:
                await self._suggest(turn, data)
            case discord.InteractionType.application_command if data.get("type") == 3:
                await self._about(turn, data)
            case discord.InteractionType.application_command:
                await self._handle(turn, _typed(data))
            case discord.InteractionType.component:
                await self._press(turn, data)
            case discord.InteractionType.modal_submit:
                await self._submit(turn, data)
            case _:
                log.info("An interaction of an unknown type was left alone.", action="discord.unknown")

    async def _guarded(self, turn: DiscordResponder, notice: views.Notice) -> None:
        """Tell the person; if even that fails there is nobody left to tell. Suggestions have no place for words."""
        if turn.interaction.type is discord.InteractionType.autocomplete:
            return
        try:
            await turn.show(painter.draw(notice, views.Reader()))
        except (discord.HTTPException, *CUT_OFF) as error:
            log.warning("An apology could not be delivered.", action="discord.unsaid", reason=str(error))

    async def _refused(self, turn: DiscordResponder, error: discord.HTTPException) -> None:
        if error.code in (UNKNOWN, ALREADY_ANSWERED, TOKEN_EXPIRED):
            late = {UNKNOWN: "too late", ALREADY_ANSWERED: "after another one"}.get(error.code, "after 15 minutes")
            log.info(f"An answer came {late}; Discord did not take it.", action="discord.late", code=error.code)
        else:
            await self._broken(turn)

    async def _broken(self, turn: DiscordResponder) -> None:
        made = reference.new()
        log.exception("An answer could not be shown.", action="discord.failed", reference=made)
        await self._guarded(turn, reference.notice(made))

    # Asking the engine, showing the reply ----------------------------------------------------------------------------

    async def _handle(
        self, turn: DiscordResponder, command: commands.Command, filled: actions.Filled | None = None
    ) -> None:
        turn.public = command.for_everyone
        patience = FORM_PATIENCE if command.asks else self._patience
        await self._show(turn, command, await turn.by(patience, self._asked(turn, command, filled)))

    async def _send(self, turn: DiscordResponder, filled: actions.Filled) -> None:
        """Answer a form. No modal may follow a modal, so one that is refused is offered again by a button."""
        try:
            command = filled.command
        except StudyError as error:
            opener = filled.opener
            if opener is None:
                raise
            actor = await turn.by(self._patience, self._actor(turn, opener))
            refused = views.Reply(views.sorry(error), views.Reader())
            await self._show(turn, opener, self._engine.answered(refused, filled, actor))
        else:
            await self._handle(turn, command, filled)

    async def _show(self, turn: DiscordResponder, command: commands.Command, reply: views.Reply) -> None:
        view = reply.view
        if isinstance(view, views.FormPage):
            if turn.can_open_modal:
                await turn.open_modal(forms.modal(view, command))
                return
            view = forms.offered_again(view, command)
        drawing = mentions.pressable(painter.draw(view, reply.reader), view, reply.reader, self.ids)
        if turn.origin is None and turn.interaction.guild_id is None and not reply.for_everyone:
            servers = _named(turn.interaction.client, reply.elsewhere)
            drawing = actors.in_own_space(drawing, command, servers, leads=drawing.purpose in _LEADING)
        for custom_id, confirm in drawing.confirms.items():
            self._confirms[turn.whose, custom_id] = confirm
        public = reply.for_everyone and drawing.purpose not in (blocks.Purpose.FILE, blocks.Purpose.FORM)
        await turn.show(drawing, in_place=turn.takes_place_of_source(drawing.purpose), public=public)

    async def _asked(
        self, turn: DiscordResponder, command: commands.Command, filled: actions.Filled | None = None
    ) -> views.Reply:
        actor = await self._actor(turn, command)
        reply = await self._engine.handle(command, actor)
        for each in layout.drawings(reply.view, reply.reader):
            await self._draw(each)  # the painter finds it
        return self._engine.answered(reply, filled, actor) if filled else reply

    async def _actor(self, turn: DiscordResponder, command: commands.Command) -> Actor:
        """Discord is asked about somebody only where the event does not tell: in a direct message for a server."""
        if turn.origin is None:
            return actors.actor_of(turn.interaction)
        interaction, guild = turn.interaction, turn.origin.guild
        anew = command.spec.who is commands.Who.MANAGERS
        member = await self._members.find(interaction.client, guild, interaction.user.id, anew=anew)
        turn.origin = ServerOrigin(guild, member.server)
        return actors.actor_in(interaction, turn.origin, member)

    async def _press(self, turn: DiscordResponder, data: Mapping[str, Any]) -> None:
        interaction = turn.interaction
        if data["custom_id"] == NO:
            said = views.Notice(i18n.say("Nothing was changed."))
            await turn.show(painter.draw(said, views.Reader(), marker=Kind.ASIDE), in_place=True)
            return
        pressed = components.read_custom_id(str(data["values"][0]) if data.get("values") else str(data["custom_id"]))
        match pressed.meant:
            case Intent.ASK_FIRST:
                known = self._confirms.get((turn.whose, str(data["custom_id"])))
                await turn.show(_confirming(known or _general(interaction), actions.token(pressed.command)))
            case Intent.PART:
                await self._open_part(turn, pressed.command, pressed.part)
            case Intent.VISIT:
                turn.origin = ServerOrigin(pressed.guild)
                await self._handle(turn, pressed.command)
            case Intent.DO | Intent.CONFIRMED:
                await self._handle(turn, pressed.command)

    async def _about(self, turn: DiscordResponder, data: Mapping[str, Any]) -> None:
        """A form that no button opened comes back without its message, and so without the server it was for. If there
        is one, a message with a button comes first."""
        message = actors.message_of(data)
        command = actors.report_on(message, turn.interaction.application_id)
        turn.origin = _origin(turn.interaction, message.get("components", []))
        if turn.origin is None:
            await self._handle(turn, command)
            return
        offers = (actions.Action(i18n.say("Report a mistake"), command),)
        said = views.Notice(
            i18n.say("Report a mistake in this lesson?"),
            i18n.say("It goes to those who run the server."),
            actions=offers,
        )
        await turn.show(painter.draw(said, views.Reader(), marker=Kind.ASIDE))

    async def _open_part(self, turn: DiscordResponder, opener: commands.Command, part: int) -> None:
        """If it comes too late, the message that offered it stays what it was, as it carries what was filled in."""
        page = await turn.by(FORM_PATIENCE, self._form(turn, opener))
        if turn.can_open_modal:
            await turn.open_modal(forms.modal(page, opener, part))
            return
        filled = forms.carried(_components(turn.interaction))
        await turn.show(forms.between(page, opener, part - 1, filled, note=i18n.say(forms.READY)), in_place=True)

    async def _form(self, turn: DiscordResponder, opener: commands.Command) -> views.FormPage:
        """Ask for the form again: for its next part, or for the command that it fills in."""
        reply = await self._asked(turn, opener)
        if not isinstance(reply.view, views.FormPage):
            raise StudyError(i18n.say("This form is not there any more."), i18n.say(phrases.ASK_AGAIN))
        return reply.view

    # Forms -----------------------------------------------------------------------------------------------------------

    async def _submit(self, turn: DiscordResponder, data: Mapping[str, Any]) -> None:
        interaction = turn.interaction
        filled = forms.answers(data["components"])
        pressed = components.read_custom_id(str(data["custom_id"]))
        if pressed.meant is not Intent.PART:
            await self._send(turn, actions.Filled(pressed.token, filled))
            return
        opener = pressed.command
        page = await turn.by(self._patience, self._form(turn, opener))
        filled = forms.carried(_components(interaction)) | filled
        if pressed.part + 1 >= len(forms.parts_of(page.form)):
            await self._send(turn, actions.Filled(page.form.token, filled))
            return
        if wrong := forms.too_long_to_carry(page, filled):
            raise StudyError(wrong, i18n.say("Please shorten it and send the form again."))
        drawing = forms.between(page, opener, pressed.part, filled)
        await turn.show(drawing, in_place=turn.source is Kind.ASIDE)

    # Suggestions -----------------------------------------------------------------------------------------------------

    async def _suggest(self, turn: DiscordResponder, data: Mapping[str, Any]) -> None:
        path, options = actors.typed(data)
        spec = commands.by_path(path)
        focused = next((option for option in options if option.get("focused")), None)
        if spec is None or focused is None:
            await turn.suggest([])
            return
        parameter = next(each for each in spec.options if each.name == focused["name"])
        given = {str(option["name"]): str(option["value"]) for option in options if option is not focused}
        found = await self._engine.suggest(
            parameter, str(focused["value"]), actors.actor_of(turn.interaction), given=given
        )
        await turn.suggest(
            [
                {"name": text.shorten(plain(each.label), limits.CHOICE) or each.value, "value": each.value}
                for each in found[: limits.CHOICES]
                if 0 < len(each.value) <= limits.CHOICE
            ]
        )


def _typed(data: Mapping[str, Any]) -> commands.Command:
    path, options = actors.typed(data)
    spec = commands.by_path(path)
    if spec is None:
        raise StudyError(
            i18n.say("/{path} is not offered any more.", path=" ".join(path)), i18n.say("Discord will forget it soon.")
        )
    return commands.build(spec, actors.values(spec, options))


def _origin(interaction: discord.Interaction, components: Sequence[Component]) -> ServerOrigin | None:
    """The server for which the message speaks that somebody acts on; in a server it is that one."""
    return actors.read_origin(components) if interaction.guild_id is None else None


def _named(client: discord.Client, workspaces: Sequence[str]) -> list[ServerOrigin]:
    """The servers among these that this process hears of, by name."""
    guilds = (client.get_guild(guild) for name in workspaces if (guild := addresses.guild_of(name)))
    return [ServerOrigin(guild.id, guild.name) for guild in guilds if guild]


def _components(interaction: discord.Interaction) -> Sequence[Component]:
    """The components of the message that was acted on."""
    message = interaction.message
    return [dict(each.to_dict()) for each in message.components] if message else []


def _general(interaction: discord.Interaction) -> actions.Confirm:
    """A question made of the label of the button that was pressed."""
    data: Mapping[str, Any] = interaction.data or {}
    pressable = limits.walk(_components(interaction))
    labels = (each.get("label") for each in pressable if each.get("custom_id") == data.get("custom_id"))
    label = next(labels, "") or i18n.say("Go on")
    title = f"{label}?"
    return actions.Confirm(title, i18n.say("Please say once more that you mean it."), i18n.say("Yes, do it"))


def _confirming(confirm: actions.Confirm, token: str) -> Drawing:
    yes = small_button(confirm.yes, components.confirmed(token), style=Style.DANGER)
    no = small_button(i18n.say("Leave it as it is"), NO)
    return aside([shown(f"### {words(confirm.title)}", words(confirm.text)), *rows([yes, no])], Colour.MIND)
