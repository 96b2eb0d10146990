"""Uploads through a real server: they arrive whole or not at all, and bounds hold."""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import httpx
import pytest

from tests.service.conftest import CANARY

BIG = os.urandom(1 << 20) * 30
HASH = hashlib.sha256(BIG).hexdigest()
TUS = {"Tus-Resumable": "1.0.0"}
PATCH = {**TUS, "Content-Type": "application/offset+octet-stream"}
HEAD = b"POST /raw HTTP/1.1\r\nHost: x\r\n"


def create(server, length=30 << 20, metadata=""):
    made = server.http.post("/tus", headers={**TUS, "Upload-Length": str(length), "Upload-Metadata": metadata})
    assert made.status_code == 201, made.text
    return made.headers["location"]


def stands(server, place):
    return int(server.http.head(place, headers=TUS).headers["upload-offset"])


def test_a_raw_upload_arrives_whole(server):
    answer = server.http.post("/raw", content=BIG)
    assert answer.json() == {"sha256": HASH, "size": len(BIG)}


def test_an_upload_in_chunks_arrives_whole(server):
    answer = server.http.post("/raw", content=(BIG[at : at + 70_000] for at in range(0, len(BIG), 70_000)))
    assert answer.json()["sha256"] == HASH


def test_a_form_arrives_whole_and_its_file_has_no_name(server):
    answer = server.http.post("/form", data={"kind": "invoice"}, files={"file": (f"{CANARY}.pdf", BIG)})
    assert answer.json() == {"sha256": HASH, "size": len(BIG), "fields": {"kind": "invoice"}}


def test_curl_sends_a_file_and_a_form(server, tmp_path):
    (tmp_path / "big").write_bytes(BIG)
    address = f"http://127.0.0.1:{server.port}"
    file = f'file=@{tmp_path}/big;filename="a \\"b\\" \\\\.pdf"'
    for how in (
        ["--data-binary", f"@{tmp_path}/big", f"{address}/raw"],
        ["-F", "kind=x", "-F", file, f"{address}/form"],
    ):
        done = subprocess.run(["curl", "-sS", *how], capture_output=True, text=True, timeout=60, check=True)
        assert HASH in done.stdout, done


def test_a_resumable_upload_goes_on_where_it_stands(server):
    place = create(server)
    assert stands(server, place) == 0
    for at in (0, 10 << 20, 20 << 20):
        done = server.http.patch(place, headers={**PATCH, "Upload-Offset": str(at)}, content=BIG[at : at + (10 << 20)])
        assert (done.status_code, done.headers["upload-offset"]) == (204, str(at + (10 << 20)))
        assert "upload-expires" in done.headers
    assert stands(server, place) == len(BIG)
    assert server.http.get(f"{place}/hash").json()["sha256"] == HASH


def test_the_same_link_takes_a_plain_put(server):
    place = create(server)
    assert server.http.put(place, content=BIG).status_code == 204
    assert server.http.get(f"{place}/hash").json()["sha256"] == HASH
    assert server.http.put(place, content=BIG).status_code == 409


def test_a_wrong_offset_is_409_and_changes_nothing(server):
    place = create(server, 10)
    for at in ("5", "10"):
        assert server.http.patch(place, headers={**PATCH, "Upload-Offset": at}, content=b"12345").status_code == 409
    assert stands(server, place) == 0


@pytest.mark.parametrize("version", [{}, {"Tus-Resumable": "0.2.2"}])
def test_another_version_is_412_and_says_which_is_spoken(server, version):
    answer = server.http.head(create(server, 5), headers=version)
    assert answer.status_code == 412
    if version:
        assert answer.headers["tus-version"] == "1.0.0"


def test_an_ended_upload_is_gone_at_once(server):
    place = create(server, 5)
    assert server.http.request("DELETE", place, headers=TUS).status_code == 204
    assert server.http.head(place, headers=TUS).status_code == 410
    patched = server.http.patch(place, headers={**PATCH, "Upload-Offset": "0"}, content=b"1")
    assert (patched.status_code, patched.json()["code"]) == (410, "upload-gone")


def test_ending_an_upload_ends_the_request_that_adds_to_it(server):
    place = create(server, 1000)
    server.http.post(f"{place}/is/slow")

    def body():
        yield b"x" * 10
        time.sleep(0.5)
        assert httpx.delete(f"http://127.0.0.1:{server.port}{place}", headers=TUS, trust_env=False).status_code == 204
        yield b"x" * 10
        time.sleep(0.5)
        yield b"x" * 980

    answer = server.http.patch(place, headers={**PATCH, "Upload-Offset": "0"}, content=body())
    assert (answer.status_code, answer.json()["code"]) == (410, "upload-gone")


@pytest.mark.parametrize("how", ["write", "lies"])
def test_a_storage_error_is_never_answered_with_204(server, how):
    place = create(server, 10)
    server.http.post(f"{place}/is/{how}")
    answer = server.http.patch(place, headers={**PATCH, "Upload-Offset": "0"}, content=b"12345")
    assert (answer.status_code, answer.json()["code"]) == (500, "upload-not-kept")
    assert "CANARY" not in answer.text
    assert stands(server, place) == 0


