"""Publishing: a theme's drafts put live, whole or not at all, with what that changes said before; and taken back.

The drafts are put over a copy of the theme's folder, the copy is held to every rule, and it takes the folder's place by
one rename; what stood there is kept as a version. A translation that is not whole yet waits as a draft.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from bot.core import text
from bot.core.errors import StudyError
from bot.core.ports import Clock
from bot.core.record import Record
from bot.domain.course import Lesson
from bot.features import inputs
from bot.features.learning import pages
from bot.packs import parcel, translations
from bot.packs.load import Pack
from bot.packs.rules.case import Fit
from bot.store.cold import lessons
from bot.store.store import Store
from bot.studio import staging, translating
from bot.studio.drafts import Draft, Version
from bot.studio.shelves import fingerprint
from bot.studio.staging import FieldFinding
from bot.studio.theme_files import STAGE, ThemeFiles, checked, is_stale, nothing, telling

Reload = Callable[[Sequence[str]], Awaitable[Sequence[str]]]
"""Teach what is on disk; these lessons may vanish. What kept it from being taught, or nothing."""
Names = Callable[[], Awaitable[Mapping[str, str]]]
"""The workspaces that the process knows, each with what its people call it."""


class Consequences(Record):
    """What publishing a theme would change, and for whom."""

    digest: str
    errors: tuple[FieldFinding, ...]
    sentences: tuple[str, ...]
    gone: tuple[str, ...]
    waiting: frozenset[str] = frozenset()
    """Translations whose drafts stay drafts, since something is wrong in them."""
    leave: frozenset[str] = frozenset()
    """Those that stand there and do not fit their original any more: they become drafts."""


class _Compared(Record):
    """A theme as it is and as it would be."""

    in_original: bool
    """Whether a draft of the theme or of a lesson is among what would be published, and not translations alone."""
    before: Pack | None
    after: Pack | None
    errors: tuple[FieldFinding, ...]
    digest: str
    stale: tuple[str, ...]
    waiting: frozenset[str]
    leave: frozenset[str]
    old: Mapping[tuple[str, str], str]
    new: Mapping[tuple[str, str], str]
    """By lesson and language, the text of translations."""


class Publishing:
    """One for a process; one theme at a time."""

    def __init__(
        self,
        files: ThemeFiles,
        store: Store,
        clock: Clock,
        *,
        reload: Reload,
        names: Names | None,
        fits: Sequence[Fit],
    ) -> None:
        self._files, self._store, self._clock = files, store, clock
        self._reload, self._names, self._fits = reload, names, tuple(fits)
        self._one_at_a_time = asyncio.Lock()

    async def consequences(self, theme: str) -> Consequences:
        """What would change if the theme's drafts were published, and for how many people."""
        found = await asyncio.to_thread(self._compared, theme)
        async with self._store.reading() as connection:
            people, done = await lessons.begun(connection, theme), await lessons.done_by(connection, theme)
        ids = found.after.theme.workspaces if found.after else ()
        names = await self._names() if self._names and ids else {}
        said = list(_told(found, people=people, done=done, workspaces=[names.get(each) or each for each in ids]))
        if found.before and found.in_original and not said:
            said.append("Only questions, sources, diagrams or words around the lessons change.")
        said += _told_of_translations(found)
        said += [f"Written over: {each} changed in its file since this draft was begun." for each in found.stale]
        return Consequences(found.digest, found.errors, tuple(said), _gone(found), found.waiting, found.leave)

    def _compared(self, theme: str) -> _Compared:
        """The theme with all its drafts, without the translations that keep it from being published."""
        drafts = self._files.drafts.of_theme(checked(theme))
        waiting: frozenset[str] = frozenset()
        leave: frozenset[str] = frozenset()
        while True:
            published = {key: each for key, each in drafts.items() if key not in waiting}
            with self._files.staged(theme, published, leave=leave) as (folder, before):
                after, findings = staging.checked(folder, self._fits, pages.fullest_lesson_page)
                errors = tuple(each for each in findings if each.severity == "error")
                broken = {each.lesson for each in errors if "." in each.lesson}
                held = {key for key in broken if key in published}
                out = {key for key in broken - held if key in waiting or self._can_wait(before, key)}
                if (held or out) and published.keys() - held:
                    waiting, leave = waiting | held, leave | out
                    continue
                stale = [key for key, each in published.items() if is_stale(each, self._files.file(before, key))]
                live = _translated(Path(before.file).parent) if before else {}
                in_original = any("." not in key for key in published)
                return _Compared(
                    in_original,
                    before,
                    after,
                    errors,
                    digest_of(folder),
                    tuple(key or "the theme" for key in stale),
                    waiting,
                    leave,
                    live,
                    _translated(folder),
                )

    def _can_wait(self, pack: Pack | None, key: str) -> bool:
        """Whether what a translation's file says can be kept as a draft."""
        file = self._files.file(pack, key)
        return bool(file and staging.said(file))

    async def publish(self, theme: str, *, digest: str, author: str, drop: bool = False) -> Sequence[str]:
        """Put the drafts live, if they are still what their author saw and nothing is wrong with them; the sentences
        that say what changed."""
        async with self._one_at_a_time:
            told = await self.consequences(theme)
            if told.errors:
                left = text.count(len(told.errors), "error")
                raise StudyError(f"{left} left, so nothing was published.", "Mend what is marked, then publish again.")
            if told.gone and not drop:
                vanish = text.count(len(told.gone), "lesson")
                raise StudyError(f"{vanish} would vanish, so nothing was published.", "Confirm it, or bring it back.")
            await asyncio.to_thread(self._swap, theme, digest, author, told)
            await self._teach(told.gone)
        return told.sentences

    async def _teach(self, gone: Sequence[str]) -> None:
        if problems := await self._reload(gone):
            raise StudyError("It is in its folder, but what is taught stays as it was.", problems[0])

    def _swap(self, theme: str, digest: str, author: str, told: Consequences) -> None:
        files = self._files
        pack = files.find(theme)
        files.demand_writable(pack)
        folder = Path(pack.file).parent if pack else files.shelves.for_new() / theme
        with files.changing, _beside(folder) as staged:
            drafts = files.drafts.of_theme(theme)  # under the lock: what is saved while this runs stays a draft
            published = {key: each for key, each in drafts.items() if key not in told.waiting}
            if not published:
                raise StudyError("There is nothing to publish.", "Somebody may just have done it: load the list.")
            staging.stage(folder if pack else None, published, staged / folder.name, leave=told.leave)
            if digest_of(staged / folder.name) != digest:
                raise StudyError("The drafts changed since you looked, so nothing was published.", "Look again.")
            left = self._kept_as_drafts(theme, pack, told.leave, drafts=drafts, author=author)
            if pack:
                files.drafts.keep_version(theme, folder, author=author, now=self._clock.now())
            parcel.settle(staged, folder.parent, [folder.name])
            for key in published:
                files.drafts.drop(theme, key)
            for key, draft in left.items():
                files.drafts.drop(theme, key)
                files.drafts.save(theme, key, draft, seen=drafts[key].revision if key in drafts else 0)

    def _kept_as_drafts(
        self, theme: str, pack: Pack | None, keys: Collection[str], *, drafts: Mapping[str, Draft], author: str
    ) -> Mapping[str, Draft]:
        """What is written of translations that leave the theme's folder."""
        found = {}
        for key in keys:
            file = self._files.file(pack, key)
            original = self._files.file(pack, translating.parted(key)[0])
            if key in drafts:
                data, by = drafts[key].data, drafts[key].author
            elif file and original:
                data, by = translating.read(staging.said(original), staging.said(file)), author
            else:
                continue
            found[key] = Draft(data, by, self._clock.now())
        return found

    async def versions(self, theme: str) -> Sequence[Version]:
        return await asyncio.to_thread(self._files.drafts.versions, checked(theme))

    async def take_back(self, theme: str, version: str, *, author: str) -> Sequence[str]:
        """Put an earlier version in the theme's place; the one that stood there becomes a version itself."""
        async with self._one_at_a_time:
            gone = await asyncio.to_thread(self._put_back, checked(theme), version, author)
            await self._teach(gone)
        return (f"“{theme}” is as it was. What you took back is kept as a version, too.",)

    def _put_back(self, theme: str, version: str, author: str) -> Sequence[str]:
        """The lessons that are gone by it."""
        files = self._files
        chosen = next((each for each in files.drafts.versions(theme) if each.name == version), None)
        pack = files.find(theme)
        if chosen is None or pack is None:
            raise nothing("version")
        files.demand_writable(pack)
        folder = Path(pack.file).parent
        with files.changing, _beside(folder) as staged:
            (unpacked,) = parcel.unpack(files.drafts.archive(chosen), staged)
            if unpacked != folder.name:
                (staged / unpacked).rename(staged / folder.name)
            gone = sorted({*staging.files_by_id(folder)} - {*staging.files_by_id(staged / folder.name)})
            files.drafts.keep_version(theme, folder, author=author, now=self._clock.now())
            parcel.settle(staged, folder.parent, [folder.name])
        return gone


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """An empty folder on the same disk, so that a rename is enough."""
    with telling():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=STAGE, dir=folder.parent, ignore_cleanup_errors=True) as staged:
            yield Path(staged)


