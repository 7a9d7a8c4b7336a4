"""How a workspace is set up, who may run it, what the doctor finds there, and who changed what."""

from __future__ import annotations

import asyncio
import functools
import json
import re
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.core import actions, text, views
from bot.core.actions import Action
from bot.core.errors import SettingsError, StudyError
from bot.core.ports import Actor, Advice, Check, Services, WallClock
from bot.domain.recurrence import Rule, Weekday
from bot.domain.schedule import Schedule
from bot.engine import StudyEngine
from bot.features import commands
from bot.features.commands import Channel, Person, Role
from bot.packs.library import Library
from bot.process import checkup
from bot.process.sources import ContentSources
from bot.store import tables
from bot.store.cold import assignments, audits, schedules, workspaces
from bot.store.store import Store
from tests.conftest import Learner, pressed
from tests.features.house import THEME, Front, boss, fact, listing, notice, settle
from tests.hand_clock import HandClock


async def settings(engine: StudyEngine) -> dict[str, views.Item]:
    return {item.title: item for item in listing(await boss(engine).types("study-admin settings")).items}


async def test_a_workspace_is_set_up_in_a_form_and_shown_as_it_stands(engine: StudyEngine) -> None:
    form = await boss(engine).does(commands.EditWorkspace())
    assert isinstance(form, views.FormPage)
    filled = {"timezone": "paris", "language": "en", "personal": "0", "retention": "7"}
    await boss(engine).does(actions.fill(form.form.token, filled))
    item = (await settings(engine))["This workspace"]
    assert fact(item, "Timezone") == ("Europe/Paris",)
    assert fact(item, "Data stays") == ("7 days after Dualo is removed",)
    line = listing(await boss(engine).does(commands.Audit())).items[0]
    assert line.title.startswith("Timezone none → Europe/Paris; ")


@pytest.mark.parametrize(
    "wrong", [commands.EditWorkspace(timezone="Mars/Olympus"), commands.EditWorkspace(language="tlh")]
)
async def test_what_is_wrong_changes_nothing(engine: StudyEngine, wrong: commands.Command) -> None:
    assert notice(await boss(engine).does(wrong)).tone is views.Tone.SORRY
    assert notice(await boss(engine).does(commands.Audit())).text.startswith("Nothing was changed")


async def test_saving_the_same_again_is_no_change(engine: StudyEngine) -> None:
    for _ in range(2):
        await boss(engine).does(commands.EditWorkspace(timezone="Europe/Paris"))
    assert len(listing(await boss(engine).does(commands.Audit())).items) == 1


async def test_who_is_told_is_a_person_or_a_channel_that_was_tried(engine: StudyEngine, store: Store) -> None:
    front = settle(engine, Front(lacking={"#secret": "Send Messages is missing."}))
    await boss(engine).does(commands.EditContacts(alert_user=Person("ada")))
    refused = notice(await boss(engine).does(commands.EditContacts(alert_channel=Channel("#secret"))))
    assert ("Send Messages" in refused.text, front.asked) == (True, [["@ada"], ["#secret"]])
    async with store.reading() as connection:
        assert (await workspaces.find(connection, "web")).alert_to == "@ada"
    await boss(engine).does(commands.EditContacts(alert_channel=Channel("#open")))
    told = (await settings(engine))["Who is told when something fails"]
    assert fact(told, "Told") == (views.Place("#open"),)


async def test_nobody_from_elsewhere_is_told(engine: StudyEngine, store: Store) -> None:
    settle(engine, Front(lacking={"@eve": "This person is not a member of this server."}))
    refused = notice(await boss(engine).does(commands.EditContacts(alert_user=Person("eve"))))
    assert refused.text == "Nothing was changed: This person is not a member of this server."
    async with store.reading() as connection:
        assert (await workspaces.find(connection, "web")).alert_to == ""


async def test_a_person_and_a_channel_at_once_are_refused(engine: StudyEngine) -> None:
    settle(engine, Front())
    both = commands.EditContacts(alert_user=Person("ada"), alert_channel=Channel("#open"))
    assert "not both" in notice(await boss(engine).does(both)).text


