"""What ``crm_simulate`` answers, as data: what runs where, what would be done, and where everything is afterwards.

Source of the form: the XML schemas of Pacemaker 2.1.5 and 3.0 (crm_simulate, api/crm_simulate-2.30.rng).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from fcm.mistakes import SentenceError
from fcm.text.words import as_data

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fcm.backend.pacemaker.rehearsal.changes import Change
    from fcm.backend.pacemaker.remote.shells import NodeShell

LIMIT = 60.0
"""s for one answer; a cluster of 16 nodes and 400 machines needs 1.6 s, one of 64 and 2000 27 s."""


class SchedulerError(SentenceError):
    """The scheduler cannot be asked; the message is a sentence with the reason."""


class ActionKind(StrEnum):
    """What would be done with a resource, in the words of crm_simulate."""

    START = "start"
    STOP = "stop"
    MOVE = "move"
    """Stopped here, or lost with its node, and started there."""
    MIGRATE = "migrate"
    """Live migrated."""
    RECOVER = "recover"
    """It has failed: started again, here or elsewhere."""
    RESTART = "restart"
    RELOAD = "reload"


@dataclass(frozen=True, slots=True)
class Action:
    """What would be done with one resource."""

    kind: ActionKind
    resource: str
    source: str
    """Where it is; "" for a start."""
    destination: str
    """Where it is afterwards; "" for a stop."""
    reason: str = ""
    """Of Pacemaker, such as "node availability" (no node may run it, or none has room), "no quorum"."""
    blocked: bool = False
    """It would have to be done, but cannot be: nothing happens."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of the scheduler."""

    before: Mapping[str, str]
    """Resource -> the node on which it runs; those that run nowhere, and fencing devices, are missing."""
    actions: tuple[Action, ...]
    fenced: tuple[str, ...] = ()
    """Nodes that would be fenced, in order."""
    lost: frozenset[str] = field(default_factory=frozenset)
    """Nodes that fail: what runs there ends with them."""

    def after(self) -> dict[str, str]:
        """Resource -> the node on which it runs once all is done; those that run nowhere are missing."""
        found = {resource: node for resource, node in self.before.items() if node not in self.lost}
        for action in self.actions:
            if action.blocked:
                continue
            if action.destination:
                found[action.resource] = action.destination
            else:
                found.pop(action.resource, None)
        return found

    def action_of(self, resource: str) -> Action | None:
        """What would be done with it."""
        return next((action for action in self.actions if action.resource == resource), None)


@dataclass(frozen=True, slots=True)
class Stopped:
    """A resource that runs now and would not run any more."""

    resource: str
    node: str
    """Where it runs now."""
    reason: str
    """As a sentence."""


def would_stop(shell: NodeShell, changes: tuple[Change, ...], limit: float = LIMIT) -> tuple[Stopped, ...]:
    """What of the resources that run now a change would leave stopped; blocks.

    Args:
        shell: of a node that belongs to the cluster and has quorum.
        changes: such as ``NodeLeaves("node2")``, or ``Lines`` with the very commands that are to be carried out.
        limit: s.

    Raises:
        SchedulerError: the scheduler cannot be asked, or refuses the change; the message says why.
        NodeUnreachableError: the node does not respond.
    """
    return stopped_by(ask_scheduler(shell, changes, limit))


def stopped_by(plan: Plan) -> tuple[Stopped, ...]:
    """What runs now and not afterwards."""
    after = plan.after()
    return tuple(
        Stopped(resource, node, reason_of(plan.action_of(resource)))
        for resource, node in plan.before.items()
        if resource not in after
    )


def restarted_by(plan: Plan) -> tuple[Action, ...]:
    """What runs now and afterwards, but not in between: stopped and started again, here or elsewhere."""
    kinds = (ActionKind.MOVE, ActionKind.RECOVER, ActionKind.RESTART)
    return tuple(action for action in plan.actions if action.kind in kinds and not action.blocked)


def reason_of(action: Action | None) -> str:
    """Why a resource does not run afterwards, as a sentence."""
    if action is not None and action.blocked:
        return "Its node is lost, and without quorum and fencing nothing starts it elsewhere."
    match action.reason if action is not None else "":
        case "node availability":
            return "No other node that may run it has room for it."
        case "no quorum":
            return "The remaining nodes have no quorum."
        case "":
            return "Its node is lost, and nothing starts it elsewhere."
        case reason:
            return f"Pacemaker stops it: {reason.rstrip('.')}."


def ask_scheduler(shell: NodeShell, changes: tuple[Change, ...], limit: float = LIMIT) -> Plan:
    """Ask the scheduler on a node what a change would bring; blocks.

    Raises:
        SchedulerError: it did not respond, or not with a plan.
        NodeUnreachableError: the node does not respond.
    """
    from fcm.backend.pacemaker.rehearsal.changes import NodeFails, script

    answer = shell.run(script(changes), limit=limit)
    if answer.code != 0:
        said = answer.errors.strip().splitlines()
        reason = f" It says: {as_data(said[-1][:300])}." if said else ""
        raise SchedulerError(f"The scheduler on {shell.node} did not respond (exit code {answer.code}).{reason}")
    return parsed(answer.output, frozenset(one.node for one in changes if isinstance(one, NodeFails)))


def parsed(text: str, lost: frozenset[str] = frozenset()) -> Plan:
    """The answer of crm_simulate.

    Args:
        text: XML.
        lost: nodes that were said to fail.

    Raises:
        SchedulerError: it is no such answer.
    """
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise SchedulerError(f"The answer of crm_simulate is not XML ({error}).") from None
    status = root.find("cluster_status")
    if status is None:
        raise SchedulerError("The answer of crm_simulate has no cluster_status.")
    before, devices = {}, set()
    for resource in status.iter("resource"):
        node, identity = resource.find("node"), resource.get("id", "")
        if resource.get("resource_agent", "").startswith("stonith:"):
            devices.add(identity)
        elif node is not None and resource.get("active") == "true":
            before[identity] = node.get("name", "")
    actions = (_action(one, before) for one in root.iterfind("actions/rsc_action") if _is_known(one))
    return Plan(
        before,
        tuple(action for action in actions if action.resource not in devices),
        tuple(one.get("node", "") for one in root.iterfind("actions/node_action") if "Fence" in one.get("task", "")),
        lost,
    )


def _is_known(element: ElementTree.Element) -> bool:
    return element.get("action") in set(ActionKind)


def _action(element: ElementTree.Element, before: Mapping[str, str]) -> Action:
    kind = ActionKind(element.get("action", ""))
    resource = element.get("resource", "")
    here = element.get("source") or element.get("node") or before.get(resource, "")
    there = element.get("dest") or ("" if kind is ActionKind.STOP else here)
    return Action(
        kind,
        resource,
        "" if kind is ActionKind.START else here,
        element.get("node", "") if kind is ActionKind.START else there,
        element.get("reason", ""),
        element.get("blocked") == "true",
    )
