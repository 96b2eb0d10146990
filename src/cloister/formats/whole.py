"""A whole reading as bytes and back, so that it can be sealed and written in any text format later.

Coordinates are kept as 32-bit floats, as they come out of a jail.
"""

from __future__ import annotations

from cloister.document import Document, Facts, Grade
from cloister.errors import BadOutput, Harm, JailLied, SealedDataDamaged
from cloister.formats.packed import MAX_PAGE_BYTES, MAX_PAGES, pack_page, unpack_page
from cloister.jail.wire import Pack, Unpack

MARK = b"cloister/reading/1\n"
_MOST = 1000
_LONGEST = 4096


def pack(document: Document) -> bytes:
    """Give the bytes of a document; `BadOutput` if it would not come out again."""
    facts = document.facts
    head = Pack().text(facts.source).u32(facts.pages).u8(facts.grade)
    for pairs in (facts.models, facts.versions):
        head.u32(len(pairs))
        for name, value in pairs:
            head.text(name).text(value)
    for words in (facts.sandbox, facts.notes):
        head.u32(len(words))
        for word in words:
            head.text(word)
    head.u32(len(document.pages))
    parts = [MARK, head.done(), *(Pack().blob(pack_page(page)).done() for page in document.pages)]
    packed = b"".join(parts)
    try:
        unpack(packed)
    except SealedDataDamaged:
        raise BadOutput from None
    return packed


def unpack(data: bytes) -> Document:
    """Give the document; `SealedDataDamaged` on anything that `pack` did not make."""
    if not data.startswith(MARK):
        raise SealedDataDamaged(why=Harm.STRANGE)
    take = Unpack(data[len(MARK) :])
    try:
        source, pages, grade = take.text(_LONGEST), take.u32(MAX_PAGES), Grade(take.u8(4, 1))
        models, versions = _pairs(take), _pairs(take)
        sandbox, notes = _words(take), _words(take)
        held = tuple(unpack_page(take.blob(MAX_PAGE_BYTES)) for _ in range(take.u32(MAX_PAGES)))
        take.end()
    except JailLied:
        raise SealedDataDamaged(why=Harm.STRANGE) from None
    return Document(held, Facts(source, pages, grade, models, versions, sandbox, notes))


def _words(take: Unpack) -> tuple[str, ...]:
    return tuple(take.text(_LONGEST) for _ in range(take.u32(_MOST)))


def _pairs(take: Unpack) -> tuple[tuple[str, str], ...]:
    return tuple((take.text(_LONGEST), take.text(_LONGEST)) for _ in range(take.u32(_MOST)))
