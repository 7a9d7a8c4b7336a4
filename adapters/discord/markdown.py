"""Writes Discord's Markdown: text of people and titles literally, markup of authors as markup, mentions by id.

Discord reads backslash escapes outside code. Every sign that could begin markup, a mention, a link or a list is
escaped, so that the only markup in a message is the bot's own. A mention notifies nobody: whom a message notifies is
stated beside it, and for almost every message that is nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import groupby

from adapters.discord.addresses import read_place
from bot.api import blocks, replace, text, views

_SIGNS = re.compile(r"[\\*_~|`\[\]<]|@(?=everyone|here)|(?<=:)/(?=/)")
_LINE_START = re.compile(r"^(\s*)(#{1,3}(?=\s)|-(?=#?\s)|>(?=\s|>>)|\+(?=\s))", re.MULTILINE)
_NUMBERED = re.compile(r"^(\s*\d+)([.)])(?=\s)", re.MULTILINE)
_HIDDEN = re.compile("[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Control characters and direction overrides."""
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_ISOLATE, _END_ISOLATE, _NOTHING = "\u2068", "\u2069", "\u200b"


def plain(words: str) -> str:
    """One line without hidden signs, for places where Discord reads no markup."""
    return " ".join(_HIDDEN.sub("", words).split())


@lru_cache(maxsize=4096)
def words(said: str) -> str:
    """What somebody wrote, on one line, shown literally."""
    return _literal(plain(said))


def _literal(said: str) -> str:
    said = _SIGNS.sub(r"\\\g<0>", said)
    said = _LINE_START.sub(r"\1\\\2", said)
    said = _NUMBERED.sub(r"\1\\\2", said)
    return f"{_ISOLATE}{said}{_END_ISOLATE}" if _RIGHT_TO_LEFT.search(said) else said


def link(label: str, url: str) -> str:
    """A masked link; `label` is Markdown already. Discord shows no link whose label looks like an address itself."""
    if not re.match(r"https?://[^\s<>]+$", url):
        return label
    safe = url.replace("(", "%28").replace(")", "%29")
    return f"{label} <{safe}>" if ":\\//" in label else f"[{label}]({safe})"


def moment(at: datetime, style: str = "F") -> str:
    """A time that Discord writes in the reader's own zone and language."""
    return f"<t:{int(at.timestamp())}:{style}>"


def subtext(line: str) -> str:
    """A small, quiet line."""
    return f"-# {line}"


@lru_cache(maxsize=2048)
def block_text(written: text.Text) -> str:
    """Authored text, block by block."""
    drawn: list[str] = []
    for at, block in enumerate(written.blocks):
        match block:
            case text.Paragraph(spans):
                between = "\n" if at and isinstance(written.blocks[at - 1], text.Code) else "\n\n"
                drawn.append(between + run(spans))
            case text.Bullets(items):
                drawn.append("\n" + "\n".join(f"- {run(item)}" for item in items))
            case text.Code(code, language):
                drawn.append("\n" + fenced(code, language))
    return "".join(drawn).lstrip("\n")


@lru_cache(maxsize=2048)
def line_text(written: text.Text, *, bold: bool = False) -> str:
    """Authored text where only a line fits: blocks follow one another."""
    flat: list[Iterable[text.Span]] = []
    for block in written.blocks:
        match block:
            case text.Paragraph(spans):
                flat.append(spans)
            case text.Bullets(items):
                flat += items
            case text.Code(code):
                flat.append([text.Span(" ".join(code.split()), code=True)])
    return " ".join(run([replace(span, bold=span.bold or bold) for span in spans]) for spans in flat)


def run(spans: Iterable[text.Span]) -> str:
    """Spans in their styles; neighbours in one style share its marks."""
    drawn = ""
    for url, linked in groupby(spans, key=lambda span: span.link):
        label = ""
        for bold, strong in groupby(linked, key=lambda span: span.bold):
            inner = _italics(list(strong))
            label = _join(label, f"**{inner}**" if bold and inner.strip() else inner)
        drawn = _join(drawn, link(label, url) if url else label)
    return drawn


def _italics(spans: Sequence[text.Span]) -> str:
    drawn = ""
    for span in spans:
        inner = _code(span.text) if span.code else within(span.text)
        drawn = _join(drawn, f"*{inner}*" if span.italic and inner.strip() else inner)
    return drawn


def _join(before: str, after: str) -> str:
    """Marks that would run together are kept apart by nothing visible."""
    together = before.endswith("*") and not before.endswith("\\*") and after.startswith("*")
    return before + (_NOTHING if together else "") + after


@lru_cache(maxsize=4096)
def within(said: str) -> str:
    """What somebody wrote, as a part of a line: spaces at its edges count."""
    cleaned = _HIDDEN.sub("", said)
    inner = words(cleaned)
    if not inner:
        return " " if cleaned else ""
    return f"{' ' if cleaned[0].isspace() else ''}{inner}{' ' if cleaned[-1].isspace() else ''}"


def _code(said: str) -> str:
    """Inline code; it knows no escapes, so its fence is made longer than any run of ticks within."""
    said = _HIDDEN.sub("", said).replace("\n", " ") or " "
    if "`" not in said:
        return f"`{said}`"
    longest = max(len(ticks) for ticks in re.findall(r"`+", said))
    if longest > 1:
        return _literal(said)
    return f"`` {said} ``"


def fenced(code: str, language: str) -> str:
    """A code block; three ticks within would end it, so they are kept apart by nothing visible."""
    kept = _HIDDEN.sub("", code).replace("```", f"`{_NOTHING}`{_NOTHING}`")
    name = language if re.fullmatch(r"[\w+#.-]*", language) else ""
    return f"```{name}\n{kept}\n```"


# Mentions -------------------------------------------------------------------------------------------------------------


_ID = re.compile(r"[0-9]{15,20}")
"""As Discord numbers people and roles; what is shorter comes from elsewhere."""


def _is_id(said: str) -> bool:
    return _ID.fullmatch(said) is not None


def person(given: str) -> str:
    return f"<@{given}>" if _is_id(given) else words(given)


def role(given: str) -> str:
    return f"<@&{given}>" if _is_id(given) else words(given)


def place(address: str) -> str:
    found = read_place(address)
    if found is None:
        return words(address)
    return f"<@{found.id}>" if found.direct else f"<#{found.id}>"


def called(call: blocks.Call | None) -> views.Group | views.Someone | None:
    """Whom a page notifies, if it is somebody in Discord."""
    match call:
        case blocks.Call(views.Group(said) | views.Someone(said)) if _is_id(said):
            return call.whom
        case _:
            return None
