"""Each platform says which language its people read, and each of them is answered in it."""

from __future__ import annotations

from tests.wire.discord_stage import Scene as DiscordScene
from tests.wire.discord_stage import labels as discord_labels
from tests.wire.discord_stage import shown, text_of
from tests.wire.slack_bot import Scene as SlackScene
from tests.wire.slack_bot import element, labels, words


async def test_discord_answers_each_in_the_language_of_their_own_client(classroom: DiscordScene) -> None:
    eva = classroom.discord.person("eva", locale="de")
    classroom.discord.join(eva, classroom.guild)
    german = await eva.slash("progress", channel=classroom.channel)
    assert "Noch ist nichts aufgezeichnet." in text_of(german)
    assert discord_labels(shown(german)) == ["Alle Themen"]
    assert "Nothing is recorded yet." in text_of(await classroom.ada.slash("progress", channel=classroom.channel))


async def test_discord_is_answered_so_before_the_engine_is_asked(classroom: DiscordScene) -> None:
    eva = classroom.discord.person("eva", locale="de")
    classroom.discord.join(eva, classroom.guild)
    post = shown(await classroom.boss.slash("lesson", {"theme": "backend", "share": True}, channel=classroom.channel))
    post.author = classroom.boss.user
    answer = await eva.message_command("Report this lesson", post)
    assert "In dieser Nachricht steht keine Lektion von mir." in text_of(answer)


async def test_slack_answers_in_the_language_of_the_account_and_its_home_is_in_it(office: SlackScene) -> None:
    eva = office.workspace.person("eva", locale="de-DE")
    home = await eva.open_home()
    assert "Nur du siehst diese Seite." in words(home)
    assert "Alle Themen" in labels(home)
    offered = [option["text"]["text"] for option in element(home, "Alles, was du tun kannst")["options"]]
    assert {"Lektion", "Weiter", "Einstellungen"} <= set(offered)
    assert "Noch ist nichts aufgezeichnet." in words(await office.asks("/progress", by=eva))
    assert "Es gibt keinen Befehl „progres“." in words(await office.asks("/study", "progres", by=eva))
    modal = await (await eva.press(home, "Einstellungen")).modal()
    assert "Deine Einstellungen" in words(modal) or modal.described["title"]["text"] == "Deine Einstellungen"
