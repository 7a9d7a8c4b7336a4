"""Slack's Web API: one request a call, rate limits kept, and what each failure means for a delivery.

The SDK would post once more after a dropped connection, which doubles a message; so its retries are off, and each
caller decides from one of four results: an answer, a refusal with its reason, a limit with its wait, or no answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.payload import NO_ENTERPRISE, text
from bot.api import Delivered, Outcome, Record, blocks, i18n

log = structlog.get_logger(__name__)

PUBLIC_API = "https://slack.com/api/"
TIMEOUT = 10.0
"""Seconds for one call; a delivery is in doubt after that."""
_IN_DOUBT = frozenset({"fatal_error", "internal_error", "service_unavailable", "request_timeout", "team_added_to_org"})
"""Errors after which, by Slack's own words, part of the work may have been done."""
AGAIN = 5.0
"""Seconds before another try where Slack could not be reached at all."""
_RETRY_AFTER = 30.0
"""Seconds to wait when Slack limits without saying for how long."""

Send = Callable[[AsyncWebClient], Awaitable[AsyncSlackResponse]]


class CallFailed(Exception):
    """A call that did not bring what was asked."""


class Refused(CallFailed):
    """Slack said no, for certain."""

    def __init__(self, error: str, *, needed: str = "") -> None:
        super().__init__(error)
        self.error = error
        self.needed = needed


class Limited(CallFailed):
    """Too many calls; nothing was done. The same method of this workspace rests for `wait` seconds."""

    def __init__(self, wait: float) -> None:
        super().__init__(f"limited for {wait:g} s")
        self.wait = wait


class Unanswered(CallFailed):
    """No answer, or one that leaves open whether the work was done."""


class Unreached(Unanswered):
    """No connection came about, so that nothing was done."""


@dataclass(frozen=True, slots=True)
class Installation:
    """The bot in one workspace, or in a whole organisation."""

    enterprise: str
    team: str
    """Empty for an organisation-wide installation: each call then names the workspace."""
    token: str = field(repr=False)
    bot_user: str = ""
    bot: str = ""
    name: str = ""
    scopes: tuple[str, ...] = ()

    @property
    def org_wide(self) -> bool:
        return not self.team


class ApiAnswer(Record):
    data: Mapping[str, object]
    scopes: tuple[str, ...] = ()
    """What the token was granted, as Slack says with every answer."""


