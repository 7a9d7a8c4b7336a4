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
from bot.domain.workspace import LEAST_AWAY, MOST_AWAY, RETENTION_DAYS

Page = Annotated[int, Arg("Which page", low=0, high=999, typed=False)]


@command(
    "assign", "Suggest a theme to somebody, or to everybody with a role", path="study-admin assign", who=Who.MANAGERS
)
class Assign(Command, kw_only=True):
    """What is missing is asked for in a form."""

    theme: Annotated[str, Arg("A theme, by name", suggest=Suggest.THEMES, longest=100, label="Theme")] = ""
    role: Annotated[
        Role,
        Arg(
            "Everybody with this role, or in this user group",
            longest=60,
            label="To everybody with a role",
            optional=True,
        ),
    ] = NO_ROLE
    user: Annotated[Person, Arg("One person", longest=60, label="Or to one person", optional=True)] = NOBODY
    by: Annotated[
        str, Arg("To be done by this date", suggest=Suggest.UNTIL, longest=40, label="By which date", optional=True)
    ] = ""
    required: Annotated[bool, Arg("They may not leave it", label="Required", optional=True)] = False

    @property
    def asks(self) -> bool:
        return not (self.filled or (self.theme and (self.role or self.user)))


@command("assignments", mark("What was suggested to whom"), path="", who=Who.MANAGERS)
class Assignments(Command, kw_only=True):
    """Nobody types it, and its help stands where the settings lead to it."""

    page: Page = 0


@command("unassign", "Stop suggesting it", path="", who=Who.MANAGERS)
class Unassign(Command, kw_only=True):
    id: Hidden


class ReportForm(StrEnum):
    TABLE = "table"
    CSV = "csv"


@command("report", "Who has come how far, in numbers", path="study-admin report", who=Who.MANAGERS)
class OpenReport(Command, kw_only=True):
    theme: ThemeName = ""
    role: Annotated[Role, Arg("Only those to whom it was assigned by this role", longest=60)] = NO_ROLE
    period: Annotated[str, Arg("How far back: 4 weeks, 90 days, all", longest=40)] = ""
    form: Annotated[ReportForm, Arg("A table here, or a CSV file")] = ReportForm.TABLE
    page: Page = 0
    code: Annotated[str, Arg("Only confirm the certificate with this check code", longest=40, named=True)] = ""


class ContentVerb(StrEnum):
    CHECK = "check"
    DIFF = "diff"
    RELOAD = "reload"
    EXPORT = "export"
    IMPORT = "import"


@command("content", "The lessons: check, compare, reload, take along", path="study-admin content", who=Who.MANAGERS)
class Content(Command, kw_only=True):
    action: Annotated[ContentVerb, Arg("What to do")] = ContentVerb.CHECK


@command("apply-content", "Teach what was just compared", path="", who=Who.MANAGERS)
class ApplyContent(Command, kw_only=True):
    digest: Hidden
    """Of what was shown, so that nothing else is applied."""


@command("inbox", "Mistakes that people reported", path="study-admin inbox", who=Who.MANAGERS)
class Inbox(Command, kw_only=True):
    page: Page = 0


@command("close-mistake", "Close a report with a note", path="", who=Who.MANAGERS, once="save-close")
class CloseMistake(Command, kw_only=True):
    id: Hidden
    note: Annotated[
        str,
        Arg(
            "Whoever sent the report is told it, and finds it in their own data.",
            longest=1000,
            lines=True,
            typed=False,
            label="What was done about it",
            optional=True,
        ),
    ] = ""


class MemberVerb(StrEnum):
    RESET = "reset"
    RESTORE = "restore"


