"""What a script consists of, as frozen data, and its printing.

Every node knows where it begins in the text (``at``), which does not count when nodes are compared.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Node:
    """Base of all nodes."""

    at: int = field(default=-1, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A text or a number. ``word``: how a bare word or a number was written."""

    value: str | int | float
    word: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Expanded(Node):
    """A text in double quotes, or a word, with variables and subexpressions in it."""

    parts: tuple[str | Node, ...]


@dataclass(frozen=True, slots=True)
class Variable(Node):
    """``$name``."""

    name: str


@dataclass(frozen=True, slots=True)
class Member(Node):
    """``target.name``."""

    target: Node
    name: str


@dataclass(frozen=True, slots=True)
class Call(Node):
    """``target.name(arguments)``."""

    target: Node
    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Index(Node):
    """``target[index]``."""

    target: Node
    index: Node


@dataclass(frozen=True, slots=True)
class Group(Node):
    """``( statement )``."""

    body: Node


@dataclass(frozen=True, slots=True)
class SubExpression(Node):
    """``$( statements )``."""

    body: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ArrayExpression(Node):
    """``@( statements )``."""

    body: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ScriptBlock(Node):
    """``{ statements }``."""

    body: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Hash(Node):
    """``@{ key = statement; ... }``."""

    entries: tuple[tuple[Node, Node], ...]


@dataclass(frozen=True, slots=True)
class Sequence(Node):
    """``a, b, c``."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Unary(Node):
    """``-not x``, ``-x``, ``+x``."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """``left -eq right`` and the like; ``operator`` in small letters with its dash."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Cast(Node):
    """``[type] operand``."""

    type: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Parameter(Node):
    """``-Name`` or ``-Name:value`` of a command; ``name`` without the dash."""

    name: str
    value: Node | None = None


@dataclass(frozen=True, slots=True)
class Command(Node):
    """A command with what follows it."""

    name: Node
    elements: tuple[Node, ...] = ()
    called: bool = False
    """True for ``& name``."""


@dataclass(frozen=True, slots=True)
class Pipeline(Node):
    """``stage | stage > file``."""

    stages: tuple[Node, ...]
    redirect: Node | None = None
    append: bool = False


@dataclass(frozen=True, slots=True)
class Assignment(Node):
    """``target = statement``; operators =, +=, -=."""

    target: Node
    operator: str
    value: Node


@dataclass(frozen=True, slots=True)
class If(Node):
    """``if (condition) { } elseif ... else { }``."""

    branches: tuple[tuple[Node, tuple[Node, ...]], ...]
    otherwise: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class ForEach(Node):
    """``foreach ($variable in source) { }``."""

    variable: str
    source: Node
    body: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Try(Node):
    """``try { } catch { } finally { }``; ``catch`` None: there is none."""

    body: tuple[Node, ...]
    catch: tuple[Node, ...] | None = None
    final: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Throw(Node):
    """``throw value``."""

    value: Node


_SINGLE = re.compile("(['\u2018\u2019\u201a\u201b])")
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_IN_DOUBLE = re.compile('([`$"\u201c\u201d\u201e])')


def literal(text: str) -> str:
    """A text in single quotes; quotes of every kind in it are doubled."""
    return "'" + _SINGLE.sub(r"\1\1", text) + "'"


