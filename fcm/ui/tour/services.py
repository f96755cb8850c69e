"""A chapter of the tour: a file server as a service or application, from the wizard to its deletion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QAbstractItemView, QLineEdit

from fcm.ui.tour.driver import DriverError
from fcm.ui.tour.walk import TREE, Step

if TYPE_CHECKING:
    from fcm.model.entities import Group
    from fcm.ui.tour.walk import Walk

SERVICES = "Services and applications"
SERVER = "FILES01"
ADDRESS = "10.0.1.60"
OTHER = "node3"
"""Where the file server is moved to, or node2 if it is there already."""


def configure(walk: Walk) -> None:
    """Configure a Service or Application > File Server."""
    driver = walk.driver
    walk.go(SERVICES)
    driver.press("Configure a Service or Application...")
    driver.wait_for_dialog("High Availability Wizard")
    walk.next()
    driver.click_row("Services and applications to choose from", "File Server")
    walk.shoot("role kind", "Select Service or Application: the kinds that a simulated cluster runs.")
    walk.next()
    walk.next()
    walk.shoot("role refused", "Without a name, the wizard does not continue and shows the reason.")
    driver.type_into("Name", SERVER)
    driver.type_into("IP address", ADDRESS)
    walk.shoot("role access point", "Client Access Point: the name and address that clients use.")
    walk.next()
    driver.tick_row("Disks in Available Storage", _free_disk(walk))
    walk.shoot("role storage", "Select Storage: disks of Available Storage, which then move with the service.")
    walk.next()
    walk.shoot("role confirmation", "Confirmation, with the equivalent PowerShell.")
    walk.next()
    driver.wait(lambda: _group(walk), "the file server")
    driver.find(QAbstractItemView, "Summary")
    walk.shoot("role summary", "The file server is online.")
    driver.press("Finish")
    driver.wait_for_no_dialog()
    driver.row(TREE, SERVER)
    walk.go(SERVER)
    walk.shoot("role page", "The file server: client access point, resources and what they depend on.")


def look(walk: Walk) -> None:
    """The dependency report, and the menu of a resource."""
    driver = walk.driver
    driver.right_click_row(TREE, SERVER)
    driver.choose_in_menu("More Actions...", "Show Dependency Report")
    box = driver.wait_for_dialog(f"Dependency Report of {SERVER}")
    walk.shoot("dependency report", "The Dependency Report: what needs what, to print or export as SVG.", box)
    driver.press("Close")
    driver.wait_for_no_dialog()
    driver.right_click_row("Resources", f"File Server ({SERVER})")
    walk.shoot("resource menu", "The menu of a resource: online, offline, its failure, its properties.")
    driver.choose_in_menu("Properties")
    driver.wait_for_dialog(f"File Server ({SERVER}) Properties")
    driver.tab("Advanced Policies")
    walk.shoot("advanced policies", "Advanced Policies: possible owners, health check intervals, separate monitor.")
    driver.press("Cancel")
    driver.wait_for_no_dialog()


def move(walk: Walk) -> None:
    """Move it to another node, take it offline and bring it online."""
    driver = walk.driver
    group = _there(walk)
    target = OTHER if group.owner != OTHER else "node2"
    others = [node for node in walk.state.nodes if node != group.owner]
    driver.right_click_row(TREE, SERVER)
    driver.choose_in_menu(
        "Move this service or application to another node", f"{others.index(target) + 1} - Move to node {target}"
    )
    driver.wait(lambda: _there(walk).owner == target, f"{SERVER} to be on {target}")
    driver.press("Take this service or application offline")
    walk.shoot("role offline question", "Before it goes offline, the consequences are listed.")
    driver.press("Take this service or application offline")
    driver.wait(lambda: _there(walk).state == "Offline", f"{SERVER} to be offline")
    walk.shoot("role offline", "Offline, and it stays so until a user brings it online.")
    driver.press("Bring this service or application online")
    driver.wait(lambda: _there(walk).state == "Online", f"{SERVER} to be online")
    walk.go(SERVICES)
    walk.shoot("services of all kinds", "Services and applications: virtual machines, and others below.")


def delete(walk: Walk) -> None:
    """Its critical events, then Delete: the disk goes back to Available Storage."""
    driver = walk.driver
    driver.right_click_row(TREE, SERVER)
    driver.choose_in_menu("Show the critical events for this application")
    driver.find(QLineEdit, "Filter events")
    walk.shoot("critical events", "Its critical events, errors and warnings.")
    walk.go(SERVER)
    driver.press("Delete")
    walk.shoot("role delete question", "Delete lists the consequences for clients and disks.")
    driver.press("Delete")
    driver.wait(lambda: _group(walk) is None, f"{SERVER} to be gone")


def _group(walk: Walk) -> Group | None:
    return next((one for one in walk.state.groups.values() if one.name == SERVER), None)


def _there(walk: Walk) -> Group:
    found = _group(walk)
    if found is None:
        raise DriverError(f"There is no service or application {SERVER}.")
    return found


def _free_disk(walk: Walk) -> str:
    found = next((disk.name for disk in walk.state.disks.values() if disk.use == "Available Storage"), None)
    if found is None:
        raise DriverError("There is no disk in Available Storage.")
    return found


STEPS: tuple[Step, ...] = (
    Step("Configure a file server", "Services and applications that are not virtual machines.", configure),
    Step("What depends on what", "The Dependency Report, and the properties of a resource.", look),
    Step("Move it", "Services move and go offline as a whole.", move),
    Step("Delete it", "Its disk goes back to Available Storage.", delete),
)
"""Steps that rely on the first ones of the walk."""
