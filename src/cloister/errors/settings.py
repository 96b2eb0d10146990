"""What is wrong with the installation, with what was set up, or allowed by nothing in force."""

from __future__ import annotations

from enum import Enum

from cloister.errors.refusal import CloisterError


class MissingPart(CloisterError):
    """A component of the installation is not there."""

    code, exit = "missing-part", 3
    says = "A part of the installation is missing ({part}). Install Cloister again with all its dependencies."


class BadOutput(CloisterError):
    """What was made did not pass its own check, and was not written."""

    code, exit = "bad-output", 4
    says = "The output that was made did not pass its check and was not written."


class BadSettings(CloisterError):
    """A setting that cannot be."""

    code, exit = "bad-settings", 9
    says = "A setting is not valid. `cloister config` says which, or what is in force; docs/settings.md, what may be."


class Expected(Enum):
    """What a setting of the deployment may hold."""

    PATH = "the path of a file or folder, without control characters; in the settings file it begins with /"
    LISTEN = "a number and a port, such as 127.0.0.1:8470 or [::1]:8470; a name could come to mean another machine"
    URL = "https://, a host and perhaps a port; http:// only with a number of this machine, such as 127.0.0.1"
    ISSUER = (
        "the address that the provider calls itself by: https://, a host, perhaps a port and a path; "
        "http:// only with a number of this machine"
    )
    NETWORKS = (
        "addresses or ranges such as 10.0.0.7 or 10.0.0.0/24, no wider than /8 (IPv6: /32) and without bits behind the "
        "prefix; a list in the settings file, parted by commas in the environment"
    )
    DATABASE = (
        "postgresql://USER@HOST/NAME, with host, port, sslmode, sslrootcert, sslcert and sslkey after a ? at most"
    )
    BUCKET = "s3://NAME, with nothing behind the name"
    REGION = "a region such as eu-central-1"
    COUNT = "a whole number"
    RATE = 'a rate such as "120/minute": a whole number from 1 to 1000000, then /second, /minute or /hour'
    FLAG = "true or false"
    NAME = "1 to 255 visible characters of ASCII, without spaces"
    ROLES = (
        "a table in the settings file: groups of the provider, each with a list of submitter, reader, operator, "
        "custodian, auditor and policy-owner"
    )
    TABLE = "a table, such as [tls]"


class WrongSetting(BadSettings):
    """A setting of the deployment that it cannot have. What was given is never repeated."""

    code = "wrong-setting"
    says = "The setting {setting}, from the {source}, cannot be that. Write {expected}."


class WrongNumber(WrongSetting):
    """A number that is none, or out of its bounds."""

    code = "wrong-number"
    says = "The setting {setting}, from the {source}, cannot be that. Write a whole number from {least} to {limit}."


class SecretInSetting(BadSettings):
    """A password where others can read it: in an address, which stands in the environment or is printed."""

    code = "secret-in-setting"
    says = (
        "The setting {setting}, from the {source}, holds what looks like a password. Write the address without it, and "
        "change the password. That of a database stands in the file that PGPASSFILE names."
    )


class UnknownVariable(BadSettings):
    """A variable of the environment that is meant for Cloister, and means nothing to it."""

    code = "unknown-variable"
    says = (
        "A variable of the environment begins with CLOISTER_ and means nothing. If {meant} is meant, write that, else "
        "unset it; docs/settings.md lists all that there are."
    )


class UnknownSetting(BadSettings):
    """A key of the settings file that means nothing."""

    code = "unknown-setting"
    says = (
        "Line {line}, column {column} of the settings file: nothing of this name belongs here. If {meant} is meant, "
        "write that; docs/settings.md lists all that there are."
    )


class SettingsNotToml(BadSettings):
    """The settings file cannot be read at all."""

    code = "settings-not-toml"
    says = (
        "Line {line}, column {column} of the settings file: this is no TOML from here on, or a key stands twice. "
        "Check quotes, brackets and repeated names."
    )


class FileFlaw(Enum):
    """Why a settings file is not used."""

    MISSING = "it is not there; name another, or none"
    UNREADABLE = "this user may not read it; change its owner or mode"
    KIND = "it is a folder or a device; name a file"
    OTHERS = (
        "others may write or replace it; give it and its folder to this user or root, and let nobody else write there"
    )
    LONG = "it is longer than 262144 bytes"
    NO_TEXT = "it is no text in UTF-8"


class BadSettingsFile(BadSettings):
    """A settings file that is not there, or that others could have written."""

    code = "bad-settings-file"
    says = "The settings file that --config or CLOISTER_CONFIG names cannot be used: {why}."


class SettingsClash(BadSettings):
    """Settings that cannot hold together."""

    code = "settings-clash"
    says = "These settings cannot hold together: {rule}."


class ModelTampered(BadSettings):
    """A model file does not have the hash it shipped with."""

    code = "model-tampered"
    says = "A model file does not have the hash it was shipped with. Install Cloister again; do not use this copy."


class RefusesRoot(BadSettings):
    """A service that somebody would run as root."""

    code = "refuses-root"
    says = "The service does not run as root, where a fault in it would have the whole machine. Use a user of its own."


class Refused(CloisterError):
    """Allowed by nothing in force."""

    code, status, exit = "refused", 403, 20
    says = "This is not allowed by what is in force."


class NoSandbox(Refused):
    """This host lacks a layer of the sandbox that was required."""

    code = "no-sandbox"
    says = (
        "This host cannot give the full sandbox that was asked for. "
        "`cloister doctor` says what is missing and how to get it."
    )
