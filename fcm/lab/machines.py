"""Virtual machines of the lab: small guests that write memory at a set rate, on the shared storage."""

from __future__ import annotations

import json
import re
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from fcm.lab.node import virsh
from fcm.lab.plan import (
    FIRST_MACHINE,
    LAST_MACHINE,
    MACHINE_BRIDGE,
    MACHINES,
    MIB,
    LabError,
    LabFolders,
    LabInputError,
    LabNode,
    LabPlan,
)
from fcm.text.words import quoted

if TYPE_CHECKING:
    from pathlib import Path

GUEST_PORT = 7000
"""TCP port on which each guest answers; the protocol is at the top of resources/lab/guest-init.c."""

SYSTEM_MIB = 72
"""MiB a guest needs next to the memory it fills."""
_DISK_BYTES = 16 * MIB
_PROCESSOR = re.compile(r"[\w.-]+(\+[\w.-]+)*")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,40}")


@dataclass(frozen=True, slots=True)
class LabMachine:
    """One virtual machine of the lab. Sizes in MiB, rates in MiB/s."""

    name: str
    number: int
    """Last byte of its address."""
    memory: int = 256
    fill: int = 0
    """MiB of random bytes; the rest of its memory is zero pages, which cost nothing to send."""
    dirty: int = 0
    """MiB/s rewritten."""
    working_set: int = 0
    """MiB the writes go round in; 0 for all of the filled memory."""
    processor: str = "qemu64"
    """QEMU's name of the processor model the guest sees, further features after plus signs: ``Nehalem+aes``."""

    @property
    def address(self) -> str:
        """Its address in the network of the virtual machines; it keeps it when it moves."""
        return MACHINES.address(self.number)

    def check(self) -> None:
        """Refuse what cannot run.

        Raises:
            LabError: a name that cannot be a file name, or more memory in use than the machine has.
        """
        if not _NAME.fullmatch(self.name):
            raise LabInputError(
                f"{quoted(self.name)} is not a valid name for a virtual machine. Use up to 41 letters, digits, "
                "dots and hyphens."
            )
        if not _PROCESSOR.fullmatch(self.processor):
            raise LabInputError(
                f"{quoted(self.processor)} is not a processor model. Enter a model such as qemu64 or Nehalem+aes+avx."
            )
        if min(self.fill, self.dirty, self.working_set) < 0:
            raise LabInputError("Fill, dirty rate and working set must not be negative.")
        used = max(self.fill, self.working_set)
        if self.memory < 128 or used > self.memory - SYSTEM_MIB:
            raise LabInputError(
                f"A virtual machine with {self.memory} MiB cannot hold {used} MiB of data: the guest needs another "
                f"{SYSTEM_MIB} MiB, and at least 128 MiB in total. Use --memory {max(128, used + SYSTEM_MIB)}MiB."
            )

    def disk(self, folders: LabFolders) -> Path:
        """Its disk on the shared storage."""
        return folders.shared / f"{self.name}.raw"

    def console(self, folders: LabFolders) -> Path:
        """What it printed, on whichever node."""
        return folders.consoles / f"{self.name}.log"

    def processor_xml(self) -> str:
        """The processor element of its domain."""
        model, *features = self.processor.split("+")
        required = "".join(f"<feature policy='require' name='{feature}'/>" for feature in features)
        return (
            f"<cpu mode='custom' match='exact' check='partial'><model fallback='forbid'>{model}</model>{required}</cpu>"
        )

    def domain_xml(self, folders: LabFolders) -> str:
        """Its libvirt domain. Machine type pc and a plain ELF kernel: ready in seconds without KVM."""
        command_line = (
            f"console=ttyS0 quiet panic=-1 nokaslr lab.name={self.name} lab.ip={self.address}/24 "
            f"lab.fill={self.fill} lab.dirty={self.dirty} lab.wset={self.working_set}"
        )
        return f"""\
<domain type='qemu'>
  <name>{self.name}</name>
  <memory unit='MiB'>{self.memory}</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64' machine='pc'>hvm</type>
    <kernel>{folders.guest}/vmlinux</kernel>
    <initrd>{folders.guest}/initrd.gz</initrd>
    <cmdline>{command_line}</cmdline>
  </os>
  <features><acpi/></features>
  {self.processor_xml()}
  <on_poweroff>destroy</on_poweroff>
  <on_reboot>restart</on_reboot>
  <on_crash>destroy</on_crash>
  <devices>
    <emulator>{folders.emulator}</emulator>
    <disk type='file' device='disk'>
      <driver name='qemu' type='raw' cache='writeback'/>
      <source file='{self.disk(folders)}'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <interface type='bridge'>
      <mac address='52:54:00:fc:00:{self.number:02x}'/>
      <source bridge='{MACHINE_BRIDGE}'/>
      <model type='virtio'/>
      <rom enabled='no'/>
    </interface>
    <serial type='file'><source path='{self.console(folders)}' append='on'/></serial>
    <controller type='usb' model='none'/>
    <memballoon model='none'/>
  </devices>
</domain>
"""


