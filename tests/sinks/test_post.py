"""A delivery goes to the number that was resolved and to whoever has the name's certificate, or it is none."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from cloister.errors import NotDelivered
from cloister.sinks import post as module
from cloister.sinks.post import post
from cloister.sinks.target import Target, resolved

HERE = [ipaddress.ip_network("127.0.0.0/8")]


def certificate(folder, name):
    """The files of a key and of a certificate for one name, which is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, *private))
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return folder / "cert.pem", folder / "key.pem"


class Sink(HTTPServer):
    """A listener that keeps what comes, and answers as it is told."""

    status, headers, body = 204, {}, b""

    def __init__(self):
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        super().__init__(("127.0.0.1", 0), Answer)


class Answer(BaseHTTPRequestHandler):
    """One request."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, dict(self.headers), body))
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_):
        pass


@pytest.fixture
def trusted(tmp_path):
    return certificate(tmp_path, "hooks.example")


@pytest.fixture
def sink(trusted):
    made = Sink()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*trusted)
    made.socket = context.wrap_socket(made.socket, server_side=True)
    thread = threading.Thread(target=made.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


@pytest.fixture
def context(trusted):
    return ssl.create_default_context(cafile=str(trusted[0]))


def target(sink, name="hooks.example") -> Target:
    return resolved(f"https://{name}:{sink.server_address[1]}/in?x=1", HERE, lambda _: ("127.0.0.1",))


def test_what_is_sent_arrives_once_under_its_name(sink, context):
    post(target(sink), b'{"id": 7}', {"Content-Type": "application/json", "webhook-id": "msg_1"}, context)
    ((path, headers, body),) = sink.got
    assert (path, body) == ("/in?x=1", b'{"id": 7}')
    assert headers["Host"] == f"hooks.example:{sink.server_address[1]}"
    assert headers["webhook-id"] == "msg_1"
    assert not {"User-Agent", "Cookie", "Authorization"} & set(headers)


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 401, 404, 410, 500, 503])
def test_a_redirect_is_not_followed_and_a_refusal_is_told(sink, context, status):
    sink.status, sink.headers = status, {"Location": "https://127.0.0.1/elsewhere"}
    with pytest.raises(NotDelivered) as failed:
        post(target(sink), b"{}", {}, context)
    assert failed.value.facts == {"status": status}
    assert len(sink.got) == 1


def test_whoever_has_no_certificate_of_the_name_gets_nothing(sink, context):
    with pytest.raises(NotDelivered):
        post(target(sink, "other.example"), b"{}", {}, context)
    with pytest.raises(NotDelivered):
        post(target(sink), b"{}", {})  # an authority that nobody trusts
    assert sink.got == []


def test_the_name_is_not_looked_up_again(sink, context, monkeypatch):
    def looked_up(host, *rest, **named):
        assert host == "127.0.0.1", "a name was looked up"
        return real(host, *rest, **named)

    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    post(target(sink), b"{}", {}, context)
    assert len(sink.got) == 1


def test_nobody_there_is_told(sink, context):
    gone = target(sink)._replace(port=1)
    with pytest.raises(NotDelivered) as failed:
        post(gone, b"{}", {}, context)
    assert failed.value.facts == {"status": 0}


@pytest.mark.parametrize(
    ("first", "then"),
    [(b"", b""), (b"", b"H"), (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", b"x"), (None, b"\2")],
    ids=["silent", "head", "body", "handshake"],
)
def test_whoever_is_silent_or_drips_is_given_up(context, trusted, monkeypatch, first, then):
    monkeypatch.setattr(module, "SECONDS", 0.4)
    listener = socket.create_server(("127.0.0.1", 0))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(*trusted)
    stop = threading.Event()

    def serve():
        plain, _ = listener.accept()
        with plain if first is None else server.wrap_socket(plain, server_side=True) as held:
            held.sendall(b"\x16\3\3\x3f\xff" if first is None else first)
            while not stop.wait(0.1):
                try:
                    held.sendall(then)
                except OSError:
                    return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    found = resolved(f"https://hooks.example:{listener.getsockname()[1]}/", HERE, lambda _: ("127.0.0.1",))
    done = []

    def send():
        with pytest.raises(NotDelivered):
            post(found, b"{}", {}, context)
        done.append(True)

    sender = threading.Thread(target=send, daemon=True)
    sender.start()
    sender.join(5)
    stop.set()
    assert done
    listener.close()
    thread.join(5)


def test_a_header_cannot_bring_another(sink, context):
    for headers in ({"X": "a\r\nY: b"}, {"X\r\nY": "b"}):
        with pytest.raises(NotDelivered):
            post(target(sink), b"{}", headers, context)
    assert sink.got == []
