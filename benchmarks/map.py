"""The map of a cluster of 64 nodes and 8,000 machines; aim: a frame in under 16 ms, whatever changes.

"after 200 changes" is the first frame after 200 machines on all nodes have changed, as in a second of events; nodes
that have no time in it follow in the next frames. Times are of the processor of this process, offscreen; "as before" is
a frame in which nothing has changed, for comparison.
"""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

from benchmarks.actions import large
from fcm.app import make_context
from fcm.backend.embedded import EmbeddedBackend
from fcm.model.change import Change, Kind
from fcm.ui.map.canvas import MapCanvas
from fcm.ui.pages.page import EVERYTHING
from fcm.ui.window.main_window import MainWindow
from fcm.ui.window.start import make_application
from fcm.workspace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

NODES = 64
TIMES = 20
CHANGES = 200


def main() -> None:
    """Print how long a frame takes."""
    workspace = Workspace(EmbeddedBackend(large(NODES), "embedded:large", start_time=1_000_000.0))
    workspace.open()
    workspace.drain()
    context = make_context(opener=lambda uri: workspace)
    app = make_application(context)
    window = MainWindow(context)
    window.show_workspace(workspace)
    canvas = MapCanvas(window)
    canvas.resize(1000, 740)
    machines = list(workspace.state.machines)

    def changed() -> None:
        for number in range(CHANGES):
            identity = machines[number * 37 % len(machines)]
            canvas.take(Change(frozenset({(Kind.MACHINE, identity)})))

    print(f"  {len(workspace.state.nodes)} nodes, {len(machines)} machines")
    whole = _frame(canvas, lambda: canvas.take(EVERYTHING))
    after = _frame(canvas, changed)
    before = _frame(canvas, lambda: None)
    for name, taken in (("everything", whole), (f"after {CHANGES} changes", after), ("as before", before)):
        print(f"  {name:20} {1000 * taken:6.1f} ms, {taken / before:5.1f} times a frame in which nothing changed")
    window.close()
    app.quit()


def _frame(canvas: MapCanvas, change: Callable[[], None]) -> float:
    """Median s of the processor for a change and the painting after it."""
    taken = []
    for _ in range(TIMES):
        begin = time.process_time()
        change()
        canvas.grab()
        taken.append(time.process_time() - begin)
        for _ in range(NODES):  # the nodes that had no time in that frame
            canvas.grab()
    return statistics.median(taken)


if __name__ == "__main__":
    main()
