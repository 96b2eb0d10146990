"""A program's day: it hands a document in, follows it, fetches its text, gets the receipt, deletes it."""

from __future__ import annotations

import json
import socket
import time

import pytest

from cloister import samples
from cloister.audit.receipt import Receipt
from cloister.samples.files import png
from tests.service.serving import cloister, key, made, serving


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    folder = tmp_path_factory.mktemp("service")
    with serving(folder, made(folder)) as found:
        yield found


@pytest.fixture
def client(service):
    with service.client() as opened:
        yield opened


def page(seed: int) -> bytes:
    return png(samples.make("receipt", seed=seed, quality="clean", dpi=100))


def read(client, content: bytes, kind: str = "invoice") -> dict:
    answer = client.post("/v1/documents", params={"kind": kind, "wait": 30}, content=content)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_document_comes_is_followed_fetched_proven_and_deleted(client):
    answer = client.post("/v1/documents?kind=invoice", content=page(1))
    assert answer.status_code == 202, answer.text
    document = answer.json()["id"]
    assert answer.headers["location"] == f"/v1/documents/{document}"
    assert answer.headers["cache-control"] == "no-store"
    with client.stream("GET", f"/v1/documents/{document}/events") as events:
        assert events.headers["content-type"].startswith("text/event-stream")
        said = [json.loads(line[6:]) for line in events.iter_lines() if line.startswith("data: ")]
    assert said[-1]["state"] == "kept"
    for name in ("txt", "md", "json", "hocr", "alto"):
        text = client.get(f"/v1/documents/{document}/text", params={"format": name})
        assert text.status_code == 200
        assert text.headers["content-disposition"].startswith(f'attachment; filename="{document}.')
        assert "TOTAL" in text.text.upper()
    receipt = Receipt.from_json(client.get(f"/v1/documents/{document}/receipt").content)
    assert {str(entry.event.subject) for entry in receipt.entries} == {document}
    assert document in [each["id"] for each in client.get("/v1/documents").json()["documents"]]
    assert client.delete(f"/v1/documents/{document}").json()["state"] == "gone"
    assert client.get(f"/v1/documents/{document}/text").status_code == 410
    assert client.delete(f"/v1/documents/{document}").status_code == 200


def test_the_same_again_is_the_same_document(client):
    first, second = read(client, page(2)), read(client, page(2))
    assert first["id"] == second["id"]


def test_a_form_brings_the_same_document(client):
    form = {"data": {"kind": "invoice"}, "files": {"file": ("a name that is content.png", page(6))}}
    answer = client.post("/v1/documents?wait=30", **form)
    assert (answer.status_code, answer.json()["state"], answer.json()["kind"]) == (200, "kept", "invoice")
    assert answer.json()["id"] == read(client, page(6))["id"]
    refused = client.post("/v1/documents", data={"kind": "invoice", "more": "x"}, files={"file": page(6)})
    assert (refused.status_code, refused.headers["content-type"]) == (400, "application/problem+json")


def test_who_asks_too_often_is_told_when_to_come_again(tmp_path):
    with serving(tmp_path, made(tmp_path), CLOISTER_LIMITS_RATE="5/minute") as service, service.client() as client:
        answers = [client.get("/v1/documents") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[0].headers["ratelimit-policy"] == '"requests";q=5;w=60'
    assert int(answers[-1].headers["retry-after"]) > 0


def test_what_is_no_document_ends_with_a_reason(client):
    answer = client.post("/v1/documents?kind=invoice&wait=30", content=b"no document " * 100)
    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["problem"]) == ("queued", "not-a-document")
    refused = client.get(f"/v1/documents/{answer.json()['id']}/text")
    assert (refused.status_code, refused.headers["content-type"]) == (409, "application/problem+json")


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 401), ({"Authorization": "Bearer clk_" + "x" * 51}, 401), ({"Authorization": "Basic eDp5"}, 401)],
)
def test_who_shows_no_key_is_refused(service, headers, status):
    with service.client() as client:
        client.headers.pop("authorization")
        for method, path in (("GET", "/v1/documents"), ("POST", "/v1/documents?kind=invoice")):
            answer = client.request(method, path, headers=headers, content=b"x" if method == "POST" else None)
            assert (answer.status_code, answer.json()["code"]) == (status, "token-refused")


def test_another_program_sees_and_gets_nothing(service, client):
    document = read(client, page(3))["id"]
    with service.client(key(service.folder)) as other:
        assert other.get("/v1/documents").json() == {"documents": []}
        for method, path in (("GET", ""), ("GET", "/text"), ("GET", "/receipt"), ("GET", "/events"), ("DELETE", "")):
            answer = other.request(method, f"/v1/documents/{document}{path}")
            assert (answer.status_code, answer.json()["code"]) == (404, "unknown-document")
    assert client.get(f"/v1/documents/{document}").json()["state"] == "kept"


def test_a_revoked_key_is_good_for_nothing_at_once(service):
    made = json.loads(key(service.folder, "--json"))
    with service.client(made["token"]) as client:
        assert client.get("/v1/documents").status_code == 200
        listed = json.loads(cloister(service.folder, "service-keys", "list", "--json").stdout)["keys"]
        assert made["id"] in [each["id"] for each in listed]
        assert not cloister(service.folder, "service-keys", "revoke", made["id"]).returncode
        assert client.get("/v1/documents").status_code == 401


def test_more_than_the_policy_takes_is_refused_before_it_is_sent(service):
    host, port = service.address.removeprefix("http://").split(":")
    head = f"POST /v1/documents?kind=invoice HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {service.key}\r\n"
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(f"{head}Content-Length: 60000000\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(4096), b"")).decode()
    assert answer.startswith("HTTP/1.1 413 ")
    assert '"code":"above-limit"' in answer


def test_no_plaintext_and_no_token_is_left_anywhere(service, client):
    before = time.time()
    content = page(4)
    document = read(client, content)["id"]
    words = client.get(f"/v1/documents/{document}/text").text.split()
    needles = [content[100:140], service.key.encode(), *[word.encode() for word in words if len(word) > 7][:5]]
    for path in service.folder.rglob("*"):
        if path.is_file() and path.name != "passphrase":
            held = path.read_bytes()
            assert not [needle for needle in needles if needle in held], path
    assert before < time.time()


def test_health_readiness_and_version(service):
    with service.client() as client:
        client.headers.pop("authorization")
        assert client.get("/health").json() == {"status": "ok"}
        assert (client.get("/ready").status_code, client.get("/version").status_code) == (200, 200)


def test_what_was_handed_in_before_a_kill_is_read_after_it(tmp_path):
    token = made(tmp_path)
    with serving(tmp_path, token) as first, first.client() as client:
        document = client.post("/v1/documents?kind=invoice", content=page(5)).json()["id"]
        first.process.kill()
        first.process.wait()
    with serving(tmp_path, token) as second, second.client() as client:
        with client.stream("GET", f"/v1/documents/{document}/events") as events:
            list(events.iter_lines())
        assert client.get(f"/v1/documents/{document}").json()["state"] == "kept"
