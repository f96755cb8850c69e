"""The verbs of ``fcm lab``: a real three-node cluster on one Linux machine."""

from __future__ import annotations

import argparse
import importlib.util
import shlex
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from fcm.installation import command, with_libvirt
from fcm.lab.existing import existing_labs, remove_abandoned
from fcm.lab.failover import cluster_sentences
from fcm.lab.faults import LinkFault, NodeFault, WitnessFault, break_link, break_node, break_witness
from fcm.lab.lab import bring_up, current_plan, read_status, take_down
from fcm.lab.machines import LabMachine, add_machine, free_number, list_machines, remove_machine
from fcm.lab.plan import (
    LINUX_ONLY,
    LabError,
    LabFolders,
    LabInputError,
    find_network,
    make_plan,
    parse_bandwidth,
    parse_lab_name,
    parse_memory,
)
from fcm.lab.power import MARK as SWITCH_MARK
from fcm.lab.power import main as be_switch
from fcm.lab.workload import GuestWriting, guest_writing
from fcm.text.words import counted, quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 (it has no public name)

DONE, FAILED, WRONG_USAGE = 0, 1, 2

_LINK_FAULTS = {
    LinkFault.DOWN: "disconnect a node from a network",
    LinkFault.UP: "reconnect it",
    LinkFault.DROP: "drop a node's replies, so that connections to it hang",
    LinkFault.PASS: "stop dropping replies",
}
_NODE_FAULTS = {
    NodeFault.POWER_CUT: "power off a node and its virtual machines at once; 'lab up' powers it on again",
    NodeFault.LIBVIRTD_KILL: "kill libvirtd with SIGKILL; it restarts automatically",
    NodeFault.LIBVIRTD_STOP: "kill libvirtd with SIGKILL and keep it stopped",
    NodeFault.LIBVIRTD_START: "start libvirtd again",
    NodeFault.LIBVIRTD_HANG: "suspend libvirtd, so that it does not reply",
    NodeFault.LIBVIRTD_RESUME: "resume libvirtd",
    NodeFault.STORAGE_LOST: "disconnect the shared storage from a node",
    NodeFault.STORAGE_BACK: "reconnect the shared storage",
    NodeFault.MEMORY_SHORT: "make a node run out of memory for virtual machines that start or arrive",
    NodeFault.MEMORY_BACK: "restore the memory",
    NodeFault.COROSYNC_KILL: "kill Corosync with SIGKILL, so that the node is fenced",
    NodeFault.PACEMAKER_KILL: "kill all daemons of Pacemaker with SIGKILL, so that the node is fenced",
    NodeFault.PACEMAKERD_KILL: "kill pacemakerd alone with SIGKILL; its daemons keep running",
    NodeFault.LINKS_DOWN: "disconnect a node from all networks of the cluster",
    NodeFault.LINKS_UP: "reconnect it",
    NodeFault.FENCE_OFF: "make the power switch ignore a node, so that it cannot be fenced",
    NodeFault.FENCE_ON: "end this",
}
_WITNESS_FAULTS = {
    WitnessFault.KILL: "kill the witness with SIGKILL",
    WitnessFault.START: "start it again",
}


def _folders(arguments: argparse.Namespace) -> LabFolders:
    return LabFolders(name=arguments.lab_name)


def _usage(parse: Callable[[str], object]) -> Callable[[str], object]:
    """*parse* as an argparse type: its sentence becomes the message of exit code 2."""

    def converted(text: str) -> object:
        try:
            return parse(text)
        except LabError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return converted


def _up(arguments: argparse.Namespace) -> int:
    folders = _folders(arguments)
    try:
        plan = make_plan(arguments.nodes, arguments.bandwidth, arguments.older_processor, arguments.failover)
    except LabError as error:
        print(error, file=sys.stderr)
        return WRONG_USAGE
    hosts = bring_up(plan, folders)
    if arguments.hosts_file is not None:
        shutil.copyfile(hosts, arguments.hosts_file)
        hosts = arguments.hosts_file
    speed = "at full speed" if plan.bandwidth is None else f"at {plan.bandwidth / 1e6:g} Mbit/s"
    print(f"The lab is up: {counted(len(plan.nodes), 'node')}, live migration {speed}.")
    has_cluster = current_plan(folders).failover
    if has_cluster:
        print("Its nodes form a cluster with failover, a power switch and a witness.")
    print(f"Hosts file: {hosts}")
    if importlib.util.find_spec("libvirt") is None:
        print(f"To open the lab, install the Python module libvirt. {with_libvirt()}")
    else:
        backend = "pacemaker" if has_cluster else "libvirt"
        print(f"Open it:    {command('--open ' + shlex.quote(f'{backend}:{hosts}'))}")
    return DONE


