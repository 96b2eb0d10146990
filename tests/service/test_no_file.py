"""Nothing that is uploaded is ever in a file: every system call that could make one is watched."""

from __future__ import annotations

import os
import re
import socket

import httpx
import pytest

from tests.service.conftest import CANARY, running

BIG = CANARY.encode() + os.urandom(1 << 20) * 30
CALLS = (
    "open,openat,openat2,creat,memfd_create,mkdir,mkdirat,mknod,mknodat,link,linkat,symlink,symlinkat,rename,renameat"
)
WRITING = re.compile(r"O_CREAT|O_TMPFILE|O_WRONLY|O_RDWR|creat\(|memfd_create\(|mk(dir|nod)|link|rename")
TUS = {"Tus-Resumable": "1.0.0"}


def made(trace):
    """Every call that made or opened something to write, and succeeded; the null device holds nothing."""
    lines = trace.read_text(errors="replace").splitlines()
    return [line for line in lines if WRITING.search(line) and " = -1 " not in line and "/dev/null" not in line]


@pytest.fixture(scope="module")
def traced(tmp_path_factory):
    folder = tmp_path_factory.mktemp("traced")
    trace = folder / "trace"
    with running(folder, "strace", "-f", "-qq", "-o", str(trace), "-e", f"trace={CALLS}") as server:
        server.http.get("/ended")
        yield server, trace


def raw(server):
    assert server.http.post("/raw", content=BIG).status_code == 200


def form(server):
    sent = server.http.post("/form", data={"kind": "invoice"}, files={"file": (f"{CANARY}.pdf", BIG)})
    assert sent.status_code == 200


def tus(server):
    place = server.http.post("/tus", headers={**TUS, "Upload-Length": str(len(BIG))}).headers["location"]
    sent = {**TUS, "Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
    assert server.http.patch(place, headers=sent, content=BIG).status_code == 204
    assert server.http.request("DELETE", place, headers=TUS).status_code == 204


def refused(server):
    assert server.http.post("/small", content=iter([BIG[:700_000]] * 3)).status_code == 413


def cut(server):
    before = server.ended()["abort"]
    with socket.create_connection(("127.0.0.1", server.port)) as line:
        line.sendall(b"POST /raw HTTP/1.1\r\nHost: x\r\nContent-Length: 90000000\r\n\r\n" + BIG)
    assert server.waits_for("abort", before + 1)


def silent(server):
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as line:
        line.sendall(b"POST /raw HTTP/1.1\r\nHost: x\r\nContent-Length: 90000000\r\n\r\n" + BIG[: 4 << 20])
        assert line.recv(65536).startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize("way", [raw, form, tus, refused, cut, silent])
def test_no_upload_makes_a_file_however_it_ends(traced, way):
    server, trace = traced
    before = made(trace)
    way(server)
    assert made(trace)[len(before) :] == []


def test_the_same_watch_sees_the_file_that_a_spooling_form_makes(traced):
    server, trace = traced
    before = made(trace)
    sent = httpx.post(f"{server.http.base_url}/spooled", files={"file": ("x", BIG)}, trust_env=False, timeout=60)
    assert sent.json() == {"size": len(BIG)}
    found = made(trace)[len(before) :]
    assert any("/tmp" in line for line in found), found
