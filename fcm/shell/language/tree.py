"""What a script consists of, as frozen data; ``fcm.shell.language.printing`` turns it back into text.

Every node knows where it begins in the text (``at``), which does not count when nodes are compared.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Source:
    """A text that was parsed: what places in it mean."""

    file: str = ""
    """Its path; "" for what was typed."""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """Base of all nodes."""

    at: int = field(default=-1, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A text or a number. ``word``: how a bare word or a number was written."""

    value: str | int | float | Decimal
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
    """``target.name``, ``target.$name``; ``asks``: ``target?.name``, nothing where there is no target."""

    target: Node
    name: str | Node
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Call(Node):
    """``target.name(arguments)``."""

    target: Node
    name: str | Node
    arguments: tuple[Node, ...]
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Index(Node):
    """``target[index]``."""

    target: Node
    index: Node
    asks: bool = False


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
    origin: Source | None = field(default=None, compare=False, repr=False)
    """The text that it stands in: it may run while another one does."""
    span: tuple[int, int] = field(default=(0, 0), compare=False, repr=False)
    """Where the text between its braces begins and ends."""


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
class TypeName(Node):
    """``[type]`` as a value."""

    name: str


@dataclass(frozen=True, slots=True)
class Attribute(Node):
    """``[ValidateRange(1, 5)]``: what guards a parameter or variable."""

    name: str
    arguments: tuple[Node, ...] = ()
    named: tuple[tuple[str, Node | None], ...] = ()
    """``Mandatory``, ``Position = 1``; None: only the name."""

    def value(self, name: str) -> Node | bool | None:
        """What a named argument was given; True for the mere name, None if it is not there."""
        wanted = name.casefold()
        for known, given in self.named:
            if known.casefold() == wanted:
                return True if given is None else given
        return None


@dataclass(frozen=True, slots=True)
class Guarded(Node):
    """A variable with an attribute before it."""

    attribute: Attribute
    operand: Node


@dataclass(frozen=True, slots=True)
class Ternary(Node):
    """``test ? first : second``."""

    test: Node
    first: Node
    second: Node


@dataclass(frozen=True, slots=True)
class StaticCall(Node):
    """``[type]::name(arguments)``; ``arguments`` None: ``[type]::name``."""

    type: str | Node
    name: str | Node
    arguments: tuple[Node, ...] | None


@dataclass(frozen=True, slots=True)
class Increment(Node):
    """``$x++``, ``$x--``, ``++$x``, ``--$x``."""

    target: Node
    operator: str
    """++ or --."""
    before: bool
    """True: the operator stands before, and the value is the new one."""


@dataclass(frozen=True, slots=True)
class Parameter(Node):
    """``-Name`` or ``-Name:value`` of a command; ``name`` without the dash."""

    name: str
    value: Node | None = None


@dataclass(frozen=True, slots=True)
class Splat(Node):
    """``@name`` among the arguments of a command."""

    name: str


@dataclass(frozen=True, slots=True)
class Command(Node):
    """A command with what follows it."""

    name: Node
    elements: tuple[Node, ...] = ()
    called: bool = False
    """True for ``& name`` and ``. name``."""
    dotted: bool = False
    """True for ``. name``: it runs in the scope of its caller."""


@dataclass(frozen=True, slots=True)
class Redirection(Node):
    """``> file``, ``>> file``, ``2> file``, ``2>&1``, ``*>&1``."""

    stream: int
    """1 output, 2 errors, 3 warnings, 4 verbose, 5 debug, 6 information; 0 all."""
    target: Node | None
    """None for ``&1``: the errors become output."""
    append: bool = False


@dataclass(frozen=True, slots=True)
class Redirected(Node):
    """A stage of a pipeline with its redirections."""

    stage: Node
    redirections: tuple[Redirection, ...]


@dataclass(frozen=True, slots=True)
class Pipeline(Node):
    """``stage | stage``."""

    stages: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Assignment(Node):
    """``target = statement``; operators =, +=, -=, *=, /=, %=."""

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
    label: str = ""


@dataclass(frozen=True, slots=True)
class Catch(Node):
    """``catch [type], [type] { }``."""

    types: tuple[str, ...]
    """Full names of exceptions (fcm.shell.language.exceptions); empty: every error."""
    body: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Try(Node):
    """``try { } catch [type] { } catch { } finally { }``."""

    body: tuple[Node, ...]
    catches: tuple[Catch, ...] = ()
    """In the order in which they are asked; one without types can only be the last."""
    final: tuple[Node, ...] | None = None
    """None: there is none."""


