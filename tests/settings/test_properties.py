"""Whatever stands in the environment and in the file, it is settings or a typed refusal, and nothing else."""

from __future__ import annotations

import re
from contextlib import suppress
from ipaddress import ip_address

from hypothesis import example, given, settings
from hypothesis import strategies as st

from cloister.errors import BadSettings
from cloister.settings import Settings, read, shapes, variable
from cloister.settings.known import KNOWN
from cloister.settings.names import Setting, Table
from cloister.settings.shapes import Mistaken, Tells
from tests.policy.toml import written
from tests.settings.samples import BAD, GOOD, SECRET, TELLING

NAMES = [variable(each) for each in Setting]
PARTS = ["://", ":", "@", "[", "]", "/", "?", "=", "&", "%", ",", ".", "::", "127.0.0.1", "https", "http", "postgresql"]
PARTS += ["s3", "password", "token", "host", "a", "8470", "65535", "é", "\n", " ", "0", "ffff", "\udcff", "-", "1e9"]
BUILT = st.lists(st.sampled_from(PARTS), max_size=14).map("".join)
SEEN = [text for text, _ in GOOD.values() if text] + [t for texts, _ in BAD.values() for t in texts if len(t) < 300]
TEXTS = BUILT | st.sampled_from(SEEN) | st.text(max_size=40)
ENVIRONMENTS = st.dictionaries(st.sampled_from(NAMES) | BUILT.map(lambda name: f"CLOISTER_{name}"), TEXTS, max_size=6)
LEAF = TEXTS.filter(str.isprintable) | st.integers() | st.booleans() | st.floats()
INNER = st.text("ab.-_", max_size=4)
VALUES = st.recursive(LEAF, lambda of: st.lists(of, max_size=3) | st.dictionaries(INNER, of), max_leaves=6)
KEYS = st.sampled_from([part for each in Setting for part in each.value.split(".")] + [each.value for each in Setting])
TREES = st.dictionaries(
    KEYS | st.sampled_from([each.value for each in Table]),
    VALUES | st.dictionaries(KEYS, VALUES, max_size=4),
    max_size=5,
)
ADDRESSES = (Setting.PUBLIC_URL, Setting.ENDPOINT, Setting.ISSUER, Setting.DATABASE)


def outcome(environment, text):
    try:
        return read(environment, text, cores=4)
    except BadSettings as refused:
        return refused


@settings(max_examples=1500, deadline=None)
@given(ENVIRONMENTS)
def test_any_environment_is_settings_or_a_refusal(environment):
    found = outcome(environment, None)
    assert isinstance(found, Settings | BadSettings)
    if isinstance(found, Settings):
        assert len(found.rows) == len(Setting)
        for row in found.rows:
            assert isinstance(row.words(), str)
            row.plain()


@settings(max_examples=1000, deadline=None)
@given(st.text(max_size=200) | st.text("[]\"=\nt.#1'{}, "))
@example("\ufeff")
@example("a." * 2000 + "b = 1")
@example("a = " + "{b = " * 2000)
@example("workers = 0x" + "f" * 10_000)
@example("workers = " + "1" * 10_000)
@example("a = 9999-99-99")
@example("a = 1e999999")
def test_any_file_is_settings_or_a_refusal(text):
    assert isinstance(outcome({}, text), Settings | BadSettings)


@settings(max_examples=1000, deadline=None)
@given(TREES, st.integers(0, 10**6), ENVIRONMENTS)
def test_any_file_of_known_names_is_settings_or_a_refusal(tree, seed, environment):
    assert isinstance(outcome(environment, written(tree, seed)), Settings | BadSettings)


@settings(max_examples=1500, deadline=None)
@given(st.sampled_from(ADDRESSES), BUILT)
def test_what_is_let_through_of_an_address_has_no_place_for_a_password(setting, tail):
    """What `cloister config` prints: no user with a password, no parameter but those that hold none."""
    for text in (tail, f"https://{tail}", f"postgresql://{tail}", f"postgresql://me@127.0.0.1/r?{tail}"):
        with suppress(Mistaken, Tells):
            found = str(KNOWN[setting].shape.from_text(text))
            authority = re.split(r"[/?#]", found.partition("://")[2])[0]
            assert "%" not in found
            if setting is Setting.DATABASE:
                user, _, _ = authority.rpartition("@")
                assert ":" not in user
                asked = [each.partition("=")[0] for each in found.partition("?")[2].split("&") if each]
                assert set(asked) <= set(shapes.ASKED)
            else:
                assert "@" not in authority
                assert "?" not in found


@settings(max_examples=500, deadline=None)
@given(st.sampled_from([*TELLING]), st.integers(0, 10), st.text(st.characters(codec="ascii"), max_size=12))
def test_no_refusal_repeats_what_was_given(setting, which, more):
    text = TELLING[setting][which % len(TELLING[setting])] + more.replace("\x00", "")
    found = outcome({variable(setting): text}, None)
    assert isinstance(found, BadSettings)
    assert SECRET not in f"{found} {found!r} {found.facts}"


@settings(max_examples=500, deadline=None)
@given(st.ip_addresses(), st.integers(0, 65_535))
def test_every_address_and_port_can_be_listened_on_and_written_again(number, port):
    host = f"[{number}]" if number.version == 6 else str(number)
    found = shapes.listen(f"{host}:{port}")
    assert (ip_address(found.host), found.port) == (number, port)
    assert shapes.listen(str(found)) == found
    assert found.is_here == number.is_loopback
