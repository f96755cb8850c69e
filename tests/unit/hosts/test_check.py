"""What a check of the hosts finds between them, and its table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from fcm.backend.libvirt.check import HostFacts, judge_hosts
from fcm.cli import main
from fcm.cli_hosts import table

if TYPE_CHECKING:
    from pathlib import Path

FIRST = HostFacts(
    "alpha",
    duration=0.25,
    uuid="uuid-a",
    libvirt="9.0.0",
    qemu="7.2.22",
    processor="AMD EPYC",
    memory=8 << 30,
    machines=2,
    bridges=frozenset({"br0"}),
    files=frozenset({"web.raw", "sql.raw"}),
    paths={"Migration": "answered", "Management": "answered"},
)
SECOND = replace(FIRST, name="beta", uuid="uuid-b")


def test_hosts_that_fit_together_pass_in_one_sentence() -> None:
    (result,) = judge_hosts((FIRST, SECOND))

    assert (result.level, result.text) == ("pass", "All 2 hosts answer and fit together.")


@pytest.mark.parametrize(
    ("change", "level", "text"),
    [
        ({"error": "No connection: refused.", "remedy": "Start it."}, "fail", "beta: No connection: refused."),
        ({"uuid": "uuid-a"}, "fail", "alpha and beta have the same host uuid"),
        ({"libvirt": "11.3.0"}, "warn", "The versions of libvirt differ: alpha 9.0.0, beta 11.3.0."),
        ({"qemu": "10.0.2"}, "warn", "The versions of QEMU differ: alpha 7.2.22, beta 10.0.2."),
        ({"processor": "Intel Nehalem"}, "warn", "The processors differ: alpha AMD EPYC, beta Intel Nehalem."),
        ({"bridges": frozenset({"br1"})}, "warn", "Bridges differ (alpha: br0; beta: br1)."),
        ({"files": frozenset({"web.raw"})}, "fail", "not the same on all hosts: beta lacks sql.raw"),
        (
            {"paths": {"Migration": "no answer within 1 s"}},
            "fail",
            "beta does not answer on Migration (no answer within 1 s).",
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
    heading, first, second = table((FIRST, HostFacts("beta", "No answer within 10 s.")))

    assert heading.startswith("Host   Answer  libvirt  QEMU    Processor  Memory   Machines  Networks  Storage")
    assert first.startswith("alpha  0.25 s  9.0.0    7.2.22  AMD EPYC   8.0 GiB  2         2 of 2    2 files")
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
