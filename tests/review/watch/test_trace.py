"""The trace is a hostile text: only what is understood to the letter is believed."""

from __future__ import annotations

import pytest

from cloister.review.seen import Observer
from cloister.review.watch import trace


def hexed(text: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in text.encode())


TOOL, SOURCE, TARGET = "/usr/bin/tool", "/documents/1/in.png", "/documents/1/out.txt"
START = f'5     execve("{hexed(TOOL)}", ["{hexed(TOOL)}"], 0x7ff /* 4 vars */) = 0\n'
END = "5     +++ exited with 0 +++\n"


def read(*lines: str, start: str = START, end: str = END) -> trace.Told:
    text = start + "".join(f"{line}\n" for line in lines) + end
    return trace.read(text.encode(), pid=5, folder="/documents/1", program=TOOL, input_path=SOURCE, output_path=TARGET)


def test_what_was_before_the_tool_is_not_told_of_it():
    told = read(start=f'5     mkdir("{hexed("/tmp/gate")}", 0777) = 0\n' + START)
    assert (told.wrote, told.whole) == ([], True)


def test_a_trace_that_never_saw_the_tool_start_is_not_whole():
    assert not read(start="").whole
    assert not read(start=START.replace(hexed(TOOL), hexed("/usr/bin/other"))).whole


def test_a_trace_that_ends_before_a_process_does_is_not_whole():
    assert not read(end="").whole
    assert not read("7     umask(022) = 022").whole
    assert read("7     umask(022) = 022", "7     +++ killed by SIGKILL +++").whole


@pytest.mark.parametrize(
    "line",
    [
        '5     mkdir("/tmp/plain text", 0777) = 0',
        'mkdir("", 0777) = 0',
        "5     mkdir(",
        "5     <... mkdir resumed>) = 0",
        f'5     rename("{hexed("one")}") = 0',
        "page one",
        "5     \udcff".encode("utf-8", "surrogateescape").decode("latin-1"),
    ],
)
def test_a_line_that_is_not_understood_makes_the_trace_unbelievable(line):
    told = read(line)
    assert told.bad == 1
    assert not told.whole


def test_calls_that_are_interrupted_by_others_are_put_together():
    told = read(
        f'5     mkdir("{hexed("one")}", 0700 <unfinished ...>',
        "6     +++ exited with 0 +++",
        "5     <... mkdir resumed>) = 0",
    )
    assert [(each.path, each.mode) for each in told.wrote] == [("/documents/1/one", 0o700)]


def test_what_was_begun_when_it_was_killed_may_have_been_done():
    lines = (f'6     mkdir("{hexed("one")}", 0700 <unfinished ...>', f'7     mkdir("{hexed("two")}", 0700) = ?')
    told = read(*lines, "6     +++ killed by SIGKILL +++", "7     +++ killed by SIGKILL +++")
    assert sorted(each.path for each in told.wrote) == ["/documents/1/one", "/documents/1/two"]
    assert told.whole


def unnamed(folder: str, result: str = "") -> str:
    value = result or f"4<{hexed(folder + '/#12')}>(deleted)"
    return f'5     openat(AT_FDCWD<{hexed("/documents/1")}>, "{hexed(folder)}", O_WRONLY|O_TMPFILE, 0600) = {value}'


def test_a_file_without_a_name_in_the_outputs_folder_is_the_output_in_the_making():
    for result in ("", "?"):  # opened, and killed while it was being opened
        (told,) = read(unnamed("/documents/1", result)).wrote
        assert (told.output, told.mode) == (True, 0o600)
        (told,) = read(unnamed("/tmp", result)).wrote
        assert not told.output
    named = 'linkat(AT_FDCWD<{at}>, "{old}", AT_FDCWD<{at}>, "{new}", AT_SYMLINK_FOLLOW) = 0'
    for new, output in (("/documents/1/out.txt", True), ("/documents/1/copy", False)):
        words = {"at": hexed("/documents/1"), "old": hexed("/proc/self/fd/4"), "new": hexed(new)}
        (told,) = read(unnamed("/documents/1"), "5     " + named.format(**words)).wrote
        assert (told.path, told.output) == (new, output)


def test_what_did_not_work_was_not_written():
    told = read(f'5     mkdir("{hexed("one")}", 0700) = -1 EEXIST (File exists)')
    assert (told.wrote, told.whole) == ([], True)


def test_attributes_and_times_are_told_as_what_they_are_written_to():
    there = f"3<{hexed('/tmp/folder')}>"
    told = read(
        f'5     setxattr("{hexed("/tmp/one")}", "{hexed("user.x")}", "{hexed("text")}", 4, 0) = 0',
        f'5     fsetxattr({there}, "{hexed("user.x")}", "{hexed("text")}", 4, 0) = 0',
        f'5     utimensat(AT_FDCWD<{hexed("/home")}>, "{hexed("two")}", [{{tv_sec=0, tv_nsec=7}}, UTIME_NOW], 0) = 0',
        f"5     utimensat({there}, NULL, NULL, 0) = 0",
    )
    assert [each.path for each in told.wrote] == ["/tmp/one", "/tmp/folder", "/home/two", "/tmp/folder"]
    assert told.whole
    assert read(f'5     fsetxattr(3, "{hexed("user.x")}", "", 0, 0) = 0').bad == 1


