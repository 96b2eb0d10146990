"""One fresh set of surroundings, in which a tool is started as often as one likes, and watched."""

from __future__ import annotations

import os
import pwd
import secrets
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from cloister.errors import JailDied, JailNotStarted, Why
from cloister.review.seen import Observer, Ran, Watch
from cloister.review.watch import control, frames
from cloister.review.watch.needs import needs
from cloister.review.watch.order import Order
from cloister.review.watch.report import Answer, rans

_START_SECONDS, _MORE_SECONDS = 60.0, 180.0
GRACE = 2.0
"""How long what a tool started may run on after it, in seconds, before it counts as staying."""
_REMEDIES = {
    "namespaces": "this host lets no ordinary user make namespaces: see `cloister doctor`",
    "file systems": "this host lets no ordinary user mount overlays, or its /proc is covered: use Linux 5.11 or newer",
    "network": "no network of its own could be set up: the kernel needs packet sockets",
    "system log": "no system log of its own could be set up",
    "privileges": "privileges in the namespaces could not be set",
}
_SWITCHED_OFF = "switched off"
_NOT_FOUND = "the control's token was not found by it"
_NO_STRACE = "strace is not installed, or may not trace: install the package `strace`"
_NARROW = "only a home and a temporary folder of its own were walked"


def _home() -> str:
    """The home of who runs this; a container's user may stand in no list."""
    try:
        return pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        return "/"


