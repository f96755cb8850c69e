from __future__ import annotations

import tomllib
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

from fcm import resources
from fcm.logs.channels import CHANNELS, EventLogs, channel_named
from fcm.logs.cluster_log import cluster_log
from fcm.logs.evtx import write_evtx
from fcm.logs.evtx_reader import EventFile
from fcm.logs.queries.query import query_of
from fcm.logs.records import catalog, records_of
from fcm.model import events as ev
from fcm.model.commands import InjectFault, LiveMigrate, PauseNode, StartClusterService, StopClusterService
from fcm.model.events import EVENT_TYPES
from fcm.model.failures import Failover, FaultKind
from fcm.workspace.events.event_log import EventSelection, everything
from tests.unit.embedded.desk import Desk

if TYPE_CHECKING:
    from pathlib import Path

    from fcm.logs.records import EventRecord

ANALYTIC = "Microsoft-Windows-Hyper-V-High-Availability-Analytic"


def moved() -> Desk:
    """A cluster in which DC01 was live migrated from node1 to node2."""
    desk = Desk()
    desk.do(LiveMigrate(desk.machine("DC01").id, "node2"))
    desk.settle()
    return desk


def all_of(desk: Desk, since: float | None = None) -> list[EventRecord]:
    """What the enabled logs hold, oldest first."""
    return list(desk.workspace.events.select(EventSelection(everything(), desk.workspace.now(), since=since)))


def test_the_catalog_knows_every_fact_and_no_other() -> None:
    providers, entries = catalog()
    assert set(entries) == set(EVENT_TYPES)
    assert len({entry.id for entry in entries.values()}) == len(entries)
    names = {channel.name for channel in CHANNELS}
    assert {provider.channel for provider in providers.values()} <= names
    assert all(provider.information in names for provider in providers.values())


def test_each_provider_says_where_its_guid_was_found() -> None:
    table = tomllib.loads(resources.path("events", "catalog.toml").read_text(encoding="utf-8"))
    for provider in table["providers"]:
        assert uuid.UUID(provider["guid"])
        assert provider["guid_source"], provider["name"]


def test_a_live_migration_is_in_the_logs_of_windows_with_its_blackout() -> None:
    desk = moved()
    found = all_of(desk)
    (done,) = [item for item in found if item.id == 20415]
    assert done.channel == "Microsoft-Windows-Hyper-V-VMMS-Admin"
    assert done.computer == "node1.contoso.example"
    assert dict(done.data)["DestinationNode"] == "node2"
    assert dict(done.data)["Text"] == done.text
    assert {item.id for item in found if item.channel.endswith("Worker-Admin")} == {22508, 22509}
    assert len({item.record_id for item in found}) == len(found)
    desk.close()


def test_the_analytic_log_holds_phases_and_passes_while_it_is_enabled() -> None:
    desk = moved()
    events = desk.workspace.events
    assert not [item for item in all_of(desk) if item.channel == ANALYTIC]
    events.enable(ANALYTIC, True, 0.0)
    texts = [item.text for item in all_of(desk) if item.channel == ANALYTIC]
    assert sum("pass 1 begins" in text for text in texts) == 1
    events.enable(ANALYTIC, False, 1.0)
    assert not [item for item in all_of(desk) if item.channel == ANALYTIC]
    desk.close()


def test_logs_that_were_changed_can_be_kept_and_taken_up_again() -> None:
    logs, again = EventLogs(), EventLogs()
    logs.enable(ANALYTIC, True, 5.0)
    logs.enable("System", False, 7.0)
    again.restore(logs.changed())
    assert again.enabled(ANALYTIC)
    assert [again.keeps(ANALYTIC, time) for time in (4.0, 6.0)] == [False, True]
    assert [again.keeps("System", time) for time in (6.0, 8.0)] == [True, False]
    again.restore({"System": "x", "Nowhere": [[1, 2]], ANALYTIC: [["a", 1], [1.0, 2.0]]})
    assert again.spans(ANALYTIC) == [(1.0, 2.0)]


