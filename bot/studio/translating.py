"""A lesson in another language, as the studio edits it: the original's parts in its order, each with its translation.

What the two have in common (ids, order, what is right, what rests on what) is the original's and never typed. So parts
that move take their translation along, and nothing that contradicts the original can be written here.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bot.core import text
from bot.domain.questions import digest
from bot.packs import rewriting, schema, translations, tree
from bot.packs.problems import Notes

LONGEST_CODE = 35
"""Characters of a language's code, which stands in a file's name."""
BESIDE = "beside"
"""In a draft: the label of the section in the original that a section translates."""
_OF = re.compile(r"""^of: *["']?([0-9A-Za-z]+)""", re.MULTILINE)
Fields = dict[str, Any]


def parted(key: str) -> tuple[str, str]:
    """A lesson's id, and the language of a translation of it."""
    lesson, _, language = key.partition(".")
    return lesson, language


def key_of(lesson: str, language: str) -> str:
    return f"{lesson}.{language}"


def is_code(language: str) -> bool:
    return len(language) <= LONGEST_CODE and schema.is_language(language)


def file_of(original: Path, language: str) -> Path:
    return original.with_name(f"{original.stem}.{language}.yaml")


def digest_of(original: Fields) -> str:
    """By which a translation of these fields is known as one of theirs."""
    node = tree.grow(rewriting.rewritten("", original), Notes(""))
    return translations.digest_of(schema.lesson(node, Notes(""))) if node else ""


def is_behind(source: str, now: str) -> bool:
    """Whether a translation's file says that it is one of another state of the original."""
    said = _OF.search(source)
    return said is not None and said[1] != now


def read(original: Fields, file: Fields) -> Fields:
    """A translation's file as a draft of it: each section with the label of the one that it translates."""
    labels = (_said(each, "label") for each in _rows(original, "sections"))
    endless = itertools.chain(labels, itertools.repeat(""))  # a section without a counterpart has no label to go by
    pairs = zip(_rows(file, "sections"), endless, strict=False)
    found = {**file, "sections": [{**each, BESIDE: label} for each, label in pairs]}
    drawn = found.get("diagram")
    if isinstance(drawn, dict) and drawn.get("file") == _part(original, "diagram").get("file"):
        found["diagram"] = {"alt": drawn.get("alt", "")}
    return found


def laid_out(original: Fields, draft: Fields) -> Fields:
    """The draft with a field for each of the original's, in the original's order."""
    found: Fields = {
        "id": _said(original, "id"),
        "of": _said(draft, "of"),
        "title": _said(draft, "title"),
        "summary": _said(draft, "summary"),
        "sections": [
            {BESIDE: _said(its, "label"), "label": _said(mine, "label"), "text": _said(mine, "text")}
            | ({"sources": its.get("sources", [])} if "sources" in mine else {})
            for its, mine in _sections(original, draft)
        ],
        "sources": [
            {**({"id": its["id"]} if "id" in its else {}), "title": _said(mine, "title"), "url": _said(mine, "url")}
            for its, mine in _pairs(original, draft, "sources")
        ],
        "questions": [_question(its, mine) for its, mine in _pairs(original, draft, "questions")],
    }
    if original.get("diagram"):
        drawn = {"alt": "", **_part(draft, "diagram")}
        is_own = _has_words(drawn["svg"]) if "svg" in drawn else bool(drawn.get("file"))
        found["diagram"] = drawn if is_own else {"alt": drawn["alt"]}
    return found


def _question(its: Fields, mine: Fields) -> Fields:
    found: Fields = {"id": _said(its, "id"), "ask": _said(mine, "ask")}
    if (answer := its.get("answer")) and isinstance(answer, dict):
        said = _part(mine, "answer")
        own = ("unit",) if "number" in answer else ()
        found["answer"] = {key: said.get(key, "") for key in (*own, "why")}
        if "accept" in answer:
            found["answer"]["accept"] = said.get("accept", [])
        return found
    found["options"] = [
        {"id": _option_id(one), "text": _said(other, "text"), "why": _said(other, "why")}
        for one, other in _options(its, mine)
    ]
    return found


