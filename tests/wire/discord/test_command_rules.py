"""Commands just within each documented limit are registered; one over it is refused at the place that is wrong."""

from __future__ import annotations

import copy

import pytest

from tests.wire.discord import command_rules
from tests.wire.discord.bodies import refused_at
from tests.wire.discord.payload import Payload


def command(*options: Payload, **changes: object) -> Payload:
    return {"name": "lesson", "description": "d", "options": list(options)} | changes


def parameter(name: str = "theme", kind: int = 3, **changes: object) -> Payload:
    return {"name": name, "description": "d", "type": kind} | changes


def choice(name: str = "n", value: object = "v") -> Payload:
    return {"name": name, "value": value}


def large_command(characters: int) -> Payload:
    """A command of exactly so many characters in names, descriptions and values."""
    choices = [choice(f"{one:099}") for one in range(25)]
    full = [parameter(f"o{one}", choices=choices) for one in range(3)]
    body = command(*full, parameter("rest", choices=choices[:4]))
    return body | {"description": "d" * (1 + characters - command_rules.count_characters(body))}


OPTION = "0.options.0"
SUB = parameter("add", 1)

REGISTERED_WELL: list[list[Payload]] = [
    [command(name="n" * 32, description="d" * 100)],
    [command(name="leçon-日本_2'")],
    [command(*[parameter(f"o{one}") for one in range(25)])],
    [command(parameter(required=True), parameter("b"))],
    [command(parameter("group", 2, options=[SUB]), SUB)],
    [command(parameter(choices=[choice(str(one)) for one in range(25)]))],
    [command(parameter(min_length=0, max_length=6000)), {"name": "Report This", "type": 3}],
    [command(parameter(kind=4, min_value=1, max_value=10), parameter("c", 7, channel_types=[0]))],
    [command(name_localizations={"fr": "leçon"}, description_localizations={"fr": "d"})],
    [command(contexts=[0, 1, 2], integration_types=[0, 1], default_member_permissions=32)],
    [command(name=f"c{one}") for one in range(100)],
    [large_command(8_000)],
    [{"name": "same", "description": "d"}, {"name": "same", "type": 3}],
]

REGISTERED_ILL: list[tuple[list[Payload], str]] = [
    ([command(name="Lesson")], "0.name"),
    ([command(name="two words")], "0.name"),
    ([command(name="n" * 33)], "0.name"),
    ([command(name="a.b")], "0.name"),
    ([command(name="")], "0.name"),
    ([command(description="")], "0.description"),
    ([command(description="d" * 101)], "0.description"),
    ([command(type=4)], "0.type"),
    ([{"name": "n" * 33, "type": 3}], "0.name"),
    ([{"name": "Report", "type": 3, "description": "d"}], "0.description"),
    ([command(), command()], "1"),
    ([command(name=f"c{one}") for one in range(101)], "400/30032"),
    ([{"name": f"c{one}", "type": 3} for one in range(16)], "400/30032"),
    ([command(*[parameter(f"o{one}") for one in range(26)])], "0.options"),
    ([command(parameter(name="Theme"))], f"{OPTION}.name"),
    ([command(parameter(description=""))], f"{OPTION}.description"),
    ([command(parameter(kind=12))], f"{OPTION}.type"),
    ([command(parameter(), parameter())], "0.options.1.name"),
    ([command(parameter(), parameter("b", required=True))], "0.options.1"),
    ([command(parameter(required="yes"))], f"{OPTION}.required"),
    ([command(SUB, parameter())], "0.options"),
    ([command(parameter("g", 2, options=[parameter("h", 2)]))], f"{OPTION}.options.0.type"),
    ([command(parameter("g", 2, options=[parameter("h")]))], f"{OPTION}.options.0.type"),
    ([command(parameter("add", 1, options=[parameter("deep", 1)]))], f"{OPTION}.options.0.type"),
    ([command(parameter(options=[parameter("b")]))], f"{OPTION}.options"),
    ([command(parameter(max_length=6001))], f"{OPTION}.max_length"),
    ([command(parameter(kind=0))], f"{OPTION}.type"),
    (
        [command(parameter(choices=[choice() | {"name_localizations": {"fr": ""}}]))],
        f"{OPTION}.choices.0.name_localizations",
    ),
    ([{"name": f"c{one}", "type": 2} for one in range(16)], "400/30032"),
    ([command(parameter(min_length=6001))], f"{OPTION}.min_length"),
    ([command(parameter(max_length=0))], f"{OPTION}.max_length"),
    ([command(parameter(min_length=2, max_length=1))], f"{OPTION}.min_length"),
    ([command(parameter(kind=4, max_length=1))], f"{OPTION}.max_length"),
    ([command(parameter(min_value=1))], f"{OPTION}.min_value"),
    ([command(parameter(kind=4, min_value=2, max_value=1))], f"{OPTION}.min_value"),
    ([command(parameter(kind=4, max_value=2**53))], f"{OPTION}.max_value"),
    ([command(parameter(channel_types=[0]))], f"{OPTION}.channel_types"),
    ([command(parameter(choices=[choice(str(one)) for one in range(26)]))], f"{OPTION}.choices"),
    ([command(parameter(choices=[choice(), choice()]))], f"{OPTION}.choices.1.name"),
    ([command(parameter(choices=[choice("n" * 101)]))], f"{OPTION}.choices.0.name"),
    ([command(parameter(choices=[choice("n", "v" * 101)]))], f"{OPTION}.choices.0.value"),
    ([command(parameter(kind=4, choices=[choice("n", 2**53)]))], f"{OPTION}.choices.0.value"),
    ([command(parameter(kind=5, choices=[choice()]))], f"{OPTION}.choices"),
    ([command(parameter(autocomplete=True, choices=[choice()]))], f"{OPTION}.choices"),
    ([command(name_localizations={"xx": "a"})], "0.name_localizations"),
    ([command(name_localizations={"fr": "Leçon"})], "0.name_localizations"),
    ([command(name_localizations={"fr": "l" * 33})], "0.name_localizations"),
    ([command(description_localizations={"fr": "d" * 101})], "0.description_localizations"),
    ([command(parameter(name_localizations={"fr": "A b"}))], f"{OPTION}.name_localizations"),
    ([command(parameter(description_localizations={"fr": ""}))], f"{OPTION}.description_localizations"),
    ([command(contexts=[3])], "0.contexts"),
    ([command(contexts=[0, 0])], "0.contexts"),
    ([command(integration_types=[])], "0.integration_types"),
    ([command(default_member_permissions="many")], "0.default_member_permissions"),
    ([large_command(8_001)], "0"),
]


@pytest.mark.parametrize("commands", REGISTERED_WELL)
def test_commands_within_the_limits_pass(commands: list[Payload]) -> None:
    assert refused_at(lambda: command_rules.check_commands(copy.deepcopy(commands))) == set()


@pytest.mark.parametrize(("commands", "place"), REGISTERED_ILL)
def test_commands_over_a_limit_are_refused_there(commands: list[Payload], place: str) -> None:
    assert refused_at(lambda: command_rules.check_commands(commands)) == {place}
