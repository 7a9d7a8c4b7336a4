"""Themes that are suggested: to one person, to a role, with a date, required or not; and never twice by one rule."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from bot.core import views
from bot.core.actions import Action
from bot.core.ports import Actor
from bot.domain.learner import Seat
from bot.domain.nudging import Way
from bot.domain.outbox import DeliveryKind
from bot.domain.recurrence import Occurrence
from bot.engine import StudyEngine
from bot.features import commands
from bot.features.commands import Person, Role
from bot.store import tables
from bot.store.outbox import nudges
from bot.store.store import Store
from tests.conftest import Learner, pressed
from tests.features.house import THEME, Front, ListingFront, bearer, boss, fact, listing, notice, settle
from tests.hand_clock import HandClock


async def rows(store: Store, table: Any) -> list[Any]:
    async with store.reading() as connection:
        return list(await connection.execute(select(table).order_by(*table.primary_key.columns)))


async def follows(learner: Learner) -> bool:
    page = await learner.does(commands.OpenTheme(name=THEME))
    assert isinstance(page, views.ThemePage)
    return page.card.followed


async def learns(learner: Learner) -> Learner:
    """Somebody who records a lesson of another theme."""
    await learner.does(commands.Done(lesson="teach-with-dualo 1"))
    return learner


async def told(learner: Learner) -> dict[str, tuple[views.Value, ...]]:
    """What the theme's page says of who suggested it."""
    page = await learner.does(commands.OpenTheme(name=THEME))
    assert isinstance(page, views.ThemePage)
    return {each.name: each.values for each in page.facts}


async def test_a_person_follows_at_once_and_reads_who_suggested_it_and_until_when(
    engine: StudyEngine, ada: Learner
) -> None:
    done = listing(await boss(engine).types(f"study-admin assign {THEME} user:ada by:2026-02-01"))
    assert fact(done.items[0], "To") == (views.Someone("ada"),)
    assert await told(ada) == {
        "Suggested by": (views.Someone("boss"),),
        "To be done by": ("Sun 1 Feb 2026",),
    }


async def test_the_reminder_is_to_be_worked_out_and_consent_is_by_assignment(
    engine: StudyEngine, store: Store, clock: HandClock
) -> None:
    settle(engine, Front())
    await boss(engine).does(commands.Assign(theme=THEME, user=Person("ada")))
    (consent,) = await rows(store, tables.consent)
    (nudge,) = await rows(store, tables.nudge)
    assert (consent.person, consent.way, consent.assigned, consent.since) == ("ada", "", True, clock.now())
    assert (nudge.address, nudge.next_date, nudge.next_due, nudge.kind) == ("@ada", "", clock.now(), "nudge")


async def test_a_stranger_is_assigned_nothing(engine: StudyEngine, store: Store) -> None:
    settle(engine, Front(lacking={"@stranger": "This person is not a member of this server."}))
    said = notice(await boss(engine).does(commands.Assign(theme=THEME, user=Person("stranger"))))
    assert "not a member" in said.text
    assert (await rows(store, tables.nudge), await rows(store, tables.assignment)) == ([], [])


async def test_a_no_outweighs_an_assignment(engine: StudyEngine, store: Store, clock: HandClock) -> None:
    async with store.transaction() as connection:
        await connection.execute(
            tables.consent.insert().values(workspace="web", person="ada", way=Way.OFF, days=3, since=clock.now())
        )
    await boss(engine).does(commands.Assign(theme=THEME, user=Person("ada")))
    (consent,) = await rows(store, tables.consent)
    assert (consent.way, consent.days, consent.assigned) == (Way.OFF, 3, True)


async def test_reminders_go_on_to_the_place_that_the_person_chose(
    engine: StudyEngine, store: Store, clock: HandClock
) -> None:
    settle(engine, Front())
    async with store.transaction() as connection:
        await nudges.put(connection, Seat("web", "ada"), DeliveryKind.NUDGE, address="#chosen", following=None)
    await boss(engine).does(commands.Assign(theme=THEME, user=Person("ada")))
    (nudge,) = await rows(store, tables.nudge)
    assert (nudge.address, nudge.next_due) == ("#chosen", clock.now())


