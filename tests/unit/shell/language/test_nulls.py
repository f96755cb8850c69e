"""$null in pipelines and arrays: one thing that is nothing, where no output is no thing (about_Automatic_Variables)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from fcm.model.entities import MachineState
from fcm.shell import cmdlets
from fcm.shell.runtime.registry import REGISTRY

if TYPE_CHECKING:
    from tests.unit.shell.desk import ShellDesk

cmdlets.load()


@pytest.mark.parametrize(
    "piped", ["$null", "$never_set", "(Get-VM zz*).Name", "@{ a = 1 }.b", "@(1)[7]", "'SQL01', $null"]
)
def test_null_through_the_pipeline_is_an_error_and_does_nothing_to_others(desk: ShellDesk, piped: str) -> None:
    results = desk.run(f"{piped} | Stop-VM -TurnOff -WhatIf")
    assert [error.message for error in results.errors] == [
        "The input object cannot be bound: Stop-VM got $null through the pipeline."
    ]
    assert all(machine.state is not MachineState.OFF for machine in desk.state.machines.values() if machine.group)


@pytest.mark.parametrize(
    ("script", "shown"),
    [
        ("$none = Get-VM zz*; $none | Stop-VM -TurnOff; 'on'", ["on"]),
        ("@() | Stop-VM -TurnOff; 'on'", ["on"]),
        ("@($null).Count; @($never_set).Count; @(Get-VM zz*).Count; @().Count", [1, 1, 0, 0]),
        ("$null | ForEach-Object { 'once' }", ["once"]),
        ('1, $null, 2 | ForEach-Object { "[$_]" }', ["[1]", "[]", "[2]"]),
        ("foreach ($one in $null) { 'never' }; 'on'", ["on"]),
        ("$null | Measure-Object | ForEach-Object { $_.Count }", [0]),
        ("$null | ConvertTo-Json; Get-VM zz* | ConvertTo-Json; ConvertTo-Json @()", ["null", "[]"]),
    ],
)
def test_no_output_is_nothing_and_null_is_one_thing(desk: ShellDesk, script: str, shown: list[Any]) -> None:
    assert desk.must(script) == shown


@pytest.mark.parametrize("name", sorted(one.name for one in REGISTRY.cmdlets.values() if not one.raw))
def test_no_cmdlet_breaks_on_null(desk: ShellDesk, name: str) -> None:
    before = desk.state
    results = desk.run(f"$null | {name}")
    assert not [error for error in results.errors if "has a fault" in error.message], results.text()
    assert desk.state == before
