"""Get-ClusterVirtualMachineMigration tells how a migration gets on and when it will end."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.unit.shell.desk import ShellDesk


def test_a_running_migration_tells_pass_bytes_rate_and_the_forecast_of_its_end(desk: ShellDesk) -> None:
    desk.must("Move-ClusterVirtualMachineRole SQL01 node2 -Wait 0; Start-Sleep 10")
    (shown,) = desk.must("Get-ClusterVirtualMachineMigration SQL01")
    row = desk.workspace.rows(shown.identity)[-1]
    assert (shown.get("Passes"), shown.get("BytesSent")) == (row.pass_number, row.sent)
    assert (shown.get("BytesRemaining"), shown.get("BytesPerSecond")) == (row.remaining, round(row.rate))
    first, end, last = (shown.get(name) for name in ("ExpectedEndFrom", "ExpectedEnd", "ExpectedEndTo"))
    assert isinstance(end, datetime)
    assert first <= end <= last
    assert end.timestamp() > desk.workspace.now()
    assert "assumed: no measurements of the guest yet" in shown.get("Forecast")
    text = desk.run("Get-ClusterVirtualMachineMigration SQL01").text()
    assert text.split("\n")[1].split() == [
        *("VirtualMachine", "Source", "Destination", "State", "Passes", "Left(M)", "M/s", "Forecast")
    ]
    assert all(len(line) <= 80 for line in text.split("\n"))


def test_the_forecast_of_a_known_guest_has_an_interval_that_the_end_falls_near(desk: ShellDesk) -> None:
    desk.must("Move-ClusterVirtualMachineRole SQL01 node2 -Wait 0; Start-Sleep 80")
    (shown,) = desk.must("Get-ClusterVirtualMachineMigration SQL01")
    assert "80 % interval" in shown.get("Forecast")
    desk.must("Start-Sleep 600")
    (over,) = desk.must("Get-ClusterVirtualMachineMigration SQL01")
    assert over.get("State") == "completed"
    assert abs((over.get("Ended") - shown.get("ExpectedEnd")).total_seconds()) < 60
    assert over.get("BytesSent") == desk.state.migrations[over.identity].figures.bytes  # type: ignore[union-attr]
    for name in ("ExpectedEnd", "ExpectedEndFrom", "ExpectedEndTo", "Forecast", "BytesRemaining", "BytesPerSecond"):
        assert over.get(name) is None


def test_a_migration_that_waits_has_no_figures_yet(desk: ShellDesk) -> None:
    desk.must("'SQL01', 'WEB01' | ForEach-Object { Move-ClusterVirtualMachineRole $_ node2 -Wait 0 }; Start-Sleep 2")
    (shown,) = desk.must("Get-ClusterVirtualMachineMigration WEB01")
    assert shown.get("State") == "waiting"
    assert [shown.get(name) for name in ("Passes", "BytesSent", "ExpectedEnd", "Forecast")] == [None] * 4
