"""Affinity rules (Windows Server 2022) as far as the model has them: groups that are kept on different nodes.

A rule is a name in AntiAffinityClassNames, the property of groups that says so since Windows Server 2003. It is there
as long as groups have it, so a new rule begins with its first groups.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fcm.model import commands as cmd
from fcm.shell.language.errors import RefusedError
from fcm.shell.runtime import finding
from fcm.shell.runtime.parameters import CLUSTER, INPUT, TEXT, Param
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.references import group_reference
from fcm.shell.values.values import Identity, ShellObject, has_wildcard

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.model.entities import Group
    from fcm.shell.runtime.call import Call

_NAME = Param("Name", "texts", position=0, pipes=("ClusterAffinityRule", TEXT), help="Names of rules.")
_GROUPS = Param("Groups", "texts", position=1, needed=True, help="Names of groups.", of="group")
_PASSTHRU = Param("PassThru", "switch", help="Return the rules.")
_TOGETHER = "Only rules that keep groups on different nodes (DifferentNode) are supported."


def _rules(call: Call) -> dict[str, list[Group]]:
    """Groups by the name of their rule."""
    found: dict[str, list[Group]] = {}
    for group in call.state.groups.values():
        for name in group.anti_affinity:
            found.setdefault(name, []).append(group)
    return found


def _object(call: Call, name: str) -> ShellObject:
    groups = [group_reference(call.state, group.id) for group in _rules(call).get(name, [])]
    return ShellObject(
        "ClusterAffinityRule", {"Name": name, "RuleType": "DifferentNode", "Groups": groups, "Enabled": 1}, name
    )


def _picked(call: Call, names: Iterable[str] | None) -> list[str]:
    return finding.pick(call, "affinity rule", ((name, name, name) for name in _rules(call)), names)


@cmdlet(
    "Get-ClusterAffinityRule",
    _NAME,
    CLUSTER,
    INPUT,
    synopsis="Gets the rules that keep groups on different nodes, with their groups.",
    example="Get-ClusterAffinityRule",
    since="2022",
)
def get_rule(call: Call) -> Iterable[Any]:
    """Rules."""
    finding.check_cluster(call)
    return [_object(call, name) for name in _picked(call, call.names())]


@cmdlet(
    "New-ClusterAffinityRule",
    Param("Name", position=0, needed=True, help="Name of the rule."),
    Param(
        "RuleType",
        position=1,
        needed=True,
        choices=("SameFaultDomain", "SameNode", "DifferentFaultDomain", "DifferentNode"),
        help="Only DifferentNode.",
    ),
    CLUSTER,
    synopsis="Begins a rule that keeps groups on different nodes. It is there once it has groups.",
    example="New-ClusterAffinityRule DomainControllers DifferentNode",
    since="2022",
)
def new_rule(call: Call) -> Iterable[Any]:
    """Begin a rule.

    Raises:
        RefusedError: it is there, or of a type that the model does not have.
    """
    finding.check_cluster(call)
    name = call.text("Name")
    if call.text("RuleType").casefold() != "differentnode":
        raise RefusedError(f"-RuleType {call.text('RuleType')} is not supported.", _TOGETHER, call.at)
    if name.casefold() in (one.casefold() for one in _rules(call)):
        raise RefusedError(f"There is already an affinity rule {name}.", "Choose another name.", call.at)
    planned = call.planned(name)
    if planned is not None:
        return [planned]
    call.session.say(
        f"The rule {name} is kept once it has groups: Add-ClusterGroupToAffinityRule -Name {name} -Groups ...",
        "warning",
    )
    return [_object(call, name)]


def _change(call: Call, groups: list[Group], name: str, adds: bool) -> Iterable[Any]:
    """Give groups the name of a rule, or take it away."""

    def command(group: Group) -> cmd.Command:
        others = tuple(one for one in group.anti_affinity if one.casefold() != name.casefold())
        return cmd.ConfigureGroup(group.id, anti_affinity=(*others, name) if adds else others)

    yield from call.each(groups, command, lambda _: [])
    if call.switch("PassThru") and not call.what_if:
        yield _object(call, name)


@cmdlet(
    "Add-ClusterGroupToAffinityRule",
    replace(_NAME, pipes=("ClusterAffinityRule",)),
    _GROUPS,
    _PASSTHRU,
    CLUSTER,
    INPUT,
    synopsis="Adds groups to a rule that keeps groups on different nodes. A new name begins a rule.",
    example="Add-ClusterGroupToAffinityRule -Name DomainControllers -Groups DC01, WEB01",
    since="2022",
)
def add_group(call: Call) -> Iterable[Any]:
    """Add groups."""
    names = finding.named(call, "an affinity rule", "Get-ClusterAffinityRule")
    groups = finding.groups(call, call.names("Groups"))
    known = {one.casefold(): one for one in _rules(call)}
    wanted: list[str] = []
    for name in names:
        is_new = isinstance(name, Identity) or not has_wildcard(name)
        wanted += [known.get(name.casefold(), str(name))] if is_new else _picked(call, [name])
    return call.one_by_one(wanted, lambda name: _change(call, groups, name, True))


@cmdlet(
    "Remove-ClusterGroupFromAffinityRule",
    _NAME,
    _GROUPS,
    _PASSTHRU,
    CLUSTER,
    INPUT,
    synopsis="Removes groups from a rule that keeps groups on different nodes.",
    example="Add-ClusterGroupToAffinityRule Web WEB01, WEB02; Remove-ClusterGroupFromAffinityRule Web WEB01",
    since="2022",
)
def remove_group(call: Call) -> Iterable[Any]:
    """Remove groups that have it; others have nothing to lose."""
    names = _picked(call, finding.named(call, "an affinity rule", "Get-ClusterAffinityRule"))
    groups = finding.groups(call, call.names("Groups"))

    def change(name: str) -> Iterable[Any]:
        return _change(call, [group for group in groups if name in group.anti_affinity], name, False)

    return call.one_by_one(names, change)


@cmdlet(
    "Remove-ClusterAffinityRule",
    _NAME,
    _PASSTHRU,
    CLUSTER,
    INPUT,
    synopsis="Deletes rules that keep groups on different nodes: their groups no longer have them.",
    example="Add-ClusterGroupToAffinityRule Web WEB01, WEB02; Remove-ClusterAffinityRule Web",
    since="2022",
)
def remove_rule(call: Call) -> Iterable[Any]:
    """Take the name from all groups that have it."""
    names = _picked(call, finding.named(call, "an affinity rule", "Get-ClusterAffinityRule"))
    return call.one_by_one(names, lambda name: _change(call, _rules(call).get(name, []), name, False))
