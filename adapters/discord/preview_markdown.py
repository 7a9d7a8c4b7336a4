"""How Discord reads its own Markdown, as HTML: for previews, and to see whether anything came alive that should not.

Written after Discord's reference of message formatting; what bots cannot produce is left out.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from html import escape

_FENCE = re.compile(r"```(?:([\w+#.-]+)\n)?\n?(.*?)\n?```", re.DOTALL)
_INLINE = re.compile(
    r"\\(?P<escaped>[^0-9A-Za-z\s])"
    r"|(?P<ticks>`+)(?P<code>.*?[^`])(?P=ticks)(?!`)"
    r"|\[(?P<label>(?:\\.|[^\[\]\\]|\[[^\]]*\])+)\]\((?P<url>https?://[^\s()]+)\)"
    r"|<(?P<bare>https?://[^\s>]+)>"
    r"|(?P<auto>https?://[^\s<]+[^<.,:;\"'\]\s])"
    r"|<t:(?P<moment>-?\d+)(?::(?P<style>[tTdDfFR]))?>"
    r"|(?P<mention><@[!&]?\d+>|<#\d+>|</[^:>]+:\d+>|<a?:\w+:\d+>|@everyone|@here)"
    r"|\*\*(?P<bold>(?:\\.|[^\\])+?)\*\*(?!\*)"
    r"|__(?P<under>(?:\\.|[^\\])+?)__(?!_)"
    r"|~~(?P<gone>.+?)~~(?!_)"
    r"|\|\|(?P<hidden>.+?)\|\|"
    r"|\*(?=\S)(?P<italic>(?:\*\*|\\.|\s+(?:\\.|[^*\s\\]|\*\*)|[^\s*\\])+?)\*(?!\*)"
    r"|\b_(?P<low>(?:__|\\.|[^\\_])+?)_\b",
    re.DOTALL,
)
_LINE = re.compile(
    r"^(?:(?P<level>#{1,3}) +|(?P<small>-# +)|(?P<quote> *> +)|(?P<bullet> *[-*] +)|(?P<number> *\d+\. +))"
)
_WRAPPED = {"bold": "strong", "under": "u", "gone": "s", "italic": "em", "low": "em"}
_NAMED = {"<@&": "@role", "<@": "@person", "<#": "#channel"}
_STYLES = {"t": "%H:%M", "d": "%d/%m/%Y", "D": "%-d %B %Y", "f": "%-d %B %Y %H:%M", "F": "%A, %-d %B %Y %H:%M"}


def html(source: str, zone: tzinfo = UTC) -> str:
    """The text as Discord would show it, its line breaks kept."""
    drawn, at = "", 0
    for fence in _FENCE.finditer(source):
        drawn += _prose(source[at : fence.start()].removesuffix("\n"), zone)
        drawn += f'<pre class="fence"><code>{escape(fence[2])}</code></pre>'
        at = fence.end()
        at += source[at : at + 1] == "\n"
    return drawn + _prose(source[at:], zone)


def _prose(source: str, zone: tzinfo) -> str:
    return "".join(_line(line, zone) for line in source.split("\n")) if source else ""


def _line(line: str, zone: tzinfo) -> str:
    found = _LINE.match(line)
    if not found:
        return f'<div class="line">{inline(line, zone) or "&nbsp;"}</div>'
    inner = inline(line[found.end() :], zone)
    if found["level"]:
        size = len(found["level"])
        return f"<h{size}>{inner}</h{size}>"
    if found["bullet"]:
        return f'<div class="line bullet">{inner}</div>'
    if found["number"]:
        return f'<div class="line number">{escape(found["number"])}{inner}</div>'
    return f'<div class="{"small" if found["small"] else "quote"}">{inner}</div>'


def inline(source: str, zone: tzinfo = UTC) -> str:
    drawn, at = "", 0
    for found in _INLINE.finditer(source):
        drawn += escape(source[at : found.start()]) + _piece(found, zone)
        at = found.end()
    return drawn + escape(source[at:])


def _piece(found: re.Match[str], zone: tzinfo) -> str:
    kind = found.lastgroup or ""
    for name, tag in _WRAPPED.items():
        if found[name] is not None:
            return f"<{tag}>{inline(found[name], zone)}</{tag}>"
    if found["escaped"]:
        return escape(found["escaped"])
    if found["code"] is not None:
        return f"<code>{escape(found['code'].strip(' ') or ' ')}</code>"
    if found["label"] is not None:
        return f'<a href="{escape(found["url"])}">{inline(found["label"], zone)}</a>'
    if found["bare"]:
        return f'<a href="{escape(found["bare"])}">{escape(found["bare"])}</a>'
    if found["auto"]:
        return f'<a class="auto" href="{escape(found["auto"])}">{escape(found["auto"])}</a>'
    if found["moment"]:
        return f"<time>{_moment(int(found['moment']), found['style'] or 'f', zone)}</time>"
    if kind == "hidden":
        return f'<span class="spoiler">{escape(found["hidden"])}</span>'
    return f'<span class="mention" title="{escape(found[0])}">{escape(_named(found[0]))}</span>'


def _named(mention: str) -> str:
    """Whom or what a mention names; the names themselves only Discord knows."""
    named = next((name for start, name in _NAMED.items() if mention.startswith(start)), "")
    return f"{named} …{mention.strip('<@!&#>')[-4:]}" if named else mention


def _moment(seconds: int, style: str, zone: tzinfo) -> str:
    at = datetime.fromtimestamp(seconds, zone)
    return at.strftime(_STYLES.get(style, _STYLES["f"]))
