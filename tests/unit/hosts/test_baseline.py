"""The processor that all hosts have, found and set; hosts that offer what a test says."""

from __future__ import annotations

import contextlib
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest

from fcm.backend.base import UnknownMachineError
from fcm.backend.libvirt import baseline as module
from fcm.backend.libvirt import processors
from fcm.backend.libvirt.baseline import BaselineError, find_baseline
from fcm.backend.libvirt.processors import features_of, host_model, offered_features

MIGRATABLE, EXPAND = 1, 2


class HostError(Exception):
    """In place of libvirt.libvirtError."""

    def get_error_code(self) -> int | None:
        return None

    def get_error_domain(self) -> int:
        return 0


LIBVIRT = SimpleNamespace(
    libvirtError=HostError,
    VIR_CONNECT_BASELINE_CPU_MIGRATABLE=MIGRATABLE,
    VIR_CONNECT_BASELINE_CPU_EXPAND_FEATURES=EXPAND,
    VIR_DOMAIN_XML_INACTIVE=2,
)
MODEL = {"aes", "sse"}
"""Features of the model EPYC itself, which only an expanded element names."""


def capabilities(features: set[str], supported: str = "yes") -> str:
    named = "".join(f"<feature policy='require' name='{name}'/>" for name in sorted(features))
    mode = f"<mode name='host-model' supported='{supported}'><model>EPYC</model><vendor>AMD</vendor>{named}<x/></mode>"
    return f"<domainCapabilities><path>/bin/qemu</path><arch>x86_64</arch><cpu>{mode}</cpu></domainCapabilities>"


class Machine:
    """A domain that is off."""

    def __init__(self, name: str, xml: str, host: HostOf) -> None:
        self._name, self.xml, self._host, self.active = name, xml, host, False

    def name(self) -> str:
        return self._name

    def XMLDesc(self, _flags: int) -> str:
        return self.xml

    def isActive(self) -> bool:
        return self.active

    def connect(self) -> HostOf:
        return self._host


class HostOf:
    """A host with a processor of the model EPYC and some features beyond it."""

    def __init__(self, name: str, features: set[str]) -> None:
        self.host = SimpleNamespace(name=name)
        self.features, self.supported, self.closed = features, "yes", 0
        self.machines: list[Machine] = []
        self.asked: list[tuple[Any, ...]] = []
        self.defined: list[str] = []
        self.silent = False

    def connection(self) -> HostOf:
        if self.silent:
            raise HostError("Cannot recv data: Input/output error")
        return self

    def close(self) -> None:
        self.closed += 1

    def listAllDomains(self) -> list[Machine]:
        return self.machines

    def getDomainCapabilities(self, *asked: Any) -> str:
        self.asked.append(asked)
        return capabilities(self.features, self.supported)

    def baselineHypervisorCPU(
        self, emulator: str, arch: str, _machine: None, kind: str, offered: list[str], flags: int
    ) -> str:
        self.asked.append((emulator, arch, kind))
        assert flags & MIGRATABLE
        common = set.intersection(*(set(features_of(one)) for one in offered)) | (MODEL if flags & EXPAND else set())
        named = "".join(f"<feature policy='require' name='{name}'/>" for name in sorted(common))
        return f"<cpu mode='custom'><model>EPYC</model>{named}</cpu>"

    def defineXML(self, xml: str) -> None:
        self.defined.append(xml)


XML = (
    "<domain type='qemu'><os><type arch='aarch64'>hvm</type></os><cpu mode='host-passthrough'/>"
    "<devices><emulator>/opt/qemu</emulator></devices></domain>"
)


@pytest.fixture
def hosts(monkeypatch: pytest.MonkeyPatch) -> list[HostOf]:
    made = [HostOf("node1", {"avx", "avx2", "sev"}), HostOf("node2", {"avx", "avx2"}), HostOf("node3", {"avx", "sha"})]
    by_name = {one.host.name: one for one in made}
    monkeypatch.setattr(module, "load_libvirt", lambda: LIBVIRT)
    monkeypatch.setattr(processors, "load_libvirt", lambda: LIBVIRT)
    monkeypatch.setattr(module, "EVENT_LOOP", SimpleNamespace(running=contextlib.nullcontext))
    monkeypatch.setattr(module, "HostConnection", lambda host: by_name[host.name])
    made[1].machines = [Machine("WEB", XML, made[1])]
    return made


