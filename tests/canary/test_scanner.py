"""What the scanner finds, what it does not, and what it says of bytes that it cannot read."""

from __future__ import annotations

import base64
import bz2
import gzip
import hashlib
import html
import io
import json
import os
import zipfile
import zlib
from pathlib import Path
from urllib.parse import quote

import pytest

from cloister.canary import Scanner, Tokens
from cloister.canary.controls import missed
from cloister.canary.encodings import PACKED, PLAIN
from cloister.canary.surfaces import SURFACES
from cloister.model import Plain


def random_bytes(size: int) -> bytes:
    """Bytes that look random, and are always the same."""
    return b"".join(hashlib.sha256(b"%d" % number).digest() for number in range(size // 32))


def test_every_seeded_leak_is_found_and_no_decoy(scanner, tokens):
    lost, count, scanned = missed(scanner, tokens)
    assert [(control.surface, control.encoding) for control in lost] == []
    assert count == (len(PLAIN) + len(PACKED)) * len(SURFACES)
    assert len(PLAIN) + len(PACKED) >= 20
    assert len(SURFACES) >= 12
    assert scanned.decoy_hits == ()


@pytest.mark.proof
@pytest.mark.parametrize("draw", range(40))
def test_every_seeded_leak_is_found_with_whatever_key(draw):
    key = os.urandom(32)
    made = Tokens(key)
    tokens = {f"{draw}-{number}": made.token("any", str(number)) for number in range(60)}
    with Scanner(tokens, decoys=[made.decoy(str(number)) for number in range(4)]) as scanner:
        lost, _, scanned = missed(scanner, dict(list(tokens.items())[:2]))
    assert [(control.name, tokens[control.label]) for control in lost] == [], key.hex()
    assert [hit for hit in scanned.decoy_hits if not hit.perhaps] == [], key.hex()


def test_a_stream_is_found_though_one_may_start_before_it():
    """With this key, the `;` before a raw deflate stream passes for the start of a longer one that says less."""
    tokens = Tokens(bytes.fromhex("e6eff15c34786a714f6de00bb7efc00f83a7767167a346e9d51ca867b1b74763"))
    with Scanner({str(number): tokens.token("any", str(number)) for number in range(60)}) as scanner:
        laid = SURFACES["UTF-16 file"](PLAIN["deflate"](tokens.token("any", "1").encode()))
        assert [hit.label for hit in scanner.scan([("file", Plain(laid))]).hits if hit.words == 2] == ["1"]


def test_a_decoy_that_is_there_is_found(scanner, decoy):
    scanned = scanner.scan([("log", Plain(b"text=" + decoy.encode()))])
    assert scanned.hits == ()
    assert [hit.words for hit in scanned.decoy_hits] == [2]


def test_a_word_alone_counts(seen, tokens):
    first, second = tokens["xmp"].encode().split()
    assert seen(b"index: " + second)[0] == {"xmp": {"plain"}}
    assert seen(first + b" and other words, and much later: " + second)[0] == {"xmp": {"plain"}}


def test_how_many_words_were_found_is_told(scanner, tokens):
    token = tokens["xmp"]
    items = [("both", Plain(token.encode())), ("one", Plain(token.split()[0].encode()))]
    assert {hit.item: hit.words for hit in scanner.scan(items).hits} == {"both": 2, "one": 1}


@pytest.mark.parametrize("at", range(9))
@pytest.mark.parametrize("wrong", [b"Q", b"", b"8", "é".encode()])
def test_a_word_with_one_letter_wrong_or_missing_counts(seen, tokens, at, wrong):
    word = tokens["xmp"].split()[0].encode()
    misread = word[:at] + wrong + word[at + 1 :]
    assert "xmp" in seen(b"the text is " + misread + b" here")[0]


def test_a_word_with_two_letters_wrong_does_not_count(seen, tokens):
    word = tokens["xmp"].split()[0].encode()
    assert seen(b"the text is " + word[:2] + b"ZZ" + word[4:6] + b"Z" + word[7:] + b" here")[0] == {}


@pytest.mark.parametrize("key", [b"\x01", b"\x80", b"\xff", b"ab", b"\x13\x37\x99", b"secret", b"0123456789ab"])
def test_a_repeating_key_of_up_to_twelve_bytes_is_found(seen, tokens, key):
    text = b"the page says: " + tokens["xmp"].encode() + b", and so on"
    assert "xor" in seen(bytes(byte ^ key[at % len(key)] for at, byte in enumerate(text)))[0]["xmp"]


def test_the_form_tells_the_encodings_outermost_first(seen, tokens):
    leak = base64.b64encode(gzip.compress(b"a text with " + tokens["xmp"].encode()))
    assert seen(b'{"cache": "' + leak + b'"}')[0] == {"xmp": {"base64 > gzip"}}


def test_a_nest_of_encodings_is_opened(seen, tokens):
    inner = b"text: " + tokens["xmp"].encode()
    for encode in (zlib.compress, base64.b64encode, bz2.compress, bytes.hex, gzip.compress, base64.b85encode):
        inner = encode(inner)
        inner = inner.encode() if isinstance(inner, str) else inner
    assert "xmp" in seen(inner)[0]


def test_text_is_explained(seen):
    text = b"2026-01-01 INFO worker: page 1 of 3 was read in 17 ms, grade GOOD\n" * 500
    assert seen(text) == ({}, [])
    assert seen("Größe, naïve, façade, Москва, 東京\n".encode() * 100) == ({}, [])


def test_what_was_unpacked_is_explained(seen):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"Nothing to be seen here, line by line.\n" * 200)
    assert seen(held.getvalue()) == ({}, [])


@pytest.mark.parametrize(
    "wrap", [bytes, base64.b64encode, lambda data: data.hex().encode(), lambda data: b"text\n" * 200 + data]
)
def test_random_bytes_are_unexplained(seen, wrap):
    found, why = seen(wrap(random_bytes(4096)))
    assert found == {}
    assert any("look random" in reason for reason in why)


def test_a_digest_and_a_uuid_are_no_random_bytes(seen):
    line = b"sha256=" + hashlib.sha256(b"x").hexdigest().encode() + b" id=0f8fad5b-d9cb-469f-a165-70867728950e\n"
    assert seen(line) == ({}, [])


def test_an_encrypted_member_is_unexplained(seen):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("a.txt", b"Nothing here.\n")
    data = bytearray(held.getvalue())
    data[6] |= 1  # the flag of encryption in the local header
    assert "encrypted" in seen(bytes(data))[1]


def test_a_bomb_ends_typed(seen):
    bomb = gzip.compress(gzip.compress(bytes(80 << 20)))
    assert "it unpacks to more than the limit" in seen(bomb)[1]


def test_a_member_below_a_depth_is_unexplained(seen, tokens):
    inner = tokens["xmp"].encode() * 9
    for _ in range(20):
        inner = gzip.compress(inner)
    found, why = seen(inner)
    assert found == {}
    assert "packed more deeply than the limit" in why


def test_a_jail_that_dies_takes_one_item_with_it(scanner, tokens, monkeypatch):
    from cloister.canary import scanner as module

    one = module._one
    killed = []

    def fatal(jail, seen, data, count, **said):
        if seen.name == "fatal":
            os.killpg(jail.pid, 9)
            killed.append(jail.pid)
        return one(jail, seen, data, count, **said)

    monkeypatch.setattr(module, "_one", fatal)
    leak = Plain(tokens["xmp"].encode())
    scanned = scanner.scan([("before", leak), ("fatal", leak), ("after", leak)])
    assert killed
    assert {hit.item for hit in scanned.hits} == {"before", "after"}
    assert [name for name, _ in scanned.unexplained] == ["fatal"]
    assert dict(scanned.searched) == {"before": True, "fatal": False, "after": True}


def test_the_words_are_in_no_argument_of_the_jail(scanner, tokens):
    scanner.scan([("a", Plain(b"a"))])
    said = Path(f"/proc/{scanner._jails[0].pid}/cmdline").read_bytes()
    assert b"cloister.canary.child" in said
    assert not any(word.encode() in said for token in tokens.values() for word in token.split())


@pytest.mark.proof
def test_a_large_item_is_searched_in_pieces(scanner, tokens):
    line = b"nothing of interest in this line of a log\n"
    data = line * (70_000_000 // len(line)) + tokens["xmp"].encode() + b"\n"
    scanned = scanner.scan([("log", Plain(data))])
    assert {hit.label for hit in scanned.hits} == {"xmp"}
    assert scanned.scanned == len(data)
    assert scanned.unexplained == ()


def test_no_tokens_find_nothing():
    with Scanner({}) as scanner:
        assert scanner.scan([("a", Plain(b"any text"))]).hits == ()
        assert scanner.scan([]).searched == ()


def test_the_docs_and_sources_of_this_project_are_explained(scanner):
    root = Path(__file__).parent.parent.parent
    files = [*sorted((root / "docs").glob("*.md"))[:8], *sorted((root / "src/cloister/jail").glob("*.py"))]
    scanned = scanner.scan((path.name, Plain(path.read_bytes())) for path in files)
    assert (scanned.hits, scanned.unexplained) == ((), ())
    assert len(scanned.searched) == len({path.name for path in files}) > 12


@pytest.mark.parametrize(
    ("token", "written"),
    [
        # `<` and `&` of these are entities in a page, and a backslash of the last stands before an escape.
        ("KUFHAFKAK HYFCYPWAX", lambda data: f"<b>{html.escape(base64.a85encode(data).decode())}</b>".encode()),
        ("TEXWYPKUP XUPFEWFAK", lambda data: f"<b>{html.escape(base64.b85encode(data).decode())}</b>".encode()),
        ("KUKFYWTYK FEFPEPKYK", lambda data: json.dumps([base64.a85encode(data, adobe=True).decode()]).encode()),
        # Three signs of it are escaped in a PDF, too few to look like escaped letters.
        ("XAKFAXRYK PEPKYHCAK", lambda data: SURFACES["PDF text"](base64.b85encode(data))),
        ("XAKFAXRYK PEPKYHCAK", lambda data: b"(" + base64.b85encode(data).replace(b")", rb"\)") + b") Tj"),
        ("XAKFAXRYK PEPKYHCAK", lambda data: b"GET /?q=" + quote(base64.b85encode(data)).encode() + b" HTTP/1.1"),
        # In base64 these are capitals throughout.
        ("MEFPAFXEF PUPXEXWEP", lambda data: b"\n" + base64.b64encode(data[::-1]) + b"\n"),
        ("CEFCYFCEP FUFHEWCAK", lambda data: json.dumps([bz2.compress(data).decode("latin-1")]).encode()),
    ],
)
def test_what_breaks_an_encoding_by_its_own_escapes_is_undone(token, written):
    with Scanner({"one": token}) as scanner:
        hits = scanner.scan([("page", Plain(written(token.encode())))]).hits
    assert ("one", 2) in {(hit.label, hit.words) for hit in hits}
