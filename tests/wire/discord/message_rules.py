"""Decides which messages Discord would post: content, embeds, mentions, nonce and flags around the components."""

from __future__ import annotations

from dataclasses import dataclass

from tests.wire.discord import component_rules, refusals
from tests.wire.discord import payload as read
from tests.wire.discord.model import Message, MessageFlag
from tests.wire.discord.payload import Payload
from tests.wire.discord.rules import Form, open_form

CONTENT = 2_000
NONCE = 25
EMBEDS = 10
EMBED_CHARACTERS = 6_000
EMBED_FIELDS = 25
FILES = 10
FILE_BYTES = 10 * 1024 * 1024
MENTIONS = 100
SENDABLE = MessageFlag.SUPPRESS_EMBEDS | MessageFlag.SUPPRESS_NOTIFICATIONS | MessageFlag.COMPONENTS_V2
LEGACY = ("content", "embeds", "poll", "sticker_ids")


@dataclass(frozen=True, slots=True)
class Upload:
    filename: str
    data: bytes


def check_new_message(data: object, uploads: dict[int, Upload], *, interaction: bool) -> Payload:
    form = open_form(data)
    flags = MessageFlag(form.integer("flags", low=0, high=2**31 - 1) or 0)
    allowed = SENDABLE | MessageFlag.EPHEMERAL if interaction else SENDABLE
    if over := int(flags) & ~int(allowed):
        form.refuse("flags", "MESSAGE_FLAGS_INVALID", f"These flags cannot be set here: {over}")
    _check_nonce(form)
    _check_body(form, uploads, v2=MessageFlag.COMPONENTS_V2 in flags, kept=[])
    form.breaches.raise_if_any()
    if not _says_anything(form.data, uploads):
        raise refusals.empty_message()
    return form.data


def check_edit(data: object, uploads: dict[int, Upload], message: Message) -> Payload:
    form = open_form(data)
    flags = form.integer("flags", low=0, high=2**31 - 1)
    v2 = message.is_v2 or (flags is not None and MessageFlag.COMPONENTS_V2 in MessageFlag(flags))
    if flags is not None:
        if message.is_v2 and MessageFlag.COMPONENTS_V2 not in MessageFlag(flags):
            form.refuse("flags", "MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG", "This flag cannot be taken off again")
        if flags & ~int(SENDABLE | MessageFlag.EPHEMERAL):
            form.refuse("flags", "MESSAGE_FLAGS_INVALID", "These flags cannot be edited")
    if v2 and not message.is_v2:
        for key, value in (("content", message.content), ("embeds", message.embeds)):
            if value and key not in form.data:
                _refuse_legacy(form, key)
    _check_body(form, uploads, v2=v2, kept=[one.filename for one in message.attachments])
    form.breaches.raise_if_any()
    if not _is_left_with_something(form.data, uploads, message):
        raise refusals.empty_message()
    return form.data


def _check_body(form: Form, uploads: dict[int, Upload], *, v2: bool, kept: list[str]) -> None:
    form.text("content", high=CONTENT)
    form.truth("tts")
    _check_embeds(form)
    _check_allowed_mentions(form)
    filenames = _check_attachments(form, uploads) | set(kept)
    component_rules.check_components(form, v2=v2, filenames=filenames)
    if v2:
        for key in LEGACY:
            if form.data.get(key) not in (None, "", []):
                _refuse_legacy(form, key)


def _refuse_legacy(form: Form, key: str) -> None:
    form.refuse(
        key,
        "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
        f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
    )


def _check_nonce(form: Form) -> None:
    form.truth("enforce_nonce")
    nonce = form.data.get("nonce")
    if isinstance(nonce, str) and len(nonce) > NONCE:
        form.refuse("nonce", "NONCE_TYPE_TOO_LONG", f"Nonce must be {NONCE} or fewer in length.")
    elif nonce is not None and (isinstance(nonce, bool) or not isinstance(nonce, int | str)):
        form.refuse("nonce", "NONCE_TYPE_INVALID", "Nonce must be an integer or a string.")


def _check_embeds(form: Form) -> None:
    total = 0
    for embed in form.forms("embeds", high=EMBEDS):
        texts = [embed.text("title", high=256), embed.text("description", high=4096)]
        embed.integer("color", low=0, high=0xFFFFFF)
        for key in ("url",):
            if embed.has(key):
                component_rules.check_url(embed, key, schemes=("http://", "https://"), high=component_rules.URL)
        if footer := embed.form("footer"):
            texts.append(footer.text("text", low=1, high=2048, needed=True))
        if author := embed.form("author"):
            texts.append(author.text("name", low=1, high=256, needed=True))
        for field in embed.forms("fields", high=EMBED_FIELDS):
            texts.append(field.text("name", low=1, high=256, needed=True))
            texts.append(field.text("value", low=1, high=1024, needed=True))
        total += sum(len(text or "") for text in texts)
    if total > EMBED_CHARACTERS:
        form.refuse("embeds", "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {EMBED_CHARACTERS}")


def _check_allowed_mentions(form: Form) -> None:
    mentions = form.form("allowed_mentions")
    if mentions is None:
        return
    mentions.truth("replied_user")
    parse = read.list_of(mentions.data, "parse")
    for one in parse:
        if one not in ("roles", "users", "everyone"):
            mentions.refuse("parse", "BASE_TYPE_CHOICES", "Value must be one of {'everyone', 'roles', 'users'}.")
    for key in ("users", "roles"):
        ids = read.list_of(mentions.data, key)
        if len(ids) > MENTIONS:
            mentions.refuse(key, "BASE_TYPE_MAX_LENGTH", f"Must be {MENTIONS} or fewer in length.")
        if any(not str(one).isdecimal() for one in ids):
            mentions.refuse(key, "NUMBER_TYPE_COERCE", "Value is not snowflake.")
        if ids and key in parse:
            mentions.refuse(
                key,
                "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                f'parse:["{key}"] and {key}: [ids...] are mutually exclusive.',
            )


def _check_attachments(form: Form, uploads: dict[int, Upload]) -> set[str]:
    """Files are named by the parts of the request; an attachment entry describes one of them by its number."""
    names = {one.filename for one in uploads.values()}
    if len(uploads) > FILES:
        form.refuse("attachments", "BASE_TYPE_MAX_LENGTH", f"Must be {FILES} or fewer in length.")
    if any(len(one.data) > FILE_BYTES for one in uploads.values()):
        raise refusals.Refused(413, 40005, "Request entity too large")
    for entry in form.forms("attachments", high=FILES):
        entry.snowflake("id", needed=True)
        entry.text("description", high=DESCRIPTION)
        name = entry.text("filename", low=1, high=1024)
        if name is not None:
            names.add(name)
    return names


DESCRIPTION = component_rules.DESCRIPTION


def _says_anything(data: Payload, uploads: dict[int, Upload]) -> bool:
    said = any(data.get(key) for key in ("embeds", "components", "sticker_ids", "poll"))
    return said or bool(uploads) or bool(read.text_of(data, "content").strip())


def _is_left_with_something(data: Payload, uploads: dict[int, Upload], message: Message) -> bool:
    kept = {
        "content": message.content.strip(),
        "embeds": message.embeds,
        "components": message.components,
        "attachments": message.attachments,
    }
    return bool(uploads) or any(data.get(key) if key in data else kept[key] for key in kept)
