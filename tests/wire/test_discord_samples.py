"""Every sample of every view is taken by Discord: by the little one's rules and by Discord's own specification."""

from __future__ import annotations

import json
import os
import typing
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import jsonschema
import pytest

from adapters.discord import actors, components, forms, limits, painter, registration
from adapters.discord.actors import ServerOrigin
from adapters.discord.responder import COMPONENTS_V2
from bot.core import blocks, views
from bot.core.actions import Action
from bot.core.record import replace
from bot.features.commands import ADMIN_ROOT, Command, Find, Home
from tests.contracts import samples
from tests.contracts.samples import running
from tests.contracts.samples.reading import lesson_card, theme_card
from tests.contracts.samples.words import NOON
from tests.wire.discord import message_rules, modal_rules
from tests.wire.discord.message_rules import Upload
from tests.wire.discord.payload import Payload
from tests.wire.discord.refusals import Refused
from tests.wire.discord.rules import open_form

FOLDER = os.environ.get("DUALO_SPECS")
PLAIN, USUAL = views.Reader(plain=True), views.Reader(timezone="Europe/Paris")
EVERY = samples.every() | {
    f"hostile {name} {number}": view
    for number, words in enumerate(samples.HOSTILE)
    for name, view in samples.hostile(words).items()
}
MESSAGES = {name: view for name, view in EVERY.items() if not isinstance(view, views.FormPage)}
FORMS = {name: view for name, view in EVERY.items() if isinstance(view, views.FormPage)}


def message(view: views.View, reader: views.Reader = USUAL) -> tuple[Payload, dict[int, Upload]]:
    drawing = painter.draw(view, reader, marker=77)
    uploads = {number: Upload(file.name, file.content) for number, file in enumerate(drawing.files)}
    named = [{"id": str(number), "filename": upload.filename} for number, upload in uploads.items()]
    return {"flags": COMPONENTS_V2, "components": list(drawing.components), "attachments": named}, uploads


def refusals(checked: Iterable[str], check: Callable[[str], object]) -> dict[str, str]:
    """What Discord says of each that it does not take."""
    found = {}
    for name in checked:
        try:
            check(name)
        except Refused as refused:
            found[name] = str(refused)
    return found


@pytest.mark.parametrize("reader", [USUAL, PLAIN], ids=["usual", "plain"])
def test_every_message_is_taken(reader: views.Reader) -> None:
    def check(name: str) -> None:
        message_rules.check_new_message(*message(EVERY[name], reader), interaction=False)

    assert refusals(EVERY, check) == {}


@pytest.mark.parametrize("guild", [1, 2**63 - 1])
def test_every_message_that_can_be_pressed_carries_its_server(guild: int) -> None:
    def check(name: str) -> None:
        drawing = painter.draw(MESSAGES[name], USUAL, marker=77)
        sent = actors.stamp_origin(drawing, ServerOrigin(guild, "A server with a name of its own"))
        body, uploads = message(MESSAGES[name])
        message_rules.check_new_message(body | {"components": list(sent.components)}, uploads, interaction=False)
        if any("custom_id" in one for one in limits.walk(sent.components)):
            assert (name, actors.read_origin(sent.components)) == (name, ServerOrigin(guild))
        assert (name, actors.read_origin(drawing.components)) == (name, None)

    assert refusals(MESSAGES, check) == {}


def test_every_form_is_taken() -> None:
    def check(name: str) -> None:
        form = open_form(forms.modal(FORMS[name]))
        modal_rules.check_modal(form)
        form.breaches.raise_if_any()

    assert refusals(FORMS, check) == {}


def test_every_command_of_a_view_can_be_pressed_by_everybody() -> None:
    for reader in (USUAL, PLAIN):
        for name, view in MESSAGES.items():
            assert (name, pressed(view, reader)) == (name, sorted(map(str, samples.offered(view))))


