from __future__ import annotations

import tomllib
import uuid
from typing import TYPE_CHECKING

from fcm import resources
from fcm.logs.channels import CHANNELS, EventLogs, channel_named
from fcm.logs.cluster_log import cluster_log
from fcm.logs.records import catalog
from fcm.model.commands import LiveMigrate
from fcm.model.events import EVENT_TYPES
from fcm.workspace.events.event_log import Sought, everything
from tests.unit.embedded.desk import Desk

if TYPE_CHECKING:
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
    return list(desk.workspace.events.select(Sought(everything(), desk.workspace.now(), since=since)))


def test_the_catalog_knows_every_fact_and_no_other() -> None:
    providers, entries = catalog()
    assert set(entries) == set(EVENT_TYPES)
    assert len({entry.id for entry in entries.values()}) == len(entries)
    names = {channel.name for channel in CHANNELS}
    assert {provider.channel for provider in providers.values()} <= names


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
