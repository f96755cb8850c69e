"""What the script printed, as a ClusterStatus, or as the sentence that says why it cannot be."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.backend.pacemaker.asking import NotAClusterError
from fcm.backend.pacemaker.reading.cib import Configuration, read_cib
from fcm.backend.pacemaker.reading.corosync import read_links, read_quorum
from fcm.backend.pacemaker.reading.frames import Section, sections
from fcm.backend.pacemaker.reading.monitor import Monitored, read_monitor
from fcm.backend.pacemaker.reading.xml import XmlError, parsed
from fcm.backend.pacemaker.status import ClusterStatus, NodeStatus, ResourceStatus
from fcm.mistakes import SentenceError
from fcm.text.terminal import plain

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

NOT_CONNECTED = 102
"""Exit code of Pacemaker's programs on a node whose cluster does not run (CRM_EX_DISCONNECT)."""
DENIED = 4
"""Exit code of crm_mon for a user outside the group haclient (CRM_EX_INSUFFICIENT_PRIV)."""
_SHOWN = 300


class ReadingError(SentenceError):
    """A node did not tell how its cluster is; the message is a sentence that says what is missing."""


def read(printed: str, node: str, at: float) -> ClusterStatus:
    """What a node said of its cluster.

    What crm_mon and cibadmin print must be there and whole; all else may be missing, which ``missing`` then says.

    Args:
        printed: standard output of ``SCRIPT``.
        node: name of the node.
        at: when it was asked, s since the epoch.

    Raises:
        NotAClusterError: Pacemaker is not installed there, or does not run.
        ReadingError: anything else is in the way.
    """
    found = sections(printed)
    if found is None:
        raise ReadingError(
            f"{node} did not report the state of its cluster: {_short(printed) or 'it printed nothing'}."
        )
    if "absent" in found:
        raise NotAClusterError(f"Pacemaker is not installed on {node}.")
    monitored = read_monitor(_answer(found.get("crm_mon"), found, node, "crm_mon"))
    configuration = read_cib(_answer(found.get("cib"), found, node, "cibadmin"))
    names = {identity: one.name for identity, one in configuration.nodes.items()}
    names |= {one.id: one.name for one in monitored.nodes.values() if one.id}
    missing: list[str] = []
    quorum = read_quorum(found["quorum"].output, names) if "quorum" in found else None
    if quorum is None:
        missing.append(_lacking(found.get("quorum"), node, "corosync-quorumtool", "votes"))
    links = found.get("links")
    if links is None or not links.is_good:
        missing.append(_lacking(links, node, "corosync-cfgtool", "links between the nodes"))
    has_quorum = configuration.have_quorum if monitored.with_quorum is None else monitored.with_quorum
    return ClusterStatus(
        asked=node,
        at=at,
        have_quorum=has_quorum,
        dc=monitored.dc,
        version=monitored.version or configuration.properties.get("dc-version", "").partition("-")[0],
        name=configuration.properties.get("cluster-name", ""),
        epoch=configuration.epoch,
        properties=configuration.properties,
        defaults=configuration.defaults,
        nodes=_nodes(monitored, configuration),
        resources=_resources(monitored, configuration),
        operations=configuration.operations,
        locations=configuration.locations,
        colocations=configuration.colocations,
        fencing=monitored.fencing,
        links=read_links(links.output, names) if links is not None else (),
        quorum=quorum,
        clock=_clock(found.get("clock")),
        missing=tuple(missing),
        moves=_moves(found),
    )


