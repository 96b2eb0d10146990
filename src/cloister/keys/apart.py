"""A process of its own that holds a tenant's key elsewhere, so that whoever holds documents needs no network.

It is forked before the command gives the network up, is told the settings and the PIN or token, and is then asked to
wrap and unwrap. It never sees a document, and no library of a key service or HSM is loaded beside one. It ends with
whoever asks it: when their pipe closes.
"""

from __future__ import annotations

import json
import os
import select
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import NoReturn

from cloister import errors
from cloister.errors import (
    CloisterError,
    Harm,
    JailDied,
    JailFailed,
    KeyAct,
    KeyProviderUnreachable,
    KeyRefused,
    ProviderSetting,
    Why,
)
from cloister.jail import lock, wire
from cloister.keys.hands import Held, Here
from cloister.keys.places import Place
from cloister.keys.providers import End, Ending, TenantKey, Word
from cloister.keys.secret import Secret
from cloister.policy.values import KeyProvider

PATIENCE = 90.0
"""Seconds for one answer. The providers give up sooner; this is for a library that hangs."""
_MOST = _FILES = 1 << 20
_GRACE, _TURN = 2.0, 0.01
_MESSAGE, _PARTS = 1, 8
_YES, _NO = b"yes", b"no"
_FACTS = {"act": KeyAct, "why": Harm, "setting": ProviderSetting, "part": KeyProvider}
_KNOWN = {
    kind.code: kind
    for name in errors.__all__
    if isinstance(kind := getattr(errors, name), type) and hasattr(kind, "code")
}


class Keeper:
    """The process, as its parent sees it: `Hands` that reach into it. It holds one tenant's key at most."""

    def __init__(self, pid: int, asks: int, answers: int) -> None:
        self._pid, self._asks, self._answers = pid, asks, answers

    @classmethod
    def start(cls) -> Keeper:
        """Start it, while the network may still be used, and before anything secret is in memory."""
        (asked, asks), (answers, answer) = os.pipe(), os.pipe()
        child = os.fork()
        if child == 0:
            _be(asked, answer)
        os.close(asked)
        os.close(answer)
        return cls(child, asks, answers)

    def make(self, place: Place, tenant: str, secret: Secret) -> Held:
        """As `Hands` says."""
        return self._held("make", place, tenant, secret)

    def open(self, place: Place, tenant: str, secret: Secret) -> Held:
        """As `Hands` says."""
        return self._held("open", place, tenant, secret)

    def close(self) -> None:
        """Have it end; one that is still busy with something that nobody waits for any more is killed."""
        for file in (self._asks, self._answers):
            with suppress(OSError):
                os.close(file)
        self._asks = self._answers = -1
        until = time.monotonic() + _GRACE
        with suppress(ChildProcessError):
            while not os.waitpid(self._pid, os.WNOHANG)[0]:
                if time.monotonic() > until:
                    os.kill(self._pid, signal.SIGKILL)
                time.sleep(_TURN)

    def ask(self, act: str, *parts: bytes) -> list[bytes]:
        """What it answers; what it refuses is raised here. `KeyProviderUnreachable` if it is silent, or gone."""
        until = time.monotonic() + PATIENCE
        try:
            _send(self._asks, act.encode(), *parts)
            answer = _receive(self._answers, until)
        except (OSError, JailFailed):
            answer = []
        if not answer:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)  # one that hangs is not asked again
            raise KeyProviderUnreachable
        if answer[0] != _YES:
            raise _problem(answer[1])
        return answer[1:]

    def _held(self, act: str, place: Place, tenant: str, secret: Secret) -> Held:
        plain = json.dumps(place.plain()).encode()
        (meant,) = self.ask(act, plain, tenant.encode(), bytes(secret.open()))
        if act == "make":
            self.ask("took")
        return Held(Place.read(json.loads(meant)), _Away(self, tenant), self._let_go, self._undo)

    def _let_go(self) -> None:
        with suppress(CloisterError):
            self.ask("close")

    def _undo(self) -> None:
        with suppress(CloisterError):
            self.ask("undo")


@dataclass(frozen=True, slots=True)
class _Away:
    """The key that the process holds."""

    keeper: Keeper
    tenant: str

    def wrap(self, key: Secret | bytes, bound: bytes) -> bytes:
        (wrapped,) = self.keeper.ask("wrap", bytes(key.open()) if isinstance(key, Secret) else key, bound)
        return wrapped

    def unwrap(self, wrapped: bytes, bound: bytes) -> Secret:
        (opened,) = self.keeper.ask("unwrap", wrapped, bound)
        return Secret(bytearray(opened))

    def rotate(self) -> None:
        self.keeper.ask("rotate")

    def disable(self, now: int) -> End:
        return _end(self.keeper.ask("disable", str(now).encode()))

    def destroy(self, now: int) -> End:
        return _end(self.keeper.ask("destroy", str(now).encode()))


