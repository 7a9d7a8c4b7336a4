"""Documentation that cannot rot: what can be set, typed or run is named where people look for it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from bot.features import commands
from bot.process import settings
from bot.process.cli.app import app
from bot.process.settings import PREFIX

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
SELF_HOSTING = (ROOT / "docs" / "self-hosting.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", settings.names())
def test_every_setting_is_documented(name: str) -> None:
    assert f"`{PREFIX}{name.upper()}`" in SELF_HOSTING


TOLD_TO = sorted({*ROOT.glob("docs/**/*.md"), *ROOT.glob("*.md"), *ROOT.glob("deploy/*"), ROOT / "Dockerfile"})
NO_SETTINGS = {"DUALO_THOROUGH"}
"""What the tests read."""


@pytest.mark.parametrize("page", TOLD_TO, ids=lambda page: page.name)
def test_every_setting_that_is_told_is_one(page: Path) -> None:
    named = set(re.findall(r"\bDUALO_[A-Z_]*[A-Z]\b", page.read_text(encoding="utf-8")))
    assert settings.unknown(dict.fromkeys(named - NO_SETTINGS, "")) == []


@pytest.mark.parametrize("spec", [spec for spec in commands.all_specs() if spec.typed], ids=lambda spec: spec.name)
def test_every_typed_command_is_documented(spec: commands.Spec) -> None:
    pages = README + "".join(page.read_text(encoding="utf-8") for page in (ROOT / "docs").glob("*.md"))
    assert f"`/{spec.name}`" in pages


def operator_commands(group: typer.Typer, prefix: str = "dualo") -> list[str]:
    own = [f"{prefix} {each.name or each.callback.__name__}" for each in group.registered_commands if each.callback]
    for each in group.registered_groups:
        assert each.typer_instance
        own += operator_commands(each.typer_instance, f"{prefix} {each.name}")
    return own


@pytest.mark.parametrize("command", operator_commands(app))
def test_every_operator_command_is_documented(command: str) -> None:
    assert f"`{command}`" in README


@pytest.mark.parametrize("page", sorted([*ROOT.glob("docs/**/*.md"), *ROOT.glob("*.md")]), ids=lambda page: page.name)
def test_every_link_between_pages_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


MAPS = [ROOT / "CONTRIBUTING.md", ROOT / "docs" / "architecture.md", ROOT / "docs" / "glossary.md"]
PATH = re.compile(r"`([\w*]+/[\w/*]+(?:\.py|/))`")


@pytest.mark.parametrize("page", MAPS, ids=lambda page: page.name)
def test_every_file_that_a_map_of_the_code_names_is_there(page: Path) -> None:
    named = PATH.findall(page.read_text(encoding="utf-8"))
    assert named
    assert [path for path in named if not [*ROOT.glob(path)]] == []


def test_no_two_decisions_bear_one_number() -> None:
    numbers = [page.name[:4] for page in (ROOT / "docs" / "decisions").glob("*.md")]
    assert sorted(numbers) == sorted(set(numbers))


def test_the_readme_leads_to_the_guide_for_contributors() -> None:
    assert "](CONTRIBUTING.md)" in README
