"""Every way Cloister says no, and the only words it says it with.

CloisterError                     exit 15
├── BadArguments                  exit 1    the command line asks for something that does not exist
│   ├── UnknownFormat             exit 1
│   ├── UnknownLanguage           exit 1
│   ├── UnreadableLanguage        exit 1    a language whose script no shipped model reads
│   ├── BadPageRange              exit 1
│   ├── SamePlace                 exit 1    an output would replace its own source
│   ├── OneOutput                 exit 1    one output was named for several inputs
│   ├── NotAFolder                exit 1    the folder for outputs is a file
│   └── NotForATerminal           exit 1    an output that is no text would go to a terminal
├── BadInput                      exit 2    the file is not a document that can be read
│   ├── NotADocument              exit 2    of no type that is read
│   │   └── EmptyFile             exit 2    no bytes at all
│   ├── Damaged                   exit 2    the parser gave up
│   │   └── DamagedPage           exit 2    on one page
│   ├── FontMissing               exit 2    a page cannot be drawn without fonts that the PDF leaves out
│   ├── NoPages                   exit 2
│   ├── TooLarge                  exit 2    bytes, pages or pixels above the ceiling
│   ├── PageTooLarge              exit 2
│   ├── TooManyPages              exit 2
│   ├── SignedDocument            exit 2    writing would break a signature
│   └── UnreadableScript          exit 2    no installed engine reads this script
├── MissingPart                   exit 3    a component of the installation is not there
├── BadOutput                     exit 4    what was made did not pass its own check
├── FileAccess                    exit 5    the file system said no
│   ├── NotFound                  exit 5
│   ├── NoPermission              exit 5
│   ├── DiskFull                  exit 5
│   ├── OutputExists              exit 5
│   └── IsAFolder                 exit 5
│       └── OutputIsAFolder       exit 5
├── JailFailed                    exit 7    a jailed process died, hung, lied or fell silent
│   ├── JailDied                  exit 7
│   ├── JailNotStarted            exit 7
│   ├── JailLied                  exit 7
│   └── TimedOut                  exit 7
├── Encrypted                     exit 8    a password is needed
│   └── WrongPassword             exit 8    the one given does not open the file
├── BadSettings                   exit 9
│   ├── ModelTampered             exit 9    a model file does not have the hash it shipped with
│   └── BadPolicy                 exit 9    a policy file cannot be in force
│       ├── NotToml               exit 9    it cannot be read at all
│       ├── UnknownKey            exit 9    a key that means nothing
│       │   └── Misspelt          exit 9    a key that means nothing, and is close to one that does
│       ├── MissingKey            exit 9    a key that has to be there
│       ├── WrongValue            exit 9    a value that its key cannot have
│       ├── UnlistedName          exit 9    a reference to what is listed nowhere
│       └── Contradiction         exit 9    two clauses that cannot both hold
└── Refused                       exit 20   allowed by nothing in force
    └── NoSandbox                 exit 20   this host lacks a layer that was required

Facts are numbers and enum members, so no message can carry content or a file's name; a caller
that knows which file it was (the command line) says so beside the message, on its own terminal.
HTTP statuses stand here so that the service answers with the same tree.
"""

from __future__ import annotations

from enum import Enum
from typing import ClassVar

Fact = int | float | Enum


class CloisterError(Exception):
    """Anything that Cloister refuses or fails to do. `code` is stable; docs/errors.md explains it."""

    code: ClassVar[str] = "failed"
    status: ClassVar[int] = 500
    exit: ClassVar[int] = 15
    says: ClassVar[str] = "This did not work, and Cloister cannot say more. Run `cloister doctor`."

    def __init__(self, **facts: Fact) -> None:
        self.facts = facts
        words = {k: v.value if isinstance(v, Enum) else v for k, v in facts.items()}
        super().__init__(self.says.format(**words))


class BadArguments(CloisterError):
    """The command line asks for something that does not exist."""

    code, status, exit = "bad-arguments", 400, 1
    says = "These arguments do not fit together. See `cloister read --help`."


