"""Which arguments each Web API method takes, of what kind, which scope it needs and which sort of token."""

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tests.wire.slack.model import Json, Refusal


class Kind(StrEnum):
    """How a value is read: over the query and forms everything comes as text."""

    TEXT = "string"
    INTEGER = "integer"
    FLAG = "boolean"
    JSON = "json"
    IDS = "ids"


@dataclass(frozen=True, slots=True)
class Signature:
    """A method's door: scopes (any one of them will do), token, arguments."""

    scopes: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    token: str = "bot"
    kinds: dict[str, Kind] = field(default_factory=dict)


KINDS: dict[str, Kind] = {
    "blocks": Kind.JSON, "attachments": Kind.JSON, "metadata": Kind.JSON, "view": Kind.JSON, "files": Kind.JSON,
    "limit": Kind.INTEGER, "length": Kind.INTEGER,
    "users": Kind.IDS, "types": Kind.IDS,
    "mrkdwn": Kind.FLAG, "link_names": Kind.FLAG, "unfurl_links": Kind.FLAG, "unfurl_media": Kind.FLAG,
    "reply_broadcast": Kind.FLAG, "as_user": Kind.FLAG, "include_all_metadata": Kind.FLAG, "inclusive": Kind.FLAG,
    "include_locale": Kind.FLAG, "include_num_members": Kind.FLAG, "exclude_archived": Kind.FLAG,
    "include_users": Kind.FLAG, "include_count": Kind.FLAG, "include_disabled": Kind.FLAG, "return_im": Kind.FLAG,
    "prevent_creation": Kind.FLAG, "test": Kind.FLAG,
}  # fmt: skip

_CONTENT = ("text", "blocks", "attachments", "mrkdwn", "link_names", "parse", "username", "icon_emoji", "icon_url")
_PAGE = ("cursor", "limit")
_SPAN = ("oldest", "latest", "inclusive", "include_all_metadata")
# The kind of channel decides which of a family a call needs; the method asks again once it knows the channel.
_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")

SIGNATURES: dict[str, Signature] = {
    "auth.test": Signature(),
    "auth.revoke": Signature(optional=("test",)),
    "apps.connections.open": Signature(("connections:write",), token="app"),
    "apps.uninstall": Signature(required=("client_id", "client_secret")),
    "oauth.v2.access": Signature(
        required=("code",), optional=("client_id", "client_secret", "redirect_uri", "grant_type"), token="none"
    ),
    "chat.postMessage": Signature(
        ("chat:write",),
        ("channel",),
        (*_CONTENT, "metadata", "thread_ts", "reply_broadcast", "unfurl_links", "unfurl_media"),
    ),
    "chat.postEphemeral": Signature(("chat:write",), ("channel", "user"), (*_CONTENT, "thread_ts")),
    "chat.update": Signature(
        ("chat:write",),
        ("channel", "ts"),
        ("text", "blocks", "attachments", "metadata", "link_names", "parse", "as_user", "reply_broadcast"),
    ),
    "chat.delete": Signature(("chat:write",), ("channel", "ts"), ("as_user",)),
    "conversations.open": Signature(
        ("im:write", "mpim:write"), (), ("channel", "users", "return_im", "prevent_creation")
    ),
    "conversations.info": Signature(_READ, ("channel",), ("include_locale", "include_num_members")),
    "conversations.history": Signature(_HISTORY, ("channel",), (*_PAGE, *_SPAN)),
    "conversations.replies": Signature(_HISTORY, ("channel", "ts"), (*_PAGE, *_SPAN)),
    "conversations.join": Signature(("channels:join",), ("channel",)),
    "conversations.members": Signature(_READ, ("channel",), _PAGE),
    "conversations.list": Signature(_READ, (), (*_PAGE, "exclude_archived", "types")),
    "users.info": Signature(("users:read",), ("user",), ("include_locale",)),
    "users.list": Signature(("users:read",), (), (*_PAGE, "include_locale")),
    "usergroups.list": Signature(
        ("usergroups:read",), (), ("include_users", "include_count", "include_disabled")
    ),
    "usergroups.users.list": Signature(("usergroups:read",), ("usergroup",), ("include_disabled",)),
    "views.open": Signature((), ("trigger_id", "view")),
    "views.push": Signature((), ("trigger_id", "view")),
    "views.update": Signature((), ("view",), ("view_id", "external_id", "hash")),
    "views.publish": Signature((), ("user_id", "view"), ("hash",)),
    "files.getUploadURLExternal": Signature(
        ("files:write",), ("filename", "length"), ("alt_txt", "snippet_type", "alt_text")
    ),
    "files.completeUploadExternal": Signature(
        ("files:write",), ("files",), ("channel_id", "channels", "initial_comment", "thread_ts", "blocks")
    ),
    "bots.info": Signature(("users:read",), (), ("bot",)),
    "team.info": Signature(("team:read",), (), ("team", "domain")),
}  # fmt: skip


def read_arguments(signature: Signature, given: Json) -> Json:
    """The arguments, each as what it is; Slack names everything missing, unknown or of the wrong kind."""
    complaints = [f"missing required field: {name}" for name in signature.required if given.get(name) in (None, "")]
    known = {*signature.required, *signature.optional, "team_id"}
    read: Json = {}
    for name, value in given.items():
        if name not in known:
            # The real one overlooks what it does not know; here a misspelt argument is to be noticed.
            complaints.append(f"unknown argument: {name}")
        elif value is not None:
            try:
                read[name] = _read(KINDS.get(name, Kind.TEXT), value)
            except ValueError:
                complaints.append(f"must provide a {KINDS.get(name, Kind.TEXT)} [json-pointer:/{name}]")
    if complaints:
        raise Refusal("invalid_arguments", messages=complaints)
    return read


def _read(kind: Kind, value: object) -> Any:
    match kind:
        case Kind.TEXT:
            return _read_text(value)
        case Kind.INTEGER:
            if isinstance(value, bool) or not isinstance(value, int | str):
                raise ValueError(value)
            return int(value)
        case Kind.FLAG:
            return _read_flag(value)
        case Kind.IDS:
            parts = value.split(",") if isinstance(value, str) else value
            if not isinstance(parts, list):
                raise ValueError(value)
            return [str(part).strip() for part in parts if str(part).strip()]
        case Kind.JSON:
            return json.loads(value) if isinstance(value, str) else value


def _read_text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(value)
    return value


def _read_flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("1", "true", 1):
        return True
    if value in ("0", "false", 0):
        return False
    raise ValueError(value)
