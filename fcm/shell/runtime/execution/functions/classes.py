"""Types of scripts: enumerations and classes that they declare, and the names that .NET's types have there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fcm.shell.language import tree
from fcm.shell.language.errors import ShellError, UnsupportedError, exact
from fcm.shell.language.parser import parse
from fcm.shell.runtime.execution.functions.validation import KNOWN, complaint
from fcm.shell.values.net.casting import NUMERIC, convert, exception_of
from fcm.shell.values.net.types import Declared, EnumValue, NetType, ScriptObject, Switch, array_of, is_a
from fcm.shell.values.operators import named_type
from fcm.shell.values.records import ErrorRecord, ExceptionObject, error_record
from fcm.shell.values.values import NOTHING, ShellObject, folded, text

if TYPE_CHECKING:
    from fcm.shell.runtime.execution.asking import Values
    from fcm.shell.runtime.execution.running import RunningSession


class Types:
    """The types that one session knows."""

    def __init__(self, session: RunningSession, values: Values) -> None:
        self._session = session
        self._values = values
        self._declared: dict[str, Declared] = {}
        self._namespaces: list[str] = []

    def named(self, name: str, at: int = -1) -> NetType:
        """The type of a name.

        Raises:
            UnsupportedError: this shell does not know it.
        """
        plain, bracket, rest = name.partition("[")
        found = self._declared.get(plain.casefold())
        if found is not None:
            kind = NetType(found.name, declared=found)
            for one in (bracket + rest).replace(" ", "").split("]")[:-1]:
                kind = array_of(kind, one.count(",") + 1)
            return kind
        try:
            return named_type(name)
        except UnsupportedError as error:
            for space in self._namespaces:
                try:
                    return named_type(f"{space}.{name}")
                except UnsupportedError:
                    continue
            error.at = at
            raise

    def use(self, namespace: str) -> None:
        """``using namespace``."""
        self._namespaces.append(namespace)

    def declare_enum(self, node: tree.EnumType) -> None:
        """``enum``.

        Raises:
            UnsupportedError: the built-in shell does not have what is asked for.
        """
        members: dict[str, int] = {}
        following = 0
        for name, value in node.members:
            number = following if value is None else self._values.value(value)
            if not isinstance(number, int):
                raise UnsupportedError("A member of an enumeration that is no number", "", node.at)
            members[name] = int(number)
            following = int(number) + 1
        self._declared[node.name.casefold()] = Declared(node.name, members=members, flags=node.flags)

    def declare_class(self, node: tree.ClassType) -> None:
        """``class``.

        Raises:
            UnsupportedError: the built-in shell does not have what is asked for.
        """
        parent = self._declared.get(node.base.casefold()) if node.base else None
        base = ""
        if node.base and parent is None:
            base = self.named(node.base, node.at).name
            if not base.endswith("Exception"):
                raise UnsupportedError(f"A class on [{node.base}]", "", node.at)
        made = Declared(node.name, base, node=node, parent=parent)
        self._declared[node.name.casefold()] = made
        for member in node.members:
            if member.static and member.method is None:
                made.statics[member.name.casefold()] = self._initial(member)

    # objects

    def new(self, declared: Declared, arguments: list[Any]) -> Any:
        """``[Name]::new(...)``."""
        assert declared.node is not None
        if self._exception_base(declared):
            made: Any = _ScriptException("Exception", {}, types=frozenset())
            made.declared = declared
            made.properties["Type"] = declared.name
        else:
            made = ScriptObject(declared.name, {})
            made.declared = declared
        for one in _lineage(declared):
            assert one.node is not None
            for member in one.node.members:
                if member.method is None and not member.static:
                    made.properties[member.name] = self._initial(member)
        self._construct(declared, made, arguments)
        own = self.method_of(made, "tostring")
        if own is not None:
            made.methods["ToString"] = lambda: text(self.call(made, own, []))
        return made

    def _exception_base(self, declared: Declared) -> str:
        return next((one.base for one in _lineage(declared) if one.base), "")

    def _construct(self, declared: Declared, made: Any, arguments: list[Any]) -> None:
        assert declared.node is not None
        constructors = [one for one in declared.node.members if one.method is not None and one.name == declared.name]
        if not constructors:
            if declared.parent is not None:
                self._construct(declared.parent, made, arguments)
            elif declared.base:
                self._base_exception(declared, made, arguments)
            elif arguments:
                raise UnsupportedError("A constructor with these arguments")
            return
        chosen = self._chosen(constructors, arguments)
        if chosen is None:
            error = ShellError(
                f'Cannot find an overload for "new" and the argument count: "{len(arguments)}".', "Check the arguments."
            )
            error.exact, error.known_id = True, "MethodCountCouldNotFindBest"
            raise error
        assert chosen.method is not None
        if declared.parent is not None or declared.base:
            given = self._evaluated(chosen, arguments) if chosen.base is not None else []
            if declared.parent is not None:
                self._construct(declared.parent, made, given)
            else:
                self._base_exception(declared, made, given)
        self._run(chosen, arguments, made)

    def _base_exception(self, declared: Declared, made: Any, arguments: list[Any]) -> None:
        inner = exception_of(declared.base, arguments)
        inner.properties.pop("Type")
        for name, value in inner.properties.items():
            made.properties.setdefault(name, value)
        made.types = frozenset((declared.name, *inner.types))

    def _evaluated(self, member: tree.ClassMember, arguments: list[Any]) -> list[Any]:
        """Arguments for the constructor of the base, from those of this one."""
        assert member.method is not None
        assert member.base is not None
        names = [one.name.casefold() for one in _parameters(member)]
        with self._session.variables.scope(dict(zip(names, arguments, strict=False))):
            return [self._values.value(one) for one in member.base]

    def _initial(self, member: tree.ClassMember) -> Any:
        kind = self.named(member.type) if member.type else None
        if member.value is not None:
            found = self._values.raw(member.value)
            found = None if found is NOTHING else found
            return found if kind is None else self.convert(kind, found)
        if kind is None:
            return None
        if kind.name in NUMERIC:
            return convert(kind, 0)
        if kind.is_enum:
            return EnumValue(kind, 0)
        if kind.name in ("System.DateTime", "System.TimeSpan", "System.Guid"):
            raise UnsupportedError("A property of this type without a value")
        return False if kind.name == "System.Boolean" else None

    def set_property(self, holder: ScriptObject, name: str, value: Any) -> None:
        """``$object.name = value``.

        Raises:
            ShellError: it does not fit, or there is none.
        """
        key = holder.key(name)
        member = next(
            (
                one
                for declared in _lineage(holder.declared)
                if declared.node is not None
                for one in declared.node.members
                if one.method is None and one.name.casefold() == name.casefold()
            ),
            None,
        )
        if key is None or member is None:
            raise exact(
                f"The property '{name}' cannot be found on this object. Verify that the property exists and can be "
                "set.",
                "PropertyAssignmentException",
            )
        try:
            made = self.convert(self.named(member.type), value) if member.type else value
            for attribute in member.attributes:
                if attribute.name.casefold() not in KNOWN:
                    raise UnsupportedError(f"The attribute [{attribute.name}]", "", attribute.at)
                said = complaint(self._values, attribute, made)
                if said:
                    raise exact(said)
        except UnsupportedError:
            raise
        except ShellError as error:
            wrapped = ShellError(f'Exception setting "{member.name}": "{error.message}"', "Check the value.")
            wrapped.exact, wrapped.known_id = error.exact, "ExceptionWhenSetting"
            raise wrapped from error
        holder.properties[key] = made

    # methods

    def method_of(self, holder: Any, word: str) -> list[tree.ClassMember] | None:
        """The methods of a name that an object of a script's class has; None: it has none."""
        declared = getattr(holder, "declared", None)
        if not isinstance(holder, ShellObject) or declared is None:
            return None
        while declared is not None:
            assert declared.node is not None
            found = [
                one
                for one in declared.node.members
                if one.method is not None
                and not one.static
                and one.name.casefold() == word
                and one.name != declared.name
            ]
            if found:
                return found
            declared = declared.parent
        return None

    def call(self, holder: Any, methods: list[tree.ClassMember], arguments: list[Any]) -> Any:
        """Call a method of an object."""
        chosen = self._chosen(methods, arguments)
        if chosen is None:
            raise exact(
                f'Cannot find an overload for "{methods[0].name}" and the argument count: "{len(arguments)}".',
                "MethodCountCouldNotFindBest",
            )
        return self._run(chosen, arguments, holder)

    def _chosen(self, members: list[tree.ClassMember], arguments: list[Any]) -> tree.ClassMember | None:
        fitting = [one for one in members if len(_parameters(one)) == len(arguments)]
        if len(fitting) < 2:
            return fitting[0] if fitting else None
        scored = sorted(fitting, key=lambda one: -self._score(one, arguments))
        if self._score(scored[0], arguments) == self._score(scored[1], arguments):
            raise UnsupportedError("A call that fits several methods")
        return scored[0]

    def _score(self, member: tree.ClassMember, arguments: list[Any]) -> int:
        found = 0
        for declaration, value in zip(_parameters(member), arguments, strict=True):
            if not declaration.type:
                found += 1
            elif is_a(value, self.named(declaration.type)):
                found += 3
        return found

    def _run(self, member: tree.ClassMember, arguments: list[Any], this: Any) -> Any:
        assert member.method is not None
        values: list[Any] = []
        for declaration, value in zip(_parameters(member), arguments, strict=True):
            values.append(self.convert(self.named(declaration.type), value) if declaration.type else value)
        returned = self._session.script.run_method(
            member.method, [one.name for one in _parameters(member)], values, this
        )
        if not member.type or member.type == "void":
            return None if member.type == "void" or not member.type else returned
        return self.convert(self.named(member.type), returned)

    def static(self, declared: Declared, name: str, arguments: list[Any] | None) -> Any:
        """``[Name]::member``.

        Raises:
            UnsupportedError: the built-in shell does not have what is asked for.
        """
        word = name.casefold()
        if arguments is not None and word == "new":
            return self.new(declared, arguments)
        for one in reversed(_lineage(declared)):
            assert one.node is not None
            if arguments is None and word in one.statics:
                return one.statics[word]
            found = [
                each
                for each in one.node.members
                if each.static and each.method is not None and each.name.casefold() == word
            ]
            if arguments is not None and found:
                return self.call(NetType(one.name, declared=one), found, arguments)
        raise UnsupportedError(f"[{declared.name}]::{name}")

    def set_static(self, kind: Any, name: str, value: Any) -> None:
        """``[Name]::member = value``.

        Raises:
            UnsupportedError: the built-in shell does not have what is asked for.
        """
        declared = kind.declared if isinstance(kind, NetType) else None
        if declared is None or name.casefold() not in declared.statics:
            raise UnsupportedError(f"Setting the static property {name}")
        assert declared.node is not None
        member = next(one for one in declared.node.members if one.name.casefold() == name.casefold() and one.static)
        declared.statics[name.casefold()] = self.convert(self.named(member.type), value) if member.type else value

    # conversions

    def convert(self, kind: NetType, value: Any) -> Any:
        """``[kind] value``, also for types of the script.

        Raises:
            UnsupportedError: the built-in shell does not have what is asked for.
        """
        if kind.rank == 1 and (kind.parts[0].declared is not None) and value is not None:
            from fcm.shell.values.net.types import TypedArray

            given = value if isinstance(value, list) else [value]
            return TypedArray(kind.parts[0], [self.convert(kind.parts[0], one) for one in given])
        declared = kind.declared
        if declared is None or kind.is_enum:
            if kind.name == "System.Type":
                return value if isinstance(value, NetType) else self.named(text(value))
            if kind.name == "System.Management.Automation.ScriptBlock" and isinstance(value, str):
                return self.block_of(value)
            if kind.name == "System.String" and isinstance(value, tree.ScriptBlock | list):
                return self._as_text(value)
            return convert(kind, value)
        if value is None or (is_a(value, kind) and getattr(value, "declared", None) is declared):
            return value
        if is_a(value, kind):
            made = ScriptObject(declared.name, value.properties)
            made.declared = declared
            return made
        if isinstance(value, dict):
            made = self.new(declared, [])
            for name, one in value.items():
                self.set_property(made, text(name), one)
            return made
        raise UnsupportedError(f"The conversion to [{declared.name}]")

    def _as_text(self, value: Any) -> str:
        if isinstance(value, list):
            return text(value, self._values.between())
        return self._values.text(value)

    def tested(self, operator: str, value: Any, kind: NetType) -> Any:
        """``-is``, ``-isnot``, ``-as``."""
        if operator != "-as":
            if kind.name.endswith("SwitchParameter"):
                return isinstance(value, Switch) is (operator == "-is")
            if isinstance(value, ErrorRecord) and kind.name.endswith(".ErrorRecord"):
                return operator == "-is"
            return is_a(value, kind) is (operator == "-is")
        if value is None and kind.name != "System.String":
            return None
        try:
            return self.convert(kind, value)
        except UnsupportedError:
            raise
        except ShellError:
            return None

    # blocks and errors

    def block_of(self, written: str) -> tree.ScriptBlock:
        """``[scriptblock]::Create(text)``.

        Raises:
            ShellError: the text is not of the language.
        """
        origin = tree.Source("", written)
        try:
            body = parse(written, origin)
        except ShellError as error:
            if getattr(error, "unsupported", False):
                raise UnsupportedError("A construct in the text of a script block") from error
            wrapped = ShellError(error.message, error.remedy)
            wrapped.inner = "System.Management.Automation.ParseException"
            wrapped.known_id = "ParseException"
            raise wrapped from error
        return tree.ScriptBlock(body, origin, (0, len(written)), at=0)

    def closure(self, block: tree.ScriptBlock) -> tree.ScriptBlock:
        """``$block.GetNewClosure()``: it keeps the variables of now."""
        scope = self._session.variables.current
        captured = dict(scope.values)
        made = replace(block)
        self._session.script.capture(made, captured)
        return made

    def error_record(self, arguments: list[Any]) -> ErrorRecord:
        """``[ErrorRecord]::new(exception, id, category, target)``.

        Raises:
            UnsupportedError: the built-in shell does not have what is asked for.
        """
        if len(arguments) != 4 or not isinstance(arguments[0], ExceptionObject):
            raise UnsupportedError("A constructor of [ErrorRecord] with these arguments")
        thrown, known_id, category, target = arguments
        error = ShellError(text(thrown.get("Message")), "", category=text(category))
        error.exact, error.known_id, error.thrown = True, text(known_id), thrown
        error.net_type = str(thrown.properties.get("Type"))
        made = error_record(error)
        made.properties["TargetObject"] = target
        return made


class _ScriptException(ScriptObject, ExceptionObject):
    """An object of a class of the script that is an exception."""


def _lineage(declared: Declared) -> list[Declared]:
    """A class and those that it is based on, the base first."""
    found: list[Declared] = []
    one: Declared | None = declared
    while one is not None:
        found.insert(0, one)
        one = one.parent
    return found


def _parameters(member: tree.ClassMember) -> tuple[tree.Declaration, ...]:
    assert member.method is not None
    head = member.method.body[0]
    return head.parameters if isinstance(head, tree.ParamBlock) else ()


__all__ = ["Types", "folded"]
