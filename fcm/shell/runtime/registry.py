"""Which cmdlets there are, by name and alias."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fcm.shell.language.errors import CommandNotFoundError, near
from fcm.shell.runtime.absent import why_absent
from fcm.shell.runtime.absent_parameters import absent_parameters
from fcm.shell.runtime.call import Cmdlet
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.shell.runtime.call import Body
    from fcm.shell.runtime.parameters import Param


@dataclass(slots=True)
class Registry:
    """All cmdlets by name and alias."""

    cmdlets: dict[str, Cmdlet] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)

    def add(self, cmdlet: Cmdlet) -> None:
        """Register one.

        Raises:
            ValueError: the name is taken.
        """
        for name in (cmdlet.name, *cmdlet.aliases):
            if name.casefold() in self.cmdlets or name.casefold() in self.aliases:
                raise ValueError(f"{name} is registered twice")
        self.cmdlets[cmdlet.name.casefold()] = cmdlet
        self.aliases.update({alias.casefold(): cmdlet.name.casefold() for alias in cmdlet.aliases})

    def find(self, name: str, at: int = -1) -> Cmdlet:
        """The cmdlet of a name or alias.

        Raises:
            CommandNotFoundError: there is none; the message has the near ones.
        """
        found = self.get(name)
        if found is None:
            remedy = why_absent(name) or near(name, [cmdlet.name for cmdlet in self.cmdlets.values()])
            raise CommandNotFoundError(
                f"The term {quoted(name)} is not the name of a cmdlet or program of this shell.",
                remedy or "To list the available commands, run Get-Command.",
                at,
                "ObjectNotFound",
                name,
            )
        return found

    def get(self, name: str) -> Cmdlet | None:
        """The cmdlet of a name or alias, None if it does not exist."""
        folded = name.casefold().removeprefix("failoverclusters\\").removeprefix("hyper-v\\")
        if folded not in self.cmdlets and folded not in self.aliases:
            folded = folded.removesuffix(".exe")
        return self.cmdlets.get(self.aliases.get(folded, folded))


REGISTRY = Registry()


def cmdlet(
    name: str,
    *parameters: Param,
    synopsis: str,
    example: str,
    aliases: tuple[str, ...] = (),
    module: str = "FailoverClusters",
    joins: bool = False,
    since: str = "",
    raw: bool = False,
    stream: Any = None,
) -> Callable[[Body], Body]:
    """Register a function as the body of a cmdlet.

    Args: those of ``Cmdlet``.
    """

    def register(body: Body) -> Body:
        known = (*parameters, *absent_parameters(name))
        made = Cmdlet(name, body, known, synopsis, example, aliases, module, joins, since, raw, stream=stream)
        REGISTRY.add(made)
        return body

    return register
