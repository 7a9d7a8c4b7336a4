"""Where content is in Git, as `DUALO_CONTENT` says it: `git+https://host/place.git#branch:folder`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from bot.core.errors import SettingsError
from bot.core.record import Record

PREFIX = "git+"
_ENTRY = re.compile(
    r"""
    git\+https?://
    (?:[^/@\#]*@)?(?:\[[^\]]*\]|[^:/\#]*)(?::\d+)?   # host and port
    (?:/[^:\#]*)?                                    # the repository
    (?:\#[^:]*(?::[^:]*)?)?                          # a branch or tag, then a folder
    | [^:]+                                          # a folder of this machine
    """,
    re.VERBOSE,
)
_HOW = "Write it as git+https://host/place.git#branch:folder."


class GitAddress(Record):
    """A folder of a branch of a repository."""

    url: str
    """Without what it is written with in the settings, and without anybody's name or password."""
    branch: str = ""
    """Or a tag; empty for the one that the repository shows first."""
    folder: str = ""
    """Empty for the whole of it."""

    def __str__(self) -> str:
        place = self.url.split("://", 1)[1]
        return place + (f"#{self.branch}" if self.branch else "") + (f":{self.folder}" if self.folder else "")

    @property
    def name(self) -> str:
        """The repository's own name, and the branch."""
        return self.url.rsplit("/", 1)[1].removesuffix(".git") + (f"#{self.branch}" if self.branch else "")

    @property
    def origin(self) -> str:
        """The server's part of the URL."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}/"

    @property
    def repository(self) -> str:
        """The repository's place on that server."""
        return urlsplit(self.url).path.lstrip("/")


def entries(content: str) -> Sequence[str]:
    """What is named, one by one: a colon within a URL parts nothing."""
    return [found.group() for found in _ENTRY.finditer(content)]


def read(entry: str) -> GitAddress:
    """The address that an entry names."""
    url, _, place = entry.removeprefix(PREFIX).partition("#")
    branch, _, folder = place.partition(":")
    parts = urlsplit(url)
    if "@" in parts.netloc:
        raise SettingsError(
            "DUALO_CONTENT: a name or password stands in a URL, where logs and process lists show it. "
            "Take it out, and set DUALO_GIT_TOKEN or DUALO_GIT_TOKEN_FILE."
        )
    if not parts.hostname or not parts.path.strip("/"):
        raise SettingsError(f"DUALO_CONTENT: {entry} names no repository. {_HOW}")
    if parts.scheme != "https" and not _is_loopback(parts.hostname):
        raise SettingsError(f"DUALO_CONTENT: {entry} would fetch lessons over an open line. Use git+https://.")
    steps = [step for step in folder.split("/") if step]
    if any(step in {".", ".."} for step in steps):
        raise SettingsError(f"DUALO_CONTENT: {entry} leads out of the repository. {_HOW}")
    return GitAddress(url.rstrip("/"), branch.strip(), "/".join(steps))


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
