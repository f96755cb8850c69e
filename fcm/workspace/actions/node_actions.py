"""Actions on nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model import commands as cmd
from fcm.model.rules.allowed import allowed
from fcm.model.rules.moving.drains import active_drain, may_plan
from fcm.model.rules.verdict import OK, Verdict
from fcm.workspace.actions.action import Action
from fcm.workspace.actions.failure_actions import is_off, turn_on
from fcm.workspace.actions.failure_questions import shutdown_question
from fcm.workspace.actions.role_actions import MORE
from fcm.workspace.actions.whole_cluster import force_question, pause_question, stop_service_question
from fcm.workspace.selection import Place

if TYPE_CHECKING:
    from fcm.model.state import State
    from fcm.workspace.selection import Selection


def _drainable(state: State, selection: Selection) -> Verdict:
    """A drain that runs is shown, whatever else; where machines could go is the dialog's to say."""
    return OK if active_drain(state, selection.id) else may_plan(state, selection.id)


_P = Place
_NODE = frozenset({_P.NODE})

NODE_ACTIONS: tuple[Action, ...] = (
    Action("pause-node", "Pause", "pause", _NODE, command=lambda s, x: cmd.PauseNode(x.id),
           of=cmd.PauseNode, confirm=pause_question),
    Action("resume-node", "Resume", "resume", _NODE, command=lambda s, x: cmd.ResumeNode(x.id),
           of=cmd.ResumeNode),
    Action("node-events", "Show the critical events for this node", "level-critical", _NODE, dialog="critical-events"),
    Action("drain-node", "Drain...", "drain", _NODE, dialog="drain", may=_drainable, of=cmd.DrainNode),
    Action("resume-failback", "Resume and fail back", "resume", _NODE,
           command=lambda s, x: cmd.ResumeNode(x.id, failback=True), of=cmd.DrainNode),
    Action("cancel-all-migrations", "Cancel all live migrations", "cancel", frozenset({_P.NODE, _P.CLUSTER}),
           command=lambda s, x: cmd.CancelMigrations(x.id or None), of=cmd.CancelMigrations,
           confirm=lambda s, x: "Cancel all live migrations" + (f" of {x.id}" if x.id else "")
           + " that are waiting or copying memory? The machines keep running where they are."),
    Action("shut-down-node", "Shut down this computer", "shut-down", _NODE,
           command=lambda s, x: cmd.ShutDownNode(x.id), of=cmd.ShutDownNode,
           confirm=lambda s, x: shutdown_question(s, x.id, restart=False)),
    Action("restart-node", "Restart this computer", "restart", _NODE,
           command=lambda s, x: cmd.ShutDownNode(x.id, restart=True), of=cmd.ShutDownNode,
           confirm=lambda s, x: shutdown_question(s, x.id, restart=True)),
    Action("turn-on-node", "Turn on this computer", "turn-on", _NODE, command=turn_on, may=is_off,
           of=cmd.RepairFault),
    Action("confirm-node-off", "Confirm that the node is off...", "confirm-off", _NODE,
           dialog="confirm-node-off", of=cmd.ConfirmNodeOff, special=True,
           may=lambda s, x: allowed(cmd.ConfirmNodeOff(x.id), s)),
    Action("start-service", "Start Cluster Service", "start-node", _NODE,
           command=lambda s, x: cmd.StartClusterService(x.id), of=cmd.StartClusterService, under=MORE),
    Action("stop-service", "Stop Cluster Service", "stop-node", _NODE,
           command=lambda s, x: cmd.StopClusterService(x.id), of=cmd.StopClusterService,
           confirm=stop_service_question, under=MORE),
    Action("force-start", "Force Cluster Start", "force-start", _NODE,
           command=lambda s, x: cmd.StartClusterService(x.id, fix_quorum=True), of=cmd.StartClusterService,
           confirm=force_question, under=MORE),
    Action("clear-quarantine", "Start and clear quarantine", "start-node", _NODE,
           command=lambda s, x: cmd.StartClusterService(x.id, clear_quarantine=True), of=cmd.StartClusterService,
           under=MORE),
    Action("evict-node", "Evict", "evict", _NODE, command=lambda s, x: cmd.EvictNode(x.id),
           of=cmd.EvictNode, confirm=lambda s, x: f"Evict {x.id} from the cluster?",
           under=MORE),
    Action("add-node", "Add Node...", "add-node", frozenset({_P.CLUSTER, _P.NODES}), dialog="add-node", of=cmd.AddNode),
)  # fmt: skip
"""In the order of the menus."""
