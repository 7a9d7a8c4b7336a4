"""Typed in Slack: a command is answered in the acknowledgement, for one person alone unless they said otherwise."""

from __future__ import annotations

import pytest

from adapters.slack.payload import CommandNames
from bot.core.errors import SettingsError
from bot.features import commands
from tests.wire.slack.model import Message
from tests.wire.slack_bot import Scene, labels, words

NAMES = CommandNames()
EXAMPLES = {"find": "event loop", "lesson": "backend-architectures 2", "quiz": "concurrency", "theme": "backend"}
"""What is typed behind a command that wants, or takes, words."""
FOR_EVERYONE = sorted(
    spec.verb
    for spec in commands.all_specs()
    if spec.typed and spec.who is commands.Who.EVERYONE and spec.verb != "setup"
)


@pytest.mark.parametrize("verb", FOR_EVERYONE)
async def test_every_command_is_answered_in_the_acknowledgement(office: Scene, verb: str) -> None:
    spec = commands.by_verb(verb)
    assert spec is not None
    command, _, under = NAMES.typed(spec).partition(" ")
    turn = await office.ada.command(command, f"{under} {EXAMPLES.get(verb, '')}".strip())
    assert turn.ack is not None
    assert turn.ack.payload is not None
    assert [message.only_for for message in turn.ephemerals] == [office.ada.id]
    assert office.engine.asked[0][0].spec is spec
    assert "Sorry" not in turn.text
    assert len(turn.text) > 20


async def test_a_command_that_stands_alone_means_the_same_under_the_root(office: Scene) -> None:
    alone = await office.asks("/lesson", "concurrency")
    under = await office.asks("/study", "lesson concurrency")
    assert alone.blocks[1]["text"] == under.blocks[1]["text"]
    assert office.engine.asked[0][0] == office.engine.asked[1][0]


@pytest.mark.parametrize("typed", ["backend-architectures 3", "  Backend   3 ", "theme:backend lesson:3"])
async def test_words_are_read_kindly(office: Scene, typed: str) -> None:
    assert (await office.asks("/lesson", typed)).text.startswith("Lesson 3 of 10 in Backend Architectures")


async def test_without_words_the_root_is_the_hub(office: Scene) -> None:
    assert "Read the first lesson" in labels(await office.asks("/study"))


async def test_an_unknown_command_offers_the_closest(office: Scene) -> None:
    answer = await office.asks("/study", "leson 3")
    assert "There is no command “leson”." in words(answer)
    assert "/lesson" in labels(answer)


async def test_an_error_says_how_it_is_typed_here(office: Scene) -> None:
    assert "Usage: /study find words" in words(await office.asks("/study", "find"))


async def test_a_theme_that_is_not_there_offers_the_closest_as_buttons(office: Scene) -> None:
    answer = await office.asks("/study", "theme bakend")
    assert "There is no theme called “bakend”." in words(answer)
    assert labels(answer)[-1] == "All themes"


async def test_slacks_escapes_are_undone_before_a_line_is_read(office: Scene) -> None:
    await office.asks("/study", "find &lt;b&gt; &amp; co")
    assert office.engine.asked[0][0] == commands.Find(words="<b> & co")


async def test_a_lesson_is_shared_with_the_channel_without_anyones_progress(office: Scene) -> None:
    await office.asks("/done", "concurrency")
    turn = await office.ada.command("/lesson", "concurrency share:true")
    posted = await turn.message()
    assert office.slack.messages(office.workspace.general) == [posted]
    assert "Done on" not in words(posted)
    assert turn.ephemerals == []


async def test_an_error_stays_private_even_when_sharing(office: Scene) -> None:
    turn = await office.ada.command("/lesson", "no-such-theme 3 share:true")
    assert (await turn.ephemeral()).only_for == office.ada.id
    assert office.slack.messages(office.workspace.general) == []


async def test_a_lesson_is_one_message_that_nobody_has_to_unfold(office: Scene) -> None:
    for theme in ("backend-architectures", "frameworks-under-pressure"):
        answer = await office.asks("/lesson", f"{theme} 1")
        assert {block["type"] for block in answer.blocks} <= {
            "context", "header", "rich_text", "divider", "actions"
        }  # fmt: skip


async def test_what_a_screen_reader_speaks_is_the_whole_lesson(office: Scene) -> None:
    answer = await office.asks("/lesson", "concurrency")
    assert answer.text.startswith("Lesson 2 of 10 in Backend Architectures")
    assert "Requests in flight = arrival rate" in answer.text
    assert "▱" not in answer.text


async def test_people_are_known_by_what_slack_says_of_them(office: Scene) -> None:
    await office.asks("/themes")
    await office.asks("/themes", by=office.boss)
    ada, boss = (actor for _, actor in office.engine.asked)
    assert (ada.person, ada.timezone, ada.locale, ada.manages) == (office.ada.id, "Europe/Paris", "en-US", False)
    assert boss.manages is True
    assert ada.workspace == f"slack:-:{office.workspace.id}"
    assert ada.place == f"-:{office.workspace.id}:{office.workspace.general.id}"


async def test_somebody_who_moves_is_asked_after_again(office: Scene) -> None:
    await office.asks("/themes")
    office.ada.user.tz = "Asia/Tokyo"
    await office.asks("/themes")
    office.clock.at = office.clock.at.replace(day=office.clock.at.day + 1)
    await office.asks("/themes")
    assert [actor.timezone for _, actor in office.engine.asked] == ["Europe/Paris", "Europe/Paris", "Asia/Tokyo"]
    assert len(office.slack.calls("users.info")) == 2


async def test_user_groups_are_known_without_anybody_waiting_for_them(office: Scene) -> None:
    group = office.workspace.usergroup("backend", [office.ada])
    await office.asks("/themes")
    await office.slack.book.until("the groups asked for", lambda: office.slack.calls("usergroups.list") or None)
    await office.asks("/themes")
    assert office.engine.asked[-1][1].roles == frozenset({group.id})


async def test_a_line_in_the_direct_messages_is_a_command_too(office: Scene) -> None:
    turn = await office.ada.say("lesson concurrency")
    answer = await turn.until("an answer in the DM", lambda: _last(office))
    assert answer.text.startswith("Lesson 2 of 10")


async def test_what_the_bot_itself_writes_is_no_command(office: Scene) -> None:
    turn = await office.ada.say("next")
    await turn.until("an answer in the DM", lambda: _last(office))
    posted = _last(office)
    assert posted is not None
    await office.workspace.event(
        {"type": "message", "channel_type": "im", "text": "next", "bot_id": office.workspace.team.bot_id,
         "user": office.workspace.team.bot.id, "channel": office.ada.dm.id, "ts": posted.ts}
    )  # fmt: skip
    await office.settled()
    assert len([m for m in office.slack.messages(office.ada.dm) if m.bot_id]) == 1


def _last(office: Scene) -> Message | None:
    said = [message for message in office.slack.messages(office.ada.dm) if message.bot_id]
    return said[-1] if said else None


def test_a_prefix_stands_before_every_command() -> None:
    names = CommandNames("acme")
    assert names.typed(commands.Find.spec) == "/acme-study find"
    assert names.typed(commands.Next.spec) == "/acme-next"
    assert names.line("/acme-lesson", "3") == names.line("/lesson", "3") == "lesson 3"
    assert names.here("Try /next or “/saved”.") == "Try /acme-next or “/acme-study saved”."


def test_a_prefix_that_slack_would_refuse_is_refused_with_the_reason() -> None:
    with pytest.raises(SettingsError, match="cannot stand before"):
        CommandNames("Acme Corp!")
