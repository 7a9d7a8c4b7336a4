"""Decides what is remembered of the traffic, so that a test can end with "nothing was refused"."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from tests.wire.discord.payload import Payload


@dataclass(slots=True)
class Request:
    method: str
    path: str
    query: dict[str, str]
    body: object
    at: float
    status: int = 0


@dataclass(frozen=True, slots=True)
class Rejection:
    method: str
    path: str
    status: int
    code: int
    message: str
    errors: Payload

    def __str__(self) -> str:
        return f"{self.method} {self.path}: {self.status} {self.code} {self.message} {self.errors or ''}".strip()


class Book:
    """The newest `keep` requests; what was refused or unexpected is kept in full."""

    def __init__(self, keep: int = 20_000) -> None:
        self.requests: deque[Request] = deque(maxlen=keep)
        self.rejected: list[Rejection] = []
        self.unexpected: list[str] = []
        self.gateway_closes: list[tuple[int, str]] = []

    def reject(self, request: Request, code: int, message: str, errors: Payload) -> None:
        self.rejected.append(Rejection(request.method, request.path, request.status, code, message, errors))
