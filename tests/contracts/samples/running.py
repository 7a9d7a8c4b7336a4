"""What those who run a workspace look at, and what is posted by the clock."""

from __future__ import annotations

from bot.core import views
from bot.core.actions import Action, Choice, ChoiceOption, Field, FieldKind, Form
from bot.core.record import replace
from bot.features import commands
from bot.features.commands import Channel
from bot.features.managing import chart
from tests.contracts.samples.words import NOON, long

READ = Action("Read it", commands.OpenLesson(theme="theme-01", lesson="lesson-04"))
DONE = Action("Done – next", commands.Done(lesson="theme-01/lesson-04"), primary=True)
LATER = Action("Not this week", commands.NotThisWeek())
SOURCE = views.SourceLink("Python documentation, asyncio", "https://docs.python.org/3/library/asyncio.html")


def post() -> views.LessonPost:
    return views.LessonPost(
        "🏗️",
        "Backend Architectures",
        4,
        12,
        "Concurrency models – threads, events, goroutines",
        "How a backend handles many requests at once; every model has another ceiling.",
        4,
        (SOURCE,),
        views.Following("Next Monday", "Data layers – rows, documents, logs", "Where data lies decides what is cheap."),
        mention="4200000000000000001",
        thread=True,
        actions=(READ, DONE, LATER),
    )


def closing() -> views.ClosingPost:
    return views.ClosingPost(
        "🏗️",
        "Backend Architectures",
        12,
        done=8,
        suggestion="⚖️ Frameworks under pressure",
        actions=(Action("What next?", commands.Themes()),),
    )


def reminder() -> views.Reminder:
    waiting = views.NextUp("🏗️", "Backend Architectures", 4, 12, "Concurrency models", "Every model has a ceiling.")
    return views.Reminder(
        "Your next lesson is here.",
        (waiting, replace(waiting, theme="Frameworks under pressure", number=1)),
        note="This is the last one unless you answer.",
        suggested_by=views.Someone("4200000000000000002"),
        actions=(READ, Action("Snooze a week", commands.Snooze(until="1 week"))),
    )


def report_closed() -> views.ReportClosed:
    return views.ReportClosed(
        "Backend Architectures",
        "4. Concurrency models – threads, events, goroutines",
        "The second line says “ten”.",
        "It does; mended.",
        actions=(Action("Open the lesson", READ.command),),
    )


def schedule_item(title: str = "S1 · 🏗️ Backend Architectures") -> views.Item:
    return views.Item(
        title,
        (
            views.Fact("Posts", ("every Monday at 09:00 (Europe/Paris)", views.Place("#4200000000000000003"))),
            views.Fact("Next", ("Mon 6 Oct 09:00", "Mon 13 Oct 09:00", "Mon 20 Oct 09:00")),
            views.Fact("Mentions", (views.Group("4200000000000000001"),)),
            views.Fact("Last", ("sent", NOON)),
        ),
        tone=views.Tone.DONE,
        actions=(Action("Preview", commands.Preview(schedule="S1")), Action("Open", commands.ScheduleShow(id="S1"))),
    )


def report(lessons: int = 3, title: str = "Layers & <tiers>") -> views.Listing:
    charted = [chart.Charted(number, title, (80, 60, 100 if number == 1 else None)) for number in range(1, lessons + 1)]
    picture = chart.drawn(charted)
    assert picture
    facts = (views.Fact("Done by", ("25",)), views.Fact("First try right", ("80 %",)))
    items = tuple(views.Item(f"{each.number}. {title}", facts) for each in charted[: views.MOST_ITEMS])
    csv = Action("As a CSV file", commands.OpenReport(theme="theme-01", form=commands.ReportForm.CSV))
    intro = "The last 4 weeks. People are counted in whole fives. Look first at lesson 2: 60 % right after 7 days."
    return views.Listing("Report: Backend", items, intro, (csv,), views.SectionDiagram(*picture))


def schedules() -> views.Listing:
    failed = replace(
        schedule_item("S2 · ⚖️ Frameworks under pressure"),
        note="In #general the bot lacks: Send Messages.",
        tone=views.Tone.SORRY,
    )
    more = Choice("Change a schedule", (ChoiceOption("S1", commands.ScheduleEdit(id="S1"), "every Monday"),))
    return views.Listing(
        "Schedules", (schedule_item(), failed), "Two are set up.", (more, Action("More", commands.ScheduleList(page=1)))
    )


def setup_form() -> views.FormPage:
    fields = (
        Field("channel", "Channel", FieldKind.CHANNEL, help="Where the lessons are posted"),
        Field("theme", "First theme", FieldKind.ONE_OF, value="theme-01", options=(("theme-01", "Backend"),)),
        Field("weekday", "Day", FieldKind.ONE_OF, value="mon", options=(("mon", "Monday"), ("tue", "Tuesday"))),
        Field("hour", "Time", FieldKind.LINE, value="09:00", longest=20),
        Field("timezone", "Timezone", FieldKind.LINE, required=False, suggest=commands.Suggest.TIMEZONES),
    )
    return views.FormPage("The first weekly lesson", "One post a week.", Form("setup", {}, fields, "Begin"))


