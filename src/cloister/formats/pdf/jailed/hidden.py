"""Takes invisible text out of a page: the layer that an earlier program read into it.

Text is shown by Tj, TJ, ' and "; in rendering mode 3 it paints nothing, so it can go without a pixel
changing, but for one thing: it moves the place where text that follows it begins. Where visible text
does follow without being placed anew, the invisible text stays.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pikepdf
from pikepdf import Name, Operator

if TYPE_CHECKING:
    from pikepdf import Object, Pdf

    Instruction = pikepdf.ContentStreamInstruction | pikepdf.ContentStreamInlineImage

_MENTIONED = re.compile(rb"(?<![\d.])3(?:\.0*)?\s+Tr\b")
_INVISIBLE = 3
_SHOWS = frozenset({"Tj", "TJ", "'", '"'})
_PLACES = frozenset({"Td", "TD", "Tm", "T*", "'", '"', "BT"})
_DEPTH = 5


def remove(pdf: Pdf, page: pikepdf.Page, done: set[tuple[int, int]]) -> bool:
    """Take invisible text out of a page and its forms; `done` remembers forms that pages share."""
    changed = False
    content = _content(page)
    if _MENTIONED.search(content) and (kept := _without(_parsed(page))) is not None:
        page.obj.Contents = _stream(pdf, kept)
        changed = True
    return _in_forms(pdf, page.obj, done, _DEPTH) or changed


def _content(page: pikepdf.Page) -> bytes:
    held = page.obj.get("/Contents")
    streams = list(held) if isinstance(held, pikepdf.Array) else [held]
    return b"\n".join(_bytes(stream) for stream in streams if isinstance(stream, pikepdf.Stream))


def _bytes(stream: pikepdf.Stream) -> bytes:
    try:
        return stream.read_bytes()
    except pikepdf.PdfError:
        return b""  # a stream that cannot be decoded stays as it is


def _in_forms(pdf: Pdf, within: Object, done: set[tuple[int, int]], depth: int) -> bool:
    resources = within.get("/Resources")
    forms = resources.get("/XObject") if isinstance(resources, pikepdf.Dictionary) else None
    if not depth or not isinstance(forms, pikepdf.Dictionary):
        return False
    changed = False
    for form in forms.values():
        if not isinstance(form, pikepdf.Stream) or form.get("/Subtype") != Name.Form or form.objgen in done:
            continue
        done.add(form.objgen)
        if _MENTIONED.search(_bytes(form)) and (kept := _without(_parsed(form))) is not None:
            form.write(zlib.compress(pikepdf.unparse_content_stream(kept)), filter=Name.FlateDecode)
            changed = True
        changed = _in_forms(pdf, form, done, depth - 1) or changed
    return changed


def _parsed(held: pikepdf.Page | Object) -> Sequence[Instruction]:
    try:
        return pikepdf.parse_content_stream(held)
    except pikepdf.PdfError:
        return []


def _stream(pdf: Pdf, kept: Sequence[Instruction]) -> pikepdf.Stream:
    content = pikepdf.unparse_content_stream(kept)
    return pikepdf.Stream(pdf, zlib.compress(content), Filter=Name.FlateDecode)


def _without(instructions: Sequence[Instruction]) -> list[Instruction] | None:
    """The instructions without those that show invisible text, or None if there is none."""
    gone = _invisible(instructions)
    if not gone:
        return None
    kept: list[Instruction] = []
    for index, instruction in enumerate(instructions):
        if index not in gone:
            kept.append(instruction)
        elif (operator := str(instruction.operator)) == '"':
            kept.append(_instruction([instruction.operands[0]], "Tw"))
            kept.append(_instruction([instruction.operands[1]], "Tc"))
            kept.append(_instruction([], "T*"))
        elif operator == "'":
            kept.append(_instruction([], "T*"))
    return kept


def _instruction(operands: list[Object], operator: str) -> pikepdf.ContentStreamInstruction:
    return pikepdf.ContentStreamInstruction(operands, Operator(operator))


def _invisible(instructions: Sequence[Instruction]) -> set[int]:
    """Which instructions show invisible text and can go."""
    gone: set[int] = set()
    since_placed: set[int] = set()
    mode, saved = 0, list[int]()
    for index, instruction in enumerate(instructions):
        operator = str(instruction.operator)
        if operator == "Tr":
            mode = int(instruction.operands[0]) if instruction.operands else mode
        elif operator == "q":
            saved.append(mode)
        elif operator == "Q":
            mode = saved.pop() if saved else mode
        if operator in _PLACES:
            since_placed = set()
        if operator in _SHOWS:
            if mode == _INVISIBLE:
                gone.add(index)
                since_placed.add(index)
            else:
                gone -= since_placed
                since_placed = set()
    return gone
