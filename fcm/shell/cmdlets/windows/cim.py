"""Get-CimInstance and Get-WmiObject on what a cluster publishes: the namespaces MSCluster and virtualization/v2.

Classes and numbers are those of the Failover Cluster WMI Provider and the Hyper-V WMI provider (V2). A property that
the model does not know is not there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fcm.shell.cmdlets.windows.services import simulated_nodes
from fcm.shell.language.errors import NotFoundError, ParameterError, near
from fcm.shell.runtime import finding
from fcm.shell.runtime.parameters import CLUSTER, INPUT, Param
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values import objects, storage_objects
from fcm.shell.values.enumerations import Enumerated
from fcm.shell.values.net.comparing import equal
from fcm.shell.values.values import NameOf, ShellObject, text, wildcard
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fcm.model.state import State
    from fcm.shell.runtime.call import Call

CLUSTERS, MACHINES = "root\\mscluster", "root\\virtualization\\v2"


def _plain(one: ShellObject, **names: str) -> dict[str, Any]:
    """Properties of an object as WMI has them: states as numbers, objects by their names."""
    found = {}
    for name, source in names.items():
        value = one.get(source)
        if value is None:
            continue
        if isinstance(value, Enumerated):
            value = value.number
        found[name] = str(value) if isinstance(value, NameOf) else value
    return found


def _clusters(state: State) -> list[dict[str, Any]]:
    if state.cluster is None:
        return []
    one = objects.cluster_object(state)
    return [_plain(one, Name="Name", SharedVolumesRoot="SharedVolumesRoot", SameSubnetDelay="SameSubnetDelay",
                   SameSubnetThreshold="SameSubnetThreshold", QuorumType="QuorumType")]  # fmt: skip


def _nodes(state: State) -> list[dict[str, Any]]:
    shown = (objects.node_object(one, state) for one in state.nodes.values())
    votes = {"NodeWeight": "NodeWeight", "DynamicWeight": "DynamicWeight"}
    return [_plain(one, Name="Name", State="State", **votes) for one in shown]


def _groups(state: State) -> list[dict[str, Any]]:
    shown = (objects.group_object(one, state) for one in state.groups.values())
    return [_plain(one, Name="Name", Id="Id", State="State", GroupType="GroupType", OwnerNode="OwnerNode",
                   Priority="Priority", FailoverThreshold="FailoverThreshold", FailoverPeriod="FailoverPeriod")
            for one in shown]  # fmt: skip


def _resources(state: State) -> list[dict[str, Any]]:
    shown = (objects.resource_object(one, state) for one in state.resources.values())
    return [_plain(one, Name="Name", Id="Id", State="State", Type="ResourceType", OwnerGroup="OwnerGroup",
                   OwnerNode="OwnerNode", RestartAction="RestartAction", SeparateMonitor="SeparateMonitor",
                   CoreResource="IsCoreResource")
            for one in shown]  # fmt: skip


def _networks(state: State) -> list[dict[str, Any]]:
    shown = (objects.network_object(one, state) for one in state.networks.values())
    return [_plain(one, Name="Name", Id="Id", State="State", Role="Role", Address="Address", AddressMask="AddressMask",
                   Metric="Metric", AutoMetric="AutoMetric", Description="Description")
            for one in shown]  # fmt: skip


def _interfaces(state: State) -> list[dict[str, Any]]:
    shown = (objects.adapter_object(one, state) for one in state.adapters.values())
    names = {"Name": "Name", "State": "State", "SystemName": "Node", "Network": "Network", "Address": "Address"}
    return [_plain(one, **names) for one in shown]


def _volumes(state: State) -> list[dict[str, Any]]:
    shown = ((one, storage_objects.volume_object(one, state)) for one in state.shared_volumes.values())
    return [{"Name": volume.path(), **_plain(one, State="State", OwnerNode="OwnerNode")} for volume, one in shown]


def _machines(state: State) -> list[dict[str, Any]]:
    """One for each machine, and one for each node, as on that node."""
    found = [
        {"ElementName": node.name, "Name": node.name, "Caption": "Hosting Computer System", "EnabledState": 2,
         "PSComputerName": node.name}
        for node in state.nodes.values()
    ]  # fmt: skip
    for machine in state.machines.values():
        one = objects.machine_object(machine, state)
        number = _plain(one, EnabledState="State")["EnabledState"]
        found.append(
            {
                "ElementName": machine.name,
                "Name": machine.id,
                "Caption": "Virtual Machine",
                # V2 knows Enabled, Disabled and those of a transition; a text is a state that it does not have.
                "EnabledState": number if isinstance(number, int) else None,
                "PSComputerName": machine.node,
            }
        )
    return found


CLASSES: dict[str, tuple[str, Callable[[State], list[dict[str, Any]]]]] = {
    "MSCluster_Cluster": (CLUSTERS, _clusters),
    "MSCluster_Node": (CLUSTERS, _nodes),
    "MSCluster_ResourceGroup": (CLUSTERS, _groups),
    "MSCluster_Resource": (CLUSTERS, _resources),
    "MSCluster_Network": (CLUSTERS, _networks),
    "MSCluster_NetworkInterface": (CLUSTERS, _interfaces),
    "MSCluster_ClusterSharedVolume": (CLUSTERS, _volumes),
    "Msvm_ComputerSystem": (MACHINES, _machines),
}
"""Class: its namespace, and its instances."""
_QUERY = re.compile(
    r"\s*select\s+(?P<what>\*|\w+(?:\s*,\s*\w+)*)\s+from\s+(?P<kind>\w+)(?:\s+where\s+(?P<test>.+))?\s*",
    re.IGNORECASE | re.DOTALL,
)
_TOKEN = re.compile(r"""\s*(?:(?P<text>'[^']*'|"[^"]*")|(?P<word>[\w.-]+)|(?P<sign><=|>=|<>|!=|=|<|>|\(|\)))""")
_SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "=": equal,
    "<>": lambda left, right: not equal(left, right),
    "!=": lambda left, right: not equal(left, right),
    "<": lambda left, right: isinstance(left, int) and left < right,
    ">": lambda left, right: isinstance(left, int) and left > right,
    "<=": lambda left, right: isinstance(left, int) and left <= right,
    ">=": lambda left, right: isinstance(left, int) and left >= right,
}


