"""How fast running machines write their memory, and what that means for a live migration."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from fcm.model.rules.moving.measuring import measurable
from fcm.shell.language.errors import RefusedError, StoppedError
from fcm.shell.runtime import finding
from fcm.shell.runtime.parameters import CLUSTER, TEXT, Param
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.values import ShellObject
from fcm.workspace.workspace import MeasureError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.migration.judging.fitting import DirtySample
    from fcm.model.entities import VirtualMachine
    from fcm.shell.runtime.call import Call

_STEP = 0.05
"""s between two looks at the thread that measures."""


@cmdlet(
    "Measure-VMMemoryWrite",
    Param(
        "Name",
        "texts",
        position=0,
        needed=True,
        aliases=("VMName",),
        help="Names of running virtual machines.",
        pipes=("VirtualMachine", TEXT),
        of="machine",
    ),
    Param(
        "Node",
        help="Destination node. Predicts whether a live migration to this node converges, instead of "
        "returning the figures.",
    ),
    CLUSTER,
    synopsis="Measures how much memory running virtual machines write in 1, 2, 4 and 8 s. On real hosts, this "
    "takes 15 s for each virtual machine.",
    example="Measure-VMMemoryWrite SQL01 -Node node2",
    module="Hyper-V",
    since="fcm",
)
def measure_writes(call: Call) -> Iterable[Any]:
    """Measure the write rate: return samples, or a verdict for each machine.

    Raises:
        RefusedError: the writes of a machine cannot be measured now.
    """
    finding.check_cluster(call)
    node = finding.node(call, call.text("Node")) if call.has("Node") else ""

    def measure(machine: VirtualMachine) -> list[ShellObject]:
        verdict = measurable(call.state, machine.id)
        if not verdict:
            raise RefusedError(verdict.reason, verdict.remedy, call.at, "InvalidOperation")
        samples = _measured(call, machine)
        call.workspace.measured[machine.id] = (call.workspace.now(), samples)
        if node:
            return [_judged(call, machine, node, samples)]
        return [_sample(call, machine, sample) for sample in samples]

    return call.one_by_one(finding.machines(call, call.names()), measure)


def _measured(call: Call, machine: VirtualMachine) -> tuple[DirtySample, ...]:
    """Measure in a thread, so that the cluster goes on and the user can end it."""
    session, workspace = call.session, call.workspace
    wanted = [True]
    told: list[DirtySample] = []
    results: list[tuple[DirtySample, ...] | MeasureError] = []
    activity = f"Measuring the memory writes of {machine.name}"

    def work() -> None:
        try:
            results.append(workspace.measure_writes(machine.id, told.append, lambda: wanted[0]))
        except MeasureError as error:
            results.append(error)

    thread = threading.Thread(target=work, name=f"measure {machine.name}", daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(_STEP)
            session.on_progress(activity, f"{len(told)} of 4 measurements", 25 * len(told))
            session.check_stopped()
            if session.waits:
                session.wait()
    except (KeyboardInterrupt, StoppedError):
        wanted[0] = False
        raise StoppedError("The measurement was canceled.", category="OperationStopped") from None
    finally:
        session.on_progress(activity, "", -1)
    (result,) = results
    if isinstance(result, MeasureError):
        raise RefusedError(str(result), "", call.at, "DeviceError")
    return result


def _sample(call: Call, machine: VirtualMachine, sample: DirtySample) -> ShellObject:
    return ShellObject(
        "MemoryWriteSample",
        {
            "Name": machine.name,
            "Seconds": sample.seconds,
            "MiBPerSecond": round(sample.mib_per_s, 2),
            "Source": "Computed" if call.workspace.simulated else "Measured",
        },
    )


def _judged(call: Call, machine: VirtualMachine, node: str, samples: tuple[DirtySample, ...]) -> ShellObject:
    from fcm.workspace.measuring import measured_question, ways  # numpy, which most scripts do without

    check, judgement = measured_question(call.workspace, machine, node, samples).answer()
    offered = ways(call.workspace, machine, node, judgement) if judgement is not None else ()
    return ShellObject(
        "MemoryWriteVerdict",
        {
            "Name": machine.name,
            "Node": node,
            "Converges": None if judgement is None else judgement.verdict.value == "converges",
            "Verdict": check.text,
            "Ways": [way.text for way in offered],
        },
    )
