"""The same live migration by QEMU alone: two processes in two nodes of the lab, told what to do over QMP."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from typing import TYPE_CHECKING, Any

from fcm.lab.plan import LIVE_MIGRATION, LabError, LabFolders, LabNode, LabPlan
from fcm.lab.processes import environment, first_process_in

if TYPE_CHECKING:
    from pathlib import Path

    from fcm.lab.machines import LabMachine

PORT = 49300
"""Beyond the ports that libvirt takes for its own migrations."""
LIMIT = 120.0
"""s that one step may take."""
POLL_EVERY = 0.02
"""s between two looks, the least of what libvirt's event could be late by."""


class Emulator:
    """One QEMU in a node, and its QMP socket."""

    def __init__(self, machine: LabMachine, node: LabNode, folders: LabFolders, number: int, incoming: bool) -> None:
        self.address = LIVE_MIGRATION.address(node.number)
        self.console = folders.state / f"plain-{number}.log"
        monitor = folders.state / f"plain-{number}.qmp"
        disk = folders.shared / "plain.raw"
        with disk.open("ab") as file:
            file.truncate(16 << 20)
        first = first_process_in(folders.namespace(node.name))
        words: list[str | Path] = [
            "nsenter", "--target", str(first), "--all", "--", folders.emulator,
            "-name", f"plain-{number}", "-M", "pc", "-cpu", "qemu64", "-m", f"size={machine.memory * 1024}k",
            "-smp", "1", "-nodefaults", "-no-user-config", "-display", "none",
            "-kernel", folders.guest / "vmlinux", "-initrd", folders.guest / "initrd.gz",
            "-append", f"console=ttyS0 quiet panic=-1 nokaslr lab.name=plain lab.fill={machine.fill} lab.dirty=0",
            "-drive", f"file={disk},format=raw,if=none,id=d0,file.locking=off", "-device", "virtio-blk-pci,drive=d0",
            "-serial", f"file:{self.console}", "-qmp", f"unix:{monitor},server=on,wait=off",
        ]  # fmt: skip
        self._process = subprocess.Popen(
            [*map(str, words), *(["-incoming", "defer"] if incoming else [])],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment(),
        )
        self._line = self._connect(monitor)
        self._answers = self._line.makefile()
        self._answers.readline()  # the greeting
        self.ask("qmp_capabilities")
        self.ask("migrate-set-parameters", **{"max-bandwidth": 1 << 40, "downtime-limit": 300})

    def _connect(self, monitor: Path) -> socket.socket:
        end = time.monotonic() + LIMIT
        while True:
            line = socket.socket(socket.AF_UNIX)
            try:
                line.connect(str(monitor))
                return line
            except OSError:
                line.close()
                if time.monotonic() > end or self._process.poll() is not None:
                    raise LabError("QEMU did not start.") from None
                time.sleep(0.01)

    def ask(self, command: str, **arguments: Any) -> Any:
        """One QMP command and what it returned.

        Raises:
            LabError: QEMU refused.
        """
        self._line.sendall(json.dumps({"execute": command, "arguments": arguments}).encode())
        for said in map(json.loads, self._answers):
            if "error" in said:
                raise LabError(f"QEMU refused {command}: {said['error']['desc']}")
            if "return" in said:
                return said["return"]
        raise LabError(f"QEMU ended at {command}.")

    def wait_until_ready(self) -> None:
        """Until the guest has booted and filled its memory."""
        end = time.monotonic() + LIMIT
        while "READY" not in (self.console.read_text(errors="replace") if self.console.exists() else ""):
            if time.monotonic() > end:
                raise LabError(f"The plain guest is not ready; see {self.console}.")
            time.sleep(0.05)

    def end(self) -> None:
        """Switch it off."""
        self._answers.close()
        self._line.close()
        self._process.kill()
        self._process.wait()


class PlainMachine:
    """A guest like the one that libvirt moves, without libvirt (and without a network card)."""

    def __init__(self, machine: LabMachine, plan: LabPlan, folders: LabFolders) -> None:
        self._machine, self._plan, self._folders = machine, plan, folders
        self._at, self._number = 0, 0
        self._running = self._start(plan.nodes[0], incoming=False)
        self._running.wait_until_ready()

    def _start(self, node: LabNode, incoming: bool) -> Emulator:
        self._number += 1
        return Emulator(self._machine, node, self._folders, self._number, incoming)

    def move(self) -> tuple[float, float, int]:
        """Move it to the other node.

        Returns:
            s from the start of the destination's QEMU (which libvirt starts within its own call, too) to the end; s as
            QEMU counts; bytes of memory sent.
        """
        begin = time.monotonic()
        target = self._start(self._plan.nodes[1 - self._at], incoming=True)
        uri = f"tcp:{target.address}:{PORT}"
        target.ask("migrate-incoming", uri=uri)
        self._running.ask("migrate", uri=uri)
        # "completed" may show for an instant with a total of 0.
        while not (told := self._running.ask("query-migrate")).get("total-time") or told["status"] != "completed":
            if told["status"] == "failed" or time.monotonic() - begin > LIMIT:
                raise LabError(f"The plain migration did not complete: {told.get('error-desc', told['status'])}")
            time.sleep(POLL_EVERY)
        while target.ask("query-status")["status"] != "running":
            time.sleep(POLL_EVERY)
        taken = time.monotonic() - begin
        self._running.end()
        self._running, self._at = target, 1 - self._at
        return taken, told["total-time"] / 1000, told["ram"]["transferred"]

    def end(self) -> None:
        """Switch it off."""
        self._running.end()