def test_of_two_patches_at_once_exactly_one_wins(server):
    place = create(server, 5)
    server.http.post(f"{place}/is/slow")

    def send(_):
        return httpx.patch(
            f"http://127.0.0.1:{server.port}{place}",
            headers={**PATCH, "Upload-Offset": "0"}, content=b"12345", trust_env=False, timeout=30,
        ).status_code  # fmt: skip

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(send, range(8))) == [204] + [409] * 7
    assert stands(server, place) == 5


def test_more_than_was_promised_is_413(server):
    place = create(server, 5)
    sent = {**PATCH, "Upload-Offset": "0"}
    assert server.http.patch(place, headers=sent, content=b"123456").status_code == 413
    assert server.http.patch(place, headers=sent, content=iter([b"123456"])).status_code == 413
    assert stands(server, place) == 0


def test_a_resumable_upload_drops_the_name_and_refuses_what_is_unknown(server):
    create(server, 5, "filename Q0FOQVJZ,kind aW52b2ljZQ==")
    for bad in ("kind aW52b2ljZQ==,kind aW52b2ljZQ==", "colour cmVk", "kind !!!", "kind /w==", "kind " + "QUFB" * 60):
        answer = server.http.post("/tus", headers={**TUS, "Upload-Length": "5", "Upload-Metadata": bad})
        assert (answer.status_code, answer.json()["code"]) == (400, "form-refused")
    for length in ("", "-1", "0", "1e3", "٣", "9" * 30):
        asked = httpx.Request("POST", f"http://127.0.0.1:{server.port}/tus", headers=[
            (b"Tus-Resumable", b"1.0.0"), (b"Upload-Length", length.encode())])  # fmt: skip
        assert server.http.send(asked).status_code == 400, length
    assert server.http.options("/tus").headers["tus-extension"] == "creation,termination,expiration"


def test_a_length_above_the_bound_is_refused_before_a_byte_is_read(server):
    got = server.talk(b"POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n")
    assert got.startswith(b"HTTP/1.1 413 ")
    assert b"too-large" in got


def test_a_body_above_the_bound_is_refused_while_it_comes(server):
    before = server.ended()
    answer = server.http.post("/small", content=iter([b"x" * 300_000] * 4))
    assert (answer.status_code, answer.json()["facts"]["limit"]) == (413, 1 << 20)
    assert server.ended()["abort"] == before["abort"] + 1


def test_after_a_refusal_the_rest_is_not_read_without_end(server):
    with socket.create_connection(("127.0.0.1", server.port), timeout=15) as line:
        line.sendall(b"POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n")
        assert line.recv(65536).startswith(b"HTTP/1.1 413 ")
        began = time.monotonic()
        with suppress(ConnectionError):
            while time.monotonic() - began < 12:
                line.sendall(b"x" * 1000)
                time.sleep(0.05)
        assert time.monotonic() - began < 6


def test_a_client_that_goes_away_leaves_nothing(server):
    before = server.ended()
    with socket.create_connection(("127.0.0.1", server.port)) as line:
        line.sendall(HEAD + b"Content-Length: 1000000\r\n\r\n" + b"x" * 5000)
    assert server.waits_for("abort", before["abort"] + 1)
    assert server.ended()["commit"] == before["commit"]


def test_a_killed_client_leaves_nothing(server, tmp_path):
    before = server.ended()
    (tmp_path / "big").write_bytes(BIG)
    child = subprocess.Popen(
        ["curl", "-sS", "--limit-rate", "3M", "--data-binary", f"@{tmp_path}/big", f"http://127.0.0.1:{server.port}/raw"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert server.waits_for("open", before["open"] + 1)
    child.kill()
    child.wait()
    assert server.waits_for("abort", before["abort"] + 1)
    assert server.ended()["commit"] == before["commit"]


@pytest.mark.parametrize("pause", [0.1, 5])
def test_a_client_that_is_slow_or_silent_is_ended(server, pause):
    before = server.ended()
    got = []

    def drip():
        with socket.create_connection(("127.0.0.1", server.port), timeout=15) as line:
            line.sendall(HEAD + b"Content-Length: 1000000\r\n\r\n")
            line.settimeout(pause)
            while not got:
                try:
                    line.sendall(b"x")
                    first = line.recv(65536)
                except TimeoutError:
                    continue
                line.settimeout(15)  # the answer can come in pieces
                got.append(first + b"".join(iter(lambda: line.recv(65536), b"")))

    thread = threading.Thread(target=drip)
    began = time.monotonic()
    thread.start()
    thread.join(12)
    assert got[0].startswith(b"HTTP/1.1 408 ")
    assert b"upload-too-slow" in got[0]
    assert time.monotonic() - began < 6
    assert server.ended()["abort"] == before["abort"] + 1


def test_a_slow_sink_is_not_held_against_the_client_and_stops_the_reading(server):
    before = server.memory()
    highest = [before]
    over = threading.Event()

    def watch():
        while not over.wait(0.02):
            highest.append(server.memory())

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        answer = server.http.post("/slow-sink", content=BIG[: 12 << 20])
    finally:
        over.set()
        thread.join()
    assert answer.json() == {"size": 12 << 20}
    assert max(highest) - before < 8
