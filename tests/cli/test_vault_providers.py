"""A vault whose tenant's key is elsewhere, from nothing to its end, as a person uses it.

PKCS #11 is a real token of SoftHSM. AWS KMS is moto's emulation, behind HTTP on this machine. Google Cloud KMS and
Vault are fakes that follow the documented protocols. Nothing was run against the real services.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import boto3
import pytest

from tests.cli import papers
from tests.cli.command import cloister, on_terminal
from tests.keys import aws, softhsm
from tests.keys.fakes import Gcp, Refusal, Vault, served

POLICY = (resources.files("cloister.policy") / "default.toml").read_text()
STRICT = 'keys = ["local", "pkcs11", "vault"]'
RING = "projects/p/locations/europe/keyRings/r/cryptoKeys/north"


@pytest.fixture
def bench(tmp_path, monkeypatch) -> Path:
    """A folder with a document, PINs and tokens, and a policy that lets keys be anywhere."""
    (tmp_path / "page.png").write_bytes(papers.png())
    for name, held in {"pin": softhsm.PIN, "wrong": "no pin of a test", "token": "token"}.items():
        (tmp_path / name).write_text(held + "\n")
        (tmp_path / name).chmod(0o600)
    assert POLICY.count(STRICT) == 1
    (tmp_path / "anywhere.toml").write_text(POLICY.replace(STRICT, STRICT.replace("]", ', "aws-kms", "gcp-kms"]')))
    monkeypatch.setenv("CLOISTER_VAULT", str(tmp_path / "vault"))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return tmp_path


@pytest.fixture
def token(bench, monkeypatch) -> tuple[str | Path, ...]:
    """A token, and the options that name it."""
    monkeypatch.setenv("SOFTHSM2_CONF", str(softhsm.made(bench)))
    return ("--provider", "pkcs11", "--module", softhsm.MODULE, "--token-label", softhsm.TOKEN)


def keys_in_token() -> int:
    return softhsm.looked("--list-objects", "--type", "secrkey").count("Secret Key Object")


def refused(ran, code: int, name: str) -> None:
    assert (ran.code, ran.text) == (code, ""), ran.err
    assert f"[{name}]" in ran.err


def submitted(bench: Path, *opens: str | Path) -> str:
    ran = cloister("submit", bench / "page.png", "--kind", "contract", *opens)
    assert ran.code == 0, ran.err
    return ran.text.strip()


def settled(*opens: str | Path) -> dict:
    """Destroy the tenant's key in its two steps; what the log says of it then, by act."""
    word = cloister("keys", "destroy", *opens).text.split()[-1]
    done = cloister("keys", "destroy", *opens, "--confirm", word)
    assert done.code == 0, done.err
    log = cloister("audit", "show", Path(os.environ["CLOISTER_VAULT"]) / "log")
    assert log.code == 0, log.err
    return {"said": done.text, "log": log.text}


def test_with_a_key_in_a_token_a_vault_goes_from_nothing_to_its_end(bench, token):
    made = cloister("init", *token, "--pin-file", bench / "pin", "--keys", bench / "stick")
    assert made.code == 0, made.err
    assert {path.name for path in (bench / "stick").iterdir()} == {"log.pem", "providers.json", "store.keys"}
    assert keys_in_token() == 1
    status = json.loads(cloister("keys", "status", "--json").text)
    assert (status["provider"], status["settings"]["token-label"]) == ("pkcs11", softhsm.TOKEN)
    identity = submitted(bench, "--pin-file", bench / "pin")
    rotated = cloister("keys", "rotate", "--pin-file", bench / "pin")
    assert "were wrapped anew" in rotated.text, rotated.err
    assert keys_in_token() == 2
    fetched = cloister("fetch", identity, "--pin-file", bench / "pin")
    assert (fetched.code, fetched.text.strip() != "") == (0, True), fetched.err
    other = submitted(bench, "--pin-file", bench / "pin")
    assert "its keys and the use of the tenant's key, until" in cloister("receipt", other).text
    assert cloister("delete", other).code == 0
    assert "and can use the tenant's key: can read the copy." in cloister("receipt", other).text
    end = settled("--pin-file", bench / "pin")
    assert "The tenant's key is destroyed, the token says that it destroyed it." in end["said"]
    assert re.search(r"a key was destroyed", end["log"])
    assert keys_in_token() == 0
    again = cloister("submit", bench / "page.png", "--kind", "contract", "--pin-file", bench / "pin")
    refused(again, 20, "key-gone")
    assert softhsm.PIN.encode() not in b"".join(p.read_bytes() for p in bench.glob("vault/**/*") if p.is_file())


