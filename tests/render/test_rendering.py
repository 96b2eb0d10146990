"""Whatever the render jail says, the parent believes only what it could check, and the next document is well."""

from __future__ import annotations

import math
import struct
import sys
import time
from pathlib import Path
from random import Random

import pytest

from cloister.document import Page
from cloister.errors import (
    BadArguments,
    BadInput,
    CloisterError,
    Damaged,
    EmptyFile,
    JailDied,
    JailFailed,
    JailLied,
    TimedOut,
)
from cloister.jail.lock import Layer
from cloister.jail.spawn import Zygote
from cloister.model import Raster, SourceKind
from cloister.ocr import frames
from cloister.ocr.frames import Verdict
from cloister.ocr.options import Options
from cloister.ocr.rendering import Renderer, Rendering
from cloister.ocr.sources import BytesSource
from tests.render import papers
from tests.render.jailed import only, rendered

CHILDREN = Path(__file__).parent / "children"


def liar(behaviour: str) -> Zygote:
    return Zygote("", command=[sys.executable, "-I", str(CHILDREN / "liar.py"), behaviour])


def told(behaviour: str, seconds: float = 20):
    with liar(behaviour) as zygote:
        options = Options(seconds=seconds)
        with Rendering(zygote, BytesSource(b"a document"), options, time.monotonic() + seconds) as rendering:
            return rendering, list(rendering)


def test_an_honest_jail_is_believed():
    rendering, pages = told("honest")
    assert (rendering.kind, rendering.total, rendering.page_count) == (SourceKind.PDF, 2, 2)
    assert [type(page) for page in pages] == [Raster, Page]
    assert rendering.verdicts == {1: Verdict.NONE, 2: Verdict.TRUSTED}


LIES = (
    *("wrong_order", "same_page_twice", "one_page_too_many", "done_early", "no_pages", "unknown_kind"),
    *("unknown_frame", "raster_first", "opened_twice", "too_few_pixels", "too_many_pixels", "huge_page", "no_width"),
    *("no_dpi", "unknown_verdict", "unmarked_layer", "layer_at_another_resolution", "turned_layer"),
    *("layer_of_another_page", "layer_with_spaces", "layer_with_more", "layer_of_noise", "enormous_frame"),
    *("unknown_refusal", "ask_beyond_the_end", "ask_for_too_much"),
)


@pytest.mark.parametrize("behaviour", LIES)
def test_a_lie_is_a_typed_refusal(behaviour):
    with pytest.raises(JailLied):
        told(behaviour)


def test_a_jail_that_refuses_and_goes_on_is_not_believed():
    with pytest.raises(JailFailed):
        told("refuse_and_go_on")


def test_a_jail_that_ends_early_has_died():
    with pytest.raises(JailDied):
        told("end_early")


@pytest.mark.parametrize("behaviour", ["hang", "ask_for_ever"])
def test_a_jail_that_never_ends_is_stopped_in_time(behaviour):
    began = time.monotonic()
    with pytest.raises(TimedOut) as stopped:
        told(behaviour, 3)
    assert time.monotonic() - began < 5
    assert stopped.value.facts == {"seconds": 3}


@pytest.mark.parametrize("behaviour", ["wrong_order", "enormous_frame", "hang"])
def test_after_a_lie_the_same_renderer_serves_on(behaviour, monkeypatch):
    renderer = Renderer()
    honest = renderer._zygote
    monkeypatch.setattr(renderer, "_zygote", liar(behaviour))
    with pytest.raises(JailFailed):
        rendered(renderer, b"a document", seconds=3)
    assert renderer.pid is None
    renderer._zygote = honest
    with renderer:
        assert rendered(renderer, papers.every_kind()["png"]).total == 1


PARSERS = (frames.read_opened, frames.read_sheet, frames.read_layer, lambda held: frames.read_refusal(held, 10))


def fuzz(count: int, seed: int) -> None:
    chance = Random(seed)
    good = [
        struct.pack("<BI", 0, 3),
        struct.pack("<IIIdB", 1, 4, 3, 72.0, 0),
        struct.pack("<HI", 3, 1),
        struct.pack("<IIIdd", 1, 10, 10, 72.0, 0.0) + b"\0" + struct.pack("<9d", *frames.IDENTITY) + b"\0" * 40,
    ]
    for _ in range(count):
        held = bytearray(chance.choice(good) if chance.random() < 0.7 else chance.randbytes(chance.randrange(200)))
        for _ in range(chance.randrange(6)):
            if held:
                held[chance.randrange(len(held))] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))
        if chance.random() < 0.3:
            held = held[: chance.randrange(len(held) + 1)]
        try:
            chance.choice(PARSERS)(bytes(held))
        except (JailLied, BadInput, BadArguments):
            continue
        except CloisterError as other:
            assert type(other) in frames._REFUSALS  # noqa: PT017


def test_frames_of_noise_give_typed_refusals_only():
    fuzz(20_000, 1)


@pytest.mark.proof
def test_a_million_frames_of_noise_give_typed_refusals_only():
    fuzz(1_000_000, 2)


def test_an_empty_file_needs_no_jail():
    with Renderer() as renderer:
        with pytest.raises(EmptyFile):
            rendered(renderer, b"")
        assert renderer.pid is None


def test_every_refusal_crosses_the_wire_as_itself():
    for kind in frames._REFUSALS:
        index = frames._REFUSALS.index(kind)
        assert type(frames.read_refusal(struct.pack("<HI", index, 7), 10)) is kind


def test_a_document_that_is_left_early_costs_nothing_later(renderer):
    file = papers.joined(*(papers.Sheet().photo(papers.scan(100)).done() for _ in range(6)))
    with renderer.open(BytesSource(file), Options(), time.monotonic() + 20) as rendering:
        assert next(iter(rendering)).page == 1
    assert only(renderer, papers.every_kind()["png"])[0].page == 1


def test_all_layers_hold_in_the_render_jail(renderer):
    only(renderer, papers.every_kind()["png"])
    assert renderer._zygote.layers == tuple(Layer)


def test_a_document_costs_at_most_40_ms_beside_its_own_work(renderer):
    """The fork, the lock and the wire: a picture of a few pixels has next to no work of its own."""
    from PIL import Image

    file = papers.encoded(Image.new("L", (64, 64), 255), "PNG")
    only(renderer, file)
    took = []
    for _ in range(30):
        began = time.perf_counter()
        only(renderer, file)
        took.append(time.perf_counter() - began)
    print(f"{sorted(took)[15] * 1000:.1f} ms a document")
    assert sorted(took)[10] < 0.04


def test_numbers_of_pages_are_merged_and_sorted():
    assert [list(part) for part in frames.wanted(((4, 6), (1, 2), (2, 5)), 9)] == [[1, 2], [3, 4, 5], [6]]
    assert sum(len(part) for part in frames.wanted((), 100_000)) == 100_000
    assert math.isfinite(frames.MAX_PIXELS)


def test_a_damaged_document_does_not_cost_the_zygote(renderer):
    only(renderer, papers.every_kind()["png"])
    first = renderer.pid
    for _ in range(5):
        with pytest.raises(Damaged):
            rendered(renderer, b"%PDF-1.7 and then nothing")
    assert renderer.pid == first
