"""The link that brings the bot into a server: both scopes, and no permission that it does not use."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from urllib.parse import urlencode

PERMISSIONS: Mapping[str, int] = {
    "View Channels": 1 << 10,
    "Send Messages": 1 << 11,
    "Embed Links": 1 << 14,
    "Attach Files": 1 << 15,
    "Create Public Threads": 1 << 35,
    "Send Messages in Threads": 1 << 38,
}
"""By the names that Discord's own settings use, and their bits."""

SCOPES = ("bot", "applications.commands")


def invite_url(application_id: int | str) -> str:
    """Opened by somebody with Manage Server, it adds the bot to their server."""
    asked = {
        "client_id": str(application_id),
        "scope": " ".join(SCOPES),
        "permissions": str(sum(PERMISSIONS.values())),
        "integration_type": "0",
    }
    return f"https://discord.com/oauth2/authorize?{urlencode(asked)}"


def application_of(token: str) -> int | None:
    """The application that a bot token belongs to: its first part is the bot's id, which is the application's."""
    first = token.partition(".")[0]
    try:
        said = base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)).decode("ascii")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return int(said) if said.isdigit() else None
