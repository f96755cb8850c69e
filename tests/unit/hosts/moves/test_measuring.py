"""How fast a machine writes, asked of a host that a test plays, on a clock of its own."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from fcm.backend.base import MeasureError, UnknownMachineError
from fcm.backend.libvirt.configuration.hosts_file import Host, HostsFile
from fcm.backend.libvirt.moves import measure as measuring
from fcm.cli.main import main
from fcm.migration.judging.fitting import DirtySample
from fcm.model.migrations import Emulator
from tests.unit.embedded.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MEASURED, MEASURING = 2, 1


class RefusalError(Exception):
    def get_error_code(self) -> int:
        return 38

    def get_error_domain(self) -> int:
        return 0


LIBVIRT = SimpleNamespace(
    libvirtError=RefusalError,
    VIR_CONNECT_LIST_DOMAINS_ACTIVE=1,
    VIR_DOMAIN_DIRTYRATE_MODE_PAGE_SAMPLING=0,
    VIR_DOMAIN_STATS_DIRTYRATE=8,
    VIR_DOMAIN_DIRTYRATE_MEASURED=MEASURED,
)


class Clock:
    """Time that passes only where somebody waits."""

    def __init__(self) -> None:
        self.now = 100.0

    def wait(self, seconds: float) -> None:
        self.now += seconds


class Machine:
    """A domain whose host has a result ``late`` s after the end of each calculation."""

    def __init__(self, clock: Clock, late: float = 0.0, name: str = "web") -> None:
        self._clock, self._late, self._name = clock, late, name
        self.migrating = self.refuses = False
        self.rate = 17
        self.begun: list[tuple[int, float]] = []
        self.asked: list[float] = []
        self.kept: int | None = None
        """s of an earlier calculation, which the host tells until the next is over."""

    def name(self) -> str:
        return self._name

    def UUIDString(self) -> str:
        return f"uuid-{self._name}"

    def connect(self) -> Machine:
        return self

    def startDirtyRateCalc(self, seconds: int, mode: int) -> None:
        assert mode == LIBVIRT.VIR_DOMAIN_DIRTYRATE_MODE_PAGE_SAMPLING
        if self.refuses:
            raise RefusalError("Operation not supported: no such thing")
        self.begun.append((seconds, self._clock.now))

    def domainListGetStats(self, domains: Sequence[Machine], which: int) -> list[tuple[Machine, dict[str, int]]]:
        assert (list(domains), which) == ([self], LIBVIRT.VIR_DOMAIN_STATS_DIRTYRATE)
        self.asked.append(self._clock.now)
        seconds, at = self.begun[-1]
        over = self._clock.now >= at + seconds + self._late
        told = {
            "dirtyrate.calc_status": MEASURED if over or self.kept else MEASURING,
            "dirtyrate.calc_period": seconds if over else self.kept or 0,
            "dirtyrate.megabytes_per_second": self.rate,
        }
        return [(self, told)]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(measuring, "load_libvirt", lambda: LIBVIRT)
    monkeypatch.setattr(measuring, "time", SimpleNamespace(monotonic=lambda: made.now))
    monkeypatch.setattr(measuring, "threading", SimpleNamespace(Event=lambda: made))
    monkeypatch.setattr(measuring, "is_migrating", lambda domain: domain.migrating)
    return made


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.close()


def test_each_time_is_measured_once_and_told_as_it_comes(clock: Clock) -> None:
    machine, told = Machine(clock), []

    found = measuring.measure(machine, (1, 2), told.append)

    assert found == (DirtySample(1.0, 17.0, exact=False), DirtySample(2.0, 17.0, exact=False))
    assert told == list(found)
    assert [seconds for seconds, _ in machine.begun] == [1, 2]


def test_the_host_is_not_asked_before_the_time_is_over(clock: Clock) -> None:
    machine = Machine(clock)
    measuring.measure(machine, (4,))
    assert min(machine.asked) >= 104.0


def test_a_result_that_is_up_to_10_s_late_is_waited_for(clock: Clock) -> None:
    assert len(measuring.measure(Machine(clock, late=9.5), (1,))) == 1
    with pytest.raises(MeasureError, match="web: the measurement over 1 s did not finish in time"):
        measuring.measure(Machine(clock, late=11.5), (1,))


def test_the_result_of_an_earlier_calculation_is_not_taken_for_the_new_one(clock: Clock) -> None:
    machine = Machine(clock, late=1.0)
    machine.kept = 8
    assert measuring.measure(machine, (2,)) == (DirtySample(2.0, 17.0, exact=False),)
    assert clock.now >= 103.0


def test_a_rate_that_the_host_does_not_know_is_no_result(clock: Clock) -> None:
    machine = Machine(clock)
    machine.rate = measuring.UNMEASURED
    with pytest.raises(MeasureError, match="did not finish in time"):
        measuring.measure(machine, (1,))
    machine.rate = 0
    assert measuring.measure(machine, (1,)) == (DirtySample(1.0, 0.0, exact=False),)


def test_what_was_measured_is_returned_once_nobody_waits_for_more(clock: Clock) -> None:
    machine = Machine(clock)
    found = measuring.measure(machine, (1, 2, 4), wanted=lambda: len(machine.begun) < 2)
    assert found == (DirtySample(1.0, 17.0, exact=False),)
    assert measuring.measure(machine, (1,), wanted=lambda: False) == ()
    assert len(machine.begun) == 2


def test_a_machine_that_is_being_migrated_is_not_measured(clock: Clock) -> None:
    machine = Machine(clock)
    machine.migrating = True
    with pytest.raises(MeasureError, match="web is being migrated"):
        measuring.measure(machine)
    assert machine.begun == []


def test_what_the_host_says_is_the_reason(clock: Clock) -> None:
    machine = Machine(clock)
    machine.refuses = True
    with pytest.raises(MeasureError, match="Operation not supported: no such thing"):
        measuring.measure(machine)


class Far:
    """A connection to a host that runs some machines; ``None``: it does not respond."""

    def __init__(self, host: Host, machines: list[Machine] | None) -> None:
        self.host, self._machines = host, machines
        self.closed = False

    def connection(self) -> Far:
        if self._machines is None:
            raise RefusalError("no route")
        return self

    def listAllDomains(self, which: int) -> list[Machine]:
        assert which == LIBVIRT.VIR_CONNECT_LIST_DOMAINS_ACTIVE
        return self._machines or []

    def domain(self, identity: str) -> Machine | None:
        return next((one for one in self.connection().listAllDomains(1) if one.UUIDString() == identity), None)

    def close(self) -> None:
        self.closed = True


def hosts(monkeypatch: pytest.MonkeyPatch, **machines: list[Machine] | None) -> tuple[HostsFile, list[Far]]:
    opened: list[Far] = []

    def connect(host: Host) -> Far:
        opened.append(Far(host, machines[host.name]))
        return opened[-1]

    monkeypatch.setattr(measuring, "HostConnection", connect)
    listed = tuple(Host(name, "qemu:///system", "", {}, None, (), None) for name in machines)
    return HostsFile(Path("hosts.toml"), "east", (), listed, is_lab=False, same_file_system=False), opened


def test_a_machine_is_found_on_the_host_that_runs_it_and_the_others_are_closed(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    web = Machine(clock)
    file, opened = hosts(monkeypatch, alpha=[Machine(clock, name="sql")], beta=[web], gamma=[])

    connection, domain = measuring.find_machine(file, "web")

    assert domain is web
    assert connection.host.name == "beta"
    assert [(one.host.name, one.closed) for one in opened] == [("alpha", True), ("beta", False)]


def test_a_machine_that_no_host_runs_is_unknown_only_if_all_hosts_respond(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, opened = hosts(monkeypatch, alpha=[], beta=[])
    with pytest.raises(UnknownMachineError, match="No host is running a virtual machine named 'web'"):
        measuring.find_machine(file, "web")
    assert all(one.closed for one in opened)

    file, opened = hosts(monkeypatch, alpha=None, beta=[])
    with pytest.raises(MeasureError, match=r"Hosts that did not respond: alpha: .*no route") as caught:
        measuring.find_machine(file, "web")
    assert not isinstance(caught.value, UnknownMachineError)
    assert all(one.closed for one in opened)


def test_a_machine_of_an_open_cluster_is_measured_on_its_node(clock: Clock, desk: Desk) -> None:
    machine = desk.machine("WEB01")
    running = Machine(clock, name=machine.id)
    running.UUIDString = lambda: machine.id  # type: ignore[method-assign]
    far: Any = {machine.node: Far(Host(machine.node, "", "", {}, None, (), None), [running])}

    def found(connections: Any) -> tuple[DirtySample, ...]:
        return measuring.measure_running(desk.state, connections, machine.id, lambda _: None, lambda: True)

    assert [one.seconds for one in found(far)] == [1.0, 2.0, 4.0, 8.0]
    far[machine.node] = Far(far[machine.node].host, [])
    for connections in (far, {}):
        with pytest.raises(MeasureError, match=f"WEB01 is no longer running on {machine.node}"):
            found(connections)
    far[machine.node] = Far(far[machine.node].host, None)
    with pytest.raises(MeasureError, match="no route"):
        found(far)


def test_a_machine_that_is_off_is_not_measured(clock: Clock, desk: Desk) -> None:
    off = next(one for one in desk.state.machines.values() if not one.state.holds_memory)
    with pytest.raises(MeasureError, match=off.name):
        measuring.measure_running(desk.state, {}, off.id, lambda _: None, lambda: True)


class Described:
    """A domain of a host of QEMU 10, of whose memory a third was ever used."""

    def __init__(self, kind: str = "qemu", told: bool = True, why: int = 1) -> None:
        self._kind, self._told, self._why = kind, told, why

    def state(self) -> list[int]:
        return [1, self._why]

    def maxMemory(self) -> int:
        return 768 * 1024

    def memoryStats(self) -> dict[str, int]:
        return {"actual": 768 * 1024, "rss": 256 * 1024} if self._told else {}

    def connect(self) -> SimpleNamespace:
        return SimpleNamespace(getVersion=lambda: 10_000_013)

    def XMLDesc(self, _flags: int) -> str:
        return f"<domain type='{self._kind}'/>"


def test_what_a_host_says_of_a_measured_machine_goes_with_its_samples() -> None:
    found = measuring.described(Described(), "node1", (DirtySample(1.0, 4.0, exact=False),))
    assert (found.host, found.memory, found.emulator) == ("node1", 768 << 20, Emulator(256 << 20, True, False))
    assert (found.version, len(found.samples)) == ("QEMU 10.0.13", 1)
    came = measuring.described(Described("kvm", why=2), "node1", ())
    assert came.emulator == Emulator(256 << 20, False, True)
    assert measuring.described(Described(told=False), "node1", ()).emulator is None


HOSTS = """\
[cluster]
name = "x"
[[network]]
name = "LM"
subnet = "10.0.0.0/24"
bandwidth = 25000000
[[node]]
name = "a"
uri = "qemu+ssh://a/system"
addresses = { LM = "10.0.0.1" }
[[node]]
name = "b"
uri = "qemu+ssh://b/system"
addresses = { LM = "10.0.0.2" }
"""


@pytest.mark.parametrize("rates", [(0.0, 0.0), (4.0, 4.0)])
def test_the_verb_predicts_with_the_line_the_version_and_the_memory_that_is_used(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    rates: tuple[float, float],
) -> None:
    samples = tuple(DirtySample(t, r, exact=False) for t, r in zip((1.0, 8.0), rates, strict=True))
    monkeypatch.setattr(
        measuring, "measure_machine", lambda _hosts, _name, told: measuring.described(Described(), "a", samples)
    )
    file = tmp_path / "hosts.toml"
    file.write_text(HOSTS)
    assert main(["hosts", "measure", str(file), "web"]) == 0
    said = capsys.readouterr().out
    assert "QEMU 9.2 and later" in said
    assert "a last copy at up to 188 Mbit/s (what LM carries)" in said
    assert "88 % zero pages" in said
    assert "115 ms of blackout in addition" in said
    assert ("cannot be told" in said) is ("If it writes nothing: " in said) is (rates[0] == 0.0)
    assert ("Forecast based on measured dirty rates: " in said) is (rates[0] > 0.0)
