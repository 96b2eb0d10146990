"""Samples: the same seed gives the same bytes, and the truth is where the ink is."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image, ImageDraw

from cloister import samples
from cloister.samples import Wear, typefaces
from cloister.samples.prose import words
from cloister.samples.typefaces import Face

DARK = 128


def digest(sample: samples.Sample) -> str:
    return hashlib.sha256(sample.image.tobytes() + repr(sample.truth).encode()).hexdigest()


def inside(truth: samples.Truth) -> np.ndarray:
    """Where the words' polygons lie, one pixel wider than they are."""
    mask = Image.new("L", (truth.width, truth.height), 0)
    draw = ImageDraw.Draw(mask)
    for word in truth.words:
        draw.polygon(word.polygon, fill=255, outline=255, width=3)
    return np.asarray(mask) > 0


@pytest.mark.parametrize("kind", samples.KINDS)
def test_the_same_seed_gives_the_same_page_in_another_process(kind):
    code = (
        "import hashlib\nfrom cloister import samples\n"
        f"s = samples.make({kind!r}, seed=3, quality='scan', dpi=100)\n"
        "print(hashlib.sha256(s.image.tobytes() + repr(s.truth).encode()).hexdigest())"
    )
    other = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()
    assert digest(samples.make(kind, seed=3, quality="scan", dpi=100)) == other
    assert digest(samples.make(kind, seed=4, quality="scan", dpi=100)) != other


@pytest.mark.parametrize("language", samples.LANGUAGES)
@pytest.mark.parametrize("kind", samples.KINDS)
def test_every_kind_is_drawn_in_every_language_with_all_its_words_on_the_page(kind, language):
    truth = samples.make(kind, seed=8, language=language, dpi=100).truth
    assert "{" not in truth.text
    assert "None" not in truth.text
    assert len(truth.words) >= 20
    for word in truth.words:
        x0, y0, x1, y1 = word.box
        assert 0 <= x0 < x1 <= truth.width, word.text
        assert 0 <= y0 < y1 <= truth.height, word.text


@pytest.mark.parametrize("kind", ["page", "layout", "report", "receipt"])
def test_on_a_clean_page_a_word_s_box_touches_its_ink_on_all_four_sides(kind):
    sample = samples.make(kind, seed=2)
    ink = np.asarray(sample.image.convert("L")) <= 255 - typefaces._INK
    straight = [word for word in sample.truth.words if word.polygon[0][1] == word.polygon[1][1]]
    assert len(straight) > 20
    for word in straight:
        x0, y0, x1, y1 = (int(v) for v in word.box)
        held = ink[y0:y1, x0:x1]
        assert all(side.any() for side in (held[0], held[-1], held[:, 0], held[:, -1])), word.text


@pytest.mark.parametrize(
    "wear",
    [
        Wear(skew=7),
        Wear(skew=-15),
        Wear(skew=0.5),
        Wear(rotation=90),
        Wear(rotation=180),
        Wear(rotation=270, skew=2),
        Wear(resolution=75),
        Wear(resolution=600),
        Wear(tilt=0.08, skew=2),
        Wear(fax="standard"),
    ],
    ids=str,
)
def test_the_truth_moves_with_the_page(wear):
    sample = samples.make("page", seed=5, dpi=200, wear=wear)
    assert sample.image.size == (sample.truth.width, sample.truth.height)
    pixels = np.asarray(sample.image.convert("L"))
    ink = (pixels < DARK) & (pixels != 70)
    if wear.tilt:
        # Around a photographed sheet lies a dark table: only its own pixels count.
        middle = np.zeros_like(ink)
        middle[100:-100, 130:-130] = True
        ink &= middle
    held = inside(sample.truth)
    assert ink.sum() > 1000
    assert (ink & held).sum() / ink.sum() > 0.99
    empty = [w.text for w in sample.truth.words if not ink[_window(w.box)].any()]
    assert not [text for text in empty if not wear.tilt], empty


def _window(box):
    x0, y0, x1, y1 = (round(v) for v in box)
    return slice(max(0, y0), y1 + 1), slice(max(0, x0), x1 + 1)


def test_a_word_s_first_side_runs_along_the_writing_on_a_turned_page():
    for rotation, step in ((0, (1, 0)), (90, (0, 1)), (180, (-1, 0)), (270, (0, -1))):
        truth = samples.make("page", seed=5, dpi=100, wear=Wear(rotation=rotation)).truth
        (ax, ay), (bx, by) = truth.words[0].polygon[:2]
        assert (np.sign(round(bx - ax)), np.sign(round(by - ay))) == step
        assert truth.rotation == rotation


def test_skew_is_clockwise_and_as_strong_as_asked():
    truth = samples.make("page", seed=5, wear=Wear(skew=4)).truth
    (ax, ay), (bx, by) = max((w.polygon[:2] for w in truth.words), key=lambda side: side[1][0] - side[0][0])
    assert np.degrees(np.arctan2(by - ay, bx - ax)) == pytest.approx(4, abs=0.01)


