"""Only a command that opens a key elsewhere starts the process that keeps the network."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from cloister.cli.main import COMMANDS
from cloister.cli.vault.elsewhere import is_elsewhere
from tests.keys.fakes import Vault, served


@pytest.fixture
def vaults(tmp_path, monkeypatch):
    """Two vaults, as far as this looks at them: `away`, whose keys lie in a folder of their own, and `local`."""
    for name, keys in (("away", str(tmp_path / "stick")), ("local", None)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "vault.json").write_text(json.dumps({"keys": keys}))
    (tmp_path / "stick").mkdir()
    (tmp_path / "stick/providers.json").write_text("{}")
    (tmp_path / "local/keys").mkdir()
    monkeypatch.setenv("CLOISTER_VAULT", str(tmp_path / "away"))
    return tmp_path


@pytest.mark.parametrize("words", [("submit", "a.pdf"), ("fetch", "doc-1"), ("keys", "rotate"), ("keys", "destroy")])
def test_what_opens_keys_asks_where_they_are(vaults, words):
    assert is_elsewhere(words)
    for option in (
        ("--vault", str(vaults / "local")),
        (f"--vault={vaults / 'local'}",),
        ("--vault", str(vaults / "none")),
    ):
        assert not is_elsewhere([*words, *option])
    (vaults / "away/vault.json").write_text("[]")
    assert not is_elsewhere(words)


@pytest.mark.usefixtures("vaults")
@pytest.mark.parametrize("name", sorted(COMMANDS.keys() - {"submit", "fetch"}))
def test_nothing_else_does(name):
    assert not is_elsewhere([name])
    assert not is_elsewhere([name, "status", "--vault", "away"])


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ([], False),
        (["--provider", "local"], False),
        (["--provider", "vault"], True),
        (["--provider=pkcs11"], True),
        (["dir", "--provider", "vault", "--provider=local"], False),
    ],
)
def test_making_a_vault_says_it_itself(words, found):
    assert is_elsewhere(["init", *words]) == found


def test_in_a_process_that_gave_up_the_network_no_service_can_be_reached(tmp_path):
    """What is not known before is refused, whatever the command finds afterwards."""
    code = (
        "from cloister.cli import main\nmain.OPENS_KEYS = frozenset()\nimport sys\nsys.exit(main.main(sys.argv[1:]))\n"
    )
    token = tmp_path / "token"
    token.write_text("token")
    token.chmod(0o600)
    service = Vault()
    service.make("north")
    words = ["init", str(tmp_path / "vault"), "--provider", "vault", "--key-name", "north", "--token-file", str(token)]
    with served(service) as address:
        command = [sys.executable, "-c", code, *words, "--endpoint", address]
        ran = subprocess.run(command, env=os.environ, capture_output=True, check=False)
        assert ran.returncode == 15, ran.stderr
        assert not (tmp_path / "vault").exists()
        command[2] = code.replace("main.OPENS_KEYS = frozenset()\n", "")
        assert subprocess.run(command, env=os.environ, capture_output=True, check=False).returncode == 0
