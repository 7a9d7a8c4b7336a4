"""The Home tab: the hub that stays, since private answers vanish when Slack is reloaded.

It is published when somebody opens it, and again after anything they did that changed it. What managers do and a post
in a channel may change everybody's Home: the ones that were opened lately are published again then.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence

import structlog
from cachetools import LRUCache, TTLCache

from adapters.slack import painter
from adapters.slack.api import CallFailed, Limited
from adapters.slack.background import BackgroundTasks
from adapters.slack.engine_gateway import ASK_FOR, EngineGateway
from adapters.slack.payload import CommandNames, Json, PayloadOrigin
from adapters.slack.responder import SlackResponder, broken_home
from adapters.slack.sheet import BLOCKS_IN_VIEW, OPTIONS, Sheet
from bot.api import actions, commands, i18n, replace, views

log = structlog.get_logger(__name__)

PART = "home:"
"""What the ids of everything on the Home tab begin with."""
SETTLED = 0.5
"""Seconds after the last thing somebody did before their Home is drawn anew."""
RIGHTS = 20.0
"""Seconds for which it is taken as known who is shown what managers do."""
LATELY = 4 * 3600.0
"""Seconds after which a Home that somebody opened counts as left."""
FOLLOWING = 24
"""Homes that are published again after a change of their workspace: those that were opened last."""
PACE = 0.75
"""Seconds between two of them. Slack takes a hundred a minute; what people do themselves needs its share."""
LONGEST_REST = 60.0
"""Seconds that a Home waits when Slack asks for rest."""
_TRIES = 3
"""How often a Home is published while Slack limits; what its owner does next publishes it anyway."""
MOST, MOST_WORKSPACES = 20_000, 2_000
"""People and workspaces remembered."""
_WITHIN_REACH = ("saved", "settings", "privacy", "help")
"""Verbs that get a button of their own, if the page does not offer them already."""


class HomeTabs:
    """Everybody's Home tab."""

    def __init__(
        self, gateway: EngineGateway, responder: SlackResponder, names: CommandNames, tasks: BackgroundTasks
    ) -> None:
        self._gateway = gateway
        self._responder = responder
        self._names = names
        self._tasks = tasks
        self._shown: LRUCache[tuple[str, str], str] = LRUCache(MOST)
        """A digest of what each person's Home shows."""
        self._due: set[tuple[str, str]] = set()
        self._opened: LRUCache[str, TTLCache[str, PayloadOrigin]] = LRUCache(MOST_WORKSPACES)
        """Who opened their Home lately, by workspace and person."""
        self._following: dict[str, bool] = {}
        """Workspaces whose Homes are being published, and whether something changed since they began."""
        self._managing: TTLCache[tuple[str, str], bool] = TTLCache(MOST, RIGHTS)

    async def opened(self, origin: PayloadOrigin) -> None:
        """Somebody looks at their Home: show it as it is now."""
        timer = lambda: _now()  # noqa: E731, PLW0108 -- looked up anew each time, so that a test can turn it
        here = self._opened.setdefault(origin.workspace, TTLCache(FOLLOWING, LATELY, timer))
        here.pop(origin.person, None)
        here[origin.person] = origin
        await self._publish(origin, always=True)

    def answered(self, command: commands.Command, reply: views.Reply, origin: PayloadOrigin) -> None:
        """Somebody was answered: their Home may have to change, and after what a manager did, everybody's."""
        self.touch(origin)
        if command.spec.who is commands.Who.MANAGERS and _may_have_changed(reply.view):
            self.changed(origin.workspace)

    def touch(self, origin: PayloadOrigin, *, always: bool = False) -> None:
        """Somebody did something; if they ever looked at their Home here, it may have to change."""
        key = (origin.workspace, origin.person)
        if key in self._due or (key not in self._shown and not always):
            return
        if always:
            self._shown[key] = ""
        self._due.add(key)
        self._tasks.start(self._settle(origin, key), name="home")

    async def _settle(self, origin: PayloadOrigin, key: tuple[str, str]) -> None:
        await asyncio.sleep(SETTLED)
        self._due.discard(key)
        await self._publish(origin, always=False)

    def changed(self, workspace: str) -> None:
        """Something happened there that may stand on everybody's Home."""
        begun = workspace in self._following
        self._following[workspace] = True
        if not begun:
            self._tasks.start(self._follow(workspace), name="homes")

    async def _follow(self, workspace: str) -> None:
        """Publish the Homes that may be open, one by one; a stop waits for none of them."""
        try:
            while self._following[workspace]:
                if not await self._tasks.rest(2 * SETTLED):
                    return
                self._following[workspace] = False
                for origin in self._lately(workspace):
                    if await self._publish(origin, always=False) and not await self._tasks.rest(PACE):
                        return
        finally:
            del self._following[workspace]

    def _lately(self, workspace: str) -> Sequence[PayloadOrigin]:
        """Whose Homes were opened lately, the last first."""
        here = self._opened.get(workspace)
        newest = reversed(list(here)) if here is not None else ()
        return [origin for person in newest if here and (origin := here.get(person))]

    async def _publish(self, origin: PayloadOrigin, *, always: bool) -> bool:
        """Show the Home as it is when Slack takes it. Whether there was something to show."""
        key = (origin.workspace, origin.person)
        for tries_left in reversed(range(_TRIES)):
            try:
                return await self._show(origin, key, always=always)
            except Limited as limited:
                if tries_left and limited.wait <= LONGEST_REST and await self._rest(key, limited.wait):
                    continue
                _stays(limited)
            except CallFailed as failed:
                _stays(failed)
            return False
        return False

    async def _rest(self, key: tuple[str, str], wait: float) -> bool:
        """What happens meanwhile needs no turn of its own: the Home is drawn anew afterwards."""
        self._due.add(key)
        rested = await self._tasks.rest(wait)
        self._due.discard(key)
        return rested

    async def _show(self, origin: PayloadOrigin, key: tuple[str, str], *, always: bool) -> bool:
        try:
            view = await self._draw(origin)
        except Exception:
            if not always:
                raise
            view = broken_home()
        mark = hashlib.blake2b(json.dumps(view).encode(), digest_size=8).hexdigest()
        if self._shown.get(key) == mark and not always:
            return False
        await self._responder.publish_home(origin, view)
        self._shown[key] = mark
        return True

    async def _draw(self, origin: PayloadOrigin) -> Json:
        home = await self._gateway.look(commands.Home(), origin)
        catalogue = await self._gateway.look(commands.Themes(), origin)
        return view(home, catalogue, self._names, manages=await self._manages(origin))

    async def _manages(self, origin: PayloadOrigin) -> bool:
        """Whether to show the way to what managers do; whether they may do it is asked again when they do."""
        key = (origin.workspace, origin.person)
        manages = self._managing.get(key)
        if manages is None:
            manages = self._managing[key] = await self._gateway.manages(origin)
        return manages


