"""Copies of a page are recognised, and a picture that nobody read is told."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from cloister.canary import Scanner
from cloister.model import Plain
from cloister.samples import carriers


def encoded(picture, kind: str, **options) -> bytes:
    held = io.BytesIO()
    picture.save(held, kind, **options)
    return held.getvalue()


def page(kind: str, seed: int):
    return Image.open(io.BytesIO(carriers.document(kind, seed=seed, suffix="png").data)).convert("L")


@pytest.fixture(scope="module")
def ours():
    return page("invoice", 1)


@pytest.fixture(scope="module")
def scan(ours):
    with Scanner({}, pictures={"page": encoded(ours, "PNG")}) as scanner:
        yield lambda data: scanner.scan([("item", Plain(data))])


@pytest.mark.parametrize(
    "copy",
    [
        lambda p: encoded(p, "PNG"),
        lambda p: encoded(p.resize((p.width // 8, p.height // 8)), "PNG"),
        lambda p: encoded(p.resize((90, 128)), "JPEG", quality=60),
        lambda p: encoded(p.rotate(90, expand=True), "JPEG", quality=80),
        lambda p: encoded(p, "WEBP", quality=50),
        lambda p: encoded(p.convert("1"), "TIFF"),
        lambda p: encoded(p, "PDF"),
        lambda p: b"a header of its own" + encoded(p.resize((200, 280)), "JPEG") + b"and more",
    ],
    ids=["same", "thumbnail", "jpeg", "turned", "webp", "fax", "pdf", "inside"],
)
def test_a_copy_of_the_page_is_found(scan, ours, copy):
    hits = scan(copy(ours)).hits
    assert {hit.label for hit in hits} == {"page"}
    assert all(hit.form.endswith("picture") for hit in hits)


@pytest.mark.parametrize("seed", [2, 3])
def test_another_page_of_the_kind_is_not_taken_for_it_and_is_unexplained(scan, seed):
    scanned = scan(encoded(page("invoice", seed), "PNG"))
    assert scanned.hits == ()
    assert [why for _, why in scanned.unexplained] == ["a picture whose content was not read"]


def test_an_empty_picture_is_explained(scan):
    assert scan(encoded(Image.new("L", (400, 400), 255), "PNG")).unexplained == ()
