"""Failures that a cluster file plans: what the file may say, when they happen, and that none happens twice."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from fcm.backend.embedded import ClusterFileError, open_embedded
from fcm.backend.embedded.cluster_file.faults import FAULT_LIMIT
from fcm.backend.embedded.cluster_file.reading import load
from fcm.model import events as ev
from fcm.model.failures import FaultKind
from fcm.workspace.files.journal import Journal
from tests.unit.embedded.cluster_file.test_cluster_file import SMALL, written
from tests.unit.embedded.desk import START, Desk

if TYPE_CHECKING:
    from pathlib import Path


def with_faults(*entries: str) -> str:
    return SMALL + "".join(f"\n[[faults]]\n{entry}\n" for entry in entries)


HANG = 'kind = "Hang"\ntarget = "b"'


def injected(desk: Desk) -> list[float]:
    """When failures happened, in s from the start."""
    return [entry.time - START for entry in desk.entries if isinstance(entry.event, ev.FaultInjected)]


def opened(folder: Path, *entries: str, seed: int = 1, journal: str = "", start: float = START) -> Desk:
    path = written(folder, with_faults(*entries))
    backend = open_embedded(str(path), seed=seed, start_time=start)
    return Desk(backend=backend, journal=Journal.open(folder / journal, backend.uri) if journal else None)


def test_what_fails_is_found_by_its_name_whatever_the_case_of_the_letters(tmp_path: Path) -> None:
    entry = 'kind = "Isolate"\ntarget = "B"\nat = 5.0'
    assert load(written(tmp_path, with_faults(entry))).planned[0].target == "b"


def test_a_failure_happens_at_its_time_and_ends_by_itself(tmp_path: Path) -> None:
    desk = opened(tmp_path, f"{HANG}\nat = 30\nrepair_after = 12.5")
    desk.run(29.0)
    assert not desk.state.faults
    desk.run(2.0)
    (fault,) = desk.state.faults.values()
    assert (fault.kind, fault.target, fault.until) == (FaultKind.HANG, "b", START + 42.5)
    desk.run(12.0)
    assert not desk.state.faults
    desk.run(600.0)
    assert injected(desk) == [30.0]
    assert all(plan.over for plan in desk.state.planned.values())
    desk.close()


def test_a_date_and_time_is_a_time_of_the_cluster_s_clock(tmp_path: Path) -> None:
    desk = opened(tmp_path, f"{HANG}\nat = 1970-01-12T13:47:40Z")
    desk.run(61.0)
    assert injected(desk) == [60.0]
    desk.close()


@pytest.mark.parametrize("seed", [1, 2])
def test_a_rate_is_kept_on_average_and_the_same_seed_gives_the_same_times(tmp_path: Path, seed: int) -> None:
    def times() -> list[float]:
        desk = opened(tmp_path, f"{HANG}\nrate = 20\nrepair_after = 1", seed=seed)
        desk.run(10 * 3600.0)
        desk.close()
        return injected(desk)

    found = times()
    assert 140 < len(found) < 260
    assert times() == found
    assert len({round(later - one, 3) for one, later in itertools.pairwise(found)}) > 100


def test_nothing_happens_twice_after_the_program_was_closed(tmp_path: Path) -> None:
    entries = (f"{HANG}\nat = 30\nrepair_after = 20", 'kind = "GuestHang"\ntarget = "vm1"\nat = 100')
    desk = opened(tmp_path, *entries, journal="c.journal")
    desk.run(35.0)
    now = desk.workspace.now()
    desk.close()
    again = opened(tmp_path, *entries, journal="c.journal", start=now)
    assert [fault.kind for fault in again.state.faults.values()] == [FaultKind.HANG]
    again.run(20.0)
    assert not again.state.faults
    assert injected(again) == []
    again.run(200.0)
    assert len(injected(again)) == 1
    again.close()


def test_what_was_due_while_the_program_was_closed_happens_when_it_opens(tmp_path: Path) -> None:
    desk = opened(tmp_path, f"{HANG}\nat = 30", journal="c.journal")
    desk.run(5.0)
    desk.close()
    again = opened(tmp_path, f"{HANG}\nat = 30", journal="c.journal", start=START + 5000.0)
    again.run(1.0)
    assert injected(again) == [5000.0]
    again.close()


def test_a_later_change_of_the_file_has_no_effect(tmp_path: Path) -> None:
    opened(tmp_path, f"{HANG}\nat = 30", journal="c.journal").close()
    again = opened(tmp_path, f"{HANG}\nat = 3", journal="c.journal")
    again.run(20.0)
    assert injected(again) == []
    again.close()


def test_what_makes_no_sense_when_it_is_due_is_left_out_and_told(tmp_path: Path) -> None:
    desk = opened(tmp_path, f"{HANG}\nat = 10", 'kind = "Bugcheck"\ntarget = "b"\nat = 20')
    desk.run(30.0)
    told = [entry.event.text for entry in desk.entries if isinstance(entry.event, ev.BackendReported)]
    assert any(text.startswith("A planned failure did not happen (b: bugcheck). b hangs.") for text in told)
    assert len(injected(desk)) == 1
    desk.close()


def test_every_kind_can_be_planned(tmp_path: Path) -> None:
    entries = [
        *(
            f'kind = "{kind}"\ntarget = "a"\nat = 1'
            for kind in ("PowerOff", "hang", "Bugcheck", "ServiceCrash", "Isolate")
        ),
        'kind = "UnplugCable"\ntarget = "a - net1"\nat = 1',
        'kind = "SwitchDown"\ntarget = "net1"\nat = 1',
        'kind = "LosePath"\ntarget = "Disk 1"\nnode = "a"\nat = 1',
        *(f'kind = "{kind}"\ntarget = "Disk 1"\nat = 1' for kind in ("LoseLun", "LoseReservation")),
        *(f'kind = "{kind}"\ntarget = "vm1"\nat = 1' for kind in ("GuestHang", "GuestBugcheck", "GuestShutdown")),
    ]
    formed = load(written(tmp_path, with_faults(*entries)))
    assert {plan.kind for plan in formed.planned} == set(FaultKind) - {FaultKind.LOSE_SHARE}
    assert len({plan.id for plan in formed.planned}) == len(entries)


@pytest.mark.parametrize(
    ("entry", "line", "words"),
    [
        ('kind = "Explode"\ntarget = "a"\nat = 1', 1, "it must be one of: PowerOff"),
        ('kind = "Hang"\nat = 1', 0, "The key 'target' is missing"),
        ('kind = "Hang"\ntarget = "x"\nat = 1', 2, "There is no node 'x'"),
        ('kind = "LoseLun"\ntarget = "a"\nat = 1', 2, "There is no disk 'a'"),
        ('kind = "UnplugCable"\ntarget = "a"\nat = 1', 2, "have the form 'node - network'"),
        ('kind = "GuestHang"\ntarget = "a"\nat = 1', 2, "There is no virtual machine 'a'"),
        ('kind = "LosePath"\ntarget = "Disk 1"\nat = 1', 1, "LosePath requires the key 'node'"),
        ('kind = "LosePath"\ntarget = "Disk 1"\nnode = "x"\nat = 1', 3, "There is no node 'x'"),
        ('kind = "Hang"\ntarget = "a"\nnode = "b"\nat = 1', 3, "has no key 'node'"),
        ('kind = "Hang"\ntarget = "a"\ntogether = ["b"]\nat = 1', 3, "has no key 'together'"),
        ('kind = "Isolate"\ntarget = "a"\ntogether = ["b"]\nat = 1', 3, "No node would be on the other side"),
        ('kind = "LoseShare"\nat = 1', 1, "has no file share witness"),
        ('kind = "Hang"\ntarget = "a"', 0, "Exactly one of the keys 'at' and 'rate'"),
        ('kind = "Hang"\ntarget = "a"\nat = 1\nrate = 1', 0, "Exactly one of the keys 'at' and 'rate'"),
        ('kind = "Hang"\ntarget = "a"\nat = -1', 3, "it must be 0 to 31536000 s"),
        ('kind = "Hang"\ntarget = "a"\nat = 1e9', 3, "it must be 0 to 31536000 s"),
        ('kind = "Hang"\ntarget = "a"\nat = "noon"', 3, "must be a number of seconds, or a date and time"),
        ('kind = "Hang"\ntarget = "a"\nat = 2026-03-01T12:00:00', 3, "must be a number of seconds, or a date"),
        ('kind = "Hang"\ntarget = "a"\nat = true', 3, "must be a number of seconds"),
        ('kind = "Hang"\ntarget = "a"\nrate = 0', 3, "'rate' is 0; it must be 0.0001 to 3600 times per hour"),
        ('kind = "Hang"\ntarget = "a"\nrate = 3601', 3, "'rate' is 3601"),
        ('kind = "Hang"\ntarget = "a"\nat = 1\nrepair_after = 0', 4, "'repair_after' is 0"),
        ('kind = "Hang"\ntarget = "a"\nat = 1\nrepair_after = 1e10', 4, "at most 31536000 s"),
        (
            'kind = "Hang"\ntarget = "a"\nat = 1\ncolor = 1',
            4,
            "are: at, kind, node, rate, repair_after, target, together.",
        ),
    ],
)
def test_what_is_wrong_is_refused_with_its_line(tmp_path: Path, entry: str, line: int, words: str) -> None:
    with pytest.raises(ClusterFileError) as caught:
        load(written(tmp_path, with_faults(entry)))
    assert words in str(caught.value)
    head = (SMALL + "\n[[faults]]").count("\n") + 1
    assert caught.value.line == head + line


def test_there_are_not_too_many(tmp_path: Path) -> None:
    load(written(tmp_path, with_faults(*[f"{HANG}\nat = 1"] * FAULT_LIMIT)))
    with pytest.raises(ClusterFileError, match=f"at most {FAULT_LIMIT} are allowed"):
        load(written(tmp_path, with_faults(*[f"{HANG}\nat = 1"] * (FAULT_LIMIT + 1))))


@pytest.mark.parametrize("line", ["at = 31536000", "rate = 0.0001", "rate = 3600", "at = 1\nrepair_after = 31536000"])
def test_the_last_value_that_can_be_planned_is_taken(tmp_path: Path, line: str) -> None:
    assert len(load(written(tmp_path, with_faults(f"{HANG}\n{line}"))).planned) == 1


@pytest.mark.parametrize(
    "line", ["at = 31536001", "at = -1", "rate = 0.00009", "rate = 3600.1", "at = 1\nrepair_after = 31536001"]
)
def test_the_first_value_beyond_is_refused(tmp_path: Path, line: str) -> None:
    with pytest.raises(ClusterFileError, match=line.rpartition("\n")[2].split(" ")[0]):
        load(written(tmp_path, with_faults(f"{HANG}\n{line}")))


@pytest.mark.parametrize("when", ["at = 30", "rate = 20"])
def test_what_is_planned_is_counted_one_by_one(tmp_path: Path, when: str) -> None:
    desk = opened(tmp_path, f"{HANG}\n{when}\nrepair_after = 1")
    desk.run(3600.0)
    numbers = [entry.event.plan.number for entry in desk.entries if isinstance(entry.event, ev.FaultPlanned)]
    first = numbers[0]
    assert numbers == list(range(first, first + len(numbers)))
    assert len(numbers) > 10 if "rate" in when else len(numbers) == 1
    desk.close()
