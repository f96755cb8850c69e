"""Affinity rules: names that groups share, which are kept on different nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.unit.shell.desk import ShellDesk


def classes(desk: ShellDesk, group: str) -> list[str]:
    return [list(one.anti_affinity) for one in desk.state.groups.values() if one.name == group][0]  # noqa: RUF015


def test_a_rule_is_there_while_groups_have_it(desk: ShellDesk) -> None:
    assert desk.must("Get-ClusterAffinityRule") == []
    (rule,) = desk.must("Add-ClusterGroupToAffinityRule -Name DCs -Groups DC01, WEB01 -PassThru")
    assert (rule.get("Name"), rule.get("RuleType"), sorted(rule.get("Groups"))) == (
        "DCs", "DifferentNode", ["DC01", "WEB01"]
    )  # fmt: skip
    assert classes(desk, "DC01") == ["DCs"]
    desk.must("Get-ClusterAffinityRule dcs | Add-ClusterGroupToAffinityRule -Groups WEB02")
    assert classes(desk, "WEB02") == ["DCs"]
    desk.must("Remove-ClusterGroupFromAffinityRule DCs -Groups WEB01, SQL01")
    assert classes(desk, "WEB01") == []
    desk.must("Remove-ClusterAffinityRule DCs")
    assert classes(desk, "DC01") == classes(desk, "WEB02") == []
    assert "no affinity rule 'DCs'" in desk.run("Remove-ClusterAffinityRule DCs").text()


def test_a_new_rule_says_that_it_needs_groups(desk: ShellDesk) -> None:
    results = desk.run("New-ClusterAffinityRule Web DifferentNode")
    assert results.ok
    assert "WARNING: The rule Web is kept once it has groups" in results.text()
    assert desk.commands == []
    desk.must("Add-ClusterGroupToAffinityRule Web WEB01")
    assert "already an affinity rule web" in desk.run("New-ClusterAffinityRule web DifferentNode").text()


def test_rules_that_the_model_does_not_have_are_refused(desk: ShellDesk) -> None:
    for kind in ("SameNode", "SameFaultDomain", "DifferentFaultDomain"):
        (error,) = desk.run(f"New-ClusterAffinityRule x {kind}").errors
        assert f"-RuleType {kind} is not supported" in error.message
        assert "different nodes" in error.remedy
    assert "fcm" not in desk.run("New-ClusterAffinityRule x Sideways").text().split("CategoryInfo")[0]
