"""What every page holds, whoever paints it: layout loses nothing of a view and takes nobody's words for markup."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from bot.core import actions, blocks, layout, text, views
from bot.core.record import Record, replace
from bot.domain.course import Shelf
from bot.features import commands
from bot.features.commands import Command
from tests.conftest import Learner
from tests.contracts import samples

USUAL, PLAIN = views.Reader(timezone="Europe/Paris"), views.Reader(timezone="Europe/Paris", plain=True)
EVERY: Mapping[str, views.View] = samples.every() | {
    f"{name} full of {words}": view for words in samples.HOSTILE for name, view in samples.hostile(words).items()
}


def within(value: object) -> Iterator[object]:
    """The value and everything that it holds, but what stands within authored text and within commands."""
    yield value
    if isinstance(value, tuple):
        for each in value:
            yield from within(each)
    elif isinstance(value, Record) and not isinstance(value, text.Text | Command):
        for name in value.__struct_fields__:
            yield from within(getattr(value, name))


def pages(reader: views.Reader = USUAL) -> Iterator[tuple[str, views.View, blocks.Page]]:
    for name, view in EVERY.items():
        yield name, view, layout.page(view, reader)


def held(page: blocks.Page) -> list[Command]:
    """The commands that a page's buttons, menus and answers stand for; a row that opens is one way more."""
    found: list[Command] = []
    for each in within(page):
        match each:
            case actions.Action(command=command) | actions.ChoiceOption(command=command):
                found.append(command)
            case views.AnswerOption(command=command):
                found.append(command)
    return found


def test_no_command_of_a_view_is_lost_or_said_twice() -> None:
    for reader in (USUAL, PLAIN):
        for name, view, page in pages(reader):
            assert (name, sorted(map(str, held(page)))) == (name, sorted(map(str, samples.offered(view))))


def test_what_authors_marked_up_stays_text_and_nothing_else_becomes_it() -> None:
    for name, view, page in pages():
        authored = {id(each) for each in within(view) if isinstance(each, text.Text)}
        assert {id(each) for each in within(page) if isinstance(each, text.Text)} <= authored, name
        if not isinstance(view, views.Verdict):  # the right answer is not said twice to those who gave it
            assert {id(each) for each in within(page) if isinstance(each, text.Text)} == authored, name


NOT_SAID = {
    *((views.ThemeCard, "id"), (views.LessonCard, "id"), (views.LessonCard, "theme"), (views.Download, "mime")),
    (views.Someone, "person"),
    *((view, "mention") for view in (views.LessonPost, views.ClosingPost, views.Reminder)),
}
"""Names that are for us, whom a post calls (the page's `call`), and people, whom another test looks for."""
SAID_WHERE_IT_HELPS = {(views.ThemeCard, "line"), (views.LessonCard, "summary")}
"""Details of a card: not on every page that names it."""


def test_every_word_of_a_view_is_on_its_page() -> None:
    for name, view, page in pages():
        shown = "\n".join(words(page))
        assert (name, [said for said in words_of(view) if said.rstrip(".") not in shown]) == (name, [])


def words_of(value: object) -> Iterator[str]:
    """What a view says, field by field."""
    if isinstance(value, tuple):
        for each in value:
            yield from words_of(each)
    elif isinstance(value, Record) and not isinstance(value, text.Text | Command | actions.Form):
        for name in value.__struct_fields__:
            if (type(value), name) in NOT_SAID | SAID_WHERE_IT_HELPS:
                continue
            held = getattr(value, name)
            if isinstance(held, str) and not isinstance(held, views.Tone):
                yield held
            else:
                yield from words_of(held)


def test_every_page_says_where_its_reader_stands() -> None:
    said = {name: list(words(page)) for name, _, page in pages()}
    for name in ("question", "right", "wrong"):
        assert "Question 2 of 5" in said[name]
    for name in ("lesson", "lesson done", "lesson shared"):
        assert {"Lesson 4 of 10", "4 minutes"} <= set(said[name])
    assert {"Lesson 4 of 12", "4 minutes"} <= set(said["post"])
    assert {"Lesson 4 of 12", "Lesson 1 of 12"} <= set(said["reminder"])
    assert "lesson 4" in said["saved"]
    for name in ("recorded", "recorded again", "not recorded"):
        assert "4 / 10" in said[name]


def test_only_where_there_are_due_reviews_somebody_is_told_of_them() -> None:
    told = {name for name, view in EVERY.items() if "to review" in " ".join(words(layout.page(view, USUAL)))}
    assert told == {name for name, view in EVERY.items() if getattr(view, "reviews", 0)} != set()


