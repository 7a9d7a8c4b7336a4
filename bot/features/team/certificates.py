"""Certificates of completion, where the workspace wants them: for whoever has done every lesson of a theme and asks.

A code is made at random and belongs to one workspace. It is confirmed to those who run it, as long as everything that
the certificate names is still recorded as done.
"""

from __future__ import annotations

import secrets

from bot.core import i18n, text, views
from bot.core.actions import Action
from bot.core.errors import NotYet, StudyError
from bot.core.i18n import say, say_many
from bot.core.layout import certificate as drawn
from bot.core.record import replace
from bot.domain import when
from bot.domain.course import Shelf, Theme
from bot.domain.learner import LearnerState, Seat
from bot.features import commands, ways
from bot.features.commands import CertificateForm
from bot.features.learning import finding
from bot.features.request import Request, handles
from bot.store.cold import certificates
from bot.store.cold.certificates import Certificate, CertifiedLesson

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: nothing in it is taken for something else."""
DIGITS, GROUP = 12, 4
"""60 bits."""
LONGEST_NAME = 60
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})


async def offer(theme: Theme, standing: LearnerState, request: Request) -> tuple[Action, ...]:
    """The way to it, at the end of a theme."""
    finished = bool(theme.lessons) and standing.following(theme) is None
    if not finished or standing.preferences.paused or not (await request.workspace()).certificates:
        return ()
    return (Action(say("Certificate"), commands.OpenCertificate(theme=theme.id)),)


@handles(commands.OpenCertificate)
async def certificate(command: commands.OpenCertificate, request: Request) -> views.View:
    theme = await finding.theme(request, command.theme)
    if not (await request.workspace()).certificates:
        raise NotYet(
            say("There are no certificates here."), say("Those who run this workspace have switched them off.")
        )
    made = await _made(theme, request)
    page = _page(theme, made, request)
    match command.form:
        case CertificateForm.PAGE:
            return page
        case CertificateForm.SVG:
            content = page.svg.document.encode()
        case CertificateForm.PNG:
            content = await request.draw(page.svg) or b""
    if not content:
        raise NotYet(
            say("The picture cannot be drawn here just now."), say("As a file it can be had: it opens in a browser.")
        )
    return views.Download(
        text=say("Your certificate of {title}.", title=theme.title),
        name=f"dualo-certificate-{theme.id}.{command.form}",
        mime="image/png" if command.form is CertificateForm.PNG else "image/svg+xml",
        content=content,
        actions=(Action(say("Back to it"), replace(command, form=CertificateForm.PAGE)),),
    )


async def _made(theme: Theme, request: Request) -> Certificate:
    """The one there is; a new one if there is none, or what it says was undone since and done again."""
    standing = await request.standing()
    async with request.store.reading() as connection:
        kept = await certificates.find(connection, request.seat, theme.id)
    if kept and _stands(kept, standing, request.shelf):
        return kept
    following = standing.following(theme)
    if following or not theme.lessons:
        left = len(theme.lessons) - standing.done(theme)
        raise NotYet(
            say_many(
                left,
                "There is a certificate once all is done; {n} lesson to go.",
                "There is a certificate once all is done; {n} lessons to go.",
            ),
            actions=(Action(say("Go on"), commands.Next(theme=theme.id)),),
        )
    if standing.preferences.paused:
        raise NotYet(say("Recording is paused, so no certificate is made."), say("“Record again” is in /privacy."))
    made = _make(theme, standing, request)
    async with request.store.transaction() as connection:
        await certificates.save(connection, request.actor.workspace, made)
    return made


def _make(theme: Theme, standing: LearnerState, request: Request) -> Certificate:
    done = [(lesson, found) for lesson in theme.lessons if (found := standing.completion(theme, lesson))]
    return Certificate(
        person=request.actor.person,
        theme=theme.id,
        code="".join(secrets.choice(ALPHABET) for _ in range(DIGITS)),
        name=text.shorten(text.clean(request.actor.name), LONGEST_NAME),
        title=theme.title,
        lessons=tuple(CertifiedLesson(found.key, lesson.title) for lesson, found in done),
        finished=max(found.at for _, found in done).astimezone(request.zone).date(),
        at=request.now,
    )


def _stands(made: Certificate, standing: LearnerState, shelf: Shelf) -> bool:
    """Whether everything that it names is still recorded, under whatever name it is taught now."""
    return all(_is_done(each, standing, shelf) for each in made.lessons)


def _is_done(each: CertifiedLesson, standing: LearnerState, shelf: Shelf) -> bool:
    lesson = shelf.lesson(each.key.theme, each.key.lesson)
    theme = shelf.theme(lesson.theme) if lesson else None
    if lesson and theme:
        return standing.completion(theme, lesson) is not None
    return each.key in standing.completions


def _page(theme: Theme, made: Certificate, request: Request) -> views.CertificatePage:
    finished = when.say_date(made.finished)
    titles = tuple(each.title for each in made.lessons)
    code = grouped(made.code)
    command = commands.OpenCertificate(theme=theme.id)
    return views.CertificatePage(
        emoji=theme.emoji,
        theme=made.title,
        name=made.name,
        finished=finished,
        lessons=titles,
        code=code,
        svg=drawn.drawing(name=made.name, theme=made.title, finished=finished, lessons=titles, code=code),
        actions=(
            Action(say("As a picture"), replace(command, form=CertificateForm.PNG)),
            Action(say("As a file"), replace(command, form=CertificateForm.SVG)),
            ways.progress(),
        ),
    )


# The code -------------------------------------------------------------------------------------------------------------


def grouped(code: str) -> str:
    """In groups, for people to read out."""
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def read(said: str) -> str:
    """As stored; with or without its groups, and with letters that were taken for digits."""
    return "".join(each for each in said.upper().translate(_READ_AS) if each in ALPHABET)


async def confirm(said: str, request: Request) -> views.View:
    """For those who run the workspace: valid, unknown, or undone since."""
    code = read(said)
    async with request.store.reading() as connection:
        found = await certificates.of_code(connection, request.actor.workspace, code) if code else None
    if found is None:
        raise StudyError(
            say("No certificate of this workspace has the code “{said}”.", said=text.shorten(said, 40)),
            say(
                "Look whether it is typed as it stands there. Whoever erased their data erased their certificates, too."
            ),
            actions=(ways.hub(),),
        )
    standing = await request.store.standing(Seat(request.actor.workspace, found.person))
    stands = _stands(found, standing, request.shelf)
    named = (say("made out to “{name}”", name=found.name),) if found.name else ()
    facts = (
        views.Fact(say("Whose"), (views.Someone(found.person), *named)),
        views.Fact(say("Theme"), (found.title,)),
        views.Fact(say("Finished"), (when.say_date(found.finished),)),
        views.Fact(say("Lessons"), (i18n.figure(len(found.lessons)),)),
    )
    item = views.Item(
        grouped(found.code),
        facts,
        note=say("Valid.") if stands else say("Undone since: not all of it is recorded as done any more."),
        tone=views.Tone.DONE if stands else views.Tone.SORRY,
    )
    return views.Listing(say("Certificate"), (item,), say("What stands behind this code."), (ways.hub(),))
