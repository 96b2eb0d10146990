"""Through a real provider: who signs in there is known here, with the roles of their groups, until they sign out."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.datastructures import Headers

from cloister.errors import ProviderFlaw, ProviderUnreachable, SignInFlaw, SignInRefused, TokenRefused
from cloister.model import Role
from cloister.service.login import device, guard
from cloister.service.login.provider import Client, Provider
from tests.service.login.real import PUBLIC, Browser, Real
from tests.service.login.setup import ATTEMPT, SESSION, begun, browser, code_of, made_login


@pytest.fixture
def login(tmp_path, real):
    made = made_login(tmp_path, real.issuer)
    yield made
    made.sessions.close()


@pytest.fixture
def people():
    """Makes browsers, and closes them."""
    made = []

    def new(*given, **also):
        made.append(Browser(*given, **also))
        return made[-1]

    yield new
    for each in made:
        each.close()


def signed_in(login, person, client=None, to="/"):
    """A browser that has signed in, and the answer that gave it its session."""
    client = client or browser(login)
    address, _ = begun(client, to)
    answer = client.get(person.follow(address))
    assert answer.status_code == 303, answer.text
    return client, answer


def who(login, client, method="GET", **headers):
    """Who asks, from this browser."""
    held = "; ".join(f"{each.name}={each.value}" for each in client.cookies.jar)
    return guard.caller(login, method, Headers({"cookie": held, **headers}))


def test_a_person_signs_in_at_the_provider_and_has_the_roles_of_their_groups(login, people):
    client, answer = signed_in(login, people(), to="/documents/doc-1")
    assert answer.headers["location"] == f"{PUBLIC}/documents/doc-1"
    person = who(login, client)
    assert (person.roles, person.teams) == ({Role.SUBMITTER, Role.READER}, {"claims"})
    assert (person.tenant, person.kind) == ("north", "Person")
    assert 0 < person.until - login.now() <= 3600
    assert [each.name for each in client.cookies.jar] == [SESSION]


def test_the_cookies_are_for_this_host_over_tls_and_no_script_sees_them(login, people):
    client = browser(login)
    first = client.get("/login")
    last = client.get(people().follow(first.headers["location"]))
    given = [*first.headers.get_list("set-cookie"), *last.headers.get_list("set-cookie")]
    assert [each.partition("=")[0] for each in given] == [ATTEMPT, SESSION, ATTEMPT]
    for each in given:
        assert each.partition("; ")[2].startswith("Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=")
        assert "Domain" not in each


def test_the_provider_is_asked_for_a_code_with_a_state_a_nonce_and_a_challenge(login):
    address, asked = begun(browser(login))
    assert address.startswith(login.provider.endpoints().authorization)
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert asked["redirect_uri"] == f"{PUBLIC}/login/callback"
    secrets = [asked[name] for name in ("state", "nonce", "code_challenge")]
    assert [len(each) for each in secrets] == [43, 43, 43]
    _, again = begun(browser(login))
    assert not set(secrets) & {again[name] for name in ("state", "nonce", "code_challenge")}


def test_a_public_client_needs_no_secret(tmp_path, real, people):
    login = made_login(tmp_path, real.issuer, client="public", secret=None)
    client, _ = signed_in(login, people())
    assert who(login, client).roles == {Role.SUBMITTER, Role.READER}


def test_the_same_person_has_the_same_id_and_another_person_another(login, people):
    ids = [who(login, signed_in(login, people(*given))[0]).id for given in ((), (), ("ben",))]
    assert ids[0] == ids[1] != ids[2]
    assert all(each.startswith("per-") and len(each) == 36 for each in ids)


def test_who_has_no_role_is_refused_and_told_what_to_do(login, people):
    client = browser(login)
    address, _ = begun(client)
    answer = client.get(people("carl").follow(address))
    assert (answer.status_code, code_of(answer)) == (403, "no-role")
    assert "Ask who gives roles" in answer.json()["detail"]
    assert SESSION not in client.cookies


def test_who_says_no_at_the_provider_is_not_signed_in(login, people):
    client = browser(login)
    address, _ = begun(client)
    answer = client.get(people(agrees=False).follow(address))
    assert code_of(answer) == "sign-in-refused"
    assert SignInFlaw.DENIED.value in answer.json()["detail"]


def test_the_host_of_a_request_changes_nothing(login, people):
    client = browser(login)
    evil = {"host": "evil.example", "x-forwarded-host": "evil.example", "forwarded": "host=evil.example"}
    first = client.get("/login", headers=evil)
    assert parse_qs(urlsplit(first.headers["location"]).query)["redirect_uri"] == [f"{PUBLIC}/login/callback"]
    # What a browser sends depends on the host; here it is the same one.
    back = people().follow(first.headers["location"])
    cookie = {"cookie": f"{ATTEMPT}={first.headers['set-cookie'].partition('=')[2].partition(';')[0]}"}
    last = client.get(back, headers=evil | cookie)
    assert last.headers["location"] == f"{PUBLIC}/"


def test_a_code_and_a_callback_count_once(login, people):
    client = browser(login)
    address, _ = begun(client)
    back = people().follow(address)
    held = {"cookie": f"{ATTEMPT}={client.cookies[ATTEMPT]}"}
    assert client.get(back).status_code == 303
    for given in ({}, held):
        again = browser(login).get(back, headers=given)
        assert code_of(again) == "sign-in-refused"
    assert SignInFlaw.REPEATED.value in again.json()["detail"]
    # The same code in a sign-in of another browser: its verifier is another, and the provider has used it up.
    other = browser(login)
    _, asked = begun(other)
    given = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()} | {"state": asked["state"]}
    again = other.get("/login/callback", params=given)
    assert code_of(again) == "sign-in-refused"
    assert SignInFlaw.CODE.value in again.json()["detail"]


def test_a_code_that_was_not_used_yet_is_worth_nothing_to_another_browser(login, people):
    client, thief = browser(login), browser(login)
    address, _ = begun(client)
    back = people().follow(address)
    assert code_of(thief.get(back)) == "sign-in-refused"
    _, asked = begun(thief)
    stolen = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()} | {"state": asked["state"]}
    refused = thief.get("/login/callback", params=stolen)
    assert SignInFlaw.CODE.value in refused.json()["detail"]  # PKCE: the verifier is another one


def test_a_stolen_cookie_of_a_sign_in_redeems_no_code_that_was_not_meant_for_it(login, people):
    client, thief = browser(login), browser(login)
    begun(client)
    stolen = {"cookie": f"{ATTEMPT}={client.cookies[ATTEMPT]}"}
    address, _ = begun(thief)
    back = people("ben").follow(address)  # the thief's own code
    assert code_of(browser(login).get(back, headers=stolen)) == "sign-in-refused"


def test_an_answer_that_another_provider_gave_is_refused(login, people, tmp_path):
    other = Real(kid="other")
    try:
        (tmp_path / "other").mkdir()
        theirs = made_login(tmp_path / "other", other.issuer)
        client = browser(theirs)
        address, _ = begun(client)
        back = people().follow(address)
        ours = browser(login)
        _, asked = begun(ours)
        given = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
        assert given["iss"] == other.issuer
        mixed = ours.get("/login/callback", params=given | {"state": asked["state"]})
        assert SignInFlaw.ISSUER.value in mixed.json()["detail"]
        del given["iss"]  # this provider always says who it is
        assert SignInFlaw.ISSUER.value in ours.get("/login/callback", params=given | {"state": asked["state"]}).text
    finally:
        other.stop()


def test_new_keys_of_the_provider_are_found_by_themselves(tmp_path, people):
    first = Real(kid="first")
    login = made_login(tmp_path, first.issuer)
    client, _ = signed_in(login, people())
    first.stop()
    second = Real(port=first.port, kid="second")
    try:
        client = browser(login)
        address, _ = begun(client)
        answer = client.get(people().follow(address))
        assert "(key)" in answer.json()["detail"]  # its keys were fetched a moment ago
        login.clock.ahead = 61
        signed_in(login, people())
    finally:
        second.stop()


def test_a_wrong_secret_is_told_to_who_runs_the_service(tmp_path, real, people):
    login = made_login(tmp_path, real.issuer, secret="another")
    client = browser(login)
    address, _ = begun(client)
    answer = client.get(people().follow(address))
    assert (answer.status_code, code_of(answer)) == (503, "provider-unreachable")
    assert ProviderFlaw.REFUSED.value in answer.json()["detail"]


def test_a_provider_that_is_gone_ends_no_session(tmp_path, people):
    provider = Real()
    login = made_login(tmp_path, provider.issuer)
    client, _ = signed_in(login, people())
    waiting = browser(login)
    address, _ = begun(waiting)
    back = people().follow(address)
    provider.stop()
    assert code_of(waiting.get(back)) == "provider-unreachable"
    assert who(login, client).roles


def test_signing_out_ends_the_session_at_once(login, people):
    client, _ = signed_in(login, people())
    token = client.cookies[SESSION]
    headers = {"origin": PUBLIC, "x-csrf-token": guard.csrf(login, token)}
    assert client.post("/logout", headers=headers).status_code == 204
    assert SESSION not in client.cookies
    with pytest.raises(TokenRefused):
        guard.caller(login, "GET", Headers({"cookie": f"{SESSION}={token}"}))
    with pytest.raises(TokenRefused):
        guard.caller(login, "GET", Headers({"authorization": f"Bearer {token}"}))


def test_signing_in_again_ends_the_session_of_before_and_takes_no_given_one(login, people):
    client, _ = signed_in(login, people())
    before = client.cookies[SESSION]
    signed_in(login, people(), client)
    assert client.cookies[SESSION] != before
    with pytest.raises(TokenRefused):
        guard.caller(login, "GET", Headers({"authorization": f"Bearer {before}"}))
    # A token that an attacker chose, or their own session, is not what anybody signs in to.
    mine, _ = signed_in(login, people("ben"))
    victim = browser(login)
    victim.cookies.set(SESSION, mine.cookies[SESSION], domain="ocr.example", path="/")
    signed_in(login, people(), victim)
    held = [each.value for each in victim.cookies.jar if each.name == SESSION]
    assert mine.cookies[SESSION] not in held[-1:]


def waited(provider, prompt, person, **also):
    """The tokens for a prompt; the person acts when the program has asked twice."""
    pauses = []

    def sleep(seconds):
        pauses.append(seconds)
        if len(pauses) == 3:
            person.follow(prompt.whole)

    return device.wait(provider, prompt, sleep=sleep, **also), pauses


def test_a_program_without_a_browser_has_a_person_sign_in_elsewhere(real, people):
    provider = Provider(real.issuer, Client("command"))
    prompt = device.begin(provider)
    assert prompt.address == f"{real.issuer}/device"
    assert prompt.code in prompt.whole
    assert 0 < prompt.seconds <= 600
    tokens, pauses = waited(provider, prompt, people())
    assert pauses == [5.0, 5.0, 5.0]
    assert len(tokens.access) > 20
    assert tokens.id.open().count(b".") == 2
    assert tokens.access.open().decode() not in repr(tokens)
    with pytest.raises(SignInRefused):  # the code is used up
        device.poll(provider, prompt)


def test_a_program_is_told_that_the_person_said_no_or_came_too_late(real, people):
    provider = Provider(real.issuer, Client("command"))
    prompt = device.begin(provider)
    with pytest.raises(SignInRefused) as refused:
        waited(provider, prompt, people(agrees=False))
    assert refused.value.facts == {"why": SignInFlaw.DENIED}
    clock = iter(range(0, 10_000, 100))
    with pytest.raises(SignInRefused) as refused:
        device.wait(provider, device.begin(provider), sleep=lambda _: None, clock=lambda: next(clock))
    assert refused.value.facts == {"why": SignInFlaw.TIME}


def test_a_client_that_may_not_use_the_device_flow_is_told(real):
    with pytest.raises(ProviderUnreachable) as refused:
        device.begin(Provider(real.issuer, Client("public")))
    assert refused.value.facts == {"why": ProviderFlaw.REFUSED}
