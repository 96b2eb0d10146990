"""Where the key of a tenant is: what each provider has to be told, and what no file can say."""

from __future__ import annotations

import json

import pytest

from cloister.errors import BadProvider, KeysReadableByOthers, NoKeys, ProviderSetting
from cloister.keys.places import FILE, LOCAL, Opens, Place, place_of, places, written
from cloister.policy.values import KeyProvider

GOOD = {
    KeyProvider.LOCAL: {},
    KeyProvider.PKCS11: {"module": "/usr/lib/a.so", "token-label": "north", "key-name": "cloister/north"},
    KeyProvider.AWS_KMS: {"key-name": "alias/north", "region": "eu-central-1"},
    KeyProvider.GCP_KMS: {"key-name": "projects/p/locations/l/keyRings/r/cryptoKeys/k"},
    KeyProvider.VAULT: {"key-name": "north", "endpoint": "https://vault.example:8200"},
}


def place(provider: KeyProvider, **other: str | None) -> Place:
    """A good one, with other settings; None leaves one out."""
    given = GOOD[provider] | {name.replace("_", "-"): value for name, value in other.items()}
    return Place(provider, {ProviderSetting(name): value for name, value in given.items() if value is not None})


def saved(folder, held: bytes, mode: int = 0o600):
    (folder / FILE).write_bytes(held)
    (folder / FILE).chmod(mode)
    return folder


def test_each_provider_is_written_and_read_again(tmp_path):
    all_of_them = {f"tenant {number}": place(provider) for number, provider in enumerate(GOOD)}
    assert places(saved(tmp_path, written(all_of_them))) == all_of_them
    for tenant, where in all_of_them.items():
        assert place_of(tmp_path, tenant) == where


def test_without_a_file_the_keys_are_local_and_with_one_nobody_else_has_any(tmp_path):
    assert places(tmp_path) is None
    assert place_of(tmp_path, "north") is LOCAL
    saved(tmp_path, written({"north": place(KeyProvider.VAULT)}))
    with pytest.raises(NoKeys):
        place_of(tmp_path, "south")


@pytest.mark.parametrize(
    ("provider", "setting"), [(provider, name) for provider, settings in GOOD.items() for name in settings]
)
def test_what_a_provider_needs_cannot_be_left_out(provider, setting):
    with pytest.raises(BadProvider) as refused:
        place(provider, **{setting: None})
    assert refused.value.facts["setting"].value == setting


@pytest.mark.parametrize(
    ("provider", "setting", "value"),
    [
        (KeyProvider.LOCAL, "key-name", "north"),
        (KeyProvider.PKCS11, "endpoint", "https://hsm.example"),
        (KeyProvider.PKCS11, "module", "a.so"),
        (KeyProvider.AWS_KMS, "region", ""),
        (KeyProvider.AWS_KMS, "key-name", "a\nb"),
        (KeyProvider.AWS_KMS, "access-token", "yes"),
        (KeyProvider.GCP_KMS, "access-token", "hvs.a-secret"),
        (KeyProvider.VAULT, "endpoint", "http://vault.example:8200"),
        (KeyProvider.VAULT, "endpoint", "http://127.0.0.1.example/"),
        (KeyProvider.VAULT, "endpoint", "http://localhost@vault.example/"),
        (KeyProvider.VAULT, "endpoint", "https:///transit"),
        (KeyProvider.VAULT, "key-name", "n" * 513),
    ],
)
def test_what_cannot_be_is_refused(provider, setting, value):
    with pytest.raises(BadProvider) as refused:
        place(provider, **{setting: value})
    assert refused.value.facts["setting"].value == setting


@pytest.mark.parametrize("address", ["https://a", "http://127.0.0.1:1", "http://localhost/x", "http://[::1]:8200/"])
def test_a_token_goes_through_tls_or_stays_on_this_machine(address):
    assert place(KeyProvider.VAULT, endpoint=address).settings[ProviderSetting.ENDPOINT] == address


def test_each_says_what_opens_it():
    opens = [place(provider).opens for provider in GOOD]
    assert opens == [Opens.PASSPHRASE, Opens.PIN, Opens.ITS_OWN, Opens.ITS_OWN, Opens.TOKEN]
    assert place(KeyProvider.GCP_KMS, access_token="yes").opens is Opens.TOKEN


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"[]",
        b"\xff",
        b"{}",
        json.dumps({"schema": "cloister-providers/1", "tenants": {}}).encode(),
        json.dumps({"schema": "cloister-providers/2", "tenants": {"north": {"provider": "local"}}}).encode(),
        json.dumps({"schema": "cloister-providers/1", "tenants": {"north": {"provider": "paper"}}}).encode(),
        json.dumps({"schema": "cloister-providers/1", "tenants": {"north": {"provider": "local", "a": 1}}}).encode(),
        json.dumps({"schema": "cloister-providers/1", "tenants": {"north": {"provider": "vault"}}}).encode(),
    ],
)
def test_a_file_that_says_what_cannot_be_is_refused(tmp_path, said):
    with pytest.raises(BadProvider):
        places(saved(tmp_path, said))


def test_a_file_that_others_may_read_is_refused(tmp_path):
    saved(tmp_path, written({"north": place(KeyProvider.VAULT)}), 0o640)
    with pytest.raises(KeysReadableByOthers):
        places(tmp_path)
