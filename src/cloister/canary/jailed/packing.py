"""Packs our own bytes with libraries that only a jail loads; for seeded leaks."""

from __future__ import annotations

import brotli
import zstandard

from cloister.canary.frames import Packing


def pack(packing: Packing, data: bytes) -> bytes:
    """The bytes, compressed."""
    if packing is Packing.ZSTD:
        return zstandard.ZstdCompressor(level=3).compress(data)
    packed: bytes = brotli.compress(data)
    return packed
