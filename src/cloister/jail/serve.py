"""The jailed side: how a child warms up, locks itself and serves.

A *zygote* warms up and forks one child per document; only the child is locked, reads and answers, and
it ends with its document. A *nursery* warms up and forks *workers*, which are locked and serve requests
side by side until their input ends. Zygote and nursery are exec'd with an empty environment, never see a
document, and hold nothing but their pipes.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import struct
import sys
import time
from collections.abc import Callable
from enum import IntEnum
from typing import NoReturn, TypeVar

from cloister.errors import JailDied, Why
from cloister.jail import kernel, landlock
from cloister.jail.lock import ALL, Layer, Profile, close_writable_code, enter_namespaces, lock, write_nothing
from cloister.jail.wire import BlockingPipe, send

READY = 255
"""The frame with which a worker says that it is locked."""
READY_STATUS = 0xC101_0000
"""What a zygote or a nursery says when it is warm, with the layers that hold in the lowest byte."""
FORK = b"F"
OPTION = "cloister-layers"
"""The interpreter's -X option that names the layers to hold; for tests and measurements only."""
_LAYERS = tuple(Layer)
_DRAIN = 1 << 20

ORDER = struct.Struct("<Biii")
"""What a nursery is told: an `Order` and up to three numbers."""
NOTHING = 0xFFFF_FFFF
"""A nursery's answer where it has none: the worker has not ended, or could not be forked."""
_ANSWER = struct.Struct("<I")

Warm = TypeVar("Warm")


class Order(IntEnum):
    """What a nursery can be told."""

    FORK = 1
    END = 2


class End(IntEnum):
    """The exit statuses of jailed processes."""

    DONE = 0
    FAILED = 65
    NOT_LOCKED = 66
    MEMORY = 67


_ENDS: dict[object, End] = {Why.NOT_LOCKED: End.NOT_LOCKED, Why.ENDED_EARLY: End.DONE}
"""A worker whose input ended is done."""


def serve_zygote(profile: Profile, warm: Callable[[], None], work: Callable[[BlockingPipe], None]) -> NoReturn:
    """Warm up, then fork a child for every byte `F` on fd 0; tell on fd 2 how each ended."""
    layers = _asked_layers()
    status = os.dup(2)
    _forget_stderr()
    held = _start(layers)
    warm()
    gc.freeze()  # else each child's collector writes to, and so copies, all that was loaded
    _close_code(layers)
    os.write(status, _ANSWER.pack(READY_STATUS | held))
    while os.read(0, 1) == FORK:
        if (child := os.fork()) == 0:
            os.closerange(3, _most_files())
            _end_with(lambda: _document(profile, layers, work))
        _, how = os.waitpid(child, 0)
        while select.select([0], [], [], 0)[0]:
            if not os.read(0, _DRAIN):
                os._exit(End.DONE)
        os.write(status, _ANSWER.pack(how))
    os._exit(End.DONE)


def serve_nursery(
    profile: Profile, warm: Callable[[Callable[[], None]], Warm], work: Callable[[Warm, BlockingPipe], None]
) -> NoReturn:
    """Warm up, then fork workers that live side by side, each with its own pipes.

    What to do is told on fd 0 and answered on fd 1 with a number: for `FORK` (the worker's two pipes and
    its core, or -1) which process it is; for `END` (its number) how it ended, once it has. As only
    `END` reaps a worker, its number cannot become another's while the parent may still kill it.
    `warm` may call what it is given once it needs no longer every core: fd 2, where nothing is said, is closed then.

    A worker locks itself, says `READY`, and calls `work` for one request after another until its input ends.
    """
    hurry = [os.dup(2)]

    def eased() -> None:
        while hurry:
            os.close(hurry.pop())

    def run() -> None:
        layers = _asked_layers()
        held = _start(layers)
        ready = warm(eased)
        eased()
        _be_alone()
        kernel.give_memory_back()
        gc.freeze()
        _close_code(layers)
        nursery = os.getpid()
        os.write(1, _ANSWER.pack(READY_STATUS | held))
        while len(told := os.read(0, ORDER.size)) == ORDER.size:
            order, *numbers = ORDER.unpack(told)
            if order == Order.END:
                ended, how = os.waitpid(numbers[0], os.WNOHANG)
                answer = how if ended else NOTHING
            elif (answer := _forked()) == 0:
                _end_with(lambda: _worker(profile, layers, nursery, numbers, lambda pipe: work(ready, pipe)))  # noqa: B023
            else:
                os.close(numbers[0])
                os.close(numbers[1])
            os.write(1, _ANSWER.pack(answer))

    _forget_stderr()
    _end_with(run)


