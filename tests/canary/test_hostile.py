"""Hostile files end typed: explained or unexplained, never as an error, and the next item is searched all the same."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from cloister.model import Plain

FILES = Path(os.environ.get("CLOISTER_DATA", "/nowhere")) / "hostile/files"


def searched(scanner, tokens, files):
    items = []
    for number, data in enumerate(files):
        items += [(f"file/{number}", Plain(data)), (f"leak/{number}", Plain(b"x " + tokens["xmp"].encode()))]
    started = time.monotonic()
    scanned = scanner.scan(items)
    assert {hit.item for hit in scanned.hits} == {f"leak/{number}" for number in range(len(items) // 2)}
    assert {name for name, _ in scanned.searched} == {name for name, _ in items}
    assert scanned.decoy_hits == ()
    return scanned, time.monotonic() - started


def made() -> list[bytes]:
    """Files that lie about what they hold, and that end too soon."""
    zeros = bytes(40)
    lie = b"PK\x03\x04" + b"\xff" * 26 + b"\x1f\x8b\x08" + zeros
    return [
        b"",
        b"\0",
        lie,
        b"\x28\xb5\x2f\xfd\xff\xff\xff\xff\xff\xff",
        b"\x04\x22\x4d\x18\x64\x40\xa7" + b"\xff\xff\xff\x7f" + zeros,
        b"\xfd7zXZ\0\0" + zeros,
        b"\x5d\0\0\xff\xff" + b"\xff" * 40,
        b"SQLite format 3\0\x10\0" + b"\xff" * 5000,
        b"\x37\x7f\x06\x82" + b"\xff" * 5000,
        b"%PDF-1.7\n1 0 obj<</Length 99999999>>stream\n",
        b"\x89PNG\r\n\x1a\n\xff\xff\xff\xffIDAT" + zeros,
        b"\xff\xd8\xff\xe0\0\0\xff\xd8\xff\xda" + b"\xff" * 100,
        bytes(257) + b"ustar" + b"7" * 250,
        b"<~" + b"s8W-!" * 4000 + b"~>",
        b"\\u" * 40_000,
        b"&" + b"amp;" * 40_000 + b"#65",
        b"BZh91AY&SY" + b"\xff" * 64,
    ]


def test_files_that_lie_end_typed(scanner, tokens):
    searched(scanner, tokens, made())


@pytest.mark.proof
def test_all_hostile_files_end_typed(scanner, tokens):
    files = [path.read_bytes() for path in sorted(FILES.iterdir())]
    assert files
    scanned, seconds = searched(scanner, tokens, files)
    whys: dict[str, int] = {}
    for _, why in scanned.unexplained:
        whys[why] = whys.get(why, 0) + 1
    print(f"{len(files)} files in {seconds:.0f} s: {whys}")