def pressed(view: views.View, reader: views.Reader) -> list[str]:
    """What the buttons and the options of a message stand for."""
    found: list[Command] = []
    for one in limits.walk(painter.draw(view, reader).components):
        options = typing.cast("list[limits.Component]", one.get("options", []))
        ids = [str(option["value"]) for option in options] or [str(one.get("custom_id", ""))]
        found += [components.read_custom_id(each).command for each in ids if each]
    return sorted(map(str, found))


def test_plain_mode_has_no_colour_and_no_bar() -> None:
    for name, view in MESSAGES.items():
        drawn = str(painter.draw(view, PLAIN).components)
        assert [(name, each) for each in ("accent_color", painter.FULL, painter.OPEN) if each in drawn] == []


def test_a_message_ends_with_no_line_across() -> None:
    for name, view in MESSAGES.items():
        *_, container = painter.draw(view, USUAL).components
        parts = typing.cast("list[limits.Component]", container["components"])
        assert (name, parts[-1]["type"] == limits.SEPARATOR) == (name, False)


@pytest.mark.parametrize(("buttons_given", "in_rows"), [(5, [5]), (6, [3, 3]), (7, [4, 3]), (11, [4, 4, 3])])
def test_no_button_stands_alone_below_a_full_row(buttons_given: int, in_rows: list[int]) -> None:
    offered = tuple(Action(f"N {number}", Find(words=str(number))) for number in range(buttons_given))
    found = limits.walk(painter.draw(views.Notice("x", actions=offered), USUAL).components)
    rows = [typing.cast("list[limits.Component]", one["components"]) for one in found if one["type"] == limits.ROW]
    assert [len(row) for row in rows] == in_rows


def test_details_go_before_rows_and_rows_say_how_many_are_missing() -> None:
    lessons = tuple(lesson_card(number, "A title of some length " * 4) for number in range(1, 81))
    page = views.ThemePage(theme_card(), "", lessons)
    said = words_of(page)[-1].splitlines()
    assert (len(said), said[-1]) == (26, "-# and 55 more")
    few = replace(page, lessons=lessons[:30])
    assert len(words_of(few)[-1].splitlines()) == 30
    assert lessons[0].summary not in "".join(words_of(few))
    assert lessons[0].summary in "".join(words_of(replace(page, lessons=lessons[:10])))


@pytest.fixture(scope="module")
def specification() -> typing.Any:
    return json.loads((Path(FOLDER or "") / "discord_openapi.json").read_text())


@pytest.mark.skipif(FOLDER is None, reason="DUALO_SPECS names no folder with Discord's specification")
def test_every_payload_is_as_discord_specifies_it(specification: typing.Any) -> None:
    told = [
        f"{name}: {'/'.join(map(str, one.absolute_path))}: {one.message[:120]}"
        for schema, name, body in payloads()
        for one in jsonschema.Draft202012Validator(
            {"$ref": f"#/components/schemas/{schema}", "components": specification["components"]}
        ).iter_errors(body)
    ]
    assert told == []


def payloads() -> Iterator[tuple[str, str, object]]:
    for name, view in (running.plain() | running.longest()).items():
        if isinstance(view, views.FormPage):
            yield "ModalInteractionCallbackRequestData", name, forms.modal(view)
        else:
            yield "MessageCreateRequest", name, message(view)[0]
    for command in registration.definitions():
        if (
            command["name"] == ADMIN_ROOT
        ):  # its permissions are a string in the reference, a number in the specification
            bits = int(str(command["default_member_permissions"]))
            yield "ApplicationCommandUpdateRequest", ADMIN_ROOT, command | {"default_member_permissions": bits}


# How records and posts read ------------------------------------------------------------------------------------------


def words_of(view: views.View, reader: views.Reader = USUAL) -> list[str]:
    found = limits.walk(painter.draw(view, reader).components)
    return [str(one["content"]) for one in found if one["type"] == limits.TEXT]


def test_a_record_says_in_words_how_it_stands() -> None:
    said = words_of(running.schedules())
    assert said[1].startswith("**S1 · 🏗️ Backend Architectures** · ✓ in order\n")
    assert said[2].startswith("**S2 · ⚖️ Frameworks under pressure** · ⚠ needs attention\n")
    assert said[2].endswith("\nIn #general the bot lacks: Send Messages.")


