"""The help topic Failures: what it quotes exists, and the figures in it are those that are used."""

from __future__ import annotations

import re

import pytest

from fcm.model.failures import FaultKind
from fcm.model.rules.failing.assumed import FIGURES
from fcm.shell import cmdlets
from fcm.shell.language.parser import parse
from fcm.shell.runtime.registry import REGISTRY
from fcm.ui.dialogs.help import topic_of, topic_text
from fcm.workspace.selection import Place
from tests.unit.embedded.desk import Desk
from tests.unit.shell.desk import ShellDesk

TEXT = topic_text("failures")
QUOTED = re.findall(r"`([^`]+)`", TEXT)


def _lines() -> list[str]:
    cmdlets.load()
    return sorted({line for line in QUOTED if line.split(" ")[0].casefold() in REGISTRY.cmdlets and " " in line})


def test_each_figure_of_the_simulation_is_told_with_its_value_and_source() -> None:
    for name, figure in FIGURES.items():
        assert f"| {figure.meaning} | {figure.value:g} {figure.unit} | {figure.source} | `{name}` |" in TEXT
    assert "<!--" not in TEXT


def test_the_list_of_failures_of_the_cluster_has_it_as_its_topic() -> None:
    assert topic_of(Place.FAULT) == "failures"


def test_the_kinds_that_it_names_exist_and_there_are_twenty_exercises() -> None:
    named = [
        word for word in QUOTED if word in {"PowerOff", "Hang", "ServiceCrash", "Isolate", "SwitchDown", "GuestHang"}
    ]
    assert {*named} <= {str(kind) for kind in FaultKind}
    assert len(re.findall(r"^\d+\. \*\*", TEXT, re.MULTILINE)) == 20


@pytest.mark.parametrize("line", _lines())
def test_a_command_that_it_quotes_runs(line: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    parse(line)
    desk = ShellDesk(tmp_path_factory.mktemp("help"))
    results = desk.run(line)
    desk.close()
    assert results.ok, results.text()


def test_a_lost_node_is_noticed_after_the_time_that_it_tells() -> None:
    desk = Desk()
    assert desk.inject(FaultKind.POWER_OFF, "node2")
    desk.run(5.0)
    assert str(desk.state.nodes["node2"].state) == "Up"
    desk.run(2.5)
    assert str(desk.state.nodes["node2"].state) == "Down"
    desk.close()
