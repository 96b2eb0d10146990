"""No text reaches the database, a log or a terminal, whatever an exception carries; and no code comes out of a row."""

from __future__ import annotations

import base64
import os
import pickle
import re
import subprocess
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path

import pytest

from cloister.jobs import Job, Outcome, Retries, State, Worker
from cloister.jobs.serial import LONGEST, Ids, JobFailed
from tests.jobs.places import Place, document, until
from tests.store.server import OWNER, _program

CANARY = "CANARYzq7317"
IDS = Ids()


def kept(place: Place, server) -> bytes:
    """Every byte that is kept of jobs and results."""
    if isinstance(place.address, Path):
        return b"".join(path.read_bytes() for path in sorted(place.address.parent.iterdir()))
    name = place.address.partition("@/")[2].partition("?")[0]
    command = [_program("pg_dump"), "-h", server.folder, "-U", OWNER, name]
    dump = subprocess.run(command, check=True, capture_output=True).stdout
    return dump + (server.folder / "log").read_bytes()


def test_what_work_raises_leaves_no_text_anywhere(place, request):
    server = None if isinstance(place.address, Path) else request.getfixturevalue("server")
    with place.open() as jobs:
        for number in range(3):
            jobs.enqueue(document(number), "north", 1)
        process = place.start("one", f"raise={CANARY}")
        until(lambda: jobs.counts().jobs[State.FAILED] == 3)
        during = kept(place, server)
        out, _ = process.communicate("", timeout=20)
        assert [jobs.state(document(number)) for number in range(3)] == [Job(State.FAILED, "failed")] * 3
    everything = during + kept(place, server) + out.encode()
    assert document(1).encode() in everything, "what is kept can be found"
    assert CANARY.encode() not in everything
    assert process.returncode == 0
    assert out == "ready\n"


def test_a_worker_reaches_no_network(lite, tmp_path):
    trace = tmp_path / "trace"
    words = ("strace", "-f", "--seccomp-bpf", "-qq", "-e", "trace=socket,connect,sendto,sendmsg", "-o", str(trace))
    with lite.open() as jobs:
        jobs.enqueue(document(1), "north", 1)
        process = lite.start("one", before=words)
        until(lambda: jobs.state(document(1)) == Job(State.DONE), 60)
        process.communicate("", timeout=30)
    assert process.returncode == 0
    said = trace.read_text()
    assert "AF_UNIX" not in said or not re.search(r"connect\(\d+, \{sa_family=AF_UNIX", said)
    assert not re.search(r"AF_INET|AF_NETLINK|AF_PACKET", said)
    seen = subprocess.run([*words, "python3", "-c", "import socket; socket.socket()"], check=True)
    assert seen.returncode == 0
    assert "AF_INET" in trace.read_text(), "a socket would have been seen"


class Mark:
    def __reduce__(self):
        return os.mkdir, (self.path,)

    def __init__(self, path: str) -> None:
        self.path = path


def test_a_row_that_holds_a_pickle_runs_nothing_and_ends_failed(lite, tmp_path):
    planted = base64.b64encode(pickle.dumps({"args": (Mark(str(tmp_path / "planted")),), "kwargs": {}})).decode()
    worked = []

    def work(of, _):
        worked.append(of)
        return Outcome.DONE

    with lite.open() as jobs:
        jobs.enqueue(document(1), "north", 1)
        jobs.enqueue(document(2), "north", 1)
        with jobs.queue.begin() as connection:
            first = f"WHERE workflow_uuid = 'ocr-{document(1)}'"
            connection.exec_driver_sql(f"UPDATE workflow_input SET inputs = '{planted}' {first}")
            connection.exec_driver_sql(f"UPDATE workflow_status SET serialization = 'py_pickle' {first}")
            second = f"WHERE workflow_uuid = 'ocr-{document(2)}'"
            connection.exec_driver_sql(
                f"UPDATE workflow_input SET inputs = replace(inputs, '{document(2)}', '{document(3)}') {second}"
            )
        with Worker(jobs, "one", work, at_once=1, retries=Retries(most=1)):
            until(lambda: jobs.counts().jobs[State.FAILED] == 2)
            assert [jobs.state(document(number)).state for number in (1, 2)] == [State.FAILED] * 2
    assert not (tmp_path / "planted").exists()
    assert not worked
    pickle.loads(base64.b64decode(planted))
    assert (tmp_path / "planted").exists(), "it would have run"


class Word(Enum):
    YES = "yes"


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        -5,
        "doc-" + "0" * 32,
        [1, ["a"]],
        {"args": ["doc-1"], "kwargs": {}},
        datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC),
    ],
)
def test_ids_numbers_times_and_codes_are_written_and_read_back(value):
    assert IDS.deserialize(IDS.serialize(value)) == value
    assert IDS.deserialize(IDS.serialize(Word.YES)) == "yes"


@pytest.mark.parametrize(
    "value",
    [
        "two words", "", "name.pdf", "a" * 65, "ä", "a\n", b"bytes", 1.5, 1 << 53, object(), {"two words": 1}, {1: 1},
        ["a" * 60] * 40, Path("a"), {"a"}, float("nan"),
    ],
)  # fmt: skip
def test_anything_else_is_refused_without_being_said(value):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - what it says is looked at
        IDS.serialize(value)
    assert "two words" not in str(caught.value)


@pytest.mark.parametrize(
    "written", ["", "[", '"two words"', "1.5", '{"error":"A","code":5}', "[" * 2000, "1" * LONGEST + "1"]
)
def test_what_was_not_written_here_is_not_read(written):
    with pytest.raises(ValueError, match="job"):
        IDS.deserialize(written)


def test_of_an_exception_a_class_and_a_code_are_written():
    assert IDS.serialize(ValueError("two words")) == '{"error":"ValueError","code":"failed"}'
    assert IDS.serialize(type("Words", (Exception,), {})("x")) == '{"error":"Exception","code":"failed"}'
    read = IDS.deserialize(IDS.serialize(JobFailed("Damaged", "damaged")))
    assert (type(read), read.kind, read.code) == (JobFailed, "Damaged", "damaged")
    assert JobFailed("Damaged", "no such code").code == "failed"


def test_a_library_that_was_silenced_says_nothing(capfd):
    code = (
        "import logging, sys; from cloister.events.quiet import silence; silence('talker')\n"
        "t = logging.getLogger('talker'); t.setLevel(1); t.critical('one'); t.getChild('inner').error('two')\n"
        "logging.getLogger('other').error('three')\n"
    )
    subprocess.run([os.sys.executable, "-c", code], check=True)
    assert "".join(capfd.readouterr()) == "three\n"
