"""The tour: the guide's whole procedure, walked through the window with clicks and keys, photographed on the way.

The walk is the list of steps in fcm.ui.tour.steps; a scripted test walks the same list.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from fcm.text.words import counted
from fcm.ui.look import theme
from fcm.ui.tour.album import Album
from fcm.ui.tour.driver import Driver, DriverError
from fcm.ui.tour.steps import STEPS
from fcm.ui.tour.walk import Step, Walk
from fcm.workspace.files.folders import own_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from fcm.ui.window.context import Context
    from fcm.ui.window.main_window import MainWindow

SIZE = (1280, 800)
"""Of the window in pixels."""
TITLE = "Failover Cluster Manager: a tour"
INTRO = (
    "Microsoft's guide to live migration in Windows Server 2008 R2, from an unprepared cluster to a finished "
    "migration. Every picture was taken from the running program while it was used by mouse and keyboard."
)


def walk(
    window: MainWindow,
    driver: Driver,
    shoot: Callable[[QWidget, str, str], None],
    begin: Callable[[Step], None] = lambda _: None,
    steps: Sequence[Step] = STEPS,
) -> None:
    """Walk the steps in their order.

    Args:
        window: shown, without an open cluster.
        driver: the hand on mouse and keyboard.
        shoot: called with a window, a name and a caption wherever there is something to see.
        begin: called before each step.
        steps: what to walk; all of the guide.

    Raises:
        DriverError: a step could not be done.
    """
    going = Walk(window, driver, shoot)
    for step in steps:
        begin(step)
        try:
            step.run(going)
        except DriverError as error:
            raise DriverError(f"{step.title}: {error}") from error


def run(context_factory: Callable[[], Context], out: Path) -> int:
    """Walk the tour on a cluster of its own and write pictures and index.html to a folder.

    Nothing of the user's clusters and settings is touched.

    Returns:
        0 done, 1 if a step could not be done or a file could not be written; why is on the standard error.
    """
    from fcm.ui.window.main_window import MainWindow

    try:
        out.mkdir(parents=True, exist_ok=True)
        for old in out.glob("[0-9][0-9]*-*.png"):
            old.unlink()
    except OSError as error:
        print(f"The tour cannot write to {out}: {error.strerror or error}. Choose another folder.", file=sys.stderr)
        return 1
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    album = Album(out)
    with own_folder("tour"):
        theme.apply(application, theme.Scheme.LIGHT)
        window = MainWindow(context_factory())
        try:
            window.resize(*SIZE)
            window.show()
            walk(
                window,
                Driver(),
                lambda shown, name, caption: _say(album.take(shown, name, caption), caption),
                lambda step: album.begin(step.title, step.text),
            )
            page = album.write_page(TITLE, INTRO)
        except (DriverError, OSError) as error:
            print(f"The tour ended early. {error}", file=sys.stderr)
            return 1
        finally:
            window.close()
            window.deleteLater()
    print(f"{counted(len(album.photographs), 'picture')}. Open {page.resolve()}")
    return 0


def _say(path: Path, caption: str) -> None:
    print(f"{path.name}  {caption}", flush=True)
