"""Each file and command that *Teach with Dualo* shows, completed to a whole theme and given to the real check."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from bot.core import typed
from bot.core.errors import StudyError
from bot.domain.questions import Question, QuestionKind
from bot.packs import load
from bot.process.cli import app as cli
from bot.process.main import taught
from tests.content import lessons

THEME = "teach-with-dualo"
PROSE = (
    "A pool keeps connections open and lends them. Past its limit, requests queue for one, and the queue is where "
    "the time goes. Measure how long a request waits for a connection before you enlarge the pool, because the "
    "database has a limit of its own. "
)
BEHIND = """
  - label: What to do about it
    text: >-
      {prose}
    sources: [pg-resources]
sources:
  - id: pg-resources
    title: PostgreSQL manual, Resource usage
    url: https://www.postgresql.org/docs/18/runtime-config-resource.html
questions:
"""
QUESTION = """
  - id: question-{at}
    ask: "{lesson}, case {at}: what happens?"
    section: {section}
    options:
{options}
"""
WRONG = """
- text: It opens its own connection
  right: false
  why: {why}
"""
RIGHT = """
- text: It waits until one returns
  right: true
  why: The pool lends what it has and no more.
"""
HEAD = """
id: {id}
title: Connection pools
summary: A pool reuses connections; past its limit, requests queue.
sections:
  - label: What a connection costs
    text: >-
      {prose}
    sources: [pg-resources]
  - label: What to measure
    text: |-
      {listed}
    sources: [pg-resources]
"""
FOLDER = """
id: pools
emoji: 📬
title: Pools
description: What a pool promises, and what it leaves to you.
language: en
licence: MIT
lessons:
  - connection-pools
"""


def whole(head: str, *, wrong: str = WRONG.format(why="Then it would be no pool."), prose: str = PROSE * 4) -> str:
    """A lesson that begins like this, with all that the form asks for, and a question on each section."""
    other = WRONG.format(why="Then it would be no pool.")
    options = [wrong + RIGHT, RIGHT + other, other + RIGHT]
    begun = yaml.safe_load(head)
    labels = [*(section["label"] for section in begun["sections"]), "What to do about it"]
    asked = [
        QUESTION.format(
            at=at,
            lesson=begun["id"],
            section=label,
            options=textwrap.indent(textwrap.dedent(given).strip(), " " * 6),
        )
        for at, (label, given) in enumerate(zip(labels, options, strict=True))
    ]
    return head.rstrip() + BEHIND.format(prose=prose) + "".join(asked)


def head(lesson_id: str, *, prose: str = PROSE * 4, listed: str = "- the wait\n      - the queue") -> str:
    return HEAD.format(id=lesson_id, prose=prose, listed=listed).lstrip()


def put(folder: Path, theme: str, **files: str) -> Path:
    """A folder of themes with one theme in it."""
    place = folder / yaml.safe_load(theme)["id"]
    place.mkdir(parents=True)
    (place / "theme.yaml").write_text(theme.lstrip(), "utf-8")
    for number, (name, text) in enumerate(files.items(), 1):
        (place / f"{number:02d}-{name.replace('_', '-')}.yaml").write_text(text, "utf-8")
    return folder


def questions(folder: Path) -> Sequence[Question]:
    """Those of the one lesson in a folder of themes, as the bot reads it."""
    (lesson,) = load.load([folder]).shelf.lessons
    return lesson.questions


def dualo(*arguments: str | Path) -> tuple[int, str]:
    """The operator's command: how it ended and what it said."""
    done = CliRunner().invoke(cli.app, list(map(str, arguments)), env={"COLUMNS": "200"})
    return done.exit_code, done.output


def content(*arguments: str | Path) -> tuple[int, str]:
    return dualo("content", *arguments)


def form_samples() -> tuple[str, str]:
    """What the lesson on form shows: a lesson begun, and three titles."""
    begun, titles = [each.code for each in lessons.samples(THEME) if each.lesson == "form-of-a-lesson"]
    return begun, titles


