"""Starts processes, each with three pipes and nothing else, from one thread that lives as long as this process."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Collection, Sequence
from queue import SimpleQueue

from cloister.errors import JailNotStarted, Why
from cloister.jail.lock import Layer
from cloister.jail.serve import OPTION

Layers = str | Collection[Layer]
"""Layers, or their names joined by `+`; "all" or "none"."""

_ENVIRONMENT = {"HOME": "/"}
"""All that a jail's environment holds: without it `site` asks the C library for the home folder, and that
tries to reach nscd through a socket."""

_Asked = tuple[Sequence[str], int | None, Sequence[int], "SimpleQueue[subprocess.Popen[bytes] | None]"]


class Starter:
    """Starts every jail from one thread.

    A jail asks the kernel to kill it when its parent dies, and the kernel takes the *thread* that
    started it for its parent: a jail that was started by a short-lived thread would die with it.
    """

    def __init__(self) -> None:
        self._asked: SimpleQueue[_Asked] = SimpleQueue()
        self._process = 0
        self._turn = threading.Lock()

    def start(
        self, arguments: Sequence[str], stderr: int | None, passed: Sequence[int] = ()
    ) -> subprocess.Popen[bytes]:
        """Start a process; its standard error goes to `stderr`, or nowhere. Raises `JailNotStarted`.

        It gets the descriptors in `passed` as well, under their numbers here.
        """
        with self._turn:
            if self._process != os.getpid():  # threads do not survive a fork
                self._process, self._asked = os.getpid(), SimpleQueue()
                threading.Thread(target=self._run, name="cloister-jails", daemon=True).start()
        started: SimpleQueue[subprocess.Popen[bytes] | None] = SimpleQueue()
        self._asked.put((arguments, stderr, passed, started))
        if (process := started.get()) is None:
            raise JailNotStarted(why=Why.NOT_STARTED)
        return process

    def _run(self) -> None:
        while True:
            arguments, stderr, passed, started = self._asked.get()
            try:
                started.put(_started(arguments, subprocess.DEVNULL if stderr is None else stderr, passed))
            except OSError:
                started.put(None)


def _started(arguments: Sequence[str], stderr: int, passed: Sequence[int]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        arguments,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=stderr,
        bufsize=0,
        env=_ENVIRONMENT,
        cwd="/",
        start_new_session=True,
        pass_fds=passed,
    )


def command(module: str, arguments: Sequence[str], layers: Layers) -> list[str]:
    """The command that runs a module of this installation as a jail."""
    option = []
    if layers != "all":
        names = layers if isinstance(layers, str) else "+".join(layer.value for layer in layers)
        option = ["-X", f"{OPTION}={'' if names == 'none' else names}"]
    return [sys.executable, "-I", "-B", *option, "-m", module, *arguments]
