"""What can be named on the page, and nothing else: its one room, its learners. What else is typed reaches nowhere."""

from __future__ import annotations

import re
import unicodedata

from bot.api import StudyError, Suggestion, commands, i18n, replace, text

ROOM = "web:room"
"""The address of the one place everybody on the page shares."""
ROOM_NAME = i18n.mark("the room")
NAMELESS = "you"
"""The learner who gave no name."""
_PERSON = "web:person:"
_LONGEST_NAME = 40
_SAID_FOR_ROOM = frozenset({ROOM, "room", "the room", "#room", "here"})


def address_of(person: str) -> str:
    """Where somebody's own posts are read."""
    return _PERSON + person


def is_address(address: str) -> bool:
    """Whether somebody could ever open it here: the room, or a learner under the id that their name folds to."""
    return address == ROOM or person_at(address) != ""


def person_at(address: str) -> str:
    """The learner whose own posts these are, or nobody."""
    person = address.removeprefix(_PERSON)
    return person if address.startswith(_PERSON) and person and person == person_of(person) else ""


def person_of(name: str) -> str:
    """A name as the id of a learner: the same name is the same learner, however it is written."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text.clean(name)).casefold())
    return re.sub(r"[^\w]+", "-", folded).strip("-_")[:_LONGEST_NAME].strip("-_") or NAMELESS


def at_home(command: commands.Command) -> commands.Command:
    """The command with the places and people that it names as the page knows them.

    What was typed, carried by a button or filled in is a browser's word: an address of elsewhere goes no further.
    """
    named = {
        each.name: _place(str(said))
        if each.kind is commands.ParameterKind.CHANNEL
        else commands.Person(person_of(str(said)))
        for each in command.spec.parameters
        if each.kind in {commands.ParameterKind.CHANNEL, commands.ParameterKind.PERSON}
        and (said := getattr(command, each.name))
    }
    return replace(command, **named) if named else command


def suggested(parameter: commands.Parameter, typed: str) -> tuple[Suggestion, ...]:
    """The places that the parameter could name."""
    wanted = parameter.kind is commands.ParameterKind.CHANNEL and "room".startswith(
        typed.strip().casefold().removeprefix("#")
    )
    return (Suggestion("room", i18n.say(ROOM_NAME)),) if wanted else ()


def _place(said: str) -> commands.Channel:
    if said.strip().casefold() in _SAID_FOR_ROOM:
        return commands.Channel(ROOM)
    raise StudyError(
        i18n.say("There is no place “{name}” on this page.", name=text.shorten(said, 40)),
        i18n.say("There is one: the room. Type room."),
    )
