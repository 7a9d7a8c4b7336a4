"""views.*: opening needs a fresh trigger, changing needs the id and, if given, the hash last seen."""

from tests.wire.slack.calls import Call
from tests.wire.slack.model import Json, Refusal, View
from tests.wire.slack.stage import make_view, open_view, publish_home, update_view


def _open(call: Call, *, pushed: bool) -> Json:
    trigger = call.world.tickets.triggers.get(call.args["trigger_id"])
    if trigger is not None and trigger.team_id != call.team.id:
        raise Refusal("invalid_trigger_id")
    user_id = trigger.user_id if trigger is not None else ""
    # The view is looked at first: a refused one leaves the trigger good for a second try.
    view = make_view(call.world, call.team, user_id, call.args["view"], "modal")
    spent = call.world.tickets.redeem_trigger(call.args["trigger_id"])
    return {"view": open_view(call.world, call.team, view, turn_id=spent.turn_id, pushed=pushed).to_json()}


def open_first(call: Call) -> Json:
    return _open(call, pushed=False)


def push(call: Call) -> Json:
    return _open(call, pushed=True)


def _named(call: Call) -> View:
    view_id, external_id = call.args.get("view_id"), call.args.get("external_id")
    if view_id is None and external_id is None:
        raise Refusal("invalid_arguments", messages=["missing required field: view_id or external_id"])
    for view in call.team.views.values():
        if view.id == view_id or (external_id and view.described.get("external_id") == external_id):
            return view
    raise Refusal("not_found")


def update(call: Call) -> Json:
    view = _named(call)
    if call.args.get("hash") not in (None, view.hash):
        raise Refusal("hash_conflict")
    return {"view": update_view(call.world, call.team, view, call.args["view"]).to_json()}


def publish(call: Call) -> Json:
    user = call.world.known_user(call.team, call.args["user_id"])
    view = publish_home(call.world, call.team, user.id, call.args["view"], call.args.get("hash"))
    return {"view": view.to_json()}


METHODS = {"views.open": open_first, "views.push": push, "views.update": update, "views.publish": publish}
