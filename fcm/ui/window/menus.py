"""Menu bar and toolbar of the window."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QToolBar

from fcm.ui.look import icons
from fcm.ui.look.plain import literal
from fcm.ui.look.theme import Scheme
from fcm.ui.widgets.context_key import add_context_key
from fcm.ui.window.qactions import emptied, fill_choices, fill_menu
from fcm.workspace.files.settings import ENGINE, JOINABLE, SCHEME

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fcm.ui.window.frame import Frame
    from fcm.ui.window.qactions import ChoiceEntry, Entry

_SCHEMES = (("&Light", Scheme.LIGHT, "light"), ("&Dark", Scheme.DARK, "dark"), ("Like the &system", Scheme.SYSTEM, ""))

_ENGINES = (
    ("&Automatic", "auto", "PowerShell if it is installed, else the built-in shell"),
    ("&PowerShell", "powershell", "PowerShell in a terminal, with the cmdlets of fcm"),
    ("&Built-in Shell", "built-in", "The shell of fcm, which needs no other program"),
)


class Menus:
    """Makes the QActions of the frame and keeps those whose state changes."""

    def __init__(self, window: Frame) -> None:
        self._window = window
        self._keys: list[QAction] = []
        self._found: tuple[tuple[Entry, ...], tuple[Entry, ...]] = ((), ())
        """The actions that the Action menu has."""
        self._elsewhere = {"Ctrl+O", "Ctrl+R"}
        """Shortcuts that the File menu has: the same entries of the Action menu only show them."""
        self.back = self._action("&Back", "back", "Alt+Left", window.go_back)
        self.forward = self._action("&Forward", "forward", "Alt+Right", window.go_forward)
        self.up = self._action("&Up One Level", "up", "Backspace", window.go_up)
        self.tree = self._toggle("Console &Tree", "console-tree", "", window.show_tree)
        self.actions = self._toggle("&Actions Pane", "actions-pane", "", window.show_actions)
        self.properties = self._action("&Properties", "properties", "", window.open_properties)
        self.export = self._action("&Export List...", "export", "Ctrl+E", window.export_list)
        self.refresh = self._action("&Refresh", "refresh", "", window.refresh)
        self.find = self._action("F&ind in the List", "find", "Ctrl+F", window.find_in_list)
        self.help = self._action("&Help Topics", "help", "", lambda: window.show_dialog("help", window.selection))
        self._fill_file()
        self.action_menu = self._menu("&Action")
        self._fill_view()
        self._fill_tools()
        self._fill_help()
        self._fill_toolbar()
        add_context_key(window)

    def _menu(self, title: str) -> QMenu:
        menu = self._window.menuBar().addMenu(title)
        menu.setObjectName(title.replace("&", "").casefold())
        menu.setToolTipsVisible(True)
        return menu

    def _action(self, label: str, icon: str, keys: str, callback: Callable[[], object]) -> QAction:
        action = QAction(label, self._window)
        action.setObjectName(label.replace("&", "").replace("...", "").replace(" ", "-").casefold())
        if icon:
            action.setIcon(icons.icon(icon))
        if keys:
            action.setShortcut(QKeySequence(keys))
        action.triggered.connect(lambda: callback())
        return action

    def _toggle(self, label: str, icon: str, keys: str, callback: Callable[[bool], None]) -> QAction:
        action = self._action(label, icon, keys, lambda: None)
        action.setCheckable(True)
        action.setChecked(True)
        action.toggled.connect(callback)
        return action

    def _fill_file(self) -> None:
        window, menu = self._window, self._menu("&File")

        def dialog(name: str) -> Callable[[], object]:
            return lambda: window.show_dialog(name, window.selection)

        menu.addAction(self._action("&Manage a Cluster...", "manage-cluster", "Ctrl+O", dialog("manage-cluster")))
        menu.addAction(self._action("&Create a Cluster...", "create-cluster", "", dialog("create-cluster")))
        menu.addAction(self._action("Open &Recording...", "open-recording", "Ctrl+R", dialog("open-recording")))
        menu.addSeparator()
        menu.addAction(self.export)
        self.close = self._action("C&lose Connection", "close-connection", "", window.close_connection)
        menu.addAction(self.close)
        menu.addSeparator()
        menu.addAction(self._action("E&xit", "", "Ctrl+Q", window.leave))

    def _fill_view(self) -> None:
        window, menu = self._window, self._menu("&View")
        for action in (self.back, self.forward, self.up):
            menu.addAction(action)
        menu.addSeparator()
        menu.addAction(self.tree)
        menu.addAction(self.actions)
        docks = (("Console", "Ctrl+`"), ("Events", "Ctrl+1"), ("Migrations", "Ctrl+2"), ("Learn", "Ctrl+4"))
        for name, keys in docks:
            toggle = window.dock_widgets()[name].toggleViewAction()
            toggle.setText(f"&{name}")
            toggle.setIcon(icons.icon(name.casefold()))
            toggle.setShortcut(QKeySequence(keys))
            menu.addAction(toggle)
        self.wall = self._action(
            "Migration &Wall", "wall", "Ctrl+3", lambda: window.show_dialog("migration-wall", window.selection)
        )
        menu.addAction(self.wall)
        menu.addSeparator()
        colours = menu.addMenu("C&olors")
        colours.setObjectName("colours")
        group = QActionGroup(window)
        for label, scheme, icon in _SCHEMES:
            choice = self._action(label, icon, "", partial(window.set_scheme, scheme))
            choice.setCheckable(True)
            choice.setChecked(window.context.settings.get(SCHEME) == scheme.value)
            group.addAction(choice)
            colours.addAction(choice)
        self.columns = menu.addMenu("Column&s")
        self.columns.setObjectName("columns")
        self.columns.aboutToShow.connect(self._fill_columns)
        menu.addAction(self._action("Reset La&yout", "layout", "", window.reset_layout))
        menu.addSeparator()
        menu.addAction(self.find)
        menu.addAction(self.refresh)
        for label, keys, step in (("&Next Pane", "F6", 1), ("&Previous Pane", "Shift+F6", -1)):
            menu.addAction(self._action(label, "", keys, partial(window.next_pane, step)))

    def show_actions(
        self, own: Sequence[Entry], container: Sequence[Entry], perform: Callable[[Entry, ChoiceEntry | None], None]
    ) -> None:
        """Fill the Action menu: the selected item's actions, then the container's; a shortcut is the item's.

        Does nothing where it has these already: most of what changes in a cluster changes no action.
        """
        found = (tuple(own), tuple(container))
        if found == self._found:
            return
        self._found = found
        taken = {entry.action.shortcut for entry in own if entry.action.shortcut}
        emptied(self.action_menu)
        fill_menu(self.action_menu, own, perform)
        if own:
            self.action_menu.addSeparator()
        rest = [entry for entry in container if not entry.action.shortcut or entry.action.shortcut not in taken]
        fill_menu(self.action_menu, rest, perform)
        self._window.copy_as.attach(self.action_menu, (*own, *rest))
        for action in self.action_menu.actions():
            if action.shortcut().toString() in self._elsewhere:
                action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self._give_submenus_keys((*own, *rest), perform)

    def _give_submenus_keys(self, found: Sequence[Entry], perform: Callable[[Entry, ChoiceEntry | None], None]) -> None:
        """The shortcut of an action with choices opens them as a menu in the middle of the page."""
        for action in self._keys:
            self._window.removeAction(action)
            action.deleteLater()
        self._keys = []
        for entry in found:
            if not (entry.choices and entry.action.shortcut and entry.verdict):
                continue
            action = QAction(entry.label, self._window)
            action.setShortcut(QKeySequence(entry.action.shortcut))
            action.triggered.connect(partial(self._pop_up, entry, perform))
            self._window.addAction(action)
            self._keys.append(action)

    def _pop_up(self, entry: Entry, perform: Callable[[Entry, ChoiceEntry | None], None]) -> None:
        menu = QMenu(self._window)
        menu.setObjectName(f"{entry.action.id}-choices")
        menu.setAccessibleName(entry.label)
        fill_choices(menu, entry, perform, at_once=True)
        self._window.copy_as.attach(menu)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._window.stack.mapToGlobal(self._window.stack.rect().center()))
        menu.setActiveAction(next((a for a in menu.actions() if a.isEnabled()), menu.actions()[0]))

    def _fill_columns(self) -> None:
        self.columns.clear()
        table = self._window.current_table()
        if table is not None:
            table.add_column_choices(self.columns)
        else:
            self.columns.addAction("This page has no list.").setEnabled(False)

    def _fill_tools(self) -> None:
        menu = self._menu("&Tools")
        menu.addAction(self._action("&Migration Planner...", "planner", "Ctrl+P", self._open_planner))
        menu.addSeparator()
        joins = self._toggle("Let &PowerShell Join", "", "", self._window.joins_allowed.emit)
        joins.setChecked(self._window.context.settings.get(JOINABLE))
        joins.setToolTip(literal("fcm powershell of this user acts on the clusters that are open in this window"))
        menu.addAction(joins)
        engines = menu.addMenu("&Console Runs Commands With")
        engines.setObjectName("engines")
        group = QActionGroup(self._window)
        for label, engine, tip in _ENGINES:
            choice = self._action(label, "", "", partial(self._window.engine_chosen.emit, engine))
            choice.setCheckable(True)
            choice.setChecked(self._window.context.settings.get(ENGINE) == engine)
            choice.setToolTip(literal(tip))
            group.addAction(choice)
            engines.addAction(choice)

    def _open_planner(self) -> None:
        from fcm.ui.migration import MigrationPlanner

        MigrationPlanner(self._window, self._window.workspace).show()

    def _fill_help(self) -> None:
        window, menu = self._window, self._menu("&Help")
        menu.addAction(self.help)
        menu.addAction(self._action("&About", "app", "", lambda: window.show_dialog("about", window.selection)))

    def _fill_toolbar(self) -> None:
        bar = QToolBar("Standard", self._window)
        bar.setObjectName("toolbar")
        bar.setAccessibleName("Toolbar")
        bar.setMovable(False)
        bar.setIconSize(QSize(16, 16))
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        groups = (
            (self.back, self.forward, self.up),
            (self.tree,),
            (self.refresh, self.properties, self.export),
            (self.help,),
            (self.actions,),
        )
        for group in groups:
            for action in group:
                bar.addAction(action)
                button = bar.widgetForAction(action)
                name = action.text().replace("&", "").replace("...", "")
                if action in (self.tree, self.actions):
                    name = f"Show or Hide {name}"
                button.setObjectName(f"toolbar-{action.objectName()}")
                button.setAccessibleName(name)
                keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
                button.setToolTip(literal(f"{name} ({keys})" if keys else name))
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            if group is not groups[-1]:
                bar.addSeparator()
        self._window.addToolBar(bar)
