"""Every writer on full, hostile, empty and worldly pages; lazily; in constant memory; fast."""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
from lxml import etree

from cloister import formats
from cloister.document import Facts, Page
from cloister.errors import NoPages, UnknownFormat
from tests.formats.documents import (
    FACTS,
    HOSTILE,
    SCRIPTS,
    document,
    empty_page,
    full_page,
    hostile_page,
    line_of,
    many_pages,
    page_of,
    worldly_page,
)

SCHEMA = Path(formats.__file__).with_name("cloister-1.schema.json")
XLINK = """<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/1999/xlink">
<xsd:attributeGroup name="simpleLink"><xsd:anyAttribute/></xsd:attributeGroup>
<xsd:attribute name="type" type="xsd:string"/><xsd:attribute name="href" type="xsd:string"/>
<xsd:attribute name="role" type="xsd:string"/><xsd:attribute name="arcrole" type="xsd:string"/>
<xsd:attribute name="title" type="xsd:string"/><xsd:attribute name="show" type="xsd:string"/>
<xsd:attribute name="actuate" type="xsd:string"/></xsd:schema>"""
ALTO = "{http://www.loc.gov/standards/alto/ns-v4#}"
XHTML = "{http://www.w3.org/1999/xhtml}"
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

writers = pytest.mark.parametrize("name", list(formats.WRITERS))


def written(name: str, *pages: Page) -> bytes:
    return b"".join(formats.WRITERS[name].write(pages, lambda: FACTS))


def in_xml(text: str) -> str:
    """What XML can hold of a text."""
    return FORBIDDEN.sub("\ufffd", text)


@pytest.fixture(scope="module")
def alto_schema(data: Path) -> etree.XMLSchema:
    """The published schema, with a stub of the one that it imports by address: there is no network."""

    class Stub(etree.Resolver):
        def resolve(self, system_url, public_id, context):
            del public_id
            return self.resolve_string(XLINK, context) if "xlink" in (system_url or "") else None

    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(Stub())
    return etree.XMLSchema(etree.parse(data / "schemas" / "alto-4-4.xsd", parser))


# --- all of them


@writers
def test_pages_are_taken_one_at_a_time_and_the_facts_last(name):
    events = []

    def pages() -> Iterator[Page]:
        for number in (1, 2, 3):
            events.append(number)
            yield full_page(number)

    def facts() -> Facts:
        events.append("facts")
        return FACTS

    for chunk in formats.WRITERS[name].write(pages(), facts):
        events += ["out"] * (len(chunk) > 3_000)
    assert events[0] == 1
    assert events.index("out") < events.index(3), "the first page is written before the third is asked for"
    assert "facts" not in events or events.index("facts") > events.index(3)


@writers
def test_every_chunk_is_whole_utf8(name):
    for chunk in formats.WRITERS[name].write(document().pages, lambda: FACTS):
        assert chunk.decode("utf-8", "strict") is not None


@writers
def test_the_same_pages_give_the_same_bytes(name):
    assert written(name, *document().pages) == written(name, *document().pages)


@writers
def test_a_failure_while_reading_passes_through(name):
    def pages() -> Iterator[Page]:
        yield full_page()
        raise NoPages

    with pytest.raises(NoPages):
        list(formats.WRITERS[name].write(pages(), lambda: FACTS))


@writers
def test_memory_does_not_grow_with_the_number_of_pages(name):
    peaks = []
    for count in (5, 65):
        pages = many_pages(count)
        tracemalloc.start()
        size = sum(map(len, formats.WRITERS[name].write(pages, lambda: FACTS)))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert size > 2_000 * count
    assert peaks[1] - peaks[0] < 2_000 * 60, peaks


@writers
def test_a_full_page_is_written_in_milliseconds(name):
    page = full_page()
    best = math.inf
    for _ in range(10):
        start = time.perf_counter()
        assert written(name, page)
        best = min(best, time.perf_counter() - start)
    assert best < 0.025, "five times what it takes on an idle machine"


def test_importing_the_package_imports_no_writer():
    code = "import sys, cloister.formats; print([m for m in sys.modules if m.startswith('cloister.formats.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_formats_are_found_by_name_and_extension():
    assert formats.by_name("JSON").name == "json"
    for name, extension in [("txt", "a.TXT"), ("md", "b.markdown"), ("json", "c.tar.json"), ("hocr", "d.hocr")]:
        assert formats.by_extension(extension).name == name
    assert formats.by_extension("scan.alto.xml").name == "alto"
    assert formats.by_extension("scan.pdf") is formats.PDF
    for wrong in ("scan", "", ".", "json", "a.docx", "a.json/b"):
        with pytest.raises(UnknownFormat):
            formats.by_extension(wrong)
    with pytest.raises(UnknownFormat):
        formats.by_name("docx")


