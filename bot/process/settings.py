"""What the operator may set, read from the environment once at start.

Every setting is `DUALO_<NAME>`; a secret may come as `DUALO_<NAME>_FILE`. A wrong one stops the start with one line
that names it and the mend. Reading a dozen words takes no library: one would stay in memory for good.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from bot.core.errors import SettingsError
from bot.core.record import Record
from bot.domain import zones

PREFIX = "DUALO_"
FILE = "_FILE"


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A word that shows itself only when it is asked to."""

    value: str = ""

    def get_secret_value(self) -> str:
        return self.value

    def __repr__(self) -> str:
        return "Secret(…)" if self.value else "Secret()"


class Within(Record):
    """The least and the most that a number may be."""

    least: float
    most: float


SECRETS = (
    "discord_token",
    "slack_bot_token",
    "slack_app_token",
    "slack_signing_secret",
    "slack_client_secret",
    "web_token",
    "database_url",
)
_UNSET = Secret()


class LogFormat(StrEnum):
    TEXT = "text"
    JSON = "json"


class LogLevel(StrEnum):
    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting, checked. The descriptions are what the documentation says of them."""

    data_dir: Annotated[Path, "Database and backups."] = Path("data")
    database_url: Annotated[Secret, "`sqlite:///…` or `postgresql://…`."] = _UNSET
    content: Annotated[str, "Folder(s) of themes, `:`-separated."] = ""
    timezone: Annotated[str, "A new workspace's zone."] = "UTC"
    discord_token: Annotated[Secret, "Switches Discord on."] = _UNSET
    discord_api_url: Annotated[str, "Base of Discord's API up to and with `/v10`."] = ""
    discord_shards: Annotated[str, "`0-3/16` when several processes share the shards."] = ""
    slack_bot_token: Annotated[Secret, "The bot's token of a single Slack workspace."] = _UNSET
    slack_app_token: Annotated[Secret, "Switches Socket Mode on."] = _UNSET
    slack_signing_secret: Annotated[Secret, "Switches HTTP mode on, at `/slack/events`."] = _UNSET
    slack_client_id: Annotated[str, "Install by OAuth into several workspaces."] = ""
    slack_client_secret: Annotated[Secret, "Goes with the client id."] = _UNSET
    slack_api_url: Annotated[str, "Base of Slack's API, with a trailing slash."] = ""
    slack_prefix: Annotated[str, "The prefix its commands got when the manifest was made."] = ""
    http_host: Annotated[str, "Where health, metrics, the page and Slack's HTTP mode listen."] = "127.0.0.1"
    http_port: Annotated[int, "The port of it; 0 lets the system choose.", Within(0, 65535)] = 8080
    web: Annotated[bool | None, "The local web page; on if no chat is configured."] = None
    web_token: Annotated[Secret, "Asked for by the page; without it, loopback only."] = _UNSET
    public_url: Annotated[str, "Where the outside reaches this process."] = ""
    tick_seconds: Annotated[float, "How often the clock looks for due work.", Within(0.05, 3600)] = 5.0
    log_format: Annotated[LogFormat, "`json` for machines."] = LogFormat.TEXT
    log_level: Annotated[LogLevel, "`debug`, `info`, `warning` or `error`."] = LogLevel.INFO

    @property
    def database(self) -> str:
        """The database's address: as given, or a file in the data folder."""
        return self.database_url.get_secret_value() or f"sqlite:///{self.data_dir.resolve() / 'dualo.db'}"

    @property
    def folders(self) -> tuple[Path, ...]:
        """Folders of themes; none means the bundled ones."""
        return tuple(Path(part) for part in self.content.split(":") if part)

    @property
    def discord_on(self) -> bool:
        return bool(self.discord_token.get_secret_value())

    @property
    def slack_on(self) -> bool:
        return bool(self.slack_app_token.get_secret_value() or self.slack_signing_secret.get_secret_value())

    @property
    def web_on(self) -> bool:
        return not (self.discord_on or self.slack_on) if self.web is None else self.web

    @property
    def loopback(self) -> bool:
        """Whether only this machine reaches what is served."""
        host = self.http_host.strip("[]").lower()
        try:
            return host == "localhost" or ip_address(host.split("%")[0]).is_loopback
        except ValueError:
            return False

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never stand in a log."""
        values = (getattr(self, name).get_secret_value() for name in SECRETS)
        return tuple(value for value in values if value)


def names() -> tuple[str, ...]:
    """Every setting, as the code calls it."""
    return tuple(each.name for each in fields(Settings))


def read(environ: Mapping[str, str]) -> Settings:
    """The settings of this environment."""
    given: dict[str, Any] = {}
    for name in names():
        variable = PREFIX + name.upper()
        if (typed := environ.get(variable, "").strip()) or (typed := _from_file(environ, variable)):
            try:
                given[name] = _read(name, typed)
            except ValueError as error:
                raise SettingsError(f"{variable}: {error}") from None
    settings = Settings(**given)
    _check_together(settings)
    return settings


def _read(name: str, typed: str) -> object:
    """The value that was typed, as what it is to be; a secret's is never repeated where it is wrong."""
    kind, *rest = get_args(_hints()[name])
    if get_origin(kind) is UnionType:  # a switch that may be left alone
        kind = get_args(kind)[0]
    value: object = _READ[kind](typed) if kind in _READ else kind(typed)
    for bounds in rest:
        if isinstance(bounds, Within) and not bounds.least <= float(typed) <= bounds.most:
            raise ValueError(f"it should be between {bounds.least:g} and {bounds.most:g}.")
    return _CHECK[name](typed) if name in _CHECK else value


