"""What services and applications other than virtual machines consist of: the wizard, rules and clusters share it.

The resources and their dependencies are those that the High Availability Wizard of Windows Server 2008 R2 makes
(cluster help, "Understanding Resource Types", "Understanding Dependencies Between Resources"); which of them need a
disk is an assumption.
"""

from __future__ import annotations

from dataclasses import dataclass

from fcm.model.entities import GroupType, ResourceType


@dataclass(frozen=True, slots=True)
class RoleKind:
    """One entry of the list of the High Availability Wizard."""

    resource: ResourceType | None
    """What runs behind the client access point; None: nothing that the cluster knows (Other Server)."""
    about: str
    """What it is, one sentence."""
    program: str = ""
    """What has to be named, such as "service name"; "" = nothing."""
    needs_disk: bool = False


KINDS: dict[GroupType, RoleKind] = {
    GroupType.DHCP_SERVER: RoleKind(
        ResourceType.DHCP_SERVICE,
        "Assigns IP addresses; its database is on a disk of the cluster.",
        needs_disk=True,
    ),
    GroupType.FILE_SERVER: RoleKind(
        ResourceType.FILE_SERVER,
        "Shared folders on disks of the cluster, under one network name.",
        needs_disk=True,
    ),
    GroupType.GENERIC_APPLICATION: RoleKind(
        ResourceType.GENERIC_APPLICATION,
        "A program that is not cluster-aware; the cluster starts it by its command line.",
        "command line",
    ),
    GroupType.GENERIC_SERVICE: RoleKind(
        ResourceType.GENERIC_SERVICE,
        "A Windows service that is not cluster-aware; the cluster starts and stops it.",
        "service name",
    ),
    GroupType.OTHER_SERVER: RoleKind(None, "Only a client access point and disks, to which you add resources."),
    GroupType.PRINT_SERVER: RoleKind(
        ResourceType.PRINT_SPOOLER,
        "Print queues under one network name; the spool folder is on a disk of the cluster.",
        needs_disk=True,
    ),
}
"""All of them, in the order of the wizard."""

DETAILS: dict[ResourceType, str] = {
    ResourceType.DHCP_SERVICE: "",
    ResourceType.FILE_SERVER: "",
    ResourceType.GENERIC_APPLICATION: "command line",
    ResourceType.GENERIC_SERVICE: "service name",
    ResourceType.IP_ADDRESS: "IP address",
    ResourceType.NETWORK_NAME: "network name",
    ResourceType.PRINT_SPOOLER: "",
}
"""Types of resource that can be added to a service or application, and what has to be said of each; "" = nothing."""


def address_name(address: str) -> str:
    """What the resource of an IP address is called."""
    return f"IP Address {address.replace(':', '.')}"


def resource_name(kind: GroupType, name: str, program: str = "") -> str:
    """What the resource behind a client access point is called.

    Args:
        kind: of the service or application.
        name: of its client access point.
        program: service or command line; "" for other kinds.
    """
    made = KINDS[kind].resource
    if made in (ResourceType.GENERIC_APPLICATION, ResourceType.GENERIC_SERVICE):
        plain = "".join(letter for letter in _file_of(program) if letter.isalnum() or letter in "._-")[:40]
        return f"{plain or made} ({name})"
    return f"{made} ({name})"


def _file_of(program: str) -> str:
    """The program of a command line, without its folder and arguments."""
    text = program.strip()
    path = text[1:].split('"')[0] if text.startswith('"') else text.split(" ")[0]
    return path.replace("/", "\\").rsplit("\\", 1)[-1]
