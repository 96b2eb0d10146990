"""Our Landlock handles every right that the kernel has, as the reference binding knows them."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from pathlib import Path

import landlockpy
import pytest

from cloister.jail import landlock
from cloister.jail.kernel import machine

ROOT = str(Path(__file__).parents[2])


@pytest.fixture
def asked(monkeypatch):
    """The ruleset that would be made on a kernel of some ABI."""

    def ruleset(version: int) -> tuple[int, int, int, int]:
        found: list[tuple[int, int, int, int]] = []

        def syscall(_number: int, attributes: object, *rest: int) -> int:
            if isinstance(attributes, int):
                return 0  # the restriction itself
            one = ctypes.cast(attributes, ctypes.POINTER(landlock._Ruleset)).contents
            found.append((one.files, one.ports, one.scopes, rest[0]))
            return os.open("/dev/null", os.O_RDONLY)

        monkeypatch.setattr(landlock, "abi", lambda _: version)
        monkeypatch.setattr(landlock, "syscall", syscall)
        landlock.deny(machine(), but_reading=False)
        return found[0]

    return ruleset


@pytest.mark.parametrize("version", range(1, 8))
def test_every_right_of_every_version_is_handled(asked, version):
    files, ports, scopes, size = asked(version)
    assert files == int(landlockpy.fs_for_abi(version))
    assert ports == int(landlockpy.net_for_abi(version))
    assert bool(scopes) == (version >= 6)
    assert size == (24 if version >= 6 else 16 if version >= 4 else 8)


def test_the_version_is_the_one_that_the_reference_binding_finds():
    assert landlock.abi(machine()) == landlockpy.abi_version() >= 1


@pytest.mark.parametrize(
    ("but_reading", "expected"),
    [(True, "reads, writes nothing, lists"), (False, "reads nothing, writes nothing, lists nothing")],
)
def test_a_process_that_gave_up_its_files_has_given_them_up(tmp_path, but_reading, expected):
    (tmp_path / "file").write_bytes(b"held")
    source = f"""
import os, sys
sys.path.insert(0, {ROOT!r})
from cloister.jail import kernel, landlock
kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
landlock.deny(kernel.machine(), but_reading={but_reading})
def said(verb, make):
    try:
        make()
    except PermissionError:
        return verb + " nothing"
    return verb
print(said("reads", lambda: os.open("file", os.O_RDONLY)), said("writes", lambda: os.open("file", os.O_WRONLY)),
      said("lists", lambda: os.listdir(".")), sep=", ")
"""
    done = subprocess.run([sys.executable, "-c", source], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == expected
