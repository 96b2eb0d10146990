"""A worker serves one request after another, locked; whatever goes wrong with it is a typed error."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from cloister.errors import JailDied, JailLied, JailNotStarted, TimedOut, Why
from cloister.jail.lock import Layer
from cloister.jail.nursery import Nursery, Worker
from tests.jail.lies import ANSWER, soon, worker


def why(caught):
    return caught.value.facts["why"]


def status_of(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.strip() for name, value in (line.split(":", 1) for line in lines)}


def descriptors(pid: int) -> dict[str, str]:
    return {link.name: str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()}


def ask(jail: Worker) -> bytes:
    jail.send(1, b"hello")
    return jail.receive(ANSWER)[1]


def test_requests_are_answered_one_after_another():
    with worker("echo") as jail:
        for n in range(50):
            jail.send(1, bytes([n]), b"and more")
            assert jail.receive(ANSWER) == (1, bytes([n]) + b"and more")


def test_a_page_of_nine_megabytes_crosses_in_a_few_milliseconds():
    payload = os.urandom(9 << 20)
    with worker("echo") as jail:
        jail.ready()
        took = []
        for _ in range(5):
            began = time.perf_counter()
            jail.send(1, payload)
            _, answer = jail.receive(ANSWER)
            took.append(time.perf_counter() - began)
            assert answer == payload
    print(f"{min(took) * 500:.1f} ms one way")
    assert min(took) < 0.25, "both ways; 8 to 10 ms where nothing else runs"


def test_a_locked_worker_has_every_layer():
    with worker("echo") as jail:
        jail.ready()
        status = status_of(jail.pid)
        assert jail.layers == tuple(Layer)
        assert (status["Seccomp"], status["NoNewPrivs"]) == ("2", "1")
        assert {status[name] for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")} == {"0" * 16}
        limits = Path(f"/proc/{jail.pid}/limits").read_text()
        for name in ("Max file size", "Max core file size"):
            assert next(line for line in limits.splitlines() if line.startswith(name)).split()[-3:-1] == ["0", "0"]


def test_a_locked_worker_is_in_namespaces_of_its_own():
    with worker("echo") as jail:
        jail.ready()
        if os.geteuid() == 0:  # the links of a process that is not dumpable are root's to read
            for name in ("user", "net", "ipc"):
                assert Path(f"/proc/{jail.pid}/ns/{name}").readlink() != Path(f"/proc/self/ns/{name}").readlink()
        else:
            with pytest.raises(PermissionError):
                Path(f"/proc/{jail.pid}/ns/net").readlink()


def test_a_worker_starts_in_the_root_folder_in_its_own_session_with_a_bare_environment():
    with worker("echo", layers="none") as jail:
        jail.ready()
        assert Path(f"/proc/{jail.pid}/cwd").readlink() == Path("/")
        assert Path(f"/proc/{jail.pid}/environ").read_bytes() == b"HOME=/\0"
        assert os.getsid(jail.pid) == jail.nursery.pid
        assert set(descriptors(jail.pid)) == {"0", "1", "2"}
        assert descriptors(jail.pid)["2"] == "/dev/null"


def test_nothing_that_the_parent_holds_open_is_inherited(tmp_path):
    held = os.open(tmp_path / "held", os.O_CREAT | os.O_RDWR)
    os.set_inheritable(held, True)  # noqa: FBT003 - it has no name
    try:
        with worker("echo", layers="none") as jail:
            jail.ready()
            assert not any("held" in target for target in descriptors(jail.pid).values())
    finally:
        os.close(held)


@pytest.mark.parametrize(
    ("behaviour", "error", "reason"),
    [
        ("crash", JailDied, Why.SIGNAL),
        ("call_forbidden", JailDied, Why.SIGNAL),
        ("use_memory", JailDied, Why.MEMORY),
        ("leave_unread", JailDied, Why.ENDED_EARLY),
        ("say_too_long", JailLied, Why.FRAME_TOO_LONG),
        ("say_unknown", JailLied, Why.UNKNOWN_FRAME),
    ],
)
def test_what_goes_wrong_in_a_worker_is_a_typed_error_and_it_is_gone(behaviour, error, reason):
    with worker(behaviour) as jail:
        jail.ready()
        pid = jail.pid
        with pytest.raises(error) as caught:
            ask(jail)
        assert why(caught) is reason
        assert jail.pid is None
        assert not Path(f"/proc/{pid}").exists()


def test_an_answer_that_does_not_come_is_a_timeout_and_the_worker_is_gone():
    with worker("hang") as jail:
        jail.ready()
        pid = jail.pid
        jail.send(1, b"hello")
        jail.deadline = soon(0.2)
        with pytest.raises(TimedOut):
            jail.receive(ANSWER)
        assert not Path(f"/proc/{pid}").exists()


def test_a_deadline_that_has_passed_is_a_timeout():
    with worker("answer_slowly") as jail:
        jail.send(1, b"hello")
        jail.deadline = time.monotonic() - 1
        with pytest.raises(TimedOut):
            jail.receive(ANSWER)


def test_a_worker_that_cannot_warm_up_was_not_started():
    with worker("echo", "warm_badly") as jail, pytest.raises(JailNotStarted) as caught:
        jail.ready()
    assert why(caught) is Why.NOT_STARTED


def test_a_module_that_does_not_exist_was_not_started():
    with Nursery("cloister.no_such_module").worker() as jail:
        jail.deadline = soon()
        with pytest.raises(JailNotStarted) as caught:
            jail.ready()
    assert why(caught) is Why.NOT_STARTED


def test_a_worker_that_was_killed_answers_nothing_more():
    with worker("echo") as jail:
        jail.ready()
        jail.kill()
        with pytest.raises(JailNotStarted):
            jail.send(1, b"hello")


def test_a_thread_that_warming_up_left_behind_is_in_no_worker():
    with worker("echo", "start_thread") as jail:
        jail.ready()
        assert status_of(jail.nursery.pid)["Threads"] == "2"
        assert status_of(jail.pid)["Threads"] == "1"
        assert ask(jail) == b"hello"


def test_a_worker_outlives_the_thread_that_started_it():
    started: list[Worker] = []
    thread = threading.Thread(target=lambda: started.append(worker("echo")))
    thread.start()
    thread.join()
    with started[0] as jail:
        jail.ready()
        time.sleep(0.2)
        jail.send(1, b"still here")
        assert jail.receive(ANSWER) == (1, b"still here")


def test_an_opened_file_does_not_exist_for_a_worker():
    with worker("write_file") as jail:
        jail.send(1, b"hello")
        assert jail.receive(ANSWER) == (1, bytes([2]))
    assert not Path("/dev/shm/cloister-escape").exists()


def test_code_that_could_be_written_to_is_closed_before_the_lock():
    code = "w" + "x"
    with worker("echo", "map_writable_code", layers="none") as jail:
        jail.ready()
        assert code in Path(f"/proc/{jail.pid}/maps").read_text()
    with worker("echo", "map_writable_code", layers="seccomp") as jail:
        jail.ready()
        if os.geteuid() == 0 or os.access(f"/proc/{jail.pid}/maps", os.R_OK):
            assert code not in Path(f"/proc/{jail.pid}/maps").read_text()
        jail.send(1, b"and it still answers")
        assert jail.receive(ANSWER) == (1, b"and it still answers")
