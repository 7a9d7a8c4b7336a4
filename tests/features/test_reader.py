"""Whoever asks is answered in their own zone, language and manner, whatever they ask and however it ends."""

from __future__ import annotations

import pytest

from bot.core import commands, views
from bot.core.commands import ParameterKind, Spec
from bot.core.ports import Actor
from bot.engine import StudyEngine
from bot.features.commands import EditSettings
from bot.features.request import handler_of
from tests.conftest import Learner
from tests.features.house import Front, settle

CHOSEN = views.Reader(timezone="Asia/Tokyo", language="en", plain=True)
CHANGE_THE_READER = {"edit-settings", "erase"}
SPECS = [spec for spec in commands.all_specs() if spec.verb not in CHANGE_THE_READER]


def example(spec: Spec, words: str) -> commands.Command:
    """The command with something in each required field."""
    given: dict[str, object] = {}
    for each in spec.parameters:
        if each.required:
            numeric = each.kind is ParameterKind.NUMBER
            given[each.name] = each.low or 1 if numeric else each.choices[0] if each.choices else words[: each.longest]
    return commands.build(spec, given)


async def chosen(engine: StudyEngine, *, manages: bool) -> Learner:
    settle(engine, Front())
    tokyo = Learner(engine, Actor("web", "mei", manages=manages))
    await tokyo.does(EditSettings(timezone=CHOSEN.timezone, plain=True))
    return tokyo


@pytest.mark.parametrize("manages", [True, False], ids=["manager", "learner"])
@pytest.mark.parametrize("words", ["backend-architectures", "9f 🦉"], ids=["sense", "nonsense"])
async def test_every_answer_is_drawn_for_whoever_asked(engine: StudyEngine, words: str, *, manages: bool) -> None:
    mei = await chosen(engine, manages=manages)
    others: dict[str, views.Reader] = {}
    for spec in SPECS:
        reply = await engine.handle(example(spec, words), mei.actor)
        if reply.reader != CHOSEN:
            others[spec.verb] = reply.reader
    assert others == {}


async def test_a_bug_is_told_in_the_readers_own_manner(engine: StudyEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    mei = await chosen(engine, manages=True)

    async def falls(_: commands.Command, __: object) -> views.View:
        raise RuntimeError("on purpose")

    monkeypatch.setattr("bot.engine.handler_of", lambda _: falls)
    reply = await engine.handle(commands.named("next"), mei.actor)
    assert isinstance(reply.view, views.Notice)
    assert (reply.view.tone, reply.reader) == (views.Tone.SORRY, CHOSEN)


async def test_every_command_has_a_handler() -> None:
    missing: list[str] = []
    for spec in commands.all_specs():
        try:
            handler_of(example(spec, "x"))
        except KeyError:
            missing.append(spec.verb)
    assert missing == []
