"""files.*: an upload in three steps (ask for an address, send the bytes, say where they belong)."""

from dataclasses import dataclass

from tests.wire.slack.calls import Call
from tests.wire.slack.model import Json, Refusal
from tests.wire.slack.stage import post

PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8")
"""How the kinds of files begin that a block shows."""


@dataclass(slots=True)
class Upload:
    """A file on its way."""

    id: str
    team_id: str
    name: str
    length: int
    content: bytes | None = None
    done: bool = False


class Uploads:
    """All files, sent or on their way."""

    def __init__(self) -> None:
        self.all: dict[str, Upload] = {}

    def announce(self, call: Call) -> Json:
        if call.args["length"] < 1:
            raise Refusal("invalid_arguments", messages=["must be greater than 0 [json-pointer:/length]"])
        upload = Upload(call.world.ids.make("F"), call.team.id, call.args["filename"], call.args["length"])
        self.all[upload.id] = upload
        return {"upload_url": f"{call.world.base_url}/upload/{upload.id}", "file_id": upload.id}

    def receive(self, file_id: str, content: bytes) -> str:
        upload = self.all.get(file_id)
        if upload is None or upload.content is not None:
            raise Refusal("file_not_found")
        if len(content) != upload.length:
            raise Refusal("length_mismatch")
        upload.content = content
        return f"OK - {len(content)}"

    def complete(self, call: Call) -> Json:
        given = call.args["files"]
        if not isinstance(given, list) or not given:
            raise Refusal("invalid_arguments", messages=["must provide an array [json-pointer:/files]"])
        shown = [self._finish(call, one) for one in given]
        channels = [call.args["channel_id"]] if call.args.get("channel_id") else []
        channels += [part for part in (call.args.get("channels") or "").split(",") if part]
        for reference in channels:
            channel = call.world.visible_channel(call.team, reference)
            call.require_member(channel)
            text = call.args.get("initial_comment") or " "
            post(call.world, channel, {"text": text, "files": shown, "thread_ts": call.args.get("thread_ts")})
        return {"files": shown}

    def _finish(self, call: Call, one: Json) -> Json:
        upload = self.all.get(str(one.get("id")))
        if upload is None or upload.team_id != call.team.id or upload.content is None or upload.done:
            raise Refusal("file_not_found")
        upload.done = True
        if upload.content.startswith(PICTURES):
            call.world.pictures[upload.id] = upload.team_id
        return {"id": upload.id, "title": one.get("title") or upload.name, "name": upload.name, "size": upload.length}