def _status(arguments: argparse.Namespace) -> int:
    own = _folders(arguments)
    try:
        return _tell_status(own)
    finally:
        for lab in existing_labs():
            if lab.name != own.name:
                print(lab.sentence())


def _tell_status(folders: LabFolders) -> int:
    status = read_status(folders)
    for node in status.nodes:
        word = "up" if node.answering else "libvirtd does not respond" if node.running else "off"
        older = ", older processor" if node.node.older_processor else ""
        print(f"{node.node.name}: {word}{older}; machines: {', '.join(node.machines) or 'none'}")
    if status.plan.failover:
        print(*cluster_sentences(status.plan, folders), sep="\n")
    for machine in status.machines:
        print(
            f"{machine.name}: {machine.memory} MiB, {machine.fill} MiB filled, writes {machine.dirty} MiB/s "
            f"in {machine.working_set or machine.fill} MiB; {machine.address}"
        )
    print(f"Hosts file: {status.hosts_file}")
    return DONE


def _down(arguments: argparse.Namespace) -> int:
    own = _folders(arguments)
    was_up = take_down(own)
    removed = [lab for lab in remove_abandoned() if lab.name != own.name]
    left = existing_labs()
    if was_up:
        print("The lab is down.")
    elif not removed and not left:
        print("No lab is running.")
    elif not removed:
        print(f"No lab named {quoted(own.name)} is running.")
    for lab in removed:
        print(f"The lab {quoted(lab.name)} was also removed: process {lab.process}, which created it, has ended.")
    for lab in left:
        print(lab.sentence())
    return DONE


def _vm_add(arguments: argparse.Namespace) -> int:
    fill = arguments.memory // 2 if arguments.fill is None else arguments.fill
    writing = GuestWriting(fill, arguments.dirty, arguments.working_set)
    if arguments.workload is not None:
        if (arguments.fill, arguments.dirty, arguments.working_set) != (None, 0, 0):
            print("Use either --workload, or --fill, --dirty and --working-set.", file=sys.stderr)
            return WRONG_USAGE
        writing = guest_writing(arguments.workload, arguments.memory)
    machine = LabMachine(
        arguments.name,
        free_number(set()),
        arguments.memory,
        writing.fill,
        writing.dirty,
        writing.working_set,
        arguments.processor,
    )
    machine.check()  # what was typed comes before how the lab is
    folders = _folders(arguments)
    node = current_plan(folders).node(arguments.node)
    machine = replace(machine, number=free_number({one.number for one in list_machines(folders)}))
    add_machine(machine, node, folders)
    print(f"{machine.name} runs on {node.name} at {machine.address}.")
    if arguments.workload is not None:
        print(f"It rewrites {writing.dirty} MiB/s in {writing.working_set} MiB, the closest match to the workload.")
    return DONE


def _vm_remove(arguments: argparse.Namespace) -> int:
    folders = _folders(arguments)
    remove_machine(arguments.name, current_plan(folders), folders)
    print(f"{arguments.name} is removed.")
    return DONE


def _fault_link(arguments: argparse.Namespace) -> int:
    folders = _folders(arguments)
    plan = current_plan(folders)
    network = find_network(arguments.network)
    break_link(arguments.fault, plan.node(arguments.node), network, plan, folders)
    print(f'{arguments.fault} applied to {arguments.node} on "{network.name}".')
    return DONE


def _fault_node(arguments: argparse.Namespace) -> int:
    folders = _folders(arguments)
    break_node(arguments.fault, current_plan(folders).node(arguments.node), folders)
    print(f"{arguments.fault} applied to {arguments.node}.")
    return DONE


def _fault_witness(arguments: argparse.Namespace) -> int:
    folders = _folders(arguments)
    current_plan(folders)
    break_witness(arguments.fault, folders)
    print(f"{arguments.fault} applied to the witness.")
    return DONE


