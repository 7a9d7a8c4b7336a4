"""The doctor's questions about Slack, and the manifest that answers most of them."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from adapters.slack import registration
from adapters.slack.payload import address
from adapters.slack.registration import SCOPES, manifest
from bot.core.errors import SettingsError
from bot.core.ports import Check
from bot.features import commands
from tests.wire.slack.faults import Fault
from tests.wire.slack.installation import TokenState
from tests.wire.slack.model import ChannelKind
from tests.wire.slack_bot import Scene, make_adapter


async def report(office: Scene, *places: str) -> dict[str, Check]:
    return {check.name: check for check in await office.adapter.check(places)}


async def test_all_is_well_where_all_is_well(office: Scene) -> None:
    found = await report(office, address("-", office.workspace.id, office.workspace.general.id))
    assert [name for name, check in found.items() if not check.healthy] == []
    assert "Slack: #general" in found


async def test_a_workspace_is_known_by_its_name(office: Scene) -> None:
    assert await office.adapter.workspaces() == {f"slack:-:{office.workspace.id}": "Acme"}


async def test_missing_scopes_are_named_with_what_they_are_for(rough_office: Scene) -> None:
    grant = rough_office.workspace.grant
    assert grant is not None
    grant.scopes = tuple(scope for scope in grant.scopes if scope not in {"users:read", "files:write"})
    lines = [check for check in (await report(rough_office)).values() if not check.healthy]
    assert [check.name for check in lines] == ["Slack: Acme, permissions"]
    assert "users:read (a learner's timezone" in lines[0].detail
    assert "dualo manifest slack" in lines[0].mend


async def test_a_scope_for_an_extra_is_a_note_and_no_fault(rough_office: Scene) -> None:
    grant = rough_office.workspace.grant
    assert grant is not None
    grant.scopes = tuple(scope for scope in grant.scopes if scope != "usergroups:read")
    found = await report(rough_office)
    assert [name for name, check in found.items() if not check.healthy] == []
    noted = {name: check.next_step for name, check in found.items() if check.advice}
    assert set(noted) == {"Slack: Acme, permissions"}
    assert all(noted.values())


async def test_each_place_says_what_is_missing(rough_office: Scene) -> None:
    team = rough_office.workspace.id
    outside = rough_office.workspace.channel("outside", with_bot=False)
    secret = rough_office.workspace.channel("secret", kind=ChannelKind.PRIVATE, with_bot=False)
    old = rough_office.workspace.channel("old")
    old.archived = True
    gone = rough_office.workspace.person("gone")
    gone.user.deleted = True
    places = [address("-", team, each) for each in (outside.id, secret.id, old.id, gone.id, rough_office.ada.id)]
    found = await report(rough_office, *places, "nonsense", address("-", "T0OTHER", "C1"))
    mends = {name: check.mend for name, check in found.items() if not check.healthy}
    assert mends["Slack: #outside"] == "Type “/invite @Dualo” in #outside."
    assert "/invite @Dualo" in mends[f"Slack: a channel ({secret.id})"]
    assert "archived" in mends["Slack: #old"]
    assert "Slack: direct messages with gone" in mends
    assert "Slack: direct messages with ada" not in mends
    assert mends["Slack: nonsense"] == "Choose another place."
    assert mends["Slack: direct messages with somebody (C1)"] == "Install it there again."


async def test_a_revoked_token_is_seen(rough_office: Scene) -> None:
    grant = rough_office.workspace.grant
    assert grant is not None
    grant.state = TokenState.REVOKED
    assert (await report(rough_office))["Slack: Acme, token"].mend.endswith("Install Dualo in this workspace again.")


async def test_the_doctor_needs_nothing_started(office: Scene) -> None:
    settings = {key: value for key, value in office.settings.items() if key != "clock"}
    visitor = make_adapter(office.slack, office.engine, office.store, line=office.line, **settings)
    assert [check.name for check in await visitor.check() if not check.healthy] == []
    wrong = make_adapter(office.slack, office.engine, office.store, line=office.line, bot_token="xoxb-wrong")
    found = await wrong.check()
    office.slack.rejected.clear()
    assert [(check.healthy, "DUALO_SLACK_BOT_TOKEN" in check.detail) for check in found] == [(False, True)]


async def test_a_socket_that_cannot_be_opened_is_told(rough_office: Scene) -> None:
    rough_office.slack.plan(Fault(method="apps.connections.open", error="not_allowed_token_type"), times=5)
    line = (await report(rough_office))["Slack: connection"]
    assert line.healthy is (rough_office.line == "http")
    assert rough_office.line == "http" or "Socket Mode" in line.mend


# The manifest ---------------------------------------------------------------------------------------------------------


def features(**options: str) -> Any:
    return manifest(**options)["features"]


def test_the_manifest_lists_what_stands_alone_and_the_root() -> None:
    listed = [each["command"] for each in features()["slash_commands"]]
    wanted = [f"/{verb}" for verb in ("themes", "lesson", "next", "done", "quiz", "review", "progress")
              if commands.by_path((verb,))]  # fmt: skip
    managed = any(spec.path[:1] == (commands.ADMIN_ROOT,) for spec in commands.all_specs())
    assert listed == [*wanted, "/study", *(["/study-admin"] if managed else [])]


def test_a_prefix_stands_before_every_command() -> None:
    listed = [each["command"] for each in features(prefix="acme")["slash_commands"]]
    assert all(each.startswith("/acme-") for each in listed)
    assert "/acme-study" in listed


def test_the_manifest_keeps_to_slacks_limits() -> None:
    for made in (manifest(), manifest(prefix="a" * 15, http_url="https://dualo.example")):
        shown: Any = made
        for each in shown["features"]["slash_commands"]:
            assert re.fullmatch(r"/[a-z0-9_-]+", each["command"])
            assert len(each["command"]) <= registration.COMMAND
            assert 0 < len(each["description"]) <= registration.DESCRIPTION
            assert len(each.get("usage_hint", "")) <= registration.USAGE_HINT
        for each in shown["features"]["shortcuts"]:
            assert len(each["name"]) <= 24
            assert len(each["description"]) <= 150
        about = shown["display_information"]
        assert (len(about["name"]) <= 35, len(about["description"]) <= 140) == (True, True)
        assert 175 <= len(about["long_description"]) <= 4000


def test_the_manifest_promises_what_can_be_asked_for() -> None:
    about: Any = manifest()["display_information"]
    said = f"{about['description']} {about['long_description']}".lower()
    offered = {spec.verb for spec in commands.all_specs() if spec.typed}
    promised = {"lesson": "lesson", "question": "quiz", "progress": "progress", "share": "lesson", "review": "review"}
    assert {word for word, verb in promised.items() if word in said and verb not in offered} == set()


def test_socket_mode_needs_no_address_and_http_says_it_everywhere() -> None:
    here, there = json.dumps(manifest()), json.dumps(manifest(http_url="https://dualo.example/"))
    assert ('"socket_mode_enabled": true' in here, "http" in here.replace("https://", "")) == (True, False)
    made: Any = manifest(http_url="https://dualo.example/")
    url = "https://dualo.example/slack/events"
    assert '"socket_mode_enabled": false' in there
    assert {each["url"] for each in made["features"]["slash_commands"]} == {url}
    assert made["settings"]["event_subscriptions"]["request_url"] == url
    assert made["settings"]["interactivity"]["request_url"] == url
    assert made["settings"]["interactivity"]["message_menu_options_url"] == url
    assert made["oauth_config"]["redirect_urls"] == ["https://dualo.example/slack/oauth_redirect"]


def test_the_manifest_asks_for_the_scopes_that_the_doctor_looks_for() -> None:
    made: Any = manifest()
    assert made["oauth_config"]["scopes"] == {"bot": list(SCOPES)}


@pytest.mark.parametrize("url", ["http://dualo.example", "dualo.example", "https://", "https:///slack"])
def test_an_address_that_slack_will_not_call_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="https"):
        manifest(http_url=url)


@pytest.mark.parametrize("options", [{}, {"prefix": "acme"}, {"http_url": "https://dualo.example"}], ids=str)
def test_the_manifest_holds_to_slacks_own_schema(options: dict[str, str]) -> None:
    folder = os.environ.get("DUALO_SPECS", "")
    schema = Path(folder) / "slack_manifest.schema.json"
    if not folder or not schema.exists():
        pytest.skip("DUALO_SPECS names no folder with slack_manifest.schema.json")
    checker = jsonschema.Draft7Validator(json.loads(schema.read_text()))
    assert [f"{error.json_path}: {error.message}" for error in checker.iter_errors(manifest(**options))] == []