def _records(folders: LabFolders) -> Path:
    return folders.state / "machines"


def list_machines(folders: LabFolders) -> tuple[LabMachine, ...]:
    """The machines that ``add_machine`` made, by name."""
    machines = [LabMachine(**json.loads(path.read_text(encoding="utf-8"))) for path in _records(folders).glob("*.json")]
    return tuple(sorted(machines, key=lambda machine: machine.name))


def free_number(taken: set[int]) -> int:
    """The lowest last byte of an address that no machine has.

    Raises:
        LabError: all are taken.
    """
    for number in range(FIRST_MACHINE, LAST_MACHINE + 1):
        if number not in taken:
            return number
    raise LabError(f"The lab is limited to {LAST_MACHINE - FIRST_MACHINE + 1} virtual machines. Remove one first.")


def domains_on(node: LabNode, folders: LabFolders, *, running: bool = False, limit: float = 60.0) -> tuple[str, ...]:
    """Names of the domains libvirt knows on *node*, or of those that run there.

    Raises:
        LabError: no answer within *limit* s.
    """
    which = () if running else ("--all",)
    return tuple(virsh(node, folders, "list", "--name", *which, limit=limit).split())


def ready_count(machine: LabMachine, folders: LabFolders) -> int:
    """How many times the machine has booted to the end: it prints READY once it serves."""
    try:
        return machine.console(folders).read_text(encoding="utf-8", errors="replace").count(f"READY {machine.name} ")
    except OSError:
        return 0


def add_machine(machine: LabMachine, node: LabNode, folders: LabFolders, limit: float = 60.0) -> None:
    """Define *machine* on *node*, start it and wait until it serves.

    Raises:
        LabError: it cannot run, its name is taken, or it is not ready within *limit* s.
    """
    machine.check()
    if machine.name in {other.name for other in list_machines(folders)}:
        raise LabError(
            f"The lab already has a virtual machine {quoted(machine.name)}. To remove it: fcm lab vm remove "
            f"{machine.name}"
        )
    for folder in (_records(folders), folders.shared, folders.consoles):
        folder.mkdir(parents=True, exist_ok=True)
    record = _records(folders) / f"{machine.name}.json"
    record.write_text(json.dumps(asdict(machine)), encoding="utf-8", newline="\n")
    try:
        with machine.disk(folders).open("wb") as disk:
            disk.truncate(_DISK_BYTES)
        machine.console(folders).write_bytes(b"")
        definition = _records(folders) / f"{machine.name}.xml"
        definition.write_text(machine.domain_xml(folders), encoding="utf-8", newline="\n")
        virsh(node, folders, "define", definition)
        virsh(node, folders, "start", machine.name)
        give_up = time.monotonic() + limit
        while not ready_count(machine, folders):
            if time.monotonic() > give_up:
                raise LabError(
                    f"{machine.name} is not ready after {limit:g} s. See its console log: {machine.console(folders)}"
                )
            time.sleep(0.05)
    except BaseException:
        _forget(machine, (node,), folders)
        raise


def _forget(machine: LabMachine, nodes: tuple[LabNode, ...], folders: LabFolders) -> None:
    for node in nodes:
        try:
            if machine.name in domains_on(node, folders, running=True, limit=5.0):
                virsh(node, folders, "destroy", machine.name)
            if machine.name in domains_on(node, folders):
                virsh(node, folders, "undefine", machine.name)
        except LabError:
            continue  # a node that is off has forgotten what ran on it; its definition goes with the lab
    for path in (
        machine.disk(folders),
        machine.console(folders),
        _records(folders) / f"{machine.name}.xml",
        _records(folders) / f"{machine.name}.json",
    ):
        path.unlink(missing_ok=True)


def remove_machine(name: str, plan: LabPlan, folders: LabFolders) -> None:
    """Switch the machine off wherever it is, and remove its definition, disk and console.

    Raises:
        LabError: the lab has no such machine.
    """
    machines = list_machines(folders)
    for machine in machines:
        if machine.name == name:
            _forget(machine, plan.nodes, folders)
            return
    known = ", ".join(machine.name for machine in machines) or "none"
    raise LabInputError(f"The lab has no virtual machine {quoted(name)}. Virtual machines: {known}.")
