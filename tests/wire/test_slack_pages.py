"""How views are drawn in Slack: within its limits, spoken in words, and with nothing in them that Slack would parse."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from adapters.slack import home_tabs, painter, preview, speech
from adapters.slack.payload import CommandNames
from adapters.slack.rich import Voice
from bot.core import actions, text, views
from bot.core.actions import Action, Choice, ChoiceOption, Confirm
from bot.core.record import replace
from bot.features import commands
from tests.contracts import samples, slack_reading
from tests.contracts.samples import doing, reading
from tests.contracts.samples.words import NOON
from tests.wire.slack.rules import check_blocks, check_view, count_text

READER = views.Reader(timezone="Europe/Paris")
PLAIN = views.Reader(timezone="Europe/Paris", plain=True)
EVERY = samples.every() | {
    f"{name} full of {words}": view for words in samples.HOSTILE for name, view in samples.hostile(words).items()
}


@pytest.mark.parametrize("reader", [READER, PLAIN], ids=["signs", "plain"])
def test_slack_takes_every_page(reader: views.Reader) -> None:
    for name, view in EVERY.items():
        payload: Any = painter.message(painter.draw(view, reader))
        assert (name, check_blocks(payload["blocks"])) == (name, [])
        assert count_text(payload["blocks"]) <= painter.BLOCK_TEXT, name
        assert 0 < len(payload["text"]) <= speech.FALLBACK, name
        assert (name, painter.fits(view, reader)) == (name, [])


def test_plain_mode_has_neither_bars_nor_signs() -> None:
    for name, view in EVERY.items():
        shown = str(painter.draw(view, PLAIN).blocks)
        assert (name, [sign for sign in "▰▱▁▂▃▄▆█✓✅❌⚠" if sign in shown]) == (name, [])


def test_every_command_of_a_view_can_be_pressed_by_everybody() -> None:
    for reader in (READER, PLAIN):
        for name, view in EVERY.items():
            assert (name, pressed(view, reader)) == (name, sorted(map(str, samples.offered(view))))


def pressed(view: views.View, reader: views.Reader) -> list[str]:
    """What the buttons and the options of a message stand for."""
    held = slack_reading.every(list(painter.draw(view, reader).blocks))
    return sorted(str(actions.read(each["value"])) for each in held if "value" in each)


def test_a_page_neither_begins_nor_ends_with_a_line_across() -> None:
    for name, view in EVERY.items():
        drawn = painter.draw(view, READER).blocks
        assert (name, "divider" in (drawn[0]["type"], drawn[-1]["type"])) == (name, False)


def test_details_go_before_rows_and_rows_say_how_many_are_missing() -> None:
    lessons = tuple(reading.lesson_card(number, f"Title of {number} " + "x" * 60) for number in range(1, 201))
    page = views.ThemePage(reading.theme_card(), "", lessons)
    few, some, all_of_them = (shown(replace(page, lessons=lessons[:number])) for number in (10, 90, 200))
    assert lessons[0].summary in few
    assert lessons[0].summary not in some
    assert some.count("Title of ") == 90
    assert all_of_them.count("Title of ") == 90
    assert "and 110 more" in all_of_them


def shown(view: views.View) -> str:
    return slack_reading.words(view)


@pytest.mark.parametrize("words", samples.HOSTILE)
def test_nothing_that_is_sent_is_ever_parsed(words: str) -> None:
    for name, view in samples.hostile(words).items():
        payload: Any = painter.message(painter.draw(view, READER))
        assert [each for each in slack_reading.every(payload["blocks"]) if each.get("type") == "mrkdwn"] == [], name
        assert "<" not in payload["text"], name
        assert not any(f"@{group}" in payload["text"] for group in ("here", "channel", "everyone")), name
        assert (payload["mrkdwn"], payload["parse"]) == (False, "none")


def _without_drawings(drawn: str) -> str:
    """A preview without the pictures that it holds itself, in which nothing runs."""
    return re.sub(r'<img alt="[^"<>]*" src="data:image/svg\+xml;base64,[A-Za-z0-9+/=]+">', "", drawn)


@pytest.mark.parametrize("words", samples.HOSTILE)
def test_hostile_words_stay_words_in_the_preview(words: str) -> None:
    for name, view in samples.hostile(words).items():
        drawn = _without_drawings(preview.preview(view, READER))
        assert "<script" not in drawn, name
        assert "<iframe" not in drawn, name
        assert "<img" not in drawn, name
        assert "javascript:" not in drawn.replace("](javascript:", ""), name


def test_every_block_holds_to_slacks_own_types() -> None:
    folder = os.environ.get("DUALO_SPECS", "")
    path = Path(folder) / "slack_blockkit.schema.json"
    if not folder or not path.exists():
        pytest.skip("DUALO_SPECS names no folder with slack_blockkit.schema.json")
    definitions = json.loads(path.read_text())["definitions"]
    homes = {json.dumps(block): name for name, view in EVERY.items() for block in slack_reading.blocks(view)}
    checkers: dict[str, Any] = {}
    for written, name in homes.items():  # what several views have alike is looked at once
        block = json.loads(written)
        kind = {"$ref": f"#/definitions/{block['type'].title().replace('_', '')}Block"}
        assert kind in definitions["KnownBlock"]["anyOf"], name
        checker = checkers.setdefault(kind["$ref"], jsonschema.Draft7Validator({**kind, "definitions": definitions}))
        assert [error.message for error in checker.iter_errors(block)] == [], name


def test_home_is_within_its_limits_whatever_stands_on_it() -> None:
    everything = views.Reply(samples.catalogue(60), READER)
    view = home_tabs.view(views.Reply(reading.home(), READER), everything, CommandNames("acme"), manages=True)
    assert check_view(view, "home") == []


def test_a_select_holds_a_hundred_and_the_rest_goes_into_another() -> None:
    options = tuple(ChoiceOption(f"{n}. Lesson", commands.OpenLesson(theme="t", lesson=f"l{n}")) for n in range(250))
    drawn = painter.draw(views.Notice("Choose.", actions=(Choice("Open a lesson", options),)), READER)
    elements: Any = drawn.blocks[-1]["elements"]
    assert [len(each["options"]) for each in elements] == [100, 100, 50]
    assert elements[1]["placeholder"]["text"] == "Open a lesson (101–200)"
    assert check_blocks(list(drawn.blocks)) == []


def test_what_loses_something_is_asked_first() -> None:
    action = Action("Erase", commands.Erase(), confirm=Confirm("Really?", "It is gone then.", "Erase it"))
    button: Any = painter.draw(views.Notice("x", actions=(action,)), READER).blocks[-1]["elements"]
    assert button[0]["confirm"]["confirm"]["text"] == "Erase it"
    assert button[0]["confirm"]["style"] == "danger"


def test_what_is_too_long_for_one_message_says_so() -> None:
    page = reading.lesson_page()
    long = replace(page, sections=tuple(views.LessonSection("x", text.parse("word " * 500)) for _ in range(8)))
    many = replace(page, sections=tuple(views.LessonSection("x", text.parse("word")) for _ in range(60)))
    assert painter.fits(page, READER) == []
    assert "characters" in painter.fits(long, READER)[0]
    assert "blocks" in painter.fits(many, READER)[0]


def test_a_date_is_shown_in_the_own_time_of_whoever_looks() -> None:
    page = replace(reading.lesson_page(), done_on=NOON)
    dates = [each for each in slack_reading.every(slack_reading.blocks(page)) if each.get("type") == "date"]
    assert dates == [
        {"type": "date", "timestamp": int(NOON.timestamp()), "format": "{date_short_pretty}",
         "fallback": "5 Oct 2026"}
    ]  # fmt: skip


def test_markup_becomes_native_rich_text() -> None:
    said = text.parse(
        "A **bold** and *slanted* `code_with_*signs*` [link](https://e.example/a_b).\n\n"
        "- one\n- **two**\n\n```\nx < y\n```"
    )
    page = replace(reading.lesson_page(), sections=(views.LessonSection("Label", said),))
    block = next(each for each in slack_reading.blocks(page) if "Label." in str(each))
    kinds = [each["type"] for each in block["elements"]]
    assert kinds == ["rich_text_section", "rich_text_list", "rich_text_preformatted"]
    styled = {each["text"]: each.get("style") for each in block["elements"][0]["elements"]}
    assert styled["Label."] == styled["bold"] == {"bold": True}
    assert styled["slanted"] == {"italic": True}
    assert styled["code_with_*signs*"] == {"code": True}
    assert block["elements"][0]["elements"][-2] == {"type": "link", "url": "https://e.example/a_b", "text": "link"}
    assert block["elements"][2]["elements"] == [{"type": "text", "text": "x < y"}]


def test_words_for_screen_readers_leave_out_bars_and_buttons() -> None:
    spoken = painter.draw(doing.progress_page(), READER).spoken
    assert spoken.startswith("How far you are.")
    assert "Backend Architectures, followed, 1 / 10 lessons done" in spoken
    assert "The last 26 weeks: " in spoken
    assert not set(spoken) & set("▰▱▁▂▃▄▆█🏗️✓")
    assert "Undo" not in spoken


def test_words_for_screen_readers_say_each_thing_once() -> None:
    lines = painter.draw(reading.lesson_page(), READER).spoken.split("\n")
    assert lines[:2] == [
        "Lesson 4 of 10 in Backend Architectures: Concurrency models – threads, events, goroutines.",
        "4 minutes",
    ]
    for name, view in samples.plain().items():
        first, *others = painter.draw(view, READER).spoken.split("\n")
        assert (name, [each for each in others if each.rstrip(".") == first.rstrip(".")]) == (name, [])


def test_the_progress_of_a_theme_is_spoken_once() -> None:
    for reader in (READER, PLAIN):
        spoken = painter.draw(samples.every()["theme"], reader).spoken
        assert spoken.startswith("Backend Architectures: 3 of 10 lessons done.")
        assert spoken.count("lessons done") == 1
        assert "3 / 10" not in spoken


def test_the_title_is_not_spoken_after_the_sentence_that_says_it() -> None:
    for name, title in (("progress", "Your progress"), ("catalogue", "Themes"), ("home", "Your learning")):
        lines = painter.draw(samples.every()[name], READER).spoken.split("\n")
        assert title not in lines, name


def test_a_channel_a_group_and_a_person_are_spoken_by_name_and_nobody_is_named_aloud() -> None:
    names = CommandNames()
    facts = (
        views.Fact("Where", (views.Place("-:T0000000001:C0000000001"),)),
        views.Fact("Mentions", (views.Group("S0000000001"), views.Someone("U0000000001"))),
    )
    view = views.Listing("Schedules", (views.Item("S1", facts),))
    before = painter.draw(view, READER, names).spoken
    assert "Where: a channel\nMentions: a user group, somebody" in before
    names.called.update({"C0000000001": "#lessons", "S0000000001": "@backend", "U0000000001": "Ada"})
    assert "Where: #lessons\nMentions: @backend, Ada" in painter.draw(view, READER, names).spoken
    aloud = painter.draw(view, READER, names, voice=Voice.ALOUD).spoken
    assert ("somebody" in aloud, "Ada" in aloud) == (True, False)


def test_no_comma_is_spoken_after_the_end_of_a_sentence() -> None:
    for name, view in samples.plain().items():
        spoken = painter.draw(view, READER).spoken
        assert (name, [stop for stop in ("?,", "!,", ".,", "…,") if stop in spoken]) == (name, [])
    assert "on that loop do? They wait, " in painter.draw(samples.every()["score"], READER).spoken


def test_a_long_title_is_shown_whole() -> None:
    for length, kind in ((150, "header"), (151, "rich_text")):
        title = "x" * length
        drawn = painter.draw(reading.lesson_page(title), READER)
        shown = [block["type"] for block in drawn.blocks if title in json.dumps(block)]
        assert kind in shown
        assert check_blocks(list(drawn.blocks)) == []


def test_commands_are_written_as_they_are_typed_here_in_our_own_sentences_alone() -> None:
    names = CommandNames("acme")
    ours = painter.draw(views.Notice("Type /next.", "Or /study help."), READER, names)
    assert ours.spoken == "Type /acme-next.\nOr /acme-study help."
    assert "Type /acme-next." in str(ours.blocks)
    theirs = replace(
        reading.lesson_page(), title="Type /next", sections=(views.LessonSection("", text.parse("/next")),)
    )
    drawn = painter.draw(theirs, READER, names)
    assert drawn.blocks[1] == {
        "type": "header",
        "text": {"type": "plain_text", "text": "Type /next", "emoji": False},
    }
    assert "acme" not in str(drawn.blocks)


def test_a_title_that_speaks_of_a_command_is_spoken_as_its_author_wrote_it() -> None:
    said = "Type /next, please"
    lesson = painter.draw(reading.lesson_page(said), READER, CommandNames("acme"))
    assert said in lesson.spoken
    assert "acme" not in lesson.spoken


def test_a_mention_in_the_fallback_calls_nobody() -> None:
    assert speech.safe("@here & <!channel> @Everyone") == "@\u2060here &amp; &lt;!channel&gt; @\u2060Everyone"


def test_a_preview_stands_alone() -> None:
    for name, view in samples.plain().items():
        drawn = _without_drawings(preview.preview(view, READER))
        assert drawn.startswith("<!doctype html>"), name
        assert "src=" not in drawn, name
        assert "@import" not in drawn, name