def digest_of(folder: Path) -> str:
    files = {place: file.read_text(encoding="utf-8") for place, file in parcel.files_of([folder]).items()}
    return fingerprint("\0".join(f"{place}\0{content}" for place, content in sorted(files.items())))


# What is said of it ---------------------------------------------------------------------------------------------------


def _gone(found: _Compared) -> tuple[str, ...]:
    """The lessons that nothing would carry on."""
    new = found.after.theme.lessons if found.after else ()
    carried = {name for lesson in new for name in (lesson.id, *lesson.aliases)}
    return tuple(lesson.id for lesson in _before(found) if lesson.id not in carried)


def _before(found: _Compared) -> Sequence[Lesson]:
    return found.before.theme.lessons if found.before else ()


def _told(found: _Compared, *, people: int, done: Mapping[str, int], workspaces: Sequence[str]) -> Iterator[str]:
    before, after = found.before, found.after
    if before is None:
        yield "The theme appears on the shelf."
    if after and after.theme.workspaces != (before.theme.workspaces if before else ()):
        yield f"The theme is for {', '.join(workspaces) or 'every workspace'} from now on."
    old = {lesson.id: lesson for lesson in _before(found)}
    for lesson in after.theme.lessons if after else ():
        title, people_here = f"“{lesson.title}”", done.get(lesson.id, 0)
        if lesson.id not in old:
            yield f"New: {title}, lesson {lesson.number}.{_who(people, 'began the theme and will meet it')}"
        elif lesson.digest != old[lesson.id].digest:
            yield f"Changed: {title}.{_who(people_here, 'did it and will see that it changed')}"
        elif lesson.number != old[lesson.id].number:
            yield f"Moved: {title} is lesson {lesson.number} now."
    for id in _gone(found):
        yield f"Gone: “{old[id].title}”." + _who(done.get(id, 0), "did it; that is kept")


