"""Before a schedule is kept: is the place this workspace's own, and what is missing there? Asked without posting."""

from __future__ import annotations

import pytest

from adapters.slack.api import Installation
from adapters.slack.payload import address
from bot.core.ports import Check
from tests.wire.slack.faults import Fault
from tests.wire.slack.model import ChannelKind
from tests.wire.slack_bot import Scene


async def look(scene: Scene, channel: str, *, team: str = "", enterprise: str = "-") -> Check:
    workspace = f"slack:-:{scene.workspace.id}"
    (found,) = await scene.adapter.survey(workspace, [address(enterprise, team or scene.workspace.id, channel)])
    return found


def without(scene: Scene, *scopes: str) -> None:
    grant = scene.workspace.grant
    assert grant is not None
    grant.scopes = tuple(scope for scope in grant.scopes if scope not in scopes)


async def test_a_channel_that_it_was_invited_to_takes_posts(office: Scene) -> None:
    found = await look(office, office.workspace.general.id)
    assert (found.name, found.healthy, found.detail) == ("Slack: #general", True, "Dualo may post there.")
    assert office.slack.calls("chat.postMessage") == []


async def test_somebodys_direct_messages_take_posts(office: Scene) -> None:
    assert (await look(office, office.ada.id)).healthy is True
    assert office.slack.calls("conversations.open") == []


async def test_a_channel_of_another_team_is_never_taken_nor_asked_after(rough_office: Scene) -> None:
    other = rough_office.slack.add_team("Other")
    await rough_office.adapter._installs.add(Installation("-", other.id, other.token))
    found = await look(rough_office, other.general.id, team=other.id)
    assert (found.healthy, found.detail) == (False, "It is not in this workspace.")
    assert rough_office.slack.calls("conversations.info") == []
    elsewhere = await look(rough_office, rough_office.workspace.general.id, enterprise="E0000001")
    assert elsewhere.healthy is False


async def test_another_teams_channel_under_ones_own_name_is_not_found(rough_office: Scene) -> None:
    other = rough_office.slack.add_team("Other")
    found = await look(rough_office, other.general.id)
    assert found.healthy is False
    assert "/invite @Dualo" in found.mend


async def test_a_channel_of_another_workspace_of_the_organisation_is_told_by_what_slack_says(office: Scene) -> None:
    general = office.workspace.general
    general.team_id, here = "T0OTHER", general.team_id
    found = await look(office, general.id)
    general.team_id = here
    assert (found.healthy, found.detail) == (False, "It is not in this workspace.")


async def test_a_channel_without_the_bot_says_how_to_invite_it(office: Scene) -> None:
    found = await look(office, office.workspace.channel("outside", with_bot=False).id)
    assert (found.healthy, found.mend) == (False, "Type “/invite @Dualo” in #outside.")


async def test_a_private_channel_without_the_bot_cannot_be_seen(rough_office: Scene) -> None:
    found = await look(
        rough_office, rough_office.workspace.channel("secret", kind=ChannelKind.PRIVATE, with_bot=False).id
    )
    assert found.healthy is False
    assert "/invite @Dualo" in found.mend


async def test_an_archived_channel_says_so(office: Scene) -> None:
    old = office.workspace.channel("old")
    old.archived = True
    found = await look(office, old.id)
    assert (found.healthy, found.detail) == (False, "The channel is archived.")
    assert found.mend


@pytest.mark.parametrize(
    ("scope", "kind"),
    [
        ("chat:write", ChannelKind.PUBLIC),
        ("channels:history", ChannelKind.PUBLIC),
        ("groups:history", ChannelKind.PRIVATE),
        ("groups:read", ChannelKind.PRIVATE),
        ("channels:read", ChannelKind.PUBLIC),
    ],
)
async def test_a_missing_permission_is_named_with_its_mend(rough_office: Scene, scope: str, kind: ChannelKind) -> None:
    channel = rough_office.workspace.channel("lessons", kind=kind)
    without(rough_office, scope)
    found = await look(rough_office, channel.id)
    assert found.healthy is False
    assert scope in found.detail
    assert "install it again" in found.mend


async def test_a_permission_that_the_place_does_not_need_is_not_asked_for(rough_office: Scene) -> None:
    without(rough_office, "groups:history", "im:write", "files:write")
    assert (await look(rough_office, rough_office.workspace.general.id)).healthy is True


@pytest.mark.parametrize("channel", ["nonsense", "#general", "<#C0000001>", "D0000000001"])
async def test_what_is_no_channel_is_none(office: Scene, channel: str) -> None:
    assert (await look(office, channel)).healthy is False


@pytest.mark.parametrize("place", ["", "web:room", "4200000000000000001", "-:T1", "::C1"])
async def test_another_fronts_address_is_no_place_here(office: Scene, place: str) -> None:
    (found,) = await office.adapter.survey(f"slack:-:{office.workspace.id}", [place])
    assert found.healthy is False


async def test_a_bot_is_nobody_to_write_to(office: Scene) -> None:
    assert (await look(office, office.workspace.team.bot.id)).healthy is False


async def test_while_slack_does_not_answer_nothing_is_called_well(rough_office: Scene) -> None:
    rough_office.slack.plan(Fault(method="conversations.info", status=503))
    found = await look(rough_office, rough_office.workspace.general.id)
    assert (found.healthy, found.mend) == (False, "Slack does not answer just now.")


async def test_the_address_of_somebodys_direct_messages_is_one_that_takes_posts(office: Scene) -> None:
    made = office.adapter.direct(f"slack:-:{office.workspace.id}", office.ada.id)
    assert made == f"-:{office.workspace.id}:{office.ada.id}"