async def test_who_is_named_may_run_it_and_name_nobody(engine: StudyEngine, ada: Learner, bob: Learner) -> None:
    assert notice(await ada.types("study-admin inbox")).tone is views.Tone.SORRY
    await boss(engine).does(commands.EditContacts(manager=Person("ada"), manager_role=Role("leads")))
    lead = Learner(engine, Actor("web", "eve", roles=frozenset({"leads"})))
    for each in (ada, lead):
        assert notice(await each.types("study-admin inbox")).tone is views.Tone.INFO
        assert "admins" in notice(await each.does(commands.EditContacts(manager=Person("bob")))).text
    assert notice(await bob.types("study-admin inbox")).tone is views.Tone.SORRY


async def test_admins_of_the_platform_cannot_be_locked_out(engine: StudyEngine, ada: Learner) -> None:
    await boss(engine).does(commands.EditContacts(manager=Person("boss"), manager_role=Role("leads")))
    await boss(engine).does(commands.EditContacts(manager=Person("ada")))
    assert notice(await ada.does(commands.DropManager(named="role:leads"))).tone is views.Tone.SORRY
    await boss(engine).does(commands.DropManager(named="person:boss"))
    assert "This workspace" in await settings(engine)
    await ada.does(commands.DropManager(named="person:ada"))
    assert notice(await ada.types("study-admin inbox")).tone is views.Tone.SORRY


async def test_a_manager_is_taken_off_by_the_button_beside_their_name(engine: StudyEngine, ada: Learner) -> None:
    await boss(engine).does(commands.EditContacts(manager=Person("ada")))
    item = (await settings(engine))["May run Dualo"]
    assert fact(item, "Who") == (views.Someone("ada"),)
    await boss(engine).does(item.actions[0].command)
    assert "May run Dualo" not in await settings(engine)


async def test_who_erases_their_data_is_named_nowhere_any_more(engine: StudyEngine, store: Store, ada: Learner) -> None:
    settle(engine, Front())
    await boss(engine).does(commands.EditContacts(alert_user=Person("ada"), manager=Person("ada")))
    await ada.does(commands.EditWorkspace(timezone="Europe/Paris"))
    export = await ada.types("privacy export")
    assert isinstance(export, views.Download)
    lines = json.loads(export.content)["rows"]["audit"]
    assert {(each["what"], each.get("by"), each.get("about")) for each in lines} == {
        ("may run Dualo", None, "ada"),
        ("timezone none → Europe/Paris", "ada", None),
    }
    await ada.does(commands.Erase(word="erase"))
    async with store.reading() as connection:
        tables_left = {
            each.name: (await connection.execute(select(each))).all() for each in tables.metadata.sorted_tables
        }
    assert [name for name, rows in tables_left.items() if re.search(r"\bada\b", str(rows))] == []
    assert notice(await ada.types("study-admin inbox")).tone is views.Tone.SORRY


async def test_the_audit_names_a_role_as_its_platform_does_and_shows_no_id(engine: StudyEngine) -> None:
    settle(engine, Front())
    await boss(engine).does(commands.Assign(theme=THEME, role=Role("4711")))
    line = listing(await boss(engine).does(commands.Audit())).items[0]
    assert fact(line, "To") == (views.Group("4711"),)
    assert "4711" not in line.title


async def test_two_admins_at_once_lose_nothing_of_each_other(engine: StudyEngine, store: Store) -> None:
    await asyncio.gather(
        boss(engine).does(commands.EditWorkspace(timezone="Europe/Paris")),
        *(boss(engine).does(commands.EditContacts(manager=Person(f"p{number}"))) for number in range(3)),
        *(boss(engine).does(commands.Assign(theme=THEME, role=Role("backend"))) for _ in range(3)),
    )
    async with store.reading() as connection:
        found = await workspaces.find(connection, "web")
        rules = await assignments.rules(connection, "web")
    assert (found.timezone, len(found.managers), len(rules)) == ("Europe/Paris", 3, 1)


