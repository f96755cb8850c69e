"""The lab's power switch: a process in the namespace of the switch that turns nodes off and on, as a BMC does.

Fence agents reach it at an address of the management network (``resources/lab/fence_fcm_lab``), this program by a Unix
socket. One line is a question, one line the answer::

    off node1       ok            every process of the node has ended
    on node1        ok            the node starts
    reboot node1    ok
    status node1    ok on         or: ok off
    list            ok node1 node2 node3
    anything else   error SENTENCE

While ``LabFolders.no_answer`` of a node exists, what other nodes ask about that node gets no answer; this program does.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import socket
import sys
import threading
import time
from datetime import datetime
from typing import TYPE_CHECKING

from fcm.installation import is_bundle
from fcm.lab.node import is_running, start_node
from fcm.lab.plan import (
    LINUX_ONLY,
    MANAGEMENT,
    MOST_NODES,
    POWER_PORT,
    SWITCH,
    LabError,
    LabFolders,
    LabNode,
    LabPlan,
    make_plan,
)
from fcm.lab.processes import command_line, end_all_in, first_process_in, ip, processes_in, start_detached
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

PATIENCE = 15.0
"""s that a question to the switch may take: a node that is turned off ends all its processes first."""
_WAITING = 60.0
"""s for which the switch keeps a connection on which nothing comes, or on which it does not respond."""
_LONGEST = 256
"""bytes of a question."""
MARK = "_power-switch"
"""Word of its command line by which the process is known; verb of ``fcm lab`` that no list of verbs shows."""


def cut_power(node: LabNode, folders: LabFolders) -> bool:
    """End every process of a node at once, its virtual machines too; False if it was already off.

    Raises:
        LabError: something of it does not end.
    """
    if sys.platform != "linux":
        raise LabError(LINUX_ONLY)
    first = first_process_in(folders.namespace(node.name))
    if first is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(first, signal.SIGKILL)  # the kernel ends all others with it
    end_all_in(folders.namespace(node.name))
    return first is not None


class PowerSwitch:
    """The switch of one lab."""

    def __init__(self, plan: LabPlan, folders: LabFolders) -> None:
        self._plan = plan
        self._folders = folders
        self._log = threading.Lock()
        self._nodes = {node.name: threading.Lock() for node in plan.nodes}

    def answer(self, question: str, asker: str = "") -> str | None:
        """The answer to one line.

        Args:
            question: without the end of the line.
            asker: address of the node that asks; "": this program.

        Returns:
            None: it gets no answer.
        """
        word, _, name = question.strip().partition(" ")
        if word == "list" and not name:
            return " ".join(("ok", *self._nodes))
        if word not in ("off", "on", "reboot", "status"):
            return f"error There is no question {quoted(word)}."
        if name not in self._nodes:
            return f"error There is no node {quoted(name)}."
        node = self._plan.node(name)
        if asker and self._folders.no_answer(node).exists():
            self._write(f"{word} {name}: not answered", asker)
            return None
        if word == "status":
            return "ok on" if is_running(node, self._folders) else "ok off"
        with self._nodes[name]:
            try:
                self._turn(word, node, asker)
            except (LabError, OSError) as error:
                self._write(f"{word} {name}: {error}", asker)
                return f"error {error}"
        return "ok"

    def _turn(self, word: str, node: LabNode, asker: str) -> None:
        if word != "on":
            was_on = cut_power(node, self._folders)
            self._write(f"{node.name} off" if was_on else f"{node.name} was already off", asker)
        if word != "off":
            start_node(node, self._plan, self._folders)
            self._write(f"{node.name} on", asker)

    def _write(self, what: str, asker: str) -> None:
        moment = datetime.now().astimezone().isoformat(timespec="milliseconds")
        with self._log, self._folders.power_log.open("a", encoding="utf-8", newline="\n") as log:
            log.write(f"{moment} {what}, asked by {asker or 'fcm lab'}\n")

    def serve(self, listener: socket.socket) -> None:
        """Answer everyone who connects to *listener*, each in a thread of its own; never returns."""
        while True:
            line, address = listener.accept()
            asker = address[0] if listener.family is socket.AF_INET else ""
            threading.Thread(target=self._talk, args=(line, asker), daemon=True).start()

    def _talk(self, line: socket.socket, asker: str) -> None:
        with line, contextlib.suppress(OSError):
            line.settimeout(_WAITING)
            with line.makefile("rb") as questions:
                while question := questions.readline(_LONGEST):
                    answer = self.answer(question.decode(errors="replace"), asker)
                    if answer is not None:
                        line.sendall(f"{' '.join(answer.splitlines())}\n".encode())


def switch_process(folders: LabFolders) -> int | None:
    """Process id of the lab's power switch; None: it does not run."""
    for pid in processes_in(folders.namespace("switch")):
        if MARK in command_line(pid):
            return pid
    return None


