"""Copies of the database, and what the operator can do for one person."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from tests.packaging.commands import run


def seed(folder: Path, person: str) -> None:
    with sqlite3.connect(folder / "dualo.db") as raw:
        raw.execute(
            "INSERT INTO completion (workspace, person, theme, lesson, at, how, digest) "
            "VALUES ('web', ?, 'backend-architectures', 'layers', 1, 'learner', 'd')",
            (person,),
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


def test_one_persons_rows_are_printed_and_erased(tmp_path: Path) -> None:
    run(tmp_path, "db", "upgrade")
    seed(tmp_path, "ada")
    seed(tmp_path, "bob")
    rows = json.loads(run(tmp_path, "user", "export", "web", "ada").stdout)
    assert [row["person"] for row in rows["completion"]] == ["ada"]
    assert run(tmp_path, "user", "erase", "web", "ada", "--yes").returncode == 0
    assert people(tmp_path) == ["bob"]
