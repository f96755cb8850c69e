"""Reading a host's machines: one call for all, definitions only when something may have changed them."""

from __future__ import annotations

from typing import Any

from fcm.backend.libvirt.configuration.hosts_file import Host
from fcm.backend.libvirt.inventory import DEFINITION_LIMIT, Definition, read_machines
from fcm.model.entities import MachineState, StartAction

HOST = Host("node1", "qemu:///system", "qemu:///system", {}, "/srv/vm", (), None)
RUNNING, PAUSED, SHUT_OFF, IS_MIGRATED_HERE = 1, 3, 5, 2


class GoneError(Exception):
    """As libvirt's error of a domain that is not there any more."""


class Domain:
    """A domain that counts how often it is asked for its definition."""

    def __init__(self, name: str, state: int = RUNNING, reason: int = 1) -> None:
        self.name_, self.state, self.reason = name, state, reason
        self.bridge = "br0"
        self.is_gone = False
        self.read = 0

    def UUIDString(self) -> str:
        return f"uuid-{self.name_}"

    def name(self) -> str:
        return self.name_

    def isPersistent(self) -> int:
        return 1

    def autostart(self) -> int:
        return 1

    def XMLDesc(self, _flags: int) -> str:
        if self.is_gone:
            raise GoneError
        self.read += 1
        return f"""<domain><cpu><model>qemu64</model></cpu><devices>
            <disk device='disk'><source file='/srv/vm/{self.name_}.raw'/></disk>
            <disk device='cdrom'><source file='/iso/setup.iso'/></disk>
            <interface><source bridge='{self.bridge}'/></interface></devices></domain>"""


class Connection:
    """A host that tells the statistics of its domains."""

    STATS, NOWAIT, error_type = 1, 2, GoneError

    def __init__(self, *domains: Domain) -> None:
        self.domains = list(domains)
        self.calls = 0

    def getAllDomainStats(self, _stats: int, _flags: int) -> list[tuple[Domain, dict[str, Any]]]:
        self.calls += 1
        return [
            (d, {"state.state": d.state, "state.reason": d.reason, "balloon.maximum": 2048, "vcpu.maximum": 2})
            for d in self.domains
        ]


def test_all_machines_of_a_host_come_from_one_call_once_their_definitions_are_known() -> None:
    connection, known = Connection(Domain("web"), Domain("mail")), dict[str, Definition]()
    first = read_machines(connection, HOST, known, 0.0)
    again = read_machines(connection, HOST, known, 1.0)

    assert first == again
    assert connection.calls == 2
    assert [domain.read for domain in connection.domains] == [1, 1]
    machine = first[0].machine
    assert (machine.memory, machine.processors) == (2 << 20, 2)
    assert (machine.path, machine.media, machine.switch) == ("/srv/vm/web.raw", "/iso/setup.iso", "br0")
    assert machine.disk is not None
    assert machine.start_action is StartAction.ALWAYS
    assert machine.processor_compatibility


def test_a_definition_is_read_again_when_an_event_forgot_it_when_it_is_old_and_when_the_machine_started() -> None:
    web = Domain("web", SHUT_OFF)
    connection, known = Connection(web), dict[str, Definition]()
    read_machines(connection, HOST, known, 0.0)
    web.bridge = "br1"
    known.clear()
    assert read_machines(connection, HOST, known, 1.0)[0].bridge == "br1"

    web.bridge = "br2"
    assert read_machines(connection, HOST, known, 2.0 + DEFINITION_LIMIT)[0].bridge == "br2"
    web.bridge, web.state = "br3", RUNNING
    assert read_machines(connection, HOST, known, 3.0 + DEFINITION_LIMIT)[0].bridge == "br3"


def test_a_domain_that_vanishes_between_the_two_questions_is_left_out_and_its_definition_forgotten() -> None:
    web, mail = Domain("web"), Domain("mail")
    connection, known = Connection(web, mail), dict[str, Definition]()
    read_machines(connection, HOST, known, 0.0)
    connection.domains.remove(web)
    mail.is_gone = True

    assert read_machines(connection, HOST, known, 1.0 + DEFINITION_LIMIT) == ()
    assert set(known) == set()


def test_the_paused_copy_that_waits_at_the_destination_is_told_apart_from_a_paused_machine() -> None:
    arriving, paused = Domain("arriving", PAUSED, IS_MIGRATED_HERE), Domain("paused", PAUSED)
    found = read_machines(Connection(arriving, paused), HOST, {}, 0.0)

    assert [item.arriving for item in found] == [True, False]
    assert all(item.machine.state is MachineState.PAUSED for item in found)
