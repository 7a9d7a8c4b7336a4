"""Who changed what, as those who run a workspace look through it.

A line is kept in English, as it was noted, so that it stays the same whoever reads it. Lines whose wording is known are
read back here and said in the reader's language; all others, those of schedules above all, are shown as they are kept.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

from bot.core import i18n, text, views
from bot.core.i18n import mark, say, say_many
from bot.core.record import replace
from bot.domain import when
from bot.features import commands, paging, ways
from bot.features.request import Request, handles
from bot.store.cold import audits

LONGEST_TITLE, LONGEST_NOTE = 80, 300
VERBS = (
    mark("Assign"),
    mark("Unassign"),
    mark("Content"),
    mark("Inbox"),
    mark("Report"),
    mark("Settings"),
    mark("Setup"),
    mark("Operator"),
    mark("Member reset"),
    mark("Member restore"),
)
"""What a line is called that is too long for a title; those of schedules are called as their commands are."""
LINES = (
    mark("took a copy of the lessons"),
    mark("took a report that names people: {what}"),
    mark("applied content: {changed} changed, {new} new, {vanished} vanished"),
    mark("closed a report on {lesson}: {note}"),
    mark("closed a report on {lesson}"),
    mark("all who bear the role {id} may run Dualo no more"),
    mark("all who bear the role {id} may run Dualo"),
    mark("may run Dualo no more"),
    mark("may run Dualo"),
    mark("who is told when something fails"),
    mark("the data of a person was taken out, as they asked"),
    mark("somebody's data was erased, as they asked"),
)
CHANGES = (
    mark("timezone {before} → {after}"),
    mark("language {before} → {after}"),
    mark("reports by person {before} → {after}"),
    mark("board {before} → {after}"),
    mark("certificates {before} → {after}"),
    mark("known at a review {before} → {after}"),
    mark("days until who stays away is erased {before} → {after}"),
    mark("days kept {before} → {after}"),
)
"""Of the set-up; several stand in one line."""
VALUES = (mark("none"), mark("any"), mark("on"), mark("off"), mark("never"))
_SUGGESTED = re.compile(
    r"(?P<verb>suggested|no longer suggests) “(?P<title>.*)”(?P<one> to one person)?"
    r"(?:, by (?P<day>[A-Z][a-z]{2} [0-9]{1,2} [A-Z][a-z]{2} [0-9]{4}))?(?P<required>, required)?"
)
_MOVED = re.compile(r"(?P<verb>took|brought) back (?P<number>[0-9,]+) completions? of (?P<extent>.+)")
_TO_ROLE = re.compile(r"(?<=”) to role (?P<role>[^\s,]+)")


@handles(commands.Audit)
async def audit(command: commands.Audit, request: Request) -> views.View:
    async with request.store.reading() as connection:
        found = await audits.since(
            connection,
            request.actor.workspace,
            request.now - timedelta(days=command.days),
            skip=paging.begin(command.page),
            most=paging.ASKED,
        )
    if not found:
        return views.Notice(
            say_many(
                command.days, "Nothing was changed in the last {n} day.", "Nothing was changed in the last {n} days."
            ),
            say("Every change by those who run Dualo here is noted."),
            actions=(ways.hub(),),
        )
    return views.Listing(
        say("Who changed what"),
        tuple(_line(each) for each in found[: views.MOST_ITEMS]),
        say_many(
            command.days,
            "The last {n} day, newest first. Lines are kept for a year.",
            "The last {n} days, newest first. Lines are kept for a year.",
        ),
        (*paging.more(replace(command, page=command.page + 1), there=len(found) > views.MOST_ITEMS), ways.hub()),
    )


def _line(each: audits.AuditEntry) -> views.Item:
    facts = [views.Fact(say("Who"), (_who(each),)), views.Fact(say("When"), (each.at,))]
    if each.about:
        facts.append(views.Fact(say("About"), (views.Someone(each.about),)))
    kept, role = _apart(each.what)
    said = kept if i18n.spoken() == i18n.ENGLISH else read_back(kept, each.at) or kept
    what = said[:1].upper() + said[1:]
    whole = what if len(what) <= LONGEST_TITLE else ""
    note = "" if whole else text.shorten(what, LONGEST_NOTE)
    return views.Item(whole or say(each.verb.capitalize()), (*facts, *role), note)


def _who(each: audits.AuditEntry) -> views.Someone | str:
    if each.by:
        return views.Someone(each.by)
    return say("the operator") if each.verb == audits.OPERATOR else say("somebody whose data was erased")


def _apart(what: str) -> tuple[str, tuple[views.Fact, ...]]:
    """A role is kept by its id, and shown by its name."""
    found = _TO_ROLE.search(what)
    if found is None:
        return what, ()
    return _TO_ROLE.sub("", what, count=1), (views.Fact(say("To"), (views.Group(found["role"]),)),)


# What a line says, in the reader's language ---------------------------------------------------------------------------


def read_back(what: str, at: datetime) -> str | None:
    """What a line says that was noted `at` a moment; None where its wording is not known."""
    if found := _SUGGESTED.fullmatch(what):
        return _suggested(found, at)
    if found := _MOVED.fullmatch(what):
        return _moved(found)
    if " → " in what:
        changes = [_by_table(part, CHANGES) or _by_table(part, LINES) for part in what.split("; ")]
        if all(changes):
            return "; ".join(filter(None, changes))
    return _by_table(what, LINES)


def _suggested(found: re.Match[str], at: datetime) -> str:
    title = found["title"]
    match found["verb"], bool(found["one"]):
        case "suggested", True:
            line = say("suggested “{title}” to one person", title=title)
        case "suggested", False:
            line = say("suggested “{title}”", title=title)
        case _, True:
            line = say("no longer suggests “{title}” to one person", title=title)
        case _:
            line = say("no longer suggests “{title}”", title=title)
    if words := found["day"]:
        with i18n.speaking(i18n.ENGLISH):
            day = when.until(words.partition(" ")[2], now=at, zone="UTC")
        line = say("{line}, by {day}", line=line, day=when.say_date(day) if day else words)
    return say("{line}, required", line=line) if found["required"] else line


def _moved(found: re.Match[str]) -> str:
    number, extent = int(found["number"].replace(",", "")), found["extent"]
    title = re.fullmatch(r"“(.*)”", extent)
    extent = say("“{title}”", title=title[1]) if title else say("all themes")
    if found["verb"] == "took":
        return say_many(
            number, "took back {n} completion of {extent}", "took back {n} completions of {extent}", extent=extent
        )
    return say_many(
        number, "brought back {n} completion of {extent}", "brought back {n} completions of {extent}", extent=extent
    )


def _by_table(what: str, messages: Sequence[str]) -> str | None:
    for message in messages:
        if found := _pattern(message).fullmatch(what):
            stands = {
                name: _value(value) if messages is CHANGES else value for name, value in found.groupdict().items()
            }
            return say(message, **stands)
    return None


def _value(kept: str) -> str:
    """A value of ours is said; the name of a zone or a language stays."""
    return say(kept) if kept in VALUES else kept


@cache
def _pattern(message: str) -> re.Pattern[str]:
    """What the message is in English with any values in its fields."""
    parts = re.split(r"\{(\w+)\}", message)
    return re.compile(
        "".join(f"(?P<{each}>.+?)" if at % 2 else re.escape(each) for at, each in enumerate(parts)), re.DOTALL
    )
