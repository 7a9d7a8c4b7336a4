"""Forms that were refused, kept as they were filled in, so that *Try again* opens them with everything in its place.

They are kept in memory alone: what somebody typed and did not get saved is nobody's record. After a restart the same
button opens the form as it stands.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from cachetools import LRUCache

from bot.core import actions, views
from bot.core.actions import Action, Field, FieldKind, Filled
from bot.core.errors import StudyError
from bot.core.i18n import mark, say
from bot.core.ports import Actor
from bot.core.record import replace
from bot.core.views import Reply, Tone
from bot.features import commands
from bot.features.request import Request, handler_of, handles

MOST_REFUSED = 1_000
"""Refused forms that are kept; a form holds a few hundred characters, and never more than some thousands."""
TRY_AGAIN = mark("Try again")
GONE = mark("What you typed before is not here any more.")


class RefusedForms:
    """What was filled in and refused, by id; each is for whoever filled it in, where they did."""

    def __init__(self) -> None:
        self._kept: LRUCache[str, tuple[str, str, Filled]] = LRUCache(MOST_REFUSED)

    def keep(self, filled: Filled, actor: Actor) -> str:
        made = secrets.token_urlsafe(6)
        self._kept[made] = (actor.workspace, actor.person, filled)
        return made

    def find(self, form: str, actor: Actor) -> Filled | None:
        workspace, person, filled = self._kept.get(form, ("", "", None))
        return filled if (workspace, person) == (actor.workspace, actor.person) else None


def answered(reply: Reply, filled: Filled, actor: Actor, *, refused: RefusedForms) -> Reply:
    """The answer to a form. A refusal first of all offers the form again, in the place of buttons that would open it
    empty."""
    view, opener = reply.view, filled.opener
    if not isinstance(view, views.Notice) or view.tone is not Tone.SORRY or opener is None:
        return reply
    again = Action(say(TRY_AGAIN), _reopening(refused.keep(filled, actor), opener))
    others = tuple(each for each in view.actions if not _opens_the_same(each, opener))
    return replace(reply, view=replace(view, actions=(again, *others)))


def _reopening(form: str, opener: commands.Command) -> commands.Command:
    """With the command that opens the form as it stands, where that finds room: it outlives what was kept."""
    whole = commands.TryAgain(form=form, opener=actions.token(opener))
    try:
        actions.token(whole)
    except ValueError:
        return commands.TryAgain(form=form)
    return whole


def _opens_the_same(offer: actions.Offer, opener: commands.Command) -> bool:
    return isinstance(offer, Action) and (offer.label == say(TRY_AGAIN) or offer.command == opener)


@handles(commands.TryAgain)
async def reopen(command: commands.TryAgain, request: Request) -> views.View:
    filled = request.refused.find(command.form, request.actor)
    opener = filled.opener if filled else actions.read(command.opener)
    if opener is None or not opener.asks or isinstance(opener, commands.TryAgain):
        raise StudyError(say("This form is not there any more."), say("Please ask for it again."))
    await request.check_allowed(opener)
    page = await handler_of(opener)(opener, request)
    if not isinstance(page, views.FormPage):
        return page
    if filled is None:
        return replace(page, intro=f"{say(GONE)} {page.intro}".rstrip())
    fields = tuple(_as_filled_in(page.form.fields, filled))
    return replace(page, form=replace(page.form, fields=fields))


def _as_filled_in(fields: Iterable[Field], filled: Filled) -> Iterable[Field]:
    for field in fields:
        said = filled.answers.get(field.name)
        known = field.kind is not FieldKind.ONE_OF or said in dict(field.options)
        yield replace(field, value=said) if said is not None and known else field
