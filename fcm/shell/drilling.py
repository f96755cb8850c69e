"""PowerShell of drills: what brings the cluster into its trouble, and what a student does about it.

Both run in the built-in shell. The setup comes from a file that somebody sent: it reaches no file of this computer.
"""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

from fcm.mistakes import WrongInputError
from fcm.shell import cmdlets
from fcm.shell.language.errors import ParameterError, ShellError
from fcm.shell.runtime.registry import REGISTRY, Registry
from fcm.shell.runtime.session import ShellSession
from fcm.workspace.learning.running import LIMIT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fcm.shell.language.tree import Source
    from fcm.shell.runtime.call import Call, Cmdlet
    from fcm.workspace.learning.running import RunningDrill
    from fcm.workspace.workspace import Workspace

HIDDEN = ("Get-ClusterFault", "Invoke-ClusterFault", "Test-ClusterResourceFailure", "New-Cluster")
"""Cmdlets that a student does not have: they would tell the cause, or are no way to mend anything."""


class Sealed(ShellSession):
    """A session that reaches no file: for PowerShell out of a file that somebody sent."""

    whose = "The setup of a drill"
    remedy = "Remove the path from the script."

    def path(self, path: str) -> NoReturn:
        """Refused.

        Raises:
            ShellError: always.
        """
        raise ShellError(f"{self.whose} cannot read or write files.", self.remedy)


class SealedTyping(Sealed):
    """What a course or a drill put where one types; what is typed has a session of its own."""

    whose = "PowerShell from a course or a drill"
    remedy = "If you trust it, type it yourself."


def set_up(running: RunningDrill) -> None:
    """Run the PowerShell of a drill.

    Raises:
        WrongInputError: it had an error, or is none.
    """
    drill = running.drill
    if not drill.setup:
        return
    errors = Sealed(running.workspace, running.pump).execute(drill.setup).errors
    if errors:
        raise WrongInputError(f"{drill.path}, line {drill.setup_line}: The setup failed. {errors[0].show(drill.setup)}")


class Solution:
    """A student's script on the cluster of a drill."""

    def __init__(self, running: RunningDrill) -> None:
        self.on_output: Callable[[str], None] = lambda text: None
        """Told each output as text."""
        self.on_error: Callable[[str], None] = lambda text: None
        """Told each error as text."""
        self._session = ShellSession(running.workspace, running.pump, registry=_for_students())
        self._session.on_output = self._tell
        running.on_limit = self._end
        self._session.on_error = lambda error, text: self.on_error(error.show(text))

    def run(self, source: Source) -> int:
        """Run it whatever comes of it; the number of its errors."""
        return len(self._session.execute(source.text, source.file).errors)

    def _end(self) -> None:
        self.on_error(f"The script was ended: it took more than {LIMIT / 3600:g} h on the clock of the cluster.")
        self._session.stop()

    def _tell(self, values: list[Any]) -> None:
        self.on_output(self._session.format(values, self._session.width))


def registry_of(workspace: Workspace) -> Registry:
    """The cmdlets for a cluster: those of students where its failures are for them to find."""
    return _for_students() if workspace.hides_failures else REGISTRY


@functools.cache
def _for_students() -> Registry:
    cmdlets.load()
    hidden = {name.casefold() for name in HIDDEN}
    known = {key: _one_by_one(one) for key, one in REGISTRY.cmdlets.items() if key not in hidden}
    aliases = {alias: key for alias, key in REGISTRY.aliases.items() if key not in hidden}
    return Registry(known, aliases)


def _one_by_one(cmdlet: Cmdlet) -> Cmdlet:
    """A cmdlet as it is; Repair-ClusterFault without what repairs a failure that nobody has found."""
    if cmdlet.name != "Repair-ClusterFault":
        return cmdlet
    parameters = tuple(one for one in cmdlet.parameters if one.name != "All")

    def repair(call: Call) -> Iterable[Any]:
        if not call.has("Fault") or any(mark in name for name in call.texts("Name") for mark in "*?["):
            raise ParameterError(
                "In a drill, Repair-ClusterFault requires the name of one object and its failure.",
                "Find out what has failed: Repair-ClusterFault NAME -Fault KIND.",
                call.at,
            )
        return cmdlet.body(call)

    return replace(cmdlet, parameters=parameters, body=repair)
