"""An observer that is not there, or that saw nothing, says so; nobody is believed without the control."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

import pytest

from cloister.review.seen import Observer
from cloister.review.watch import World, control
from tests.review.watch.tools import controlled, order, paths, wrote

EVERYTHING = """
open('/tmp/page', 'w')
import syslog
syslog.syslog('page')
print('page', flush=True)
if os.fork() == 0:
    time.sleep(60)
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'page', ('203.0.113.7', 9))
"""


NAMESPACES = "libc = ctypes.CDLL(None)\nassert libc.unshare(0x10020000) == 0\n"
CLONE = {"x86_64": 56, "aarch64": 220}[platform.machine()]


def test_every_observer_is_shown_to_see(world):
    assert {watch.observer for watch in world.watches} == set(Observer)
    assert all(watch.present and watch.controlled and not watch.why for watch in world.watches)
    assert controlled(world.run(order(""))) == set(Observer)


def without(gone: set[Observer]) -> None:
    with World(without=frozenset(gone)) as own:
        ran = own.run(order(EVERYTHING))
    assert controlled(ran) == set(Observer) - gone
    told = {
        Observer.TRACE: bool(ran.wrote) or ran.opened_input is not None,
        Observer.WALK: bool(ran.left),
        Observer.NETWORK: any(each.by is Observer.NETWORK for each in ran.sent),
        Observer.SYSLOG: bool(ran.logged),
        Observer.PROCESSES: bool(ran.stayed),
        Observer.STREAMS: bool(ran.stdout.open()),
    }
    assert {observer for observer, tells in told.items() if not tells} == gone
    for observer in gone:
        watch = ran.watch(observer)
        assert (watch.present, watch.controlled, bool(watch.why)) == (False, False, True)


@pytest.mark.parametrize(
    "gone",
    [
        {Observer.TRACE, Observer.NETWORK, Observer.STREAMS},
        {Observer.WALK, Observer.SYSLOG, Observer.PROCESSES},
        *(pytest.param({observer}, marks=pytest.mark.proof) for observer in Observer),
    ],
    ids=lambda gone: "-".join(sorted(observer.value for observer in gone)),
)
def test_an_observer_that_is_taken_away_tells_nothing_and_says_why(gone):
    without(gone)


def test_an_observer_that_does_not_find_the_token_is_not_believed(monkeypatch):
    monkeypatch.setattr(control, "found", lambda *_words, **_more: {Observer.STREAMS})
    with World() as own:
        ran = own.run(order(""))
    assert controlled(ran) == {Observer.STREAMS}
    for observer in set(Observer) - {Observer.STREAMS}:
        assert (ran.watch(observer).present, bool(ran.watch(observer).why)) == (True, True)


def test_the_control_finds_its_token_and_no_other(world):
    drawn = control.token()
    ran = world._group([control.order(drawn, traced=True, overlay=True)], control.GRACE, clean=True)[0]
    assert control.found(drawn, ran, overlay=True) == set(Observer)
    assert control.found(control.token(), ran, overlay=True) == set()
    assert paths(world.run(order(""))) == set(), "the control's own files were taken away"


def test_a_run_without_the_trace_has_none_and_is_otherwise_the_same(world):
    ran = world.run(order("open('/tmp/untraced', 'w')", traced=False))
    assert (ran.traced, ran.opened_input, ran.wrote) == (False, None, ())
    assert "/tmp/untraced" in paths(ran)
    assert controlled(ran) == set(Observer) - {Observer.TRACE}
    tracer = world.run(
        order("print(open('/proc/self/status').read().partition('TracerPid:')[2].split()[0])", traced=False)
    )
    assert tracer.stdout.open() == b"0\n"


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (NAMESPACES + "libc.mount(b'none', b'/tmp', b'tmpfs', 0, None)", "mounted"),
        (NAMESPACES + "os.chroot('/tmp')", "root"),
        ("one, other = socket.socketpair()\nsocket.send_fds(one, [b'x'], [0])", "descriptor"),
        (f"ctypes.CDLL(None).syscall({CLONE}, 0x00800011, 0, 0, 0, 0)", "no trace follows"),
    ],
)
def test_what_makes_the_trace_blind_is_told(world, code, why):
    assert any(why in each for each in world.run(order(code)).unseen)


def test_a_tool_that_ends_its_tracer_is_not_believed_to_have_written_nothing(world):
    code = """
for each in filter(str.isdigit, os.listdir('/proc')):
    with open(f'/proc/{each}/comm') as file:
        if file.read() == 'strace\\n':
            os.kill(int(each), 9)
"""
    ran = world.run(order(code))
    assert not ran.watch(Observer.TRACE).controlled
    assert any("trace" in each for each in ran.unseen)


def test_what_was_planted_is_handed_through(world):
    assert world.run(order("", planted={"pixels": "AMBER"})).planted == {"pixels": "AMBER"}
    assert wrote(world.run(order(""))) == set()


NO_NAMESPACES = """
import sys
sys.path[:0] = sys.argv[1:]
from cloister.review.watch import World
from tests.review.watch.tools import controlled, order
with World() as own:
    ran = own.run(order("open(os.environ['HOME'] + '/page', 'w')"))
    print(sorted(each.name for each in controlled(ran)), [each.path.rpartition('/')[2] for each in ran.left])
    print([each.why for each in own.watches if 'cloister doctor' in each.why] != [])
"""


def test_a_host_that_refuses_namespaces_gets_a_home_of_its_own_and_no_claim_of_scope():
    root = Path(__file__).parents[3]
    inner = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"'
    words = [sys.executable, "-c", NO_NAMESPACES, str(root), str(root / "src")]
    done = subprocess.run(
        ["unshare", "-Ur", "sh", "-c", inner, "sh", *words], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.splitlines() == ["['PROCESSES', 'STREAMS', 'TRACE'] ['page']", "True"], done.stderr


NESTED = """
import sys
sys.path[:0] = [sys.argv[-3], sys.argv[-3] + "/src"]
from dataclasses import replace
from cloister.review.watch import World
from tests.review.watch.tools import controlled, left, order
program, depth = sys.argv[-2], int(sys.argv[-1])
words = (sys.executable, "-c", program, sys.argv[-3], program, str(depth - 1))
with World() as own:
    if depth > 1:
        ran = own.run(replace(order("", traced=False), argv=words))
        print(ran.stdout.open().decode() + ran.stderr.open().decode(), end="")
    ran = own.run(order("open('/tmp/page', 'w')"))
    print(depth, own._told["overlay"], len(controlled(ran)), left(ran, "/tmp/page").size)
"""


@pytest.mark.proof
def test_where_no_overlay_can_stand_everything_but_what_is_fresh_is_read_only():
    """Surroundings in surroundings in surroundings: the kernel stacks two overlays and refuses a third."""
    root = str(Path(__file__).parents[3])
    command = [sys.executable, "-c", NESTED, root, NESTED, "3"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.splitlines() == ["1 False 6 0", "2 True 6 0", "3 True 6 0"], done.stderr
