"""A witness behind HTTP, against a server that follows c2sp.org/tlog-witness."""

from __future__ import annotations

import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cloister.audit.witness import HttpWitness, Request, Stale, ask
from cloister.audit.witness.asking import keep
from cloister.errors import (
    BadArguments,
    Flaw,
    LogDoesNotVerify,
    Mute,
    WitnessSilent,
)
from cloister.sign import Key, cosignature
from tests.audit.logs import SECONDS


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


@pytest.mark.parametrize("head", ["Content-Length: 100", "Connection: close"])
def test_an_answer_that_drips_is_cut_off(place, head):
    class Dripping(BaseHTTPRequestHandler):
        def do_POST(self):
            self.wfile.write(f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode())
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
