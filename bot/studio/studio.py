"""What the studio can do with drafts: list, open, look at, save, begin, take away. Nothing of it is live before it is
published (`bot.studio.publishing`).
"""

from __future__ import annotations

import asyncio
import functools
import re
import unicodedata
from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from bot.core import i18n, text
from bot.core.errors import StudyError
from bot.core.ports import Clock
from bot.core.record import Record, field, replace
from bot.core.views import Reader, View
from bot.domain import workspace
from bot.domain.course import Lesson, Theme
from bot.features import inputs
from bot.features.learning import pages
from bot.packs import load, schema
from bot.packs.intake import files as intake
from bot.packs.intake.draft import IntakeNote, free
from bot.packs.load import Pack
from bot.packs.rules import wording
from bot.packs.rules.case import Fit
from bot.packs.rules.diagrams import ALT
from bot.store.store import Store
from bot.studio import archives, diagrams, listing, staging, translating
from bot.studio.drafts import THEME, Draft
from bot.studio.listing import ThemeEntry
from bot.studio.publishing import Names, Publishing, Reload
from bot.studio.shelves import Shelves
from bot.studio.staging import FieldFinding
from bot.studio.theme_files import ThemeFiles, checked, is_stale, nothing, state_of

Drawing = Callable[[View, Reader], str]
P = ParamSpec("P")
R = TypeVar("R")
_NO_NAME = re.compile(r"[^a-z0-9]+")

LIMITS = {
    "title": wording.TITLE,
    "summary": wording.SUMMARY,
    "label": wording.LABEL,
    "ask": wording.ASK,
    "option": wording.OPTION,
    "why": wording.WHY,
    "alt": ALT[1],
}
"""Characters that fit, by field."""


class Opened(Record):
    """A theme's, a lesson's or a translation's fields, as they are edited."""

    data: dict[str, Any]
    revision: int
    state: str
    writable: bool
    author: str = ""
    conflict: str = ""
    """A sentence, where the file has changed since the draft was begun."""
    limits: Mapping[str, int] = field(default_factory=lambda: LIMITS)
    translation: Translation | None = None


class Translation(Record):
    """What a translation is edited beside."""

    name: str
    """Of its language."""
    language: str
    """Of the original."""
    original: dict[str, Any]
    now: str
    """What `of` says once it is a translation of the original as it stands here."""
    changed: Mapping[str, str]
    """By place, what the original said there when it was translated."""
    left_over: tuple[str, ...]
    """What the original has no place for any more."""


class Looked(Record):
    """How a draft would be shown, and what is wrong with it."""

    findings: tuple[FieldFinding, ...]
    characters: int = 0
    least: int = wording.READ[0]
    most: int = wording.READ[1]
    minutes: int = 0
    drawings: Mapping[str, str] = {}
    """HTML, by front end."""
    language: str = ""
    """Of the reader for whom it is drawn."""
    languages: tuple[tuple[str, str], ...] = ()
    """In which the theme can be read, each with its name; the original's first."""
    now: str = ""
    """Of a theme: what `of` says in translations of its own words as they stand here."""


class WorkspaceChoice(Record):
    """A workspace that a theme may be for."""

    id: str
    name: str
    known: bool = True


def _in_a_thread(
    method: Callable[Concatenate[Studio, P], R],
) -> Callable[Concatenate[Studio, P], Coroutine[Any, Any, R]]:
    """A method that works on files, to be awaited."""

    @functools.wraps(method)
    async def awaited(self: Studio, /, *args: P.args, **named: P.kwargs) -> R:
        return await asyncio.to_thread(method, self, *args, **named)

    return awaited


