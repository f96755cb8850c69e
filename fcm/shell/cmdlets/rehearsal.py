"""What a failure or maintenance would bring, tried out on a twin of the cluster."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from fcm.model import commands as cmd
from fcm.model.failures import FaultKind
from fcm.model.quantities import seconds
from fcm.shell.language.errors import ParameterError, RefusedError, StoppedError
from fcm.shell.runtime import finding
from fcm.shell.runtime.parameters import CLUSTER, TEXT, Param
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.values import ShellObject
from fcm.workspace.planning.rehearsal import Rehearsing, important
from fcm.workspace.planning.rehearsal_scenarios import MAINTENANCE, maintenance
from fcm.workspace.workspace import RehearseError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fcm.model.commands import Command
    from fcm.model.state import State
    from fcm.shell.runtime.call import Call
    from fcm.workspace.planning.rehearsal import EventLine, Fate, Rehearsal

_STEP = 0.05
"""s between two looks at the thread that rehearses."""
_SHOWN = ("Machines", "Quorum", "Events", "AllEvents")


@cmdlet(
    "Test-ClusterFailover",
    Param(
        "Name",
        "texts",
        position=0,
        needed=True,
        help="Names of nodes, disks, networks, network interfaces, virtual machines, of the file share witness, or of "
        "the cluster itself. All named objects fail together.",
        pipes=("ClusterNode", TEXT),
    ),
    Param(
        "Fault",
        choices=(*FaultKind, *MAINTENANCE),
        help="What happens. By default a node loses its power, no node reaches a disk, the switch of a network is "
        "down, and the guest of a virtual machine hangs.",
    ),
    Param("Node", help="With LosePath: the node that no longer reaches the disk."),
    Param("Together", "texts", help="With Isolate: more nodes on the same side of the cut."),
    Param("Show", choices=_SHOWN, help="What is returned: virtual machines (default), votes, or events that matter."),
    CLUSTER,
    synopsis="Rehearses a failure or maintenance on a copy of a simulated cluster: where each virtual "
    "machine is afterwards, how long it is unavailable, the votes, and the events that are logged. The cluster itself "
    "does not change.",
    example="Test-ClusterFailover node1",
    since="fcm",
)
def test_failover(call: Call) -> Iterable[Any]:
    """The result as objects, after a sentence that sums it up.

    Raises:
        RefusedError: this cluster cannot rehearse, or cannot rehearse this failure now.
    """
    finding.check_cluster(call)
    able = call.workspace.capabilities.rehearsal()
    if not able:
        raise RefusedError(able.reason, able.remedy, call.at, "NotImplemented")
    found = _rehearsed(call, tuple(_commands(call)))
    if not found.verdict:
        raise RefusedError(found.verdict.reason, found.verdict.remedy, call.at, "InvalidOperation")
    call.session.say(found.sentence())
    shown = call.text("Show") if call.has("Show") else _SHOWN[0]
    match shown:
        case "Machines":
            return list(_machines(found))
        case "Quorum":
            return list(_quorum(found))
        case _:
            return list(_events(important(found.events) if shown == "Events" else found.events))


def _commands(call: Call) -> Iterator[Command]:
    node = finding.node(call, call.text("Node")) if call.has("Node") else ""
    together = tuple(finding.node(call, name) for name in call.names("Together") or ())
    for name in call.names() or ():
        target, usual = _target(call, str(name))
        fault = call.text("Fault") if call.has("Fault") else usual
        if fault not in MAINTENANCE:
            yield cmd.InjectFault(FaultKind(fault), target, node, together)
        elif commands := maintenance(call.state, target, fault):
            yield from commands
        else:
            raise ParameterError(f"{name} cannot be used with -Fault {fault}.", "Name a node.", call.at)


def _target(call: Call, name: str) -> tuple[str, str]:
    """Id of what a name means, and what happens to such a thing by default."""
    state, wanted = call.state, name.casefold()
    for identity, known, usual in _named(state):
        if wanted in (known.casefold(), identity.casefold()):
            return identity, usual
    raise call.session.not_found("node, disk, network or virtual machine", name, list(state.nodes), call.at)


def _named(state: State) -> Iterator[tuple[str, str, str]]:
    """Id, name and what happens by default."""
    for node in state.nodes:
        yield node, node, FaultKind.POWER_OFF
    for volume in state.shared_volumes.values():
        yield volume.disk, volume.name, FaultKind.LOSE_LUN
    for disk in state.disks.values():
        yield disk.id, disk.name, FaultKind.LOSE_LUN
    for network in state.networks.values():
        yield network.id, network.name, FaultKind.SWITCH_DOWN
    for adapter in state.adapters.values():
        yield adapter.id, adapter.name, FaultKind.UNPLUG_CABLE
    for machine in state.machines.values():
        yield machine.id, machine.name, FaultKind.GUEST_HANG
    if state.cluster is not None:
        yield state.cluster.witness or "", state.cluster.witness or "", FaultKind.LOSE_SHARE
        yield state.cluster.name, state.cluster.name, "ShutDown"


def _rehearsed(call: Call, commands: tuple[Command, ...]) -> Rehearsal:
    """Rehearse in a thread, so that the cluster goes on and the user can end it."""
    session, workspace = call.session, call.workspace
    looking, wanted = Rehearsing(commands), [True]
    results: list[Rehearsal | RehearseError] = []

    def work() -> None:
        try:
            results.append(looking.result(workspace.rehearse(commands, looking.see, lambda: wanted[0])))
        except RehearseError as error:
            results.append(error)

    thread = threading.Thread(target=work, name="rehearsal", daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(_STEP)
            looked_at, machines = looking.progress
            session.on_progress("Rehearsing", f"{seconds(looked_at)}, {machines} virtual machines", -1)
            session.check_stopped()
    except (KeyboardInterrupt, StoppedError):
        wanted[0] = False
        raise StoppedError("The rehearsal was canceled.", category="OperationStopped") from None
    finally:
        session.on_progress("Rehearsing", "", -1)
    (result,) = results
    if isinstance(result, RehearseError):
        raise RefusedError(str(result), "", call.at, "InvalidOperation")
    return result


def _machines(found: Rehearsal) -> Iterator[ShellObject]:
    for fate in found.fates:
        yield ShellObject(
            "ClusterFailoverTest",
            {
                "Name": fate.name,
                "OwnerNode": fate.node,
                "State": fate.state,
                "NodeAfter": fate.node_after,
                "StateAfter": fate.state_after,
                **(_times(fate) if found.timed else {"Restarts": fate.restarts}),
                "StaysDown": fate.stays_down,
                "Reason": fate.why,
            },
        )


def _times(fate: Fate) -> dict[str, float | None]:
    """How long it is away; a real scheduler does not say it."""
    return {
        "AwaySeconds": None if fate.away is None else round(fate.away, 3),
        "BootedSeconds": None if fate.booted is None else round(fate.booted, 3),
    }


def _quorum(found: Rehearsal) -> Iterator[ShellObject]:
    for line in found.quorum:
        yield ShellObject(
            "ClusterFailoverQuorum",
            {
                **({"Seconds": round(line.offset, 3)} if found.timed else {}),
                "Votes": line.present,
                "Needed": line.needed,
                "Total": line.total,
                "Description": line.text,
            },
        )


def _events(events: Iterable[EventLine]) -> Iterator[ShellObject]:
    for event in events:
        yield ShellObject(
            "ClusterFailoverEvent",
            {
                "Seconds": round(event.offset, 3),
                "Id": event.id,
                "LevelDisplayName": event.level,
                "MachineName": event.node,
                "ProviderName": event.source,
                "Message": event.text,
            },
        )