def _now() -> float:
    return asyncio.get_running_loop().time()


def _may_have_changed(view: views.View) -> bool:
    """A form has yet to be filled in, and what was refused changed nothing."""
    return not isinstance(view, views.FormPage) and not (
        isinstance(view, views.Notice) and view.tone is views.Tone.SORRY
    )


def _stays(failed: CallFailed) -> None:
    log.warning(f"A Home tab stays as it was: {failed}.", action="slack.no_home")


def view(home: views.Reply, catalogue: views.Reply, names: CommandNames, *, manages: bool = False) -> Json:
    """The Home tab's page: where to go on, every theme, and the way to everything else."""
    with i18n.speaking(home.reader.language):
        own = painter.draw(home.view, home.reader, names, part=f"{PART}own.")
        shelf = painter.draw(catalogue.view, catalogue.reader, names, part=f"{PART}shelf.")
        more = Sheet(f"{PART}more")
        more.divide()
        more.header(i18n.say("More"))
        more.offer(_buttons(painter.offered(own.page)))
        _everything(more)
        if manages:
            _managing(more)
        more.aside(i18n.say("Only you see this page. Nothing that you do here is shown to others."))
    above: list[Json] = [*own.blocks, {"type": "divider"}, *shelf.blocks]
    # However long the shelf is, the way to everything else stays.
    return {"type": "home", "blocks": above[: BLOCKS_IN_VIEW - len(more.blocks)] + more.blocks}


