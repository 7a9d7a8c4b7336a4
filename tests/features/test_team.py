"""The team in numbers from five people up, the board of those who said yes, and certificates that can be confirmed."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.core import actions, i18n, views
from bot.core.layout import certificate as drawn
from bot.core.ports import Actor
from bot.domain.course import Shelf
from bot.engine import StudyEngine
from bot.features import commands
from bot.features.team import certificates
from bot.features.team import team as numbers
from bot.store import tables
from bot.store.store import Store
from tests.conftest import Learner
from tests.features.house import boss, fact, listing
from tests.features.test_reporting import complete
from tests.hand_clock import HandClock

THEME, SMALL = "backend-architectures", "teach-with-dualo"


async def allow(engine: StudyEngine, *, board: bool = False, certificates: bool = False) -> None:
    await boss(engine).does(commands.EditTeam(board=board, certificates=certificates, filled=True))


def team(view: views.View) -> views.TeamPage:
    assert isinstance(view, views.TeamPage), view
    return view


def labels(view: views.View) -> list[str]:
    return [each.label for each in view.actions if isinstance(each, actions.Action)]


# Numbers -------------------------------------------------------------------------------------------------------------


@given(st.integers(5, 4000), st.integers(0, 4000))
def test_a_count_is_told_from_five_people_up_and_below_that_only_that_it_is_below(of: int, done: int) -> None:
    done = min(done, of)
    alike = [each for each in range(of + 1) if numbers.count_done(each, of=of) == numbers.count_done(done, of=of)]
    few = [each for each in range(1, numbers.LEAST) if each < of]
    assert alike == (few if done in few else [done])


def test_the_count_is_said_as_one_says_it() -> None:
    assert [numbers.count_done(each, of=11) for each in (0, 1, 4, 5, 7, 10, 11)] == [
        "nobody yet",
        "fewer than five of 11",
        "fewer than five of 11",
        "5 of 11",
        "7 of 11",
        "10 of 11",
        "all 11",
    ]


async def test_a_lesson_is_told_by_how_many_have_done_it(
    ada: Learner, engine: StudyEngine, store: Store, clock: HandClock
) -> None:
    await complete(store, people=12, at=clock.now())
    await complete(store, people=7, at=clock.now(), lesson="concurrency")
    await complete(store, people=9, at=clock.now(), lesson="sync-vs-async")
    await complete(store, people=2, at=clock.now(), lesson="full-stack-or-api")
    page = team(await ada.types("team backend"))
    assert page.people == "12 people have begun it."
    assert [each.said for each in page.lessons[:5]] == [
        "all 12",
        "7 of 12",
        "9 of 12",
        "fewer than five of 12",
        "nobody yet",
    ]


async def test_fewer_than_five_are_told_nothing_of(ada: Learner, store: Store, clock: HandClock) -> None:
    await complete(store, people=4, at=clock.now())
    page = team(await ada.types("team backend"))
    assert (page.lessons, page.people) == ((), "Numbers are told from five people up; fewer have begun it so far.")


async def test_another_workspace_counts_for_nothing(engine: StudyEngine, store: Store, clock: HandClock) -> None:
    await complete(store, people=9, at=clock.now())
    assert team(await Learner(engine, Actor("web:other", "ada")).types("team backend")).lessons == ()


# The board -----------------------------------------------------------------------------------------------------------


async def test_without_the_workspaces_yes_there_is_no_board_anywhere(ada: Learner, engine: StudyEngine) -> None:
    page = team(await ada.types("team backend"))
    assert (page.has_board, [each for each in labels(page) if "board" in each]) == (False, [])
    assert "Board of /team" not in str(await ada.types("settings"))
    form = await ada.does(commands.EditSettings())
    assert isinstance(form, views.FormPage)
    assert "board" not in [each.name for each in form.form.fields]
    refused = await ada.does(commands.JoinBoard())
    assert "There is no board here." in str(refused)
    await allow(engine, board=True)
    assert "board" in str(await ada.does(commands.EditSettings()))


async def test_nobody_is_listed_who_did_not_say_yes_and_one_press_leaves(
    ada: Learner, bob: Learner, engine: StudyEngine
) -> None:
    await allow(engine, board=True)
    for each in (ada, bob):
        await each.types("done lesson:backend-architectures/layers")
    page = team(await bob.types("team backend"))
    assert (page.has_board, page.board) == (True, ())
    await ada.presses(team(await ada.types("team backend")), "Put me on the board")
    page = team(await bob.types("team backend"))
    assert page.board == (views.BoardRow(views.Someone("ada"), 1),)
    assert "Leave the board" not in labels(page)
    await ada.presses(team(await ada.types("team backend")), "Leave the board")
    assert team(await bob.types("team backend")).board == ()


async def test_the_board_keeps_the_order_of_joining_and_counts_the_rest(
    engine: StudyEngine, clock: HandClock, ada: Learner
) -> None:
    await allow(engine, board=True)
    for number in range(23):
        await Learner(engine, Actor("web", f"p{22 - number:02}")).does(commands.JoinBoard())
        clock.at += timedelta(minutes=1)
    await Learner(engine, Actor("web", "p00")).types("done lesson:backend-architectures/layers")
    page = team(await ada.types("team backend"))
    assert [each.person.person for each in page.board] == [f"p{22 - number:02}" for number in range(20)]
    assert page.more == 3


async def test_settings_switch_it_and_privacy_says_it(ada: Learner, engine: StudyEngine) -> None:
    await allow(engine, board=True)
    assert "You are on the board" not in str(await ada.types("privacy"))
    await ada.does(commands.EditSettings(board=True, filled=True))
    page = await ada.types("settings")
    assert ("Leave the board" in labels(page), "you are on it" in str(page)) == (True, True)
    assert "You are on the board: others here see your weeks kept on /team" in str(await ada.types("privacy"))
    await ada.does(commands.EditSettings(board=False, filled=True))
    assert "you are not on it" in str(await ada.types("settings"))


async def test_switching_the_board_off_takes_everybody_off_it(ada: Learner, engine: StudyEngine) -> None:
    await allow(engine, board=True)
    await ada.does(commands.JoinBoard())
    await allow(engine, board=False)
    assert team(await ada.types("team backend")).has_board is False
    await allow(engine, board=True)
    assert team(await ada.types("team backend")).board == ()
    audit = str(await boss(engine).types("study-admin audit"))
    assert "oard off → on" in audit


# Certificates --------------------------------------------------------------------------------------------------------


def named(engine: StudyEngine, name: str = "Ada <Lovelace> & Co", person: str = "ada") -> Learner:
    return Learner(engine, Actor("web", person, name=name))


async def finish(learner: Learner, shelf: Shelf) -> views.View:
    theme = shelf.theme(SMALL)
    assert theme is not None
    for lesson in theme.lessons:
        await learner.types(f"done lesson:{lesson.key}")
    return await learner.types(f"next {SMALL}")


async def certified(learner: Learner) -> views.CertificatePage:
    page = await learner.does(commands.OpenCertificate(theme=SMALL))
    assert isinstance(page, views.CertificatePage), page
    return page


async def confirmed(engine: StudyEngine, code: str, workspace: str = "web") -> views.View:
    return await boss(engine, workspace).types(f"study-admin report code:{code}")


async def test_only_a_workspace_that_wants_them_has_certificates(engine: StudyEngine, shelf: Shelf) -> None:
    ada = named(engine)
    assert "Certificate" not in labels(await finish(ada, shelf))
    assert "no certificates here" in str(await ada.does(commands.OpenCertificate(theme=SMALL)))
    await allow(engine, certificates=True)
    assert "Certificate" in labels(await ada.types(f"next {SMALL}"))


async def test_there_is_none_before_the_last_lesson(engine: StudyEngine, shelf: Shelf, store: Store) -> None:
    await allow(engine, certificates=True)
    theme = shelf.theme(SMALL)
    assert theme is not None
    ada = named(engine)
    await ada.types(f"done lesson:{theme.lessons[0].key}")
    assert "3 lessons to go" in str(await ada.does(commands.OpenCertificate(theme=SMALL)))
    async with store.reading() as connection:
        assert (await connection.execute(select(tables.certificate))).all() == []


async def test_it_says_whose_what_and_when_and_comes_as_picture_and_as_file(engine: StudyEngine, shelf: Shelf) -> None:
    await allow(engine, certificates=True)
    ada = named(engine)
    await finish(ada, shelf)
    page = await certified(ada)
    theme = shelf.theme(SMALL)
    assert theme is not None
    assert (page.name, page.theme, page.finished) == ("Ada <Lovelace> & Co", theme.title, "Mon 5 Jan 2026")
    assert page.lessons == tuple(lesson.title for lesson in theme.lessons)
    png, svg = [await ada.presses(page, label) for label in ("As a picture", "As a file")]
    assert isinstance(png, views.Download)
    assert isinstance(svg, views.Download)
    assert (png.content[:4], png.mime) == (b"\x89PNG", "image/png")
    words = " ".join(ET.fromstring(svg.content).itertext())
    assert ("Ada <Lovelace> & Co" in words, page.code in words, theme.lessons[-1].title[:20] in words) == (True,) * 3


async def test_the_code_is_confirmed_while_all_of_it_stands(engine: StudyEngine, shelf: Shelf) -> None:
    await allow(engine, certificates=True)
    ada = named(engine)
    await finish(ada, shelf)
    code = (await certified(ada)).code
    (item,) = listing(await confirmed(engine, code.lower().replace("-", ""))).items
    assert (item.title, item.tone, item.note) == (code, views.Tone.DONE, "Valid.")
    assert fact(item, "Whose") == (views.Someone("ada"), "made out to “Ada <Lovelace> & Co”")
    await ada.does(commands.Undo(theme=SMALL, lesson="questions-that-teach"))
    (item,) = listing(await confirmed(engine, code)).items
    assert (item.tone, str(item.note)[:13]) == (views.Tone.SORRY, "Undone since:")
    await finish(ada, shelf)
    (item,) = listing(await confirmed(engine, code)).items
    assert item.note == "Valid."
    assert (await certified(ada)).code == code


async def test_what_is_asked_for_while_undone_gets_another_code_once_it_is_done_again(
    engine: StudyEngine, shelf: Shelf, clock: HandClock
) -> None:
    await allow(engine, certificates=True)
    ada = named(engine)
    await finish(ada, shelf)
    await certified(ada)
    await ada.does(commands.Undo(theme=SMALL, lesson="questions-that-teach"))
    assert "1 lesson to go" in str(await ada.does(commands.OpenCertificate(theme=SMALL)))


async def test_an_unknown_code_and_one_of_another_workspace_are_alike(engine: StudyEngine, shelf: Shelf) -> None:
    await allow(engine, certificates=True)
    ada = named(engine)
    await finish(ada, shelf)
    code = (await certified(ada)).code
    unknown = str(await confirmed(engine, "0000-0000-0000"))
    elsewhere = str(await confirmed(engine, code, workspace="web:other"))
    assert elsewhere.replace(code, "0000-0000-0000") == unknown
    assert "No certificate of this workspace" in unknown


async def test_only_those_who_run_it_confirm_codes(engine: StudyEngine, bob: Learner) -> None:
    assert "Only those who manage" in str(await bob.types("study-admin report code:7K3M-9QTX-2B4F"))


async def test_codes_are_random_and_long(engine: StudyEngine, shelf: Shelf) -> None:
    await allow(engine, certificates=True)
    codes = set()
    for number in range(5):
        learner = named(engine, person=f"p{number}")
        await finish(learner, shelf)
        codes.add((await certified(learner)).code)
    assert len(codes) == 5
    assert len(certificates.ALPHABET) ** certificates.DIGITS >= 2**60


@given(st.text(certificates.ALPHABET, min_size=12, max_size=12))
def test_a_code_is_read_as_it_is_said_whatever_is_taken_for_a_digit(code: str) -> None:
    said = certificates.grouped(code)
    assert certificates.read(f" {said.lower()} ") == code
    assert certificates.read(said.replace("0", "o").replace("1", "l")) == code


async def test_it_is_drawn_in_the_language_of_whoever_looks_at_it(engine: StudyEngine, shelf: Shelf) -> None:
    await allow(engine, certificates=True)
    await finish(named(engine), shelf)
    for locale in ("", "de"):
        page = await certified(Learner(engine, Actor("web", "ada", locale=locale)))
        with i18n.speaking(locale):
            told = i18n.say("Certificate of completion"), i18n.say("Check code {code}", code=page.code)
        assert [each in page.svg.document for each in told] == [True, True]


async def test_it_is_exported_and_erased_with_its_person(engine: StudyEngine, shelf: Shelf, store: Store) -> None:
    await allow(engine, board=True, certificates=True)
    ada = named(engine)
    await finish(ada, shelf)
    page = await certified(ada)
    await ada.does(commands.JoinBoard())
    export = await ada.types("privacy export")
    assert isinstance(export, views.Download)
    rows = json.loads(export.content)["rows"]
    assert [each["code"] for each in rows["certificate"]] == [page.code.replace("-", "")]
    assert len(rows["board"]) == 1
    shown = str(await ada.types("privacy"))
    assert ("Certificates made out to you" in shown, "said yes to the board" in shown) == (True, True)
    await ada.does(commands.Erase(word="erase"))
    assert "No certificate of this workspace" in str(await confirmed(engine, page.code))


async def test_a_pause_makes_none(engine: StudyEngine, shelf: Shelf) -> None:
    await allow(engine, certificates=True)
    ada = named(engine)
    await finish(ada, shelf)
    await ada.types("privacy pause")
    assert "Certificate" not in labels(await ada.types(f"next {SMALL}"))
    assert "Recording is paused" in str(await ada.does(commands.OpenCertificate(theme=SMALL)))


@given(st.text(max_size=80), st.text(min_size=1, max_size=80))
def test_whatever_a_name_holds_the_drawing_is_sound_xml(name: str, title: str) -> None:
    made = drawn.drawing(name=name, theme=title, finished="Mon 5 Jan 2026", lessons=(title,), code="7K3M-9QTX-2B4F")
    root = ET.fromstring(made.document)
    assert {each.tag.rpartition("}")[2] for each in root.iter()} == {"svg", "rect", "text"}
