"""A key that another process holds passes the contract, and when that process dies or hangs nothing opens.

The key service is a fake of Vault's protocol.
"""

from __future__ import annotations

import os
import signal
import struct
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from cloister.errors import (
    CloisterError,
    JailLied,
    KeyAct,
    KeyProviderUnreachable,
    KeyRefused,
    NotOffered,
    SealedDataDamaged,
)
from cloister.keys import apart
from cloister.keys.apart import Keeper
from cloister.keys.places import Place
from cloister.keys.secret import Secret
from tests.keys.contract import BOUND, ProviderContract
from tests.keys.fakes import Vault, served
from tests.keys.setup import NOW, secret

HEADER = struct.Struct("<BI")
"""Of a message, as `jail.wire` has it."""


@contextmanager
def keepers(count: int):
    """Some of them, started while this process has no thread of a server; each is closed at the end."""
    made = [Keeper.start() for _ in range(count)]
    try:
        yield made
    finally:
        for keeper in made:
            keeper.close()


def place(address: str, name: str) -> Place:
    return Place.read({"provider": "vault", "key-name": name, "endpoint": address})


class TestApart(ProviderContract):
    @pytest.fixture
    def both(self):
        service = Vault()
        with keepers(2) as made, served(service) as address:
            held = []
            for keeper, tenant in zip(made, ("north", "south"), strict=True):
                service.make(tenant)
                held.append(keeper.make(place(address, tenant), tenant, secret("token")))
            yield [each.key for each in held]

    @pytest.fixture
    def key(self, both):
        return both[0]

    @pytest.fixture
    def other(self, both):
        return both[1]

    def test_a_refusal_comes_over_with_its_facts(self, key):
        with pytest.raises(NotOffered) as refused:
            key.disable(NOW)
        assert refused.value.facts == {"act": KeyAct.DISABLE}


def test_one_that_is_not_there_yet_answers_nothing_else():
    with keepers(1) as (keeper,), pytest.raises(KeyRefused):
        keeper.ask("wrap", b"k" * 32, BOUND)


@pytest.mark.parametrize("act", ["", "exec", "unwrap"])
def test_what_it_does_not_know_it_refuses(act):
    service = Vault()
    service.make("north")
    with keepers(1) as (keeper,), served(service) as address:
        keeper.open(place(address, "north"), "north", secret("token"))
        with pytest.raises(KeyRefused):
            keeper.ask(act)


def test_one_that_was_killed_is_unreachable():
    with keepers(1) as (keeper,):
        os.kill(keeper._pid, signal.SIGKILL)
        for _ in range(2):
            with pytest.raises(KeyProviderUnreachable):
                keeper.ask("wrap", b"k" * 32, BOUND)


def test_one_that_hangs_is_ended_and_unreachable(monkeypatch):
    monkeypatch.setattr(apart, "PATIENCE", 0.2)
    with keepers(1) as (keeper,):
        os.kill(keeper._pid, signal.SIGSTOP)
        begun = time.monotonic()
        with pytest.raises(KeyProviderUnreachable):
            keeper.ask("wrap", b"k" * 32, BOUND)
        assert time.monotonic() - begun < 5
        assert os.waitpid(keeper._pid, 0)[1] == signal.SIGKILL


def test_it_ends_with_whoever_asks_it_and_holds_nothing_of_theirs():
    kept = os.open("/dev/null", os.O_RDONLY)
    with keepers(1) as (keeper,):
        pid = keeper._pid
        until = time.monotonic() + 20
        files = Path(f"/proc/{pid}/fd")
        while len(list(files.iterdir())) != 5 and time.monotonic() < until:
            time.sleep(0.02)
        opened = {str(each.readlink()) for each in files.iterdir()}
        assert {each.partition(":")[0] for each in opened} == {"/dev/null", "pipe"}
        assert len(opened) == 3
    os.close(kept)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_key_that_proves_nothing_is_not_taken():
    service = Vault(binds=False)
    service.make("north")
    with keepers(1) as (keeper,), served(service) as address:
        with pytest.raises(SealedDataDamaged):
            keeper.make(place(address, "north"), "north", secret("token"))
        with pytest.raises(KeyRefused):
            keeper.ask("wrap", b"k" * 32, BOUND)


def test_a_message_that_is_cut_or_lies_about_its_length_is_none():
    for said in (
        HEADER.pack(1, 5)[:3],
        HEADER.pack(1, 5) + b"\1\0\0\0",
        HEADER.pack(1, 0xFFFFFFFF),
        HEADER.pack(2, 4) + bytes(4),
        HEADER.pack(1, 8) + b"\2\0\0\0\0\0\0\0",
        HEADER.pack(1, 8) + b"\1\0\0\0\x09\0\0\0",
        HEADER.pack(1, 5) + bytes(5),
        HEADER.pack(1, 4) + b"\xff\0\0\0",
    ):
        hears, tells = os.pipe()
        os.write(tells, said)
        os.close(tells)
        try:
            assert apart._receive(hears) == []
        except JailLied:
            pass
        finally:
            os.close(hears)


def test_an_empty_secret_is_one():
    with Secret(bytearray()) as nothing, keepers(1) as (keeper,), pytest.raises(CloisterError):
        keeper.open(place("http://127.0.0.1:9", "north"), "north", nothing).key.wrap(b"k" * 32, BOUND)
