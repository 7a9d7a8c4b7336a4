"""How Slack would show a view, as a page of its own: the Block Kit payload drawn with Slack's rules.

It draws what is really sent, so what slipped through there would show here.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from html import escape

from adapters.shared.preview import page
from adapters.slack import forms, painter
from adapters.slack.payload import Json, flag, items, table, text
from bot.api import blocks, layout, views

_DRAWN = "data:image/svg+xml;base64,"


def preview(view: views.View, reader: views.Reader) -> str:
    """A page for an iframe: a message with its blocks, or a modal where the view is a form."""
    if isinstance(view, views.FormPage):
        body = _modal(forms.form(view, painter.PLAIN_NAMES))
    else:
        body = _message(painter.message(painter.draw(view, reader, files=_files(view, reader))))
    return page("As in Slack", _STYLE, body)


def _files(view: views.View, reader: views.Reader) -> painter.FileIds:
    """The view's drawings as though Slack had them: each as an address in the place of a file's id."""
    page = layout.page(view, reader)
    drawn = (block.svg for block in page.blocks if isinstance(block, blocks.Diagram))
    return tuple((svg.digest, f"{_DRAWN}{base64.b64encode(svg.document.encode()).decode()}") for svg in drawn)


def _message(payload: Json) -> str:
    return (
        '<article class="message"><div class="face" aria-hidden="true">D</div><div class="body">'
        '<div class="who"><b>Dualo</b> <span class="app">APP</span> <time>9:00 AM</time></div>'
        f"{_blocks(items(payload, 'blocks'))}</div></article>"
    )


def _modal(view: Json) -> str:
    buttons = f'<span class="button">{_plain(table(view, "close"))}</span>'
    if "submit" in view:
        buttons += f' <span class="button primary">{_plain(table(view, "submit"))}</span>'
    return (
        f'<section class="modal"><h1>{_plain(table(view, "title"))}</h1>'
        f'<div class="body">{_blocks(items(view, "blocks"))}</div><footer>{buttons}</footer></section>'
    )


def _blocks(blocks: list[object]) -> str:
    return "".join(_block(table(block)) for block in blocks)


def _block(block: Mapping[str, object]) -> str:
    draw = _BLOCKS.get(text(block, "type"))
    return draw(block) if draw else ""


def _section(block: Mapping[str, object]) -> str:
    said = f"<p>{_plain(table(block, 'text'))}</p>"
    beside = _element(table(block, "accessory"))
    return f'<div class="section">{said}{beside}</div>' if beside else said


def _context(block: Mapping[str, object]) -> str:
    said = "".join(f"<span>{_plain(table(each))}</span>" for each in items(block, "elements"))
    return f'<div class="context">{said}</div>'


def _actions(block: Mapping[str, object]) -> str:
    return f'<div class="actions">{"".join(_element(table(each)) for each in items(block, "elements"))}</div>'


def _input(block: Mapping[str, object]) -> str:
    optional = ' <span class="quiet">(optional)</span>' if flag(block, "optional") else ""
    hint = f'<div class="quiet">{_plain(table(block, "hint"))}</div>' if "hint" in block else ""
    field = _field(table(block, "element"))
    return f'<div class="input"><b>{_plain(table(block, "label"))}</b>{optional}{field}{hint}</div>'


def _rich_text(block: Mapping[str, object]) -> str:
    return f'<div class="rich">{"".join(_rich_part(table(each)) for each in items(block, "elements"))}</div>'


def _image(block: Mapping[str, object]) -> str:
    source = text(block, "slack_file", "id")
    return f'<img alt="{escape(text(block, "alt_text"))}" src="{escape(source)}">' if source.startswith(_DRAWN) else ""


_BLOCKS: Mapping[str, Callable[[Mapping[str, object]], str]] = {
    "header": lambda block: f"<h2>{_plain(table(block, 'text'))}</h2>",
    "section": _section,
    "context": _context,
    "divider": lambda _: "<hr>",
    "actions": _actions,
    "image": _image,
    "input": _input,
    "rich_text": _rich_text,
}


def _rich_part(part: Mapping[str, object]) -> str:
    match part.get("type"):
        case "rich_text_list":
            tag = "ol" if part.get("style") == "ordered" else "ul"
            return f"<{tag}>{''.join(f'<li>{_spans(table(each))}</li>' for each in items(part, 'elements'))}</{tag}>"
        case "rich_text_preformatted":
            return f"<pre>{_spans(part)}</pre>"
        case "rich_text_quote":
            return f"<blockquote>{_spans(part)}</blockquote>"
        case _:
            return f'<div class="line">{_spans(part)}</div>'


def _spans(part: Mapping[str, object]) -> str:
    return "".join(_span(table(each)) for each in items(part, "elements"))


def _span(span: Mapping[str, object]) -> str:
    match span.get("type"):
        case "link":
            shown = f'<a rel="noreferrer" href="{escape(text(span, "url"))}">{_lines(text(span, "text"))}</a>'
        case "date":
            shown = f"<time>{escape(text(span, 'fallback'))}</time>"
        case "channel" | "user" | "usergroup" as kind:
            sign = "#" if kind == "channel" else "@"
            shown = f'<span class="mention">{sign}{escape(text(span, f"{kind}_id"))}</span>'
        case _:
            shown = _lines(text(span, "text"))
    for style, tag in (("code", "code"), ("italic", "i"), ("bold", "b")):
        if flag(span, "style", style):
            shown = f"<{tag}>{shown}</{tag}>"
    return shown


def _lines(words: str) -> str:
    return escape(words).replace("\n", "<br>")


# Elements -------------------------------------------------------------------------------------------------------------


def _element(element: Mapping[str, object]) -> str:
    match element.get("type"):
        case "button":
            style = text(element, "style")
            return f'<span class="button {style}">{_plain(table(element, "text"))}</span>'
        case "static_select":
            return f'<span class="select">{_plain(table(element, "placeholder"))}</span>'
        case _:
            return ""


def _field(element: Mapping[str, object]) -> str:
    match element.get("type"):
        case "checkboxes":
            on = [text(each, "value") for each in items(element, "initial_options")]
            return "".join(_box(table(each), on) for each in items(element, "options"))
        case "plain_text_input" | "number_input":
            lines = " lines" if flag(element, "multiline") else ""
            return f'<div class="field{lines}">{escape(text(element, "initial_value")) or "&nbsp;"}</div>'
        case "users_select" | "conversations_select" if chosen := _picked(element):
            return f'<div class="field choice"><span class="mention">{escape(chosen)}</span></div>'
        case _:
            shown = table(element, "initial_option", "text") or table(element, "placeholder")
            return f'<div class="field choice">{_plain(shown)}</div>'


def _picked(element: Mapping[str, object]) -> str:
    person, channel = text(element, "initial_user"), text(element, "initial_conversation")
    return f"@{person}" if person else f"#{channel}" if channel else ""


def _box(option: Mapping[str, object], on: list[str]) -> str:
    sign = "☑" if text(option, "value") in on else "☐"
    return f'<div class="box"><span aria-hidden="true">{sign}</span> {_plain(table(option, "text"))}</div>'


def _plain(said: Mapping[str, object]) -> str:
    return _lines(text(said, "text"))


_STYLE = """
:root{color-scheme:light}
*{box-sizing:border-box}
body{margin:0;padding:12px 16px;background:#fff;color:#1d1c1d;font:15px/1.46668 Lato,"Slack-Lato",system-ui,"Segoe UI",
Roboto,Helvetica,Arial,sans-serif;overflow-wrap:anywhere}
.message{display:flex;gap:8px;max-width:720px}
.face{flex:none;width:36px;height:36px;border-radius:6px;background:#1f3a5f;color:#fff;font-weight:800;display:grid;
place-items:center}
.body{flex:1;min-width:0}
.app{background:#e8e8e8;color:#616061;font-size:10px;font-weight:700;padding:1px 4px;border-radius:2px;
vertical-align:1px}
.who time,.quiet{color:#616061;font-size:13px}
h2{font-size:18px;line-height:1.33;margin:8px 0 4px;font-weight:800}
img{display:block;max-width:min(100%,360px);margin:4px 0 8px;border:1px solid #ddd;border-radius:8px;background:#fff}
p{margin:4px 0 8px;white-space:normal}
.rich{margin:4px 0 8px}
.line{white-space:normal}
.rich ul,.rich ol{margin:4px 0;padding-left:26px}
.rich li{margin:0 0 4px}
pre{margin:6px 0;padding:8px;border:1px solid #ddd;border-radius:4px;background:#f8f8f8;white-space:pre-wrap;
font:12px/1.5 Monaco,Menlo,Consolas,monospace}
code{font:12px/1.5 Monaco,Menlo,Consolas,monospace;color:#c01343;background:#f6f6f6;border:1px solid #ddd;
border-radius:3px;padding:1px 3px}
pre code{border:0;background:none;color:inherit}
blockquote{margin:4px 0;padding-left:12px;border-left:4px solid #ddd}
a{color:#1264a3;text-decoration:none}a:hover{text-decoration:underline}
.context{color:#616061;font-size:13px;line-height:1.38;margin:4px 0 8px}
.context span+span::before{content:"  "}
hr{border:0;border-top:1px solid #ddd;margin:12px 0}
.actions{display:flex;flex-wrap:wrap;gap:8px;margin:8px 0}
.section{display:flex;gap:16px;justify-content:space-between;align-items:flex-start}
.button,.select{display:inline-block;border:1px solid #bbbabb;border-radius:4px;padding:4px 12px;font-size:13px;
font-weight:700;background:#fff;white-space:nowrap}
.button.primary{background:#007a5a;border-color:#007a5a;color:#fff}
.button.danger{color:#e01e5a;border-color:#e01e5a}
.select{font-weight:400;min-width:180px}.select::after,.choice::after{content:"⌄";float:right;margin-left:16px;color:#616061}
.mention{background:#f2c74433;color:#1264a3;border-radius:3px;padding:0 2px}
.modal{max-width:520px;margin:0 auto;border:1px solid #ddd;border-radius:8px;box-shadow:0 4px 16px #0002;
padding:0 24px 16px}
.modal h1{font-size:22px;margin:16px 0}
.modal footer{text-align:right;padding-top:16px;border-top:1px solid #eee;margin-top:16px}
.input{margin:0 0 20px}
.field{border:1px solid #868686;border-radius:4px;padding:8px 12px;margin-top:6px;min-height:40px}
.field.lines{min-height:96px}
.choice{color:#616061}
.box{margin-top:6px}
"""
