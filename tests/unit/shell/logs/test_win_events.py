"""Get-WinEvent and Clear-EventLog as Windows PowerShell has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.shell.desk import ShellDesk

VIEW = (
    '<ViewerConfig><QueryConfig><QueryNode><Name>Left</Name><QueryList><Query Path="System"><Select>'
    "*[System[EventID=1135]]</Select></Query></QueryList></QueryNode></QueryConfig></ViewerConfig>"
)


@pytest.fixture
def busy(desk: ShellDesk) -> ShellDesk:
    """A node was lost, and another one is paused."""
    desk.write("1135", "node1", node="node2")
    desk.must("Start-Sleep 30; Suspend-ClusterNode node3 | Out-Null")
    desk.must("wevtutil epl System system.evtx")
    return desk


def ids(desk: ShellDesk, line: str) -> list[int]:
    return [one.get("Id") for one in desk.must(line)]


@pytest.mark.parametrize(
    "how",
    [
        "-LogName System -FilterXPath '*[System[EventID=1135]]'",
        "Sys* -FilterXPath '*[System[EventID=1135]]'",
        "-Path system.evtx -FilterXPath '*[System[EventID=1135]]'",
        f"-FilterXml '{VIEW}'",
        "-FilterXml ([xml](Get-Content view.xml | Out-String))",
        "-FilterHashtable @{LogName='System'; ID=1135}",
        "-FilterHashtable @{Path='system.evtx'; ID=1,1135}",
        "-FilterHashtable @{ProviderName='*FailoverClustering'; ID=1135; Level='Critical'}",
        "-FilterHashtable @{LogName='System'; NodeName='node2'; ID=1135}",
        "-FilterHashtable @{LogName='System'; Data='node2'; Level=1}",
        "-FilterHashtable @{LogName='System'; Level=1,2,3; SuppressHashFilter=@{Level=2,3}}",
        "-FilterHashtable @{LogName='System'; ID=1135; UserID='S-1-5-18'; Keywords=0x8000000000000000}",
        "-FilterHashtable @{LogName='System'; ID=1135; StartTime='2009-10-17'; EndTime='2009-10-18T00:00:00Z'}",
        "-FilterHashtable @{LogName='System'; ID=1135}, @{LogName='System'; ID=9}",
    ],
)
def test_each_way_to_say_it_finds_the_event(busy: ShellDesk, how: str) -> None:
    (busy.folder / "view.xml").write_text(VIEW)
    assert ids(busy, f"Get-WinEvent {how}") == [1135]


def test_newest_first_unless_oldest_is_said(busy: ShellDesk) -> None:
    newest = ids(busy, "Get-WinEvent System")
    assert ids(busy, "Get-WinEvent -Path system.evtx") == newest
    assert ids(busy, "Get-WinEvent -Path system.evtx -Oldest") == newest[::-1]
    assert ids(busy, "Get-WinEvent System -MaxEvents 2") == newest[:2]


def test_no_event_is_an_error_with_the_words_of_windows(busy: ShellDesk) -> None:
    results = busy.run("Get-WinEvent -FilterHashtable @{LogName='System'; ID=9}")
    assert results.objects == []
    assert results.errors[0].message == "No events were found that match the specified selection criteria."
    assert busy.must("Get-WinEvent System -FilterXPath '*[System[EventID=9]]' -ErrorAction SilentlyContinue") == []


def test_logs_and_providers_are_listed(busy: ShellDesk) -> None:
    (log,) = busy.must("Get-WinEvent -ListLog System")
    assert (log.get("LogName"), log.get("LogMode"), log.get("FileSize")) == ("System", "Circular", 69632)
    assert len(busy.must("Get-WinEvent -ListLog *")) == len(busy.must("wevtutil el"))
    names = [one.get("Name") for one in busy.must("Get-WinEvent -ListProvider *cluster*")]
    assert names == ["Microsoft-Windows-FailoverClustering"]


def test_a_log_is_cleared_and_what_if_clears_nothing(busy: ShellDesk) -> None:
    assert "System" in busy.must("Clear-EventLog System -WhatIf")[0]
    assert ids(busy, "Get-WinEvent System")
    busy.must("Clear-EventLog System")
    assert busy.must("wevtutil qe System") == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Get-WinEvent Nowhere", "no event log"),
        ("Get-WinEvent zz*", "no event log that matches 'zz*'"),
        ("Get-WinEvent -ProviderName zz*", "no provider that matches"),
        ("Get-WinEvent System -Path system.evtx", "cannot be used together"),
        ("Get-WinEvent -FilterHashtable @{ID=1}", "no LogName, ProviderName or Path"),
        ("Get-WinEvent -FilterHashtable @{LogName='System'; ID='x'}", "x"),
        ("Get-WinEvent -FilterHashtable @{LogName='System'; StartTime='soon'}", "StartTime"),
        ("Get-WinEvent -FilterHashtable 'x'", "is not a hashtable"),
        ("Get-WinEvent -FilterXml '<Query/>'", "Begin it with <QueryList>"),
        ("Get-WinEvent System -FilterXPath '*[System[not(Level=1)]]'", "Character 10: not() is not in the XPath"),
        ("Get-WinEvent -Path nothing.evtx", "does not exist"),
        ("Get-WinEvent System -MaxEvents 0", "at least 1"),
        ("Clear-EventLog Nowhere", "no event log"),
        ("Clear-EventLog System, Nowhere", "no event log"),
    ],
)
def test_what_cannot_be_found_is_said_in_words(busy: ShellDesk, line: str, words: str) -> None:
    before = ids(busy, "Get-WinEvent System")
    assert words in busy.run(line).errors[0].message
    assert ids(busy, "Get-WinEvent System") == before
