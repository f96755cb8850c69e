"""What Pacemaker waits for: a group that it keeps its hands off, and a lost node that is not known to be off.

Source: Pacemaker Explained, "Fencing"; man page stonith_admin(8), --confirm.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.entities import FencingState
from fcm.model.rules.verdict import OK, Verdict, no

if TYPE_CHECKING:
    from fcm.model import commands as cmd
    from fcm.model.entities import Node
    from fcm.model.state import State


NOT_SIMULATED = no(
    "A simulated cluster follows Windows Server, which fences no node and blocks nothing: only Pacemaker does.",
    "Resume, repair or start what has failed.",
)
"""Why simulated clusters refuse both commands."""
WITHOUT_PACEMAKER = no(
    "Nothing fails over here: these hosts are managed without Pacemaker.",
    "If they run Pacemaker, open them with pacemaker: instead of libvirt:.",
)
"""Why hosts alone refuse both commands."""


def blocked(state: State, group: str) -> str:
    """Why Pacemaker does nothing with a group, in words; "" if it manages it, or there is no such group."""
    if group not in state.groups:
        return ""
    return next((one.blocked for one in state.group_resources(group) if one.blocked), "")


def clear_blocked(command: cmd.ClearBlocked, state: State) -> Verdict:
    """Groups that are blocked."""
    group = state.groups[command.group]
    return OK if blocked(state, group.id) else no(f"{group.name} is not blocked.")


def confirm_node_off(command: cmd.ConfirmNodeOff, state: State) -> Verdict:
    """Nodes that are lost and not known to be off; while a device tries, the answer of the user is used after it."""
    node = state.nodes[command.node]
    if node.fencing is FencingState.NONE:
        return no(f"{node.name} does not need to be fenced.", "Only lost nodes are fenced.")
    return OK


def waiting_for(state: State) -> tuple[Node, ...]:
    """Lost nodes that are not known to be off: what ran there does not start elsewhere before."""
    return tuple(node for node in state.nodes.values() if node.fencing is not FencingState.NONE)