def test_when_the_key_is_deleted_from_the_token_nothing_opens(bench, token):
    assert cloister("init", *token, "--key-name", "mine", "--pin-file", bench / "pin").code == 0
    identity = submitted(bench, "--pin-file", bench / "pin")
    softhsm.looked("--delete-object", "--type", "secrkey", "--label", "mine")
    assert keys_in_token() == 0
    for _ in range(2):
        refused(cloister("fetch", identity, "--pin-file", bench / "pin"), 20, "key-gone")
    refused(cloister("fetch", identity, "-o", bench / "out.txt", "--pin-file", bench / "pin"), 20, "key-gone")
    assert not (bench / "out.txt").exists()
    assert cloister("status", identity).text.split()[1] == "kept"  # it is there still, and nobody opens it
    assert cloister("delete", identity).code == 0
    assert "something was found changed" in cloister("audit", "show", bench / "vault/log").text


def test_the_pin_comes_from_a_prompt_or_a_descriptor_too(bench, token):
    assert cloister("init", *token, "--pin-file", bench / "pin").code == 0
    typed = on_terminal("keys", "rotate", typed=softhsm.PIN.encode() + b"\n")
    assert typed.code == 0, typed.out
    assert b"PIN: " in typed.out
    hears, tells = os.pipe()
    os.write(tells, softhsm.PIN.encode())
    os.close(tells)
    command = [sys.executable, "-m", "cloister.cli.main", "keys", "rotate", "--pin-fd", str(hears)]
    assert subprocess.run(command, pass_fds=[hears], capture_output=True, check=False).returncode == 0
    os.close(hears)
    assert keys_in_token() == 3
    refused(cloister("keys", "rotate", "--pin-file", bench / "wrong"), 20, "key-refused")
    (bench / "pin").chmod(0o644)
    refused(cloister("keys", "rotate", "--pin-file", bench / "pin"), 9, "keys-readable-by-others")
    assert keys_in_token() == 3


def test_what_the_token_does_not_give_makes_no_vault(bench, token):
    pin = ("--pin-file", bench / "pin", "--keys", bench / "stick")
    before = {path.name for path in bench.iterdir()}
    refused(cloister("init", *token, "--pin-file", bench / "wrong"), 20, "key-refused")
    refused(cloister("init", *token, "--token-label", "none", *pin), 15, "key-provider-unreachable")
    refused(cloister("init", *token, "--module", "/nowhere/module.so", *pin), 15, "key-provider-unreachable")
    refused(cloister("init", *token, "--module", "module.so", *pin), 9, "bad-provider")
    refused(cloister("init", *token, "--region", "here", *pin), 9, "bad-provider")
    refused(cloister("init", "--provider", "pkcs11", *pin), 9, "bad-provider")
    narrow = bench / "narrow.toml"
    narrow.write_text(POLICY.replace(STRICT, 'keys = ["local"]'))
    refused(cloister("init", *token, "--policy", narrow, *pin), 9, "keys-not-allowed")
    narrow.unlink()
    assert {path.name for path in bench.iterdir()} == before
    assert keys_in_token() == 0
    assert cloister("init", *token, "--key-name", "mine", *pin).code == 0
    taken = cloister("init", bench / "second", *token, "--key-name", "mine", "--pin-file", bench / "pin")
    refused(taken, 9, "keys-exist")
    assert not (bench / "second").exists()
    assert keys_in_token() == 1


@pytest.mark.parametrize("call", ["rename", "linkat"])
def test_when_init_fails_after_its_key_was_made_the_token_has_none(bench, token, call):
    """The vault is renamed into place, and the file that says where its key is, linked, after that was made."""
    made = cloister("init", bench / "first", *token, "--pin-file", bench / "pin")
    assert made.code == 0, made.err
    words = ["init", *token, "--pin-file", bench / "pin"]
    seen = traced(bench, f"trace={call}", *words, "--key-name", "seen", vault="seen")
    assert seen.code == 0, seen.err
    last = len([line for line in (bench / "trace").read_text().splitlines() if call in line])
    before = keys_in_token()
    assert last
    ran = traced(bench, f"inject={call}:error=EIO:when={last}", *words, "--key-name", "lost", vault="lost")
    refused(ran, 5, "file-access")
    assert not (bench / "lost").exists()
    assert keys_in_token() == before
    assert cloister("init", bench / "lost", *token, "--key-name", "lost", "--pin-file", bench / "pin").code == 0


