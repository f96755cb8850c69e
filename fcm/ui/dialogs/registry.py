"""Which dialog belongs to which name (Action.dialog of fcm.workspace.actions.catalog)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.ui.dialogs.about import AboutDialog
from fcm.ui.dialogs.add_node import AddNodeDialog
from fcm.ui.dialogs.add_storage import AddDiskDialog, AddStorageDialog
from fcm.ui.dialogs.confirm_node_off import ConfirmNodeOffDialog
from fcm.ui.dialogs.enable_csv import EnableSharedVolumesDialog
from fcm.ui.dialogs.group_properties import GroupPropertiesDialog
from fcm.ui.dialogs.help import HelpDialog
from fcm.ui.dialogs.isolate import IsolateDialog
from fcm.ui.dialogs.machine_settings import MachineSettingsDialog
from fcm.ui.dialogs.manage_cluster import ManageClusterDialog
from fcm.ui.dialogs.moves.drain import DrainDialog
from fcm.ui.dialogs.moves.migration_history import MigrationHistoryDialog
from fcm.ui.dialogs.moves.migration_networks import MigrationNetworksDialog
from fcm.ui.dialogs.moves.migration_options import MigrationSettingsDialog
from fcm.ui.dialogs.moves.open_recording import OpenRecordingDialog
from fcm.ui.dialogs.moves.preflight import PreflightDialog
from fcm.ui.dialogs.moves.tune_migration import TuneMigrationDialog
from fcm.ui.dialogs.network_properties import NetworkPropertiesDialog
from fcm.ui.dialogs.node_commands import NodeCommandsDialog
from fcm.ui.dialogs.rehearsal.rehearse import rehearse_selection
from fcm.ui.dialogs.rename_volume import RenameVolumeDialog
from fcm.ui.dialogs.report_viewer import ReportViewer
from fcm.ui.dialogs.resource_properties import ResourcePropertiesDialog
from fcm.ui.dialogs.services.add_resource import AddResourceDialog
from fcm.ui.dialogs.services.connect import connect
from fcm.ui.dialogs.services.dependency_report import DependencyReport
from fcm.ui.dialogs.services.group_storage import GroupStorageDialog
from fcm.ui.dialogs.volume_properties import VolumePropertiesDialog
from fcm.ui.widgets.background import Outcome, Work
from fcm.ui.wizards.create_cluster import CreateClusterWizard
from fcm.ui.wizards.high_availability import HighAvailabilityWizard
from fcm.ui.wizards.new_machine import NewMachineWizard
from fcm.ui.wizards.quorum import QuorumWizard
from fcm.ui.wizards.servers.validate import ValidateServersWizard
from fcm.ui.wizards.validate import ValidateWizard
from fcm.workspace.actions.report_actions import group_of
from fcm.workspace.reports import validation_report
from fcm.workspace.selection import Place, Selection

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QDialog

    from fcm.model.state import State
    from fcm.ui.desk import Desk

    Maker = Callable[[Desk, Selection], QDialog | None]


def _state(window: Desk) -> State | None:
    return window.workspace.state if window.workspace is not None else None


def _validation_report(window: Desk, _selection: Selection) -> QDialog | None:
    state = _state(window)
    report = state.cluster.validation if state and state.cluster else None
    if state is None or report is None:
        return None
    return ReportViewer(window, validation_report(report, state), report.time)


def _group_of(window: Desk, selection: Selection) -> str | None:
    """The id of the service or application of what is selected; None: it is in none."""
    state = _state(window)
    machine = state.machines.get(selection.id) if state else None
    group = machine.group if machine else selection.id
    return group if state and group in state.groups else None


def _group_properties(window: Desk, selection: Selection) -> QDialog | None:
    group = _group_of(window, selection)
    return GroupPropertiesDialog(window, group) if group else None


def _dependency_report(window: Desk, selection: Selection) -> QDialog | None:
    group = _group_of(window, selection)
    return DependencyReport(window, group) if group else None


def _connect(window: Desk, selection: Selection) -> None:
    """The console of a machine, in a program of its own."""
    connect(window, selection.id)


def _critical_events(window: Desk, selection: Selection) -> None:
    """Go to the events that name the service or application, node or resource and are worse than information."""
    from fcm.ui.events.events import EventsPage  # needs what only the page of events needs

    state, group = _state(window), _group_of(window, selection)
    machine = state.machines.get(selection.id) if state else None
    name = state.groups[group].name if state and group else machine.name if machine else selection.id
    if state and selection.place is Place.RESOURCE:
        name = state.resources[selection.id].name
    window.select(Selection(Place.EVENTS))
    page = window.page
    if isinstance(page, EventsPage):
        page.show_critical(name)


def _reset_recent_events(window: Desk, _selection: Selection) -> None:
    """What Reset Recent Events does: it needs no questions."""
    workspace = window.workspace
    if workspace is None:
        return
    events, now = workspace.events, workspace.now()

    def done(outcome: Outcome) -> None:
        if outcome.error is not None:
            window.messages.show_message("error", str(outcome.error))

    Work(window, lambda: events.reset_recent(now), done)


def _create_hosts_cluster(window: Desk, _selection: Selection) -> QDialog | None:
    from fcm.ui.wizards.hosts.create import CreateHostsWizard  # needs the backend of Pacemaker

    return CreateHostsWizard(window)


def _destroy_hosts_cluster(window: Desk, _selection: Selection) -> QDialog | None:
    from fcm.ui.wizards.hosts.destroy import DestroyHostsWizard  # needs the backend of Pacemaker

    return DestroyHostsWizard(window)


def _measure(window: Desk, selection: Selection) -> QDialog | None:
    from fcm.ui.dialogs.moves.measure import MeasureDialog  # needs numpy, which no other dialog should wait for

    return MeasureDialog(window, selection.id)


def _migration_wall(window: Desk, _selection: Selection) -> QDialog | None:
    from fcm.ui.migration.wall import MigrationWall  # needs numpy, which no other dialog should wait for

    found = window.findChild(MigrationWall)
    return found if isinstance(found, MigrationWall) else MigrationWall(window)


def _tune_migration(window: Desk, selection: Selection) -> QDialog | None:
    state = _state(window)
    active = state.active_migration(selection.id) if state else None
    return TuneMigrationDialog(window, active.id) if active else None


def _branch(window: Desk, _selection: Selection) -> QDialog | None:
    from fcm.ui.replay.branch_dialog import BranchDialog  # only replays have it

    workspace = window.workspace
    return BranchDialog(window) if workspace is not None and workspace.replay is not None else None


def _availability_report(window: Desk, _selection: Selection) -> QDialog | None:
    from fcm.ui.reporting.dialog import AvailabilityDialog  # needs what reads whole histories

    return AvailabilityDialog(window)


def _report(kind: str) -> Maker:
    """The maker of a report about what is selected."""

    def show(window: Desk, selection: Selection) -> QDialog | None:
        from fcm.ui.reporting.dialog import SentReportDialog
        from fcm.workspace.reporting import making

        state = _state(window)
        if state is None:
            return None
        if kind == "drain":
            return SentReportDialog(window, "Drain Report", lambda part: making.report_of_drain(part, selection.id))
        if kind == "failover":
            group = group_of(state, selection)
            return SentReportDialog(window, "Failover Report", lambda part: making.report_of_failover(part, group))
        move = making.last_move(state, selection.id)
        if move is None:
            return None
        return SentReportDialog(window, "Migration Report", lambda part: making.report_of_migration(part, move.id))

    return show


def _save_incident(window: Desk, _selection: Selection) -> QDialog | None:
    from fcm.ui.incident.dialog import IncidentDialog  # needs what reads whole histories

    return IncidentDialog(window)


WITHOUT_CLUSTER: dict[str, Maker] = {
    "about": lambda window, _: AboutDialog(window),
    "create-cluster": lambda window, _: CreateClusterWizard(window),
    "create-hosts-cluster": _create_hosts_cluster,
    "destroy-hosts-cluster": _destroy_hosts_cluster,
    "help": lambda window, selection: HelpDialog(window, selection.place),
    "manage-cluster": lambda window, _: ManageClusterDialog(window),
    "open-recording": lambda window, _: OpenRecordingDialog(window),
    "validate-servers": lambda window, _: ValidateServersWizard(window),
}
"""Dialogs that need no open cluster."""

WITH_CLUSTER: dict[str, Maker] = {
    "add-disk": lambda window, _: AddDiskDialog(window),
    "add-group-storage": lambda window, selection: GroupStorageDialog(window, selection.id),
    "add-node": lambda window, _: AddNodeDialog(window),
    "add-resource": lambda window, selection: AddResourceDialog(window, selection.id),
    "add-storage": lambda window, _: AddStorageDialog(window),
    "availability-report": _availability_report,
    "branch": _branch,
    "confirm-node-off": lambda window, selection: ConfirmNodeOffDialog(window, selection.id),
    "connect": _connect,
    "critical-events": _critical_events,
    "dependency-report": _dependency_report,
    "drain-report": _report("drain"),
    "failover-report": _report("failover"),
    "migration-report": _report("migration"),
    "drain": lambda window, selection: DrainDialog(window, selection.id),
    "enable-csv": lambda window, _: EnableSharedVolumesDialog(window),
    "group-properties": _group_properties,
    "high-availability": lambda window, selection: HighAvailabilityWizard(window, selection.id),
    "isolate": lambda window, selection: IsolateDialog(window, selection.id),
    "machine-settings": lambda window, selection: MachineSettingsDialog(window, selection.id),
    "measure": _measure,
    "migration-history": lambda window, selection: MigrationHistoryDialog(window, selection.id),
    "migration-networks": lambda window, _: MigrationNetworksDialog(window),
    "migration-settings": lambda window, _: MigrationSettingsDialog(window),
    "migration-wall": _migration_wall,
    "network-properties": lambda window, selection: NetworkPropertiesDialog(window, selection.id),
    "new-machine": NewMachineWizard,
    "node-commands": lambda window, _: NodeCommandsDialog(window),
    "preflight": lambda window, selection: PreflightDialog(window, selection.id),
    "quorum": lambda window, _: QuorumWizard(window),
    "rehearse": rehearse_selection,
    "rename-volume": lambda window, selection: RenameVolumeDialog(window, selection.id),
    "reset-recent-events": _reset_recent_events,
    "resource-properties": lambda window, selection: ResourcePropertiesDialog(window, selection.id),
    "save-incident": _save_incident,
    "tune-migration": _tune_migration,
    "validate": lambda window, _: ValidateWizard(window),
    "validation-report": _validation_report,
    "volume-properties": lambda window, selection: VolumePropertiesDialog(window, selection.id),
}
"""Dialogs about the open cluster."""
