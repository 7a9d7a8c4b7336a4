"""What a learner decides about themselves: settings, and every row that is kept on them."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from bot.core import actions, views
from bot.core.ports import Actor
from bot.core.visits import Visits
from bot.domain.learner import Seat
from bot.domain.memory import Memory, Strength
from bot.domain.nudging import Consent, Way
from bot.domain.outbox import DeliveryKey, DeliveryKind, Entry
from bot.domain.quiz import Asked
from bot.domain.recurrence import Occurrence
from bot.features import commands
from bot.features.account import account
from bot.store import tables
from bot.store.cold import audits, boards, certificates, consents, links, weeks
from bot.store.cold.certificates import Certificate
from bot.store.cold.vault import StoredVault
from bot.store.outbox import entries, nudges
from bot.store.store import Store
from tests.conftest import Learner
from tests.hand_clock import HandClock

THEME = "backend-architectures"


async def leave_traces(learner: Learner) -> None:
    """At least one row in every table that holds personal data."""
    await learner.does(commands.FollowTheme(theme=THEME))
    await learner.types(f"lesson {THEME} 1")
    await learner.types(f"done {THEME}/layers")
    await learner.does(commands.Save(theme=THEME, lesson="layers"))
    question = await learner.types(f"quiz lesson:{THEME}/layers")
    assert isinstance(question, views.QuestionPage)
    await learner.does(question.options[0].command)
    await learner.does(commands.ReportMistake(theme=THEME, lesson="layers", what="a typing slip"))
    await remind(learner)
    await look_after(learner)
    await link(learner)
    await visit(learner)


async def visit(learner: Learner) -> None:
    """A link to the page on the web."""
    store, clock = learner.engine._store, HandClock()
    await Visits(StoredVault(store, "web", clock), clock, address="https://learn.example.org").invite(learner.actor)


async def link(learner: Learner) -> None:
    """A link to another chat, a code and a wrong one, and what an earlier link left."""
    seat, now = Seat(learner.actor.workspace, learner.actor.person), HandClock().now()
    other = Seat("elsewhere", f"{seat.person} there")
    strength = Strength(3.0, 5.0, now)
    async with learner.engine._store.transaction() as connection:
        assert await links.make(connection, seat, other, now)
        memory = Memory(Asked(THEME, "layers", "q"), "", 1, strength, now)
        await links.keep_joint(connection, [seat], [memory])
        await links.give_out(connection, seat, name=str(seat), selector="7K3", digest="", expires_at=now)
        await links.count_guess(connection, seat, now)
        row = {**seat._asdict(), "theme": THEME, "lesson": "layers", "at": now}
        await connection.execute(tables.carried.insert().values(**row, digest=""))
        log = {"question": "q", "number": 0, "how": "review", "desired": 90}
        await connection.execute(tables.carried_review.insert().values(**row, **log))


async def look_after(learner: Learner) -> None:
    """A theme that somebody who manages suggested, and a completion that they took back."""
    boss = Learner(learner.engine, Actor(learner.actor.workspace, "boss", manages=True))
    await learner.types(f"done {THEME}/concurrency")
    await boss.does(commands.Assign(theme=THEME, user=commands.Person(learner.actor.person)))
    person = commands.Person(learner.actor.person)
    await boss.does(
        commands.ManageMember(
            action=commands.MemberVerb.RESET, user=person, theme=THEME, lesson="concurrency", confirm=True
        )
    )


async def remind(learner: Learner) -> None:
    """A reminder that was sent, the next, and what they rest on."""
    seat, now = Seat(learner.actor.workspace, learner.actor.person), HandClock().now()
    who = {"workspace": seat.workspace, "person": seat.person}
    lesson = {"theme": THEME, "lesson": "layers", "how": "learner", "digest": "", "at": now, "removed_at": now}
    line = Entry(DeliveryKey(*seat, "", DeliveryKind.NUDGE, now.date()), now, now, "dm")
    await learner.does(commands.EditSettings(reviews=7))
    made = Certificate(seat.person, THEME, "7K3M9QTX2B4F", "Ada", "Backend", (), now.date(), now)
    async with learner.engine._store.transaction() as connection:
        await entries.plan(connection, [line])
        await nudges.put(connection, seat, DeliveryKind.NUDGE, address="dm", following=Occurrence(now.date(), now))
        await consents.save(connection, seat, Consent(now, Way.DM), zone="", now=now)
        await weeks.snooze(connection, seat, now.date() + timedelta(days=3), today=now.date())
        await boards.join(connection, seat, now)
        await certificates.save(connection, seat.workspace, made)
        await connection.execute(tables.assigned.insert().values(**who, assignment="a1", at=now))
        await connection.execute(tables.removed.insert().values(**who, **lesson))
        await audits.note(connection, seat.workspace, audits.AuditEntry(now, seat.person, "settings", "board off → on"))


async def rows(learner: Learner) -> dict[str, int]:
    page = await learner.types("privacy")
    assert isinstance(page, views.PrivacyPage)
    return {row.name: int(row.value) for row in page.rows}


async def test_every_table_with_a_person_is_shown_exported_and_erased(ada: Learner, bob: Learner) -> None:
    await leave_traces(ada)
    await leave_traces(bob)
    before = await rows(ada)
    tables_named = {*(table.name for table in tables.personal), "audit", "visit"}
    assert len(before) == len(tables_named)
    assert all(before.values()), before
    export = await ada.types("privacy export")
    assert isinstance(export, views.Download)
    kept = json.loads(export.content)["rows"]
    assert set(kept) == tables_named
    assert all("ada" in row.values() for found in kept.values() for row in found)
    assert all(kept.values())
    assert {row.name for row in (await ada.types("privacy")).rows} == set(account.ROWS.values())  # type: ignore[union-attr]
    erased = await ada.does(commands.Erase(word="erase"))
    assert isinstance(erased, views.Notice)
    assert not any((await rows(ada)).values())
    assert all((await rows(bob)).values())


async def test_privacy_lists_the_rows_there_are_and_none_that_there_are_not(ada: Learner) -> None:
    assert await rows(ada) == {}
    await ada.types(f"done {THEME}/layers")
    kept = await rows(ada)
    assert account.ROWS["completion"] in kept
    assert all(kept.values())


async def test_nothing_is_erased_without_the_word(ada: Learner) -> None:
    await leave_traces(ada)
    warning = await ada.types("privacy delete")
    assert isinstance(warning, views.Notice)
    assert "lessons done: 1" in warning.hint
    refused = await ada.does(commands.Erase(word="yes"))
    assert isinstance(refused, views.Notice)
    assert refused.tone is views.Tone.SORRY
    assert all((await rows(ada)).values())


async def test_while_paused_nothing_is_recorded_and_everything_can_be_read(ada: Learner) -> None:
    await ada.types("privacy pause")
    before = await rows(ada)
    lesson = await ada.types(f"lesson {THEME} 2")
    assert isinstance(lesson, views.LessonPage)
    done = await ada.presses(lesson, "Done – next")
    assert isinstance(done, views.Recorded)
    assert (done.kept, done.theme.done) == (False, 0)
    for command in (commands.FollowTheme(theme=THEME), commands.Save(theme=THEME, lesson="layers")):
        refused = await ada.does(command)
        assert isinstance(refused, views.Notice)
        assert refused.tone is views.Tone.SORRY
    assert await rows(ada) == before
    await ada.types("privacy resume")
    done = await ada.presses(lesson, "Done – next")
    assert isinstance(done, views.Recorded)
    assert done.kept


async def test_settings_are_kept_and_shown(ada: Learner) -> None:
    form = await ada.does(commands.EditSettings())
    assert isinstance(form, views.FormPage)
    filled = actions.fill(form.form.token, {"timezone": "paris", "language": "en", "plain": "1"})
    page = await ada.does(filled)
    assert isinstance(page, views.SettingsPage)
    assert page.values[0].value.startswith("Europe/Paris")
    reply = await ada.engine.handle(commands.Themes(), ada.actor)
    assert reply.reader == views.Reader(timezone="Europe/Paris", language="en", plain=True)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "Europe/Pariss", "'; DROP TABLE learner; --"])
async def test_a_wrong_timezone_changes_nothing_and_names_the_closest(ada: Learner, zone: str) -> None:
    refused = await ada.does(commands.EditSettings(timezone=zone))
    assert isinstance(refused, views.Notice)
    assert (refused.tone, "Did you mean" in refused.hint) == (views.Tone.SORRY, True)


async def test_a_report_of_a_mistake_keeps_the_words_and_the_lesson_as_it_stood(ada: Learner, store: Store) -> None:
    form = await ada.does(commands.ReportMistake(theme=THEME, lesson="layers"))
    assert isinstance(form, views.FormPage)
    await ada.does(actions.fill(form.form.token, {"what": "<script> & *stars*\nsecond line"}))
    async with store.reading() as connection:
        found = (await connection.execute(tables.mistake.select())).one()
    assert (found.what, found.lesson, bool(found.digest)) == ("<script> & *stars*\nsecond line", "layers", True)


async def test_reports_do_not_pile_up_without_end(ada: Learner) -> None:
    for _ in range(20):
        await ada.does(commands.ReportMistake(theme=THEME, lesson="layers", what="again"))
    refused = await ada.does(commands.ReportMistake(theme=THEME, lesson="layers", what="once more"))
    assert isinstance(refused, views.Notice)
    assert refused.tone is views.Tone.SORRY


async def test_a_workspace_that_left_is_erased_after_the_retention_time_and_not_before(ada: Learner) -> None:
    await leave_traces(ada)
    await ada.engine.left("web")
    assert await ada.engine.keep_house() == 0
    clock = ada.engine._clock
    clock.at = clock.at.replace(month=3)  # type: ignore[attr-defined]
    assert await ada.engine.keep_house() == 1
    assert not any((await rows(ada)).values())


async def test_a_workspace_that_comes_back_keeps_everything(ada: Learner) -> None:
    await leave_traces(ada)
    await ada.engine.left("web")
    await ada.engine.joined("web")
    clock = ada.engine._clock
    clock.at = clock.at.replace(month=3)  # type: ignore[attr-defined]
    assert await ada.engine.keep_house() == 0
    assert all((await rows(ada)).values())


# The zone of the form -------------------------------------------------------------------------------------------------


async def zone_field(learner: Learner) -> actions.Field:
    form = await learner.does(commands.EditSettings())
    assert isinstance(form, views.FormPage)
    return next(field for field in form.form.fields if field.name == "timezone")


async def filled(learner: Learner, zone: str) -> str:
    """The form sent with this zone; then the zone that the settings page tells."""
    form = await learner.does(commands.EditSettings())
    assert isinstance(form, views.FormPage)
    answers = {field.name: field.value for field in form.form.fields} | {"timezone": zone}
    page = await learner.does(actions.fill(form.form.token, answers))
    assert isinstance(page, views.SettingsPage), page
    return page.values[0].value


async def test_an_empty_zone_leaves_ones_own_as_it_is_and_the_form_says_which(ada: Learner) -> None:
    await filled(ada, "Asia/Tokyo")
    assert (await zone_field(ada)).help == "Empty: it stays Asia/Tokyo. “default”: UTC."
    assert (await filled(ada, "")).startswith("Asia/Tokyo,")
    assert (await filled(ada, "  ")).startswith("Asia/Tokyo,")


@pytest.mark.parametrize("word", ["default", " Workspace "])
async def test_only_a_word_takes_the_choice_of_a_zone_back(ada: Learner, word: str) -> None:
    await filled(ada, "Asia/Tokyo")
    assert (await filled(ada, word)).startswith("UTC,")
    assert (await zone_field(ada)).help == "Like Europe/Paris. Empty: it stays UTC."