def pools(folder: Path, begun: str, *, title: str = "title: Connection pools") -> Path:
    """The lesson begun, made whole, as the only one of a theme."""
    lesson = whole(begun.replace("[pg]", "[pg-resources]")).replace("title: Connection pools", title)
    return put(folder, FOLDER.replace("- connection-pools", "- pools"), pools=lesson)


def test_no_sample_stands_in_a_lesson_without_a_test() -> None:
    assert [(each.lesson, each.language) for each in lessons.samples(THEME)] == [
        ("form-of-a-lesson", "yaml"),
        ("form-of-a-lesson", "yaml"),
        ("questions-that-teach", "yaml"),
        ("from-notes-to-theme", "yaml"),
        ("from-notes-to-theme", "yaml"),
        ("running-a-theme", "text"),
    ]


def test_the_lesson_that_is_begun_passes_the_check_once_it_is_whole(tmp_path: Path) -> None:
    begun, _ = form_samples()
    first, second = yaml.safe_load(begun)["sections"]
    assert first["text"] == "Prose: line breaks fold into spaces."
    assert second["text"] == "- lists and code:\n- line breaks stay"
    assert first["sources"] == second["sources"] == ["pg"]
    code, said = content("check", pools(tmp_path, begun))
    assert (code, "no errors" in said) == (0, True), said


def test_of_the_three_titles_two_are_errors_one_is_cut_and_in_quotes_each_is_right(tmp_path: Path) -> None:
    begun, titles = form_samples()
    read = {}
    for at, line in enumerate(titles.splitlines()):
        title, _, told = line.removeprefix("title: ").partition("  # ")
        bare = pools(tmp_path / f"bare{at}", begun, title=line)
        quoted = pools(tmp_path / f"quoted{at}", begun, title=f'title: "{title}"')
        (lesson,) = load.load([quoted]).shelf.lessons
        assert lesson.title == title
        read[told] = [each.title for each in load.load([bare]).shelf.lessons]
    assert read == {"error": [], "reads: Pool": ["Pool"]}


def test_the_option_with_its_why_passes_the_check(tmp_path: Path) -> None:
    option = lessons.sample(THEME, "questions-that-teach", "yaml")
    assert len(yaml.safe_load(option)) == 1
    lesson = whole(head("connection-pools"), wrong=option)
    code, said = content("check", "--strict", put(tmp_path, FOLDER, connection_pools=lesson))
    assert code == 0, said


def test_the_theme_and_the_alias_pass_the_check_and_no_id_vanishes(tmp_path: Path) -> None:
    theme, renamed = [each.code for each in lessons.samples(THEME) if each.lesson == "from-notes-to-theme"]
    first = whole(head("at-least-once"))
    before = put(
        tmp_path / "before",
        theme.replace("idempotency]", "idempotent-tasks]"),
        at_least_once=first,
        idempotent_tasks=whole(head("idempotent-tasks")),
    )
    named = whole(head("idempotency"))
    after = put(tmp_path / "after", theme, at_least_once=first, idempotency=named.replace("id: idempotency\n", renamed))
    code, said = content("check", "--strict", after, "--against", before)
    assert code == 0, said
    without = put(tmp_path / "without", theme, at_least_once=first, idempotency=named)
    code, said = content("check", without, "--against", before)
    assert (code, "idempotent-tasks" in said) == (1, True), said


def test_a_list_under_a_folding_block_is_one_bullet(tmp_path: Path) -> None:
    lesson = whole(head("connection-pools", listed="- first\n      - second\n      - third").replace("|-", ">-"))
    place = put(tmp_path, FOLDER, connection_pools=lesson)
    assert content("check", "--strict", place)[0] == 0
    assert "first - second - third" in content("preview", "connection-pools", "--folder", place)[1]
    assert lessons.question(THEME, "form-of-a-lesson", "run-on-list").right == "One bullet, “first - second - third”"


def test_a_full_stop_in_a_label_is_warned_of(tmp_path: Path) -> None:
    lesson = whole(head("connection-pools")).replace("What to measure", "What to measure.")
    code, said = content("check", put(tmp_path, FOLDER, connection_pools=lesson))
    assert (code, "[label-stop]" in said) == (0, True), said


