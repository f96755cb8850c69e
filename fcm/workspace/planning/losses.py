"""What would follow if a node failed now, node by node, as the scheduler of a Pacemaker cluster foretells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from fcm.backend.base import Ending, RehearseError
from fcm.model import commands as cmd
from fcm.model.failures import FaultKind
from fcm.model.rules.verdict import some
from fcm.workspace.planning.rehearsal import Rehearsing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fcm.backend.base import RehearsalEnd, Rehearsed
    from fcm.model.commands import Command
    from fcm.model.state import State

MOST_TOLD = 4
"""Machines that are named in one line."""


class Rehearses(Protocol):
    """What can be asked what would happen (``Workspace``)."""

    def rehearse(
        self, commands: Sequence[Command], seen: Callable[[Rehearsed], None], wanted: Callable[[], bool]
    ) -> RehearsalEnd:
        """See ``fcm.backend.base.Backend.rehearse``."""


def predicted_losses(of: Rehearses, state: State, wanted: Callable[[], bool]) -> dict[str, tuple[str, str]]:
    """For each node a level (pass, warn, fail, info) and words; blocks, call it in a worker thread.

    Args:
        of: what is asked, once for each node that is up.
        state: the cluster.
        wanted: asked between two nodes; once it says no, what is found so far is returned.
    """
    found: dict[str, tuple[str, str]] = {}
    for node in state.nodes.values():
        if not wanted():
            break
        if node.state.is_member:
            found[node.name] = _predicted(of, node.name)
        else:
            found[node.name] = "info", f"Is {node.state.lower()}"
    return found


def _predicted(of: Rehearses, node: str) -> tuple[str, str]:
    commands = (cmd.InjectFault(FaultKind.POWER_OFF, node),)
    looking = Rehearsing(commands)
    try:
        end = of.rehearse(commands, looking.see, lambda: True)
    except RehearseError as error:
        return "info", str(error)
    if end.ending is not Ending.SETTLED:
        return "info", end.verdict.sentence()
    result = looking.result(end)
    if result.stops_cluster:
        votes = result.quorum[-1]
        return "fail", f"The cluster stops: {votes.present} of {votes.needed} needed votes would be left"
    down = [fate.name for fate in result.fates if fate.stays_down]
    if down:
        return "warn", f"{some(down, MOST_TOLD)} could not start elsewhere"
    return "pass", "Every service and application can start on another node"
