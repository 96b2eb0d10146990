"""A server in its own process, whose every word is checked at the end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parent.parent.parent
CANARY = "CANARY7f3a"


class Server:
    """A running one: `pid` is the server's own, also under a tracer."""

    def __init__(self, port, pid, out):
        self.port, self.pid, self.out = port, pid, out
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False)

    def ended(self):
        return self.http.get("/ended").json()

    def waits_for(self, name, count):
        for _ in range(100):
            if self.ended()[name] >= count:
                return True
            time.sleep(0.1)
        return False

    def talk(self, sent, seconds=15.0):
        """Send bytes as they are, and give all that comes back until the other end closes or falls silent."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as line:
            got = b""
            try:
                line.sendall(sent)
                while more := line.recv(65536):
                    got += more
                    if b"\r\n\r\n" in got:
                        line.settimeout(0.5)
            except (TimeoutError, ConnectionError):
                pass
            return got

    def memory(self):
        """Its resident memory, in MiB."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        raise AssertionError


@contextmanager
def running(tmp_path, *before):
    out = tmp_path / "said"
    with out.open("wb") as said:
        # The parent's environment, less what would let a library speak.
        env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TMPDIR": str(tmp_path / "tmp")}
        (tmp_path / "tmp").mkdir()
        env["PYTHONDONTWRITEBYTECODE"] = "1"
        child = subprocess.Popen(
            [*before, sys.executable, "-m", "tests.service.app"],
            cwd=ROOT, env=env, stdout=said, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    server = None
    try:
        for _ in range(300):
            if out.read_bytes().endswith(b"\n"):
                break
            assert child.poll() is None, out.read_bytes()
            time.sleep(0.1)
        pid = child.pid
        if before:
            pid = int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])
        server = Server(int(out.read_text()), pid, out)
        yield server
    finally:
        if server:
            server.http.close()
        os.killpg(child.pid, signal.SIGTERM)
        try:
            child.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
    assert out.read_text() == f"{server.port}\n", "the server says its port, and nothing else"


@pytest.fixture(scope="package")
def server(tmp_path_factory):
    with running(tmp_path_factory.mktemp("server")) as one:
        yield one
