"""The bundle, built and started: offscreen in an empty environment, and on an X server."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from fcm.ui.tour.patience import PROGRAM_PATIENCE, stretched
from tests.quality.source import TOP, script

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

smoke, bundle = script("smoke"), script("bundle")


@pytest.fixture(scope="module")
def program() -> Path:
    """The bundle's program, freshly built without complaints."""
    made: Path
    made, wrong = bundle.build(TOP / "build" / "test-bundle")
    assert not wrong, "\n".join(wrong)
    return made


@pytest.fixture
def x_server() -> Iterator[str]:
    """A display in memory."""
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with server:
        assert server.stdout is not None
        yield f":{server.stdout.readline().strip()}"
        server.terminate()


@pytest.mark.bundle
def test_the_bundle_migrates_a_machine_in_an_empty_environment(program: Path) -> None:
    assert smoke.smoke(program, {"QT_QPA_PLATFORM": "offscreen"}) == []


@pytest.mark.bundle
def test_the_bundle_opens_its_window_on_an_x_server(program: Path, x_server: str) -> None:
    assert smoke.smoke(program, {"QT_QPA_PLATFORM": "xcb", "DISPLAY": x_server}) == []


@pytest.mark.bundle
def test_the_bundle_holds_every_resource(program: Path) -> None:
    inside = program.parent / "_internal" / "fcm" / "_resources"
    files = [file.relative_to(TOP / "resources") for file in (TOP / "resources").rglob("*") if file.is_file()]
    assert files
    assert not [file for file in files if file.name != ".gitkeep" and not (inside / file).is_file()]


@pytest.mark.bundle
@pytest.mark.parametrize(
    ("arguments", "said", "code"),
    [
        (["predict", str(next((TOP / "tests" / "data" / "recordings").glob("*.json")))], "forecast:", 0),
        (
            [
                "run",
                "--engine=built-in",
                "--fresh",
                "--speed",
                "max",
                str(TOP / "resources" / "courses" / "live-migration.ps1"),
            ],
            "NEW01",
            0,
        ),
        (["hosts", "check", "no-such-file.toml"], "no-such-file.toml", 2),
    ],
    ids=["predict", "run", "hosts"],
)
def test_the_bundle_has_the_verbs_of_the_command_line(
    program: Path, tmp_path: Path, arguments: list[str], said: str, code: int
) -> None:
    done = subprocess.run(
        [program, *arguments],
        cwd=tmp_path,
        env={"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=stretched(PROGRAM_PATIENCE),
        check=False,
    )
    assert said in done.stdout + done.stderr
    assert done.returncode == code


def test_a_build_log_without_xcb_libraries_is_found_out() -> None:
    log = (
        "2 INFO: Analyzing\n3 WARNING: Library not found: could not resolve 'libxcb-cursor.so.0', dependency of "
        "'/somewhere/Qt/plugins/platforms/libqxcb.so'.\n4 INFO: Building COLLECT\n"
    )
    assert len(bundle.missing_libraries(log)) == 1
    assert bundle.missing_libraries("1 WARNING: Library not found: libtiff.so.5\n") == []


def test_a_program_that_fails_or_leaves_files_behind_is_complained_about(tmp_path: Path) -> None:
    program = tmp_path / "fcm"
    program.write_text("#!/bin/sh\necho Traceback\n: >core\nexit 3\n", encoding="utf-8")
    program.chmod(0o755)
    assert smoke.smoke(program) == [
        "unexpected line: Traceback",
        "exit code 3",
        "left files in its working folder: core",
    ]
