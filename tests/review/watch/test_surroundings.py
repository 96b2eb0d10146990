"""What a tool finds around it, and that nothing of it reaches the host."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from cloister.review.seen import Ending, Observer
from cloister.review.watch import World
from tests.jail.lies import gone
from tests.review.watch.tools import controlled, left, order, paths

pytestmark = pytest.mark.asroot


def test_the_tool_is_an_ordinary_user_without_any_privilege(world):
    code = """
status = dict(line.split(':', 1) for line in open('/proc/self/status').read().splitlines())
keys = ('Uid', 'Groups', 'CapInh', 'CapPrm', 'CapEff', 'CapAmb', 'NoNewPrivs', 'Seccomp')
import json
import subprocess
import sys
print(json.dumps([status[key].split() for key in keys]))
"""
    for traced in (True, False):
        uid, groups, *capabilities, privileges, filters = json.loads(
            world.run(order(code, traced=traced)).stdout.open()
        )
        assert uid == ["1000"] * 4
        assert set(groups) <= {"1000", "65534"}
        assert {int(word, 16) for held in capabilities for word in held} == {0}
        assert (privileges, filters) == (["1"], ["2"])


def test_its_environment_is_minimal_and_it_has_no_descriptor_but_its_streams(world):
    code = "import json; print(json.dumps([dict(os.environ), sorted(os.listdir('/proc/self/fd'))]))"
    environment, descriptors = json.loads(world.run(order(code)).stdout.open())
    assert set(environment) == {"PATH", "HOME", "TMPDIR", "LANG"}
    assert environment["HOME"] == "/home/user"
    assert descriptors == ["0", "1", "2", "3"], "3 is the folder that is being listed"


def test_homes_and_temporary_files_of_the_host_are_not_there(world, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("of the host")
    home = Path.home()
    code = (
        f"secret, home = {str(secret)!r}, {str(home)!r}"
        """
import json
import subprocess
import sys
print(json.dumps([os.path.exists(secret), [os.listdir(each) for each in ('/tmp', '/home', '/run')]]))
try:
    print(os.listdir(home))
except OSError:
    print([])
"""
    )
    told, there = world.run(order(code)).stdout.open().splitlines()
    seen, listed = json.loads(told)
    assert seen is False
    assert tmp_path.parts[2] not in listed[0]
    assert listed[1] == ["user"]
    assert there == b"[]"


def test_nothing_that_it_does_reaches_the_hosts_files_and_all_of_it_is_seen(tmp_path):
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "kept").write_text("as it was")
    for path in (shared, shared / "kept"):
        path.chmod(0o777)
    code = """
os.chdir(sys.argv[3])
open('new', 'w').write('page one')
os.unlink('kept')
os.chmod('.', 0o700)
"""
    with World(shown=(shared,)) as own:
        ran = own.run(order(code, str(shared)))
    assert ran.stderr.open() == b""
    assert left(ran, f"{shared}/new").data.open() == b"page one"
    assert left(ran, f"{shared}/kept").changed
    assert sorted(each.name for each in shared.iterdir()) == ["kept"]
    assert (shared / "kept").read_text() == "as it was"


def test_the_hosts_mounts_are_as_they_were_while_it_runs_and_nothing_is_left_of_it():
    def mounts() -> str:
        return Path("/proc/self/mountinfo").read_text()

    before, temporary = mounts(), {each.name for each in Path("/tmp").iterdir()}
    with World() as own:
        own.run(order("open('/tmp/page', 'w')"))
        assert mounts() == before
        process = own._process.pid
    assert mounts() == before
    assert not [
        name
        for name in {each.name for each in Path("/tmp").iterdir()} - temporary
        if name.startswith("cloister-review")
    ]
    assert not Path(f"/proc/{process}").exists()


def test_it_cannot_reach_the_one_who_watches(world):
    code = """
tried = []
for name in ('mem', 'root', 'fd', 'environ', 'maps'):
    try:
        path = f'/proc/1/{name}'
        os.listdir(path) if name in ('root', 'fd') else open(path, 'rb').read(1)
        tried.append(name)
    except PermissionError:
        pass
libc = ctypes.CDLL(None, use_errno=True)
tried += ['ptrace'] * (libc.ptrace(16, 1, 0, 0) == 0)
os.kill(1, 9)
libc.unshare(0x10000000)
tried += ['remount'] * (libc.mount(None, b'/', None, 32, None) == 0)
print(tried)
"""
    assert world.run(order(code)).stdout.open() == b"[]\n"
    assert world.run(order("")).ending is Ending.EXIT


def test_it_cannot_change_a_setting_of_the_host(world):
    code = """
for line in open('/proc/self/mountinfo'):
    path, options = line.split()[4:6]
    if path.startswith('/sys') or path == '/':
        print(path, 'ro' in options.split(','))
