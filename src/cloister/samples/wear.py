"""What happens to a page between the printer and the file: damage of known strength, mapped in the truth."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageChops, ImageFilter, ImageOps

from cloister.samples.truth import inverse, through, times

if TYPE_CHECKING:
    from cloister.document import Matrix
    from cloister.samples.truth import Truth

_TILE = (1021, 1031)


@dataclass(frozen=True, slots=True)
class Wear:
    """How strong each damage is. Lengths are in pixels of a 300 dpi page, whatever the page's own resolution.

    skew        clockwise degrees; the sheet is enlarged so that nothing is cut off
    rotation    0, 90, 180 or 270, clockwise, after everything else
    tilt        perspective: how far the far edge is shortened, as a share of the width
    blur        sigma of a Gaussian
    noise       standard deviation in grey levels
    grain       how ragged the toner's edges are, as grey levels before the steep threshold of the print
    paper       how far the paper is from white, with its texture, in grey levels
    shadow      darkest part of a broad shadow, 0 none to 1 black
    contrast    1 as it is; 0.2 leaves a fifth of the distance between ink and paper
    bleed       how much of another page shines through from behind, 0 to 1
    speckle     black specks per square centimetre
    threshold   grey level below which all is black and above which all is white; 0 leaves it
    fax         "", "fine" (204 × 196) or "standard" (204 × 98): one bit, resampled as a fax machine does
    resolution  dots per inch of the result; 0 leaves it
    jpeg        quality of one round through JPEG; 0 leaves it
    inverted    white on black
    """

    skew: float = 0.0
    rotation: int = 0
    tilt: float = 0.0
    blur: float = 0.0
    noise: float = 0.0
    grain: float = 0.0
    paper: float = 0.0
    shadow: float = 0.0
    contrast: float = 1.0
    bleed: float = 0.0
    speckle: float = 0.0
    threshold: int = 0
    fax: str = ""
    resolution: int = 0
    jpeg: int = 0
    inverted: bool = False


def worn(image: Image.Image, truth: Truth, wear: Wear, seed: int) -> tuple[Image.Image, Truth]:
    """The page after all damages of `wear`, and its truth moved along."""
    rng = np.random.default_rng([seed, 0x57EA])
    unit = truth.dpi / 300
    image = _print(image, wear, rng, unit)
    image, truth = _bent(image, truth, wear)
    if wear.resolution and wear.resolution != truth.dpi:
        image, truth = _scaled(image, truth, wear.resolution, wear.resolution)
        unit = truth.dpi / 300
    if wear.blur:
        image = image.filter(ImageFilter.GaussianBlur(wear.blur * unit))
    image = _light(image, wear, rng, unit)
    if wear.fax:
        image, truth = _faxed(image, truth, wear.fax)
    elif wear.threshold:
        image = image.convert("L").point([0] * wear.threshold + [255] * (256 - wear.threshold))
    if wear.jpeg:
        held = io.BytesIO()
        image.save(held, "JPEG", quality=wear.jpeg)
        image = Image.open(held)
        image.load()
    if wear.inverted:
        image = ImageOps.invert(image)
    if wear.rotation:
        image, truth = _turned(image, truth, wear.rotation)
    return image, truth


def _noise(size: tuple[int, int], rng: np.random.Generator, strength: float, *, blur: float = 0.0) -> Image.Image:
    """Grey noise around 128 of the given standard deviation: one tile laid over and over.

    Four uniform draws are normal enough. Only whole numbers are summed, so every processor agrees on the result.
    """
    tile = (rng.integers(0, 256, (4, *_TILE), dtype=np.uint8).sum(axis=0, dtype=np.int32) - 510) // 4
    if blur:
        grey = Image.fromarray((tile + 128).astype(np.uint8))
        tile = np.asarray(grey.filter(ImageFilter.GaussianBlur(blur))).astype(np.int32) - 128
    spread = math.sqrt(int((tile * tile).sum()) / tile.size)
    field = np.clip(tile * (strength / spread) + 128.5, 0, 255).astype(np.uint8)
    held = Image.fromarray(field)
    whole = Image.new("L", size)
    left, top = -int(rng.integers(_TILE[1])), -int(rng.integers(_TILE[0]))
    for y in range(top, size[1], _TILE[0]):
        for x in range(left, size[0], _TILE[1]):
            whole.paste(held, (x, y))
    return whole


def _like(image: Image.Image, grey: Image.Image) -> Image.Image:
    """A grey picture with as many channels as `image`: they share noise and shade, as a scanner's lamp does."""
    return grey if image.mode == "L" else Image.merge("RGB", (grey, grey, grey))


