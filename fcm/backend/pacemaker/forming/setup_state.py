"""How much of a cluster is set up, in words: read from the nodes alone, so that an interrupted run is understood."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from fcm.backend.pacemaker.forming.configuration import properties
from fcm.backend.pacemaker.forming.corosync_conf import corosync_conf, named
from fcm.backend.pacemaker.forming.fencing import device_id
from fcm.backend.pacemaker.remote import agent
from fcm.text.words import counted, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fcm.backend.pacemaker.forming.looking import NodeLook
    from fcm.backend.pacemaker.forming.plan import ClusterPlan

_LINK = re.compile(r"LINK: \d+ .*")
_VOTES = re.compile(r"^(Expected votes|Total votes|Quorum):\s+(\d+)", re.MULTILINE)
MACHINE = "ocf:fcm:VirtualMachine"


class Stage(StrEnum):
    """How much of a cluster there is."""

    NONE = "none"
    PARTIAL = "partial"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class WitnessLook:
    """What is set up on the host of the witness."""

    error: str = ""
    running: bool = False
    authority: str = ""
    """SHA-256 of the certificate of its authority."""
    clusters: tuple[str, ...] = ()
    """Names of the clusters that are connected."""


@dataclass(frozen=True, slots=True)
class Device:
    """A fencing device as Pacemaker sees it."""

    node: str
    """That it switches off."""
    running: bool
    failed: bool


@dataclass(frozen=True, slots=True)
class ManagedMachine:
    """A virtual machine that is highly available, as the configuration (CIB) has it."""

    resource: str
    """Id of its resource."""
    uuid: str
    name: str
    config: str
    """File with its definition."""
    memory: int
    """MiB."""
    node: str
    """Where it runs; "" where it is off."""
    blocks: bool = True
    """A migration that fails leaves it running at its source (``on-fail=block``)."""


@dataclass(frozen=True, slots=True)
class SetupState:
    """How much of a cluster is set up on its nodes, and in which state that is."""

    plan: ClusterPlan
    looks: Mapping[str, NodeLook]
    witness: WitnessLook | None
    members: frozenset[str] = frozenset()
    """Nodes that Pacemaker counts as online."""
    quorate: bool = False
    votes: Mapping[str, int] = field(default_factory=dict)
    """Expected votes, Total votes and Quorum of corosync-quorumtool."""
    devices: tuple[Device, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    """Properties of the cluster."""
    machines: tuple[ManagedMachine, ...] = ()
    """Virtual machines that are highly available."""
    others: tuple[str, ...] = ()
    """Other resources that are none of fcm's."""
    stranger: str = ""
    """A node that belongs to another cluster."""
    known: frozenset[str] = frozenset()
    """Nodes in the configuration (CIB)."""

    @property
    def stage(self) -> Stage:
        """How much of it there is."""
        if not any(_has_something(self.plan, look) for look in self.looks.values()):
            return Stage.NONE
        return Stage.PARTIAL if any(True for _ in self.problems()) else Stage.COMPLETE

    def problems(self) -> Iterator[str]:
        """What is not as *create* leaves it, in sentences."""
        wanted = corosync_conf(self.plan)
        for name, look in self.looks.items():
            if not look.answered:
                yield f"{name} does not respond: {look.error}"
                continue
            if look.conf != wanted:
                yield _conf_words(name, look, self.plan)
            if not look.key:
                yield f"{name} has no Corosync key."
            for daemon, words in _DAEMONS:
                if not look.runs(daemon) and (daemon != "corosync-qdevice" or self.plan.witness):
                    yield f"{words} does not run on {name}."
            if look.runs("corosync") and (dead := dead_links(look)):
                yield f"{counted(dead, 'link')} of {name} to other nodes {'is' if dead == 1 else 'are'} not connected."
            if look.runs("pacemakerd") and name not in self.members:
                yield f"{name} is not a member of the cluster."
            if not look.enabled:
                yield f"{name} does not start the cluster when it boots."
            if not look.agent:
                yield f"{name} does not have the resource agent of fcm."
            elif look.agent != agent.VERSION:
                yield f"{name} has version {look.agent} of the resource agent; this fcm has version {agent.VERSION}."
        yield from self._cluster_problems()

    def _cluster_problems(self) -> Iterator[str]:
        if not any(look.runs("pacemakerd") for look in self.looks.values()):
            return
        if not self.quorate:
            yield "The cluster has no quorum."
        if self.plan.witness is not None and self.witness is not None:
            if self.witness.error:
                yield f"The witness {self.plan.witness.host} does not respond: {self.witness.error}"
            elif self.plan.corosync_name not in self.witness.clusters:
                yield f"The witness {self.plan.witness.host} has no connection with this cluster."
        having = {device.node: device for device in self.devices}
        for name in self.plan.names:
            device = having.get(name)
            if device is None:
                yield f"Nothing can switch off {name}: it has no fencing device."
            elif not device.running or device.failed:
                yield f"The fencing device of {name} does not work."
        for machine in self.machines:
            if not machine.blocks:
                yield f"A failed live migration would restart {machine.name}: on-fail of migrate_to is not block."
            if not machine.uuid:
                yield f"{machine.name} has no fcm-uuid, so its agent cannot distinguish it from other virtual machines."
        for name, value in properties(self.plan).items():
            if self.settings.get(name) != value:
                is_now = f"is {self.settings[name]}, not" if name in self.settings else "is not set to"
                yield f"The property {name} {is_now} {value}."

    @property
    def is_gone(self) -> bool:
        """Whether nothing of it is left on any node, and all of them say so."""
        return self.stage is Stage.NONE and all(look.answered for look in self.looks.values())

    @property
    def sentence(self) -> str:
        """All of it in one sentence."""
        match self.stage:
            case Stage.NONE:
                return f"There is no cluster {quoted(self.plan.name)} on these hosts."
            case Stage.PARTIAL:
                return f"The cluster {quoted(self.plan.name)} is not complete."
            case Stage.COMPLETE:
                machines = counted(len(self.machines), "virtual machine")
                verb = "is" if len(self.machines) == 1 else "are"
                nodes = counted(len(self.plan.nodes), "node")
                return (
                    f"The cluster {quoted(self.plan.name)} is complete: {nodes}, fencing works, {machines} {verb} "
                    "highly available."
                )


