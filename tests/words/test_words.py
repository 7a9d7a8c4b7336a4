"""Every message is there in every language, and nothing is translated that is not said."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
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
            alike = fields(one) == fields(other) and sorted(command.findall(one)) == sorted(command.findall(other))
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


def calls() -> Iterator[tuple[str, ast.Call]]:
    for house in collect.HOUSES:
        for path in sorted((collect.ROOT / house).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call):
                    called = node.func
                    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
                    if name in collect.KEYWORDS and path.name != "i18n.py":
                        yield f"{path.name}:{node.lineno}", node


def test_a_message_is_one_text_that_can_be_collected() -> None:
    """An f-string or a sum would be said, and never found for translation."""
    made = (ast.JoinedStr, ast.BinOp, ast.IfExp)
    assert [where for where, call in calls() if any(isinstance(each, made) for each in call.args)] == []
