"""Whatever is done with a vault, and however it ends: nothing of the document is anywhere but in what was fetched.

Each search looks at the vault, at what changed in the folders for temporary files, at the home folder, and at all that
the commands said; beside each lies a control, put there through the same surface, that the search has to find.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from cloister.canary import Scanner, Tokens
from cloister.canary.surfaces import SURFACES
from cloister.model import Plain
from tests.cli.children import of_children

TOKENS = Tokens(os.urandom(16))
INSIDE, NAMED, DECOY = TOKENS.token("text", "1"), TOKENS.token("name", "1"), TOKENS.decoy("1")
ROOTS = tuple(Path(each) for each in ("/tmp", "/var/tmp", "/dev/shm"))
LARGEST = 32 << 20


class Used:
    """A vault, a home folder, and everything that the commands on it said."""

    def __init__(self, base: Path) -> None:
        self.base, self.home = base, base / "home"
        self.home.mkdir()
        (base / "pass").write_text("six random words for a test\n")
        (base / "pass").chmod(0o600)
        self.file = base / f"{NAMED}.pdf"
        self.file.write_bytes(SURFACES["PDF text"](INSIDE.encode()))
        (base / f"{NAMED}.png").write_bytes(b"\x89PNG\r\n\x1a\n" + INSIDE.encode())
        self.said: list[tuple[str, bytes]] = []
        self.children: list[bytes] = []
        self.since = time.time() - 1
        assert self.does("init") == 0

    def does(self, *words: str, kill_after: float | None = None, is_output: bool = False) -> int:
        """Run a command; what it says is kept, its standard output not where that is what was asked for."""
        environment = {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": str(self.home),
            "CLOISTER_VAULT": str(self.base / "vault"),
            "CLOISTER_PASSPHRASE_FILE": str(self.base / "pass"),
        }
        command = [sys.executable, "-m", "cloister.cli.main", *words]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, cwd=self.base
        ) as running:
            until = time.monotonic() + (kill_after or 120)
            while running.poll() is None and time.monotonic() < until:
                with suppress(OSError):  # it has just ended
                    self.children += of_children(running.pid)
                time.sleep(0.005)
            running.kill()
            out, err = running.communicate()
        if not is_output:
            self.said.append((f"stdout of {words[0]}", out))
        self.said.append((f"stderr of {words[0]}", err))
        self.out = out
        return running.returncode

    def identity(self) -> str:
        return self.out.decode().strip()

    def items(self) -> Iterator[tuple[str, bytes]]:
        """Everything that is searched."""
        yield from self.said
        yield "arguments and environments", b"\n".join(self.children)
        for root in (self.base / "vault", self.home):
            yield from held(root, 0)
        for root in ROOTS:
            for name, data in held(root, self.since):
                if not name.startswith(str(self.base)):
                    yield name, data

    def found(self) -> set[str]:
        """Where the canaries are; the controls are found each time."""
        controls = [root / f"control-{os.getpid()}" for root in (*ROOTS, self.base / "vault", self.home)]
        for control in controls:
            control.write_bytes(b"a log line with " + INSIDE.encode())
        said = [(f"control on {stream}", INSIDE.lower().encode()) for stream in ("stdout", "stderr", "arguments")]
        try:
            items = [*self.items(), *said]
        finally:
            for control in controls:
                control.unlink()
        with Scanner({"text": INSIDE, "name": NAMED}, decoys=[DECOY]) as scanner:
            scanned = scanner.scan((name, Plain(data)) for name, data in items)
        assert scanned.decoy_hits == ()
        hits = {hit.item for hit in scanned.hits if not hit.perhaps}
        wanted = {str(control) for control in controls} | {name for name, _ in said}
        assert wanted <= hits, wanted - hits
        return hits - wanted


def held(root: Path, since: float) -> Iterator[tuple[str, bytes]]:
    """Each file below that changed since then, and that we may read; names count as well."""
    for folder, _, names in os.walk(root, onerror=lambda _: None):
        for name in names:
            path = Path(folder) / name
            with suppress(OSError):
                facts = path.lstat()
                if path.is_file() and not path.is_symlink() and facts.st_ctime >= since and facts.st_size <= LARGEST:
                    yield str(path), path.read_bytes() + b"\n" + name.encode()


@pytest.fixture(scope="module")
def used(tmp_path_factory):
    return Used(tmp_path_factory.mktemp("used"))


def test_nothing_is_left_by_submitting_fetching_deleting_and_backing_up(used):
    assert used.does("submit", str(used.file), "--kind", "contract") == 0
    identity = used.identity()
    assert used.found() == set()
    for words in (("status", identity), ("list",), ("receipt", identity), ("keys", "rotate"), ("backup", "b.tar")):
        assert used.does(*words) == 0, words
    used.said.append(("backup", (used.base / "b.tar").read_bytes()))
    assert used.found() == set()
    assert used.does("fetch", identity, is_output=True) == 0
    assert INSIDE.encode() in used.out  # the document was read, so it could have been anywhere
    assert used.found() == set()
    assert used.does("submit", str(used.file), "--kind", "identity") == 0
    assert used.does("delete", used.identity()) == 0
    assert used.found() == set()
    assert used.children  # what was looked at while they ran


def test_nothing_is_left_by_failures(used):
    assert used.does("submit", str(used.base / f"{NAMED}.png"), "--kind", "contract") != 0
    assert used.does("submit", str(used.base / NAMED), "--kind", "contract") == 5
    assert used.does("fetch", "doc-" + "0" * 32) == 20
    # A message names the file that the user named, which is in nothing that lasts.
    said, used.said = used.said, [(name, data) for name, data in used.said if not name.startswith("stderr of submit")]
    assert used.found() == set()
    assert not any(INSIDE.encode() in data for _, data in said)


@pytest.mark.parametrize("moment", [0.2, 0.6, 0.9, 1.2, 1.6])
def test_nothing_is_left_by_a_kill(used, moment):
    used.does("submit", str(used.file), "--kind", "contract", kill_after=moment)
    assert used.found() == set()
    assert used.does("sweep") == 0
    assert used.found() == set()


def test_the_vault_without_its_keys_opens_nothing(used):
    assert used.does("submit", str(used.file), "--kind", "contract") == 0
    identity = used.identity()
    (used.base / "vault/keys").rename(used.base / "away")
    for words in (("fetch", identity), ("list",), ("status", identity)):
        assert used.does(*words) == 9, words
    assert used.found() == set()
    (used.base / "away").rename(used.base / "vault/keys")
    assert used.does("fetch", identity, is_output=True) == 0
    assert INSIDE.encode() in used.out
