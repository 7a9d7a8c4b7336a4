"""What a new theme or lesson starts from: files in the right form, which teach it and whose gaps the check names."""

from __future__ import annotations

import re
from pathlib import Path

from bot.core.errors import StudyError
from bot.core.record import Record
from bot.packs import rewriting, schema, translations, tree
from bot.packs.load import THEME_FILE
from bot.packs.problems import Notes

FIRST = "introduction"

_THEME = """\
# A theme: who it is for, and its lessons in order. Check it with `dualo content check`.
id: {id}                    # permanent: progress is kept under it
emoji: 📘
title: {title}
description: >-
  PLACEHOLDER What readers will know or be able to do, and whom it is for. The first sentence is what the
  catalogue shows.
language: en
licence: CC-BY-4.0
# A lesson that is renamed keeps its progress if the former id stands in its file as `aliases: [former-id]`.
lessons:
  - {lesson}
"""

_LESSON = """\
# One lesson: 1,800-3,300 characters of title, summary, labels and texts; three to five minutes.
# Markup in text, ask and why: **bold**, *italic*, `code`, ```fenced code```, [links](https://…), "- " lists.
id: {id}                    # permanent: progress is kept under it
title: PLACEHOLDER What the lesson is about
summary: PLACEHOLDER One sentence with a claim; it also stands on the theme page and in scheduled posts.
sections:                   # 3-8; each makes its point in the label and can be read alone
  - label: PLACEHOLDER The first point          # at most 48 characters, no full stop
    text: >-
      PLACEHOLDER Prose. With `>-` the lines fold into one paragraph; a blank line begins the next.
    sources: [main-source]  # ids of the sources it rests on; a quiz answer cites the first
  - label: PLACEHOLDER The second point
    text: |-
      PLACEHOLDER With `|-` the lines stay as they are, for lists and code:

      - one
      - two
    sources: [main-source]
  - label: PLACEHOLDER The third point
    text: >-
      PLACEHOLDER Figures with units, versions by name, an example that could be typed in.
    sources: [main-source]
# diagram:                  # where a drawing teaches more than words: an SVG file beside this one
#   file: {id}.svg
#   alt: What the drawing shows, in words, for those who do not see it.
#   after: The second point                     # the label of the section that it stands beneath
sources:                    # what the lesson is grounded on: at least one, better two
  - id: main-source         # permanent, and known in this lesson alone
    title: PLACEHOLDER Publisher, name of the page
    url: https://example.com/PLACEHOLDER
questions:                  # at least 3; what is asked can be learnt from the section, and not guessed
{questions}"""

_QUESTION = """\
  - id: {id}                 # permanent
    ask: PLACEHOLDER {ask}
    section: PLACEHOLDER The {section} point    # the label of the section it rests on
    options:                # 2-4, one or more of them right; alike in length and detail
{options}"""

_OPTION = """\
      - id: {id}              # permanent: answers are kept under it
        text: PLACEHOLDER {text}
        right: {right}
        why: PLACEHOLDER {why}
"""

_QUESTIONS = (
    ("recall", "Something to remember?", "first", 1),
    ("use", "A situation in which to use it?", "second", 2),
    ("misconception", "Where do many people go wrong?", "third", 0),
)
"""Id, what it asks, the section it rests on, the position of its right option."""


class Made(Record):
    """What was written, and what is left to do by hand."""

    files: tuple[Path, ...]
    left: str = ""


def make(folder: Path, theme: str, *, title: str = "", lesson: str = "", content: str = "") -> Made:
    """A new theme with its first lesson, or one more lesson in a theme that is there: `content`, or all gaps."""
    home = folder / theme
    _check("theme", theme, schema.LONGEST_THEME_ID)
    _check("lesson", lesson or FIRST, schema.LONGEST_LESSON_ID)
    if (home / THEME_FILE).exists():
        if not lesson:
            raise StudyError(f"{home / THEME_FILE} is there already.", "Add a lesson to it with --lesson.")
        return _add_lesson(home, lesson, content)
    lesson = lesson or FIRST
    words = {"id": theme, "title": _quote(title) or "PLACEHOLDER The name of the theme", "lesson": lesson}
    return Made((_write(home / THEME_FILE, _THEME.format(**words)), _write_lesson(home, 1, lesson, content)))


