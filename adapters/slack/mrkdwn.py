"""Slack's mrkdwn, written without a hole.

Prose goes out as rich text, where nothing is ever parsed. mrkdwn is left for what only it can hold: the small print
of context blocks, text beside a button, dates in somebody's own time. There Slack knows no escape for its signs, so a
person's sign is kept from its neighbours by word joiners: a sign with no letter at its side opens and closes nothing.
Every text object is `verbatim`, which keeps Slack from making links and mentions out of plain words.
"""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

JOINER = "\u2060"
"""Word joiner: takes no room and breaks no line."""

_SIGNS = re.compile(r"[*_~`]")
_QUOTE = re.compile(r"^(\s*)(?=&gt;)", re.MULTILINE)
_MENTION = re.compile(r"@(?=here|channel|everyone)", re.IGNORECASE)
_EMOJI = re.compile(r":(?=[a-z0-9_+'-]+:)", re.IGNORECASE)


def escape(words: str) -> str:
    """The three characters that Slack gives a meaning, as the entities it reads."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def literal(words: str) -> str:
    """Words from people or authors, shown as they are."""
    words = _MENTION.sub(f"@{JOINER}", escape(words))
    words = _EMOJI.sub(f":{JOINER}", words)
    words = _SIGNS.sub(lambda found: f"{JOINER}{found.group()}{JOINER}", words)
    return _QUOTE.sub(rf"\g<1>{JOINER}", words)


def fallback(words: str) -> str:
    """For the top-level text: what notifications show and screen readers speak."""
    return _MENTION.sub(f"@{JOINER}", escape(words))


def bold(words: str) -> str:
    return f"*{literal(words)}*" if words.strip() else ""


def link(label: str, url: str) -> str:
    """A link; its label may hold neither a line break nor what ends the label."""
    return f"<{_address(url)}|{literal(' '.join(label.split())).replace('|', '¦') or 'link'}>"


def _address(url: str) -> str:
    return escape(url).replace("|", "%7C").replace(" ", "%20")


def date(at: datetime, timezone: str) -> str:
    """A date in the own time of whoever looks; the fallback is in the reader's."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}}|{spoken_date(at, timezone)}>"


def spoken_date(at: datetime, timezone: str) -> str:
    local = at.astimezone(ZoneInfo(timezone))
    return f"{local.day} {local:%b %Y}"
