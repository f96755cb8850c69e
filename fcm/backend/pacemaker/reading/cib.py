"""The configuration and the operations of a cluster, from the CIB (``cibadmin -Q``).

Source of the form: Pacemaker Explained 2.1 and 3.0; schemas pacemaker-3.9 and 4.0; seen with 2.1.5.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

from fcm.backend.pacemaker.reading.xml import is_true, whole
from fcm.backend.pacemaker.status import ActionStatus, ColocationStatus, LocationStatus, OperationStatus

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

PENDING = -1
"""``op-status`` of an operation in progress (PCMK_EXEC_PENDING)."""
MOST_PAIRS = 5000
"""Pairs that a set of resources that are kept apart is taken to pieces for."""

_FAIL_COUNT = re.compile(r"fail-count-(.+?)(?:#\w+)?")
_DURATION = re.compile(r"(\d+)(ms|s|m|min|h)?")


@dataclass(slots=True)
class NodeConfiguration:
    """What the CIB says of a node."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    utilization: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Primitive:
    """What the CIB says of a resource."""

    id: str
    agent: str
    parameters: dict[str, str]
    meta: dict[str, str]
    utilization: dict[str, str]
    actions: tuple[ActionStatus, ...]


@dataclass(slots=True)
class Configuration:
    """The parts of the CIB that are used."""

    have_quorum: bool
    epoch: str
    dc: str
    """Id of the node, not its name."""
    properties: dict[str, str] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)
    nodes: dict[str, NodeConfiguration] = field(default_factory=dict)
    """By id."""
    primitives: dict[str, Primitive] = field(default_factory=dict)
    locations: tuple[LocationStatus, ...] = ()
    colocations: tuple[ColocationStatus, ...] = ()
    operations: tuple[OperationStatus, ...] = ()
    failures: dict[str, dict[str, str]] = field(default_factory=dict)
    """Resource -> node -> fail count."""


def read_cib(cib: Element) -> Configuration:
    """The parts that are used; what is missing or strange is left out."""
    version = ".".join(cib.get(name, "0") for name in ("admin_epoch", "epoch", "num_updates"))
    found = Configuration(is_true(cib.get("have-quorum", "0")), version, cib.get("dc-uuid", ""))
    for options in cib.iterfind("configuration/crm_config/cluster_property_set"):
        found.properties = _values(options) | found.properties  # of two sets, the first one counts
    for options in cib.iterfind("configuration/rsc_defaults/meta_attributes"):
        if options.find("rule") is None:
            found.defaults = _values(options) | found.defaults
    for node in cib.iterfind("configuration/nodes/node"):
        name, identity = node.get("uname", ""), node.get("id", "")
        if name and identity:
            found.nodes[identity] = NodeConfiguration(
                name, _all(node, "instance_attributes"), _all(node, "utilization")
            )
    for resource in cib.iterfind("configuration/resources//primitive"):
        made = _primitive(resource)
        if made.id:
            found.primitives[made.id] = made
    found.locations = tuple(_locations(cib))
    found.colocations = tuple(_colocations(cib))
    found.operations = tuple(_operations(cib))
    found.failures = _failures(cib)
    return found


def _values(options: Element) -> dict[str, str]:
    return {pair.get("name", ""): pair.get("value", "") for pair in options.iterfind("nvpair") if pair.get("name")}


def _all(element: Element, kind: str) -> dict[str, str]:
    """The values of all sets of a kind that hold at any time; of two, the first one counts."""
    found: dict[str, str] = {}
    for options in element.iterfind(kind):
        if options.find("rule") is None:
            found = _values(options) | found
    return found


