"""What the studio can do: list, open, save, look at, publish, take back.

Nothing is live before it is published. A theme is published whole: its drafts are put over a copy of its folder, the
copy is held to every rule, and it takes the folder's place by one rename; what stood there is kept as a version.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
import threading
import unicodedata
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from bot.core import text
from bot.core.errors import SettingsError, StudyError
from bot.core.ports import Clock
from bot.core.record import Record, field, replace
from bot.core.views import Reader, View
from bot.features.learning import pages
from bot.packs import load, parcel, schema
from bot.packs.intake import files as intake
from bot.packs.intake.draft import IntakeNote
from bot.packs.load import Pack
from bot.packs.rules import wording
from bot.packs.rules.case import Fit
from bot.store.cold import lessons
from bot.store.store import Store
from bot.studio import staging
from bot.studio.drafts import THEME, Draft, DraftFiles, Version
from bot.studio.shelves import Shelves, ThemePlace, fingerprint
from bot.studio.staging import FieldFinding

T = TypeVar("T")
Reload = Callable[[Sequence[str]], Awaitable[Sequence[str]]]
"""Teach what is on disk; these lessons may vanish. What kept it from being taught, or nothing."""
Drawing = Callable[[View, Reader], str]
_NO_NAME = re.compile(r"[^a-z0-9]+")
STAGE = ".studio-"
"""The loader looks into no folder that begins with a dot."""
_OF_A_THEME = ("emoji", "title", "description", "language", "licence")


LIMITS = {
    "title": wording.TITLE,
    "summary": wording.SUMMARY,
    "label": wording.LABEL,
    "ask": wording.ASK,
    "option": wording.OPTION,
    "why": wording.WHY,
}
"""Characters that fit, by field."""


class LessonEntry(Record):
    id: str
    title: str
    state: str
    """`live`, `new`, `changed` or `gone`."""
    author: str = ""
    """Whose draft it is."""


class ThemeEntry(Record):
    id: str
    title: str
    emoji: str
    state: str
    writable: bool
    why: str
    """Why it cannot be written to."""
    lessons: tuple[LessonEntry, ...]


class Opened(Record):
    """A theme's or a lesson's fields, as they are edited."""

    data: dict[str, Any]
    revision: int
    state: str
    writable: bool
    author: str = ""
    conflict: str = ""
    """A sentence, where the file has changed since the draft was begun."""
    limits: Mapping[str, int] = field(default_factory=lambda: LIMITS)


class Looked(Record):
    """How a draft would be shown, and what is wrong with it."""

    findings: tuple[FieldFinding, ...]
    characters: int
    least: int
    most: int
    minutes: int
    drawings: Mapping[str, str]
    """HTML, by front end."""


class Consequences(Record):
    """What publishing a theme would change, and for whom."""

    digest: str
    errors: tuple[FieldFinding, ...]
    sentences: tuple[str, ...]
    gone: tuple[str, ...]


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
    ) -> None:
        self._home, self._drafts = home, DraftFiles(home)
        self._shelves, self._folders = shelves, folders
        self._store, self._clock, self._reload = store, clock, reload
        self._fits, self._drawings = tuple(fits), dict(drawings or {})
        self._changing = threading.Lock()
        self._publishing = asyncio.Lock()

    # Looking ----------------------------------------------------------------------------------------------------------

    async def themes(self) -> Sequence[ThemeEntry]:
        """All themes, live or not, in the order in which people see them."""
        return await asyncio.to_thread(self._themes)

    def _themes(self) -> Sequence[ThemeEntry]:
        packs = {pack.theme.id: pack for pack in load.load(self._folders()).packs}
        new = [id for id in self._drafts.themes() if id not in packs]
        return [self._entry(id, packs.get(id)) for id in [*packs, *new]]

    def _entry(self, id: str, pack: Pack | None) -> ThemeEntry:
        drafts = self._drafts.of_theme(id)
        place = self._shelves.place(pack) if pack else ThemePlace(self._shelves.own, writable=True)
        own = drafts[THEME].data if THEME in drafts else {}
        titles = {lesson.id: lesson.title for lesson in pack.theme.lessons} if pack else {}
        order = [*own.get("lessons", titles), *(each for each in (*titles, *drafts) if each != THEME)]
        entries = [self._lesson_entry(each, titles, drafts.get(each)) for each in dict.fromkeys(order)]
        state = "new" if pack is None else "changed" if drafts else "live"
        title = own.get("title") or (pack.theme.title if pack else id)
        emoji = own.get("emoji") or (pack.theme.emoji if pack else "")
        return ThemeEntry(id, title, emoji, state, place.writable, place.why, tuple(entries))

    def _lesson_entry(self, id: str, titles: Mapping[str, str], draft: Draft | None) -> LessonEntry:
        if draft is None:
            return LessonEntry(id, titles.get(id, id), "live")
        state = "gone" if draft.gone else "changed" if id in titles else "new"
        return LessonEntry(id, draft.data.get("title") or titles.get(id, id), state, draft.author)

    async def open(self, theme: str, lesson: str = THEME) -> Opened:
        """The fields as they were saved last, else as they are live."""
        return await asyncio.to_thread(self._open, theme, lesson)

    def _open(self, theme: str, lesson: str) -> Opened:
        pack, draft = self._find(theme), self._drafts.find(theme, _checked(lesson))
        file = self._file(pack, lesson)
        place = self._shelves.place(pack) if pack else ThemePlace(self._shelves.own, writable=True)
        if draft is None:
            if file is None:
                raise _nothing(lesson or theme)
            return Opened(staging.said(file), 0, "live", place.writable)
        conflict = ""
        if _is_stale(draft, file):
            conflict = "The file has changed since this draft was begun. Publishing puts yours over it."
        state = "gone" if draft.gone else "changed" if file else "new"
        return Opened(draft.data, draft.revision, state, place.writable, draft.author, conflict)

    async def look(self, theme: str, lesson: str, data: dict[str, Any]) -> Looked:
        """How these fields would be shown and what is wrong with them, before they are saved."""
        return await asyncio.to_thread(self._look, theme, lesson, data)

    def _look(self, theme: str, lesson: str, data: dict[str, Any]) -> Looked:
        draft = Draft(data, "", self._clock.now())
        drafts = {**self._drafts.of_theme(_checked(theme)), _checked(lesson): draft}
        with self._staged(theme, drafts) as (folder, _):
            pack, findings = staging.checked(folder, self._fits, pages.fullest_lesson_page)
        mine = tuple(each for each in findings if each.lesson == lesson)
        found = next((each for each in pack.theme.lessons if each.id == lesson), None) if pack else None
        if pack is None or found is None:
            return Looked(mine, 0, *wording.READ, 0, {})
        shown = [part for each in found.sections for part in (each.label, each.text.plain)]
        view = pages.fullest_lesson_page(pack.theme, found)
        drawings = {name: str(draw(view, Reader())) for name, draw in self._drawings.items()}
        return Looked(mine, sum(map(len, (found.title, found.summary, *shown))), *wording.READ, found.minutes, drawings)

    # Writing ----------------------------------------------------------------------------------------------------------

    async def save(self, theme: str, lesson: str, data: dict[str, Any], *, seen: int, author: str) -> int:
        """Keep these fields as the draft; the revision that it has now."""
        return await asyncio.to_thread(self._save, theme, lesson, data, seen, author)

    def _save(self, theme: str, lesson: str, data: dict[str, Any], seen: int, author: str) -> int:
        with self._changing:
            return self._keep(theme, lesson, data, seen, author)

    def _keep(
        self, theme: str, lesson: str, data: dict[str, Any], seen: int, author: str, *, gone: bool = False
    ) -> int:
        pack = self._find(theme)
        self._demand_writable(pack)
        file = self._file(pack, _checked(lesson))
        before = self._drafts.find(theme, lesson)
        base = before.base if before else fingerprint(file.read_text(encoding="utf-8")) if file else ""
        held = {**data, "id": lesson or theme}
        draft = Draft(held, author, self._clock.now(), base=base, gone=gone)
        return self._drafts.save(theme, lesson, draft, seen=seen).revision

    async def discard(self, theme: str, lesson: str = THEME) -> None:
        """Drop the draft: what is live stays, and what was never live is gone."""
        await asyncio.to_thread(self._discard, theme, lesson)

    def _discard(self, theme: str, lesson: str) -> None:
        with self._changing:
            never_live = self._file(self._find(theme), _checked(lesson)) is None
            self._drafts.drop(theme, lesson)
            listed = self._drafts.find(theme)
            if lesson and never_live and listed and lesson in listed.data.get("lessons", []):
                rest = [each for each in listed.data["lessons"] if each != lesson]
                self._keep(theme, THEME, {**listed.data, "lessons": rest}, listed.revision, listed.author)

    async def begin_theme(self, title: str, *, author: str) -> str:
        """A new theme with nothing in it; its id, made of the title, stays for good."""
        return await asyncio.to_thread(self._begin_theme, title, author)

    def _begin_theme(self, title: str, author: str) -> str:
        with self._changing:
            packs = load.load(self._folders()).packs
            taken = {name for pack in packs for name in (pack.theme.id, *pack.theme.aliases)} | {*self._drafts.themes()}
            id = _free(_slug(title, schema.LONGEST_THEME_ID, "theme"), taken, schema.LONGEST_THEME_ID)
            fields = {"title": title, "emoji": "📘", "description": "", "language": "en", "licence": "CC-BY-4.0"}
            self._keep(id, THEME, {**fields, "lessons": []}, 0, author)
        return id

    async def begin_lesson(self, theme: str, title: str, *, author: str, data: dict[str, Any] | None = None) -> str:
        """A new lesson at the theme's end; its id, made of the title, stays for good."""
        return await asyncio.to_thread(self._begin_lesson, theme, title, author, data or {})

    async def take_file(
        self, theme: str, name: str, content: bytes, *, author: str
    ) -> tuple[str, Sequence[IntakeNote]]:
        """A draft made from a file that somebody has already; its id, and what became of each of its lines."""
        found = await asyncio.to_thread(intake.take, name, content)
        data = {**found.lesson}
        title = str(data.get("title", ""))
        return await self.begin_lesson(theme, title, author=author, data=data), found.notes

    def _begin_lesson(self, theme: str, title: str, author: str, data: dict[str, Any]) -> str:
        with self._changing:
            listed = self._open(theme, THEME)
            order = list(listed.data.get("lessons", []))
            pack = self._find(theme)
            former = {name for each in pack.theme.lessons for name in (each.id, *each.aliases)} if pack else set()
            taken = {*order, *former, *self._drafts.of_theme(theme)}
            id = _free(_slug(title, schema.LONGEST_LESSON_ID, "lesson"), taken, schema.LONGEST_LESSON_ID)
            self._keep(theme, id, {"title": title, **data}, 0, author)
            self._keep(theme, THEME, {**listed.data, "lessons": [*order, id]}, listed.revision, author)
        return id

    async def take_away(self, theme: str, lesson: str, *, author: str) -> None:
        """Mark a lesson as to be gone with the next publishing; one that was never live is dropped."""
        await asyncio.to_thread(self._take_away, theme, lesson, author)

    def _take_away(self, theme: str, lesson: str, author: str) -> None:
        opened = self._open(theme, lesson)
        if opened.state == "new":
            self._discard(theme, lesson)
            return
        with self._changing:
            self._keep(theme, lesson, opened.data, opened.revision, author, gone=True)
            listed = self._open(theme, THEME)
            rest = [each for each in listed.data.get("lessons", []) if each != lesson]
            self._keep(theme, THEME, {**listed.data, "lessons": rest}, listed.revision, author)

    # Publishing -------------------------------------------------------------------------------------------------------

    async def consequences(self, theme: str) -> Consequences:
        """What would change if the theme's drafts were published, and for how many people."""
        before, after, errors, digest, stale = await asyncio.to_thread(self._compared, theme)
        async with self._store.reading() as connection:
            people, done = await lessons.begun(connection, theme), await lessons.done_by(connection, theme)
        told = _told(before, after, errors, digest, people=people, done=done)
        over = tuple(f"Written over: {each} changed in its file since this draft was begun." for each in stale)
        return replace(told, sentences=(*told.sentences, *over))

    def _compared(self, theme: str) -> tuple[Pack | None, Pack | None, tuple[FieldFinding, ...], str, Sequence[str]]:
        drafts = self._drafts.of_theme(_checked(theme))
        with self._staged(theme, drafts) as (folder, before):
            stale = [id or "the theme" for id, each in drafts.items() if _is_stale(each, self._file(before, id))]
            after, findings = staging.checked(folder, self._fits, pages.fullest_lesson_page)
            errors = tuple(each for each in findings if each.severity == "error")
            return before, after, errors, _digest(folder), stale

    async def publish(self, theme: str, *, digest: str, author: str, drop: bool = False) -> Sequence[str]:
        """Put the drafts live, if they are still what their author saw and nothing is wrong with them; the sentences
        that say what changed."""
        async with self._publishing:
            told = await self.consequences(theme)
            if told.errors:
                left = text.count(len(told.errors), "error")
                raise StudyError(f"{left} left, so nothing was published.", "Mend what is marked, then publish again.")
            if told.gone and not drop:
                vanish = text.count(len(told.gone), "lesson")
                raise StudyError(f"{vanish} would vanish, so nothing was published.", "Confirm it, or bring it back.")
            await asyncio.to_thread(self._swap, theme, digest, author)
            await self._teach(told.gone)
        return told.sentences

    async def _teach(self, gone: Sequence[str]) -> None:
        if problems := await self._reload(gone):
            raise StudyError("It is in its folder, but what is taught stays as it was.", problems[0])

    def _swap(self, theme: str, digest: str, author: str) -> None:
        pack = self._find(theme)
        self._demand_writable(pack)
        folder = Path(pack.file).parent if pack else self._shelves.for_new() / theme
        with self._changing, _beside(folder) as staged:
            drafts = self._drafts.of_theme(theme)  # under the lock: what is saved while this runs stays a draft
            if not drafts:
                raise StudyError("There is nothing to publish.", "Somebody may just have done it: load the list.")
            staging.stage(folder if pack else None, drafts, staged / folder.name)
            if _digest(staged / folder.name) != digest:
                raise StudyError("The drafts changed since you looked, so nothing was published.", "Look again.")
            if pack:
                self._drafts.keep_version(theme, folder, author=author, now=self._clock.now())
            parcel.settle(staged, folder.parent, [folder.name])
            for lesson in drafts:
                self._drafts.drop(theme, lesson)

    async def versions(self, theme: str) -> Sequence[Version]:
        return await asyncio.to_thread(self._drafts.versions, _checked(theme))

    async def take_back(self, theme: str, version: str, *, author: str) -> Sequence[str]:
        """Put an earlier version in the theme's place; the one that stood there becomes a version itself."""
        async with self._publishing:
            gone = await asyncio.to_thread(self._put_back, _checked(theme), version, author)
            await self._teach(gone)
        return (f"“{theme}” is as it was. What you took back is kept as a version, too.",)

    def _put_back(self, theme: str, version: str, author: str) -> Sequence[str]:
        """The lessons that are gone by it."""
        chosen = next((each for each in self._drafts.versions(theme) if each.name == version), None)
        pack = self._find(theme)
        if chosen is None or pack is None:
            raise _nothing("version")
        self._demand_writable(pack)
        folder = Path(pack.file).parent
        with self._changing, _beside(folder) as staged:
            (unpacked,) = parcel.unpack(self._drafts.archive(chosen), staged)
            if unpacked != folder.name:
                (staged / unpacked).rename(staged / folder.name)
            gone = sorted({*staging.files_by_id(folder)} - {*staging.files_by_id(staged / folder.name)})
            self._drafts.keep_version(theme, folder, author=author, now=self._clock.now())
            parcel.settle(staged, folder.parent, [folder.name])
        return gone

    # Beneath ----------------------------------------------------------------------------------------------------------

    def _find(self, theme: str) -> Pack | None:
        if not _checked(theme):
            raise _nothing("theme")
        home = staging.home_of(theme, self._folders())
        return next(iter(load.load([home]).packs), None) if home else None

    def _file(self, pack: Pack | None, lesson: str) -> Path | None:
        if pack is None:
            return None
        return Path(pack.file) if lesson == THEME else staging.files_by_id(Path(pack.file).parent).get(lesson)

    def _demand_writable(self, pack: Pack | None) -> None:
        if pack and not (place := self._shelves.place(pack)).writable:
            raise StudyError("This theme cannot be changed here.", place.why)

    @contextmanager
    def _staged(self, theme: str, drafts: Mapping[str, Draft]) -> Iterator[tuple[Path, Pack | None]]:
        pack = self._find(theme)
        with _telling(), tempfile.TemporaryDirectory(prefix=STAGE) as rest:
            folder = Path(rest) / (Path(pack.file).parent.name if pack else theme)
            staging.stage(Path(pack.file).parent if pack else None, drafts, folder)
            yield folder, pack


