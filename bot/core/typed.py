"""What a typed line stands for: a command, or one sentence that says the next step.

Text front ends share this: `parse` for what was sent, `complete` for what is still being typed.
"""

from __future__ import annotations

from bot.core import commands, text, typed_line
from bot.core.actions import LONGEST_LABEL, Action, token
from bot.core.commands import Command, Spec, Who
from bot.core.completion import Candidate, LineCompletion, complete
from bot.core.errors import StudyError
from bot.core.typed_line import quote

__all__ = ["LONGEST_LINE", "Candidate", "LineCompletion", "complete", "parse", "quote"]

LONGEST_LINE = typed_line.LONGEST


def parse(said: str) -> Command:
    """The command that a line stands for, or a `StudyError` that says the next step."""
    if len(said) > LONGEST_LINE:
        raise StudyError(
            f"That is {len(said):,} characters; a line may have {LONGEST_LINE:,}.", "Shorten it and send it again."
        )
    said = text.clean(said)
    spec, at = typed_line.find(said)
    if spec is None:
        raise _unknown(typed_line.bare(said))
    return commands.build(spec, typed_line.allot(spec, typed_line.split(spec, said, at)))


def _unknown(said: str) -> StudyError:
    """The closest commands as buttons, and a search for what was typed: perhaps it was meant as words."""
    from rapidfuzz import fuzz, process

    words = said.lower().split()
    admin = words[:1] == [commands.ADMIN_ROOT]
    names = {
        spec.name: spec
        for spec in commands.all_specs()
        if spec.typed and (spec.who is Who.MANAGERS if admin else spec.who is Who.EVERYONE)
    }
    close = process.extract(" ".join(words[:2]), list(names), scorer=fuzz.WRatio, limit=3, score_cutoff=60)
    offers = [_offer(names[name]) for name, _, _ in close]
    if search := _search(said):
        offers.append(search)
    offers.append(Action("What you can do here", commands.named("help")))
    shown = text.shorten(words[0] if said else "", 40)
    return StudyError(
        f"There is no command “{shown}”.", "Perhaps one of these was meant." if close else "", actions=offers
    )


def _offer(spec: Spec) -> Action:
    if any(option.required for option in spec.options):
        return Action(f"How /{spec.name} works", commands.named("help", topic=spec.name))
    return Action(f"/{spec.name}", commands.build(spec, {}))


def _search(said: str) -> Action | None:
    spec = commands.by_verb("find")
    if spec is None:
        return None
    try:
        command = commands.build(spec, {"words": said})
        token(command)
    except (StudyError, ValueError):  # longer than a search or a button can carry
        return None
    return Action(text.shorten(f"Search the lessons for “{text.shorten(said, 45)}”", LONGEST_LABEL), command)
