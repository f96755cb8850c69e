"""Migrations that others measured and published, run on the engine: specifications, and a table beside their figures.

The guests' write patterns were not published: their sets and rates are chosen to give the first figures, and what the
rest comes to is told in docs/migration-model.md. tests/unit/migration/test_published_cases.py holds the bounds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fcm.migration.engine.policies import CLARK_2005, QEMU_7_2, LogWindow
from fcm.migration.engine.specification import Capability, MigrationSpec
from fcm.migration.engine.workload import Scattered, Sweep, Uniform, Workload
from fcm.migration.judging.prediction import COMPLETED, predict

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.migration.judging.prediction import Prediction

MB, MIB = 1e6, 1 << 20
GIVE_UP = 1487.5
"""s at which the Java warehouse of QEMU commit 7ca1dfad was looked at, still migrating."""


def cloud_hypervisor() -> MigrationSpec:
    """Cloud Hypervisor PR 7799: 6 GiB, of which 5418 MiB are written all the time, at about 1830 MiB/s."""
    rule = replace(QEMU_7_2, early_sync=False, keeps_cursor=False, log_window=LogWindow.PASS)
    pages = 5418 * 256
    workload = Workload((Uniform(0, pages, pages * 6.0),))
    return MigrationSpec(workload, 6144 * MIB, rule, bandwidth=1830.0 * MIB, line_rate=2e9)


def specweb() -> MigrationSpec:
    """Clark et al. 2005, 6.2: SPECweb99 in 800 MB."""
    workload = Workload((Scattered(30_000, 6000.0), Scattered(3000, 6000.0)))
    return MigrationSpec(workload, round(800 * MB), CLARK_2005, bandwidth=62.5e6, line_rate=87.5e6)


def mmuncher(rate: float = 15_000.0) -> MigrationSpec:
    """Clark et al. 2005, 6.5: 512 MB, a region of 256 MB written in turn; adaptive rate up to 500 Mbit/s."""
    workload = Workload((Sweep(256 * 256, 256 * 256, rate),))
    return MigrationSpec(workload, 512 * MIB, CLARK_2005, bandwidth=62.5e6, line_rate=62.5e6, fixed_downtime=0.009)


def java_warehouse(slowed: bool) -> MigrationSpec:
    """QEMU commit 7ca1dfad: 256 GB, most of it zero pages, downtime limit 4 s, without and with auto-converge."""
    return MigrationSpec(
        Workload((Scattered(900_000, 108_000.0),), zero_share=0.93),
        256 << 30,
        bandwidth=258e6,
        line_rate=258e6,
        downtime_limit=4.0,
        capabilities=frozenset({Capability.AUTO_CONVERGE}) if slowed else frozenset(),
        segments=64,
    )


def kubevirt() -> MigrationSpec:
    """kubevirt/enhancements#249: 1 Gbit/s, 650 Mbit/s dirtied on average, downtime limit 300 ms."""
    workload = Workload((Scattered(1_000_000, 19_800.0),))
    return MigrationSpec(workload, round(67.4 * 117.5e6), bandwidth=117.5e6, line_rate=117.5e6)


@dataclass(frozen=True)
class PublishedCase:
    """One line of the table."""

    name: str
    published: str
    specification: MigrationSpec
    words: Callable[[Prediction], str]
    """The engine's figures in the order of the published ones."""
    give_up: float = 3600.0
    """s"""


def _passes_alike(result: Prediction) -> str:
    sizes = {round(row.pages / 256) for row in result.rows[1:]}
    times = [b.begin - a.begin for a, b in zip(result.rows[1:], result.rows[2:], strict=False)]
    range_ = f"{min(sizes)}" if len(sizes) == 1 else f"{min(sizes)} to {max(sizes)}"
    return f"{range_} MiB in every pass, {min(times):.2f} to {max(times):.2f} s"


def _first_pass_and_all(result: Prediction) -> str:
    blackout = "-" if result.downtime is None else f"{result.downtime * 1000:,.0f} ms"
    first = f"{result.rows[1].sent / MB:.0f} MB in pass 1, {result.bytes / MB:.0f} MB in all"
    return f"{first}, {result.total:.0f} s, {result.passes} passes, {blackout}"


def _bytes_and_end(result: Prediction) -> str:
    end = f"ended after {result.total:.0f} s, {result.downtime:.1f} s" if result.downtime is not None else "not ended"
    return f"{result.bytes / 1e9:.1f} GB, {end}"


def _kubevirt_words(result: Prediction) -> str:
    assert result.status == COMPLETED
    sizes = f"{result.bytes / MIB:,.0f} MiB, {result.passes} passes"
    return f"{result.rows[1].begin:.1f} s pass 1; {result.total:.0f} s, {sizes}"


def cases() -> list[PublishedCase]:
    """All of them. Quake 3 of Clark et al. 2005 is kept out: it was used for nothing."""
    return [
        PublishedCase(
            "Cloud Hypervisor PR 7799, 6 GiB saturated",
            "5418 to 5428 MiB in every pass, 2.92 to 3.02 s",
            cloud_hypervisor(),
            _passes_alike,
            20.0,
        ),
        PublishedCase(
            "Clark 2005, SPECweb99, 800 MB",
            "677 MB in pass 1, 960 MB in all, 71 s, 9 passes, 210 ms",
            specweb(),
            _first_pass_and_all,
        ),
        PublishedCase(
            "Clark 2005, MMuncher, 512 MB",
            "255 MB in pass 1, 638 MB in all, 4 passes, 3,500 ms",
            mmuncher(),
            _first_pass_and_all,
        ),
        PublishedCase(
            "QEMU 7ca1dfad, Java warehouse, off",
            "383.7 GB by 1487.5 s, not ended",
            java_warehouse(slowed=False),
            _bytes_and_end,
            GIVE_UP,
        ),
        PublishedCase(
            "the same with auto-converge",
            "28.2 GB, ended after 241 s, 6.4 s",
            java_warehouse(slowed=True),
            _bytes_and_end,
            GIVE_UP,
        ),
        PublishedCase(
            "KubeVirt enhancements#249, 300 ms",
            "67.4 s pass 1; 112 s (91 to 161), 11,862 MiB, 69 passes",
            kubevirt(),
            _kubevirt_words,
        ),
    ]


def published_table() -> str:
    """The cases as a Markdown table."""
    lines = ["| case | published | here |", "|---|---|---|"]
    for case in cases():
        found = case.words(predict(case.specification, case.give_up))
        lines.append(f"| {case.name} | {case.published} | {found} |")
    return "\n".join(lines)
