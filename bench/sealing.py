"""Seals so many bytes as a vault does, into nothing: sealing.py BYTES… Prints JSON: rates, and the most memory."""

from __future__ import annotations

import io
import json
import resource
import sys
import time
from pathlib import Path

from cloister.keys.buckets import Bucket
from cloister.keys.context import Context
from cloister.keys.stream import new_dek, seal
from cloister.model import Artefact, Sensitivity

CONTEXT = Context("v", "e", "t", "p", "k", "d", Artefact.SOURCE, Sensitivity.HIGH, "00" * 32, Bucket(60, 60))
MEGABYTE = 10**6


class _Content(io.BytesIO):
    """So many bytes, without holding them."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._left = size

    def read(self, size: int | None = -1, /) -> bytes:
        count = self._left if size is None or size < 0 else min(size, self._left)
        self._left -= count
        return bytes(count)


def _sealed(size: int) -> dict[str, float]:
    with Path("/dev/null").open("wb") as sink:
        begun = time.monotonic()
        seal(_Content(size), sink, new_dek(), CONTEXT)
        took = time.monotonic() - begun
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"bytes": size, "megabytes_per_second": round(size / took / MEGABYTE, 1), "most_memory_bytes": most}


if __name__ == "__main__":
    print(json.dumps([_sealed(int(size)) for size in sys.argv[1:]]))
