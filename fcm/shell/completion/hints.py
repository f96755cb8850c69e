"""What an input line can say about itself while it is typed: coloured pieces, mistakes, syntax and descriptions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fcm.shell.completion.completion import situation
from fcm.shell.language.errors import ShellError
from fcm.shell.language.parser import tokens
from fcm.shell.language.scanner import DASHES, DOUBLE, SINGLE, TokenKind
from fcm.shell.runtime.parameters import COMMON

if TYPE_CHECKING:
    from fcm.model.state import State
    from fcm.shell.runtime.call import Cmdlet
    from fcm.shell.runtime.parameters import Param
    from fcm.shell.runtime.session import ShellSession

_PLAIN_NAME = re.compile(r"[A-Za-z]\w*(-\w+)?(\.exe)?\Z")
_OWN = re.compile(r"\b(?:function|filter)\s+([\w-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Piece:
    """``text[start:end]`` is of one kind; ``problem`` says what is wrong with it, "" if nothing is."""

    kind: TokenKind
    start: int
    end: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Syntax:
    """The cmdlet whose arguments are being typed."""

    words: tuple[str, ...]
    """Its name and its parameters as Get-Help writes them."""
    current: int | None
    """Which of them is being typed."""
    help: str
    """What that one means; else what the cmdlet does."""


def pieces(text: str, session: ShellSession | None = None, cursor: int = -1) -> list[Piece]:
    """A text in coloured pieces, in order.

    Args:
        text: any text.
        session: whose cmdlets and parameters are known; None: only the language is looked at.
        cursor: the word that ends there is still being typed, so that nothing is wrong with it yet.
    """
    read, error = tokens(text)
    own = {name.casefold() for name in _OWN.findall(text)} | set(() if session is None else session.functions)
    found: list[Piece] = []
    cmdlet: Cmdlet | None = None
    for token in read:
        word = text[token.start : token.end]
        kind, problem = token.kind, ""
        if kind is TokenKind.ERROR:
            piece = word.lstrip()
            quoted = piece[:1] and piece[0] in SINGLE + DOUBLE
            # A text that has no end yet is coloured as what it will be.
            kind = TokenKind.TEXT if quoted and error is not None and error.incomplete else kind
            problem = "" if error is None or error.incomplete else _sentence(error)
        elif kind is TokenKind.COMMAND:
            cmdlet = None if session is None else session.registry.get(word)
            if session is not None and cmdlet is None and token.end != cursor and word.casefold() not in own:
                problem = _no_command(session, word)
        elif kind is TokenKind.PARAMETER and cmdlet is not None and not cmdlet.raw and token.end != cursor:
            problem = _no_parameter(cmdlet, word)
        found.append(Piece(kind, token.start, token.end, problem))
    return found


def _sentence(error: ShellError) -> str:
    return f"{error.message} {error.remedy}".strip()


def _no_command(session: ShellSession, word: str) -> str:
    if not _PLAIN_NAME.match(word):
        return ""
    try:
        session.command(word)
    except ShellError as error:
        return _sentence(error)
    return ""


def _no_parameter(cmdlet: Cmdlet, word: str) -> str:
    name = word.lstrip(DASHES).rstrip(":")
    try:
        param = cmdlet.parameter(name, -1)
    except ShellError as error:
        return _sentence(error)
    return f"-{param.name} is not supported: {param.absent}" if param.absent else ""


def syntax(session: ShellSession, text: str, cursor: int) -> Syntax | None:
    """The syntax of the cmdlet whose arguments are typed at ``cursor``; None where there is none."""
    where = situation(session, text, cursor)
    cmdlet, name = where.cmdlet, where.typed
    if cmdlet is None:
        cmdlet = session.registry.get(name) if name else None
        return None if cmdlet is None else Syntax(_words(cmdlet), None, cmdlet.synopsis)
    param = where.param
    if name[:1] and name[0] in DASHES:
        param = next((p for p in (*cmdlet.parameters, *COMMON) if _begins(p, name.lstrip(DASHES))), None)
    shown = [one for one in cmdlet.parameters if not one.absent]
    current = None if param is None or param not in shown else shown.index(param) + 1
    return Syntax(_words(cmdlet), current, (param.help if param is not None and param.help else cmdlet.synopsis))


def _begins(param: Param, typed: str) -> bool:
    return bool(typed) and not param.absent and param.name.casefold().startswith(typed.casefold())


def _words(cmdlet: Cmdlet) -> tuple[str, ...]:
    return (cmdlet.name, *(_written(param) for param in cmdlet.parameters if not param.absent))


def _written(param: Param) -> str:
    value = "" if param.kind == "switch" else f" <{'|'.join(param.choices) or param.kind}>"
    name = f"[-{param.name}]{value}" if param.position is not None else f"-{param.name}{value}"
    return name if param.needed else f"[{name}]"


def describe(session: ShellSession, text: str, cursor: int, word: str) -> str:
    """What a proposal for the word before ``cursor`` is, in some words; "" where nothing is known."""
    where = situation(session, text, cursor)
    if word.startswith("$"):
        return "variable"
    if where.cmdlet is None:
        cmdlet = session.registry.get(word)
        return "" if cmdlet is None else cmdlet.synopsis
    if word.startswith("-"):
        param = next((p for p in (*where.cmdlet.parameters, *COMMON) if f"-{p.name}" == word), None)
        return "" if param is None else param.help or ("common parameter" if param in COMMON else param.kind)
    if where.param is not None and where.param.choices:
        return where.param.help
    return _object(session.workspace.state, word.strip("'"))


def _object(state: State, name: str) -> str:
    """The kind and state of the object of a name."""
    if (cluster := state.cluster) is not None and cluster.name == name:
        return "cluster"
    for node in state.nodes.values():
        if node.name == name:
            return f"node, {node.state}"
    for machine in state.machines.values():
        if machine.name == name:
            return f"virtual machine, {machine.state} on {machine.node}"
    for volume in state.shared_volumes.values():
        if volume.name == name:
            return f"Cluster Shared Volume, {volume.path()} on {volume.owner}"
    for disk in state.disks.values():
        if disk.name == name:
            return f"disk, {disk.use}"
    for network in state.networks.values():
        if network.name == name:
            return f"network {network.subnet}, {network.state}"
    for adapter in state.adapters.values():
        if adapter.name == name:
            return f"adapter of {adapter.node}, {adapter.address}"
    for resource in state.resources.values():
        if resource.name == name:
            return f"{resource.type}, {resource.state}"
    return next((f"group, {g.state} on {g.owner}" for g in state.groups.values() if g.name == name), "")
