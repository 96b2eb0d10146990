"""Outputs are there whole or not at all, mode 600, and nothing else is ever left."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cloister.errors import (
    CloisterError,
    DiskFull,
    FileAccess,
    NoPermission,
    NotFound,
    OutputExists,
    OutputIsAFolder,
    SamePlace,
)
from cloister.formats import save
from cloister.formats.save import Way
from tests.formats.saved import content

NOBODY = 65534


def as_nobody(act: Callable[[], None], folder: Path) -> None:
    """Run `act` as a user without privileges, in `folder`; root would be let through everywhere."""
    child = os.fork()
    if child == 0:
        try:
            os.chdir(folder)
            if os.geteuid() == 0:
                os.setgroups([])
                os.setresgid(NOBODY, NOBODY, NOBODY)
                os.setresuid(NOBODY, NOBODY, NOBODY)
            act()
            os._exit(0)
        except BaseException:  # noqa: BLE001 - whatever it is, the child ends here
            traceback.print_exc()
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def never() -> Iterator[bytes]:
    raise AssertionError("no chunk is asked for where the output is refused")
    yield b""


# --- what is saved


def test_a_new_output_is_complete_and_mode_600(tmp_path, way):
    umask = os.umask(0)
    try:
        facts = save.save([b"one ", b"", b"two"], tmp_path / "out.txt")
    finally:
        os.umask(umask)
    assert facts == save.SaveFacts(7, replaced=False, way=way)
    assert content(tmp_path) == {"out.txt": b"one two"}
    assert stat.S_IMODE((tmp_path / "out.txt").stat().st_mode) == 0o600


def test_no_umask_keeps_the_owner_out(tmp_path, way):
    umask = os.umask(0o777)
    try:
        assert save.save([b"x"], tmp_path / "out").way is way
    finally:
        os.umask(umask)
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o600


def test_an_old_output_is_replaced_and_its_loose_mode_with_it(tmp_path, way):
    out = tmp_path / "out.txt"
    out.write_bytes(b"old")
    out.chmod(0o666)
    facts = save.save([b"new"], out)
    assert facts == save.SaveFacts(3, replaced=True, way=way)
    assert content(tmp_path) == {"out.txt": b"new"}
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_while_it_is_written_the_output_has_no_name(tmp_path, way):
    (tmp_path / "out").write_bytes(b"old")
    seen = []

    def chunks() -> Iterator[bytes]:
        for _ in range(3):
            yield b"x" * 100_000
            seen.append(content(tmp_path))

    assert save.save(chunks(), tmp_path / "out").size == 300_000
    assert seen == [{"out": b"old"}] * 3
    assert way


def test_a_reader_of_the_old_file_keeps_the_old_file(tmp_path, way):
    out = tmp_path / "out"
    out.write_bytes(b"old")
    with out.open("rb") as held:
        assert save.save([b"new"], out).way is way
        assert held.read() == b"old"


def test_a_relative_name_lies_in_the_working_folder(tmp_path, monkeypatch, way):
    monkeypatch.chdir(tmp_path)
    assert save.save([b"x"], "out").way is way
    (tmp_path / "sub").mkdir()
    assert save.save([b"y"], "sub/../sub/out").way is way
    assert (tmp_path / "out").read_bytes() == b"x"
    assert (tmp_path / "sub/out").read_bytes() == b"y"


def test_the_folder_is_held_even_if_it_is_renamed_meanwhile(tmp_path, way):
    (tmp_path / "a").mkdir()

    def chunks() -> Iterator[bytes]:
        yield b"x"
        (tmp_path / "a").rename(tmp_path / "b")
        (tmp_path / "a").mkdir()

    assert save.save(chunks(), tmp_path / "a/out").way is way
    assert content(tmp_path / "b") == {"out": b"x"}
    assert content(tmp_path / "a") == {}


def test_many_saves_at_once_leave_one_of_them_whole(tmp_path, way):
    out = tmp_path / "out"
    texts = [bytes([65 + n]) * 100_000 for n in range(8)]
    failures = []

    def one(text: bytes) -> None:
        try:
            for _ in range(4):
                save.save([text], out)
        except CloisterError as problem:
            failures.append(problem)

    threads = [threading.Thread(target=one, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert list(content(tmp_path)) == ["out"]
    assert out.read_bytes() in texts
    assert way


# --- what is refused, before anything is read


def test_an_output_that_exists_is_kept_where_that_was_asked_for(tmp_path, way):
    out = tmp_path / "out"
    out.write_bytes(b"old")
    with pytest.raises(OutputExists):
        save.save(never(), out, overwrite=False)
    assert content(tmp_path) == {"out": b"old"}
    assert save.save([b"x"], tmp_path / "other", overwrite=False).way is way


def test_an_output_that_appears_meanwhile_is_kept_too(tmp_path, way):
    out = tmp_path / "out"

    def chunks() -> Iterator[bytes]:
        yield b"new"
        out.write_bytes(b"theirs")

    with pytest.raises(OutputExists):
        save.save(chunks(), out, overwrite=False)
    assert content(tmp_path) == {"out": b"theirs"}
    assert way


@pytest.mark.parametrize("link", ["itself", "hard link", "symbolic link"])
def test_a_source_is_never_replaced(tmp_path, link, way):
    source, out = tmp_path / "source", tmp_path / "out"
    source.write_bytes(b"the only copy")
    if link == "itself":
        out = source
    elif link == "hard link":
        out.hardlink_to(source)
    else:
        out.symlink_to(source)
    facts = source.stat()
    with pytest.raises(SamePlace):
        save.save(never(), out, sources=[(1, 1), (facts.st_dev, facts.st_ino)])
    assert source.read_bytes() == b"the only copy"
    assert way


@pytest.mark.parametrize("name", ["", ".", "..", "sub", "sub/", "sub/.", "to-sub"])
def test_a_folder_is_no_output(tmp_path, monkeypatch, name, way):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()
    (tmp_path / "to-sub").symlink_to("sub")
    with pytest.raises(OutputIsAFolder) as refusal:
        save.save(never(), name)
    assert "--format" in str(refusal.value)
    assert (tmp_path / "to-sub").is_symlink()
    assert way


@pytest.mark.parametrize("name", ["missing/out", "missing/", "file/out", "a\0b"])
def test_a_missing_folder_is_named_as_such(tmp_path, monkeypatch, name, way):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(NotFound):
        save.save(never(), name)
    assert way


def test_a_folder_that_may_not_be_written_refuses(tmp_path, way):
    tmp_path.chmod(0o555)

    def act() -> None:
        with pytest.raises(NoPermission):
            save.save(never(), "out")

    as_nobody(act, tmp_path)
    assert content(tmp_path) == {}
    assert way


def test_a_folder_that_may_be_written_and_not_listed_is_enough(tmp_path, way):
    tmp_path.chmod(0o733)

    def act() -> None:
        if os.geteuid() != NOBODY:
            Path().chmod(0o300)
        assert save.save([b"x"], "out").way is way
        assert save.save([b"y"], "out").replaced

    as_nobody(act, tmp_path)
    tmp_path.chmod(0o700)
    assert content(tmp_path) == {"out": b"y"}


def test_a_name_that_is_too_long_is_refused(tmp_path):
    with pytest.raises(FileAccess):
        save.save(never(), tmp_path / ("x" * 300))


# --- links and devices


def test_a_symbolic_link_is_replaced_and_its_target_left_alone(tmp_path, way):
    (tmp_path / "target").write_bytes(b"theirs")
    out = tmp_path / "out"
    for target in ("target", "missing", "out"):
        out.unlink(missing_ok=True)
        out.symlink_to(target)
        if target == "out":  # a loop
            with pytest.raises(FileAccess):
                save.save(never(), out)
            continue
        assert save.save([b"new"], out).way is way
        assert not out.is_symlink()
        assert out.read_bytes() == b"new"
    assert (tmp_path / "target").read_bytes() == b"theirs"
    assert not (tmp_path / "missing").exists()


def test_devices_and_pipes_are_written_to_and_not_replaced(tmp_path):
    assert save.save([b"x"], "/dev/null").way is Way.DIRECT
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
    with pytest.raises(DiskFull):
        save.save([b"x"], "/dev/full")
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with subprocess.Popen(["cat", fifo], stdout=subprocess.PIPE) as reader:
        assert save.save([b"a", b"b"], fifo, overwrite=False).way is Way.DIRECT
        assert reader.stdout.read() == b"ab"
    assert stat.S_ISFIFO(fifo.stat().st_mode)


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
def test_our_own_output_is_continued_and_not_replaced(tmp_path, name):
    code = "import os; from cloister.formats.save import save; os.write(1, b'a'); save([b'b'], %r); os.write(1, b'c')"
    out = tmp_path / "out"
    with out.open("wb") as held:
        subprocess.run([sys.executable, "-c", code % name], stdout=held, check=True)
    assert out.read_bytes() == b"abc"


def test_a_disk_is_no_output(tmp_path):
    devices = [path for path in Path("/dev").iterdir() if path.is_block_device()]
    for device in devices:
        with pytest.raises(NoPermission):
            save.save(never(), device)
    assert content(tmp_path) == {}
