"""The map as a widget: what is selected, dragging a machine to a node, and the same by keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QPainter, QPalette, QPen
from PySide6.QtWidgets import QApplication, QSizePolicy, QToolTip, QWidget

from fcm.model.state import Change, Kind, State
from fcm.ui.look.plain import literal
from fcm.ui.map.layout import Level, lay_out
from fcm.ui.map.painting import Painting
from fcm.ui.map.scene import Residents, lanes_of, machine_words, node_words
from fcm.ui.map.verdict import Verdicts
from fcm.ui.widgets.dialog_parts import named
from fcm.workspace.selection import Place, Selection

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent, QResizeEvent

    from fcm.ui.desk import Desk
    from fcm.ui.map.layout import Layout
    from fcm.ui.map.verdict import Hint

_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
HELP = (
    "Drag a virtual machine to a node to live migrate it (with Shift: without a check first). By keyboard: Ctrl+arrow "
    "keys for nodes, arrow keys for virtual machines, Space to pick one up, arrow keys and Enter to drop it."
)


class MapCanvas(QWidget):
    """Nodes, machines, networks and migrations in one picture."""

    picked = Signal()
    """Another node or machine is selected."""
    opened = Signal(object)
    """Selection that is to be opened."""
    menu_wanted = Signal(QPoint)
    """A context menu of what is selected, at a global position."""
    dropped = Signal(str, str, bool)
    """Machine, node, and whether to start at once."""

    def __init__(self, window: Desk) -> None:
        super().__init__()
        self._window = window
        self._state = window.state
        named(self, "Map of the cluster", "clusterMap")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 160)
        self.residents = Residents()
        self.verdicts = Verdicts(self)
        self.verdicts.told.connect(self._hover_again)
        self._painting = Painting(self, self.residents)
        self._layout: Layout = lay_out((), (), 0, 240, 160, 12)
        self._current = Selection(Place.CLUSTER)
        self._pressed: tuple[QPointF, str] | None = None
        self._carried = ""
        """Id of the machine that is dragged or was picked up by keyboard."""
        self._over = ""
        """Node over which it is."""
        self._hint: Hint | None = None

    # What is shown

    @property
    def state(self) -> State:
        """Of the open cluster, as it was at the last change that was taken: that is what is painted until the next."""
        return self._state

    @property
    def places(self) -> Layout:
        """Where everything is."""
        return self._layout

    @property
    def current(self) -> Selection:
        """The node or machine that is selected; the cluster if none is."""
        return self._current

    @property
    def carried(self) -> str:
        """Id of the machine that hovers; "" if none does."""
        return self._carried

    @property
    def hint(self) -> Hint | None:
        """What the node under it says."""
        return self._hint

    @property
    def is_behind(self) -> bool:
        """Whether some nodes are still shown as they were: they had no time in the last frame."""
        return self._painting.is_behind

    def take(self, change: Change) -> None:
        """Show what a change touched."""
        self._state = self._window.state
        if not change.structural and change.kinds() <= {Kind.TELEMETRY}:
            if self.state.running_migrations():
                self.update()
            return
        most = self.residents.most
        looks_new = self.residents.update(self.state, change)
        if not self._current.exists(self.state):
            self._current = Selection(Place.CLUSTER)
            self.picked.emit()
        if self._carried and self._carried not in self.state.machines:
            self.put_back()
        if change.structural or most != self.residents.most:
            self._place()
        self._painting.forget(looks_new)
        self._hover_again()
        self._describe()
        self.update()

    def _place(self) -> None:
        state = self.state
        line = float(self.fontMetrics().height())
        layout = lay_out(
            tuple(state.nodes), tuple(lanes_of(state)), self.residents.most, self.width(), self.height(), line
        )
        if layout != self._layout:
            self._layout = layout
            self._painting.forget()

    def select(self, selection: Selection) -> None:
        """Select a node or a machine."""
        if selection != self._current:
            self._current = selection
            self._describe()
            self.update()
            self.picked.emit()

    def _describe(self) -> None:
        self.setAccessibleDescription(self.words())

    def words(self) -> str:
        """What is selected or carried, as a sentence."""
        state = self.state
        if self._carried and self._hint is not None:
            return self._hint.text.replace("\N{NO-BREAK SPACE}", " ")
        match self._current.place:
            case Place.MACHINE if self._current.id in state.machines:
                return machine_words(state, self._current.id, self._window.figures)
            case Place.NODE if self._current.id in state.nodes:
                return node_words(state, self._current.id)
            case _:
                return HELP

    def sizeHint(self) -> QSize:
        """Room for three nodes."""
        return QSize(820, 480)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Everything is placed anew."""
        super().resizeEvent(event)
        self._place()

    # What is where

    def node_at(self, place: QPointF) -> str:
        """The node under a point; "" between them."""
        return next((node for node, box in self._layout.boxes.items() if box.contains(place.x(), place.y())), "")

    def selection_at(self, place: QPointF) -> Selection:
        """The machine or node under a point, else the cluster."""
        node = self.node_at(place)
        if not node:
            return Selection(Place.CLUSTER)
        number = self._layout.tile_at(node, place.x(), place.y())
        machines = self.residents.on(node)
        if number is not None and number < len(machines):
            return Selection(Place.MACHINE, machines[number])
        return Selection(Place.NODE, node)

    def place_of(self, selection: Selection) -> QRectF:
        """Where a machine or node is; empty where it is not shown."""
        state = self.state
        if selection.place is Place.NODE and selection.id in self._layout.boxes:
            box = self._layout.boxes[selection.id]
        elif selection.place is Place.MACHINE and selection.id in state.machines:
            node = state.machines[selection.id].node
            machines = self.residents.on(node)
            if selection.id not in machines or self._layout.level is Level.COUNTS or node not in self._layout.boxes:
                return QRectF()
            box = self._layout.tile_place(node, machines.index(selection.id))
        else:
            return QRectF()
        return QRectF(box.left, box.top, box.width, box.height)

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select, and be ready to drag."""
        found = self.selection_at(event.position())
        self.select(found)
        if event.button() == Qt.MouseButton.LeftButton and found.place is Place.MACHINE:
            self._pressed = (event.position(), found.id)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag what was pressed."""
        if self._pressed is not None and not self._carried:
            start, machine = self._pressed
            if (event.position() - start).manhattanLength() >= QApplication.startDragDistance():
                self.pick_up(machine)
        if self._carried and self._pressed is not None:
            self.hover(self.node_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Drop it, or put it back."""
        self._pressed = None
        if self._carried and event.button() == Qt.MouseButton.LeftButton:
            self.drop(at_once=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open what is there."""
        self._pressed = None
        found = self.selection_at(event.position())
        if found.place is not Place.CLUSTER:
            self.opened.emit(found)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of what is selected; by keyboard beside it."""
        place = event.globalPos()
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            place = self.mapToGlobal(self.place_of(self._current).center().toPoint())
        self.menu_wanted.emit(place)

    # Carrying

    def pick_up(self, machine: str) -> None:
        """Carry a machine."""
        self._carried, self._over, self._hint = machine, "", None
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self._describe()
        self.update()

    def hover(self, node: str) -> None:
        """Hold it over a node ("": over none), which says what it thinks."""
        self._over = node
        self._hover_again()

    def _hover_again(self) -> None:
        workspace = self._window.workspace
        if not self._carried or workspace is None:
            return
        self._hint = self.verdicts.hint(workspace, self._carried, self._over) if self._over else None
        self._describe()
        self.update()

    def drop(self, *, at_once: bool) -> None:
        """Let go where it is: over a node that takes it, this asks for the live migration."""
        machine, node, hint = self._carried, self._over, self._hint
        self.put_back()
        if hint is not None and (hint.allowed or not at_once):
            self.dropped.emit(machine, node, at_once)

    def put_back(self) -> None:
        """Carry nothing."""
        self._carried, self._over, self._hint, self._pressed = "", "", None, None
        self.unsetCursor()
        self._describe()
        self.update()

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See HELP; Escape puts back what is carried."""
        key, shift = Qt.Key(event.key()), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        by_node = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if key in _ARROWS and self._layout.boxes:
            self._step(key, by_node)
        elif key == Qt.Key.Key_Escape and self._carried:
            self.put_back()
        elif key in _ENTER and self._carried:
            self.drop(at_once=shift)
        elif key in _ENTER and self._current.place is not Place.CLUSTER:
            self.opened.emit(self._current)
        elif key == Qt.Key.Key_Space and not self._carried and self._current.place is Place.MACHINE:
            self.pick_up(self._current.id)
        else:
            super().keyPressEvent(event)

    def _step(self, key: Qt.Key, by_node: bool) -> None:
        """Go to the next machine or node; with a machine in hand, to the node over which it is to be held."""
        nodes = list(self._layout.boxes)
        columns = self._layout.columns
        by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -columns, Qt.Key.Key_Down: columns}[key]
        state = self.state
        if self._carried:
            home = self._over or state.machines[self._carried].node
            self.hover(_next(nodes, home, by))
            return
        if self._current.place is Place.CLUSTER:
            self.select(Selection(Place.NODE, nodes[0]))
            return
        is_machine = self._current.place is Place.MACHINE
        node = state.machines[self._current.id].node if is_machine else self._current.id
        machines = list(self.residents.on(node))
        if by_node or not machines:
            self.select(Selection(Place.NODE, _next(nodes, node, by)))
        elif not is_machine:
            self.select(Selection(Place.MACHINE, machines[0]))
        else:
            across = 1
            while across < len(machines) and self._same_row(node, across):
                across += 1
            wide = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -across, Qt.Key.Key_Down: across}[key]
            self.select(Selection(Place.MACHINE, _next(machines, self._current.id, wide)))

    def _same_row(self, node: str, number: int) -> bool:
        first = self._layout.tile_place(node, 0)
        return self._layout.tile_place(node, number).top == first.top

    # Painting

    def event(self, event: QEvent) -> bool:
        """Tooltips say what is under the pointer."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            found = self.selection_at(QPointF(event.pos()))
            words = ""
            if found.place is Place.MACHINE:
                words = machine_words(self.state, found.id, self._window.figures)
            elif found.place is Place.NODE:
                words = node_words(self.state, found.id)
            QToolTip.showText(event.globalPos(), literal(words), self)
            return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        """Other colors, another font."""
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._painting.recolour()
            self._place()
        super().changeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Lanes, nodes, migrations, then what is selected and what is carried."""
        state, layout = self.state, self._layout
        painter = QPainter(self)
        self._painting.begin()
        self._painting.lanes(painter, state, layout, float(self.width()))
        for node in layout.boxes:
            self._painting.node(painter, state, layout, node)
        self._painting.traffic(painter, state, layout, self._window.figures)
        self._painting.lane_names(painter, state, layout, float(self.width()))
        accent = self.palette().color(QPalette.ColorRole.Accent)
        frame = self.place_of(self._current)
        if not frame.isEmpty():
            pen = QPen(accent, 2, Qt.PenStyle.SolidLine if self.hasFocus() else Qt.PenStyle.DotLine)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(frame.adjusted(-1, -1, 1, 1))
        if self._carried:
            self._paint_carried(painter)
        painter.end()
        if self._painting.is_behind:
            QTimer.singleShot(0, self, self.update)

    def _paint_carried(self, painter: QPainter) -> None:
        home = self.place_of(Selection(Place.MACHINE, self._carried))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Accent), 2, Qt.PenStyle.DashLine))
        if not home.isEmpty():
            painter.drawRect(home.adjusted(-1, -1, 1, 1))
        if self._hint is None or not self._over:
            return
        box = self.place_of(Selection(Place.NODE, self._over))
        metrics = painter.fontMetrics()
        width = min(max(box.width(), 300.0), self.width() - 8.0)
        wrap = int(Qt.TextFlag.TextWordWrap.value)
        text = metrics.boundingRect(0, 0, int(width) - 16, 10_000, wrap, self._hint.text)
        place = QRectF(box.left(), box.top() + metrics.height() + 6, width, text.height() + 12)
        place.moveRight(min(place.right(), self.width() - 4.0))
        place.moveBottom(min(place.bottom(), self.height() - 4.0))
        self._painting.verdict(painter, place, self._hint.text, self._hint.mood)


def _next(all_of: list[str], now: str, by: int) -> str:
    """The one that many further on; the same where there is none."""
    place = all_of.index(now) + by if now in all_of else 0
    return all_of[place] if 0 <= place < len(all_of) else now
