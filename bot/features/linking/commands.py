"""Linking a learner's two sides, and splitting them again."""

from __future__ import annotations

from typing import Annotated

from bot.core.commands import Arg, Command, Hidden, command


@command("link", "One learner over two chats: a code here, typed in the other one")
class Link(Command, kw_only=True):
    code: Annotated[str, Arg("The code from the other chat, or “unlink”", longest=20)] = ""


@command("link-new", "Ask for another code", path="")
class NewLinkCode(Command, kw_only=True):
    pass


@command("link-confirm", "Say that both sides are the same person", path="")
class ConfirmLink(Command, kw_only=True):
    name: Hidden


@command("link-refuse", "Say that they are not", path="")
class RefuseLink(Command, kw_only=True):
    name: Hidden


@command("unlink", "Split a learner's two sides", path="")
class Unlink(Command, kw_only=True):
    pass
