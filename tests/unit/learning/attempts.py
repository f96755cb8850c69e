"""A drill done from its beginning to its grade."""

from __future__ import annotations

from pathlib import Path

from fcm.shell.drilling import Solution, set_up
from fcm.shell.language.tree import Source
from fcm.workspace.learning.drill import Drill, find_drill, load_drill
from fcm.workspace.learning.grading import Grade, graded
from fcm.workspace.learning.running import RunningDrill

DATA = Path(__file__).parents[2] / "data" / "drills"
SOLUTIONS = DATA / "solutions"
"""A script for each shipped drill that mends it."""
TEMPTING = DATA / "tempting"
"""What one does who believes the tempting diagnosis; where there is something to be done."""

SMALL = """\
format = 1

[drill]
title = "A small drill"
story = "DC01 is to go to node2. Its owner is node1."

[[drill.diagnoses]]
text = "node2 is full."
because = "It is empty."
tempting = true

[[drill.diagnoses]]
text = "Nobody moved DC01."
because = "So it is."
right = true

[[drill.diagnoses]]
text = "node1 is broken."
because = "It is not."

[[drill.hints]]
text = "Move DC01."
cost = 15

[[drill.checks]]
object = "machine"
name = "DC01"
property = "node"
is = "node2"

[[drill.kept]]
object = "machine"
name = "DC01"
property = "state"
is = "Running"

[cluster]
name = "contoso"
address = "10.0.0.10"
shared_volumes = true

[[processors]]
name = "P1"
vendor = "V"

[[nodes]]
name = "node1"
memory = "8 GiB"
processor = "P1"
switches = ["LAN"]

[[nodes]]
name = "node2"
memory = "8 GiB"
processor = "P1"
switches = ["LAN"]

[[networks]]
name = "Network 1"
subnet = "10.0.0.0/24"
addresses = { node1 = "10.0.0.11", node2 = "10.0.0.12" }

[[disks]]
name = "Volume 1"
use = "Cluster Shared Volume"
size = "100 GiB"

[[machines]]
name = "DC01"
node = "node1"
memory = "512 MiB"
disk = "Volume 1"
switch = "LAN"
highly_available = true
"""
"""A drill file without an error."""


def written(folder: Path, text: str, name: str = "small") -> Path:
    """A drill file."""
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def shipped(name: str, seed: int) -> Drill:
    """A shipped drill with the names of a seed."""
    return load_drill(find_drill(name), seed)


def attempt(drill: Drill, script: str, diagnosis: int, hints: int = 0) -> Grade:
    """The grade of a script, which has the names of the file, and a diagnosis."""
    running = RunningDrill(drill)
    try:
        running.open(set_up)
        errors = Solution(running).run(Source("", drill.variation.said(script)))
        return graded(running, diagnosis, hints, running.settle(), errors)
    finally:
        running.close()
