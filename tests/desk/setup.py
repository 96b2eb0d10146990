"""What the tests of the desk share: a vault that costs little, a clock that they move, documents that nobody reads."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources

from cloister.audit.clock import Reading
from cloister.desk import vault as vaults
from cloister.desk.fetch import fetch
from cloister.desk.opened import Desk
from cloister.desk.reading import read_kept
from cloister.desk.submit import submit
from cloister.document import Block, Document, Facts, Grade, Line, Page, Word, polygon_of
from cloister.keys.providers.local import Cost
from cloister.keys.secret import Secret
from cloister.model import Plain, SourceKind

CHEAP = Cost(log_memory=3, passes=1, lanes=1)
SHIPPED = (resources.files("cloister.policy") / "default.toml").read_text()
POLICY = SHIPPED.replace(
    "[kinds.identity]",
    """[kinds.memo]
title = "Memos"
level = "low"
types = ["pdf", "png"]
project = "Canteen"
document_owner = "Canteen"
approved_by = "Canteen"
origins = ["this-machine"]
limits = { bytes = 5_000_000, pages = 20, runs = 2 }

[kinds.identity]""",
    1,
)
WORDS = "The canteen serves lentils on Monday"
PASSPORT = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
CONTENT = b"%PDF-1.7 as if it were one " + b"x" * 1000


def secret() -> Secret:
    return Secret(bytearray(b"six random words for a test"))


@dataclass
class Moving:
    """A clock that stands until a test moves it. `passed` is time that passes; setting `wall` moves the clock."""

    wall: int = 1_790_000_000_000
    running: int = 5_000

    def __call__(self) -> Reading:
        return Reading(self.wall, self.running, "one")

    def passed(self, seconds: float) -> None:
        self.wall += int(seconds * 1000)
        self.running += int(seconds * 1000)


def document(text: str = WORDS, grade: Grade = Grade.EXCELLENT) -> Document:
    """One page with these lines."""
    lines = []
    for row, line in enumerate(text.split("\n")):
        place = polygon_of((10, 20 + 20 * row, 500, 38 + 20 * row))
        lines.append(Line(tuple(Word(word, place, 0.99) for word in line.split()), place, 0.99))
    page = Page(1, 800, 600, 300, (Block(tuple(lines)),), grade=grade, language="en")
    return Document((page,), Facts("pdf", 1, grade, (("detector", "ab"),), (("cloister", "1"),), ("seccomp",)))


@dataclass
class Given:
    """A document as a jail would have opened it."""

    text: str = WORDS
    type: SourceKind = SourceKind.PDF
    pages: int = 1
    grade: Grade = Grade.EXCELLENT
    fails: Exception | None = None
    seconds: float | None = None
    """How long it was given."""

    def read(self, seconds: float):
        self.seconds = seconds
        if self.fails:
            raise self.fails
        yield from document(self.text, self.grade).pages

    def facts(self):
        return document(self.text, self.grade).facts


def make(place, clock, policy: str = POLICY, keys=None):
    """A vault in `place`, which is made if need be."""
    place.mkdir(exist_ok=True)
    return vaults.make(place / "vault", keys, policy, secret(), CHEAP, clock)


@contextmanager
def desk(place, clock, *, locked=False):
    with Desk(vaults.find(place / "vault"), clock) as opened:
        if not locked:
            opened.unlock(secret())
        yield opened


def keep(opened, text: str = WORDS, kind="memo", content: bytes = CONTENT, **given):
    """Submit and read a document; its id."""
    taken = submit(opened, Plain(content), kind, lambda _: Given(text, **given))
    read_kept(opened, taken.document.id, taken.looked)
    return taken.document.id


def text_of(opened, document_id: str) -> str:
    return fetch(opened, document_id).document.text


def files(place) -> dict[str, bytes]:
    """Everything that lies in the vault, keys apart."""
    return {
        path.relative_to(place).as_posix(): path.read_bytes()
        for path in sorted((place / "vault").rglob("*"))
        if path.is_file()
    }
