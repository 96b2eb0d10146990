"""Makes of the inside's answer what was seen of each run, and of runs at the same time which of them did what."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from cloister.model import Plain
from cloister.review.seen import Ending, Left, Observer, Ran, Sent, Stayed, Watch, What
from cloister.review.watch import network, packets, trace
from cloister.review.watch.order import Order

_T = TypeVar("_T")
_GONE = {"gone", "whiteout"}
"""What is no longer there, and holds nothing."""
_WHAT = {what.value: what for what in What}
_ENDINGS = {"killed": Ending.KILLED, "timeout": Ending.TIMEOUT, "memory": Ending.SIGNAL}
_NOT_WHOLE = "there were more files than could be walked, or some that could not be opened"
_CUT = "it said more on a stream than is kept"
_TRACE_CUT = "it did more than a trace can hold"
_TRACE_BROKEN = "its trace has lines that are not understood, or ended before the tool did"
_UNKNOWN = "a process was left that the trace does not know"
_PACKETS = "more was sent than could be captured"
_MESSAGES = "more was logged than could be kept"
_MEMORY = "it was ended at the limit for memory"
_UNTRACED = "this run was not traced"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the inside told of a group."""

    told: dict[str, Any]
    blobs: list[bytes]

    def plain(self, number: int | None) -> Plain | None:
        """A blob by its number."""
        return None if number is None else Plain(self.blobs[number])


def rans(orders: list[Order], answer: Answer, watches: tuple[Watch, ...]) -> tuple[Ran, ...]:
    """One for each order, in their order."""
    return tuple(_Reader(orders, answer, watches).each())


