"""What the configuration (CIB) of a new cluster says beside the fencing devices: properties, defaults, nodes."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from fcm.backend.pacemaker.steps import Step

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fcm.backend.pacemaker.forming.plan import ClusterPlan

RESERVED = 0.05
"""Share of a node's memory that machines may not take (assumed: for the host and QEMU's own needs)."""

RECHECK = 60
"""s after which Pacemaker looks again at what it has to do, although nothing was told."""


def properties(plan: ClusterPlan) -> dict[str, str]:
    """Properties of the cluster.

    - stop-orphan-resources: a machine that is taken out must not be stopped (measured).
    - placement-strategy: a machine starts only where its memory finds room.
    - migration-limit: Pacemaker's own migrations, such as those of standby, are as many at once as fcm's.
    - load-threshold: hosts of busy machines have a high load; with the default of 80 % Pacemaker then does one thing
      after the other (measured: a drain that waited).
    - cluster-recheck-interval: the scheduler may read the CIB a moment before the loss of a node is written there, and
      that alone makes nobody look again (seen with 2.1.5: a node whose daemons were killed was not fenced); with the
      default of 15 minutes its machines would wait that long.
    """
    return {
        "stonith-enabled": "true",
        "no-quorum-policy": "stop",
        "stop-orphan-resources": "false",
        "placement-strategy": "balanced",
        "migration-limit": str(plan.migrations),
        "load-threshold": "400%",
        "cluster-recheck-interval": f"{RECHECK}s",
    }


FIRST_VOTE = ("dc-deadtime", "2s")
"""Property that holds until the cluster is configured; its default is 20 s."""

DEFAULTS = {"resource-stickiness": "100"}
"""What holds for every machine that says nothing else (rsc_defaults): it stays where it is."""


def room(memory: int) -> int:
    """MiB of a node with ``memory`` MiB that its machines may take."""
    return int(memory * (1 - RESERVED))


def configuration_steps(plan: ClusterPlan, memory: Mapping[str, int]) -> list[Step]:
    """Set properties, defaults and what is to be known of each node.

    Args:
        plan: the cluster.
        memory: MiB by node.
    """
    name = FIRST_VOTE[0]
    steps = [
        Step(
            f"Set {name} back to its default",
            None,
            f"crm_attribute -n {name} -D",
            check=f'[ -z "$(crm_attribute -n {name} -G -q 2>/dev/null)" ]',
        ),
        property_step(plan),
        _settings(
            "Set the defaults of machines", [("crm_attribute -t rsc_defaults", *pair) for pair in DEFAULTS.items()]
        ),
    ]
    for node in plan.nodes:
        of = f"crm_attribute -N {node.name}"
        values = [(of, "fcm-addresses", node.addresses), (of, "fcm-peer-uri", node.peer_uri)]
        if memory.get(node.name):
            values.append((f"{of} -z", "memory", str(room(memory[node.name]))))
        steps.append(_settings(f"Set addresses and memory of {node.name}", values))
    return steps


def property_step(plan: ClusterPlan) -> Step:
    """Set the properties of the cluster."""
    return _settings(
        "Set the properties of the cluster",
        [("crm_attribute -t crm_config", name, value) for name, value in properties(plan).items()],
    )


def _settings(title: str, values: list[tuple[str, str, str]]) -> Step:
    script = "\n".join(f"{command} -n {name} -v {shlex.quote(value)} || exit 1" for command, name, value in values)
    check = "\n".join(
        f'[ "$({command} -n {name} -G -q 2>/dev/null)" = {shlex.quote(value)} ] || exit 1'
        for command, name, value in values
    )
    return Step(title, None, script, shown=script.replace(" || exit 1", ""), check=check)
