"""What a machine lacks to run a lab is one sentence with the command that helps."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fcm.lab.requirements import missing

if TYPE_CHECKING:
    from collections.abc import Iterable


def _everything(_: object) -> bool:
    return True


def _nothing(_: object) -> bool:
    return False


def test_a_complete_machine_lacks_nothing() -> None:
    assert missing(building=True, platform="linux", user=0, has_program=_everything, has_one_of=_everything) is None


def test_another_system_is_told_about_linux_before_anything_else() -> None:
    said = missing(building=True, platform="darwin", user=501, has_program=_nothing, has_one_of=_nothing)

    assert said is not None
    assert said.startswith("The lab requires Linux")


def test_a_user_other_than_root_is_told_the_command() -> None:
    said = missing(building=False, platform="linux", user=1000, has_program=_nothing, has_one_of=_nothing)

    assert said is not None
    assert re.search(r"Run: sudo \S.* lab up$", said)


def test_all_missing_packages_are_in_one_command() -> None:
    said = missing(
        building=False,
        platform="linux",
        user=0,
        has_program=lambda name: name not in ("virsh", "libvirtd"),
        has_one_of=_everything,
    )

    assert said == (
        "The lab requires libvirtd and virsh. To install: "
        "apt-get install --no-install-recommends libvirt-clients libvirt-daemon"
    )


def test_a_compiler_is_asked_for_only_while_the_guest_is_not_built() -> None:
    def no_gcc(name: str) -> bool:
        return name != "gcc"

    said = missing(building=True, platform="linux", user=0, has_program=no_gcc, has_one_of=_everything)

    assert said == "The lab requires gcc. To install: apt-get install --no-install-recommends gcc"
    assert missing(building=False, platform="linux", user=0, has_program=no_gcc, has_one_of=_everything) is None


def test_libraries_count_as_well() -> None:
    def no_library(candidates: Iterable[str]) -> bool:
        return not any(name.endswith((".so", ".a")) for name in candidates)

    said = missing(building=True, platform="linux", user=0, has_program=_everything, has_one_of=no_library)

    assert said is not None
    assert said.endswith("--no-install-recommends libc6-dev libvirt-daemon-driver-qemu libvirt-daemon-driver-storage")


def test_the_storage_driver_is_asked_for_where_it_is_a_package_of_its_own() -> None:
    def no_storage(candidates: Iterable[str]) -> bool:
        return not any(name.endswith("libvirt_driver_storage.so") for name in candidates)

    said = missing(building=False, platform="linux", user=0, has_program=_everything, has_one_of=no_storage)

    assert said is not None
    assert said.endswith(
        "libvirt's storage driver. To install: apt-get install --no-install-recommends libvirt-daemon-driver-storage"
    )


def test_a_kernel_without_tun_is_named() -> None:
    def no_tun(candidates: Iterable[str]) -> bool:
        return "/dev/net/tun" not in candidates

    said = missing(building=False, platform="linux", user=0, has_program=_everything, has_one_of=no_tun)

    assert said is not None
    assert "modprobe tun" in said


def test_the_programs_of_a_cluster_are_asked_for_only_with_failover() -> None:
    cluster = ("corosync", "corosync-qdevice", "corosync-qnetd", "pacemakerd", "crm_mon")

    def no_cluster(name: str) -> bool:
        return name not in cluster

    def no_agent(candidates: Iterable[str]) -> bool:
        return not any("VirtualDomain" in name for name in candidates)

    said = missing(False, True, platform="linux", user=0, has_program=no_cluster, has_one_of=no_agent)

    assert said is not None
    assert said.endswith(
        "apt-get install --no-install-recommends corosync corosync-qdevice corosync-qnetd pacemaker "
        "pacemaker-cli-utils resource-agents"
    )
    assert missing(False, platform="linux", user=0, has_program=no_cluster, has_one_of=no_agent) is None
