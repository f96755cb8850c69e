"""Validate a Configuration: the tests of the wizard, done on the model.

Names and the five categories are those of Windows Server 2008 R2 (TechNet cc770399 for System Configuration). A test
that the model cannot answer, such as signed drivers, is not pretended: it is not in the list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fcm.model.validation import cluster as validation_cluster
from fcm.model.validation import inventory as validation_inventory
from fcm.model.validation import network as validation_network
from fcm.model.validation import storage as validation_storage
from fcm.model.validation import system as validation_system
from fcm.model.validation.report import CheckResult, ValidationReport
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from fcm.model.state import State
    from fcm.model.validation.finding import Finding

CLUSTER = "Cluster Configuration"
INVENTORY = "Inventory"
NETWORK = "Network"
STORAGE = "Storage"
SYSTEM = "System Configuration"
CATEGORIES = (CLUSTER, INVENTORY, NETWORK, STORAGE, SYSTEM)


@dataclass(frozen=True, slots=True)
class ValidationTest:
    """One test of the wizard."""

    name: str
    category: str
    find: Callable[[State], Iterator[Finding]]


def validate(
    state: State,
    tests: Iterable[str] = (),
    progress: Callable[[str, int, int], None] | None = None,
    now: float | None = None,
) -> ValidationReport:
    """Run validation tests.

    Args:
        state: the cluster.
        tests: names of tests to run; all where empty. Unknown names are reported as failed.
        progress: called before each test with its name, its number from 0, and how many there are.
        now: s since the epoch for the report; None = the time of the state.
    """
    wanted = tuple(dict.fromkeys(tests))
    known = {test.name for test in TESTS}
    chosen = [test for test in TESTS if not wanted or test.name in wanted]
    results: list[CheckResult] = []
    for number, test in enumerate(chosen):
        if progress is not None:
            progress(test.name, number, len(chosen))
        for finding in test.find(state):
            results.append(CheckResult(test.name, test.category, finding.level, finding.text, finding.remedy))
    for name in wanted:
        if name not in known:
            text = f"There is no validation test {quoted(name)}."
            results.append(CheckResult(name, SYSTEM, "fail", text, "Choose tests from the list of the wizard."))
    return ValidationReport(state.time if now is None else now, tuple(results))


TESTS: tuple[ValidationTest, ...] = tuple(
    ValidationTest(name, category, find)
    for category, tests in (
        (CLUSTER, validation_cluster.TESTS),
        (INVENTORY, validation_inventory.TESTS),
        (NETWORK, validation_network.TESTS),
        (STORAGE, validation_storage.TESTS),
        (SYSTEM, validation_system.TESTS),
    )
    for name, find in tests
)
"""All tests, in the order in which they run."""
