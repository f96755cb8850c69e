"""Times of the cluster, of files and of events are of one kind."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.unit.shell.desk import ShellDesk


@pytest.fixture(params=["America/New_York", "UTC", "Asia/Kolkata"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("zone")
def test_every_time_can_be_subtracted_from_every_other(desk: ShellDesk) -> None:
    desk.must("Suspend-ClusterNode node3; Checkpoint-VM DC01; 'x' | Out-File new.txt; Start-Sleep 5")
    desk.must("Move-ClusterVirtualMachineRole WEB01 node2")
    kinds = (
        "(Get-Date)",
        "(Get-ChildItem new.txt).LastWriteTime",
        "(Get-ClusterEvent -MaxEvents 1).TimeCreated",
        "(Get-VMSnapshot DC01).CreationTime",
        "(Get-ClusterVirtualMachineMigration WEB01).Ended",
        "(Get-Date).ToUniversalTime()",
        "[datetime]'2009-10-17T19:20:41Z'",
        "[datetime]'10/17/2009 7:20 PM'",
    )
    for left in kinds:
        for right in kinds:
            (name, order) = desk.must(f"({left} - {right}).GetType().Name; {left} -lt {right}")
            assert name == "TimeSpan"
            assert isinstance(order, bool)


@pytest.mark.usefixtures("zone")
def test_times_are_local_and_say_so(desk: ShellDesk) -> None:
    now = time.localtime(desk.workspace.now())
    assert desk.must("(Get-Date).Hour; [string](Get-Date).Kind") == [now.tm_hour, "Local"]
    assert desk.must('"$(Get-Date)"') == [time.strftime("%m/%d/%Y %H:%M:%S", now)]
    assert desk.must("(Get-Date).ToUniversalTime().ToString('HH:mm'); [string](Get-Date).ToUniversalTime().Kind") == [
        time.strftime("%H:%M", time.gmtime(desk.workspace.now())),
        "Utc",
    ]
    desk.must("'x' | Out-File new.txt")
    written = time.localtime((desk.folder / "new.txt").stat().st_mtime)
    assert desk.must("(Get-ChildItem new.txt).LastWriteTime.Hour") == [written.tm_hour]


@pytest.mark.parametrize(
    ("script", "shown"),
    [
        ("([datetime]'2024-03-01' - [datetime]'2024-02-01').Days", [29]),
        ("$a = [timespan]'00:45:00'; $b = [timespan]'01:30:00'; \"$($a + $b) $($a - $b)\"", ["02:15:00 -00:45:00"]),
        ("([timespan]'1.02:03:04.5').ToString()", ["1.02:03:04.5000000"]),
        ("[timespan]'00:05:00' -gt [timespan]'00:04:59'", [True]),
        ("((Get-Date '2024-01-03 12:00') - (Get-Date '2024-01-01')).TotalHours", [60]),
        ("(Get-Date '2024-07-04').ToString('dddd, dd MMMM yyyy')", ["Thursday, 04 July 2024"]),
        ("'{0:ddd d MMM, h:mm tt}' -f [datetime]'2024-03-05 07:08:09'", ["Tue 5 Mar, 7:08 AM"]),
        ("[datetime]'2024-01-01' -eq '01/01/2024'", [True]),
    ],
)
def test_spans_and_formats_are_those_of_powershell(desk: ShellDesk, script: str, shown: list[object]) -> None:
    assert desk.must(script) == shown


def test_a_time_alone_is_shown_in_words_and_a_span_by_its_parts(desk: ShellDesk) -> None:
    assert "Tuesday, March 5, 2024 2:30:09 PM" in desk.run("Get-Date '2024-03-05 14:30:09'").text()
    assert "TotalMinutes      : 1.5" in desk.run("[timespan]'00:01:30'").text()
