"""How the engine's commands become Discord's application commands, and when Discord is told of them.

Everything comes from the command definitions. They are sent if they differ from what was sent last, or if Discord lost
them. A start never fails by it: what Discord had before still works, and the next start tries again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import discord
import structlog
from discord.http import HTTPClient

from adapters.discord import limits
from adapters.discord.errors import CUT_OFF, told
from adapters.discord.forms import CHANNEL_TYPES
from adapters.discord.limits import Component
from bot.api import Vault, commands, i18n, text

log = structlog.get_logger(__name__)

REPORT = i18n.mark("Report this lesson")
"""The command in a message's menu."""
ROOTS: Mapping[str, str] = {
    commands.ADMIN_ROOT: i18n.mark("For those who run Dualo here: schedules, content, reports, settings"),
    commands.ROOT: i18n.mark("Your lessons, and the way to everything"),
}
MANAGE_SERVER = str(1 << 5)
GUILD, BOT_DM, PRIVATE = 0, 1, 2
"""Where a command is offered: servers, the bot's direct messages, all other private conversations."""
BY_GUILD, BY_USER = 0, 1
"""Who installed the app: a server, or a person for themselves."""

_LOCALES: Mapping[str, tuple[str, ...]] = {
    "es": ("es-ES", "es-419"),
    "pt": ("pt-BR",),
    "sv": ("sv-SE",),
    "nb": ("no",),
    "zh": ("zh-CN", "zh-TW"),
}
"""Discord's names of languages that are not just the language's code."""
SUB_COMMAND, GROUP = 1, 2
"""Types of an option that leads to others."""
_KINDS: Mapping[commands.ParameterKind, int] = {
    commands.ParameterKind.TEXT: 3,
    commands.ParameterKind.NUMBER: 4,
    commands.ParameterKind.TOGGLE: 5,
    commands.ParameterKind.CHOICE: 3,
    commands.ParameterKind.CHOICES: 3,
    commands.ParameterKind.CHANNEL: 7,
    commands.ParameterKind.ROLE: 8,
    commands.ParameterKind.PERSON: 6,
}


def definitions(specs: Iterable[commands.Spec] | None = None, *, installs: Sequence[int] = (0, 1)) -> list[Component]:
    """What Discord is told: each root once, its sub-commands and groups within."""
    by_root: dict[str, list[commands.Spec]] = {}
    for spec in commands.all_specs() if specs is None else specs:
        if spec.typed:
            by_root.setdefault(spec.path[0], []).append(spec)
    menu: Component = {"type": 3, "name": REPORT, **_in_languages(name=lambda: i18n.say(REPORT)), **_offered(installs)}
    return [*(_root(root, under, installs) for root, under in by_root.items()), menu]


def _root(root: str, under: Sequence[commands.Spec], installs: Sequence[int]) -> Component:
    alone = len(under) == 1 and len(under[0].path) == 1
    if not alone and any(len(spec.path) == 1 for spec in under):
        raise ValueError(f"/{root} has sub-commands, so Discord cannot run it itself")
    made: Component = {"type": 1, **_called(root, lambda: under[0].told if alone else _about(root, under))}
    made["options"] = list(map(_option, under[0].options)) if alone else _within(under, 1)
    if all(spec.who is commands.Who.MANAGERS for spec in under):
        managed = {"default_member_permissions": MANAGE_SERVER, "contexts": [GUILD], "integration_types": [BY_GUILD]}
        return made | managed
    return made | _offered(installs)


def _offered(installs: Sequence[int]) -> Component:
    return {"contexts": [GUILD, BOT_DM, PRIVATE], "integration_types": list(installs)}


def _about(name: str, under: Sequence[commands.Spec]) -> str:
    """A root or group has no help of its own: it says what is in it."""
    if name in ROOTS:
        return i18n.say(ROOTS[name])
    inner = ", ".join(dict.fromkeys(_word(spec.path[-1]) for spec in under))
    return text.shorten(f"{_word(name).capitalize()}: {inner}", limits.DESCRIPTION)


def _word(name: str) -> str:
    """A word of a command's path, as Discord lists it in the language that is spoken."""
    return i18n.say_as("command", name)


def _called(name: str, about: Callable[[], str], *, context: str = "command") -> Component:
    """Name and description, and both in every other language: Discord shows them in that of its reader."""
    said = {"name": name, "description": about()}
    return said | _in_languages(name=lambda: i18n.say_as(context, name), description=about)


def _in_languages(**said: Callable[[], str]) -> Component:
    found: dict[str, dict[str, str]] = {f"{field}_localizations": {} for field in said}
    for language in i18n.languages()[1:]:
        with i18n.speaking(language):
            for field, say in said.items():
                found[f"{field}_localizations"] |= dict.fromkeys(_LOCALES.get(language, (language,)), say())
    return dict(found)