def test_a_child_starts_where_its_parent_is_and_a_thread_shares_it():
    told = read(
        f'5     chdir("{hexed("/tmp")}") = 0',
        "5     clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x7f) = 6",
        "5     clone3({flags=CLONE_VM|CLONE_FS|CLONE_THREAD, exit_signal=0} => {parent_tid=[7]}, 88) = 7",
        f'6     chdir("{hexed("/var")}") = 0',
        f'7     chdir("{hexed("/home")}") = 0',
        f'5     mkdir("{hexed("a")}", 0777) = 0',
        f'6     mkdir("{hexed("b")}", 0777) = 0',
        "6     +++ exited with 0 +++",
        "7     +++ exited with 0 +++",
    )
    assert [each.path for each in told.wrote] == ["/home/a", "/var/b"]
    assert told.whole


def test_connections_are_told_whether_they_came_about_or_not():
    address = f'{{sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("{hexed("192.0.2.1")}")}}'
    told = read(
        f"5     connect(3<TCP:[99]>, {address}, 16) = -1 ENETUNREACH (Network is unreachable)",
        f"5     connect(3<UDP:[99]>, {address}, 16) = 0",
        f'5     sendto(3<UDP:[99]>, "{hexed("page")}", 4, 0, {address}, 16) = -1 EPERM (Operation not permitted)',
        "5     connect(3<NETLINK:[99]>, {sa_family=AF_NETLINK, nl_pid=0, nl_groups=00000000}, 12) = 0",
        "5     connect(3<socket:[99]>, {sa_family=AF_VSOCK, svm_cid=VMADDR_CID_HOST, svm_port=0x1}, 16) = -1 EIO (x)",
    )
    assert [(each.protocol, each.to) for each in told.sent] == [
        ("tcp", "192.0.2.1:53"),
        ("udp", "192.0.2.1:53"),
        ("vsock", ""),
    ]
    assert {each.by for each in told.sent} == {Observer.TRACE}
    assert told.sent[1].payload.open() == b"page"


def test_a_socket_of_somebody_else_is_told_and_one_of_its_own_is_not():
    def unix(path: str) -> str:
        return f'{{sa_family=AF_UNIX, sun_path="{hexed(path)}"}}, 20'

    told = read(
        f"5     bind(3<UNIX-STREAM:[99]>, {unix('/tmp/own')}) = 0",
        f"5     connect(4<UNIX-STREAM:[98]>, {unix('/tmp/own')}) = 0",
        f"5     connect(4<UNIX-STREAM:[98]>, {unix('/dev/log')}) = 0",
        f"5     connect(4<UNIX-STREAM:[98]>, {unix('/var/run/nscd/socket')}) = -1 ENOENT (No such file or directory)",
        f"5     connect(4<UNIX-STREAM:[98]>, {unix('/var/lib/engine.sock')}) = 0",
    )
    assert [(each.protocol, each.to) for each in told.sent] == [("unix", "/var/lib/engine.sock")]
    assert [each.path for each in told.wrote] == ["/tmp/own"]


def test_answers_to_signals_that_ask_to_end_are_told_and_whether_one_came_in_time():
    told = read(
        "5     --- SIGHUP {si_signo=SIGHUP, si_code=SI_USER, si_pid=1, si_uid=0} ---",
        "5     rt_sigaction(SIGHUP, {sa_handler=0x55, sa_mask=[], sa_flags=SA_RESTORER}, NULL, 8) = 0",
        "5     rt_sigaction(SIGINT, {sa_handler=SIG_IGN, sa_mask=[]}, {sa_handler=0x55, sa_mask=[]}, 8) = 0",
        "5     rt_sigaction(SIGQUIT, NULL, {sa_handler=0x55, sa_mask=[]}, 8) = 0",
        "5     rt_sigaction(SIGTERM, {sa_handler=0x55, sa_mask=[TERM]}, NULL, 8) = 0",
        "5     --- SIGTERM {si_signo=SIGTERM, si_code=SI_USER, si_pid=1, si_uid=0} ---",
        "5     rt_sigaction(SIGTERM, {sa_handler=0x66, sa_mask=[TERM]}, NULL, 8) = 0",
    )
    assert (told.answers, told.signals) == ({"SIGHUP": 1, "SIGTERM": 2}, {"SIGHUP", "SIGTERM"})
    assert told.answered == {"SIGTERM": 1}
    assert told.bad == 0


@pytest.mark.parametrize(
    "call", ["signalfd4(-1, [TERM], 8, SFD_CLOEXEC) = 3", "rt_sigtimedwait([INT TERM], NULL, NULL, 8) = ?"]
)
def test_who_takes_signals_otherwise_may_have_an_answer_to_each(call):
    told = read(f"5     {call}")
    assert (told.answers, told.bad) == (dict.fromkeys(trace.STOPS, 1), 0)
