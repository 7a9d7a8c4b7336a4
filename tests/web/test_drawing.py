"""How the page paints blocks: values as the page knows them, states in words, rows that can be pressed."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from adapters.web import painter
from bot.core import actions, text, views
from bot.core.actions import Action
from bot.core.record import replace
from bot.features import commands
from tests.contracts import samples

PARIS = views.Reader(timezone="Europe/Paris")
NEW_YEAR = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)
SHOWN = samples.plain()


def drawn(view: views.View, reader: views.Reader = PARIS) -> str:
    return str(painter.draw(view, reader))


def said(html: str) -> str:
    return re.sub(r"<[^>]*>", "", html)


def fact(value: views.Value, reader: views.Reader = PARIS) -> str:
    return drawn(views.Listing("Facts", (views.Item("One", (views.Fact("It", (value,)),)),)), reader)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (views.Place("web:room"), "the room"),
        (views.Place("web:person:ada"), "ada"),
        (views.Place("web:person:a<b"), "web:person:a&lt;b"),
        (views.Place("discord:1:2"), "discord:1:2"),
        (views.Place("#4200000000000000003"), "#4200000000000000003"),
        (views.Someone("<b>ada"), "&lt;b&gt;ada"),
        (views.Group("@everyone"), "@everyone"),
        ("a & b", "a &amp; b"),
        (NEW_YEAR, "Thu 1 January 2026, 00:30"),
    ],
    ids=str,
)
def test_a_value_is_the_pages_own_or_its_words(value: views.Value, words: str) -> None:
    assert said(fact(value)) == f"FactsOneIt{words}"


def test_a_moment_carries_its_instant_whatever_the_zone() -> None:
    for zone in ("Europe/Paris", "America/New_York", "nowhere"):
        assert 'datetime="2025-12-31T23:30+00:00"' in fact(NEW_YEAR, views.Reader(timezone=zone))


def test_what_reads_from_right_to_left_is_kept_apart_from_the_words_around_it() -> None:
    assert "<bdi>עברית</bdi>" in fact("עברית")
    assert "<bdi>" not in fact("Français – 漢字")


def test_a_state_is_said_in_words_and_its_sign_left_out_in_plain_mode() -> None:
    signed, plain = (said(drawn(SHOWN["schedules"], views.Reader(plain=plain))) for plain in (False, True))
    for html in (signed, plain):
        assert (html.count("in order"), html.count("needs attention")) == (1, 1)
    assert ("✓" in signed, "✓" in plain) == (True, False)


def test_a_sign_is_not_read_out() -> None:
    html = drawn(SHOWN["theme"])
    assert re.findall(r'<span class="sign"(?! aria-hidden="true")', html) == []
    assert 'aria-hidden="true">🏗️ </span>' in html


def test_an_items_buttons_tell_which_item_they_are_of_and_never_stand_out() -> None:
    bold = Action("Open", commands.ScheduleShow(id="S1"), primary=True)
    html = drawn(views.Listing("Schedules", (views.Item("S1 & co", actions=(bold,)),)))
    assert "primary" not in html
    assert "Open: S1 &amp; co" in said(html)


def test_a_listing_of_nothing_says_so() -> None:
    html = drawn(SHOWN["no schedules"])
    assert ("There is none yet." in said(html), "records" in html) == (True, False)


def test_a_row_opens_as_a_whole_and_a_row_with_a_button_does_not() -> None:
    theme = actions.token(commands.OpenTheme(name="theme-01"))
    assert f'<button type="button" class="item" data-token="{theme}"' in drawn(SHOWN["catalogue"])
    progress = drawn(SHOWN["progress"])
    assert progress.count(f'data-token="{theme}"') == 1
    assert progress.count('class="item still"') == progress.count("Undo") == 5


def test_a_themes_buttons_stand_above_its_lessons_and_its_menu_below() -> None:
    html = said(drawn(SHOWN["theme"]))
    assert html.index("Follow this theme") < html.index("Layers – what it is for") < html.index("Open a lesson")


def test_a_question_of_one_paragraph_is_the_heading_and_any_other_names_the_answer() -> None:
    question = SHOWN["question"]
    assert isinstance(question, views.QuestionPage)
    assert '<h2 class="ask">A coroutine calls' in drawn(question)
    with_code = drawn(replace(question, ask=text.parse("What does it print?\n\n```python\nprint(1)\n```")))
    assert "<h2" not in with_code
    assert '<div class="ask said"><p>What does it print?</p><pre' in with_code


def test_the_picture_of_weeks_is_told_in_words() -> None:
    html = drawn(SHOWN["progress"])
    assert 'role="img" aria-label="The last 26 weeks: 18 kept, 2 snoozed. How much was done in each, from ' in html
    assert 'viewBox="0 0 696 218"' in html
    assert ("<svg" in html, "<svg" in drawn(SHOWN["progress"], views.Reader(plain=True))) == (True, False)


def test_a_diagram_is_drawn_in_the_page_and_told_in_words() -> None:
    html = drawn(SHOWN["lesson"])
    assert '<figure class="diagram"><svg viewBox="0 0 360 80" role="img" aria-label="One thread stands in a box' in html
    assert '<text x="180" y="46" font-size="16" text-anchor="middle">one thread, many sockets</text>' in html
    plain = drawn(SHOWN["lesson"], views.Reader(plain=True))
    assert ("<svg" in plain, "In a diagram: One thread stands in a box" in plain) == (False, True)


def test_the_chart_of_a_report_is_drawn_in_the_page_and_told_in_words() -> None:
    html = drawn(SHOWN["report"])
    drawing = '<figure class="diagram"><svg viewBox="0 0 640 184" role="img" aria-label="Right answers by lesson. 1.'
    assert drawing in html
    assert ">1. Layers &amp; &lt;tiers&gt;</text>" in html
    plain = drawn(SHOWN["report"], views.Reader(plain=True))
    assert ("<svg" in plain, "In a diagram: Right answers by lesson. 1." in plain) == (False, True)


def test_a_post_says_all_that_a_channel_is_told() -> None:
    words = said(drawn(SHOWN["post"]))
    for part in ("For 42", "Lesson 4 of 12", "4 minutes", "Read it", "Not this week", "Grounded on", "Next Monday"):
        assert part in words
    assert "have done" not in words
    assert "8 have done this." in said(drawn(SHOWN["post after a week"]))


def test_a_closing_and_a_reminder_speak_of_what_is_there_alone() -> None:
    closing, reminder = SHOWN["closing"], SHOWN["reminder"]
    assert isinstance(closing, views.ClosingPost)
    assert isinstance(reminder, views.Reminder)
    bare = said(drawn(replace(closing, done=0, suggestion="")))
    assert ("have done" in bare, "What could follow" in bare) == (False, False)
    quiet = said(drawn(replace(reminder, suggested_by=None, note="")))
    assert [part for part in ("to review", "Suggested by", "For ") if part in quiet] == []
    assert "Suggested by 4200000000000000002." in said(drawn(reminder))


def test_a_theme_tells_who_suggested_it_and_home_what_comes() -> None:
    theme, home = SHOWN["theme"], SHOWN["home of a newcomer"]
    assert isinstance(theme, views.ThemePage)
    assert isinstance(home, views.HomePage)
    facts = (views.Fact("Suggested by", (views.Someone("ada"),)), views.Fact("To be done by", (NEW_YEAR,)))
    words = said(drawn(replace(theme, facts=facts)))
    assert "Suggested byada" in words
    assert "To be done byThu 1 January 2026, 00:30" in words
    coming = views.Coming(NEW_YEAR, "Backend", "Pools", views.Place("web:room"))
    words = said(drawn(replace(home, coming=coming)))
    assert "Next post herePoolsBackend · Thu 1 January 2026, 00:30 · the room" in words
