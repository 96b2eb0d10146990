"""What is wrong with what was asked for, or with the document itself."""

from __future__ import annotations

from cloister.errors.refusal import CloisterError


class BadArguments(CloisterError):
    """The command line asks for something that does not exist."""

    code, status, exit = "bad-arguments", 400, 1
    says = "These arguments do not fit together. See `cloister read --help`."


class UnknownFormat(BadArguments):
    """No writer has this name or extension."""

    code = "unknown-format"
    says = "No such output format, or no such extension. Name one with --format: txt, md, json, hocr, alto or pdf."


class NoSlot(BadArguments):
    """A command under review that does not say where its input goes."""

    code = "no-slot"
    says = (
        "Write the command as a program and its words, with `input` in braces where the file goes. "
        "See `cloister review run --help`."
    )


class NoProgram(BadArguments):
    """A command under review whose program is not there."""

    code = "no-program"
    says = "There is no such program to review. Install it, or give its path."


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


class NothingToRead(BadInput):
    """A folder that holds no file."""

    code = "nothing-to-read"
    says = "There is no file in this folder. Name another folder, or the files themselves."


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


class Encrypted(CloisterError):
    """A password is needed, or the one given does not open the file."""

    code, status, exit = "encrypted", 422, 8
    says = "This document is encrypted. Give its password with --password-file."


class WrongPassword(Encrypted):
    """The password given does not open the file."""

    code = "wrong-password"
    says = "The password given does not open this document. Check --password-file: its first line is the password."


class AboveLevel(CloisterError):
    """A document is more sensitive than what was let through."""

    code, status, exit = "above-level", 409, 26
    says = "This document counts as {level}; no more than {most} was to pass. Its reasons say why."
