"""What a message is made of, and a reply as the JSON that Slack takes it in."""

from __future__ import annotations

import json
from functools import lru_cache

from adapters.slack import painter
from adapters.slack.command_names import CommandNames
from adapters.slack.mentions import Voice
from adapters.slack.painter import Drawn
from adapters.slack.payload import Json
from bot.api import views

REMEMBERED = 128
"""Messages of about 13 kB each."""


def message(drawn: Drawn) -> Json:
    """What a message is made of, wherever it is posted. Links in it unfold nothing, and words in it call nobody."""
    return {
        "text": drawn.spoken,
        "mrkdwn": False,
        "parse": "none",
        "blocks": list(drawn.blocks),
        "unfurl_links": False,
        "unfurl_media": False,
    }


def response(reply: views.Reply, names: CommandNames, *, replace_original: bool | None = None) -> str:
    """The reply as the JSON that an acknowledgement or a response URL takes.

    For the person alone, unless the reply is for everyone; and what is for everyone takes nothing's place.
    """
    public = reply.for_everyone
    more = f', "response_type": "{"in_channel" if public else "ephemeral"}"'
    if replace_original is not None:
        more += f', "replace_original": {"true" if replace_original and not public else "false"}'
    voice = Voice.ALOUD if public else Voice.ASIDE
    return f"{_open(reply.view, reply.reader, names, voice)}{more}}}"


def _open(view: views.View, reader: views.Reader, names: CommandNames, voice: Voice) -> str:
    """The message as JSON that lacks its last brace."""
    try:
        return _remembered(view, reader, names, voice)
    except TypeError:  # a view that holds a mapping is not remembered
        return _write(view, reader, names, voice)


def _write(view: views.View, reader: views.Reader, names: CommandNames, voice: Voice) -> str:
    return json.dumps(message(painter.draw(view, reader, names, voice=voice)), separators=(",", ":"))[:-1]


_remembered = lru_cache(maxsize=REMEMBERED)(_write)
"""Many look at the same lesson on the same morning: it is painted, spoken and written once."""
