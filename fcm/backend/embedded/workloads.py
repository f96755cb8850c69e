"""Workloads of the machines of embedded clusters: who writes how much memory where (resources/workloads/*.toml).

Rates and sets are assumptions in the range of published measurements; the files say what each is modelled on. Where a
range begins (``at``) and how large it is at most (``share``) are shares of the machine's memory; ``size`` is an upper
limit in bytes; ``rate`` is in page writes a second.
"""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from fcm import resources
from fcm.backend.toml_lines import TomlLines
from fcm.backend.toml_table import Table
from fcm.migration.workload import PAGE, Burst, Pattern, Scattered, Sweep, Uniform, Workload, Zipf

if TYPE_CHECKING:
    from pathlib import Path

    from fcm.model.entities import VirtualMachine

IDLE = "idle"
FORMAT = 1


class PatternKind(StrEnum):
    """Kinds of writing, see fcm.migration.workload."""

    UNIFORM = "uniform"
    ZIPF = "zipf"
    SWEEP = "sweep"
    SCATTERED = "scattered"


@dataclass(frozen=True, slots=True)
class PatternShape:
    """A pattern for machines of any size."""

    kind: PatternKind
    at: float
    size: int
    share: float
    rate: float
    exponent: float

    def fit(self, memory_pages: int) -> Pattern:
        """The pattern in a machine of that size."""
        first = int(self.at * memory_pages)
        pages = max(1, min(self.size // PAGE, int(self.share * memory_pages), memory_pages - first))
        match self.kind:
            case PatternKind.UNIFORM:
                return Uniform(first, pages, self.rate)
            case PatternKind.ZIPF:
                return Zipf(first, pages, self.rate, self.exponent)
            case PatternKind.SWEEP:
                return Sweep(first, pages, self.rate)
            case PatternKind.SCATTERED:
                return Scattered(pages, self.rate)


@dataclass(frozen=True, slots=True)
class WorkloadShape:
    """A workload for machines of any size."""

    patterns: tuple[PatternShape, ...]
    utilisation: float
    burst: Burst | None


def workload_names() -> tuple[str, ...]:
    """Names of the shipped workloads, sorted."""
    return tuple(sorted(_files()))


def workload_of(machine: VirtualMachine) -> Workload:
    """What a machine's guest writes; an unknown workload counts as idle."""
    name = machine.workload if machine.workload in _files() else IDLE
    shape = load_workload(_files()[name])
    pages = machine.memory // PAGE
    return Workload(
        patterns=tuple(pattern.fit(pages) for pattern in shape.patterns),
        name=machine.workload,
        burst=None if shape.burst is None else replace(shape.burst),
        utilisation=shape.utilisation,
        zero_share=machine.zero_share,
    )


@functools.cache
def _files() -> dict[str, Path]:
    return {path.stem: path for path in resources.path("workloads").glob("*.toml")}


@functools.cache
def load_workload(path: Path) -> WorkloadShape:
    """Read a workload file.

    Raises:
        ClusterFileError: it does not describe a workload.
        tomllib.TOMLDecodeError, OSError: the installation is damaged.
    """
    text = path.read_text(encoding="utf-8")
    table = Table(path, TomlLines(text), tomllib.loads(text))
    table.whole("format", least=FORMAT, most=FORMAT)
    patterns = []
    for item in table.tables("patterns", 1, 16, "patterns"):
        kind = item.choice("kind", PatternKind)
        patterns.append(
            PatternShape(
                kind=kind,
                at=item.share("at", 0.0),
                size=item.size("size"),
                share=item.share("share", 1.0),
                rate=float(item.whole("rate", least=1)),
                exponent=item.share("exponent", 0.0) if kind is PatternKind.ZIPF else 0.0,
            )
        )
        item.end()
    burst = None
    if "burst" in table:
        inner = table.table("burst")
        burst = Burst(inner.whole("writes", least=1), float(inner.whole("silence", least=1)))
        inner.end()
    shape = WorkloadShape(tuple(patterns), table.share("utilisation", 1.0), burst)
    table.end()
    return shape