def _forked() -> int:
    try:
        return os.fork()
    except OSError:
        return NOTHING


def _worker(
    profile: Profile,
    layers: frozenset[Layer],
    nursery: int,
    numbers: list[int],
    work: Callable[[BlockingPipe], None],
) -> None:
    _die_with_parent()
    if os.getppid() != nursery:
        return  # it died before this process had asked to die with it
    given, taken, core = numbers
    os.dup2(given, 0)
    os.dup2(taken, 1)
    os.closerange(3, _most_files())
    if core >= 0:
        _stay_on(core)
    pipe = BlockingPipe()
    lock(profile, layers)
    send(pipe, READY)
    while True:
        work(pipe)


def _stay_on(core: int) -> None:
    """Stay on one of the cores that this process may use, so that workers do not chase each other."""
    allowed = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {allowed[core % len(allowed)]})


def _be_alone() -> None:
    """Wait until threads that have ended are gone: a fork holds none of them, but what they held stays held."""
    until = time.monotonic() + 1
    while len(os.listdir("/proc/self/task")) > 1 and time.monotonic() < until:  # noqa: PTH208 - no pathlib in a jail
        time.sleep(0.001)


def _document(profile: Profile, layers: frozenset[Layer], work: Callable[[BlockingPipe], None]) -> None:
    _die_with_parent()
    pipe = BlockingPipe()
    lock(profile, layers)
    work(pipe)


def _start(layers: frozenset[Layer]) -> int:
    """Take the layers that must come before anything is loaded; tell all that will hold, as bits."""
    held = set(layers)
    if Layer.NAMESPACES in layers and not enter_namespaces():
        held.discard(Layer.NAMESPACES)
    write_nothing(layers)
    machine = kernel.machine()
    if machine is None or not landlock.abi(machine):
        held.discard(Layer.LANDLOCK)
    _die_with_parent()
    _end_if_alone()
    return sum(1 << _LAYERS.index(layer) for layer in held)


def _close_code(layers: frozenset[Layer]) -> None:
    if Layer.SECCOMP in layers:
        close_writable_code()


def layers_of(bits: int) -> tuple[Layer, ...]:
    """The layers that a jail said it holds."""
    return tuple(layer for index, layer in enumerate(_LAYERS) if bits >> index & 1)


def _asked_layers() -> frozenset[Layer]:
    asked = sys._xoptions.get(OPTION)  # noqa: SLF001 - the documented place of -X options
    if not isinstance(asked, str):
        return ALL
    return frozenset(Layer(name) for name in asked.split("+") if name)


def _die_with_parent() -> None:
    """Be killed when the parent dies. Comes after `enter_namespaces`, which would undo it."""
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)


def _end_if_alone() -> None:
    """End at once if the parent died before this process had asked to die with it: nobody holds the other end then."""
    told = select.poll()
    told.register(0, select.POLLHUP)
    if any(event & select.POLLHUP for _, event in told.poll(0)):
        os._exit(0)


def _forget_stderr() -> None:
    """Parsers complain at length (libtiff wrote 610 lines for one file), in the words of the document."""
    nowhere = os.open("/dev/null", os.O_RDWR)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def _most_files() -> int:
    return os.sysconf("SC_OPEN_MAX")


def _end_with(run: Callable[[], None]) -> NoReturn:
    """Run, then end with a status and without clean-up: no exception's words may leave."""
    end = End.FAILED
    try:
        run()
        end = End.DONE
    except MemoryError:
        end = End.MEMORY
    except JailDied as died:
        end = _ENDS.get(died.facts.get("why"), End.FAILED)
    except BaseException:  # noqa: BLE001 - whatever it was, its words stay here
        end = End.FAILED
    finally:
        os._exit(end)
