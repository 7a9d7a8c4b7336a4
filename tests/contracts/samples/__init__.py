"""A sample of every view: the plain one, the longest that the content rules allow, and one full of hostile words."""

from collections.abc import Iterator

from bot.core import actions, views
from bot.features.commands import Command
from tests.contracts.samples.doing import report_form
from tests.contracts.samples.everyday import plain
from tests.contracts.samples.extremes import longest, longest_lesson
from tests.contracts.samples.hostile import hostile
from tests.contracts.samples.reading import catalogue
from tests.contracts.samples.words import HOSTILE

__all__ = ["HOSTILE", "catalogue", "every", "hostile", "longest", "longest_lesson", "offered", "plain", "report_form"]


def every() -> dict[str, views.View]:
    return plain() | longest()


def offered(view: views.View) -> Iterator[Command]:
    """The commands that a view holds, wherever it holds them."""
    for offer in view.actions:
        match offer:
            case actions.Action():
                yield offer.command
            case actions.Choice():
                yield from (option.command for option in offer.options)
    match view:
        case views.QuestionPage() | views.QuestionPost():
            yield from (option.command for option in view.options)
        case views.ProgressPage() if not view.shared:
            yield from (recent.undo for recent in view.recent)
        case views.HomePage():
            yield from (each.follow for each in view.suggested)
        case views.Listing():
            yield from (action.command for item in view.items for action in item.actions)
