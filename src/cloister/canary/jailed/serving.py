"""Serves the items that are sent to one child of the scan jail."""

from __future__ import annotations

import codecs
import ctypes
import zlib
from typing import TYPE_CHECKING

from cloister.canary import frames
from cloister.canary.frames import DONE, HIT, ITEM, LAST, PACK, PACKED, PART, PRINT, PRINTED, PRINTS, WHY
from cloister.canary.jailed import packing, pdf, pictures
from cloister.canary.jailed.needles import Needles
from cloister.canary.jailed.walk import Walk
from cloister.jail.wire import receive, send

if TYPE_CHECKING:
    from cloister.jail.wire import BlockingPipe

_needles: list[Needles] = []
"""Made in the warm process, once: its machine code cannot be made in a locked one."""
_CEILINGS = {
    ITEM: frames.MAX_ITEM,
    PART: frames.MAX_ITEM,
    LAST: 0,
    PRINTS: frames.MAX_PRINTS * frames.PRINT_SIZE,
    PACK: frames.MAX_PACK,
    PRINT: frames.MAX_ITEM,
}
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""As malloc.h of glibc numbers them."""
_CODECS = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "latin-1", "ascii", "cp037", "pdfdoc")
_LINE = (
    b"Nothing but a line to warm up with: \\u0041 %41 &#65; <b>x</b> <~87cURD]j~> 65,66,67,68,69,70,71,72,73,74 \n" * 9
)
_MIXED = b"".join(zlib.crc32(bytes([number])).to_bytes(4, "big") for number in range(256))


def warm(told: bytes) -> None:
    """Load everything, and make the search for these needles ready."""
    _keep_memory()
    needles = Needles(frames.read_needles(told))
    _needles[:] = [needles]
    for name in _CODECS:
        codecs.lookup(name)
    pictures.warm()
    pdf.warm()
    for packing_ in frames.Packing:
        Walk(needles, ()).item(packing.pack(packing_, _LINE))
    for data in (_LINE, _LINE.decode().encode("utf-16-le"), zlib.compress(_LINE), _MIXED, b"\x03" + _MIXED):
        Walk(needles, ()).item(data)


def _keep_memory() -> None:
    """Have a child use memory again that it freed: fresh pages cost it a tenth of its time."""
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        for option in (_MMAP_THRESHOLD, _TRIM_THRESHOLD):
            library.mallopt(option, 1 << 30)


def serve(pipe: BlockingPipe) -> None:
    """Serve one child: items until the last."""
    needles = _needles[0]
    prints: tuple[bytes, ...] = ()
    while True:
        kind, payload = receive(pipe, _CEILINGS)
        if kind == LAST:
            return
        if kind == PRINTS:
            prints = frames.read_prints(payload)
        elif kind == PACK:
            send(pipe, PACKED, packing.pack(frames.Packing(payload[0]), payload[1:]))
        elif kind == PRINT:
            send(pipe, PRINTED, pictures.fingerprint_of(payload))
        else:
            walk = Walk(needles, prints)
            walk.item(payload, is_part=kind == PART)
            for found in walk.found():
                send(pipe, HIT, frames.pack_found(found))
            for reason in walk.reasons:
                send(pipe, WHY, frames.pack_reason(reason))
            send(pipe, DONE)
