"""A settings file counts only where nobody else could have written it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cloister.errors import BadSettingsFile, FileFlaw
from cloister.settings import Setting, Source, load
from cloister.settings.file import LONGEST, text_of

pytestmark = pytest.mark.asroot


@pytest.fixture
def file(tmp_path):
    """A settings file, alone in a folder of its own."""
    (tmp_path / "etc").mkdir(mode=0o755)
    made = tmp_path / "etc/cloister.toml"
    made.write_text("workers = 7\n")
    made.chmod(0o600)
    return made


def why(path: Path) -> FileFlaw:
    with pytest.raises(BadSettingsFile) as refused:
        text_of(path)
    assert refused.value.exit == 9
    assert path.name not in str(refused.value)
    return refused.value.facts["why"]


@pytest.mark.parametrize("mode", [0o400, 0o600, 0o640, 0o644, 0o444])
def test_others_may_read_it(file, mode):
    file.chmod(mode)
    assert text_of(file) == "workers = 7\n"


@pytest.mark.parametrize("mode", [0o660, 0o602, 0o666, 0o620, 0o777, 0o646])
def test_others_may_not_write_it(file, mode):
    file.chmod(mode)
    assert why(file) is FileFlaw.OTHERS


@pytest.mark.parametrize("mode", [0o777, 0o775, 0o757, 0o722])
def test_others_may_not_put_another_in_its_place(file, mode):
    file.parent.chmod(mode)
    assert why(file) is FileFlaw.OTHERS


def test_in_a_folder_where_each_removes_only_their_own_it_may_lie(file):
    file.parent.chmod(0o1777)
    assert text_of(file) == "workers = 7\n"


def test_a_link_is_judged_by_where_it_lies_and_by_where_it_leads(file, tmp_path):
    link = tmp_path / "elsewhere/link.toml"
    link.parent.mkdir()
    link.symlink_to(file)
    assert text_of(link) == "workers = 7\n"
    link.parent.chmod(0o777)
    assert why(link) is FileFlaw.OTHERS
    link.parent.chmod(0o755)
    file.parent.chmod(0o777)
    assert why(link) is FileFlaw.OTHERS
    file.parent.chmod(0o755)
    file.chmod(0o666)
    assert why(link) is FileFlaw.OTHERS


def test_a_file_of_another_user_is_refused(file):
    if os.geteuid() == 0:
        assert text_of(file)
        os.chown(file, 65_534, 65_534)
        assert why(file) is FileFlaw.OTHERS
        os.chown(file, 0, 0)
        os.chown(file.parent, 65_534, 65_534)
        assert why(file) is FileFlaw.OTHERS
        return
    assert text_of(Path("/etc/passwd")), "it is root's"
    # In a namespace of its own this user has the number 0, and root, who is not in it, that of nobody.
    assert apart("true", "/etc/passwd") == FileFlaw.OTHERS.name
    assert apart("true", file) == "read"


def test_a_folder_where_nobody_can_write_needs_no_mode_that_says_so(file):
    """As in Kubernetes."""
    file.parent.chmod(0o777)
    read_only = f"mount --bind {file.parent} {file.parent} && mount -o remount,ro,bind {file.parent}"
    assert apart("true", file) == FileFlaw.OTHERS.name
    assert apart(read_only, file) == "read"
    file.chmod(0o666)
    assert apart(read_only, file) == FileFlaw.OTHERS.name


def apart(first: str, file: Path | str) -> str:
    """What comes of reading a file in a user and mount namespace of its own, in which something is done first."""
    code = (
        "import sys\nfrom pathlib import Path\nfrom cloister.errors import BadSettingsFile\n"
        "from cloister.settings.file import text_of\n"
        "try:\n    text_of(Path(sys.argv[1]))\n    print('read')\n"
        "except BadSettingsFile as refused:\n    print(refused.facts['why'].name)\n"
    )
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", f'{first} && exec "$@"', "sh"]
    command += [sys.executable, "-c", code, str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.strip()


@pytest.mark.parametrize("name", ["none.toml", "none/none.toml", "etc/cloister.toml/x", "a" * 300, "loop", "nul\x00"])
def test_what_is_not_there_is_refused(file, tmp_path, name):
    (tmp_path / "loop").symlink_to("loop")
    assert why(file.parent.parent / name) is FileFlaw.MISSING


def test_what_is_no_file_is_refused_and_nothing_waits_for_it(tmp_path):
    os.mkfifo(tmp_path / "pipe", 0o600)
    assert why(tmp_path / "pipe") is FileFlaw.KIND
    assert why(tmp_path) is FileFlaw.KIND
    assert why(Path("/dev/zero")) is FileFlaw.KIND


def test_a_file_without_an_end_in_sight_is_refused(file):
    file.write_bytes(b"#" * LONGEST)
    assert len(text_of(file)) == LONGEST
    file.write_bytes(b"#" * (LONGEST + 1))
    assert why(file) is FileFlaw.LONG


def test_text_is_text(file):
    file.write_bytes(b"\xef\xbb\xbfworkers = 7\n")
    assert load(str(file), {}).workers == 7
    file.write_bytes(b"workers = 7 # \xff\n")
    assert why(file) is FileFlaw.NO_TEXT


def test_the_option_goes_before_the_variable(file, tmp_path):
    other = tmp_path / "etc/other.toml"
    other.write_text("workers = 9\n")
    other.chmod(0o600)
    environment = {"CLOISTER_CONFIG": str(file)}
    assert load(None, environment).workers == 7
    settings = load(str(other), environment)
    assert settings.workers == 9
    assert settings.rows[0].setting is Setting.CONFIG
    assert settings.rows[0].source is Source.OPTION
    assert load(None, {"CLOISTER_CONFIG": ""}).config is None
    with pytest.raises(BadSettingsFile):
        load(None, {"CLOISTER_CONFIG": str(tmp_path / "none")})
    with pytest.raises(BadSettingsFile):
        load("", environment)


def test_nothing_else_is_opened(file):
    """An audit hook of Python's own sees every file that is opened, connected to, or started."""
    code = (
        "import sys\nfrom cloister import settings\nfrom cloister.settings import file, reader\n"
        "seen = []\nsys.addaudithook(lambda event, what: seen.append((event, str(what[0]))) "
        "if event.split('.')[0] in {'open', 'os', 'socket', 'subprocess', 'shutil', 'glob'} else None)\n"
        "found = settings.load(sys.argv[1])\nprint([each for each in seen if each[0] != 'os.fork'], found.workers)\n"
    )
    named = {"CLOISTER_VAULT": "/nowhere/vault", "CLOISTER_PASSPHRASE_FILE": "/nowhere/pass"}
    command = [sys.executable, "-c", code, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, env=named, check=True, timeout=60)
    assert done.stdout == f"{[('open', str(file))]} 7\n"
