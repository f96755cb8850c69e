"""What is tried out on a copy of the CIB: failures, standby, and whatever changes the configuration.

The copy is a file on the node; commands of Pacemaker that find its name in ``CIB_file`` work on it instead of on the
cluster, so that what is tried out is word for word what would be carried out (crm_shadow(8), crm_simulate(8)).
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TypeAlias, assert_never


@dataclass(frozen=True, slots=True)
class NodeFails:
    """A node is lost and must be fenced."""

    node: str


@dataclass(frozen=True, slots=True)
class NodeLeaves:
    """A node is put in standby, or its cluster service is stopped in order: what it runs is moved away first."""

    node: str


@dataclass(frozen=True, slots=True)
class MachineFails:
    """The monitor of a resource finds it ended."""

    resource: str
    node: str
    interval: float
    """s between two monitors, as it is configured."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Commands of Pacemaker, as ``sh``: crm_resource, crm_attribute, cibadmin ..., everything variable quoted."""

    script: str


@dataclass(frozen=True, slots=True)
class QuorumLost:
    """The remaining nodes have no quorum."""


Change: TypeAlias = NodeFails | NodeLeaves | MachineFails | Lines | QuorumLost


def script(changes: tuple[Change, ...]) -> str:
    """What asks the scheduler on a node, as ``sh``: prints the XML of ``crm_simulate``.

    ``-R`` without ``-S``: the steps are not played, which takes nearly all of the time in a large cluster (16 nodes
    and 400 machines: 1.6 s instead of 17.6 s); what they lead to follows from the actions.
    """
    lines, options = [], []
    for change in changes:
        match change:
            case NodeFails(node=node):
                options.append(f"--node-fail {shlex.quote(node)}")
            case NodeLeaves(node=node):
                lines.append(f"crm_standby -N {shlex.quote(node)} -v on >&2")
            case MachineFails(resource=resource, node=node, interval=interval):
                # Agents of Pacemaker answer 7 for what is not running (OCF_NOT_RUNNING).
                failed = f"{resource}_monitor_{round(interval * 1000)}@{node}=7"
                options.append(f"--op-inject {shlex.quote(failed)}")
            case Lines(script=text):
                lines.append(f"( {text}\n) >&2")
            case QuorumLost():
                # --quorum=0 changes nothing in a file that says have-quorum="1".
                lines.append('sed -i \'1,2s/have-quorum="1"/have-quorum="0"/\' "$CIB_file"')
            case _:
                assert_never(change)
    return "\n".join(
        [
            "set -e; umask 077",
            "copy=$(mktemp)",
            "trap 'rm -f \"$copy\"' EXIT",
            'cibadmin -Q >"$copy"',
            'export CIB_file="$copy"',
            *lines,
            " ".join(['crm_simulate -R --xml-file "$copy"', *options, "--output-as=xml"]),
        ]
    )