# --- txt


def test_txt_parts_pages_by_a_form_feed_and_blocks_by_an_empty_line():
    first, second = page_of([["one", "two"], ["three"]]), page_of([["four"]], 2)
    assert written("txt", first, empty_page(), second) == b"one two\n\nthree\n\f\ffour\n"


def test_txt_is_the_text_as_it_was_read():
    page = worldly_page()
    assert written("txt", page).decode() == page.text + "\n"


# --- json


def test_json_keeps_to_its_schema():
    schema = json.loads(SCHEMA.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for pages in (document().pages, (), (empty_page(),)):
        validator.validate(json.loads(written("json", *pages)))
    broken = json.loads(written("json", full_page()))
    del broken["pages"][0]["blocks"][0]["lines"][0]["words"][0]["box"]
    assert not validator.is_valid(broken)


def test_json_says_everything_that_is_known():
    page = page_of([["a", "b"], ["c"], ["d"]], 7, language="de", slope=0.1)
    got = json.loads(written("json", page))
    assert got["schema"] == "cloister/1"
    assert got["text"] == page.text
    assert (got["source"], got["page_count"], got["grade"], got["tables"]) == ("pdf", 1, "GOOD", [])
    assert got["models"] == dict(FACTS.models)
    assert got["versions"] == dict(FACTS.versions)
    assert (got["sandbox"], got["notes"]) == (["landlock", "seccomp"], ["the file was repaired"])
    out = got["pages"][0]
    facts = ("number", "width", "height", "dpi", "rotation", "skew", "language", "from_text_layer", "text")
    for name in facts:
        assert out[name] == getattr(page, name), name
    assert out["to_source"] == [[0, 1, 0], [-1, 0, 2480], [0, 0, 1]]
    assert out["grade"] == "GOOD"
    assert out["language_confidence"] == 0.87
    assert out["steps"][1] == {"name": "recognise", "detail": "latin <int8> & more"}
    assert [block["kind"] for block in out["blocks"]] == ["text", "header"]
    assert [line["text"] for line in out["blocks"][1]["lines"]] == ["c", "d"]
    word, source = out["blocks"][0]["lines"][0]["words"][1], page.words[1]
    assert word["text"] == "b"
    assert word["confidence"] == 0.9877
    assert word["box"] == [round(side, 1) for side in source.box]
    assert word["polygon"] == [[round(x, 1), round(y, 1)] for x, y in source.polygon]


def test_json_gives_back_hostile_text_exactly():
    page = hostile_page()
    got = json.loads(written("json", page))
    words = [word["text"] for block in got["pages"][0]["blocks"] for line in block["lines"] for word in line["words"]]
    assert words == [word.text.replace("\ud800", "?") for word in page.words]


def test_text_that_repeats_itself_comes_back_whole_and_in_pieces():
    page = page_of([["x" * 10_000] * 100] * 3)
    sizes = []
    parts = []
    for chunk in formats.WRITERS["json"].write([page] * 2, lambda: FACTS):
        sizes.append(len(chunk))
        parts.append(chunk)
    assert json.loads(b"".join(parts))["text"] == page.text + "\f" + page.text
    assert max(sizes[3:]) <= 1 << 16


def test_the_text_of_all_pages_is_joined_as_the_document_joins_it():
    made = document()
    assert json.loads(written("json", *made.pages))["text"] == made.text.replace("\ud800", "?")


# --- hocr


def test_hocr_is_valid_by_hocr_spec(tmp_path):
    out = tmp_path / "out.hocr"
    for pages in (document().pages, (empty_page(),), (full_page(), full_page(2))):
        out.write_bytes(written("hocr", *pages))
        command = [sys.executable, "-W", "ignore", "-m", "hocr_spec.cli", str(out)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[:2000] + done.stderr[-2000:]
        assert "Document is valid" in done.stdout
    out.write_bytes(out.read_bytes().replace(b'title="bbox', b'title="box', 5))
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0


def test_hocr_says_where_each_word_is_and_how_sure_it_is():
    page = page_of([["Grüße", "<b>"]], 3, language="de", slope=0.1)
    root = etree.fromstring(written("hocr", page))
    (out,) = root.findall(f".//{XHTML}div[@class='ocr_page']")
    assert out.get("title") == "bbox 0 0 2480 3508; ppageno 2; scan_res 300 300"
    paragraph = out.find(f".//{XHTML}p")
    assert paragraph.get("lang") == "de"
    line = paragraph.find(f"{XHTML}span[@class='ocr_line']")
    found = re.fullmatch(r"bbox 100 100 \d+ \d+; baseline 0\.100 (-\d+)", line.get("title"))
    assert found, line.get("title")
    height = page.lines[0].box[3] - page.lines[0].box[1]
    assert int(found[1]) == round(30 - height)
    words = line.findall(f"{XHTML}span[@class='ocrx_word']")
    assert [word.text for word in words] == ["Grüße", "<b>"]
    assert words[0].get("title") == "bbox 100 100 150 135; x_wconf 99"


def test_hocr_marks_right_to_left_text():
    assert b'lang="ar" xml:lang="ar" dir="rtl"' in written("hocr", worldly_page())
    assert b"dir=" not in written("hocr", full_page())


# --- alto


@pytest.mark.parametrize("page", [full_page(), hostile_page(), empty_page(), worldly_page()], ids=str)
def test_alto_can_be_parsed_and_its_ids_are_unique(page):
    root = etree.fromstring(written("alto", page))
    ids = [element.get("ID") for element in root.iter() if element.get("ID")]
    assert len(ids) == len(set(ids))
    references = {reference for element in root.iter() for reference in (element.get("TAGREFS") or "").split()}
    assert references <= set(ids)


def test_alto_says_where_each_word_is_and_how_sure_it_is():
    page = page_of([["Grüße", "b"]], 3, language="de", slope=0.1)
    root = etree.fromstring(written("alto", page))
    assert root.findtext(f"{ALTO}Description/{ALTO}MeasurementUnit") == "pixel"
    steps = [element.text for element in root.iter(f"{ALTO}processingStepDescription")]
    assert steps == ["turn 0", "recognise latin <int8> & more"]
    out = root.find(f".//{ALTO}Page")
    want = {"WIDTH": "2480", "HEIGHT": "3508", "ROTATION": "90", "LANG": "de", "PHYSICAL_IMG_NR": "3", "PC": "0.9877"}
    assert {name: out.get(name) for name in want} == want
    first, _ = root.iter(f"{ALTO}String")
    assert (first.get("CONTENT"), first.get("HPOS"), first.get("VPOS")) == ("Grüße", "100.0", "100.0")
    assert (first.get("WIDTH"), first.get("HEIGHT"), first.get("WC")) == ("50.0", "35.0", "0.9877")
    assert b"<Shape>" not in written("alto", full_page()), "an upright word needs no polygon"
    assert first.find(f"{ALTO}Shape/{ALTO}Polygon").get("POINTS") == "100.0,100.0 150.0,105.0 150.0,135.0 100.0,130.0"
    assert root.find(f".//{ALTO}TextLine").get("BASELINE").startswith("100.0,130.0 ")


def test_a_page_that_went_another_way_does_not_claim_the_first_ones_steps():
    root = etree.fromstring(written("alto", full_page(), empty_page(2)))
    assert [page.get("PROCESSINGREFS") for page in root.iter(f"{ALTO}Page")] == ["reading", None]


def test_alto_validates_against_its_schema(alto_schema):
    made = document()
    for pages in (made.pages, (made.pages[1],), (empty_page(),), (full_page(), worldly_page(2))):
        assert alto_schema.validate(etree.fromstring(written("alto", *pages))), alto_schema.error_log
    wrong = written("alto", full_page()).replace(b' WC="0.9', b' WC="1.9')
    assert not alto_schema.validate(etree.fromstring(wrong))


def test_a_document_without_pages_is_no_alto():
    with pytest.raises(NoPages):
        written("alto")


# --- hostile text in XML


@pytest.mark.parametrize("text", [*HOSTILE, *SCRIPTS], ids=ascii)
def test_hostile_text_stays_text_in_xml(text):
    page = page_of([["start", text, "end"]], language=text)
    want = in_xml(text)
    hocr = etree.fromstring(written("hocr", page))
    assert [e.text for e in hocr.findall(f".//{XHTML}span[@class='ocrx_word']")] == ["start", want, "end"]
    assert {e.tag.rpartition("}")[2] for e in hocr.iter()} == {
        "html",
        "head",
        "title",
        "meta",
        "body",
        "div",
        "p",
        "span",
    }
    alto = etree.fromstring(written("alto", page))
    assert [e.get("CONTENT") for e in alto.iter(f"{ALTO}String")] == ["start", want, "end"]


def test_a_step_and_a_language_from_a_jail_are_escaped_too():
    for name in ("hocr", "alto"):
        out = written(name, hostile_page())
        assert b'en"' not in out.replace(b'xml:lang="en" lang="en"', b"")
        assert etree.fromstring(out) is not None


def test_a_line_without_words_breaks_nothing():
    page = page_of([["a"]])
    odd = Page(1, 10, 10, 72.0, (type(page.blocks[0])((line_of([], 5.0),)),))
    for name in formats.WRITERS:
        assert written(name, odd) is not None
