"""Reading a host's machines: one call for all, definitions only when something may have changed them."""

from __future__ import annotations

from typing import Any

import pytest

from fcm.backend.libvirt.configuration.hosts_file import Host
from fcm.backend.libvirt.inventory import DEFINITION_LIMIT, Definition, read_machines, read_node, read_processor
from fcm.model.entities import MachineState, NodeState, Processor, StartAction

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

    STATS, NOWAIT, AUTOSTART, error_type = 1, 2, 1024, GoneError

    def __init__(self, *domains: Domain) -> None:
        self.domains = list(domains)
        self.calls = 0
        self.started_with_host: list[Domain] = []

    def listAllDomains(self, which: int) -> list[Domain]:
        assert which == self.AUTOSTART
        self.calls += 1
        return self.started_with_host

    def getAllDomainStats(self, _stats: int, _flags: int) -> list[tuple[Domain, dict[str, Any]]]:
        self.calls += 1
        return [
            (d, {"state.state": d.state, "state.reason": d.reason, "balloon.maximum": 2048, "vcpu.maximum": 2})
            for d in self.domains
        ]


def test_all_machines_of_a_host_come_from_one_call_once_their_definitions_are_known() -> None:
    connection, known = Connection(Domain("web"), Domain("mail")), dict[str, Definition]()
    connection.started_with_host = connection.domains[:1]
    first = read_machines(connection, HOST, known, 0.0)
    again = read_machines(connection, HOST, known, 1.0)

    assert first == again
    assert connection.calls == 3  # which start with the host is asked once for all whose definitions are read
    assert [domain.read for domain in connection.domains] == [1, 1]
    machine = first[0].machine
    assert (machine.memory, machine.processors) == (2 << 20, 2)
    assert (machine.path, machine.media, machine.switch) == ("/srv/vm/web.raw", "/iso/setup.iso", "br0")
    assert machine.disk is not None
    assert [item.machine.start_action for item in first] == [StartAction.ALWAYS, StartAction.NOTHING]
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


def test_old_definitions_of_a_host_with_many_domains_are_read_again_a_tenth_at_a_time() -> None:
    connection, known = Connection(*(Domain(f"vm{number}") for number in range(200))), dict[str, Definition]()
    read_machines(connection, HOST, known, 0.0)

    def read_at(time: float) -> int:
        before = sum(domain.read for domain in connection.domains)
        assert len(read_machines(connection, HOST, known, time)) == 200
        return sum(domain.read for domain in connection.domains) - before

    begin = DEFINITION_LIMIT + 0.5
    assert [read_at(begin + second) for second in range(10)] == [20] * 10
    assert {domain.read for domain in connection.domains} == {2}
    assert read_at(begin + 9.5) == 0


def test_a_domain_that_vanishes_between_the_two_questions_is_left_out_and_its_definition_forgotten() -> None:
    web, mail = Domain("web"), Domain("mail")
    connection, known = Connection(web, mail), dict[str, Definition]()
    read_machines(connection, HOST, known, 0.0)
    connection.domains.remove(web)
    mail.is_gone = True

    assert read_machines(connection, HOST, known, 1.0 + DEFINITION_LIMIT) == ()
    assert set(known) == set()


@pytest.mark.parametrize("reason", [12, 13])
def test_what_post_copy_has_left_at_the_source_is_not_the_machine(reason: int) -> None:
    (found,) = read_machines(Connection(Domain("web", PAUSED, reason)), HOST, {}, 0.0)
    assert found.arriving


def test_the_paused_copy_that_waits_at_the_destination_is_told_apart_from_a_paused_machine() -> None:
    arriving, paused = Domain("arriving", PAUSED, IS_MIGRATED_HERE), Domain("paused", PAUSED)
    found = read_machines(Connection(arriving, paused), HOST, {}, 0.0)

    assert [item.arriving for item in found] == [True, False]
    assert all(item.machine.state is MachineState.PAUSED for item in found)


@pytest.mark.parametrize(
    ("state", "shown", "active"),
    [
        (0, MachineState.OFF, False),
        (1, MachineState.RUNNING, True),
        (2, MachineState.RUNNING, True),
        (3, MachineState.PAUSED, True),
        (4, MachineState.STOPPING, True),
        (5, MachineState.OFF, False),
        (6, MachineState.OFF, False),
        (7, MachineState.OFF, True),
    ],
)
def test_each_state_of_a_domain_is_one_of_a_machine(state: int, shown: MachineState, active: bool) -> None:
    known: dict[str, Definition] = {}
    (found,) = read_machines(Connection(Domain("web", state)), HOST, known, 0.0)
    assert found.machine.state is shown
    assert known["uuid-web"].active is active


def test_a_machine_has_its_memory_in_bytes_and_the_files_of_its_definition() -> None:
    (found,) = read_machines(Connection(Domain("web")), HOST, {}, 0.0)
    machine = found.machine
    assert (machine.memory, machine.processors, machine.path) == (2 << 20, 2, "/srv/vm/web.raw")
    assert (machine.media, machine.switch, found.bridge) == ("/iso/setup.iso", "br0", "br0")
    assert machine.start_action is StartAction.NOTHING
    assert machine.processor_compatibility


class Numbers:
    """A host that says how large it is."""

    error_type = GoneError

    def __init__(self, kib: int | None) -> None:
        self.kib = kib

    def getInfo(self) -> list[Any]:
        return ["x86_64", 1000, 12, 2400]

    def getVersion(self) -> int:
        return 7_002_022

    def getLibVersion(self) -> int:
        return 9_000_000

    def getMemoryStats(self, _cell: int) -> dict[str, int]:
        if self.kib is None:
            raise GoneError
        return {"total": self.kib}


def test_a_host_has_the_memory_of_its_statistics_else_that_of_its_numa_nodes_and_qemu_s_version_in_three_parts() -> (
    None
):
    node = read_node(Numbers(2_000_000), HOST, Processor("AMD", "EPYC", frozenset()))
    found = (node.memory, node.logical_processors, node.version, node.libvirt_version)
    assert found == (2_000_000 * 1024, 12, "QEMU 7.2.22", "libvirt 9.0.0")
    assert (node.reserved_memory, node.state, node.system_drive) == (0, NodeState.UP, "/")
    assert read_node(Numbers(None), HOST, node.processor).memory == 1000 << 20


def test_a_processor_has_vendor_model_and_features_as_far_as_they_are_told() -> None:
    cpu = "<cpu><vendor>AMD</vendor><model>EPYC</model><feature name='aes'/><feature name='avx'/></cpu>"
    told = read_processor(f"<capabilities><host>{cpu}</host></capabilities>")
    assert told == Processor("AMD", "EPYC", frozenset({"aes", "avx"}))
    assert read_processor("<capabilities><host><cpu/></host></capabilities>") == Processor("", "unknown", frozenset())
    assert read_processor("<capabilities/>") == Processor("", "unknown", frozenset())


def test_a_machine_of_which_no_sizes_are_told_has_one_processor_and_no_memory() -> None:
    connection = Connection(Domain("web"))
    told = [(domain, {"state.state": 1}) for domain in connection.domains]
    connection.getAllDomainStats = lambda *_: told  # type: ignore[method-assign]
    (found,) = read_machines(connection, HOST, {}, 0.0)
    assert (found.machine.processors, found.machine.memory, found.arriving) == (1, 0, False)
