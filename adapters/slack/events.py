"""Handlers of Slack's payloads: each becomes a command, and the engine's reply is shown where it belongs.

Slack waits three seconds for an acknowledgement. A slash command or a form that the engine answers quickly is answered
in the acknowledgement itself; everything else is acknowledged first. A payload that is delivered again is recognised
and does not ask the engine again.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping

from slack_bolt.response import BoltResponse

from adapters.shared import phrases
from adapters.shared.reports import mistake_in
from adapters.slack import forms
from adapters.slack.background import BackgroundTasks
from adapters.slack.engine_gateway import EngineGateway, sorry
from adapters.slack.home_tabs import HomeTabs
from adapters.slack.payload import (
    CommandNames,
    Json,
    PayloadOrigin,
    PayloadTurn,
    SeenPayloads,
    items,
    table,
    text,
    unescape,
    walk,
)
from adapters.slack.registration import CONTINUE
from adapters.slack.responder import SlackResponder, acknowledge, shielded
from bot.api import StudyError, actions, blocks, commands, i18n, layout, replace, views
from bot.api import text as words

PATIENCE = 2.0
"""Seconds that an acknowledgement waits for the engine; Slack gives up at three."""

_BESIDE_A_STEP = frozenset({blocks.Purpose.READING, blocks.Purpose.REFUSAL})
"""What never takes the place of a quiz: a lesson looked up meanwhile, and why something is not to be had."""
_MENTION = re.compile(r"<@(?P<id>[A-Z0-9]+)(?:\|[^>]*)?>")


class SlackEvents:
    """Answers payloads."""

    def __init__(
        self,
        gateway: EngineGateway,
        responder: SlackResponder,
        homes: HomeTabs,
        *,
        names: CommandNames,
        tasks: BackgroundTasks,
    ) -> None:
        self._gateway = gateway
        self._responder = responder
        self._homes = homes
        self._names = names
        self._tasks = tasks
        self._seen = SeenPayloads()

    # Slash commands -------------------------------------------------------------------------------------------------

    async def command(self, body: Mapping[str, object], origin: PayloadOrigin) -> BoltResponse:
        turn, _ = self._seen.turn(origin.trigger)
        if turn.elsewhere:
            return acknowledge()
        said = unescape(text(body, "text"), place=origin.here)
        asked = self._gateway.typed(self._names.line(text(body, "command"), said))
        reply = self._reply(turn, asked, origin)
        if isinstance(asked, commands.Command) and asked.asks:
            return self._elsewhere(
                turn, origin, self._responder.show_modal(origin, reply, answer_at=origin.response_url)
            )
        if not await _within(reply) or isinstance(reply.result().view, views.FormPage):
            return self._elsewhere(turn, origin, self._late(reply, origin))
        if await self._responder.shows_pictures(origin, reply.result()):
            return self._elsewhere(turn, origin, self._responder.respond(origin, reply.result()))
        return acknowledge(self._responder.response(reply.result()))

    def _reply(
        self, turn: PayloadTurn, asked: commands.Command | actions.Filled | StudyError, origin: PayloadOrigin
    ) -> asyncio.Task[views.Reply]:
        """The engine's answer, asked for once a turn."""
        if turn.reply is None:
            turn.reply = asyncio.create_task(shielded(lambda: self._ask(asked, origin)))
        return turn.reply

    async def _ask(self, asked: commands.Command | actions.Filled | StudyError, origin: PayloadOrigin) -> views.Reply:
        """The engine's answer, after which Homes may have to be drawn anew."""
        if isinstance(asked, StudyError):
            return self._named_here(sorry(asked))
        if isinstance(asked, actions.Filled):
            command, reply = await self._gateway.filled(asked, origin)
        else:
            command, reply = asked, await self._gateway.look(asked, origin)
        if command is not None:
            self._homes.answered(command, reply, origin)
        return reply

    def _named_here(self, reply: views.Reply) -> views.Reply:
        """With commands as they are typed here on the buttons, too."""
        if not isinstance(reply.view, views.Notice):
            return reply
        offers = tuple(
            replace(each, label=self._names.here(each.label)) if isinstance(each, actions.Action) else each
            for each in reply.view.actions
        )
        return replace(reply, view=replace(reply.view, actions=offers))

    def _elsewhere(
        self, turn: PayloadTurn, origin: PayloadOrigin, work: Coroutine[object, object, None]
    ) -> BoltResponse:
        """Acknowledge now; the answer goes another way."""
        if turn.elsewhere:
            work.close()
        else:
            turn.elsewhere = True
            self._tasks.start(self._responder.finish(origin, work), name="answer")
        return acknowledge()

    async def _late(self, reply: asyncio.Task[views.Reply], origin: PayloadOrigin) -> None:
        found = await reply
        if isinstance(found.view, views.FormPage):
            await self._responder.show_modal(origin, reply, answer_at=origin.response_url)
        else:
            await self._responder.respond(origin, found)

    # Buttons and selects --------------------------------------------------------------------------------------------

    async def action(self, body: Mapping[str, object], origin: PayloadOrigin) -> BoltResponse:
        return self._elsewhere(self._seen.turn(origin.trigger)[0], origin, self._act(body, origin))

    async def _act(self, body: Mapping[str, object], origin: PayloadOrigin) -> None:
        pressed = items(body, "actions")[0]
        page, _, _ = text(pressed, "action_id").rpartition(".")
        asked = self._gateway.pressed(text(pressed, "value") or text(pressed, "selected_option", "value"))
        if origin.home:
            # A select keeps what was chosen until its page is drawn anew.
            self._homes.touch(origin, always=text(pressed, "type") != "button")
            await self._responder.show_modal(origin, self._answer(asked, origin))
        elif origin.view:
            await self._responder.go_on(origin, await self._answer(asked, origin))
        else:
            await self._answer_message(asked, origin, on=page)

    async def _answer(
        self, asked: commands.Command | views.FormPage | StudyError, origin: PayloadOrigin
    ) -> views.Reply:
        if isinstance(asked, views.FormPage):
            return views.Reply(asked, views.Reader())
        return await shielded(lambda: self._ask(asked, origin))

    async def _answer_message(
        self, asked: commands.Command | views.FormPage | StudyError, origin: PayloadOrigin, *, on: str
    ) -> None:
        """A list, a question or a notice is replaced by its answer; a lesson, and what everybody sees, stays."""
        gives_way = origin.ephemeral and on != blocks.Purpose.READING
        replying = asyncio.create_task(self._answer(asked, origin))
        form = isinstance(asked, views.FormPage) or (isinstance(asked, commands.Command) and asked.asks)
        if not form:
            reply = await replying
            if not isinstance(reply.view, views.FormPage):
                aside = on == blocks.Purpose.STEP and layout.page(reply.view, reply.reader).purpose in _BESIDE_A_STEP
                await self._responder.respond(origin, reply, replace_original=gives_way and not aside)
                return
        await self._responder.show_modal(origin, replying, answer_at=origin.response_url, replace_original=gives_way)

    # Forms ----------------------------------------------------------------------------------------------------------

    async def submission(self, body: Mapping[str, object], origin: PayloadOrigin) -> BoltResponse:
        view = body.get("view")
        if not isinstance(view, Mapping):
            return acknowledge()
        turn, _ = self._seen.turn(origin.trigger)
        if turn.elsewhere:
            return acknowledge()
        kept = forms.kept(view)
        answers = forms.answers(view, place=origin.here)
        reply = self._reply(turn, actions.Filled(kept.token, answers), origin)
        if not await _within(reply):
            self._elsewhere(turn, origin, self._late_form(reply, origin))
            return acknowledge({"response_action": "update", "view": forms.waiting()})
        found = reply.result()
        if isinstance(found.view, views.Notice) and found.view.tone is views.Tone.SORRY:
            return acknowledge(forms.refused(view, found.view, self._names))
        if not kept.answer_at:
            return acknowledge({"response_action": "update", "view": self._responder.modal(found)})
        back = replace(origin, response_url=kept.answer_at, view="")
        return self._elsewhere(turn, back, self._responder.respond(back, found, replace_original=kept.replace))

    async def _late_form(self, reply: asyncio.Task[views.Reply], origin: PayloadOrigin) -> None:
        await self._responder.go_on(origin, await reply)

    async def suggestion(self, body: Mapping[str, object], origin: PayloadOrigin) -> BoltResponse:
        kind, _, name = text(body, "action_id").partition(".")
        view = body.get("view")
        typed = text(body, "value")
        options: list[Json] = []
        if kind + "." == forms.ROLE:
            options = list(await self._gateway.suggest_groups(typed, origin))
        elif isinstance(view, Mapping):
            given = forms.answers(view, place=origin.here)
            options = list(await self._gateway.suggest(forms.kept(view).token, name, typed, origin, given=given))
        return acknowledge({"options": options})

    # Shortcuts ------------------------------------------------------------------------------------------------------

    async def shortcut(self, body: Mapping[str, object], origin: PayloadOrigin) -> BoltResponse:
        turn, again = self._seen.turn(origin.trigger)
        if not again:
            wanted = commands.Next() if text(body, "callback_id") == CONTINUE else commands.Home()
            self._elsewhere(turn, origin, self._responder.show_modal(origin, self._answer(wanted, origin)))
        return acknowledge()

    async def message_shortcut(self, body: Mapping[str, object], origin: PayloadOrigin) -> BoltResponse:
        return self._elsewhere(self._seen.turn(origin.trigger)[0], origin, self._report(body, origin))

    async def _report(self, body: Mapping[str, object], origin: PayloadOrigin) -> None:
        wanted = mistake_in(text(held, "value") for held in walk(body.get("message")))
        if wanted is None:
            await self._responder.respond(origin, views.Reply(_no_lesson(), views.Reader()), replace_original=False)
        else:
            await self._responder.show_modal(origin, self._answer(wanted, origin), answer_at=origin.response_url)

    # Events ---------------------------------------------------------------------------------------------------------

    async def home_opened(self, body: Mapping[str, object], origin: PayloadOrigin) -> None:
        if text(body, "event", "tab") == "messages":
            return
        _, again = self._seen.turn(text(body, "event_id"))
        if not again:
            self._tasks.start(self._homes.opened(origin), name="home")

    async def message(self, body: Mapping[str, object], origin: PayloadOrigin) -> None:
        """A line that a person types in the direct messages is a command like any other."""
        event = table(body, "event")
        by_person = not text(event, "bot_id") and not text(event, "subtype")
        if not (by_person and text(event, "channel_type") == "im" and words.clean(text(event, "text"))):
            return
        _, again = self._seen.turn(text(body, "event_id"))
        if not again:
            work = self._converse(text(event, "text"), origin, show=self._responder.write)
            self._tasks.start(self._responder.finish(origin, work), name="message")

    async def mentioned(self, body: Mapping[str, object], origin: PayloadOrigin) -> None:
        """A mention in a channel is answered to whoever wrote it, alone."""
        event = table(body, "event")
        if text(event, "bot_id") or text(event, "subtype"):
            return
        _, again = self._seen.turn(text(body, "event_id"))
        if not again:
            us = {text(each, "user_id") for each in items(body, "authorizations")}
            said = _MENTION.sub(lambda found: "" if found["id"] in us else found.group(), text(event, "text"))
            origin = replace(origin, thread=text(event, "thread_ts"))
            work = self._converse(said, origin, show=self._responder.whisper)
            self._tasks.start(self._responder.finish(origin, work), name="mention")

    async def _converse(
        self, said: str, origin: PayloadOrigin, *, show: Callable[[PayloadOrigin, views.Reply], Awaitable[None]]
    ) -> None:
        asked = self._gateway.said(unescape(said, place=origin.here))
        reply = await self._answer(asked, origin)
        if isinstance(reply.view, views.FormPage):
            reply = replace(reply, view=_offered(reply.view, asked))
        await show(origin, reply)


