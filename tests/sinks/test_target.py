"""Nothing is sent to a machine nearby, whatever its address looks like and whatever its name means the second time."""

from __future__ import annotations

import ipaddress
import socket
from itertools import count

import pytest

from cloister.errors import TargetFlaw, TargetRefused
from cloister.sinks.target import is_public, parsed, resolved
from tests.sinks.addresses import URLS

PUBLIC, OTHER, SIX = "93.184.216.34", "1.1.1.1", "2606:2800:220:1:248:1893:25c8:1946"


def means(*numbers: str):
    return lambda _: numbers


@pytest.fixture
def connected(monkeypatch):
    """Every connection that is begun: none is let through."""
    begun: list[object] = []

    def refuse(_, address):
        begun.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", refuse)
    return begun


def test_there_are_two_hundred_of_them():
    assert len(set(URLS)) >= 200


@pytest.mark.parametrize("url", URLS)
def test_an_address_that_leads_nearby_or_nowhere_is_refused(url, connected):
    with pytest.raises(TargetRefused):
        resolved(url, resolve=means("127.0.0.1"))
    assert not connected


@pytest.mark.parametrize(
    ("url", "host", "port", "path"),
    [
        ("https://example.com", "example.com", 443, "/"),
        ("https://Example.COM:8443/hook/a?b=c&d=%20", "example.com", 8443, "/hook/a?b=c&d=%20"),
        ("https://hooks.example.co.uk/x", "hooks.example.co.uk", 443, "/x"),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example", 443, "/"),
        (f"https://{PUBLIC}/", PUBLIC, 443, "/"),
        (f"https://[{SIX}]:444/", SIX, 444, "/"),
    ],
)
def test_a_public_address_is_taken_apart_and_pinned(url, host, port, path):
    found = resolved(url, resolve=means(PUBLIC, SIX))
    assert (found.host, found.port, found.path) == (host, port, path)
    assert str(found.address) in {PUBLIC, SIX}


def test_one_number_nearby_among_public_ones_is_enough_to_refuse():
    for numbers in ((PUBLIC, "10.0.0.1"), ("::1", PUBLIC), (PUBLIC, "::ffff:127.0.0.1"), ("fe80::1%2",)):
        with pytest.raises(TargetRefused) as refused:
            resolved("https://example.com/", resolve=means(*numbers))
        assert refused.value.facts == {"why": TargetFlaw.NEARBY}


def test_a_name_is_looked_up_once_so_that_a_second_answer_is_never_heard():
    turns = count()

    def rebinding(_):
        return (PUBLIC,) if next(turns) == 0 else ("127.0.0.1",)

    assert str(resolved("https://example.com/", resolve=rebinding).address) == PUBLIC
    assert next(turns) == 1
    with pytest.raises(TargetRefused):
        resolved("https://example.com/", resolve=rebinding)


def test_a_name_that_nobody_knows_is_told():
    def unknown(_):
        raise socket.gaierror

    for resolve in (unknown, means(), means("no number")):
        with pytest.raises(TargetRefused) as refused:
            resolved("https://example.com/", resolve=resolve)
        assert refused.value.facts == {"why": TargetFlaw.UNKNOWN}


def test_a_network_that_was_named_for_it_is_allowed_and_no_other():
    within = [ipaddress.ip_network("10.1.0.0/16"), ipaddress.ip_network("fd00:1::/32")]
    assert str(resolved("https://hooks.example/", within, means("10.1.2.3")).address) == "10.1.2.3"
    assert str(resolved("https://[fd00:1::7]/", within).address) == "fd00:1::7"
    for number in ("10.2.0.1", "fd00:2::7", "127.0.0.1", "::ffff:10.1.2.3"):
        with pytest.raises(TargetRefused):
            resolved("https://hooks.example/", within, means(number))


def test_a_refusal_says_nothing_of_the_address():
    with pytest.raises(TargetRefused) as refused:
        parsed("https://secret-name/")
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("number", [PUBLIC, OTHER, SIX, "8.8.8.8", "2a00:1450:4001:80b::200e"])
def test_public_numbers_are_known(number):
    assert is_public(ipaddress.ip_address(number))