def _who(number: int, what: str) -> str:
    if not number:
        return ""
    return f" {text.count(number, 'person', 'people')} {what}."


def _told_of_translations(found: _Compared) -> Iterator[str]:
    there = (*_before(found), *(found.after.theme.lessons if found.after else ()))
    known = {lesson.id: lesson for lesson in there}
    gone = _gone(found)
    for lesson, language in sorted({*found.old, *found.new}):
        if lesson in known and lesson not in gone and translating.key_of(lesson, language) not in found.leave:
            yield from _told_of_one(found, known[lesson], language)
    for key in sorted({*found.waiting, *found.leave}):
        lesson, language = translating.parted(key)
        what = f"“{known[lesson].title if lesson in known else lesson}” in {inputs.language_name(language)}"
        if key in found.leave:
            yield f"Waits as a draft: {what} does not fit its original any more, which is read until it is mended."
        elif (lesson, language) in found.old:
            yield f"Stays as it is: {what}, since its draft has something to mend."
        else:
            yield f"Waits as a draft: {what} has something to mend."


def _told_of_one(found: _Compared, lesson: Lesson, language: str) -> Iterator[str]:
    key = lesson.id, language
    what = f"“{lesson.title}” in {inputs.language_name(language)}"
    if key not in found.new:
        yield f"Gone: {what}. It is read in the original."
        return
    if key not in found.old:
        yield f"New: {what}."
    elif found.old[key] != found.new[key]:
        yield f"Changed: {what}."
    if translating.is_behind(found.new[key], translations.digest_of(lesson)):
        yield f"Behind: {what} was not looked through since the original changed."


def _translated(folder: Path) -> Mapping[tuple[str, str], str]:
    files = staging.files_by_key(folder)
    return {translating.parted(key): file.read_text(encoding="utf-8") for key, file in files.items() if "." in key}
