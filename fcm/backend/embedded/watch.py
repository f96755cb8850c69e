"""The guardian at work: after each batch of events it looks at what they touched, and says what may never be.

Rules about one moment are in ``fcm.model.rules.failing.guardian``. What needs the moments before is kept here: since
when a group is pending, and where a machine ran when the batch began.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model import events as ev
from fcm.model.rules.failing.guardian import (
    SLACK,
    is_frozen,
    is_pending,
    is_stranded,
    of_copy,
    of_group,
    of_machine,
    pending_limit,
    runs_on_unseen,
    violations,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fcm.model.state import State


class Watch:
    """Sees every event and looks at what was touched; cheap enough to be always on."""

    def __init__(self) -> None:
        self._machines: set[str] = set()
        self._groups: set[str] = set()
        self._nodes: set[str] = set()
        self._everything = True
        """True: more was touched than can be told."""
        self._held: dict[str, str] = {}
        """Machine -> node where it held memory before this batch."""
        self._handed: set[str] = set()
        """Machines that a migration has moved in this batch."""
        self._cut: set[str] = set()
        """Copies that were cut off in this batch."""
        self._pending: dict[str, float] = {}
        """Group -> since when it is pending (s since the epoch)."""
        self._stranded: dict[str, float] = {}
        """Machine -> since when it is shown as running on a node that is down."""

    def look_at_everything(self) -> None:
        """The next look is at the whole state."""
        self._everything = True

    def see(self, before: State, event: ev.Event) -> None:
        """An event happens to a state."""
        match event:
            case ev.MachineChanged(machine=machine):
                self._machines.add(machine.id)
                was = before.machines.get(machine.id)
                if was is not None and was.state.holds_memory and not was.ended:
                    self._held.setdefault(machine.id, was.node)
            case ev.GroupChanged(group=group) | ev.GroupCreated(group=group):
                self._groups.add(group.id)
            case ev.MigrationHandedOver(migration=migration):
                self._handed.add(before.migrations[migration].machine)
                self._machines.add(before.migrations[migration].machine)
            case ev.NodeChanged(node=node):
                self._nodes.add(node.name)
            case ev.CopyCutOff(copy=copy):
                self._cut.add(copy.id)
                self._machines.add(copy.machine)
            case ev.DiskChanged(disk=disk):
                was_disk = before.disks.get(disk.id)
                if was_disk is None or was_disk.owner != disk.owner or was_disk.use is not disk.use:
                    self._machines.update(machine.id for machine in before.machines_with_files_on(disk.id))
            case ev.MachineCreated(machine=machine):
                self._machines.add(machine.id)
            case ev.MachineMadeHighlyAvailable(machine=identity, group=group):
                self._machines.add(identity)
                self._groups.add(group.id)
            case ev.ResourceRemoved(resource=identity) if identity in before.resources:
                self._groups.add(before.resources[identity].group)
            case ev.ClusterFormed() | ev.NodeEvicted() | ev.GroupRemoved():
                self._everything = True
            case _:
                pass

    def look(self, state: State, now: float) -> tuple[str, ...]:
        """What is wrong with all that was touched since the last look.

        Args:
            state: after the batch.
            now: s since the epoch, clock of the cluster.
        """
        found = [*self._momentary(state), *self._doubled(state), *self._overdue(state, now)]
        self._machines.clear()
        self._groups.clear()
        self._nodes.clear()
        self._held.clear()
        self._handed.clear()
        self._cut.clear()
        self._everything = False
        return tuple(dict.fromkeys(found))

    def _momentary(self, state: State) -> Iterator[str]:
        if self._everything:
            yield from violations(state)
            self._machines.update(state.machines)
            self._groups.update(state.groups)
            self._nodes.update(state.nodes)
            return
        for group in sorted(self._groups):
            if group in state.groups:
                yield from of_group(state, state.groups[group])
                self._machines.update(machine.id for machine in state.group_machines(group))
        for identity in sorted(self._machines):
            if identity in state.machines:
                yield from of_machine(state, state.machines[identity])
        if self._nodes or self._machines:
            for copy in state.copies.values():
                if copy.machine in self._machines or copy.node in self._nodes:
                    yield from of_copy(state, copy)

    def _doubled(self, state: State) -> Iterator[str]:
        """Machines that began anew elsewhere while the node where they ran cannot have heard of it."""
        for identity, node in self._held.items():
            machine, copy = state.machines.get(identity), f"{identity}@{node}"
            if machine is None or machine.node == node or identity in self._handed:
                continue
            if copy not in state.copies and copy not in self._cut and runs_on_unseen(state, node):
                yield (
                    f"{machine.name} was moved to {machine.node} while it still runs on {node}, which cannot be "
                    "reached: two copies can write."
                )

    def _overdue(self, state: State, now: float) -> Iterator[str]:
        for group in self._groups:
            if is_pending(state, group):
                self._pending.setdefault(group, now)
            else:
                self._pending.pop(group, None)
        touched = set(self._machines)
        for node in self._nodes:
            if node in state.nodes:
                touched.update(machine.id for machine in state.machines_on(node))
        for identity in touched:
            machine = state.machines.get(identity)
            if machine is not None and is_stranded(state, machine):
                self._stranded.setdefault(identity, now)
            else:
                self._stranded.pop(identity, None)
        yield from self._still_pending(state, now)
        yield from self._still_stranded(state, now)

    def _still_pending(self, state: State, now: float) -> Iterator[str]:
        for group, since in tuple(self._pending.items()):
            if now - since <= SLACK:
                break  # the rest began later
            if not is_pending(state, group):
                del self._pending[group]
            elif is_frozen(state, group):
                del self._pending[group]  # its time begins anew, and it comes behind all others
                self._pending[group] = now
            elif now - since > pending_limit(state, group):
                yield f"{state.groups[group].name} has been pending for {now - since:.0f} s and does not end."

    def _still_stranded(self, state: State, now: float) -> Iterator[str]:
        for identity, since in tuple(self._stranded.items()):
            if now - since <= SLACK:
                break
            machine = state.machines.get(identity)
            if machine is None or not is_stranded(state, machine):
                del self._stranded[identity]
            elif now - since > SLACK:
                yield f"{machine.name} is lost: it is shown as running on {machine.node}, which is down."
