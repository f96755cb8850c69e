"""Wizards: their pages, what they refuse on the way, the one command at their end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QAbstractItemView

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import GIB, ClusterVersion, QuorumMode, StartAction
from fcm.model.rules.verdict import no
from fcm.model.validation.validate import CATEGORIES, TESTS, validate
from fcm.ui.tour.driver import Driver
from fcm.ui.wizards.create_cluster import CreateClusterWizard
from fcm.ui.wizards.high_availability import HighAvailabilityWizard
from fcm.ui.wizards.new_machine import NewMachineWizard
from fcm.ui.wizards.quorum import QuorumWizard
from fcm.ui.wizards.validate import ValidateWizard
from fcm.workspace.planning.cluster_plan import ClusterPlan, verdict
from fcm.workspace.selection import Place, Selection
from tests.ui.by_hand import Backend, formed, group_of, machine, opened, resources_of
from tests.ui.window_by_hand import window, window_of

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.backend.base import Operation
    from fcm.ui.window.main_window import MainWindow
    from fcm.ui.wizards.frame import Wizard

DRIVER = Driver()
LOCAL = machine("local", clustered=False, disk=None, path="D:\\VMs\\local")
LOOSE = machine("loose", clustered=False, start_action=StartAction.NOTHING)


def quiet(qtbot: QtBot, folder: Path) -> tuple[MainWindow, Backend]:
    workspace, backend = opened(formed([machine("web"), LOCAL, LOOSE]))
    return window_of(qtbot, folder, workspace), backend


def steps(wizard: Wizard) -> list[str]:
    """Titles of the steps that are shown."""
    items = [wizard.steps.item(row) for row in range(wizard.steps.count())]
    return [item.text() for item in items if not item.isHidden()]


def press_next(times: int = 1) -> None:
    for _ in range(times):
        DRIVER.press("Next")


# Validate a Configuration


def test_all_tests_run_and_the_report_can_be_viewed(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = quiet(qtbot, tmp_path)

    def answer(operation: Operation) -> None:
        backend.tell(ev.ClusterValidated(validate(shown.state)))
        operation.finish()

    backend.answer = answer
    wizard = ValidateWizard(shown)
    wizard.open()
    press_next(2)
    assert wizard.page.title == "Confirmation"
    assert wizard.confirmation.power_shell.text() == "Test-Cluster -Cluster contoso"
    press_next()
    DRIVER.wait(lambda: wizard.page.title == "Summary", "the summary")
    assert backend.submitted == [cmd.ValidateCluster()]
    DRIVER.press("View Report...")
    DRIVER.wait(lambda: list(tmp_path.glob("Validation*.html")), "the saved report")
    DRIVER.press("Close")
    DRIVER.wait_for_dialog("Validate a Configuration Wizard")
    DRIVER.press("Finish")
    DRIVER.wait_for_no_dialog()


def test_selected_tests_are_those_that_are_ticked_in_the_five_categories(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = quiet(qtbot, tmp_path)
    wizard = ValidateWizard(shown)
    wizard.open()
    press_next()
    assert "Test Selection" not in steps(wizard)
    DRIVER.press("Run only tests I select")
    press_next()
    tree = DRIVER.find(QAbstractItemView, "Tests")
    assert [index.data() for index in DRIVER.rows(tree) if not index.parent().isValid()] == list(CATEGORIES)
    for category in CATEGORIES[1:]:
        DRIVER.tick_row("Tests", category)
    wanted = tuple(test.name for test in TESTS if test.category == CATEGORIES[0])
    assert wizard.command() == cmd.ValidateCluster(wanted)
    DRIVER.tick_row("Tests", CATEGORIES[0])
    press_next()
    assert wizard.notice.text() == "No test is selected.\nSelect at least one test."
    DRIVER.press("Cancel")


# High Availability


def test_machines_that_cannot_be_clustered_say_why(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = quiet(qtbot, tmp_path)
    wizard = HighAvailabilityWizard(shown)
    rows = {item.text(0): item for item in wizard.machines.list.rows()}
    assert set(rows) == {"local", "loose"}
    assert rows["local"].isDisabled()
    assert "local storage" in rows["local"].toolTip(0)
    assert not rows["loose"].isDisabled()
    wizard.close()


def test_ticked_machines_are_made_highly_available_and_reported(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = quiet(qtbot, tmp_path)

    def answer(operation: Operation) -> None:
        backend.tell(ev.MachineMadeHighlyAvailable("vm-loose", group_of(LOOSE), resources_of(LOOSE)))
        operation.finish()

    backend.answer = answer
    wizard = HighAvailabilityWizard(shown)
    wizard.open()
    press_next(3)
    assert wizard.notice.text().startswith("No virtual machine is selected.")
    DRIVER.tick_row("Virtual machines", "loose")
    assert wizard.notice.text() == ""
    press_next()
    assert wizard.confirmation.power_shell.text() == "Add-ClusterVirtualMachineRole -VirtualMachine loose"
    press_next()
    DRIVER.wait(lambda: wizard.page.title == "Summary", "the summary")
    assert backend.submitted == [cmd.MakeHighlyAvailable(("vm-loose",))]
    DRIVER.press("View Report...")
    DRIVER.wait(lambda: list(tmp_path.glob("High*.html")), "the saved report")
    DRIVER.press("Close")
    DRIVER.press("Finish")
    DRIVER.wait_for_no_dialog()
    assert shown.selection == Selection(Place.MACHINE, "vm-loose")


def test_a_refusal_leads_back_with_its_reason(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = quiet(qtbot, tmp_path)
    backend.answer = lambda operation: operation.finish(no("The disk is gone.", "Bring it back."))
    wizard = HighAvailabilityWizard(shown)
    wizard.open()
    press_next(2)
    DRIVER.tick_row("Virtual machines", "loose")
    press_next(2)
    DRIVER.wait(wizard.notice.text, "the reason")
    assert wizard.notice.text() == "The disk is gone.\nBring it back."
    assert wizard.page.title == "Confirmation"
    assert wizard.machines.list.ticked() == ("vm-loose",)
    DRIVER.press("Cancel")


# New Virtual Machine


def test_a_new_machine_lies_on_the_volume_and_does_not_start_by_itself(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = quiet(qtbot, tmp_path)
    wizard = NewMachineWizard(shown, Selection(Place.SERVICES))
    wizard.open()
    press_next(2)
    assert wizard.notice.text().startswith("The virtual machine needs a name.")
    DRIVER.type_into("Name", "fresh")
    assert wizard.notice.text() == ""
    assert wizard.place.path.text() == "C:\\ClusterStorage\\Volume1\\fresh"
    press_next()
    DRIVER.type_into("Memory", "2048")
    press_next(4)
    DRIVER.press("Create")
    DRIVER.wait(lambda: wizard.page.title == "Summary", "the summary")
    [command] = backend.submitted
    assert command == cmd.CreateVirtualMachine(
        name="fresh",
        node="node1",
        memory=2 * GIB,
        disk="disk-2",
        switch="Production",
        start_action=StartAction.NOTHING,
    )
    DRIVER.press("Finish")
    DRIVER.wait_for_no_dialog()


def test_a_name_that_is_taken_is_refused_on_its_own_page(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = quiet(qtbot, tmp_path)
    wizard = NewMachineWizard(shown, Selection(Place.SERVICES))
    wizard.open()
    press_next()
    DRIVER.type_into("Name", "WEB")
    press_next()
    assert wizard.notice.text().startswith("A virtual machine WEB already exists.")
    assert wizard.page is wizard.place
    DRIVER.press("Cancel")


def test_a_volume_that_is_too_small_is_refused_on_the_page_of_the_disk(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = quiet(qtbot, tmp_path)
    wizard = NewMachineWizard(shown, Selection(Place.VOLUME, "disk-3"))
    wizard.open()
    press_next()
    DRIVER.type_into("Name", "big")
    press_next(3)
    DRIVER.type_into("Size", "500")
    press_next()
    assert wizard.page is wizard.disk
    assert "Cluster Disk 3 has 150 GiB free" in wizard.notice.text()
    DRIVER.press("Cancel")


# Quorum


def test_only_the_pages_of_the_chosen_quorum_are_shown(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = quiet(qtbot, tmp_path)
    wizard = QuorumWizard(shown)
    wizard.open()
    press_next()
    assert "Configure Storage Witness" in steps(wizard)
    DRIVER.press("Node and File Share Majority")
    assert "Configure Storage Witness" not in steps(wizard)
    press_next(2)
    assert wizard.notice.text().startswith("A file share witness needs a UNC path.")
    DRIVER.type_into("Shared folder path", "\\\\server\\witness")
    press_next(2)
    DRIVER.wait(lambda: wizard.page.title == "Summary", "the summary")
    assert backend.submitted == [cmd.SetQuorum(QuorumMode.NODE_AND_FILE_SHARE_MAJORITY, "\\\\server\\witness")]
    DRIVER.press("Finish")
    DRIVER.wait_for_no_dialog()


def test_a_quorum_has_one_witness(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = quiet(qtbot, tmp_path)
    wizard = QuorumWizard(shown)
    wizard.open()
    press_next(2)
    DRIVER.tick_row("Disks for the witness", "Cluster Disk 4")
    press_next()
    assert wizard.notice.text().startswith("More than one disk is selected.")
    DRIVER.press("Cancel")


# Create a Cluster


def test_a_cluster_is_created_from_what_was_described_and_opened(qtbot: QtBot, tmp_path: Path) -> None:
    shown = window(qtbot, tmp_path)
    plans: list[ClusterPlan] = []
    object.__setattr__(shown.context, "create_cluster", lambda plan: plans.append(plan) or "embedded:new")
    wizard = CreateClusterWizard(shown)
    wizard.open()
    press_next(3)
    DRIVER.type_into("Cluster name", "tailspin")
    press_next()
    DRIVER.press("Create")
    DRIVER.wait(lambda: wizard.page.title == "Summary", "the summary")
    DRIVER.press("Finish")
    DRIVER.wait(lambda: shown.workspace, "the new cluster")
    [plan] = plans
    assert verdict(plan)
    assert (plan.name, [node.name for node in plan.nodes]) == ("tailspin", ["node1", "node2", "node3"])
    said = shown.docks["Console"].view.output.toPlainText()
    assert said.startswith("PS C:\\> New-Cluster -Name tailspin -Node node1, node2, node3 -StaticAddress ")


def test_the_version_of_a_new_cluster_decides_its_witness_and_is_in_its_powershell(
    qtbot: QtBot, tmp_path: Path
) -> None:
    wizard = CreateClusterWizard(window(qtbot, tmp_path).desk)
    wizard.open()
    press_next()
    DRIVER.choose("Windows Server version", "2012 R2")
    press_next()
    assert wizard.networks.witness.isChecked()
    press_next()
    DRIVER.type_into("Cluster name", "tailspin")
    press_next()
    assert wizard.plan().version is ClusterVersion.V2012_R2
    assert wizard.power_shell().endswith(" -Version '2012 R2'")
    DRIVER.press("Cancel")


def test_servers_of_two_manufacturers_are_refused_before_the_cluster_exists(qtbot: QtBot, tmp_path: Path) -> None:
    wizard = CreateClusterWizard(window(qtbot, tmp_path).desk)
    wizard.open()
    press_next()
    DRIVER.choose("Processor of node2", "AMD")
    press_next()
    assert "different manufacturers" in wizard.notice.text()
    assert wizard.page is wizard.servers
    DRIVER.press("Cancel")


def test_a_cluster_that_cannot_be_written_is_said_and_nothing_typed_is_lost(qtbot: QtBot, tmp_path: Path) -> None:
    shown = window(qtbot, tmp_path)

    def fail(plan: ClusterPlan) -> str:
        raise OSError("The disk is full. Make room.")

    object.__setattr__(shown.context, "create_cluster", fail)
    wizard = CreateClusterWizard(shown)
    wizard.open()
    press_next(3)
    DRIVER.type_into("Cluster name", "tailspin")
    press_next()
    DRIVER.press("Create")
    DRIVER.wait(wizard.notice.text, "the reason")
    assert wizard.notice.text() == "The disk is full. Make room."
    assert wizard.access.name.text() == "tailspin"
    DRIVER.press("Cancel")


@pytest.mark.parametrize(("machine_id", "ticked"), [("vm-loose", ("vm-loose",)), ("vm-local", ()), ("", ())])
def test_the_machine_from_which_the_wizard_was_opened_is_ticked_if_it_can_be_clustered(
    qtbot: QtBot, tmp_path: Path, machine_id: str, ticked: tuple[str, ...]
) -> None:
    shown, _ = quiet(qtbot, tmp_path)
    place = Selection(Place.MACHINE, machine_id) if machine_id else Selection(Place.CLUSTER)
    wizard = shown.show_dialog("high-availability", place)
    assert isinstance(wizard, HighAvailabilityWizard)
    assert wizard.machines.list.ticked() == ticked
    wizard.reject()
