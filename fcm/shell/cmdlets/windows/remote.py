"""Invoke-Command: a script block on nodes of the cluster, which the built-in shell runs.

A block gets the cmdlets of the cluster and those that only compute: it has a session of its own whose registry has no
others. What would reach files, services or programs of this computer is not there, and is an error for that node.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from fcm.shell.cmdlets.windows.services import simulated_nodes
from fcm.shell.language import tree
from fcm.shell.language.errors import ParameterError, ShellError, StoppedError, UnsupportedError
from fcm.shell.runtime.execution.variables import Variables
from fcm.shell.runtime.parameters import CLUSTER, INPUT, TEXT, Param
from fcm.shell.runtime.registry import REGISTRY, Registry, cmdlet
from fcm.shell.runtime.session import ShellSession
from fcm.shell.values.values import ShellObject, items, text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from fcm.shell.runtime.call import Call, Cmdlet

CLUSTER_MODULES = ("FailoverClusters", "Hyper-V", "fcm", "NetAdapter", "ServerManager", "Microsoft.PowerShell.Cim")
NODE_CMDLETS = ("Stop-Computer", "Restart-Computer", "Clear-EventLog", "Get-WinEvent", "Get-Service")
COMPUTING = (
    "Where-Object", "ForEach-Object", "Select-Object", "Sort-Object", "Group-Object", "Measure-Object",
    "Write-Output", "Write-Host", "Write-Warning", "Write-Verbose", "Write-Error", "Start-Sleep", "Get-Date",
    "Format-Table", "Format-List", "Out-String", "Out-Null", "ConvertTo-Json", "ConvertTo-Csv", "ConvertFrom-Json",
    "ConvertFrom-Csv", "Get-Member", "New-Object", "Get-Variable", "Set-Variable", "Import-Module", "Compare-Object",
    "New-TimeSpan", "Get-Random",
)  # fmt: skip
"""Cmdlets of PowerShell itself that reach nothing of this computer."""
_FILES = ("Get-ClusterLog", "New-Cluster")
"""Cmdlets of the cluster that write files of this computer."""
_HERE = "This reaches files of this computer, and a script block on a node cannot."


class NodeVariables(Variables):
    """Variables on a node: of the environment there is only its name."""

    def __init__(self, node: str) -> None:
        super().__init__()
        self._node = node

    def of_environment(self, key: str, default: Any) -> Any:
        """A variable of the environment."""
        return self._node if key == "computername" else default


class NodeRegistry(Registry):
    """The cmdlets of a node; of others it is said why they are not there."""

    def find(self, name: str, at: int = -1) -> Cmdlet:
        """The cmdlet of a name or alias.

        Raises:
            ShellError: it reaches this computer.
            CommandNotFoundError: there is none at all.
        """
        if self.get(name) is None and REGISTRY.get(name) is not None:
            raise ShellError(
                f"{name} reaches this computer, and a script block on a node cannot.",
                "Use it outside of Invoke-Command.", at, "PermissionDenied",
            )  # fmt: skip
        return super().find(name, at)


class NodeSession(ShellSession):
    """A session on a node: it has no files."""

    def path(self, path: str) -> Path:
        """Refuse any file.

        Raises:
            ShellError: always.
        """
        raise ShellError(_HERE, "Use the file outside of Invoke-Command.", category="PermissionDenied")


def allowed_cmdlets(node: str) -> Registry:
    """The cmdlets of a block on a node; those that are about computers are about that node unless they say another."""
    found = NodeRegistry()
    for one in REGISTRY.cmdlets.values():
        of_cluster = one.module in CLUSTER_MODULES and one.name not in _FILES
        if of_cluster or one.name in NODE_CMDLETS or one.name in COMPUTING:
            found.add(_on(one, node))
    return found


def _on(one: Cmdlet, node: str) -> Cmdlet:
    if not any(param.name == "ComputerName" for param in one.parameters):
        return one

    def body(call: Call) -> Iterable[Any]:
        call.values.setdefault("ComputerName", [node])
        return one.body(call)

    return replace(one, body=body)


@cmdlet(
    "Invoke-Command",
    Param("ComputerName", "any", position=0, aliases=("Cn",), pipes=("ClusterNode", TEXT), help="Names of nodes."),
    Param("ScriptBlock", "block", position=1, aliases=("Command",), help="What to run."),
    Param("ArgumentList", "any", aliases=("Args",), help="Values of the parameters of the block."),
    Param("Using", "any", help="Values of $using: variables, by name (fcm)."),
    Param("HideComputerName", "switch"),
    Param("NoNewScope", "switch", absent="to run a block in the scope of its caller, use . { ... }"),
    Param("Credential", "any", help="Has no effect: fcm has no accounts."),
    Param("FilePath", absent="script files of this computer do not run on nodes; use -ScriptBlock."),
    Param("Session", absent="use -ComputerName."),
    Param("AsJob", "switch", absent="jobs are not supported."),
    CLUSTER,
    INPUT,
    synopsis="Runs a script block on nodes of a simulated cluster, with the cmdlets of the cluster and those that only "
    "compute; without -ComputerName here.",
    example="Invoke-Command -ComputerName node1, node2 -ScriptBlock { (Get-Service ClusSvc).Status }",
    aliases=("icm",),
    module="Microsoft.PowerShell.Core",
)
def invoke_command(call: Call) -> Iterable[Any]:
    """Run the block once for each node, one after the other; without nodes here.

    Raises:
        ParameterError: there is no block, or no node.
        UnsupportedError: a block that runs here has pipeline input.
    """
    if isinstance(call.values.get("ComputerName"), tree.ScriptBlock) and not call.has("ScriptBlock"):
        call.values["ScriptBlock"] = call.values.pop("ComputerName")
    block = call.values.get("ScriptBlock")
    if isinstance(block, tree.ScriptBlock) and not call.has("ComputerName"):
        if call.has_input:
            raise UnsupportedError("Pipeline input of Invoke-Command without -ComputerName", "", call.at)
        return _here(call, block)
    return _there(call)


def _here(call: Call, block: tree.ScriptBlock) -> list[Any]:
    """Run it as ``& { ... }`` does: its errors are those of the block."""
    try:
        return call.session.script.invoke_block(block, items(call.values.get("ArgumentList")))
    except ShellError as error:
        error.passing = True
        raise


def _there(call: Call) -> Iterable[Any]:
    if not call.has("ScriptBlock"):
        raise ParameterError(
            "Invoke-Command requires nodes and a script block.",
            "Write such as: Invoke-Command -ComputerName node1 -ScriptBlock { ... }.",
            call.at,
        )
    if call.has("ComputerName"):
        call.values["ComputerName"] = items(call.values["ComputerName"])
    for node in simulated_nodes(call):
        yield from _run(call, node)


def _run(call: Call, node: str) -> Iterable[Any]:
    outer = call.session

    def pump(limit: float) -> None:
        outer.check_stopped()
        outer.wait(limit)

    session = NodeSession(call.workspace, pump, registry=allowed_cmdlets(node), waits=outer.waits)
    session.width = outer.width
    variables = NodeVariables(node)
    for name in session.variables:
        variables[name] = session.variables[name]
    session.variables = variables
    given = call.values.get("Using")
    for name, value in given.items() if isinstance(given, dict) else ():
        session.variables[f"using_{text(name)}"] = value
    session.variables["fcm_arguments"] = items(call.values.get("ArgumentList"))
    block = call.values["ScriptBlock"]
    if isinstance(block, tree.ScriptBlock):
        session.variables["fcm_block"] = block
        source = "& $fcm_block @fcm_arguments"
    else:
        source = f"& {{ {_using(text(block))}\n}} @fcm_arguments"
    session.on_error = lambda error, _: _tell(call, node, error)
    session.on_aside = partial(_say, call)
    results = session.execute(source)
    hide = call.switch("HideComputerName")
    for value in results.objects:
        if isinstance(value, ShellObject) and not hide and value.get("PSComputerName") is None:
            value.properties["PSComputerName"] = node
        yield value


def _using(source: str) -> str:
    """``$using:name`` is a variable of who called."""
    return source.replace("$using:", "$using_").replace("$Using:", "$using_")


def _say(call: Call, stream: str, line: str) -> None:
    call.session.say(line, stream)


def _tell(call: Call, node: str, error: ShellError) -> None:
    """An error of the block is one of its node.

    Raises:
        StoppedError: the user ended it.
    """
    if isinstance(error, StoppedError):
        raise error
    told = ShellError(f"{node}: {error.message}", error.remedy, call.at, error.category, call.cmdlet.name)
    told.target = node
    call.session.errors.record(told)
