"""The text of a tree, which parses back to an equal tree."""

from __future__ import annotations

import re

from fcm.shell.language.tree import (
    ArrayExpression,
    Assignment,
    Binary,
    Call,
    Cast,
    Command,
    Declaration,
    DoLoop,
    Expanded,
    For,
    ForEach,
    Function,
    Group,
    Hash,
    If,
    Increment,
    Index,
    Leave,
    Literal,
    Member,
    NamedBlock,
    Node,
    ParamBlock,
    Parameter,
    Pipeline,
    Redirected,
    Redirection,
    ScriptBlock,
    Sequence,
    Splat,
    StaticCall,
    SubExpression,
    Switch,
    Throw,
    Try,
    Unary,
    Variable,
    While,
)

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
            return ", ".join(_item(item) for item in items) if len(items) > 1 else f",{_item(items[0])}"
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
        case Increment(target=target, operator=operator, before=before):
            return f"{operator}{_inside(target)}" if before else f"{_inside(target)}{operator}"
        case StaticCall(type=name, name=member, arguments=arguments):
            tail = "" if arguments is None else f"({', '.join(_item(item) for item in arguments)})"
            return f"[{name}]::{member}{tail}"
        case Splat(name=name):
            return f"@{name}"
        case Redirected(stage=stage, redirections=redirections):
            return " ".join([show(stage), *map(_redirection, redirections)])
        case Pipeline(stages=stages):
            return " | ".join(show(stage) for stage in stages)
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
        case Try(body=body, catches=catches, final=final):
            text = f"try {{ {show_all(body)} }}"
            for one in catches:
                types = ", ".join(f"[{name}]" for name in one.types)
                text += f" catch {types + ' ' if types else ''}{{ {show_all(one.body)} }}"
            return text if final is None else f"{text} finally {{ {show_all(final)} }}"
        case Throw(value=value):
            return "throw" if value is None else f"throw {show(value)}"
        case While(test=test, body=body):
            return f"while ({show(test)}) {{ {show_all(body)} }}"
        case DoLoop(body=body, until=until, test=test):
            return f"do {{ {show_all(body)} }} {'until' if until else 'while'} ({show(test)})"
        case For(first=first, test=maybe, step=step, body=body):
            head = "; ".join("" if part is None else show(part) for part in (first, maybe, step))
            return f"for ({head}) {{ {show_all(body)} }}"
        case Switch():
            return _switch(node)
        case ParamBlock(parameters=parameters):
            return f"param({', '.join(map(_declaration, parameters))})"
        case NamedBlock(name=name, body=body):
            return f"{name} {{ {show_all(body)} }}"
        case Function(name=name, body=body, is_filter=is_filter):
            return f"{'filter' if is_filter else 'function'} {name} {{ {show_all(body)} }}"
        case Leave(word=word, value=value):
            return word if value is None else f"{word} {show(value)}"
        case _:
            raise TypeError(f"{type(node).__name__} has no text")


def _switch(node: Switch) -> str:
    cases = [f"{_inside(pattern)} {{ {show_all(body)} }}" for pattern, body in node.cases]
    if node.default is not None:
        cases.append(f"default {{ {show_all(node.default)} }}")
    mode = f" -{node.mode}" if node.mode else ""
    return f"switch{mode} ({show(node.value)}) {{ {'; '.join(cases)} }}"


def _declaration(node: Declaration) -> str:
    parts = ["[Parameter(Mandatory=$true)]"] if node.needed else []
    if node.choices:
        parts.append(f"[ValidateSet({', '.join(map(literal, node.choices))})]")
    if node.type:
        parts.append(f"[{node.type}]")
    tail = "" if node.default is None else f" = {_inside(node.default)}"
    return "".join(parts) + show(Variable(node.name)) + tail


def _redirection(node: Redirection) -> str:
    stream = "" if node.stream == 1 else str(node.stream)
    if node.target is None:
        return f"{stream}>&1"
    return f"{stream}{'>>' if node.append else '>'} {_argument(node.target)}"


def _part(part: str | Node) -> str:
    if isinstance(part, str):
        return _IN_DOUBLE.sub(r"`\1", part)
    return f"${{{part.name}}}" if isinstance(part, Variable) else show(part)


def _member(name: str) -> str:
    return name if _PLAIN_NAME.match(name) else literal(name)


_ATOMS = (*(Expanded, Variable, Member, Call, Index, Group, SubExpression, ArrayExpression, Hash, ScriptBlock),)


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
        head = f"{'.' if node.dotted else '&'} {_inside(name)}"
    else:
        assert isinstance(name, Literal)
        head = str(name.value)
    return " ".join([head, *(show(e) if isinstance(e, Parameter | Splat) else _argument(e) for e in node.elements)])
