"""Which catch block an error reaches, and what it tells there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.shell.language.exceptions import BASES, derived

if TYPE_CHECKING:
    from tests.unit.shell.desk import ShellDesk

FAILING = {
    "Get-Nothing": ("CommandNotFoundException", "ObjectNotFound", "CommandNotFoundException"),
    "Get-ClusterNode -Nme x": ("ParameterBindingException", "InvalidArgument", "ParameterBindingFailed,"),
    "[int]'soon'": ("PSInvalidCastException", "InvalidArgument", "InvalidCastFromStringToInteger"),
    "1 / 0": ("RuntimeException", "NotSpecified", "RuntimeException"),
    "throw 'no more'": ("RuntimeException", "OperationStopped", "no more"),
    "Write-Error 'odd' -ErrorAction Stop": (
        "WriteErrorException",
        "NotSpecified",
        "Microsoft.PowerShell.Commands.WriteErrorException",
    ),
    "Get-ClusterNode nobody -ErrorAction Stop": (
        "ClusterCmdletException",
        "ObjectNotFound",
        "ObjectNotFound,Microsoft.FailoverClusters.PowerShell.GetClusterNodeCommand",
    ),
    "Get-VM nobody -ea Stop": (
        "VirtualizationException",
        "ObjectNotFound",
        "ObjectNotFound,Microsoft.HyperV.PowerShell.",
    ),
    "Move-ClusterVirtualMachineRole SQL01 node1 -ErrorAction Stop": (
        "ClusterCmdletException",
        "InvalidOperation",
        "Move-ClusterVirtualMachineRole,Microsoft.FailoverClusters.PowerShell.",
    ),
    "Get-Content nowhere.txt -ErrorAction Stop": (
        "ItemNotFoundException",
        "ObjectNotFound",
        "PathNotFound,Microsoft.PowerShell.Commands.GetContentCommand",
    ),
}


@pytest.mark.parametrize("statement", FAILING)
def test_an_error_tells_its_type_category_and_id_as_in_powershell(desk: ShellDesk, statement: str) -> None:
    kind, category, identity = FAILING[statement]
    name, fulls, said, where = desk.must(
        f"try {{ {statement} }} catch {{ $_.Exception.GetType().Name; $_.Exception.GetType().FullName; "
        "[string]$_.CategoryInfo.Category; $_.FullyQualifiedErrorId }"
    )
    assert (name, said) == (kind, category)
    assert fulls in BASES
    assert fulls.endswith(f".{kind}")
    assert where.startswith(identity)


@pytest.mark.parametrize("statement", FAILING)
def test_an_error_is_caught_by_its_own_type_and_by_each_that_this_derives_from(desk: ShellDesk, statement: str) -> None:
    (full,) = desk.must(f"try {{ {statement} }} catch {{ $_.Exception.GetType().FullName }}")
    for name in derived(full):
        assert desk.must(f"try {{ {statement} }} catch [{name}] {{ 'caught' }}") == ["caught"]


@pytest.mark.parametrize(
    ("script", "output"),
    [
        (
            "try { Get-VM nobody -ErrorAction Stop } catch [System.IO.IOException] { 'file' } "
            "catch [system.management.automation.ITEMNOTFOUNDEXCEPTION], [System.DivideByZeroException] { 'none' } "
            "catch { 'other' }",
            ["none"],
        ),
        ("try { 1 / 0 } catch [DivideByZeroException] { 'zero' } catch { 'other' }", ["zero"]),
        (
            "try { 'x'.Foo() } catch [System.IO.IOException] { 'file' }\ncatch { 'other' } finally { 'end' }",
            ["other", "end"],
        ),
        (
            "try { try { throw 'deep' } catch [System.IO.IOException] { 'file' } finally { 'inner' } } "
            'catch [Exception] { "outer $_" }',
            ["inner", "outer deep"],
        ),
        (
            "try { try { Get-VM nobody -ErrorAction Stop } catch [Exception] { 'seen'; throw } } "
            "catch [System.Management.Automation.ItemNotFoundException] { 'again' }",
            ["seen", "again"],
        ),
        (
            "try { try { 1 / 0 } catch { throw $_ } } catch [System.ArithmeticException] { $_.Exception.Message }",
            ["Attempted to divide by zero."],
        ),
        (
            "try { Get-VM nobody -ErrorAction Stop } catch { $_.Exception -is [Exception]; "
            "$_.Exception -is [System.Management.Automation.ItemNotFoundException]; "
            "$_.Exception -is [System.Management.Automation.ParameterBindingException]; 1.GetType().Name; "
            "(1..2).GetType().Name; $_.GetType().FullName }",
            [True, True, False, "Int32", "Object[]", "System.Management.Automation.ErrorRecord"],
        ),
        ("try { } finally { }; 'on'", ["on"]),
        ("$null = 'swallowed'; $null -eq $null", [True]),
    ],
)
def test_the_first_clause_that_fits_runs(desk: ShellDesk, script: str, output: list[object]) -> None:
    assert desk.must(script) == output


def test_an_error_that_no_clause_takes_goes_on_as_if_it_had_not_been_tried(desk: ShellDesk) -> None:
    results = desk.run("try { Get-VM -Nme x } catch [System.IO.IOException] { 'file' } finally { 'end' }\n'on'")
    assert results.objects == ["end", "on"]
    assert [error.message for error in results.errors] == ["Get-VM has no parameter -Nme."]


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (
            "'before'\ntry { 1 } catch [System.Management.Automation.ItemNotFoundExeption] { }",
            ("Unable to find type", "Did you mean [System.Management.Automation.ItemNotFoundException]?", "line:2"),
        ),
        ("try { 1 } catch [Foo.Bar] { }", ("Unable to find type [Foo.Bar]", "use [System.Exception]")),
        ("try { 1 } catch { } catch [Exception] { }", ("already catches every error", "Move it to the end")),
        ("try { 1 } catch [Exception] { } catch [System.IO.IOException] { }", ("is already caught",)),
        ("try { 1 } catch [Exception], { }", ("type is missing after the comma",)),
    ],
)
def test_a_clause_that_could_take_nothing_is_an_error_before_anything_runs(
    desk: ShellDesk, script: str, said: tuple[str, ...]
) -> None:
    results = desk.run(script)
    assert results.objects == []
    assert all(words in results.text() for words in said), results.text()
