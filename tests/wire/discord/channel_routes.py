"""Decides what a bot may do with channels, threads and the messages in them."""

from __future__ import annotations

from tests.wire.discord import drawing, message_rules, posting, refusals
from tests.wire.discord import payload as read
from tests.wire.discord.model import Channel, ChannelType, DmDoor, Message, MessageFlag
from tests.wire.discord.payload import Payload
from tests.wire.discord.permissions import Permission
from tests.wire.discord.routes import Call, Router
from tests.wire.discord.rules import open_form
from tests.wire.discord.world import World

ARCHIVE_MINUTES = (60, 1440, 4320, 10080)


def add_routes(router: Router) -> None:
    router.add("GET /channels/{channel}", get_channel)
    router.add("POST /channels/{channel}/typing", type_in)
    router.add("GET /channels/{channel}/messages", list_messages)
    router.add("POST /channels/{channel}/messages", create_message)
    router.add("GET /channels/{channel}/messages/{message}", get_message)
    router.add("PATCH /channels/{channel}/messages/{message}", edit_message)
    router.add("DELETE /channels/{channel}/messages/{message}", delete_message)
    router.add("POST /channels/{channel}/messages/{message}/threads", start_thread_from_message)
    router.add("POST /channels/{channel}/threads", start_thread)
    router.add("PUT /channels/{channel}/thread-members/@me", join_thread)


def reach(call: Call, *needed: Permission) -> Channel:
    """The channel, if the bot sees it and has every permission named."""
    channel = call.world.channels.get(call.number("channel"))
    if channel is None:
        raise refusals.unknown_channel()
    have = channel.permissions_of(call.world.bot)
    if Permission.VIEW_CHANNEL not in have or channel.type is ChannelType.GROUP_DM:
        raise refusals.missing_access()
    if any(one not in have for one in needed):
        raise refusals.missing_permissions()
    return channel


def find_message(call: Call, channel: Channel) -> Message:
    message = channel.messages.get(call.number("message"))
    if message is None:
        raise refusals.unknown_message()
    return message


def get_channel(call: Call) -> Payload:
    return drawing.draw_channel(reach(call))


def type_in(call: Call) -> None:
    reach(call, Permission.SEND_MESSAGES)


