"""Measured dirty rates in a file: what QEMU's calc-dirty-rate said, as entries of ``dirty_rate_mib_s``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.migration.fields import is_number

if TYPE_CHECKING:
    from fcm.migration.fields import Fields

NAME = "dirty_rate_mib_s"
SHORTEST, LONGEST = 0.001, 1e6
"""s; calc-dirty-rate measures 50 ms to 60 s (QEMU, migration/dirtyrate.h), others may count over other times."""
LARGEST = 1e7
"""MiB/s."""


def read_dirty_rates(fields: Fields) -> tuple[tuple[str, float, float], ...]:
    """(mode, s, MiB/s) of each entry. Raises BadFileError."""
    out = []
    for k, entry in enumerate(fields.items(NAME, 1000)):
        name = f"{NAME}[{k}]"
        good = isinstance(entry, list) and len(entry) == 3 and isinstance(entry[0], str)
        if not good or not all(is_number(x) for x in entry[1:]):
            raise fields.bad(name, "[mode, seconds, MiB/s]", entry)
        if not SHORTEST <= entry[1] <= LONGEST:
            raise fields.bad(name, f"a time from {SHORTEST:g} to {LONGEST:,.0f} s", entry[1])
        if not 0 <= entry[2] <= LARGEST:
            raise fields.bad(name, f"a rate from 0 to {LARGEST:,.0f} MiB/s", entry[2])
        out.append((entry[0], float(entry[1]), float(entry[2])))
    return tuple(out)
