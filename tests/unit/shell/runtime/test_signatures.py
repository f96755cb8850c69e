"""What scripts rely on: the cmdlets with the names, aliases and places of their parameters, and their pipelines."""

from __future__ import annotations

from tests.unit.shell.transcripts import SIGNATURES, signatures


def test_cmdlets_and_their_parameters_are_those_that_are_listed() -> None:
    assert signatures().splitlines() == SIGNATURES.read_text(encoding="utf-8").splitlines()
