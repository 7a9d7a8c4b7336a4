"""The product's own words, in the language of whoever reads them.

Every sentence is written in English where it is said, as `say("Nothing is kept on you.")`, and looked up in the
catalogue of the language that is spoken just now: `with speaking("de"): …`. A catalogue is
`bot/locale/<language>.po`, in gettext's format; what it lacks is said in English. What people and authors wrote is
never looked up: it is a value.

The engine speaks the asker's language around a handler, `layout` the reader's around a page, and whoever delivers
that of the room or the person it goes to. The command line, the logs and the authors' tools speak English alone.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time
from functools import cache, lru_cache
from pathlib import Path
from typing import TypeVar

from babel import Locale, dates
from babel.messages import mofile, pofile
from babel.support import NullTranslations, Translations

ENGLISH = "en"
"""What the messages are written in."""
LOCALES = Path(__file__).parents[1] / "locale"
AND = "and"
"""Between the last two of a list."""
T = TypeVar("T")
_FIELD = re.compile(r"\{(\w+)\}")
_spoken: ContextVar[str] = ContextVar("spoken", default=ENGLISH)


@cache
def languages() -> tuple[str, ...]:
    """Those that the product speaks, English first."""
    return (ENGLISH, *sorted(each.stem for each in LOCALES.glob("*.po")))


@lru_cache(maxsize=512)
def nearest(wanted: str) -> str:
    """The one of our languages that a reader of this one reads: `de` for `de-AT`, and English where there is none."""
    return without_country(wanted) if speaks(wanted) else ENGLISH


def speaks(language: str) -> bool:
    """Whether the product speaks it, in whatever country."""
    return without_country(language) in languages()


def without_country(code: str) -> str:
    """`de` of `de-AT` and `de_DE`."""
    return code.replace("_", "-").partition("-")[0].casefold()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Say what is said within in this language, or in English where it is none of ours."""
    token = _spoken.set(nearest(language))
    try:
        yield
    finally:
        _spoken.reset(token)


def spoken() -> str:
    """The language of what is said just now: what is kept of words is kept by it."""
    return _spoken.get()


def mark(message: str) -> str:
    """A message that stands in a table and is said later, by `say` of the table's entry."""
    return message


def say(message: str, /, **values: object) -> str:
    """The message in the language of the moment, with its `{fields}` filled."""
    found = _catalogue(_spoken.get()).gettext(message) if message else ""
    return found.format(**values) if values else found


def say_as(context: str, message: str, /, **values: object) -> str:
    """A message that one English wording has for several things; the context tells a translator which."""
    found = str(_catalogue(_spoken.get()).pgettext(context, message))
    return found.format(**values) if values else found


def say_many(number: int, one: str, many: str, /, **values: object) -> str:
    """The wording for so many: `say_many(3, "{n} lesson", "{n} lessons")`. `{n}` is the number as people write it."""
    found: str = _catalogue(_spoken.get()).ngettext(one, many, number)
    return found.format(n=figure(number), **values)


def say_line(message: str, /, **values: T) -> tuple[str | T, ...]:
    """The message as the parts of a line: its words, and between them what is no plain word (a day, a person)."""
    parts = _FIELD.split(say(message))
    both = (values[part] if at % 2 else part for at, part in enumerate(parts))
    return tuple(each for each in both if each != "")


def figure(number: int) -> str:
    """A whole number with its thousands apart."""
    return f"{number:,}".replace(",", _locale().number_symbols["latn"]["group"])


def decimal(number: float, places: int) -> str:
    """A number with so many places after the point, or after what stands for one."""
    return f"{number:.{places}f}".replace(".", _locale().number_symbols["latn"]["decimal"])


def day(at: date | datetime | time, pattern: str) -> str:
    """A date or a time of day by a pattern that is a message itself: `day(at, say("EEE d MMM"))`. Its letters are
    Unicode's (`EEE` Tue, `d` 2, `MMM` Jun, `HH:mm` 09:30)."""
    if isinstance(at, time):
        return dates.format_time(at, pattern, locale=_locale())
    if isinstance(at, datetime):
        return dates.format_datetime(at.replace(tzinfo=None), pattern, locale=_locale())
    return dates.format_date(at, pattern, locale=_locale())


def weekday(number: int, *, short: bool = False) -> str:
    """The name of a day of the week, Monday being 0."""
    name: str = _locale().days["format"]["abbreviated" if short else "wide"][number]
    return name


def listed(parts: Sequence[str], *, last: str = "") -> str:
    """`a, b and c`; `last` is another word between the last two, as it is said."""
    if len(parts) < 2:
        return "".join(parts)
    joint = last or say(AND)
    return f"{', '.join(parts[:-1])} {joint} {parts[-1]}"


def _locale() -> Locale:
    return _known_locale(_spoken.get())


@cache
def _known_locale(language: str) -> Locale:
    return Locale.parse(language)


@cache
def _catalogue(language: str) -> NullTranslations:
    """The messages of a language, read when it is first spoken."""
    path = LOCALES / f"{language}.po"
    if language == ENGLISH or not path.is_file():
        return NullTranslations()
    with path.open("rb") as file:
        catalogue = pofile.read_po(file, locale=language)
    compiled = io.BytesIO()
    mofile.write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


def load() -> None:
    """Read every catalogue, so that nobody's first answer waits for it."""
    for language in languages():
        _catalogue(language)
        _known_locale(language)
