"""What is wrong with the installation, with what was set up, or allowed by nothing in force."""

from __future__ import annotations

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
    says = "A setting is not valid. See `cloister doctor`."


class ModelTampered(BadSettings):
    """A model file does not have the hash it shipped with."""

    code = "model-tampered"
    says = "A model file does not have the hash it was shipped with. Install Cloister again; do not use this copy."


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
