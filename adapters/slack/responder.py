"""Shows replies: in the acknowledgement, through the response URL, in a modal, or in direct messages.

What takes longer than an acknowledgement may wait runs in the background, and is finished before a stop.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from typing import TypeVar

import aiohttp
import structlog
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.shared import phrases
from adapters.slack import forms, painter
from adapters.slack.api import CallFailed, Limited, Refused, SlackApi, Unanswered
from adapters.slack.delivery import LONGEST_REST, PostAddress, SlackDelivery
from adapters.slack.installations import Installations
from adapters.slack.painter import Drawn, FileIds
from adapters.slack.payload import CommandNames, Json, PayloadOrigin, text
from adapters.slack.pictures import SlackPictures
from adapters.slack.rich import Voice
from bot.api import i18n, reference, replace, views

log = structlog.get_logger(__name__)

MODAL_PATIENCE = 1.3
"""Seconds to wait for the engine before a modal is opened to hold its place: a trigger lives for three."""

REMEMBERED = 128
"""Messages of about 13 kB each."""
_JSON = {"Content-Type": "application/json"}

Replying = Awaitable[views.Reply]
Sent = TypeVar("Sent")


def acknowledge(payload: Mapping[str, object] | str = "") -> BoltResponse:
    """An acknowledgement, with whatever it may carry; JSON that is written already stays as it is."""
    return BoltResponse(status=200, body=payload if isinstance(payload, str) else json.dumps(payload))


class SlackResponder:
    """Shows replies to people."""

    def __init__(
        self,
        calls: SlackApi,
        installs: Installations,
        post: SlackDelivery,
        names: CommandNames,
        pictures: SlackPictures,
    ) -> None:
        self._calls = calls
        self._pictures = pictures
        self._installs = installs
        self._post = post
        self._names = names

    # What a reply looks like ----------------------------------------------------------------------------------------

    def modal(
        self, reply: views.Reply, *, answer_at: str = "", replace_original: bool = False, files: FileIds = ()
    ) -> Json:
        """The reply as a modal; a form's result goes to `answer_at`, or stays in the modal."""
        with i18n.speaking(reply.reader.language):
            if isinstance(reply.view, views.FormPage):
                return forms.form(reply.view, self._names, answer_at=answer_at, replace=replace_original)
            return forms.page(self._draw(reply, files))

    def _draw(self, reply: views.Reply, files: FileIds) -> Drawn:
        """The reply's page; a fault in drawing it is told like any other fault of ours."""
        try:
            return painter.draw(reply.view, reply.reader, self._names, files=files)
        except Exception:
            return painter.draw(_broken(), reply.reader, self._names)

    def response(self, reply: views.Reply, *, replace_original: bool | None = None, files: FileIds = ()) -> str:
        """The reply as the JSON of an acknowledgement or a response."""
        try:
            return response(reply, self._names, replace_original=replace_original, files=files)
        except Exception:
            broken = views.Reply(_broken(), reply.reader)
            return response(broken, self._names, replace_original=replace_original)

    # With pictures, or words in their place ---------------------------------------------------------------------------

    async def shows_pictures(self, origin: PayloadOrigin, reply: views.Reply) -> bool:
        """Then it may be refused, which an acknowledgement would never tell."""
        return bool(await self._pictures.of(origin, reply))

    async def _pictured(
        self, origin: PayloadOrigin, reply: views.Reply, send: Callable[[FileIds], Awaitable[Sent]]
    ) -> Sent:
        """Send it with its pictures; where Slack takes none of them, with their words."""
        if files := await self._pictures.of(origin, reply):
            try:
                return await send(files)
            except Refused as refused:
                if not await self._pictures.refuse(origin, files, refused):
                    raise
        return await send(())

    # Through the response URL ---------------------------------------------------------------------------------------

    async def respond(self, origin: PayloadOrigin, reply: views.Reply, *, replace_original: bool | None = None) -> None:
        """Answer where the person acted; where that can no longer be done, in their direct messages."""
        url, again = origin.response_url, not reply.for_everyone

        def send(files: FileIds) -> Awaitable[None]:
            payload = self.response(reply, replace_original=replace_original, files=files)
            return self._post_response(url, payload, again=again)

        try:
            await self._pictured(origin, reply, send)
        except CallFailed as failed:
            log.warning(f"An answer found no way back: {failed}.", action="slack.no_way_back")
            await self.write(origin, reply)

    async def _post_response(self, url: str, payload: str, *, again: bool) -> None:
        """Post once; a private answer is worth a second try, a public one must not double."""
        for last in (not again, True):
            try:
                return await self._post_once(url, payload)
            except Limited as limited:
                if last or limited.wait > LONGEST_REST:
                    raise
                await asyncio.sleep(limited.wait)
            except Unanswered:
                if last:
                    raise
        return None

    async def _post_once(self, url: str, payload: str) -> None:
        if not url:
            raise Refused("no_response_url")
        try:
            async with self._calls.session.post(url, data=payload, headers=_JSON) as answer:
                if answer.status == 429:
                    raise Limited(float(answer.headers.get("Retry-After", "1")))
                if answer.status >= 500:
                    raise Unanswered(f"response URL: {answer.status}")
                if answer.status != 200:
                    raise Refused(f"{answer.status} {(await answer.text())[:100]}")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unanswered(f"response URL: {type(error).__name__}") from None

    async def write(self, origin: PayloadOrigin, reply: views.Reply) -> None:
        """A message in the person's direct messages with the bot, the last way that an answer has."""
        where = PostAddress(origin.enterprise, origin.team, origin.person)

        def send(files: FileIds) -> Awaitable[None]:
            return self._post.answer(where, painter.message(self._draw(reply, files)))

        try:
            await self._pictured(origin, reply, send)
        except CallFailed as failed:
            log.error(f"An answer is lost: {failed}.", action="slack.lost", team=origin.team)

    async def whisper(self, origin: PayloadOrigin, reply: views.Reply) -> None:
        """A message in the channel that this person alone sees; where that cannot be, in their direct messages."""
        here: Json = {"channel": origin.channel, "user": origin.person}
        if origin.thread:
            here["thread_ts"] = origin.thread

        def send(files: FileIds) -> Awaitable[Mapping[str, object]]:
            message = painter.message(self._draw(reply, files))
            taken = {key: value for key, value in message.items() if not key.startswith("unfurl_")}  # it has none
            return self._ask(origin, "chat.postEphemeral", here | taken)

        try:
            await self._pictured(origin, reply, send)
        except CallFailed as failed:
            log.warning(f"A mention could not be answered where it stands: {failed}.", action="slack.no_whisper")
            await self.write(origin, reply)

    async def finish(self, origin: PayloadOrigin, work: Awaitable[None]) -> None:
        """Do what was acknowledged before; somebody whose answer breaks is told the reference id."""
        try:
            await work
        except Exception:
            await self._tell(origin, views.Reply(_broken(), views.Reader()))

    async def _tell(self, origin: PayloadOrigin, reply: views.Reply) -> None:
        if origin.view and not origin.home:
            try:
                return await self.update_modal(origin, self.modal(reply))
            except CallFailed as failed:
                log.warning(f"A modal could not be changed: {failed}.", action="slack.no_modal")
        return await self._instead(origin, reply)

    # In a modal -----------------------------------------------------------------------------------------------------

    async def show_modal(
        self, origin: PayloadOrigin, replying: Replying, *, answer_at: str = "", replace_original: bool = False
    ) -> None:
        """Open a modal with the reply. While the engine is slow, one that holds its place is opened in time."""
        task = asyncio.ensure_future(replying)
        done, _ = await asyncio.wait({task}, timeout=MODAL_PATIENCE)

        def drawn(files: FileIds) -> Json:
            return self.modal(task.result(), answer_at=answer_at, replace_original=replace_original, files=files)

        try:
            if done:
                await self._pictured(origin, task.result(), lambda files: self._open(origin, drawn(files)))
                return
            there = replace(origin, view=await self._open(origin, forms.waiting()))
            await self._pictured(origin, await task, lambda files: self.update_modal(there, drawn(files)))
        except CallFailed as failed:
            log.warning(f"A modal could not be shown: {failed}.", action="slack.no_modal")
            await self._instead(origin, await task)

    async def _instead(self, origin: PayloadOrigin, reply: views.Reply) -> None:
        """Where no modal can be opened: a page as a message; a form has to be asked for again."""
        if isinstance(reply.view, views.FormPage):
            with i18n.speaking(reply.reader.language):
                said = views.Notice(
                    i18n.say("“{title}” could not be opened in time.", title=reply.view.title),
                    i18n.say(phrases.ASK_AGAIN),
                    views.Tone.SORRY,
                )
            reply = views.Reply(said, reply.reader)
        if origin.response_url:
            await self.respond(origin, replace(reply, for_everyone=False), replace_original=False)
        else:
            await self.write(origin, reply)

    async def _open(self, origin: PayloadOrigin, view: Json) -> str:
        answer = await self._ask(origin, "views.open", {"trigger_id": origin.trigger, "view": view})
        return text(answer, "view", "id")

    async def update_modal(self, origin: PayloadOrigin, view: Json) -> None:
        """The modal that somebody acted in becomes another page; if they have closed it, that is what they wanted."""
        try:
            await self._ask(origin, "views.update", {"view_id": origin.view, "view": view})
        except Refused as refused:
            if refused.error != "not_found":
                raise

    async def go_on(self, origin: PayloadOrigin, reply: views.Reply) -> None:
        """The modal that somebody acted in becomes the reply."""
        await self._pictured(origin, reply, lambda files: self.update_modal(origin, self.modal(reply, files=files)))

    async def publish_home(self, origin: PayloadOrigin, view: Json) -> None:
        await self._ask(origin, "views.publish", {"user_id": origin.person, "view": view})

    async def _ask(self, origin: PayloadOrigin, method: str, arguments: Json) -> Mapping[str, object]:
        def send(client: AsyncWebClient) -> Awaitable[AsyncSlackResponse]:
            return client.api_call(method, json=arguments)

        return (await self._installs.ask(origin.enterprise, origin.team, method, send)).data


