"""``$object.psobject`` and what it leads to."""

from __future__ import annotations

from typing import Any

from fcm.shell.language.errors import UnsupportedError
from fcm.shell.values.net.types import Net, NetList, NetType
from fcm.shell.values.values import Collected, ShellObject


class Base(Net):
    """``$table.psbase``: the table without its keys as properties."""

    net = "System.Collections.Hashtable"

    def __init__(self, table: dict[Any, Any]) -> None:
        self.table = table

    def net_get(self, name: str) -> Any:
        """Count, Keys, Values.

        Raises:
            KeyError: there is none of that name for these arguments.
        """
        match name:
            case "count":
                return len(self.table)
            case "keys":
                return Collected(self.table)
            case "values":
                return Collected(self.table.values())
        raise KeyError(name)


class PropertyInfo(Net):
    """One of ``$object.psobject.Properties``."""

    net = "System.Management.Automation.PSNoteProperty"

    def __init__(self, owner: ShellObject, name: str) -> None:
        self.owner, self.name = owner, name

    def net_get(self, name: str) -> Any:
        """Name, Value, MemberType.

        Raises:
            UnsupportedError: the built-in shell does not have what is asked for.
        """
        match name:
            case "name":
                return self.name
            case "value":
                return self.owner.get(self.name)
            case "membertype" if self.owner.type in ("Custom", "Selected") and not self.owner.computed:
                return "NoteProperty"
        raise UnsupportedError(f"{name} of a property")


class Properties(NetList):
    """``$object.psobject.Properties``."""

    def __init__(self, owner: ShellObject) -> None:
        kind = NetType("System.Management.Automation.PSMemberInfoIntegratingCollection")
        super().__init__(kind, [PropertyInfo(owner, name) for name in owner.properties])
        self.owner = owner

    def named(self, name: str) -> Any:
        """The property of a name."""
        key = self.owner.key(name)
        return None if key is None else PropertyInfo(self.owner, key)


class _PsObject(Net):
    """``$object.psobject``."""

    net = "System.Management.Automation.PSObject"

    def __init__(self, owner: ShellObject) -> None:
        self.owner = owner

    def net_get(self, name: str) -> Any:
        """Properties, TypeNames."""
        match name:
            case "properties":
                return Properties(self.owner)
            case "typenames":
                return of_object(self.owner, "pstypenames")
        raise UnsupportedError(f"{name} of psobject")

    def call(self, name: str, arguments: list[Any]) -> Any:
        """Copy()."""
        if name == "copy" and not arguments:
            return copied(self.owner)
        raise UnsupportedError(f"The method {name} of psobject")


def copied(owner: ShellObject) -> ShellObject:
    """A copy of an object that a script made.

    Raises:
        UnsupportedError: its methods are bound to itself.
    """
    if owner.methods or owner.computed or owner.type not in ("Custom", "Selected"):
        raise UnsupportedError("A copy of this object")
    made = ShellObject(owner.type, dict(owner.properties))
    made.kinds[:] = owner.kinds
    return made


class TypeNames(NetList):
    """``$object.pstypenames``: what is put in front decides how it is shown."""

    def __init__(self, owner: ShellObject) -> None:
        own = ["System.Management.Automation.PSCustomObject", "System.Object"]
        super().__init__(NetType("System.Collections.ObjectModel.Collection", (NetType("System.String"),)))
        self.extend([*owner.kinds, *own])
        self.owner = owner

    def changed(self) -> None:
        """Tell the object what was put in."""
        own = ("System.Management.Automation.PSCustomObject", "System.Object")
        self.owner.kinds[:] = [one for one in self if one not in own]


def of_object(value: ShellObject, word: str) -> Any:
    """Psobject and the like of an object.

    Raises:
        UnsupportedError: this shell does not have it.
    """
    if word == "psobject":
        return _PsObject(value)
    if word == "pstypenames" and value.type in ("Custom", "Selected"):
        return TypeNames(value)
    raise UnsupportedError(f"The property {word} of this object")
