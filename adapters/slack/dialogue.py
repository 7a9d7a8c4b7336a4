"""What people decide and practise: questions and verdicts, notices, settings, privacy, help."""

from __future__ import annotations

from adapters.slack import rich
from adapters.slack.sheet import Sheet
from bot.api import actions, text, views

_TONES = {
    views.Tone.INFO: ("", ""),
    views.Tone.DONE: ("✓", ""),
    views.Tone.SORRY: ("✕", "Sorry: "),
}


def notice(sheet: Sheet, view: views.Notice) -> None:
    sign, words = _TONES[view.tone]
    said = sheet.names.here(view.text)
    if sheet.reader.plain or not sign:
        sheet.say(rich.words(f"{words}{said}"))
    else:
        sheet.say(rich.words(f"{sign} "), rich.words(said))
    sheet.tell(view.hint)
    sheet.offer(view.actions)


def practice(sheet: Sheet, view: views.QuestionPage | views.Verdict | views.Score) -> None:
    match view:
        case views.QuestionPage():
            question(sheet, view)
        case views.Verdict():
            verdict(sheet, view)
        case views.Score():
            score(sheet, view)


def called(view: views.QuestionPage | views.Verdict | views.Score) -> tuple[str, str]:
    """The title of a modal, and the sentence that says what this is."""
    match view:
        case views.Score():
            return "How it went", f"{view.right} of {view.total} right."
        case views.QuestionPage():
            return _place(view), f"{_place(view)}."
        case views.Verdict():
            return _place(view), "Right." if view.right else "Not right."


def _place(view: views.QuestionPage | views.Verdict) -> str:
    return f"Question {view.position} of {view.total}"


def question(sheet: Sheet, view: views.QuestionPage) -> None:
    sheet.aside(_place(view), view.title)
    if view.note:
        sheet.tell(view.note)
    sheet.authored(view.ask)
    sheet.blocks.append(
        rich.block(
            *(
                rich.section([rich.strong(f"{each.letter}.  "), *rich.inline(each.text), rich.words(" ")])
                for each in view.options
            )
        )
    )
    buttons = [
        sheet.button(
            actions.Action(each.letter, each.command),
            spoken=f"{each.letter}: {text.shorten(each.text.plain, 70)}",
        )
        for each in view.options
    ]
    if buttons:
        sheet.blocks.append({"type": "actions", "elements": buttons})
    sheet.offer(view.actions)


def verdict(sheet: Sheet, view: views.Verdict) -> None:
    sheet.aside(_place(view), view.title)
    sheet.authored(view.ask)
    said = sheet.sign("✓", "Right.") if view.right else sheet.sign("✕", "Not right.")
    if view.note:
        sheet.tell(view.note)
    sheet.say(rich.strong(said), rich.words(" You chose: "), *rich.inline(view.chosen))
    sheet.authored(view.chosen_why)
    if not view.right:
        sheet.say(rich.strong("The answer: "), *rich.inline(view.answer))
        sheet.authored(view.answer_why)
    sheet.aside(f"It rests on “{view.section}”." if view.section else "")
    sheet.grounds((view.source,) if view.source else ())
    sheet.offer(view.actions)


def score(sheet: Sheet, view: views.Score) -> None:
    sheet.header(f"{view.right} of {view.total} right")
    sheet.aside(view.title)
    if not view.kept:
        sheet.aside("Recording is paused, so nothing was written down.")
    if view.missed:
        sheet.say(rich.strong("To look at again"))
        sheet.lines(
            [
                [*rich.inline(each.ask), rich.words("\n"), rich.strong("→ "), *rich.inline(each.answer),
                 rich.words(f"\n{each.lesson}", italic=True)]
                for each in view.missed
            ]
        )  # fmt: skip
    elif view.total:
        sheet.tell("Nothing to look at again.")
    sheet.offer(view.actions)


def settings(sheet: Sheet, view: views.SettingsPage) -> None:
    sheet.header(view.title)
    _pairs(sheet, view.values)
    sheet.aside(sheet.names.here(view.contract))
    sheet.offer(view.actions)


def _pairs(sheet: Sheet, pairs: tuple[views.Pair, ...]) -> None:
    sheet.lines([[rich.strong(f"{pair.name}: "), rich.words(pair.value or "–")] for pair in pairs])


def privacy(sheet: Sheet, view: views.PrivacyPage) -> None:
    sheet.header("What is kept on you")
    _pairs(sheet, view.rows)
    if view.paused:
        sheet.say(rich.strong("Recording is paused."), rich.words(" Nothing that you do is written down."))
    sheet.aside(view.promise)
    sheet.offer(view.actions)


def help_page(sheet: Sheet, view: views.HelpPage) -> None:
    sheet.header(sheet.names.here(view.title))
    sheet.lines(
        [
            [rich.strong(sheet.names.here(topic.name)), rich.words(f" – {sheet.names.here(topic.text)}")]
            for topic in view.topics
        ]
    )
    sheet.offer(view.actions)


def download(sheet: Sheet, view: views.Download) -> None:
    """The file itself goes to the person's direct messages; this stands where they asked."""
    sheet.say(rich.words(view.text))
    sheet.aside(view.name, f"{len(view.content):,} bytes")
    sheet.offer(view.actions)


def form(sheet: Sheet, view: views.FormPage) -> None:
    """A form where no modal can stand: what it asks for, in words."""
    sheet.header(view.title)
    sheet.tell(view.intro)
    sheet.lines(
        [[rich.strong(each.label), rich.words(f" – {each.help}" if each.help else "")] for each in view.form.fields]
    )
    sheet.offer(view.actions)
