"""What ``fcm hosts check`` asks, for the command line and for Validate a Configuration. Everything here blocks.

Nothing on the hosts is changed: the questions are read-only.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from fcm.model.quantities import size
from fcm.model.validation.report import CheckResult, ValidationReport
from fcm.text.words import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from fcm.backend.libvirt.configuration.check import HostFacts
    from fcm.backend.libvirt.configuration.hosts_file import HostsFile

HOSTS = "Hosts"
LIST = "List Hosts"
COMPARE = "Validate Hosts"
FAILOVER = "Validate Pacemaker Cluster"
TESTS = ((LIST, HOSTS), (COMPARE, HOSTS), (FAILOVER, HOSTS))
"""Name and category of each test of hosts. The last one needs all hosts of a hosts file that has fencing."""


def check_cluster(hosts: HostsFile) -> list[CheckResult]:
    """What is wrong with the cluster of Pacemaker on the hosts, or in the way of one.

    Raises:
        PlanError: these hosts cannot form a cluster; the message says why.
    """
    from fcm.backend.pacemaker.forming.checks import warn
    from fcm.backend.pacemaker.forming.setup_state import Stage
    from fcm.workspace.hosts.site import open_site

    with closing(open_site(hosts)) as site:
        setup = site.read_setup()
        results = site.check(setup, trying=False)
        if setup.stage is not Stage.NONE:
            results += [warn(sentence) for sentence in setup.problems()]
            results += site.validate(setup)
        return results


def validate_hosts(
    hosts: HostsFile,
    tests: Collection[str],
    progress: Callable[[str, int, int], None],
    now: float,
) -> ValidationReport:
    """Ask hosts and judge what they said; takes 10 s at most, and longer for the cluster of Pacemaker.

    Args:
        hosts: the hosts file, with the hosts that are asked.
        tests: names out of ``TESTS``.
        progress: called before each test with its name, its number from 0, and how many there are; what it raises
            ends the validation.
        now: s since the epoch, for the report.

    Raises:
        PlanError: the hosts cannot form a cluster of Pacemaker; the message says why.
    """
    from fcm.backend.libvirt.configuration.check import ask_hosts, judge_hosts

    chosen = [name for name, _ in TESTS if name in tests]
    results: list[CheckResult] = []
    facts: tuple[HostFacts, ...] | None = None
    for number, name in enumerate(chosen):
        progress(name, number, len(chosen))
        if name == FAILOVER:
            found = check_cluster(hosts)
            passed = CheckResult(FAILOVER, HOSTS, "pass", "These hosts can form a Pacemaker cluster, or do.")
            results += [_named(one, FAILOVER) for one in found] or [passed]
            continue
        facts = ask_hosts(hosts) if facts is None else facts
        if name == LIST:
            results += [CheckResult(LIST, HOSTS, "info", _listed(fact)) for fact in facts]
        else:
            results += [_named(one, COMPARE) for one in judge_hosts(facts)]
    return ValidationReport(now, tuple(results))


def _named(result: CheckResult, name: str) -> CheckResult:
    return CheckResult(name, HOSTS, result.level, result.text, result.remedy)


def _listed(fact: HostFacts) -> str:
    if not fact.answered:
        return f"{fact.name}: does not respond."
    machines = counted(fact.machines, "virtual machine")
    parts = (fact.processor, f"{size(fact.memory)} of memory", f"libvirt {fact.libvirt}", f"QEMU {fact.qemu}", machines)
    return f"{fact.name}: {', '.join(parts)}"