async def test_who_bears_a_role_follows_when_they_next_act_and_others_do_not(engine: StudyEngine) -> None:
    await boss(engine).does(commands.Assign(theme=THEME, role=Role("backend")))
    assert await follows(await learns(bearer(engine, "eve", "backend", "other")))
    assert not await follows(await learns(bearer(engine, "bob", "other")))
    assert not await follows(await learns(bearer(engine, "zoe", "backend", workspace="web:elsewhere")))


async def test_to_somebody_new_a_rule_offers_its_theme_and_keeps_nothing(engine: StudyEngine, store: Store) -> None:
    settle(engine, Front())
    await boss(engine).does(commands.Assign(theme="teach-with-dualo", role=Role("backend"), by="2026-02-01"))
    eve = bearer(engine, "eve", "backend")
    home = await eve.types("study")
    assert isinstance(home, views.HomePage)
    assert [each.theme.id for each in home.suggested] == ["teach-with-dualo"]
    following = await eve.does(commands.Next())
    assert isinstance(following, views.LessonPage)
    assert following.theme == "Teach with Dualo"
    page = await eve.types("theme teach-with-dualo")
    assert isinstance(page, views.ThemePage)
    assert ("Suggested by" in {each.name for each in page.facts}, page.card.followed) == (True, False)
    for table in (tables.assigned, tables.follow, tables.consent, tables.nudge):
        assert await rows(store, table) == []


async def test_one_press_takes_up_what_a_rule_offers_and_reminds_nobody(engine: StudyEngine, store: Store) -> None:
    settle(engine, Front())
    await boss(engine).does(commands.Assign(theme=THEME, role=Role("backend"), required=True))
    eve = bearer(engine, "eve", "backend")
    home = await eve.types("study")
    assert isinstance(home, views.HomePage)
    await eve.does(home.suggested[0].follow)
    assert await follows(eve)
    (follow,) = await rows(store, tables.follow)
    assert (follow.suggested_by, follow.required) == ("boss", True)
    assert (await rows(store, tables.consent), await rows(store, tables.nudge)) == ([], [])
    again = await eve.types("study")
    assert isinstance(again, views.HomePage)
    assert again.suggested == ()


@pytest.mark.parametrize("front", [Front(), ListingFront(people=("eve",))])
async def test_who_erased_everything_is_new_to_a_rule(engine: StudyEngine, store: Store, front: Front) -> None:
    settle(engine, front)
    eve = await learns(bearer(engine, "eve", "backend"))
    await boss(engine).does(commands.Assign(theme=THEME, role=Role("backend")))
    assert await follows(eve)
    await eve.does(commands.Erase(word="erase", filled=True))
    home = await eve.types("study")
    assert isinstance(home, views.HomePage)
    assert (home.followed, [each.theme.id for each in home.suggested]) == ((), [THEME])
    await eve.types("themes")
    await boss(engine).does(commands.Assign(theme=THEME, role=Role("backend"), by="2026-03-02"))
    for table in tables.personal:
        assert [row for row in await rows(store, table) if row.person == "eve"] == [], table.name


async def test_a_rule_sets_no_reminder_for_who_learns_here_either(engine: StudyEngine, store: Store) -> None:
    settle(engine, Front())
    await boss(engine).does(commands.Assign(theme=THEME, role=Role("backend")))
    assert await follows(await learns(bearer(engine, "eve", "backend")))
    assert (await rows(store, tables.consent), await rows(store, tables.nudge)) == ([], [])


async def test_who_agreed_to_reminders_is_reminded_of_what_a_rule_adds(
    engine: StudyEngine, store: Store, clock: HandClock
) -> None:
    eve, due = await learns(bearer(engine, "eve", "backend")), clock.now() + timedelta(days=3)
    async with store.transaction() as connection:
        await nudges.put(
            connection, Seat("web", "eve"), DeliveryKind.NUDGE, address="@eve", following=Occurrence(due.date(), due)
        )
    await boss(engine).does(commands.Assign(theme=THEME, role=Role("backend")))
    assert await follows(eve)
    (nudge,) = await rows(store, tables.nudge)
    assert (nudge.next_date, nudge.next_due) == ("", clock.now())


async def test_who_left_is_not_made_to_follow_again_by_the_same_rule(
    engine: StudyEngine, store: Store, library: Any, clock: HandClock
) -> None:
    await boss(engine).does(commands.Assign(theme=THEME, role=Role("backend")))
    eve = await learns(bearer(engine, "eve", "backend"))
    assert await follows(eve)
    await eve.does(commands.UnfollowTheme(theme=THEME))
    assert not await follows(eve)
    after_a_restart = bearer(StudyEngine(store, library, clock), "eve", "backend")
    assert not await follows(after_a_restart)


