"""The word of an OpenID provider is believed only where it signed it, for us, for this sign-in, and lately."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, OKPKey, RSAKey

from cloister.errors import SignInFlaw, SignInRefused
from cloister.sign.id_token import ALGORITHMS, Provider, SignedIn, keys_of, verified

SCHEME = padding.PKCS1v15(), hashes.SHA256()
NOW = 1_800_000_000
NONCE = "n-0S6_WzA2Mj"
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
OTHER = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
CURVE = ECKey.generate_key("P-256", {"kid": "two", "use": "sig"})
EDWARDS = OKPKey.generate_key("Ed25519", {"kid": "three", "use": "sig"})
_NUMBERS = rsa.generate_private_key(65537, 1024).public_key().public_numbers()
WEAK = {"kty": "RSA", "e": "AQAB", "n": base64.urlsafe_b64encode(_NUMBERS.n.to_bytes(128)).rstrip(b"=").decode()}
CLAIMS = {
    "iss": "https://id.example",
    "aud": "cloister",
    "sub": "24400320",
    "exp": NOW + 300,
    "iat": NOW - 2,
    "nonce": NONCE,
    "groups": ["claims", "legal"],
}


def jwks(*keys) -> bytes:
    return json.dumps({"keys": [key.as_dict(private=False) for key in keys]}).encode()


PROVIDER = Provider("https://id.example", "cloister", keys_of(jwks(KEY, CURVE, EDWARDS)))


def token(claims=CLAIMS, key=KEY, **header) -> str:
    return jwt.encode({"alg": "RS256", "kid": "one"} | header, claims, key, algorithms=[*ALGORITHMS, "HS256"])


def refused(given: str, provider=PROVIDER, nonce=NONCE, now=NOW) -> SignInFlaw:
    with pytest.raises(SignInRefused) as problem:
        verified(given, provider, nonce, now)
    assert "24400320" not in str(problem.value)
    return problem.value.facts["why"]


def part(value: object) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@pytest.mark.parametrize(
    ("key", "header"),
    [
        (KEY, {"alg": "RS256"}),
        (KEY, {"alg": "PS256"}),
        (CURVE, {"alg": "ES256", "kid": "two"}),
        (EDWARDS, {"alg": "Ed25519", "kid": "three"}),
    ],
    ids=lambda each: each["alg"] if isinstance(each, dict) else "",
)
def test_a_person_who_has_just_signed_in_is_known_with_their_groups(key, header):
    found = verified(token(key=key, **header), PROVIDER, NONCE, NOW)
    assert found == SignedIn("24400320", frozenset({"claims", "legal"}), NOW + 300)


def test_groups_may_stand_elsewhere_or_nowhere():
    given = {**CLAIMS, "roles": ["a"]}
    assert verified(token(given), replace(PROVIDER, groups="roles"), NONCE, NOW).groups == {"a"}
    assert verified(token(given), replace(PROVIDER, groups="none"), NONCE, NOW).groups == frozenset()


@pytest.mark.parametrize(
    ("change", "flaw"),
    [
        ({"iss": "https://evil.example"}, SignInFlaw.ISSUER),
        ({"iss": "https://id.example/"}, SignInFlaw.ISSUER),
        ({"iss": ["https://id.example"]}, SignInFlaw.ISSUER),
        ({"iss": None}, SignInFlaw.ISSUER),
        ({"aud": "another"}, SignInFlaw.AUDIENCE),
        ({"aud": []}, SignInFlaw.AUDIENCE),
        ({"aud": ["cloister", "another"]}, SignInFlaw.AUDIENCE),
        ({"aud": ["cloister", "another"], "azp": "another"}, SignInFlaw.AUDIENCE),
        ({"azp": "another"}, SignInFlaw.AUDIENCE),
        ({"aud": None}, SignInFlaw.AUDIENCE),
        ({"exp": NOW - 61}, SignInFlaw.TIME),
        ({"exp": "soon"}, SignInFlaw.TIME),
        ({"exp": None}, SignInFlaw.TIME),
        ({"exp": float("inf")}, SignInFlaw.TIME),
        ({"exp": float("nan")}, SignInFlaw.TIME),
        ({"exp": 1e300}, SignInFlaw.TIME),
        ({"iat": float("nan")}, SignInFlaw.TIME),
        ({"iat": NOW - 601}, SignInFlaw.TIME),
        ({"iat": NOW + 61}, SignInFlaw.TIME),
        ({"iat": None}, SignInFlaw.TIME),
        ({"nbf": NOW + 61}, SignInFlaw.TIME),
        ({"nonce": "another"}, SignInFlaw.NONCE),
        ({"nonce": None}, SignInFlaw.NONCE),
        ({"nonce": 7}, SignInFlaw.NONCE),
        ({"nonce": ""}, SignInFlaw.NONCE),
        ({"sub": ""}, SignInFlaw.FORM),
        ({"sub": "x" * 256}, SignInFlaw.FORM),
        ({"sub": 7}, SignInFlaw.FORM),
        ({"sub": None}, SignInFlaw.FORM),
        ({"groups": "claims"}, SignInFlaw.FORM),
        ({"groups": ["x"] * 501}, SignInFlaw.FORM),
        ({"groups": [["claims"]]}, SignInFlaw.FORM),
        ({"groups": [""]}, SignInFlaw.FORM),
        ({"filler": "x" * 20_000}, SignInFlaw.FORM),
    ],
    ids=str,
)
def test_a_claim_that_does_not_fit_is_refused(change, flaw):
    given = {name: value for name, value in (CLAIMS | change).items() if value is not None}
    assert refused(token(given)) is flaw


def test_the_same_token_fits_no_other_sign_in():
    assert refused(token(), nonce="another") is SignInFlaw.NONCE
    assert refused(token(), provider=replace(PROVIDER, client="another")) is SignInFlaw.AUDIENCE
    assert refused(token(), provider=replace(PROVIDER, issuer="https://another.example")) is SignInFlaw.ISSUER
    assert refused(token(), now=NOW + 700) is SignInFlaw.TIME


def test_several_audiences_are_fine_where_we_are_the_one_that_asked():
    given = CLAIMS | {"aud": ["cloister", "another"], "azp": "cloister"}
    assert verified(token(given), PROVIDER, NONCE, NOW).subject == "24400320"


def test_another_key_or_none_signs_nothing():
    assert refused(token(key=OTHER)) is SignInFlaw.SIGNATURE
    assert refused(token(kid="nobody")) is SignInFlaw.KEY
    for name in ("none", "None", "NONE", "nOnE", ""):
        for signature in ("", token().rpartition(".")[2]):
            refused(f"{part({'alg': name, 'kid': 'one'})}.{part(CLAIMS)}.{signature}")


def test_a_public_key_is_no_shared_secret():
    head = f"{part({'alg': 'HS256', 'kid': 'one'})}.{part(CLAIMS)}"
    known = KEY.as_pem(private=False), KEY.as_der(private=False), json.dumps(KEY.as_dict(private=False)).encode()
    for secret in known:
        refused(f"{head}.{part(hmac.new(secret, head.encode(), hashlib.sha256).digest())}")


@pytest.mark.parametrize("name", ["jku", "jwk", "x5u", "x5c", "crit", "b64", "zip"])
def test_a_header_that_leads_to_another_key_or_reading_is_refused(name):
    values = {"jwk": OTHER.as_dict(private=False), "crit": ["b64"], "b64": False, "x5c": ["MII"]}
    value = values.get(name, "https://evil.example")
    head = part({"alg": "RS256", "kid": "one", name: value})
    body = f"{head}.{part(CLAIMS)}"
    for key in (KEY, OTHER):
        refused(f"{body}.{part(key.private_key.sign(body.encode(), *SCHEME))}")


def test_every_changed_character_is_refused_or_changes_nothing():
    given = token()
    for at in range(len(given)):
        changed = given[:at] + ("A" if given[at] != "A" else "B") + given[at + 1 :]
        try:
            found = verified(changed, PROVIDER, NONCE, NOW)
        except SignInRefused:
            continue
        # The last character of a part may hold bits that mean nothing.
        assert found.subject == "24400320"
        assert at == len(given) - 1


@pytest.mark.parametrize(
    "given", ["", ".", "..", "a.b.c", "é.é.é", "x" * 16_385, "." * 1000, f"{part([1])}.{part([1])}.", "a.b.c.d.e"]
)
def test_what_is_no_token_is_refused(given):
    assert refused(given) in {SignInFlaw.FORM, SignInFlaw.KEY}


def test_a_nonce_of_half_a_character_is_refused():
    body = f"{part({'alg': 'RS256', 'kid': 'one'})}.{part(CLAIMS | {'nonce': chr(0xD800)})}"
    assert refused(f"{body}.{part(KEY.private_key.sign(body.encode(), *SCHEME))}") is SignInFlaw.NONCE


def test_claims_that_are_deep_or_no_object_are_refused():
    for payload in (b"[" * 5000 + b"]" * 5000, b"7", b"null", b"\xff", b'{"iss": 1e999}'):
        body = f"{part({'alg': 'RS256', 'kid': 'one'})}.{part(payload)}"
        refused(f"{body}.{part(KEY.private_key.sign(body.encode(), *SCHEME))}")


@pytest.mark.parametrize(
    "held",
    [
        b"",
        b"[]",
        b'{"keys": []}',
        b'{"keys": [7]}',
        b'{"keys": {"kty": "RSA"}}',
        jwks(OctKey.generate_key(256)),
        json.dumps({"keys": [KEY.as_dict(private=True)]}).encode(),
        json.dumps({"keys": [{**KEY.as_dict(private=False), "use": "enc"}]}).encode(),
        json.dumps({"keys": [{"kty": "RSA", "n": "!", "e": "AQAB"}]}).encode(),
        json.dumps({"keys": [WEAK]}).encode(),
        json.dumps({"keys": [WEAK | {"n": "A" * 300 + WEAK["n"]}]}).encode(),
        b" " * 70_000,
        b"[" * 60_000,
    ],
    ids=[
        "empty",
        "list",
        "none",
        "number",
        "object",
        "secret",
        "private",
        "encryption",
        "damaged",
        "short",
        "padded",
        "long",
        "deep",
    ],
)
def test_a_set_without_a_strong_public_signing_key_is_refused(held):
    with pytest.raises(SignInRefused) as problem:
        keys_of(held)
    assert problem.value.facts == {"why": SignInFlaw.KEY}


def test_keys_of_other_kinds_beside_a_good_one_are_left_out():
    held = json.loads(jwks(OctKey.generate_key(256, {"kid": "one"}), KEY))["keys"]
    found = keys_of(json.dumps({"keys": [WEAK, *held]}).encode())
    assert isinstance(found, KeySet)
    assert verified(token(), replace(PROVIDER, keys=found), NONCE, NOW).subject == "24400320"
    assert len(found.keys) == 1
