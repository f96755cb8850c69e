"""Pictures of every page, dialog and wizard of one cluster at one size: for looking at, with names that are long.

    python -m tests.ui.tour.gallery OUT [--size 1024x640] [--dark] [--scale 1.5] [--cluster FILE.toml]

Beside the pictures it writes sheets of twelve, sheet-1.png and so on. What is clipped is told by nobody but the eye.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QTabWidget,
    QWidget,
)

from fcm.app import make_context
from fcm.model import commands as cmd
from fcm.ui.look import theme
from fcm.ui.migration import MigrationPlanner
from fcm.ui.tour.album import photograph
from fcm.ui.tour.driver import Driver, DriverError
from fcm.ui.widgets.background import Work
from fcm.ui.window.main_window import MainWindow
from fcm.ui.window.qactions import dialog_of, entries
from fcm.workspace.files.folders import own_folder
from fcm.workspace.selection import Place, Selection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fcm.model.state import State

LONG_NAMES = Path(__file__).parents[2] / "data" / "clusters" / "long-names.toml"
ELSEWHERE = frozenset(
    (
        "replay", "help", "about", "connect", "refresh", "close-cluster", "critical-events", "reset-recent-events",
        "reset-cluster",
    )
)  # fmt: skip
"""Dialogs that every cluster has alike, and what is no dialog."""
TYPED = "Prüfstand-für-die-Nachtabschaltung-01"
"""Where a wizard asks for a name."""
PAGES_OF_WIZARDS = 9
COLUMNS, ROWS, THUMBNAIL = 3, 4, 620


class Gallery:
    """Takes the pictures."""

    def __init__(self, window: MainWindow, out: Path) -> None:
        self.window, self.out = window, out
        self.driver = Driver()
        self.taken: list[Path] = []
        self._opened: set[str] = set()

    def shoot(self, name: str, of: QWidget | None = None) -> None:
        """One picture of the window with what lies over it, or of another one, once all of it has its place."""
        for _ in range(3):
            self.driver.settle()
        path = self.out / f"{len(self.taken) + 1:03}-{name}.png"
        photograph(of or self.window).save(str(path))
        self.taken.append(path)

    def all(self) -> None:
        """Every page, every dialog of what is on it, menus of the window."""
        self.window.go_to_root()
        self.shoot("root")
        self.window.select(Selection(Place.CLUSTER))
        state = self.window.state
        for place in places(state):
            self.window.select(place)
            self._settled()
            self.shoot(place.place.value)
            self.dialogs(place)
        self.docks()
        for name in ("migration-wall", "planner"):
            before = set(QApplication.topLevelWidgets())
            self._open(name)
            new = [one for one in QApplication.topLevelWidgets() if one not in before and one.isVisible()]
            apart = next((one for one in new if not isinstance(one, QDialog)), None)
            self.shoot(name, apart)
            for one in new:
                one.close()

    def _open(self, name: str) -> None:
        if name == "planner":
            MigrationPlanner(self.window, self.window.workspace).show()
        else:
            self.window.show_dialog(name, self.window.selection)

    def _settled(self) -> None:
        page = self.window.page
        self.driver.wait(lambda: page.is_settled and self.window.is_settled, "the page")

    def dialogs(self, place: Selection) -> None:
        """Every dialog that the actions of a thing open, with all its tabs or pages."""
        for entry in entries(self.window.workspace, (place,)):
            choice = next((one for one in entry.choices if one.about is not None), None) if entry.choices else None
            found = dialog_of(entry, choice)
            if found is None or found[0] in ELSEWHERE | self._opened or not entry.verdict:
                continue
            self._opened.add(found[0])
            before = set(QApplication.topLevelWidgets())
            self.window.show_dialog(*found)
            new = [one for one in QApplication.topLevelWidgets() if one not in before and one.isVisible()]
            if new:
                self._inside(new[0] if isinstance(new[0], QDialog) else None, found[0])
            for one in new:
                one.close()
            self.driver.settle()

    def _inside(self, dialog: QDialog | None, name: str) -> None:
        if dialog is None:
            self.shoot(name)
            return
        self.driver.wait(lambda: not dialog.findChildren(Work), f"{name} to have read what it shows")
        self.shoot(name)
        for tabs in dialog.findChildren(QTabWidget):
            for number in range(1, tabs.count()):
                tabs.setCurrentIndex(number)
                self.shoot(f"{name}-tab{number + 1}")
        for number in range(2, PAGES_OF_WIZARDS):
            following = next((one for one in dialog.findChildren(QAbstractButton) if self._goes_on(one)), None)
            if following is None:
                return
            before = _shown(dialog)
            self._fill(dialog)
            following.click()
            self.driver.settle()
            if _shown(dialog) == before:
                return
            self.shoot(f"{name}-page{number}")

    @staticmethod
    def _fill(dialog: QDialog) -> None:
        """Give the page of a wizard what it asks for: a name, the first row that can be selected."""
        for line in dialog.findChildren(QLineEdit):
            if line.isVisible() and line.isEnabled() and not line.text() and not isinstance(line.parent(), QComboBox):
                line.setText(TYPED)
        for view in dialog.findChildren(QAbstractItemView):
            model = view.model()
            for row in range(model.rowCount() if view.isVisible() and model is not None else 0):
                index = model.index(row, 0)
                wanted = Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEnabled
                if index.flags() & wanted == wanted:
                    model.setData(index, Qt.CheckState.Checked.value, Qt.ItemDataRole.CheckStateRole)
                    break

    @staticmethod
    def _goes_on(button: QAbstractButton) -> bool:
        return button.isVisible() and button.isEnabled() and button.text().replace("&", "").startswith("Next")

    def docks(self) -> None:
        """The docks, one after the other, over the list of services."""
        self.window.select(Selection(Place.SERVICES))
        for name, dock in self.window.dock_widgets().items():
            dock.show()
            dock.raise_()
            self.shoot(f"dock-{name.casefold()}")
            dock.hide()

    def sheets(self) -> None:
        """The pictures, twelve on a sheet."""
        for first in range(0, len(self.taken), COLUMNS * ROWS):
            some = [QImage(str(path)) for path in self.taken[first : first + COLUMNS * ROWS]]
            some = [one.scaledToWidth(THUMBNAIL, Qt.TransformationMode.SmoothTransformation) for one in some]
            high = max(one.height() for one in some) + 4
            sheet = QImage(COLUMNS * (THUMBNAIL + 4), high * -(-len(some) // COLUMNS), QImage.Format.Format_RGB32)
            sheet.fill(QColor("magenta"))
            painter = QPainter(sheet)
            for number, one in enumerate(some):
                row, column = divmod(number, COLUMNS)
                painter.drawImage(QRect(column * (THUMBNAIL + 4), row * high, one.width(), one.height()), one)
            painter.end()
            sheet.save(str(self.out / f"sheet-{first // (COLUMNS * ROWS) + 1}.png"))


def _shown(dialog: QDialog) -> list[str]:
    """The texts of a dialog, by which a page is told from another."""
    return [label.text() for label in dialog.findChildren(QLabel) if label.isVisible() and len(label.text()) < 60]


def screen_of(width: int, height: int, folder: Path) -> str:
    """The platform of Qt with a screen that is as large as the window, so that dialogs fit into it as on a desk."""
    screen = {"name": "gallery", "x": 0, "y": 0, "width": width, "height": height, "logicalDpi": 96,
              "logicalBaseDpi": 96, "dpr": 1}  # fmt: skip
    (folder / "screen.json").write_text(json.dumps({"screens": [screen]}), encoding="utf-8")
    return f"offscreen:configfile={folder / 'screen.json'}"


def places(state: State) -> Iterator[Selection]:
    """Pages, and what is on them, the first and the last of each kind."""
    yield Selection(Place.CLUSTER)
    yield Selection(Place.SERVICES)
    for place, table in (
        (Place.MACHINE, state.machines),
        (Place.GROUP, {key: group for key, group in state.groups.items() if group.is_role}),
        (Place.NODE, state.nodes),
        (Place.VOLUME, state.shared_volumes),
        (Place.DISK, state.disks),
        (Place.NETWORK, state.networks),
        (Place.ADAPTER, state.adapters),
        (Place.RESOURCE, state.resources),
    ):
        yield from (Selection(place, identity) for identity in dict.fromkeys([*list(table)[:1], *list(table)[-1:]]))
    for place in (Place.NODES, Place.SHARED_VOLUMES, Place.STORAGE, Place.NETWORKS, Place.EVENTS, Place.MAP):
        yield Selection(place)


def main(words: list[str]) -> int:
    """Take the pictures; exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.ui.tour.gallery", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--size", default="1280x800")
    parser.add_argument("--scale", default="1")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--cluster", default=str(LONG_NAMES))
    given = parser.parse_args(words)
    given.out.mkdir(parents=True, exist_ok=True)
    os.environ["QT_QPA_PLATFORM"] = screen_of(*map(int, given.size.split("x")), given.out)
    os.environ["QT_SCALE_FACTOR"] = given.scale
    app = QApplication(sys.argv[:1])
    with own_folder("gallery"):
        theme.apply(app, theme.Scheme.DARK if given.dark else theme.Scheme.LIGHT)
        window = MainWindow(make_context())
        window.resize(*map(int, given.size.split("x")))
        window.show()
        gallery = Gallery(window, given.out)
        try:
            window.open(f"embedded:{given.cluster}")
            gallery.driver.wait(lambda: window.workspace is not None, "the cluster")
            machines = [one for one in window.state.machines.values() if one.is_highly_available]
            for machine in machines[:2]:
                to = next(node for node in window.state.nodes if node != machine.node)
                window.submit(cmd.LiveMigrate(machine.id, to))
            gallery.driver.wait(lambda: window.state.running_migrations(), "a migration")
            gallery.all()
        except DriverError as error:
            print(error, file=sys.stderr)
            return 1
        finally:
            window.close()
        gallery.sheets()
    print(f"{len(gallery.taken)} pictures in {given.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
