"""The guides for operators: what they name is there, and what they quote is said."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
import typer
import yaml

from bot.core.metrics import Metrics
from bot.core.ports import Outcome
from bot.process.cli.app import app

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted((ROOT / "docs" / "running").glob("*.md"))
TEXTS = {page.name: page.read_text(encoding="utf-8") for page in PAGES}
INDEX = (ROOT / "docs" / "self-hosting.md").read_text(encoding="utf-8")
ALERTS = yaml.safe_load((ROOT / "deploy" / "alerts.yaml").read_text(encoding="utf-8"))
DASHBOARD = json.loads((ROOT / "deploy" / "grafana.json").read_text(encoding="utf-8"))
SOURCES = [*(ROOT / "bot").rglob("*.py"), *(ROOT / "adapters").rglob("*.py")]
SAID = re.sub(r"\s+", " ", "".join(source.read_text(encoding="utf-8") for source in SOURCES))
SAID = re.sub(r'" f?"', "", SAID)

TROUBLE, WAYS = TEXTS["troubleshooting.md"].split("## Ten ways to break it")
SYMPTOMS = re.findall(r"^\| (.*?) \|", TROUBLE, re.MULTILINE)

pages = pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)


def test_the_index_leads_to_every_guide() -> None:
    assert set(re.findall(r"\]\(running/([\w-]+\.md)\)", INDEX)) == set(TEXTS)


def words_of(group: typer.Typer, prefix: tuple[str, ...] = ()) -> dict[tuple[str, ...], set[str]]:
    """Every command of the operator, with its options."""
    found: dict[tuple[str, ...], set[str]] = {}

    def walk(command: object, path: tuple[str, ...]) -> None:
        inner = getattr(command, "commands", {})
        for name, each in inner.items():
            walk(each, (*path, name))
        if not inner:
            found[path] = {name for parameter in getattr(command, "params", ()) for name in parameter.opts}

    walk(typer.main.get_command(group), prefix)
    return found


COMMANDS = words_of(app)
FIRST = "|".join(sorted({path[0] for path in COMMANDS}))


@pages
def test_every_command_of_dualo_that_a_guide_names_is_one(text: str) -> None:
    for line in re.findall(rf"(?<![\w/.])dualo ((?:{FIRST})\b[^`\n|&;>]*)", text):
        words = shlex.split(line)
        path = next((tuple(words[:n]) for n in (2, 1) if tuple(words[:n]) in COMMANDS), None)
        assert path, line
        assert {word for word in words if word.startswith("--")} <= COMMANDS[path], line


def service_of(words: list[str]) -> str:
    """Whom `exec` or `run` is about: the first word that is neither an option nor the value of one."""
    while words[0].startswith("-"):
        words = words[2:] if words[0] == "--entrypoint" else words[1:]
    return words[0]


@pages
def test_every_service_that_a_guide_names_is_in_the_compose_file(text: str) -> None:
    for file, _, rest in re.findall(r"docker compose (?:-f (\S+) )?(exec|run) ([^`\n|&;>]*)", text):
        compose = yaml.safe_load((ROOT / (file or "compose.yaml")).read_text(encoding="utf-8"))
        assert service_of(rest.split()) in compose["services"]


@pages
def test_every_file_of_the_project_that_a_guide_names_is_there(text: str) -> None:
    named = set(re.findall(r"(?<![\w/])(deploy/[\w.]+\w|requirements/\w+\.txt|compose(?:\.postgres)?\.yaml)", text))
    assert [name for name in named if not (ROOT / name).exists()] == []


def metric_names() -> dict[str, set[str]]:
    """Every series that the page of metrics has, with its labels."""
    metrics = Metrics()
    metrics.answered("next", "answered", 0.1)
    metrics.reloaded("taken")
    metrics.delivered("discord", "sent")
    metrics.sent("discord", "post", 2.0)
    metrics.waited("discord", "platform", 2.0)
    metrics.waiting("discord", due=1, overdue=0)
    metrics.stored("hot_read", 0.001)
    found: dict[str, set[str]] = {"up": set()}
    for name, labels in re.findall(r"^(\w+?)(?:\{(.*?)\})? ", metrics.page()[0].decode(), re.MULTILINE):
        found.setdefault(name, set()).update(re.findall(r"(\w+)=", labels))
    return found


def expressions() -> list[str]:
    rules = [rule["expr"] for group in ALERTS["groups"] for rule in group["rules"]]
    return rules + [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]


@pytest.mark.parametrize("expression", expressions())
def test_every_metric_and_label_that_is_watched_is_there(expression: str) -> None:
    known = metric_names()
    for name, labels in re.findall(r"\b(dualo_\w+|up)\{(.*?)\}", expression):
        assert name in known
        assert set(re.findall(r"(\w+)=", labels)) <= known[name] | {"job", "instance"}
    assert re.search(r"\b(dualo_\w+|up)\{", expression)


@pytest.mark.parametrize("expression", expressions())
def test_every_outcome_that_is_watched_can_happen(expression: str) -> None:
    for name, outcomes in re.findall(r'\b(dualo_\w+)\{[^}]*outcome=~?"([\w|]+)"', expression):
        for outcome in outcomes.split("|"):
            assert outcome in set(Outcome) if name == "dualo_deliveries_total" else f'"{outcome}"' in SAID


def test_every_metric_is_documented_and_every_documented_one_is_there() -> None:
    documented = set(re.findall(r"`(dualo_\w+)`", TEXTS["metrics.md"]))
    plain = {re.sub(r"_(bucket|count|sum)$", "", name) for name in metric_names() if name.startswith("dualo_")}
    assert documented == {name for name in plain if not name.endswith("_created")}


def test_every_alert_says_what_is_wrong_and_the_mend() -> None:
    for group in ALERTS["groups"]:
        for rule in group["rules"]:
            assert set(rule["annotations"]) == {"summary", "mend"}
            assert rule["labels"]["severity"] in {"page", "ticket"}


def quoted() -> list[str]:
    """Messages among the symptoms: in code if they have more than one word, or between quotation marks."""
    found = re.findall(r"`([^`\n]+)`|“(Something [^”]+)”", "\n".join(SYMPTOMS))
    return [code or words for code, words in found if " " in (code or words)]


SQLITE_SAYS = {"database is locked", "file is not a database"}


def test_there_are_ten_ways_to_break_it_and_each_sentence_is_said() -> None:
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|", WAYS, re.MULTILINE)[1:]
    assert len(rows) >= 10
    quotes = {quote for _, says in rows for quote in re.findall(r"`([^`]+)`", says) if " " in quote} - SQLITE_SAYS
    assert len(quotes) >= 8
    for quote in quotes:
        for part in quote.split("…"):
            assert part.strip() in SAID, part


@pytest.mark.parametrize("quote", [quote for quote in quoted() if not quote.startswith("dualo ")])
def test_every_message_that_is_quoted_is_said(quote: str) -> None:
    for part in re.split(r"…|0\.0\.0\.0|DUALO_DISCORD_TOKEN| is empty, |[?]$", quote):
        assert part.strip() in SAID, part
