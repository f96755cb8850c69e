"""What the steps of the tour share: the window, the hand on mouse and keyboard, and ways to name things."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QLabel, QPlainTextEdit

from fcm.text.words import quoted
from fcm.ui.tour.driver import DriverError

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from fcm.model.entities import VirtualMachine
    from fcm.model.migrations import Migration
    from fcm.model.state import State
    from fcm.model.telemetry import Phase, TelemetryRow
    from fcm.ui.migration.steady_text import SteadyText
    from fcm.ui.tour.driver import Driver
    from fcm.ui.window.main_window import MainWindow

    Texts = QLabel | QPlainTextEdit | SteadyText

TREE = "Console tree"
LIVE = "Live migrate virtual machine to another node"


class Walk:
    """What the steps share."""

    def __init__(self, window: MainWindow, driver: Driver, shoot: Callable[[QWidget, str, str], None]) -> None:
        self.window = window
        self.driver = driver
        self._shoot = shoot

    def shoot(self, name: str, caption: str, other: QWidget | None = None) -> None:
        """A picture of the window, or of another one, once it has drawn what happened."""
        self.driver.wait(lambda: self.window.is_settled and self.window.page.is_settled, "the window to settle")
        self.driver.settle()
        self._shoot(other or self.window, name, caption)

    def enabled(self, name: str) -> bool:
        """Whether the button of that name is there and enabled."""
        button = self.driver.look_for(QAbstractButton, name)
        return button is not None and button.isEnabled()

    def wait_text(
        self, kind: type[Texts], name: str, is_there: Callable[[str], bool], what: str, patience: float | None = None
    ) -> None:
        """Wait until the text of that name, looked for anew each time, is as it is wanted."""

        def said() -> bool:
            found = self.driver.look_for(kind, name)
            if found is None:
                return False
            return is_there(found.toPlainText() if isinstance(found, QPlainTextEdit) else found.text())

        self.driver.wait(said, what, patience)

    def wait_rows(self, name: str, least: int) -> None:
        """Wait until a list or table of that name has at least so many rows."""

        def there() -> bool:
            view = self.driver.look_for(QAbstractItemView, name)
            return view is not None and view.model().rowCount() >= least

        self.driver.wait(there, f"{least} rows in {quoted(name)}")

    def judged(self) -> None:
        """Wait until the pre-flight panel says whether the memory will converge."""
        self.wait_text(QLabel, "Convergence", lambda text: "Checking whether" not in text, "the verdict on convergence")

    def wait_row(self, name: str, reached: Callable[[TelemetryRow], bool], what: str) -> None:
        """Wait until the newest telemetry of a machine's migration satisfies a condition."""
        identity = self.migration(name).id

        def there() -> bool:
            workspace = self.window.workspace
            rows = workspace.rows(identity) if workspace is not None else ()
            return bool(rows) and reached(rows[-1])

        self.driver.wait(there, what)

    @property
    def state(self) -> State:
        """State of the open cluster."""
        return self.window.state

    def machine(self, name: str) -> VirtualMachine:
        """A virtual machine by its name.

        Raises:
            DriverError: there is none of this name.
        """
        machine = self.state.machine_named(name)
        if machine is None:
            raise DriverError(f"There is no virtual machine {name}.")
        return machine

    def migration(self, name: str) -> Migration:
        """The newest migration of a machine; waits for one."""
        return self.driver.wait(lambda: self.state.last_migration(self.machine(name).id), f"a migration of {name}")

    def wait_phase(self, name: str, *phases: Phase) -> Migration:
        """Wait until the newest migration of a machine is in one of the phases."""

        def there() -> Migration | None:
            newest = self.state.last_migration(self.machine(name).id)
            return newest if newest is not None and newest.phase in phases else None

        return self.driver.wait(there, f"the migration of {name} to be {' or '.join(phases)}")

    def go(self, *path: str) -> None:
        """Click through the console tree to a row."""
        self.driver.click_row(TREE, path[-1])

    def next(self) -> None:
        """Press Next of a wizard."""
        self.driver.press("Next")

    def live_migrate(self, name: str, node: str) -> None:
        """Context menu of a machine in the tree: Live migrate > node."""
        self.driver.right_click_row(TREE, name)
        self.driver.choose_in_menu(LIVE, self.destination(name, node))

    def destination(self, name: str, node: str) -> str:
        """Label of a node in the submenu."""
        others = [other for other in self.state.nodes if other != self.machine(name).node]
        return f"{others.index(node) + 1} - Live migrate to node {node}"

    def speed(self, label: str) -> None:
        """Press a button of the virtual clock."""
        self.driver.press(f"Clock {label}")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the walk."""

    title: str
    text: str
    run: Callable[[Walk], None]
