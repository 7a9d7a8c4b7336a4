"""What a team has of each other: numbers that tell of nobody, the board of those who said yes, certificates."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from bot.core.commands import Arg, Command, Hidden, ThemeName, command


@command("team", "How far your team is, in numbers; and the board of those who said yes")
class OpenTeam(Command, kw_only=True):
    theme: ThemeName = ""


@command("join-board", "Be listed on the board of your team", path="")
class JoinBoard(Command, kw_only=True):
    pass


@command("leave-board", "Be listed on the board no more", path="")
class LeaveBoard(Command, kw_only=True):
    pass


class CertificateForm(StrEnum):
    PAGE = "page"
    PNG = "png"
    SVG = "svg"


@command("certificate", "Your certificate of a theme that you have finished", path="")
class OpenCertificate(Command, kw_only=True):
    theme: Hidden
    form: Annotated[CertificateForm, Arg("To look at, or as a file", typed=False)] = CertificateForm.PAGE
