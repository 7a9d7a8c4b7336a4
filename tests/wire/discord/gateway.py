"""Decides what a bot hears: gateway sessions, their shards and intents, replay after a cut, closing codes."""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum

from aiohttp import WSMsgType, web

from tests.wire.discord import payload as read
from tests.wire.discord.clock import Clock, Signal
from tests.wire.discord.payload import Payload
from tests.wire.discord.streams import STREAMS, Deflater

VERSION = "10"
REPLAYED_EVENTS = 2_000
RESUMABLE_SECONDS = 180.0
SENDS = 120
SENDS_SECONDS = 60.0
ALL_INTENTS = ((1 << 17) - 1) | (1 << 20) | (1 << 21) | (1 << 24) | (1 << 25)
GUILDS, GUILD_MEMBERS, PRESENCES = 1 << 0, 1 << 1, 1 << 8
GUILD_MESSAGES, DIRECT_MESSAGES, MESSAGE_CONTENT = 1 << 9, 1 << 12, 1 << 15
PRIVILEGED = GUILD_MEMBERS | PRESENCES | MESSAGE_CONTENT


class Op(IntEnum):
    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    PRESENCE = 3
    VOICE_STATE = 4
    RESUME = 6
    RECONNECT = 7
    REQUEST_MEMBERS = 8
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11


