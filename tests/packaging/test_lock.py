"""What `make`, the container and CI install is what `uv.lock` names, whichever tool does it (decision 0012)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent.parent
EXPORTS = {
    "run": ["--no-default-groups", "--extra", "otel"],
    "build": ["--only-group", "build"],
    "dev": ["--all-extras", "--all-groups"],
}
"""The files in `requirements/`, and what of the lock each holds."""
PUBLIC = {"pypi.org", "files.pythonhosted.org"}
UNBOUNDED = {"tzdata": "data that is named for its year"}
MACHINES = [
    {
        "python_version": f"3.{minor}",
        "python_full_version": f"3.{minor}.1",
        "sys_platform": system,
        "os_name": "nt" if system == "win32" else "posix",
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
        "platform_machine": "x86_64",
    }
    for minor in (11, 12, 13, 14, 15)
    for system in ("linux", "darwin", "win32")
]


@dataclass(frozen=True, slots=True)
class Pin:
    """One package of a requirements file."""

    name: str
    version: str
    marker: str
    hashes: frozenset[str]

    def wanted(self, machine: Mapping[str, str]) -> bool:
        return not self.marker or Marker(self.marker).evaluate(dict(machine))


class Lock:
    """`uv.lock`, as far as an installation needs it."""

    def __init__(self, text: str) -> None:
        self.packages: dict[tuple[str, str], dict[str, Any]] = {}
        for package in tomllib.loads(text)["package"]:
            self.packages[package["name"], package.get("version", "")] = package
        self.project = self.packages["dualo", ""]

    def roots(self, export: str) -> list[dict[str, Any]]:
        """What the project itself asks for."""
        groups = [each for group in self.project["dev-dependencies"].values() for each in group]
        if export == "build":
            return groups
        asked = [*self.project["dependencies"], *self.project["optional-dependencies"]["otel"]]
        if export == "dev":
            asked += groups
            asked += [each for extra in self.project["optional-dependencies"].values() for each in extra]
        return asked

    def chosen(self, export: str, machine: Mapping[str, str]) -> set[tuple[str, str]]:
        """Name and version of all that is to be installed on such a machine."""
        found: set[tuple[str, str]] = set()
        seen: set[tuple[str, str, str]] = set()
        ahead = list(self.roots(export))
        while ahead:
            asked = ahead.pop()
            if "marker" in asked and not Marker(asked["marker"]).evaluate(dict(machine)):
                continue
            key = self._key(asked)
            found.add(key)
            for extra in ("", *asked.get("extra", ())):
                if (*key, extra) not in seen:
                    seen.add((*key, extra))
                    ahead += self._asked_by(key, extra)
        return found - {("dualo", "")}

    def _key(self, asked: Mapping[str, Any]) -> tuple[str, str]:
        if "version" in asked:
            return (asked["name"], asked["version"])
        (key,) = (key for key in self.packages if key[0] == asked["name"])
        return key

    def _asked_by(self, key: tuple[str, str], extra: str) -> list[dict[str, Any]]:
        package = self.packages[key]
        asked = package.get("optional-dependencies", {}).get(extra, []) if extra else package.get("dependencies", [])
        return list(asked)

    def hashes(self, key: tuple[str, str]) -> frozenset[str]:
        package = self.packages[key]
        files = [*package.get("wheels", ()), *([package["sdist"]] if "sdist" in package else ())]
        return frozenset(each["hash"] for each in files)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def exported(export: str) -> list[Pin]:
    """A requirements file, package by package; every line of it has to be understood."""
    joined = read(f"requirements/{export}.txt").replace("\\\n", " ").strip()
    return [_pin(line) for line in joined.split("\n")]


def _pin(line: str) -> Pin:
    words = line.split(" --hash=")
    asked = re.fullmatch(r"([a-z0-9-]+)==(\S+)(?: ; (.+))?", words[0].strip())
    assert asked, line
    return Pin(asked[1], asked[2], (asked[3] or "").strip(), frozenset(word.strip() for word in words[1:]))


@pytest.fixture(scope="module")
def lock() -> Lock:
    return Lock(read("uv.lock"))


@pytest.mark.parametrize("export", EXPORTS)
def test_an_exported_file_installs_on_every_machine_what_the_lock_names(lock: Lock, export: str) -> None:
    pins = exported(export)
    for machine in MACHINES:
        wanted = {(pin.name, pin.version) for pin in pins if pin.wanted(machine)}
        assert wanted == lock.chosen(export, machine), machine


@pytest.mark.parametrize("export", EXPORTS)
def test_an_exported_file_carries_the_hashes_of_the_lock(lock: Lock, export: str) -> None:
    pins = exported(export)
    assert {pin.name: pin.hashes for pin in pins} == {pin.name: lock.hashes((pin.name, pin.version)) for pin in pins}
    assert all(pin.hashes for pin in pins)


def uv(*words: str) -> str:
    """What the locked uv says; everybody may lack it but CI."""
    found = shutil.which("uv", path=str(Path(sys.executable).parent))
    if found is None and not os.environ.get("CI"):
        pytest.skip("uv is not in this environment")
    assert found is not None, "CI runs in an environment without uv"
    plain = {name: value for name, value in os.environ.items() if not name.startswith("UV_")}
    command = [found, "--no-config", *words]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=plain, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("export", EXPORTS)
def test_the_lock_fits_the_project_and_exports_to_the_very_file(export: str) -> None:
    form = ["--format", "requirements.txt", "--no-emit-project", "--no-annotate", "--no-header"]
    assert uv("export", "--quiet", "--locked", "--offline", *form, *EXPORTS[export]) == read(
        f"requirements/{export}.txt"
    )


def test_no_address_of_a_private_index_is_in_what_is_locked() -> None:
    assert set(re.findall(r"\w+://([^/\"\s]+)", read("uv.lock"))) == PUBLIC
    assert [export for export in EXPORTS if "://" in read(f"requirements/{export}.txt")] == []


def asked_in_project() -> Iterator[Requirement]:
    project = tomllib.loads(read("pyproject.toml"))
    lists: Iterable[list[str]] = (
        project["build-system"]["requires"],
        project["project"]["dependencies"],
        *project["project"]["optional-dependencies"].values(),
        *project["dependency-groups"].values(),
    )
    for each in lists:
        yield from map(Requirement, each)


def test_every_dependency_has_an_upper_bound() -> None:
    loose = {
        asked.name
        for asked in asked_in_project()
        if asked.name != "dualo" and not any(part.operator == "<" for part in asked.specifier)
    }
    assert loose == set(UNBOUNDED)


def test_what_builds_the_package_is_locked_too(lock: Lock) -> None:
    project = tomllib.loads(read("pyproject.toml"))
    assert set(project["build-system"]["requires"]) <= set(project["dependency-groups"]["build"])


@pytest.mark.parametrize(
    "name",
    [
        "Makefile",
        "Dockerfile",
        ".ci/run",
        ".github/workflows/release.yml",
        "README.md",
        "docs/slack.md",
        "docs/running/systemd.md",
    ],
)
def test_nothing_is_installed_past_the_lock(name: str) -> None:
    """Hashes for what comes from outside, no dependencies for what is ours; CI also tries the newest, and says so."""
    asked = re.findall(r"^.*\bpip\b.* install .*$", read(name), re.MULTILINE | re.IGNORECASE)
    allowed = ("--require-hashes", "--no-deps", "--upgrade --editable '.[test]'")
    assert [line for line in asked if not any(part in line for part in allowed)] == []
