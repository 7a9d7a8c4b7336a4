"""The reference id of a fault: a person is shown it, and the log line with the exception carries it.

Used wherever a fault is caught and somebody has to be told: the engine, the delivery and every front end.
"""

from __future__ import annotations

import secrets

from bot.core.actions import Offer
from bot.core.i18n import say
from bot.core.views import Notice, Tone

_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No letter or digit that is easily mistaken for another one."""
_LENGTH = 4


def new() -> str:
    """An id to log with the exception, under the key `reference`."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))


def sentence(reference: str) -> str:
    return say("Something broke on our side. Reference {reference}.", reference=reference)


def notice(reference: str, *, actions: tuple[Offer, ...] = ()) -> Notice:
    """What a person is shown in place of the answer."""
    hint = say("Whoever runs Dualo here can find it in the log by that reference.")
    return Notice(sentence(reference), hint, tone=Tone.SORRY, actions=actions)
