"""What an input line says about itself: coloured pieces, mistakes, syntax, descriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fcm.shell.completion.hints import describe, pieces, syntax

if TYPE_CHECKING:
    from tests.unit.shell.desk import ShellDesk

TEXTS = st.lists(
    st.sampled_from(
        ["Get-ClusterNode ", "-Name ", "-Node", "$x", "'a b'", '"$(', "|", "{", "}", "#", "\n", "“", "x", ";"]
    ),
    max_size=12,
).map("".join)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Get-ClusterNod ", "Did you mean Get-ClusterNode"),
        ("Get-ClusterNode -Bogus x", "has no parameter -Bogus"),
        ("Move-ClusterSharedVolume X -Wait 5", "-Wait is not supported: the coordinator changes immediately."),
        ("Get-ClusterNode | )", "cannot start a statement"),
        ("Get-ClusterNode 'not over yet", ""),
        ("if ($true) {", ""),
        (".\\own.ps1", ""),
        ("function Do-It { 1 }; Do-It ", ""),
    ],
)
def test_what_is_wrong_has_its_reason(desk: ShellDesk, text: str, problem: str) -> None:
    found = [piece.problem for piece in pieces(text, desk.session) if piece.problem]
    assert problem in " ".join(found) if problem else found == []


def test_a_function_of_the_session_is_known(desk: ShellDesk) -> None:
    desk.must("function Show-It { 1 }")
    assert not any(piece.problem for piece in pieces("Show-It", desk.session))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(TEXTS, st.integers(0, 60))
def test_any_text_is_read_without_a_crash_and_in_order(desk: ShellDesk, text: str, cursor: int) -> None:
    found = pieces(text, desk.session, cursor)
    assert all(0 <= piece.start <= piece.end <= len(text) for piece in found)
    assert [piece.start for piece in found] == sorted(piece.start for piece in found)
    known = syntax(desk.session, text, cursor)
    assert known is None or known.current is None or 0 < known.current < len(known.words)


def test_the_syntax_follows_the_parameter_that_is_typed(desk: ShellDesk) -> None:
    for text, word in (
        ("Move-ClusterVirtualMachineRole SQL01 -Node ", "[[-Node] <text>]"),
        ("Move-ClusterVirtualMachineRole -Mig", "[-MigrationType <Live|Quick|TurnOff|Shutdown|ShutdownForce>]"),
    ):
        found = syntax(desk.session, text, len(text))
        assert found is not None
        assert found.current is not None
        assert found.words[found.current] == word


@pytest.mark.parametrize(
    ("text", "word", "note"),
    [
        ("Get-ClusterNod", "Get-ClusterNode", "Gets nodes"),
        ("Suspend-ClusterNode n", "node1", "node, Up"),
        ("Get-ClusterGroup S", "SQL01", "virtual machine, Running on node1"),
        ("Get-ClusterNetwork ", "'Cluster Network 1'", "network 10."),
        ("Get-ClusterNode -Err", "-ErrorAction", "common parameter"),
        ("$tr", "$true", "variable"),
    ],
)
def test_a_proposal_says_what_it_is(desk: ShellDesk, text: str, word: str, note: str) -> None:
    assert describe(desk.session, text, len(text), word).startswith(note)
