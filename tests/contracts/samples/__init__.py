"""A sample of every view: the plain one, the longest that the content rules allow, and one full of hostile words."""

from bot.core import views
from tests.contracts.samples.doing import report_form
from tests.contracts.samples.everyday import plain
from tests.contracts.samples.extremes import longest, longest_lesson
from tests.contracts.samples.hostile import hostile
from tests.contracts.samples.reading import catalogue
from tests.contracts.samples.words import HOSTILE

__all__ = ["HOSTILE", "catalogue", "every", "hostile", "longest", "longest_lesson", "plain", "report_form"]


def every() -> dict[str, views.View]:
    return plain() | longest()
