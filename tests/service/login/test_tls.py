"""The provider is who has the certificate of its name, and ends every step in time, the handshake too."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from contextlib import suppress

import pytest

from cloister.errors import ProviderFlaw, ProviderUnreachable
from cloister.service.login.provider import Client, Provider
from tests.service.login.liar import DISCOVERY, Liar
from tests.sinks.test_post import certificate


@pytest.fixture
def secure(tmp_path):
    """A provider behind TLS, as `localhost`, whose certificate nobody but a test trusts."""
    files = certificate(tmp_path, "localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    liar = Liar()
    liar._server.socket = context.wrap_socket(liar._server.socket, server_side=True, do_handshake_on_connect=False)
    port = liar.issuer.rpartition(":")[2]
    said = {name: value.replace("http://127.0.0.1", "https://localhost") for name, value in liar.discovery.items()}
    liar.says(DISCOVERY, said)
    yield f"https://localhost:{port}", f"https://127.0.0.1:{port}", ssl.create_default_context(cafile=files[0])
    liar.stop()


def why(provider):
    """Why it cannot be asked."""
    with pytest.raises(ProviderUnreachable) as refused:
        provider.endpoints()
    return refused.value.facts["why"]


def test_a_provider_is_believed_by_its_certificate_alone(secure):
    issuer, by_number, trusting = secure
    assert Provider(issuer, Client("a"), context=trusting).endpoints().token.tls
    assert why(Provider(issuer, Client("a"))) is ProviderFlaw.UNREACHABLE
    assert why(Provider(by_number, Client("a"), context=trusting)) is ProviderFlaw.UNREACHABLE


def test_no_proxy_of_the_environment_is_used(secure, monkeypatch):
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1/")
    issuer, _, trusting = secure
    assert Provider(issuer, Client("a"), context=trusting).endpoints().token.tls


@pytest.mark.parametrize("first", [b"", b"\x16\x03\x03\x3f\xff"], ids=["silent", "dripping"])
def test_a_handshake_that_does_not_end_is_ended(first):
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def serve():
        held, _ = listener.accept()
        with held, suppress(OSError):
            held.sendall(first)
            while not stop.wait(0.05):
                if first:
                    held.sendall(b"\x02")

    thread = threading.Thread(target=serve)
    thread.start()
    provider = Provider(f"https://127.0.0.1:{listener.getsockname()[1]}", Client("a"), seconds=0.3)
    began = time.monotonic()
    assert why(provider) is ProviderFlaw.LATE
    assert time.monotonic() - began < 3
    stop.set()
    thread.join()
    listener.close()


def test_a_provider_that_is_not_there_is_told():
    assert why(Provider("http://127.0.0.1:1", Client("a"))) is ProviderFlaw.UNREACHABLE
    assert why(Provider("https://no-such-host.invalid", Client("a"))) is ProviderFlaw.UNREACHABLE