def translate(folder: Path, theme: str, lesson: str, *, language: str) -> Made:
    """A translation to be written over: a copy of the lesson that notes which state of it this is."""
    home = folder / theme
    if not schema.is_language(language):
        raise StudyError(f"“{language}” is no language code.", "Write de, fr or pt-BR.")
    file = _lessons(home).get(lesson)
    if file is None:
        raise StudyError(f"No lesson “{lesson}” is in {home}.", "Name one that is there with --lesson.")
    notes = Notes(str(file))
    source = tree.text(str(file), notes) or ""
    node = tree.grow(source, notes)
    draft = schema.lesson(node, notes) if node else None
    if draft is None or not notes.sound:
        raise StudyError(f"{file} has errors.", "Mend what “dualo content check” says of it first.")
    copied = tree.grow(said := rewriting.rewritten(source, _to_translate(source, draft)), Notes(""))
    line = copied.fields["id"].line if isinstance(copied, tree.Branch) else 0
    lines = said.split("\n")
    lines.insert(line, f"of: {translations.digest_of(draft)}")
    return Made((_write(file.with_suffix(f".{language}.yaml"), "\n".join(lines)),))


def _to_translate(source: str, raw: schema.RawLesson) -> dict[str, rewriting.Data]:
    """What a lesson says, without its former ids, and with the ids by which its options are known."""
    fields = rewriting.read(source)
    if not isinstance(fields, dict):
        return {}
    fields.pop("aliases", None)
    for question, its in zip(raw.questions, fields["questions"], strict=True):
        rows = its.get("options", []) if isinstance(its, dict) else []
        for option, row in zip(question.options, rows, strict=True):
            if isinstance(row, dict):
                row["id"] = option.id
    return fields


def _lessons(home: Path) -> dict[str, Path]:
    """The files of a theme's lessons, by their ids."""
    names = sorted(file.name for file in home.glob("*.yaml"))
    found: dict[str, Path] = {}
    for name in names:
        if name != THEME_FILE and not translations.language_of(name, names):
            node = tree.read(str(home / name), Notes(name))
            id = node.fields.get("id") if isinstance(node, tree.Branch) else None
            found[id.value if isinstance(id, tree.Leaf) else name] = home / name
    return found


def _add_lesson(home: Path, lesson: str, content: str) -> Made:
    theme = home / THEME_FILE
    written = _lessons(home)
    if lesson in written:
        raise StudyError(f"The lesson “{lesson}” is there already: {written[lesson]}.", "Choose another id.")
    numbers = [int(found[0]) for file in written.values() if (found := re.match(r"\d+", file.name))]
    made = _write_lesson(home, max(numbers, default=0) + 1, lesson, content)
    if _list_lesson(theme, lesson):
        return Made((theme, made))
    return Made((made,), f"Add “{lesson}” to the lessons in {theme}.")


def _list_lesson(theme: Path, lesson: str) -> bool:
    """Put the lesson at the end of the theme's list; False where the list is written in a way of its own."""
    notes = Notes(str(theme))
    node = tree.read(str(theme), notes)
    listed = node.fields.get("lessons") if isinstance(node, tree.Branch) else None
    if not isinstance(listed, tree.ListNode) or not listed.items:
        return False
    lines = theme.read_text(encoding="utf-8").split("\n")
    last = listed.items[-1].line
    found = re.match(r"(\s*- +)\S", lines[last - 1])
    if not found:
        return False
    lines.insert(last, f"{found[1]}{lesson}")
    theme.write_text("\n".join(lines), encoding="utf-8")
    return True


def _write_lesson(home: Path, number: int, lesson: str, content: str) -> Path:
    return _write(home / f"{number:02d}-{lesson}.yaml", content or _gaps(lesson))


def _gaps(lesson: str) -> str:
    questions = "".join(
        _QUESTION.format(id=id, ask=ask, section=section, options=_options(right))
        for id, ask, section, right in _QUESTIONS
    )
    return _LESSON.format(id=lesson, questions=questions)


def _options(right: int) -> str:
    wrong = iter((("confusion", "The usual confusion"), ("half", "Half of the truth"), ("near", "A neighbouring fact")))
    return "".join(
        _OPTION.format(id="right", text="The right answer", right="true", why="Why it is right.")
        if position == right
        else _OPTION.format(**dict(zip(("id", "text"), next(wrong), strict=True)), right="false", why="What is wrong.")
        for position in range(4)
    )


def _write(file: Path, content: str) -> Path:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8", newline="\n") as target:
            target.write(content)
    except FileExistsError:
        raise StudyError(f"{file} is there already.", "Choose another id, or move it away.") from None
    except OSError as error:
        raise StudyError(f"{file} cannot be written: {error.strerror}.", "Check the folder and its rights.") from None
    return file


def _check(what: str, id: str, longest: int) -> None:
    if wrong := schema.id_problem(id, longest):
        raise StudyError(f"{wrong[0]}.", wrong[1])


def _quote(title: str) -> str:
    """The title as YAML takes it, whatever is in it."""
    flat = " ".join(title.split())
    return "'" + flat.replace("'", "''") + "'" if flat else ""
