"""How commands are typed in Slack: which stand alone, the root the others stand under, and the host's prefix."""

from __future__ import annotations

import re
from functools import cached_property

from bot.api import SettingsError, commands

STAND_ALONE = ("themes", "lesson", "next", "done", "quiz", "progress")
"""Verbs that are slash commands of their own; each works under the root as well."""

_PREFIX = re.compile(r"[a-z0-9][a-z0-9_-]{0,14}")
"""A slash command has 32 characters, and the longest of ours needs 16 of them and a dash."""
_ESCAPED = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
_PICKED = re.compile(r"<(?P<sign>#|@|!subteam\^)(?P<id>[A-Z0-9]+)(?:\|[^>]*)?>")
_LINKED = re.compile(r"<(?P<url>(?:https?|mailto):[^|>]+)(?:\|(?P<label>[^>]*))?>")


class CommandNames:
    """The commands' names in one installation."""

    def __init__(self, prefix: str = "") -> None:
        prefix = prefix.strip().strip("/").lower()
        if prefix and not _PREFIX.fullmatch(prefix):
            raise SettingsError(
                f"{prefix!r} cannot stand before a Slack command: use up to 15 of a–z, 0–9, - and _, beginning with "
                "a letter or a digit."
            )
        self.prefix = prefix if not prefix or prefix[-1] in "-_" else f"{prefix}-"

    @property
    def root(self) -> str:
        return f"/{self.prefix}{commands.ROOT}"

    @property
    def admin_root(self) -> str:
        return f"/{self.prefix}{commands.ADMIN_ROOT}"

    def typed(self, spec: commands.Spec) -> str:
        """How a person types this command."""
        if spec.path[0] == commands.ADMIN_ROOT or spec.path == (commands.ROOT,) or spec.name in STAND_ALONE:
            return f"/{self.prefix}{spec.name}"
        return f"{self.root} {spec.name}"

    def line(self, command: str, words: str) -> str:
        """What was sent as a slash command, as the line that it would be without Slack around it."""
        name = command.lstrip("/").lower()
        return f"{name.removeprefix(self.prefix)} {words}".strip()

    @cached_property
    def _mentioned(self) -> re.Pattern[str]:
        typed = sorted((spec.name for spec in commands.all_specs() if spec.typed), key=len, reverse=True)
        return re.compile(rf"(?<![\w/<:.])/(?P<name>{'|'.join(map(re.escape, typed))})(?![\w/-])")

    def here(self, words: str) -> str:
        """Our own words with every command that they mention as it is typed here."""

        def replace(found: re.Match[str]) -> str:
            spec = commands.by_path(tuple(found["name"].split()))
            return self.typed(spec) if spec else found.group()

        return self._mentioned.sub(replace, words) if "/" in words else words


def unescape(words: str, *, place: str = "") -> str:
    """What a person typed: Slack's escapes undone, a picked channel, person or user group as its id.

    `place` is put before a channel's id, so that it reads as an address.
    """

    if "<" not in words and "&" not in words:
        return words

    def picked(found: re.Match[str]) -> str:
        return f"{place}{found['id']}" if found["sign"] == "#" else found["id"]

    words = _LINKED.sub(lambda found: found["label"] or found["url"], _PICKED.sub(picked, words))
    for escaped, meant in _ESCAPED:
        words = words.replace(escaped, meant)
    return words