def test_of_the_three_lines_the_check_accepts_the_right_one(tmp_path: Path) -> None:
    asked = lessons.question(THEME, "form-of-a-lesson", "quoted-why")
    codes = {}
    for at, option in enumerate((asked.right, *asked.wrong)):
        why = option.strip("`").removeprefix("why: ")
        lesson = whole(head("connection-pools"), wrong=WRONG.format(why=why))
        codes[option] = content("check", put(tmp_path / str(at), FOLDER, connection_pools=lesson))[0]
    assert codes == {asked.right: 0, asked.wrong[0]: 1, asked.wrong[1]: 1}


@pytest.mark.parametrize(
    ("prose", "rule"),
    [("プールは接続を貸し出す。" * 140, " bytes"), (PROSE * 9, "4,000")],
    ids=["three bytes a sign", "two ideas in one"],
)
def test_a_lesson_that_does_not_fit_one_message_is_refused(tmp_path: Path, prose: str, rule: str) -> None:
    lesson = whole(head("connection-pools", prose=prose), prose=prose)
    code, said = content("check", put(tmp_path, FOLDER, connection_pools=lesson))
    assert code == 1
    assert rule in said


def test_a_draft_is_refused_for_its_two_sections_and_for_nothing_else(tmp_path: Path) -> None:
    """Two sections, five sources, seven questions; with a third section the same draft is taken."""
    lesson = whole(head("connection-pools"))
    more = "".join(
        f"  - id: source-{each}\n    title: Another page\n    url: https://www.postgresql.org/docs/18/{each}.html\n"
        for each in range(4)
    )
    lesson = lesson.replace("questions:\n", f"{more}questions:\n")
    lesson = lesson.replace(
        "sources: [pg-resources]", "sources: [pg-resources, source-0, source-1, source-2, source-3]"
    )
    first, second, _ = re.findall(r"  - id: question-\d\n.*?(?=  - id: question|\Z)", lesson, re.DOTALL)
    again = [re.sub(r"question-\d", f"again-{at}", each) for at, each in enumerate((first, second, second, second))]
    lesson = "\n".join((lesson, *again))
    code, said = content("check", put(tmp_path / "three", FOLDER, connection_pools=lesson))
    assert code == 0, said
    third = re.compile(r"  - label: What to do about it\n.*?(?=sources:\n  - id)", re.DOTALL)
    two = third.sub("", lesson).replace("section: What to do about it", "section: What to measure")
    code, said = content("check", put(tmp_path / "two", FOLDER, connection_pools=two))
    assert (code, "sections" in said, said.count(": error:")) == (1, True, 1), said
    assert "fewer than three" in lessons.question(THEME, "form-of-a-lesson", "refused-draft").right


def test_a_file_that_the_theme_does_not_list_is_an_error(tmp_path: Path) -> None:
    files = {"connection_pools": whole(head("connection-pools")), "retries": whole(head("retries"))}
    code, said = content("check", put(tmp_path, FOLDER, **files))
    assert (code, "retries" in said) == (1, True), said
    assert lessons.question(THEME, "from-notes-to-theme", "unlisted-file").right.startswith("It reports an error")


def test_a_restart_teaches_what_is_sound_and_leaves_out_a_theme_with_an_error(tmp_path: Path) -> None:
    put(tmp_path, FOLDER, connection_pools=whole(head("connection-pools")))
    long = whole(head("connection-pools", prose=PROSE * 9), prose=PROSE * 9)
    put(tmp_path, FOLDER.replace("id: pools", "id: longer"), connection_pools=long)
    assert [theme.id for theme in taught([tmp_path]).shelf.themes] == ["pools"]
    assert "it teaches sound themes" in lessons.said(THEME, "from-notes-to-theme")


def test_each_lesson_asks_for_several_options_or_a_typed_answer() -> None:
    found = lessons.kinds(THEME)
    assert len(found) == 4
    assert [lesson for lesson, kinds in found.items() if not kinds - {QuestionKind.ONE}] == []


