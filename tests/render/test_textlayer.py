"""A page's own text is used where it says what the page shows, and set aside where it does not."""

from __future__ import annotations

import io

import pikepdf
import pytest
from pikepdf import Name
from PIL import Image

from cloister.document import Page
from cloister.errors import FontMissing
from cloister.model import Mode, Raster
from cloister.ocr.frames import Verdict
from cloister.ocr.render.sense import makes_sense
from cloister.ocr.render.tongue import Tongues
from tests.render.jailed import only, rendered
from tests.render.papers import SENTENCES, SIZE, WORDS, Sheet, joined, scan


def words_of(page):
    assert isinstance(page, Page)
    return [word.text for word in page.words]


def test_the_text_of_a_born_digital_page_is_used(renderer):
    page, verdict = only(renderer, Sheet().text().done())
    assert verdict is Verdict.TRUSTED
    assert words_of(page) == WORDS
    assert [line.text for line in page.lines] == list(SENTENCES)
    assert (page.width, page.height, page.dpi, page.from_text_layer) == (*SIZE, 72.0, True)
    assert [(step.name, step.detail) for step in page.steps] == [("text layer", "it was used")]


def test_word_boxes_lie_on_the_ink(renderer):
    file = Sheet().text().done()
    page, _ = only(renderer, file)
    raster, _ = only(renderer, file, mode=Mode.FORCE)
    image = Image.frombytes("L", (raster.width, raster.height), raster.pixels.open())
    scale = raster.dpi / 72
    for word in page.words:
        x0, y0, x1, y1 = (side * scale for side in word.box)
        ink = image.crop((int(x0) - 4, int(y0) - 4, int(x1) + 4, int(y1) + 4)).point(lambda value: 255 * (value < 128))
        left, top, right, bottom = ink.getbbox()
        found = left + int(x0) - 4, top + int(y0) - 4, right + int(x0) - 4, bottom + int(y0) - 4
        overlap = max(0, min(found[2], x1) - max(found[0], x0)) * max(0, min(found[3], y1) - max(found[1], y0))
        union = (x1 - x0) * (y1 - y0) + (found[2] - found[0]) * (found[3] - found[1]) - overlap
        assert overlap / union > 0.75, word.text


@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_a_page_that_is_shown_turned_is_read_as_it_is_shown(renderer, rotate):
    sheet = Sheet(rotate=rotate)
    matrix = {90: "0 1 -1 0 595 0", 180: "-1 0 0 -1 595 842", 270: "0 -1 1 0 0 842"}[rotate]
    sheet.paint(f"{matrix} cm")
    page, verdict = only(renderer, sheet.text(y=500).done())
    assert verdict is Verdict.TRUSTED
    assert words_of(page) == WORDS
    assert (page.width, page.height) == ((842, 595) if rotate % 180 else (595, 842))
    first = page.words[0].box
    assert first[2] - first[0] > first[3] - first[1]
    assert all(0 <= word.box[0] < word.box[2] <= page.width for word in page.words)


def test_a_page_whose_text_does_not_stand_upright_is_read_from_its_pixels(renderer):
    page, verdict = only(renderer, Sheet().paint("0 1 -1 0 595 0 cm").text(y=500).done())
    assert (type(page), verdict) == (Raster, Verdict.TURNED)


def test_a_turned_word_beside_upright_text_is_kept_with_its_corners(renderer):
    sheet = Sheet().text()
    sheet.paint("q 0 1 -1 0 60 300 cm BT /F 14 Tf (sideways) Tj ET Q")
    page, verdict = only(renderer, sheet.done())
    assert verdict is Verdict.TRUSTED
    (word,) = [word for word in page.words if word.text == "sideways"]
    top_left, top_right, *_ = word.polygon
    assert abs(top_left[0] - top_right[0]) < 1 < top_left[1] - top_right[1], "it reads upwards"


def test_an_invisible_layer_over_a_scan_is_set_aside(renderer):
    file = Sheet().photo(scan()).text(setup="3 Tr").done()
    page, verdict = only(renderer, file)
    assert verdict is Verdict.HIDDEN
    assert (page.width, page.height, round(page.dpi)) == (*scan().size, 150)