def start_switch(plan: LabPlan, folders: LabFolders, limit: float = 20.0) -> None:
    """Start the power switch where it does not run, and wait until it answers.

    Raises:
        LabError: it does not within *limit* s.
    """
    if sys.platform != "linux":
        raise LabError(LINUX_ONLY)
    log = folders.power_log.with_name("switch.log")
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if switch_process(folders) is None:
        namespace = folders.namespace("switch")
        ip(namespace, f"addr replace {MANAGEMENT.address(SWITCH)}/24 dev br-{MANAGEMENT.interface}")
        older = next((node.name for node in plan.nodes if node.older_processor), "")
        # nsenter keeps the machine's own mounts: what the switch starts must not live in a copy of them.
        words = ("nsenter", f"--net=/run/netns/{namespace}", "--", *_own_words(), folders.name, str(len(plan.nodes)))
        start_detached((*words, older), log)
    give_up = time.monotonic() + limit
    while True:
        try:
            ask_switch("list", folders)
        except LabError as error:
            if time.monotonic() > give_up:
                raise LabError(f"The power switch did not start. {error} See {log}.") from None
            time.sleep(0.05)
        else:
            return


def _own_words() -> tuple[str, ...]:
    """How this program starts itself as the switch."""
    if is_bundle():
        return (sys.executable, "lab", MARK)
    return (sys.executable, "-m", "fcm.lab.power", MARK)


def ask_switch(question: str, folders: LabFolders, limit: float = PATIENCE) -> str:
    """What the power switch answers to this program, without the word ok.

    Raises:
        LabError: it does not run, does not respond within *limit* s or refuses.
    """
    if sys.platform != "linux":
        raise LabError(LINUX_ONLY)
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(limit)
        try:
            line.connect(str(folders.power_socket))
            line.sendall(f"{question}\n".encode())
            with line.makefile("r", encoding="utf-8") as answers:
                answer = answers.readline().strip()
        except OSError as error:
            why = error.strerror or f"no answer within {limit:g} s"
            raise LabError(f"The power switch of the lab does not respond: {why}. Repair it: fcm lab up") from None
    word, _, rest = answer.partition(" ")
    if word != "ok":
        raise LabError(f"The power switch of the lab refused '{question}'. {rest or 'It closed the connection.'}")
    return rest


def main(arguments: Sequence[str] | None = None) -> int:
    """Be the switch of a lab until killed: ``python -m fcm.lab.power _power-switch LAB NODES [OLDER]``."""
    if sys.platform != "linux":
        return 1
    parser = argparse.ArgumentParser(description="The power switch of a lab; started by 'fcm lab up --failover'.")
    parser.add_argument("mark", choices=[MARK])
    parser.add_argument("name")
    parser.add_argument("nodes", type=int, choices=range(1, MOST_NODES + 1))
    parser.add_argument("older", nargs="?", default="")
    asked = parser.parse_args(arguments)
    plan = make_plan(asked.nodes, older=asked.older or None, failover=True)
    folders = LabFolders(name=asked.name)
    switch = PowerSwitch(plan, folders)
    folders.power_socket.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as own, socket.socket(socket.AF_INET) as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind((MANAGEMENT.address(SWITCH), POWER_PORT))
        other.listen()
        threading.Thread(target=switch.serve, args=(other,), daemon=True).start()
        own.bind(str(folders.power_socket))
        own.listen()
        switch.serve(own)
    return 0


if __name__ == "__main__":
    sys.exit(main())
