"""What people type in Discord: every command answers, in private unless they said otherwise, wherever they are."""

from __future__ import annotations

import asyncio

import pytest

from bot.features import commands
from bot.features.commands import ParameterKind, Spec
from tests.wire.discord.client import ClientRefused
from tests.wire.discord.permissions import Permission
from tests.wire.discord.person import Given
from tests.wire.discord_stage import Scene, labels, shown, text_of

GIVEN: dict[str, dict[str, Given]] = {"find": {"words": "event loop"}}
TYPED = [spec for spec in commands.all_specs() if spec.typed and spec.who is commands.Who.EVERYONE]


@pytest.mark.parametrize("spec", TYPED, ids=lambda spec: spec.verb)
async def test_every_typed_command_answers_in_private(classroom: Scene, spec: Spec) -> None:
    answer = await classroom.ada.slash(spec.name, GIVEN.get(spec.verb, {}), channel=classroom.channel)
    assert answer.ephemeral
    assert text_of(answer)
    assert classroom.discord.messages(classroom.channel) == []
    assert classroom.last_asked[0].spec is spec


async def test_the_person_the_server_and_the_rights_come_from_the_event(classroom: Scene) -> None:
    crew = classroom.discord.role(classroom.guild, "crew")
    classroom.discord.join(classroom.ada, classroom.guild, crew)
    await classroom.ada.slash("study", channel=classroom.channel)
    actor = classroom.last_asked[1]
    assert actor.workspace == f"discord:{classroom.guild.id}"
    assert actor.person == str(classroom.ada.id)
    assert actor.place == f"#{classroom.channel.id}"
    assert (actor.manages, actor.private, actor.locale) == (False, False, "en-US")
    assert str(crew.id) in actor.roles


@pytest.mark.parametrize("right", [Permission.MANAGE_GUILD, Permission.ADMINISTRATOR])
async def test_who_manages_the_server_manages_the_workspace(classroom: Scene, right: Permission) -> None:
    role = classroom.discord.role(classroom.guild, "lead", right)
    classroom.discord.join(classroom.ada, classroom.guild, role)
    await classroom.ada.slash("study", channel=classroom.channel)
    assert classroom.last_asked[1].manages


async def test_a_shared_lesson_stands_in_the_channel_without_anyones_progress(classroom: Scene) -> None:
    lesson: dict[str, Given] = {"theme": "backend-architectures", "lesson": "1"}
    await classroom.ada.slash("done", {"lesson": "backend-architectures/layers"}, channel=classroom.channel)
    answer = await classroom.ada.slash("lesson", lesson | {"share": True}, channel=classroom.channel)
    assert not answer.ephemeral
    assert classroom.discord.messages(classroom.channel) == [shown(answer)]
    assert "Done on" not in text_of(answer)
    assert shown(answer).mentions == []


async def test_an_error_stays_private_even_if_the_answer_would_be_public(classroom: Scene) -> None:
    answer = await classroom.ada.slash("lesson", {"theme": "zzz", "share": True}, channel=classroom.channel)
    assert answer.ephemeral
    assert "There is no theme called “zzz”" in text_of(answer)


async def test_what_somebody_typed_comes_back_as_words(classroom: Scene) -> None:
    hostile = "@everyone <@1> **x** [a](https://evil.example)"
    answer = await classroom.ada.slash("theme", {"name": hostile}, channel=classroom.channel)
    assert r"\@everyone \<@1> \*\*x\*\* \[a\](https:\//evil.example)" in text_of(answer)
    assert (shown(answer).mentions, shown(answer).mention_everyone) == ([], False)


async def test_public_progress_names_no_single_lesson(classroom: Scene) -> None:
    await classroom.ada.slash("done", {"lesson": "backend-architectures/layers"}, channel=classroom.channel)
    answer = await classroom.ada.slash("progress", {"public": True}, channel=classroom.channel)
    assert not answer.ephemeral
    assert labels(shown(answer)) == []


