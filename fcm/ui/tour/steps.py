"""The steps of the guide as data: what each is called and what a person does with mouse and keyboard."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QTabWidget

from fcm.model.telemetry import Phase
from fcm.text.words import quoted
from fcm.ui.tour.around import CLUSTER, MACHINE, SERVICES, VOLUME, dark, dialogs, help_and_recordings, pages
from fcm.ui.tour.beyond import STEPS as BEYOND
from fcm.ui.tour.clusters import STEPS as OF_CLUSTERS
from fcm.ui.tour.driver import DriverError, label_of
from fcm.ui.tour.failing import STEPS as FAILING
from fcm.ui.tour.learning import STEPS as OF_LEARNING
from fcm.ui.tour.servers import STEPS as OF_SERVERS
from fcm.ui.tour.services import STEPS as OF_SERVICES
from fcm.ui.tour.walk import LIVE, TREE, Step, Walk

_CTRL = Qt.KeyboardModifier.ControlModifier


def manage(walk: Walk) -> None:
    """Manage a Cluster > contoso."""
    walk.driver.wait(lambda: walk.driver.look_for(QAbstractItemView, TREE), "the console tree")
    walk.driver.find(QAbstractButton, CLUSTER)
    walk.shoot("start", "The start page: what this program does, and the known clusters.")
    walk.driver.key(Qt.Key.Key_O, _CTRL)
    walk.driver.wait_for_dialog("Manage a Cluster")
    walk.driver.click_row("Known clusters", CLUSTER)
    walk.shoot("manage a cluster", "Manage a Cluster: choose a cluster, type a URI, or browse to a file.")
    walk.driver.press("OK")
    walk.driver.wait_for_no_dialog()
    walk.driver.wait(lambda: walk.window.workspace, "the cluster to open")
    walk.driver.wait(lambda: walk.state.cluster, "the cluster to appear")
    walk.go(CLUSTER)
    walk.shoot("cluster", "The cluster: quorum, current host server, configuration, core resources.")


def validate(walk: Walk) -> None:
    """Validate This Cluster, all tests but one category by hand, report."""
    driver = walk.driver
    driver.right_click_row(TREE, CLUSTER)
    walk.shoot("cluster menu", "The context menu of the cluster.")
    driver.choose_in_menu("Validate This Cluster...")
    driver.wait_for_dialog("Validate a Configuration Wizard")
    walk.shoot("validate before", "Validate a Configuration: before you begin.")
    walk.next()
    driver.press("Run only tests I select")
    walk.shoot("validate options", "All tests, or a selection.")
    walk.next()
    walk.shoot("validate selection", "The tests, in five categories.")
    driver.press("Previous")
    driver.press("Run all tests (recommended)")
    walk.next()
    walk.shoot("validate confirmation", "What will be tested, with the equivalent PowerShell.")
    walk.next()
    driver.wait(lambda: walk.state.cluster and walk.state.cluster.validation, "the validation report")
    driver.press("View Report...")
    cluster = walk.state.cluster
    report = driver.wait(lambda: cluster.validation if cluster else None, "the report")
    driver.wait(lambda: driver.look_for(QAbstractItemView, "Summary") is None, "the report to lie on top")
    driver.wait(lambda: walk.enabled("Open in browser"), "the report to be saved")
    walk.shoot("validation report", f"The report: {len(report.results)} results, each with its reason and remedy.")
    driver.press("Close")
    driver.wait_for_dialog("Validate a Configuration Wizard")
    walk.shoot("validate summary", "The summary of the wizard.")
    driver.press("Finish")
    driver.wait_for_no_dialog()


def enable_volumes(walk: Walk) -> None:
    """Enable Cluster Shared Volumes under Configure in the centre pane.

    Raises:
        DriverError: OK is enabled before the notice is accepted.
    """
    driver = walk.driver
    walk.go(CLUSTER)
    driver.press("Enable Cluster Shared Volumes...")
    driver.wait_for_dialog("Enable Cluster Shared Volumes")
    if walk.enabled("OK"):
        raise DriverError("OK was enabled before the notice was accepted.")
    walk.shoot("enable csv notice", "OK is enabled only after you accept the notice.")
    driver.press("I have read the above notice.")
    walk.shoot("enable csv ticked", "Notice accepted: OK is enabled.")
    driver.press("OK")
    driver.wait_for_no_dialog()
    driver.click_row(TREE, "Cluster Shared Volumes")
    walk.shoot("csv empty", "Cluster Shared Volumes now appears in the console tree.")


def add_storage(walk: Walk) -> None:
    """Add storage, then rename the volume with F2."""
    driver = walk.driver
    driver.press("Add storage")
    driver.wait_for_dialog("Add Storage")
    driver.tick_row("Available disks", "Cluster Disk 2")
    walk.shoot("add storage", "Add Storage: the disks in Available Storage.")
    driver.press("OK")
    driver.wait_for_no_dialog()
    driver.wait(lambda: walk.state.shared_volumes, "the shared volume")
    driver.click_row("Cluster Shared Volumes", "Cluster Disk 2")
    walk.shoot("csv volume", "The volume under ClusterStorage, its coordinator, and the I/O path of each node.")
    driver.key(Qt.Key.Key_F2)
    driver.wait_for_dialog("Rename Cluster Shared Volume")
    driver.type_into("Name", VOLUME)
    walk.shoot("rename volume", "Rename the volume and its folder.")
    driver.press("OK")
    driver.wait_for_no_dialog()
    driver.row("Cluster Shared Volumes", VOLUME)
    walk.shoot("csv renamed", "The renamed volume.")


def new_machine(walk: Walk) -> None:
    """New Virtual Machine on the volume, Automatic Start Action Nothing; start it."""
    driver = walk.driver
    walk.go(SERVICES)
    walk.shoot("services", "Services and applications: every clustered virtual machine with its dirty rate.")
    driver.right_click_row(TREE, SERVICES)
    driver.choose_in_menu("Virtual Machines...", "New Virtual Machine...", "1 - node1")
    driver.wait_for_dialog("New Virtual Machine Wizard")
    walk.next()
    walk.next()
    walk.shoot("new machine refused", "Without a name, the wizard does not continue and shows the reason.")
    driver.type_into("Name", MACHINE)
    walk.shoot("new machine place", "Name, node and location: the Cluster Shared Volume.")
    walk.next()
    driver.type_into("Memory", "2048")
    walk.shoot("new machine memory", "Memory, and how much is free on each node.")
    walk.next()
    walk.shoot("new machine network", "The virtual network must have the same name on all nodes.")
    walk.next()
    walk.shoot("new machine disk", "The virtual hard disk.")
    walk.next()
    driver.choose("Workload", "web-server")
    walk.shoot("new machine options", "Workload, and Automatic Start Action: Nothing.")
    walk.next()
    walk.shoot("new machine confirmation", "The confirmation, with the equivalent PowerShell.")
    driver.press("Create")
    driver.wait(lambda: walk.state.machine_named(MACHINE), "the new machine")
    driver.find(QAbstractItemView, "Summary")
    walk.shoot("new machine summary", "The virtual machine was created. The High Availability Wizard can follow.")
    driver.press("Make it highly available: run the High Availability Wizard next")
    driver.press("Finish")
    driver.wait_for_no_dialog()
    driver.press("Start virtual machine")
    driver.wait(lambda: walk.machine(MACHINE).state == "Running", f"{MACHINE} to run")
    walk.shoot("loose machine", "The virtual machine is running, but not yet highly available.")


def make_highly_available(walk: Walk) -> None:
    """Configure a Service or Application > Virtual Machine > tick."""
    driver = walk.driver
    walk.go(SERVICES)
    driver.press("Configure a Service or Application...")
    driver.wait_for_dialog("High Availability Wizard")
    walk.shoot("ha before", "High Availability Wizard: before you begin.")
    walk.next()
    walk.shoot("ha kind", "Select Service or Application: Virtual Machine.")
    walk.next()
    driver.tick_row("Virtual machines", MACHINE)
    walk.shoot("ha machines", "Select Virtual Machine: a machine that cannot be clustered yet shows the reason.")
    walk.next()
    walk.shoot("ha confirmation", "Confirmation.")
    walk.next()
    driver.wait(lambda: walk.machine(MACHINE).is_highly_available, f"{MACHINE} to be highly available")
    driver.find(QAbstractItemView, "Summary")
    walk.shoot("ha summary", "High availability was configured.")
    driver.press("View Report...")
    driver.wait(lambda: walk.enabled("Open in browser"), "the report to be saved")
    walk.shoot("ha report", "The report of the wizard.")
    driver.press("Close")
    driver.wait_for_dialog("High Availability Wizard")
    driver.press("Finish")
    driver.wait_for_no_dialog()
    driver.row(TREE, MACHINE)
    walk.go(MACHINE)
    walk.shoot("machine", "The virtual machine: summary, resources and migrations.")


def choose_networks(walk: Walk) -> None:
    """Properties of the virtual machine resource in the centre pane > Network for live migration."""
    driver = walk.driver
    driver.right_click_row("Resources", f"Virtual Machine {MACHINE}")
    driver.choose_in_menu("Properties")
    driver.wait_for_dialog(f"Virtual Machine {MACHINE} Properties")
    tabs = driver.find(QTabWidget, "Properties")
    for number in range(tabs.count() - 1):
        title = tabs.tabText(number).replace("&", "")
        driver.tab(title)
        walk.shoot(f"resource {title}", f"Properties of the virtual machine resource: {title}.")
    driver.tab("Network for live migration")
    name = "Networks for live migration"
    walk.shoot(
        "migration networks",
        "Network for live migration: the default order, and the reason for the rank of each network.",
    )
    driver.press("Use a separate order for this virtual machine")
    walk.shoot(
        "migration networks own",
        "A virtual machine can have a separate order. Windows Server 2008 R2 does not have this.",
    )
    driver.press("Use a separate order for this virtual machine")
    driver.click_row(name, "Cluster Network 2")
    driver.press("Up")
    driver.press("Down")
    driver.tick_row(name, "Cluster Network 1")
    walk.shoot(
        "migration networks chosen", "Change the order with Up, Down and the check boxes. The PowerShell follows."
    )
    driver.press("OK")
    driver.wait_for_no_dialog()
    driver.wait(lambda: walk.state.cluster and walk.state.cluster.migration_excluded, "the choice of networks")


def check_before(walk: Walk) -> None:
    """Check a live migration: the list before the click."""
    driver = walk.driver
    walk.go(MACHINE)
    driver.press("Check a live migration...")
    driver.wait_for_dialog(f"Live migrate {MACHINE}")
    driver.choose("Destination", "node2")
    walk.judged()
    walk.shoot("preflight", "Pre-flight checks: every condition, and whether the memory will converge.")
    driver.press("Cancel")
    driver.wait_for_no_dialog()


def migrate(walk: Walk) -> None:
    """Live migrate > node, watch it converge, see the new Current Owner.

    Raises:
        DriverError: the migration fails, or the list shows another owner.
    """
    driver = walk.driver
    walk.speed("1x")
    walk.go(MACHINE)
    driver.right_click_row(TREE, MACHINE)
    driver.open_submenu(LIVE)
    walk.shoot("live migrate menu", "Live migrate virtual machine to another node.")
    driver.choose_in_menu(walk.destination(MACHINE, "node2"))
    walk.migration(MACHINE)
    walk.speed("10x")
    walk.wait_row(MACHINE, lambda row: row.time >= 12, "12 s of telemetry")
    walk.speed("1x")
    walk.shoot("migrating", "Memory is being copied: state, convergence plot and pass table.")
    walk.speed("10x")
    done = walk.wait_phase(MACHINE, Phase.COMPLETED, Phase.FAILED)
    if done.phase is not Phase.COMPLETED or walk.machine(MACHINE).node != "node2":
        raise DriverError(f"The migration ended as {done.phase}: {done.reason}")
    walk.shoot("migrated", "Completed: the measured figures remain.")
    walk.go(SERVICES)
    owner = driver.cell(SERVICES, MACHINE, "Current Owner")
    if owner != "node2":
        raise DriverError(f"Services and applications shows {quoted(owner)} as Current Owner.")
    driver.click_row(SERVICES, MACHINE)
    walk.shoot("current owner", "The virtual machine with its new Current Owner.")


def cancel(walk: Walk) -> None:
    """A second migration, canceled; the machine stays.

    Raises:
        DriverError: the machine is no longer on its source node.
    """
    driver = walk.driver
    walk.speed("60x")
    walk.go("SQL01")
    walk.live_migrate("SQL01", "node2")
    walk.wait_row("SQL01", lambda row: row.time >= 40, "40 s of telemetry")
    walk.speed("1x")
    walk.shoot("before cancel", "A live migration of a database server with 8 GiB.")
    driver.key(Qt.Key.Key_M, _CTRL | Qt.KeyboardModifier.ShiftModifier)
    walk.wait_phase("SQL01", Phase.CANCELED)
    if walk.machine("SQL01").node != "node1":
        raise DriverError("After a cancel, the virtual machine must stay where it was.")
    walk.shoot("canceled", "Cancel live migration: the virtual machine keeps running on the source node.")


def refuse(walk: Walk) -> None:
    """A destination with an older processor is refused with its reason.

    Raises:
        DriverError: the destination is offered, or refused for another reason.
    """
    driver = walk.driver
    walk.go("SQL01")
    driver.right_click_row(TREE, "SQL01")
    menu = driver.open_submenu(LIVE)
    wanted = walk.destination("SQL01", "node3")
    entry = next(action for action in menu.actions() if label_of(action) == wanted)
    if entry.isEnabled() or "processor" not in entry.toolTip():
        raise DriverError(f"node3 should be refused for its processor; the entry says: {quoted(entry.toolTip())}")
    walk.shoot("refused menu", f"node3 is refused: {entry.toolTip()}")
    driver.close_menus()
    driver.press("Check a live migration...")
    driver.wait_for_dialog("Live migrate SQL01")
    driver.choose("Destination", "node3")
    if walk.enabled("Live migrate"):
        raise DriverError("Live migrate is enabled although a check fails.")
    walk.judged()
    walk.shoot("refused preflight", "The same reason in the list of checks, with the remedy.")
    driver.press("Cancel")
    driver.wait_for_no_dialog()


def queue(walk: Walk) -> None:
    """A machine that cannot converge, and another one that waits for its node."""
    driver = walk.driver
    walk.speed("60x")
    walk.go("CACHE01")
    walk.live_migrate("CACHE01", "node1")
    walk.wait_row("CACHE01", lambda row: row.pass_number >= 4, "several passes of CACHE01")
    walk.speed("1x")
    walk.shoot("not converging", "A virtual machine that rewrites its memory faster than it can be sent.")
    walk.live_migrate("BUILD01", "node1")
    walk.wait_phase("BUILD01", Phase.WAITING)
    walk.go("BUILD01")
    walk.shoot(
        "waiting",
        "In Windows Server 2008 R2, a node takes part in one live migration at a time. The request waits.",
    )
    driver.press("Cancel live migration")
    walk.wait_phase("BUILD01", Phase.CANCELED)
    walk.go("CACHE01")
    driver.press("Cancel live migration")
    walk.wait_phase("CACHE01", Phase.CANCELED)


STEPS: tuple[Step, ...] = (
    *OF_SERVERS,
    Step("Manage a cluster", "Open the cluster to prepare.", manage),
    Step("Validate the configuration", "Tests in five categories.", validate),
    Step("Enable Cluster Shared Volumes", "Once for each cluster.", enable_volumes),
    Step(
        "Add storage",
        "A disk from Available Storage becomes a volume that all nodes use at the same time.",
        add_storage,
    ),
    Step("Create a virtual machine", "On the shared volume, with Automatic Start Action Nothing.", new_machine),
    Step("Make it highly available", "Configure a Service or Application.", make_highly_available),
    Step("Choose the networks for live migration", "On the properties of the machine's resource.", choose_networks),
    Step("Check a live migration", "Find out what would fail before you start.", check_before),
    Step("Live migrate", "And watch the memory converge.", migrate),
    Step("Cancel", "You can cancel until the blackout begins.", cancel),
    Step("Refused, with the reason", "The destination has an older processor.", refuse),
    Step("Not converging, and waiting", "A migration that does not converge, and one that waits for it.", queue),
    Step("The other pages", "Nodes, storage, networks, events.", pages),
    Step("The other dialogs", "Each shows the PowerShell that does the same.", dialogs),
    Step("Help and recordings", "Help for the current page, and recorded migrations.", help_and_recordings),
    *BEYOND,
    *FAILING,
    *OF_SERVICES,
    *OF_CLUSTERS,
    *OF_LEARNING,
    Step("Dark theme", "The window follows the light or dark theme of the desktop.", dark),
)
"""The whole walk, in order; each step relies on those before it."""