def show(node: Node) -> str:
    """The text of a node, which parses back to an equal one."""
    match node:
        case Literal(value=str() as text):
            return literal(text)
        case Literal(value=number):
            return repr(number)
        case Expanded(parts=parts):
            return '"' + "".join(_part(part) for part in parts) + '"'
        case Variable(name=name):
            return f"${name}" if _PLAIN_NAME.match(name) else f"${{{name}}}"
        case Member(target=target, name=name):
            return f"{_holder(target)}.{_member(name)}"
        case Call(target=target, name=name, arguments=arguments):
            return f"{_holder(target)}.{_member(name)}({', '.join(_item(item) for item in arguments)})"
        case Index(target=target, index=index):
            return f"{_holder(target)}[{show(index)}]"
        case Group(body=body):
            return f"({show(body)})"
        case SubExpression(body=body):
            return f"$({show_all(body)})"
        case ArrayExpression(body=body):
            return f"@({show_all(body)})"
        case ScriptBlock(body=body):
            return f"{{ {show_all(body)} }}"
        case Hash(entries=entries):
            return "@{" + "; ".join(f"{_inside(key)} = {show(value)}" for key, value in entries) + "}"
        case Sequence(items=items):
            return ", ".join(_item(item) for item in items)
        case Unary(operator=operator, operand=operand):
            return f"{operator} {_inside(operand)}"
        case Binary(operator=operator, left=left, right=right):
            return f"{_inside(left)} {operator} {_inside(right)}"
        case Cast(type=name, operand=operand):
            return f"[{name}] {_inside(operand)}"
        case Parameter(name=name, value=value):
            return f"-{name}" if value is None else f"-{name}:{_argument(value)}"
        case Command():
            return _command(node)
        case Pipeline(stages=stages, redirect=redirect, append=append):
            tail = "" if redirect is None else f" {'>>' if append else '>'} {_argument(redirect)}"
            return " | ".join(show(stage) for stage in stages) + tail
        case Assignment(target=target, operator=operator, value=value):
            return f"{show(target)} {operator} {show(value)}"
        case _:
            return _statement(node)


def show_all(body: tuple[Node, ...]) -> str:
    """Statements on one line."""
    return "; ".join(show(statement) for statement in body)


def _statement(node: Node) -> str:
    match node:
        case If(branches=branches, otherwise=otherwise):
            texts = [f"if ({show(test)}) {{ {show_all(body)} }}" for test, body in branches]
            tail = f" else {{ {show_all(otherwise)} }}" if otherwise else ""
            return " else".join(texts) + tail
        case ForEach(variable=variable, source=source, body=body):
            return f"foreach ({show(Variable(variable))} in {show(source)}) {{ {show_all(body)} }}"
        case Try(body=body, catch=catch, final=final):
            text = f"try {{ {show_all(body)} }}"
            text += "" if catch is None else f" catch {{ {show_all(catch)} }}"
            return text + (f" finally {{ {show_all(final)} }}" if final else "")
        case Throw(value=value):
            return f"throw {show(value)}"
        case _:
            raise TypeError(f"{type(node).__name__} has no text")


def _part(part: str | Node) -> str:
    if isinstance(part, str):
        return _IN_DOUBLE.sub(r"`\1", part)
    return f"${{{part.name}}}" if isinstance(part, Variable) else show(part)


def _member(name: str) -> str:
    return name if _PLAIN_NAME.match(name) else literal(name)


_ATOMS = (Expanded, Variable, Member, Call, Index, Group, SubExpression, ArrayExpression, Hash, ScriptBlock)


def _is_atom(node: Node) -> bool:
    return isinstance(node, _ATOMS) or (isinstance(node, Literal) and (isinstance(node.value, str) or node.value >= 0))


def _inside(node: Node) -> str:
    return show(node) if _is_atom(node) else f"({show(node)})"


def _holder(node: Node) -> str:
    """What stands before a member or index: a number there would swallow the dot."""
    return f"({show(node)})" if isinstance(node, Literal) and not isinstance(node.value, str) else _inside(node)


def _item(node: Node) -> str:
    return _inside(node)


def _argument(node: Node) -> str:
    return show(node) if isinstance(node, Sequence) else _inside(node)


def _command(node: Command) -> str:
    name = node.name
    if node.called:
        head = f"& {_inside(name)}"
    else:
        assert isinstance(name, Literal)
        head = str(name.value)
    return " ".join([head, *(show(e) if isinstance(e, Parameter) else _argument(e) for e in node.elements)])
