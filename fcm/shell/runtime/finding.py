"""Objects by the names that cmdlets were given, with wildcards, the case of letters not counting."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from fcm.shell.language.errors import ParameterError
from fcm.shell.runtime.combining import NEW
from fcm.shell.values.values import Identity, has_wildcard, wildcard
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from fcm.model.entities import (
        Disk,
        Group,
        Network,
        Node,
        Resource,
        VirtualMachine,
    )
    from fcm.shell.runtime.call import Call

T = TypeVar("T")


def check_cluster(call: Call) -> None:
    """Refuse -Cluster NAME where no cluster of that name is open; of one that is, the call works on it already.

    Raises:
        NotFoundError: the name is of no open cluster, or of several.
    """
    cluster = call.state.cluster
    assert cluster is not None
    names = {cluster.name.casefold(), cluster.full_name.casefold(), ".", ""}
    for name in call.texts("Cluster"):
        if name.casefold() not in names:
            raise call.session.not_found("open cluster", name, call.session.clusters.names, call.at)


def named(call: Call, what: str, lister: str, parameter: str = "Name") -> list[str]:
    """What a parameter names, typed or piped, of a cmdlet that acts: it never means everything.

    Args:
        call: the call; its -Cluster is checked.
        what: the kind in words, with its article.
        lister: the cmdlet that lists them.
        parameter: the parameter with names.

    Raises:
        ParameterError: nothing is named.
        NotFoundError: -Cluster is of another cluster.
    """
    check_cluster(call)
    found = call.names(parameter)
    if found is None:
        raise ParameterError(
            f"{call.cmdlet.name} requires the name of {what}.", f"To list the names, run {lister}.", call.at
        )
    return found


def pick(
    call: Call,
    what: str,
    by_name: Iterable[tuple[str, str, T]],
    names: Iterable[str] | None,
    must: bool = False,
    where: str = "",
) -> list[T]:
    """Objects whose name (or id) matches one of the names; all where nothing was named (None), none of no names.

    Args:
        call: the call, for the place of errors.
        what: the kind in words.
        by_name: name, id and object.
        names: what was asked for; wildcards may find nothing, a whole name may not.
        must: whether all of them must be there, wildcards too: where names are a setting, not a choice.
        where: where they were looked for, in words; "": in the whole cluster.

    Raises:
        NotFoundError: the only name is not there, or one that must be. Of several that are a choice each that is not
            there is told, and the others are given.
    """
    known = list(by_name)
    if names is None:
        return [item for _, _, item in known]
    names = list(names)
    found: dict[str, T] = {}
    unknown: list[str] = []
    for name in names:
        fitting = _called(name, known)
        if not fitting and (must or isinstance(name, Identity) or not has_wildcard(name)):
            unknown.append(name)
        found |= fitting
    if unknown:
        everything = [known_name for known_name, _, _ in known]
        shown = dict.fromkeys(_shown(call, name) for name in unknown)
        errors = [call.session.not_found(what, name, everything, call.at) for name in shown]
        for error in errors if where else ():
            error.message = error.message.replace("in this cluster", where)
        if must or len(names) == 1:
            errors[0].message = " ".join(error.message for error in errors)
            errors[0].remedy = " ".join(dict.fromkeys(error.remedy for error in errors))
            raise errors[0]
        for error in errors:
            call.tell(error)
    return list(found.values())


def _shown(call: Call, name: str) -> str:
    """What a user calls it: of an object of another kind its name, not its id."""
    if isinstance(name, Identity):
        state = call.state
        tables = (state.machines, state.groups, state.resources, state.disks, state.networks, state.adapters)
        for table in tables:
            if name in table:
                return str(table[name].name)
    return name


def _called(name: str, known: list[tuple[str, str, T]]) -> dict[str, T]:
    """Objects by id that a name, an id or a wildcard means."""
    if isinstance(name, Identity):
        return {identity: item for _, identity, item in known if name == identity}
    exact = {identity: item for known_name, identity, item in known if name.casefold() == known_name.casefold()}
    exact = exact or {identity: item for _, identity, item in known if name == identity}
    if exact or not has_wildcard(name):
        return exact
    pattern = wildcard(name)
    return {identity: item for known_name, identity, item in known if pattern.fullmatch(known_name)}


def is_called(name: str, wanted: str) -> bool:
    """Whether a name is what was asked for, or fits its wildcards."""
    if has_wildcard(wanted):
        return wildcard(wanted).fullmatch(name) is not None
    return name.casefold() == wanted.casefold()


def one(what: str, name: str, found: list[T]) -> T:
    """The one object that a name means.

    Raises:
        ParameterError: a wildcard means none or several.
    """
    if len(found) != 1:
        raise ParameterError(f"{quoted(name)} matches {len(found)} {what}s.", f"Specify one {what}.")
    return found[0]


def groups(call: Call, names: Iterable[str] | None) -> list[Group]:
    """Groups by name."""
    items = ((group.name, group.id, group) for group in call.state.groups.values())
    return pick(call, "service or application", items, names)


def nodes(call: Call, names: Iterable[str] | None, must: bool = False) -> list[Node]:
    """Nodes by name."""
    return pick(call, "node", ((node.name, node.name, node) for node in call.state.nodes.values()), names, must)


def node(call: Call, name: str) -> str:
    """The one node of a name, as it is written; an unknown one is left to the rules, which refuse it in words."""
    return one("node", name, nodes(call, [name])).name


def resources(call: Call, names: Iterable[str] | None) -> list[Resource]:
    """Resources by name."""
    items = ((resource.name, resource.id, resource) for resource in call.state.resources.values())
    return pick(call, "resource", items, names)


def networks(call: Call, names: Iterable[str] | None, must: bool = False) -> list[Network]:
    """Networks by name."""
    items = ((network.name, network.id, network) for network in call.state.networks.values())
    return pick(call, "cluster network", items, names, must)


def disks(
    call: Call, names: Iterable[str] | None, among: Mapping[str, Disk] | None = None, must: bool = False
) -> list[Disk]:
    """Disks by name."""
    known = call.state.disks if among is None else among
    return pick(call, "disk", ((disk.name, disk.id, disk) for disk in known.values()), names, must)


def machines(call: Call, names: Iterable[str] | None) -> list[VirtualMachine]:
    """Virtual machines by name, where -ComputerName names nodes those of these nodes."""
    here = None
    if any(param.name == "ComputerName" for param in call.cmdlet.parameters):
        given = call.names("ComputerName")
        here = None if given is None else {node.name for node in nodes(call, given)}
    known = (one for one in call.state.machines.values() if here is None or one.node in here)
    items = ((machine.name, machine.id, machine) for machine in known)
    where = "" if here is None else f"on {', '.join(sorted(here))}"
    return pick(call, "virtual machine", items, names, where=where)


def machine(call: Call, name: str) -> VirtualMachine:
    """The one virtual machine of a name."""
    return one("virtual machine", name, machines(call, [name]))


def machine_ids(call: Call, names: Iterable[str]) -> list[tuple[str, str]]:
    """Ids and names of machines; also of one that this line creates."""
    wanted = list(names)
    new = [name for name in wanted if not isinstance(name, Identity) and call.session.created(name)]
    there = machines(call, [name for name in wanted if name not in new])
    return [*((NEW + name, name) for name in new), *((machine.id, machine.name) for machine in there)]


def clustered_machines(call: Call, names: Collection[str] | None) -> list[VirtualMachine]:
    """The machines of groups of these names; a name that is no group may be that of a machine."""
    state = call.state
    by_group = {machine.group: machine for machine in state.machines.values() if machine.group}
    items = [(group.name, group.id, by_group[group.id]) for group in state.groups.values() if group.id in by_group]
    known = {name.casefold() for name, _, _ in items}
    items += [
        (machine.name, machine.id, machine)
        for machine in state.machines.values()
        if machine.name.casefold() not in known
    ]
    objects = [name for name in names or () if isinstance(name, Identity)]
    named = None if names is None else [name for name in names if not isinstance(name, Identity)]
    found = {one.id: one for one in (*machines(call, objects), *pick(call, "clustered virtual machine", items, named))}
    return list(found.values())