class World:
    """Use it as a context manager. `watches` then says which observers are there, and whether each was shown to see.

    `without` takes observers away. `shown` are folders that the tool needs although they lie in a home or a temporary
    folder, which are hidden. `namespaces=False` is what a host gets that refuses them. `token` is the control's.
    """

    def __init__(
        self,
        *,
        without: frozenset[Observer] = frozenset(),
        control: str = "",
        shown: tuple[Path, ...] = (),
        namespaces: bool = True,
    ) -> None:
        self._without, self._shown = without, shown
        self._token = control
        self._namespaces = namespaces
        self._used = False
        self.folder = f"/tmp/cloister-review-{secrets.token_hex(8)}"  # noqa: S108 - made anew, for nobody else
        """Where all is that is thrown away, on a host that gives no namespaces."""
        self._home = _home()
        self._refused = "" if namespaces else "namespaces were not asked for"
        self._process: subprocess.Popen[bytes] | None = None
        self._told: dict[str, Any] = {}
        self.watches: tuple[Watch, ...] = ()

    def __enter__(self) -> Self:
        """Furnish, and put the control through. JailNotStarted where not even a plain process can be had."""
        self._begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End everything in there."""
        self._end()

    @property
    def privileges(self) -> str:
        """What the observers run as."""
        if not self._told.get("whole"):
            return "an ordinary user without namespaces"
        return "an ordinary user in namespaces of its own"

    def run(self, order: Order) -> Ran:
        """Start a tool once, and wait for its end. JailDied where the watch itself broke."""
        return self.together([order])[0]

    def together(self, orders: Sequence[Order]) -> tuple[Ran, ...]:
        """Start several at the same time, in the same home."""
        self._show(orders)
        return self._group(list(orders), GRACE)

    def _show(self, orders: Sequence[Order]) -> None:
        """Begin anew if what a tool is installed in is hidden; later it is as it is."""
        wanted = {path for order in orders for path in needs(order.argv, self._home)} - set(self._shown)
        if wanted and not self._used:
            self._end()
            self._shown = (*self._shown, *sorted(wanted))
            self._begin()
        self._used = True

    def _begin(self) -> None:
        if not (self._namespaces and self._start(namespaces=True)) and not self._start(namespaces=False):
            raise JailNotStarted(why=Why.NOT_STARTED)
        try:
            self._prove()
        except BaseException:
            self._end()
            raise

    def _start(self, *, namespaces: bool) -> bool:
        """Start the side that is inside; false where this host refuses."""
        command = [os.path.abspath(sys.executable), "-I", "-B", "-m", "cloister.review.watch.inside"]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env={"HOME": self._home},
            cwd="/",
            start_new_session=True,
        )
        asked = {
            "namespaces": namespaces,
            "folder": self.folder,
            "shown": [str(path) for path in (*_own_folders(), *self._shown)],
            "network": namespaces and Observer.NETWORK not in self._without,
            "syslog": namespaces and Observer.SYSLOG not in self._without,
        }
        try:
            self._told = self._exchange(asked, [], _START_SECONDS)[0]
        except JailDied:
            self._told = {"refused": "namespaces"}
        if step := self._told.get("refused"):
            self._refused = _REMEDIES.get(step, "")
            self._end()
            return False
        return True

    def _prove(self) -> None:
        """Put the control's token through every surface, and see which observers find it."""
        self.watches = self._present()
        traces = self._has(Observer.TRACE)
        drawn = self._token or control.token()
        ran = self._group(
            [control.order(drawn, traced=traces, overlay=self._told["overlay"])], control.GRACE, clean=True
        )[0]
        seen = control.found(drawn, ran, overlay=self._told["overlay"])
        proven = []
        for watch in self.watches:
            if not watch.present or watch.why:
                proven.append(watch)
            elif watch.observer in seen:
                proven.append(replace(watch, controlled=True))
            else:
                proven.append(replace(watch, why=_NO_STRACE if watch.observer is Observer.TRACE else _NOT_FOUND))
        self.watches = tuple(proven)

    def _present(self) -> tuple[Watch, ...]:
        whole = self._told["whole"]
        missing = dict.fromkeys(self._without, _SWITCHED_OFF)
        if not whole:
            missing |= {Observer.NETWORK: self._refused, Observer.SYSLOG: self._refused}
        if not self._told["traces"]:
            missing.setdefault(Observer.TRACE, _NO_STRACE)
        watches = []
        for observer in Observer:
            if why := missing.get(observer, ""):
                watches.append(Watch(observer, present=False, controlled=False, why=why))
            else:
                narrow = f"{_NARROW}: {self._refused}" if observer is Observer.WALK and not whole else ""
                watches.append(Watch(observer, present=True, controlled=False, why=narrow))
        return tuple(watches)

    def _has(self, observer: Observer) -> bool:
        return any(watch.present for watch in self.watches if watch.observer is observer)

    def _group(self, orders: list[Order], grace: float, *, clean: bool = False) -> tuple[Ran, ...]:
        traces = self._has(Observer.TRACE)
        told = [
            {
                "argv": list(order.argv),
                "input_name": _name(order.input_name),
                "output_name": _name(order.output_name),
                "kill_after": order.kill_after,
                "kill_with": order.kill_with.value,
                "seconds": order.seconds,
                "traced": order.traced and traces,
            }
            for order in orders
        ]
        header = {"orders": told, "grace": grace, "clean": clean, "blobs": [len(order.data) for order in orders]}
        seconds = max(order.seconds for order in orders) + _MORE_SECONDS
        answer, blobs = self._exchange(header, [order.data.open() for order in orders], seconds)
        return rans(orders, Answer(answer, blobs), self.watches)

    def _exchange(self, header: frames.Header, blobs: list[bytes], seconds: float) -> tuple[frames.Header, list[bytes]]:
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise JailDied(why=Why.NOT_STARTED)
        deadline = time.monotonic() + seconds
        descriptor = process.stdout.fileno()
        read = frames.blocking(descriptor)

        def exactly(size: int) -> bytes:
            if size and not select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))[0]:
                raise EOFError
            return read(size)

        try:
            frames.send(process.stdin.fileno(), header, ([blob] for blob in blobs))
            return frames.receive(exactly)
        except (OSError, EOFError, ValueError):
            self._end()
            raise JailDied(why=Why.ENDED_EARLY) from None

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _own_folders() -> set[Path]:
    """What the inside itself is loaded from."""
    return {Path(sys.prefix), Path(sys.base_prefix), Path(__file__).parents[3]}


def _name(text: str) -> str:
    if not text or "/" in text or "\0" in text or text in {".", ".."}:
        raise ValueError("not the name of a file")
    return text
