"""fcm's resource agent on each node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.backend.pacemaker.remote import agent
from fcm.backend.pacemaker.steps import Step

if TYPE_CHECKING:
    from fcm.backend.pacemaker.forming.plan import ClusterPlan


def install_steps(plan: ClusterPlan) -> list[Step]:
    """Install this version of the agent on each node."""
    return [
        Step(
            "Install the resource agent",
            node,
            agent.install_script(),
            shown=f"install -D -m 755 VirtualMachine {agent.PATH}    # {agent.NAME}, version {agent.VERSION}",
            check=agent.check_script(),
            undo=agent.remove_script(),
        )
        for node in plan.names
    ]
