"""Requests that are meant to be misread, to fill something, or to make the server talk."""

from __future__ import annotations

import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from cloister.service.problems import CONNECTIONS
from tests.service.conftest import CANARY

START = b"POST /raw HTTP/1.1\r\nHost: x\r\n"


def status(got):
    return int(got.split(b" ", 2)[1]) if got else 0


def form(*parts, mark=b"b", end=b"--b--\r\n"):
    return b"".join(b"--" + mark + b"\r\n" + part + b"\r\n" for part in parts) + end


def field(name, value=b"v", more=b""):
    return b'Content-Disposition: form-data; name="' + name + b'"' + more + b"\r\n\r\n" + value


FILE = field(b"file", b"data", b'; filename="x"')


def sends(server, body, kind=b"multipart/form-data; boundary=b"):
    return server.http.post("/form", content=body, headers=[(b"content-type", kind)])


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\nGET /ended HTTP/1.1\r\nHost: x\r\n\r\n"),
        (b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", b"5\r\nhello\r\n0\r\n\r\n"),
        (b"Content-Length: 5\r\nContent-Length: 6\r\n", b"helloG"),
        (b"Content-Length: 5, 6\r\n", b"helloG"),
        (b"Content-Length: +5\r\n", b"hello"),
        (b"Content-Length: 0x5\r\n", b"hello"),
        (b"Content-Length : 5\r\n", b"hello"),
        (b"Transfer-Encoding: xchunked\r\n", b"5\r\nhello\r\n0\r\n\r\n"),
        (b"Transfer-Encoding: gzip, chunked\r\n", b"5\r\nhello\r\n0\r\n\r\n"),
        (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", b"5\r\nhello\r\n0\r\n\r\n"),
        (b"Transfer-Encoding:\x0bchunked\r\n", b"5\r\nhello\r\n0\r\n\r\n"),
        (b"Transfer-Encoding: chunked\r\n", b"zz\r\nhello\r\n0\r\n\r\n"),
        (b"Transfer-Encoding: chunked\r\n", b"3\r\nhello\r\n0\r\n\r\n"),
        (b"Transfer-Encoding: chunked\r\n", b"-5\r\nhello\r\n0\r\n\r\n"),
        (b"Transfer-Encoding: chunked\r\n", b"fffffffffffffffffffffff\r\nhello\r\n0\r\n\r\n"),
        (b"X: y\r\n folded: z\rContent-Length: 5\r\n", b"hello"),
    ],
)
def test_a_request_with_two_meanings_is_refused_and_the_connection_closed(server, headers, body):
    before = server.ended()["commit"]
    got = server.talk(START + headers + b"\r\n" + body)
    assert got.count(b"HTTP/1.1 ") <= 1
    assert status(got) in {0, 400, 501}, got
    assert server.ended()["commit"] == before


