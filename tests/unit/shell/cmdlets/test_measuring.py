from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from fcm.backend.base import MeasureError

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from tests.unit.shell.desk import ShellDesk


def test_a_running_machine_is_measured_over_four_times(desk: ShellDesk) -> None:
    results = desk.run("Measure-VMMemoryWrite SQL01")
    assert [line.split()[1] for line in results.text().splitlines() if line.startswith("SQL01")] == ["1", "2", "4", "8"]
    assert "Computed" in results.text()


def test_with_a_node_it_is_told_whether_a_live_migration_there_would_end(
    desk: ShellDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fcm.workspace.planning.preflight.MEMBERS", 1)
    text = desk.run("Measure-VMMemoryWrite -VMName SQL01 -Node node2 | Format-List Converges, Ways").text()
    assert "Converges : True" in text
    assert "Live migrate to node2" in text
    assert desk.commands == []


def test_what_cannot_be_measured_is_refused_with_a_sentence(desk: ShellDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.run("Move-ClusterVirtualMachineRole SQL01 node2 -Wait 0")
    results = desk.run("Measure-VMMemoryWrite SQL01")
    assert results.errors
    assert "SQL01 is being migrated" in results.text()

    def silent(*_: object) -> Any:
        raise MeasureError("node1 does not respond.")

    monkeypatch.setattr(desk.backend, "measure_writes", silent)
    assert "node1 does not respond." in desk.run("Measure-VMMemoryWrite WEB01").text()


def test_a_user_who_ends_it_does_not_wait_for_the_host(desk: ShellDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(machine: str, told: Callable[[Any], None], wanted: Callable[[], bool]) -> Any:
        desk.session.stop()
        pause = threading.Event()
        while wanted():
            pause.wait(0.01)
        return ()

    monkeypatch.setattr(desk.backend, "measure_writes", slow)
    assert "The measurement was canceled." in desk.run("Measure-VMMemoryWrite WEB01").text()
