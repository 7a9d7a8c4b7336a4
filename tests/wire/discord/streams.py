"""Decides how the gateway's words are packed: the transport compressions that discord.py may ask for."""

from __future__ import annotations

import importlib
import zlib
from collections.abc import Callable
from typing import Protocol, cast


class Deflater(Protocol):
    def pack(self, text: str) -> bytes: ...


class ZlibStream:
    def __init__(self) -> None:
        self._stream = zlib.compressobj(1)

    def pack(self, text: str) -> bytes:
        return self._stream.compress(text.encode()) + self._stream.flush(zlib.Z_SYNC_FLUSH)


class ZstdStream:
    """One zstd frame over the whole connection, flushed after each message."""

    def __init__(self) -> None:
        try:
            library = importlib.import_module("zstandard")
            compressor = library.ZstdCompressor(level=1).compressobj()
            flush = library.COMPRESSOBJ_FLUSH_BLOCK
        except ImportError:
            library = importlib.import_module("compression.zstd")
            compressor = library.ZstdCompressor(level=1)
            flush = library.ZstdCompressor.FLUSH_BLOCK
        self._compress = cast("Callable[[bytes], bytes]", compressor.compress)
        self._flush = cast("Callable[[int], bytes]", compressor.flush)
        self._mode = cast("int", flush)

    def pack(self, text: str) -> bytes:
        return self._compress(text.encode()) + self._flush(self._mode)


STREAMS: dict[str, Callable[[], Deflater]] = {"zlib-stream": ZlibStream, "zstd-stream": ZstdStream}