def _offered(page: views.FormPage, asked: commands.Command | StudyError) -> views.Notice:
    """A form as a button: only what is pressed opens one."""
    opener = asked if isinstance(asked, commands.Command) and asked.asks else actions.Filled(page.form.token, {}).opener
    offers: tuple[actions.Action, ...] = ()
    if opener is not None:
        try:
            actions.token(opener)
            offers = (actions.Action(i18n.say(phrases.OPEN_FORM), opener),)
        except ValueError:  # what was typed besides is more than a button carries
            offers = tuple(filter(None, (_bare(opener),)))
    hint = page.intro if offers else i18n.say("Use the Home tab, or the slash command.")
    return views.Notice(i18n.say("{title}: a form asks for the rest.", title=page.title), hint, actions=offers)


def _bare(command: commands.Command) -> actions.Action | None:
    spec = command.spec
    needs = any(each.required for each in spec.parameters)
    return None if needs else actions.Action(i18n.say(phrases.OPEN_FORM), commands.build(spec, {}))


async def _within(reply: asyncio.Task[views.Reply]) -> bool:
    done, _ = await asyncio.wait({reply}, timeout=PATIENCE)
    return bool(done)


def _no_lesson() -> views.Notice:
    return views.Notice(
        i18n.say("There is no lesson of Dualo in that message."),
        i18n.say(
            "Use “Report this lesson” on a lesson that Dualo posted, or “Report a mistake” beneath one you are reading."
        ),
        views.Tone.SORRY,
        (actions.Action(i18n.say("Open a lesson"), commands.OpenLesson()),),
    )
