"""A message as Discord would show it, in its dark colours: one HTML document that needs nothing else.

It draws the very payload that would be sent, so mistakes in a payload are visible. Markdown is read after Discord's
reference of message formatting; what bots cannot produce is left out.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from html import escape
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
_BUTTONS = {Style.PRIMARY: "primary", Style.SECONDARY: "secondary", Style.DANGER: "danger", Style.LINK: "link"}


def preview(view: views.View, reader: views.Reader) -> str:
    """The view as a page of its own, for a frame."""
    zone = _zone(reader.timezone)
    if isinstance(view, views.FormPage):
        return _page(_modal(forms.modal(view), view.form.submit, zone))
    drawing = painter.draw(view, reader)
    inside = _all(drawing.components, {file.name: file for file in drawing.files}, zone)
    return _page(
        '<div class="message"><div class="face">D</div><div class="said"><div class="who"><b>Dualo</b>'
        f'<span class="app">APP</span></div>{inside}</div></div>'
    )


def _page(inside: str) -> str:
    return page("As Discord shows it", _STYLE, inside)


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
    if kind in _SIMPLE:
        return _SIMPLE[int(str(kind))](component)
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
    """What stands in a select before anybody touches it."""
    options, known = component.get("options"), component.get("default_values")
    labels = [str(option["label"]) for option in options if option.get("default")] if isinstance(options, list) else []
    ids = [f"{one['type']} …{str(one['id'])[-4:]}" for one in known] if isinstance(known, list) else []
    return ", ".join([*labels, *ids])


def _option(option: Mapping[str, object]) -> str:
    told = f"<i>{escape(str(option['description']))}</i>" if option.get("description") else ""
    return f"<div><b>{escape(str(option['label']))}</b>{told}</div>"


def _separator(_: Component) -> str:
    return "<hr>"


_SIMPLE: Mapping[int, Callable[[Component], str]] = {
    limits.BUTTON: _button,
    limits.SELECT: _select,
    limits.SEPARATOR: _separator,
}


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


_STYLE = """
:root{color-scheme:dark}*{box-sizing:border-box}
body{margin:0;padding:16px;background:#1a1a1e;color:#dfe0e2;
font:16px/1.375 "gg sans","Noto Sans","Helvetica Neue",Helvetica,Arial,sans-serif;overflow-wrap:anywhere}
.message{display:flex;gap:16px;max-width:720px}
.face{flex:none;width:40px;height:40px;border-radius:50%;background:#5865f2;color:#fff;
font-weight:700;font-size:20px;display:grid;place-items:center}
.said{flex:1;min-width:0}.who{margin-bottom:4px}.said>.text{margin-bottom:8px}.who b{color:#fff;font-weight:600}
.app{background:#5865f2;color:#fff;border-radius:4px;font-size:11px;font-weight:600;padding:1px 5px;margin-left:6px}
.container{background:#242429;border:1px solid #33343b;border-radius:8px;padding:16px;max-width:600px;
display:flex;flex-direction:column;gap:8px}
.text h1,.text h2,.text h3{margin:8px 0 4px;line-height:1.3;color:#fff;font-weight:700}
.text h1:first-child,.text h2:first-child,.text h3:first-child{margin-top:0}
.text h1{font-size:24px}.text h2{font-size:20px}.text h3{font-size:16px}
.text .small{font-size:13px;line-height:1.4;color:#a3a4aa}
.text .quote{border-left:4px solid #4e4f58;padding-left:12px}
.text .bullet{padding-left:20px;position:relative}.text .bullet::before{content:"•";position:absolute;left:6px}
.text .number{padding-left:4px}
code{background:#2f3037;border:1px solid #3b3c44;border-radius:4px;padding:0 3px;
font:14px/1.3 Consolas,"Liberation Mono",Menlo,monospace}
pre.fence{margin:6px 0;background:#1f1f24;border:1px solid #3b3c44;border-radius:4px;padding:8px;
white-space:pre-wrap}pre.fence code{background:none;border:0;padding:0}
a{color:#63aef7;text-decoration:none}time{background:#33343b;border-radius:3px;padding:0 2px}
.mention{background:#3c4270;color:#c9cdfb;border-radius:3px}.spoiler{background:#4e4f58;border-radius:3px}
hr{border:0;border-top:1px solid #3b3c44;margin:4px 0;width:100%}
.row{display:flex;flex-wrap:wrap;gap:8px}.end{justify-content:flex-end;margin-top:16px}
.button{border-radius:8px;padding:7px 16px;font-size:14px;font-weight:500;line-height:18px;color:#fff;
background:#3a3b43;border:1px solid #43444d;max-width:100%}
.button.primary{background:#5865f2;border-color:#5865f2}.button.danger{background:#d22d39;border-color:#d22d39}
.select{flex:1;min-width:0;background:#1f1f24;border:1px solid #3b3c44;border-radius:8px;max-width:400px}
.select summary{padding:9px 12px;color:#a3a4aa;list-style:none;cursor:pointer}
.select summary::after{content:"⌄";float:right}.select.disabled{opacity:.5}
.options div{padding:6px 12px;font-size:14px}.options b{display:block;font-weight:500}
.options i,.label i,.file i{display:block;font-style:normal;font-size:13px;color:#a3a4aa}
.section{display:flex;justify-content:space-between;align-items:flex-start;gap:12px}
.section>div{min-width:0}.section>.button{flex:none}.media img{max-width:100%;border-radius:8px;display:block}
.file{background:#1f1f24;border:1px solid #3b3c44;border-radius:8px;padding:12px;max-width:400px}
.modal{background:#242429;border:1px solid #3b3c44;border-radius:12px;padding:24px;max-width:480px}
.modal h2{margin:0 0 16px;font-size:20px;color:#fff}.label{margin:0 0 16px}.modal>.text{margin:0 0 16px}
.label>b{display:block;font-weight:500;color:#fff}.star{color:#f57976}
.input{background:#1f1f24;border:1px solid #3b3c44;border-radius:8px;padding:9px 12px;margin-top:8px}
.input.tall{min-height:96px}.box{margin-top:6px}.label .select{margin-top:8px;max-width:none}
.select.chosen summary{color:#dfe0e2}
"""


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
