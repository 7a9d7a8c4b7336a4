"""The whole process, as an operator meets it: starts, refuses, stops."""

from __future__ import annotations

import json
import pwd
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from bot.process.cli.run import to_open
from bot.process.cli.start import plainly
from tests.packaging.commands import ROOT, environment, run


def test_a_newcomer_reads_records_and_finds_it_again_after_a_restart(tmp_path: Path) -> None:
    dualo = tmp_path / "dualo"
    dualo.write_text(f'#!/bin/sh\nexec {sys.executable} -m bot "$@"\n')
    dualo.chmod(0o755)
    walk = [sys.executable, str(ROOT / "tests" / "packaging" / "walk.py"), str(dualo)]
    done = subprocess.run(walk, capture_output=True, text=True, env=environment(tmp_path), cwd=tmp_path, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("address", "public", "opened"),
    [
        ("http://127.0.0.1:8080", "", "http://127.0.0.1:8080"),
        ("http://0.0.0.0:8080", "", "http://127.0.0.1:8080"),
        ("http://[::]:8080", "", "http://[::1]:8080"),
        ("http://0.0.0.0:8080", "https://study.example.org", "https://study.example.org"),
    ],
)
def test_the_address_that_a_start_prints_can_be_opened(address: str, public: str, opened: str) -> None:
    assert to_open(address, public=public) == opened


WRONG = [
    ({"DUALO_HTTP_PORT": "eighty"}, "DUALO_HTTP_PORT"),
    ({"DUALO_TIMEZONE": "Europe/Pariss"}, "did you mean Europe/Paris?"),
    ({"DUALO_DATABASE_URL": "mysql://x"}, "DUALO_DATABASE_URL"),
    ({"DUALO_DATABASE_URL": "postgresql://nobody:hunter2secret@127.0.0.1:1/none"}, "DUALO_DATABASE_URL"),
    ({"DUALO_CONTENT": "/nowhere"}, "DUALO_CONTENT"),
    ({"DUALO_HTTP_HOST": "0.0.0.0"}, "DUALO_WEB_TOKEN"),
    ({"DUALO_DISCORD_TOKEN_FILE": "/nowhere"}, "DUALO_DISCORD_TOKEN_FILE"),
    ({"DUALO_SLACK_APP_TOKEN": "xapp-1"}, "DUALO_SLACK_BOT_TOKEN"),
    ({"DUALO_LOG_LEVEL": "loud"}, "DUALO_LOG_LEVEL"),
    ({"DUALO_DATA_DIR": "/proc/nowhere"}, "DUALO_DATA_DIR"),
]


@pytest.mark.parametrize(("settings", "named"), WRONG, ids=[named for _, named in WRONG])
def test_a_wrong_setting_stops_the_start_with_one_line_that_names_it(
    tmp_path: Path, settings: dict[str, str], named: str
) -> None:
    done = run(tmp_path, "run", **settings)
    said = [line for line in done.stderr.splitlines() if line.startswith("Dualo cannot start")]
    assert (done.returncode, len(said)) == (2, 1), done.stderr
    assert named in said[0]
    assert "Traceback" not in done.stderr
    assert "hunter2secret" not in done.stderr


def test_a_setting_that_does_not_exist_is_pointed_out(tmp_path: Path) -> None:
    done = run(tmp_path, "doctor", DUALO_TIMEZOME="UTC")
    assert "DUALO_TIMEZOME is no setting; did you mean DUALO_TIMEZONE?" in done.stderr


def test_the_doctor_finds_a_missing_database_and_then_none_missing(tmp_path: Path) -> None:
    before = run(tmp_path, "doctor")
    assert (before.returncode, "dualo db upgrade" in before.stdout) == (1, True), before.stdout + before.stderr
    assert run(tmp_path, "db", "upgrade").returncode == 0
    after = run(tmp_path, "doctor")
    assert after.returncode == 0, after.stdout + after.stderr


def test_the_doctor_sends_nobody_to_upgrade_what_a_newer_version_wrote(tmp_path: Path) -> None:
    run(tmp_path, "db", "upgrade")
    with sqlite3.connect(tmp_path / "dualo.db") as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.close()
    done = run(tmp_path, "doctor")
    assert (done.returncode, "newer Dualo" in done.stdout, "db upgrade" in done.stdout) == (1, True, False), done.stdout


def test_the_doctor_speaks_to_machines_too(tmp_path: Path) -> None:
    run(tmp_path, "db", "upgrade")
    done = run(tmp_path, "doctor", "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["healthy"]) == (0, True)
    assert {"Database", "Disk", "Backups", "Content"} <= {each["name"] for each in told["checks"]}


def test_a_key_that_is_named_but_not_given_is_told(tmp_path: Path) -> None:
    run(tmp_path, "db", "upgrade")
    done = run(tmp_path, "doctor", DUALO_DISCORD_TOKEN="")
    assert "DUALO_DISCORD_TOKEN is empty, so Discord stays off." in done.stderr


def test_every_command_has_help(tmp_path: Path) -> None:
    for words in ((), ("run",), ("doctor",), ("version",), ("db", "upgrade"), ("content", "check"), ("content", "new")):
        done = run(tmp_path, *words, "--help")
        assert done.returncode == 0, done.stderr
        assert "Usage:" in done.stdout


def test_a_user_whom_the_machine_does_not_know_can_run_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(_: int) -> pwd.struct_passwd:
        raise KeyError

    monkeypatch.setattr(pwd, "getpwuid", nobody)
    monkeypatch.setenv("HOME", "")  # so that what is set here is taken back
    monkeypatch.delenv("HOME")
    with pytest.raises(RuntimeError):
        Path.home()
    with plainly("Nothing was done"):
        assert Path.home() == Path("/")