@cache
def _hints() -> Mapping[str, Any]:
    return get_type_hints(Settings, include_extras=True)


def _number(kind: type[int] | type[float]) -> Callable[[str], float]:
    def read(typed: str) -> float:
        try:
            return kind(typed)
        except ValueError:
            raise ValueError(f"{typed!r} is no {'whole ' if kind is int else ''}number.") from None

    return read


_ON, _OFF = {"on", "true", "yes", "1"}, {"off", "false", "no", "0"}


def _switch(typed: str) -> bool:
    if (word := typed.lower()) not in _ON | _OFF:
        raise ValueError(f"{typed!r} is neither on nor off.")
    return word in _ON


def _one_of(kind: type[StrEnum]) -> Callable[[str], StrEnum]:
    def read(typed: str) -> StrEnum:
        try:
            return kind(typed.lower())
        except ValueError:
            *first, last = kind
            raise ValueError(f"it should be {', '.join(first)} or {last}.") from None

    return read


def _zone(typed: str) -> str:
    zone = zones.canonical(typed)
    if zone is None:
        raise ValueError(f"{typed!r} is no timezone; did you mean {_nearest(typed, zones.names())}?")
    return zone


def _url(typed: str) -> str:
    if not typed.startswith(("http://", "https://")):
        raise ValueError("it must begin with https:// (or http://).")
    return typed


_READ: Mapping[Any, Callable[[str], object]] = {
    int: _number(int),
    float: _number(float),
    bool: _switch,
    LogFormat: _one_of(LogFormat),
    LogLevel: _one_of(LogLevel),
}
_CHECK: Mapping[str, Callable[[str], object]] = {
    "timezone": _zone,
    "discord_api_url": _url,
    "slack_api_url": _url,
    "public_url": _url,
}


def _nearest(typed: str, known: Sequence[str]) -> str:
    # Needed by a start that goes wrong only.
    from rapidfuzz import process

    return str(process.extractOne(typed, known)[0])


def _from_file(environ: Mapping[str, str], variable: str) -> str:
    path = environ.get(variable + FILE, "").strip()
    if not path:
        return ""
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise SettingsError(
            f"{variable}{FILE}: {path} cannot be read ({reason}). Check the path and its rights."
        ) from None


def _check_together(settings: Settings) -> None:
    has = {name: bool(getattr(settings, name).get_secret_value()) for name in SECRETS}
    by_oauth = bool(settings.slack_client_id) and has["slack_client_secret"]
    pairs = (
        (
            has["slack_app_token"] and not has["slack_bot_token"],
            "DUALO_SLACK_APP_TOKEN needs DUALO_SLACK_BOT_TOKEN beside it",
        ),
        (
            has["slack_bot_token"] and not (has["slack_app_token"] or has["slack_signing_secret"]),
            "DUALO_SLACK_BOT_TOKEN needs DUALO_SLACK_APP_TOKEN (Socket Mode) or DUALO_SLACK_SIGNING_SECRET (HTTP) "
            "beside it",
        ),
        (
            has["slack_signing_secret"] and not (has["slack_bot_token"] or by_oauth),
            "DUALO_SLACK_SIGNING_SECRET needs DUALO_SLACK_BOT_TOKEN, or DUALO_SLACK_CLIENT_ID and "
            "DUALO_SLACK_CLIENT_SECRET",
        ),
        (
            bool(settings.slack_client_id) != has["slack_client_secret"],
            "DUALO_SLACK_CLIENT_ID and DUALO_SLACK_CLIENT_SECRET go together: set both or neither",
        ),
        (
            by_oauth and not has["slack_signing_secret"],
            "DUALO_SLACK_CLIENT_ID needs DUALO_SLACK_SIGNING_SECRET beside it: several workspaces are served over HTTP",
        ),
        (
            by_oauth and not settings.public_url,
            "DUALO_SLACK_CLIENT_ID needs DUALO_PUBLIC_URL beside it, which Slack sends people back to after they "
            "agreed: set the https address under which this process is reached",
        ),
        (
            settings.web_on and not settings.loopback and not has["web_token"],
            f"DUALO_HTTP_HOST is {settings.http_host}, which would open the web page to others: "
            "set DUALO_WEB_TOKEN, or DUALO_WEB=off, or leave the host at 127.0.0.1",
        ),
    )
    for wrong, message in pairs:
        if wrong:
            raise SettingsError(f"{message}.")


def unknown(environ: Mapping[str, str]) -> list[str]:
    """A sentence for each `DUALO_…` that is no setting: most are slips of the pen."""
    known = [PREFIX + name.upper() + ending for ending in ("", FILE) for name in names()]
    strange = sorted(name for name in environ if name.startswith(PREFIX) and name not in known)
    return [f"{name} is no setting; did you mean {_nearest(name, known)}?" for name in strange]
