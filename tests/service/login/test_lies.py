"""A provider, or whoever stands in its place, that says something false is not believed."""

from __future__ import annotations

import base64
import json
import time

import pytest

from cloister.errors import ProviderFlaw, ProviderUnreachable, SignInFlaw, SignInRefused
from cloister.service.login import device
from cloister.service.login.provider import AT_ONCE, Client, Provider
from tests.service.login.liar import DEVICE, DISCOVERY, JWKS, KEY, OTHER, TOKEN, claims, signed
from tests.service.login.setup import SESSION, Clock, begun, browser, code_of, made_login


@pytest.fixture
def login(tmp_path, liar):
    made = made_login(tmp_path, liar.issuer)
    yield made
    made.sessions.close()


def answered(login, liar, make, **also):
    """What comes of a sign-in where the provider's token is what `make` gives for the nonce."""
    client = browser(login)
    _, asked = begun(client)
    token = make(asked["nonce"])
    liar.says(TOKEN, {"id_token": token, "access_token": "a", "token_type": "Bearer"})
    answer = client.get("/login/callback", params={"code": "c", "state": asked["state"]} | also)
    assert (SESSION in client.cookies) == (answer.status_code == 303)
    return answer


def flaw(answer):
    """Why a sign-in was refused."""
    assert code_of(answer) == "sign-in-refused"
    return answer.json()["detail"].partition("(")[2].partition(")")[0]


def test_an_honest_answer_is_believed(login, liar):
    assert answered(login, liar, lambda nonce: signed(claims(liar, nonce))).status_code == 303


def test_the_provider_is_given_the_verifier_and_the_address_that_was_named_before(login, liar):
    answered(login, liar, lambda nonce: signed(claims(liar, nonce)))
    (form,) = [form for path, form in liar.asked if path == TOKEN]
    assert set(form) == {"grant_type", "code", "redirect_uri", "code_verifier"}
    assert form["redirect_uri"] == "https://ocr.example/login/callback"
    assert len(form["code_verifier"]) == 43


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"iss": "https://evil.example"}, SignInFlaw.ISSUER),
        ({"aud": "another"}, SignInFlaw.AUDIENCE),
        ({"aud": ["cloister", "another"]}, SignInFlaw.AUDIENCE),
        ({"exp": 1}, SignInFlaw.TIME),
        ({"exp": None}, SignInFlaw.TIME),
        ({"iat": 1}, SignInFlaw.TIME),
        ({"nonce": None}, SignInFlaw.NONCE),
        ({"nonce": "of another sign-in"}, SignInFlaw.NONCE),
        ({"sub": None}, SignInFlaw.FORM),
        ({"groups": "ocr-claims"}, SignInFlaw.FORM),
    ],
    ids=str,
)
def test_a_token_with_a_false_claim_is_refused(login, liar, change, why):
    assert flaw(answered(login, liar, lambda nonce: signed(claims(liar, nonce, **change)))) == why.value


def test_a_token_that_is_just_over_begins_no_session(login, liar):
    over = int(time.time()) - 30  # within what clocks may differ
    assert flaw(answered(login, liar, lambda nonce: signed(claims(liar, nonce, exp=over)))) == "time"


def test_a_token_of_another_key_or_of_none_is_refused(login, liar):
    assert flaw(answered(login, liar, lambda nonce: signed(claims(liar, nonce), OTHER))) == "signature"

    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    for name in ("none", "None", "HS256"):
        made = answered(login, liar, lambda nonce, name=name: f"{part({'alg': name})}.{part(claims(liar, nonce))}.")
        assert flaw(made) in {"form", "signature", "key"}


def test_a_subject_of_strange_characters_is_somebody_all_the_same(login, liar):
    change = {"sub": "\ud800\n", "groups": ["\udfff", "ocr-audit"]}
    assert answered(login, liar, lambda nonce: signed(claims(liar, nonce, **change))).status_code == 303


@pytest.mark.parametrize("said", [{}, {"id_token": 7}, {"id_token": None}, {"access_token": "a"}], ids=str)
def test_an_answer_without_a_token_is_refused(login, liar, said):
    client = browser(login)
    _, asked = begun(client)
    liar.says(TOKEN, said)
    assert flaw(client.get("/login/callback", params={"code": "c", "state": asked["state"]})) == "form"


