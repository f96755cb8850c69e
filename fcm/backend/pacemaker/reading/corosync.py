"""Votes and links, from the texts of ``corosync-quorumtool -s`` and ``corosync-cfgtool -n``.

Source of the form: corosync-quorumtool(8), corosync-cfgtool(8); seen with Corosync 3.1.7 (Debian 12).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fcm.backend.pacemaker.status import LinkStatus, QuorumStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_LINES = 5000
_KEY = re.compile(r"([A-Z][\w ]*?):\s*(.*?)\s*")
_MEMBER = re.compile(r"\s*(0x[0-9a-fA-F]+|\d{1,10})\s+(\d{1,9})\s+(?:((?:N?A|NR)(?:,\S+)?)\s+)?(\S+)(\s.*)?")
_DEVICE = re.compile(r"\s*0\s+(\d{1,9})\s+(?:\S+\s+)?Qdevice(?:\s+\(votes (\d{1,9})\))?\s*")
_PEER = re.compile(r"nodeid:\s*(\d{1,10})\b.*")
_LINK = re.compile(r"\s+LINK:\s*(\d{1,3})\s+\S+\s+\((\S+)->(\S+)\)(.*)")
_ALIVE, _VOTE = "A", "V"


def read_quorum(text: str, names: Mapping[str, str]) -> QuorumStatus | None:
    """Votes, members and witness; None if this says nothing of votes.

    Args:
        text: what corosync-quorumtool printed; it ends with 2 where there is no quorum.
        names: node id -> name, for nodes that the text names by an address.
    """
    keys: dict[str, str] = {}
    votes: dict[str, int] = {}
    device, device_votes, given = "", 0, 0
    for line in text.splitlines()[:MOST_LINES]:
        of_device = _DEVICE.fullmatch(line)
        if of_device is not None:
            given = int(of_device[1])
            device_votes = int(of_device[2] or given)
            continue
        member = _MEMBER.fullmatch(line)
        if member is not None:
            identity = str(int(member[1], 0))
            votes[names.get(identity, member[4])] = int(member[2])
            if member[3] and ("(local)" in (member[5] or "") or not device):
                device = member[3]
            continue
        key = _KEY.fullmatch(line)
        if key is not None:
            keys.setdefault(key[1], key[2])
    if "Quorate" not in keys or "Expected votes" not in keys:
        return None
    if "Qdevice" not in keys.get("Flags", "").split():
        device, device_votes = "", 0
    flags = device.split(",")
    return QuorumStatus(
        quorate=keys["Quorate"].lower() == "yes",
        expected=_first(keys["Expected votes"]),
        total=_first(keys.get("Total votes", "")),
        needed=_first(keys.get("Quorum", "")),
        votes=votes,
        device=device,
        device_votes=device_votes,
        device_alive=_ALIVE in flags and _VOTE in flags,
        ring=keys.get("Ring ID", ""),
    )


def _first(text: str) -> int:
    found = re.match(r"\d{1,9}", text)
    return int(found[0]) if found else 0


def read_links(text: str, names: Mapping[str, str]) -> tuple[LinkStatus, ...]:
    """The links to the other nodes.

    Args:
        text: what corosync-cfgtool printed. A node that is no member has no lines.
        names: node id -> name; nodes that are not in it are left out.
    """
    found: list[LinkStatus] = []
    node = ""
    for line in text.splitlines()[:MOST_LINES]:
        peer = _PEER.fullmatch(line)
        if peer is not None:
            node = names.get(peer[1], "")
            continue
        link = _LINK.fullmatch(line)
        if link is not None and node:
            found.append(LinkStatus(int(link[1]), node, link[3], "connected" in link[4].split(), link[2]))
    return tuple(found)
