"""The filters do what the committed lists say: read from their bytes, beside libseccomp, and by trying each number."""

from __future__ import annotations

import sys

import pyseccomp
import pytest

from cloister.jail import seccomp
from cloister.jail.kernel import Machine, machine
from cloister.jail.lock import RECOGNISE, REFUSED, RENDER, SCAN, WRITE
from cloister.jail.syscalls import _NUMBERS, number
from tests.jail import committed, disassembly
from tests.jail.disassembly import AARCH64, ALLOW, BITS, ERRNO, I386, KILL, LOAD, NUMBER, X86_64, answer
from tests.jail.escapes.contained import Ended, Watched
from tests.jail.lies import command, soon

PROFILES = {"render": RENDER, "recognise": RECOGNISE, "write": WRITE, "scan": SCAN}
MACHINES = {Machine.X86_64: X86_64, Machine.AARCH64: AARCH64}
LIBSECCOMP = {Machine.X86_64: pyseccomp.Arch.X86_64, Machine.AARCH64: pyseccomp.Arch.AARCH64}
NUMBERS = range(471)
PAST_EVERY_FILTER = {335: {"status 31", "status 4"}, 336: {"status 31", "answered"}}
"""uretprobe and uprobe: from 6.14 and 6.18 on the kernel lets no filter see these two calls, which it makes
itself for its probes. From anywhere else one ends the process (SIGILL), the other is refused (ENXIO)."""
KILL_THREAD = 0
"""What libseccomp does with x32 calls; ours end the whole process."""
EXECUTABLE = (0, 4096, 5, 0x22, 0, 0)


def shipped(jail: str, on: Machine) -> bytes:
    return seccomp.jail_filter(on, PROFILES[jail].allowed, PROFILES[jail].absent)


def numbers(names: set[str], on: Machine) -> set[int]:
    return {call for name in names if (call := number(name, on)) is not None}


def expected(jail: str, call: int, on: Machine) -> int:
    if call in numbers(committed.ALLOWED[jail], on):
        return ALLOW
    return ERRNO | committed.NOT_THERE if call in numbers(committed.ABSENT[jail], on) else KILL


@pytest.mark.parametrize("on", Machine)
def test_every_number_is_the_one_that_libseccomp_knows(on):
    known = {name: pyseccomp.resolve_syscall(LIBSECCOMP[on], name) for name in _NUMBERS}
    assert {name: number(name, on) for name in _NUMBERS} == {
        name: call if call >= 0 else None for name, call in known.items()
    }


@pytest.mark.parametrize("on", Machine)
@pytest.mark.parametrize("jail", PROFILES)
def test_the_filter_that_is_shipped_answers_the_committed_list_and_nothing_else(jail, on):
    program = shipped(jail, on)
    found = {call: answer(program, call, MACHINES[on]) for call in range(2000)}
    assert found == {call: expected(jail, call, on) for call in range(2000)}


@pytest.mark.parametrize("on", Machine)
@pytest.mark.parametrize("jail", PROFILES)
def test_the_filter_lets_no_memory_become_executable(jail, on):
    program = shipped(jail, on)
    for name in ("mmap", "mprotect"):
        call = number(name, on)
        for protection in range(16):
            found = answer(program, call, MACHINES[on], (0, 4096, protection, 0, 0, 0))
            assert found == (KILL if protection & 4 else ALLOW), (name, protection)
    assert sum(code == BITS for code, *_ in disassembly.instructions(program)) == 2


@pytest.mark.parametrize("on", Machine)
@pytest.mark.parametrize("jail", PROFILES)
def test_the_filter_kills_calls_made_for_another_machine(jail, on):
    program = shipped(jail, on)
    others = {I386, X86_64, AARCH64, 0} - {MACHINES[on]}
    assert {answer(program, call, other) for call in range(500) for other in others} == {KILL}
    if on is Machine.X86_64:
        assert {answer(program, 0x4000_0000 | call, X86_64) for call in range(600)} == {KILL}
        assert answer(program, 0xFFFF_FFFF, X86_64) == KILL


