"""What Discord's errors mean, and what to do after a refused login or a closed gateway.

Only a reshard is handled without a person. After every other final close the process ends, so that whatever supervises
it notices.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import aiohttp
import discord

from bot.api import SettingsError, i18n

ALREADY_ANSWERED = 40060
MISSING_ACCESS = 50001
CUT_OFF = (OSError, aiohttp.ClientError, TimeoutError)
"""No answer came back: what was sent may have arrived or not."""
RESHARD = 4011
PORTAL = "https://discord.com/developers/applications"

_INTENTS = (
    "Discord does not let the application hear of its servers (close code {code}). "
    f"Look at it under {PORTAL}, then start Dualo again."
)
_CLOSED: Mapping[int, str] = {
    4004: (
        "Discord does not accept DUALO_DISCORD_TOKEN any more. "
        f"Reset it under {PORTAL}, Bot, put the new one there and start Dualo again."
    ),
    4010: (
        "Discord does not know the shards in DUALO_DISCORD_SHARDS. "
        "Correct it, or leave it empty, and start Dualo again."
    ),
    RESHARD: (
        "Discord asks for more shards than DUALO_DISCORD_SHARDS has. `dualo doctor` tells how many it advises: set it "
        "anew for every process, or leave it empty, and start Dualo again."
    ),
    4012: "Discord does not speak this Dualo's version of its language any more. Update Dualo and start it again.",
    4013: _INTENTS.format(code=4013),
    4014: _INTENTS.format(code=4014),
}


class TokenRefused(SettingsError):
    """Trying again is of no use."""


class LoginLimited(SettingsError):
    """Discord takes no login for a while."""

    def __init__(self, wait: float, sentence: str) -> None:
        super().__init__(sentence)
        self.wait = wait


@contextmanager
def reaching(api_url: str) -> Iterator[None]:
    """Whatever keeps Discord from answering becomes one sentence with the next step."""
    try:
        yield
    except discord.LoginFailure:
        raise TokenRefused(
            "DUALO_DISCORD_TOKEN is not accepted by Discord. Copy the token from the Developer Portal, under Bot."
        ) from None
    except discord.RateLimited as error:
        sentence = f"Discord takes no login for {seconds(error)}. Wait that long, then try again."
        raise LoginLimited(error.retry_after, sentence) from None
    except (discord.DiscordException, *CUT_OFF) as error:
        raise SettingsError(
            f"Discord could not be reached ({told(error)}). Check the network of this machine"
            f"{' and DUALO_DISCORD_API_URL' if api_url else ''}."
        ) from None


def why(error: BaseException | None) -> str:
    """Why the gateway is closed for good, and the next step."""
    if isinstance(error, SettingsError):
        return str(error)
    if isinstance(error, discord.PrivilegedIntentsRequired):
        return _CLOSED[4014]
    if isinstance(error, discord.ConnectionClosed) and error.code in _CLOSED:
        return _CLOSED[error.code]
    if error is not None and not isinstance(error, discord.DiscordException):
        return f"Something broke here while Discord was listened to ({type(error).__name__}). The log says more."
    said = told(error) if error else "it gave no reason"
    return f"Discord closed the connection for good ({said}). See https://discordstatus.com, then start Dualo again."


def told(error: BaseException) -> str:
    """An error's own words, or its name if it has none."""
    return (str(error) or type(error).__name__).rstrip(".")


def seconds(limited: discord.RateLimited) -> str:
    return i18n.say_many(math.ceil(limited.retry_after), "{n} second", "{n} seconds")
