"""One name, one meaning: a class is known by its name alone, and a folder is looked over at a glance."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent
HOUSES = ("bot", "adapters")
MOST_MODULES = 22


def modules() -> list[Path]:
    return [path for house in HOUSES for path in sorted((ROOT / house).rglob("*.py"))]


def test_no_public_class_has_the_name_of_another_one() -> None:
    names: Counter[str] = Counter()
    for path in modules():
        found = {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ClassDef)}
        names.update(name for name in found if not name.startswith("_"))
    assert len(names) > 300
    assert [name for name, times in names.items() if times > 1] == []


def test_no_folder_holds_more_modules_than_can_be_looked_over() -> None:
    held = Counter(path.parent.relative_to(ROOT) for path in modules())
    assert {str(folder): count for folder, count in held.items() if count > MOST_MODULES} == {}
