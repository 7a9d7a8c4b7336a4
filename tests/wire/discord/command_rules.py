"""Decides which application commands Discord would register, and how it lists them afterwards."""

from __future__ import annotations

import unicodedata

from tests.wire.discord import payload as read
from tests.wire.discord import refusals
from tests.wire.discord.payload import Payload
from tests.wire.discord.rules import Breaches, Form

NAME_LENGTH = 32
DESCRIPTION_LENGTH = 100
OPTIONS = 25
CHOICES = 25
CHOICE_LENGTH = 100
COMMAND_CHARACTERS = 8_000
GLOBAL_COMMANDS = {1: 100, 2: 15, 3: 15}
SAFE_INTEGER = 2**53 - 1

SUB_COMMAND, GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(1, 12)
# fmt: off
LOCALES = frozenset([
    "id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl", "no", "pl", "pt-BR",
    "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi", "th", "zh-CN", "ja", "zh-TW", "ko",
])
# fmt: on


def check_commands(data: object) -> list[Payload]:
    """A bulk overwrite: all of the commands stand or none."""
    if not isinstance(data, list):
        raise refusals.not_json()
    breaches = Breaches()
    seen: set[tuple[int, str]] = set()
    counts = dict.fromkeys(GLOBAL_COMMANDS, 0)
    for place, item in enumerate(data):
        form = Form(read.as_payload(item), (str(place),), breaches)
        kind = form.choice("type", (1, 2, 3)) or 1
        counts[kind] += 1
        check_command(form, kind)
        key = (kind, read.text_of(form.data, "name"))
        if key in seen:
            form.refuse("", "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
        seen.add(key)
    if any(counts[kind] > GLOBAL_COMMANDS[kind] for kind in counts):
        raise refusals.Refused(400, 30032, "Maximum number of application commands reached (100).")
    breaches.raise_if_any()
    return [read.as_payload(item) for item in data]


def check_command(form: Form, kind: int) -> None:
    if kind == 1:
        _check_name(form)
        form.text("description", low=1, high=DESCRIPTION_LENGTH, needed=True)
        _check_options(form, parent=None)
    else:
        form.text("name", low=1, high=NAME_LENGTH, needed=True)
        form.forbid(
            ("description", "options"),
            "APPLICATION_COMMAND_CONTEXT_MENU_INVALID",
            "Context menu commands cannot have description or options",
        )
    _check_localizations(form, "name_localizations", chat=kind == 1, high=NAME_LENGTH)
    _check_localizations(form, "description_localizations", chat=False, high=DESCRIPTION_LENGTH)
    _check_set(form, "contexts", {0, 1, 2})
    _check_set(form, "integration_types", {0, 1})
    form.snowflake("default_member_permissions")
    if count_characters(form.data) > COMMAND_CHARACTERS:
        form.refuse(
            "",
            "APPLICATION_COMMAND_TOO_LARGE",
            f"Command exceeds maximum size ({COMMAND_CHARACTERS} characters)",
        )


def is_chat_name(name: str) -> bool:
    """Lower-case letters and digits of any script, hyphen, underscore, apostrophe; no spaces."""

    def fits(sign: str) -> bool:
        deva_or_thai = "\u0900" <= sign <= "\u097f" or "\u0e00" <= sign <= "\u0e7f"
        return sign in "-_'" or unicodedata.category(sign)[0] in "LN" or deva_or_thai

    return 1 <= len(name) <= NAME_LENGTH and name == name.lower() and all(map(fits, name))


def _check_name(form: Form) -> None:
    name = form.text("name", low=1, high=NAME_LENGTH, needed=True)
    if name is not None and not is_chat_name(name):
        form.refuse("name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _check_localizations(form: Form, key: str, *, chat: bool, high: int) -> None:
    for locale, value in read.object_of(form.data, key).items():
        if locale not in LOCALES:
            form.refuse(key, "ENUM_TYPE_COERCE", f'Value "{locale}" is not a valid enum value.')
        elif not isinstance(value, str) or not 1 <= len(value) <= high:
            form.refuse(key, "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {high} in length.")
        elif chat and not is_chat_name(value):
            form.refuse(key, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _check_set(form: Form, key: str, allowed: set[int]) -> None:
    values = form.data.get(key)
    if values is None:
        return
    listed = read.list_of(form.data, key)
    if not listed or any(one not in allowed for one in listed) or len(set(map(str, listed))) != len(listed):
        form.refuse(key, "BASE_TYPE_CHOICES", f"Values must be distinct and one of {sorted(allowed)}.")


def _check_options(form: Form, *, parent: int | None) -> None:
    names: set[str] = set()
    optional_seen = False
    kinds: set[bool] = set()
    for option in form.forms("options", high=OPTIONS):
        kind = option.choice("type", range(1, 12), needed=True) or STRING
        _check_option(option, kind, parent)
        kinds.add(kind in (SUB_COMMAND, GROUP))
        name = read.text_of(option.data, "name")
        if name in names:
            option.refuse("name", "APPLICATION_COMMAND_OPTIONS_NAME_INVALID", "Option names must be unique")
        names.add(name)
        if kind not in (SUB_COMMAND, GROUP):
            wanted = option.truth("required") is True
            if wanted and optional_seen:
                option.refuse(
                    "",
                    "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                    "Required options must be placed before non-required options",
                )
            optional_seen = optional_seen or not wanted
    if len(kinds) > 1:
        form.refuse(
            "options",
            "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
            "Sub-command and sub-command group option types are mutually exclusive to all other types",
        )


def _check_option(option: Form, kind: int, parent: int | None) -> None:
    _check_name(option)
    option.text("description", low=1, high=DESCRIPTION_LENGTH, needed=True)
    _check_localizations(option, "name_localizations", chat=True, high=NAME_LENGTH)
    _check_localizations(option, "description_localizations", chat=False, high=DESCRIPTION_LENGTH)
    fitting = {None: range(1, 12), GROUP: (SUB_COMMAND,), SUB_COMMAND: range(STRING, 12)}
    if kind not in fitting[parent]:
        option.refuse("type", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "This type does not belong here")
        return
    if kind in (SUB_COMMAND, GROUP):
        _check_options(option, parent=kind)
        return
    option.forbid(("options",), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "This type takes no options")
    _check_bounds(option, kind)
    _check_choices(option, kind)


def _check_bounds(option: Form, kind: int) -> None:
    wrong = "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"
    if kind == STRING:
        low = option.integer("min_length", low=0, high=6000)
        high = option.integer("max_length", low=1, high=6000)
        if low is not None and high is not None and low > high:
            option.refuse("min_length", wrong, "min_length is larger than max_length")
    else:
        option.forbid(("min_length", "max_length"), wrong, "Only string options have a length")
    if kind in (INTEGER, NUMBER):
        bounds = [option.data.get("min_value"), option.data.get("max_value")]
        numbers = [one for one in bounds if isinstance(one, int | float)]
        if len(numbers) == 2 and numbers[0] > numbers[1]:
            option.refuse("min_value", wrong, "min_value is larger than max_value")
        if any(abs(one) > SAFE_INTEGER for one in numbers):
            option.refuse("max_value", "NUMBER_TYPE_MAX", "Beyond 2^53")
    elif any(option.has(key) for key in ("min_value", "max_value")):
        option.refuse("min_value", wrong, "Only number options have a range")
    if kind != CHANNEL:
        option.forbid(("channel_types",), wrong, "Only channel options have channel types")


def _check_choices(option: Form, kind: int) -> None:
    choices = option.forms("choices", high=CHOICES)
    if not choices and not option.truth("autocomplete"):
        return
    if kind not in (STRING, INTEGER, NUMBER):
        option.refuse("choices", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "This type takes no choices")
        return
    if choices and option.truth("autocomplete"):
        option.refuse(
            "choices", "APPLICATION_COMMAND_OPTION_AUTOCOMPLETE_CHOICES", "autocomplete excludes fixed choices"
        )
    names: set[str] = set()
    for choice in choices:
        check_choice(choice, kind)
        name = read.text_of(choice.data, "name")
        if name in names:
            choice.refuse("name", "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_EXISTS", "Choice names must be unique")
        names.add(name)


def check_choice(choice: Form, kind: int) -> None:
    choice.text("name", low=1, high=CHOICE_LENGTH, needed=True)
    _check_localizations(choice, "name_localizations", chat=False, high=CHOICE_LENGTH)
    if kind == STRING:
        choice.text("value", low=0, high=CHOICE_LENGTH, needed=True)
    elif kind == INTEGER:
        choice.integer("value", low=-SAFE_INTEGER, high=SAFE_INTEGER, needed=True)
    elif choice.required("value") and not isinstance(choice.data["value"], int | float):
        choice.refuse("value", "NUMBER_TYPE_COERCE", "Value is not a number.")


def count_characters(command: Payload) -> int:
    """Names, descriptions and values of the command, its options and their choices."""
    total = len(read.text_of(command, "name")) + len(read.text_of(command, "description"))
    total += sum(len(str(one.get("name", ""))) + len(str(one.get("value", "")))
                 for one in read.objects_of(command, "choices"))  # fmt: skip
    return total + sum(count_characters(option) for option in read.objects_of(command, "options"))


def list_command(command: Payload, *, id: int, version: int, application: int) -> Payload:
    """A registered command as Discord gives it back: with the defaults filled in."""
    permissions = command.get("default_member_permissions")
    contexts = command.get("contexts")
    if contexts is None and command.get("dm_permission") is False:
        contexts = [0]
    listed: Payload = {
        "id": str(id),
        "application_id": str(application),
        "version": str(version),
        "type": command.get("type") or 1,
        "name": command["name"],
        "name_localizations": command.get("name_localizations"),
        "description": command.get("description") or "",
        "description_localizations": command.get("description_localizations"),
        "default_member_permissions": None if permissions is None else str(permissions),
        "dm_permission": contexts is None or 1 in read.list_of({"contexts": contexts}, "contexts"),
        "contexts": contexts,
        "integration_types": command.get("integration_types") or [0],
        "nsfw": command.get("nsfw") is True,
    }
    if options := command.get("options"):
        listed["options"] = options
    return listed
