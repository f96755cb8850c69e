"""Dependencies between the resources of a group: all of some, one of others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model.entities import ResourceState
from fcm.model.rules.dependencies import expression, read_expression

if TYPE_CHECKING:
    from fcm.model.entities import Resource
    from tests.unit.embedded.desk import Desk


def resource(desk: Desk, name: str) -> Resource:
    return next(item for item in desk.state.resources.values() if item.name == name)


@pytest.mark.parametrize(
    ("text", "sets"),
    [
        ("([A])", (("A",),)),
        ("[A]", (("A",),)),
        ("([A]) and ([B C])", (("A",), ("B C",))),
        ("([A] or [B]) and [C]", (("A", "B"), ("C",))),
        ("( [A] OR [B] OR [C] )", (("A", "B", "C"),)),
        ("", ()),
        ("([A and B])", (("A and B",),)),
    ],
)
def test_expressions_are_read_as_windows_writes_them(text: str, sets: tuple[tuple[str, ...], ...]) -> None:
    assert read_expression(text) == sets


@pytest.mark.parametrize("text", ["A", "[A] or [B]", "([A] and [B])", "([A]) and", "([A]", "[A] [B]", "([])"])
def test_what_is_no_expression_is_told_as_such(text: str) -> None:
    assert read_expression(text) is None


def test_of_alternatives_one_that_is_left_holds_a_resource_up(desk: Desk) -> None:
    name, address, disk = (resource(desk, one) for one in ("Cluster Name", "Cluster IP Address", "Cluster Disk 1"))
    assert desk.do(cmd.ConfigureResource(name.id, depends_on=(), alternatives=((address.id, disk.id),)))
    changed = desk.state.resources[name.id]
    words = expression(desk.state, changed.depends_on, changed.alternatives)
    assert words == "([Cluster IP Address] or [Cluster Disk 1])"
    assert desk.do(cmd.FailResource(address.id))
    assert desk.state.resources[name.id].state is ResourceState.ONLINE
    assert desk.do(cmd.FailResource(disk.id))
    assert desk.state.resources[name.id].state is ResourceState.OFFLINE
    desk.run(5.0)
    assert desk.group("Cluster Group").state is ResourceState.ONLINE


def test_dependencies_stay_in_the_group_and_go_in_no_circle(desk: Desk) -> None:
    name, address, disk = (resource(desk, one) for one in ("Cluster Name", "Cluster IP Address", "Cluster Disk 2"))
    circle = desk.do(cmd.ConfigureResource(address.id, depends_on=(name.id,)))
    assert circle.reason == "Cluster Name depends on Cluster IP Address."
    assert desk.do(cmd.ConfigureResource(address.id, depends_on=(address.id,))).reason == (
        "A resource cannot depend on itself."
    )
    elsewhere = desk.do(cmd.ConfigureResource(name.id, depends_on=(disk.id,)))
    assert elsewhere.reason == "Cluster Disk 2 is not in the service or application of Cluster Name."
    alone = desk.do(cmd.ConfigureResource(name.id, alternatives=((address.id,),)))
    assert alone.reason == "An alternative needs at least two resources."
    machine = resource(desk, "Virtual Machine WEB01")
    without = desk.do(cmd.ConfigureResource(machine.id, depends_on=()))
    assert without.reason == "Virtual Machine WEB01 cannot run without Virtual Machine Configuration WEB01."
