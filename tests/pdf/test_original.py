"""What an original brings along stays: its pixels, and all that is attached to it."""

from __future__ import annotations

import io

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, OutlineItem, Pdf, Stream, String

from cloister import samples
from cloister.formats.pdf import Note
from cloister.samples import files
from tests.pdf.made import blank, contents, helvetica, page_of, page_with, saved, set_in_line, two_words
from tests.pdf.seen import Text, pdftotext, pixels, qpdf_check, same_pixels


@pytest.mark.parametrize("kind", ["page", "invoice", "passport"])
def test_a_scan_looks_the_same_in_every_pixel(write, kind):
    sample = samples.make(kind, seed=2, quality="scan")
    source = files.pdf([sample])
    data, _ = write(source, [page_of(sample.truth)])
    assert same_pixels(source, data)


def test_writing_twice_gives_the_same_bytes(write):
    source = blank(2)
    readings = [two_words(1), two_words(2)]
    assert write(source, readings)[0] == write(source, readings)[0]


def test_no_visible_ink_is_added_even_on_a_white_page(write):
    data, _ = write(blank(content=b""), [two_words()])
    assert all((page == 255).all() for page in pixels(data, 300))
    assert "Hello world" in pdftotext(data)


def rich():
    """A PDF with an attachment, an outline, links, a form, tags, metadata, layers and page labels."""
    pdf = Pdf.new()
    for number in range(3):
        page = pdf.add_blank_page(page_size=(600, 800))
        page.obj.Resources = Dictionary(Font=helvetica())
        page.obj.Contents = Stream(pdf, b"BT /F 24 Tf 50 700 Td (Page %d) Tj ET" % (number + 1))
    pdf.attachments["notes.txt"] = b"attached"
    with pdf.open_outline() as outline:
        outline.root.append(OutlineItem("First", 0))
        outline.root.append(OutlineItem("Third", 2))
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([50, 650, 150, 680]), Border=Array([0, 0, 1]),
                      A=Dictionary(S=Name.URI, URI=String("https://example.org/")))  # fmt: skip
    field = pdf.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Tx,
            T=String("name"),
            V=String("Ada"),
            Rect=Array([50, 600, 250, 630]),
            DA=String("/F 12 Tf 0 g"),
            F=4,
        )
    )
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(link), field])
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]), DR=Dictionary(Font=helvetica()), DA=String("/F 12 Tf 0 g"))
    pdf.Root.MarkInfo = Dictionary(Marked=True)
    pdf.Root.StructTreeRoot = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    paragraph = Dictionary(Type=Name.StructElem, S=Name.P, P=pdf.Root.StructTreeRoot, Pg=pdf.pages[0].obj, K=0)
    pdf.Root.StructTreeRoot.K = pdf.make_indirect(paragraph)
    pdf.Root.PageLabels = Dictionary(Nums=Array([0, Dictionary(S=Name.r)]))
    pdf.Root.Lang = String("en-GB")
    pdf.docinfo = pdf.make_indirect(Dictionary(Title=String("A title"), Author=String("Ada")))
    with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
        metadata["dc:title"] = "A title"
    return saved(pdf)


def test_attachments_outlines_links_forms_tags_and_metadata_survive(write, tmp_path):
    source = rich()
    data, notes = write(source, [two_words(number) for number in (1, 2, 3)])
    assert notes == ()
    assert same_pixels(source, data)
    with pikepdf.open(io.BytesIO(data)) as pdf, pikepdf.open(io.BytesIO(source)) as before:
        assert pdf.attachments["notes.txt"].get_file().read_bytes() == b"attached"
        with pdf.open_outline() as outline:
            assert [(item.title, item.destination[0].objgen) for item in outline.root] == [
                ("First", pdf.pages[0].objgen),
                ("Third", pdf.pages[2].objgen),
            ]
        link, field = pdf.pages[0].obj.Annots
        assert link.A.URI == "https://example.org/"
        assert field.objgen == pdf.Root.AcroForm.Fields[0].objgen
        assert (field.T, field.V) == ("name", "Ada")
        assert pdf.Root.MarkInfo.Marked is True
        assert pdf.Root.StructTreeRoot.K.Pg.objgen == pdf.pages[0].objgen
        assert str(pdf.Root.PageLabels.Nums[1].S) == "/r"
        assert pdf.Root.Lang == "en-GB"
        assert pdf.docinfo.as_dict() == before.docinfo.as_dict()
        assert pdf.Root.Metadata.read_bytes() == before.Root.Metadata.read_bytes()
        assert pdf.trailer.ID[0] == before.trailer.ID[0]
    (tmp_path / "x.pdf").write_bytes(data)
    assert qpdf_check(tmp_path / "x.pdf")[0] == 0


