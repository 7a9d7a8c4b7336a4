"""The operator's commands on whole workspaces, and what a copy that is put back forgets again."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from tests.packaging.commands import run
from tests.packaging.test_data import people, seed


def execute(folder: Path, statement: str, *values: object) -> list[tuple[object, ...]]:
    with sqlite3.connect(folder / "dualo.db") as raw:
        found = raw.execute(statement, values).fetchall()
    raw.close()
    return found


def test_whoever_was_erased_since_a_copy_is_erased_again_when_it_is_put_back(tmp_path: Path) -> None:
    run(tmp_path, "db", "upgrade")
    for person in ("ada", "bob", "carol"):
        seed(tmp_path, person)
    run(tmp_path, "user", "erase", "web", "carol", "--yes")
    seed(tmp_path, "carol")  # who came back, and is in the copy
    run(tmp_path, "backup", "copy.db")
    run(tmp_path, "user", "erase", "web", "ada", "--yes")
    done = run(tmp_path, "restore", "copy.db")
    assert done.returncode == 0, done.stderr
    assert people(tmp_path) == ["bob", "carol"]
    assert "Erased again what was erased since: 1 person or workspace." in done.stdout
    assert len(execute(tmp_path, "SELECT mark FROM erasure")) == 2
    again = run(tmp_path, "restore", "copy.db")
    assert (again.returncode, people(tmp_path)) == (0, ["bob", "carol"])


def test_a_workspace_that_was_erased_since_is_erased_again(tmp_path: Path) -> None:
    run(tmp_path, "db", "upgrade")
    seed(tmp_path, "ada", "slack:-:T1")
    seed(tmp_path, "bob")
    run(tmp_path, "backup", "copy.db")
    assert run(tmp_path, "workspace", "erase", "T1", "--yes").returncode == 0
    run(tmp_path, "restore", "copy.db")
    assert people(tmp_path) == ["bob"]


def test_where_nobody_knows_what_was_erased_restore_says_so_and_a_saved_list_does_it(tmp_path: Path) -> None:
    run(tmp_path, "db", "upgrade")
    seed(tmp_path, "ada")
    seed(tmp_path, "bob")
    run(tmp_path, "backup", "copy.db")
    run(tmp_path, "user", "erase", "web", "ada", "--yes")
    assert "Wrote 1 erasure to list.json" in run(tmp_path, "erasures", "save", "list.json").stdout
    assert "ada" not in (tmp_path / "list.json").read_text()
    for file in tmp_path.glob("dualo.db*"):
        file.unlink()
    done = run(tmp_path, "restore", "copy.db")
    assert (done.returncode, "nobody knows what was erased since" in done.stdout) == (0, True), done.stderr
    assert people(tmp_path) == ["ada", "bob"]
    assert run(tmp_path, "erasures", "apply", "list.json").returncode == 0
    assert people(tmp_path) == ["bob"]
    assert "Nothing had to be erased again." in run(tmp_path, "erasures", "apply", "list.json").stdout


def test_what_is_no_list_is_refused(tmp_path: Path) -> None:
    run(tmp_path, "db", "upgrade")
    (tmp_path / "wrong.json").write_text("{}")
    for name, why in (("wrong.json", "is no list of erasures"), ("nowhere.json", "cannot be read")):
        done = run(tmp_path, "erasures", "apply", name)
        assert (done.returncode, why in done.stderr) == (2, True), done.stderr
    assert run(tmp_path, "erasures", "save", "wrong.json").returncode == 2
    assert (tmp_path / "wrong.json").read_text() == "{}"


def test_workspaces_are_listed_with_how_much_is_kept(tmp_path: Path) -> None:
    run(tmp_path, "db", "upgrade")
    nothing = run(tmp_path, "workspace", "list")
    assert (nothing.returncode, nothing.stdout) == (1, "Nothing is kept of any workspace.\n")
    seed(tmp_path, "ada", "slack:-:T1")
    seed(tmp_path, "ada")
    seed(tmp_path, "bob")
    listed = run(tmp_path, "workspace", "list").stdout.splitlines()
    assert listed == ["slack:-:T1  1 person: completion 1", "web  2 people: completion 2"]


def test_a_workspace_is_taken_out_whole_without_tokens(tmp_path: Path) -> None:
    run(tmp_path, "db", "upgrade")
    seed(tmp_path, "ada", "slack:-:T1")
    seed(tmp_path, "bob")
    execute(tmp_path, "INSERT INTO vault VALUES ('slack', 'install:-:T1', 'xoxb-secret', 1)")
    printed = run(tmp_path, "workspace", "export", "T1")
    assert "xoxb-secret" not in printed.stdout
    found = json.loads(printed.stdout)
    assert (found["workspace"], [row["person"] for row in found["rows"]["completion"]]) == ("slack:-:T1", ["ada"])
    assert run(tmp_path, "workspace", "export", "T1", "file.json").returncode == 0
    assert json.loads((tmp_path / "file.json").read_text())["rows"] == found["rows"]
    assert run(tmp_path, "workspace", "export", "T1", "file.json").returncode == 2
    assert run(tmp_path, "workspace", "export", "T9", "other.json").returncode == 2
    assert not (tmp_path / "other.json").exists()


def test_what_goes_with_a_workspace_is_named_before_it_goes(tmp_path: Path) -> None:
    run(tmp_path, "db", "upgrade")
    for number in range(25):
        seed(tmp_path, f"p{number}", "slack:-:T1")
    seed(tmp_path, "bob")
    execute(tmp_path, "INSERT INTO vault VALUES ('slack', 'install:-:T1', 'xoxb-1', 1)")
    there = run(tmp_path, "workspace", "erase", "T1", "--yes")
    assert there.stdout.splitlines()[:2] == [
        "slack:-:T1  25 people: completion 25",
        "The bot is still there, and begins anew when somebody next uses it. Remove it there to end that.",
    ]
    assert "Erased 25 rows." in there.stdout
    assert execute(tmp_path, "SELECT name FROM vault") == [("install:-:T1",)]
    seed(tmp_path, "ada", "slack:-:T1")
    execute(tmp_path, "INSERT INTO workspace (workspace, since, left_at) VALUES ('slack:-:T1', 1, 86400000000)")
    gone = run(tmp_path, "workspace", "erase", "T1", "--yes")
    assert "removed the bot on 1970-01-02" in gone.stdout.splitlines()[0]
    assert gone.stdout.splitlines()[1].endswith("1 value, tokens included.")
    assert execute(tmp_path, "SELECT name FROM vault") == []
    assert people(tmp_path) == ["bob"]


def test_the_audit_says_what_the_operator_did_and_of_an_erasure_not_to_whom(tmp_path: Path) -> None:
    run(tmp_path, "db", "upgrade")
    seed(tmp_path, "ada")
    run(tmp_path, "user", "export", "web", "ada")
    assert execute(tmp_path, "SELECT verb, about FROM audit") == [("operator", "ada")]
    run(tmp_path, "user", "erase", "web", "ada", "--yes")
    lines = execute(tmp_path, 'SELECT verb, "by", about FROM audit')
    assert lines == [("operator", "", "")] * 2
