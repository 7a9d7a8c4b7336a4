"""Rows of questions: CSV with a header line, and Anki's text export, whose header lines begin with `#`."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from html.parser import HTMLParser

from bot.core import text
from bot.core.errors import StudyError
from bot.core.record import Record
from bot.packs import schema
from bot.packs.intake import draft
from bot.packs.intake.draft import Gathered, GatheredOption, GatheredQuestion

ASK, RIGHT, WRONG, WHY, SECTION = "ask", "right", "wrong", "why", "section"
COLUMNS: Mapping[str, str] = {
    "ask": ASK,
    "question": ASK,
    "front": ASK,
    "right": RIGHT,
    "answer": RIGHT,
    "back": RIGHT,
    "wrong": WRONG,
    "why": WHY,
    "section": SECTION,
}
"""What a column is, by its name in lower case and without a number at its end."""
SEPARATORS: Mapping[str, str] = {
    "tab": "\t",
    "comma": ",",
    "semicolon": ";",
    "pipe": "|",
    "colon": ":",
    "space": " ",
}
"""As Anki names them; it writes any other sign as it is."""
_FORMULA = re.compile(r"[=@]|[+-].*[(|!]")
"""What a spreadsheet would run, were the draft ever opened in one. Numbers such as -40 are none."""
_CLOZE = re.compile(r"\{\{c\d+::")
_SOUND = re.compile(r"\[sound:[^\]\n]*\]")
_HEADER = re.compile(r"#(?P<name>[a-z][a-z ]*):(?P<value>.*)")


class _Cell(Record):
    """Where a column's words go, and the column's name."""

    kind: str
    name: str


class _Row(Record):
    line: int
    cells: Sequence[str]


def is_anki(source: str) -> bool:
    found = _HEADER.match(source)
    return found is not None and found["name"] in {"separator", "html", "columns", "tags", "deck", "notetype"}


def gather_csv(source: str) -> Gathered:
    """Questions by the columns that the first line names."""
    found = Gathered()
    first = source.split("\n", 1)[0]
    named = [(_kinds(next(csv.reader([first], delimiter=sign), [])), sign) for sign in ",;\t"]
    columns, sign = max(named, key=lambda each: sum(bool(cell.kind) for cell in each[0]))
    if not {ASK, RIGHT} <= {cell.kind for cell in columns}:
        raise StudyError(
            "The first line of a CSV file names its columns, and “ask” and “right” are not among them.",
            "It may also have “wrong” (one to three times), “why” and “section”.",
        )
    _left_out(found, 1, columns)
    rows = _rows(source, sign)
    next(rows)
    return _gather(found, rows, columns)


def gather_anki(source: str) -> Gathered:
    """Questions of a deck: the first field asks, the second answers, unless the columns are named."""
    found = Gathered()
    lines = source.split("\n")
    found_heads = [head for line in itertools.takewhile(_HEADER.fullmatch, lines) if (head := _HEADER.fullmatch(line))]
    heads, above = {head["name"]: head["value"] for head in found_heads}, len(found_heads)
    sign = heads.get("separator", "tab")
    sign = SEPARATORS.get(sign.lower(), sign)
    if len(sign) != 1 or sign in '"\n':
        raise StudyError(f"“{draft.shown(sign)}” is no separator.", "Export the deck again, as plain text with tabs.")
    rows = [_Row(row.line + above, row.cells) for row in _rows("\n".join(lines[above:]), sign)]
    columns = _anki_columns(heads, sign, max((len(row.cells) for row in rows), default=0))
    _left_out(found, 1, columns)
    if heads.get("html", "").lower() == "true":
        rows = [_Row(row.line, [_without_html(cell, found, row.line) for cell in row.cells]) for row in rows]
    return _gather(found, iter(rows), columns)


def _anki_columns(heads: Mapping[str, str], sign: str, width: int) -> Sequence[_Cell]:
    special = {
        int(value): name.removesuffix(" column")
        for name, value in heads.items()
        if name.endswith(" column") and value.isascii() and value.isdigit() and len(value) < 6
    }
    if "columns" in heads:
        named = _kinds(next(csv.reader([heads["columns"]], delimiter=sign), []))
        if {ASK, RIGHT} <= {cell.kind for cell in named}:
            return [_Cell("", cell.name) if at in special else cell for at, cell in enumerate(named, 1)]
    fields = iter((_Cell(ASK, "first field"), _Cell(RIGHT, "second field")))
    return [
        _Cell("", special[at]) if at in special else next(fields, None) or _Cell("", f"field {at}")
        for at in range(1, width + 1)
    ]


def _kinds(names: Sequence[str]) -> Sequence[_Cell]:
    return [_Cell(COLUMNS.get(re.sub(r"[\s_-]*[1-9]$", "", name.strip().lower()), ""), name) for name in names]


def _left_out(found: Gathered, line: int, columns: Sequence[_Cell]) -> None:
    for cell in columns:
        if not cell.kind:
            found.note(line, f"left out: the column “{draft.shown(cell.name)}”, which questions do not have")


def _rows(source: str, sign: str) -> Iterator[_Row]:
    reader = csv.reader(io.StringIO(source), delimiter=sign)
    begun = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield _Row(begun, cells)
            begun = reader.line_num + 1
    except csv.Error as error:
        raise StudyError(f"Line {begun} is no row of a table ({error}).", "Save the file anew, as CSV.") from None


def _gather(found: Gathered, rows: Iterator[_Row], columns: Sequence[_Cell]) -> Gathered:
    labels: dict[str, None] = {}
    for row in rows:
        if wrong := _wrong(row, columns):
            found.note(row.line, f"left out: {wrong}")
            continue
        question, said = _question(row, columns, len(found.questions))
        found.ask(row.line, question)
        found.note(row.line, f"taken as a question {said}: {draft.shown(question.ask)}")
        if question.section and question.section not in labels:
            labels[question.section] = None
            found.section(row.line, question.section)
            found.note(row.line, f"taken as a section whose text is missing: {draft.shown(question.section)}")
    if not found.questions:
        raise StudyError("There is no row in it that could be a question.", _said(found))
    return found


def _said(found: Gathered) -> str:
    last = next((note for note in found.notes if note.line > 1), None)
    return f"Line {last.line} was {last.said}." if last else "Each row below the header lines is one."


def _wrong(row: _Row, columns: Sequence[_Cell]) -> str:
    """Why a row can be no question; nothing if it can."""
    if len(row.cells) > len(columns):
        return f"it has {len(row.cells)} cells, and there are {len(columns)} columns"
    if any(len(cell) > schema.LONGEST_TEXT for cell in row.cells):
        return f"a cell has more than {schema.LONGEST_TEXT:,} characters"
    for cell, words in zip(columns, row.cells, strict=False):
        if cell.kind and _FORMULA.match(words.strip()):
            return f"“{draft.shown(words)}” is what a spreadsheet would run; put it between backticks"
        if _CLOZE.search(words):
            return "it is a cloze, which asks by a gap; write it as a question"
    for kind in (ASK, RIGHT):
        if not any(_values(row, columns, kind)):
            return f"nothing stands under “{kind}”"
    return ""


def _values(row: _Row, columns: Sequence[_Cell], kind: str) -> Sequence[str]:
    return [
        kept
        for cell, words in zip(columns, row.cells, strict=False)
        if cell.kind == kind and (kept := text.clean(words, lines=kind in {ASK, WHY}))
    ]


def _question(row: _Row, columns: Sequence[_Cell], number: int) -> tuple[GatheredQuestion, str]:
    """The row's question, and what kind it is."""
    ask, why = "\n".join(_values(row, columns, ASK)), "\n".join(_values(row, columns, WHY))
    section = " ".join(_values(row, columns, SECTION))
    rights, wrongs = _values(row, columns, RIGHT), _values(row, columns, WRONG)
    if not wrongs and len(rights) == 1 and len(rights[0]) <= schema.LONGEST_TYPED:
        return GatheredQuestion(ask, section, accept=rights[0], why=why), "whose answer is typed"
    options = [GatheredOption(each, right=False) for each in wrongs]
    if not options:
        options.append(GatheredOption("PLACEHOLDER The usual confusion", right=False))
    at = number % (len(options) + 1)
    options[at:at] = [GatheredOption(each, right=True, why=why) for each in rights]
    said = f"with {text.count(len(options), 'option')}" if wrongs else "whose wrong options are missing"
    return GatheredQuestion(ask, section, tuple(options)), said


class _Words(HTMLParser):
    """The words of a piece of HTML; what ends a line there ends one here."""

    _BREAKS = frozenset({"br", "div", "p", "li", "tr"})
    _HIDDEN = frozenset({"script", "style"})

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.left: dict[str, None] = {}
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._BREAKS:
            self.words.append("\n")
            return
        self.left[tag] = None
        if tag in self._HIDDEN:
            self._inside = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.words.append(data)


def _without_html(cell: str, found: Gathered, line: int) -> str:
    cell = cell[: schema.LONGEST_TEXT + 1]
    reader = _Words()
    reader.feed(cell)
    reader.close()
    words = "".join(reader.words)
    if sounds := _SOUND.findall(words):
        found.note(line, f"left out: the sound “{draft.shown(sounds[0])}”")
    if reader.left:
        tags = ", ".join(f"<{tag}>" for tag in list(reader.left)[:5])
        found.note(line, f"left out, with its words kept: {draft.shown(tags)}")
    return text.escaped(re.sub(r"\n{2,}", "\n", _SOUND.sub("", words)).strip())
