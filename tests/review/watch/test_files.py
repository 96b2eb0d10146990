"""Every file that a tool writes is told, by the walk, by the trace, or by both."""

from __future__ import annotations

import errno
import os

from cloister.review.seen import Ending, What
from cloister.review.watch import walk
from tests.review.watch.tools import URING, left, order, paths, wrote

PLACES = ("/tmp", "/home/user", "/var/tmp", "/dev/shm", "/run/lock", "/documents/1")


def test_what_is_left_is_found_by_both_observers_and_known_to_be_changed_later(world):
    code = f"for place in {PLACES!r}: open(place + '/left-over', 'a').write('page one')"
    ran = world.run(order(code))
    files = {f"{place}/left-over" for place in PLACES}
    assert files == paths(ran) == wrote(ran)
    assert {(each.what, each.mode, each.data.open()) for each in ran.left} == {(What.FILE, 0o644, b"page one")}
    assert {each.changed for each in ran.left} == {False}
    again = world.run(order(code))
    assert {each.path for each in again.left if each.changed} == files - {"/documents/1/left-over"}


def test_what_is_gone_at_the_end_is_told_by_the_trace_alone(world):
    ran = world.run(order("open('/tmp/page', 'w').write('x'); os.unlink('/tmp/page')"))
    assert "/tmp/page" in wrote(ran)
    assert "/tmp/page" not in paths(ran)


def test_the_output_is_told_apart_and_its_permissions_are_as_the_tool_made_them(world):
    ran = world.run(order("open(target, 'w').write('text'); os.chmod(target, 0o666)"))
    assert ran.ending is Ending.EXIT
    assert ran.output.open() == b"text"
    assert [(each.output, each.mode) for each in ran.left] == [(True, 0o666)]
    assert [(each.path, each.mode, each.output) for each in ran.wrote] == [
        ("/documents/1/out.txt", 0o644, True),
        ("/documents/1/out.txt", 0o666, True),
    ]


def test_an_output_to_whose_name_the_tool_adds_a_suffix_is_the_output(world):
    ran = world.run(order("open(target + '.pdf', 'w').write('text')"))
    assert ran.output.open() == b"text"
    assert [each.output for each in ran.left + ran.wrote] == [True, True]


def test_a_file_that_gets_its_name_late_is_told_by_that_name(world):
    code = (
        "there = os.open('.', os.O_TMPFILE | os.O_WRONLY, 0o600)\n"
        "os.write(there, b'text')\n"
        "os.link(f'/proc/self/fd/{there}', target, src_dir_fd=0, follow_symlinks=True)\n"
    )
    ran = world.run(order(code))
    assert ran.output.open() == b"text"
    assert [(each.path, each.mode) for each in ran.wrote] == [("/documents/1/out.txt", 0o600)]


def test_relative_paths_are_followed_through_folders_links_renames_processes_and_threads(world):
    code = """
import threading
os.umask(0o077)
os.chdir('/var/tmp')
os.mkdir('one')
os.rename('one', 'two')
os.chdir('two')
os.symlink('/etc/passwd', 'link')
os.mkfifo('pipe')
if os.fork() == 0:
    os.chdir('/tmp')
    os.mkdir('by-a-child')
    os._exit(0)
os.wait()
thread = threading.Thread(target=os.mkdir, args=('by-a-thread',))
thread.start()
thread.join()
"""
    ran = world.run(order(code))
    two = "/var/tmp/two"
    made = {two, f"{two}/link", f"{two}/pipe", "/tmp/by-a-child", f"{two}/by-a-thread"}
    assert wrote(ran) == made | {"/var/tmp/one"}
    assert paths(ran) == made
    assert {left(ran, f"{two}/link").what, left(ran, f"{two}/pipe").what} == {What.LINK, What.PIPE}
    assert left(ran, f"{two}/link").data.open() == b"/etc/passwd"
    assert next(each for each in ran.wrote if each.path == "/tmp/by-a-child").mode == 0o700


def test_a_thread_that_becomes_another_program_is_followed(world):
    code = """
import threading
threading.Thread(target=os.execv, args=('/bin/mkdir', ['mkdir', '/tmp/by-a-program'])).start()
time.sleep(5)
"""
    ran = world.run(order(code))
    assert "/tmp/by-a-program" in wrote(ran) & paths(ran)
    assert ran.unseen == ()


