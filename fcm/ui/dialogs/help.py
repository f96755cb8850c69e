"""Help: the topic of the place where the user is, and all others beside it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QTextBrowser,
    QVBoxLayout,
)

from fcm import resources
from fcm.model.rules.failing.assumed import FIGURES
from fcm.ui.dialogs.frame import PlainDialog
from fcm.ui.look import icons
from fcm.ui.widgets.dialog_parts import IDENTITY, named
from fcm.workspace.selection import Place

if TYPE_CHECKING:
    from fcm.ui.desk import Desk

FIGURES_HERE = "<!-- figures -->"
"""Where a topic has the figures of the simulation, so that it never tells others than are used."""
TOPICS = {
    "start": "Getting started",
    "guide": "The guide, step by step",
    "cluster": "The cluster",
    "services": "Services and applications",
    "machine": "A virtual machine",
    "migration": "Live migration",
    "nodes": "Nodes",
    "shared-volumes": "Cluster Shared Volumes",
    "storage": "Storage",
    "networks": "Networks",
    "map": "Map",
    "failures": "Failures",
    "pacemaker": "Failover by Pacemaker",
    "events": "Cluster events",
    "console": "Console and PowerShell",
    "keys": "Keyboard",
}
"""Files in resources/help and their titles, in the order of the list."""
_OF_PLACE = {
    Place.ROOT: "start",
    Place.CLUSTER: "cluster",
    Place.SERVICES: "services",
    Place.MACHINE: "machine",
    Place.GROUP: "services",
    Place.RESOURCE: "machine",
    Place.MIGRATION: "migration",
    Place.NODES: "nodes",
    Place.NODE: "nodes",
    Place.SHARED_VOLUMES: "shared-volumes",
    Place.VOLUME: "shared-volumes",
    Place.STORAGE: "storage",
    Place.DISK: "storage",
    Place.NETWORKS: "networks",
    Place.NETWORK: "networks",
    Place.ADAPTER: "networks",
    Place.EVENTS: "events",
    Place.MAP: "map",
    Place.FAULT: "failures",
}


def topic_of(place: Place) -> str:
    """The topic for a place."""
    return _OF_PLACE[place]


@cache
def topic_text(topic: str) -> str:
    """The Markdown of a topic, read once."""
    text = resources.path("help", f"{topic}.md").read_text(encoding="utf-8")
    return text.replace(FIGURES_HERE, _figures()) if FIGURES_HERE in text else text


def _figures() -> str:
    """The figures that the simulation of failures uses, as a table."""
    rows = (f"| {one.meaning} | {one.value:g} {one.unit} | {one.source} | `{name}` |" for name, one in FIGURES.items())
    return "\n".join(("| figure | value | source | key in [assumed] |", "|---|---|---|---|", *rows))


class HelpDialog(PlainDialog):
    """Topics on the left, the text on the right. It does not block the window: read and try side by side."""

    def __init__(self, window: Desk, place: Place) -> None:
        super().__init__(window, "Help", "help", QSize(820, 600))
        self.setWindowModality(Qt.WindowModality.NonModal)
        self.topics = named(QListWidget(), "Topics")
        for topic, title in TOPICS.items():
            item = QListWidgetItem(icons.icon("help"), title)
            item.setData(IDENTITY, topic)
            self.topics.addItem(item)
        self.text = named(QTextBrowser(), "Help text")
        self.text.setOpenLinks(False)
        self.text.anchorClicked.connect(self._follow)
        self.text.document().setDocumentMargin(16)
        self.topics.currentItemChanged.connect(lambda item, _: self._show(item))
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(self.topics)
        splitter.addWidget(self.text)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([210, 600])
        splitter.setChildrenCollapsible(False)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close = named(buttons.button(QDialogButtonBox.StandardButton.Close), "Close")
        close.setDefault(True)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(splitter, 1)
        column.addWidget(buttons)
        self.show_topic(topic_of(place))
        self.topics.setFocus()

    def show_topic(self, topic: str) -> None:
        """Go to a topic."""
        self.topics.setCurrentRow(list(TOPICS).index(topic))

    def _show(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.text.setMarkdown(topic_text(str(item.data(IDENTITY))))

    def _follow(self, url: QUrl) -> None:
        if url.scheme() == "https":
            QDesktopServices.openUrl(url)
        elif url.path() in TOPICS:
            self.show_topic(url.path())
