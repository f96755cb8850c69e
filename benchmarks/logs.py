"""Event logs: a query over 200,000 events, and their export to EVTX beside the same as JSON lines.

Run: ``python benchmarks/logs.py``. Numbers are measured here and now; the ratio to JSON lines is what can be compared
between machines.
"""

from __future__ import annotations

import json
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from fcm.logs.evtx import write_evtx
from fcm.logs.query import parse_query
from fcm.logs.records import EventRecord

EVENTS = 200_000
QUERY = (
    '<QueryList><Query Id="0" Path="System">'
    '<Select Path="System">'
    "*[System[(Level=1 or Level=2) and TimeCreated[timediff(@SystemTime) &lt;= 86400000]]]</Select>"
    '<Select Path="Microsoft-Windows-Hyper-V-VMMS-Admin">*[System[EventID=20415]]</Select>'
    "</Query></QueryList>"
)
ROUNDS = 3


def make_events(count: int = EVENTS) -> list[EventRecord]:
    """Events of two logs, one a second."""
    vmms, system = "Microsoft-Windows-Hyper-V-VMMS", "Microsoft-Windows-FailoverClustering"
    return [
        EventRecord(
            record_id=number,
            time=1_255_807_241.0 + number,
            channel=f"{vmms}-Admin" if number % 2 else "System",
            provider=vmms if number % 2 else system,
            guid="{6066f867-7ca1-4418-85fd-36e3f9c0600c}",
            id=20415 if number % 6 == 1 else 1069,
            level=1 + number % 5,
            task=7,
            task_name="Live Migration",
            computer=f"node{number % 8}.contoso.example",
            text=f"Live migration {number} of the machine was completed with a blackout time of 0.5 seconds.",
            data=(("VmName", f"VM{number}"), ("MigrationId", f"migration-{number}")),
        )
        for number in range(1, count + 1)
    ]


def query_seconds(events: list[EventRecord]) -> tuple[float, int]:
    """Best of some rounds, and how many events were found."""
    query = parse_query(QUERY)
    now = events[-1].time
    best, found = float("inf"), 0
    for _ in range(ROUNDS):
        start = time.perf_counter()
        found = len(query.run(events, now))
        best = min(best, time.perf_counter() - start)
    return best, found


def evtx_seconds(events: list[EventRecord], path: Path) -> float:
    """Best of some rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        with path.open("wb") as file:
            write_evtx(file, events)
        best = min(best, time.perf_counter() - start)
    return best


def json_seconds(events: list[EventRecord], path: Path) -> float:
    """Best of some rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        with path.open("w", encoding="utf-8") as file:
            for event in events:
                file.write(json.dumps(asdict(event), ensure_ascii=False) + "\n")
        best = min(best, time.perf_counter() - start)
    return best


def main() -> None:
    """Measure and print."""
    events = make_events()
    seconds, found = query_seconds(events)
    print(f"query: {found} of {len(events)} events in {seconds:.3f} s")
    with tempfile.TemporaryDirectory() as folder:
        as_json = json_seconds(events, Path(folder) / "events.jsonl")
        as_evtx = evtx_seconds(events, Path(folder) / "events.evtx")
        size = (Path(folder) / "events.evtx").stat().st_size
    print(f"EVTX: {len(events) / as_evtx:,.0f} events/s, {size / 2**20:.1f} MiB")
    print(f"JSON lines: {len(events) / as_json:,.0f} events/s; EVTX takes {as_evtx / as_json:.2f} times as long")


if __name__ == "__main__":
    main()