def test_the_issuer_that_an_answer_names_has_to_be_ours(login, liar):
    def good(nonce):
        return signed(claims(liar, nonce))

    assert answered(login, liar, good, iss=liar.issuer).status_code == 303
    for other in ("https://evil.example", f"{liar.issuer}/", ""):
        assert flaw(answered(login, liar, good, iss=other)) in {"issuer", "form"}


def test_a_provider_that_promises_to_name_itself_has_to(login, liar):
    liar.discovery["authorization_response_iss_parameter_supported"] = True
    assert flaw(answered(login, liar, lambda nonce: signed(claims(liar, nonce)))) == "issuer"


def test_nothing_is_asked_of_the_provider_before_the_state_is_known_to_be_ours(login, liar):
    client = browser(login)
    _, asked = begun(client)
    for given in ({"code": "c"}, {"code": "c", "state": "x" * 43}, {"code": "c", "state": asked["nonce"]}, {}):
        assert flaw(client.get("/login/callback", params=given)) == "state"
    twice = [("code", "c"), ("code", "d"), ("state", asked["state"])]
    assert flaw(client.get("/login/callback", params=twice)) == "form"
    assert liar.count(TOKEN) == 0
    assert flaw(browser(login).get("/login/callback", params={"code": "c", "state": asked["state"]})) == "state"


def test_an_attempt_is_good_for_ten_minutes(login, liar):
    client = browser(login)
    _, asked = begun(client)
    liar.says(TOKEN, {"id_token": signed(claims(liar, asked["nonce"]))})
    login.clock.ahead = 601
    held = {"cookie": f"__Host-cloister-sign-in={client.cookies['__Host-cloister-sign-in']}"}
    assert flaw(client.get("/login/callback", params={"code": "c", "state": asked["state"]}, headers=held)) == "state"
    login.clock.ahead = 0
    assert client.get("/login/callback", params={"code": "c", "state": asked["state"]}).status_code == 303


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "/..//evil.example",
        "/%2f/evil.example",
        "/a//b",
        "javascript:alert(1)",
        "/a\r\nSet-Cookie: a=b",
        "/" + "a" * 200,
        "",
        "a",
        "/é",
        "/a?to=b",
        "/.well-known/x",
    ],
)
def test_nobody_is_sent_on_to_another_host(login, liar, to):
    client = browser(login)
    _, asked = begun(client, to)
    liar.says(TOKEN, {"id_token": signed(claims(liar, asked["nonce"]))})
    answer = client.get("/login/callback", params={"code": "c", "state": asked["state"]})
    assert answer.headers["location"] == "https://ocr.example/"


def unreachable(login):
    """Why nobody can sign in now."""
    answer = browser(login).get("/login")
    assert (answer.status_code, code_of(answer)) == (503, "provider-unreachable")
    return next(each for each in ProviderFlaw if each.value in answer.json()["detail"])


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"issuer": "https://evil.example"}, ProviderFlaw.ISSUER),
        ({"issuer": None}, ProviderFlaw.ISSUER),
        ({"authorization_endpoint": "https://evil.example/auth"}, ProviderFlaw.ENDPOINT),
        ({"token_endpoint": "https://evil.example/token"}, ProviderFlaw.ENDPOINT),
        ({"token_endpoint": "http://127.0.0.1:1/token"}, ProviderFlaw.ENDPOINT),
        ({"token_endpoint": None}, ProviderFlaw.ENDPOINT),
        ({"jwks_uri": "http://169.254.169.254/keys"}, ProviderFlaw.ENDPOINT),
        ({"jwks_uri": "file:///etc/passwd"}, ProviderFlaw.ENDPOINT),
        ({"authorization_endpoint": "javascript:alert(1)"}, ProviderFlaw.ENDPOINT),
        ({"device_authorization_endpoint": ["x"]}, ProviderFlaw.ENDPOINT),
        ({"code_challenge_methods_supported": ["plain"]}, ProviderFlaw.NO_PKCE),
        ({"code_challenge_methods_supported": "S256"}, ProviderFlaw.NO_PKCE),
    ],
    ids=str,
)
def test_a_provider_that_describes_itself_falsely_is_not_used(login, liar, said, why):
    liar.discovery.update(said)
    assert unreachable(login) is why


