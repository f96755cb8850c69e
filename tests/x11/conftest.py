"""Tests with a real mouse and keyboard: one X server, one window manager and one program for all of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.x11 import looking
from tests.x11.program import Program, ProgramError
from tests.x11.screen import Screen

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

PICTURES = Path(__file__).resolve().parents[2] / "build" / "x11"
"""Where the screen is kept as it was when a test failed."""


@pytest.fixture(scope="session")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screen]:
    """The X server with its window manager."""
    made = Screen(tmp_path_factory.mktemp("screen"))
    yield made
    made.close()


class Programs:
    """The program of this session; one that was lost is started again."""

    def __init__(self, screen: Screen, folders: pytest.TempPathFactory) -> None:
        self._screen, self._folders = screen, folders
        self._program: Program | None = None

    def get(self) -> Program:
        """The running program."""
        if self._program is None or not self._program.is_running:
            self._program = Program(self._screen, self._folders.mktemp("program"))
        return self._program

    def drop(self) -> None:
        """End it."""
        if self._program is not None:
            self._program.close()
        self._program = None


@pytest.fixture(scope="session")
def programs(screen: Screen, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Programs]:
    """The program of this session."""
    made = Programs(screen, tmp_path_factory)
    yield made
    made.drop()


Begin = "Callable[..., Program]"


@pytest.fixture
def begin(programs: Programs, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[..., Program]]:
    """Begin with a new window: ``begin(cluster, size=..., scheme=...)``."""
    program = programs.get()
    begun = []

    def made(cluster: str | Path | None = None, again: bool = False, **how: object) -> Program:
        """``again``: in the data folder that the window before had, as after a restart."""
        if begun:
            program.end()
        if not (again and begun):
            begun.append(tmp_path / f"data{len(begun)}")
        program.begin(begun[-1], f"embedded:{cluster}" if isinstance(cluster, Path) else cluster, **how)  # type: ignore[arg-type]
        return program

    yield made
    failed = getattr(request.node, "failed_call", False)
    try:
        if failed and begun:
            PICTURES.mkdir(parents=True, exist_ok=True)
            program.ask(looking.photograph, str(PICTURES / f"{request.node.name}.png"))
        program.screen.act("keyup", "ctrl", "keyup", "shift", "keyup", "alt")
        program.end()
        said = program.complaints()
    except (ProgramError, AssertionError):
        programs.drop()
        raise
    assert not said, f"The program said:\n{said}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, object, object]:
    """Note failures, for the picture of the screen."""
    report = yield
    if call.when == "call" and call.excinfo is not None:
        item.failed_call = True  # type: ignore[attr-defined]
    return report