def contacts_form() -> views.FormPage:
    fields = (
        Field("alert_user", "Who is told", FieldKind.PERSON, required=False),
        Field("alert_channel", "Or where", FieldKind.CHANNEL, required=False),
        Field("manager_role", "A role whose bearers manage", FieldKind.ROLE, required=False),
    )
    return views.FormPage("Contacts", "Who is told when something fails.", Form("edit-contacts", {}, fields))


def retention_form() -> views.FormPage:
    fields = (
        Field("removed", "Days after removal", FieldKind.NUMBER, "30", low=1, high=365),
        Field("away", "Days somebody may stay away", FieldKind.NUMBER, "0", low=0, high=3650),
    )
    return views.FormPage("How long data is kept", "What is over is erased.", Form("edit-retention", {}, fields))


def plain() -> dict[str, views.View]:
    return {
        "schedules": schedules(),
        "report": report(),
        "no schedules": views.Listing("Schedules", (), "There is none yet."),
        "post": post(),
        "post after a week": replace(post(), done=8, following=None, mention="", thread=False),
        "closing": closing(),
        "report closed": report_closed(),
        "report closed without a word": replace(report_closed(), note="", actions=()),
        "longest report closed": replace(report_closed(), what=long(400), note=long(1000)),
        "reminder": reminder(),
        "reminder in a channel": replace(reminder(), mention="4200000000000000002", suggested_by=None),
        "reminder that names no lesson": replace(reminder(), items=(), note="", mention="4200000000000000002"),
        "setup form": setup_form(),
        "contacts form": contacts_form(),
        "retention form": retention_form(),
    }


def longest() -> dict[str, views.View]:
    facts = tuple(views.Fact(long(24), (long(views.LONGEST_FACT),)) for _ in range(2)) + tuple(
        views.Fact(long(16), (long(40), NOON)) for _ in range(4)
    )
    item = views.Item(
        long(80),
        facts,
        tone=views.Tone.SORRY,
        actions=(Action(long(24), commands.ScheduleEdit(id="S1")), Action(long(24), commands.ScheduleShow(id="S1"))),
    )
    lists = Choice(
        long(60), tuple(ChoiceOption(long(60), commands.ScheduleShow(id=f"S{n}"), long(80)) for n in range(25))
    )
    next_up = views.NextUp("🏗️", long(80), 4, 12, long(80), long(160))
    return {
        "longest listing": views.Listing(
            long(80),
            (item,) * views.MOST_ITEMS,
            long(200),
            (lists, *(Action(long(40), commands.ScheduleList(page=n)) for n in range(3))),
        ),
        "longest report": report(chart.MOST_LESSONS, long(80)),
        "longest notes": views.Listing(long(80), (views.Item(long(80), note=long(400)),) * views.MOST_ITEMS, long(200)),
        "longest post": replace(
            post(),
            theme=long(80),
            title=long(80),
            summary=long(160),
            sources=tuple(views.SourceLink(long(100), f"https://example.org/{'a' * 60}/{n}") for n in range(4)),
            following=views.Following("Next, on Mon 13 October 2025", long(80), long(160)),
            done=123456,
        ),
        "longest closing": replace(closing(), theme=long(80), suggestion=long(80), done=123456),
        "longest reminder": replace(reminder(), text=long(160), items=(next_up,) * 5, note=long(300), mention="4" * 19),
    }


def hostile(words: str, offers: tuple[Action | Choice, ...]) -> dict[str, views.View]:
    source = views.SourceLink(words, "https://example.org/?q=" + words.replace(" ", "%20"))
    next_up = views.NextUp("🏗️", words, 4, 12, words, words)
    values = (words, views.Place(words), views.Someone(words), views.Group(words))
    item = views.Item(words, (views.Fact(words, values),), words, actions=(Action(words[:40], commands.Home()),))
    form = Form("setup", {"channel": Channel("web:room")}, (Field("hour", words, FieldKind.LINE, words, words),))
    return {
        "listing": views.Listing(words, (item,), words, offers),
        "post": views.LessonPost(
            "🏗️",
            words,
            4,
            12,
            words,
            words,
            4,
            (source,),
            views.Following(words, words, words),
            mention=words,
            actions=offers,
        ),
        "closing": views.ClosingPost("🏗️", words, 12, mention=words, suggestion=words, actions=offers),
        "reminder": views.Reminder(
            words, (next_up,), words, mention=words, suggested_by=views.Someone(words), actions=offers
        ),
        "report closed": views.ReportClosed(words, words, words, words, actions=offers),
        "setup form": views.FormPage(words, words, form),
    }
