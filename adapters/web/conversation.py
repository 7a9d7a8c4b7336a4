"""What each request of the page does: a command goes to the engine, its view comes back as HTML."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence

from cachetools import FIFOCache
from markupsafe import Markup

from adapters.web import feed, painter, places
from adapters.web.asked import WebRequest
from adapters.web.markup import element, join
from bot.api import Engine, StudyError, Suggestion, actions, blocks, commands, completing, i18n, layout, typed, views

Previewer = Callable[[views.View, views.Reader], str]
Answer = dict[str, object]

CALLS = ("say", "press", "submit", "complete", "suggest", "news")
"""What the page's script may call."""
_KEPT, _POSTS_SHOWN, _OFFERED = 200, 5, 25


class WebConversation:
    """The page's side of the engine. It keeps nothing but the last answers, for their previews."""

    def __init__(self, engine: Engine, posts: feed.Feed, previews: Mapping[str, Previewer]) -> None:
        self._engine = engine
        self._feed = posts
        self._previews = previews
        self._answers: FIFOCache[str, tuple[views.View, views.Reader]] = FIFOCache(_KEPT)

    async def call(self, name: str, asked: WebRequest) -> Answer:
        """Answer one of `CALLS`."""
        answers: Mapping[str, Callable[[WebRequest], Awaitable[Answer]]] = {
            "say": self.say,
            "press": self.press,
            "submit": self.submit,
            "complete": self.complete,
            "suggest": self.suggest,
            "news": self.news,
        }
        return await answers[name](asked)

    async def say(self, asked: WebRequest) -> Answer:
        return await self._handle(typed.parse(asked.word("line")), asked)

    async def press(self, asked: WebRequest) -> Answer:
        return await self._handle(actions.read(asked.word("token")), asked)

    async def submit(self, asked: WebRequest) -> Answer:
        filled = actions.Filled(asked.word("token"), asked.answers())
        try:
            reply = await self._asked(filled.command, asked)
        except StudyError as error:
            reply = views.Reply(views.sorry(error), views.Reader())
        return self._shown(self._engine.answered(reply, filled, asked.actor), asked)

    async def _handle(self, command: commands.Command, asked: WebRequest) -> Answer:
        return self._shown(await self._asked(command, asked), asked)

    async def _asked(self, command: commands.Command, asked: WebRequest) -> views.Reply:
        """The engine's answer; who erased everything finds nothing on the page either."""
        reply = await self._engine.handle(places.at_home(command), asked.actor)
        if isinstance(command, commands.Erase) and _is_done(reply.view):
            self._feed.forget(places.address_of(asked.actor.person))
        return reply

    def _shown(self, reply: views.Reply, asked: WebRequest) -> Answer:
        answer = self.answer(reply.view, reply.reader)
        if reply.for_everyone:
            post = self._feed.post(reply.view, places.ROOM, secrets.token_hex(8), reply.reader)
            with i18n.speaking(reply.reader.language):
                answer |= {"post": post, "note": i18n.say("For everybody on this page")}
        return answer

    def answer(self, view: views.View, reader: views.Reader) -> Answer:
        with i18n.speaking(reader.language):
            return {"html": join([painter.draw(view, reader), self._looks(view, reader)])}

    def _looks(self, view: views.View, reader: views.Reader) -> Markup | None:
        """How the same answer looks in the chats, where their renderers are at hand."""
        held = layout.page(view, reader).blocks if self._previews else ()
        if not held or any(isinstance(each, blocks.Attachment) for each in held):
            return None  # a file may be large, and looks the same everywhere
        kept = secrets.token_urlsafe(9)
        self._answers[kept] = (view, reader)
        buttons = (
            element(
                "button",
                i18n.say("As {name}", name=name),
                type="button",
                class_="plain",
                aria_expanded="false",
                data_preview=f"/web/preview/{kept}/{name}",
                data_title=i18n.say("The answer as {name}", name=name.lower()),
            )
            for name in self._previews
        )
        return element("div", element("span", i18n.say("Preview"), class_="quiet"), *buttons, class_="previews")

    def preview(self, kept: str, name: str) -> str | None:
        """An earlier answer as another front end draws it."""
        if kept not in self._answers or name not in self._previews:
            return None
        view, reader = self._answers[kept]
        return self._previews[name](view, reader)

    async def complete(self, asked: WebRequest) -> Answer:
        """What could stand next in the line, the engine's own suggestions first."""
        line = asked.word("line")
        completion = completing.complete(line, manages=asked.actor.manages)
        offered: list[completing.Candidate] = []
        if completion.parameter is not None:
            offered = [
                completion.suggested(each.value, each.label)
                for parameter in filter(None, (completion.parameter, completion.also))
                for each in await self._suggested(parameter, completion, asked)
            ]
        offered += completion.candidates
        return {
            "start": completion.start,
            "usage": completion.usage,
            "items": [{"insert": each.insert, "label": each.label, "help": each.help} for each in offered[:_OFFERED]],
        }

    async def _suggested(
        self, parameter: commands.Parameter, completion: completing.LineCompletion, asked: WebRequest
    ) -> Sequence[Suggestion]:
        return places.suggested(parameter, completion.typed) or await self._engine.suggest(
            parameter, completion.typed, asked.actor, given=completion.given
        )

    async def suggest(self, asked: WebRequest) -> Answer:
        """Suggestions for a field of a form."""
        spec = commands.by_verb(asked.word("verb"))
        wanted = next((p for p in spec.parameters if p.name == asked.word("field")), None) if spec else None
        if wanted is None or wanted.suggest is None:
            return {"items": []}
        found = await self._engine.suggest(wanted, asked.word("typed"), asked.actor, given=asked.answers())
        return {"items": [{"value": each.value, "label": each.label} for each in found[:_OFFERED]]}

    async def news(self, asked: WebRequest) -> Answer:
        """What was posted since the page last looked; to one that has not looked yet, the last few."""
        at = asked.number("at")
        at = at if at <= self._feed.at else 0
        posts = self._feed.since(at, asked.actor.person, most=None if at else _POSTS_SHOWN)
        return {
            "at": self._feed.at,
            "posts": [
                {
                    "post": post.id,
                    "note": i18n.say("Posted for everybody")
                    if post.address == places.ROOM
                    else i18n.say("Posted for you"),
                    **self.answer(post.view, post.reader),
                }
                for post in posts
            ],
        }


