"""Whatever a browser names, it reaches the page's own room and learners, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.web import painter, places
from adapters.web.adapter import WebAdapter
from bot.core import actions, views
from bot.core.actions import Action, Field, FieldKind, Form
from bot.core.errors import StudyError
from bot.core.ports import Check
from bot.features import commands
from bot.features.commands import NO_ROLE, Channel, Person, Role
from tests.contracts.sample_engine import SampleEngine
from tests.thoroughness import examples
from tests.web.conftest import OURS, Client

ELSEWHERE = [
    *("discord:1:2", "slack:T1:E1:C1", "#4200000000000000003", "<#C123>", "@everyone", "web:person:bob", "web:"),
    *("WEB:PERSON:bob", "web:room ", "web:room#x", "web:roomy", "", "\u202eweb:room", "general", "../room"),
]
ADD = "/study-admin schedule add theme:x weekdays:mon time:09:00 channel:"


async def send(client: Client, path: str, **fields: object) -> dict[str, Any]:
    response = await client.post(f"/web/{path}", json={"who": {}} | fields, headers=OURS)
    answer: dict[str, Any] = await response.json()
    return answer


def channels(engine: SampleEngine) -> set[str]:
    """Every place that a command named by which the engine was reached."""
    return {str(getattr(command, "channel", "")) for command, _ in engine.asked}


@pytest.mark.parametrize("said", ["room", "Room", "#room", "the room", "here", places.ROOM])
async def test_the_room_is_named_as_people_name_it(client: Client, sample_engine: SampleEngine, said: str) -> None:
    await send(client, "say", line=f'{ADD}"{said}"')
    assert channels(sample_engine) == {places.ROOM}


@pytest.mark.parametrize("said", ELSEWHERE)
async def test_a_typed_channel_reaches_no_other_place(client: Client, sample_engine: SampleEngine, said: str) -> None:
    answer = await send(client, "say", line=f'{ADD}"{said}"')
    assert channels(sample_engine) <= {places.ROOM, ""}
    assert sample_engine.asked or "There is one: the room." in answer["html"] or "needs “channel”" in answer["html"]


@pytest.mark.parametrize("said", ELSEWHERE)
async def test_a_forged_button_or_form_reaches_no_other_place(
    client: Client, sample_engine: SampleEngine, said: str
) -> None:
    filled = {"channel": said, "theme": "x", "weekday": "mon", "hour": "09:00"}
    await send(client, "submit", token="1|save-setup", fields=filled)
    await send(client, "submit", token=Form("save-setup", {"channel": Channel(said)}, ()).token, fields=filled)
    await send(client, "press", token=actions.token(commands.ScheduleList(channel=Channel(said))))
    assert channels(sample_engine) <= {places.ROOM, ""}


@pytest.mark.parametrize("said", ["Ada Lovelace", " ADA lovelace", "ada-lovelace", "<@ada lovelace>"])
async def test_a_typed_person_is_the_learner_of_that_name(
    client: Client, sample_engine: SampleEngine, said: str
) -> None:
    await send(client, "say", line=f'/study-admin assign x user:"{said}"')
    await send(client, "say", line="/themes", who={"person": said})
    (assigned, _), (_, actor) = sample_engine.asked
    assert assigned == commands.Assign(theme="x", user=Person("ada-lovelace"))
    assert actor.person == "ada-lovelace"


@pytest.mark.parametrize(("said", "name"), [("You", ""), (" you ", ""), ("Ada Lovelace", "Ada Lovelace")])
async def test_who_gave_no_name_has_none_that_a_certificate_could_bear(
    client: Client, sample_engine: SampleEngine, said: str, name: str
) -> None:
    await send(client, "say", line="/themes", who={"person": said})
    assert sample_engine.asked[-1][1].name == name


async def test_a_typed_role_is_words_and_calls_nobody(client: Client, sample_engine: SampleEngine) -> None:
    await send(client, "say", line='/study-admin assign x role:"<@&1> @everyone"')
    command, actor = sample_engine.asked[-1]
    assert (command, actor.roles) == (commands.Assign(theme="x", role=Role("<@&1> @everyone")), frozenset())


async def test_what_names_nobody_and_no_place_stays_so(client: Client, sample_engine: SampleEngine) -> None:
    await send(client, "submit", token="1|save-contacts", fields={"alert_user": "", "alert_channel": ""})
    assert sample_engine.asked[-1][0] == commands.EditContacts(manager_role=NO_ROLE, filled=True)


async def test_the_room_is_offered_where_a_channel_is_wanted(client: Client) -> None:
    admin = {"manages": True}
    offered = await send(client, "complete", line="/study-admin schedule list ro", who=admin)
    named = await send(client, "complete", line="/study-admin schedule list channel:", who=admin)
    other = await send(client, "complete", line="/study-admin schedule list gen", who=admin)
    assert [(item["insert"], item["label"]) for item in offered["items"]] == [("room", "the room")]
    assert "channel:room" in [item["insert"] for item in named["items"]]
    assert "room" not in [item["insert"] for item in other["items"]]


@settings(max_examples=examples(100), deadline=None)
@given(st.text(max_size=60))
def test_a_name_folds_once_and_for_all_and_its_address_is_one_of_the_page(name: str) -> None:
    person = places.person_of(name)
    assert places.person_of(person) == person
    assert "#" not in person
    assert places.person_at(places.address_of(person)) == person


@settings(max_examples=examples(100), deadline=None)
@given(st.sampled_from(ELSEWHERE) | st.text(max_size=30))
def test_only_the_room_passes_for_a_channel(said: str) -> None:
    command = commands.ScheduleList(channel=Channel(said))
    try:
        named = places.at_home(command)
    except StudyError:
        return
    assert named in {commands.ScheduleList(channel=Channel(places.ROOM)), commands.ScheduleList()}


async def test_the_room_and_learners_are_surveyed_as_always_there_and_nothing_else_is() -> None:
    adapter = WebAdapter(SampleEngine())
    found = await adapter.survey("web", [places.ROOM, "web:person:ada", "web:person:Not Folded", "discord:1:2"])
    assert [each.healthy for each in found] == [True, True, False, False]
    assert found[3] == Check("discord:1:2", False, "This is no place on the web page.", "Choose the room.")
    assert [each.healthy for each in await adapter.survey("discord:1", [places.ROOM])] == [False]


async def test_the_doctor_names_what_is_no_place_here() -> None:
    adapter = WebAdapter(SampleEngine())
    told = await adapter.check([places.ROOM, adapter.direct("web", "ada"), "web:person:Not Folded", "discord:1:2"])
    assert [each.name for each in told if not each.healthy] == [
        "Web page: web:person:Not Folded",
        "Web page: discord:1:2",
    ]


def test_a_form_asks_for_a_channel_as_a_choice_and_for_people_and_roles_in_a_line() -> None:
    fields = (
        Field("alert_channel", "Where", FieldKind.CHANNEL, required=False),
        Field("alert_user", "Who", FieldKind.PERSON, value="ada", required=False),
        Field("manager_role", "Role", FieldKind.ROLE, required=False),
    )

    page = views.FormPage("Contacts", "", Form("save-contacts", {}, fields))
    html = str(painter.draw(page, views.Reader()))
    options = [part.split('"')[0] for part in html.split('<option value="')[1:]]
    assert options == ["", places.ROOM]
    assert '<input type="text" name="alert_user" value="ada"' in html
    assert '<input type="text" name="manager_role"' in html


def test_buttons_of_items_with_one_title_are_told_apart() -> None:
    end = Action("End it", commands.Assignments())
    page = views.Listing("Suggested", (views.Item("Caching", actions=(end,)), views.Item("Caching", actions=(end,))))
    html = str(painter.draw(page, views.Reader()))
    assert ("Caching (1 of 2)" in html, "Caching (2 of 2)" in html) == (True, True)


def test_a_choice_that_may_stay_empty_offers_nothing_once() -> None:
    options = (("", "Any"), ("en", "English"))
    field = Field("language", "Language", FieldKind.ONE_OF, options=options, required=False)
    page = views.FormPage("Settings", "", Form("save-workspace", {}, (field,)))
    assert str(painter.draw(page, views.Reader())).count("<option") == 2
