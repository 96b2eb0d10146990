"""Encrypted originals give equally encrypted outputs; signed ones are refused; damaged ones repaired."""

from __future__ import annotations

import io
import subprocess

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, String

from cloister.errors import BadOutput, Damaged, Encrypted, NoPages, NotADocument, SignedDocument, WrongPassword
from cloister.formats.pdf import Note
from tests.pdf.made import blank, saved, two_words
from tests.pdf.seen import Text, pdftotext, qpdf_check, same_pixels

FORBIDDEN = ["--print=none", "--modify=none", "--extract=n"]
REVISIONS = {
    2: ["40", "--print=n", "--modify=n"],
    3: ["128", *FORBIDDEN, "--use-aes=n"],
    4: ["128", *FORBIDDEN, "--use-aes=y"],
    5: ["256", *FORBIDDEN, "--force-R5"],
    6: ["256", *FORBIDDEN],
}


def encrypted(tmp_path, revision, user="user word", owner="owner word"):
    before, after = tmp_path / "before.pdf", tmp_path / "after.pdf"
    before.write_bytes(blank())
    command = ["qpdf", "--allow-weak-crypto", "--encrypt", user, owner, *REVISIONS[revision], "--"]
    subprocess.run([*command, str(before), str(after)], check=True)
    return after.read_bytes()


def secrets(data, password):
    """All that decides who can do what: everything in the encryption dictionary."""
    with pikepdf.open(io.BytesIO(data), password=password) as pdf:
        held = pdf.trailer.Encrypt
        keys = ("/V", "/R", "/Length", "/P", "/O", "/U", "/OE", "/UE", "/EncryptMetadata")
        facts = {key: bytes(held[key]) if isinstance(held[key], String) else held[key] for key in keys if key in held}
        facts = {key: fact for key, fact in facts.items() if fact != b""}  # qpdf writes unused ones empty
        return facts, pdf.encryption.stream_method, pdf.encryption.string_method, pdf.allow


@pytest.mark.parametrize("given", ["user word", "owner word"])
@pytest.mark.parametrize("revision", REVISIONS)
def test_the_output_is_encrypted_as_the_original_is(write, tmp_path, revision, given):
    source = encrypted(tmp_path, revision)
    data, notes = write(source, [two_words()], password=given)
    assert notes == (Note.ENCRYPTED,)
    for password in ("user word", "owner word"):
        assert secrets(source, password) == secrets(data, password)
    assert list(Text(data, password="user word").find("Hello world"))
    assert same_pixels(source, data, "user word")
    assert b"Hello" not in data
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(data))


@pytest.mark.parametrize("revision", REVISIONS)
def test_decrypt_leaves_the_encryption_out(write, tmp_path, revision):
    data, notes = write(encrypted(tmp_path, revision), [two_words()], password="owner word", decrypt=True)
    assert notes == (Note.DECRYPTED,)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert not pdf.is_encrypted
    assert pdftotext(data).split() == ["Hello", "world"]


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_file_that_anyone_may_open_keeps_what_it_forbids(write, tmp_path, revision):
    source = encrypted(tmp_path, revision, "", "owner word")
    data, notes = write(source, [two_words()])
    assert notes == (Note.ENCRYPTED,)
    assert secrets(source, "") == secrets(data, "")
    assert secrets(source, "owner word") == secrets(data, "owner word")
    # A password that was not needed does no harm.
    assert secrets(write(source, [two_words()], password="not needed")[0], "") == secrets(source, "")


@pytest.mark.parametrize("revision", REVISIONS)
def test_without_the_password_nothing_is_written(write, tmp_path, revision):
    source = encrypted(tmp_path, revision)
    with pytest.raises(Encrypted) as refusal:
        write(source, [two_words()])
    assert refusal.type is Encrypted
    with pytest.raises(WrongPassword):
        write(source, [two_words()], password="guess")


@pytest.mark.parametrize("revision", REVISIONS)
def test_passwords_with_letters_beyond_ascii_open(write, tmp_path, revision):
    source = encrypted(tmp_path, revision, "süß")
    data, _ = write(source, [two_words()], password="süß")
    assert secrets(data, "owner word") == secrets(source, "owner word")
    assert pdftotext(data, "-opw", "owner word").split() == ["Hello", "world"]


def test_unencrypted_metadata_stays_readable(write, tmp_path):
    pdf = Pdf.open(io.BytesIO(blank()))
    with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
        metadata["dc:title"] = "For all to read"
    (tmp_path / "in.pdf").write_bytes(saved(pdf))
    out = tmp_path / "out.pdf"
    command = ["qpdf", "--encrypt", "u", "o", "256", "--cleartext-metadata", "--", str(tmp_path / "in.pdf"), str(out)]
    subprocess.run(command, check=True)
    data, _ = write(out.read_bytes(), [two_words()], password="u")
    assert b"For all to read" in data


