"""Waits of scripts on a cluster whose clock runs by itself, as in fcm run."""

from __future__ import annotations

import math
import threading
import time
from typing import TYPE_CHECKING

import pytest

from fcm.app import open_workspace
from fcm.shell.runtime.session import ShellSession

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Opening = Callable[[float], ShellSession]

SPEEDS = [math.inf, 3600.0, 100.0]


@pytest.fixture
def session() -> Iterator[Opening]:
    opened: list[ShellSession] = []

    def at(speed: float) -> ShellSession:
        made = ShellSession(open_workspace("embedded:contoso", keep=False))
        made.waiting.run_at(speed)
        opened.append(made)
        return made

    yield at
    for one in opened:
        one.workspace.close()


def _number(session: ShellSession, script: str) -> float:
    results = session.execute(script)
    assert results.ok, results.text()
    return float(results.objects[-1])


@pytest.mark.parametrize("speed", SPEEDS)
def test_a_sleep_ends_at_its_time_on_the_clock_of_the_cluster(session: Opening, speed: float) -> None:
    slept = _number(session(speed), "$a = Get-Date; Start-Sleep 60; $b = Get-Date; ($b - $a).TotalSeconds")
    assert 60 <= slept < 65


def test_a_sleep_at_full_speed_is_over_at_once_where_nothing_else_is_due(session: Opening) -> None:
    begun = time.monotonic()
    assert session(math.inf).execute("Start-Sleep 80000; 'awake'").objects == ["awake"]
    assert time.monotonic() - begun < 30


@pytest.mark.parametrize("speed", SPEEDS)
def test_a_sleep_among_migrations_ends_at_its_time_too(session: Opening, speed: float) -> None:
    script = (
        "Move-ClusterVirtualMachineRole SQL01 node2 -Wait 0 | Out-Null\n"
        "$a = Get-Date; Start-Sleep 3; ((Get-Date) - $a).TotalSeconds"
    )
    assert 3 <= _number(session(speed), script) < 8


@pytest.mark.parametrize("speed", SPEEDS)
def test_a_move_is_told_at_the_moment_of_its_end(session: Opening, speed: float) -> None:
    script = (
        "Move-ClusterVirtualMachineRole WEB01 node2 | Out-Null\n"
        "((Get-Date) - (Get-ClusterVirtualMachineMigration WEB01).Ended).TotalSeconds"
    )
    assert 0 <= _number(session(speed), script) < 5


@pytest.mark.parametrize("speed", SPEEDS)
def test_a_limit_of_a_wait_is_meant_on_the_clock_of_the_cluster(session: Opening, speed: float) -> None:
    waited = _number(
        session(speed),
        "$a = Get-Date; Move-ClusterVirtualMachineRole SQL01 node2 -Wait 2 | Out-Null; ((Get-Date) - $a).TotalSeconds",
    )
    assert 2 <= waited < 7


@pytest.mark.parametrize("speed", SPEEDS)
def test_a_failure_is_noticed_while_a_script_sleeps(session: Opening, speed: float) -> None:
    script = (
        "Invoke-ClusterFault node1 -Fault PowerOff | Out-Null; $a = Get-Date; Start-Sleep 60; $b = Get-Date\n"
        "(Get-ClusterNode node1).State; (Get-ClusterGroup SQL01).OwnerNode.Name; ($b - $a).TotalSeconds"
    )
    results = session(speed).execute(script)
    assert results.ok, results.text()
    state, owner, slept = results.objects
    assert (str(state), str(owner)) == ("Down", "node2")
    assert 60 <= float(slept) < 65


def test_a_sleep_is_ended_by_the_user(session: Opening) -> None:
    slow = session(0.001)
    threading.Timer(0.05, slow.stop).start()
    results = slow.execute("Start-Sleep 1000; 'awake'")
    assert "The command was canceled." in results.text()
    assert results.objects == []


def test_a_script_that_only_looks_finds_that_time_goes_on(session: Opening) -> None:
    script = "Stop-VM APP01 -TurnOff; $a = Get-Date; while (((Get-Date) - $a).TotalSeconds -lt 0.05) { }; 'later'"
    assert session(math.inf).execute(script).objects[-1] == "later"


@pytest.mark.parametrize(
    ("script", "shown"),
    [
        ("'a'; Start-Sleep 5; 'b'", ["a", "b"]),
        ("foreach ($one in 'a', 'b') { $one; Start-Sleep 5 }", ["a", "b"]),
        ("'a', 'b' | ForEach-Object { $_; Start-Sleep 5 }", ["a", "b"]),
        ("function both { 'a'; Start-Sleep 5; 'b' }; both", ["a", "b"]),
        ("& { 'a'; Start-Sleep 5; 'b' }", ["a", "b"]),
        ("if ($true) { 'a'; Start-Sleep 5; 'b' }", ["a", "b"]),
        ("function both { 'a'; Start-Sleep 5; 'b' }; $kept = both; \"$kept\"", ["a b"]),
        ("function both { 'a'; Start-Sleep 5; 'b' }; both | ForEach-Object { \"[$_]\" }", ["[a]", "[b]"]),
        (
            "function both { [CmdletBinding()] param() 'a'; Start-Sleep 5; 'b' }; "
            'both -OutVariable kept | Out-Null; "$kept"',
            ["a b"],
        ),
    ],
)
def test_output_is_shown_before_time_passes_unless_it_is_used(session: Opening, script: str, shown: list[str]) -> None:
    opened, told = session(math.inf), list[str]()
    opened.on_output = lambda values: told.append(" ".join(map(str, values)))
    results = opened.execute(script)
    assert results.ok, results.text()
    assert told == shown
    assert " ".join(map(str, results.objects)) == " ".join(shown)


@pytest.mark.parametrize(
    "script", ["Move-ClusterVirtualMachineRole CACHE01 -Node node1", "Suspend-ClusterNode node2 -Drain -Wait"]
)
def test_who_waits_for_what_does_not_end_by_itself_is_told_once(session: Opening, script: str) -> None:
    opened, told = session(math.inf), list[str]()

    def heard(values: list[object]) -> None:
        told.extend(str(value) for value in values if str(value).startswith("WARNING: "))
        if told:
            opened.stop()

    opened.on_output = heard
    assert not opened.execute(script).ok
    assert len(told) == 1, told
    assert "The guest dirties" in told[0] or "live migration of" in told[0]
