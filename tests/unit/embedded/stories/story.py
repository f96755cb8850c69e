"""What happens after something failed, as the nodes wrote it down: records with their offset since the failure."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fcm.logs.cluster_log import cluster_log
from fcm.logs.node_events import FACT, UNKNOWN, node_events
from fcm.model import commands as cmd
from fcm.model.entities import DiskUse, MachineState
from fcm.model.failures import FaultKind
from fcm.workspace.events.event_log import EventSelection, everything
from tests.unit.embedded.desk import Desk

if TYPE_CHECKING:
    from fcm.logs.records import EventRecord

FOUR = Path(__file__).resolve().parents[3] / "data" / "clusters" / "four-nodes.toml"
DISK_WITNESS = 'quorum = "NodeAndDiskMajority"'
SHARE = "\\\\files\\witness"
OPERATIONAL = "Microsoft-Windows-FailoverClustering-Operational"
NOTICED = (5.5, 6.9)
"""s from silence to the new membership in 2008 R2: five heartbeats, their phase, the regroup."""


@dataclass(frozen=True, slots=True)
class Written:
    """One record of a story."""

    after: float
    """s since the failure."""
    id: int
    node: str
    record: EventRecord

    @property
    def data(self) -> dict[str, str]:
        return dict(self.record.data)


def four_nodes(folder: Path, *changes: tuple[str, str]) -> Desk:
    """The cluster of four nodes, with texts of its file replaced.

    Args:
        folder: for the changed file.
        changes: old and new texts.
    """
    text = FOUR.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = folder / "four.toml"
    path.write_text(text, encoding="utf-8")
    return Desk(path)


def with_share() -> tuple[tuple[str, str], ...]:
    """Changes of the file: a file share witness, and no witness disk."""
    return (
        (DISK_WITNESS, f"quorum = \"NodeAndFileShareMajority\"\nfile_share_witness = '{SHARE}'"),
        ('use = "Disk Witness in Quorum"', 'use = "Available Storage"'),
    )


def without_witness() -> tuple[tuple[str, str], ...]:
    """Changes of the file: node majority."""
    return (
        (DISK_WITNESS, 'quorum = "NodeMajority"'),
        ('use = "Disk Witness in Quorum"', 'use = "Available Storage"'),
    )


def version(name: str) -> tuple[str, str]:
    """Change of the file: the rules of that Windows Server."""
    return 'name = "four"\n', f'name = "four"\nversion = "{name}"\n'


class Story:
    """A cluster to which something happens."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.began = desk.workspace.now()

    def begin(self) -> None:
        """Offsets count from now on."""
        self.began = self.desk.workspace.now()

    def fail(self, kind: FaultKind, target: str, node: str = "", together: tuple[str, ...] = ()) -> None:
        """Something fails."""
        verdict = self.desk.do(cmd.InjectFault(kind, target, node, together))
        assert verdict, verdict.sentence()

    def repair(self, kind: FaultKind, target: str, node: str = "") -> None:
        """It works again."""
        faults = self.desk.state.faults.values()
        (found,) = [one for one in faults if (one.kind, one.target, one.node) == (kind, target, node)]
        verdict = self.desk.do(cmd.RepairFault(found.id))
        assert verdict, verdict.sentence()

    def unplug(self, node: str) -> None:
        """All cables of a node are pulled."""
        for adapter in tuple(self.desk.state.adapters.values()):
            if adapter.node == node:
                self.fail(FaultKind.UNPLUG_CABLE, adapter.id)

    def run(self, seconds: float) -> None:
        """Let time pass."""
        self.desk.run(seconds)

    # what was written

    def written(self, *ids: int, node: str | None = None, **fields: str) -> list[Written]:
        """What nodes wrote since the beginning, oldest first.

        Args:
            ids: event ids; none: all.
            node: by whom; None: by anybody.
            fields: EventData that it must have.
        """
        self.desk.workspace.drain(60.0)
        selection = EventSelection(everything(), self.desk.workspace.now(), since=self.began, any_log=True)
        found = []
        for record in self.desk.workspace.events.select(selection):
            data = dict(record.data)
            by = record.computer.partition(".")[0]
            if record.fact.startswith(FACT):
                assert record.fact.removeprefix(f"{FACT} ") in node_events().entries, record.fact
                assert UNKNOWN not in record.text, record
            if (
                record.fact.startswith("NodeLogged")
                and (not ids or record.id in ids)
                and (node is None or by == node)
                and all(data.get(name) == value for name, value in fields.items())
            ):
                found.append(Written(record.time - self.began, record.id, by, record))
        return found

    def one(self, number: int, node: str | None = None, **fields: str) -> Written:
        """The only such record."""
        found = self.written(number, node=node, **fields)
        assert len(found) == 1, (number, node, fields, self.told())
        return found[0]

    def first(self, number: int, node: str | None = None, **fields: str) -> Written:
        """The first of such records."""
        found = self.written(number, node=node, **fields)
        assert found, (number, node, fields, self.told())
        return found[0]

    def writers(self, number: int, **fields: str) -> list[str]:
        """Who wrote such a record, in the order of names; as often as it did."""
        return sorted(one.node for one in self.written(number, **fields))

    def told(self) -> str:
        """The whole story, to be read in a failed test."""
        lines = [f"{one.after:8.2f} {one.node} {one.id} {one.record.text}" for one in self.written()]
        return "\n" + "\n".join(lines)

    def log(self, node: str) -> str:
        """The cluster log of a node, of all time."""
        selection = EventSelection(everything(), self.desk.workspace.now(), any_log=True)
        return "\n".join(cluster_log(self.desk.workspace.events.select(selection), node))

    # how it is

    def groups_of(self, node: str) -> list[str]:
        """Names of the groups of virtual machines that a node owns."""
        return sorted(g.name for g in self.desk.state.groups.values() if g.owner == node and not g.is_core)

    def running_on(self, node: str) -> list[str]:
        """Names of the virtual machines that run on a node, as the cluster knows."""
        machines = self.desk.state.machines_on(node)
        return sorted(machine.name for machine in machines if machine.state is MachineState.RUNNING)

    def witness_disk(self) -> str:
        """Id of the witness disk."""
        return next(disk.id for disk in self.desk.state.disks.values() if disk.use is DiskUse.WITNESS)

    def one_copy_each(self) -> None:
        """No machine has two copies that can write, and none is lost."""
        state = self.desk.state
        for copy in state.copies.values():
            assert state.machines[copy.machine].node != copy.node
        assert all(machine.node in state.nodes for machine in state.machines.values())


def within(value: float, bounds: tuple[float, float]) -> bool:
    """Whether an offset lies between two."""
    return bounds[0] <= value <= bounds[1]
