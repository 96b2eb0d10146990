"""What is wrong with a policy file. The facts `line` and `column` say where."""

from __future__ import annotations

from enum import Enum

from cloister.errors.settings import BadSettings


class Wanted(Enum):
    """What a key of a policy may hold."""

    TABLE = "a table of its own, such as [review] or [levels.high.retention]"
    TEXT = "a line of text of 1 to 200 characters, without a space at its start"
    SLUG = "a name of small letters, digits and single hyphens"
    TIME = 'a time such as "0s", "15m", "24h" or "7d", in quotes'
    DAY = "a date such as 2026-01-31"
    NUMBER = "a whole number within its bounds; see docs/policy.md"
    LIST = "a list, in square brackets"
    FILLED = "a list with at least one item"
    ONCE = "a list in which nothing stands twice"
    VERSION = '"cloister-policy/1", the version of the format'
    LEVEL = "one of low, moderate, high"
    PLACEMENT = "one of offline, private, hybrid, cloud; no other placement exists"
    ROLE = "one of submitter, reader, operator, custodian, auditor, policy-owner"
    EVIDENCE = "one of mrz, iban, card-number, national-id, tax-number, payroll, medical, contract"
    TYPE = "one of pdf, png, jpeg, tiff, webp, bmp, heic"
    ARTEFACT = "one of source, pages, text, result"
    PROVIDER = "one of local, pkcs11, aws-kms, gcp-kms, vault"
    SINK = "one of folder, webhook, http, s3"
    CHANNEL = "one of command, web, api, link"
    ADDRESSES = "one of none, network, full"
    PLACE = "a country of two capital letters (ISO 3166), or EU"
    LANGUAGE = "a language code such as de or zh-Hant"
    RANGE = 'a range of addresses such as "192.168.0.0/16", without bits behind the prefix'


class BadPolicy(BadSettings):
    """A policy file cannot be in force. The facts `line` and `column` say where."""

    code = "bad-policy"
    says = "Line {line}, column {column}: this policy cannot be in force. See docs/policy.md."


class NotToml(BadPolicy):
    """The file cannot be read at all."""

    code = "not-toml"
    says = (
        "Line {line}, column {column}: this is no TOML from here on, or a key stands twice. "
        "Check quotes, brackets and repeated names."
    )


class UnknownKey(BadPolicy):
    """A key that means nothing."""

    code = "unknown-key"
    says = (
        "Line {line}, column {column}: no key of this name belongs here. "
        "Remove it, or see docs/policy.md for those that do."
    )


class Misspelt(UnknownKey):
    """A key that means nothing, and is close to one that does."""

    code = "misspelt-key"
    says = "Line {line}, column {column}: no key of this name belongs here. If `{meant}` is meant, write that."


class MissingKey(BadPolicy):
    """A key that has to be there."""

    code = "missing-key"
    says = (
        "Line {line}, column {column}: `{key}` is missing in this table. Add it; docs/policy.md says what it may hold."
    )


class WrongValue(BadPolicy):
    """A value that its key cannot have."""

    code = "wrong-value"
    says = "Line {line}, column {column}: this cannot be. Write {wanted}."


class UnlistedName(BadPolicy):
    """A reference to what is listed nowhere."""

    code = "unlisted-name"
    says = "Line {line}, column {column}: nothing of this name is listed. Correct it, or add a table to [{key}]."


class Contradiction(BadPolicy):
    """Two clauses that cannot both hold."""

    code = "contradiction"
    says = "Line {line}, column {column}: {rule}."
