"""Nothing is sent and nothing is written but the output: the system calls of a whole reading, as strace sees them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli import papers

_NETWORK = "socket,socketpair,connect,bind,listen,accept,accept4,sendto,sendmsg,sendmmsg,io_uring_setup"
_FILES = "open,openat,openat2,creat,mkdir,mkdirat,link,linkat,rename,renameat,renameat2,symlink,symlinkat,mknod,mknodat"
_CALL = re.compile(r"^(?:\d+ +|\[pid +\d+\] )?(\w+)\((.*)")


def _traced(tmp_path: Path, *words: str | Path) -> tuple[list[tuple[str, str]], Path]:
    """Every call of interest of `cloister` with these words, and the fresh HOME it had."""
    home, log = tmp_path / "home", tmp_path / "trace"
    home.mkdir()
    command = ["strace", "-f", "-qq", "-o", str(log), "-e", f"trace={_NETWORK},{_FILES}", "-e", "signal=none"]
    # The interpreter must not write caches of its own code either: an installed package has them already.
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    command += [sys.executable, "-m", "cloister.cli.main", *map(str, words)]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=300, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    calls = [(found[1], found[2]) for line in log.read_text().splitlines() if (found := _CALL.match(line))]
    assert len(calls) > 100, "the trace must have seen the interpreter start"
    return calls, home


@pytest.mark.parametrize("name", ["out.txt", "out.pdf"])
def test_a_reading_opens_no_socket_and_writes_no_file_but_its_output(tmp_path: Path, name: str) -> None:
    scan = tmp_path / "scan.png"
    scan.write_bytes(papers.png())
    calls, home = _traced(tmp_path, "read", scan, "-o", tmp_path / name)
    network = [call for call in calls if call[0] in _NETWORK.split(",")]
    assert network == []
    assert list(home.iterdir()) == []
    made = [call for call in calls if call[0] not in _FILES.split(",")[:3]]
    assert [call for call, _ in made if call != "linkat"] == []
    opened = [rest for call, rest in calls if call.startswith("open") and re.search(r"O_(WRONLY|RDWR|CREAT)", rest)]
    written = [rest for rest in opened if '"/dev/null"' not in rest and " = -1 " not in rest]
    assert len(written) == 1, written
    assert "O_TMPFILE" in written[0]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["home", "scan.png", "trace", name])


def test_the_command_refuses_a_socket_to_itself(tmp_path: Path) -> None:
    code = (
        "import sys, socket\n"
        "from cloister.jail import lock\n"
        "socket.socket().close()\n"
        "lock.refuse_network()\n"
        "try:\n    socket.socket()\nexcept PermissionError:\n    sys.exit(42)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], timeout=60, check=False, cwd=tmp_path)
    assert done.returncode == 42
