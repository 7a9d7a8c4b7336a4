"""What the operator may set, read from the environment once at start.

Every setting is `DUALO_<NAME>`; a secret may come as `DUALO_<NAME>_FILE`. A wrong one stops the start with one line
that names it and the mend. The field's type says what a setting may be; its words are for whoever reads this.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, inspect
from rapidfuzz import process

from bot.core.errors import SettingsError
from bot.core.record import Record
from bot.domain import zones
from bot.process.git import address
from bot.process.git.address import GitAddress

PREFIX = "DUALO_"
FILE = "_FILE"
BUNDLED = "bundled"
"""In DUALO_CONTENT: the themes that come along."""
SHORTEST_TOKEN = 16
"""Characters; what is shorter is guessed sooner or later, however much guessing is slowed down."""


class Secret:
    """A word that shows itself only when it is asked to."""

    __slots__ = ("value",)

    def __init__(self, value: str = "") -> None:
        self.value = value

    def __bool__(self) -> bool:
        return bool(self.value)

    def __repr__(self) -> str:
        return "Secret(…)" if self.value else "Secret()"


class Zone(str):
    """A timezone by its IANA name."""

    __slots__ = ()


Url = Annotated[str, Meta(pattern="^https?://")]


class Word(StrEnum):
    """One of a few words, in upper or lower case."""

    @classmethod
    def _missing_(cls, value: object) -> Word | None:
        return cls._value2member_map_.get(str(value).lower())  # type: ignore[return-value]


class LogFormat(Word):
    TEXT = "text"
    JSON = "json"


class LogLevel(Word):
    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Switch(Word):
    ON = "on"
    OFF = "off"

    @classmethod
    def _missing_(cls, value: object) -> Word | None:
        also = {"true": "on", "yes": "on", "1": "on", "false": "off", "no": "off", "0": "off"}
        return super()._missing_(also.get(str(value).lower(), value))


class Settings(Record, kw_only=True):
    """Every setting, checked."""

    data_dir: Annotated[Path, "Database and backups."] = Path("data")
    database_url: Annotated[Secret, "`sqlite:///…` or `postgresql://…`."] = Secret()
    secret_key: Annotated[Secret, "Seals workspaces' tokens in the database; a key file without it."] = Secret()
    content: Annotated[str, "Folder(s) of themes and places in Git, `:`-separated."] = ""
    model_url: Annotated[Url, "A chat-completions server that the studio may ask for suggestions."] = ""
    model_name: Annotated[str, "The model to ask there."] = ""
    model_key: Annotated[Secret, "Its key, where it wants one."] = Secret()
    git_user: Annotated[str, "The name beside the token."] = "x-access-token"
    git_token: Annotated[Secret, "May read the repositories that DUALO_CONTENT names."] = Secret()
    git_webhook_secret: Annotated[Secret, "Lets the Git server say that something is new."] = Secret()
    git_seconds: Annotated[float, Meta(ge=5, le=86400), "How often Git is asked for something new."] = 180.0
    backup_keep: Annotated[int, Meta(ge=0, le=1000), "Daily copies of the SQLite file to keep; 0 makes none."] = 14
    timezone: Annotated[Zone, "A new workspace's zone."] = Zone("UTC")
    discord_token: Annotated[Secret, "Switches Discord on."] = Secret()
    discord_api_url: Annotated[Url, "Base of Discord's API up to and with `/v10`."] = ""
    discord_shards: Annotated[str, "`0-3/16` when several processes share the shards."] = ""
    slack_bot_token: Annotated[Secret, "The bot's token of a single Slack workspace."] = Secret()
    slack_app_token: Annotated[Secret, "Switches Socket Mode on."] = Secret()
    slack_signing_secret: Annotated[Secret, "Switches HTTP mode on, at `/slack/events`."] = Secret()
    slack_client_id: Annotated[str, "Install by OAuth into several workspaces."] = ""
    slack_client_secret: Annotated[Secret, "Goes with the client id."] = Secret()
    slack_api_url: Annotated[Url, "Base of Slack's API, with a trailing slash."] = ""
    slack_prefix: Annotated[str, "The prefix its commands got when the manifest was made."] = ""
    http_host: Annotated[str, "Where health, metrics, the page and Slack's HTTP mode listen."] = "127.0.0.1"
    http_port: Annotated[int, Meta(ge=0, le=65535), "The port of it; 0 lets the system choose."] = 8080
    web: Annotated[Switch | None, "The local web page; on if no chat is configured."] = None
    web_token: Annotated[Secret, "Asked for by the page; without it, loopback only."] = Secret()
    public_url: Annotated[Url, "Where the outside reaches this process."] = ""
    link: Annotated[Switch, "Lets people link their two sides, as on Discord and Slack."] = Switch.OFF
    tick_seconds: Annotated[float, Meta(ge=0.05, le=3600), "How often the clock looks for due work."] = 5.0
    log_format: Annotated[LogFormat, "`json` for machines."] = LogFormat.TEXT
    log_level: Annotated[LogLevel, "`debug`, `info`, `warning` or `error`."] = LogLevel.INFO

    @property
    def database(self) -> str:
        """The database's address: as given, or a file in the data folder."""
        return self.database_url.value or f"sqlite:///{self.data_dir.resolve() / 'dualo.db'}"

    @property
    def backups(self) -> Path:
        """The folder of the database's copies."""
        return self.data_dir / "backups"

    @property
    def places(self) -> tuple[Path | GitAddress, ...]:
        """Where themes are; nothing means the bundled ones. A folder called so itself is written `./bundled`."""
        from bot.packs import load  # the container's health check reads the settings, too, and needs no content

        parts = address.entries(self.content) or (BUNDLED,)
        return tuple(
            load.bundled() if part == BUNDLED else address.read(part) if part.startswith(address.PREFIX) else Path(part)
            for part in parts
        )

    @property
    def folders(self) -> tuple[Path, ...]:
        """Folders of themes on this machine."""
        return tuple(place for place in self.places if isinstance(place, Path))

    @property
    def discord_on(self) -> bool:
        return bool(self.discord_token)

    @property
    def slack_on(self) -> bool:
        return bool(self.slack_app_token or self.slack_signing_secret)

    @property
    def by_oauth(self) -> bool:
        """Whether workspaces install it themselves, so that their tokens are kept."""
        return bool(self.slack_client_id and self.slack_client_secret)

    @property
    def visits_on(self) -> bool:
        """Whether people from chats can open their own page: it is on, behind a token, and the outside reaches it."""
        return self.web_on and bool(self.web_token) and bool(self.public_url)

    @property
    def web_on(self) -> bool:
        return not (self.discord_on or self.slack_on) if self.web is None else self.web is Switch.ON

    @property
    def links(self) -> bool:
        return self.link is Switch.ON

    @property
    def loopback(self) -> bool:
        """Whether only this machine reaches what is served."""
        host = self.http_host.strip("[]").lower()
        try:
            return host == "localhost" or ip_address(host.split("%")[0]).is_loopback
        except ValueError:
            return False

    @property
    def own_names(self) -> tuple[str, ...]:
        """The names by which others may call this process."""
        return tuple(name for name in (self.http_host, urlsplit(self.public_url).hostname) if name)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never stand in a log."""
        given = (getattr(self, name) for name in names())
        whole = tuple(each.value for each in given if isinstance(each, Secret) and each)
        return (*whole, *(key.strip() for key in self.secret_key.value.split(",") if key.strip()))


def names() -> tuple[str, ...]:
    """Every setting, as the code calls it."""
    return Settings.__struct_fields__


def read(environ: Mapping[str, str]) -> Settings:
    """The settings of this environment."""
    variables = {name: PREFIX + name.upper() for name in names()}
    typed = {
        name: value
        for name, variable in variables.items()
        if (value := environ.get(variable, "").strip() or _from_file(environ, variable))
    }
    try:
        settings = msgspec.convert(typed, Settings, strict=False, dec_hook=_made)
    except msgspec.ValidationError as error:
        said, _, place = str(error).partition(" - at `$.")
        name = place.rstrip("`")
        raise SettingsError(f"{variables[name]}: {said if error.__cause__ else _should(name)}") from None
    _check_together(settings, environ)
    return settings


def _made(kind: type[Any], typed: str) -> object:
    """What msgspec does not know; a ValueError is said as it stands."""
    if kind is Zone:
        zone = zones.canonical(typed)
        if zone is None:
            raise ValueError(f"{typed!r} is no timezone; did you mean {_nearest(typed, zones.names())}?")
        return Zone(zone)
    return kind(typed)


def _should(name: str) -> str:
    """What a setting may be, from its type."""
    kind = next(field.type for field in inspect.type_info(Settings).fields if field.name == name)  # type: ignore[attr-defined]
    match kind.types[0] if isinstance(kind, inspect.UnionType) else kind:
        case inspect.IntType(ge=least, le=most):
            return f"it should be a whole number between {least} and {most}."
        case inspect.FloatType(ge=least, le=most):
            return f"it should be a number between {least} and {most}."
        case inspect.EnumType(cls=words):
            *first, last = (word.value for word in words)
            return f"it should be {', '.join(first)} or {last}."
        case _:
            return "it must begin with https:// (or http://)."


def _nearest(typed: str, known: Sequence[str]) -> str:
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


def _check_together(settings: Settings, environ: Mapping[str, str]) -> None:
    """What needs something beside it."""
    s = settings
    pairs = (
        (s.slack_app_token and not s.slack_bot_token, "DUALO_SLACK_APP_TOKEN needs DUALO_SLACK_BOT_TOKEN beside it"),
        (
            s.slack_bot_token and not s.slack_on,
            "DUALO_SLACK_BOT_TOKEN needs DUALO_SLACK_APP_TOKEN (Socket Mode) or DUALO_SLACK_SIGNING_SECRET (HTTP) "
            "beside it",
        ),
        (
            s.slack_signing_secret and not (s.slack_bot_token or s.by_oauth),
            "DUALO_SLACK_SIGNING_SECRET needs DUALO_SLACK_BOT_TOKEN, or DUALO_SLACK_CLIENT_ID and "
            "DUALO_SLACK_CLIENT_SECRET",
        ),
        (
            bool(s.slack_client_id) != bool(s.slack_client_secret),
            "DUALO_SLACK_CLIENT_ID and DUALO_SLACK_CLIENT_SECRET go together: set both or neither",
        ),
        (
            s.by_oauth and not s.slack_signing_secret,
            "DUALO_SLACK_CLIENT_ID needs DUALO_SLACK_SIGNING_SECRET beside it: several workspaces are served over HTTP",
        ),
        (
            s.by_oauth and not s.public_url,
            "DUALO_SLACK_CLIENT_ID needs DUALO_PUBLIC_URL beside it, which Slack sends people back to after they "
            "agreed: set the https address under which this process is reached",
        ),
        (
            s.web_on and not s.loopback and not s.web_token,
            f"DUALO_HTTP_HOST is {s.http_host}, which would open the web page to others: "
            "set DUALO_WEB_TOKEN, or DUALO_WEB=off, or leave the host at 127.0.0.1"
            + ("" if s.discord_on or s.slack_on else f". It is on because {_without_a_chat(environ)}"),
        ),
        (
            s.web_token and len(s.web_token.value) < SHORTEST_TOKEN,
            f"DUALO_WEB_TOKEN is shorter than {SHORTEST_TOKEN} characters, which can be guessed: "
            "set a longer one, such as `openssl rand -hex 24` prints",
        ),
        (
            s.secret_key and not all(_is_key(each) for each in s.secret_key.value.split(",")),
            "DUALO_SECRET_KEY holds no key of 32 bytes in base64; `openssl rand -base64 32` prints one",
        ),
    )
    for part in address.entries(s.content):
        if part.startswith(address.PREFIX):
            address.read(part)
    for wrong, message in pairs:
        if wrong:
            raise SettingsError(f"{message}.")


def _is_key(typed: str) -> bool:
    """Whether it can seal; told at the start also where nothing is sealed yet."""
    try:
        return len(base64.urlsafe_b64decode(typed.strip())) == 32
    except ValueError:
        return False


def _without_a_chat(environ: Mapping[str, str]) -> str:
    """Why no chat is served: the keys that stand there with nothing behind them, or none stands there."""
    keys = [PREFIX + name for name in ("DISCORD_TOKEN", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET")]
    hollow = [each for key in keys for each in (key, key + FILE) if each in environ]
    return f"{' and '.join(hollow)} {'are' if hollow[1:] else 'is'} empty" if hollow else "no chat's token is set"


def unknown(environ: Mapping[str, str]) -> list[str]:
    """A sentence for each `DUALO_…` that is no setting: most are slips of the pen."""
    known = [PREFIX + name.upper() + ending for ending in ("", FILE) for name in names()]
    strange = sorted(name for name in environ if name.startswith(PREFIX) and name not in known)
    return [f"{name} is no setting; did you mean {_nearest(name, known)}?" for name in strange]


def risks(settings: Settings) -> list[str]:
    """A sentence for what is allowed and better not done."""
    open_line = settings.web_on and not settings.loopback and not settings.public_url.startswith("https://")
    said = "The page's token goes over plain http: put a proxy with https before it, and set DUALO_PUBLIC_URL to that."
    return [said] if open_line else []


def empty(environ: Mapping[str, str], settings: Settings) -> list[str]:
    """A sentence for each key that is named but not given, with what stays off for it."""
    slack = "so Slack stays off" if not settings.slack_on else "so that part of Slack stays off"
    consequences = {
        "discord_token": "so Discord stays off",
        "slack_bot_token": slack,
        "slack_app_token": slack,
        "slack_signing_secret": slack,
        "slack_client_id": slack,
        "slack_client_secret": slack,
        "model_key": "so the model's server is asked without one",
        "git_token": "so only public repositories can be read",
        "git_webhook_secret": "so Git is asked from time to time only",
        "web_token": "so the page serves this machine only",
        "database_url": "so a SQLite file in the data folder is used",
        "secret_key": "so a key file in the data folder is used",
    }
    variables = {PREFIX + name.upper(): (getattr(settings, name), what) for name, what in consequences.items()}
    return [
        f"{named} is empty, {what}."
        for variable, (value, what) in variables.items()
        if not value and (named := next((each for each in (variable, variable + FILE) if each in environ), ""))
    ]
