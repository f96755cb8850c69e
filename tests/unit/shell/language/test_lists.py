"""Lists of one and of none stay lists; numbers are those of Windows PowerShell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from tests.unit.shell.desk import ShellDesk


@pytest.mark.parametrize(
    ("script", "shown"),
    [
        ("$n = @(Get-ClusterNode node1); 'count ' + $n.Count", ["count 1"]),
        ('$s = @(); $s += 5; $s += 6; "[$s] " + $s.Count', ["[5 6] 2"]),
        ("$o = @('node1'); $o += 'node3'; $o -join ','", ["node1,node3"]),
        ("$v = @('SQL01'); $v[0]; $v.Count", ["SQL01", 1]),
        ("$x = ,1; $x.Count; $y = ,(1, 2); $y.Count; $y[0].Count", [1, 1, 2]),
        ("function f { return ,@(7) }; $r = f; $r.GetType().Name; $r[0]", ["Object[]", 7]),
        ("function f { @(7) }; $r = f; $r.GetType().Name", ["Int32"]),
        (
            "function g([string[]]$N) { $N.Count; $N[0] }; g one; g one, two; g -N @('solo')",
            [1, "one", 2, "one", 1, "solo"],
        ),
        ("function g([string[]]$N) { $N.Count }; g; g $null; g @()", [0, 0, 0]),
        ("$h = @{ a = @(1) }; $h.a.Count; $h.a.GetType().Name", [1, "Object[]"]),
        ("(Get-VM DC01).Count; $null.Count; (Get-VM zz*).Count; @(Get-VM zz*).Count", [1, 0, 0, 0]),
        ("foreach ($i in $null) { 1 }; foreach ($i in @()) { 2 }; foreach ($i in @('x')) { $i }", ["x"]),
        ("$a = @{ Name = 'DC01' }; (Get-VM @a).Name; $l = @('WEB01'); (Get-VM @l).Name", ["DC01", "WEB01"]),
        ("'abc'[0]; 'abc'[-1]; 'abc'[0..1] -join ''", ["a", "c", "ab"]),
        ("@('a') -join ','; (,'a').Length", ["a", 1]),
        ("@(1, 2, 3)[0, 2, 9] -join '-'", ["1-3"]),
        ("if (@()) { 1 } else { 2 }; if (@(0)) { 1 } else { 2 }; if (@(0, 0)) { 1 }", [2, 2, 1]),
        ("$z = @('x'); $w = $z; $w += 'y'; $z.Count; $w.Count", [1, 2]),
        ("[string[]]$t = 'one'; $t += 'two'; $t.Count; ([int[]]('1', '2'))[1] + 1", [2, 3]),
        ("$a = $b = 4; $a + $b; ($x = 5) + 1", [8, 6]),
        ("[int]2.5; [int]3.5; [int]2.7; [int]'2.5'; [int]-2.5", [2, 4, 3, 2, -2]),
        ("'B' -lt 'a'; 'B' -clt 'a'; 'a' -clt 'B'; 'a' -eq 'A'; 'a' -ceq 'A'", [False, False, True, True, False]),
        ("'a' -clt 'A'; 'A' -clt 'a'; 'a' -clt 'a'; 'a' -lt 'A'", [True, False, False, False]),
        ("'a' -cle 'a'; 'A' -cle 'a'; 'A' -cgt 'a'; 'a' -cgt 'a'; 'a' -cge 'A'", [True, False, True, False, False]),
        ("'05' -eq 5; 5 -eq '05'; '5' -eq 5", [False, True, True]),
        ('"$(10 / 3) $(0.1 + 0.2) $(1e20) $(2.0)"', ["3.33333333333333 0.3 1E+20 2"]),
    ],
)
def test_lists_and_numbers_are_what_they_are_in_powershell(desk: ShellDesk, script: str, shown: list[Any]) -> None:
    assert desk.must(script) == shown


def test_a_number_that_the_type_cannot_hold_is_refused(desk: ShellDesk) -> None:
    assert "either too large or too small for an Int32" in desk.run("[int]3000000000").text()


def test_owners_that_were_put_into_a_list_of_one_are_set(desk: ShellDesk) -> None:
    desk.must("$o = @('node1'); $o += 'node3'; Set-ClusterOwnerNode -Group WEB01 -Owners $o")
    assert desk.must("(Get-ClusterOwnerNode -Group WEB01).OwnerNodes -join ','") == ["node1,node3"]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 99), max_size=5), st.integers(0, 99))
def test_a_list_keeps_its_length_through_variables_tables_and_functions(
    desk: ShellDesk, numbers: list[int], more: int
) -> None:
    written = f"@({', '.join(map(str, numbers))})"
    script = (
        f"$a = {written}; $h = @{{ l = $a }}; function Same([object[]]$L) {{ ,$L }}\n"
        f"$b = Same $h.l; $b += {more}; $a.Count; $h.l.Count; $b.Count; $b -join ','; foreach ($i in $a) {{ $i }}"
    )
    count = len(numbers)
    assert desk.must(script) == [count, count, count + 1, ",".join(map(str, [*numbers, more])), *numbers]
