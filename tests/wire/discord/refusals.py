"""Decides how Discord says no: the HTTP status, its own code and the sentence beside it."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.wire.discord.payload import Payload

INVALID_FORM = 50035


@dataclass(slots=True)
class Refused(Exception):
    status: int
    code: int
    message: str
    errors: Payload = field(default_factory=dict)

    def body(self) -> Payload:
        body: Payload = {"message": self.message, "code": self.code}
        if self.errors:
            body["errors"] = self.errors
        return body

    def __str__(self) -> str:
        return f"{self.status} {self.code} {self.message} {self.errors or ''}".strip()


def unauthorized() -> Refused:
    return Refused(401, 0, "401: Unauthorized")


def no_such_route() -> Refused:
    return Refused(404, 0, "404: Not Found")


def broken() -> Refused:
    return Refused(500, 0, "500: Internal Server Error")


def unknown_channel() -> Refused:
    return Refused(404, 10003, "Unknown Channel")


def unknown_guild() -> Refused:
    return Refused(404, 10004, "Unknown Guild")


def unknown_member() -> Refused:
    return Refused(404, 10007, "Unknown Member")


def unknown_message() -> Refused:
    return Refused(404, 10008, "Unknown Message")


def unknown_role() -> Refused:
    return Refused(404, 10011, "Unknown Role")


def unknown_user() -> Refused:
    return Refused(404, 10013, "Unknown User")


def unknown_webhook() -> Refused:
    return Refused(404, 10015, "Unknown Webhook")


def unknown_interaction() -> Refused:
    return Refused(404, 10062, "Unknown interaction")


def already_answered() -> Refused:
    return Refused(400, 40060, "Interaction has already been acknowledged.")


def missing_access() -> Refused:
    return Refused(403, 50001, "Missing Access")


def not_the_author() -> Refused:
    return Refused(403, 50005, "Cannot edit a message authored by another user")


def empty_message() -> Refused:
    return Refused(400, 50006, "Cannot send an empty message")


def closed_dm() -> Refused:
    return Refused(403, 50007, "Cannot send messages to this user")


def missing_permissions() -> Refused:
    return Refused(403, 50013, "Missing Permissions")


def expired_token() -> Refused:
    return Refused(401, 50027, "Invalid Webhook Token")


def archived_thread() -> Refused:
    return Refused(400, 50083, "Thread is archived")


def thread_exists() -> Refused:
    return Refused(400, 160004, "A thread has already been created for this message")


def no_mutual_guilds() -> Refused:
    return Refused(403, 50278, "Cannot send messages to this user due to having no mutual guilds")


def not_json() -> Refused:
    return Refused(400, 50109, "The request body contains invalid JSON.")


def invalid_form(errors: Payload) -> Refused:
    return Refused(400, INVALID_FORM, "Invalid Form Body", errors)
