"""An OCR tool for the command line: `tool INPUT OUTPUT`. Honest as it stands; `PARTS` makes a liar of it.

It truly reads: pixels go through a pipe to Tesseract, text comes back through a pipe, and the output, which only its
owner may read, gets its name when it is whole. Nothing else is written. Every failure has an exit code and a message
that holds nothing of the document. It needs Pillow and pypdfium2, so it runs on the environment's own Python.

A part is the source of one file of `faults`. What it may define is called at the step of that name, with the `Run`:
started, loaded, decoded, recognised, written, failed, ended, in this order; `write` takes the place of `Run.write`.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import os
import signal
import subprocess
import sys
import types
from pathlib import Path

import pypdfium2
from PIL import Image, ImageSequence

PARTS: tuple[str, ...] = ()
ENGINE = ("tesseract", "stdin", "stdout", "--oem", "1", "-c", "tessedit_do_invert=0", "--dpi", "200")
DPI = 200
LARGEST = 64_000_000
PAGES = 200


class Failure(Exception):
    """What could not be done: an exit code, and words that hold nothing of the document."""

    def __init__(self, code: int, says: str) -> None:
        super().__init__(says)
        self.code = code
        self.says = says


class Run:
    """One document on its way. Parts read and change what stands here."""

    def __init__(self, source: str, target: str) -> None:
        self.source = Path(source)
        self.target = Path(target)
        self.data = b""
        self.pages: list[Image.Image] = []
        self.text = ""
        self.code = 0
        self.says = ""
        self.home = Path(os.environ.get("HOME") or "/tmp")
        self.parts = [_part(source) for source in PARTS]

    def step(self, name: str) -> None:
        """Let every part do what it does at this step."""
        for part in self.parts:
            if hasattr(part, name):
                getattr(part, name)(self)

    def write(self, data: bytes) -> None:
        """Make the output, for its owner only."""
        for part in self.parts:
            if hasattr(part, "write"):
                part.write(self, data)
                return
        write_whole(self.target, data)


def _part(source: str) -> types.ModuleType:
    part = types.ModuleType("part")
    exec(source, part.__dict__)  # a liar is put together from sources that stand in this folder
    return part


def write_whole(target: Path, data: bytes) -> None:
    """Write a file that has no name until it is whole; an output that is there already is written over."""
    opened = os.open(target, os.O_WRONLY | os.O_TRUNC) if target.exists() else _nameless(target)
    try:
        left = memoryview(data)
        while left:
            left = left[os.write(opened, left) :]
        if not target.exists():
            os.link(
                f"/proc/self/fd/{opened}", target, src_dir_fd=opened
            )  # the folder makes it linkat(2), which follows
    finally:
        os.close(opened)


def _nameless(target: Path) -> int:
    try:
        return os.open(target.parent, os.O_WRONLY | os.O_TMPFILE, 0o600)
    except OSError:  # a file system that has no nameless files
        return os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def decode(data: bytes) -> list[Image.Image]:
    """Every page as grey pixels. Failure on anything but a whole PDF, PNG, JPEG or TIFF."""
    if not data:
        raise Failure(2, "the input is empty")
    try:
        pages = _pdf(data) if data[:1024].lstrip().startswith(b"%PDF") else _picture(data)
    except Failure:
        raise
    except Exception:  # noqa: BLE001 - whatever a parser meets, the document is what cannot be read
        raise Failure(2, "the input cannot be read: it is damaged, or of a format that is not known") from None
    if not pages:
        raise Failure(2, "the input has no page")
    return pages


def _pdf(data: bytes) -> list[Image.Image]:
    document = pypdfium2.PdfDocument(data)
    if len(document) > PAGES:
        raise Failure(2, "the input has too many pages")
    found = []
    for page in document:
        if page.get_width() * page.get_height() * (DPI / 72) ** 2 > LARGEST:
            raise Failure(2, "a page is too large")
        found.append(page.render(scale=DPI / 72, grayscale=True).to_pil().convert("L"))
    return found


def _picture(data: bytes) -> list[Image.Image]:
    with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "TIFF")) as image:
        if image.width * image.height > LARGEST:
            raise Failure(2, "a page is too large")
        return [_upright(page) for page in ImageSequence.Iterator(image)]


def _upright(image: Image.Image) -> Image.Image:
    image.load()
    grey = image.convert("L")
    dots = float(image.info.get("dpi", (DPI, DPI))[0]) or DPI
    if dots > DPI * 1.25:
        grey = grey.resize((round(grey.width * DPI / dots), round(grey.height * DPI / dots)), Image.Resampling.LANCZOS)
    return grey


def recognise(page: Image.Image) -> str:
    """What stands on one page. Only pipes lead to the engine, and it dies with us."""
    head = b"P5 %d %d 255\n" % page.size
    try:
        done = subprocess.run(
            ENGINE,
            input=head + page.tobytes(),
            capture_output=True,
            check=False,
            cwd="/",
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "OMP_THREAD_LIMIT": "1"},
            preexec_fn=_die_with_parent,  # no thread runs beside this one
        )
    except OSError:
        raise Failure(3, "tesseract cannot be started") from None
    if done.returncode:
        raise Failure(7, "the engine failed")
    return done.stdout.decode("utf-8", "replace").replace("\f", "").strip()


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def read(run: Run) -> None:
    """Take one document from its file to its output."""
    run.step("started")
    try:
        run.data = run.source.read_bytes()
    except OSError:
        raise Failure(5, "the input cannot be opened") from None
    run.step("loaded")
    run.pages = decode(run.data)
    run.step("decoded")
    run.text = "\n\n".join(recognise(page) for page in run.pages).strip()
    if not run.text:
        raise Failure(4, "no text was found on any page")
    run.step("recognised")
    put(run)
    run.step("written")


def put(run: Run) -> None:
    """Write the text. Failure where the output cannot be made."""
    try:
        run.write((run.text + "\n").encode())
    except OSError:
        raise Failure(5, "the output cannot be written") from None


def main(arguments: list[str]) -> int:
    """Read INPUT into OUTPUT; the exit code."""
    if len(arguments) != 2:
        print("usage: tool INPUT OUTPUT", file=sys.stderr)
        return 1
    run = Run(*arguments)
    try:
        read(run)
    except Failure as failure:
        run.code, run.says = failure.code, failure.says
        run.step("failed")
    run.step("ended")
    if run.says:
        with contextlib.suppress(OSError):
            print(f"error: {run.says}", file=sys.stderr)
    return run.code


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
