"""Every view as people mostly meet it."""

from __future__ import annotations

from bot.core import views
from bot.core.actions import Action, Choice, ChoiceOption
from bot.core.record import replace
from bot.features import commands
from tests.contracts.samples import running, weekly
from tests.contracts.samples.doing import (
    certificate_page,
    erase_form,
    privacy,
    progress_page,
    question,
    report_form,
    settings_form,
    team_page,
    verdict,
)
from tests.contracts.samples.reading import (
    READ,
    catalogue,
    found,
    home,
    lesson_card,
    lesson_page,
    theme_card,
    theme_page,
)
from tests.contracts.samples.words import NOON


def plain() -> dict[str, views.View]:
    """Every view as people mostly meet it."""
    card, lesson = theme_card(4), lesson_card(4, done=True)
    return {
        "own page": views.OwnPageLink(
            "Your own page is ready.",
            views.SourceLink("Open it in your browser", "https://learn.example.org/open#1.2-3.a_word-of-chance"),
            "The link works once, within ten minutes.",
            actions=(Action("Home", commands.Home()),),
        ),
        "notice": views.Notice(
            "“Concurrency models” is saved.",
            "You find it under Saved.",
            views.Tone.DONE,
            (Action("Saved", commands.Saved()),),
        ),
        "sorry": views.Notice(
            "There is no theme called “bakend”.",
            "Did you mean one of these?",
            views.Tone.SORRY,
            (
                Action("Backend Architectures", commands.OpenTheme(name="theme-01")),
                Choice("All themes", (ChoiceOption("One", commands.OpenTheme(name="theme-01")),)),
            ),
        ),
        "link code": views.Notice(
            "Your code: 7K3M-9QXW-2VTA",
            "In your other chat, give it to Dualo’s command “link” within ten minutes, and confirm there.",
            actions=(Action("Go on", commands.Link()),),
        ),
        "link to confirm": views.Notice(
            "Are you the one who asked for this code on Discord?",
            "The number 4821 is shown there as well. Confirm only if you see it there yourself.",
            actions=(
                Action("Yes, that is me", commands.ConfirmLink(name="0a1b2c3d4e5f"), primary=True),
                Action("No, that was not me", commands.RefuseLink(name="0a1b2c3d4e5f")),
            ),
        ),
        "catalogue": catalogue(),
        "theme": theme_page(),
        "lesson": lesson_page(),
        "lesson done": replace(lesson_page(), done_on=NOON, updated=True),
        "lesson untranslated": replace(
            lesson_page(), untranslated="This lesson is not translated to Deutsch yet; it is in English."
        ),
        "lesson shared": replace(lesson_page(), shared=True),
        "recorded": views.Recorded(
            card,
            lesson,
            again=False,
            kept=True,
            following=lesson_card(5, "Data layers – rows, documents, logs"),
            actions=(
                Action("Read lesson 5", READ),
                Action("Undo", commands.Undo(theme="backend-architectures", lesson="lesson-04")),
            ),
        ),
        "recorded again": views.Recorded(card, lesson, again=True, kept=True),
        "not recorded": views.Recorded(card, lesson, again=False, kept=False),
        "ending": views.Ending(
            theme_card(1, done=10),
            theme_card(2, "Frameworks Under Pressure", "🔥"),
            (Action("Quiz me on this theme", commands.Quiz(theme="theme-01")),),
            reviews=3,
        ),
        "question": question(),
        "several right": replace(
            question(),
            several=True,
            options=tuple(replace(each, picked=each.letter in "AC") for each in question().options),
            actions=(Action("Check my answer", question().options[0].command, primary=True),),
        ),
        "typed": replace(question(), options=(), actions=(Action("Type the answer", commands.Home(), primary=True),)),
        "right": verdict(right=True),
        "wrong": verdict(right=False),
        "score": views.Score(
            "Concurrency models",
            3,
            5,
            tuple(
                views.MissedQuestion(question().ask, (verdict(right=True).answers[0].text,), "Concurrency models")
                for _ in range(2)
            ),
            actions=(Action("Redo my misses", commands.Redo(quiz="0a1b2c3d")), Action("Read the lesson", READ)),
        ),
        "full score": views.Score("Concurrency models", 5, 5, ()),
        "found": found(),
        "nothing found": replace(found(0), words="quantum"),
        "saved": views.SavedList(
            tuple(views.SavedItem(lesson_card(number), "Backend Architectures", NOON) for number in (4, 5)),
            (Action("Home", commands.Home()),),
        ),
        "nothing saved": views.SavedList(()),
        "progress": progress_page(),
        "team": team_page(),
        "team of few": replace(team_page(), people="Too few.", lessons=(), board=(), more=0),
        "certificate": certificate_page(),
        "progress shared": replace(progress_page(), shared=True, recent=()),
        "settings": views.SettingsPage(
            "Your settings",
            (views.Pair("Timezone", "Europe/Paris"), views.Pair("Plain mode", "off")),
            "Nothing is sent to you unless you ask for it.",
            (Action("Change", commands.EditSettings()),),
        ),
        "settings form": settings_form(),
        "report form": report_form(),
        "erase form": erase_form(),
        "privacy": privacy(),
        "privacy paused": replace(privacy(), paused=True),
        "download": views.Download(
            "Everything kept on you, as JSON. Only you see this.",
            "dualo-you.json",
            "application/json",
            b'{"completions": []}',
        ),
        "help": views.HelpPage(
            "What you can do here",
            tuple(
                views.HelpTopic(name, "Six lines and buttons by task, each with the command that does it.")
                for name in ("Read", "Record", "Practise", "Find", "Look back", "Decide")
            ),
            (Action("All themes", commands.Themes()),),
        ),
        "home": home(),
        "home with a suggestion": home(
            suggested=(views.SuggestedTheme(theme_card(5), commands.FollowTheme(theme="theme-05")),)
        ),
        "home of a newcomer": home(
            greeting="Short lessons with sources and questions, a few minutes each.",
            current=None,
            following=None,
            followed=(),
            saved=0,
            actions=(Action("Read the first lesson", READ), Action("All themes", commands.Themes())),
        ),
        **running.plain(),
        **weekly.plain(),
    }
