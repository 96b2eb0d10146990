"""The small pages in many scripts that the tests read: `python -m training.specimens`, into tests/engine/pages.

Black and white, as from a fax, so that they stay small. Their text is that of the Universal Declaration.
"""

from __future__ import annotations

import textwrap
from pathlib import Path

from PIL import Image, ImageDraw

from training import writing

PAGES = Path(__file__).parent.parent / "tests/engine/pages"
_DRAWN = {
    "zh": ("cmn_hans", "NotoSerifCJK-Regular"), "ja": ("jpn", "NotoSansCJK-Regular"),
    "ko": ("kor", "NotoSansCJK-Regular"),
    "ar": ("arb", "NotoNaskhArabic-Regular"), "he": ("heb", "NotoSerifHebrew-Regular"),
    "hi": ("hin", "NotoSansDevanagari-Regular"), "bn": ("ben", "NotoSerifBengali-Regular"),
    "ta": ("tam", "NotoSansTamil-Regular"), "th": ("tha2", "NotoSerifThai-Regular"),
    "ka": ("kat", "NotoSansGeorgian-Regular"), "hy": ("hye", "NotoSerifArmenian-Regular"),
    "am": ("amh", "NotoSansEthiopic-Regular"), "vi": ("vie", "NotoSerif-Regular"),
}  # fmt: skip
_SIZE, _WIDTH, _LINES = 24, 900, 8


def main() -> None:
    """Draw them all."""
    fonts = {font.path.stem: font for font in writing.fonts()}
    texts = {text.code: text for text in writing.texts()}
    for tag, (code, name) in _DRAWN.items():
        face = fonts[name].at(_SIZE)
        words = fonts[name].holding(" ".join(texts[code].paragraphs[3:12]))
        most = int(_WIDTH * len(words) / face.getlength(words) * 0.9)
        lines = [words[k : k + most] for k in range(0, len(words), most)]
        if tag not in {"zh", "ja", "th"}:
            lines = textwrap.wrap(words, most)
        page = Image.new("L", (_WIDTH + 120, 2 * _SIZE * (_LINES + 2)), 255)
        pen = ImageDraw.Draw(page)
        for k, line in enumerate(lines[:_LINES]):
            pen.text((60, 2 * _SIZE * (k + 1)), line, fill=0, font=face)
        page.point([0] * 128 + [255] * 128).convert("1").save(PAGES / f"{tag}.png", optimize=True)
        if tag in {"zh", "ja"}:
            (PAGES / f"{tag}.txt").write_text("\n".join(lines[:_LINES]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
