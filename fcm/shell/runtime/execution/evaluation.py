"""Values of expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fcm.shell.language import tree
from fcm.shell.language.errors import ShellError, UnsupportedError, exact
from fcm.shell.runtime.execution.asking import source_of
from fcm.shell.runtime.execution.assignment import Assigner
from fcm.shell.runtime.execution.functions.classes import Types
from fcm.shell.runtime.execution.indexing import indexed
from fcm.shell.runtime.execution.strict import Strictness
from fcm.shell.values.net import members, statics
from fcm.shell.values.net.casting import convert
from fcm.shell.values.net.types import Declared, NetType, Ordered, Reference, Switch
from fcm.shell.values.objects import when
from fcm.shell.values.operators import binary, matches, unary
from fcm.shell.values.paths import path_info
from fcm.shell.values.values import NOTHING, ShellObject, part, table_key, text, truth

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from fcm.shell.runtime.execution.asking import Statements
    from fcm.shell.runtime.execution.running import RunningSession


class Evaluator:
    """Evaluates expressions in one session; statements are run by the interpreter."""

    def __init__(self, session: RunningSession, statements: Statements) -> None:
        self.session = session
        self.statements = statements
        self.types = Types(session, self)
        self.strict = Strictness(session)
        self.assigner = Assigner(session, self)

    def nested(self, statements: Sequence[tree.Node]) -> list[Any]:
        """Output of the statements of a block."""
        out: list[Any] = []
        self.statements.into(statements, out)
        return out

    def elements(self, node: tree.Node) -> list[Any]:
        """What an expression puts into a pipeline or an array: the elements of a list, $null as itself.

        What was no output of a pipeline, or the call of a method that gives nothing, is no element.
        """
        found = self.raw(node)
        if found is NOTHING or (found is None and _gives_nothing(node)):
            return []
        return list(found) if isinstance(found, list) else [found]

    def raw(self, node: tree.Node) -> Any:
        """Value of a node; NOTHING where it is the output of a pipeline that had none."""
        match node:
            case tree.Variable(name=name):
                value = self.session.variables.raw(name, self)
                if value is self:
                    return self._unset(node)
                return value
            case tree.Group(body=body):
                joining, self.session.joining = self.session.joining, False
                try:
                    return self._grouped(body)
                finally:
                    self.session.joining = joining
            case tree.SubExpression(body=body):
                return _folded(self.nested(body))
            case tree.Ternary(test=test, first=first, second=second):
                return self.raw(first if truth(self.value(test)) else second)
            case _ if isinstance(node, tree.STATEMENTS) and not isinstance(node, tree.Assignment):
                return _folded(self.statements.collected(node))
            case _:
                return self.value(node)

    def _grouped(self, body: tree.Node) -> Any:
        if isinstance(body, tree.Assignment):
            return self.assigner.assign(body)
        if isinstance(body, tree.Increment):
            return self._increment(body)
        return self.raw(body)

    # values

    def value(self, node: tree.Node) -> Any:
        """Value of an expression, a list of one or none included; of a statement what its output amounts to."""
        match node:
            case tree.Literal(value=value):
                return value
            case tree.Expanded(parts=parts):
                between = self.between()
                return "".join(one if isinstance(one, str) else self._piece(one, between) for one in parts)
            case tree.Variable() | tree.Group() | tree.SubExpression() | tree.Ternary():
                found = self.raw(node)
                return None if found is NOTHING else found
            case tree.Member():
                return self._member(node)
            case tree.Call():
                return self._call(node)
            case tree.StaticCall():
                return self._static(node)
            case tree.TypeName(name=name):
                return self.types.named(name)
            case tree.Increment():
                return self._increment(node)
            case tree.Assignment():
                return self.assigner.assign(node)
            case tree.Index(target=target, index=index, asks=asks):
                holder = self.value(target)
                if holder is None and asks:
                    return None
                return self.placed(node.at, indexed, holder, self.value(index), self.strict)
            case tree.ArrayExpression(body=(only,)) if not isinstance(only, tree.STATEMENTS):
                return self.elements(only) if not isinstance(only, tree.Increment) else self.nested((only,))
            case tree.ArrayExpression(body=body):
                return self.nested(body)
            case tree.ScriptBlock():
                return node
            case tree.Hash():
                return self.table(node)
            case tree.Sequence(items=parts):
                return [self.value(one) for one in parts]
            case _:
                return self._operation(node)

    def _operation(self, node: tree.Node) -> Any:
        match node:
            case tree.Unary(operator=operator, operand=operand):
                value = self.value(operand)
                if operator == "-join":
                    return self.placed(node.at, binary, "-join", value, "")
                return self.placed(node.at, unary, operator, value)
            case tree.Binary(operator="-and", left=left, right=right):
                return truth(self.value(left)) and truth(self.value(right))
            case tree.Binary(operator="-or", left=left, right=right):
                return truth(self.value(left)) or truth(self.value(right))
            case tree.Binary(operator="??", left=left, right=right):
                found = self.value(left)
                return self.value(right) if found is None else found
            case tree.Binary(operator="-match" | "-cmatch" | "-notmatch" | "-cnotmatch"):
                return self._match(node)
            case tree.Binary(operator="-split" | "-csplit" as operator, left=left, right=right):
                return self._split(node, operator, self.value(left), self.value(right))
            case tree.Binary(operator="-replace" | "-creplace" as operator, left=left, right=right):
                return self._replaced(node, operator, self.value(left), self.value(right))
            case tree.Binary(operator="-as" | "-is" | "-isnot" as operator, left=left, right=right):
                value, kind = self.value(left), self.value(right)
                kind = kind if isinstance(kind, NetType) else self.types.named(text(kind).strip("[]"))
                return self.placed(node.at, self.types.tested, operator, value, kind)
            case tree.Binary(operator=operator, left=left, right=right):
                return self.placed(node.at, binary, operator, self.value(left), self.value(right))
            case tree.Cast():
                return self._cast(node)
            case tree.Guarded():
                raise UnsupportedError("An attribute that stands before no variable", "", node.at)
            case tree.Unreadable(error=error):
                raise error
            case _:
                found = _folded(self.statements.collected(node))
                return None if found is NOTHING else found

    def between(self) -> str:
        """What stands between the elements of a list in a text ($OFS)."""
        found = self.session.variables.get("OFS", " ")
        return " " if found is None else text(found)

    def _piece(self, node: tree.Node, between: str) -> str:
        value = self.value(node)
        if isinstance(value, list):
            return between.join(text(one) if isinstance(one, ShellObject) else part(one) for one in value)
        return str(self.placed(node.at, self.text, value))

    def text(self, value: Any) -> str:
        """A value in a text; the text of a block is what is written in it."""
        if isinstance(value, tree.ScriptBlock):
            return source_of(value)
        return text(value)

    def placed(self, at: int, function: Callable[..., Any], *arguments: Any) -> Any:
        """The value of a function; an error of it is placed here.

        Raises:
            UnsupportedError: the built-in shell does not have what is asked for.
        """
        try:
            return function(*arguments)
        except ShellError as error:
            error.at = error.at if error.at >= 0 else at
            raise
        except (OverflowError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
            raise UnsupportedError("This operation on these values", "", at) from error

    def _unset(self, node: tree.Variable) -> Any:
        """What a variable is that was never set, or that stands for something else."""
        name = node.name.casefold()
        if name.startswith("function:"):
            function = self.session.variables.function(name.removeprefix("function:"))
            return None if function is None else function.block
        if name == "pwd":
            return path_info(self.session.path("."))
        if name in _UNKNOWN:
            raise UnsupportedError(f"The variable ${node.name}", "", node.at)
        self.placed(node.at, self.strict.variable, node.name)
        return None

    def table(self, node: tree.Hash, ordered: bool = False) -> dict[Any, Any]:
        """``@{ ... }``.

        Raises:
            ShellError: it cannot be done.
            UnsupportedError: the built-in shell does not have what is asked for.
        """
        found: dict[Any, Any] = Ordered() if ordered else {}
        for key_node, value_node in node.entries:
            key = self.value(key_node)
            if key is None:
                raise ShellError("A key of a hashtable is $null.", "Give each entry a key.", key_node.at)
            if isinstance(key, list | dict | tree.Node):
                raise UnsupportedError("A key of this kind", "", key_node.at)
            try:
                table_key(found, key)
            except KeyError:
                value = self.raw(value_node)
                found[key] = None if value is NOTHING else value
                continue
            raise ShellError(f"Duplicate keys '{text(key)}' are not allowed in hash literals.", "", key_node.at)
        return found

    # members

    def _name(self, name: str | tree.Node) -> str:
        return name if isinstance(name, str) else text(self.value(name))

    def _member(self, node: tree.Member) -> Any:
        holder = self.value(node.target)
        name = self._name(node.name)
        if holder is None:
            if not node.asks:
                self.placed(node.at, self.strict.member, holder, name)
            return 0 if name.casefold() in ("count", "length") and not node.asks else None
        if isinstance(holder, NetType) and holder.declared is not None and not holder.is_enum:
            return self.placed(node.at, members.read, holder, name)
        if isinstance(holder, tree.ScriptBlock):
            return self._of_block(holder, name, node.at)
        self.placed(node.at, self.strict.member, holder, name)
        return self.placed(node.at, members.read, holder, name)

    def _of_block(self, holder: tree.ScriptBlock, name: str, at: int) -> Any:
        if name.casefold() in ("count", "length"):
            return 1
        raise UnsupportedError(f"The property {name} of a script block", "", at)

    def _call(self, node: tree.Call) -> Any:
        holder = self.value(node.target)
        if holder is None and node.asks:
            return None
        name = self._name(node.name)
        arguments = [self.value(one) for one in node.arguments]
        return self.placed(node.at, self.call, holder, name, arguments)

    def call(self, holder: Any, name: str, arguments: list[Any]) -> Any:
        """``holder.name(arguments)``."""
        word = name.casefold()
        if isinstance(holder, tree.ScriptBlock):
            return self._call_block(holder, word, name, arguments)
        if word in ("where", "foreach") and not isinstance(holder, dict | str) and holder is not None:
            found = self.assigner.each(holder, word, arguments)
            if found is not None:
                return found
        own = self.types.method_of(holder, word)
        if own is not None:
            return self.types.call(holder, own, arguments)
        return members.call(holder, name, arguments)

    def _call_block(self, block: tree.ScriptBlock, word: str, name: str, arguments: list[Any]) -> Any:
        match word:
            case "invoke" | "invokereturnasis":
                found = self.statements.invoke(block, arguments)
                if word == "invokereturnasis":
                    return None if _folded(found) is NOTHING else _folded(found)
                from fcm.shell.values.net.types import COLLECTION, NetList

                return NetList(COLLECTION, found)
            case "getnewclosure" if not arguments:
                return self.types.closure(block)
            case "tostring" if not arguments:
                return source_of(block)
            case "gettype" if not arguments:
                return members.call(block, name, arguments)
        raise UnsupportedError(f"The method {name}() of a script block")

    def _static(self, node: tree.StaticCall) -> Any:
        kind = self.types.named(node.type, node.at) if isinstance(node.type, str) else self.value(node.type)
        name = self._name(node.name)
        arguments = None if node.arguments is None else [self.value(one) for one in node.arguments]
        if not isinstance(kind, NetType):
            raise UnsupportedError("A static member of a value", "", node.at)
        return self.placed(node.at, self.static, kind, name, arguments)

    def static(self, kind: NetType, name: str, arguments: list[Any] | None) -> Any:
        """``[kind]::name(arguments)``."""
        if kind.declared is not None and not kind.is_enum:
            return self.types.static(kind.declared, name, arguments)
        if kind.name == "System.Management.Automation.ScriptBlock" and name.casefold() == "create" and arguments:
            return self.types.block_of(text(arguments[0]))
        if kind.name == "System.Text.RegularExpressions.Regex" and arguments and len(arguments) == 3:
            last = arguments[2]
            if name.casefold() == "replace" and isinstance(last, tree.ScriptBlock):
                return self._substituted(text(arguments[0]), text(arguments[1]), last)
        if kind.name == "System.Management.Automation.ErrorRecord" and name.casefold() == "new" and arguments:
            return self.types.error_record(arguments)
        return statics.static(kind, name, arguments, self.now)

    def _substituted(self, written: str, pattern: str, block: tree.ScriptBlock) -> str:
        from fcm.shell.values.net.objects import Match, regex

        def one(found: Any) -> str:
            result = _folded(self.statements.invoke(block, [Match(found)]))
            return "" if result is NOTHING else text(result)

        return regex(pattern, cased=True).sub(one, written)

    def now(self) -> datetime:
        """The time of the cluster."""
        return when(self.session.workspace.now())

    def _cast(self, node: tree.Cast) -> Any:
        name = node.type.casefold()
        if name == "ref" and isinstance(node.operand, tree.Variable):
            return self.reference(node.operand)
        if name == "ordered":
            if not isinstance(node.operand, tree.Hash):
                raise UnsupportedError("[ordered] before anything but @{ }", "", node.at)
            return self.table(node.operand, ordered=True)
        if name == "pscustomobject" and isinstance(node.operand, tree.Hash):
            return self.placed(node.at, convert, self.types.named(name), self.table(node.operand, ordered=True))
        value = self.value(node.operand)
        if name == "void":
            return None
        return self.placed(node.at, self.types.convert, self.types.named(node.type, node.at), value)

    def reference(self, node: tree.Variable) -> Reference:
        """``[ref]$x``."""
        variables, name = self.session.variables, node.name
        scope = variables.holder(name) or variables.current

        def write(value: Any) -> None:
            variables.store(scope, name.casefold(), value, name)

        return Reference(lambda: variables.get(name), write)

    def _increment(self, node: tree.Increment) -> Any:
        before = self.value(node.target)
        if not isinstance(before, int | float | None) and not hasattr(before, "as_tuple"):
            raise ShellError("The operator works only on variables and properties with numbers.", "", node.at)
        before = int(before) if isinstance(before, bool | Switch) else before
        after = self.placed(node.at, binary, node.operator[0], 0 if before is None else before, 1)
        self.assigner.put(node.target, after, node.at)
        return after if node.before else (0 if before is None else before)

    def _match(self, node: tree.Binary) -> Any:
        left, right = self.value(node.left), self.value(node.right)
        if not isinstance(left, list):
            cased = node.operator.startswith("-c")
            groups = self.placed(node.at, matches, left, right, cased)
            if groups:
                self.session.variables["matches"] = groups
        return self.placed(node.at, binary, node.operator, left, right)

    def _split(self, node: tree.Binary, operator: str, left: Any, right: Any) -> Any:
        block = right[0] if isinstance(right, list) and right else right
        if not isinstance(block, tree.ScriptBlock):
            return self.placed(node.at, binary, operator, left, right)
        if isinstance(right, list) and len(right) > 1:
            raise UnsupportedError("-split with a script block and a number", "", node.at)
        found: list[str] = []
        for item in left if isinstance(left, list) else [left]:
            found.append("")
            for char in text(item):
                result = _folded(self.session.script.run_block(block, char))
                if result is not NOTHING and truth(result):
                    found.append("")
                else:
                    found[-1] += char
        return found

    def _replaced(self, node: tree.Binary, operator: str, left: Any, right: Any) -> Any:
        if not (isinstance(right, list) and len(right) == 2 and isinstance(right[1], tree.ScriptBlock)):
            return self.placed(node.at, binary, operator, left, right)
        from fcm.shell.values.net.objects import Match, regex

        block = right[1]

        def one(found: Any) -> str:
            result = _folded(self.session.script.run_block(block, Match(found)))
            return "" if result is NOTHING else text(result)

        pattern = self.placed(node.at, regex, right[0], operator == "-creplace")
        if isinstance(left, list):
            return [pattern.sub(one, text(item)) for item in left]
        return pattern.sub(one, text(left))


_UNKNOWN = frozenset(
    (
        "home",
        "pid",
        "pshome",
        "psculture",
        "psuiculture",
        "iswindows",
        "islinux",
        "ismacos",
        "iscoreclr",
        "host",
        "profile",
        "executioncontext",
        "shellid",
        "stacktrace",
        "nestedpromptlevel",
        "event",
        "sender",
        "psstyle",
    )
)
"""Automatic variables that PowerShell has and this shell has not."""


def _folded(values: list[Any]) -> Any:
    return NOTHING if not values else values[0] if len(values) == 1 else values


def _gives_nothing(node: tree.Node) -> bool:
    """Whether $null from this node means that there is no value: methods that give nothing."""
    if isinstance(node, tree.Cast):
        return node.type == "void"
    return isinstance(node, tree.Call) or (isinstance(node, tree.StaticCall) and node.arguments is not None)


__all__ = ["Declared", "Evaluator", "exact", "source_of"]