@contextmanager
def _telling() -> Iterator[None]:
    """What cannot be written is a sentence."""
    try:
        yield
    except (OSError, SettingsError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        next_step = "Your drafts are kept. Tell whoever runs the server."
        raise StudyError(f"Nothing was changed: {why}", next_step) from None


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """An empty folder on the same disk, so that a rename is enough."""
    with _telling():
        folder.parent.mkdir(parents=True, exist_ok=True)
        staged = Path(tempfile.mkdtemp(prefix=STAGE, dir=folder.parent))
        try:
            yield staged
        finally:
            shutil.rmtree(staged, ignore_errors=True)


def _told(
    before: Pack | None,
    after: Pack | None,
    errors: tuple[FieldFinding, ...],
    digest: str,
    *,
    people: int,
    done: Mapping[str, int],
) -> Consequences:
    old = {lesson.id: lesson for lesson in before.theme.lessons} if before else {}
    new = list(after.theme.lessons) if after else []
    carried = {name for lesson in new for name in (lesson.id, *lesson.aliases)}
    gone = tuple(id for id in old if id not in carried)
    said: list[str] = [] if before else ["The theme appears on the shelf."]
    if after and after.theme.workspaces != (before.theme.workspaces if before else ()):
        said.append(f"The theme is for {', '.join(after.theme.workspaces) or 'every workspace'} from now on.")
    for lesson in new:
        title, people_here = f"“{lesson.title}”", done.get(lesson.id, 0)
        if lesson.id not in old:
            said.append(f"New: {title}, lesson {lesson.number}.{_who(people, 'began the theme and will meet it')}")
        elif lesson.digest != old[lesson.id].digest:
            said.append(f"Changed: {title}.{_who(people_here, 'did it and will see that it changed')}")
        elif lesson.number != old[lesson.id].number:
            said.append(f"Moved: {title} is lesson {lesson.number} now.")
    said += [f"Gone: “{old[id].title}”." + _who(done.get(id, 0), "did it; that is kept") for id in gone]
    if before and not said:
        said.append("Only questions, sources or words around the lessons change.")
    return Consequences(digest, errors, tuple(said), gone)


def _who(number: int, what: str) -> str:
    if not number:
        return ""
    return f" {text.count(number, 'person', 'people')} {what}."


def _digest(folder: Path) -> str:
    files = {place: file.read_text(encoding="utf-8") for place, file in parcel.files_of([folder]).items()}
    return fingerprint("\0".join(f"{place}\0{content}" for place, content in sorted(files.items())))


def _is_stale(draft: Draft, file: Path | None) -> bool:
    """Whether the file is another than the one that the draft was begun with."""
    return draft.base != (fingerprint(file.read_text(encoding="utf-8")) if file else "")


def _nothing(what: str) -> StudyError:
    return StudyError(f"There is no “{what}” here any more.", "Go back to the list and load it again.")


def _checked(id: str) -> str:
    """An id, which becomes a file's name; the empty one is the theme's own."""
    if id and schema.id_problem(id, schema.LONGEST_LESSON_ID):
        raise _nothing(text.shorten(text.clean(id), 40))
    return id


def _slug(title: str, longest: int, otherwise: str) -> str:
    plain = unicodedata.normalize("NFKD", title.casefold().replace("ß", "ss"))
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return _NO_NAME.sub("-", letters).strip("-")[:longest].strip("-") or otherwise


def _free(id: str, taken: set[str], longest: int) -> str:
    if id not in taken:
        return id
    return next(name for number in range(2, 10_000) if (name := f"{id[: longest - 5]}-{number}") not in taken)
