"""What more than one chat says of its own accord."""

from __future__ import annotations

from bot.api import i18n

ASK_AGAIN = i18n.mark("Please ask for it again.")
OPEN_FORM = i18n.mark("Open the form")


def nobody_was_notified(why: str) -> str:
    """Of a post that calls a group; nothing where no reason is known."""
    return i18n.say("Nobody was notified: {why}", why=why) if why else ""


def nobody_would_be_notified(why: str) -> str:
    return i18n.say("Nobody would be notified: {why}", why=why) if why else ""
