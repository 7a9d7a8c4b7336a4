"""What any command may answer with: a notice, a form, a file."""

from __future__ import annotations

from bot.core import i18n, views
from bot.core.blocks import Attachment, Fields, Heading, Lead, Page, Purpose, Sentence, Sources
from bot.core.i18n import say, say_many
from bot.core.layout import parts
from bot.core.views import Reader, Tone


@parts.lays_out(views.Notice)
def notice(view: views.Notice, reader: Reader) -> Page:
    sign = parts.sign(parts.DONE, reader) if view.tone is Tone.DONE else ()
    tone = None if view.tone is Tone.INFO else view.tone
    return parts.page(
        "Dualo",
        view.text,
        Lead((*sign, Sentence(view.text))),
        parts.para(Sentence(view.hint)),
        parts.offers(view.actions),
        tone=tone,
        purpose=Purpose.REFUSAL if view.tone is Tone.SORRY else Purpose.NOTE,
    )


@parts.lays_out(views.OwnPageLink)
def own_page(view: views.OwnPageLink, reader: Reader) -> Page:
    return parts.page(
        say("Your own page"),
        view.text,
        Lead((Sentence(view.text),)),
        Sources(say("On the web:"), (view.link,)),
        parts.para(Sentence(view.hint)),
        parts.offers(view.actions),
        purpose=Purpose.NOTE,
    )


@parts.lays_out(views.FormPage)
def form(view: views.FormPage, reader: Reader) -> Page:
    return parts.page(
        view.title,
        parts.ended(view.title),
        Heading((view.title,)),
        parts.para(Sentence(view.intro)),
        Fields(view.form),
        parts.offers(view.actions),
        purpose=Purpose.FORM,
    )


@parts.lays_out(views.Download)
def download(view: views.Download, reader: Reader) -> Page:
    size = len(view.content)
    told = say_many(size, "{n} byte", "{n} bytes") if size < 2_048 else f"{i18n.figure(round(size / 1_024))} KB"
    return parts.page(
        say("Your file"),
        view.text,
        Lead((Sentence(view.text),)),
        Attachment(view.name, view.mime, view.content, told, say("Save {name}", name=view.name)),
        parts.offers(view.actions),
        purpose=Purpose.FILE,
    )
