"""Signing: known answers, one spelling of every envelope, keys that only their owner can read."""

from __future__ import annotations

import base64
import json
import pickle
import stat

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey

from cloister.errors import BadKey, DoesNotVerify, NotFound, OutputExists
from cloister.review import keyfile, verify_evidence
from cloister.sign import Key, Public, Statement, Subject, opened, sealed
from cloister.sign.dsse import pae

KIND = "urn:test:1"
STATEMENT = Statement(KIND, (Subject("a", "00" * 32),), {"b": 1})


def test_the_encoding_is_that_of_the_specification():
    assert pae("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


def test_the_signature_is_that_of_rfc_8032():
    secret = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    key = Key(ed25519.Ed25519PrivateKey.from_private_bytes(secret))
    assert key.public.raw().hex() == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    assert key.sign(b"\x72").hex() == (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )


def test_a_flipped_bit_anywhere_in_an_envelope_is_noticed_by_both_readers():
    key = Key.new()
    envelope = sealed(STATEMENT.payload(), key)
    theirs, _ = verify_evidence.from_pem(key.public.pem(), "key")
    assert opened(envelope, key.public) == STATEMENT.payload()
    assert verify_evidence.opened(envelope, theirs, "it")["predicate"] == {"b": 1}
    for at in range(len(envelope)):
        for bit in range(8):
            flipped = bytearray(envelope)
            flipped[at] ^= 1 << bit
            with pytest.raises(DoesNotVerify):
                opened(bytes(flipped), key.public)
            with pytest.raises(verify_evidence.Broken):
                verify_evidence.opened(bytes(flipped), theirs, "it")


def _respelt(envelope: bytes) -> list[bytes]:
    held = json.loads(envelope)
    payload = held["payload"]
    wide = {**held, "more": 1}
    two = {**held, "signatures": held["signatures"] * 2}
    other = {**held, "payloadType": "text/plain"}
    named = {**held, "signatures": [{**held["signatures"][0], "keyid": "00" * 32}]}
    spellings = [json.dumps(held).encode(), envelope.rstrip(), envelope + b" ", b"[]", b"", b"\xff", b"[" * 5000]
    spellings += [json.dumps(each, sort_keys=True, separators=(",", ":")).encode() + b"\n" for each in (wide, two)]
    spellings += [json.dumps(each, sort_keys=True, separators=(",", ":")).encode() + b"\n" for each in (other, named)]
    return [*spellings, envelope.replace(payload.encode(), payload.rstrip("=").encode() + b"=" * 5)]


def test_an_envelope_has_one_spelling():
    key = Key.new()
    envelope = sealed(STATEMENT.payload(), key)
    theirs, _ = verify_evidence.from_pem(key.public.pem(), "key")
    for other in _respelt(envelope):
        with pytest.raises(DoesNotVerify):
            opened(other, key.public)
        with pytest.raises(verify_evidence.Broken):
            verify_evidence.opened(other, theirs, "it")


def test_a_statement_is_of_the_kind_that_was_asked_for():
    assert Statement.from_payload(STATEMENT.payload(), KIND) == STATEMENT
    for payload in (b"{}", b"[]", b"\xff", STATEMENT.payload() + b" ", STATEMENT.payload().replace(b"v1", b"v2")):
        with pytest.raises(DoesNotVerify):
            Statement.from_payload(payload, KIND)
    with pytest.raises(DoesNotVerify):
        Statement.from_payload(STATEMENT.payload(), "urn:test:2")


def test_another_key_does_not_verify():
    with pytest.raises(DoesNotVerify):
        opened(sealed(b"{}", Key.new()), Key.new().public)


def test_a_key_file_has_mode_600_and_replaces_nothing(tmp_path):
    file = tmp_path / "key.pem"
    public = keyfile.make(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert keyfile.load(file).public.fingerprint == public.fingerprint
    with pytest.raises(OutputExists):
        keyfile.make(file)
    for mode in (0o640, 0o604, 0o620):
        file.chmod(mode)
        with pytest.raises(BadKey):
            keyfile.load(file)
    with pytest.raises(NotFound):
        keyfile.load(tmp_path / "none")


def test_what_is_no_key_is_refused(tmp_path):
    curve = ec.generate_private_key(ec.SECP256R1())
    form = serialization.PrivateFormat.PKCS8
    other = curve.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    locked = ed25519.Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, form, serialization.BestAvailableEncryption(b"word")
    )
    for held in (b"", b"no key", other, locked, Key.new().public.pem(), b"x" * 5000):
        file = tmp_path / "key.pem"
        file.write_bytes(held)
        file.chmod(0o600)
        with pytest.raises(BadKey):
            keyfile.load(file)
    with pytest.raises(DoesNotVerify):
        Public.from_pem(
            curve.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        )


def test_a_key_cannot_be_printed_or_pickled():
    key = Key.new()
    lines = key.pem().splitlines()
    assert base64.b64decode(lines[1])[-8:] not in repr(key).encode()
    assert repr(key) == "<Key>"
    with pytest.raises(TypeError):
        pickle.dumps(key)


def test_another_implementation_reads_our_envelopes():
    key = Key.new()
    held = json.loads(sealed(STATEMENT.payload(), key))
    public = serialization.load_pem_public_key(key.public.pem())
    theirs = SSlibKey.from_crypto(public, keyid=key.public.fingerprint)
    envelope = Envelope.from_dict(held)
    assert set(envelope.verify([theirs], 1)) == {key.public.fingerprint}
    assert envelope.payload == STATEMENT.payload()
    envelope.payload += b" "
    with pytest.raises(VerificationError):
        envelope.verify([theirs], 1)