async def test_no_more_are_named_than_can_be_shown(engine: StudyEngine) -> None:
    for number in range(5):
        said = await boss(engine).does(commands.EditContacts(manager=Person(f"p{number}")))
    assert "named already" in notice(said).text
    page = listing(await boss(engine).types("study-admin settings"))
    assert len(page.items) == views.MOST_ITEMS


async def test_the_settings_lead_to_all_that_can_be_looked_after(engine: StudyEngine) -> None:
    page = await boss(engine).types("study-admin settings")
    for label in ("Schedules", "Suggested", "Report", "Inbox", "Doctor", "Audit", "Lessons"):
        command = pressed(page, label)
        assert actions.read(actions.token(command)) == command


async def test_help_tells_how_to_run_it_to_those_who_may(engine: StudyEngine, ada: Learner) -> None:
    async def topics(learner: Learner) -> list[str]:
        page = await learner.types("help")
        assert isinstance(page, views.HelpPage)
        return [topic.name for topic in page.topics]

    await boss(engine).does(commands.EditContacts(manager=Person("eve")))
    eve = Learner(engine, Actor("web", "eve"))
    assert [len(await topics(each)) for each in (ada, boss(engine), eve)] == [6, 7, 7]
    assert "Run" not in await topics(ada)


async def test_the_doctor_shows_what_is_broken_first_with_its_mend(engine: StudyEngine, store: Store) -> None:
    rule = Rule(frozenset({Weekday.MON}), time(9), zone="UTC", start=date(2026, 1, 1))
    async with store.transaction() as connection:
        for workspace, place in (("web", "#lessons"), ("web:elsewhere", "#other")):
            await schedules.add(connection, Schedule(workspace, "S1", THEME, place, rule), HandClock().now())
    front = Front(lacking={"#lessons": "Send Messages is missing."})

    async def examine(_: str) -> list[Check]:
        return [Check("Disk", healthy=True, detail="room enough")]

    engine.settle(Services({"web": front}, examine=examine))
    page = listing(await boss(engine).types("study-admin doctor"))
    assert front.asked == [["#lessons"]]
    assert [item.title for item in page.items[:2]] == ["#lessons", "Alerts"]
    assert {item.title for item in page.items[2:]} == {"Disk", "Token"}
    assert page.intro.startswith("1 thing to fix.")
    assert "Send Messages is missing. → Give it." in [item.note for item in page.items]


async def test_the_doctor_answers_without_a_database(engine: StudyEngine, store: Store) -> None:
    async def examine(_: str) -> list[Check]:
        return [Check("Database", healthy=False, detail="It does not answer.")]

    front = Front()
    engine.settle(Services({"web": front}, examine=examine))
    await store._database.close()
    page = listing(await boss(engine).types("study-admin doctor"))
    assert {item.title for item in page.items} >= {"Database", "Token"}


@pytest.mark.parametrize("error", [RuntimeError("token xoxb-secret"), SettingsError("The token is not taken.")])
async def test_a_part_that_cannot_be_looked_at_is_a_finding_and_tells_no_secret(
    engine: StudyEngine, error: Exception
) -> None:
    settle(engine, Front(falls=error))
    page = listing(await boss(engine).types("study-admin doctor"))
    assert "secret" not in repr(page)
    assert page.items[0].tone is views.Tone.SORRY


async def test_a_process_looks_at_its_own_parts(store: Store, library: Library, tmp_path: Path) -> None:
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / "dualo-1.db").write_bytes(b"")
    own = functools.partial(
        checkup.of_process, data_dir=tmp_path, store=store, library=library, sources=ContentSources([])
    )
    look = own(clock=WallClock())
    found = {check.name: check for check in await look("web")}
    assert set(found) == {"Database", "Clock", "Disk", "Backups", "Content"}
    assert all(check.healthy for check in found.values()), found
    assert str(tmp_path) not in repr(found)
    wrong = own(clock=HandClock())
    assert not {check.name: check for check in await wrong("web")}["Clock"].healthy


