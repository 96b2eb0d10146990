"""What must not be known stands nowhere: no code, token, secret, name or address in the database, logs or errors."""

from __future__ import annotations

import base64
import json
import logging
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from starlette.datastructures import Headers

from cloister.errors import CloisterError
from cloister.service.login import guard, sessions
from cloister.service.login.attempt import Attempt
from tests.service.login.real import MAIL, NAME, PUBLIC, SECRET, SUBJECT, Browser
from tests.service.login.setup import ATTEMPT, SESSION, begun, browser, made_login

OTHERS = ("httpx", "httpcore")
"""Whose logs are those of the browsers of these tests."""


def forms(text: str) -> list[bytes]:
    """How a text may stand somewhere."""
    plain = text.encode()
    shifted = [base64.b64encode(b"\0" * shift + plain)[4:-4] for shift in range(3)]
    return [plain, quote(text, safe="").encode(), plain.hex().encode(), json.dumps(text)[1:-1].encode(), *shifted]


def found(held: bytes, canaries: dict[str, str]) -> list[str]:
    """Which of them stand in it."""
    return [what for what, text in canaries.items() if any(form in held for form in forms(text))]


def test_the_search_finds_what_was_planted():
    for text in (SUBJECT, MAIL, SECRET):
        for planted in (text.encode(), text.encode().hex().encode(), quote(text, safe="").encode()):
            assert found(b"..." + planted + b"...", {"it": text}) == ["it"]
        for before in (b"", b"a", b"ab"):
            assert found(base64.b64encode(before + text.encode() + b"and more"), {"it": text}) == ["it"]


@pytest.fixture
def records():
    """Every record of every log, as text with its arguments."""
    said = []

    class Keep(logging.Handler):
        def emit(self, record):
            if not record.name.startswith(OTHERS):
                said.append(f"{record.getMessage()} {record.args!r} {record.exc_info!r}")

    root, handler = logging.getLogger(), Keep()
    before = root.level
    root.addHandler(handler)
    root.setLevel(1)
    yield said
    root.removeHandler(handler)
    root.setLevel(before)


def test_a_whole_sign_in_and_what_goes_wrong_leave_nothing_that_tells(tmp_path, real, records, capfd):
    login = made_login(tmp_path, real.issuer)
    ask, tokens, errors, answers = login.provider._ask, {}, [], []

    def spying(*given):
        answer = ask(*given)
        said = json.loads(answer.body)
        tokens.update({name: said[name] for name in ("id_token", "access_token") if name in said})
        return answer

    login.provider._ask = spying
    client, person = browser(login), Browser()
    address, asked = begun(client)
    attempt = client.cookies[ATTEMPT]
    back = person.follow(address)
    answers.append(client.get(back))
    (code,) = parse_qs(urlsplit(back).query)["code"]
    token = client.cookies[SESSION]
    held = {"cookie": f"{ATTEMPT}={attempt}"}
    answers += [browser(login).get(back), browser(login).get(back, headers=held)]
    other = browser(login)
    _, mine = begun(other)
    answers.append(other.get("/login/callback", params={"code": code, "state": mine["state"]}))
    answers.append(other.get("/login/callback", params={"error": MAIL, "error_description": NAME, "state": SUBJECT}))
    answers.append(other.get("/login", params={"to": f"/{quote(MAIL)}"}))
    for change in ({"cookie": f"{SESSION}={token}x"}, {"authorization": f"Bearer {token}x"}, {}):
        try:
            guard.caller(login, "POST", Headers(change))
        except CloisterError as refusal:
            errors.append(f"{refusal!r} {refusal} {refusal.facts} {refusal.__cause__!r}")
    assert sessions.found(login, token)
    database = (tmp_path / "records.db").read_bytes()

    verifier = Attempt.read(login.key("attempt"), attempt, login.now()).verifier
    people = {"subject": SUBJECT, "name": NAME, "mail": MAIL, "client's secret": SECRET}
    secrets = people | {"code": code, "session": token, "verifier": verifier} | tokens
    assert {"id_token", "access_token"} < set(secrets)
    assert found(database, secrets | {"cookie": attempt, "state": asked["state"], "nonce": asked["nonce"]}) == []
    assert found("\n".join(records).encode(), secrets) == []
    assert found("\n".join(capfd.readouterr()).encode(), secrets) == []
    assert found("\n".join(errors).encode(), secrets) == []
    assert len(errors) == 3
    for answer in answers:
        cookies = [each for each in answer.headers.get_list("set-cookie") if token not in each]
        rest = [f"{name}: {value}" for name, value in answer.headers.items() if name != "set-cookie"]
        assert found("\n".join([answer.text, *rest, *cookies]).encode(), secrets) == []
    assert found(repr((login, login.keys, login.provider.client)).encode(), secrets) == []

    headers = {"origin": PUBLIC, "x-csrf-token": guard.csrf(login, token)}
    assert client.post("/logout", headers=headers).status_code == 204
    after = (tmp_path / "records.db").read_bytes()
    assert guard.presented(Headers({"cookie": f"{SESSION}={token}"})).token == token
    assert sessions._digest(login, token) in database
    assert sessions._digest(login, token) not in after
    person.close()
    login.sessions.close()
