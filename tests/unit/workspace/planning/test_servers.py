"""Servers that are validated without being a cluster: where they are from, what is tested, what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fcm.app import known_state, open_workspace
from fcm.backend.libvirt.configuration import check
from fcm.backend.libvirt.configuration.hosts_file import HostsFile, load
from fcm.model import commands as cmd
from fcm.model.entities import GIB, DiskUse
from fcm.model.validation.validate import CLUSTER
from fcm.workspace.hosts import checking
from fcm.workspace.planning import servers
from fcm.workspace.planning.cluster_plan import PlannedNode, described_servers_verdict, usual_plan
from fcm.workspace.planning.servers import Real, SomeHosts, SomeNodes, Subject, described_servers, subject, verdict
from fcm.workspace.reports import servers_report
from tests.unit.pacemaker.forming.hosts_of_test import hosts_text

if TYPE_CHECKING:
    from pathlib import Path

PLAN = usual_plan("unused", ("server1", "server2"))


@pytest.fixture(autouse=True)
def _own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FCM_DATA", str(tmp_path / "data"))


def described(*nodes: PlannedNode) -> SomeNodes:
    return described_servers(nodes or PLAN.nodes, PLAN.networks, PLAN.disks)


def contoso(*names: str) -> SomeNodes:
    state = known_state("embedded:contoso")
    return SomeNodes("contoso", names or tuple(state.nodes), state)


def levels(about: Subject) -> dict[str, set[str]]:
    """Test -> levels of its results, of all tests."""
    found: dict[str, set[str]] = {}
    for result in about.run((), lambda *_: None, 0.0).results:
        found.setdefault(result.name, set()).add(result.level)
    return found


# Simulated servers


def test_described_servers_pass_what_the_servers_of_create_a_cluster_pass() -> None:
    about = subject([described()])
    assert about.names == ("server1", "server2")
    assert not {"warn", "fail"} & set().union(*levels(about).values())
    assert about.may_form_cluster
    assert about.power_shell(()) == "Test-Cluster -Node server1, server2"
    assert about.power_shell(["Validate File System"]).endswith(" -Include 'Validate File System'")


def test_tests_of_the_cluster_configuration_need_all_nodes_of_one_cluster() -> None:
    whole, part = subject([contoso()]), subject([contoso("node1", "node2")])
    assert CLUSTER in {category for _, category in whole.tests}
    assert CLUSTER not in {category for _, category in part.tests}
    assert whole.power_shell(()) == "Test-Cluster -Cluster contoso"
    assert (whole.title, part.title) == ("contoso.contoso.example", "node1, node2")


def test_a_part_of_a_cluster_has_its_own_adapters_machines_and_disks_only() -> None:
    about = subject([contoso("node1")])
    assert isinstance(about, servers.Simulated)
    state = about.state
    assert {adapter.node for adapter in state.adapters.values()} == {"node1"}
    assert {machine.node for machine in state.machines.values()} == {"node1"}
    assert all("node1" in disk.visible_to for disk in state.disks.values())


def test_a_server_beside_a_cluster_shares_its_networks_and_lacks_its_disks() -> None:
    about = subject([contoso(), described(PlannedNode("server1"))])
    found = levels(about)
    assert found["Validate IP Configuration"] == {"pass"}
    assert found["Validate Network Communication"] == {"pass"}
    assert "fail" in found["Validate Disk Access"]
    texts = [result.text for result in about.run(["Validate Disk Access"], lambda *_: None, 0.0).results]
    assert "Cluster Disk 2 of contoso is not visible to server1." in texts
    assert about.may_form_cluster.reason == "node1 is already a node of contoso."


def test_machines_of_two_clusters_do_not_take_each_others_place() -> None:
    state = known_state("embedded:contoso")
    copy = replace(state, nodes=type(state.nodes)({f"x{n}": replace(v, name=f"x{n}") for n, v in state.nodes.items()}))
    other = replace(
        copy,
        machines=type(state.machines)({k: replace(v, node=f"x{v.node}") for k, v in state.machines.items()}),
        adapters=type(state.adapters)({k: replace(v, node=f"x{v.node}") for k, v in state.adapters.items()}),
    )
    about = subject([contoso(), SomeNodes("other", tuple(other.nodes), other)])
    assert isinstance(about, servers.Simulated)
    assert len(about.state.machines) == 2 * len(state.machines)
    assert len(about.state.machines_on("xnode1")) == len(state.machines_on("node1"))
    found = about.run(["Validate IP Configuration"], lambda *_: None, 0.0)
    assert any("is used more than once" in result.text for result in found.results)


def test_servers_of_two_manufacturers_can_be_described_and_fail() -> None:
    mixed = (PlannedNode("a"), PlannedNode("b", processor="AMD Opteron 6174"))
    assert described_servers_verdict(replace(PLAN, nodes=mixed))
    assert levels(subject([described(*mixed)]))["Validate Same Processor Architecture"] == {"fail"}


def test_described_disks_are_seen_by_all_described_servers_and_the_size_that_was_given() -> None:
    about = subject([described_servers(PLAN.nodes, PLAN.networks, (7 * GIB, 7 * GIB))])
    assert isinstance(about, servers.Simulated)
    disks = list(about.state.disks.values())
    assert [disk.size for disk in disks] == [7 * GIB, 7 * GIB]
    assert {disk.use for disk in disks} == {DiskUse.AVAILABLE}
    assert all(disk.visible_to == ("server1", "server2") for disk in disks)


@pytest.mark.parametrize("name", ["cluster0", "CLUSTER0"])
def test_a_server_may_have_the_name_that_the_description_would_use(name: str) -> None:
    assert subject([described(PlannedNode(name))]).names == (name,)


# What is refused


def test_no_server_is_refused() -> None:
    assert verdict([]).reason == "No server is selected."
    assert verdict([SomeNodes("contoso", (), servers.NOTHING)]).reason == "No server is selected."


def test_two_servers_of_one_name_are_refused_also_of_clusters_of_one_name() -> None:
    assert verdict([contoso(), described()])
    reason = verdict([contoso("node1"), described(PlannedNode("NODE1"))]).reason
    assert reason == "Two of the selected servers are named NODE1: one of contoso, one of the described servers."
    assert "named node1" in verdict([contoso("node1"), contoso("node1")]).reason


# A cluster that is not open


def test_a_cluster_that_was_open_is_as_it_was_then() -> None:
    workspace = open_workspace("embedded:contoso", paced=False)
    workspace.submit(cmd.ValidateCluster())
    workspace.close()
    state = known_state("embedded:contoso")
    assert state.cluster is not None
    assert state.cluster.validation is not None


def test_a_cluster_that_was_never_open_is_as_its_file_describes_it(tmp_path: Path) -> None:
    state = known_state("embedded:contoso")
    assert list(state.nodes) == ["node1", "node2", "node3"]
    assert not (tmp_path / "data" / "journals").exists()


# Hosts


def hosts(folder: Path, **how: str) -> HostsFile:
    path = folder / "hosts.toml"
    path.write_text(hosts_text(**how), encoding="utf-8")  # type: ignore[arg-type]
    return load(path, lambda *_: True)


def of_hosts(file: HostsFile, count: int = 3, clustered: bool = False) -> SomeHosts:
    return SomeHosts(file.name, tuple(host.name for host in file.hosts[:count]), file, clustered)


def test_simulated_servers_and_hosts_are_refused_together_and_two_hosts_files_too(tmp_path: Path) -> None:
    file = of_hosts(hosts(tmp_path))
    assert verdict([file])
    assert verdict([contoso(), file]).reason == "Simulated servers and real hosts are selected together."
    assert verdict([file, file]).reason == "Hosts of more than one hosts file are selected."


def test_pacemaker_is_asked_about_only_with_fencing_and_all_hosts(tmp_path: Path) -> None:
    whole = subject([of_hosts(hosts(tmp_path))])
    assert [name for name, _ in whole.tests] == [checking.LIST, checking.COMPARE, checking.FAILOVER]
    some = subject([of_hosts(hosts(tmp_path), 2)])
    assert [name for name, _ in some.tests] == [checking.LIST, checking.COMPARE]
    assert not some.may_form_cluster
    without = subject([of_hosts(hosts(tmp_path, fencing=""))])
    assert checking.FAILOVER not in [name for name, _ in without.tests]
    assert without.may_form_cluster
    clustered = subject([of_hosts(hosts(tmp_path), clustered=True)])
    assert clustered.may_form_cluster.reason == "The hosts are already the cluster East 1."


def test_hosts_are_asked_once_and_each_that_does_not_respond_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[HostsFile] = []

    def ask(file: HostsFile) -> tuple[check.HostFacts, ...]:
        asked.append(file)
        return tuple(check.HostFacts(host.name, error="No route.", remedy="Check it.") for host in file.hosts)

    monkeypatch.setattr(check, "ask_hosts", ask)
    about = subject([of_hosts(hosts(tmp_path), 2)])
    told: list[str] = []
    report = about.run((), lambda name, number, count: told.append(f"{number + 1}/{count} {name}"), 5.0)
    assert told == ["1/2 List Hosts", "2/2 Validate Hosts"]
    assert [host.name for file in asked for host in file.hosts] == ["node1", "node2"]
    assert (report.time, report.level) == (5.0, "fail")
    assert [result.text for result in report.results if result.level == "fail"] == [
        "node1: No route.",
        "node2: No route.",
    ]
    assert {result.category for result in report.results} == {"Hosts"}


def test_what_is_in_the_way_of_pacemaker_is_told_under_its_test(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = check.CheckResult("Cluster", "Cluster", "fail", "node2 lacks pacemaker.", "Install it.")
    monkeypatch.setattr(checking, "check_cluster", lambda file: [found])
    about = subject([of_hosts(hosts(tmp_path))])
    (result,) = about.run([checking.FAILOVER], lambda *_: None, 0.0).results
    assert (result.name, result.level, result.text) == (checking.FAILOVER, "fail", "node2 lacks pacemaker.")
    monkeypatch.setattr(checking, "check_cluster", lambda file: [])
    (result,) = about.run([checking.FAILOVER], lambda *_: None, 0.0).results
    assert result.level == "pass"


def test_the_line_for_hosts_is_that_of_the_command_line(tmp_path: Path) -> None:
    about = subject([of_hosts(hosts(tmp_path))])
    assert isinstance(about, Real)
    assert about.power_shell(["Validate Hosts"]) == f"fcm hosts check {tmp_path / 'hosts.toml'}"


# The report


def test_the_report_names_the_servers_and_no_clock_of_a_cluster() -> None:
    about = subject([described()])
    page = servers_report(about.run((), lambda *_: None, 0.0), about.title, about.names)
    assert page.title == "Validation Report of server1, server2"
    assert "1 January 1970 00:00:00 UTC</p>" in page.body
    assert "clock of the cluster" not in page.body
    assert "Passed: the servers are suitable for clustering." in page.body
    assert "server1, server2" in page.body