def test_a_week_without_a_backup_is_a_warning_and_no_fault(tmp_path: Path) -> None:
    none_yet = checkup.backup(tmp_path)
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / "dualo-1.db").write_bytes(b"")
    now = WallClock().now()
    fresh, old = (checkup.backup(tmp_path, now=now + timedelta(days=days)) for days in (6, 8))
    assert [(each.healthy, each.advice) for each in (none_yet, fresh, old)] == [
        (True, Advice.WARNING),
        (True, Advice.NONE),
        (True, Advice.WARNING),
    ]
    assert "dualo backup" in old.next_step
    assert not checkup.backup(tmp_path, sqlite=False, now=now).advice


async def test_the_doctors_own_addresses_are_links_and_those_of_others_are_not(engine: StudyEngine) -> None:
    async def examine(_: str) -> list[Check]:
        said = "The scope is missing in: *Rockets* https://elsewhere.example."
        return [Check("Servers", healthy=False, detail=said, mend="Invite it again: https://discord.com/x?a=1&b=2_3.")]

    engine.settle(Services({"web": Front()}, examine=examine))
    page = listing(await boss(engine).types("study-admin doctor"))
    note = page.items[0].note
    assert isinstance(note, text.Text)
    assert note.plain.startswith("The scope is missing in: *Rockets* https://elsewhere.example. → Invite it again:")
    (prose,) = note.blocks
    assert isinstance(prose, text.Paragraph)
    assert [span.link for span in prose.spans if span.link] == ["https://discord.com/x?a=1&b=2_3"]


async def test_the_audit_is_newest_first_of_so_many_days_and_says_who(engine: StudyEngine, clock: HandClock) -> None:
    for number in range(8):
        await boss(engine).does(commands.EditWorkspace(retention=number + 1))
        clock.at += timedelta(days=1)
    page = listing(await boss(engine).does(commands.Audit()))
    assert (len(page.items), fact(page.items[0], "Who")) == (6, (views.Someone("boss"),))
    assert page.items[0].title.endswith("→ 8")
    assert len(listing(await boss(engine).does(pressed(page, "More"))).items) == 2
    assert len(listing(await boss(engine).types("study-admin audit days:3")).items) == 3


async def test_lines_of_the_audit_are_let_go_after_a_year(engine: StudyEngine, store: Store, clock: HandClock) -> None:
    await boss(engine).does(commands.EditWorkspace(retention=3))
    for days, left in ((364, 1), (2, 0)):
        clock.at += timedelta(days=days)
        await engine.keep_house()
        async with store.reading() as connection:
            assert len(await audits.since(connection, "web", HandClock().now(), skip=0, most=9)) == left


async def test_each_workspace_is_erased_after_its_own_retention_time(
    engine: StudyEngine, store: Store, clock: HandClock
) -> None:
    await boss(engine).does(commands.EditWorkspace(retention=3))
    for workspace in ("web", "web:other"):
        await engine.left(workspace)
    for days, gone in ((2, 0), (1, 1), (26, 0), (1, 1), (1, 0)):
        clock.at += timedelta(days=days)
        assert await engine.keep_house() == gone, days


HOSTILE = ["@everyone", "<script>", "x" * 4_000, "\u202egnirts", "-1", "'; DROP TABLE audit; --", f"{THEME}/layers"]
MINE = (
    *("assign", "assignments", "unassign", "report", "content", "apply-content", "inbox", "close-mistake"),
    *("save-close", "member", "workspace", "edit-workspace", "save-workspace", "edit-contacts", "save-contacts"),
    *("drop-manager", "doctor", "audit", "edit-retention"),
)


@pytest.mark.parametrize("words", HOSTILE)
async def test_whatever_those_who_manage_type_gets_a_sentence(engine: StudyEngine, words: str) -> None:
    settle(engine, Front())
    for verb in MINE:
        spec = commands.by_verb(verb)
        assert spec
        needed = {each.name: each.choices[0] if each.choices else "x" for each in spec.parameters if each.required}
        for parameter in spec.parameters:
            try:
                command = commands.build(spec, {**needed, parameter.name: words})
            except StudyError:
                continue
            view = await boss(engine).does(command)
            assert not (isinstance(view, views.Notice) and "Reference" in view.text), (verb, parameter.name)


