"""Workspaces' tokens are sealed in the database, with a key that is not in it and that can be changed."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.core.errors import SettingsError
from bot.process import keys, settings
from bot.store import tables
from bot.store.cold import seals
from bot.store.cold.vault import StoredVault
from bot.store.store import Store
from tests.hand_clock import HandClock

OLD, NEW = (base64.b64encode(bytes([number]) * 32).decode() for number in (251, 7))
NAME, TOKEN = "install:-:T1", "xoxb-1-secret"


async def kept(store: Store, name: str = NAME) -> str:
    async with store.reading() as connection:
        return str((await connection.execute(select(tables.vault.c.value).where(tables.vault.c.name == name))).scalar())


async def test_a_token_is_kept_sealed_and_read_as_it_was(store: Store, clock: HandClock) -> None:
    vault = StoredVault(store, "slack", clock, seals.Seals([OLD]))
    await vault.put(NAME, TOKEN)
    await vault.add("install:-:T2", TOKEN)
    assert TOKEN not in await kept(store) + await kept(store, "install:-:T2")
    assert [await vault.get(NAME), await vault.get("install:-:T2")] == [TOKEN, TOKEN]


async def test_what_lay_open_before_is_sealed_at_the_start(store: Store, clock: HandClock) -> None:
    await StoredVault(store, "slack", clock).put(NAME, TOKEN)
    await StoredVault(store, "discord", clock).put("hash", "abc")
    sealing = seals.Seals([OLD])
    assert await StoredVault(store, "slack", clock, sealing).get(NAME) == TOKEN
    assert [await seals.seal_all(store, "slack", sealing) for _ in range(2)] == [1, 0]
    assert TOKEN not in await kept(store)
    assert await kept(store, "hash") == "abc"


async def test_a_second_key_takes_over_and_the_first_can_go(store: Store, clock: HandClock) -> None:
    await StoredVault(store, "slack", clock, seals.Seals([OLD])).put(NAME, TOKEN)
    both = seals.Seals([NEW, OLD])
    assert await StoredVault(store, "slack", clock, both).get(NAME) == TOKEN
    assert await seals.seal_all(store, "slack", both) == 1
    assert await StoredVault(store, "slack", clock, seals.Seals([NEW])).get(NAME) == TOKEN


async def test_without_its_key_the_start_says_so_and_changes_nothing(store: Store, clock: HandClock) -> None:
    await StoredVault(store, "slack", clock, seals.Seals([OLD])).put(NAME, TOKEN)
    before = await kept(store)
    with pytest.raises(SettingsError, match="sealed with another key"):
        await seals.seal_all(store, "slack", seals.Seals([NEW]))
    assert await kept(store) == before


async def test_a_token_that_was_moved_to_another_workspace_does_not_open(store: Store, clock: HandClock) -> None:
    vault = StoredVault(store, "slack", clock, seals.Seals([OLD]))
    await vault.put(NAME, TOKEN)
    await vault.put("install:-:T2", "xoxb-2-other")
    async with store.transaction() as connection:
        await connection.execute(update(tables.vault).values(value=await kept(store)))
    with pytest.raises(SettingsError, match="stands where another one was sealed"):
        await vault.get("install:-:T2")


def test_a_key_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    chosen = settings.read({"DUALO_DATA_DIR": str(tmp_path / "data")})
    sealed = keys.seals_of(chosen).seal(TOKEN, "here")
    assert keys.seals_of(chosen).open(sealed, "here") == TOKEN
    file = tmp_path / "data" / "secret.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in file.parent.iterdir()] == ["secret.key"]


@pytest.mark.parametrize("key", ["short", "x" * 44, f"{NEW},short", f"{NEW},", "ü"])
def test_what_is_no_key_stops_the_start_without_being_told(tmp_path: Path, key: str) -> None:
    with pytest.raises(SettingsError, match="DUALO_SECRET_KEY holds no key") as refused:
        settings.read({"DUALO_DATA_DIR": str(tmp_path), "DUALO_SECRET_KEY": key})
    assert key not in str(refused.value)


def test_a_key_file_that_holds_no_key_is_told(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("short\n", "ascii")
    with pytest.raises(SettingsError, match=r"secret\.key holds no key"):
        keys.seals_of(settings.read({"DUALO_DATA_DIR": str(tmp_path)}))


def test_a_key_as_openssl_prints_it_is_one(tmp_path: Path) -> None:
    printed = base64.b64encode(bytes(range(224, 256))).decode()
    assert {"+", "/"} & set(printed)
    sealed = keys.seals_of(settings.read({"DUALO_DATA_DIR": str(tmp_path), "DUALO_SECRET_KEY": printed}))
    assert sealed.open(sealed.seal(TOKEN, "here"), "here") == TOKEN


def test_replicas_need_one_key(tmp_path: Path) -> None:
    given = {"DUALO_DATA_DIR": str(tmp_path), "DUALO_DATABASE_URL": "postgresql://u@h/d"}
    with pytest.raises(SettingsError, match="DUALO_SECRET_KEY is missing"):
        keys.seals_of(settings.read(given))
    rotated = keys.seals_of(settings.read({**given, "DUALO_SECRET_KEY": f"{NEW}, {OLD}"}))
    assert rotated.open(seals.Seals([OLD]).seal(TOKEN, "here"), "here") == TOKEN
