"""Asks the engine on behalf of the person behind a payload, and prepares its reply for Slack.

Channels, people and user groups that were picked from Slack's own list arrive as ids. What was typed as plain words is
looked up here, where Slack lets us; where it does not, the answer says how to pick it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from weakref import WeakValueDictionary

import structlog
from cachetools import LRUCache

from adapters.slack import api as calls
from adapters.slack import forms, painter, rich
from adapters.slack.api import CallFailed, Installation, SlackApi
from adapters.slack.delivery import PostAddress, SlackDelivery
from adapters.slack.installations import Installations
from adapters.slack.payload import Json, PayloadOrigin, address, flag, items, text
from adapters.slack.people import People
from adapters.slack.sheet import option
from bot.api import Clock, Engine, StudyError, actions, blocks, commands, i18n, layout, replace, typed, views
from bot.api import text as words

log = structlog.get_logger(__name__)

ASK_FOR = "?"
"""What a value begins with that stands for a command whose words are still to be asked for."""


class EngineGateway:
    """The engine, from Slack's side."""

    def __init__(
        self,
        engine: Engine,
        people: People,
        installs: Installations,
        *,
        directory: Directory,
        api: SlackApi,
        post: SlackDelivery,
    ) -> None:
        self._engine = engine
        self._people = people
        self._installs = installs
        self._directory = directory
        self._api = api
        self._post = post

    async def look(self, command: commands.Command, origin: PayloadOrigin) -> views.Reply:
        """The engine's answer to this person. A file goes to their direct messages; a sentence says so."""
        install = await self._installs.find(origin.enterprise, origin.team)
        if install is None:
            return views.Reply(_gone(), views.Reader())
        managing = command.spec.who is commands.Who.MANAGERS
        actor = await self._people.actor(origin, install, managing=managing)
        # Nothing is looked up for somebody who may not do it anyway.
        if named(command) and (not managing or await self._engine.manages(actor)):
            with i18n.speaking(actor.locale):
                try:
                    command = await self._directory.resolved(command, origin, install)
                except StudyError as error:
                    return sorry(error)
        reply = await self._engine.handle(command, actor)
        if isinstance(reply.view, views.FormPage):
            return replace(reply, view=await self._named(reply.view, origin, install))
        page = layout.page(reply.view, reply.reader)
        for each in page.blocks:
            if isinstance(each, blocks.Attachment):
                with i18n.speaking(reply.reader.language):
                    return views.Reply(await self._hand_over(each, page, origin), reply.reader)
        return reply

    async def _named(self, page: views.FormPage, origin: PayloadOrigin, install: Installation) -> views.FormPage:
        """The form with the names of the user groups that stand in it."""
        if not any(field.kind is actions.FieldKind.ROLE and field.value for field in page.form.fields):
            return page
        groups = tuple(await self._people.groups(origin, install))
        fields = tuple(
            replace(field, options=groups) if field.kind is actions.FieldKind.ROLE else field
            for field in page.form.fields
        )
        return replace(page, form=replace(page.form, fields=fields))

    async def manages(self, origin: PayloadOrigin) -> bool:
        """Whether the person manages the workspace, as far as is known just now; for what is shown, not for rights."""
        install = await self._installs.find(origin.enterprise, origin.team)
        return install is not None and await self._engine.manages(await self._people.actor(origin, install))

    async def _hand_over(self, file: blocks.Attachment, page: blocks.Page, origin: PayloadOrigin) -> views.Notice:
        where = PostAddress(origin.enterprise, origin.team, origin.person)
        install = await self._installs.find(origin.enterprise, origin.team)
        if install is None:
            return _gone()
        beneath = tuple(painter.offered(page))
        try:
            channel = await self._post.conversation(where)
            await self._api.upload(install, file, said=page.spoken, team=origin.team, channel=channel)
        except CallFailed as failed:
            log.warning(f"A file could not be sent: {failed}.", action="slack.no_file")
            return views.Notice(
                i18n.say("The file could not be sent to you."), calls.reason(failed), views.Tone.SORRY, beneath
            )
        said = i18n.say("“{name}” is in your direct messages with Dualo.", name=file.name)
        return views.Notice(page.spoken, said, views.Tone.DONE, beneath)

    def typed(self, line: str) -> commands.Command | StudyError:
        """What a line stands for."""
        return _read(typed.parse, line)

    def said(self, line: str) -> commands.Command | StudyError:
        """What a line stands for that somebody writes to the bot, who need not know any command."""
        return _read(typed.converse, line)

    def pressed(self, token: str) -> commands.Command | views.FormPage | StudyError:
        """What a button or an option stands for."""
        try:
            if token.startswith(ASK_FOR):
                return _asking(token.removeprefix(ASK_FOR))
            return actions.read(token)
        except StudyError as error:
            return error

    async def filled(self, form: actions.Filled, origin: PayloadOrigin) -> tuple[commands.Command | None, views.Reply]:
        """The command of a form that was sent, if it could be made, and the answer: refused, the form is kept."""
        command: commands.Command | None = None
        try:
            command = form.command
            reply = await self.look(command, origin)
        except StudyError as error:
            reply = sorry(error)
        install = await self._installs.find(origin.enterprise, origin.team)
        if install is None:
            return command, reply
        return command, self._engine.answered(reply, form, await self._people.actor(origin, install))

    # Suggestions ----------------------------------------------------------------------------------------------------

    async def suggest(
        self, token: str, name: str, words: str, origin: PayloadOrigin, *, given: Mapping[str, str]
    ) -> Sequence[Json]:
        """Options of a select while somebody types into it."""
        install = await self._installs.find(origin.enterprise, origin.team)
        parameter = _parameter(token, name)
        if install is None or parameter is None:
            return []
        actor = await self._people.actor(origin, install)
        found = await self._engine.suggest(parameter, words, actor, given=given)
        options = [option(each.value, each.label) for each in found if 0 < len(each.value) <= 150]
        if not words and not parameter.required:
            with i18n.speaking(actor.locale):
                options.insert(0, option(forms.NOTHING, i18n.say("None")))
        return options[:100]

    async def suggest_groups(self, words: str, origin: PayloadOrigin) -> Sequence[Json]:
        install = await self._installs.find(origin.enterprise, origin.team)
        if install is None:
            return []
        groups = await self._people.groups(origin, install)
        found = [option(group, name) for group, name in groups if words.lower() in name.lower()]
        return [option(forms.NOTHING, i18n.say("None")), *found][:100] if not words else found[:100]


