"""A kind of cluster is known everywhere once it has its entry in the registry of backends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from fcm.app import make_context
from fcm.backend import registry
from fcm.backend.base import BackendError
from fcm.backend.embedded import open_embedded
from fcm.backend.registry import Scheme
from fcm.cli.main import main
from fcm.ui.window.main_window import MainWindow
from fcm.workspace.files.settings import Settings
from tests.ui.window_by_hand import named

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.backend.base import Backend
    from fcm.backend.registry import Opening


def open_toy(part: str, opening: Opening) -> Backend:
    assert part == "PVE1", "the backend gets the canonical part"
    return open_embedded("fabrikam", uri=opening.uri, paced=opening.paced)


@pytest.fixture(autouse=True)
def _toy(monkeypatch: pytest.MonkeyPatch) -> None:
    toy = Scheme(("proxmox:NAME",), "A toy.", False, str.upper, open_toy, marks=lambda text: "[toy]" in text)
    monkeypatch.setitem(registry.SCHEMES, "proxmox", toy)


def test_the_verbs_open_it(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    script = tmp_path / "names.ps1"
    script.write_text("(Get-ClusterNode).Name\n", encoding="utf-8")
    assert main(["show", "proxmox:pve1"]) == 0
    assert main(["run", "--engine=built-in", str(script), "--cluster", "proxmox:pve1"]) == 0
    assert main(["history", "proxmox:pve1"]) == 0
    out = capsys.readouterr().out
    assert "fabrikam" in out
    assert "host1" in out
    assert "No migrations found." in out


def test_help_texts_show_how_its_uri_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["--help"], ["history", "--help"]):
        with pytest.raises(SystemExit):
            main(words)
        assert "proxmox:NAME" in " ".join(capsys.readouterr().out.split())


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    made = MainWindow(make_context(Settings(tmp_path)))
    qtbot.addWidget(made)
    made.show()
    yield made
    if made.workspace is not None:
        made.workspace.close()


def test_manage_a_cluster_opens_it_and_its_figures_are_measured(qtbot: QtBot, window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    field = named(window, "Cluster or file")
    assert "proxmox:NAME" in field.placeholderText()
    field.selectAll()
    QTest.keyClicks(field, "proxmox:pve1")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.workspace is not None)
    assert window.workspace is not None
    assert window.workspace.uri == "proxmox:PVE1"
    assert not window.workspace.simulated


def test_a_file_that_it_recognizes_is_its_own(tmp_path: Path) -> None:
    file = tmp_path / "toy.toml"
    file.write_text("[toy]\n", encoding="utf-8")
    assert registry.uri_of(str(file)) == f"proxmox:{file}"


@pytest.mark.parametrize("text", ["vmware:esx1", "proxmox:", "vmware:"])
def test_a_kind_that_does_not_exist_is_refused_with_the_kinds_there_are(text: str) -> None:
    with pytest.raises(BackendError, match=r"embedded:contoso.*libvirt:HOSTS\.toml.*proxmox:NAME"):
        registry.uri_of(text)


@pytest.mark.parametrize("text", ["contoso", r"C:\clusters\mine.toml", "/no/such/file.toml"])
def test_what_has_no_scheme_is_an_embedded_cluster(text: str) -> None:
    assert registry.uri_of(text) == f"embedded:{text}"
