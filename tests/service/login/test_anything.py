"""Whatever comes in, the answer is one that was thought of."""

from __future__ import annotations

import asyncio
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloister.errors import SignInRefused
from cloister.service.login import guard
from cloister.service.login.address import parsed
from cloister.service.login.attempt import Attempt
from tests.service.login.liar import TOKEN, Liar
from tests.service.login.setup import ATTEMPT, SESSION, app, made_login


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A service whose provider takes no code, and its app."""
    liar = Liar()
    liar.says(TOKEN, {"error": "invalid_grant"}, status=400)
    login = made_login(tmp_path_factory.mktemp("any"), liar.issuer)
    yield login, app(login)
    login.sessions.close()
    liar.stop()


def asked(served, method, path, query, headers):
    """Status, headers and body that the app gives; what it raises is raised here."""
    said = []

    async def send(message):
        said.append(message)

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {"type": "http", "http_version": "1.1", "method": method, "scheme": "https", "path": path, "root_path": ""}
    scope |= {"raw_path": path.encode(), "query_string": query, "headers": headers, "server": ("ocr.example", 443)}
    asyncio.run(served(scope, receive, send))
    return said[0]["status"], dict(said[0]["headers"]), b"".join(part.get("body", b"") for part in said[1:])


def checked(answer, *statuses):
    """Every answer is bare, or problem JSON that says what it should."""
    status, headers, body = answer
    assert status in statuses
    assert headers[b"cache-control"] == b"no-store"
    if status >= 400:
        assert set(json.loads(body)) == {"type", "title", "status", "detail", "code"}
    else:
        assert body == b""
    return status


_BYTES = st.binary(max_size=60)
_NAMES = st.sampled_from([b"code", b"state", b"iss", b"error", b"error_description", b"session_state"]) | _BYTES
_QUERY = st.lists(st.tuples(_NAMES, _BYTES), max_size=6)
_HEADER = st.binary(max_size=80).filter(lambda held: b"\r" not in held and b"\n" not in held)


def _joined(pairs):
    return b"&".join(name + b"=" + value for name, value in pairs)


@settings(max_examples=150, deadline=None)
@given(query=_QUERY, cookie=_HEADER, right_cookie=st.booleans(), right_state=st.booleans())
def test_any_answer_of_a_provider_in_any_browser_is_refused_with_words(
    served, query, cookie, right_cookie, right_state
):
    login, application = served
    attempt = Attempt.new(login.key("attempt"), "/", login.now())
    held = f"{ATTEMPT}={attempt.cookie}".encode() if right_cookie else ATTEMPT.encode() + b"=" + cookie
    parts = [(b"state", attempt.state.encode())] if right_state else []
    checked(asked(application, "GET", "/login/callback", _joined([*parts, *query]), [(b"cookie", held)]), 401, 503)


@settings(max_examples=100, deadline=None)
@given(query=_BYTES)
def test_any_wish_where_to_go_on_begins_a_sign_in_that_ends_here(served, query):
    status, headers, _ = answer = asked(served[1], "GET", "/login", b"to=" + query, [])
    assert checked(answer, 303) == status
    assert headers[b"location"].startswith(served[0].provider.endpoints().authorization.encode())


@settings(max_examples=150, deadline=None)
@given(headers=st.lists(st.tuples(st.sampled_from([b"cookie", b"authorization", b"origin", b"x-csrf-token"]), _HEADER)))
def test_any_headers_sign_nobody_out_and_break_nothing(served, headers):
    named = [(name, SESSION.encode() + b"=" + held if name == b"cookie" else held) for name, held in headers]
    checked(asked(served[1], "POST", "/logout", b"", named), 401, 403)


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=200))
def test_no_text_is_a_cookie_of_ours(text):
    for given_ in (text, f"{'a' * 43}.{1_800_000_000}.{text}.{'b' * 43}"):
        with pytest.raises(SignInRefused):
            Attempt.read(bytes(32), given_, 1_800_000_000)


@settings(max_examples=50, deadline=None)
@given(at=st.integers(0, 200), to=st.sampled_from(["/", "/documents/doc-1", "/a.b/"]), put=st.characters(codec="ascii"))
def test_a_cookie_that_was_changed_is_none(at, to, put):
    made = Attempt.new(bytes(32), to, 1_800_000_000)
    whole = made.cookie
    at %= len(whole)
    changed = whole[:at] + put + whole[at + 1 :]
    if changed == whole:
        assert Attempt.read(bytes(32), whole, 1_800_000_000).state == made.state
    else:
        with pytest.raises(SignInRefused):
            Attempt.read(bytes(32), changed, 1_800_000_000)


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=60))
def test_an_address_is_taken_apart_or_refused(text):
    for url in (text, f"https://{text}", f"https://id.example/{text}"):
        try:
            found = parsed(url)
        except ValueError:
            continue
        assert found.tls
        assert found.origin.isascii()
        assert "@" not in found.host


def test_what_a_cookie_is_given_has_no_way_out_of_its_value():
    assert guard.set_cookie("a", "b", 1).count(";") == 5
