"""Nodes that are no nodes: shells that remember what they were told, and answer as the nodes of a cluster do."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from fcm.backend.pacemaker.forming import services
from fcm.backend.pacemaker.remote import shells
from fcm.backend.pacemaker.remote.shells import Answer
from fcm.ui.tour.patience import PATIENCE, stretched
from tests.unit.pacemaker.forming.hosts_of_test import formed_answer, told

if TYPE_CHECKING:
    import pytest

    from fcm.backend.pacemaker.forming.plan import ClusterPlan

_CHECKS = ('[ "$(', "pidof", "corosync-cfgtool -s", "crm_mon", "corosync-qdevice-tool -s")
NAMES = ("node1", "node2", "node3")


class ToyNode:
    """A node without a cluster, until the last step of *create* was carried out on it."""

    def __init__(self, node: str, toys: Toys) -> None:
        self.node = node
        self._toys = toys
        self.asked: frozenset[str] = frozenset()
        """Scripts that ask whether a step is done."""
        self.scripts: list[str] = []
        self.given: list[bytes] = []
        self.fails = ""
        """Part of a script that ends with code 1."""
        self.is_formed = False
        self.is_closed = False
        self.managed = b""
        """What Pacemaker manages, as primitives of the CIB."""

    def run(self, script: str, *, stdin: bytes = b"", limit: float = 10.0) -> Answer:
        assert threading.current_thread() is not threading.main_thread(), "the window waits for a node"
        self._toys.wait_at(script)
        self.scripts.append(script)
        self.given.append(stdin)
        if self.fails and self.fails in script:
            return Answer(1, "", "some words\nfcm: It did not work.")
        if "say clock" in script:
            return Answer(0, self._look())
        if script.startswith("mktemp"):
            return Answer(0, "/srv/vm/.fcm-check-1")
        if "systemctl -q enable corosync" in script:
            self.is_formed = True
        elif script.endswith(services.DISABLE):
            self.is_formed = False
        elif self.managed and "crm_resource" in script and "--delete" in script:
            self.managed = b""
        if ("\n" not in script and script.startswith(_CHECKS)) or "is-enabled" in script:
            # Not done when it is asked for the first time; done from then on.
            before, self.asked = script in self.asked, self.asked | {script}
            return Answer(0 if before else 1, "")
        return Answer(0, "")

    def _look(self) -> str:
        plan = self._toys.plan
        if not self.is_formed or plan is None:
            return told()
        answer = formed_answer(plan)
        if not self.managed:
            return answer
        return formed_answer(
            plan, cib=b"<cib><configuration><resources>%b</resources></configuration></cib>" % self.managed
        )

    def close(self) -> None:
        assert threading.current_thread() is not threading.main_thread(), "the window waits for a node"
        self.is_closed = True


class ToyWitness(ToyNode):
    """The host of the witness."""

    def run(self, script: str, *, stdin: bytes = b"", limit: float = 10.0) -> Answer:
        super().run(script, stdin=stdin, limit=limit)
        formed = self._toys.formed
        return Answer(0, "running yes\nca ca\n" + (f"cluster {formed}\n" if formed else ""))


class Toys:
    """Three nodes and a witness in place of all that hosts files name."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.nodes = {name: ToyNode(name, self) for name in NAMES}
        self.witness = ToyWitness("witness", self)
        self.plan: ClusterPlan | None = None
        """What the nodes will be once they are formed."""
        self.held = ""
        """Part of a script that waits until ``go`` is set."""
        self.reached, self.go = threading.Event(), threading.Event()
        monkeypatch.setattr(shells, "shells_of", self._shells)
        monkeypatch.setattr(shells, "witness_shell", lambda hosts: self.witness if hosts.witness else None)

    def _shells(self, hosts: object) -> dict[str, ToyNode]:
        from fcm.backend.libvirt.configuration.hosts_file import HostsFile

        assert isinstance(hosts, HostsFile)
        return {host.name: self.nodes[host.name] for host in hosts.hosts}

    @property
    def formed(self) -> str:
        """Name of the cluster, once all nodes are formed."""
        return self.plan.corosync_name if self.plan and all(node.is_formed for node in self.nodes.values()) else ""

    def wait_at(self, script: str) -> None:
        if self.held and self.held in script:
            self.reached.set()
            assert self.go.wait(stretched(PATIENCE))

    def form(self, plan: ClusterPlan) -> None:
        """All nodes are formed already."""
        self.plan = plan
        for node in self.nodes.values():
            node.is_formed = True

    def ran(self, words: str) -> list[str]:
        """Nodes on which a script with these words was run."""
        return [name for name, node in self.nodes.items() if any(words in script for script in node.scripts)]

    @property
    def told(self) -> str:
        """All scripts of all nodes."""
        return "\n".join(script for node in (*self.nodes.values(), self.witness) for script in node.scripts)
