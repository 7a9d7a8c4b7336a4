"""What few files may do: reach into a library’s private parts, log by the standard library, name a platform."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
INTERNALS = "adapters/discord/internals.py"
LOGS = "bot/process/logs.py"
OWN = {"self", "cls"}


def trees(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def reaches(tree: ast.Module) -> list[str]:
    """Private attributes of something else than the object itself."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    private = [node for node in found if node.attr.startswith("_") and not node.attr.startswith("__")]
    return [ast.unparse(node) for node in private if not (isinstance(node.value, ast.Name) and node.value.id in OWN)]


def imported(tree: ast.Module) -> set[str]:
    names = {each.name for node in ast.walk(tree) if isinstance(node, ast.Import) for each in node.names}
    return names | {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


def test_one_file_of_the_adapters_reaches_into_private_parts() -> None:
    assert {name for name, tree in trees("adapters") if reaches(tree)} == {INTERNALS}


def test_there_is_one_way_to_log() -> None:
    assert {name for name, tree in trees("bot", "adapters") if "logging" in imported(tree)} == {LOGS, INTERNALS}


def names_of_platforms(text: str) -> set[str]:
    return {word.lower() for word in re.findall(r"\b(?:discord|slack)\b", text, re.IGNORECASE)}


def test_few_files_beneath_the_process_name_a_platform() -> None:
    """How workspaces are named (with the check of a pack, and the mend that it says), and words for people."""
    texts = {name: (ROOT / name).read_text(encoding="utf-8") for name, _ in trees("bot")}
    naming = {name for name, text in texts.items() if names_of_platforms(text) and not name.startswith("bot/process/")}
    assert naming == {
        "bot/domain/workspace.py",
        "bot/features/account/account.py",
        "bot/features/linking/linking.py",
        "bot/packs/forms.py",
        "bot/packs/schema.py",
    }


def test_the_engine_knows_no_means_of_a_platform() -> None:
    for name, tree in trees("bot"):
        told = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        told |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        assert (name, told & {"ack", "defer", "trigger_id", "response_url"}) == (name, set())
