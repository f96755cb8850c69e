"""Shells on the nodes: how commands of Pacemaker and Corosync are run there.

A shell is one ``sh`` that is kept, at the other end of ssh or in the namespaces of a node of the lab. Scripts go in by
its standard input, one at a time; what they print ends at a marker that no script can know. A shell that hangs, floods
or dies is given up and opened anew for the next script.
"""

from __future__ import annotations

import base64
import contextlib
import os
import secrets
import selectors
import shlex
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from fcm.backend.libvirt.configuration.uris import SshLogin, is_this_computer
from fcm.backend.libvirt.paths.ssh_login import host_login, login_command
from fcm.backend.namespaces import first_process_in
from fcm.text.terminal import plain
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import IO

    from fcm.backend.libvirt.configuration.hosts_file import Host, HostsFile

LARGEST_OUTPUT = 32 * 2**20
"""bytes that a script may print; the CIB of 64 nodes and 2000 machines has 56 MB, far beyond what one cluster holds."""
LARGEST_SCRIPT = 100_000
"""characters of a script, which becomes one argument of a program (Linux: 128 KiB, MAX_ARG_STRLEN)."""
GRACE = 1.0
"""s after its limit in which a script is ended on the node too."""
LOOK_EVERY = 0.5
"""s after which it is looked whether a shell that says nothing is still there."""
KEEPALIVE = ("-o", "ServerAliveInterval=3", "-o", "ServerAliveCountMax=2")
"""A login to a node without power ends after some 6 s instead of hanging (ssh_config(5))."""

_AS_ROOT = 'if [ "$(id -u)" = 0 ]; then exec sh; fi; exec sudo -n sh'
_AS_IT_IS = 'if [ "$(id -u)" = 0 ] || ! sudo -n true 2>/dev/null; then exec sh; fi; exec sudo -n sh'
_FIRST = b'export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"\n'
_CHUNK = 1 << 16
_SHOWN = 300
"""characters of what ssh said that are shown."""


class NodeUnreachableError(Exception):
    """A node does not respond; the message is a sentence for the user, with the reason."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a script printed and how it ended."""

    code: int
    output: str
    errors: str = ""
    took: float = 0.0
    """s."""


class NodeShell(Protocol):
    """One kept shell on one node (ssh, or the namespaces of a node of the lab); one script at a time, thread-safe."""

    @property
    def node(self) -> str:
        """Name of the node."""

    def run(self, script: str, *, stdin: bytes = b"", limit: float = 10.0) -> Answer:
        """Run a script of ``sh`` as root to its end; blocks, also for a script of another thread that runs.

        Args:
            script: of POSIX sh, ``LARGEST_SCRIPT`` characters at most; whatever is not fixed must be quoted
                (shlex.quote). What goes on in the background must not keep its standard output.
            stdin: what it reads.
            limit: s after which the shell is given up (and opened anew for the next script).

        Raises:
            NodeUnreachableError: the node cannot be reached, or did not respond in time.
        """

    def close(self) -> None:
        """End the shell; a script that runs is given up."""