_DAEMONS = (
    ("corosync", "Corosync"),
    ("corosync-qdevice", "The client of the witness (corosync-qdevice)"),
    ("pacemakerd", "Pacemaker"),
)


def _has_something(plan: ClusterPlan, look: NodeLook) -> bool:
    ours = look.belongs_to(plan)
    return ours or bool(look.certificate) or bool(look.agent) or (bool(look.key) and not look.conf)


def _conf_words(name: str, look: NodeLook, plan: ClusterPlan) -> str:
    if look.belongs_to(plan):
        return f"corosync.conf of {name} does not match the hosts file."
    if look.conf_is_packages or not look.conf:
        return f"{name} has no corosync.conf of this cluster."
    return f"{name} has a corosync.conf of another cluster, {quoted(named(look.conf) or 'without a name')}."


def dead_links(look: NodeLook) -> int:
    """Links of a node that are not connected."""
    return sum(" connected" not in line for line in _LINK.findall(look.links))


def live_links(look: NodeLook) -> tuple[int, int]:
    """Links of a node that are connected, and all that Corosync has there."""
    lines = _LINK.findall(look.links)
    return sum(" connected" in line for line in lines), len(lines)


def setup_state_of(plan: ClusterPlan, looks: Mapping[str, NodeLook], witness: WitnessLook | None) -> SetupState:
    """What stands, by what the nodes said. Of Pacemaker one node is believed: one with quorum before the others."""
    told = [(look, _parsed(look.monitor), _parsed(look.cib)) for look in looks.values() if look.answered]
    told.sort(key=lambda one: (one[1] is None, not _has_quorum(one[1]), one[2] is None))
    if not told:
        return SetupState(plan, looks, witness)
    look, monitor, cib = told[0]
    devices, primitives, others = _resources(cib)
    running = {} if monitor is None else {one.get("id", ""): one for one in monitor.iterfind(".//resources/resource")}
    settings = {} if cib is None else {
        pair.get("name", ""): pair.get("value", "")
        for pair in cib.iterfind("configuration/crm_config/cluster_property_set/nvpair")
    }  # fmt: skip
    members = frozenset(
        node.get("name", "")
        for node in (() if monitor is None else monitor.iterfind("nodes/node"))
        if node.get("online") == "true" and node.get("pending") != "true"
    )
    return SetupState(
        plan,
        looks,
        witness,
        members,
        _has_quorum(monitor),
        {name: int(value) for name, value in _VOTES.findall(look.quorum)},
        tuple(
            Device(
                name,
                (one := running.get(device_id(name))) is not None and one.get("role") == "Started",
                one is not None and one.get("failed") == "true",
            )
            for name in plan.names
            if device_id(name) in devices
        ),
        settings,
        tuple(_machine(one, running.get(one.get("id", ""))) for one in primitives),
        others,
        next((one.name for one in looks.values() if _is_stranger(plan, one)), ""),
        frozenset(one.get("uname", "") for one in (() if cib is None else cib.iterfind("configuration/nodes/node"))),
    )


def _is_stranger(plan: ClusterPlan, look: NodeLook) -> bool:
    return look.answered and bool(look.conf) and not look.conf_is_packages and not look.belongs_to(plan)


def _parsed(text: str) -> ElementTree.Element | None:
    try:
        return ElementTree.fromstring(text) if text else None
    except ElementTree.ParseError:
        return None


def _has_quorum(monitor: ElementTree.Element | None) -> bool:
    dc = None if monitor is None else monitor.find("summary/current_dc")
    return dc is not None and dc.get("with_quorum") == "true"


def _machine(primitive: ElementTree.Element, seen: ElementTree.Element | None) -> ManagedMachine:
    values = {pair.get("name", ""): pair.get("value", "") for pair in primitive.iter("nvpair")}
    identity = primitive.get("id", "")
    memory = values.get("memory", "")
    node = None if seen is None or seen.get("role") == "Stopped" else seen.find("node")
    return ManagedMachine(
        identity,
        values.get("fcm-uuid", ""),
        values.get("name", identity),
        values.get("config", ""),
        int(memory) if memory.isdigit() else 0,
        "" if node is None else node.get("name", ""),
        any(op.get("on-fail") == "block" for op in primitive.iterfind("operations/op[@name='migrate_to']")),
    )


def _resources(
    cib: ElementTree.Element | None,
) -> tuple[frozenset[str], tuple[ElementTree.Element, ...], tuple[str, ...]]:
    """Ids of fencing devices, machines and everything else in the configuration."""
    devices, machines, others = set(), [], list[str]()
    for one in () if cib is None else cib.iterfind("configuration/resources//primitive"):
        agent = f"{one.get('class')}:{one.get('provider')}:{one.get('type')}"
        if one.get("class") == "stonith":
            devices.add(one.get("id", ""))
        elif agent == MACHINE:
            machines.append(one)
        else:
            others.append(one.get("id", ""))
    return frozenset(devices), tuple(machines), tuple(others)