def _guarded(handler: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """*handler*, with every refusal of the lab or the machine as one sentence and exit code 1."""

    def run(arguments: argparse.Namespace) -> int:
        if sys.platform != "linux":
            print(LINUX_ONLY, file=sys.stderr)
            return FAILED
        try:
            return handler(arguments)
        except LabError as error:
            print(error, file=sys.stderr)
            return WRONG_USAGE if isinstance(error, LabInputError) else FAILED
        except OSError as error:
            where = f" ({error.filename})" if error.filename else ""
            print(
                f"The lab command failed: {error.strerror or 'a file already exists at this path'}{where}.",
                file=sys.stderr,
            )
        except KeyboardInterrupt:
            print("Interrupted. To clean up, run: fcm lab down", file=sys.stderr)
        return FAILED

    return run


def add_lab_verbs(subparsers: Subparsers) -> None:
    """Add ``lab`` with its verbs; each parsed namespace carries ``handler``, which returns the exit code."""
    lab = subparsers.add_parser(
        "lab",
        description="Creates nodes from Linux namespaces, each with its own libvirtd and isolated from the host's "
        "network.",
    )
    lab.add_argument(
        "--name",
        dest="lab_name",
        type=_usage(parse_lab_name),
        default=LabFolders().name,
        metavar="LAB",
        help="name of the lab, if there are several (default: lab)",
    )
    verbs = lab.add_subparsers(title="verbs", required=True, metavar="VERB")

    up = verbs.add_parser("up", help="create the lab, or repair it")
    up.add_argument("--nodes", type=int, default=3, metavar="N", help="number of nodes (default: 3)")
    up.add_argument(
        "--bandwidth",
        type=_usage(parse_bandwidth),
        default="200mbit",
        metavar="RATE",
        help="bandwidth of the live migration network, such as 1gbit, or none for no limit (default: 200mbit)",
    )
    up.add_argument("--older-processor", metavar="NODE", help="give this node a processor without AVX, AVX2 and AES")
    up.add_argument(
        "--failover",
        action="store_true",
        help="form a cluster of Pacemaker and Corosync, with a power switch for fencing and a witness",
    )
    up.add_argument("--hosts-file", type=Path, metavar="PATH", help="also write the hosts file to this path")
    up.set_defaults(handler=_guarded(_up))

    verbs.add_parser(
        "status", help="show the state of nodes and virtual machines, and other labs on this computer"
    ).set_defaults(handler=_guarded(_status))
    verbs.add_parser("down", help="remove the lab, and labs whose process has ended").set_defaults(
        handler=_guarded(_down)
    )

    vm = verbs.add_parser("vm", help="manage virtual machines of the lab")
    vm_verbs = vm.add_subparsers(title="verbs", required=True, metavar="VERB")
    add = vm_verbs.add_parser("add", help="create and start a virtual machine")
    add.add_argument("name", metavar="NAME")
    add.add_argument(
        "--memory", type=_usage(parse_memory), default="256MiB", metavar="SIZE", help="memory (default: 256MiB)"
    )
    add.add_argument("--fill", type=int, metavar="MIB", help="MiB of random data (default: half the memory)")
    add.add_argument("--dirty", type=int, default=0, metavar="RATE", help="MiB/s that it rewrites (default: 0)")
    add.add_argument(
        "--working-set",
        type=int,
        default=0,
        metavar="MIB",
        help="size in MiB of the range that it rewrites (default: all data)",
    )
    add.add_argument(
        "--workload", type=Path, metavar="FILE", help="workload file to approximate, instead of the three options above"
    )
    add.add_argument("--node", default="node1", metavar="NODE", help="node on which it starts (default: node1)")
    add.add_argument("--processor", default="qemu64", metavar="MODEL", help="processor model (default: qemu64)")
    add.set_defaults(handler=_guarded(_vm_add))
    remove = vm_verbs.add_parser("remove", help="turn off and delete a virtual machine")
    remove.add_argument("name", metavar="NAME")
    remove.set_defaults(handler=_guarded(_vm_remove))

    fault = verbs.add_parser("fault", help="inject a fault")
    faults = fault.add_subparsers(title="faults", required=True, metavar="FAULT")
    for link_fault in LinkFault:
        link = faults.add_parser(link_fault.value, help=_LINK_FAULTS[link_fault])
        link.add_argument("node", metavar="NODE")
        link.add_argument("network", metavar="NETWORK", help='such as lm or "Live Migration"')
        link.set_defaults(handler=_guarded(_fault_link), fault=link_fault)
    for node_fault in NodeFault:
        broken = faults.add_parser(node_fault.value, help=_NODE_FAULTS[node_fault])
        broken.add_argument("node", metavar="NODE")
        broken.set_defaults(handler=_guarded(_fault_node), fault=node_fault)
    for witness_fault in WitnessFault:
        faults.add_parser(witness_fault.value, help=_WITNESS_FAULTS[witness_fault]).set_defaults(
            handler=_guarded(_fault_witness), fault=witness_fault
        )
    # How a bundle, in which no other program can be started, starts itself as the power switch; it is not listed.
    switch = verbs.add_parser(SWITCH_MARK)
    switch.add_argument("words", nargs="+")
    switch.set_defaults(handler=lambda arguments: be_switch([SWITCH_MARK, *arguments.words]))
