"""One-time codes: 60 random bits, written to be typed. What is kept of one is its beginning, by which it is found, and
a hash of the whole, which is compared in constant time."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from bot.core.record import Record
from bot.domain.learner import Seat
from bot.store.cold.links import LinkCode

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without letters that are taken for others."""
LENGTH = 12
_SELECTOR = 3
_MEANT = str.maketrans("OILU", "011V")
"""What is typed, and what was meant by it."""


class NewCode(Record):
    """A code, as it is shown once."""

    shown: str
    selector: str
    digest: str
    name: str
    """What buttons carry in its place."""


def new(asker: Seat) -> NewCode:
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    shown = "-".join(code[at : at + 4] for at in range(0, LENGTH, 4))
    return NewCode(shown, selector(code), _digest(code, asker), secrets.token_hex(6))


def read(typed: str) -> str:
    """A code as it was meant: case, spaces and dashes do not matter."""
    return "".join(each for each in typed.upper().translate(_MEANT) if each.isalnum())


def selector(code: str) -> str:
    return code[:_SELECTOR]


def opens(code: str, kept: LinkCode) -> bool:
    return hmac.compare_digest(_digest(code, kept.asker), kept.digest)


def _digest(code: str, asker: Seat) -> str:
    return hashlib.sha256("\0".join((*asker, code)).encode()).hexdigest()


def check_number(code: LinkCode) -> str:
    """What both sides are shown before they confirm, so that somebody sees whether the other side is theirs."""
    told = "\0".join((code.name, code.digest, *(code.other or ()))).encode()
    return f"{int.from_bytes(hashlib.sha256(told).digest()[:8]) % 10_000:04d}"
