"""A message as Discord would show it, in its dark colours: one HTML document that needs nothing else.

It draws the very payload that would be sent, so what is wrong there can be seen here.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, tzinfo
from html import escape
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from adapters.discord import forms, limits, preview_markdown, render
from adapters.discord.limits import Component
from adapters.discord.pieces import File, Style
from adapters.discord.preview_style import STYLE
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
    drawing = render.draw(view, reader)
    inside = _all(drawing.components, {file.name: file for file in drawing.files}, zone)
    return _page(
        '<div class="message"><div class="face">D</div><div class="said"><div class="who"><b>Dualo</b>'
        f'<span class="app">APP</span></div>{inside}</div></div>'
    )


def _page(inside: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>As Discord shows it</title>'
        f"<style>{STYLE}</style></head><body>{inside}</body></html>"
    )


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
        return f'<div class="text">{preview_markdown.html(str(component["content"]), zone)}</div>'
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