class PersistentShell:
    """A ``sh`` that a program of this machine leads to."""

    def __init__(self, node: str, words: Sequence[str]) -> None:
        """Nothing is started before the first script.

        Args:
            node: its name.
            words: program and arguments that become a shell on the node.
        """
        self._node = node
        self._words = tuple(words)
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False

    @property
    def node(self) -> str:
        """Name of the node."""
        return self._node

    def run(self, script: str, *, stdin: bytes = b"", limit: float = 10.0) -> Answer:
        """See ``NodeShell.run``.

        Raises:
            NodeUnreachableError: the node does not respond within the limit.
            ValueError: the script is longer than ``LARGEST_SCRIPT``.
        """
        if len(script) > LARGEST_SCRIPT:
            raise ValueError(f"a script of {len(script)} characters")
        with self._turn:
            process = self._open()
            began = time.monotonic()
            try:
                return self._converse(process, script, stdin, limit, began)
            except _GivenUpError as error:
                self._give_up(process)
                raise NodeUnreachableError(str(error)) from None
            except BaseException:
                self._give_up(process)
                raise

    def close(self) -> None:
        """See ``NodeShell.close``."""
        self._closed = True
        process = self._process
        if process is not None:
            _kill(process)  # the one that reads sees its end
        with self._turn:
            if self._process is not None:
                self._give_up(self._process)

    def _command(self) -> Sequence[str]:
        """What becomes a shell on the node now. Raises NodeUnreachableError: it is switched off."""
        return self._words

    def _open(self) -> subprocess.Popen[bytes]:
        if self._process is not None:
            if self._process.poll() is None and not self._closed:
                return self._process
            self._give_up(self._process)
        if self._closed:
            raise NodeUnreachableError(f"The cluster of {self._node} is being closed.")
        if sys.platform == "win32":  # its pipes cannot be waited for together
            raise NodeUnreachableError(f"{self._node} cannot be asked from Windows. Use fcm on Linux or macOS for it.")
        words = self._command()
        try:
            self._process = process = subprocess.Popen(
                words,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={name: value for name, value in os.environ.items() if not name.startswith("LD_")},
                start_new_session=True,
                cwd="/",
            )
        except OSError as error:
            reason = f"{quoted(words[0])} cannot be started: {error.strerror}"
            raise NodeUnreachableError(f"{self._node} cannot be reached: {reason}.") from None
        for stream in (process.stdin, process.stdout, process.stderr):
            assert stream is not None
            os.set_blocking(stream.fileno(), False)
        return process

    def _converse(
        self, process: subprocess.Popen[bytes], script: str, stdin: bytes, limit: float, began: float
    ) -> Answer:
        marker = secrets.token_hex(16)
        talk = _Talk(process, _framed(script, stdin, limit, marker), marker.encode())
        try:
            while not talk.is_over:
                left = began + limit - time.monotonic()
                if left <= 0:
                    raise _GivenUpError(f"{self._node} did not respond within {limit:g} s.")
                talk.step(min(left, LOOK_EVERY))
                if talk.amount > LARGEST_OUTPUT:
                    most = LARGEST_OUTPUT >> 20
                    raise _GivenUpError(f"{self._node} sent more than {most} MiB, which fcm does not accept.")
                if talk.has_ended and not talk.is_over:
                    raise _GivenUpError(self._why_ended(talk))
        finally:
            talk.close()
        return Answer(talk.code, _text(talk.output), _text(talk.errors), time.monotonic() - began)

    def _why_ended(self, talk: _Talk) -> str:
        said = plain(_text(talk.errors).strip().replace("\r", "").replace("\n", "; "))[-_SHOWN:]
        if self._closed:
            return f"The cluster of {self._node} is being closed."
        if said.startswith("sudo:"):
            return (
                f"{self._node} does not permit this login to act as root: {said}. Log in as root, or permit sudo "
                "without a "
                "password."
            )
        return f"The shell on {self._node} ended{f': {said}' if said else ' without a message'}."

    def _give_up(self, process: subprocess.Popen[bytes]) -> None:
        self._process = None
        _kill(process)
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        process.wait()


class SshShell(PersistentShell):
    """A shell at the other end of ssh, as root by the login itself or by sudo."""

    def __init__(self, node: str, login: Sequence[str], as_root: bool = True) -> None:
        """See class.

        Args:
            node: its name.
            login: the ssh command without what runs there, ``--`` and the host at its end.
            as_root: False if a shell without the rights of root is better than none.
        """
        *options, dashes, host = login
        becomes = _AS_ROOT if as_root else _AS_IT_IS
        super().__init__(node, (*options, *KEEPALIVE, dashes, host, f"exec sh -c {shlex.quote(becomes)}"))


class LabShell(PersistentShell):
    """A shell in the namespaces of a node of a lab on this machine."""

    def __init__(self, node: str, namespace: str) -> None:
        """``namespace``: its network namespace."""
        super().__init__(node, ())
        self._namespace = namespace

    def _command(self) -> Sequence[str]:
        first = first_process_in(self._namespace)
        if first is None:
            raise NodeUnreachableError(f"{self.node} is switched off: no process of it runs.")
        return ("nsenter", "-t", str(first), "-m", "-u", "-n", "-i", "-p", "-r", "sh")


class NoShell:
    """A host that fcm has no way into."""

    def __init__(self, node: str) -> None:
        self._node = node

    @property
    def node(self) -> str:
        """Name of the node."""
        return self._node

    def run(self, script: str, *, stdin: bytes = b"", limit: float = 10.0) -> Answer:
        """Raises NodeUnreachableError, with what to do."""
        raise NodeUnreachableError(
            f'fcm has no login on {self._node}: its URI is not qemu+ssh. Add ssh = "root@HOST" to the node in the '
            "hosts file."
        )

    def close(self) -> None:
        """There is nothing to end."""


def shell_of(host: Host, as_root: bool = True) -> NodeShell:
    """A shell on a host that nobody else uses; nothing is started yet. ``as_root`` as in ``SshShell``."""
    if host.probe_namespace is not None:
        return LabShell(host.name, host.probe_namespace)
    login = host_login(host)
    if login:
        return SshShell(host.name, login, as_root)
    if is_this_computer(host.uri):
        return PersistentShell(host.name, ("sh", "-c", _AS_ROOT if as_root else _AS_IT_IS))
    return NoShell(host.name)


