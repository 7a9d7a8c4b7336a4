"""How far a workspace has come, in numbers: by theme, and in one theme by lesson. Plain completions come first.

Small groups are not told apart, and nobody is named unless the workspace switched that on; then the CSV names people,
and `/privacy` says so to each of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.core import text, views
from bot.core.actions import Action, Choice, ChoiceOption, Offer
from bot.core.errors import StudyError
from bot.domain.course import Key, Lesson, Theme
from bot.features import commands, paging, ways
from bot.features.commands import NO_ROLE, ReportForm
from bot.features.learning import finding
from bot.features.managing import figures as domain
from bot.features.request import Request, handles
from bot.features.team import certificates
from bot.store.cold import assignments, audits, reports
from bot.store.cold.reports import Scope, ThemeFigures, Tries

PERIODS = ("1 week", "4 weeks", "90 days", "all")
STICKING = ("First try right", "Right after 7 days", "Right after 30 days", "Most chosen wrong answer")
_LONGEST_ROLE = 40
"""Bytes; a button carries it beside a theme and a period."""
MANY_THEMES = 100
"""Themes that one report counts; the rest are asked for by name."""


@handles(commands.OpenReport)
async def report(command: commands.OpenReport, request: Request) -> views.View:
    if command.code:
        return await certificates.confirm(command.code, request)
    span = domain.period(command.period)
    if span is None:
        raise StudyError(
            f"“{text.shorten(command.period, 40)}” is no period that I understand.",
            "Try “4 weeks”, “90 days” or “all”.",
        )
    themes = (await finding.theme(request, command.theme),) if command.theme else request.shelf.themes[:MANY_THEMES]
    await _check_role(command.role, request)
    scope = Scope(request.actor.workspace, domain.since(span, request.now), themes, command.role)
    # What the buttons carry: names as short as they can be.
    least = await _least(request)
    if command.role and least > 1:
        await _check_others(scope, request)
    named = commands.OpenReport(
        theme=themes[0].id if command.theme else "", role=command.role, period=domain.say_period(span)
    )
    if command.form is ReportForm.CSV:
        return await _csv(named, scope, request, least=least)
    if command.theme:
        return await _of_theme(named, scope, request, page=command.page, least=least)
    return await _of_all(named, scope, request, page=command.page, least=least)


async def _check_role(role: str, request: Request) -> None:
    if not role:
        return
    if len(role.encode()) > _LONGEST_ROLE:
        raise StudyError("That role's name is too long for a report's buttons.", "Report without it, or by theme.")
    async with request.store.reading() as connection:
        known = await assignments.of_role(connection, request.actor.workspace, role)
    if not known:
        raise StudyError(
            "Nothing was ever suggested to that role here, so it is not known who has it.",
            "“/study-admin assign” with that role makes it known.",
        )


async def _check_others(scope: Scope, request: Request) -> None:
    """Beside the report on everybody, one on all but a few would be a report on those few."""
    async with request.store.reading() as connection:
        if await reports.has_few_outside(connection, scope, few=domain.LEAST):
            raise StudyError(
                f"Fewer than {domain.LEAST} people here do not have it, so its numbers would give those few away.",
                "Ask for the report without a role.",
            )


async def _of_all(named: commands.OpenReport, scope: Scope, request: Request, *, page: int, least: int) -> views.View:
    async with request.store.reading() as connection:
        figures = await reports.by_theme(connection, scope)
        done = await reports.by_lesson(connection, scope)
    ordered = sorted(scope.themes, key=lambda theme: -figures.get(theme.id, ThemeFigures()).people)
    items = [
        views.Item(
            text.shorten(f"{theme.emoji} {theme.title}", 80),
            _theme_facts(theme, figures.get(theme.id, ThemeFigures()), done, least=least),
            actions=(Action("By lesson", _with(named, theme=theme.id)),),
        )
        for theme in paging.cut(ordered, page)
    ]
    intro = _intro(named, least)
    if len(request.shelf.themes) > MANY_THEMES:
        intro += f" These are the first {MANY_THEMES} themes; name another to see it."
    return views.Listing("Report", tuple(items), intro, _offers(named, page, total=len(ordered)))


async def _of_theme(named: commands.OpenReport, scope: Scope, request: Request, *, page: int, least: int) -> views.View:
    (theme,) = scope.themes
    async with request.store.reading() as connection:
        figures = (await reports.by_theme(connection, scope)).get(theme.id, ThemeFigures())
        done = await reports.by_lesson(connection, scope)
        tries = await reports.by_answers(connection, scope)
    items = [
        views.Item(
            text.shorten(f"{lesson.number}. {lesson.title}", 80),
            _lesson_facts(lesson, done.get(lesson.key, 0), tries.get(lesson.key, Tries()), least),
        )
        for lesson in paging.cut(theme.lessons, page)
    ]
    begun = ", ".join(
        f"{fact.name.lower()}: {fact.values[0]}" for fact in _theme_facts(theme, figures, done, least=least)
    )
    return views.Listing(
        text.shorten(f"Report: {theme.title}", 80),
        tuple(items),
        f"{_intro(named, least)} {begun.capitalize()}.",
        _offers(named, page, total=len(theme.lessons)),
    )


async def _least(request: Request) -> int:
    """Where reports may name people, a small number of completions is no secret; answers stay one everywhere."""
    return 1 if (await request.workspace()).personal else domain.LEAST


def _theme_facts(theme: Theme, figures: ThemeFigures, done: Mapping[Key, int], *, least: int) -> tuple[views.Fact, ...]:
    """Lessons done by small groups are not in the sum either: what is missing in it would be theirs."""
    shown = {"People": domain.people(figures.people, least=least)}
    if figures.people >= least:
        each = (done.get(lesson.key, 0) for lesson in theme.lessons)
        shown["Lessons done"] = f"{sum(number for number in each if number >= least):,}"
        shown["Finished"] = domain.people(figures.finished, least=least)
    return tuple(views.Fact(name, (value,)) for name, value in shown.items())


def _lesson_facts(lesson: Lesson, done: int, tries: Tries, least: int) -> tuple[views.Fact, ...]:
    facts = [views.Fact("Done by", (domain.people(done, least=least),))]
    facts += [views.Fact(name, (value,)) for name, value in _sticking(lesson, tries).items() if value]
    return tuple(facts)


def _sticking(lesson: Lesson, tries: Tries) -> dict[str, str]:
    """What did not stick, as far as the answers tell."""
    shares = (tries.first, tries.week, tries.month)
    told = [domain.share(each.right, each.answers, of=each.people) if each.answers else "" for each in shares]
    return dict(zip(STICKING, (*told, _wrong(lesson, tries)), strict=True))


def _wrong(lesson: Lesson, tries: Tries) -> str:
    """In the option's wording of today; what a question once offered is not kept."""
    wrong = tries.wrong
    question = lesson.question(wrong.question) if wrong else None
    if wrong is None or question is None or wrong.of < domain.LEAST or question.judge(wrong.given):
        return ""
    chosen = question.chosen(wrong.given)
    if question.typed:
        if wrong.people < domain.LEAST:  # what somebody typed may tell who it was
            return ""
        words = wrong.given
    elif not chosen:
        return ""
    else:
        words = " + ".join(option.text.plain for option in chosen)
    asked, said = (text.shorten(" ".join(each.split()), 70) for each in (question.ask.plain, words))
    return f"{asked} “{said}” ({domain.people(wrong.people, least=domain.LEAST)} of {wrong.of:,})"


