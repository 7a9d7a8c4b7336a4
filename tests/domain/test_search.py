"""What a search finds, and in which order; whatever somebody types, it is never a query's syntax."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core import text
from bot.domain.course import Lesson, Section, Shelf, Source, Theme
from bot.domain.search import EXCERPT, Index, Match, is_available

FILLER = "Something else stands here, about requests and the time that they take. " * 4


def shelf_of(*lessons: tuple[str, str]) -> Shelf:
    """Lessons by title and text."""
    made = tuple(
        Lesson(
            "theme",
            f"lesson-{number}",
            number,
            title,
            "What it says.",
            (Section("First", text.parse(FILLER)), Section("Second", text.parse(body))),
            (Source("Manual", "https://example.org/"),),
            (),
        )
        for number, (title, body) in enumerate(lessons, 1)
    )
    return Shelf((Theme("theme", "📦", "Theme", "A theme.", "en", "MIT", made),))


LIBRARY = shelf_of(
    ("Queues", f"{FILLER} A goroutine waits for a channel; goroutines are cheap. {FILLER}"),
    ("Caches", "A cache keeps what was computed. See [the manual](https://example.org/goroutines/zebra)."),
    ("Languages", "C++ and C# are not C. The café is open."),
    ("Goroutines", "A lesson of its own."),
)
INDEX = Index(LIBRARY)


def found(words: str) -> list[str]:
    return [match.lesson.title for match in INDEX.search(words)]


def only(words: str) -> Match:
    (match,) = INDEX.search(words)
    return match


def test_this_python_can_search() -> None:
    assert is_available()


@pytest.mark.parametrize("words", ["cache", "Caches", "CACHING", "computed", "computing", "comput"])
def test_a_word_is_found_in_every_form_and_by_how_it_begins(words: str) -> None:
    assert found(words) == ["Caches"]


def test_a_title_outweighs_a_text() -> None:
    assert found("goroutine") == ["Goroutines", "Queues"]


def test_a_rare_word_outweighs_a_common_one() -> None:
    assert found("requests café")[0] == "Languages"


def test_a_lesson_is_found_once_with_the_section_that_matches_best() -> None:
    match = only("channel")
    assert (match.lesson.title, match.section) == ("Queues", "Second")


def test_the_excerpt_shows_the_word() -> None:
    match = only("channels")
    assert "channel" in match.excerpt
    assert match.excerpt.startswith("…")
    assert len(match.excerpt) <= EXCERPT + 1


@pytest.mark.parametrize(
    ("words", "titles"),
    [("C++", ["Languages"]), ("c#", ["Languages"]), ("cafe", ["Languages"]), ("zebra", []), ("", []), ("--", [])],
)
def test_signs_and_accents_count_and_addresses_do_not(words: str, titles: list[str]) -> None:
    assert found(words) == titles


@given(st.text(max_size=60))
@example('"')
@example("heading: cache")
@example("cache NOT caches")
@example("NEAR(cache computed, 2)")
@example("cache* ^cache {heading label}: cache")
@example("'; DROP TABLE passage; --")
@example('cache" OR "requests')
@example("a\0b")
@example("word " * 5000)
def test_whatever_is_typed_is_searched_for_and_never_obeyed(words: str) -> None:
    assert len(INDEX.search(words)) <= len(LIBRARY.lessons)
    assert found("cache") == ["Caches"]


def test_a_word_of_the_query_language_is_a_word() -> None:
    assert found("NOT") == ["Languages"]
    assert found("cache NOT computed") == ["Caches", "Languages"]


def test_at_most_so_many_are_found() -> None:
    index = Index(shelf_of(*((f"Lesson {number}", "the same words") for number in range(30))))
    assert [len(index.search("same", most=most)) for most in (3, 10)] == [3, 10]
