"""A workload file as a guest of the lab can write it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fcm.lab.machines import SYSTEM_MIB
from fcm.lab.plan import MIB, LabInputError
from fcm.migration.engine.catalogue import load_workload
from fcm.migration.engine.workload import PAGE
from fcm.migration.fields import BadFileError

if TYPE_CHECKING:
    from pathlib import Path

LONG = 60.0
"""s after which hardly any workload writes a page that it has not written before."""


@dataclass(frozen=True, slots=True)
class GuestWriting:
    """What the guest does instead: it rewrites one range page after page. MiB and MiB/s."""

    fill: int
    dirty: int
    working_set: int


def guest_writing(file: Path, memory: int) -> GuestWriting:
    """The guest's figures that come closest to a workload.

    As many distinct pages in a second, and a range as large as the workload writes in a minute; what of its memory
    the workload does not leave zero is filled. Bursts are averaged: the guest writes evenly.

    Args:
        file: as in resources/workloads.
        memory: of the machine, MiB.

    Raises:
        LabInputError: the file is wrong, or the machine is too small for any of it.
    """
    try:
        workload = load_workload(file)
    except BadFileError as error:
        raise LabInputError(str(error)) from None
    room = memory - SYSTEM_MIB
    if room < 1:
        raise LabInputError(f"A machine with {memory} MiB does not have enough memory for a workload. Use more memory.")
    working_set = min(round(workload.distinct(LONG) * PAGE / MIB), room)
    dirty = min(round(workload.distinct(1.0) * PAGE / MIB), max(working_set, 0))
    fill = max(working_set, round(room * (1.0 - workload.zero_share)))
    return GuestWriting(fill, dirty, working_set)
