"""How the app comes into a workspace: the manifest that an operator creates it from, and the pages that install it.

The manifest is made from the command definitions. A page sends the browser to Slack, and another takes it back. The
state that goes along is good once, for ten minutes, and only in the browser that it was given to. It is signed and kept
nowhere, so that beginning costs nothing and any replica may take the browser back; its fingerprint stands in a cookie.
What was used is kept until it would have ended.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

import structlog
from aiohttp import web

from adapters.shared.peers import RecentPeers, language_of, peer_of
from adapters.slack.api import CallFailed, Installation, SlackApi
from adapters.slack.installations import Installations
from adapters.slack.payload import NO_ENTERPRISE, STAND_ALONE, CommandNames, Json, flag, text
from bot.api import Clock, SettingsError, Vault, commands, i18n
from bot.api import text as words

log = structlog.get_logger(__name__)

COMMAND = 32
"""Characters of a slash command, the slash not counted; docs.slack.dev/reference/app-manifest."""
DESCRIPTION, USAGE_HINT = 2000, 1000
"""Characters of a slash command's description and usage hint."""
CONTINUE, REPORT = "continue-learning", "report-lesson"
"""Callback ids of the two shortcuts."""
EVENTS = ("app_home_opened", "app_mention", "app_uninstalled", "message.im", "tokens_revoked")
"""Bot events, in the order of the alphabet."""
EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH = "/slack/events", "/slack/install", "/slack/oauth_redirect"

_LONG = (
    "Dualo teaches a team inside the chat it already lives in. Short lessons with sources, questions with the reason "
    "why each answer is right or wrong, and a weekly lesson in the channel once somebody who runs it has set one up. "
    "Progress is everybody's own: nothing is shown to others unless somebody shares it, and all of the data lies with "
    "whoever runs this installation."
)

SCOPES: Mapping[str, str] = {
    "app_mentions:read": i18n.mark("answering a mention in a channel, to whoever wrote it alone"),
    "commands": i18n.mark("slash commands and shortcuts"),
    "chat:write": i18n.mark("scheduled lessons and nudges, in channels that it was invited to"),
    "im:write": i18n.mark("opening direct messages: nudges that somebody agreed to, and the file of one's own data"),
    "im:history": i18n.mark(
        "finding again a direct message whose sending is in doubt, and answering what is written there"
    ),
    "channels:read": i18n.mark(
        "seeing whether it is in a public channel before a lesson is due there, and finding one by name"
    ),
    "groups:read": i18n.mark("the same for private channels that it was invited to"),
    "channels:history": i18n.mark("finding again, in a public channel, a message whose sending is in doubt"),
    "groups:history": i18n.mark("the same in a private channel"),
    "users:read": i18n.mark("a learner's timezone and language, and who may manage Dualo"),
    "usergroups:read": i18n.mark("assigning a theme to a user group, and letting one manage Dualo"),
    "files:write": i18n.mark(
        "sending somebody files of their own (data, weeks, certificates), and keeping diagrams of lessons"
    ),
}
"""Scopes of the bot token, each with its reason."""
OPTIONAL_SCOPES = frozenset({"app_mentions:read", "usergroups:read"})
"""Without them an extra is not offered; everything else works."""


def manifest(prefix: str = "", http_url: str = "") -> Json:
    """The whole manifest: Socket Mode, or HTTP when the address is given under which Slack reaches Dualo."""
    names = CommandNames(prefix)
    url = _checked(http_url)
    events = f"{url}{EVENTS_PATH}" if url else ""
    request: Json = {"request_url": events} if events else {}
    options: Json = {"message_menu_options_url": events} if events else {}
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
            "interactivity": {"is_enabled": True, **request, **options},
            "org_deploy_enabled": bool(url),
            "socket_mode_enabled": not url,
            "token_rotation_enabled": False,
        },
    }


def _checked(url: str) -> str:
    if url and not (url.startswith("https://") and urlsplit(url).hostname):
        raise SettingsError(f"Slack calls https addresses only, so {url!r} will not do: give it as https://…")
    return url.rstrip("/")


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
        "description": words.shorten(described, DESCRIPTION),
        "should_escape": picks,
    }
    if hint:
        made["usage_hint"] = words.shorten(hint, USAGE_HINT)
    return {**made, "url": url} if url else made


def lacking_scopes(granted: tuple[str, ...]) -> tuple[str, ...]:
    """The needed scopes that a token was not granted."""
    return tuple(scope for scope in SCOPES if scope not in granted)


# Installing -----------------------------------------------------------------------------------------------------------

