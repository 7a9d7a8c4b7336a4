"""The app as Slack knows it, and the tokens that say what it may do where."""

from dataclasses import dataclass
from enum import StrEnum


class TokenState(StrEnum):
    """A token's life; anything but ACTIVE is also the error Slack answers."""

    ACTIVE = "active"
    REVOKED = "token_revoked"
    INACTIVE = "account_inactive"


@dataclass(slots=True)
class Grant:
    """A token and what it may do. An org-wide grant names several teams."""

    token: str
    kind: str
    scopes: tuple[str, ...]
    team_ids: tuple[str, ...] = ()
    enterprise_id: str | None = None
    state: TokenState = TokenState.ACTIVE
    org_wide: bool = False


@dataclass(frozen=True, slots=True)
class App:
    """The app under test as Slack knows it."""

    id: str = "A0DUALO"
    name: str = "Dualo"
    client_id: str = "11111.22222"
    client_secret: str = "client-secret"
    signing_secret: str = "signing-secret"
    verification_token: str = "verification-token"
    app_token: str = "xapp-1-A0DUALO-1-secret"