def shells_of(hosts: HostsFile, as_root: bool = True) -> dict[str, NodeShell]:
    """A shell for each host, by its name; each call gives shells of their own. Nothing is started yet."""
    return {host.name: shell_of(host, as_root) for host in hosts.hosts}


def witness_shell(hosts: HostsFile) -> NodeShell | None:
    """A shell on the host of the witness; None where the hosts file names none."""
    witness = hosts.witness
    if witness is None:
        return None
    if witness.namespace is not None:
        return LabShell(witness.host, witness.namespace)
    return SshShell(witness.host, login_command(witness.ssh or SshLogin("root", witness.host)))


class _GivenUpError(Exception):
    """The shell cannot be used any more; the message is a sentence."""


def _framed(script: str, stdin: bytes, limit: float, marker: str) -> bytes:
    """A line for the kept shell: the script on its own, ended on the node too when it hangs, then the marker."""
    run = f"timeout -s KILL {limit + GRACE:g} sh -c {shlex.quote(script)}"
    end = f"fcm=$?; printf '\\n{marker} %d\\n' $fcm; printf '\\n{marker}\\n' >&2\n"
    if not stdin:
        return _FIRST + f"{run} </dev/null; {end}".encode()
    given = base64.encodebytes(stdin).decode()
    return _FIRST + f"base64 -d <<'{marker}' | {run}\n{given}{marker}\n{end}".encode()


class _Talk:
    """One script on its way: writes what the shell reads and reads what it prints, never blocking for long."""

    def __init__(self, process: subprocess.Popen[bytes], text: bytes, marker: bytes) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        self._process = process
        self._stdin, self._stdout, self._stderr = process.stdin, process.stdout, process.stderr
        self._to_write = memoryview(text)
        self._out, self._err = bytearray(), bytearray()
        self._out_mark, self._err_mark = b"\n" + marker + b" ", b"\n" + marker + b"\n"
        self._ends = [-1, -1]
        self.code = 0
        self.has_ended = False
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._stdin, selectors.EVENT_WRITE)
        self._selector.register(self._stdout, selectors.EVENT_READ)
        self._selector.register(self._stderr, selectors.EVENT_READ)

    @property
    def is_over(self) -> bool:
        """Whether both streams have come to their marker."""
        return -1 not in self._ends

    @property
    def amount(self) -> int:
        """How many bytes were read."""
        return len(self._out) + len(self._err)

    @property
    def output(self) -> bytes:
        """What the script printed."""
        return bytes(self._out[: self._ends[0]] if self._ends[0] >= 0 else self._out)

    @property
    def errors(self) -> bytes:
        """What it wrote to its standard error."""
        return bytes(self._err[: self._ends[1]] if self._ends[1] >= 0 else self._err)

    def step(self, limit: float) -> None:
        """Do what can be done within ``limit`` s, or wait for it."""
        ready = self._selector.select(limit)
        # What a script left behind may hold the streams of a shell that is gone.
        self.has_ended = not ready and self._process.poll() is not None
        for key, _ in ready:
            if key.fileobj is self._stdin:
                self._write()
            elif key.fileobj is self._stdout:
                self._read(self._stdout, self._out)
                self._look_at_output()
            else:
                self._read(self._stderr, self._err)
                if self._ends[1] < 0:
                    self._ends[1] = _found(self._err, self._err_mark)

    def _write(self) -> None:
        try:
            self._to_write = self._to_write[os.write(self._stdin.fileno(), self._to_write[:_CHUNK]) :]
        except BlockingIOError:
            return
        except OSError:  # it ended; what it said before is still to be read
            self._to_write = self._to_write[:0]
        if not self._to_write:
            self._selector.unregister(self._stdin)

    def _read(self, stream: IO[bytes], into: bytearray) -> None:
        try:
            part = os.read(stream.fileno(), _CHUNK)
        except BlockingIOError:
            return
        if part:
            into += part
            return
        self._selector.unregister(stream)

    def _look_at_output(self) -> None:
        if self._ends[0] >= 0:
            return
        start = _found(self._out, self._out_mark)
        line_end = self._out.find(b"\n", start + len(self._out_mark)) if start >= 0 else -1
        if line_end >= 0:
            self._ends[0] = start
            self.code = int(self._out[start + len(self._out_mark) : line_end])

    def close(self) -> None:
        """Let go of the streams."""
        self._selector.close()


def _found(text: bytearray, mark: bytes) -> int:
    """Where the marker begins; it stands at the end, so only that is searched."""
    return text.find(mark, max(0, len(text) - _CHUNK - 2 * len(mark)))


def _text(printed: bytes) -> str:
    return printed.decode(errors="replace")


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the program with all that it started on this machine (what ran elsewhere ends at its own limit)."""
    if sys.platform == "win32":
        process.kill()
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
