"""Attributes that guard parameters and variables: ValidateSet, ValidateRange and the like, in PowerShell's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fcm.shell.language import tree
from fcm.shell.language.errors import ShellError, UnsupportedError, exact
from fcm.shell.values.net.comparing import compare
from fcm.shell.values.net.objects import regex
from fcm.shell.values.operators import formatted
from fcm.shell.values.values import folded, text, truth

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.shell.runtime.execution.asking import Values

KNOWN = (
    *("validateset", "validaterange", "validatelength", "validatecount", "validatepattern", "validatescript"),
    *("validatenotnull", "validatenotnullorempty", "validatenotnullorwhitespace"),
)
ALLOWING = ("allownull", "allowemptystring", "allowemptycollection")
IGNORED = ("parameter", "alias", "outputtype", "cmdletbinding", "supportswildcards", "argumentcompleter", *ALLOWING)


def _elements(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def complaint(values: Values, attribute: tree.Attribute, value: Any) -> str:
    """What an attribute has against a value, in PowerShell's words; "": nothing.

    Raises:
        UnsupportedError: the attribute is not known.
    """
    name = attribute.name.casefold()
    given = [values.value(one) for one in attribute.arguments]
    own = attribute.value("ErrorMessage")
    message = text(values.value(own)) if isinstance(own, tree.Node) else ""
    match name:
        case "validateset":
            cased = attribute.value("IgnoreCase")
            ignore = not isinstance(cased, tree.Variable) or cased.name.casefold() != "false"
            return _of_set(value, [text(one) for one in given], ignore, message)
        case "validaterange":
            return _of_range(value, given)
        case "validatelength":
            return _of_length(value, given)
        case "validatecount":
            return _of_count(value, given)
        case "validatepattern":
            return _of_pattern(value, text(given[0]), message)
        case "validatescript":
            return _of_script(values, value, given[0], message)
        case "validatenotnull":
            return _of_null(value)
        case "validatenotnullorempty" | "validatenotnullorwhitespace":
            return _of_empty(value, blank=name.endswith("whitespace"))
    raise UnsupportedError(f"The attribute [{attribute.name}]", "", attribute.at)


def _of_set(value: Any, choices: list[str], ignore: bool, message: str) -> str:
    for one in _elements(value):
        shown = text(one)
        if shown in choices or (ignore and shown.casefold() in [choice.casefold() for choice in choices]):
            continue
        if message:
            return formatted(message, [shown, ",".join(choices)])
        return (
            f'The argument "{shown}" does not belong to the set "{",".join(choices)}" specified by the ValidateSet '
            "attribute. Supply an argument that is in the set and then try the command again."
        )
    return ""


def _of_range(value: Any, given: list[Any]) -> str:
    for one in _elements(value):
        if len(given) == 1:
            kind = text(given[0]).casefold()
            words: dict[str, tuple[Callable[[Any], bool], str]] = {
                "positive": (lambda number: number > 0, "greater than zero"),
                "negative": (lambda number: number < 0, "less than zero"),
                "nonnegative": (lambda number: number >= 0, "greater than or equal to zero"),
                "nonpositive": (lambda number: number <= 0, "less than or equal to zero"),
            }
            test, words_of = words[kind]
            if not test(one):
                return f'The argument "{text(one)}" cannot be validated because its value is not {words_of}.'
            continue
        low, high = given
        if compare(one, low) < 0:
            return (
                f"The {text(one)} argument is less than the minimum allowed range of {text(low)}. Supply an argument "
                f"that is greater than or equal to {text(low)} and then try the command again."
            )
        if compare(one, high) > 0:
            return (
                f"The {text(one)} argument is greater than the maximum allowed range of {text(high)}. Supply an "
                f"argument that is less than or equal to {text(high)} and then try the command again."
            )
    return ""


def _of_length(value: Any, given: list[Any]) -> str:
    low, high = given
    for one in _elements(value):
        size = len(text(one))
        if size < low:
            return (
                f"The character length ({size}) of the argument is too short. Specify an argument with a length that "
                f'is greater than or equal to "{low}", and then try the command again.'
            )
        if size > high:
            return (
                f"The character length of the {size} argument is too long. Shorten the character length of the "
                f'argument so it is fewer than or equal to "{high}" characters, and then try the command again.'
            )
    return ""


def _of_count(value: Any, given: list[Any]) -> str:
    low, high = given
    count = len(value) if isinstance(value, list) else 1
    if low <= count <= high:
        return ""
    return (
        f"The parameter requires at least {low} value(s) and no more than {high} value(s) - {count} value(s) were "
        "provided."
    )


def _of_pattern(value: Any, pattern: str, message: str) -> str:
    for one in _elements(value):
        if regex(pattern).search(text(one)) is None:
            if message:
                return formatted(message, [text(one), pattern])
            return (
                f'The argument "{text(one)}" does not match the "{pattern}" pattern. Supply an argument that matches '
                f'"{pattern}" and try the command again.'
            )
    return ""


def _of_script(values: Values, value: Any, block: Any, message: str) -> str:
    for one in _elements(value):
        try:
            good = truth(folded(values.session.script.run_block(block, one)))
        except ShellError as error:
            if isinstance(error, UnsupportedError):
                raise
            return error.message
        if not good:
            if message:
                from fcm.shell.runtime.execution.asking import source_of

                return formatted(message, [text(one), source_of(block)])
            from fcm.shell.runtime.execution.asking import source_of

            return (
                f'The "{source_of(block)}" validation script for the argument with value "{text(one)}" did not return '
                "a result of True. Determine why the validation script failed, and then try the command again."
            )
    return ""


def _of_null(value: Any) -> str:
    if value is None:
        return "The argument is null. Provide a valid value for the argument, and then try running the command again."
    if isinstance(value, list) and any(one is None for one in value):
        return (
            "The argument is null, empty, or an element of the argument collection contains a null value. Supply a "
            "collection that does not contain any null values and then try the command again."
        )
    return ""


_MEMBER_OF_COLLECTION = (
    "The argument is null, empty, or an element of the argument collection contains a null value. Supply a collection "
    "that does not contain any null values and then try the command again."
)


def _of_empty(value: Any, blank: bool) -> str:
    if isinstance(value, list):
        if not value:
            if blank:
                raise UnsupportedError("The message of ValidateNotNullOrWhiteSpace for an empty collection")
            return (
                "The argument is null, empty, or an element of the argument collection contains a null value. Supply "
                "a collection that does not contain any null values and then try the command again."
            )
        if any(one is None or text(one) == "" or (blank and not text(one).strip()) for one in value):
            return _MEMBER_OF_COLLECTION
        return ""
    if value is None or (isinstance(value, str) and (not value or (blank and not value.strip()))):
        if blank and isinstance(value, str) and value:
            return (
                "The argument is null, empty, or consists of only white-space characters. Provide an argument that "
                "contains non white-space characters, and then try the command again."
            )
        return (
            "The argument is null or empty. Provide an argument that is not null or empty, and then try the command "
            "again."
        )
    return ""


def check_parameter(
    values: Values, attributes: tuple[tree.Attribute, ...], name: str, value: Any, command: str
) -> None:
    """Refuse a value that an attribute of a parameter does not take.

    Raises:
        ShellError: in PowerShell's words.
    """
    for one in attributes:
        folded_name = one.name.casefold()
        if folded_name in IGNORED:
            continue
        if folded_name not in KNOWN:
            raise UnsupportedError(f"The attribute [{one.name}]", "", one.at)
        said = complaint(values, one, value)
        if said:
            error = exact(
                f"Cannot validate argument on parameter '{name}'. {said}",
                f"ParameterArgumentValidationError,{command}" if command else "ParameterArgumentValidationError",
                category="InvalidData",
            )
            from fcm.shell.language import exceptions

            error.net_type = exceptions.PARAMETER_VALIDATION
            raise error


def variable_guard(values: Values, attribute: tree.Attribute, name: str) -> Callable[[Any], Any]:
    """What refuses a value that an attribute of a variable does not take.

    Raises:
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    if attribute.name.casefold() not in (*KNOWN, *IGNORED):
        raise UnsupportedError(f"The attribute [{attribute.name}]", "", attribute.at)

    def guard(value: Any) -> Any:
        if attribute.name.casefold() in KNOWN and complaint(values, attribute, value):
            raise exact(
                f"The variable cannot be validated because the value {text(value)} is not a valid value for the "
                f"{name} variable.",
                "ValidateSetFailure",
            )
        return value

    return guard
