"""The shelf as the studio lists it: themes, their lessons and translations, each live or a draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.core.record import Record
from bot.features import inputs
from bot.packs import load, translations
from bot.packs.load import Pack
from bot.studio import staging, translating
from bot.studio.drafts import THEME, Draft
from bot.studio.theme_files import ThemeFiles


class TranslationEntry(Record):
    language: str
    name: str
    state: str
    """`live`, `new`, `changed` or `gone`."""
    behind: bool = False
    """The original has changed since it was translated."""


class LessonEntry(Record):
    id: str
    title: str
    state: str
    """`live`, `new`, `changed` or `gone`."""
    author: str = ""
    """Whose draft it is."""
    translations: tuple[TranslationEntry, ...] = ()


class ThemeEntry(Record):
    id: str
    title: str
    emoji: str
    state: str
    writable: bool
    why: str
    """Why it cannot be written to."""
    lessons: tuple[LessonEntry, ...]


def themes(files: ThemeFiles) -> Sequence[ThemeEntry]:
    """All themes, live or not, in the order in which people see them."""
    packs = {pack.theme.id: pack for pack in load.load(files.folders()).packs}
    new = [id for id in files.drafts.themes() if id not in packs]
    return [_entry(files, id, packs.get(id)) for id in [*packs, *new]]


def _entry(files: ThemeFiles, id: str, pack: Pack | None) -> ThemeEntry:
    drafts = files.drafts.of_theme(id)
    place = files.place(pack)
    own = drafts[THEME].data if THEME in drafts else {}
    titles = {lesson.id: lesson.title for lesson in pack.theme.lessons} if pack else {}
    order = [*own.get("lessons", titles), *(each for each in (*titles, *drafts) if each and "." not in each)]
    spoken = _spoken(pack, drafts)
    entries = [_lesson_entry(each, titles, drafts.get(each), spoken.get(each, ())) for each in dict.fromkeys(order)]
    state = "new" if pack is None else "changed" if drafts else "live"
    title = own.get("title") or (pack.theme.title if pack else id)
    emoji = own.get("emoji") or (pack.theme.emoji if pack else "")
    return ThemeEntry(id, title, emoji, state, place.writable, place.why, tuple(entries))


def _lesson_entry(
    id: str, titles: Mapping[str, str], draft: Draft | None, spoken: Sequence[TranslationEntry]
) -> LessonEntry:
    if draft is None:
        return LessonEntry(id, titles.get(id, id), "live", translations=tuple(spoken))
    state = "gone" if draft.gone else "changed" if id in titles else "new"
    return LessonEntry(id, draft.data.get("title") or titles.get(id, id), state, draft.author, tuple(spoken))


def _spoken(pack: Pack | None, drafts: Mapping[str, Draft]) -> Mapping[str, Sequence[TranslationEntry]]:
    """Each lesson's translations, live or not."""
    live: dict[str, bool] = {}
    if pack:
        folder = Path(pack.file).parent
        digests = {lesson.id: translations.digest_of(lesson) for lesson in pack.theme.lessons}
        names = {Path(file).name: id for id, file in pack.lesson_files.items()}
        for original, beside in staging.translations_by_original(folder).items():
            for each in beside if original in names else ():
                key = translating.key_of(names[original], translations.called(each.name))
                source = each.read_text(encoding="utf-8", errors="replace")
                live[key] = translating.is_behind(source, digests.get(names[original], ""))
    found: dict[str, list[TranslationEntry]] = {}
    for key in sorted({*live, *(each for each in drafts if "." in each)}):
        lesson, language = translating.parted(key)
        draft = drafts.get(key)
        state = "live" if draft is None else "gone" if draft.gone else "changed" if key in live else "new"
        name = inputs.language_name(language)
        found.setdefault(lesson, []).append(TranslationEntry(language, name, state, live.get(key, False)))
    return found