def written(original: Fields, draft: Fields) -> Fields:
    """The fields of the translation's file. What is not translated at all and may be missing is left out."""
    laid = laid_out(original, draft)
    of_file = {key: laid[key] for key in ("id", "of", "title", "summary")}
    labels = {each[BESIDE]: each["label"] for each in laid["sections"]}
    of_file["sections"] = [{key: each[key] for key in each if key != BESIDE} for each in laid["sections"]]
    sources = list(zip(_rows(original, "sources"), laid["sources"], strict=True))
    if any(_has_words(mine["title"], mine["url"]) for _, mine in sources):
        of_file["sources"] = [its | {key: each for key, each in mine.items() if each} for its, mine in sources]
    questions = zip(_rows(original, "questions"), laid["questions"], strict=True)
    of_file["questions"] = [_of_file(its, mine, labels) for its, mine in questions if _is_begun(mine)]
    if (drawn := laid.get("diagram")) and _has_words(drawn.get("alt"), drawn.get("svg")):
        its = _part(original, "diagram")
        file = drawn.get("file") or ("" if "svg" in drawn else its.get("file", ""))
        of_file["diagram"] = {**drawn, "file": file, "after": labels.get(_said(its, "after"), "")}
    return of_file


def _of_file(its: Fields, mine: Fields, labels: Mapping[str, str]) -> Fields:
    found = {"id": mine["id"], "ask": mine["ask"], "section": labels.get(_said(its, "section"), "")}
    if "answer" in mine:
        kept = {key: each for key, each in its["answer"].items() if key in ("number", "tolerance")}
        return {**found, "answer": {**kept, **mine["answer"]}}
    rights = [each.get("right", "") for each in _rows(its, "options")]
    options = zip(mine["options"], rights, strict=True)
    return {**found, "options": [{**each, "right": right} for each, right in options]}


def filled(original: Fields, draft: Fields) -> Fields:
    """The draft with the original's words wherever it has none yet, so that it can be shown while it is written."""
    found = _filled(_as_draft(original), laid_out(original, draft))
    return found if isinstance(found, dict) else {}


def _as_draft(original: Fields) -> Fields:
    """The original as a translation of itself."""
    return laid_out(original, read(original, original))


def _filled(its: Any, mine: Any) -> Any:
    if isinstance(its, dict) and isinstance(mine, dict):
        return {**mine, **{key: _filled(each, mine[key]) for key, each in its.items() if key in mine}}
    if isinstance(its, list) and isinstance(mine, list) and len(its) == len(mine):
        return [_filled(one, other) for one, other in zip(its, mine, strict=True)]
    return its if mine in ("", [], None) else mine


def shape(original: Fields) -> Fields:
    """What a translation shares with its original: where this changes, the translation's file does."""
    return {
        "sections": [(_said(each, "label"), each.get("sources")) for each in _rows(original, "sections")],
        "sources": [_name(each, at) for at, each in enumerate(_rows(original, "sources"))],
        "questions": [
            (_said(each, "id"), _said(each, "section"), each.get("answer"), _rights(each))
            for each in _rows(original, "questions")
        ],
        "diagram": [_part(original, "diagram").get(key) for key in ("file", "after")],
    }


def _rights(question: Fields) -> list[tuple[str, Any]]:
    return [(_option_id(each), each.get("right")) for each in _rows(question, "options")]


def left_over(original: Fields, draft: Fields) -> tuple[str, ...]:
    """What the original has no place for any more, so that it goes when the translation is saved."""
    matched = {id(mine) for _, mine in _sections(original, draft)}
    lost_sections = [each for each in _rows(draft, "sections") if id(each) not in matched]
    found = [
        f"the section “{text.shorten(_said(each, 'label'), 60)}”"
        for each in lost_sections
        if _has_words(each.get("label"), each.get("text"))
    ]
    for key, what in (("questions", "question"), ("sources", "source")):
        names = {_name(each, at) for at, each in enumerate(_rows(original, key))}
        lost = [name for at, each in enumerate(_rows(draft, key)) if (name := _name(each, at)) not in names]
        found += [f"the {what} “{text.shorten(name, 30)}”" for name in lost]
    for its, mine in _pairs(original, draft, "questions"):
        ids = {_option_id(each) for each in _rows(its, "options")}
        lost = [_option_id(each) for each in _rows(mine, "options") if _option_id(each) not in ids]
        found += [f"the option “{text.shorten(each, 30)}” of “{_said(its, 'id')}”" for each in lost]
    return tuple(found)


def place_in_form(at: tuple[str | int, ...], file: Fields, original: Fields) -> tuple[str | int, ...]:
    """Where a place in a translation's file stands in its form, which has every part of the original."""
    match at:
        case ("questions", int(number), "options", int(option), *rest):
            there = _at(file, "questions", number)
            at = ("questions", _seek(original, "questions", there, number), "options")
            its = _at(original, "questions", int(at[1]))
            ids = [_option_id(each) for each in _rows(its, "options")]
            wanted = _option_id(_at(there, "options", option))
            return (*at, ids.index(wanted) if wanted in ids else option, *rest)
        case ("questions" | "sources" as key, int(number), *rest):
            return (key, _seek(original, key, _at(file, key, number), number), *rest)
    return at