async def test_a_rule_of_another_process_is_known_within_a_minute(
    engine: StudyEngine, store: Store, library: Any, clock: HandClock
) -> None:
    eve = await learns(bearer(engine, "eve", "backend"))
    assert not await follows(eve)
    elsewhere = StudyEngine(store, library, clock)
    await boss(elsewhere).does(commands.Assign(theme=THEME, role=Role("backend")))
    clock.at += timedelta(seconds=60)
    assert await follows(eve)


async def test_nothing_is_asked_of_the_database_for_who_bears_no_role_or_once_a_rule_is_applied(
    engine: StudyEngine, store: Store
) -> None:
    await boss(engine).does(commands.Assign(theme=THEME, role=Role("backend")))
    eve, ada = bearer(engine, "eve", "backend"), bearer(engine, "ada")
    await eve.types("themes")
    seen: list[str] = []

    def note(_c: object, _u: object, statement: str, *_: object) -> None:
        seen.append(statement)

    sync = store._database.engine.sync_engine
    event.listen(sync, "before_cursor_execute", note)
    await eve.types("themes")
    await ada.types("themes")
    event.remove(sync, "before_cursor_execute", note)
    assert seen == []


async def test_while_recording_is_paused_a_rule_waits(engine: StudyEngine, store: Store) -> None:
    eve = await learns(bearer(engine, "eve", "backend"))
    await eve.types("privacy pause")
    await boss(engine).does(commands.Assign(theme=THEME, role=Role("backend")))
    assert not await follows(eve)
    assert await rows(store, tables.assigned) == []
    await eve.types("privacy resume")
    assert await follows(eve)


async def test_of_a_group_whose_members_are_known_learners_follow_at_once_in_chunks(
    engine: StudyEngine, store: Store
) -> None:
    people = tuple(f"p{number:04}" for number in range(1_203))
    settle(engine, ListingFront(people=(*people, "stranger")))
    async with store.transaction() as connection:
        done_before = {
            "workspace": "web",
            "theme": "x",
            "lesson": "x",
            "at": HandClock().now(),
            "how": "",
            "digest": "",
        }
        await connection.execute(tables.completion.insert(), [{**done_before, "person": person} for person in people])
    done = listing(await boss(engine).does(commands.Assign(theme=THEME, role=Role("S1"))))
    assert "1,203 people follow" in str(done.items[0].note)
    assert [row.person for row in await rows(store, tables.follow)] == list(people)
    assert (await rows(store, tables.nudge), await rows(store, tables.consent)) == ([], [])
    again = listing(await boss(engine).does(commands.Assign(theme=THEME, role=Role("S1"))))
    assert "0 people follow" in str(again.items[0].note)


async def test_what_is_required_cannot_be_left_until_the_suggestion_ends(engine: StudyEngine, ada: Learner) -> None:
    await boss(engine).does(commands.Assign(theme=THEME, user=Person("ada"), required=True))
    refused = notice(await ada.does(commands.UnfollowTheme(theme=THEME)))
    assert (refused.tone, "required" in refused.text, await follows(ada)) == (views.Tone.SORRY, True, True)
    assert (await told(ada))["Required"] == ("yes",)
    shown = listing(await boss(engine).does(commands.Assignments()))
    await boss(engine).does(shown.items[0].actions[0].command)
    assert await follows(ada)
    await ada.does(commands.UnfollowTheme(theme=THEME))
    assert not await follows(ada)


async def test_what_something_else_requires_stays_required(engine: StudyEngine, ada: Learner) -> None:
    await boss(engine).does(commands.Assign(theme=THEME, user=Person("eve"), required=True))
    await boss(engine).does(commands.Assign(theme=THEME, role=Role("backend"), required=True))
    eve = bearer(engine, "eve", "backend")
    assert await follows(eve)
    personal = next(
        item
        for item in listing(await boss(engine).does(commands.Assignments())).items
        if fact(item, "To") == (views.Someone("eve"),)
    )
    await boss(engine).does(personal.actions[0].command)
    await eve.does(commands.UnfollowTheme(theme=THEME))
    assert await follows(eve)