async def test_progress_comes_with_a_picture_and_its_words(classroom: Scene) -> None:
    await classroom.ada.slash("done", {"lesson": "backend-architectures/layers"}, channel=classroom.channel)
    answer = await classroom.ada.slash("progress", channel=classroom.channel)
    (picture,) = shown(answer).attachments
    assert picture.data.startswith(b"\x89PNG\r\n\x1a\n")
    assert picture.description is not None
    assert picture.description.startswith("The last 26 weeks: 1 kept.")


async def test_ones_own_data_comes_as_a_file_that_only_they_see(classroom: Scene) -> None:
    answer = await classroom.ada.slash("privacy", {"action": "export"}, channel=classroom.channel)
    assert answer.ephemeral
    (file,) = shown(answer).attachments
    assert file.filename.endswith(".json")
    assert b"rows" in file.data


async def test_direct_messages_are_a_workspace_of_ones_own(classroom: Scene) -> None:
    answer = await classroom.ada.slash("next", {"theme": "backend-architectures"})
    actor = classroom.last_asked[1]
    assert "Lesson 1 of 10" in text_of(answer)
    assert (actor.workspace, actor.private, actor.manages) == (f"discord:dm:{classroom.ada.id}", True, False)
    assert actor.place == f"@{classroom.ada.id}"


async def test_a_user_installed_app_answers_where_the_bot_is_not(classroom: Scene) -> None:
    eve = classroom.discord.person("eve", installed=True)
    elsewhere = classroom.discord.guild("Elsewhere", owner=eve, bot=False)
    channel = classroom.discord.channel(elsewhere)
    answer = await eve.slash("themes", channel=channel)
    assert answer.ephemeral
    actor = classroom.last_asked[1]
    assert (actor.workspace, actor.manages, actor.private) == (f"discord:dm:{eve.id}", False, True)


async def test_a_user_installed_app_answers_in_a_group_conversation(classroom: Scene) -> None:
    eve = classroom.discord.person("eve", installed=True)
    group = classroom.discord.private_channel(eve, classroom.ada)
    answer = await eve.slash("next", {"theme": "backend-architectures"}, channel=group)
    assert answer.ephemeral
    assert classroom.last_asked[1].workspace == f"discord:dm:{eve.id}"


async def test_suggestions_follow_what_is_typed(classroom: Scene) -> None:
    ada, channel = classroom.ada, classroom.channel
    themes = await ada.autocomplete("lesson", {"theme": "back"}, focused="theme", channel=channel)
    assert themes[0].value == "backend-architectures"
    options: dict[str, Given] = {"theme": "backend-architectures", "lesson": ""}
    lessons = await ada.autocomplete("lesson", options, focused="lesson", channel=channel)
    assert lessons[0].value == "backend-architectures/layers"
    assert len(lessons) == 10


async def test_a_suggestion_can_be_sent_as_it_is(classroom: Scene) -> None:
    ada, channel = classroom.ada, classroom.channel
    (first, *_) = await ada.autocomplete("done", {"lesson": "goroutines"}, focused="lesson", channel=channel)
    answer = await ada.slash("done", {"lesson": str(first.value)}, channel=channel)
    assert "Done: " in text_of(answer)


async def test_numbers_and_choices_are_held_to_their_bounds_by_discord(classroom: Scene) -> None:
    with pytest.raises(ClientRefused, match="at most 10"):
        classroom.ada.slash("quiz", {"count": 11}, channel=classroom.channel)
    with pytest.raises(ClientRefused, match="not on the list"):
        classroom.ada.slash("privacy", {"action": "burn"}, channel=classroom.channel)


def test_every_kind_of_option_has_a_native_type() -> None:
    from adapters.discord import registration

    assert set(registration._KINDS) == set(ParameterKind)


async def test_a_hundred_people_at_once_each_get_their_answer(classroom: Scene) -> None:
    people = [classroom.discord.person(f"p{number}") for number in range(100)]
    for person in people:
        classroom.discord.join(person, classroom.guild)
    asked = [person.slash("next", {"theme": "backend-architectures"}, channel=classroom.channel) for person in people]
    answers = await asyncio.gather(*(answer.answered() for answer in asked))
    assert all("Lesson 1 of 10" in text_of(answer) for answer in answers)
