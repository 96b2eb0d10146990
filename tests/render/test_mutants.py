"""Files that were honest once: each ends in pages or in a typed refusal, within its time and memory."""

from __future__ import annotations

import time
from random import Random

import pytest

from cloister.errors import BadInput, Encrypted, JailDied, TimedOut, Why
from cloister.ocr.rendering import Renderer
from tests.render import papers
from tests.render.jailed import only, rendered
from tests.render.papers import Sheet, joined, scan


def files() -> dict[str, bytes]:
    image = papers.picture((160, 120), points=24)
    colour = image.convert("RGB")
    return {
        "png": papers.encoded(colour, "PNG"),
        "jpeg": papers.encoded(colour, "JPEG", progressive=True),
        "tiff": papers.encoded(colour, "TIFF", compression="tiff_lzw", save_all=True, append_images=[image]),
        "tiff group 4": papers.encoded(image.convert("1"), "TIFF", compression="group4"),
        "webp": papers.encoded(colour, "WEBP"),
        "bmp": papers.encoded(colour.convert("P"), "BMP"),
        "pdf text": joined(Sheet().text().note("/FreeText", (72, 300, 300, 324), "A note").done()),
        "pdf scan": Sheet().photo(scan(20)).text(setup="3 Tr").done(),
        "pdf objects": Sheet().text().done(object_stream_mode=2),
    }


FILES = files()


def mutant(file: bytes, chance: Random) -> bytes:
    held = bytearray(file)
    for _ in range(chance.choice((1, 1, 2, 4, 16, 64))):
        at = chance.randrange(len(held))
        match chance.randrange(6):
            case 0:
                held[at] = chance.randrange(256)
            case 1:
                held[at] ^= 1 << chance.randrange(8)
            case 2:
                held[at : at + 4] = chance.choice(
                    (b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\0\0", b"\0\0\0\x80")
                )
            case 3:
                del held[at : at + chance.randrange(1, 64)]
            case 4:
                held[at:at] = held[chance.randrange(len(held)) :][: chance.randrange(1, 64)]
            case _:
                digit = held.find(chance.choice(b"0123456789"), at)
                if digit >= 0:
                    held[digit] = chance.choice(b"0123456789")
        if not held:
            return b"\0"
    return bytes(held)


def survive(renderer: Renderer, name: str, count: int, seed: int) -> tuple[int, int]:
    """How many mutants of a file gave pages, and how many were refused."""
    chance = Random(f"{name} {seed}")
    read = refused = 0
    for _ in range(count):
        held = mutant(FILES[name], chance)
        began = time.monotonic()
        try:
            rendered(renderer, held)
            read += 1
        except (BadInput, Encrypted):
            refused += 1
        except JailDied as died:
            assert died.facts["why"] in {Why.SIGNAL, Why.MEMORY}, name  # noqa: PT017
            refused += 1
        except TimedOut:
            refused += 1
        assert time.monotonic() - began < 32
    return read, refused


@pytest.mark.parametrize("name", sorted(FILES))
def test_mutants_end_in_pages_or_typed_refusals(renderer, name):
    read, refused = survive(renderer, name, 40, 1)
    assert read + refused == 40
    assert only(renderer, papers.every_kind()["png"])[0].page == 1, "the next document is fine"


@pytest.mark.proof
@pytest.mark.parametrize("name", sorted(FILES))
def test_a_thousand_mutants_of_each_end_in_pages_or_typed_refusals(renderer, name):
    read, refused = survive(renderer, name, 1000, 2)
    assert read + refused == 1000
    assert only(renderer, papers.every_kind()["png"])[0].page == 1, "the next document is fine"
