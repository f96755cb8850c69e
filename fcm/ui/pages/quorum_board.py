"""The quorum board of the cluster page, and the bar that says what a stopped cluster lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from fcm.ui.look import appearance
from fcm.ui.look.plain import Label
from fcm.ui.tables.table_model import Column, TableModel
from fcm.ui.tables.table_view import TableView
from fcm.ui.widgets.page_parts import Link, Picture, heading
from fcm.ui.window.qactions import entry_for, fill_choices
from fcm.workspace.actions.catalog import BY_ID
from fcm.workspace.quorum_board import WITNESS, Board, Voter, quorum_board
from fcm.workspace.selection import Place, Selection

if TYPE_CHECKING:
    from fcm.model.state import State
    from fcm.ui.desk import Desk

_SERVICES = "Services and applications that the node owns. If it is lost, they restart elsewhere."
_HEARS = "Other nodes that a node hears, and nodes that see the witness, as far as the cluster has noticed."
_ROWS = 10
"""Voters that are shown without scrolling."""


def _line() -> Label:
    """A sentence that breaks its lines and can be copied."""
    label = Label()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    label.setSizePolicy(policy)
    return label


class QuorumBoard(QWidget):
    """Heading, what the cluster survives, and one row for each voter."""

    def __init__(self, window: Desk) -> None:
        super().__init__()
        self.setObjectName("quorum-board")
        self.setAccessibleName("Quorum")
        self._frame = window
        self._voters: dict[str, Voter] = {}
        self._shown_for: tuple[object, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(heading("Quorum"))
        row = QHBoxLayout()
        row.setSpacing(6)
        self._picture = Picture("pass")
        row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        self.sentence = _line()
        self.sentence.setObjectName("quorum-sentence")
        row.addWidget(self.sentence, 1)
        column.addLayout(row)
        self.voters = TableView("Votes", self._model(), window.context.settings)
        self.voters.opened.connect(self._open)
        self.voters.menu_wanted.connect(self._menu)
        column.addWidget(self.voters)

    def show_state(self, state: State) -> None:
        """Draw it anew if something that it shows has changed."""
        parts = (state.cluster, state.nodes, state.adapters, state.networks, state.disks, state.groups, state.faults)
        if len(parts) == len(self._shown_for) and all(a is b for a, b in zip(parts, self._shown_for, strict=True)):
            return
        self._shown_for = parts
        board = quorum_board(state)
        self._voters = {voter.id: voter for voter in board.voters}
        self._say(board)
        self.voters.table.set_ids(self._voters)
        self.voters.table.touch()
        rows = min(len(self._voters), _ROWS)
        header, frame = self.voters.horizontalHeader().sizeHint().height(), 2 * self.voters.frameWidth()
        self.voters.setFixedHeight(header + frame + rows * self.voters.verticalHeader().defaultSectionSize())

    def _say(self, board: Board) -> None:
        self._picture.say(board.level)
        self.sentence.setText(board.sentence)
        self.sentence.setAccessibleName(board.sentence)

    def _model(self) -> TableModel:
        def icon(identity: str) -> str:
            node = self._frame.state.nodes.get(identity)
            return "disk-witness" if node is None else appearance.node_icon(node)

        return TableModel(
            (
                Column("Voter", lambda i: self._voters[i].name, 130, icon=icon),
                Column("Vote", lambda i: self._voters[i].vote_words, 60, hint="1: it has a vote now. 0: it has none."),
                Column("Status", lambda i: self._voters[i].state, 80),
                Column("Hears", lambda i: self._voters[i].hears, 150, hint=_HEARS, gives=True),
                Column("Services", self._services, 66, numeric=True, hint=_SERVICES, sort=self._count),
                Column(
                    "If it is lost",
                    lambda i: self._voters[i].if_lost,
                    200,
                    icon=self._loss_icon,
                    tooltip=self._loss_words,
                    hint="Votes that would be left.",
                ),
            )
        )

    def _count(self, identity: str) -> int:
        return -1 if identity == WITNESS else self._voters[identity].services

    def _services(self, identity: str) -> str:
        return "" if identity == WITNESS else str(self._voters[identity].services)

    def _loss_words(self, identity: str) -> str:
        voter = self._voters[identity]
        if not voter.if_lost:
            return ""
        return f"The cluster would {'stop' if voter.stops else 'continue'} with {voter.left.in_words}."

    def _loss_icon(self, identity: str) -> str:
        voter = self._voters[identity]
        if not voter.if_lost:
            return ""
        return "fail" if voter.stops else "pass"

    def _open(self, identity: str) -> None:
        if identity != WITNESS:
            self._frame.select(Selection(Place.NODE, identity))

    def _menu(self, place: QPoint) -> None:
        nodes = tuple(Selection(Place.NODE, one) for one in self.voters.selected_ids() if one != WITNESS)
        self._frame.show_context_menu(nodes or (Selection(Place.CLUSTER),), place)


class StoppedBar(QFrame):
    """Why the cluster does not run and what would help; hidden while it runs."""

    def __init__(self, window: Desk) -> None:
        super().__init__()
        self._frame = window
        self.setObjectName("stopped")
        self.setProperty("role", "strip")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        column.setSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(Picture("level-error"), 0, Qt.AlignmentFlag.AlignTop)
        self.sentence = _line()
        self.sentence.setObjectName("stopped-sentence")
        row.addWidget(self.sentence, 1)
        column.addLayout(row)
        links = QHBoxLayout()
        links.setContentsMargins(22, 0, 0, 0)
        links.setSpacing(16)
        start, force = BY_ID["start-cluster"], BY_ID["force-cluster-start"]
        self.start = Link(start.label, start.icon, self._start)
        self.force = Link(f"{force.label}...", force.icon, self._force)
        links.addWidget(self.start)
        links.addWidget(self.force)
        links.addStretch(1)
        column.addLayout(links)
        self.hide()

    def say(self, text: str) -> None:
        """What is missing; "" hides the bar."""
        self.setVisible(bool(text))
        if text != self.sentence.text():
            self.sentence.setText(text)
            self.sentence.setAccessibleName(text)
            self.setAccessibleName(text)
        if text:
            for link, name in ((self.start, "start-cluster"), (self.force, "force-cluster-start")):
                link.allow(entry_for(self._frame.workspace, BY_ID[name], Selection(Place.CLUSTER)).reason)

    def _start(self) -> None:
        self._frame.perform(entry_for(self._frame.workspace, BY_ID["start-cluster"], Selection(Place.CLUSTER)))

    def _force(self) -> None:
        menu = QMenu(self)
        menu.setObjectName("force-choices")
        menu.setAccessibleName("Force Cluster Start")
        entry = entry_for(self._frame.workspace, BY_ID["force-cluster-start"], Selection(Place.CLUSTER))
        fill_choices(menu, entry, self._frame.perform, at_once=True)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.force.mapToGlobal(QPoint(0, self.force.height())))
