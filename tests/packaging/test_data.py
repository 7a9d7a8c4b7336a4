"""Copies of the database by hand, and what the operator can do for one person."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from bot.store import migrate
from bot.store.database import Database
from tests.packaging.commands import run


def seed(folder: Path, person: str, workspace: str = "web") -> None:
    with sqlite3.connect(folder / "dualo.db") as raw:
        raw.execute(
            "INSERT INTO completion (workspace, person, theme, lesson, at, how, digest) "
            "VALUES (?, ?, 'backend-architectures', 'layers', 1, 'learner', 'd')",
            (workspace, person),
        )
    raw.close()


def people(folder: Path) -> list[str]:
    with sqlite3.connect(folder / "dualo.db") as raw:
        found = [person for (person,) in raw.execute("SELECT person FROM completion ORDER BY person")]
    raw.close()
    return found


def test_a_copy_brings_back_what_was_there_and_keeps_what_it_replaces(tmp_path: Path) -> None:
    assert run(tmp_path, "db", "upgrade").returncode == 0
    seed(tmp_path, "ada")
    copy = tmp_path / "copy.db"
    assert run(tmp_path, "backup", str(copy)).returncode == 0
    seed(tmp_path, "bob")
    assert run(tmp_path, "restore", str(copy)).returncode == 0
    assert people(tmp_path) == ["ada"]
    assert len(list((tmp_path / "backups").glob("before-restore-*.db"))) == 1


def test_a_copy_is_found_by_its_name_whatever_signs_that_has(tmp_path: Path) -> None:
    run(tmp_path, "db", "upgrade")
    seed(tmp_path, "ada")
    copy = tmp_path / "a copy?mode=memory#1 %41.db"
    assert run(tmp_path, "backup", str(copy)).returncode == 0
    done = run(tmp_path, "restore", str(copy))
    assert (done.returncode, people(tmp_path)) == (0, ["ada"]), done.stderr


def test_a_copy_is_never_written_over(tmp_path: Path) -> None:
    run(tmp_path, "db", "upgrade")
    copy = tmp_path / "copy.db"
    copy.write_text("precious")
    assert run(tmp_path, "backup", str(copy)).returncode == 2
    assert copy.read_text() == "precious"


def test_what_is_no_database_is_not_put_in_place(tmp_path: Path) -> None:
    run(tmp_path, "db", "upgrade")
    seed(tmp_path, "ada")
    wrong = tmp_path / "wrong.db"
    wrong.write_text("not a database at all")
    done = run(tmp_path, "restore", str(wrong))
    assert (done.returncode, people(tmp_path)) == (2, ["ada"])
    assert "Traceback" not in done.stderr


def test_only_the_newest_dated_copies_are_kept_if_so_wished(tmp_path: Path) -> None:
    run(tmp_path, "db", "upgrade")
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    others = ["dualo-20260101-000000.db", "dualo-20260102-000000.db", "daily-20260101-000000.db", "dualo-mine.db"]
    for name in others:
        (folder / name).write_text("")
    done = run(tmp_path, "backup", str(folder), "--keep", "2")
    assert done.returncode == 0, done.stderr
    left = sorted(file.name for file in folder.glob("*.db"))
    assert (len(left), "dualo-20260101-000000.db" in left) == (4, False)
    assert set(others[1:]) < set(left)


def test_a_failed_command_says_what_came_of_it(tmp_path: Path) -> None:
    assert run(tmp_path, "backup").stderr.startswith("No backup was made: there is no database at")
    assert run(tmp_path, "restore", "nowhere.db").stderr.startswith("Nothing was restored: there is no file nowhere.db")
    wrong = run(tmp_path, "user", "erase", "web", "ada", DUALO_HTTP_PORT="eighty")
    assert wrong.stderr.startswith("Nothing was erased: DUALO_HTTP_PORT")


WRECKS = [b"", b"this was a database once", b"SQLite format 3\0" + b"\x10\0\1\1" + bytes(range(256)) * 40]


@pytest.mark.parametrize("wreck", WRECKS, ids=["empty", "foreign", "damaged"])
def test_a_copy_takes_the_place_of_a_database_that_is_damaged(wreck: bytes, tmp_path: Path) -> None:
    run(tmp_path, "db", "upgrade")
    seed(tmp_path, "ada")
    run(tmp_path, "backup", "copy.db")
    (tmp_path / "dualo.db").write_bytes(wreck)
    done = run(tmp_path, "restore", "copy.db")
    assert (done.returncode, people(tmp_path)) == (0, ["ada"]), done.stderr
    assert len(list((tmp_path / "backups").glob("before-restore-*.db"))) == 1
    assert ("erasures apply" in done.stdout) is bool(wreck)


def test_neither_a_newer_copy_nor_the_database_itself_nor_a_copy_without_a_version_is_restored(tmp_path: Path) -> None:
    run(tmp_path, "db", "upgrade")
    seed(tmp_path, "ada")
    newer, without = tmp_path / "newer.db", tmp_path / "without.db"
    for copy, statement in (
        (newer, "UPDATE alembic_version SET version_num = '9999'"),
        (without, "DELETE FROM alembic_version"),
    ):
        run(tmp_path, "backup", str(copy))
        with sqlite3.connect(copy) as raw:
            raw.execute(statement)
        raw.close()
    for copy, why in ((newer, "newer Dualo"), (without, "names no version"), (tmp_path / "dualo.db", "in use")):
        done = run(tmp_path, "restore", str(copy))
        assert (done.returncode, why in done.stderr) == (2, True), done.stderr
    assert people(tmp_path) == ["ada"]
    assert not (tmp_path / "backups").exists()


async def test_a_copy_of_an_older_version_is_restored_and_brought_up_to_date(tmp_path: Path) -> None:
    older = migrate.revisions()[-2]
    database = Database(f"sqlite:///{tmp_path / 'older.db'}")
    async with database.transaction() as connection:
        await connection.run_sync(migrate.run, older)
    await database.close()
    done = run(tmp_path, "restore", "older.db")
    assert (done.returncode, "of an older version" in done.stdout) == (0, True), done.stderr
    assert f"From {older} to {migrate.head()}." in run(tmp_path, "db", "upgrade").stdout


def test_where_a_person_is_known_is_found(tmp_path: Path) -> None:
    run(tmp_path, "db", "upgrade")
    seed(tmp_path, "ada")
    assert run(tmp_path, "user", "find", "ada").stdout == "web  completion 1\n"
    nobody = run(tmp_path, "user", "find", "bob")
    assert (nobody.returncode, nobody.stdout) == (1, "Nothing is kept on bob anywhere.\n")


@pytest.mark.parametrize(("kept", "typed"), [("ada", "Ada"), ("U0123", "u0123"), ("ada", " ada ")])
def test_a_person_is_found_however_their_id_is_typed(kept: str, typed: str, tmp_path: Path) -> None:
    run(tmp_path, "db", "upgrade")
    seed(tmp_path, kept)
    assert run(tmp_path, "user", "find", typed).stdout == "web  completion 1\n"
    erased = run(tmp_path, "user", "erase", "web", typed, "--yes").stdout
    assert erased.startswith(f"Kept on {kept} in web: completion 1\n")
    assert people(tmp_path) == []


def test_a_workspace_goes_by_a_part_of_its_name_that_no_other_has(tmp_path: Path) -> None:
    run(tmp_path, "db", "upgrade")
    seed(tmp_path, "ada", "slack:T1")
    seed(tmp_path, "ada", "slack:T2")
    assert run(tmp_path, "user", "export", "t1", "ada").returncode == 0
    two = run(tmp_path, "user", "erase", "slack", "ada", "--yes")
    assert (two.returncode, "could be several: slack:T1, slack:T2" in two.stderr) == (2, True), two.stderr
    assert people(tmp_path) == ["ada", "ada"]


def test_nothing_to_export_or_erase_is_told_and_is_no_success(tmp_path: Path) -> None:
    run(tmp_path, "db", "upgrade")
    seed(tmp_path, "ada")
    for words in (("user", "export", "web", "bob"), ("user", "erase", "web", "bob", "--yes")):
        done = run(tmp_path, *words)
        assert (done.returncode, done.stdout) == (1, "Nothing is kept on bob in web.\n")


def test_what_is_to_be_erased_is_named_first(tmp_path: Path) -> None:
    run(tmp_path, "db", "upgrade")
    seed(tmp_path, "ada")
    done = run(tmp_path, "user", "erase", "web", "ada", "--yes")
    assert done.stdout.splitlines()[0] == "Kept on ada in web: completion 1"
    assert people(tmp_path) == []


def test_one_persons_rows_are_printed_and_erased(tmp_path: Path) -> None:
    run(tmp_path, "db", "upgrade")
    seed(tmp_path, "ada")
    seed(tmp_path, "bob")
    rows = json.loads(run(tmp_path, "user", "export", "web", "ada").stdout)
    assert [row["person"] for row in rows["completion"]] == ["ada"]
    assert run(tmp_path, "user", "erase", "web", "ada", "--yes").returncode == 0
    assert people(tmp_path) == ["bob"]


ASKING = [
    ("user", "find", "ada"),
    ("user", "export", "web", "ada"),
    ("user", "erase", "web", "ada", "--yes"),
    ("workspace", "list"),
    ("workspace", "export", "web"),
    ("workspace", "erase", "web", "--yes"),
    ("erasures", "save", "list.json"),
    ("content", "drop", "databases/pools"),
]


@pytest.mark.parametrize("words", ASKING, ids=" ".join)
def test_where_there_is_no_database_it_is_said_and_none_is_made(words: tuple[str, ...], tmp_path: Path) -> None:
    done = run(tmp_path, *words)
    assert (done.returncode, "there is no database at" in done.stderr) == (2, True), done.stderr
    assert not (tmp_path / "dualo.db").exists()


async def test_tables_of_an_older_version_are_told_with_the_command_that_mends_them(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'dualo.db'}")
    async with database.transaction() as connection:
        await connection.run_sync(migrate.run, "0001")
    await database.close()
    done = run(tmp_path, "user", "find", "ada")
    assert (done.returncode, "(0001; this one has" in done.stderr, "dualo db upgrade" in done.stderr) == (2, True, True)


EMPTY = [
    ("user", "find", ""),
    ("user", "export", "web", ""),
    ("user", "erase", "web", " ", "--yes"),
    ("workspace", "export", ""),
    ("workspace", "erase", "", "--yes"),
]


@pytest.mark.parametrize("words", EMPTY, ids=" ".join)
def test_an_empty_name_names_nobody_and_erases_nothing(words: tuple[str, ...], tmp_path: Path) -> None:
    run(tmp_path, "db", "upgrade")
    seed(tmp_path, "")
    done = run(tmp_path, *words)
    assert (done.returncode, "is empty" in done.stderr) == (2, True), done.stderr
    assert people(tmp_path) == [""]