class UnknownFormat(BadArguments):
    """No writer has this name or extension."""

    code = "unknown-format"
    says = "No such output format, or no such extension. Name one with --format: txt, md, json, hocr, alto or pdf."


class UnknownLanguage(BadArguments):
    """Not a language code that is known here."""

    code = "unknown-language"
    says = "Not a language code known here. Use ISO 639 or BCP 47, joined by +, such as eng+deu or en+de."


class UnreadableLanguage(BadArguments):
    """A language whose script no shipped model reads."""

    code = "unreadable-language"
    says = (
        "No shipped model reads this language (script: {script}). Read are most languages in Latin script, Chinese "
        "and Japanese; for others use another program, such as Tesseract."
    )


class BadPageRange(BadArguments):
    """`--pages` could not be understood, or names a page the document does not have."""

    code = "bad-page-range"
    says = "This page selection fits no page. Write numbers and ranges from 1, such as 1,3-5."


class SamePlace(BadArguments):
    """An output would replace its own source."""

    code = "same-place"
    says = "The output would replace its own source. Choose another name or folder."


class OneOutput(BadArguments):
    """One output was named for several inputs."""

    code = "one-output"
    says = "One --output holds one input. Use --output-dir DIR --format FORMAT for several."


class NotAFolder(BadArguments):
    """The folder for outputs is a file."""

    code = "not-a-folder"
    says = "The --output-dir is a file. Name a folder; it is made if it is not there."


class NotForATerminal(BadArguments):
    """An output that is no text would go to a terminal."""

    code = "not-for-a-terminal"
    says = "A PDF is nothing for a terminal. Name a file with --output, or send the output to a program."


class BadInput(CloisterError):
    """The file is not a document that can be read."""

    code, status, exit = "bad-input", 422, 2
    says = "This file could not be read as a document."


class NotADocument(BadInput):
    """Empty, or of no type that is read."""

    code, status = "not-a-document", 415
    says = (
        "This is no type of file that Cloister reads. It reads PDF, PNG, JPEG, TIFF, WebP, BMP and HEIC; "
        "convert the file to one of these."
    )


class EmptyFile(NotADocument):
    """No bytes at all."""

    code = "empty-file"
    says = "This file is empty (0 bytes). Check how it was copied or scanned."


class Damaged(BadInput):
    """The parser gave up."""

    code = "damaged"
    says = "This file is damaged or cut short and cannot be opened. Get it again from its source, or repair it first."


class DamagedPage(Damaged):
    """The parser gave up on one page."""

    code = "damaged-page"
    says = "Page {page} is damaged and could not be read. Repair the file, or leave the page out with --pages."


class FontMissing(BadInput):
    """A page cannot be drawn without fonts that the PDF leaves out."""

    code = "font-missing"
    says = (
        "Page {page} cannot be drawn: the PDF leaves out a font for its letters. Use --mode skip to read its own text, "
        "or have the PDF saved again with its fonts embedded."
    )


class NoPages(BadInput):
    """The document has no page."""

    code = "no-pages"
    says = "This document has no pages."


class TooLarge(BadInput):
    """More bytes than the ceiling."""

    code, status = "too-large", 413
    says = "This file has {size} bytes; {limit} is the most that is read. Split it."


class PageTooLarge(BadInput):
    """More pixels than the ceiling."""

    code, status = "page-too-large", 413
    says = "Page {page} has more pixels than are read ({limit} million). Scan it at a lower resolution."


class TooManyPages(BadInput):
    """More pages than the ceiling."""

    code, status = "too-many-pages", 413
    says = "This document has more than {limit} pages. Name some with --pages, or split it."


class SignedDocument(BadInput):
    """Writing would break a digital signature."""

    code = "signed-document"
    says = (
        "This PDF is digitally signed and writing would break the signature. "
        "Use --invalidate-signatures if that is meant."
    )


class UnreadableScript(BadInput):
    """No installed engine reads the script of a page."""

    code = "unreadable-script"
    says = (
        "Page {page} is written in a script that no installed engine reads ({script}). "
        "Leave it out with --pages, or read it with a program that has a model for it."
    )