def test_a_typed_keyword_is_taken_in_any_case_and_with_any_spaces(tmp_path: Path) -> None:
    asked = lessons.asked(THEME, "questions-that-teach", "typed-keyword")
    accept = re.search(r"accept: \[.*?\]", asked.ask.source)
    assert accept is not None
    answer = f"    answer: {{{accept[0]}, why: The row that is locked is passed over.}}"
    first_options = re.compile(r"    options:\n.*?(?=\n  - id: question-1)", re.DOTALL)
    lesson = first_options.sub(answer, whole(head("connection-pools")), count=1)
    given, *_ = questions(put(tmp_path, FOLDER, connection_pools=lesson))
    taken = {option.id for option in asked.options if given.judge(option.text.plain)}
    assert taken == {option.id for option in asked.options if option.right}


def test_an_option_with_an_id_stays_itself_when_it_is_reworded(tmp_path: Path) -> None:
    named = "\n- id: own\n  text: It opens a connection of its own\n  right: false\n  why: Then it would be no pool.\n"
    bare = named.replace("id: own\n  ", "")
    same = {}
    for option, wrong in (("named-option", named), ("bare-option", bare)):
        ids = []
        for words in ("opens a connection", "opens another connection"):
            lesson = whole(head("connection-pools"), wrong=wrong.replace("opens a connection", words))
            question, *_ = questions(put(tmp_path / option / words, FOLDER, connection_pools=lesson))
            ids.append({each.id for each in question.options if not each.right})
        same[option] = ids[0] == ids[1]
    rights = {
        option.id: option.right for option in lessons.asked(THEME, "from-notes-to-theme", "keeps-its-record").options
    }
    assert same == {option: rights[option] for option in same}


def test_the_gap_for_a_year_is_the_range_of_2008() -> None:
    assert "5–10 % of a one-year delay (2008)" in lessons.said(THEME, "running-a-theme")
    asked = lessons.asked(THEME, "running-a-theme", "gap-for-a-year")
    year = [round(365 * share) for share in (0.05, 0.1)]
    months = [round(365 * share) for share in (0.2, 0.4)]
    assert [asked.judge(str(days)) for days in (*year, *months)] == [True, True, False, False]


def test_silly_options_leave_a_guesser_as_many_right_answers_as_before() -> None:
    said = lessons.said(THEME, "questions-that-teach")
    assert "Four options, of which nobody picks two, leave an even guess: 6 of 12 questions" in said
    assert "Three good ones leave 4 of 12" in said
    assert (12 / (4 - 2), 12 / 3) == (6, 4)
    asked = lessons.question(THEME, "questions-that-teach", "two-silly-options")
    assert "30 questions with one right option and one good distractor" in asked.ask
    assert asked.right == f"{30 // 2}, then {30 // (4 - 2)}"


def is_there(line: str) -> bool:
    try:
        typed.parse(line)
    except StudyError as refusal:
        return "no command" not in refusal.message
    return True


def test_every_command_that_a_section_names_is_there() -> None:
    text = " ".join(lessons.said(THEME, str(each["id"])) for each in lessons.written(THEME))
    slashes = sorted(set(re.findall(r"`(/[a-z][a-z -]*)`", text)))
    assert "/quiz" in slashes
    assert "/study-admin setup" in slashes
    assert [line for line in (*slashes, "/no-such-thing") if not is_there(line)] == ["/no-such-thing"]
    shown = content("--help")[1]
    assert [verb for verb in re.findall(r"`dualo content ([a-z]+)`", text) if verb not in shown] == []
    assert "--against" in content("check", "--help")[1]


def test_a_new_theme_is_begun_with_placeholders_that_the_check_refuses(tmp_path: Path) -> None:
    assert content("new", "queues", "--title", "Queues that survive Monday", "--folder", tmp_path)[0] == 0
    code, said = content("check", tmp_path)
    assert (code, "[placeholder]" in said) == (1, True)
