"""Fields of the goals of a live migration, and of how its memory is transferred: two tabs of its options."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QHBoxLayout, QSpinBox, QVBoxLayout, QWidget

from fcm.model.migrations import Compression
from fcm.model.rules.moving.transfer_options import MIB
from fcm.ui.look.plain import literal
from fcm.ui.widgets.dialog_parts import form, named, wrapped

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    from fcm.model.migrations import MigrationOptions

    Lacks: TypeAlias = Mapping[str, str]
    """Name of an option that the hosts lack -> why, as sentences (``transfer_options.lacking``)."""

GOALS_INTRO = (
    "With a goal, fcm chooses and changes the downtime limit and the bandwidth. Auto-converge and post-copy are used "
    "only if they are selected on the Options tab, and post-copy only if it is needed."
)


class GoalFields(QWidget):
    """Move within, stand still at most, shadow mode."""

    changed = Signal()

    def __init__(self, options: MigrationOptions) -> None:
        super().__init__()
        self._shown = options
        self.within = figure("Move within", 30 * 86_400, 10, " s", "No goal")
        self.within.setToolTip("The live migration should have finished after this time; it is not canceled")
        self.pause = figure("Stand still at most", 2_000_000, 50, " ms", "No goal")
        self.pause.setToolTip("The downtime limit stays so low that the blackout should not be longer")
        self.shadow = named(QCheckBox("S&hadow mode: change nothing, only tell what would be changed"), "Shadow mode")
        self.within.setValue(options.move_within or 0)
        self.pause.setValue((options.pause_at_most or 0) * 1000)
        self._first = self.within.value(), self.pause.value()
        self.shadow.setChecked(options.goals_shadow)
        fields = form()
        fields.addRow("Move &within:", self.within)
        fields.addRow("Stand still at &most:", self.pause)
        column = QVBoxLayout(self)
        column.addWidget(wrapped(GOALS_INTRO))
        column.addLayout(fields)
        column.addWidget(self.shadow)
        column.addStretch(1)
        for spin in (self.within, self.pause):
            spin.valueChanged.connect(self._touched)
        self.shadow.toggled.connect(self._touched)
        self._enable()

    def _touched(self) -> None:
        self._enable()
        self.changed.emit()

    def _enable(self) -> None:
        self.shadow.setEnabled(self.within.value() > 0 or self.pause.value() > 0)

    @property
    def steers(self) -> bool:
        """Whether fcm chooses the limits."""
        return self.shadow.isEnabled() and not self.shadow.isChecked()

    def put(self, options: MigrationOptions) -> MigrationOptions:
        """The options with what is chosen here; figures that nobody touched keep the precision they came with."""
        shown = self._shown
        within, pause = self.within.value() or None, self.pause.value() / 1000 or None
        if self.within.value() == self._first[0]:
            within = shown.move_within
        if self.pause.value() == self._first[1]:
            pause = shown.pause_at_most
        shadow = self.shadow.isEnabled() and self.shadow.isChecked()
        return replace(options, move_within=within, pause_at_most=pause, goals_shadow=shadow)


class TransferFields(QWidget):
    """How QEMU sends memory. What a host lacks, or what needs another option first, is disabled with the reason."""

    changed = Signal()

    def __init__(self, options: MigrationOptions, lacks: Lacks) -> None:
        super().__init__()
        self._shown = options
        self._lacks = lacks
        self.compression = named(QComboBox(), "Compression")
        for text, kind in (("None", Compression.NONE), ("zlib", Compression.ZLIB), ("zstd", Compression.ZSTD)):
            self.compression.addItem(text, kind)
        self.zero_copy = named(QCheckBox("&Zero-copy: send memory without copying it first"), "Zero-copy")
        self.cache = figure("XBZRLE cache", 1 << 20, 64, " MiB", "64 MiB (QEMU)")
        self.switchover = figure("Switchover bandwidth", 400_000, 100, " MiB/s", "Measured")
        self.late = figure("Post-copy bandwidth", 400_000, 100, " MiB/s", "No limit")
        self.compression.setCurrentIndex(max(self.compression.findData(options.compression), 0))
        self.zero_copy.setChecked(options.zero_copy)
        self.cache.setValue((options.xbzrle_cache or 0) / MIB)
        self.switchover.setValue((options.switchover_bandwidth or 0) / MIB)
        self.late.setValue((options.post_copy_bandwidth or 0) / MIB)
        self._first = {spin: spin.value() for spin in (self.cache, self.switchover, self.late)}
        fields = form()
        fields.addRow("Co&mpression:", self.compression)
        fields.addRow("XBZRLE &cache:", self.cache)
        fields.addRow("S&witchover bandwidth:", self.switchover)
        fields.addRow("Post-copy &bandwidth:", self.late)
        self._why = wrapped("", "quiet")
        named(self._why, "Why options are not available")
        right = QVBoxLayout()
        right.addWidget(self.zero_copy)
        right.addWidget(self._why)
        right.addStretch(1)
        whole = QHBoxLayout(self)
        whole.addLayout(fields)
        whole.addSpacing(20)
        whole.addLayout(right, 1)
        self.compression.currentIndexChanged.connect(self._touched)
        self.zero_copy.toggled.connect(self._touched)
        for spin in (self.cache, self.switchover, self.late):
            spin.valueChanged.connect(self._touched)

    def _touched(self) -> None:
        self.changed.emit()

    def lack(self, lacks: Lacks) -> None:
        """Other hosts take part: what they lack."""
        self._lacks = lacks

    def follow(self, parallel: bool, xbzrle: bool, post_copy: bool, steered: bool) -> None:
        """Enable what the other options and the hosts allow, and say why not elsewhere."""
        connections = "" if parallel else "Use two connections or more (Options tab)."
        rows: tuple[tuple[QWidget, str, str, str], ...] = (
            (self.compression, "Compression", "compression", connections),
            (self.zero_copy, "Zero-copy", "zero_copy", connections),
            (self.cache, "XBZRLE cache", "xbzrle_cache", "" if xbzrle else "Select XBZRLE (Options tab)."),
            (
                self.switchover,
                "Switchover bandwidth",
                "switchover_bandwidth",
                "fcm reckons with the measured bandwidth, because there is a goal." if steered else "",
            ),
            (
                self.late,
                "Post-copy bandwidth",
                "post_copy_bandwidth",
                "" if post_copy else "Select Post-copy (Options tab).",
            ),
        )
        told = []
        for field, name, option, needs in rows:
            why = self._lacks.get(option, "") or needs
            field.setEnabled(not why)
            field.setToolTip(literal(why))
            if why:
                told.append(f"{name}: {why}")
        self._why.setText("\n".join(told))

    def put(self, options: MigrationOptions) -> MigrationOptions:
        """The options with what is chosen here; what is disabled is left out."""
        kind = self.compression.currentData()
        return replace(
            options,
            compression=Compression(kind) if self.compression.isEnabled() else Compression.NONE,
            zero_copy=self.zero_copy.isEnabled() and self.zero_copy.isChecked(),
            xbzrle_cache=self._bytes(self.cache, self._shown.xbzrle_cache),
            switchover_bandwidth=self._bytes(self.switchover, self._shown.switchover_bandwidth),
            post_copy_bandwidth=self._bytes(self.late, self._shown.post_copy_bandwidth),
        )

    def _bytes(self, spin: QDoubleSpinBox, shown: int | None) -> int | None:
        """A figure that nobody touched keeps the precision it came with."""
        if not spin.isEnabled():
            return None
        return shown if spin.value() == self._first[spin] else round(spin.value() * MIB) or None


def figure(name: str, most: int, step: int, unit: str, nothing: str) -> QDoubleSpinBox:
    """A box for a figure; 0 stands for nothing chosen."""
    spin = named(QDoubleSpinBox(), name)
    spin.setRange(0, most)
    spin.setDecimals(0)
    spin.setSingleStep(step)
    spin.setSuffix(unit)
    spin.setSpecialValueText(nothing)
    return spin


def percent(name: str, nothing: str) -> QSpinBox:
    """A box for a percentage; 0 stands for nothing chosen."""
    spin = named(QSpinBox(), name)
    spin.setRange(0, 99)
    spin.setSuffix(" %")
    spin.setSpecialValueText(nothing)
    return spin
