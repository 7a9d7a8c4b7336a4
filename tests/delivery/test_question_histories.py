"""Histories of chance: people answer a question, processes die while they edit its number, and at its end the books
balance. Each history is told by its seed."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from bot.core import views
from bot.core.ports import Delivered, Outcome
from bot.delivery.leases import LEASE
from bot.domain.course import Shelf
from bot.domain.outbox import DeliveryKind
from bot.domain.weekly_question import COUNTED_EVERY, LAST_COUNT, OPEN_FOR
from tests.delivery.conftest import Stage
from tests.delivery.platform import Platform
from tests.delivery.questions import WEDNESDAY, answers, edits, posted_and_asked
from tests.delivery.scene import Scene, scene_on

SEEDS = range(6)


@pytest.fixture
async def scene(stage: Stage, shelf: Shelf) -> AsyncIterator[Scene]:
    made = await scene_on(stage, shelf)
    yield made
    await made.stage.courier.stop(5)


class Told:
    """When the platform was asked to edit, and what it then showed; some edits go wrong."""

    def __init__(self, scene: Scene, dice: random.Random) -> None:
        self._scene = scene
        self._dice = dice
        self.edits: list[tuple[datetime, int]] = []

    def __call__(self, view: views.View) -> Delivered | None:
        assert isinstance(view, views.QuestionPost)
        self.edits.append((self._scene.stage.clock.at, view.answered))
        fails = self._dice.random() < 0.2 and view.result is None
        return Delivered(Outcome.UNKNOWN, reason="no answer") if fails else None


@pytest.mark.parametrize("seed", SEEDS)
async def test_whatever_happens_the_number_is_right_and_edited_seldom(scene: Scene, seed: int) -> None:
    dice = random.Random(seed)
    post = await posted_and_asked(scene)
    told = Told(scene, dice)
    platform: Platform = scene.stage.platform
    platform.on_edit = told
    answered = right = 0
    for _ in range(80):
        match dice.choice(("press", "press", "wait", "carry", "carry", "die", "again")):
            case "press":
                correct = dice.random() < 0.6
                await answers(scene, f"p{answered}", post, right=correct)
                answered, right = answered + 1, right + correct
            case "again" if answered:
                await answers(scene, f"p{dice.randrange(answered)}", post)
            case "wait":
                scene.stage.clock.at += timedelta(seconds=dice.uniform(1, 200))
            case "carry":
                await scene.stage.carry()
            case "die":
                await scene.stage.claim()  # and nothing is heard of it again
                if dice.random() < 0.5:
                    scene.stage.clock.at += LEASE
    scene.stage.clock.at += 3 * LEASE
    for _ in range(20):
        scene.stage.clock.at += COUNTED_EVERY
        await scene.stage.carry()
    assert scene.stage.clock.at < WEDNESDAY + OPEN_FOR - LAST_COUNT
    assert edits(scene)[-1].answered == answered
    known = dict(told.edits)
    numbers = [shown for _, shown in sorted(known.items())]
    assert numbers == sorted(numbers), "an older number took the place of a newer one"
    await scene.at(WEDNESDAY + OPEN_FOR + COUNTED_EVERY)
    ended = edits(scene)[-1]
    assert ended.result is not None
    assert (ended.answered, ended.right) == (answered, right if answered >= 5 else None)
    if ended.result.shares:
        assert sum(share.chosen for share in ended.result.shares) == answered
    states = {line.state.over for line in await scene.stage.lines(DeliveryKind.ANSWERS)}
    assert states <= {True}
