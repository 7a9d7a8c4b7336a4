"""A line that is being typed: `complete` offers what could stand where it ends."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.core import commands
from bot.core.commands import Parameter, ParameterKind, Spec, Suggest, Who
from bot.core.errors import StudyError
from bot.core.record import Record, field
from bot.core.typed import LONGEST_LINE, TypedWord, allot, begin, find, last_text, quote, split


class Candidate(Record):
    """Something that could stand at the end of the line."""

    insert: str
    """Replaces the line from `Completion.start` on."""
    label: str
    help: str


class LineCompletion(Record):
    """What is wanted where the line ends: fixed candidates, and perhaps values of a parameter that others know."""

    start: int
    candidates: tuple[Candidate, ...] = ()
    parameter: Parameter | None = None
    typed: str = ""
    given: Mapping[str, str] = field(default_factory=dict)
    prefix: str = ""
    """Goes before a suggested value, as in `theme:`."""
    usage: str = ""
    also: Parameter | None = None
    """Another parameter whose values are understood here as well: a lesson, where a theme would be first."""

    def suggested(self, value: str, label: str) -> Candidate:
        """A live suggestion as a candidate: its value quoted where the line needs it."""
        return Candidate(self.prefix + quote(value), label, "")


def complete(said: str, *, manages: bool = False) -> LineCompletion:
    """What could stand where the line ends. Managers are offered their commands too."""
    if len(said) > LONGEST_LINE or not said.strip():
        return LineCompletion(len(said))
    spec, at = find(said)
    if spec is None or at >= len(said) or spec.path == (commands.ROOT,):
        return _paths(said, manages=manages)
    if spec.who is Who.MANAGERS and not manages:
        return LineCompletion(len(said))
    return _option(spec, said, at)


def _paths(said: str, *, manages: bool) -> LineCompletion:
    """Command names that go on as the line does; after the root word, the same names under it."""
    start = begin(said)
    typed = said[start:].lower()
    root = re.match(rf"{commands.ROOT}\s+", typed)
    if root is not None:
        start, typed = start + root.end(), typed[root.end() :]
    typed = re.sub(r"\s+", " ", typed)
    slash = "" if root is not None or "/" in said[:start] else "/"
    return LineCompletion(
        start,
        tuple(
            Candidate(slash + spec.name + (" " if spec.options else ""), f"/{spec.name}", spec.told)
            for spec in commands.all_specs()
            if spec.typed and spec.name.startswith(typed) and (manages or spec.who is Who.EVERYONE)
        ),
    )


def _option(spec: Spec, said: str, at: int) -> LineCompletion:
    words = split(spec, said, at)
    last = words.pop() if words and words[-1].end == len(said) else None
    if last is not None and last.name:
        return _named(spec, last, _given(spec, words))
    option, began = _wanted(spec, words)
    if option is None:
        return LineCompletion(len(said), usage=commands.usage(spec))
    start = last.start if last else len(said)
    typed = last.value if last else ""
    names_from = start
    if began is not None:
        start = words[began].start
        typed = " ".join([*(word.value for word in words[began:] if not word.name), typed]).strip()
    given = _given(spec, words)
    given.pop(option.name, None)
    return LineCompletion(
        start,
        (*_values(option, typed), *_names(spec, option, given, said, start, names_from)),
        _asked_for(option),
        typed,
        given,
        also=_also(spec, option, given),
        usage=commands.usage(spec),
    )


def _also(spec: Spec, wanted: Parameter, given: Mapping[str, str]) -> Parameter | None:
    """A lesson says its theme by itself."""
    if wanted.suggest is not Suggest.THEMES:
        return None
    return next((each for each in spec.options if each.suggest is Suggest.LESSONS and each.name not in given), None)


def _named(spec: Spec, word: TypedWord, given: dict[str, str]) -> LineCompletion:
    option = next(each for each in spec.options if each.name == word.name)
    given.pop(option.name, None)
    prefix = f"{option.name}:"
    return LineCompletion(
        word.start,
        tuple(Candidate(prefix + each.insert, each.label, each.help) for each in _values(option, word.value)),
        _asked_for(option),
        word.value,
        given,
        prefix,
        commands.usage(spec),
    )


def _asked_for(option: Parameter) -> Parameter | None:
    """What somebody else has to name values for: the engine, or, of channels, the front end."""
    return option if option.suggest or option.kind is ParameterKind.CHANNEL else None


def _given(spec: Spec, words: Sequence[TypedWord]) -> dict[str, str]:
    try:
        return allot(spec, words)
    except StudyError:
        return {}


def _wanted(spec: Spec, words: Sequence[TypedWord]) -> tuple[Parameter | None, int | None]:
    """The option that the next loose word falls to; for the one that takes the rest, also where that began."""
    named = {word.name for word in words if word.name}
    options = [option for option in spec.options if option.name not in named and not option.named]
    loose = [at for at, word in enumerate(words) if not word.name]
    rest = last_text(options)
    if 0 <= rest < len(loose):
        return options[rest], loose[rest]
    return (options[len(loose)], None) if len(loose) < len(options) else (None, None)


def _values(option: Parameter, typed: str) -> tuple[Candidate, ...]:
    """Values that are known without asking anybody; where several may be given, the one after the last comma."""
    known = ("yes", "no") if option.kind is ParameterKind.TOGGLE else option.choices
    several = option.kind is ParameterKind.CHOICES
    *given, last = typed.lower().split(",") if several else [typed.lower()]
    before = "".join(f"{each}," for each in given)
    return tuple(
        Candidate(before + value, before + value, option.told)
        for value in known
        if value.startswith(last) and value not in given
    )


def _names(
    spec: Spec, wanted: Parameter, given: Mapping[str, str], said: str, start: int, at: int
) -> tuple[Candidate, ...]:
    """Names of other options that could be given here; what stands between `start` and `at` is kept."""
    typed = said[at:].lower()
    return tuple(
        Candidate(
            said[start:at] + (option.name if option.kind is ParameterKind.TOGGLE else f"{option.name}:"),
            option.name if option.kind is ParameterKind.TOGGLE else f"{option.name}:",
            option.told,
        )
        for option in spec.options
        if option is not wanted and option.name not in given and option.name.startswith(typed)
    )
