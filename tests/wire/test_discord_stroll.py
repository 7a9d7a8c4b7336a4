"""Discord as somebody new meets it: every command typed, every button pressed, every form sent, and all of it read."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field

from bot.core.ports import Services
from bot.features.commands import Parameter, ParameterKind, Who
from tests import strolling
from tests.strolling import Stroll
from tests.wire.discord import component_rules as kinds
from tests.wire.discord import payload as read
from tests.wire.discord.client import ClientRefused, Values
from tests.wire.discord.interactions import Answer
from tests.wire.discord.model import Message, Role
from tests.wire.discord.payload import Payload
from tests.wire.discord.person import Given, Person
from tests.wire.discord_stage import Scene

_NATIVE = re.compile(r"<[@#][!&]?\d+>|<t:-?\d+(?::\w)?>|</[\w -]+:\d+>|https?://\S+")
"""What Discord shows by its name."""


@dataclass(slots=True)
class Walker:
    """Somebody who tries everything."""

    scene: Scene
    person: Person
    role: Role
    stroll: Stroll
    waiting: deque[tuple[str, Message]] = field(default_factory=deque)

    async def go(self, who: Who) -> None:
        for spec, kind in strolling.lines(who):
            given = {each.name: self._given(each, kind) for each in spec.options if each.required or kind != "bare"}
            try:
                answer = self.person.slash(spec.name, given, channel=self.scene.channel)
            except ClientRefused:
                continue  # Discord's own window does not send that
            self.stroll.typed += 1
            await self._take(answer, f"/{spec.name} ({kind})")
            await self._press_on()

    def _given(self, parameter: Parameter, kind: str) -> Given:
        match parameter.kind:
            case ParameterKind.CHANNEL:
                return self.scene.channel
            case ParameterKind.ROLE:
                return self.role
            case ParameterKind.PERSON:
                return self.scene.ada
            case ParameterKind.NUMBER:
                return int(strolling.word(parameter, kind))
            case ParameterKind.TOGGLE:
                return True
            case _:
                return strolling.word(parameter, kind)

    async def _press_on(self) -> None:
        while self.waiting:
            how, message = self.waiting.popleft()
            for part in list(message.all_components()):
                label = read.text_of(part, "label") or read.text_of(part, "placeholder")
                if part.get("disabled") or not part.get("custom_id") or not self.stroll.wants(label):
                    continue
                try:
                    answer = self._act(message, part)
                except ClientRefused:
                    continue  # gone with an earlier press
                if answer is not None:
                    await self._take(answer, f"{how} > {label}")

    def _act(self, message: Message, part: Payload) -> Answer | None:
        if part.get("type") == kinds.BUTTON:
            return self.person.press(message, read.text_of(part, "custom_id"))
        if part.get("type") == kinds.STRING_SELECT:
            first = read.text_of(read.objects_of(part, "options")[0], "value")
            return self.person.choose(message, read.text_of(part, "custom_id"), [first])
        return None

    async def _take(self, answer: Answer, how: str) -> None:
        await answer.settled()
        if answer.modal is not None:
            await self._fill(answer, how)
            return
        for message in [answer.message, *answer.followups]:
            if message is not None and not message.deleted:
                self.stroll.read(_NATIVE.sub("", message.text), how)
                self.waiting.append((how, message))

    async def _fill(self, answer: Answer, how: str) -> None:
        """As it stands, what is missing filled in with nonsense and with sense."""
        assert answer.modal is not None
        self.stroll.read(" ".join([answer.modal.title, *answer.modal.labels]), how)
        for words in ("zzqx", "1"):
            self.stroll.forms += 1
            values = {name: self._value(part, words) for name, part in answer.modal.fields.items()}
            wanted = {name: value for name, value in values.items() if value is not None}
            try:
                sent = self.person.submit(answer, wanted)
            except ClientRefused:
                continue
            await self._take(sent, f"{how} [{words}]")

    def _value(self, part: Payload, words: str) -> Values | None:
        if part.get("type") == kinds.TEXT_INPUT:
            return None if words == "1" and read.text_of(part, "value") else words
        if part.get("type") == kinds.CHANNEL_SELECT and part.get("required") is not False:
            return [self.scene.channel]
        options = read.objects_of(part, "options")
        preset = any(read.truth_of(each, "default") for each in options)
        return (
            [read.text_of(options[0], "value")]
            if options and not preset and part.get("required") is not False
            else None
        )


async def test_whatever_somebody_new_tries_on_discord_is_answered_in_their_own_words(classroom: Scene) -> None:
    scene = classroom
    scene.engine.engine.settle(Services({"discord": scene.adapter}))
    role = scene.discord.role(scene.guild, "crew")
    hidden = [str(each.id) for each in (scene.ada, scene.boss, scene.channel, scene.guild, role)]
    stroll = Stroll(hidden=hidden)
    await Walker(scene, scene.ada, role, stroll).go(Who.EVERYONE)
    await Walker(scene, scene.boss, role, stroll).go(Who.MANAGERS)
    assert stroll.faults == []
    assert (stroll.typed > 60, stroll.forms > 20, stroll.pressed.total() > 300) == (True, True, True)
