"""A name that looks like HTML is shown as a name, in every label, tooltip and question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLabel, QMessageBox, QToolTip

from fcm.ui.dialogs.help import HelpDialog
from fcm.ui.look.plain import Label, literal
from fcm.ui.widgets.dialog_parts import fact, wrapped
from fcm.ui.window.qactions import ask
from fcm.workspace.selection import Place, Selection
from tests.ui.by_hand import formed, machine
from tests.ui.by_hand import opened as opened_by_hand
from tests.ui.window_by_hand import window_of

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

EVIL = '<img src="//server/share/x.png"><a href="http://server/">web</a>'
OUR_OWN = {"Legend"}


@pytest.mark.parametrize("text", [EVIL, "<b>web</b>", "&lt;b&gt;", "<?xml version='1.0'?><b>", "x <table> y"])
def test_a_tooltip_shows_every_sign_of_a_text_and_is_none_of_html(qtbot: QtBot, text: str) -> None:
    label = QLabel(literal(text))
    qtbot.addWidget(label)
    assert label.textFormat() == Qt.TextFormat.AutoText
    assert literal(text).replace("\N{WORD JOINER}", "") == text
    # What Qt takes for HTML is as high as its layout, a name is one line of letters.
    alone = Label(text)
    qtbot.addWidget(alone)
    assert abs(label.sizeHint().height() - alone.sizeHint().height()) <= 1
    assert label.sizeHint().width() >= alone.sizeHint().width() - 2
    assert literal("Get-VM | Where { $_.Memory -lt 3 } < x") == "Get-VM | Where { $_.Memory -lt 3 } < x"


def test_labels_and_questions_have_plain_text(qtbot: QtBot) -> None:
    label = wrapped(EVIL)
    qtbot.addWidget(label)
    assert label.textFormat() == fact(EVIL).textFormat() == Qt.TextFormat.PlainText
    box = ask(label, f"Delete {EVIL}?", "Delete", lambda: None)
    assert isinstance(box, QMessageBox)
    assert box.textFormat() == Qt.TextFormat.PlainText
    box.close()
    assert not QToolTip.isVisible()


def test_no_label_of_a_window_with_such_a_machine_is_html(qtbot: QtBot, tmp_path: Path) -> None:
    workspace, _ = opened_by_hand(formed([machine(EVIL)]))
    shown = window_of(qtbot, tmp_path, workspace)
    identity = next(iter(workspace.state.machines))
    for place, name in ((Place.CLUSTER, ""), (Place.MACHINE, identity), (Place.NODE, "node1"), (Place.SERVICES, "")):
        shown.select(Selection(place, name))
        labels = [one for one in shown.findChildren(QLabel) if EVIL in one.text() or EVIL[:4] in one.toolTip()]
        for label in labels:
            assert label.textFormat() == Qt.TextFormat.PlainText
            assert literal(label.toolTip()) == label.toolTip()


def test_a_link_in_a_help_text_opens_the_web_by_https_and_topics_alone(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    workspace, _ = opened_by_hand(formed([machine("web")]))
    dialog = HelpDialog(window_of(qtbot, tmp_path, workspace), Place.CLUSTER)
    dialog.open()
    for link in (
        "file:///etc/passwd",
        "http://server/",
        "javascript:x",
        "smb://server/x",
        "https://learn.microsoft.com/",
    ):
        dialog.text.anchorClicked.emit(QUrl(link))
    assert opened == ["https://learn.microsoft.com/"]
    dialog.close()
