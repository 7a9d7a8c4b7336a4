"""`workspaces` in a theme's file: as front ends name what they serve, and for nobody while it is wrong."""

from __future__ import annotations

import inspect
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from adapters.discord import addresses
from adapters.slack import payload
from adapters.web.adapter import WebAdapter
from bot.domain import workspace
from bot.packs import load
from bot.process.cli import content as cli_content
from tests.packs.samples import THEME, replace, write


def theme_for(folder: Path, named: str) -> Path:
    return write(folder, theme=replace(THEME, "licence: MIT", f"licence: MIT\nworkspaces: {named}"))


def test_every_front_end_names_its_workspaces_in_a_form_that_a_theme_can_write() -> None:
    made = [addresses.guild_workspace(123), addresses.own_workspace(9), payload.workspace_key("", "T0AB")]
    made += [payload.workspace_key("E0CD", "T0AB"), inspect.signature(WebAdapter).parameters["workspace"].default]
    assert [each for each in made if not workspace.is_name(each)] == []


def test_a_theme_is_for_those_that_it_names(tmp_path: Path) -> None:
    loaded = load.load([theme_for(tmp_path, '["discord:123", "slack:-:T0AB"]')])
    (theme,) = loaded.shelf.themes
    assert [theme.is_for(each) for each in ("discord:123", "slack:-:T0AB", "discord:12", "web")] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("named", ["[]", "discord:123", "[nobody]", '[""]', "{a: b}"])
def test_while_its_workspaces_are_written_wrongly_a_theme_is_for_nobody(tmp_path: Path, named: str) -> None:
    loaded = load.load([theme_for(tmp_path, named)])
    assert loaded.shelf.themes == ()
    assert not any(pack.theme.is_for(each) for pack in loaded.packs for each in ("web", "discord:123"))


def test_a_check_says_for_whom_a_theme_is(tmp_path: Path) -> None:
    folder = theme_for(tmp_path, '["discord:123", "web"]')
    said = CliRunner().invoke(cli_content.app, ["check", str(folder)]).output
    assert "caching: only for discord:123, web\n" in said
    found = json.loads(CliRunner().invoke(cli_content.app, ["check", "--format", "json", str(folder)]).output)
    assert found["workspaces"] == {"caching": ["discord:123", "web"]}
