from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fcm.shell.completion.completion import complete
from fcm.shell.language.exceptions import CLUSTER

if TYPE_CHECKING:
    from tests.unit.shell.desk import ShellDesk


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Get-ClusterNod", ("Get-ClusterNode",)),
        ("Get-ClusterNode | Suspend-", ("Suspend-ClusterNode", "Suspend-ClusterResource", "Suspend-VM")),
        ("Move-ClusterVirtualMachineRole -Mig", ("-MigrationType",)),
        ("Move-ClusterVirtualMachineRole SQ", ("SQL01",)),
        ("Move-ClusterVirtualMachineRole SQL01 -Node n", ("node1", "node2", "node3")),
        ("Move-ClusterVirtualMachineRole SQL01 -MigrationType q", ("Quick",)),
        ("Get-ClusterNetwork 'Cluster Network 3", ("'Cluster Network 3'",)),
        ("(Get-ClusterNetwork “Cluster Network 1", ("'Cluster Network 1'",)),
        ("Get-ClusterGroup dc", ("DC01",)),
        ("$tr", ("$true",)),
        ("try { } catch [itemnot", ("[System.Management.Automation.ItemNotFoundException]",)),
        ("try { } catch [System.Exception], [Microsoft.Fail", (f"[{CLUSTER}]",)),
        ("Get-VM | Where-Object { Get-Clu", ("Get-Cluster", "Get-ClusterAffinityRule", "Get-ClusterAvailableDisk")),
    ],
)
def test_what_can_be_typed_next_is_proposed(desk: ShellDesk, text: str, words: tuple[str, ...]) -> None:
    assert complete(desk.session, text, len(text)).words[: len(words)] == words


def test_the_proposal_takes_the_place_of_the_word_that_was_begun(desk: ShellDesk) -> None:
    text = "Get-ClusterNetwork 'Cluster Network 3"
    found = complete(desk.session, text, len(text))
    assert text[: found.start] + found.words[0] == "Get-ClusterNetwork 'Cluster Network 3'"
    text = "try { } catch [divide"
    found = complete(desk.session, text, len(text))
    assert text[: found.start] + found.words[0] == "try { } catch [System.DivideByZeroException]"


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.text("Get-ClusterNode $|({'\"“” -Name,;", max_size=30), st.integers(0, 30))
def test_any_text_with_any_cursor_has_proposals_that_begin_in_it(desk: ShellDesk, text: str, cursor: int) -> None:
    found = complete(desk.session, text, cursor)
    assert 0 <= found.start <= len(text)
