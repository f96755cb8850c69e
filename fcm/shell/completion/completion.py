"""What can be typed next: cmdlets, parameters, names of objects, values; for an input line with a cursor."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fcm.shell.language.exceptions import BASES
from fcm.shell.language.parser import tokens
from fcm.shell.language.printing import literal
from fcm.shell.language.scanner import DASHES, DOUBLE, SINGLE, TokenKind
from fcm.shell.runtime.parameters import COMMON

if TYPE_CHECKING:
    from fcm.model.state import State
    from fcm.shell.language.scanner import Token
    from fcm.shell.runtime.call import Cmdlet
    from fcm.shell.runtime.parameters import Param
    from fcm.shell.runtime.session import ShellSession

MOST = 200
"""Proposals at most."""
_PLAIN = re.compile(r"[\w.\-]+\Z")
_CAUGHT = re.compile(r"\bcatch\s*(?:\[[\w.]+\]\s*,\s*)*(\[[\w.]*)\Z", re.IGNORECASE)
"""A type behind catch that is being typed."""
_WORD = re.compile(r"[^\s|;(){},=]*\Z")


@dataclass(frozen=True, slots=True)
class Completion:
    """What can stand instead of ``text[start:cursor]``."""

    start: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Situation:
    """What is being typed at a cursor."""

    start: int
    """Where the word before the cursor begins."""
    typed: str
    """What it says, without its quote."""
    cmdlet: Cmdlet | None
    """Whose arguments are being typed; None where a command begins."""
    param: Param | None
    """Whose value is being typed; the first one without a name if no name was given."""


def situation(session: ShellSession, text: str, cursor: int) -> Situation:
    """What is being typed at ``cursor``; never raises for any text."""
    before = text[: max(0, min(cursor, len(text)))]
    read, _ = tokens(before)
    start, typed = _word(before, read)
    cmdlet = _cmdlet(session, before, read, start)
    return Situation(start, typed, cmdlet, None if cmdlet is None else _parameter(cmdlet, before, read, start))


def complete(session: ShellSession, text: str, cursor: int) -> Completion:
    """Proposals for the word before the cursor, in order; never raises for any text.

    Args:
        session: whose cmdlets, variables and cluster count.
        text: the whole input.
        cursor: position in it.
    """
    caught = _CAUGHT.search(text[: max(0, min(cursor, len(text)))])
    if caught is not None:
        wanted = caught[1].casefold()
        return Completion(caught.start(1), tuple(f"[{name}]" for name in BASES if wanted[1:] in name.casefold()))
    found = situation(session, text, cursor)
    start, typed, cmdlet = found.start, found.typed, found.cmdlet
    if typed.startswith("$"):
        names = sorted(name for name in (*session.variables, "true", "false", "null") if name != "_")
        return _matching(start, typed, [f"${name}" for name in names])
    if cmdlet is None:
        every = session.registry.cmdlets.values()
        return _matching(start, typed, sorted(one.name for one in every))
    if typed and typed[0] in DASHES:
        params = [param for param in (*cmdlet.parameters, *COMMON) if not param.absent]
        return _matching(start, "-" + typed[1:], [f"-{param.name}" for param in params])
    return _matching(start, typed, _values(session.workspace.state, cmdlet, found.param), quotes=True)


def proposals(session: ShellSession, cmdlet: str, parameter: str, word: str) -> tuple[str, ...]:
    """What can be typed as the value of a parameter, in quotation marks where it needs them; empty for an unknown one.

    Args:
        session: whose cmdlets and cluster count.
        cmdlet: its name or alias.
        parameter: its whole name.
        word: what is typed already, as it is written.
    """
    known = session.registry.get(cmdlet)
    wanted = parameter.casefold()
    params = known.parameters if known is not None else ()
    found = next((param for param in (*params, *COMMON) if param.name.casefold() == wanted), None)
    if known is None or found is None:
        return ()
    typed = word.strip(SINGLE + DOUBLE)
    return _matching(0, typed, _values(session.workspace.state, known, found), quotes=True).words


def _word(before: str, read: list[Token]) -> tuple[int, str]:
    """Where the word before the cursor begins, and what it says without its quote."""
    for token in read:
        if token.kind is TokenKind.ERROR or (token.kind is TokenKind.TEXT and token.end == len(before)):
            piece = before[token.start :].lstrip()
            if piece[:1] and piece[0] in SINGLE + DOUBLE:
                return len(before) - len(piece), piece.strip(SINGLE + DOUBLE)
    match = _WORD.search(before)
    start = match.start() if match else len(before)
    opened = max((before.rfind(quote) for quote in SINGLE + DOUBLE), default=-1)
    if opened >= 0 and sum(before.count(quote) for quote in SINGLE + DOUBLE) % 2:
        return opened, before[opened + 1 :]
    return start, before[start:]


def _cmdlet(session: ShellSession, before: str, read: list[Token], start: int) -> Cmdlet | None:
    """The cmdlet whose arguments are being typed; None where a command begins."""
    found: Cmdlet | None = None
    for token in read:
        if token.start >= start:
            break
        if token.kind is TokenKind.COMMAND:
            found = session.registry.get(before[token.start : token.end])
        elif token.kind is TokenKind.OPERATOR and before[token.start : token.end] in ("|", ";", "(", "{", "$(", "@("):
            found = None
    return found


def _parameter(cmdlet: Cmdlet, before: str, read: list[Token], start: int) -> Param | None:
    """The parameter whose value is being typed."""
    last = next((token for token in reversed(read) if token.end <= start and token.kind is not TokenKind.COMMENT), None)
    if last is not None and last.kind is TokenKind.PARAMETER:
        wanted = before[last.start + 1 : last.end].rstrip(":").casefold()
        for param in (*cmdlet.parameters, *COMMON):
            if param.name.casefold().startswith(wanted) and param.kind != "switch":
                return param
    return next((param for param in cmdlet.parameters if param.position == 0), None)


def _values(state: State, cmdlet: Cmdlet, param: Param | None) -> list[str]:
    """Names of objects that fit a parameter."""
    if param is None:
        return []
    if param.choices:
        return list(param.choices)
    noun = cmdlet.name.partition("-")[2]
    kind = {
        "Node": "node",
        "ComputerName": "node",
        "TargetNode": "node",
        "Owners": "node",
        "Together": "node",
        "Cluster": "cluster",
    }.get(param.name, "own")
    known: dict[str, list[str]] = {
        "node": list(state.nodes),
        "cluster": [state.cluster.name] if state.cluster else [],
        "group": [group.name for group in state.groups.values()],
        "resource": [resource.name for resource in state.resources.values()],
        "network": [network.name for network in state.networks.values()],
        "adapter": [adapter.name for adapter in state.adapters.values()],
        "volume": [volume.name for volume in state.shared_volumes.values()],
        "disk": [disk.name for disk in state.disks.values()],
        "machine": [machine.name for machine in state.machines.values()],
    }
    known["faulty"] = [*known["node"], *known["network"], *known["adapter"], *known["disk"], *known["machine"]]
    if kind != "own":
        return known[kind]
    by_parameter = {
        "Group": "group",
        "Resource": "resource",
        "Network": "network",
        "VirtualMachine": "machine",
        "NodeAndDiskMajority": "disk",
        "DiskOnly": "disk",
    }
    by_noun = {
        "Cluster": "cluster",
        "ClusterFault": "faulty",
        "ClusterNode": "node",
        "ClusterGroup": "group",
        "ClusterVirtualMachineRole": "group",
        "ClusterVirtualMachineMigration": "group",
        "ClusterResource": "resource",
        "ClusterNetwork": "network",
        "ClusterNetworkInterface": "adapter",
        "ClusterSharedVolume": "disk" if cmdlet.name.startswith("Add") else "volume",
    }
    if param.name in by_parameter:
        return known[by_parameter[param.name]]
    if param.name == "Name":
        return known.get(by_noun.get(noun, "machine" if cmdlet.module == "Hyper-V" else ""), [])
    return []


def _matching(start: int, typed: str, words: list[str], quotes: bool = False) -> Completion:
    folded = typed.casefold()
    first = [word for word in words if word.casefold().startswith(folded)]
    found = first or [word for word in words if folded in word.casefold()]
    shown = [word if not quotes or _PLAIN.match(word) else literal(word) for word in dict.fromkeys(found)]
    return Completion(start, tuple(shown[:MOST]))
