"""Commands on the Nodes: what was run for a command, with its answer; nothing secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QPlainTextEdit, QTreeWidget

from fcm.backend.pacemaker.remote.recent_commands import RecentCommands, RecordingShell
from fcm.backend.pacemaker.remote.shells import Answer, NodeUnreachableError
from fcm.ui.dialogs.node_commands import NodeCommandsDialog
from fcm.ui.tour.driver import Driver
from fcm.ui.window.qactions import entries
from fcm.workspace.selection import Place, Selection
from tests.ui.pacemaker_by_hand import PacemakerByHand, opened
from tests.ui.window_by_hand import named, window_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pytest
    from pytestqt.qtbot import QtBot

    from fcm.backend.base import NodeCommand

DRIVER = Driver()


class Shell:
    """A node that answers as it is told."""

    node = "node1"

    def __init__(self) -> None:
        self.answers: list[Answer] = []

    def run(self, script: str, *, stdin: bytes = b"", limit: float = 10.0) -> Answer:
        if not self.answers:
            raise NodeUnreachableError("node1 is off.")
        return self.answers.pop(0)

    def close(self) -> None:
        """Nothing is open."""


def recent_commands() -> RecentCommands:
    kept, shell = RecentCommands(), Shell()
    told = RecordingShell(shell, kept)
    shell.answers = [Answer(0, "fine"), Answer(1, "", "passwd=abc is wrong"), Answer(0, ""), Answer(0, "at last")]
    told.run("crm_attribute -n standby -v on", stdin=b"a secret")
    told.run("# why\nfence_x --passwd=abc")
    told.run("crm_mon -1")
    told.run("crm_mon -1")
    try:
        told.run("crm_resource -C")
    except NodeUnreachableError:
        return kept
    raise AssertionError


def test_what_was_run_is_kept_with_its_answer_and_the_same_again_counts_as_one() -> None:
    kept = recent_commands().all()
    assert [(one.node, one.script, one.code, one.times) for one in kept] == [
        ("node1", "crm_attribute -n standby -v on", 0, 1),
        ("node1", "# why\nfence_x --passwd=(hidden)", 1, 1),
        ("node1", "crm_mon -1", 0, 2),
        ("node1", "crm_resource -C", None, 1),
    ]
    assert [one.said for one in kept] == ["fine", "passwd=(hidden) is wrong", "at last", "node1 is off."]
    assert "a secret" not in repr(kept)


def test_the_window_shows_them_newest_first_with_the_whole_text_of_one(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands = recent_commands().all()

    def node_log(self: PacemakerByHand, node: str, since: float | None) -> Sequence[str]:
        return ()

    def node_commands(self: PacemakerByHand) -> Sequence[NodeCommand]:
        return commands

    monkeypatch.setattr(PacemakerByHand, "node_log", node_log, raising=False)
    monkeypatch.setattr(PacemakerByHand, "node_commands", node_commands, raising=False)
    shown = window_of(qtbot, tmp_path, opened()[0])
    place = Selection(Place.CLUSTER)
    entry = next(one for one in entries(shown.workspace, (place,)) if one.action.id == "node-commands")
    shown.perform(entry)
    dialog = DRIVER.wait(lambda: shown.findChild(NodeCommandsDialog), "the dialog")
    assert isinstance(dialog, NodeCommandsDialog)
    tree = named(dialog, "Commands on the nodes", QTreeWidget)
    rows = [[tree.topLevelItem(row).text(column) for column in (1, 2, 4)] for row in range(tree.topLevelItemCount())]
    assert rows == [
        ["node1", "no answer", "crm_resource -C"],
        ["node1", "carried out", "crm_mon -1"],
        ["node1", "code 1", "fence_x --passwd=(hidden)"],
        ["node1", "carried out", "crm_attribute -n standby -v on"],
    ]
    DRIVER.click_row("Commands on the nodes", tree.topLevelItem(1).text(0))
    text = named(dialog, "Command and answer", QPlainTextEdit).toPlainText()
    assert text in (
        "# node1: no answer\ncrm_resource -C\n# node1 is off.",
        "# node1: carried out, run 2 times\ncrm_mon -1\n# at last",
    )
    dialog.close()
