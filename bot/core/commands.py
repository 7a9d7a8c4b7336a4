"""What a command is: a frozen record whose annotations carry what every front end needs to know of it.

Slash commands, buttons, forms, shortcuts and timers all build one of these records. A field's annotation
carries what every front end needs to know of it: type, help, limits, what to suggest. The limits of the narrowest
platform are checked here, when the module is imported, so a command that could not be offered everywhere never ships.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Annotated, ClassVar, TypeVar

from msgspec import structs

from bot.core import i18n, text
from bot.core.errors import StudyError
from bot.core.i18n import say
from bot.core.record import Record

ROOT = "study"
ADMIN_ROOT = "study-admin"


class Who(StrEnum):
    """Who may use a command; checked again on every press and submit."""

    EVERYONE = "everyone"
    MANAGERS = "managers"


class ParameterKind(StrEnum):
    """What a parameter holds, for native option types and pickers."""

    TEXT = "text"
    NUMBER = "number"
    TOGGLE = "toggle"
    CHOICE = "choice"
    CHOICES = "choices"
    CHANNEL = "channel"
    ROLE = "role"
    PERSON = "person"


class Suggest(StrEnum):
    """Where live suggestions for a parameter come from."""

    THEMES = "themes"
    LESSONS = "lessons"
    TOPICS = "topics"
    TIMEZONES = "timezones"
    UNTIL = "until"
    SCHEDULES = "schedules"
    REGIONS = "regions"
    WEEKDAYS = "weekdays"
    TIMES = "times"
    DELAYS = "delays"


Channel = typing.NewType("Channel", str)
Role = typing.NewType("Role", str)
Person = typing.NewType("Person", str)
NO_CHANNEL, NO_ROLE, NOBODY = Channel(""), Role(""), Person("")
_PICKERS: Mapping[object, ParameterKind] = {
    Channel: ParameterKind.CHANNEL,
    Role: ParameterKind.ROLE,
    Person: ParameterKind.PERSON,
}


class Arg(Record):
    """What an annotation says of a field."""

    help: str
    suggest: Suggest | None = None
    low: int | None = None
    high: int | None = None
    longest: int = 200
    typed: bool = True
    """Whether people may give it by hand; what only buttons carry is not offered as an option."""
    lines: bool = False
    label: str = ""
    """What the command's form calls it; a field without one is not asked for there."""
    optional: bool = False
    """Whether the form may be sent without it."""
    named: bool = False
    """Whether it is given by its name alone, and never by where a word stands."""


class Parameter(Arg, kw_only=True):
    """A field of a command, as front ends see it: what its annotation says, and what its type does."""

    name: str
    kind: ParameterKind
    required: bool
    default: object
    choices: tuple[str, ...]
    cast: Callable[[str], object]

    @property
    def title(self) -> str:
        """What a form calls it."""
        return say(self.label) or self.name.replace("_", " ").capitalize()

    @property
    def told(self) -> str:
        """Its help, as it is said to a person."""
        return say(self.help)


class Command(Record, kw_only=True):
    """The parent of all commands."""

    spec: ClassVar[Spec]
    filled: bool = False
    """Whether it comes from its form, where what is empty was left empty on purpose."""

    @property
    def asks(self) -> bool:
        """Whether its answer is its form, as everything that the form asks for is still missing."""
        given = (p for p in self.spec.parameters if not p.required)
        return self.spec.form and not self.filled and all(getattr(self, p.name) == p.default for p in given)

    @property
    def for_everyone(self) -> bool:
        """Whether the answer is for the whole room. Everything is private unless the person said otherwise."""
        return False

    @property
    def for_room(self) -> bool:
        """Whether it shows what a whole room reads, be it to one person: then in the workspace's language."""
        return self.for_everyone


C = TypeVar("C", bound=Command)


class Spec(Record):
    """One command's definition: where it stands, who may use it, what it takes."""

    verb: str
    path: tuple[str, ...]
    help: str
    who: Who
    parameters: tuple[Parameter, ...]
    build: type[Command]

    @property
    def form(self) -> bool:
        """Whether it has a form."""
        return any(parameter.label for parameter in self.parameters)

    @property
    def typed(self) -> bool:
        """Whether people can type it; the others are only reached by a button."""
        return bool(self.path)

    @property
    def name(self) -> str:
        return " ".join(self.path)

    @property
    def told(self) -> str:
        """Its help, as it is said to a person."""
        return say(self.help)

    @property
    def options(self) -> tuple[Parameter, ...]:
        """What can be given by hand, required ones first."""
        return tuple(sorted((p for p in self.parameters if p.typed), key=lambda p: not p.required))