def _within(under: Sequence[commands.Spec], depth: int) -> list[Component]:
    """Sub-commands, and groups of them; Discord knows no deeper level."""
    by_word: dict[str, list[commands.Spec]] = {}
    for spec in under:
        by_word.setdefault(spec.path[depth], []).append(spec)
    made = []
    for word, specs in by_word.items():
        leaf = len(specs[0].path) == depth + 1
        if leaf and len(specs) > 1:
            raise ValueError(f"/{' '.join(specs[0].path)} has sub-commands, so Discord cannot run it itself")
        inner = list(map(_option, specs[0].options)) if leaf else _within(specs, depth + 1)
        called = _called(word, partial(_told, word, specs, depth))
        made.append({"type": SUB_COMMAND if leaf else GROUP, **called, "options": inner})
    return made


def _told(word: str, specs: Sequence[commands.Spec], depth: int) -> str:
    return specs[0].told if len(specs[0].path) == depth + 1 else _about(word, specs)


def _option(parameter: commands.Parameter) -> Component:
    made: Component = {
        "type": _KINDS[parameter.kind],
        **_called(parameter.name, lambda: parameter.told, context="option"),
        "required": parameter.required,
    }
    match parameter.kind:
        case commands.ParameterKind.NUMBER:
            bounds = {"min_value": parameter.low, "max_value": parameter.high}
            made |= {name: bound for name, bound in bounds.items() if bound is not None}
        case commands.ParameterKind.CHOICE:
            made["choices"] = [_choice(str(each)) for each in parameter.choices]
        case commands.ParameterKind.CHOICES:
            made["autocomplete"] = True
        case commands.ParameterKind.CHANNEL:
            made["channel_types"] = list(CHANNEL_TYPES)
        case commands.ParameterKind.TEXT:
            made["max_length"] = parameter.longest
            made["autocomplete"] = parameter.suggest is not None
        case _:
            pass
    return made


def _choice(value: str) -> Component:
    return {"name": value, "value": value, **_in_languages(name=lambda: i18n.say_as("choice", value))}


def digest(wanted: Sequence[Component]) -> str:
    """Equal for equal definitions, whatever the order of their fields."""
    return hashlib.sha256(json.dumps(wanted, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def lacking(wanted: Iterable[Mapping[str, Any]], registered: Iterable[Mapping[str, Any]]) -> list[str]:
    """Names of the commands that Discord does not have, or has with other options."""
    there = [_shape(command) for command in registered]
    return sorted(str(command["name"]) for command in wanted if _shape(command) not in there)


def _shape(command: Mapping[str, Any]) -> tuple[object, ...]:
    """What Discord gives back as it was sent; other fields it fills in or leaves out as it likes."""
    options = tuple(_shape(option) for option in command.get("options") or ())
    return command.get("type", 1), command["name"], options


# Telling Discord -----------------------------------------------------------------------------------------------------


Ids = Mapping[str, int]
"""Of the registered commands, by the first word of their names: what a mention of one is made with."""


async def sync(application: discord.AppInfo, http: HTTPClient, vault: Vault) -> Ids:
    """Register the commands if Discord does not have them as they are now; returns their ids."""
    configs = {BY_GUILD: application.guild_integration_config, BY_USER: application.user_integration_config}
    installs = [number for number, config in configs.items() if config is not None]
    wanted = definitions(installs=installs or [BY_GUILD])
    name, hashed = f"commands:{application.id}", digest(wanted)
    try:
        # Another tool on the same application may have overwritten them, and a restored backup knows nothing of it.
        registered: Sequence[Mapping[str, Any]] = await http.get_global_commands(application.id)
        if await vault.get(name) == hashed and not lacking(wanted, registered):
            return _ids(registered)
        registered = await http.bulk_upsert_global_commands(application.id, wanted)
    except (discord.DiscordException, *CUT_OFF) as error:
        log.error(
            f"Discord did not take the commands ({told(error)}). They are sent again at the next start.",
            action="discord.unregistered",
        )
        return {}
    await vault.put(name, hashed)
    log.info("Discord was told the commands.", action="discord.registered", commands=len(wanted))
    return _ids(registered)


async def registered_ids(application: int, http: HTTPClient) -> Ids:
    """The ids of what another process registered; without them, names of commands are plain words."""
    try:
        return _ids(await http.get_global_commands(application))
    except (discord.DiscordException, *CUT_OFF) as error:
        log.warning(f"Discord did not say its commands ({told(error)}).", action="discord.unnamed")
        return {}


def _ids(registered: Iterable[Mapping[str, Any]]) -> Ids:
    return {str(each["name"]): int(each["id"]) for each in registered if each.get("type", 1) == 1}