def _answer(section: Section | None, found: dict[str, Section], node: str, program: str) -> Element:
    """The XML of a section that must be there."""
    if section is None:
        raise ReadingError(f"{node} closed the connection before {program} responded.")
    if section.hung:
        raise ReadingError(f"{program} on {node} does not respond: Pacemaker hangs there, or the node is overloaded.")
    if section.code == NOT_CONNECTED:
        quorum = found.get("quorum")
        if quorum is not None and (quorum.is_good or quorum.output.strip()):
            raise NotAClusterError(f"Pacemaker does not run on {node}. Corosync does.")
        raise NotAClusterError(f"Corosync and Pacemaker do not run on {node}.")
    if section.code == DENIED:
        raise ReadingError(
            f"{node} does not permit this login to query Pacemaker. Log in as root, or as a user of the group haclient."
        )
    try:
        answer = parsed(section.output)
    except XmlError as error:
        if section.code:
            raise ReadingError(_failed(section, node, program)) from None
        raise ReadingError(f"The output of {program} on {node} cannot be used: {error}.") from None
    if section.code:
        raise ReadingError(_failed(section, node, program))
    return answer


def _failed(section: Section, node: str, program: str) -> str:
    said = _short(section.said or section.output)
    return f"{program} on {node} failed with exit code {section.code}{f': {said}' if said else ''}."


def _lacking(section: Section | None, node: str, program: str, what: str) -> str:
    if section is None:
        return f"The {what} are unknown: {program} is missing on {node}, or was not asked."
    if section.hung:
        return f"The {what} are unknown: {program} on {node} does not respond."
    return f"The {what} are unknown: {_failed(section, node, program)}"


def _short(text: str) -> str:
    return plain(" ".join(text.split()))[:_SHOWN].rstrip(".")


def _clock(section: Section | None) -> float:
    try:
        read_clock = float(section.output) if section is not None else 0.0
    except ValueError:
        return 0.0
    return read_clock if 0 < read_clock < 1e11 else 0.0


def _nodes(monitored: Monitored, configuration: Configuration) -> tuple[NodeStatus, ...]:
    """The nodes in the order of the CIB; one that crm_mon does not show is offline."""
    found: dict[str, NodeStatus] = {}
    for identity, one in configuration.nodes.items():
        node = monitored.nodes.get(one.name, NodeStatus(one.name, identity, online=False))
        found[one.name] = replace(node, attributes=one.attributes, utilization=one.utilization)
    return (*found.values(), *(node for name, node in monitored.nodes.items() if name not in found))


def _resources(monitored: Monitored, configuration: Configuration) -> tuple[ResourceStatus, ...]:
    """The resources in the order of the CIB, then those that are in no configuration any more (orphans).

    The CIB is asked last: a machine that crm_mon knows and the CIB does not was deleted in between. Taken for a member
    once, what a killed fcm had left half deleted was never looked at again (seen).
    """
    found: dict[str, ResourceStatus] = {}
    for identity, one in configuration.primitives.items():
        resource = monitored.resources.get(identity, ResourceStatus(identity, one.agent))
        found[identity] = replace(
            resource,
            agent=one.agent,
            parameters=one.parameters,
            meta=one.meta,
            utilization=one.utilization,
            actions=one.actions,
            target_role=one.meta.get("target-role", resource.target_role),
            failures=configuration.failures.get(identity, {}),
        )
    for identity, resource in monitored.resources.items():
        if identity not in found:
            found[identity] = replace(
                resource,
                orphaned=resource.orphaned or resource.is_machine,
                failures=configuration.failures.get(identity, {}),
            )
    return tuple(found.values())


def _moves(found: dict[str, Section]) -> dict[str, dict[str, str]]:
    """The private attributes of the agent; what cannot be read is left out."""
    moves: dict[str, dict[str, str]] = {}
    for name, section in found.items():
        kind, colon, _ = name.partition(":")
        if not colon or kind not in ("move", "cancel") or not section.is_good:
            continue
        try:
            answer = parsed(section.output)
        except XmlError:
            continue
        for attribute in answer.iterfind(".//attribute"):
            key, host = attribute.get("name", ""), attribute.get("host", "")
            if key and host:
                moves.setdefault(key, {})[host] = attribute.get("value", "")
    return moves