def _added(image: Image.Image, noise: Image.Image) -> Image.Image:
    return ImageChops.add(image, _like(image, noise), 1, -128)


def _multiplied(image: Image.Image, veil: Image.Image) -> Image.Image:
    return ImageChops.multiply(image, _like(image, veil))


def _print(image: Image.Image, wear: Wear, rng: np.random.Generator, unit: float) -> Image.Image:
    """Ink on paper: ragged edges, the back of the sheet shining through, the paper's own grey."""
    if wear.grain:
        soft = image.filter(ImageFilter.GaussianBlur(0.9 * unit))
        grey = soft.convert("L")
        steep = _added(grey, _noise(image.size, rng, wear.grain, blur=0.8))
        steep = steep.point([max(0, min(255, round((v - 128) * 2.2 + 128))) for v in range(256)])
        if image.mode == "L":
            image = steep
        else:
            # Every channel gets what the print does to the grey, darkening by a third only: colours keep their hue.
            lighter = ImageChops.subtract(steep, grey)
            darker = ImageChops.subtract(grey, steep).point([v // 3 for v in range(256)])
            image = ImageChops.subtract(ImageChops.add(soft, _like(soft, lighter)), _like(soft, darker))
    if wear.bleed:
        back = ImageOps.mirror(image.convert("L")).filter(ImageFilter.GaussianBlur(3 * unit))
        image = _multiplied(image, back.point([round(255 - (255 - v) * wear.bleed) for v in range(256)]))
    if wear.paper:
        texture = _noise(image.size, rng, 2.7 * min(1.0, wear.paper / 12), blur=1.6)
        image = _multiplied(image, texture.point([max(0, min(255, round(v + 127 - wear.paper))) for v in range(256)]))
    return image


def _light(image: Image.Image, wear: Wear, rng: np.random.Generator, unit: float) -> Image.Image:
    """The scanner's or camera's side: shadow, contrast, noise and dust."""
    if wear.contrast != 1:
        curve = [round(128 + (v - 128) * wear.contrast + 40 * (1 - wear.contrast)) for v in range(256)]
        image = image.point(curve * len(image.getbands()))
    if wear.shadow:
        image = _multiplied(image, _shade(image.size, wear.shadow, rng))
    if wear.noise:
        image = _added(image, _noise(image.size, rng, wear.noise, blur=0.5))
    if wear.speckle:
        image = _specked(image, wear.speckle, rng, unit)
    return image


def _shade(size: tuple[int, int], depth: float, rng: np.random.Generator) -> Image.Image:
    """A broad shadow that falls across the page in a chance direction, drawn small and enlarged."""
    angle = float(rng.random()) * 2 * math.pi
    along = np.linspace(-1, 1, 256)
    slope = np.clip((along[None, :] * math.cos(angle) + along[:, None] * math.sin(angle) + 0.9) / 1.8, 0, 1)
    slope = slope * slope * (3 - 2 * slope)
    return Image.fromarray((255 * (1 - depth * slope)).astype(np.uint8)).resize(size, Image.Resampling.BICUBIC)


def _specked(image: Image.Image, density: float, rng: np.random.Generator, unit: float) -> Image.Image:
    pixels = np.array(image)
    square = (118 * unit) ** 2
    for _ in range(round(density * pixels.shape[0] * pixels.shape[1] / square)):
        size = max(1, round(float(rng.integers(1, 5)) * unit))
        y, x = int(rng.integers(pixels.shape[0])), int(rng.integers(pixels.shape[1]))
        pixels[y : y + size, x : x + max(1, size - int(rng.integers(2)))] = int(rng.integers(90))
    return Image.fromarray(pixels)


def _bent(image: Image.Image, truth: Truth, wear: Wear) -> tuple[Image.Image, Truth]:
    """Skew and perspective in one resampling."""
    if not wear.skew and not wear.tilt:
        return image, truth
    width, height = image.size
    turn = math.radians(wear.skew)
    cos, sin = math.cos(turn), math.sin(turn)
    centred: Matrix = (1, 0, -width / 2, 0, 1, -height / 2, 0, 0, 1)
    bent: Matrix = (cos, -sin, 0, sin, cos, 0, 0, -wear.tilt / height, 1)
    bent = times(bent, centred)
    corners = [through(bent, corner) for corner in ((0, 0), (width, 0), (0, height), (width, height))]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    left, top = min(xs), min(ys)
    out_width, out_height = math.ceil(max(xs) - left), math.ceil(max(ys) - top)
    if abs(wear.skew) <= 1 and not wear.tilt:
        # A scanner's glass has the size of the sheet: what a slight skew pushes over the edge is margin.
        left, top, out_width, out_height = -width / 2, -height / 2, width, height
    forward = times((1, 0, -left, 0, 1, -top, 0, 0, 1), bent)
    back = inverse(forward)
    fill = _ground(image, wear)
    method = Image.Transform.AFFINE if wear.tilt == 0 else Image.Transform.PERSPECTIVE
    data = back[:6] if wear.tilt == 0 else back[:8]
    image = image.transform((out_width, out_height), method, data, Image.Resampling.BICUBIC, fillcolor=fill)
    return image, replace(truth.moved(forward, out_width, out_height), skew=wear.skew)


def _ground(image: Image.Image, wear: Wear) -> int | tuple[int, int, int]:
    """What lies around the sheet: a table under a photograph, a scanner's lid around grey paper, else more paper."""
    if wear.tilt:
        return 70 if image.mode == "L" else (74, 70, 62)
    if wear.paper >= 12:
        return 250 if image.mode == "L" else (250, 250, 248)
    corner = image.crop((2, 2, 3, 3)).convert("RGB").tobytes()
    return corner[0] if image.mode == "L" else (corner[0], corner[1], corner[2])


def _scaled(image: Image.Image, truth: Truth, across: float, down: float) -> tuple[Image.Image, Truth]:
    """The page at another resolution; `across` and `down` are its new dots per inch."""
    width, height = round(image.width * across / truth.dpi), round(image.height * down / truth.dpi)
    matrix: Matrix = (width / image.width, 0, 0, 0, height / image.height, 0, 0, 0, 1)
    method = Image.Resampling.BOX if across < truth.dpi else Image.Resampling.BICUBIC
    return image.resize((width, height), method), replace(truth.moved(matrix, width, height), dpi=across)


def _faxed(image: Image.Image, truth: Truth, mode: str) -> tuple[Image.Image, Truth]:
    """One bit per pixel at fax resolution, then square pixels again, as fax software stores them."""
    image, truth = _scaled(image.convert("L"), truth, 204, 204)
    low = image.resize(
        (image.width, round(image.height * (98 if mode == "standard" else 196) / 204)), Image.Resampling.BOX
    )
    steep = low.point([max(0, min(255, round((v - 150) * 2 + 128))) for v in range(256)])
    one_bit = steep.convert("1", dither=Image.Dither.FLOYDSTEINBERG).convert("L")
    return one_bit.resize(image.size, Image.Resampling.NEAREST), truth


def _turned(image: Image.Image, truth: Truth, rotation: int) -> tuple[Image.Image, Truth]:
    """A quarter, half or three-quarter turn, clockwise."""
    width, height = image.size
    method, matrix, size = {
        90: (Image.Transpose.ROTATE_270, (0, -1, height, 1, 0, 0, 0, 0, 1), (height, width)),
        180: (Image.Transpose.ROTATE_180, (-1, 0, width, 0, -1, height, 0, 0, 1), (width, height)),
        270: (Image.Transpose.ROTATE_90, (0, 1, 0, -1, 0, width, 0, 0, 1), (height, width)),
    }[rotation]
    return image.transpose(method), replace(truth.moved(matrix, *size), rotation=rotation)
