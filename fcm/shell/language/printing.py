"""The text of a tree, which parses back to an equal tree."""

from __future__ import annotations

import re
from decimal import Decimal

from fcm.shell.language.tree import (
    ArrayExpression,
    Assignment,
    Attribute,
    Binary,
    Call,
    Cast,
    Chain,
    ClassMember,
    ClassType,
    Command,
    Data,
    Declaration,
    DoLoop,
    EnumType,
    Expanded,
    For,
    ForEach,
    Function,
    Group,
    Guarded,
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
    Ternary,
    Throw,
    Trap,
    Try,
    TypeName,
    Unary,
    Unreadable,
    Using,
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
        case Literal(value=Decimal() as exact):
            return f"{exact:f}d"
        case Literal(value=number):
            return repr(number)
        case Expanded(parts=parts):
            return '"' + "".join(_part(part) for part in parts) + '"'
        case Variable(name=name):
            return f"${name}" if _PLAIN_NAME.match(name) else f"${{{name}}}"
        case Member(target=target, name=name, asks=asks):
            return f"{_asked(target, asks)}.{_member(name)}"
        case Call(target=target, name=name, arguments=arguments, asks=asks):
            return f"{_asked(target, asks)}.{_member(name)}({', '.join(_item(item) for item in arguments)})"
        case Index(target=target, index=index, asks=asks):
            return f"{_asked(target, asks)}[{show(index)}]"
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
        case StaticCall(type=kind, name=member, arguments=arguments):
            tail = "" if arguments is None else f"({', '.join(_item(item) for item in arguments)})"
            owner = f"[{kind}]" if isinstance(kind, str) else _holder(kind)
            return f"{owner}::{_member(member)}{tail}"
        case TypeName(name=name):
            return f"[{name}]"
        case Guarded(attribute=attribute, operand=operand):
            return f"{_attribute(attribute)}{show(operand)}"
        case Ternary(test=test, first=first, second=second):
            return f"{_inside(test)} ? {_inside(first)} : {_inside(second)}"
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


def _asked(target: Node, asks: bool) -> str:
    """What stands before a member: with a question mark, a variable must be in braces."""
    if not asks:
        return _holder(target)
    return f"${{{target.name}}}?" if isinstance(target, Variable) else f"{_holder(target)}?"


def _attribute(node: Attribute) -> str:
    parts = [_inside(one) for one in node.arguments]
    parts += [name if value is None else f"{name} = {_inside(value)}" for name, value in node.named]
    return f"[{node.name}({', '.join(parts)})]"


def _label(name: str) -> str:
    return f":{name} " if name else ""


def _declared_type(node: Node) -> str:
    match node:
        case Trap(types=types, body=body):
            kinds = " ".join(f"[{name}]" for name in types)
            return f"trap {kinds}{' ' if kinds else ''}{{ {show_all(body)} }}"
        case Chain(first=first, operator=operator, second=second):
            return f"{show(first)} {operator} {show(second)}"
        case Data(body=body):
            return f"data {{ {show_all(body)} }}"
        case EnumType(name=name, members=members, flags=flags):
            inside = "; ".join(one if value is None else f"{one} = {_inside(value)}" for one, value in members)
            return f"{'[Flags()] ' if flags else ''}enum {name} {{ {inside} }}"
        case ClassType(name=name, base=base, members=parts):
            inside = "; ".join(map(_class_member, parts))
            return f"class {name}{f' : {base}' if base else ''} {{ {inside} }}"
        case Using(name=name):
            return f"using namespace {name}"
        case Unreadable():
            return "clean { }"
        case _:
            raise TypeError(f"{type(node).__name__} has no text")


def _class_member(node: ClassMember) -> str:
    head = "".join(map(_attribute, node.attributes)) + ("static " if node.static else "")
    head += f"[{node.type}] " if node.type else ""
    if node.method is None:
        return f"{head}{show(Variable(node.name))}" + ("" if node.value is None else f" = {show(node.value)}")
    parameters, *body = node.method.body
    assert isinstance(parameters, ParamBlock)
    base = "" if node.base is None else f" : base({', '.join(map(_item, node.base))})"
    declared = ", ".join(map(_declaration, parameters.parameters))
    return f"{head}{node.name}({declared}){base} {{ {show_all(tuple(body))} }}"


def _statement(node: Node) -> str:
    match node:
        case If(branches=branches, otherwise=otherwise):
            texts = [f"if ({show(test)}) {{ {show_all(body)} }}" for test, body in branches]
            tail = f" else {{ {show_all(otherwise)} }}" if otherwise else ""
            return " else".join(texts) + tail
        case ForEach(variable=variable, source=source, body=body, label=label):
            return f"{_label(label)}foreach ({show(Variable(variable))} in {show(source)}) {{ {show_all(body)} }}"
        case Try(body=body, catches=catches, final=final):
            text = f"try {{ {show_all(body)} }}"
            for one in catches:
                types = ", ".join(f"[{name}]" for name in one.types)
                text += f" catch {types + ' ' if types else ''}{{ {show_all(one.body)} }}"
            return text if final is None else f"{text} finally {{ {show_all(final)} }}"
        case Throw(value=value):
            return "throw" if value is None else f"throw {show(value)}"
        case While(test=test, body=body, label=label):
            return f"{_label(label)}while ({show(test)}) {{ {show_all(body)} }}"
        case DoLoop(body=body, until=until, test=test, label=label):
            return f"{_label(label)}do {{ {show_all(body)} }} {'until' if until else 'while'} ({show(test)})"
        case For(first=first, test=maybe, step=step, body=body, label=label):
            head = "; ".join("" if part is None else show(part) for part in (first, maybe, step))
            return f"{_label(label)}for ({head}) {{ {show_all(body)} }}"
        case Switch():
            return _switch(node)
        case ParamBlock(parameters=parameters, attributes=attributes):
            return f"{''.join(map(_attribute, attributes))}param({', '.join(map(_declaration, parameters))})"
        case NamedBlock(name=name, body=body):
            return f"{name} {{ {show_all(body)} }}"
        case Function(name=name, body=body, is_filter=is_filter):
            return f"{'filter' if is_filter else 'function'} {name} {{ {show_all(body)} }}"
        case Leave(word="break" | "continue" as word, value=Literal(value=str() as name)):
            return f"{word} {name}"
        case Leave(word=word, value=value):
            return word if value is None else f"{word} {show(value)}"
        case _:
            return _declared_type(node)


def _switch(node: Switch) -> str:
    cases = [f"{_inside(pattern)} {{ {show_all(body)} }}" for pattern, body in node.cases]
    if node.default is not None:
        cases.append(f"default {{ {show_all(node.default)} }}")
    mode = "".join(f" -{one}" for one in node.mode.split())
    return f"{_label(node.label)}switch{mode} ({show(node.value)}) {{ {'; '.join(cases)} }}"


def _declaration(node: Declaration) -> str:
    parts = [_attribute(one) for one in node.attributes]
    if not parts and node.needed:
        parts.append("[Parameter(Mandatory=$true)]")
    if node.choices and not any(one.name.casefold() == "validateset" for one in node.attributes):
        parts.append(f"[ValidateSet({', '.join(map(literal, node.choices))})]")
    if node.type:
        parts.append(f"[{node.type}]")
    tail = "" if node.default is None else f" = {_inside(node.default)}"
    return "".join(parts) + show(Variable(node.name)) + tail


def _redirection(node: Redirection) -> str:
    stream = "" if node.stream == 1 else "*" if node.stream == 0 else str(node.stream)
    if node.target is None:
        return f"{stream}>&1"
    return f"{stream}{'>>' if node.append else '>'} {_argument(node.target)}"


def _part(part: str | Node) -> str:
    if isinstance(part, str):
        return _IN_DOUBLE.sub(r"`\1", part)
    return f"${{{part.name}}}" if isinstance(part, Variable) else show(part)


def _member(name: str | Node) -> str:
    if not isinstance(name, str):
        return show(name) if isinstance(name, Variable) else f"({show(name)})"
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
