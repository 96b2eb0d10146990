"""The adapters for Google Cloud KMS and Vault's transit pass the contract against fakes of the protocols.

The fakes were written from the documented protocols: nothing here was run against the real services.
"""

from __future__ import annotations

import pytest
import requests

from cloister.errors import KeyProviderUnreachable, KeyRefused, NotOffered, SealedDataDamaged
from cloister.keys.providers import Ending, Word, prove
from cloister.keys.providers.gcp_kms import GcpKey
from cloister.keys.providers.vault import VaultKey, client
from tests.keys.contract import BOUND, ProviderContract
from tests.keys.fakes import Gcp, Refusal, Vault, served
from tests.keys.setup import NOW, secret

RING = "projects/p/locations/europe/keyRings/r/cryptoKeys/"


class TestGcp(ProviderContract):
    @pytest.fixture
    def service(self):
        service = Gcp()
        with served(service) as address, requests.Session() as session:
            service.address, service.session = address, session
            yield service

    def made(self, service, tenant):
        service.make(RING + tenant)
        return GcpKey(service.session, RING + tenant, tenant, service.address)

    @pytest.fixture
    def key(self, service):
        return self.made(service, "north")

    @pytest.fixture
    def other(self, service):
        return self.made(service, "south")

    def test_destruction_is_scheduled_and_said_so(self, service, key):
        end = key.destroy(NOW)
        assert (end.ending, end.irrecoverable_at, end.by) == (Ending.SCHEDULED, 4102444800, Word.SERVICE)
        assert [each["state"] for each in service.keys[RING + "north"]["versions"].values()] == ["DESTROY_SCHEDULED"]


class TestVault(ProviderContract):
    @pytest.fixture
    def service(self):
        service = Vault()
        with served(service) as address:
            service.address = address
            yield service

    def made(self, service, tenant):
        service.make(tenant)
        return VaultKey(client(service.address, secret("token")), tenant, tenant)

    @pytest.fixture
    def key(self, service):
        return self.made(service, "north")

    @pytest.fixture
    def other(self, service):
        return self.made(service, "south")

    def test_it_cannot_be_disabled_and_says_so(self, key):
        with pytest.raises(NotOffered):
            key.disable(NOW)


def test_a_server_that_ignores_associated_data_is_found_out():
    service = Vault(binds=False)
    service.make("north")
    with served(service) as address:
        key = VaultKey(client(address, secret("token")), "north", "north")
        assert key.unwrap(key.wrap(b"k" * 32, BOUND), b"other").open() == b"k" * 32
        with pytest.raises(SealedDataDamaged):
            prove(key)


@pytest.mark.parametrize("act", ["wrap", "unwrap"])
@pytest.mark.parametrize(
    "key",
    [
        GcpKey(requests.Session(), RING + "north", "north", "http://127.0.0.1:9"),
        VaultKey(client("http://127.0.0.1:9", secret("token")), "north", "north"),
    ],
    ids=["gcp", "vault"],
)
def test_no_answer_is_told_as_unreachable(key, act):
    with pytest.raises(KeyProviderUnreachable):
        getattr(key, act)(b"vault:v1:aaaa", BOUND)


@pytest.mark.parametrize("third", [503, 429])
def test_a_failure_of_another_cause_does_not_pass_for_the_refusal(third):
    """The third call of the probe is the one with other associated data; this service fails it, and all that follow."""

    class Failing(Vault):
        calls = 0

        def answer(self, method, path, body):
            self.calls += 1
            if self.calls > 2:
                raise Refusal(third)
            return super().answer(method, path, body)

    service = Failing(binds=False)
    service.make("north")
    with served(service) as address, pytest.raises((KeyProviderUnreachable, KeyRefused)):
        prove(VaultKey(client(address, secret("token")), "north", "north"))
