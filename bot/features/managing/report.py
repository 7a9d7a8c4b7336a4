"""How far a workspace has come, in numbers: by theme, and in one theme by lesson. Plain completions come first.

People are counted in whole groups of five, and nobody is named unless the workspace switched that on; then the CSV
names people, and `/privacy` says so to each of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from bot.core import i18n, text, views
from bot.core.actions import Action, Choice, ChoiceOption, Offer
from bot.core.errors import StudyError
from bot.core.i18n import mark, say
from bot.core.record import Record, replace
from bot.domain.course import Key, Lesson, Theme
from bot.features import commands, paging, ways
from bot.features.commands import ReportForm
from bot.features.learning import finding
from bot.features.managing import chart
from bot.features.managing import figures as domain
from bot.features.request import Request, handles
from bot.features.team import certificates
from bot.store.cold import assignments, groups, reports
from bot.store.cold.reports import PersonRow, Scope, ThemeFigures, Tries

PERIODS = ("1 week", "4 weeks", "90 days", "all")
"""As buttons carry them."""
STICKING = (
    mark("First try right"),
    mark("Right after 7 days"),
    mark("Right after 30 days"),
    mark("Most chosen wrong answer"),
)
MISTAKES = mark("Mistakes reported")
"""These stand on the page, and in English at the head of the CSV file."""
WEAK = 80
"""Percent; a lesson of which fewer answers are right is named as the one to look at."""
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
            say("“{period}” is no period that I understand.", period=text.shorten(command.period, 40)),
            say("Try “4 weeks”, “90 days” or “all”."),
        )
    themes = (await finding.theme(request, command.theme),) if command.theme else request.shelf.themes[:MANY_THEMES]
    await _check_role(command.role, request)
    least = await _least(request)
    scope = Scope(
        request.actor.workspace,
        domain.since(span, request.now),
        themes,
        command.role,
        await _told(command.role, request),
        people=least,
        answers=domain.LEAST,
    )
    # What the buttons carry: names as short as they can be.
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
        raise StudyError(
            say("That role's name is too long for a report's buttons."), say("Report without it, or by theme.")
        )
    async with request.store.reading() as connection:
        known = await assignments.of_role(connection, request.actor.workspace, role)
    if not known:
        raise StudyError(
            say("Nothing was ever suggested to that role here, so it is not known who has it."),
            say("“/study-admin assign” with that role makes it known."),
        )


async def _told(role: str, request: Request) -> tuple[str, ...]:
    """The roles that people are grouped by."""
    async with request.store.reading() as connection:
        told = await groups.roles(connection, request.actor.workspace, least=domain.LEAST)
    if len(told) == groups.MOST_ROLES and role and role not in told:
        raise StudyError(
            say("More roles have themes here than a report can tell apart."), say("Report without the role.")
        )
    return told


async def _of_all(named: commands.OpenReport, scope: Scope, request: Request, *, page: int, least: int) -> views.View:
    async with request.store.reading() as connection:
        figures = await reports.by_theme(connection, scope)
        done = await reports.by_lesson(connection, scope)
    ordered = sorted(scope.themes, key=lambda theme: -figures.get(theme.id, ThemeFigures()).begun)
    items = [
        views.Item(
            text.shorten(f"{theme.emoji} {theme.title}", 80),
            tuple(
                views.Fact(say(each.name), (each.value,))
                for each in _theme_figures(theme, figures.get(theme.id, ThemeFigures()), done, least=least)
            ),
            actions=(Action(say("By lesson"), replace(named, theme=theme.id)),),
        )
        for theme in paging.cut(ordered, page)
    ]
    intro = _intro(named, least)
    if len(request.shelf.themes) > MANY_THEMES:
        intro = say("{intro} These are the first {n} themes; name another to see it.", intro=intro, n=MANY_THEMES)
    return views.Listing(say("Report"), tuple(items), intro, _offers(named, page, total=len(ordered)))


async def _of_theme(named: commands.OpenReport, scope: Scope, request: Request, *, page: int, least: int) -> views.View:
    (theme,) = scope.themes
    async with request.store.reading() as connection:
        figures = (await reports.by_theme(connection, scope)).get(theme.id, ThemeFigures())
        done = await reports.by_lesson(connection, scope)
    tries, mistakes = await _answers(scope, request)
    items = [
        views.Item(
            text.shorten(f"{lesson.number}. {lesson.title}", 80),
            _lesson_facts(
                lesson,
                domain.people(done.get(lesson.key, 0), least=least),
                tries.get(lesson.key, Tries()),
                mistakes=mistakes.get(lesson.key, 0),
            ),
        )
        for lesson in paging.cut(theme.lessons, page)
    ]
    begun = ", ".join(say(each.told, number=each.value) for each in _theme_figures(theme, figures, done, least=least))
    charted = [_charted(lesson, tries.get(lesson.key, Tries())) for lesson in theme.lessons]
    picture = chart.drawn(charted)
    return views.Listing(
        text.shorten(say("Report: {title}", title=theme.title), 80),
        tuple(items),
        " ".join(filter(None, (_intro(named, least), f"{begun[:1].upper()}{begun[1:]}.", _first_to_mend(charted)))),
        _offers(named, page, total=len(theme.lessons)),
        views.SectionDiagram(*picture) if picture else None,
    )


async def _answers(scope: Scope, request: Request) -> tuple[Mapping[Key, Tries], Mapping[Key, int]]:
    """How answers went, and which mistakes were reported; the latter of everybody only, for they have no role."""
    async with request.store.reading() as connection:
        tries = await reports.by_answers(connection, scope)
        return tries, {} if scope.role else await reports.mistakes(connection, scope)


def _charted(lesson: Lesson, tries: Tries) -> chart.Charted:
    first, week, month = (domain.percent(each.right, each.answers) for each in (tries.first, tries.week, tries.month))
    return chart.Charted(lesson.number, lesson.title, (first, week, month))


def _first_to_mend(charted: Sequence[chart.Charted]) -> str:
    """Which lesson to look at first."""
    found = chart.weakest(charted)
    if found is None or found[2] >= WEAK:
        return ""
    lesson, age, share = found
    return say("Look first at lesson {number}: {share} % right {age}.", number=lesson.number, share=share, age=age)


async def _least(request: Request) -> int:
    """Where reports may name people, a small number of completions is no secret; answers stay one everywhere."""
    return 1 if (await request.workspace()).personal else domain.LEAST


class _Figure(Record):
    """One number of a theme: what it is called beside it, and within a sentence."""

    name: str
    told: str
    value: str


def _theme_figures(theme: Theme, figures: ThemeFigures, done: Mapping[Key, int], *, least: int) -> Iterator[_Figure]:
    begun, finished = (domain.people(each, least=least) for each in (figures.begun, figures.finished))
    yield _Figure(mark("Begun by"), mark("begun by: {number}"), begun)
    if number := sum(done.get(lesson.key, 0) for lesson in theme.lessons):
        yield _Figure(mark("Lessons done"), mark("lessons done: {number}"), i18n.figure(number))
    if figures.begun or figures.finished:
        yield _Figure(mark("Finished by"), mark("finished by: {number}"), finished)


def _lesson_facts(lesson: Lesson, done: str, tries: Tries, *, mistakes: int) -> tuple[views.Fact, ...]:
    facts = [views.Fact(say("Done by"), (done,))]
    facts += [views.Fact(say(name), (value,)) for name, value in _sticking(lesson, tries).items() if value]
    if mistakes:
        facts.append(views.Fact(say(MISTAKES), (i18n.figure(mistakes),)))
    return tuple(facts)


def _sticking(lesson: Lesson, tries: Tries) -> dict[str, str]:
    """What did not stick, as far as the answers tell; of fewer than five nothing is known here either."""
    shares = (domain.percent(each.right, each.answers) for each in (tries.first, tries.week, tries.month))
    told = ["" if share is None else f"{share} %" for share in shares]
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
    asked, answer = (text.shorten(" ".join(each.split()), 70) for each in (question.ask.plain, words))
    people, of = domain.people(wrong.people, least=domain.LEAST), i18n.figure(wrong.of)
    return say("{question} “{answer}” ({people} of {of})", question=asked, answer=answer, people=people, of=of)


def _intro(named: commands.OpenReport, least: int) -> str:
    who = say("Only those reached by the role.") if named.role else ""
    small = say("People are counted in whole fives.") if least > 1 else say("The CSV names people.")
    return " ".join(filter(None, (domain.tell_period(_span(named.period)), who, small)))


def _span(period: str) -> timedelta:
    """Of a period as a button carries it."""
    return domain.period(period) or domain.USUAL


def _offers(named: commands.OpenReport, page: int, *, total: int) -> tuple[Offer, ...]:
    others = [period for period in PERIODS if period != named.period]
    choice = Choice(
        say("Another period"),
        tuple(ChoiceOption(domain.label_period(_span(each)), replace(named, period=each)) for each in others),
    )
    csv = Action(say("As a CSV file"), replace(named, form=ReportForm.CSV))
    onward = paging.more(replace(named, page=page + 1), there=(page + 1) * views.MOST_ITEMS < total)
    return (*onward, csv, ways.hub(), choice)


async def _csv(named: commands.OpenReport, scope: Scope, request: Request, *, least: int) -> views.View:
    async with request.store.reading() as connection:
        done = await reports.by_lesson(connection, scope)
        people = await reports.by_person(connection, scope) if least == 1 else []
    tries, mistakes = await _answers(scope, request)
    with i18n.speaking(i18n.ENGLISH):  # for tools
        rows = _rows(scope, done, tries, mistakes=mistakes, least=least, people=people)
    what = scope.themes[0].id if named.theme else "all"
    if least == 1:
        async with request.store.transaction() as connection:
            await request.note(connection, "report", f"took a report that names people: {what}")
    most = i18n.figure(reports.MOST_ROWS)
    end = say("It ends after {n} rows.", n=most) if len(people) == reports.MOST_ROWS else ""
    return views.Download(
        text=" ".join(filter(None, (_intro(named, least), end))),
        name=f"dualo-report-{what}-{request.now:%Y-%m-%d}.csv",
        mime="text/csv",
        content=domain.sheet(rows),
        actions=(Action(say("Report"), named), ways.hub()),
    )


def _rows(
    scope: Scope,
    done: Mapping[Key, int],
    tries: Mapping[Key, Tries],
    *,
    mistakes: Mapping[Key, int],
    least: int,
    people: Sequence[PersonRow],
) -> list[Sequence[object]]:
    """The head, a row for each lesson, then one for each lesson that a person did."""
    head = ["theme", "number", "lesson", "title", "people", *STICKING, MISTAKES]
    rows: list[Sequence[object]] = [[*head, "person", "done_at"] if least == 1 else head]
    titles = {lesson.key: lesson for theme in scope.themes for lesson in theme.lessons}
    rows += [
        [
            *(lesson.theme, lesson.number, lesson.id, lesson.title),
            domain.people(done.get(key, 0), least=least).replace(",", ""),
            *_sticking(lesson, tries.get(key, Tries())).values(),
            "" if scope.role else mistakes.get(key, 0),
            *(["", ""] * (least == 1)),
        ]
        for key, lesson in titles.items()
    ]
    gap = [""] * (len(head) - 4)
    for each in people:
        lesson = titles[each.key]
        at = each.at.isoformat(timespec="seconds")
        rows.append([lesson.theme, lesson.number, lesson.id, lesson.title, *gap, each.person, at])
    return rows