def test_what_is_shared_speaks_of_nobody() -> None:
    lesson, progress = EVERY["lesson done"], EVERY["progress"]
    assert isinstance(lesson, views.LessonPage)
    assert isinstance(progress, views.ProgressPage)
    for view in (replace(lesson, shared=True), replace(progress, shared=True)):
        page = layout.page(view, USUAL)
        assert [word for word in words(page) if "Done on" in word or "This week" in word or "to review" in word] == []
        assert [command for command in held(page) if isinstance(command, commands.Undo)] == []
    reminder = EVERY["reminder"]
    assert isinstance(reminder, views.Reminder)
    in_channel = layout.page(replace(reminder, mention="ada", suggested_by=views.Someone("boss")), USUAL)
    assert [each for each in within(in_channel.blocks) if isinstance(each, views.Someone)] == []


def test_a_right_answer_is_said_once_and_a_wrong_one_beside_the_right_one() -> None:
    for name, labels in (("right", ["Your answer:"]), ("wrong", ["Your answer:", "The right answer:"])):
        blocks_of = layout.page(EVERY[name], USUAL).blocks
        assert [each.label for each in blocks_of if isinstance(each, blocks.Prose) and each.subject] == labels


def test_only_what_a_handler_says_may_have_its_commands_written_as_a_platform_types_them() -> None:
    words = "Type /next, please"
    ours = {"notice": 2, "help": 3, "settings": 1, "privacy": 1, "form": 1, "setup form": 1, "download": 1, "home": 1}
    ours |= {"own page": 2, "listing": 2, "reminder": 2, "question": 1, "verdict": 1}
    found = {
        name: [each for each in within(layout.page(view, USUAL).blocks) if isinstance(each, blocks.Sentence)]
        for name, view in samples.hostile(words).items()
    }
    assert {name: len(sentences) for name, sentences in found.items() if sentences} == ours


def test_a_front_end_with_a_painter_tells_no_views_apart() -> None:
    """So a new view touches the views and the layout alone. A form is asked for in each front end's own way, and a
    notice is what a front end itself says."""
    known = {view.__name__ for view in typing.get_args(views.View)} - {"FormPage", "Notice"}
    painters = list(Path("adapters").glob("*/painter.py"))
    assert painters
    for painter in painters:
        for file in painter.parent.glob("*.py"):
            named = set(re.findall(r"\bviews\.(\w+)", file.read_text("utf-8")))
            assert (str(file), named & known) == (str(file), set())


def test_every_view_has_one_layout() -> None:
    assert set(layout.parts._LAYOUTS) == set(typing.get_args(views.View))
    with pytest.raises(ValueError, match="Catalogue is laid out twice"):
        layout.parts.lays_out(views.Catalogue)(layout.parts.layout_of(EVERY["catalogue"]))


def test_a_page_says_what_it_is_for() -> None:
    wanted = {
        blocks.Purpose.READING: {views.LessonPage},
        blocks.Purpose.STEP: {views.QuestionPage, views.Verdict, views.Score},
        blocks.Purpose.NOTE: {views.Notice, views.OwnPageLink},
        blocks.Purpose.REFUSAL: {views.Notice},
        blocks.Purpose.FORM: {views.FormPage},
        blocks.Purpose.FILE: {views.Download},
    }
    found: dict[blocks.Purpose, set[type]] = {}
    for _, view, page in pages():
        found.setdefault(page.purpose, set()).add(type(view))
    assert {purpose: kinds for purpose, kinds in found.items() if purpose is not blocks.Purpose.PAGE} == wanted
    for reader in (USUAL, PLAIN):
        assert layout.page(EVERY["sorry"], reader).purpose is blocks.Purpose.REFUSAL
        assert layout.page(EVERY["notice"], reader).purpose is blocks.Purpose.NOTE
    post = EVERY["post"]
    assert isinstance(post, views.LessonPost)
    assert layout.page(post, USUAL).thread == f"4. {post.title}"
    assert layout.page(replace(post, thread=False), USUAL).thread == ""


def test_every_source_is_there() -> None:
    for name, view, page in pages():
        sources = [each for each in within(view) if isinstance(each, views.SourceLink)]
        assert (name, [each for each in within(page) if isinstance(each, views.SourceLink)]) == (name, sources)


def test_whoever_and_whatever_a_view_names_is_there() -> None:
    named = (views.Place, views.Someone, views.Group)
    for name, view, page in pages():
        if not (isinstance(view, views.Reminder) and view.mention):  # in a channel nobody else is named
            wanted = {str(each) for each in within(view) if isinstance(each, named)}
            assert wanted <= {str(each) for each in within(page) if isinstance(each, named)}, name


def test_a_post_and_a_reminder_call_their_one_and_nothing_else_does() -> None:
    for name, view, page in pages():
        wanted: blocks.Call | None = None
        if isinstance(view, views.LessonPost | views.ClosingPost) and view.mention:
            wanted = blocks.Call(views.Group(view.mention), "For")
        elif isinstance(view, views.Reminder) and view.mention:
            wanted = blocks.Call(views.Someone(view.mention), "For")
        assert (name, page.call) == (name, wanted)


