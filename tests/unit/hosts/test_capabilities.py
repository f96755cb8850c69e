from __future__ import annotations

import pytest

from fcm.backend.libvirt.capabilities import CAPABILITIES
from fcm.model import commands as cmd
from fcm.model.failures import FaultKind
from fcm.workspace.actions.catalog import BY_ID


@pytest.mark.parametrize("kind", FaultKind)
def test_real_hosts_are_not_made_to_fail_and_the_embedded_cluster_is_named(kind: FaultKind) -> None:
    verdict = CAPABILITIES.verdict(cmd.InjectFault(kind, "node1"))
    assert not verdict
    assert verdict.reason.startswith("Failures can be simulated only in simulated clusters")
    assert "embedded:contoso" in verdict.remedy


@pytest.mark.parametrize(
    "action", ["simulate-failure", "repair-failure", "fail-adapter", "repair-fault", "turn-on-node"]
)
def test_the_actions_of_failures_ask_for_commands_that_hosts_refuse_with_that_reason(action: str) -> None:
    of = BY_ID[action].of
    assert of is not None
    assert "simulated clusters" in CAPABILITIES.verdict(of).reason


def test_other_commands_keep_their_reason() -> None:
    assert "The hosts themselves decide this" in CAPABILITIES.verdict(cmd.EnableSharedVolumes).reason
    assert CAPABILITIES.verdict(cmd.LiveMigrate)
