"""A message as Discord would show it, in its dark colours: one HTML document that needs nothing else.

It draws the very payload that would be sent, so mistakes in a payload are visible. Markdown is read after Discord's
reference of message formatting; what bots cannot produce is left out.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from adapters.discord import forms, limits, painter
from adapters.discord.components import File, Style
from adapters.discord.limits import Component
from adapters.shared.preview import page
from bot.api import views

_PICKED: Mapping[object, str] = {
    limits.USER_SELECT: "Select a person",
    limits.ROLE_SELECT: "Select a role",
    limits.CHANNEL_SELECT: "Select a channel",
}
_CSS = Path(__file__).with_name("preview.css").read_text(encoding="utf-8")
_BUTTONS = {Style.PRIMARY: "primary", Style.SECONDARY: "secondary", Style.DANGER: "danger", Style.LINK: "link"}


def preview(view: views.View, reader: views.Reader) -> str:
    """The view as a page of its own, for a frame."""
    zone = _zone(reader.timezone)
    if isinstance(view, views.FormPage):
        body = _modal(forms.modal(view), view.form.submit, zone)
    else:
        drawing = painter.draw(view, reader)
        inside = _all(drawing.components, {file.name: file for file in drawing.files}, zone)
        body = (
            '<div class="message"><div class="face">D</div><div class="said"><div class="who"><b>Dualo</b>'
            f'<span class="app">APP</span></div>{inside}</div></div>'
        )
    return page("As Discord shows it", _CSS, body)


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return UTC


# Components ----------------------------------------------------------------------------------------------------------


def _all(components: Sequence[Component], files: Mapping[str, File], zone: tzinfo) -> str:
    return "".join(_one(component, files, zone) for component in components)


def _within(component: Component, files: Mapping[str, File], zone: tzinfo) -> str:
    inner = component.get("components")
    return _all(inner if isinstance(inner, list) else [], files, zone)


def _one(component: Component, files: Mapping[str, File], zone: tzinfo) -> str:
    kind = component["type"]
    if kind == limits.TEXT:
        return f'<div class="text">{html(str(component["content"]), zone)}</div>'
    if kind == limits.BUTTON:
        return _button(component)
    if kind == limits.SELECT:
        return _select(component)
    if kind == limits.SEPARATOR:
        return "<hr>"
    if kind in (limits.GALLERY, limits.FILE):
        return _media(component, files)
    if kind == limits.SECTION:
        side = component["accessory"]
        drawn = _one(side, files, zone) if isinstance(side, dict) else ""
        return f'<div class="section"><div>{_within(component, files, zone)}</div>{drawn}</div>'
    inside = _within(component, files, zone)
    if kind == limits.ROW:
        return f'<div class="row">{inside}</div>'
    colour = component.get("accent_color")
    edge = f' style="border-left:4px solid #{colour:06x}"' if isinstance(colour, int) else ""
    return f'<div class="container"{edge}>{inside}</div>'


def _button(component: Component) -> str:
    style = _BUTTONS[Style(int(str(component["style"])))]
    label = escape(str(component["label"]))
    return f'<span class="button {style}">{label}{" ↗" if style == "link" else ""}</span>'


def _select(component: Component) -> str:
    options = component.get("options")
    listed = "".join(_option(option) for option in options) if isinstance(options, list) else ""
    chosen = _chosen(component)
    state = " disabled" if component.get("disabled") else " chosen" if chosen else ""
    prompt = escape(chosen or str(component.get("placeholder") or _PICKED.get(component["type"], "Make a selection")))
    return f'<details class="select{state}"><summary>{prompt}</summary><div class="options">{listed}</div></details>'


def _chosen(component: Component) -> str:
    """The initial selection."""
    options, known = component.get("options"), component.get("default_values")
    labels = [str(option["label"]) for option in options if option.get("default")] if isinstance(options, list) else []
    ids = [f"{one['type']} …{str(one['id'])[-4:]}" for one in known] if isinstance(known, list) else []
    return ", ".join([*labels, *ids])


def _option(option: Mapping[str, object]) -> str:
    told = f"<i>{escape(str(option['description']))}</i>" if option.get("description") else ""
    return f"<div><b>{escape(str(option['label']))}</b>{told}</div>"


def _media(component: Component, files: Mapping[str, File]) -> str:
    items = component.get("items")
    media = [item.get("media", {}) for item in items] if isinstance(items, list) else [component.get("file", {})]
    drawn = ""
    for each in media:
        file = files.get(str(each.get("url", "") if isinstance(each, dict) else "").removeprefix("attachment://"))
        if file and component["type"] == limits.GALLERY:
            data = base64.b64encode(file.content).decode()
            drawn += f'<img alt="{escape(file.description)}" src="data:image/png;base64,{data}">'
        elif file:
            size = f"{len(file.content):,} bytes"
            drawn += f'<div class="file"><b>{escape(file.name)}</b><i>{size}</i></div>'
    return f'<div class="media">{drawn}</div>'


# Forms ---------------------------------------------------------------------------------------------------------------


def _modal(payload: Component, submit: str, zone: tzinfo) -> str:
    parts = payload["components"]
    drawn = "".join(_part(part, zone) for part in parts) if isinstance(parts, list) else ""
    return (
        f'<div class="modal"><h2>{escape(str(payload["title"]))}</h2>{drawn}<div class="row end">'
        f'<span class="button secondary">Cancel</span><span class="button primary">{escape(submit)}</span></div></div>'
    )


def _part(part: Component, zone: tzinfo) -> str:
    control = part.get("component")
    if not isinstance(control, dict):
        return _one(part, {}, zone)
    star = (
        "" if control.get("required") is False or control["type"] == limits.CHECKBOX else '<span class="star"> *</span>'
    )
    told = f"<i>{escape(str(part['description']))}</i>" if part.get("description") else ""
    name = escape(str(control["custom_id"]))
    head = f"<b>{escape(str(part['label']))}{star}</b>{told}"
    return f'<div class="label" data-field="{name}">{head}{_control(control)}</div>'


def _control(control: Component) -> str:
    options = control.get("options")
    match control["type"]:
        case limits.CHECKBOX:
            return f'<span class="box">{"☑" if control.get("default") else "☐"}</span>'
        case limits.RADIO_GROUP | limits.CHECKBOX_GROUP if isinstance(options, list):
            on, off = ("◉", "○") if control["type"] == limits.RADIO_GROUP else ("☑", "☐")
            return "".join(
                f'<div class="box">{on if option.get("default") else off} {escape(str(option["label"]))}</div>'
                for option in options
            )
        case limits.TEXT_INPUT:
            tall = " tall" if control.get("style") == 2 else ""
            said = control.get("value") or control.get("placeholder") or ""
            return f'<div class="input{tall}">{escape(str(said)) or "&nbsp;"}</div>'
        case _:
            return _select(control)


# Markdown -------------------------------------------------------------------------------------------------------------


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
