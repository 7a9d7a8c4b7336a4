"""Decides how a checked body becomes a message: mentions, attachments, component ids, edits."""

from __future__ import annotations

import copy
import itertools
import re

from tests.wire.discord import payload as read
from tests.wire.discord.message_rules import Upload
from tests.wire.discord.model import Attachment, Channel, Message, MessageFlag, User
from tests.wire.discord.payload import Payload
from tests.wire.discord.permissions import Permission
from tests.wire.discord.world import World

USER_MENTION = re.compile(r"<@!?(\d+)>")
ROLE_MENTION = re.compile(r"<@&(\d+)>")


def compose(
    world: World,
    channel: Channel,
    data: Payload,
    uploads: dict[int, Upload],
    *,
    seen_by: User | None = None,
    interaction: Payload | None = None,
) -> Message:
    message = Message(
        id=world.clock.new_id(),
        channel=channel,
        author=world.bot,
        created_at=world.clock.now(),
        seen_by=seen_by,
        interaction=interaction,
    )
    nonce = data.get("nonce")
    message.nonce = nonce if isinstance(nonce, str | int) else None
    reference = read.object_of(data, "message_reference")
    message.reply_to = world.messages.get(read.integer_of(reference, "message_id"))
    fill(world, message, data, uploads)
    message.pinged = _pinged(world, message)
    return message


def fill(world: World, message: Message, data: Payload, uploads: dict[int, Upload]) -> None:
    """Sets what the body names and leaves the rest as it is: the same for a new message and for an edit."""
    if "flags" in data:
        kept = message.flags & (MessageFlag.EPHEMERAL | MessageFlag.HAS_THREAD)
        message.flags = MessageFlag(read.integer_of(data, "flags")) | kept
    if "content" in data:
        message.content = read.text_of(data, "content")
    if "embeds" in data:
        message.embeds = [{"type": "rich"} | embed for embed in read.objects_of(data, "embeds")]
    if "attachments" in data or uploads:
        _attach(world, message, data, uploads)
    if "components" in data:
        message.components = _number(read.objects_of(data, "components"))
        _resolve_media(message)
    _mention(world, message, data)


def _attach(world: World, message: Message, data: Payload, uploads: dict[int, Upload]) -> None:
    described = {read.integer_of(one, "id", -1): one for one in read.objects_of(data, "attachments")}
    kept = [one for one in message.attachments if "attachments" not in data or one.id in described]
    for place, upload in uploads.items():
        entry = described.get(place, {})
        number = world.clock.new_id()
        name = read.text_of(entry, "filename") or upload.filename
        url = f"{world.gateway.url.replace('ws', 'http', 1)}/attachments/{message.channel.id}/{number}/{name}"
        description = read.text_of(entry, "description") or None
        attachment = Attachment(number, name, upload.data, url, description)
        world.attachments[number] = attachment
        kept.append(attachment)
    message.attachments = kept


def _number(components: list[Payload]) -> list[Payload]:
    """Discord gives each component an id that no other has."""
    numbered = copy.deepcopy(components)
    taken = {read.integer_of(one, "id") for one in read.walk(numbered)}
    free = (number for number in itertools.count(1) if number not in taken)
    for one in read.walk(numbered):
        if not read.integer_of(one, "id"):
            one["id"] = next(free)
    return numbered


def _resolve_media(message: Message) -> None:
    files = {one.filename: one for one in message.attachments}
    for component in message.all_components():
        items = [component, *read.objects_of(component, "items")]
        for item, key in itertools.product(items, ("media", "file")):
            if media := read.object_of(item, key):
                file = files.get(read.text_of(media, "url").removeprefix("attachment://"))
                url = file.url if file else read.text_of(media, "url")
                item[key] = {
                    "url": url,
                    "proxy_url": url,
                    "width": None,
                    "height": None,
                    "content_type": None,
                    "loading_state": 2,
                    "flags": 0,
                }


def _mention(world: World, message: Message, data: Payload) -> None:
    """Who is pinged: those named in the text whom `allowed_mentions` lets through."""
    text = message.text
    if "<@" not in text and "@everyone" not in text and "@here" not in text:
        message.mentions, message.mention_roles, message.mention_everyone = [], [], False
        return
    allowed = data.get("allowed_mentions")
    rule = read.as_payload(allowed)
    parse = read.list_of(rule, "parse") if isinstance(allowed, dict) else ["users", "roles", "everyone"]

    def let_through(kind: str, number: str) -> bool:
        return kind in parse or number in map(str, read.list_of(rule, kind))

    users = [one for one in USER_MENTION.findall(text) if let_through("users", one)]
    message.mentions = [world.users[int(one)] for one in dict.fromkeys(users) if int(one) in world.users]
    message.mention_roles = _pinged_roles(
        world, message, [one for one in ROLE_MENTION.findall(text) if let_through("roles", one)]
    )
    everyone = "everyone" in parse and ("@everyone" in text or "@here" in text)
    message.mention_everyone = everyone and _may_ping_everyone(world, message)


def _pinged_roles(world: World, message: Message, named: list[str]) -> list[int]:
    guild = message.channel.guild
    if guild is None:
        return []
    return [int(one) for one in dict.fromkeys(named) if int(one) in guild.roles and int(one) != guild.id]


def _pinged(world: World, message: Message) -> frozenset[int]:
    """Of those whom the message mentions, whoever is notified: people who see it, and roles that may be mentioned."""
    guild, channel = message.channel.guild, message.channel
    if message.seen_by is not None or MessageFlag.SUPPRESS_NOTIFICATIONS in message.flags:
        return frozenset()
    found = {user.id for user in message.mentions if Permission.VIEW_CHANNEL in channel.permissions_of(user)}
    if guild is not None:
        every = _may_ping_everyone(world, message)
        found |= {number for number in message.mention_roles if every or guild.roles[number].mentionable}
        found |= {guild.id} if message.mention_everyone else set()
    return frozenset(found)


def _may_ping_everyone(world: World, message: Message) -> bool:
    return Permission.MENTION_EVERYONE in message.channel.permissions_of(world.bot)
