"""``fcm hosts cluster``: create a cluster of Pacemaker on hosts, see what of it stands, and destroy it again."""

from __future__ import annotations

import sys
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from fcm.text.words import counted, quoted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Sequence

    from fcm.backend.libvirt.configuration.hosts_file import HostsFile
    from fcm.backend.pacemaker.forming.setup_state import SetupState
    from fcm.backend.pacemaker.forming.site import Site
    from fcm.backend.pacemaker.steps import Step, StepReport
    from fcm.model.validation.report import CheckResult

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 (it has no public name)

DONE, FAILED = 0, 1


def add_cluster_verb(hosts: Subparsers) -> None:
    """Add ``cluster`` with its verbs to ``fcm hosts``."""
    cluster = hosts.add_parser("cluster", help="create a Pacemaker cluster on hosts, show its status, or remove it")
    inner = cluster.add_subparsers(title="verbs", required=True, metavar="VERB")
    create = inner.add_parser(
        "create", help="create the cluster, complete what an earlier run left, or add nodes that are new in the file"
    )
    _common(create, changes=True)
    create.set_defaults(handler=_create)
    status = inner.add_parser("status", help="show the status of the nodes and of the cluster")
    _common(status, changes=False)
    status.set_defaults(handler=_status)
    test = inner.add_parser("test-fencing", help="switch a node off and on again by its fencing device")
    _common(test, changes=True)
    test.add_argument("node", metavar="NODE", help="a node on which no virtual machine runs")
    test.set_defaults(handler=_test_fencing)
    evict = inner.add_parser("evict", help="remove a node from the cluster, which keeps running without it")
    _common(evict, changes=True)
    evict.add_argument("node", metavar="NODE", help="a node on which no highly available virtual machine runs")
    evict.set_defaults(handler=_evict)
    destroy = inner.add_parser("destroy", help="remove the cluster from all nodes; virtual machines keep running")
    _common(destroy, changes=True)
    destroy.add_argument(
        "--release", action="store_true", help="first remove all virtual machines from the cluster; they keep running"
    )
    destroy.set_defaults(handler=_destroy)


def _common(parser: argparse.ArgumentParser, changes: bool) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="hosts file, see docs/live-hosts.md")
    if changes:
        parser.add_argument("--dry-run", action="store_true", help="show the commands and change nothing")
        parser.add_argument("--yes", action="store_true", help="do it without asking")


@contextmanager
def _opened(path: Path) -> Iterator[Site]:
    """The hosts of a file, with a way to each of them."""
    from fcm.backend.libvirt.configuration.hosts_file import load
    from fcm.workspace.files.trusted_files import TrustedFiles

    with closing(_site(load(path, TrustedFiles().allows))) as site:
        yield site


def _site(hosts: HostsFile) -> Site:
    from fcm.backend.pacemaker.forming.site import Site
    from fcm.backend.pacemaker.remote.shells import shells_of, witness_shell

    return Site(hosts, shells_of(hosts), witness_shell(hosts))


def _create(arguments: argparse.Namespace) -> int:
    with _opened(arguments.file) as site:
        setup = site.read_setup()
        results = site.check(setup, trying=not arguments.dry_run)
        _print_results(results)
        if any(result.level == "fail" for result in results):
            print("Nothing was changed.", file=sys.stderr)
            return FAILED
        passwords = site.passwords()
        steps = site.steps(setup, passwords)
        if arguments.dry_run:
            print_commands(steps)
            return DONE
        names = ", ".join(site.plan.names)
        if not _agreed(
            arguments, f"Create the cluster {quoted(site.plan.name)} on {names}? Virtual machines keep running."
        ):
            return FAILED
        if not _run(arguments.file, len(steps), lambda told: site.carry_out(steps, told, passwords)):
            return FAILED
        return _print_setup(site.read_setup())


def _status(arguments: argparse.Namespace) -> int:
    with _opened(arguments.file) as site:
        return _print_setup(site.read_setup())


def _destroy(arguments: argparse.Namespace) -> int:
    with _opened(arguments.file) as site:
        setup = site.read_setup()
        site.refuse_destroy(setup, release=arguments.release)
        steps = site.undo_steps()
        if arguments.dry_run:
            print_commands(site.release_steps(setup))
            print_commands([step for step in reversed(steps) if step.undo], undo=True)
            return DONE
        question = f"Remove the cluster {quoted(site.plan.name)} from {', '.join(site.plan.names)}?"
        if not _agreed(arguments, f"{question} Virtual machines keep running, but no longer fail over."):
            return FAILED
        release = site.release_steps(setup)
        if release and not _run(arguments.file, len(release), lambda told: site.carry_out(release, told)):
            return FAILED
        count = sum(bool(step.undo) for step in steps)
        if not _run(arguments.file, count, site.take_back):
            return FAILED
        after = site.read_setup()
        print(after.sentence)
        return DONE if after.is_gone else FAILED


def _test_fencing(arguments: argparse.Namespace) -> int:
    with _opened(arguments.file) as site:
        steps = site.power_test_steps(site.read_setup(), arguments.node)
        if arguments.dry_run:
            print_commands(steps)
            return DONE
        if not _agreed(arguments, f"Switch {arguments.node} off now, without shutting it down?"):
            return FAILED
        if not _run(arguments.file, len(steps), lambda told: site.carry_out(steps, told)):
            return FAILED
        print(f"{arguments.node} was switched off by its fencing device.")
        return DONE


