"""Programs of the machine: run one, find those of a namespace, end them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from fcm.backend.namespaces import NAMESPACES as NAMESPACES
from fcm.backend.namespaces import first_process_in as first_process_in
from fcm.backend.namespaces import processes_in as processes_in
from fcm.lab.plan import LINUX_ONLY, LabError
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence


def environment() -> dict[str, str]:
    """The environment of every program of the lab: English messages, the administrator's programs, no own libraries.

    A bundle of fcm sets LD_LIBRARY_PATH for itself; QEMU and libvirtd must not load what lies there.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LD_")}
    return kept | {"LC_ALL": "C.UTF-8", "PATH": f"{kept.get('PATH', os.defpath)}:/usr/sbin:/sbin"}


def run(*arguments: str | Path, stdin: str = "", limit: float = 60.0) -> str:
    """Run a program to its end and return what it printed, as text.

    Args:
        arguments: the program and its arguments.
        stdin: text for its standard input.
        limit: s after which it is ended.

    Raises:
        LabError: it failed, did not end in time or is not there; the sentence quotes its own words.
    """
    return run_bytes(*arguments, stdin=stdin.encode(), limit=limit).decode(errors="replace")


def run_bytes(*arguments: str | Path, stdin: bytes = b"", limit: float = 60.0, folder: Path | None = None) -> bytes:
    """As ``run``, for a program that reads and prints bytes, in *folder* if that is given.

    Raises:
        LabError: as ``run``.
    """
    words = [str(argument) for argument in arguments]
    try:
        done = subprocess.run(
            words, input=stdin, capture_output=True, timeout=limit, check=False, cwd=folder, env=environment()
        )
    except FileNotFoundError:
        raise LabError(f"The program {quoted(words[0])} is not installed on this computer.") from None
    except subprocess.TimeoutExpired:
        raise LabError(f"'{' '.join(words)}' did not finish within {limit:g} s.") from None
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).decode(errors="replace").replace("\n", "; ")
        raise LabError(f"'{' '.join(words)}' failed: {said or f'exit code {done.returncode}'}")
    return done.stdout


def ip(namespace: str | None, *lines: str) -> None:
    """Carry out several ``ip`` commands in one go, in *namespace* or in the machine's own.

    Raises:
        LabError: one of them failed.
    """
    where = ("-n", namespace) if namespace else ()
    run("ip", *where, "-batch", "-", stdin="\n".join(lines) + "\n")


def network_namespaces() -> tuple[str, ...]:
    """Names of all network namespaces of this machine, sorted."""
    try:
        return tuple(sorted(os.listdir(NAMESPACES)))
    except FileNotFoundError:
        return ()


def command_line(pid: int) -> tuple[str, ...]:
    """The words a process was started with; empty once it is gone."""
    try:
        return tuple(Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8", errors="replace").split("\0")[:-1])
    except OSError:
        return ()


def program(pid: int) -> str:
    """The program name of a process; empty once it is gone."""
    try:
        return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def process_state(pid: int) -> str:
    """The one-letter state of a process, such as R, S, T (stopped) or Z (ended, not yet reaped); empty once gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return ""


def process_start(pid: int) -> int | None:
    """When a process began, in ticks of the kernel since it started itself (proc(5), stat, starttime): with it a number
    that was given to another process is told apart. None where there is no such process.
    """
    try:
        return int(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19])
    except (OSError, ValueError, IndexError):
        return None


def inside(namespace: str) -> tuple[str, ...] | None:
    """Words before a command that let it run in the node whose network namespace is *namespace*; None: it is off."""
    first = first_process_in(namespace)
    if first is None:
        return None
    # The root of the node, which is not that of its mounts where the lab runs in a chroot (packaging/try-on.sh).
    return ("nsenter", "--target", str(first), "--mount", "--uts", "--ipc", "--net", "--pid", "--root", "--")


def end_all_in(namespace: str, limit: float = 10.0) -> None:
    """End everything that runs in *namespace*, at once, as a power cut does.

    Raises:
        LabError: something outlived *limit* s.
    """
    if sys.platform != "linux":
        raise LabError(LINUX_ONLY)
    give_up = time.monotonic() + limit
    while left := processes_in(namespace):
        if time.monotonic() > give_up:
            raise LabError(f"Processes {', '.join(map(str, left))} of {namespace} could not be stopped.")
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        time.sleep(0.02)


def start_detached(arguments: Sequence[str | Path], log: Path) -> None:
    """Start a program that outlives this one, its output in *log*.

    It is no child of this process (``setsid --fork``), so that no one here has to wait for its end.

    Raises:
        LabError: it could not be started.
    """
    words = ["setsid", "--fork", *(str(argument) for argument in arguments)]
    with log.open("ab") as output:
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=environment(),
            check=False,
        )
    if done.returncode:
        raise LabError(f"'{' '.join(words)}' failed with exit code {done.returncode}. See {log}.")