class _Test:
    """A condition of WQL: comparisons joined by AND, OR and NOT, with parentheses."""

    def __init__(self, written: str) -> None:
        self._written = written
        self._tokens: list[tuple[str, str]] = []
        place = 0
        while written[place:].strip():
            found = _TOKEN.match(written, place)
            if found is None:
                raise self._wrong()
            self._tokens.append((found.lastgroup or "", found.group(found.lastgroup or 0)))
            place = found.end()

    def _wrong(self) -> ParameterError:
        return ParameterError(
            f"{quoted(self._written)} is not a condition of WQL.", "Write such as: Name = 'SQL01' AND State = 0"
        )

    def parsed(self) -> Callable[[dict[str, Any]], bool]:
        """What decides about an instance.

        Raises:
            ParameterError: it is not WQL.
        """
        found = self._either()
        if self._tokens:
            raise self._wrong()
        return found

    def _take(self) -> tuple[str, str]:
        if not self._tokens:
            raise self._wrong()
        return self._tokens.pop(0)

    def _is_next(self, word: str) -> bool:
        if self._tokens and self._tokens[0][0] != "text" and self._tokens[0][1].casefold() == word:
            self._tokens.pop(0)
            return True
        return False

    def _either(self) -> Callable[[dict[str, Any]], bool]:
        parts = [self._both()]
        while self._is_next("or"):
            parts.append(self._both())
        return lambda one: any(part(one) for part in parts)

    def _both(self) -> Callable[[dict[str, Any]], bool]:
        parts = [self._single()]
        while self._is_next("and"):
            parts.append(self._single())
        return lambda one: all(part(one) for part in parts)

    def _single(self) -> Callable[[dict[str, Any]], bool]:
        if self._is_next("not"):
            inner = self._single()
            return lambda one: not inner(one)
        if self._is_next("("):
            inner = self._either()
            if not self._is_next(")"):
                raise self._wrong()
            return inner
        kind, name = self._take()
        if kind != "word":
            raise self._wrong()
        if self._is_next("like"):
            pattern = wildcard(self._value().replace("%", "*").replace("_", "?"))
            return lambda one: pattern.fullmatch(text(_property(one, name))) is not None
        kind, sign = self._take()
        if kind != "sign" or sign not in _SIGNS:
            raise self._wrong()
        value = self._value()
        return lambda one: _SIGNS[sign](_property(one, name), int(value) if value.lstrip("-").isdigit() else value)

    def _value(self) -> str:
        kind, value = self._take()
        if kind == "sign":
            raise self._wrong()
        return value[1:-1] if kind == "text" else value