def test_text_under_a_scan_is_set_aside(renderer):
    page, verdict = only(renderer, Sheet().text().photo(scan()).done())
    assert isinstance(page, Raster)
    assert verdict in {Verdict.HIDDEN, Verdict.INCOMPLETE}


def test_text_over_a_scan_is_set_aside(renderer):
    page, verdict = only(renderer, Sheet().photo(scan()).text(y=300).done())
    assert (type(page), verdict) == (Raster, Verdict.INCOMPLETE)


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("invisible", {"setup": "3 Tr"}),
        ("white on white", {"setup": "1 g"}),
        ("nearly white", {"setup": "0.99 g"}),
        ("too small to read", {"size": 0.4}),
        ("clipping only", {"setup": "7 Tr"}),
    ],
)
def test_text_that_cannot_be_seen_is_no_text(renderer, name, how):
    page, verdict = only(renderer, Sheet().text(**how).done())
    assert (type(page), verdict) == (Raster, Verdict.HIDDEN), name
    both, verdict = only(renderer, Sheet().text().text(y=400, **how).done())
    assert (type(both), verdict) == (Raster, Verdict.HIDDEN), name


def test_transparent_text_is_no_text(renderer):
    sheet = Sheet()
    file = sheet.paint("/G gs").text().done()
    page, verdict = only(renderer, with_opacity(file, 0.02))
    assert (type(page), verdict) == (Raster, Verdict.HIDDEN)
    page, verdict = only(renderer, with_opacity(file, 1))
    assert verdict is Verdict.TRUSTED


def with_opacity(file, share):
    opened = pikepdf.open(io.BytesIO(file))
    opened.pages[0].Resources.ExtGState = pikepdf.Dictionary(G=pikepdf.Dictionary(ca=share))
    held = io.BytesIO()
    opened.save(held)
    return held.getvalue()


def test_text_outside_a_clip_is_no_text(renderer):
    page, verdict = only(renderer, Sheet().paint("0 0 50 50 re W n").text().done())
    assert (type(page), verdict) == (Raster, Verdict.HIDDEN)


def test_text_under_a_painted_area_is_no_text(renderer):
    page, verdict = only(renderer, Sheet().text().paint("q 1 g 60 600 500 160 re f Q").done())
    assert (type(page), verdict) == (Raster, Verdict.HIDDEN)
    page, verdict = only(renderer, Sheet().paint("q 0.9 g 60 600 500 160 re f Q").text().done())
    assert verdict is Verdict.TRUSTED, "a tinted background hides nothing"


def test_text_stacked_on_other_text_is_no_text(renderer):
    other = [sentence[::-1] for sentence in SENTENCES]
    page, verdict = only(renderer, Sheet().text().text(other).done())
    assert (type(page), verdict) == (Raster, Verdict.HIDDEN)


def test_marks_off_the_page_are_left_out(renderer):
    page, verdict = only(renderer, Sheet().text().text(["Printed by nobody"], y=900).text(["away"], x=-300).done())
    assert verdict is Verdict.TRUSTED
    assert words_of(page) == WORDS
    page, verdict = only(renderer, Sheet().text(y=1200).done())
    assert (type(page), verdict) == (Raster, Verdict.HIDDEN)


def shifted(by):
    """A table that gives each letter another one's meaning."""
    return {code: chr((code - 97 + by) % 26 + 97) for code in range(97, 123)} | {32: " "}


@pytest.mark.parametrize(
    ("name", "meanings"),
    [
        ("private use", {code: chr(0xE000 + code) for code in range(33, 127)} | {32: " "}),
        ("replacement signs", dict.fromkeys(range(97, 123), "\ufffd") | {32: " "}),
        ("controls", {code: chr(code - 96) for code in range(97, 123)} | {32: " "}),
        ("shifted by one", shifted(1)),
        ("shifted by thirteen", shifted(13)),
        ("other letters", {code: chr(code - 29) for code in range(97, 123)} | {32: " "}),
    ],
)
def test_a_garbled_layer_is_set_aside(renderer, name, meanings):
    lines = [sentence.lower() for sentence in SENTENCES]
    page, verdict = only(renderer, Sheet().font("G", meanings).text(lines, font="G").done())
    assert (type(page), verdict) == (Raster, Verdict.GARBLED), name


