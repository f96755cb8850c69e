"""What a check of the hosts finds between them, and its table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from fcm.backend.libvirt.configuration.check import HostFacts, _facts, _paths, judge_hosts
from fcm.backend.libvirt.configuration.hosts_file import Host, load
from fcm.backend.libvirt.paths.probe import Answer
from fcm.cli.hosts import table
from fcm.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

FIRST = HostFacts(
    "alpha",
    duration=0.25,
    uuid="uuid-a",
    hostname="alpha.example",
    uri="qemu+ssh://kvm1/system",
    addresses={"Migration": "10.1.0.1"},
    features={"kvm": frozenset({"sse2", "avx", "aes"})},
    libvirt="9.0.0",
    qemu="7.2.22",
    processor="AMD EPYC",
    memory=8 << 30,
    machines=2,
    bridges=frozenset({"br0"}),
    files=frozenset({"web.raw", "sql.raw"}),
    paths={"Migration": "answered", "Management": "answered"},
)
SECOND = replace(
    FIRST,
    name="beta",
    uuid="uuid-b",
    hostname="beta.example",
    uri="qemu+ssh://kvm2/system",
    addresses={"Migration": "10.1.0.2"},
)


def test_networks_that_overlap_are_named_with_what_comes_of_it() -> None:
    subnets = {"Migration": "10.1.0.0/16", "Management": "10.1.4.0/24", "Link": "fe80::/64", "Other": "fd00::/64"}
    (result,) = judge_hosts((replace(FIRST, subnets=subnets), replace(SECOND, subnets=subnets)))

    assert result.level == "warn"
    assert result.text.startswith("The networks Migration (10.1.0.0/16) and Management (10.1.4.0/24) overlap")


def test_hosts_that_fit_together_pass_in_one_sentence() -> None:
    (result,) = judge_hosts((FIRST, SECOND))

    assert (result.level, result.text) == ("pass", "All 2 hosts respond and are compatible.")


@pytest.mark.parametrize(
    ("change", "level", "text"),
    [
        ({"error": "Cannot connect: refused.", "remedy": "Start it."}, "fail", "beta: Cannot connect: refused."),
        ({"uuid": "uuid-a"}, "fail", "alpha and beta have the same host UUID"),
        ({"libvirt": "11.3.0"}, "warn", "The versions of libvirt differ: alpha 9.0.0, beta 11.3.0."),
        ({"qemu": "10.0.2"}, "warn", "The versions of QEMU differ: alpha 7.2.22, beta 10.0.2."),
        ({"processor": "Intel Nehalem"}, "warn", "The processors differ: alpha AMD EPYC, beta Intel Nehalem."),
        (
            {"features": {"kvm": frozenset({"sse2"})}},
            "warn",
            "beta lacks aes, avx. A virtual machine that uses one of these features cannot be live migrated to",
        ),
        (
            {"features": {"kvm": frozenset({"sse2", "avx", "aes", "avx512"})}, "processor": "Intel Nehalem"},
            "warn",
            "The processors differ: alpha AMD EPYC, beta Intel Nehalem, alpha lacks avx512. A virtual machine",
        ),
        (
            {"uuid": "uuid-a", "hostname": "alpha.example"},
            "fail",
            "alpha and beta are the same host: both report",
        ),
        ({"uri": "qemu+ssh://KVM1/system"}, "fail", "alpha and beta have the same URI, qemu+ssh://kvm1/system."),
        ({"uri": "qemu+libssh://KVM1/system"}, "fail", "alpha and beta have the same URI, qemu+ssh://kvm1/system."),
        (
            {"addresses": {"Migration": "10.1.0.1"}},
            "fail",
            "alpha and beta have the same address, 10.1.0.1, on Migration.",
        ),
        (
            {"addresses": {"Migration": "10.1.0.2", "Management": "10.1.0.1"}},
            "fail",
            "alpha and beta have the same address, 10.1.0.1, (alpha on Migration, beta on Management).",
        ),
        (
            {"strays": ("10.2.0.2 on Migration (10.1.0.0/24)",)},
            "warn",
            "beta has an address outside the subnet of its network: 10.2.0.2 on Migration (10.1.0.0/24).",
        ),
        ({"bridges": frozenset({"br1"})}, "warn", "The bridges differ (alpha: br0; beta: br1)."),
        ({"files": frozenset({"web.raw"})}, "fail", "not the same on all hosts: beta lacks sql.raw"),
        (
            {"paths": {"Migration": "no response within 1 s"}},
            "fail",
            "beta does not respond on Migration (no response within 1 s).",
        ),
    ],
)
def test_each_thing_that_is_wrong_is_said_once_with_a_remedy(change: dict[str, Any], level: str, text: str) -> None:
    (result,) = judge_hosts((FIRST, replace(SECOND, **change)))

    assert result.level == level
    assert text in result.text
    assert result.remedy


def test_storage_that_no_pool_of_libvirt_covers_is_not_compared() -> None:
    assert judge_hosts((FIRST, replace(SECOND, files=None)))[0].level == "pass"


def test_the_table_has_a_line_a_host_and_dashes_for_one_that_did_not_answer() -> None:
    heading, first, second = table((FIRST, HostFacts("beta", "No response within 10 s.")))

    assert heading.startswith("Host   Answer  libvirt  QEMU    Processor  Memory  Machines  Networks  Storage")
    assert first.startswith("alpha  0.25 s  9.0.0    7.2.22  AMD EPYC   8 GiB   2         2 of 2    2 files")
    assert second.split() == ["beta", "none", "-", "-", "-", "-", "-", "-", "-"]


def test_names_of_certificates_are_a_column_where_the_hosts_file_has_one() -> None:
    heading, first, second = table((replace(FIRST, tls_name="alpha.example"), SECOND))

    assert heading.endswith("Storage  TLS name")
    assert first.endswith("2 files  alpha.example")
    assert second.endswith("2 files  address")


@pytest.mark.parametrize("words", [("check",), ("measure", "web"), ("drain", "node1")])
def test_a_hosts_file_that_cannot_be_read_is_told_in_a_sentence(
    words: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    verb, *rest = words

    assert main(["hosts", verb, str(tmp_path / "none.toml"), *rest]) == 2
    assert "none.toml" in capsys.readouterr().err


def test_one_address_written_in_two_ways_is_one_address() -> None:
    pair = [
        replace(one, addresses={"Migration": text}) for one, text in ((FIRST, "fd00:1::2"), (SECOND, "fd00:1:0::2"))
    ]

    assert judge_hosts(pair)[0].text == "alpha and beta have the same address, fd00:1::2, on Migration."


def test_a_host_that_does_not_answer_is_still_compared_by_what_the_hosts_file_says() -> None:
    silent = replace(SECOND, error="No response within 10 s.", addresses={"Migration": "10.1.0.1"})

    assert [result.text for result in judge_hosts((FIRST, silent))] == [
        "beta: No response within 10 s.",
        "alpha and beta have the same address, 10.1.0.1, on Migration.",
    ]


HOSTS = """\
[cluster]
name = "east"