class MissingPart(CloisterError):
    """A component of the installation is not there."""

    code, exit = "missing-part", 3
    says = "A part of the installation is missing ({part}). Install Cloister again with all its dependencies."


class BadOutput(CloisterError):
    """What was made did not pass its own check, and was not written."""

    code, exit = "bad-output", 4
    says = "The output that was made did not pass its check and was not written."


class FileAccess(CloisterError):
    """The file system said no."""

    code, status, exit = "file-access", 500, 5
    says = "The file system refused (errno {errno})."


class NotFound(FileAccess):
    """No such file or folder."""

    code = "not-found"
    says = "There is no such file or folder. Check the path."


class NoPermission(FileAccess):
    """The permissions of the file or folder do not allow this."""

    code = "no-permission"
    says = "The permissions of this file or folder do not allow this. Change them, or run as its owner."


class DiskFull(FileAccess):
    """No room for the output; nothing was left behind."""

    code = "disk-full"
    says = "There is no room left for the output; nothing was left behind. Free some space, or choose another folder."


class OutputExists(FileAccess):
    """`--no-overwrite` and the output is there."""

    code = "output-exists"
    says = "The output exists and --no-overwrite was given. Remove it or choose another name."


class IsAFolder(FileAccess):
    """A folder was given where a file is meant."""

    code = "is-a-folder"
    says = "This is a folder. Give --recursive to read what is in it."


class OutputIsAFolder(IsAFolder):
    """An output's name is that of a folder."""

    code = "output-is-a-folder"
    says = "The output is a folder. Name a file, or add --format to write one file for each input into it."


class Why(Enum):
    """Reasons a jail's answer is not believed; chosen by us, never by the jail."""

    ENDED_EARLY = "its answer ended early"
    FRAME_TOO_LONG = "a frame above its ceiling"
    UNKNOWN_FRAME = "a frame of an unknown kind"
    BAD_NUMBER = "a number out of range"
    BAD_TEXT = "text that is not text"
    OUT_OF_TURN = "an answer out of turn"
    TOO_MUCH = "more than its ceiling in all"
    SIGNAL = "it was killed by a signal"
    STATUS = "it ended with an error"
    MEMORY = "it ran out of its memory limit"
    NOT_STARTED = "it could not be started"
    NOT_LOCKED = "it could not be locked down"
    NOT_IN_TIME = "it was not ready in time"


class JailFailed(CloisterError):
    """A jailed process died, hung, lied or fell silent. Nothing of its answer was used."""

    code, status, exit = "jail-failed", 502, 7
    says = "The jailed process that handled this file failed: {why}. The file may be hostile or damaged."


class JailDied(JailFailed):
    """A jailed process ended before its answer was complete."""

    code = "jail-died"
    says = "The jailed process that handled this file ended early: {why}. The file may be hostile or damaged."


class JailNotStarted(JailFailed):
    """A jailed process ended before it was ready for any document."""

    code = "jail-not-started"
    says = "A jailed process could not be made ready: {why}. Run `cloister doctor`, or install Cloister again."


class JailLied(JailFailed):
    """A jailed process broke the wire's rules."""

    code = "jail-lied"
    says = "The jailed process that handled this file broke the protocol: {why}. The file is likely hostile."


class TimedOut(JailFailed):
    """A jailed process used up its time."""

    code, status = "timed-out", 504
    says = (
        "This took longer than {seconds} seconds and was stopped. Raise --timeout if the document is honest and large."
    )


class Encrypted(CloisterError):
    """A password is needed, or the one given does not open the file."""

    code, status, exit = "encrypted", 422, 8
    says = "This document is encrypted. Give its password with --password-file."


class WrongPassword(Encrypted):
    """The password given does not open the file."""

    code = "wrong-password"
    says = "The password given does not open this document. Check --password-file: its first line is the password."


class BadSettings(CloisterError):
    """A setting that cannot be."""

    code, exit = "bad-settings", 9
    says = "A setting is not valid. See `cloister doctor`."


class ModelTampered(BadSettings):
    """A model file does not have the hash it shipped with."""

    code = "model-tampered"
    says = "A model file does not have the hash it was shipped with. Install Cloister again; do not use this copy."


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
