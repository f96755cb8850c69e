"""Ctrl+C, pipes and exit codes of the real program, as a terminal or another program sees them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from fcm.ui.tour.patience import PROGRAM_PATIENCE, stretched

if TYPE_CHECKING:
    from pathlib import Path

MOVE = "Move-ClusterVirtualMachineRole SQL01 node2"


def started(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """fcm as a program of its own that reads its commands from a pipe."""
    return subprocess.Popen(
        [sys.executable, "-m", "fcm", *arguments, "--fresh"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "FCM_DATA": str(folder)},
    )


def interrupt_the_move(program: subprocess.Popen[str], text: str) -> tuple[str, str]:
    """Give the text, press Ctrl+C once memory is being copied; output and errors."""
    assert program.stdin is not None
    assert program.stderr is not None
    program.stdin.write(text)
    program.stdin.flush()
    program.stdin.close()
    program.stdin = None
    seen = ""
    while "brownout" not in seen:
        line = program.stderr.readline()
        assert line, seen
        seen += line
    program.send_signal(signal.SIGINT)
    said, errors = program.communicate(timeout=stretched(PROGRAM_PATIENCE))
    return said, seen + errors


def test_ctrl_c_cancels_the_migration_of_a_script_and_ends_it_with_1(tmp_path: Path) -> None:
    script = f"try {{ {MOVE} }} finally {{ 'owner ' + (Get-ClusterGroup SQL01).OwnerNode }}\n'never'\n"
    program = started(tmp_path, "run", "--engine=built-in", "-")
    said, errors = interrupt_the_move(program, script)
    assert program.returncode == 1
    assert said.splitlines() == ["owner node1"]
    assert "Canceled by the user: canceled" in errors
    assert "Traceback" not in errors


def test_ctrl_c_in_the_shell_cancels_the_migration_and_the_shell_goes_on(tmp_path: Path) -> None:
    program = started(tmp_path, "shell")
    said, errors = interrupt_the_move(program, f"{MOVE}\n(Get-ClusterVirtualMachineMigration SQL01).State\n")
    assert program.returncode == 0
    assert said.splitlines() == ["canceled"]
    assert "Canceled by the user: canceled" in errors


@pytest.mark.parametrize(
    ("script", "code"), [("'all is well'", 0), ("Get-ClusterNode nobody", 1), ("Get-ClusterNode (", 2), ("exit 7", 7)]
)
def test_the_exit_code_says_how_a_script_from_a_pipe_ended(tmp_path: Path, script: str, code: int) -> None:
    program = started(tmp_path, "run", "--engine=built-in", "-", "--speed", "max")
    said, errors = program.communicate(script, timeout=stretched(PROGRAM_PATIENCE))
    assert program.returncode == code
    assert "\x1b" not in said + errors


def test_a_reader_who_leaves_early_is_no_error_that_is_told(tmp_path: Path) -> None:
    program = started(tmp_path, "run", "--engine=built-in", "-", "--speed", "max")
    assert program.stdin is not None
    assert program.stdout is not None
    assert program.stderr is not None
    program.stdout.close()
    program.stdin.write("1..50000")
    program.stdin.close()
    errors = program.stderr.read()
    program.stderr.close()
    assert program.wait(stretched(PROGRAM_PATIENCE)) == 1
    assert errors == ""


def test_in_a_terminal_tab_completes_and_exit_gives_the_code(tmp_path: Path) -> None:
    ours, theirs = os.openpty()
    program = subprocess.Popen(
        [sys.executable, "-m", "fcm", "shell", "--fresh"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "FCM_DATA": str(tmp_path), "TERM": "xterm"},
    )
    os.close(theirs)
    seen = ""

    def until(word: str) -> None:
        nonlocal seen
        while word not in seen:
            seen += os.read(ours, 4096).decode()

    until("PS C:\\> ")
    os.write(ours, b"Get-ClusterNetwork 'Cluster Network 3\t | Select-Object -Exp\t State\n")
    until("Up\r\n")
    os.write(ours, b"exit 3\n")
    assert program.wait(stretched(PROGRAM_PATIENCE)) == 3
    os.close(ours)
    assert "Get-ClusterNetwork 'Cluster Network 3' | Select-Object -ExpandProperty State" in seen