def _at(fields: Fields, key: str, number: int) -> Fields:
    rows = _rows(fields, key)
    return rows[number] if number < len(rows) else {}


def _seek(original: Fields, key: str, part: Fields, number: int) -> int:
    names = [_name(each, at) for at, each in enumerate(_rows(original, key))]
    name = _name(part, number)
    return names.index(name) if name in names else number


# What changed in the original ----------------------------------------------------------------------------------------


def changes(former: Fields, original: Fields) -> Mapping[str, str]:
    """By the place of a field in the form: what the original said there when it was translated; nothing where it said
    nothing yet."""
    if not former:
        return {}
    then = dict(_leaves(laid_out(original, _as_draft(former))))
    now = _leaves(_as_draft(original))
    return {place: then.get(place, "") for place, said in now if said != then.get(place, "")}


def _leaves(fields: Any, at: str = "") -> Iterator[tuple[str, str]]:
    match fields:
        case dict():
            for key, each in fields.items():
                if key not in _NO_WORDS:
                    yield from _leaves(each, f"{at}.{key}" if at else key)
        case list() if any(isinstance(each, dict) for each in fields):
            for number, each in enumerate(fields):
                yield from _leaves(each, f"{at}.{number}")
        case list():
            yield at, "\n".join(map(str, fields))
        case _:
            yield at, " ".join(str(fields).split())


_NO_WORDS = frozenset({"id", "of", BESIDE, "file", "svg", "sources"})


# Pairs of the original and its translation ---------------------------------------------------------------------------


def _sections(original: Fields, draft: Fields) -> Iterator[tuple[Fields, Fields]]:
    """By the label that a section was translated beside; what is left then goes by its order."""
    its, mine = _rows(original, "sections"), _rows(draft, "sections")
    labels = [_said(each, "label") for each in its]
    free = list(mine)
    found: dict[int, Fields] = {}
    for at, label in enumerate(labels):
        here = next((each for each in free if each.get(BESIDE) == label), None)
        if here is not None:
            found[at] = here
            free = [each for each in free if each is not here]
    rest = [at for at in range(len(its)) if at not in found]
    gone = [each for each in free if BESIDE not in each or each[BESIDE] not in labels]
    if len(rest) == len(gone) or not found:  # renamed, or never paired before
        found.update(zip(rest, gone, strict=False))
    else:
        found.update((at, mine[at]) for at in rest if at < len(mine) and any(each is mine[at] for each in gone))
    for at, each in enumerate(its):
        yield each, found.get(at, {})


def _pairs(original: Fields, draft: Fields, key: str) -> Iterator[tuple[Fields, Fields]]:
    mine = {_name(each, at): each for at, each in enumerate(_rows(draft, key))}
    for at, each in enumerate(_rows(original, key)):
        yield each, mine.get(_name(each, at), {})


def _options(its: Fields, mine: Fields) -> Iterator[tuple[Fields, Fields]]:
    there = {_option_id(each): each for each in _rows(mine, "options")}
    for each in _rows(its, "options"):
        yield each, there.get(_option_id(each), {})


def _option_id(option: Fields) -> str:
    """Its id, else what stands for one (`schema`)."""
    return _said(option, "id") or digest([text.parse(_said(option, "text").strip()).source])


def _name(part: Fields, at: int) -> str:
    return _said(part, "id") or f"{at + 1}"


def _is_begun(question: Fields) -> bool:
    parts = [question["ask"], *question.get("answer", {}).values()]
    return _has_words(*parts, *(each[key] for each in question.get("options", []) for key in ("text", "why")))


def _has_words(*said: Any) -> bool:
    return any(bool(each) and bool(str(each).strip()) for each in said)


def _rows(fields: Fields, key: str) -> list[Fields]:
    rows = fields.get(key)
    return [each for each in rows if isinstance(each, dict)] if isinstance(rows, list) else []


def _part(fields: Fields, key: str) -> Fields:
    part = fields.get(key)
    return part if isinstance(part, dict) else {}


def _said(fields: Fields, key: str) -> str:
    said = fields.get(key)
    return said if isinstance(said, str) else "" if said is None else str(said)