_BY_VERB: dict[str, Spec] = {}
_YES = frozenset({"1", "true", "yes", "on"})
_FORMER: dict[str, Spec] = {}
_BY_PATH: dict[tuple[str, ...], Spec] = {}


def command(
    verb: str, help: str, *, path: str | None = None, who: Who = Who.EVERYONE, once: str = ""
) -> Callable[[type[C]], type[C]]:
    """Register a command under its verb; `path` is how it is typed (the verb itself, or "" for buttons only), `once` a
    verb that buttons and forms carried before."""

    def register(build: type[C]) -> type[C]:
        parts = tuple((verb if path is None else path).split())
        parameters = tuple(_parameter(field) for field in structs.fields(build) if field.name != "filled")
        spec = Spec(verb, parts, help, who, parameters, build)
        _check(spec)
        build.spec = spec
        _BY_VERB[verb] = spec
        if once:
            _FORMER[once] = spec
        if parts:
            _BY_PATH[parts] = spec
        return build

    return register


def _parameter(field: structs.FieldInfo) -> Parameter:
    wanted, said = typing.get_args(field.type)[:2]
    if typing.get_origin(wanted) in {typing.Union, types.UnionType}:
        wanted = next(each for each in typing.get_args(wanted) if each is not type(None))
    choices: tuple[str, ...] = ()
    cast: Callable[[str], object] = str
    if wanted in _PICKERS:
        kind = _PICKERS[wanted]
    elif typing.get_origin(wanted) is tuple:
        kind, member = ParameterKind.CHOICES, typing.get_args(wanted)[0]
        choices, cast = tuple(member), member
    elif isinstance(wanted, type) and issubclass(wanted, StrEnum):
        kind, choices, cast = ParameterKind.CHOICE, tuple(wanted), wanted
    else:
        kind = {str: ParameterKind.TEXT, int: ParameterKind.NUMBER, bool: ParameterKind.TOGGLE}[wanted]
    return Parameter(
        **structs.asdict(said),
        name=field.name,
        kind=kind,
        required=field.required,
        default=None if field.required else field.default,
        choices=choices,
        cast=cast,
    )


def _check(spec: Spec) -> None:
    """Refuse, at import, what a platform would refuse at run time."""
    problems = [
        (spec.verb in _BY_VERB or spec.verb in _FORMER, "its verb is taken"),
        (len(spec.path) > 3, "it is more than three words deep"),
        (any(not re.fullmatch(r"[a-z][a-z0-9-]{0,31}", part) for part in spec.path), "a word of its path is malformed"),
        (not 1 <= len(spec.help) <= 100, "its help is not 1 to 100 characters"),
        (len(spec.options) > 25, "it takes more than 25 options"),
        (
            any(not re.fullmatch(r"[a-z][a-z0-9_]{0,31}", p.name) for p in spec.parameters),
            "an option's name is malformed",
        ),
        (any(not 1 <= len(p.help) <= 100 for p in spec.parameters), "an option's help is not 1 to 100 characters"),
        (any(len(p.choices) > 25 for p in spec.options), "an option has more than 25 choices"),
    ]
    for wrong, reason in problems:
        if wrong:
            raise ValueError(f"command {spec.verb!r}: {reason}")


def all_specs() -> tuple[Spec, ...]:
    """Every command, in the order of definition."""
    return tuple(_BY_VERB.values())


def by_verb(verb: str) -> Spec | None:
    return _BY_VERB.get(verb) or _FORMER.get(verb)


def named(verb: str, **given: str) -> Command:
    """The command of a verb that is known to exist: for what stands beneath the features."""
    return build(_BY_VERB[verb], given)


def by_path(path: tuple[str, ...]) -> Spec | None:
    return _BY_PATH.get(path)


ThemeName = Annotated[str, Arg("A theme, by name", suggest=Suggest.THEMES, longest=100)]
LessonName = Annotated[str, Arg("A lesson: its number, or words of its title", suggest=Suggest.LESSONS, longest=150)]
ZoneField = Annotated[
    str,
    Arg("Like Europe/Paris", suggest=Suggest.TIMEZONES, longest=60, typed=False, label="Timezone", optional=True),
]
LanguageField = Annotated[
    str,
    Arg(
        "Of Dualo's own words and, where they are translated, of the lessons",
        longest=20,
        typed=False,
        label="Language",
        optional=True,
    ),
]
Hidden = Annotated[str, Arg("Carried by the button", typed=False, longest=100)]


class _Asked(Record):
    """How a value was asked for: what the person knows it by, and what they can do if it is wrong."""

    parameter: Parameter
    name: str
    hint: str

    def wrong(self, said: str) -> StudyError:
        return StudyError(said, self.hint, field=self.parameter.name)