async def test_when_the_last_suggestion_ends_nobody_is_reminded_on_its_account(
    engine: StudyEngine, store: Store
) -> None:
    settle(engine, Front())
    await boss(engine).does(commands.Assign(theme=THEME, user=Person("ada")))
    await boss(engine).does(commands.Assign(theme="frameworks-under-pressure", user=Person("ada")))
    for left in (True, False):
        shown = listing(await boss(engine).does(commands.Assignments()))
        await boss(engine).does(shown.items[0].actions[0].command)
        assert [row.assigned for row in await rows(store, tables.consent)] == [left]


async def test_the_same_suggestion_again_changes_it_and_makes_no_second(engine: StudyEngine, ada: Learner) -> None:
    await boss(engine).does(commands.Assign(theme=THEME, user=Person("ada"), required=True))
    await boss(engine).does(commands.Assign(theme=THEME, user=Person("ada"), by="2026-03-02"))
    shown = listing(await boss(engine).does(commands.Assignments()))
    assert [fact(item, "By") for item in shown.items] == [("Mon 2 Mar 2026",)]
    await ada.does(commands.UnfollowTheme(theme=THEME))
    assert not await follows(ada)


async def test_assigning_and_ending_stand_in_the_audit_of_that_workspace_alone(engine: StudyEngine) -> None:
    await boss(engine).does(commands.Assign(theme=THEME, user=Person("ada")))
    shown = listing(await boss(engine).does(commands.Assignments()))
    await boss(engine).does(shown.items[0].actions[0].command)
    lines = listing(await boss(engine).does(commands.Audit())).items
    assert [fact(line, "About") for line in lines] == [(views.Someone("ada"),)] * 2
    assert "no longer suggests" in " ".join(line.title.lower() for line in lines)
    elsewhere = boss(engine, "web:elsewhere")
    assert isinstance(await elsewhere.does(commands.Audit()), views.Notice)
    assert listing(await elsewhere.does(commands.Assignments())).items == ()


@pytest.mark.parametrize(
    ("line", "part"),
    [
        (f"study-admin assign {THEME} user:ada by:someday", "no date"),
        (f"study-admin assign {THEME} user:ada by:2020-01-01", "has passed"),
        ("study-admin assign nonsense-xyz user:ada", "There is no theme called"),
        (f'study-admin assign {THEME} user:"a b"', "nobody here"),
    ],
)
async def test_what_is_not_understood_assigns_nothing(engine: StudyEngine, store: Store, line: str, part: str) -> None:
    assert part in notice(await boss(engine).types(line)).text
    assert await rows(store, tables.assignment) == []


async def test_nothing_is_suggested_to_somebody_from_elsewhere(engine: StudyEngine, store: Store) -> None:
    settle(engine, Front(lacking={"@eve": "This person is not a member of this server."}))
    line = f"study-admin assign {THEME} user:eve role:crew"
    assert "not a member" in notice(await boss(engine).types(line)).text
    assert [await rows(store, table) for table in (tables.assignment, tables.nudge, tables.consent)] == [[], [], []]


async def test_only_those_who_manage_may_assign(engine: StudyEngine, ada: Learner, store: Store) -> None:
    await ada.types(f"study-admin assign {THEME} user:bob")
    private = Learner(engine, Actor("web:mine", "ada", private=True))
    await private.types(f"study-admin assign {THEME} user:ada")
    assert [row.workspace for row in await rows(store, tables.assignment)] == ["web:mine"]


async def test_more_than_a_page_of_suggestions_is_paged(engine: StudyEngine) -> None:
    for number in range(8):
        await boss(engine).does(commands.Assign(theme=THEME, user=Person(f"p{number}")))
    first = listing(await boss(engine).does(commands.Assignments()))
    second = listing(await boss(engine).does(pressed(first, "More")))
    assert (len(first.items), len(second.items)) == (6, 2)
    assert "More" not in [each.label for each in second.actions if isinstance(each, Action)]


async def test_erasing_a_person_takes_their_name_out_of_what_they_suggested(
    engine: StudyEngine, store: Store, ada: Learner
) -> None:
    await boss(engine).does(commands.Assign(theme=THEME, user=Person("ada")))
    await boss(engine).does(commands.Erase(word="erase"))
    assert [row.suggested_by for row in await rows(store, tables.follow)] == [""]
    assert await told(ada) == {}
    assert fact(listing(await boss(engine).does(commands.Assignments())).items[0], "Suggested by") == ()
