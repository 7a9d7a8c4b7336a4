"""Diagrams as Slack's own files: each uploaded once for a workspace, then shown by its id.

Slack shows no picture that is not on the web or among its own files, and says so only when a message is posted. So an
upload holds nobody up: until it is done, and wherever Slack refuses the picture, the words of the diagram take its
place.
"""

from __future__ import annotations

import asyncio

import structlog
from cachetools import LRUCache

from adapters.slack.api import CallFailed, Refused, SlackApi, reason
from adapters.slack.background import BackgroundTasks
from adapters.slack.installations import PICTURE, Installations
from adapters.slack.painter import FileIds
from adapters.slack.payload import PayloadOrigin
from bot.api import Svg, Vault, blocks, i18n, layout, pictures, views

log = structlog.get_logger(__name__)

SETTLES = 15.0
"""Seconds after an upload before the file is shown: Slack looks through it first, and refuses it until then."""
RESTS = 3_600.0
"""Seconds after a failure before a diagram is uploaded again."""
_REMEMBERED = 4_096
_DISLIKES = ("invalid_blocks", "invalid_arguments", "invalid_attachments")
"""What Slack says of a message with a picture that it does not take; a response URL says it within a sentence."""


class SlackPictures:
    """Knows which diagrams each workspace has, and brings it those that it lacks."""

    def __init__(
        self,
        calls: SlackApi,
        installs: Installations,
        vault: Vault,
        tasks: BackgroundTasks,
        *,
        draw: pictures.Draw = pictures.here,
    ) -> None:
        self._draw = draw
        self._calls = calls
        self._installs = installs
        self._vault = vault
        self._tasks = tasks
        self._known: LRUCache[str, str] = LRUCache(_REMEMBERED)
        self._resting: LRUCache[str, float] = LRUCache(_REMEMBERED)
        """Until when nothing is uploaded, on the loop's clock."""
        self._troubles: LRUCache[str, str] = LRUCache(_REMEMBERED)
        """By workspace: why the last picture failed."""

    def trouble(self, workspace: str = "") -> str:
        """Why a workspace, or any, gets words in place of a picture; empty if nothing failed."""
        return self._troubles.get(workspace, "") if workspace else next(iter(self._troubles.values()), "")

    async def of(self, origin: PayloadOrigin, reply: views.Reply) -> FileIds:
        """The files of a reply's diagrams, as far as Slack has them; the others are on their way from now on."""
        page = layout.page(reply.view, reply.reader)
        drawn = [block.svg for block in page.blocks if isinstance(block, blocks.Diagram)]
        files = [(each.digest, await self._file(origin, each)) for each in drawn]
        return tuple((made, file) for made, file in files if file)

    async def _file(self, origin: PayloadOrigin, drawn: Svg) -> str:
        name = _name(origin, drawn.digest)
        if known := self._known.get(name):
            return known
        now = asyncio.get_running_loop().time()
        if now < self._resting.get(name, now):
            return ""
        if kept := await self._vault.get(name):
            self._known[name] = kept
            return kept
        self._resting[name] = now + RESTS
        self._tasks.start(self._upload(origin, drawn, name), name="picture")
        return ""

    async def _upload(self, origin: PayloadOrigin, drawn: Svg, name: str) -> None:
        install = await self._installs.find(origin.enterprise, origin.team)
        content = await self._draw(drawn)
        if install is None or content is None:
            return
        file = blocks.Attachment("diagram.png", "image/png", content, size="", label="")
        try:
            made = await self._calls.upload(install, file, team=origin.team)
        except CallFailed as failed:
            self._troubles[origin.workspace] = reason(failed)
            log.warning(f"A diagram could not be uploaded: {failed}.", action="slack.no_picture", team=origin.team)
            return
        self._troubles.pop(origin.workspace, None)
        settled = await self._tasks.rest(SETTLES)
        await self._vault.put(name, made)
        if settled:
            self._known[name] = made

    async def refuse(self, origin: PayloadOrigin, files: FileIds, refused: Refused) -> bool:
        """Whether it may be on account of these files that Slack refused; then they are shown no more."""
        if not any(each in refused.error for each in _DISLIKES):
            return False
        log.warning(f"Slack does not show a diagram: {refused}.", action="slack.no_picture", team=origin.team)
        self._troubles[origin.workspace] = i18n.mark("Slack took a message only without its picture.")
        for each, _ in files:
            name = _name(origin, each)
            self._known.pop(name, None)
            self._resting[name] = asyncio.get_running_loop().time() + RESTS
            await self._vault.drop(name)
        return True


def _name(origin: PayloadOrigin, made: str) -> str:
    """In the vault."""
    return f"{PICTURE}{origin.workspace}:{made}"