def test_plain_mode_has_the_words_without_the_signs() -> None:
    said = words_of(running.schedules(), PLAIN)
    assert said[1].splitlines()[0].endswith("** · in order")
    assert said[2].splitlines()[0].endswith("** · needs attention")
    assert "🎓" not in "".join(words_of(running.closing(), PLAIN))


def test_places_people_roles_and_moments_are_named_the_native_way() -> None:
    values = (views.Place("#4200000000000000003"), views.Someone("4" * 18), views.Group("5" * 18), NOON, "words")
    moment = f"<t:{int(NOON.timestamp())}:F>"
    drawn = painter.fact(blocks.FactLine("All", tuple((value,) for value in values)))
    assert drawn == f"**All** <#4200000000000000003> · <@{'4' * 18}> · <@&{'5' * 18}> · {moment} · words"


@pytest.mark.parametrize(
    "foreign", ["U123ABC", "web:room", "C1/42", "123", "<@1>", "everyone", "１２３４５６７８９０１２３４５６"]
)
def test_what_is_not_discords_own_is_named_literally(foreign: str) -> None:
    for value in (views.Someone(foreign), views.Group(foreign), views.Place(foreign)):
        drawn = painter.line((value,))
        assert not drawn.startswith("<")
        assert drawn.replace("\\", "") == foreign


def test_a_post_reads_from_its_theme_to_its_buttons() -> None:
    call, head, sources, following = words_of(running.post())
    assert call == "<@&4200000000000000001>"
    assert head.splitlines()[0] == "-# 🏗️ Backend Architectures · Lesson 4 of 12 · 4 minutes"
    assert head.splitlines()[1] == "## Concurrency models – threads, events, goroutines"
    assert sources.startswith("**Grounded on** [Python documentation, asyncio](https://docs.python.org/")
    assert following.startswith("**Next Monday** Data layers – rows, documents, logs\n")


def test_nothing_is_said_of_how_many_have_done_it_before_the_week_is_over() -> None:
    assert "have done" not in "".join(words_of(running.post()))
    assert words_of(replace(running.post(), done=8))[-1] == "-# 8 have done this."
    assert words_of(running.closing())[-1] == "-# 8 have done all of it."


def test_a_home_page_tells_the_next_post_here() -> None:
    coming = views.Coming(NOON, "Backend", "Queues", views.Place("#4200000000000000003"))
    page = views.HomePage("Hello.", None, None, (), 0, coming)
    assert (
        words_of(page)[1]
        == f"**Next post here** Queues\nBackend · <t:{int(NOON.timestamp())}:F> · <#4200000000000000003>"
    )


def test_a_theme_page_tells_who_suggested_it() -> None:
    page = samples.plain()["theme"]
    assert isinstance(page, views.ThemePage)
    fact = views.Fact("Suggested by", (views.Someone("4" * 18),))
    assert words_of(replace(page, facts=(fact,)))[1] == f"**Suggested by** <@{'4' * 18}>"


def test_six_records_with_equal_buttons_can_all_be_pressed() -> None:
    item = views.Item("S1", actions=(Action("Open", Home()),))
    drawing = painter.draw(views.Listing("All", (item,) * views.MOST_ITEMS, actions=(Action("Home", Home()),)), USUAL)
    ids = [str(one["custom_id"]) for one in limits.walk(drawing.components) if "custom_id" in one]
    assert len(set(ids)) == views.MOST_ITEMS + 1


@pytest.mark.parametrize("sign", ["_", "漢", "*x", "🦉"])
def test_records_full_of_what_takes_more_room_than_it_shows_still_fit(sign: str) -> None:
    facts = tuple(views.Fact(f"Fact {number}", (sign * 80,)) for number in range(views.MOST_FACTS))
    item = views.Item("S1 · Backend Architectures", facts, sign * 200)
    assert painter.fits(views.Listing("Inbox", (item,) * views.MOST_ITEMS)) == []