def test_chunked_in_http_1_0_is_refused(server):
    got = server.talk(b"POST /raw HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
    assert status(got) == 400


@pytest.mark.parametrize(
    "headers",
    [b"X: " + b"a" * 100_000 + b"\r\n", b"".join(b"X%d: a\r\n" % n for n in range(200)), b"X" * 30_000 + b": a\r\n"],
)
def test_a_bomb_of_headers_is_refused(server, headers):
    assert status(server.talk(START + headers + b"Content-Length: 5\r\n\r\nhello")) in {0, 400, 431}


def test_a_long_address_is_refused(server):
    assert status(server.talk(b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")) == 431


def test_headers_that_never_end_are_not_waited_for(server):
    def wait(sent):
        began = time.monotonic()
        return server.talk(sent, seconds=20), time.monotonic() - began

    with ThreadPoolExecutor(3) as pool:
        for got, seconds in pool.map(wait, [b"", b"GET / HT", b"GET / HTTP/1.1\r\nX: "]):
            assert got == b""
            assert 8 < seconds < 15


@pytest.mark.parametrize("sent", [b"\x16\x03\x01\x02\x00\x01\x00", b"NONSENSE\r\n\r\n", b"GET /\xff HTTP/1.1\r\n\r\n"])
def test_what_is_no_http_is_answered_in_our_words(server, sent):
    got = server.talk(sent + CANARY.encode() + b"\r\n\r\n")
    assert status(got) == 400
    assert b"application/problem+json" in got
    assert b"no-store" in got
    assert CANARY.encode() not in got


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (form(), "file"),
        (b"--b--\r\n", "file"),
        (b"", "ends"),
        (b"preamble\r\n" + form(FILE), "multipart"),
        (b"\r\n" + form(FILE), "multipart"),
        (form(FILE, end=b""), "ends"),
        (form(FILE, end=b"--b"), "ends"),
        (form(FILE) + b"epilogue", "follows"),
        (form(FILE) + b"\r\n", "follows"),
        (form(FILE) + form(FILE), "follows"),
        (form(FILE, FILE), "twice"),
        (form(FILE, field(b"kind")), "after"),
        (form(field(b"kind"), field(b"kind"), FILE), "twice"),
        (form(field(b"colour"), FILE), "known"),
        (form(field(b"kind", b"v" * 65), FILE), "long"),
        (form(field(b"kind", b"\xff"), FILE), "text"),
        (form(field(b"kind", b"a\x00b"), FILE), "text"),
        (form(field(b"kind", b"v", b'; filename="x"'), FILE), "known"),
        (form(field(b"file", b"d", b'; filename="x"; name="kind"')), "headers"),
        (form(b'Content-Disposition: attachment; name="file"\r\n\r\nd'), "headers"),
        (form(FILE.replace(b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: base64\r\n\r\n", 1)), "headers"),
        (form(FILE.replace(b"\r\n\r\n", b"\r\nContent-Disposition: form-data\r\n\r\n", 1)), "headers"),
        (form(FILE.replace(b"\r\n\r\n", b"\r\nX-Other: 1\r\n\r\n", 1)), "headers"),
        (form(b"X: " + b"a" * 9000 + b"\r\n\r\nd"), "multipart"),
        (form(*[field(b"f%d" % n) for n in range(10_000)], FILE), "known"),
        (form(*[field(b"kind") for _ in range(10_000)], FILE), "twice"),
        (b"--c\r\n" + FILE + b"\r\n--c--\r\n", "multipart"),
    ],
)
def test_a_form_of_another_shape_is_refused(server, body, why):
    answer = sends(server, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "form-refused")
    assert why in answer.json()["detail"]


@pytest.mark.parametrize(
    "kind",
    [
        b"multipart/form-data",
        b"multipart/form-data; boundary=",
        b"multipart/form-data; boundary=" + b"b" * 71,
        b"multipart/form-data; boundary=a; boundary=b",
        b'multipart/form-data; boundary="b',
        b"multipart/mixed; boundary=b",
        b"multipart/form-data; boundary=b\xc3\xa4",
        b"application/x-www-form-urlencoded",
        b"multipart/form-data;boundary=a b",
    ],
)
def test_a_boundary_that_leaves_a_doubt_is_refused(server, kind):
    answer = sends(server, form(FILE), kind)
    assert (answer.status_code, answer.json()["facts"]) == (400, {"why": "its boundary is missing or cannot be"})


def test_an_empty_file_is_refused_in_every_way(server):
    assert sends(server, form(field(b"file", b"", b'; filename="x"'))).json()["code"] == "empty-file"
    assert server.http.post("/raw", content=b"").json()["code"] == "empty-file"


def test_nothing_is_unpacked_on_the_way_in(server):
    assert server.http.post("/raw", content=b"x", headers={"content-encoding": "gzip"}).status_code == 415


def test_no_answer_repeats_what_was_sent(server):
    path = f"/{CANARY}"
    answers = [
        server.http.get(path, headers={"X-Name": CANARY, "Cookie": CANARY}),
        server.http.put("/raw", params={"q": CANARY}),
        server.http.post("/json", json={"number": CANARY}),
        server.http.post("/json", content=f'{{"number": {CANARY}'),
        server.http.get(f"/boom/{CANARY}"),
        sends(server, form(field(CANARY.encode()), FILE)),
        sends(server, form(field(b"kind", CANARY.encode() * 10), FILE)),
        sends(server, form(field(b"kind", b"\xff" + CANARY.encode()), FILE)),
        sends(server, form(field(b"file", b"", b'; filename="' + CANARY.encode() + b'"'))),
        sends(server, CANARY.encode(), b"multipart/form-data; boundary=" + CANARY.encode()),
        server.http.post("/tus", headers={"Tus-Resumable": CANARY}),
        server.http.post("/tus", headers={"Tus-Resumable": "1.0.0", "Upload-Length": CANARY}),
    ]
    assert [answer.status_code for answer in answers] == [404, 405, 422, 422, 500, 400, 400, 400, 415, 400, 412, 400]
    for answer in answers:
        assert answer.headers["content-type"] == "application/problem+json"
        assert CANARY not in answer.text + repr(answer.headers)
        assert set(answer.json()) <= {"type", "title", "status", "detail", "code", "facts", "incident"}
        assert answer.json()["type"] == f"urn:cloister:error:{answer.json()['code']}"
    assert answers[1].headers["allow"] == "POST"
    assert len(answers[4].json()["incident"]) == 16


def test_every_answer_has_the_headers(server):
    for path in ("/ended", "/none", "/boom/x", "/openapi.json"):
        said = server.http.get(path).headers
        assert said["cache-control"] == "no-store"
        assert said["x-accel-buffering"] == "no"
        assert said["x-content-type-options"] == "nosniff"
        assert said["content-security-policy"].startswith("default-src 'none'")
        assert "server" not in said


def test_the_api_is_described_as_openapi_3_1_and_has_no_pages(server):
    assert json.loads(server.http.get("/openapi.json").text)["openapi"].startswith("3.1")
    assert {server.http.get(path).status_code for path in ("/docs", "/redoc", "/docs/oauth2-redirect")} == {404}


def test_a_rate_is_said_and_kept(server):
    left = [server.http.get("/rate") for _ in range(4)]
    assert [answer.status_code for answer in left] == [200, 200, 200, 429]
    assert [answer.headers["ratelimit"].split(";")[1] for answer in left] == ["r=2", "r=1", "r=0", "r=0"]
    assert left[0].headers["ratelimit-policy"] == left[3].headers["ratelimit-policy"] == '"requests";q=3;w=60'
    assert 1 <= int(left[3].headers["retry-after"]) <= 20


def test_an_answer_that_breaks_off_is_cut_and_says_nothing(server):
    with pytest.raises(httpx.RemoteProtocolError):
        server.http.get("/half")


def test_more_connections_than_are_served_are_told_to_wait(server):
    lines = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(CONNECTIONS + 1)]
    try:
        time.sleep(0.3)
        got = server.talk(b"GET /ended HTTP/1.1\r\nHost: x\r\n\r\n")
    finally:
        for line in lines:
            line.close()
    assert status(got) == 503
    assert b"retry-after: 5" in got.lower()
    assert b"no-store" in got
    time.sleep(0.3)
    assert server.ended()
