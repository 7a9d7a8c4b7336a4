"""How the views of practising are drawn: a question, whether the answer was right and why, and the score."""

from __future__ import annotations

from adapters.discord.markdown import block_text, line_text, link, run, subtext, words
from adapters.discord.pieces import Body, Colour, Pen, listed, offers, rows, rule, shown, small_button
from bot.api import text, views


def question(view: views.QuestionPage, pen: Pen) -> Body:
    """Options stand as lettered lines, in full; the buttons carry the letters."""
    options = [f"**{words(option.letter)}.** {block_text(option.text)}" for option in view.options]
    letters = [small_button(option.letter, pen.ids.do(option.command)) for option in view.options]
    return Body(
        [
            shown(_place(view.title, view.position, view.total), _asked(view.ask)),
            rule(),
            shown(*options),
            *([shown(subtext(words(view.note)))] if view.note else []),
            *rows(letters),
            *offers(view.actions, pen),
        ],
        Colour.CALM,
    )


def _place(title: str, position: int, total: int) -> str:
    return subtext(f"{words(title)} · Question {position} of {total}")


def _asked(ask: text.Text) -> str:
    """One sentence stands as a heading; a longer question, or one with code, as it was written."""
    match ask.blocks:
        case (text.Paragraph(spans),):
            return f"### {run(spans)}"
        case _:
            return block_text(ask)


def verdict(view: views.Verdict, pen: Pen) -> Body:
    said = f"### {pen.sign('✅')}Right" if view.right else f"### {pen.sign('❌')}Not right"
    chosen = f"**You chose** {line_text(view.chosen)}\n{block_text(view.chosen_why)}"
    answer = f"**The answer** {line_text(view.answer)}\n{block_text(view.answer_why)}"
    source = f" · {link(words(view.source.title), view.source.url)}" if view.source else ""
    grounded = f"**Grounded on** {words(view.section)}{source}" if view.section or view.source else ""
    return Body(
        [
            shown(_place(view.title, view.position, view.total), said),
            shown(block_text(view.ask)),
            rule(),
            *([] if view.right else [shown(chosen)]),
            shown(answer),
            shown(grounded, subtext(words(view.note)) if view.note else "") if grounded or view.note else rule(),
            *offers(view.actions, pen),
        ],
        Colour.GOOD if view.right else Colour.MIND,
    )


def score(view: views.Score, pen: Pen) -> Body:
    head = shown(
        subtext(words(view.title)),
        f"### {view.right} of {view.total} right",
        "Everything was right." if view.total and view.right == view.total else "",
        "" if view.kept else "Nothing was recorded, as you asked.",
    )
    missed = listed((_missed(each) for each in view.missed), pen)
    again = [rule(), shown("**What to look at again**"), *missed] if missed else []
    return Body([head, *again, *offers(view.actions, pen)], Colour.CALM)


def _missed(missed: views.MissedQuestion) -> tuple[str, str]:
    return line_text(missed.ask), f"{line_text(missed.answer)} · {words(missed.lesson)}"
