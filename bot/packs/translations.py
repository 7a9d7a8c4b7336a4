"""Translations of lessons: `03-joins.de.yaml` beside `03-joins.yaml`, the same lesson in other words.

Whatever answers and progress are kept under (ids, the order of sections and options, what is right) is the original's;
a translation that says otherwise is refused, and one that leaves something out is filled up from the original.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from bot.core import text
from bot.core.record import Record, replace
from bot.domain.course import Lesson, Section, Source
from bot.domain.questions import Option, Question, digest
from bot.packs import schema, tree
from bot.packs.problems import Notes
from bot.packs.schema import RawLesson
from bot.packs.tree import Branch, Leaf, ListNode, Node

_ENDING = ".yaml"


def language_of(name: str, names: Container[str]) -> str:
    """The language of a translation's file, by its name and the names beside it; empty for every other file."""
    return called(name) if original_of(name) in names else ""


def called(name: str) -> str:
    """The language that a file's name ends in, be it one or the end of a lesson's name such as `01-node.js.yaml`."""
    stem, _, language = name.removesuffix(_ENDING).rpartition(".")
    return language if stem and name.endswith(_ENDING) and schema.is_language(language) else ""


def is_orphan(node: Node, name: str, lacking: Container[str]) -> bool:
    """Whether a file that stands beside no lesson of its name is a translation whose lesson was renamed or is gone. A
    lesson with a dot in its name is known by its id, which the theme lists and no other file has."""
    fields = node.fields if isinstance(node, Branch) else {}
    id = fields.get("id")
    return bool(called(name)) and ("of" in fields or not (isinstance(id, Leaf) and id.value.strip() in lacking))


def original_of(name: str) -> str:
    """The name of the file that a translation's file stands beside."""
    return name.removesuffix(_ENDING).rpartition(".")[0] + _ENDING


def digest_of(original: RawLesson | Lesson) -> str:
    """A fingerprint of all that a translation translates, by which it is known when the original changes."""
    parts = [original.title, original.summary]
    for section in original.sections:
        parts += [section.label, section.text.source]
    for question in original.questions:
        parts += [question.id, question.digest, *(option.why.source for option in question.options)]
        parts += [question.typed.why.source] if question.typed else []
    return digest(parts)


def place_in_file(at: tuple[str | int, ...], lesson: Lesson, node: Node | None) -> tuple[str | int, ...]:
    """Where a place in a translated lesson stands in its file: parts go by their ids there."""
    fields = node.fields if isinstance(node, Branch) else {}
    match at:
        case ("questions", int(number), *rest):
            question = lesson.questions[number]
            here = _place_of(fields.get("questions"), question.id)
            if here is None or not isinstance(rows := fields["questions"], ListNode):
                return ("questions",)
            its = rows.items[here]
            if isinstance(its, Branch) and len(rest) > 1 and rest[0] == "options" and isinstance(rest[1], int):
                option = _place_of(its.fields.get("options"), question.options[rest[1]].id)
                rest = ["options", *((option, *rest[2:]) if option is not None else ())]
            return ("questions", here, *rest)
        case ("sources", int(number), *rest) if lesson.sources[number].id:
            here = _place_of(fields.get("sources"), lesson.sources[number].id)
            return ("sources",) if here is None else ("sources", here, *rest)
    return at


def _place_of(node: Node | None, id: str) -> int | None:
    rows = node.items if isinstance(node, ListNode) else ()
    for at, row in enumerate(rows):
        named = row.fields.get("id") if isinstance(row, Branch) else None
        if isinstance(named, Leaf) and named.value.strip() == id:
            return at
    return None


def read(node: Node, original: RawLesson, notes: Notes) -> RawLesson:
    """The lesson in the other language, whole; what keeps it from being the same lesson is noted."""
    raw = schema.translation(node, original, notes)
    pair = _Pair(node, original, raw, notes)
    pair.check_id()
    pair.check_of()
    sections = tuple(pair.sections())
    sources = tuple(pair.sources())
    labels = dict(zip((each.label for each in original.sections), (each.label for each in sections), strict=False))
    questions = tuple(pair.questions(labels))
    diagram = raw.diagram
    if original.diagram and not diagram:
        after = labels.get(original.diagram.after, "")
        diagram = replace(original.diagram, after=after)
        pair.note_missing("diagram", "The diagram is not translated", "Copy `diagram` and translate its `alt`.")
    elif diagram and not original.diagram:
        notes.error(diagram.line, "The original has no diagram", "Put it into both, or delete it here.")
    return replace(
        original,
        title=raw.title,
        summary=raw.summary,
        sections=sections,
        sources=sources,
        questions=questions,
        diagram=diagram,
        aliases=(),
        line=raw.line,
    )


