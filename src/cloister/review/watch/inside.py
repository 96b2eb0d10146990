"""The side of a world that is in it: `python -I -B -m cloister.review.watch.inside`, spoken to through two pipes.

The first frame says how to furnish. Each further one is a group of runs, answered with all that was seen. It is the
first process of its process namespace: when it ends, everything in there does, and it ends when its pipe does.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
from collections.abc import Callable
from typing import Any, NoReturn

from cloister.jail.kernel import PR_SET_PDEATHSIG, prctl
from cloister.review.watch import calls, frames, surroundings
from cloister.review.watch.collect import Collected
from cloister.review.watch.crew import Crew
from cloister.review.watch.network import Network
from cloister.review.watch.order import INPUT, OUTPUT
from cloister.review.watch.start import Ends, Plan, start
from cloister.review.watch.surroundings import Surroundings
from cloister.review.watch.syslog import Syslog

_IN, _OUT = 0, 1
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def main() -> None:
    """Furnish, say so, and serve until the pipe is closed."""
    asked, _ = frames.receive(frames.blocking(_IN))
    if not asked["namespaces"]:
        surroundings.become_ordinary()
        calls.adopt()
        made = surroundings.plain(asked["folder"])
        try:
            _serve(made, None, None)
        finally:
            shutil.rmtree(asked["folder"], ignore_errors=True)
        return
    step = "namespaces"
    try:
        surroundings.open_up(asked["shown"])
        surroundings.become_ordinary()
        surroundings.separate()
        if first := os.fork():
            os.waitpid(first, 0)
            return
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        step = "file systems"
        made = surroundings.furnish(asked["shown"])
        step = "network"
        network = Network() if asked["network"] else None
        step = "system log"
        syslog = Syslog() if asked["syslog"] else None
        step = "privileges"
        calls.set_dumpable(yes=False)
        calls.own_keyring()
        calls.keep_ptrace()
    except OSError as refused:
        _refuse(step, refused)
    _serve(made, network, syslog)


def _refuse(step: str, refused: OSError) -> NoReturn:
    frames.send(_OUT, {"refused": step, "errno": refused.errno or 0, "about": str(refused.filename or "")})
    os._exit(1)


def _hung_up() -> None:
    """Nobody says anything while a group runs: whoever asked for it is gone."""
    raise EOFError


def _serve(made: Surroundings, network: Network | None, syslog: Syslog | None) -> None:
    told = {
        "whole": made.whole,
        "missing": made.missing,
        "overlay": made.overlay,
        "traces": shutil.which("strace", path=_PATH) is not None,
    }
    frames.send(_OUT, told)
    group = _Group(made, network, syslog)
    with contextlib.suppress(EOFError):
        while True:
            header, blobs = frames.receive(frames.blocking(_IN))
            group.run(header, blobs)


class _Group:
    """Runs one group of orders after the other in the same surroundings."""

    def __init__(self, made: Surroundings, network: Network | None, syslog: Syslog | None) -> None:
        self.made, self.network, self.syslog = made, network, syslog

    def run(self, header: dict[str, Any], inputs: list[bytes]) -> None:
        """Start all, wait for their end, and send what was seen."""
        ears: dict[int, Callable[[], None]] = {_IN: _hung_up}
        for each in (self.network, self.syslog):
            if each is not None:
                each.hand_over()
                ears |= dict.fromkeys(each.descriptors(), each.take)
        plans = [self._plan(i + 1, order) for i, order in enumerate(header["orders"])]
        for plan, data in zip(plans, inputs, strict=True):
            plan.prepare(data)
        collected = Collected(self.made.layers, whole=self.made.whole)
        ticks = [self.network.tick] if self.network else []
        crew = Crew(alone=self.made.whole, ears=ears, ticks=ticks)
        for plan, order in zip(plans, header["orders"], strict=True):
            ends = Ends(order["kill_after"], order["kill_with"], order["seconds"])
            crew.add(start(plan, ends, traced=order["traced"]))
        crew.run(header["grace"])
        collected.look()
        for job, data in zip(crew.jobs, inputs, strict=True):
            collected.add_job(job, data)
        packets, packets_lost = self.network.hand_over() if self.network else ([], 0)
        messages, messages_lost = self.syslog.hand_over() if self.syslog else ([], 0)
        answer = {
            "stayed": crew.stayed,
            "packets": [collected.held(packet) for packet in packets],
            "packets_lost": packets_lost,
            "messages": [(pid, collected.held(message)) for pid, message in messages],
            "messages_lost": messages_lost,
        }
        collected.send(_OUT, answer)
        if header["clean"]:
            collected.clean()
        for job in crew.jobs:
            job.close()
        for plan in plans:
            shutil.rmtree(plan.folder, ignore_errors=True)

    def _plan(self, number: int, order: dict[str, Any]) -> Plan:
        folder = f"{self.made.documents}/{number}"
        document, output = f"{folder}/{order['input_name']}", f"{folder}/{order['output_name']}"
        words = [word.replace(INPUT, document).replace(OUTPUT, output) for word in order["argv"]]
        words[0] = shutil.which(words[0], path=_PATH) or words[0]
        own = os.path.dirname(words[0])
        path = _PATH if own in _PATH.split(":") else f"{own}:{_PATH}"  # its helpers are beside it
        environment = {"PATH": path, "HOME": self.made.home, "TMPDIR": self.made.temporary, "LANG": "C.UTF-8"}
        return Plan(tuple(words), folder, document, output, environment)


if __name__ == "__main__":
    main()
