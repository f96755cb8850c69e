"""Types of .NET as values of the shell: their names, and which type a value has."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, ClassVar

from fcm.shell.language import tree
from fcm.shell.language.errors import UnsupportedError
from fcm.shell.language.exceptions import BASES, derived, exception_type
from fcm.shell.language.kinds import Char, Single, integer_type
from fcm.shell.values.enumerations import Enumerated, namespace
from fcm.shell.values.net.enums import ENUMS, FLAGS
from fcm.shell.values.records import ErrorRecord, ExceptionObject
from fcm.shell.values.values import Collected, Lines, NameOf, ShellObject

_AUTOMATION = "System.Management.Automation."
ALIASES: dict[str, str] = {
    **{"int": "System.Int32", "long": "System.Int64", "uint": "System.UInt32", "ulong": "System.UInt64"},
    **{"short": "System.Int16", "ushort": "System.UInt16", "byte": "System.Byte", "sbyte": "System.SByte"},
    **{"string": "System.String", "char": "System.Char", "bool": "System.Boolean", "double": "System.Double"},
    **{"float": "System.Single", "single": "System.Single", "decimal": "System.Decimal"},
    **{"bigint": "System.Numerics.BigInteger", "datetime": "System.DateTime", "timespan": "System.TimeSpan"},
    **{"array": "System.Array", "object": "System.Object", "hashtable": "System.Collections.Hashtable"},
    **{"void": "System.Void", "type": "System.Type", "guid": "System.Guid", "version": "System.Version"},
    **{"ipaddress": "System.Net.IPAddress", "regex": "System.Text.RegularExpressions.Regex"},
    **{"xml": "System.Xml.XmlDocument", "math": "System.Math", "convert": "System.Convert", "enum": "System.Enum"},
    **{"cultureinfo": "System.Globalization.CultureInfo", "scriptblock": f"{_AUTOMATION}ScriptBlock"},
    **{"switch": f"{_AUTOMATION}SwitchParameter", "psobject": f"{_AUTOMATION}PSObject"},
    **{"pscustomobject": f"{_AUTOMATION}PSObject", "ref": f"{_AUTOMATION}PSReference"},
    **{"bitconverter": "System.BitConverter", "environment": "System.Environment", "uri": "System.Uri"},
    **{"text.stringbuilder": "System.Text.StringBuilder", "arraylist": "System.Collections.ArrayList"},
    "ordered": "System.Collections.Specialized.OrderedDictionary",
}
"""Short names (type accelerators) by their small letters."""
_GENERIC = "System.Collections.Generic."
KNOWN: tuple[str, ...] = (
    *dict.fromkeys(ALIASES.values()),
    *("System.Text.StringBuilder", "System.Text.Encoding", "System.DayOfWeek", "System.ConsoleColor"),
    *("System.StringComparison", "System.MidpointRounding", "System.IO.FileAttributes", "System.ValueType"),
    *("System.Globalization.NumberStyles", "System.DateTimeKind", "System.StringSplitOptions"),
    *("System.IO.Path", "System.IO.File", "System.Collections.Queue", "System.Collections.Stack"),
    *("System.Collections.SortedList", "System.Collections.IDictionary", "System.Collections.IEnumerable"),
    *("System.Collections.Specialized.OrderedDictionary", "System.Collections.ArrayList", "System.Collections.IList"),
    *(f"{_GENERIC}List", f"{_GENERIC}Dictionary", f"{_GENERIC}HashSet", f"{_GENERIC}Queue", f"{_GENERIC}Stack"),
    *(f"{_GENERIC}SortedDictionary", "System.Collections.DictionaryEntry", f"{_AUTOMATION}PSCustomObject"),
    *(f"{_AUTOMATION}ErrorRecord", f"{_AUTOMATION}ErrorCategory", f"{_AUTOMATION}WarningRecord"),
    *(f"{_AUTOMATION}PSReference", f"{_AUTOMATION}PSCredential", "System.Net.Sockets.AddressFamily"),
    *("System.Text.RegularExpressions.Match", "System.IFormattable", "System.IComparable"),
    *(f"{_AUTOMATION}VerboseRecord", f"{_AUTOMATION}DebugRecord", f"{_AUTOMATION}InformationRecord"),
)
_BY_FOLD = {name.casefold(): name for name in KNOWN}


@dataclass
class Declared:
    """A class or enumeration that a script declared."""

    name: str
    base: str = ""
    members: dict[str, int] = field(default_factory=dict)
    """Those of an enumeration."""
    flags: bool = False
    node: tree.ClassType | None = None
    statics: dict[str, Any] = field(default_factory=dict)
    parent: Declared | None = None


@dataclass(frozen=True)
class NetType:
    """A type as a value."""

    name: str
    """Its full name, without what its elements are."""
    parts: tuple[NetType, ...] = ()
    """Arguments of a generic type; the type of the elements of an array."""
    rank: int = 0
    """Dimensions of an array; 0: it is none."""
    declared: Declared | None = field(default=None, compare=False, repr=False)

    @property
    def full(self) -> str:
        """FullName.

        Raises:
            UnsupportedError: the built-in shell does not have what is asked for.
        """
        if self.rank:
            return f"{self.parts[0].full}[{',' * (self.rank - 1)}]"
        if self.parts:
            raise UnsupportedError("The full name of a generic type")
        return self.name

    @property
    def short(self) -> str:
        """Name."""
        if self.rank:
            return f"{self.parts[0].short}[{',' * (self.rank - 1)}]"
        last = self.name.rpartition(".")[2]
        return f"{last}`{len(self.parts)}" if self.parts else last

    def net_text(self) -> str:
        """A type in a text has its short name in PowerShell, for which there is no rule to be told here.

        Raises:
            UnsupportedError: the built-in shell does not have what is asked for.
        """
        raise UnsupportedError("A type as text", "Use its property FullName or Name.")

    def net_get(self, name: str) -> Any:
        """Name, FullName and the like.

        Raises:
            UnsupportedError: the built-in shell does not have what is asked for.
        """
        match name:
            case "name":
                return self.short
            case "fullname":
                return self.full
            case "namespace" if not self.rank:
                return self.name.rpartition(".")[0]
            case "isenum":
                return self.is_enum
            case "isarray":
                return bool(self.rank)
            case "basetype" if self.rank:
                return NetType("System.Array")
        raise UnsupportedError(f"The property {name} of a type")

    @property
    def is_enum(self) -> bool:
        """Whether it is an enumeration."""
        return self.name in ENUMS or (self.declared is not None and bool(self.declared.members))


OBJECT = NetType("System.Object")
ARRAY = NetType("System.Object[]", (OBJECT,), 1)


def array_of(element: NetType, rank: int = 1) -> NetType:
    """The type of arrays of a type."""
    return NetType(f"{element.name}[]", (element,), rank)


class EnumValue(int):
    """A value of an enumeration."""

    type: NetType

    def __new__(cls, kind: NetType, number: int) -> EnumValue:
        """A number as one of a type."""
        made = super().__new__(cls, number)
        made.type = kind
        return made

    @property
    def members(self) -> dict[str, int]:
        """All of the type."""
        return members_of(self.type)

    def net_text(self) -> str:
        """Its name."""
        return self.name()

    def net_get(self, name: str) -> Any:
        """``value__``.

        Raises:
            KeyError: there is none of that name for these arguments.
        """
        if name == "value__":
            return int(self)
        raise KeyError(name)

    def name(self) -> str:
        """Its name, or those of its flags; the number where it has none."""
        for known, number in self.members.items():
            if number == int(self):
                return known
        flags = self.type.name in FLAGS or (self.type.declared is not None and self.type.declared.flags)
        if not flags:
            return str(int(self))
        rest, found = int(self), []
        for known, number in sorted(self.members.items(), key=lambda one: -one[1]):
            if number and rest & number == number:
                found.append(known)
                rest -= number
        return ", ".join(reversed(found)) if found and not rest else str(int(self))


def members_of(kind: NetType) -> dict[str, int]:
    """Members of an enumeration."""
    return kind.declared.members if kind.declared is not None else ENUMS[kind.name]


class Switch(int):
    """A switch of a function: true or false, with IsPresent."""

    def net_text(self) -> str:
        """True or False."""
        return "True" if self else "False"

    def net_get(self, name: str) -> Any:
        """IsPresent.

        Raises:
            KeyError: there is none of that name for these arguments.
        """
        if name == "ispresent":
            return bool(self)
        raise KeyError(name)


class Ordered(dict[Any, Any]):
    """``[ordered]@{}``."""

    net: ClassVar[str] = "System.Collections.Specialized.OrderedDictionary"


class JsonTable(Ordered):
    """What ConvertFrom-Json -AsHashtable gives."""

    net = "System.Management.Automation.OrderedHashtable"


class Dictionary(dict[Any, Any]):
    """``Dictionary[key, value]``: keys are compared as they are."""

    def __init__(self, kind: NetType) -> None:
        super().__init__()
        self.type = kind


class SortedTable(dict[Any, Any]):
    """``SortedDictionary`` or ``SortedList``: enumerated by its keys."""

    def __init__(self, kind: NetType) -> None:
        super().__init__()
        self.type = kind

    def order(self) -> None:
        """Sort the entries by their keys."""
        entries = sorted(self.items(), key=lambda one: one[0])
        self.clear()
        self.update(entries)


class TypedArray(list[Any]):
    """``[int[]]``: an array whose elements are of one type."""

    def __init__(self, element: NetType, values: list[Any]) -> None:
        super().__init__(values)
        self.element = element


class Matrix(list[Any]):
    """An array of several dimensions: its elements row by row."""

    def __init__(self, element: NetType, sizes: tuple[int, ...], values: list[Any]) -> None:
        super().__init__(values)
        self.element = element
        self.sizes = sizes


class NetList(list[Any]):
    """A list that can grow: ArrayList, List[T], Collection, Queue, Stack, HashSet."""

    def __init__(self, kind: NetType, values: list[Any] | None = None) -> None:
        super().__init__(values or [])
        self.type = kind

    @property
    def element(self) -> NetType:
        """What it may hold."""
        return self.type.parts[0] if self.type.parts else OBJECT


class ScriptObject(ShellObject):
    """An object of a class that a script declared."""

    declared: Declared


class Net:
    """A value of .NET with members of its own."""

    net: ClassVar[str] = ""

    def net_text(self) -> str:
        """ToString()."""
        return self.net

    def net_get(self, name: str) -> Any:
        """A property by its name in small letters.

        Raises:
            KeyError: there is none.
        """
        raise KeyError(name)

    def call(self, name: str, arguments: list[Any]) -> Any:
        """A method by its name in small letters.

        Raises:
            KeyError: there is none.
        """
        raise KeyError(name)


class Reference(Net):
    """``[ref]$x``."""

    net = f"{_AUTOMATION}PSReference"

    def __init__(self, read: Any, write: Any) -> None:
        self.read, self.write = read, write

    def net_get(self, name: str) -> Any:
        """Value.

        Raises:
            KeyError: there is none of that name for these arguments.
        """
        if name == "value":
            return self.read()
        raise KeyError(name)


COLLECTION = NetType("System.Collections.ObjectModel.Collection", (NetType(f"{_AUTOMATION}PSObject"),))
ARRAY_LIST = NetType("System.Collections.ArrayList")


def named(name: str) -> str:
    """The full name of a type as scripts write it; "" for an unknown one."""
    folded = name.casefold()
    found = ALIASES.get(folded) or ALIASES.get(folded.removeprefix("system."))
    return found or _BY_FOLD.get(folded) or _BY_FOLD.get(f"system.{folded}") or exception_type(name)


_SIMPLE: tuple[tuple[type, str], ...] = (
    (bool, "System.Boolean"),
    (Single, "System.Single"),
    (float, "System.Double"),
    (Decimal, "System.Decimal"),
    (Char, "System.Char"),
    (str, "System.String"),
    (datetime, "System.DateTime"),
    (timedelta, "System.TimeSpan"),
    (Ordered, Ordered.net),
    (tree.ScriptBlock, f"{_AUTOMATION}ScriptBlock"),
    (Lines, "Microsoft.PowerShell.Commands.Internal.Format.FormatStartData"),
)
_OBJECTS = {
    "ErrorRecord": f"{_AUTOMATION}ErrorRecord",
    **dict.fromkeys(("Custom", "Selected"), f"{_AUTOMATION}PSCustomObject"),
    "Entry": "System.Collections.DictionaryEntry",
    "Grouped": "Microsoft.PowerShell.Commands.GroupInfo",
    "Counted": "Microsoft.PowerShell.Commands.GroupInfoNoElement",
    "Measured": "Microsoft.PowerShell.Commands.GenericMeasureInfo",
    "MeasuredObjects": "Microsoft.PowerShell.Commands.GenericObjectMeasureInfo",
    "MeasuredText": "Microsoft.PowerShell.Commands.TextMeasureInfo",
    "MatchInfo": "Microsoft.PowerShell.Commands.MatchInfo",
    "WarningRecord": f"{_AUTOMATION}WarningRecord",
    "VerboseRecord": f"{_AUTOMATION}VerboseRecord",
    "DebugRecord": f"{_AUTOMATION}DebugRecord",
    "InformationRecord": f"{_AUTOMATION}InformationRecord",
}
RUNTIME_TYPE = "System.RuntimeType"


def type_of(value: Any) -> NetType:
    """The type of a value that is not null."""
    if isinstance(value, EnumValue):
        return value.type
    if isinstance(value, NetType):
        return NetType(RUNTIME_TYPE)
    if isinstance(value, Switch):
        return NetType(f"{_AUTOMATION}SwitchParameter")
    if isinstance(value, Enumerated):
        return NetType(f"{namespace(value.kind)}.{value.kind}")
    if isinstance(value, NameOf) and value.kind:
        return NetType(value.kind)
    if isinstance(value, Enum):
        return NetType(f"Microsoft.FailoverClusters.PowerShell.{type(value).__name__}")
    if isinstance(value, ScriptObject):
        return NetType(value.declared.name, declared=value.declared)
    if isinstance(value, ExceptionObject):
        return NetType(str(value.properties.get("Type") or "System.Exception"))
    if isinstance(value, Net):
        return NetType(value.net)
    if isinstance(value, ShellObject):
        return NetType(_OBJECTS.get(value.type, value.type))
    if isinstance(value, NetList | Dictionary | SortedTable):
        return value.type
    if isinstance(value, TypedArray):
        return array_of(value.element)
    if isinstance(value, Matrix):
        return array_of(value.element, len(value.sizes))
    if isinstance(value, Collected):
        return NetType(value.kind)
    if isinstance(value, list | tuple):
        return ARRAY
    if isinstance(value, bool):
        return NetType("System.Boolean")
    if isinstance(value, int):
        return NetType(integer_type(value))
    if isinstance(value, JsonTable):
        return NetType(JsonTable.net)
    for kind, name in _SIMPLE:
        if isinstance(value, kind):
            return NetType(name)
    if isinstance(value, dict):
        return NetType("System.Collections.Hashtable")
    return NetType("System.Object")


_VALUE_TYPES = (bool, int, float, Decimal, datetime, timedelta, Char)


def is_a(value: Any, kind: NetType) -> bool:
    """``-is``."""
    if value is None:
        return False
    name = kind.name
    own = type_of(value)
    if own == kind or name == "System.Object":
        return True
    match name:
        case "System.ValueType":
            return isinstance(value, _VALUE_TYPES)
        case "System.Array":
            return isinstance(value, list) and not isinstance(value, NetList | Collected)
        case "System.Object[]":
            return type(value) is list
        case "System.Enum":
            return isinstance(value, EnumValue)
        case "System.Type":
            return isinstance(value, NetType)
        case "System.Collections.IDictionary":
            return isinstance(value, dict)
        case "System.Collections.IEnumerable":
            return isinstance(value, list | dict | str)
        case "System.Collections.IList":
            return isinstance(value, list) and not isinstance(value, Collected)
        case "System.Management.Automation.PSObject" | "System.Management.Automation.PSCustomObject":
            return isinstance(value, ShellObject) and value.type in ("Custom", "Selected")
        case "System.Management.Automation.SwitchParameter":
            return False
    if isinstance(value, ErrorRecord):
        return False
    if isinstance(value, ExceptionObject):
        return name in value.types or name in (derived(own.name) if own.name in BASES else ())
    declared = own.declared
    while declared is not None:
        if kind.declared is declared or declared.base == name:
            return True
        declared = declared.parent
    return False
