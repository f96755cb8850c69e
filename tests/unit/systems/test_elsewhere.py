"""Windows and macOS, as far as Linux can tell: nothing that only Linux has is needed, or it is refused in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from fcm.lab.plan import LINUX_ONLY
from tests.unit.systems.elsewhere import COMMAND_LINE, EVERY_MODULE, elsewhere, typed_elsewhere

if TYPE_CHECKING:
    from pathlib import Path

SYSTEMS = ["win32", "darwin"]
HOSTS = """
[cluster]
name = "east"

[[network]]
name = "Migration"
subnet = "192.0.2.0/24"

[[node]]
name = "alpha"
uri = "qemu+tls://alpha/system"
addresses = { Migration = "192.0.2.1" }

[[node]]
name = "beta"
uri = "qemu+tls://beta/system"
addresses = { Migration = "192.0.2.2" }
"""
LAB = [
    ["lab", "up"],
    ["lab", "status"],
    ["lab", "down"],
    ["lab", "vm", "add", "web"],
    ["lab", "fault", "power-cut", "node1"],
    ["lab", "fault", "link-down", "node1", "lm"],
]
MENU = [["desktop", "install"], ["desktop", "remove"]]
EMBEDDED = [["migrate", "embedded:contoso", "DC01", "node2"], ["history", "embedded:contoso"]]


@dataclass(frozen=True)
class Told:
    """What command lines ended with on a system: exit code, output, errors."""

    system: str
    lines: dict[str, tuple[int, str, str]]

    def of(self, *lines: list[str]) -> list[tuple[int, str, str]]:
        """What some of them ended with."""
        return [self.lines[" ".join(line)] for line in lines]


@pytest.fixture(scope="module", params=SYSTEMS)
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """All command lines in one process a system."""
    data = tmp_path_factory.mktemp("data")
    (data / "hosts.toml").write_text(HOSTS, encoding="utf-8")
    show = ["show", f"libvirt:{data / 'hosts.toml'}"]
    lines = [*LAB, *MENU, *EMBEDDED, show]
    said = typed_elsewhere(request.param, *lines, data=data)
    names = ["show hosts" if line is show else " ".join(line) for line in lines]
    return Told(request.param, dict(zip(names, said, strict=True)))


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_module_can_be_imported(system: str, tmp_path: Path) -> None:
    done = elsewhere(system, EVERY_MODULE, data=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"imported\n", b"")


def test_the_lab_says_that_it_needs_linux(told: Told) -> None:
    said = f"{LINUX_ONLY}\n"
    assert told.of(*LAB) == [(1, "", said)] * len(LAB)


def test_a_menu_entry_is_refused_with_what_to_do_instead(told: Told) -> None:
    for code, out, said in told.of(*MENU):
        assert (code, out) == (2, "")
        assert said.startswith("Menu entries are supported on Linux desktops only.")
        assert {"win32": "fcmw.exe", "darwin": "~/.local/bin/fcm"}[told.system] in said
        assert said.count("\n") == 1


def test_hosts_are_refused_with_where_their_module_comes_from(told: Told) -> None:
    ((code, out, errors),) = told.of(["show", "hosts"])
    assert (code, out) == (1, "")
    assert {"win32": "run fcm on Linux", "darwin": "brew install libvirt"}[told.system] in errors
    assert "apt-get" not in errors


def test_the_embedded_cluster_works_and_lives_on(told: Told) -> None:
    moved, shown = told.of(*EMBEDDED)
    assert (moved[0], moved[2]) == (0, "")
    assert shown[0] == 0
    assert "DC01" in shown[1]


def test_a_console_of_windows_gets_the_nearest_signs_and_never_a_traceback(tmp_path: Path) -> None:
    script = "Write-Output '\u201cx\u201d \u2013 5 \u2264 6 \u2192 \u6771'"
    done = elsewhere(
        "win32", COMMAND_LINE, "run", "--engine=built-in", "-", "--fresh", data=tmp_path, stdin=script, encoding="cp437"
    )
    assert done.stderr == b""
    assert done.stdout.decode("cp437").splitlines() == ['"x" - 5 \u2264 6 -> ?']


def test_json_holds_every_letter_whatever_the_console_has(tmp_path: Path) -> None:
    words = ["run", "--engine=built-in", "-", "--fresh", "--json"]
    done = elsewhere("win32", COMMAND_LINE, *words, data=tmp_path, stdin="'\u6771\u4eac'", encoding="cp1252")
    assert b'"\\u6771\\u4eac"' in done.stdout


def test_a_program_without_a_console_ends_as_quietly_as_it_began(tmp_path: Path) -> None:
    """pythonw.exe, so fcmw.exe too: sys.stdin, sys.stdout and sys.stderr are None."""
    code = "sys.stdin = None; out, sys.stdout, sys.stderr = sys.stdout, None, None\n"
    code += "from fcm.cli.main import main\nprint(main(words), file=out)\n"
    for words, exit_code in (["show", "nowhere:x"], 2), (["run", "--engine=built-in", "-", "--fresh"], 0):
        done = elsewhere("win32", code, *words, data=tmp_path)
        assert (done.stdout.strip(), done.stderr) == (str(exit_code).encode(), b""), words
