"""The verbs of ``fcm hosts``: what is wrong with the hosts of a hosts file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from fcm.backend.libvirt.check import HostFacts

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 (it has no public name)

DONE, FAILED = 0, 1


def add_hosts_verbs(verbs: Subparsers) -> None:
    """Add ``hosts`` with its verbs; each parsed namespace carries ``handler``, which returns the exit code."""
    hosts = verbs.add_parser("hosts", help="the libvirt hosts of a hosts file")
    inner = hosts.add_subparsers(title="verbs", required=True, metavar="VERB")
    check = inner.add_parser("check", help="ask every host and say what is wrong")
    check.add_argument("file", type=Path, metavar="FILE", help="hosts file, see docs/live-hosts.md")
    check.set_defaults(handler=_check)


def _check(arguments: argparse.Namespace) -> int:
    from fcm.backend.libvirt.check import ask_hosts, judge_hosts
    from fcm.backend.libvirt.hosts_file import load

    facts = ask_hosts(load(arguments.file))
    print("\n".join(table(facts)))
    results = judge_hosts(facts)
    print()
    for result in results:
        print(f"{result.level.upper():<5} {result.text}{f' {result.remedy}' if result.remedy else ''}")
    return FAILED if any(result.level == "fail" for result in results) else DONE


def table(facts: Iterable[HostFacts]) -> list[str]:
    """One line a host under a line of headings, columns as wide as they need."""
    rows = [("Host", "Answer", "libvirt", "QEMU", "Processor", "Memory", "Machines", "Networks", "Storage")]
    for fact in facts:
        reached = sum(text == "answered" for text in fact.paths.values())
        networks = f"{reached} of {len(fact.paths)}"
        if fact.answered:
            storage = "not in a pool" if fact.files is None else f"{len(fact.files)} files"
            rows.append(
                (
                    fact.name,
                    f"{fact.duration:.2f} s",
                    fact.libvirt,
                    fact.qemu,
                    fact.processor,
                    f"{fact.memory / 2**30:.1f} GiB",
                    str(fact.machines),
                    networks,
                    storage,
                )
            )
        else:
            rows.append((fact.name, "none", *("-",) * 5, networks if fact.paths else "-", "-"))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