def _evict(arguments: argparse.Namespace) -> int:
    with _opened(arguments.file) as site:
        steps = site.evict_steps(site.read_setup(), arguments.node)
        if arguments.dry_run:
            print_commands(steps)
            return DONE
        question = f"Remove {arguments.node} from the cluster {quoted(site.plan.name)}?"
        if not _agreed(arguments, f"{question} The cluster keeps running without it."):
            return FAILED
        if not _run(arguments.file, len(steps), lambda told: site.carry_out(steps, told)):
            return FAILED
        print(
            f"{arguments.node} is no longer a node of the cluster. Remove its [[node]] from {arguments.file}; "
            "otherwise create adds it again."
        )
        return DONE


def _run(path: Path, count: int, act: Callable[[Callable[[int, StepReport], None]], object]) -> bool:
    """Let steps be carried out and tell each; whether all went well. Ctrl+C leaves what was done."""
    from fcm.backend.pacemaker.steps import StepState

    well = True
    width = len(str(count))

    def told(number: int, report: StepReport) -> None:
        nonlocal well
        where = f"{report.step.node}: " if report.step.node else ""
        if report.state is StepState.RUNNING:
            return
        line = f"[{number + 1:>{width}}/{count}] {where}{report.step.title}: {report.state.value}"
        if report.state in (StepState.FAILED, StepState.CANCELED):
            well = False
            print(f"{line}. {report.reason} {report.step.remedy}".rstrip(), file=sys.stderr)
            for said in report.said.splitlines()[-10:]:
                print(f"    {said}", file=sys.stderr)
        else:
            print(f"{line}{f', {report.seconds:.1f} s' if report.seconds >= 0.05 else ''}", flush=True)

    try:
        act(told)
    except KeyboardInterrupt:
        well = False
        print("Canceled.", file=sys.stderr)
    if not well:
        from fcm.installation import typed

        print(f"Completed steps were not undone. To see it: fcm hosts cluster status {typed(str(path))}")
    return well


def print_commands(steps: Sequence[Step], undo: bool = False) -> None:
    """The commands of steps, as a script that can be read."""
    for number, step in enumerate(steps, 1):
        where = f" ({step.node})" if step.node else " (any node of the cluster)"
        title = f"Undo: {step.title}" if undo else step.title
        print(f"# {number}. {title}{where}")
        print(step.undo if undo else step.text)
        print()


def _print_results(results: Sequence[CheckResult]) -> None:
    for result in results:
        print(f"{result.level.upper():<5} {result.text}{f' {result.remedy}' if result.remedy else ''}")


def _print_setup(setup: SetupState) -> int:
    from fcm.backend.pacemaker.forming.setup_state import Stage

    print("\n".join(table(setup)))
    print()
    if setup.stage is not Stage.NONE:
        for sentence in setup.problems():
            print(f"WARN  {sentence}")
    print(setup.sentence)
    return DONE if setup.stage is Stage.COMPLETE else FAILED


def table(setup: SetupState) -> list[str]:
    """One line per node under a line of headings."""
    from fcm.backend.pacemaker.forming.setup_state import live_links

    plan = setup.plan
    rows: list[tuple[str, ...]] = [
        ("Node", "Answer", "corosync.conf", "Corosync", "Links", "Pacemaker", "Member", "Fencing", "Agent", "Boot")
    ]
    devices = {device.node: device for device in setup.devices}
    for name, look in setup.looks.items():
        if not look.answered:
            rows.append((name, "none", *("-",) * 8))
            continue
        device = devices.get(name)
        fencing = "-" if device is None else "works" if device.running and not device.failed else "failed"
        conf = "this cluster" if look.belongs_to(plan) else "another" if look.conf else "none"
        corosync = look.runs("corosync")
        rows.append(
            (
                name,
                "root" if look.is_root else "not root",
                "example" if look.conf_is_packages else conf,
                "runs" if corosync else "off",
                "{} of {}".format(*live_links(look)) if corosync else "-",
                "runs" if look.runs("pacemakerd") else "off",
                "yes" if name in setup.members else "no",
                fencing,
                look.agent or "none",
                "starts" if look.enabled else "-",
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    if setup.votes:
        total, expected = setup.votes.get("Total votes", 0), setup.votes.get("Expected votes", 0)
        quorum = "with quorum" if setup.quorate else "without quorum"
        lines.append(f"Votes: {total} of {counted(expected, 'vote')}, {quorum}.")
    if plan.witness is not None:
        connected = setup.witness is not None and plan.corosync_name in setup.witness.clusters
        lines.append(f"Witness: {plan.witness.host}, {'connected' if connected else 'not connected'}.")
    return lines


def _agreed(arguments: argparse.Namespace, question: str) -> bool:
    if arguments.yes:
        return True
    if not sys.stdin.isatty():
        print("Cannot ask without a terminal. To do it, add --yes; to see the commands, --dry-run.", file=sys.stderr)
        return False
    try:
        return input(f"{question} [y/N] ").strip().casefold() in ("y", "yes")
    except EOFError:
        return False
