"""Choices a person is offered, and the short text that carries one through a platform's button and back.

A token is versioned, stateless and at most 100 bytes (`1|done|backend-architectures/concurrency`), so a button outlives
restarts and replicas. Who pressed is never in it, and neither is any right.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum

from bot.core import commands
from bot.core.commands import Command, ParameterKind
from bot.core.errors import StudyError
from bot.core.i18n import say, say_as
from bot.core.record import Record, field

VERSION = "1"
LONGEST_TOKEN = 100
LONGEST_LABEL = 75
"""Characters; the narrowest platform's button."""


class Confirm(Record):
    """What is asked before an action by which something is lost."""

    title: str
    text: str
    yes: str


class Action(Record):
    """A button: a label and the command it stands for."""

    label: str
    command: Command
    primary: bool = False
    """The one button of a view that records something, and says what."""
    confirm: Confirm | None = None


class ChoiceOption(Record):
    """One line of a choice."""

    label: str
    command: Command
    description: str = ""


class Choice(Record):
    """A select: a prompt and its options, each a whole command. Front ends page what is longer than they can show."""

    prompt: str
    options: tuple[ChoiceOption, ...]


Offer = Action | Choice


class FieldKind(StrEnum):
    LINE = "line"
    LINES = "lines"
    NUMBER = "number"
    TOGGLE = "toggle"
    ONE_OF = "one of"
    SOME_OF = "some of"
    CHANNEL = "channel"
    ROLE = "role"
    PERSON = "person"


class Field(Record):
    """One field of a form: the parameter of the command that it fills, and how it is asked for."""

    name: str
    label: str
    kind: FieldKind
    value: str = ""
    """What stands there now; several values of `SOME_OF` are joined by commas."""
    help: str = ""
    options: tuple[tuple[str, str], ...] = ()
    """(value, label) pairs of `ONE_OF` and `SOME_OF`."""
    required: bool = True
    longest: int = 200
    low: int | None = None
    high: int | None = None
    suggest: commands.Suggest | None = None


class Form(Record):
    """A command that still lacks fields, and the fields to ask for."""

    verb: str
    given: Mapping[str, object]
    fields: tuple[Field, ...]
    submit: str = field(default="Save")

    @property
    def token(self) -> str:
        """What a front end keeps while the person fills the form in."""
        return _join(self.verb, dict(self.given))


def token(command: Command) -> str:
    """The command as the short text that a button carries."""
    spec = command.spec
    values = {
        parameter.name: value
        for parameter in spec.parameters
        if (value := getattr(command, parameter.name)) != parameter.default or parameter.required
    }
    made = _join(spec.verb, values)
    if len(made.encode()) > LONGEST_TOKEN:
        raise ValueError(f"a button for {spec.verb!r} would carry {len(made.encode())} bytes: {made}")
    return made


def _join(verb: str, values: dict[str, object]) -> str:
    spec = commands.by_verb(verb)
    if spec is None:
        raise ValueError(f"no command {verb!r}")
    parts = [_write(values.get(parameter.name)) for parameter in spec.parameters]
    while parts and not parts[-1]:
        parts.pop()
    return "|".join([VERSION, verb, *parts])