def drip(handler, _):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    try:
        for _ in range(200):
            handler.wfile.write(b" ")
            time.sleep(0.05)
    except OSError:
        pass


def hang(_handler, _):
    time.sleep(2.0)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((200, {}, b"{"), ProviderFlaw.STRANGE),
        ((200, {}, b"[]"), ProviderFlaw.STRANGE),
        ((200, {}, b"[" * 60_000), ProviderFlaw.STRANGE),
        ((200, {}, b"\xff"), ProviderFlaw.STRANGE),
        ((200, {}, b'{"issuer":' + b"9" * 5000 + b"}"), ProviderFlaw.STRANGE),
        ((200, {"Content-Type": "text/html"}, b"{}"), ProviderFlaw.STRANGE),
        ((404, {}, b"{}"), ProviderFlaw.STRANGE),
        ((500, {}, b"{}"), ProviderFlaw.STRANGE),
        ((302, {"Location": "https://evil.example/"}, b""), ProviderFlaw.REDIRECTS),
        ((200, {}, b" " * 100_000), ProviderFlaw.TOO_MUCH),
        (drip, ProviderFlaw.LATE),
        (hang, ProviderFlaw.LATE),
    ],
    ids=lambda each: getattr(each, "name", None) or getattr(each, "__name__", None) or str(each)[:30],
)
@pytest.mark.parametrize("path", [DISCOVERY, JWKS, TOKEN])
def test_a_provider_that_answers_slowly_too_much_or_nonsense_is_given_up(login, liar, path, answer, why):
    if callable(answer):
        login.provider._seconds = 0.5
    if path == DISCOVERY:
        liar.answers[path] = answer
        assert unreachable(login) is why
        return
    client = browser(login)
    _, asked = begun(client)
    liar.says(TOKEN, {"id_token": signed(claims(liar, asked["nonce"]))})
    liar.answers[path] = answer
    began = time.monotonic()
    given = client.get("/login/callback", params={"code": "c", "state": asked["state"]})
    assert time.monotonic() - began < 5
    assert code_of(given) == "provider-unreachable"
    assert why.value in given.json()["detail"]


def test_a_refusal_of_a_code_is_told_as_one(login, liar):
    for error, code in (("invalid_grant", "sign-in-refused"), ("invalid_client", "provider-unreachable")):
        client = browser(login)
        _, asked = begun(client)
        liar.says(TOKEN, {"error": error}, status=400)
        assert code_of(client.get("/login/callback", params={"code": "c", "state": asked["state"]})) == code


def test_a_provider_is_asked_once_for_what_does_not_change(login, liar):
    for _ in range(3):
        answered(login, liar, lambda nonce: signed(claims(liar, nonce)))
    assert (liar.count(DISCOVERY), liar.count(JWKS), liar.count(TOKEN)) == (1, 1, 3)
    login.clock.ahead = 3601
    begun(browser(login))
    assert liar.count(DISCOVERY) == 2


def test_unknown_keys_are_looked_for_once_a_minute(login, liar):
    def unknown(nonce):
        return signed(claims(liar, nonce), kid="two")

    for _ in range(3):
        assert flaw(answered(login, liar, unknown)) == "key"
    assert liar.count(JWKS) == 1
    login.clock.ahead = 61
    for _ in range(3):
        assert flaw(answered(login, liar, unknown)) == "key"
    assert liar.count(JWKS) == 2
    liar.says(JWKS, {"keys": [{**KEY.as_dict(private=False), "kid": "two"}]})
    login.clock.ahead = 122
    assert answered(login, liar, unknown).status_code == 303
    assert liar.count(JWKS) == 3


def test_a_provider_that_failed_is_left_alone_for_a_moment(login, liar):
    liar.says(DISCOVERY, b"{")
    for _ in range(3):
        assert unreachable(login) is ProviderFlaw.STRANGE
    assert liar.count(DISCOVERY) == 1
    liar.says(DISCOVERY, liar.discovery)
    login.clock.ahead = 6
    begun(browser(login))


