"""The jailed side: how a child warms up, locks itself and serves.

A *zygote* warms up and forks one child per document; only the child is locked, reads and answers, and
it ends with its document. A *worker* warms up, locks itself and serves requests until its input ends.
Both are exec'd with an empty environment and hold nothing but their three pipes.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import struct
import sys
from collections.abc import Callable
from enum import IntEnum
from typing import NoReturn, TypeVar

from cloister.errors import JailDied, Why
from cloister.jail import kernel, landlock
from cloister.jail.lock import ALL, Layer, Profile, close_writable_code, enter_namespaces, lock, write_nothing
from cloister.jail.wire import BlockingPipe, send

READY = 255
"""The frame with which a worker says that it is locked; its one byte tells the layers that hold."""
READY_STATUS = 0xC101_0000
"""What a zygote says on its status pipe when it is warm, with the layers in the lowest byte."""
FORK = b"F"
OPTION = "cloister-layers"
"""The interpreter's -X option that names the layers to hold; for tests and measurements only."""
_LAYERS = tuple(Layer)
_DRAIN = 1 << 20

Warm = TypeVar("Warm")


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
    os.write(status, struct.pack("<I", READY_STATUS | held))
    while os.read(0, 1) == FORK:
        if (child := os.fork()) == 0:
            os.closerange(3, _most_files())
            _end_with(lambda: _document(profile, layers, work))
        _, how = os.waitpid(child, 0)
        while select.select([0], [], [], 0)[0]:
            if not os.read(0, _DRAIN):
                os._exit(End.DONE)
        os.write(status, struct.pack("<I", how))
    os._exit(End.DONE)


def serve_worker(profile: Profile, warm: Callable[[], Warm], work: Callable[[Warm, BlockingPipe], None]) -> NoReturn:
    """Warm up, lock, say READY, then call `work` for one request after another until fd 0 ends."""
    layers = _asked_layers()

    def run() -> None:
        held = _start(layers)
        ready = warm()
        os.closerange(3, _most_files())
        pipe = BlockingPipe()
        _close_code(layers)
        lock(profile, layers)
        send(pipe, READY, bytes([held]))
        while True:
            work(ready, pipe)

    _forget_stderr()
    _end_with(run)


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
