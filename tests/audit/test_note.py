"""Signed notes and cosignatures: known answers of the specification, and one spelling."""

from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from cloister.audit.checkpoint import Checkpoint, opened
from cloister.audit.merkle import EMPTY
from cloister.errors import Flaw, LogDoesNotVerify
from cloister.sign import Key, Kind, Note, Verifier, cosignature, signature

VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
NOTE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""
HEAD = Checkpoint("log.example/1", 7, hashlib.sha256(b"root").digest())


def test_the_example_of_the_specification_verifies():
    verifier = Verifier.from_vkey(VKEY)
    assert verifier.vkey() == VKEY
    note = Note.read(NOTE.encode())
    assert note.signed_by(verifier) == 0
    assert note.written() == NOTE.encode()


def test_a_flipped_bit_anywhere_in_the_example_is_noticed():
    verifier = Verifier.from_vkey(VKEY)
    data = NOTE.encode()
    for at in range(len(data)):
        for bit in range(8):
            flipped = bytearray(data)
            flipped[at] ^= 1 << bit
            with pytest.raises(LogDoesNotVerify):
                Note.read(bytes(flipped)).signed_by(verifier)


def test_a_flipped_bit_anywhere_in_a_public_key_is_noticed():
    for at in range(len(VKEY)):
        for bit in range(7):
            flipped = VKEY[:at] + chr(ord(VKEY[at]) ^ 1 << bit) + VKEY[at + 1 :]
            with pytest.raises(LogDoesNotVerify):
                Verifier.from_vkey(flipped)


def test_a_cosignature_is_that_of_the_specification():
    key = Key.new()
    verifier = Verifier("witness.example/w", key.public, Kind.COSIGNATURE)
    note = HEAD.signed(Key.new()).with_signature(cosignature(HEAD.text(), verifier.name, key, 1_679_315_147))
    line = note.written().decode().splitlines()[-1]
    dash, name, given = line.split(" ")
    data = base64.b64decode(given)
    assert (dash, name) == ("—", "witness.example/w")
    assert data[:4] == hashlib.sha256(b"witness.example/w\n\x04" + key.public.raw()).digest()[:4]
    assert data[4:12] == (1_679_315_147).to_bytes(8, "big")
    message = b"cosignature/v1\ntime 1679315147\n" + HEAD.text().encode()
    Ed25519PublicKey.from_public_bytes(key.public.raw()).verify(data[12:], message)
    assert note.signed_by(verifier) == 1_679_315_147


def test_a_cosignature_does_not_pass_for_a_signature_or_for_another_time():
    key = Key.new()
    signed = cosignature(HEAD.text(), "a", key, 5)
    with pytest.raises(LogDoesNotVerify):
        Note(HEAD.text(), (signed,)).signed_by(Verifier("a", key.public))
    for body in (b"\0" * 8 + signed.body[8:], b"\xff" * 8 + signed.body[8:], (6).to_bytes(8, "big") + signed.body[8:]):
        moved = type(signed)(signed.name, signed.id, body)
        with pytest.raises(LogDoesNotVerify):
            Note(HEAD.text(), (moved,)).signed_by(Verifier("a", key.public, Kind.COSIGNATURE))


def test_signatures_of_others_are_passed_over_but_a_bad_one_of_the_key_spoils_the_note():
    key, other = Key.new(), Key.new()
    verifier = Verifier("a", key.public)
    good, strange = signature("text\n", "a", key), signature("text\n", "a", other)
    assert Note("text\n", (strange, good)).signed_by(verifier) == 0
    with pytest.raises(LogDoesNotVerify) as refused:
        Note("text\n", (strange,)).signed_by(verifier)
    assert refused.value.facts["why"] is Flaw.SIGNER
    bad = signature("other\n", "a", key)
    with pytest.raises(LogDoesNotVerify) as refused:
        Note("text\n", (good, bad)).signed_by(verifier)
    assert refused.value.facts["why"] is Flaw.SIGNATURE


LINE = NOTE.splitlines()[-1]


@pytest.mark.parametrize(
    "written",
    [
        b"",
        b"\n\n",
        b"text\n",
        b"text\n\n",
        b"\xff\n\n" + LINE.encode() + b"\n",
        f"a\tb\n\n{LINE}\n".encode(),
        f"text\n\n{LINE}".encode(),
        f"text\n\n{LINE}\r\n".encode(),
        f"text\n\n{LINE}\nmore\n".encode(),
        f"text\n\n{LINE.replace('—', '-')}\n".encode(),
        f"text\n\n{LINE.replace('com/foo', 'com+foo')}\n".encode(),
        f"text\n\n{LINE.replace('com/foo', 'com foo')}\n".encode(),
        f"text\n\n{LINE[:-1]}\n".encode(),
        f"text\n\n{LINE.replace('QM=', 'QN=')}\n".encode(),
        "text\n\n— a AAAA\n".encode(),
        f"text\n\n{(LINE + chr(10)) * 33}".encode(),
        f"{'x' * 70_000}\n\n{LINE}\n".encode(),
    ],
)
def test_what_is_no_note_is_refused(written):
    with pytest.raises(LogDoesNotVerify):
        Note.read(written)


@pytest.mark.parametrize(
    "vkey", ["", "a", "a+b", "a+00000000+", "+530d903a+AekyeQ==", VKEY + "\n", "x" * 9000, VKEY * 2]
)
def test_what_is_no_public_key_is_refused(vkey):
    with pytest.raises(LogDoesNotVerify):
        Verifier.from_vkey(vkey)


def test_a_checkpoint_is_three_lines():
    assert Checkpoint.from_text(HEAD.text()) == HEAD
    empty = Checkpoint("log.example/1", 0, EMPTY)
    assert Checkpoint.from_text(empty.text()) == empty
    lines = HEAD.text().splitlines()
    for text in (
        "\n".join([*lines, "extension", ""]),
        "\n".join(lines),
        "\n".join(lines[:2]) + "\n",
        HEAD.text().replace("\n7\n", "\n07\n"),
        HEAD.text().replace("\n7\n", "\n-7\n"),
        HEAD.text().replace("\n7\n", "\n\N{ARABIC-INDIC DIGIT SEVEN}\n"),
        HEAD.text().replace("\n7\n", "\n0\n"),
        HEAD.text().replace("log.example/1", "log example"),
        HEAD.text().replace("log.example/1", ""),
        HEAD.text().replace(lines[2], base64.b64encode(b"short").decode()),
        "",
    ):
        with pytest.raises(LogDoesNotVerify):
            Checkpoint.from_text(text)


def test_a_checkpoint_of_another_log_or_key_is_refused():
    key = Key.new()
    data = HEAD.signed(key).written()
    assert opened(data, Verifier(HEAD.origin, key.public))[0] == HEAD
    for verifier in (Verifier(HEAD.origin, Key.new().public), Verifier("other", key.public)):
        with pytest.raises(LogDoesNotVerify):
            opened(data, verifier)
