"""No text that somebody can write holds the process up: the markup takes time in proportion to its length."""

from __future__ import annotations

import random
import time

import pytest

from bot.core import text
from bot.packs import schema, tree
from bot.packs.problems import Notes
from tests.packs.samples import LESSON

SIGNS = (
    "`",
    "``",
    "```",
    "*",
    "**",
    "***",
    "[",
    "](",
    "](https://a",
    ")",
    "\\",
    "a",
    " ",
    "`a``b",
    "[a](http://(x",
    "\n",
)
SHORT, LONG = 1_000, 8_000


def shapes() -> list[str]:
    """Each sign and each pair of signs, and some that chance makes; each is repeated to the length in hand."""
    chance = random.Random(14)
    made = [*SIGNS, *(one + other for one in SIGNS for other in SIGNS)]
    return [*made, *("".join(chance.choices(SIGNS, k=5)) for _ in range(40))]


def spent(source: str) -> float:
    """Seconds of this process alone."""
    began = time.process_time()
    text.parse(source).plain  # noqa: B018 -- parsed when it is looked at
    return time.process_time() - began


def grows(short: str, long: str) -> bool:
    """Whether the long text takes much more than eight times as long as the short one, three times in a row, as the
    machine does other things, too. What is too fast to measure is no matter."""
    return all(spent(long) / max(spent(short), 0.0002) > 30 for _ in range(3))


def test_eight_times_the_markup_takes_about_eight_times_as_long() -> None:
    """A square would take 64 times as long, a cube 512 times."""
    assert [shape for shape in shapes() if grows((shape * SHORT)[:SHORT], (shape * LONG)[:LONG])] == []


def test_ticks_of_every_length_are_no_worse() -> None:
    falling = ["".join("`" * ticks + "a" for ticks in range(most, 0, -1)) for most in (45, 127)]  # 1,080 and 8,255
    assert not grows(*falling)


def test_marks_are_never_deeper_than_there_are_kinds() -> None:
    for sign in ("*", "**", "***", "[", "`"):
        assert text.parse(sign * 20_000 + "a" + sign * 20_000).plain


@pytest.mark.parametrize(
    ("written", "drawn"),
    [
        ("``a ` b``", "a ` b"),
        ("```", "```"),
        ("```a`", "```a`"),
        ("**a *b* c**", "a b c"),
        ("***a***", "a"),
        ("[*a*](https://a.example/(b))", "a"),
        ("[](https://a.example)", "[](https://a.example)"),
        ("\\*a\\*", "*a*"),
    ],
)
def test_the_markup_means_what_it_says(written: str, drawn: str) -> None:
    assert text.parse("x " + written).plain == "x " + drawn


def test_a_text_longer_than_anybody_reads_is_refused_before_it_is_parsed() -> None:
    notes = Notes("lesson.yaml")
    node = tree.grow(LESSON.replace("The bet pays", "`" * 9_000), notes)
    assert node is not None
    made = schema.lesson(node, notes)
    assert made.sections[0].text.source == ""
    assert ["characters" in each.message for each in notes.problems] == [True]
