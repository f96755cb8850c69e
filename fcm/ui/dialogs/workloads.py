"""The workloads that a machine of an embedded cluster can have."""

from __future__ import annotations

from functools import cache

from PySide6.QtWidgets import QComboBox

from fcm import resources
from fcm.ui.widgets.dialog_parts import named


@cache
def workload_names() -> tuple[str, ...]:
    """Names of the shipped workloads, sorted, ``idle`` first."""
    names = sorted(path.stem for path in resources.path("workloads").glob("*.toml"))
    return tuple(sorted(names, key=lambda name: name != "idle"))


class WorkloadBox(QComboBox):
    """What the guest does with its memory, where that can be chosen (embedded clusters)."""

    def __init__(self, current: str) -> None:
        super().__init__()
        named(self, "Workload")
        names = workload_names()
        for name in names if current in names else (*names, current):
            self.addItem(name)
        self.setCurrentText(current)
        self.setToolTip("How the guest writes its memory; this determines how a live migration converges")
