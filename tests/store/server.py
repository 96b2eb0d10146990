"""A PostgreSQL server of a test's own: its files in a folder, one socket in it, no network."""

from __future__ import annotations

import os
import subprocess
import time
from contextlib import suppress
from pathlib import Path

OWNER, ROLE = "owner", "cloister"


def _program(name: str) -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    assert found, "PostgreSQL is not installed: `make test` installs it"
    return found[-1]


class Server:
    """One server. It refuses to run as root, and so do the tests of it."""

    def __init__(self, folder: Path, **settings: str) -> None:
        """Make its files; `settings` are those of postgresql.conf."""
        assert os.geteuid() != 0, "PostgreSQL does not run as root: `make test` runs this as an ordinary user"
        self.folder = folder
        self._settings = {"listen_addresses": "", "unix_socket_directories": str(folder), "max_connections": "40"}
        self._settings |= settings
        self._process: subprocess.Popen[bytes] | None = None
        command = [_program("initdb"), "-D", folder / "data", "-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C"]
        subprocess.run([*command, "-N"], check=True, capture_output=True)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = [word for name, value in self._settings.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            command = [_program("postgres"), "-D", self.folder / "data", *options]
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        until = time.monotonic() + 60
        while not self._answers():
            assert self._process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < until
            time.sleep(0.05)

    def stop(self, *, kill: bool = False) -> None:
        """Stop it; `kill`: as a power cut would."""
        if self._process is None:
            return
        if kill:
            children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
            self._process.kill()
            for child in map(int, children):
                with suppress(ProcessLookupError):
                    os.kill(child, 9)
        else:
            self._process.send_signal(2)
        self._process.wait(60)
        self._process = None
        while kill and any(self.folder.glob(".s.PGSQL.*.lock")) and self._answers():
            time.sleep(0.05)

    def _answers(self) -> bool:
        ready = [_program("pg_isready"), "-q", "-h", self.folder]
        return subprocess.run(ready, check=False).returncode == 0

    def sql(self, statement: str, database: str = "postgres") -> str:
        """What a statement gives to the owner, whom nothing binds."""
        command = [_program("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-U", OWNER]
        command += ["-d", database, "-c", statement]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def address(self, database: str, role: str = ROLE) -> str:
        """Of a database of it."""
        return f"postgresql://{role}@/{database}?host={self.folder}"
