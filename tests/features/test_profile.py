"""What a platform tells of people is kept for what is sent to them: no more than that, and of nobody else."""

from __future__ import annotations

import json

import pytest

from bot.core import views
from bot.core.ports import Actor
from bot.core.record import replace
from bot.domain.learner import Seat
from bot.engine import StudyEngine
from bot.features import commands
from bot.store.store import Store
from tests.conftest import Learner
from tests.features.house import THEME, Front, settle

DAILY = commands.EditReminders(nudges=commands.Nudges.DM, days="daily", hour="09:00")


@pytest.fixture
def mei(engine: StudyEngine) -> Learner:
    settle(engine, Front())
    return Learner(engine, Actor("web", "mei", locale="de"))


async def locale(store: Store) -> str | None:
    return (await store.standing(Seat("web", "mei"))).locale


async def test_the_language_of_the_platform_is_kept_beside_what_is_kept_anyway(mei: Learner, store: Store) -> None:
    await mei.does(commands.Home())
    assert await locale(store) is None
    await mei.does(commands.OpenLesson(lesson=f"{THEME}/layers"))
    await mei.does(commands.Home())
    assert await locale(store) == "de"
    mei.actor = replace(mei.actor, locale="fr-CA")
    await mei.does(commands.Home())
    assert await locale(store) == "fr-CA"


async def test_it_is_kept_with_the_yes_to_reminders(mei: Learner, store: Store) -> None:
    await mei.does(DAILY)
    assert await locale(store) == "de"


@pytest.mark.parametrize("told", [{"locale": ""}, {"locale": "fr", "visits": True}], ids=["nothing", "a visit"])
async def test_what_the_platform_does_not_tell_just_now_changes_nothing(
    mei: Learner, store: Store, told: dict[str, str | bool]
) -> None:
    await mei.does(DAILY)
    mei.actor = replace(mei.actor, **told)
    await mei.does(commands.Home())
    assert await locale(store) == "de"


async def test_nothing_is_kept_while_recording_is_paused(mei: Learner, store: Store) -> None:
    await mei.does(commands.Privacy(action=commands.PrivacyVerb.PAUSE))
    mei.actor = replace(mei.actor, locale="fr")
    await mei.does(commands.Home())
    assert not await locale(store)


async def test_whoever_is_answered_without_being_told_of_is_answered_as_before(mei: Learner) -> None:
    """Slack cannot always tell."""
    await mei.does(DAILY)
    mei.actor = replace(mei.actor, locale="")
    answer = await mei.does(commands.StopReminders())
    assert isinstance(answer, views.Notice)
    assert answer.text == "Keine Erinnerungen mehr."


async def test_it_is_exported_and_erased_with_the_rest(mei: Learner, store: Store) -> None:
    await mei.does(DAILY)
    copy = await mei.does(commands.Privacy(action=commands.PrivacyVerb.EXPORT))
    assert isinstance(copy, views.Download)
    assert [each["locale"] for each in json.loads(copy.content)["rows"]["learner"]] == ["de"]
    await mei.does(commands.Erase(word="erase"))
    assert await locale(store) is None
    await mei.does(commands.Home())
    assert await locale(store) is None
