"""Each verb of the command line imports what it needs and no more: a module costs its time at every start."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from fcm.cli.main import verbs
from fcm.ui.tour.patience import PROGRAM_PATIENCE, stretched
from tests.quality.source import TOP

if TYPE_CHECKING:
    from pathlib import Path

WINDOW = ("PySide6", "pyqtgraph", "fcm.ui")
HOSTS = ("libvirt", "fcm.backend.libvirt", "fcm.lab")
RECKONING = ("numpy",)
CLUSTER = ("fcm.workspace", "fcm.backend.base", "sqlite3")
LANGUAGE = ("fcm.shell",)
RECORDING = str(next((TOP / "tests" / "data" / "recordings").glob("*.json")))

NOTHING = (*WINDOW, *HOSTS, *RECKONING, *CLUSTER, *LANGUAGE, "fcm.migration", "fcm.logs", "logging", "asyncio")
NOT_IMPORTED: dict[tuple[str, ...], tuple[str, ...]] = {
    ("--version",): NOTHING,
    ("--help",): NOTHING,
    ("show", "embedded:contoso"): (*WINDOW, *HOSTS, *RECKONING, *LANGUAGE),
    ("salvage", "embedded:contoso"): (*WINDOW, *HOSTS, *RECKONING, *LANGUAGE),
    ("migrate", "embedded:contoso", "GHOST", "node2"): (*WINDOW, *HOSTS, *RECKONING, *LANGUAGE),
    ("history", "embedded:contoso"): (*WINDOW, *HOSTS, *RECKONING, *LANGUAGE),
    ("incident", "x.zip", "--cluster", "embedded:contoso"): (*WINDOW, *HOSTS, *LANGUAGE),
    ("report", "month", "x.html", "--cluster", "embedded:contoso"): (*WINDOW, *HOSTS, *LANGUAGE),
    ("drill", "cold-boot"): (*WINDOW, *HOSTS, *RECKONING, *LANGUAGE),
    ("predict", RECORDING): (*WINDOW, *HOSTS, *CLUSTER, *LANGUAGE),
    ("preflight", RECORDING): (*WINDOW, *HOSTS, *CLUSTER, *LANGUAGE),
    ("validate", "no-such-folder"): (*WINDOW, *HOSTS, *CLUSTER, *LANGUAGE),
    ("hosts", "check", "no-such-file.toml"): (*WINDOW, *CLUSTER[2:], *LANGUAGE, "libvirt", "fcm.lab"),
    ("lab", "--help"): (*WINDOW, *RECKONING, *CLUSTER, *LANGUAGE, "libvirt", "fcm.backend.libvirt"),
    ("run", "--fresh", "-"): (*WINDOW, *HOSTS, *RECKONING),
    ("powershell", "--help"): (*WINDOW, *HOSTS, *RECKONING, *CLUSTER, *LANGUAGE),
    ("serve", "--stdio", "--fresh"): (*WINDOW, *HOSTS, *RECKONING),
    ("shell", "--fresh"): (*WINDOW, *HOSTS, *RECKONING),
    ("tour", "--help"): NOTHING,
    ("desktop", "remove"): tuple(name for name in NOTHING if name != "logging"),
}
CODE = """
import sys
from fcm.cli.main import main
try:
    main(sys.argv[2:])
except SystemExit:
    pass
print("imported:", *[name for name in sys.argv[1].split() if name in sys.modules], file=sys.stderr)
"""


@pytest.mark.parametrize("words", NOT_IMPORTED, ids=" ".join)
def test_a_verb_imports_only_what_it_needs(words: tuple[str, ...], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE, " ".join(NOT_IMPORTED[words]), *words],
        input="Get-ClusterNode\n",
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=stretched(PROGRAM_PATIENCE),
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].strip() == "imported:"


def test_every_verb_is_in_the_table() -> None:
    assert {words[0] for words in NOT_IMPORTED if not words[0].startswith("-")} == set(verbs())
