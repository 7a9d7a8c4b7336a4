"""Words that open something for whoever shows them, and what is kept of one: never the word itself."""

from __future__ import annotations

import hashlib
import secrets

_BYTES = 24
"""Of chance; nobody comes by such a word through guessing."""


def new_word() -> str:
    return secrets.token_urlsafe(_BYTES)


def of(*words: str) -> str:
    """The fingerprint of a word, or of several that belong together."""
    return hashlib.sha256("\0".join(words).encode("utf-8", "surrogateescape")).hexdigest()
