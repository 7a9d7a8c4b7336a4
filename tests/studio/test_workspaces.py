"""For whom a theme is, is chosen among the workspaces by their names; what nobody knows is kept and shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from bot.packs.library import Library
from bot.process import main
from bot.store.cold import workspaces
from bot.store.store import Store
from bot.studio.studio import Studio, WorkspaceChoice
from tests.hand_clock import HandClock
from tests.studio.conftest import THEME
from tests.studio.test_studio import publish

NAMES = {"web": "The local page", "slack:-:T0123ABCD": "Acme", "discord:42": ""}


@pytest.fixture
def named(make_studio: Callable[..., Studio]) -> Studio:
    async def names() -> Mapping[str, str]:
        return NAMES

    studio = make_studio()
    studio._names = studio.publishing._names = names
    return studio


async def test_workspaces_are_listed_by_name_and_an_id_that_none_has_is_kept(named: Studio) -> None:
    assert await named.workspaces(["discord:7", "web"]) == [
        WorkspaceChoice("discord:42", ""),
        WorkspaceChoice("slack:-:T0123ABCD", "Acme"),
        WorkspaceChoice("web", "The local page"),
        WorkspaceChoice("discord:7", "", known=False),
    ]


async def test_a_theme_for_one_workspace_is_seen_there_alone_and_publishing_says_so(
    named: Studio, library: Library
) -> None:
    opened = await named.open(THEME)
    await named.save(THEME, "", {**opened.data, "workspaces": ["slack:-:T0123ABCD"]}, seen=0, author="ada")
    assert "The theme is for Acme from now on." in await publish(named, THEME)
    assert library.seen_from("slack:-:T0123ABCD").shelf.theme(THEME)
    assert library.seen_from("web").shelf.theme(THEME) is None


async def test_a_theme_for_some_workspaces_and_none_of_them_is_an_error_and_never_for_everybody(
    named: Studio, folder: Path
) -> None:
    opened = await named.open(THEME)
    looked = await named.look(THEME, "", {**opened.data, "workspaces": []})
    assert [(each.at, each.severity) for each in looked.findings] == [(("workspaces",), "error")]
    await named.save(THEME, "", {**opened.data, "workspaces": []}, seen=0, author="ada")
    assert (await named.publishing.consequences(THEME)).errors


class NamingFront:
    """A front end that knows what its workspaces are called."""

    async def workspaces(self) -> Mapping[str, str]:
        return {"discord:42": "Reading room"}


async def test_front_ends_tell_names_and_direct_messages_and_departed_workspaces_are_left_out(
    store: Store, clock: HandClock
) -> None:
    async with store.transaction() as connection:
        for each in ("discord:42", "discord:dm:7", "slack:-:T1", "slack:-:T2"):
            await workspaces.joined(connection, each, clock.now())
        await workspaces.left(connection, "slack:-:T2", clock.now())
    front = NamingFront()
    assert await main._workspace_names(store, [front]) == {  # type: ignore[list-item]
        "discord:42": "Reading room",
        "slack:-:T1": "",
    }
