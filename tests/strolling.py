"""What somebody new tries: every command with good words, bad ones and none; and what no answer may show them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from bot.features import commands
from bot.features.commands import Parameter, ParameterKind, Suggest, Who

PRESSES = 2
"""How often a button of one name is pressed, wherever it stands."""
NONSENSE = "zzqx 99"
GOOD = {
    Suggest.THEMES: "teach-with-dualo",
    Suggest.LESSONS: "1",
    Suggest.TOPICS: "reminders",
    Suggest.TIMEZONES: "Europe/Paris",
    Suggest.UNTIL: "2 weeks",
    Suggest.SCHEDULES: "S1",
    Suggest.REGIONS: "FR",
    Suggest.WEEKDAYS: "mon,thu",
    Suggest.TIMES: "09:30",
    Suggest.DELAYS: "2 days",
}
_NAMES = re.compile(r"\d+|“.*?”|: .*|\b[A-Z]\w+(?: \w+)*/\w+")
_INSIDE = re.compile(
    r"Traceback|Something broke|Reference [0-9a-z]{6}|\bNoneType\b|(?:[:=(] ?|“)None\b|internal error|"
    r"<[a-z_]+ object|\b(?:FieldKind|ParameterKind|Suggest|DeliveryState)\."
)
"""Words of the inside of the program."""


@dataclass(slots=True)
class Stroll:
    """What was met on the way."""

    faults: list[str] = field(default_factory=list)
    pressed: Counter[str] = field(default_factory=Counter)
    typed: int = 0
    forms: int = 0
    hidden: Collection[str] = ()
    """Ids of people and places: each has a name that is to be shown in its stead."""

    def read(self, words: str, how: str) -> None:
        """Whatever somebody is shown says something, in words that are theirs."""
        if not words.strip():
            self.faults.append(f"{how}: nothing is said")
        if found := _INSIDE.search(words):
            self.faults.append(f"{how}: {found[0]!r} in {_around(words, found.start())!r}")
        for each in self.hidden:
            if each in words:
                self.faults.append(f"{how}: the id {each} in {_around(words, words.index(each))!r}")

    def wants(self, label: str) -> bool:
        """Whether to press what is called this once more; what it is called of one lesson or another is the same."""
        kind = _NAMES.sub("", label)
        self.pressed[kind] += 1
        return self.pressed[kind] <= PRESSES


def _around(words: str, at: int) -> str:
    return words[max(0, at - 60) : at + 80]


def lines(who: Who) -> Iterator[tuple[commands.Spec, str]]:
    """Every command that is typed: with what it needs, with everything, and with nonsense."""
    for spec in sorted(commands.all_specs(), key=lambda spec: spec.name):
        if spec.typed and spec.who is who:
            yield from ((spec, kind) for kind in ("bare", "good", "bad"))


def word(parameter: Parameter, kind: str) -> str:
    """What is typed for it. Only text can be nonsense: the rest is picked or counted by the platform itself."""
    if kind == "bad" and parameter.kind is ParameterKind.TEXT:
        return NONSENSE[: parameter.longest]
    if parameter.suggest:
        return GOOD[parameter.suggest]
    match parameter.kind:
        case ParameterKind.NUMBER:
            return str(parameter.low or 1)
        case ParameterKind.TOGGLE:
            return "yes"
        case ParameterKind.CHOICE | ParameterKind.CHOICES:
            return parameter.choices[0]
        case _:
            return "concurrency"[: parameter.longest]