_PICKED = frozenset({commands.ParameterKind.CHANNEL, commands.ParameterKind.PERSON, commands.ParameterKind.ROLE})


class OwnConversation(WebConversation):
    """The page of somebody from a chat: themselves, in their own workspace, and no room around them.

    Nothing here names a place, a person or a role: such a name would be a browser's word. What was meant for everybody
    is shown to them alone.
    """

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine, feed.Feed(), {})

    async def _asked(self, command: commands.Command, asked: WebRequest) -> views.Reply:
        if any(each.kind in _PICKED and getattr(command, each.name) for each in command.spec.parameters):
            raise StudyError(
                i18n.say("Nobody else and no place can be named on your own page."), i18n.say("Do that in your chat.")
            )
        return await self._engine.handle(command, asked.actor)

    def _shown(self, reply: views.Reply, asked: WebRequest) -> Answer:
        answer: Answer = {"html": painter.draw_own(reply.view, reply.reader, asked.actor.person)}
        if reply.for_everyone:
            answer["note"] = i18n.say("Shown to you alone; to share it, ask for it in your chat")
        return answer

    def answer(self, view: views.View, reader: views.Reader) -> Answer:
        return {"html": painter.draw_own(view, reader, "")}

    async def _suggested(
        self, parameter: commands.Parameter, completion: completing.LineCompletion, asked: WebRequest
    ) -> Sequence[Suggestion]:
        return await self._engine.suggest(parameter, completion.typed, asked.actor, given=completion.given)

    async def news(self, asked: WebRequest) -> Answer:
        """What is sent to them arrives in their chat."""
        return {"at": 0, "posts": []}


def _is_done(view: views.View) -> bool:
    return isinstance(view, views.Notice) and view.tone is views.Tone.DONE
