"""Installing: a person's consent becomes a code, the code once becomes a token; and taking it all back."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from aiohttp import web

from tests.wire.slack.calls import Call
from tests.wire.slack.installation import TokenState
from tests.wire.slack.model import Json, Refusal, Team, User
from tests.wire.slack.world import World

CODE_SECONDS = 10 * 60


@dataclass(slots=True)
class Consent:
    """What a person agreed to on the authorize page. `redirect` is where their browser is sent."""

    code: str
    redirect: str
    redirect_uri: str
    scopes: tuple[str, ...]
    teams: tuple[Team, ...]
    user: User
    given: float
    used: bool = False


class Consents:
    """Slack's side of OAuth."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._given: dict[str, Consent] = {}
        # Who presses "Allow" when a browser arrives at the authorize page.
        self.visitor: tuple[Team, User] | None = None

    def give(
        self, teams: Iterable[Team], user: User, *, state: str, redirect_uri: str, scopes: Iterable[str]
    ) -> Consent:
        code = self._world.ids.make("code-")
        redirect = f"{redirect_uri}?{urlencode({'code': code, 'state': state})}"
        consent = Consent(code, redirect, redirect_uri, tuple(scopes), tuple(teams), user, self._world.clock.now())
        self._given[code] = consent
        return consent

    async def authorize_page(self, http: web.Request) -> web.StreamResponse:
        """Stands for slack.com/oauth/v2/authorize, with somebody there who agrees."""
        if self.visitor is None or http.query.get("client_id") != self._world.app.client_id:
            return web.Response(status=400, text="invalid_client_id or nobody is signed in")
        team, user = self.visitor
        scopes = [scope for scope in http.query.get("scope", "").split(",") if scope]
        redirect_uri = http.query.get("redirect_uri", "")
        consent = self.give([team], user, state=http.query.get("state", ""), redirect_uri=redirect_uri, scopes=scopes)
        raise web.HTTPFound(consent.redirect)

    def exchange(self, http: web.Request, args: Json) -> Json:
        """oauth.v2.access."""
        self._require_client(*_client(http, args))
        consent = self._given.get(args["code"])
        if consent is None:
            raise Refusal("invalid_code")
        if consent.used:
            raise Refusal("code_already_used")
        if self._world.clock.now() - consent.given > CODE_SECONDS:
            raise Refusal("code_expired")
        if args.get("redirect_uri", consent.redirect_uri) != consent.redirect_uri:
            raise Refusal("bad_redirect_uri")
        consent.used = True
        org_wide = len(consent.teams) > 1
        grant = self._world.grant_bot(consent.teams, consent.scopes, org_wide=org_wide)
        team = consent.teams[0]
        return {
            "app_id": self._world.app.id,
            "authed_user": {"id": consent.user.id},
            "scope": ",".join(grant.scopes),
            "token_type": "bot",
            "access_token": grant.token,
            "bot_user_id": team.bot.id,
            "team": None if org_wide else {"id": team.id, "name": team.name},
            "enterprise": {"id": team.enterprise_id, "name": "The Org"} if team.enterprise_id else None,
            "is_enterprise_install": org_wide,
        }

    def uninstall_by_api(self, call: Call) -> Json:
        """apps.uninstall: the app takes itself out of the workspace."""
        self._require_client(call.args["client_id"], call.args["client_secret"])
        self.withdraw(call.team)
        return {}

    def withdraw(self, team: Team) -> None:
        """All of the workspace's tokens end with the installation."""
        for grant in self._world.grants.values():
            if team.id in grant.team_ids:
                grant.state = TokenState.INACTIVE

    def _require_client(self, client_id: str | None, secret: str | None) -> None:
        if client_id != self._world.app.client_id:
            raise Refusal("invalid_client_id")
        if secret != self._world.app.client_secret:
            raise Refusal("bad_client_secret")


def _client(http: web.Request, args: Json) -> tuple[str | None, str | None]:
    """Client id and secret come by HTTP Basic, or as arguments."""
    held = http.headers.get("Authorization", "")
    if held.startswith("Basic "):
        client_id, _, secret = base64.b64decode(held.removeprefix("Basic ")).decode().partition(":")
        return client_id, secret
    return args.get("client_id"), args.get("client_secret")
