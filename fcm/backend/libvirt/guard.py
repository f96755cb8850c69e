"""Who else decides about the machines of libvirt hosts: a cluster manager behind whose back nothing must be done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from fcm.model.rules.verdict import OK, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fcm.model.entities import VirtualMachine


class Guard(Protocol):
    """Knows which machines a cluster manager of the hosts manages."""

    def start(self, answering: Callable[[], Iterable[str]], told: Callable[[str, str], None]) -> None:
        """Begin to look in the background.

        Args:
            answering: names of the hosts whose libvirt answers now.
            told: gets a sentence for the user, and what to do, where a host cannot be looked at.
        """

    def known(self, machine: VirtualMachine) -> Verdict:
        """Whether libvirt may start, stop or move the machine, by what was seen last; never blocks."""

    def check(self, machine: VirtualMachine) -> Verdict:
        """As ``known``, after another look at its host; blocks for some seconds at most."""

    def close(self) -> None:
        """Stop looking."""


class NoGuard:
    """For hosts of which it is known that nobody else decides about their machines."""

    def start(self, answering: Callable[[], Iterable[str]], told: Callable[[str, str], None]) -> None:
        """Nothing is looked at."""

    def known(self, machine: VirtualMachine) -> Verdict:
        """Libvirt may do all."""
        return OK

    def check(self, machine: VirtualMachine) -> Verdict:
        """Libvirt may do all."""
        return OK

    def close(self) -> None:
        """There is nothing to end."""