@pytest.mark.parametrize(
    "command",
    [
        commands.Doctor(),
        commands.Audit(),
        commands.Inbox(),
        commands.OpenReport(),
        commands.OpenReport(form=commands.ReportForm.CSV),
        commands.OpenReport(period="once upon a time"),
        commands.Assignments(),
    ],
    ids=["doctor", "audit", "inbox", "report", "csv", "refusal", "suggestions"],
)
async def test_everything_about_running_leads_back_to_the_hub_and_that_leads_home(
    engine: StudyEngine, command: commands.Command
) -> None:
    lead = boss(engine)
    view = await lead.does(command)
    back = [each.command for each in view.actions if isinstance(each, Action)]
    assert commands.OpenWorkspace() in back
    hub = await lead.does(commands.OpenWorkspace())
    assert isinstance(hub, views.Listing)
    assert commands.Home() in [each.command for each in hub.actions if isinstance(each, Action)]


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("reminders", "Reminders"),
        ("schedule", "Schedule"),
        ("running it", "Running it"),
        ("admin", "Running it"),
        ("assign", "/study-admin assign"),
        ("read", "Read"),
        ("certificates", "My team"),
        ("weeks kept", "My team"),
        ("question of the week", "Question of the week"),
        ("two chats", "Two chats"),
        ("link", "/link"),
    ],
)
async def test_help_is_asked_for_by_task(engine: StudyEngine, said: str, title: str) -> None:
    page = await boss(engine).types(f"help {said}")
    assert isinstance(page, views.HelpPage)
    assert page.title == title
    assert page.actions


@pytest.mark.parametrize(("command", "topic"), [("review", "Reviews"), ("team", "My team"), ("link", "Two chats")])
async def test_help_on_a_command_leads_to_all_that_belongs_to_it(ada: Learner, command: str, topic: str) -> None:
    page = await ada.presses(await ada.types(f"help {command}"), f"Help: {topic}")
    assert isinstance(page, views.HelpPage)
    assert page.title == topic
    assert f"/{command}" in " ".join(each.text for each in page.topics)


async def test_help_on_running_it_is_one_sentence_for_everybody_else(ada: Learner) -> None:
    for line in ("study-admin help", "help schedule"):
        view = await ada.types(line)
        assert isinstance(view, views.Notice)
        assert view.text.endswith("is for those who manage this workspace.")
        assert view.actions


@pytest.mark.parametrize("line", ["study-admin schedule add", "study-admin assign", "study-admin member"])
async def test_a_bare_command_of_managers_opens_its_form(engine: StudyEngine, line: str) -> None:
    page = await boss(engine).types(line)
    assert isinstance(page, views.FormPage)
    assert len(page.form.fields) <= 5


async def test_a_form_holds_what_was_typed_already(engine: StudyEngine) -> None:
    page = await boss(engine).types("study-admin schedule add backend weekdays:thu every_weeks:2 thread")
    assert isinstance(page, views.FormPage)
    standing = {field.name: field.value for field in page.form.fields}
    assert (standing["theme"], standing["weekdays"]) == ("backend-architectures", "thu")
    sent = actions.fill(page.form.token, {**standing, "channel": "#general", "time": "09:00"})
    assert isinstance(sent, commands.ScheduleAdd)
    assert (sent.every_weeks, sent.thread, sent.weekdays) == (2, True, "thu")


async def test_one_person_is_named_with_an_at(engine: StudyEngine) -> None:
    view = await boss(engine).types("study-admin assign teach with dualo @ada")
    assert isinstance(view, views.Listing)
    (item,) = view.items
    assert item.facts[0].values == (views.Someone("ada"),)


async def test_a_suggestion_to_nobody_asks_to_whom(engine: StudyEngine) -> None:
    form = await boss(engine).does(commands.Assign())
    assert isinstance(form, views.FormPage)
    view = await boss(engine).does(actions.fill(form.form.token, {"theme": "teach-with-dualo", "role": "", "user": ""}))
    assert isinstance(view, views.Notice)
    assert view.text == "Say to whom: a person, or a role."
