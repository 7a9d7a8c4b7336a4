"""Every view with hostile words wherever somebody could have put them."""

from __future__ import annotations

from bot.core import actions, text, views
from bot.core.actions import Action, Choice, ChoiceOption, Confirm, Field, FieldKind, Form
from bot.core.record import replace
from bot.features import commands
from tests.contracts.samples import running, weekly
from tests.contracts.samples.doing import certificate_page, progress_page
from tests.contracts.samples.reading import DIAGRAM, home, lesson_card, theme_card
from tests.contracts.samples.words import NOON


def hostile(words: str) -> dict[str, views.View]:
    """Every view with these words wherever somebody could have put them."""
    card, lesson = theme_card(4, words, line=words), lesson_card(4, words, summary=words)
    literal = text.Text(words)
    bold = text.Bullets(((text.Span(words, bold=True),),))
    vars(literal)["blocks"] = (text.Paragraph((text.Span(words),)), text.Code(words, "sh"), bold)
    label = words[: actions.LONGEST_LABEL]
    offers = (
        Action(label, commands.Home(), confirm=Confirm(words[:40], words, words[:20])),
        Choice(words, (ChoiceOption(words, commands.Themes(), words),)),
    )
    source = views.SourceLink(words, "https://example.org/?q=" + words.replace(" ", "%20"))
    fields = (
        Field("timezone", words, FieldKind.LINE, words, words),
        Field("language", words, FieldKind.ONE_OF, "en", words, options=(("en", words),)),
    )
    return {
        "own page": views.OwnPageLink(
            words, views.SourceLink(words, "https://learn.example.org/"), words, actions=offers
        ),
        "notice": views.Notice(words, words, actions=offers),
        "catalogue": views.Catalogue((card,), offers),
        "theme": views.ThemePage(card, words, (lesson,), (views.Fact(words, (views.Someone(words),)),), offers),
        "lesson": views.LessonPage(
            "🏗️",
            words,
            4,
            10,
            words,
            words,
            4,
            (views.LessonSection(words, literal, replace(DIAGRAM, alt=words)),),
            (source,),
            lesson,
            actions=offers,
        ),
        "recorded": views.Recorded(card, lesson, again=False, kept=True, following=lesson, actions=offers),
        "ending": views.Ending(card, card, offers),
        "question": views.QuestionPage(
            words, 1, 1, literal, (views.AnswerOption("A", literal, commands.Home()),), note=words, actions=offers
        ),
        "verdict": views.Verdict(
            words,
            1,
            1,
            literal,
            right=False,
            answers=(views.JudgedAnswer(literal, literal, given=True, right=False),) * 2,
            section=words,
            source=source,
            note=words,
            actions=offers,
        ),
        "score": views.Score(words, 0, 1, (views.MissedQuestion(literal, (literal,), words),), actions=offers),
        "found": views.SearchPage(words, (views.Hit(lesson, words, words, words),), offers),
        "saved": views.SavedList((views.SavedItem(lesson, words, NOON),), offers),
        "progress": replace(
            progress_page(),
            themes=(card,),
            recent=(replace(progress_page().recent[0], lesson=lesson, theme=words),),
            actions=offers,
        ),
        "team": views.TeamPage(
            words,
            words,
            words,
            (views.TeamLesson(1, words, words),),
            has_board=True,
            board=(views.BoardRow(views.Someone(words), 3),),
            actions=offers,
        ),
        "certificate": replace(
            certificate_page(words, words), emoji=words, lessons=(words,), code=words, actions=offers
        ),
        "settings": views.SettingsPage(words, (views.Pair(words, words),), words, offers),
        "form": views.FormPage(words, words, Form("edit-settings", {}, fields, label), offers),
        "privacy": views.PrivacyPage((views.Pair(words, words),), paused=True, promise=words, actions=offers),
        "download": views.Download(words, words, "text/plain", words.encode(), offers),
        "help": views.HelpPage(words, (views.HelpTopic(words, words),), offers),
        "home": home(
            coming=views.Coming(NOON, words, words, views.Place(words)),
            greeting=words,
            current=card,
            following=lesson,
            followed=(card,),
            suggested=(views.SuggestedTheme(card, commands.Home()),),
            actions=offers,
        ),
        **running.hostile(words, offers),
        **weekly.hostile(words, literal, offers),
    }
