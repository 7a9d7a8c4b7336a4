"""Every message is there in every language, and nothing is translated that is not said."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages import Message, pofile

from bot.core import i18n
from bot.features import commands
from tests.words import collect

CATALOGUES = sorted(i18n.LOCALES.glob("*.po"))
Key = tuple[object, str | None]


def key(message: Message) -> Key:
    return (tuple(message.id) if isinstance(message.id, (tuple, list)) else message.id, message.context)


def translated(path: Path) -> dict[Key, Message]:
    with path.open("rb") as file:
        return {key(each): each for each in pofile.read_po(file, locale=path.stem) if each.id}


def fields(wording: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(wording) if name}


def test_german_is_among_the_languages() -> None:
    assert "de" in i18n.languages()


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_every_message_is_translated_and_no_translation_is_unused(path: Path) -> None:
    there = translated(path)
    wanted = [each for each in collect.messages() if each.id]
    assert len(wanted) > 500
    missing = sorted(
        str(each.id) for each in wanted if key(each) not in there or not all(collect.texts(there[key(each)].string))
    )
    assert (missing, sorted(str(each) for each in there.keys() - set(map(key, wanted)))) == ([], []), "run `make words`"
    assert [each.id for each in there.values() if each.fuzzy] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_a_translation_has_the_fields_and_commands_of_its_message(path: Path) -> None:
    command = re.compile(r"(?<!\w)/[a-z][a-z-]+")
    wrong = []
    for each in translated(path).values():
        for one, other in zip(collect.texts(each.id), collect.texts(each.string), strict=True):
            alike = fields(one) - {"n"} <= fields(other) <= fields(one) and sorted(command.findall(one)) == sorted(
                command.findall(other)
            )
            if not alike:
                wrong.append((one, other))
    assert wrong == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_names_in_another_language_are_ones_that_discord_takes(path: Path) -> None:
    there = translated(path)
    contexts = {collect.COMMAND, collect.OPTION}
    names = [name for (_, context), each in there.items() if context in contexts for name in collect.texts(each.string)]
    assert [name for name in names if not re.fullmatch(r"[-_\w]{1,32}", name) or name != name.lower()] == []
    for spec in commands.all_specs():
        said = [str(there[option.name, collect.OPTION].string) for option in spec.options if spec.typed]
        assert len(set(said)) == len(said), spec.verb
        helps = [spec.help, *(option.help for option in spec.options)] if spec.typed else []
        assert [each for each in helps if not 1 <= len(str(there[each, None].string)) <= 100] == [], spec.verb


@cache
def modules() -> list[tuple[str, ast.Module]]:
    """The code of the product, but for the module that says."""
    paths = (path for house in collect.HOUSES for path in sorted((collect.ROOT / house).rglob("*.py")))
    return [(path.name, ast.parse(path.read_text())) for path in paths if path.name != "i18n.py"]


def nodes() -> Iterator[tuple[str, ast.AST]]:
    for name, tree in modules():
        yield from ((f"{name}:{getattr(each, 'lineno', 0)}", each) for each in ast.walk(tree))


def says(node: ast.AST) -> bool:
    """Whether it is a call that says or marks a message of its own."""
    return isinstance(node, ast.Call) and _name(node.func) in collect.KEYWORDS


def _name(called: ast.AST) -> str:
    return called.attr if isinstance(called, ast.Attribute) else str(getattr(called, "id", ""))


def test_a_message_is_one_text_that_can_be_collected() -> None:
    """An f-string or a sum would be said, and never found for translation."""
    made = (ast.JoinedStr, ast.BinOp)
    calls = [(where, node) for where, node in nodes() if isinstance(node, ast.Call) and says(node)]
    assert len(calls) > 1_000
    assert [where for where, call in calls if any(isinstance(each, made) for each in call.args)] == []


def test_no_message_is_said_within_an_f_string_where_not_every_python_finds_it() -> None:
    within = ((where, each) for where, node in nodes() if isinstance(node, ast.JoinedStr) for each in ast.walk(node))
    literal = (
        where
        for where, each in within
        if isinstance(each, ast.Call) and says(each) and any(isinstance(arg, ast.Constant) for arg in each.args)
    )
    assert list(literal) == []


def test_nothing_is_said_while_modules_are_loaded() -> None:
    """It would be said in English for good: a table holds `mark`ed messages, and they are said when it is read."""
    early = [f"{name}:{each.lineno}" for name, tree in modules() for each in _run_at_once(tree) if _is_said(each)]
    assert early == []


def _run_at_once(tree: ast.AST) -> Iterator[ast.Call]:
    """Calls that are made when the module is loaded: those in no function's body."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            outside = (*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults))
            for each in outside:
                yield from (found for found in ast.walk(each) if isinstance(found, ast.Call))
        elif not isinstance(node, ast.Lambda):
            if isinstance(node, ast.Call):
                yield node
            yield from _run_at_once(node)


def _is_said(call: ast.Call) -> bool:
    return says(call) and _name(call.func) != "mark"
