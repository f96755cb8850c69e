"""What happens to migrations and drains under way when a cluster is closed, in words for the question before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.telemetry import Phase
from fcm.text.words import counted

if TYPE_CHECKING:
    from fcm.model.state import State

QUEUED = ("migration is waiting", "migrations are waiting")
RUNNING = ("migration is running", "migrations are running")


def what_leaving_ends(state: State, simulated: bool) -> str:
    """What is under way and what becomes of it; "" if nothing is.

    Args:
        state: of the cluster that is to be closed.
        simulated: whether it lives in this program; else its hosts go on without it.
    """
    active = state.active_migrations()
    waiting = sum(one.phase is Phase.WAITING for one in active)
    running = len(active) - waiting
    # Hosts finish the last moves of a drain by themselves; only what still waits is left undone.
    undone = {one.drain for one in active if one.phase is Phase.WAITING}
    draining = [one.node for one in state.drains.values() if one.ended is None and (simulated or one.id in undone)]
    if not active and not draining:
        return ""
    said = []
    if running:
        said.append(f"{counted(running, *RUNNING)}. {_of_running(simulated, running)}")
    if waiting:
        said.append(f"{counted(waiting, *QUEUED)} and will not start.")
    said += [f"The drain of {node} stops before it is finished; the node stays paused." for node in draining]
    return "\n".join(said)


def _of_running(simulated: bool, running: int) -> str:
    them, machines, their = (
        ("it", "virtual machine stays on the node that owns it", "its result is")
        if running == 1
        else ("them", "virtual machines stay on the nodes that own them", "their results are")
    )
    if simulated:
        return f"Closing the cluster interrupts {them}. The {machines}."
    return f"The hosts finish {them}. The next time you open the cluster, {their} shown."
