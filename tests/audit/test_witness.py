"""Witnesses: a folder, an HTTP endpoint and a QR code; each signs or shows only what goes on from what it saw."""

from __future__ import annotations

import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address

import cv2
import numpy as np
import pytest
import zxingcpp
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cloister.audit import qr
from cloister.audit.checkpoint import Checkpoint
from cloister.audit.held import CHECKPOINT, WITNESSED, compare, read
from cloister.audit.log import Log
from cloister.audit.witness import FolderWitness, HttpWitness, Request, Stale, ask
from cloister.audit.witness import folder as folders
from cloister.audit.witness.asking import keep
from cloister.errors import (
    BadArguments,
    Flaw,
    LogDoesNotVerify,
    LogReadableByOthers,
    Mute,
    NoPermission,
    OutputExists,
    WitnessSilent,
)
from cloister.sign import Key, Note, Verifier, cosignature
from tests.audit.logs import ORIGIN, START, Ticking, drafts, make

SECONDS = START // 1000


class Place:
    """A log of ten events, and a witness that knows it."""

    def __init__(self, base):
        self.path, self.clock = base / "log", Ticking()
        self.key = make(self.path, (5, 5), clock=self.clock)
        self.vkey = Verifier(ORIGIN, self.key.public)
        folders.create(base / "witness", "witness.example/w", self.vkey)
        self.witness = FolderWitness(base / "witness")

    def grow(self, count):
        with Log(self.path, self.key, clock=self.clock) as log:
            log.append(*drafts(count, seed=log.size))

    def held(self):
        return read(self.path)

    def other(self, base, sizes=(6, 6)):
        """Another log of the same name and key."""
        make(base / "other", sizes, self.key, seed=9)
        return read(base / "other")


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


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


# ---- HTTP, against a server that follows c2sp.org/tlog-witness.


class Served:
    """An endpoint over a folder witness; `answer` can be replaced to misbehave."""

    def __init__(self, witness):
        self.witness, self.bodies, self.answer = witness, [], self.faithful
        served = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                served.bodies.append((self.path, body))
                status, data = served.answer(body)
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/w/"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def faithful(self, body):
        try:
            answer = self.witness.add(Request.read(body), SECONDS)
        except WitnessSilent:
            return 404, b""
        except LogDoesNotVerify as refused:
            return (422 if refused.facts["why"] is Flaw.FORKED else 403), b""
        if isinstance(answer, Stale):
            return 409, b"%d\n" % answer.size
        return 200, "".join(each.line() for each in answer).encode()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def served(place):
    server = Served(place.witness)
    yield server
    server.stop()


def test_an_http_witness_signs_like_any_other(place, served):
    witness = HttpWitness(served.url, place.witness.verifier)
    keep(place.path, ask(place.held(), witness, 0))
    place.grow(3)
    signed = ask(place.held(), witness, 0)
    assert (signed.seconds, signed.checkpoint.size) == (SECONDS, 13)
    assert [path for path, _ in served.bodies] == ["/w/add-checkpoint"] * 2
    assert served.bodies[1][1].startswith(b"old 10\n")


def test_an_http_witness_says_where_it_is_if_we_do_not_know(place, served):
    ask(place.held(), place.witness, SECONDS)
    place.grow(3)
    assert ask(place.held(), HttpWitness(served.url, place.witness.verifier), 0).checkpoint.size == 13
    assert [body.split(b"\n")[0] for _, body in served.bodies] == [b"old 0", b"old 10"]


def test_an_http_witness_that_saw_another_log_says_so(place, served, tmp_path):
    witness = HttpWitness(served.url, place.witness.verifier)
    ask(place.held(), witness, 0)
    for sizes, why in (((6, 6), Flaw.FORKED), ((2,), Flaw.CUT)):
        (tmp_path / str(sizes)).mkdir()
        with pytest.raises(LogDoesNotVerify) as refused:
            ask(place.other(tmp_path / str(sizes), sizes), witness, 0)
        assert refused.value.facts["why"] is why


