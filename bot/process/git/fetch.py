"""Fetches one folder of one commit. Runs as a process of its own, so that nothing a server sends harms the bot.

An order comes as JSON on standard input, the answer goes as JSON to standard output. The files are written into a
folder named for the commit, whole or not at all. No history is kept: each commit is fetched alone, without its past.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from dulwich.client import HttpGitClient, HTTPUnauthorized
from dulwich.errors import GitProtocolError, HangupException, NotGitRepository
from dulwich.objects import Blob, Commit, ObjectID, Tag, Tree
from dulwich.protocol import ZERO_SHA
from dulwich.refs import Ref
from dulwich.repo import Repo

from bot.packs import parcel
from bot.process.git.orders import Fetched, FetchOrder

SILENCE = 20.0
"""Seconds that a server may say nothing."""
LARGEST_PACK = 256 * 1024 * 1024
"""Bytes of one commit as it comes over the line."""
MEMORY = 2 * 1024 * 1024 * 1024
_UNREACHED = "it cannot be reached ({}). What was taken last is still taught"


class _Refused(Exception):
    """A sentence for the operator."""


def fetch(order: FetchOrder) -> Fetched:
    client = HttpGitClient(
        order.origin,
        username=order.user or None,
        password=order.password or None,
        timeout=SILENCE,
        quiet=True,
    )
    head = _head(client.get_refs(order.repository).refs, order.branch)
    name = head.decode()
    if name == order.known:
        return Fetched(name)
    into = Path(order.into)
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=into) as rest:
        with Repo.init_bare(rest) as repository:
            client.fetch(order.repository, repository, determine_wants=_Only(head), depth=1)
            commit = _commit(repository, head)
            tree = _folder(repository, commit, order.folder)
            written = Path(rest) / "tree"
            written.mkdir()
            _write(_files(repository, tree), written)
        target = into / name
        if not target.exists():
            written.rename(target)
    return Fetched(name, datetime.fromtimestamp(commit.commit_time, UTC))


class _Only:
    """Asks a server for one commit, whatever it offers."""

    def __init__(self, commit: ObjectID) -> None:
        self._commit = commit

    def __call__(self, refs: Mapping[Ref, ObjectID], depth: int | None = None) -> list[ObjectID]:
        return [self._commit]


def _head(refs: Mapping[Ref, ObjectID | None], branch: str) -> ObjectID:
    wanted = [f"refs/heads/{branch}", f"refs/tags/{branch}"] if branch else ["HEAD"]
    for name in wanted:
        found = refs.get(Ref(name.encode()))
        if found and found != ZERO_SHA:
            return found
    if branch:
        raise _Refused(f"it has no branch or tag “{branch}”. Correct DUALO_CONTENT, or push one")
    raise _Refused("it is empty. Push lessons to it")


def _commit(repository: Repo, head: ObjectID) -> Commit:
    found = repository[head]
    while isinstance(found, Tag):
        found = repository[found.object[1]]
    if not isinstance(found, Commit):
        raise _Refused("the tag leads to no commit. Name a branch in DUALO_CONTENT")
    return found


def _folder(repository: Repo, commit: Commit, folder: str) -> Tree:
    """The folder within the commit; empty for all of it."""
    found = repository[commit.tree]
    for step in folder.split("/") if folder else ():
        inner = {name: sha for name, _, sha in found.items()} if isinstance(found, Tree) else {}
        if step.encode() not in inner:
            raise _Refused(f"it has no folder “{folder}”. Correct DUALO_CONTENT")
        found = repository[inner[step.encode()]]
    if not isinstance(found, Tree):
        raise _Refused(f"“{folder}” is no folder. Correct DUALO_CONTENT")
    return found


def _files(repository: Repo, tree: Tree) -> Iterator[tuple[str, bytes]]:
    """What content is made of: the files of each folder of a theme, or of the one theme that this folder is."""
    for name, mode, sha in sorted(tree.items()):
        if stat.S_ISDIR(mode) and isinstance(inner := repository[sha], Tree):
            for leaf, leaf_mode, leaf_sha in sorted(inner.items()):
                yield from _file(repository, f"{_text(name)}/{_text(leaf)}", leaf_mode, leaf_sha)
        else:
            yield from _file(repository, _text(name), mode, sha)


def _file(repository: Repo, place: str, mode: int, sha: ObjectID) -> Iterator[tuple[str, bytes]]:
    if not parcel.is_content(place):
        return
    if not stat.S_ISREG(mode):
        raise _Refused(f"{place} is a link and no file, which is not followed. Commit the file itself")
    blob = repository[sha]
    if not isinstance(blob, Blob):
        raise _Refused(f"{place} is no file. Commit the file itself")
    if len(blob.data) > parcel.LARGEST_FILE:
        raise _Refused(f"{place} is larger than {parcel.LARGEST_FILE // 1024**2} MiB. Split it")
    yield place, blob.data


def _text(name: bytes) -> str:
    return name.decode("utf-8", "replace")


def _write(files: Iterator[tuple[str, bytes]], into: Path) -> None:
    written = held = 0
    for place, content in files:
        written, held = written + 1, held + len(content)
        if written > parcel.MOST_FILES or held > parcel.LARGEST:
            raise _Refused("it holds more files than lessons need. Put the lessons into a folder of their own")
        path = into / place
        path.parent.mkdir(exist_ok=True)
        with path.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())  # the folder's new name must never outlive what is in it
    if not written:
        raise _Refused("no lesson is in it. Commit themes, each a folder with a theme.yaml, or name their folder")


def _bounded() -> None:
    """Where the system can: no more memory and no larger file than lessons could ever need."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_PACK, LARGEST_PACK))
    os.nice(10)


def answer(order: FetchOrder) -> Fetched:
    """As `fetch`; what a server, the disk or the repository does wrong is a sentence."""
    try:
        return fetch(order)
    except _Refused as refused:
        return Fetched(problem=str(refused))
    except HTTPUnauthorized:
        return Fetched(problem="it does not let us in. Set DUALO_GIT_TOKEN to a token that may read it")
    except NotGitRepository:
        return Fetched(problem="no repository is there, or our token may not see it. Check the address and the token")
    except MemoryError:
        return Fetched(problem="it takes more memory than lessons could need. Put the lessons into a smaller one")
    except OSError as error:
        free = shutil.disk_usage(order.into).free if Path(order.into).exists() else 0
        if isinstance(error, ConnectionError | TimeoutError):
            return Fetched(problem=_UNREACHED.format(type(error).__name__))
        return Fetched(problem=f"it could not be written ({error.strerror}; {free // 1024**2:,} MiB are free)")
    except (GitProtocolError, HangupException) as error:
        return Fetched(problem=_UNREACHED.format(type(error.__cause__ or error).__name__))
    except Exception as error:  # a broken repository breaks its reader in many ways, and only this process
        return Fetched(problem=f"what it sent cannot be read ({type(error).__name__}). What was taken last stays")


def main() -> None:
    _bounded()
    order = msgspec.json.decode(sys.stdin.buffer.read(), type=FetchOrder)
    sys.stdout.buffer.write(msgspec.json.encode(answer(order)))


if __name__ == "__main__":
    main()
