"""Paths tried from the source host over ssh, by a program in the place of ssh that does what the text tells."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fcm.backend.libvirt.configuration.hosts_file import Host
from fcm.backend.libvirt.paths import ssh_probe
from fcm.backend.libvirt.paths.ssh_probe import connect_limit_of, probe_from
from fcm.ui.tour.patience import PATIENCE, stretched

if TYPE_CHECKING:
    from collections.abc import Iterator

URI = "qemu+ssh://root@node1.example:2222/system?keyfile=/keys/lab&no_verify=1"


def host(uri: str) -> Host:
    return Host("node1", uri, uri, {}, None, (), None)


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program named ssh that notes its arguments and runs its last one here, as the far shell would."""
    note = tmp_path / "arguments"
    program = tmp_path / "ssh"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {note}\nfor last; do :; done\nexec sh -c "$last"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return note


@pytest.fixture
def listening(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setattr(ssh_probe, "MIGRATION_PORT", server.getsockname()[1])
        yield server


def test_the_source_itself_opens_the_connection(told: Path, listening: socket.socket) -> None:
    answer, where = probe_from(host(URI), "127.0.0.1")
    assert answer.reached
    assert where == "checked from node1 over ssh"
    assert 0.0 <= answer.duration < stretched(PATIENCE)
    taken, _ = listening.accept()
    taken.close()


def test_a_refusal_at_the_destination_is_an_answer(told: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before a transfer nothing listens there, but the host answered."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setattr(ssh_probe, "MIGRATION_PORT", server.getsockname()[1])
    answer, _ = probe_from(host(URI), "127.0.0.1")
    assert (answer.reached, answer.text) == (True, "answered")
    assert 0.0 <= answer.duration < stretched(PATIENCE)


def test_login_port_and_key_are_those_of_the_uri(told: Path, listening: socket.socket) -> None:
    probe_from(host(URI), "127.0.0.1")
    said = told.read_text(encoding="utf-8").splitlines()
    assert said[said.index("-l") + 1] == "root"
    assert said[said.index("-p") + 1] == "2222"
    assert said[said.index("-i") + 1] == "/keys/lab"
    assert "StrictHostKeyChecking=no" in said
    assert "BatchMode=yes" in said
    assert said[said.index("--") + 1] == "node1.example"


def test_a_refusal_at_the_far_end_counts_as_reached(told: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    monkeypatch.setattr(ssh_probe, "MIGRATION_PORT", port)
    assert probe_from(host(URI), "127.0.0.1")[0].reached


@pytest.mark.parametrize(
    ("far_end", "reached", "text"),
    [
        ("exit 124", False, "no response within 1 s"),
        ("echo 'bash: connect: No route to host' >&2; exit 1", False, "no route to the host"),
    ],
)
def test_what_the_source_tells_is_passed_on(told: Path, far_end: str, reached: bool, text: str) -> None:
    (told.parent / "ssh").write_text(f"#!/bin/sh\n{far_end}\n")
    answer, where = probe_from(host(URI), "192.0.2.1")
    assert (answer.reached, answer.text) == (reached, text)
    assert where == "checked from node1 over ssh"


@pytest.mark.parametrize(
    ("told_there", "seconds", "retries"),
    [
        ("tcp_syn_retries:3", 15 * 1.125, 3),
        ("Welcome to node1\ntcp_syn_retries:2\ntcp_syn_linear_timeouts:4", 11 * 1.125, 2),
        ("tcp_syn_retries:8\ntcp_syn_linear_timeouts:0", (127 + 240) * 1.125, 8),
    ],
)
def test_for_how_long_a_connection_may_hang_is_read_on_the_source(
    told: Path, told_there: str, seconds: float, retries: int
) -> None:
    (told.parent / "ssh").write_text(f"#!/bin/sh\ncat <<END\n{told_there}\nEND\nexit 2\n")
    limit = connect_limit_of(host(URI))
    assert limit.seconds == seconds
    assert limit.basis == f"read on node1 by ssh: net.ipv4.tcp_syn_retries is {retries}"


def test_what_the_source_is_asked_is_what_this_system_answers_too(told: Path) -> None:
    here = int(Path("/proc/sys/net/ipv4/tcp_syn_retries").read_text(encoding="utf-8"))
    assert connect_limit_of(host(URI)).basis == f"read on node1 by ssh: net.ipv4.tcp_syn_retries is {here}"
    assert told.read_text(encoding="utf-8").splitlines()[-2] == "node1.example"


@pytest.mark.parametrize(
    ("uri", "far_end"),
    [
        (URI, "exit 255"),
        (URI, "echo tcp_syn_retries:0"),
        (URI, "echo tcp_syn_retries:many"),
        ("qemu+tls://node1.example/system", "echo tcp_syn_retries:3"),
    ],
)
def test_where_it_cannot_be_read_linux_default_is_taken_and_called_assumed(told: Path, uri: str, far_end: str) -> None:
    (told.parent / "ssh").write_text(f"#!/bin/sh\n{far_end}\n")
    limit = connect_limit_of(host(uri))
    assert limit.basis.startswith("assumed: the Linux default, net.ipv4.tcp_syn_retries = 6; the value of node1")
    assert 147 < limit.seconds < 148


@pytest.mark.parametrize("far_end", ["exit 255", "echo 'bash: command not found' >&2; exit 127"])
def test_where_the_login_or_the_shell_fails_the_path_is_tried_from_here_and_said_so(
    told: Path, listening: socket.socket, monkeypatch: pytest.MonkeyPatch, far_end: str
) -> None:
    (told.parent / "ssh").write_text(f"#!/bin/sh\n{far_end}\n")
    monkeypatch.setattr("fcm.backend.libvirt.paths.probe.MIGRATION_PORT", listening.getsockname()[1])
    answer, where = probe_from(host(URI), "127.0.0.1")
    assert answer.reached
    assert where == "checked from this computer"


@pytest.mark.parametrize(
    "uri", ["qemu+tls://node1.example/system", "qemu:///system", "qemu+ssh://node1.example/system?command=/bin/evil"]
)
def test_other_uris_and_programs_of_their_own_start_no_shell(
    told: Path, listening: socket.socket, monkeypatch: pytest.MonkeyPatch, uri: str
) -> None:
    monkeypatch.setattr("fcm.backend.libvirt.paths.probe.MIGRATION_PORT", listening.getsockname()[1])
    assert probe_from(host(uri), "127.0.0.1")[1] == "checked from this computer"
    assert not told.exists()
