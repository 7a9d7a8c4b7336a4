"""Lessons come from a real Git server: taken whole, or the last good ones stay."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from bot.core.errors import SettingsError
from bot.core.ports import Actor, WallClock
from bot.process import settings
from bot.process.git import address
from bot.process.git.source import GitSource
from bot.process.git.watch import PATH
from bot.process.main import RunningProcess, running
from bot.process.settings import LogFormat, Settings
from tests.conftest import CONTENT, Learner
from tests.features.test_content_changes import until
from tests.git.server import Origin, git, serving
from tests.log_lines import logged

THEME = "teach-with-dualo"
LESSON = f"{THEME}/01-form-of-a-lesson.yaml"


def theme(into: str = "") -> dict[str, str | None]:
    """The files of one of our themes, in a folder of a repository."""
    files = sorted((CONTENT / THEME).iterdir())
    return {f"{into}{THEME}/{file.name}": file.read_text(encoding="utf-8") for file in files}


@pytest.fixture
async def origin(tmp_path: Path) -> AsyncIterator[Origin]:
    home = tmp_path / "origin"
    home.mkdir()
    async with serving(home) as served:
        yield served


@pytest.fixture
def look(tmp_path: Path) -> Callable[..., GitSource]:
    def made(entry: str, *, token: str = "", patience: float = 60.0) -> GitSource:
        where = address.read(entry)
        return GitSource(where, tmp_path / "git", WallClock(), user="x-access-token", token=token, patience=patience)

    return made


def chosen(tmp_path: Path, content: str, **more: str) -> Settings:
    given = {"DUALO_CONTENT": content, "DUALO_DATA_DIR": str(tmp_path / "data"), "DUALO_HTTP_PORT": "0", **more}
    return settings.read(given)


def title(process: RunningProcess) -> str:
    found = process.library.edition.shelf.lesson(THEME, "form-of-a-lesson")
    assert found
    return found.title


def retitled(words: str) -> dict[str, str | None]:
    old = (CONTENT / LESSON).read_text(encoding="utf-8")
    line = next(line for line in old.splitlines() if line.startswith("title:"))
    return {LESSON: old.replace(line, f"title: {words}")}


ENTRIES = [
    ("bundled:/lessons", ["bundled", "/lessons"]),
    ("git+https://x.org/a.git", ["git+https://x.org/a.git"]),
    ("git+https://x.org/a.git:bundled", ["git+https://x.org/a.git", "bundled"]),
    (
        "bundled:git+https://x.org:8443/a.git#main:lessons:/own",
        ["bundled", "git+https://x.org:8443/a.git#main:lessons", "/own"],
    ),
    ("git+https://x.org/a.git#main::bundled", ["git+https://x.org/a.git#main:", "bundled"]),
    ("git+https://me:word@x.org/a.git", ["git+https://me:word@x.org/a.git"]),
    ("git+http://[::1]:80/a.git:/own", ["git+http://[::1]:80/a.git", "/own"]),
]


@pytest.mark.parametrize(("content", "parts"), ENTRIES)
def test_a_colon_within_a_url_parts_nothing(content: str, parts: list[str]) -> None:
    assert address.entries(content) == parts


REFUSED = [
    ("git+https://ada:hunter2@x.org/a.git", "DUALO_GIT_TOKEN"),
    ("git+http://x.org/a.git", "open line"),
    ("git+https://x.org", "names no repository"),
    ("git+https://x.org/a.git#main:../up", "leads out"),
]


@pytest.mark.parametrize(("entry", "mend"), REFUSED)
def test_an_address_that_cannot_be_right_stops_the_start_with_the_mend(entry: str, mend: str) -> None:
    with pytest.raises(SettingsError, match=mend) as refused:
        settings.read({"DUALO_CONTENT": f"bundled:{entry}"})
    assert "hunter2" not in str(refused.value)


async def test_each_commit_is_fetched_once_and_the_one_taken_is_kept(
    origin: Origin, look: Callable[..., GitSource]
) -> None:
    first = origin.commit(theme())
    source = look(origin.entry)
    await source.look()
    assert (source.problem, source.taken) == ("", "")
    assert source.folder
    assert sorted(each.name for each in (source.folder / THEME).iterdir()) == sorted(
        file.name for file in (CONTENT / THEME).iterdir()
    )
    source.take(first)
    second = origin.commit(retitled("Another"))
    await source.look()
    asked = origin.asked
    await source.look()
    assert source.folder == source._home / second
    assert origin.asked - asked <= 2, "what is here was fetched again"
    assert look(origin.entry).taken == first
    source.take(second)
    assert {each.name for each in source.folder.parent.iterdir() if each.is_dir()} == {second}


async def test_a_branch_a_tag_and_a_folder_are_found(origin: Origin, look: Callable[..., GitSource]) -> None:
    origin.commit({**theme("our/lessons/"), "README.md": "Ours."})
    git("tag", "-a", "v1", "-m", "First", at=origin.work)
    git("push", "-q", "origin", "v1", at=origin.work)
    for place in ("#main:our/lessons", "#v1:our/lessons"):
        source = look(origin.entry + place)
        await source.look()
        assert (source.problem, source.folder and (source.folder / LESSON).is_file()) == ("", True)
    for place, said in (
        ("#none", "no branch or tag"),
        ("#main:nowhere", "no folder"),
        ("#main:README.md", "no folder"),
    ):
        source = look(origin.entry + place)
        await source.look()
        assert said in source.problem
        assert source.folder is None


async def test_nothing_but_content_is_written_and_links_are_refused(
    origin: Origin, look: Callable[..., GitSource]
) -> None:
    origin.commit({**theme(), "theme/.hidden.yaml": "x", "theme/run.py": "print()", "a/b/c.yaml": "deep"})
    source = look(origin.entry)
    await source.look()
    assert source.folder
    assert {each.name for each in source.folder.rglob("*")} == {THEME} | {
        file.name for file in (CONTENT / THEME).iterdir()
    }
    (origin.work / THEME / "99-passwords.yaml").symlink_to("/etc/passwd")
    before = source.folder
    origin.push()
    await source.look()
    assert "is a link" in source.problem
    assert source.folder == before


async def test_a_file_too_large_and_a_repository_without_lessons_are_told(
    origin: Origin, look: Callable[..., GitSource]
) -> None:
    source = look(origin.entry)
    await source.look()
    assert "it is empty" in source.problem
    origin.commit({"README.md": "Nothing here."})
    await source.look()
    assert "no lesson is in it" in source.problem
    origin.commit({f"{THEME}/huge.yaml": "x" * (1024 * 1024 + 1)})
    await source.look()
    assert "larger than" in source.problem
    assert source.folder is None


async def test_a_server_that_hangs_breaks_or_talks_nonsense_is_told_and_harms_nothing(
    origin: Origin, look: Callable[..., GitSource]
) -> None:
    origin.commit(theme())
    source = look(origin.entry)
    await source.look()
    before = source.folder
    origin.down = True
    await source.look()
    assert source.problem
    origin.down, origin.sends = False, b"001e# service=git-upload-pack\n0000zzzz"
    await source.look()
    assert source.problem
    origin.sends = b""
    impatient = look(origin.entry, patience=1.0)
    origin.holds = True
    await impatient.look()
    assert "did not send all of it" in impatient.problem
    assert before
    assert (before / LESSON).is_file()


async def test_a_private_repository_asks_for_the_token_which_no_line_tells(
    origin: Origin, look: Callable[..., GitSource]
) -> None:
    origin.commit(theme())
    origin.token = "a-secret-token"
    with logged(LogFormat.TEXT) as log:
        locked, wrong, right = (
            look(origin.entry),
            look(origin.entry, token="no"),
            look(origin.entry, token="a-secret-token"),
        )
        for source in (locked, wrong, right):
            await source.look()
    assert ["does not let us in" in source.problem for source in (locked, wrong)] == [True, True]
    assert (right.problem, right.folder is not None) == ("", True)
    assert "a-secret-token" not in log.written.getvalue()


async def told(address: str, header: bytes) -> bytes:
    """What comes back for a message with this header, which no client would send."""
    place = urlsplit(address)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    host = place.netloc.encode()
    writer.write(b"POST %s HTTP/1.1\r\nHost: %s\r\n%s\r\nContent-Length: 0\r\n\r\n" % (PATH.encode(), host, header))
    said = await reader.readline()
    writer.close()
    return said


async def test_a_push_is_taught_an_unsound_one_is_not_and_a_restart_needs_no_network(
    origin: Origin, tmp_path: Path
) -> None:
    origin.commit(retitled("First") | {k: v for k, v in theme().items() if k != LESSON})
    wanted = chosen(tmp_path, origin.entry, DUALO_GIT_WEBHOOK_SECRET="our secret")
    async with running(wanted) as process:
        assert title(process) == "First"
        origin.commit(retitled("Second"))
        body = b'{"ref": "refs/heads/main"}'
        async with aiohttp.ClientSession(process.address) as session:
            async with session.post(PATH, data=body, headers={"X-Hub-Signature-256": "sha256=00"}) as answer:
                assert answer.status == 401
            for header in (b"X-Hub-Signature-256: sha256=\xff", b"X-Gitlab-Token: \xff", b"X-Nothing: at all"):
                assert (await told(process.address, header)).startswith(b"HTTP/1.1 401 ")
            signed = hmac.new(b"our secret", body, hashlib.sha256).hexdigest()
            async with session.post(PATH, data=body, headers={"X-Hub-Signature-256": f"sha256={signed}"}) as answer:
                assert answer.status == 202
        await until(lambda: title(process) == "Second")
        boss = Learner(process.engine, Actor(workspace="web", person="boss", manages=True, private=True))
        live = git("rev-parse", "HEAD", at=origin.work)[:10]
        for asked in ("study-admin content check", "study-admin content diff", "study-admin doctor"):
            assert f"commit {live} is live" in repr(await boss.types(asked))
        origin.commit({LESSON: "title: nothing else\n"})
        await process.reloader.sources.look()
        found = await process.reloader.reload()
        assert (found.taken, title(process)) == (False, "Second")
        assert "was not taken" in process.reloader.sources.described()[0]
    origin.down = True
    async with running(wanted) as process:
        assert title(process) == "Second"
        origin.down = False
        origin.commit(retitled("After a signal"))
        os.kill(os.getpid(), signal.SIGHUP)
        await until(lambda: title(process) == "After a signal")
    origin.commit(retitled("Third"))
    async with running(wanted) as process:
        await until(lambda: title(process) == "Third")


async def test_a_first_start_without_the_network_teaches_the_other_lessons_or_says_why_not(
    origin: Origin, tmp_path: Path
) -> None:
    origin.down = True
    async with running(chosen(tmp_path, f"bundled:{origin.entry}")) as process:
        assert process.library.edition.shelf.themes
    with pytest.raises(SettingsError, match="There is nothing to teach yet"):
        async with running(chosen(tmp_path, origin.entry)):
            pass


def test_only_the_environment_of_a_fetch_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.process.git import source

    monkeypatch.setenv("DUALO_DISCORD_TOKEN", "secret")
    assert not [name for name in source._around() if name.startswith("DUALO_")]
    assert source._around()["PATH"] == os.environ["PATH"]


async def test_a_repository_that_lost_an_object_is_told_and_what_was_there_stays(
    origin: Origin, look: Callable[..., GitSource]
) -> None:
    origin.commit(theme())
    source = look(origin.entry)
    await source.look()
    before = source.folder
    origin.commit(retitled("Another"))
    blob = git("rev-parse", f"HEAD:{LESSON}", at=origin.work)
    lost = origin.home / "served" / "team" / "lessons.git" / "objects" / blob[:2] / blob[2:]
    lost.unlink()
    await source.look()
    assert source.problem
    assert source.folder == before


async def test_a_place_that_cannot_be_written_to_is_told(
    origin: Origin, look: Callable[..., GitSource], tmp_path: Path
) -> None:
    origin.commit(theme())
    (tmp_path / "git").write_text("in the way")
    source = look(origin.entry)
    await source.look()
    assert "could not be written" in source.problem
