"""Real documents, hostile ones among them, through the real jail."""

from __future__ import annotations

import time
from pathlib import Path
from random import Random

import pytest

from cloister.errors import BadInput, CloisterError, Encrypted, JailFailed, TimedOut
from cloister.ocr.options import Options
from cloister.ocr.rendering import Renderer
from cloister.ocr.sources import open_source
from tests.render import papers
from tests.render.jailed import only

SECONDS = 30.0
EXPECTED = (BadInput, Encrypted)


def through(renderer: Renderer, path: Path, *, most_pages: int = 100_000) -> tuple[int, CloisterError | None, float]:
    """How many pages a file gave, what refused it, and the longest that one page took."""
    source, pages, longest = open_source(path), 0, 0.0
    began = time.monotonic()
    try:
        with renderer.open(source, Options(), began + SECONDS) as rendering:
            for _ in rendering:
                pages += 1
                now = time.monotonic()
                longest, began = max(longest, now - began), now
                rendering.deadline = now + SECONDS
                if pages == most_pages:
                    break
    except CloisterError as refusal:
        return pages, refusal, max(longest, time.monotonic() - began)
    finally:
        source.close()
    return pages, None, longest


def hostile(renderer: Renderer, files: list[Path]) -> None:
    assert files
    good = papers.every_kind()["png"]
    for path in files:
        only(renderer, good)
        zygote = renderer.pid
        pages, refusal, longest = through(renderer, path)
        assert longest < SECONDS + 2, path.name
        assert pages or refusal, path.name
        if refusal is None or isinstance(refusal, EXPECTED):
            assert renderer.pid == zygote, f"the zygote died of {path.name}"
        else:
            assert isinstance(refusal, JailFailed), path.name
        assert only(renderer, good)[0].page == 1, f"the document after {path.name}"


def files_of(data: Path, *folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (data / folder).rglob("*") if path.is_file())


@pytest.mark.proof  # through the command they go in every run
def test_all_hostile_files_end_in_pages_or_typed_refusals(renderer, data):
    hostile(renderer, files_of(data, "hostile/files"))


@pytest.mark.parametrize("folder", ["pdf_and_scan_files", "id_documents"])
def test_every_page_of_real_documents_is_rendered(renderer, data, folder):
    for path in files_of(data, f"{folder}/pages"):
        pages, refusal, longest = through(renderer, path)
        assert refusal is None, path.name
        assert pages > 0, path.name
        assert longest < SECONDS, path.name


def test_a_heic_picture_is_what_libheif_makes_of_it(renderer, data):
    import pi_heif

    (path,) = (path for path in files_of(data, "pdf_and_scan_files/pages") if path.suffix == ".heic")
    raster, _ = only(renderer, path.read_bytes())
    outside = pi_heif.open_heif(path).to_pillow().convert("L")
    assert (raster.width, raster.height) == outside.size
    assert raster.pixels.open() == outside.tobytes()


def test_a_heic_mutant_ends_in_a_page_or_a_typed_refusal(renderer, data):
    (path,) = (path for path in files_of(data, "pdf_and_scan_files/pages") if path.suffix == ".heic")
    whole, chance, outcomes = path.read_bytes(), Random(3), []
    for _ in range(30):
        held = bytearray(whole)
        for _ in range(chance.choice((1, 4, 32))):
            held[chance.randrange(chance.choice((400, len(held))))] = chance.randrange(256)
        try:
            only(renderer, bytes(held))
        except TimedOut:
            outcomes.append("late")
        except (BadInput, JailFailed):
            outcomes.append("refused")
        else:
            outcomes.append("read")
    assert len(outcomes) == 30
    assert {"read", "refused"} <= set(outcomes)