@command("member", "Take somebody's completions back, or bring them back", path="study-admin member", who=Who.MANAGERS)
class ManageMember(Command, kw_only=True):
    """What is missing is asked for in a form."""

    action: Annotated[MemberVerb | None, Arg("What to do", label="What to do")] = None
    user: Annotated[Person, Arg("Whose", longest=60, label="Whose completions")] = NOBODY
    theme: Annotated[
        str, Arg("A theme, by name", suggest=Suggest.THEMES, longest=100, label="Of which theme", optional=True)
    ] = ""
    lesson: Annotated[
        str,
        Arg(
            "A lesson: its number, or words of its title",
            suggest=Suggest.LESSONS,
            longest=150,
            label="Of which lesson",
            optional=True,
        ),
    ] = ""
    confirm: Annotated[bool, Arg("Yes, do it")] = False

    @property
    def asks(self) -> bool:
        return not (self.filled or (self.action and self.user))


@command("workspace", "How Dualo is set up here", path="study-admin settings", who=Who.MANAGERS)
class OpenWorkspace(Command, kw_only=True):
    pass


@command("edit-workspace", "Change how Dualo is set up here", path="", who=Who.MANAGERS, once="save-workspace")
class EditWorkspace(Command, kw_only=True):
    timezone: ZoneField = ""
    language: LanguageField = ""
    board: Annotated[bool, Arg("Kept for old forms; the board has a form of its own", typed=False)] = False
    personal: Annotated[
        bool, Arg("/privacy then says so to each", typed=False, label="Reports may name people", optional=True)
    ] = False
    retention: Annotated[
        int,
        Arg(
            "Kept for old forms; it has one of its own",
            low=1,
            high=365,
            typed=False,
            label="Days kept after removal",
            optional=True,
        ),
    ] = 0
    recall: Annotated[
        int,
        Arg(
            "More means more reviews",
            low=LOWEST_DESIRED,
            high=HIGHEST_DESIRED,
            typed=False,
            label="Percent known when a review asks",
            optional=True,
        ),
    ] = DESIRED


@command("edit-retention", "Change how long data is kept here", path="", who=Who.MANAGERS)
class EditRetention(Command, kw_only=True):
    removed: Annotated[
        int,
        Arg("Then everything of this workspace is erased", low=1, high=365, typed=False, label="Days after removal"),
    ] = RETENTION_DAYS
    away: Annotated[
        int,
        Arg(
            f"Nothing done for so many days ({LEAST_AWAY} or more): erased. 0: never",
            low=0,
            high=MOST_AWAY,
            typed=False,
            label="Days somebody may stay away",
        ),
    ] = 0
    confirm: Annotated[bool, Arg("Yes, do it", typed=False)] = False


@command("edit-team", "Change what people here may have of each other", path="", who=Who.MANAGERS)
class EditTeam(Command, kw_only=True):
    board: Annotated[
        bool, Arg("/team lists whoever says yes, nobody else", typed=False, label="Board allowed", optional=True)
    ] = False
    certificates: Annotated[
        bool, Arg("At the end of a theme, for whoever asks", typed=False, label="Certificates", optional=True)
    ] = False


@command("edit-contacts", "Change who is told, and who may run Dualo", path="", who=Who.MANAGERS, once="save-contacts")
class EditContacts(Command, kw_only=True):
    alert_user: Annotated[
        Person, Arg("When something fails", longest=60, typed=False, label="Who is told", optional=True)
    ] = NOBODY
    alert_channel: Annotated[
        Channel,
        Arg("Left empty, it stays as it is", longest=120, typed=False, label="Or where it is told", optional=True),
    ] = NO_CHANNEL
    manager: Annotated[
        Person,
        Arg("Besides admins", longest=60, typed=False, label="Who else may run Dualo", optional=True),
    ] = NOBODY
    manager_role: Annotated[
        Role,
        Arg("All of them may run Dualo", longest=60, typed=False, label="Or everybody with a role", optional=True),
    ] = NO_ROLE


@command("drop-manager", "They may not run Dualo any more", path="", who=Who.MANAGERS)
class DropManager(Command, kw_only=True):
    named: Hidden


@command("doctor", "What works, and how to fix what does not", path="study-admin doctor", who=Who.MANAGERS)
class Doctor(Command, kw_only=True):
    page: Page = 0


@command("audit", "Who changed what", path="study-admin audit", who=Who.MANAGERS)
class Audit(Command, kw_only=True):
    days: Annotated[int, Arg("How many days back", low=1, high=365)] = 30
    page: Page = 0
