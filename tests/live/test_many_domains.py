"""A host with two hundred virtual machines is listed at once."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from fcm.backend.libvirt.configuration.hosts_file import load
from fcm.backend.libvirt.connection import HostConnection
from fcm.backend.libvirt.inventory import HostReport
from fcm.ui.tour.patience import stretched
from tests.live.live_lab import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from tests.live.live_lab import LiveLab

pytestmark = pytest.mark.live

LISTED = 0.5
"""s that a list of 200 may take."""


@pytest.fixture
def many(lab: LiveLab) -> Iterator[Any]:
    """Two hundred domains on node3, which are off."""
    connection = lab.connection("node3")
    domains = [
        connection.defineXML(
            f"<domain type='qemu'><name>many{number}</name><memory unit='MiB'>8</memory><os><type>hvm</type></os>"
            f"<devices><emulator>{lab.folders.emulator}</emulator><disk type='file' device='disk'>"
            f"<source file='{lab.folders.shared}/many{number}.raw'/><target dev='vda'/></disk></devices></domain>"
        )
        for number in range(200)
    ]
    yield connection
    for domain in domains:
        domain.undefine()


def test_two_hundred_domains_are_listed_in_half_a_second_with_and_without_their_definitions(
    lab: LiveLab, many: Any
) -> None:
    (host,) = (one for one in load(lab.hosts_file).hosts if one.name == "node3")
    connection = HostConnection(host)
    reports: list[tuple[float, HostReport | str]] = []

    def ask() -> tuple[float, HostReport | str]:
        begin, before = time.monotonic(), len(reports)
        connection.poll(lambda report: reports.append((time.monotonic() - begin, report)))
        wait_until(lambda: len(reports) > before, "the host tells its domains")
        return reports[-1]

    try:
        connection.connection()
        for taken, report in (ask(), ask()):
            assert isinstance(report, HostReport), report
            listed = [found.machine for found in report.machines if found.machine.name.startswith("many")]
            assert len(listed) == 200
            assert all(machine.disk is not None for machine in listed)
            assert taken < stretched(LISTED)
    finally:
        connection.close()
