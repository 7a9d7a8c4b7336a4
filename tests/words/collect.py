"""Which messages the product says, found in its code, and a catalogue brought up to date with them.

`make words` runs it for every catalogue: what is new comes in empty, what is not said any more goes, what is translated
stays. Messages stand in Python as `say(…)`, `say_as(…)`, `say_many(…)`, `say_line(…)` and `mark(…)`, in the page's
templates as `[[…]]`, in its scripts as `said("…")`. The names of commands, options and choices come from the commands.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog, extract, pofile

from adapters.web import page
from bot.core import i18n
from bot.features import commands

ROOT = Path(__file__).parents[2]
HOUSES = ("bot", "adapters")
KEYWORDS = ("say", "mark", "say_line", "say_as", "say_many")
COMMAND, OPTION, CHOICE = "command", "option", "choice"
"""Contexts of what a chat lists in its own language: words of a command's path, names of options, fixed values."""

HEAD = """msgid ""
msgstr ""
"Project-Id-Version: dualo\\n"
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural}\\n"

"""
Found = tuple[str, str | tuple[str, str], str]
"""Where (a file), the message (or its singular and plural), the context or nothing."""


def messages() -> Catalog:
    """All that the product says, as a catalogue without translations."""
    catalogue = Catalog(domain="dualo")
    for where, message, context in sorted(_found(), key=lambda each: each[0]):
        catalogue.add(message, locations=[(where, 0)], context=context or None)
    return catalogue


def _found() -> Iterator[Found]:
    for house in HOUSES:
        for path in sorted((ROOT / house).rglob("*.py")):
            if path.name != "i18n.py":
                yield from _in_python(path)
    web = ROOT / "adapters" / "web"
    for path in sorted(web.glob("templates/*.html")):
        yield from ((_said(path), " ".join(each.split()), "") for each in page.IN_TEMPLATES.findall(path.read_text()))
    for path in sorted(web.glob("static/*.js")):
        yield from ((_said(path), each, "") for each in page.IN_SCRIPTS.findall(path.read_text()))
    yield "bot/core/i18n.py", i18n.AND, ""
    yield from _in_commands()


def _in_python(path: Path) -> Iterator[Found]:
    with path.open("rb") as file:
        for _, function, message, _ in extract.extract_python(file, dict.fromkeys(KEYWORDS), [], {}):
            match function, [each for each in texts(message) if each]:
                case "say_as", [context, said]:
                    yield _said(path), said, context
                case "say_many", [one, many, *_]:
                    yield _said(path), (one, many), ""
                case "say" | "mark" | "say_line", [said, *_] if said.strip():
                    yield _said(path), said, ""
                case _:
                    pass


def _in_commands() -> Iterator[Found]:
    """What commands and their options are called, and what they say of themselves to those who type or fill them in."""
    for spec in commands.all_specs():
        where = f"commands: {spec.verb}"
        if spec.typed or spec.form:
            yield where, spec.help, ""
        if spec.typed:
            yield from ((where, word, COMMAND) for word in spec.path)
            yield from ((where, option.name, OPTION) for option in spec.options)
        for each in spec.parameters:
            if (spec.typed and each.typed) or each.label:
                yield from ((where, said, "") for said in (each.help, each.label) if said)
                yield from ((where, str(choice), CHOICE) for choice in each.choices)


def _said(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def renewed(path: Path) -> Catalog:
    """The catalogue in the file with the messages of today."""
    with path.open("rb") as file:
        kept = pofile.read_po(file, locale=path.stem)
    kept.update(messages(), no_fuzzy_matching=True)
    kept.obsolete.clear()
    return kept


def main() -> None:
    for path in sorted(i18n.LOCALES.glob("*.po")):
        catalogue = renewed(path)
        left = sum(not all(texts(each.string)) for each in catalogue if each.id)
        write(catalogue, path)
        sys.stdout.write(f"{path.name}: {len(catalogue)} messages, {left} without a translation\n")


def write(catalogue: Catalog, path: Path) -> None:
    """Without a date in its head, so that what did not change is not written anew."""
    made = io.BytesIO()
    pofile.write_po(made, catalogue, width=120, omit_header=True, sort_by_file=True, include_lineno=False)
    path.write_text(HEAD.format(language=path.stem, plural=catalogue.plural_forms) + made.getvalue().decode())


def texts(said: object) -> list[str]:
    """The wordings of a message or of its translation: one, or one for each number; `""` where it has none."""
    if isinstance(said, (tuple, list)):
        return [str(each or "") for each in said]
    return [str(said or "")]


if __name__ == "__main__":
    main()