class Close(Exception):
    """The connection ends with this code, as Discord would end it."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}")
        self.code = code
        self.reason = reason


class Socket:
    """One connection; what is sent queues up, so that an event is delivered by an ordinary call."""

    def __init__(self, ws: web.WebSocketResponse, transport: asyncio.BaseTransport, stream: Deflater | None) -> None:
        self.ws = ws
        self.transport = transport
        self.stream = stream
        self.session: Session | None = None
        self.queue: asyncio.Queue[str] = asyncio.Queue()
        self.sends: deque[float] = deque()

    def send(self, op: Op, data: object, *, event: str | None = None, sequence: int | None = None) -> None:
        self.queue.put_nowait(read.encode({"op": int(op), "d": data, "s": sequence, "t": event}))

    async def drain(self) -> None:
        while True:
            text = await self.queue.get()
            if self.stream is None:
                await self.ws.send_str(text)
            else:
                await self.ws.send_bytes(self.stream.pack(text))
            self.queue.task_done()

    async def close(self, code: int, reason: str = "") -> None:
        await self.ws.close(code=code, message=reason.encode())

    def cut(self) -> None:
        """The line goes dead: no closing frame, as when a cable is pulled."""
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()


@dataclass(slots=True, eq=False)
class Session:
    id: str
    shard: int
    shards: int
    intents: int
    sequence: int = 0
    past: deque[tuple[int, str, Payload]] = field(default_factory=lambda: deque(maxlen=REPLAYED_EVENTS))
    socket: Socket | None = None
    left_at: float = 0.0

    def hears(self, guild_id: int | None) -> bool:
        return self.shard == (0 if guild_id is None else (guild_id >> 22) % self.shards)

    def send(self, event: str, data: Payload) -> None:
        self.sequence += 1
        self.past.append((self.sequence, event, data))
        if self.socket is not None:
            self.socket.send(Op.DISPATCH, data, event=event, sequence=self.sequence)


class Gateway:
    """`greet` gives READY's own part and the GUILD_CREATE bodies for one shard."""

    def __init__(self, clock: Clock, signal: Signal, greet: Callable[[Session], tuple[Payload, list[Payload]]]) -> None:
        self.clock = clock
        self.signal = signal
        self.greet = greet
        self.token = ""
        self.url = ""
        self.shards = 1
        self.least_shards = 1
        self.max_concurrency = 16
        self.heartbeat_seconds = 41.25
        self.privileged_intents = 0
        self.sessions: dict[str, Session] = {}
        self.sockets: set[Socket] = set()
        self.identifies: list[Session] = []
        self.resumes: list[Session] = []
        self.closes: list[tuple[int, str]] = []
        self.compressions: list[str] = []

    @property
    def connected(self) -> list[Session]:
        return [session for session in self.sessions.values() if session.socket is not None]

    def emit(self, event: str, data: Payload, *, guild_id: int | None, intent: int = 0) -> int:
        """Sends to every session of the right shard, also to those that may come back; returns how many listen now."""
        listening = 0
        for session in list(self.sessions.values()):
            if session.socket is None and self.clock.now() - session.left_at > RESUMABLE_SECONDS:
                del self.sessions[session.id]
            elif session.hears(guild_id) and (not intent or session.intents & intent):
                session.send(event, data)
                listening += session.socket is not None
        return listening

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        ws = web.WebSocketResponse(max_msg_size=0, compress=False)
        await ws.prepare(request)
        compression = request.query.get("compress", "")
        assert request.transport is not None
        stream = STREAMS[compression]() if compression in STREAMS else None
        socket = Socket(ws, request.transport, stream)
        self.compressions.append(compression)
        self.sockets.add(socket)
        writer = asyncio.create_task(socket.drain())
        try:
            self._check_address(request)
            socket.send(Op.HELLO, {"heartbeat_interval": int(self.heartbeat_seconds * 1000)})
            await self._listen(socket)
        except Close as close:
            self.closes.append((close.code, close.reason))
            spoken = asyncio.create_task(socket.queue.join())
            await asyncio.wait((spoken, writer), return_when=asyncio.FIRST_COMPLETED)
            spoken.cancel()
            await socket.close(close.code, close.reason)
        except ConnectionError:
            pass  # the client went away in the middle of a word; its session stays resumable
        finally:
            writer.cancel()
            self._leave(socket)
        return ws

    def _check_address(self, request: web.BaseRequest) -> None:
        if request.query.get("v") != VERSION:
            raise Close(4012, "Invalid API version.")
        if request.query.get("encoding", "json") != "json":
            raise Close(4012, "Only JSON is spoken here.")
        if request.query.get("compress", "zlib-stream") not in STREAMS:
            raise Close(4012, "Unknown compression.")

    async def _listen(self, socket: Socket) -> None:
        while True:
            try:
                message = await socket.ws.receive(timeout=self.heartbeat_seconds * 2)
            except TimeoutError:
                raise Close(4009, "Session timed out.") from None
            if message.type is WSMsgType.TEXT:
                self._hear(socket, message.data)
            elif message.type is WSMsgType.BINARY:
                raise Close(4002, "Error while decoding payload.")
            else:
                return

    def _hear(self, socket: Socket, text: str) -> None:
        try:
            data = read.as_payload(read.decode(text))
        except ValueError:
            raise Close(4002, "Error while decoding payload.") from None
        op = data.get("op")
        if op == Op.HEARTBEAT:
            socket.send(Op.HEARTBEAT_ACK, None)
            return
        self._count(socket)
        body = read.object_of(data, "d")
        if op == Op.IDENTIFY:
            self._identify(socket, body)
        elif op == Op.RESUME:
            self._resume(socket, body)
        elif op not in (Op.PRESENCE, Op.VOICE_STATE, Op.REQUEST_MEMBERS):
            raise Close(4001, "Unknown opcode.")
        elif socket.session is None:
            raise Close(4003, "Not authenticated.")
        self.signal.fire()

    def _count(self, socket: Socket) -> None:
        now = self.clock.now()
        socket.sends.append(now)
        while socket.sends[0] < now - SENDS_SECONDS:
            socket.sends.popleft()
        if len(socket.sends) > SENDS:
            raise Close(4008, "Rate limited.")

    def _identify(self, socket: Socket, body: Payload) -> None:
        if socket.session is not None:
            raise Close(4005, "Already authenticated.")
        if read.text_of(body, "token") != self.token:
            raise Close(4004, "Authentication failed.")
        shard, shards = self._shard_of(body)
        if shards < self.least_shards:
            raise Close(4011, "Sharding required.")
        intents = body.get("intents")
        if not isinstance(intents, int) or intents & ~ALL_INTENTS or intents < 0:
            raise Close(4013, "Invalid intent(s).")
        if intents & PRIVILEGED & ~self.privileged_intents:
            raise Close(4014, "Disallowed intent(s).")
        session = Session(secrets.token_hex(16), shard, shards, intents, socket=socket)
        socket.session = session
        self.sessions[session.id] = session
        self.identifies.append(session)
        ready, guilds = self.greet(session)
        session.send("READY", ready)
        for guild in guilds:
            session.send("GUILD_CREATE", guild)

    def _shard_of(self, body: Payload) -> tuple[int, int]:
        shard = body.get("shard")
        if shard is None:
            return 0, 1
        match shard:
            case [int(number), int(count)] if 0 <= number < count:
                return number, count
        raise Close(4010, "Invalid shard.")

    def _resume(self, socket: Socket, body: Payload) -> None:
        if read.text_of(body, "token") != self.token:
            raise Close(4004, "Authentication failed.")
        session = self.sessions.get(read.text_of(body, "session_id"))
        seen = read.integer_of(body, "seq", -1)
        if session is None or seen < 0 or (session.past and seen < session.past[0][0] - 1):
            socket.send(Op.INVALID_SESSION, False)
            return
        if seen > session.sequence:
            raise Close(4007, "Invalid seq.")
        if session.socket is not None:
            session.socket.session = None
        socket.session = session
        session.socket = socket
        self.resumes.append(session)
        for sequence, event, data in session.past:
            if sequence > seen:
                socket.send(Op.DISPATCH, data, event=event, sequence=sequence)
        session.send("RESUMED", {})

    def _leave(self, socket: Socket) -> None:
        self.sockets.discard(socket)
        session = socket.session
        if session is not None:
            session.socket = None
            session.left_at = self.clock.now()
            if socket.ws.close_code in (1000, 1001):
                self.sessions.pop(session.id, None)
        self.signal.fire()

    def cut(self) -> None:
        for socket in list(self.sockets):
            socket.cut()

    async def close(self, code: int, reason: str = "") -> None:
        for socket in list(self.sockets):
            await socket.close(code, reason)

    def ask_reconnect(self) -> None:
        for socket in list(self.sockets):
            socket.send(Op.RECONNECT, None)

    def invalidate(self, *, resumable: bool) -> None:
        for socket in list(self.sockets):
            if not resumable and socket.session is not None:
                self.sessions.pop(socket.session.id, None)
            socket.send(Op.INVALID_SESSION, resumable)
