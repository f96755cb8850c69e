"""The rows of a recording as comma-separated values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.text.cells import csv_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fcm.migration.recordings.recording import Recording
    from fcm.model.telemetry import TelemetryRow

HEADER = (
    "time (s)",
    "pass",
    "phase",
    "remaining (bytes)",
    "sent (bytes)",
    "dirty rate (pages/s)",
    "transfer rate (bytes/s)",
    "throttle (%)",
    "page size (bytes)",
)


def rows_as_csv(recording: Recording, count: int | None = None) -> str:
    """The first ``count`` rows (all) with a header that names the units; comma-separated, as RFC 4180 has it."""
    shown = (recording.row(index) for index in range(len(recording) if count is None else count))
    return csv_lines((HEADER, *(_cells(row) for row in shown)))


def traces_as_csv(traces: Sequence[tuple[str, Recording, int]]) -> str:
    """Rows of several recordings below each other: name, recording, number of rows; of one alone as ``rows_as_csv``.

    With several, the first column says which migration a row belongs to.
    """
    if len(traces) == 1:
        return rows_as_csv(*traces[0][1:])
    rows = ((name, *_cells(recording.row(index))) for name, recording, count in traces for index in range(count))
    return csv_lines((("migration", *HEADER), *rows))


def _cells(row: TelemetryRow) -> tuple[object, ...]:
    return (
        f"{row.time:.3f}",
        row.pass_number,
        row.phase.value,
        row.remaining,
        row.sent,
        f"{row.dirty_rate:.1f}",
        f"{row.rate:.0f}",
        row.throttle,
        row.page_size,
    )