[[network]]
name = "Migration"
subnet = "fd00:92::/64"

[[node]]
name = "alpha"
uri = "qemu+ssh://alpha/system"
addresses = { Migration = "fd00:92::1" }

[[node]]
name = "beta"
uri = "qemu+ssh://beta/system"
addresses = { Migration = "10.1.0.2" }

[[node]]
name = "gamma"
uri = "qemu+ssh://gamma/system"
addresses = { Migration = "fe80::3%br0" }
"""


def test_each_way_is_tried_from_every_other_host_to_the_address_that_a_migration_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(source: Host, address: str) -> tuple[Answer, str]:
        asked.append((source.name, address))
        reached = (source.name, address) != ("gamma", "fd00:92::1")
        return Answer(reached, "answered" if reached else "no route to the host", 0.0), ""

    asked: list[tuple[str, str]] = []
    path = tmp_path / "hosts.toml"
    path.write_text(HOSTS)
    hosts = load(path)
    monkeypatch.setattr("fcm.backend.libvirt.configuration.check.probe_from", answer)

    found = [_paths(host, hosts) for host in hosts.hosts]

    assert found == [
        {"Migration": "no route to the host from gamma"},
        {"Migration": "answered"},
        {"Migration": "answered"},
    ]
    assert sorted(asked) == [
        ("alpha", "10.1.0.2"),
        ("alpha", "fe80::3%br0"),
        ("beta", "fd00:92::1"),
        ("beta", "fe80::3%br0"),
        ("gamma", "10.1.0.2"),
        ("gamma", "fd00:92::1"),
    ]
    assert [_facts(host, hosts).strays for host in hosts.hosts] == [(), ("10.1.0.2 on Migration (fd00:92::/64)",), ()]


def test_an_address_in_another_spelling_is_the_same_address() -> None:
    pair = (FIRST, replace(SECOND, addresses={"Migration": "::ffff:10.1.0.1"}))
    assert judge_hosts(pair)[0].text.startswith("alpha and beta have the same address, 10.1.0.1")


def test_of_many_features_that_a_host_lacks_eight_are_named() -> None:
    names = [f"f{number:02}" for number in range(12)]
    rich = replace(FIRST, features={"kvm": frozenset(names)})
    poor = replace(SECOND, features={"kvm": frozenset()})
    (result,) = judge_hosts((rich, poor))
    assert [name for name in names if name in result.text] == names[:8]
    assert "4 more" in result.text or "12" in result.text


def test_processors_of_one_model_that_lack_features_are_not_listed_as_different_models() -> None:
    (result,) = judge_hosts((FIRST, replace(SECOND, features={"kvm": frozenset({"sse2"})})))
    assert result.text.startswith("The processors differ: beta lacks aes, avx. ")


def test_an_address_that_three_hosts_share_is_told_by_all_networks_on_which_it_is() -> None:
    third = replace(FIRST, name="gamma", uuid="uuid-c", hostname="gamma.example", uri="qemu+ssh://kvm3/system")
    everywhere = (FIRST, replace(SECOND, addresses=FIRST.addresses), third)
    (one,) = judge_hosts(everywhere)
    assert one.text.startswith("alpha and beta and gamma have the same address, 10.1.0.1, on Migration.")
    elsewhere = replace(third, addresses={"Storage": "10.1.0.1"})
    (other,) = judge_hosts((FIRST, SECOND, elsewhere))
    assert "10.1.0.1, (alpha on Migration, gamma on Storage)." in other.text
