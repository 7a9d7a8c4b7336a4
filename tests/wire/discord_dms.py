"""What a server says to somebody alone, and in whose workspace it was answered."""

from __future__ import annotations

from datetime import datetime

from bot.core import views
from bot.core.actions import Action, Confirm, Field, FieldKind, Form
from bot.core.ports import Actor, Delivered, Outcome
from bot.features import commands
from tests.wire.discord.model import Guild, Message
from tests.wire.discord.person import Person
from tests.wire.discord_stage import Scene

THEME, LESSON = "backend-architectures", "concurrency"
WAITING = views.NextUp("🏗️", "Backend Architectures", 2, 10, "Concurrency models", "Every model has a ceiling.")
READ = Action("Read it", commands.OpenLesson(theme=THEME, lesson=LESSON))
SNOOZE = Action("Snooze a week", commands.Snooze(until="1 week"))
STOP = Action(
    "Stop reminders", commands.StopReminders(), confirm=Confirm("Stop?", "They can be switched on again.", "Stop them")
)
REMINDER = views.Reminder("Your next lesson is here.", (WAITING,), actions=(READ, SNOOZE, STOP))
SNOOZED = views.Notice("Quiet until 12 January.", actions=(Action("Change", commands.EditReminders()),))
FORM = views.FormPage(
    "Your reminders",
    "",
    Form("save-reminders", {}, (Field("hour", "At what time", FieldKind.LINE, value="09:00"),), submit="Save"),
)
GET_GUILD, GET_MEMBER = "GET /guilds/*", "GET /guilds/*/members/*"


def home(guild: Guild) -> str:
    return f"discord:{guild.id}"


def own(person: Person) -> str:
    return f"discord:dm:{person.id}"


async def deliver(
    scene: Scene,
    view: views.View = REMINDER,
    *,
    to: Person | None = None,
    guild: Guild | None = None,
    key: str = "nudge/1",
    first_try: datetime | None = None,
) -> Delivered:
    address = scene.adapter.direct(home(guild or scene.guild), str((to or scene.ada).id))
    return await scene.adapter.deliver(view, address, key, first_try=first_try)


async def reminded(scene: Scene, view: views.View = REMINDER, *, to: Person | None = None) -> Message:
    assert (await deliver(scene, view, to=to)).outcome is Outcome.SENT
    return scene.discord.messages((to or scene.ada).dm)[-1]


async def done(scene: Scene, workspace: str) -> list[str]:
    """What is recorded there of Ada."""
    view = (await scene.engine.engine.handle(commands.Progress(), Actor(workspace, str(scene.ada.id)))).view
    return [one.lesson.title for one in view.recent] if isinstance(view, views.ProgressPage) else []


def asked_in(scene: Scene) -> list[str]:
    return [actor.workspace for _, actor in scene.engine.asked]


def asked_of_discord(scene: Scene) -> list[str]:
    return [one.path for one in scene.discord.requests if one.method == "GET" and "/guilds/" in one.path]
