"""Which machine a resource of Pacemaker manages."""

from __future__ import annotations

import pytest

from fcm.backend.pacemaker.managed import managing
from fcm.backend.pacemaker.status import ClusterStatus, ResourceStatus

FCM = ResourceStatus(
    "web", "ocf:fcm:VirtualMachine", parameters={"config": "/srv/vm/web.xml"}, meta={"fcm-uuid": "AA-1"}
)
OTHER = ResourceStatus("vm-db", "ocf:heartbeat:VirtualDomain", parameters={"config": "/srv/vm/db.xml"})
ADDRESS = ResourceStatus("db", "ocf:heartbeat:IPaddr2")
STATUS = ClusterStatus("node1", 1.0, True, resources=(FCM, OTHER, ADDRESS))


@pytest.mark.parametrize(
    ("uuid", "name", "resource"),
    [
        ("aa-1", "renamed", "web"),
        ("bb-2", "web", None),
        ("bb-2", "db", "vm-db"),
        ("bb-2", "vm-db", "vm-db"),
        ("bb-2", "other", None),
    ],
)
def test_a_machine_is_managed_by_its_uuid_or_where_none_is_told_by_its_name(
    uuid: str, name: str, resource: str | None
) -> None:
    assert managing(STATUS, uuid, name) == resource
