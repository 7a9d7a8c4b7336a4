"""Typed lines, for text front ends: `parse` reads a line that was sent (what could stand next: `completing.py`).

The longest known path wins. Then `name:value`, `name=value`, "quoted words" and a switch's own name at the end are
taken for what they say; the other words fill the options in order, and the last text option takes what is left over.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from bot.core import commands, i18n, text
from bot.core.actions import LONGEST_LABEL, Action, token
from bot.core.commands import Command, Parameter, ParameterKind, Spec, Who
from bot.core.errors import StudyError
from bot.core.i18n import say
from bot.core.record import Record

LONGEST_LINE = 4_000
"""Characters; what a chat lets a person send in one message."""

_DEEPEST = 3
_OPEN, _CLOSE = '"“„', '"”“'
_FIRST = re.compile(r"\s*/?\s*")
_PATH_WORD = re.compile(r"\S+")
_NAMED = re.compile(r"(?P<name>[a-z][a-z_]{1,31})[:=](?P<value>[^/:=].*)?")
_PICKED = (ParameterKind.PERSON, ParameterKind.ROLE)
_LIKE_A_NAME = 75.0
"""Of 100: as like an option's name as a slip of the pen leaves it."""
_TYPED_WORDS = 3
"""No command has a longer name, so what is longer than that was not meant as one."""
_GREETING = re.compile(
    r"(?:(?:hello|hi|hiya|hey|hallo|hola|ciao|moin|servus|bonjour|salut|good (?:morning|afternoon|evening)|thanks|"
    r"thank you|start|menu)(?: there| dualo| you| all)*[\s,!.?🙂👋]*)+",
    re.IGNORECASE,
)
RUNNING = "running it"
"""The topic of help for those who manage."""
_SWITCHED = frozenset({"yes", "no", "on", "off", "true", "false"})


def parse(said: str) -> Command:
    """The command that a line stands for, or a `StudyError` that says the next step."""
    if len(said) > LONGEST_LINE:
        raise StudyError(
            say(
                "That is {length} characters; a line may have {longest}.",
                length=i18n.figure(len(said)),
                longest=i18n.figure(LONGEST_LINE),
            ),
            say("Shorten it and send it again."),
        )
    said = text.clean(said)
    spec, at = find(said)
    if spec is None:
        return _group(bare(said))
    try:
        words = split(spec, said, at)
        given = allot(spec, words)
        _refuse_unknown_names(spec, words, given)
        return commands.build(spec, given)
    except StudyError as error:
        error.actions = error.actions or (*_to_choose_from(spec, error.field), _how(spec))
        raise


def converse(said: str) -> Command:
    """What a line of a conversation stands for: a command; a greeting leads Home; other words are searched for, unless
    they look like a command that was mistyped."""
    said = text.clean(said)
    if _GREETING.fullmatch(said):
        return commands.named("home")
    words = said.split()
    is_talk = find(said)[0] is None and not said.startswith("/") and words[:1] != [commands.ADMIN_ROOT]
    if is_talk and len(said) <= LONGEST_LINE and (len(words) > _TYPED_WORDS or not _mistyped(said)):
        search = _search(said)
        if search is not None:
            return search.command
    return parse(said)


def _mistyped(said: str) -> bool:
    from rapidfuzz import fuzz

    names = (spec.name for spec in commands.all_specs() if spec.typed and spec.who is Who.EVERYONE)
    return any(fuzz.ratio(said.lower(), name) >= _LIKE_A_NAME for name in names)


def _group(said: str) -> Command:
    """What the first words of longer commands stand for by themselves: the hub, the help on it, a list."""
    match said.lower().split():
        case [commands.ADMIN_ROOT]:
            return commands.named("workspace")
        case [commands.ADMIN_ROOT, "help", *topic]:
            return commands.named("help", topic=" ".join(topic) or RUNNING)
        case [commands.ADMIN_ROOT, "schedule" | "schedules"]:
            return commands.named("schedule-list")
        case [commands.ADMIN_ROOT, *words]:
            raise _unknown_to_managers(" ".join(words))
        case words:
            raise _unknown(words, said)


def _unknown(words: Sequence[str], said: str) -> StudyError:
    """The closest commands as buttons, and a search for what was typed: perhaps it was meant as words."""
    close = _closest(" ".join(words[:2]), Who.EVERYONE)
    offers = [_offer(spec) for spec in close]
    if search := _search(said):
        offers.append(search)
    offers.append(Action(say("What you can do here"), commands.named("help")))
    shown = text.shorten(words[0] if said else "", 40)
    return StudyError(
        say("There is no command “{shown}”.", shown=shown),
        say("Perhaps one of these was meant.") if close else "",
        actions=offers,
    )


