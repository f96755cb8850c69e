"""Where the console of a machine of real hosts is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from fcm.backend.base import Console, ConsoleError
from fcm.backend.libvirt.capabilities import CAPABILITIES
from fcm.backend.libvirt.consoles import console_of, graphics_of
from fcm.backend.pacemaker.capabilities import capabilities_of
from fcm.model import commands as cmd
from fcm.model.entities import MachineState
from tests.unit.embedded.desk import Desk

if TYPE_CHECKING:
    from fcm.model.state import State

VNC = "<domain><devices><graphics type='vnc' port='5900'/></devices></domain>"
SPICE = "<domain><devices><graphics type='rdp'/><graphics type='spice'/></devices></domain>"


@dataclass
class Host:
    uri: str


class Domain:
    def __init__(self, description: str) -> None:
        self._description = description

    def XMLDesc(self) -> str:
        return self._description


class Connection:
    def __init__(self, description: str | None) -> None:
        self.host = Host("qemu+ssh://node1/system")
        self._description = description

    def domain(self, identity: str) -> Domain | None:
        return None if self._description is None else Domain(self._description)


def ask(state: State, machine: str, description: str | None) -> Console:
    connections: Any = {name: Connection(description) for name in state.nodes}
    return console_of(state, connections, machine)


@pytest.fixture
def state() -> State:
    desk = Desk()
    desk.workspace.close()
    return desk.state


def machine_of(state: State) -> str:
    found = state.machine_named("SQL01")
    assert found is not None
    return found.id


@pytest.mark.parametrize(
    ("description", "kind"),
    [(VNC, "vnc"), (SPICE, "spice"), ("<domain><devices/></domain>", ""), ("<domain/>", ""), ("no xml", "")],
)
def test_the_screen_that_a_viewer_shows_is_found_in_the_description(description: str, kind: str) -> None:
    assert graphics_of(description) == kind


def test_a_console_is_the_connection_of_the_host_and_the_machine_there(state: State) -> None:
    machine = machine_of(state)
    assert ask(state, machine, VNC) == Console("qemu+ssh://node1/system", machine, "vnc")


def test_what_does_not_run_or_is_gone_says_so(state: State) -> None:
    machine = state.machines[machine_of(state)]
    off = replace(state, machines={**state.machines, machine.id: replace(machine, state=MachineState.OFF)})
    with pytest.raises(ConsoleError, match=r"SQL01 is off\. Start it first\."):
        ask(off, machine.id, VNC)
    with pytest.raises(ConsoleError, match=r"SQL01 is no longer running on node1\."):
        ask(state, machine.id, None)
    with pytest.raises(ConsoleError, match=r"no longer in this cluster"):
        ask(state, "gone", VNC)


def test_only_real_hosts_have_consoles(state: State) -> None:
    desk = Desk()
    verdict = desk.workspace.capabilities.console()
    assert verdict.reason == "The virtual machines of a simulated cluster have no screen."
    with pytest.raises(ConsoleError, match=r"have no screen"):
        desk.workspace.console(machine_of(state))
    desk.workspace.close()
    assert CAPABILITIES.console()
    assert capabilities_of((), rehearses=False).console()


def test_services_that_are_no_machines_are_refused_by_real_hosts_with_the_reason() -> None:
    for kind in (cmd.AddRole, cmd.SetGroupOnline, cmd.MoveGroup, cmd.AddResource, cmd.RemoveResource, cmd.MoveDisk,
                 cmd.TakeOffline):  # fmt: skip
        of_hosts, of_pacemaker = CAPABILITIES.verdict(kind), capabilities_of((), rehearses=False).verdict(kind)
        assert of_hosts.reason.startswith("libvirt runs virtual machines only")
        assert of_pacemaker.reason.startswith("fcm makes only virtual machines highly available with Pacemaker")
        assert of_hosts.remedy
        assert of_pacemaker.remedy
