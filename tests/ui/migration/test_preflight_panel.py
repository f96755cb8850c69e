from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtWidgets import QLabel

from fcm.model.entities import MIB
from fcm.model.migrations import MigrationOptions
from fcm.ui.migration import PreflightPanel
from tests.ui.by_hand import formed, machine, opened
from tests.ui.parts import is_idle, text_of

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.fixture
def panel(qtbot: QtBot) -> PreflightPanel:
    made = PreflightPanel()
    qtbot.addWidget(made)
    made.resize(600, 400)
    made.show()
    return made


def show(panel: PreflightPanel, to: str = "node2", options: MigrationOptions | None = None, **about: Any) -> None:
    vm = machine("SQL1", **{"memory": 256 * MIB, "workload": "web-server", **about})
    workspace, _ = opened(formed([vm]))
    panel.show_plan(workspace, vm.id, to, options)


def test_every_check_is_a_line_with_its_finding(panel: PreflightPanel, qtbot: QtBot) -> None:
    show(panel)
    names = [check.name for check in panel.checks]
    assert names[:3] == ["Virtual machine", "Destination", "Possible owner"]
    assert names[-1] == "Convergence"
    shown = {label.accessibleName() for label in panel.findChildren(QLabel)}
    assert set(names) <= shown
    qtbot.waitUntil(lambda: is_idle(panel))


def test_convergence_is_judged_beside_the_window(panel: PreflightPanel, qtbot: QtBot) -> None:
    show(panel)
    assert text_of(panel, "Result of the checks") == "All checks passed so far."
    qtbot.waitUntil(lambda: panel.checks[-1].level == "pass")
    assert text_of(panel, "Result of the checks") == "All checks passed."
    assert panel.checks[-1].text.startswith("Expected to finish in about")


def test_a_guest_that_will_not_converge_is_a_warning_not_a_refusal(
    panel: PreflightPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fcm.workspace.planning.preflight.MEMBERS", 1)
    show(panel, options=MigrationOptions(bandwidth=8_000_000), workload="web-server")
    qtbot.waitUntil(lambda: panel.checks[-1].level == "warn")
    assert text_of(panel, "Result of the checks") == "Possible, with 1 warning."


def test_a_failed_check_has_its_remedy_under_it(panel: PreflightPanel, qtbot: QtBot) -> None:
    show(panel, media="C:\\ISO\\setup.iso")
    qtbot.waitUntil(lambda: is_idle(panel))
    texts = [label.text() for label in panel.findChildren(QLabel)]
    assert "Set the DVD drive of the machine to None." in texts
    assert text_of(panel, "Result of the checks").startswith("Not possible now: 1 of")


def test_a_machine_that_cannot_move_at_all_is_not_judged(panel: PreflightPanel) -> None:
    show(panel, clustered=False)
    assert is_idle(panel)
    assert [check.name for check in panel.checks] == ["Virtual machine"]


def test_a_machine_that_is_gone_is_told(panel: PreflightPanel) -> None:
    workspace, _ = opened(formed([]))
    panel.show_plan(workspace, "vm-gone", "node2")
    assert panel.checks[0].text == "The virtual machine no longer exists."


def test_a_newer_plan_replaces_the_older_judgement(panel: PreflightPanel, qtbot: QtBot) -> None:
    vm = machine("SQL1", memory=256 * MIB, workload="web-server")
    workspace, _ = opened(formed([vm]))
    panel.show_plan(workspace, vm.id, "node2")
    panel.show_plan(workspace, vm.id, "node1")
    assert is_idle(panel)
    assert panel.checks[-1].text == "SQL1 is already on node1."
