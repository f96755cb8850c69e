"""All labs on this computer, whoever created them, and those that are no longer needed.

A lab leaves traces that outlive the program that made it: its folder below /run and its network namespaces. A lab that
a program made for itself (a run of the tests), or whose ``up`` was killed on its way, goes when that process is gone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from fcm.installation import command
from fcm.lab.lab import read_process, take_down
from fcm.lab.plan import LAB_NAME, LabFolders
from fcm.lab.processes import network_namespaces, process_start
from fcm.text.words import quoted

_RUN = Path("/run")
_PART = re.compile(rf"fcm-(?:({LAB_NAME.pattern})-)?(?:switch|client|node\d+)")


@dataclass(frozen=True, slots=True)
class ExistingLab:
    """A lab of which something is left on this machine."""

    folders: LabFolders
    process: int | None
    """Process that it ends with; None if it exists until someone removes it."""
    abandoned: bool
    """That process is gone."""

    @property
    def name(self) -> str:
        """As ``fcm lab --name`` takes it."""
        return self.folders.name

    @property
    def removal(self) -> str:
        """The command that removes it."""
        return command("lab down" if self.name == LabFolders().name else f"lab --name {self.name} down")

    def sentence(self) -> str:
        """That it stands, for whom, and how it is removed."""
        if self.abandoned:
            why = f"; process {self.process}, which created it, has ended"
        elif self.process is not None:
            why = f" and belongs to process {self.process}, which is running"
        else:
            why = ""
        return f"The lab {quoted(self.name)} exists on this computer{why}. To remove it: {self.removal}"


def existing_labs() -> tuple[ExistingLab, ...]:
    """All labs by name; blocks for some files."""
    names: set[str] = set()
    for folder in _RUN.glob("fcm-lab*"):
        name = folder.name.removeprefix("fcm-lab").removeprefix("-")
        names.add(name or LabFolders().name)
    for namespace in network_namespaces():
        found = _PART.fullmatch(namespace)
        if found is not None:
            names.add(found[1] or LabFolders().name)
    return tuple(_looked_at(LabFolders(name=name)) for name in sorted(names) if LAB_NAME.fullmatch(name))


def _looked_at(folders: LabFolders) -> ExistingLab:
    owner = read_process(folders)
    if owner is None:
        return ExistingLab(folders, None, abandoned=False)
    process, started = owner
    return ExistingLab(folders, process, abandoned=process_start(process) != started)


def remove_abandoned() -> tuple[ExistingLab, ...]:
    """Take down every lab whose process is gone, and say which.

    Raises:
        LabError: not root, or one cannot be removed.
    """
    gone = tuple(lab for lab in existing_labs() if lab.abandoned)
    for lab in gone:
        take_down(lab.folders)
    return gone