def _signed_by(key, held):
    return cosignature(held.note.text, "witness.example/w", key, SECONDS).line().encode()


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((404, b""), Mute.UNKNOWN_LOG),
        ((403, b""), Mute.REFUSED),
        ((500, b""), Mute.REFUSED),
        ((302, b""), Mute.REFUSED),
        ((409, b"many\n"), Mute.STRANGE),
        ((409, b"3\n"), Mute.STRANGE),
        ((200, b""), Mute.STRANGE),
        ((200, b"\xff\n"), Mute.STRANGE),
        ((200, b"no signature\n"), Mute.STRANGE),
        ((200, b"x" * 20_000), Mute.TOO_MUCH),
        ((200, None), Mute.NOT_SIGNED),
    ],
)
def test_an_http_witness_that_answers_something_else_is_silent(place, served, answer, why):
    status, body = answer
    body = _signed_by(Key.new(), place.held()) if body is None else body
    served.answer = lambda _: (status, body)
    with pytest.raises(WitnessSilent) as refused:
        ask(place.held(), HttpWitness(served.url, place.witness.verifier), 0)
    assert refused.value.facts["why"] is why


def test_an_http_witness_that_is_not_there_or_hangs_is_silent(place, served):
    hold = threading.Event()
    served.answer = lambda _: (hold.wait(5) and 200, b"")
    with pytest.raises(WitnessSilent) as refused:
        ask(place.held(), HttpWitness(served.url, place.witness.verifier, seconds=0.2), 0)
    assert refused.value.facts["why"] is Mute.LATE
    hold.set()
    with pytest.raises(WitnessSilent) as refused:
        ask(place.held(), HttpWitness("http://127.0.0.1:1/", place.witness.verifier), 0)
    assert refused.value.facts["why"] is Mute.UNREACHABLE


@pytest.mark.parametrize(
    "url",
    [
        "",
        "witness.example",
        "http://witness.example/",
        "http://localhost/",
        "http://10.0.0.1/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "https://",
        "https://a:b@witness.example/",
        "https://witness.example/?a=1",
        "https://witness.example/#a",
        "https://witness.example:99999/",
        "https://witness.example/a b\r\n",
        "https://witness.example/ä",
    ],
)
def test_an_address_that_is_not_to_be_asked_is_refused(place, url):
    with pytest.raises(BadArguments):
        HttpWitness(url, place.witness.verifier)


def test_a_log_key_is_no_witness(place):
    with pytest.raises(BadArguments):
        HttpWitness("https://witness.example/", place.vkey)


def test_no_proxy_of_the_environment_is_used(place, served, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1/")
    assert ask(place.held(), HttpWitness(served.url, place.witness.verifier), 0).checkpoint.size == 10


# ---- Paper.


def test_a_printed_checkpoint_is_read_back_from_its_code(place):
    text = place.held().note.written().decode()
    picture = cv2.imdecode(np.frombuffer(qr.png(qr.modules(text)), np.uint8), cv2.IMREAD_GRAYSCALE)
    (found,) = zxingcpp.read_barcodes(picture)
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
    assert len(zxingcpp.read_barcodes(picture)) == 1


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


def test_an_answer_that_drips_is_cut_off(place):
    class Dripping(BaseHTTPRequestHandler):
        def do_POST(self):
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
            for _ in range(100):
                if stop.wait(0.05):
                    break
                try:
                    self.wfile.write(b"x")
                except OSError:
                    break

        def log_message(self, *_):
            pass

    stop = threading.Event()
    server = HTTPServer(("127.0.0.1", 0), Dripping)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        witness = HttpWitness(f"http://127.0.0.1:{server.server_port}", place.witness.verifier, seconds=0.2)
        with pytest.raises(WitnessSilent) as refused:
            ask(place.held(), witness, 0)
        assert refused.value.facts["why"] is Mute.LATE
    finally:
        stop.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _self_signed(folder):
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]),
    )
    start = datetime.now(UTC) - timedelta(days=1)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(start).not_valid_after(start + timedelta(days=2))
    made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
    pem = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    form = serialization.PrivateFormat.PKCS8
    pem += key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    (folder / "server.pem").write_bytes(pem)
    return folder / "server.pem"


def test_an_endpoint_that_nobody_certified_is_not_asked(place, tmp_path, monkeypatch):
    served = Served(place.witness)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_self_signed(tmp_path))
    served.server.socket = context.wrap_socket(served.server.socket, server_side=True, do_handshake_on_connect=False)
    url = served.url.replace("http", "https")
    try:
        with pytest.raises(WitnessSilent) as refused:
            ask(place.held(), HttpWitness(url, place.witness.verifier, seconds=5), 0)
        assert (refused.value.facts["why"], served.bodies) == (Mute.UNREACHABLE, [])
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "server.pem"))
        assert ask(place.held(), HttpWitness(url, place.witness.verifier, seconds=5), 0).seconds == SECONDS
    finally:
        served.stop()
