"""Cluster Events Filter: which events are wanted, as a form or as the XML of a structured query, both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontDatabase, QTextCursor
from PySide6.QtWidgets import QDialogButtonBox, QLineEdit, QPlainTextEdit, QPushButton, QTabWidget, QVBoxLayout, QWidget

from fcm.logs.queries.form import EventFilter, filter_of
from fcm.logs.queries.query import QueryError, parse_query
from fcm.ui.dialogs.frame import PlainDialog
from fcm.ui.events.event_filter_form import FilterForm
from fcm.ui.widgets.dialog_parts import Notice, PowerShellBox, named, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.ui.desk import Desk

_BY_HAND = "The form cannot show this query. Edit it on the XML tab."


class EventQueryDialog(PlainDialog):
    """The form writes the XML; XML that was typed fills the form as far as the form can say it."""

    chosen = Signal(object)
    """The XML of the query, once OK was pressed."""

    def __init__(self, window: Desk, xml: str) -> None:
        super().__init__(window, "Cluster Events Filter", "filter", QSize(680, 620))
        self.form = FilterForm(computers_of(window), self.workspace.events.logs, self.workspace.now())
        self.by_hand = Notice()
        self.anew = named(QPushButton("Start &again with the form"), "Start again with the form")
        self.anew.setAutoDefault(False)
        self.anew.clicked.connect(self._begin_anew)
        form_page = QWidget()
        form_page.setObjectName("form-page")
        column = QVBoxLayout(form_page)
        column.addWidget(self.by_hand)
        column.addWidget(self.anew, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.form, 1)
        self.xml = named(QPlainTextEdit(), "Query as XML")
        self.xml.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.xml.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.xml.setTabChangesFocus(True)
        xml_page = QWidget()
        xml_page.setObjectName("xml-page")
        column = QVBoxLayout(xml_page)
        column.addWidget(
            wrapped("A structured query, as used by Event Viewer and wevtutil. You can edit it here.", "quiet")
        )
        column.addWidget(self.xml, 1)
        self.tabs = named(QTabWidget(), "Query editor")
        self.tabs.addTab(form_page, "&Filter")
        self.tabs.addTab(xml_page, "&XML")
        self.notice = Notice()
        self.power_shell = PowerShellBox()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        for button in buttons.buttons():
            named(button, button.text().replace("&", ""))
        self.ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.ok.setDefault(True)
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        whole = QVBoxLayout(self)
        whole.addWidget(self.tabs, 1)
        whole.addWidget(self.notice)
        whole.addWidget(self.power_shell)
        whole.addWidget(buttons)
        self._writing = False
        self.form.changed.connect(self._form_changed)
        self.xml.textChanged.connect(self._xml_changed)
        self.xml.setPlainText(xml)
        self.form.period.setFocus()

    def _form_changed(self) -> None:
        if self._writing:
            return
        problem = self.form.problem()
        self._say(problem)
        if not problem:
            self._writing = True
            self.xml.setPlainText(self.form.filter().xml())
            self._writing = False
            self._show_power_shell()

    def _xml_changed(self) -> None:
        if self._writing:
            return
        text = self.xml.toPlainText()
        try:
            said = filter_of(text)
        except QueryError as error:
            self._say(error.placed)
            self._enable_form(None)
            return
        self._say("")
        self._enable_form(said if said is not None and self.form.can_say(said) else None)
        self._show_power_shell()

    def _enable_form(self, said: EventFilter | None) -> None:
        self.form.setEnabled(said is not None)
        self.by_hand.say("" if said is not None else _BY_HAND, "info")
        self.anew.setVisible(said is None)
        if said is not None:
            self._writing = True
            self.form.show_filter(said)
            self._writing = False

    def _begin_anew(self) -> None:
        self.xml.setPlainText(EventFilter().xml())
        self.form.period.setFocus()

    def _say(self, problem: str) -> None:
        self.notice.say(problem)
        self.ok.setEnabled(not problem)
        if problem:
            self.power_shell.show_text("")

    def _show_power_shell(self) -> None:
        text = " ".join(self.xml.toPlainText().split())
        self.power_shell.show_text(f"Get-ClusterEvent -FilterXml '{text.replace(chr(39), chr(39) * 2)}'")

    def _accept(self) -> None:
        text = self.xml.toPlainText()
        try:
            parse_query(text)
        except QueryError as error:
            self._say(error.placed)
            self._go_to(error)
            return
        self.chosen.emit(text)
        self.accept()

    def _go_to(self, error: QueryError) -> None:
        """Put the cursor where the fault is."""
        block = self.xml.document().findBlockByNumber(max(error.line - 1, 0))
        cursor = QTextCursor(block)
        cursor.setPosition(block.position() + min(max(error.column - 1, 0), max(block.length() - 1, 0)))
        self.tabs.setCurrentIndex(1)
        self.xml.setTextCursor(cursor)
        self.xml.setFocus()


class NameQueryDialog(PlainDialog):
    """A name for a query; what is wrong with it is said here and nothing typed is lost."""

    def __init__(self, window: Desk, title: str, name: str, use: Callable[[str], None]) -> None:
        super().__init__(window, title, "save", QSize(420, 150))
        self._use = use
        self.name = named(QLineEdit(name), "Name")
        self.name.selectAll()
        self.notice = Notice()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        for button in buttons.buttons():
            named(button, button.text().replace("&", ""))
        buttons.button(QDialogButtonBox.StandardButton.Ok).setDefault(True)
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(wrapped("Name of the query:"))
        column.addWidget(self.name)
        column.addWidget(self.notice)
        column.addStretch(1)
        column.addWidget(buttons)
        self.name.setFocus()

    def _accept(self) -> None:
        try:
            self._use(self.name.text())
        except ValueError as error:
            self.notice.say(str(error))
            return
        self.accept()


def computers_of(window: Desk) -> list[str]:
    """Names of the nodes as events have them."""
    state = window.state
    domain = state.cluster.domain if state.cluster else ""
    return [f"{node}.{domain}" if domain else node for node in state.nodes]