@dataclass(frozen=True, slots=True)
class Throw(Node):
    """``throw value``; without a value in a catch block: the error that is being dealt with, once more."""

    value: Node | None = None


@dataclass(frozen=True, slots=True)
class While(Node):
    """``while (condition) { }``."""

    test: Node
    body: tuple[Node, ...]
    label: str = ""


@dataclass(frozen=True, slots=True)
class DoLoop(Node):
    """``do { } while (condition)``, or ``until``."""

    body: tuple[Node, ...]
    until: bool
    test: Node
    label: str = ""


@dataclass(frozen=True, slots=True)
class For(Node):
    """``for (first; test; step) { }``; each of the three may be missing."""

    first: Node | None
    test: Node | None
    step: Node | None
    body: tuple[Node, ...]
    label: str = ""


@dataclass(frozen=True, slots=True)
class Switch(Node):
    """``switch -mode (value) { pattern { } default { } }``."""

    mode: str
    """"", wildcard, regex or casesensitive."""
    value: Node
    cases: tuple[tuple[Node, tuple[Node, ...]], ...]
    default: tuple[Node, ...] | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Declaration(Node):
    """One parameter of ``param( )``."""

    name: str
    type: str = ""
    """A type of CAST_TYPES, object or switch, with [] for a list; "": any value."""
    default: Node | None = None
    needed: bool = False
    choices: tuple[str, ...] = ()
    attributes: tuple[Attribute, ...] = field(default=(), compare=False)
    """All that stand before it, those of ``needed`` and ``choices`` too."""


@dataclass(frozen=True, slots=True)
class ParamBlock(Node):
    """``param( )`` at the head of a script, function or block."""

    parameters: tuple[Declaration, ...]
    attributes: tuple[Attribute, ...] = ()
    """``[CmdletBinding()]``, ``[OutputType()]``."""


@dataclass(frozen=True, slots=True)
class NamedBlock(Node):
    """``begin { }``, ``process { }`` or ``end { }`` of a function."""

    name: str
    body: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Function(Node):
    """``function name { }``; ``is_filter``: the body runs for each object of the pipeline."""

    name: str
    body: tuple[Node, ...]
    is_filter: bool = False
    origin: Source | None = field(default=None, compare=False, repr=False)
    """The text that it stands in."""
    span: tuple[int, int] = field(default=(0, 0), compare=False, repr=False)
    """Where the text between its braces begins and ends."""


@dataclass(frozen=True, slots=True)
class Unreadable(Node):
    """What is not of the language of this shell, where PowerShell may know it: an error once it is to be run."""

    error: Exception = field(compare=False)


@dataclass(frozen=True, slots=True)
class Trap(Node):
    """``trap [type] { }``."""

    types: tuple[str, ...]
    body: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Chain(Node):
    """``first && second``, ``first || second``."""

    first: Node
    operator: str
    second: Node


@dataclass(frozen=True, slots=True)
class Data(Node):
    """``data { }``: the output of its body."""

    body: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class EnumType(Node):
    """``enum Name { A; B = 2 }``."""

    name: str
    members: tuple[tuple[str, Node | None], ...]
    flags: bool = False


@dataclass(frozen=True, slots=True)
class ClassMember(Node):
    """A property or method of a class."""

    name: str
    type: str = ""
    """Of the property, or of what the method gives; "" for any, "void" for nothing."""
    static: bool = False
    value: Node | None = None
    """What a property begins with."""
    method: ScriptBlock | None = None
    """None: it is a property."""
    base: tuple[Node, ...] | None = None
    """Arguments for the constructor of the base."""
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True)
class ClassType(Node):
    """``class Name : Base { }``."""

    name: str
    base: str
    members: tuple[ClassMember, ...]


@dataclass(frozen=True, slots=True)
class Using(Node):
    """``using namespace Name``."""

    name: str


@dataclass(frozen=True, slots=True)
class Leave(Node):
    """``return``, ``exit``, ``break``, ``continue``."""

    word: str
    value: Node | None = None


STATEMENTS = (
    *(Pipeline, Assignment, If, ForEach, Try, Throw, While, DoLoop, For, Switch),
    *(ParamBlock, NamedBlock, Function, Leave, Trap, Chain, Data, EnumType, ClassType, Using),
)
"""Nodes that are statements and no expressions."""
