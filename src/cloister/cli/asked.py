"""What a `cloister read` command line asked for, once it is known to make sense."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from cloister import languages
from cloister.cli.group import complain
from cloister.errors import BadArguments, FileAccess, NotAFolder, OneOutput, OutputIsAFolder
from cloister.errors.met import while_reading
from cloister.formats import FORMATS, Format, by_extension, by_name
from cloister.model import Mode, Plain
from cloister.ocr.options import Options, page_ranges
from cloister.ocr.sources import open_source

STDOUT = "-"
_PASSWORD_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Asked:
    """A sound command line. `file` and `folder` exclude each other; neither means standard output."""

    inputs: tuple[str, ...]
    format: Format
    options: Options
    file: str | None = None
    folder: Path | None = None
    recursive: bool = False
    overwrite: bool = True
    decrypt: bool = False
    invalidate_signatures: bool = False
    jobs: int | None = None
    json: bool = False
    quiet: bool = False
    verbose: bool = False

    @property
    def to_stdout(self) -> bool:
        """Whether the output itself goes to standard output."""
        return self.folder is None and self.file is None


def password_from(file: str | None) -> Plain | None:
    """The first line of the password file, without its line end."""
    if file is None:
        return None
    source = open_source(file)
    try:
        held = source.read_at(0, _PASSWORD_BYTES)
    finally:
        source.close()
    return Plain(held.split(b"\n", 1)[0].rstrip(b"\r"))


def make_folder(folder: str) -> Path:
    """The output folder, made (mode 700) with its parents if need be."""
    path = Path(folder)
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise NotAFolder from None
    except OSError as problem:
        raise while_reading(problem.errno) from None
    return path


@contextmanager
def _told_of(name: str | None) -> Iterator[None]:
    """Have a refusal told with the name of the file that it is about, as those of inputs are."""
    try:
        yield
    except FileAccess as problem:
        complain(problem, name or "")
        raise click.exceptions.Exit(problem.exit) from None


def _format_of(name: str | None, file: str | None) -> Format:
    """The format that was named, or that the output's extension asks for."""
    if file and Path(file).is_dir():
        raise OutputIsAFolder
    return by_name(name) if name else by_extension(file) if file else FORMATS["txt"]


def understand(given: dict[str, object]) -> Asked:
    """Make sense of the options as click gives them, or raise `BadArguments`."""
    file, folder = _text(given["output"]), _text(given["output_dir"])
    inputs = given["inputs"]
    if not isinstance(inputs, tuple) or (file and folder) or inputs.count(STDOUT) > 1:
        raise BadArguments
    file = None if file == STDOUT else file
    if file and (len(inputs) > 1 or given["recursive"]):
        raise OneOutput
    with _told_of(file):
        format_ = _format_of(_text(given["format"]), file)
    secret = _text(given["password_file"])
    with _told_of(secret):
        password = password_from(secret)
    language = _text(given["language"])
    tags = languages.parse(language) if language else ()
    options = Options(
        mode=Mode(given["mode"]),
        pages=page_ranges(pages) if (pages := _text(given["pages"])) else (),
        password=password,
        rotate=bool(given["rotate_pages"]),
        deskew=bool(given["deskew"]),
        languages=tags,
        seconds=float(str(given["timeout"])),
    )
    jobs = given["jobs"]
    with _told_of(folder):
        made = make_folder(folder) if folder else None
    return Asked(
        inputs=inputs,
        format=format_,
        options=options,
        file=file,
        folder=made,
        recursive=bool(given["recursive"]),
        overwrite=not given["no_overwrite"],
        decrypt=bool(given["decrypt"]),
        invalidate_signatures=bool(given["invalidate_signatures"]),
        jobs=jobs if isinstance(jobs, int) else None,
        json=bool(given["json"]),
        quiet=bool(given["quiet"]),
        verbose=bool(given["verbose"]),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
