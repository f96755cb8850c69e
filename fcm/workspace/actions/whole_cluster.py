"""Actions on the cluster as a whole: what they ask before, and from which node a start can be forced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model import commands as cmd
from fcm.model.entities import ResourceState
from fcm.model.rules.verdict import some
from fcm.text.words import counted
from fcm.workspace.actions.choice import Choice

if TYPE_CHECKING:
    from fcm.model.commands import Command
    from fcm.model.state import State
    from fcm.workspace.selection import Selection


def force_choices(state: State, selection: Selection) -> tuple[Choice, ...]:
    """The nodes from which a start can be forced; which has the newest configuration is said, for it wins."""
    newest = max((node.epoch for node in state.nodes.values()), default=0)
    return tuple(
        Choice(
            f"{number} - From node {node.name}" + (", whose configuration is current" if node.epoch == newest else ""),
            cmd.StartClusterService(node.name, fix_quorum=True),
            node.name,
        )
        for number, node in enumerate(state.nodes.values(), 1)
    )


def force_question_of(state: State, command: Command) -> str:
    """What forcing from the node that was chosen costs."""
    assert isinstance(command, cmd.StartClusterService)
    return _force_question(state, command.node)


def force_question(state: State, selection: Selection) -> str:
    """What forcing from the node that is selected costs."""
    return _force_question(state, selection.id)


def _force_question(state: State, name: str) -> str:
    """See Learn, "Configure and manage quorum", on forced starts."""
    node = state.nodes.get(name)
    newest = max((one.epoch for one in state.nodes.values()), default=0)
    text = f"Force the cluster to start without quorum{f' from {node.name}' if node else ''}? "
    text += "The configuration of that node replaces the one of all other nodes. "
    if node is not None and node.epoch < newest:
        text += f"{node.name} has missed changes: they are lost. "
    return text + "Make sure that the missing nodes are off."


def shut_down_question(state: State, selection: Selection) -> str:
    """What stops with the cluster."""
    assert state.cluster is not None
    online = [
        group.name for group in state.groups.values() if not group.is_core and group.state is not ResourceState.OFFLINE
    ]
    text = f"Shut down {state.cluster.name}? The cluster service stops on all nodes"
    if online:
        services = counted(len(online), "service or application", "services and applications")
        if state.cluster.engine:
            return (
                f"{text}. Before that, {services} will be shut down: {some(online, 3)}. They start again with the "
                "cluster. To let virtual machines run without it, destroy the cluster instead."
            )
        return f"{text}, and {services} will be taken offline: {some(online, 3)}."
    return f"{text}."


def stop_service_question(state: State, selection: Selection) -> str:
    """What becomes of the machines of a node whose cluster service stops: Pacemaker moves them before."""
    text = f"Stop the cluster service of {selection.id}? "
    if state.cluster is not None and state.cluster.engine:
        return f"{text}Pacemaker first live migrates its machines to other nodes, and stops those that find no room."
    return f"{text}Its machines are restarted on other nodes."


def pause_question(state: State, selection: Selection) -> str:
    """What Pacemaker's maintenance of a node costs its virtual machines; "": nothing."""
    owned = [group for group in state.groups.values() if group.owner == selection.id and not group.is_core]
    if state.cluster is None or not state.cluster.engine or not owned:
        return ""
    return (
        f"Pause {selection.id} without draining it? Its virtual machines stay there, but Pacemaker does not monitor "
        f"them meanwhile, and does not start them elsewhere if {selection.id} fails. "
        "Drain moves them to other nodes first."
    )