class _Reader:
    def __init__(self, orders: list[Order], answer: Answer, watches: tuple[Watch, ...]) -> None:
        self.orders, self.answer, self.watches = orders, answer, watches
        told = answer.told
        self.jobs = told["jobs"]
        self.outputs = [_output(job["output"], [each["path"] for each in told["left"]]) for job in self.jobs]
        self.traces = [self._trace(i) for i in range(len(orders))]
        self.sent = packets.read([answer.blobs[i] for i in told["packets"]], answering=network.PORTS)

    def each(self) -> list[Ran]:
        """All of them."""
        return [self._ran(i) for i in range(len(self.orders))]

    def _trace(self, number: int) -> trace.Told | None:
        job = self.jobs[number]
        if "trace" not in job:
            return None
        return trace.read(
            self.answer.blobs[job["trace"]],
            pid=job["pid"],
            folder=job["folder"],
            program=job["program"],
            input_path=job["input"],
            output_path=self.outputs[number],
        )

    def _ran(self, number: int) -> Ran:
        order, job, told = self.orders[number], self.jobs[number], self.traces[number]
        ending, code = _ended(job, order, told)
        left = tuple(self._left(number))
        output = next((each.data for each in left if each.output), None)
        sent = self._theirs(number, self.sent, lambda each, theirs: any(each.to == mine.to for mine in theirs.sent))
        messages = self._theirs(number, self.answer.told["messages"], lambda each, theirs: each[0] in theirs.pids)
        if not self._present(Observer.WALK):
            left = tuple(each for each in left if each.output)
        stayed = self._theirs(number, self.answer.told["stayed"], lambda each, theirs: each[0] in theirs.pids)
        return Ran(
            case=order.case,
            ending=ending,
            code=code,
            seconds=max(0.0, job["seconds"]),
            memory=job["memory"],
            stdout=self._stream(job["stdout"]),
            stderr=self._stream(job["stderr"]),
            output=output,
            left=left,
            wrote=tuple(dict.fromkeys(told.wrote)) if told else (),
            sent=(*sent, *self._not_to_itself(told)),
            logged=tuple(Plain(self.answer.blobs[blob]) for _, blob in messages),
            stayed=tuple(Stayed(name) for _, name in stayed if self._present(Observer.PROCESSES)),
            opened_input=told.opened_input if told else None,
            input_as_before=job["input_as_before"],
            watches=self._watches(told),
            unseen=tuple(self._unseen(job, told)),
            planted=order.planted,
            traced=told is not None,
            answers=told.answers if told else {},
            answered=told.answered if told else {},
        )

    def _present(self, observer: Observer) -> bool:
        """Whether an observer is there; what one that was taken away would have seen is not told."""
        return any(watch.present for watch in self.watches if watch.observer is observer)

    def _stream(self, number: int) -> Plain:
        return Plain(self.answer.blobs[number] if self._present(Observer.STREAMS) else b"")

    def _left(self, number: int) -> list[Left]:
        found = []
        for each in self.answer.told["left"]:
            owner = next((i for i, job in enumerate(self.jobs) if each["path"].startswith(f"{job['folder']}/")), None)
            if owner not in {None, number}:
                continue
            if owner is None and not self._theirs(number, [each], _wrote_it):
                continue
            what = _WHAT.get(each["what"], What.OTHER)
            data = Plain(b"") if each["what"] in _GONE else self.answer.plain(each["blob"])
            found.append(
                Left(
                    each["path"],
                    what,
                    each["mode"],
                    each["size"],
                    data,
                    changed=each["changed"],
                    output=each["path"] == self.outputs[number],
                    timed=each["timed"] or any(told and each["path"] in told.timed for told in self.traces),
                )
            )
        return found

    def _theirs(self, number: int, all_of: list[_T], match: Callable[[_T, trace.Told], bool]) -> list[_T]:
        """Those that are this run's: the traces tell. What no trace knows is told of every run of the group."""
        if len(self.orders) == 1:
            return list(all_of)
        found = []
        for each in all_of:
            owners = [i for i, told in enumerate(self.traces) if told is not None and match(each, told)]
            if number in owners or not owners:
                found.append(each)
        return found

    def _not_to_itself(self, told: trace.Told | None) -> list[Sent]:
        """What the trace tells was sent; without talk of the tool with itself, where the capture could tell that."""
        captured = any(watch.observer is Observer.NETWORK and watch.controlled for watch in self.watches)
        seen = {sent.to for sent in self.sent}
        all_of = told.sent if told is not None else []
        return [sent for sent in all_of if not (captured and packets.is_loopback(sent.to) and sent.to not in seen)]

    def _watches(self, told: trace.Told | None) -> tuple[Watch, ...]:
        """Those of the world; the trace's as it is for this run."""
        if told is not None and told.whole:
            return self.watches
        return tuple(
            watch
            if watch.observer is not Observer.TRACE or not watch.present
            else replace(watch, present=told is not None, controlled=False, why=_TRACE_BROKEN if told else _UNTRACED)
            for watch in self.watches
        )

    def _unseen(self, job: dict[str, Any], told: trace.Told | None) -> Iterator[str]:
        answer = self.answer.told
        if told is not None:
            yield from told.unseen
            if "trace" in job["cut"]:
                yield _TRACE_CUT
            elif not told.whole:
                yield _TRACE_BROKEN
            known = {pid for each in self.traces if each is not None for pid in each.pids}
            if any(pid not in known for pid, _ in answer["stayed"]):
                yield _UNKNOWN
        if {"stdout", "stderr"} & set(job["cut"]):
            yield _CUT
        for happened, why in (
            (not answer["whole"], _NOT_WHOLE),
            (answer["packets_lost"], _PACKETS),
            (answer["messages_lost"], _MESSAGES),
            (job["ending"] == "memory", _MEMORY),
        ):
            if happened:
                yield why


def _output(asked: str, left: list[str]) -> str:
    """Where the output is: as asked, or with a suffix that the tool put behind it, as Tesseract does."""
    longer = [path for path in left if path.startswith(f"{asked}.")]
    return longer[0] if asked not in left and len(longer) == 1 else asked


def _wrote_it(each: dict[str, Any], told: trace.Told) -> bool:
    return any(wrote.path == each["path"] for wrote in told.wrote)


def _ended(job: dict[str, Any], order: Order, told: trace.Told | None) -> tuple[Ending, int]:
    """How a run ended, and its exit code, negative for a signal."""
    code = os.waitstatus_to_exitcode(job["status"])
    if job["refused"] or not job["began"]:
        return Ending.NOT_STARTED, code
    if job["ending"] in _ENDINGS and code == -signal.SIGKILL:  # else it had just ended by itself
        return _ENDINGS[job["ending"]], code
    if job["ending"] == "killed" and (code == -order.kill_with or (told and order.kill_with.name in told.signals)):
        return Ending.KILLED, code
    return (Ending.SIGNAL if code < 0 else Ending.EXIT), code