def list_messages(call: Call) -> list[Payload]:
    channel = reach(call)
    limit = call.asked("limit")
    limit = 50 if limit is None else limit
    if not 1 <= limit <= 100:
        error = {"_errors": [{"code": "NUMBER_TYPE_MAX", "message": "limit must be between 1 and 100."}]}
        raise refusals.invalid_form({"limit": error})
    if Permission.READ_MESSAGE_HISTORY not in channel.permissions_of(call.world.bot):
        return []
    around = call.asked("around")
    if around is not None:
        newer = channel.history(before=None, after=around - 1, limit=limit // 2 + 1)
        older = channel.history(before=around, after=None, limit=limit // 2)
        return [drawing.draw_message(one) for one in (*newer, *older)]
    found = channel.history(before=call.asked("before"), after=call.asked("after"), limit=limit)
    return [drawing.draw_message(one) for one in found]


def create_message(call: Call) -> Payload:
    channel = reach(call)
    _check_may_write(call, channel)
    data = message_rules.check_new_message(call.body, call.uploads, interaction=False)
    _check_reference(call, data, channel)
    key = (call.world.bot.id, str(data.get("nonce")))
    enforced = data.get("enforce_nonce") is True and data.get("nonce") is not None
    if enforced and (first := call.world.find_nonce(key)):
        if first.deleted:
            raise refusals.unknown_message()
        return drawing.draw_message(first)
    message = posting.compose(call.world, channel, data, call.uploads)
    if data.get("nonce") is not None:
        call.world.remember_nonce(key, message)
    if channel.is_thread and channel.archived:
        call.world.set_thread(channel, archived=False, locked=channel.locked)
    call.world.post(message)
    return drawing.draw_message(message)


def _check_may_write(call: Call, channel: Channel) -> None:
    if channel.guild is None:
        check_door(call.world, channel)
        return
    needed = Permission.SEND_MESSAGES_IN_THREADS if channel.is_thread else Permission.SEND_MESSAGES
    body = read.as_payload(call.body)
    if body.get("embeds"):
        needed |= Permission.EMBED_LINKS
    if call.uploads:
        needed |= Permission.ATTACH_FILES
    if needed & ~channel.permissions_of(call.world.bot):
        raise refusals.missing_permissions()
    if channel.locked and Permission.MANAGE_THREADS not in channel.permissions_of(call.world.bot):
        raise refusals.archived_thread()
    if channel.type in (ChannelType.CATEGORY,):
        raise refusals.Refused(400, 50008, "Cannot send messages in a non-text channel")


def check_door(world: World, channel: Channel) -> None:
    doors = {one.door for one in channel.recipients}
    if DmDoor.NO_MUTUAL_GUILDS in doors:
        raise refusals.no_mutual_guilds()
    if DmDoor.CLOSED in doors:
        raise refusals.closed_dm()


def _check_reference(call: Call, data: Payload, channel: Channel) -> None:
    reference = read.object_of(data, "message_reference")
    if not reference:
        return
    if read.integer_of(reference, "message_id") not in channel.messages and (
        reference.get("fail_if_not_exists") is not False
    ):
        error = {"_errors": [{"code": "REPLIES_UNKNOWN_MESSAGE", "message": "Unknown message"}]}
        raise refusals.invalid_form({"message_reference": error})
    if Permission.READ_MESSAGE_HISTORY not in channel.permissions_of(call.world.bot):
        raise refusals.Refused(400, 160002, "Cannot reply without permission to read message history")


def get_message(call: Call) -> Payload:
    channel = reach(call)
    if Permission.READ_MESSAGE_HISTORY not in channel.permissions_of(call.world.bot):
        raise refusals.missing_access()
    return drawing.draw_message(find_message(call, channel))


def edit_message(call: Call) -> Payload:
    channel = reach(call)
    message = find_message(call, channel)
    if message.author is not call.world.bot:
        raise refusals.not_the_author()
    if channel.archived:
        raise refusals.archived_thread()
    if call.uploads and Permission.ATTACH_FILES not in channel.permissions_of(call.world.bot):
        raise refusals.missing_permissions()
    return apply_edit(call, message)


def apply_edit(call: Call, message: Message) -> Payload:
    data = message_rules.check_edit(call.body, call.uploads, message)
    posting.fill(call.world, message, data, call.uploads)
    message.flags &= ~MessageFlag.LOADING
    call.world.touch(message)
    return drawing.draw_message(message)


def delete_message(call: Call) -> None:
    channel = reach(call)
    message = find_message(call, channel)
    mine = message.author is call.world.bot
    if not mine and Permission.MANAGE_MESSAGES not in channel.permissions_of(call.world.bot):
        raise refusals.missing_permissions()
    call.world.delete_message(message)


def start_thread_from_message(call: Call) -> Payload:
    channel = reach(call, Permission.CREATE_PUBLIC_THREADS)
    message = find_message(call, channel)
    name = _check_thread(call, channel)
    if message.thread is not None:
        raise refusals.thread_exists()
    kind = ChannelType.PUBLIC_THREAD
    thread = call.world.add_thread(channel, name, call.world.bot, id=message.id, kind=kind)
    message.thread = thread
    message.flags |= MessageFlag.HAS_THREAD
    call.world.tell_message("MESSAGE_UPDATE", message)
    return drawing.draw_channel(thread)


def start_thread(call: Call) -> Payload:
    body = read.as_payload(call.body)
    private = read.integer_of(body, "type", ChannelType.PRIVATE_THREAD) == ChannelType.PRIVATE_THREAD
    needed = Permission.CREATE_PRIVATE_THREADS if private else Permission.CREATE_PUBLIC_THREADS
    channel = reach(call, needed)
    name = _check_thread(call, channel)
    kind = ChannelType.PRIVATE_THREAD if private else ChannelType.PUBLIC_THREAD
    return drawing.draw_channel(call.world.add_thread(channel, name, call.world.bot, id=None, kind=kind))


def _check_thread(call: Call, channel: Channel) -> str:
    form = open_form(call.body)
    name = form.text("name", low=1, high=100, needed=True)
    form.choice("auto_archive_duration", ARCHIVE_MINUTES)
    form.integer("rate_limit_per_user", low=0, high=21600)
    form.breaches.raise_if_any()
    if channel.type not in (ChannelType.TEXT, ChannelType.ANNOUNCEMENT):
        raise refusals.Refused(400, 50024, "Cannot execute action on this channel type")
    return name or ""


def join_thread(call: Call) -> None:
    if not reach(call).is_thread:
        raise refusals.Refused(400, 50024, "Cannot execute action on this channel type")
