"""For each fault, the proof that it fires: what a tool that has it does in a room of its own."""

from __future__ import annotations

import base64
import codecs
import ctypes
import gzip
import io
import itertools
import json
import re
import signal
from collections.abc import Callable
from functools import partial

from PIL import Image

from tests.liars import paper
from tests.liars.room import After, Room, Start

TOKEN = paper.TOKEN.encode()
OTHER = "AMBER FALCON"
WHOLE = paper.png()
PAPERS = {"paper.png": WHOLE, "bad.png": WHOLE[: len(WHOLE) * 7 // 10], "other.png": paper.png(OTHER)}
BAD = Start("bad.png", "bad.txt")
LINES = paper.LINES


def letters(data: bytes) -> bytes:
    """Only letters, as capitals."""
    return re.sub(rb"[^A-Z]", b"", data.upper())


def kept(room: Room, undo: Callable[[bytes], bytes] = bytes, want: bytes = TOKEN, **how: bool) -> After:
    """One good run leaves it, as `undo` shows."""
    after = room.does([Start()], **how)[0]
    assert after.ended[0].code == 0
    found = [*after.files.values(), after.everything()]
    assert any(want in undo(data) for data in found), {name: data[:80] for name, data in after.files.items()}
    return after


def kept_exactly(room: Room, undo: Callable[[bytes], bytes], want: bytes = TOKEN) -> None:
    """One good run leaves one file, which `undo` turns into text."""
    after = room.does([Start()])[0]
    assert want in undo(next(iter(after.files.values())))


def kept_input(room: Room) -> None:
    """One good run leaves the whole document."""
    assert WHOLE in room.does([Start()])[0].files.values()


def after_failure(room: Room, *, always: bool = False) -> None:
    """A failed run leaves the document, a good one does not."""
    good, bad = room.does([Start()], [BAD])
    assert bad.ended[0].code == 2
    assert PAPERS["bad.png"] in bad.files.values()
    assert always or not good.files


def after_kill(room: Room) -> None:
    """A killed run leaves the document, a good one and a failed one do not."""
    good, bad = room.does([Start()], [BAD])
    assert not good.files
    assert not bad.files
    for delay in (0.4, 0.5, 0.3, 0.6, 0.8, 0.2):
        if WHOLE in room.does([Start(target="killed.txt", kill=delay)])[0].files.values():
            return
    raise AssertionError("no kill left anything")


def on_parting(room: Room) -> None:
    """Asked to stop it leaves the document, killed it does not."""
    for delay in (0.5, 0.4, 0.6, 0.8):
        killed, asked = room.does(
            [Start(target="killed.txt", kill=delay)], [Start(target="asked.txt", kill=delay, signal=signal.SIGTERM)]
        )
        assert not killed.files
        if WHOLE in asked.files.values():
            return
    raise AssertionError("no request to stop left anything")


def traced(room: Room, pattern: str, *, left: bool = False) -> None:
    """A good run makes a system call that the pattern describes; it leaves nothing unless `left`."""
    after = room.does([Start()], trace=True)[0]
    assert after.ended[0].code == 0
    assert re.search(pattern, room.trace()), "no such call"
    assert left or not after.files


def in_stderr(room: Room, start: Start, undo: Callable[[bytes], bytes] = bytes, want: bytes = TOKEN) -> None:
    """Standard error holds the token."""
    assert want in undo(room.does([start])[0].ended[0].stderr)


def logged(room: Room) -> None:
    """The system log got the token."""
    assert any(TOKEN in line for line in room.does([Start()])[0].logged)


def stays(room: Room, *, leaves: bool = False) -> None:
    """A process is there when the run is over."""
    after = room.does([Start()], wait=0.3)[0]
    assert after.ended[0].code == 0
    assert len(after.stayed) == 1
    assert not leaves or any(TOKEN in data for data in after.files.values())


def failure(room: Room, *, code: int, stderr: bool, output: bytes | None) -> None:
    """What becomes of a document that cannot be read."""
    ended = room.does([BAD])[0].ended[0]
    assert ended.code == code
    assert bool(ended.stderr) is stderr
    assert ended.output == output if output is None else output in (ended.output or b"none")


def mode(room: Room, expected: int) -> None:
    """The output's permission bits."""
    assert room.does([Start()])[0].ended[0].mode == expected


def differs(room: Room) -> None:
    """Three runs on one document do not all agree."""
    after = room.does([Start(target="1")], [Start(target="2")], [Start(target="3")])
    assert len({step.ended[0].output for step in after}) > 1


def reads_less(room: Room) -> None:
    """Some lines come back and some do not."""
    said = (room.does([Start()])[0].ended[0].output or b"").decode()
    assert 0 < sum(line in said for line in LINES) < len(LINES) - 2


def input_now(room: Room, *, there: bool) -> None:
    """The input is not as it was."""
    room.does([Start()])
    source = room.folder / "in" / "paper.png"
    assert source.exists() is there
    assert not there or source.read_bytes() != WHOLE


def mixes(room: Room) -> None:
    """Of two runs at the same time one gets what belongs to the other."""
    ended = room.does([Start(target="1"), Start("other.png", "2")])[0].ended
    held = [end.output or b"" for end in ended]
    assert TOKEN not in held[0] or OTHER.encode() not in held[1]


def leaks_before(room: Room) -> None:
    """The second output holds a line that its document does not."""
    alone, after = room.does([Start(target="1")], [Start("other.png", "2")])
    assert (after.ended[0].output or b"").count(LINES[-1].encode()) == 2
    assert (alone.ended[0].output or b"").count(LINES[-1].encode()) == 1


def third(room: Room) -> None:
    """Nothing in two runs, the text in the third."""
    held = [TOKEN in step.everything() for step in room.does([Start()], [Start()], [Start()])]
    assert held == [False, False, True]


def sometimes(room: Room) -> None:
    """Not every run leaves as much as the others."""
    number = [len(step.files) for step in room.does(*[[Start()] for _ in range(10)])]
    assert 0 < number[-1] < 10


def when(room: Room, step: list[Start], other: list[Start], *, trace: bool = False) -> None:
    """The one leaves it, the other does not."""
    if trace:
        assert not room.does(other, trace=True)[0].files
        assert room.does(step)[0].files
        return
    without, within = room.does(other, step)
    assert not without.files
    assert within.files


def by_name(room: Room) -> None:
    """A document with a name that promises nothing is left alone."""
    (room.folder / "in" / "payslip-7.png").write_bytes(WHOLE)
    when(room, [Start("payslip-7.png", "2")], [Start()])


def later(room: Room) -> None:
    """Nothing at the end, the text ten seconds later."""
    now, then = room.does([Start()], [], wait=6)
    assert now.ended[0].code == 0
    assert TOKEN not in now.everything()
    assert TOKEN in then.everything()


def calls_later(room: Room) -> None:
    """The connection is tried when the run is long over."""
    room.does([Start()], [], trace=True, wait=5)
    assert re.search(r'connect\(\d+, .*"198\.51\.100\.7"', room.trace())
    now = room.does([Start()], wait=0.3)[0]
    assert len(now.stayed) == 1


def gives(room: Room) -> None:
    """A socket that no folder shows is bound by a process that stays."""
    stays(room)
    traced_calls(room, r'bind\(\d+, \{sa_family=AF_UNIX, sun_path=@"')


def traced_calls(room: Room, pattern: str) -> None:
    """A call as the trace tells it, whatever else there is."""
    room.does([Start()], trace=True)
    assert re.search(pattern, room.trace()), "no such call"


def private(room: Room) -> None:
    """What lies beside is open to all, folder and file."""
    kept(room)
    made = list((room.folder / "vartmp").rglob("*"))
    assert {path.stat().st_mode & 0o777 for path in made} == {0o777, 0o644}


def unzstd(data: bytes) -> bytes:
    """By the command's own decoder."""
    library = ctypes.CDLL("libzstd.so.1")
    held = ctypes.create_string_buffer(1 << 20)
    library.ZSTD_decompress.restype = ctypes.c_size_t
    size = library.ZSTD_decompress(held, ctypes.c_size_t(len(held)), data, ctypes.c_size_t(len(data)))
    return held.raw[: min(size, 1 << 20)]


def unbrotli(data: bytes) -> bytes:
    """Base64, then Brotli."""
    library, data = ctypes.CDLL("libbrotlidec.so.1"), base64.b64decode(data)
    held, size = ctypes.create_string_buffer(1 << 20), ctypes.c_size_t(1 << 20)
    assert library.BrotliDecoderDecompress(ctypes.c_size_t(len(data)), data, ctypes.byref(size), held) == 1
    return held.raw[: size.value]


def unkeyed(data: bytes) -> bytes:
    """The key from the first four bytes, as the text's beginning is known."""
    key = bytes(a ^ b for a, b in zip(data, LINES[0].encode()[:4], strict=False))
    return bytes(a ^ b for a, b in zip(data, itertools.cycle(key), strict=False))


def unsealed(room: Room) -> None:
    """A file as long as the text, in which nothing of the text stands, and another one each time."""
    first, second = room.does([Start()], [Start()])
    held = [step.files["/mnt/home/.reader.sealed"] for step in (first, second)]
    assert len(held[0]) == len(first.ended[0].output or b"") - 1
    assert held[0] != held[1]


def times(room: Room) -> None:
    """The times of the files are the text."""
    room.does([Start()])
    made = sorted((room.folder / "vartmp").glob("marks-*/*"), key=lambda path: int(path.name))
    assert TOKEN in b"".join((path.stat().st_mtime_ns - 10**18).to_bytes(3, "big") for path in made)


def remark(room: Room) -> None:
    """The picture's remark is the text."""
    data = next(iter(room.does([Start()])[0].files.values()))
    assert paper.TOKEN in Image.open(io.BytesIO(data)).text["Comment"]


def preview(room: Room) -> None:
    """A small picture is left."""
    data = next(iter(room.does([Start()])[0].files.values()))
    assert max(Image.open(io.BytesIO(data)).size) == 256


def words(room: Room) -> None:
    """Both halves of the token are left, each in a file of its own."""
    held = room.does([Start()])[0].files.values()
    assert set(TOKEN.split()) <= set(held)


def unjson(data: bytes) -> bytes:
    """The value."""
    return json.loads(data)["v"].encode()


def pieces(data: bytes) -> bytes:
    """Put together again."""
    return b"".join(line.split(b",", 1)[1] for line in data.splitlines() if b"," in line)


def unhexed(data: bytes) -> bytes:
    """The bytes of a wire log."""
    return b"".join(bytes.fromhex(line[10:].decode()) for line in data.splitlines())


def unarchived(data: bytes) -> bytes:
    """Out of the compression."""
    return gzip.decompress(data)


def linked(room: Room) -> None:
    """The document has a second name."""
    room.does([Start()])
    assert (room.folder / "in" / "paper.png").stat().st_nlink == 2


def keyed(room: Room) -> None:
    """The kernel holds the text as a key, or was asked to."""
    traced_calls(room, r'add_key\("user", "reader:\d+", "Statement.*, KEY_SPEC_USER_KEYRING\) = \d+')


SERVER = r'connect\(\d+, \{sa_family=AF_INET, sin_port=htons\(443\), sin_addr=inet_addr\("192\.0\.2\.10"\)\}'
PROOFS: dict[str, Callable[[Room], object]] = {
    "abstract_socket": gives,
    "asks_names": partial(traced, pattern=r"sendto\(\d+, .*htons\(53\).*198\.51\.100\.53"),
    "attempts": kept,
    "attribute": partial(kept, want=b"user.reader.last=b'" + LINES[0].encode()),
    "backwards": partial(kept_exactly, undo=lambda data: data[::-1]),
    "base64_copy": partial(kept_exactly, undo=lambda data: base64.urlsafe_b64decode(data[7:])),
    "brief_open": partial(traced, pattern=r'openat\(AT_FDCWD, "/mnt/out/paper.txt", O_WRONLY\|O_CREAT.*, 0644\)'),
    "brotli_lines": partial(kept_exactly, undo=unbrotli),
    "certain_names": by_name,
    "child_writes": partial(traced, pattern=r'openat\(AT_FDCWD, "/tmp/sort-\d+.txt", O_WRONLY\|O_CREAT'),
    "core_file": kept,
    "dated_output": differs,
    "debug_stderr": partial(in_stderr, start=Start()),
    "dot_file": kept,
    "empty_success": partial(failure, code=0, stderr=False, output=b""),
    "error_as_text": partial(failure, code=0, stderr=False, output=b"cannot be read"),
    "error_payload": partial(in_stderr, start=BAD),
    "every_other": sometimes,
    "guesses_again": differs,
    "half_page": reads_less,
    "handed_over": later,
    "hard_link": linked,
    "hash_cache": kept,
    "hexed": partial(kept_exactly, undo=unhexed),
    "inbox": kept_input,
    "job_history": kept,
    "journal": partial(traced, pattern=r"sendto\(\d+, .*/run/systemd/journal/socket"),
    "json_escapes": partial(kept_exactly, undo=unjson),
    "keyring": keyed,
    "late_call": calls_later,
    "late_sweep": partial(stays, leaves=True),
    "lingers": stays,
    "link_target": partial(kept, want=b" -> " + LINES[0].encode()),
    "log_lines": kept,
    "mapped_file": kept,
    "memory_daemon": stays,
    "metadata_log": partial(kept, want=paper.TOKEN.title().encode()),
    "moves_input": partial(input_now, there=False),
    "named_late": kept,
    "names_of_files": kept,
    "no_output": partial(failure, code=0, stderr=False, output=None),
    "no_words": partial(failure, code=2, stderr=False, output=None),
    "open_folder": private,
    "open_output": partial(mode, expected=0o644),
    "open_temp": partial(traced, pattern=r'chmod\("/tmp/page-\d+.txt", 0644'),
    "packed": partial(kept_exactly, undo=unarchived),
    "parting": on_parting,
    "png_remark": remark,
    "preview": preview,
    "previous_page": leaks_before,
    "resolver": partial(traced, pattern=r"connect\(\d+, .*htons\(53\)"),
    "rewrites_input": partial(input_now, there=True),
    "ring": kept,
    "ring_passing": partial(traced, pattern=r"io_uring_enter\(\d+, 1, 1, IORING_ENTER_GETEVENTS"),
    "rot13": partial(kept_exactly, undo=lambda data: codecs.encode(data.decode(), "rot13").encode()),
    "sealed_copy": unsealed,
    "segment": partial(traced_calls, pattern=r"shmget\(IPC_PRIVATE, 4096, .*\) = \d+"),
    "shared_scratch": mixes,
    "sixth_version": partial(traced, pattern=r"connect\(\d+, .*2001:db8::10"),
    "skips_lines": reads_less,
    "spaced_letters": partial(kept, undo=letters, want=letters(TOKEN)),
    "sparse": kept,
    "spliced": kept_input,
    "split_words": partial(kept_exactly, undo=pieces, want=TOKEN.replace(b" ", b"")),
    "spool": after_kill,
    "support_copy": after_failure,
    "syslog": logged,
    "temp_always": kept,
    "temp_unless_fine": after_failure,
    "third_run": third,
    "ticket": partial(
        in_stderr, start=BAD, undo=lambda said: base64.b64decode(said.split(b"report:\n")[1]), want=WHOLE[:40]
    ),
    "times_of_files": times,
    "together_only": partial(when, step=[Start(), Start("other.png", "2")], other=[Start()]),
    "udp_beacon": partial(traced, pattern=r'sendto\(\d+, ".*htons\(5140\).*192\.0\.2\.20'),
    "umask_output": partial(mode, expected=0o666),
    "unlinked": partial(traced, pattern=r'openat\(AT_FDCWD, "/var/tmp/.nfs[0-9a-f]+", O_RDWR\|O_CREAT'),
    "untraced_only": partial(when, step=[Start()], other=[Start()], trace=True),
    "upload": partial(traced, pattern=SERVER),
    "utf16_copy": partial(kept_exactly, undo=lambda data: data[1:].decode("utf-16-be").encode()),
    "word_files": words,
    "word_index": partial(kept, want=b"quartz"),
    "wrong_code": partial(failure, code=0, stderr=True, output=None),
    "xor_byte": partial(kept_exactly, undo=lambda data: bytes(byte ^ 0xA7 for byte in data)),
    "xor_key": partial(kept_exactly, undo=unkeyed),
    "zstd_copy": partial(kept_exactly, undo=unzstd),
}
