"""policy.toml: what is allowed, in one file with three consumers. Text in, values out."""

from __future__ import annotations

from cloister.policy.canonical import canonical, sha256
from cloister.policy.reader import Checked, check, load
from cloister.policy.values import Policy, Rule

__all__ = ["Checked", "Policy", "Rule", "canonical", "check", "load", "sha256"]
