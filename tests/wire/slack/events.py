"""HTTP mode: payloads posted to the app's URL with Slack's v0 signature; and what a forger would post."""

import asyncio
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from urllib.parse import urlencode

import aiohttp

from tests.wire.slack.delivery import Delivery, EnvelopeKind, Pace
from tests.wire.slack.model import Json
from tests.wire.slack.world import World

USER_AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What the app's endpoint said."""

    status: int
    body: str
    content_type: str

    def payload(self) -> Json | None:
        """A body answers as a payload does: JSON as it stands, plain text as a text."""
        if not self.body:
            return None
        if self.content_type == "application/json":
            held: Json = json.loads(self.body)
            return held
        return {"text": self.body}


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgery:
    """How a request differs from an honest one; the defaults differ in nothing."""

    secret: str | None = None
    age: float = 0.0
    signature: str | None = None
    unsigned: bool = False
    tampered: bytes = b""


HONEST = Forgery()


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """Slack's v0 scheme."""
    return "v0=" + hmac.new(secret.encode(), b"v0:%d:%s" % (timestamp, body), hashlib.sha256).hexdigest()


class HttpSender:
    """Posts to the app; each try is a request of its own, repeats are marked as Slack marks them."""

    def __init__(self, world: World, pace: Pace) -> None:
        self._world = world
        self._pace = pace
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.url = ""

    async def post(
        self,
        kind: EnvelopeKind,
        payload: Json,
        *,
        forgery: Forgery = HONEST,
        retry: tuple[int, str] | None = None,
    ) -> HttpAnswer:
        """One request, honest or forged. The time is the real one: the app compares it with its own clock."""
        content_type, body = _encode(kind, payload)
        timestamp = int(time.time() - forgery.age)
        headers = {"Content-Type": content_type, "User-Agent": USER_AGENT}
        if not forgery.unsigned:
            secret = forgery.secret or self._world.app.signing_secret
            headers["X-Slack-Request-Timestamp"] = str(timestamp)
            headers["X-Slack-Signature"] = forgery.signature or sign(secret, timestamp, body)
        if retry is not None:
            headers |= {"X-Slack-Retry-Num": str(retry[0]), "X-Slack-Retry-Reason": retry[1]}
        timeout = aiohttp.ClientTimeout(total=self._pace.ack_seconds)
        session = self._open_session()
        async with session.post(self.url, data=body + forgery.tampered, headers=headers, timeout=timeout) as answer:
            return HttpAnswer(answer.status, await answer.text(), answer.content_type)

    async def verify_url(self) -> bool:
        """The handshake when a request URL is saved: the app must answer the challenge."""
        challenge = self._world.ids.make("challenge")
        body = {"token": self._world.app.verification_token, "challenge": challenge, "type": "url_verification"}
        answer = await self.post(EnvelopeKind.EVENT, body)
        return answer.status == 200 and challenge in answer.body

    def send(self, delivery: Delivery) -> None:
        task = asyncio.create_task(self._deliver(delivery))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def _deliver(self, delivery: Delivery) -> None:
        """Events are tried again; a command or a button press fails before the person's eyes at once."""
        tries = 1 + (self._pace.retries if delivery.is_event else 0)
        reason = ""
        for left in reversed(range(tries)):
            retry = (delivery.attempts, reason or delivery.reason) if delivery.attempts else None
            delivery.attempts += 1
            try:
                answer = await self.post(delivery.kind, delivery.payload, retry=retry)
            except TimeoutError:
                reason = "http_timeout"
            except aiohttp.ClientError:
                reason = "connection_failed"
            else:
                if answer.status == 200:
                    delivery.accept(answer.payload())
                    return
                reason = "http_error"
            if left:
                await asyncio.sleep(self._pace.retry_pause)
        error = "operation_timeout" if reason == "http_timeout" else "dispatch_failed"
        self._world.book.fail(f"{error}: {delivery.kind} after {delivery.attempts} attempts ({reason})")
        delivery.give_up(error)

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        return self._session


def _encode(kind: EnvelopeKind, payload: Json) -> tuple[str, bytes]:
    if kind is EnvelopeKind.EVENT:
        return "application/json", json.dumps(payload).encode()
    form = payload if kind is EnvelopeKind.COMMAND else {"payload": json.dumps(payload)}
    return "application/x-www-form-urlencoded", urlencode(form).encode()