def test_a_table_that_tells_the_truth_is_believed(renderer):
    meanings = {code: chr(code) for code in range(32, 127)}
    page, verdict = only(renderer, Sheet().font("G", meanings).text(font="G").done())
    assert (words_of(page), verdict) == (WORDS, Verdict.TRUSTED)


HONEST = """
Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und Gewissen begabt und sollen
Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de raison et de conscience et
Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw. Są oni obdarzeni rozumem i sumieniem i
Minden emberi lény szabadon születik és egyenlő méltósága és joga van. Az emberek, ésszel és lelkiismerettel bírván
Genir pawb yn rhydd ac yn gydradd â'i gilydd mewn urddas a hawliau. Fe'u cynysgaeddir â rheswm a chydwybod, a dylai pawb
जन्मना सर्वे मानवाः स्वतन्त्राः समुत्पन्नाः वर्तन्ते अपि च गौरवदृशा अधिकारदृशा च समानाः एव वर्तन्ते एते सर्वे चेतना
1024.50 17.30 -44 2019-03-07 EUR 300,00 7.7 7.8 7.9 1024.50 17.30 -44 2019-03-07 EUR 300,00 1024.50 17.30 -44 2019-03-07
x1 q9 zz
""".strip().splitlines()


@pytest.mark.parametrize("text", HONEST)
def test_honest_texts_make_sense(text):
    assert makes_sense(text.split(), 0, len(text))


def test_a_page_with_pictures_of_text_is_read_from_its_pixels(renderer):
    part = scan().crop((100, 150, 1100, 500))
    page, verdict = only(renderer, Sheet().text().photo(part, (72, 300, 472, 440)).done())
    assert (type(page), verdict) == (Raster, Verdict.INCOMPLETE)


def test_a_plain_picture_does_not_matter(renderer):
    plain = Image.new("L", (300, 200), 230)
    page, verdict = only(renderer, Sheet().text().photo(plain, (72, 300, 472, 440)).done())
    assert (words_of(page), verdict) == (WORDS, Verdict.TRUSTED)


def test_rules_and_frames_do_not_matter(renderer):
    sheet = Sheet().text()
    for at in range(12):
        sheet.paint(f"0.7 w 72 {600 - 30 * at} 420 30 re S 0.5 w {72 + 35 * at} 240 m {72 + 35 * at} 600 l S")
    page, verdict = only(renderer, sheet.done())
    assert (words_of(page), verdict) == (WORDS, Verdict.TRUSTED)


@pytest.mark.parametrize("subtype", ["/FreeText", "/Stamp", "/Widget"])
def test_what_was_filled_in_or_stamped_is_not_missed(renderer, subtype):
    file = Sheet().text().note(subtype, (72, 300, 300, 324), "Approved by the keeper").done()
    page, verdict = only(renderer, file)
    assert (type(page), verdict) == (Raster, Verdict.INCOMPLETE)
    image = Image.frombytes("L", (page.width, page.height), page.pixels.open())
    scale = page.dpi / 72
    inked = image.crop(tuple(int(side * scale) for side in (72, 842 - 324, 300, 842 - 300))).histogram()[0]
    assert inked > 200, "it is painted, as a reader sees it"


def test_an_empty_field_does_not_matter(renderer):
    page, verdict = only(renderer, Sheet().text().note("/Widget", (72, 300, 300, 324), "").done())
    assert (words_of(page), verdict) == (WORDS, Verdict.TRUSTED)


@pytest.mark.parametrize("mode", [Mode.FORCE, Mode.REDO])
def test_force_and_redo_read_pixels_whatever_the_layer(renderer, mode):
    page, verdict = only(renderer, Sheet().text().done(), mode=mode)
    assert (type(page), verdict) == (Raster, Verdict.NOT_ASKED)


def test_words_that_are_hyphenated_at_a_line_end_stay_on_their_lines(renderer):
    lines = ["The lighthouse keeper counted the lan-", "terns every evening and wrote it down"]
    page, _ = only(renderer, Sheet().text(lines).done())
    assert [line.text for line in page.lines] == lines


def test_escapes_and_overrides_are_data_and_what_is_no_character_is_dropped(renderer):
    meanings = {code: chr(code) for code in range(32, 127)} | {
        65: "\x1b",
        66: "\u202e",
        67: "\ud800",
        68: "\0",
        69: "\ufffe",
    }
    page, _ = only(renderer, Sheet().font("G", meanings).text(["xAy xBy xCy xDy xEy", *SENTENCES], font="G").done())
    assert words_of(page)[:2] == ["x\x1by", "x\u202ey"]
    assert all(not set(text) & {"\0", "\ufffe", "\ud800"} for text in words_of(page))


