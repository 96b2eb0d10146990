"""Witnesses: a folder and a QR code; each signs or shows only what goes on from what it saw."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import zxingcpp

from cloister.audit import qr
from cloister.audit.checkpoint import Checkpoint
from cloister.audit.held import CHECKPOINT, WITNESSED, compare, read
from cloister.audit.witness import FolderWitness, Request, Stale, ask
from cloister.audit.witness import folder as folders
from cloister.audit.witness.asking import keep
from cloister.errors import (
    Flaw,
    LogDoesNotVerify,
    LogReadableByOthers,
    Mute,
    NoPermission,
    OutputExists,
    WitnessSilent,
)
from cloister.sign import Note
from tests.audit.logs import SECONDS, make


def test_a_witness_signs_what_goes_on_from_what_it_saw(place):
    for count in (1, 2, 300):
        signed = ask(place.held(), place.witness, SECONDS)
        assert signed.seconds == SECONDS
        assert signed.checkpoint == place.held().checkpoint
        keep(place.path, signed)
        (kept,) = place.held().witnessed
        assert kept == signed
        for at in range(0, count, 256):
            place.grow(min(256, count - at))
    assert place.witness.last(place.vkey).text == kept.note.text


def test_the_same_checkpoint_is_signed_again_with_a_new_time(place):
    ask(place.held(), place.witness, SECONDS)
    assert ask(place.held(), place.witness, SECONDS + 60).seconds == SECONDS + 60


def test_a_witness_refuses_another_history_and_keeps_what_it_saw(place, tmp_path):
    ask(place.held(), place.witness, SECONDS)
    before = place.witness.last(place.vkey).written()
    with pytest.raises(LogDoesNotVerify) as refused:
        ask(place.other(tmp_path), place.witness, SECONDS)
    assert refused.value.facts["why"] is Flaw.FORKED
    assert place.witness.last(place.vkey).written() == before


def test_a_witness_tells_of_a_log_that_was_cut(place, tmp_path):
    ask(place.held(), place.witness, SECONDS)
    with pytest.raises(LogDoesNotVerify) as refused:
        ask(place.other(tmp_path, (2,)), place.witness, SECONDS)
    assert refused.value.facts["why"] is Flaw.CUT


def test_a_fork_of_the_same_size_is_refused(place, tmp_path):
    ask(place.held(), place.witness, SECONDS)
    with pytest.raises(LogDoesNotVerify):
        ask(place.other(tmp_path, (10,)), place.witness, SECONDS)


def test_proofs_that_do_not_fit_are_signed_for_nobody(place):
    held = place.held()
    with pytest.raises(LogDoesNotVerify):
        place.witness.add(Request(0, (held.checkpoint.root,), held.note), SECONDS)
    with pytest.raises(LogDoesNotVerify):
        place.witness.add(Request(11, (), held.note), SECONDS)
    assert place.witness.add(Request(3, (), held.note), SECONDS) == Stale(0)
    ask(held, place.witness, SECONDS)
    place.grow(3)
    held = place.held()
    proof = held.tree.consistency(10)
    for wrong in ((), proof[:-1], (*proof, held.checkpoint.root), tuple(reversed(proof)), (b"short", *proof[1:])):
        with pytest.raises(LogDoesNotVerify):
            place.witness.add(Request(10, wrong, held.note), SECONDS)
    assert place.witness.add(Request(9, held.tree.consistency(9), held.note), SECONDS) == Stale(10)
    place.witness.add(Request(10, proof, held.note), SECONDS)


def test_a_witness_signs_for_the_logs_that_it_knows(place, tmp_path):
    key = make(tmp_path / "stranger")
    with pytest.raises(LogDoesNotVerify):  # the right name, another key
        ask(read(tmp_path / "stranger"), place.witness, SECONDS)
    note = Checkpoint("elsewhere", 10, place.held().checkpoint.root).signed(key)
    with pytest.raises(WitnessSilent) as refused:
        place.witness.add(Request(0, (), note), SECONDS)
    assert refused.value.facts["why"] is Mute.UNKNOWN_LOG


def test_a_witness_is_its_owners_alone_and_is_made_over_nothing(place, tmp_path):
    with pytest.raises(OutputExists):
        folders.create(tmp_path / "witness", "again", place.vkey)
    (tmp_path / "witness" / folders.KEY).chmod(0o640)
    with pytest.raises(LogReadableByOthers):
        ask(place.held(), place.witness, SECONDS)
    (tmp_path / "witness" / folders.KEY).chmod(0o600)
    (tmp_path / "witness").chmod(0o750)
    with pytest.raises(LogReadableByOthers):
        FolderWitness(tmp_path / "witness")


def test_what_a_witness_signed_counts_only_under_its_name(place):
    keep(place.path, ask(place.held(), place.witness, SECONDS))
    (file,) = (place.path / WITNESSED).iterdir()
    data = file.read_bytes()
    file.rename(file.with_name("0" * 32))
    with pytest.raises(LogDoesNotVerify):
        place.held()
    file.with_name("0" * 32).unlink()
    for at in range(0, len(data), 3):
        changed = bytearray(data)
        changed[at] ^= 1
        file.write_bytes(changed)
        file.chmod(0o600)
        with pytest.raises(LogDoesNotVerify):
            place.held()


def test_a_log_that_was_cut_beside_its_witnesses_signature_is_noticed(place, tmp_path):
    keep(place.path, ask(place.held(), place.witness, SECONDS))
    shorter = tmp_path / "shorter"
    make(shorter, (4,), place.key)
    keep(shorter, place.held().witnessed[0])
    with pytest.raises(LogDoesNotVerify) as refused:
        read(shorter)
    assert refused.value.facts["why"] is Flaw.CUT


def test_requests_are_read_back_in_one_spelling(place):
    held = place.held()
    request = Request(3, held.tree.consistency(3), held.note)
    assert Request.read(request.written()) == request
    empty = Request(0, (), held.note)
    assert Request.read(empty.written()) == empty
    body = request.written()
    wrong = [b"", b"old 3\n", body.replace(b"old 3", b"old 03"), body.replace(b"old", b"new"), body + b"more\n"]
    for other in [*wrong, body.replace(b"old 3\n", b"old 3\n" + b"AAAA\n" * 64), b"\xff" + body]:
        with pytest.raises(LogDoesNotVerify):
            Request.read(other)


# ---- Paper.


def test_a_printed_checkpoint_is_read_back_from_its_code(place):
    text = place.held().note.written().decode()
    picture = cv2.imdecode(np.frombuffer(qr.png(qr.modules(text)), np.uint8), cv2.IMREAD_GRAYSCALE)
    (found,) = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    assert found.text == text
    note = Note.read(found.text.encode())
    compare(place.held(), Checkpoint.from_text(note.text))


def test_a_code_for_a_terminal_is_the_same_code(place):
    code = qr.modules(place.held().note.written().decode())
    lines = qr.text(code).splitlines()
    light = {"█": (1, 1), "▀": (1, 0), "▄": (0, 1), " ": (0, 0)}
    rows = [[light[char][half] for char in line] for line in lines for half in (0, 1)]
    assert [[not cell for cell in row] for row in rows][: len(code)] == code
    picture = np.kron(np.array(rows[: len(code)], np.uint8) * 255, np.ones((6, 6), np.uint8))
    assert len(zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)) == 1


def test_a_log_that_does_not_go_on_from_paper_is_noticed(place, tmp_path):
    paper = Checkpoint.from_text(Note.read((place.path / CHECKPOINT).read_bytes()).text)
    place.grow(3)
    compare(place.held(), paper)
    for sizes, why in (((6, 6), Flaw.FORKED), ((2,), Flaw.CUT)):
        (tmp_path / str(sizes)).mkdir()
        with pytest.raises(LogDoesNotVerify) as refused:
            compare(place.other(tmp_path / str(sizes), sizes), paper)
        assert refused.value.facts["why"] is why


def test_a_witness_folder_that_cannot_be_written_signs_nothing(place, monkeypatch):
    def fail(*_, **__):
        raise PermissionError(13, "planted")

    monkeypatch.setattr("os.rename", fail)
    with pytest.raises(NoPermission):
        ask(place.held(), place.witness, SECONDS)
    monkeypatch.undo()
    assert place.witness.last(place.vkey) is None