def test_a_plain_reader_gets_words_alone() -> None:
    signs = (blocks.Sign, blocks.Bar, blocks.Picture, blocks.Diagram)
    for name, _, page in pages(PLAIN):
        assert (name, [each for each in within(page) if isinstance(each, signs)], page.tone) == (name, [], None)
    drawn = {type(each) for _, _, page in pages(USUAL) for each in within(page)}
    assert set(signs) <= drawn


def test_plain_words_say_how_far_somebody_is_and_what_is_done() -> None:
    said = {name: "\n".join(words(page)) for name, _, page in pages(PLAIN)}
    assert "3 / 10 lessons done" in said["theme"]
    assert "4 / 10 lessons done" in said["home"]
    assert "done" in said["theme"].split("\n")
    assert "The last 26 weeks" in said["progress"]
    assert "needs attention" in said["schedules"]


def words(page: blocks.Page) -> Iterator[str]:
    for each in within(page.blocks):
        match each:
            case str():
                yield each
            case text.Text():
                yield each.plain
            case _:
                continue


def test_every_page_is_called_something_and_has_at_most_one_title() -> None:
    for name, _, page in pages():
        titles = [each for each in page.blocks if isinstance(each, blocks.Heading) and each.level == 1]
        leads = [each for each in page.blocks if isinstance(each, blocks.Lead | blocks.Letters)]
        assert (name, len(titles) + len(leads)) == (name, 1)
        assert page.title, name
        assert page.spoken, name


def test_a_sign_stands_at_the_beginning_of_its_line_beside_words() -> None:
    for name, _, page in pages():
        for line in within(page):
            if isinstance(line, tuple) and any(isinstance(each, blocks.Sign) for each in line):
                assert [at for at, each in enumerate(line) if isinstance(each, blocks.Sign)] == [0], name
                assert blocks.words(line).strip(), name


def test_a_bar_is_full_only_at_the_end_and_empty_only_at_the_beginning() -> None:
    bars = [blocks.Bar(done, 200, "", "") for done in (0, 1, 100, 199, 200, 250)]
    assert [bar.filled(10) for bar in bars] == [0, 1, 5, 9, 10, 10]
    assert blocks.Bar(0, 0, "", "").filled(10) == 0


def test_one_is_not_many() -> None:
    post = samples.plain()["post after a week"]
    assert isinstance(post, views.LessonPost)
    for done, said in ((1, "1 has done this."), (1234, "1,234 have done this.")):
        assert said in list(words(layout.page(replace(post, done=done), USUAL)))


# The engine's own answers -----------------------------------------------------------------------------------------


async def met(learner: Learner, shelf: Shelf) -> list[views.View]:
    """What a learner sees who reads, records, practises and looks back."""
    theme = shelf.themes[0].id
    lines = ("study", "themes", f"theme {theme}", f"lesson {theme} 1", "next", "done", "done", f"quiz {theme} 2")
    later = ("progress", "find the", "saved", "settings", "privacy", "help", f"lesson {theme} 1", f"theme {theme}")
    return [await learner.types(line) for line in (*lines, *later)]


async def test_an_answer_has_at_most_one_button_that_stands_out(ada: Learner, shelf: Shelf) -> None:
    for view in await met(ada, shelf):
        primary = [each for each in within(layout.page(view, USUAL)) if isinstance(each, actions.Action)]
        assert sum(each.primary for each in primary) <= 1, view


async def test_the_button_that_stands_out_in_a_lesson_records_it(ada: Learner, shelf: Shelf) -> None:
    """Until it is done: then nothing is left to be recorded, and the way onwards stands first."""
    theme = shelf.themes[0]
    for lesson in (theme.lessons[0], theme.lessons[-1]):
        read = await ada.does(commands.OpenLesson(theme=theme.id, lesson=lesson.id))
        assert standing_out(read) == [commands.Done(lesson=str(lesson.key))]
        await ada.does(commands.Done(lesson=str(lesson.key)))
        assert standing_out(await ada.does(commands.OpenLesson(theme=theme.id, lesson=lesson.id))) == []


def standing_out(view: views.View) -> list[Command]:
    found = within(layout.page(view, USUAL))
    return [each.command for each in found if isinstance(each, actions.Action) and each.primary]


async def test_done_next_is_what_a_lesson_that_is_not_the_last_says(ada: Learner, shelf: Shelf) -> None:
    theme = shelf.themes[0].id
    for line in (f"lesson {theme} 1", f"next {theme}", "next"):
        page = layout.page(await ada.types(line), USUAL)
        primary = [each for each in within(page) if isinstance(each, actions.Action) and each.primary]
        assert (line, [each.label for each in primary]) == (line, ["Done – next"])
