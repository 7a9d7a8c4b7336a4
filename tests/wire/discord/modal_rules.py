"""Decides which modals and autocomplete answers Discord would show."""

from __future__ import annotations

from collections.abc import Callable

from tests.wire.discord import command_rules
from tests.wire.discord import component_rules as kinds
from tests.wire.discord.component_rules import Inspection
from tests.wire.discord.rules import Form

TITLE = 45
TOP_LEVEL = 5
LABEL = 45
LABEL_DESCRIPTION = 100
INPUT_CHARACTERS = 4_000
INPUT_PLACEHOLDER = 100
GROUP_OPTIONS = 10


def check_modal(form: Form) -> None:
    form.text("title", low=1, high=TITLE, needed=True)
    form.text("custom_id", low=1, high=kinds.CUSTOM_ID, needed=True)
    inspection = Inspection(set())
    for top in form.forms("components", low=1, high=TOP_LEVEL, needed=True):
        kind = top.choice("type", (kinds.ROW, kinds.TEXT, kinds.LABEL), needed=True)
        inspection.take(top)
        if kind == kinds.ROW:
            _check_row(top, inspection)
        elif kind == kinds.TEXT:
            kinds.check_text(top, inspection)
        elif kind == kinds.LABEL:
            _check_label(top, inspection)


def _check_row(form: Form, inspection: Inspection) -> None:
    for child in form.forms("components", low=1, high=1, needed=True):
        if child.choice("type", (kinds.TEXT_INPUT,), needed=True):
            child.text("label", low=1, high=LABEL, needed=True)
            inspection.take(child)
            _check_input(child, inspection)


def _check_label(form: Form, inspection: Inspection) -> None:
    form.text("label", low=1, high=LABEL, needed=True)
    form.text("description", low=1, high=LABEL_DESCRIPTION)
    child = form.form("component", needed=True)
    if child is None:
        return
    kind = child.choice("type", tuple(FIELDS), needed=True)
    if kind is not None:
        inspection.take(child)
        child.truth("required")
        child.forbid(("label",), "COMPONENT_LABEL_NOT_ALLOWED", "The label belongs to the label component")
        FIELDS[kind](child, inspection)


def _check_input(form: Form, inspection: Inspection) -> None:
    inspection.take_custom_id(form)
    form.choice("style", (1, 2), needed=True)
    form.text("placeholder", high=INPUT_PLACEHOLDER)
    low = form.integer("min_length", low=0, high=INPUT_CHARACTERS)
    high = form.integer("max_length", low=1, high=INPUT_CHARACTERS)
    if low is not None and high is not None and low > high:
        form.refuse("min_length", "TEXT_INPUT_MIN_OVER_MAX", "min_length is larger than max_length")
    value = form.text("value", high=INPUT_CHARACTERS)
    if value and (len(value) < (low or 0) or len(value) > (high or INPUT_CHARACTERS)):
        form.refuse("value", "BASE_TYPE_BAD_LENGTH", f"Must be between {low or 0} and {high} in length.")


def _check_modal_select(form: Form, inspection: Inspection) -> None:
    kinds.check_select(form, inspection)
    if form.truth("disabled"):
        form.refuse("disabled", "COMPONENT_DISABLED_NOT_ALLOWED", "A modal's component cannot be disabled")


def _check_upload(form: Form, inspection: Inspection) -> None:
    inspection.take_custom_id(form)
    _check_range(form)


def _check_radio_group(form: Form, inspection: Inspection) -> None:
    inspection.take_custom_id(form)
    kinds.check_options(form, low=2, high=GROUP_OPTIONS, chosen=1)


def _check_checkbox_group(form: Form, inspection: Inspection) -> None:
    inspection.take_custom_id(form)
    _check_range(form)
    kinds.check_options(form, low=1, high=GROUP_OPTIONS, chosen=GROUP_OPTIONS)


def _check_range(form: Form) -> None:
    low = form.integer("min_values", low=0, high=GROUP_OPTIONS)
    high = form.integer("max_values", low=1, high=GROUP_OPTIONS)
    if low is not None and high is not None and low > high:
        form.refuse("min_values", "SELECT_COMPONENT_MIN_OVER_MAX", "min_values is larger than max_values")
    if low == 0 and form.data.get("required") is not False:
        form.refuse("min_values", "COMPONENT_REQUIRED_WITHOUT_VALUES", "min_values of 0 needs required to be false")


def _check_checkbox(form: Form, inspection: Inspection) -> None:
    inspection.take_custom_id(form)
    form.truth("default")


FIELDS: dict[int, Callable[[Form, Inspection], None]] = {
    kinds.TEXT_INPUT: _check_input,
    **dict.fromkeys(kinds.SELECTS, _check_modal_select),
    kinds.UPLOAD: _check_upload,
    kinds.RADIO_GROUP: _check_radio_group,
    kinds.CHECKBOX_GROUP: _check_checkbox_group,
    kinds.CHECKBOX: _check_checkbox,
}


def check_autocomplete(form: Form, kind: int) -> None:
    """At most 25 suggestions, each of the option's own type."""
    for choice in form.forms("choices", high=command_rules.CHOICES, needed=True):
        command_rules.check_choice(choice, kind)
