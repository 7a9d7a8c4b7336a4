"""Slack as somebody new meets it: every command typed, every button pressed, every form sent, and all of it read."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field

import pytest

from bot.core.ports import Services
from bot.features.commands import Parameter, ParameterKind, Who
from tests import strolling
from tests.strolling import Stroll
from tests.wire.slack.book import SightKind
from tests.wire.slack.model import Message, Usergroup, View
from tests.wire.slack.person import Person, Screen
from tests.wire.slack.screen import CannotDo, Found, Value, interactive, label_of, options_of
from tests.wire.slack.turn import Turn
from tests.wire.slack_bot import Scene, words

_NATIVE = re.compile(r"<(?:[@#!]|https?:)[^>]*>|https?://\S+")
"""What Slack shows by its name."""


@dataclass(slots=True)
class Walker:
    """Somebody who tries everything."""

    scene: Scene
    person: Person
    group: Usergroup
    stroll: Stroll
    waiting: deque[tuple[str, Screen]] = field(default_factory=deque)

    async def go(self, who: Who) -> None:
        for spec, kind in strolling.lines(who):
            name, _, rest = spec.name.partition(" ")
            command, before = (f"/{name}", rest) if who is Who.MANAGERS else ("/study", spec.name)
            wanted = [each for each in spec.options if kind != "bare"]
            said = " ".join([before, *(f'{each.name}:"{self._given(each, kind)}"' for each in wanted)]).strip()
            self.stroll.typed += 1
            turn = await self.person.command(command, said)
            await self._take(turn, f"{command} {spec.name} ({kind})")
            await self._press_on()

    def _given(self, parameter: Parameter, kind: str) -> str:
        if kind == "bad":
            return strolling.NONSENSE
        match parameter.kind:
            case ParameterKind.CHANNEL:
                general = self.scene.workspace.general
                return f"<#{general.id}|{general.name}>"
            case ParameterKind.ROLE:
                return f"<!subteam^{self.group.id}|@crew>"
            case ParameterKind.PERSON:
                return f"<@{self.scene.ada.id}|ada>"
            case _:
                return strolling.word(parameter, kind)

    async def _press_on(self) -> None:
        while self.waiting:
            how, screen = self.waiting.popleft()
            for found in list(interactive(screen.blocks)):
                label = label_of(found)
                if found.block["type"] == "input" or "url" in found.element or not self.stroll.wants(label):
                    continue
                try:
                    turn = await self._act(screen, found)
                except CannotDo:
                    continue  # gone with an earlier press
                if turn is not None:
                    await self._take(turn, f"{how} > {label}")

    async def _act(self, screen: Screen, found: Found) -> Turn | None:
        action = found.element["action_id"]
        if found.type == "button":
            return await self.person.press(screen, action)
        options = options_of(found.element)
        return await self.person.choose(screen, action, options[0]["value"]) if options else None

    async def _take(self, turn: Turn, how: str) -> None:
        screens = await turn.until(f"an answer to {how}", lambda: _screens(turn) or None)
        await self.scene.settled()
        for screen in _screens(turn) or screens:
            said = screen.title if isinstance(screen, View) else ""
            self.stroll.read(_NATIVE.sub("", f"{said} {words(screen)}"), how)
            if isinstance(screen, Message):
                self.stroll.read(_NATIVE.sub("", screen.text), f"{how} (spoken)")
            if isinstance(screen, View) and "submit" in screen.described:
                await self._fill(screen, how)
            else:
                self.waiting.append((how, screen))

    async def _fill(self, form: View, how: str) -> None:
        """As it stands, what is missing filled in with nonsense and with sense."""
        for said in ("zzqx", "1"):
            if form.id not in self.person.team.views:
                return
            self.stroll.forms += 1
            values: dict[str, Value] = {}
            for found in interactive(form.blocks):
                value = self._value(found, said)
                if value is not None:
                    values[found.element["action_id"]] = value
            try:
                turn = await self.person.submit(form, values)
            except CannotDo:
                continue
            for error in turn.errors.values():
                self.stroll.read(error, f"{how} [{said}]")
            await self.scene.settled()
            for screen in _screens(turn):
                if screen is not form:
                    self.stroll.read(_NATIVE.sub("", words(screen)), f"{how} [{said}]")
                    if isinstance(screen, Message):
                        self.waiting.append((f"{how} [{said}]", screen))

    def _value(self, found: Found, said: str) -> Value:
        required = found.block["type"] == "input" and not found.block.get("optional", False)
        match found.type:
            case "plain_text_input":
                return None if said == "1" and found.element.get("initial_value") else said
            case "static_select" if required and "initial_option" not in found.element:
                return str(options_of(found.element)[0]["value"])
            case "conversations_select" if required:
                return self.scene.workspace.general.id
            case "checkboxes" if required and "initial_options" not in found.element:
                return [str(found.element["options"][0]["value"])]
            case "datepicker":
                return "2027-03-01"
            case _:
                return None


def _screens(turn: Turn) -> list[Screen]:
    said = [message for message in turn.messages if not message.files]
    found: list[Screen] = [*turn.updates, *turn.ephemerals, *said]
    views = [sight.view for sight in turn.sights if sight.kind is SightKind.VIEW and sight.view is not None]
    return [views[-1]] if views else found[-1:]


@pytest.mark.parametrize("office", ["socket"], indirect=True)
async def test_whatever_somebody_new_tries_on_slack_is_answered_in_their_own_words(office: Scene) -> None:
    scene = office
    scene.engine.engine.settle(Services({"slack": scene.adapter}))  # type: ignore[attr-defined]
    group = scene.workspace.usergroup("crew", [scene.ada])
    hidden = [scene.ada.id, scene.boss.id, scene.workspace.general.id, group.id]
    stroll = Stroll(hidden=hidden)
    await Walker(scene, scene.ada, group, stroll).go(Who.EVERYONE)
    await Walker(scene, scene.boss, group, stroll).go(Who.MANAGERS)
    assert stroll.faults == []
    assert (stroll.typed > 60, stroll.forms > 20, stroll.pressed.total() > 300) == (True, True, True)
