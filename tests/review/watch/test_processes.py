"""How a run ends, what stays behind it, and what is left of one that was killed half way."""

from __future__ import annotations

import signal
from dataclasses import replace

import pytest

from cloister.review.seen import Ending
from tests.review.watch.tools import left, order, paths, wrote

DAEMON = """
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        ctypes.CDLL(None).prctl(15, b'tidy\\nup \\x1b', 0, 0, 0)
        time.sleep(60)
    os._exit(0)
os.wait()
"""


@pytest.mark.parametrize("traced", [True, False])
def test_a_daemon_stays_by_the_name_that_it_gives_itself_and_is_ended(world, traced):
    ran = world.run(order(DAEMON, traced=traced))
    assert (ran.ending, ran.code) == (Ending.EXIT, 0)
    assert [each.name for each in ran.stayed] == ["tidy\nup \x1b"]
    after = world.run(
        order(
            "print([each for each in os.listdir('/proc') if each.isdigit()] == ['1', str(os.getpid())])", traced=False
        )
    )
    assert after.stdout.open() == b"True\n"


def test_a_child_that_ends_soon_does_not_stay_and_its_late_file_is_found(world):
    ran = world.run(order("if os.fork() == 0:\n    time.sleep(0.1)\n    open('/tmp/late', 'w')"))
    assert ran.stayed == ()
    assert "/tmp/late" in paths(ran) & wrote(ran)


def test_one_that_is_killed_half_way_leaves_what_it_leaves(world):
    code = """
open('/tmp/page-1', 'w').write('x')
if os.fork() == 0:
    time.sleep(60)
time.sleep(0.6)
open('/tmp/page-2', 'w')
"""
    ran = world.run(order(code, kill_after=0.3))
    assert (ran.ending, ran.code) == (Ending.KILLED, -9)
    assert "/tmp/page-1" in paths(ran)
    assert "/tmp/page-2" not in paths(ran) | wrote(ran)
    assert 0.3 <= ran.seconds < 0.6
    assert ran.stayed == ()
    assert world.run(order("", kill_after=30)).ending is Ending.EXIT


def test_endings_are_told_apart(world):
    assert world.run(order("sys.exit(3)")).code == 3
    signalled = world.run(order("os.kill(os.getpid(), signal.SIGSEGV)"))
    assert (signalled.ending, signalled.code) == (Ending.SIGNAL, -11)
    late = world.run(order("time.sleep(60)", seconds=0.4))
    assert (late.ending, late.code) == (Ending.TIMEOUT, -9)
    for argv in (("/nowhere/tool",), ("/etc/passwd",)):
        assert world.run(replace(order(""), argv=argv)).ending is Ending.NOT_STARTED


def test_memory_and_time_are_measured(world):
    ran = world.run(order("held = b'x' * (100 << 20); time.sleep(0.2)"))
    assert 100 << 20 <= ran.memory < 140 << 20
    assert ran.seconds >= 0.2


def test_streams_are_kept_up_to_their_limit_and_the_tool_is_not_held_up(world):
    ran = world.run(order("for _ in range(20): os.write(1, b'x' * (1 << 20))\nos.write(2, b'page one')"))
    assert (ran.ending, len(ran.stdout), ran.stderr.open()) == (Ending.EXIT, 16 << 20, b"page one")
    assert any("stream" in why for why in ran.unseen)


def test_what_is_logged_is_kept(world):
    code = """
import logging, logging.handlers, syslog
syslog.syslog('page one')
logging.getLogger().addHandler(logging.handlers.SysLogHandler('/dev/log'))
logging.error('page two')
journal = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
held = os.memfd_create('journal')
os.write(held, b'MESSAGE=page three')
journal.connect('/run/systemd/journal/socket')
socket.send_fds(journal, [b'-'], [held])
"""
    ran = world.run(order(code))
    assert ran.stderr.open() == b""
    logged = b"|".join(each.open() for each in ran.logged)
    assert all(page in logged for page in (b"page one", b"page two", b"page three"))
    assert ran.sent == ()


def test_runs_at_the_same_time_share_a_home_and_are_told_apart(world):
    code = """
name = sys.argv[3]
open(f'/tmp/{name}', 'w').write(name)
open(target, 'w').write(name)
import syslog
syslog.syslog(name)
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('203.0.113.7', int(name)))
until = time.monotonic() + 5
while not all(os.path.exists(f'/tmp/{each}') for each in (1, 2, 3)) and time.monotonic() < until:
    time.sleep(0.01)
print(all(os.path.exists(f'/tmp/{each}') for each in (1, 2, 3)))
""" + DAEMON.replace("tidy\\nup \\x1b", "daemon")
    ran = world.together([order(code, str(i), case=f"together/{i}") for i in (1, 2, 3)])
    for i, each in enumerate(ran, 1):
        assert (each.case, each.output.open(), each.stdout.open()) == (f"together/{i}", str(i).encode(), b"True\n")
        assert paths(each) == wrote(each) == {f"/tmp/{i}", f"/documents/{i}/out.txt"}
        assert {sent.to for sent in each.sent} == {f"203.0.113.7:{i}"}
        assert len(each.logged) == len(each.stayed) == 1
        assert each.logged[0].open().endswith(str(i).encode())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_what_a_tool_does_when_it_is_asked_to_end_is_seen(world, number):
    code = f"""
def save(*_):
    open('/tmp/saved', 'a').write('page one')
    os._exit(0)
open(source).close()
signal.signal({number.value}, save)
time.sleep(20)
"""
    ran = world.run(order(code, kill_after=0.4, kill_with=number))
    assert ran.ending is Ending.KILLED
    assert ran.answered == {number.name: 1}
    assert ran.answers[number.name] == 1
    assert "/tmp/saved" in paths(ran)
    assert left(ran, "/tmp/saved").data.open() == b"page one"
    world.run(order("os.unlink('/tmp/saved')"))


def test_a_tool_that_does_not_end_when_asked_is_killed_and_one_without_an_answer_ends_by_the_signal(world):
    ran = world.run(
        order("signal.signal(15, signal.SIG_IGN); time.sleep(60)", kill_after=0.3, kill_with=signal.SIGTERM)
    )
    assert (ran.ending, ran.code) == (Ending.KILLED, -signal.SIGKILL)
    assert "SIGTERM" not in ran.answers
    ran = world.run(order("time.sleep(60)", kill_after=0.3, kill_with=signal.SIGTERM))
    assert (ran.ending, ran.code, ran.answered) == (Ending.KILLED, -signal.SIGTERM, {})
    assert world.run(order("", kill_after=30, kill_with=signal.SIGTERM)).ending is Ending.EXIT