@pytest.mark.parametrize("on", Machine)
def test_the_parents_filter_refuses_the_committed_list_and_allows_all_else(on):
    program = seccomp.refusing_filter(on, REFUSED)
    refused = numbers(committed.REFUSED, on)
    found = {call for call in range(2000) if answer(program, call, MACHINES[on]) == ERRNO | committed.NOT_PERMITTED}
    assert found == refused
    assert {answer(program, call, MACHINES[on]) for call in range(2000)} == {ALLOW, ERRNO | committed.NOT_PERMITTED}
    assert answer(program, 41, I386) == ERRNO | committed.NOT_PERMITTED


@pytest.mark.parametrize("jail", PROFILES)
def test_our_assembler_agrees_with_libseccomp_on_every_number(jail, tmp_path):
    here = machine()
    theirs = pyseccomp.SyscallFilter(pyseccomp.KILL_PROCESS)
    for name in PROFILES[jail].allowed:
        only_data = [pyseccomp.Arg(2, pyseccomp.MASKED_EQ, 4, 0)] if name in {"mmap", "mprotect"} else []
        theirs.add_rule(pyseccomp.ALLOW, name, *only_data)
    for name in PROFILES[jail].absent:
        if number(name, here) is not None:
            theirs.add_rule(pyseccomp.ERRNO(committed.NOT_THERE), name)
    with (tmp_path / "bpf").open("wb") as file:
        theirs.export_bpf(file)
    program = (tmp_path / "bpf").read_bytes()
    for arguments in ((0,) * 6, EXECUTABLE):
        for call in (*NUMBERS, *range(0x4000_0000, 0x4000_0200)):
            ours = answer(shipped(jail, here), call, MACHINES[here], arguments)
            reference = answer(program, call, MACHINES[here], arguments)
            assert ours == (KILL if reference == KILL_THREAD else reference), call


def test_the_disassembly_would_notice_a_number_too_many():
    on = machine()
    program = seccomp.jail_filter(on, (*RENDER.allowed, "socket"), RENDER.absent)
    assert answer(program, number("socket", on), MACHINES[on]) == ALLOW != expected("render", number("socket", on), on)
    assert disassembly.instructions(program)[0][:1] == (LOAD,)
    assert NUMBER == 0


def arguments_for(call: int, on: Machine) -> list[int]:
    """Arguments that do no harm: reading nothing, mapping and freeing nothing, waiting for nothing."""
    harmless = {
        number("write", on): [1, 0, 0],
        number("mmap", on): [0, 0, 1, 0x22],  # length 0 is refused
        number("munmap", on): [0, 0],
        number("futex", on): [0, 1, 0],  # wake nobody at an address that is none
        number("exit_group", on): [0],
    }
    return [*harmless.get(call, []), 0, 0, 0, 0, 0, 0][:6]


def tried(zygote: Watched, call: int, on: Machine) -> str:
    """How a locked child fares that makes this call."""
    asked = " ".join(map(str, (call, *arguments_for(call, on))))
    try:
        zygote.begin(soon())
        zygote.send(1, asked.encode())
        _, refused = zygote.receive({1: 2})
        zygote.end()
    except Ended as ended:
        return f"status {ended.args[0]}"
    except Exception as ending:  # noqa: BLE001 - an exit_group of 0 ends without an answer
        return type(ending).__name__
    return "absent" if int.from_bytes(refused, "little") == committed.NOT_THERE else "answered"


@pytest.mark.parametrize("jail", PROFILES)
def test_of_all_system_calls_made_in_a_jail_exactly_the_committed_ones_are_answered(jail):
    on = machine()
    allowed, absent = numbers(committed.ALLOWED[jail], on), numbers(committed.ABSENT[jail], on)
    with Watched("", command=command("numbers", jail)) as zygote:
        found = {call: tried(zygote, call, on) for call in NUMBERS}
    ends = number("exit_group", on)
    assert found.pop(ends) == "JailDied"
    killed = "status 31"
    if on is Machine.X86_64:
        assert {call: found.pop(call) in fates for call, fates in PAST_EVERY_FILTER.items()} == {335: True, 336: True}
    assert {call for call, fate in found.items() if fate == "answered"} == allowed - {ends}
    assert {call for call, fate in found.items() if fate == "absent"} == absent
    assert {call for call, fate in found.items() if fate == killed} == set(found) - allowed - absent
    print(f"{sys.platform}: {len(allowed)} answered, {len(absent)} absent")
