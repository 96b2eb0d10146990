"""The liars that were written before any check existed are as they were."""

from __future__ import annotations

import hashlib
import tomllib

from cloister.review.claims import COMMAND
from tests.liars import draw, workshop

CLAIMS = {claim.id for claim in COMMAND}


def test_frozen_liars_are_as_they_were():
    frozen = tomllib.loads((workshop.HERE / "frozen.toml").read_text())
    assert len(frozen) >= 7
    now = {name: hashlib.sha256((workshop.FAULTS / f"{name}.py").read_bytes()).hexdigest() for name in frozen}
    assert now == frozen


def test_every_fault_declares_what_it_breaks():
    for name in workshop.names():
        fault = workshop.fault(name)
        declared = [*fault.refutes, *fault.hides, *fault.touches]
        assert fault.says, name
        assert fault.breaks, name
        assert set(declared) <= CLAIMS, name
        assert len(declared) == len(set(declared)), name


def test_every_claim_is_broken_by_a_fault():
    assert {claim for name in workshop.names() for claim in workshop.fault(name).refutes} == CLAIMS


def test_a_tool_does_not_tell_what_is_wrong_with_it():
    for name in workshop.names():
        text = workshop.source((name,))
        assert f'"{name}"' not in text
        assert "'''" not in text
        assert '"""' not in text
        assert workshop.fault(name).says.splitlines()[0] not in text


def test_what_was_not_foreseen_of_a_frozen_fault_counts_neither_way():
    frozen = draw.frozen()
    for name, claims in workshop.amended().items():
        assert name in frozen
        assert set(claims) <= set(workshop.fault(name).touches)
        assert not set(claims) & workshop.fault(name).breaks