GOOD_FOR = timedelta(minutes=10)
_USED = "used:"
_COOKIE = "dualo_slack_install"
_BY_PEER, _BY_ALL, _WINDOW = 10, 300, 60.0
"""Installations begun within so many seconds; who calls the page more often does not mean to install."""
_PAGE = """<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><style>
body{{font:17px/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1.5rem;color:#1d1c1d}}
a{{color:#1264a3}}</style></head><body><h1>{title}</h1><p>{said}</p>{more}</body></html>"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


class OAuthPages:
    """The two pages."""

    def __init__(
        self,
        calls: SlackApi,
        installs: Installations,
        vault: Vault,
        clock: Clock,
        *,
        client_id: str,
        client_secret: str,
        public_url: str,
        installed: Callable[[Installation, str], None],
    ) -> None:
        self._calls = calls
        self._installs = installs
        self._installed = installed
        self._vault = vault
        self._clock = clock
        self._client_id = client_id
        self._client_secret = client_secret
        self._public_url = public_url.rstrip("/")
        self._key = hashlib.sha256(b"dualo install state:" + client_secret.encode()).digest()
        self._begun = RecentPeers(
            by_peer=_BY_PEER, by_all=_BY_ALL, seconds=_WINDOW, now=lambda: clock.now().timestamp()
        )

    def attach(self, app: web.Application) -> None:
        app.router.add_get(INSTALL_PATH, self.begin)
        app.router.add_get(REDIRECT_PATH, self.end)

    @property
    def redirect_uri(self) -> str:
        return f"{self._public_url}{REDIRECT_PATH}"

    async def begin(self, request: web.Request) -> web.StreamResponse:
        """Send the browser to Slack, where somebody agrees or does not."""
        peer = peer_of(request)
        if not self._begun.may(peer):
            with i18n.speaking(language_of(request)):
                return _page(429, i18n.say("Too many at once"), i18n.say("Please try again in a minute."))
        self._begun.note(peer)
        state = self._sign(f"{int((self._clock.now() + GOOD_FOR).timestamp())}.{secrets.token_urlsafe(24)}")
        asked = urlencode(
            {
                "client_id": self._client_id,
                "scope": ",".join(SCOPES),
                "redirect_uri": self.redirect_uri,
                "state": state,
            }
        )
        base = self._calls.api_url.removesuffix("api/")
        response = web.Response(status=302, headers={"Location": f"{base}oauth/v2/authorize?{asked}"})
        response.set_cookie(
            _COOKIE,
            _mark(state),
            max_age=int(GOOD_FOR.total_seconds()),
            path="/slack",
            secure=self._public_url.startswith("https://"),
            httponly=True,
            samesite="Lax",
        )
        return response

    async def end(self, request: web.Request) -> web.StreamResponse:
        """Take the browser back: the code it brings becomes the workspace's token."""
        with i18n.speaking(language_of(request)):
            return await self._ended(request)

    async def _ended(self, request: web.Request) -> web.StreamResponse:
        state, code = request.query.get("state", ""), request.query.get("code", "")
        if not await self._redeem(state, request.cookies.get(_COOKIE, "")):
            said = i18n.say("The link was used before, or is older than ten minutes.")
            return _page(400, i18n.say("That did not begin here"), said, again=True)
        if not code:
            said = i18n.say("Slack says that nobody agreed. You can come back any time.")
            return _page(200, i18n.say("Nothing was installed"), said)
        try:
            install, person = await self._exchange(code)
        except CallFailed as failed:
            log.warning(f"An installation failed: {failed}.", action="slack.install_failed")
            said = i18n.say("It said: {failed}.", failed=html.escape(str(failed)))
            return _page(502, i18n.say("Slack did not give a token"), said, again=True)
        await self._installs.add(install)
        log.info("A workspace installed Dualo.", action="slack.installed", team=install.team)
        self._installed(install, person)
        where = html.escape(install.name) or i18n.say("your workspace")
        said = i18n.say("Open Slack, and Dualo's Home tab under Apps, to begin.")
        response = _page(200, i18n.say("Dualo is in {where}", where=where), said)
        response.del_cookie(_COOKIE, path="/slack")
        return response

    async def _redeem(self, state: str, cookie: str) -> bool:
        """Whether the state is one of ours, in this browser, not used and not too old. It is used up either way."""
        until, _, rest = state.partition(".")
        ours = self._sign(f"{until}.{rest.partition('.')[0]}")
        now = self._clock.now().timestamp()
        if not (_same(state, ours) and _same(_mark(state), cookie) and int(until) >= now):
            return False
        for name in await self._vault.names(_USED):
            if int(name.split(":")[1]) < now:
                await self._vault.drop(name)
        return await self._vault.add(f"{_USED}{until}:{_mark(state)}", "")

    def _sign(self, said: str) -> str:
        seal = hmac.new(self._key, said.encode("utf-8", "surrogateescape"), hashlib.sha256).hexdigest()
        return f"{said}.{seal}"

    async def _exchange(self, code: str) -> tuple[Installation, str]:
        """The installation, and who agreed to it."""
        # The SDK's own method uses an aiohttp class that aiohttp 4 takes away.
        held = base64.b64encode(f"{self._client_id}:{self._client_secret}".encode()).decode()
        asked = {"code": code, "redirect_uri": self.redirect_uri}
        answer = await self._calls.ask_by(
            self._calls.client(),
            "oauth.v2.access",
            lambda c: c.api_call("oauth.v2.access", data=asked, headers={"Authorization": f"Basic {held}"}),
        )
        data = answer.data
        org_wide = flag(data, "is_enterprise_install")
        token = text(data, "access_token")
        who = await self._calls.ask_by(self._calls.client(token), "auth.test", lambda c: c.auth_test())
        install = Installation(
            enterprise=text(data, "enterprise", "id") or NO_ENTERPRISE,
            team="" if org_wide else text(data, "team", "id"),
            token=token,
            bot_user=text(data, "bot_user_id"),
            bot=text(who.data, "bot_id"),
            name=text(data, "enterprise" if org_wide else "team", "name"),
            scopes=tuple(text(data, "scope").split(",")),
        )
        return install, text(data, "authed_user", "id")


def _mark(state: str) -> str:
    """What is kept in place of the state itself."""
    return hashlib.sha256(state.encode("utf-8", "surrogateescape")).hexdigest()


def _same(said: str, ours: str) -> bool:
    """Whether two words are one, in a time that tells nothing of either."""
    return hmac.compare_digest(said.encode("utf-8", "surrogateescape"), ours.encode("utf-8", "surrogateescape"))


def _page(status: int, title: str, said: str, *, again: bool = False) -> web.Response:
    anew = i18n.say("Begin again")
    more = f'<p><a href="{INSTALL_PATH}">{anew}</a></p>' if again else ""
    body = _PAGE.format(language=i18n.spoken(), title=title, said=said, more=more)
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}
    return web.Response(status=status, text=body, content_type="text/html", headers=headers)
