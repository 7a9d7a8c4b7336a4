"""What those who run a server type and fill in: the command is theirs, its forms open at once, pickers say ids."""

from __future__ import annotations

import pytest

from adapters.discord import registration
from bot.core import pictures, views
from bot.core.actions import Action, Field, FieldKind, Form
from bot.core.ports import Services
from bot.features import commands
from bot.features.commands import Channel, Person, Role
from tests.contracts.samples import running
from tests.wire.discord import payload as read
from tests.wire.discord.client import ClientRefused
from tests.wire.discord.interactions import Answer, Callback
from tests.wire.discord.person import Given
from tests.wire.discord_stage import Scene, text_of

BEGUN = views.Notice("First post: Mon 6 Oct 2025 09:00 Europe/Paris.", tone=views.Tone.DONE)


def kinds(form: Answer) -> dict[str, object]:
    assert form.modal is not None
    parts = (read.object_of(part, "component") for part in form.modal.components)
    return {read.text_of(part, "custom_id"): part["type"] for part in parts if part}


async def test_the_setup_is_one_form_that_opens_at_once(classroom: Scene) -> None:
    classroom.engine.instead = {commands.Setup: running.setup_form()}
    form = await classroom.boss.slash("study-admin setup", channel=classroom.channel)
    assert form.response is not None
    assert form.response.type is Callback.MODAL
    assert kinds(form) == {"channel": 8, "theme": 3, "weekday": 21, "hour": 4, "timezone": 4}


async def test_a_filled_setup_comes_back_as_the_engine_takes_it(classroom: Scene) -> None:
    classroom.engine.instead = {commands.Setup: running.setup_form()}
    classroom.engine.filled = {commands.Setup: BEGUN}
    form = await classroom.boss.slash("study-admin setup", channel=classroom.channel)
    done = await classroom.boss.submit(form, {"channel": [classroom.channel], "weekday": "=tue", "hour": "08:30"})
    asked, actor = classroom.last_asked
    assert asked == commands.Setup(channel=Channel(classroom.address), theme="theme-01", weekday="tue", hour="08:30")
    assert (actor.manages, actor.workspace) == (True, f"discord:{classroom.guild.id}")
    assert "First post: Mon 6 Oct 2025 09:00" in text_of(done)
    assert done.ephemeral


async def test_people_roles_and_channels_are_picked(classroom: Scene) -> None:
    team = classroom.discord.role(classroom.guild, "leads")
    page = views.Notice("Contacts", actions=(Action("Change", commands.EditContacts()),))
    classroom.engine.instead = {
        commands.OpenWorkspace: page,
        commands.EditContacts: running.contacts_form(),
    }
    classroom.engine.filled = {commands.EditContacts: views.Notice("Saved.")}
    shown = await classroom.boss.slash("study-admin settings", channel=classroom.channel)
    form = await classroom.boss.press(shown, "Change")
    assert kinds(form) == {"alert_user": 5, "alert_channel": 8, "manager_role": 6}
    await classroom.boss.submit(
        form, {"alert_user": [classroom.ada.user], "alert_channel": [classroom.channel], "manager_role": [team]}
    )
    assert classroom.last_asked[0] == commands.EditContacts(
        alert_user=Person(str(classroom.ada.id)),
        alert_channel=Channel(classroom.address),
        manager_role=Role(str(team.id)),
    )


async def test_what_nobody_picked_is_left_out(classroom: Scene) -> None:
    page = views.Notice("Contacts", actions=(Action("Change", commands.EditContacts()),))
    classroom.engine.instead = {
        commands.OpenWorkspace: page,
        commands.EditContacts: running.contacts_form(),
    }
    classroom.engine.filled = {commands.EditContacts: views.Notice("Saved.")}
    shown = await classroom.boss.slash("study-admin settings", channel=classroom.channel)
    await classroom.boss.submit(await classroom.boss.press(shown, "Change"), {})
    assert classroom.last_asked[0] == commands.EditContacts(filled=True)