def test_columns_are_read_one_after_the_other(renderer):
    left = [f"left{n} column line" for n in range(12)]
    right = [f"right{n} column line" for n in range(12)]
    sheet = Sheet()
    for at, pair in enumerate(zip(left, right, strict=True)):
        for x, line in zip((60, 330), pair, strict=True):
            sheet.text([line], x=x, y=700 - 20 * at, size=12)
    page, verdict = only(renderer, sheet.done())
    assert verdict is Verdict.TRUSTED
    assert [line.text for line in page.lines] == left + right


def test_each_page_is_judged_for_itself(renderer):
    file = joined(Sheet().text().done(), Sheet().photo(scan()).done(), Sheet().text(setup="3 Tr").done())
    whole = rendered(renderer, file)
    assert whole.verdicts == {1: Verdict.TRUSTED, 2: Verdict.NONE, 3: Verdict.HIDDEN}
    assert [type(page) for page in whole.pages] == [Page, Raster, Raster]


def test_the_language_is_what_the_engine_would_tell():
    from cloister.ocr.engine.language import identify

    tongues = Tongues()
    texts = [
        *HONEST,
        " ".join(SENTENCES),
        "",
        "1 2 3",
        "吾輩は猫である。名前はまだ無い。",
        "人人生而自由 在尊严和权利上一律平等。",
    ]
    for text in texts:
        tag, sureness = tongues.identify(text)
        expected = identify(text)
        assert (tag, round(sureness, 4)) == (expected[0], round(expected[1], 4)), text


def test_the_language_of_a_text_layer_is_told(renderer):
    page, _ = only(renderer, Sheet().text().done())
    assert page.language == "en"
    assert page.language_confidence > 0.9


CHINESE = "人人生而自由在尊严和权利上一律平等"


def test_text_whose_font_is_missing_is_taken_from_its_layer(renderer):
    page, verdict = only(renderer, Sheet().foreign(CHINESE).done())
    assert (words_of(page), verdict, page.language) == ([CHINESE], Verdict.TRUSTED, "zh")


@pytest.mark.parametrize("mode", [Mode.FORCE, Mode.REDO])
def test_a_page_that_cannot_be_drawn_for_want_of_a_font_is_no_blank_page(renderer, mode):
    for sheet in (Sheet().foreign(CHINESE), Sheet().text().foreign(CHINESE, y=300), Sheet(rotate=90).foreign(CHINESE)):
        with pytest.raises(FontMissing) as refused:
            only(renderer, sheet.done(), mode=mode)
        assert refused.value.facts == {"page": 1}


def test_fonts_that_pdfium_has_itself_are_drawn(renderer):
    for name in ("Times-Roman", "Courier", "Symbol", "ZapfDingbats", "Arial", "Calibri", "Garamond"):
        sheet = Sheet()
        sheet._fonts["/F"].BaseFont = Name("/" + name)
        page, _ = only(renderer, sheet.text().done(), mode=Mode.FORCE)
        assert page.pixels.open().count(0) > 5000, name


def test_a_layer_larger_than_the_wire_takes_is_set_aside(renderer):
    sheet = Sheet(size=(3000, 3000))
    for row in range(450):
        sheet.text([" ".join("ab" for _ in range(230))], x=10, y=2990 - 6.5 * row, size=5)
    page, verdict = only(renderer, sheet.done())
    assert (type(page), verdict) == (Raster, Verdict.INCOMPLETE)


def test_letters_larger_than_the_page_stay_on_it(renderer):
    page, verdict = only(renderer, Sheet().text(["O"], x=-900, y=-300, size=2000).done())
    assert isinstance(page, (Page, Raster))
    page, verdict = only(renderer, Sheet().text().paint("BT /F 14 Tf 1e9 0 0 14 72 300 Tm (wide) Tj ET").done())
    assert verdict in {Verdict.TRUSTED, Verdict.INCOMPLETE, Verdict.HIDDEN}
    if isinstance(page, Page):
        assert all(0 <= side <= 842 for word in page.words for side in word.box)