def test_no_more_than_some_wait_for_a_provider_that_is_slow(login, liar):
    begun(browser(login))
    held = [login.provider._places.acquire(blocking=False) for _ in range(AT_ONCE)]
    assert all(held)
    client = browser(login)
    _, asked = begun(client)  # what is known already needs no place
    answer = client.get("/login/callback", params={"code": "c", "state": asked["state"]})
    assert ProviderFlaw.BUSY.value in answer.json()["detail"]
    assert liar.count(TOKEN) == 0
    for _ in held:
        login.provider._places.release()


PROMPT = {
    "device_code": "d",
    "user_code": "ABCD-EFGH",
    "verification_uri": None,
    "expires_in": 600,
    "interval": 1,
}


def prompt_of(liar, **change):
    """What a program is told to show."""
    said = PROMPT | {"verification_uri": f"{liar.issuer}/go"} | change
    liar.says(DEVICE, {name: value for name, value in said.items() if value is not None})
    return device.begin(Provider(liar.issuer, Client("command"), clock=Clock()))


@pytest.mark.parametrize(
    "change",
    [
        {"verification_uri": "https://evil.example/"},
        {"verification_uri": "http://127.0.0.1/\x1b[2J"},
        {"verification_uri_complete": "https://evil.example/"},
        {"user_code": "AB\x1b[31mCD"},
        {"user_code": "AB\u202eCD"},
        {"user_code": ""},
        {"user_code": "A" * 65},
        {"user_code": None},
        {"device_code": "d e"},
        {"device_code": None},
        {"expires_in": "soon"},
        {"expires_in": float("nan")},
        {"interval": True},
    ],
    ids=str,
)
def test_what_a_program_shows_is_nothing_that_a_terminal_or_a_person_is_fooled_by(liar, change):
    with pytest.raises(ProviderUnreachable):
        prompt_of(liar, **change)


@pytest.mark.parametrize(("said", "taken"), [(0, 1), (-5, 1), (1e300, 60), (10**30, 60), (7, 7), (None, 5)])
def test_a_program_asks_neither_all_the_time_nor_never(liar, said, taken):
    assert prompt_of(liar, interval=said).interval == taken
    assert prompt_of(liar, expires_in=10**30).seconds == 1800


@pytest.mark.parametrize("said", [{}, {"error": None}, {"error": ["x"]}, {"error": ""}], ids=str)
def test_a_no_without_a_reason_is_none_of_the_protocol(login, liar, said):
    client = browser(login)
    _, asked = begun(client)
    liar.says(TOKEN, said, status=400)
    assert (
        code_of(client.get("/login/callback", params={"code": "c", "state": asked["state"]})) == "provider-unreachable"
    )
    prompt = prompt_of(liar)
    with pytest.raises(ProviderUnreachable):
        device.poll(Provider(liar.issuer, Client("command")), prompt)


def test_a_program_asks_more_slowly_when_told_to_or_when_nobody_answers(liar):
    prompt = prompt_of(liar)
    provider = Provider(liar.issuer, Client("command"))
    slow, pending = (400, {}, {"error": "slow_down"}), (400, {}, {"error": "authorization_pending"})
    given = iter([pending, slow, pending, slow, hang, (200, {}, {"access_token": "tok", "expires_in": 60})])
    pauses = []

    def sleep(seconds):
        pauses.append(seconds)
        liar.answers[TOKEN] = next(given)

    provider._seconds = 1.0
    tokens = device.wait(provider, prompt, sleep=sleep)
    assert pauses == [1, 1, 6, 6, 11, 22]
    assert (tokens.access.open(), tokens.id, tokens.seconds) == (b"tok", None, 60)


@pytest.mark.parametrize(
    ("error", "why"),
    [
        ("access_denied", SignInFlaw.DENIED),
        ("expired_token", SignInFlaw.TIME),
        ("invalid_grant", SignInFlaw.CODE),
    ],
)
def test_a_program_stops_asking_when_the_answer_is_no(liar, error, why):
    prompt = prompt_of(liar)
    liar.says(TOKEN, {"error": error}, status=400)
    with pytest.raises(SignInRefused) as refused:
        device.wait(Provider(liar.issuer, Client("command")), prompt, sleep=lambda _: None)
    assert refused.value.facts == {"why": why}
    assert liar.count(TOKEN) == 1
