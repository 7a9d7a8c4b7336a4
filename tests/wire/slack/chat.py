"""chat.*: who may write where, and what becomes of a message."""

from tests.wire.slack.calls import Call
from tests.wire.slack.model import Channel, ChannelKind, Json, Message, Refusal
from tests.wire.slack.stage import post, post_ephemeral, remove, rewrite, warn_about_text


def _target(call: Call) -> Channel:
    """Where a message goes: a channel, or the DM with a person when a user id stands there."""
    reference = call.args["channel"]
    user = call.team.users.get(reference)
    if user is None:
        return call.world.visible_channel(call.team, reference)
    if user.is_bot:
        raise Refusal("cannot_dm_bot")
    if user.deleted:
        raise Refusal("channel_not_found")
    return call.world.direct_channel(call.team, [user.id])


def _require_writable(call: Call, channel: Channel) -> None:
    if channel.archived:
        raise Refusal("is_archived")
    if call.team.bot.id not in channel.members:
        open_to_all = channel.kind is ChannelKind.PUBLIC and "chat:write.public" in call.grant.scopes
        if not open_to_all:
            raise Refusal("not_in_channel")
    if channel.kind is ChannelKind.IM and not call.team.messages_tab:
        raise Refusal("messages_tab_disabled")
    if channel.restricted:
        raise Refusal("restricted_action")


def _require_thread(channel: Channel, thread_ts: str | None) -> None:
    if thread_ts is not None and thread_ts not in channel.messages:
        raise Refusal("thread_not_found")


def post_message(call: Call) -> Json:
    channel = _target(call)
    _require_writable(call, channel)
    _require_thread(channel, call.args.get("thread_ts"))
    call.world.faults.meter_post(channel.id)
    call.warnings += warn_about_text(call.world, call.method, call.args)
    message = post(call.world, channel, call.args)
    return {"channel": channel.id, "ts": message.ts, "message": message.to_json()}


def post_for_one(call: Call) -> Json:
    channel = _target(call)
    _require_writable(call, channel)
    _require_thread(channel, call.args.get("thread_ts"))
    user = call.world.known_user(call.team, call.args["user"])
    if user.id not in channel.members:
        raise Refusal("user_not_in_channel")
    call.warnings += warn_about_text(call.world, call.method, call.args)
    message = post_ephemeral(call.world, channel, call.args, user_id=user.id)
    return {"message_ts": message.ts}


def _own_message(call: Call, refusal: str) -> tuple[Channel, Message]:
    """The message named, which must be ours; one for a single person's eyes is not to be found."""
    channel = call.world.visible_channel(call.team, call.args["channel"])
    message = channel.messages.get(call.args["ts"])
    if message is None:
        raise Refusal("message_not_found")
    if message.user_id != call.team.bot.id:
        raise Refusal(refusal)
    return channel, message


def update(call: Call) -> Json:
    channel, message = _own_message(call, "cant_update_message")
    if channel.archived:
        raise Refusal("is_archived")
    call.warnings += warn_about_text(call.world, call.method, call.args)
    rewrite(call.world, message, call.args)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": message.to_json()}


def delete(call: Call) -> Json:
    channel, message = _own_message(call, "cant_delete_message")
    remove(call.world, message)
    return {"channel": channel.id, "ts": message.ts}


METHODS = {
    "chat.postMessage": post_message,
    "chat.postEphemeral": post_for_one,
    "chat.update": update,
    "chat.delete": delete,
}
