"""What is asked before something is lost. The question travels in no button, so the last ones drawn are remembered;
after a restart the same is asked in general words, and the button works all the same."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

from adapters.discord import buttons
from adapters.discord.markdown import words
from adapters.discord.pieces import Body, Colour, Style, rows, shown, small_button
from bot.api import actions

REMEMBERED = 2_000
NO = "no"
"""The custom id of “leave it as it is”."""


class Confirms:
    """The questions drawn lately, by who was shown them."""

    def __init__(self) -> None:
        self._asked: OrderedDict[tuple[str, str], actions.Confirm] = OrderedDict()

    def remember(self, person: str, drawn: Mapping[str, actions.Confirm]) -> None:
        for custom_id, confirm in drawn.items():
            self._asked[person, custom_id] = confirm
            self._asked.move_to_end((person, custom_id))
        while len(self._asked) > REMEMBERED:
            self._asked.popitem(last=False)

    def find(self, person: str, custom_id: str, label: str) -> actions.Confirm:
        known = self._asked.get((person, custom_id))
        return known or actions.Confirm(f"{label or 'Go on'}?", "Please say once more that you mean it.", "Yes, do it")


def body(confirm: actions.Confirm, token: str) -> Body:
    yes = small_button(confirm.yes, buttons.confirmed(token), style=Style.DANGER)
    no = small_button("Leave it as it is", NO)
    return Body([shown(f"### {words(confirm.title)}", words(confirm.text)), *rows([yes, no])], Colour.MIND)
