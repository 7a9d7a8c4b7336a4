"""The Home tab: the hub that is always there, since answers for one person's eyes vanish on reload.

It is published when somebody opens it, and again after anything they did that made it show something else.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections import OrderedDict
from collections.abc import Iterator, Sequence

from adapters.slack import limits, render
from adapters.slack.calls import CallFailed
from adapters.slack.desk import ASK_FOR, Desk
from adapters.slack.errands import Errands
from adapters.slack.names import Names
from adapters.slack.payload import Json, Origin
from adapters.slack.sheet import Sheet
from adapters.slack.stage import Stage
from bot.api import actions, commands, views

_LOG = logging.getLogger(__name__)

PART = "home:"
"""What the ids of everything on the Home tab begin with."""
SETTLED = 0.5
"""Seconds after the last thing somebody did before their Home is drawn anew."""
MOST = 20_000
"""Home tabs kept in mind."""
_WITHIN_REACH = ("review", "saved", "settings", "privacy", "help")
"""Verbs that get a button of their own, if the page does not offer them already."""


class Homes:
    """Everybody's Home tab."""

    def __init__(self, desk: Desk, stage: Stage, names: Names, errands: Errands) -> None:
        self._desk = desk
        self._stage = stage
        self._names = names
        self._errands = errands
        self._shown: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._due: set[tuple[str, str]] = set()

    async def opened(self, origin: Origin) -> None:
        """Somebody looks at their Home: show it as it is now."""
        await self._publish(origin, always=True)

    def touch(self, origin: Origin, *, always: bool = False) -> None:
        """Somebody did something; if they ever looked at their Home here, it may have to change."""
        key = (origin.workspace, origin.person)
        if key in self._due or (key not in self._shown and not always):
            return
        if always:
            self._shown[key] = ""
        self._due.add(key)
        self._errands.start(self._settle(origin, key), name="home")

    async def _settle(self, origin: Origin, key: tuple[str, str]) -> None:
        await asyncio.sleep(SETTLED)
        self._due.discard(key)
        await self._publish(origin, always=False)

    async def _publish(self, origin: Origin, *, always: bool) -> None:
        view = await self._draw(origin)
        mark = hashlib.blake2b(json.dumps(view).encode(), digest_size=8).hexdigest()
        key = (origin.workspace, origin.person)
        if self._shown.get(key) == mark and not always:
            return
        try:
            await self._stage.publish_home(origin, view)
        except CallFailed as failed:
            _LOG.warning("A Home tab stays as it was: %s.", failed, extra={"action": "slack.no_home"})
            return
        self._shown[key] = mark
        self._shown.move_to_end(key)
        while len(self._shown) > MOST:
            self._shown.popitem(last=False)

    async def _draw(self, origin: Origin) -> Json:
        home = await self._desk.look(commands.Home(), origin)
        catalogue = await self._desk.look(commands.Themes(), origin)
        manages = await self._desk.manages(origin)
        return view(home, catalogue, self._names, manages=manages)


def view(home: views.Reply, catalogue: views.Reply, names: Names, *, manages: bool = False) -> Json:
    """The Home tab's page: where to go on, every theme, and the way to everything else."""
    sheet = Sheet(f"{PART}More", home.reader, names)
    sheet.header("Your learning")
    sheet.blocks += render.draw(home.view, home.reader, names, part=PART).blocks
    sheet.divide()
    sheet.blocks += render.draw(catalogue.view, catalogue.reader, names, part=PART).blocks
    sheet.divide()
    sheet.header("More")
    offered = home.view.actions if isinstance(home.view, views.HomePage) else ()
    sheet.offer(_buttons(offered))
    sheet.blocks += _menus(sheet, manages=manages)
    sheet.aside("Only you see this page. Nothing that you do here is shown to others.")
    return {"type": "home", "blocks": sheet.blocks[: limits.BLOCKS_IN_VIEW]}


def _buttons(offered: Sequence[actions.Offer]) -> Iterator[actions.Offer]:
    """What belongs within reach and is not offered above."""
    above = {each.command.spec.verb for each in offered if isinstance(each, actions.Action)}
    for verb in _WITHIN_REACH:
        spec = commands.by_verb(verb)
        if spec is not None and verb not in above:
            yield actions.Action(_title(spec), commands.build(spec, {}))


def _menus(sheet: Sheet, *, manages: bool) -> Iterator[Json]:
    """Every command that can be typed, for those who would rather not type."""
    for who, prompt in ((commands.Who.EVERYONE, "Everything you can do"), (commands.Who.MANAGERS, "Run Dualo here")):
        specs = [spec for spec in commands.all_specs() if spec.typed and spec.who is who and spec.verb != "home"]
        if specs and (manages or who is commands.Who.EVERYONE):
            select = sheet.select(prompt, [(_value(spec), _title(spec), spec.help) for spec in specs[: limits.OPTIONS]])
            yield {"type": "actions", "elements": [select]}


def _title(spec: commands.Spec) -> str:
    words = spec.path[1:] if spec.path[0] == commands.ADMIN_ROOT else spec.path
    return " ".join(words).replace("-", " ").capitalize()


def _value(spec: commands.Spec) -> str:
    """What choosing it does: the command itself, or a form that asks for the words it needs."""
    needs = any(parameter.required for parameter in spec.options)
    return f"{ASK_FOR}{spec.verb}" if needs else actions.token(commands.build(spec, {}))
