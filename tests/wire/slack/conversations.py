"""conversations.*: channels, DMs, who is in them, and what was said."""

import re

from tests.wire.slack.calls import Call
from tests.wire.slack.model import Channel, ChannelKind, Json, Message, Refusal

MOST_IN_A_GROUP_DM = 8
_TS = re.compile(r"\d+(\.\d{1,6})?")


def open_direct(call: Call) -> Json:
    """The DM with one person or several; Slack opens none with another bot."""
    channel_id, user_ids = call.args.get("channel"), call.args.get("users") or []
    if channel_id is not None:
        channel = call.world.visible_channel(call.team, channel_id)
        if channel.kind not in (ChannelKind.IM, ChannelKind.MPIM):
            raise Refusal("method_not_supported_for_channel_type")
        return {"channel": channel.to_json(call.team.bot.id)}
    if not user_ids:
        raise Refusal("users_list_not_supplied")
    if len(user_ids) > MOST_IN_A_GROUP_DM:
        raise Refusal("too_many_users")
    call.world.require_scope(call.grant, ["im:write" if len(user_ids) == 1 else "mpim:write"])
    for user_id in user_ids:
        user = call.world.known_user(call.team, user_id)
        if user.is_bot:
            raise Refusal("cannot_dm_bot")
        if user.deleted:
            raise Refusal("user_disabled")
    before = len(call.team.channels)
    channel = call.world.direct_channel(call.team, user_ids)
    known = {"no_op": True, "already_open": True} if len(call.team.channels) == before else {}
    shown = channel.to_json(call.team.bot.id) if call.args.get("return_im") else {"id": channel.id}
    return {"channel": shown, **known}


def info(call: Call) -> Json:
    channel = call.channel("read")
    shown = channel.to_json(call.team.bot.id)
    if not call.args.get("include_num_members"):
        shown.pop("num_members", None)
    if call.args.get("include_locale"):
        shown["locale"] = "en-US"
    return {"channel": shown}


def _bounds(call: Call) -> tuple[str, str]:
    oldest, latest = call.args.get("oldest") or "0", call.args.get("latest") or "9999999999.999999"
    for name, value in (("oldest", oldest), ("latest", latest)):
        if not _TS.fullmatch(value):
            raise Refusal(f"invalid_ts_{name}")
    return oldest, latest


def _within(call: Call, messages: list[Message]) -> list[Message]:
    oldest, latest = map(float, _bounds(call))
    if call.args.get("inclusive"):
        return [m for m in messages if oldest <= float(m.ts) <= latest]
    return [m for m in messages if oldest < float(m.ts) < latest]


def _shown(call: Call, channel: Channel, messages: list[Message]) -> list[Json]:
    metadata = "all" if call.args.get("include_all_metadata") else "type"
    shown = []
    for message in messages:
        replies = [m for m in channel.messages.values() if m.thread_ts == message.ts and m is not message]
        one = message.to_json(metadata=metadata)
        if replies:
            one |= {"thread_ts": message.ts, "reply_count": len(replies), "latest_reply": replies[-1].ts}
        shown.append(one)
    return shown


def _answer(call: Call, channel: Channel, messages: list[Message]) -> Json:
    part, metadata = call.page(messages, usual=100)
    more = bool(metadata["next_cursor"])
    answer: Json = {"messages": _shown(call, channel, part), "has_more": more, "pin_count": 0}
    if more:
        answer["response_metadata"] = metadata
    return answer


def history(call: Call) -> Json:
    """Newest first; replies stay in their threads unless they were sent to the channel as well."""
    channel = call.channel("history")
    call.require_member(channel)
    told = [m for m in channel.messages.values() if m.thread_ts in (None, m.ts) or m.broadcast]
    return _answer(call, channel, _within(call, told)[::-1])


def replies(call: Call) -> Json:
    """A thread, oldest first, its parent always at the head."""
    channel = call.channel("history")
    call.require_member(channel)
    parent = channel.messages.get(call.args["ts"])
    if parent is None:
        raise Refusal("thread_not_found")
    said = [m for m in channel.messages.values() if m.thread_ts == parent.ts and m is not parent]
    return _answer(call, channel, [parent, *_within(call, said)])


def join(call: Call) -> Json:
    channel = call.world.visible_channel(call.team, call.args["channel"])
    if channel.kind is not ChannelKind.PUBLIC:
        raise Refusal("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refusal("is_archived")
    answer: Json = {}
    if call.team.bot.id in channel.members:
        answer = {"warning": "already_in_channel"}
    else:
        channel.members.append(call.team.bot.id)
    return {"channel": channel.to_json(call.team.bot.id), **answer}


def members(call: Call) -> Json:
    channel = call.channel("read")
    part, metadata = call.page(channel.members, usual=100)
    return {"members": part, "response_metadata": metadata}


def list_all(call: Call) -> Json:
    """Public channels unless other types are named; each type needs its own scope."""
    kinds = call.args.get("types") or [ChannelKind.PUBLIC.value]
    if set(kinds) - {kind.value for kind in ChannelKind}:
        raise Refusal("invalid_types")
    for kind in kinds:
        call.world.require_scope(call.grant, [f"{ChannelKind(kind).scope_prefix}:read"])
    seen = [
        channel
        for channel in call.team.channels.values()
        if channel.kind.value in kinds
        and (channel.kind is ChannelKind.PUBLIC or call.team.bot.id in channel.members)
        and not (channel.archived and call.args.get("exclude_archived"))
    ]
    part, metadata = call.page(seen, usual=100)
    return {"channels": [channel.to_json(call.team.bot.id) for channel in part], "response_metadata": metadata}


METHODS = {
    "conversations.open": open_direct,
    "conversations.info": info,
    "conversations.history": history,
    "conversations.replies": replies,
    "conversations.join": join,
    "conversations.members": members,
    "conversations.list": list_all,
}
