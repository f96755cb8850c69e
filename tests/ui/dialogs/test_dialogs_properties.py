"""Property sheets: what they show, what differs becomes one command, what cannot be changed says why."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTreeWidget

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import AUTOMATIC, MIB, ClusterVersion, MachineState, NetworkRole, OfflineAction, StartAction
from fcm.model.migrations import NetworkPreference
from fcm.model.rules.networks import default_migration_order
from fcm.ui.dialogs.group_properties import GroupPropertiesDialog
from fcm.ui.dialogs.machine_settings import MachineSettingsDialog
from fcm.ui.dialogs.moves.migration_networks import MigrationNetworksDialog
from fcm.ui.dialogs.network_properties import NetworkPropertiesDialog
from fcm.ui.dialogs.report_viewer import ReportViewer
from fcm.ui.dialogs.resource_properties import ResourcePropertiesDialog
from fcm.ui.tour.driver import Driver
from fcm.workspace.reports import Report
from tests.ui.by_hand import formed, machine, opened
from tests.ui.window_by_hand import named, window_of

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.ui.window.main_window import MainWindow
    from tests.ui.by_hand import Backend

DRIVER = Driver()
NETWORKS = "Networks for live migration"


def quiet(qtbot: QtBot, folder: Path) -> tuple[MainWindow, Backend]:
    """A window of a cluster with one running machine and one that is off."""
    workspace, backend = opened(formed([machine("web"), machine("archive", state=MachineState.OFF)]))
    return window_of(qtbot, folder, workspace), backend


# Networks for live migration


def test_networks_are_listed_in_the_default_order_with_the_reason_for_each_rank(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = quiet(qtbot, tmp_path)
    dialog = MigrationNetworksDialog(shown)
    listing = dialog.panel.ordered.list
    assert listing.order() == (*default_migration_order(shown.state.networks.values()), "net-4")
    assert listing.ticked() == ("net-3", "net-1", "net-2")
    texts = [item.text(4) for item in listing.rows()]
    assert "private" in texts[0]
    assert "gateway" in texts[1]
    assert "shared volumes" in texts[2]
    assert "not allowed" in texts[3]
    dialog.close()


def test_up_and_down_and_ticks_become_the_order_and_the_excluded_networks(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = quiet(qtbot, tmp_path)
    dialog = MigrationNetworksDialog(shown)
    dialog.open()
    DRIVER.click_row(NETWORKS, "CSV and cluster")
    DRIVER.press("Up")
    DRIVER.press("Up")
    assert not dialog.panel.ordered.up.isEnabled()
    DRIVER.press("Down")
    DRIVER.tick_row(NETWORKS, "Management")
    DRIVER.press("OK")
    DRIVER.wait_for_no_dialog()
    assert backend.submitted == [cmd.SetMigrationNetworks(("net-3", "net-2"), ("net-1",))]


def test_a_machine_gets_an_order_of_its_own_on_its_tab_and_gives_it_back(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = quiet(qtbot, tmp_path)
    own = "Use a separate order for this virtual machine"
    dialog = ResourcePropertiesDialog(shown, "res-web")
    dialog.open()
    DRIVER.tab("Network for live migration")
    DRIVER.press(own)
    DRIVER.click_row(NETWORKS, "CSV and cluster")
    DRIVER.press("Up")
    DRIVER.tick_row(NETWORKS, "Management")
    DRIVER.press("OK")
    DRIVER.wait_for_no_dialog()
    chosen = NetworkPreference(("net-3", "net-2"), ("net-1",))
    assert backend.submitted == [cmd.SetMachineNetworks("vm-web", chosen)]

    backend.tell(ev.MachineChanged(replace(shown.state.machines["vm-web"], migration_networks=chosen)))
    DRIVER.wait(lambda: shown.state.machines["vm-web"].migration_networks, "the order of its own")
    dialog = ResourcePropertiesDialog(shown, "res-web")
    dialog.open()
    DRIVER.tab("Network for live migration")
    assert dialog.networks is not None
    assert dialog.networks.ordered.list.ticked() == chosen.order
    DRIVER.press(own)
    assert dialog.networks.ordered.list.ticked() == default_migration_order(shown.state.networks.values())
    DRIVER.press("OK")
    DRIVER.wait_for_no_dialog()
    assert backend.submitted[1:] == [cmd.SetMachineNetworks("vm-web", None)]


def test_the_default_order_is_kept_as_no_choice(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = quiet(qtbot, tmp_path)
    backend.tell(ev.MigrationNetworksSet(("net-2", "net-3"), ("net-1",)))
    DRIVER.wait(lambda: shown.state.cluster and shown.state.cluster.migration_order, "the order")
    dialog = MigrationNetworksDialog(shown)
    dialog.open()
    assert dialog.panel.ordered.list.ticked() == ("net-2", "net-3")
    DRIVER.press("Default order")
    DRIVER.press("OK")
    DRIVER.wait_for_no_dialog()
    assert backend.submitted == [cmd.SetMigrationNetworks((), ())]


def test_leaving_no_network_is_refused_in_the_dialog(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = quiet(qtbot, tmp_path)
    dialog = MigrationNetworksDialog(shown)
    dialog.open()
    for name in ("Management", "CSV and cluster", "Live migration"):
        DRIVER.tick_row(NETWORKS, name)
    DRIVER.press("OK")
    assert "No network would be left" in dialog.notice.text()
    assert backend.submitted == []
    DRIVER.press("Cancel")


# Resource properties


def test_the_resource_of_a_machine_has_settings_and_networks_for_live_migration(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = quiet(qtbot, tmp_path)
    of_machine = ResourcePropertiesDialog(shown, "res-web")
    of_disk = ResourcePropertiesDialog(shown, "core-disk")
    tabs = [[d.tabs.tabText(i) for i in range(d.tabs.count())] for d in (of_machine, of_disk)]
    of_all = ["General", "Dependencies", "Policies", "Advanced Policies"]
    assert tabs == [[*of_all, "Settings", "Network for live migration"], of_all]
    of_machine.close()
    of_disk.close()


def test_changes_on_several_tabs_become_one_command(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = quiet(qtbot, tmp_path)
    dialog = ResourcePropertiesDialog(shown, "res-web")
    dialog.open()
    DRIVER.tab("Policies")
    DRIVER.type_into("Maximum restarts in the specified period", "3")
    DRIVER.tab("Advanced Policies")
    DRIVER.tick_row("Possible owners", "node3")
    DRIVER.tab("Settings")
    DRIVER.choose("Cluster-controlled offline action", "Turn off")
    DRIVER.press("Apply")
    [command] = backend.submitted
    assert isinstance(command, cmd.ConfigureResource)
    assert command.possible_owners == ("node1", "node2")
    assert command.offline_action is OfflineAction.TURN_OFF
    assert command.policy is not None
    assert command.policy.maximum_restarts == 3
    assert (command.name, command.heartbeat) == (None, None)
    assert "OfflineAction 0" in dialog.power_shell.text()
    DRIVER.press("Cancel")


def test_opening_a_property_sheet_changes_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = quiet(qtbot, tmp_path)
    dialogs = (
        ResourcePropertiesDialog(shown, "res-web"),
        GroupPropertiesDialog(shown, "group-web"),
        MachineSettingsDialog(shown, "vm-web"),
        MachineSettingsDialog(shown, "vm-archive"),
        *(NetworkPropertiesDialog(shown, f"net-{number}") for number in (1, 2, 3, 4)),
    )
    found = [dialog.commands() for dialog in dialogs]
    for dialog in dialogs:
        dialog.close()
    assert found == [()] * len(dialogs)


# Group properties


def test_preferred_owners_are_the_ticked_nodes_in_their_order(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = quiet(qtbot, tmp_path)
    GroupPropertiesDialog(shown, "group-web").open()
    DRIVER.tick_row("Preferred owners", "node1")
    DRIVER.tick_row("Preferred owners", "node3")
    DRIVER.click_row("Preferred owners", "node3")
    DRIVER.press("Up")
    DRIVER.press("Up")
    DRIVER.press("OK")
    DRIVER.wait_for_no_dialog()
    assert backend.submitted == [cmd.ConfigureGroup("group-web", preferred_owners=("node3", "node1"))]


def test_failback_without_a_preferred_owner_is_refused_and_then_allowed(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = quiet(qtbot, tmp_path)
    dialog = GroupPropertiesDialog(shown, "group-web")
    dialog.open()
    DRIVER.tab("Failover")
    DRIVER.press("Allow failback")
    DRIVER.press("Failback between")
    DRIVER.press("OK")
    assert "needs a preferred owner" in dialog.notice.text()
    DRIVER.tab("General")
    DRIVER.tick_row("Preferred owners", "node2")
    assert dialog.notice.text() == ""
    DRIVER.press("OK")
    DRIVER.wait_for_no_dialog()
    wanted = cmd.ConfigureGroup("group-web", preferred_owners=("node2",), failback=True, failback_window=(1, 5))
    assert backend.submitted == [wanted]


def test_the_maximum_of_failures_and_the_hours_of_failback_go_back_to_automatic(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = quiet(qtbot, tmp_path)
    group = replace(
        shown.state.groups["group-web"],
        maximum_failures=5,
        failback=True,
        failback_window=(22, 5),
        preferred_owners=("node1",),
    )
    backend.tell(ev.GroupChanged(group))
    DRIVER.wait(lambda: shown.state.groups["group-web"].maximum_failures == 5, "the group")
    dialog = GroupPropertiesDialog(shown, "group-web")
    dialog.open()
    DRIVER.tab("Failover")
    assert dialog.maximum.isEnabled()
    DRIVER.press("Automatic")
    assert not dialog.maximum.isEnabled()
    assert dialog.maximum.value() == 2
    DRIVER.press("Immediately")
    assert "(Get-ClusterGroup web).FailoverThreshold = 4294967295" in dialog.power_shell.text()
    DRIVER.press("OK")
    DRIVER.wait_for_no_dialog()
    assert backend.submitted == [
        cmd.ConfigureGroup("group-web", maximum_failures=AUTOMATIC, failback_window=(AUTOMATIC, AUTOMATIC))
    ]


def test_anti_affinity_classes_are_names_with_commas_between_them(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = quiet(qtbot, tmp_path)
    dialog = GroupPropertiesDialog(shown, "group-web")
    dialog.open()
    DRIVER.type_into("Anti-affinity classes", "Web front,  db, db,")
    DRIVER.press("OK")
    DRIVER.wait_for_no_dialog()
    assert backend.submitted == [cmd.ConfigureGroup("group-web", anti_affinity=("Web front", "db"))]


# Settings of a machine


def test_memory_can_be_changed_only_while_the_machine_is_off_and_it_says_so(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = quiet(qtbot, tmp_path)
    running, off = MachineSettingsDialog(shown, "vm-web"), MachineSettingsDialog(shown, "vm-archive")
    assert not running.memory.isEnabled()
    assert "Shut down web first" in running.off_note.text()
    assert off.memory.isEnabled()
    running.close()
    off.close()


def test_settings_that_differ_become_one_command(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = quiet(qtbot, tmp_path)
    MachineSettingsDialog(shown, "vm-archive").open()
    DRIVER.type_into("Memory", "8192")
    DRIVER.press("Migrate to a physical computer with a different processor version")
    DRIVER.choose("Automatic Start Action", "Nothing")
    DRIVER.choose("Virtual network", "Not connected")
    DRIVER.press("OK")
    DRIVER.wait_for_no_dialog()
    assert backend.submitted == [
        cmd.ConfigureVirtualMachine(
            "vm-archive",
            memory=8192 * MIB,
            start_action=StartAction.NOTHING,
            processor_compatibility=True,
            switch="",
        )
    ]


def test_an_image_must_be_named_before_ok(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = quiet(qtbot, tmp_path)
    dialog = MachineSettingsDialog(shown, "vm-web")
    dialog.open()
    DRIVER.press("Image file")
    DRIVER.press("OK")
    assert "Enter the path of the image file" in dialog.notice.text()
    DRIVER.type_into("Path of the image file", "C:\\ISO\\a.iso")
    DRIVER.press("OK")
    DRIVER.wait_for_no_dialog()
    assert backend.submitted == [cmd.ConfigureVirtualMachine("vm-web", media="C:\\ISO\\a.iso")]


# Network properties


def test_the_use_of_a_network_and_its_metric_become_one_command(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = quiet(qtbot, tmp_path)
    dialog = NetworkPropertiesDialog(shown, "net-2")
    dialog.open()
    DRIVER.press("Allow clients to connect through this network")
    DRIVER.press("Automatic metric")
    DRIVER.type_into("Metric", "900")
    DRIVER.press("OK")
    DRIVER.wait_for_no_dialog()
    wanted = cmd.ConfigureNetwork("net-2", role=NetworkRole.INTERNAL_AND_CLIENT, metric=900)
    assert backend.submitted == [wanted]


def test_a_dialog_closes_when_its_network_is_gone(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = quiet(qtbot, tmp_path)
    NetworkPropertiesDialog(shown, "net-2").open()
    other = formed([])
    backend.tell(ev.ClusterFormed(other.cluster, other.nodes, (), (), (), (), (), (), ()))
    DRIVER.wait_for_no_dialog()
    assert "net-2" not in shown.state.networks


# Reports


def test_a_report_is_saved_beside_the_window_and_shown(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = quiet(qtbot, tmp_path)
    viewer = ReportViewer(shown, Report("A report", "<h1>What was found</h1>"), 0.0)
    viewer.open()
    assert not viewer.open_button.isEnabled()
    DRIVER.wait(viewer.open_button.isEnabled, "the report to be saved")
    assert viewer.path is not None
    assert "What was found" in viewer.path.read_text(encoding="utf-8")
    assert viewer.browser.toPlainText() == "What was found"
    DRIVER.key(Qt.Key.Key_Escape)
    DRIVER.wait_for_no_dialog()


def test_a_report_that_cannot_be_saved_is_shown_all_the_same(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = quiet(qtbot, tmp_path)
    (shown.context.report_folder / "file").write_text("")
    object.__setattr__(shown.context, "report_folder", shown.context.report_folder / "file")
    viewer = ReportViewer(shown, Report("A report", "<h1>What was found</h1>"), 0.0)
    viewer.open()
    DRIVER.wait(viewer.notice.text, "the reason")
    assert "could not be saved" in viewer.notice.text()
    assert viewer.browser.toPlainText() == "What was found"
    DRIVER.press("Close")
    DRIVER.wait_for_no_dialog()


def test_alternatives_are_shown_with_or_between_them(qtbot: QtBot, tmp_path: Path) -> None:
    begin = formed([machine("web")])
    resource = next(one for one in begin.resources if one.id == "res-web")
    first, second, third = [one.id for one in begin.resources if one.id != resource.id][:3]
    changed = replace(resource, depends_on=(first,), alternatives=((second, third),))
    workspace, _ = opened(begin, ev.ResourceChanged(changed))
    dialog = ResourcePropertiesDialog(window_of(qtbot, tmp_path, workspace), "res-web")
    dialog.show()
    dialog.tabs.setCurrentIndex(1)
    table = named(dialog, "Dependencies", QTreeWidget)
    rows = [table.topLevelItem(row) for row in range(table.topLevelItemCount())]
    assert [row.text(0) for row in rows] == ["", "AND", "OR"]
    dialog.close()


def test_a_priority_can_be_chosen_from_2012_on(qtbot: QtBot, tmp_path: Path) -> None:
    begin = formed([machine("web")])
    group = next(one.id for one in begin.groups if not one.is_core)
    for version in (ClusterVersion.V2008_R2, ClusterVersion.V2012):
        cluster = replace(begin.cluster, version=version)
        workspace, _ = opened(replace(begin, cluster=cluster))
        dialog = GroupPropertiesDialog(window_of(qtbot, tmp_path, workspace), group)
        assert dialog.priority.isVisibleTo(dialog) is (version is ClusterVersion.V2012)
        if version is ClusterVersion.V2012:
            dialog.priority.setCurrentText("High")
            assert dialog.commands() == (cmd.ConfigureGroup(group, priority=3000),)
        dialog.close()
