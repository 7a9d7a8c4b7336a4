"""Decides how a body is held against the rules: fields read by type and bounds, every breach kept under its path."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from tests.wire.discord import payload as read
from tests.wire.discord import refusals
from tests.wire.discord.payload import Payload


class Breaches:
    """The error tree of one body: `{"components": {"0": {"_errors": [{"code": …, "message": …}]}}}`."""

    def __init__(self) -> None:
        self.tree: Payload = {}

    def add(self, path: tuple[str, ...], code: str, message: str) -> None:
        node = self.tree
        for step in path:
            child = node.setdefault(step, {})
            assert isinstance(child, dict)
            node = child
        told = node.setdefault("_errors", [])
        assert isinstance(told, list)
        told.append({"code": code, "message": message})

    def raise_if_any(self) -> None:
        if self.tree:
            raise refusals.invalid_form(self.tree)


class Form:
    """One object of a body. Each reader checks its field and returns it, or `None` when absent or refused."""

    def __init__(self, data: Payload, path: tuple[str, ...], breaches: Breaches) -> None:
        self.data = data
        self.path = path
        self.breaches = breaches

    def refuse(self, key: str, code: str, message: str) -> None:
        self.breaches.add((*self.path, key) if key else self.path, code, message)

    def has(self, key: str) -> bool:
        return self.data.get(key) is not None

    def required(self, key: str) -> bool:
        if self.has(key):
            return True
        self.refuse(key, "BASE_TYPE_REQUIRED", "This field is required")
        return False

    def forbid(self, keys: Iterable[str], code: str, message: str) -> None:
        for key in keys:
            if self.data.get(key) not in (None, "", []):
                self.refuse(key, code, message)

    def text(self, key: str, *, low: int = 0, high: int, needed: bool = False) -> str | None:
        if not (self.required(key) if needed else self.has(key)):
            return None
        value = self.data[key]
        if not isinstance(value, str):
            self.refuse(key, "STRING_TYPE_CONVERT", "Could not interpret value as string.")
            return None
        if not low <= len(value) <= high:
            self._refuse_length(key, low, high, "in length")
            return None
        return value

    def integer(self, key: str, *, low: int, high: int, needed: bool = False) -> int | None:
        if not (self.required(key) if needed else self.has(key)):
            return None
        value = self.data[key]
        if isinstance(value, bool) or not isinstance(value, int):
            self.refuse(key, "NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
            return None
        if value < low:
            self.refuse(key, "NUMBER_TYPE_MIN", f"int value should be greater than or equal to {low}.")
            return None
        if value > high:
            self.refuse(key, "NUMBER_TYPE_MAX", f"int value should be less than or equal to {high}.")
            return None
        return value

    def choice(self, key: str, allowed: Collection[int], *, needed: bool = False) -> int | None:
        if not (self.required(key) if needed else self.has(key)):
            return None
        value = self.data[key]
        if isinstance(value, int) and not isinstance(value, bool) and value in allowed:
            return value
        self.refuse(key, "BASE_TYPE_CHOICES", f"Value must be one of {{{', '.join(map(str, sorted(allowed)))}}}.")
        return None

    def truth(self, key: str) -> bool | None:
        value = self.data.get(key)
        if value is None or isinstance(value, bool):
            return value
        self.refuse(key, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.")
        return None

    def snowflake(self, key: str, *, needed: bool = False) -> int | None:
        if not (self.required(key) if needed else self.has(key)):
            return None
        number = read.integer_of(self.data, key, -1)
        if number >= 0:
            return number
        self.refuse(key, "NUMBER_TYPE_COERCE", f'Value "{self.data[key]}" is not snowflake.')
        return None

    def form(self, key: str, *, needed: bool = False) -> Form | None:
        if not (self.required(key) if needed else self.has(key)):
            return None
        value = self.data[key]
        if isinstance(value, dict):
            return Form(value, (*self.path, key), self.breaches)
        self.refuse(key, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in this field.")
        return None

    def forms(self, key: str, *, low: int = 0, high: int, needed: bool = False) -> list[Form]:
        if not (self.required(key) if needed else self.has(key)):
            return []
        value = self.data[key]
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.refuse(key, "LIST_TYPE_CONVERT", "Only iterables may be used in this field.")
            return []
        if not low <= len(value) <= high:
            self._refuse_length(key, low, high, "in length")
        return [Form(item, (*self.path, key, str(place)), self.breaches) for place, item in enumerate(value)]

    def _refuse_length(self, key: str, low: int, high: int, what: str) -> None:
        code, message = "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} {what}."
        if low == 0:
            code, message = "BASE_TYPE_MAX_LENGTH", f"Must be {high} or fewer {what}."
        self.refuse(key, code, message)


def open_form(data: object) -> Form:
    """The top of a body; a body that is no object is refused at once."""
    if not isinstance(data, dict):
        raise refusals.not_json()
    return Form(data, (), Breaches())
