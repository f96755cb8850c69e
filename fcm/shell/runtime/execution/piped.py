"""What stands in a pipeline finds its parameter, or is an error of its own; nothing piped means that nothing is done.

One place for every cmdlet: a parameter says which kinds of objects it takes (``Param.pipes``) and what its names mean
(``Param.of``). An object is bound by its id, so that it means itself whatever names there are. As in PowerShell
(about_Pipelines), a cmdlet that gets an empty pipeline does not run, a parameter that was typed takes nothing from the
pipeline, and an object that fits no parameter is an error while the others go on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fcm.shell.language.errors import NotFoundError, ParameterError, ShellError
from fcm.shell.runtime.execution.binding import Argument, converted, lacks_nothing
from fcm.shell.runtime.parameters import ANY, TEXT, Param
from fcm.shell.values.values import Identity, NameOf, ShellObject, items, text
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Container

    from fcm.model.state import State
    from fcm.shell.runtime.call import Cmdlet

    Standing = Callable[[str, State], list[str]]
    """Ids of what an object of an id stands for; empty: it stands for nothing of that kind."""


def _known(identity: str | None, known: Container[object]) -> list[str]:
    return [identity] if identity is not None and identity in known else []


DEVICES = ("VMNetworkAdapter", "VMHardDiskDrive", "VMDvdDrive", "VMMemory", "VMProcessor")
"""Objects that have the id of their machine."""


def _its_machine(identity: str, state: State) -> list[str]:
    return _known(identity, state.machines)


def _machine_of_group(identity: str, state: State) -> list[str]:
    return [machine.id for machine in state.machines.values() if machine.group == identity]


def _machine_of_resource(identity: str, state: State) -> list[str]:
    resource = state.resources.get(identity)
    return _known(resource.machine, state.machines) if resource is not None else []


def _group_of_machine(identity: str, state: State) -> list[str]:
    machine = state.machines.get(identity)
    return _known(machine.group, state.groups) if machine is not None else []


def _group_of_resource(identity: str, state: State) -> list[str]:
    resource = state.resources.get(identity)
    return _known(resource.group, state.groups) if resource is not None else []


def _resource(identity: str, state: State) -> list[str]:
    if identity in state.resources:
        return [identity]
    return [one.id for one in state.resources.values() if one.disk == identity]


def _disk(identity: str, state: State) -> list[str]:
    if identity in state.disks:
        return [identity]
    resource = state.resources.get(identity)
    return _known(resource.disk, state.disks) if resource is not None else []


def _part(identity: str, state: State) -> list[str]:
    return _disk(identity, state) or ([identity] if identity in state.resources else [])


def _faulty(identity: str, state: State) -> list[str]:
    """What of a resource can fail physically: its disk, or its virtual machine."""
    return _disk(identity, state) or _machine_of_resource(identity, state)


_STANDS: dict[tuple[str, str], Standing] = {
    **{("machine", kind): _its_machine for kind in ("VirtualMachine", *DEVICES)},
    ("machine", "ClusterGroup"): _machine_of_group,
    ("machine", "ClusterResource"): _machine_of_resource,
    ("group", "ClusterGroup"): lambda identity, state: _known(identity, state.groups),
    ("group", "ClusterResource"): _group_of_resource,
    ("group", "VirtualMachine"): _group_of_machine,
    ("resource", "ClusterResource"): _resource,
    ("disk", "ClusterResource"): _disk,
    ("disk", "ClusterSharedVolume"): _disk,
    ("part", "ClusterResource"): _part,
    ("part", "ClusterSharedVolume"): _disk,
    ("faulty", "ClusterResource"): _faulty,
    ("faulty", "ClusterSharedVolume"): _disk,
    ("faulty", "ClusterGroup"): _machine_of_group,
}
"""What an object of a type stands for where a parameter wants another kind; all others stand for themselves."""
_MADE = ("Selected", "Custom")
"""Types of objects that scripts make: they stand for nothing here, but their properties may name something."""
_KINDS = {
    "network": "cluster network",
    "machine": "virtual machine",
    "group": "service or application",
    "resource": "resource",
    "disk": "disk",
    "part": "resource or disk",
    "faulty": "disk or virtual machine",
}


def bound(
    cmdlet: Cmdlet, values: dict[str, Any], given: list[Any], has_input: bool, state: State
) -> tuple[list[dict[str, Any]], list[ShellError]]:
    """The calls that arguments and a pipeline make of a cmdlet.

    Args:
        cmdlet: what is called.
        values: its arguments by parameter.
        given: the objects that were piped.
        has_input: whether something stands before it in the pipeline.
        state: the cluster, for what objects stand for.

    Returns:
        The values of each call, and an error for each object that fits no parameter.

    Raises:
        ParameterError: a parameter that is needed is missing, or -VMId and -Name are both given.
        NotFoundError: -VMId is of no machine.
    """
    if cmdlet.collects:
        lacks_nothing(cmdlet, values, piped=has_input)
        return [values], []
    errors: list[ShellError] = []
    values = _meant(cmdlet, values, state)
    values = {name: _named(cmdlet, name, value, state, errors) for name, value in values.items()}
    if errors:
        return [], errors
    typed = not has_input and "InputObject" in values
    if not has_input and not typed:
        lacks_nothing(cmdlet, values)
        return [values], []
    objects = items(values.pop("InputObject")) if typed else given
    found: dict[str, list[Any]] = {}
    for one in objects:
        try:
            param, taken = _taken(cmdlet, values, one, state)
        except ShellError as error:
            error.target = text(one)
            errors.append(error)
        else:
            found.setdefault(param.name, []).extend(taken)
    calls: list[dict[str, Any]] = []
    for name, taken in found.items():
        several = _parameter(cmdlet, name).kind in ("texts", "any")
        calls += [values | {name: part} for part in ([taken] if several else taken)]
    for call in calls:
        lacks_nothing(cmdlet, call)
    return calls, errors


def _parameter(cmdlet: Cmdlet, name: str) -> Param:
    return next(param for param in cmdlet.parameters if param.name == name)


def _meant(cmdlet: Cmdlet, values: dict[str, Any], state: State) -> dict[str, Any]:
    """The values with what -VMId means in the place of -Name.

    Raises:
        ParameterError: both are given, or no machine has the id.
    """
    for param in cmdlet.parameters:
        if not param.means or param.name not in values:
            continue
        if param.means in values:
            raise ParameterError(f"-{param.name} and -{param.means} cannot be used together.", "Remove one of them.")
        target = _parameter(cmdlet, param.means)
        given = [text(one) for one in items(values[param.name])]
        ids = [one for each in given for one in _standing(cmdlet, target, _machine(each, state), state)]
        rest = {name: value for name, value in values.items() if name != param.name}
        values = rest | {target.name: ids if target.kind == "texts" else ids[0]}
    return values


def _machine(identity: str, state: State) -> ShellObject:
    """The machine of an id, whatever the case of its letters."""
    known = next((one for one in state.machines if one.casefold() == identity.casefold()), None)
    if known is None:
        raise NotFoundError(
            f"There is no virtual machine with the Id {quoted(identity)} in this cluster.",
            "Get-VM | Select-Object Name, Id shows the Ids.",
        )
    return ShellObject("VirtualMachine", {"Name": state.machines[known].name}, known)


def _named(cmdlet: Cmdlet, name: str, value: Any, state: State, errors: list[ShellError]) -> Any:
    """The value of a parameter whose names may have been given as objects (``-Name $machine``)."""
    param = next((one for one in cmdlet.parameters if one.name == name), None)
    if param is None or not param.pipes or name == "InputObject":
        return value
    found: list[Any] = []
    for given in items(value):
        is_taken = isinstance(given, NameOf) and given.kind in param.pipes
        one = ShellObject(given.kind, {"Name": str(given)}, given.identity) if is_taken else given
        if isinstance(one, ShellObject):
            try:
                found += _standing(cmdlet, param, one, state)
            except ShellError as error:
                errors.append(error)
        else:
            found.append(one)
    return found if param.kind == "texts" else found[0] if len(found) == 1 else value


def _taken(cmdlet: Cmdlet, values: dict[str, Any], value: Any, state: State) -> tuple[Param, list[Any]]:
    """The parameter that takes an object, and what it takes of it."""
    if value is None:
        raise ParameterError(
            f"The input object cannot be bound: {cmdlet.name} got $null through the pipeline.",
            "Check that the expression before | has a value.",
            category="InvalidData",
        )
    if isinstance(value, NameOf) and value.kind:
        value = ShellObject(value.kind, {"Name": str(value)}, value.identity)
    if isinstance(value, str) and not value:
        raise ParameterError(
            f"The input object cannot be bound: {cmdlet.name} got an empty string through the pipeline.",
            "Check that the expression before | has a value.",
            category="InvalidData",
        )
    kind = _kind(value)
    able = [param for param in cmdlet.parameters if kind in param.pipes]
    free = [param for param in able if param.name not in values]
    if not able and kind in _MADE and (named := _by_property(cmdlet, values, value, state)) is not None:
        return named
    if not free:
        takes = list(dict.fromkeys(name for param in cmdlet.parameters for name in param.pipes))
        remedy = (
            f"Remove -{able[0].name}, or do not use pipeline input."
            if able
            else f"Supported input: {', '.join(takes)}. For other objects, use ... | ForEach-Object {{ "
            f"{cmdlet.name} ... $_.Name }}"
            if takes
            else "Move it to the start of the pipeline."
        )
        raise ParameterError(
            f"The input object cannot be bound: {cmdlet.name} does not accept a {_what(value)} from the pipeline.",
            remedy,
        )
    param = free[-1] if free[0].name == "Cluster" else free[0]
    if param.name == "InputObject":
        return param, [value]
    if isinstance(value, ShellObject):
        return param, _standing(cmdlet, param, value, state)
    return param, items(converted(param, Argument(value)))


def _by_property(
    cmdlet: Cmdlet, values: dict[str, Any], value: ShellObject, state: State
) -> tuple[Param, list[Any]] | None:
    """The parameter of which an object has a property of that name or alias (about_Parameters, by property name)."""
    for param in cmdlet.parameters:
        if not (TEXT in param.pipes or param.by_property) or param.name in values:
            continue
        for name in (param.name, *param.aliases):
            found = value.get(name)
            if not isinstance(found, str) or not found:
                continue
            if param.means:
                target = _parameter(cmdlet, param.means)
                return target, list(_standing(cmdlet, target, _machine(str(found), state), state))
            return param, items(converted(param, Argument(str(found))))
    return None


def _standing(cmdlet: Cmdlet, param: Param, value: ShellObject, state: State) -> list[Identity]:
    """Ids of what an object means for a parameter.

    Raises:
        ParameterError: it means nothing for it.
    """
    stands = _STANDS.get((param.of, value.type))
    found = [value.identity] if stands is None else stands(value.identity, state)
    if not found:
        raise ParameterError(
            f"{cmdlet.name} cannot use the {_what(value)}: it has no {_KINDS[param.of]} in this cluster.",
            "Filter the input with Where-Object.",
        )
    return [Identity(one) for one in found]


def _kind(value: Any) -> str:
    if isinstance(value, ShellObject):
        return value.type
    return TEXT if isinstance(value, str | int | float) else ANY


def _what(value: Any) -> str:
    """An object in words."""
    if isinstance(value, ShellObject):
        name = text(value.get("Name"))
        return f"{value.type} {quoted(name)}" if name else value.type
    return f"value {quoted(text(value))}"
