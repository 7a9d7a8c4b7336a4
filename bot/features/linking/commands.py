"""Linking a learner's two sides, and splitting them again."""

from __future__ import annotations

from typing import Annotated

from bot.core.commands import Arg, Command, Hidden, command
from bot.core.i18n import mark


@command("link", mark("One learner over two chats: a code here, typed in the other one"))
class Link(Command, kw_only=True):
    code: Annotated[str, Arg(mark("The code from the other chat, or “unlink”"), longest=20)] = ""


@command("link-new", mark("Ask for another code"), path="")
class NewLinkCode(Command, kw_only=True):
    pass


@command("link-confirm", mark("Say that both sides are the same person"), path="")
class ConfirmLink(Command, kw_only=True):
    name: Hidden


@command("link-refuse", mark("Say that they are not"), path="")
class RefuseLink(Command, kw_only=True):
    name: Hidden


@command("unlink", mark("Split a learner's two sides"), path="")
class Unlink(Command, kw_only=True):
    pass
