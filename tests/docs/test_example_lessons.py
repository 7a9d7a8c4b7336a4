"""The repository to begin with: its lessons are sound, and what its workflow and README type can be typed."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from bot.process.cli.app import app
from tests.docs.test_running import COMMANDS, ROOT

HOME = ROOT / "examples" / "lessons"
WORKFLOW = HOME / ".github" / "workflows" / "check.yml"
STEPS = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]["check"]["steps"]
RUN = [step["run"] for step in STEPS if "run" in step]
README = (HOME / "README.md").read_text(encoding="utf-8")


def test_the_workflows_check_passes_over_its_lessons(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HOME)
    (check,) = [line for line in RUN if line.startswith("dualo ")]
    done = CliRunner().invoke(app, shlex.split(check)[1:])
    assert (done.exit_code, done.output) == (0, "1 lesson in 1 theme, no errors, no warnings\n")


def test_the_workflows_check_fails_where_a_lesson_is_spoilt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for file in sorted((HOME / "lessons").rglob("*.yaml")):
        copy = tmp_path / file.relative_to(HOME)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(file.read_text(encoding="utf-8").replace("right: true", "right: maybe"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    (check,) = [line for line in RUN if line.startswith("dualo ")]
    done = CliRunner().invoke(app, shlex.split(check)[1:])
    assert (done.exit_code, "::error file=lessons/code-review/01-small-changes.yaml,line=" in done.output) == (1, True)


def test_the_workflow_installs_dualo_from_where_it_says_and_pins_what_it_uses() -> None:
    source = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["env"]["DUALO"]
    assert re.fullmatch(r"git\+https://github\.com/OWNER/dualo@v\d+\.\d+\.\d+", source)
    assert RUN[0] == 'python -m pip install "$DUALO"'
    ours = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert [step["uses"] for step in STEPS if "uses" in step and step["uses"] not in ours] == []


@pytest.mark.parametrize("line", [*re.findall(r"\bdualo (content [^`\n]*)", README + "\n" + "\n".join(RUN))])
def test_every_command_that_it_names_is_one(line: str) -> None:
    words = shlex.split(line)
    assert tuple(words[:2]) in COMMANDS
    assert {word for word in words if word.startswith("--")} <= COMMANDS[tuple(words[:2])]


def test_the_server_reads_the_folder_that_the_workflow_checks() -> None:
    (place,) = re.findall(r"DUALO_CONTENT=([^`\s]+)", README)
    assert place.endswith(f"#main:{shlex.split(RUN[-1])[-1]}")