def _write(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(int(value))
        case tuple():
            return ",".join(str(each) for each in value)
        case _:
            return str(value).replace("%", "%25").replace("|", "%7C")


def read(token: str) -> Command:
    """The command that a token carries. An old, broken or forged one gets a sentence, never a traceback."""
    verb, given = _split(token)
    spec = commands.by_verb(verb)
    if spec is None:
        raise _expired()
    try:
        return commands.build(spec, given)
    except StudyError:
        raise _expired() from None


def fill(token: str, answers: Mapping[str, object]) -> Command:
    """The command of a submitted form: what its token carried, and what the person filled in."""
    verb, given = _split(token)
    spec = commands.by_verb(verb)
    if spec is None:
        raise _expired()
    return commands.fill(spec, {**answers, **given})


class Filled(Record):
    """A form as somebody filled it in: the token that it carried, and what stands in its fields."""

    token: str
    answers: Mapping[str, str]

    @property
    def command(self) -> Command:
        """What it asks for; a `StudyError` says which field is wrong."""
        return fill(self.token, self.answers)

    @property
    def opener(self) -> Command | None:
        """The command that opens the form as it stands; none if the form came from elsewhere."""
        try:
            verb, given = _split(self.token)
            spec = commands.by_verb(verb)
            if spec is None or not spec.form:
                return None
            needed = {each.name for each in spec.parameters if each.required}
            made = commands.build(spec, {name: value for name, value in given.items() if name in needed})
        except StudyError:
            return None
        return made if made.asks else None


_KINDS = {
    ParameterKind.TEXT: FieldKind.LINE,
    ParameterKind.NUMBER: FieldKind.NUMBER,
    ParameterKind.TOGGLE: FieldKind.TOGGLE,
    ParameterKind.CHOICE: FieldKind.ONE_OF,
    ParameterKind.CHOICES: FieldKind.SOME_OF,
    ParameterKind.CHANNEL: FieldKind.CHANNEL,
    ParameterKind.ROLE: FieldKind.ROLE,
    ParameterKind.PERSON: FieldKind.PERSON,
}


def form(
    command: Command,
    values: Mapping[str, object] | None = None,
    *,
    submit: str = "",
    given: Mapping[str, object] | None = None,
    options: Mapping[str, Sequence[tuple[str, str]]] | None = None,
    hints: Mapping[str, str] | None = None,
    without: Collection[str] = (),
) -> Form:
    """The form of a command that still lacks what its annotations give a label, filled in with the values in force.

    What the command needs besides (an id) travels along, as does what is `given`. `options` are what a text is chosen
    from here and now, `hints` the help that only this place can give; `without` are fields that do not apply here.
    """
    values, options, hints = values or {}, options or {}, hints or {}
    carried = {p.name: getattr(command, p.name) for p in command.spec.parameters if not p.label}
    fields = [
        Field(
            name=each.name,
            label=say(each.label),
            kind=_kind(each, options),
            value=_write(values.get(each.name)),
            help=hints.get(each.name, each.told),
            options=tuple(options.get(each.name) or ((choice, say_as("choice", choice)) for choice in each.choices)),
            required=not each.optional and each.kind is not ParameterKind.TOGGLE,
            longest=each.longest,
            low=each.low,
            high=each.high,
            suggest=None if each.name in options else each.suggest,
        )
        for each in command.spec.parameters
        if each.label and each.name not in without
    ]
    return Form(command.spec.verb, {**carried, **(given or {})}, tuple(fields), submit or say("Save"))


def said(command: Command) -> dict[str, object]:
    """What was given of the command, by name: for a form that asks for the rest."""
    values = ((each.name, getattr(command, each.name)) for each in command.spec.parameters)
    return {name: value for name, value in values if value}


def _kind(parameter: commands.Parameter, options: Mapping[str, object]) -> FieldKind:
    if parameter.name in options:
        return FieldKind.ONE_OF
    return FieldKind.LINES if parameter.lines else _KINDS[parameter.kind]


def _split(token: str) -> tuple[str, dict[str, object]]:
    version, *rest = token.split("|")
    spec = commands.by_verb(rest[0]) if rest else None
    if version != VERSION or spec is None or len(rest) - 1 > len(spec.parameters):
        raise _expired()
    values = [part.replace("%7C", "|").replace("%25", "%") for part in rest[1:]]
    return spec.verb, {p.name: value for p, value in zip(spec.parameters, values, strict=False) if value}


def _expired() -> StudyError:
    return StudyError(
        say("This button has expired."),
        say("Nothing was lost."),
        actions=[Action(say("Go on from here"), commands.named("home"))],
    )
