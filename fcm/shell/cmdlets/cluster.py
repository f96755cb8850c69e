"""Cluster, quorum, validation, module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fcm.model import commands as cmd
from fcm.model.entities import ClusterVersion, QuorumMode
from fcm.model.structures.tables import name_of
from fcm.shell.language.errors import ParameterError
from fcm.shell.runtime import finding
from fcm.shell.runtime.execution.flow import Exiting
from fcm.shell.runtime.following import until_down, until_running
from fcm.shell.runtime.parameters import CLUSTER, INPUT, TEXT, Param
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.objects import check_object, cluster_object
from fcm.shell.values.references import cluster_reference, reference, resource_type_object
from fcm.shell.values.values import NameOf, ShellObject
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fcm.shell.runtime.call import Call


@cmdlet(
    "Get-Cluster",
    Param("Name", position=0, help="Name of the cluster. Default, or '.': the open cluster.", pipes=("Cluster", TEXT)),
    Param("Domain", absent="domain search is not supported; open the cluster in the window or with --cluster."),
    synopsis="Gets the open cluster. SameSubnetDelay, SameSubnetThreshold and, where its version has them, "
    "DynamicQuorum, LowerQuorumPriorityNodeID, ResiliencyLevel, ResiliencyDefaultPeriod, QuarantineThreshold and "
    "QuarantineDuration can be set.",
    example="Get-Cluster contoso",
)
def get_cluster(call: Call) -> Iterable[Any]:
    """The cluster."""
    names = call.texts("Name")
    if names:
        call.values["Cluster"] = names
    with call.session.clusters.of_call(call.cmdlet.module, call.values, ()):
        finding.check_cluster(call)
        found = [cluster_object(call.state, call.workspace.simulated)]
        call.session.clusters.mark(found)
    return found


@cmdlet(
    "New-Cluster",
    Param("Name", position=0, needed=True),
    Param("Node", "texts", help="Names of the servers. Default: node1, node2, node3."),
    Param("StaticAddress", help="IPv4 address of the access point. Default: 10.0.1.10."),
    Param("NoStorage", "switch", help="Do not add shared disks."),
    Param(
        "Version",
        choices=tuple(map(str, ClusterVersion)),
        help="Windows Server version whose rules the cluster follows. Default: 2008 R2 (fcm).",
    ),
    Param("IgnoreNetwork", absent="the networks of the new cluster cannot be changed here."),
    Param("AdministrativeAccessPoint", absent="requires Windows Server 2012 R2."),
    synopsis="Creates a simulated cluster with the defaults of the wizard, and opens it.",
    example="New-Cluster -Name fabrikam -Node server1, server2 -StaticAddress 10.0.1.10",
)
def new_cluster(call: Call) -> Iterable[Any]:
    """Write a cluster file and open it.

    Raises:
        Exiting: the window opens it; what follows in the script was meant for the new cluster, not for this one.
        ParameterError: a name, an address or a number of nodes that no cluster can have.
    """
    from fcm.workspace.files.folders import cluster_folder
    from fcm.workspace.planning.cluster_plan import save, usual_plan

    name, nodes = call.text("Name"), call.texts("Node") or ["node1", "node2", "node3"]
    planned = call.planned(name)
    if planned is not None:
        yield planned
        return
    if not call.agreed(name):
        return
    try:
        version = ClusterVersion(call.text("Version").upper() or ClusterVersion.V2008_R2)
        plan = usual_plan(name, tuple(nodes), call.text("StaticAddress"), not call.switch("NoStorage"), version)
        uri = save(plan, cluster_folder())
    except ValueError as error:
        raise ParameterError(str(error), "", call.at, "InvalidArgument") from error
    if call.session.connect(uri):
        yield cluster_object(call.state)
        return
    if call.session.on_made is not None:
        call.session.on_made(uri)
        raise Exiting(0)
    yield ShellObject("Selected", {"Name": name, "OpenedBy": uri})


@cmdlet(
    "Get-ClusterQuorum",
    CLUSTER,
    INPUT,
    synopsis="Gets the quorum configuration and witness.",
    example="Get-ClusterQuorum",
)
def get_quorum(call: Call) -> Iterable[Any]:
    """The quorum."""
    finding.check_cluster(call)
    return [_quorum(call)]


def _quorum(call: Call) -> ShellObject:
    cluster = call.state.cluster
    assert cluster is not None
    has_witness = cluster.quorum_mode is not QuorumMode.NODE_MAJORITY
    witness = _witness(call, cluster.witness) if has_witness else None
    return ShellObject(
        "ClusterQuorum",
        {
            "Cluster": cluster_reference(call.state),
            "QuorumResource": witness,
            "QuorumType": str(cluster.quorum_mode),
        },
    )


def _witness(call: Call, identity: str | None) -> NameOf:
    """The resource of a witness; a disk or share without one by its name."""
    resources = call.state.resources.values()
    found = next((one for one in resources if identity and identity in (one.disk, one.detail)), None)
    if found is None:
        return NameOf(name_of(call.state.disks, identity))
    return reference("ClusterResource", found.name, found.id, call.state)


_MODES = {
    "NodeMajority": QuorumMode.NODE_MAJORITY,
    "NodeAndDiskMajority": QuorumMode.NODE_AND_DISK_MAJORITY,
    "NodeAndFileShareMajority": QuorumMode.NODE_AND_FILE_SHARE_MAJORITY,
    "DiskOnly": QuorumMode.DISK_ONLY,
}


@cmdlet(
    "Set-ClusterQuorum",
    Param("NodeMajority", "switch", aliases=("NoWitness",)),
    Param("NodeAndDiskMajority", aliases=("DiskWitness",), help="Name of the witness disk."),
    Param("NodeAndFileShareMajority", aliases=("FileShareWitness",), help="UNC path of the share."),
    Param("DiskOnly", help="Name of the disk."),
    Param("CloudWitness", "switch", absent="requires Windows Server 2016."),
    CLUSTER,
    INPUT,
    synopsis="Configures the quorum settings of the cluster.",
    example="Set-ClusterQuorum -NodeMajority",
)
def set_quorum(call: Call) -> Iterable[Any]:
    """Set the quorum configuration.

    Raises:
        ParameterError: not exactly one mode is specified.
    """
    finding.check_cluster(call)
    chosen = [name for name in _MODES if call.has(name)]
    if len(chosen) != 1:
        raise ParameterError(
            f"{len(chosen)} quorum modes are specified.", f"Specify one of {', '.join('-' + name for name in _MODES)}."
        )
    mode = _MODES[chosen[0]]
    witness: str | None = None
    if mode is QuorumMode.NODE_AND_FILE_SHARE_MAJORITY:
        witness = call.text(chosen[0])
    elif mode is not QuorumMode.NODE_MAJORITY:
        witness = finding.one("disk", call.text(chosen[0]), finding.disks(call, [call.text(chosen[0])])).id
    cluster = call.state.cluster
    assert cluster is not None
    return call.submit(cmd.SetQuorum(mode, witness), cluster.name, lambda: [_quorum(call)])


@cmdlet(
    "Test-Cluster",
    Param(
        "Node",
        "texts",
        position=0,
        help="Nodes of the open cluster. Some of them are tested without the tests of the cluster configuration. For "
        "servers that are in no open cluster, use Validate a Configuration in the window.",
    ),
    Param("Include", "texts", help="Names of the tests, or categories of tests, to run."),
    Param("Ignore", "texts", help="Names of tests, or categories of tests, that are not run."),
    Param("ReportName", absent="the report is saved with the cluster; open it with View Validation Report."),
    Param("List", "switch", help="List the available tests."),
    CLUSTER,
    INPUT,
    synopsis="Validates the cluster configuration. Returns one object for each test.",
    example="Test-Cluster | Where-Object Result -eq Failed",
)
def test_cluster(call: Call) -> Iterable[Any]:
    """Validate the cluster, or some nodes of it."""
    from fcm.model.validation.servers import narrowed, tests_of
    from fcm.model.validation.validate import TESTS, validate

    finding.check_cluster(call)
    if call.switch("List"):
        return [ShellObject("Selected", {"Category": test.category, "Name": test.name}) for test in TESTS]
    cluster = call.state.cluster
    assert cluster is not None
    included = _tests(call.texts("Include"))
    if call.has("Ignore"):
        ignored = {*_tests(call.texts("Ignore"))}
        included = [name for name in included or [test.name for test in TESTS] if name not in ignored]
    if call.has("Node"):
        chosen = {node.name for node in finding.nodes(call, call.texts("Node"), must=True)}
        if not chosen:
            return []
        part = narrowed(call.state, chosen)
        if part.cluster is None:
            able = [test.name for test in tests_of(part)]
            tests = [name for name in included if name in able] if included else able
            return [check_object(result) for result in validate(part, tests).results]

    def results() -> list[Any]:
        report = call.state.cluster.validation if call.state.cluster else None
        return [check_object(result) for result in report.results] if report else []

    return call.submit(cmd.ValidateCluster(tuple(included)), cluster.name, results)


def _tests(names: Iterable[str]) -> list[str]:
    """Tests by their names and by the names of categories; an unknown name stays, and its result says so."""
    from fcm.model.validation.validate import TESTS

    found: list[str] = []
    for name in names:
        of = [test.name for test in TESTS if name.casefold() in (test.name.casefold(), test.category.casefold())]
        found += of or [name]
    return list(dict.fromkeys(found))


_DONE = object()
"""Stands for the output of a command that was carried out."""
_NAME = Param("Name", position=0, help="Name of the cluster. Default: the open cluster.", pipes=(TEXT,))


def _named_cluster(call: Call) -> str:
    """The open cluster; an error if -Name is another one."""
    name = call.text("Name")
    if name:
        call.values["Cluster"] = name
    finding.check_cluster(call)
    assert call.state.cluster is not None
    return call.state.cluster.name


@cmdlet(
    "Start-Cluster",
    _NAME,
    Param(
        "IgnorePersistentState",
        "switch",
        aliases=("ips",),
        help="Start the nodes without bringing services and applications online.",
    ),
    Param("Wait", "whole", help="Maximum time to wait until the cluster is running, in seconds. Default: do not wait."),
    CLUSTER,
    INPUT,
    synopsis="Starts the cluster service on all nodes on which it is not running.",
    example="Stop-ClusterNode node3; Start-Cluster",
)
def start_cluster(call: Call) -> Iterable[Any]:
    """Start every node that is down."""
    name = _named_cluster(call)
    command = cmd.StartCluster(ignore_persistent_state=call.switch("IgnorePersistentState"))
    return _followed(call, call.submit(command, name, lambda: [_DONE]), until_running)


@cmdlet(
    "Stop-Cluster",
    _NAME,
    Param("Force", "switch"),
    Param("Wait", "whole", help="Maximum time to wait until the cluster is down, in seconds. 0: do not wait."),
    CLUSTER,
    INPUT,
    synopsis="Shuts the cluster down: stops the cluster service on all nodes. "
    "Services and applications are taken offline.",
    example="Stop-Cluster -Force",
)
def stop_cluster(call: Call) -> Iterable[Any]:
    """Stop every node.

    Raises:
        ParameterError: the hosts are real and -Force is not specified.
    """
    name = _named_cluster(call)
    cluster = call.state.cluster
    if cluster is not None and cluster.engine and not call.switch("Force") and not call.what_if:
        raise ParameterError(
            f"This shuts all highly available virtual machines of {name} down, on real hosts.",
            "To do it, add -Force. To let them run without a cluster: fcm hosts cluster destroy --release.",
            call.at,
        )
    return _followed(call, call.submit(cmd.StopCluster(), name, lambda: [_DONE]), until_down)


def _followed(call: Call, said: list[Any], wait: Callable[[Call], None]) -> list[Any]:
    """The cluster once the wait is over; what -WhatIf or -Confirm kept from being done is not waited for."""
    if said != [_DONE]:
        return said
    wait(call)
    return [cluster_object(call.state, call.workspace.simulated)]


_MODULES = ("failoverclusters", "hyper-v", "servermanager", "microsoft.powershell.utility")


@cmdlet(
    "Import-Module",
    Param("Name", "texts", position=0, needed=True, pipes=(TEXT,)),
    synopsis="Imports a module. FailoverClusters, Hyper-V and ServerManager are always loaded.",
    example="Import-Module FailoverClusters",
    aliases=("Add-Module", "ipmo"),
    module="Core",
)
def import_module(call: Call) -> Iterable[Any]:
    """Do nothing: all modules are loaded already.

    Raises:
        ParameterError: the module does not exist here.
    """
    for name in call.texts("Name"):
        if name.casefold() not in _MODULES:
            raise ParameterError(
                f"The module {quoted(name)} is not available.",
                "Available modules are FailoverClusters, Hyper-V and ServerManager.",
                call.at,
            )
    return []


@cmdlet(
    "Add-WindowsFeature",
    Param("Name", "texts", position=0, needed=True, pipes=(TEXT,)),
    synopsis="Reports that the Failover Clustering feature is installed. Every node of the cluster has it.",
    example="Add-WindowsFeature Failover-Clustering",
    aliases=("Install-WindowsFeature",),
    module="ServerManager",
)
def add_feature(call: Call) -> Iterable[Any]:
    """Return the features as installed: a clustered node has them already.

    Raises:
        ParameterError: another feature.
    """
    known = {"failover-clustering": "Failover Clustering", "hyper-v": "Hyper-V"}
    rows = []
    for name in call.texts("Name"):
        title = known.get(name.casefold())
        if title is None:
            raise ParameterError(
                f"The feature {quoted(name)} is not available.",
                "Available features are Failover-Clustering and Hyper-V.",
            )
        rows.append(
            ShellObject(
                "Selected", {"Success": True, "RestartNeeded": "No", "ExitCode": "NoChangeNeeded", "Feature": title}
            )
        )
    return rows


@cmdlet(
    "Get-ClusterResourceType",
    Param("Name", "texts", position=0, pipes=("ClusterResourceType", TEXT)),
    CLUSTER,
    INPUT,
    synopsis="Gets the resource types of the cluster.",
    example="Get-ClusterResourceType 'Virtual Machine'",
)
def get_resource_type(call: Call) -> Iterable[Any]:
    """Resource types."""
    from fcm.model.entities import ResourceType

    finding.check_cluster(call)
    known = ((str(kind), str(kind), kind) for kind in ResourceType)
    found = finding.pick(call, "resource type", known, call.names())
    return [resource_type_object(kind) for kind in found]
