"""An interaction is answered once, in time and in a fitting way; what follows needs a first answer."""

from __future__ import annotations

import pytest

from tests.wire.discord.interactions import Answer
from tests.wire.discord.payload import Payload
from tests.wire.discord.stage import Said, Scene, Stage, call, shown

MESSAGE: Payload = {"type": 4, "data": {"content": "x"}}


async def respond(scene: Scene, answer: Answer, body: object, *, query: str = "") -> Said:
    path = f"/interactions/{answer.id}/{answer.token}/callback{query}"
    return await call(scene.discord, "POST", path, body, authorization=None)


async def follow(scene: Scene, answer: Answer, method: str, step: str, body: object = None) -> Said:
    path = f"/webhooks/{scene.discord.bot.id}/{answer.token}{step}"
    return await call(scene.discord, method, path, body, authorization=None)


def mute(scene: Scene) -> Answer:
    scene.discord.commands.overwrite(None, [{"name": "mute", "description": "-", "integration_types": [0, 1]}])
    return scene.ada.slash("mute", channel=scene.channel)


async def test_the_answer_is_told_only_when_asked_for(scene: Scene) -> None:
    silent, spoken = mute(scene), mute(scene)
    assert (await respond(scene, silent, MESSAGE)).status == 204
    said = await respond(scene, spoken, MESSAGE, query="?with_response=true")
    assert said.body["interaction"] == {
        "id": str(spoken.id),
        "type": 2,
        "response_message_id": str(shown(spoken).id),
        "response_message_loading": False,
        "response_message_ephemeral": False,
    }


async def test_a_second_answer_is_refused(scene: Scene) -> None:
    answer = mute(scene)
    await respond(scene, answer, MESSAGE)
    said = await respond(scene, answer, MESSAGE)
    assert (said.status, said.code) == (400, 40060)


async def test_an_answer_after_three_seconds_is_too_late(scene: Scene) -> None:
    answer, late = mute(scene), mute(scene)
    scene.discord.clock.advance(2.5)
    assert (await respond(scene, answer, MESSAGE)).status == 204
    scene.discord.clock.advance(1)
    said = await respond(scene, late, MESSAGE)
    assert (said.status, said.code) == (404, 10062)


async def test_an_unknown_token_is_an_unknown_interaction(scene: Scene) -> None:
    said = await call(scene.discord, "POST", "/interactions/1/nothing/callback", MESSAGE, authorization=None)
    assert (said.status, said.code) == (404, 10062)


async def test_a_follow_up_needs_a_first_answer_and_a_live_token(scene: Scene) -> None:
    answer = mute(scene)
    assert (await follow(scene, answer, "POST", "", {"content": "x"})).code == 10015
    await respond(scene, answer, MESSAGE)
    assert (await follow(scene, answer, "POST", "", {"content": "x"})).status == 200
    scene.discord.clock.advance(15 * 60)
    said = await follow(scene, answer, "POST", "", {"content": "x"})
    assert (said.status, said.code) == (401, 50027)


async def test_the_first_follow_up_fills_a_deferral_and_keeps_its_privacy(scene: Scene) -> None:
    answer = mute(scene)
    await respond(scene, answer, {"type": 5, "data": {"flags": 64}})
    assert shown(answer).loading
    await follow(scene, answer, "POST", "", {"content": "done"})
    assert (shown(answer).text, shown(answer).ephemeral, shown(answer).loading) == ("done", True, False)
    assert answer.followups == []


async def test_the_original_is_read_edited_and_deleted(scene: Scene) -> None:
    answer = mute(scene)
    await respond(scene, answer, MESSAGE)
    assert (await follow(scene, answer, "GET", "/messages/@original")).body["content"] == "x"
    await follow(scene, answer, "PATCH", "/messages/@original", {"content": "y"})
    assert shown(answer).text == "y"
    assert (await follow(scene, answer, "DELETE", "/messages/@original")).status == 204
    assert answer.message is None
    assert (await follow(scene, answer, "GET", "/messages/@original")).code == 10008


@pytest.mark.parametrize("kind", [1, 6, 7, 8, 10, "4", None])
async def test_a_command_takes_only_fitting_answers(scene: Scene, kind: object) -> None:
    said = await respond(scene, mute(scene), {"type": kind, "data": {}})
    assert (said.status, said.code) == (400, 50035)


async def test_a_form_cannot_open_a_form(stage: Stage) -> None:
    form = await stage.ada.slash("settings", channel=stage.channel)
    hold = stage.discord.hold("POST /interactions/**", times=1)
    sent = stage.ada.submit(form, {"hour": "9"})
    await stage.discord.until(lambda: hold.waiting == 1, "the bot's own answer")
    assert (await respond(stage, sent, {"type": 9, "data": {}})).code == 50035
    assert (await respond(stage, sent, {"type": 6})).code == 50035
    hold.release()
    await sent


async def test_a_form_comes_first_or_not_at_all(scene: Scene) -> None:
    answer = mute(scene)
    await respond(scene, answer, {"type": 5})
    said = await respond(scene, answer, {"type": 9, "data": {"custom_id": "a", "title": "b", "components": []}})
    assert said.code == 40060


async def test_the_tree_of_errors_names_the_place(scene: Scene) -> None:
    said = await respond(scene, mute(scene), {"type": 4, "data": {"content": "x" * 2001}})
    assert said.body["message"] == "Invalid Form Body"
    assert said.body["errors"] == {
        "data": {"content": {"_errors": [{"code": "BASE_TYPE_MAX_LENGTH",
                                          "message": "Must be 2000 or fewer in length."}]}}
    }  # fmt: skip
    assert len(scene.discord.rejected) == 1


async def test_external_apps_that_are_off_make_answers_private(scene: Scene) -> None:
    eve = scene.discord.person("eve", installed=True)
    elsewhere = scene.discord.guild("Elsewhere", owner=scene.boss, bot=False)
    channel = scene.discord.channel(elsewhere)
    scene.discord.join(eve, elsewhere)
    mute(scene)
    loud = eve.slash("mute", channel=channel)
    await respond(scene, loud, MESSAGE)
    elsewhere.everyone.permissions &= ~(1 << 50)
    quiet = eve.slash("mute", channel=channel)
    await respond(scene, quiet, MESSAGE)
    assert (loud.ephemeral, quiet.ephemeral) == (False, True)
    assert quiet.payload["authorizing_integration_owners"] == {"1": str(eve.id)}


async def test_the_payload_is_as_discord_sends_it(scene: Scene) -> None:
    payload = mute(scene).payload
    assert payload["context"] == 0
    assert payload["locale"] == "fr"
    assert payload["guild_locale"] == "en-US"
    assert payload["authorizing_integration_owners"] == {"0": str(scene.guild.id)}
    assert {"member", "app_permissions", "entitlements", "attachment_size_limit", "channel", "guild"} <= set(payload)
    assert "user" not in payload


async def test_places_have_their_context(scene: Scene) -> None:
    scene.ada.user.installed = True
    mute(scene)
    group = scene.discord.private_channel(scene.ada, scene.boss)
    contexts = [scene.ada.slash("mute").payload["context"], scene.ada.slash("mute", channel=group).payload["context"]]
    assert contexts == [1, 2]
