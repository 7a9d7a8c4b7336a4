"""What the operator may set, read from the environment once at start.

Every setting is `DUALO_<NAME>`; a secret may come as `DUALO_<NAME>_FILE`. A wrong one stops the start with one line
that names it and the mend.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from rapidfuzz import process

from bot import zones
from bot.errors import SettingsError

PREFIX = "DUALO_"
FILE = "_FILE"
SECRETS = (
    "discord_token",
    "slack_bot_token",
    "slack_app_token",
    "slack_signing_secret",
    "slack_client_secret",
    "web_token",
    "database_url",
)
_UNSET = SecretStr("")


class LogFormat(StrEnum):
    TEXT = "text"
    JSON = "json"


class LogLevel(StrEnum):
    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Settings(BaseModel):
    """Every setting, checked. The descriptions are what the documentation says of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data_dir: Annotated[Path, Field(description="Database and backups.")] = Path("data")
    database_url: Annotated[SecretStr, Field(description="`sqlite:///…` or `postgresql://…`.")] = _UNSET
    content: Annotated[str, Field(description="Folder(s) of themes, `:`-separated.")] = ""
    timezone: Annotated[str, Field(description="A new workspace's zone.")] = "UTC"
    discord_token: Annotated[SecretStr, Field(description="Switches Discord on.")] = _UNSET
    discord_api_url: Annotated[str, Field(description="Base of Discord's API up to and with `/v10`.")] = ""
    discord_shards: Annotated[str, Field(description="`0-3/16` when several processes share the shards.")] = ""
    slack_bot_token: Annotated[SecretStr, Field(description="The bot's token of a single Slack workspace.")] = (
        SecretStr("")
    )
    slack_app_token: Annotated[SecretStr, Field(description="Switches Socket Mode on.")] = _UNSET
    slack_signing_secret: Annotated[SecretStr, Field(description="Switches HTTP mode on, at `/slack/events`.")] = (
        SecretStr("")
    )
    slack_client_id: Annotated[str, Field(description="Install by OAuth into several workspaces.")] = ""
    slack_client_secret: Annotated[SecretStr, Field(description="Goes with the client id.")] = _UNSET
    slack_api_url: Annotated[str, Field(description="Base of Slack's API, with a trailing slash.")] = ""
    slack_prefix: Annotated[str, Field(description="The prefix its commands got when the manifest was made.")] = ""
    http_host: Annotated[str, Field(description="Where health, metrics, the page and Slack's HTTP mode listen.")] = (
        "127.0.0.1"
    )
    http_port: Annotated[int, Field(ge=0, le=65535, description="The port of it; 0 lets the system choose.")] = 8080
    web: Annotated[bool | None, Field(description="The local web page; on if no chat is configured.")] = None
    web_token: Annotated[SecretStr, Field(description="Asked for by the page; without it, loopback only.")] = SecretStr(
        ""
    )
    public_url: Annotated[str, Field(description="Where the outside reaches this process.")] = ""
    tick_seconds: Annotated[float, Field(ge=0.05, le=3600, description="How often the clock looks for due work.")] = 5.0
    log_format: Annotated[LogFormat, Field(description="`json` for machines.")] = LogFormat.TEXT
    log_level: Annotated[LogLevel, Field(description="`debug`, `info`, `warning` or `error`.")] = LogLevel.INFO

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        zone = zones.canonical(value)
        if zone is None:
            near = process.extractOne(value, zones.names())[0]
            raise ValueError(f"{value!r} is no timezone; did you mean {near}?")
        return zone

    @field_validator("discord_api_url", "slack_api_url", "public_url")
    @classmethod
    def _url(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("it must begin with https:// (or http://)")
        return value

    @field_validator("log_format", "log_level", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

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


def read(environ: Mapping[str, str]) -> Settings:
    """The settings of this environment."""
    given: dict[str, Any] = {}
    for name in Settings.model_fields:
        variable = PREFIX + name.upper()
        if (value := environ.get(variable, "").strip()) or (value := _from_file(environ, variable)):
            given[name] = value
    try:
        settings = Settings(**given)
    except ValidationError as error:
        raise SettingsError(_one_line(error)) from None
    _check_together(settings)
    return settings


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


def _one_line(error: ValidationError) -> str:
    """The first thing wrong, by the setting's name; a secret's value is never repeated."""
    first = error.errors(include_url=False, include_context=False)[0]
    variable = PREFIX + str(first["loc"][0]).upper()
    message = str(first["msg"]).removeprefix("Value error, ").removeprefix("Input should be ")
    wanted = "" if first["type"] == "value_error" else "it should be "
    return f"{variable}: {wanted}{message}."


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
    known = [PREFIX + name.upper() for name in Settings.model_fields]
    known += [PREFIX + name.upper() + FILE for name in Settings.model_fields]
    strange = sorted(name for name in environ if name.startswith(PREFIX) and name not in known)
    return [f"{name} is no setting; did you mean {process.extractOne(name, known)[0]}?" for name in strange]