def _property(one: dict[str, Any], name: str) -> Any:
    return next((value for key, value in one.items() if key.casefold() == name.casefold()), None)


def _namespace(written: str) -> str:
    return written.replace("/", "\\").strip("\\").casefold()


_PARAMETERS = (
    Param("Namespace", help="root\\MSCluster or root\\virtualization\\v2."),
    Param("Filter", help="A condition of WQL, such as Name = 'SQL01'."),
    Param("Query", help="A query of WQL: SELECT * FROM class WHERE condition."),
    Param("Property", "texts", help="Only these properties."),
    Param("ComputerName", "texts", aliases=("Cn",), help="Nodes. Default: the cluster.", pipes=("ClusterNode",)),
    CLUSTER,
    INPUT,
)


def _instances(call: Call, parameter: str) -> Iterable[Any]:
    finding.check_cluster(call)
    kind, condition, properties = call.text(parameter), call.text("Filter"), call.texts("Property")
    if call.has("Query"):
        match = _QUERY.fullmatch(call.text("Query"))
        if match is None:
            raise ParameterError(
                f"{quoted(call.text('Query'))} is not a query that fcm understands.",
                "Write such as: SELECT * FROM MSCluster_Resource WHERE Type = 'Virtual Machine'", call.at,
            )  # fmt: skip
        kind, condition = match["kind"], match["test"] or ""
        if match["what"] != "*":
            properties = [name.strip() for name in match["what"].split(",")]
    if not kind:
        raise ParameterError(f"{call.cmdlet.name} requires a class.", f"Classes: {', '.join(CLASSES)}.", call.at)
    name = next((one for one in CLASSES if one.casefold() == kind.casefold()), None)
    wanted = _namespace(call.text("Namespace"))
    if name is None or wanted != CLASSES[name][0]:
        where = CLASSES[name][0] if name is not None else ""
        remedy = f"It is in {where}: add -Namespace {where}" if where else near(kind, list(CLASSES))
        space = call.text("Namespace") or "root/cimv2"
        raise NotFoundError(
            f"fcm has no class {quoted(kind)} in {quoted(space)}.", remedy or f"Classes: {', '.join(CLASSES)}.", call.at
        )
    chosen = {name.casefold() for name in properties}
    test = _Test(condition).parsed() if condition.strip() else None
    on = simulated_nodes(call) if call.has("ComputerName") else None
    if on == []:
        return
    for one in CLASSES[name][1](call.state):
        on_node = one.pop("PSComputerName", None)
        if on is not None and on_node is not None and on_node not in on:
            continue
        if test is not None and not test(one):
            continue
        shown = {key: value for key, value in one.items() if not chosen or key.casefold() in chosen}
        yield ShellObject(name, shown, text(one.get("Name")))


@cmdlet(
    "Get-CimInstance",
    Param("ClassName", position=0, help="Name of a class, such as MSCluster_Resource."),
    *_PARAMETERS,
    synopsis="Gets what the cluster publishes by WMI: classes of root\\MSCluster, and Msvm_ComputerSystem.",
    example="Get-CimInstance -Namespace root\\MSCluster -ClassName MSCluster_Node",
    aliases=("gcim",),
    module="Microsoft.PowerShell.Cim",
)
def get_instance(call: Call) -> Iterable[Any]:
    """Instances."""
    return _instances(call, "ClassName")


@cmdlet(
    "Get-WmiObject",
    Param("Class", position=0, aliases=("ClassName",), help="Name of a class, such as MSCluster_Resource."),
    *_PARAMETERS,
    Param("Authentication", "any", help="Has no effect: fcm has no accounts."),
    synopsis="Gets what the cluster publishes by WMI, as Get-CimInstance does.",
    example="Get-WmiObject -Namespace root\\MSCluster -Class MSCluster_ResourceGroup -Filter \"Name = 'SQL01'\"",
    aliases=("gwmi",),
    module="Microsoft.PowerShell.Cim",
)
def get_object(call: Call) -> Iterable[Any]:
    """Instances."""
    return _instances(call, "Class")
