"""Markdown as a lesson: headings are its sections, links its sources, task lists its questions.

Read by a CommonMark parser, so that what a page means elsewhere it means here, too. What lessons have no form for is
rewritten or left out, and said with its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from bot.core import text
from bot.packs.intake import draft
from bot.packs.intake.draft import Gathered, GatheredOption, GatheredQuestion, GatheredSection
from bot.packs.rules.case import runs

_TASK = re.compile(r"\[(?P<mark>[ xX])\](?:\s+|$)")
_URL = re.compile(r"https?://[^\s()]+(?:\([^\s()]*\)[^\s()]*)*")
"""Addresses that lessons can link to: brackets in them come in pairs."""
_FRONT = re.compile(r"---[ \t]*\n(?:.*\n)*?---[ \t]*(?:\n|$)")
_LISTS = ("bullet_list", "ordered_list")


def gather(source: str) -> Gathered:
    """What a page says."""
    found = Gathered()
    if front := _FRONT.match(source):
        found.note(1, "left out: the front matter, which lessons do not have")
        source = "\n" * front[0].count("\n") + source[front.end() :]
    page = SyntaxTreeNode(MarkdownIt("commonmark").enable("table").parse(source))
    reader = _Reader(found, source.split("\n"))
    for node in page.children:
        reader.block(node)
    reader.close()
    return found


@dataclass(slots=True)
class _Part:
    """A piece of a section's text."""

    kind: str
    source: str
    line: int