def signed(*, kids=False, certified=False, rights=False):
    """A PDF with a signature that is one in all but its cryptography."""
    pdf = Pdf.open(io.BytesIO(blank()))
    value = Dictionary(Type=Name.Sig, Filter=Name("/Adobe.PPKLite"), SubFilter=Name("/adbe.pkcs7.detached"),
                       ByteRange=Array([0, 100, 200, 300]), Contents=String(b"\x30" * 64))  # fmt: skip
    field = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Sig, T=String("s"), Rect=Array([0, 0, 0, 0]))
    value = pdf.make_indirect(value)
    if certified or rights:
        pdf.Root.Perms = Dictionary({"/DocMDP" if certified else "/UR3": value})
    else:
        field.V = value
    field = pdf.make_indirect(field)
    top = pdf.make_indirect(Dictionary(T=String("top"), Kids=Array([field]))) if kids else field
    pdf.Root.AcroForm = Dictionary(Fields=Array([top]), SigFlags=3)
    return saved(pdf)


@pytest.mark.parametrize("how", [{}, {"kids": True}, {"certified": True}, {"rights": True}])
def test_a_signed_original_is_refused_unless_that_is_meant(write, how):
    source = signed(**how)
    with pytest.raises(SignedDocument):
        write(source, [two_words()])
    data, notes = write(source, [two_words()], invalidate_signatures=True)
    assert notes == (Note.SIGNATURES_INVALIDATED,)
    assert pdftotext(data).split() == ["Hello", "world"]


def test_a_field_that_waits_for_a_signature_is_no_signature(write):
    pdf = Pdf.open(io.BytesIO(blank()))
    field = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Sig, T=String("s"), Rect=Array([0, 0, 0, 0]))
    pdf.Root.AcroForm = Dictionary(Fields=Array([pdf.make_indirect(field)]), SigFlags=1)
    assert write(saved(pdf), [two_words()])[1] == ()


def test_fields_that_contain_themselves_have_an_end(write):
    pdf = Pdf.open(io.BytesIO(blank()))
    field = pdf.make_indirect(Dictionary(T=String("loop")))
    field.Kids = Array([field, field])
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]))
    with pytest.raises(SignedDocument):
        write(saved(pdf), [two_words()])


BROKEN = {
    "no table of objects": lambda data: data[: data.rindex(b"xref\n0")] + b"%%EOF\n",
    "a table that points elsewhere": lambda data: (
        data.replace(b"00000 n \n", b"00001 n \n")[:-20] + b"startxref\n5\n%%EOF\n"
    ),
    "cut short": lambda data: data[: data.rindex(b"trailer")],
    "bytes before the start": lambda data: b"garbage\n" * 20 + data,
}


@pytest.mark.parametrize("how", BROKEN)
def test_damaged_input_is_repaired_and_that_is_said(write, tmp_path, how):
    sound = blank(2)
    data, notes = write(BROKEN[how](sound), [two_words(1), two_words(2)])
    assert (Note.REPAIRED in notes) == (how != "bytes before the start")
    assert same_pixels(sound, data)
    (tmp_path / "x.pdf").write_bytes(data)
    assert qpdf_check(tmp_path / "x.pdf")[0] == 0
    assert pdftotext(data).split() == ["Hello", "world"] * 2


@pytest.mark.parametrize(
    ("source", "refusal"),
    [
        (b"", NotADocument),
        (b"hello", NotADocument),
        (b"%PDF-1.7\n", Damaged),
        (b"%PDF-1.7\n" + b"\0" * 5000, Damaged),
        (blank(0) if False else saved(Pdf.new()), NoPages),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, Damaged),
        (b"\xff\xd8\xff\xe0" + b"\0" * 100, Damaged),
        (b"II*\0" + b"\xff" * 100, Damaged),
        (b"RIFF\0\0\0\0WEBPVP8 ", Damaged),
        (b"BM" + b"\0" * 60, Damaged),
        (b"\0\0\0\x18ftypheic" + b"\0" * 100, Damaged),
    ],
)
def test_what_cannot_be_opened_is_refused_with_its_reason(write, source, refusal):
    with pytest.raises(refusal) as refused:
        write(source, [two_words()])
    assert refused.type is refusal


def test_a_reading_of_a_page_that_is_not_there_is_refused(write):
    with pytest.raises(Damaged):
        write(blank(), [two_words(2)])


def test_a_reading_that_has_no_place_on_its_page_is_refused(write):
    with pytest.raises(BadOutput):
        write(blank(), [two_words(to_source=(0, 0, 0, 0, 0, 0, 0, 0, 1))])
