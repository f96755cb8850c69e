"""Event logs: queries over 200,000 events of a cluster, and their export to EVTX beside the same as JSON lines.

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
from fcm.logs.queries.query import Query, parse_query, query_of
from fcm.logs.records import EventRecord
from fcm.workspace.events.event_log import EventLog, EventSelection, everything

EVENTS = 200_000
QUERY = (
    '<QueryList><Query Id="0" Path="System">'
    '<Select Path="System">'
    "*[System[(Level=1 or Level=2) and TimeCreated[timediff(@SystemTime) &lt;= 86400000]]]</Select>"
    '<Select Path="Microsoft-Windows-Hyper-V-VMMS-Admin">*[System[EventID=20415]]</Select>'
    "</Query></QueryList>"
)
QUERIES = {
    "levels, time and ID": parse_query(QUERY),
    "everything": everything(),
    "one value of the data": query_of("System", "*[EventData[Data[@Name='VmName']='VM1000']]"),
    "other values of the data": query_of("System", "*[EventData[Data[@Name='VmName']!='VM1000']]"),
}
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


def fill(log: EventLog, events: list[EventRecord]) -> None:
    """Write events as a running cluster does, some thousand at a time."""
    for start in range(0, len(events), 2000):
        log.append(events[start : start + 2000])


def query_seconds(log: EventLog, query: Query, now: float, rows: int = 300) -> tuple[float, int]:
    """Best of some rounds of a query and the reading of its first rows, and how many events were found."""
    best, found = float("inf"), 0
    for _ in range(ROUNDS):
        start = time.perf_counter()
        numbers = log.find(EventSelection(query, now, descending=True))
        log.records(numbers[:rows])
        best = min(best, time.perf_counter() - start)
        found = len(numbers)
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
    now = events[-1].time
    with tempfile.TemporaryDirectory() as folder:
        log = EventLog(Path(folder) / "one.events")
        start = time.perf_counter()
        fill(log, events)
        print(f"writing the event log: {len(events) / (time.perf_counter() - start):.0f} events/s")
        for words, query in QUERIES.items():
            seconds, found = query_seconds(log, query, now)
            print(f"query, {words}: {found} of {len(events)} events in {seconds:.3f} s")
        log.close()
        as_json = json_seconds(events, Path(folder) / "events.jsonl")
        as_evtx = evtx_seconds(events, Path(folder) / "events.evtx")
        size = (Path(folder) / "events.evtx").stat().st_size
    print(f"EVTX: {len(events) / as_evtx:,.0f} events/s, {size / 2**20:.1f} MiB")
    print(f"JSON lines: {len(events) / as_json:,.0f} events/s; EVTX takes {as_evtx / as_json:.2f} times as long")


if __name__ == "__main__":
    main()
