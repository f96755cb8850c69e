from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from fcm.migration.judging.fitting import DirtySample
from fcm.model.entities import GIB, MIB
from fcm.ui.migration import MigrationPlanner
from fcm.ui.migration.guests import Guest
from fcm.ui.migration.sliders import WideSlider
from fcm.ui.widgets.background import Work
from tests.ui.parts import part

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.unit.embedded.desk import Desk


@pytest.fixture
def planner(qtbot: QtBot) -> MigrationPlanner:
    made = MigrationPlanner()
    qtbot.addWidget(made)
    with qtbot.waitSignal(made.plot.loaded):
        made.show()
    settle(qtbot, made)
    return made


def settle(qtbot: QtBot, planner: MigrationPlanner) -> None:
    qtbot.waitUntil(lambda: all(panel.is_settled for panel in planner.panels))


def test_two_scenarios_are_judged_side_by_side(planner: MigrationPlanner) -> None:
    assert [panel.text().split()[0] for panel in planner.panels] == ["Expected", "Expected"]
    assert part(planner.plot, QLabel, "legend").toolTip() == "Scenario A, Scenario B"


def test_the_verdict_follows_a_slider(planner: MigrationPlanner, qtbot: QtBot) -> None:
    first = planner.panels[0]
    first.sliders["dirty_rate"].set_amount(2.0 * GIB)
    settle(qtbot, planner)
    assert first.text().startswith("Does not converge: the guest writes")
    assert planner.panels[1].text().startswith("Expected")


def test_the_curve_follows_before_the_engine_has_spoken_and_says_what_is_still_computed(
    planner: MigrationPlanner, qtbot: QtBot
) -> None:
    first = planner.panels[0]
    before = planner.plot.traces[0][1]
    with qtbot.waitSignal(first.worked_out):
        qtbot.keyClick(first.sliders["dirty_rate"], Qt.Key.Key_Right)
    assert planner.plot.traces[0][1] is not before
    assert "being computed" in first.details()
    settle(qtbot, planner)
    assert first.details().startswith("80 % range: ")


def test_a_migration_that_does_not_end_is_told_what_would_help_by_the_engine(
    planner: MigrationPlanner, qtbot: QtBot
) -> None:
    first = planner.panels[0]
    first.sliders["dirty_rate"].set_amount(2.0 * GIB)
    settle(qtbot, planner)
    assert first.details().startswith("It would converge with a downtime limit of")
    assert first.details().endswith("post-copy.")


def test_a_slider_that_moves_again_makes_the_engine_drop_its_work(
    planner: MigrationPlanner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = planner.panels[0]
    begun: list[Work] = []
    monkeypatch.setattr("fcm.ui.migration.planner.Work", lambda *of: begun.append(Work(*of)) or begun[-1])
    first.sliders["memory"].set_amount(512.0 * GIB)
    qtbot.waitUntil(lambda: bool(begun))
    first.sliders["memory"].set_amount(1.0 * GIB)
    settle(qtbot, planner)
    assert first.outcome is not None
    assert first.outcome.scenario.memory == first.scenario().memory
    assert first.outcome.details != ""


def test_of_wishes_that_come_faster_than_verdicts_the_newest_is_kept(planner: MigrationPlanner, qtbot: QtBot) -> None:
    first = planner.panels[0]
    for value in (512 * MIB, GIB, 2 * GIB):
        first.sliders["memory"].set_amount(value)
    settle(qtbot, planner)
    assert first.outcome is not None
    assert first.outcome.scenario == first.scenario()


def test_the_working_set_is_never_more_than_the_memory(planner: MigrationPlanner, qtbot: QtBot) -> None:
    first = planner.panels[0]
    first.sliders["memory"].set_amount(GIB)
    first.sliders["working_set"].set_amount(8 * GIB)
    settle(qtbot, planner)
    assert first.scenario().working_set == first.scenario().memory


def test_a_preset_brings_its_own_rule(planner: MigrationPlanner, qtbot: QtBot) -> None:
    first = planner.panels[0]
    first.sliders["dirty_rate"].set_amount(2.0 * GIB)
    first.preset.setCurrentIndex(first.preset.findData("hyperv"))
    settle(qtbot, planner)
    assert first.text().startswith("Expected to finish in")
    assert "10 passes" in first.text()


def test_a_slider_moves_by_key_and_tells_its_value(qtbot: QtBot) -> None:
    slider = WideSlider("Memory", 256 * MIB, 512 * GIB, 240, lambda value: f"{value / GIB:g} GiB", (MIB, GIB))
    qtbot.addWidget(slider)
    qtbot.addWidget(slider.label)
    slider.set_amount(4 * GIB)
    assert slider.label.text() == "4 GiB"
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert slider.amount() > 4 * GIB
    assert slider.accessibleDescription() == slider.label.text()
    slider.set_amount(10**15)
    assert slider.amount() == 510 * GIB


def test_the_lowest_step_can_mean_nothing_at_all(qtbot: QtBot) -> None:
    slider = WideSlider("Dirty rate", MIB, GIB, 100, str, (MIB,), zero=True)
    qtbot.addWidget(slider)
    qtbot.addWidget(slider.label)
    slider.set_amount(0.0)
    assert slider.amount() == 0.0


def test_a_scenario_says_what_it_reckons_with_and_reaches_terabytes(planner: MigrationPlanner, qtbot: QtBot) -> None:
    first = planner.panels[0]
    first.sliders["memory"].set_amount(12288.0 * GIB)
    first.sliders["bandwidth"].set_amount(100e9)
    first.sliders["dirty_rate"].set_amount(0.0)
    settle(qtbot, planner)
    assert first.text().replace("\N{NO-BREAK SPACE}", " ").startswith("Expected to finish in 2 min")
    for words in ("800 Gbit/s (given)", "last copy at the same bandwidth (assumed)", "QEMU 7.2", "300 ms (given)"):
        assert words in first.reckoned_with()


def test_a_guest_whose_writing_is_known_or_measured_takes_the_place_of_what_is_assumed(
    qtbot: QtBot, desk: Desk
) -> None:
    machine = next(one for one in desk.workspace.state.machines.values() if one.name == "SQL01")
    made = MigrationPlanner(None, desk.workspace)
    qtbot.addWidget(made)
    with qtbot.waitSignal(made.plot.loaded):
        made.show()
    settle(qtbot, made)
    first = made.panels[0]
    assert first.guest.currentText() == "As the sliders say (assumed)"
    number = first.guest.findText("SQL01 (known workload)")
    assert number > 0
    first.guest.setFocus()
    for _ in range(number):
        qtbot.keyClick(first.guest, Qt.Key.Key_Down)
    settle(qtbot, made)
    scenario = first.scenario()
    assert scenario.writes is not None
    assert scenario.memory == machine.memory
    assert scenario.workload == scenario.writes
    first.sliders["dirty_rate"].setFocus()
    qtbot.keyClick(first.sliders["dirty_rate"], Qt.Key.Key_Right)
    settle(qtbot, made)
    assert first.guest.currentIndex() == 0
    assert first.scenario().writes is None


def test_measured_writes_of_a_real_guest_are_fitted(desk: Desk) -> None:
    machine = next(iter(desk.workspace.state.machines))
    samples = (DirtySample(1.0, 100.0), DirtySample(2.0, 60.0), DirtySample(4.0, 40.0))
    guest = Guest("web", desk.workspace.state.machines[machine].memory, None, samples)
    assert guest.label == "web (measured writes)"
    found = guest.workload()
    assert found.distinct(1.0) * 4096 == pytest.approx(100 * MIB, rel=0.3)