def build(spec: Spec, given: Mapping[str, object]) -> Command:
    """Make the command from raw values, or say in one sentence which value is wrong and what would do."""
    return _made(spec, given, [_Asked(each, each.name, usage(spec)) for each in spec.parameters])


def fill(spec: Spec, given: Mapping[str, object]) -> Command:
    """Make the command from its form, where nothing that is asked for may be missing. What is wrong is called by the
    label that stands in the form."""
    fields = [_Asked(each, each.title, say("Correct it and send the form again.")) for each in spec.parameters]
    for each in fields:
        parameter = each.parameter
        if parameter.label and not parameter.optional and given.get(parameter.name) == "":
            said = say("“{name}” is missing.", name=each.name)
            raise StudyError(said, say("Fill it in and send the form again."), field=parameter.name)
    made = _made(spec, given, fields)
    return structs.replace(made, filled=True) if made.asks else made


def _made(spec: Spec, given: Mapping[str, object], fields: Iterable[_Asked]) -> Command:
    known = {each.parameter.name: each for each in fields}
    called = spec.name or spec.verb
    if unknown := [name for name in given if name not in known]:
        shown = text.shorten(text.clean(unknown[0]), 40)
        raise StudyError(say("/{command} takes no “{word}”.", command=called, word=shown), usage(spec))
    values = {name: _value(known[name], raw) for name, raw in given.items() if raw is not None and raw != ""}
    for name, each in known.items():
        if each.parameter.required and name not in values:
            about = each.parameter.told
            said = say("/{command} needs “{name}”: {about}.", command=called, name=each.name, about=about)
            raise StudyError(said, each.hint, field=name)
    make: Callable[..., Command] = spec.build
    return make(**values)


def _value(asked: _Asked, raw: object) -> object:
    parameter = asked.parameter
    match parameter.kind:
        case ParameterKind.NUMBER:
            return _number(asked, raw)
        case ParameterKind.TOGGLE:
            return _toggle(asked, raw)
        case ParameterKind.CHOICE:
            return _choice(asked, str(raw))
        case ParameterKind.CHOICES:
            parts = raw if isinstance(raw, (tuple, list)) else [part for part in re.split(r"[,\s]+", str(raw)) if part]
            return tuple(dict.fromkeys(_choice(asked, str(part)) for part in parts))
        case _:
            words = text.clean(str(raw), lines=parameter.lines)
            if len(words) > parameter.longest:
                raise StudyError(
                    say(
                        "“{name}” may be {longest} characters long; this has {length}.",
                        name=asked.name,
                        longest=i18n.figure(parameter.longest),
                        length=i18n.figure(len(words)),
                    ),
                    say("Shorten it and try again."),
                    field=parameter.name,
                )
            return parameter.cast(words)


def _number(asked: _Asked, raw: object) -> int:
    low, high = asked.parameter.low, asked.parameter.high
    bounds = (
        say("a whole number from {low} to {high}", low=low, high=high)
        if low is not None and high is not None
        else say("a whole number")
    )
    digits = str(raw).strip()
    if not re.fullmatch(r"[+-]?[0-9]{1,9}", digits):
        raise asked.wrong(say("“{name}” takes {bounds}.", name=asked.name, bounds=bounds))
    number = int(digits)
    if (low is not None and number < low) or (high is not None and number > high):
        raise asked.wrong(say("“{name}” takes {bounds}, not {number}.", name=asked.name, bounds=bounds, number=number))
    return number


def _toggle(asked: _Asked, raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    word = str(raw).strip().lower()
    if is_yes(word) or word == asked.parameter.name:
        return True
    if word in {"0", "false", "no", "off"}:
        return False
    raise asked.wrong(say("“{name}” is yes or no.", name=asked.name))


def is_yes(said: str) -> bool:
    """Whether a word, as typed or as a form keeps it, switches something on."""
    return said.strip().lower() in _YES


def _choice(asked: _Asked, raw: str) -> object:
    word = raw.strip().lower()
    if word not in asked.parameter.choices:
        choices = ", ".join(asked.parameter.choices)
        raise asked.wrong(say("“{name}” is one of: {choices}.", name=asked.name, choices=choices))
    return asked.parameter.cast(word)


def usage(spec: Spec) -> str:
    """How the command is typed, in one line; nothing for what is only pressed."""
    if not spec.typed:
        return ""
    words = [p.name if p.required else f"[{p.name}]" for p in spec.options]
    return say("Usage: {line}", line="/" + " ".join([spec.name, *words]))
