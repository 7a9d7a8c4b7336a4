"""The app manifest, made from the command definitions: what the operator pastes to create the app."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from adapters.slack import limits
from adapters.slack.command_names import STAND_ALONE, CommandNames
from adapters.slack.payload import Json
from bot.api import SettingsError, commands, text

CONTINUE, REPORT = "continue-learning", "report-lesson"
"""Callback ids of the two shortcuts."""
EVENTS = ("app_home_opened", "app_uninstalled", "message.im", "tokens_revoked")
"""Bot events, in the order of the alphabet."""
EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH = "/slack/events", "/slack/install", "/slack/oauth_redirect"

_LONG = (
    "Dualo teaches a team inside the chat it already lives in. Short lessons with sources, questions with the reason "
    "why each answer is right or wrong, and a weekly lesson in the channel once somebody who runs it has set one up. "
    "Progress is everybody's own: nothing is shown to others unless somebody shares it, and all of the data lies with "
    "whoever runs this installation."
)

SCOPES: Mapping[str, str] = {
    "commands": "slash commands and shortcuts",
    "chat:write": "scheduled lessons and nudges, in channels that it was invited to",
    "im:write": "opening direct messages: nudges that somebody agreed to, and the file of one's own data",
    "im:history": "finding again a direct message whose sending is in doubt, and answering what is written there",
    "channels:read": "seeing whether it is in a public channel before a lesson is due there, and finding one by name",
    "groups:read": "the same for private channels that it was invited to",
    "channels:history": "finding again, in a public channel, a message whose sending is in doubt",
    "groups:history": "the same in a private channel",
    "users:read": "a learner's timezone and language, and who may manage Dualo",
    "usergroups:read": "assigning a theme to a user group, and letting one manage Dualo",
    "files:write": "sending somebody the file of their own data",
}
"""Scopes of the bot token, each with its reason."""


def manifest(prefix: str = "", http_url: str = "") -> Json:
    """The whole manifest: Socket Mode, or HTTP when the address is given under which Slack reaches Dualo."""
    names = CommandNames(prefix)
    url = _checked(http_url)
    events = f"{url}{EVENTS_PATH}" if url else ""
    request: Json = {"request_url": events} if events else {}
    oauth: Json = {"scopes": {"bot": list(SCOPES)}}
    if url:
        oauth["redirect_urls"] = [f"{url}{REDIRECT_PATH}"]
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": "Dualo",
            "description": "Short lessons, questions and a weekly post for a team, where it already talks.",
            "long_description": _LONG,
            "background_color": "#1f3a5f",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Dualo", "always_online": True},
            "shortcuts": list(_shortcuts()),
            "slash_commands": list(_commands(names, events)),
        },
        "oauth_config": oauth,
        "settings": {
            "event_subscriptions": {**request, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **request, **_options_url(events)},
            "org_deploy_enabled": bool(url),
            "socket_mode_enabled": not url,
            "token_rotation_enabled": False,
        },
    }


def _checked(url: str) -> str:
    if url and not url.startswith("https://"):
        raise SettingsError(f"Slack calls https addresses only, so {url!r} will not do: give it as https://…")
    return url.rstrip("/")


def _options_url(events: str) -> Json:
    return {"message_menu_options_url": events} if events else {}


def _shortcuts() -> Iterator[Json]:
    yield {
        "name": "Continue learning",
        "type": "global",
        "callback_id": CONTINUE,
        "description": "Open the lesson that comes next",
    }
    yield {
        "name": "Report this lesson",
        "type": "message",
        "callback_id": REPORT,
        "description": "Say what is wrong in a lesson",
    }


def _commands(names: CommandNames, url: str) -> Iterator[Json]:
    """The ones that stand alone, the root, and the root for those who run it as soon as it has commands."""
    alone = [spec for verb in STAND_ALONE if (spec := commands.by_path((verb,)))]
    for spec in alone:
        hint = " ".join(parameter.name if parameter.required else f"[{parameter.name}]" for parameter in spec.options)
        yield _command(names.typed(spec), spec.help, hint, url=url)
    under = [spec for spec in commands.all_specs() if spec.typed and spec.verb != "home"]
    everyone = [spec.name for spec in under if spec.who is commands.Who.EVERYONE]
    yield _command(names.root, "Dualo: where you are, and everything else", " | ".join(everyone), url=url)
    managing = [" ".join(spec.path[1:]) for spec in under if spec.path[0] == commands.ADMIN_ROOT]
    if managing:
        described = "Run Dualo here: schedules, reports, settings"
        yield _command(names.admin_root, described, " | ".join(managing), url=url, picks=True)


def _command(name: str, described: str, hint: str, *, url: str, picks: bool = False) -> Json:
    """`picks`: a channel, person or group that is typed arrives as its id."""
    made: Json = {
        "command": name,
        "description": text.shorten(described, limits.DESCRIPTION),
        "should_escape": picks,
    }
    if hint:
        made["usage_hint"] = text.shorten(hint, limits.USAGE_HINT)
    return {**made, "url": url} if url else made


def lacking_scopes(granted: tuple[str, ...]) -> tuple[str, ...]:
    """The needed scopes that a token was not granted."""
    return tuple(scope for scope in SCOPES if scope not in granted)
