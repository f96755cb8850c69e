"""What becomes of a machine whose move ends before its time, in words.

Which end follows from which loss in which phase is assumed, but for the cold boot of what a dead host ran (classroom
material of Dell and infotechninja) and event 21131: no document of Hyper-V says it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.telemetry import Phase

if TYPE_CHECKING:
    from fcm.model.migrations import Migration
    from fcm.model.telemetry import TelemetryRow

ANOTHER_NODE = "Move it to another node, or try again when the node is back."
_WHEN = {
    Phase.WAITING: "while the migration waited",
    Phase.SETUP: "while the migration was being set up",
    Phase.BROWNOUT: "while memory was being copied",
    Phase.BLACKOUT: "during the blackout",
    Phase.STORAGE: "while control of the storage was being moved",
}


def when(phase: Phase, row: TelemetryRow | None = None, memory: int = 0) -> str:
    """When in the course of a migration something happened.

    Args:
        phase: where it stood.
        row: the last that it reported.
        memory: bytes of the machine; with ``row``, says how much of the first pass was done.
    """
    words = _WHEN.get(phase, "after the virtual machine had moved")
    if phase is Phase.BROWNOUT and row is not None and row.pass_number == 1 and memory > 0:
        words += f" ({max(0, min(99, int(100 * (1 - row.remaining / memory))))} % of the first pass)"
    return words


def source_lost(migration: Migration, name: str, moment: str) -> str:
    """The source is gone before the machine changed its owner."""
    copied = "" if migration.phase is Phase.SETUP else " What was copied cannot be used."
    return f"The cluster lost {migration.source} {moment}.{copied} {_cold_boot(name)}"


def destination_lost(migration: Migration, name: str, moment: str) -> str:
    """The destination is gone while the source still has the machine."""
    return f"The cluster lost {migration.destination} {moment}. {name} is still running on {migration.source}."


def owner_lost(migration: Migration, name: str) -> str:
    """The destination is gone, and the machine with it."""
    return f"The cluster lost {migration.destination} after {name} had moved there. {_cold_boot(name)}"


def memory_lost(name: str, node: str) -> str:
    """Post-copy: what of the memory had not come yet is gone, so the running copy cannot go on."""
    return f"The cluster lost {node} while it still had memory that {name} needs (post-copy). {name} cannot continue."


def saving_lost(migration: Migration, name: str) -> str:
    """The source is gone while the machine was being saved or shut down."""
    return f"The cluster lost {migration.source} before {name} was offline. {_cold_boot(name)}"


def restoring_lost(migration: Migration, name: str, saved: bool) -> str:
    """The destination is gone while the machine started there; what was saved is still saved."""
    text = f"The cluster lost {migration.destination} while {name} was being started there."
    if saved:
        return f"{text} Its saved state is on the shared disk: it is restored on the node to which it fails over."
    return f"{text} {_cold_boot(name)}"


def _cold_boot(name: str) -> str:
    return f"{name} starts again from its disk (cold boot) on the node to which it fails over."
