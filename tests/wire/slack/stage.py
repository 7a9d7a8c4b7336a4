"""What appears on screens, and is taken off again: messages, ephemeral messages, modals, Home tabs."""

from typing import Literal

from tests.wire.slack.book import Sight, SightKind
from tests.wire.slack.model import Channel, Json, Message, Refusal, Team, View
from tests.wire.slack.rules import complete_blocks, require_message, require_pictures, require_view
from tests.wire.slack.screen import state_values
from tests.wire.slack.world import World

VIEWS_IN_A_STACK = 3


def warn_about_text(world: World, method: str, content: Json) -> list[str]:
    """Blocks without a text of their own leave notifications and screen readers with nothing to say."""
    if content.get("blocks") and not str(content.get("text") or "").strip():
        world.book.warn(f"missing_text_in_message: {method}")
        return ["missing_text_in_message"]
    return []


def compose(world: World, channel: Channel, content: Json, *, author: str | None = None) -> Message:
    """A message as Slack stores it; the content must have passed the rules."""
    team = world.teams[channel.team_id]
    from_bot = author is None
    return Message(
        ts=world.clock.stamp(),
        team_id=team.id,
        channel_id=channel.id,
        user_id=author or team.bot.id,
        text=content.get("text") or "",
        blocks=complete_blocks(content.get("blocks") or [], world.ids),
        attachments=list(content.get("attachments") or []),
        metadata=content.get("metadata") or None,
        thread_ts=content.get("thread_ts") or None,
        broadcast=bool(content.get("reply_broadcast")),
        bot_id=team.bot_id if from_bot else None,
        app_id=world.app.id if from_bot else None,
        files=list(content.get("files") or []),
    )


def _require_message(world: World, team_id: str, content: Json) -> None:
    require_message(content, unique=world.unique_actions)
    require_pictures(content.get("blocks"), lambda file: world.pictures.get(file) == team_id, error="invalid_blocks")


def post(world: World, channel: Channel, content: Json, *, turn_id: str | None = None) -> Message:
    """A message for everybody in the channel."""
    _require_message(world, channel.team_id, content)
    message = compose(world, channel, content)
    channel.messages[message.ts] = message
    sight = Sight(SightKind.MESSAGE, channel.team_id, None, channel.id, message, turn_id=turn_id)
    world.book.show(sight)
    return message


def post_ephemeral(
    world: World, channel: Channel, content: Json, *, user_id: str, turn_id: str | None = None
) -> Message:
    """A message for one person; it is kept nowhere but on their screen."""
    _require_message(world, channel.team_id, content)
    message = compose(world, channel, content)
    message.only_for = user_id
    world.teams[channel.team_id].ephemerals.append(message)
    sight = Sight(SightKind.EPHEMERAL, channel.team_id, user_id, channel.id, message, turn_id=turn_id)
    world.book.show(sight)
    return message


def rewrite(world: World, message: Message, content: Json, *, turn_id: str | None = None) -> Message:
    """Change a message in place. A part that is not given stays; an empty list takes it off."""
    merged: Json = {"text": message.text, "blocks": message.blocks, "attachments": message.attachments}
    merged.update({key: content[key] for key in (*merged, "metadata") if content.get(key) is not None})
    _require_message(world, message.team_id, merged)
    message.text = merged["text"]
    message.blocks = complete_blocks(merged["blocks"], world.ids)
    message.attachments = list(merged["attachments"])
    if "metadata" in merged:
        message.metadata = merged["metadata"] or None
    message.edited = world.clock.stamp()
    sight = Sight(SightKind.UPDATED, message.team_id, message.only_for, message.channel_id, message, turn_id=turn_id)
    world.book.show(sight)
    return message


def remove(world: World, message: Message, *, turn_id: str | None = None) -> None:
    message.gone = True
    team = world.teams[message.team_id]
    if message.only_for is None:
        del team.channels[message.channel_id].messages[message.ts]
    else:
        team.ephemerals.remove(message)
    sight = Sight(SightKind.DELETED, message.team_id, message.only_for, message.channel_id, message, turn_id=turn_id)
    world.book.show(sight)


# -- views -------------------------------------------------------------------------------------------------------------


def make_view(world: World, team: Team, user_id: str, described: object, surface: Literal["modal", "home"]) -> View:
    checked = require_view(described, surface, unique=world.unique_actions)
    require_pictures(
        checked["blocks"],
        lambda file: world.pictures.get(file) == team.id,
        path="/view/blocks",
        error="invalid_arguments",
    )
    blocks = complete_blocks(checked["blocks"], world.ids)
    view_id = world.ids.make("V")
    view = View(
        id=view_id,
        team_id=team.id,
        user_id=user_id,
        described={**checked, "blocks": blocks},
        hash=f"{world.clock.stamp()}.{view_id}",
        app_id=world.app.id,
        bot_id=team.bot_id,
        root_id=view_id,
    )
    view.values = state_values(blocks, {})
    _require_free_external_id(team, view)
    return view


def open_view(world: World, team: Team, view: View, *, turn_id: str, pushed: bool) -> View:
    """On top of what this person has open (pushed), or instead of it."""
    stack = team.stacks.setdefault(view.user_id, [])
    if pushed:
        if not stack:
            raise Refusal("not_found")
        if len(stack) >= VIEWS_IN_A_STACK:
            raise Refusal("push_limit_reached")
        view.previous_id, view.root_id = stack[-1].id, stack[0].root_id
    else:
        for old in stack:
            team.views.pop(old.id, None)
        stack.clear()
    stack.append(view)
    team.views[view.id] = view
    view.turn_id = turn_id
    world.book.show(Sight(SightKind.VIEW, team.id, view.user_id, view=view, turn_id=turn_id))
    return view


def update_view(world: World, team: Team, view: View, described: object, *, turn_id: str | None = None) -> View:
    """Other contents in the same place; what was typed stays where block, action and type are the same."""
    surface: Literal["modal", "home"] = "home" if view.type == "home" else "modal"
    fresh = make_view(world, team, view.user_id, described, surface)
    view.described, view.hash = fresh.described, fresh.hash
    view.values = state_values(view.blocks, view.values)
    kind = SightKind.HOME if surface == "home" else SightKind.VIEW
    world.book.show(Sight(kind, team.id, view.user_id, view=view, turn_id=turn_id or view.turn_id))
    return view


def close_view(world: World, team: Team, view: View, *, turn_id: str | None, everything: bool) -> None:
    stack = team.stacks.get(view.user_id, [])
    for closed in [*stack] if everything else [view]:
        if closed in stack:
            stack.remove(closed)
        team.views.pop(closed.id, None)
        world.book.show(Sight(SightKind.CLOSED, team.id, view.user_id, view=closed, turn_id=turn_id))


def publish_home(world: World, team: Team, user_id: str, described: object, hash_seen: str | None) -> View:
    """The person's Home tab; a hash from an older one is refused, so that a late writer does not win."""
    present = team.homes.get(user_id)
    if hash_seen is not None and (present is None or present.hash != hash_seen):
        raise Refusal("hash_conflict")
    if present is not None:
        return update_view(world, team, present, described)
    view = make_view(world, team, user_id, described, "home")
    team.homes[user_id] = team.views[view.id] = view
    world.book.show(Sight(SightKind.HOME, team.id, user_id, view=view))
    return view


def _require_free_external_id(team: Team, view: View) -> None:
    external = view.described.get("external_id")
    taken = (other for other in team.views.values() if other.described.get("external_id") == external)
    if external and any(other.user_id != view.user_id for other in taken):
        raise Refusal("duplicate_external_id")
