"""Numbers in the forms of .NET (Standard and Custom numeric format strings), in English whatever the locale."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fcm.shell.values.numbers import formatted

if TYPE_CHECKING:
    from tests.unit.shell.desk import ShellDesk


@pytest.mark.parametrize(
    ("value", "form", "shown"),
    [
        (1234567.891, "N0", "1,234,568"),
        (2.5, "N0", "2"),
        (0.125, "n2", "0.12"),
        (-0.004, "N2", "0.00"),
        (0.1234, "P1", "12.3%"),
        (-5, "D4", "-0005"),
        (255, "x4", "00ff"),
        (-1, "X", "FFFFFFFF"),
        (12345.678, "E2", "1.23E+004"),
        (12.5, "C", "$12.50"),
        (-12.5, "C", "($12.50)"),
        (2**62, "G", "4611686018427387904"),
        (3.14159, "0.00", "3.14"),
        (7, "000", "007"),
        (1234567, "#,##0", "1,234,567"),
        (0.5, "#.##", ".5"),
        (0, "#", ""),
        (0.255, "0.0%", "25.5%"),
        (12345678, "0,,.0M", "12.3M"),
        (5, "0.0 'MiB'", "5.0 MiB"),
        (-1234.56, "#,##0.0;(#,##0.0);zero", "(1,234.6)"),
        (0, "#,##0.0;(#,##0.0);zero", "zero"),
        (-3.2, "0.0", "-3.2"),
        (8005551234, "000-000-0000", "800-555-1234"),
        (float("inf"), "N2", "Infinity"),
    ],
)
def test_a_number_in_a_form(value: float, form: str, shown: str) -> None:
    assert formatted(value, form) == shown


@given(st.integers(-(10**14), 10**14), st.integers(0, 6))
def test_grouped_digits_are_those_of_the_double_or_of_its_15_digits(thousandths: int, digits: int) -> None:
    # .NET since 3.0: standard forms round the very number, halves to even; one's own look at 15 digits, halves up.
    value, step = thousandths / 1000, Decimal(1).scaleb(-digits)
    for form, exact, rounding in (
        (f"N{digits}", Decimal(value), ROUND_HALF_EVEN),
        ("#,##0" + ("." + "0" * digits if digits else ""), Decimal(f"{value:.15g}"), ROUND_HALF_UP),
    ):
        wanted = exact.quantize(step, rounding=rounding)
        assert Decimal(formatted(value, form).replace(",", "")) == wanted


@pytest.mark.parametrize(
    ("script", "shown"),
    [
        ("'{0:0.00} of {1,6:N1}|' -f 2.005, 2.25", ["2.01 of    2.2|"]),
        ("(1536MB / 1GB).ToString('0.##')", ["1.5"]),
        ("9007199254740993 / 1", [9007199254740993]),
        ('"$(1e308 * 10) $(-1e308 * 10)"', ["Infinity -Infinity"]),
        ("1e308 * 10 | ConvertTo-Json", ['"Infinity"']),
    ],
)
def test_no_value_is_lost_on_its_way_to_a_text(desk: ShellDesk, script: str, shown: list[Any]) -> None:
    assert desk.must(script) == shown


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("1e999", "The numeric constant 1e999 is too large."),
        ("[double]'1e999'", "A number of this size is not supported by the built-in shell."),
        ("'{0:D}' -f 2.7", "Error formatting a string: Format specifier was invalid."),
        ("1..5 | Select-Object -First -1", "-First must be at least 0, not -1."),
        ("New-VM NEW01 -ProcessorCount 0", "A virtual machine cannot have 0 virtual processors."),
        ("New-VM NEW01 -MemoryStartupBytes 0", "The memory must be from 8 MiB to 64 GiB, in steps of 2 MiB."),
    ],
)
def test_a_number_that_cannot_be_is_refused(desk: ShellDesk, script: str, why: str) -> None:
    assert [error.message for error in desk.run(script).errors] == [why]