class SlackApi:
    """Asks Slack on behalf of installations, over one pool of connections."""

    def __init__(self, api_url: str = "") -> None:
        self.api_url = (api_url or PUBLIC_API).rstrip("/") + "/"
        self._session: aiohttp.ClientSession | None = None
        self._resting: dict[tuple[str, str], float] = {}

    async def open(self) -> None:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT))

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    @property
    def session(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("the Slack front end is not started")
        return self._session

    def client(self, token: str = "", *, team: str = "") -> AsyncWebClient:
        """The SDK's client, with its own second tries switched off."""
        return AsyncWebClient(
            token=token or None,
            base_url=self.api_url,
            timeout=int(TIMEOUT),
            session=self._session,
            team_id=team or None,
            retry_handlers=[],
        )

    async def ask(self, install: Installation, method: str, send: Send, *, team: str = "") -> ApiAnswer:
        """Call a method for a workspace; `team` says which, where the installation spans several."""
        team = team or install.team
        client = self.client(install.token, team=team if install.org_wide else "")
        return await self.ask_by(client, method, send, lane=team or install.enterprise)

    async def ask_by(self, client: AsyncWebClient, method: str, send: Send, *, lane: str = "") -> ApiAnswer:
        self._require_rested(lane, method)
        try:
            response = await send(client)
        except SlackApiError as error:
            raise self._failed(error, lane, method) from None
        except aiohttp.ClientConnectorError as error:
            raise Unreached(f"{method}: {type(error).__name__}") from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unanswered(f"{method}: {type(error).__name__}") from None
        except (AttributeError, ValueError):
            # What the SDK trips over where a proxy answers in Slack's place: text, a list, bytes that are no UTF-8.
            raise Unanswered(f"{method}: an answer that cannot be read") from None
        return ApiAnswer(_data(response), _scopes(response.headers))

    async def upload(
        self, install: Installation, file: blocks.Attachment, *, team: str, channel: str = "", said: str = ""
    ) -> str:
        """Bring Slack a file in its three steps; returns its id, raises `CallFailed`. It goes into a conversation, with
        its sentence, or where none is named stays the bot's own."""
        where = await self.ask(
            install,
            "files.getUploadURLExternal",
            lambda c: c.files_getUploadURLExternal(filename=file.name, length=len(file.content)),
            team=team,
        )
        file_id = text(where.data, "file_id")
        await self._put(text(where.data, "upload_url"), file)
        await self.ask(
            install,
            "files.completeUploadExternal",
            lambda c: c.files_completeUploadExternal(
                files=[{"id": file_id, "title": file.name}],
                channel_id=channel or None,
                initial_comment=said or None,
            ),
            team=team,
        )
        return file_id

    async def _put(self, url: str, file: blocks.Attachment) -> None:
        if not url:
            raise Refused("no_upload_url")
        try:
            async with self.session.post(url, data=file.content, headers={"Content-Type": file.mime}) as answer:
                if answer.status != 200:
                    raise Unanswered(f"upload: {answer.status}")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unanswered(f"upload: {type(error).__name__}") from None

    def _require_rested(self, lane: str, method: str) -> None:
        until = self._resting.get((lane, method))
        if until is None:
            return
        left = until - asyncio.get_running_loop().time()
        if left > 0:
            raise Limited(left)
        del self._resting[lane, method]

    def _failed(self, error: SlackApiError, lane: str, method: str) -> CallFailed:
        response: Any = error.response
        status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0))
        headers: Mapping[str, str] = getattr(response, "headers", None) or {}
        data = _data(response)
        said = text(data, "error")
        if status == 429 or said in {"ratelimited", "rate_limited"}:
            wait = _seconds(headers.get("Retry-After", ""))
            self._resting[lane, method] = asyncio.get_running_loop().time() + wait
            log.warning(f"Slack asks for {wait:.0f} s of rest.", action="slack.limited", method=method, team=lane)
            return Limited(wait)
        if status >= 500 or not said or said in _IN_DOUBT:
            return Unanswered(f"{method}: {said or status}")
        return Refused(said, needed=text(data, "needed"))


def _data(response: Any) -> Mapping[str, object]:
    data = getattr(response, "data", None)
    return cast("Mapping[str, object]", data) if isinstance(data, Mapping) else {}


def _scopes(headers: Mapping[str, str] | None) -> tuple[str, ...]:
    found = next((value for key, value in (headers or {}).items() if key.lower() == "x-oauth-scopes"), "")
    return tuple(scope.strip() for scope in found.split(",") if scope.strip())


def _seconds(said: str) -> float:
    try:
        return max(float(said), 0.5)
    except ValueError:
        return _RETRY_AFTER


def key(enterprise: str, team: str) -> str:
    """The name under which an installation is kept."""
    return f"install:{enterprise or NO_ENTERPRISE}:{team or NO_ENTERPRISE}"


# What a failed call means --------------------------------------------------------------------------------------------

_ASK_AGAIN = 60.0
"""Seconds before the next try where Slack names none."""