def test_hostile_names_come_through_as_they_are(world):
    name = '/tmp/a\nb 7 +++ exited with 0 +++ \x1b[31m" <unfinished ...> \udcff\udcfe'
    ran = world.run(order(f"open({name!r}, 'w')"))
    assert {name} == paths(ran) == wrote(ran)
    assert ran.unseen == ()


def test_a_write_through_io_uring_is_in_the_walk_and_the_trace_says_that_it_is_blind(world):
    ran = world.run(order(URING + "\nwrite(b'/tmp/by-uring', b'page one')"))
    assert ran.stderr.open() == b""
    assert left(ran, "/tmp/by-uring").data.open() == b"page one"
    assert "/tmp/by-uring" not in wrote(ran)
    assert any("io_uring" in why for why in ran.unseen)


def test_memory_without_a_file_is_told_as_such(world):
    ran = world.run(order("os.memfd_create('page'); open('/dev/null', 'w'); open('/dev/shm/no-memory-only', 'w')"))
    told = {each.path: each.memory_only for each in ran.wrote}
    assert told == {"memfd:page": True, "/dev/null": True, "/dev/shm/no-memory-only": False}


def test_what_is_kept_beside_files_is_found(world):
    code = """
libc = ctypes.CDLL(None)
libc.shmat.restype = ctypes.c_void_p
held = libc.shmat(libc.shmget(7, 4096, 0o1666), None, 0)
ctypes.memmove(held, b'page one', 8)
open('/tmp/bearer', 'w')
os.setxattr('/tmp/bearer', 'user.text', b'page two')
"""
    ran = world.run(order(code))
    shared = next(each for each in ran.left if "shared memory" in each.path)
    assert (shared.data.open()[:8], shared.mode) == (b"page one", 0o666)
    assert left(ran, "/tmp/bearer (attribute user.text)").data.open() == b"page two"


def test_times_that_a_tool_sets_are_told_traced_or_not(world):
    code = """
now = time.time_ns()
for name, times in {'odd': (7, now), 'copied': (10**18, 10**18), 'soon': (now, now)}.items():
    open(f'/tmp/{name}', 'w').close()
    os.utime(f'/tmp/{name}', ns=times)
open('/tmp/usual', 'w').close()
os.utime('/tmp/usual')
os.utime(source, ns=(5, 6))
"""
    traced, untraced = (world.run(order(code.replace("/tmp/", f"/tmp/{each}-"), traced=each)) for each in (True, False))
    for ran, found in ((traced, {"odd", "copied", "soon", "scan.png"}), (untraced, {"odd", "copied", "scan.png"})):
        assert {each.path.rpartition("/")[2].rpartition("-")[2] for each in ran.left if each.timed} == found


def test_what_the_kernel_keeps_as_a_key_is_found_traced_or_not(world):
    code = """
libc = ctypes.CDLL(None)
number = {'x86_64': 248, 'aarch64': 217}[os.uname().machine]
assert libc.syscall(number, b'user', b'page', b'page one', ctypes.c_size_t(8), ctypes.c_long(-4)) > 0
"""
    for traced in (True, False):
        ran = world.run(order(code.replace("b'page'", f"b'page-{traced}'"), traced=traced))
        key = next(each for each in ran.left if f"page-{traced}" in each.path)
        assert (key.data.open(), key.mode, key.what) == (b"page one", 0o600, What.OTHER)
        assert any("keys" in why for why in ran.unseen) == traced


def test_a_keyring_that_may_not_be_read_is_told_as_that(world):
    code = """
libc = ctypes.CDLL(None)
add, keyctl = {'x86_64': (248, 250), 'aarch64': (217, 219)}[os.uname().machine]
ring = libc.syscall(add, b'keyring', b'closed', None, ctypes.c_size_t(0), ctypes.c_long(-4))
assert ring > 0
assert libc.syscall(keyctl, 5, ring, 0x01000000) == 0
"""
    ran = world.run(order(code, traced=False))
    closed = [each for each in ran.left if each.path.startswith("(key") and each.data is None]
    assert [each.what for each in closed] == [What.OTHER]


