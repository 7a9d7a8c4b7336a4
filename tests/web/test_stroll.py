"""The page as somebody new meets it: every command typed, every button pressed, every form sent, and all of it read."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import pytest

from bot.core.ports import Services
from bot.engine import StudyEngine
from bot.features.commands import Parameter, ParameterKind, Who
from tests import strolling
from tests.strolling import Stroll
from tests.web.conftest import OURS, Client, Serve

ADA = {"person": "Ada", "manages": True}


class Shown(HTMLParser):
    """What somebody reads, presses and fills in."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.offers: list[tuple[str, str]] = []
        self.forms: list[tuple[str, dict[str, str]]] = []
        self._pressed = ""
        self._select = ""
        self._chosen = False
        """Whether the first of several to choose from was met: the others lead to the like."""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "data-form" in given:
            self.forms.append((given["data-form"], {}))
        if "data-token" in given:
            self._pressed = given["data-token"]
        if tag == "option" and given.get("value", "").startswith("1|") and not self._chosen:
            self._pressed, self._chosen = given["value"], True
        if self.forms and given.get("name"):
            self._select = given["name"] if tag == "select" else ""
            self.forms[-1][1].setdefault(given["name"], given.get("value", ""))
        if tag == "option" and self._select and ("selected" in given or not self.forms[-1][1][self._select]):
            self.forms[-1][1][self._select] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select, self._chosen = "", False

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self._pressed and data.strip():
            self.offers.append((data.strip(), self._pressed))
            self._pressed = ""


@dataclass(slots=True)
class Walker:
    """Somebody who tries everything."""

    client: Client
    stroll: Stroll
    waiting: deque[tuple[str, Shown]] = field(default_factory=deque)

    async def go(self, who: Who) -> None:
        for spec, kind in strolling.lines(who):
            wanted = [each for each in spec.options if kind != "bare"]
            said = " ".join([f"/{spec.name}", *(f'{each.name}:"{_given(each, kind)}"' for each in wanted)])
            self.stroll.typed += 1
            await self._ask(said, "say", line=said)
            await self._press_on()

    async def _press_on(self) -> None:
        while self.waiting:
            how, shown = self.waiting.popleft()
            for label, token in shown.offers:
                if self.stroll.wants(label):
                    await self._ask(f"{how} > {label}", "press", token=token)
            for token, fields in shown.forms:
                if self.stroll.wants(f"form {token.split('|')[1]}"):
                    for words in ("zzqx", "1"):
                        self.stroll.forms += 1
                        filled = {name: value or words for name, value in fields.items()}
                        await self._ask(f"{how} [{words}]", "submit", token=token, fields=filled)

    async def _ask(self, how: str, path: str, **fields: object) -> None:
        response = await self.client.post(f"/web/{path}", json={"who": ADA} | fields, headers=OURS)
        answer: dict[str, Any] = await response.json()
        shown = Shown(str(answer.get("html", "")))
        self.stroll.read(" ".join(shown.words), f"{how} ({response.status})")
        self.waiting.append((how, shown))


def _given(parameter: Parameter, kind: str) -> str:
    if kind == "bad":
        return strolling.NONSENSE
    match parameter.kind:
        case ParameterKind.CHANNEL:
            return "room"
        case ParameterKind.ROLE:
            return "crew"
        case ParameterKind.PERSON:
            return "bob"
        case _:
            return strolling.word(parameter, kind)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_whatever_somebody_new_tries_on_the_page_is_answered_in_their_own_words(
    serve: Serve, engine: StudyEngine
) -> None:
    engine.settle(Services({}))
    stroll = Stroll()
    client = await serve(engine=engine)
    walker = Walker(client, stroll)
    await walker.go(Who.EVERYONE)
    await walker.go(Who.MANAGERS)
    assert stroll.faults == []
    assert (stroll.typed > 60, stroll.forms > 20, stroll.pressed.total() > 300) == (True, True, True)
