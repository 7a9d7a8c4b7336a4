"""The payloads of commands, interactions and events, with the keys and spellings that Slack uses."""

from tests.wire.slack.model import Channel, ChannelKind, Json, Message, Team, User, View
from tests.wire.slack.screen import Found, state_values
from tests.wire.slack.world import World


def team_part(team: Team) -> Json:
    part: Json = {"id": team.id, "domain": team.domain}
    if team.enterprise_id:
        part |= {"enterprise_id": team.enterprise_id, "enterprise_name": "The Org"}
    return part


def enterprise_part(team: Team) -> Json | None:
    return {"id": team.enterprise_id, "name": "The Org"} if team.enterprise_id else None


def is_org_wide(world: World, team: Team) -> bool:
    return any(grant.org_wide and team.id in grant.team_ids for grant in world.grants.values())


def _seen_name(channel: Channel) -> str:
    return {ChannelKind.IM: "directmessage", ChannelKind.PRIVATE: "privategroup"}.get(channel.kind, channel.name)


def slash_command(
    world: World, team: Team, user: User, *, channel: Channel, command: str, text: str, trigger: str, hook_url: str
) -> Json:
    payload: Json = {
        "token": world.app.verification_token,
        "team_id": team.id,
        "team_domain": team.domain,
        "channel_id": channel.id,
        "channel_name": _seen_name(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": world.app.id,
        "is_enterprise_install": "true" if is_org_wide(world, team) else "false",
        "response_url": hook_url,
        "trigger_id": trigger,
    }
    if team.enterprise_id:
        payload |= {"enterprise_id": team.enterprise_id, "enterprise_name": "The Org"}
    return payload


def _interaction(world: World, team: Team, user: User, kind: str) -> Json:
    return {
        "type": kind,
        "team": team_part(team),
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": team.id},
        "api_app_id": world.app.id,
        "token": world.app.verification_token,
        "enterprise": enterprise_part(team),
        "is_enterprise_install": is_org_wide(world, team),
    }


def _message_place(team: Team, message: Message) -> Json:
    channel = team.channels[message.channel_id]
    place: Json = {
        "container": {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel.id,
            "is_ephemeral": message.only_for is not None,
        },
        "channel": {"id": channel.id, "name": _seen_name(channel)},
    }
    if message.thread_ts:
        place["container"]["thread_ts"] = message.thread_ts
    if message.only_for is None:
        # An ephemeral message lives on one screen only: Slack has no copy of it to send along.
        place["message"] = message.to_json()
    return place


def _view_place(view: View) -> Json:
    return {"container": {"type": "view", "view_id": view.id}, "view": view.to_json()}


def _place(team: Team, screen: Message | View) -> Json:
    return _message_place(team, screen) if isinstance(screen, Message) else _view_place(screen)


def block_action(
    world: World, team: Team, user: User, *, screen: Message | View, found: Found, state: Json, trigger: str,
    hook_url: str | None,
) -> Json:  # fmt: skip
    """What Slack sends when somebody presses or picks something."""
    element = found.element
    action: Json = {
        "action_id": element["action_id"],
        "block_id": found.block["block_id"],
        "type": element["type"],
        "action_ts": world.clock.stamp(),
        **state,
    }
    for key in ("text", "value", "style", "placeholder") if element["type"] == "button" else ("placeholder",):
        if key in element:
            action[key] = element[key]
    payload = _interaction(world, team, user, "block_actions") | _place(team, screen)
    picked = screen.picked.get(user.id, {}) if isinstance(screen, Message) else screen.values
    payload |= {"trigger_id": trigger, "actions": [action], "state": {"values": state_values(screen.blocks, picked)}}
    if hook_url is not None:
        payload["response_url"] = hook_url
    return payload


def block_suggestion(world: World, team: Team, user: User, *, screen: Message | View, found: Found, query: str) -> Json:
    payload = _interaction(world, team, user, "block_suggestion") | _place(team, screen)
    return payload | {
        "action_id": found.element["action_id"],
        "block_id": found.block["block_id"],
        "value": query,
    }


def view_submission(world: World, team: Team, user: User, *, view: View, trigger: str) -> Json:
    payload = _interaction(world, team, user, "view_submission")
    return payload | {"trigger_id": trigger, "view": view.to_json(), "response_urls": []}


def view_closed(world: World, team: Team, user: User, *, view: View, cleared: bool) -> Json:
    return _interaction(world, team, user, "view_closed") | {"view": view.to_json(), "is_cleared": cleared}


def shortcut(world: World, team: Team, user: User, *, callback_id: str, trigger: str) -> Json:
    payload = _interaction(world, team, user, "shortcut")
    return payload | {"callback_id": callback_id, "trigger_id": trigger, "action_ts": world.clock.stamp()}


def message_shortcut(
    world: World, team: Team, user: User, *, callback_id: str, message: Message, trigger: str, hook_url: str
) -> Json:
    channel = team.channels[message.channel_id]
    return _interaction(world, team, user, "message_action") | {
        "callback_id": callback_id,
        "trigger_id": trigger,
        "action_ts": world.clock.stamp(),
        "message_ts": message.ts,
        "message": message.to_json(),
        "channel": {"id": channel.id, "name": _seen_name(channel)},
        "response_url": hook_url,
    }


def event_callback(world: World, team: Team, event: Json) -> Json:
    """An event in its wrapping; the id stays the same when it is delivered again."""
    return {
        "token": world.app.verification_token,
        "team_id": team.id,
        "api_app_id": world.app.id,
        "event": event,
        "type": "event_callback",
        "event_id": world.ids.make("Ev"),
        "event_time": int(world.clock.now()),
        "authorizations": [
            {
                "enterprise_id": team.enterprise_id,
                "team_id": team.id,
                "user_id": team.bot.id,
                "is_bot": True,
                "is_enterprise_install": is_org_wide(world, team),
            }
        ],
        "is_ext_shared_channel": False,
        **({"enterprise_id": team.enterprise_id} if team.enterprise_id else {}),
    }
