"""A session ends when it should, is nobody else's, and changes nothing that its person did not ask for."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import replace

import httpx
import pytest
from starlette.datastructures import Headers

from cloister.errors import BadSignIn, CrossSite, NoRole, RecordsDamaged, SignInRefused, TokenRefused
from cloister.model import Plain, Role
from cloister.service.login import guard, sessions
from cloister.service.login.grants import Grant
from cloister.service.login.login import Keys, Login, Times
from cloister.service.login.provider import Client, Provider
from cloister.sign.id_token import SignedIn
from tests.service.login.real import PUBLIC
from tests.service.login.setup import GRANTS, IDLE, KEYS, SESSION, app, browser, code_of, made_login

ISSUER = "https://id.example"


@pytest.fixture
def login(tmp_path):
    made = made_login(tmp_path, ISSUER)
    yield made
    made.sessions.close()


def session(login, subject="ana", groups=("ocr-claims",), seconds=3600, **also):
    """The token of a new session."""
    token, _ = sessions.begin(login, SignedIn(subject, frozenset(groups), login.now() + seconds), **also)
    return token.open().decode()


def held(token, **headers):
    """The headers of a browser with this session."""
    return Headers({"cookie": f"{SESSION}={token}", **headers})


def changing(login, token, **change):
    """The headers with which a page of the service asks for a change."""
    given = {"cookie": f"{SESSION}={token}", "origin": PUBLIC, "x-csrf-token": guard.csrf(login, token)} | change
    return Headers({name: value for name, value in given.items() if value is not None})


def test_a_session_is_found_by_its_cookie_or_its_header(login):
    token = session(login)
    by_cookie = guard.caller(login, "GET", held(token))
    by_header = guard.caller(login, "POST", Headers({"authorization": f"bearer {token}"}))
    assert by_cookie == by_header
    assert by_cookie.roles == {Role.SUBMITTER, Role.READER}


def test_roles_are_those_of_all_groups_at_the_last_sign_in(login):
    both = sessions.found(login, session(login, groups=("ocr-claims", "ocr-audit", "staff")))
    assert both.roles == {Role.SUBMITTER, Role.READER, Role.AUDITOR}
    one = sessions.found(login, session(login, groups=("ocr-audit",)))
    assert (one.id, one.roles, one.teams) == (both.id, {Role.AUDITOR}, frozenset())
    with pytest.raises(NoRole):
        session(login, groups=("staff",))
    with pytest.raises(NoRole):
        session(login, groups=())


def test_a_session_ends_with_the_word_of_the_provider(login):
    token = session(login, seconds=600)
    person = sessions.found(login, token)
    login.clock.ahead = 599
    assert sessions.found(login, token).until == person.until <= login.now() + 1
    login.clock.ahead = 601
    with pytest.raises(TokenRefused):
        sessions.found(login, token)
    with pytest.raises(SignInRefused):
        session(login, seconds=0)


def test_a_session_ends_after_its_longest_time_however_much_it_is_used(login):
    token = session(login, seconds=10**7)
    for minute in range(0, 12 * 60, 20):
        login.clock.ahead = minute * 60
        sessions.found(login, token)
    login.clock.ahead = 12 * 3600 + 1
    with pytest.raises(TokenRefused):
        sessions.found(login, token)


def test_a_session_that_is_not_used_ends(login):
    token, other = session(login), session(login)
    login.clock.ahead = IDLE - 60
    sessions.found(login, token)
    login.clock.ahead = IDLE + 60
    sessions.found(login, token)
    with pytest.raises(TokenRefused):
        sessions.found(login, other)


def test_every_session_of_a_person_can_be_ended_and_of_nobody_else(login):
    mine, theirs = [session(login) for _ in range(3)], session(login, "ben")
    person = sessions.found(login, mine[0])
    assert sessions.end_all(login, person.id) == 3
    for token in mine:
        with pytest.raises(TokenRefused):
            sessions.found(login, token)
    assert sessions.found(login, theirs).id != person.id
    assert sessions.end_all(login, person.id) == 0


def test_what_is_over_does_not_stay_in_the_database(login, tmp_path):
    for _ in range(5):
        session(login, seconds=60)
    login.clock.ahead = 61
    session(login)
    with sqlite3.connect(tmp_path / "records.db") as database:
        assert database.execute("select count(*) from sessions").fetchone() == (1,)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("roles", "custodian operator"),
        ("teams", "claims legal"),
        ("until", 10**12),
        ("person", "per-" + "0" * 32),
        ("seal", b"\0" * 32),
        ("roles", b"\xff"),
        ("seen", -1),
    ],
)
def test_a_row_that_somebody_changed_gives_nobody_anything(login, tmp_path, column, value):
    token = session(login)
    with sqlite3.connect(tmp_path / "records.db") as database:
        database.execute(f"update sessions set {column} = ?", (value,))
    with pytest.raises(RecordsDamaged):
        sessions.found(login, token)


def test_a_session_that_somebody_made_in_the_database_is_none(login, tmp_path):
    mine, auditor = session(login), session(login, "ben", ("ocr-audit",))
    with sqlite3.connect(tmp_path / "records.db") as database:
        rows = dict(database.execute("select roles, digest from sessions"))
        database.execute("delete from sessions where roles = 'auditor'")
        database.execute("update sessions set digest = ?", (rows["auditor"],))
    with pytest.raises(RecordsDamaged):
        sessions.found(login, auditor)
    with pytest.raises(TokenRefused):
        sessions.found(login, mine)


@pytest.mark.parametrize(
    "change",
    [
        {"keys": replace(KEYS, sessions=Plain(bytes(32)))},
        {"grants": {"ocr-claims": Grant(frozenset({Role.SUBMITTER}))}},
        {"grants": GRANTS | {"more": Grant(frozenset({Role.OPERATOR}))}},
        {"provider": Provider("https://other.example", Client("cloister"))},
        {"public": "https://other.example"},
        {"tenant": "south"},
    ],
    ids=lambda each: next(iter(each)),
)
def test_where_something_else_gives_roles_no_session_of_before_is_one(login, change):
    token = session(login)
    same = {name: getattr(login, name) for name in Login.__slots__ if not name.startswith("_")}
    assert sessions.found(Login(**same), token)
    with pytest.raises(TokenRefused):
        sessions.found(Login(**same | change), token)


def test_another_key_of_sessions_leaves_everybody_who_they_are(login):
    before = sessions.found(login, session(login)).id
    same = {name: getattr(login, name) for name in Login.__slots__ if not name.startswith("_")}
    after = Login(**same | {"keys": replace(KEYS, sessions=Plain(bytes(32)))})
    assert sessions.found(after, session(after)).id == before
    other = Login(**same | {"keys": replace(KEYS, people=Plain(bytes(32)))})
    assert sessions.found(other, session(other)).id != before


@pytest.mark.parametrize(
    "change",
    [
        {"origin": None},
        {"origin": "null"},
        {"origin": "https://evil.example"},
        {"origin": "http://ocr.example"},
        {"origin": "https://ocr.example:8443"},
        {"origin": f"{PUBLIC}/"},
        {"origin": "https://ocr.example.evil.example"},
        {"x-csrf-token": None},
        {"x-csrf-token": ""},
        {"x-csrf-token": "é"},
        {"x-csrf-token": "x" * 43},
    ],
    ids=str,
)
def test_a_change_that_no_page_of_the_service_asked_for_is_refused(login, change):
    token = session(login)
    for method in ("POST", "PUT", "PATCH", "DELETE", "post", "BREW"):
        with pytest.raises(CrossSite):
            guard.caller(login, method, changing(login, token, **change))
    assert guard.caller(login, "POST", changing(login, token))
    answer = browser(login).post("/logout", headers=changing(login, token, **change).raw)
    assert (answer.status_code, code_of(answer)) == (403, "cross-site")
    assert sessions.found(login, token)


def test_the_csrf_token_of_another_session_is_none_of_this(login):
    mine, theirs = session(login), session(login, "ben")
    with pytest.raises(CrossSite):
        guard.caller(login, "POST", changing(login, mine, **{"x-csrf-token": guard.csrf(login, theirs)}))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": ""},
        {"authorization": "Bearer"},
        {"authorization": "Bearer  "},
        {"authorization": "Basic dXNlcjpwYXNz"},
        {"authorization": "Bearer clk_" + "a" * 51},
        {"cookie": ""},
        {"cookie": f"{SESSION}="},
        {"cookie": f"{SESSION}=cls_{'a' * 51}"},
        {"cookie": "cloister=x"},
    ],
    ids=str,
)
def test_who_brings_no_session_is_nobody(login, headers):
    for method in ("GET", "POST"):
        with pytest.raises((TokenRefused, CrossSite)):
            guard.caller(login, method, Headers(headers))


def test_a_header_that_is_no_token_is_not_made_good_by_a_cookie(login):
    token = session(login)
    for bad in ("Basic x", "Bearer x", ""):
        with pytest.raises(TokenRefused):
            guard.caller(login, "GET", held(token, authorization=bad))
    twice = [(b"authorization", f"Bearer {token}".encode())] * 2
    with pytest.raises(TokenRefused):
        guard.caller(login, "GET", Headers(raw=twice))
    two = f"{SESSION}={token}; {SESSION}={session(login, 'ben')}"
    with pytest.raises(TokenRefused):
        guard.caller(login, "GET", Headers({"cookie": two}))


def test_a_token_is_not_shown_by_accident(login):
    token = session(login)
    assert token[4:12] not in f"{guard.presented(held(token))!r}{guard.presented(held(token))}"


def test_signing_out_without_a_session_is_refused_and_takes_away_what_is_none(login):
    answer = browser(login).post("/logout")
    assert (answer.status_code, code_of(answer)) == (401, "token-refused")
    assert answer.headers["www-authenticate"] == "Bearer"
    given = changing(login, "cls_wrong")
    answer = browser(login).post("/logout", headers=given.raw)
    assert code_of(answer) == "token-refused"
    assert answer.headers["set-cookie"].startswith(f"{SESSION}=; ")


def test_of_two_hundred_who_sign_out_at_once_all_are_signed_out(login):
    tokens = [session(login, f"person {number}") for number in range(100)]
    stays = session(login)
    served = app(login)

    async def leave():
        transport = httpx.ASGITransport(served, raise_app_exceptions=True)
        async with httpx.AsyncClient(transport=transport, base_url=PUBLIC, timeout=60) as client:
            given = [changing(login, token).raw for token in tokens] * 2
            return await asyncio.gather(*(client.post("/logout", headers=headers) for headers in given))

    assert {answer.status_code for answer in asyncio.run(leave())} == {204}
    for token in tokens:
        with pytest.raises(TokenRefused):
            sessions.found(login, token)
    assert sessions.found(login, stays)


@pytest.mark.parametrize(
    "change",
    [
        {"public": "http://ocr.example"},
        {"public": "https://ocr.example/"},
        {"public": "https://ocr.example/ocr"},
        {"public": "https://me@ocr.example"},
        {"public": "ocr.example"},
        {"grants": {}},
    ],
    ids=str,
)
def test_a_service_that_could_not_sign_anybody_in_safely_does_not_start(login, change):
    same = {name: getattr(login, name) for name in Login.__slots__ if not name.startswith("_")}
    with pytest.raises(BadSignIn):
        Login(**same | change)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Keys(Plain(bytes(31)), Plain(bytes(32))),
        lambda: Keys(Plain(bytes(32)), Plain(bytes(32))),
        lambda: Times(longest=10**6),
        lambda: Times(idle=0),
        lambda: Times(longest=60, idle=61),
        lambda: Grant(frozenset()),
        lambda: Grant(frozenset({Role.READER}), frozenset({"two words"})),
        lambda: Client(""),
        lambda: Client("a b"),
        lambda: Client("cloister", Plain(b"")),
        lambda: Client("cloister", scopes=("profile",)),
        lambda: Client("cloister", scopes=("openid", "two words")),
        lambda: Provider("http://id.example", Client("a")),
        lambda: Provider("http://localhost", Client("a")),
        lambda: Provider("https://id.example/?a=b", Client("a")),
        lambda: Provider("https://me:secret@id.example", Client("a")),
        lambda: Provider("https://id.example:99999", Client("a")),
        lambda: Provider("https://id.example", Client("a"), ("https://other.example/path",)),
    ],
)
def test_settings_that_cannot_be_are_refused(make):
    with pytest.raises(BadSignIn) as refused:
        make()
    assert "secret@" not in str(refused.value)