def response(
    reply: views.Reply, names: CommandNames, *, replace_original: bool | None = None, files: FileIds = ()
) -> str:
    """The reply as the JSON that an acknowledgement or a response URL takes.

    For the person alone, unless the reply is for everyone; and what is for everyone takes nothing's place.
    """
    public = reply.for_everyone
    more = f', "response_type": "{"in_channel" if public else "ephemeral"}"'
    if replace_original is not None:
        more += f', "replace_original": {"true" if replace_original and not public else "false"}'
    voice = Voice.ALOUD if public else Voice.ASIDE
    return f"{_open(reply.view, reply.reader, names, voice, files)}{more}}}"


def _open(view: views.View, reader: views.Reader, names: CommandNames, voice: Voice, files: FileIds) -> str:
    """The message as JSON that lacks its last brace."""
    try:
        return _remembered(view, reader, names, voice, files)
    except TypeError:  # a view that holds a mapping is not remembered
        return _write(view, reader, names, voice, files)


def _write(view: views.View, reader: views.Reader, names: CommandNames, voice: Voice, files: FileIds) -> str:
    drawn = painter.draw(view, reader, names, voice=voice, files=files)
    return json.dumps(painter.message(drawn), separators=(",", ":"))[:-1]


_remembered = lru_cache(maxsize=REMEMBERED)(_write)
"""Many look at the same lesson on the same morning: it is painted, spoken and written once."""


def broken_home() -> Json:
    """A Home tab that could not be drawn."""
    return {"type": "home", "blocks": list(painter.draw(_broken(), views.Reader()).blocks)}


async def shielded(work: Callable[[], Awaitable[views.Reply]]) -> views.Reply:
    """The reply, or the sentence that somebody gets for a fault of ours."""
    try:
        return await work()
    except Exception:
        return views.Reply(_broken(), views.Reader())


def _broken() -> views.Notice:
    """Log the exception; the person is told its reference id."""
    made = reference.new()
    log.exception("An answer failed.", action="slack.failed", reference=made)
    return reference.notice(made)
