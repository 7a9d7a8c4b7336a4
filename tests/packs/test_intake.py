"""Archives of themes: what comes in is sound and safe, or nothing is changed at all."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.packs import load, parcel
from bot.process.cli import content as cli_content
from tests.packs.samples import LESSON, THEME, replace, write


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The one folder of DUALO_CONTENT, with a theme of caching in it."""
    write(tmp_path / "shelf")
    monkeypatch.setenv("DUALO_CONTENT", str(tmp_path / "shelf"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "shelf"


def archive(folder: Path, entries: dict[str, str]) -> Path:
    file = folder / "in.zip"
    with zipfile.ZipFile(file, "w") as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return file


def dualo_import(source: Path, *more: str) -> Result:
    return CliRunner().invoke(cli_content.app, ["import", str(source), *more])


def state(shelf: Path) -> dict[str, str]:
    """Every file there is, hidden ones too."""
    return {str(each.relative_to(shelf)): each.read_text() for each in sorted(shelf.rglob("*")) if each.is_file()}


QUEUES = {
    "queues/theme.yaml": replace(THEME, "id: caching", "id: queues"),
    "queues/01-cache-layers.yaml": LESSON,
}


def test_a_sound_archive_is_put_into_the_first_folder(tmp_path: Path, shelf: Path) -> None:
    before = state(shelf)
    done = dualo_import(archive(tmp_path, QUEUES))
    assert (done.exit_code, "queues" in done.output) == (0, True)
    assert state(shelf) == before | QUEUES


def test_nothing_is_put_among_the_bundled_themes(tmp_path: Path, shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundled = write(tmp_path / "bundled")
    monkeypatch.setattr(load, "bundled", lambda: bundled)
    monkeypatch.setenv("DUALO_CONTENT", "bundled")
    before = state(bundled)
    refused = dualo_import(archive(tmp_path, QUEUES))
    assert (refused.exit_code, "no folder of themes" in " ".join(refused.output.split())) == (2, True), refused.output
    assert state(bundled) == before


def test_a_theme_that_stands_there_is_replaced_whole(tmp_path: Path, shelf: Path) -> None:
    (shelf / "caching" / "words.txt").write_text("memcached\n")
    better = replace(LESSON, "out of date.", "out of date, at times.")
    done = dualo_import(archive(tmp_path, {"caching/theme.yaml": THEME, "caching/01-cache-layers.yaml": better}))
    assert done.exit_code == 0, done.output
    assert state(shelf) == {"caching/theme.yaml": THEME, "caching/01-cache-layers.yaml": better}


def test_what_was_exported_comes_in_again_as_it_was(tmp_path: Path, shelf: Path) -> None:
    before = state(shelf)
    (tmp_path / "out.zip").write_bytes(parcel.pack([shelf]))
    assert dualo_import(tmp_path / "out.zip").exit_code == 0
    assert state(shelf) == before
    assert parcel.pack([shelf]) == (tmp_path / "out.zip").read_bytes()


def test_content_with_an_error_changes_nothing_and_names_file_and_line(tmp_path: Path, shelf: Path) -> None:
    before = state(shelf)
    done = dualo_import(archive(tmp_path, QUEUES | {"queues/01-cache-layers.yaml": replace(LESSON, "url: h", "url: ")}))
    assert done.exit_code == 1
    assert "queues/01-cache-layers.yaml:40:" in done.output
    assert state(shelf) == before


@pytest.mark.parametrize(
    "name",
    [
        "../caching/theme.yaml",
        "/etc/cron.d/x.yaml",
        "queues/../../x.yaml",
        "queues\\..\\x.yaml",
        "C:/queues/x.yaml",
        "queues/deeper/x.yaml",
        "queues/run.sh",
        ".queues/theme.yaml",
        "queues/.theme.yaml",
        "theme.yaml",
        "queues/" + "x" * 200 + ".yaml",
        "queues/Theme.yaml",  # beside theme.yaml: the same name on some disks
    ],
)
def test_an_unsafe_name_changes_nothing(tmp_path: Path, shelf: Path, name: str) -> None:
    before, outside = state(shelf), sorted(tmp_path.rglob("*"))
    done = dualo_import(archive(tmp_path, QUEUES | {name: LESSON}))
    assert (done.exit_code, "Nothing was changed" in done.output) == (2, True)
    assert state(shelf) == before
    assert [each for each in sorted(tmp_path.rglob("*")) if each.name != "in.zip"] == outside


def test_a_link_in_an_archive_is_no_content(tmp_path: Path, shelf: Path) -> None:
    file = archive(tmp_path, QUEUES)
    link = zipfile.ZipInfo("queues/02-link.yaml")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(file, "a") as made:
        made.writestr(link, "/etc/passwd")
    assert dualo_import(file).exit_code == 2
    assert not (shelf / "queues").exists()


def test_what_is_too_large_unpacked_is_refused_before_it_is_unpacked(tmp_path: Path, shelf: Path) -> None:
    file = tmp_path / "in.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("queues/theme.yaml", b"0" * (parcel.LARGEST_FILE + 1))
    assert dualo_import(file).exit_code == 2
    assert list(shelf.iterdir()) == [shelf / "caching"]


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 broken"])
def test_what_is_no_archive_is_said_in_one_line(tmp_path: Path, shelf: Path, content: bytes) -> None:
    (tmp_path / "in.zip").write_bytes(content)
    done = dualo_import(tmp_path / "in.zip")
    assert (done.exit_code, done.output.count("\n")) == (2, 1)


def test_a_damaged_archive_is_said_in_one_line(tmp_path: Path, shelf: Path) -> None:
    file = archive(tmp_path, QUEUES)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("queues/theme.yaml", "id: queues\n" * 40)
    whole, before = file.read_bytes(), state(shelf)
    for at in range(0, len(whole), 3):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        done = dualo_import(file)
        assert (isinstance(done.exception, SystemExit), state(shelf)) == (True, before), at


def test_a_lesson_vanishes_only_when_that_is_said(tmp_path: Path, shelf: Path) -> None:
    other = {
        "caching/theme.yaml": replace(THEME, "- cache-layers", "- cache-places"),
        "caching/01-cache-places.yaml": replace(LESSON, "id: cache-layers", "id: cache-places"),
    }
    done = dualo_import(archive(tmp_path, other))
    assert (done.exit_code, "caching/cache-layers" in done.output) == (1, True)
    assert dualo_import(archive(tmp_path, other), "--drop").exit_code == 0
    assert state(shelf) == other


def test_a_theme_of_another_folder_is_not_taken_over(
    tmp_path: Path, shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "first").mkdir()
    monkeypatch.setenv("DUALO_CONTENT", f"{tmp_path / 'first'}:{shelf}")
    done = dualo_import(archive(tmp_path, {"caching/theme.yaml": THEME, "caching/01-cache-layers.yaml": LESSON}))
    assert (done.exit_code, "already" in done.output) == (1, True)
    assert state(tmp_path / "first") == {}


def test_without_a_folder_of_ones_own_nothing_is_imported(
    tmp_path: Path, shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DUALO_CONTENT")
    done = dualo_import(archive(tmp_path, QUEUES))
    assert (done.exit_code, "DUALO_CONTENT" in done.output) == (2, True)


def test_a_disk_that_fails_half_way_leaves_everything_as_it_was(
    tmp_path: Path, shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, rename = state(shelf), Path.rename
    better = replace(LESSON, "out of date.", "out of date, at times.")
    file = archive(tmp_path, {"caching/theme.yaml": THEME, "caching/01-cache-layers.yaml": better, **QUEUES})

    def failing(self: Path, target: Path) -> Path:
        if self.name == "queues":
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    done = dualo_import(file)
    assert (done.exit_code, "No space left" in done.output) == (2, True)
    assert state(shelf) == before