class _Reader:
    def __init__(self, found: Gathered, lines: Sequence[str]) -> None:
        self._found, self._lines = found, lines
        self._section: GatheredSection | None = None
        self._parts: list[_Part] = []
        self._asked = 0
        """Questions before the section."""
        self._at = 1

    def block(self, node: SyntaxTreeNode) -> None:
        self._at = _line(node)
        if node.type == "heading":
            self._heading(node)
        elif node.type == "bullet_list" and any(_task(item) for item in node.children):
            self._question(node)
        else:
            self._parts += (_Part(node.type, each, self._at) for each in self._texts(node) if each)

    def _heading(self, node: SyntaxTreeNode) -> None:
        words, level = self._plain(node), int(node.tag[1:])
        if level == 1 and not self._found.title and self._section is None and not self._parts:
            self._found.title = words
            self._found.note(self._at, f"taken as the title: {draft.shown(words)}")
        elif level <= 2:
            self.close()
            self._section = self._found.section(self._at, words)
            self._found.note(self._at, f"taken as a section: {draft.shown(words)}")
        else:
            self._parts.append(_Part("heading", words, self._at))

    def close(self) -> None:
        """Put the section's text together; what stands above the first section is the summary."""
        if self._section is None:
            self._close_beginning()
        else:
            self._fill(self._section)
        self._asked = len(self._found.questions)
        self._parts = []

    def _close_beginning(self) -> None:
        if self._parts and self._parts[0].kind == "paragraph":
            first = self._parts.pop(0)
            self._found.summary = text.parse(first.source).plain
            self._found.note(first.line, f"taken as the summary: {draft.shown(self._found.summary)}")
        if self._parts:
            line = self._parts[0].line
            self._found.note(line, "taken as a section whose label is missing: what stands before the first heading")
            self._fill(self._found.section(line, ""))

    def _fill(self, section: GatheredSection) -> None:
        for part in self._parts:
            if part.kind == "heading":
                self._found.note(part.line, f"a heading within a section, now bold: {draft.shown(part.source)}")
            section.parts.append(f"**{text.escaped(part.source)}**" if part.kind == "heading" else part.source)
        section.urls = [url for url in _linked(section.parts) if url in self._found.sources]
        asked = self._found.questions[self._asked :]
        if asked and not section.parts and section in self._found.sections:
            self._found.sections.remove(section)
            said = f"left out: “{draft.shown(section.label)}” holds questions alone; say which sections they rest on"
            self._found.note(self._at, said)
            renamed = [GatheredQuestion(each.ask, "", each.options) for each in asked]
            self._found.questions[self._asked :] = renamed

    # Questions ---------------------------------------------------------------------------------------------------

    def _question(self, node: SyntaxTreeNode) -> None:
        ask, line = "", self._at
        if self._parts and self._parts[-1].kind in {"paragraph", "heading"}:
            part = self._parts.pop()
            ask = text.escaped(part.source) if part.kind == "heading" else part.source
        options = tuple(self._option(item) for item in node.children)
        section = self._section.label if self._section else ""
        self._found.ask(line, GatheredQuestion(ask, section, options))
        asked = draft.shown(ask) if ask else "what it asks is missing"
        self._found.note(line, f"taken as a question with {text.count(len(options), 'option')}: {asked}")

    def _option(self, item: SyntaxTreeNode) -> GatheredOption:
        """An entry of a task list; what stands beneath its first line says why."""
        task = _task(item)
        line = _line(item)
        if task is None:
            self._found.note(line, "taken as a wrong option: it has no box")
        first, rest = (item.children[0], item.children[1:]) if item.children else (None, [])
        words = "".join(self._texts(first)) if first is not None and first.type == "paragraph" else ""
        words = re.sub(r"^\\\[[ xX]\\\]\s*", "", words) if task is not None else words
        why = " ".join(each.removeprefix("- ") for node in rest for each in self._texts(node))
        return GatheredOption(words.strip(), right=bool(task and task in "xX"), why=why)

    # Blocks ------------------------------------------------------------------------------------------------------

    def _texts(self, node: SyntaxTreeNode) -> Sequence[str]:
        """The block in the markup of lessons, a paragraph each."""
        match node.type:
            case "paragraph" | "heading":
                return [_paragraph(self._inline(node))]
            case "bullet_list" | "ordered_list":
                if node.type == "ordered_list":
                    self._found.note(_line(node), "a numbered list, now with hyphens: lessons have no numbered ones")
                return ["\n".join(self._items(node))]
            case "fence" | "code_block":
                return self._code(node, node.content.rstrip("\n"), node.info.split(" ")[0])
            case "blockquote":
                self._found.note(_line(node), "a quotation, now plain paragraphs: lessons have no quotations")
                return [each for child in node.children for each in self._texts(child)]
            case "table":
                self._found.note(_line(node), "a table, now a block of code: lessons have no tables")
                first, last = node.map or (0, 0)
                return self._code(node, "\n".join(self._lines[first:last]).strip("\n"), "")
            case "html_block":
                self._found.note(_line(node), f"left out: HTML, “{draft.shown(node.content)}”")
            case _:
                self._found.note(_line(node), "left out: a line across the page")
        return []

    def _code(self, node: SyntaxTreeNode, code: str, language: str) -> Sequence[str]:
        if any(line.strip() == "```" for line in code.split("\n")):
            self._found.note(_line(node), "left out: code that holds a fence of its own")
            return []
        kept = language if re.fullmatch(r"[\w+#.-]*", language) else ""
        return [f"```{kept}\n{code}\n```"]

    def _items(self, node: SyntaxTreeNode) -> Iterator[str]:
        for item in node.children:
            for at, child in enumerate(item.children):
                if child.type in _LISTS:
                    self._found.note(_line(child), "a list within a list, now entries of the same list")
                    yield from self._items(child)
                elif child.type == "paragraph":
                    yield ("  " if at else "- ") + _paragraph(self._inline(child))
                else:
                    self._found.note(_line(child), "left out: a block within a list, which lessons do not have")

    # Words -------------------------------------------------------------------------------------------------------

    def _plain(self, node: SyntaxTreeNode) -> str:
        return " ".join(text.parse(self._inline(node)).plain.split())

    def _inline(self, node: SyntaxTreeNode) -> str:
        spans = (span for inline in node.children for span in inline.children)
        return " ".join("".join(self._span(span, _line(node)) for span in spans).split())

    def _span(self, node: SyntaxTreeNode, line: int) -> str:
        inner = "".join(self._span(each, line) for each in node.children) if node.type != "image" else ""
        match node.type:
            case "text":
                return text.escaped(node.content)
            case "strong":
                return f"**{inner}**"
            case "em":
                return f"*{inner}*"
            case "code_inline":
                ticks = "``" if "`" in node.content else "`"
                return f"{ticks}{node.content}{ticks}"
            case "link":
                return self._link(str(node.attrs.get("href", "")), str(node.attrs.get("title", "")), inner, line)
            case "softbreak" | "hardbreak":
                return " "
            case "image":
                self._found.note(line, f"left out: the picture “{draft.shown(node.content)}”; a lesson has a diagram")
            case _:
                self._found.note(line, f"left out: HTML, “{draft.shown(node.content)}”")
        return ""

    def _link(self, url: str, title: str, words: str, line: int) -> str:
        if not _URL.fullmatch(url):
            self._found.note(line, f"the words stay, without their link: “{draft.shown(url)}” is no address on the web")
            return words
        plain = " ".join((title or text.parse(words).plain).split())
        self._found.source(line, url, plain)
        return f"[{words}]({url})" if words.strip() else ""


def _task(item: SyntaxTreeNode) -> str | None:
    """The mark in the entry's box; None where it has none."""
    first = item.children[0] if item.children else None
    inline = first.children[0] if first is not None and first.type == "paragraph" and first.children else None
    found = _TASK.match(inline.content) if inline is not None else None
    return found["mark"] if found else None


def _paragraph(words: str) -> str:
    """A hyphen at the beginning would make it a list."""
    return re.sub(r"^[-•](?=\s)", "–", words)


def _linked(parts: Sequence[str]) -> Iterator[str]:
    for part in parts:
        for run in runs(text.parse(part)):
            yield from (span.link for span in run if span.link)


def _line(node: SyntaxTreeNode) -> int:
    return node.map[0] + 1 if node.map else 1
