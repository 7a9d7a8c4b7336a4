"""A real Git server on this machine: Git's own HTTP backend behind a small door that can be locked, held or broken."""

from __future__ import annotations

import asyncio
import base64
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web

_WHO = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}


def git(*words: str, at: Path) -> str:
    around = {**os.environ, **_WHO}
    done = subprocess.run(["git", *words], cwd=at, env=around, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@dataclass
class Origin:
    """A repository, its working copy, and how its server behaves."""

    home: Path
    port: int = 0
    token: str = ""
    holds: bool = False
    """Says nothing until the test is over."""
    sends: bytes = b""
    """Instead of what a Git server would say."""
    down: bool = False
    asked: int = 0
    over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def work(self) -> Path:
        return self.home / "work"

    @property
    def entry(self) -> str:
        """As DUALO_CONTENT names it."""
        return f"git+http://127.0.0.1:{self.port}/team/lessons.git"

    def commit(self, files: Mapping[str, str | None], *, branch: str = "main") -> str:
        """Write these files, or take them away, and push; the new commit."""
        for place, content in files.items():
            path = self.work / place
            if content is None:
                path.unlink()
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(content, encoding="utf-8")
        return self.push(branch)

    def push(self, branch: str = "main") -> str:
        git("add", "-A", at=self.work)
        git("commit", "-q", "--allow-empty", "-m", "Lessons", at=self.work)
        git("push", "-q", "-f", "origin", f"HEAD:{branch}", at=self.work)
        return git("rev-parse", "HEAD", at=self.work)


@asynccontextmanager
async def serving(home: Path) -> AsyncIterator[Origin]:
    """A server with one empty repository."""
    if shutil.which("git") is None and not os.environ.get("CI"):
        pytest.skip("Git is not on this machine")
    origin = Origin(home)
    bare = home / "served" / "team" / "lessons.git"
    bare.mkdir(parents=True)
    git("init", "-q", "--bare", "-b", "main", at=bare)
    origin.work.mkdir()
    git("init", "-q", "-b", "main", at=origin.work)
    git("remote", "add", "origin", str(bare), at=origin.work)

    async def answer(request: web.Request) -> web.StreamResponse:
        origin.asked += 1
        if origin.holds:
            await origin.over.wait()
        if origin.down:
            return web.Response(status=503)
        if origin.sends:
            return web.Response(body=origin.sends, content_type="application/x-git-upload-pack-advertisement")
        expected = "Basic " + base64.b64encode(f"x-access-token:{origin.token}".encode()).decode()
        if origin.token and request.headers.get("Authorization") != expected:
            return web.Response(status=401, headers={"WWW-Authenticate": "Basic"})
        return await _backend(request, home / "served")

    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_route("*", "/{place:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        origin.port = runner.addresses[0][1]
        yield origin
    finally:
        origin.over.set()
        await runner.cleanup()


async def _backend(request: web.Request, root: Path) -> web.Response:
    """One request by CGI, which is how Git's backend is spoken to."""
    around = {
        **os.environ,
        **_WHO,
        "GIT_PROJECT_ROOT": str(root),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": request.path,
        "QUERY_STRING": request.query_string,
        "REQUEST_METHOD": request.method,
        "CONTENT_TYPE": request.headers.get("Content-Type", ""),
        "HTTP_CONTENT_ENCODING": request.headers.get("Content-Encoding", ""),
        "GIT_PROTOCOL": request.headers.get("Git-Protocol", ""),
    }
    pipe = asyncio.subprocess.PIPE
    body = await request.read()
    child = await asyncio.create_subprocess_exec("git", "http-backend", stdin=pipe, stdout=pipe, env=around)
    said, _ = await child.communicate(body)
    head, _, content = said.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
    status = int(headers.pop("Status", "200").split()[0])
    headers.pop("Content-Length", None)
    return web.Response(status=status, body=content, headers=headers)