def test_a_key_that_was_made_for_somebody_who_was_interrupted_is_taken_back(token):
    place = dict(zip(("module", "token-label"), map(str, (token[3], token[5])), strict=True))
    code = (
        "import json, select, sys\n"
        "from cloister.keys import apart\n"
        "keeper = apart.Keeper.start()\n"
        "apart._send(keeper._asks, b'make', sys.argv[1].encode(), b'north', sys.argv[2].encode())\n"
        "assert select.select([keeper._answers], [], [], 60)[0]\n"
        "if sys.argv[3] == 'heard':\n"
        "    apart._receive(keeper._answers)\n"
        "    keeper.ask('took')\n"
        "keeper.close()\n"
    )
    plain = json.dumps({"provider": "pkcs11", "key-name": "mine", **place})
    for heard, left in (("not", 0), ("heard", 1)):
        done = subprocess.run([sys.executable, "-c", code, plain, softhsm.PIN, heard], capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        assert keys_in_token() == left


@dataclass
class Ran:
    code: int
    text: str
    err: str


def traced(bench: Path, what: str, *words: str | Path, vault: str = "vault") -> Ran:
    """Run `cloister` under strace."""
    strace = ["strace", "-f", "-qq", "-o", bench / "trace", "-e", what, "-e", "signal=none"]
    command = [*strace, sys.executable, "-m", "cloister.cli.main", *words]
    environment = os.environ | {"CLOISTER_VAULT": str(bench / vault), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([*map(str, command)], env=environment, capture_output=True, text=True, check=False)
    return Ran(done.returncode, done.stdout, done.stderr)


@dataclass
class Service:
    """A key service: how `init` names it, what opens it, and what is left of the key once it is destroyed."""

    words: tuple[str | Path, ...]
    opens: tuple[str | Path, ...]
    key: str
    gone: Callable[[], bool]


@contextmanager
def _aws(_: Path) -> Iterator[Service]:
    with aws.served() as address:
        kms = boto3.client("kms", region_name=aws.REGION)
        arn = kms.create_key()["KeyMetadata"]["Arn"]
        kms.create_alias(AliasName="alias/north", TargetKeyId=arn)
        words = ("--provider", "aws-kms", "--key-name", "alias/north", "--region", aws.REGION, "--endpoint", address)
        yield Service(
            words, (), arn, lambda: kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"] == "PendingDeletion"
        )


@contextmanager
def _gcp(bench: Path) -> Iterator[Service]:
    service = Gcp()
    service.make(RING)
    with served(service) as address:
        words = ("--provider", "gcp-kms", "--key-name", RING, "--endpoint", address, "--access-token")
        states = service.keys[RING]["versions"].values
        yield Service(
            words,
            ("--token-file", bench / "token"),
            RING,
            lambda: {each["state"] for each in states()} == {"DESTROY_SCHEDULED"},
        )


@contextmanager
def _vault(bench: Path) -> Iterator[Service]:
    service = Vault()
    service.make("north")
    with served(service) as address:
        words = ("--provider", "vault", "--key-name", "north", "--endpoint", address)
        yield Service(words, ("--token-file", bench / "token"), "north", lambda: "north" not in service.keys)


SERVICES = pytest.mark.parametrize("service", [_aws, _gcp, _vault], ids=["aws", "gcp", "vault"])


@SERVICES
def test_with_a_key_at_a_service_a_vault_goes_from_nothing_to_its_end(bench, service):
    with service(bench) as at:
        made = cloister("init", *at.words, *at.opens, "--policy", bench / "anywhere.toml")
        assert made.code == 0, made.err
        status = json.loads(cloister("keys", "status", "--json").text)
        assert (status["provider"], status["settings"]["key-name"]) == (at.words[1], at.key)
        identity = submitted(bench, *at.opens)
        assert cloister("keys", "rotate", *at.opens).code == 0
        assert cloister("fetch", identity, *at.opens).text.strip()
        end = settled(*at.opens)
        assert at.gone()
        is_scheduled = at.words[1] != "vault"
        assert ("can be brought back until" in end["said"]) == is_scheduled
        assert ("The tenant's key is destroyed, the key service says so." in end["said"]) != is_scheduled


def test_while_a_service_is_silent_nothing_opens_and_all_can_be_deleted(bench):
    with _vault(bench) as at:
        assert cloister("init", *at.words, *at.opens).code == 0
        identity = submitted(bench, *at.opens)
    refused(cloister("fetch", identity, *at.opens), 15, "key-provider-unreachable")
    refused(cloister("keys", "rotate", *at.opens), 15, "key-provider-unreachable")
    for words in (("list",), ("sweep",), ("keys", "status"), ("delete", identity)):
        assert cloister(*words).code == 0
    again = cloister("init", bench / "second", *at.words, *at.opens)
    refused(again, 15, "key-provider-unreachable")
    assert not (bench / "second").exists()


@pytest.mark.parametrize(("answers", "binds"), [(0, True), (1, True), (2, True), (3, True), (9, False)])
def test_a_service_that_fails_in_between_or_binds_nothing_makes_no_vault(bench, answers, binds):
    class Failing(Vault):
        left = answers

        def answer(self, method: str, path: str, body: dict) -> dict | None:
            self.left -= 1
            if self.left < 0:
                raise Refusal(503)
            return super().answer(method, path, body)

    service = Failing(binds=binds)
    service.make("north")
    before = {path.name for path in bench.iterdir()}
    with served(service) as address:
        words = ("--provider", "vault", "--key-name", "north", "--endpoint", address, "--token-file", bench / "token")
        ran = cloister("init", *words, "--keys", bench / "stick")
    refused(ran, *((15, "key-provider-unreachable") if binds else (25, "sealed-data-damaged")))
    assert {path.name for path in bench.iterdir()} == before


@pytest.mark.parametrize("provider", ["aws-kms", "gcp-kms"])
def test_the_shipped_policy_lets_no_key_of_the_strictest_level_be_in_a_cloud(bench, provider):
    ran = cloister("init", "--provider", provider, "--key-name", "north", *(["--region", "x"] * (provider[0] == "a")))
    refused(ran, 9, "keys-not-allowed")
    assert not (bench / "vault").exists()


def test_a_policy_that_comes_to_forbid_the_provider_stops_all_but_shredding(bench, token):
    assert cloister("init", *token, "--pin-file", bench / "pin").code == 0
    identity = submitted(bench, "--pin-file", bench / "pin")
    policy = bench / "vault/policy.toml"
    policy.write_text(policy.read_text().replace(STRICT, 'keys = ["local"]'))
    for words in (("list",), ("fetch", identity, "--pin-file", bench / "pin"), ("policy", "approve")):
        refused(cloister(*words), 9, "keys-not-allowed")


def test_a_backup_names_no_provider_and_is_restored_to_the_keys_that_do(bench, token):
    pin = ("--pin-file", bench / "pin")
    assert cloister("init", *token, "--key-name", "mine", *pin, "--keys", bench / "stick").code == 0
    identity = submitted(bench, *pin)
    assert cloister("backup", bench / "backup.tar").code == 0
    assert softhsm.TOKEN.encode() + b'"' not in (bench / "backup.tar").read_bytes()
    assert b"providers.json" not in (bench / "backup.tar").read_bytes()
    (bench / "vault").rename(bench / "old")
    restored = cloister("restore", bench / "backup.tar", "--keys", bench / "stick")
    assert restored.code == 0, restored.err
    assert json.loads(cloister("keys", "status", "--json").text)["settings"]["key-name"] == "mine"
    assert cloister("fetch", identity, *pin).text.strip()


def test_only_the_process_that_holds_no_document_speaks_to_the_service(bench):
    with _vault(bench) as at:
        assert cloister("init", *at.words, *at.opens).code == 0
        words = ("submit", bench / "page.png", "--kind", "contract", *at.opens)
        ran = traced(bench, "trace=connect,openat,open", *words)
    assert ran.code == 0, ran.err
    lines = [line.split(maxsplit=1) for line in (bench / "trace").read_text().splitlines()]
    spoke = {who for who, call in lines if call.startswith("connect(") and "AF_INET" in call}
    read = {who for who, call in lines if "page.png" in call}
    wrote = {who for who, call in lines if "/vault/blobs" in call}
    assert len(spoke) == 1
    assert read == wrote != set()
    assert spoke.isdisjoint(read)
    loaded = {who for who, call in lines if "/hvac/" in call and " = -1" not in call}
    assert loaded == spoke