def test_in_a_tagged_document_the_layer_is_an_artifact(write):
    assert contents(write(rich(), [two_words()])[0])[0].startswith(b"/Artifact BMC")
    assert not contents(write(blank(), [two_words()])[0])[0].startswith(b"/Artifact")


@pytest.mark.parametrize(
    "content", [b"q 0.5 0 0 0.5 10 10 cm q", b"Q Q " + b"1 0 0 rg 0 0 50 50 re f", b"BT", b"(", b""]
)
def test_content_that_is_not_balanced_neither_moves_the_layer_nor_is_changed(write, content):
    source = blank(content=content)
    data, _ = write(source, [two_words()])
    assert same_pixels(source, data)
    assert contents(data)[1:] == [content]
    text = Text(data, dpi=72)
    (boxes,) = text.find("Hello")
    assert boxes[0][0] == pytest.approx(150, abs=1)


def test_content_in_several_streams_stays_in_several_streams(write):
    pdf = Pdf.new()
    page = pdf.add_blank_page(page_size=(600, 800))
    page.obj.Contents = Array([Stream(pdf, b"q 0 g"), Stream(pdf, b"0 0 50 50 re f"), Stream(pdf, b"Q")])
    data, _ = write(saved(pdf), [two_words()])
    assert contents(data)[1:] == [b"q 0 g", b"0 0 50 50 re f", b"Q"]


def test_a_page_without_content_or_resources_gets_the_layer(write):
    pdf = Pdf.new()
    page = pdf.add_blank_page(page_size=(600, 800))
    for key in ("/Contents", "/Resources"):
        if key in page.obj:
            del page.obj[key]
    data, _ = write(saved(pdf), [two_words()])
    assert "Hello world" in pdftotext(data)


def test_resources_that_pages_share_or_inherit_serve_every_page(write):
    pdf = Pdf.new()
    shared = pdf.make_indirect(Dictionary(Font=helvetica()))
    for _ in range(2):
        page = pdf.add_blank_page(page_size=(600, 800))
        page.obj.Resources = shared
        page.obj.Contents = Stream(pdf, b"BT /F 24 Tf 50 700 Td (Visible) Tj ET")
    last = pdf.add_blank_page(page_size=(600, 800))
    del last.obj.Resources
    pdf.Root.Pages.Resources = Dictionary(Font=helvetica())
    last.obj.Contents = Stream(pdf, b"BT /F 24 Tf 50 700 Td (Inherited) Tj ET")
    source = saved(pdf)
    data, _ = write(source, [two_words(1), two_words(2), two_words(3)])
    assert same_pixels(source, data)
    assert pdftotext(data).count("Hello world") == 3
    assert pdftotext(data).count("Visible") == 2
    assert pdftotext(data).count("Inherited") == 1


def test_a_font_name_that_is_taken_is_not_taken_over(write):
    pdf = Pdf.new()
    page = pdf.add_blank_page(page_size=(600, 800))
    taken = Dictionary({f"/Cloister{number}": helvetica().F for number in range(40)})
    page.obj.Resources = Dictionary(Font=taken)
    page.obj.Contents = Stream(
        pdf, b"".join(b"BT /Cloister%d 9 Tf 50 %d Td (x) Tj ET " % (n, 20 * n) for n in range(40))
    )
    source = saved(pdf)
    data, _ = write(source, [two_words()])
    assert same_pixels(source, data)
    assert "Hello world" in pdftotext(data)


