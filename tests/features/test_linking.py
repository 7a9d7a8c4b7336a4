"""One learner over two chats: both sides confirm, what is learned counts in both, and a split loses nothing."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.core import views
from bot.core.ports import Actor, Services
from bot.domain.learner import Seat
from bot.engine import StudyEngine
from bot.features import commands
from bot.features.linking import codes
from bot.packs.library import Library
from bot.store import tables
from bot.store.cold import links, workspaces
from bot.store.database import Database
from bot.store.store import Store, opened
from tests.conftest import Learner, pressed
from tests.features.house import boss, notice
from tests.features.linked import HERE, THERE, Sides, code_of, link, sides, typed
from tests.hand_clock import HandClock

LAYERS, RENDERING = "backend-architectures/layers", "backend-architectures/rendering"


@pytest.fixture
def both(engine: StudyEngine) -> Sides:
    return sides(engine)


async def done(learner: Learner) -> set[str]:
    """The lessons that are shown to them as done."""
    view = await learner.types("theme backend-architectures")
    assert isinstance(view, views.ThemePage)
    return {each.title for each in view.lessons if each.done}


async def said(learner: Learner, line: str) -> str:
    view = notice(await learner.types(line))
    return f"{view.text} {view.hint}"


async def test_without_the_operators_leave_nothing_can_be_linked(ada: Learner, store: Store) -> None:
    assert "not switched on here" in await said(ada, "link")
    assert "not switched on here" in await said(ada, "link 0000-0000-0000")
    async with store.reading() as connection:
        assert (await connection.execute(select(tables.link_code))).all() == []


async def test_both_sides_confirm_and_then_they_are_one_learner(both: Sides) -> None:
    view = notice(await typed(both))
    assert "asked for this code on Discord" in view.text
    number = re.findall(r"\b\d{4}\b", view.hint)
    assert number == re.findall(r"\b\d{4}\b", notice(await both.discord.types("link")).hint)
    await both.discord.types(f"done lesson:{LAYERS}")
    assert await done(both.slack) == set()
    agreed = notice(await both.slack.presses(view, "Yes, that is me"))
    assert "go back to Discord" in agreed.text
    assert await done(both.slack) == set()
    linked = await both.discord.presses(await both.discord.types("link"), "Yes, link both")
    assert notice(linked).text == "Linked: you here and you on Slack are one learner now."
    assert len(await done(both.slack)) == 1
    assert "linked with your side on Discord" in await said(both.slack, "link")


async def test_what_is_told_names_nobody_and_no_workspace(both: Sides) -> None:
    seen = [await typed(both), await both.discord.types("link")]
    seen.append(await both.slack.presses(seen[0], "Yes, that is me"))
    seen.append(await both.discord.types("link"))
    seen += [await both.discord.presses(seen[3], "Yes, link both"), await both.slack.types("settings")]
    words = " ".join(str(view) for view in seen)
    assert not re.search("7771|U77|T1|900", re.sub(r"name='\w+'", "", words)), words


async def test_the_first_side_cannot_confirm_before_the_second(both: Sides, store: Store) -> None:
    await typed(both)
    waiting = await both.discord.types("link")
    assert "not confirmed there yet" in notice(waiting).text
    name = pressed(waiting, "No, that").name  # type: ignore[attr-defined]
    view = notice(await both.discord.does(commands.ConfirmLink(name=name)))
    assert "not confirmed there yet" in view.text
    async with store.reading() as connection:
        assert await links.find(connection, HERE) is None


@pytest.mark.parametrize("side", ["discord", "slack"])
async def test_either_side_can_say_no(both: Sides, side: str) -> None:
    view = await typed(both)
    await getattr(both, side).presses(await getattr(both, side).types("link"), "No, that was not me")
    assert "code is over" in notice(await both.slack.presses(view, "Yes, that is me")).text


async def test_a_stranger_cannot_confirm(both: Sides) -> None:
    view = await typed(both)
    eve = Learner(both.slack.engine, Actor(THERE.workspace, "eve"))
    assert "code is over" in notice(await eve.does(pressed(view, "Yes, that is me"))).text
    assert "code is over" in notice(await eve.does(pressed(view, "No, that was not me"))).text
    assert "go back to Discord" in notice(await both.slack.presses(view, "Yes, that is me")).text


async def test_a_code_says_in_one_sentence_why_it_leads_nowhere(both: Sides, clock: HandClock) -> None:
    engine = both.slack.engine
    code = code_of(await both.discord.types("link"))
    assert "for your other chat" in await said(both.discord, f"link {code}")
    neighbour = Learner(engine, Actor("discord:901", "8"))
    assert "from the same platform" in await said(neighbour, f"link {code}")
    clock.at += timedelta(minutes=10)
    assert "has expired" in await said(both.slack, f"link {code}")
    code = code_of(await both.discord.types("link"))
    await both.slack.types(f"link {code}")
    eve = Learner(engine, Actor(THERE.workspace, "eve"))
    assert "was used already" in await said(eve, f"link {code}")
    assert "no such code" in await said(eve, "link 0000-0000-0000")


async def test_a_code_is_shown_once_and_kept_only_as_a_hash(both: Sides, store: Store) -> None:
    code = code_of(await both.discord.types("link"))
    assert code not in str(await both.discord.types("link"))
    async with store.reading() as connection:
        (row,) = (await connection.execute(select(tables.link_code))).all()
    bare = code.replace("-", "")
    assert not {code, bare, bare[3:]} & set(row)
    assert codes.read(f" {code.lower().replace('-', ' ')} ") == bare
    await both.discord.presses(await both.discord.types("link"), "Another code")
    assert "no such code" in await said(both.slack, f"link {code}")


async def test_after_five_wrong_codes_the_right_one_has_to_wait_an_hour(both: Sides, clock: HandClock) -> None:
    for attempt in range(links.MOST_WRONG):
        assert "no such code" in await said(both.slack, f"link 0000-0000-000{attempt}")
    code = code_of(await both.discord.types("link"))
    assert "Too many wrong codes" in await said(both.slack, f"link {code}")
    clock.at += links.WINDOW
    code = code_of(await both.discord.types("link"))
    assert "asked for this code" in await said(both.slack, f"link {code}")


async def test_guesses_at_the_same_moment_are_counted_one_by_one(both: Sides) -> None:
    found = await asyncio.gather(*(said(both.slack, f"link 0000-0000-{each:04d}") for each in range(20)))
    assert sum("no such code" in each for each in found) == links.MOST_WRONG


async def test_many_people_who_guess_shut_the_door_for_all_and_one_alone_cannot(both: Sides, store: Store) -> None:
    for attempt in range(links.MOST_WRONG * 4):
        await both.slack.types(f"link 0000-0000-{attempt:04d}")
    async with store.reading() as connection:
        (kept,) = (await connection.execute(select(tables.link_guess.c.wrong))).scalars()
    assert kept == links.MOST_WRONG + 1
    assert "no such code" in await said(Learner(both.slack.engine, Actor(THERE.workspace, "bob")), "link 0000")
    for person in range(links.MOST_WRONG_OF_ALL // links.MOST_WRONG + 1):
        eve = Learner(both.slack.engine, Actor(THERE.workspace, f"eve{person}"))
        for attempt in range(links.MOST_WRONG):
            await eve.types(f"link 1111-1111-{attempt:04d}")
    fresh = Learner(both.slack.engine, Actor(THERE.workspace, "fresh"))
    assert "Too many wrong codes" in await said(fresh, f"link {code_of(await both.discord.types('link'))}")


async def test_codes_and_guesses_that_are_over_are_forgotten(both: Sides, store: Store, clock: HandClock) -> None:
    await both.discord.types("link")
    await both.slack.types("link 0000-0000-0000")
    clock.at += timedelta(hours=2)
    await both.slack.engine.keep_house()
    async with store.reading() as connection:
        for table in (tables.link_code, tables.link_guess):
            assert (await connection.execute(select(table))).all() == []


async def test_two_presses_and_two_replicas_make_one_link(
    both: Sides, database_url: str, library: Library, clock: HandClock, store: Store
) -> None:
    await both.slack.presses(await typed(both), "Yes, that is me")
    ask = pressed(await both.discord.types("link"), "Yes, link both")
    async with opened(Database(database_url)) as other:
        replica = StudyEngine(other, library, clock)
        replica.settle(Services(links=True))
        again = Learner(replica, both.discord.actor)
        found = await asyncio.gather(*(each.does(ask) for each in (both.discord, again, both.discord)))
    assert all("inked" in notice(view).text for view in found), found
    async with store.reading() as connection:
        assert len((await connection.execute(select(tables.link))).all()) == 2


async def test_a_side_is_linked_once(both: Sides) -> None:
    await link(both)
    other = Learner(both.slack.engine, Actor("slack:-:T2", "U9"))
    assert "linked with your side" in await said(both.discord, f"link {code_of(await other.types('link'))}")


async def test_of_two_codes_under_way_for_one_side_one_makes_a_link(engine: StudyEngine, store: Store) -> None:
    both, second = sides(engine), sides(engine, there=Seat("slack:-:T2", "U9"))
    await both.slack.presses(await typed(both), "Yes, that is me")
    first = pressed(await both.discord.types("link"), "Yes, link both")
    code = code_of(await second.slack.types("link"))
    await both.discord.presses(await both.discord.types(f"link {code}"), "Yes, that is me")
    rival = pressed(await second.slack.types("link"), "Yes, link both")
    found = await asyncio.gather(both.discord.does(first), second.slack.does(rival))
    assert sorted("Linked:" in notice(view).text for view in found) == [False, True]
    async with store.reading() as connection:
        assert len((await connection.execute(select(tables.link))).all()) == 2


async def test_what_is_done_later_counts_on_both_and_the_earliest_date_holds(both: Sides, clock: HandClock) -> None:
    await both.slack.types(f"done lesson:{LAYERS}")
    first = clock.at
    clock.at += timedelta(days=1)
    await both.discord.types(f"done lesson:{LAYERS}")
    await link(both)
    await both.discord.types(f"done lesson:{RENDERING}")
    assert len(await done(both.slack)) == len(await done(both.discord)) == 2
    view = await both.discord.types("progress")
    assert isinstance(view, views.ProgressPage)
    assert {each.done_on for each in view.recent} == {first, clock.at}


async def test_a_completion_is_undone_on_both_sides(both: Sides) -> None:
    await both.slack.types(f"done lesson:{LAYERS}")
    await link(both)
    theme, lesson = LAYERS.split("/")
    view = await both.discord.does(commands.Undo(theme=theme, lesson=lesson))
    assert "is open again" in notice(view).text
    assert await done(both.slack) == await done(both.discord) == set()


async def test_what_is_done_again_here_is_recorded_here_and_is_no_news(both: Sides, store: Store) -> None:
    await both.slack.types(f"done lesson:{LAYERS}")
    await link(both)
    view = await both.discord.types(f"done lesson:{LAYERS}")
    assert isinstance(view, views.Recorded)
    assert view.again
    async with store.reading() as connection:
        assert len((await connection.execute(select(tables.completion))).all()) == 2


async def test_the_lesson_last_opened_on_either_side_is_gone_on_with(both: Sides, clock: HandClock) -> None:
    await both.discord.types(f"lesson {LAYERS}")
    await link(both)
    clock.at += timedelta(minutes=1)
    await both.slack.types(f"lesson {RENDERING}")
    view = await both.discord.types("lesson")
    assert isinstance(view, views.LessonPage)
    assert view.number == 7


async def test_what_is_saved_stands_on_both_sides_and_is_taken_off_both(both: Sides) -> None:
    await link(both)
    theme, lesson = LAYERS.split("/")
    await both.slack.does(commands.Save(theme=theme, lesson=lesson))
    assert isinstance(await both.discord.types("saved"), views.SavedList)
    await both.discord.does(commands.Unsave(theme=theme, lesson=lesson))
    assert "Nothing is saved" in await said(both.slack, "saved")


async def test_unlinking_splits_and_keeps_what_was_learned_in_between_on_both(both: Sides, clock: HandClock) -> None:
    await both.slack.types(f"done lesson:{LAYERS}")
    clock.at += timedelta(minutes=1)
    await link(both)
    await both.slack.types(f"done lesson:{RENDERING}")
    view = await both.discord.presses(await both.discord.types("link unlink"), "Unlink")
    assert notice(view).text == "Unlinked from Slack."
    assert (len(await done(both.discord)), len(await done(both.slack))) == (1, 2)
    await both.slack.types("done lesson:backend-architectures/concurrency")
    assert (len(await done(both.discord)), len(await done(both.slack))) == (1, 3)
    assert "not linked" in await said(both.slack, "link unlink")
    assert "not linked" in notice(await both.discord.does(commands.Unlink())).text
    theme, lesson = RENDERING.split("/")
    await both.discord.does(commands.Undo(theme=theme, lesson=lesson))
    assert (len(await done(both.discord)), len(await done(both.slack))) == (0, 3)


async def test_a_manager_learns_nothing_of_what_was_done_on_the_other_side(
    both: Sides, store: Store, clock: HandClock
) -> None:
    chief = boss(both.discord.engine, HERE.workspace)
    await chief.does(commands.EditWorkspace(personal=True))
    lines = ("study-admin report", "study-admin report form:csv")
    before = [await chief.types(line) for line in lines]
    await both.slack.types(f"done lesson:{LAYERS}")
    clock.at += timedelta(minutes=1)
    await link(both)
    await both.slack.types(f"done lesson:{RENDERING}")
    assert [await chief.types(line) for line in lines] == before
    await both.discord.presses(await both.discord.types("link unlink"), "Unlink")
    assert [await chief.types(line) for line in lines] == before
    async with store.reading() as connection:
        for table in (tables.completion, tables.review, tables.answer):
            rows = await connection.execute(select(table).where(table.c.workspace == HERE.workspace))
            assert rows.all() == []


async def test_nobody_becomes_a_learner_here_by_what_they_did_elsewhere(both: Sides, store: Store) -> None:
    await both.slack.types(f"done lesson:{LAYERS}")
    await link(both)
    standing = await store.standing(HERE)
    assert standing.completions
    assert not standing.learns


async def test_a_pause_is_no_time_to_link(both: Sides) -> None:
    await both.discord.types("privacy pause")
    assert "Recording is paused" in await said(both.discord, "link")
    await both.discord.types("privacy resume")
    await both.slack.presses(await typed(both), "Yes, that is me")
    ask = pressed(await both.discord.types("link"), "Yes, link both")
    await both.slack.types("privacy pause")
    assert "paused on Slack" in notice(await both.discord.does(ask)).text


async def test_settings_lead_to_a_link_and_from_it_to_its_end(both: Sides) -> None:
    begun = pressed(await both.discord.types("settings"), "Link another chat")
    assert begun == commands.Link()
    await link(both)
    found = await both.discord.presses(await both.discord.types("settings"), "My other chat")
    ended = await both.discord.presses(await both.discord.presses(found, "Unlink…"), "Unlink")
    assert notice(ended).text == "Unlinked from Slack."


async def test_privacy_tells_of_the_link_on_both_sides_and_exports_each_sides_own(both: Sides) -> None:
    await both.slack.types(f"done lesson:{LAYERS}")
    await link(both)
    view = await both.discord.types("privacy")
    assert isinstance(view, views.PrivacyPage)
    assert "linked with your side on Slack" in view.promise
    assert views.Pair("A link to your side in another chat", "1") in view.rows
    export = await both.discord.types("privacy export")
    assert isinstance(export, views.Download)
    rows = json.loads(export.content)["rows"]
    assert (rows["completion"], len(rows["link"])) == ([], 1)


async def test_erasing_one_side_ends_the_link_and_leaves_the_others_own_rows(both: Sides, store: Store) -> None:
    await both.slack.types(f"done lesson:{LAYERS}")
    await link(both)
    await both.discord.types(f"done lesson:{RENDERING}")
    assert "link with Slack ends" in notice(await both.discord.types("privacy delete")).hint
    await both.discord.does(commands.Erase(word="erase"))
    assert len(await done(both.slack)) == 1
    async with store.reading() as connection:
        for table in tables.metadata.sorted_tables:
            assert HERE.person not in str((await connection.execute(select(table))).all()), table.name


async def test_a_workspace_that_is_erased_takes_its_links_along(both: Sides, store: Store) -> None:
    await both.slack.types(f"done lesson:{LAYERS}")
    await link(both)
    async with store.transaction() as connection:
        await workspaces.erase(connection, THERE.workspace, with_tokens=True)
    assert await done(both.discord) == set()
    assert "Your code" in await said(both.discord, "link")
    async with store.reading() as connection:
        for table in tables.metadata.sorted_tables:
            assert THERE.person not in str((await connection.execute(select(table))).all()), table.name


async def test_weeks_hold_the_lessons_and_reviews_of_both_sides_once(both: Sides, clock: HandClock) -> None:
    await both.slack.types(f"done lesson:{LAYERS}")
    clock.at += timedelta(days=7)
    for _ in range(2):
        clock.at += timedelta(minutes=1)
        await link(both)
        view = await both.slack.types("review")
        assert isinstance(view, views.QuestionPage)
        await both.slack.does(view.options[0].command)
        page = await both.discord.types("progress")
        assert isinstance(page, views.ProgressPage)
        assert page.weeks_kept == 2
        assert [each.lessons for each in page.weeks[-2:]] == [1, 0]
        last = page.weeks[-1].reviews
        await both.discord.does(commands.Unlink())
    assert last == 2


async def test_a_certificate_made_while_linked_stands_after_the_split(both: Sides, clock: HandClock) -> None:
    chief = boss(both.discord.engine, HERE.workspace)
    await chief.does(commands.EditTeam(certificates=True))
    shelf = both.discord.engine._library.edition.shelf
    theme = shelf.theme(LAYERS.split("/")[0])
    assert theme
    first, *others = theme.lessons
    for lesson in others:
        await both.slack.does(commands.Done(lesson=str(lesson.key)))
    await both.discord.does(commands.Done(lesson=str(first.key)))
    clock.at += timedelta(minutes=1)
    await link(both)
    made = await both.discord.does(commands.OpenCertificate(theme=theme.id))
    assert isinstance(made, views.CertificatePage)
    await both.discord.does(commands.Unlink())
    assert await both.discord.does(commands.OpenCertificate(theme=theme.id)) == made