def _intro(named: commands.OpenReport, least: int) -> str:
    period = "Since the beginning." if named.period == "all" else f"The last {named.period}."
    who = " Only those to whom something was suggested by the role." if named.role else ""
    small = (
        f" Groups under {domain.LEAST} people are not told apart, and no sum counts them in."
        if least > 1
        else " The CSV names people."
    )
    return period + who + small


def _offers(named: commands.OpenReport, page: int, *, total: int) -> tuple[Offer, ...]:
    others = [period for period in PERIODS if period != named.period]
    choice = Choice(
        "Another period",
        tuple(
            ChoiceOption("All time" if each == "all" else each.capitalize(), _with(named, period=each))
            for each in others
        ),
    )
    csv = Action("As a CSV file", _with(named, form=ReportForm.CSV))
    onward = paging.more(_with(named, page=page + 1), there=(page + 1) * views.MOST_ITEMS < total)
    return (*onward, csv, ways.HUB, choice)


def _with(named: commands.OpenReport, **changed: object) -> commands.OpenReport:
    values: dict[str, object] = {"theme": named.theme, "role": named.role or NO_ROLE, "period": named.period}
    return commands.OpenReport(**(values | changed))  # type: ignore[arg-type]


async def _csv(named: commands.OpenReport, scope: Scope, request: Request, *, least: int) -> views.View:
    async with request.store.reading() as connection:
        done = await reports.by_lesson(connection, scope)
        tries = await reports.by_answers(connection, scope)
        people = await reports.by_person(connection, scope) if least == 1 else []
    head = ["theme", "number", "lesson", "title", "people", *STICKING]
    rows: list[Sequence[object]] = [[*head, "person", "done_at"] if least == 1 else head]
    titles = {lesson.key: lesson for theme in scope.themes for lesson in theme.lessons}
    rows += [
        _row(lesson, domain.people(done.get(key, 0), least=least), tries, named=least == 1)
        for key, lesson in titles.items()
    ]
    for each in people:
        lesson = titles[each.key]
        gap = [""] * (len(head) - 4)
        rows.append(
            [
                lesson.theme,
                lesson.number,
                lesson.id,
                lesson.title,
                *gap,
                each.person,
                each.at.isoformat(timespec="seconds"),
            ]
        )
    what = scope.themes[0].id if named.theme else "all"
    if least == 1:
        told = f"took a report that names people: {what}"
        line = audits.AuditEntry(request.now, request.actor.person, "report", told)
        async with request.store.transaction() as connection:
            await audits.note(connection, request.actor.workspace, line)
    return views.Download(
        text=_intro(named, least)
        + (f" It ends after {reports.MOST_ROWS:,} rows." if len(people) == reports.MOST_ROWS else ""),
        name=f"dualo-report-{what}-{request.now:%Y-%m-%d}.csv",
        mime="text/csv",
        content=domain.sheet(rows),
        actions=(Action("Report", _with(named)), ways.HUB),
    )


def _row(lesson: Lesson, people: str, tries: Mapping[Key, Tries], *, named: bool) -> Sequence[object]:
    told = _sticking(lesson, tries.get(lesson.key, Tries())).values()
    return [lesson.theme, lesson.number, lesson.id, lesson.title, people.replace(",", ""), *told, *(["", ""] * named)]
