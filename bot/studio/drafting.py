"""Help with drafts from a model that the operator names: suggestions beside the text, which a person takes or leaves.

It speaks the common chat-completions protocol to one address and nothing else, and only when an author presses a button
that says where their text goes. What comes back is words: it is shown, never published by itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import structlog

from bot.core import text
from bot.core.errors import StudyError
from bot.core.record import Record

log = structlog.get_logger(__name__)
PATIENCE = 60.0
"""Seconds that an answer may take; a model on a small machine is slow."""
LARGEST = 256 * 1024
"""Bytes of an answer."""
_LONGEST = 2_000
"""Characters of one suggestion; a section has about six hundred."""
_PATH = "/chat/completions"
_ROLE = (
    "You help the author of a short technical lesson. Answer in the language of the lesson, plainly and exactly, with "
    "one JSON object and nothing else. Invent no facts, figures or sources that the lesson does not have."
)


class DraftHelp(StrEnum):
    """What can be asked for."""

    OPTIONS = "options"
    QUESTION = "question"
    SHORTEN = "shorten"


class SuggestedOption(Record):
    text: str
    why: str
    right: bool = False


class Suggested(Record):
    """What came back, in the fields that it could fill."""

    text: str = ""
    ask: str = ""
    options: tuple[SuggestedOption, ...] = ()


class Drafting:
    """Asks one server. It keeps nothing."""

    def __init__(self, url: str, *, model: str = "", key: str = "", patience: float = PATIENCE) -> None:
        base = url.rstrip("/")
        self._url = base if base.endswith(_PATH) else base + _PATH
        self._model, self._key, self._patience = model, key, patience
        self.host = urlsplit(url).netloc.rpartition("@")[2]
        """Where text goes, as buttons say it."""

    async def suggest(self, help: DraftHelp, lesson: Mapping[str, Any], place: int) -> Suggested:
        """A suggestion for one question or section of a lesson."""
        answer = await self._asked(_prompt(help, lesson, place))
        found = _read(answer)
        if help is DraftHelp.SHORTEN and not found.text:
            raise _nothing()
        if help is not DraftHelp.SHORTEN and not found.options:
            raise _nothing()
        return found

    async def _asked(self, prompt: str) -> str:
        body: dict[str, Any] = {
            "messages": [{"role": "system", "content": _ROLE}, {"role": "user", "content": prompt}],
            "temperature": 0.4,
            "stream": False,
        }
        if self._model:
            body["model"] = self._model
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        try:
            timeout = aiohttp.ClientTimeout(total=self._patience)
            async with (
                aiohttp.ClientSession(timeout=timeout, headers=headers) as session,
                session.post(self._url, json=body, allow_redirects=False) as response,
            ):
                if response.status != 200:
                    raise StudyError(f"{self.host} answered {response.status}.", _MEND.get(response.status, _OTHERWISE))
                raw = await response.content.read(LARGEST + 1)
                while len(raw) <= LARGEST and (more := await response.content.read(LARGEST + 1 - len(raw))):
                    raw += more
        except TimeoutError:
            what = f"{self.host} did not answer within {self._patience:g} seconds."
            raise StudyError(what, "Your text is as it was.") from None
        except aiohttp.ClientError as error:
            log.warning("The model's server cannot be reached.", action="studio.model_failed", why=type(error).__name__)
            raise StudyError(
                f"{self.host} cannot be reached.", "Your text is as it was; tell whoever runs Dualo."
            ) from None
        return _content(raw)


_OTHERWISE = "Your text is as it was; try again in a moment."
_MEND = {
    401: "Whoever runs Dualo sets DUALO_MODEL_KEY.",
    403: "Whoever runs Dualo sets DUALO_MODEL_KEY.",
    404: "Whoever runs Dualo corrects DUALO_MODEL_URL or DUALO_MODEL_NAME.",
    429: "It is asked too often: try again in a minute.",
}


def _content(raw: bytes) -> str:
    try:
        found = json.loads(raw)["choices"][0]["message"]["content"]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError):
        raise _nothing() from None
    if not isinstance(found, str):
        raise _nothing()
    return found


def _nothing() -> StudyError:
    return StudyError("What came back cannot be used.", "Your text is as it was; press again for another try.")


_TASKS = {
    DraftHelp.QUESTION: (
        "Write one question that only somebody who has read this section can answer, with one right and two "
        "wrong options of the same kind and length; each wrong one is what a competent person might believe.",
        'JSON: {"ask": "...", "options": [{"text": "...", "right": true, "why": "..."}, ...]}',
    ),
    DraftHelp.SHORTEN: (
        "Say the section's text in about two thirds of its length. Keep every fact and figure, and the markup.",
        'JSON: {"text": "..."}',
    ),
    DraftHelp.OPTIONS: (
        "Suggest three more wrong options, of the same kind and length as the right one: what a competent person "
        "might believe, each with what is wrong with it.",
        'JSON: {"options": [{"text": "...", "right": false, "why": "..."}, ...]}',
    ),
}


def _prompt(help: DraftHelp, lesson: Mapping[str, Any], place: int) -> str:
    asked: list[str] = []
    if help is DraftHelp.OPTIONS:
        question = _at(lesson, "questions", place)
        section = next((each for each in _rows(lesson, "sections") if each.get("label") == question.get("section")), {})
        asked += ["", f"Question: {question.get('ask', '')}"]
        asked += [
            f"- {'right' if _is_right(each) else 'wrong'}: {each.get('text', '')}"
            for each in _rows(question, "options")
        ]
    else:
        section = _at(lesson, "sections", place)
    return "\n".join(
        (
            f"Lesson: {lesson.get('title', '')}",
            f"Section: {section.get('label', '')}",
            text.shorten(str(section.get("text", "")), 8_000),
            *asked,
            "",
            *_TASKS[help],
        )
    )


def _rows(held: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    rows = held.get(name)
    return [each for each in rows if isinstance(each, dict)] if isinstance(rows, list) else []


def _at(lesson: Mapping[str, Any], name: str, place: int) -> Mapping[str, Any]:
    rows = _rows(lesson, name)
    if not 0 <= place < len(rows):
        raise StudyError("That part of the lesson is not there any more.", "Look again.")
    return rows[place]


def _is_right(option: Mapping[str, Any]) -> bool:
    return str(option.get("right", "")).lower() == "true"


def _read(answer: str) -> Suggested:
    """The first JSON object in what a model said, and of that what has the form asked for."""
    found = re.search(r"\{.*\}", answer, re.DOTALL)
    try:
        said = json.loads(found.group()) if found else None
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise _nothing()
    options = tuple(
        SuggestedOption(_words(each, "text"), _words(each, "why"), _is_right(each))
        for each in _rows(said, "options")[:4]
        if _words(each, "text")
    )
    return Suggested(_words(said, "text"), _words(said, "ask"), options)


def _words(held: Mapping[str, Any], name: str) -> str:
    said = held.get(name)
    return text.clean(said, lines=True)[:_LONGEST] if isinstance(said, str) else ""
