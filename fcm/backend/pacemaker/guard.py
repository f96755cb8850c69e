"""The guard of hosts that are opened by libvirt alone: machines that Pacemaker manages there are left alone.

A machine that libvirt moves behind Pacemaker's back is started a second time where it was, one that libvirt stops is
started again. So it is looked into the cluster's configuration of the host (CIB) over a shell: in the background, and
again right before anything is done to a machine.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from fcm.backend.pacemaker.managed import managing_resource
from fcm.backend.pacemaker.remote.shells import NodeUnreachableError
from fcm.backend.pacemaker.status import ResourceStatus
from fcm.model.rules.verdict import OK, Verdict, no

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from fcm.backend.pacemaker.remote.shells import NodeShell
    from fcm.model.entities import VirtualMachine

FIRST, AGAIN = 0.5, 30.0
"""s after which hosts are looked at for the first time after their libvirt answered, and again."""
CHECK_LIMIT = 4.0
"""s that one look may take."""
CLOSE_LIMIT = 3.0
"""s that closing waits for a look under way."""

SCRIPT = """
folder=/var/lib/pacemaker
if [ ! -e $folder ]; then echo none; exit 0; fi
if [ ! -x $folder ]; then echo unknown; exit 0; fi
if [ ! -e $folder/cib/cib.xml ]; then echo none; exit 0; fi
echo cib
timeout 2 cibadmin -Q -l -o resources 2>/dev/null || cat $folder/cib/cib.xml
"""
"""Prints whether the host has a cluster configuration, and what is in it: that of the daemon, else of its file."""

_ASK = 'Add ssh = "root@HOST" to the node in the hosts file, so that fcm can find out.'


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look at a host found."""

    is_known: bool
    """False: it could not be told."""
    resources: tuple[ResourceStatus, ...] = ()
    """Of its cluster; empty where there is none."""


class PacemakerGuard:
    """See fcm.backend.libvirt.guard.Guard."""

    def __init__(self, shells: Mapping[str, NodeShell], uri: str) -> None:
        """Nothing is looked at before ``start``.

        Args:
            shells: by name of the host; used by nobody else, and closed here.
            uri: how the cluster is opened so that Pacemaker is asked.
        """
        self._shells = dict(shells)
        self._uri = uri
        self._seen: dict[str, Seen] = {}
        self._turns = {name: threading.Lock() for name in self._shells}
        self._told_of: set[str] = set()
        self._answering: Callable[[], Iterable[str]] = tuple
        self._told: Callable[[str, str], None] = lambda text, remedy: None
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="pacemaker-guard", daemon=True)

    def start(self, answering: Callable[[], Iterable[str]], told: Callable[[str, str], None]) -> None:
        """See ``Guard``."""
        self._answering, self._told = answering, told
        self._thread.start()

    def known(self, machine: VirtualMachine) -> Verdict:
        """See ``Guard``: what any host has said counts, since they all have the same configuration."""
        for seen in tuple(self._seen.values()):
            resource = managing_resource(seen.resources, machine.id, machine.name)
            if resource is not None:
                return no(
                    f"Pacemaker manages {machine.name} (resource {resource}). If libvirt starts, stops or moves it, "
                    "Pacemaker would start it a second time or undo the change.",
                    f"Open the cluster as {self._uri}",
                )
        return OK

    def check(self, machine: VirtualMachine) -> Verdict:
        """See ``Guard``."""
        self._look(machine.node)
        return self.known(machine)

    def close(self) -> None:
        """See ``Guard``."""
        self._closing.set()
        for shell in self._shells.values():
            shell.close()
        if self._thread.is_alive():
            self._thread.join(CLOSE_LIMIT)

    def _watch(self) -> None:
        looked: set[str] = set()
        left = 0.0
        while not self._closing.wait(FIRST):
            left -= FIRST
            if left <= 0:
                looked.clear()
                left = AGAIN
            for name in set(self._answering()) - looked:
                looked.add(name)
                self._look(name)

    def _look(self, name: str) -> None:
        if name not in self._shells:
            return
        try:
            with self._turns[name]:  # an older answer must not be taken for a newer one
                answer = self._shells[name].run(SCRIPT, limit=CHECK_LIMIT)
                self._seen[name] = seen = read_seen(answer.output)
            why = "its login is not permitted to read the configuration of Pacemaker"
        except NodeUnreachableError as error:
            seen, why = Seen(is_known=False), str(error).rstrip(".")
        if not seen.is_known and name not in self._told_of and not self._closing.is_set():
            self._told_of.add(name)
            self._told(f"fcm cannot tell whether Pacemaker manages virtual machines on {name}: {why}.", _ASK)


def read_seen(output: str) -> Seen:
    """What ``SCRIPT`` printed; what cannot be understood is not known."""
    kind, _, text = output.partition("\n")
    if kind != "cib":
        return Seen(is_known=kind == "none")
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError:
        return Seen(is_known=False)
    return Seen(True, tuple(_resource(primitive) for primitive in root.iter("primitive")))


def _resource(primitive: ElementTree.Element) -> ResourceStatus:
    def pairs(kind: str) -> dict[str, str]:
        found = primitive.iterfind(f"{kind}/nvpair")
        return {pair.get("name", ""): pair.get("value", "") for pair in found}

    agent = ":".join(primitive.get(part, "") for part in ("class", "provider", "type"))
    parameters, meta = pairs("instance_attributes"), pairs("meta_attributes")
    return ResourceStatus(primitive.get("id", ""), agent, parameters=parameters, meta=meta)