def test_a_page_that_was_read_from_its_own_text_gets_no_second_layer(write):
    source = blank(content=b"BT /F 24 Tf 50 700 Td (Visible) Tj ET", Resources=Dictionary(Font=helvetica()))
    data, _ = write(source, [two_words(from_text_layer=True)])
    assert pdftotext(data).split() == ["Visible"]
    assert len(contents(data)) == 1


def test_pages_that_were_not_read_stay_as_they_are(write):
    data, _ = write(blank(3), [two_words(2)])
    pages = pdftotext(data).split("\f")
    assert [page.split() for page in pages[:3]] == [[], ["Hello", "world"], []]


def test_a_document_without_any_reading_is_written_as_it_is(write):
    source = blank(2)
    data, _ = write(source, [])
    assert same_pixels(source, data)
    assert len(contents(data)) == 1


HIDDEN = [
    (b"BT 3 Tr /F 12 Tf 50 700 Td (Old words) Tj ET", b"BT 3 Tr /F 12 Tf 50 700 Td ET"),
    (
        b"BT 3 Tr /F 12 Tf 12 TL 50 700 Td (Old) ' 1 2 (words) \" ET",
        b"BT 3 Tr /F 12 Tf 12 TL 50 700 Td T* 1 Tw 2 Tc T* ET",
    ),
    (b"q 3 Tr BT /F 12 Tf 50 700 Td [(Old) -200 (words)] TJ ET Q", b"q 3 Tr BT /F 12 Tf 50 700 Td ET Q"),
]


@pytest.mark.parametrize(("content", "kept"), HIDDEN)
def test_an_invisible_layer_is_replaced_by_ours(write, content, kept):
    visible = b"\nBT 0 Tr /F 24 Tf 50 600 Td (Visible) Tj ET"
    source = blank(content=content + visible, Resources=Dictionary(Font=helvetica()))
    data, notes = write(source, [two_words()])
    assert notes == (Note.REPLACED_HIDDEN_TEXT,)
    assert same_pixels(source, data)
    assert sorted(pdftotext(data).split()) == ["Hello", "Visible", "world"]
    assert contents(data)[1].split() == (kept + visible).split()


def test_an_invisible_layer_in_a_form_is_replaced_once_for_all_pages(write):
    pdf = Pdf.new()
    resources = Dictionary(Font=helvetica())
    form = Stream(pdf, b"BT 3 Tr /F 12 Tf 50 700 Td (Old) Tj ET 0 g 10 10 80 80 re f",
                  Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 600, 800]), Resources=resources)  # fmt: skip
    for _ in range(2):
        page = pdf.add_blank_page(page_size=(600, 800))
        page.obj.Resources = Dictionary(XObject=Dictionary(X=form))
        page.obj.Contents = Stream(pdf, b"/X Do")
    source = saved(pdf)
    data, notes = write(source, [two_words(1), two_words(2)])
    assert notes == (Note.REPLACED_HIDDEN_TEXT,)
    assert same_pixels(source, data)
    assert pdftotext(data).split() == ["Hello", "world"] * 2


def test_invisible_text_that_visible_text_leans_on_stays(write):
    content = b"BT /F 24 Tf 50 700 Td 3 Tr (Old) Tj 0 Tr (Visible) Tj ET"
    source = blank(content=content, Resources=Dictionary(Font=helvetica()))
    data, notes = write(source, [two_words()])
    assert notes == ()
    assert same_pixels(source, data)


def test_our_own_layer_is_replaced_when_a_document_is_read_again(write):
    once, _ = write(blank(), [two_words()])
    again, notes = write(once, [page_with(set_in_line(["Better", "words"], 100))])
    assert notes == (Note.REPLACED_HIDDEN_TEXT,)
    assert pdftotext(again).split() == ["Better", "words"]
    assert same_pixels(once, again)


def test_what_is_compressed_stays_in_its_own_bytes(write):
    sample = samples.make("page", seed=1)
    source = files.pdf([sample])
    data, _ = write(source, [page_of(sample.truth)])
    with pikepdf.open(io.BytesIO(source)) as before, pikepdf.open(io.BytesIO(data)) as after:
        images = [pdf.pages[0].obj.Resources.XObject.Scan for pdf in (before, after)]
        assert images[0].read_raw_bytes() == images[1].read_raw_bytes()
        assert images[0].Filter == images[1].Filter
