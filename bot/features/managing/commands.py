"""What those who run a workspace look after: people, reports, content, the workspace itself."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from bot.core.commands import (
    NO_CHANNEL,
    NO_ROLE,
    NOBODY,
    Arg,
    Channel,
    Command,
    Hidden,
    LanguageField,
    Person,
    Role,
    Suggest,
    ThemeName,
    Who,
    ZoneField,
    command,
)
from bot.core.i18n import mark
from bot.domain.memory import DESIRED, HIGHEST_DESIRED, LOWEST_DESIRED
from bot.domain.workspace import MOST_AWAY, RETENTION_DAYS

Page = Annotated[int, Arg(mark("Which page"), low=0, high=999, typed=False)]


@command(
    "assign",
    mark("Suggest a theme to somebody, or to everybody with a role"),
    path="study-admin assign",
    who=Who.MANAGERS,
)
class Assign(Command, kw_only=True):
    """What is missing is asked for in a form."""

    theme: Annotated[str, Arg(mark("A theme, by name"), suggest=Suggest.THEMES, longest=100, label=mark("Theme"))] = ""
    role: Annotated[
        Role,
        Arg(
            mark("Everybody with this role, or in this user group"),
            longest=60,
            label=mark("To everybody with a role"),
            optional=True,
        ),
    ] = NO_ROLE
    user: Annotated[Person, Arg(mark("One person"), longest=60, label=mark("Or to one person"), optional=True)] = NOBODY
    by: Annotated[
        str,
        Arg(
            mark("To be done by this date"),
            suggest=Suggest.UNTIL,
            longest=40,
            label=mark("By which date"),
            optional=True,
        ),
    ] = ""
    required: Annotated[bool, Arg(mark("They may not leave it"), label=mark("Required"), optional=True)] = False

    @property
    def asks(self) -> bool:
        return not (self.filled or (self.theme and (self.role or self.user)))


@command("assignments", mark("What was suggested to whom"), path="", who=Who.MANAGERS)
class Assignments(Command, kw_only=True):
    page: Page = 0


@command("unassign", mark("Stop suggesting it"), path="", who=Who.MANAGERS)
class Unassign(Command, kw_only=True):
    id: Hidden


class ReportForm(StrEnum):
    TABLE = "table"
    CSV = "csv"


@command("report", mark("Who has come how far, in numbers"), path="study-admin report", who=Who.MANAGERS)
class OpenReport(Command, kw_only=True):
    theme: ThemeName = ""
    role: Annotated[Role, Arg(mark("Only those to whom it was assigned by this role"), longest=60)] = NO_ROLE
    period: Annotated[str, Arg(mark("How far back: 4 weeks, 90 days, all"), longest=40)] = ""
    form: Annotated[ReportForm, Arg(mark("A table here, or a CSV file"))] = ReportForm.TABLE
    page: Page = 0
    code: Annotated[str, Arg(mark("Only confirm the certificate with this check code"), longest=40, named=True)] = ""


class ContentVerb(StrEnum):
    CHECK = "check"
    DIFF = "diff"
    RELOAD = "reload"
    EXPORT = "export"
    IMPORT = "import"


@command(
    "content",
    mark("The lessons: check, compare, reload, take along"),
    path="study-admin content",
    who=Who.MANAGERS,
)
class Content(Command, kw_only=True):
    action: Annotated[ContentVerb, Arg(mark("What to do"))] = ContentVerb.CHECK


@command("apply-content", mark("Teach what was just compared"), path="", who=Who.MANAGERS)
class ApplyContent(Command, kw_only=True):
    digest: Hidden
    """Of what was shown, so that nothing else is applied."""


@command("inbox", mark("Mistakes that people reported"), path="study-admin inbox", who=Who.MANAGERS)
class Inbox(Command, kw_only=True):
    page: Page = 0


@command("close-mistake", mark("Close a report with a note"), path="", who=Who.MANAGERS, once="save-close")
class CloseMistake(Command, kw_only=True):
    id: Hidden
    note: Annotated[
        str,
        Arg(
            mark("Whoever sent the report is told it, and finds it in their own data."),
            longest=1000,
            lines=True,
            typed=False,
            label=mark("What was done about it"),
            optional=True,
        ),
    ] = ""


class MemberVerb(StrEnum):
    RESET = "reset"
    RESTORE = "restore"


@command(
    "member",
    mark("Take somebody's completions back, or bring them back"),
    path="study-admin member",
    who=Who.MANAGERS,
)
class ManageMember(Command, kw_only=True):
    """What is missing is asked for in a form."""

    action: Annotated[MemberVerb | None, Arg(mark("What to do"), label=mark("What to do"))] = None
    user: Annotated[Person, Arg(mark("Whose"), longest=60, label=mark("Whose completions"))] = NOBODY
    theme: Annotated[
        str,
        Arg(mark("A theme, by name"), suggest=Suggest.THEMES, longest=100, label=mark("Of which theme"), optional=True),
    ] = ""
    lesson: Annotated[
        str,
        Arg(
            mark("A lesson: its number, or words of its title"),
            suggest=Suggest.LESSONS,
            longest=150,
            label=mark("Of which lesson"),
            optional=True,
        ),
    ] = ""
    confirm: Annotated[bool, Arg(mark("Yes, do it"))] = False

    @property
    def asks(self) -> bool:
        return not (self.filled or (self.action and self.user))


@command("workspace", mark("How Dualo is set up here"), path="study-admin settings", who=Who.MANAGERS)
class OpenWorkspace(Command, kw_only=True):
    pass


@command("edit-workspace", mark("Change how Dualo is set up here"), path="", who=Who.MANAGERS, once="save-workspace")
class EditWorkspace(Command, kw_only=True):
    timezone: ZoneField = ""
    language: LanguageField = ""
    board: Annotated[bool, Arg(mark("Kept for old forms; the board has a form of its own"), typed=False)] = False
    personal: Annotated[
        bool,
        Arg(mark("/privacy then says so to each"), typed=False, label=mark("Reports may name people"), optional=True),
    ] = False
    retention: Annotated[
        int,
        Arg(
            mark("Kept for old forms; it has one of its own"),
            low=1,
            high=365,
            typed=False,
            label=mark("Days kept after removal"),
            optional=True,
        ),
    ] = 0
    recall: Annotated[
        int,
        Arg(
            mark("More means more reviews"),
            low=LOWEST_DESIRED,
            high=HIGHEST_DESIRED,
            typed=False,
            label=mark("Percent known when a review asks"),
            optional=True,
        ),
    ] = DESIRED


@command("edit-retention", mark("Change how long data is kept here"), path="", who=Who.MANAGERS)
class EditRetention(Command, kw_only=True):
    removed: Annotated[
        int,
        Arg(
            mark("Then everything of this workspace is erased"),
            low=1,
            high=365,
            typed=False,
            label=mark("Days after removal"),
        ),
    ] = RETENTION_DAYS
    away: Annotated[
        int,
        Arg(
            mark("Nothing done for so many days (30 or more): erased. 0: never"),
            low=0,
            high=MOST_AWAY,
            typed=False,
            label=mark("Days somebody may stay away"),
        ),
    ] = 0
    confirm: Annotated[bool, Arg(mark("Yes, do it"), typed=False)] = False


@command("edit-team", mark("Change what people here may have of each other"), path="", who=Who.MANAGERS)
class EditTeam(Command, kw_only=True):
    board: Annotated[
        bool,
        Arg(mark("/team lists whoever says yes, nobody else"), typed=False, label=mark("Board allowed"), optional=True),
    ] = False
    certificates: Annotated[
        bool,
        Arg(mark("At the end of a theme, for whoever asks"), typed=False, label=mark("Certificates"), optional=True),
    ] = False


@command(
    "edit-contacts", mark("Change who is told, and who may run Dualo"), path="", who=Who.MANAGERS, once="save-contacts"
)
class EditContacts(Command, kw_only=True):
    alert_user: Annotated[
        Person, Arg(mark("When something fails"), longest=60, typed=False, label=mark("Who is told"), optional=True)
    ] = NOBODY
    alert_channel: Annotated[
        Channel,
        Arg(
            mark("Left empty, it stays as it is"),
            longest=120,
            typed=False,
            label=mark("Or where it is told"),
            optional=True,
        ),
    ] = NO_CHANNEL
    manager: Annotated[
        Person,
        Arg(mark("Besides admins"), longest=60, typed=False, label=mark("Who else may run Dualo"), optional=True),
    ] = NOBODY
    manager_role: Annotated[
        Role,
        Arg(
            mark("All of them may run Dualo"),
            longest=60,
            typed=False,
            label=mark("Or everybody with a role"),
            optional=True,
        ),
    ] = NO_ROLE


@command("drop-manager", mark("They may not run Dualo any more"), path="", who=Who.MANAGERS)
class DropManager(Command, kw_only=True):
    named: Hidden


@command("doctor", mark("What works, and how to fix what does not"), path="study-admin doctor", who=Who.MANAGERS)
class Doctor(Command, kw_only=True):
    page: Page = 0


@command("audit", mark("Who changed what"), path="study-admin audit", who=Who.MANAGERS)
class Audit(Command, kw_only=True):
    days: Annotated[int, Arg(mark("How many days back"), low=1, high=365)] = 30
    page: Page = 0