def _read(read: Callable[[str], commands.Command], line: str) -> commands.Command | StudyError:
    try:
        return _remembered(read, line, i18n.spoken())
    except StudyError as error:
        return error


@lru_cache(maxsize=2048)
def _remembered(read: Callable[[str], commands.Command], line: str, _: str) -> commands.Command:
    """A line means the same whoever types it, and most type the same few; buttons in it are in their language."""
    return read(line)


def _gone() -> views.Notice:
    return views.Notice(
        i18n.say("Dualo is not installed in this workspace any more."),
        i18n.say("Ask an admin to install it again."),
        tone=views.Tone.SORRY,
    )


def sorry(error: StudyError) -> views.Reply:
    """A sentence for something that never reached the engine."""
    return views.Reply(views.sorry(error), views.Reader())


def _asking(verb: str) -> views.FormPage:
    """A form that asks for the words of a command."""
    spec = commands.by_verb(verb)
    if spec is None or not spec.options:
        raise StudyError(i18n.say("That is not here any more."), i18n.say("Open Dualo's Home tab anew."))
    form = forms.of_spec(spec)
    return views.FormPage(i18n.say_as("command", spec.path[-1]).replace("-", " ").capitalize(), f"{spec.told}.", form)


def _parameter(token: str, name: str) -> commands.Parameter | None:
    parts = token.split("|")
    spec = commands.by_verb(parts[1]) if len(parts) > 1 else None
    return next((each for each in spec.parameters if each.name == name), None) if spec else None


# Names that people type -----------------------------------------------------------------------------------------------

FRESH, MADE_NOW = timedelta(minutes=5), timedelta(seconds=5)
"""How long the names are taken as they were; and for one that is not among them, as it may have been made since."""
_PAGE, _PAGES = 1000, 5
"""Channels looked through by name; in a workspace with more of them, one is picked from the list."""
MOST = 500
"""Workspaces whose channels are remembered."""
_NOTHING = "-"
"""What stands for nothing where a command is to empty a value."""


