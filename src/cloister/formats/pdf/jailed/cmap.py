"""The map from a font's two-byte codes to Unicode (ISO 32000-1, 9.10.3; Adobe technical note 5411)."""

from __future__ import annotations

from collections.abc import Sequence

_PER_BLOCK = 100
_HEAD = b"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
"""
_TAIL = b"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"


def to_unicode(texts: Sequence[str]) -> bytes:
    """The CMap by which code i + 1 stands for text i."""
    lines = [b"<%04x> <%s>\n" % (i, text.encode("utf-16-be").hex().encode()) for i, text in enumerate(texts, start=1)]
    blocks = [lines[start : start + _PER_BLOCK] for start in range(0, len(lines), _PER_BLOCK)]
    made = b"".join(b"%d beginbfchar\n%sendbfchar\n" % (len(block), b"".join(block)) for block in blocks)
    return _HEAD + made + _TAIL
