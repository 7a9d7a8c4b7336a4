"""The words that samples are made of."""

from __future__ import annotations

from datetime import UTC, date, datetime

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</article><iframe src=//evil.example>",
    "@everyone @here <@123> <@&456>",
    "<!channel> <!here> <@U123> <https://evil.example|safe>",
    "*bold* _it_ ~no~ |bar| `tick` ```fence``` > quote # head",
    "[label](javascript:alert(1)) [ok](https://evil.example)",
    "\u202egnp.exe \u2066isolate",
    "👩🏽‍💻🦉 ﷽ Ω≈ç√ 漢字 עברית العربية",
    "&lt;b&gt; &amp; {0} %s {{x}} $x ${x}",
)
"""Each of these must come out as the words they are."""

NOON = datetime(2026, 10, 5, 12, 30, tzinfo=UTC)

MONDAY = date(2026, 5, 25)


def long(characters: int, start: str = "") -> str:
    """Prose of exactly so many characters."""
    words = "A queue decouples the writer from the reader and keeps what neither may lose. "
    return (start + words * (characters // len(words) + 1))[:characters].rstrip().ljust(characters, ".")
