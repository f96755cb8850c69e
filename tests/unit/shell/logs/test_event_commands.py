"""wevtutil and Get-ClusterLog reach every event since the beginning, in every session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evtx import PyEvtxParser

from fcm.backend.embedded import open_embedded
from fcm.model import events as ev
from fcm.shell.runtime.session import ShellSession
from fcm.workspace.files.journal import Journal
from fcm.workspace.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.shell.desk import ShellDesk

ANALYTIC = "Microsoft-Windows-Hyper-V-High-Availability-Analytic"
MORE = 5200


def much_happened(desk: ShellDesk) -> None:
    """Thousands of events, one a second."""
    now = desk.workspace.now()
    report = ev.BackendReported("warning", "A host is slow.")
    desk.workspace.post([ev.Entry(0, now - MORE + number, report) for number in range(MORE)])
    desk.workspace.drain(60.0)


def test_a_log_stays_enabled_in_the_next_session(tmp_path: Path) -> None:
    def opened() -> Workspace:
        journal = Journal.open(tmp_path / "one.journal", "embedded:contoso")
        workspace = Workspace(open_embedded("contoso", seed=1), journal)
        workspace.open()
        return workspace

    first = opened()
    assert ShellSession(first).execute(f"wevtutil sl {ANALYTIC} /e:true /q").ok
    first.close()
    second = opened()
    assert "enabled: true" in ShellSession(second).execute(f"wevtutil gl {ANALYTIC}").objects
    second.close()


def test_queries_and_exports_reach_every_event(desk: ShellDesk) -> None:
    much_happened(desk)
    assert f"numberOfLogRecords: {MORE}" in desk.must("wevtutil gl fcm")
    assert len(desk.must("Get-ClusterEvent fcm")) == MORE
    assert len(desk.must("Get-ClusterEvent fcm -MaxEvents 3 -Oldest")) == 3
    desk.must("wevtutil epl fcm fcm.evtx")
    assert sum(1 for _ in PyEvtxParser(str(desk.folder / "fcm.evtx")).records()) == MORE


def test_the_cluster_log_goes_back_to_the_beginning_or_as_far_as_is_asked_for(desk: ShellDesk) -> None:
    much_happened(desk)
    desk.must("Get-ClusterLog -Node node1 -Destination all")
    desk.must("Get-ClusterLog -Node node1 -Destination some -TimeSpan 1")
    lines = {name: (desk.folder / name / "node1_cluster.log").read_text().splitlines() for name in ("all", "some")}
    assert sum("A host is slow." in line for line in lines["all"]) == MORE
    assert 50 <= sum("A host is slow." in line for line in lines["some"]) <= 61