def test_noise_contrast_and_inversion_have_the_strength_they_are_given():
    plain = np.asarray(samples.make("page", seed=1, dpi=100).image, dtype=float)
    grey = Wear(contrast=0.5)
    faint = np.asarray(samples.make("page", seed=1, dpi=100, wear=grey).image, dtype=float)
    assert np.ptp(faint) == pytest.approx(np.ptp(plain) / 2, abs=1)
    noisy = np.asarray(samples.make("page", seed=1, dpi=100, wear=Wear(contrast=0.5, noise=8)).image, dtype=float)
    assert (noisy - faint).std() == pytest.approx(8, rel=0.1)
    inverted = np.asarray(samples.make("page", seed=1, dpi=100, wear=Wear(inverted=True)).image, dtype=float)
    assert (inverted == 255 - plain).all()


def test_blur_and_shadow_do_more_the_stronger_they_are():
    def page(**kw):
        return np.asarray(samples.make("page", seed=1, dpi=150, wear=Wear(**kw)).image, dtype=float)

    edges = [np.abs(np.diff(page(blur=sigma), axis=1)).max() for sigma in (0, 1, 3, 5)]
    assert edges == sorted(edges, reverse=True)
    assert len(set(edges)) == 4
    light = [page(shadow=depth).mean() for depth in (0, 0.2, 0.5)]
    assert light == sorted(light, reverse=True)
    shaded = page(shadow=0.5)
    corners = [part.max() for part in (shaded[:20, :20], shaded[:20, -20:], shaded[-20:, :20], shaded[-20:, -20:])]
    assert min(corners) == pytest.approx(255 / 2, abs=6)


def test_fax_and_photocopy_are_pure_black_and_white():
    for wear in (Wear(fax="fine"), Wear(fax="standard"), Wear(threshold=140, noise=5)):
        levels = np.unique(np.asarray(samples.make("letter", seed=1, dpi=150, wear=wear).image))
        assert set(levels.tolist()) == {0, 255}


def test_a_page_has_about_590_words_on_a4_at_300_dpi():
    for seed in range(6):
        for language in samples.LANGUAGES:
            sample = samples.make("page", seed=seed, language=language, dpi=300)
            assert sample.image.size == (2480, 3508)
            assert 540 <= len(sample.truth.words) <= 660


def test_layouts_have_all_shapes_and_are_read_column_by_column():
    kinds, rotations, wide = set(), set(), set()
    for seed in range(40):
        truth = samples.make("layout", seed=seed, dpi=60).truth
        kinds |= {block.kind for block in truth.blocks}
        rotations.add(truth.rotation)
        order = [block.kind for block in truth.blocks]
        assert "header" not in order[1:]
        assert "footer" not in order[:-1]
        if truth.rotation:
            continue
        lefts = [block.lines[0].box[0] for block in truth.blocks if block.kind == "text"]
        starts = [lefts[0], *(b for a, b in pairwise(lefts) if b > a + truth.width * 0.1)]
        assert not [1 for a, b in pairwise(lefts) if b < a - truth.width * 0.1]
        wide.add(len(starts))
    assert kinds == {"header", "title", "text", "sidebar", "footer"}
    assert rotations == {0, 90, 180, 270}
    assert {1, 2, 3} <= wide


def test_a_report_is_one_document_of_several_pages():
    first, second, third = samples.pages("report", 3, seed=1, dpi=100)
    assert first.truth.fields == second.truth.fields == third.truth.fields
    assert len({first.truth.text, second.truth.text, third.truth.text}) == 3
    assert "Page 2 of 3" in second.truth.text


def test_pages_of_one_seed_differ():
    texts = {page.truth.text for page in samples.pages("page", 5, seed=1, dpi=60)}
    assert len(texts) == 5


def test_what_is_not_known_is_refused_by_name():
    with pytest.raises(ValueError, match="kinds are: page"):
        samples.make("novel", seed=1)
    with pytest.raises(ValueError, match="written in: en"):
        samples.make("page", seed=1, language="xx")
    with pytest.raises(ValueError, match="qualities are: clean"):
        samples.make("page", seed=1, quality="fine", dpi=50)


@pytest.mark.parametrize("family", [*typefaces.BODY, *typefaces.HANDS, "till", "worn", "apple"])
def test_every_face_has_every_character_that_is_written(family):
    face = Face(family, "regular", 40)
    missing = face.tile("\uffff").mask.tobytes()
    characters = {c for language in samples.LANGUAGES for c in repr(words(language)) if c.strip()}
    assert len(characters) > 100
    assert not [c for c in characters if face.tile(c).mask.tobytes() == missing]
    assert not [c for c in characters if face.tile(c).ink is None]