def test_where_the_data_of_a_large_file_cannot_be_told_nothing_is_said_to_be_all(monkeypatch):
    def refuse(*_):
        raise OSError(5, "planted")

    monkeypatch.setattr("os.lseek", refuse)
    assert walk.spans(0, walk.MOST_OF_ONE + 1) == []


def test_whether_the_input_was_opened_and_is_as_it_was(world):
    assert world.run(order("")).opened_input is False
    read = world.run(order("os.symlink(source, 'other'); open('other').read()"))
    assert (read.opened_input, read.input_as_before) == (True, True)
    assert world.run(order("open(source, 'a').write('x')")).input_as_before is False
    assert world.run(order("os.unlink(source)")).input_as_before is False


def test_of_a_large_file_that_is_mostly_holes_the_rest_is_kept(world):
    code = """
with open('/tmp/holes', 'wb') as file:
    for place in (41 << 20, 80 << 20):
        file.seek(place + 123)
        file.write(b'page one')
    file.truncate(96 << 20)
"""
    holes = left(world.run(order(code)), "/tmp/holes")
    assert holes.size == 96 << 20
    assert holes.data.open().count(b"page one") == 2
    assert len(holes.data) < 1 << 20
    world.run(order("os.unlink('/tmp/holes')"))


def test_a_file_above_the_limit_is_named_but_not_kept_and_an_endless_tree_is_said_to_be_unseen(world):
    code = """
with open('/tmp/large', 'wb') as file:
    for _ in range(65):
        file.write(b'x' * (1 << 20))
os.chdir('/tmp')
for _ in range(150):
    os.mkdir('d')
    os.chdir('d')
"""
    ran = world.run(order(code))
    large = left(ran, "/tmp/large")
    assert (large.size, large.data) == (65 << 20, None)
    assert any("could not be opened" in why for why in ran.unseen)
    world.run(order("import shutil; shutil.rmtree('/tmp/d'); os.unlink('/tmp/large')"))


def test_attributes_and_times_of_folders_are_told_though_no_file_is_left(world):
    code = """
for place in ('/home/user', '/var/tmp', '/tmp'):
    os.setxattr(place, 'user.last', b'page one of ' + place.encode())
there = os.open('/run/lock', os.O_RDONLY)
os.utime(there, ns=(7, 7))
os.utime('/dev/shm', ns=(1_000_000, 8))
open('/tmp/gone', 'w').close()
os.unlink('/tmp/gone')
"""
    ran = world.run(order(code))
    held = {each.path: each.data.open() for each in ran.left if each.data is not None}
    assert held == {
        "/home/user (attribute user.last)": b"page one of /home/user",
        "/var/tmp/ (attribute user.last)": b"page one of /var/tmp",
        "/tmp/ (attribute user.last)": b"page one of /tmp",
    }
    assert {"/run/lock", "/dev/shm"} <= {each.path for each in ran.left if each.timed}
    assert {"/home/user", "/var/tmp", "/tmp", "/run/lock", "/dev/shm"} <= wrote(ran)
    assert not any(watch.why for watch in ran.watches)
    again = world.run(order("open('/tmp/gone', 'w').close(); os.unlink('/tmp/gone'); os.listdir('/home/user')"))
    assert paths(again) == set()


def test_an_attribute_that_cannot_be_read_is_told_as_such_and_no_attributes_are_none(tmp_path, monkeypatch):
    def refuse(*_: object) -> bytes:
        raise OSError(errno.EIO, "")

    descriptor = os.open(tmp_path, os.O_RDONLY)
    monkeypatch.setattr(os, "listxattr", lambda _: ["user.text", "user.overlay.opaque"])
    monkeypatch.setattr(os, "getxattr", refuse)
    assert walk.attributes(descriptor) == {"user.text": None}
    monkeypatch.setattr(os, "listxattr", refuse)
    assert walk.attributes(descriptor) == {"of any name": None}
    monkeypatch.setattr(errno, "ENOTSUP", errno.EIO)
    assert walk.attributes(descriptor) == {}
    os.close(descriptor)
