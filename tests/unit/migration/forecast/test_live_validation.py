"""The running forecast held against migrations between real hosts, as the product exports them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from fcm.cli.main import main
from fcm.migration.engine.policies import QEMU_7_2, QEMU_9_2
from fcm.migration.engine.specification import (
    FIXED_DOWNTIME,
    HOST_DOWNTIME,
    MULTIFD_PACKET,
    Capability,
    MigrationSpec,
    downtime_of,
)
from fcm.migration.engine.workload import Uniform, Workload
from fcm.migration.judging.prediction import predict
from fcm.migration.validation.live import validate_live

DATA = Path(__file__).parents[3] / "data"
MIB = 1 << 20
LINE = 23.5e6


def test_the_blackout_of_real_hosts_is_within_its_interval_and_that_of_bare_qemu_is_shorter() -> None:
    found = validate_live(sorted((DATA / "live").glob("*.json"))).as_json()
    assert found["all"]["migrations"] == 14
    assert found["all"]["blackout"]["held"] > 0.75
    assert found["all"]["eta"]["held"] > 0.65
    assert set(found["by_qemu"]) == {"10.0.13"}
    assert downtime_of("QEMU 10.0.13") == HOST_DOWNTIME > downtime_of("") == FIXED_DOWNTIME


def test_only_migrations_between_real_hosts_are_counted(tmp_path: Path) -> None:
    for path in (DATA / "recordings" / "uniform-10k.1.json", *(DATA / "kept").glob("*.json")):
        shutil.copy(path, tmp_path)
    result = validate_live(sorted(tmp_path.glob("*.json")))
    assert result.left_out == (("uniform-10k.1", "it is a recording of the laboratory"),)
    assert len(result.cases) == len(list((DATA / "kept").glob("*.json")))


def test_the_verb_says_how_often_the_end_and_the_blackout_held(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", str(DATA / "kept"), "--live"]) == 0
    head, _, every, *_ = capsys.readouterr().out.splitlines()
    assert head.startswith("| migrations | instants | end held |")
    assert every.startswith("| all | ")
    assert main(["validate", str(DATA / "kept"), "--live", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {"all", "by_qemu", "cases", "left_out"}
    assert told["all"]["instants"] == sum(case["instants"] for case in told["cases"])


@pytest.mark.parametrize(("rule", "longer"), [(QEMU_7_2, False), (QEMU_9_2, True)])
def test_several_connections_make_a_longer_blackout_since_they_are_counted_late(rule: object, longer: bool) -> None:
    """606 to 624 ms were measured with QEMU 10 over two connections at 200 Mbit/s, 259 to 423 with 7.2."""
    guest = Workload((Uniform(4096, 20_000, 800.0),))
    base = MigrationSpec(guest, 256 * MIB, rule, LINE, line_rate=LINE, fixed_downtime=HOST_DOWNTIME)  # type: ignore[arg-type]
    parameters = (("multifd_channels", 2.0),)
    wide = MigrationSpec(
        guest,
        256 * MIB,
        rule,  # type: ignore[arg-type]
        LINE,
        line_rate=LINE,
        fixed_downtime=HOST_DOWNTIME,
        capabilities=frozenset({Capability.MULTIFD}),
    ).with_parameters(parameters)
    one, several = predict(base).downtime, predict(wide).downtime
    assert wide.late == (3 * MULTIFD_PACKET if longer else 0.0)
    assert one is not None
    assert several is not None
    if longer:
        assert 0.45 < several < 0.65
    assert several - one > 0.1 if longer else abs(several - one) < 0.05
