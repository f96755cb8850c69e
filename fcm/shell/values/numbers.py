"""Numbers as .NET formats them in English: standard forms (N2, F3, D4, X8, P1, E, G, C) and custom ones (#,##0.00).

learn.microsoft.com, "Standard numeric format strings" and "Custom numeric format strings". Halves are rounded away from
zero, on the 15 digits that a Double shows.
"""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal

from fcm.shell.language.errors import ShellError, UnsupportedError
from fcm.text.words import quoted

MOST_DIGITS = 50
"""Digits after the point that are shown at most."""
_STANDARD = re.compile(r"([CDEFGNPRX])(\d{0,2})", re.IGNORECASE)
_PARTS = re.compile(r"'[^']*'?|\"[^\"]*\"?|\\.|[0#]|.", re.DOTALL)
_EXACT = Context(prec=700, rounding=ROUND_HALF_UP)
_HALF_EVEN = Context(prec=700, rounding=ROUND_HALF_EVEN)


def formatted(value: int | float | Decimal, form: str) -> str:
    """A number in a form.

    Raises:
        ShellError: the form is for integers, and this is none.
    """
    if isinstance(value, Decimal):
        return _formatted(value, value, form)
    if not math.isfinite(value):
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    exact = Decimal(value)
    if isinstance(value, float) and _STANDARD.fullmatch(form) is None:
        exact = Decimal(f"{value:.15g}")  # custom forms look at 15 digits, standard ones at all
    return _formatted(value, exact, form)


def _even(exact: Decimal, digits: int) -> Decimal:
    """A double rounded to digits; the middle goes to the even digit, as .NET does it since 3.0."""
    return exact.quantize(Decimal(1).scaleb(-digits), context=_HALF_EVEN)


def _formatted(value: int | float | Decimal, exact: Decimal, form: str) -> str:
    standard = _STANDARD.fullmatch(form)
    if standard is None:
        return _custom(exact, form)
    letter, digits = standard[1], min(int(standard[2]), MOST_DIGITS) if standard[2] else None
    if isinstance(value, float) and letter.upper() in "NFPC":
        places = 2 if digits is None else digits
        exact = _even(exact, places + 2 if letter.upper() == "P" else places)
    match letter.upper():
        case "N":
            return _signed(exact, digits, grouped=True)
        case "F":
            return _signed(exact, digits)
        case "P":
            return f"{_signed(exact * 100, digits, grouped=True)}%"
        case "C":
            shown = "$" + _fixed(abs(exact), 2 if digits is None else digits, grouped=True)
            return f"({shown})" if exact < 0 and any(one in "123456789" for one in shown) else shown
        case "D" | "X":
            return _whole(value, form, digits or 1)
        case "E":
            mantissa, _, power = f"{exact:.{6 if digits is None else digits}E}".partition("E")
            return f"{mantissa}{letter}{int(power):+04d}"
        case _:
            if isinstance(value, int) and not digits:
                return str(int(value))
            if not digits or isinstance(value, Decimal):
                raise UnsupportedError(f"The format {quoted(form)} of this number")
            return _general(f"{float(exact):.{digits}g}", letter)


def _general(shown: str, letter: str) -> str:
    return shown.upper() if letter == "G" else shown


def _whole(value: int | float | Decimal, form: str, digits: int) -> str:
    if not isinstance(value, int):
        error = ShellError(
            "Error formatting a string: Format specifier was invalid.", "Use [int], or a form such as N0."
        )
        error.exact, error.known_id = True, "FormatError"
        raise error
    if form[0] in "Dd":
        return f"{'-' if value < 0 else ''}{abs(value):0{digits}d}"
    bits = 32 if -(2**31) <= value < 2**31 else 64
    return f"{value % 2**bits if value < 0 else value:0{digits}{form[0]}}"


def _fixed(value: Decimal, digits: int, grouped: bool = False) -> str:
    rounded = value.quantize(Decimal(1).scaleb(-digits), context=_EXACT)
    return f"{rounded:{',' if grouped else ''}f}"


def _signed(value: Decimal, digits: int | None, grouped: bool = False) -> str:
    shown = _fixed(abs(value), 2 if digits is None else digits, grouped)
    return f"-{shown}" if value < 0 and any(one in "123456789" for one in shown) else shown


def _custom(value: Decimal, form: str) -> str:
    sections = _sections(form)
    chosen, sign = sections[0], "-" if value < 0 else ""
    if value < 0 and len(sections) > 1 and sections[1]:
        chosen, sign = sections[1], ""
    elif value == 0 and len(sections) > 2 and sections[2]:
        chosen = sections[2]
    shown, is_zero = _filled(abs(value), chosen)
    return shown if is_zero else sign + shown


def _sections(form: str) -> list[list[str]]:
    found: list[list[str]] = [[]]
    for part in _PARTS.findall(form):
        if part == ";":
            found.append([])
        else:
            found[-1].append(part)
    return found


def _filled(value: Decimal, parts: list[str]) -> tuple[str, bool]:
    """The digits of a number in the places of a form, and whether all of them are 0."""
    value *= 100 ** parts.count("%") * 1000 ** parts.count("‰")
    point = parts.index(".") if "." in parts else len(parts)
    before, after = parts[:point], [part for part in parts[point + 1 :] if part != "."]
    places = [number for number, part in enumerate(before) if part in ("0", "#")]
    commas = [number for number, part in enumerate(before) if part == ","]
    last = places[-1] if places else -1
    grouped = any(places and places[0] < number < last for number in commas)
    value /= 1000 ** sum(number > last >= 0 for number in commas)
    digits = sum(part in ("0", "#") for part in after)
    whole, _, fraction = _fixed(value, digits).partition(".")
    zeros = [number for number in places if before[number] == "0"]
    least = sum(number >= zeros[0] for number in places) if zeros else 0
    whole = whole.lstrip("0").rjust(least, "0")
    kept = max((number for number, part in enumerate(_places(after), 1) if part == "0"), default=0)
    fraction = fraction[:kept] + fraction[kept:].rstrip("0")
    text = _before(before, places, whole, grouped)
    if fraction:
        text += "."
    text += _after(after, fraction)
    return text, not any(one in "123456789" for one in whole + fraction)


def _places(parts: list[str]) -> list[str]:
    return [part for part in parts if part in ("0", "#")]


def _before(parts: list[str], places: list[int], digits: str, grouped: bool) -> str:
    """The part before the point, filled from its end; what has no place of its own goes to the first one."""
    shown = ""
    taken = 0

    def take(count: int) -> str:
        nonlocal taken
        found = ""
        for digit in reversed(digits[max(0, len(digits) - taken - count) : len(digits) - taken]):
            found = digit + ("," if grouped and taken and taken % 3 == 0 else "") + found
            taken += 1
        return found

    for number in range(len(parts) - 1, -1, -1):
        if number in places:
            shown = take(len(digits) if number == places[0] else 1) + shown
        elif parts[number] != ",":
            shown = _literal(parts[number]) + shown
    return shown


def _after(parts: list[str], digits: str) -> str:
    shown, place = "", 0
    for part in parts:
        if part in ("0", "#"):
            shown += digits[place : place + 1]
            place += 1
        elif part != ",":
            shown += _literal(part)
    return shown


def _literal(part: str) -> str:
    if part[0] in "'\"":
        return part.strip(part[0])
    return part[1:] if part[0] == "\\" else part
