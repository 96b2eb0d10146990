"""The positive control: a program of ours that leaves a token at every surface, started exactly as a tool is.

An observer that does not find the token in a set of surroundings is not believed in anything it says there.
"""

from __future__ import annotations

import os
import secrets
import sys
from typing import TYPE_CHECKING

from cloister.model import Plain
from cloister.review.seen import Observer
from cloister.review.watch.order import Order

if TYPE_CHECKING:
    from cloister.review.seen import Ran

_PROGRAM = """
import ctypes, os, socket, sys, time
token = sys.argv[1]
raw = token.encode()
places = [os.environ["TMPDIR"]]
if sys.argv[3] == "overlay":
    os.chmod("/etc", 0o755)
    places.append("/etc")
for place in places:
    with open(place + "/" + token, "wb") as file:
        file.write(raw)
if len(places) == 2:
    os.chmod("/etc", 0o555)
with open(sys.argv[2], "rb") as file:
    file.read()
os.write(1, raw)
os.write(2, raw)
for family, kind, address in (
    (socket.AF_INET, socket.SOCK_DGRAM, ("203.0.113.9", 9)),
    (socket.AF_UNIX, socket.SOCK_DGRAM, "/dev/log"),
):
    try:
        with socket.socket(family, kind) as sender:
            sender.sendto(raw, address)
    except OSError:
        pass
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        ctypes.CDLL(None).prctl(15, ctypes.create_string_buffer(raw), 0, 0, 0)
        ready = os.open("/dev/null", os.O_RDWR)
        for number in range(3):
            os.dup2(ready, number)
        time.sleep(60)
    os._exit(0)
os.wait()
"""
GRACE = 0.05
"""How long it is waited for what stays, in seconds: it does stay."""


def token() -> str:
    """A new one; it fits in the name of a process."""
    return "w" + secrets.token_hex(7)


def order(drawn: str, *, traced: bool, overlay: bool) -> Order:
    """The order for one control. `overlay` says that it shall write on one as well."""
    words = (
        os.path.abspath(sys.executable),
        "-I",
        "-S",
        "-B",
        "-c",
        _PROGRAM,
        drawn,
        "{input}",
        "overlay" if overlay else "",
    )
    return Order("control", words, Plain(b"control"), "control", "control-out", seconds=60, traced=traced)


def found(drawn: str, ran: Ran, *, overlay: bool) -> set[Observer]:
    """The observers that saw the token. `overlay` says that one was written there too."""
    raw = drawn.encode()
    paths = {left.path for left in ran.left if left.data is not None and left.data.open() == raw}
    expected = 2 if overlay else 1
    traced = {wrote.path for wrote in ran.wrote if wrote.path.endswith(f"/{drawn}")}
    by_trace = {sent.to for sent in ran.sent if sent.by is Observer.TRACE}
    packets = [sent.payload.open() for sent in ran.sent if sent.by is Observer.NETWORK and sent.payload is not None]
    seen = {
        Observer.TRACE: len(traced) == expected and "203.0.113.9:9" in by_trace and bool(ran.opened_input),
        Observer.WALK: sum(path.endswith(f"/{drawn}") for path in paths) == expected,
        Observer.NETWORK: raw in packets,
        Observer.SYSLOG: any(raw in message.open() for message in ran.logged),
        Observer.PROCESSES: any(stayed.name == drawn for stayed in ran.stayed),
        Observer.STREAMS: ran.stdout.open() == raw == ran.stderr.open(),
    }
    return {observer for observer, sees in seen.items() if sees}
