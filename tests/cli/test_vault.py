"""The vault as a person or a program uses it, from nothing to a kept, fetched and shredded document."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cloister.canary import Scanner, Tokens
from cloister.canary.surfaces import SURFACES
from cloister.model import Plain
from tests.cli.children import of_children
from tests.cli.command import cloister, on_terminal

TOKENS = Tokens(b"the run key of these tests")
INSIDE, NAMED, DECOY = TOKENS.token("text", "1"), TOKENS.token("name", "1"), TOKENS.decoy("1")
PASSPHRASE = "six random words for a test\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A vault, and a document whose text and whose name are canaries."""
    place = tmp_path_factory.mktemp("home")
    (place / "pass").write_text(PASSPHRASE)
    (place / "pass").chmod(0o600)
    (place / f"{NAMED}.pdf").write_bytes(SURFACES["PDF text"](INSIDE.encode()))
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("CLOISTER_VAULT", str(place / "vault"))
        patched.setenv("CLOISTER_PASSPHRASE_FILE", str(place / "pass"))
        made = cloister("init")
        assert made.code == 0, made.err
        yield place


@pytest.fixture(scope="module")
def file(home):
    return home / f"{NAMED}.pdf"


def submitted(file: Path, *more: str) -> str:
    ran = cloister("submit", file, "--kind", "contract", *more)
    assert ran.code == 0, ran.err
    (identity,) = ran.text.split()
    return identity


def hits(*items: tuple[str, bytes]) -> set[str]:
    """In which of these the canaries stand."""
    with Scanner({"text": INSIDE, "name": NAMED}, decoys=[DECOY]) as scanner:
        found = scanner.scan([(name, Plain(data)) for name, data in items])
    assert not found.decoy_hits
    return {hit.item for hit in found.hits if not hit.perhaps}


def on_disk(home: Path) -> list[tuple[str, bytes]]:
    return [(str(path), path.read_bytes()) for path in sorted((home / "vault").rglob("*")) if path.is_file()]


def test_a_document_is_kept_fetched_and_shredded_and_each_step_says_so(home, file):
    first = cloister("submit", file, "--kind", "contract")
    (identity,) = first.text.split()
    assert "Kept and read: 1 page, level " in first.err
    assert "The source was shredded." in first.err
    again = cloister("submit", file, "--kind", "contract")
    assert (again.text, again.code) == (first.text, 0)
    assert "kept already" in again.err
    status = cloister("status", identity)
    assert status.text.startswith(f"{identity}  kept ")
    assert cloister("list").text == status.text
    out = home / "out.md"
    fetched = cloister("fetch", identity, "-o", out)
    assert fetched.code == 0, fetched.err
    assert INSIDE in out.read_text()
    assert out.stat().st_mode & 0o777 == 0o600
    assert "Nothing of it can be opened any more." in fetched.err
    gone = cloister("fetch", identity)
    assert (gone.code, gone.text) == (20, "")
    assert "[key-gone]" in gone.err
    assert json.loads(cloister("status", identity, "--json").text)["cause"] == "fetched"
    assert list((home / "vault/blobs").iterdir()) == []


def test_no_canary_is_anywhere_but_in_what_was_fetched(home, file):
    identity = submitted(file)
    printed = [cloister(*words) for words in (("status", identity), ("list",), ("sweep",), ("keys", "status"))]
    printed += [cloister("receipt", identity), cloister("fetch", "doc-" + "0" * 32), cloister("keys", "rotate")]
    said = b"".join(ran.out + ran.err.encode() for ran in printed)
    items = [*on_disk(home), ("said", said)]
    assert len(items) > 8
    assert hits(*items, ("control", b"a log line with " + INSIDE.encode())) == {"control"}
    output = cloister("fetch", identity)
    assert hits(("output", output.out), ("said", output.err.encode())) == {"output"}
    assert hits(*on_disk(home)) == set()


def test_no_child_is_told_the_name_and_a_kill_leaves_no_plaintext(home, file):
    command = [sys.executable, "-m", "cloister.cli.main", "submit", str(file), "--kind", "contract"]
    seen: list[bytes] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as running:
        while running.poll() is None:
            seen += of_children(running.pid)
            if list((home / "vault/blobs").iterdir()):
                break
        running.kill()
    assert seen
    assert hits(("children", b"\n".join(seen))) == set()
    assert hits(*on_disk(home)) == set()
    cloister("delete", submitted(file))
    assert list((home / "vault/blobs").iterdir()) == []