def _unknown_to_managers(said: str) -> StudyError:
    close = _closest(f"{commands.ADMIN_ROOT} {said}", Who.MANAGERS)
    hub = Action(say("Running Dualo"), commands.named("workspace"))
    return StudyError(
        say("Running Dualo has no command “{said}”.", said=text.shorten(said, 40)),
        say("Perhaps one of these was meant.") if close else say("“Running Dualo” leads to everything."),
        actions=[*map(_offer, close), hub],
    )


def _closest(words: str, who: Who) -> list[Spec]:
    from rapidfuzz import fuzz, process

    names = {spec.name: spec for spec in commands.all_specs() if spec.typed and spec.who is who}
    found = process.extract(words, list(names), scorer=fuzz.WRatio, limit=3, score_cutoff=60)
    return [names[name] for name, _, _ in found]


def _offer(spec: Spec) -> Action:
    if any(option.required for option in spec.options):
        return _how(spec)
    return Action(f"/{spec.name}", commands.build(spec, {}))


def _to_choose_from(spec: Spec, field: str) -> tuple[Action, ...]:
    """Where what is missing or wrong can be looked up without typing."""
    wrong = next((each for each in spec.options if each.name == field), None)
    if wrong is None or wrong.suggest is not commands.Suggest.SCHEDULES:
        return ()
    return (Action(say("All schedules"), commands.named("schedule-list")),)


def _how(spec: Spec) -> Action:
    return Action(
        text.shorten(say("How /{name} works", name=spec.name), LONGEST_LABEL), commands.named("help", topic=spec.name)
    )


def _search(said: str) -> Action | None:
    spec = commands.by_verb("find")
    if spec is None:
        return None
    try:
        command = commands.build(spec, {"words": said})
        token(command)
    except (StudyError, ValueError):  # longer than a search or a button can carry
        return None
    return Action(
        text.shorten(say("Search the lessons for “{said}”", said=text.shorten(said, 45)), LONGEST_LABEL), command
    )


class TypedWord(Record):
    """A word of the line, perhaps with the option's name before it."""

    start: int
    end: int
    name: str
    value: str
    quoted: bool = False


def begin(line: str) -> int:
    """Where the first word stands, after the slash."""
    found = _FIRST.match(line)
    return found.end() if found else 0


def bare(line: str) -> str:
    """The line without the slash and the root word: what the person asked for."""
    said = line[begin(line) :]
    return re.sub(rf"^{commands.ROOT}\s+", "", said, flags=re.IGNORECASE)


def find(line: str) -> tuple[Spec | None, int]:
    """The command with the longest path that the line begins with, and where its arguments begin."""
    if not line[begin(line) :].strip():
        return commands.by_path((commands.ROOT,)), len(line)
    spans = list(_PATH_WORD.finditer(line, begin(line)))
    spec, count = _longest(spans)
    if spans[0].group().lower() == commands.ROOT and len(spans) > 1 and count < 2:
        inner, deep = _longest(spans[1:])
        return (inner, spans[deep].end()) if inner else (None, 0)
    return (spec, spans[count - 1].end()) if spec else (None, 0)


def _longest(spans: Sequence[re.Match[str]]) -> tuple[Spec | None, int]:
    words = [span.group().lower() for span in spans[:_DEEPEST]]
    for count in range(len(words), 0, -1):
        if spec := commands.by_path(tuple(words[:count])):
            return spec, count
    return None, 0


@lru_cache(maxsize=256)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    name = "|".join(map(re.escape, names)) or r"(?!)"
    quoted = rf"[{_OPEN}](?P<quoted>(?:[^{_OPEN}{_CLOSE}\\]|\\.)*)[{_CLOSE}](?=\s|$)"
    unclosed = rf"[{_OPEN}](?P<unclosed>[^{_OPEN}{_CLOSE}]*)$"
    return re.compile(
        rf"(?:(?P<name>{name})(?:[:=]\s*))?(?P<value>{quoted}|{unclosed}|(?P<bare>\S+)|(?<=[:=])|(?<=[:=]\s))",
        re.IGNORECASE,
    )


def split(spec: Spec, line: str, at: int) -> list[TypedWord]:
    """The words from `at` on; a name before a colon counts only where the command has such an option."""
    words: list[TypedWord] = []
    for found in _pattern(tuple(option.name for option in spec.options)).finditer(line, at):
        if not found.group():
            continue
        raw = next((found[kind] for kind in ("quoted", "unclosed", "bare") if found[kind] is not None), "")
        value = re.sub(r"\\(.)", r"\1", raw) if found["quoted"] is not None else raw
        name = (found["name"] or "").lower()
        words.append(TypedWord(found.start(), found.end(), name, value, found["bare"] is None))
    return words


def last_text(options: Sequence[Parameter]) -> int:
    """The option that takes what is left over, or -1."""
    return max((at for at, option in enumerate(options) if option.kind is ParameterKind.TEXT), default=-1)


