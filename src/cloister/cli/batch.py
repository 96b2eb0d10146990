"""Reads the inputs of one command line, one bad file never stopping the rest."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import click

from cloister.cli import inputs
from cloister.cli.asked import Asked
from cloister.cli.outcome import Outcome, exit_code
from cloister.cli.report import Report
from cloister.errors import CloisterError, Encrypted, NotADocument, WrongPassword
from cloister.formats import Writer, names, terminal
from cloister.formats.pdf import PdfOptions, PdfWriter, Writing
from cloister.formats.save import save
from cloister.model import Plain
from cloister.ocr.reader import Reader
from cloister.ocr.shown import not_shown_yet
from cloister.ocr.stream import Stream


def run(asked: Asked) -> int:
    """Read everything that was asked for, and give the exit code."""
    report = Report(asked)
    outcomes: list[Outcome] = []
    with Reader(jobs=asked.jobs) as reader, PdfWriter() as pdf:
        found = list(inputs.expand(asked.inputs, recursive=asked.recursive))
        if promising := sum(one.problem is None for one in found):
            reader.warm(min(promising, reader.jobs), pages=promising, languages=asked.options.languages)
        report.inputs = len(found)
        if asked.format.name == "pdf":
            pdf.start()
        batch = _Batch(asked, found, reader, pdf, report)
        try:
            for outcome in batch.all():
                report.finished(outcome)
                outcomes.append(outcome)
        finally:
            report.end(outcomes)
    return exit_code(outcomes)


class _Batch:
    """The inputs on their way through one reader."""

    def __init__(self, asked: Asked, found: list[inputs.Input], reader: Reader, pdf: PdfWriter, report: Report) -> None:
        self._asked, self._found, self._report = asked, found, report
        self._reader, self._pdf = reader, pdf
        self._names = names.Names(asked.format.extension)
        self._written = False

    def all(self) -> Iterator[Outcome]:
        """What came of each input, in order; encrypted ones last if their password is asked for."""
        found = self._found
        locked: list[tuple[int, inputs.Input]] = []
        givens = [one.path for one in found if one.problem is None]
        with closing(self._reader.stream(givens, self._asked.options)) as streams:
            for number, one in enumerate(found, 1):
                outcome = Outcome(one.path, number, problem=one.problem)
                if one.problem is None:
                    self._finish(next(streams), outcome)
                    outcome.skipped = not one.surely and isinstance(outcome.problem, NotADocument)
                if isinstance(outcome.problem, Encrypted) and self._may_ask(one):
                    locked.append((number, one))
                    continue
                yield outcome
        for number, one in locked:
            yield self._unlock(number, one)

    def _may_ask(self, one: inputs.Input) -> bool:
        return self._asked.options.password is None and one.path != "-" and sys.stdin.isatty() and sys.stderr.isatty()

    def _unlock(self, number: int, one: inputs.Input) -> Outcome:
        """Ask for the password of one file, at most three times."""
        outcome = Outcome(one.path, number, problem=Encrypted())
        for _ in range(3):
            label = f"Password for {terminal.name(one.path)}"
            given = click.prompt(label, hide_input=True, default="", show_default=False, err=True)
            options = replace(self._asked.options, password=Plain(given.encode()))
            outcome = Outcome(one.path, number)
            with closing(self._reader.stream([one.path], options)) as streams:
                self._finish(next(streams), outcome, options.password)
            if not isinstance(outcome.problem, WrongPassword):
                break
        return outcome

    def _finish(self, stream: Stream, outcome: Outcome, password: Plain | None = None) -> None:
        begun = time.monotonic()
        try:
            self._report.expect(stream.wait_opened().page_count)
            self._deliver(stream, outcome, password or self._asked.options.password)
            outcome.facts = stream.facts()
        except CloisterError as refusal:
            outcome.problem = refusal
        outcome.seconds = time.monotonic() - begun

    def _deliver(self, stream: Stream, outcome: Outcome, password: Plain | None) -> None:
        chunks = self._chunks(stream, outcome, password)
        self._take(chunks, stream, outcome)
        if isinstance(chunks, Writing):
            outcome.notes += [note.value for note in chunks.notes]

    def _take(self, chunks: Iterable[bytes], stream: Stream, outcome: Outcome) -> None:
        if self._asked.to_stdout:
            self._print(chunks)
            return
        identity = stream.source.identity if stream.source else None
        target = self._target(outcome)
        save(chunks, target, overwrite=self._asked.overwrite, sources=[identity] if identity else [])
        outcome.output = str(target)

    def _target(self, outcome: Outcome) -> str | Path:
        if self._asked.folder is None:
            return self._asked.file or "-"
        named = self._names.of(outcome.path)
        if named.clashed:
            outcome.notes.append(f"another input has the same name; written as {named.name}")
        return self._asked.folder / named.name

    def _chunks(self, stream: Stream, outcome: Outcome, password: Plain | None) -> Iterable[bytes]:
        pages = self._report.watch(stream, outcome)
        if isinstance(self._asked.format, Writer):
            return self._asked.format.write(pages, stream.facts)
        options = PdfOptions(
            decrypt=self._asked.decrypt,
            invalidate_signatures=self._asked.invalidate_signatures,
            password=password,
            seconds=self._asked.options.seconds,
        )
        if stream.kind is None or stream.source is None:
            return (b"" for _ in pages)  # it failed to open: taking its first page says why
        missing = (not_shown_yet(page, stream.shown) for page in pages)
        return self._pdf.write(stream.source, missing, stream.facts, options=options)

    def _print(self, chunks: Iterable[bytes]) -> None:
        """Write to standard output; documents of a batch are parted by a form feed, as pages are."""
        name, out = self._asked.format.name, sys.stdout.buffer
        tty = sys.stdout.isatty()
        before = (b"\n" if tty else b"\f") if self._written and name in {"txt", "md"} else b""
        for chunk in terminal.safe_chunks(chunks) if tty else chunks:
            out.write(before + chunk)
            before, self._written = b"", True
        out.flush()
