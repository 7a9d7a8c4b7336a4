"""A form just within each documented limit passes; one over it is refused at the place that is wrong."""

from __future__ import annotations

import pytest

from tests.wire.discord import modal_rules
from tests.wire.discord.bodies import box, button, option, refused_at, row, select, text
from tests.wire.discord.payload import Payload
from tests.wire.discord.rules import open_form


def label(component: Payload, **changes: object) -> Payload:
    return {"type": 18, "label": "L", "component": component} | changes


def entry(**changes: object) -> Payload:
    return {"type": 4, "custom_id": "in", "style": 1} | changes


def group(kind: int, count: int = 2, **changes: object) -> Payload:
    return {"type": kind, "custom_id": "g", "options": [option(one) for one in range(count)]} | changes


def modal(*components: Payload, **changes: object) -> Payload:
    return {"title": "T", "custom_id": "m", "components": list(components)} | changes


INNER = "components.0.component"

SHOWN_WELL: list[Payload] = [
    modal(label(entry(max_length=4000, placeholder="p" * 100, label=None)), title="t" * 45, custom_id="c" * 100),
    modal(
        label(select(required=False)),
        label(group(21)),
        label(group(22, 10, custom_id="h")),
        label({"type": 23, "custom_id": "x"}),
    ),
    modal(label({"type": 19, "custom_id": "f"}, description="d" * 100), text(), row(entry(label="l" * 45))),
    modal(*[label(entry(custom_id=str(one))) for one in range(5)]),
    modal(label(group(22, 1, min_values=0, required=False))),
]

SHOWN_ILL: list[tuple[Payload, str]] = [
    (modal(label(entry()), title="t" * 46), "title"),
    (modal(label(entry()), title=""), "title"),
    (modal(label(entry()), custom_id="c" * 101), "custom_id"),
    (modal(), "components"),
    (modal(*[label(entry(custom_id=str(one))) for one in range(6)]), "components"),
    (modal(box(text())), "components.0.type"),
    (modal(text("")), "components.0.content"),
    (modal(text(id=1), text(id=1)), "components.1.id"),
    (modal(label(entry(), label="l" * 46)), "components.0.label"),
    (modal(label(entry(), label="")), "components.0.label"),
    (modal(label(entry(), description="d" * 101)), "components.0.description"),
    (modal(label(button())), f"{INNER}.type"),
    (modal({"type": 18, "label": "L"}), INNER),
    (modal(label(entry(label="l"))), f"{INNER}.label"),
    (modal(label(entry(required="no"))), f"{INNER}.required"),
    (modal(label(entry(custom_id=None))), f"{INNER}.custom_id"),
    (modal(label(entry()), label(entry())), "components.1.component.custom_id"),
    (modal(label(entry(style=3))), f"{INNER}.style"),
    (modal(label(entry(placeholder="p" * 101))), f"{INNER}.placeholder"),
    (modal(label(entry(min_length=4001))), f"{INNER}.min_length"),
    (modal(label(entry(max_length=4001))), f"{INNER}.max_length"),
    (modal(label(entry(max_length=0))), f"{INNER}.max_length"),
    (modal(label(entry(min_length=3, max_length=2))), f"{INNER}.min_length"),
    (modal(label(entry(value="v" * 4001))), f"{INNER}.value"),
    (modal(label(entry(value="abc", max_length=2))), f"{INNER}.value"),
    (modal(label(select(disabled=True))), f"{INNER}.disabled"),
    (modal(label(select(26))), f"{INNER}.options"),
    (modal(label(group(21, 1))), f"{INNER}.options"),
    (modal(label(group(21, 11))), f"{INNER}.options"),
    (modal(label(group(21, custom_id=None))), f"{INNER}.custom_id"),
    (modal(label(group(21, options=[option(1, default=True), option(2, default=True)]))), f"{INNER}.options"),
    (modal(label(group(22, 11))), f"{INNER}.options"),
    (modal(label(group(22, custom_id=None))), f"{INNER}.custom_id"),
    (modal(label(group(22, min_values=0))), f"{INNER}.min_values"),
    (modal(label(group(22, max_values=11))), f"{INNER}.max_values"),
    (modal(label(group(22, min_values=2, max_values=1))), f"{INNER}.min_values"),
    (modal(label({"type": 19, "custom_id": "f", "max_values": 11})), f"{INNER}.max_values"),
    (modal(label({"type": 19})), f"{INNER}.custom_id"),
    (modal(label({"type": 23})), f"{INNER}.custom_id"),
    (modal(label({"type": 23, "custom_id": "x", "default": 1})), f"{INNER}.default"),
    (modal(row()), "components.0.components"),
    (modal(row(entry(label="l"), entry(label="l", custom_id="b"))), "components.0.components"),
    (modal(row(entry())), "components.0.components.0.label"),
    (modal(row(button())), "components.0.components.0.type"),
    (modal(row(entry(label="l", style=3))), "components.0.components.0.style"),
    (modal(text(id=1), label(entry(id=1))), "components.1.component.id"),
    (modal(text(id=1), row(entry(id=1, label="l"))), "components.1.components.0.id"),
]


def check_modal(body: Payload) -> None:
    form = open_form(body)
    modal_rules.check_modal(form)
    form.breaches.raise_if_any()


@pytest.mark.parametrize("body", SHOWN_WELL)
def test_a_form_within_the_limits_passes(body: Payload) -> None:
    assert refused_at(lambda: check_modal(body)) == set()


@pytest.mark.parametrize(("body", "place"), SHOWN_ILL)
def test_a_form_over_a_limit_is_refused_there(body: Payload, place: str) -> None:
    assert refused_at(lambda: check_modal(body)) == {place}


@pytest.mark.parametrize(
    ("choices", "kind", "places"),
    [
        ([{"name": "n" * 100, "value": "v" * 100}] * 25, 3, set()),
        ([{"name": "n", "value": 1}], 4, set()),
        ([{"name": "n", "value": "v"}] * 26, 3, {"choices"}),
        ([{"name": "n" * 101, "value": "v"}], 3, {"choices.0.name"}),
        ([{"name": "", "value": "v"}], 3, {"choices.0.name"}),
        ([{"name": "n", "value": "v" * 101}], 3, {"choices.0.value"}),
        ([{"name": "n", "value": 1}], 3, {"choices.0.value"}),
        ([{"name": "n", "value": "1"}], 4, {"choices.0.value"}),
        ([{"name": "n", "value": "1"}], 10, {"choices.0.value"}),
    ],
)
def test_suggestions_have_limits(choices: list[Payload], kind: int, places: set[str]) -> None:
    def check() -> None:
        form = open_form({"choices": choices})
        modal_rules.check_autocomplete(form, kind)
        form.breaches.raise_if_any()

    assert refused_at(check) == places