for folder, _, names in os.walk('/proc/sys'):
    for name in names:
        if name != 'ns_last_pid' and os.access(f'{folder}/{name}', os.W_OK):
            print(folder, name)
"""
    lines = world.run(order(code, traced=False)).stdout.open().decode().splitlines()
    assert {"/ True", "/sys True"} <= set(lines)
    assert {line.rpartition(" ")[2] for line in lines} == {"True"}


INT_80 = """
import mmap
held = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x40, 7)
base = ctypes.addressof(ctypes.c_char.from_buffer(held))
held[512:524] = b'/tmp/32-bit\\0'
number, path, mode = 39, base + 512, 0o777
words = [b'\\x53\\xb8', number, b'\\xbb', path, b'\\xb9', mode, b'\\xcd\\x80\\x5b\\x48\\x98\\xc3']
code = b''.join(each if isinstance(each, bytes) else each.to_bytes(4, 'little') for each in words)
held[:len(code)] = code
print(ctypes.CFUNCTYPE(ctypes.c_long)(base)())
libc = ctypes.CDLL(None, use_errno=True)
print(libc.syscall(ctypes.c_long(0x40000000 + 83), b'/tmp/x32', 0o777), ctypes.get_errno())
"""

if platform.machine() == "x86_64":

    def test_calls_the_32_bit_way_are_refused_since_no_observer_was_shown_to_see_them(world):
        for traced in (True, False):
            ran = world.run(order(INT_80, traced=traced))
            assert ran.stdout.open() == b"-38\n-1 38\n"
            assert ran.left == ()


PARENT = """
import sys
sys.path[:0] = sys.argv[2:]
from cloister.review.watch import World
from tests.review.watch.tools import order
with World(namespaces=sys.argv[1] == "yes") as own:
    print(own.folder, own._process.pid, flush=True)
    own.run(order("open(os.environ['HOME'] + '/page', 'w')\\nif os.fork() == 0:\\n    os.setsid()\\ntime.sleep(60)"))
"""


@pytest.mark.parametrize("namespaces", ["yes", "no"])
def test_when_the_one_who_watches_is_killed_nothing_is_left(namespaces):
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", PARENT, namespaces, str(root), str(root / "src")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as parent:
        folder, inside = parent.stdout.readline().decode().split()
        assert gone(lambda: [] if len(children(int(inside), "python3")) > 1 else [0], seconds=20)
        tools = children(int(inside), "python3")
        parent.kill()
    assert gone(
        lambda: [
            path for path in (Path(folder), *(Path(f"/proc/{each}") for each in (inside, *tools))) if path.exists()
        ],
        seconds=20,
    )


def children(pid: int, name: str) -> list[int]:
    """Descendants that call themselves so."""
    parents = {}
    for each in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            head, _, tail = each.read_text().rpartition(")")
            parents[int(head.split()[0])] = (head.partition("(")[2], int(tail.split()[1]))
    found, above = [], {pid}
    while above:
        above = {each for each, (_, parent) in parents.items() if parent in above}
        found += [each for each in above if parents[each][0] == name]
    return found


def test_a_tool_that_is_installed_in_a_hidden_place_finds_itself_and_nothing_beside(tmp_path):
    tool = tmp_path / "tool" / "bin" / "read-it"
    tool.parent.mkdir(parents=True)
    (tmp_path / "tool" / "lib").mkdir()
    (tmp_path / "tool" / "lib" / "words").write_text("found")
    (tmp_path / "tool" / "private").write_text("of the host")
    tool.write_text(
        "#!/usr/bin/python3\nimport os\nhere = os.path.dirname(os.path.realpath(__file__)) + '/..'\n"
        "print(open(here + '/lib/words').read(), sorted(os.listdir(here)))"
    )
    for path in (tmp_path.parent.parent, tmp_path.parent, tmp_path, tool):
        path.chmod(0o755)
    link = tmp_path / "link"
    link.symlink_to("tool/bin/read-it")
    with World() as own:
        ran = own.run(replace(order(""), argv=(str(link), "{input}")))
    assert ran.stdout.open() == b"found ['bin', 'lib']\n"


def test_without_namespaces_what_is_left_at_home_is_found_and_all_is_taken_away():
    with World(namespaces=False) as own:
        ran = own.run(order("open(os.environ['HOME'] + '/page', 'w'); open(os.environ['TMPDIR'] + '/page', 'w')"))
        folder = own.folder
        stays = own.run(order("if os.fork() == 0:\n    os.setsid()\n    time.sleep(60)"))
    assert {path.rpartition("/")[0].rpartition("/")[2] for path in paths(ran)} == {"home", "tmp"}
    assert controlled(ran) == {Observer.TRACE, Observer.PROCESSES, Observer.STREAMS}
    assert [each.name for each in stays.stayed] == ["python3"]
    assert not Path(folder).exists()