class Studio:
    """One for a process. What it does on disk happens in threads, one change at a time."""

    def __init__(
        self,
        home: Path,
        shelves: Shelves,
        folders: Callable[[], Sequence[Path]],
        store: Store,
        clock: Clock,
        *,
        reload: Reload,
        fits: Sequence[Fit] = (),
        drawings: Mapping[str, Drawing] | None = None,
        names: Names | None = None,
    ) -> None:
        self._files = ThemeFiles(home, shelves, folders)
        self._drafts, self._clock = self._files.drafts, clock
        self._fits, self._drawings = tuple(fits), dict(drawings or {})
        self._names = names
        self.publishing = Publishing(self._files, store, clock, reload=reload, names=names, fits=fits)

    # Looking ----------------------------------------------------------------------------------------------------------

    @_in_a_thread
    def themes(self) -> Sequence[ThemeEntry]:
        """All themes, live or not, in the order in which people see them."""
        return listing.themes(self._files)

    @_in_a_thread
    def open(self, theme: str, lesson: str = THEME) -> Opened:
        """The fields as they were saved last, else as they are live."""
        return self._open(theme, lesson)

    def _open(self, theme: str, lesson: str) -> Opened:
        pack, draft = self._files.find(theme), self._drafts.find(theme, checked(lesson))
        file = self._files.file(pack, lesson)
        place = self._files.place(pack)
        if draft is None:
            if file is None:
                raise nothing(lesson or theme)
            return self._beside(theme, pack, lesson, Opened(self._said(pack, lesson, file), 0, "live", place.writable))
        conflict = ""
        if is_stale(draft, file):
            conflict = "The file has changed since this draft was begun. Publishing puts yours over it."
        state = "gone" if draft.gone else "changed" if file else "new"
        opened = Opened(draft.data, draft.revision, state, place.writable, draft.author, conflict)
        return self._beside(theme, pack, lesson, opened)

    def _said(self, pack: Pack | None, key: str, file: Path) -> dict[str, Any]:
        """What a file says, as its form has it."""
        said = staging.said(file)
        lesson, language = translating.parted(key)
        if language and (original := self._files.file(pack, lesson)):
            said = translating.read(staging.said(original), said)
        return diagrams.shown(file, said)

    def _beside(self, theme: str, pack: Pack | None, key: str, opened: Opened) -> Opened:
        """With the original, where a translation was opened."""
        lesson, language = translating.parted(key)
        if not language:
            return opened
        original = self._files.original(theme, pack, lesson)
        if not original:
            raise nothing(lesson)
        now, of = translating.digest_of(original), opened.data.get("of", "")
        former: dict[str, Any] = {}
        if of and of != now:
            former = self._files.former(theme, pack, lesson, lambda said: translating.digest_of(said) == of)
        return replace(
            opened,
            data=translating.laid_out(original, opened.data),
            translation=Translation(
                inputs.language_name(language),
                self._open(theme, THEME).data.get("language", ""),
                original,
                now,
                translating.changes(former, original),
                translating.left_over(original, opened.data),
            ),
        )

    async def workspaces(self, chosen: Sequence[str]) -> Sequence[WorkspaceChoice]:
        """The workspaces that a theme may be for, and those that it is for though nobody knows them here."""
        known = dict(await self._names()) if self._names else {}
        found = [WorkspaceChoice(id, name) for id, name in known.items() if workspace.is_name(id)]
        found.sort(key=lambda each: (each.name.casefold(), each.id))
        missing = [each for each in dict.fromkeys(chosen) if each and each not in known]
        return [*found, *(WorkspaceChoice(each, "", known=False) for each in missing)]

    @_in_a_thread
    def look(self, theme: str, key: str, data: dict[str, Any], *, language: str = "") -> Looked:
        """How these fields would be shown and what is wrong with them, before they are saved; to a reader of that
        language, else of the one that they are in."""
        draft = Draft(data, "", self._clock.now())
        drafts = {**self._drafts.of_theme(checked(theme)), checked(key): draft}
        lesson, spoken = translating.parted(key)
        with self._files.staged(theme, drafts) as (folder, _):
            pack, findings = staging.checked(folder, self._fits, pages.fullest_lesson_page)
            if pack and spoken and (spoken, lesson) not in pack.translation_files:
                pack = self._filled(folder, key, data) or pack
        mine = tuple(each for each in findings if each.lesson == key)
        if spoken and any(each.lesson == lesson and each.severity == "error" for each in findings):
            mine = (FieldFinding(key, (), "error", "The original has errors", "Mend those first.", "form"), *mine)
        if pack is None:
            return Looked(mine)
        wanted = language or spoken or pack.theme.language
        read = pack.theme.in_language(wanted)
        found = read.lesson(lesson) if lesson else None
        return Looked(
            mine,
            wording.size(found) if found else 0,
            minutes=found.minutes if found else 0,
            drawings=self._drawn(read, found, wanted) if found else {},
            language=wanted,
            languages=tuple((each, inputs.language_name(each)) for each in pack.theme.languages),
            now=schema.digest_of_titles(pack.theme.title, pack.theme.description),
        )

    def _filled(self, folder: Path, key: str, data: dict[str, Any]) -> Pack | None:
        """The theme with the original's words wherever a translation has none yet."""
        file = staging.files_by_id(folder).get(translating.parted(key)[0])
        if file is None:
            return None
        filled = translating.filled(staging.said(file), staging.cleaned(data))
        staging.stage(None, {key: Draft(filled, "", self._clock.now())}, folder)
        return next(iter(load.load([folder]).packs), None)

    def _drawn(self, theme: Theme, lesson: Lesson, wanted: str) -> Mapping[str, str]:
        with i18n.speaking(wanted):
            said = pages.lesson_page(theme, lesson)
            view = replace(pages.fullest_lesson_page(theme, lesson), untranslated=said.untranslated)
        reader = Reader(language=wanted)
        return {name: str(draw(view, reader)) for name, draw in self._drawings.items()}

    # Writing ----------------------------------------------------------------------------------------------------------

    @_in_a_thread
    def save(self, theme: str, lesson: str, data: dict[str, Any], *, seen: int, author: str) -> int:
        """Keep these fields as the draft; the revision that it has now."""
        with self._files.changing:
            return self._keep(theme, lesson, data, seen, author)

    def _keep(self, theme: str, key: str, data: dict[str, Any], seen: int, author: str, *, gone: bool = False) -> int:
        pack = self._files.find(theme)
        self._files.demand_writable(pack)
        file = self._files.file(pack, checked(key))
        before = self._drafts.find(theme, key)
        base = before.base if before else state_of(file)
        held = {**data, "id": translating.parted(key)[0] or theme}
        draft = Draft(held, author, self._clock.now(), base=base, gone=gone)
        return self._drafts.save(theme, key, draft, seen=seen).revision

    @_in_a_thread
    def discard(self, theme: str, lesson: str = THEME) -> None:
        """Drop the draft: what is live stays, and what was never live is gone."""
        self._discard(theme, lesson)

    def _discard(self, theme: str, lesson: str) -> None:
        with self._files.changing:
            never_live = self._files.file(self._files.find(theme), checked(lesson)) is None
            self._drafts.drop(theme, lesson)
            if never_live:
                for key in self._drafts.of_theme(theme):
                    if lesson and translating.parted(key)[0] == lesson:
                        self._drafts.drop(theme, key)
            listed = self._drafts.find(theme)
            if lesson and never_live and listed and lesson in listed.data.get("lessons", []):
                rest = [each for each in listed.data["lessons"] if each != lesson]
                self._keep(theme, THEME, {**listed.data, "lessons": rest}, listed.revision, listed.author)

    @_in_a_thread
    def begin_theme(self, title: str, *, author: str) -> str:
        """A new theme with nothing in it; its id, made of the title, stays for good."""
        with self._files.changing:
            id = free(_slug(title, schema.LONGEST_THEME_ID, "theme"), self._theme_ids(), schema.LONGEST_THEME_ID)
            fields = {"title": title, "emoji": "📘", "description": "", "language": "en", "licence": "CC-BY-4.0"}
            self._keep(id, THEME, {**fields, "lessons": []}, 0, author)
        return id

    @_in_a_thread
    def begin_lesson(self, theme: str, title: str, *, author: str) -> str:
        """A new lesson at the theme's end; its id, made of the title, stays for good."""
        return self._begin_lesson(theme, {"title": title}, author)

    @_in_a_thread
    def take_file(self, theme: str, name: str, content: bytes, *, author: str) -> tuple[str, Sequence[IntakeNote]]:
        """A draft made from a file that somebody has already; its id, and what became of each of its lines."""
        found = intake.take(name, content)
        return self._begin_lesson(theme, found.lesson, author), found.notes

    @_in_a_thread
    def take_archive(self, content: bytes, *, author: str) -> tuple[str, Sequence[str]]:
        """Drafts of all the themes in an archive that another Dualo made; the first one's id, and what became of it."""
        themes = archives.arrived(content, author=author, now=self._clock.now())
        with self._files.changing:
            taken = self._theme_ids()
            if there := next((each.id for each in themes if each.id in taken), ""):
                raise StudyError(f"A theme “{there}” is here already, so nothing was taken.", "Give one another id.")
            for theme in themes:
                for key, draft in theme.drafts.items():
                    self._drafts.save(theme.id, key, draft, seen=0)
        return themes[0].id, [sentence for theme in themes for sentence in _told_of(theme)]

    def _theme_ids(self) -> set[str]:
        packs = load.load(self._files.folders()).packs
        return {name for pack in packs for name in (pack.theme.id, *pack.theme.aliases)} | {*self._drafts.themes()}

    def _begin_lesson(self, theme: str, data: Mapping[str, Any], author: str) -> str:
        with self._files.changing:
            listed = self._open(theme, THEME)
            order = list(listed.data.get("lessons", []))
            pack = self._files.find(theme)
            former = {name for each in pack.theme.lessons for name in (each.id, *each.aliases)} if pack else set()
            taken = {*order, *former, *self._drafts.of_theme(theme)}
            id = free(_slug(data["title"], schema.LONGEST_LESSON_ID, "lesson"), taken, schema.LONGEST_LESSON_ID)
            self._keep(theme, id, {**data}, 0, author)
            self._keep(theme, THEME, {**listed.data, "lessons": [*order, id]}, listed.revision, author)
        return id

    @_in_a_thread
    def begin_translation(self, theme: str, lesson: str, language: str, *, author: str) -> str:
        """A lesson in another language, with nothing translated yet; how it is named from now on."""
        language = language.strip()
        if not translating.is_code(language):
            raise StudyError("That is no language code.", "Write de, fr or pt-BR.")
        key = checked(translating.key_of(checked(lesson), language))
        with self._files.changing:
            pack = self._files.find(theme)
            if self._open(theme, THEME).data.get("language") == language:
                raise StudyError(f"The theme itself is in “{language}”.", "Choose another language.")
            original = self._files.original(theme, pack, lesson)
            if not original:
                raise nothing(lesson)
            draft = self._drafts.find(theme, key)
            if self._files.file(pack, key) or (draft and not draft.gone):
                raise StudyError(f"It is there in {inputs.language_name(language)} already.", "Open it in the list.")
            begun = translating.laid_out(original, {"of": translating.digest_of(original)})
            self._keep(theme, key, begun, draft.revision if draft else 0, author)
        return key

    @_in_a_thread
    def take_away(self, theme: str, lesson: str, *, author: str) -> None:
        """Mark a lesson or a translation as to be gone with the next publishing; one that was never live is dropped."""
        opened = self._open(theme, lesson)
        if opened.state == "new":
            self._discard(theme, lesson)
            return
        with self._files.changing:
            self._keep(theme, lesson, opened.data, opened.revision, author, gone=True)
            if "." in lesson:
                return
            listed = self._open(theme, THEME)
            rest = [each for each in listed.data.get("lessons", []) if each != lesson]
            self._keep(theme, THEME, {**listed.data, "lessons": rest}, listed.revision, author)


def _slug(title: str, longest: int, otherwise: str) -> str:
    plain = unicodedata.normalize("NFKD", title.casefold().replace("ß", "ss"))
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return _NO_NAME.sub("-", letters).strip("-")[:longest].strip("-") or otherwise


def _told_of(theme: archives.ArrivedTheme) -> Sequence[str]:
    """What became of a theme from an archive."""
    lessons = [key for key in theme.drafts if key and "." not in key]
    said = [
        f"“{theme.id}” is here as a draft with {text.count(len(lessons), 'lesson')}. Look it through, then publish."
    ]
    return said + [f"Left out: {name}." for name in theme.left_out]