def _buttons(offered: Iterable[actions.Offer]) -> Iterator[actions.Offer]:
    """What belongs within reach and is not offered above."""
    above = {each.command.spec.verb for each in offered if isinstance(each, actions.Action)}
    for verb in _WITHIN_REACH:
        spec = commands.by_verb(verb)
        if spec is not None and verb not in above:
            yield actions.Action(_title(spec), commands.build(spec, {}))
    if commands.EditReminders.spec.verb not in above:
        yield actions.Action(i18n.say("Reminders"), commands.EditReminders())


def _everything(sheet: Sheet) -> None:
    """Every command that can be typed, for those who would rather not type."""
    specs = [each for each in _typed(commands.Who.EVERYONE) if each.verb != "home"]
    options = [_option(spec) for spec in specs[:OPTIONS]]
    sheet.press([sheet.select(i18n.say("Everything you can do"), options)])


def _managing(sheet: Sheet) -> None:
    """What those who run the workspace do: the first steps as buttons, all of it as a menu."""
    groups: dict[str, list[tuple[str, str, str]]] = {}
    for spec in _typed(commands.Who.MANAGERS):
        groups.setdefault(_SHELVES.get(spec.path[1], _LAST), []).append(_option(spec))
    ordered = {
        i18n.say(label): groups[label] for label in (*dict.fromkeys(_SHELVES.values()), _LAST) if label in groups
    }
    sheet.divide()
    sheet.header(i18n.say("Run Dualo here"))
    sheet.aside(i18n.say("You see this part because you may run Dualo in this workspace."))
    first = [sheet.button(replace(each, label=i18n.say(each.label))) for each in _FIRST]
    sheet.press([*first, sheet.grouped(i18n.say("All of it"), ordered)])


_FIRST = (
    actions.Action(i18n.mark("Set up a weekly lesson"), commands.Setup()),
    actions.Action(i18n.mark("Schedules"), commands.ScheduleList()),
    actions.Action(i18n.mark("Check everything"), commands.Doctor()),
)
_LAST = i18n.mark("This workspace")
_SHELVES = {
    "setup": i18n.mark("Weekly lessons"),
    "schedule": i18n.mark("Weekly lessons"),
    "preview": i18n.mark("Weekly lessons"),
    "assign": i18n.mark("People"),
    "report": i18n.mark("People"),
    "member": i18n.mark("People"),
    "content": i18n.mark("Lessons"),
    "inbox": i18n.mark("Lessons"),
}
"""Under which heading an admin command stands, by the word behind the root; the others stand under the last."""


def _typed(who: commands.Who) -> Iterator[commands.Spec]:
    return (spec for spec in commands.all_specs() if spec.typed and spec.who is who)


def _option(spec: commands.Spec) -> tuple[str, str, str]:
    return _value(spec), _title(spec), spec.told


def _title(spec: commands.Spec) -> str:
    words = spec.path[1:] if spec.path[0] == commands.ADMIN_ROOT else spec.path
    return " ".join(i18n.say_as("command", word) for word in words).replace("-", " ").capitalize()


def _value(spec: commands.Spec) -> str:
    """What choosing it does: the command itself, or a form that asks for the words it needs."""
    needs = any(parameter.required for parameter in spec.options)
    return f"{ASK_FOR}{spec.verb}" if needs else actions.token(commands.build(spec, {}))
