"""What each of Slack's errors means for a delivery: gone, refused, later or unknown, with the mend in words."""

from __future__ import annotations

from adapters.slack.calls import CallFailed, Limited, Refused
from bot.api import Delivered, Outcome

_AGAIN = 60.0
"""Seconds before the next try where Slack names none."""

_REINSTALL = "Install Dualo in this workspace again."
_GONE = {
    "channel_not_found": "Slack knows no such channel, or it is private and Dualo is not in it. "
    "Invite Dualo with “/invite @Dualo”, or choose another channel.",
    "not_in_channel": "Dualo is not in the channel. Invite it there with “/invite @Dualo”.",
    "is_archived": "The channel is archived. Restore it, or choose another.",
    "account_inactive": f"Dualo was removed from this workspace. {_REINSTALL}",
    "token_revoked": f"Dualo's token was revoked. {_REINSTALL}",
    "token_expired": f"Dualo's token has expired. {_REINSTALL}",
    "invalid_auth": f"Slack does not take Dualo's token. {_REINSTALL}",
    "not_authed": f"Dualo has no token here. {_REINSTALL}",
    "org_login_required": "The workspace is being moved to another organisation. Try again when that is done.",
    "cannot_dm_bot": "That is a bot, and bots take no direct messages.",
    "user_not_found": "Slack knows no such person here.",
    "user_disabled": "That person's account is deactivated.",
    "users_not_found": "Slack knows no such person here.",
    "user_not_visible": "Dualo may not see that person.",
    "messages_tab_disabled": "Direct messages to Dualo are switched off. Switch on “Messages Tab” under App Home.",
    "thread_not_found": "The thread is gone.",
    "message_not_found": "The message is gone; somebody deleted it.",
    "team_access_not_granted": "The organisation has not given Dualo to this workspace. Ask an organisation admin.",
    "team_not_found": "The organisation has not given Dualo to this workspace. Ask an organisation admin.",
    "access_denied": "Slack denies access to that channel. Ask an admin of the workspace.",
}
_REFUSED = {
    "msg_blocks_too_long": "The message is longer than Slack takes. Shorten the lesson.",
    "msg_too_long": "The message is longer than Slack takes. Shorten the lesson.",
    "invalid_blocks": "Slack will not draw this message. That is a fault in Dualo; please report it.",
    "invalid_blocks_format": "Slack will not draw this message. That is a fault in Dualo; please report it.",
    "invalid_arguments": "Slack will not take this message. That is a fault in Dualo; please report it.",
    "no_text": "The message is empty.",
    "metadata_too_large": "The message carries more than Slack takes. That is a fault in Dualo; please report it.",
    "restricted_action": "An admin has limited who may post in the channel. Let Dualo post there, or choose another.",
    "restricted_action_read_only_channel": "The channel is read-only. Let Dualo post there, or choose another.",
    "restricted_action_thread_only_channel": "The channel takes replies in threads only. Choose another.",
    "restricted_action_non_threadable_channel": "The channel takes no threads. Schedule it without a thread.",
    "restricted_action_thread_locked": "The thread is locked.",
    "ekm_access_denied": "An admin has stopped posting in the channel.",
    "cant_update_message": "Dualo may change only its own messages.",
    "edit_window_closed": "The workspace lets nobody change a message that old.",
    "slack_connect_file_link_sharing_blocked": "The channel shared with others takes no such message.",
}


def outcome(failed: CallFailed, *, scope: str = "") -> Delivered:
    """How a failed call ends a delivery; `scope` is what the method needs, in case Slack does not say."""
    match failed:
        case Limited(wait=wait):
            return Delivered(Outcome.LATER, reason="Slack asks to wait before the next message.", wait=wait)
        case Refused(error="missing_scope", needed=needed):
            return Delivered(Outcome.GONE, reason=missing(needed or scope))
        case Refused(error=error) if error in _GONE:
            return Delivered(Outcome.GONE, reason=_GONE[error])
        case Refused(error=error) if error in _REFUSED:
            return Delivered(Outcome.REFUSED, reason=_REFUSED[error])
        case Refused(error=error):
            return Delivered(Outcome.REFUSED, reason=f"Slack refuses the message: {error}.")
        case _:
            return Delivered(Outcome.UNKNOWN, reason="Slack did not answer, so the message may stand there or not.")


def missing(scope: str) -> str:
    return (
        f"Dualo lacks the permission “{scope}”. Paste the manifest of “dualo manifest slack” into the app's settings "
        "and install it again."
    )


def later(failed: CallFailed) -> Delivered:
    """A failure before anything was sent: certainly not there, worth another try unless Slack says otherwise."""
    ended = outcome(failed)
    if ended.outcome is Outcome.UNKNOWN:
        return Delivered(Outcome.LATER, reason="Slack does not answer just now.", wait=_AGAIN)
    return ended


def reason(failed: CallFailed) -> str:
    """The words of a failure, for people who were answered directly."""
    return outcome(failed).reason
