"""A file for one person: it goes to their direct messages with the bot, and nowhere else."""

from __future__ import annotations

import aiohttp

from adapters.slack.calls import Calls, Install, Refused, Unanswered
from adapters.slack.payload import text
from bot.api import views


class Files:
    """Uploads in Slack's three steps: an address, the bytes, where they belong."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def send(self, install: Install, file: views.Download, *, team: str, channel: str) -> None:
        """Put the file into the conversation, with its sentence; raises `CallFailed`."""
        size = len(file.content)
        where = await self._calls.ask(
            install,
            "files.getUploadURLExternal",
            lambda c: c.files_getUploadURLExternal(filename=file.name, length=size),
            team=team,
        )
        await self._put(text(where.data, "upload_url"), file)
        await self._calls.ask(
            install,
            "files.completeUploadExternal",
            lambda c: c.files_completeUploadExternal(
                files=[{"id": text(where.data, "file_id"), "title": file.name}],
                channel_id=channel,
                initial_comment=file.text,
            ),
            team=team,
        )

    async def _put(self, url: str, file: views.Download) -> None:
        if not url:
            raise Refused("no_upload_url")
        try:
            async with self._calls.session.post(url, data=file.content, headers={"Content-Type": file.mime}) as answer:
                if answer.status != 200:
                    raise Unanswered(f"upload: {answer.status}")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unanswered(f"upload: {type(error).__name__}") from None