def _primitive(resource: Element) -> Primitive:
    words = [resource.get("class", ""), resource.get("provider", ""), resource.get("type", "")]
    actions = tuple(
        ActionStatus(
            action.get("name", ""), action.get("interval", "0"), action.get("timeout", ""), action.get("on-fail", "")
        )
        for action in resource.iterfind("operations/op")
    )
    return Primitive(
        resource.get("id", ""),
        ":".join(word for word in words if word),
        _all(resource, "instance_attributes"),
        _all(resource, "meta_attributes"),
        _all(resource, "utilization"),
        actions,
    )


def _locations(cib: Element) -> Iterator[LocationStatus]:
    for one in cib.iterfind("configuration/constraints/rsc_location"):
        identity, resource = one.get("id", ""), one.get("rsc", "")
        if not resource:
            continue  # a pattern or a set: nothing that fcm or crm_resource writes
        if one.get("node"):
            yield LocationStatus(identity, resource, one.get("node", ""), one.get("score", "0"))
        for rule in one.iterfind("rule"):
            node = next(
                (
                    expression.get("value", "")
                    for expression in rule.iterfind("expression")
                    if expression.get("attribute") == "#uname" and expression.get("operation") == "eq"
                ),
                "",
            )
            ends = next((date.get("end", "") for date in rule.iterfind("date_expression")), "")
            if node:
                yield LocationStatus(identity, resource, node, rule.get("score", "0"), ends)


def _colocations(cib: Element) -> Iterator[ColocationStatus]:
    for one in cib.iterfind("configuration/constraints/rsc_colocation"):
        identity, score = one.get("id", ""), one.get("score", "0")
        if one.get("rsc") and one.get("with-rsc"):
            yield ColocationStatus(identity, one.get("rsc", ""), one.get("with-rsc", ""), score)
        for group in one.iterfind("resource_set"):
            members = [member.get("id", "") for member in group.iterfind("resource_ref")]
            for number, (first, second) in enumerate(combinations(members, 2)):
                if number >= MOST_PAIRS:
                    break
                yield ColocationStatus(identity, second, first, group.get("score", score))


def _operations(cib: Element) -> Iterator[OperationStatus]:
    for state in cib.iterfind("status/node_state"):
        node = state.get("uname", "")
        for resource in state.iterfind("lrm/lrm_resources/lrm_resource"):
            for one in resource.iterfind("lrm_rsc_op"):
                yield OperationStatus(
                    resource=resource.get("id", ""),
                    node=node,
                    name=one.get("operation", ""),
                    interval=whole(one.get("interval")) / 1000,
                    call=whole(one.get("call-id"), -1),
                    pending=whole(one.get("op-status")) == PENDING,
                    code=whole(one.get("rc-code")),
                    changed=float(whole(one.get("last-rc-change"))),
                    duration=whole(one.get("exec-time")) / 1000,
                    reason=one.get("exit-reason", ""),
                    migrate_source=one.get("migrate_source", ""),
                    migrate_target=one.get("migrate_target", ""),
                    is_failure=one.get("id", "").endswith("_last_failure_0"),
                )


def _failures(cib: Element) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for state in cib.iterfind("status/node_state"):
        for options in state.iterfind("transient_attributes/instance_attributes"):
            for name, value in _values(options).items():
                counted = _FAIL_COUNT.fullmatch(name)
                if counted is None:
                    continue
                counts = found.setdefault(counted[1], {})
                counts[state.get("uname", "")] = added(counts.get(state.get("uname", ""), "0"), value)
    return found


def added(one: str, other: str) -> str:
    """The sum of two fail counts; 1000000 and more is INFINITY."""
    if "INFINITY" in (one, other):
        return "INFINITY"
    total = whole(one) + whole(other)
    return "INFINITY" if total >= 1_000_000 else str(total)


def seconds(written: str) -> float | None:
    """A duration as Pacemaker writes it (``10s``, ``6h``, ``500ms``, ``2min``); None for any other form."""
    found = _DURATION.fullmatch(written.strip())
    if found is None:
        return None
    return int(found[1]) * {"ms": 0.001, "s": 1, "m": 60, "min": 60, "h": 3600}[found[2] or "s"]