_GONE = {
    "channel_not_found": i18n.mark(
        "Slack knows no such channel, or it is private and Dualo is not in it. "
        "Invite Dualo with “/invite @Dualo”, or choose another channel."
    ),
    "not_in_channel": i18n.mark("Dualo is not in the channel. Invite it there with “/invite @Dualo”."),
    "is_archived": i18n.mark("The channel is archived. Restore it, or choose another."),
    "account_inactive": i18n.mark("Dualo was removed from this workspace. Install Dualo in this workspace again."),
    "token_revoked": i18n.mark("Dualo's token was revoked. Install Dualo in this workspace again."),
    "token_expired": i18n.mark("Dualo's token has expired. Install Dualo in this workspace again."),
    "invalid_auth": i18n.mark("Slack does not take Dualo's token. Install Dualo in this workspace again."),
    "not_authed": i18n.mark("Dualo has no token here. Install Dualo in this workspace again."),
    "org_login_required": i18n.mark(
        "The workspace is being moved to another organisation. Try again when that is done."
    ),
    "cannot_dm_bot": i18n.mark("That is a bot, and bots take no direct messages."),
    "user_not_found": i18n.mark("Slack knows no such person here."),
    "user_disabled": i18n.mark("That person's account is deactivated."),
    "users_not_found": i18n.mark("Slack knows no such person here."),
    "user_not_visible": i18n.mark("Dualo may not see that person."),
    "messages_tab_disabled": i18n.mark(
        "Direct messages to Dualo are switched off. Switch on “Messages Tab” under App Home."
    ),
    "thread_not_found": i18n.mark("The thread is gone."),
    "message_not_found": i18n.mark("The message is gone; somebody deleted it."),
    "team_access_not_granted": i18n.mark(
        "The organisation has not given Dualo to this workspace. Ask an organisation admin."
    ),
    "team_not_found": i18n.mark("The organisation has not given Dualo to this workspace. Ask an organisation admin."),
    "access_denied": i18n.mark("Slack denies access to that channel. Ask an admin of the workspace."),
}
_REFUSED = {
    "msg_blocks_too_long": i18n.mark("The message is longer than Slack takes. Shorten the lesson."),
    "msg_too_long": i18n.mark("The message is longer than Slack takes. Shorten the lesson."),
    "invalid_blocks": i18n.mark("Slack will not draw this message. That is a fault in Dualo; please report it."),
    "invalid_blocks_format": i18n.mark("Slack will not draw this message. That is a fault in Dualo; please report it."),
    "invalid_arguments": i18n.mark("Slack will not take this message. That is a fault in Dualo; please report it."),
    "no_text": i18n.mark("The message is empty."),
    "metadata_too_large": i18n.mark(
        "The message carries more than Slack takes. That is a fault in Dualo; please report it."
    ),
    "restricted_action": i18n.mark(
        "An admin has limited who may post in the channel. Let Dualo post there, or choose another."
    ),
    "restricted_action_read_only_channel": i18n.mark(
        "The channel is read-only. Let Dualo post there, or choose another."
    ),
    "restricted_action_thread_only_channel": i18n.mark("The channel takes replies in threads only. Choose another."),
    "restricted_action_non_threadable_channel": i18n.mark(
        "The channel takes no threads. Schedule it without a thread."
    ),
    "restricted_action_thread_locked": i18n.mark("The thread is locked."),
    "ekm_access_denied": i18n.mark("An admin has stopped posting in the channel."),
    "cant_update_message": i18n.mark("Dualo may change only its own messages."),
    "edit_window_closed": i18n.mark("The workspace lets nobody change a message that old."),
    "slack_connect_file_link_sharing_blocked": i18n.mark("The channel shared with others takes no such message."),
}


def outcome(failed: CallFailed, *, scope: str = "") -> Delivered:
    """How a failed call ends a delivery; `scope` is what the method needs, in case Slack does not say."""
    match failed:
        case Unreached():
            return Delivered(Outcome.LATER, reason=i18n.say("Slack could not be reached."))
        case Limited(wait=wait):
            return Delivered(Outcome.LATER, reason=i18n.say("Slack asks to wait before the next message."), wait=wait)
        case Refused(error="missing_scope", needed=needed):
            return Delivered(Outcome.GONE, reason=missing(needed or scope))
        case Refused(error=error) if error in _GONE:
            return Delivered(Outcome.GONE, reason=i18n.say(_GONE[error]))
        case Refused(error=error) if error in _REFUSED:
            return Delivered(Outcome.REFUSED, reason=i18n.say(_REFUSED[error]))
        case Refused(error=error):
            return Delivered(Outcome.REFUSED, reason=i18n.say("Slack refuses the message: {error}.", error=error))
        case _:
            return Delivered(
                Outcome.UNKNOWN, reason=i18n.say("Slack did not answer, so the message may stand there or not.")
            )


def missing(scope: str) -> str:
    return i18n.say(
        "Dualo lacks the permission “{scope}”. Paste the manifest of “dualo manifest slack” into the app's settings "
        "and install it again.",
        scope=scope,
    )


def later(failed: CallFailed) -> Delivered:
    """A failure before anything was sent: certainly not there, worth another try unless Slack says otherwise."""
    ended = outcome(failed)
    if ended.outcome is Outcome.UNKNOWN:
        return Delivered(Outcome.LATER, reason=i18n.say("Slack does not answer just now."), wait=_ASK_AGAIN)
    return ended


def reason(failed: CallFailed) -> str:
    """The words of a failure, for people who were answered directly."""
    return outcome(failed).reason