def test_a_log_is_found_in_dash_and_in_slash_form() -> None:
    found = channel_named("microsoft-windows-hyper-v-vmms/admin")
    assert found is not None
    assert found.name == "Microsoft-Windows-Hyper-V-VMMS-Admin"
    assert channel_named("Application") is None


def test_the_cluster_log_has_its_line_format_and_only_what_concerns_the_node() -> None:
    desk = moved()
    log = list(cluster_log(all_of(desk), "node1"))
    assert log[0] == (
        "00000ccc.00000ea4::1970/01/12-13:46:40.000 INFO  [CS] cluster service logging level is 3 on node node1"
    )
    assert any("[RES] Virtual Machine <DC01>: Live migration of DC01" in line for line in log)
    other = list(cluster_log(all_of(desk), "node3"))
    assert not any("DC01" in line for line in other)
    assert list(cluster_log(all_of(desk, since=desk.workspace.now() + 1), "node1")) == []
    desk.close()


def told(desk: Desk, *written: ev.NodeLogged) -> list[EventRecord]:
    """What the logs have after nodes wrote something."""
    for one in written:
        desk.backend._core.emit(one)
    desk.run(1.0)
    selection = EventSelection(everything(), desk.workspace.now(), any_log=True)
    return [one for one in desk.workspace.events.select(selection) if one.fact.startswith("NodeLogged")]


LOST = ev.NodeLogged("1135", "node1", (("node", "node2"),))
FAILED = ev.NodeLogged(
    "1069",
    "node3",
    (
        ("group", "WEB01"),
        ("resource", "Virtual Machine WEB01"),
        ("text", "The virtual machine stopped."),
        ("type", "Virtual Machine"),
        ("code", "1460"),
    ),
)


def test_what_a_node_wrote_is_one_record_of_that_computer_with_the_fields_of_windows() -> None:
    desk = Desk()
    lost, failed, formed = told(desk, LOST, FAILED, ev.NodeLogged("1061", "node2", (("cluster", "contoso"),)))
    assert (lost.id, lost.level_name, lost.channel, lost.task_name) == (1135, "Critical", "System", "Node Mgr")
    assert lost.computer == "node1.contoso.example"
    assert lost.provider == "Microsoft-Windows-FailoverClustering"
    assert lost.data[0] == ("NodeName", "node2")
    assert [name for name, _ in failed.data[:4]] == ["ResourceName", "ResourceGroup", "ResourceType", "Code"]
    assert failed.computer == "node3.contoso.example"
    assert (formed.level_name, formed.channel) == ("Information", "Microsoft-Windows-FailoverClustering-Operational")
    desk.close()


def test_windows_itself_and_hyper_v_write_to_their_own_logs() -> None:
    desk = Desk()
    started, woke, power = told(
        desk,
        ev.NodeLogged("18500", "node2", (("machine", "DC01"),)),
        ev.NodeLogged("6008", "node2"),
        ev.NodeLogged("41", "node2"),
    )
    assert started.channel == "Microsoft-Windows-Hyper-V-Worker-Admin"
    assert dict(started.data)["VmName"] == "DC01"
    assert (woke.provider, woke.channel, woke.level_name) == ("EventLog", "System", "Error")
    assert (power.provider, power.level_name) == ("Microsoft-Windows-Kernel-Power", "Critical")
    desk.close()


def test_what_nodes_wrote_is_found_by_its_fields_and_survives_an_export(tmp_path: Path) -> None:
    desk = Desk()
    told(desk, LOST, FAILED)
    asked = query_of("System", "*[EventData[Data[@Name='NodeName']='node2'] and System[EventID=1135]]")
    (found,) = desk.workspace.events.select(EventSelection(asked, desk.workspace.now()))
    assert found.text.startswith("Cluster node 'node2' was removed")
    with (tmp_path / "a.evtx").open("wb+") as file:
        write_evtx(file, [found])
    (back,) = EventFile(tmp_path / "a.evtx").records()
    assert (back.id, back.level, back.computer, back.data) == (found.id, found.level, found.computer, found.data)
    assert back.task_name == "Node Mgr"
    desk.close()