def test_a_deleted_document_has_a_receipt_that_verifies(home, file):
    identity = submitted(file)
    deleted = cloister("delete", identity)
    assert deleted.text.startswith(f"{identity}: deleted ")
    receipt = cloister("receipt", identity)
    assert "Its keys were destroyed at" in receipt.text
    assert "can read what was there then." in receipt.text
    cloister("receipt", identity, "-f", "json", "-o", home / "receipt.json")
    verified = cloister("audit", "verify", home / "receipt.json")
    assert verified.code == 0
    assert "deleted: done" in verified.text
    assert cloister("audit", "verify", home / "vault/log").code == 0


def test_nothing_is_made_implicitly(home, file, tmp_path):
    for words in (("submit", file, "--kind", "contract"), ("list",), ("sweep",), ("keys", "status")):
        ran = cloister(*words, "--vault", tmp_path / "none")
        assert ran.code == 9
        assert "[no-vault]" in ran.err
    assert list(tmp_path.iterdir()) == []
    assert cloister("init", home / "vault").code == 9


def test_a_world_readable_place_is_refused(tmp_path):
    (tmp_path / "open").mkdir(mode=0o755)
    ran = cloister("init", tmp_path / "open")
    assert (ran.code, list((tmp_path / "open").iterdir())) == (9, [])
    assert "[vault-readable-by-others]" in ran.err


@pytest.mark.usefixtures("home")
def test_the_passphrase_comes_from_a_prompt_a_file_or_a_descriptor_and_from_nothing_else(tmp_path, monkeypatch):
    lax = tmp_path / "lax"
    lax.write_text(PASSPHRASE)
    lax.chmod(0o644)
    assert cloister("keys", "rotate", "--passphrase-file", lax).code == 9
    monkeypatch.delenv("CLOISTER_PASSPHRASE_FILE")
    typed = on_terminal("keys", "rotate", typed=PASSPHRASE.encode())
    assert typed.code == 0, typed.out
    assert "were wrapped anew" in typed.text
    hears, tells = os.pipe()
    os.write(tells, PASSPHRASE.encode())
    os.close(tells)
    command = [sys.executable, "-m", "cloister.cli.main", "keys", "rotate", "--passphrase-fd", str(hears)]
    assert subprocess.run(command, pass_fds=[hears], capture_output=True, check=False).returncode == 0
    os.close(hears)
    monkeypatch.setenv("CLOISTER_PASSPHRASE", PASSPHRASE.strip())
    ran = cloister("keys", "rotate")
    assert (ran.code, PASSPHRASE.strip() in ran.err) == (9, False)
    assert "If CLOISTER_PASSPHRASE_FILE is meant, write that" in ran.err
    vault = os.environ["CLOISTER_VAULT"]
    assert cloister("keys", "rotate", "--vault", vault, "--passphrase-file", tmp_path / "none").code == 5


def test_the_end_of_the_keys_takes_two_steps(tmp_path, monkeypatch, file):
    monkeypatch.setenv("CLOISTER_VAULT", str(tmp_path / "vault"))
    assert cloister("init", "--keys", tmp_path / "stick").code == 0
    identity = submitted(file)
    asked = cloister("keys", "destroy")
    assert "would end 1 documents" in asked.text
    word = asked.text.split()[-1]
    assert cloister("keys", "destroy", "--confirm", "00000000").code == 1
    assert cloister("status", identity).text.split()[1] == "kept"
    done = cloister("keys", "destroy", "--confirm", word)
    assert done.code == 0, done.err
    assert cloister("status", identity).text.split()[1] == "gone"
    ran = cloister("submit", file, "--kind", "contract")
    assert (ran.code, ran.text) == (9, "")


def test_what_the_policy_does_not_take_is_refused_with_exit_20(home, tmp_path):
    page = tmp_path / "page.bmp"
    page.write_bytes(b"no matter")
    assert cloister("submit", page, "--kind", "contract").code == 2
    big = tmp_path / "big.pdf"
    with big.open("wb") as file:
        file.truncate(200_000_001)
    ran = cloister("submit", big, "--kind", "contract")
    assert (ran.code, ran.text) == (20, "")
    assert "[above-limit]" in ran.err
    assert cloister("list", "--json").code == 0
    assert list((home / "vault/blobs").iterdir()) == []