async def test_who_was_picked_before_is_picked_in_the_form(classroom: Scene) -> None:
    fields = (
        Field("alert_user", "Who", FieldKind.PERSON, str(classroom.ada.id), required=False),
        Field("alert_channel", "Where", FieldKind.CHANNEL, classroom.address, required=False),
    )
    page = views.Notice("Contacts", actions=(Action("Change", commands.EditContacts()),))
    classroom.engine.instead = {
        commands.OpenWorkspace: page,
        commands.EditContacts: views.FormPage("Contacts", "", Form("save-contacts", {}, fields)),
    }
    classroom.engine.filled = {commands.EditContacts: views.Notice("Saved.")}
    shown = await classroom.boss.slash("study-admin settings", channel=classroom.channel)
    await classroom.boss.submit(await classroom.boss.press(shown, "Change"), {})
    kept = commands.EditContacts(alert_user=Person(str(classroom.ada.id)), alert_channel=Channel(classroom.address))
    assert classroom.last_asked[0] == kept


async def test_native_options_come_back_as_the_engine_takes_them(classroom: Scene) -> None:
    team = classroom.discord.role(classroom.guild, "leads")
    classroom.engine.instead = {commands.ScheduleAdd: views.Notice("Added.")}
    await classroom.boss.slash(
        "study-admin schedule add",
        {
            "theme": "backend",
            "channel": classroom.channel,
            "weekdays": "mon",
            "time": "09:00",
            "mention": team,
            "thread": True,
        },
        channel=classroom.channel,
    )
    assert classroom.last_asked[0] == commands.ScheduleAdd(
        theme="backend",
        channel=Channel(classroom.address),
        weekdays="mon",
        time="09:00",
        mention=Role(str(team.id)),
        thread=True,
    )


async def test_a_person_given_by_hand_comes_as_an_id(classroom: Scene) -> None:
    classroom.engine.instead = {commands.ManageMember: views.Notice("Done.")}
    given: dict[str, Given] = {"action": "reset", "user": classroom.ada}
    await classroom.boss.slash("study-admin member", given, channel=classroom.channel)
    wanted = commands.ManageMember(action=commands.MemberVerb.RESET, user=Person(str(classroom.ada.id)))
    assert classroom.last_asked[0] == wanted


async def test_the_command_is_hidden_until_the_server_gives_it_to_somebody(classroom: Scene) -> None:
    classroom.engine.instead = {commands.Setup: running.setup_form()}
    with pytest.raises(ClientRefused, match="hidden"):
        await classroom.ada.slash("study-admin setup", channel=classroom.channel)
    classroom.discord.grant_command(classroom.guild, "study-admin", classroom.ada, classroom.boss)
    form = await classroom.ada.slash("study-admin setup", channel=classroom.channel)
    assert form.modal is not None
    assert classroom.last_asked[1].manages is False


async def test_the_command_is_for_servers_alone(classroom: Scene) -> None:
    with pytest.raises(ClientRefused, match="not offered in this place"):
        await classroom.boss.slash("study-admin setup")


def test_every_managers_command_stands_under_the_one_root() -> None:
    (admin,) = [one for one in registration.definitions() if one["name"] == commands.ADMIN_ROOT]
    options = read.objects_of(admin, "options")
    paths = [
        (str(one["name"]), *inner)
        for one in options
        for inner in ([(str(leaf["name"]),) for leaf in read.objects_of(one, "options")] if one["type"] == 2 else [()])
    ]
    wanted = [spec.path[1:] for spec in commands.all_specs() if spec.typed and spec.who is commands.Who.MANAGERS]
    assert sorted(paths) == sorted(wanted)
    assert (admin["default_member_permissions"], admin["contexts"], admin["integration_types"]) == ("32", [0], [0])


@pytest.mark.parametrize("route", ["GET /guilds/*", "GET /guilds/*/channels"])
async def test_a_setup_that_discord_limits_says_for_how_long(classroom: Scene, route: str) -> None:
    classroom.engine.engine.settle(Services({"discord": classroom.adapter}))
    form = await classroom.boss.slash("study-admin setup", channel=classroom.channel)
    classroom.discord.limit(route, 90.0)
    done = await classroom.boss.submit(form, {"channel": [classroom.channel], "weekday": "=tue", "hour": "08:30"})
    assert "for 90 seconds" in text_of(done)


async def test_a_report_comes_to_its_manager_alone_with_its_chart_and_the_chart_in_words(classroom: Scene) -> None:
    sample = running.report()
    assert sample.diagram
    classroom.engine.instead = {commands.OpenReport: sample}
    answer = await classroom.boss.slash("study-admin report", channel=classroom.channel)
    assert answer.ephemeral
    assert answer.message is not None
    (picture,) = answer.message.attachments
    assert (picture.data, picture.description) == (pictures.png(sample.diagram.svg), sample.diagram.alt)