def allot(spec: Spec, words: Sequence[TypedWord]) -> dict[str, str]:
    """Which option each word fills."""
    given = {word.name: word.value for word in words if word.name}
    loose = [word for word in words if not word.name]
    while loose and (switch := _switch(spec, loose[-1], given)):
        given[switch.name] = "yes"
        loose.pop()
    options = [option for option in spec.options if option.name not in given and not option.named]
    at = next((at for at, word in enumerate(loose) if _mentions(word)), None)
    picked = _picker(options, loose[at].value) if at is not None else None
    if at is None or picked is None:
        return given | _in_turn(spec, options, loose)
    given[picked.name] = loose[at].value.lstrip("@&")
    place = options.index(picked)
    before, after = ([each for each in part if each.kind not in _PICKED] for part in (options[:place], options[place:]))
    if at == 0:
        return given | _in_turn(spec, [*before, *after], loose[1:])
    return given | _in_turn(spec, before, loose[:at]) | _in_turn(spec, after, loose[at + 1 :])


def _mentions(word: TypedWord) -> bool:
    return not word.quoted and len(word.value) > 1 and word.value.startswith("@")


def _picker(options: Sequence[Parameter], said: str) -> Parameter | None:
    """What `@name` is for: a person, or else a group; `@&name` is a group."""
    wanted = [ParameterKind.ROLE] if said.startswith("@&") else _PICKED
    return next((each for kind in wanted for each in options if each.kind is kind), None)


def _in_turn(spec: Spec, options: Sequence[Parameter], loose: list[TypedWord]) -> dict[str, str]:
    """Loose words in the order of the options; the last text takes what is left over."""
    given: dict[str, str] = {}
    rest = last_text(options)
    if rest < 0:
        return _in_order(spec, options, loose)
    loose = list(loose)
    for option in reversed(options[rest + 1 :]):
        if len(loose) > rest + 1 and _suits(option, loose[-1].value):
            given[option.name] = loose.pop().value
    given |= {option.name: word.value for option, word in zip(options[:rest], loose, strict=False)}
    if left := loose[rest:]:
        given[options[rest].name] = " ".join(word.value for word in left)
    return given


def _refuse_unknown_names(spec: Spec, words: Sequence[TypedWord], given: Mapping[str, str]) -> None:
    """`foo:bar` is said to be unknown, unless it is an address, or the command takes words of any kind."""
    rest = last_text([option for option in spec.options if not option.named])
    if not spec.options or (rest >= 0 and spec.options[rest].suggest is None):
        return
    addresses = {given.get(each.name) for each in spec.options if each.kind is ParameterKind.CHANNEL}
    for word in words:
        found = _NAMED.fullmatch(word.value) if not (word.name or word.quoted) else None
        if found and word.value not in addresses and (found["value"] or _is_slip(found["name"], spec)):
            takes = ", ".join(f"{each.name}:" for each in spec.options)
            raise StudyError(
                say("/{name} takes no “{found}:”.", name=spec.name, found=found["name"]),
                say("It takes {takes}", takes=takes),
            )


def _is_slip(name: str, spec: Spec) -> bool:
    from rapidfuzz import fuzz

    return any(fuzz.ratio(name, each.name) >= _LIKE_A_NAME for each in spec.options)


def quote(value: str) -> str:
    """A value as it has to be typed to come back whole."""
    value = text.clean(value)
    if value and not re.search(r"[\s:=\\]|[" + _OPEN + _CLOSE + "]", value):
        return value
    return '"' + re.sub("[" + _OPEN + _CLOSE + "]", r"\\\g<0>", value.replace("\\", "\\\\")) + '"'


def _in_order(spec: Spec, options: Sequence[Parameter], loose: Sequence[TypedWord]) -> dict[str, str]:
    if len(loose) > len(options):
        surplus = text.shorten(loose[len(options)].value, 40)
        plain = not any(option.required for option in spec.options)
        raise StudyError(
            say("/{name} has no place for “{surplus}”.", name=spec.name, surplus=surplus),
            commands.usage(spec),
            actions=[Action(f"/{spec.name}", commands.build(spec, {}))] if plain else [],
        )
    return {option.name: word.value for option, word in zip(options, loose, strict=False)}


def _switch(spec: Spec, word: TypedWord, given: Mapping[str, str]) -> Parameter | None:
    """A bare word that is a switch's own name turns it on."""
    if word.quoted:
        return None
    wanted = word.value.lower()
    return next(
        (p for p in spec.options if p.kind is ParameterKind.TOGGLE and p.name == wanted and p.name not in given), None
    )


def _suits(option: Parameter, word: str) -> bool:
    match option.kind:
        case ParameterKind.NUMBER:
            return re.fullmatch(r"[+-]?[0-9]+", word) is not None
        case ParameterKind.TOGGLE:
            return word.lower() in _SWITCHED
        case ParameterKind.CHOICE:
            return word.lower() in option.choices
        case ParameterKind.CHOICES:
            return all(part in option.choices for part in word.lower().split(","))
        case _:
            return False