def found(hosts: list[HostOf], machine: str = "WEB", apply: bool = False) -> Any:
    return find_baseline(SimpleNamespace(hosts=[one.host for one in hosts]), machine, apply)  # type: ignore[arg-type]


def test_it_has_what_all_hosts_have_and_names_what_each_goes_without(hosts: list[HostOf]) -> None:
    baseline = found(hosts)
    assert baseline.model == "EPYC"
    assert baseline.features == {"avx", *MODEL}
    assert baseline.lost == {"node1": ("avx2", "sev"), "node2": ("avx2",), "node3": ("sha",)}
    assert features_of(baseline.xml) == {"avx"}, "the model is not written out"
    assert [one.closed for one in hosts] == [1, 1, 1]
    assert hosts[0].defined == hosts[1].defined == []


def test_the_emulator_and_the_architecture_are_the_machine_s(hosts: list[HostOf]) -> None:
    found(hosts)
    assert hosts[2].asked == [("/opt/qemu", "aarch64", None, "qemu")]
    assert hosts[0].asked[1] == ("/opt/qemu", "aarch64", "qemu")
    hosts[1].machines = [Machine("WEB", "<domain/>", hosts[1])]
    found(hosts)
    assert hosts[2].asked[1] == ("", "x86_64", None, "kvm")


def test_it_is_set_in_place_of_the_processor_that_the_machine_had(hosts: list[HostOf]) -> None:
    found(hosts, apply=True)
    (xml,) = hosts[1].defined
    (cpu,) = ElementTree.fromstring(xml).findall("cpu")
    assert (cpu.get("mode"), cpu.findtext("model")) == ("custom", "EPYC")


def test_a_running_machine_keeps_its_processor(hosts: list[HostOf]) -> None:
    hosts[1].machines[0].active = True
    assert found(hosts).model == "EPYC"
    with pytest.raises(BaselineError, match="WEB is running, so its processor cannot be changed"):
        found(hosts, apply=True)
    assert hosts[1].defined == []


def test_a_machine_that_no_host_has_is_named(hosts: list[HostOf]) -> None:
    with pytest.raises(UnknownMachineError, match="No host has a virtual machine named 'DB'"):
        found(hosts, "DB")
    assert [one.closed for one in hosts] == [1, 1, 1]


def test_a_host_that_does_not_respond_is_told_in_words(hosts: list[HostOf]) -> None:
    hosts[2].silent = True
    with pytest.raises(BaselineError, match="The connection to libvirtd on the host was lost"):
        found(hosts)


def test_a_host_that_offers_no_processor_is_told(hosts: list[HostOf]) -> None:
    hosts[0].supported = "no"
    with pytest.raises(BaselineError, match="does not report the processor"):
        found(hosts)


def test_of_a_host_s_model_only_what_makes_a_processor_is_taken() -> None:
    text = host_model(capabilities({"avx"}))
    assert text is not None
    cpu = ElementTree.fromstring(text)
    assert cpu.attrib == {"mode": "custom", "match": "exact"}
    assert [one.tag for one in cpu] == ["model", "vendor", "feature"]
    assert host_model(capabilities({"avx"}, "no")) is None
    assert host_model("<domainCapabilities><cpu><mode name='custom'/></cpu></domainCapabilities>") is None


def test_a_feature_counts_unless_it_is_turned_off() -> None:
    policies = {"require": "a", "force": "b", "disable": "c", "forbid": "d", "optional": "e"}
    named = "".join(f"<feature policy='{policy}' name='{name}'/>" for policy, name in policies.items())
    assert features_of(f"<cpu>{named}<feature name='plain'/></cpu>") == {"a", "b", "plain"}


def test_all_features_that_an_emulator_offers_are_those_of_the_expanded_model(hosts: list[HostOf]) -> None:
    assert offered_features(hosts[1], "kvm") == {"avx", "avx2", *MODEL}
    assert hosts[1].asked == [(None, None, None, "kvm"), ("/bin/qemu", "x86_64", "kvm")]
    hosts[1].supported = "no"
    assert offered_features(hosts[1], "kvm") == frozenset()
