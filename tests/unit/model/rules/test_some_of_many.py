"""A refusal names three of many and counts the others; of three it names all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model.entities import DiskUse, QuorumMode
from fcm.model.rules.allowed import allowed
from tests.unit.model.changed import disk, with_cluster, with_disk, with_machine

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.model.commands import Command
    from fcm.model.state import State

NAMES = ("SQL01", "WEB01", "APP01", "FILE01", "DC01")
DISK = "Cluster Disk 1"


def with_files(state: State, count: int) -> State:
    """So many machines, and no others, have their files on one free disk and run on node1."""
    for machine in state.machines.values():
        state = with_machine(state, machine.name, disk=None, node="node2")
    for name in NAMES[:count]:
        state = with_machine(state, name, disk=disk(state, DISK).id, node="node1")
    return with_cluster(with_disk(state, DISK, use=DiskUse.AVAILABLE), shared_volumes_enabled=True)


@pytest.mark.parametrize("count", [1, 3, 4, 5])
@pytest.mark.parametrize(
    "command",
    [
        lambda one: cmd.SetQuorum(QuorumMode.NODE_AND_DISK_MAJORITY, one),
        lambda one: cmd.SetDiskOnline(one, False),
        lambda one: cmd.AddStorage((one,)),
        lambda _: cmd.EvictNode("node1"),
    ],
)
def test_three_are_named_and_the_others_counted(state: State, count: int, command: Callable[[str], Command]) -> None:
    state = with_files(state, count)
    names = [one.name for one in state.machines.values() if one.disk]
    more = f" and {count - 3} more" if count > 3 else ""
    assert f"{', '.join(names[:3])}{more}." in allowed(command(disk(state, DISK).id), state).reason
