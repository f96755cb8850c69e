"""A lab whose nodes form a cluster of Pacemaker, and what the tests do with it."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from shlex import quote
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest

from fcm.backend.pacemaker.remote import agent, lines
from fcm.lab.failover import read_cluster
from fcm.lab.faults import NodeFault, break_node
from fcm.lab.lab import bring_up, take_down
from fcm.lab.machines import ready_count
from fcm.lab.network import shape
from fcm.lab.node import is_running
from fcm.lab.plan import LabError
from fcm.lab.processes import inside, run
from fcm.ui.tour.patience import stretched
from tests.live.live_lab import LiveLab, wait_until

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from fcm.lab.machines import LabMachine

_PRIMITIVE = """\
<primitive id="{name}" class="ocf" provider="fcm" type="VirtualMachine">
<instance_attributes id="{name}-parameters">
<nvpair id="{name}-config" name="config" value="{config}"/>
<nvpair id="{name}-migrate" name="migrate_options" value="--unsafe"/>
</instance_attributes>
<meta_attributes id="{name}-meta">
<nvpair id="{name}-live" name="allow-migrate" value="true"/>
<nvpair id="{name}-uuid" name="fcm-uuid" value="{uuid}"/>
<nvpair id="{name}-managed" name="is-managed" value="false"/>
</meta_attributes>
<operations>
<op id="{name}-monitor" name="monitor" interval="5s" timeout="30s"/>
<op id="{name}-start" name="start" interval="0" timeout="60s"/>
<op id="{name}-stop" name="stop" interval="0" timeout="30s"/>
<op id="{name}-to" name="migrate_to" interval="0" timeout="600s" on-fail="block"/>
<op id="{name}-from" name="migrate_from" interval="0" timeout="60s"/>
</operations>
</primitive>"""


@dataclass(frozen=True, slots=True)
class Seen:
    """A machine as Pacemaker sees it."""

    role: str
    nodes: tuple[str, ...]
    failed: bool
    blocked: bool
    managed: bool


@dataclass
class Failover(LiveLab):
    """The lab with its cluster. Whoever breaks something mends it (``mend``), since all tests use the same one."""

    adopted: dict[str, LabMachine] = field(default_factory=dict)
    _settings: dict[str, dict[str, Any]] = field(default_factory=dict)

    def on(self, node: str, script: str, limit: float = 60.0) -> str:
        """Run a script of sh on a node, as root.

        Raises:
            LabError: it failed, or the node is off.
        """
        into = inside(self.folders.namespace(node))
        if into is None:
            raise LabError(f"{node} is off.")
        return run(*into, "sh", "-c", script, limit=stretched(limit))

    def says(self, node: str, script: str) -> str:
        """As ``on``; nothing where that fails."""
        with suppress(LabError):
            return self.on(node, script, limit=15)
        return ""

    def break_node(self, fault: NodeFault, node: str) -> None:
        break_node(fault, self.node(node), self.folders)

    def status(self, *nodes: str) -> Element:
        """What crm_mon says on the first of these nodes that answers and has quorum, else on any that answers."""
        for quorate in (True, False):
            for node in nodes or [node.name for node in self.plan.nodes]:
                text = self.says(node, "timeout 5 crm_mon -1 --output-as=xml")
                if "<summary>" not in text:
                    continue
                told = ElementTree.fromstring(text)
                current = told.find("summary/current_dc")
                if not quorate or (current is not None and current.get("with_quorum") == "true"):
                    return told
        raise LabError("No node tells the state of the cluster.")

    def seen(self, machine: str, *asked: str) -> Seen:
        """A machine as Pacemaker sees it."""
        entries = self.status(*asked).findall(f"resources/resource[@id='{machine}']")
        assert entries, f"Pacemaker does not know {machine}"
        first = entries[0]
        nodes = tuple(node.get("name", "") for entry in entries for node in entry.findall("node"))
        flags = {name: any(entry.get(name) == "true" for entry in entries) for name in ("failed", "blocked", "managed")}
        return Seen(first.get("role", ""), nodes, **flags)

    def node_state(self, name: str, *asked: str) -> str:
        """online, offline, unclean or pending."""
        for node in self.status(*asked).findall("nodes/node"):
            if node.get("name") == name:
                for word in ("unclean", "pending"):
                    if node.get(word) == "true":
                        return word
                return "online" if node.get("online") == "true" else "offline"
        return "unknown"

    def reason(self, machine: str, *asked: str) -> str:
        """Why an operation of a machine failed last, as Pacemaker shows it."""
        found = [
            failure.get("exitreason", "")
            for failure in self.status(*asked).findall("failures/failure")
            if failure.get("op_key", "").startswith(f"{machine}_")
        ]
        return found[-1] if found else ""

    def attribute(self, name: str, node: str) -> str:
        """A private attribute of a node."""
        text = self.says(node, f"attrd_updater -Q -N {node} -n {name}")
        return text.partition('value="')[2].rpartition('"')[0]

    def where(self, machine: str) -> str:
        """The node on which libvirt runs it; "" where none does."""
        on = [node.name for node in self.plan.nodes if machine in self._active(node.name)]
        return on[0] if len(on) == 1 else ""

    def _active(self, node: str) -> list[str]:
        return self.says(node, "timeout 3 virsh -q list --name").split()

    def adopt(self, machine: LabMachine, node: str) -> None:
        """Put a machine that runs on *node* under Pacemaker without a restart."""
        config = self.folders.shared / f"{machine.name}.xml"
        self.on(node, f"virsh -q dumpxml --inactive {machine.name} >{config}; virsh -q undefine {machine.name}")
        uuid = self.on(node, f"virsh -q domuuid {machine.name}").strip()
        text = _PRIMITIVE.format(name=machine.name, config=config, uuid=uuid)
        self.on(node, f"cibadmin -o resources -C -X {quote(text)}; crm_resource --wait")
        assert self.seen(machine.name).nodes == (node,)
        self.on(node, f"crm_resource -r {machine.name} --meta -d is-managed; crm_resource --wait")
        self.adopted[machine.name] = machine

    def place(self, node: str, *machines: str) -> None:
        """Move machines to a node live, those that are not there yet; nothing is left behind.

        They go at the full speed of this computer. All preferences are set at once, and taken back once nothing
        moves: Pacemaker restarts a machine whose preference changes on its way, and takes one that moves while
        anything else changes for stopped.
        """
        away = [machine for machine in machines if self.seen(machine).nodes != (node,)]
        if away:
            shape(replace(self.plan, bandwidth=None), self.folders)
            try:
                self.on(node, lines.at_once([f"crm_resource -r {machine} --move --node {node}" for machine in away]))
                for machine in away:
                    self.settled(machine, node, 60)
                wait_until(lambda: not self.busy(), "the cluster is at rest", 60)
                self.on(node, lines.at_once([f"crm_resource -r {machine} --clear" for machine in away]))
            finally:
                shape(self.plan, self.folders)
        for machine in machines:
            assert self.seen(machine).nodes == (node,), self.reason(machine)

    def add_highly_available(self, name: str, node: str, **settings: Any) -> None:
        """A machine that the cluster keeps available from now on, in every test."""
        machine = self.add_machine(name, node, **settings)
        self._settings[name] = settings
        self.adopt(machine, node)

    def make_ready(self, node: str, *machines: str) -> None:
        """Have a whole cluster with these machines (none: all) on *node*, whatever an earlier test has left.

        What cannot be mended is taken down and made anew, so that a test that fails takes no other with it.
        """
        try:
            if not self.is_whole():
                self.mend()
            self.place(node, *(machines or self.adopted))
        except (LabError, AssertionError, pytest.fail.Exception) as reason:
            print(f"The cluster could not be mended and is made anew: {reason}", flush=True)
            self.make_anew(node)

    def make_anew(self, node: str) -> None:
        """Take the lab down, and make it and its machines again."""
        for known in self.plan.nodes:
            self.disconnect(known.name)
        take_down(self.folders)
        self.adopted.clear()
        bring_up(self.plan, self.folders, own=True)
        self.install_agent()
        for name, settings in list(self._settings.items()):
            self.add_highly_available(name, node, **settings)

    def mend(self) -> None:
        """Repair whatever was broken: all nodes are members again, every machine runs, nothing has failed or is set."""
        for node in self.plan.nodes:
            for fault in (NodeFault.LIBVIRTD_RESUME, NodeFault.LIBVIRTD_START, NodeFault.LINKS_UP, NodeFault.FENCE_ON):
                with suppress(LabError):
                    break_node(fault, node, self.folders)
            self.says(node.name, f"grep -q '^lost {self.folders.shared} ' /proc/mounts && umount {self.folders.shared}")
        if not self._all_run():
            bring_up(self.plan, self.folders, own=True)
        for node in self.plan.nodes:
            self.disconnect(node.name)
        first = self.plan.nodes[0].name
        wait_until(lambda: not self.busy(), "the cluster is at rest", 60)  # a change restarts what is on its way
        self.on(first, self._settings_taken_back(), limit=120)
        for resource in self._strangers(self.status()):
            self.discard(resource)
        for machine in self.adopted:
            self.on(first, f"crm_resource -r {machine} --clear; exit 0")
            if self.seen(machine).blocked:
                self.forget(machine, first)
        wait_until(self.is_whole, "the cluster is whole again", 60)

    def _all_run(self) -> bool:
        """Whether every daemon runs and every node is a member, so that nothing needs to be started."""
        daemons = ("libvirtd", "corosync", "corosync-qdevice", "pacemakerd")
        ask = f"for name in {' '.join(daemons)}; do pidof $name >/dev/null && echo $name; done"
        if any(self.says(node.name, ask).split() != list(daemons) for node in self.plan.nodes):
            return False
        cluster = read_cluster(self.plan, self.folders)
        return cluster.witness and len(cluster.online) == len(self.plan.nodes)

    def _settings_taken_back(self) -> str:
        """Script that takes back what tests and fcm set of nodes and of the cluster."""
        taken_back = [
            f"crm_attribute -N {node.name} -n {name} -D"
            for node in self.plan.nodes
            for name in ("standby", "maintenance", "fcm-draining")
        ]
        taken_back += [
            f"crm_attribute -n {name} -D" for name in ("stonith-timeout", "maintenance-mode", "stop-all-resources")
        ]
        taken_back += [
            f"crm_resource -r {name} --meta -d {meta}"
            for name in self.adopted
            for meta in ("target-role", "fcm-moving", "fcm-classes", "fcm-failback", "priority")
        ]
        taken_back += [
            f"crm_resource -r {name} -g force_stop >/dev/null 2>&1 && crm_resource -r {name} -d force_stop"
            for name in self.adopted
        ]
        taken_back += ["cibadmin --delete-all --force --xpath \"//constraints/*[starts-with(@id, 'fcm-')]\""]
        return f"({'; '.join(taken_back)}) >/dev/null 2>&1; exit 0"

    def discard(self, resource: str) -> None:
        """Take a machine out of the cluster without a stop, in whatever state its resource is; none is no harm."""
        constraints = "; ".join(
            f'cibadmin --delete-all --force --xpath "//constraints/{xpath}"'
            for xpath in (
                f"rsc_location[@rsc='{resource}']",
                f"rsc_colocation[@rsc='{resource}']",
                f"rsc_colocation[@with-rsc='{resource}']",
            )
        )
        self.on(
            self.dc(),
            f"cibadmin -Q --xpath \"//primitive[@id='{resource}']\" >/dev/null 2>&1 && "
            f"{{ crm_resource -r {resource} --meta -p is-managed -v false; crm_resource --wait; {constraints}; "
            f"cibadmin -D -X \"<primitive id='{resource}'/>\"; crm_resource --wait; }}; "
            f"crm_resource --refresh -r {resource} --force; exit 0",
            limit=120,
        )

    def forget(self, machine: str, asked: str) -> None:
        """Forget the failures of a machine out of Pacemaker's hands: after a mere cleanup it may be restarted."""
        resource = f"crm_resource -r {machine}"
        self.on(
            asked,
            f"{resource} --meta -p is-managed -v false; {resource} --clear; "
            f"crm_resource --refresh -r {machine} --force; crm_resource --wait; {resource} --meta -d is-managed",
            limit=120,
        )

    def is_whole(self) -> bool:
        """Whether all nodes are members, every machine runs and nothing is left to do."""
        status = self.status()
        failures = status.findall("failures/failure")
        for resource in {one.get("op_key", "").rpartition("_")[0].rpartition("_")[0] for one in failures}:
            if resource in self.adopted:
                self.forget(resource, self.dc())
            else:
                self.on(self.dc(), f"crm_resource --refresh -r {resource} --force; exit 0")
        if failures or self._strangers(status):
            return False
        ill = ("unclean", "pending", "standby", "maintenance")
        for node in status.findall("nodes/node"):
            if node.get("online") != "true" or any(node.get(word) == "true" for word in ill):
                return False
        for machine in self.adopted:
            seen = self.seen(machine)
            if seen.role != "Started" or len(seen.nodes) != 1 or seen.blocked or seen.failed:
                return False
        return not self.busy()

    def _strangers(self, status: Element) -> list[str]:
        """Resources of machines that a test has left in the cluster."""
        return [
            resource.get("id", "")
            for resource in status.findall("resources/resource")
            if resource.get("resource_agent") == "ocf:fcm:VirtualMachine" and resource.get("id") not in self.adopted
        ]

    def busy(self) -> bool:
        """Whether the cluster has something left to do."""
        return "S_IDLE" not in self.says(self.dc(), f"crmadmin -S {self.dc()}")

    def dc(self) -> str:
        """The node that decides."""
        current = self.status().find("summary/current_dc")
        return "" if current is None else current.get("name", "")

    def boots(self, machine: str) -> int:
        """How often the guest has come up: a restart raises it, a live migration does not."""
        return ready_count(self.adopted[machine], self.folders)

    def is_on(self, node: str) -> bool:
        """Whether the node has power."""
        return is_running(self.node(node), self.folders)

    def install_agent(self) -> None:
        """Put the agent of this fcm on all nodes."""
        for node in self.plan.nodes:
            self.on(node.name, agent.install_script())

    def settled(self, machine: str, node: str, limit: float = 30.0) -> float:
        """Wait until Pacemaker has it started on *node* and libvirt agrees; s that took."""
        begun = time.monotonic()

        def there() -> bool:
            with suppress(LabError):
                seen = self.seen(machine)
                return seen.role == "Started" and seen.nodes == (node,) and self.where(machine) == node
            return False

        wait_until(there, f"{machine} runs on {node}", limit)
        return time.monotonic() - begun
