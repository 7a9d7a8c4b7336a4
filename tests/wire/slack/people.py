"""users.*, usergroups.*, bots.info, team.info and auth.*: who is who, and what a token is worth."""

from tests.wire.slack.calls import Call
from tests.wire.slack.installation import TokenState
from tests.wire.slack.model import PUBLIC_URL, Json, Refusal


def test_token(call: Call) -> Json:
    return {
        "url": PUBLIC_URL.replace("//", f"//{call.team.domain}."),
        "team": call.team.name,
        "user": call.team.bot.name,
        "team_id": call.team.id,
        "user_id": call.team.bot.id,
        "bot_id": call.team.bot_id,
        "is_enterprise_install": call.grant.org_wide,
        **({"enterprise_id": call.team.enterprise_id} if call.team.enterprise_id else {}),
    }


def revoke(call: Call) -> Json:
    if call.args.get("test"):
        return {"revoked": False}
    call.grant.state = TokenState.REVOKED
    return {"revoked": True}


def user_info(call: Call) -> Json:
    user = call.world.known_user(call.team, call.args["user"])
    return {"user": user.to_json(with_locale=bool(call.args.get("include_locale")))}


def list_users(call: Call) -> Json:
    part, metadata = call.page(list(call.team.users.values()), usual=200)
    with_locale = bool(call.args.get("include_locale"))
    return {
        "members": [user.to_json(with_locale=with_locale) for user in part],
        "cache_ts": int(call.world.clock.now()),
        "response_metadata": metadata,
    }


def list_usergroups(call: Call) -> Json:
    with_disabled, with_users = bool(call.args.get("include_disabled")), bool(call.args.get("include_users"))
    groups = [group for group in call.team.usergroups.values() if with_disabled or not group.disabled]
    return {"usergroups": [group.to_json(with_users=with_users) for group in groups]}


def list_usergroup_users(call: Call) -> Json:
    group = call.team.usergroups.get(call.args["usergroup"])
    if group is None or (group.disabled and not call.args.get("include_disabled")):
        raise Refusal("no_such_subteam")
    return {"users": list(group.users)}


def bot_info(call: Call) -> Json:
    bot_id = call.args.get("bot") or call.team.bot_id
    if bot_id != call.team.bot_id:
        raise Refusal("bot_not_found")
    return {
        "bot": {
            "id": bot_id,
            "deleted": False,
            "name": call.team.bot.name,
            "app_id": call.world.app.id,
            "user_id": call.team.bot.id,
        }
    }


def team_info(call: Call) -> Json:
    if call.args.get("team") not in (None, call.team.id):
        raise Refusal("team_not_found")
    shown: Json = {"id": call.team.id, "name": call.team.name, "domain": call.team.domain, "email_domain": ""}
    if call.team.enterprise_id:
        shown |= {"enterprise_id": call.team.enterprise_id, "enterprise_name": "The Org"}
    return {"team": shown}


METHODS = {
    "auth.test": test_token,
    "auth.revoke": revoke,
    "users.info": user_info,
    "users.list": list_users,
    "usergroups.list": list_usergroups,
    "usergroups.users.list": list_usergroup_users,
    "bots.info": bot_info,
    "team.info": team_info,
}