def _end(parts: list[bytes]) -> End:
    ending, disabled, irrecoverable, by = json.loads(parts[0])
    return End(Ending(ending), disabled, irrecoverable, Word(by))


def _problem(said: bytes) -> CloisterError:
    code, facts = json.loads(said)
    problem: CloisterError = _KNOWN[code](**{name: _FACTS[name](value) for name, value in facts.items()})
    return problem


def _be(asks: int, answers: int) -> NoReturn:
    """Live as the process: keep nothing that is open here but the two pipes, answer until the asker is gone, end."""
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asks is interrupted, and then closes the pipe
        null = os.open(os.devnull, os.O_RDWR)
        for standard in range(3):  # what libraries print could name keys and addresses
            os.dup2(null, standard)
        kept = sorted({asks, answers})
        for low, high in zip([2, *kept], [*kept, _FILES], strict=True):
            os.closerange(low + 1, high)
        lock.leave_no_core()
        _serve(asks, answers)
        status = 0
    finally:
        os._exit(status)


def _serve(asks: int, answers: int) -> None:
    held: Held | None = None
    made = False
    while message := _receive(asks):
        act, *parts = message
        made = False
        try:
            if act in {b"make", b"open"}:
                held = _begun(act, *parts)
                made = act == b"make"
                answer = [json.dumps(held.place.plain()).encode()]
            elif held is None:
                raise KeyRefused(act=KeyAct.DESCRIBE)
            else:
                answer = _done(held, act, *parts)
        except CloisterError as problem:
            facts = {name: value.value for name, value in problem.facts.items() if hasattr(value, "value")}
            _send(answers, _NO, json.dumps([problem.code, facts]).encode())
        except Exception:  # noqa: BLE001 - a library's error of a kind nobody foresaw is a denial like the others
            _send(answers, _NO, json.dumps([KeyRefused.code, {"act": KeyAct.DESCRIBE.value}]).encode())
        else:
            with suppress(BrokenPipeError):
                _send(answers, _YES, *answer)
    if made and held is not None:
        held.undo()  # whoever asked for it was interrupted and never heard of it


def _begun(act: bytes, plain: bytes, tenant: bytes, secret: bytes) -> Held:
    place, hands = Place.read(json.loads(plain)), Here()
    with Secret(bytearray(secret)) as given:
        return (hands.make if act == b"make" else hands.open)(place, tenant.decode(), given)


def _done(held: Held, act: bytes, *parts: bytes) -> list[bytes]:
    key: TenantKey = held.key
    if act == b"wrap":
        return [key.wrap(*parts)]
    if act == b"unwrap":
        with key.unwrap(*parts) as opened:
            return [bytes(opened.open())]
    if act in {b"disable", b"destroy"}:
        end = (key.disable if act == b"disable" else key.destroy)(int(parts[0]))
        return [json.dumps([end.ending.value, end.disabled_at, end.irrecoverable_at, end.by.value]).encode()]
    {b"took": lambda: None, b"rotate": key.rotate, b"close": held.close, b"undo": held.undo}[act]()
    return []


def _send(file: int, *parts: bytes) -> None:
    message = wire.Pack().u32(len(parts))
    for part in parts:
        message.blob(part)
    wire.send(_End(file), _MESSAGE, message.done())


def _receive(file: int, until: float | None = None) -> list[bytes]:
    """The parts of one message; none if the other side is gone or silent. `JailLied` for what is no message."""
    try:
        _, said = wire.receive(_End(file, until), {_MESSAGE: _MOST})
    except JailDied:
        return []
    message = wire.Unpack(said)
    parts = [message.blob(_MOST) for _ in range(message.u32(_PARTS))]
    message.end()
    return parts


@dataclass(frozen=True, slots=True)
class _End:
    """One end of a pipe, for `wire`; waited for no longer than `until`."""

    file: int
    until: float | None = None

    def exactly(self, size: int) -> bytes:
        held = b""
        while len(held) < size:
            wait = None if self.until is None else max(0.0, self.until - time.monotonic())
            part = os.read(self.file, size - len(held)) if select.select([self.file], [], [], wait)[0] else b""
            if not part:
                raise JailDied(why=Why.ENDED_EARLY)
            held += part
        return held

    def all_of(self, data: bytes | memoryview) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self.file, view) :]