class _Pair(Record):
    """A translation beside its original, while the two are compared."""

    node: Node
    original: RawLesson
    raw: RawLesson
    notes: Notes

    def line(self, *way: str | int) -> int:
        return tree.nearest(self.node, way).line

    def note_missing(self, key: str, message: str, mend: str) -> None:
        self.notes.warning(self.line(key), message, f"{mend} Until then the original's is shown.")

    def check_id(self) -> None:
        id = self.raw.id
        if id and id != self.original.id:
            message = f"The original's id is “{self.original.id}”, not “{id}”"
            self.notes.error(self.raw.line, message, f"Write `id: {self.original.id}`.")

    def check_of(self) -> None:
        said = self.node.fields.get("of") if isinstance(self.node, Branch) else None
        now = digest_of(self.original)
        if isinstance(said, Leaf) and said.value.strip() != now:
            message = f"The original has changed since this was translated (`of: {text.shorten(said.value, 20)}`)"
            self.notes.warning(said.line, message, f"Compare the two, then write `of: {now}`.")

    def sections(self) -> Iterator[Section]:
        here, there = self.raw.sections, self.original.sections
        if here and len(here) != len(there):
            message = f"{len(here)} sections, but the original has {len(there)}"
            self.notes.error(self.line("sections"), message, "Translate section by section, in the same order.")
        for at, (mine, its) in enumerate(zip(here, there, strict=False)):
            if mine.sources and mine.sources != its.sources:
                mend = (
                    f"Write `sources: [{', '.join(its.sources)}]`, or leave them out." if its.sources else "Delete it."
                )
                message = f"“{mine.label}” names other sources than in the original"
                self.notes.error(self.line("sections", at, "sources"), message, mend)
            yield replace(mine, sources=its.sources)

    def sources(self) -> Iterator[Source]:
        mine = {_name(each, at): (at, each) for at, each in enumerate(self.raw.sources)}
        its = {_name(each, at): each for at, each in enumerate(self.original.sources)}
        self._compare("source", "sources", {name: at for name, (at, _) in mine.items()}, its)
        for name, each in its.items():
            yield mine[name][1] if name in mine else each

    def questions(self, labels: Mapping[str, str]) -> Iterator[Question]:
        """In the original's order; one that is not translated is the original's, resting on the same section."""
        mine = {each.id: (at, each) for at, each in enumerate(self.raw.questions)}
        its = {each.id: each for each in self.original.questions}
        self._compare("question", "questions", {id: at for id, (at, _) in mine.items()}, its)
        for id, question in its.items():
            section = labels.get(question.section, "")
            if id not in mine:
                yield replace(question, section=section, original=question)
                continue
            at, translated = mine[id]
            if translated.section and section and translated.section != section:
                message = f"“{id}” rests on another section than in the original"
                self.notes.error(self.line("questions", at, "section"), message, f"Write `section: {section}`.")
            yield self._question(question, translated, at)

    def _question(self, its: Question, mine: Question, at: int) -> Question:
        place = self.line("questions", at)
        if (its.typed is None) != (mine.typed is None):
            kind = "options" if its.typed is None else "an answer to be typed"
            self.notes.error(place, f"“{its.id}” has {kind} in the original", "Keep its kind.")
        elif _number(its) != _number(mine):
            mend = "Keep its number and tolerance, or its wordings."
            self.notes.error(place, f"“{its.id}” asks for another number than the original", mend)
        return replace(mine, options=tuple(self._options(its, mine, at)), original=its)

    def _options(self, its: Question, mine: Question, at: int) -> Iterator[Option]:
        """In the original's order: a button stands for a position."""
        translated = {option.id: (number, option) for number, option in enumerate(mine.options)}
        ids = [option.id for option in its.options]
        for id, (number, _) in translated.items():
            if id not in ids and its.options:
                place, quoted = self.line("questions", at, "options", number), ", ".join(ids)
                here = tree.nearest(self.node, ("questions", at, "options", number))
                is_named = isinstance(here, Branch) and "id" in here.fields
                named = "has an id that the original has not" if is_named else "has no id"
                self.notes.error(
                    place, f"An option of “{its.id}” {named}", f"Give it its id in the original: {quoted}."
                )
        for option in its.options:
            if option.id not in translated:
                if mine.options:
                    place = self.line("questions", at, "options")
                    self.notes.error(place, f"“{its.id}” lacks the option “{option.id}”", "Translate it as well.")
                continue
            number, other = translated[option.id]
            if other.right != option.right:
                right = "true" if option.right else "false"
                place = self.line("questions", at, "options", number, "right")
                self.notes.error(
                    place, f"“{option.id}” is `right: {right}` in the original", f"Write `right: {right}`."
                )
            yield other

    def _compare(self, what: str, key: str, mine: Mapping[str, int], its: Iterable[str]) -> None:
        """What is too much is an error, since nothing stands behind it; what is missing is shown in the original."""
        there: Sequence[str] = list(its)
        for name, at in mine.items():
            if name and name not in there:
                mend = f"The original has {', '.join(there)}." if there else "Delete it."
                self.notes.error(self.line(key, at), f"The original has no {what} “{name}”", mend)
        for name in there if mine or what == "question" else ():
            if name not in mine:
                self.note_missing(key, f"The {what} “{name}” is not translated", "Add it.")


def _number(question: Question) -> tuple[float | None, float] | None:
    return (question.typed.number, question.typed.tolerance) if question.typed else None


def _name(source: Source, at: int) -> str:
    return source.id or f"{at + 1}"
