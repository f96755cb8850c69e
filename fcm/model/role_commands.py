"""Wishes about services and applications that are no virtual machines, and about single resources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from fcm.model.bases import BaseCommand
from fcm.model.entities import GroupType, ResourceType


@dataclass(frozen=True, slots=True)
class AddRole(BaseCommand):
    """Configure a Service or Application: a group with a client access point, disks, and what runs behind it."""

    type: GroupType
    name: str
    """Network name of the client access point, and name of the service or application."""
    address: str
    """IP address of the client access point."""
    disks: tuple[str, ...] = ()
    """Ids of disks in Available Storage."""
    program: str = ""
    """Name of the service or command line of the application; "" for other types."""


@dataclass(frozen=True, slots=True)
class SetGroupOnline(BaseCommand):
    """Bring a service or application online, or take it offline."""

    group: str
    online: bool


@dataclass(frozen=True, slots=True)
class MoveGroup(BaseCommand):
    """Move a service or application that is not a virtual machine to another node."""

    group: str
    destination: str


@dataclass(frozen=True, slots=True)
class AddResource(BaseCommand):
    """Add a resource to a service or application; it is offline until it is brought online."""

    group: str
    type: ResourceType
    name: str
    detail: str = ""
    """Address, network name, service name or command line, as the type needs it."""


@dataclass(frozen=True, slots=True)
class RemoveResource(BaseCommand):
    """Delete a resource of a service or application."""

    resource: str


@dataclass(frozen=True, slots=True)
class MoveDisk(BaseCommand):
    """Move a disk from Available Storage to a service or application (Add storage), or back."""

    disk: str
    group: str


@dataclass(frozen=True, slots=True)
class TakeOffline(BaseCommand):
    """Take one resource offline, and with it what depends on it; disks and machines have commands of their own."""

    resource: str


RoleCommand: TypeAlias = AddRole | SetGroupOnline | MoveGroup | AddResource | RemoveResource | MoveDisk | TakeOffline
