"""A service of one's own: a vault, a key for a program, and `cloister serve` on a port that is free."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

PASSPHRASE = "six random words for a test"
CLOISTER = [str(Path(sys.executable).with_name("cloister"))]
_LISTENING = re.compile(r"Listening on (https?://\S+)")


@dataclass
class Service:
    """A service that runs, and how to speak to it."""

    folder: Path
    address: str
    key: str
    process: subprocess.Popen
    log: Path
    more: dict[str, str] = field(default_factory=dict)

    def client(self, key: str | None = None, **how) -> httpx.Client:
        return httpx.Client(
            base_url=self.address,
            headers={"Authorization": f"Bearer {key or self.key}"},
            timeout=30,
            trust_env=False,
            **how,
        )


def environment(folder: Path, **more: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "CLOISTER_VAULT": str(folder / "vault"),
        "CLOISTER_PASSPHRASE_FILE": str(folder / "passphrase"),
        **more,
    }


def cloister(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [*CLOISTER, *words], env=environment(folder, **more), capture_output=True, text=True, check=False, timeout=120
    )


def made(folder: Path) -> str:
    """Make a vault for a service, and a key for a program; the key."""
    (folder / "passphrase").write_text(PASSPHRASE)
    (folder / "passphrase").chmod(0o600)
    done = cloister(folder, "init", "--service")
    assert not done.returncode, done.stderr
    return key(folder)


def key(folder: Path, *words: str) -> str:
    done = cloister(folder, "service-keys", "make", "--team", "office", "--for", "1h", *words)
    assert not done.returncode, done.stderr
    return done.stdout.strip()


@contextmanager
def serving(folder: Path, token: str, **more: str):
    """The service, until the block ends."""
    log = folder / "serve.log"
    with log.open("ab") as out:
        process = subprocess.Popen(
            [*CLOISTER, "serve"],
            env=environment(folder, CLOISTER_LISTEN="127.0.0.1:0", **more),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.PIPE,
        )
    try:
        said = b""
        while (found := _LISTENING.search(said.decode(errors="replace"))) is None:
            line = process.stderr.readline()
            assert line, said
            said += line
        yield Service(folder, found[1], token, process, log)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            rest = process.communicate(timeout=60)[1]
        except subprocess.TimeoutExpired:
            process.kill()
            rest = process.communicate()[1]
            raise
        finally:
            with log.open("ab") as out:
                out.write(said + (rest or b""))