class Directory:
    """Channels and user groups by the names that people type."""

    def __init__(self, calls: SlackApi, people: People, clock: Clock, *, called: MutableMapping[str, str]) -> None:
        self._called = called
        self._calls = calls
        self._people = people
        self._clock = clock
        self._channels: LRUCache[str, tuple[datetime, Mapping[str, str]]] = LRUCache(MOST)
        self._looking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def resolved(
        self, command: commands.Command, origin: PayloadOrigin, install: Installation
    ) -> commands.Command:
        """The command with every channel, person and group as its address or id; raises a `StudyError`."""
        found: dict[str, object] = {}
        for parameter, said in named(command):
            match parameter.kind:
                case commands.ParameterKind.CHANNEL:
                    found[parameter.name] = parameter.cast(await self._channel(said, origin, install))
                case commands.ParameterKind.ROLE:
                    found[parameter.name] = parameter.cast(await self._group(said, origin, install))
                case _:
                    found[parameter.name] = parameter.cast(_person(said))
        return replace(command, **found) if found else command

    async def _channel(self, said: str, origin: PayloadOrigin, install: Installation) -> str:
        if rich.is_channel(rich.channel_of(said)):  # a person's address is no channel, however it was typed
            return said
        name = said.removeprefix("#")
        if rich.is_channel(name):
            return address(origin.enterprise, origin.team, name)
        for within in (FRESH, MADE_NOW):
            if channel := (await self._named(origin, install, within=within)).get(name.lower()):
                return address(origin.enterprise, origin.team, channel)
        raise StudyError(
            i18n.say("There is no channel “{said}” that Dualo can see here.", said=words.shorten(said, 80)),
            i18n.say("Type # and pick it from Slack's list. In a private channel, type “/invite @Dualo” there first."),
        )

    async def _named(self, origin: PayloadOrigin, install: Installation, *, within: timedelta) -> Mapping[str, str]:
        """The ids of the channels that the bot can see, by name; what was known before, no older than asked."""
        # One question at a time for each workspace: one that Slack lets wait makes no other wait.
        looking = self._looking.setdefault(origin.workspace, asyncio.Lock())
        async with looking:
            at, ids = self._channels.get(origin.workspace, (None, {}))
            if at is None or self._clock.now() - at > within:
                try:
                    at, ids = self._clock.now(), await self._look(origin, install)
                except CallFailed as failed:
                    said = i18n.say("Slack does not say which channels there are just now.")
                    raise StudyError(said, i18n.say("Type # and pick the channel from Slack's list.")) from failed
                self._channels[origin.workspace] = at, ids
        return ids

    async def _look(self, origin: PayloadOrigin, install: Installation) -> dict[str, str]:
        ids: dict[str, str] = {}
        cursor = ""
        for _ in range(_PAGES):
            here = cursor
            answer = await self._calls.ask(
                install,
                "conversations.list",
                lambda c, here=here: c.conversations_list(  # type: ignore[misc]
                    types="public_channel,private_channel", exclude_archived=True, limit=_PAGE, cursor=here or None
                ),
                team=origin.team,
            )
            for channel in items(answer.data, "channels"):
                if not flag(channel, "is_im"):
                    ids.setdefault(text(channel, "name").lower(), text(channel, "id"))
                    self._called[text(channel, "id")] = f"#{text(channel, 'name')}"
            cursor = text(answer.data, "response_metadata", "next_cursor")
            if not cursor:
                break
        return ids

    async def _group(self, said: str, origin: PayloadOrigin, install: Installation) -> str:
        said = said.lstrip("@&")
        name = said.lower()
        for within in (FRESH, MADE_NOW):
            for group, handle in await self._people.groups(origin, install, within=within):
                if name in (group.lower(), handle.removeprefix("@").lower()):
                    return group
        if rich.is_group(said):
            return said
        raise StudyError(
            i18n.say("There is no user group “{said}” that Dualo can see here.", said=words.shorten(said, 80)),
            i18n.say("Type @ and pick it from Slack's list. User groups need one of Slack's paid plans."),
        )


def _person(said: str) -> str:
    said = said.removeprefix("@")
    if rich.is_person(said):
        return said
    raise StudyError(
        i18n.say("Dualo cannot tell who “{said}” is.", said=words.shorten(said, 80)),
        i18n.say("Type @ and pick the person from Slack's list."),
    )


def named(command: commands.Command) -> Sequence[tuple[commands.Parameter, str]]:
    """The channels, people and groups that a command names."""
    pickers = (commands.ParameterKind.CHANNEL, commands.ParameterKind.ROLE, commands.ParameterKind.PERSON)
    found = ((each, getattr(command, each.name)) for each in command.spec.parameters if each.kind in pickers)
    return [(each, said) for each, said in found if said not in ("", _NOTHING)]
