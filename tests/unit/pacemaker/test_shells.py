"""Shells that are kept: a real ``sh`` on this computer stands for the one on a node."""

from __future__ import annotations

import os
import signal
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fcm.backend.libvirt.configuration.failover_keys import Witness
from fcm.backend.libvirt.configuration.hosts_file import Host, HostsFile
from fcm.backend.libvirt.configuration.uris import SshLogin
from fcm.backend.pacemaker.remote import shells
from fcm.backend.pacemaker.remote.shells import (
    LabShell,
    NodeUnreachableError,
    NoShell,
    PersistentShell,
    SshShell,
    shells_of,
    witness_shell,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST = Host("node1", "qemu:///system", "", {}, None, (), None)
FILE = HostsFile(Path("hosts.toml"), "east", (), (), is_lab=False, same_file_system=False)


@pytest.fixture
def shell() -> Iterator[PersistentShell]:
    opened = PersistentShell("node1", ("sh",))
    yield opened
    opened.close()


def process_of(shell: PersistentShell) -> int:
    return int(shell.run("echo $PPID; ps -o ppid= -p $PPID").output.split()[-1])


def test_a_script_is_told_with_its_output_its_errors_and_its_code(shell: PersistentShell) -> None:
    answer = shell.run("echo one; echo two >&2; exit 7")

    assert (answer.code, answer.output, answer.errors) == (7, "one\n", "two\n")
    assert 0 < answer.took < 5


def test_output_without_a_line_end_stays_as_it_is(shell: PersistentShell) -> None:
    assert shell.run("printf 'no end'").output == "no end"


def test_the_shell_is_the_same_for_the_next_script_and_keeps_nothing_of_the_one_before(shell: PersistentShell) -> None:
    first = process_of(shell)

    shell.run("cd /tmp; kept=1; export kept; set -e; exit 3")

    assert shell.run('pwd; echo "[$kept]"; false; echo on').output == "/\n[]\non\n"
    assert process_of(shell) == first


def test_a_script_reads_what_it_is_given_whatever_bytes_these_are(shell: PersistentShell) -> None:
    given = bytes(range(256)) * 2000

    assert shell.run("wc -c", stdin=given).output.strip() == str(len(given))
    assert shell.run("od -An -tx1 -N4", stdin=b"\x00\xff\n'").output.split() == ["00", "ff", "0a", "27"]


def test_a_script_that_reads_without_being_given_anything_does_not_wait(shell: PersistentShell) -> None:
    assert shell.run("cat; echo over").output == "over\n"


def test_a_script_of_wrong_syntax_fails_and_the_shell_goes_on(shell: PersistentShell) -> None:
    first = process_of(shell)

    assert shell.run("if then (").code != 0
    assert process_of(shell) == first


def test_what_looks_like_a_marker_in_the_output_ends_nothing(shell: PersistentShell) -> None:
    printed = "\n" + "0" * 32 + " 0\n"

    assert shell.run(f"printf %s '{printed}'; exit 4").output == printed


def test_much_output_on_both_streams_arrives_whole(shell: PersistentShell) -> None:
    answer = shell.run("head -c 3000000 /dev/zero | tr '\\0' a; head -c 300000 /dev/zero | tr '\\0' b >&2")

    assert (len(answer.output), len(answer.errors)) == (3_000_000, 300_000)


def test_a_flood_is_given_up_in_words_and_the_next_script_has_a_new_shell(
    shell: PersistentShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shells, "LARGEST_OUTPUT", 1 << 20)

    with pytest.raises(NodeUnreachableError, match=r"^node1 sent more than 1 MiB, which fcm does not accept\.$"):
        shell.run("yes")

    assert shell.run("echo here").output == "here\n"


def test_a_script_that_hangs_is_given_up_at_its_limit_and_the_next_one_has_a_new_shell(shell: PersistentShell) -> None:
    first = process_of(shell)
    began = time.monotonic()

    with pytest.raises(NodeUnreachableError, match=r"^node1 did not respond within 0\.3 s\.$"):
        shell.run("sleep 600", limit=0.3)

    assert time.monotonic() - began < 5
    assert process_of(shell) != first


def test_a_script_that_hangs_is_ended_on_the_node_too(shell: PersistentShell, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(NodeUnreachableError):
        shell.run(f"exec 9>'{pipe}'; exec sleep 600", limit=0.2)

    with pipe.open("rb") as end:  # it is open as long as someone could write
        assert end.read() == b""


def test_a_shell_that_is_killed_is_told_at_once_and_opened_anew(shell: PersistentShell) -> None:
    victim = process_of(shell)
    timer = threading.Timer(0.2, os.kill, (victim, signal.SIGKILL))
    timer.start()
    began = time.monotonic()

    with pytest.raises(NodeUnreachableError, match=r"^The shell on node1 ended without a message\.$"):
        shell.run("sleep 5", limit=60)

    timer.join()
    assert time.monotonic() - began < 4
    assert shell.run("echo again").output == "again\n"


def test_a_shell_that_died_between_two_scripts_is_not_noticed(shell: PersistentShell) -> None:
    process = shell._process
    shell.run("true")
    process = shell._process
    assert process is not None
    process.kill()
    process.wait()

    assert shell.run("echo again").output == "again\n"


def test_what_ssh_said_when_it_ended_is_told() -> None:
    shell = PersistentShell("node1", ("sh", "-c", "echo 'ssh: connect to host node1: No route to host' >&2; exit 255"))

    with pytest.raises(NodeUnreachableError, match=r"^The shell on node1 ended: ssh: connect to host node1: No route"):
        shell.run("true")


def test_a_login_that_may_not_become_root_is_told_with_what_to_do() -> None:
    shell = PersistentShell("node1", ("sh", "-c", "echo 'sudo: a password is required' >&2; exit 1"))

    with pytest.raises(
        NodeUnreachableError, match=r"does not permit this login to act as root.*Log in as root, or permit"
    ):
        shell.run("true")


def test_a_missing_program_is_told() -> None:
    shell = PersistentShell("node1", ("no-such-program-of-fcm",))

    with pytest.raises(NodeUnreachableError, match=r"^node1 cannot be reached: 'no-such-program-of-fcm' cannot be"):
        shell.run("true")


def test_closing_ends_a_script_that_runs_and_what_comes_after_is_refused(shell: PersistentShell) -> None:
    ends: list[str] = []

    def work() -> None:
        try:
            shell.run("echo >&2; sleep 600", limit=500)
        except NodeUnreachableError as error:
            ends.append(str(error))

    thread = threading.Thread(target=work)
    thread.start()
    while shell._process is None:
        threading.Event().wait(0.01)
    shell.close()
    thread.join(10)

    assert ends == ["The cluster of node1 is being closed."]
    with pytest.raises(NodeUnreachableError, match="is being closed"):
        shell.run("true")


def test_scripts_of_two_threads_come_one_after_the_other(shell: PersistentShell) -> None:
    answers: list[str] = []
    threads = [
        threading.Thread(target=lambda word=word: answers.append(shell.run(f"echo {word}; echo {word}").output))  # type: ignore[misc]
        for word in ("a", "b", "c", "d")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == ["a\na\n", "b\nb\n", "c\nc\n", "d\nd\n"]


def test_programs_of_the_administrator_are_found_and_messages_are_english(shell: PersistentShell) -> None:
    printed = shell.run('echo "$LC_ALL:$PATH"').output.strip()

    assert printed.startswith("C:")
    assert printed.endswith("/usr/sbin:/sbin")


def test_a_node_of_a_lab_that_is_off_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shells, "first_process_in", lambda _: None)

    with pytest.raises(NodeUnreachableError, match=r"^node1 is switched off: no process of it runs\.$"):
        LabShell("node1", "fcm-lab-node1").run("true")


def test_a_node_of_a_lab_is_entered_by_its_first_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shells, "first_process_in", {"fcm-lab-node1": 4711}.get)

    words = LabShell("node1", "fcm-lab-node1")._command()

    assert words == ("nsenter", "-t", "4711", "-m", "-u", "-n", "-i", "-p", "-r", "sh")


def of(host: Host) -> shells.NodeShell:
    return shells_of(replace(FILE, hosts=(host,)))["node1"]


def test_each_host_is_reached_by_its_own_login_before_the_uri() -> None:
    shell = of(replace(HOST, uri="qemu+ssh://ann@east:2222/system", ssh=SshLogin("root", "west", None)))

    assert isinstance(shell, SshShell)
    assert shell._words[:8] == ("ssh", "-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=5", "-l", "root")
    assert shell._words[8:-3] == shells.KEEPALIVE
    assert shell._words[-3:-1] == ("--", "west")


def test_without_a_login_the_uri_of_ssh_says_how() -> None:
    shell = of(replace(HOST, uri="qemu+ssh://ann@east:2222/system?keyfile=/k"))

    assert isinstance(shell, SshShell)
    assert shell._words[6:12] == ("-i", "/k", "-l", "ann", "-p", "2222")
    assert shell._words[-2] == "east"
    assert "sudo -n sh" in shell._words[-1]


def test_a_host_of_a_lab_is_entered_and_one_by_tls_has_no_way_in() -> None:
    assert isinstance(of(replace(HOST, probe_namespace="fcm-lab-node1")), LabShell)
    closed = of(replace(HOST, uri="qemu+tls://east/system"))
    assert isinstance(closed, NoShell)
    assert closed.node == "node1"
    with pytest.raises(NodeUnreachableError, match=r"fcm has no login on node1.*Add ssh = \"root@HOST\""):
        closed.run("true")


def test_this_computer_as_a_host_needs_no_login() -> None:
    shell = of(HOST)

    assert isinstance(shell, PersistentShell)
    assert shell._words[0] == "sh"


def test_the_witness_is_reached_as_its_hosts_file_says() -> None:
    assert witness_shell(FILE) is None
    in_lab = witness_shell(replace(FILE, witness=Witness("10.0.0.9", None, "fcm-lab-client")))
    assert isinstance(in_lab, LabShell)
    outside = witness_shell(replace(FILE, witness=Witness("quorum.example", None)))
    assert isinstance(outside, SshShell)
    assert outside._words[-2] == "quorum.example"
    assert outside._words[6:8] == ("-l", "root")