def test_an_id_stands_for_its_name() -> None:
    desk = Desk()
    (found,) = told(desk, ev.NodeLogged("1205", "node1", (("group", desk.group("WEB01").id),)))
    assert found.data[0] == ("ResourceGroup", "WEB01")
    desk.close()


def test_what_only_the_cluster_log_has_is_in_no_list_of_events_but_in_the_log_of_its_node() -> None:
    desk = Desk()
    before = len(all_of(desk))
    (route,) = told(desk, ev.NodeLogged("route-down", "node1", (("other", "node2"),)))
    assert route.channel == "Microsoft-Windows-FailoverClustering-Diagnostic"
    assert len(all_of(desk)) == before
    whole = list(desk.workspace.events.select(EventSelection(everything(), desk.workspace.now(), any_log=True)))
    assert any("[NETFTAPI] Signaled NetftRemoteUnreachable" in line for line in cluster_log(whole, "node1"))
    assert not any("NetftRemoteUnreachable" in line for line in cluster_log(whole, "node2"))
    desk.close()


def test_a_record_of_a_node_has_the_lines_of_its_components_in_its_own_cluster_log() -> None:
    desk = Desk()
    told(desk, LOST, ev.NodeLogged("1177", "node3"))
    whole = all_of(desk)
    own = "\n".join(cluster_log(whole, "node1"))
    assert "WARN  [NODE] Node node2: disconnected" in own
    assert "[RGP]" in own
    assert "quorum" not in own
    other = "\n".join(cluster_log(whole, "node3"))
    assert "ERR   [QUORUM] Node node3: lost quorum, status 5925" in other
    assert "[RGP]" not in other
    desk.close()


def test_a_node_that_is_down_writes_no_log() -> None:
    desk = Desk()
    desk.do(StopClusterService("node2"))
    desk.settle()
    desk.do(PauseNode("node3"))
    desk.do(StartClusterService("node2"))
    desk.settle()
    whole = all_of(desk)
    assert any("'node3' is paused" in line for line in cluster_log(whole, "node1"))
    log = list(cluster_log(whole, "node2"))
    assert any("'node2' is down" in line for line in log)
    assert any("'node2' is up" in line for line in log)
    assert not any("'node3' is paused" in line for line in log)
    desk.close()


def test_what_only_this_program_knows_is_in_no_cluster_log() -> None:
    desk = Desk()
    desk.do(InjectFault(FaultKind.POWER_OFF, "node2"))
    desk.run(60.0)
    whole = all_of(desk)
    assert any(item.channel == "fcm" and "power lost" in item.text for item in whole)
    for name in ("node1", "node2", "node3"):
        log = "\n".join(cluster_log(whole, name))
        assert "power lost" not in log
        assert "have not noticed" not in log
    assert "Cluster node 'node2' is down" in "\n".join(cluster_log(whole, "node1"))
    desk.close()


def test_a_step_of_a_failover_is_told_once_it_has_an_end() -> None:
    desk = Desk()
    step = Failover("f1", desk.group("WEB01").id, "node1 does not respond.", "node1", "node2", 10.0, 16.2, 16.5)
    assert records_of(ev.Entry(1, 17.0, ev.FailoverRecorded(step)), desk.state) == []
    (made,) = records_of(ev.Entry(1, 21.0, ev.FailoverRecorded(replace(step, online=20.4))), desk.state)
    assert made.channel == "fcm"
    assert made.text == (
        "Failover of WEB01 from node1 to node2. node1 does not respond. "
        "Noticed after 6.2 s, decided after 6.5 s, online after 10.4 s."
    )
    desk.close()
