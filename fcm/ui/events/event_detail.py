"""The selected event in full: in words with its fields, or as XML; both can be copied."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QTabWidget, QToolButton, QWidget

from fcm.logs.event_xml import event_xml
from fcm.logs.evtx import NAMESPACE
from fcm.ui.events.event_table import short_source
from fcm.ui.look import format, icons

if TYPE_CHECKING:
    from fcm.logs.records import EventRecord


class EventDetail(QTabWidget):
    """Tabs General and XML, and a button that copies what is shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("event-detail-tabs")
        self.setAccessibleName("Details of the event")
        self.setDocumentMode(True)
        self.record: EventRecord | None = None
        self.general = _text("Selected event", "event-detail", "Select an event to read it in full.")
        self.xml = _text("Selected event as XML", "event-xml", "Select an event to see its XML.")
        self.xml.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.addTab(self.general, "General")
        self.addTab(self.xml, "XML")
        self.copy = QToolButton()
        self.copy.setObjectName("copy-event")
        self.copy.setAccessibleName("Copy event")
        self.copy.setText("Copy")
        self.copy.setToolTip("Copy the event as it is shown here")
        self.copy.setIcon(icons.icon("copy"))
        self.copy.setAutoRaise(True)
        self.copy.setToolButtonStyle(self.copy.toolButtonStyle().ToolButtonTextBesideIcon)
        self.copy.setEnabled(False)
        self.copy.clicked.connect(self._copy)
        self.setCornerWidget(self.copy)

    def show_record(self, record: EventRecord | None) -> None:
        """Show an event; None: none is selected."""
        if record == self.record:
            return
        self.record = record
        self.copy.setEnabled(record is not None)
        self.general.setPlainText("" if record is None else in_words(record))
        self.xml.setPlainText("" if record is None else pretty_xml(record))

    def _copy(self) -> None:
        shown = self.xml if self.currentWidget() is self.xml else self.general
        QGuiApplication.clipboard().setText(shown.toPlainText())


def _text(name: str, object_name: str, empty: str) -> QPlainTextEdit:
    made = QPlainTextEdit()
    made.setObjectName(object_name)
    made.setAccessibleName(name)
    made.setReadOnly(True)
    made.setTabChangesFocus(True)
    made.setPlaceholderText(empty)
    return made


def in_words(record: EventRecord) -> str:
    """Level, time, source and number; the text; then the fields."""
    head = (
        f"{record.level_name}, {format.date_time(record.time)}, {short_source(record.provider)}, Event ID {record.id}"
    )
    fields = (
        ("Time", f"{format.date_time(record.time)} local time, {format.iso_time(record.time)} in UTC"),
        ("Log", record.channel),
        ("Source", record.provider),
        ("Task category", record.task_name),
        ("Computer", record.computer),
        ("User", "SYSTEM" if record.user == "S-1-5-18" else record.user),
        ("Record", str(record.record_id)),
        *((name, value) for name, value in record.data if value != record.text),
    )
    lines = "\n".join(f"{name}: {value}" for name, value in fields)
    return f"{head}\n\n{record.text}\n\n{lines}"


def pretty_xml(record: EventRecord) -> str:
    """The event's XML with one element a line."""
    ET.register_namespace("", NAMESPACE)
    root = ET.fromstring(event_xml(record))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode")
